"""Facts that several rules look at are worked out once: an estate's age, what its condition
looks like, and money in fen."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.mesa_city import City
from sim.model.month.condition import condition_bin, condition_seen, estate_age
from sim.scenario import Scenario, to_data

from .cities import lively_scenario, small_scenario


def with_programme(programme: dict[str, Any], **overrides: Any) -> Scenario:
    """The lively small city with one programme."""
    data = to_data(lively_scenario(**overrides))
    return Scenario.model_validate(data | {"interventions": [programme]})


def test_an_estate_is_as_old_as_at_the_beginning_of_the_month_and_new_until_it_is_built() -> None:
    assert estate_age(2000.0, 2020.0, 1) == 20.0
    assert estate_age(2000.0, 2020.0, 7) == 20.5
    assert estate_age(2021.0, 2020.0, 1) == 0.0
    built = np.array([2000.0, 2030.0])
    assert estate_age(built, 2020.0, 13).tolist() == [21.0, 0.0]


def test_condition_looks_bad_middling_or_good() -> None:
    looks = [int(condition_bin(condition)) for condition in (0.0, 0.33, 0.34, 0.66, 0.67, 1.0)]
    assert looks == [0, 0, 1, 1, 2, 2]
    assert condition_bin(np.array([0.1, 0.5, 1.0])).tolist() == [0, 1, 2]


def test_the_loop_of_decay_decides_which_condition_is_seen() -> None:
    assert condition_seen(0.2, 0.9, 1) == 0.2
    assert condition_seen(0.2, 0.9, 0) == 0.9


def test_in_the_first_month_the_developers_of_estates_just_built_are_all_still_there() -> None:
    """A developer in a thousand years would be gone after a month; on its first day none is."""
    new: dict[str, Any] = {}
    for kind in small_scenario().types:
        new |= {f"types__{kind}__built_{end}": 2020 for end in ("low", "high")}
        new |= {f"types__{kind}__legacy_share": 1.0, f"types__{kind}__legacy_mean": 0.5}
    programme = {
        "kind": "legacy_remediation",
        "start": 1,
        "lag": 0,
        "solvent": 1.0,
        "gone": 1.0,
        "concedes": 1.0,
        "pursuit": 0.0,
    }
    scenario = with_programme(programme, months=1, city__start_year=2020, **new)
    with City(scenario) as city:
        payers = {line[2] for line in city.run().ledger_lines if line[4] == "legacy_remediation"}
    assert payers == {"developers"}


def test_who_fears_a_ranking_sees_worn_facilities_only_while_the_loop_of_decay_runs() -> None:
    programme = {"kind": "last_place_elimination", "start": 1, "period": 2, "caution": 0.3, "order": "random"}

    def lasting(decay: bool, worn: bool) -> list[bytes]:
        scenario = with_programme(programme, months=24, loops__decay=decay)
        with City(scenario) as city:
            if worn:  # every other estate, so that the city is not merely worse as a whole
                city.state.estates["condition"][::2] = 0.05
            out = city.run().outcomes
        assert out is not None
        return [getattr(out, name).tobytes() for name in ("mode", "company", "collected", "satisfaction")]

    assert lasting(decay=False, worn=True) == lasting(decay=False, worn=False)
    assert lasting(decay=True, worn=True) != lasting(decay=True, worn=False)


def test_a_budget_is_spent_to_the_fen_that_was_typed() -> None:
    """1.15 yuan are 115 fen, although 1.15 times 100 is a little less than 115 in binary fractions."""
    programme = {"kind": "committee_drive", "start": 1, "cost": 1.15, "yearly_budget": 1.15}
    with City(with_programme(programme, months=2)) as city:
        paid = [line[5] for line in city.run().ledger_lines if line[4] == "committee_drive"]
    assert paid == [115]
