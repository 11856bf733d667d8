"""What in a saved result is not as it was written: every fault, where reading
(`sim.results.folder.read`) stops at the first.

It reads no more than manifests and hashes, so that it serves every kind of result, also those that are not
read back; a folder of many runs has a manifest in each.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.errors import ResultError
from sim.problems import is_file, is_folder, path_of
from sim.results.files import ENCODING, PART, csv_text
from sim.results.folder import MANIFEST, Saved, check_file, check_seal, kind_of, read_manifest
from sim.text import Message, message
from sim.text.system import reason_of

SEAL = "seal"  # a file of JSON that has this key vouches for itself


@dataclass(frozen=True)
class Checked:
    """What was found in a folder.

    kind, key: of the result. manifest: its own, or that of its first part. files: names of the files that
    belong to it, manifests included. faults: what is not as it was written, in words. others: files that
    lie there and that nothing vouches for, which are no part of the result.
    """

    kind: str
    key: str
    manifest: Mapping[str, Any]
    files: tuple[str, ...]
    faults: tuple[Message, ...]
    others: tuple[str, ...]


def check_result(folder: str | Path) -> Checked:
    """Compare every file of a result with what its manifests say of it. ResultError if there is no
    manifest that can be read."""
    root = path_of(folder, "result", ResultError)
    manifests = _manifests(root)
    if not manifests:
        read_manifest(root)  # says what is missing
    faults: list[Message] = []
    known: set[str] = set()
    heads: list[Mapping[str, Any]] = []
    for path in manifests:
        known.add(path.relative_to(root).as_posix())
        manifest = _manifest(path, faults)
        heads.append(manifest)
        for name in manifest.get("files", {}):
            file = path.parent / name
            known.add(file.relative_to(root).as_posix())
            faults += _fault_of(path.parent, name, manifest)
    for file in _files(root):
        name = file.relative_to(root).as_posix()
        if name not in known and _vouches_for_itself(file, faults):
            known.add(name)
    others = [name for file in _files(root) if (name := file.relative_to(root).as_posix()) not in known]
    first = heads[0]
    kind, key = kind_of(first), str(first.get("key", ""))
    return Checked(kind, key, first, tuple(sorted(known)), tuple(faults), tuple(others))


def _manifests(folder: Path) -> list[Path]:
    """The manifest of a folder and those below it; where it has none of its own, those that stand
    beside an ensemble's members."""
    manifests = [path for path in _files(folder) if path.name == MANIFEST]
    beside = [
        path
        for path in _files(folder)
        if path.parent == folder and path.suffix == ".json" and is_file(path.with_suffix(".csv"))
    ]
    own = folder / MANIFEST
    return sorted(manifests, key=lambda path: (path != own, path.as_posix())) or beside


def _files(folder: Path) -> list[Path]:
    """Every file below a folder but hidden ones and what is half-written."""
    files = []
    for path in files_below(folder):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if not hidden and not path.name.endswith(PART):
            files.append(path)
    return files


def files_below(folder: Path) -> list[Path]:
    """Every file below a folder, sorted; none where no folder is. ResultError for what the
    system does not let one list."""
    if not is_folder(folder):
        return []
    try:
        return [path for path in sorted(folder.rglob("*")) if is_file(path)]
    except OSError as error:
        raise ResultError(message("folder.unreadable", file=folder, error=reason_of(error))) from None


def _manifest(path: Path, faults: list[Message]) -> dict[str, Any]:
    """A manifest; one whose seal does not hold is a fault, and is read all the same for the hashes that it
    has. ResultError if it is none."""
    try:
        return read_manifest(path.parent, path.name)
    except ResultError as error:
        data = _plain(path)
        if data is None or not isinstance(data.get("files", {}), dict):
            raise
        faults.append(error.args[0])
        return data


def _plain(path: Path) -> dict[str, Any] | None:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None


def _fault_of(folder: Path, name: str, manifest: Mapping[str, Any]) -> Iterator[Message]:
    try:
        check_file(folder, name, manifest)
    except ResultError as error:
        where, fault = _first_cell(folder / name, manifest), error.args[0]
        if (folder / name).is_file():
            fault = message("check.damaged", file=folder / name, bytes=(folder / name).stat().st_size)
        yield fault if where is None else message("check.where", fault=fault, where=where)


def _vouches_for_itself(path: Path, faults: list[Message]) -> bool:
    data = _plain(path) if path.suffix == ".json" else None
    if data is None or SEAL not in data:
        return False
    try:
        check_seal(data, path)
    except ResultError as error:
        faults.append(error.args[0])
    return True


def _first_cell(path: Path, manifest: Mapping[str, Any]) -> Message | None:
    """Of a CSV that was changed: the first cell that is not as in the Parquet file of the same table,
    where that one is whole."""
    twin = path.with_suffix(".parquet")
    if path.suffix != ".csv" or not path.is_file() or twin.name not in manifest.get("files", {}):
        return None
    try:
        check_file(path.parent, twin.name, manifest)
        table = Saved(path.parent, dict(manifest)).table(path.stem)
        was = list(csv.reader(io.StringIO(csv_text(table))))
        rows = list(csv.reader(io.StringIO(path.read_bytes().decode(ENCODING))))
    except (ResultError, UnicodeError, csv.Error):
        return None
    if len(was) != len(rows):
        return message("check.rows", found=len(rows) - 1, was=len(was) - 1)
    for number, (now, then) in enumerate(zip(rows, was, strict=True)):
        for column, (one, other) in enumerate(zip(now, then, strict=False)):
            if one != other:
                name = was[0][column]
                return message("check.cell", row=number, column=name, found=one or "–", was=other or "–")
    return None
