"""A city that is not simulated: what a plan reaches is written down here, so that the best one is known.

The subsidy helps most from month 13, for estates that are strained, where collection is low, and with a rate
near 0.4; the drive helps most from month 7; both help more where the drive acts before the subsidy. Whatever
is bought costs the same, so that there is one best package. Luck of a seed adds to all alike, and a little
to each.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

import numpy as np
from pretend_runs import pretend

from sim.results.engines import Packed, PlannedRun
from sim.results.summary import RunSummary, pack
from sim.scenario import Scenario

MENU = """order = "searched"

[[menu]]
kind = "operating_subsidy"
starts = [1, 7, 13, 19]

[menu.search]
first_year = { low = 0.0, high = 0.8 }

[menu.choices]
targets = [{}, { stages = ["strained"] }, { types = ["commodity"] }]
where = [{}, { start = { measure = "collection", below = 0.5 } }, { start = { measure = "quality", below = 0.5 } }]

[[menu]]
kind = "committee_drive"
starts = [1, 7, 13, 19]

[[menu]]
kind = "retrofit"
"""
PART = 0.05  # of the estates: what each thing that is right gets out of the cycle
NOISE = 0.01


def right(scenario: Scenario) -> float:
    """How many things of a plan are right, of seven; retrofit does harm."""
    bought = {one.kind: one for one in scenario.interventions}
    places = [one.kind for one in scenario.interventions]
    subsidy: Any = bought.get("operating_subsidy")
    drive = bought.get("committee_drive")
    found = 0.0
    if subsidy is not None:
        where = subsidy.where
        found += 1 + (subsidy.start == 13) + (subsidy.targets.stages == ("strained",))
        found += where is not None and where.start.measure == "collection"
        found += max(0.0, 1 - abs(subsidy.first_year - 0.4) / 0.4)
    if drive is not None:
        found += drive.start == 7
    if subsidy is not None and drive is not None:
        found += places.index("committee_drive") < places.index("operating_subsidy")
    return found - ("retrofit" in bought)


def summary_of(planned_run: PlannedRun) -> RunSummary:
    """What a run comes to."""
    own = hashlib.sha256(planned_run.key.encode()).digest()
    luck = np.random.default_rng(planned_run.seed).normal(0, 0.05)
    noise = np.random.default_rng(list(own)).normal(0, NOISE)
    told = {
        "cycle_share_last_year": float(0.7 + luck + noise - PART * right(planned_run.scenario)),
        "public_cost": 1e5 if planned_run.scenario.interventions else 0.0,
        "worst_decile_satisfaction": 0.3,
        "state_owned_losses": 0.0,
    }
    made = pretend(planned_run.seed)
    return replace(made, scalars=made.scalars | told, spending={})


def made_up(planned_run: PlannedRun) -> Packed:
    """The work of an engine that carries such runs out."""
    made = summary_of(planned_run)
    return Packed(pack(made), made.digest())


def at_once(planned_runs: list[PlannedRun]) -> Any:
    """What a search takes for the carrying out of runs: without a store."""
    return [(planned_run, summary_of(planned_run)) for planned_run in planned_runs]
