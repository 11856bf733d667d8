"""Make the first picture of README and docs, a fan over twenty seeds, in Chinese and English: python docs/make_images.py"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from sim.experiments.cell import cells_of
from sim.experiments.running import run_cells
from sim.experiments.workplace import Workplace
from sim.outputs import style
from sim.outputs.fan import fan, fan_alt
from sim.scenario import load

IMAGES = Path(__file__).with_name("images")
SCENARIO, SEEDS = "vicious_cycle", range(1, 21)


def main() -> None:
    """Run the scenario with every seed and draw what they have in common, once per language."""
    IMAGES.mkdir(exist_ok=True)
    scenario = load(SCENARIO)
    with TemporaryDirectory() as store:
        runs = [summary for _, summary in run_cells(cells_of(scenario, SEEDS), Workplace(store=store))]
    for language, name in (("en", "overview.png"), ("zh", "overview.zh.png")):
        title = scenario.title.in_language(language)
        figure = fan(runs, title, lang=language)
        alt = fan_alt(runs, language)
        style.write(figure, IMAGES / name, title, alt)
        print(alt)


if __name__ == "__main__":
    main()
