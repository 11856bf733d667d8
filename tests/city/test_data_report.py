"""From what missing figures are drawn, which cell is which, what a table says against itself, and the page
that says so."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from sim.city.collecting import SEEDS, sample, worth_of
from sim.city.data_report import city_data, write_data_report
from sim.city.missing import BASE_ROWS, estimates, settings_of, weighed_variance
from sim.city.plausible import CHECKS, LEAST_ROWS, findings, outliers
from sim.city.reading import read_table
from sim.city.writing import write_city
from sim.cli.app import app
from sim.errors import CityError, EstateError
from sim.model.start.start import starting_state
from sim.scenario import load
from sim.scenario.estate_rows import EstateRows, rows_of
from sim.text import in_language

BASE = load("vicious_cycle")


def table_of(columns: Mapping[str, list[Any]]) -> EstateRows:
    """A canonical table of plain values, numbered from 1."""
    size = len(next(iter(columns.values())))
    whole: dict[str, list[Any]] = {"number": list(range(1, size + 1)), "households": [400] * size, **columns}
    return rows_of(
        {
            name: [cell if cell is None or isinstance(cell, str) else Decimal(str(cell)) for cell in cells]
            for name, cells in whole.items()
        }
    )


def stated(table: EstateRows) -> dict[str, dict[str, Any]]:
    return settings_of(list(estimates(table, BASE)))


# from what is drawn


def test_rows_and_base_laid_together_have_the_mean_and_the_spread_of_all_of_them() -> None:
    luck = np.random.default_rng(1)
    rows, base = luck.normal(3, 1, 25), luck.normal(7, 2, int(BASE_ROWS))
    both = np.concatenate([rows, base])
    mean, variance = weighed_variance(25, (rows.mean(), rows.var()), (base.mean(), base.var()))
    assert mean == pytest.approx(both.mean()) and variance == pytest.approx(both.var())


def test_few_rows_move_a_type_a_little_and_many_make_it_their_own() -> None:
    kind = BASE.types["commodity"]
    for size, near in ((2, kind.fee_price), (400, 3.0)):
        luck = np.random.default_rng(2)
        fees = np.round(3.0 * np.exp(luck.normal(0, 0.1, size) - 0.005), 3).tolist()
        found = stated(table_of({"type": ["commodity"] * size, "fee": fees}))["commodity"]
        assert kind.fee_price < found["fee_price"] < 3.1
        assert abs(found["fee_price"] - near) < 0.35 * (3.0 - kind.fee_price)
    assert 0.1 < found["fee_price_spread"] < 0.16


def test_rows_of_one_type_say_nothing_of_another_and_rows_of_none_count_by_its_chance() -> None:
    typed = stated(table_of({"type": ["commodity"] * 30, "committee": [1] * 30}))
    assert typed["commodity"]["committee_share"] == pytest.approx((30 + 10 * 0.35) / 40)
    assert "committee_share" not in typed["three_no"]
    free = {(one.type, one.setting): one for one in estimates(table_of({"committee": [1] * 30}), BASE)}
    assert free["three_no", "committee_share"].rows == pytest.approx(30 * BASE.types["three_no"].share)


def test_shares_that_are_stated_add_up_and_a_figure_stays_within_its_setting() -> None:
    modes = ["market"] * 7 + ["none"] * 3 + ["self"]
    kinds = ["commodity"] * 8 + ["three_no"] * 3
    columns = {"type": kinds, "mode": modes, "vacancy": [0.9] * 11, "tenants": [0.1] * 11, "fee": [400] * 11}
    found = stated(table_of(columns))
    for kind in found.values():
        assert sum(kind.get("modes", {"": 1.0}).values()) == pytest.approx(1.0, abs=1e-12)
        assert kind.get("vacancy", 0) + kind.get("tenants", 0) <= 1 and kind.get("fee_price", 0) <= 50
    assert sum(kind["share"] for kind in found.values()) == pytest.approx(1.0, abs=1e-12)


# what stands against itself


def row_with(check: str) -> dict[str, Any]:
    """Figures of an estate that one check is about, beside which the others are plain."""
    return {
        "committee_unmanaged": {"mode": "none", "committee": 1, "collection": None},
        "company_unmanaged": {"mode": "self"},
        "collection_unmanaged": {"mode": "none", "committee": 0, "collection": 0.4},
        "over_all": {},
        "fee_far": {"fee": 19.2},
        "flat_size": {"area": 400 * 360},
        "building_size": {"households": 700, "buildings": 1, "area": 700 * 95},
        "built_later": {"built_year": 2031, "arrears": None},
        "old_but_new": {"old": 1, "built_year": 2012},
        "owed_too_much": {"arrears": 2e8},
        "jump": {"collection_2022": 0.2},
    }[check]


@pytest.mark.parametrize("check", ["", *CHECKS])
def test_each_contradiction_is_found_where_it_is_and_nowhere_else(check: str) -> None:
    plain = {
        "mode": "market",
        "committee": 1,
        "collection": 0.7,
        "collection_2022": 0.7,
        "collection_2023": 0.68,
        "fee": 1.5,
        "area": 38_000,
        "buildings": 8,
        "built_year": 2008,
        "old": 0,
        "arrears": 100_000,
    }
    rows: list[dict[str, Any]] = [{"households": 400, **plain} for _ in range(LEAST_ROWS + 3)]
    if check:
        rows[4] |= row_with(check)
    table = table_of({name: [row[name] for row in rows] for name in rows[0]})
    companies = [check == "company_unmanaged" and place == 4 for place in range(table.size)]
    found = findings(table, 2024, companies, {5: "102.3"} if check == "over_all" else {})
    assert [(one.number, one.check) for one in found] == ([(5, check)] if check else [])


def test_a_figure_far_from_those_of_its_type_is_named_and_the_type_s_own_level_is_not_far() -> None:
    luck = np.random.default_rng(3)
    fees = [*(1.6 * luck.uniform(0.8, 1.2, 40)), *(0.4 * luck.uniform(0.8, 1.2, 15))]
    fees[45] *= 3  # an ordinary fee of the other type
    kinds = ["commodity"] * 40 + ["three_no"] * 15
    found = outliers(table_of({"type": kinds, "fee": [round(float(fee), 4) for fee in fees]}))
    assert [(one.number, one.column, one.of_type) for one in found] == [(46, "fee", "three_no")]
    assert found[0].score > 0 and found[0].middle == pytest.approx(0.4, rel=0.1)


# what to collect


def test_worth_is_the_share_of_the_variance_that_goes_with_a_figure_among_those_that_lack_it() -> None:
    luck = np.random.default_rng(4)
    estates = 120
    groups = luck.integers(0, 5, (SEEDS, estates))
    outcome = 0.1 * (groups - 2) / np.sqrt(2) + luck.normal(0, 0.1, groups.shape)  # half and half
    outcome += luck.normal(0, 0.3, estates)  # what sets estates apart is nothing that a figure leaves open
    outcome -= outcome.mean(axis=0)
    lacking = np.arange(estates) < 60
    one = worth_of("fee", groups, lacking, outcome, 60)
    assert one.explained == pytest.approx(0.5, abs=0.06) and one.share == pytest.approx(0.25, abs=0.05)
    assert one.low < 0.25 < one.high and one.told
    other = worth_of("condition", luck.integers(0, 5, groups.shape), lacking, outcome, 60)
    assert other.share < 0.02 and not other.told


def test_a_month_that_is_good_for_all_estates_is_not_taken_for_a_figure_s_worth() -> None:
    luck = np.random.default_rng(5)
    shock = luck.normal(0, 0.1, (SEEDS, 1)) * np.ones((1, 60))
    told = 0
    for _ in range(20):
        groups = np.clip(luck.integers(0, 4, (SEEDS, 60)) + luck.integers(0, 2, (SEEDS, 1)), 0, 4)
        told += worth_of("fee", groups, np.ones(60, bool), shock - shock.mean(axis=0), 60).told
    assert told <= 2


def test_estates_that_are_run_are_all_or_evenly_chosen() -> None:
    assert sample(7) == list(range(7))
    chosen = sample(5000)
    assert len(set(chosen)) == 60 and chosen[0] == 0 and max(np.diff(chosen)) == 84


# a folder, and its page

HEAD = "编号,小区名称,所属区,户数,建成年份,物业费(元/平方米/月),收缴率(%),业委会,物业公司,经度,纬度"


def lines() -> list[str]:
    luck = np.random.default_rng(6)
    found = [HEAD]
    for place in range(16):
        fee = f"{luck.uniform(1, 2):.2f}" if place % 2 else ""
        paid = "104.5" if place == 3 else f"{luck.uniform(40, 95):.1f}"
        found.append(
            f"QZID{place:03d},听雨轩{place}苑,砚台区,{luck.integers(20, 60)},{luck.integers(1990, 2015)},"
            f"{fee},{paid},{'有' if place % 3 else ''},折柳物业{place % 3}公司,112.7{place:02d}31,33.4{place:02d}77"
        )
    return found


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A working folder in which `estate city new` made a city of sixteen estates."""
    folder = tmp_path_factory.mktemp("data")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        Path("list.csv").write_text("\n".join(lines()) + "\n", encoding="utf-8")
        told = CliRunner().invoke(app, ["city", "new", "list.csv", "--name", "mycity", "--lang", "zh"])
        assert told.exit_code == 0 and "data_report.html" in told.output, told.output
        yield folder


@pytest.fixture(autouse=True)
def there(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(request.getfixturevalue("place") if "place" in request.fixturenames else tmp_path)


def own_words() -> list[str]:
    with Path("mycity/key.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    columns = ("id", "name", "district", "company", "longitude", "latitude")
    return [row[name] for row in rows for name in columns if row[name]]


def test_the_page_says_no_name_and_loads_nothing(place: Path) -> None:
    page = Path("mycity/data_report.html").read_text(encoding="utf-8")
    assert len(own_words()) == 16 * 6
    for word in own_words():
        assert word not in page, word
    assert "收缴率超过100%" in page and "104.5" in page
    assert 'src="http' not in page and "url(http" not in page and "<script" not in page


def test_names_stand_in_a_page_of_their_own_where_they_are_asked_for(place: Path) -> None:
    before = Path("mycity/data_report.html").read_bytes()
    with in_language("en"):
        path = write_data_report("mycity/scenario.toml", names=True)
    assert path == Path("mycity/data_report_names.html")
    assert "QZID003" in path.read_text(encoding="utf-8")
    assert Path("mycity/data_report.html").read_bytes() == before


def test_every_cell_is_marked(place: Path) -> None:
    with Path("mycity/marks.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["number"] for row in rows] == [str(number) for number in range(1, 17)]
    assert [row["fee"] for row in rows] == ["imputed", "given"] * 8
    assert {row["built_year"] for row in rows} == {"given"} and {row["condition"] for row in rows} == {
        "drawn"
    }
    assert rows[3]["collection"] == "imputed" and rows[4]["collection"] == "given"
    assert {mark for row in rows for name, mark in row.items() if name != "number"} <= {
        *("given", "imputed", "drawn")
    }


def test_what_the_scenario_states_is_not_the_base_s_where_rows_speak(place: Path) -> None:
    data = city_data("mycity")
    mine, theirs = data.scenario.types["commodity"], data.base.types["commodity"]
    assert mine.fee_price != theirs.fee_price and mine.start_collection != theirs.start_collection
    assert mine.condition_mean == theirs.condition_mean and mine.share == theirs.share


def test_a_table_with_fewer_columns_starts_with_the_same_of_those_that_it_has(place: Path) -> None:
    whole = load("mycity")
    kept = [place for place, name in enumerate(HEAD.split(",")) if not name.startswith(("收缴率", "业委会"))]
    short = [",".join(line.split(",")[place] for place in kept) for line in lines()]
    Path("short.csv").write_text("\n".join(short) + "\n", encoding="utf-8")
    write_city(read_table("short.csv"), "shorter")
    fewer = load("shorter")
    assert fewer.types["commodity"] != whole.types["commodity"]
    states = [starting_state(replace_year(one, 2024), 3).estates for one in (whole, fewer)]
    given = np.isfinite(whole.estates.rows.values("fee"))  # type: ignore[union-attr]
    assert np.array_equal(states[0]["price"][given], states[1]["price"][given])
    for name in ("households", "built_year", "mode", "company", "number"):
        assert np.array_equal(states[0][name], states[1][name]), name


def replace_year(scenario: Any, year: int) -> Any:
    return scenario.model_copy(update={"city": scenario.city.model_copy(update={"start_year": year})})


def test_what_is_no_city_has_no_report() -> None:
    Path("empty").mkdir()
    with pytest.raises(EstateError, match="empty"):
        write_data_report("empty")
    with pytest.raises(CityError):
        path = Path("other")
        path.mkdir()
        write_other(path)
        write_data_report(path)


def write_other(folder: Path) -> None:
    from sim.results.folder import write

    write(folder, "run", "key", {}, {})
