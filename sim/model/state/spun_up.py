"""What becomes of every column while a city spins up: whether it is held at what it was drawn as, settles,
or begins anew with the run, and why. The rule itself is in `sim.model.start.spin_up`.

A column is held where a scenario or a table of estates says what month 0 is like, and where there is no level
that it could come to rest at.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from sim.model.state.estates import LEVER_NAMES, REPORTED


class Spun(Enum):
    """What becomes of a column."""

    HELD = "held"  # in month 0 it has the bits that it was drawn with, and in every month of spinning up
    GIVEN = "given"  # held in estates of which a table states it; settles in all others
    SUM = "sum"  # an estate's sum is held; who owes it, and since when, settles
    SETTLES = "settles"
    ANEW = "anew"  # begins with the run, as without spinning up


class Rule(NamedTuple):
    """Columns of one table that fare alike, and why."""

    table: str
    columns: tuple[str, ...]
    spun: Spun
    why: str


H, G, A, S, N = Spun.HELD, Spun.GIVEN, Spun.SUM, Spun.SETTLES, Spun.ANEW

RULES = (
    # owners
    Rule("owners", ("paid",), H, "start_collection, or a table's collection, says how many paid last"),
    Rule("owners", ("arrears",), A, "a table's arrears, or start.arrears_months, say how much is owed"),
    Rule(
        "owners",
        ("arrears_age", "unpaid_12", "late", "missed", "luck_year"),
        S,
        "nobody says since when owners owe, nor who pays as a habit",
    ),
    Rule("owners", ("satisfaction",), G, "its mean, where a table states it; nobody states one owner's"),
    Rule("owners", ("expectation", "grievance"), S, "what owners are used to, and what they resent"),
    Rule(
        "owners",
        ("waiting", "open_service", "open_condition", "open_legacy", "answered"),
        S,
        "complaints that are open were filed before month 0",
    ),
    Rule("owners", ("dispute", "dispute_months"), S, "cases that are under way were begun before month 0"),
    Rule("owners", ("luck_complaint", "luck_persuasion"), S, "scratch of the month"),
    Rule("buildings", ("paid_share",), H, "goes with who paid last"),
    Rule("buildings", ("refuser_share",), S, "goes with grievance"),
    # estates
    Rule("estates", ("mode", "company"), H, "modes, or a table's mode and company"),
    Rule("estates", ("former_company",), H, "nobody has left yet in the run"),
    Rule("estates", ("former_arrears", "claim_months"), H, "the arrears of the start are the manager's own"),
    Rule("estates", ("process", "process_left", "process_cause"), S, "a notice may be under way"),
    Rule(
        "estates",
        ("contract", "contract_left"),
        S,
        "terms run; a developer's contract is held, since the age of the estate gives it",
    ),
    Rule("estates", ("basis", "remuneration"), H, "basis.start_share says how many are remunerated"),
    Rule("estates", ("billing",), H, "who manages bills, as the scenario gives it"),
    Rule("estates", ("charge_wait", "unmanaged_months"), S, "waits"),
    Rule(
        "estates",
        ("volunteers", "volunteers_tired"),
        H,
        "they go with the mode that is given, and a group that ends comes to rest nowhere",
    ),
    Rule("estates", ("losing_months",), S, "a company that loses began to lose at some time"),
    Rule("estates", ("price",), H, "fee_price, or a table's fee"),
    Rule("estates", ("arrears",), H, "a table's arrears, or start.arrears_months"),
    Rule("estates", ("debtors", "open_12"), S, "go with who owes, and since when"),
    Rule("estates", ("paid_share", "paid_share_start"), H, "start_collection, or a table's collection"),
    Rule(
        "estates",
        ("billed", "collected", "recovered", "lapsed", "payers", "income", "spending", "overhead")
        + ("remunerated", "skimmed", "subsidy", "leaked", "income_smooth", "standard_cost"),
        S,
        "a month's money, by what owners decide to pay",
    ),
    Rule(
        "estates",
        ("case_paid", "case_income", "case_given_up", "cases_reminded", "cases_heard", "cases_sued")
        + ("cases_settled", "cases_withdrawn", "cases_judged", "cases_enforced", "cases_open")
        + ("cases_joined", "refusal_wait", "sued_share"),
        S,
        "cases that are under way were begun before month 0",
    ),
    Rule("estates", ("quality",), G, "a table's quality; else what the fees pay for"),
    Rule("estates", ("quality_start",), S, "the quality of month 0, whatever it came to"),
    Rule("estates", ("effort", "monitoring", "focus"), S, "what the fees pay for, and who looks"),
    Rule("estates", ("condition", "condition_start"), H, "condition_mean, or a table's condition"),
    Rule("estates", ("fund_ordered", "fund_works"), S, "owners may have agreed to works before month 0"),
    Rule("estates", ("new_works",), H, "works of before are part of the condition that is given"),
    Rule("estates", ("delight", "delight_felt"), S, "what solved complaints mended of late"),
    Rule("estates", ("legacy",), H, "legacy_mean, or a table's legacy"),
    Rule("estates", ("satisfaction",), G, "a table's satisfaction; else what service brings about"),
    Rule("estates", ("grievance", "trust"), S, "what owners resent and believe"),
    Rule(
        "estates",
        ("complaints_filed", "complaints_solved", "complaints_open", "waiting_months")
        + ("solved_service", "solved_condition", "solved_legacy", "unpaid_repairs", "repair_cost", "mended"),
        S,
        "complaints that are open were filed before month 0",
    ),
    Rule(
        "estates",
        ("billed_12", "collected_12", "paid_12", "missed_before", "billed_months", "income_12")
        + ("own_income_12", "spending_12", "overhead_12", "lowest_rate", "lowest_quality", "stage")
        + ("nominal", "charging", "professional", "break_even"),
        S,
        "the year before month 0 was simulated",
    ),
    Rule("estates", tuple(f.name for f in REPORTED), S, "reports of the months before month 0"),
    Rule("estates", LEVER_NAMES, S, "no programme acts; a mechanism may have moved one in month 0"),
    # companies, committees, government
    Rule("companies", ("estates",), H, "goes with the estates' companies"),
    Rule("companies", ("reputation",), S, "what its estates get"),
    Rule("companies", ("active",), H, "companies.private and state_owned say how many there are"),
    Rule("companies", ("score", "list", "barred_until"), H, "programmes alone move them"),
    Rule("companies", ("shortfall", "support", "spending"), S, "a month's money"),
    Rule("committees", ("exists",), H, "committee_share, or a table's committee"),
    Rule(
        "committees",
        ("competence", "integrity", "activity", "strength", "term_left", "wait", "price_wait"),
        S,
        "members change and tire, and wait after a vote",
    ),
    Rule("government", ("staff_free",), S, "renewed every month"),
    Rule("government", ("reported_nominal",), H, "programmes alone move it"),
    # what is no table
    Rule("claims", ("account", "fen"), H, "the arrears of the start are the manager's own"),
    Rule("balances", ("companies",), H, "companies.cash_months says what they hold"),
    Rule(
        "balances",
        ("estate_funds",),
        S,
        "what comes in and goes out; held where nobody spends of it (no committee, no service out of it)",
    ),
    Rule("balances", ("maintenance_funds",), H, "fund.deposit and the age of the estate say what they hold"),
    Rule("balances", ("government", "others"), N, "no money was spent, and nobody paid anybody"),
    Rule("reports", ("sent", "rate", "quality"), S, "reports that are under way"),
    Rule("world", ("cost_index", "guide_index"), H, "prices and wages are those of the start"),
    Rule("world", ("month", "events", "fallback_left"), N, "month 0 has no events"),
)
