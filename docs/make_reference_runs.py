"""Run every shipped scenario with seeds 1 to 20 and write the draws that the package carries: python docs/make_reference_runs.py

To be done after each change of the model: a run of a shipped scenario is placed among them only while they are of this version.
Runs that the store (results/store, or ESTATE_STORE) has are not carried out again, so that it goes on where it was stopped.
"""

from __future__ import annotations

from pathlib import Path

from sim.experiments.cell import cells_of
from sim.experiments.repeated import repeated_of
from sim.experiments.running import run_cells
from sim.experiments.shipped_draws import FOLDER, SEEDS, write_draws
from sim.experiments.workplace import Workplace
from sim.runner import warm_up
from sim.scenario import Scenario, load

SCENARIOS = Path(__file__).resolve().parents[1] / "scenarios"


def main() -> None:
    """Run what is missing, all scenarios in one series, and write the three files."""
    scenarios: dict[str, Scenario] = {file.stem: load(file) for file in sorted(SCENARIOS.glob("*.toml"))}
    cells = [cell for scenario in scenarios.values() for cell in cells_of(scenario, SEEDS)]
    warm_up()
    found = run_cells(cells, Workplace(progress=True))
    summaries = [found[place] for place in range(len(found))]
    found.require_complete()
    draws = {
        name: repeated_of(scenario, summaries[number * len(SEEDS) : (number + 1) * len(SEEDS)])
        for number, (name, scenario) in enumerate(scenarios.items())
    }
    write_draws(draws)
    size = sum(file.stat().st_size for file in FOLDER.iterdir())
    print(
        f"{len(draws)} scenarios, {len(found)} runs ({found.executed} carried out now), {size / 1000:,.0f} kB"
    )


if __name__ == "__main__":
    main()
