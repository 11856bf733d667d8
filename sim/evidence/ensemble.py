"""A named ensemble: many sets of parameters that the evidence cannot tell apart, so that intervals contain that doubt too.

One CSV file in `results/ensembles`: a column for each key (as for --set), a row for each member.
"""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from pathlib import Path

from sim.errors import StudyError
from sim.parameters import PARAMETERS
from sim.scenario.nearest import nearest

FOLDER = Path("results") / "ensembles"


@dataclass(frozen=True)
class Ensemble:
    """Members are parameter values by key; replication r (from 0) is run with member r, beginning again after the last."""

    name: str
    members: tuple[dict[str, float], ...]

    def member(self, replication: int) -> dict[str, float]:
        """The parameters of a replication."""
        return self.members[replication % len(self.members)]


def load_ensemble(name: str | Path) -> Ensemble:
    """The ensemble of a name in `results/ensembles`, or of the path of a CSV file.

    StudyError for a missing file, an unknown parameter, or a value that is no number or outside its range.
    """
    path = Path(name)
    if path.suffix != ".csv":
        path = FOLDER / f"{name}.csv"
    if not path.is_file():
        known = sorted(file.stem for file in FOLDER.glob("*.csv")) if FOLDER.is_dir() else []
        raise StudyError(f"{path}: no such ensemble; there are: {', '.join(known) or 'none'}")
    try:
        rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise StudyError(f"{path}: cannot be read as CSV ({error})") from None
    if not rows:
        raise StudyError(f"{path}: found no member, allowed one or more")
    return Ensemble(path.stem, tuple(_member(path, number, row) for number, row in enumerate(rows, 2)))


def _member(path: Path, line: int, row: dict[str, str]) -> dict[str, float]:
    found = {}
    for written, text in row.items():
        key = (written or "").removeprefix("parameters.")
        parameter = PARAMETERS.get(key)
        if parameter is None:
            guess = nearest(key, PARAMETERS)
            raise StudyError(f"{path}: line {line}: found {written!r}, allowed a parameter" + (f"; did you mean {guess!r}?" if guess else ""))
        try:
            value = float(text)
        except (TypeError, ValueError):
            value = math.nan
        if not parameter.low <= value <= parameter.high:
            raise StudyError(f"{path}: line {line}: {key}: found {text!r}, allowed {parameter.low:g} to {parameter.high:g}")
        found[parameter.key] = value
    return found
