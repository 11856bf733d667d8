"""A scenario file that names a table of its estates: what it takes from it, what it refuses, and that what
was read needs no file any more."""

from __future__ import annotations

import codecs
import pickle
import tomllib
from pathlib import Path

import pytest

from sim.errors import ScenarioError
from sim.experiments.representative import only
from sim.model.engine import Engine
from sim.model.start.drawn_table import drawn_table, write_drawn_table
from sim.results import load_run
from sim.runner import run
from sim.scenario import Scenario, content_hash, load, to_toml, with_overrides
from sim.scenario.formats import of_today
from sim.text import in_language

ROWS = (
    "number,households,district,mode,collection,fee\n"
    "7,120,0,market,0.8,1.60\n"
    "3,80,1,self,,0.9\n"
    "12,60,,,0.55,\n"
)


def write(folder: Path, rows: str = ROWS, more: str = "") -> Path:
    (folder / "mycity.csv").write_text(rows, encoding="utf-8")
    file = folder / "mine.toml"
    file.write_text(
        f'extends = "small_city"\nmonths = 3\nspin_up = 0\n{more}\n[estates]\ntable = "mycity.csv"\n',
        encoding="utf-8",
    )
    return file


def problem(folder: Path, rows: str, more: str = "") -> str:
    with pytest.raises(ScenarioError) as raised, in_language("en"):
        load(write(folder, rows, more))
    with in_language("en"):
        return str(raised.value).replace(f"{folder}/", "")


def test_a_city_has_exactly_the_estates_of_its_table(tmp_path: Path) -> None:
    scenario = load(write(tmp_path))
    estates = Engine(scenario).state.estates
    assert estates["number"].tolist() == [3, 7, 12] and estates["households"].tolist() == [80, 120, 60]
    assert scenario.city.estates == 3 and scenario.city.households == 260
    assert estates["price"][:2].tolist() == [90.0, 160.0] and estates["paid_share"].tolist()[1:] == [
        0.8,
        0.55,
    ]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("number,households\n1,20\n2,\n", "mycity.csv: row 3, column households: found nothing; allowed: a whole number from 1 to 65535 (households)"),
        ("number,households,fee\n1,20,1.2\n2,30,6800\n", "mycity.csv: row 3, column fee: found 6800; allowed: a finite number from 0 to 500 (yuan/m2/month)"),
        ("number,households,collection\n1,20,62\n", "mycity.csv: row 2, column collection: found 62; allowed: a finite number from 0 to 1 (share)"),
        ("number,households,mode\n1,20,markt\n", "mycity.csv: row 2, column mode: found 'markt'; allowed: one of market, soe, unit, self, cleaning, none; did you mean 'market'?"),
        ("number,households,committee\n1,20,yes\n", "mycity.csv: row 2, column committee: found 'yes'; allowed: true or 1 for yes, false or 0 for no, or nothing where it is not known"),
        ("number,households\n4,20\n4,30\n", "mycity.csv: row 3, column number: found 4, as in row 2; allowed: a number of its own"),
        ("number,households,fee,fee_low,fee_high\n1,20,1,0.5,2\n", "mycity.csv: row 2, column fee_low: found 0.5; allowed: one way to state it, not several (fee, fee_low)"),
        ("number,households,fee_low\n1,20,0.5\n", "mycity.csv: row 2, column fee_high: found nothing; allowed: only together with fee_low"),
        ("number,households,built_low,built_high\n1,20,2001,1996\n", "mycity.csv: row 2, column built_low: found 2001; allowed: at most built_high (1996)"),
        ("number,households,luck\n1,20,65555\n0,30,65536\n", "mycity.csv: row 2, column luck: found owners whose luck those of row 3 have; allowed: addresses of luck of its own"),
        ("number,households,type\n1,20,no_such\n", "mycity.csv: row 2, column type: found 'no_such'; allowed: one of "),
        ("number,households,district\n5,20,0\n1,20,9\n", "mycity.csv: row 3, column district: found 9; allowed: 0 to "),
        ("number,households,mode,company\n1,20,self,0\n", "mycity.csv: row 2, column company: found 0; allowed: nothing under the mode self, only under market or soe"),
        ("number,households,collection_24\n1,20,1\n", "mycity.csv: row 1, column collection_24: found 'collection_24'; allowed: one of the keys number, "),
        ("households\n20\n", "mycity.csv: row 1, column number: found nothing; allowed: a column of this name, with a figure in every row"),
        ("number,households\n", "mycity.csv: row 2, column number: found nothing; allowed: at least one estate"),
        ("number,households\n1,20,3,4\n", "mycity.csv: row 2, column households: found 4 cells; allowed: at most 2, as in the first row"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_by_file_row_and_column(tmp_path: Path, rows: str, told: str) -> None:
    assert problem(tmp_path, rows).startswith(told)


def test_other_numbers_of_estates_than_the_table_has_and_a_table_that_is_not_there(tmp_path: Path) -> None:
    assert problem(tmp_path, ROWS, "[city]\nestates = 5").endswith(
        "city.estates: found 5; allowed: 3, as many as the table of estates has, or nothing"
    )
    file = write(tmp_path)
    (tmp_path / "mycity.csv").unlink()
    with pytest.raises(ScenarioError, match=r"mine.toml: estates.table: "):
        load(file)
    many = "number,households,fee\n" + "".join(f"{n},20,x\n" for n in range(60))
    assert len(problem(tmp_path, many).splitlines()) == 21  # and says how many more there are


def test_the_hash_is_of_numbers_and_figures_alone(tmp_path: Path) -> None:
    scenario = load(write(tmp_path))
    first = content_hash(scenario)
    head, *lines = ROWS.splitlines()
    swapped = "\n".join([head, lines[2], lines[0].replace("1.60", "1.6"), lines[1]]) + "\r\n"
    assert content_hash(load(write(tmp_path, "\ufeff" + swapped.replace("\n", "\r\n")))) == first
    (tmp_path / "other.csv").write_text(ROWS, encoding="utf-8")
    other = tmp_path / "mine.toml"
    other.write_text(other.read_text(encoding="utf-8").replace("mycity", "other"), encoding="utf-8")
    assert content_hash(load(other)) == first
    for was, now in (("0.55", "0.56"), ("12,60", "13,60"), ("1.60", "")):
        assert content_hash(load(write(tmp_path, ROWS.replace(was, now)))) != first


def test_what_was_read_needs_no_file_any_more(tmp_path: Path) -> None:
    file = write(tmp_path)
    scenario = load(file)
    (tmp_path / "mycity.csv").unlink()
    assert pickle.loads(pickle.dumps(scenario)) == scenario
    assert Scenario.model_validate(of_today(tomllib.loads(to_toml(scenario)), "scenario", "")) == scenario
    alone = tmp_path / "alone.toml"
    alone.write_text(to_toml(scenario), encoding="utf-8")
    assert content_hash(load(alone)) == content_hash(scenario)
    made = run(scenario, seed=2)
    made.save(tmp_path / "result")
    read = load_run(tmp_path / "result")
    assert read.scenario.estates == scenario.estates
    assert read.manifest["content_hash"] == content_hash(made.scenario)
    assert read.estate_table["number"].tolist() == [3, 7, 12]


def test_other_values_hold_on_top_of_a_table(tmp_path: Path) -> None:
    scenario = load(write(tmp_path))
    changed = with_overrides(scenario, {"seed": 9, "parameters.payment.base": 0.1, "companies.private": 3})
    assert changed.estates == scenario.estates and content_hash(changed) != content_hash(scenario)
    other = tmp_path / "next.csv"
    other.write_text("number,households\n3,80\n40,50\n", encoding="utf-8")
    again = with_overrides(scenario, {"estates.table": str(other)})
    assert again.city.estates == 2 and again.city.households == 130
    (one, *_) = scenario.types
    alike = with_overrides(scenario, only(scenario, one, 12))
    assert alike.estates is None and alike.city.estates == 12
    with pytest.raises(ScenarioError, match=r"city.estates: found 4"):
        with_overrides(scenario, {"city.estates": 4})


def test_a_city_that_is_drawn_is_written_as_a_table(tmp_path: Path) -> None:
    path, table = write_drawn_table("small_city", tmp_path / "drawn.csv", seed=3)
    assert path.read_bytes().startswith(codecs.BOM_UTF8), "as every CSV, so that a spreadsheet reads Chinese"
    assert path.read_text(encoding="utf-8-sig") == table.text == drawn_table(load("small_city"), 3).text
    with (
        pytest.raises(ScenarioError, match=r"drawn.csv: found a file that is there already"),
        in_language("en"),
    ):
        write_drawn_table("small_city", path)
