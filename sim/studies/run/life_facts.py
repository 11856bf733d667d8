"""One estate taken out of a run: its months, phases, turning points and events, for the chart and the told life."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.errors import ResultError
from sim.studies.run.measures import RunLike
from sim.text import message

if TYPE_CHECKING:
    import pandas as pd

MEASURES = ("collection", "quality", "satisfaction", "condition")
# Under these a measure is told as having given way. They only word the story; nothing in the model uses them.
TOLD_LEVELS = {"quality": 0.6, "satisfaction": 0.5, "condition": 0.5}
HOLD = 3  # months a change must last to count as one
YEAR = 12


@dataclass(frozen=True)
class Phase:
    """Months `first` to `last` (inclusive) that an estate spent in one stage."""

    first: int
    last: int
    stage: str


@dataclass(frozen=True)
class Turn:
    """The month in which a measure fell under a level (or rose over it again), its value and the level then."""

    month: int
    measure: str
    falling: bool
    value: float
    level: float


@dataclass(frozen=True)
class Life:
    """What a run knows about one estate: `months` (one row a month), `facts` (fixed), `events`, `needed` collection."""

    estate: int
    facts: Any
    months: pd.DataFrame
    events: pd.DataFrame
    collected_12: np.ndarray
    needed: np.ndarray


def life_of(run: RunLike, estate: int) -> Life:
    """One estate of a run; ResultError if there is no such estate."""
    ids = run.estate_table["estate"].to_numpy()
    at = np.flatnonzero(ids == estate)
    if not len(at):
        raise ResultError(
            message("problem.instead", place="estate", found=estate, allowed=f"{ids.min()}–{ids.max()}")
        )
    facts = run.estate_table.iloc[int(at[0])]
    months = run.estates[run.estates["estate"].to_numpy() == estate].sort_values("month", ignore_index=True)
    events = run.events[(run.events["estate"] == estate).fillna(False)].sort_values(
        "month", kind="stable", ignore_index=True
    )
    billed = _last_year(months["billed"].to_numpy(dtype=float))
    collected = _last_year(months["collected"].to_numpy(dtype=float))
    other = _last_year((months["income"] - months["collected"]).clip(lower=0).to_numpy(dtype=float))
    spell = np.minimum(np.arange(1, len(months) + 1), YEAR)
    bills = months["billed"].to_numpy(dtype=float) > 0
    with np.errstate(invalid="ignore", divide="ignore"):
        # What owners had to pay, out of what they were billed, for income to meet the cost of the full standard.
        needed = np.where(bills, (float(facts["standard_cost"]) * spell - other) / billed, np.nan).clip(min=0)
        collected_12 = np.where(bills, collected / billed, np.nan)
    return Life(int(estate), facts, months, events, collected_12, needed)


def _last_year(values: np.ndarray) -> np.ndarray:
    """Sums over the last twelve months, over fewer at the start."""
    total = np.concatenate([[0.0], np.cumsum(np.nan_to_num(values))])
    end = np.arange(1, len(values) + 1)
    return np.asarray(total[end] - total[np.maximum(end - YEAR, 0)])


def runs_of(values: Any) -> list[tuple[int, int]]:
    """(first, last) positions of the stretches of equal neighbours."""
    codes = np.asarray(values)
    if not len(codes):
        return []
    cuts = np.flatnonzero(codes[1:] != codes[:-1]) + 1
    starts = np.concatenate([[0], cuts])
    return [(int(a), int(b)) for a, b in zip(starts, np.concatenate([cuts, [len(codes)]]) - 1, strict=True)]


def phases(life: Life) -> list[Phase]:
    """Stretches in one stage; one shorter than HOLD months is counted to its neighbour, or flicker would hide the story."""
    stage = life.months["stage"].astype(str).to_numpy().astype(object).copy()
    for first, last in runs_of(stage):
        if last - first + 1 < HOLD and len(stage) > HOLD:
            stage[first : last + 1] = stage[first - 1] if first else stage[last + 1]
    month = life.months["month"].to_numpy()
    return [Phase(int(month[first]), int(month[last]), str(stage[first])) for first, last in runs_of(stage)]


def crossings(values: np.ndarray, levels: np.ndarray, hold: int = HOLD) -> list[tuple[int, bool]]:
    """(position, falling) of each lasting change of side; a change must hold `hold` steps, and gaps (NaN) do not count."""
    known = np.flatnonzero(np.isfinite(values) & np.isfinite(levels))
    under = values[known] < levels[known]
    found: list[tuple[int, bool]] = []
    side: bool | None = None
    for first, last in runs_of(under):
        if last - first + 1 < hold:
            continue
        if side is not None and bool(under[first]) != side:
            found.append((int(known[first]), bool(under[first])))
        side = bool(under[first])
    return found


def turns(life: Life) -> list[Turn]:
    """Turning points in order of time: collection against what service needs, and the other measures against TOLD_LEVELS."""
    month = life.months["month"].to_numpy()
    found = [
        Turn(
            int(month[at]),
            "collection_billing",
            falling,
            float(life.collected_12[at]),
            float(life.needed[at]),
        )
        for at, falling in crossings(life.collected_12, life.needed)
    ]
    for measure, level in TOLD_LEVELS.items():
        values = life.months[measure].to_numpy(dtype=float)
        found += [
            Turn(int(month[at]), measure, falling, float(values[at]), level)
            for at, falling in crossings(values, np.full(len(values), level))
        ]
    return sorted(found, key=lambda turn: turn.month)


def changes_before(
    life: Life, month: int, columns: tuple[str, ...], least: float = 0.04
) -> list[tuple[str, float, float]]:
    """(column, value a year earlier, value at `month`) of the columns that moved by `least` or more, largest move first."""
    now = int(np.searchsorted(life.months["month"].to_numpy(), month))
    before = max(0, now - YEAR)
    moved = []
    for column in columns:
        values = life.months[column].to_numpy(dtype=float)
        if abs(values[now] - values[before]) >= least:
            moved.append((column, float(values[before]), float(values[now])))
    return sorted(moved, key=lambda change: -abs(change[2] - change[1]))
