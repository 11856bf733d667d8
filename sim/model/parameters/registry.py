"""What a parameter is, and the one place where all of them are collected."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from sim.text import Message, message
from sim.text.catalog import has_text


@dataclass(frozen=True)
class Parameter:
    """One number of the model: its unit, default, allowed range and where it comes from; what it
    means is in the catalogs.

    `key` is dotted (`payment.norm_weight`). `source` is an id of the evidence register, or "judgement".
    `status` is "measured" (read off the source), "calibrated" (chosen so that the model meets reported
    patterns) or "assumed" (nobody has measured it). `low` and `high` bound what a scenario may set;
    `plausible` is the narrower range that a sensitivity study samples (low and high where it is not given).
    `builds`: a city is built with it and no month reads it, or what it made at the start never changes, so
    that a run which goes on from a month cannot change it; those of the group `start` all do.
    """

    key: str
    default: float
    low: float
    high: float
    unit: str
    source: str = "judgement"
    status: str = "assumed"
    plausible: tuple[float, float] | None = None
    builds: bool = False

    @property
    def field(self) -> str:
        """The name of this parameter's field in the record that the kernels read."""
        return self.key.replace(".", "_")

    @property
    def label(self) -> Message:
        """What it means, in the language of whoever reads it (the text "parameter.KEY")."""
        return message(f"parameter.{self.key}")

    @property
    def note(self) -> str | Message:
        """What else is to be known of the number (the text "parameter_note.KEY"), "" for most."""
        return message(f"parameter_note.{self.key}") if has_text(f"parameter_note.{self.key}") else ""

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

    float64 for the rules at estate level and above, and a float32 twin (suffix `_32`) for the owner passes,
    whose arithmetic is float32 throughout.
    """
    return _record_type(tuple(p.field for p in table.values()))


@cache
def _record_type(names: tuple[str, ...]) -> np.dtype:
    """One object for equal names: Numba recognises an argument by it, and comparing 300
    fields costs 25 µs a call."""
    fields: list[tuple[str, type]] = [(name, np.float64) for name in names]
    fields += [(name + "_32", np.float32) for name in names]
    return np.dtype(fields, align=True)


def to_record(table: dict[str, Parameter], values: dict[str, float]) -> np.ndarray:
    """One-row structured array with `values` (by key) over the defaults."""
    row = [values.get(parameter.key, parameter.default) for parameter in table.values()]
    record = np.zeros(1, record_type(table))
    record[0] = (*row, *row)
    return record
