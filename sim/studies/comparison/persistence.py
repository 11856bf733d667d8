"""The level that would persist: runs carried on for sixty months, with the programmes going on and, beside it, with them ended."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.errors import StudyError
from sim.experiments.intervals import NO_RANGE, Interval, Range, mean_interval, range_of
from sim.experiments.workplace import Workplace
from sim.results.outcomes import OUTCOMES
from sim.scenario import Scenario, with_overrides
from sim.studies.comparison.arms import Arm
from sim.studies.comparison.compare import compare
from sim.studies.comparison.comparison import Comparison
from sim.studies.comparison.withdrawal import ENDED, KEPT, NEVER, ending
from sim.text import message
from sim.units import MONTHS_PER_YEAR

if TYPE_CHECKING:
    import pandas as pd

AFTER = 60  # further months
STILL = 0.03  # a share that drifts by more within its last twelve months has not come to rest


class Level(NamedTuple):
    """An outcome of an arm over the last twelve of the further months.

    programmes: KEPT (going on as planned), ENDED (with the first run's last month) or NEVER (the arm has none). before: its mean
    over the last twelve months of the first run. mean, interval (of the mean) and range (of single runs): over seeds, after the
    further months. drift: how far the
    line that fits the monthly series, averaged over seeds, runs from the first to the last of those twelve months; NaN where
    the outcome is no share or has no monthly series.
    """

    arm: str
    outcome: str
    programmes: str
    before: float
    mean: float
    interval: Interval
    drift: float
    range: Range = NO_RANGE

    @property
    def moving(self) -> bool:
        """Whether the level still drifts by over three points within a year, so that it is not yet the one that persists."""
        return abs(self.drift) > STILL


class Persistence:
    """The levels of all arms of a comparison after further months."""

    def __init__(self, after: int, levels: Sequence[Level]) -> None:
        """Made by `persistence_test` and `read_persistence`."""
        self.after, self.levels = after, list(levels)

    @property
    def table(self) -> pd.DataFrame:
        """One row per arm, outcome and what became of the programmes."""
        import pandas as pd

        rows = [
            {
                "arm": one.arm,
                "outcome": one.outcome,
                "unit": OUTCOMES[one.outcome].unit,
                "after": self.after,
                "programmes": one.programmes,
                "before": one.before,
                "level": one.mean,
                "low": one.interval.low,
                "high": one.interval.high,
                "note": one.interval.note,
                **one.range.columns(),
                "drift": one.drift,
                "still_moving": one.moving,
            }
            for one in self.levels
        ]
        frame = pd.DataFrame(rows)
        numbers = ("before", "level", "low", "high", "range_low", "range_high", "drift")
        frame.attrs["units"] = {"after": "month", "pairs": "runs"} | dict.fromkeys(
            numbers, "unit of the outcome"
        )
        return frame


def read_persistence(table: pd.DataFrame, level: float) -> Persistence:
    """What a saved table tells of."""
    rows = table.to_dict("records")
    found = [
        Level(
            row["arm"],
            row["outcome"],
            row["programmes"],
            row["before"],
            row["level"],
            Interval(row["low"], row["high"], level, row["note"] if isinstance(row["note"], str) else ""),
            row["drift"],
            Range.of_row(row),
        )
        for row in rows
    ]
    return Persistence(int(rows[0]["after"]), found)


def lasting(outcomes: Sequence[str]) -> tuple[str, ...]:
    """The outcomes of a comparison that are of the last twelve months, or of the last one; a sum of the run gives its last year's."""
    found = []
    for name in outcomes:
        if f"{name}_last_year" in OUTCOMES:
            name = f"{name}_last_year"
        if name.endswith(("_last_year", "_end")) or name == "worst_decile_satisfaction":
            found.append(name)
    return tuple(dict.fromkeys(found))


def carried_on(scenario: Scenario, after: int) -> dict[str, Scenario]:
    """The scenario with further months, its programmes going on and ended, by KEPT and ENDED; by NEVER alone without programmes.

    A programme that its own plan ends is ended then in both. ScenarioError where the run would be longer than is allowed.
    """
    label = f"{scenario.name}_{after}_more"
    longer = with_overrides(scenario, {"months": scenario.months + after, "name": label})
    if not scenario.interventions:
        return {NEVER: longer}
    ends = ending(scenario, scenario.months)
    return {KEPT: longer, ENDED: with_overrides(longer, ends | {"name": f"{label}_{ENDED}"})}


def check_persistence(outcomes: Sequence[str], scenarios: Sequence[Scenario], after: int = AFTER) -> None:
    """Raise what `persistence_test` would before its first run: StudyError without an outcome that could last."""
    if not lasting(outcomes):
        raise StudyError(message("after.error.no_outcome", found=", ".join(outcomes)))
    for scenario in scenarios:
        carried_on(scenario, after)


def persistence_test(
    found: Comparison, after: int = AFTER, workplace: Workplace | None = None
) -> Persistence:
    """Carry every arm of a comparison on for `after` months with the same seeds, and read the last twelve of them.

    `workplace`: where that is done; ensemble and level are those of the comparison, whatever it says of them. StudyError without an outcome of the last twelve months.
    """
    check_persistence(found.outcomes, [arm.scenario for arm in found.arms], after)
    names = lasting(found.outcomes)
    made = [
        (arm, programmes, scenario)
        for arm in found.arms
        for programmes, scenario in carried_on(arm.scenario, after).items()
    ]
    place = replace(workplace or Workplace(), level=found.settings.level, ensemble=found.settings.ensemble)
    scenarios = [scenario for _, _, scenario in made]
    # one arm alone cannot be compared, and a comparison has two at least
    longer = compare(*scenarios, outcomes=names, seeds=found.seeds, workplace=place)
    levels = [
        _level(arm, late, programmes, name, found.interval_level)
        for (arm, programmes, _), late in zip(made, longer.arms, strict=True)
        for name in names
    ]
    order = [(arm.name, name) for arm in found.arms for name in names]  # going on and ended side by side
    return Persistence(after, sorted(levels, key=lambda one: order.index((one.arm, one.outcome))))


def _level(arm: Arm, late: Arm, programmes: str, outcome: str, level: float) -> Level:
    values = late.scalars[outcome]
    return Level(
        arm.name,
        outcome,
        programmes,
        float(arm.scalars[outcome].mean()),
        float(values.mean()),
        mean_interval(values, level),
        drift_of(late.series, outcome),
        range_of(values),
    )


def drift_of(series: Mapping[str, np.ndarray], outcome: str) -> float:
    """How far a share's monthly series (seeds, months) drifts from the first to the last of the last twelve months.

    The mean over seeds is taken month by month, a straight line is fitted, and its rise over those eleven months is returned.
    NaN for what is no share, or has no series.
    """
    figure = OUTCOMES[outcome]
    if figure.unit != "share" or not figure.series:
        return math.nan
    last = series[figure.series][:, -MONTHS_PER_YEAR:].mean(axis=0)
    if not np.isfinite(last).all():
        return math.nan
    slope = np.polyfit(np.arange(last.size), last, 1)[0]
    return float(slope * (last.size - 1))
