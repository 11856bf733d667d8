"""Which definitions of outcomes a result was made by, so that figures of one name and two meanings are never put side by side."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from sim.errors import ResultError
from sim.text import message

OUTCOME_DEFINITIONS = 2
"""Stands in every result. 1 (version 0.1, which did not write it): collection over the estates that bill and by the month,
public cost with and without the losses of state-owned companies under one name, and an estate that was taken over out of
the cycle by definition."""

KEY = "outcome_definitions"
FIRST = 1
FIRST_VERSION = "0.1"


def definitions_of(manifest: Mapping[str, Any]) -> int:
    """The number of the definitions of outcomes that a manifest says, or does not say because it is of version 0.1."""
    found = manifest.get(KEY, FIRST)
    return found if isinstance(found, int) else FIRST


def require_current(manifest: Mapping[str, Any], place: Path) -> None:
    """ResultError if a result's outcomes are defined otherwise than this version defines them."""
    found = definitions_of(manifest)
    if found < OUTCOME_DEFINITIONS:
        raise ResultError(message("result.error.old", place=place, found=found, now=OUTCOME_DEFINITIONS))
    if found > OUTCOME_DEFINITIONS:
        raise ResultError(message("result.error.newer", place=place, found=found, now=OUTCOME_DEFINITIONS))


@cache
def first_words() -> dict[str, dict[str, str]]:
    """Of every outcome of version 0.1: its meaning in "en" and "zh", and its "unit". Frozen: its results are never relabelled."""
    path = Path(__file__).with_name("outcomes_0_1.json")
    found: dict[str, dict[str, str]] = json.loads(path.read_text(encoding="utf-8"))
    return found
