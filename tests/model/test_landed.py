"""The same scenario and seed give the same bits as in the version that landed, wherever no rule was changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.month.observe import Outcomes
from sim.scenario import list_scenarios, load

from .landed import COLUMNS, FILE, LEFT_OUT, covered, landed, outcome_digests

# Digests that were written anew because a rule changed: (scenarios, columns) and the reason, newest last.
CHANGED: tuple[tuple[str, str, str], ...] = ()
COMMAND = f"python3 tests/model/{Path(FILE).name.removesuffix('_digests.json')}.py"


@pytest.mark.parametrize("scenario", covered())
def test_outcomes_are_those_of_the_version_that_landed(scenario: str) -> None:
    held, found = landed().get(scenario, {}), outcome_digests(scenario)
    other = [column for column in COLUMNS if held.get(column) != found[column]]
    assert not other, (
        f"{scenario}: other bits than in the version that landed, in: {', '.join(other)}. If a rule was changed on "
        f"purpose: `{COMMAND} {scenario} --columns {','.join(other)}`, and the reason goes into CHANGED"
    )


def test_every_shipped_scenario_is_held_or_left_out_for_its_stages() -> None:
    assert sorted([*landed(), *LEFT_OUT]) == sorted(list_scenarios())
    for name in list_scenarios():
        by_stage = any(programme.targets.stages for programme in load(name).interventions)
        assert by_stage == (name in LEFT_OUT), name


def test_every_outcome_but_the_stage_was_held_when_the_digests_were_made() -> None:
    assert "stage" not in COLUMNS and set(COLUMNS) <= set(Outcomes._fields)
    assert all(set(held) == set(COLUMNS) for held in landed().values())
