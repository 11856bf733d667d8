"""A search spends money that is there: the payers' own budgets, or a sum that one of them is
granted and that is said."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from experiments_worlds import SMALL, never
from typer.testing import CliRunner

import sim
from sim.cli.app import app
from sim.errors import StudyError
from sim.evidence.reproduce import reproduce_many
from sim.experiments.workplace import Workplace
from sim.results.engines import InProcess
from sim.scenario import load, with_overrides
from sim.studies.budget.budget import budget
from sim.studies.budget.menu import MenuItem, available, granted, shared_purse, within_payers

POOR = {
    **SMALL,
    "city.districts": 2,
    "government.city_budget": 0,
    "government.district_budget": 100_000,
    "government.street_budget": 0,
}
SUBSIDY = [MenuItem(kind="operating_subsidy")]
QUICK = {"trials": 3, "replications": 1, "months": 14, "fresh": 0, "stress": 0}


def test_more_than_the_payers_have_is_refused_before_the_first_run(tmp_path: Path) -> None:
    with pytest.raises(StudyError) as caught:
        budget(
            "vicious_cycle",
            8e6,
            overrides=POOR,
            folder=tmp_path / "a",
            store=tmp_path,
            engine=InProcess(never),
        )
    said = str(caught.value)
    assert "8,000,000 yuan" in said and "200,000 yuan" in said and "--payer" in said
    assert (
        re.search(r"city 0 yuan", said)
        and re.search(r"district 200,000 yuan", said)
        and "street 0 yuan" in said
    )
    assert not (tmp_path / "a").exists()


def test_nothing_is_bought_with_money_that_its_own_payers_do_not_have(tmp_path: Path) -> None:
    menu = [*SUBSIDY, MenuItem(kind="committee_drive")]
    found = budget(
        "vicious_cycle",
        8e6,
        payer="street",
        menu=menu,
        overrides=POOR,
        folder=tmp_path,
        store=tmp_path / "s",
        engine=InProcess(),
        **(QUICK | {"trials": 4}),  # nothing, both, and each alone
    )
    # The streets were granted 8 million; a subsidy is paid by the districts, which have 200,000 and no more.
    subsidies = {
        one.yearly for each in found.tried for one in each.package if one.kind == "operating_subsidy"
    }
    drives = {one.yearly for each in found.tried for one in each.package if one.kind == "committee_drive"}
    assert subsidies == {200_000} and drives == {4e6, 8e6}


def test_programmes_of_the_same_payers_share_what_these_have() -> None:
    poor = with_overrides(load("vicious_cycle"), POOR | {"government.city_budget": 50_000})
    # The districts pay for both; the award may be paid by the city, too.
    alone = {"operating_subsidy": 300_000.0, "mediation": 100_000.0}
    assert within_payers(poor, alone) == pytest.approx({"operating_subsidy": 150_000, "mediation": 50_000})
    three = within_payers(poor, alone | {"performance_award": 400_000.0})
    assert three["operating_subsidy"] + three["mediation"] <= 200_000
    assert sum(three.values()) == pytest.approx(250_000)
    # What is there for all is left as wanted, and so is what no public body pays for.
    enough = {"operating_subsidy": 120_000.0, "mediation": 80_000.0, "vacancy_discount": 1e9}
    assert within_payers(poor, enough) == enough


def test_what_the_payers_have_may_be_spent_to_the_last_yuan(tmp_path: Path) -> None:
    poor = with_overrides(load("vicious_cycle"), POOR)
    assert available(poor, ["operating_subsidy"]) == 200_000
    found = budget(
        poor, 200_000, menu=SUBSIDY, folder=tmp_path, store=tmp_path / "s", engine=InProcess(), **QUICK
    )
    assert found.funded == found.scenario and found.payer is None
    assert any("Nobody was granted" in line and "200,000 yuan" in line for line in found.sentences("en"))
    with pytest.raises(StudyError, match="200,000"):
        budget(poor, 200_001, menu=SUBSIDY, folder=tmp_path, store=tmp_path / "s", engine=InProcess(never))


@pytest.mark.parametrize("payer", ["street", "state", "nobody"])
def test_who_pays_for_nothing_on_the_menu_cannot_be_granted_the_sum(tmp_path: Path, payer: str) -> None:
    with pytest.raises(StudyError, match=rf"payer: found '{payer}'.*district"):
        budget("small_city", 1e6, payer=payer, menu=SUBSIDY, folder=tmp_path / "a", engine=InProcess(never))
    assert not (tmp_path / "a").exists()


def test_a_tier_that_pays_alone_with_the_state_is_no_bound_but_the_state_alone_is_unbounded() -> None:
    poor = with_overrides(load("vicious_cycle"), POOR)
    assert available(poor, ["retrofit"]) == 200_000
    assert available(poor, ["burden_relief", "retrofit"]) == float("inf")


def test_a_grant_is_divided_between_the_bodies_of_the_tier() -> None:
    poor = with_overrides(load("vicious_cycle"), POOR)
    assert granted(poor, 8e6, "district").government.district_budget == 100_000 + 4e6
    assert granted(poor, 8e6, "city").government.city_budget == 8e6
    assert granted(poor, 8e6, None) == poor


def test_a_granted_sum_is_spent_and_said_and_reproduced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("optuna")
    monkeypatch.chdir(tmp_path)
    poor = with_overrides(
        load("vicious_cycle"), POOR | {"name": "poor", "months": 14, "government.district_budget": 1000}
    )
    found = budget(
        poor,
        8e6,
        payer="district",
        menu=SUBSIDY,
        folder=tmp_path,
        store=tmp_path / "s",
        engine=InProcess(),
        **QUICK,
    )
    assert max(one.fiscal_spending_dearest_year for one in found.tried) > 2_000, (
        "more than the payers' own money is spent"
    )
    assert found.scenario == poor, "the grant is the search's and not the scenario's"
    for lang, word in (("en", "Granted for the search"), ("zh", "另外拨款")):
        assert any(word in line for line in found.sentences(lang))
        page = found.report(lang)
        assert any(word in line for line in page.finding) and "--payer district" in page.commands[0]
    place = found.save(tmp_path / "saved")
    assert reproduce_many(place, Workplace(InProcess())).same
    again = sim.load_result(place)
    assert (again.payer, again.funded) == ("district", found.funded)
    told = CliRunner().invoke(
        app, ["reproduce", str(place), "--in-process", "--lang", "en"], env={"COLUMNS": "300"}
    )
    assert told.exit_code == 0 and "Granted for the search: 8" in told.output


def test_measures_of_the_scenario_that_spend_from_the_same_accounts_are_named() -> None:
    own, kinds = load("package"), ["operating_subsidy"]  # paid by the districts
    assert shared_purse(load("vicious_cycle"), kinds, None) == ""
    labels = {one.kind: type(one).label().in_language("en") for one in own.interventions}
    paid = {one.kind for one in own.interventions if "district" in type(one).payers}
    assert {"operating_subsidy"} <= paid < set(labels)
    for payer, words in ((None, "from the same accounts"), ("district", "may spend of the grant")):
        told = shared_purse(own, kinds, payer)
        assert words in told and {kind for kind in labels if labels[kind] in told} == paid
    spent = {
        yuan: sim.run(
            with_overrides(own, {"months": 40, "city.estates": 20, "government.district_budget": yuan})
        )
        for yuan in (1_000, 1_000_000)
    }
    assert spent[1_000_000].outcomes()["fiscal_spending"] > spent[1_000].outcomes()["fiscal_spending"]


def test_another_payer_is_another_search(tmp_path: Path) -> None:
    pytest.importorskip("optuna")
    menu = [MenuItem(kind="performance_award")]
    poor = with_overrides(load("vicious_cycle"), POOR)
    options = {"menu": menu, "folder": tmp_path, "store": tmp_path / "s", "engine": InProcess(), **QUICK}
    first, other = (budget(poor, 1e5, payer=payer, **options) for payer in ("city", "district"))
    assert first.executed and other.executed and len(other.tried) == 3
