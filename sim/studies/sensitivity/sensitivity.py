"""Which parameters matter: Morris screening, and Sobol indices of those that are left, over the
parameters nobody has measured."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from sim.arguments import check_factors, text, texts, whole
from sim.errors import ResultError, ScenarioError, StudyError
from sim.experiments.ensemble import Ensemble
from sim.experiments.intervals import NO_RANGE, Range
from sim.experiments.plan import Axis, Plan, plan_study
from sim.experiments.study_file import Study, check_study, load_study
from sim.experiments.unmeasured import left_out, range_of, unmeasured
from sim.experiments.workplace import Keywords, Workplace, run_planned, workplace_of
from sim.model.parameters import PARAMETERS
from sim.problems import nearest
from sim.results.folder import MANIFEST, MISSHAPEN, Saved, read, write
from sim.results.result import Result
from sim.runner import resolve
from sim.scenario import Scenario
from sim.scenario.loading import check
from sim.studies.sensitivity.analysis import MORRIS, SOBOL, Analysis, analyse
from sim.text import language, languages, message
from sim.text.catalog import by_language
from sim.text.system import told as why

if TYPE_CHECKING:
    import pandas as pd

KIND = "sensitivity"
METHODS = (MORRIS, SOBOL, "both")
OUTCOMES_OF_INTEREST = (
    "cycle_share_last_year",
    "collection_last_year",
    "satisfaction_last_year",
    "worst_decile_satisfaction",
)
SIZES = {MORRIS: 10, SOBOL: 64}  # trajectories; base points
REPLICATIONS = 3
TOP = 8  # parameters that go on from screening to Sobol indices
Factors = Mapping[str, tuple[float, float]] | Sequence[str] | None


def sensitivity(
    scenario: Scenario | str | Path,
    method: str = MORRIS,
    size: int | Mapping[str, int] | None = None,
    *,
    outcomes: Sequence[str] = OUTCOMES_OF_INTEREST,
    factors: Factors = None,
    replications: int = REPLICATIONS,
    first_seed: int = 1,
    design_seed: int = 1,
    months: int | None = None,
    overrides: Mapping[str, Any] | None = None,
    top: int = TOP,
    workplace: Workplace | None = None,
    **at: Unpack[Keywords],
) -> Sensitivity:
    """How outcomes of a scenario depend on parameters: "morris" screening, "sobol" indices, or "both".

    `factors`: keys (parameters over their plausible range) or ranges by key; default those of
    `sim.experiments.unmeasured`. `size`: trajectories (morris) or base points (sobol, a power of two); a
    mapping by method for both. Every point is run with the same `replications` seeds, and outcomes are their
    means. "both" screens first, then takes the `top` parameters that move any outcome most. `workplace` and
    its fields as keywords: see Workplace; with an ensemble, replication r has its member r at every point,
    and what it sets is no factor unless asked for (a factor wins over the member).

    Raises EstateError: an unknown key, a point that no scenario can have, a run without a result, an
    outcome without a value.
    """
    workplace = workplace_of("sensitivity", workplace, at)
    if text("method", method) not in METHODS:
        allowed = ", ".join(METHODS)
        raise StudyError(message("problem.instead", place="method", found=repr(method), allowed=allowed))
    top = whole("top", top)
    if top < 1:
        at_least = message("allowed.at_least_one")
        raise StudyError(message("problem.instead", place="top", found=top, allowed=at_least))
    replications = whole("replications", replications)
    first_seed, design_seed = whole("first_seed", first_seed, 0), whole("design_seed", design_seed, 0)
    texts("outcomes", outcomes)
    if factors is not None:
        check_factors("factors", factors)
    _check_size(size)
    base = resolve(scenario, None, months, overrides)
    chosen = list(METHODS[:2]) if method == "both" else [method]
    workplace, members = workplace.opened(), workplace.members()
    taken = _factors(factors, members)
    analyses: dict[str, Analysis] = {}
    for outcome in chosen:
        if analyses:
            taken = {key: taken[key] for key in analyses[MORRIS].foremost(top)}
        study = _study(
            base,
            outcome,
            _size(size, outcome, method),
            taken,
            outcomes,
            replications,
            first_seed,
            design_seed,
            workplace.seconds,
        )
        if members is not None:
            study = study.model_copy(
                update={
                    "ensemble": members.name
                    if isinstance(workplace.ensemble, Ensemble)
                    else str(workplace.ensemble)
                }
            )
        analyses[outcome] = _carry_out(_PlanOver(base, study, members), workplace)
    return Sensitivity(base, analyses, members)


def sensitivity_of_study(what: Study | str | Path, workplace: Workplace | None = None) -> Sensitivity:
    """Carry out a study whose design is morris or sobol, and analyse it. StudyError for another design.

    What the workplace says of time limit and ensemble wins over the study.
    """
    workplace = workplace or Workplace()
    study = what if isinstance(what, Study) else load_study(what)[0]
    if study.design.kind not in (MORRIS, SOBOL):
        where = message("sensitivity.place.design", name=study.name)
        allowed = message("allowed.one_of_two", one=repr(MORRIS), other=repr(SOBOL))
        kind = repr(study.design.kind)
        raise StudyError(message("problem.instead", place=where, found=kind, allowed=allowed))
    plan = plan_study(what, ensemble=workplace.ensemble)
    return Sensitivity(
        plan.bases[study.base], {study.design.kind: _carry_out(plan, workplace)}, plan.ensemble
    )


def again(saved: Sensitivity, workplace: Workplace) -> Sensitivity:
    """A saved one carried out once more, as the studies of its analyses say (ensemble and level too)."""
    analyses = {
        name: _carry_out(
            _PlanOver(saved.scenario, one.study, saved.ensemble), replace(workplace, level=one.level)
        )
        for name, one in saved.analyses.items()
    }
    return Sensitivity(saved.scenario, analyses, saved.ensemble)


class _PlanOver(Plan):
    """The plan of a study over a scenario in memory, which may come from no file."""

    def __init__(self, scenario: Scenario, study: Study, ensemble: Ensemble | None = None) -> None:
        self.given = scenario
        super().__init__(study, Path(f"sensitivity of {scenario.name}"), ensemble)
        self.check_points()

    def _base(self, name: str) -> Scenario:
        return self.given


def _factors(factors: Factors, ensemble: Ensemble | None) -> dict[str, tuple[float, float]]:
    """Ranges by key. StudyError for a key without a range of its own, or where the factors leave
    nothing to the ensemble."""
    drawn = set(ensemble.keys) if ensemble is not None else set()
    if factors is None:
        return {key: bounds for key, bounds in unmeasured().items() if key not in drawn}
    ranges = _given(factors)
    if ensemble is not None and drawn <= {key.removeprefix("parameters.") for key in ranges}:
        raise StudyError(message("sensitivity.error.ensemble", name=ensemble.name))
    return ranges


def _given(factors: Mapping[str, tuple[float, float]] | Sequence[str]) -> dict[str, tuple[float, float]]:
    if isinstance(factors, Mapping):
        return {key: (float(low), float(high)) for key, (low, high) in factors.items()}
    ranges: dict[str, tuple[float, float]] = {}
    for key in factors:
        parameter = PARAMETERS.get(key.removeprefix("parameters."))
        if parameter is None:
            allowed = message("sensitivity.allowed.factor")
            text = message("problem.instead", place="factor", found=repr(key), allowed=allowed)
            guess = nearest(key, PARAMETERS)
            hint = message("problem.nearest", problem=text, nearest=repr(guess))
            raise StudyError(hint if guess else text)
        ranges[parameter.key] = range_of(parameter)
    return ranges


def _check_size(size: Any) -> None:
    """StudyError for a size, or one of several by method, that is no whole number."""
    for one in size.values() if isinstance(size, Mapping) else [] if size is None else [size]:
        whole("size", one)


def _size(size: int | Mapping[str, int] | None, method: str, asked: str) -> int:
    if size is None:
        return SIZES[method]
    if isinstance(size, int):
        if asked == "both":
            raise StudyError(message("sensitivity.error.size"))
        return size
    return size.get(method, SIZES[method])


def _study(
    base: Scenario,
    method: str,
    size: int,
    factors: Mapping[str, tuple[float, float]],
    outcomes: Sequence[str],
    replications: int,
    first_seed: int,
    design_seed: int,
    timeout: float,
) -> Study:
    title = message("sensitivity.study_title", name=base.name, method=method)
    words = by_language(title)
    design = {"kind": method, "size": size, "seed": design_seed}
    listed = [{"key": key, "low": low, "high": high} for key, (low, high) in factors.items()]
    return check_study(
        {
            "name": f"{base.name}_{method}",
            "title": words,
            "question": words,
            "base": base.name,
            "design": design,
            "factors": listed,
            "replications": replications,
            "seed": first_seed,
            "outcomes": list(outcomes),
            "timeout": float(timeout),
        },
        "sensitivity",
    )


def _carry_out(plan: Plan, workplace: Workplace) -> Analysis:
    study = plan.study
    if study.seeds != "common":
        raise StudyError(message("sensitivity.error.seeds", name=study.name, found=repr(study.seeds)))
    workplace = replace(workplace, timeout=workplace.timeout or study.timeout)
    results = run_planned(plan, workplace, keys=plan.keys, biggest=plan.biggest)
    results.require_complete()
    columns = results.store.columns(plan.keys, study.outcomes)
    values = [columns[key] for key in plan.keys]
    return analyse(
        study, plan.axes, plan.points, values, workplace.interval_level, results.digest(), results.executed
    )


class Sensitivity(Result):
    """What was found: `screening` (Morris) and `indices` (Sobol), each None if it was not asked for."""

    def __init__(
        self, scenario: Scenario, analyses: Mapping[str, Analysis], ensemble: Ensemble | None = None
    ) -> None:
        """Made by `sensitivity`; `ensemble`: over which it was (None also where an earlier
        version saved only its name)."""
        self.scenario, self.analyses, self.ensemble = scenario, dict(analyses), ensemble

    @property
    def screening(self) -> Analysis | None:
        """Morris screening: cheap, says which parameters matter at all."""
        return self.analyses.get(MORRIS)

    @property
    def indices(self) -> Analysis | None:
        """Sobol indices: dear, say what share of an outcome's variance each parameter is answerable for."""
        return self.analyses.get(SOBOL)

    @property
    def final(self) -> Analysis:
        """The last analysis made: the indices if there are any."""
        return list(self.analyses.values())[-1]

    @property
    def outcomes(self) -> tuple[str, ...]:
        """Names of the outcomes, the main one first."""
        return tuple(self.final.study.outcomes)

    @property
    def executed(self) -> int:
        """Runs carried out now rather than found in the store."""
        return sum(analysis.executed for analysis in self.analyses.values())

    @property
    def table(self) -> pd.DataFrame:
        """The table of the last analysis: one row per parameter and outcome."""
        return self.final.table

    @property
    def digest(self) -> str:
        """SHA-256 over all runs of each analysis."""
        return " ".join(one.digest for one in self.analyses.values())

    @cached_property
    def key(self) -> str:
        """Sixteen hex digits that name the runs and what was asked of them."""
        text = " ".join(
            f"{name} {one.digest} {one.study.model_dump_json()} {one.level}"
            for name, one in self.analyses.items()
        )
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table by name."""
        tables: dict[str, pd.DataFrame] = {}
        for name, analysis in self.analyses.items():
            tables |= {name: analysis.table, f"{name}_points": analysis.point_table}
            if analysis.tells_ranges:
                tables[f"{name}_outcomes"] = analysis.outcome_table
        return tables

    def save(self, folder: Path | str) -> Path:
        """Write every table as Parquet and CSV, and `manifest.json` last; returns the folder.

        ResultError if it holds another result, or if that fails.
        """
        return write(Path(folder), KIND, self.key, self.manifest(), self.tables())

    def manifest(self) -> dict[str, Any]:
        """What was asked and how, in plain data."""
        from sim.fingerprint import model_source_hash, summary_source_hash
        from sim.results.provenance import here
        from sim.scenario import content_hash, to_data

        return {
            "key": self.key,
            "scenario": to_data(self.scenario),
            "content_hash": content_hash(self.scenario),
            "analyses": {
                name: {
                    "study": one.study.model_dump(mode="json"),
                    "digest": one.digest,
                    "level": one.level,
                    "runs": len(one.points) * one.study.replications,
                    "noise": one.noise,
                }
                for name, one in self.analyses.items()
            },
            "left_out": left_out(),
            "ensemble": self.ensemble.facts(self.final.study.replications) if self.ensemble else None,
            "model_source_hash": model_source_hash(),
            "summary_source_hash": summary_source_hash(),
            **here(),
            "sentences": {lang: self.sentences(lang) for lang in languages()},
            "warnings": {lang: self.warnings(lang) for lang in languages()},
        }


class SavedSensitivity(Sensitivity):
    """As the analysis that was saved, for reading and drawing; of the runs it has
    the means of every point."""

    def __init__(self, scenario: Scenario, analyses: dict[str, Analysis], manifest: dict[str, Any]) -> None:
        """Made by `load_sensitivity`."""
        super().__init__(scenario, analyses, Ensemble.of_facts(manifest.get("ensemble")))
        self.saved_manifest = manifest
        self.__dict__["key"] = str(manifest["key"])

    def sentences(self, lang: str | None = None) -> list[str]:
        """The sentences as they were saved; those of today in a language that was none then."""
        saved = self.saved_manifest["sentences"].get(lang or language())
        return super().sentences(lang) if saved is None else list(saved)

    def warnings(self, lang: str | None = None) -> list[str]:
        """The warnings as they were saved; those of today in a language that was none then."""
        saved = self.saved_manifest["warnings"].get(lang or language())
        return super().warnings(lang) if saved is None else list(saved)

    def save(self, folder: Path | str) -> Path:
        """StudyError: what was read from a folder is not written to another as if it had been
        computed; copy the folder."""
        raise StudyError(message("sensitivity.error.saved_again", folder=folder))


def load_sensitivity(folder: str | Path) -> SavedSensitivity:
    """The sensitivity analysis saved in a folder. ResultError if something is missing, damaged, changed by
    hand or of another kind."""
    saved = read(folder, KIND)
    path, manifest = saved.folder, saved.manifest
    try:
        analyses = {
            name: _analysis(
                name, told, saved.frame(name), saved.frame(f"{name}_points"), _ranges(saved, name, told)
            )
            for name, told in manifest["analyses"].items()
        }
        return SavedSensitivity(check(manifest["scenario"], {}, str(path / MANIFEST)), analyses, manifest)
    except ScenarioError as error:
        raise ResultError(message("folder.scenario", folder=path, error=error)) from None
    except MISSHAPEN as error:
        raise ResultError(message("sensitivity.error.unreadable", folder=path, error=why(error))) from None


def _ranges(saved: Saved, method: str, told: Mapping[str, Any]) -> dict[str, Range]:
    """By outcome the range of all runs; one without ends for each in a folder of before ranges were saved."""
    if not saved.has(f"{method}_outcomes"):
        return dict.fromkeys(told["study"]["outcomes"], NO_RANGE)
    rows: Any = saved.frame(f"{method}_outcomes").to_dict("records")
    return {str(row["outcome"]): Range.of_row(row) for row in rows}


def _analysis(
    method: str,
    told: dict[str, Any],
    rows: pd.DataFrame,
    points: pd.DataFrame,
    ranges: Mapping[str, Range],
) -> Analysis:
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
        ranges,
    )
