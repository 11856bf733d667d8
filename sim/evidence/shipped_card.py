"""The score card that ships with the package: how the model fared against every pattern, without the runs.

Written with the pages of the documentation by `docs/make_score_card.py`, from the same runs.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sim.evidence.patterns import HELD_OUT, Pattern, load_patterns

FILE = Path(__file__).with_name("score_card.json")
DIGITS = 4  # of how far a mean misses


@dataclass(frozen=True)
class Verdict:
    """Of one pattern: whether its mean passed, and how far it misses (in the unit of the pattern, signed; NaN
    where there is no value)."""

    pattern: Pattern
    passed: bool
    off: float


@dataclass(frozen=True)
class ShippedCard:
    """The shipped score card. model: hash of the model that it was made with. replications: runs a
    pattern."""

    model: str
    replications: int
    verdicts: tuple[Verdict, ...]

    def counts(self, use: str) -> tuple[int, int]:
        """Passed, and how many there are, of CALIBRATION, HELD_OUT or CONSISTENCY."""
        of_use = [one for one in self.verdicts if one.pattern.use == use]
        return sum(one.passed for one in of_use), len(of_use)

    @property
    def held_out_misses(self) -> tuple[Verdict, ...]:
        """Patterns that nothing was fitted to and that the model does not meet."""
        return tuple(one for one in self.verdicts if one.pattern.use == HELD_OUT and not one.passed)


def as_data(scores: Iterable[Any], seeds: tuple[int, ...], model: str, digest: str) -> dict[str, Any]:
    """What is shipped of scores that count (`Score`s), in plain data."""
    return {
        "model": model,
        "values": digest,
        "seeds": [seeds[0], seeds[-1]],
        "verdicts": {
            one.pattern.name: {
                "passed": bool(one.passed),
                "off": None if math.isnan(one.off) else round(float(one.off), DIGITS),
            }
            for one in scores
        },
    }


@cache
def shipped_card() -> ShippedCard:
    """The score card that ships."""
    data = json.loads(FILE.read_text(encoding="utf-8"))
    patterns = {one.name: one for one in load_patterns()[0]}
    verdicts = tuple(
        Verdict(patterns[name], told["passed"], math.nan if told["off"] is None else told["off"])
        for name, told in data["verdicts"].items()
        if name in patterns
    )
    first, last = data["seeds"]
    return ShippedCard(data["model"], last - first + 1, verdicts)
