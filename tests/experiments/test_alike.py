"""By the rules of today, the diagram of two states and the city of estates alike that is set beside it agree:
estates end where the map says, also in what lump-sum companies keep back of what they are paid."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from sim.experiments.mean_field import MeanField
from sim.experiments.representative import alike, mean_field_of, started_at
from sim.mesa_city import City
from sim.model.parameters import PARAMETERS
from sim.model.state.modes import MARKET
from sim.scenario import load, with_overrides

TYPE = "commodity"
HIGH, LOW = (0.95, 0.9), (0.1, 0.05)  # collection and condition to start at, in reach of each state
YEARS, LAST = 20, 8


def map_of_today() -> MeanField:
    return mean_field_of(load("vicious_cycle"), TYPE)


@cache
def ends(start: tuple[float, float]) -> tuple[float, float]:
    """Mean collection rate and quality over the last years of a city that begins at a collection and a
    condition."""
    scenario = started_at(alike(load("vicious_cycle"), TYPE), TYPE, *start)
    rates, quality = [], []
    with City(scenario, seed=7, months=12 * YEARS, record=False) as city:
        for year in range(YEARS):
            city.run(12)
            estates = city.state.estates
            if year >= YEARS - LAST:
                rates.append(float(np.mean(estates["collected_12"] / estates["billed_12"])))
                quality.append(float(estates["quality"].mean()))
        # nothing but payment, service and condition has moved them
        assert (estates["mode"] == MARKET).all() and not city.state.committees["exists"].any()
        assert not estates["basis"].any(), "all are run for a lump sum"
        assert not {event[3] for event in city.events()} & {"company_left", "tender_won", "contract_open"}
    return float(np.mean(rates)), float(np.mean(quality))


@pytest.mark.parametrize(("start", "which"), [(HIGH, -1), (LOW, 0)])
def test_estates_end_at_the_point_of_the_map_on_their_side(start: tuple[float, float], which: int) -> None:
    points = map_of_today().fixed_points()
    assert [stable for _, stable in points] == [True, False, True]
    assert ends(start)[0] == pytest.approx(points[which][0], abs=0.025)


def test_what_companies_keep_back_is_kept_back_in_the_map_as_in_the_city() -> None:
    known = map_of_today()
    honest = MeanField(replace(known.estate, skimming=0.0), load("vicious_cycle").parameter_values())
    assert known.estate.skimming == PARAMETERS["basis.skim"].default > 0
    (low, tip, high), (low_h, tip_h, high_h) = (
        [rate for rate, _ in one.fixed_points()] for one in (known, honest)
    )
    # it takes from the high state, brings the tipping point nearer to it, and where nothing is spent that
    # could be kept back it takes nothing
    assert high < high_h - 0.01 and tip > tip_h + 0.05 and low == pytest.approx(low_h, abs=1e-6)
    found = ends(HIGH)[0]
    assert abs(found - high) < abs(found - high_h) / 2
    off = with_overrides(load("vicious_cycle"), {"mechanisms.price_basis": False})
    assert mean_field_of(off, TYPE).fixed_points()[-1][0] == pytest.approx(high_h, abs=1e-6)


def test_the_two_states_lie_far_apart_in_service_too() -> None:
    assert ends(HIGH)[1] > 1.5 * ends(LOW)[1]
