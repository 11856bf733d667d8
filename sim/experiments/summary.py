"""What a sweep keeps of one run: outcomes, monthly series, a line per estate and public spending; plain arrays throughout."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.results.outcomes import estate_figures, group_series, monthly_series, run_outcomes
from sim.results.reading import Reading
from sim.results.record import record_of
from sim.units import FEN_PER_YUAN

if TYPE_CHECKING:
    import pandas as pd

    from sim.model.engine import Engine

# Per-estate columns of `outcomes.estate_figures` and their types.
ESTATE_COLUMNS: dict[str, str] = {
    "type": "i1",  # position in RunSummary.types
    "district": "i2",
    "households": "i4",
    "first_stage": "i1",  # position in sim.words.STAGES, at month 0
    "final_stage": "i1",
    "final_mode": "i1",  # position in sim.words.MODES
    "cycle_months": "i2",
    "cycle_months_last_year": "i1",
    "self_sustaining_months_last_year": "i1",
    "first_collapse": "i2",
    "collection_last_year": "f4",
    "collection_billing_last_year": "f4",
    "satisfaction_last_year": "f4",
    "quality_last_year": "f4",
    "condition_end": "f4",
}


@dataclass(frozen=True, eq=False)
class RunSummary:
    """One run in brief.

    scalars: every outcome of `sim.results.outcomes.OUTCOMES` (NaN where it does not exist, such as the collection rate
        of a city that bills nobody).
    series: month 0..T of the city (float32), as defined in `sim.results.outcomes.SERIES`; what is of a month (collection,
        exits …) is NaN in month 0.
    by_type, by_district: the series of `outcomes.GROUP_SERIES` as (types, T + 1) and (districts, T + 1) float32 arrays.
    estates: the columns ESTATE_COLUMNS, one entry per estate.
    spending: fen (int64) of month 0..T by (bearer, programme), net of what the bearer received back; the programme is ""
        for what government does anyway. Grants to bodies and what lapses of them are left out. The bearer "state_owned" is
        what state-owned companies lost, each company and calendar year by itself, in the last month of the year.
    types: names of the estate types, in order of their codes.
    """

    seed: int
    months: int
    types: tuple[str, ...]
    scalars: dict[str, float]
    series: dict[str, np.ndarray]
    by_type: dict[str, np.ndarray]
    by_district: dict[str, np.ndarray]
    estates: dict[str, np.ndarray]
    spending: dict[tuple[str, str], np.ndarray]

    def digest(self) -> str:
        """SHA-256 (64 hex digits) of everything in the summary, bit for bit, in a fixed order."""
        made = hashlib.sha256()
        for name, array in self._arrays():
            made.update(f"{name} {array.dtype.str} {array.shape}\n".encode())
            made.update(np.ascontiguousarray(array).data)
        return made.hexdigest()

    def _arrays(self) -> Iterator[tuple[str, np.ndarray]]:
        yield " ".join(("run", *self.types)), np.array([self.seed, self.months], "<i8")
        yield " ".join(self.scalars), np.array(list(self.scalars.values()), "<f8")
        for name, table in (
            ("series", self.series),
            ("type", self.by_type),
            ("district", self.by_district),
            ("estate", self.estates),
        ):
            for column, array in table.items():
                yield f"{name} {column}", array
        for (bearer, programme), array in self.spending.items():
            yield f"spending {bearer} {programme}", array

    def public_cost(self, bearer: str | None = None, programme: str | None = None) -> float:
        """Public money spent in yuan over the run, net, with losses of state-owned companies; of one bearer or programme only where given (0 if it spent none)."""
        chosen = [
            fen.sum()
            for (who, what), fen in self.spending.items()
            if bearer in (None, who) and programme in (None, what)
        ]
        return int(sum(chosen)) / FEN_PER_YUAN

    def series_frame(self) -> pd.DataFrame:
        """The city's monthly series, one row per month from 0."""
        import pandas as pd

        return pd.DataFrame(self.series, index=pd.RangeIndex(self.months + 1, name="month"))

    def estate_frame(self) -> pd.DataFrame:
        """One row per estate; types, stages and modes by name, `first_collapse` missing where there was none."""
        import pandas as pd

        from sim.words import MODES, STAGES

        frame = pd.DataFrame(self.estates)
        frame.index.name = "estate"
        frame["first_collapse"] = frame["first_collapse"].astype("Int16").mask(frame["first_collapse"] < 0)
        for column, names in (
            ("type", self.types),
            ("first_stage", STAGES),
            ("final_stage", STAGES),
            ("final_mode", MODES),
        ):
            frame[column] = pd.Categorical.from_codes(frame[column].to_numpy(), list(names))
        return frame


def summarise(city: Engine) -> RunSummary:
    """The summary of a city at its present month. ValueError if it was built with `record=False` or never stepped."""
    return summary_of(Reading(record_of(city)), city.seed)


def summary_of(reading: Reading, seed: int) -> RunSummary:
    """The summary of what a run with this seed recorded."""
    series = monthly_series(reading)
    groups = group_series(reading)
    cut = 1 + reading.type_count
    by_group = {name: table.T.astype(np.float32) for name, table in groups.items()}
    estates = estate_figures(reading)
    return RunSummary(
        seed=seed,
        months=reading.months,
        types=tuple(reading.record.types),
        scalars=run_outcomes(reading, series),
        series={name: values.astype(np.float32) for name, values in series.items()},
        by_type={name: table[1:cut] for name, table in by_group.items()},
        by_district={name: table[cut:] for name, table in by_group.items()},
        estates={name: estates[name].astype(kind) for name, kind in ESTATE_COLUMNS.items()},
        spending=reading.spending,
    )
