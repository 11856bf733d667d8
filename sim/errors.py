"""Every exception that this package raises on purpose.

EstateError
├── ScenarioError      a scenario, an override or a setting cannot be used (lists every problem found)
├── CityError          a table of estates cannot be read, or no city be made of it
├── ResultError        a result folder is missing, damaged or of another version
├── StudyError         a study cannot be planned, continued or analysed
├── EngineError        a run could not be carried out: timeout, a worker that died
├── EvidenceError      the evidence register is missing, or an entry of it is wrong
└── ConservationError  a month in which the ledger does not balance: a defect of the model, never of the input
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.problems import Problem

__all__ = [
    "CityError",
    "ConservationError",
    "EngineError",
    "EstateError",
    "EvidenceError",
    "ResultError",
    "ScenarioError",
    "StudyError",
]


class EstateError(Exception):
    """Base of all errors that a user can cause and read; a command prints its text without a traceback."""


class ScenarioError(EstateError):
    """A scenario that cannot be used; `problems` holds every one of its problems, the text one per line."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)

    def __reduce__(self) -> tuple[type[ScenarioError], tuple[tuple[Problem, ...]]]:
        """Keep the problems when a worker process hands the error to its parent."""
        return type(self), (self.problems,)


class CityError(EstateError):
    """A table of estates that cannot be read, or a folder of a city that cannot be made of it."""


class ResultError(EstateError):
    """A result folder that is missing, damaged, or written by a version that this one cannot read."""


class StudyError(EstateError):
    """A study that cannot be planned, continued or analysed as asked."""


class EngineError(EstateError):
    """A run that could not be carried out: it took too long, or its worker died."""


class EvidenceError(EstateError):
    """An evidence register that is missing or that contradicts itself."""


class ConservationError(EstateError):
    """A month in which the changes of all accounts do not add up to zero fen."""
