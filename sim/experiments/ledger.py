"""The ledger of a store: one SQLite file in WAL mode, written by the driver alone, that says what became of every run."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sim.errors import ResultError
from sim.text import message

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

# A worker process that is forked later holds copies of these objects; kept here, they are never closed in the worker, which
# SQLite forbids.
_OPEN: list[sqlite3.Connection] = []


class Damaged(ResultError):
    """A ledger that SQLite cannot read."""


class Ledger:
    """Open ledger; every method is one transaction unless it is called inside `writing()`."""

    def __init__(self, folder: Path) -> None:
        """Open or create the ledger of a store's folder. Damaged if it cannot be read, ResultError if of another version."""
        self.path = folder / FILE
        self.connection = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None)
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
            found = self.connection.execute("PRAGMA user_version").fetchone()[0]
            if found not in (0, FORMAT):
                place = f"{self.path}: format"
                raise ResultError(message("problem.instead", place=place, found=found, allowed=FORMAT))
            self.connection.execute("PRAGMA journal_mode=WAL")
            self.connection.execute("PRAGMA synchronous=NORMAL")
            if found == 0:
                self.connection.executescript(_TABLES + f"PRAGMA user_version={FORMAT};")
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError as error:
            raise Damaged(message("store.ledger_damaged_why", file=self.path, error=error)) from None

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

    def ask_about(self, columns: str, keys: Sequence[str], condition: str = "") -> Iterator[tuple[Any, ...]]:
        """`columns` of the runs with these keys (no order; keys that the ledger does not know give nothing)."""
        for chunk in _chunks(list(dict.fromkeys(keys))):
            marks = ",".join("?" * len(chunk))
            yield from self.connection.execute(
                f"SELECT {columns} FROM runs WHERE key IN ({marks}) {condition}", chunk
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
