"""What a store holds, what it takes over from another, and what it may lose: for a store that many studies,
machines and versions of the model have written into."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.errors import StudyError
from sim.fingerprint import statistics_source_hash
from sim.problems import is_folder
from sim.results.claims import drivers_at_work
from sim.results.files import PART
from sim.results.store import FILE, FOLDER, Store, is_whole, read_shard, shard_name, write_shard
from sim.text import figures, message

Told = Callable[[int, int], None]
# What `validate` and `calibrate` read off runs that they do not keep: beside the runs, with a key that ends
# with the version of the statistics (sim.evidence.statistics_of_runs).
READINGS = "readings"


@dataclass(frozen=True)
class Kept:
    """What a store has of one version of the model and of its outcomes.

    version: both hashes; of figures that were read off runs which are not kept, READINGS and one hash.
    is_current: whether that is the version of this package, whose runs are used.
    done, failed: runs. bytes: of its shards, and of results that are in none yet.
    """

    version: str
    is_current: bool
    done: int
    failed: int
    bytes: int


def contents(store: Store) -> list[Kept]:
    """What a store has of every version: this package's first, whether or not it has any, then those with
    most runs."""
    counted: dict[str, Counter[str]] = {store.version: Counter()}
    for version, status, runs, pending in store.ledger.ask(
        "SELECT version, status, count(*), coalesce(sum(length(payload)), 0) FROM runs GROUP BY version, status"
    ):
        counted.setdefault(version, Counter()).update({status: runs, "bytes": pending})
    for version, size in store.ledger.ask("SELECT version, sum(bytes) FROM shards GROUP BY version"):
        counted.setdefault(version, Counter()).update({"bytes": size})
    held = [
        Kept(version, version == store.version, count["done"], count["failed"], count["bytes"])
        for version, count in counted.items()
    ]
    held.sort(key=lambda one: (not one.is_current, -one.done, one.version))
    return held + _readings(store)


def _readings(store: Store) -> list[Kept]:
    """Figures read off runs, by the version of the statistics."""
    if not _has_readings(store):
        return []
    rows = store.ledger.ask(
        "SELECT substr(key, instr(key, ' ') + 1) AS of, count(DISTINCT key), sum(length(key) + length(name) + 8) "
        "FROM readings WHERE instr(key, ' ') > 0 GROUP BY of ORDER BY of"
    )
    now = statistics_source_hash()
    return [Kept(f"{READINGS} {of}", of == now, runs, 0, size) for of, runs, size in rows]


def _has_readings(store: Store) -> bool:
    return bool(store.ledger.ask("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", READINGS))


@dataclass(frozen=True)
class Merged:
    """What came of merging stores. taken: runs that were copied. known: runs that were there already. read:
    runs of which figures were copied that had been read off them. damaged: shards of the others that are not
    as they were written, and were left out."""

    taken: int
    known: int
    read: int
    damaged: tuple[Path, ...]


def merge(store: Store, others: Sequence[Path | str], told: Told | None = None) -> Merged:
    """Take over every finished run that other stores have and this one has not, and the records of studies.

    The others keep all they have. Runs that were set aside are not taken: here they are tried again. What was
    taken before an interruption stays, and the same call goes on. told: called with shards done and all.
    StudyError for a place that is no store, or is this one, and, before anything is taken, where two stores
    have another result of the same run.
    """
    places = [_place_of(store, Path(other)) for other in others]
    with ExitStack() as opened:
        sources = [opened.enter_context(Store(place, store.notice)) for place in places]
        for source in sources:
            _refuse_other_results(store, source)
        shards = [
            (source, str(name))
            for source in sources
            for (name,) in source.ledger.ask("SELECT name FROM shards ORDER BY name")
        ]
        before = _done(store)
        damaged = []
        for number, (source, name) in enumerate(shards, 1):
            if not _take_shard(store, source, name):
                damaged.append(source.shards / name)
            if told is not None:
                told(number, len(shards))
        read = 0
        for source in sources:
            _take_pending(store, source)
            _take_studies(store, source)
            read += _take_readings(store, source)
        store.pending = store.count_pending()
        store.commit()
        offered = {key for source in sources for key in _keys(source)}
        taken = _done(store) - before
        return Merged(taken, len(store.digests(list(offered))) - taken, read, tuple(damaged))


def check_is_store(folder: Path) -> None:
    """StudyError where no store is in a folder."""
    if not (is_folder(folder) and ((folder / FILE).exists() or is_folder(folder / FOLDER))):
        found, allowed = message("storekeeping.no_store"), message("storekeeping.a_store")
        raise StudyError(message("problem.instead", place=folder, found=found, allowed=allowed))


def _place_of(store: Store, other: Path) -> Path:
    check_is_store(other)
    if other.resolve() == store.folder.resolve():
        raise StudyError(message("storekeeping.itself", folder=other))
    return other


def _done(store: Store) -> int:
    return int(store.ledger.ask("SELECT count(*) FROM runs WHERE status = 'done'")[0][0])


def _refuse_other_results(store: Store, source: Store) -> None:
    """StudyError where a run has other results in two stores: one is wrong, and nobody knows which."""
    for keys in _in_parts(_keys(source)):
        here, there = store.digests(keys), source.digests(keys)
        for key in here:
            if here[key] != there[key]:
                raise StudyError(
                    message(
                        "storekeeping.two_results", run=key[:12], folder=store.folder, other=source.folder
                    )
                )


def _keys(source: Store) -> list[str]:
    return [key for (key,) in source.ledger.ask("SELECT key FROM runs WHERE status = 'done' ORDER BY key")]


def _in_parts(keys: list[str], size: int = 5000) -> Iterator[list[str]]:
    for first in range(0, len(keys), size):
        yield keys[first : first + size]


_COLUMNS = ("key", "status", "version", "scenario", "seed", "overrides", "attempts", "seconds", "digest")


def _rows(source: Store, condition: str, *values: Any) -> list[dict[str, Any]]:
    """Finished runs of a store as rows of a ledger, without their results."""
    question = f"SELECT {', '.join(_COLUMNS)} FROM runs WHERE status = 'done' AND {condition}"
    return [dict(zip(_COLUMNS, row, strict=True)) for row in source.ledger.ask(question, *values)]


def _take_shard(store: Store, source: Store, name: str) -> bool:
    """Copy what a shard has and the store has not; whether the shard is as it was written."""
    rows = {row["key"]: row for row in _rows(source, "shard = ?", name)}
    known = store.statuses(list(rows))
    missing = [key for key in rows if known.get(key) != "done"]
    if not missing:
        return True
    if not is_whole(source.ledger, source.folder, name):
        return False
    if len(missing) == len(rows):
        sealed = source.ledger.ask("SELECT sha256, runs, bytes FROM shards WHERE name = ?", name)[0]
        entry = dict(zip(("sha256", "runs", "bytes"), sealed, strict=True))
        _copy(source.shards / name, store.shards / name)
    else:
        wanted = set(missing)
        table = read_shard(source.shards / name)
        kept = [key in wanted for key in table.column("key").to_pylist()]
        missing, table = [key for key in rows if key in wanted], table.filter(kept)
        name = shard_name(Path(name).parent.name, missing)
        entry = dict(write_shard(store.shards, name, table))
    with store.writing():
        store.ledger.insert("shards", [{"name": name, "version": Path(name).parent.name} | entry])
        store.ledger.insert("runs", [rows[key] | {"shard": name} for key in missing])
    _not_set_aside(store, known)
    return True


def _not_set_aside(store: Store, known: dict[str, str]) -> None:
    """Runs that had been set aside here and have a result now need no scenario to try them again."""
    with store.disk():
        for key, status in known.items():
            if status == "failed":
                store.inputs_file(key).unlink(missing_ok=True)


def _copy(origin: Path, place: Path) -> None:
    """A file written beside its place and moved there."""
    place.parent.mkdir(parents=True, exist_ok=True)
    part = place.with_name("." + place.name + PART)
    try:
        shutil.copyfile(origin, part)
        os.replace(part, place)
    finally:
        part.unlink(missing_ok=True)


def _take_pending(store: Store, source: Store) -> None:
    """Copy results that are in no shard yet."""
    rows = {row["key"]: row for row in _rows(source, "payload IS NOT NULL")}
    known = store.statuses(list(rows))
    with store.writing():
        for key, row in rows.items():
            if known.get(key) != "done":
                payload = source.ledger.ask("SELECT payload FROM runs WHERE key = ?", key)[0][0]
                store.ledger.insert("runs", [row | {"payload": payload}])
    _not_set_aside(store, known)


def _take_studies(store: Store, source: Store) -> None:
    """Copy the records of studies that the store does not have."""
    known = {name for (name,) in store.ledger.ask("SELECT id FROM studies")}
    with store.writing():
        for row in source.ledger.ask("SELECT id, name, file, total, started FROM studies"):
            if row[0] not in known:
                study = dict(zip(("id", "name", "file", "total", "started"), row, strict=True))
                planned = source.ledger.ask(
                    "SELECT study, position, key FROM study_runs WHERE study = ?", row[0]
                )
                named = (dict(zip(("study", "position", "key"), one, strict=True)) for one in planned)
                store.ledger.insert("study_runs", named)
                store.ledger.insert("studies", [study])


def _take_readings(store: Store, source: Store) -> int:
    """Copy what was read off runs that the store has no figure of, and designs drawn from such figures; off
    how many runs."""
    if not _has_readings(source):
        return 0
    with store.writing():
        if not _has_readings(store):
            made = source.ledger.ask("SELECT sql FROM sqlite_master WHERE name = ?", READINGS)[0][0]
            store.ledger.ask(made)
        known = {key for (key,) in store.ledger.ask("SELECT DISTINCT key FROM readings")}
        rows = source.ledger.ask("SELECT key, name, value FROM readings ORDER BY key")
        taken = [dict(zip(("key", "name", "value"), row, strict=True)) for row in rows if row[0] not in known]
        store.ledger.insert(READINGS, taken)
    return len({row["key"] for row in taken if " " in row["key"]})


def chosen(store: Store, versions: Sequence[str] | None = None) -> list[Kept]:
    """What a store has of the versions whose names begin so (default: of all but this package's).
    StudyError for one that it has no run of, or that several begin with."""
    if versions is None:
        return [one for one in contents(store) if not one.is_current]
    return [_version_of(store, version) for version in dict.fromkeys(versions)]


def prune(store: Store, versions: Sequence[str] | None = None) -> list[Kept]:
    """Take all runs of some versions (see `chosen`) out of a store, their files, and the records of studies
    that have no run left in it; what was removed.

    StudyError while a process carries out runs for it: those may be among them.
    """
    going = chosen(store, versions)
    at_work = drivers_at_work(store)
    if at_work:
        driver, runs = next(iter(at_work.items()))
        raise StudyError(
            message("storekeeping.at_work", folder=store.folder, runs=figures.count(runs), **driver.facts())
        )
    for kept in going:
        _remove(store, kept.version)
    store.commit()
    if going:
        # a file that rows were taken out of gives their room back only so
        with store.disk():
            store.ledger.connection.execute("VACUUM")
    return going


def _version_of(store: Store, asked: str) -> Kept:
    """What the store has of the version whose name begins so."""
    held = contents(store)
    matching = [one for one in held if one.version.startswith(asked) and (one.done or one.failed)]
    if len(matching) != 1 or not asked:
        allowed = message("allowed.one_of", names=", ".join(one.version for one in held))
        raise StudyError(message("problem.instead", place="--version", found=repr(asked), allowed=allowed))
    return matching[0]


def _remove(store: Store, version: str) -> None:
    """Rows first, then files: a file without rows is entered again when the store is next opened, rows
    without a file would be a damaged store."""
    if version.startswith(READINGS):
        with store.writing():
            ending = version.removeprefix(READINGS)
            store.ledger.ask("DELETE FROM readings WHERE substr(key, instr(key, ' ')) = ?", ending)
        return
    names = [name for (name,) in store.ledger.ask("SELECT name FROM shards WHERE version = ?", version)]
    failed = store.ledger.ask("SELECT key FROM runs WHERE version = ? AND status = 'failed'", version)
    with store.writing():
        touched = store.ledger.ask(
            "SELECT DISTINCT study FROM study_runs JOIN runs USING (key) WHERE version = ?", version
        )
        store.ledger.ask("DELETE FROM runs WHERE version = ?", version)
        store.ledger.ask("DELETE FROM shards WHERE version = ?", version)
        for (study,) in touched:
            if not store.ledger.ask(
                "SELECT 1 FROM study_runs JOIN runs USING (key) WHERE study = ? LIMIT 1", study
            ):
                store.ledger.ask("DELETE FROM studies WHERE id = ?", study)
                store.ledger.ask("DELETE FROM study_runs WHERE study = ?", study)
    with store.disk():
        for (key,) in failed:
            store.inputs_file(key).unlink(missing_ok=True)
        for name in names:
            (store.shards / name).unlink(missing_ok=True)
            store.tables.pop(name, None)
        folder = store.shards / version
        if folder.exists() and not any(folder.iterdir()):
            folder.rmdir()
