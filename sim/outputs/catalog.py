"""How texts and titles are prepared for charts and pages: picked in a language, shortened, wrapped."""

from __future__ import annotations

import re
from typing import Any

from sim.model.parameters import PARAMETERS
from sim.text import language, message
from sim.text.catalog import among, known_language


def require_language(lang: str) -> str:
    """The language if it is known, else an EstateError that names the ones allowed."""
    return known_language(lang)


def plain(key: str) -> str:
    """A key of the model as words: underscores become spaces."""
    return str(key).replace("_", " ")


def titled(value: Any, otherwise: str) -> str:
    """A title of a scenario part in the current language, given as a mapping by language, as words, or as plain text."""
    if isinstance(value, dict):
        value = among(value, language()) if value else ""
    return str(value) if value else otherwise


def scenario_title(run: Any) -> str:
    """Title of the run's scenario in the current language, or its name."""
    scenario = run.scenario
    return titled(getattr(scenario, "title", None), plain(getattr(scenario, "name", "")) or "?")


def short_title(title: str) -> str:
    """A title without what it explains in brackets."""
    return re.split(r" ?[（(]", title)[0]


def wrapped(words: str, width: int, indent: str = "") -> str:
    """Text broken into lines of at most `width` half-width places; a Chinese character takes two, numbers stay whole."""
    lines, line = [], ""
    for token in re.findall(r"[!-~°²]+|\s+|.[，。；：、）”]?", words):
        if line.strip() and places(line + token.rstrip()) > width:
            lines.append(line.rstrip())
            line, token = indent, token.lstrip()
        line += token
    return "\n".join([*lines, line.rstrip()])


def places(words: str) -> int:
    """How wide a text is, in half-width places."""
    return sum(2 if ord(letter) > 0x2E80 else 1 for letter in words)


def parameter_name(key: str) -> str:
    """What a parameter means, in the current language; the key itself for what is no parameter."""
    parameter = PARAMETERS.get(key.removeprefix("parameters."))
    return key if parameter is None else str(parameter.label)


def html_language(name: str) -> str:
    """What HTML calls a language."""
    return message("language.html").in_language(name)


def capital(words: str) -> str:
    """The words with their first letter as a capital, for the start of a label or sentence."""
    return words[:1].upper() + words[1:]
