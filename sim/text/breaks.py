"""Where a line of text may end, in languages with and without blanks: never inside a
figure, never before a closing mark.

A figure is a number with its sign, marks, per cent and unit, or a range of two; a terminal that is too narrow
may part a number from its unit and the two ends of a range, but cuts no number. Closing marks (。，、）)
begin no line, opening ones (（《) end none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from unicodedata import category, east_asian_width

from sim.text.catalog import language, say
from sim.text.figures import units_written
from sim.text.joins import CUT

NUMBER = r"[<>≤≥≈~±]?[+\-−]?\d+(?:[.,:/]\d+)*[%‰]?"
_NUMBER = re.compile(NUMBER)
_CLOSING = frozenset("!,.:;?%‰…·—–")
"""Marks that begin no line, beside closing brackets and quotation marks and the wide marks of Chinese."""


def pieces(text: str, joined: bool = True) -> list[str]:
    """The text in the pieces after each of which a line may end, blanks at the end of a piece.

    `joined`: numbers stay with their units and ranges whole; else only the numbers themselves stay whole.
    """
    figure = _figure(language()) if joined else _NUMBER
    return _cut(text, _inside(figure, text), lambda before, after: _wide(before) or _wide(after))


def parts(piece: str, where: str = "") -> list[str]:
    """What a piece falls into where it is wider than a whole line: numbers stay whole.

    `where`: the marks after each of which it may end, such as those between the
    names of a path; "" for anywhere.
    """
    return _cut(piece, _inside(_NUMBER, piece), lambda before, after: not where or before in where)


def numbers(text: str) -> list[str]:
    """The numbers of a text with their signs and marks."""
    return _NUMBER.findall(text)


def line_starts(text: str, width: int, cells: Callable[[str], int]) -> list[int]:
    """The places in a text at which a new line begins, where a line has `width` cells and
    `cells` measures a text."""
    if cells(text.rstrip()) <= width:
        return []  # most lines fit, and need not be cut in pieces first
    starts: list[int] = []
    used = at = 0
    for part in _that_fit(text, width, cells):
        if used and used + cells(part.rstrip()) > width:
            starts.append(at)
            used = 0
        used += cells(part)
        at += len(part)
    return starts


def _that_fit(text: str, width: int, cells: Callable[[str], int]) -> Iterator[str]:
    """The pieces of a text, or what they fall into where one is wider than a line; the last
    resort are its characters."""
    return _smaller([text], (pieces, _numbers_whole, _names_whole, parts, list), width, cells)


def _smaller(
    texts: Iterable[str],
    ways: Sequence[Callable[[str], list[str]]],
    width: int,
    cells: Callable[[str], int],
) -> Iterator[str]:
    """The texts cut the first way, and those of them that are still wider than a
    line in the ways after it."""
    for text in texts:
        for part in ways[0](text):
            if len(ways) == 1 or cells(part.rstrip()) <= width:
                yield part
            else:
                yield from _smaller([part], ways[1:], width, cells)


def _numbers_whole(piece: str) -> list[str]:
    return pieces(piece, joined=False)


def _names_whole(piece: str) -> list[str]:
    return parts(piece, "./\\_-=&?@")


def _cut(text: str, inside: set[int], apart: Callable[[str, str], bool]) -> list[str]:
    """The text cut wherever a blank ends or two characters are `apart`, except at
    places `inside` of a figure."""
    cut, begin = [], 0
    for at in range(1, len(text)):
        before, after = text[at - 1], text[at]
        if at in inside or after.isspace() or _closes(after) or _opens(before):
            continue
        if before.isspace() or apart(before, after):
            cut.append(text[begin:at])
            begin = at
    return [*cut, text[begin:]] if text else []


def _inside(figure: re.Pattern[str], text: str) -> set[int]:
    """The places between two characters of one figure."""
    return {place for found in figure.finditer(text) for place in range(found.start() + 1, found.end())}


@cache
def _figure(language_name: str) -> re.Pattern[str]:
    """A number or a range of two, with the unit after it, as the language writes them."""
    del language_name  # part of the key: what is asked below speaks the current one
    between = say("figure.interval", low=CUT, high=CUT).split(CUT)[1].strip()
    units = "|".join(map(re.escape, units_written()))
    return re.compile(
        rf"{NUMBER}(?:\s?(?:{re.escape(between)}|–)\s?{NUMBER})?(?:\s?(?:{units})(?![A-Za-z]))?"
    )


def _wide(character: str) -> bool:
    return east_asian_width(character) in "WF"


def _closes(character: str) -> bool:
    kind = category(character)
    return (
        kind in ("Pe", "Pf")
        or kind.startswith("M")
        or character in _CLOSING
        or (kind == "Po" and _wide(character))
    )


def _opens(character: str) -> bool:
    return category(character) in ("Ps", "Pi")
