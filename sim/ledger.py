"""Every fen moves between two named accounts.

An account belongs to one kind (owners of an estate, a company, an estate fund, a government body, or one of the named
parties outside). A purpose fixes the kinds of payer and payee. Balances start at zero, so they always sum to zero.
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numba.extending import register_jitable

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
)
OWNERS_KIND, FUNDS_KIND, COMPANIES_KIND = "owners", "estate_funds", "companies"
GOVERNMENT_KINDS = ("city", "district", "street", "community")
KINDS = OUTSIDE + (OWNERS_KIND, FUNDS_KIND, COMPANIES_KIND) + GOVERNMENT_KINDS


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
}


class Ledger(NamedTuple):
    """Balances by account (int64 fen), and this month's flows by purpose (int64 fen)."""

    balances: np.ndarray
    flows: np.ndarray


@register_jitable
def move(balances, flows, purpose, payer, payee, fen):  # type: ignore[no-untyped-def]
    """Move `fen` from one account to another; the only way money changes hands inside the phases."""
    balances[payer] -= fen
    balances[payee] += fen
    flows[purpose] += fen
