"""What charts compute from a run: estates by month as matrices, moves between
stages, money by bearer and year."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from sim.errors import ResultError
from sim.text import message

if TYPE_CHECKING:
    import pandas as pd

STAGE_ORDER = ("healthy", "recovering", "strained", "spiralling", "collapsed")
MAX_MARKS = 11


class RunLike(Protocol):
    """What charts read from a run; `sim.Run` has it."""

    scenario: Any
    seed: int
    months: int

    @property
    def estates(self) -> pd.DataFrame:
        """Every estate in every month."""

    @property
    def estate_table(self) -> pd.DataFrame:
        """Fixed facts of every estate."""

    @property
    def city(self) -> pd.DataFrame:
        """The city by month, from month 0."""

    @property
    def events(self) -> pd.DataFrame:
        """What happened."""

    @property
    def ledger(self) -> pd.DataFrame:
        """Who paid whom, each month."""


def year_marks(months: int) -> list[int]:
    """Month 1, then the end of each year (of each second, third … year in long runs), then the last month."""
    step = 12
    while months / step > MAX_MARKS - 1:
        step += 12
    return sorted({1, *range(step, months + 1, step), months})


def snapshot_months(months: int, count: int = 6) -> list[int]:
    """Up to `count` months: the first, which is the start, then whole years as evenly spread as can be, and
    the last; of a run without two years, months spread evenly."""
    if months < 24:
        return sorted({round(month) for month in np.linspace(1, months, count)})
    years = np.linspace(0, months / 12, count)[1:-1]
    return sorted({1, *(12 * max(1, round(year)) for year in years), months})


def at_months(run: RunLike, column: str, months: list[int]) -> np.ndarray:
    """Matrix (months, estates) of a column of `run.estates`, estates in the order of `run.estate_table`.

    Category columns give their codes (int64). ResultError if an estate lacks one of the months.
    """
    frame = run.estates
    month = frame["month"].to_numpy()
    values = frame[column].cat.codes if hasattr(frame[column], "cat") else frame[column]
    ids = run.estate_table["estate"].to_numpy()
    order = np.argsort(ids, kind="stable")
    sorted_months = bool(np.all(month[1:] >= month[:-1]))
    rows = []
    for wanted in months:
        where: Any = month == wanted
        if sorted_months:
            where = slice(*np.searchsorted(month, (wanted, wanted + 1)))
        estate = frame["estate"].to_numpy()[where]
        if len(estate) != len(ids):
            raise ResultError(
                message("run.other_estates", month=wanted, found=len(estate), expected=len(ids))
            )
        row = np.empty(len(ids), dtype=np.float64)
        row[order[np.searchsorted(ids, estate, sorter=order)]] = values.to_numpy()[where]
        rows.append(row)
    matrix = np.array(rows)
    return matrix.astype(np.int64) if hasattr(frame[column], "cat") else matrix


def paid_rates(run: RunLike) -> tuple[np.ndarray, np.ndarray]:
    """Collection of the last twelve months by month from 1 (NaN before month 12): over all estates, 0
    where nobody bills, and over those that bill.

    The mean over estates that bill rises when a bad one stops billing; that over all of them does not. The
    second is NaN where none bills.
    """
    city = run.city.iloc[1:]
    everybody, billing = (
        city[name].to_numpy(dtype=np.float64) for name in ("collection", "collection_billing")
    )
    return everybody, billing


def stages_at(run: RunLike, months: list[int]) -> np.ndarray:
    """Matrix (months, estates) of positions in STAGE_ORDER (int64)."""
    names = list(run.estates["stage"].cat.categories)
    unknown = sorted(set(names) - set(STAGE_ORDER))
    if unknown:
        raise ResultError(
            message(
                "problem.instead",
                place="run.estates: stage",
                found=repr(unknown[0]),
                allowed=", ".join(STAGE_ORDER),
            )
        )
    position = np.array([STAGE_ORDER.index(name) for name in names], dtype=np.int64)
    return np.asarray(position[at_months(run, "stage", months)])


def stage_flows(stages: np.ndarray) -> np.ndarray:
    """Counts (steps, from, to) of estates that stood in one stage at a mark and in another at the next."""
    size = len(STAGE_ORDER)
    pairs = stages[:-1] * size + stages[1:]
    counts = [np.bincount(step, minlength=size * size).reshape(size, size) for step in pairs]
    return np.array(counts, dtype=np.int64).reshape(len(counts), size, size)


def stage_shares(stages: np.ndarray) -> np.ndarray:
    """Shares (months, stages) of estates in each stage; each row adds to one."""
    size = len(STAGE_ORDER)
    return np.array([np.bincount(row, minlength=size) / max(len(row), 1) for row in stages])


def spent(run: RunLike) -> pd.DataFrame:
    """Rows of the ledger without the yearly grants to government bodies and what lapses of them.

    Left in, taxpayers would bear all public cost and nobody could see which tier spent it.
    """
    ledger = run.ledger
    budgets = (ledger["payer_kind"] == "taxpayers") | (ledger["payee_kind"] == "taxpayers")
    return ledger[~budgets.to_numpy()]


def net_by_year(run: RunLike) -> pd.DataFrame:
    """Net yuan by year (rows, from 1) and account kind (columns): paid minus received, so
    that each row adds to zero.

    A kind with a positive figure bore cost that year; a negative one was paid. Money that only passes through
    (fees in a company that spends them all on service) nets out, so nothing is counted twice.
    Budget grants are left out.
    """
    import pandas as pd

    ledger = spent(run)
    year = ((ledger["month"].to_numpy().astype(np.int64) - 1) // 12) + 1
    yuan = ledger["yuan"].to_numpy(dtype=np.float64)
    sides = [
        pd.DataFrame({"year": year, "kind": ledger[side].astype(str).to_numpy(), "yuan": sign * yuan})
        for side, sign in (("payer_kind", 1.0), ("payee_kind", -1.0))
    ]
    both = pd.concat(sides, ignore_index=True)
    table = both.pivot_table(index="year", columns="kind", values="yuan", aggfunc="sum", fill_value=0.0)
    years = max(1, -(-run.months // 12))
    return table.reindex(range(1, years + 1), fill_value=0.0)


def fold_small(table: pd.DataFrame, share: float = 0.01) -> pd.DataFrame:
    """Columns that never reach `share` of a year's turnover folded together, the rest largest payer first.

    What the small ones paid and what they received stay apart ("other_paid",
    "other_received"), so nothing is netted away.
    """
    turnover = table.clip(lower=0).sum(axis=1).max()
    small = table[[name for name in table if table[name].abs().max() < share * turnover]]
    kept = table.drop(columns=small.columns)
    kept = kept[kept.sum().sort_values(ascending=False, kind="stable").index]
    if small.empty:
        return kept
    paid, received = small.clip(lower=0).sum(axis=1), small.clip(upper=0).sum(axis=1)
    return kept.assign(other_paid=paid, other_received=received)


def flows_by_purpose(run: RunLike) -> pd.DataFrame:
    """Gross yuan over the whole run by purpose, payer kind and payee kind, largest
    first; budget grants left out."""
    keys = ["purpose", "payer_kind", "payee_kind"]
    total = spent(run).astype(dict.fromkeys(keys, str)).groupby(keys, as_index=False)["yuan"].sum()
    return total[total["yuan"] > 0].sort_values("yuan", ascending=False, ignore_index=True, kind="stable")
