"""What workers do for the budget game: simulate a team's years, and search for the best
package with the same money."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sim.app.core.runs import Result
from sim.app.game.game import Decision, Plan, Rules, Year, base_of, own_city
from sim.scenario import Scenario, with_overrides
from sim.scenario.programme import read_programme
from sim.studies.budget.menu import PREFIX, MenuItem, Package
from sim.units import FEN_PER_YUAN, MONTHS_PER_YEAR

if TYPE_CHECKING:
    from sim.model.engine import Engine
    from sim.results.summary import RunSummary

SEEDS = 3  # runs of every package that the search tries: what is best should not be so by luck


class Played(NamedTuple):
    """A team's years: the run for the player, and what each year came to."""

    result: Result
    years: tuple[Year, ...]

    @property
    def frames(self) -> bytes:
        """The message for the player."""
        return self.result.frames

    @property
    def size(self) -> int:
        """Bytes, roughly."""
        return self.result.size


class Best(NamedTuple):
    """The best package of those tried so far, as the decisions of every year."""

    tried: int
    package: Package
    decisions: tuple[Decision, ...]
    size: int = 2_000


def city_of(rules: Rules, plan: Plan) -> Scenario:
    """The city with every measure that a team has ever bought, from the year in which it first did.

    Measures act in the order in which they were first bought, so that a later purchase
    changes nothing before it.
    """
    first: dict[str, tuple[int, int]] = {}
    for year, decision in enumerate(plan):
        for kind, yuan in decision:
            first.setdefault(kind, (year, yuan))
    base = base_of(rules)
    bought = [
        read_programme(
            {
                "kind": kind,
                "name": PREFIX + kind,
                "start": year * MONTHS_PER_YEAR + 1,
                "yearly_budget": float(yuan),
            }
        )
        for kind, (year, yuan) in first.items()
    ]
    return with_overrides(
        base.model_copy(update={"interventions": (*base.interventions, *bought)}),
        {"name": base.name, "months": max(1, len(plan)) * MONTHS_PER_YEAR},
    )


def play(rules: Rules, plan: Plan) -> Played:
    """Simulate the years of a plan from the beginning: the same plan gives the same city, bit for bit."""
    from sim.app.core.runs import packed
    from sim.model.engine import Engine
    from sim.results.summary import summarise

    scenario, years = city_of(rules, plan), []
    with Engine(scenario, threads=1) as city:
        for year, decision in enumerate(plan):
            _decide(city, dict(decision), year)
            city.run(MONTHS_PER_YEAR)
            years.append(_year(summarise(city), year))
        return Played(packed(city), tuple(years))


def _decide(city: Engine, decision: Decision, year: int) -> None:
    """Give every bought measure its money for the year that begins, or end it before the year begins."""
    for in_run in city.policy.programme_states:
        programme = in_run.programme
        if programme.name.startswith(PREFIX):
            bought = programme.kind in decision
            changes = (
                {"yearly_budget": float(decision[programme.kind]), "end": None}
                if bought
                else {"end": year * MONTHS_PER_YEAR}
            )
            in_run.programme = programme.model_copy(update=changes)


def _year(summary: RunSummary, year: int) -> Year:
    """The last year of a summary, with what each measure spent by the ledger."""
    spent: dict[str, int] = {}
    months = slice(year * MONTHS_PER_YEAR + 1, (year + 1) * MONTHS_PER_YEAR + 1)
    for (_, programme), fen in summary.spending.items():
        if programme.startswith(PREFIX):
            kind = programme.removeprefix(PREFIX)
            spent[kind] = spent.get(kind, 0) + int(fen[months].sum())
    yuan = tuple((kind, (fen + FEN_PER_YUAN // 2) // FEN_PER_YUAN) for kind, fen in spent.items())
    return Year(
        1.0 - summary.scalars["cycle_share_last_year"], summary.scalars["worst_decile_satisfaction"], yuan
    )


def search(rules: Rules, trials: int, folder: Path) -> Best:
    """Go on with the search for packages until `trials` were tried; it is kept in `folder`
    and goes on where it stopped.

    A package spends at most the yearly budget in every year and saves nothing; best is what keeps most
    estates out of the cycle, then the satisfaction of the worst tenth, means over SEEDS runs. EstateError
    where Optuna is not installed.
    """
    from sim.experiments.workplace import Workplace
    from sim.results.engines import InProcess
    from sim.studies.budget.budget import budget
    from sim.studies.budget.menu import available

    city, kinds = own_city(rules), rules.measures
    menu = tuple(MenuItem(kind=kind) for kind in kinds)
    budget_search = budget(
        city,
        # which the payers have or are granted, as the rules are checked for (to half a yuan)
        float(rules.yearly) if rules.payer is not None else min(float(rules.yearly), available(city, kinds)),
        payer=rules.payer,
        menu=menu,
        trials=trials,
        replications=SEEDS,
        stress=0,
        rivals=False,
        folder=folder,
        seed=rules.seed % 2**31,
        workplace=Workplace(engine=InProcess(), store=folder / "runs"),
    )
    best = max(budget_search.tried, key=lambda one: (one.out_of_cycle, one.worst_decile_satisfaction))
    return Best(len(budget_search.tried), best.package, decisions_of(best.package, rules))


def decisions_of(package: Package, rules: Rules) -> tuple[Decision, ...]:
    """A package as the decisions of every year: each item from the year in which it starts,
    with its whole yuan a year."""
    return tuple(
        {one.kind: int(one.yearly) for one in package if one.start <= year * MONTHS_PER_YEAR + 1}
        for year in range(rules.years)
    )
