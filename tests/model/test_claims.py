"""What is owed to a manager that stopped stays owed to it, through any number of
changes, and to nobody else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from reference.books import ReferenceBooks
from reference.claims import ClaimList
from reference.worlds import random_policy, random_scenario

from sim.mesa_city import City
from sim.model.kernel import kernel
from sim.model.ledger import Books, Purpose
from sim.model.month.billing import book_payments
from sim.model.month.claims import keep_claim, take_up_claim
from sim.model.month.market import company_leaves as compilable_company_leaves
from sim.model.month.market import take_over as compilable_take_over
from sim.model.parameters import PARAMETERS, to_record
from sim.model.state.claims import SLOTS, Claims, new_claims
from sim.model.state.contracts import REMUNERATION
from sim.model.state.estates import ESTATE_TYPE
from sim.model.state.modes import CLEANING, MARKET, NONE, SELF, SOE, UNIT
from sim.model.state.tables import COMPANY_TYPE, EVENT_TYPE, WORLD_TYPE

from .cities import lively_scenario
from .nudge import with_nudges

# compiled as part of the market month only, so compiled here for calling them alone
company_leaves, take_over = kernel(compilable_company_leaves), kernel(compilable_take_over)

COMPANIES = 9
BILLED = 100


class OneEstate:
    """One estate that a test hands from manager to manager; money moves through the phases of the model."""

    def __init__(self, mode: int = MARKET) -> None:
        """Nothing is owed yet; company 0 runs it under `mode` market."""
        self.books = Books(1, COMPANIES, {"city": 1, "district": 1, "street": 1, "community": 1})
        self.estates, self.claims = np.zeros(1, ESTATE_TYPE), new_claims(1)
        self.companies, self.world = np.zeros(COMPANIES, COMPANY_TYPE), np.zeros(1, WORLD_TYPE)
        self.parameters = to_record(PARAMETERS, {})
        self.events = np.zeros(64, EVENT_TYPE)
        self.companies["account"] = self.books.account("companies") + np.arange(COMPANIES)
        e = self.estates
        e["owners_account"], e["fund_account"] = (
            self.books.account("owners"),
            self.books.account("estate_funds"),
        )
        e["households"], e["mode"], e["company"], e["former_company"] = (
            10,
            mode,
            0 if mode == MARKET else -1,
            -1,
        )

    def owe(self, fen: int) -> None:
        """Owners run up so much more in arrears with the present manager."""
        self.estates["arrears"] += fen

    def leave(self) -> None:
        """The company leaves."""
        company_leaves(0, self.companies, self.estates, self.claims, self.world, self.events)

    def enter(self, company: int, mode: int = MARKET) -> None:
        """A company takes the estate over."""
        take_over(
            0, company, mode, 0.5, self.companies, self.estates, self.claims, self.world, self.parameters
        )

    def repay(self, fen: int) -> dict[str, int]:
        """Owners pay this month's bill and `fen` of arrears; returns what each account got of the latter."""
        before = self.books.balances.copy()
        e = self.estates
        e["billed"] = e["collected"] = BILLED
        e["recovered"] = fen
        e["arrears"] -= fen
        book_payments(e, self.companies, self.claims, self.books.balances, self.books.flows, self.parameters)
        assert self.books.balances.sum() == 0
        assert self.claims.fen.sum() == e["former_arrears"][0] <= e["arrears"][0]
        got = self.books.balances - before
        got[self.manager] -= BILLED
        names = {int(account): f"company {c}" for c, account in enumerate(self.companies["account"])}
        names |= {self.books.account("employers"): "employers", self.books.account("estate_funds"): "fund"}
        return {names[account]: int(got[account]) for account in np.flatnonzero(got > 0).tolist()}

    @property
    def manager(self) -> int:
        """The account that fees go to."""
        mode, company = int(self.estates["mode"][0]), int(self.estates["company"][0])
        if mode in (UNIT, SELF):
            return self.books.account("employers" if mode == UNIT else "estate_funds")
        return int(self.companies["account"][company])


def test_after_two_exits_each_company_receives_in_proportion_to_what_is_owed_to_it() -> None:
    estate = OneEstate()
    for company, fen in ((0, 6000), (1, 3000)):
        estate.owe(fen)
        estate.leave()
        estate.enter(company + 1)
    estate.owe(1000)
    assert estate.repay(1000) == {"company 0": 600, "company 1": 300, "company 2": 100}
    assert estate.books.flows[Purpose.ARREARS_FORMER] == 900
    assert estate.repay(9000) == {"company 0": 5400, "company 1": 2700, "company 2": 900}
    assert estate.claims.fen.sum() == 0


def test_a_newcomer_gets_nothing_of_what_was_owed_before_it_not_even_what_rounding_leaves() -> None:
    estate = OneEstate()
    for company in range(3):
        estate.owe(333 + company)
        estate.leave()
        estate.enter(company + 1)
    for fen in (100, 1, 101):
        got = estate.repay(fen)
        assert "company 3" not in got
        assert sum(got.values()) == fen


@pytest.mark.parametrize(
    ("mode", "creditor", "purpose"),
    [(UNIT, "employers", "arrears_former_unit"), (SELF, "fund", "arrears_former_self")],
)
def test_employers_and_owners_stay_creditors_when_a_company_takes_over(
    mode: int, creditor: str, purpose: str
) -> None:
    estate = OneEstate(mode)
    estate.owe(800)
    estate.enter(4, SOE)
    estate.owe(200)
    assert estate.repay(500) == {creditor: 400, "company 4": 100}
    moved = {name: fen for name, *_, fen in estate.books.turn_page().lines()}
    assert moved[purpose] == 400
    assert moved["arrears"] == 100


def test_nobody_gets_a_claim_where_nobody_billed() -> None:
    for mode in (CLEANING, NONE):
        estate = OneEstate(mode)
        estate.enter(1)
        assert not estate.claims.fen.any()


def test_the_claim_of_a_company_that_returns_is_its_own_again() -> None:
    estate = OneEstate()
    for fen, follower in ((500, 1), (300, 0)):
        estate.owe(fen)
        estate.leave()
        estate.enter(follower)
    assert estate.estates["former_arrears"][0] == 300
    assert estate.repay(80) == {"company 0": 50, "company 1": 30}
    assert estate.books.flows[Purpose.ARREARS_FORMER] == 30
    estate.leave()
    assert claims_of(estate.claims) == [270, 450], "older claims first"


def test_owners_who_manage_again_take_their_claim_up() -> None:
    estate = OneEstate(SELF)
    estate.owe(700)
    estate.enter(1)
    take_up_claim(0, estate.estates["fund_account"][0], estate.estates, estate.claims)
    assert not estate.claims.fen.any()
    assert estate.estates["former_arrears"][0] == 0


def test_with_all_slots_taken_the_oldest_claim_goes_over_to_the_newest_creditor() -> None:
    estate = OneEstate()
    for company in range(SLOTS + 1):
        estate.owe(100 * (company + 1))
        estate.leave()
        estate.enter(company + 1)
    assert claims_of(estate.claims) == [200, 300, 400, 500, 600, 800]
    assert estate.claims.account[0, -1] == estate.companies["account"][SLOTS]
    assert estate.claims.fen.sum() == estate.estates["arrears"][0]
    keep_claim(0, estate.companies["account"][SLOTS + 1], estate.estates, estate.claims)
    assert claims_of(estate.claims) == [200, 300, 400, 500, 600, 800], "who is owed nothing buys nothing"


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, COMPANIES - 1), st.integers(0, 5000), st.integers(0, 9000)), max_size=25
    )
)
def test_parts_of_any_history_add_up_and_none_is_more_than_the_claim(
    history: list[tuple[int, int, int]],
) -> None:
    estate = OneEstate(UNIT)
    for company, owed, paid in history:
        estate.owe(owed)
        if estate.estates["company"][0] >= 0:
            estate.leave()
        estate.enter(company)
        owing = owed_by_account(estate)
        total = int(estate.estates["arrears"][0])
        before = estate.books.balances.copy()
        repaid = min(paid, total)
        assert sum(estate.repay(repaid).values()) == repaid
        got = estate.books.balances - before
        got[estate.manager] -= BILLED
        for account, fen in owing.items():
            assert 0 <= got[account] <= fen
            assert abs(got[account] - repaid * fen / max(1, total)) <= SLOTS, (
                "in proportion, but for rounding"
            )


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, COMPANIES - 1), st.integers(0, 5000), st.integers(0, 800)),
        min_size=6,
        max_size=25,
    )
)
def test_the_reference_claims_agree_through_any_history(history: list[tuple[int, int, int]]) -> None:
    estate = OneEstate()
    books, reference, manager = ReferenceBooks(estate.books), ClaimList(), 0
    for company, owed, paid in history:
        estate.owe(owed)
        reference.keep(("companies", manager), int(estate.estates["arrears"][0]))
        estate.leave()
        estate.enter(company)
        reference.take_up(("companies", company))
        total = int(estate.estates["arrears"][0])
        repaid = min(paid, total)
        if reference.total:
            reference.repay(repaid, total, ("owners", 0), books)
        estate.repay(repaid)
        manager = company
        rows = zip(estate.claims.account[0].tolist(), estate.claims.fen[0].tolist(), strict=True)
        ours = [(books.named[account], fen) for account, fen in rows if fen]
        assert ours == [(claim.creditor, claim.fen) for claim in reference.claims]


@settings(max_examples=15, deadline=None)
@example(number=10858)  # a community that bills
@given(number=st.integers(0, 10**6))
def test_claims_of_a_city_stay_within_arrears_and_with_former_managers(number: int) -> None:
    city = City(random_scenario(number, 18), record=False)
    city.policy.act = random_policy(city, number)  # type: ignore[method-assign]
    s = city.state
    for _ in range(city.months):
        city.step()
        e, claims = s.estates, s.claims
        assert np.all(claims.fen >= 0)
        assert np.array_equal(claims.fen.sum(axis=1), e["former_arrears"])
        assert np.all(e["former_arrears"] <= e["arrears"])
        run = np.flatnonzero(e["company"] >= 0)
        # under remuneration (`mechanisms.price_basis`) owners pay into their own account, and a company that
        # was owed a lump sum before stays a creditor
        own = e["basis"][run] == REMUNERATION
        manager = np.where(own, e["fund_account"][run], s.companies["account"][e["company"][run]])
        assert not np.any((claims.account[run] == manager[:, None]) & (claims.fen[run] > 0)), (
            "no manager is a former one"
        )
        # with `mechanisms.charging` a community may bill those whom it cleans for
        community_bills = bool(s.world["mechanism_charging"][0])
        alone = np.flatnonzero((e["mode"] == NONE) | ((e["mode"] == CLEANING) & (not community_bills)))
        assert np.array_equal(e["arrears"][alone], e["former_arrears"][alone]), (
            "all is owed to who managed it before"
        )
    city.close()


def test_in_a_lively_city_several_creditors_of_an_estate_are_paid() -> None:
    nudge = {"lever": "lever_recovery", "amount": 0.3}
    most, paid = 0, 0
    many = {"city__estates": 72, "companies__private": 15, "months": 36}
    with City(with_nudges(lively_scenario(**many), nudge), record=False) as city:
        for _ in range(36):
            city.step()
            most = max(most, int((city.state.claims.fen > 0).sum(axis=1).max()))
        paid = sum(line[5] for line in city.ledger_lines if line[1] == "arrears_former")
    assert most >= 2
    assert paid > 0


def claims_of(claims: Claims) -> list[int]:
    """Fen of the taken slots of the first estate."""
    return [fen for fen in claims.fen[0].tolist() if fen]


def owed_by_account(estate: OneEstate) -> dict[int, int]:
    """Fen owed to every creditor's account, the present manager's included."""
    rows = zip(estate.claims.account[0].tolist(), estate.claims.fen[0].tolist(), strict=True)
    owed = {account: fen for account, fen in rows if fen}
    own = int(estate.estates["arrears"][0] - estate.estates["former_arrears"][0])
    return owed | {estate.manager: own}
