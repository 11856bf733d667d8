"""Where runs fail: on worlds whose failing region is known, tried on runs that had no part in finding it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from sim.experiments.discovery import Box, Discovery, Share, Side, Tried, discover, tried, why_not
from sim.experiments.intervals import CONSTANT, FEW

Region = Callable[[np.ndarray], np.ndarray]


def vacant_and_poor(inputs: np.ndarray) -> np.ndarray:
    return (inputs[:, 0] > 0.55) & (inputs[:, 1] < 0.5)


def at_either_end(inputs: np.ndarray) -> np.ndarray:
    return (inputs[:, 2] < 0.3) | (inputs[:, 4] > 0.8)


def between(inputs: np.ndarray) -> np.ndarray:
    return (inputs[:, 3] > 0.3) & (inputs[:, 3] < 0.6)


def world(region: Region, runs: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Runs with six inputs; within the region nineteen of twenty fail, elsewhere three of a hundred."""
    generator = np.random.default_rng(seed)
    inputs = generator.random((runs, 6))
    return inputs, generator.random(runs) < np.where(region(inputs), 0.95, 0.03)


def on_fresh(found: Discovery, region: Region) -> tuple[float, float]:
    """Density and coverage of the region itself, over very many fresh points."""
    inputs = np.random.default_rng(99).random((20_000, 6))
    held, truly = found.holds(inputs), region(inputs)
    return float(truly[held].mean()), float(held[truly].mean())


@pytest.mark.parametrize(
    ("region", "names"), [(vacant_and_poor, {0, 1}), (at_either_end, {2, 4}), (between, {3})]
)
def test_a_known_region_is_found_and_holds_on_fresh_runs(region: Region, names: set[int]) -> None:
    inputs, fails = world(region, 160, 0)
    found = discover(inputs, fails)
    assert {side.input for box in found.boxes for side in box.sides} == names
    density, coverage = on_fresh(found, region)
    assert density >= 0.8 and coverage >= 0.8, (density, coverage)
    fresh = tried(found, *world(region, 400, 100))
    assert fresh.confirmed and fresh.density.value >= 0.8 and fresh.coverage.value >= 0.75
    # what was searched is counted
    box = found.boxes[0]
    inside = box.holds(inputs)
    assert (box.runs, box.failing) == (inside.sum(), fails[inside].sum())
    assert (found.runs, found.failing, box.of_runs) == (160, fails.sum(), 160)
    assert box.chance == 0.01 and all(side.repeated >= 0.5 and side.quasi_p < 0.01 for side in box.sides)


def test_none_is_reported_on_noise() -> None:
    """A third of the runs fail, whatever their inputs: of thirty such worlds none shows a region."""
    for seed in range(30):
        generator = np.random.default_rng(seed)
        found = discover(generator.random((120, 6)), generator.random(120) < 0.33)
        assert not found.boxes and not found.note, seed


def test_noise_that_is_called_a_region_is_not_confirmed_by_fresh_runs() -> None:
    found = Discovery((Box((Side(0, 0.5, np.inf, 0.001, 1.0),), 40, 30, 160, 60, 0.01),), 160, 60)
    generator = np.random.default_rng(5)
    noise = tried(found, generator.random((300, 6)), generator.random(300) < 0.3)
    assert not noise.confirmed and 0.1 < noise.density.value < 0.5


def test_an_input_that_only_stands_beside_is_not_named() -> None:
    """Of two inputs that go together the one that decides is named, since the other adds nothing to it."""
    inputs, fails = world(between, 160, 3)
    inputs[:, 0] = inputs[:, 3] + np.random.default_rng(1).normal(0, 0.2, 160)
    assert {side.input for box in discover(inputs, fails).boxes for side in box.sides} == {3}


def test_a_switch_is_an_input_too() -> None:
    inputs, _ = world(between, 100, 4)
    inputs[:, 5] = inputs[:, 5] > 0.7
    fails = (inputs[:, 5] == 1) ^ (np.random.default_rng(2).random(100) < 0.03)
    found = discover(inputs, fails)
    side = found.boxes[0].sides[0]
    assert side.input == 5 and side.low == 0.5 and side.high == np.inf


def test_too_little_is_said_to_be_too_little() -> None:
    inputs, fails = world(vacant_and_poor, 160, 1)
    assert why_not(fails[:30], inputs[:30]) == FEW and why_not(fails, inputs[:, :0]) == FEW
    assert why_not(np.zeros(160, bool), inputs) == CONSTANT
    assert why_not(np.arange(160) < 7, inputs) == FEW and discover(inputs, np.arange(160) < 7).note == FEW
    assert np.isnan(Share(0, 0).value)
    assert not Tried(Share(0, 0), Share(0, 5), Share(5, 50)).confirmed
