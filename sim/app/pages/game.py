"""The budget game as a team sees it: join, decide about a year, watch what came of it,
compare with the other teams."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nicegui import ui

from sim.app.core.session import Session
from sim.app.core.setting import described
from sim.app.game.game import DECIDING, ENDED, JOINING, Decision, Game, Refused, Team, told
from sim.app.game.host import Host
from sim.app.game.view import UNIT, change_words, costs_public, figure, leader_board, refused, watch
from sim.app.widgets.look import columns, head
from sim.app.widgets.panel import explain, when_opened
from sim.app.widgets.player import Player, city_charts, show_story
from sim.text import say
from sim.text.figures import money, share
from sim.units import MONTHS_PER_YEAR

TEAM = "team"  # the part of the address that holds a team's token
REMEMBER = "localStorage.setItem('estate_team', {token!r})"
FORGET = "localStorage.removeItem('estate_team')"
Submit = Callable[[Decision, int], None]


class DecisionForm:
    """Built for one version of a team; what it hands in carries that version, so that two
    browsers cannot spend twice."""

    def __init__(self, session: Session, game: Game, team: Team, submit: Submit) -> None:
        """Builds the form where it is made, filled with what the team submitted, or did last year."""
        self.session, self.game, self.team, self.submit = session, game, team, submit
        self.version = team.version
        before = team.decisions[-1] if team.decisions else {}
        self.decision: Decision = dict(team.chosen if team.chosen is not None else before)
        ui.label(say("app.game_money", left=money(game.left(team)), yearly=money(game.rules.yearly))).classes(
            "text-lg font-bold"
        ).mark("game-money")
        ui.label(told(game.rules)).classes("estate-small").mark("game-payers")
        ui.label(say("app.game_decide")).classes("estate-small")
        spent = dict(team.years[-1].spent) if team.years else {}
        for kind in game.rules.measures:
            self._measure(kind, spent.get(kind))
        self.sum = ui.label("").classes("font-bold").props("role=status aria-live=polite").mark("game-sum")
        ui.button(say("app.game_submit"), icon="check", on_click=self._hand_in).props(
            "no-caps color=primary size=lg"
        ).classes("w-full").mark("submit")
        status = say("app.game_submitted" if team.chosen is not None else "app.game_not_submitted")
        ui.label(status).classes("estate-small").props("role=status").mark("game-status")
        self._add_up()

    def _measure(self, kind: str, spent: int | None) -> None:
        about = described(kind)
        public = costs_public(kind)
        label = str(about.label)
        with ui.element("div").classes("estate-measure"):
            with ui.row().classes("items-center justify-between w-full no-wrap"):
                box = ui.checkbox(label, value=kind in self.decision).mark(f"buy-{kind}")
                field = None
                if public:
                    share = max(1, self.game.rules.yearly // 4 // UNIT)
                    field = ui.number(
                        value=self.decision.get(kind, share * UNIT) / UNIT,
                        min=0,
                        precision=1,
                        step=5,
                        suffix=say("app.game_yuan_unit"),
                    )
                    field.props(f'dense outlined debounce=200 aria-label="{label}"').classes(
                        "estate-amount"
                    ).mark(f"yuan-{kind}")
                else:
                    ui.label(say("app.game_no_public_cost")).classes("estate-small")

            def changed() -> None:
                if box.value:
                    self.decision[kind] = _yuan(field.value) if field is not None else 0
                else:
                    self.decision.pop(kind, None)
                self._add_up()

            box.on_value_change(changed)
            if field is not None:
                field.on_value_change(changed)
            if spent is not None and public:
                ui.label(say("app.game_last_year", yuan=money(spent))).classes("estate-small")
            self._about(kind)

    def _about(self, kind: str) -> None:
        with ui.expansion(say("app.how")).classes("w-full estate-small").props("dense") as folded:
            pass
        when_opened(folded, lambda: explain(described(kind)))

    def _add_up(self) -> None:
        asked = sum(self.decision.values())
        rest = self.game.left(self.team) - asked
        self.sum.set_text(say("app.game_asked", asked=money(asked), rest=money(rest)))
        self.sum.style("color: #b30000" if rest < 0 else "color: #111")

    def _hand_in(self) -> None:
        self.submit(dict(self.decision), self.version)


def _yuan(value: float | None) -> int:
    """Whole yuan of a field; an empty or impossible one is nothing."""
    return max(0, round((value or 0.0) * UNIT)) if value is None or abs(value) < 1e9 else 10**13


class GamePage:
    """The page of one browser. A browser that knows its team's token (address or
    memory) is that team again."""

    def __init__(self, session: Session, host: Host, token: str) -> None:
        """`token` as found in the address, or empty."""
        self.session, self.host = session, host
        self.team = self._team(token)
        self._shown: dict[str, object] = {}
        self.parts: dict[str, ui.refreshable[[], Any]] = {}
        self.content = ui.refreshable(self._content)
        self.content()
        watch(host, self._look)
        if self.team is None:
            ui.timer(0.1, self._recall, once=True)
        else:
            self._remember(self.team)

    def _team(self, token: str) -> Team | None:
        return self.host.game.teams.get(token) if self.host.game is not None else None

    def _remember(self, team: Team | None) -> None:
        """Keep the team in the address and in the browser, for when the connection drops or
        the page is opened anew."""
        self.team = team
        self.session.more = {TEAM: team.token} if team is not None else {}
        self.session.keep_address()
        ui.run_javascript(REMEMBER.format(token=team.token) if team is not None else FORGET)

    async def _recall(self) -> None:
        try:
            token = await ui.run_javascript("localStorage.getItem('estate_team')", timeout=3.0)
        except TimeoutError:
            return
        team = self._team(token) if isinstance(token, str) else None
        if team is not None and self.team is None:
            self._remember(team)
            self.content.refresh()

    # what is seen

    def _content(self) -> None:
        head(self.session, self._switch)
        game = self.host.game
        if self.team is not None and self._team(self.team.token) is None:
            self.team = None  # another game has begun
        self._shown = self._states()
        if game is None:
            with ui.element("main").classes("estate-narrow"):
                ui.label(say("app.game_none")).classes("text-xl").mark("game-none")
        elif self.team is None:
            self._door(game)
        else:
            self._room(game, self.team)

    def _states(self) -> dict[str, object]:
        """What each part of the page shows: when one changes, that part is made anew, and nothing
        typed elsewhere is lost."""
        game, team = self.host.game, self.team
        if game is None or team is None:
            return {"page": id(game)}
        now = (team.failed, game.stage, game.year)
        return {
            "page": (id(game), team.token),
            "standing": (team.key, len(team.said), self.host.nothing, now),
            "side": (team.version, now),
            "board": (tuple(game.board), len(self.host.nothing)),
            "city": team.key,
        }

    def _look(self) -> None:
        before, self._shown = self._shown, self._states()
        if before.get("page") != self._shown["page"]:
            self.content.refresh()
            return
        for name, part in self.parts.items():
            if before.get(name) != self._shown.get(name):
                part.refresh()

    def _switch(self) -> None:
        self.session.change_language()
        self.content.refresh()
        self.session.keep_address()

    def _door(self, game: Game) -> None:
        with ui.element("main").classes("estate-narrow"):
            ui.label(say("app.game_join")).classes("text-2xl font-bold")
            with ui.element("section").classes("estate-card"):
                ui.label(say("app.game_new_team")).classes("text-lg font-bold")
                name = (
                    ui.input(say("app.game_team_name"))
                    .props("outlined maxlength=24")
                    .classes("w-full")
                    .mark("team-name")
                )
                name.on("keydown.enter", lambda: self._enter(name.value))
                ui.button(say("app.game_make_team"), on_click=lambda: self._enter(name.value)).props(
                    "no-caps color=primary"
                ).mark("make-team")
            with ui.element("section").classes("estate-card"):
                ui.label(say("app.game_join_team")).classes("text-lg font-bold")
                code = (
                    ui.input(say("app.game_team_code"))
                    .props("outlined maxlength=4 inputmode=numeric")
                    .classes("w-full")
                    .mark("team-code")
                )
                code.on("keydown.enter", lambda: self._join(game, code.value))
                ui.button(say("app.game_enter_team"), on_click=lambda: self._join(game, code.value)).props(
                    "no-caps outline"
                ).mark("join-team")

    def _room(self, game: Game, team: Team) -> None:
        with ui.element("main").classes("estate-game"):
            with ui.row().classes("items-center w-full"):
                ui.label(say("app.game_your_team", name=team.name, code=team.code)).classes(
                    "text-xl font-bold"
                ).mark("your-team")
                ui.button(say("app.game_leave"), on_click=self._leave).props("flat no-caps dense")
            self.parts = {
                "standing": ui.refreshable(lambda: self._standing(game, team)),
                "side": ui.refreshable(lambda: self._side(game, team)),
                "board": ui.refreshable(lambda: leader_board(self.host, game)),
                "city": ui.refreshable(lambda: self._city(team)),
            }
            self.parts["standing"]()
            with columns():
                with ui.element("div").classes("estate-side"):
                    self.parts["side"]()
                with ui.element("div").classes("estate-main"):
                    with ui.element("section").classes("estate-card"):
                        self.parts["board"]()
                    self.parts["city"]()

    def _side(self, game: Game, team: Team) -> None:
        session = self.session
        if game.stage == JOINING:
            ui.label(say("app.game_waiting")).classes("text-lg").props("role=status").mark("game-status")
        elif game.stage == ENDED:
            ui.label(say("app.game_ended")).classes("text-lg font-bold").mark("game-status")
            ui.button(
                say("app.game_to_debrief"), on_click=lambda: ui.navigate.to(session.address("/debrief"))
            ).props("no-caps color=primary")
        elif game.stage == DECIDING:
            DecisionForm(session, game, team, self._submit)
        else:
            ui.label(say("app.game_failed" if team.failed else "app.game_running")).classes("text-lg").props(
                "role=status"
            ).mark("game-status")
            if not team.failed:
                ui.spinner(size="lg")

    def _standing(self, game: Game, team: Team) -> None:
        """Year, the three figures of the leader board, and what the team must know about its last year."""
        if game.stage != JOINING:
            ui.label(say("app.game_year_of", year=max(0, game.year) + 1, years=game.rules.years)).classes(
                "text-lg"
            ).mark("game-year")
        with ui.element("div").classes("estate-figures"):
            for title, name in (
                (say("app.game_out"), "out_of_cycle"),
                (say("app.game_worst"), "worst_decile"),
            ):
                value = share(getattr(team.years[-1], name), 0) if team.years else "–"
                notes = change_words(team.years, name)
                if team.years and len(self.host.nothing) >= len(team.years):
                    notes.append(
                        say(
                            "app.game_if_nothing",
                            value=share(getattr(self.host.nothing[len(team.years) - 1], name), 0),
                        )
                    )
                figure(title, value, notes)
            figure(say("app.game_left"), money(game.left(team)), [])
        for said in team.said:
            ui.label(str(said)).classes("estate-notice").props("role=status")

    def _city(self, team: Team) -> None:
        with ui.element("section").classes("estate-card"):
            ui.label(say("app.game_your_city")).classes("text-lg font-bold")
            if not team.key:
                ui.label(say("app.game_no_years"))
                return
            with ui.element("div").classes("estate-view"):
                player_box = ui.element("div")
                charts = city_charts()
                with player_box:
                    player = Player(charts, lambda estate: self._tell(team, estate))
                player.show(f"/run/{team.key}", begin=len(team.years) * MONTHS_PER_YEAR)

    # what happens

    async def _tell(self, team: Team, estate: int) -> None:
        async def tell() -> None:
            assert self.host.game is not None
            _, played = await self.host.play(self.host.game.rules, team.plan[: len(team.years)])
            await show_story(self.session, played.result.run, estate)

        await self.session.guarded(tell)

    def _enter(self, name: str) -> None:
        try:
            self._remember(self.host.enter(name or ""))
        except Refused as error:
            refused(self.session, error)
        else:
            self.content.refresh()

    def _join(self, game: Game, code: str) -> None:
        try:
            self._remember(game.team_by_code(code or ""))
        except Refused as error:
            refused(self.session, error)
        else:
            self.content.refresh()

    def _leave(self) -> None:
        self._remember(None)
        self.content.refresh()

    def _submit(self, decision: dict[str, int], version: int) -> None:
        game, team = self.host.game, self.team
        if game is None or team is None:
            return
        try:
            game.submit(team, decision, version)
        except Refused as error:
            refused(self.session, error)
        self._look()
