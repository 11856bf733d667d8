"""The enumerations of the model, whose order is a code in the columns of the state, and words that a class carries itself."""

from __future__ import annotations

from dataclasses import dataclass

from sim.text import Family, Message, language


@dataclass(frozen=True)
class Word:
    """Words in two languages for what has no text in the catalogs: those of a user's own classes, such as a programme outside of
    the package, which carry their label, mechanism and risk themselves. The package's own words stand in the catalogs.

    zh, en: the words. unit: of what they name, "" for none.
    """

    zh: str
    en: str
    unit: str = ""

    def in_language(self, name: str) -> str:
        """The label in "zh" or, for any other language, in English."""
        return self.zh if name == "zh" else self.en

    def __str__(self) -> str:
        return self.in_language(language())


Label = Word | Message
"""Words for readers: a text of the catalogs, or one that a class outside of the package carries itself."""

# The position of a word in these tuples is its code in the columns of the state.
MODES = ("market", "soe", "unit", "self", "cleaning", "none")
STAGES = ("healthy", "strained", "spiralling", "collapsed", "recovering")
PAYER_TYPES = ("conditional", "free_rider", "steady")
OCCUPANCY = ("owner_occupier", "tenant", "vacant")
TIERS = ("city", "district", "street", "community")

MODE_WORDS = Family("mode", MODES).messages()
STAGE_WORDS = Family("stage", STAGES).messages()
PAYER_WORDS = Family("payer", PAYER_TYPES).messages()
OCCUPANCY_WORDS = Family("occupancy", OCCUPANCY).messages()
TIER_WORDS = Family("tier", TIERS).messages()
