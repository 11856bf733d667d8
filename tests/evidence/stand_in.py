"""A model of two parameters that takes no time, in the place of the city: what calibration
must find in it is known."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from pattern_files import file_of

from sim.evidence.patterns import Pattern, check_patterns
from sim.evidence.statistics_of_runs import name_of
from sim.results.engines import Finished, Packed, PlannedRun

FREE = {"payment.base": (0.0, 2.0), "payment.norm_weight": (2.0, 4.0), "grievance.decay": (0.02, 0.08)}
LUCK = 0.01


def patterns_of(held_out: bool = True) -> tuple[Pattern, ...]:
    """Collection tells of payment.base, satisfaction of payment.norm_weight;
    nothing tells of grievance.decay."""
    made = [
        file_of(name="paid", measure__months=[1, 6], target={"low": 0.45, "high": 0.55})["patterns"][0],
        file_of(
            name="liked",
            measure__months=[1, 6],
            measure__statistic="satisfaction",
            measured__counts="owners",
            target={"value": 0.7, "tolerance": 0.04},
        )["patterns"][0],
        file_of(name="always", measure__months=[1, 6], measure__statistic="nominal", target={"low": 0.9})[
            "patterns"
        ][0],
        file_of(
            name="never",
            measure__months=[1, 6],
            measure__statistic="months_to_exit",
            measured__company_run=True,
            target={"low": 24},
        )["patterns"][0],
        file_of(
            name="not_yet",
            measure__months=[1, 6],
            measure__statistic="not_represented",
            needs={"en": "a mechanism"},
            target={"low": 0.9},
        )["patterns"][0],
        file_of(
            name="put_in",
            use="consistency",
            sources=["P006"],
            note={"en": "what went in"},
            measure__months=[1, 6],
            measure__statistic="professional",
            target={"low": 0.9},
        )["patterns"][0],
    ]
    if held_out:
        made.append(
            file_of(
                name="unseen",
                use="held_out",
                sources=["P042"],
                scenario="vicious_cycle",
                measure__months=[1, 3],
                measure__statistic="charging",
                target={"low": 0.2},
            )["patterns"][0]
        )
    return check_patterns({"patterns": made}, "mine.toml")


def reading(statistic: str, planned_run: PlannedRun) -> float | None:
    """A statistic of the stand-in: its parameters with some luck, the same for the same seed."""
    values = planned_run.scenario.parameter_values()
    luck = LUCK * np.random.default_rng([planned_run.seed, len(statistic)]).standard_normal()
    base, norm = values["payment.base"], values["payment.norm_weight"]
    made = {
        "collection": 0.25 + 0.25 * base + 0.03 * (base - 1) ** 2,
        "satisfaction": 0.4 + 0.1 * norm,
        "in_cycle": 0.8 - 0.3 * base,
        "charging": 0.1 * norm,
    }
    assert statistic != "not_represented", "what cannot be measured is not run"
    if statistic == "months_to_exit":
        return None
    if not planned_run.scenario.loops.norm and statistic == "satisfaction":
        return float(0.2 + luck)  # without that loop nobody is ever as satisfied as was reported
    return float(made[statistic] + luck) if statistic in made else 1.0


class StandIn:
    """An engine that gives the stand-in's readings instead of running cities, and remembers
    what it was asked to run."""

    def __init__(self) -> None:
        self.seen: list[PlannedRun] = []
        self.stop_after = 10**9

    def for_work(self, work: Any) -> StandIn:
        """Itself, which looks up what is wanted in the work."""
        self.work = work
        return self

    def run(
        self, planned_runs: Iterable[PlannedRun], on_done: Callable[[Finished], None], timeout: float = 0.0
    ) -> None:
        (wanted,) = self.work.args
        for planned_run in planned_runs:
            if len(self.seen) >= self.stop_after:
                raise KeyboardInterrupt
            self.seen.append(planned_run)
            values = {
                name_of(one): reading(one[0], planned_run)
                for one in wanted[planned_run.scenario_hash, planned_run.seed]
            }
            on_done(Finished(planned_run, Packed(json.dumps(values).encode(), ""), None, 1, 0.0))
