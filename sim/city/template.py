"""The template of a city's table: a sheet to be filled in, with headings, units, allowed values, an
explanation and an example of every column in the reader's language and the headings in every language."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.city.vocabulary import vocabulary
from sim.errors import CityError
from sim.problems import Problem, is_folder, path_of
from sim.results.files import ENCODING, replace
from sim.scenario.estate_table import COLUMNS, EstateColumn
from sim.text import Message, in_every_language, language, languages, message, say
from sim.text.figures import unit_message
from sim.text.system import reason_of
from sim.words import MODE_WORDS

ROWS = ("heading", "unit", "allowed", "meaning", "example")
FORMS = (".xlsx", ".csv")
WIDTH = 22  # of a column of the sheet, in letters


@dataclass(frozen=True)
class Field:
    """A column of the template: what it is called, and the column of the canonical table that it fills, None
    for those that only the key has."""

    name: str
    canonical: EstateColumn | None
    example: str
    required: bool = False

    @property
    def heading(self) -> Message:
        """Its heading; recognised by the import in every language."""
        return message(f"city.means.{self.name}")

    @property
    def meaning(self) -> Message:
        """What is to stand in it."""
        return message(f"city.template.{self.name}")

    @property
    def allowed(self) -> str:
        """What may stand in it."""
        words = _words_of(self.name)
        if words:
            return " / ".join(words)
        if self.canonical is None or self.canonical.low is None or self.canonical.high is None:
            return say("city.template.text")
        low, high = f"{self.canonical.low:,g}", f"{self.canonical.high:,g}"
        whole = self.canonical.kind == "whole"
        what = message("allowed.integer" if whole else "allowed.number")
        return say("allowed.range", what=what, low=low, high=high)


def _field(name: str, example: str, canonical: str | None = None, required: bool = False) -> Field:
    return Field(name, COLUMNS[canonical] if canonical else None, example, required)


FIELDS: tuple[Field, ...] = (
    _field("id", "XQ-0001"),
    _field("name", "", required=True),
    _field("district", ""),
    _field("street", ""),
    _field("community", ""),
    _field("longitude", "114.305"),
    _field("latitude", "30.593"),
    _field("type", ""),
    _field("built", "2003", "built_year"),
    _field("old", ""),
    _field("households", "860", "households", required=True),
    _field("buildings", "12", "buildings"),
    _field("floor_area", "94600", "area"),
    _field("fee", "1.5-2.8", "fee"),
    _field("fee_household", "", "fee_household"),
    _field("cost", "", "standard_cost"),
    _field("mode", ""),
    _field("company", ""),
    _field("committee", ""),
    _field("collection", "72%"),
    _field("arrears", "530000", "arrears"),
    _field("condition", "", "condition"),
    _field("service", "", "quality"),
    _field("satisfaction", "0.61", "satisfaction"),
    _field("complaints", "34", "complaints"),
    _field("public_revenue", "120000", "public_revenue"),
    _field("vacancy", "12%"),
    _field("tenants", "20%"),
    _field("legacy", ""),
    _field("remark", ""),
)
UNITS = {
    "built": "year",
    "longitude": "",
    "latitude": "",
    "collection": "share",
    "vacancy": "share",
    "tenants": "share",
}


def _words_of(name: str) -> list[str]:
    """The words that may stand in a column of words, in the current language."""
    if name == "mode":
        return [str(word) for word in MODE_WORDS.values()]
    if name in ("old", "legacy", "committee"):
        listed = [say("city.word.yes"), say("city.word.no")]
        return [*listed, say("city.word.preparing")] if name == "committee" else listed
    if name == "type":
        return [say(f"city.type.{one}") for one in vocabulary()["type"]]
    return []


def _unit_of(field: Field) -> str:
    unit = UNITS.get(field.name, field.canonical.unit if field.canonical else "")
    return str(unit_message(unit)) if unit else ""


def _example_of(field: Field) -> str:
    if field.example or field.name in ("fee_household", "cost", "condition", "service", "remark"):
        return field.example
    words = _words_of(field.name)
    return words[0] if words else say(f"city.example.{field.name}")


def _heading_of(field: Field) -> str:
    """The heading in every language, that of the reader first; a star for what every row must have."""
    own = str(field.heading)
    others = [field.heading.in_language(one) for one in languages() if one != language()]
    return f"{' / '.join(dict.fromkeys((own, *others)))}{'*' if field.required else ''}"


def rows_of_template() -> list[list[str]]:
    """The rows of the template; the first cell of each says what the row is for and begins with #."""
    makers: dict[str, Any] = {
        "heading": _heading_of,
        "unit": _unit_of,
        "allowed": lambda field: field.allowed,
        "meaning": lambda field: str(field.meaning),
        "example": _example_of,
    }
    return [
        [f"# {say(f'city.template_row.{row}')}", *(makers[row](field) for field in FIELDS)] for row in ROWS
    ]


def write_template(out: Path) -> Path:
    """Write the template as xlsx or csv, by the ending of its name. CityError for another ending, a file
    that is there already, or a place where nothing can be written."""
    path = path_of(out, "--out", CityError)
    if path.suffix.lower() not in FORMS:
        raise CityError(Problem("--out", "", repr(path.name), message("city.template.endings")))
    if path.exists() or is_folder(path):
        raise CityError(
            Problem(str(path), "", message("city.template.there"), message("city.template.other"))
        )
    content = _as_csv() if path.suffix.lower() == ".csv" else _as_xlsx()
    try:
        replace(path, lambda part: part.write_bytes(content))
    except OSError as error:
        raise CityError(message("folder.unwritable", folder=path, error=reason_of(error))) from None
    return path


def _as_csv() -> bytes:
    made = io.StringIO()
    csv.writer(made, lineterminator="\n").writerows(rows_of_template())
    return made.getvalue().encode(ENCODING)


def _as_xlsx() -> bytes:
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    book = Workbook()
    sheet = book.active
    sheet.title = say("city.template.sheet")
    for row in rows_of_template():
        sheet.append(row)
    bold, grey = Font(bold=True), PatternFill("solid", fgColor="EEEEEE")
    for row in sheet.iter_rows(min_row=1, max_row=len(ROWS)):
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.fill = grey
            cell.font = bold if cell.row == 1 else Font()
            cell.number_format = "@"
    for number, field in enumerate(FIELDS, 2):
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = WIDTH
        words = _words_of(field.name)
        if words and sum(map(len, words)) < 200:  # what a list in a cell may hold
            check = DataValidation(type="list", formula1=f'"{",".join(words)}"', allow_blank=True)
            sheet.add_data_validation(check)
            check.add(f"{letter}{len(ROWS) + 1}:{letter}5000")
    sheet.column_dimensions["A"].width = 12
    sheet.freeze_panes = "C2"
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def headings_of_template() -> dict[str, str]:
    """What each heading of the template means, in every language, for whoever asks for its columns."""
    return {field.name: in_every_language(field.heading) for field in FIELDS}
