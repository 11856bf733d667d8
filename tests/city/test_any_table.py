"""Whatever stands in the cells of a table, it is refused in words, or a city that can be run comes out."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.city.reading import read_table
from sim.city.writing import write_city
from sim.errors import CityError
from sim.scenario import load

HEADINGS = (
    *("编号", "区", "街道", "社区", "经纬度", "小区类型", "建成年份", "楼栋数", "建筑面积(㎡)", "建筑面积"),
    *("物业费(元/㎡·月)", "物业费(元/户·月)", "物业费", "标准成本", "管理模式", "物业公司", "业委会"),
    *("收缴率(%)", "2022年收缴率", "欠费(万元)", "设施状况", "满意度(%)", "投诉量", "公共收益(万元)"),
    *(
        "空置率",
        "出租率",
        "遗留问题",
        "备注",
        "年份",
        "车位",
        "fee_low",
        "built_low",
        "duty_shift",
        "风水",
        "",
    ),
)
CELLS = (
    *("", " ", "\u3000", "\x07", "0", "1", "-1", "500", "1,286", "9e9", "1" * 400, "0.5", "87.5%", "—", "无"),
    *("约85", "80%-90%", "六成", "#N/A", "2003", "1996-2001", "2016-13-40", "20231301", "80年代", "0年代"),
    *("有", "筹备中", "业主自筹", "1:0.8", "１２", "∞", "NaN", "²", "½", "①", "٣", "1.2.3", "1-2-3-4-5-6"),
    *(
        "元",
        "£3",
        "(3)",
        "((",
        "合计",
        "注：x",
        "甲苑一期",
        "a" * 300,
        "114.3,30.5",
        "0.00001",
        "5万万",
        "%%",
        "[b]",
    ),
)
ROWS = st.lists(st.lists(st.sampled_from(CELLS), min_size=12, max_size=12), min_size=1, max_size=8)
SIZES = st.lists(st.sampled_from(("1", "30", "860", "1,286", "", "—", "70000")), min_size=8, max_size=8)


@settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(columns=st.lists(st.sampled_from(HEADINGS), max_size=12, unique=True), rows=ROWS, sizes=SIZES)
def test_it_is_refused_in_words_or_makes_a_city(
    tmp_path: Path, monkeypatch: object, columns: list[str], rows: list[list[str]], sizes: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)  # type: ignore[attr-defined]
    shutil.rmtree("mycity", ignore_errors=True)
    with Path("a.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["小区名称", "户数", *columns])
        for number, row in enumerate(rows):
            writer.writerow([f"院{number}", sizes[number], *row[: len(columns)]])
    try:
        reading = read_table("a.csv")
        made = write_city(reading, "mycity")
    except CityError as error:
        assert str(error).strip() and not Path("mycity").exists()
        return
    assert all(str(note.why).strip() for note in made.notes)
    assert load("mycity").city.estates == len(reading.estates)
