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
        "EADDRINUSE",
        "EADDRNOTAVAIL",
        "EAFNOSUPPORT",
    ),
)


def reason_of(error: BaseException) -> Message | str:
    """Why a file could not be read or written: its access, its encoding or its JSON; else
    what the error itself says."""
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
    return _of_library(error) or getattr(error, "strerror", None) or str(error)


def _of_library(error: BaseException) -> Message | None:
    """What an error of a library says of a file, by the library that raises it: none of
    them is imported for that."""
    library = type(error).__module__.partition(".")[0]
    if library == "pyarrow":
        return message("system.not_parquet")
    if library == "socket" and type(error).__name__ == "gaierror":
        return message("system.unknown_host")
    if library in ("zipfile", "zlib"):
        return message("system.not_zip")
    if library == "sqlite3":
        return message("system.not_database")
    if library == "subprocess" and hasattr(error, "timeout"):
        return message("system.too_slow", seconds=f"{error.timeout:g}")
    errors = getattr(error, "errors", None)
    if library == "pydantic_core" and callable(errors):
        return message("system.value_at", key=".".join(map(str, errors()[0]["loc"])))
    return None


def held_open(error: BaseException) -> Path | None:
    """The file that was to be replaced and is there, but may not be: on Windows
    another program holds it open."""
    names = (getattr(error, "filename2", None), getattr(error, "filename", None))
    if not isinstance(error, PermissionError) or names[0] is None:
        return None  # only a move has a second name
    files = [Path(name) for name in names if isinstance(name, str | os.PathLike)]
    return next((file for file in files if not file.name.startswith(".") and file.is_file()), None)


def told(error: Exception) -> Message | str:
    """The same for whatever a damaged file brings about; what nobody wrote down
    begins with the name of its kind."""
    reason = reason_of(error)
    if isinstance(reason, Message):
        return reason
    if isinstance(error, RecursionError):
        return message("system.too_deep")
    if type(error) is KeyError:
        return message("system.no_entry", name=repr(error.args[0]) if error.args else "")
    if type(error) in (ValueError, TypeError, AttributeError, IndexError):
        return message("system.unexpected")
    return f"{type(error).__name__}: {reason}"
