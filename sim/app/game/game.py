"""The budget game: rules, whose money it spends, teams and rounds, without pages and without simulation.

Every team governs the same city with the same luck. A round is a year: a team says how much each measure may
spend, the year is simulated, and what the ledger says was spent is taken from its money. What is left is
saved. The money is what the payers of the measures have in a year, or a sum that one of them is granted.
"""

from __future__ import annotations

import secrets
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import combinations
from typing import NamedTuple

from sim.app.core.affordable import DEFAULT_LIMITS, city
from sim.errors import EngineError, EstateError
from sim.scenario import Scenario, load_programmes, with_overrides
from sim.studies.budget.menu import available, granted, own_money, payers_of
from sim.text import Later, Message, Spoken, message, say
from sim.text.figures import money
from sim.text.joins import listed
from sim.units import MONTHS_PER_YEAR
from sim.words import TIERS

Decision = dict[
    str, int
]  # measure: most public money that it may spend this year (yuan; 0 for one that costs the public nothing)
Plan = tuple[tuple[tuple[str, int], ...], ...]  # the decisions of all years so far, as a key and for a worker

MOST_TEAMS, LONGEST_NAME = 30, 24
YEARS = (3, 15)  # fewest and most rounds
MOST_TRIES = 20  # wrong team codes in a minute, of the whole room
JOINING, DECIDING, RUNNING, ENDED = "joining", "deciding", "running", "ended"
BETWEEN = 0.5  # yuan: sums of whole yuan are compared with budgets that need not be whole


class Refused(EstateError):
    """What a team cannot do, as a message that each page says in its own language."""


@dataclass(frozen=True)
class Rules:
    """What the teacher sets. `measures` are kinds of intervention, in the order in which they act."""

    scenario: str
    seed: int
    years: int
    yearly: int
    measures: tuple[str, ...]
    payer: str | None = (
        None  # the tier that is granted the yearly budget; None: the payers' own budgets bound it
    )

    def __post_init__(self) -> None:
        low, high = YEARS
        if not low <= self.years <= high:
            raise Refused(message("app.game_years_range", low=low, high=high))
        if self.yearly < 10_000 or not self.measures:
            raise Refused(message("app.game_rules_empty"))
        known = load_programmes()
        if unknown := tuple(repr(kind) for kind in self.measures if kind not in known):
            found, allowed = Later(listed, unknown), Later(listed, tuple(sorted(known)))
            raise Refused(message("problem.among", place="measures", found=found, allowed=allowed))
        if (said := refused_rules(self)) is not None:
            raise Refused(said)


class Year(NamedTuple):
    """One simulated year of a team: shares out of the cycle and satisfied, and what each measure really
    spent (yuan, by the ledger)."""

    out_of_cycle: float
    worst_decile: float
    spent: tuple[tuple[str, int], ...]

    @property
    def cost(self) -> int:
        """Public money spent in the year, yuan."""
        return sum(yuan for _, yuan in self.spent)


@dataclass
class Team:
    """A team; all browsers that know its token are the same team."""

    name: str
    token: str
    code: str
    decisions: list[Decision] = field(default_factory=list)  # of the years that are closed
    years: tuple[Year, ...] = ()  # what came of them
    chosen: Decision | None = None  # for the year being decided; None until the team has submitted
    version: int = 0  # rises with every submission and every year
    said: list[Message] = field(default_factory=list)  # what the team must know about its last year
    key: str = ""  # of the run of its years so far
    failed: bool = False

    @property
    def plan(self) -> Plan:
        """Its closed decisions as a worker takes them."""
        return plan_of(self.decisions)


class Standing(NamedTuple):
    """A line of the leader board."""

    name: str
    out_of_cycle: float
    worst_decile: float
    left: int


class Game:
    """One game of a room. Whatever changes raises `version`, by which pages see that they must look again."""

    def __init__(self, rules: Rules) -> None:
        """A game that teams may join."""
        self.rules = rules
        self.stage = JOINING
        self.year = 0  # the year being decided or simulated, from 0
        self.teams: dict[str, Team] = {}
        self.version = 0
        self._wrong: deque[float] = deque(maxlen=MOST_TRIES)

    # teams

    def enter(self, name: str) -> Team:
        """A new team. Refused for a name that is empty, too long or taken, when the room is
        full, and after the end."""
        name = " ".join("".join(letter for letter in name if letter.isprintable()).split())
        if not name or len(name) > LONGEST_NAME:
            raise Refused(message("app.game_name_length", most=LONGEST_NAME))
        if any(team.name.casefold() == name.casefold() for team in self.teams.values()):
            raise Refused(message("app.game_name_taken", name=name))
        if len(self.teams) >= MOST_TEAMS:
            raise Refused(message("app.game_full", most=MOST_TEAMS))
        if self.stage == ENDED:
            raise Refused(message("app.game_over"))
        codes = {team.code for team in self.teams.values()}
        code = next(
            code for code in iter(lambda: f"{secrets.randbelow(10_000):04d}", None) if code not in codes
        )
        team = Team(name, secrets.token_hex(16), code)
        team.decisions = [{} for _ in range(self.closed)]  # who comes late has done nothing so far
        self.teams[team.token] = team
        self.version += 1
        return team

    def team_by_code(self, code: str) -> Team:
        """The team of a code, for its other browsers; wrong ones may be tried only so often."""
        now = time.monotonic()
        if len(self._wrong) == MOST_TRIES and now - self._wrong[0] < 60:
            raise Refused(message("app.too_many_tries"))
        for team in self.teams.values():
            if secrets.compare_digest(team.code.encode(), code.strip().encode()):
                return team
        self._wrong.append(now)
        raise Refused(message("app.game_no_such_code"))

    # money

    @property
    def closed(self) -> int:
        """Years whose decisions can no longer be changed."""
        return self.year + int(self.stage in (RUNNING, ENDED)) if self.stage != JOINING else 0

    def spent(self, team: Team) -> int:
        """Public money that the ledger says a team has spent, yuan; for a year not
        simulated yet, all that it may spend."""
        return sum(year.cost for year in team.years) + sum(
            sum(bought.values()) for bought in team.decisions[len(team.years) :]
        )

    def left(self, team: Team) -> int:
        """Money that a team has now: a year's budget for every year begun, less what was spent; yuan."""
        begun = 0 if self.stage == JOINING else self.year + 1
        return self.rules.yearly * begun - self.spent(team)

    # rounds

    def begin(self) -> None:
        """Let teams decide about the first year."""
        if self.stage != JOINING:
            raise Refused(message("app.game_not_now"))
        self.stage = DECIDING
        self.version += 1

    def submit(self, team: Team, decision: Mapping[str, int], version: int) -> None:
        """Set what a team does this year, in place of what it submitted before.

        Refused when no year is being decided, when another browser of the team submitted since `version`, for
        measures that are not in the game, for more money than the team has, and for more than those who
        pay for the measures have in a year.
        """
        if self.stage != DECIDING:
            raise Refused(message("app.game_not_now"))
        if version != team.version:
            raise Refused(message("app.game_other_browser"))
        if any(
            kind not in self.rules.measures or not isinstance(yuan, int) or yuan < 0
            for kind, yuan in decision.items()
        ):
            raise Refused(message("app.game_no_such_measure"))
        asked, left = sum(decision.values()), self.left(team)
        if asked > left:
            raise Refused(
                message(
                    "app.game_too_dear", asked=_money(asked), left=_money(left), over=_money(asked - left)
                )
            )
        if (said := refused_decision(self.rules, decision)) is not None:
            raise Refused(said)
        team.chosen = {kind: decision[kind] for kind in self.rules.measures if kind in decision}
        team.version += 1
        self.version += 1

    def close(self) -> None:
        """No more decisions for this year: who has not submitted goes on as last
        year, as far as the money goes."""
        if self.stage != DECIDING or not self.teams:
            raise Refused(message("app.game_not_now" if self.teams else "app.game_no_teams"))
        for team in self.teams.values():
            team.said = []
            if team.chosen is None:
                team.chosen = self._as_before(team)
            team.decisions.append(team.chosen)
            team.chosen = None
            team.version += 1
        self.stage = RUNNING
        self.version += 1

    def _as_before(self, team: Team) -> Decision:
        left, decision = self.left(team), Decision()
        before = team.decisions[-1] if team.decisions else {}
        for kind, yuan in before.items():
            decision[kind] = min(yuan, left)
            left -= decision[kind]
            if decision[kind] < yuan:
                team.said.append(
                    message(
                        "app.game_capped",
                        measure=label_of(kind),
                        asked=_money(yuan),
                        got=_money(decision[kind]),
                    )
                )
        team.said.insert(0, message("app.game_as_before" if before else "app.game_nothing_submitted"))
        return decision

    def played(self, team: Team, years: tuple[Year, ...], key: str) -> None:
        """What came of a team's years. EngineError if the ledger shows more than was decided (it
        cannot be, and it is checked)."""
        for number, (bought, year) in enumerate(zip(team.decisions, years, strict=True), 1):
            over = [kind for kind, yuan in year.spent if yuan > bought.get(kind, 0)]
            if over:
                kinds = Later(listed, tuple(over))
                raise EngineError(message("app.game_overspent", year=number, measures=kinds))
        bought = team.decisions[-1]
        team.years, team.key, team.failed = years, key, False
        for kind, yuan in bought.items():
            really = dict(years[-1].spent).get(kind, 0)
            if yuan and not really:
                team.said.append(message("app.game_unspent", measure=label_of(kind), asked=_money(yuan)))
        self.version += 1

    def next_year(self) -> None:
        """After every team's year was simulated: the next one, or the end."""
        if self.stage != RUNNING:
            raise Refused(message("app.game_not_now"))
        if self.year + 1 == self.rules.years:
            self.stage = ENDED
        else:
            self.year += 1
            self.stage = DECIDING
        self.version += 1

    def end(self) -> None:
        """End the game now, with the years played so far."""
        if self.stage not in (DECIDING, JOINING):
            raise Refused(message("app.game_not_now"))
        if self.stage == DECIDING:
            self.year -= 1  # the year that nobody will see
        self.stage = ENDED
        self.version += 1

    @property
    def board(self) -> list[Standing]:
        """Teams that have played a year: most estates out of the cycle first, then the satisfaction of the
        worst tenth, then money left."""
        lines = [
            Standing(team.name, team.years[-1].out_of_cycle, team.years[-1].worst_decile, self.left(team))
            for team in self.teams.values()
            if team.years
        ]
        return sorted(
            lines,
            key=lambda line: (
                -round(line.out_of_cycle, 3),
                -round(line.worst_decile, 3),
                -line.left,
                line.name,
            ),
        )


def plan_of(decisions: list[Decision]) -> Plan:
    """Decisions of years as a worker takes them."""
    return tuple(tuple(decision.items()) for decision in decisions)


def label_of(kind: str) -> Spoken:
    """What a measure is called."""
    return load_programmes()[kind].label()


def _money(yuan: float) -> Later:
    return Later(money, yuan)


@cache
def own_city(rules: Rules) -> Scenario:
    """The city of the game as it is, before anybody is granted anything."""
    changes = {"seed": rules.seed, "months": rules.years * MONTHS_PER_YEAR}
    return with_overrides(city(rules.scenario, DEFAULT_LIMITS), changes)


@cache
def base_of(rules: Rules) -> Scenario:
    """The city of the game, the same for all teams: with the yearly budget granted to the payer of the
    rules, where there is one."""
    return granted(own_city(rules), float(rules.yearly), rules.payer)


def refused_rules(rules: Rules) -> Message | None:
    """Why these rules promise money that is not there, or grant it to who pays for nothing;
    None if they do neither."""
    tiers = payers_of(rules.measures)
    if rules.payer is not None:
        if rules.payer in tiers:
            return None
        return message("app.game_payer", payer=_name(rules.payer), payers=Later(_names, tiers))
    most = available(own_city(rules), rules.measures)
    if rules.yearly <= most + BETWEEN:
        return None
    return message(
        "app.game_no_such_money",
        yearly=Later(money, float(rules.yearly)),
        most=Later(money, most),
        each=Later(_each, own_money(own_city(rules), rules.measures)),
    )


def refused_decision(rules: Rules, decision: Mapping[str, int]) -> Message | None:
    """Why the payers could not pay a year's decision even if a team has saved for it; None if they could.

    Budgets of public bodies lapse at the end of a year. What only some tiers pay for may ask no more than
    those have, whichever tiers are looked at together.
    """
    purse = own_money(base_of(rules), decision)
    for size in range(1, len(purse) + 1):
        for tiers in combinations(purse, size):
            theirs = [kind for kind in decision if (paid := payers_of([kind])) and set(paid) <= set(tiers)]
            asked, most = sum(decision[kind] for kind in theirs), sum(purse[tier] for tier in tiers)
            if asked > most + BETWEEN:
                return message(
                    "app.game_payers_short",
                    payers=Later(_names, tiers),
                    most=Later(money, most),
                    asked=Later(money, float(asked)),
                )
    return None


def told(rules: Rules) -> str:
    """Where the money of the game comes from, as a sentence in the current language."""
    each = _each(own_money(own_city(rules), rules.measures))
    if rules.payer is not None:
        return say(
            "app.game_money_granted",
            yearly=money(float(rules.yearly)),
            payer=_names((rules.payer,)),
            each=each,
        )
    return say("app.game_money_own", each=each) if each else say("app.game_money_nobody")


def _each(purse: Mapping[str, float]) -> str:
    """What the tiers have in a year, in a row."""
    return listed(
        say("app.game_payer_has", payer=_names((tier,)), money=money(yuan)) for tier, yuan in purse.items()
    )


def _names(tiers: tuple[str, ...]) -> str:
    return listed(say(f"bearer.{tier}") for tier in tiers)


def _name(payer: str) -> Message | str:
    return message(f"bearer.{payer}") if payer in TIERS else payer
