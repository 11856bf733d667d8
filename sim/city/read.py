"""What was read of one column of a table, and the loops over its cells that all readers share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sim.city.columns import Column
from sim.city.notes import Note, Verdict
from sim.city.numbers import DOUBTFUL, Number, has_decimal_comma, number_of
from sim.city.sheets import Cell
from sim.city.vocabulary import plain
from sim.text import Message, message

Cells = Sequence[tuple[int, Cell]]


@dataclass
class Options:
    """What a mapping says about a column: its unit, what the figures are that do not fit it, and what words
    mean."""

    unit: str = ""
    misfits: str = ""
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Read:
    """What was read of a column.

    values: by row, of the cells that hold one. notes: of cells that are not plain. unit: how the column was
    settled, for the mapping. misfits: rows whose figure is in another unit than the column's. refused: why
    the whole column is not used.
    """

    column: Column
    values: dict[int, Any] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    unit: str = ""
    misfits: set[int] = field(default_factory=set)
    refused: bool = False

    def note(
        self,
        row: int | None,
        cell: Cell | None,
        verdict: Verdict,
        why: Message,
        made: str = "",
        code: str = "",
    ) -> None:
        """Say what was made of a cell, or of the whole column."""
        found = cell.text if cell is not None else ""
        self.notes.append(Note(row, self.column.place, self.column.heading, found, verdict, why, made, code))

    def refuse(self, why: Message) -> Read:
        """Use nothing of the column, and say why."""
        self.values.clear()
        self.refused = True
        self.notes = [one for one in self.notes if one.code == "other_period"]
        self.note(None, None, "not_used", why)
        return self


def filled_in(cells: Cells) -> Iterator[tuple[int, Cell, str]]:
    """The cells that hold anything, by row, and what they say as it is compared."""
    for row, cell in cells:
        if not cell.blank:
            yield row, cell, plain(cell.text)


def numbers_in(
    read: Read, cells: Cells, units: Mapping[str, float]
) -> Iterator[tuple[int, Cell, Number, float]]:
    """The cells that hold a number, by row; why another does not is noted."""
    commas = any(has_decimal_comma(cell) for _, cell in cells)
    for row, cell in cells:
        number = number_of(cell, units, commas)
        if number.value is None:
            blank_note(read, row, cell, number.why)
        else:
            yield row, cell, number, number.value


def blank_note(read: Read, row: int, cell: Cell, why: str) -> None:
    """Say why a cell that should hold a figure stays blank; a cell that is empty needs no word."""
    if not why:
        return
    verdict: Verdict = "read" if why in ("not_known", "not_applicable") else "blank"
    read.note(row, cell, verdict, message(f"city.blank.{why}"), "", f"blank_{why}")


def way_note(read: Read, row: int, cell: Cell, number: Number, made: object) -> None:
    """Say how a number was read where it did not stand there plainly."""
    ways = list(number.ways)
    if not ways and isinstance(cell.value, str) and not number.percent and cell.typed:
        ways.append("text_number")
    if not ways:
        return
    way = next((one for one in ways if one in DOUBTFUL), ways[0])
    verdict: Verdict = "doubtful" if way in DOUBTFUL else "read"
    read.note(row, cell, verdict, message(f"city.way.{way}"), written(made), f"way_{way}")


def written(value: object) -> str:
    """A value as a note says what was made of a cell."""
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, tuple):
        return "–".join(written(one) for one in value)
    return str(value)
