"""Libraries that only some questions need: asked for before the first run, so that
none is missing after the last."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from sim.errors import StudyError
from sim.text import Message, message

INSTALLING = "pip install 'estate-governance-simulator[search]'"
CALLED = {"sklearn": "scikit-learn"}  # by its package, where that is not the module's name


def extra(name: str, purpose: str | Message) -> Any:
    """The module of an optional library; StudyError that says how to install it where it is missing."""
    try:
        return import_module(name)
    except ModuleNotFoundError:
        called = CALLED.get(name.split(".")[0], name)
        raise StudyError(message("engine.extra", name=called, purpose=purpose, command=INSTALLING)) from None
