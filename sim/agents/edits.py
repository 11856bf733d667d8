"""What somebody writes through a handle: checked against the column that it goes to, and kept, so that the
run is known to be edited.

A column knows its unit, and the unit what may stand there: a share lies in [0, 1], money is not negative, a
code or a row exists. Money is yuan on this side of a handle, as in every table, and fen in the column.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from numbers import Integral, Real
from typing import Any

import numpy as np

from sim.arguments import is_finite
from sim.errors import EstateError
from sim.model.state.columns import Field
from sim.model.state.contracts import BASES, CONTRACTS
from sim.model.state.disputes import DISPUTES
from sim.model.state.estates import ESTATE_FIELDS
from sim.model.state.events import CAUSES
from sim.model.state.modes import AGREED
from sim.model.state.owners import OWNER_FIELDS
from sim.model.state.tables import COMMITTEE_FIELDS, COMPANY_FIELDS, GOVERNMENT_FIELDS
from sim.problems import written
from sim.text import Message, message
from sim.units import FEN_PER_YUAN, yuan_to_fen
from sim.words import MODES, STAGES

TABLES = {
    "estates": ESTATE_FIELDS,
    "companies": COMPANY_FIELDS,
    "committees": COMMITTEE_FIELDS,
    "government": GOVERNMENT_FIELDS,
    "owners": OWNER_FIELDS,
}
FEN = "fen"
LEVER = "lever_"
MOST_YUAN = 1e9  # of any amount: what is owed and paid in a city of a million estates stays within 64 bits
MOST = 1e9
# Highest value of a code, and what stands apart from its unit: by the name of the column.
CODES = {
    "mode": (0, len(MODES) - 1),
    "stage": (0, len(STAGES) - 1),
    "reported_mode": (0, len(MODES) - 1),
    "reported_stage": (0, len(STAGES) - 1),
    "contract": (0, len(CONTRACTS) - 1),
    "basis": (0, len(BASES) - 1),
    "billing": (0, AGREED),
    "dispute": (0, len(DISPUTES) - 1),
    "process": (0, 2),
    "process_cause": (0, len(CAUSES) - 1),
    "list": (-1, 1),
}
APART = {
    "score": (-1.0, 1.0),  # -1 before any
    "price": (0.0, 50.0),  # yuan/m2/month, as a scenario may set it
    "arrears_age": (0, 250),
    "waiting": (0, 250),
    "dispute_months": (0, 250),
    "late": (0, 4095),
    "missed": (0, 4095),
    "open_service": (0, 2**32 - 1),
    "open_condition": (0, 2**32 - 1),
    "open_legacy": (0, 2**32 - 1),
}
SIGNED = ("logit", "logit per unit", "relative", "losing")


@dataclass(frozen=True)
class Edit:
    """One value written by hand: after how many months, on which row of which table, and what a handle
    showed before and shows now, in `unit` (money in yuan, as in every table).

    `held` is what the column held and holds: fen where a handle shows yuan. A column that this version does
    not know has no unit, and is shown as it is held.
    """

    month: int
    table: str
    row: int
    column: str
    was: float
    now: float
    unit: str
    held: tuple[float, float] = dataclass_field(repr=False)


def edit_of(month: int, table: str, row: int, column: str, was: float, now: float) -> Edit:
    """An edit by what its column held and holds."""
    field = next((field for field in TABLES.get(table, ()) if field.name == column), None)
    if field is None:
        return Edit(month, table, row, column, was, now, "", (was, now))
    return Edit(month, table, row, column, shown(field, was), shown(field, now), unit_of(field), (was, now))


def shown(field: Field, value: Any) -> Any:
    """What a handle shows of a column's value: yuan for fen, else the value itself."""
    return value / FEN_PER_YUAN if is_money(field) else value


def is_money(field: Field) -> bool:
    """Whether a column holds money, in fen."""
    return field.unit.split("/")[0] == FEN


def unit_of(field: Field) -> str:
    """The unit in which a handle shows a column."""
    return "yuan" + field.unit.removeprefix(FEN) if is_money(field) else field.unit


def checked(field: Field, value: Any, where: str, companies: int) -> Any:
    """What a column holds after `value` is written by a handle called `where`; `companies`: how
    many rows of them there are.

    AttributeError for what is fixed or falls back every month; EstateError for a value of
    another type or out of range.
    """
    if field.fixed:
        raise AttributeError(message("handle.fact", column=field.name))
    if field.name.startswith(LEVER):
        raise AttributeError(message("handle.lever", column=field.name))
    low, high = bounds(field, companies)
    whole = np.dtype(field.dtype).kind in "iu" and not is_money(field)
    kind = Integral if whole else Real
    allowed = message("handle.whole" if whole else "handle.number", low=f"{low:,.10g}", high=f"{high:,.10g}")
    plain = value.item() if isinstance(value, np.generic) else value
    if isinstance(plain, bool) or not isinstance(plain, kind):
        raise _refused(where, field, written(value, 40), allowed)
    number: Any = plain
    if not is_finite(number) or not low <= number <= high:
        raise _refused(where, field, written(plain, 40), allowed)
    if not is_money(field):
        return plain
    return yuan_to_fen(float(plain)) if np.dtype(field.dtype).kind in "iu" else float(plain) * FEN_PER_YUAN


def bounds(field: Field, companies: int) -> tuple[float, float]:
    """The lowest and the highest value that a handle may write into a column, in the unit that it shows."""
    if field.name in APART:
        return APART[field.name]
    if field.unit == "share":
        return 0.0, 1.0
    if field.unit == "flag":
        return 0, 1
    if field.unit == "code":
        return CODES[field.name]
    if field.unit == "row":
        return -1, companies - 1
    most = MOST_YUAN if is_money(field) else MOST
    if np.dtype(field.dtype).kind in "iu":
        most = min(most, np.iinfo(field.dtype).max // (FEN_PER_YUAN if is_money(field) else 1))
    return (-most if field.unit in SIGNED else 0), most


def _refused(where: str, field: Field, found: str, allowed: Message) -> EstateError:
    place = message("problem.at", file=where, key=field.name)
    return EstateError(message("problem.instead", place=place, found=found, allowed=allowed))


# as plain data, and done again


def plain(edits: Iterable[Edit]) -> list[list[Any]]:
    """Edits as a manifest holds them: month, table, row, column, and what the column held and holds."""
    return [[edit.month, edit.table, edit.row, edit.column, *edit.held] for edit in edits]


def edits_in(rows: Iterable[Any]) -> tuple[Edit, ...]:
    """Edits from a manifest. Raises TypeError or ValueError for what is none."""
    read = [edit_of(int(m), str(t), int(r), str(c), w, n) for m, t, r, c, w, n in rows]
    for edit in read:
        if not all(isinstance(value, int | float) for value in edit.held):
            raise TypeError(f"{edit.table}.{edit.column}: {edit.held!r:.60}")
    return tuple(read)


def do_again(edits: Iterable[Edit], state: Any) -> None:
    """Write edits into the columns of a city's state once more."""
    for edit in edits:
        table = getattr(state, edit.table)
        column = getattr(table, edit.column) if edit.table == "owners" else table[edit.column]
        column[edit.row] = edit.held[1]
