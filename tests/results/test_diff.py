"""Two runs part where a column first has another value, and the reason given is what they have otherwise."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import sim
from sim.cli.app import app
from sim.model.branch import columns_of
from sim.model.engine import Engine
from sim.results import Run
from sim.results.folder import json_text, sealed
from sim.scenario import with_overrides
from sim.scenario.overrides import with_programmes
from sim.studies.run.diff import FIELDS, ORDER, SET, by_tables, side_of
from tests.model.cities import lively_scenario

MONTHS, AT = 14, 6
CITY = lively_scenario(months=MONTHS)
EAGER = with_overrides(CITY, {"market.exit_hazard": 0.9})


@pytest.fixture(scope="module")
def run() -> Run:
    return sim.run(CITY, keep_states=(AT,))


def first_month_apart(one: sim.Scenario, other: sim.Scenario) -> int:
    """The month by whose end any column of two cities differs, counted by hand."""
    with Engine(one) as first, Engine(other) as second:
        while True:
            pairs = zip(columns_of(first.state), columns_of(second.state), strict=True)
            if not all(np.array_equal(a, b) for (name, a), (_, b) in pairs if name not in SET):
                return first.month
            first.step()
            second.step()


def test_the_same_plan_is_the_same_run(run: Run) -> None:
    assert sim.diff(run, CITY).same
    again = sim.diff(run, sim.branch(run, AT))
    assert again.same and again.month is None and again.settings == ()
    assert "same to the last bit" in again.sentences("en")[0]
    longer = sim.diff(run, with_overrides(CITY, {"months": MONTHS + 1}))
    assert not longer.same and longer.month is None and longer.lengths == (MONTHS, MONTHS + 1)
    assert str(MONTHS + 1) in longer.sentences("en")[1]


def test_a_parameter_is_named_with_the_month_the_estate_the_owners_and_the_account() -> None:
    parting = sim.diff(CITY, EAGER)
    assert parting.month == first_month_apart(CITY, EAGER)
    assert [setting.key for setting in parting.settings] == ["parameters.market.exit_hazard"]
    estate, owners, account = parting.estate, parting.owners, parting.account
    assert estate is not None and owners is not None and account is not None
    assert ("notice_given", 1) in estate.events
    assert estate.month <= owners.month and estate.values[0] != estate.values[1]
    assert account.balances[0] != account.balances[1] and 0 < owners.number <= owners.size
    # each is as the two cities have it at the end of that month, and not before
    for month, apart in ((estate.month - 1, False), (estate.month, True)):
        values = []
        for scenario in (CITY, EAGER):
            with Engine(scenario) as city:
                values.append(float(dict(columns_of(city.run(month).state))[estate.column][estate.estate]))
        assert (values[0] != values[1]) == apart
        if apart:
            assert tuple(values) == estate.values
    told = parting.sentences("en")
    assert f"month {parting.month}" in told[0] and "market.exit_hazard" in told[1]
    assert len(parting.sentences("zh")) == len(told) == 5


def test_a_programme_is_named_by_what_it_pays_and_one_that_has_not_begun_is_not() -> None:
    subsidy = {"kind": "operating_subsidy", "start": 4}
    later = {"kind": "publicity", "start": 9}
    parting = sim.diff(CITY, with_programmes(CITY, subsidy, later))
    assert parting.month == 4
    assert [setting.programme for setting in parting.settings] == ["operating_subsidy"]
    assert parting.account is not None and parting.account.flow[3] == "operating_subsidy"
    assert parting.account.fen[0] == 0 and parting.account.fen[1] > 0
    assert parting.estate is not None and parting.estate.programmes == ("operating_subsidy",)
    assert any("operating_subsidy" in sentence for sentence in parting.sentences("zh"))


def test_a_branch_parts_from_its_parent_after_its_month(run: Run) -> None:
    changed = sim.branch(run, AT, overrides={"loops.norm": False})
    parting = sim.diff(run, changed)
    assert parting.month == AT + 1
    assert [setting.key for setting in parting.settings] == ["loops.norm"]


def test_another_draw_parts_at_the_start_and_another_city_cannot_be_laid_beside() -> None:
    draw = sim.diff(CITY, with_overrides(CITY, {"seed": 6}))  # with other numbers of households
    assert draw.other_city and [setting.key for setting in draw.settings] == ["seed"]
    other = sim.diff(CITY, with_overrides(CITY, {"city.estates": 26}))
    assert other.other_city and not other.same and other.month == 0
    assert "city.estates 24 / 26" in other.sentences("en")[0]


def test_runs_of_another_model_are_compared_by_their_tables(run: Run, tmp_path: Path) -> None:
    folder = run.save(tmp_path / "old")
    manifest = folder / "manifest.json"
    told = json.loads(manifest.read_text(encoding="utf-8")) | {"model_source_hash": "0" * 16}
    manifest.write_text(json_text(sealed(told)), encoding="utf-8")
    eager = sim.run(EAGER)
    parting = sim.diff(folder, eager)
    assert not parting.simulated and parting.owners is None and "model" in parting.sentences("en")[0]
    rows = run.estates.compare(eager.estates)
    assert parting.estate is not None
    assert parting.estate.month == int(run.estates.loc[rows.index[0], "month"])
    assert sim.diff(folder, sim.branch(run, AT)).same
    with pytest.raises(sim.ResultError, match="tables of a saved run"):
        sim.diff(folder, CITY)
    # what the tables say of the account agrees with what both cities say
    exact, by_table = (
        sim.diff(run, eager).account,
        by_tables(side_of(run, "one"), side_of(eager, "other"), "model").account,
    )
    assert exact is not None and by_table is not None and exact.month >= by_table.month


def test_arms_of_a_comparison_are_compared_and_what_is_no_run_is_refused(tmp_path: Path) -> None:
    eager = EAGER.model_copy(update={"name": "eager"})
    calm = CITY.model_copy(update={"name": "calm"})
    folder = sim.compare(calm, eager, replications=2, months=8).save(tmp_path / "compared")
    parting = sim.diff(folder / "calm", str(folder / "eager"))
    assert [setting.key for setting in parting.settings] == ["parameters.market.exit_hazard"]
    for wrong in (folder, folder / "nobody", "no_such_scenario"):
        with pytest.raises(sim.EstateError):
            sim.diff(wrong, CITY)


def test_runs_of_two_draws_say_which_seed_each_is(run: Run, tmp_path: Path) -> None:
    assert sim.diff(run, with_overrides(CITY, {"seed": 6})).seeds == (CITY.seed, 6)
    two = CITY.model_copy(update={"name": "two", "seed": 6})
    sim.run(two, months=1).save(tmp_path / "other")
    one = run.save(tmp_path / "one")
    done = CliRunner().invoke(app, ["diff", str(one), str(tmp_path / "other"), "--lang", "en"])
    said = done.output.replace("\n", " ")
    assert f"one draw, seed {CITY.seed}" in said and "one draw, seed 6" in said, said


def test_the_order_of_a_month_names_columns_that_there_are() -> None:
    named = [name for names in ORDER for name in names]
    known = {f"{table}.{field.name}" for table, fields in FIELDS.items() for field in fields}
    known |= {"buildings.paid_share", "buildings.refuser_share", "claims.account", "claims.fen"}
    assert len(named) == len(set(named)) and set(named) <= known


def test_the_command_says_by_its_exit_code_whether_they_part(run: Run, tmp_path: Path) -> None:
    one = str(run.save(tmp_path / "one"))
    changed = sim.branch(run, AT, overrides={"loops.norm": False})
    other = str(changed.save(tmp_path / "other"))
    for words, code, part in (
        ((one, one), 0, f"one draw, seed {CITY.seed}"),
        ((one, one), 0, "same to the last bit"),
        ((one, other), 1, f"part in month {AT + 1}"),
        ((one, "nothing"), 2, "nothing"),
    ):
        done = CliRunner().invoke(app, ["diff", *words, "--lang", "en"])
        assert done.exit_code == code and part in done.output.replace("\n", " "), done.output
