"""A city made of a table: what its folder holds, what stays when it is made again, and what is never lost."""

from __future__ import annotations

import csv
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sim.city.mapping import read_mapping
from sim.city.reading import read_table
from sim.city.template import FIELDS, rows_of_template, write_template
from sim.city.writing import write_city
from sim.cli.app import app
from sim.errors import CityError, EstateError
from sim.results.folder import read_manifest
from sim.scenario import load
from sim.scenario.estate_table import column_of
from sim.text import in_language, languages

TABLES = Path(__file__).parents[1] / "cases/tables"
STREETS = TABLES / "t02_street_list_bom.csv"


@pytest.fixture(autouse=True)
def working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def table(path: str, *lines: str) -> Path:
    Path(path).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return Path(path)


def test_a_folder_has_the_scenario_the_table_its_key_the_mapping_and_the_notes() -> None:
    made = write_city(read_table(STREETS), "mycity")
    assert {path.name for path in made.folder.iterdir()} == {
        *("estates.csv", "key.csv", "sheet.json", "notes.csv"),
        *("mapping.toml", "scenario.toml", "manifest.json"),
    }
    scenario = tomllib.loads((made.folder / "scenario.toml").read_text(encoding="utf-8"))
    assert scenario["extends"] == "vicious_cycle" and scenario["estates"] == {"table": "estates.csv"}
    assert scenario["city"]["start_year"] == 2023
    assert len(read_manifest(made.folder)["original"]["sha256"]) == 64


def test_the_canonical_table_keeps_to_its_declaration() -> None:
    write_city(read_table(STREETS), "mycity")
    rows = rows_of(Path("mycity/estates.csv"))
    for row in rows:
        for name, text in row.items():
            declared = column_of(name)
            assert declared is not None, name
            column = declared[0]
            if not text:
                assert not column.required
            elif column.kind == "word":
                assert not column.words or text in column.words
            elif column.kind == "flag":
                assert text in ("true", "false")
            else:
                assert column.low is None or column.low <= float(text)
                assert column.high is None or float(text) <= column.high
    by_number = {row["number"]: row for row in rows}
    assert (
        by_number["5"]["fee_low"] == "1.5"
        and by_number["5"]["fee_high"] == "2.1"
        and not by_number["5"]["fee"]
    )
    assert by_number["1"]["collection"] == by_number["1"]["collection_2022"] == "0.875"
    assert by_number["3"]["collection"] == ""


def test_names_stand_in_the_key_and_not_in_the_table_or_the_scenario() -> None:
    write_city(read_table(STREETS), "mycity")
    open_files = [Path("mycity/estates.csv"), Path("mycity/scenario.toml")]
    texts = [path.read_text(encoding="utf-8-sig") for path in open_files]
    names = {row[key] for row in rows_of(Path("mycity/key.csv")) for key in ("name", "street", "company")}
    assert "砚台湾花园" in names and "桐花街道" in names
    for name in names - {""}:
        assert all(name not in text for text in texts), name


def test_a_city_is_made_over_itself_and_over_no_other() -> None:
    write_city(read_table(table("a.csv", "编号,小区名称,户数", "X1,甲苑,500", "X2,乙苑,300")), "mycity")
    before = {path.name: path.read_bytes() for path in Path("mycity").iterdir()}
    other = table("b.csv", "编号,小区名称,户数", "X9,丙苑,200", "X2,乙苑,300")
    with pytest.raises(EstateError, match="mycity"):
        write_city(read_table(other), "mycity")
    assert {path.name: path.read_bytes() for path in Path("mycity").iterdir()} == before


def test_made_again_with_its_mapping_numbers_and_a_changed_scenario_stay() -> None:
    write_city(read_table(STREETS), "mycity")
    numbers = {row["name"]: row["number"] for row in rows_of(Path("mycity/key.csv"))}
    scenario = Path("mycity/scenario.toml")
    scenario.write_text(scenario.read_text(encoding="utf-8") + "# mine\n", encoding="utf-8")
    mapping = Path("mycity/mapping.toml")
    text = mapping.read_text(encoding="utf-8").replace('misfits = ""', 'misfits = "share"')
    text = text.replace("columns = [", 'cells = [{ row = 5, column = "H", value = 0.6 }]\ncolumns = [')
    text = text.replace("columns = [", 'rows = [{ row = 2, use = "leave" }]\ncolumns = [', 1)
    mapping.write_text(text, encoding="utf-8")
    made = write_city(read_table(STREETS, mapping=mapping), "mycity")
    assert made.kept and made.unfit is None and load("mycity").city.estates == made.estates == 11
    assert scenario.read_text(encoding="utf-8").endswith("# mine\n")
    assert {row["name"]: row["number"] for row in rows_of(Path("mycity/key.csv"))} == numbers
    by_number = {row["number"]: row for row in rows_of(Path("mycity/estates.csv"))}
    assert by_number[numbers["三眼井小区"]]["collection"] == "0.62"
    assert by_number[numbers["棉纺厂宿舍"]]["collection"] == "0.6"
    assert numbers["砚台湾花园"] not in by_number
    assert read_mapping(mapping).cells[0].row == 5, "what was told is told on"


def test_words_of_the_table_are_what_the_mapping_says() -> None:
    path = table(
        "a.csv",
        "小区名称,户数,小区类型,物业公司",
        "甲苑,500,老旧小区,社区代管",
        "乙苑,300,商品房,国资物业服务公司",
    )
    mapping = table(
        "m.toml",
        '[types]\n"老旧小区" = "unit_built"\n[modes]\n"社区代管" = "cleaning"',
        '[companies]\n"国资物业服务公司" = "soe"',
    )
    write_city(read_table(path, mapping=mapping), "mycity")
    rows = rows_of(Path("mycity/estates.csv"))
    assert [(row["type"], row["mode"]) for row in rows] == [("unit_built", "cleaning"), ("commodity", "soe")]


@pytest.mark.parametrize(
    "text, word",
    [
        ('columns = [{ column = "B", means = "houses" }]', "houses"),
        ('columns = [{ column = "Z", means = "households" }]', "Z"),
        ('[modes]\n"代管" = "cleanin"', "cleanin"),
        ("colums = []", "colums"),
        ('sha256 = "00"\ncells = [{ row = 2, column = "B", value = 3 }]', "cells"),
    ],
)
def test_a_mapping_that_says_nothing_sensible_is_refused_by_its_key(text: str, word: str) -> None:
    path, mapping = table("a.csv", "小区名称,户数", "甲苑,500"), table("m.toml", text)
    with pytest.raises(CityError) as caught:
        read_table(path, mapping=mapping)
    for lang in languages():
        with in_language(lang):
            assert word in str(caught.value) and "m.toml" in str(caught.value)


def test_nothing_is_written_where_the_table_is_refused_or_the_folder_is_another_s() -> None:
    with pytest.raises(CityError):
        read_table(TABLES / "t08_districts_not_estates.csv")
    Path("taken").mkdir()
    table("taken/mine.txt", "mine")
    for name in ("taken", "../up", "My City", "", "wuhan"):
        with pytest.raises(EstateError):
            write_city(read_table(STREETS), name)
    assert sorted(path.name for path in Path().iterdir()) == ["taken"]
    assert [path.name for path in Path("taken").iterdir()] == ["mine.txt"]


def test_a_table_of_parquet_is_read_as_one_of_text_is() -> None:
    import pandas as pd

    frame = pd.DataFrame({"小区名称": ["甲苑", "乙苑"], "户数": [500, 300], "收缴率": [0.8, None]})
    frame.to_parquet("a.parquet")
    rows = {one.get("name"): one for one in read_table("a.parquet").estates}
    assert rows["甲苑"].get("households") == 500 and rows["甲苑"].get("collection") == 0.8
    assert rows["乙苑"].get("collection") is None


def test_a_city_is_found_by_its_name_or_path_and_has_exactly_the_estates_of_its_table() -> None:
    write_city(read_table(STREETS), "mycity")
    for where in ("mycity", "./mycity", "mycity/", "mycity/scenario.toml"):
        scenario = load(where)
        assert scenario.name == "mycity"
        assert (scenario.city.estates, scenario.city.households) == (12, 10_313)
    assert scenario.estates is not None and scenario.estates.rows.numbers.tolist() == list(range(1, 13))
    with pytest.raises(EstateError, match="yourcity"):
        load("yourcity")


@pytest.mark.parametrize(
    "name", ["t01_crawl_utf8.csv", "t03_crawl_gbk.csv", "t07_years_wide.xlsx", "t09_phases_semicolon.csv"]
)
def test_what_is_written_of_a_messy_table_is_a_scenario(name: str) -> None:
    reading = read_table(TABLES / name)
    write_city(reading, "mycity")
    assert load("mycity").city.estates == len(reading.estates)


def test_more_companies_and_larger_ones_than_the_base_has_are_made_room_for() -> None:
    many = [f"小区{n},300,示例{n}物业公司" for n in range(60)]
    large = [f"小区{n},300,大物业公司" for n in range(60, 100)]
    write_city(read_table(table("a.csv", "小区名称,户数,物业公司", *many, *large)), "mycity")
    scenario = load("mycity")
    assert scenario.companies.private >= 61 and scenario.companies.capacity_estates >= 40


# the template


@pytest.mark.parametrize("form", ["xlsx", "csv"])
@pytest.mark.parametrize("lang", languages())
def test_a_template_that_is_filled_in_is_understood_in_full(lang: str, form: str) -> None:
    with in_language(lang):
        path = write_template(Path(f"template.{form}"))
        example = rows_of_template()[-1]
        filled = ["", *example[1:]]
        if form == "csv":
            with path.open("a", encoding="utf-8", newline="") as file:
                csv.writer(file).writerow(filled)
        else:
            from openpyxl import load_workbook

            book = load_workbook(path)
            book.active.append(filled)
            book.save(path)
        reading = read_table(path)
    columns = {one.means for one in reading.columns if one.used}
    assert columns == {field.name for field in FIELDS}
    assert len(reading.estates) == 1, "the example of the template is no estate"
    facts = reading.estates[0].facts
    assert facts["households"] == 860 and facts["fee"] == (1.5, 2.8) and facts["collection"] == 0.72
    assert facts["mode"] == "market" and facts["type"] == "commodity" and facts["committee"] == "yes"
    assert facts["floor_area"] == 94_600 and facts["arrears"] == 530_000 and facts["built"] == (2003, 2003)
    assert not [one for one in reading.notes if one.verdict == "blank"]


def test_a_template_is_written_over_nothing_and_in_no_other_form() -> None:
    write_template(Path("a.csv"))
    for name in ("a.csv", "a.txt", "a"):
        with pytest.raises(CityError):
            write_template(Path(name))


# the command


def test_the_command_shows_what_each_column_was_taken_for_and_what_is_doubtful() -> None:
    told = CliRunner().invoke(app, ["city", "new", str(STREETS), "--name", "mycity", "--lang", "zh"])
    assert told.exit_code == 0, told.output
    for word in ("收缴率(%)", "12个小区", "mapping.toml", "第4行"):
        assert word in told.output
    again = CliRunner().invoke(app, ["city", "template", "--out", "t.xlsx", "--lang", "en"])
    assert again.exit_code == 0 and Path("t.xlsx").is_file()
    wrong = CliRunner().invoke(app, ["city", "new", "nothing.csv", "--name", "other", "--lang", "en"])
    assert wrong.exit_code == 2 and "nothing.csv" in wrong.output and not Path("other").exists()


@pytest.mark.parametrize(
    "name",
    [
        "t01_crawl_utf8.csv",
        "t02_street_list_bom.csv",
        "t03_crawl_gbk.csv",
        "t04_charges_en_bom.csv",
        "t05_ledger_merged.xlsx",
        "t07_years_wide.xlsx",
        "t09_phases_semicolon.csv",
        "t10_template.xlsx",
    ],
)
def test_the_mapping_that_was_written_says_again_what_was_read(name: str) -> None:
    first = read_table(TABLES / name)
    made = write_city(first, "mycity")
    before = {path.name: path.read_bytes() for path in made.folder.iterdir() if path.suffix == ".csv"}
    again = read_table(TABLES / name, mapping=made.folder / "mapping.toml")
    assert [(one.row, one.facts) for one in again.estates] == [(one.row, one.facts) for one in first.estates]
    write_city(again, "mycity")
    for file in ("estates.csv", "key.csv"):
        assert (made.folder / file).read_bytes() == before[file]
