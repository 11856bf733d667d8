"""With the price basis on, a company under a lump sum keeps back what nobody sees of it, and one that is
remunerated works out of the owners' own account, at their gain and loss."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.mesa_city import City
from sim.model.state.contracts import LUMP_SUM, REMUNERATION
from sim.model.state.modes import MARKET, SOE
from sim.results.outcomes import run_outcomes
from sim.results.reading import Reading, record_of
from sim.scenario import MechanismSettings, Scenario, load

from .cities import first_lively, first_small, lively_scenario, run_digest

TYPES = tuple(load("vicious_cycle").types)
AGREED_TO, ENDED = "remuneration_agreed", "remuneration_ended"
# companies of the market run every estate and nobody leaves; half have a committee, which is always renewed;
# what owners pay depends on no service
RUN: dict[str, Any] = {
    "mechanisms__price_basis": True,
    "city__estates": 40,
    "months": 40,
    "loops__exit": False,
    "loops__service": False,
    "loops__norm": False,
    "committee__dismiss_below": 0.0,
    "committee__review": 0.0,
    "committee__attempt": 0.0,
    "committee__participation": 1.0,
    "committee__vacant_participation": 1.0,
    "vote__formation_base": 1.0,
    "basis__start_share": 0.0,
}
for _kind in TYPES:
    RUN |= {f"types__{_kind}__modes": {"market": 1.0}, f"types__{_kind}__committee_share": 0.5}
# all of them are remunerated: every estate has a committee, and any committee will do
OWN_ACCOUNT: dict[str, Any] = {"basis__start_share": 1.0, "basis__able": 0.0}
OWN_ACCOUNT |= {f"types__{kind}__committee_share": 1.0 for kind in TYPES}


def city(**overrides: Any) -> City:
    """A city of companies of the market."""
    return City(first_small(**(RUN | overrides)))


def owners_city(**overrides: Any) -> City:
    """A city in which every company is remunerated."""
    return city(**(OWN_ACCOUNT | overrides))


def after(made: City, months: int) -> City:
    """The city so many months on."""
    for _ in range(months):
        made.step()
    return made


def dearer(made: City, times: float) -> City:
    """The same city at so many times the price."""
    made.state.estates["price"] *= times
    return made


def kinds(made: City, *wanted: str) -> list[tuple[Any, ...]]:
    """Events of some kinds: (month, estate, company, kind, cause, size)."""
    return [event for event in made.events() if event[3] in wanted]


def moved(made: City, purpose: str, month: int | None = None) -> int:
    """Fen that moved for one purpose, in one month or all."""
    lines = [line for line in made.ledger_lines if line[1] == purpose]
    return sum(line[-1] for line in lines if month is None or line[0] == month)


def held(made: City) -> int:
    """Fen that all companies hold."""
    return int(made.state.books.balances[made.state.companies["account"]].sum())


# a lump sum


def test_a_company_keeps_back_its_own_part_of_what_it_could_spend_as_far_as_nobody_watches() -> None:
    made = dearer(city(committee__monitoring=0.8), 6.0)
    companies = made.state.companies
    companies["skimming"] = np.where(np.arange(companies.size) % 2 == 0, 0.5, 0.2)
    after(made, 30)
    estates = made.state.estates
    keen = companies["skimming"][estates["company"]]
    part = estates["skimmed"] / (estates["skimmed"] + estates["spending"])
    np.testing.assert_allclose(part, keen * (1.0 - estates["monitoring"]), atol=0.02)
    assert estates["monitoring"].max() - estates["monitoring"].min() > 0.2, "some are watched, others not"
    assert part.max() > 2 * part.min() > 0


def test_what_it_keeps_back_residents_do_not_get_and_the_company_has() -> None:
    keen, honest = (dearer(city(basis__skim=0.0, basis__skim_spread=0.0), 6.0) for _ in range(2))
    keen.state.companies["skimming"] = 0.3
    for made in (keen, honest):
        after(made, 6)
    one, other = keen.state.estates, honest.state.estates
    assert (one["skimmed"] > 0).all() and (other["skimmed"] == 0).all()
    assert (one["spending"] < other["spending"]).all() and (one["quality"] < other["quality"]).all()
    unspent = int(honest.outcomes.spending[1:7].sum()) - int(keen.outcomes.spending[1:7].sum())
    assert held(keen) - held(honest) == pytest.approx(unspent, rel=0.2) and unspent > 0


def test_owners_notice_and_pay_less_so_that_the_company_does_not_gain_all_that_it_keeps_back() -> None:
    felt = {"loops__service": True, "loops__norm": True, "basis__skim_spread": 0.0}
    keen, honest = (after(dearer(city(basis__skim=skim, **felt), 2.0), 30) for skim in (0.4, 0.0))
    one, other = keen.state.estates, honest.state.estates
    assert one["satisfaction"].mean() < other["satisfaction"].mean()
    assert one["collected_12"].sum() < other["collected_12"].sum()


def test_service_does_not_fall_under_the_floor_and_what_a_poor_estate_could_not_pay_is_not_skimmed() -> None:
    made = after(dearer(city(basis__skim=0.9, basis__skim_spread=0.0), 0.2), 20)
    estates = made.state.estates
    assert (estates["effort"] >= made.state.parameters["service_floor"][0]).all()
    at_floor = np.isclose(estates["effort"], made.state.parameters["service_floor"][0])
    assert at_floor.mean() > 0.8, "at a fifth of the price there is nothing over the floor"
    assert estates["skimmed"][at_floor].mean() < 0.05 * estates["spending"][at_floor].mean()


def test_companies_differ_by_an_addressed_draw_and_state_owned_ones_skim_nothing() -> None:
    one, other = city(), city(months=20, committee__term=60.0)
    keen = one.state.companies["skimming"]
    np.testing.assert_array_equal(keen, other.state.companies["skimming"])
    owned = one.state.companies["state_owned"] == 1
    assert np.unique(keen[~owned]).size > 1 and (keen[owned] == 0).all()
    assert (city(mechanisms__price_basis=False).state.companies["skimming"] == 0).all()
    fallen = {f"types__{kind}__modes": {"soe": 1.0} for kind in TYPES}
    made = dearer(city(basis__skim=0.6, **fallen), 6.0)
    made.state.companies["skimming"] = 0.6
    after(made, 12)
    assert (made.state.estates["mode"] == SOE).all() and (made.state.estates["skimmed"] == 0).all()


def test_the_start_is_as_skimmed_as_the_months_that_follow() -> None:
    keen, honest = (city(basis__skim=skim, basis__skim_spread=0.0) for skim in (0.4, 0.0))
    floor = keen.state.parameters["service_floor"][0]
    one, other = keen.state.estates["effort"], honest.state.estates["effort"]
    rich = other > 0.9
    watched = keen.state.estates["monitoring"]
    expected = np.maximum(floor, other * (1.0 - 0.4 * (1.0 - watched)))
    np.testing.assert_allclose(one[rich], expected[rich])
    assert rich.any() and (one[rich] < other[rich]).all()


# remuneration


def test_as_many_as_declared_are_remunerated_at_the_start_where_a_committee_is_able_to_hold_them_to_it() -> (
    None
):
    made = city(basis__start_share=0.1, basis__able=0.2)
    estates, committees = made.state.estates, made.state.committees
    paid = estates["basis"] == REMUNERATION
    assert paid.sum() == 4
    able = committees["exists"] * committees["competence"] * committees["integrity"] >= 0.2
    assert able[paid].all() and able.sum() < 40
    some = city(basis__start_share=1.0, basis__able=0.2).state
    np.testing.assert_array_equal(some.estates["basis"] == REMUNERATION, able)
    assert (city(basis__start_share=1.0, basis__able=1.0).state.estates["basis"] == LUMP_SUM).all()


def test_owners_pay_into_their_own_account_and_the_company_gets_its_part_of_it() -> None:
    made = after(owners_city(basis__remuneration=0.1), 1)
    estates = made.state.estates
    paid = moved(made, "fees_remuneration") + moved(made, "arrears_remuneration")
    assert paid > 0 and moved(made, "fees") == moved(made, "arrears") == moved(made, "service") == 0
    assert moved(made, "remuneration") == estates["remunerated"].sum()
    assert 0.1 * paid - 40 < moved(made, "remuneration") <= 0.1 * paid
    assert moved(made, "service_remuneration") == estates["spending"].sum() > 0
    came = paid + moved(made, "public_revenue_fund") + moved(made, "opening_fund")
    went = sum(moved(made, what) for what in ("remuneration", "service_remuneration", "fund_repair"))
    assert made.state.books.balances[estates["fund_account"]].sum() == came - went
    assert moved(made, "public_revenue_company") == 0, "rents of common space are the owners' too"
    assert made.state.books.balances.sum() == 0


def test_what_is_left_is_the_owners_and_goes_on_to_later_months() -> None:
    lump, own = (dearer(make(), 4.0) for make in (city, owners_city))
    for made in (lump, own):
        after(made, 12)
    estates = own.state.estates
    funds = own.state.books.balances[estates["fund_account"]]
    year = 12 * estates["billed"]
    assert np.median(funds / year) > 0.05, "a price above cost fills the owners' account"
    assert (estates["skimmed"] == 0).all()
    assert held(lump) > held(own), "under a lump sum the company has it"


def test_in_lean_months_the_account_is_spent_in_the_declared_time() -> None:
    efforts = []
    for months in (12.0, 120.0):
        made = after(dearer(owners_city(basis__carried_over=months), 4.0), 12)
        efforts.append(after(dearer(made, 0.1), 8).state.estates["effort"])
    assert (efforts[0] - efforts[1]).mean() > 0.0, "what was carried over bears lean months"


def test_what_lacks_is_the_owners_loss_and_the_company_neither_pays_nor_leaves() -> None:
    tired = {"market__exit_hazard": 1.0, "companies__tolerance_months_mean": 2.0, "start__fund_months": 0.0}
    tired |= {"loops__exit": True, "market__insolvency": 60.0}
    lump, own = (dearer(make(**tired), 0.15) for make in (city, owners_city))
    for made in (lump, own):
        after(made, 12)
    assert kinds(lump, "notice_given") and not kinds(own, "notice_given")
    estates = own.state.estates
    assert (estates["losing_months"] == 0).all()
    assert (own.state.books.balances[estates["fund_account"]] >= 0).all(), "nobody lends the owners anything"
    assert np.median(estates["effort"]) < own.state.parameters["service_floor"][0]


def test_its_books_are_open_and_a_weak_committee_makes_the_same_work_dearer() -> None:
    own, lump = owners_city(basis__openness=0.7), owners_city(basis__start_share=0.0)
    strength = own.state.committees["strength"].copy()
    after(own, 1)
    after(lump, 1)
    one, other = own.state.estates, lump.state.estates
    assert (one["lever_disclosure"] == 0.7).all() and (other["lever_disclosure"] == 0).all()
    assert (one["monitoring"] > other["monitoring"]).all() and one["leaked"].sum() < other["leaked"].sum()
    padding = own.state.parameters["basis_padding"][0]
    rise = one["standard_cost"] / other["standard_cost"] - 1.0
    np.testing.assert_allclose(rise, padding * (1.0 - strength))
    assert rise.max() > 1.5 * rise.min() > 0


def test_without_a_committee_it_ends_and_what_was_owed_to_the_account_stays_owed_to_it() -> None:
    made = after(owners_city(), 3)
    estates, claims = made.state.estates, made.state.claims
    owed = int(estates["arrears"][0] - estates["former_arrears"][0])
    assert owed > 0
    made.state.committees["exists"][0] = 0
    made.state.committees["wait"][0] = 100
    made.step()
    assert estates["basis"][0] == LUMP_SUM and (estates["basis"][1:] == REMUNERATION).all()
    assert [event[1] for event in kinds(made, ENDED)] == [0]
    assert estates["fund_account"][0] in claims.account[0][claims.fen[0] > 0]
    assert estates["lever_disclosure"][0] == 0.5, "in that month the books were still open"
    before = moved(made, "fees")
    made.step()
    assert before == 0 < moved(made, "fees") and estates["lever_disclosure"][0] == 0.0


def test_a_company_that_comes_is_remunerated_where_a_committee_can_hold_it_to_it_and_owners_want_it() -> None:
    lively = {
        "mechanisms__price_basis": True,
        "months": 36,
        "basis__start_share": 0.0,
        "market__bidders": 20.0,
    }
    lively |= {"companies__private": 12}
    for kind in TYPES:
        lively[f"types__{kind}__committee_share"] = 0.6
    for chance, able, signed in ((1.0, 0.1, True), (0.0, 0.1, False), (1.0, 1.0, False)):
        made = City(first_lively(basis__chosen=chance, basis__able=able, **lively))
        estates, committees = made.state.estates, made.state.committees
        came = agreed = 0
        for _ in range(36):
            made.step()
            won = {event[1] for event in kinds(made, "tender_won") if event[0] == made.month}
            new = {event[1] for event in kinds(made, AGREED_TO) if event[0] == made.month}
            fit = {
                e
                for e in won
                if committees["exists"][e]
                and committees["competence"][e] * committees["integrity"][e] >= able
            }
            assert new == (fit if signed else set())
            came, agreed = came + len(won), agreed + len(new)
            assert (estates["basis"][estates["mode"] != MARKET] == LUMP_SUM).all(), "who left took it along"
        assert came > 3 and (agreed > 0) is signed
        assert made.state.books.balances.sum() == 0


def test_with_contracts_a_renewal_is_the_occasion_too() -> None:
    willing = {"vote__dismissal_base": 0.0, "vote__dismissal_slope": 0.0, "committee__participation": 1.0}
    willing |= {"committee__vacant_participation": 1.0, "contract__term": 6.0, "mechanisms__contracts": True}
    made = after(city(basis__chosen=1.0, basis__able=0.0, contract__early_age=0.0, **willing), 8)
    renewed = {(when, estate) for when, estate, *_ in kinds(made, "contract_renewed")}
    agreed = {(when, estate) for when, estate, *_ in kinds(made, AGREED_TO)}
    assert agreed and agreed <= renewed
    assert {estate for _, estate in agreed} == {estate for _, estate in renewed}, "and it is kept at the next"


def test_what_programmes_pay_a_remunerated_company_for_an_estate_is_the_owners() -> None:
    subsidy = {"kind": "operating_subsidy", "start": 1, "capacity": 1000.0}
    data = first_small(**(RUN | OWN_ACCOUNT)).model_dump()
    made = after(City(Scenario.model_validate(data | {"interventions": [subsidy]})), 3)
    paid = int(made.state.estates["subsidy"].sum())
    assert paid > 0 and moved(made, "passed_on", made.month) == paid


# both


def test_trust_based_service_makes_companies_that_skim_work_for_the_owners() -> None:
    """The same programme, with the mechanism on and off: with it there is something to remove."""
    trust = {"kind": "trust_based_service", "start": 4, "capacity": 1000.0, "able": 0.0}

    def gain(on: bool) -> tuple[float, City]:
        rule = RUN | {"mechanisms__price_basis": on, "basis__skim": 0.4}
        data = first_small(**rule).model_dump()
        with_it, without = (
            after(dearer(City(Scenario.model_validate(data | {"interventions": some})), 2.0), 30)
            for some in ([trust], [])
        )
        has = with_it.state.committees["exists"] == 1
        change = with_it.state.estates["quality"] - without.state.estates["quality"]
        return float(change[has].mean()), with_it

    skimmed, made = gain(True)
    plain, other = gain(False)
    estates, has = made.state.estates, made.state.committees["exists"] == 1
    assert (estates["basis"][has] == REMUNERATION).all() and (estates["basis"][~has] == LUMP_SUM).all()
    assert (estates["skimmed"][has] == 0).all() and (estates["skimmed"][~has] > 0).mean() > 0.5
    gross = 0.05 + made.state.parameters["service_overhead"][0]
    np.testing.assert_allclose(estates["remuneration"][has], gross)
    assert {event[4] for event in kinds(made, AGREED_TO)} == {"policy"}
    assert (other.state.estates["basis"] == LUMP_SUM).all() and not kinds(other, AGREED_TO)
    assert skimmed > plain + 0.03


def test_money_is_whole_and_nothing_is_lost_in_a_lively_city_with_every_mechanism() -> None:
    on: dict[str, Any] = {f"mechanisms__{name}": True for name in MechanismSettings.model_fields}
    on |= {f"types__{kind}__committee_share": 0.7 for kind in TYPES} | {"basis__start_share": 0.5}
    made = City(
        lively_scenario(basis__chosen=0.8, basis__able=0.05, market__plan_effort=0.5, months=40, **on)
    )
    changed = 0
    for _ in range(40):
        before = made.state.estates["basis"] == REMUNERATION
        made.step()
        estates, balances = made.state.estates, made.state.books.balances
        assert balances.sum() == 0 and (balances[estates["fund_account"]] >= 0).all()
        own = estates["basis"] == REMUNERATION
        assert (estates["company"][own] >= 0).all() and (estates["mode"][own] == MARKET).all()
        assert (estates["remunerated"][own] >= 0).all() and (estates["skimmed"] >= 0).all()
        # who agrees to it at a renewal had a lump sum until that month
        assert (estates["skimmed"][own & before] == 0).all()
        assert ((estates["quality"] >= 0) & (estates["quality"] <= 1) & (estates["effort"] >= 0)).all()
        claims = made.state.claims.fen.sum(axis=1)
        assert (claims == estates["former_arrears"]).all() and (claims <= estates["arrears"]).all()
        changed += len([event for event in kinds(made, AGREED_TO, ENDED) if event[0] == made.month])
    assert changed > 4


def test_outcomes_tell_how_many_are_remunerated_and_what_is_kept_back() -> None:
    made = after(city(basis__start_share=0.2, basis__able=0.1, months=14), 14)
    found = run_outcomes(Reading(record_of(made)))
    estates = made.state.estates
    run = estates["mode"] == MARKET
    assert found["remuneration_end"] == pytest.approx((estates["basis"][run] == REMUNERATION).mean())
    assert 0 < found["remuneration_end"] < 1
    skimmed = made.outcomes.skimmed[3:].sum(axis=1) / (100 * estates["households"].sum())
    assert found["skimmed_last_year"] == pytest.approx(skimmed.mean()) and skimmed.min() > 0
    off = after(city(mechanisms__price_basis=False, months=3), 3)
    assert run_outcomes(Reading(record_of(off)))["skimmed_last_year"] == 0


def test_off_it_changes_nothing_and_its_numbers_are_not_read() -> None:
    plain = run_digest(first_small())
    numbers = {"basis__skim": 0.9, "basis__start_share": 1.0, "basis__able": 0.0, "basis__chosen": 1.0}
    assert run_digest(first_small(**numbers)) == plain
    assert run_digest(first_small(mechanisms__price_basis=True)) != plain
