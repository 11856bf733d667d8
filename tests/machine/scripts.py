"""The project's own scripts, which lie outside of the package, as modules."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]


def script(place: str) -> ModuleType:
    """The script at a place in the project."""
    spec = importlib.util.spec_from_file_location(Path(place).stem + "_command", ROOT / place)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
