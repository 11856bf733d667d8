"""Levers: whatever moved in a month is neutral in the next, and every lever does something."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from reference.worlds import random_policy

from sim.mesa_city import City
from sim.model.state.estates import LEVER_NAMES, LEVERS
from sim.scenario import MechanismSettings

from .cities import columns, lively_scenario
from .nudge import with_nudges

# What a lever needs beside itself to be felt.
COMPANIONS: dict[str, dict[str, float]] = {
    "lever_vetting": {"lever_mobilisation": 0.5, "lever_participation": 1.0},
    "lever_participation": {"lever_mobilisation": 0.5},
    "lever_fallback": {"fallback_left": 9},
    "lever_offer": {"lever_tender": 4.0},
    "lever_queue": {"lever_self_management": 1.0},
}
AMOUNTS = {
    "lever_tender": 4.0,
    "lever_company_income": 500_000,
    "lever_company_charge": 5_000_000,
    "lever_value_added": 500_000,
    "lever_offer": 5_000_000,
    "lever_complaint_capacity": 5.0,
    "lever_deadline": 2.0,
    "lever_price": 0.1,
    "lever_dismissal": 0.9,
    "lever_legacy": 0.1,
    "lever_condition": 0.05,
    "lever_retry": 2.0,
    "lever_block": 1,
    "lever_queue": 1.0,
}


# rules that move levers themselves: what suits and repairs cost companies, books that owners pay into, ...
NO_RULE_MOVES_LEVERS = {
    f"mechanisms__{rule}": False
    for rule in ("cases", "repairs", "price_basis", "volunteers", "works", "fund")
}


@pytest.mark.parametrize("lever", LEVER_NAMES)
def test_a_lever_moved_in_one_month_is_neutral_in_the_next(lever: str) -> None:
    scenario = lively_scenario(**NO_RULE_MOVES_LEVERS)
    with City(with_nudges(scenario, {"start": 2, "end": 2, "lever": lever, "amount": 1})) as city:
        city.run(2)
        assert np.all(city.state.estates[lever] == 1)
        city.step()
        assert np.all(city.state.estates[lever] == 0)


def test_all_levers_of_random_policy_are_neutral_once_it_stops() -> None:
    with City(lively_scenario(**NO_RULE_MOVES_LEVERS)) as city:
        quiet = city.policy.act
        city.policy.act = random_policy(city, 3)  # type: ignore[method-assign]
        city.run(8)
        assert any(np.any(city.state.estates[lever]) for lever in LEVER_NAMES)
        city.policy.act = quiet  # type: ignore[method-assign]
        city.step()
        assert not any(np.any(city.state.estates[lever]) for lever in LEVER_NAMES)
        assert city.state.world["fallback_left"][0] == 0


@pytest.mark.parametrize("lever", LEVERS, ids=lambda lever: lever.name)
def test_every_lever_is_felt(lever: object) -> None:
    name = lever.name  # type: ignore[attr-defined]
    companions = COMPANIONS.get(name, {})
    assert lived(companions) != lived(companions | {name: AMOUNTS.get(name, 0.5)})


def lived(pushes: dict[str, float]) -> dict[str, bytes]:
    """Every column but the levers after a year in which these levers were moved each month."""
    on: dict[str, Any] = {f"mechanisms__{name}": True for name in MechanismSettings.model_fields}
    on["market__plan_effort"] = 0.5  # companies bid: what moves none of their beliefs is felt by nobody
    with City(lively_scenario(months=12, **on), record=False) as city:
        estates, world = city.state.estates, city.state.world

        def act() -> None:
            for name, amount in pushes.items():
                if name in LEVER_NAMES:
                    estates[name] += np.array(amount).astype(estates[name].dtype)
                    city.clockwork.touched_levers.add(name)
                else:
                    world[name] = amount

        city.policy.act = act  # type: ignore[method-assign]
        city.run()
        felt = {name: column.tobytes() for name, column in columns(city) if "lever_" not in name}
        return felt | {"events": repr(city.events()).encode()}
