"""A run goes on from a month of another: resumed is as uninterrupted, a plan that begins then as one that was
always to begin then, and what the city was built from cannot change."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

import sim
from sim.cli.app import app
from sim.evidence.reproduce import reproduce
from sim.model.branch import columns_of
from sim.model.parameters import PARAMETERS
from sim.model.start.start import starting_state
from sim.model.state.estates import ESTATE_FIELDS
from sim.model.state.owners import OWNER_FIELDS
from sim.model.state.tables import COMPANY_FIELDS
from sim.results import Run
from sim.results.history import state_name
from sim.scenario import load_programmes, with_overrides
from sim.scenario.overrides import with_programmes
from sim.scenario.tables import MechanismSettings
from tests.model.cities import lively_scenario
from tests.model.landed import thinned
from tests.reference.worlds import random_scenario

LAST, AT, START = 18, 11, 8
KINDS = sorted(load_programmes())
PACKAGES = [KINDS[first::6] for first in range(6)]
CITY = lively_scenario()


def assert_same(one: Run, other: Run) -> None:
    """Every table, and the whole city at the end, to the last bit."""
    for name in ("estates", "estate_table", "city", "events", "ledger", "public_cost", "outcomes"):
        assert one.table(name).equals(other.table(name)), name
    assert one.manifest["outcomes_sha256"] == other.manifest["outcomes_sha256"]
    last, theirs = one.state(one.months), other.state(other.months)
    assert last.facts == theirs.facts
    assert last.arrays.keys() == theirs.arrays.keys()
    for name, array in last.arrays.items():
        assert np.array_equal(array, theirs.arrays[name], equal_nan=array.dtype.kind == "f"), name


def programmes(kinds: list[str], **settings: Any) -> list[dict[str, Any]]:
    return [{"kind": kind, "lag": 1} | settings for kind in kinds]


@pytest.fixture(scope="module")
def parent() -> Run:
    return sim.run(CITY, keep_states=(7, AT, LAST))


@pytest.mark.parametrize("kinds", PACKAGES, ids=lambda kinds: kinds[0])
def test_every_programme_goes_on_starts_and_ends_as_if_never_interrupted(
    kinds: list[str], parent: Run
) -> None:
    started = programmes(kinds, start=START)
    whole = sim.run(with_programmes(CITY, *started), keep_states=(AT, LAST))
    assert_same(whole, sim.branch(whole, AT, keep_states=(LAST,)))
    assert_same(whole, sim.branch(whole, AT - 1, keep_states=(LAST,)))  # no state: from month 0
    # a plan that begins in month 8, and one that was always to begin then
    begun = sim.branch(parent, START - 1, with_programmes(CITY, *programmes(kinds)), keep_states=(LAST,))
    assert_same(whole, begun)
    # programmes that the plan drops end there
    dropped = sim.branch(whole, AT, CITY)
    ended = sim.run(with_programmes(CITY, *(one | {"end": AT} for one in started)))
    for name in ("estates", "ledger", "events"):
        assert getattr(dropped, name).equals(getattr(ended, name)), name
    assert (whole.events["kind"] == "programme_started").sum() >= len(kinds)


@pytest.mark.parametrize(("name", "part"), [("package", 10), ("gaotang", 8), ("xianning", 8)])
def test_shipped_scenarios_go_on_as_if_never_interrupted(name: str, part: int) -> None:
    scenario = with_overrides(thinned(sim.load(name), part), {"months": 15})
    whole = sim.run(scenario, keep_states=(12, 15))
    assert_same(whole, sim.branch(whole, 12, keep_states=(15,)))


@pytest.mark.parametrize("number", range(5))
def test_random_worlds_go_on_as_if_never_interrupted(number: int) -> None:
    whole = sim.run(random_scenario(number, 16), keep_states=(9, 16))
    assert_same(whole, sim.branch(whole, 9, keep_states=(16,)))


def test_months_before_are_those_of_the_parent_and_later_ones_are_not(parent: Run) -> None:
    changed = sim.branch(parent, AT, overrides={"market.exit_hazard": 0.0, "loops.norm": False})
    before, now = parent.estates, changed.estates
    assert now[now["month"] <= AT].equals(before[before["month"] <= AT])
    assert not now[now["month"] > AT].equals(before[before["month"] > AT])
    longer = sim.branch(parent, LAST, months=LAST + 2)
    assert longer.months == LAST + 2
    assert longer.estates[: len(before)].equals(before)


def test_budgets_change_from_the_next_year_on(parent: Run) -> None:
    changed = sim.branch(parent, AT, overrides={"government.street_budget": 12_345.0}).ledger
    granted = changed[changed["purpose"] == "budget_street"].set_index("month")["yuan"]
    streets = granted[1] / CITY.government.street_budget
    assert granted[13] == pytest.approx(streets * 12_345.0)


def test_a_branch_says_where_it_comes_from_and_has_another_identity(parent: Run, tmp_path: Path) -> None:
    changed = {"market.exit_hazard": 0.0}
    first = sim.branch(parent, AT, overrides=changed, keep_states=(AT + 2,))
    assert len({parent.key, first.key, sim.branch(parent, AT).key, sim.branch(parent, 9).key}) == 4
    saved = sim.load_run(first.save(tmp_path / "first"))
    assert saved.branch == first.branch and saved.key == first.key and saved.states == (AT + 2,)
    assert saved.branch is not None and (saved.branch.run, saved.branch.month) == (parent.key, AT)
    told, zh = " ".join(saved.sentences("en")), " ".join(saved.sentences("zh"))
    for words in (told, zh):
        assert parent.key in words and str(AT) in words and "market.exit_hazard" in words
    assert reproduce(tmp_path / "first").verdict == "same"
    # a branch of a branch, from the saved state and from month 0
    second = sim.branch(
        tmp_path / "first", AT + 3, overrides={"market.exit_hazard": 0.5}, keep_states=(LAST,)
    )
    again = sim.branch(
        sim.branch(parent, AT, overrides=changed),
        AT + 3,
        overrides={"market.exit_hazard": 0.5},
        keep_states=(LAST,),
    )
    assert_same(second, again)
    assert second.branch is not None and [leg.until for leg in second.branch.legs] == [AT, AT + 3]
    # before its own first month it is its parent
    assert_same(sim.branch(second, AT, CITY, keep_states=(LAST,)), parent)


def test_a_run_of_one_plan_is_named_and_saved_as_before(tmp_path: Path) -> None:
    plain = sim.run(CITY, months=2)
    kept = sim.run(CITY, months=2, keep_states=(1,))
    assert kept.key == plain.key and plain.branch is None
    names = {path.name for path in plain.save(tmp_path / "plain").iterdir()}
    assert not any(name.startswith("state") for name in names)
    assert (kept.save(tmp_path / "kept") / f"{state_name(1)}.parquet").is_file()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("city.estates", 30),
        ("seed", 9),
        ("mechanisms.queue", not CITY.mechanisms.queue),
        ("types.commodity.fee_price", 9.0),
        ("parameters.start.trust", 0.3),
        ("parameters.payment.norm_weight", 1.0),
        ("parameters.accounts.inflation", 0.03),
    ],
)
def test_what_the_city_was_built_from_is_refused_by_name(parent: Run, key: str, value: object) -> None:
    with pytest.raises(sim.ScenarioError) as refused:
        sim.branch(parent, AT, overrides={key: value})
    assert [problem.key for problem in refused.value.problems] == [key]


def test_other_requests_that_cannot_be_met_are_refused(parent: Run, tmp_path: Path) -> None:
    for month in (0, LAST + 1, True):
        with pytest.raises(sim.EstateError, match="--at"):
            sim.branch(parent, month)
    with pytest.raises(sim.ScenarioError, match="months"):
        sim.branch(parent, AT, months=AT)
    with pytest.raises(sim.EstateError, match="keep_states"):
        sim.run(CITY, keep_states=(LAST + 1,))
    held = sim.run(with_programmes(CITY, {"kind": "publicity", "name": "one"}), months=4)
    with pytest.raises(sim.ScenarioError, match=r"interventions\.one\.kind"):
        sim.branch(held, 2, with_programmes(CITY, {"kind": "retrofit", "name": "one"}))
    with pytest.raises(sim.ScenarioError, match=r"interventions\.publicity\.end"):
        sim.branch(parent, AT, with_programmes(CITY, {"kind": "publicity", "end": AT}))
    parent.manifest["model_source_hash"], own = "0" * 16, parent.manifest["model_source_hash"]
    try:
        with pytest.raises(sim.ResultError, match="another model"):
            sim.branch(parent, AT)
    finally:
        parent.manifest["model_source_hash"] = own


def test_a_state_of_another_city_is_refused(parent: Run) -> None:
    from sim.results.branching import carry_out, parent_branch

    state = parent.state(AT)
    debts = state.arrays["owners.arrears"]
    for arrays in (
        {},
        state.arrays | {"owners.arrears": debts + 1},
        state.arrays | {"owners.arrears": debts[1:]},
    ):
        with pytest.raises(sim.ResultError, match=str(AT)):
            carry_out(parent_branch(parent, AT), CITY, state._replace(arrays=arrays))


def test_parameters_that_only_build_a_city_are_known() -> None:
    """No month reads them; and no other parameter moves what never changes after the first month."""
    package = Path(sim.__file__).parent / "model"
    later = " ".join(
        path.read_text(encoding="utf-8")
        for folder in ("month", "programmes", "state")
        for path in (package / folder).glob("*.py")
    )
    building = {key for key, one in PARAMETERS.items() if one.group == "start" or one.builds}
    unread = {
        key
        for key, one in PARAMETERS.items()
        if not re.search(rf"\b{one.field}(_32)?\b", later) and one.group != "accounts"
    }
    assert unread - {"committee.special_majority"} <= building  # votes on funds read that by a made-up name
    # read too: the area to bill was built with the one, and owners hold the other, which works give a part of
    assert building - unread == {"payment.vacant_bill_share", "payment.satisfaction_weight"}
    fixed = {
        f"{table}.{field.name}"
        for table, fields in (
            ("owners", OWNER_FIELDS),
            ("estates", ESTATE_FIELDS),
            ("companies", COMPANY_FIELDS),
        )
        for field in fields
        if field.fixed
    }
    city = with_overrides(CITY, {f"mechanisms.{name}": True for name in MechanismSettings.model_fields})
    was = dict(columns_of(starting_state(city, 5)))
    for key, one in PARAMETERS.items():
        if key in building:
            continue
        other = with_overrides(city, {key: one.high if one.default != one.high else one.low})
        for name, column in columns_of(starting_state(other, 5)):
            assert name not in fixed or np.array_equal(column, was[name]), (key, name)


@pytest.mark.usefixtures("words_only")
def test_the_command_goes_on_from_a_saved_run(tmp_path: Path) -> None:
    def estate(*words: str) -> str:
        done = CliRunner().invoke(app, [*words, "--lang", "en"])
        assert done.exit_code == 0, done.output
        return done.output

    small = ["--set", "spin_up=0", "--set", "city.estates=24", "--set", "companies.private=6", "--no-charts"]
    first, second = str(tmp_path / "first"), str(tmp_path / "second")
    estate("run", "small_city", "--months", "5", *small, "--keep-state", "2,3", "--out", first)
    told = estate("run", "--from", first, "--at", "4", "--months", "6", "--no-charts", "--out", second)
    assert "from its state of month 3" in told
    assert "same to the last bit" in estate("reproduce", second)
    estate("report", second, "--no-pdf")
    page = (tmp_path / "second" / "report.en.html").read_text(encoding="utf-8")
    assert "--from plan-1 --at 4" in page
    estate("archive", second)
    assert "As it was written" in estate("verify", f"{second}.zip")
    for words, part in (
        (["--from", first], "--at"),
        (["--from", first, "--at", "3", "--seed", "2"], "--seed"),
        (["--keep-state", "soon", "small_city"], "--keep-state"),
        ([], "Missing argument"),
    ):
        refused = CliRunner().invoke(app, ["run", *words, "--lang", "en"])
        assert refused.exit_code == 2 and part in refused.output
