"""A sensitivity analysis read back from the folder that it was saved in: its tables and sentences as they were written."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.errors import ResultError, ScenarioError, StudyError
from sim.experiments.design import Axis
from sim.experiments.sensitivity import KIND, Sensitivity
from sim.experiments.sensitivity_analysis import Analysis
from sim.experiments.study_file import Study
from sim.results.folder import MANIFEST, read
from sim.scenario.loading import check

if TYPE_CHECKING:
    import pandas as pd

    from sim.scenario import Scenario


class SavedSensitivity(Sensitivity):
    """As the analysis that was saved, for reading and drawing; of the runs it has the means of every point."""

    def __init__(self, scenario: Scenario, analyses: dict[str, Analysis], manifest: dict[str, Any]) -> None:
        """Made by `load_sensitivity`."""
        super().__init__(scenario, analyses)
        self.saved_manifest = manifest
        self.__dict__["key"] = str(manifest["key"])

    def sentences(self, lang: str = "en") -> list[str]:
        """The sentences as they were saved."""
        return list(self.saved_manifest["sentences"][lang])

    def warnings(self, lang: str = "en") -> list[str]:
        """The warnings as they were saved."""
        return list(self.saved_manifest["warnings"][lang])

    def save(self, folder: Path | str) -> Path:
        """StudyError: what was read from a folder is not written to another as if it had been computed; copy the folder."""
        raise StudyError(f"{folder}: an analysis read from a folder is not saved again; copy its folder")


def load_sensitivity(folder: str | Path) -> SavedSensitivity:
    """The sensitivity analysis saved in a folder. ResultError if something is missing, damaged, changed by hand or of another kind."""
    saved = read(folder, KIND)
    place, manifest = saved.place, saved.manifest
    try:
        analyses = {
            name: _analysis(name, told, saved.frame(name), saved.frame(f"{name}_points"))
            for name, told in manifest["analyses"].items()
        }
        return SavedSensitivity(check(manifest["scenario"], {}, str(place / MANIFEST)), analyses, manifest)
    except ScenarioError as error:
        raise ResultError(f"{place}: its scenario cannot be read by this version:\n{error}") from None
    except (ValueError, KeyError, TypeError) as error:
        raise ResultError(
            f"{place}: cannot be read as a sensitivity analysis ({type(error).__name__}: {error})"
        ) from None


def _analysis(method: str, told: dict[str, Any], rows: pd.DataFrame, points: pd.DataFrame) -> Analysis:
    # saved tables hold lists, and a checked study tuples; JSON text is what both come from
    study = Study.model_validate_json(json.dumps(told["study"]))
    ends = rows.drop_duplicates("parameter").set_index("parameter")
    axes = [Axis(str(key), float(row["low"]), float(row["high"])) for key, row in ends.iterrows()]
    means = {outcome: points[outcome].to_numpy(np.float64)[:, None] for outcome in study.outcomes}
    noise = {outcome: math.nan if share is None else float(share) for outcome, share in told["noise"].items()}
    records: Any = rows.to_dict("records")
    return Analysis(
        method,
        study,
        axes,
        points.drop(columns=list(study.outcomes)).to_dict("records"),
        means,
        records,
        noise,
        float(told["level"]),
        str(told["digest"]),
        0,
    )
