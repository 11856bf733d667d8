"""The owners' columns: one array each, grouped estate by estate and building by building.

84 bytes an owner. float32 and small integers on purpose: an owner pass is bound by memory and vector width.
"""

from __future__ import annotations

from typing import Annotated, NamedTuple

import numpy as np

from sim.model.state.columns import Column, fields_of
from sim.units import MONTHS_PER_YEAR
from sim.words import OCCUPANCY, PAYER_TYPES

F4, U1, I4, U2, U4 = np.float32, np.uint8, np.int32, np.uint16, np.uint32
CONDITIONAL, FREE_RIDER, STEADY = range(len(PAYER_TYPES))
OCCUPIER, TENANT, VACANT = range(len(OCCUPANCY))
MEMORY = MONTHS_PER_YEAR  # months of bills that an owner's record keeps


class Owners(NamedTuple):
    """The owners' columns as arrays of one length, each declared here and nowhere else. Row number
    is the permanent owner id."""

    area: Annotated[np.ndarray, Column(F4, "m2", "floor area of the flat", True)]
    income: Annotated[np.ndarray, Column(F4, "fen/month", "household income", True)]
    duty: Annotated[
        np.ndarray,
        Column(F4, "logit", "readiness to pay, all else neutral (payer type and occupancy included)", True),
    ]
    threshold: Annotated[
        np.ndarray, Column(F4, "share", "share of payers at which the owner is neutral", True)
    ]
    service_sensitivity: Annotated[
        np.ndarray, Column(F4, "logit per unit", "weight of satisfaction in paying", True)
    ]
    norm_sensitivity: Annotated[
        np.ndarray, Column(F4, "logit per unit", "weight of neighbours' payment in paying", True)
    ]
    activism: Annotated[np.ndarray, Column(F4, "share", "readiness to take part", True)]
    satisfaction: Annotated[np.ndarray, Column(F4, "share", "satisfaction with property service")]
    expectation: Annotated[
        np.ndarray, Column(F4, "share", "the level of service the owner has come to expect")
    ]
    grievance: Annotated[np.ndarray, Column(F4, "share", "grievance against the company")]
    arrears: Annotated[np.ndarray, Column(I4, "fen", "unpaid fees")]
    unpaid_12: Annotated[
        np.ndarray, Column(I4, "fen", "bills of the last twelve months that were not wholly paid when due")
    ]
    late: Annotated[
        np.ndarray,
        Column(U2, "bits", "which bills of the last twelve months those are (bit 0: this month's)"),
    ]
    missed: Annotated[
        np.ndarray,
        Column(U2, "bits", "in which of the last twelve months a bill was not paid (bit 0: this month)"),
    ]
    luck_year: Annotated[
        np.ndarray, Column(U4, "word", "this year's addressed draw for paying (0 where nothing of it lasts)")
    ]
    luck_complaint: Annotated[
        np.ndarray, Column(U4, "word", "this month's addressed draw for complaining (scratch of the month)")
    ]
    luck_persuasion: Annotated[
        np.ndarray,
        Column(U4, "word", "this month's addressed draw for being asked to refuse (scratch of the month)"),
    ]
    arrears_age: Annotated[
        np.ndarray,
        Column(
            U1,
            "months",
            "months since the oldest unpaid bill, or since the owner was last free of arrears (at most 250)",
        ),
    ]
    payer_type: Annotated[np.ndarray, Column(U1, "code", "index into PAYER_TYPES", True)]
    occupancy: Annotated[np.ndarray, Column(U1, "code", "index into OCCUPANCY", True)]
    paid: Annotated[np.ndarray, Column(U1, "flag", "1 if this month's bill was paid")]
    waiting: Annotated[
        np.ndarray,
        Column(
            U1,
            "months",
            "0 without an open complaint, else months since it was filed, plus one (at most 250)",
        ),
    ]
    dispute: Annotated[
        np.ndarray, Column(U1, "code", "stage of the dispute about arrears (index into DISPUTES)")
    ]
    dispute_months: Annotated[
        np.ndarray, Column(U1, "months", "months since it came to that stage (at most 250)")
    ]
    open_service: Annotated[
        np.ndarray,
        Column(
            U4,
            "bits",
            "in which of the last 32 months open complaints about service were filed (bit 0: this month)",
        ),
    ]
    open_condition: Annotated[
        np.ndarray, Column(U4, "bits", "the same of open complaints about the condition of facilities")
    ]
    open_legacy: Annotated[
        np.ndarray, Column(U4, "bits", "the same of open complaints about defects that the developer left")
    ]
    answered: Annotated[
        np.ndarray,
        Column(U1, "flag", "1 if a complaint of the owner's was solved this month (scratch of the month)"),
    ]


OWNER_FIELDS = fields_of(Owners)


class Buildings(NamedTuple):
    """The buildings' columns. `start` has one entry more than there are buildings: first
    owner of each, then the end."""

    start: np.ndarray  # int64, owner row
    paid_share: np.ndarray  # float32, share of owners who paid last month
    refuser_share: np.ndarray  # float32, share of owners who are aggrieved refusers


def new_owners(count: int) -> Owners:
    """Zeroed columns for `count` owners."""
    return Owners(*(np.zeros(count, field.dtype) for field in OWNER_FIELDS))


def bytes_per_owner() -> int:
    """Bytes of state that one owner takes."""
    return sum(np.dtype(field.dtype).itemsize for field in OWNER_FIELDS)
