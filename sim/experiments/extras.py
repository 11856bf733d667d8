"""Libraries that only some questions need: asked for before the first run, so that none is missing after the last."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from sim.errors import StudyError

CALLED = {"sklearn": "scikit-learn"}  # by its package, where that is not the module's name


def extra(name: str, purpose: str) -> Any:
    """The module of an optional library; StudyError that says how to install it where it is missing."""
    try:
        return import_module(name)
    except ModuleNotFoundError:
        raise StudyError(
            f"{CALLED.get(name.split('.')[0], name)} is not installed, and {purpose} needs it: pip install 'estate-governance-simulator[search]'"
        ) from None
