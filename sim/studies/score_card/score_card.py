"""The score card: for every pattern what was reported, what the model does with an
interval, pass or miss, and how far."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.errors import StudyError
from sim.evidence.patterns import (
    CALIBRATION,
    CONSISTENCY,
    HELD_OUT,
    KINDS,
    USES,
    Pattern,
    resolved,
    scenarios_of,
)
from sim.evidence.statistics_of_runs import Readings, carry_out
from sim.experiments.intervals import LEAST_PAIRS, Interval, Range, mean_interval, median_interval, range_of
from sim.experiments.workplace import Workplace
from sim.results.result import Result
from sim.text import message

if TYPE_CHECKING:
    import pandas as pd

    from sim.experiments.ensemble import Ensemble


KIND = "score card"
VERDICTS = PASS, MISS, NO_VALUE, TOO_WIDE = "pass", "miss", "no value", "too wide"
WIDEST = 2.0  # times the width of a target with two bounds: over an ensemble a wider range says nothing of it
ABSENT = "not represented"  # the verdict in tables on what cannot be measured; it is listed with what it needs instead
EFFECTS = ("breaks", "mends", "still passes", "still misses")


@dataclass(frozen=True, eq=False)
class Score:
    """One pattern: `values` is the statistic (or its difference between the two arms), one
    a replication (float64). members: whether each is of another member of an ensemble."""

    pattern: Pattern
    values: np.ndarray
    level: float
    members: bool = False

    @property
    def known(self) -> np.ndarray:
        """The values that there are: over an ensemble something may not occur under some members, and what it
        is like where it occurs is judged all the same."""
        return self.values[~np.isnan(self.values)] if self.members else self.values

    @property
    def missing(self) -> int:
        """Replications in which the statistic has no value."""
        return int(np.isnan(self.values).sum())

    @property
    def mean(self) -> float:
        """Mean over replications, NaN where any of them has no value; over an ensemble the median of the
        members that have a value, NaN where fewer than half have one."""
        if self.members:
            return float(np.median(self.known)) if 2 * self.missing <= self.values.size else math.nan
        return float(self.values.mean())

    @cached_property
    def interval(self) -> Interval:
        """Interval of the mean by bootstrap, of the median by ranks (see `sim.experiments.intervals`)."""
        return (median_interval if self.members else mean_interval)(self.known, self.level)

    @cached_property
    def run_range(self) -> Range:
        """Between what ends single runs lie: a reported city is one draw, not a mean."""
        return range_of(self.known)

    @property
    def wide(self) -> bool:
        """Whether members say so unlike things that a median in the target says nothing: the range of what
        may happen is over WIDEST times as wide as a target with two bounds."""
        low, high = self.pattern.target.bounds
        between = self.run_range.high - self.run_range.low
        return self.members and math.isfinite(high - low) and between > WIDEST * (high - low)

    @property
    def off(self) -> float:
        """How far the mean lies outside the target, signed (positive: too high); 0
        inside, NaN without a value."""
        low, high = self.pattern.target.bounds
        if math.isnan(self.mean):
            return math.nan
        return min(0.0, self.mean - low) + max(0.0, self.mean - high)

    @property
    def verdict(self) -> str:
        """ "pass" where the mean lies inside the target (for a sign: and is surely on that side), else
        "miss" or why it has no value; over an ensemble, "too wide" (see `wide`)."""
        if not self.pattern.measurable:
            return ABSENT
        if math.isnan(self.mean):
            return NO_VALUE
        if self.pattern.target.sign is not None:
            way = 1 if self.pattern.target.sign == "positive" else -1
            sure = self.interval.excludes_zero or (
                not self.interval.exists and bool((self.known * way > 0).all())
            )
            return PASS if way * self.mean > 0 and sure else MISS
        if self.off == 0 and self.wide:
            return TOO_WIDE
        return PASS if self.off == 0 else MISS

    @property
    def passed(self) -> bool:
        """Whether the verdict is "pass"; a pattern without a value has not passed."""
        return self.verdict == PASS

    @property
    def sure(self) -> bool:
        """Whether the whole interval of the mean gives the same verdict: else other
        replications might turn it."""
        low, high = self.pattern.target.bounds
        if not self.interval.exists:
            same = bool((self.known == self.known[:1]).all())
            return not math.isnan(self.mean) and self.known.size >= LEAST_PAIRS and same
        inside = low <= self.interval.low and self.interval.high <= high
        outside = self.interval.high < low or self.interval.low > high
        return inside or outside


@dataclass(frozen=True)
class Loops:
    """The scores with each loop off in turn, in the order of the patterns."""

    scores: Mapping[str, tuple[Score, ...]]


@dataclass(frozen=True, eq=False)
class ScoreCard(Result):
    """What `validate` found. `ensemble` is the ensemble run over, None for the default parameters."""

    scores: tuple[Score, ...]
    seeds: tuple[int, ...]
    level: float
    ensemble: Ensemble | None = None
    loops: Loops | None = None

    def of_use(self, use: str) -> tuple[Score, ...]:
        """The scores of the patterns of one use that can be measured: only these count."""
        return tuple(one for one in self.scores if one.pattern.use == use and one.pattern.measurable)

    @property
    def not_measurable(self) -> tuple[Score, ...]:
        """The scores of patterns that need a mechanism which the model does not have: they are
        listed and do not count."""
        return tuple(one for one in self.scores if not one.pattern.measurable)

    @property
    def counted(self) -> tuple[Score, ...]:
        """What the model is judged by: patterns that can be measured, consistency checks left out."""
        return tuple(one for use in (CALIBRATION, HELD_OUT) for one in self.of_use(use))

    def counts(self) -> dict[str, tuple[int, int]]:
        """Passed, and how many there are that can be measured, by use."""
        return {use: (sum(one.passed for one in self.of_use(use)), len(self.of_use(use))) for use in USES}

    def counts_by_kind(self, use: str) -> dict[str, tuple[int, int]]:
        """Of one use: passed, and how many there are that can be measured, by what they say of the world."""
        counts = {}
        for kind in KINDS:
            scores = [one for one in self.of_use(use) if one.pattern.kind == kind]
            counts[kind] = (sum(one.passed for one in scores), len(scores))
        return counts

    @property
    def ensemble_facts(self) -> dict[str, Any] | None:
        """The ensemble as manifests state it; None for the default parameters."""
        return self.ensemble.facts(len(self.seeds)) if self.ensemble is not None else None

    @property
    def table(self) -> pd.DataFrame:
        """One row a pattern; bounds of open targets are infinite, figures that do not exist NaN."""
        import pandas as pd

        frame = pd.DataFrame([_row(score) for score in self.scores])
        frame.attrs["units"] = {}
        return frame

    @property
    def value_table(self) -> pd.DataFrame:
        """The statistic of every pattern and seed."""
        import pandas as pd

        return pd.DataFrame(
            {"seed": self.seeds} | {score.pattern.name: score.values for score in self.scores}
        )

    @property
    def ablation(self) -> pd.DataFrame | None:
        """One row a pattern and loop: mean and verdict with all on and with this one off, and the paired
        change; None if not asked."""
        import pandas as pd

        if self.loops is None:
            return None
        return pd.DataFrame(
            [
                _loop_row(loop, on, off)
                for loop, scores in self.loops.scores.items()
                for on, off in zip(self.scores, scores, strict=True)
            ]
        )

    def digest(self) -> str:
        """SHA-256 over all values, bit for bit: the same card has the same digest."""
        digest = hashlib.sha256()
        groups = [("", self.scores), *(self.loops.scores.items() if self.loops else ())]
        for loop, scores in groups:
            for score in scores:
                digest.update(f"{loop} {score.pattern.name} {score.values.size}\n".encode())
                digest.update(np.ascontiguousarray(score.values, "<f8").data)
        return digest.hexdigest()

    @property
    def key(self) -> str:
        """Sixteen hex digits that name the patterns, the ensemble and what the runs came to."""
        told = [
            [score.pattern.model_dump(mode="json") for score in self.scores],
            list(self.seeds),
            self.level,
            self.ensemble_facts,
            self.digest(),
        ]
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]

    def manifest(self) -> dict[str, Any]:
        """What was asked and found, in plain data."""
        from sim.fingerprint import model_source_hash
        from sim.results.provenance import here

        return {
            "key": self.key,
            "seeds": list(self.seeds),
            "level": self.level,
            "ensemble": self.ensemble_facts,
            "passed": {use: {"passed": passed, "of": all_} for use, (passed, all_) in self.counts().items()},
            "scores": [_row(score) for score in self.scores],
            "patterns": [score.pattern.model_dump(mode="json") for score in self.scores],
            "scenarios": scenarios_of(score.pattern for score in self.scores),
            "digest": self.digest(),
            "model_source_hash": model_source_hash(),
            **here(),
        }

    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table by name."""
        tables = {"score_card": self.table, "values": self.value_table}
        ablation = self.ablation
        return tables if ablation is None else tables | {"ablation": ablation}

    def save(self, folder: Path | str) -> Path:
        """Write every table as Parquet and CSV, and `manifest.json` last; returns the folder.

        ResultError if it holds another result, or if that fails.
        """
        from sim.results.folder import write

        return write(Path(folder), KIND, self.key, self.manifest(), self.tables())


def effect(on: Score, off: Score) -> str:
    """What taking a loop away does to a pattern, one of EFFECTS."""
    if on.passed:
        return "still passes" if off.passed else "breaks"
    return "mends" if off.passed else "still misses"


def turned_surely(on: Score, off: Score) -> bool:
    """Whether a verdict that turns without a loop is settled on both sides: a lack of any value is,
    an unsure verdict is not."""
    return (on.sure or on.missing > 0) and (off.sure or off.missing > 0)


def _loop_row(loop: str, on: Score, off: Score) -> dict[str, Any]:
    change = mean_interval(off.values - on.values, on.level)
    return {
        "pattern": on.pattern.name,
        "loop": loop,
        "verdict": on.verdict,
        "verdict_off": off.verdict,
        "mean": on.mean,
        "mean_off": off.mean,
        "change": off.mean - on.mean,
        "change_low": change.low,
        "change_high": change.high,
        "effect": effect(on, off),
        "sure": turned_surely(on, off),
    }


def _row(score: Score) -> dict[str, Any]:
    pattern, (low, high) = score.pattern, score.pattern.target.bounds
    return {
        "pattern": pattern.name,
        "use": pattern.use,
        "kind": pattern.kind,
        "counted": pattern.measurable and pattern.use != CONSISTENCY,
        "scenario": pattern.scenario,
        "statistic": pattern.measure.statistic,
        "unit": pattern.unit,
        "target_low": low,
        "target_high": high,
        "mean": score.mean,
        "low": score.interval.low,
        "high": score.interval.high,
        "interval_note": score.interval.note,
        "run_low": score.run_range.low,
        "run_high": score.run_range.high,
        "run_kind": score.run_range.kind,
        "run_width": score.run_range.high - score.run_range.low,
        "target_width": high - low,
        "without_value": score.missing,
        "verdict": score.verdict,
        "sure": score.sure,
        "off": score.off,
        "sources": " ".join(pattern.sources),
    }


# running patterns with replications and scoring them

REPLICATIONS = 12


def validate(
    patterns: Sequence[Pattern],
    *,
    replications: int = REPLICATIONS,
    first_seed: int = 1,
    ablate: bool = False,
    workplace: Workplace | None = None,
) -> ScoreCard:
    """The score card of patterns over replications with seeds one apart; with `ablate` also
    with each loop off in turn.

    With an ensemble replication r has its member r; what a pattern sets wins over the member. Readings that
    the store of the workplace has are not made again; where it has none, nothing is kept. StudyError if a run
    fails: a card over the runs that happened to succeed is not the card that was asked for.
    """
    if replications < 1:
        raise StudyError(
            message(
                "problem.instead",
                place="replications",
                found=replications,
                allowed=message("score_card.one_or_more"),
            )
        )
    workplace = workplace or Workplace()
    members, level = workplace.members(), workplace.interval_level
    readings = Readings(replications, first_seed, members)
    loops = _loops(patterns) if ablate else ()
    for pattern in patterns:
        if not pattern.measurable:
            continue
        for loop in ("", *loops):
            readings.ask_pattern(_name(pattern, loop), pattern, {f"loops.{loop}": False} if loop else {})
    read, _ = carry_out(readings, workplace)

    def score(pattern: Pattern, loop: str = "") -> Score:
        if not pattern.measurable:
            return Score(pattern, np.full(replications, np.nan), level)
        values = readings.pattern_values(_name(pattern, loop), pattern, read)
        return Score(pattern, values, level, members is not None)

    seeds = tuple(range(first_seed, first_seed + replications))
    off_scores = (
        Loops({loop: tuple(score(pattern, loop) for pattern in patterns) for loop in loops})
        if loops
        else None
    )
    return ScoreCard(tuple(score(pattern) for pattern in patterns), seeds, level, members, off_scores)


def _name(pattern: Pattern, loop: str) -> str:
    return f"{pattern.name} {loop}"


def _loops(patterns: Sequence[Pattern]) -> tuple[str, ...]:
    """The loops that are on in the scenario of some pattern, in the order of the scenario table."""
    names: dict[str, None] = {}
    for scenario in dict.fromkeys(pattern.scenario for pattern in patterns if pattern.measurable):
        names |= {name: None for name, on in resolved(scenario, {}).loops.model_dump().items() if on}
    return tuple(names)
