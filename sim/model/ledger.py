"""Every fen moves between two named accounts.

An account belongs to one kind (owners of an estate, a company, an estate fund, a government body, or one of
the named parties outside). A purpose fixes the kinds of payer and payee. Balances start at zero, so
they always sum to zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import NamedTuple

import numpy as np

from sim.model.kernel import part
from sim.text import message

OUTSIDE = (
    "suppliers",  # workers, contractors, tax offices: what service costs
    "employers",  # who stands behind unit-managed estates
    "advertisers",  # who pays for parking, advertising and rent of common space
    "insiders",  # where leaked public revenue goes
    "taxpayers",  # what fills government budgets
    "state",  # central and provincial programmes
    "developers",
    "donors",
    "customers",  # buyers of value-added services
    "courts",
    "shareholders",  # who gives companies their opening cash
    "banks",  # where maintenance funds lie
)
# accounts of outside parties come first, one each
SUPPLIERS, EMPLOYERS, ADVERTISERS, INSIDERS, TAXPAYERS, STATE, SHAREHOLDERS, BANKS = (
    OUTSIDE.index(name)
    for name in ("suppliers", "employers", "advertisers", "insiders", "taxpayers", "state", "shareholders")
    + ("banks",)
)
OWNERS_KIND, FUNDS_KIND, COMPANIES_KIND = "owners", "estate_funds", "companies"
MAINTENANCE_KIND = "maintenance_funds"
GOVERNMENT_KINDS = ("city", "district", "street", "community")
KINDS = OUTSIDE + (OWNERS_KIND, FUNDS_KIND, COMPANIES_KIND) + GOVERNMENT_KINDS + (MAINTENANCE_KIND,)


class Purpose(IntEnum):
    """What a movement of money is for; payer and payee kinds in PURPOSES."""

    FEES = 0
    FEES_UNIT = 1
    FEES_SELF = 2
    ARREARS = 3
    ARREARS_UNIT = 4
    ARREARS_SELF = 5
    ARREARS_FORMER = 6
    SERVICE = 7
    SERVICE_UNIT = 8
    SERVICE_SELF = 9
    CLEANING = 10
    OVERHEAD = 11
    PUBLIC_REVENUE_FUND = 12
    PUBLIC_REVENUE_COMPANY = 13
    PUBLIC_REVENUE_LEAK = 14
    FUND_REPAIR = 15
    BUDGET_CITY = 16
    BUDGET_DISTRICT = 17
    BUDGET_STREET = 18
    BUDGET_COMMUNITY = 19
    LAPSE_CITY = 20
    LAPSE_DISTRICT = 21
    LAPSE_STREET = 22
    LAPSE_COMMUNITY = 23
    OPENING_CASH = 24
    OPENING_FUND = 25
    ARREARS_FORMER_UNIT = 26
    ARREARS_FORMER_SELF = 27
    FEES_CLEANING = 28
    ARREARS_CLEANING = 29
    ARREARS_FORMER_CLEANING = 30
    COLLECTING_CLEANING = 31
    FEES_REMUNERATION = 32
    ARREARS_REMUNERATION = 33
    REMUNERATION = 34
    SERVICE_REMUNERATION = 35
    COLLECTING_REMUNERATION = 36
    PASSED_ON = 37
    PURSUING = 38
    COURT_FEES = 39
    COURT_CASES = 40
    MEDIATED_CASES = 41
    ENFORCEMENT_FEES = 42
    REPAIRS = 43
    REPAIRS_UNIT = 44
    REPAIRS_FUND = 45
    REPAIRS_COMMUNITY = 46
    REPAIRS_DISTRICT = 47
    OPENING_MAINTENANCE = 48
    MAINTENANCE_INTEREST = 49
    MAINTENANCE_WORKS = 50


# purpose: (payer kind, payee kind)
PURPOSES: dict[str, tuple[str, str]] = {
    "fees": ("owners", "companies"),
    "fees_unit": ("owners", "employers"),
    "fees_self": ("owners", "estate_funds"),
    "arrears": ("owners", "companies"),
    "arrears_unit": ("owners", "employers"),
    "arrears_self": ("owners", "estate_funds"),
    "arrears_former": ("owners", "companies"),
    "service": ("companies", "suppliers"),
    "service_unit": ("employers", "suppliers"),
    "service_self": ("estate_funds", "suppliers"),
    "cleaning": ("community", "suppliers"),
    "overhead": ("companies", "suppliers"),
    "public_revenue_fund": ("advertisers", "estate_funds"),
    "public_revenue_company": ("advertisers", "companies"),
    "public_revenue_leak": ("advertisers", "insiders"),
    "fund_repair": ("estate_funds", "suppliers"),
    "budget_city": ("taxpayers", "city"),
    "budget_district": ("taxpayers", "district"),
    "budget_street": ("taxpayers", "street"),
    "budget_community": ("taxpayers", "community"),
    "lapse_city": ("city", "taxpayers"),
    "lapse_district": ("district", "taxpayers"),
    "lapse_street": ("street", "taxpayers"),
    "lapse_community": ("community", "taxpayers"),
    "opening_cash": ("shareholders", "companies"),
    "opening_fund": ("advertisers", "estate_funds"),
    "arrears_former_unit": ("owners", "employers"),
    "arrears_former_self": ("owners", "estate_funds"),
    "fees_cleaning": ("owners", "community"),
    "arrears_cleaning": ("owners", "community"),
    "arrears_former_cleaning": ("owners", "community"),
    "collecting_cleaning": ("community", "suppliers"),
    "fees_remuneration": ("owners", "estate_funds"),
    "arrears_remuneration": ("owners", "estate_funds"),
    "remuneration": ("estate_funds", "companies"),
    "service_remuneration": ("estate_funds", "suppliers"),
    "collecting_remuneration": ("estate_funds", "suppliers"),
    "passed_on": ("companies", "estate_funds"),
    "pursuing": ("companies", "suppliers"),
    "court_fees": ("companies", "state"),
    "court_cases": ("state", "suppliers"),
    "mediated_cases": ("state", "suppliers"),
    "enforcement_fees": ("owners", "state"),
    "repairs": ("companies", "suppliers"),
    "repairs_unit": ("employers", "suppliers"),
    "repairs_fund": ("estate_funds", "suppliers"),
    "repairs_community": ("community", "suppliers"),
    "repairs_district": ("district", "suppliers"),
    "opening_maintenance": ("banks", "maintenance_funds"),
    "maintenance_interest": ("banks", "maintenance_funds"),
    "maintenance_works": ("maintenance_funds", "suppliers"),
}


@part
def move(balances: np.ndarray, flows: np.ndarray, purpose: int, payer: int, payee: int, fen: int) -> None:
    """Move `fen` from one account to another; the only way money changes hands inside the phases."""
    balances[payer] -= fen
    balances[payee] += fen
    flows[purpose] += fen


class Page(NamedTuple):
    """What moved in one month: fen by purpose, and by (programme, payer kind, payee kind)."""

    flows: np.ndarray
    programme_flows: dict[tuple[str, str, str], int]

    def lines(self) -> list[tuple[str, str, str, str, int]]:
        """(purpose, payer kind, payee kind, programme, fen) of whatever moved."""
        lines = [
            (name, *PURPOSES[name], "", int(fen))
            for name, fen in zip(PURPOSES, self.flows, strict=True)
            if fen
        ]
        for (programme, payer_kind, payee_kind), fen in self.programme_flows.items():
            if fen:
                lines.append(("programme", payer_kind, payee_kind, programme, fen))
        return lines


def ledger_lines(pages: Sequence[Page]) -> list[tuple[int, str, str, str, str, int]]:
    """(month, purpose, payer kind, payee kind, programme, fen) of the ledger's page of every month from 0."""
    return [(month, *line) for month, page in enumerate(pages) for line in page.lines()]


class Books:
    """The ledger of one city: accounts by kind, balances, and what moved for which purpose
    and programme this month."""

    def __init__(self, estates: int, companies: int, bodies: dict[str, int]) -> None:
        """Accounts for so many estates and companies, and for the government bodies
        of each tier (in that order)."""
        sizes = {kind: 1 for kind in OUTSIDE}
        sizes |= {OWNERS_KIND: estates, FUNDS_KIND: estates, COMPANIES_KIND: companies} | bodies
        sizes[MAINTENANCE_KIND] = estates
        self.first: dict[str, int] = {}
        total = 0
        for kind in KINDS:
            self.first[kind] = total
            total += sizes[kind]
        self.sizes = sizes
        self.balances = np.zeros(total, np.int64)
        self.flows = np.zeros(len(Purpose), np.int64)
        self.programme_flows: dict[tuple[str, str, str], int] = {}

    def account(self, kind: str, row: int = 0) -> int:
        """The account of entity `row` of a kind."""
        if not 0 <= row < self.sizes[kind]:
            raise IndexError(f"there is no account {row} of {kind} (0 to {self.sizes[kind] - 1})")
        return self.first[kind] + row

    def move(self, purpose: Purpose, payers: np.ndarray, payees: np.ndarray, fen: np.ndarray) -> None:
        """Move amounts (int64 fen, not negative) between accounts for one purpose;
        accounts must be of its kinds."""
        payer_kind, payee_kind = PURPOSES[purpose.name.lower()]
        amounts = self._book(payer_kind, payee_kind, payers, payees, fen)
        self.flows[purpose] += amounts

    def pay(
        self,
        programme: str,
        payer_kind: str,
        payee_kind: str,
        payers: np.ndarray,
        payees: np.ndarray,
        fen: np.ndarray,
    ) -> None:
        """Move amounts on behalf of a programme; recorded under its name."""
        amount = self._book(payer_kind, payee_kind, payers, payees, fen)
        key = (programme, payer_kind, payee_kind)
        self.programme_flows[key] = self.programme_flows.get(key, 0) + amount

    def _book(
        self, payer_kind: str, payee_kind: str, payers: np.ndarray, payees: np.ndarray, fen: np.ndarray
    ) -> int:
        amounts = np.asarray(fen, np.int64)
        if amounts.size and amounts.min() < 0:
            raise ValueError(message("declare.negative_amount"))
        self._check_kind(payer_kind, payers)
        self._check_kind(payee_kind, payees)
        np.subtract.at(self.balances, payers, amounts)
        np.add.at(self.balances, payees, amounts)
        return int(amounts.sum())

    def _check_kind(self, kind: str, accounts: np.ndarray) -> None:
        first = self.first[kind]
        given = np.asarray(accounts)
        if given.size and (given.min() < first or given.max() >= first + self.sizes[kind]):
            raise ValueError(f"an account is not one of {kind}")

    def turn_page(self) -> Page:
        """This month's flows, and a clean page for the next."""
        page = Page(self.flows.copy(), self.programme_flows)
        self.flows[:] = 0
        self.programme_flows = {}
        return page
