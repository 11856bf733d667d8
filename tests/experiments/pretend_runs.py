"""Runs that take no time: summaries made from the seed alone, and the ways in which
a real run can go wrong."""

from __future__ import annotations

import os
import signal
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from sim.experiments.workplace import Workplace, run_planned
from sim.results.engines import Packed, PlannedRun, planned_runs_of
from sim.results.outcomes import GROUP_SERIES, OUTCOMES, SERIES
from sim.results.owner_kinds import OWNER_SUMS
from sim.results.summary import ESTATE_COLUMNS, RunSummary, pack
from sim.scenario import load

MONTHS, ESTATES = 24, 7


def planned_runs(number: int, first: int = 0) -> list[PlannedRun]:
    """Planned runs of one scenario with consecutive seeds."""
    return planned_runs_of(load("vicious_cycle"), range(first, first + number))


def pretend(seed: int) -> RunSummary:
    """A summary that depends on the seed only."""
    luck = np.random.default_rng(seed)

    def shares(*size: int) -> np.ndarray:
        return luck.random(size, np.float32)

    return RunSummary(
        seed=seed,
        months=MONTHS,
        types=("commodity", "three_no"),
        scalars={name: float(luck.random()) for name in OUTCOMES}
        | {"collection_last_year": float("nan") if seed % 5 == 0 else 0.5},
        series={name: shares(MONTHS + 1) for name in SERIES},
        by_type={name: shares(2, MONTHS + 1) for name in GROUP_SERIES},
        by_district={name: shares(3, MONTHS + 1) for name in GROUP_SERIES},
        estates={name: luck.integers(0, 4, ESTATES).astype(kind) for name, kind in ESTATE_COLUMNS.items()},
        owners={name: 1 + 9 * luck.random((2, 3, 3)) for name in OWNER_SUMS},
        spending={
            ("city", ""): luck.integers(-5, 10**12, MONTHS + 1),
            ("district", "补贴"): luck.integers(0, 9, MONTHS + 1),
        },
    )


@dataclass(frozen=True)
class Pretend:
    """Carries out a run by making its summary up; seeds listed go wrong in the way that the list says."""

    folder: Path | None = None  # where runs leave a mark, so that a test can count them
    seconds: float = 0.0
    raises: frozenset[int] = field(default_factory=frozenset)
    hangs: frozenset[int] = field(default_factory=frozenset)
    kills: frozenset[int] = field(default_factory=frozenset)
    kills_once: frozenset[int] = field(default_factory=frozenset)

    def __call__(self, planned_run: PlannedRun) -> Packed:
        """Carry out."""
        first = self._mark(planned_run.seed) == 1
        if planned_run.seed in self.raises:
            raise ValueError(f"seed {planned_run.seed} is unlucky")
        if planned_run.seed in self.hangs:
            time.sleep(60)
        if planned_run.seed in self.kills or (planned_run.seed in self.kills_once and first):
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(self.seconds)
        summary = pretend(planned_run.seed)
        return Packed(pack(summary), summary.digest())

    def _mark(self, seed: int) -> int:
        """Note that this process began a run; returns how often it has been begun, now included."""
        if self.folder is None:
            return 1
        with open(self.folder / f"seed-{seed}", "a", encoding="ascii") as file:
            file.write(f"{os.getpid()}\n")
        return self.attempts(seed)

    def attempts(self, seed: int) -> int:
        """How often a seed was begun."""
        assert self.folder is not None
        path = self.folder / f"seed-{seed}"
        return len(path.read_text().splitlines()) if path.exists() else 0

    def processes(self) -> set[int]:
        """The ids of all processes that carried out a run."""
        assert self.folder is not None
        return {int(line) for path in self.folder.glob("seed-*") for line in path.read_text().splitlines()}


def drive(store: str, marks: str, number: str, seconds: str) -> None:
    """The driver of a series of runs, as a process of its own for tests that kill it."""
    from sim.results.pool_engine import PoolEngine

    work = Pretend(Path(marks), float(seconds))
    try:
        run_planned(planned_runs(int(number)), Workplace(PoolEngine(2, work), Path(store)))
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    drive(*sys.argv[1:])
