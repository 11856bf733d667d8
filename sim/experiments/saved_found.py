"""Tipping maps, ablations and budget searches in a folder: tables for readers, and the whole result to be read back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import ScenarioError, StudyError
from sim.experiments.comparison_files import MANIFEST, save_tables
from sim.experiments.files import replace_text
from sim.experiments.saved_objects import decode, encode

if TYPE_CHECKING:
    from sim.experiments.ablate import Ablation
    from sim.experiments.budget import BudgetSearch
    from sim.experiments.tipping import Tipping

FORMAT = 1
RESULT = "result.json"
KINDS = {"Tipping": "tipping", "Ablation": "ablation", "BudgetSearch": "budget"}


def save_found(
    found: Tipping | Ablation | BudgetSearch, folder: Path | str, more: Mapping[str, Any] | None = None
) -> Path:
    """Write every table (Parquet and CSV), `result.json` and, last, `manifest.json` (with `more` in it); returns the folder.

    StudyError if that fails.
    """
    place = Path(folder)
    try:
        place.mkdir(parents=True, exist_ok=True)
        (place / MANIFEST).unlink(missing_ok=True)
        replace_text(place / RESULT, json.dumps(encode(found), ensure_ascii=False, allow_nan=False) + "\n")
    except OSError as error:
        raise StudyError(f"{place}: cannot be written ({error.strerror or error})") from None
    return save_tables(place, found.tables(), manifest_of(found) | dict(more or {}))


def manifest_of(found: Tipping | Ablation | BudgetSearch) -> dict[str, Any]:
    """What was asked and how, in plain data."""
    from sim.fingerprint import model_source_hash, summary_source_hash
    from sim.results.provenance import git_state, machine, versions
    from sim.scenario import content_hash

    return {
        "format": FORMAT,
        "kind": KINDS[type(found).__name__],
        "key": found.digest[:16],
        "scenario": found.scenario.name,
        "content_hash": content_hash(found.scenario),
        "asked": encode(dict(found.asked)),
        "digest": found.digest,
        "model_source_hash": model_source_hash(),
        "summary_source_hash": summary_source_hash(),
        "versions": versions(),
        "platform": machine(),
        "git": git_state(),
        "sentences": {lang: found.sentences(lang) for lang in ("zh", "en")},
    }


def load_found(folder: Path | str) -> Tipping | Ablation | BudgetSearch:
    """What was saved in a folder, with its manifest as `saved_manifest`. StudyError if it holds none or cannot be read."""
    place = Path(folder)
    try:
        manifest = json.loads((place / MANIFEST).read_text(encoding="utf-8"))
        if (
            not isinstance(manifest, dict)
            or manifest.get("kind") not in KINDS.values()
            or manifest.get("format") != FORMAT
        ):
            raise StudyError(
                f"{place}: found no {', '.join(KINDS.values())} in it, allowed a folder that estate tipping, ablate or budget wrote"
            )
        found = decode(json.loads((place / RESULT).read_text(encoding="utf-8")))
    except ScenarioError as error:
        raise StudyError(f"{place}: its scenario cannot be read by this version:\n{error}") from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, ImportError) as error:
        raise StudyError(f"{place}: cannot be read ({type(error).__name__}: {error})") from None
    if KINDS.get(type(found).__name__) != manifest["kind"] or found.digest != manifest["digest"]:
        raise StudyError(f"{place}: {RESULT} and {MANIFEST} do not belong together")
    found.saved_manifest = manifest
    return found  # type: ignore[no-any-return]
