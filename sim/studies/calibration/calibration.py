"""A calibration: the free parameters fitted to the calibration patterns by a design, emulators, a second
design where they agree, and the posterior; what it found; and whether it finds what is true: runs with known
parameters stand in for what was reported, and the posterior must hold them.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np
from scipy.stats import kstest, qmc
from threadpoolctl import threadpool_limits

from sim.arguments import check_factors, finite, text, whole
from sim.errors import ResultError, StudyError
from sim.evidence.patterns import CALIBRATION, Pattern, Value, load_patterns, scenarios_of
from sim.experiments.ensemble import FOLDER, Ensemble
from sim.experiments.extras import extra
from sim.experiments.intervals import Interval, wilson
from sim.experiments.workplace import Keywords, Workplace, workplace_of
from sim.fingerprint import model_source_hash, statistics_source_hash
from sim.model.parameters import PARAMETERS
from sim.results.folder import CSV, check_place, write
from sim.results.result import Result
from sim.studies.calibration.design import (
    OUTCOME_NAME,
    REPEATED,
    REPEATS,
    Laboratory,
    Ranges,
    Sets,
    luck_of,
    ranges_of,
)
from sim.studies.calibration.fit import EMULATOR, METHODS, REJECTION, Fit, silent_reasons
from sim.studies.calibration.posterior import Reported, Sample
from sim.studies.calibration.variants import AS_IT_IS, weigh, with_settings
from sim.studies.score_card.score_card import ScoreCard, validate
from sim.text import languages, message

if TYPE_CHECKING:
    import pandas as pd


# whether the truth is found

LEVELS = (0.5, 0.9)
FOLDS = 8
DRAWS = 400
STEPS = 100


@dataclass(frozen=True, eq=False)
class Coverage:
    """inside: by quantity (parameters and "outcome"), (truths, LEVELS) whether the truth
    lay in the central interval.

    width: by quantity, mean width of the widest level's interval, as part of the width before.
    """

    inside: dict[str, np.ndarray]
    width: dict[str, float]

    @property
    def truths(self) -> int:
        """How many known sets were tried."""
        return len(self.inside[OUTCOME_NAME])

    def share(self, name: str, level: float) -> tuple[float, Interval]:
        """Share of truths inside, with its binomial (Wilson) interval."""
        column = self.inside[name][:, LEVELS.index(level)]
        return float(column.mean()), wilson(int(column.sum()), column.size)

    def pooled(self, level: float) -> float:
        """Share of truths inside over all parameters (they share runs, so it has no interval of its own)."""
        return float(np.mean([self.share(name, level)[0] for name in self.inside if name != OUTCOME_NAME]))

    def holds(self, name: str, level: float) -> bool:
        """Whether the nominal level is possible, judged (Bonferroni) at that part of 5 % which falls on
        one of all the shares looked at."""
        column = self.inside[name][:, LEVELS.index(level)]
        interval = wilson(int(column.sum()), column.size, 1 - 0.05 / (len(self.inside) * len(LEVELS)))
        return interval.low <= level <= interval.high


def coverage(
    patterns: Sequence[Pattern],
    keys: Sequence[str],
    sets: Sets,
    prior: int,
    fit: Fit,
    luck: np.ndarray,
    truths: int,
    seed: int,
) -> Coverage | None:
    """Take sets of the first design (the first `prior`, drawn from the whole ranges) as truths;
    None if none has all values.

    Each truth's own run stands in for the reports, and the parameters are fitted again
    without any set of its fold.
    """
    chosen = _truths(fit, sets, prior, truths, seed)
    if not chosen.size:
        return None
    inside: list[np.ndarray] = []
    widths: list[np.ndarray] = []
    for fold in np.array_split(chosen, min(FOLDS, chosen.size)):
        left_out = np.zeros(len(sets), bool)
        left_out[fold] = True
        kernels = fit.kernels if fit.method == EMULATOR else None
        again = Fit(
            patterns,
            sets.without(left_out),
            luck,
            fit.method,
            kernels=kernels,
            columns=fit.columns,
            missing=fit.missing,
        )
        for truth in fold.tolist():
            sample = again.draw(
                again.observed(sets.values[truth, fit.columns]), DRAWS, seed + truth, steps=STEPS
            )
            drawn = np.column_stack([sample.points, again.outcomes(sample.points, seed + truth)])
            true = np.append(sets.points[truth], sets.outcome[truth])
            tails = np.array([[(1 - level) / 2, (1 + level) / 2] for level in LEVELS])
            bounds = np.quantile(drawn, tails, axis=0)  # (levels, 2, quantities)
            inside.append((bounds[:, 0] <= true) & (true <= bounds[:, 1]))
            widths.append(bounds[-1, 1] - bounds[-1, 0])
    names = [*keys, OUTCOME_NAME]
    whole = np.append(
        np.full(len(keys), LEVELS[-1]),
        np.ptp(np.quantile(sets.outcome[:prior], [(1 - LEVELS[-1]) / 2, (1 + LEVELS[-1]) / 2])),
    )
    part = np.mean(widths, axis=0) / np.where(whole > 0, whole, np.nan)
    held = np.array(inside)  # (truths, levels, quantities)
    return Coverage(
        {name: held[:, :, i] for i, name in enumerate(names)}, dict(zip(names, part.tolist(), strict=True))
    )


def _truths(fit: Fit, sets: Sets, prior: int, truths: int, seed: int) -> np.ndarray:
    """Places of sets that have a value of every fitted pattern."""
    whole = np.flatnonzero(~np.isnan(sets.table[:prior][:, [*fit.columns, -1]]).any(axis=1))
    return np.sort(np.random.default_rng(seed).permutation(whole)[:truths])


# fit and result

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

    sets: all sets that were run, the first `prior` of them over the whole ranges; luck: variance of luck by
    pattern and, last, outcome; foreseen: share of the second design within two spreads of the first emulators
    (None without); runs: runs that the fit took, executed: those of them carried out now. `scores` is the
    score card over the ensemble (None if not asked); `variants` are calibrations of the model under other
    rules, and `weights` what each is worth beside this one (see `variants.weigh`; None without).
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
        self.variants: dict[str, Calibration] = {}
        self.changed: dict[str, Value] = {}  # the settings that make it a variant
        self.weights: pd.DataFrame | None = None

    @cached_property
    def centre(self) -> int:
        """Place (from 0) of the member nearest the posterior's centre: the joint set that stands for all,
        which medians parameter by parameter do not (they need not go together).

        By Mahalanobis distance to the mean, so that a parameter of which little was learned says little.
        """
        points = self.sample.points
        off = points - points.mean(axis=0)
        spread = np.atleast_2d(np.cov(points.T)) + LEAST_VARIANCE * np.eye(points.shape[1])
        return int((off * np.linalg.solve(spread, off.T).T).sum(axis=1).argmin())

    @cached_property
    def parameters(self) -> pd.DataFrame:
        """One row a free parameter: range, default, posterior quantiles, how much narrower
        than the range, and coverage.

        moved: the Kolmogorov distance from the range taken evenly, 0 where nothing was learned (a posterior
        may move without getting narrower); under `UNMOVED` / root of the members it is what
        even draws would show too.
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
        """One row a calibration pattern: target, what the first design and the posterior give, spreads,
        and why it says nothing.

        best: spreads by which the best set of all misses; agreement: mean chance of
        agreeing, before and after.
        """
        import pandas as pd

        reported, reasons = self.fit.reported(), silent_reasons(self.sets)
        after = self._posterior_means()
        rows: list[dict[str, Any]] = []
        for number, pattern in enumerate(self.patterns):
            low, high = pattern.target.bounds
            row: dict[str, Any] = {
                "pattern": pattern.name,
                "unit": pattern.unit,
                "target_low": low,
                "target_high": high,
                "silent": reasons[number],
            }
            if number in self.fit.columns:
                row |= self._spoken(self.fit.columns.index(number), reported, after)
            rows.append(row)
        return pd.DataFrame(rows)

    def _posterior_means(self) -> np.ndarray:
        """Statistics (members, k) at the posterior: emulated, or of the nearest sets that were run."""
        if self.fit.method == "emulator":
            return self.fit.means(self.sample.points)[:, :-1]
        squared = ((self.sample.points[:, None] - self.sets.points[None]) ** 2).sum(axis=2)
        return np.asarray(self.fit.values[squared.argmin(axis=1)])

    def _spoken(self, number: int, reported: Reported, after: np.ndarray) -> dict[str, Any]:
        before = self.fit.values[: self.prior, number]
        off = reported.implausibility(self.fit.values)[:, number]
        agreed = [
            float(reported.agreement(values)[:, number].mean())
            for values in (self.fit.values[: self.prior], after)
        ]
        quantiles = {
            f"{name}_p{share}": float(np.nanpercentile(values, share))
            for name, values in (("before", before), ("after", after[:, number]))
            for share in (5, 50, 95)
        }
        return quantiles | {
            "luck": math.sqrt(self.fit.luck[number]),
            "own_error": float(self.fit.own[number]),
            "emulator_error": float(self.fit.error[number]),
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
        digest = hashlib.sha256(json.dumps(self.ensemble.members).encode())
        for array in (self.sets.points, self.sets.table):
            digest.update(np.ascontiguousarray(array, "<f8").data)
        return digest.hexdigest()

    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table by name."""
        tables = {"parameters": self.parameters, "statistics": self.statistics}
        return tables if self.weights is None else {**tables, "variants": self.weights}

    def manifest(self) -> dict[str, Any]:
        """What was asked, how and of what, and what came of it, in plain data."""
        from sim.results.provenance import here

        return {
            "key": self.key,
            **vars(self.settings),
            "free": {key: list(bounds) for key, bounds in self.ranges.items()},
            "patterns_sha256": patterns_hash(self.patterns),
            "patterns": [pattern.name for pattern in self.patterns],
            "scenarios": scenarios_of(self.patterns),
            "model_source_hash": self.ensemble.model_source_hash,
            "sets": len(self.sets),
            "first_design": self.prior,
            "runs_of_the_fit": self.runs,
            "digest": self.digest,
            "members_digest": self.ensemble.digest,
            "diagnostics": self.diagnostics(),
            "centre": {"member": self.centre, **self.ensemble.members[self.centre]},
            "variants": None if self.weights is None else _records(self.weights),
            "variant_settings": self.changed or None,
            "parameters": _records(self.parameters),
            "statistics": _records(self.statistics),
            "outcome_coverage": self._covered(OUTCOME_NAME),
            "scores": None if self.scores is None else _scored(self.scores),
            "sentences": {lang: self.sentences(lang) for lang in languages()},
            "warnings": {lang: self.warnings(lang) for lang in languages()},
            **here(),
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
        """Write NAME.csv (the members) and, last, NAME.json (the manifest) into a
        folder; returns the CSV file.

        ResultError if the folder holds another ensemble of this name, or if that fails.
        """
        import pandas as pd

        path, name = Path(folder), self.settings.name
        check_free(path, self.settings, self.ranges, self.patterns)
        for variant in self.variants.values():
            variant.save(folder)
        members = {name: pd.DataFrame(list(self.ensemble.members), columns=list(self.ranges))}
        write(path, KIND, self.key, self.manifest(), members, formats=[CSV], name=f"{name}.json")
        return path / f"{name}.csv"


def check_free(
    folder: Path, settings: Settings, ranges: Mapping[str, tuple[float, float]], patterns: Sequence[Pattern]
) -> None:
    """ResultError if the folder holds an ensemble of this name that this calibration did not make;
    ask before carrying it out."""
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


# the fit

RUNS, MEMBERS, TRUTHS, SCORED = 2000, 150, 40, 40
MOST_RUNS, MOST_MEMBERS = 1_000_000, 100_000
NAME = "calibrated"
LEAST_SETS = 30
LEAST_VARIANCE = 1e-9
DISCREPANCY = 1.0  # factor on the error that the model is granted beyond luck
WIDENED = 0.5  # power of the density from which the second design is drawn
# The unmeasured parameters that move the calibration patterns most, by benchmarks/calibration_screening.py
# (see docs/calibration.md).
FREE = (
    "payment.base",
    "payment.satisfaction_weight",
    "payment.satisfaction_reference",
    "payment.threshold_mean",
    "payment.habit_weight",
    "payment.burden_weight",
    "service.returns",
    "service.monitoring_gap",
    "service.cost_growth",
    "service.overhead",
    "service.cross_subsidy",
    "service.floor",
    "basis.skim",
    "satisfaction.quality_weight",
    "satisfaction.condition_weight",
    "condition.wear",
    "complaints.base",
    "ballot.turnout_founding",
    "ballot.turnout_renewal",
    "ballot.initiative",
    "ballot.doors",
    "market.self_activism",
    "market.exit_hazard",
    "charging.consent",
    "start.price_follows_cost",
)


def calibrate(
    patterns: Sequence[Pattern] | str | Path | None = None,
    *,
    free: Ranges | Sequence[str] = FREE,
    runs: int = RUNS,
    members: int = MEMBERS,
    name: str = NAME,
    method: str = EMULATOR,
    seed: int = 1,
    discrepancy: float = DISCREPANCY,
    truths: int = TRUTHS,
    scored: int = SCORED,
    variants: Mapping[str, Mapping[str, Value]] | None = None,
    workplace: Workplace | None = None,
    **at: Unpack[Keywords],
) -> Calibration:
    """Fit free parameters to the calibration patterns of a file (default: the one that
    ships), for about `runs` runs.

    `free`: keys of parameters (over their plausible ranges) or ranges by key. `method`: "emulator" (Gaussian
    processes, two designs, Markov chains) or "rejection" (approximate Bayesian computation with regression).
    `discrepancy`: factor on the error that the model is granted beyond luck (see `posterior.discrepancy_of`).
    `truths`: known sets on which coverage is tried (0: none). Afterwards `scored` members are run on all
    patterns, held-out ones included, which nothing before has seen (0: none). `variants`: settings by name,
    each of which makes the model another (`{"memoryless": {"mechanisms.persistence": False}}`): they are
    calibrated beside it in the same way and weighed by what they foretell. Runs that the store has are not
    made again, so that calling again after an interruption goes on. `workplace` and its fields as keywords:
    see Workplace.

    Raises EstateError: no calibration pattern, a key that cannot be free, too few runs, a run that fails.
    """
    work = workplace_of("calibrate", workplace, at, ("ensemble", "level"))
    runs, members, seed = whole("runs", runs), whole("members", members), whole("seed", seed, 0)
    truths, scored = whole("truths", truths), whole("scored", scored)
    text("name", name)
    finite("discrepancy", discrepancy)
    check_factors("free", free)
    every = (
        load_patterns(patterns)[0]
        if patterns is None or isinstance(patterns, str) or not isinstance(patterns, Iterable)
        else tuple(patterns)
    )
    known = [pattern for pattern in every if isinstance(pattern, Pattern)]
    fitted = [pattern for pattern in known if pattern.use == CALIBRATION and pattern.measurable]
    if method not in METHODS:
        allowed = message("calibration.error.methods", one=EMULATOR, other=REJECTION)
        raise StudyError(message("problem.instead", place="method", found=repr(method), allowed=allowed))
    if not fitted:
        raise StudyError(message("calibration.error.no_pattern"))
    for needed in ("sklearn", "emcee") if method == EMULATOR else ():
        extra(needed, message("engine.for_calibration"))
    if not 2 <= members <= MOST_MEMBERS:
        allowed = message("calibration.error.members", most=MOST_MEMBERS)
        raise StudyError(message("problem.instead", place="members", found=members, allowed=allowed))
    if runs > MOST_RUNS:
        allowed = message("calibration.error.most_runs", most=MOST_RUNS)
        raise StudyError(message("problem.instead", place="runs", found=runs, allowed=allowed))
    work = work.opened()
    lab = Laboratory(fitted, ranges_of(free, fitted), seed, work)
    settings = Settings(name, method, runs, members, seed, discrepancy)
    # one thread: the matrices are small, workers have the cores, and sums come out the same on any number of
    # them
    with threadpool_limits(1):
        calibration = _fit(lab, settings, truths)
        for variant, changed in (variants or {}).items():
            other = Laboratory(with_settings(fitted, changed), lab.ranges, seed, work)
            ranges_of(lab.ranges, other.patterns)  # refuses a variant that sets what is free
            there = replace(settings, name=f"{name}_{variant}")
            calibration.variants[variant] = _fit(other, there, truths)
            calibration.variants[variant].changed = dict(changed)
        if variants:
            calibration.weights = weigh({AS_IT_IS: calibration, **calibration.variants}, seed)
    if scored:
        calibration.scores = validate(
            every,
            replications=min(scored, members),
            first_seed=seed,
            workplace=replace(work, ensemble=calibration.ensemble),
        )
    return calibration


def _fit(lab: Laboratory, settings: Settings, truths: int) -> Calibration:
    first, second = _sizes(lab, settings)
    dimensions = len(lab.ranges)
    points = qmc.LatinHypercube(dimensions, rng=np.random.default_rng(settings.seed)).random(first)
    repeated = lab.run(np.repeat(points[:REPEATED], REPEATS, axis=0))
    luck = luck_of(repeated)
    sets = lab.run(points)
    fit = Fit(lab.patterns, sets, luck, settings.method, settings.discrepancy)
    foreseen = None
    if second:
        more = lab.remember(
            _question(lab, settings), lambda: fit.draw(fit.reported(), second, settings.seed, WIDENED).points
        )
        added = lab.run(more)
        foreseen = _foreseen(fit, added)
        sets = sets + added
        fit = Fit(lab.patterns, sets, luck, settings.method, settings.discrepancy)
    sample = fit.draw(fit.reported(), settings.members, settings.seed + 1)
    ensemble = Ensemble(settings.name, lab.members(sample.points), model_source_hash())
    tried = (
        coverage(lab.patterns, lab.keys, sets, first, fit, luck, truths, settings.seed) if truths else None
    )
    return Calibration(
        settings,
        dict(lab.ranges),
        lab.patterns,
        sets,
        first,
        luck,
        fit,
        sample,
        ensemble,
        tried,
        foreseen,
        lab.asked,
        lab.executed,
    )


def _sizes(lab: Laboratory, settings: Settings) -> tuple[int, int]:
    """Sets of the first design and of the second. StudyError for too few runs."""
    each = lab.runs_a_set
    sets = settings.runs // each - REPEATED * REPEATS
    if sets < LEAST_SETS:
        least = each * (LEAST_SETS + REPEATED * REPEATS)
        allowed = message("calibration.error.least_runs", least=least, each=each)
        raise StudyError(message("problem.instead", place="runs", found=settings.runs, allowed=allowed))
    return (sets, 0) if settings.method != EMULATOR else (sets - sets // 2, sets // 2)


def _question(lab: Laboratory, settings: Settings) -> str:
    """What decides the second design."""
    patterns = [pattern.model_dump(mode="json") for pattern in lab.patterns]
    return json.dumps(
        [
            "second design",
            patterns,
            dict(lab.ranges),
            vars(settings) | {"name": "", "members": 0},
            model_source_hash(),
        ]
    )


def _foreseen(fit: Fit, added: Sets) -> float:
    """Share of the second design's statistics within two spreads of what the emulators of the first design
    said: about 0.95 if they are right."""
    off = np.abs(added.values[:, fit.columns] - fit.means(added.points)[:, :-1])
    spread = np.sqrt(fit.luck + fit.error**2)
    known = ~np.isnan(off)
    return float((off <= 2 * np.maximum(spread, 1e-9))[known].mean())
