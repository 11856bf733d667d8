"""What public bodies paid and state-owned companies lost, by year and bearer: as paid, in constant prices, and discounted."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from sim.results.reading import STATE_OWNED, deflator, discount
from sim.results.record import PUBLIC_BEARERS
from sim.units import FEN_PER_YUAN, MONTHS_PER_YEAR

if TYPE_CHECKING:
    import pandas as pd

# Yuan as they were paid, in prices of the start year, and those discounted to the start year.
PRICES = ("nominal", "constant", "discounted")
SUMS = ("fiscal_spending", "public_cost")  # over bearers: without and with losses of state-owned companies
MOST_COLUMNS = 10  # of years in a table for readers
# The order of a table: the tiers from the top down, then what no budget shows.
BEARERS = ("state", *(name for name in PUBLIC_BEARERS if name != "state"), STATE_OWNED)


def by_year(
    spending: Mapping[tuple[str, str], np.ndarray], months: int, inflation: float, discount_rate: float
) -> dict[tuple[str, str], np.ndarray]:
    """Yuan (float64, years x PRICES) by (bearer, programme), of fen (int64) of month 0 to the last.

    inflation, discount_rate: a year. A last year that is not whole counts with the months that it has.
    """
    starts = np.arange(1, months + 1, MONTHS_PER_YEAR)
    worth = deflator(months, inflation)[starts], discount(months, discount_rate)[starts]
    found = {}
    for key, fen in spending.items():
        paid = np.add.reduceat(fen[1:].astype(np.int64), starts - 1) / FEN_PER_YUAN
        found[key] = np.stack([paid, paid * worth[0], paid * worth[0] * worth[1]], axis=1)
    return found


def with_sums(paid: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """What each bearer bore, and of all of them fiscal spending and public cost (see SUMS); arrays of one shape."""
    fiscal = sum((amounts for bearer, amounts in paid.items() if bearer != STATE_OWNED), 0.0)
    return {
        **paid,
        "fiscal_spending": np.asarray(fiscal),
        "public_cost": np.asarray(fiscal + paid[STATE_OWNED]),
    }


def spans_of(years: int) -> list[tuple[int, int]]:
    """(first, last) of every year, of the spans in which a long run is told, and of the whole run."""
    told = told_spans(years)
    return list(dict.fromkeys([*((year, year) for year in range(1, years + 1)), *told, (1, years)]))


def told_spans(years: int) -> list[tuple[int, int]]:
    """(first, last) of the columns in which a table tells of a run: its years, or spans of several where there are over ten."""
    length = math.ceil(years / MOST_COLUMNS)
    return [(first, min(first + length - 1, years)) for first in range(1, years + 1, length)]


def sums(table: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Whole-run yuan of a table with the columns bearer and PRICES: fiscal spending, losses of state-owned companies, public cost."""
    lost = (table["bearer"].astype(str) == STATE_OWNED).to_numpy()
    parts = {"fiscal_spending": table[~lost], "state_owned_losses": table[lost], "public_cost": table}
    return {name: {price: float(rows[price].sum()) for price in PRICES} for name, rows in parts.items()}
