"""A run in a folder: Parquet tables, and a manifest that is written last and vouches for all of them."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sim.errors import ResultError, ScenarioError
from sim.results.provenance import FORMAT, run_key
from sim.results.run import Run
from sim.results.tables import TABLES
from sim.scenario.loading import check

MANIFEST = "manifest.json"
COMPRESSION_LEVEL = 1  # higher levels take several times as long and save a tenth
_NEEDED: dict[str, tuple[tuple[type, ...], str]] = {
    "scenario": ((dict,), "a table"),
    "content_hash": ((str,), "a text"),
    "model_source_hash": ((str,), "a text"),
    "seed": ((int,), "a number"),
    "months": ((int,), "a number"),
    "wall_seconds": ((int, float), "a number"),
    "files": ((dict,), "a table"),
}


def save_run(run: Run, folder: Path) -> Path:
    """Write a run into a folder; see `Run.save`."""
    manifest = {key: value for key, value in run.manifest.items() if key != "files"}
    check_place(folder, run_key(manifest))
    folder.mkdir(parents=True, exist_ok=True)
    # without its manifest a folder is not a run, so an interrupted rewriting cannot be taken for one
    (folder / MANIFEST).unlink(missing_ok=True)
    manifest["files"] = {}
    for name in TABLES:
        table = run.table(name)
        path = folder / f"{name}.parquet"
        _replace(path, lambda part, table=table: _write_parquet(table, part))  # type: ignore[misc]
        manifest["files"][path.name] = _seal(path) | {"rows": table.num_rows}
    text = json.dumps(manifest, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
    _replace(folder / MANIFEST, lambda part: part.write_text(text, encoding="utf-8"))
    return folder


def check_place(folder: Path, key: str) -> None:
    """ResultError if `folder` is a file or holds a run whose content differs from `key` (see `run_key`)."""
    if folder.exists() and not folder.is_dir():
        raise ResultError(f"{folder}: a file stands where the folder of results should be")
    if (folder / MANIFEST).exists():
        there = run_key(read_manifest(folder))
        if there != key:
            raise ResultError(
                f"{folder}: holds another run ({there}, this one is {key}); name another folder"
            )


def _write_parquet(table: pa.Table, path: Path) -> None:
    coded = [field.name for field in table.schema if pa.types.is_dictionary(field.type)]
    pq.write_table(table, path, compression="zstd", compression_level=COMPRESSION_LEVEL, use_dictionary=coded)


def _replace(path: Path, write: Callable[[Path], object]) -> None:
    """Let `write` fill a temporary file beside `path`, flush it to disk and put it in place in one step."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        write(part)
        with open(part, "rb+") as file:
            os.fsync(file.fileno())
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def _seal(path: Path) -> dict[str, Any]:
    with open(path, "rb") as file:
        return {"bytes": path.stat().st_size, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}


def load_run(folder: str | Path) -> Run:
    """The run saved in a folder. ResultError if the folder, its manifest or one of its files is missing or damaged."""
    place = Path(folder)
    manifest = read_manifest(place)
    for name in TABLES:
        _check_file(place / f"{name}.parquet", manifest["files"].get(f"{name}.parquet"))
    try:
        scenario = check(manifest["scenario"], {}, str(place / MANIFEST))
    except ScenarioError as error:
        raise ResultError(f"{place}: its scenario cannot be read by this version:\n{error}") from None
    seed, months = manifest["seed"], manifest["months"]
    return Run(scenario, seed, months, float(manifest["wall_seconds"]), Folder(place, manifest))


class Folder:
    """Tables read from a folder whose manifest has been checked."""

    def __init__(self, place: Path, manifest: dict[str, Any]) -> None:
        """The folder and its manifest."""
        self.place, self._manifest = place, manifest

    def table(self, name: str) -> pa.Table:
        """One of TABLES; ResultError if its file cannot be read or lacks a column."""
        path = self.place / f"{name}.parquet"
        try:
            # partitioning=None: a folder named `a=1` must not become a column
            table = pq.read_table(path, partitioning=None)
        except (OSError, pa.ArrowException) as error:
            raise ResultError(f"{path}: cannot be read as Parquet ({error})") from None
        return table

    def manifest(self) -> dict[str, Any]:
        """The manifest as read."""
        return self._manifest


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a result folder, checked for the keys that every one has; ResultError otherwise."""
    path = folder / MANIFEST
    if not folder.is_dir():
        raise ResultError(f"{folder}: no such folder of results")
    if not path.is_file():
        raise ResultError(
            f"{folder}: no {MANIFEST} in it: not a folder of results, or a run that was interrupted"
        )
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"), parse_constant=_refuse_constant)
    except (OSError, ValueError, RecursionError) as error:
        raise ResultError(f"{path}: cannot be read as JSON ({error})") from None
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        found = manifest.get("format") if isinstance(manifest, dict) else type(manifest).__name__
        raise ResultError(f"{path}: format: found {found!r}, allowed {FORMAT}")
    for key, (kinds, expected) in _NEEDED.items():
        value = manifest.get(key)
        if not isinstance(value, kinds) or isinstance(value, bool):
            raise ResultError(f"{path}: {key}: found {value!r:.80}, allowed {expected}")
    return manifest


def _refuse_constant(text: str) -> None:
    raise ValueError(f"{text} is not a number")


def _check_file(path: Path, seal: Any) -> None:
    if not isinstance(seal, dict):
        raise ResultError(f"{path.parent / MANIFEST}: files: says nothing about {path.name}")
    if not path.is_file():
        raise ResultError(f"{path}: missing, although the manifest names it")
    found = _seal(path)
    if found != {key: seal.get(key) for key in found}:
        raise ResultError(
            f"{path}: damaged: its content is not what the manifest says ({found['bytes']} bytes)"
        )
