"""Which evidence ids exist: the first column of the register that ships with the package."""

from __future__ import annotations

import csv
from functools import lru_cache
from importlib.resources import files


@lru_cache(maxsize=1)
def evidence_ids() -> frozenset[str]:
    """All ids of `sim/evidence/evidence.csv`."""
    text = (files("sim") / "evidence" / "evidence.csv").read_text(encoding="utf-8")
    return frozenset(row["id"] for row in csv.DictReader(text.splitlines()))
