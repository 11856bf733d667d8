"""What is kept of every estate and month: the outcome columns, and the copy that is made at the end of each month."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.model.kernel import kernel

F4, I8, I4, I1 = np.float32, np.int64, np.int32, np.int8


class Outcomes(NamedTuple):
    """Arrays (months + 1) x estates; row 0 is the starting state. Money in fen, shares in [0, 1]."""

    mode: np.ndarray
    stage: np.ndarray
    flags: np.ndarray  # bits: 1 nominal, 2 charging, 4 professional, 8 break-even, 16 committee
    billed: np.ndarray
    collected: np.ndarray
    billed_12: np.ndarray
    collected_12: np.ndarray
    paid_12: np.ndarray  # of billed_12, paid by now: when due or late
    billed_months: np.ndarray  # of the last twelve
    repaid_old: np.ndarray  # this month, of bills older than twelve months
    lapsed: np.ndarray  # this month, arrears that nobody can claim any longer
    income: np.ndarray
    spending: np.ndarray
    overhead: np.ndarray
    income_12: np.ndarray
    spending_12: np.ndarray
    overhead_12: np.ndarray
    own_income_12: np.ndarray  # from owners, own public revenue, the employer behind it
    subsidy: np.ndarray
    arrears: np.ndarray
    fund: np.ndarray
    filed: np.ndarray
    solved: np.ndarray
    open: np.ndarray
    waiting: np.ndarray
    satisfaction: np.ndarray
    grievance: np.ndarray
    quality: np.ndarray
    condition: np.ndarray
    legacy: np.ndarray
    trust: np.ndarray
    price: np.ndarray
    company: np.ndarray


_TYPES = (I1, I1, I1, *(5 * (I8,)), I1, *(12 * (I8,)), I4, I4, I4, I4, F4, F4, F4, F4, F4, F4, F4, I4)
# what moves in a month, or in twelve
FLOWS = (
    "billed",
    "collected",
    "billed_12",
    "collected_12",
    "paid_12",
    "billed_months",
    "repaid_old",
    "lapsed",
    "income",
    "spending",
    "overhead",
    "income_12",
    "spending_12",
    "overhead_12",
    "own_income_12",
    "subsidy",
)
NOMINAL, CHARGING, PROFESSIONAL, BREAK_EVEN, COMMITTEE = 1, 2, 4, 8, 16


def new_outcomes(months: int, estates: int) -> Outcomes:
    """Outcome arrays for so many months and estates."""
    return Outcomes(*(np.zeros((months + 1, estates), kind) for kind in _TYPES))


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
        )
        out.billed[row, e] = estate.billed
        out.collected[row, e] = estate.collected
        out.billed_12[row, e] = estate.billed_12
        out.collected_12[row, e] = estate.collected_12
        out.paid_12[row, e] = estate.paid_12
        out.billed_months[row, e] = estate.billed_months
        out.repaid_old[row, e] = estate.repaid_old
        out.lapsed[row, e] = estate.lapsed
        out.income[row, e] = estate.income
        out.spending[row, e] = estate.spending
        out.overhead[row, e] = estate.overhead
        out.income_12[row, e] = estate.income_12
        out.spending_12[row, e] = estate.spending_12
        out.overhead_12[row, e] = estate.overhead_12
        out.own_income_12[row, e] = estate.own_income_12
        out.subsidy[row, e] = estate.subsidy
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
        out.price[row, e] = estate.price / 100.0
        out.company[row, e] = estate.company
