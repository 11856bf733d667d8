"""The line under every chart that says how its result is cited."""

from __future__ import annotations

from typing import Any

from sim.kinds import kind_of_result
from sim.results.provenance import versions
from sim.text import say


def cite_line(result: Any) -> str:
    """What to cite of a result: its kind and the key that names its question, model and runs, and with which
    version it was drawn; "" for what is no result of a kind or has no key."""
    kind = kind_of_result(result)
    key = getattr(result, "key", "") if kind is not None else ""
    if kind is None or not isinstance(key, str) or not key:
        return ""
    return say("style.cite", kind=kind.title[:1].lower() + kind.title[1:], key=key, version=versions()["sim"])
