"""Who runs the game of a room: simulates all teams' years, keeps the search for the best package
going, and knows the teacher."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import secrets
from pathlib import Path

from nicegui import background_tasks

from sim.app.core.workers import Workers
from sim.app.game.game import ENDED, RUNNING, Game, Plan, Refused, Rules, Team, Year, base_of, plan_of
from sim.app.game.work import Best, Played, play, search
from sim.errors import EngineError, EstateError
from sim.fingerprint import model_source_hash
from sim.scenario import load_programmes
from sim.studies.budget.menu import default_menu
from sim.text import message

log = logging.getLogger("sim.app")

TRIALS, BATCH = (
    64,
    4,
)  # packages that the search tries, and how many at a time: between them the room's runs have their turn
ATTEMPTS = 2
MORE_MEASURES = (
    "legacy_remediation",
    "red_black_list",
    "burden_relief",
    "complaint_app",
    "mediation",
    "self_management",
    "disclosure",
)
YEARLY, ROUNDS = 2_000_000, 6


def usual_measures() -> tuple[str, ...]:
    """What may be bought unless the teacher says otherwise: the menu of the budget search and a few more."""
    known = load_programmes()
    return tuple(
        dict.fromkeys(
            (*(item.kind for item in default_menu()), *(kind for kind in MORE_MEASURES if kind in known))
        )
    )


class Host:
    """The game of a room, at most one at a time; it goes on whoever's page closes."""

    def __init__(self, workers: Workers, folder: Path | None = None) -> None:
        """`folder`: where searches are kept (default `results/workshop`)."""
        self.workers = workers
        self.folder = folder or Path("results") / "workshop"
        self.key = secrets.token_urlsafe(9)  # of the teacher's page
        self.game: Game | None = None
        self.nothing: tuple[Year, ...] = ()  # the city if nobody did anything
        self.best: Best | None = None
        self.best_years: tuple[Year, ...] = ()
        self.search_failed: EstateError | None = None
        self._turn = 0

    @property
    def version(self) -> tuple[int, int, int]:
        """Changes whenever a page may have something new to show."""
        return (
            self._turn,
            self.game.version if self.game is not None else -1,
            self.best.tried if self.best is not None else 0,
        )

    def open(self, rules: Rules) -> Game:
        """A new game in place of the one before; EstateError for rules under which there is no city."""
        base_of(rules)
        self.game = Game(rules)
        self.nothing, self.best, self.best_years, self.search_failed = (), None, (), None
        self._turn += 1
        background_tasks.create(self._nothing(self.game), name="game: nothing")
        background_tasks.create(self._search(self.game), name="game: search")
        return self.game

    def shut(self) -> None:
        """Forget the game."""
        self.game = None
        self._turn += 1

    def enter(self, name: str) -> Team:
        """A new team; one that comes late has its years, in which it did nothing, simulated at once."""
        game = self._present()
        team = game.enter(name)
        if team.decisions and game.stage != RUNNING:
            background_tasks.create(self._team(game, team), name="game: a team that came late")
        return team

    # rounds

    def next_round(self) -> None:
        """Close the year for all teams and simulate it in the background, or try again what failed.
        Refused when it is not the time."""
        game = self._present()
        if game.stage == RUNNING and self.failed:
            for team in self.failed:
                team.failed = False
            game.version += 1
        else:
            game.close()
        background_tasks.create(self._round(game), name="game: round")

    @property
    def failed(self) -> list[Team]:
        """Teams whose year could not be simulated."""
        return [team for team in self.game.teams.values() if team.failed] if self.game is not None else []

    def _present(self) -> Game:
        if self.game is None:
            raise Refused(message("app.game_none"))
        return self.game

    async def _round(self, game: Game) -> None:
        await asyncio.gather(*(self._team(game, team) for team in list(game.teams.values())))
        if self.game is game and game.stage == RUNNING and not self.failed:
            game.next_year()

    async def _team(self, game: Game, team: Team) -> None:
        """Simulate a team's years; what goes wrong is the team's alone."""
        if len(team.years) == len(team.decisions):
            return
        for attempt in range(ATTEMPTS):
            try:
                key, played = await self.play(game.rules, team.plan)
                game.played(team, played.years, key)
                return
            except EstateError as error:
                log.warning("game: the year of a team was not simulated (attempt %d): %s", attempt + 1, error)
                await asyncio.sleep(1 + attempt)
            except Exception:
                log.exception("game: the year of a team was not simulated")
        team.failed = True
        game.version += 1

    async def play(self, rules: Rules, plan: Plan) -> tuple[str, Played]:
        """The key and the result of a plan, from memory where it is still there."""
        text = f"{rules} {plan} {model_source_hash()}"
        key = hashlib.sha256(text.encode("utf-8")).hexdigest()
        return key, await self.workers.once(key, play, rules, plan)

    # what goes on behind

    async def _nothing(self, game: Game) -> None:
        try:
            _, played = await self.play(game.rules, ((),) * game.rules.years)
        except EstateError as error:
            log.warning("game: the city without measures was not simulated: %s", error)
            return
        if self.game is game:
            self.nothing = played.years
            self._turn += 1

    async def _search(self, game: Game) -> None:
        """Try packages a batch at a time while the game is on; the best so far is
        played with the room's luck."""
        folder = self.folder / hashlib.sha256(f"{game.rules}".encode()).hexdigest()[:16]
        for trials in range(BATCH, TRIALS + 1, BATCH):
            while self.game is game and (game.stage == RUNNING or self.workers.waiting):
                await asyncio.sleep(0.5)  # people first
            if self.game is not game:
                return
            try:
                best: Best = await self.workers.call(search, game.rules, trials, folder, seconds=600)
                if self.best is None or best.decisions != self.best.decisions:
                    _, played = await self.play(game.rules, plan_of(list(best.decisions)))
                    best_years = played.years
                else:
                    best_years = self.best_years
            except EstateError as error:
                self.search_failed = error
                self._turn += 1
                if isinstance(error, EngineError):
                    continue
                return
            if self.game is game:
                self.best, self.best_years, self.search_failed = best, best_years, None

    @property
    def over(self) -> bool:
        """Whether the game has ended."""
        return self.game is not None and self.game.stage == ENDED
