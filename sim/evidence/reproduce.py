"""Carry out a saved run again from its manifest, compare bit for bit, and say what explains a difference."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from sim.errors import ResultError
from sim.experiments.workplace import Workplace, workplace_of
from sim.kinds import kinds, load_result
from sim.results import load_run
from sim.results.files import ENCODING, as_arrow, csv_text
from sim.results.folder import MANIFEST, Saved, read
from sim.results.provenance import here
from sim.results.tables import TABLES
from sim.scenario import content_hash
from sim.text import message
from sim.text.system import told as why

if TYPE_CHECKING:
    import pandas as pd

    from sim.results import Run


SCENARIO, MODEL, VERSION, MACHINE = "scenario", "model", "version", "machine"
SAME, EXPLAINED, EDITED, UNEXPLAINED = "same", "explained", "edited", "unexplained"


@dataclass(frozen=True)
class Change:
    """Something that was otherwise when the run was saved: its kind, name, and what it was and is."""

    kind: str
    name: str
    then: str
    now: str


@dataclass(frozen=True)
class Reproduction:
    """What came of it.

    then, now: SHA-256 over all outcomes of the saved run and of this one. files: the files of the result that
    are not what this one gives (a table, or a sentence in the manifest). first: where the estates first
    differ (month, estate, column), None if they do not. changes: what is otherwise here. commit: the commit
    of the code that saved it ("" unknown), clean: whether that code was exactly that commit. edited: the
    months in which the city was changed by hand through handles, which was done again here.
    """

    folder: str
    then: str
    now: str
    files: tuple[str, ...]
    first: tuple[int, int, str] | None
    changes: tuple[Change, ...]
    commit: str
    clean: bool
    edited: tuple[int, ...] = ()

    @property
    def same(self) -> bool:
        """Whether outcomes, all tables and all sentences are the same to the last bit."""
        return self.then == self.now and not self.files

    @property
    def verdict(self) -> str:
        """How it came out.

        "same"; "explained" by the first kind among `changes`; "edited" where the runs are the same and only
        files are not what they give; or "unexplained", which is a defect of the model.
        """
        if self.same:
            return SAME
        if self.changes:
            return EXPLAINED
        return EDITED if self.then == self.now else UNEXPLAINED

    @property
    def reasons(self) -> tuple[Change, ...]:
        """The changes that explain a difference: those of the first kind there is; the model
        decides before a version does."""
        order = (SCENARIO, MODEL, VERSION, MACHINE)
        for kind in order:
            changes = tuple(change for change in self.changes if change.kind == kind)
            if changes:
                return changes
        return ()


def reproduce(
    folder: str | Path,
    *,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    notice: Callable[[str], None] | None = None,
) -> Reproduction:
    """Carry out the run saved in a folder again. ResultError if the folder cannot be read;
    see `sim.run` for the rest."""
    from sim.results.branching import carry_out
    from sim.runner import run

    saved = load_run(folder)
    if saved.edits:
        again = _with_edits(saved, threads)
    elif saved.branch is not None:
        again = carry_out(
            saved.branch, saved.scenario, threads=threads, progress=progress, notice=notice
        )  # from month 0, whatever state it went on from
    else:
        again = run(
            saved.scenario, saved.seed, saved.months, threads=threads, progress=progress, notice=notice
        )
    return compare(saved, again, str(folder))


def _with_edits(saved: Run, threads: int | None) -> Run:
    """The run of a city that was changed by hand, each change made again after the
    month in which it was made."""
    from sim.agents.edits import do_again
    from sim.mesa_city import City
    from sim.results import Run

    try:
        with City(saved.scenario, saved.seed, saved.months, threads) as city:
            while True:
                now = [edit for edit in saved.edits if edit.month == city.month]
                do_again(now, city.state)
                city.edits += now
                if city.month == city.months:
                    return Run.from_city(city)
                city.step()
    except (TypeError, ValueError, AttributeError, IndexError) as error:
        raise ResultError(
            message("folder.unreadable", file=f"{MANIFEST} (edits)", error=why(error))
        ) from None


def compare(saved: Run, again: Run, folder: str = "") -> Reproduction:
    """What is otherwise between a saved run and one carried out again."""
    then, now = saved.manifest, again.manifest
    different = tuple(name for name in TABLES if not _same(saved, again, name))
    git = then.get("git") or {}
    first = first_difference(saved.estates, again.estates) if "estates" in different else None
    return Reproduction(
        folder,
        str(then.get("outcomes_sha256", "")),
        str(now["outcomes_sha256"]),
        tuple(f"{name}.parquet" for name in different),
        first,
        changes_between(then, now, content_hash(again.scenario)),
        str(git.get("commit", "")),
        git.get("dirty") is False,
        tuple(sorted({edit.month for edit in saved.edits})),
    )


def _same(saved: Run, again: Run, name: str) -> bool:
    """Whether a table that was saved is what the run gives now; an outcome that is newer
    than the saved run is left out."""
    if name != "outcomes":
        return bool(getattr(saved, name).equals(getattr(again, name)))
    then, now = (
        dict(zip(*(table.column(key).to_pylist() for key in ("outcome", "value")), strict=True))
        for table in (saved.table(name), again.table(name))
    )
    return then == {key: now.get(key) for key in then}


def changes_between(then: Mapping[str, Any], now: Mapping[str, Any], content: str) -> tuple[Change, ...]:
    """What differs between the manifest of a saved run and that of a new one whose
    scenario has this content hash."""
    changes = []
    if then.get("content_hash") != content:
        changes.append(Change(SCENARIO, "content_hash", _short(then.get("content_hash")), _short(content)))
    if then.get("model_source_hash") != now["model_source_hash"]:
        changes.append(
            Change(
                MODEL,
                "model_source_hash",
                _short(then.get("model_source_hash")),
                _short(now["model_source_hash"]),
            )
        )
    if now.get("summary_source_hash") != then.get("summary_source_hash"):  # of many runs only
        changes.append(
            Change(
                MODEL,
                "summary_source_hash",
                _short(then.get("summary_source_hash")),
                _short(now.get("summary_source_hash")),
            )
        )
    before, after = dict(then.get("versions") or {}), dict(now["versions"])
    for name in sorted(before.keys() | after.keys()):
        if before.get(name) != after.get(name):
            changes.append(
                Change(VERSION, name, str(before.get(name, "unknown")), str(after.get(name, "unknown")))
            )
    was, is_ = dict(then.get("platform") or {}), dict(now["platform"])
    for name in (
        ("system", "machine") if was else ()
    ):  # earlier versions did not write it for every kind of result
        if was.get(name) != is_.get(name):
            changes.append(
                Change(MACHINE, name, str(was.get(name, "unknown")), str(is_.get(name, "unknown")))
            )
    return tuple(changes)


def first_difference(saved: pd.DataFrame, other: pd.DataFrame) -> tuple[int, int, str] | None:
    """Month, estate and column of the first cell that differs, by month and estate; None if shape
    differs or nothing does."""
    if saved.shape != other.shape or list(saved.columns) != list(other.columns):
        return None
    best: tuple[int, str] | None = None
    for column in saved.columns:
        unequal = ~(
            (saved[column] == other[column]) | (saved[column].isna() & other[column].isna())
        ).to_numpy(bool)
        if unequal.any() and (best is None or int(unequal.argmax()) < best[0]):
            best = (int(unequal.argmax()), str(column))
    if best is None:
        return None
    row = saved.iloc[best[0]]
    return int(row["month"]), int(row["estate"]), best[1]


def _short(text: Any) -> str:
    return str(text)[:16] if text else "unknown"


# many runs: a saved experiment again, in a store of its own

WORDS = ("sentences", "warnings")  # what a manifest says in words, where it says any


def reproduce_many(folder: str | Path, workplace: Workplace | None = None) -> Reproduction:
    """Carry out what was saved in a folder by compare, study, sensitivity, tipping, ablate or budget again.

    `workplace`: with what engine, time limit and progress. No run is taken from an existing store, and
    ensemble and level are those of the result, so that it may say none of these three. Of a budget search the
    packages tried are run again, not searched for again. ResultError or StudyError if the folder cannot be
    read, or a study in it is not finished.
    """
    from sim.results.store import open_store

    work = workplace_of("reproduce_many", workplace, {}, ("store", "ensemble", "level"))
    path = Path(folder)
    held = read(path)
    registered = {name: kind for name, kind in kinds().items() if kind.reproduce}
    if held.kind not in registered:
        allowed = message("evidence.or_a_run", kinds=", ".join(registered))
        raise ResultError(message("folder.kind", folder=path, found=repr(held.kind), allowed=allowed))
    saved, manifest = load_result(path), held.manifest
    with TemporaryDirectory(prefix="estate-reproduce-") as fresh, open_store(Path(fresh)) as store:
        where = replace(work, store=store)
        again = registered[held.kind].get(registered[held.kind].reproduce)(saved, where)
        content, digest = _content_now(manifest, again), _digest(again)
        later = registered[held.kind].later
        tables = {
            name: table for name, table in again.tables().items() if held.has(name) or name not in later
        }
        different = (*_other_tables(held, tables), *_other_words(held, again))
    git = manifest.get("git") or {}
    now = here() | _sources_now()
    then = manifest | {"content_hash": _content_of(manifest, content)} | _sources(manifest)
    return Reproduction(
        str(folder),
        _digest(saved),
        digest,
        different,
        None,
        changes_between(then, now, content),
        str(git.get("commit", "")),
        git.get("dirty") is False,
    )


def _content_now(manifest: Mapping[str, Any], again: Any) -> str:
    """Hash of the scenarios as they are read today: of the arms where there are several,
    else the one saved or the key."""
    if "arms" in manifest:
        return _arms(content_hash(arm.scenario) for arm in again.arms)
    return str(manifest.get("content_hash") or again.key)


def _content_of(manifest: Mapping[str, Any], now: str) -> str:
    """Hash of the scenarios as they were; else the key, which holds those of the runs, and so
    depends on the model too."""
    if "arms" in manifest:
        return _arms(arm["content_hash"] for arm in manifest["arms"].values())
    if "content_hash" in manifest:
        return str(manifest["content_hash"])
    return str(manifest["key"]) if _sources(manifest) == _sources_now() else now


def _digest(result: Any) -> str:
    """SHA-256 over all runs of a result; of a study, whose digest takes the runs to
    be complete, as it is now."""
    return str(result.digest() if callable(result.digest) else result.digest)


def _sources(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Hashes of the sources of the model and of what sums up a run; a study has both in its version."""
    if "version" in manifest:
        model, _, summary = str(manifest["version"]).partition("-")
        return {"model_source_hash": model, "summary_source_hash": summary}
    return {key: manifest[key] for key in ("model_source_hash", "summary_source_hash") if key in manifest}


def _sources_now() -> dict[str, Any]:
    from sim.fingerprint import model_source_hash, summary_source_hash

    return {"model_source_hash": model_source_hash(), "summary_source_hash": summary_source_hash()}


def _other_tables(held: Saved, tables: Mapping[str, pd.DataFrame]) -> list[str]:
    """The files of tables that do not hold what these do: Parquet by value, CSV letter by letter."""
    files = []
    for name, table in tables.items():
        if not held.has(name) or not same_table(held.table(name).to_pandas(), as_arrow(table).to_pandas()):
            files.append(f"{name}.parquet")
        file = held.folder / f"{name}.csv"
        if file.name in held.manifest.get("files", {}) and file.read_bytes() != csv_text(table).encode(
            ENCODING
        ):
            files.append(file.name)
    return files


def _other_words(held: Saved, again: Any) -> list[str]:
    """The parts of the manifest whose sentences are not those of the result carried out again."""
    parts = []
    for name in WORDS:
        for lang, then in held.manifest.get(name, {}).items():
            if list(getattr(again, name)(lang)) != then:
                parts.append(f"{MANIFEST} ({name}, {lang})")
    return parts


def same_table(saved: pd.DataFrame, other: pd.DataFrame) -> bool:
    """Whether two tables hold the same columns and values to the last bit; how
    texts are stored does not matter."""
    if list(saved.columns) != list(other.columns) or len(saved) != len(other):
        return False
    for name in saved.columns:
        left, right = saved[name].reset_index(drop=True), other[name].reset_index(drop=True)
        if left.dtype.kind == right.dtype.kind == "f":
            alike = ((left == right) | (left.isna() & right.isna())).all()
        else:
            alike = (left.isna() == right.isna()).all() and (
                left.astype(str)[left.notna()] == right.astype(str)[right.notna()]
            ).all()
        if not alike:
            return False
    return True


def _arms(hashes: Iterable[str]) -> str:
    """Hash of several scenarios."""
    return sha256(" ".join(hashes).encode("ascii")).hexdigest()
