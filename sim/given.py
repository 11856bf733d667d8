"""What somebody hands in as a name or a path, before any file system is asked about it."""

from __future__ import annotations

import os
from pathlib import Path

from sim.errors import EstateError
from sim.text import Message, message

LONGEST = 200  # letters of a path that an error repeats


def is_file(path: Path) -> bool:
    """Whether a file stands there; no for a path that no file system can hold (300 letters, a zero byte)."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def is_folder(path: Path) -> bool:
    """Whether a folder stands there; no for a path that no file system can hold."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def is_path(given: object) -> bool:
    """Whether something is a text or a path at all."""
    return isinstance(given, str | Path) or (
        isinstance(given, os.PathLike) and isinstance(os.fspath(given), str)
    )


def kind_of(given: object) -> Message | str:
    """What was given instead, for an error: its kind, and the value where it is short."""
    if given is None:
        return message("found.nothing")
    written = f"{given!r:.60}"
    return message("found.of_kind", value=written, kind=type(given).__name__)


def path_of(given: object, place: str, error: type[EstateError]) -> Path:
    """The path that was given as `place`; `error` for what is neither a text nor a path."""
    if not is_path(given):
        allowed = message("allowed.path")
        raise error(message("problem.instead", place=place, found=kind_of(given), allowed=allowed))
    return Path(given)  # type: ignore[arg-type]  # is_path saw to it


def shortened(path: object) -> str:
    """A path for an error, cut where no file system would hold it anyway."""
    text = str(path)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
