"""What a workbook says of a result beyond its tables: a line of each estate, and words for columns and
codes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass(frozen=True)
class ByEstate:
    """One column of what became of each estate.

    id: stays, in every language. label: its heading in the current language, without the unit. unit: as
    elsewhere in the catalogs ("" for none). values: one an estate, in the order of the scenario's estates;
    words in the current language, numbers in that unit, None or NaN where there is none.
    """

    id: str
    label: str
    unit: str
    values: np.ndarray


@dataclass(frozen=True)
class Sheets:
    """What a kind of result adds to its tables in a workbook, in the current language.

    estates: columns of each estate; none where its runs have no estates in common. numbers: of these
    estates. headings: of columns, by name, and words: for codes, by column and code, where they are not
    those that all kinds share.
    """

    estates: tuple[ByEstate, ...] = ()
    numbers: tuple[int, ...] = ()
    headings: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, Mapping[Any, str]] = field(default_factory=dict)
