"""Month 0: companies run the estates of a type that are worth most to them, as far as
`start.modes_follow_worth` says, and how many estates have which mode does not depend on it."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from sim.model.parameters import PARAMETERS
from sim.model.start.drawn_table import drawn_table
from sim.model.start.start import State, starting_state
from sim.model.state.modes import MARKET, SOE
from sim.scenario import Scenario, with_overrides
from sim.scenario.estate_rows import rows_of
from sim.scenario.overrides import with_estates
from sim.words import MODES

from .cities import small_scenario

SEED = 3
SEEDS = (1, 2, 3, 4)


@cache
def city(follows: float) -> Scenario:
    """A city of many small estates whose fees are as they were drawn (no guided price is below them)."""
    return small_scenario(
        city__estates=600,
        companies__private=100,
        mechanisms__guided_prices=False,
        start__modes_follow_worth=follows,
    )


@cache
def month_0(follows: float, seed: int = SEED) -> State:
    return starting_state(city(follows), seed)


def members(state: State, scenario: Scenario) -> dict[str, np.ndarray]:
    return {name: np.flatnonzero(state.estates["type"] == code) for code, name in enumerate(scenario.types)}


def worth(state: State, scenario: Scenario) -> np.ndarray:
    """What full billing of an estate's flats, were they of the usual size, is of the cost of full service."""
    e = state.estates
    usual = np.array([kind.area_mean for kind in scenario.types.values()])[e["type"]] * e["households"]
    dearer = PARAMETERS["service.condition_cost"].default * (1 - e["condition"])
    return np.asarray(
        e["price"] * usual / ((e["cost_fixed"] + e["cost_area"] * usual / e["area"]) * (1 + dearer))
    )


def with_a_company(state: State) -> np.ndarray:
    return np.isin(state.estates["mode"], (MARKET, SOE))


def how_often_above(scenario: Scenario, *states: State) -> float:
    """How often, of two estates of a type of which a company runs one, that one is worth more."""
    wins = pairs = 0
    for state in states:
        value, run = worth(state, scenario), with_a_company(state)
        for rows in members(state, scenario).values():
            above = value[rows][run[rows]][:, None] > value[rows][~run[rows]]
            wins, pairs = wins + int(above.sum()), pairs + above.size
    assert pairs > 10_000 * len(states)
    return wins / pairs


@pytest.mark.parametrize("follows", [0.0, 0.3, 0.8, 1.0])
def test_so_many_estates_of_a_type_have_a_mode_as_the_type_says_whatever_they_are_worth(
    follows: float,
) -> None:
    scenario, state = city(follows), month_0(follows)
    for name, rows in members(state, scenario).items():
        found = np.bincount(state.estates["mode"][rows], minlength=len(MODES))
        asked = scenario.types[name].estates_by_mode(rows.size)
        assert dict(zip(MODES, found.tolist(), strict=True)) == dict.fromkeys(MODES, 0) | asked, name


def test_no_estate_without_a_company_is_worth_more_to_one_than_any_of_its_type_that_has_one() -> None:
    scenario, state = city(1.0), month_0(1.0)
    value, mode = worth(state, scenario), state.estates["mode"]
    for rows in members(state, scenario).values():
        by_mode = [value[rows][mode[rows] == code] for code in range(len(MODES))]
        for better, worse in pairwise([part for part in by_mode if part.size]):
            assert better.min() >= worse.max() * (1 - 1e-6)
    assert PARAMETERS["start.modes_follow_worth"].default > 0, (
        "companies do choose in a city that says nothing"
    )


def test_drawn_without_regard_to_worth_it_is_unrelated_and_in_between_it_is_in_between() -> None:
    often = [
        how_often_above(city(follows), *(month_0(follows, seed) for seed in SEEDS))
        for follows in (0.0, 0.3, 0.8, 1.0)
    ]
    assert abs(often[0] - 0.5) < 0.08, "3 standard errors of a share of four cities"
    assert often == sorted(often) and 0.6 < often[1] < 0.8 < often[2] < often[3] == 1.0
    assert len({month_0(follows).estates["price"].tobytes() for follows in (0.0, 1.0)}) == 1


@pytest.mark.parametrize("follows", [0.0, 1.0])
def test_a_mode_that_a_table_states_stays_and_neither_order_nor_other_rows_matter_to_the_rest(
    follows: float,
) -> None:
    plain = drawn_table(small_scenario())
    luck = np.random.default_rng(1)
    stated = [MODES[code] if code < len(MODES) else None for code in luck.integers(0, 9, plain.size)]
    assert 3 < stated.count(None) < plain.size - 3
    columns = dict(plain.cells) | {"mode": stated}
    columns.pop("company")

    def modes(order: np.ndarray) -> dict[int, str]:
        table = rows_of({name: [cells[row] for row in order] for name, cells in columns.items()})
        scenario = small_scenario(start__modes_follow_worth=follows)
        estates = starting_state(with_estates(scenario, table, "city.csv"), SEED).estates
        return {int(n): MODES[code] for n, code in zip(estates["number"], estates["mode"], strict=True)}

    found = modes(np.arange(plain.size))
    for number, mode in zip(plain.numbers.tolist(), stated, strict=True):
        assert mode is None or found[number] == mode
    order = luck.permutation(plain.size)
    assert modes(order) == found
    half = modes(order[: plain.size // 2])
    assert half == {number: found[number] for number in half}


def test_open_modes_of_a_table_go_by_worth_too_and_in_the_shares_of_the_type() -> None:
    size = 1500
    name, kind = next(iter(small_scenario().types.items()))
    numbers = [Decimal(number) for number in range(size)]
    table = rows_of({"number": numbers, "households": [Decimal(12)] * size, "type": [name] * size})
    often = []
    for follows in (0.0, 1.0):
        scenario = with_overrides(city(follows), {"companies.private": 200})
        listed = with_estates(scenario, table, "city.csv")
        state = starting_state(listed, SEED)
        often.append(how_often_above(listed, state))
        for mode, share in kind.modes.items():
            found = float(np.mean(state.estates["mode"] == MODES.index(mode)))
            assert abs(found - share) < 4 * np.sqrt(share * (1 - share) / size) + 1e-9, mode
    assert abs(often[0] - 0.5) < 0.1 and often[1] > 0.95
