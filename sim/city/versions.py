"""The folder of a city by its name or path, and the earlier tables of a city that it keeps.

`versions/N` is the folder as it was with the city's N-th table: a folder of a city itself, that every command
takes by its path.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

from sim.errors import CityError, ResultError
from sim.problems import Problem, is_file, is_path
from sim.results import folder as folders
from sim.text import message
from sim.text.system import reason_of

KIND = "city"
VERSIONS, HISTORY = "versions", "history"
OWN_TO_CHANGE = ("scenario.toml", "mapping.toml")  # files of a city that are its user's to change
# What `estate city report` makes of a table: of a former one it is out of date.
MADE_OF_TABLE = ("data_report.html", "data_report_names.html", "marks.csv")


def open_city(name_or_path: str | Path) -> tuple[Path, dict[str, Any]]:
    """The folder of a city of one's own and its manifest, by the city's name in the working folder or by
    path, also by that of its scenario. CityError where there is none."""
    given = Path(name_or_path) if is_path(name_or_path) else None
    allowed = message("city.versions.allowed")
    if given is None or str(name_or_path) == "":
        raise CityError(Problem("CITY", "", repr(str(name_or_path)), allowed))
    folder = given.parent if given.name == "scenario.toml" and is_file(given) else given
    if not is_file(folder / folders.MANIFEST):
        raise CityError(Problem(str(folder), "", message("city.versions.none"), allowed))
    try:
        manifest = folders.read_manifest(folder)
    except ResultError as error:
        raise CityError(Problem(str(folder), "", str(error), allowed)) from None
    if folders.kind_of(manifest) != KIND:
        raise CityError(Problem(str(folder), "", repr(folders.kind_of(manifest)), allowed))
    return folder, manifest


def keep_version(folder: Path) -> Path:
    """Copy what the folder of a city holds of its table to `versions/N`, and return that folder.

    A scenario or mapping that its user changed is kept as it is; the history is copied as it then is, and
    what does not belong to the table (results, earlier versions) is not. What an interrupted call left under
    that number is written anew.
    CityError where it cannot be written, ResultError where a file was changed by hand.
    """
    manifest = folders.read_manifest(folder)
    number = int(manifest.get("version", 1))
    target = folder / VERSIONS / f"{number}"
    part = target.with_name(f".{number}.{os.getpid()}.part")
    files = [name for name in manifest["files"] if name not in MADE_OF_TABLE]
    for name in files:
        if name not in OWN_TO_CHANGE:
            folders.check_file(folder, name, manifest)
    made = [name for name in MADE_OF_TABLE if is_file(folder / name)]
    try:
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        if (folder / HISTORY).is_dir():  # which the scenario may name
            shutil.copytree(folder / HISTORY, part / HISTORY)
        for name in (*files, *made, folders.MANIFEST):
            (part / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(folder / name, part / name)
        if target.exists():
            shutil.rmtree(target)
        part.rename(target)
    except OSError as error:
        raise CityError(message("folder.unwritable", folder=target, error=reason_of(error))) from None
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return target


def drop_version(kept: Path) -> None:
    """Take a version away again that nothing replaced, and with it the folder of versions if it was the
    first."""
    shutil.rmtree(kept, ignore_errors=True)
    if kept.parent.is_dir() and not any(kept.parent.iterdir()):
        kept.parent.rmdir()


def drop_out_of_date(folder: Path) -> None:
    """Take away what was made of a table that another has replaced."""
    for name in MADE_OF_TABLE:
        (folder / name).unlink(missing_ok=True)


def versions_of(folder: Path) -> list[Path]:
    """The folders of a city's earlier tables, the first one first."""
    found = [path for path in (folder / VERSIONS).glob("*") if path.name.isdigit() and path.is_dir()]
    return sorted(found, key=lambda path: int(path.name))


def cities_here() -> list[str]:
    """The names of the cities of one's own that stand in the working folder, by which commands take them,
    sorted."""
    found = []
    for scenario in Path().glob("*/scenario.toml"):
        try:
            manifest = folders.read_manifest(scenario.parent)
        except ResultError:
            continue
        if folders.kind_of(manifest) == KIND and manifest.get("name") == scenario.parent.name:
            found.append(scenario.parent.name)
    return sorted(found)
