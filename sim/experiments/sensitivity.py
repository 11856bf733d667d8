"""Which parameters matter: Morris screening, and Sobol indices of those that are left, over the parameters nobody has measured."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from sim.errors import StudyError
from sim.experiments.ensemble import Ensemble
from sim.experiments.plan import Plan, plan_study
from sim.experiments.running import run_cells
from sim.experiments.sensitivity_analysis import MORRIS, SOBOL, Analysis, analyse
from sim.experiments.study_file import Study, check_study, load_study
from sim.experiments.unmeasured import left_out, range_of, unmeasured
from sim.experiments.workplace import Keywords, Workplace, workplace_of
from sim.parameters import PARAMETERS
from sim.runner import resolve
from sim.scenario import Scenario
from sim.scenario.nearest import nearest
from sim.text import message

if TYPE_CHECKING:
    import pandas as pd

KIND = "sensitivity"
METHODS = (MORRIS, SOBOL, "both")
OUTCOMES_OF_INTEREST = (
    "cycle_share",
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

    `factors`: keys (parameters over their plausible range) or ranges by key; default those of `sim.experiments.unmeasured`. `size`: trajectories
    (morris) or base points (sobol, a power of two); a mapping by method for both. Every point is run with the same
    `replications` seeds, and outcomes are their means. "both" screens first, then takes the `top` parameters that move any
    outcome most. `workplace` and its fields as keywords: see Workplace; with an ensemble, replication r has its member r at
    every point, and what it sets is no factor unless asked for (a factor wins over the member).

    Raises EstateError: an unknown key, a point that no scenario can have, a run without a result, an outcome without a value.
    """
    place = workplace_of("sensitivity", workplace, at)
    if method not in METHODS:
        raise StudyError(f"method: found {method!r}, allowed {', '.join(METHODS)}")
    if top < 1:
        raise StudyError(f"top: found {top}, allowed 1 or more")
    base = resolve(scenario, None, months, overrides)
    chosen = list(METHODS[:2]) if method == "both" else [method]
    place, members = place.opened(), place.members()
    taken = _factors(factors, members)
    made: dict[str, Analysis] = {}
    for one in chosen:
        if made:
            taken = {key: taken[key] for key in made[MORRIS].foremost(top)}
        study = _study(
            base,
            one,
            _size(size, one, method),
            taken,
            outcomes,
            replications,
            first_seed,
            design_seed,
            place.seconds,
        )
        if members is not None:
            study = study.model_copy(
                update={
                    "ensemble": members.name if isinstance(place.ensemble, Ensemble) else str(place.ensemble)
                }
            )
        made[one] = _carry_out(_PlanOver(base, study, members), place)
    return Sensitivity(base, made)


def sensitivity_of_study(what: Study | str | Path, workplace: Workplace | None = None) -> Sensitivity:
    """Carry out a study whose design is morris or sobol, and analyse it. StudyError for another design.

    What the workplace says of time limit and ensemble wins over the study.
    """
    place = workplace or Workplace()
    study = what if isinstance(what, Study) else load_study(what)[0]
    if study.design.kind not in (MORRIS, SOBOL):
        raise StudyError(
            f"study {study.name}: design: found {study.design.kind!r}, allowed {MORRIS!r} or {SOBOL!r}"
        )
    plan = plan_study(what, ensemble=place.ensemble)
    return Sensitivity(plan.bases[study.base], {study.design.kind: _carry_out(plan, place)})


def again(scenario: Scenario, study: Study, workplace: Workplace) -> Analysis:
    """Carry out one analysis of a scenario again, as the study of a saved one says (its ensemble too), at the workplace's level."""
    return _carry_out(_PlanOver(scenario, study), workplace)


class _PlanOver(Plan):
    """The plan of a study over a scenario in memory, which may come from no file."""

    def __init__(self, scenario: Scenario, study: Study, ensemble: Ensemble | None = None) -> None:
        self.given = scenario
        super().__init__(study, Path(f"sensitivity of {scenario.name}"), ensemble)
        self.check_points()

    def _base(self, name: str) -> Scenario:
        return self.given


def _factors(factors: Factors, ensemble: Ensemble | None) -> dict[str, tuple[float, float]]:
    """Ranges by key. StudyError for a key without a range of its own, or where the factors leave nothing to the ensemble."""
    drawn = set(ensemble.keys) if ensemble is not None else set()
    if factors is None:
        return {key: bounds for key, bounds in unmeasured().items() if key not in drawn}
    found = _given(factors)
    if ensemble is not None and drawn <= {key.removeprefix("parameters.") for key in found}:
        raise StudyError(
            f"ensemble {ensemble.name}: found every one of its parameters among the factors, allowed an ensemble that sets others too"
        )
    return found


def _given(factors: Mapping[str, tuple[float, float]] | Sequence[str]) -> dict[str, tuple[float, float]]:
    if isinstance(factors, Mapping):
        return {key: (float(low), float(high)) for key, (low, high) in factors.items()}
    found: dict[str, tuple[float, float]] = {}
    for key in factors:
        parameter = PARAMETERS.get(key.removeprefix("parameters."))
        if parameter is None:
            guess = nearest(key, PARAMETERS)
            hint = f"; did you mean {guess!r}?" if guess else ""
            raise StudyError(f"factor: found {key!r}, allowed a parameter, or any key with a range{hint}")
        found[parameter.key] = range_of(parameter)
    return found


def _size(size: int | Mapping[str, int] | None, method: str, asked: str) -> int:
    if size is None:
        return SIZES[method]
    if isinstance(size, int):
        if asked == "both":
            raise StudyError(
                "size: found one number for both methods, allowed none (the defaults), or a number for each by name"
            )
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
    words = {"en": f"Sensitivity of {base.name} ({method})", "zh": f"{base.name}的敏感性分析（{method}）"}
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
        raise StudyError(
            f"study {study.name}: seeds: found {study.seeds!r}, allowed 'common': else luck would count as sensitivity"
        )
    place = replace(workplace, timeout=workplace.timeout or study.timeout)
    results = run_cells(plan, place, keys=plan.keys, biggest=plan.biggest)
    results.require_complete()
    found = results.store.columns(plan.keys, study.outcomes)
    values = [found[key] for key in plan.keys]
    return analyse(
        study, plan.axes, plan.points, values, place.interval_level, results.digest(), results.executed
    )


class Sensitivity:
    """What was found: `screening` (Morris) and `indices` (Sobol), each None if it was not asked for."""

    def __init__(self, scenario: Scenario, analyses: Mapping[str, Analysis]) -> None:
        """Made by `sensitivity`."""
        self.scenario, self.analyses = scenario, dict(analyses)

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

    def sentences(self, lang: str = "en") -> list[str]:
        """For each outcome, the parameters that move it most."""
        from sim.outputs.sensitivity_words import sentences_of

        return sentences_of(self, lang)

    def warnings(self, lang: str = "en") -> list[str]:
        """What a reader must know before trusting the numbers."""
        from sim.outputs.sensitivity_words import warnings_of

        study = self.final.study
        followed = (
            [message("ensemble.followed", name=study.ensemble, used=study.replications).in_language(lang)]
            if study.ensemble
            else []
        )
        return [*followed, *warnings_of(self, lang)]

    def plot(self, name: str = "tornado", lang: str = "en") -> Any:
        """One chart of `sim.outputs.sensitivity.SENSITIVITY_CHARTS` as a Figure."""
        from sim.outputs.sensitivity import sensitivity_chart

        return sensitivity_chart(self, name, lang)

    def _repr_html_(self) -> str:
        from sim.results.shown import shown_html

        facts = " · ".join(
            f"{name}: {len(one.axes)} factors, {len(one.points):,} points x {one.study.replications}"
            for name, one in self.analyses.items()
        )
        return shown_html(
            self.scenario.title.in_language("en"),
            facts,
            self.sentences(),
            self.warnings(),
            self.table.groupby("outcome", sort=False).head(10),
        )

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
        found: dict[str, pd.DataFrame] = {}
        for name, analysis in self.analyses.items():
            found |= {name: analysis.table, f"{name}_points": analysis.point_table}
        return found

    def save(self, folder: Path | str) -> Path:
        """Write every table as Parquet and CSV, and `manifest.json` last; returns the folder.

        ResultError if it holds another result, or if that fails.
        """
        from sim.results.folder import write

        return write(Path(folder), KIND, self.key, self.manifest(), self.tables())

    def manifest(self) -> dict[str, Any]:
        """What was asked and how, in plain data."""
        from sim.fingerprint import model_source_hash, summary_source_hash
        from sim.results.provenance import git_state, machine, versions
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
            "model_source_hash": model_source_hash(),
            "summary_source_hash": summary_source_hash(),
            "versions": versions(),
            "platform": machine(),
            "git": git_state(),
            "sentences": {lang: self.sentences(lang) for lang in ("zh", "en")},
            "warnings": {lang: self.warnings(lang) for lang in ("zh", "en")},
        }
