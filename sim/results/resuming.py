"""A run of several plans, one after the other: its city from the beginning or from a kept state, and what
came before the last plan kept for other runs that part at the same place."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from sim.errors import ResultError
from sim.fingerprint import model_source_hash
from sim.model.branch import Kept, go, keep, put_back
from sim.model.engine import Engine
from sim.results.files import PART
from sim.results.history import Branch, Leg, kept_state, state_table
from sim.scenario import Scenario, content_hash
from sim.text import message


def set_up(
    before: Branch | None, scenario: Scenario, start: Kept | None = None, threads: int | None = None
) -> tuple[Engine, list[tuple[Scenario, int]]]:
    """The city of a run of several plans at its beginning, or as it was kept, and the plans that are still
    to come, each with its first month. ResultError for a state that is not its own."""
    legs = () if before is None else before.legs
    city = Engine(legs[0].scenario if legs else scenario, months=scenario.months, threads=threads)
    month = 0
    if start is not None:
        month = int(start.facts["month"])
        _put_back(city, next((leg.scenario for leg in legs if month <= leg.until), scenario), start)
    later = [*(leg.scenario for leg in legs[1:]), *([scenario] if legs else [])]
    return city, [(plan, leg.until + 1) for plan, leg in zip(later, legs, strict=True) if leg.until >= month]


def _put_back(city: Engine, scenario: Scenario, start: Kept) -> None:
    try:
        same = put_back(city, scenario, start)
    except (KeyError, ValueError, IndexError, TypeError):
        same = False
    if not same:
        raise ResultError(message("branch.other_state", month=start.facts.get("month")))


# what several runs have in common, simulated once


def plans_hash(legs: Sequence[Leg], scenario: Scenario) -> str:
    """Hash of plans that held one after the other, whatever seed they state: of each until its last month."""
    parts = [
        f"{leg.until} {content_hash(leg.scenario.model_copy(update={'seed': 0, 'months': leg.until}))}"
        for leg in legs
    ]
    parts.append(content_hash(scenario.model_copy(update={"seed": 0})))
    return hashlib.sha256("\n".join(parts).encode("ascii")).hexdigest()


def state_file(folder: Path, legs: Sequence[Leg], seed: int) -> Path:
    """Where the city is kept as the last of these plans left it."""
    *earlier, (scenario, until) = legs
    told = (
        f"{plans_hash(earlier, scenario.model_copy(update={'months': until}))} {seed} {model_source_hash()}"
    )
    return folder / f"{hashlib.sha256(told.encode('ascii')).hexdigest()[:24]}_{until}.parquet"


def simulated(legs: Sequence[Leg], scenario: Scenario, seed: int, kept_in: Path | None = None) -> Engine:
    """The city after the last month of `scenario`, which came after the plans of `legs`; on one thread.

    `kept_in`: a folder in which the city as the last of them left it is looked for, and kept where it is not
    there, so that it is simulated once for all runs that part there. What cannot be read or written there is
    simulated anew: nothing but time depends on it.
    """
    seeded = tuple(Leg(leg.scenario.model_copy(update={"seed": seed}), leg.until) for leg in legs)
    scenario = scenario.model_copy(update={"seed": seed})
    before = Branch("", seeded) if seeded else None
    city, plans = _begun(before, scenario, kept_in)
    try:
        for month in go(city, plans):
            if kept_in is not None and seeded and month == seeded[-1].until:
                _write(state_file(kept_in, seeded, seed), keep(city))
    except BaseException:
        city.close()
        raise
    return city


def _begun(
    before: Branch | None, scenario: Scenario, kept_in: Path | None
) -> tuple[Engine, list[tuple[Scenario, int]]]:
    legs = before.legs if before is not None and kept_in is not None else ()
    for last in range(len(legs), 0, -1):
        assert kept_in is not None
        with contextlib.suppress(ResultError, OSError, pa.ArrowException):
            file = state_file(kept_in, legs[:last], scenario.seed)
            if file.is_file():
                return set_up(before, scenario, kept_state(pq.read_table(file, partitioning=None), file), 1)
    return set_up(before, scenario, threads=1)


def _write(file: Path, kept: Kept) -> None:
    """Keep a state: beside its place, then moved there, so that no other process reads half of it."""
    part = file.with_name(f".{file.name}.{os.getpid()}{PART}")
    with contextlib.suppress(OSError, pa.ArrowException):
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            pq.write_table(state_table(kept), part, compression="zstd", compression_level=1)
            part.replace(file)
        finally:
            part.unlink(missing_ok=True)
