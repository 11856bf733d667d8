"""Conditions of plans as a table of numbers, a condition a row, which a compiled loop reads."""

from __future__ import annotations

import numpy as np

from sim.model.state.columns import Field, table_type
from sim.scenario.conditions import BUDGETS, ESTATE_MEASURES

F8, I4 = np.float64, np.int32
ROLES = ("start", "pause", "resume", "grow", "end")
MEASURES = (*ESTATE_MEASURES, *BUDGETS)

RULE_FIELDS = (
    Field("role", I4, "code", "what it decides (index into ROLES)", True),
    Field("single", I4, "flag", "1: of the single estate, 0: of the city", True),
    Field("measure", I4, "code", "the figure that is looked at (index into MEASURES)", True),
    Field("targets", I4, "flag", "1: of the estates that the programme aims at alone", True),
    Field("below", I4, "flag", "1: below the level, 0: at or above it", True),
    Field("months", I4, "months", "months in a row for which it must hold", True),
    Field("level", F8, "", "in the unit of the figure", True),
)
RULE_TYPE = table_type(RULE_FIELDS)
