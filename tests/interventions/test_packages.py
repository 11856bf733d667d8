"""Packages of any size, from none to every registered intervention at once, with random settings: the
books balance all the same.

`test_any_combination` looks closely at a few programmes together and shrinks what it finds; here whole
packages compete for the same staff and money. Package number n is the same on every machine, so a failure
is repeated by its number.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from small_city import small_scenario
from test_any_combination import KINDS, check_bounds, describe_once, fitted

from sim.mesa_city import City
from sim.scenario import Scenario
from sim.words import MODES, STAGES, TIERS

PACKAGES, GROUPS = 200, 8
TYPES = ("commodity", "unit_built", "three_no", "resettlement")


@cache
def package(number: int) -> Scenario:
    """The tiny city with a random subset of all interventions, 6 to 12 months long."""
    luck = np.random.Generator(np.random.Philox(key=number))
    size = len(KINDS) if number == 0 else int(luck.integers(0, len(KINDS) + 1))
    chosen = [KINDS[place] for place in luck.permutation(len(KINDS))[:size]]
    months = int(luck.integers(6, 13))
    return small_scenario(*(programme(kind, luck, months) for kind in chosen), estates=16, months=months)


def programme(kind: str, luck: np.random.Generator, months: int) -> dict[str, Any]:
    """One kind with about half of its settings anywhere in their range, and any dates, targets and limits."""
    table: dict[str, Any] = {"kind": kind, "start": int(luck.integers(1, months + 1))}
    for setting in describe_once(kind).settings:
        if luck.random() < 0.5:
            continue
        if setting.choices:
            several = isinstance(setting.default, tuple)
            found = [str(choice) for choice in luck.permutation(setting.choices)]
            table[setting.key] = found[: int(luck.integers(1, len(found) + 1))] if several else found[0]
        elif isinstance(setting.default, bool):
            table[setting.key] = bool(luck.random() < 0.5)
        elif setting.low is not None and setting.high is not None:
            table[setting.key] = value(setting, luck)
    if luck.random() < 0.3:
        table["end"] = int(luck.choice([0, *range(table["start"], months + 1)]))
    table |= {
        "withdrawal": str(luck.choice(["sudden", "tapered"])),
        "taper_months": int(luck.integers(1, 7)),
        "lag": int(luck.integers(0, 4)),
        "order": str(luck.choice(["worst_first", "easiest_first", "random"])),
        "targets": targets(luck),
    }
    if luck.random() < 0.4:
        table["capacity"] = float(luck.uniform(0.001, 10))
    if luck.random() < 0.3:
        table["yearly_budget"] = float(luck.uniform(0, 3e5))
    return fitted(table)


def value(setting: Any, luck: np.random.Generator) -> float | int:
    """Anywhere in the range, mostly of the order of the default; ends included."""
    low, high = setting.low, setting.high
    top = high if luck.random() < 0.3 else max(low, min(high, 4 * float(setting.default or 0.0)))
    drawn = float(luck.choice([low, top, low + (top - low) * luck.random()], p=[0.1, 0.1, 0.8]))
    return round(drawn) if isinstance(setting.default, int) else drawn


def targets(luck: np.random.Generator) -> dict[str, Any]:
    """Estates of some kinds, or all."""
    made: dict[str, Any] = {"share_max": float(luck.choice([1.0, 1.0, 0.0, luck.random()]))}
    for key, words in (("types", TYPES), ("modes", MODES), ("stages", STAGES)):
        if luck.random() < 0.15:
            made[key] = [str(word) for word in luck.permutation(words)[: int(luck.integers(1, len(words)))]]
    if luck.random() < 0.15:
        made["old"] = bool(luck.random() < 0.5)
    return made


@pytest.mark.parametrize("group", range(GROUPS))
def test_any_package_conserves_money_and_keeps_its_bounds(group: int) -> None:
    for number in range(group, PACKAGES, GROUPS):
        scenario = package(number)
        city = City(scenario, seed=number + 1)
        for _ in range(scenario.months):
            city.step()
            check_bounds(city)
        for planned in scenario.interventions:
            if planned.yearly_budget is not None:  # type: ignore[attr-defined]
                spent = sum(
                    line[5]
                    for line in city.ledger_lines
                    if line[4] == planned.name and line[2] in (*TIERS, "state")
                )
                assert spent <= planned.yearly_budget * 100 + 1e-6, f"package {number}: {planned.name}"  # type: ignore[attr-defined]


def test_the_packages_cover_what_is_registered() -> None:
    sizes = [len(package(number).interventions) for number in range(PACKAGES)]
    assert sizes[0] == len(KINDS) == len({programme.kind for programme in package(0).interventions})
    assert min(sizes) <= 1 and max(sizes[1:]) >= len(KINDS) - 1
