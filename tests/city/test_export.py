"""A result as a workbook: the city's own sheet as it was, the results beside the right estates, and every
table number by number."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest
from typer.testing import CliRunner

import sim
from sim.city.own_sheet import read_sheet
from sim.city.reading import read_table
from sim.city.writing import write_city
from sim.cli.app import app
from sim.cli.exporting import _table
from sim.errors import CityError
from sim.results.outcomes import estate_figures
from sim.results.reading import Reading
from sim.results.sheets import Sheets
from sim.studies.sensitivity.sheets import HEADINGS as SENSITIVITY
from sim.text import in_language
from sim.words import STAGE_WORDS

MONTHS = 13
HEAD = "小区编码,小区名称,所属街道,户数,物业费(元/㎡·月),收缴率(%),备注"
ROWS = (
    "XQ-0907,听雨轩,桐花街道,61,1.6,82.5,=1+1",
    "XQ-0012,砚台湾,桐花街道,48,1.2,64,",
    "007,折柳新村,石臼街道,75,0.9,41.5,电梯停用",
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A working folder with a city of three estates, a run of it and a comparison."""
    folder = tmp_path_factory.mktemp("office")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        Path("list2024.csv").write_text("\n".join((HEAD, *ROWS)) + "\n", encoding="utf-8")
        write_city(read_table("list2024.csv"), "mycity")
        sim.run("mycity/scenario.toml", months=MONTHS).save("run")
        Path("plan.toml").write_text(
            'extends = "mycity/scenario.toml"\nname = "plan"\n[title]\nzh = "改造"\nen = "retrofit"\n'
            '[[interventions]]\nkind = "retrofit"\nname = "retrofit"\nstart = 2\n',
            encoding="utf-8",
        )
        both = ("mycity/scenario.toml", "plan.toml")
        sim.compare(*both, replications=3, months=MONTHS, progress=False, store="store").save("compared")
        yield folder


@pytest.fixture(autouse=True)
def there(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place)


def exported(result: str, *more: str, lang: str = "zh") -> dict[str, list[tuple[Any, ...]]]:
    """The sheets of a workbook that was written and opened again, by title, the headings first."""
    out = Path(f"{result}.{lang}.xlsx")
    out.unlink(missing_ok=True)
    said = CliRunner().invoke(app, ["export", result, "--xlsx", "--out", str(out), "--lang", lang, *more])
    assert said.exit_code == 0, said.output
    book = openpyxl.load_workbook(out)
    assert all(page.freeze_panes for page in book)
    return {page.title: list(page.iter_rows(values_only=True)) for page in book}


def test_the_users_own_sheet_comes_back_as_it_was_with_results_beside_the_right_estates() -> None:
    heads, *rows = exported("run")["各小区结果"]
    own = len(HEAD.split(","))
    assert list(heads[:own]) == HEAD.split(",")
    assert rows[0][:own] == ("XQ-0907", "听雨轩", "桐花街道", 61, 1.6, 82.5, "=1+1")  # a text, no formula
    assert [row[0] for row in rows] == ["XQ-0907", "XQ-0012", "007"]
    run = sim.load_result("run")
    last = run.estates[run.estates["month"] == MONTHS].reset_index(drop=True)
    at = {str(head): place for place, head in enumerate(heads)}
    for row in rows:
        place = int(np.flatnonzero(run.estate_table["number"] == row[own])[0])
        assert run.estate_table["households"][place] == row[3]
        assert row[at["物业费实收率（未收费计0，末年）（%）"]] == pytest.approx(
            last["collection"][place], rel=1e-12
        )
        assert row[at["期末欠费余额（元）"]] == pytest.approx(last["arrears"][place], rel=1e-12)
        with in_language("zh"):
            assert row[at["期末阶段"]] == str(STAGE_WORDS[last["stage"][place]])


def test_what_became_of_an_estate_is_what_the_registry_says() -> None:
    run = sim.run("mycity/scenario.toml", months=MONTHS)
    figures = estate_figures(Reading(run._source.record))  # type: ignore[attr-defined]
    told = {one.id: one.values for one in run.kind.get(run.kind.sheets)(run).estates}
    for name in set(told) & set(figures) - {"final_stage", "final_mode"}:
        assert np.allclose(told[name].astype(float), figures[name], rtol=1e-6), name
    assert {"collection_last_year", "cycle_months", "cycle_months_last_year"} <= set(told) & set(figures)


def test_the_citys_own_id_and_name_stand_beside_the_number_of_an_estate_in_every_table() -> None:
    heads, *rows = exported("compared", lang="en")["estates run by run"]
    at = {str(head): place for place, head in enumerate(heads)}
    named = {(row[at["number in the program"]], row[at["id"]], row[at["name"]]) for row in rows}
    assert named == {(1, "XQ-0907", "听雨轩"), (2, "XQ-0012", "砚台湾"), (3, "007", "折柳新村")}


def same(cell: Any, value: Any) -> bool:
    if value is pd.NA or value is None or (isinstance(value, float) and math.isnan(value)) or value == "":
        return cell is None
    if isinstance(value, bool | np.bool_):
        return cell == ("yes" if value else "no")
    if isinstance(value, str):
        return isinstance(cell, str)  # codes are said in words
    if math.isinf(value):
        return cell in ("∞", "−∞")
    return isinstance(cell, int | float) and math.isclose(cell, value, rel_tol=1e-14)


@pytest.mark.parametrize(("result", "others"), [("run", 3), ("compared", 3)])
def test_the_workbook_opened_again_holds_every_table_number_by_number(result: str, others: int) -> None:
    sheets = list(exported(result, lang="en").values())
    tables = sim.load_result(result).tables()
    assert len(sheets) == len(tables) + others
    for (heads, *rows), (name, frame) in zip(sheets[1:], tables.items(), strict=False):
        assert len(rows) == len(frame), name
        columns = [column for column in frame.columns if (column, name) != ("number", "estate_table")]
        kept = [place for place, head in enumerate(heads) if head not in ("id", "name")]
        assert len(kept) == len(columns), name
        for place, column in zip(kept, columns, strict=True):
            values = frame[column].astype(object)
            if column == "estate":  # the number that an estate keeps, from 1, instead of its place in the run
                values = values.map(lambda one: one if one is pd.NA else one + 1)
            for row, value in zip(rows, values, strict=True):
                assert same(row[place], value), (name, column, row[place], value)


def test_a_comparison_says_of_each_estate_how_often_it_is_in_the_cycle_and_rescued() -> None:
    heads, *rows = exported("compared")["各小区结果"]
    comparison = sim.load_result("compared")
    fates = comparison.fates
    for row in rows:
        own = fates[fates["estate"] == row[len(HEAD.split(","))] - 1]
        without = (own["baseline_cycle_months_last_year"] == 12).mean()
        within = (own["arm_cycle_months_last_year"] == 12).mean()
        rescued, harmed = ((own["fate"] == fate).mean() for fate in ("rescued", "harmed"))
        assert row[len(HEAD.split(",")) + 1 :][:4] == pytest.approx((without, within, rescued, harmed))
    assert "改造" in str(heads)


def test_every_column_is_explained_with_scenario_seeds_and_hashes() -> None:
    sheets = exported("compared")
    about = {str(item): str(said) for item, said in sheets["说明"]}
    assert about["随机种子"] == "1, 2, 3" and len(about["情景的哈希"]) == 64
    explained = {(row[0], row[1]) for row in sheets["各列含义"][1:]}
    for title, (heads, *_) in list(sheets.items())[:-2]:
        assert {(title, head) for head in heads} <= explained
    over = {row[4] for row in exported("run")["各列含义"][1:]}
    assert any("户数加权" in str(one) for one in over)  # from the registry: over whom


def test_a_run_is_said_to_be_one_draw_before_anything_it_found() -> None:
    said = exported("run")["说明"][1:]
    seed = sim.load_result("run").manifest["seed"]
    assert said[0] == ("抽样", f"一次抽样，种子{seed}")
    assert "抽样" not in {row[0] for row in exported("compared")["说明"]}, "three draws are not one"


def test_intervals_of_means_and_what_may_happen_are_told_apart_by_their_headings() -> None:
    sheets = exported("compared", lang="en")
    heads = " | ".join(map(str, sheets["differences"][0]))
    assert "interval of the mean, low" in heads and "what may happen, high" in heads
    plane = " | ".join(map(str, sheets["cost and effect"][0]))
    assert "gained, interval of the mean, low" in plane and "gained, what may happen, high" in plane
    assert "interval of the ratio of the means, low" in plane, "a price is a ratio"
    assert not any("range of runs" in str(head) for heads, *_ in sheets.values() for head in heads)


def test_the_ends_of_a_parameter_are_not_called_an_interval_of_a_mean() -> None:
    frame = pd.DataFrame({"parameter": ["payment.base"], "low": [0.5], "high": [1.5], "range_low": [0.0]})
    with in_language("en"):
        page, _ = _table("morris", frame, Sheets(headings=dict(SENSITIVITY)), None, (), 0)
    assert [column.head for column in page.columns][1:3] == ["least value tried", "greatest value tried"]


def test_headings_carry_units_and_shares_are_shown_in_per_cent() -> None:
    exported("run")
    page = openpyxl.load_workbook("run.zh.xlsx")["各小区结果"]
    head = {cell.value: cell.column_letter for cell in page[1]}
    share = page[f"{head['物业费实收率（未收费计0，末年）（%）']}2"]
    assert share.number_format == "0.0%" and 0 <= share.value <= 1
    assert page.column_dimensions["B"].width >= 8


def test_nothing_is_written_over_and_no_names_are_put_beside_another_city(tmp_path: Path) -> None:
    Path("mine.xlsx").write_bytes(b"mine")
    said = CliRunner().invoke(app, ["export", "run", "--xlsx", "--out", "mine.xlsx", "--lang", "en"])
    assert said.exit_code == 2 and "mine.xlsx" in said.output
    assert Path("mine.xlsx").read_bytes() == b"mine"
    Path("other.csv").write_text("\n".join((HEAD, ROWS[1], *ROWS[::2])) + "\n", encoding="utf-8")
    write_city(read_table("other.csv"), "other")
    said = CliRunner().invoke(
        app, ["export", "run", "--xlsx", "--out", "new.xlsx", "--city", "other", "--lang", "en"]
    )
    assert said.exit_code == 2 and "number 1" in said.output and not Path("new.xlsx").exists()


def test_a_drawn_city_has_its_tables_alone_and_a_city_elsewhere_its_numbers(tmp_path: Path) -> None:
    drawn = sim.run("small_city", months=2, overrides={"spin_up": 0})
    drawn.save(tmp_path / "drawn")
    sheets = exported("run", lang="en")
    out = tmp_path / "to" / "send" / "drawn.xlsx"  # a folder that is made
    said = CliRunner().invoke(app, ["export", str(tmp_path / "drawn"), "--xlsx", "--out", str(out)])
    assert said.exit_code == 0, said.output
    page = openpyxl.load_workbook(out).worksheets[0]
    assert page.max_row == len(drawn.estate_table) + 1
    assert "听雨轩" in str(sheets) and "听雨轩" not in str(
        [list(row) for row in page.iter_rows(values_only=True)]
    )


def test_a_sheet_that_was_changed_by_hand_is_refused(place: Path) -> None:
    write_city(read_table("list2024.csv"), "touched")
    path = Path("touched/sheet.json")
    path.write_text(path.read_text(encoding="utf-8").replace("听雨轩", "听雨"), encoding="utf-8")
    with pytest.raises(sim.EstateError, match=r"sheet\.json"):
        read_sheet(Path("touched"))
    (Path("touched") / "manifest.json").unlink()
    with pytest.raises(sim.EstateError):
        read_sheet(Path("touched"))
    assert issubclass(CityError, sim.EstateError)
