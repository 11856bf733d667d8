"""Make the first picture of README and docs, a fan over twenty seeds, in Chinese and English:
python docs/make_images.py

From the draws that ship with the package (docs/make_reference_runs.py), so they must be of this version.
"""

from __future__ import annotations

import sys
from pathlib import Path

from sim import charts
from sim.fingerprint import model_source_hash
from sim.outputs import style
from sim.scenario import load
from sim.studies.draws.among import shipped_draws

IMAGES = Path(__file__).with_name("images")
SCENARIO = "vicious_cycle"


def main() -> int:
    """Draw what the draws of the scenario have in common, once per language."""
    draws = shipped_draws(load(SCENARIO), model_source_hash())
    if draws is None:
        print("the shipped draws are of another version: python docs/make_reference_runs.py", file=sys.stderr)
        return 1
    IMAGES.mkdir(exist_ok=True)
    for language, name in (("en", "overview.png"), ("zh", "overview.zh.png")):
        figure = style.owner(charts.fan(draws, lang=language))
        alt = charts.alt_text(draws, "fan", language)
        style.write(figure, IMAGES / name, draws.scenario.title.in_language(language), alt)
        print(alt)
    return 0


if __name__ == "__main__":
    sys.exit(main())
