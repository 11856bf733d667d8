"""Run every shipped scenario with seeds 1 to 20 and write the draws that the package carries: python
docs/make_reference_runs.py

To be done after each change of the model: a run of a shipped scenario is placed among them only while they
are of this version. Runs that the store (results/store, or ESTATE_STORE) has are not carried out again, so
that it goes on where it was stopped.

After a change of writing only, `--same` is enough: it runs one seed of each scenario again, and where every
outcome is the one that ships, to the last bit, it writes the new hashes alone. Where one is not, it says
which and writes nothing.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from sim.experiments.workplace import Workplace, run_planned
from sim.results.engines import planned_runs_of
from sim.results.outcomes import DEFAULT_OUTCOMES
from sim.runner import warm_up
from sim.scenario import Scenario, load
from sim.studies.draws.among import FOLDER, SEEDS, facts_of, kept_draws, write_draws
from sim.studies.draws.repeated import Repeated, repeated_of

SCENARIOS = Path(__file__).resolve().parents[1] / "scenarios"


def main() -> int:
    """Run what is missing, all scenarios in one series, and write the three files."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--same", action="store_true", help="after a change of writing only: check, and write the new hashes"
    )
    scenarios: dict[str, Scenario] = {file.stem: load(file) for file in sorted(SCENARIOS.glob("*.toml"))}
    warm_up()
    draws = unchanged(scenarios) if parser.parse_args().same else made(scenarios)
    if draws is None:
        return 1
    write_draws(draws)
    size = sum(file.stat().st_size for file in FOLDER.iterdir())
    print(f"{len(draws)} scenarios, {len(SEEDS)} seeds each, {size / 1000:,.0f} kB")
    return 0


def made(scenarios: Mapping[str, Scenario], seeds: tuple[int, ...] = SEEDS) -> dict[str, Repeated]:
    """The draws of every scenario by name, run where the store lacks them."""
    planned_runs = [
        planned_run for scenario in scenarios.values() for planned_run in planned_runs_of(scenario, seeds)
    ]
    found = run_planned(planned_runs, Workplace(progress=True))
    found.require_complete()
    summaries = [found[place] for place in range(len(found))]
    return {
        name: repeated_of(scenario, summaries[number * len(seeds) : (number + 1) * len(seeds)])
        for number, (name, scenario) in enumerate(scenarios.items())
    }


def unchanged(scenarios: Mapping[str, Scenario]) -> dict[str, Repeated] | None:
    """The draws as they ship, if one seed of each scenario still gives what they say; else None, and a
    line about each that does not.

    The seed is another one for each scenario, so that together they are more than one kind of luck.
    """
    shipped = facts_of()["scenarios"]
    wrong = [f"{name}: ships no draws" for name in scenarios if name not in shipped]
    draws = {name: kept_draws(scenarios[name], name) for name in scenarios if name in shipped}
    for number, (name, kept) in enumerate(draws.items()):
        seed = SEEDS[number % len(SEEDS)]
        now = made({name: scenarios[name]}, (seed,))[name]
        wrong += [
            f"{name}, seed {seed}: {outcome} is {now.outcomes[outcome][0]!r}, ships {kept.outcomes[outcome][seed - SEEDS[0]]!r}"
            for outcome in DEFAULT_OUTCOMES
            if not np.array_equal(
                now.outcomes[outcome][0], kept.outcomes[outcome][seed - SEEDS[0]], equal_nan=True
            )
        ]
    for line in wrong:
        print(line, file=sys.stderr)
    return None if wrong else draws


if __name__ == "__main__":
    sys.exit(main())
