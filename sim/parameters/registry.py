"""What a parameter is, and the one place where all of them are collected."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Parameter:
    """One number of the model: its meaning in two languages, unit, default, allowed range and where it comes from.

    `key` is dotted (`payment.norm_weight`). `source` is an id of the evidence register, or "judgement".
    `status` is "measured" (read off the source), "calibrated" (chosen so that the model meets reported patterns) or
    "assumed" (nobody has measured it). `low` and `high` bound what a scenario may set; `plausible` is the narrower
    range that a sensitivity study samples (low and high where it is not given).
    """

    key: str
    default: float
    low: float
    high: float
    unit: str
    en: str
    zh: str
    source: str = "judgement"
    status: str = "assumed"
    plausible: tuple[float, float] | None = None
    note: str = ""

    @property
    def field(self) -> str:
        """The name of this parameter's field in the record that the kernels read."""
        return self.key.replace(".", "_")

    @property
    def group(self) -> str:
        """The part of the key before the dot."""
        return self.key.split(".", 1)[0]

    def __post_init__(self) -> None:
        if not self.low <= self.default <= self.high:
            raise ValueError(f"{self.key}: default {self.default} outside [{self.low}, {self.high}]")
        if self.status not in ("measured", "calibrated", "assumed"):
            raise ValueError(f"{self.key}: unknown status {self.status!r}")
        sampled = self.plausible or (self.low, self.high)
        if not self.low <= sampled[0] <= sampled[1] <= self.high:
            raise ValueError(f"{self.key}: plausible range {sampled} outside [{self.low}, {self.high}]")


def collect(*groups: tuple[Parameter, ...]) -> dict[str, Parameter]:
    """All declared parameters by key, in order of declaration; a key declared twice is an error."""
    table: dict[str, Parameter] = {}
    for group in groups:
        for parameter in group:
            if parameter.key in table:
                raise ValueError(f"parameter {parameter.key} is declared twice")
            table[parameter.key] = parameter
    return table


def record_type(table: dict[str, Parameter]) -> np.dtype:
    """The structured dtype that carries every parameter to the kernels by name.

    float64 for the rules at estate level and above, and a float32 twin (suffix `_32`) for the owner passes, whose
    arithmetic is float32 throughout.
    """
    fields: list[tuple[str, type]] = [(p.field, np.float64) for p in table.values()]
    fields += [(p.field + "_32", np.float32) for p in table.values()]
    return _same_type(np.dtype(fields, align=True))


_KNOWN_TYPES: dict[np.dtype, np.dtype] = {}


def _same_type(dtype: np.dtype) -> np.dtype:
    """One object for equal dtypes: Numba recognises an argument by it, and comparing 300 fields costs 25 µs a call."""
    return _KNOWN_TYPES.setdefault(dtype, dtype)


def to_record(table: dict[str, Parameter], values: dict[str, float]) -> np.ndarray:
    """One-row structured array with `values` (by key) over the defaults."""
    record = np.zeros(1, record_type(table))
    for parameter in table.values():
        value = values.get(parameter.key, parameter.default)
        record[parameter.field] = value
        record[parameter.field + "_32"] = value
    return record
