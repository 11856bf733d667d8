"""One thing wrong with an input, in words; a ScenarioError carries all that were found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sim.text import Message, message, say


@dataclass(frozen=True)
class Problem:
    """Where an input is wrong, what was found, what is allowed and what may have been meant; said in the reader's language."""

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
