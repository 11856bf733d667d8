"""With the rules and the defaults of the first version the same scenario and seed give the same bits as in
the version that landed, wherever no rule of it was changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.model.month.observe import Outcomes
from sim.scenario import list_scenarios, load

from .landed import COLUMNS, FILE, LEFT_OUT, covered, landed, outcome_digests

HALF_A_FEN = (
    "half a fen counts as one also where the product of a rate and an area comes out a little less in binary fractions, "
    "so that subsidies and awards are a fen more for some estates (sim/units.py)"
)
AGE = (
    "developers are gone for as long as their estate is old at the beginning of the month, as everywhere else, not at its "
    "end (legacy_remediation), so that some more of them can still be made to repair"
)
# Digests that were written anew because a rule changed: scenario, columns and the reason, newest last.
CHANGED: tuple[tuple[str, str, str], ...] = (
    (
        "package",
        "income, spending, overhead, income_12, spending_12, overhead_12, subsidy, satisfaction, quality, condition",
        HALF_A_FEN,
    ),
    (
        "package_reordered",
        "income, spending, overhead, income_12, spending_12, overhead_12, subsidy, satisfaction, grievance, quality, condition, trust",
        HALF_A_FEN,
    ),
    (
        "pingdingshan",
        "income, spending, income_12, spending_12, subsidy, fund, satisfaction, grievance, quality, condition, trust",
        HALF_A_FEN,
    ),
    (
        "wuhan_jiangan",
        "income, spending, overhead, income_12, spending_12, overhead_12, subsidy, fund, satisfaction, grievance, quality, condition",
        HALF_A_FEN,
    ),
    (
        "xianning",
        "flags, collected, collected_12, income, spending, overhead, income_12, spending_12, overhead_12, arrears, fund, filed, solved, open, waiting, satisfaction, grievance, quality, condition, legacy, trust",
        AGE,
    ),
)
COMMAND = f"PYTHONPATH=tests python3 tests/model/{Path(FILE).name.removesuffix('_digests.json')}.py"


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


def test_what_was_written_anew_says_which_scenario_which_columns_and_why() -> None:
    for scenario, columns, reason in CHANGED:
        assert scenario in covered() and set(columns.split(", ")) <= set(COLUMNS) and len(reason) > 40


def test_every_outcome_but_the_stage_was_held_when_the_digests_were_made() -> None:
    assert "stage" not in COLUMNS and set(COLUMNS) <= set(Outcomes._fields)
    assert all(set(held) == set(COLUMNS) for held in landed().values())
