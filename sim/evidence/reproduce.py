"""Carry out a saved run again from its manifest, compare bit for bit, and say what explains a difference."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.results import load_run
from sim.results.provenance import git_state, machine, versions
from sim.scenario import content_hash

if TYPE_CHECKING:
    import pandas as pd

    from sim.results import Run

SCENARIO, MODEL, VERSION, MACHINE = "scenario", "model", "version", "machine"
SAME, EXPLAINED, EDITED, UNEXPLAINED = "same", "explained", "edited", "unexplained"
TABLES = ("estate_table", "estates", "city", "events", "ledger")


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

    then, now: SHA-256 over all outcomes of the saved run and of this one. files: the files of the result that are not what
    this one gives (a table, or a sentence in the manifest). first: where the estates first differ (month, estate, column), None if they do not. changes: what is otherwise here. commit: the
    commit of the code that saved it ("" unknown), clean: whether that code was exactly that commit.
    """

    folder: str
    then: str
    now: str
    files: tuple[str, ...]
    first: tuple[int, int, str] | None
    changes: tuple[Change, ...]
    commit: str
    clean: bool

    @property
    def same(self) -> bool:
        """Whether outcomes, all tables and all sentences are the same to the last bit."""
        return self.then == self.now and not self.files

    @property
    def verdict(self) -> str:
        """How it came out.

        "same"; "explained" by the first kind among `changes`; "edited" where the runs are the same and only files are not what
        they give; or "unexplained", which is a defect of the model.
        """
        if self.same:
            return SAME
        if self.changes:
            return EXPLAINED
        return EDITED if self.then == self.now else UNEXPLAINED

    @property
    def reasons(self) -> tuple[Change, ...]:
        """The changes that explain a difference: those of the first kind there is; the model decides before a version does."""
        order = (SCENARIO, MODEL, VERSION, MACHINE)
        for kind in order:
            found = tuple(change for change in self.changes if change.kind == kind)
            if found:
                return found
        return ()


def reproduce(
    folder: str | Path,
    *,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    notice: Callable[[str], None] | None = None,
) -> Reproduction:
    """Carry out the run saved in a folder again. ResultError if the folder cannot be read; see `sim.run` for the rest."""
    from sim.runner import run

    saved = load_run(folder)
    again = run(saved.scenario, saved.seed, saved.months, threads=threads, progress=progress, notice=notice)
    return compare(saved, again, str(folder))


def compare(saved: Run, again: Run, folder: str = "") -> Reproduction:
    """What is otherwise between a saved run and one carried out again."""
    then, now = saved.manifest, again.manifest
    different = tuple(name for name in TABLES if not getattr(saved, name).equals(getattr(again, name)))
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
    )


def changes_between(then: Mapping[str, Any], now: Mapping[str, Any], content: str) -> tuple[Change, ...]:
    """What differs between the manifest of a saved run and that of a new one whose scenario has this content hash."""
    found = []
    if then.get("content_hash") != content:
        found.append(Change(SCENARIO, "content_hash", _short(then.get("content_hash")), _short(content)))
    if then.get("model_source_hash") != now["model_source_hash"]:
        found.append(
            Change(
                MODEL,
                "model_source_hash",
                _short(then.get("model_source_hash")),
                _short(now["model_source_hash"]),
            )
        )
    if now.get("summary_source_hash") != then.get("summary_source_hash"):  # of many runs only
        found.append(
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
            found.append(
                Change(VERSION, name, str(before.get(name, "unknown")), str(after.get(name, "unknown")))
            )
    was, is_ = dict(then.get("platform") or {}), dict(now["platform"])
    for name in (
        ("system", "machine") if was else ()
    ):  # earlier versions did not write it for every kind of result
        if was.get(name) != is_.get(name):
            found.append(Change(MACHINE, name, str(was.get(name, "unknown")), str(is_.get(name, "unknown"))))
    return tuple(found)


def first_difference(one: pd.DataFrame, other: pd.DataFrame) -> tuple[int, int, str] | None:
    """Month, estate and column of the first cell that differs, by month and estate; None if shape differs or nothing does."""
    if one.shape != other.shape or list(one.columns) != list(other.columns):
        return None
    best: tuple[int, str] | None = None
    for column in one.columns:
        unequal = ~((one[column] == other[column]) | (one[column].isna() & other[column].isna())).to_numpy(
            bool
        )
        if unequal.any() and (best is None or int(unequal.argmax()) < best[0]):
            best = (int(unequal.argmax()), str(column))
    if best is None:
        return None
    row = one.iloc[best[0]]
    return int(row["month"]), int(row["estate"]), best[1]


def here() -> dict[str, Any]:
    """Versions, machine and commit of this installation, as a manifest has them."""
    return {"versions": versions(), "platform": machine(), "git": git_state()}


def _short(text: Any) -> str:
    return str(text)[:16] if text else "unknown"
