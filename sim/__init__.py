"""Simulate the governance of a city's residential estates: fees, service, refusal, and what policy changes.

    import sim
    run = sim.run("vicious_cycle", seed=1)
    run.city[["collection_rate", "quality", "satisfaction"]]
    run.plot()

Names are imported when first used, so that `import sim` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim import charts
    from sim.city import City
    from sim.errors import (
        ConservationError,
        EngineError,
        EstateError,
        EvidenceError,
        ResultError,
        ScenarioError,
        StudyError,
    )
    from sim.experiments.ablate import ablate
    from sim.experiments.budget import budget
    from sim.experiments.compare import Adaptive, compare
    from sim.experiments.sensitivity import sensitivity
    from sim.experiments.study import study
    from sim.experiments.tipping import tipping
    from sim.experiments.withdrawal import withdrawal_test
    from sim.parameters import PARAMETERS
    from sim.results import Run, load_run
    from sim.runner import run, warm_up
    from sim.scenario import Scenario, list_scenarios, load, with_overrides

__all__ = [
    "PARAMETERS",
    "Adaptive",
    "City",
    "ConservationError",
    "EngineError",
    "EstateError",
    "EvidenceError",
    "ResultError",
    "Run",
    "Scenario",
    "ScenarioError",
    "StudyError",
    "__version__",
    "ablate",
    "budget",
    "charts",
    "compare",
    "list_scenarios",
    "load",
    "load_run",
    "run",
    "sensitivity",
    "study",
    "tipping",
    "warm_up",
    "with_overrides",
    "withdrawal_test",
]

_HOMES = {
    "ablate": "sim.experiments.ablate",
    "budget": "sim.experiments.budget",
    "Adaptive": "sim.experiments.compare",
    "City": "sim.city",
    "PARAMETERS": "sim.parameters",
    "Run": "sim.results",
    "Scenario": "sim.scenario",
    "compare": "sim.experiments.compare",
    "list_scenarios": "sim.scenario",
    "load": "sim.scenario",
    "load_run": "sim.results",
    "run": "sim.runner",
    "sensitivity": "sim.experiments.sensitivity",
    "study": "sim.experiments.study",
    "tipping": "sim.experiments.tipping",
    "warm_up": "sim.runner",
    "with_overrides": "sim.scenario",
    "withdrawal_test": "sim.experiments.withdrawal",
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
    home = _HOMES.get(name, "sim.errors" if name in __all__ else "")
    if not home:
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(set(globals()) | set(__all__))
