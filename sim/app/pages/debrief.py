"""The debrief of the budget game: each team's path, what it did, and the best
package that the search has found."""

from __future__ import annotations

from nicegui import ui

from sim.app.core.session import Session
from sim.app.core.setting import described
from sim.app.game.game import ENDED, Game, Year, base_of, label_of
from sim.app.game.host import TRIALS, Host
from sim.app.game.view import PATHS, costs_public, leader_board, paths_chart, watch
from sim.app.game.work import SEEDS
from sim.app.widgets.look import head
from sim.scenario import to_toml
from sim.studies.budget.menu import Package, with_package
from sim.text import say
from sim.text.figures import money
from sim.text.joins import clauses, labelled
from sim.units import MONTHS_PER_YEAR

DECISION_COLUMNS = (
    "team",
    "year",
    "measure",
    "most_yuan",
    "spent_yuan",
    "out_of_cycle",
    "worst_decile_satisfaction",
)


class DebriefPage:
    """The page of one browser; everybody may see it when the game is over."""

    def __init__(self, session: Session, host: Host) -> None:
        """Builds the page; it follows the search as long as that goes on."""
        self.session, self.host = session, host
        self.content = ui.refreshable(self._content)
        self.content()
        watch(host, self.content.refresh)

    def _content(self) -> None:
        session, game = self.session, self.host.game
        head(session, self._switch)
        with ui.element("main").classes("estate-narrow").style("max-width: 80rem"):
            ui.label(say("app.game_debrief")).classes("text-2xl font-bold")
            if game is None or game.stage != ENDED:
                ui.label(say("app.game_none" if game is None else "app.game_not_over")).classes(
                    "text-lg"
                ).mark("debrief-status")
                return
            ui.label(say("app.game_one_luck")).classes("estate-small")
            with ui.element("section").classes("estate-card"):
                leader_board(self.host, game, final=True)
            if not game.closed:
                return
            with ui.element("section").classes("estate-card"):
                ui.label(say("app.game_paths")).classes("text-lg font-bold")
                with ui.element("div").classes("estate-charts"):
                    for name in PATHS:
                        paths_chart(name, self._paths(game), game.closed)
            with ui.element("section").classes("estate-card"):
                self._best(game)
            with ui.element("section").classes("estate-card"):
                self._decisions(game)

    def _switch(self) -> None:
        self.session.change_language()
        self.content.refresh()
        self.session.keep_address()

    def _paths(self, game: Game) -> dict[str, tuple[Year, ...]]:
        """Years of every team, of the best package and of the city without measures."""
        order = {line.name: place for place, line in enumerate(game.board)}
        teams = sorted(
            (team for team in game.teams.values() if team.years), key=lambda team: order[team.name]
        )
        paths = {team.name: team.years for team in teams}
        if self.host.best_years:
            paths[say("app.game_best_row")] = self.host.best_years[: game.closed]
        if self.host.nothing:
            paths[say("app.game_nobody")] = self.host.nothing[: game.closed]
        return paths

    def _best(self, game: Game) -> None:
        best = self.host.best
        ui.label(say("app.game_best_title")).classes("text-lg font-bold")
        if self.host.search_failed:
            ui.label(say("app.game_search_failed", reason=self.host.search_failed))
        if best is None:
            ui.label(say("app.game_best_none"))
            return
        self._package(best.package)
        ui.label(
            say(
                "app.game_best_how",
                tried=best.tried,
                total=TRIALS,
                seeds=SEEDS,
                years=game.rules.years,
            )
        ).classes("estate-small")
        ui.button(say("app.game_best_toml"), icon="description", on_click=lambda: self._toml(game)).props(
            "no-caps outline"
        ).mark("best-toml")

    def _package(self, package: Package) -> None:
        """What it buys, in the order in which it begins."""
        with ui.element("ul").mark("best"):
            for measure in sorted(package, key=lambda bought: bought.start):
                label, year = described(measure.kind), (measure.start - 1) // MONTHS_PER_YEAR + 1
                with ui.element("li"):
                    ui.label(
                        _bought(
                            str(label.label), year, measure.yearly if costs_public(measure.kind) else None
                        )
                    )
            if not package:
                ui.label(say("app.game_did_nothing"))

    def _decisions(self, game: Game) -> None:
        """A table for each team: what it allowed and what was spent, year by year."""
        ui.label(say("app.game_decisions")).classes("text-lg font-bold")
        for line in game.board:
            team = next(team for team in game.teams.values() if team.name == line.name)
            with ui.expansion(
                say("app.game_team_spent", team=team.name, spent=money(game.spent(team)))
            ).classes("w-full estate-measure"):
                for number, (decision, year) in enumerate(zip(team.decisions, team.years, strict=False), 1):
                    spent = dict(year.spent)
                    parts = [
                        say(
                            "app.game_allowed_and_spent",
                            measure=label_of(kind),
                            allowed=money(yuan),
                            spent=money(spent.get(kind, 0)),
                        )
                        for kind, yuan in decision.items()
                    ]
                    ui.label(
                        labelled(
                            say("app.game_year_number", year=number),
                            clauses(parts or [say("app.game_did_nothing")]),
                        )
                    )
        ui.button(say("app.game_csv"), icon="table_chart", on_click=lambda: self._csv(game)).props(
            "no-caps outline"
        ).mark("game-csv")

    def _csv(self, game: Game) -> None:
        import pandas as pd

        from sim.results.files import ENCODING, csv_text

        rows = []
        for team in game.teams.values():
            for number, (decision, year) in enumerate(zip(team.decisions, team.years, strict=False), 1):
                spent = dict(year.spent)
                rows += [
                    (
                        _cell(team.name),
                        number,
                        kind,
                        yuan,
                        spent.get(kind, 0) if kind else 0,
                        year.out_of_cycle,
                        year.worst_decile,
                    )
                    for kind, yuan in (decision.items() if decision else [(None, 0)])
                ]
        text = csv_text(pd.DataFrame(rows, columns=DECISION_COLUMNS))
        ui.download.content(text.encode(ENCODING), "game.csv", "text/csv; charset=utf-8")

    def _toml(self, game: Game) -> None:
        assert self.host.best is not None
        scenario = with_package(base_of(game.rules), self.host.best.package)
        ui.download.content(to_toml(scenario), "best_package.toml", "text/plain; charset=utf-8")


def _cell(text: str) -> str:
    """A name as a spreadsheet may show it: never as a formula."""
    return "'" + text if text[:1] in "=+-@" else text


def _bought(measure: str, year: int, yearly: float | None) -> str:
    """A measure of a package in words; `yearly` None for one that costs the public nothing."""
    if yearly is None:
        return say("app.game_item_free", measure=measure, year=year)
    return say("app.game_item", measure=measure, year=year, yuan=money(yearly))
