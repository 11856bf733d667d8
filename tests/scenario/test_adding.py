"""Scenarios made in Python."""

import pytest

import sim


def test_programmes_are_added_after_the_scenarios_own():
    own = sim.load("subsidy_only")
    both = sim.with_programmes(own, {"kind": "retrofit", "start": 13}, name="both")
    assert both.name == "both" and own.name == "subsidy_only"
    assert [one.kind for one in both.interventions] == ["operating_subsidy", "retrofit"]
    assert sim.with_programmes("small_city", both.interventions[1]).interventions == (both.interventions[1],)


def test_programmes_are_taken_away():
    assert sim.with_programmes("package", keep=False).interventions == ()


def test_a_misspelt_setting_is_named():
    with pytest.raises(sim.ScenarioError, match="strat"):
        sim.with_programmes("small_city", {"kind": "retrofit", "strat": 13})


def test_a_kind_twice_needs_names():
    with pytest.raises(sim.EstateError, match="retrofit"):
        sim.with_programmes("small_city", {"kind": "retrofit"}, {"kind": "retrofit"})
