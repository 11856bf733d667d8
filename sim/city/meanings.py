"""What the words in the cells of a column mean: yes or no, a mode, a type, a company, a name, a place on the
map."""

from __future__ import annotations

import re
from collections.abc import Callable

from sim.city.columns import Column
from sim.city.read import Cells, Options, Read, filled_in
from sim.city.vocabulary import blank_word, meaning_of, pattern, words
from sim.text import message


def flags(column: Column, cells: Cells, options: Options) -> Read:
    """Yes or no."""
    read = Read(column)
    for row, cell, text in filled_in(cells):
        if text in words("yes_no", "yes"):
            read.values[row] = True
        elif text in words("yes_no", "no"):
            read.values[row] = False
        elif blank_word(text):
            read.note(row, cell, "read", message(f"city.blank.{blank_word(text)}"), "", "blank_not_known")
        else:
            read.note(row, cell, "blank", message("city.blank.yes_no"))
    return read


def committees(column: Column, cells: Cells, options: Options) -> Read:
    """Owners' committees: yes, no, or preparing (which is not yet one)."""
    read = Read(column)
    for row, cell, text in filled_in(cells):
        for name in ("yes", "no", "preparing"):
            if text in words("committee", name):
                read.values[row] = name
        if row not in read.values and pattern("committee", "established").match(text):
            read.values[row] = "yes"
            read.note(row, cell, "read", message("city.way.established"), "yes", "way_established")
        if row not in read.values:
            reason = blank_word(text)
            why = message(f"city.blank.{reason}" if reason else "city.blank.committee")
            read.note(row, cell, "read" if reason else "blank", why, "", "blank_committee")
        elif read.values[row] == "preparing":
            read.note(row, cell, "doubtful", message("city.way.preparing"), "no", "way_preparing")
    return read


def meant(area: str) -> Callable[[Column, Cells, Options], Read]:
    """A reader of words with a meaning each; the others stay blank until the mapping says what they mean."""

    def reader(column: Column, cells: Cells, options: Options) -> Read:
        read, known = Read(column), meaning_of(area) | dict(options.words)
        for row, cell, text in filled_in(cells):
            if blank_word(text) == "not_known" and text not in known:
                continue
            found = known.get(text, "unclear")
            if found == "unclear":
                read.note(row, cell, "blank", message(f"city.blank.{area}"), "", f"blank_{area}")
            else:
                read.values[row] = found
        return read

    return reader


def companies(column: Column, cells: Cells, options: Options) -> Read:
    """Companies as (name, None) and modes that stand in their place as ("", mode)."""
    read = Read(column)
    for row, cell, text in filled_in(cells):
        if text in options.words:
            read.values[row] = ("", options.words[text])
        elif text in words("company", "none"):
            read.values[row] = ("", "none")
            read.note(row, cell, "read", message("city.company.none"), "none", "company_none")
        elif text in meaning_of("mode") and meaning_of("mode")[text] != "unclear":
            mode = meaning_of("mode")[text]
            read.values[row] = ("", mode)
            read.note(row, cell, "doubtful", message("city.company.mode"), mode, "company_mode")
        elif text in meaning_of("mode"):
            read.note(row, cell, "blank", message("city.company.unclear"), "", "company_unclear")
        elif text in words("company", "unnamed"):
            read.note(row, cell, "blank", message("city.company.unnamed"), "", "company_unnamed")
        elif blank_word(text):
            read.note(row, cell, "read", message("city.blank.not_known"), "", "blank_not_known")
        elif pattern("company", "developer").search(text) and not pattern("company", "manager").search(text):
            read.note(row, cell, "blank", message("city.company.developer"), "", "company_developer")
        elif re.fullmatch(r"[\d.,%]+\D{0,2}", text):
            read.note(row, cell, "blank", message("city.company.number"), "", "company_number")
        else:
            read.values[row] = (re.sub(r"\s+", " ", cell.text).strip(), None)
    return read


def texts(column: Column, cells: Cells, options: Options) -> Read:
    """Texts as they stand, without blanks around them; what says that nothing is known is left out."""
    read = Read(column)
    for row, cell, compared in filled_in(cells):
        text = re.sub(r"\s+", " ", cell.text.replace("\u3000", " ")).strip()
        if not text or blank_word(compared) == "not_known":
            continue
        read.values[row] = text
        if column.means == "name" and isinstance(cell.value, str) and cell.value != text:
            read.note(row, cell, "read", message("city.way.spaces"), text, "way_spaces")
        elif column.means == "name" and any("\uff01" <= letter <= "\uff5e" for letter in text):
            read.note(row, cell, "read", message("city.way.full_width_name"), text, "way_full_width_name")
    return read


def coordinates(column: Column, cells: Cells, options: Options) -> Read:
    """Longitude and latitude of one cell, told apart by the bounds of the country where the order is not
    said."""
    read = Read(column)
    for row, cell, text in filled_in(cells):
        numbers = [float(one) for one in re.findall(r"-?\d+(?:\.\d+)?", text)]
        if len(numbers) == 2:
            for longitude, latitude in (numbers, numbers[::-1]):
                if 73 <= longitude <= 136 and 3 <= latitude <= 54:
                    read.values[row] = (longitude, latitude)
                    break
        if row not in read.values:
            read.note(row, cell, "blank", message("city.blank.coordinates"))
    return read
