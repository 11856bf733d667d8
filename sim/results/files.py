"""Writing a file so that nobody ever sees half of it, and telling whether it is still what was written."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

PART = ".part"


def replace(path: Path, write: Callable[[Path], object]) -> None:
    """Let `write` fill a temporary file beside `path`, flush it to disk and put it in place in one step. Raises OSError."""
    part = path.with_name(f".{path.name}.{os.getpid()}{PART}")
    try:
        write(part)
        with open(part, "rb+") as file:
            os.fsync(file.fileno())
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def replace_text(path: Path, text: str) -> None:
    """Write a text file (UTF-8, line ends as given) so. Raises OSError."""
    replace(path, lambda part: part.write_bytes(text.encode("utf-8")))


def seal_of(path: Path) -> dict[str, Any]:
    """Size in bytes and SHA-256 (hexadecimal) of a file. Raises OSError."""
    with open(path, "rb") as file:
        return {"bytes": path.stat().st_size, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}
