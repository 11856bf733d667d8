"""The estates' table: fixed facts, what each phase of the month writes, and the
levers that policy may move."""

from __future__ import annotations

import numpy as np

from sim.model.state.columns import Field, table_type

F8, I8, I4 = np.float64, np.int64, np.int32

FIXED = (
    Field(
        "number",
        I8,
        "number",
        "what its luck is addressed by, and what it keeps for ever; its row where drawn",
        True,
    ),
    Field("type", I4, "code", "index into the scenario's estate types", True),
    Field("old", I4, "flag", "1 for an old estate", True),
    Field("district", I4, "row", "district", True),
    Field("street", I4, "row", "street (government row)", True),
    Field("community", I4, "row", "community (government row)", True),
    Field("district_body", I4, "row", "district (government row)", True),
    Field("built_year", F8, "year", "year of completion", True),
    Field("households", I8, "households", "number of flats", True),
    Field("first_owner", I8, "row", "first owner", True),
    Field(
        "first_luck", I8, "address", "address of its first owner's luck; its first owner where drawn", True
    ),
    Field("first_building", I8, "row", "first building", True),
    Field("buildings", I8, "buildings", "number of buildings", True),
    Field("area", F8, "m2", "floor area of all flats", True),
    Field("billable_area", F8, "m2", "floor area, vacant flats at their reduced share", True),
    Field(
        "cost_fixed", F8, "fen/month", "standard cost that does not grow with area, at starting prices", True
    ),
    Field("cost_area", F8, "fen/month", "standard cost that grows with area, at starting prices", True),
    Field("guide_price", F8, "fen/m2/month", "guide price at the start, float included; 0 where none", True),
    Field("public_revenue", F8, "fen/month", "public revenue at good condition", True),
    Field("mean_activism", F8, "share", "mean activism of the owners", True),
    Field("mean_income", F8, "fen/month", "mean household income", True),
    Field("owners_account", I4, "account", "ledger account of the owners", True),
    Field("fund_account", I4, "account", "ledger account of the estate fund", True),
    Field("maintenance_account", I4, "account", "ledger account of the maintenance fund", True),
    Field(
        "first_deposit",
        I8,
        "fen",
        "what buyers paid into the maintenance fund (0 without one, and without the mechanism `fund`)",
        True,
    ),
    Field("community_account", I4, "account", "ledger account of the community that it lies in", True),
)

MONTHLY = (
    # market
    Field("mode", I4, "code", "management mode (index into MODES)"),
    Field("company", I4, "row", "managing company, -1 without one"),
    Field(
        "former_company", I4, "row", "the last company that left, -1 if none; may not bid in the next tender"
    ),
    Field("former_arrears", I8, "fen", "arrears owed to former managers (sum of sim.model.state.claims)"),
    Field("claim_months", I4, "months", "months since the newest of those debts became a former manager's"),
    Field("process", I4, "code", "0 none, 1 notice, 2 dismissal under way"),
    Field("process_left", I4, "months", "months until that process ends"),
    Field("process_cause", I4, "code", "cause of the process (index into CAUSES)"),
    Field("contract", I4, "code", "service contract (index into CONTRACTS)"),
    Field("contract_left", I4, "months", "months until its term ends"),
    Field("basis", I4, "code", "price basis of the contract (index into BASES)"),
    Field("remuneration", F8, "share", "part of what owners pay that the company gets under remuneration"),
    Field(
        "billing", I4, "code", "0 as the mode bills, 1 served without a fee as yet, 2 owners agreed to a fee"
    ),
    Field("charge_wait", I4, "months", "months before its owners are asked (again) to agree to a fee"),
    Field("unmanaged_months", I4, "months", "months without company since the last tender"),
    Field("losing_months", I4, "months", "net count of losing months"),
    Field(
        "volunteers",
        I4,
        "persons",
        "owners who work for it unpaid where owners manage it (0 without the mechanism `volunteers`)",
    ),
    Field("volunteers_tired", I4, "persons", "owners who gave up doing so and have not rested yet"),
    Field("price", F8, "fen/m2/month", "fee price"),
    # payment
    Field("billed", I8, "fen", "billed this month"),
    Field("collected", I8, "fen", "paid of this month's bills"),
    Field("recovered", I8, "fen", "arrears repaid this month"),
    Field(
        "lapsed",
        I8,
        "fen",
        "arrears that ended unpaid this month: too old to be sued for and never reminded of, or given up in a case",
    ),
    # disputes (all 0 without the mechanism `cases`)
    Field("case_paid", I8, "fen", "of the arrears repaid this month, what cases brought in"),
    Field("case_income", I8, "fen", "of that, what went to the present manager"),
    Field(
        "case_given_up", I8, "fen", "of the arrears that ended unpaid, what was refused or let off in cases"
    ),
    Field("cases_reminded", I8, "owners", "owners of whom their debt was demanded this month"),
    Field("cases_heard", I8, "cases", "cases that mediators took up this month"),
    Field("cases_sued", I8, "owners", "owners against whom the company went to court this month"),
    Field("cases_settled", I8, "cases", "cases settled this month, by mediators or in court"),
    Field("cases_withdrawn", I8, "cases", "suits withdrawn this month"),
    Field("cases_judged", I8, "cases", "suits judged this month"),
    Field("cases_enforced", I8, "cases", "debts collected by enforcement this month"),
    Field("cases_open", I8, "cases", "cases with mediators, courts or enforcement at the end of the month"),
    Field("cases_joined", I8, "owners", "owners who joined in a call to refuse this month"),
    Field("refusal_wait", I4, "months", "months before its owners may be called on to refuse (again)"),
    Field(
        "sued_share",
        F8,
        "relative",
        "suits of late per owner in arrears; fades within a year, above 1 where few still owe",
    ),
    Field("open_12", I8, "fen", "what owners still owe on the bills of the last twelve simulated months"),
    Field("arrears", I8, "fen", "arrears outstanding"),
    Field("debtors", I8, "owners", "owners in arrears"),
    Field("payers", I8, "owners", "owners who paid this month's bill"),
    Field("paid_share", F8, "share", "share of owners who paid, as last seen (erodes where nobody bills)"),
    Field("paid_share_start", F8, "share", "that share at the start (what the norm channel is frozen at)"),
    # company
    Field("income", I8, "fen", "what the manager received this month"),
    Field("spending", I8, "fen", "what the manager spent on service this month"),
    Field(
        "overhead",
        I8,
        "fen",
        "what the manager spent besides: overhead, taxes and what programmes charged it",
    ),
    Field("remunerated", I8, "fen", "remuneration that the company got this month"),
    Field("skimmed", I8, "fen", "what a lump-sum company kept back this month of what it would have spent"),
    Field("income_smooth", F8, "fen/month", "smoothed income"),
    Field("subsidy", I8, "fen", "public transfers received this month"),
    Field("standard_cost", F8, "fen/month", "cost of full service this month"),
    Field("effort", F8, "share of standard cost", "effort"),
    Field("quality", F8, "share", "service quality"),
    Field("quality_start", F8, "share", "service quality at the start"),
    Field("monitoring", F8, "share", "how closely the company is watched"),
    Field("focus", F8, "share", "effort shifted to scored items"),
    # estate
    Field("condition", F8, "share", "facility condition"),
    Field("condition_start", F8, "share", "facility condition at the start"),
    Field("new_works", F8, "share", "of the condition, what works gave (0 without the mechanism `works`)"),
    Field("delight", F8, "share", "satisfaction with new works beyond what they are worth in the long run"),
    Field("delight_felt", F8, "share", "what there is of it in owners' satisfaction"),
    Field("legacy", F8, "share", "developer-legacy defects"),
    Field("leaked", I8, "fen", "public revenue leaked this month"),
    Field("fund_ordered", I8, "fen", "works that the maintenance fund is to pay for next month"),
    Field("fund_works", I8, "fen", "what the maintenance fund paid for works this month"),
    # owners
    Field("satisfaction", F8, "share", "mean satisfaction"),
    Field("grievance", F8, "share", "mean grievance"),
    Field("complaints_filed", I8, "cases", "complaints filed this month"),
    Field("complaints_solved", I8, "cases", "complaints solved this month"),
    Field("complaints_open", I8, "cases", "complaints open at the end of the month"),
    Field("waiting_months", I8, "case-months", "full months that open complaints have waited, summed"),
    Field("trust", F8, "share", "trust in management and committee"),
    # what solved complaints mend (all 0 without the mechanism `repairs`)
    Field("solved_service", I8, "cases", "complaints about service solved this month"),
    Field("solved_condition", I8, "cases", "complaints about the condition of facilities solved this month"),
    Field("solved_legacy", I8, "cases", "complaints about what the developer left solved this month"),
    Field("unpaid_repairs", I8, "cases", "complaints not solved this month for want of money"),
    Field("repair_cost", I8, "fen", "what solving complaints cost this month, whoever paid"),
    Field("mended", F8, "share", "part of what lacked in service that solved complaints have mended of late"),
    # record
    Field("billed_12", I8, "fen", "billed over 12 months"),
    Field("collected_12", I8, "fen", "collected over 12 months"),
    Field("paid_12", I8, "fen", "paid so far, when due or late, of the bills of the last 12 months"),
    Field(
        "missed_before", I8, "fen", "of those bills, what was missed before month 1 (as if like the start)"
    ),
    Field("billed_months", I4, "months", "months of the last 12 in which it billed"),
    Field("income_12", I8, "fen", "income over 12 months"),
    Field(
        "own_income_12",
        I8,
        "fen",
        "of that, from owners, the estate's public revenue and the employer behind it over 12 months",
    ),
    Field("spending_12", I8, "fen", "spending on service over 12 months"),
    Field("overhead_12", I8, "fen", "spending besides over 12 months"),
    Field("lowest_rate", F8, "share", "lowest 12-month collection up to half a year ago"),
    Field("lowest_quality", F8, "share", "lowest service quality up to half a year ago"),
    Field("stage", I4, "code", "cycle stage (index into STAGES)"),
    Field("nominal", I4, "flag", "any management at all"),
    Field("charging", I4, "flag", "fees are billed and collected"),
    Field("professional", I4, "flag", "a company at or above the quality floor"),
    Field("break_even", I4, "flag", "charging, and income covered cost over 12 months"),
)

# What government knows of an estate: by the report that arrived last (see sim.model.state.reports), and what
# follows from it.
REPORTED = (
    Field("reported_month", I4, "month", "month that the last report to arrive is of"),
    Field("reported_billed_12", I8, "fen", "reported: billed over 12 months"),
    Field("reported_collected_12", I8, "fen", "reported: of these bills paid when due"),
    Field("reported_paid_12", I8, "fen", "reported: of these bills paid so far, when due or late"),
    Field("reported_bills", I4, "flag", "reported: 1 where it was billed in that month"),
    Field("reported_paid_share", F8, "share", "reported: share of owners who paid"),
    Field("reported_quality", F8, "share", "reported: service quality"),
    Field("reported_condition", F8, "share", "reported: facility condition"),
    Field("reported_satisfaction", F8, "share", "reported: mean satisfaction"),
    Field("reported_complaints_open", I8, "cases", "reported: complaints open"),
    Field("reported_mode", I4, "code", "reported: management mode (index into MODES)"),
    Field("reported_professional", I4, "flag", "reported: a company at or above the quality floor"),
    Field(
        "reported_rate",
        F8,
        "share",
        "reported: paid when due of the bills of 12 months; its last value where none were billed",
    ),
    Field("reported_lowest_rate", F8, "share", "lowest reported rate up to half a year ago"),
    Field("reported_lowest_quality", F8, "share", "lowest reported quality up to half a year ago"),
    Field("reported_stage", I4, "code", "cycle stage by what was reported (index into STAGES)"),
)

# What policy may move. Reset to 0 at the start of every month, then each programme in force adds to it.
LEVERS = (
    Field("lever_company_income", I8, "fen/month", "public money paid to the manager, already in the ledger"),
    Field(
        "lever_company_charge", I8, "fen/month", "what programmes charged the manager, already in the ledger"
    ),
    Field("lever_offer", I8, "fen/month", "public money that a company taking the estate over can count on"),
    Field(
        "lever_effort",
        F8,
        "share of standard cost",
        "effort that a company adds, or moves away, for what is at stake",
    ),
    Field(
        "lever_company_revenue",
        F8,
        "share",
        "public revenue handed to the company beyond its usual share (negative: kept for the fund)",
    ),
    Field("lever_company_cost", F8, "share", "relief on standard cost"),
    Field("lever_fixed_cost", F8, "share", "relief on the fixed part of standard cost"),
    Field("lever_monitoring", F8, "share", "inspection added to monitoring"),
    Field("lever_disclosure", F8, "share", "degree of disclosure of price, standard and public revenue"),
    Field("lever_sanction", F8, "share", "expected sanction of refusal"),
    Field("lever_norm", F8, "logit", "salience of the norm to pay"),
    Field("lever_ranking", F8, "share", "how much reputation is at stake through public ranking"),
    Field("lever_focus", F8, "share", "pressure to serve scored items first"),
    Field("lever_fallback", F8, "flag", "a state-owned company will take the estate if nobody bids"),
    Field("lever_queue", F8, "flag", "the estate is in line for a state-owned company"),
    Field("lever_mobilisation", F8, "per month", "chance that the street starts a committee vote"),
    Field("lever_participation", F8, "share", "participation in votes that mobilisation adds"),
    Field("lever_vetting", F8, "share", "integrity and competence that vetting of candidates adds"),
    Field("lever_oversight", F8, "share", "oversight that keeps a committee active and honest"),
    Field("lever_condition", F8, "share", "facility condition gained this month"),
    Field("lever_legacy", F8, "share", "legacy defects removed this month"),
    Field("lever_complaint_channel", F8, "share", "complaint channels added (relative)"),
    Field("lever_complaint_capacity", F8, "cases/month", "complaints solved in addition"),
    Field(
        "lever_cases_community",
        F8,
        "cases/month",
        "of these, complaints that the community solves at its cost",
    ),
    Field(
        "lever_cases_district", F8, "cases/month", "of these, complaints that the district solves at its cost"
    ),
    Field("lever_deadline", F8, "months", "shortening of the complaint deadline"),
    Field("lever_trust", F8, "share", "trust that contact builds"),
    Field("lever_grievance", F8, "share per month", "grievance relieved in talks"),
    Field("lever_hostility", F8, "per month", "grievance that being sued or wronged raises"),
    Field("lever_recovery", F8, "share per month", "added chance that arrears are repaid"),
    Field("lever_tender", F8, "companies", "bidders introduced in addition"),
    Field("lever_retry", F8, "months", "shortening of the wait before an unmanaged estate is tendered again"),
    Field(
        "lever_cleaning", F8, "flag", "the community takes up simple cleaning if nobody manages the estate"
    ),
    Field(
        "lever_block", I8, "block", "number of the managed block that the estate is merged into, 0 for none"
    ),
    Field("lever_belief", F8, "share", "correction of bidders' beliefs about collection"),
    Field("lever_self_management", F8, "share", "support of self-management"),
    Field("lever_dismissal", F8, "per month", "chance that the manager is put to an owners' vote or removed"),
    Field("lever_price", F8, "share", "change of price put to the owners' vote (sign: direction)"),
    Field("lever_leak", F8, "share", "part of the leak of public revenue that is stopped"),
    Field("lever_skill", F8, "share", "skill added to the manager"),
    Field("lever_value_added", I8, "fen/month", "value-added income of the manager, already in the ledger"),
    Field(
        "lever_remuneration",
        F8,
        "share",
        "part of what owners pay that the company gets, under a contract of remuneration that policy had signed",
    ),
    Field("lever_assessed_collection", F8, "share", "how much hangs on the collection that is reported"),
    Field("lever_assessed_service", F8, "share", "how much hangs on the reported quality and condition"),
    Field("lever_assessed_satisfaction", F8, "share", "how much hangs on the satisfaction that is reported"),
    Field("lever_suits", F8, "cases/month", "suits that the company is to bring in addition"),
    Field("lever_mediation", F8, "cases/month", "disputes that mediators take up in addition"),
    Field("lever_on_paper", F8, "flag", "reported as covered by its street, though it is not"),
)

ESTATE_FIELDS = FIXED + MONTHLY + REPORTED + LEVERS
ESTATE_TYPE = table_type(ESTATE_FIELDS)
LEVER_NAMES = tuple(field.name for field in LEVERS)
