"""How a table of the city is declared: a field with its dtype, unit and meaning, and the dtype made from it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Field(NamedTuple):
    """One column: name, dtype, unit and what it means. `fixed` columns never change after the city is built."""

    name: str
    dtype: type
    unit: str
    meaning: str
    fixed: bool = False


def table_type(fields: tuple[Field, ...]) -> np.dtype:
    """The structured dtype of a table; one row an entity."""
    return np.dtype([(field.name, field.dtype) for field in fields], align=True)
