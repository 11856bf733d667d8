"""An end of 0 is the way to say that a programme is withdrawn before it starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.scenario import load, with_overrides

pytestmark = pytest.mark.usefixtures("small_world")


def test_an_end_of_zero_is_accepted_for_any_start(base: Path) -> None:
    scenario = with_overrides(load(base), {"interventions.example_award.end": 0})
    assert (scenario.interventions[0].start, scenario.interventions[0].end) == (13, 0)
