"""Tipping maps, ablations and budget searches in a folder: tables for readers, and the whole result to be read back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from sim.errors import ResultError, ScenarioError
from sim.experiments.saved_ids import id_of
from sim.experiments.saved_objects import decode, encode
from sim.fingerprint import model_source_hash, summary_source_hash
from sim.results.folder import MANIFEST, Saved, read, write
from sim.results.provenance import git_state, machine, versions
from sim.scenario import Scenario, content_hash
from sim.text import languages, message

if TYPE_CHECKING:
    import pandas as pd

RESULT = "result.json"


class Found(Protocol):
    """A result that is saved whole: its parts, exactly, beside its tables."""

    @property
    def scenario(self) -> Scenario:
        """What it was asked of."""

    @property
    def asked(self) -> dict[str, Any]:
        """With what options."""

    @property
    def digest(self) -> str:
        """SHA-256 over all runs."""

    @property
    def key(self) -> str:
        """What it is known by, see `key_of`."""

    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table by name."""

    def sentences(self, lang: str | None = ...) -> list[str]:
        """What was found, in words."""


def save_found(found: Found, folder: Path | str, more: Mapping[str, Any] | None = None) -> Path:
    """Write every table (Parquet and CSV), `result.json` and, last, `manifest.json` (with `more` in it); returns the folder.

    ResultError if it holds another result, or if that fails.
    """
    texts = {RESULT: json.dumps(encode(found), ensure_ascii=False, allow_nan=False) + "\n"}
    manifest = manifest_of(found) | dict(more or {})
    return write(Path(folder), kind_of(found), found.key, manifest, found.tables(), texts=texts)


def kind_of(found: Found) -> str:
    """The kind of a result as manifests state it."""
    return id_of(type(found))


def key_of(found: Found) -> str:
    """Sixteen hex digits that name what was asked, of which model, and what the runs came to."""
    return key_from(found.scenario, found.asked, found.digest)


def key_from(scenario: Scenario, asked: Mapping[str, Any], told_apart_by: str | float) -> str:
    """Sixteen hex digits of a scenario, options, the model, and what else tells one result from another."""
    told = [
        content_hash(scenario),
        encode(dict(asked)),
        told_apart_by,
        model_source_hash(),
        summary_source_hash(),
    ]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]


def manifest_of(found: Found) -> dict[str, Any]:
    """What was asked and how, in plain data."""
    return {
        "key": found.key,
        "scenario": found.scenario.name,
        "content_hash": content_hash(found.scenario),
        "asked": encode(dict(found.asked)),
        "digest": found.digest,
        "model_source_hash": model_source_hash(),
        "summary_source_hash": summary_source_hash(),
        "versions": versions(),
        "platform": machine(),
        "git": git_state(),
        "sentences": {lang: found.sentences(lang) for lang in languages()},
    }


def parts_of(saved: Saved) -> Found:
    """What the parts in a folder make. ResultError if they cannot be read, or do not belong to the manifest."""
    place, manifest = saved.place, saved.manifest
    try:
        found: Found = decode(json.loads(saved.text(RESULT)))
    except ScenarioError as error:
        raise ResultError(message("folder.scenario", folder=place, error=error)) from None
    except ResultError as error:
        raise ResultError(message("folder.in", place=place / RESULT, error=error)) from None
    except (ValueError, KeyError, TypeError, AttributeError, ImportError) as error:
        told = f"{type(error).__name__}: {error}"
        raise ResultError(message("folder.unreadable", file=place / RESULT, error=told)) from None
    if id_of(type(found)) != saved.kind or found.digest != manifest["digest"]:
        raise ResultError(message("folder.not_together", folder=place, file=RESULT, manifest=MANIFEST))
    return found


def load_found(folder: Path | str) -> Found:
    """What was saved in a folder, with its manifest as `saved_manifest`. ResultError if it holds none or cannot be read."""
    saved = read(folder)
    found = parts_of(saved)
    setattr(found, "saved_manifest", saved.manifest)  # noqa: B010 - no part of what a result must have
    return found
