"""The stages of a dispute about arrears (mechanism `cases`): column `dispute` of an owner."""

from __future__ import annotations

from enum import IntEnum


class Stage(IntEnum):
    """Where the dispute with one owner stands; the column holds the code."""

    NONE = 0
    REMINDED = 1  # the debt was demanded, with a deadline
    MEDIATION = 2  # heard before a suit, or instead of one
    SUIT = 3  # before the court
    ENFORCEMENT = 4  # settled or judged by the court, and not paid


DISPUTES = tuple(stage.name.lower() for stage in Stage)
