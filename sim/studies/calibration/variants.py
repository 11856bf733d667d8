"""Structural variants of the model, calibrated side by side, and what each is worth by what it foretells of
cities that it was not fitted to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import minimize

from sim.errors import StudyError
from sim.evidence.patterns import Pattern, Value, resolved
from sim.studies.calibration.fit import Fit
from sim.text import message

if TYPE_CHECKING:
    import pandas as pd

    from sim.studies.calibration.calibration import Calibration

DRAWS, STEPS = 400, 150
AS_IT_IS = "as_it_is"


def with_settings(patterns: Sequence[Pattern], settings: Mapping[str, Value]) -> tuple[Pattern, ...]:
    """Patterns whose scenarios have these settings (`mechanisms.persistence`: False) as well: a variant.
    ScenarioError for a setting that a scenario cannot have."""
    made = tuple(one.model_copy(update={"settings": {**one.settings, **settings}}) for one in patterns)
    for scenario in dict.fromkeys(one.scenario for one in made):
        resolved(scenario, settings)  # names a key that no scenario has before anything is run
    return made


def weigh(calibrations: Mapping[str, Calibration], seed: int = 1) -> pd.DataFrame:
    """How well variants foretell cities and surveys that they were not fitted to, and the weights that would
    have foretold them best.

    Every city or survey is left out in turn, the posterior drawn again from the other patterns, and the log
    of the chance taken that what was reported of it lies within its bounds. One row a variant: `foretold`
    (sum of logs over those that all variants speak of), `cities`, `behind` (less the best) with `error`
    (its standard error over cities), and `weight` by stacking (Yao, Vehtari, Simpson, Gelman 2018, Bayesian
    Analysis 13). StudyError for a method without emulators, or for variants of which no city is spoken of
    by all.
    """
    import pandas as pd

    fits = {name: one.fit for name, one in calibrations.items()}
    shared = [group for group in _groups(fits) if all(group in one.groups for one in fits.values())]
    if not shared:
        raise StudyError(message("calibration.error.no_shared"))
    logs = np.array([[_foretold(one, group, seed) for group in shared] for one in fits.values()])
    totals = logs.sum(axis=1)
    best = int(totals.argmax())
    apart = logs - logs[best]
    error = (
        apart.std(axis=1, ddof=1) * np.sqrt(len(shared)) if len(shared) > 1 else np.full(len(fits), np.nan)
    )
    return pd.DataFrame(
        {
            "variant": list(fits),
            "cities": len(shared),
            "foretold": totals,
            "behind": totals[best] - totals,
            "error": error,
            "weight": stacked(logs),
        }
    )


def _groups(fits: Mapping[str, Fit]) -> list[str]:
    return list(dict.fromkeys(group for one in fits.values() for group in one.groups))


def _foretold(fit: Fit, group: str, seed: int) -> float:
    drawn = fit.draw(fit.reported_without(group), DRAWS, seed, steps=STEPS)
    return fit.foretold(group, drawn.points)


def stacked(logs: np.ndarray) -> np.ndarray:
    """Weights (v,) that sum to 1 and make the mixture's log chance over cities greatest; logs (v, cities)."""
    chances = np.exp(logs - logs.max(axis=0))

    def loss(free: np.ndarray) -> float:
        shares = np.exp(free - free.max())
        return -float(np.log((shares / shares.sum()) @ chances).sum())

    found = minimize(
        loss, np.zeros(len(logs)), method="Nelder-Mead", options={"maxiter": 4000, "xatol": 1e-6}
    )
    shares = np.exp(np.asarray(found.x) - found.x.max())
    return np.asarray(shares / shares.sum())
