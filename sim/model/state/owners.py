"""The owners' columns: one array each, grouped estate by estate and building by building.

67 bytes an owner. float32 and small integers on purpose: an owner pass is bound by memory and vector width.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.model.state.columns import Field

F4, U1, I4, U2, U4 = np.float32, np.uint8, np.int32, np.uint16, np.uint32

OWNER_FIELDS = (
    Field("area", F4, "m2", "floor area of the flat", True),
    Field("income", F4, "fen/month", "household income", True),
    Field(
        "duty", F4, "logit", "readiness to pay, all else neutral (payer type and occupancy included)", True
    ),
    Field("threshold", F4, "share", "share of payers at which the owner is neutral", True),
    Field("service_sensitivity", F4, "logit per unit", "weight of satisfaction in paying", True),
    Field("norm_sensitivity", F4, "logit per unit", "weight of neighbours' payment in paying", True),
    Field("activism", F4, "share", "readiness to take part", True),
    Field("satisfaction", F4, "share", "satisfaction with property service"),
    Field("expectation", F4, "share", "the level of service the owner has come to expect"),
    Field("grievance", F4, "share", "grievance against the company"),
    Field("arrears", I4, "fen", "unpaid fees"),
    Field("unpaid_12", I4, "fen", "bills of the last twelve months that were not paid when due"),
    Field("missed", U2, "bits", "which bills of the last twelve months those are (bit 0: this month's)"),
    Field("luck_year", U4, "word", "this year's addressed draw for paying (0 where nothing of it lasts)"),
    Field("luck_complaint", U4, "word", "this month's addressed draw for complaining (scratch of the month)"),
    Field(
        "luck_persuasion",
        U4,
        "word",
        "this month's addressed draw for being asked to refuse (scratch of the month)",
    ),
    Field(
        "arrears_age",
        U1,
        "months",
        "months since the oldest unpaid bill, or since the owner was last free of arrears (at most 250)",
    ),
    Field("payer_type", U1, "code", "index into PAYER_TYPES", True),
    Field("occupancy", U1, "code", "index into OCCUPANCY", True),
    Field("paid", U1, "flag", "1 if this month's bill was paid"),
    Field(
        "waiting",
        U1,
        "months",
        "0 without an open complaint, else months since it was filed, plus one (at most 250)",
    ),
)


class Owners(NamedTuple):
    """The owners' columns as arrays of one length; see OWNER_FIELDS for units. Row number is the permanent owner id."""

    area: np.ndarray
    income: np.ndarray
    duty: np.ndarray
    threshold: np.ndarray
    service_sensitivity: np.ndarray
    norm_sensitivity: np.ndarray
    activism: np.ndarray
    satisfaction: np.ndarray
    expectation: np.ndarray
    grievance: np.ndarray
    arrears: np.ndarray
    unpaid_12: np.ndarray
    missed: np.ndarray
    luck_year: np.ndarray
    luck_complaint: np.ndarray
    luck_persuasion: np.ndarray
    arrears_age: np.ndarray
    payer_type: np.ndarray
    occupancy: np.ndarray
    paid: np.ndarray
    waiting: np.ndarray


class Buildings(NamedTuple):
    """The buildings' columns. `start` has one entry more than there are buildings: first owner of each, then the end."""

    start: np.ndarray  # int64, owner row
    paid_share: np.ndarray  # float32, share of owners who paid last month
    refuser_share: np.ndarray  # float32, share of owners who are aggrieved refusers


def new_owners(count: int) -> Owners:
    """Zeroed columns for `count` owners."""
    return Owners(*(np.zeros(count, field.dtype) for field in OWNER_FIELDS))


def bytes_per_owner() -> int:
    """Bytes of state that one owner takes."""
    return sum(np.dtype(field.dtype).itemsize for field in OWNER_FIELDS)
