"""What must hold for every kind of intervention, those of the future included: each
one alone on a small city."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from small_city import assert_same, columns, events_of, ran, recorded, small_scenario

from sim.mesa_city import City
from sim.model.ledger import KINDS
from sim.model.programmes.base import Intervention
from sim.model.programmes.describe import kinds, register
from sim.model.programmes.lever_words import BEARERS
from sim.model.state.estates import LEVER_NAMES
from sim.scenario import PROGRAMMES, Scenario, load_programmes, to_data
from sim.text.catalog import has_text

START, MONTHS = 7, 18


@pytest.fixture(scope="module")
def untouched() -> City:
    return ran(months=MONTHS)


@pytest.mark.parametrize("kind", kinds())
def test_a_programme_withdrawn_before_it_starts_changes_nothing(kind: str, untouched: City) -> None:
    assert_same(ran({"kind": kind, "start": START, "end": 0}, months=MONTHS), untouched)


@pytest.mark.parametrize("kind", kinds())
def test_a_programme_that_starts_after_the_run_changes_nothing(kind: str, untouched: City) -> None:
    assert_same(ran({"kind": kind, "start": MONTHS + 1}, months=MONTHS), untouched)


@pytest.mark.parametrize("kind", kinds())
def test_a_programme_for_nobody_only_says_so(kind: str, untouched: City) -> None:
    city = ran({"kind": kind, "start": START, "targets": {"share_max": 0.0}}, months=MONTHS)
    before, after = columns(untouched), columns(city)
    assert all(
        np.array_equal(part, after[name], equal_nan=part.dtype.kind == "f")
        for name, part in before.items()
        if name != "world.events"
    )
    assert [event[3] for event in city.events() if event not in untouched.events()] == ["programme_started"]


@pytest.mark.parametrize("kind", kinds())
def test_a_run_differs_first_in_the_month_in_which_the_programme_begins(kind: str, untouched: City) -> None:
    city = ran({"kind": kind, "start": START}, months=MONTHS)
    events, lines, outcomes = recorded(city)
    plain_events, plain_lines, plain_outcomes = recorded(untouched)
    for name, part in outcomes.items():
        assert np.array_equal(part[:START], plain_outcomes[name][:START], equal_nan=part.dtype.kind == "f"), (
            name
        )
    for found, plain in ((events, plain_events), (lines, plain_lines)):
        assert [entry for entry in found if entry[0] < START] == [
            entry for entry in plain if entry[0] < START
        ]
    assert [event[0] for event in events_of(city, "programme_started")] == [START]


@pytest.mark.parametrize("kind", kinds())
def test_only_what_is_declared_moves_and_only_those_pay_who_are_declared(kind: str) -> None:
    programme = PROGRAMMES[kind]
    city = City(small_scenario({"kind": kind, "start": 2}, months=30), seed=3)
    act = city.policy.act

    def watched() -> None:
        before, ledger = columns(city), dict(city.state.books.programme_flows)
        act()
        moved = {
            name
            for name, part in columns(city).items()
            if not np.array_equal(part, before[name], equal_nan=part.dtype.kind == "f")
        }
        moved -= {"world.events", "government.staff_free", "balances 0"}
        allowed = {f"estates.{name}" if name in LEVER_NAMES else name for name in programme.levers}
        if "companies" in programme.payers:  # what a company is charged counts in the account of the estate
            allowed.add("estates.lever_company_charge")
        assert moved <= allowed, moved - allowed
        assert not ledger
        flows = city.state.books.programme_flows
        assert {payer for _, payer, _ in flows} <= set(programme.payers)
        change = city.state.books.balances - before["balances 0"]
        for account_kind in KINDS:
            first, size = city.state.books.first[account_kind], city.state.books.sizes[account_kind]
            received = sum(fen for (_, _, payee), fen in flows.items() if payee == account_kind)
            paid = sum(fen for (_, payer, _), fen in flows.items() if payer == account_kind)
            assert int(change[first : first + size].sum()) == received - paid, account_kind

    city.policy.act = watched  # type: ignore[method-assign]
    city.run()


@pytest.mark.parametrize("kind", kinds())
def test_levers_are_neutral_again_after_it_has_ended(kind: str) -> None:
    city = City(small_scenario({"kind": kind, "start": 2, "end": 6}, months=8), seed=1)
    act, moved = city.policy.act, []

    def watched() -> None:  # before the rules of the month move levers of their own
        act()
        moved.append([name for name in LEVER_NAMES if city.state.estates[name].any()])

    city.policy.act = watched  # type: ignore[method-assign]
    city.run()
    assert len(moved) == 8 and moved[0] == moved[-2] == moved[-1] == []
    assert not (city.state.companies["list"] != 0).any()
    assert [event[0] for event in events_of(city, "programme_ended")] == [7]


@pytest.mark.parametrize("kind", kinds())
def test_it_says_everything_about_itself_in_two_languages(kind: str) -> None:
    made: Any = PROGRAMMES[kind]
    assert issubclass(made, Intervention)
    for text in (made.how_it_works(), made.known_risk()):
        assert len(text.in_language("zh")) > 15 and len(text.in_language("en")) > 40
    assert made.label().in_language("zh") != made.label().in_language("en") and made.evidence
    assert set(made.evidence) <= register().keys() and set(made.payers) <= BEARERS.keys()
    for key, field in made.model_fields.items():
        extra = field.json_schema_extra or {}
        label = made.label_of(key)
        assert label is not None and label.in_language("zh") != label.in_language("en"), key
        assert not extra.get("unit") or has_text(f"unit.{extra['unit']}"), key
        assert extra.get("source", "judgement") == "judgement" or extra["source"] in register(), key


def test_a_scenario_with_every_kind_survives_writing_and_reading() -> None:
    scenario = small_scenario(*({"kind": kind, "start": 3} for kind in load_programmes() if kind in kinds()))
    assert Scenario.model_validate(to_data(scenario)) == scenario
