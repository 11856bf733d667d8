"""Numbers as people write them into cells: full-width, with units, separators and 万, about or between, and
what of it can be read with certainty."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from sim.city.sheets import ERRORS, Cell
from sim.city.vocabulary import blank_word, longest_first, pattern, plain, vocabulary

NUMBER = r"\d[\d,' ]*(?:\.\d+)?|\.\d+"
SIGNED = re.compile(rf"(?P<sign>[+\-−]?)\s*(?P<number>{NUMBER})\s*(?P<rest>.*)", re.DOTALL)
THOUSANDS = re.compile(r"\d{1,3}(?:[,' ]\d{3})+(?:\.\d+)?")
DECIMAL_COMMA = re.compile(r"\d+,(?:\d{1,2}|\d{4,})")
ONE_THOUSAND = re.compile(r"\d{1,3},\d{3}")
SIMPLE = re.compile(r"\d+(?:\.\d+)?|\.\d+")
JOINED = re.compile(
    rf"(?P<low>{NUMBER})\s*(?P<unit>\D{{0,6}}?)\s*(?:[-~–—]|\bto\b)\s*(?P<high>{NUMBER})\s*(?P<rest>\D*)"
)
RATIO = re.compile(r"\d+(?:\.\d+)?\s*:\s*\d+(?:\.\d+)?")
FORMULA = re.compile(r"=\s*\$?([A-Z]{1,3})\$?(\d+)\s*([/*+-])\s*\$?([A-Z]{1,3})\$?(\d+)")


@dataclass(frozen=True)
class Number:
    """A number that was read, or why it was not.

    value: None where it cannot be read with certainty. ways: how it was read, harmless ways and doubtful
    ones (DOUBTFUL). why: what kept it from being read; "" for a blank cell and for a number. percent:
    whether the cell itself says that it is one (its format, or a sign). factor: that of a unit or of 万 in
    the cell, already in the value; 1 where there was none.
    """

    value: float | None
    ways: tuple[str, ...] = ()
    why: str = ""
    percent: bool = False
    factor: float = 1.0


NOTHING = Number(None)
DOUBTFUL = ("approximate", "decimal_comma", "negative", "two_units", "parts_differ", "computed")


def number_of(cell: Cell, units: Mapping[str, float] | None = None, decimal_commas: bool = False) -> Number:
    """The number in a cell, with the units that a cell of its column may carry and what each multiplies by.

    `decimal_commas`: whether others of its column have commas for points, so that 1,350 may be either.
    """
    value = cell.value
    if isinstance(value, bool):
        return Number(None, why="word")
    if isinstance(value, int | float):
        if value != value or value in (float("inf"), float("-inf")):
            return Number(None, why="error")
        return Number(float(value), percent=cell.percent)
    if cell.blank:
        return NOTHING
    if value is None:
        return Number(None, why="formula")
    if not isinstance(value, str):
        return Number(None, why="date")
    if value.isascii() and SIMPLE.fullmatch(value):
        return Number(float(value))
    return _of_text(value, tuple(units.items()) if units else (), decimal_commas)


Units = tuple[tuple[str, float], ...]


@lru_cache(maxsize=1 << 16)
def _of_text(found: str, units: Units, decimal_commas: bool) -> Number:
    text = plain(found)
    if not text:
        return NOTHING
    if found.strip().upper() in ERRORS:
        return Number(None, why="error")
    if blank_word(text):
        return Number(None, why=blank_word(text))
    if pattern("han", "number").match(text):
        return Number(None, why="in_words")
    ways = ["full_width"] if _full_width(found) else []
    text, about = _without_about(text)
    if text.startswith("(") and text.endswith(")") and SIMPLE.fullmatch(_joined_thousands(text[1:-1])):
        return Number(-float(_joined_thousands(text[1:-1])), (*ways, "negative"))
    if RATIO.fullmatch(text):
        return Number(None, why="ratio")
    match = SIGNED.fullmatch(text)
    if match is None:
        return Number(None, why="word")
    number, rest = match.group("number").strip(), match.group("rest").strip()
    between = JOINED.fullmatch(text)
    if between and _unit(between.group("unit"), units) and _unit(between.group("rest"), units):
        return Number(None, why="range")
    value, way = _value_of(number, decimal_commas)
    if value is None:
        return Number(None, why=way)
    ways += [way] if way else []
    rest, inside = _without_brackets(rest)
    if not rest.startswith("+") and about is False:
        rest, about = _about_after(rest, units)
    unit = _unit(rest, units)
    if unit is None:
        return _two_units(text, units, ways) if "/" in rest else Number(None, why="unit" if rest else "word")
    if rest and rest != "%":
        ways.append("unit" if unit.factor == 1 else "scale")
    if inside:
        ways.append(_parts(inside, value))
    if about:
        ways.append("approximate")
    sign = -1.0 if match.group("sign") in ("-", "−") else 1.0
    return Number(sign * value * unit.factor, tuple(ways), percent=unit.percent, factor=unit.factor)


@dataclass(frozen=True)
class _Unit:
    factor: float
    percent: bool = False


def _unit(text: str, units: Units) -> _Unit | None:
    """What a suffix multiplies by; None for one that this column does not know."""
    text = text.strip().rstrip(".。")
    if text == "":
        return _Unit(1.0)
    if text == "%":
        return _Unit(0.01, True)
    known = _factors(units)
    factor = known.get(text)
    return None if factor is None or factor == 0 else _Unit(factor)


@cache
def _factors(units: Units) -> dict[str, float]:
    """Factors of units, of 万 and the like, and of both together."""
    own = {plain(name): float(factor) for name, factor in units}
    scales = {plain(name): float(factor) for name, factor in vocabulary()["units"]["scale"].items()}
    both = {scale + name: much * factor for scale, much in scales.items() for name, factor in own.items()}
    return both | scales | own


def _full_width(text: str) -> bool:
    return any("\uff10" <= letter <= "\uff19" or letter == "\uff0e" for letter in text) and (
        unicodedata.normalize("NFKC", text) != text
    )


def _joined_thousands(text: str) -> str:
    return re.sub(r"[,' ]", "", text) if THOUSANDS.fullmatch(text) else text


def _value_of(number: str, decimal_commas: bool) -> tuple[float | None, str]:
    """The value of a number as written, and the way in which it was read or why it was not."""
    if SIMPLE.fullmatch(number):
        return float(number), ""
    if decimal_commas and ONE_THOUSAND.fullmatch(number):
        return None, "either_separator"
    if THOUSANDS.fullmatch(number):
        return float(_joined_thousands(number)), "separators"
    if DECIMAL_COMMA.fullmatch(number):
        return float(number.replace(",", ".")), "decimal_comma"
    return None, "word"


def _without_about(text: str) -> tuple[str, bool]:
    """A text without a word before it that says "about"."""
    for word in longest_first("approximate", "before"):
        rest = text.removeprefix(word).strip()
        if rest != text and re.match(r"[\d.]", rest):
            return rest, True
    return text, False


def _about_after(rest: str, units: Units) -> tuple[str, bool]:
    for said in longest_first("approximate", "after"):
        if rest.endswith(said) and _unit(rest.removesuffix(said), units) is not None:
            return rest.removesuffix(said).strip(), True
        if rest.startswith(said) and _unit(rest.removeprefix(said), units) is not None:
            return rest.removeprefix(said).strip(), True
    return rest, False


def _without_brackets(rest: str) -> tuple[str, str]:
    """A suffix without what stands in brackets at its end, and that."""
    found = re.fullmatch(r"(?P<rest>[^()]*)\((?P<inside>[^()]*)\)", rest)
    return (found.group("rest").strip(), found.group("inside")) if found else (rest, "")


def _parts(inside: str, value: float) -> str:
    """Whether the numbers in brackets are the parts of a sum."""
    numbers = [float(one) for one in re.findall(r"\d+(?:\.\d+)?", inside)]
    if len(numbers) < 2:
        return "remarked"
    return "parts" if abs(sum(numbers) - value) < 1e-9 else "parts_differ"


def _two_units(text: str, units: Units, ways: list[str]) -> Number:
    """A cell with two quantities (656户/702套): that of the first unit that the column has."""
    first = {plain(name) for name, _ in units[:1]}
    found = []
    for part in text.split("/"):
        match = SIGNED.fullmatch(part.strip())
        if match is None or _unit(match.group("rest"), units) is None:
            return Number(None, why="unit")
        value, _ = _value_of(match.group("number").strip(), False)
        found.append((value, match.group("rest").strip()))
    chosen = [value for value, unit in found if unit in first and value is not None]
    return Number(chosen[0], (*ways, "two_units")) if len(chosen) == 1 else Number(None, why="unit")


def has_decimal_comma(cell: Cell) -> bool:
    """Whether a cell has a comma that can only be a decimal point."""
    return isinstance(cell.value, str) and DECIMAL_COMMA.fullmatch(plain(cell.value)) is not None
