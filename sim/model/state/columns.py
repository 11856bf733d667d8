"""How the columns of the city are declared: a field with its dtype, unit and meaning, and the dtype
or the arrays made from it."""

from __future__ import annotations

from typing import Any, NamedTuple, get_type_hints

import numpy as np


class Field(NamedTuple):
    """One column: name, dtype, unit and what it means. `fixed` columns never change
    after the city is built."""

    name: str
    dtype: type
    unit: str
    meaning: str
    fixed: bool = False


class Column(NamedTuple):
    """What a record of arrays declares of each, beside its name: see `Field`."""

    dtype: type
    unit: str
    meaning: str
    fixed: bool = False


def fields_of(record: type[tuple[Any, ...]]) -> tuple[Field, ...]:
    """The columns of a record of arrays, each annotated with its `Column`, in their order."""
    hints = get_type_hints(record, include_extras=True)
    return tuple(Field(name, *hint.__metadata__[0]) for name, hint in hints.items())


def table_type(fields: tuple[Field, ...]) -> np.dtype:
    """The structured dtype of a table; one row an entity."""
    return np.dtype([(field.name, field.dtype) for field in fields], align=True)
