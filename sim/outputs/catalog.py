"""How texts are prepared for charts, pages and sentences: titles picked in a language, shortened and
wrapped, outcomes with their sizes."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable
from typing import Any

from sim.model.parameters import PARAMETERS
from sim.results.outcomes import OUTCOMES, first_month, window
from sim.text import figures, language, message, say
from sim.text.catalog import among, has_text
from sim.text.joins import bracketed


def plain(key: str) -> str:
    """A key of the model as words: underscores become spaces."""
    return str(key).replace("_", " ")


def titled(value: Any, otherwise: str) -> str:
    """A title of a scenario part in the current language, given as a mapping by language,
    as words, or as plain text."""
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


def wrapped(words: str, width: float, indent: str = "", length: Callable[[str], float] | None = None) -> str:
    """Text broken into lines of at most `width`, in half-width places (a Chinese character takes two) or what
    `length` gives; numbers stay whole."""
    measure = places if length is None else length
    tokens = re.findall(r"[“（]*[!-~°²]+[，。；：、）”]*|\s+|[“（]?.[，。；：、）”]?", words)
    lines, line, start = [], "", 0
    while start < len(tokens):
        first = start + 1  # a line has one word, however long
        while first < len(tokens) and not f"{line}{''.join(tokens[start:first])}".strip():
            first += 1
        end = _first_over(tokens, line, start, first, lambda part: measure(part) > width)
        line += "".join(tokens[start:end])
        if end < len(tokens):
            lines.append(line.rstrip())
            line, tokens[end] = indent, tokens[end].lstrip()
        start = end
    return "\n".join([*lines, line.rstrip()])


def _first_over(tokens: list[str], line: str, start: int, first: int, over: Callable[[str], bool]) -> int:
    """The first token from `first` on with which the line is over its width; behind the last one if none is.

    Lines only get longer: it is looked for in doubling steps and by halving, for letters take long to
    measure.
    """

    def is_over(end: int) -> bool:
        return over(line + "".join(tokens[start:end]) + tokens[end].rstrip())

    low, step = first, 8
    while low + step < len(tokens) and not is_over(low + step):
        low, step = low + step + 1, 2 * step
    return low + bisect_left(range(low, min(low + step, len(tokens))), True, key=is_over)


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


def subject(outcome: str, months: int) -> str:
    """An outcome of runs of so many months as the subject of a sentence: its text "subject.ID", where its
    name is too long for one."""
    if has_text(f"subject.{outcome}"):
        return say(f"subject.{outcome}", window=OUTCOMES[outcome].window(months))
    return OUTCOMES[outcome].of_run(months)


def with_window(words: str, series: str, months: int) -> str:
    """What a panel calls a series of runs of so many months; where it has one value alone,
    the months that this is of."""
    return bracketed(words, window(months)) if first_month(series, months) == months else words


def size_of(value: float, unit: str, sign: bool = False) -> str:
    """A difference for readers: of a share in percentage points, else as `figures.quantity`."""
    return figures.quantity(value, unit_of_difference(unit), sign)


def level_of(value: float, unit: str) -> str:
    """An outcome itself for readers, as `figures.quantity`."""
    return figures.quantity(value, unit)


def points(share: float) -> str:
    """A share in percentage points with one decimal, without the word; no minus before zero."""
    return figures.decimal(100 * share, 1)


def bounds_of(low: float, high: float, unit: str) -> str:
    """Both bounds of an interval of a difference, the unit once."""
    return figures.interval(low, high, unit_of_difference(unit))


def unit_of_difference(unit: str) -> str:
    """The unit of a difference between two values: percentage points for shares."""
    return figures.POINTS if unit == "share" else unit
