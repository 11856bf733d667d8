"""What a calibration found: an ensemble, how far each parameter was narrowed, which patterns spoke, and how far to trust it."""

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
from scipy.stats import kstest

from sim.errors import ResultError
from sim.evidence.patterns import Pattern
from sim.experiments.ensemble import FOLDER, Ensemble
from sim.fingerprint import model_source_hash, statistics_source_hash
from sim.model.parameters import PARAMETERS
from sim.results.folder import CSV, check_place, write
from sim.results.result import Result
from sim.studies.calibration.coverage import LEVELS, Coverage
from sim.studies.calibration.design import OUTCOME_NAME, Sets
from sim.studies.calibration.fit import Fit, silent_reasons
from sim.studies.calibration.posterior import Reported, Sample
from sim.studies.score_card.score_card import ScoreCard
from sim.text import languages, message

if TYPE_CHECKING:
    import pandas as pd

KIND = "ensemble"
SHARES = (0.05, 0.25, 0.5, 0.75, 0.95)
OUT_OF_REACH = 2.0  # spreads by which even the best set misses
FEW_DRAWS = 200.0
LEAST_FORESEEN = 0.85
UNMOVED = 1.36  # Kolmogorov's distance at 5 %, times the root of the number of draws


@dataclass(frozen=True)
class Settings:
    """What was asked of a calibration."""

    name: str
    method: str
    runs: int
    members: int
    seed: int
    discrepancy: float


class Calibration(Result):
    """What `calibrate` found.

    sets: all sets that were run, the first `prior` of them over the whole ranges; luck: variance of luck by pattern and, last,
    outcome; foreseen: share of the second design within two spreads of the first emulators (None without); runs: runs that
    the fit took, executed: those of them carried out now. `scores` is the score card over the ensemble (None if not asked).
    """

    def __init__(
        self,
        settings: Settings,
        ranges: Mapping[str, tuple[float, float]],
        patterns: Sequence[Pattern],
        sets: Sets,
        prior: int,
        luck: np.ndarray,
        fit: Fit,
        sample: Sample,
        ensemble: Ensemble,
        coverage: Coverage | None,
        foreseen: float | None,
        runs: int,
        executed: int,
    ) -> None:
        """Made by `calibrate`."""
        self.settings, self.ranges, self.patterns, self.sets, self.prior = (
            settings,
            dict(ranges),
            tuple(patterns),
            sets,
            prior,
        )
        self.luck, self.fit, self.sample, self.ensemble, self.coverage = luck, fit, sample, ensemble, coverage
        self.foreseen, self.runs, self.executed = foreseen, runs, executed
        self.scores: ScoreCard | None = None

    @cached_property
    def parameters(self) -> pd.DataFrame:
        """One row a free parameter: range, default, posterior quantiles, how much narrower than the range, and coverage.

        moved: the Kolmogorov distance from the range taken evenly, 0 where nothing was learned (a posterior may move without
        getting narrower); under `UNMOVED` / root of the members it is what even draws would show too.
        """
        import pandas as pd

        values = np.array([list(member.values()) for member in self.ensemble.members])
        rows = []
        for place, (key, (low, high)) in enumerate(self.ranges.items()):
            column = values[:, place]
            row: dict[str, Any] = {
                "parameter": key,
                "low": low,
                "high": high,
                "default": PARAMETERS[key].default,
            }
            row |= {f"p{round(100 * share)}": float(np.quantile(column, share)) for share in SHARES}
            row["narrower"] = 1 - float(column.std()) / (
                (high - low) / math.sqrt(12)
            )  # the spread of a uniform range
            row["moved"] = float(kstest((column - low) / (high - low), "uniform").statistic)
            rows.append(row | self._covered(key))
        frame = pd.DataFrame(rows)
        frame.attrs["units"] = {"narrower": "share of the range's standard deviation"}
        return frame

    def _covered(self, name: str) -> dict[str, Any]:
        row: dict[str, Any] = {}
        for level in LEVELS if self.coverage is not None else ():
            assert self.coverage is not None
            share, interval = self.coverage.share(name, level)
            row |= {
                f"inside_{round(100 * level)}": share,
                f"inside_{round(100 * level)}_low": interval.low,
                f"inside_{round(100 * level)}_high": interval.high,
            }
        if self.coverage is not None:
            row["synthetic_width"] = self.coverage.width[name]
        return row

    @cached_property
    def statistics(self) -> pd.DataFrame:
        """One row a calibration pattern: target, what the first design and the posterior give, spreads, and why it says nothing.

        best: spreads by which the best set of all misses; agreement: mean chance of agreeing, before and after.
        """
        import pandas as pd

        reported, reasons = self.fit.reported(), silent_reasons(self.sets)
        after = self._posterior_means()
        rows: list[dict[str, Any]] = []
        for place, pattern in enumerate(self.patterns):
            low, high = pattern.target.bounds
            row: dict[str, Any] = {
                "pattern": pattern.name,
                "unit": pattern.unit,
                "target_low": low,
                "target_high": high,
                "silent": reasons[place],
            }
            if place in self.fit.columns:
                row |= self._spoken(self.fit.columns.index(place), reported, after)
            rows.append(row)
        return pd.DataFrame(rows)

    def _posterior_means(self) -> np.ndarray:
        """Statistics (members, k) at the posterior: emulated, or of the nearest sets that were run."""
        if self.fit.method == "emulator":
            return self.fit.means(self.sample.points)[:, :-1]
        squared = ((self.sample.points[:, None] - self.sets.points[None]) ** 2).sum(axis=2)
        return np.asarray(self.fit.values[squared.argmin(axis=1)])

    def _spoken(self, place: int, reported: Reported, after: np.ndarray) -> dict[str, Any]:
        before = self.fit.values[: self.prior, place]
        off = reported.implausibility(self.fit.values)[:, place]
        agreed = [
            float(reported.agreement(values)[:, place].mean())
            for values in (self.fit.values[: self.prior], after)
        ]
        quantiles = {
            f"{name}_p{share}": float(np.nanpercentile(values, share))
            for name, values in (("before", before), ("after", after[:, place]))
            for share in (5, 50, 95)
        }
        return quantiles | {
            "luck": math.sqrt(self.fit.luck[place]),
            "own_error": float(self.fit.own[place]),
            "emulator_error": float(self.fit.error[place]),
            "best": float(np.nanmin(off)),
            "agreement_before": agreed[0],
            "agreement_after": agreed[1],
        }

    @property
    def out_of_reach(self) -> list[str]:
        """Patterns that no set of the free parameters comes near."""
        table = self.statistics
        return list(table[table.get("best", 0.0) > OUT_OF_REACH]["pattern"])

    @property
    def digest(self) -> str:
        """SHA-256 (64 hex digits) over the sets that were run, what was read off them, and the members."""
        made = hashlib.sha256(json.dumps(self.ensemble.members).encode())
        for array in (self.sets.points, self.sets.table):
            made.update(np.ascontiguousarray(array, "<f8").data)
        return made.hexdigest()

    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table by name."""
        return {"parameters": self.parameters, "statistics": self.statistics}

    def manifest(self) -> dict[str, Any]:
        """What was asked, how and of what, and what came of it, in plain data."""
        from sim.results.provenance import git_state, machine, versions

        return {
            "key": self.key,
            **vars(self.settings),
            "free": {key: list(bounds) for key, bounds in self.ranges.items()},
            "patterns_sha256": patterns_hash(self.patterns),
            "patterns": [pattern.name for pattern in self.patterns],
            "model_source_hash": self.ensemble.model_source_hash,
            "sets": len(self.sets),
            "first_design": self.prior,
            "runs_of_the_fit": self.runs,
            "digest": self.digest,
            "members_digest": self.ensemble.digest,
            "diagnostics": self.diagnostics(),
            "parameters": _records(self.parameters),
            "statistics": _records(self.statistics),
            "outcome_coverage": self._covered(OUTCOME_NAME),
            "scores": None if self.scores is None else _scored(self.scores),
            "sentences": {lang: self.sentences(lang) for lang in languages()},
            "warnings": {lang: self.warnings(lang) for lang in languages()},
            "versions": versions(),
            "platform": machine(),
            "git": git_state(),
        }

    def diagnostics(self) -> dict[str, Any]:
        """How far the draws and the emulators may be trusted."""
        return {
            "effective_draws": round(self.sample.effective, 1),
            "accepted": round(self.sample.accepted, 3),
            "foreseen": self.foreseen,
            "truths": self.coverage.truths if self.coverage is not None else 0,
        }

    @property
    def key(self) -> str:
        """Sixteen hex digits that name what was asked of which model."""
        return calibration_key(self.settings, self.ranges, self.patterns)

    def save(self, folder: Path | str = FOLDER) -> Path:
        """Write NAME.csv (the members) and, last, NAME.json (the manifest) into a folder; returns the CSV file.

        ResultError if the folder holds another ensemble of this name, or if that fails.
        """
        import pandas as pd

        place, name = Path(folder), self.settings.name
        check_free(place, self.settings, self.ranges, self.patterns)
        members = {name: pd.DataFrame(list(self.ensemble.members), columns=list(self.ranges))}
        write(place, KIND, self.key, self.manifest(), members, formats=[CSV], name=f"{name}.json")
        return place / f"{name}.csv"


def check_free(
    folder: Path, settings: Settings, ranges: Mapping[str, tuple[float, float]], patterns: Sequence[Pattern]
) -> None:
    """ResultError if the folder holds an ensemble of this name that this calibration did not make; ask before carrying it out."""
    check_place(folder, KIND, calibration_key(settings, ranges, patterns), f"{settings.name}.json")
    members = folder / f"{settings.name}.csv"
    if members.exists() and not members.with_suffix(".json").exists():
        raise ResultError(message("calibration.error.not_made", file=members))


def calibration_key(
    settings: Settings, ranges: Mapping[str, tuple[float, float]], patterns: Sequence[Pattern]
) -> str:
    """See `Calibration.key`."""
    told = [
        vars(settings),
        dict(ranges),
        patterns_hash(patterns),
        model_source_hash(),
        statistics_source_hash(),
    ]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]


def patterns_hash(patterns: Sequence[Pattern]) -> str:
    """SHA-256 (64 hex digits) of the patterns that were fitted to."""
    return hashlib.sha256(
        json.dumps([pattern.model_dump(mode="json") for pattern in patterns], sort_keys=True).encode()
    ).hexdigest()


def _scored(card: ScoreCard) -> dict[str, Any]:
    return {
        "passed": {use: {"passed": passed, "of": of} for use, (passed, of) in card.counts().items()},
        "seeds": len(card.seeds),
        "scores": _records(card.table),
    }


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [dict(row) for row in frame.to_dict("records")]
