"""A sound file of one pattern, and changes to it."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

GOOD: dict[str, Any] = {
    "name": "some",
    "title": {"zh": "某", "en": "some"},
    "kind": "level",
    "scenario": "small_city",
    "use": "calibration",
    "sources": ["P007"],
    "measured": {
        "of_whom": {"zh": "全县", "en": "the county"},
        "counts": "unstated",
        "company_run": False,
        "region": "centre",
        "years": [2021, 2021],
    },
    "measure": {"statistic": "collection", "months": [1, 6]},
    "target": {"low": 0.5, "high": 0.7},
}


def file_of(**changes: Any) -> dict[str, Any]:
    pattern = deepcopy(GOOD)
    for dotted, value in changes.items():
        holder: Any = pattern
        *path, last = dotted.split("__")
        for part in path:
            holder = holder.setdefault(part, {})
        holder[last] = value
    return {"patterns": [pattern]}
