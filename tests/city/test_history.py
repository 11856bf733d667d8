"""The history of a city: figures by estate and year, quarter or month, read from tables in several forms,
kept once, and never written over in silence."""

from __future__ import annotations

import csv
import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sim.city.history import add_to_city, measured, read_history
from sim.city.periods import in_cell, month_in, split
from sim.city.reading import read_table
from sim.city.sheets import Cell
from sim.city.writing import write_city
from sim.cli.app import app
from sim.errors import EstateError
from sim.results.folder import read_manifest
from sim.text import in_language, languages

ROWS = (
    "小区编码,小区名称,区,物业公司,户数,2021年收缴率(%)",
    "A1,听雨轩,霁明区,甲物业有限公司,61,82.5",
    "A2,石臼新村,霁明区,甲物业有限公司,48,64",
    "A3,澄波苑,霁明区,丙物业有限公司,75,41.5",
    "A4,澄波苑,砚台区,丙物业有限公司,75,71.5",
)


def table(path: str, *lines: str) -> Path:
    Path(path).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return Path(path)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("office")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        write_city(read_table(table("a.csv", *ROWS)), "mycity")
    yield folder


@pytest.fixture(autouse=True)
def working_folder(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)


def figures() -> dict[tuple[int, str, str], float]:
    held = read_history("mycity").measured
    return {(number, what, str(period)): row.values[0] for (number, what, period), row in held.items()}


def codes(notes: object) -> list[tuple[int | None, str]]:
    return [(one.row, one.code) for one in notes if one.verdict in ("left_out", "blank")]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "text, period, rest",
    [
        ("2023", "2023", ""),
        ("2023年度收缴率", "2023", "收缴率"),
        ("2023Q1", "2023Q1", ""),
        ("2023年第三季度", "2023Q3", ""),
        ("收缴率 2023-4季度", "2023Q4", "收缴率"),
        ("2023年3月", "2023-03", ""),
        ("202312", "2023-12", ""),
        ("collection 2023-07", "2023-07", "collection"),
        ("2023.3", "2023-03", ""),
        ("2023.1", None, "2023.1"),  # January, or what a spreadsheet makes of 2023.10
        ("2023上半年", None, "2023上半年"),
        ("2021-2022", None, "2021-2022"),
        ("2023-03-15", None, "2023-03-15"),
        ("13800", None, "13800"),
    ],
)
def test_a_heading_says_when_and_what_is_left_of_it_what(text: str, period: str | None, rest: str) -> None:
    found, left = split(text)
    assert (str(found) if found else None, left) == (period, rest)


def test_a_day_is_the_month_of_an_event_and_no_period_of_a_figure() -> None:
    day = Cell(dt.date(2022, 5, 31))
    assert str(month_in(day)) == "2022-05" and in_cell(day) is None
    assert str(month_in(Cell("2022年5月15日"))) == "2022-05" and month_in(Cell("2022年5月32日")) is None
    assert month_in(Cell("2022")) is None and str(in_cell(Cell(2022))) == "2022"


def test_one_column_a_period_and_one_row_a_figure_say_the_same() -> None:
    wide = table(
        "wide.csv", "小区编码,2021年收缴率(%),2022Q1收缴率(%),投诉2022-03", "A1,82.5,81,4", "A2,64,—,约5"
    )
    add_to_city("mycity", wide)
    expected = {
        (1, "collection", "2021"): 0.825,
        (1, "collection", "2022Q1"): 0.81,
        (1, "complaints", "2022-03"): 4,
        (2, "collection", "2021"): 0.64,
        (2, "complaints", "2022-03"): 5,
    }
    assert figures() == expected
    content = read_history("mycity").content
    shutil.rmtree("mycity/history")
    head = "name,district,year,quarter,month,collection rate (%),complaints"
    long = (
        "石臼新村,霁明区,2022,,3,,5",
        "听雨轩,霁明区,2022,Q1,,81,",
        "听雨轩,霁明区,2022,,3,,4",
        "石臼新村,霁明区,2021,,,64%,",
        "听雨轩,霁明区,2021,,,82.5,",
    )
    add_to_city("./mycity", table("long.csv", head, *long))
    assert figures() == expected and read_history("mycity").content == content
    assert read_manifest(Path("mycity/history"))["content"] == content


def test_bare_years_need_a_title_or_a_word_that_says_what_they_hold() -> None:
    bare = ("小区编码,2020,2021", "A1,82,81", "A2,64,66")
    with pytest.raises(EstateError) as caught:
        add_to_city("mycity", table("bare.csv", *bare))
    for lang in languages():
        with in_language(lang):
            assert "--of" in str(caught.value) and "bare.csv" in str(caught.value)
    assert not Path("mycity/history").exists()
    with pytest.raises(EstateError, match="--of"):
        add_to_city("mycity", "bare.csv", of="trust")
    add_to_city("mycity", table("titled.csv", "各小区业主满意度,,", *bare), unit="percent")
    assert figures()[(1, "satisfaction", "2020")] == 0.82
    add_to_city("mycity", "bare.csv", of="collection")
    assert figures()[(2, "collection", "2021")] == 0.66


def test_what_cannot_be_read_is_named_by_row_and_column_and_the_rest_is_kept() -> None:
    lines = (
        "小区编码,小区名称,年份,收缴率(%)",
        "A1,听雨轩,2020,102",
        "A9,不存在,2020,80",
        ",澄波苑,2020,80",  # two estates have this name
        "A2,石臼新村,2020上半年,80",
        "A2,石臼新村,2020,0.7",
        "A3,澄波苑,2020,六成",
        "A4,澄波苑,2020,71",
        "A4,澄波苑,2020,72",
        "合计,,2020,80",
    )
    added = add_to_city("mycity", table("messy.csv", *lines))
    assert figures() == {(4, "collection", "2020"): 0.71}
    told = dict(codes(added.notes))
    assert told == {
        2: "over_one",
        3: "no_estate",
        4: "no_estate",
        5: "no_period",
        6: "misfit",
        7: "blank_in_words",
        9: "twice",
        10: "total",
    }
    with Path("mycity/history/notes.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["row"]: row for row in csv.DictReader(file)}
    assert rows["2"]["column"] == "D" and rows["2"]["found"] == "102" and rows["4"]["found"] == "澄波苑"


def test_added_again_it_is_the_same_and_what_is_otherwise_is_named_and_kept() -> None:
    first = table("first.csv", "小区编码,年份,收缴率(%)", "A1,2020,80", "A2,2020,60")
    assert add_to_city("mycity", first).new == 2
    before = {path.name: path.read_bytes() for path in Path("mycity/history").iterdir()}
    again = add_to_city("mycity", first)
    assert (again.new, again.same, again.conflicts) == (0, 2, [])
    assert {path.name: path.read_bytes() for path in Path("mycity/history").iterdir()} == before
    other = table("other.csv", "小区编码,年份,收缴率(%)", "A1,2020,85", "A2,2020,60.0", "A3,2020,40")
    added = add_to_city("mycity", other)
    assert (added.new, added.same, len(added.conflicts)) == (1, 1, 1)
    assert added.conflicts[0].row == 2 and "first.csv" in str(added.conflicts[0].why)
    assert figures()[(1, "collection", "2020")] == 0.8
    replaced = add_to_city("mycity", other, replace=True)
    assert replaced.replaced and "first.csv" in str(replaced.conflicts[0].why)
    assert figures()[(1, "collection", "2020")] == 0.85 and len(figures()) == 3


def test_a_figure_that_the_city_s_table_has_otherwise_is_named_and_both_are_kept() -> None:
    added = add_to_city("mycity", table("h.csv", "小区编码,年份,收缴率(%)", "A1,2021,80", "A2,2021,64"))
    assert [(one.row, one.code) for one in added.notes if one.code == "other_than_table"] == [
        (2, "other_than_table")
    ]
    frame = measured("mycity")
    said = {(row.number, row.period): (row.value, row.source) for row in frame.itertuples()}
    assert said[(1, "2021")] == (0.8, "h.csv"), "what was measured goes before the table"
    assert said[(3, "2021")] == (0.415, "mycity/estates.csv")
    assert len(measured("mycity", tables=False)) == 2


def test_a_time_after_the_city_s_table_is_kept_and_asked_about_and_one_that_cannot_be_says_which_can() -> (
    None
):
    lines = ("小区编码,年份,收缴率,投诉数量", "A1,2035,80,3", "A2,2035,64,", "A2,2020,63,4")
    added = add_to_city("mycity", table("h.csv", *lines))
    assert figures()[(2, "complaints", "2020")] == 4 and figures()[(1, "collection", "2035")] == 0.8
    later = [str(one.why) for one in added.notes if one.code.startswith("later")]
    assert len(later) == 1 and "2035" in later[0] and "2021" in later[0] and "3" in later[0]
    old = add_to_city("mycity", table("e.csv", "小区编码,日期,事件", "A1,1850-06,改造", "A2,2020-06,改造"))
    (note,) = (one for one in old.notes if one.verdict == "left_out")
    assert note.row == 2 and "1900" in str(note.why)


def test_a_table_of_no_past_is_refused_and_nothing_is_written() -> None:
    for lines in (
        ("小区编码,户数", "A1,61"),
        ("街道,2021年收缴率", "甲,80"),
        ("小区编码,收缴率", "A1,80"),
        ("小区编码,2021年收缴率", "Z1,80"),
    ):
        with pytest.raises(EstateError, match=r"no\.csv"):
            add_to_city("mycity", table("no.csv", *lines))
    mixed = ("小区编码,2020年收缴率", "A1,0.5", "A2,60")
    for lines, why in ((("小区编码,2021年收缴率", "Z1,80"), "no estate"), (mixed, "percent")):
        with pytest.raises(EstateError, match=f"(?i){why}"):  # and why there is nothing in it
            add_to_city("mycity", table("no.csv", *lines))
    with pytest.raises(EstateError, match="yourcity"):
        add_to_city("yourcity", "no.csv")
    assert not Path("mycity/history").exists()


@pytest.mark.parametrize("lang, word", [("en", "1 figure is new"), ("zh", "新增1个数据")])
def test_the_command_says_what_is_new_and_what_was_left_out(lang: str, word: str) -> None:
    table("h.csv", "小区编码,年份,收缴率(%)", "A1,2020,80", "A9,2020,64")
    told = CliRunner().invoke(app, ["city", "add", "mycity", "h.csv", "--lang", lang])
    assert told.exit_code == 0 and word in told.output and "A9" in told.output, told.output
    wrong = CliRunner().invoke(app, ["city", "add", "mycity", "h.csv", "--unit", "pct", "--lang", lang])
    assert wrong.exit_code == 2 and "--unit" in wrong.output
