"""Levers and bearers in words."""

from __future__ import annotations

from sim.model.month.levers import POLICY_COLUMNS, RELIEFS
from sim.model.state.estates import LEVER_NAMES
from sim.text import Family

LEVERS = Family("lever", (*LEVER_NAMES, *POLICY_COLUMNS, *RELIEFS))
"""What a programme may move: levers of the estates, other columns, reliefs for all programmes."""

BEARERS = Family(
    "bearer",
    (
        "city",
        "district",
        "street",
        "community",
        "state",
        "companies",
        "owners",
        "estate_funds",
        "developers",
        "donors",
        "customers",
        "employers",
        "courts",
    ),
)
"""Who may pay, by kind of account."""
