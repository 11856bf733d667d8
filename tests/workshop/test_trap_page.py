"""The page on the trap: what is computed for it, and what it does with its address and its handle."""

from __future__ import annotations

import asyncio

import pytest
from nicegui import ui
from nicegui.testing import User

from sim.app.pages import trap_work
from sim.app.pages.trap import Diagram
from sim.errors import EstateError
from sim.model.parameters import PARAMETERS
from sim.scenario import load, with_overrides
from sim.studies.tipping.levers import ADDED_INCOME, VIABILITY, Lever


def test_the_levers_are_those_that_the_map_reads() -> None:
    keys = trap_work.lever_keys()
    assert keys[:2] == (ADDED_INCOME, VIABILITY)
    assert set(keys[2:]) < set(PARAMETERS)
    assert "payment.norm_weight" in keys
    assert "fees.growth" not in keys and "vote.quorum" not in keys
    assert (
        "service.returns" in keys and "condition.wear" in keys
    )  # through what is delivered, not by payment alone
    assert "payment.sanction_weight" not in keys  # nobody is sanctioned in the representative estate
    for key in keys:
        low, high = Lever(key, "").bounds()
        assert low < high, key


def test_the_curve_has_resting_and_tipping_points_in_turn() -> None:
    values = tuple(trap_work.sweep(ADDED_INCOME, 5))
    found = trap_work.curve(load("small_city"), "commodity", ADDED_INCOME, values)
    assert [value for value, _ in found.points] == list(values)
    for _, points in found.points:
        stable = [good for _, good in points]
        assert stable and stable[0] and stable[-1]  # the lowest and the highest attract
        assert all(a != b for a, b in zip(stable, stable[1:], strict=False))
        assert [rate for rate, _ in points] == sorted(rate for rate, _ in points)


def test_the_way_starts_where_the_handle_is() -> None:
    for start in (0.2, 0.9):
        found = trap_work.way(load("small_city"), "commodity", VIABILITY, 0.8, start)
        assert len(found.months) == trap_work.WAY_MONTHS and {len(row) for row in found.months} == {24}
        first = sum(found.months[0]) / 24 / 1000
        assert abs(first - start) < abs(first - (0.2 if start == 0.9 else 0.9))
        assert all(0 <= rate <= 1000 for row in found.months for rate in row)


def test_agents_settle_at_the_curve_where_support_leaves_one_state() -> None:
    scenario, value = load("small_city"), 0.6
    ((_, points),) = trap_work.curve(scenario, "commodity", ADDED_INCOME, (value,)).points
    found = trap_work.agents(scenario, "commodity", ADDED_INCOME, value)
    assert len(points) == len(found.rates) == 1 and found.tipping is None and found.settled
    assert found.rates[0] == pytest.approx(points[0][0], abs=0.1)


def test_agents_are_of_the_draw_that_the_small_city_is(monkeypatch: pytest.MonkeyPatch) -> None:
    class Enough(Exception):
        """Nothing has to be run to see what would be."""

    def planned(runs: list) -> None:
        assert {one.seed for one in runs} == {7}
        raise Enough

    monkeypatch.setattr(trap_work, "_carried_out", planned)
    with pytest.raises(Enough):
        trap_work.agents(with_overrides(load("small_city"), {"seed": 7}), "commodity", ADDED_INCOME, 0.4)


def test_a_type_that_is_not_there_is_refused() -> None:
    with pytest.raises(EstateError, match="one of commodity"):
        trap_work.curve(load("small_city"), "villa", ADDED_INCOME, (0.1,))


def shown(user: User) -> dict:
    (diagram,) = user.find(Diagram).elements
    return diagram._props


async def until(holds) -> None:
    for _ in range(1200):
        if holds():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("waited in vain")


@pytest.mark.asyncio
async def test_the_page_computes_and_follows_the_handle(user: User) -> None:
    await user.open("/trap?lang=en&trap_lever=viability&trap_at=0.8&trap_start=0.4")
    await until(lambda: len(shown(user)["curve"]) == trap_work.CURVE and shown(user)["way"])
    props = shown(user)
    assert (props["low"], props["high"], props["place"]) == (0.5, 1.5, {"at": 0.8, "start": 0.4})
    first = props["way"]
    user.find(Diagram).trigger("moved", {"at": 0.9, "start": 0.7})
    await until(lambda: shown(user)["way"] != first)
    turn = shown(user)["turn"]
    for nonsense in ({"at": 99, "start": 0.5}, {"at": "0.7", "start": True}, {"at": 0.7}, "x", None):
        user.find(Diagram).trigger("moved", nonsense)
    await asyncio.sleep(0.3)
    assert shown(user)["turn"] == turn
    await until(lambda: len(shown(user)["agents"]) > 0)


@pytest.mark.asyncio
async def test_nonsense_in_the_address_is_left_out(user: User) -> None:
    await user.open("/trap?trap_type=%3Cscript%3E&trap_lever=__class__&trap_at=nan&trap_start=1e9&lang=en")
    props = shown(user)
    assert props["place"] == {"at": 0.1, "start": 0.5}
    assert next(iter(user.find(marker="trap-lever").elements)).value == ADDED_INCOME
    assert isinstance(next(iter(user.find(marker="trap-type").elements)), ui.select)


@pytest.mark.asyncio
@pytest.mark.parametrize(("lang", "draw"), [("en", "one draw, seed 7"), ("zh", "一次抽样，种子7")])
async def test_what_the_small_city_did_is_said_to_be_one_draw(user: User, lang: str, draw: str) -> None:
    await user.open(f"/trap?lang={lang}&seed=7")
    words = shown(user)["words"]
    assert all(draw in words[key] for key in ("seen", "seen_tipping", "settle"))
    assert "7" in words["tip"] and "10" in words["tip"]  # up to three seeds more where it is in doubt
