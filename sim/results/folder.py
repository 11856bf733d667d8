"""A result in a folder: its tables, and a manifest that is written last and vouches for
every file and for itself.

Every kind of result is written and read here: Parquet for programs and CSV for readers, what was asked and
found as strict JSON, the hash of each file, and a seal over the manifest. Whatever was changed by hand is
named when the folder is read. By which definitions of outcomes a result was made stands there too, so that
figures of one name and two meanings are never put side by side.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import shutil
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from sim.errors import ResultError
from sim.problems import is_file, is_folder, is_path, path_of, shortened
from sim.results.files import PART, as_arrow, put_all, replace_text, seal_of, write_csv
from sim.text import Message, message, say
from sim.text.system import reason_of

if TYPE_CHECKING:
    import pandas as pd


OUTCOME_DEFINITIONS = 4
"""Stands in every result. 1 (version 0.1, which did not write it): collection over the estates that bill and
by the month, public cost with and without the losses of state-owned companies under one name, and an estate
that was taken over out of the cycle by definition. 2: collection of the last twelve months from month 1 on,
with months before the start in which nothing could be paid late, and old debt repaid counted by the day it
was paid, so that some of it was counted nowhere. 3: self-sustaining, on support and break-even coverage from
month 1 on, with months before the start that nobody simulated; of runs of 23 months and
more the outcomes are the same."""

# The key of a manifest that says so, and what it is where a manifest of version 0.1 says nothing.
DEFINITIONS = "outcome_definitions"
FIRST_DEFINITIONS = 1
FIRST_VERSION = "0.1"


def definitions_of(manifest: Mapping[str, Any]) -> int:
    """The number of the definitions of outcomes that a manifest says, or does not say
    because it is of version 0.1."""
    definitions = manifest.get(DEFINITIONS, FIRST_DEFINITIONS)
    return definitions if isinstance(definitions, int) else FIRST_DEFINITIONS


def require_current(manifest: Mapping[str, Any], folder: Path) -> None:
    """ResultError if a result's outcomes are defined otherwise than this version defines them."""
    definitions = definitions_of(manifest)
    if FIRST_DEFINITIONS < definitions < OUTCOME_DEFINITIONS:
        raise ResultError(
            message("result.error.earlier", place=folder, found=definitions, now=OUTCOME_DEFINITIONS)
        )
    if definitions < OUTCOME_DEFINITIONS:
        raise ResultError(
            message("result.error.old", place=folder, found=definitions, now=OUTCOME_DEFINITIONS)
        )
    if definitions > OUTCOME_DEFINITIONS:
        raise ResultError(
            message("result.error.newer", place=folder, found=definitions, now=OUTCOME_DEFINITIONS)
        )


@cache
def first_words() -> dict[str, dict[str, str]]:
    """Of every outcome of version 0.1: its meaning in each language of its time, and its "unit". Frozen:
    its results are never relabelled."""
    path = Path(__file__).with_name("outcomes_0_1.json")
    first: dict[str, dict[str, str]] = json.loads(path.read_text(encoding="utf-8"))
    return first


# folders

FORMAT = 2
OLD_FORMAT = 1  # of version 0.1: no seal, and hashes of a run's tables only
MANIFEST = "manifest.json"
PARQUET, CSV = "parquet", "csv"
# What a reader meets where a file of a result holds other things than were written: an entry or a row that is
# missing, a text for a number, a number out of reach.
MISSHAPEN = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError)
COMPRESSION_LEVEL = 1  # higher levels take several times as long and save a tenth


def write(
    folder: Path,
    kind: str,
    key: str,
    manifest: Mapping[str, Any],
    tables: Mapping[str, pa.Table | pd.DataFrame],
    *,
    texts: Mapping[str, str] | None = None,
    formats: Iterable[str] = (PARQUET, CSV),
    name: str = MANIFEST,
    replaces: str = "",
) -> Path:
    """Write a result into a folder, made if need be: each table in each of `formats`, texts by file
    name, the manifest last.

    `kind` and `key` name the result: it may be written over itself, and over nothing else but the one of its
    kind whose key `replaces` says. `name` is that of the manifest, where a folder holds several results.
    Returns the folder. ResultError if it holds another result, or if something cannot be written.
    """
    check_place(folder, kind, replaces or key, name)
    held = {table: as_arrow(given) for table, given in tables.items()}
    units = {table: _units(tables[table], made) for table, made in held.items()}
    head = {"format": FORMAT, "kind": kind, "key": key, DEFINITIONS: OUTCOME_DEFINITIONS}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _written(folder, held, formats, texts or {}) as (parts, files):
            manifest_data = head | dict(manifest) | head | {"units": units, "files": files}
            parts[name] = _part(folder, name)
            _write_manifest(parts[name], manifest_data)
            # without its manifest a folder is no result, so an interrupted rewriting cannot be taken for one
            put_all([(part, folder / file) for file, part in parts.items()])
    except OSError as error:
        raise _unwritable(folder, error) from None
    return folder


@contextmanager
def _written(
    folder: Path, tables: Mapping[str, pa.Table], formats: Iterable[str], texts: Mapping[str, str]
) -> Iterator[tuple[dict[str, Path], dict[str, dict[str, Any]]]]:
    """Tables and texts in hidden files of a folder: these by the name that they will have, and what
    a manifest says of each.

    What is still hidden afterwards is taken away. Raises OSError.
    """
    parts: dict[str, Path] = {}
    files: dict[str, dict[str, Any]] = {}
    try:
        for table, frame in tables.items():
            for ending in formats:
                name = f"{table}.{ending}"
                parts[name] = _part(folder, name)
                _write_table(frame, parts[name], ending)
                files[name] = seal_of(parts[name]) | {"rows": frame.num_rows}
        for name, text in texts.items():
            parts[name] = _part(folder, name)
            parts[name].write_bytes(text.encode("utf-8"))
            files[name] = seal_of(parts[name])
        yield parts, files
    finally:
        for part in parts.values():
            part.unlink(missing_ok=True)


def _part(folder: Path, name: str) -> Path:
    return folder / f".{name}.{os.getpid()}{PART}"


def add(folder: Path, files: Iterable[Path], name: str = MANIFEST) -> None:
    """Let the manifest of a result vouch for more files in its folder: charts, pages. ResultError if it
    cannot be read or written."""
    manifest = read_manifest(folder, name)
    try:
        more = {file.relative_to(folder).as_posix(): seal_of(file) for file in sorted(files)}
        _write_manifest(folder / name, manifest | {"files": manifest.get("files", {}) | more})
    except OSError as error:
        raise _unwritable(folder, error) from None


def add_tables(
    folder: Path, tables: Mapping[str, pa.Table | pd.DataFrame], formats: Iterable[str] = (PARQUET,)
) -> None:
    """Write more tables into the folder of a result, and let its manifest vouch for them.
    ResultError if that cannot be done."""
    manifest = read_manifest(folder)
    held = {table: as_arrow(given) for table, given in tables.items()}
    units = dict(manifest.get("units", {})) | {
        table: _units(tables[table], made) for table, made in held.items()
    }
    try:
        with _written(folder, held, formats, {}) as (parts, more):
            files = dict(manifest.get("files", {})) | more
            parts[MANIFEST] = _part(folder, MANIFEST)
            _write_manifest(parts[MANIFEST], manifest | {"units": units, "files": files})
            put_all([(part, folder / file) for file, part in parts.items()])
    except OSError as error:
        raise _unwritable(folder, error) from None


def check_place(folder: Path, kind: str, key: str = "", name: str = MANIFEST) -> None:
    """ResultError if no folder can be there, or one holds another result than that of this kind and
    key ("": any of this kind)."""
    if not is_path(folder):
        reason = message("found.not_a_path")
        raise ResultError(message("folder.unwritable", folder=repr(str(folder)), error=reason))
    try:
        taken = not stat.S_ISDIR(folder.stat().st_mode)
    except FileNotFoundError:
        taken = False
    except OSError as error:  # a file in the middle of the path, or links in a circle
        raise _unwritable(folder, error) from None
    if taken:
        raise ResultError(message("folder.file_there", folder=folder))
    path = folder / name
    if not path.exists():
        return
    try:
        there = _json(path)
        kind_and_key = (kind_of(there), str(there["key"]) if key else "")
    except ResultError:
        kind_and_key = (say("folder.unreadable_result"), "")
    except KeyError:
        kind_and_key = (kind_of(there), say("folder.old_version"))
    if kind_and_key != (kind, key):
        there_is, this_is = " ".join(kind_and_key).strip(), f"{kind} {key}".strip()
        raise ResultError(message("folder.other", folder=folder, there=there_is, this=this_is))


def kind_of(manifest: Mapping[str, Any]) -> str:
    """The kind of a result by its manifest; version 0.1 did not write it for runs and studies."""
    return str(manifest.get("kind", "study" if "study" in manifest else "run"))


class Saved:
    """A result read from its folder, after all that its manifest vouches for was
    found to be as it was written."""

    def __init__(self, folder: Path, manifest: dict[str, Any]) -> None:
        """Made by `read`."""
        self.folder, self.manifest = folder, manifest

    @property
    def kind(self) -> str:
        """The kind of the result."""
        return kind_of(self.manifest)

    def table(self, name: str) -> pa.Table:
        """A table by name. ResultError if the result has none of this name, or if
        it cannot be read as Parquet."""
        path = self.folder / f"{name}.parquet"
        if not self.has(name):
            raise ResultError(message("folder.silent", file=self.folder / MANIFEST, name=path.name))
        try:
            # partitioning=None: a folder named `a=1` must not become a column
            return pq.read_table(path, partitioning=None)
        except (OSError, pa.ArrowException) as error:
            raise ResultError(message("folder.not_parquet", file=path, error=reason_of(error))) from None

    def frame(self, name: str) -> pd.DataFrame:
        """A table as a DataFrame, with its units in `attrs["units"]`; texts that are not
        there are empty, numbers NaN."""
        table = self.table(name)
        frame: pd.DataFrame = table.to_pandas()
        for field in table.schema:
            if pa.types.is_string(field.type) or pa.types.is_large_string(field.type):
                frame[field.name] = frame[field.name].fillna("")
        frame.attrs["units"] = dict(self.manifest.get("units", {}).get(name, {}))
        return frame

    def has(self, name: str) -> bool:
        """Whether the result has a table of this name."""
        file = f"{name}.parquet"
        return file in self.manifest["files"] if "files" in self.manifest else (self.folder / file).is_file()

    def text(self, name: str) -> str:
        """A text file of the result. ResultError if it cannot be read."""
        try:
            return (self.folder / name).read_text(encoding="utf-8")
        except (OSError, UnicodeError) as error:
            raise ResultError(
                message("folder.unreadable", file=self.folder / name, error=reason_of(error))
            ) from None


def read(folder: str | Path, *kinds: str, old: bool = False) -> Saved:
    """The result in a folder, of one of these kinds (none: of any); one of version 0.1 only
    for who knows that it is `old`.

    ResultError, naming the file, if something is missing, damaged, changed by hand, of another kind or
    version, or if its outcomes are defined otherwise than this version defines them.
    """
    path = path_of(folder, "result", ResultError)
    manifest = read_manifest(path)
    if kinds and kind_of(manifest) not in kinds:
        found, allowed = repr(kind_of(manifest)), ", ".join(kinds)
        raise ResultError(message("folder.kind", folder=path, found=found, allowed=allowed))
    if not old:
        require_current(manifest, path)
    for file in manifest.get("files", {}):
        check_file(path, file, manifest)
    return Saved(path, manifest)


def _no_folder(folder: Path) -> Message:
    """Why no folder is there: nothing is, or the system refuses the path, such as links in a circle."""
    try:
        folder.stat()
    except (FileNotFoundError, ValueError):
        return message("folder.absent", folder=shortened(folder))
    except OSError as error:
        return message("folder.unreadable", file=shortened(folder), error=reason_of(error))
    return message("folder.absent", folder=shortened(folder))


def read_manifest(folder: Path, name: str = MANIFEST) -> dict[str, Any]:
    """The manifest of a result, whole and as it was written; ResultError otherwise."""
    path = folder / name
    if is_file(folder):
        raise ResultError(message("folder.is_file", file=folder))
    if not is_folder(folder):
        raise ResultError(_no_folder(folder))
    if not is_file(path):
        raise ResultError(message("folder.no_manifest", folder=folder, name=name))
    manifest = _json(path)
    if manifest.get("format") not in (FORMAT, OLD_FORMAT):
        found = repr(manifest.get("format"))
        allowed = message("allowed.one_of_two", one=OLD_FORMAT, other=FORMAT)
        raise ResultError(message("problem.instead", place=f"{path}: format", found=found, allowed=allowed))
    if manifest["format"] == FORMAT:
        check_seal(manifest, path)
    files = manifest.get("files", {} if manifest["format"] == OLD_FORMAT else None)
    if not isinstance(files, dict):
        found, allowed = f"{files!r:.80}", message("allowed.table")
        raise ResultError(message("problem.instead", place=f"{path}: files", found=found, allowed=allowed))
    return manifest


def check_file(folder: Path, file: str, manifest: Mapping[str, Any]) -> None:
    """ResultError if a file of a result is missing or not what the manifest says."""
    path, seal = folder / file, manifest.get("files", {}).get(file)
    if not isinstance(seal, dict):
        raise ResultError(message("folder.unlisted", file=path))
    if not is_file(path):
        raise ResultError(message("folder.missing", file=path))
    seal_now = seal_of(path)
    if seal_now != {key: seal.get(key) for key in seal_now}:
        raise ResultError(message("folder.damaged", file=path, bytes=seal_now["bytes"]))


def sealed(data: Mapping[str, Any]) -> dict[str, Any]:
    """Plain data as strict JSON has it (what is no finite number is null), with a seal over all of it."""
    plain: dict[str, Any] = strict({key: value for key, value in data.items() if key != "seal"})
    return plain | {"seal": _seal(plain)}


def check_seal(data: Mapping[str, Any], path: Path) -> None:
    """ResultError if data read from a file is not what was sealed."""
    if data.get("seal") != _seal({key: value for key, value in data.items() if key != "seal"}):
        raise ResultError(message("folder.changed", file=path))


def strict(value: Any) -> Any:
    """Plain data that strict JSON can hold: numbers of NumPy as Python's, and null
    for what is no finite number."""
    if isinstance(value, Mapping):
        return {str(key): strict(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [strict(one) for one in value]
    if hasattr(value, "item"):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value


def json_text(data: Mapping[str, Any]) -> str:
    """Strict JSON for a file."""
    return json.dumps(strict(data), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


@contextmanager
def staging(folder: Path) -> Iterator[Path]:
    """A hidden folder to write in, on the same disk as `folder`; it is gone afterwards, whatever happens.

    ResultError if something cannot be written.
    """
    part = (folder if is_folder(folder) else folder.parent) / f".{folder.name}.{os.getpid()}{PART}"
    try:
        part.mkdir(parents=True, exist_ok=True)
        yield part
    except BrokenPipeError:
        raise
    except OSError as error:
        raise _unwritable(Path(error.filename or folder), error) from None
    finally:
        shutil.rmtree(part, ignore_errors=True)


def put_in_place(part: Path, folder: Path) -> None:
    """Move what was written in `staging` to `folder`, and let the manifest vouch for all of it.

    In one step if the folder does not exist yet, else all files or none, the manifest last. Raises OSError.
    """
    files = sorted(path for path in part.rglob("*") if path.is_file() and path.name != MANIFEST)
    if (part / MANIFEST).is_file():
        add(part, files)
    elif folder.exists():
        manifest = read_manifest(folder)
        more = {file.relative_to(part).as_posix(): seal_of(file) for file in files}
        _write_manifest(part / MANIFEST, manifest | {"files": manifest.get("files", {}) | more})
    if not folder.exists():
        try:
            part.rename(folder)
            return
        except OSError:
            if not folder.is_dir():  # else the same run, carried out twice at once, was first
                raise
    put_all([(path, folder / path.relative_to(part)) for path in [*files, part / MANIFEST]])


def copy_result(source: Path, folder: Path) -> Path:
    """Copy the folder of a result as it is to one that is empty or not there yet; returns it.
    ResultError if that fails."""
    try:
        if source.resolve() == folder.resolve():
            return folder
        if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
            raise ResultError(message("folder.not_empty", folder=folder))
        folder.mkdir(parents=True, exist_ok=True)
        with staging(folder) as part:
            shutil.copytree(source, part, dirs_exist_ok=True)
            # the manifest last: without it a folder is no result
            for file in sorted(part.iterdir(), key=lambda one: one.name == MANIFEST):
                os.replace(file, folder / file.name)
    except OSError as error:
        raise _unwritable(folder, error) from None
    return folder


def _write_manifest(path: Path, manifest: Mapping[str, Any]) -> None:
    replace_text(path, json_text(sealed(manifest)))


def _seal(plain: Mapping[str, Any]) -> str:
    text = json.dumps(plain, sort_keys=True, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _json(path: Path) -> dict[str, Any]:
    odd: list[str] = []

    def note(text: str) -> float:
        odd.append(text)
        return math.nan

    try:
        data = json.loads(path.read_text(encoding="utf-8"), parse_constant=note)
    except (OSError, ValueError, RecursionError) as error:
        raise ResultError(message("folder.not_json", file=path, error=reason_of(error))) from None
    if not isinstance(data, dict):
        found, allowed = type(data).__name__, message("folder.json_table")
        raise ResultError(message("problem.instead", place=path, found=found, allowed=allowed))
    if odd and data.get("format") != OLD_FORMAT:  # version 0.1 wrote NaN into some manifests
        raise ResultError(
            message("folder.not_json", file=path, error=message("folder.not_a_number", text=odd[0]))
        )
    return data


def _write_table(table: pa.Table, path: Path, ending: str) -> None:
    coded = [field.name for field in table.schema if pa.types.is_dictionary(field.type)]
    options = {"compression": "zstd", "compression_level": COMPRESSION_LEVEL, "use_dictionary": coded}
    if ending == PARQUET:
        pq.write_table(table, path, **options)
    else:
        write_csv(table, path)


def _units(given: pa.Table | pd.DataFrame, table: pa.Table) -> dict[str, str]:
    if isinstance(given, pa.Table):
        units = {field.name: (field.metadata or {}).get(b"unit") for field in table.schema}
        return {name: unit.decode() for name, unit in units.items() if unit is not None}
    return dict(given.attrs.get("units", {}))


def _unwritable(folder: Path, error: OSError) -> ResultError:
    return ResultError(message("folder.unwritable", folder=shortened(folder), error=reason_of(error)))
