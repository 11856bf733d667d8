"""Simulate the governance of a city's residential estates: fees, service, refusal, and what policy changes.

    import sim
    run = sim.run("vicious_cycle", seed=1)
    run.city[["collection", "quality", "satisfaction"]]
    run.plot()

Names are imported when first used, so that `import sim` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim import charts
    from sim.errors import (
        CityError,
        ConservationError,
        EngineError,
        EstateError,
        EvidenceError,
        ResultError,
        ScenarioError,
        StudyError,
    )
    from sim.experiments.ensemble import load_ensemble
    from sim.experiments.progress import progress_bar
    from sim.experiments.scaled import scaled
    from sim.experiments.workplace import Workplace
    from sim.mesa_city import City
    from sim.model.parameters import PARAMETERS
    from sim.model.programmes.base import Intervention, fen
    from sim.outputs.archive import archive, verify
    from sim.outputs.report.write import load_result
    from sim.replications import replicate
    from sim.results import Run, load_run
    from sim.results.branching import branch
    from sim.results.engines import InProcess
    from sim.runner import run, warm_up
    from sim.scenario import Scenario, list_scenarios, load, setting, with_overrides
    from sim.scenario.overrides import with_programmes
    from sim.studies.ablation.ablate import ablate
    from sim.studies.budget.budget import budget
    from sim.studies.calibration.calibration import calibrate
    from sim.studies.comparison.compare import Adaptive, compare
    from sim.studies.comparison.decision import Decide
    from sim.studies.comparison.withdrawal import withdrawal_test
    from sim.studies.draws.repeated import Repeated, repeat
    from sim.studies.pathways.pathways import pathways
    from sim.studies.run.diff import diff
    from sim.studies.sensitivity.sensitivity import sensitivity
    from sim.studies.study.study import study
    from sim.studies.tipping.tipping import tipping
    from sim.text import in_language, languages, use_language
    from sim.words import Word

__all__ = [
    "PARAMETERS",
    "Adaptive",
    "City",
    "CityError",
    "ConservationError",
    "Decide",
    "EngineError",
    "EstateError",
    "EvidenceError",
    "InProcess",
    "Intervention",
    "Repeated",
    "ResultError",
    "Run",
    "Scenario",
    "ScenarioError",
    "StudyError",
    "Word",
    "Workplace",
    "__version__",
    "ablate",
    "archive",
    "branch",
    "budget",
    "calibrate",
    "charts",
    "compare",
    "diff",
    "fen",
    "in_language",
    "languages",
    "list_scenarios",
    "load",
    "load_ensemble",
    "load_result",
    "load_run",
    "pathways",
    "progress_bar",
    "repeat",
    "replicate",
    "run",
    "scaled",
    "sensitivity",
    "setting",
    "study",
    "tipping",
    "use_language",
    "verify",
    "warm_up",
    "with_overrides",
    "with_programmes",
    "withdrawal_test",
]

_HOMES = {
    "load_ensemble": "sim.experiments.ensemble",
    "City": "sim.mesa_city",
    "archive": "sim.outputs.archive",
    "verify": "sim.outputs.archive",
    "branch": "sim.results.branching",
    "InProcess": "sim.results.engines",
    "Intervention": "sim.model.programmes.base",
    "PARAMETERS": "sim.model.parameters",
    "Run": "sim.results",
    "Scenario": "sim.scenario",
    "Word": "sim.words",
    "Workplace": "sim.experiments.workplace",
    "fen": "sim.model.programmes.base",
    "in_language": "sim.text",
    "languages": "sim.text",
    "list_scenarios": "sim.scenario",
    "load": "sim.scenario",
    "load_result": "sim.outputs.report.write",
    "load_run": "sim.results",
    "progress_bar": "sim.experiments.progress",
    "replicate": "sim.replications",
    "run": "sim.runner",
    "scaled": "sim.experiments.scaled",
    "setting": "sim.scenario",
    "use_language": "sim.text",
    "warm_up": "sim.runner",
    "with_overrides": "sim.scenario",
    "with_programmes": "sim.scenario.overrides",
}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import PackageNotFoundError, version

        try:
            return version("estate-governance-simulator")
        except PackageNotFoundError:
            return "unknown"
    if name == "charts":
        return import_module("sim.charts")
    home = _HOMES.get(name, "") or _home_in_kinds(name) or ("sim.errors" if name in __all__ else "")
    if not home:
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def _home_in_kinds(name: str) -> str:
    """The module of a public function of a kind of result; "" if there is none of this name."""
    if name.startswith("_"):
        return ""
    from sim.kinds import kinds

    for kind in kinds().values():
        if name in kind.functions:
            return kind.module_of(kind.functions[name])
    return ""


def __dir__() -> list[str]:
    return sorted(set(globals()) | set(__all__))
