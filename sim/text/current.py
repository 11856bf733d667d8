"""The language in which the program speaks: set once for a call or a session, never passed from function to function."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from sim.errors import EstateError

CATALOGS = Path(__file__).parent / "catalogs"
KINDS = Path(__file__).parent.parent / "studies"
"""Where every folder of a kind of result has its own catalog of each language beside its code."""
DEFAULT = "en"

# A session is a process (a command, a notebook); a call is a context: threads and tasks of a server do not share it.
_session = DEFAULT
_reader: Callable[[], str | None] | None = None
_call: ContextVar[str | None] = ContextVar("language of the call", default=None)


@cache
def languages() -> tuple[str, ...]:
    """The languages that have a catalog, by their folder names (ISO 639, "en" and "zh" among them), sorted."""
    return tuple(sorted(folder.name for folder in CATALOGS.iterdir() if any(folder.glob("*.po"))))


def language() -> str:
    """The current language: that of the call, else of whoever reads (`follow`), else of the session ("en" at first)."""
    return _call.get() or (_reader() if _reader is not None else None) or _session


def known_language(name: str) -> str:
    """The language if there is a catalog for it, else an EstateError that names the ones there are."""
    if name not in languages():
        raise EstateError(f"lang: {name!r} found, allowed {', '.join(languages())}")
    return name


@contextmanager
def in_language(name: str | None) -> Iterator[None]:
    """Everything said inside is in this language; None keeps the current one. EstateError where there is no catalog.

    A generator must not yield inside it: between two steps the language would be that of nobody.
    """
    token = _call.set(known_language(name) if name is not None else language())
    try:
        yield
    finally:
        _call.reset(token)


def use_language(name: str) -> None:
    """Speak this language from now on in this process, except inside `in_language`. EstateError where there is no catalog."""
    global _session
    _session = known_language(name)


def follow(reader: Callable[[], str | None]) -> None:
    """Speak the language of whoever is served: `reader` says it, or None where nobody is (a server has many sessions)."""
    global _reader
    _reader = reader


def next_language() -> str:
    """The language after the current one, the first after the last: what a button that changes languages leads to."""
    known = languages()
    return known[(known.index(language()) + 1) % len(known)]


def language_of(environment: Mapping[str, str]) -> str:
    """The language that the locale variables of an environment ask for, "en" where there is no catalog for it.

    Of LC_ALL, LC_MESSAGES and LANG the first one that is set decides.
    """
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if environment.get(name):
            wanted = environment[name].lower().replace("-", "_").split(".")[0].split("_")[0]
            return wanted if wanted in languages() else DEFAULT
    return DEFAULT
