"""One run of an experiment: what it is, what it is called in the store, and how it is carried out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sim.experiments.summary import RunSummary
from sim.fingerprint import model_source_hash, summary_source_hash
from sim.scenario import Scenario, content_hash


@dataclass(frozen=True, eq=False)
class Cell:
    """A scenario and a seed. `overrides` says for readers how the scenario came about; no result depends on it.

    The scenario's own seed does not matter. Leave `scenario_hash` out unless it is known already (see `scenario_hash_of`).
    """

    scenario: Scenario
    seed: int
    overrides: Mapping[str, Any] = field(default_factory=dict)
    scenario_hash: str = ""

    def __post_init__(self) -> None:
        if not self.scenario_hash:
            object.__setattr__(self, "scenario_hash", scenario_hash_of(self.scenario))

    @cached_property
    def key(self) -> str:
        """SHA-256 (64 hex digits) of the scenario's content, the seed, and the source of the model and of the summary."""
        return run_key_of(self.scenario_hash, self.seed)

    @property
    def run_id(self) -> str:
        """The first twelve digits of the key: what a person types."""
        return self.key[:12]

    def for_worker(self) -> Cell:
        """The same cell without what only readers need: less to send to another process."""
        return Cell(self.scenario.model_copy(update={"figures": ()}), self.seed, {}, self.scenario_hash)

    def overrides_json(self) -> str:
        """The overrides as one line of JSON."""
        return json.dumps(dict(self.overrides), ensure_ascii=False, default=_plain)


def scenario_hash_of(scenario: Scenario) -> str:
    """Content hash of a scenario, whatever seed it states: half a millisecond, so cells that share one pass it on."""
    return content_hash(scenario.model_copy(update={"seed": 0}))


def run_key_of(scenario_hash: str, seed: int) -> str:
    """The key of the run of a scenario (by `scenario_hash_of`) with a seed, by this version of model and summary."""
    text = f"{scenario_hash} {seed} {model_source_hash()} {summary_source_hash()}"
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def cells_of(
    scenario: Scenario, seeds: Iterable[int], overrides: Mapping[str, Any] | None = None
) -> list[Cell]:
    """One cell for each seed of a scenario."""
    shared = scenario_hash_of(scenario)
    return [Cell(scenario, seed, overrides or {}, shared) for seed in seeds]


def execute(cell: Cell) -> RunSummary:
    """Carry out one run on one thread and summarise it."""
    from sim.experiments.summary import summarise
    from sim.model.engine import Engine

    with Engine(cell.scenario, cell.seed, threads=1) as city:
        city.run()
        return summarise(city)


def _plain(value: Any) -> Any:
    """A NumPy number as the Python number it holds."""
    if hasattr(value, "item"):
        return value.item()
    raise TypeError(f"{type(value).__name__} in the overrides of a run")
