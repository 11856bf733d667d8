"""Arms with one another: how they stand in an outcome, every paired difference, what the choice makes worse;
and replications spent where they decide."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.arguments import several, text, whole
from sim.errors import StudyError
from sim.experiments.intervals import LEAST_PAIRS, RARE, Interval, Range, mean_intervals, range_of
from sim.experiments.selection import Spent, Standing, half_width, pair_of, standing_of
from sim.results.outcomes import OUTCOMES, SERIES
from sim.results.owner_kinds import KINDS
from sim.scenario import Scenario
from sim.studies.comparison.arms import (
    MEASURES,
    OWNER_BETTER,
    OWNER_MEASURES,
    OWNER_UNITS,
    Arm,
    same_owners,
)
from sim.text import message

if TYPE_CHECKING:
    import pandas as pd

    from sim.studies.comparison.comparison import Comparison

# Finer than those of an interval's width: between two looks nothing can be left out.
DECIDING_LOOKS = (10, 20, 30, 40, 50, 60, 80, 100)
OF_OUTCOME = "unit of the outcome"


@dataclass(frozen=True)
class Decide:
    """Replicate where it decides which arm is best in `outcome`, looking only at the numbers of replications
    `looks`; see `sim.experiments.selection.spend` for the rule and its sources."""

    outcome: str
    looks: tuple[int, ...] = DECIDING_LOOKS

    def check(self) -> None:
        """StudyError for an outcome that there is not or that is neither good nor bad, or looks that do not
        rise."""
        text("outcome", self.outcome)
        check_looks(self.looks)
        found = repr(self.outcome)
        if self.outcome not in OUTCOMES:
            judged = [name for name, outcome in OUTCOMES.items() if outcome.better]
            allowed = message("allowed.one_of", names=", ".join(judged))
            raise StudyError(message("problem.instead", place="decide", found=found, allowed=allowed))
        if not OUTCOMES[self.outcome].better:
            raise StudyError(message("comparison.error.neither", place="decide", found=found))


def check_looks(looks: Sequence[int]) -> None:
    """StudyError for numbers of replications that do not rise, or that begin below what can show anything."""
    for look in several("looks", looks):
        whole("looks", look)
    rising = all(a < b for a, b in zip(looks, looks[1:], strict=False))
    if not looks or not rising or looks[0] < LEAST_PAIRS:
        allowed = message("comparison.allowed.looks", least=LEAST_PAIRS)
        raise StudyError(message("problem.instead", place="looks", found=list(looks), allowed=allowed))


@dataclass(frozen=True)
class DecidingLook:
    """One look: replications of each arm by name, the best arm of then with its chance (NaN where nothing
    could be said), the arms still in question, and whether it ended there."""

    replications: dict[str, int]
    best: str
    chance: float
    open: tuple[str, ...]
    settled: bool


@dataclass(frozen=True, eq=False)
class Decision:
    """How replications were spent on deciding.

    looks: in their order. levelled: runs of the baseline beyond those, that brought it level with the choice.
    arms: with all their replications, which differ; none in a result that was read from its folder.
    """

    outcome: str
    planned: tuple[int, ...]
    looks: tuple[DecidingLook, ...]
    levelled: int = 0
    arms: tuple[Arm, ...] = ()

    @property
    def runs(self) -> int:
        """Runs of all arms that had a part in deciding."""
        return sum(self.looks[-1].replications.values())

    @property
    def all_runs(self) -> int:
        """All runs that were carried out: besides those the baseline's, that brought it level."""
        return self.runs + self.levelled

    def facts(self) -> dict[str, Any]:
        """What a manifest states of it."""
        return {
            "outcome": self.outcome,
            "looks_planned": list(self.planned),
            "rule": "posterior_chance_of_correct_selection",
            "levelled": self.levelled,
            "looks": [
                {
                    "replications": look.replications,
                    "best": look.best,
                    "chance": look.chance if math.isfinite(look.chance) else None,
                    "open": list(look.open),
                    "settled": look.settled,
                }
                for look in self.looks
            ],
        }

    @classmethod
    def of_facts(cls, facts: Mapping[str, Any] | None) -> Decision | None:
        """What a manifest states, read back; None for none."""
        if not facts:
            return None
        looks = tuple(
            DecidingLook(
                {str(name): int(number) for name, number in look["replications"].items()},
                str(look["best"]),
                math.nan if look["chance"] is None else float(look["chance"]),
                tuple(look["open"]),
                bool(look["settled"]),
            )
            for look in facts["looks"]
        )
        levelled = int(facts.get("levelled", 0))
        return cls(str(facts["outcome"]), tuple(facts["looks_planned"]), looks, levelled)


def looks_of(spent: Sequence[Spent], names: Sequence[str]) -> tuple[DecidingLook, ...]:
    """What was looked at, with the arms by name."""
    return tuple(
        DecidingLook(
            dict(zip(names, one.numbers, strict=True)),
            names[one.standing.best],
            float(one.standing.chance[one.standing.best]),
            tuple(name for name, on in zip(names, one.open, strict=True) if on),
            one.settled,
        )
        for one in spent
    )


def cut(arm: Arm, replications: int) -> Arm:
    """An arm with the first of its replications."""

    def first(arrays: Mapping[Any, np.ndarray]) -> dict[Any, np.ndarray]:
        return {name: array[:replications] for name, array in arrays.items()}

    return Arm(
        arm.name,
        arm.scenario,
        first(arm.scalars),
        first(arm.series),
        first(arm.by_type),
        first(arm.by_district),
        first(arm.estates),
        first(arm.spending),
        first(arm.owners),
    )


# how arms stand


def judged(comparison: Comparison) -> tuple[str, ...]:
    """The outcomes compared of which more, or less, is better."""
    return tuple(name for name in comparison.outcomes if OUTCOMES[name].better)


def values_of(comparison: Comparison, outcome: str) -> list[np.ndarray]:
    """The outcome of each arm, one a replication: of the one that was decided all that had a part in it, of
    others those that all arms have."""
    decision = comparison.decision
    if decision is None or decision.outcome != outcome:
        return [arm.scalars[outcome] for arm in comparison.arms]
    numbers = decision.looks[-1].replications
    return [arm.scalars[outcome][: numbers[arm.name]] for arm in decision.arms]


def level_of(comparison: Comparison) -> float:
    """The level of the set, all looks together at that of the comparison."""
    return comparison.interval_level


def standing(comparison: Comparison, outcome: str) -> Standing:
    """How the arms stand in an outcome. StudyError for one that is neither good nor bad."""
    better = OUTCOMES[outcome].better
    if not better:
        raise StudyError(message("comparison.error.neither", place="outcome", found=repr(outcome)))
    return standing_of([better * one for one in values_of(comparison, outcome)], level_of(comparison))


def standing_table(comparison: Comparison) -> pd.DataFrame:
    """See `Comparison.standing`."""
    rows = []
    for outcome in judged(comparison):
        found = comparison.standing_in(outcome)
        values = [OUTCOMES[outcome].better * one for one in values_of(comparison, outcome)]
        for place, arm in enumerate(comparison.arms):
            held = _over_best_other(values, place)
            rows.append(
                {
                    "outcome": outcome,
                    "unit": OUTCOMES[outcome].unit,
                    "arm": arm.name,
                    "replications": int(found.replications[place]),
                    "mean": OUTCOMES[outcome].better * float(found.mean[place]),
                    "shortfall": -float(found.behind[place]) + 0.0,
                    "chance_best": float(found.chance[place]),
                    "regret": float(found.regret[place]),
                    "advantage_low": _finite(found.best_low[place]),
                    "advantage_high": _finite(found.best_high[place]),
                    "advantage_range_low": held.low,
                    "advantage_range_high": held.high,
                    "range_kind": held.kind,
                    "pairs": held.pairs,
                    "in_set": bool(found.among[place]),
                    "best": not found.note and place == found.best,
                    "second": not found.note and place == found.second,
                    "replications_more": float(found.more[place]),
                    "note": found.note,
                }
            )
    ends = ("low", "high", "range_low", "range_high")
    columns = ("mean", "shortfall", "regret", *(f"advantage_{end}" for end in ends))
    units = dict.fromkeys(columns, OF_OUTCOME) | {"replications": "runs", "replications_more": "runs"}
    units["pairs"] = "pairs"
    return _frame(rows, STANDING, units | {"chance_best": "share"})


def _over_best_other(values: Sequence[np.ndarray], place: int) -> Range:
    """By how much an arm is better, in a single pair of runs, than the other whose mean is best; `values` of
    each arm, greater better."""
    others = [one for number, one in enumerate(values) if number != place]
    best = max(others, key=lambda one: float(np.nan_to_num(one.mean(), nan=-math.inf)))
    common = min(len(values[place]), len(best))  # a decision gives arms different numbers of runs
    return range_of(values[place][:common] - best[:common])


STANDING = (
    "outcome",
    "unit",
    "arm",
    "replications",
    "mean",
    "shortfall",
    "chance_best",
    "regret",
    "advantage_low",
    "advantage_high",
    "advantage_range_low",
    "advantage_range_high",
    "range_kind",
    "pairs",
    "in_set",
    "best",
    "second",
    "replications_more",
    "note",
)


def _finite(value: float) -> float:
    return float(value) if math.isfinite(value) else math.nan


def pairs_table(comparison: Comparison) -> pd.DataFrame:
    """See `Comparison.pairs`."""
    names = [arm.name for arm in comparison.arms]
    couples = list(combinations(range(len(names)), 2))
    level = level_of(comparison)
    error = (1 - level) / 2 / len(couples)
    rows = []
    for outcome in comparison.outcomes:
        values, better = values_of(comparison, outcome), OUTCOMES[outcome].better
        for first, second in couples:
            pair = pair_of(values[second], values[first])
            shared = pair.replications
            paired = values[second][:shared] - values[first][:shared]
            interval = mean_intervals(paired[:, None], level)[0]
            half = half_width(pair, error)
            known = pair.told and pair.error > 0
            rows.append(
                {
                    "outcome": outcome,
                    "unit": OUTCOMES[outcome].unit,
                    "arm": names[second],
                    "against": names[first],
                    "difference": float(paired.mean()),
                    "low": interval.low,
                    "high": interval.high,
                    "note": interval.note,
                    "adjusted_low": pair.mean - half if known else math.nan,
                    "adjusted_high": pair.mean + half if known else math.nan,
                    "chance_better": _chance_better(pair.chance_above(), better),
                    **range_of(paired).columns(),
                }
            )
    columns = ("difference", "low", "high", "adjusted_low", "adjusted_high", "range_low", "range_high")
    return _frame(
        rows, PAIRS, dict.fromkeys(columns, OF_OUTCOME) | {"pairs": "pairs", "chance_better": "share"}
    )


PAIRS = (
    "outcome",
    "unit",
    "arm",
    "against",
    "difference",
    "low",
    "high",
    "note",
    "adjusted_low",
    "adjusted_high",
    "chance_better",
    "range_low",
    "range_high",
    "range_kind",
    "pairs",
)


def _chance_better(above: float, better: int) -> float:
    return above if better > 0 else 1 - above if better < 0 else math.nan


# who loses


def losses_table(comparison: Comparison) -> pd.DataFrame:
    """See `Comparison.losses`."""
    rows: list[dict[str, Any]] = []
    main = comparison.outcomes[0]
    found = comparison.standing_in(main) if OUTCOMES[main].better else None
    if found is not None and not found.note:
        arms = comparison.decision.arms if comparison.decision is not None else tuple(comparison.arms)
        chosen = arms[found.best]
        against = arms[0] if found.best else arms[found.second]
        shared = min(_replications(chosen), _replications(against))
        rows = _worse(cut(chosen, shared), cut(against, shared), comparison)
    columns = ("chosen", "against", "difference", "low", "high", "range_low", "range_high")
    return _frame(rows, LOSSES, dict.fromkeys(columns[2:], OF_OUTCOME) | {"pairs": "pairs"})


LOSSES = (
    "arm",
    "against_arm",
    "by",
    "group",
    "figure",
    "unit",
    "chosen",
    "against",
    "difference",
    "low",
    "high",
    "note",
    "seen",
    "range_low",
    "range_high",
    "range_kind",
    "pairs",
)


def _replications(arm: Arm) -> int:
    return int(next(iter(arm.scalars.values())).size)


def _worse(chosen: Arm, against: Arm, comparison: Comparison) -> list[dict[str, Any]]:
    """A row for every outcome, and every measure of a type, district or kind of owner, whose mean is
    worse."""
    level = level_of(comparison)
    named: list[tuple[str, str, str, str]] = []
    columns: list[tuple[np.ndarray, np.ndarray]] = []
    for outcome, facts in OUTCOMES.items():
        if facts.better and outcome in chosen.scalars:
            named.append(("all", "all", outcome, facts.unit))
            columns.append((chosen.scalars[outcome], against.scalars[outcome]))
    for by, groups in _groups(comparison.baseline.scenario).items():
        for measure, series in MEASURES.items():
            if SERIES[series].better:
                own, other = (arm.group_means(series, by) for arm in (chosen, against))
                for place, group in enumerate(groups):
                    named.append((by, group, measure, SERIES[series].unit))
                    columns.append((own[:, place], other[:, place]))
    for by, kinds in KINDS.items():
        if same_owners(chosen, against, by):
            for measure in OWNER_MEASURES:
                own, other = (arm.owner_means(measure, by) for arm in (chosen, against))
                for place, group in enumerate(kinds):
                    named.append((by, group, measure, OWNER_UNITS[measure]))
                    columns.append((own[:, place], other[:, place]))
    rows = []
    intervals = mean_intervals(np.stack([own - other for own, other in columns], axis=1), level)
    for (by, group, figure, unit), (own, other), interval in zip(named, columns, intervals, strict=True):
        better = _better(by, figure)
        difference = float((own - other).mean())
        if math.isnan(difference) or better * difference >= 0:
            continue
        rows.append(
            {
                "arm": chosen.name,
                "against_arm": against.name,
                "by": by,
                "group": group,
                "figure": figure,
                "unit": unit,
                "chosen": float(own.mean()),
                "against": float(other.mean()),
                "difference": difference,
                "low": interval.low,
                "high": interval.high,
                "note": interval.note,
                "seen": _seen(interval, own - other),
                **range_of(own - other).columns(),
            }
        )
    return rows


def _better(by: str, figure: str) -> int:
    """Whether more (1) or less (-1) of a figure of the city, of a group of estates or of owners is better."""
    if by == "all":
        return OUTCOMES[figure].better
    return OWNER_BETTER[figure] if by in KINDS else SERIES[MEASURES[figure]].better


def _seen(interval: Interval, paired: np.ndarray) -> bool:
    """Whether the mean is known well enough to say that it is worse: its interval says so, or every one of
    five pairs or more."""
    if interval.exists:
        return interval.excludes_zero and interval.note != RARE
    return bool(paired.size >= LEAST_PAIRS and paired[0] != 0 and (paired == paired[0]).all())


def _groups(scenario: Scenario) -> dict[str, list[str]]:
    return {
        "type": list(scenario.types),
        "district": [str(number) for number in range(scenario.city.districts)],
    }


def _frame(rows: list[dict[str, Any]], columns: Sequence[str], units: dict[str, str]) -> pd.DataFrame:
    import pandas as pd

    frame = pd.DataFrame(rows, columns=list(columns))
    frame.attrs["units"] = units
    return frame
