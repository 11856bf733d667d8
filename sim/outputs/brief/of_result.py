"""The brief of a result: what its kind says, with how far the model agrees with what cities reported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sim.errors import ResultError
from sim.fingerprint import model_source_hash
from sim.kinds import kind_of_result, kinds
from sim.outputs.brief.agreement import agreement
from sim.outputs.brief.model import Brief
from sim.outputs.catalog import capital
from sim.text import Later, in_language, message
from sim.text.joins import listed


def brief_of(result: Any, lang: str | None = None) -> Brief:
    """The brief of a result, in a language (None: the current one). ResultError for what has none."""
    kind = kind_of_result(result)
    if kind is None or not kind.brief:
        allowed = Later(listed, tuple(name for name, one in kinds().items() if one.brief))
        found = type(result).__name__ if kind is None else kind.id
        raise ResultError(message("problem.among", place="brief", found=found, allowed=allowed))
    with in_language(lang):
        brief: Brief = kind.get(kind.brief)(result)
        told = agreement(brief.model or model_of(result))
        return replace(brief, title=capital(brief.title), agreement=told)


def model_of(result: Any) -> str:
    """Hash of the model that a result was made by: as its manifest says, else that of the model here."""
    for name in ("saved_manifest", "manifest"):
        told = getattr(result, name, None)
        if isinstance(told, Mapping):
            # a study keeps its hash as the version of the store that its runs are in
            return str(told.get("model_source_hash") or told.get("version") or "")
    return model_source_hash()
