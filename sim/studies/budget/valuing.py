"""What a package of programmes is worth: its cost, what it reaches, and the same again on seeds that did not choose it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from sim.errors import StudyError
from sim.experiments.ensemble import Ensemble, cells_over
from sim.experiments.intervals import NO_RANGE, Interval, Range, mean_interval, range_of
from sim.experiments.workplace import CellResults
from sim.results.engines import Cell
from sim.results.reading import STATE_OWNED
from sim.results.summary import RunSummary
from sim.scenario import Scenario
from sim.studies.budget.menu import PREFIX, Package, in_words, with_package, written_out
from sim.text import Later, figures, message
from sim.units import FEN_PER_YUAN, MONTHS_PER_YEAR

OBJECTIVES = ("cost", "out_of_cycle", "worst_decile_satisfaction")
Runs = Callable[[list[Cell]], CellResults]


@dataclass(frozen=True)
class Valued:
    """A package and what it came to (means over seeds).

    cost: public money of the bought programmes and what state-owned companies lose more than without them, yuan a year;
    state_owned: those losses alone; most_in_a_year: the most that any seed's run spent on the programmes in a year (losses of
    companies are in no budget); out_of_cycle: share of estates not in the cycle, last year; worst_decile_satisfaction: last year.
    """

    number: int
    package: Package
    cost: float
    out_of_cycle: float
    worst_decile_satisfaction: float
    most_in_a_year: float
    state_owned: float = 0.0

    @property
    def objectives(self) -> tuple[float, float, float]:
        """Values of OBJECTIVES."""
        return self.cost, self.out_of_cycle, self.worst_decile_satisfaction


@dataclass(frozen=True)
class Rescored:
    """A package of the front on fresh seeds, and the share of estates it gets out of the cycle beyond doing nothing.

    gain is a mean over seeds, paired with doing nothing under the same seed, with its interval; gain_range: what it may be in
    a single pair (without ends in results of before there was one).
    """

    value: Valued
    gain: float
    gain_interval: Interval
    gain_range: Range = NO_RANGE


def value_of(
    number: int, package: Package, runs: Sequence[RunSummary], nothing: Sequence[RunSummary], yearly: float
) -> Valued:
    """Value a package by its runs; `nothing`: those without it, same seeds. StudyError if it spent more than `yearly` yuan in a year."""
    most = max(most_in_a_year(run) for run in runs)
    if most > yearly * (1 + 1e-9):
        raise StudyError(
            message(
                "budget.error.overspent",
                package=Later(in_words, package),
                found=Later(figures.count, most),
                allowed=Later(figures.count, yearly),
            )
        )
    years = runs[0].months / MONTHS_PER_YEAR
    lost = (
        float(
            np.mean([run.public_cost(STATE_OWNED) for run in runs])
            - np.mean([run.public_cost(STATE_OWNED) for run in nothing])
        )
        / years
    )
    spent = float(np.mean([bought_spending(run).sum() for run in runs])) / FEN_PER_YUAN / years
    worst = float(np.mean([run.scalars["worst_decile_satisfaction"] for run in runs]))
    return Valued(number, package, spent + lost, float(out_of_cycle(runs).mean()), worst, most, lost)


def revalue(
    base: Scenario,
    packages: Sequence[tuple[int, Package]],
    seeds: Sequence[int],
    yearly: float,
    run: Runs,
    ensemble: Ensemble | None = None,
) -> list[Valued]:
    """What packages, each with its number, come to on these seeds."""
    cells = cells_over(base, seeds, ensemble)
    for _, package in packages:
        cells += cells_over(with_package(base, package), seeds, ensemble, {"package": written_out(package)})
    found = [summary for _, summary in run(cells)]
    count = len(seeds)
    parts = [found[i : i + count] for i in range(0, len(found), count)]
    return [
        value_of(number, package, runs, parts[0], yearly)
        for (number, package), runs in zip(packages, parts[1:], strict=True)
    ]


def out_of_cycle(runs: Sequence[RunSummary]) -> np.ndarray:
    """Share of estates not in the cycle in the last year, one a run (float64)."""
    return np.array([1.0 - run.scalars["cycle_share_last_year"] for run in runs])


def rescore(
    base: Scenario,
    front: Sequence[Valued],
    seeds: Sequence[int],
    yearly: float,
    run: Runs,
    ensemble: Ensemble | None = None,
) -> list[Rescored]:
    """The packages of a front on other seeds than those that put them there, in order of the cost found now.

    A search keeps what did well under its seeds, so that its own figures flatter what it kept.
    """
    packages: list[Package] = [(), *(one.package for one in front)]
    cells: list[Cell] = []
    for package in packages:
        cells += cells_over(
            with_package(base, package), seeds, ensemble, {"package": written_out(package)}, seeds[0] - 1
        )
    found = [summary for _, summary in run(cells)]
    count = len(seeds)
    nothing, *others = (found[i * count : (i + 1) * count] for i in range(len(packages)))
    scored = []
    for one, runs in zip(front, others, strict=True):
        gains = out_of_cycle(runs) - out_of_cycle(nothing)
        scored.append(
            Rescored(
                value_of(one.number, one.package, runs, nothing, yearly),
                float(gains.mean()),
                mean_interval(gains),
                range_of(gains),
            )
        )
    return sorted(scored, key=lambda one: one.value.cost)


def bought_spending(summary: RunSummary) -> np.ndarray:
    """Fen (int64) of public money that bought programmes spent, by month from 0."""
    spent = [fen for (_, programme), fen in summary.spending.items() if programme.startswith(PREFIX)]
    return np.asarray(np.sum([np.zeros(summary.months + 1, np.int64), *spent], axis=0))


def most_in_a_year(summary: RunSummary) -> float:
    """Yuan that bought programmes spent in the dearest year of the run (years begin in months 1, 13 …)."""
    months = bought_spending(summary)[1:]
    padded = np.append(months, np.zeros(-months.size % MONTHS_PER_YEAR, np.int64))
    return int(padded.reshape(-1, MONTHS_PER_YEAR).sum(axis=1).max()) / FEN_PER_YUAN
