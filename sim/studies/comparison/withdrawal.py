"""What remains when a programme ends: it is compared with the same programme kept,
and with never having had it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.arguments import settings_of, texts, whole
from sim.errors import StudyError
from sim.experiments.intervals import (
    LEAST_PAIRS,
    NO_RANGE,
    Interval,
    Range,
    expanded,
    mean_interval,
    range_of,
)
from sim.experiments.workplace import Workplace
from sim.outputs.catalog import capital, points
from sim.outputs.range_words import marked_rough, range_bounds, range_head
from sim.results.outcomes import OUTCOMES, window
from sim.results.result import shown_html
from sim.scenario import Scenario, load, with_overrides
from sim.scenario.overrides import with_arguments
from sim.studies.comparison.arms import Arm
from sim.studies.comparison.compare import compare
from sim.studies.comparison.comparison import Comparison
from sim.studies.comparison.cost_effect import draws
from sim.studies.comparison.words import ending_of
from sim.text import Family, figures, in_language, language, message, say
from sim.text.joins import bracketed, listed
from sim.units import MONTHS_PER_YEAR, NO_VALUE

if TYPE_CHECKING:
    import pandas as pd

    from sim.experiments.intervals import Range


OUTCOME = "cycle_share_last_year"
NEVER, ENDED, KEPT = "never", "ended", "kept"
# Why a share of the effect has no number.
NO_KEPT_EFFECT = "no effect to lose"


@dataclass(frozen=True, eq=False)
class Withdrawn:
    """One programme, never there, ended after `month`, and kept. Differences are against never having had it.

    kept, ended: mean paired difference of the outcome. lost: ended less kept. remains: the share of the
    effect that is left, ended / kept; NaN (with a note) where the effect of the kept programme cannot be told
    from none. Ranges are those of single pairs; a share of the effect has none, since a pair whose effect
    is near nothing has no share of it.
    """

    programme: str
    month: int
    outcome: str
    kept: float
    ended: float
    kept_interval: Interval
    ended_interval: Interval
    lost_interval: Interval
    remains: float
    remains_interval: Interval
    comparison: Comparison | None  # None for one that was read from a folder
    kept_range: Range = NO_RANGE
    ended_range: Range = NO_RANGE
    lost_range: Range = NO_RANGE

    @property
    def lost(self) -> float:
        """What ending it costs: the outcome when it is ended less the outcome when it is kept."""
        return self.ended - self.kept


class Withdrawal:
    """Withdrawal tests of all programmes of a scenario."""

    def __init__(self, scenario: Scenario, tests: Sequence[Withdrawn]) -> None:
        """Made by `withdrawal_test`."""
        self.scenario, self.tests = scenario, list(tests)

    @property
    def table(self) -> pd.DataFrame:
        """One row per programme."""
        import pandas as pd

        rows: list[dict[str, Any]] = []
        for withdrawn in self.tests:
            row: dict[str, Any] = {
                "programme": withdrawn.programme,
                "month": withdrawn.month,
                "outcome": withdrawn.outcome,
                "unit": OUTCOMES[withdrawn.outcome].unit,
            }
            for name, value, interval in (
                ("kept", withdrawn.kept, withdrawn.kept_interval),
                ("ended", withdrawn.ended, withdrawn.ended_interval),
                ("lost", withdrawn.lost, withdrawn.lost_interval),
                ("remains", withdrawn.remains, withdrawn.remains_interval),
            ):
                row |= {
                    name: value,
                    f"{name}_low": interval.low,
                    f"{name}_high": interval.high,
                    f"{name}_note": interval.note,
                }
            ranges = {
                "kept": withdrawn.kept_range,
                "ended": withdrawn.ended_range,
                "lost": withdrawn.lost_range,
            }
            for name, held in ranges.items():
                row |= {f"{name}_range_low": held.low, f"{name}_range_high": held.high}
            rows.append(row | {"range_kind": withdrawn.kept_range.kind, "pairs": withdrawn.kept_range.pairs})
        frame = pd.DataFrame(rows)
        ends = ("", "_low", "_high", "_range_low", "_range_high")
        of_outcome = [f"{name}{end}" for name in ("kept", "ended", "lost") for end in ends]
        share = dict.fromkeys(("remains", "remains_low", "remains_high"), "share of the effect")
        frame.attrs["units"] = (
            {"month": "month", "pairs": "pairs"} | dict.fromkeys(of_outcome, "unit of the outcome") | share
        )
        return frame

    def sentences(self, lang: str | None = None) -> list[str]:
        """One sentence per programme: what ending it does, and how much of its effect remains."""
        with in_language(lang):
            return [ending_of(self, one) for one in self.tests]

    def _repr_html_(self) -> str:
        months = listed(dict.fromkeys(str(one.month) for one in self.tests))
        title = self.scenario.title.in_language(language())
        facts = say("withdrawal.facts", months=months)
        return shown_html(title, facts, self.sentences(), (), self.table)


def read_withdrawals(
    table: pd.DataFrame, scenarios: Mapping[str, Scenario], level: float
) -> list[Withdrawal]:
    """The tests that a table with a column `scenario` tells of, as `estate compare --withdraw` saves it."""

    def interval(row: Mapping[str, Any], name: str) -> Interval:
        note = row[f"{name}_note"]
        text = note if isinstance(note, str) else ""
        return Interval(row[f"{name}_low"], row[f"{name}_high"], level, text)

    def held(row: Mapping[str, Any], name: str) -> Range:
        ends = {f"range_{end}": row[f"{name}_range_{end}"] for end in ("low", "high") if "pairs" in row}
        return Range.of_row(dict(row) | ends)

    withdrawn = []
    for name, rows in table.groupby("scenario", sort=False):
        tests = [
            Withdrawn(
                row["programme"],
                int(row["month"]),
                row["outcome"],
                row["kept"],
                row["ended"],
                interval(row, "kept"),
                interval(row, "ended"),
                interval(row, "lost"),
                row["remains"],
                interval(row, "remains"),
                None,
                held(row, "kept"),
                held(row, "ended"),
                held(row, "lost"),
            )
            for row in rows.to_dict("records")
        ]
        withdrawn.append(Withdrawal(scenarios[str(name)], tests))
    return withdrawn


def withdrawal_test(
    scenario: Scenario | str | Path,
    month: int,
    *,
    outcome: str = OUTCOME,
    months: int | None = None,
    overrides: Mapping[str, Any] | None = None,
    programmes: Sequence[str] | None = None,
    **options: Any,
) -> Withdrawal:
    """End each programme of a scenario after `month`, one at a time (the way its own `withdrawal`
    says), and see what remains.

    `options` go to `compare` (replications, seeds, the workplace and its fields …). StudyError where there is
    no programme, or one that cannot end in that month because it has not begun, has
    ended before, or the run has.
    """
    month = whole("month", month)
    if programmes is not None:
        texts("programmes", programmes)
    loaded = scenario if isinstance(scenario, Scenario) else load(scenario)
    base = with_arguments(loaded, settings_of(overrides), months=months)
    return Withdrawal(
        base,
        [_test(base, name, month, outcome, options) for name in programmes_to_end(base, month, programmes)],
    )


def withdrawal_tests(comparison: Comparison, month: int, workplace: Workplace) -> list[Withdrawal]:
    """Withdrawal tests of every arm of a comparison that has programmes, with its seeds."""
    return [
        withdrawal_test(arm.scenario, month, seeds=comparison.seeds, workplace=workplace)
        for arm in comparison.arms
        if arm.scenario.interventions
    ]


def programmes_to_end(scenario: Scenario, month: int, programmes: Sequence[str] | None = None) -> list[str]:
    """Names of the programmes (default: all) that a withdrawal test would end after `month`;
    StudyError if one cannot be."""
    known = {programme.name: programme for programme in scenario.interventions}
    names = list(known) if programmes is None else list(programmes)
    if not names:
        raise StudyError(message("withdrawal.error.no_programme", scenario=scenario.name))
    for name in names:
        if name not in known:
            allowed = ", ".join(known) or message("found.none")
            raise StudyError(message("problem.instead", place="programme", found=repr(name), allowed=allowed))
        end = known[name].end
        last = scenario.months - 1 if end is None else min(scenario.months, end) - 1
        if not known[name].start <= month <= last:
            if last < known[name].start:
                raise StudyError(message("withdrawal.error.never", name=name, month=month))
            first = known[name].start
            raise StudyError(
                message("withdrawal.error.month", name=name, month=month, first=first, last=last)
            )
    return names


def ending(scenario: Scenario, month: int, programmes: Sequence[str] | None = None) -> dict[str, int]:
    """Overrides that end programmes (default: all) after `month`: sooner where one ends by itself, never
    begun where it is later."""
    ends = {}
    for programme in scenario.interventions:
        if programmes is None or programme.name in programmes:
            end = month if programme.end is None else min(programme.end, month)
            ends[f"interventions.{programme.name}.end"] = end if programme.start <= month else 0
    return ends


def _test(base: Scenario, name: str, month: int, outcome: str, options: Mapping[str, Any]) -> Withdrawn:
    ends = {NEVER: {f"interventions.{name}.end": 0}, KEPT: {}, ENDED: ending(base, month, [name])}
    arms = [with_overrides(base, change | {"name": f"{name}_{label}"}) for label, change in ends.items()]
    comparison = compare(*arms, outcomes=(outcome,), **options)
    kept, ended = (comparison.paired(arm.name, outcome) for arm in arms[1:])
    kept_interval = comparison.interval(arms[1].name, outcome)
    remains, interval = _remains(kept, ended, kept_interval)
    return Withdrawn(
        name,
        month,
        outcome,
        float(kept.mean()),
        float(ended.mean()),
        kept_interval,
        comparison.interval(arms[2].name, outcome),
        mean_interval(ended - kept, comparison.interval_level),
        remains,
        interval,
        comparison,
        comparison.range(arms[1].name, outcome),
        comparison.range(arms[2].name, outcome),
        range_of(ended - kept),
    )


def _remains(kept: np.ndarray, ended: np.ndarray, kept_interval: Interval) -> tuple[float, Interval]:
    """The share of the effect that is left, with a percentile interval of bootstrap
    draws of both means together."""
    level = kept_interval.level
    if not kept_interval.excludes_zero or kept.size < LEAST_PAIRS:
        return math.nan, Interval(math.nan, math.nan, level, kept_interval.note or NO_KEPT_EFFECT)
    below, above = draws([kept, ended])
    same_side = below * kept.mean() > 0
    tail = (1 - expanded(level, kept.size)) / 2
    if (~same_side).mean() > tail:
        return math.nan, Interval(math.nan, math.nan, level, NO_KEPT_EFFECT)
    low, high = np.quantile(above[same_side] / below[same_side], [tail, 1 - tail]).tolist()
    return float(ended.mean() / kept.mean()), Interval(low, high, level)


# the level that would persist: runs carried on for sixty months, with the programmes going on and, beside it,
# with them ended

AFTER = 60  # further months
STILL = 0.03  # a share that drifts by more within its last twelve months has not come to rest


class Level(NamedTuple):
    """An outcome of an arm over the last twelve of the further months.

    programmes: KEPT (going on as planned), ENDED (with the first run's last month) or NEVER (the arm has
    none). before: its mean over the last twelve months of the first run. mean, interval (of the mean) and
    range (of single runs): over seeds, after the further months. drift: how far the
    line that fits the monthly series, averaged over seeds, runs from the first to the last of those twelve
    months; NaN where the outcome is no share or has no monthly series.
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
    def moving(self) -> bool | None:
        """Whether the level still drifts by over three points within a year, so that it is
        not yet the one that persists.

        None where that is not known: without a monthly series, or for what is no share.
        """
        return None if math.isnan(self.drift) else abs(self.drift) > STILL


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
        frame = pd.DataFrame(rows).astype({"still_moving": "boolean"})
        numbers = ("before", "level", "low", "high", "range_low", "range_high", "drift")
        frame.attrs["units"] = {"after": "month", "pairs": "runs"} | dict.fromkeys(
            numbers, "unit of the outcome"
        )
        return frame


def read_persistence(table: pd.DataFrame, level: float) -> Persistence:
    """What a saved table tells of."""
    rows = table.to_dict("records")
    levels = [
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
    return Persistence(int(rows[0]["after"]), levels)


def lasting(outcomes: Sequence[str]) -> tuple[str, ...]:
    """The outcomes of a comparison that are of the last twelve months, or of the last one; a sum of the
    run gives its last year's."""
    lasting = []
    for name in outcomes:
        if f"{name}_last_year" in OUTCOMES:
            name = f"{name}_last_year"
        if name.endswith(("_last_year", "_end")) or name == "worst_decile_satisfaction":
            lasting.append(name)
    return tuple(dict.fromkeys(lasting))


def carried_on(scenario: Scenario, after: int) -> dict[str, Scenario]:
    """The scenario with further months, its programmes going on and ended, by KEPT and ENDED; by NEVER
    alone without programmes.

    A programme that its own plan ends is ended then in both. ScenarioError where the run
    would be longer than is allowed.
    """
    label = f"{scenario.name}_{after}_more"
    longer = with_overrides(scenario, {"months": scenario.months + after, "name": label})
    if not scenario.interventions:
        return {NEVER: longer}
    ends = ending(scenario, scenario.months)
    return {KEPT: longer, ENDED: with_overrides(longer, ends | {"name": f"{label}_{ENDED}"})}


def check_persistence(outcomes: Sequence[str], scenarios: Sequence[Scenario], after: int = AFTER) -> None:
    """Raise what `persistence_test` would before its first run: StudyError without an
    outcome that could last."""
    if not lasting(outcomes):
        raise StudyError(message("after.error.no_outcome", found=", ".join(outcomes)))
    for scenario in scenarios:
        carried_on(scenario, after)


def persistence_test(
    comparison: Comparison, after: int = AFTER, workplace: Workplace | None = None
) -> Persistence:
    """Carry every arm of a comparison on for `after` months with the same seeds, and read
    the last twelve of them.

    `workplace`: where that is done; ensemble and level are those of the comparison, whatever it says of
    them. StudyError without an outcome of the last twelve months.
    """
    check_persistence(comparison.outcomes, [arm.scenario for arm in comparison.arms], after)
    names = lasting(comparison.outcomes)
    further = [
        (arm, programmes, scenario)
        for arm in comparison.arms
        for programmes, scenario in carried_on(arm.scenario, after).items()
    ]
    number = replace(
        workplace or Workplace(), level=comparison.settings.level, ensemble=comparison.settings.ensemble
    )
    scenarios = [scenario for _, _, scenario in further]
    # one arm alone cannot be compared, and a comparison has two at least
    longer = compare(*scenarios, outcomes=names, seeds=comparison.seeds, workplace=number)
    levels = [
        _level(arm, late, programmes, name, comparison.interval_level)
        for (arm, programmes, _), late in zip(further, longer.arms, strict=True)
        for name in names
    ]
    order = [(arm.name, name) for arm in comparison.arms for name in names]  # going on and ended side by side
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
    """How far a share's monthly series (seeds, months) drifts from the first to the
    last of the last twelve months.

    The mean over seeds is taken month by month, a straight line is fitted, and its rise over those eleven
    months is returned. NaN for what is no share, or has no series.
    """
    figure = OUTCOMES[outcome]
    if figure.unit != "share" or not figure.series:
        return math.nan
    last = series[figure.series][:, -MONTHS_PER_YEAR:].mean(axis=0)
    if not np.isfinite(last).all():
        return math.nan
    slope = np.polyfit(np.arange(last.size), last, 1)[0]
    return float(slope * (last.size - 1))


# the same as a table for readers

PROGRAMMES = Family("programmes_after", (KEPT, ENDED, NEVER))


def caption_of(persistence: Persistence) -> str:
    """What the table shows."""
    return say("after.caption", months=persistence.after)


def note_of() -> str:
    """How it is told whether a level still moves."""
    return say("after.note", points=points(STILL))


def columns_of(persistence: Persistence, months: int) -> tuple[str, ...]:
    """Names of the columns; `months`: of the first run."""
    return (
        say("after.scenario"),
        say("after.outcome"),
        say("after.before", window=window(months)),
        say("after.programmes"),
        say("after.level", months=persistence.after),
        say("after.interval", level=figures.level(persistence.levels[0].interval.level)),
        *(range_head(held, of_runs=True) for held in _one_range(persistence)),
        say("after.rest"),
    )


def rows_of(persistence: Persistence, titles: Mapping[str, str], months: int) -> list[tuple[str, ...]]:
    """A row for each arm, outcome and what became of the programmes; `titles`: of the arms by name;
    `months`: of the first run."""
    ranged = bool(_one_range(persistence))
    return [_row(one, titles.get(one.arm, one.arm), ranged, months) for one in persistence.levels]


def _one_range(persistence: Persistence) -> list[Range]:
    """A range like which all others were taken; none for a table of before there were any."""
    return [one.range for one in persistence.levels if one.range.pairs][:1]


def _row(level: Level, title: str, ranged: bool, months: int) -> tuple[str, ...]:
    figure = OUTCOMES[level.outcome]
    unit, before = figure.unit, figures.quantity(level.before, figure.unit)
    if (of_months := figure.window(months)) != window(months):  # not those that the column is named after
        before = bracketed(before, of_months)
    if level.moving is None:
        rest = say("after.unknown") if unit == "share" else NO_VALUE
    else:
        rest = say(
            "after.moving" if level.moving else "after.still", drift=figures.signed(100 * level.drift, 1)
        )
    interval = figures.interval(level.interval.low, level.interval.high, unit)
    return (
        title,
        capital(figure.name),
        before,
        PROGRAMMES[level.programmes],
        figures.quantity(level.mean, unit),
        marked_rough(interval, level.interval, level.range.pairs),
        *([range_bounds(level.range, unit, difference=False)] if ranged else []),
        rest,
    )
