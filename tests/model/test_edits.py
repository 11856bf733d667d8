"""A city changed through handles: what may be written, that it is kept, and that its run is never taken
for that of the scenario."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from sim.agents.edits import edits_in
from sim.cli.app import app
from sim.errors import EstateError, ResultError
from sim.evidence.reproduce import reproduce
from sim.mesa_city import City
from sim.results import Run, load_run
from sim.studies.draws.among import known_among

from .cities import small_scenario


@pytest.fixture
def city():
    with City(small_scenario(), months=6) as made:
        yield made


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        ("company", 10**6, "a whole number from -1 to"),
        ("company", 2.0, "a whole number"),
        ("company", True, "a whole number"),
        ("price", float("nan"), "a number from 0 to 50"),
        ("price", -0.5, "a number from 0 to 50"),
        ("price", "2", "a number from 0 to 50"),
        ("arrears", -50, "a number from 0 to"),
        ("arrears", float("inf"), "a number from 0 to"),
        ("quality", 1.01, "a number from 0 to 1"),
        ("mode", 6, "a whole number from 0 to 5"),
        ("contract_left", -1, "a whole number from 0 to"),
        ("contract_left", 2**40, "a whole number from 0 to"),
    ],
)
def test_what_no_city_could_have_is_refused_and_changes_nothing(
    city: City, column: str, value, told: str
) -> None:
    before = city.state.estates.copy()
    with pytest.raises(EstateError, match="Estate 3: " + column) as refused:
        setattr(city.estates[3], column, value)
    assert told in str(refused.value)
    assert np.array_equal(before, city.state.estates) and city.edits == []
    city.run()


def test_owners_are_asked_the_same(city: City) -> None:
    for column, value in (("satisfaction", 1.5), ("arrears", -1), ("waiting", 251), ("paid", 2)):
        with pytest.raises(EstateError, match=f"Owner 5: {column}"):
            setattr(city.owners[5], column, value)
    with pytest.raises(AttributeError, match="falls back to 0 every month"):
        city.estates[0].lever_price = 1.0
    assert city.edits == []


def test_money_is_yuan_as_in_the_tables(city: City) -> None:
    city.run(2)
    table = Run.from_city(city).estates
    last = table[table["month"] == 2].set_index("estate")
    for row in (0, 5, 9):
        estate = city.estates[row]
        assert estate.price == pytest.approx(last.loc[row, "price"])
        assert estate.arrears == pytest.approx(last.loc[row, "arrears"])
        assert estate.arrears == city.state.estates["arrears"][row] / 100
    city.estates[5].price = 1.25
    assert city.state.estates["price"][5] == 125 and city.estates[5].price == 1.25
    owner = city.owners[0]
    owner.arrears = 12.34
    assert city.state.owners.arrears[0] == 1234
    body = city.government[0]
    assert body.budget_left == city.state.books.balances[body.account] / 100
    assert "[yuan/m2/month]" in type(city.estates[0]).price.__doc__


def edited(months: int = 6) -> Run:
    with City(small_scenario(), months=months) as city:
        city.run(3)
        city.estates[2].price = 2.5
        city.owners[7].satisfaction = 0.1
        city.estates[4].quality = city.estates[4].quality  # no change
        city.run()
        return Run.from_city(city)


def genuine(months: int = 6) -> Run:
    with City(small_scenario(), months=months) as city:
        return Run.from_city(city.run())


def test_a_run_that_was_edited_is_another_one_and_overwrites_none(tmp_path: Path) -> None:
    one, other = genuine(), edited()
    assert one.key != other.key and one.edits == () and len(other.edits) == 2
    assert [(edit.month, edit.table, edit.row, edit.column) for edit in other.edits] == [
        (3, "estates", 2, "price"),
        (3, "owners", 7, "satisfaction"),
    ]
    one.save(tmp_path / "run")
    with pytest.raises(ResultError, match="holds another result"):
        other.save(tmp_path / "run")
    other.save(tmp_path / "edited")
    back = load_run(tmp_path / "edited")
    assert back.key == other.key and back.edits == other.edits
    assert load_run(tmp_path / "run").key == one.key
    assert "by hand" in back.sentences("en")[0] and "by hand" not in one.sentences("en")[0]
    assert known_among(back) is None
    assert not any(command.startswith("estate run") for command in back.report("en").commands)


def test_reproduce_says_in_which_month_and_makes_the_same_changes(tmp_path: Path) -> None:
    edited().save(tmp_path / "edited")
    found = reproduce(tmp_path / "edited")
    assert found.same and found.edited == (3,)
    done = CliRunner().invoke(app, ["reproduce", str(tmp_path / "edited"), "--lang", "en"])
    assert done.exit_code == 0 and "Edited by hand in month 3" in done.output and "defect" not in done.output


def test_a_change_after_the_last_month_is_kept_too(tmp_path: Path) -> None:
    with City(small_scenario(), months=2) as city:
        city.run()
        city.companies[0].reputation = 0.5
        run = Run.from_city(city)
    assert run.key != genuine(2).key
    run.save(tmp_path / "late")
    assert reproduce(tmp_path / "late").same


def test_what_was_edited_is_shown_in_the_unit_of_the_tables(city: City) -> None:
    was = city.estates[5].price
    city.estates[5].price = 1.25
    city.owners[0].arrears = 12.34
    city.owners[0].satisfaction = 0.25
    price, arrears, satisfaction = city.edits
    assert (price.was, price.now, price.unit) == (was, 1.25, "yuan/m2/month")
    assert (arrears.was, arrears.now, arrears.unit) == (0.0, 12.34, "yuan")
    assert (satisfaction.now, satisfaction.unit) == (0.25, "share")
    assert "now=1.25, unit='yuan/m2/month'" in repr(price) and "125" not in repr(price).replace("1.25", "")
    assert city.run(2).edits == [price, arrears, satisfaction]
    assert Run.from_city(city).edits == (price, arrears, satisfaction)


def test_a_result_that_holds_fen_opens_and_shows_yuan(tmp_path: Path) -> None:
    run = edited()
    run.save(tmp_path / "edited")
    held = json.loads((tmp_path / "edited" / "manifest.json").read_text(encoding="utf-8"))["edits"]
    assert held[0][:4] == [3, "estates", 2, "price"] and held[0][5] == 250, "columns hold fen, as they did"
    price = load_run(tmp_path / "edited").edits[0]
    assert (price.now, price.unit) == (2.5, "yuan/m2/month") and price.was == held[0][4] / 100
    renamed = edits_in([[3, "estates", 2, "a column that is gone", 1, 2]])
    assert (renamed[0].was, renamed[0].now, renamed[0].unit) == (1, 2, "")


def test_a_slip_in_the_name_of_a_column_is_refused_with_the_names_that_there_are(city: City) -> None:
    for handle, slip, column in (
        (city.estates[3], "pirce", "price"),
        (city.owners[5], "satisfacton", "satisfaction"),
        (city.companies[0], "reputatoin", "reputation"),
    ):
        with pytest.raises(AttributeError) as refused:
            setattr(handle, slip, 0.5)
        assert slip in str(refused.value) and column in str(refused.value)
        assert not hasattr(handle, slip)
    assert not city.edits


def test_a_mark_of_ones_own_is_set_as_on_any_mesa_agent(city: City) -> None:
    city.estates[3].surveyed = True
    city.estates[3].surveyed = False
    assert city.estates[3].surveyed is False and not city.edits
