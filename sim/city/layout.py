"""Where in a sheet the table is: its heading rows, what stands above and below, and which columns belong to
it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sim.city.sheets import Book, Cell, Sheet, column_of, filled, letter_of
from sim.city.vocabulary import (
    bare,
    heading_meanings,
    headings_of_many,
    in_brackets,
    pattern,
    plain,
    qualifiers,
    unused_headings,
    vocabulary,
    words_of_units,
)
from sim.errors import CityError
from sim.problems import Problem
from sim.text import Message, languages, message

DEEPEST = 40  # rows in which headings are looked for
ENOUGH = 2  # known headings that make a row one of headings
SHOWN = 60  # letters of a row that an error repeats
RANGE = re.compile(r"([A-Za-z]{1,3})(\d+):([A-Za-z]{1,3})(\d+)")


@dataclass(frozen=True)
class Range:
    """A rectangle of cells, all four ends in it."""

    top: int
    left: int
    bottom: int
    right: int

    def __str__(self) -> str:
        return f"{letter_of(self.left)}{self.top}:{letter_of(self.right)}{self.bottom}"


@dataclass(frozen=True)
class Heading:
    """What stands above a column: the levels of its heading from above, and the unit of a row of units."""

    column: int
    levels: tuple[str, ...]
    unit: str = ""

    @property
    def text(self) -> str:
        """The levels as one text, as notes and mappings name the column."""
        return "/".join(self.levels)


@dataclass
class Table:
    """A table in its sheet.

    header_rows: numbers of the rows of headings. first, last: rows under them. units_row: that of a row of
    units, or 0. around: texts above and below and on other sheets, which may say units and years.
    """

    book: Book
    sheet: Sheet
    header_rows: tuple[int, ...]
    headings: list[Heading]
    first: int
    last: int
    units_row: int
    around: list[str]

    @property
    def place(self) -> str:
        """The file, and the sheet where there are several."""
        return f"{self.book.path}[{self.sheet.name}]" if self.sheet.name else str(self.book.path)


def range_of(text: str) -> Range:
    """A range as spreadsheets write it (A2:F12); CityError for anything else."""
    found = RANGE.fullmatch(text.strip())
    if found is None:
        raise CityError(Problem("--range", "", repr(text), message("city.range.allowed")))
    left, top, right, bottom = found.groups()
    made = Range(int(top), column_of(left), int(bottom), column_of(right))
    if not (1 <= made.top < made.bottom and 1 <= made.left <= made.right):
        raise CityError(Problem("--range", "", repr(text), message("city.range.allowed")))
    return made


Heads = Callable[[str], bool]


def find_table(
    book: Book, sheet: str | None = None, within: Range | None = None, also: Heads | None = None
) -> Table:
    """The table of a book: on the sheet that is named, else on the only one that has headings.

    `also`: which texts and numbers are headings besides those that tables of estates are known to have.
    CityError for no such sheet, no headings, headings on several sheets, or several tables beside each other.
    """
    return _table_in(book, _chosen(book, sheet, also), within, also)


def _chosen(book: Book, name: str | None, also: Heads | None) -> Sheet:
    if name is not None:
        for one in book.sheets:
            if one.name == name:
                return one
        names = ", ".join(repr(one.name) for one in book.sheets if one.name)
        allowed = message("allowed.one_of", names=names) if names else message("city.sheet.none")
        raise CityError(Problem("--sheet", "", repr(name), allowed))
    shown = [one for one in book.sheets if not one.hidden and not one.empty]
    with_table = [one for one in shown if _header_row(one, None, also) and len(one.rows) > 1]
    if len(with_table) == 1:
        return with_table[0]
    if len(with_table) > 1:
        names = ", ".join(repr(one.name) for one in with_table)
        found = message("city.sheet.several", names=names)
        raise CityError(Problem(str(book.path), "", found, message("city.sheet.choose")))
    if not shown:
        hidden = message("city.sheet.hidden_only") if any(one.hidden for one in book.sheets) else None
        raise CityError(
            Problem(
                str(book.path),
                "",
                hidden or message("city.file.empty"),
                message("city.header.allowed"),
            )
        )
    raise _no_header(book, shown[0])


def _no_header(book: Book, sheet: Sheet) -> CityError:
    first = next((row for row in sheet.rows if filled(row)), [])
    shown = ", ".join(cell.text.strip() for cell in first if not cell.blank and not cell.merged)[:SHOWN]
    found = message("city.header.none", first=shown)
    return CityError(Problem(str(book.path), sheet.name, found, message("city.header.allowed")))


def known(text: str) -> bool:
    """Whether a heading, or the first or second half of one in two languages, is one that tables are known
    to have."""
    return any(
        one in heading_meanings() or one in unused_headings() or one in headings_of_many()
        for one in spellings(text)
    )


def spellings(text: str) -> tuple[str, ...]:
    """A heading made bare; where it stands in two languages (户数 / households), also each half."""
    halves = [half for half in re.split(r"\s/\s|\n", text) if half.strip()]
    return tuple(dict.fromkeys((bare(_without_year(text)), *(bare(_without_year(half)) for half in halves))))


def _without_year(text: str) -> str:
    return pattern("period", "year").sub("", plain(text))


def _header_row(sheet: Sheet, within: Range | None, also: Heads | None) -> int:
    """The row with the most known headings, the first of equals; 0 where no row has enough."""
    best, most = 0, 0
    start = within.top if within else 1
    for number in range(start, min(len(sheet.rows), start + DEEPEST) + 1):
        row = sheet.row(number)
        columns = [one for one in filled(row) if within is None or within.left <= one <= within.right]
        score = sum(
            (isinstance(row[column - 1].value, str) and known(str(row[column - 1].value)))
            or (also is not None and also(row[column - 1].text))
            for column in columns
        )
        if score > most:
            best, most = number, score
    return best if most >= ENOUGH else 0


def _table_in(book: Book, sheet: Sheet, within: Range | None, also: Heads | None) -> Table:
    top = _header_row(sheet, within, also)
    if not top:
        raise _no_header(book, sheet)
    left, right = (within.left, within.right) if within else (1, max(len(row) for row in sheet.rows))
    last = min(within.bottom, len(sheet.rows)) if within else len(sheet.rows)
    rows = _header_rows(sheet, top, left, right, last)
    headings = _headings(sheet, rows, left, right)
    first = rows[-1] + 1
    units_row = 0
    if first <= last and _is_units(sheet.row(first)[left - 1 : right]):
        units_row, first = first, first + 1
        units = {column: sheet.cell(units_row, column).text.strip() for column in range(left, right + 1)}
        headings = [Heading(one.column, one.levels, units[one.column]) for one in headings]
    elif marked := _marked_units(sheet, headings[0], first, last):
        headings = [
            Heading(one.column, one.levels, sheet.cell(marked, one.column).text.strip()) for one in headings
        ]
    if within is None:
        _refuse_blocks(book, sheet, rows[0], headings, first, last)
    around = [text for row in sheet.rows[: rows[0] - 1] for text in _texts(row)]
    around += [text for row in sheet.rows[first - 1 :] if len(filled(row)) == 1 for text in _texts(row)]
    around += [
        text
        for one in book.sheets
        if one is not sheet and not one.hidden
        for row in one.rows[:DEEPEST]
        for text in _texts(row)
    ]
    return Table(book, sheet, rows, headings, first, last, units_row, around)


def _texts(row: Sequence[Cell]) -> list[str]:
    return [str(cell.value) for cell in row if isinstance(cell.value, str) and not cell.merged]


def _header_rows(sheet: Sheet, found: int, left: int, right: int, last: int) -> tuple[int, ...]:
    """The rows of headings around the one that was found: it, and the row above or below where one of the
    two only groups or qualifies the other."""
    if found < last and _joined(sheet, found, found + 1, left, right):
        return (found, found + 1)
    if found > 1 and not _is_title(sheet.row(found - 1)) and _joined(sheet, found - 1, found, left, right):
        return (found - 1, found)
    return (found,)


def _is_title(row: Sequence[Cell]) -> bool:
    """Whether a row is a title or says who filled the table in: it has no heading of its own."""
    return not any(known(row[column - 1].text) for column in filled(row))


def _joined(sheet: Sheet, upper: int, lower: int, left: int, right: int) -> bool:
    """Whether two rows are two levels of headings: merged ranges of the upper one reach into the lower one
    or over several columns with a heading under each, or it leaves blank what the lower one names."""
    columns = range(left, right + 1)
    above = [sheet.cell(upper, column) for column in columns]
    below = [sheet.cell(lower, column) for column in columns]
    if not all(_may_head(cell) for cell in below) or sum(not cell.blank for cell in above) < ENOUGH:
        return False
    for top, first, bottom, end in sheet.merged:
        if top == upper and bottom >= lower and left <= first <= right:
            return True
        if top == bottom == upper and end > first and left <= first and end < right:
            return any(not sheet.cell(lower, column).blank for column in range(first, end + 1))
    # a csv has no merged cells: the group stands once, blanks follow, and below them stand the headings of
    # the group
    own = [not cell.blank and not cell.merged for cell in below]
    if not any(own) or sheet.merged:
        return False
    grouped = [
        number
        for number, cell in enumerate(above)
        if cell.blank and own[number] and number and own[number - 1]
    ]
    alone = [number for number, cell in enumerate(above) if not cell.blank and not own[number]]
    return bool(grouped) and bool(alone) and all(not above[number].blank or own[number] for number in grouped)


def _may_head(cell: Cell) -> bool:
    """Whether a cell may be a heading: a text or a year, no other number and no date."""
    if cell.blank:
        return True
    if isinstance(cell.value, str):
        return not re.fullmatch(r"[\d.,%\s/—-]+", plain(cell.value)) or _is_year(cell)
    return _is_year(cell)


def _is_year(cell: Cell) -> bool:
    return re.fullmatch(r"(19|20)\d\d", cell.text.strip()) is not None


def _headings(sheet: Sheet, rows: tuple[int, ...], left: int, right: int) -> list[Heading]:
    headings = []
    group = ""
    for column in range(left, right + 1):
        levels = [sheet.cell(row, column).text.strip() for row in rows]
        if len(rows) > 1:
            if levels[0]:
                group = levels[0]
            elif levels[1]:
                levels[0] = group
        own = [level for number, level in enumerate(levels) if level and level not in levels[:number]]
        headings.append(Heading(column, tuple(re.sub(r"\s+", " ", level) for level in own)))
    return headings


def _marked_units(sheet: Sheet, heading: Heading, first: int, last: int) -> int:
    """The row of a template that says to be that of the units; 0 where there is none."""
    if not heading.text.startswith("#"):
        return 0
    said = {plain(f"# {message('city.template_row.unit').in_language(one)}") for one in languages()}
    rows = range(first, min(first + ENOUGH * ENOUGH, last) + 1)
    return next((row for row in rows if plain(sheet.cell(row, heading.column).text) in said), 0)


def _is_units(row: Sequence[Cell]) -> bool:
    """Whether a row holds units and nothing else, at least two."""
    texts = [plain(cell.text).strip("()") for cell in row if not cell.blank]
    return len(texts) >= ENOUGH and all(text in words_of_units() for text in texts)


def _refuse_blocks(
    book: Book, sheet: Sheet, top: int, headings: Sequence[Heading], first: int, last: int
) -> None:
    """CityError where two tables stand beside each other: the same headings again after a blank column."""
    blocks: list[list[Heading]] = [[]]
    for heading in headings:
        blank = not heading.levels and all(
            sheet.cell(row, heading.column).blank for row in range(first, last + 1)
        )
        if blank:
            blocks.append([])
        else:
            blocks[-1].append(heading)
    tables = [block for block in blocks if any(_essential(one) for one in block)]
    if len(tables) < 2:
        return
    names = []
    for block in tables:
        left, right = block[0].column, block[-1].column
        bottom = max(
            (
                row
                for row in range(first, last + 1)
                if any(not sheet.cell(row, column).blank for column in range(left, right + 1))
            ),
            default=top,
        )
        names.append(str(Range(top, left, bottom, right)))
    found = message("city.blocks.found", ranges=", ".join(names))
    raise CityError(
        Problem(str(book.path), sheet.name, found, message("city.blocks.allowed", first=names[0]))
    )


def _essential(heading: Heading) -> bool:
    meanings = heading_meanings()
    return any(meanings.get(one) in ("name", "households") for one in spellings(heading.text))


def area_unit(around: Sequence[str]) -> tuple[str, str]:
    """The unit of floor area that a line beside the table says (单位：户、平方米), and that line.

    ("", "") if none does.
    """
    units = vocabulary()["units"]["floor_area"]
    known_units = {plain(name): name for name in units}
    for text in around:
        said = pattern("units_line", "area").search(plain(text))
        if said:
            return said.group("unit"), text
        line = pattern("units_line", "line").search(plain(text))
        if line is None:
            continue
        listed = [one.strip() for one in re.split(r"[、,，;；/ ]", line.group("units"))]
        found = [one for one in listed if one in known_units]
        if len(found) == 1:
            return found[0], text
    return "", ""


def qualifier_of(text: str) -> str:
    """Of which building kind a heading says a quantity to be (多层, 高层); "" for other headings."""
    return plain(text) if bare(text) in qualifiers("building_kind") else ""


def unit_in(heading: Heading) -> str:
    """The unit that the brackets of a heading, or the row of units, say; made plain, "" for none."""
    said = [in_brackets(level) for level in heading.levels]
    return " ".join(one for one in (*said, plain(heading.unit).strip("()")) if one)


def said_of(place: Table, found: str | Message, allowed: Message, key: str | Message = "") -> CityError:
    """An error about a table."""
    return CityError(Problem(place.place, key, found, allowed))
