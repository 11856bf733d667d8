"""What remains when a programme ends: it is compared with the same programme kept, and with never having had it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

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
from sim.results.outcomes import OUTCOMES
from sim.results.result import shown_html
from sim.scenario import Scenario, load, with_overrides
from sim.studies.comparison.compare import compare
from sim.studies.comparison.comparison import Comparison
from sim.studies.comparison.cost_effect import draws
from sim.studies.comparison.words import ending_of
from sim.text import in_language, language, message, say
from sim.text.joins import listed

if TYPE_CHECKING:
    import pandas as pd

OUTCOME = "cycle_share_last_year"
NEVER, ENDED, KEPT = "never", "ended", "kept"
# Why a share of the effect has no number.
NO_KEPT_EFFECT = "no effect to lose"


@dataclass(frozen=True, eq=False)
class Withdrawn:
    """One programme, never there, ended after `month`, and kept. Differences are against never having had it.

    kept, ended: mean paired difference of the outcome. lost: ended less kept. remains: the share of the effect that is left,
    ended / kept; NaN (with a note) where the effect of the kept programme cannot be told from none. Ranges are those of
    single pairs; a share of the effect has none, since a pair whose effect is near nothing has no share of it.
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
        for one in self.tests:
            row: dict[str, Any] = {
                "programme": one.programme,
                "month": one.month,
                "outcome": one.outcome,
                "unit": OUTCOMES[one.outcome].unit,
            }
            for name, value, interval in (
                ("kept", one.kept, one.kept_interval),
                ("ended", one.ended, one.ended_interval),
                ("lost", one.lost, one.lost_interval),
                ("remains", one.remains, one.remains_interval),
            ):
                row |= {
                    name: value,
                    f"{name}_low": interval.low,
                    f"{name}_high": interval.high,
                    f"{name}_note": interval.note,
                }
            ranges = {"kept": one.kept_range, "ended": one.ended_range, "lost": one.lost_range}
            for name, held in ranges.items():
                row |= {f"{name}_range_low": held.low, f"{name}_range_high": held.high}
            rows.append(row | {"range_kind": one.kept_range.kind, "pairs": one.kept_range.pairs})
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

    found = []
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
        found.append(Withdrawal(scenarios[str(name)], tests))
    return found


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
    """End each programme of a scenario after `month`, one at a time (the way its own `withdrawal` says), and see what remains.

    `options` go to `compare` (replications, seeds, the workplace and its fields …). StudyError where there is no programme, or one that
    cannot end in that month because it has not begun, has ended before, or the run has.
    """
    loaded = scenario if isinstance(scenario, Scenario) else load(scenario)
    changes = dict(overrides or {}) | ({"months": months} if months is not None else {})
    base = with_overrides(loaded, changes) if changes else loaded
    return Withdrawal(
        base,
        [_test(base, name, month, outcome, options) for name in programmes_to_end(base, month, programmes)],
    )


def withdrawal_tests(found: Comparison, month: int, workplace: Workplace) -> list[Withdrawal]:
    """Withdrawal tests of every arm of a comparison that has programmes, with its seeds."""
    return [
        withdrawal_test(arm.scenario, month, seeds=found.seeds, workplace=workplace)
        for arm in found.arms
        if arm.scenario.interventions
    ]


def programmes_to_end(scenario: Scenario, month: int, programmes: Sequence[str] | None = None) -> list[str]:
    """Names of the programmes (default: all) that a withdrawal test would end after `month`; StudyError if one cannot be."""
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
    """Overrides that end programmes (default: all) after `month`: sooner where one ends by itself, never begun where it is later."""
    ends = {}
    for programme in scenario.interventions:
        if programmes is None or programme.name in programmes:
            end = month if programme.end is None else min(programme.end, month)
            ends[f"interventions.{programme.name}.end"] = end if programme.start <= month else 0
    return ends


def _test(base: Scenario, name: str, month: int, outcome: str, options: Mapping[str, Any]) -> Withdrawn:
    ends = {NEVER: {f"interventions.{name}.end": 0}, KEPT: {}, ENDED: ending(base, month, [name])}
    arms = [with_overrides(base, change | {"name": f"{name}_{label}"}) for label, change in ends.items()]
    found = compare(*arms, outcomes=(outcome,), **options)
    kept, ended = (found.paired(arm.name, outcome) for arm in arms[1:])
    kept_interval = found.interval(arms[1].name, outcome)
    remains, interval = _remains(kept, ended, kept_interval)
    return Withdrawn(
        name,
        month,
        outcome,
        float(kept.mean()),
        float(ended.mean()),
        kept_interval,
        found.interval(arms[2].name, outcome),
        mean_interval(ended - kept, found.interval_level),
        remains,
        interval,
        found,
        found.range(arms[1].name, outcome),
        found.range(arms[2].name, outcome),
        range_of(ended - kept),
    )


def _remains(kept: np.ndarray, ended: np.ndarray, kept_interval: Interval) -> tuple[float, Interval]:
    """The share of the effect that is left, with a percentile interval of bootstrap draws of both means together."""
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
