"""Who has which runs of a store in hand, so that two drivers on one store do nothing twice.

A driver enters the runs that it is about to carry out under its name. Another that wants the same runs
carries out the rest and waits for those; it takes over what a driver leaves that is gone. A claim spares work
and guards nothing: a run that two drivers carried out after all has one result (see `Store.put`).
"""

from __future__ import annotations

import os
import platform
import sqlite3
import threading
import time
import uuid
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

import psutil

from sim.results.store import Store, connect
from sim.text import figures, say

SIGN_SECONDS = 10.0  # between two signs of life
# A driver on this machine is gone with its process. One elsewhere, or one that hangs, is taken for gone after
# so long without a
# sign: what another machine wrote is seen late on a shared disk.
SILENT_SECONDS = 90.0
LOOK_SECONDS = 0.5
LOOK_SHARE = 10  # looking takes at most one part in so many of the time of waiting
_ended: set[str] = set()  # drivers of this process that have ended, which a full disk may not let them write


@dataclass(frozen=True)
class Driver:
    """A process that carries out runs of a store: where it is, from when on, and when it gave its
    last sign of life (UTC)."""

    name: str
    host: str
    space: str
    process: int
    since: str
    sign: str

    def is_gone(self) -> bool:
        """Whether it certainly has ended: its process was on this machine and is no more."""
        if (self.host, self.space) != _here():
            return False
        try:
            return bool(psutil.Process(self.process).status() == psutil.STATUS_ZOMBIE)
        except psutil.NoSuchProcess:
            return True
        except psutil.Error:
            return False

    def facts(self) -> dict[str, Any]:
        """What a sentence says of it; the time is that of a reader's clock."""
        since = datetime.fromisoformat(self.since).astimezone()
        return {"process": str(self.process), "host": self.host, "since": f"{since:%Y-%m-%d %H:%M}"}


def _here() -> tuple[str, str]:
    """This machine, and within it the space in which a process id means something
    (containers have their own)."""
    try:
        space = str(os.stat("/proc/self/ns/pid").st_ino)
    except OSError:
        space = ""
    return platform.node(), space


def _now(precisely: bool = False) -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds" if precisely else "seconds")


_COLUMNS = "d.id, d.host, d.space, d.process, d.since, d.sign"


def drivers_at_work(store: Store, keys: Sequence[str] | None = None) -> dict[Driver, int]:
    """Every driver that has runs of a store in hand and is not gone, and how many of these
    `keys` (default: of all runs)."""
    if keys is None:
        rows = store.ledger.ask(
            f"SELECT {_COLUMNS}, count(*) FROM drivers d JOIN claims c ON c.driver = d.id GROUP BY d.id"
        )
        drivers = {Driver(*row[:-1]): int(row[-1]) for row in rows}
    else:
        drivers = {}
        for driver in _holders(store, keys).values():
            drivers[driver] = drivers.get(driver, 0) + 1
    return {driver: runs for driver, runs in drivers.items() if not driver.is_gone()}


def _drivers(store: Store) -> list[Driver]:
    return [Driver(*row) for row in store.ledger.ask(f"SELECT {_COLUMNS} FROM drivers d")]


def _holders(store: Store, keys: Iterable[str]) -> dict[str, Driver]:
    """The driver of every one of these runs that is in the hand of one, by key."""
    drivers = {driver.name: driver for driver in _drivers(store)}
    claimed = store.ledger.ask_about("key, driver", list(keys), table="claims")
    return {key: drivers[name] for key, name in claimed if name in drivers}


class Claims:
    """The runs that one driver has in hand, as long as `with` lasts."""

    def __init__(self, store: Store) -> None:
        """Nothing is claimed yet."""
        self.store, self.name, self.since = store, uuid.uuid4().hex, _now()
        self._signs: _Signs | None = None
        self._heard: dict[
            str, tuple[str, float]
        ] = {}  # last sign of other drivers, and when it was first seen here

    def __enter__(self) -> Claims:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give back what was not carried out. Where the disk refuses even that,
        others take it over all the same."""
        _ended.add(self.name)
        if self._signs is None:
            return
        self._signs.stop()
        try:
            with self.store.ledger.writing():
                self.store.ledger.ask("DELETE FROM drivers WHERE id = ?", self.name)
                self.store.ledger.ask("DELETE FROM claims WHERE driver = ?", self.name)
        except sqlite3.Error:
            pass

    def take(self, keys: Collection[str]) -> dict[str, Driver]:
        """Claim these runs; returns those that another driver has in hand, which are not
        claimed, with that driver."""
        with self.store.writing():
            self._enter()
            for driver in _drivers(self.store):
                if self._has_left(driver):
                    self.store.ledger.ask("DELETE FROM drivers WHERE id = ?", driver.name)
            self.store.ledger.ask("DELETE FROM claims WHERE driver NOT IN (SELECT id FROM drivers)")
            held = {
                key: driver for key, driver in _holders(self.store, keys).items() if driver.name != self.name
            }
            mine = ({"key": key, "driver": self.name} for key in keys if key not in held)
            self.store.ledger.insert("claims", mine)
        return held

    def wait(self, held: dict[str, Driver], told: Callable[[int], None]) -> None:
        """Wait until no other driver has any of these runs in hand, or one that has is gone.

        `told` is called with the number of runs that are still in hand.
        """
        self._tell(held, lambda **of: say("store.in_hand", folder=self.store.folder, **of))
        while held:
            begun = time.perf_counter()
            held = _holders(self.store, held)
            gone = {driver.name for driver in set(held.values()) if self._has_left(driver)}
            left = {key: driver for key, driver in held.items() if driver.name in gone}
            if left:
                self._tell(left, lambda **of: say("store.left", silent=f"{SILENT_SECONDS:g}", **of))
                return
            told(len(held))
            if held:
                time.sleep(max(LOOK_SECONDS, LOOK_SHARE * (time.perf_counter() - begun)))

    def _enter(self) -> None:
        host, space = _here()
        row = {
            "id": self.name,
            "host": host,
            "space": space,
            "process": os.getpid(),
            "since": self.since,
            "sign": _now(precisely=True),
        }
        self.store.ledger.insert("drivers", [row])
        if self._signs is None:
            self._signs = _Signs(self.store, self.name)

    def _has_left(self, driver: Driver) -> bool:
        """Whether a driver will do nothing more: it has ended, or gave no sign for too long while
        it was watched from here.

        Clocks of two machines differ, so that it is the sign's change that counts and not its time.
        """
        if driver.name == self.name:
            return False
        if driver.name in _ended:
            return True
        now = time.monotonic()
        sign, first = self._heard.get(driver.name, ("", now))
        if sign != driver.sign:
            self._heard[driver.name] = (driver.sign, now)
            first = now
        return driver.is_gone() or now - first > SILENT_SECONDS

    def _tell(self, runs: dict[str, Driver], sentence: Callable[..., str]) -> None:
        """One sentence about every driver of these runs."""
        for driver in sorted(set(runs.values()), key=lambda one: one.since):
            number = sum(one == driver for one in runs.values())
            self.store.notice(sentence(runs=figures.count(number), **driver.facts()))


class _Signs:
    """A thread that says every few seconds that a driver is alive, with a connection of its own."""

    def __init__(self, store: Store, name: str) -> None:
        self.path, self.name, self.over = store.ledger.path, name, threading.Event()
        self.thread = threading.Thread(target=self._give, daemon=True)
        self.thread.start()

    def stop(self) -> None:
        """No more signs."""
        self.over.set()
        self.thread.join()

    def _give(self) -> None:
        while not self.over.wait(SIGN_SECONDS):
            try:
                with closing(connect(self.path, SIGN_SECONDS)) as connection:
                    connection.execute(
                        "UPDATE drivers SET sign = ? WHERE id = ?", (_now(precisely=True), self.name)
                    )
            except sqlite3.Error:
                continue  # a disk that is busy or full: the next sign is as good


def carry_out_or_wait(
    store: Store,
    keys: Sequence[str],
    ended: Callable[[Sequence[str]], Collection[str]],
    run: Callable[[Sequence[str]], None],
    told: Callable[[int], None],
) -> None:
    """Have every one of these runs carried out once: by `run`, or by the driver that has it in
    hand, which is waited for.

    `ended` gives those of some runs that need not be carried out any more; `told` is called with the number
    of runs that are waited for. What a driver leaves that is gone is carried out here.
    """
    with Claims(store) as claims:
        wanted = list(keys)
        while wanted:
            held = claims.take(wanted)
            free = [key for key in wanted if key not in held]
            over = set(ended(free))  # what another driver finished since it was looked for
            if mine := [key for key in free if key not in over]:
                run(mine)
            if held:
                claims.wait(held, told)
            wanted = list(held)
