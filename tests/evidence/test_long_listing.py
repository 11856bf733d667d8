"""A long list of runs says how far it is before the first run is carried out."""

from __future__ import annotations

from pathlib import Path

import pytest
from stand_in import StandIn, patterns_of

from sim.evidence import statistics_of_runs
from sim.evidence.statistics_of_runs import LIST, LOOK, RUN, Readings, carry_out
from sim.experiments.progress import Progress
from sim.experiments.workplace import Workplace

RUNS = 12


def told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, many: int, each: int = 5) -> list[Progress]:
    """What is told while RUNS runs are carried out, where so many are a long list."""
    monkeypatch.setattr(statistics_of_runs, "MANY", many)
    monkeypatch.setattr(statistics_of_runs, "EACH", each)
    told: list[Progress] = []
    readings = Readings(RUNS, 1)
    readings.ask_pattern("paid", patterns_of()[0], {"payment.base": 1.0, "payment.norm_weight": 3.0})
    carry_out(readings, Workplace(engine=StandIn(), store=tmp_path / "store", progress=told.append))
    return told


def test_listing_and_looking_are_phases_that_count_every_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = told_of(tmp_path, monkeypatch, many=RUNS)
    by_phase: dict[str, list[int]] = {}
    for one in told:
        assert one.phase is not None and one.phase.of == 3
        by_phase.setdefault(one.phase.name.text_id, []).append(one.ended)
    assert list(by_phase) == [LIST.text_id, LOOK.text_id, RUN.text_id]
    assert by_phase[LIST.text_id] == by_phase[LOOK.text_id] == [0, 5, 10, RUNS]
    assert by_phase[RUN.text_id][-1] == RUNS


def test_a_short_list_is_told_of_as_runs_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = told_of(tmp_path, monkeypatch, many=RUNS + 1)
    assert told and all(one.phase is None for one in told)
    assert told[-1].ended == RUNS
