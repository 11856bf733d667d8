"""The smaller tables: companies, committees, government bodies, the world's single row, and events."""

from __future__ import annotations

import numpy as np

from sim.model.state.columns import Field, table_type

F8, I8, I4 = np.float64, np.int64, np.int32

COMPANY_FIELDS = (
    Field("state_owned", I4, "flag", "1 for a state-owned company", True),
    Field("home_district", I4, "row", "home district", True),
    Field("account", I4, "account", "ledger account", True),
    Field("skill", F8, "share", "what residents get of a unit of well-watched effort", True),
    Field("cost_level", F8, "relative", "cost of the same work, 1 = average", True),
    Field("margin", F8, "share", "target margin", True),
    Field("tolerance", F8, "months", "losing months borne before notice is considered", True),
    Field("risk", F8, "share", "readiness to carry weak estates with the cash of others", True),
    Field("skimming", F8, "share", "what it keeps back under a lump sum where nobody watches at all", True),
    Field("litigious", F8, "relative", "suits that it brings, 1 = as the average company", True),
    Field("capacity", I8, "estates", "most estates it can run", True),
    Field("estates", I8, "estates", "estates it runs"),
    Field("reputation", F8, "share", "reputation"),
    Field("score", F8, "share", "last published score, -1 before any"),
    Field("list", I4, "code", "-1 black list, 0 none, 1 red list"),
    Field("active", I4, "flag", "1 while it is in the market"),
    Field("barred_until", I4, "month", "may not bid before this month"),
    Field("shortfall", F8, "fen", "what its weak estates lack this month"),
    Field("support", F8, "share", "part of that shortfall it covers this month"),
    Field("spending", F8, "fen/month", "what its estates cost this month"),
)
COMPANY_TYPE = table_type(COMPANY_FIELDS)

COMMITTEE_FIELDS = (
    Field("exists", I4, "flag", "1 if the estate has a committee"),
    Field("competence", F8, "share", "competence"),
    Field("integrity", F8, "share", "integrity; a captured committee has little"),
    Field("activity", F8, "share", "activity"),
    Field("term_left", I4, "months", "months left of the term"),
    Field("wait", I4, "months", "months before the next attempt to form one"),
    Field("price_wait", I4, "months", "months before the next vote on price"),
    Field("strength", F8, "share", "competence x integrity x activity, 0 without a committee"),
)
COMMITTEE_TYPE = table_type(COMMITTEE_FIELDS)

GOVERNMENT_FIELDS = (
    Field("tier", I4, "code", "index into TIERS", True),
    Field("parent", I4, "row", "the body above, -1 for the city", True),
    Field("account", I4, "account", "ledger account", True),
    Field("yearly_budget", I8, "fen/year", "budget granted every January", True),
    Field("staff", F8, "persons", "staff for estate governance", True),
    Field("staff_free", F8, "persons", "staff time not yet claimed this month"),
    Field("reported_nominal", F8, "share", "coverage that the body reports"),
)
GOVERNMENT_TYPE = table_type(GOVERNMENT_FIELDS)

WORLD_FIELDS = (
    Field("month", I8, "month", "the month being simulated; 0 before the first, below while spinning up"),
    Field(
        "first_month", I8, "month", "the month that was drawn: 0, or before the months of spinning up", True
    ),
    Field("key_0", I8, "word", "low word of the seed", True),
    Field("key_1", I8, "word", "high word of the seed", True),
    Field("cost_index", F8, "relative", "standard cost relative to the start"),
    Field("guide_index", F8, "relative", "guide prices relative to the start"),
    Field("start_year", F8, "year", "calendar year of month 1", True),
    Field("loop_service", I4, "flag", "0 freezes the service channel", True),
    Field("loop_norm", I4, "flag", "0 freezes the norm channel", True),
    Field("loop_decay", I4, "flag", "0 freezes the decay channel", True),
    Field("loop_exit", I4, "flag", "0 freezes the exit channel", True),
    Field("loop_grievance", I4, "flag", "0 freezes the grievance channel", True),
    Field("mechanism_persistence", I4, "flag", "1: who pays and who does not lasts", True),
    Field("mechanism_debt_age", I4, "flag", "1: debts age by what was repaid, and lapse", True),
    Field("mechanism_contracts", I4, "flag", "1: companies hold estates under contracts that end", True),
    Field(
        "mechanism_queue", I4, "flag", "1: who waits for a state-owned company does not turn to itself", True
    ),
    Field(
        "mechanism_ballots", I4, "flag", "1: turnout depends on the matter and on who calls at doors", True
    ),
    Field("mechanism_guided_prices", I4, "flag", "1: the guide price is the most that some may charge", True),
    Field(
        "mechanism_charging",
        I4,
        "flag",
        "1: who takes an estate over that nobody bills serves it free at first",
        True,
    ),
    Field(
        "mechanism_price_basis",
        I4,
        "flag",
        "1: lump-sum companies keep back what nobody sees; others are remunerated out of the owners' account",
        True,
    ),
    Field("mechanism_reporting", I4, "flag", "1: government sees what was last reported", True),
    Field("mechanism_cases", I4, "flag", "1: disputes about arrears are cases, from reminder to court", True),
    Field("mechanism_repairs", I4, "flag", "1: a solved complaint mends what it was about", True),
    Field("mechanism_volunteers", I4, "flag", "1: who works unpaid are finite people, who tire", True),
    Field("mechanism_works", I4, "flag", "1: delight in works fades, and works last where kept up", True),
    Field("mechanism_fund", I4, "flag", "1: estates have a maintenance fund", True),
    Field("fallback_left", I8, "estates", "estates that state-owned fallback still takes this month"),
    Field("events", I8, "events", "events written this month"),
)
WORLD_TYPE = table_type(WORLD_FIELDS)

EVENT_FIELDS = (
    Field("month", I4, "month", "when"),
    Field("estate", I4, "row", "where, -1 for an event of the whole city"),
    Field("company", I4, "row", "which company, -1 for none"),
    Field("kind", I4, "code", "index into EVENT_KINDS"),
    Field("cause", I4, "code", "index into CAUSES"),
    Field("size", F8, "see kind", "how much"),
    Field("programme", I4, "row", "which programme of the scenario wrote it, -1 for none"),
)
EVENT_TYPE = table_type(EVENT_FIELDS)
