"""Reports: what government is told of every estate, those that are under way, and what it had seen before."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.model.state.columns import Field, table_type
from sim.model.state.owners import MEMORY

F8, I8, I4 = np.float64, np.int64, np.int32

# One report of one estate. What arrives is kept in the estate's column of the same name after "reported_".
REPORT_FIELDS = (
    Field("billed_12", I8, "fen", "billed over 12 months"),
    Field("collected_12", I8, "fen", "of these bills paid when due"),
    Field("paid_12", I8, "fen", "of these bills paid so far, when due or late"),
    Field("bills", I4, "flag", "1 where it was billed in the month of the report"),
    Field("paid_share", F8, "share", "share of owners who paid"),
    Field("quality", F8, "share", "service quality"),
    Field("condition", F8, "share", "facility condition"),
    Field("satisfaction", F8, "share", "mean satisfaction"),
    Field("complaints_open", I8, "cases", "complaints open at the end of the month"),
    Field("mode", I4, "code", "management mode (index into MODES)"),
)
REPORT_TYPE = table_type(REPORT_FIELDS)


class Reports(NamedTuple):
    """Reports under way, and what was seen at the end of each of the last twelve months."""

    sent: np.ndarray  # (lag + 1, estates) of REPORT_TYPE; that of month m in row m mod (lag + 1)
    rate: np.ndarray  # float64, (12, estates): twelve-month collection seen; that of month m in row m mod 12
    quality: np.ndarray  # float64, (12, estates): service quality seen


def new_reports(estates: int, lag: int) -> Reports:
    """Empty reports of so many estates that take `lag` months to arrive."""
    shape = (MEMORY, estates)
    return Reports(np.zeros((lag + 1, estates), REPORT_TYPE), np.zeros(shape), np.zeros(shape))
