"""What a store does about damage: a ledger that cannot be read, shards that were changed, and what a killed driver left."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa

from sim.errors import ResultError
from sim.experiments.ledger import FILE, Damaged, Ledger
from sim.experiments.shards import FOLDER, HEAD, read_shard, seal
from sim.results.files import PART
from sim.text import say

DAMAGED = "damaged"


def open_ledger(folder: Path, notice: Callable[[str], None]) -> Ledger:
    """The ledger of a store's folder; one that cannot be read is set aside, told of, and replaced by an empty one."""
    try:
        return Ledger(folder)
    except Damaged as error:
        for path in sorted(folder.glob(FILE + "*")):
            _set_aside(folder, path)
        notice(say("store.ledger_remade", error=error))
        return Ledger(folder)


def reconcile(ledger: Ledger, folder: Path) -> None:
    """Bring ledger and shards together again, after a driver was killed while writing or a ledger was lost.

    What was half-written goes; a shard that the ledger does not know is entered, unless the ledger has its runs anyway.
    """
    shards = folder / FOLDER
    known = {name for (name,) in ledger.ask("SELECT name FROM shards")}
    for path in sorted(shards.glob("*/*")):
        if path.name.endswith(PART):
            path.unlink(missing_ok=True)
        elif path.relative_to(shards).as_posix() not in known:
            _adopt(ledger, folder, path)


def _adopt(ledger: Ledger, folder: Path, path: Path) -> None:
    try:
        table = read_shard(path, [*HEAD, "seed"])
    except (ResultError, FileNotFoundError):
        _set_aside(folder, path)
        return
    keys = table.column("key").to_pylist()
    if len(list(ledger.ask_about("key", keys))) == len(keys):
        path.unlink(missing_ok=True)
    else:
        _enter(ledger, folder, path, table)


def _enter(ledger: Ledger, folder: Path, path: Path, table: pa.Table) -> None:
    """Write a shard and its runs into the ledger: every row says what is needed to find the run again."""
    name, version = path.relative_to(folder / FOLDER).as_posix(), path.parent.name
    ledger.insert(
        "shards",
        [
            {
                "name": name,
                "version": version,
                "sha256": seal(path),
                "runs": table.num_rows,
                "bytes": path.stat().st_size,
            }
        ],
    )
    common = {"version": version, "status": "done", "attempts": 1, "seconds": 0.0, "shard": name}
    ledger.insert("runs", (common | row for row in table.to_pylist()))


def is_whole(ledger: Ledger, folder: Path, name: str) -> bool:
    """Whether a shard has the hash that the ledger recorded when it was written."""
    recorded = ledger.ask("SELECT sha256 FROM shards WHERE name = ?", name)
    path = folder / FOLDER / name
    return bool(recorded) and path.exists() and seal(path) == recorded[0][0]


def forget_shard(ledger: Ledger, folder: Path, name: str) -> int:
    """Take a shard and its runs out of the ledger and the file out of the way; returns how many runs that were."""
    lost = int(ledger.ask("SELECT count(*) FROM runs WHERE shard = ?", name)[0][0])
    ledger.ask("DELETE FROM runs WHERE shard = ?", name)
    ledger.ask("DELETE FROM shards WHERE name = ?", name)
    path = folder / FOLDER / name
    if path.exists():
        _set_aside(folder, path)
    return lost


def _set_aside(folder: Path, path: Path) -> None:
    place = folder / DAMAGED
    place.mkdir(exist_ok=True)
    os.replace(path, place / path.name)
