"""Find a scenario file, read it, lay it over the one it extends, and check the whole."""

from __future__ import annotations

import codecs
import pickle
import re
import sys
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sim.errors import ScenarioError
from sim.problems import Problem, is_file, is_path, kind_of, nearest, shortened, why_no_file
from sim.scenario.estate_rows import BadTable, EstateRows, read_table, told
from sim.scenario.formats import FORMAT, format_of, of_today, tell_new_rules
from sim.scenario.merging import (
    PROGRAMMES,
    Origins,
    change_programmes,
    file_at,
    leave_out,
    merge,
    origins_of,
    origins_over,
    origins_put,
)
from sim.scenario.messages import problems_of, syntax_problem
from sim.scenario.past_events import events_text
from sim.scenario.schema import Scenario
from sim.scenario.sources import contradictions, restated
from sim.text import Message, languages, message
from sim.text.catalog import among
from sim.text.system import reason_of

SUFFIX = ".toml"
OF_A_CITY = "scenario.toml"  # in the folder of a city of one's own, by whose name or path it is found
ESTATES = "estates"  # the table of a scenario that names a table of its estates
ADD = "add_"
ADDED_TO = ("interventions", "figures")  # lists that a variant may add to instead of replacing
CHANGE = "change_interventions"  # settings by name of an inherited programme
SCHEMA = "$schema"  # says to an editor which schema the file keeps to
WITHOUT = "without"  # dotted keys of inherited tables that a variant leaves out


@dataclass(frozen=True)
class _Read:
    """The resolved tables of a file, where each of them was written, and which of the files are of the first
    format."""

    data: dict[str, Any]
    origins: Origins
    old_files: tuple[str, ...] = ()


def load(path_or_name: str | Path) -> Scenario:
    """The checked scenario of a TOML file, or of a name looked up in ./scenarios and among those shipped.

    Raises a ScenarioError that lists every problem of the file and of the files it extends.
    """
    file = find(path_or_name)
    read = _read_resolved(file, ())
    data = dict(read.data)
    data.setdefault("name", file.stem)
    try:
        scenario = check(data, read.origins, str(file))
    except ScenarioError as error:
        raise ScenarioError(_in_table(_where_to_mend(error.problems, file), read)) from None
    problems = [
        Problem(
            file_at({(): str(file)} | read.origins, ("figures", index)),
            f"figures: {key}",
            message("scenario.figure.other_number", stated=f"{stated:g}", number=f"{number:g}"),
            message("scenario.figure.own_number"),
        )
        for index, key, stated, number in contradictions(scenario)
    ]
    if problems:
        raise ScenarioError(problems)
    tell_new_rules(read.old_files, data.get("mechanisms"))
    return scenario


def _where_to_mend(problems: Sequence[Problem], file: Path) -> list[Problem]:
    """Problems of a file and those it extends, each under the file that the reader has to edit.

    A value of the base that is no problem in the base itself is made one by the first file over it that has
    the problem: shares that do not add up once a type is left out are to be mended where it was left out.
    """
    files = [str(path) for path in _lineage(file)]
    told = [_told_of(Path(name)) for name in files[:-1]]
    mended = []
    for problem in problems:
        if problem.file not in files:
            mended.append(problem)
            continue
        written = files.index(str(problem.file))
        place = next((n for n in range(written, len(told)) if _what(problem) in told[n]), len(told))
        mended.append(replace(problem, file=files[place]))
    return mended


def _lineage(file: Path) -> list[Path]:
    """The files that a file extends, the first of all first, and itself at the end;
    for one that can be read."""
    files = [file]
    while (base := read_toml(files[0]).get("extends")) is not None:
        files.insert(0, find(base, beside=files[0].parent))
    return files


def _told_of(file: Path) -> set[tuple[str | Message, str | Message]]:
    """What is wrong with a file that others extend, taken by itself."""
    read = _read_resolved(file, ())
    try:
        check({"name": file.stem} | read.data, read.origins, str(file))
    except ScenarioError as error:
        return {_what(problem) for problem in error.problems}
    return set()


def _what(problem: Problem) -> tuple[str | Message, str | Message]:
    return problem.key, problem.found


def check(data: dict[str, Any], origins: Origins, file: str) -> Scenario:
    """The scenario that resolved tables describe; problems are reported under the
    file that `origins` gives."""
    try:
        return Scenario.model_validate(data)
    except ValidationError as error:
        located = {(): file} | origins
        problems = problems_of(error, Scenario, data, lambda place: file_at(located, place))
        raise ScenarioError(problems) from None


def find(path_or_name: str | Path, beside: Path | None = None) -> Path:
    """The file of a path (relative to the folder `beside`, or to the current one) or of a scenario's name."""
    if not is_path(path_or_name):
        raise ScenarioError([Problem("", "", kind_of(path_or_name), message("allowed.scenario"))])
    text = str(path_or_name)
    if text.endswith(SUFFIX) or "/" in text or "\\" in text:
        path = Path(text) if beside is None else beside / text
        for file in (path, path / OF_A_CITY):
            if is_file(file):
                return file
        raise ScenarioError(
            [
                Problem(
                    shortened(text),
                    "",
                    why_no_file(path),
                    message("scenario.file.path_or_name"),
                )
            ]
        )
    folders = ([beside] if beside is not None else []) + scenario_folders()
    for folder in folders:
        path = folder / (text + SUFFIX)
        if is_file(path):
            return path
    city = (beside or Path()) / text / OF_A_CITY
    if is_file(city):
        return city
    known = list_scenarios()
    found, allowed = (
        message("scenario.file.no_name"),
        message("scenario.file.path_or_one_of", names=", ".join(known)),
    )
    raise ScenarioError([Problem(shortened(text), "", found, allowed, nearest(text, known))])


def figures_left_behind(path_or_name: str | Path) -> tuple[int, Path]:
    """How many figures of the scenario that a file extends are gone because a file states `figures` of its
    own, and which file that is.

    For a file that `load` reads; where it states none, the nearest of the files that it extends which does.
    """
    file = find(path_or_name)
    while (own := read_toml(file)).get("extends") is not None:
        if "figures" in own:
            inherited = _read_base(own["extends"], file, (file.resolve(),)).data.get("figures", [])
            stated = [figure.get("key") for figure in own["figures"]]
            return sum(figure.get("key") not in stated for figure in inherited), file
        file = find(own["extends"], beside=file.parent)
    return 0, file


def scenario_folders() -> list[Path]:
    """Where names are looked up, in order: ./scenarios, inside the installed package,
    beside it in a source tree."""
    package = Path(__file__).resolve().parents[1]
    folders = [Path("scenarios"), package / "_scenarios", package.parent / "scenarios"]
    return [folder for folder in folders if folder.is_dir()]


def list_scenarios() -> list[str]:
    """The names that `load` knows, sorted."""
    return sorted({path.stem for folder in scenario_folders() for path in folder.glob("*" + SUFFIX)})


def _read_resolved(file: Path, chain: tuple[Path, ...]) -> _Read:
    """The tables of a file over those of the file it extends; `chain` holds the files that led here."""
    if file.resolve() in chain:
        circle = " → ".join(path.name for path in (*chain, file))
        found, allowed = message("scenario.file.circle", files=circle), message("scenario.file.no_circle")
        raise ScenarioError([Problem(str(chain[-1]), "extends", found, allowed)])
    written = read_toml(file)
    old_files: tuple[str, ...] = () if format_of(written, str(file)) == FORMAT else (str(file),)
    own = with_table(of_today(written, "scenario", str(file)), file.parent, str(file))
    base_name = own.pop("extends", None)
    additions = {key: own.pop(f"{ADD}{key}", []) for key in ADDED_TO}
    left_out, changes = own.pop(WITHOUT, []), own.pop(CHANGE, {})
    data, origins = own, origins_of(own, str(file))
    if base_name is not None:
        base = _read_base(base_name, file, (*chain, file.resolve()))
        old_files = (*base.old_files, *old_files)
        base.data.pop("name", None)
        inherited = leave_out(base.data, left_out, str(file))
        inherited = change_programmes(inherited, changes, str(file), CHANGE)
        if inherited.get(PROGRAMMES) != base.data.get(PROGRAMMES):
            # entries moved up or changed: what is wrong with one is wrong where it was changed
            moved = {place for place in base.origins if place[:1] == (PROGRAMMES,)}
            kept = {place: origin for place, origin in base.origins.items() if place not in moved}
            base = replace(base, origins=kept | {(PROGRAMMES,): str(file)})
        data = merge(inherited, own)
        if "figures" in inherited and "figures" not in own:
            data["figures"] = restated(inherited["figures"], base.data, data)
        if own.keys() - {"name"} or left_out or changes or any(additions.values()):
            data |= _own_words(own, base.data, file)
        origins = origins_over(base.origins, own, origins)
    elif left_out or changes:
        key, found = (WITHOUT, left_out) if left_out else (CHANGE, changes)
        raise ScenarioError(
            [Problem(str(file), key, f"{found!r:.60}", message("scenario.file.nothing_extended"))]
        )
    for key, added in additions.items():
        if not isinstance(added, list):
            raise ScenarioError(
                [Problem(str(file), f"{ADD}{key}", repr(added), message("allowed.list_of_tables"))]
            )
        before = data.get(key, [])
        if added and isinstance(before, list):
            places = _places(key, before, added)
            together = [*before, *[None] * (1 + max(places, default=-1) - len(before))]
            for index, table in zip(places, added, strict=True):
                together[index] = table
            put: dict[tuple[str | int, ...], Any] = {(key, index): together[index] for index in places}
            origins = origins_put(origins, put, str(file))
            data = data | {key: together}
    return _Read(data, origins, old_files)


def _own_words(own: dict[str, Any], base: dict[str, Any], file: Path) -> dict[str, Any]:
    """Title and description of a variant that states none: those of its base tell of another city,
    so they are only quoted."""
    title = base.get("title")
    if not isinstance(title, dict) or not title:
        return {}
    words: dict[str, Any] = {}
    values = {"name": own.get("name", file.stem)}
    for key in ("title", "description"):
        if key not in own:
            words[key] = {
                name: message(
                    f"scenario.variant.{key}",
                    title=among(title, name),
                    **values,
                ).in_language(name)
                for name in languages()
            }
    return words


def _places(key: str, before: list[Any], added: list[Any]) -> list[int]:
    """Where each added table goes: at the end, but a figure takes the place of an
    inherited one for the same key."""
    keys = [table.get("key") if key == "figures" and isinstance(table, dict) else None for table in before]
    places, end = [], len(before)
    for table in added:
        name = table.get("key") if isinstance(table, dict) else None
        if name is not None and name in keys:
            places.append(keys.index(name))
        else:
            places.append(end)
            end += 1
    return places


def _read_base(name: Any, file: Path, chain: tuple[Path, ...]) -> _Read:
    """What `extends` in `file` refers to; what cannot be found is reported as a problem of `file`."""
    if not isinstance(name, str):
        raise ScenarioError([Problem(str(file), "extends", repr(name), message("scenario.file.base"))])
    try:
        base = find(name, beside=file.parent)
    except ScenarioError as error:
        missing = error.problems[0]
        problem = Problem(str(file), "extends", repr(name), missing.allowed, missing.nearest)
        raise ScenarioError([problem]) from None
    return _read_resolved(base, chain)


def with_table(data: dict[str, Any], folder: Path, file: str) -> dict[str, Any]:
    """Tables of a scenario with what their table of estates says, read from where `folder` has it; as they
    are where they name none or have read it before.

    How many estates and households there are then follows from the table. ScenarioError, with `file` as the
    place, for a table that is not there, and with its own file, row and column for one that is wrong.
    """
    section = data.get(ESTATES)
    if not isinstance(section, dict) or not isinstance(section.get("table"), str) or "content" in section:
        return data
    rows = _table_in(folder, section["table"], file)
    past = _past_in(folder, section, file)
    numbers = {"estates": rows.size, "households": int(rows.households.sum())}
    city = data.get("city", {})
    return data | {
        ESTATES: section | {"content": rows.text} | past,
        "city": numbers | city if isinstance(city, dict) else city,
    }


def _table_in(folder: Path, name: str, file: str) -> EstateRows:
    path = folder / name
    if not is_file(path):
        found, allowed = why_no_file(path), message("bad_table.file", folder=folder)
        raise ScenarioError([Problem(file, f"{ESTATES}.table", found, allowed)])
    return read_table(text_of(path, message("scenario.file.readable")), str(path))


def _past_in(folder: Path, section: dict[str, Any], file: str) -> dict[str, Any]:
    """What the table of events says that a scenario names; nothing where it names none."""
    name = section.get("past")
    if not isinstance(name, str) or not name:
        return {}
    path = folder / name
    if not is_file(path):
        found, allowed = why_no_file(path), message("bad_table.file", folder=folder)
        raise ScenarioError([Problem(file, f"{ESTATES}.past", found, allowed)])
    try:
        return {"events": events_text(text_of(path, message("scenario.file.readable")))}
    except BadTable as bad:
        raise ScenarioError([one.of_file(str(path)) for one in told(bad.problems)]) from None


def _in_table(problems: Sequence[Problem], read: _Read) -> list[Problem]:
    """Problems of estates by their numbers as problems of the rows of the file that they were read from."""
    section, place = read.data.get(ESTATES), (ESTATES, "table")
    if not isinstance(section, dict) or place not in read.origins:
        return list(problems)
    origin = Path(read.origins[place])
    if not is_file(origin.parent / str(section["table"])):  # the scenario file carries the table itself
        return list(problems)
    rows = _table_in(origin.parent, str(section["table"]), str(origin))
    lines = dict(zip(rows.numbers.tolist(), rows.lines, strict=True))
    told = []
    for problem in problems:
        cell = re.fullmatch(rf"{ESTATES}\.(\d+)\.(\w+)", str(problem.key))
        if cell and int(cell[1]) in lines:
            key = message("bad_table.cell", row=lines[int(cell[1])], column=cell[2])
            problem = replace(problem, file=str(origin.parent / section["table"]), key=key)
        told.append(problem)
    return told


def read_toml(file: Path) -> dict[str, Any]:
    """The tables of a TOML file as written, without `$schema`; what is not TOML is a
    ScenarioError that names the line."""
    text = text_of(file, message("scenario.file.readable"))
    try:
        data: dict[str, Any] = pickle.loads(_parsed(text))
        if isinstance(data.get(SCHEMA), str):
            del data[SCHEMA]
        return data
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError([syntax_problem(str(file), text, error)]) from None
    except ValueError:  # only then: Python turns no longer row of digits into a number
        found = message("parser.number", digits=sys.get_int_max_str_digits())
        raise ScenarioError([Problem(str(file), "", found, message("allowed.toml"))]) from None
    except RecursionError:
        found = message("scenario.file.too_deep")
        raise ScenarioError([Problem(str(file), "", found, message("allowed.toml"))]) from None


@lru_cache(maxsize=64)
def _parsed(text: str) -> bytes:
    """The tables of a TOML text, pickled: the files that many others extend are read again and again, and
    whoever reads them may change what he gets. Copying tables takes longer than reading a pickle of them."""
    return pickle.dumps(tomllib.loads(text))


def text_of(file: Path, readable: Message) -> str:
    """The text of a user's file in UTF-8, with or without a mark at its beginning, line ends as they are.

    ScenarioError for another encoding, with the remedy, and for a file that is not `readable`.
    """
    try:
        written = file.read_bytes()
    except OSError as error:
        found = message("scenario.file.unreadable", reason=reason_of(error))
        raise ScenarioError([Problem(shortened(file), "", found, readable)]) from None
    except ValueError:  # a zero byte in the name
        raise ScenarioError([Problem(repr(str(file)), "", message("found.not_a_path"), readable)]) from None
    try:
        return written.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        found = message("scenario.file.not_utf8", position=error.start)
        if encoding := _encoding_of(written):
            found = message("scenario.file.in_encoding", encoding=encoding, position=error.start)
        raise ScenarioError([Problem(str(file), "", found, message("scenario.file.utf8"))]) from None


def _encoding_of(written: bytes) -> str:
    """What a text that is not UTF-8 was probably saved as by an office program or a Chinese
    editor; "" if none of those."""
    if written.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "UTF-16"
    try:
        return "GBK" if re.search(r"[\u4e00-\u9fff]{2}", written.decode("gb18030")) else ""
    except UnicodeDecodeError:
        return ""
