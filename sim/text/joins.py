"""How words are put together: lists, sentences in a row, a name with its value, a remark in brackets."""

from __future__ import annotations

from collections.abc import Iterable

from sim.text.catalog import say

CUT = "\0"


def listed(words: Iterable[str]) -> str:
    """Words in a row: a, b, c; 甲、乙、丙."""
    return _mark(say("join.list", before=CUT, after=CUT)).join(words)


def lines(parts: Iterable[object]) -> str:
    """What is said in several lines, such as every problem of a file, each in the language of the moment."""
    return "\n".join(map(str, parts))


def sentences(parts: Iterable[str]) -> str:
    """Whole sentences one after another, empty ones left out: with a space between them
    where the language has one."""
    return _mark(say("join.sentences", before=CUT, after=CUT)).join(part for part in parts if part)


def clauses(parts: Iterable[str]) -> str:
    """Parts of a sentence one after another: a; b; 甲；乙."""
    return _mark(say("join.clauses", before=CUT, after=CUT)).join(parts)


def phrases(parts: Iterable[str]) -> str:
    """Parts of a sentence that are longer than a word: a, b; 甲，乙."""
    return _mark(say("join.phrases", before=CUT, after=CUT)).join(parts)


def labelled(name: str, value: str) -> str:
    """A name and its value: name: value; 名称：值."""
    return say("join.label", name=name, value=value)


def bracketed(words: str, remark: str) -> str:
    """Words with a remark in brackets: words (remark); 词（说明）. Only the words where there
    is no remark."""
    return say("join.remark", words=words, remark=remark) if remark else words


def quoted(words: str) -> str:
    """Words in quotation marks."""
    return say("join.quote", words=words)


def _mark(sample: str) -> str:
    """What stands between two words in a sample of both."""
    return sample.split(CUT)[1]
