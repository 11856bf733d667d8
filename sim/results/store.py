"""Where runs are kept: by content, so that a run that exists anywhere in the store
is never carried out again.

A folder with `ledger.sqlite` (what became of every run; results that are not in a shard yet),
`shards/<version>/*.parquet` (finished runs, about a hundred a file) and `manifest.json` (every
shard with its hash). In one line:

    pandas.read_parquet("results/store/shards")          duckdb.sql("from 'results/store/shards/*/*.parquet'")
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shlex
import sqlite3
import sys
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sim.errors import ResultError, StudyError
from sim.fingerprint import model_source_hash, summary_source_hash
from sim.results.engines import Finished
from sim.results.files import PART, replace_text
from sim.results.summary import RunSummary, batch_of, number, summary_in, summary_schema, unpack
from sim.scenario import to_toml
from sim.text import Family, Message, figures, kept, message, say
from sim.text.joins import listed
from sim.text.system import reason_of
from sim.text.system import told as why

# the ledger: one SQLite file in WAL mode, written by the driver alone, that says what became of every run

FORMAT = 1
FILE = "ledger.sqlite"
BUSY_SECONDS = 60.0  # another driver may be writing a shard
_CHUNK = 500  # keys in one question

_TABLES = """
CREATE TABLE IF NOT EXISTS runs (
    key TEXT PRIMARY KEY, status TEXT NOT NULL, version TEXT NOT NULL, scenario TEXT NOT NULL, seed INTEGER NOT NULL,
    overrides TEXT NOT NULL, attempts INTEGER NOT NULL, seconds REAL NOT NULL, digest TEXT, payload BLOB, shard TEXT,
    failure TEXT, message TEXT, traceback TEXT, inputs TEXT) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS runs_by_shard ON runs (shard);
CREATE TABLE IF NOT EXISTS shards (
    name TEXT PRIMARY KEY, version TEXT NOT NULL, sha256 TEXT NOT NULL, runs INTEGER NOT NULL, bytes INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS studies (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, file TEXT NOT NULL, total INTEGER NOT NULL, started TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS study_runs (
    study TEXT NOT NULL, position INTEGER NOT NULL, key TEXT NOT NULL, PRIMARY KEY (study, position)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS study_runs_by_study ON study_runs (study, key);
"""
# What is under way, see claims.py; stores of before there were claims get them when they are opened.
_CLAIMS = """
CREATE TABLE IF NOT EXISTS drivers (
    id TEXT PRIMARY KEY, host TEXT NOT NULL, space TEXT NOT NULL, process INTEGER NOT NULL, since TEXT NOT NULL, sign TEXT NOT NULL)
    WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS claims (key TEXT PRIMARY KEY, driver TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS claims_by_driver ON claims (driver);
"""

# A worker process that is forked later holds copies of these objects; kept here, they are never closed in the
# worker, which SQLite forbids.
_OPEN: list[sqlite3.Connection] = []


class Damaged(ResultError):
    """A ledger that SQLite cannot read."""


def connect(path: Path, seconds: float = BUSY_SECONDS) -> sqlite3.Connection:
    """A connection to the ledger at a path that waits so long for other drivers to have
    written. Raises sqlite3.Error."""
    return sqlite3.connect(path, timeout=seconds, isolation_level=None)


class Ledger:
    """Open ledger; every method is one transaction unless it is called inside `writing()`."""

    def __init__(self, folder: Path) -> None:
        """Open or create the ledger of a store's folder. Damaged if it cannot be read,
        ResultError if of another version."""
        self.path = folder / FILE
        self.connection = connect(self.path)
        _OPEN.append(self.connection)
        try:
            self._prepare()
        except BaseException:
            self.close()
            raise

    def _prepare(self) -> None:
        try:
            if self.connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
                raise Damaged(message("store.ledger_damaged", file=self.path))
            version = self.connection.execute("PRAGMA user_version").fetchone()[0]
            if version not in (0, FORMAT):
                place = f"{self.path}: format"
                raise ResultError(message("problem.instead", place=place, found=version, allowed=FORMAT))
            self.connection.execute("PRAGMA journal_mode=WAL")
            self.connection.execute("PRAGMA synchronous=NORMAL")
            if version == 0:
                self.connection.executescript(_TABLES + f"PRAGMA user_version={FORMAT};")
            self.connection.executescript(_CLAIMS)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError as error:
            raise Damaged(message("store.ledger_damaged_why", file=self.path, error=why(error))) from None

    def close(self) -> None:
        """Close the file."""
        self.connection.close()
        if self.connection in _OPEN:
            _OPEN.remove(self.connection)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """A transaction that keeps other drivers from writing; undone if anything is raised inside."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.connection.execute("COMMIT")
        except BaseException:
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
            raise

    def ask(self, question: str, *values: Any) -> list[tuple[Any, ...]]:
        """All rows that answer a question."""
        return self.connection.execute(question, values).fetchall()

    def ask_about(
        self, columns: str, keys: Sequence[str], condition: str = "", table: str = "runs"
    ) -> Iterator[tuple[Any, ...]]:
        """`columns` of the runs with these keys (no order; keys that the ledger
        does not know give nothing)."""
        for chunk in _chunks(list(dict.fromkeys(keys))):
            marks = ",".join("?" * len(chunk))
            yield from self.connection.execute(
                f"SELECT {columns} FROM {table} WHERE key IN ({marks}) {condition}", chunk
            ).fetchall()

    def insert(self, table: str, rows: Iterable[dict[str, Any]]) -> None:
        """Insert rows, replacing those with the same primary key."""
        for row in rows:
            names, marks = ",".join(row), ",".join("?" * len(row))
            self.connection.execute(
                f"INSERT OR REPLACE INTO {table} ({names}) VALUES ({marks})", list(row.values())
            )


def _chunks(keys: list[str]) -> Iterator[list[str]]:
    for first in range(0, len(keys), _CHUNK):
        yield keys[first : first + _CHUNK]


# shards: written whole, a row a run, and checked by their hash

SHARD_RUNS = 100
SUFFIX = ".parquet"
FOLDER = "shards"
# What stands before the summary's columns in every row, besides the factors that the overrides name.
HEAD = ("key", "scenario", "overrides", "digest")


def shard_table(heads: list[tuple[str, ...]], batches: list[pa.RecordBatch]) -> pa.Table:
    """The table of a shard from one HEAD and one record batch for each run."""
    table = pa.Table.from_batches(batches, summary_schema()).combine_chunks()
    for position, name in enumerate(HEAD):
        table = table.add_column(position, name, pa.array([head[position] for head in heads], pa.string()))
    return table


def shard_name(version: str, keys: list[str]) -> str:
    """Path within the folder of shards: the version of model and summary, then a
    name made from the runs inside."""
    return f"{version}/runs-{hashlib.sha256(''.join(keys).encode()).hexdigest()[:16]}{SUFFIX}"


def write_shard(folder: Path, name: str, table: pa.Table) -> dict[str, int | str]:
    """Write a shard beside its place, flush it, move it there; returns its sha256, runs and bytes."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    # readers of a folder of Parquet files pass over names that begin with a dot
    part = path.with_name("." + path.name + PART)
    try:
        pq.write_table(
            table, part, compression="zstd", compression_level=1, use_dictionary=["scenario", "overrides"]
        )
        with open(part, "rb+") as file:
            os.fsync(file.fileno())
        sealed = seal(part)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
    return {"sha256": sealed, "runs": table.num_rows, "bytes": path.stat().st_size}


def seal(path: Path) -> str:
    """SHA-256 of a file, hexadecimal."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_shard(path: Path, columns: list[str] | None = None) -> pa.Table:
    """The table of a shard, or some of its columns. ResultError if it cannot be read;
    FileNotFoundError if it is gone."""
    try:
        # partitioning=None: a folder named `a=1` must not become a column
        return pq.read_table(path, columns=columns, partitioning=None)
    except FileNotFoundError:
        raise
    except (OSError, pa.ArrowException) as error:
        raise ResultError(message("folder.not_parquet", file=path, error=reason_of(error))) from None


# damage: a ledger that cannot be read, shards that were changed, and what a killed driver left

DAMAGED = "damaged"


def open_ledger(folder: Path, notice: Callable[[str], None]) -> Ledger:
    """The ledger of a store's folder; one that cannot be read is set aside, told of, and
    replaced by an empty one."""
    try:
        return Ledger(folder)
    except Damaged as error:
        for path in sorted(folder.glob(FILE + "*")):
            _set_aside(folder, path)
        notice(say("store.ledger_remade", error=error))
        return Ledger(folder)


def reconcile(ledger: Ledger, folder: Path) -> None:
    """Bring ledger and shards together again, after a driver was killed while writing or a ledger was lost.

    What was half-written goes; a shard that the ledger does not know is entered, unless the
    ledger has its runs anyway.
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
    """Take a shard and its runs out of the ledger and the file out of the way;
    returns how many runs that were."""
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


# the store

DEFAULT_STORE = Path("results") / "store"
FAILURES = Family("store", ("raised", "timeout", "died"))
NOWHERE = (
    errno.EEXIST,
    errno.ENOTDIR,
    errno.ELOOP,
    errno.EACCES,
    errno.EPERM,
    errno.EROFS,
    errno.ENAMETOOLONG,
)
"""What the system says of a path at which no folder can be made."""
OPEN_TABLES = 6  # shards held in memory while results are read


@dataclass(frozen=True)
class FailedRun:
    """A run that was set aside: why, with what seed and changes, and how to try it again."""

    key: str
    seed: int
    overrides: dict[str, Any]
    kind: str
    message: Message | str
    traceback: str
    attempts: int
    scenario_file: Path

    @property
    def rerun_command(self) -> str:
        """What carries out this one run again outside of its study."""
        return f"estate run {shlex.quote(str(self.scenario_file))}"

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


def open_store(folder: Path | str | None = None, notice: Callable[[str], None] | None = None) -> Store:
    """The store in a folder, made if need be; default ESTATE_STORE from the
    environment, else `results/store`."""
    return Store(store_folder(folder), notice)


def store_folder(folder: Path | str | None = None) -> Path:
    """The folder that `open_store` opens."""
    return Path(folder or os.environ.get("ESTATE_STORE") or DEFAULT_STORE)


class Store:
    """An open store. Several processes may have it open; claims.py keeps them from
    carrying out the same runs."""

    def __init__(self, folder: Path, notice: Callable[[str], None] | None = None) -> None:
        """Open the store in `folder`; `notice` is told when damage is found and what is
        done about it (default: stderr)."""
        self.folder, self.shards = folder, folder / FOLDER
        self.notice = notice or _tell
        self.version = f"{model_source_hash()}-{summary_source_hash()}"
        self.tables: OrderedDict[str, tuple[pa.Table, dict[str, int]]] = OrderedDict()
        self.checked: set[str] = set()
        self._make_folder()
        with self.disk():
            self.ledger = open_ledger(folder, self.notice)
            with self.ledger.writing():
                reconcile(self.ledger, folder)
        self.pending = self.count_pending()
        self._tell_of_other_versions()

    def _make_folder(self) -> None:
        try:
            self.shards.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            if error.errno not in NOWHERE:
                raise StudyError(
                    message("store.unwritable", folder=self.folder, error=reason_of(error))
                ) from error
            raise StudyError(message("store.nowhere", folder=self.folder, error=reason_of(error))) from error

    def _tell_of_other_versions(self) -> None:
        """One sentence, as long as the store has nothing of this version, about the
        runs that it has of others."""
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
        planned_run, packed, failure = finished.planned_run, finished.packed, finished.failure
        row: dict[str, Any] = {
            "key": planned_run.key,
            "version": self.version,
            "scenario": planned_run.scenario_hash,
            "seed": planned_run.seed,
            "overrides": planned_run.overrides_json(),
            "attempts": finished.attempts,
            "seconds": round(finished.seconds, 3),
        }
        if packed is not None:
            row |= {"status": "done", "digest": packed.digest, "payload": packed.payload}
        elif failure is not None:
            inputs = to_toml(planned_run.scenario.model_copy(update={"seed": planned_run.seed}))
            row |= {
                "status": "failed",
                "failure": failure.kind,
                "message": kept.written(failure.message),
                "traceback": failure.traceback,
                "inputs": inputs,
            }
        with self.disk():
            with self.ledger.writing():
                self.ledger.ask("DELETE FROM claims WHERE key = ?", planned_run.key)
                before = self.statuses([planned_run.key]).get(planned_run.key)
                if before == "done":
                    return  # another driver was faster; a run has one result
                self.ledger.insert("runs", [row])
            if packed is None:
                self._write_inputs(planned_run.key, row["inputs"])
            else:
                if before is not None:
                    self.inputs_file(planned_run.key).unlink(missing_ok=True)
                self.pending += 1
            if self.pending >= SHARD_RUNS:
                self._compact(merge=False)

    def commit(self) -> None:
        """Move every finished run into shards (small shards are merged) and bring the manifest up to date."""
        with self.disk():
            if self.pending:
                self._compact(merge=True)
            self._write_manifest()

    def count_pending(self) -> int:
        """How many results of this version are in no shard yet."""
        return int(
            self.ledger.ask(
                "SELECT count(*) FROM runs WHERE version = ? AND payload IS NOT NULL", self.version
            )[0][0]
        )

    def _compact(self, merge: bool) -> None:
        """Write pending runs into shards; the ledger's write lock is held, so that
        no other driver does the same."""
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

    def inputs_file(self, key: str) -> Path:
        """Where the scenario of a run that was set aside is written."""
        return self.folder / "failed" / f"{key[:12]}.toml"

    def _write_inputs(self, key: str, text: str) -> None:
        self.inputs_file(key).parent.mkdir(exist_ok=True)
        replace_text(self.inputs_file(key), text)

    @contextmanager
    def disk(self) -> Iterator[None]:
        """Turn what a full or unwritable disk raises into one clear error."""
        try:
            yield
        except (OSError, sqlite3.OperationalError, pa.ArrowException) as error:
            raise StudyError(
                message("store.unwritable", folder=self.folder, error=reason_of(error))
            ) from error

    @contextmanager
    def writing(self) -> Iterator[None]:
        """A transaction on the ledger, with a full disk told as one clear error."""
        with self.disk(), self.ledger.writing():
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
        failures = [rows[key] for key in dict.fromkeys(keys) if key in rows]
        return [
            FailedRun(
                key,
                seed,
                json.loads(overrides),
                kind,
                kept.read(why),
                text,
                attempts,
                self.inputs_file(key),
            )
            for key, seed, overrides, kind, why, text, attempts in failures
        ]

    def key_of(self, run_id: str, among: Sequence[str]) -> str:
        """The full key that begins with `run_id`. StudyError if none or several of `among` do."""
        matching = sorted({key for key in among if key.startswith(run_id)})
        if len(matching) != 1:
            told = message("store.run_id", number=f"{len(matching):,}")
            allowed = message("store.exactly_one")
            raise StudyError(message("problem.instead", place=f"--run {run_id}", found=told, allowed=allowed))
        return matching[0]

    def summary(self, key: str) -> RunSummary:
        """The summary of a finished run. ResultError if the store does not have it or cannot read it."""
        rows = self.ledger.ask("SELECT payload, shard FROM runs WHERE key = ? AND status = 'done'", key)
        if not rows:
            raise ResultError(message("store.no_run", folder=self.folder, run=key[:12]))
        payload, shard = rows[0]
        if payload is not None:
            return unpack(payload)
        try:
            table, row_of = self._table(shard)
        except FileNotFoundError:
            # another driver has merged the shard into a larger one in the meantime
            moved = self.ledger.ask("SELECT shard FROM runs WHERE key = ?", key)[0][0]
            if moved == shard:
                raise ResultError(message("store.shard_missing", file=self.shards / shard)) from None
            table, row_of = self._table(moved)
        return summary_in(table, row_of[key])

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
        """Compare every shard that holds one of these runs with its hash; runs of a damaged
        one are forgotten and told of.

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
        """Some columns of finished runs, by key: far faster than whole summaries. Outcomes
        without a value are NaN."""
        wanted = set(keys)
        values_of: dict[str, tuple[Any, ...]] = {}
        rows = list(self.ledger.ask_about("key, shard", keys, "AND status = 'done'"))
        for shard in sorted({shard for _, shard in rows if shard is not None}):
            table = read_shard(self.shards / shard, ["key", *names])
            for row in zip(*(_plain(table.column(name)) for name in ("key", *names)), strict=True):
                if row[0] in wanted:
                    values_of[row[0]] = row[1:]
        for key in (key for key, shard in rows if shard is None):
            batch = batch_of(self.ledger.ask("SELECT payload FROM runs WHERE key = ?", key)[0][0])
            values_of[key] = tuple(_plain(batch.column(name))[0] for name in names)
        return values_of


def _plain(column: pa.ChunkedArray | pa.Array) -> list[Any]:
    """The values of a column; NaN for a figure that there is not."""
    values: list[Any] = column.to_pylist()
    return [number(value) for value in values] if pa.types.is_floating(column.type) else values


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
