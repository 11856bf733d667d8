"""What docs/model.md says of single mechanisms, over twenty seeds: who owes and who paid all twelve bills,
how contracts end, who waits in line. Printed as median (lowest to highest); the docs state what this prints.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence

import numpy as np
from common import keep, show

from sim.mesa_city import City
from sim.scenario import load, with_overrides
from sim.words import MODES

YEAR = 12


def stepped(name: str, seed: int, *mechanisms: str) -> City:
    """A shipped city with these mechanisms on, in its last month."""
    switched = {f"mechanisms.{mechanism}": True for mechanism in mechanisms}
    city = City(with_overrides(load(name), {"seed": seed, **switched}), threads=1)
    for _ in range(city.months):
        city.step()
    return city


def owners_of(name: str, seed: int, *mechanisms: str) -> dict[str, float]:
    """In percent: of the owners billed all year who owes something, who paid all twelve bills, who paid none;
    of the yuan billed in that year what was paid when due."""
    city = stepped(name, seed, *mechanisms)
    owners, estates = city.state.owners, city.state.estates
    billed = np.repeat(estates["billed_months"] == YEAR, estates["households"])
    label = " ".join((name, *mechanisms))
    return {
        f"{label}: owes something, %": 100 * (owners.arrears[billed] > 0).mean(),
        f"{label}: paid all twelve bills, %": 100 * (owners.missed[billed] == 0).mean(),
        f"{label}: paid none, %": 100 * (owners.missed[billed] == 2**YEAR - 1).mean(),
        f"{label}: paid when due, % of yuan": 100
        * estates["collected_12"].sum()
        / estates["billed_12"].sum(),
    }


def contracts_of(name: str, seed: int) -> dict[str, float]:
    """How often contracts that ended were renewed, refused, or went on, and in how many estates that was."""
    events = stepped(name, seed, "contracts").events()
    estates = {
        kind: [estate for _, estate, _, its_kind, _, _ in events if its_kind == f"contract_{kind}"]
        for kind in ("renewed", "refused", "open")
    }
    times = {f"{name} contracts: {kind}, times": float(len(where)) for kind, where in estates.items()}
    return times | {f"{name} contracts: open, estates": float(len(set(estates["open"])))}


def queue_of(name: str, seed: int, *mechanisms: str) -> dict[str, float]:
    """Estates under state-owned companies in the last month."""
    city = stepped(name, seed, *mechanisms)
    held = city.state.estates["mode"] == MODES.index("soe")
    return {f"{' '.join((name, *mechanisms))}: estates under state-owned companies": float(held.sum())}


def figures_of(seed: int) -> dict[str, float]:
    """All figures of one seed."""
    figures = owners_of("vicious_cycle", seed) | owners_of("vicious_cycle", seed, "persistence")
    for name in ("vicious_cycle", "gaotang"):
        figures |= contracts_of(name, seed)
    for name in ("wuhan_hanyang", "gaotang"):
        figures |= queue_of(name, seed) | queue_of(name, seed, "queue")
    return figures


def told(seeds: Iterable[int]) -> Sequence[Sequence[object]]:
    """A row a figure: median, lowest, highest over the seeds."""
    by_seed = [figures_of(seed) for seed in seeds]
    return [
        [label, *(round(float(x), 1) for x in (np.median(drawn), min(drawn), max(drawn)))]
        for label in by_seed[0]
        for drawn in [[figures[label] for figures in by_seed]]
    ]


def main() -> None:
    """Print the table and keep it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    seeds = parser.parse_args().seeds
    rows = told(range(1, seeds + 1))
    show(f"Mechanisms over seeds 1-{seeds}", ["figure", "median", "lowest", "highest"], rows)
    keep("mechanism_figures", {str(row[0]): list(row[1:]) for row in rows})


if __name__ == "__main__":
    main()
