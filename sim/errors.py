"""Every exception that this package raises on purpose.

EstateError
├── ScenarioError      a scenario, an override or a setting cannot be used (lists every problem found)
├── ResultError        a result folder is missing, damaged or of another version
├── StudyError         a study cannot be planned, continued or analysed
├── EngineError        a run could not be carried out: timeout, a worker that died
├── EvidenceError      the evidence register is missing, or an entry of it is wrong
└── ConservationError  a month in which the ledger does not balance: a defect of the model, never of the input
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

__all__ = [
    "ConservationError",
    "EngineError",
    "EstateError",
    "EvidenceError",
    "Problem",
    "ResultError",
    "ScenarioError",
    "StudyError",
]


class EstateError(Exception):
    """Base of all errors that a user can cause and read; a command prints its text without a traceback."""


@dataclass(frozen=True)
class Problem:
    """One thing wrong with an input: where it stands, what was found, what is allowed and what may have been meant."""

    file: str
    key: str
    found: str
    allowed: str
    nearest: str = ""

    def __str__(self) -> str:
        place = f"{self.file}: {self.key}" if self.key else self.file
        hint = f"; did you mean {self.nearest!r}?" if self.nearest else ""
        return f"{place}: found {self.found}; allowed: {self.allowed}{hint}"


class ScenarioError(EstateError):
    """A scenario that cannot be used; `problems` holds every one of its problems, the text one per line."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[type[ScenarioError], tuple[tuple[Problem, ...]]]:
        """Keep the problems when a worker process hands the error to its parent."""
        return type(self), (self.problems,)


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
