"""What is good enough: an outcome of the registry on one side of a level, judged month by month over the
twelve months behind."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum, isfinite

import numpy as np

from sim.errors import StudyError
from sim.problems import kind_of, nearest
from sim.results.outcomes import LAST_YEAR, OUTCOMES, SERIES
from sim.text import message
from sim.units import MONTHS_PER_YEAR

AT_LEAST, AT_MOST = "at_least", "at_most"
SIGNS = {">=": AT_LEAST, "<=": AT_MOST, "≥": AT_LEAST, "≤": AT_MOST}
# Of the last twelve months, and the value of a monthly series: what can be judged in any month of a run.
JUDGED = {name: outcome for name, outcome in OUTCOMES.items() if outcome.series and outcome.of_a_year}
_WRITTEN = re.compile(r"\s*([A-Za-z_]\w*)\s*(>=|<=|≥|≤)\s*(\S+)\s*")


@dataclass(frozen=True)
class Threshold:
    """A level that an outcome must not fall below (AT_LEAST) or rise above (AT_MOST).

    outcome: one of JUDGED. level: in its unit (shares between 0 and 1). StudyError for another outcome, or a
    side that asks for what is worse.
    """

    outcome: str
    side: str
    level: float

    def __post_init__(self) -> None:
        if self.outcome not in JUDGED:
            guess = nearest(self.outcome, JUDGED)
            allowed = message("allowed.one_of", names=", ".join(JUDGED))
            wrong = message("problem.instead", place="--while", found=repr(self.outcome), allowed=allowed)
            raise StudyError(
                message("problem.nearest", problem=wrong, nearest=repr(guess)) if guess else wrong
            )
        better = JUDGED[self.outcome].better
        if self.side not in (AT_LEAST, AT_MOST) or better == (-1 if self.side == AT_LEAST else 1):
            sign = "<=" if better < 0 else ">="
            allowed = message("pathways.allowed.side", outcome=self.outcome, sign=sign)
            raise StudyError(message("problem.instead", place="--while", found=self.written, allowed=allowed))
        if not isfinite(self.level):
            allowed = message("allowed.a_number")
            raise StudyError(message("problem.instead", place="--while", found=self.level, allowed=allowed))

    @property
    def written(self) -> str:
        """As a user writes it."""
        return f"{self.outcome} {'>=' if self.side == AT_LEAST else '<='} {self.level:g}"

    @property
    def series(self) -> str:
        """The monthly series that it is judged by."""
        return JUDGED[self.outcome].series

    def met(self, figures: np.ndarray) -> np.ndarray:
        """Whether figures (any shape) are good enough; what is not known is not."""
        with np.errstate(invalid="ignore"):
            return np.asarray(figures >= self.level if self.side == AT_LEAST else figures <= self.level)


def read_thresholds(given: str | Threshold | Sequence[str | Threshold]) -> tuple[Threshold, ...]:
    """What must hold, all of it, as a user writes it: "cycle_share_last_year <= 0.1": an outcome, a sign
    and a number; nothing is evaluated. StudyError for anything else, and for two of one outcome and
    side."""
    listed = [given] if isinstance(given, str | Threshold) else list(given)
    if not listed:
        allowed = message("pathways.allowed.threshold")
        raise StudyError(
            message("problem.instead", place="--while", found=message("found.nothing"), allowed=allowed)
        )
    found = tuple(one if isinstance(one, Threshold) else _read(one) for one in listed)
    sides = [(one.outcome, one.side) for one in found]
    for one in found:
        if sides.count((one.outcome, one.side)) > 1:
            allowed = message("pathways.allowed.once", outcome=one.outcome)
            raise StudyError(message("problem.instead", place="--while", found=one.written, allowed=allowed))
    return found


def _read(written: str) -> Threshold:
    parts = _WRITTEN.fullmatch(written) if isinstance(written, str) else None
    level = _number(parts.group(3)) if parts else None
    if parts is None or level is None:
        told = repr(written) if isinstance(written, str) else kind_of(written)
        allowed = message("pathways.allowed.threshold")
        raise StudyError(message("problem.instead", place="--while", found=told, allowed=allowed))
    return Threshold(parts.group(1), SIGNS[parts.group(2)], level)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def over_the_year(outcome: str, series: np.ndarray) -> np.ndarray:
    """An outcome as it would be, were the run to end in each month: month 0 to the last, NaN before month 12,
    the first that has a year behind it. `series`: the monthly series that it is taken from."""
    values = np.asarray(series, np.float64)
    figures = np.full(values.size, np.nan)
    if JUDGED[outcome].horizon != LAST_YEAR:
        figures[MONTHS_PER_YEAR:] = values[MONTHS_PER_YEAR:]
        return figures
    first = SERIES[JUDGED[outcome].series].since
    for month in range(MONTHS_PER_YEAR, values.size):
        known = values[max(month - MONTHS_PER_YEAR + 1, first) : month + 1]
        figures[month] = fsum(known) / known.size if np.isfinite(known).all() else np.nan
    return figures


def good_enough(thresholds: Sequence[Threshold], series: Mapping[str, np.ndarray]) -> np.ndarray:
    """Whether a run is good enough in each month, 0 to the last; before month 12 it is not known to be.

    `series`: monthly series by name.
    """
    each = [one.met(over_the_year(one.outcome, series[one.series])) for one in thresholds]
    return np.asarray(np.logical_and.reduce(each))
