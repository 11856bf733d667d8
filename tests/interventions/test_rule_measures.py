"""Measures that act through the rules of the second version: what each moves in its own target, and the risk
that it is known for, where it should appear."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from small_city import events_of, outcome, paid_by, small_scenario

from sim.mesa_city import City
from sim.model.state.contracts import OPEN
from sim.model.state.modes import FREE, MARKET
from sim.scenario import with_overrides
from sim.scenario.tables import MechanismSettings

START, MONTHS = 4, 30
RULES = {name: True for name in MechanismSettings.model_fields} | {"reporting": False}
# Owners who answer at the door and agree: what is tried here is what follows from a vote.
WILLING = {"ballot": {"doors": 600.0}, "vote": {"price_base": 1.0, "formation_base": 0.95}}
NEVER = {"committee": {"attempt": 0.0}, "ballot": {"initiative": 0.0, "at_expiry": 0.0, "street": 0.0}}


@cache
def ran(*settings: tuple[str, Any], **parameters: Any) -> City:
    table = dict(settings)
    programmes = [{"start": START, "lag": 0, "targets": {}} | table] if table else []
    groups = {name: dict(values) for name, values in parameters.items()}
    return City(
        small_scenario(*programmes, months=MONTHS, mechanisms=RULES, parameters=groups, spin_up=0), seed=1
    ).run()


def city(kind: str = "", worlds: tuple[dict[str, Any], ...] = (), **settings: Any) -> City:
    """The city with a measure (none: without) in which these groups of parameters hold."""
    groups: dict[str, dict[str, float]] = {}
    for world in worlds:
        for name, values in world.items():
            groups[name] = groups.get(name, {}) | values
    table = {"kind": kind, **settings} if kind else {}
    return ran(*table.items(), **{name: tuple(values.items()) for name, values in groups.items()})


def counted(made: City, *kinds: str) -> int:
    return sum(len(events_of(made, kind)) for kind in kinds)


def test_where_owners_agreed_the_price_follows_the_cost_of_service_from_then_on() -> None:
    indexed, plain = city("fee_indexation", (WILLING,), participation=0.5), city(worlds=(WILLING,))
    party = indexed.policy.programme_states[0].memory["party"]
    signed = np.flatnonzero(party > 0)
    assert signed.size > 5
    price = np.array([outcome(indexed, "price", month)[signed] for month in (START - 1, MONTHS)])
    never = outcome(plain, "price", MONTHS)[signed]
    # the first rise is voted, and what follows is no more than costs rose by since
    cost = float(indexed.state.world["cost_index"][0])
    assert (price[1] > 1.03 * price[0] * 0.999).all() and (price[1] <= price[0] * 1.03 * cost * 1.001).all()
    assert price[1].mean() > never.mean()


def handed_over(kind: str, **settings: Any) -> tuple[City, int]:
    """A city in which an estate that is billed and has signed what there was to sign gets another company of
    the market from one month to the next, two months later; and that estate."""
    groups = {name: dict(values) for name, values in WILLING.items()}
    table = {"kind": kind, "start": START, "lag": 0, "targets": {}} | settings
    made = City(small_scenario(table, months=MONTHS, mechanisms=RULES, parameters=groups), seed=1)
    for _ in range(START + 6):
        made.step()
    estates, memory = made.state.estates, made.policy.programme_states[0].memory
    signed = memory.get("party", np.ones(estates.size)) > 0
    row = int(np.flatnonzero((estates["mode"] == MARKET) & (estates["billed"] > 0) & signed)[0])
    others = estates["company"][(estates["mode"] == MARKET) & (estates["company"] != estates["company"][row])]
    estates["company"][row] = others[0]
    for _ in range(2):
        made.step()
    assert made.state.estates["company"][row] == others[0]
    return made, row


def test_a_clause_on_the_price_is_gone_with_the_company_that_signed_it() -> None:
    made, row = handed_over("fee_indexation", participation=0.5)
    party = made.policy.programme_states[0].memory["party"]
    assert party[row] == 0 and np.count_nonzero(party) > 5


def test_owners_who_were_billed_before_are_not_billed_by_who_comes_until_they_were_asked() -> None:
    made, row = handed_over("service_before_fee")
    assert made.state.estates["billing"][row] == FREE and made.state.estates["billed"][row] == 0
    other, same = handed_over("vacancy_discount")
    assert same == row and other.state.estates["billed"][row] > 0


def test_a_released_guide_price_no_longer_holds_a_rise_and_holds_again_once_withdrawn() -> None:
    release = {"start": 1, "survey": 500.0}
    old = (WILLING, {"guide": {"float": 0.0}})
    asking = {"kind": "fee_indexation", "start": START, "participation": 0.5, "targets": {}, "lag": 0}

    def made(*first: dict[str, Any]) -> City:
        groups = {name: dict(values) for world in old for name, values in world.items()}
        scenario = small_scenario(*first, asking, months=MONTHS, mechanisms=RULES, parameters=groups)
        return City(with_overrides(scenario, {"types.commodity.old": True}), seed=1).run()

    kind = {"kind": "guide_price_release", "targets": {}, "lag": 0} | release
    held, freed, over = made(), made(kind), made(kind | {"end": 12})
    assert counted(freed, "price_held") < counted(held, "price_held")
    assert (freed.state.estates["guide_price"] == 0.0).any()
    assert np.array_equal(over.state.estates["guide_price"], held.state.estates["guide_price"])
    assert paid_by(freed)["district", "suppliers"] == 500.0 * np.count_nonzero(
        freed.state.estates["guide_price"] == 0.0
    )


def test_a_duty_to_renew_makes_owners_decide_and_takes_companies_from_some() -> None:
    duty, plain = city("contract_renewal_duty", (WILLING,)), city(worlds=(WILLING,))
    decided = ("contract_renewed", "contract_refused")
    assert counted(duty, *decided) > counted(plain, *decided)
    assert np.count_nonzero(duty.state.estates["contract"] == OPEN) < np.count_nonzero(
        plain.state.estates["contract"] == OPEN
    )
    assert counted(duty, "contract_refused") > counted(plain, "contract_refused"), "its risk"
    asked = paid_by(duty)["street", "suppliers"] / 2000.0
    assert asked == round(asked) > 0, "the street pays for every vote"


def test_an_interim_committee_leads_to_elected_ones_and_to_none_where_the_street_has_no_hands() -> None:
    interim, plain = city("interim_committee", (WILLING,)), city(worlds=(WILLING,))
    assert counted(interim, "committee_formed") > counted(plain, "committee_formed") + 5
    nobody = city("interim_committee", (WILLING,), forming=100.0)
    assert counted(nobody, "committee_formed") == counted(plain, "committee_formed")
    assert counted(nobody, "staff_exhausted") > 0


def test_an_interim_committee_lapses_after_its_term_unless_owners_elect() -> None:
    # nobody would ever vote for a committee: what was formed in month 4 is gone after its term
    idle = {"term": 6, "attempts": 0.0, "participation": 0.0, "forming": 0.0, "staff": 0.0}
    lapsed = city("interim_committee", (NEVER,), pause=240, **idle)
    had_one = {event[1] for event in lapsed.events() if event[3].startswith("committee")}
    rows = [row for row in np.flatnonzero(lapsed.state.committees["exists"] == 0) if row not in had_one]
    memory = lapsed.policy.programme_states[0].memory
    assert rows and (memory["left"][rows] == 0).all()
    assert (memory["free_from"][rows] == START + 6 + 240).all(), "it worked for six months, and rests then"
    again = city("interim_committee", (NEVER,), pause=6, **idle)
    assert again.policy.programme_states[0].memory["left"][rows].any()


def test_who_takes_an_estate_over_serves_it_without_a_bill_while_the_district_pays() -> None:
    made, plain = city("service_before_fee", months=5), city()
    modes = np.array([outcome(made, "company", month) for month in range(MONTHS + 1)])
    billed = np.array([outcome(made, "billed", month) for month in range(MONTHS + 1)])
    came = [
        (month, row)
        for month, row in zip(*np.nonzero(modes[1:] != modes[:-1]), strict=True)
        if START <= month < MONTHS - 6 and modes[month + 1, row] >= 0
    ]
    assert came
    # who came in a month is noticed in the next, and is not billed then
    assert all(not billed[month + 2, row] for month, row in came if modes[month + 2, row] >= 0)
    assert paid_by(made)["district", "companies"] > 0 and ("district", "companies") not in paid_by(plain)
    asked = {event[1]: event[0] for event in made.events() if event[3].startswith("charging")}
    # noticed in the month after it came, it has five months before the vote
    assert all(asked[row] >= month + 2 + 5 for month, row in came if row in asked)
    # its risk: where owners never agree, the money is gone
    never = city(
        "service_before_fee", ({"charging": {"consent": 0.0}, "vote": {"price_slope": 0.0}},), months=5
    )
    rows = sorted({row for _, row in came})
    assert paid_by(never)["district", "companies"] > 0
    assert not any(outcome(never, "billed", month)[rows].any() for month in range(START + 6, MONTHS + 1))


def test_a_vacancy_rule_takes_from_companies_what_it_lets_owners_of_empty_flats_off() -> None:
    made = city("vacancy_discount", fairness=0.0, checking=0.0)
    assert paid_by(made) == {("companies", "owners"): pytest.approx(sum(paid_by(made).values()))}
    twice = city("vacancy_discount", fairness=0.0, checking=0.0, discount=0.6)
    assert sum(paid_by(twice).values()) > 1.5 * sum(paid_by(made).values())
    fees = sum(outcome(made, "collected", month).sum() for month in range(START, MONTHS + 1)) / 100.0
    vacant = float(made.policy.vacant_area.sum() / made.state.estates["area"].sum())
    share = sum(paid_by(made).values()) / fees
    assert 0.1 * vacant < share < 0.35 * vacant, "about the part of the fee that is let off, of who paid it"


def test_a_vacancy_rule_lets_more_owners_pay_by_as_much_as_it_seems_fair() -> None:
    fair, same = city("vacancy_discount", fairness=5.0), city("vacancy_discount", fairness=0.0)
    last = [outcome(one, "collected", MONTHS).sum() for one in (fair, same)]
    assert last[0] > last[1]
