"""What is wrong, in words: with a value that somebody gave, with a name or a path before any file system
is asked, or with the machine."""

from __future__ import annotations

import difflib
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sim.cache import VARIABLE, cache_root, refused_folder
from sim.errors import EstateError
from sim.text import Message, message, say
from sim.text.system import reason_of

LONGEST = 200  # letters of a path that an error repeats


@dataclass(frozen=True)
class Problem:
    """Where an input is wrong, what was found, what is allowed and what may have been meant; said
    in the reader's language.

    A ScenarioError carries all that were found.
    """

    file: str | Message
    key: str | Message
    found: str | Message
    allowed: str | Message
    nearest: str = ""

    def __str__(self) -> str:
        place = say("problem.at", file=self.file, key=self.key) if self.key else self.file
        text = say("problem.says", place=place, found=self.found, allowed=self.allowed)
        return say("problem.nearest", problem=text, nearest=repr(self.nearest)) if self.nearest else text


def one_of(names: Iterable[str]) -> Message:
    """Names of which one is allowed."""
    return message("allowed.one_of", names=", ".join(names))


def is_file(path: Path) -> bool:
    """Whether a file stands there; no for a path that no file system can hold (300 letters, a zero byte)."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def why_no_file(path: Path) -> Message:
    """What stands at a path at which no file does: nothing, a folder, or what the system refuses,
    such as links in a circle."""
    try:
        path.stat()
    except FileNotFoundError:
        return message("found.no_file")
    except OSError as error:
        return message("scenario.file.unreadable", reason=reason_of(error))
    except ValueError:
        return message("found.not_a_path")
    return message("found.folder")


def is_folder(path: Path) -> bool:
    """Whether a folder stands there; no for a path that no file system can hold."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def is_path(given: object) -> bool:
    """Whether something is a path or a text that could be one; an empty text would be the current folder, no
    file system has a name with a zero byte, and files are written by libraries that take UTF-8 alone."""
    if isinstance(given, str):
        try:
            return b"\0" not in (given.encode() or b"\0")
        except UnicodeEncodeError:
            return False
    return isinstance(given, os.PathLike) and is_path(os.fspath(given))


def written(given: object, letters: int = 60) -> str:
    """What was given as Python writes it, its first `letters`; "…" for a whole number of more digits than it
    writes."""
    try:
        return repr(given)[:letters]
    except ValueError:
        return "…"


def kind_of(given: object) -> Message | str:
    """What was given instead, for an error: its kind, and the value where it is short."""
    if given is None:
        return message("found.nothing")
    return message("found.of_kind", value=written(given), kind=type(given).__name__)


def path_of(given: object, argument: str, error: type[EstateError]) -> Path:
    """The path that was given as `argument`; `error` for what is neither a text nor a path."""
    if not is_path(given):
        allowed = message("allowed.path")
        raise error(message("problem.instead", place=argument, found=kind_of(given), allowed=allowed))
    return Path(given)  # type: ignore[arg-type]  # is_path saw to it


def shortened(path: object) -> str:
    """A path for an error, cut where no file system would hold it anyway."""
    text = str(path)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def nearest(word: object, known: Iterable[str]) -> str:
    """The known word most like `word`, or "" where none is alike or `word` is not a text."""
    if not isinstance(word, str):
        return ""
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.55)
    return close[0] if close else ""


def tell_of_cache() -> None:
    """Say that nothing compiled is kept, and the remedy, if the folder of caches cannot be
    written; once in a process."""
    cache_root()
    refused = refused_folder()
    if refused is not None:
        print(say("cache.temporary", folder=refused, variable=VARIABLE), file=sys.stderr, flush=True)
