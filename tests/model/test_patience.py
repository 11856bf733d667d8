"""A company cuts service before it leaves, and what comes in lumps counts as the
income of the months between."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sim.mesa_city import City
from sim.model.state.modes import MARKET, SOE
from sim.scenario import load, with_overrides

SETTINGS = {"city.estates": 60, "city.households": 4800, "companies.private": 10, "loops.exit": False}


def ran(months: int, seed: int = 2, act: Callable[[City], None] | None = None) -> City:
    """A city in which nobody gives notice; `act` may move levers every month."""
    with City(with_overrides(load("vicious_cycle"), SETTINGS), seed=seed) as city:
        if act is not None:
            city.policy.act = lambda: act(city)  # type: ignore[method-assign]
        return city.run(months)


def test_service_is_cut_where_losses_lasted_and_state_owned_companies_do_not_tire() -> None:
    fresh, tired = ran(6), ran(6)
    companies = tired.state.companies
    run = np.flatnonzero(tired.state.estates["company"] >= 0)
    assert np.array_equal(fresh.state.estates, tired.state.estates)
    fresh.state.estates["losing_months"][run] = 0
    tired.state.estates["losing_months"][run] = np.ceil(
        companies["tolerance"][tired.state.estates["company"][run]]
    )
    for city in (fresh, tired):
        city.step()
    before, after = fresh.state.estates["effort"], tired.state.estates["effort"]
    mode = fresh.state.estates["mode"]
    assert (after[mode == MARKET] <= before[mode == MARKET]).all()
    above = (mode == MARKET) & (
        before > 1.01 * fresh.state.parameters["service_floor"][0]
    )  # at the floor nothing is left to cut
    assert above.sum() >= 10 and (after[above] < before[above]).mean() > 0.7
    assert (mode == SOE).any() and np.array_equal(after[mode == SOE], before[mode == SOE])


def test_a_lump_counts_as_income_of_the_months_between() -> None:
    def losing(every: int) -> float:
        def pay(city: City) -> None:
            estates = city.state.estates
            if every and city.month % every == 0:
                run = estates["mode"] == MARKET
                full = estates["price"] * estates["billable_area"]
                estates["lever_company_income"][run] += (0.4 * every * full[run]).astype(np.int64)
                city.clockwork.touched_levers.add("lever_company_income")

        estates = ran(36, act=pay).state.estates
        return float(estates["losing_months"][estates["mode"] == MARKET].mean())

    unpaid, monthly, half_yearly = losing(0), losing(1), losing(6)
    assert monthly < unpaid
    assert half_yearly - monthly < 0.5 * (unpaid - monthly)
