"""Each loop has a switch, and a switch that is off really cuts the channel; with it
on the same push is felt."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from sim.mesa_city import City
from sim.model.state.events import CAUSES, EVENT_KINDS
from sim.scenario import LoopSettings

from .cities import lively_scenario

LOOPS = tuple(LoopSettings.model_fields)
Push = Callable[[City], None]
# Condition also moves public revenue, and so what service can be paid for: that is cut to see the decay
# channel alone.
ALONE = {"decay": {"loops__service": False}}


def no_push(city: City) -> None:
    """Nothing happens."""


def push(table: str, column: str, value: float) -> Push:
    """Set a column of every row before every month."""

    def act(city: City) -> None:
        getattr(city.state, table)[column][:] = value

    return act


def push_payers(city: City) -> None:
    """Everybody seems to have paid last month."""
    city.state.estates["paid_share"] = 1.0
    city.state.buildings.paid_share[:] = 1.0


def push_grievance_sources(city: City) -> None:
    """Defects everywhere, and every complaint waits."""
    city.state.estates["legacy"] = 1.0
    city.state.owners.waiting[:] = 9


def lived(loop: str, on: bool, act: Push, months: int = 1) -> City:
    """A city with one switch set and nothing else, pushed before each month."""
    with City(lively_scenario(**({f"loops__{loop}": on, "months": months} | ALONE.get(loop, {})))) as city:
        for _ in range(months):
            act(city)
            city.step()
        return city


def felt(loop: str, on: bool, act: Push, column: str) -> bool:
    """True if owners' column differs between a pushed city and one left alone."""
    pushed, left = lived(loop, on, act), lived(loop, on, no_push)
    return not np.array_equal(getattr(pushed.state.owners, column), getattr(left.state.owners, column))


@pytest.mark.parametrize(
    ("loop", "act", "column"),
    [
        ("service", push("companies", "skill", 0.4), "satisfaction"),
        ("norm", push_payers, "arrears"),
        ("decay", push("estates", "condition", 0.1), "satisfaction"),
        ("grievance", push_grievance_sources, "grievance"),
    ],
)
def test_a_loop_that_is_off_does_not_pass_a_push_on(loop: str, act: Push, column: str) -> None:
    assert felt(loop, True, act, column), "with the loop on, owners feel it"
    assert not felt(loop, False, act, column), "with the loop off, they do not"


def test_with_the_decay_loop_off_condition_does_not_move_cost() -> None:
    costs = [
        lived("decay", False, act).state.estates["standard_cost"]
        for act in (push("estates", "condition", 0.1), no_push)
    ]
    assert np.array_equal(*costs)


def test_with_the_grievance_loop_off_every_grievance_stays_where_it_began() -> None:
    with City(lively_scenario(loops__grievance=False)) as city:
        start = city.state.owners.grievance.copy()
        city.run()
        assert np.array_equal(city.state.owners.grievance, start)
        assert start.max() > 0


def test_with_the_exit_loop_off_no_company_leaves_on_its_own() -> None:
    own = {
        ("notice_given", "losses"),
        ("notice_given", "insolvency"),
        ("company_bankrupt", "insolvency"),
        ("company_left", "losses"),
        ("company_left", "insolvency"),
    }
    assert all(kind in EVENT_KINDS and cause in CAUSES for kind, cause in own)
    found = {}
    # owners whom everybody reaches would have any company gone
    dismissing = {"ballot__passive_reach": 1.0, "ballot__turnout_dismissal": 1.0}
    dismissing |= {"vote__dismissal_base": 1.0, "committee__dismiss_below": 1.0}
    for on in (True, False):
        with City(lively_scenario(loops__exit=on, market__insolvency=0.5, **dismissing)) as city:
            found[on] = {(event[3], event[4]) for event in city.run().events()}
    assert found[True] & own
    assert not found[False] & own
    assert ("company_left", "dismissal") in found[False], "dismissal by vote goes on"


@pytest.mark.parametrize("loop", LOOPS)
def test_a_switch_changes_nothing_at_the_start_and_something_later(loop: str) -> None:
    cities = {}
    for on in (True, False):
        with City(lively_scenario(**{f"loops__{loop}": on})) as city:
            assert city.state.world[f"loop_{loop}"][0] == on
            cities[on] = (city.state.owners.satisfaction.copy(), city.run().state.estates["arrears"].copy())
    assert np.array_equal(cities[True][0], cities[False][0])
    assert not np.array_equal(cities[True][1], cities[False][1])
