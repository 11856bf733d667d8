"""What is kept of every estate and month: the outcome columns, and the copy that is
made at the end of each month."""

from __future__ import annotations

from typing import Annotated, NamedTuple, get_type_hints

import numpy as np

from sim.model.kernel import kernel
from sim.units import FEN_PER_YUAN

F4, I8, I4, I1 = np.float32, np.int64, np.int32, np.int8


class Outcomes(NamedTuple):
    """Arrays (months + 1) x estates; row 0 is the starting state. Money in fen, shares in [0, 1]."""

    mode: Annotated[np.ndarray, I1]
    stage: Annotated[np.ndarray, I1]
    flags: Annotated[
        np.ndarray, I1
    ]  # bits: 1 nominal, 2 charging, 4 professional, 8 break-even, 16 committee, 32 remuneration
    billed: Annotated[np.ndarray, I8]
    collected: Annotated[np.ndarray, I8]
    billed_12: Annotated[np.ndarray, I8]
    collected_12: Annotated[np.ndarray, I8]
    paid_12: Annotated[np.ndarray, I8]  # of billed_12, paid by now: when due or late
    billed_months: Annotated[np.ndarray, I1]  # of the last twelve
    lapsed: Annotated[np.ndarray, I8]  # this month, arrears that nobody can claim any longer
    income: Annotated[np.ndarray, I8]
    spending: Annotated[np.ndarray, I8]
    overhead: Annotated[np.ndarray, I8]
    income_12: Annotated[np.ndarray, I8]
    spending_12: Annotated[np.ndarray, I8]
    overhead_12: Annotated[np.ndarray, I8]
    own_income_12: Annotated[np.ndarray, I8]  # from owners, own public revenue, the employer behind it
    subsidy: Annotated[np.ndarray, I8]
    skimmed: Annotated[np.ndarray, I8]  # what a lump-sum company kept back of what it would have spent
    arrears: Annotated[np.ndarray, I8]
    fund: Annotated[np.ndarray, I8]
    filed: Annotated[np.ndarray, I4]
    solved: Annotated[np.ndarray, I4]
    open: Annotated[np.ndarray, I4]
    waiting: Annotated[np.ndarray, I4]
    satisfaction: Annotated[np.ndarray, F4]
    grievance: Annotated[np.ndarray, F4]
    quality: Annotated[np.ndarray, F4]
    condition: Annotated[np.ndarray, F4]
    legacy: Annotated[np.ndarray, F4]
    trust: Annotated[np.ndarray, F4]
    price: Annotated[np.ndarray, F4]
    company: Annotated[np.ndarray, I4]
    # as government sees it: by the last report that arrived
    reported_month: Annotated[np.ndarray, I4]  # that it is of
    reported_billed_12: Annotated[np.ndarray, I8]
    reported_paid_12: Annotated[np.ndarray, I8]
    reported_satisfaction: Annotated[np.ndarray, F4]
    reported_open: Annotated[np.ndarray, I4]
    reported_mode: Annotated[np.ndarray, I1]
    reported_stage: Annotated[np.ndarray, I1]


# what moves in a month, or in twelve
FLOWS = (
    "billed",
    "collected",
    "billed_12",
    "collected_12",
    "paid_12",
    "billed_months",
    "lapsed",
    "income",
    "spending",
    "overhead",
    "income_12",
    "spending_12",
    "overhead_12",
    "own_income_12",
    "subsidy",
    "skimmed",
)
NOMINAL, CHARGING, PROFESSIONAL, BREAK_EVEN, COMMITTEE, REMUNERATED = 1, 2, 4, 8, 16, 32


def new_outcomes(months: int, estates: int) -> Outcomes:
    """Outcome arrays for so many months and estates."""
    kinds = get_type_hints(Outcomes, include_extras=True).values()
    return Outcomes(*(np.zeros((months + 1, estates), kind.__metadata__[0]) for kind in kinds))


@kernel
def observe(
    row: int, estates: np.ndarray, committees: np.ndarray, balances: np.ndarray, out: Outcomes
) -> None:
    """Copy every estate's outcomes into row `row`."""
    for e in range(estates.size):
        estate = estates[e]
        out.mode[row, e] = estate.mode
        out.stage[row, e] = estate.stage
        out.flags[row, e] = (
            estate.nominal
            + 2 * estate.charging
            + 4 * estate.professional
            + 8 * estate.break_even
            + 16 * committees[e].exists
            + 32 * estate.basis
        )
        out.billed[row, e] = estate.billed
        out.collected[row, e] = estate.collected
        out.billed_12[row, e] = estate.billed_12
        out.collected_12[row, e] = estate.collected_12
        out.paid_12[row, e] = estate.paid_12
        out.billed_months[row, e] = estate.billed_months
        out.lapsed[row, e] = estate.lapsed
        out.income[row, e] = estate.income
        out.spending[row, e] = estate.spending
        out.overhead[row, e] = estate.overhead
        out.income_12[row, e] = estate.income_12
        out.spending_12[row, e] = estate.spending_12
        out.overhead_12[row, e] = estate.overhead_12
        out.own_income_12[row, e] = estate.own_income_12
        out.subsidy[row, e] = estate.subsidy
        out.skimmed[row, e] = estate.skimmed
        out.arrears[row, e] = estate.arrears
        out.fund[row, e] = balances[estate.fund_account]
        out.filed[row, e] = estate.complaints_filed
        out.solved[row, e] = estate.complaints_solved
        out.open[row, e] = estate.complaints_open
        out.waiting[row, e] = estate.waiting_months
        out.satisfaction[row, e] = estate.satisfaction
        out.grievance[row, e] = estate.grievance
        out.quality[row, e] = estate.quality
        out.condition[row, e] = estate.condition
        out.legacy[row, e] = estate.legacy
        out.trust[row, e] = estate.trust
        out.price[row, e] = estate.price / FEN_PER_YUAN
        out.company[row, e] = estate.company
        out.reported_month[row, e] = estate.reported_month
        out.reported_billed_12[row, e] = estate.reported_billed_12
        out.reported_paid_12[row, e] = estate.reported_paid_12
        out.reported_satisfaction[row, e] = estate.reported_satisfaction
        out.reported_open[row, e] = estate.reported_complaints_open
        out.reported_mode[row, e] = estate.reported_mode
        out.reported_stage[row, e] = estate.reported_stage
