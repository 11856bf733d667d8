"""Carry out a saved experiment of many runs again, in a store of its own, and compare it bit for bit with what was saved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from sim.errors import ResultError
from sim.evidence.reproduce import Reproduction, changes_between, here
from sim.experiments.workplace import Workplace, workplace_of
from sim.kinds import kinds, load_result
from sim.results.files import ENCODING, as_arrow, csv_text
from sim.results.folder import MANIFEST, Saved, read
from sim.scenario import content_hash
from sim.text import message

if TYPE_CHECKING:
    import pandas as pd


WORDS = ("sentences", "warnings")  # what a manifest says in words, where it says any


def reproduce_many(folder: str | Path, workplace: Workplace | None = None) -> Reproduction:
    """Carry out what was saved in a folder by compare, study, sensitivity, tipping, ablate or budget again.

    `workplace`: with what engine, time limit and progress. No run is taken from an existing store, and ensemble and level are
    those of the result, so that it may say none of these three. Of a budget search the packages tried are run again, not searched for again.
    ResultError or StudyError if the folder cannot be read, or a study in it is not finished.
    """
    from sim.results.store import open_store

    work = workplace_of("reproduce_many", workplace, {}, ("store", "ensemble", "level"))
    place = Path(folder)
    held = read(place)
    registered = {name: kind for name, kind in kinds().items() if kind.reproduce}
    if held.kind not in registered:
        allowed = message("evidence.or_a_run", kinds=", ".join(registered))
        raise ResultError(message("folder.kind", folder=place, found=repr(held.kind), allowed=allowed))
    saved, manifest = load_result(place), held.manifest
    with TemporaryDirectory(prefix="estate-reproduce-") as fresh, open_store(Path(fresh)) as store:
        where = replace(work, store=store)
        again = registered[held.kind].get(registered[held.kind].reproduce)(saved, where)
        content, digest = _content_now(manifest, again), _digest(again)
        different = (*_other_tables(held, again.tables()), *_other_words(held, again))
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
    """Hash of the scenarios as they are read today: of the arms where there are several, else the one saved or the key."""
    if "arms" in manifest:
        return _arms(content_hash(arm.scenario) for arm in again.arms)
    return str(manifest.get("content_hash") or again.key)


def _content_of(manifest: Mapping[str, Any], now: str) -> str:
    """Hash of the scenarios as they were; else the key, which holds those of the runs, and so depends on the model too."""
    if "arms" in manifest:
        return _arms(arm["content_hash"] for arm in manifest["arms"].values())
    if "content_hash" in manifest:
        return str(manifest["content_hash"])
    return str(manifest["key"]) if _sources(manifest) == _sources_now() else now


def _digest(found: Any) -> str:
    """SHA-256 over all runs of a result; of a study, whose digest takes the runs to be complete, as it is now."""
    return str(found.digest() if callable(found.digest) else found.digest)


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
    found = []
    for name, table in tables.items():
        if not held.has(name) or not same_table(held.table(name).to_pandas(), as_arrow(table).to_pandas()):
            found.append(f"{name}.parquet")
        file = held.place / f"{name}.csv"
        if file.name in held.manifest.get("files", {}) and file.read_bytes() != csv_text(table).encode(
            ENCODING
        ):
            found.append(file.name)
    return found


def _other_words(held: Saved, again: Any) -> list[str]:
    """The parts of the manifest whose sentences are not those of the result carried out again."""
    found = []
    for name in WORDS:
        for lang, then in held.manifest.get(name, {}).items():
            if list(getattr(again, name)(lang)) != then:
                found.append(f"{MANIFEST} ({name}, {lang})")
    return found


def same_table(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    """Whether two tables hold the same columns and values to the last bit; how texts are stored does not matter."""
    if list(one.columns) != list(other.columns) or len(one) != len(other):
        return False
    for name in one.columns:
        left, right = one[name].reset_index(drop=True), other[name].reset_index(drop=True)
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
