"""What a sweep keeps of one run: outcomes, monthly series, a line per estate and public spending; plain arrays throughout."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.units import FEN_PER_YUAN

if TYPE_CHECKING:
    import pandas as pd

# Per-estate columns and their types. Months are 0 (the start) to the last; shares are in [0, 1].
ESTATE_COLUMNS: dict[str, str] = {
    "type": "i1",  # position in RunSummary.types
    "district": "i2",
    "households": "i4",
    "first_stage": "i1",  # position in sim.words.STAGES, at month 0
    "final_stage": "i1",
    "final_mode": "i1",  # position in sim.words.MODES
    "cycle_months": "i2",  # months 1..T spiralling or collapsed
    "first_collapse": "i2",  # first month 0..T in which it was collapsed; -1 if never
    "collection_last_year": "f4",  # collected of billed; NaN where nothing was billed
    "satisfaction_last_year": "f4",
    "quality_last_year": "f4",
    "condition_end": "f4",
}


@dataclass(frozen=True, eq=False)
class RunSummary:
    """One run in brief.

    scalars: every outcome of `sim.experiments.outcomes.OUTCOMES` (NaN where it does not exist, such as the collection rate
        of a city that bills nobody).
    series: month 0..T of the city (float32), names in `outcomes.SERIES`; defined as in `sim.results.city_table`, and
        `public_cost` in yuan a month. What happens during a month (collection, exits …) is NaN in month 0.
    by_type, by_district: the series of `outcomes.GROUP_SERIES` as (types, T + 1) and (districts, T + 1) float32 arrays;
        `cycle` is the share of the group's estates that are spiralling or collapsed.
    estates: the columns ESTATE_COLUMNS, one entry per estate.
    spending: fen (int64) of month 0..T by (bearer, programme), net of what the bearer received back; the programme is ""
        for what government does anyway. Grants to bodies and what lapses of them are left out. The bearer "state_owned" is
        what state-owned companies lost (negative: gained), which is public money beside any budget.
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
        """One row per estate; types, stages and modes by name."""
        import pandas as pd

        from sim.words import MODES, STAGES

        frame = pd.DataFrame(self.estates)
        frame.index.name = "estate"
        for column, names in (
            ("type", self.types),
            ("first_stage", STAGES),
            ("final_stage", STAGES),
            ("final_mode", MODES),
        ):
            frame[column] = pd.Categorical.from_codes(frame[column].to_numpy(), list(names))
        return frame
