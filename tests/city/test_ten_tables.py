"""Ten tables as offices and crawlers have them: what stands in tests/cases/tables/expected.json is what the
import makes of each."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from sim.city.reading import EstateRow, Reading, read_table
from sim.errors import CityError
from sim.text import in_language

TABLES = Path(__file__).parents[1] / "cases/tables"
EXPECTED: dict[str, dict[str, Any]] = json.loads((TABLES / "expected.json").read_text(encoding="utf-8"))
BESIDE, DISTRICTS = "t06_side_by_side.xlsx", "t08_districts_not_estates.csv"
READ = sorted(name for name in EXPECTED if not name.startswith("_") and name not in (BESIDE, DISTRICTS))
# What a column is that is left out needs no further word on its cells; empty cells need none at all.
OF_UNUSED = {("t04_charges_en_bom.csv", "Caretaking"), (BESIDE, "开盘日期")}
# A number where others are texts reads the same; said of fees and counts, not of years.
PLAIN = {(BESIDE, 9, "建成年份")}


def reading_of(name: str) -> Reading:
    return read_table(TABLES / name)


@pytest.mark.parametrize("name", READ)
def test_the_file_and_its_headings_are_found(name: str) -> None:
    expected, table = EXPECTED[name], reading_of(name).table
    assert list(table.header_rows) == expected["header_rows"]
    if "encoding" in expected:
        assert table.book.encoding == expected["encoding"].replace("gbk", "gb18030")
        assert table.book.separator == expected["separator"]
    if "sheet" in expected:
        assert table.sheet.name == expected["sheet"]


MEANINGS = {"price": "fee", "floor_area_m2": "floor_area", "billed": "billed", "collected": "received"}


@pytest.mark.parametrize("name", [*READ, BESIDE])
def test_each_column_is_what_it_is(name: str) -> None:
    within = {"within": "A2:F12", "required": False} if name == BESIDE else {}
    found = {one.heading: one for one in read_table(TABLES / name, **within).columns}
    for heading, meaning in EXPECTED[name]["columns"].items():
        first = re.split(r"[ (:,]", meaning)[0]
        if heading == "":
            assert not any(one.used for key, one in found.items() if key == "")
        elif first == "ignore":
            # ids, addresses and coordinates go into the key, remarks are read: none of them is a figure
            kept = ("id", "address", "coordinates", "remark")
            assert not found[heading].used or found[heading].means in kept, heading
        elif first == "year":
            assert found[heading].means == "period"
        elif first != "refuse":
            assert found[heading].means == MEANINGS.get(first, first), heading


def same(expected: Any, found: Any) -> bool:
    if isinstance(expected, float) and found is not None:
        return abs(found - expected) < 1e-4
    return bool(expected == found)


def check_row(name: str, expected: dict[str, Any], one: EstateRow) -> None:
    fee = one.get("fee")
    prices = fee if isinstance(fee, tuple) else (None, None)
    for key, found in (("price_low", prices[0]), ("price_high", prices[1])):
        assert same(expected[key], found), (name, one.row, key, found)
    built = one.get("built") or (None, None)
    if "built_low" in expected:
        assert built == (expected["built_low"], expected["built_high"])
    elif "built" in expected:
        assert built == (expected["built"], expected["built"])
    for year, share in expected.get("collection", {}).items():
        assert same(share, one.get(f"collection_{year}")), (
            name,
            one.row,
            year,
            one.get(f"collection_{year}"),
        )
    for key in ("district", "street", "community", "households", "committee", "company", "buildings"):
        if key in expected:
            assert expected[key] == one.get(key), (name, one.row, key)
    if "parking" in expected:
        assert expected["parking"] == one.get("parking"), (name, one.row)
    for key, own in (("floor_area_m2", "floor_area"), ("arrears_share", "arrears_share")):
        if key in expected:
            assert same(expected[key], one.get(own)), (name, one.row, key)
    if "mode_hint" in expected:
        assert expected["mode_hint"] == one.get("mode"), (name, one.row)
    if expected.get("charged") is False:
        assert fee is False
    expected_name = expected["name"].replace("(", "（").replace(")", "）")
    assert str(one.get("name")).replace("(", "（").replace(")", "）") in (
        expected_name,
        expected_name.replace("月河A", "月河Ａ"),
    )


@pytest.mark.parametrize("name", READ)
def test_every_estate_has_its_right_values_and_no_other_row_is_one(name: str) -> None:
    estates = {one.row: one for one in reading_of(name).estates}
    assert sorted(estates) == [one["row"] for one in EXPECTED[name]["rows"]]
    for expected in EXPECTED[name]["rows"]:
        check_row(name, expected, estates[expected["row"]])


TYPES = {"商品房": "commodity", "安置房": "resettlement", "单位房": "unit_built", "三无小区": "three_no"}


def test_types_that_the_scenario_does_not_have_wait_for_the_user() -> None:
    name = "t07_years_wide.xlsx"
    found = {one.row: one.get("type") for one in reading_of(name).estates}
    assert found == {one["row"]: TYPES.get(one["type"]) for one in EXPECTED[name]["rows"]}


@pytest.mark.parametrize("name", READ)
def test_each_row_that_is_skipped_is_said(name: str) -> None:
    said = {note.row for note in reading_of(name).notes if note.verdict == "left_out"}
    wanted = {one["row"] for one in EXPECTED[name]["skipped"] if isinstance(one["row"], int)}
    assert wanted <= said


def rows_of(row: Any) -> list[int | None]:
    if row == "all":
        return [None]
    return [row] if isinstance(row, int) else [int(one) for one in re.findall(r"\d+", row)]


def is_of(column: str, heading: str) -> bool:
    return column in ("(none)", "") or heading == column or heading.startswith(f"{column}/")


@pytest.mark.parametrize("name", READ)
def test_each_cell_that_is_refused_stays_blank_and_is_named(name: str) -> None:
    notes = reading_of(name).notes
    for cell in EXPECTED[name]["refused"]:
        for row in rows_of(cell["row"]):
            verdicts = {one.verdict for one in notes if one.row == row and is_of(cell["column"], one.heading)}
            verdicts |= {one.verdict for one in notes if one.row == row and one.column is None}
            assert verdicts & {"blank", "left_out", "not_used"}, (name, cell)


@pytest.mark.parametrize("name", [*READ, BESIDE])
def test_each_value_that_is_doubtful_has_its_word(name: str) -> None:
    within = {"within": "A2:F12", "required": False} if name == BESIDE else {}
    notes = read_table(TABLES / name, **within).notes
    for cell in EXPECTED[name].get("warned", ()):
        if (name, cell["column"]) in OF_UNUSED or (name, cell["row"], cell["column"]) in PLAIN:
            continue
        if cell["text"] == "" and isinstance(cell["row"], int) and cell["column"] != "id":
            continue
        if name == BESIDE and isinstance(cell["row"], str):
            continue  # of both blocks together, of which only one is read
        rows = rows_of(cell["row"])
        assert any(one.row in rows and is_of(cell["column"], one.heading) for one in notes), (name, cell)


def test_two_tables_beside_each_other_are_refused_with_both_named() -> None:
    with pytest.raises(CityError, match=r"A2:F12.*H2:M10"), in_language("en"):
        read_table(TABLES / BESIDE)


def test_households_registered_on_a_day_are_not_the_size_of_an_estate() -> None:
    with in_language("en"), pytest.raises(CityError) as caught:
        read_table(TABLES / BESIDE, within="A2:F12")
    with in_language("en"):
        assert "登记户数" in str(caught.value) and "registered" in str(caught.value)
    found = {one.row: one for one in read_table(TABLES / BESIDE, within="A2:F12", required=False).estates}
    for expected in EXPECTED[BESIDE]["rows"]:
        check_row(BESIDE, expected, found[expected["row"]])


def test_a_table_of_districts_is_refused_in_one_sentence() -> None:
    with pytest.raises(CityError) as caught:
        read_table(TABLES / DISTRICTS)
    with in_language("en"):
        assert "小区个数" in str(caught.value) and "one row an estate" in str(caught.value)
        assert "\n" not in str(caught.value)
