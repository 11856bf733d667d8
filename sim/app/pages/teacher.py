"""The teacher's page of the budget game: open it, see who has submitted, go on to the next year, end it."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from nicegui import ui

from sim.app.core.affordable import offered
from sim.app.core.session import Session
from sim.app.core.setting import DEFAULT, described
from sim.app.game.game import DECIDING, ENDED, JOINING, YEARS, Game, Refused, Rules, Team
from sim.app.game.host import ROUNDS, TRIALS, YEARLY, Host, usual_measures
from sim.app.game.view import UNIT, leader_board, refused, watch
from sim.app.widgets.look import head
from sim.errors import EstateError
from sim.model.programmes.describe import kinds
from sim.text import say
from sim.text.figures import money
from sim.words import TIERS

KEY = "key"  # the part of the address that holds the teacher's key


class TeacherPage:
    """The page of the one who knows the key that was printed when the workshop was started."""

    def __init__(self, session: Session, host: Host, key: str, address: str, code: str | None) -> None:
        """`key` as found in the address; `address` and `code` are what participants need."""
        self.session, self.host, self.address, self.code = session, host, address, code
        self.allowed = secrets.compare_digest(key.encode(), host.key.encode())
        self.tries = 0
        self.scenario, self.years, self.yearly, self.seed = DEFAULT, ROUNDS, YEARLY / UNIT, 1
        self.measures, self.payer = list(usual_measures()), ""
        self._shown: tuple[object, ...] = ()
        self.content = ui.refreshable(self._content)
        self.content()
        watch(host, self._look)
        ui.timer(0.1, self._remember if self.allowed else self._recall, once=True)

    def _remember(self) -> None:
        """Keep the key in this browser and take it out of the address, which the
        whole room may read on the wall."""
        ui.run_javascript(f"localStorage.setItem('estate_teacher', {self.host.key!r})")
        self.session.keep_address()

    async def _recall(self) -> None:
        try:
            key = await ui.run_javascript("localStorage.getItem('estate_teacher')", timeout=3.0)
        except TimeoutError:
            return
        if isinstance(key, str) and secrets.compare_digest(key.encode(), self.host.key.encode()):
            self.allowed = True
            self.content.refresh()

    # what is seen

    def _content(self) -> None:
        session, game = self.session, self.host.game
        head(session, self._switch)
        self._shown = self._state()
        with ui.element("main").classes("estate-narrow").style("max-width: 70rem"):
            ui.label(say("app.game_teacher")).classes("text-2xl font-bold")
            if not self.allowed:
                self._door()
            elif game is None:
                self._set_up()
            else:
                self._game(game)

    def _state(self) -> tuple[object, ...]:
        game = self.host.game
        return (id(game), game.stage if game else "", game.year if game else 0, bool(self.host.failed))

    def _look(self) -> None:
        if self._state() != self._shown:
            self.content.refresh()
        elif self.allowed and self.host.game is not None:
            self.room.refresh()

    def _switch(self) -> None:
        self.session.change_language()
        self.content.refresh()
        self.session.keep_address()

    def _door(self) -> None:
        with ui.element("section").classes("estate-card"):
            field = (
                ui.input(say("app.game_teacher_key"))
                .props("outlined maxlength=40")
                .classes("w-full")
                .mark("teacher-key")
            )
            field.on("keydown.enter", lambda: self._unlock(field.value))
            ui.button(say("app.game_open_it"), on_click=lambda: self._unlock(field.value)).props(
                "no-caps color=primary"
            ).mark("unlock")

    def _set_up(self) -> None:
        session = self.session
        with ui.element("section").classes("estate-card"):
            ui.label(say("app.game_set_up")).classes("text-lg font-bold")
            ui.label(say("app.game_set_up_help"))
            titles = {name: str(word) for name, word in offered(session.limits).items()}
            ui.select(titles, label=say("app.scenario")).bind_value(self, "scenario").classes("w-full")
            with ui.row().classes("w-full"):
                ui.number(say("app.game_years"), min=YEARS[0], max=YEARS[1], precision=0).bind_value(
                    self, "years"
                ).style("min-width: 12rem").mark("years")
                ui.number(say("app.game_yearly"), min=1, precision=0).bind_value(self, "yearly").style(
                    "min-width: 18rem"
                ).mark("yearly")
                payers: dict[str, str] = {"": say("app.game_granted_nobody")}
                payers |= {tier: say(f"bearer.{tier}") for tier in TIERS}
                ui.select(payers, label=say("app.game_granted_to")).bind_value(self, "payer").style(
                    "min-width: 18rem"
                ).mark("payer")
                ui.number(say("app.seed_word"), min=0, precision=0).bind_value(self, "seed").mark("seed")
            names = {kind: str(described(kind).label) for kind in kinds()}
            ui.select(names, label=say("app.game_measures"), multiple=True).bind_value(
                self, "measures"
            ).props("use-chips").classes("w-full")
            ui.button(say("app.game_open_game"), icon="groups", on_click=self._open).props(
                "no-caps color=primary size=lg"
            ).mark("open-game")

    def _game(self, game: Game) -> None:
        with ui.element("section").classes("estate-card"):
            ui.label(say("app.game_how_to_join", address=self.address)).classes("text-lg")
            if not self.code:
                ui.label(say("app.game_only_here")).classes("estate-small")
            else:
                ui.label(say("app.game_code_is", code=self.code)).classes("text-3xl font-bold")
            if game.stage == JOINING:
                ui.label(say("app.game_joining")).classes("text-lg").props("role=status").mark(
                    "teacher-status"
                )
            else:
                text = (
                    say("app.game_ended")
                    if game.stage == ENDED
                    else say("app.game_year_of", year=game.year + 1, years=game.rules.years)
                )
                ui.label(text).classes("text-xl font-bold").props("role=status").mark("teacher-status")
            with ui.row():
                self._buttons(game)
        self.room = ui.refreshable(lambda: self._room(game))
        self.room()

    def _buttons(self, game: Game) -> None:
        session = self.session
        if game.stage == JOINING:
            ui.button(say("app.game_begin"), icon="flag", on_click=lambda: self._try(game.begin)).props(
                "no-caps color=primary size=lg"
            ).mark("begin")
        elif game.stage == DECIDING:
            last = game.year + 1 == game.rules.years
            ui.button(
                say("app.game_last" if last else "app.game_next"),
                icon="skip_next",
                on_click=lambda: self._try(self.host.next_round),
            ).props("no-caps color=primary size=lg").mark("next")
        elif game.stage == ENDED:
            ui.button(
                say("app.game_to_debrief"),
                icon="insights",
                on_click=lambda: ui.navigate.to(session.address("/debrief")),
            ).props("no-caps color=primary size=lg")
        elif self.host.failed:
            ui.button(say("app.game_again"), on_click=lambda: self._try(self.host.next_round)).props(
                "no-caps color=primary"
            ).mark("again")
        else:
            ui.label(say("app.game_running"))
            ui.spinner()
        if game.stage in (JOINING, DECIDING):
            ui.button(say("app.game_end"), on_click=lambda: self._sure(lambda: self._try(game.end))).props(
                "no-caps flat"
            ).mark("end")
        if game.stage == ENDED:
            ui.button(say("app.game_shut"), on_click=lambda: self._sure(self.host.shut)).props(
                "no-caps flat"
            ).mark("shut")

    def _room(self, game: Game) -> None:
        """Who is there and who has submitted, the leader board, how far the search is."""
        teams = list(game.teams.values())
        with ui.element("section").classes("estate-card"):
            if game.stage == DECIDING:
                done = sum(team.chosen is not None for team in teams)
                ui.label(say("app.game_count", submitted=done, teams=len(teams))).classes(
                    "text-lg font-bold"
                ).mark("count")
            rows = [
                {
                    "team": team.name,
                    "code": team.code,
                    "left": money(game.left(team)),
                    "state": self._word(game, team),
                }
                for team in teams
            ]
            heads = {
                "team": say("app.game_team"),
                "code": say("app.game_code"),
                "state": say("app.game_state"),
                "left": say("app.game_left"),
            }
            columns = [
                {"name": name, "field": name, "label": label, "align": "right" if name == "left" else "left"}
                for name, label in heads.items()
            ]
            ui.table(rows=rows, columns=columns, row_key="code", pagination=0).props(
                "flat wrap-cells dense hide-pagination"
            ).classes("w-full")
        with ui.element("section").classes("estate-card"):
            leader_board(self.host, game)
            if self.host.search_failed:
                ui.label(say("app.game_search_failed", reason=self.host.search_failed)).classes(
                    "estate-small"
                )
            else:
                tried = self.host.best.tried if self.host.best is not None else 0
                ui.label(say("app.game_search_on", tried=tried, total=TRIALS)).classes("estate-small").mark(
                    "search"
                )

    def _word(self, game: Game, team: Team) -> str:
        if team.failed:
            return say("app.game_not_computed")
        if game.stage != DECIDING:
            return ""
        return say("app.game_has" if team.chosen is not None else "app.game_has_not")

    # what happens

    def _unlock(self, key: str) -> None:
        self.tries += 1
        if self.tries <= 10 and secrets.compare_digest((key or "").encode(), self.host.key.encode()):
            self.allowed = True
            self._remember()
            self.content.refresh()
        else:
            ui.notify(say("app.game_wrong_key"), type="warning")

    def _open(self) -> None:
        def open_it() -> None:
            known = tuple(kind for kind in kinds() if kind in self.measures)
            usual = [kind for kind in usual_measures() if kind in known]
            ordered = tuple(dict.fromkeys((*usual, *known)))
            name = self.scenario if self.scenario in offered(self.session.limits) else DEFAULT
            self.host.open(
                Rules(
                    name,
                    int(self.seed or 0),
                    int(self.years or 0),
                    int((self.yearly or 0) * UNIT),
                    ordered,
                    self.payer or None,
                )
            )

        self._try(open_it)

    def _try(self, work: Callable[[], object]) -> None:
        """Do something with the game; why it cannot be done is said here."""
        try:
            work()
        except Refused as error:
            refused(self.session, error)
        except EstateError as error:
            ui.notify(self.session.tell(error), type="negative")
        if self._state() != self._shown:
            self.content.refresh()

    def _sure(self, work: Callable[[], object]) -> None:
        session = self.session

        def yes() -> None:
            dialog.close()
            with session.client:
                self._try(work)

        with session.client, ui.dialog(value=True) as dialog, ui.card():
            ui.label(say("app.game_sure"))
            with ui.row():
                ui.button(say("app.game_yes"), on_click=yes).props("no-caps color=primary").mark("yes")
                ui.button(say("app.game_no"), on_click=dialog.close).props("no-caps flat")
            dialog.on("hide", dialog.delete)
