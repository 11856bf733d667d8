"""The enumerations of the model, whose order is a code in the columns of the state, and
words that a class carries itself."""

from __future__ import annotations

from collections.abc import Mapping

from sim.text import Family, Message, language, languages, message
from sim.text.catalog import among


class Word:
    """Words for what has no text in the catalogs: those of a user's own classes, such as a programme outside
    of the package, which carry their label, mechanism and risk themselves. The package's
    own words stand in the catalogs.

    texts: the words by language, of which one is enough: it stands in for the others. ValueError where there
    is none, or for a language without a catalog; TypeError for words that do not say of
    which language they are.
    """

    __slots__ = ("texts",)

    def __init__(self, *unnamed: object, **texts: str) -> None:
        if unnamed:  # as version 0.1 had it
            raise TypeError(message("declare.words_by_language", call=f"Word({by_language_to_be()})"))
        check_texts(texts)
        if not texts:
            raise ValueError(message("declare.no_words", call=f"Word({by_language_to_be()})"))
        self.texts: Mapping[str, str] = dict(texts)

    def in_language(self, name: str) -> str:
        """The words in a language, else in the default language, else in the first
        that they were given in."""
        return among(self.texts, name)

    def __str__(self) -> str:
        return self.in_language(language())

    def __repr__(self) -> str:
        return f"Word({', '.join(f'{name}={text!r}' for name, text in self.texts.items())})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Word) and self.texts == other.texts

    def __hash__(self) -> int:
        return hash(frozenset(self.texts.items()))


def check_texts(texts: Mapping[str, str]) -> None:
    """ValueError for words in a language that has no catalog."""
    unknown = [name for name in texts if name not in languages()]
    if unknown:
        raise ValueError(message("declare.languages", found=unknown, known=", ".join(languages())))


def by_language_to_be() -> str:
    """Words by language as somebody is to write them."""
    return ", ".join(f'{name}="…"' for name in languages())


Label = Word | Message
"""Words for readers: a text of the catalogs, or one that a class outside of the package carries itself."""

# The position of a word in these tuples is its code in the columns of the state.
MODES = ("market", "soe", "unit", "self", "cleaning", "none")
STAGES = ("healthy", "strained", "spiralling", "collapsed", "recovering")
IN_CYCLE = tuple(
    map(STAGES.index, ("spiralling", "collapsed"))
)  # an estate at one of these stages is in the cycle
PAYER_TYPES = ("conditional", "free_rider", "steady")
OCCUPANCY = ("owner_occupier", "tenant", "vacant")
TIERS = ("city", "district", "street", "community")

MODE_WORDS = Family("mode", MODES).messages()
STAGE_WORDS = Family("stage", STAGES).messages()
PAYER_WORDS = Family("payer", PAYER_TYPES).messages()
OCCUPANCY_WORDS = Family("occupancy", OCCUPANCY).messages()
TIER_WORDS = Family("tier", TIERS).messages()
