"""Fit the free parameters to the calibration patterns: a design, emulators, a second design where they agree, and the posterior."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Unpack

import numpy as np
from scipy.stats import qmc
from threadpoolctl import threadpool_limits

from sim.errors import StudyError
from sim.evidence.patterns import CALIBRATION, Pattern, load_patterns
from sim.experiments.ensemble import Ensemble
from sim.experiments.extras import extra
from sim.experiments.workplace import Keywords, Workplace, workplace_of
from sim.fingerprint import model_source_hash
from sim.studies.calibration.calibration import Calibration, Settings
from sim.studies.calibration.coverage import coverage
from sim.studies.calibration.design import REPEATED, REPEATS, Laboratory, Ranges, Sets, luck_of, ranges_of
from sim.studies.calibration.fit import EMULATOR, METHODS, REJECTION, Fit
from sim.studies.score_card.validate import validate
from sim.text import message

RUNS, MEMBERS, TRUTHS, SCORED = 2000, 150, 40, 40
MOST_RUNS, MOST_MEMBERS = 1_000_000, 100_000
NAME = "calibrated"
LEAST_SETS = 30
DISCREPANCY = 1.0  # factor on the error that the model is granted beyond luck
WIDENED = 0.5  # power of the density from which the second design is drawn
# The unmeasured parameters that move the calibration patterns most, by benchmarks/calibration_screening.py (see docs/calibration.md).
FREE = (
    "satisfaction.condition_weight",
    "committee.participation",
    "satisfaction.quality_weight",
    "payment.base",
    "service.monitoring_gap",
    "payment.satisfaction_reference",
    "payment.free_rider_shift",
    "service.returns",
    "payment.threshold_mean",
    "condition.wear",
    "payment.norm_weight",
    "service.cross_subsidy",
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
    workplace: Workplace | None = None,
    **at: Unpack[Keywords],
) -> Calibration:
    """Fit free parameters to the calibration patterns of a file (default: the one that ships), for about `runs` runs.

    `free`: keys of parameters (over their plausible ranges) or ranges by key. `method`: "emulator" (Gaussian processes, two
    designs, Markov chains) or "rejection" (approximate Bayesian computation with regression). `discrepancy`: factor on the
    error that the model is granted beyond luck (see `posterior.discrepancy_of`). `truths`: known sets on which coverage is
    tried (0: none). Afterwards `scored` members are run on all patterns, held-out ones included, which nothing before has
    seen (0: none). Runs that the store has are not made again, so that calling again after an interruption goes on.
    `workplace` and its fields as keywords: see Workplace.

    Raises EstateError: no calibration pattern, a key that cannot be free, too few runs, a run that fails.
    """
    work = workplace_of("calibrate", workplace, at, ("ensemble", "level"))
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
    # one thread: the matrices are small, workers have the cores, and sums come out the same on any number of them
    with threadpool_limits(1):
        found = _fit(lab, settings, truths)
    if scored:
        found.scores = validate(
            every,
            replications=min(scored, members),
            first_seed=seed,
            workplace=replace(work, ensemble=found.ensemble),
        )
    return found


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
    """Share of the second design's statistics within two spreads of what the emulators of the first design said: about 0.95 if they are right."""
    off = np.abs(added.values[:, fit.columns] - fit.means(added.points)[:, :-1])
    spread = np.sqrt(fit.luck + fit.error**2)
    known = ~np.isnan(off)
    return float((off <= 2 * np.maximum(spread, 1e-9))[known].mean())
