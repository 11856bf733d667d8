"""The words of tables of estates: what headings and cells say, read from `vocabulary.toml`, and how texts of
tables are made alike before they are compared."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from sim.text import languages
from sim.words import MODE_WORDS

SPACES = re.compile(r"[\s\u200b\ufeff\u3000]+")
JOINS = re.compile(r"[\s_\-*＊★:：'’.·%#]+")
BRACKETS = re.compile(r"[(\[【](?P<inside>[^()\[\]【】]*)[)\]】]")
PATTERNS = re.IGNORECASE


@cache
def vocabulary() -> dict[str, Any]:
    """The words by area, as `vocabulary.toml` has them."""
    path = Path(__file__).with_name("vocabulary.toml")
    found: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    return found


@lru_cache(maxsize=1 << 17)
def plain(text: str) -> str:
    """A text with letters and digits of one width, lower case, and single blanks, for comparing."""
    return SPACES.sub(" ", unicodedata.normalize("NFKC", text)).strip().lower()


def bare(text: str) -> str:
    """A heading without what does not tell it from others: brackets, blanks, stars and joins."""
    return JOINS.sub("", BRACKETS.sub("", plain(text)))


def in_brackets(text: str) -> str:
    """What stands in the brackets of a heading ("元/m2·月" of "物业费(元/㎡·月)"); "" for none."""
    return " ".join(found.group("inside").strip() for found in BRACKETS.finditer(plain(text)))


@cache
def pattern(area: str, name: str) -> re.Pattern[str]:
    """A pattern of the vocabulary, for texts that were made plain."""
    return re.compile(vocabulary()[area][name], PATTERNS)


@cache
def words(area: str, name: str) -> frozenset[str]:
    """Words of the vocabulary, made plain."""
    return frozenset(plain(word) for word in vocabulary()[area][name])


@cache
def longest_first(area: str, name: str) -> tuple[str, ...]:
    """Words of the vocabulary, made plain, so that no word is found inside of a longer one."""
    return tuple(sorted(words(area, name), key=lambda word: (-len(word), word)))


@cache
def meaning_of(area: str) -> dict[str, str]:
    """Of an area of words by meaning (`[mode]`, `[type]`), the meaning of each word, made plain.

    Modes also by the words that the program has for them, and both by their names in scenarios.
    """
    own = {plain(name): name for name in vocabulary()[area] if name != "unclear"}
    if area == "mode":
        own |= {
            plain(word.in_language(one)): mode for mode, word in MODE_WORDS.items() for one in languages()
        }
    return own | {
        plain(word): name
        for name, listed in vocabulary()[area].items()
        if isinstance(listed, list)
        for word in listed
    }


@cache
def heading_meanings() -> dict[str, str]:
    """What a heading means, by the heading made bare."""
    return {bare(word): name for name, listed in vocabulary()["headings"].items() for word in listed}


@cache
def unused_headings() -> dict[str, str]:
    """Why a known heading is left out, by the heading made bare."""
    return {bare(word): name for name, listed in vocabulary()["unused"].items() for word in listed}


@cache
def headings_of_many() -> frozenset[str]:
    """Headings, made bare, by which a row stands for many estates."""
    return frozenset(bare(word) for word in vocabulary()["many"]["headings"])


@cache
def qualifiers(name: str) -> frozenset[str]:
    """Headings, made bare, that only say of which kind the quantity above them is."""
    return frozenset(bare(word) for word in vocabulary()["qualifiers"][name])


def blank_word(text: str) -> str:
    """Why a plain text says that a figure is not there (a key of `[blank]`); "" if it does not."""
    for reason in ("not_known", "not_applicable", "not_charged"):
        if text in words("blank", reason):
            return reason
    return ""


@cache
def words_of_units() -> frozenset[str]:
    """Everything that a row of units may hold, made plain."""
    known, fee = vocabulary(), vocabulary()["fee"]
    single = {plain(name) for area in known["units"].values() for name in area}
    prices = {
        f"{plain(money)}/{plain(per)}{join}{plain(period)}"
        for money in fee["yuan"]
        for per in (*fee["per_area"], *fee["per_household"])
        for join in ("/", "·", ".", " ", "")
        for period in (*fee["month"], *fee["year"], "")
    }
    return frozenset(single | prices | words("units_row", "more"))
