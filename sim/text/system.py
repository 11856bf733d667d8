"""Why the operating system refuses a file, in the current language."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from sim.text.catalog import Family, Message, message

REASONS = Family(
    "system",
    (
        "ENOENT",
        "EACCES",
        "EPERM",
        "EISDIR",
        "ENOTDIR",
        "EEXIST",
        "ENOTEMPTY",
        "ENOSPC",
        "EDQUOT",
        "EROFS",
        "EFBIG",
        "ENAMETOOLONG",
        "ELOOP",
        "EBUSY",
        "EMFILE",
        "EIO",
        "EINVAL",
    ),
)


def reason_of(error: BaseException) -> Message | str:
    """Why a file could not be read or written: its access, its encoding or its JSON; else what the error itself says."""
    from json import JSONDecodeError  # late: the start of a command needs none of it

    if isinstance(error, JSONDecodeError):
        return message("system.not_json", line=error.lineno, column=error.colno)
    if isinstance(error, UnicodeDecodeError):
        return message("system.not_utf8", byte=error.start + 1)
    if (held := held_open(error)) is not None:
        return message("system.held_open", file=held.name)
    name = errno.errorcode.get(getattr(error, "errno", None) or 0, "")
    if name in REASONS:
        return message(f"system.{name}")
    return getattr(error, "strerror", None) or str(error)


def held_open(error: BaseException) -> Path | None:
    """The file that was to be replaced and is there, but may not be: on Windows another program holds it open."""
    names = (getattr(error, "filename2", None), getattr(error, "filename", None))
    if not isinstance(error, PermissionError) or names[0] is None:
        return None  # only a move has a second name
    files = [Path(name) for name in names if isinstance(name, str | os.PathLike)]
    return next((file for file in files if not file.name.startswith(".") and file.is_file()), None)


def told(error: Exception) -> Message | str:
    """The same for errors of any kind, which begin with the name of their kind where nobody wrote them down."""
    reason = reason_of(error)
    return reason if isinstance(reason, Message) else f"{type(error).__name__}: {reason}"
