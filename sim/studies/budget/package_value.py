"""What a package of programmes is worth: its cost, what it reaches, and the same again on
seeds that did not choose it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sim.errors import StudyError
from sim.experiments.ensemble import Ensemble, planned_runs_over
from sim.experiments.intervals import (
    NO_RANGE,
    Estimate,
    Interval,
    Range,
    estimate_of,
    mean_interval,
    range_of,
)
from sim.experiments.workplace import RunResults
from sim.results.engines import PlannedRun
from sim.results.summary import RunSummary
from sim.scenario import Scenario
from sim.studies.budget.menu import PREFIX, Package, in_words, with_package, written_out
from sim.text import Later, figures, message
from sim.units import FEN_PER_YUAN, MONTHS_PER_YEAR

OBJECTIVES = ("public_cost", "out_of_cycle", "worst_decile_satisfaction")
LOSSES = "state_owned_losses"
ESTIMATED = (*OBJECTIVES, LOSSES)  # what has one value a seed
# What version 0.1 and the first of 0.2 called the parts of a package, whose cost was of its own programmes
# and as paid.
FORMER = {"cost": "public_cost", "state_owned": LOSSES, "most_in_a_year": "fiscal_spending_dearest_year"}
Runs = Callable[[list[PlannedRun]], RunResults]


@dataclass(frozen=True)
class Valued:
    """A package and what it came to (means over seeds).

    public_cost: how much more the outcome of that name is than with nothing bought, yuan a year in constant
    prices of the start year; out_of_cycle: share of estates not in the cycle, last year;
    worst_decile_satisfaction: last year;
    fiscal_spending_dearest_year: the most that any seed's run spent on the programmes in a year, as paid (the
    budget bounds it); state_owned_losses: the part of the public cost that state-owned companies lose;
    values: by name of ESTIMATED one value a seed (empty in results of before they were kept).
    """

    number: int
    package: Package
    public_cost: float
    out_of_cycle: float
    worst_decile_satisfaction: float
    fiscal_spending_dearest_year: float
    state_owned_losses: float = 0.0
    values: Mapping[str, Sequence[float]] = field(default_factory=dict, hash=False)

    @classmethod
    def of_parts(cls, **parts: Any) -> Valued:
        """One that was saved, also by the names that the parts had before."""
        return cls(**{FORMER.get(name, name): value for name, value in parts.items()})

    @property
    def objectives(self) -> tuple[float, float, float]:
        """Values of OBJECTIVES."""
        return self.public_cost, self.out_of_cycle, self.worst_decile_satisfaction

    def estimate(self, name: str) -> Estimate:
        """How precisely the mean of one of ESTIMATED is known, and what it may be with a single
        seed; no bounds without values."""
        return estimate_of(self.values.get(name, ()))


@dataclass(frozen=True)
class Rescored:
    """A package of the front on fresh seeds, and the share of estates it gets out of the
    cycle beyond doing nothing.

    gain is a mean over seeds, paired with doing nothing under the same seed, with its interval; gain_range:
    what it may be in a single pair (without ends in results of before there was one). gains: one a seed
    (empty in such results).
    """

    value: Valued
    gain: float
    gain_interval: Interval
    gain_range: Range = NO_RANGE
    gains: Sequence[float] = ()


def value_of(
    number: int, package: Package, runs: Sequence[RunSummary], nothing: Sequence[RunSummary], yearly: float
) -> Valued:
    """Value a package by its runs; `nothing`: those without it, same seeds. StudyError if it spent more
    than `yearly` yuan in a year."""
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
    values = {
        "public_cost": _beyond(runs, nothing, "public_cost"),
        "out_of_cycle": out_of_cycle(runs),
        "worst_decile_satisfaction": _scalars(runs, "worst_decile_satisfaction"),
        LOSSES: _beyond(runs, nothing, LOSSES),
    }
    means = {name: float(each.mean()) for name, each in values.items()}
    kept = {name: tuple(each.tolist()) for name, each in values.items()}
    return Valued(number, package, **means, fiscal_spending_dearest_year=most, values=kept)


def _scalars(runs: Sequence[RunSummary], outcome: str) -> np.ndarray:
    return np.array([run.scalars[outcome] for run in runs])


def _beyond(runs: Sequence[RunSummary], nothing: Sequence[RunSummary], outcome: str) -> np.ndarray:
    """How much more of an outcome of the whole run there is than with nothing bought, a year; one a seed."""
    return np.asarray(
        (_scalars(runs, outcome) - _scalars(nothing, outcome)) * (MONTHS_PER_YEAR / runs[0].months)
    )


def revalue(
    base: Scenario,
    packages: Sequence[tuple[int, Package]],
    seeds: Sequence[int],
    yearly: float,
    run: Runs,
    ensemble: Ensemble | None = None,
) -> list[Valued]:
    """What packages, each with its number, come to on these seeds."""
    planned = planned_runs_over(base, seeds, ensemble)
    for _, package in packages:
        planned += planned_runs_over(
            with_package(base, package), seeds, ensemble, {"package": written_out(package)}
        )
    summaries = [summary for _, summary in run(planned)]
    count = len(seeds)
    parts = [summaries[i : i + count] for i in range(0, len(summaries), count)]
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
    planned: list[PlannedRun] = []
    for package in packages:
        planned += planned_runs_over(
            with_package(base, package), seeds, ensemble, {"package": written_out(package)}, seeds[0] - 1
        )
    summaries = [summary for _, summary in run(planned)]
    count = len(seeds)
    nothing, *others = (summaries[i * count : (i + 1) * count] for i in range(len(packages)))
    scored = []
    for valued, runs in zip(front, others, strict=True):
        gains = out_of_cycle(runs) - out_of_cycle(nothing)
        scored.append(
            Rescored(
                value_of(valued.number, valued.package, runs, nothing, yearly),
                float(gains.mean()),
                mean_interval(gains),
                range_of(gains),
                tuple(gains.tolist()),
            )
        )
    return sorted(scored, key=lambda one: one.value.public_cost)


def bought_spending(summary: RunSummary) -> np.ndarray:
    """Fen (int64) of public money that bought programmes spent, by month from 0."""
    spent = [fen for (_, programme), fen in summary.spending.items() if programme.startswith(PREFIX)]
    return np.asarray(np.sum([np.zeros(summary.months + 1, np.int64), *spent], axis=0))


def most_in_a_year(summary: RunSummary) -> float:
    """Yuan that bought programmes spent in the dearest year of the run (years begin in months 1, 13 …)."""
    months = bought_spending(summary)[1:]
    padded = np.append(months, np.zeros(-months.size % MONTHS_PER_YEAR, np.int64))
    return int(padded.reshape(-1, MONTHS_PER_YEAR).sum(axis=1).max()) / FEN_PER_YUAN
