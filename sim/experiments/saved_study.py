"""A study read back from the folder that it was saved in."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import ResultError
from sim.experiments.study import KIND
from sim.experiments.study_file import Study
from sim.results.folder import read

if TYPE_CHECKING:
    import pandas as pd

KEYS = ("run", "point", "replication", "seed", "status")


class SavedStudy:
    """A study as saved: `study` (what was asked), `table` (its runs), `saved_manifest`."""

    def __init__(self, study: Study, runs: pd.DataFrame, manifest: dict[str, Any]) -> None:
        """Made by `load_study`."""
        self.study, self._runs, self.saved_manifest = study, runs, manifest

    def __len__(self) -> int:
        return len(self._runs)

    @property
    def missing(self) -> int:
        """Runs without a result."""
        return int((self._runs["status"] != "done").sum())

    def table(self, outcomes: Sequence[str]) -> pd.DataFrame:
        """One row a run: keys, status, factors and these outcomes."""
        from sim.results.outcomes import OUTCOMES

        factors = [name for name in self._runs.columns if name not in KEYS and name not in OUTCOMES]
        return self._runs[[*KEYS, *factors, *outcomes]]

    def _repr_html_(self) -> str:
        from sim.results.shown import shown_html

        facts = f"{len(self) - self.missing} of {len(self)} runs · {self.study.replications} of each combination · {self.study.question.in_language('en')}"
        return shown_html(
            self.study.title.in_language("en"), facts, (), (), self.table(self.study.outcomes).head(20)
        )


def load_study(folder: str | Path) -> SavedStudy:
    """The study saved in a folder. ResultError if something is missing, damaged, changed by hand or of another kind."""
    saved = read(folder, KIND)
    try:
        # saved tables hold lists, and a checked study tuples; JSON text is what both come from
        runs = saved.table("runs").to_pandas()
        asked = json.dumps(saved.manifest["study"])
        study = Study.model_validate_json(asked, context={"outcomes": tuple(runs.columns)})
        return SavedStudy(study, runs, saved.manifest)
    except (ValueError, KeyError, TypeError) as error:
        raise ResultError(
            f"{saved.place}: cannot be read as a study ({type(error).__name__}: {error})"
        ) from None
