"""Make the example of docs/pathways.md anew, the pictures of both languages and what is said beside them:
python docs/make_pathways.py (about 650 runs of a city of 100 estates; those in the store are not run again).
"""

from __future__ import annotations

import sys
from pathlib import Path

import sim
from sim.outputs import style
from sim.text import in_language

IMAGES = Path(__file__).with_name("images")
PLANS = ("vicious_cycle", "subsidy_withdrawn", "subsidy_only", "fallback_only")
ESTATES = 100


def plan(name: str) -> sim.Scenario:
    """A plan at the size of the example, under its own title: the page says what size that is."""
    title = sim.load(name).title
    return sim.with_overrides(sim.scaled(name, ESTATES), {"title.en": title.en, "title.zh": title.zh})


def main() -> int:
    """Carry the example out, draw it and print its sentences."""
    found = sim.pathways(
        *map(plan, PLANS),
        good_while="cycle_share_last_year <= 0.4",
        replications=40,
        months=144,
        progress=True,
    )
    for language, name in (("en", "pathways.png"), ("zh", "pathways.zh.png")):
        with in_language(language):
            told = " ".join(found.sentences())
            style.write(found.plot("metro_map"), IMAGES / name, found.kind.title, told)
        print(*found.sentences(language), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
