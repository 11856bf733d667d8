"""What was made of the doubtful cells of a table: a list that names row and column of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from sim.city.sheets import letter_of
from sim.text import Family, Message, message

Verdict = Literal["read", "doubtful", "blank", "left_out", "not_used", "table"]
VERDICTS: tuple[Verdict, ...] = ("left_out", "blank", "doubtful", "not_used", "table", "read")
VERDICT_WORDS = Family("city.verdict", VERDICTS)
SINGLY = 6  # cells of a column that were read in one harmless way are named each up to as many, then as one


@dataclass(frozen=True)
class Note:
    """What was made of one cell, row or column.

    row: its number in the sheet (in a csv that of the record, the heading's being 1); None for a whole
    column. column: its number; None for a whole row. heading: of the column. found: what stands there. made:
    what it was taken for; "" for a blank. verdict: read (harmless, as a unit taken off), doubtful (taken, to
    be looked at), blank, left_out (the row), not_used (the column), table (said of the whole table). code:
    in which way, for counting alike ones.
    """

    row: int | None
    column: int | None
    heading: str
    found: str
    verdict: Verdict
    why: Message
    made: str = ""
    code: str = ""

    @property
    def place(self) -> Message | str:
        """Where it stands, for a sentence."""
        letter = letter_of(self.column) if self.column else ""
        name = f"{letter} {self.heading}".strip()
        if self.row is None:
            return name
        return (
            message("city.place.cell", row=self.row, column=name)
            if name
            else message("city.place.row", row=self.row)
        )


def together(notes: Iterable[Note]) -> list[Note]:
    """The notes in the order of the sheet, with many harmless ones of one way in one column said as one."""
    listed = list(notes)
    times = Counter((one.column, one.code) for one in listed if one.verdict == "read")
    kept: dict[object, Note] = {}
    for number, one in enumerate(listed):
        key = (one.column, one.code)
        if one.verdict != "read" or times[key] <= SINGLY:
            kept[number] = one
        elif key not in kept:
            why = message("city.note.many", count=times[key], row=one.row, found=one.found, why=one.why)
            kept[key] = Note(None, one.column, one.heading, "", one.verdict, why, "", one.code)
    return sorted(kept.values(), key=lambda one: (one.row or 0, one.column or 0))


def counted(notes: Iterable[Note]) -> dict[Verdict, int]:
    """How many notes there are of each verdict, in the order of VERDICTS."""
    found = Counter(one.verdict for one in notes)
    return {verdict: found[verdict] for verdict in VERDICTS if found[verdict]}
