"""How the commands of analyses name a folder of results and put it in place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sim.results.folder import check_place, put_in_place, staging

LONGEST_NAME = 80


def folder_name(kind: str, names: list[str], key: str) -> str:
    """Name of a folder of results: what it is about, and eight digits of its key."""
    return f"{kind}-{'-'.join(names)[:LONGEST_NAME]}-{key[:8]}"


def write_results(folder: Path, kind: str, key: str, write: Callable[[Path], object]) -> None:
    """Let `write` fill a folder beside `folder`, and put it in place when all is there. ResultError if another result is there."""
    check_place(folder, kind, key)
    with staging(folder) as part:
        write(part)
        put_in_place(part, folder)
