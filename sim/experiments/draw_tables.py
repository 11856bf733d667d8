"""The draws of a scenario as two tables: outcomes by seed, and the fan month by month."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.experiments.repeated import QUANTILES, Repeated
from sim.results.outcomes import DEFAULT_OUTCOMES
from sim.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

FAN_SERIES = ("cycle", "collection")
"""The series whose fans are kept: the share of estates in the cycle, and what is collected."""


def monthly_frame(draws: Repeated) -> pd.DataFrame:
    """One row a month from 0: the month, and for each of FAN_SERIES its QUANTILES as columns `series_quantile`."""
    import pandas as pd

    columns = {
        f"{series}_{name}": row
        for series in FAN_SERIES
        for name, row in zip(QUANTILES, draws.bands[series], strict=True)
    }
    return pd.DataFrame({"month": np.arange(draws.months + 1), **columns})


def repeated_from(scenario: Scenario, by_seed: pd.DataFrame, by_month: pd.DataFrame) -> Repeated:
    """The draws that the two tables hold: `by_seed` with a column `seed` and one an outcome, `by_month` as `monthly_frame`.

    KeyError, ValueError or TypeError for tables that are not.
    """
    if by_month["month"].tolist() != list(range(scenario.months + 1)):
        raise ValueError(f"months: {len(by_month)}")
    outcomes = [name for name in by_seed.columns if name != "seed"]
    return Repeated(
        scenario,
        tuple(int(seed) for seed in by_seed["seed"]),
        {name: by_seed[name].to_numpy(np.float64) for name in (*DEFAULT_OUTCOMES, *outcomes)},
        {
            series: np.array([by_month[f"{series}_{name}"] for name in QUANTILES], np.float64)
            for series in FAN_SERIES
        },
    )
