"""The key of a city: what each estate is called by its owners, by the number that it has everywhere else.

Whoever reads it puts the city's own names into what is written; only what was asked for with `--names` does.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sim.errors import CityError, ResultError
from sim.problems import is_file
from sim.results import folder as folders
from sim.text import message
from sim.text.system import reason_of, told

FILE = "key.csv"
SHOWN = ("id", "name", "district", "street", "community")
"""What `--names` says of an estate."""


def may_be_quoted(path: Path) -> bool:
    """Whether an answer that leaves the machine may quote a file: not where it is one that holds a city's
    own names, beside the scenario of a city or in its history."""
    if path.name == "scenario.toml" or not is_file(path.parent / folders.MANIFEST):
        return True
    try:
        return folders.kind_of(folders.read_manifest(path.parent)) not in ("city", "city_history")
    except ResultError:
        return False


@dataclass(frozen=True)
class Named:
    """An estate by the city's own words: those of SHOWN by name ("" where the table had none), and where it
    stands (longitude, latitude; None where the table does not say)."""

    words: Mapping[str, str]
    place: tuple[float, float] | None = None


def read_key(folder: Path) -> dict[int, Named]:
    """The estates of a city by their numbers. CityError where the key cannot be read, ResultError where it
    was changed by hand."""
    folders.check_file(folder, FILE, folders.read_manifest(folder))
    try:
        text = (folder / FILE).read_text(encoding="utf-8-sig")
        return {int(row["number"]): _named(row) for row in csv.DictReader(io.StringIO(text))}
    except (OSError, UnicodeError) as error:
        raise CityError(message("folder.unreadable", file=folder / FILE, error=reason_of(error))) from None
    except (ValueError, KeyError, TypeError) as error:
        raise CityError(message("folder.unreadable", file=folder / FILE, error=told(error))) from None


def _named(row: Mapping[str, str]) -> Named:
    words = {name: row.get(name) or "" for name in SHOWN}
    longitude, latitude = row.get("longitude"), row.get("latitude")
    return Named(words, (float(longitude), float(latitude)) if longitude and latitude else None)
