"""Where runs are kept: by content, so that a run that exists anywhere in the store is never carried out again.

A folder with `ledger.sqlite` (what became of every run; results that are not in a shard yet), `shards/<version>/*.parquet`
(finished runs, about a hundred a file) and `manifest.json` (every shard with its hash). In one line:

    pandas.read_parquet("results/store/shards")          duckdb.sql("from 'results/store/shards/*/*.parquet'")
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from sim.errors import ResultError, StudyError
from sim.experiments.engine import Finished
from sim.experiments.ledger import FORMAT
from sim.experiments.packing import batch_of, number, summary_in, unpack
from sim.experiments.repair import forget_shard, is_whole, open_ledger, reconcile
from sim.experiments.shards import (
    FOLDER,
    SHARD_RUNS,
    read_shard,
    seal,
    shard_name,
    shard_table,
    write_shard,
)
from sim.experiments.summary import RunSummary
from sim.fingerprint import model_source_hash, summary_source_hash
from sim.results.files import replace_text
from sim.scenario import to_toml
from sim.text import Family, figures, message, say
from sim.text.joins import listed

DEFAULT_STORE = Path("results") / "store"
FAILURES = Family("store", ("raised", "timeout", "died"))
OPEN_TABLES = 6  # shards held in memory while results are read


@dataclass(frozen=True)
class FailedRun:
    """A run that was set aside: why, with what seed and changes, and how to try it again."""

    key: str
    seed: int
    overrides: dict[str, Any]
    kind: str
    message: str
    traceback: str
    attempts: int
    scenario_file: Path

    @property
    def rerun_command(self) -> str:
        """What carries out this one run again outside of its study."""
        return f"estate run {self.scenario_file}"

    def describe(self) -> str:
        """One line for a terminal."""
        changes = listed(f"{key}={value}" for key, value in self.overrides.items())
        return say(
            "store.failed_run",
            run=self.key[:12],
            seed=self.seed,
            changes=changes or say("store.base_scenario"),
            kind=FAILURES[self.kind],
            message=self.message,
        )


def open_store(place: Path | str | None = None, notice: Callable[[str], None] | None = None) -> Store:
    """The store in a folder, made if need be; default ESTATE_STORE from the environment, else `results/store`."""
    return Store(Path(place or os.environ.get("ESTATE_STORE") or DEFAULT_STORE), notice)


class Store:
    """An open store. One process may write at a time to a row of it; several may have it open."""

    def __init__(self, folder: Path, notice: Callable[[str], None] | None = None) -> None:
        """Open the store in `folder`; `notice` is told when damage is found and what is done about it (default: stderr)."""
        self.folder, self.shards = folder, folder / FOLDER
        self.notice = notice or _tell
        self.version = f"{model_source_hash()}-{summary_source_hash()}"
        self.tables: OrderedDict[str, tuple[pa.Table, dict[str, int]]] = OrderedDict()
        self.checked: set[str] = set()
        with self._disk():
            self.shards.mkdir(parents=True, exist_ok=True)
            self.ledger = open_ledger(folder, self.notice)
            with self.ledger.writing():
                reconcile(self.ledger, folder)
        self.pending = self._count_pending()
        self._tell_of_other_versions()

    def _tell_of_other_versions(self) -> None:
        """One sentence, as long as the store has nothing of this version, about the runs that it has of others."""
        if self.ledger.ask("SELECT 1 FROM runs WHERE version = ? LIMIT 1", self.version):
            return
        others = self.ledger.ask("SELECT count(*) FROM runs")[0][0]
        if others:
            self.notice(say("store.other_versions", folder=self.folder, runs=figures.count(others)))

    def close(self) -> None:
        """Close the ledger."""
        self.ledger.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # writing

    def put(self, finished: Finished) -> None:
        """Keep what came of a run. StudyError if the disk is full; the store is then as it was before."""
        cell, packed, failure = finished.cell, finished.packed, finished.failure
        row: dict[str, Any] = {
            "key": cell.key,
            "version": self.version,
            "scenario": cell.scenario_hash,
            "seed": cell.seed,
            "overrides": cell.overrides_json(),
            "attempts": finished.attempts,
            "seconds": round(finished.seconds, 3),
        }
        if packed is not None:
            row |= {"status": "done", "digest": packed.digest, "payload": packed.payload}
        elif failure is not None:
            inputs = to_toml(cell.scenario.model_copy(update={"seed": cell.seed}))
            row |= {
                "status": "failed",
                "failure": failure.kind,
                "message": failure.message,
                "traceback": failure.traceback,
                "inputs": inputs,
            }
        with self._disk():
            with self.ledger.writing():
                before = self.statuses([cell.key]).get(cell.key)
                if before == "done":
                    return  # another driver was faster; a run has one result
                self.ledger.insert("runs", [row])
            if packed is None:
                self._write_inputs(cell.key, row["inputs"])
            else:
                if before is not None:
                    self._inputs_file(cell.key).unlink(missing_ok=True)
                self.pending += 1
            if self.pending >= SHARD_RUNS:
                self._compact(merge=False)

    def commit(self) -> None:
        """Move every finished run into shards (small shards are merged) and bring the manifest up to date."""
        with self._disk():
            if self.pending:
                self._compact(merge=True)
            self._write_manifest()

    def _count_pending(self) -> int:
        return int(
            self.ledger.ask(
                "SELECT count(*) FROM runs WHERE version = ? AND payload IS NOT NULL", self.version
            )[0][0]
        )

    def _compact(self, merge: bool) -> None:
        """Write pending runs into shards; the ledger's write lock is held, so that no other driver does the same."""
        old: list[str] = []
        with self.ledger.writing():
            rows = self.ledger.ask(
                "SELECT key, scenario, overrides, digest, payload FROM runs WHERE version = ? AND payload IS NOT NULL ORDER BY key",
                self.version,
            )
            if not rows:
                return
            tables = [shard_table([row[:4] for row in rows], [batch_of(row[4]) for row in rows])]
            if merge:
                old = self._small_shards()
                tables += [read_shard(self.shards / name) for name in old]
            table = pa.concat_tables(tables).combine_chunks()
            for first in range(0, table.num_rows, SHARD_RUNS):
                self._write_one(table.slice(first, SHARD_RUNS))
            for name in old:
                self.ledger.ask("DELETE FROM shards WHERE name = ?", name)
        for name in old:
            (self.shards / name).unlink(missing_ok=True)
        self.pending = 0

    def _small_shards(self) -> list[str]:
        question = "SELECT name, sha256 FROM shards WHERE version = ? AND runs < ? ORDER BY name"
        small = self.ledger.ask(question, self.version, SHARD_RUNS // 2)
        # a damaged one is left for check_shards, which says so
        return [
            name for name, sha in small if (self.shards / name).exists() and seal(self.shards / name) == sha
        ]

    def _write_one(self, table: pa.Table) -> None:
        keys = table.column("key").to_pylist()
        name = shard_name(self.version, keys)
        sealed = write_shard(self.shards, name, table)
        self.ledger.insert("shards", [{"name": name, "version": self.version} | sealed])
        for key in keys:
            self.ledger.ask("UPDATE runs SET payload = NULL, shard = ? WHERE key = ?", name, key)
        self.checked.add(name)

    def _write_manifest(self) -> None:
        """Every shard of the store with its hash; written beside its place and moved there."""
        shards = self.ledger.ask("SELECT name, sha256, runs, bytes FROM shards ORDER BY name")
        done, failed = (
            self.ledger.ask("SELECT count(*) FROM runs WHERE status = ?", s)[0][0] for s in ("done", "failed")
        )
        listed = {name: {"sha256": sha, "runs": runs, "bytes": size} for name, sha, runs, size in shards}
        text = (
            json.dumps({"format": FORMAT, "done": done, "failed": failed, "shards": listed}, indent=1) + "\n"
        )
        replace_text(self.folder / "manifest.json", text)

    def _inputs_file(self, key: str) -> Path:
        return self.folder / "failed" / f"{key[:12]}.toml"

    def _write_inputs(self, key: str, text: str) -> None:
        self._inputs_file(key).parent.mkdir(exist_ok=True)
        replace_text(self._inputs_file(key), text)

    @contextmanager
    def _disk(self) -> Iterator[None]:
        """Turn what a full or unwritable disk raises into one clear error."""
        try:
            yield
        except (OSError, sqlite3.OperationalError, pa.ArrowException) as error:
            raise StudyError(message("store.unwritable", folder=self.folder, error=error)) from error

    @contextmanager
    def writing(self) -> Iterator[None]:
        """A transaction on the ledger, with a full disk told as one clear error."""
        with self._disk(), self.ledger.writing():
            yield

    # reading

    def statuses(self, keys: Sequence[str]) -> dict[str, str]:
        """ "done" or "failed" by key; runs that the store does not know are left out."""
        return dict(self.ledger.ask_about("key, status", keys))

    def digests(self, keys: Sequence[str]) -> dict[str, str]:
        """The summary digest of every finished run, by key."""
        return dict(self.ledger.ask_about("key, digest", keys, "AND status = 'done'"))

    def failures(self, keys: Sequence[str]) -> list[FailedRun]:
        """The runs among these that were set aside, in the order of the keys."""
        columns = "key, seed, overrides, failure, message, traceback, attempts"
        rows = {row[0]: row for row in self.ledger.ask_about(columns, keys, "AND status = 'failed'")}
        found = [rows[key] for key in dict.fromkeys(keys) if key in rows]
        return [
            FailedRun(key, seed, json.loads(overrides), kind, message, text, attempts, self._inputs_file(key))
            for key, seed, overrides, kind, message, text, attempts in found
        ]

    def key_of(self, run_id: str, among: Sequence[str]) -> str:
        """The full key that begins with `run_id`. StudyError if none or several of `among` do."""
        found = sorted({key for key in among if key.startswith(run_id)})
        if len(found) != 1:
            told = message("store.run_id", number=f"{len(found):,}")
            allowed = message("store.exactly_one")
            raise StudyError(message("problem.instead", place=f"--run {run_id}", found=told, allowed=allowed))
        return found[0]

    def summary(self, key: str) -> RunSummary:
        """The summary of a finished run. ResultError if the store does not have it or cannot read it."""
        rows = self.ledger.ask("SELECT payload, shard FROM runs WHERE key = ? AND status = 'done'", key)
        if not rows:
            raise ResultError(message("store.no_run", folder=self.folder, run=key[:12]))
        payload, shard = rows[0]
        if payload is not None:
            return unpack(payload)
        try:
            table, places = self._table(shard)
        except FileNotFoundError:
            # another driver has merged the shard into a larger one in the meantime
            moved = self.ledger.ask("SELECT shard FROM runs WHERE key = ?", key)[0][0]
            if moved == shard:
                raise ResultError(message("store.shard_missing", file=self.shards / shard)) from None
            table, places = self._table(moved)
        return summary_in(table, places[key])

    def _table(self, shard: str) -> tuple[pa.Table, dict[str, int]]:
        if shard not in self.tables:
            table = read_shard(self.shards / shard)
            self.tables[shard] = (
                table,
                {key: row for row, key in enumerate(table.column("key").to_pylist())},
            )
            if len(self.tables) > OPEN_TABLES:
                self.tables.popitem(last=False)
        self.tables.move_to_end(shard)
        return self.tables[shard]

    def check_shards(self, keys: Sequence[str]) -> list[str]:
        """Compare every shard that holds one of these runs with its hash; runs of a damaged one are forgotten and told of.

        Returns the names of the damaged shards. Each shard is checked once while the store is open.
        """
        names = {
            row[0] for row in self.ledger.ask_about("shard", keys, "AND shard IS NOT NULL")
        } - self.checked
        damaged = [name for name in sorted(names) if not is_whole(self.ledger, self.folder, name)]
        for name in damaged:
            with self.writing():
                lost = forget_shard(self.ledger, self.folder, name)
            self.tables.pop(name, None)
            self.notice(say("store.shard_damaged", file=self.shards / name, runs=figures.count(lost)))
        self.checked |= names
        return damaged

    def columns(self, keys: Sequence[str], names: Sequence[str]) -> dict[str, tuple[Any, ...]]:
        """Some columns of finished runs, by key: far faster than whole summaries. Outcomes without a value are NaN."""
        wanted = set(keys)
        found: dict[str, tuple[Any, ...]] = {}
        rows = list(self.ledger.ask_about("key, shard", keys, "AND status = 'done'"))
        for shard in sorted({shard for _, shard in rows if shard is not None}):
            table = read_shard(self.shards / shard, ["key", *names])
            for row in zip(*(_plain(table.column(name)) for name in ("key", *names)), strict=True):
                if row[0] in wanted:
                    found[row[0]] = row[1:]
        for key in (key for key, shard in rows if shard is None):
            batch = batch_of(self.ledger.ask("SELECT payload FROM runs WHERE key = ?", key)[0][0])
            found[key] = tuple(_plain(batch.column(name))[0] for name in names)
        return found


def _plain(column: pa.ChunkedArray | pa.Array) -> list[Any]:
    """The values of a column; NaN for a figure that there is not."""
    values: list[Any] = column.to_pylist()
    return [number(value) for value in values] if pa.types.is_floating(column.type) else values


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
