"""Tables and sentences in a narrow terminal: every number is printed whole, and
Chinese is broken where it may be."""

from __future__ import annotations

import io
import re
from itertools import pairwise
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.panel import Panel
from typer.testing import CliRunner

from sim.cli.app import app
from sim.cli.describe import announce, city_line
from sim.cli.screen import Screen
from sim.cli.terminal import table
from sim.outputs.odd import odd_of
from sim.scenario import load, with_overrides
from sim.text import in_language
from sim.text.breaks import numbers

CELLS = ["12,345.67", "−7.2个百分点", "+1,550万元", "15.1至18.4个百分点", "47.8%"]


def printed(width: int, what: object) -> list[str]:
    screen = Screen(file=io.StringIO(), width=width, highlight=False, markup=False)
    screen.print(what)
    assert isinstance(screen.file, io.StringIO)
    return screen.file.getvalue().splitlines()


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", "programmes: complaint app (pilot_commodity), complaint app (pilot_unit_built)"),
        ("zh", "措施：投诉办理平台（pilot_commodity）、投诉办理平台（pilot_unit_built）"),
    ],
)
def test_a_run_is_announced_with_its_programmes_in_words(lang: str, said: str, tmp_path: Path) -> None:
    screen = Screen(file=io.StringIO(), width=400, highlight=False, markup=False)
    with in_language(lang):
        announce(screen, load("xianning"), {}, tmp_path)
    assert said in screen.file.getvalue()


@pytest.mark.parametrize(("months", "said"), [(1, "1 month"), (2, "2 months")])
def test_one_month_is_a_month(months: int, said: str) -> None:
    scenario = with_overrides(load("small_city"), {"months": months, "spin_up": 0})
    with in_language("en"):
        line, document = city_line(scenario), odd_of(scenario)
    assert f"; {said}, seed" in line
    assert f"simulated: {said}, the first in" in document


@pytest.mark.parametrize("width", [30, 40, 60, 80, 120])
def test_no_number_of_a_table_is_cut_at_any_width(width: int) -> None:
    with in_language("zh"):
        made = table("", "小区类型和它的说明", *(f"第{number}项指标的名称" for number in range(10)), right=1)
        for name in ("商品房小区（开发商建成，市场化物业服务）", "安置小区"):
            made.add_row(name, *CELLS * 2)
        lines = printed(width, made)
    assert all(cell_len(line) <= width for line in lines)
    found = sorted(number for line in lines for number in numbers(line))
    heads = [str(number) for number in range(10)]
    assert found == sorted([*(number for cell in CELLS for number in numbers(cell))] * 4 + heads)


def test_columns_that_do_not_fit_follow_below_beside_the_first_column() -> None:
    made = table("title", "name", *(f"year {number}" for number in range(1, 9)), right=1)
    made.add_row("alpha", *(f"{number},000.00" for number in range(1, 9)))
    wide, narrow = printed(120, made), printed(50, made)
    assert [line.split()[0] for line in wide] == ["title", "name", "alpha"]
    begun = [line.split()[0] for line in narrow if line.strip() and not line.startswith(" ")]
    assert begun.count("alpha") == 2 and begun.count("title") == 1
    assert re.findall(r"\d,000\.00", "\n".join(narrow)) == [f"{number},000.00" for number in range(1, 9)]


@pytest.mark.parametrize("width", [30, 40, 60])
def test_where_the_first_column_leaves_no_room_each_row_is_a_paragraph(width: int) -> None:
    made = table("", "command", "question", "runs")
    made.columns[0].no_wrap = True
    names = ["estate study run a_question_with_a_very_long_name_indeed", "estate budget b"]
    for number, name in enumerate(names):
        made.add_row(name, "补贴、国企兜底、红黑榜：单独实施哪一项更能使小区脱离恶性循环", f"{number},000.5")
    lines = printed(width, made)
    assert all(cell_len(line) <= width for line in lines)
    inside = [line.strip() for line in lines]
    assert (
        "runs: 0,000.5" in inside
        and "runs: 1,000.5" in inside
        and "".join(inside).count("补贴、国企兜底") == 2
    )
    assert min(cell_len(line) for line in inside) > 4  # no line of one or two characters


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(
    "order", [["list"], ["interventions"], ["describe", "vicious_cycle"], ["study", "list"]], ids=" ".join
)
def test_no_column_falls_to_a_letter_a_line_on_the_narrowest_terminal(order: list[str], lang: str) -> None:
    for width in (40, 60):
        told = CliRunner().invoke(app, [*order, "--lang", lang], env={"COLUMNS": str(width)}).output
        short = [0 < cell_len(line.strip()) <= 3 for line in told.splitlines()]
        assert not any(one and other for one, other in pairwise(short)), told
        assert all(cell_len(line) <= width for line in told.splitlines())


def test_a_sentence_in_a_panel_is_broken_by_the_same_rules() -> None:
    words = "公共成本（财政支出）为12,345万元，收缴率−7.2个百分点。" * 4
    with in_language("zh"):
        for width in range(24, 60):
            inside = [line.strip("│ ") for line in printed(width, Panel(words))[1:-1]]
            assert "".join(inside) == words
            assert [n for line in inside for n in numbers(line)] == ["12,345", "−7.2"] * 4
            assert not any(line[0] in "，。）" for line in inside)


@pytest.mark.parametrize("columns", [60, 80])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_described_scenario_says_the_same_numbers_in_a_narrow_terminal(columns: int, lang: str) -> None:
    said = {}
    for width in (columns, 500):
        order = ["describe", "fallback_only", "--lang", lang]
        told = CliRunner().invoke(app, order, env={"COLUMNS": str(width)}).output
        said[width] = sorted(number for line in told.splitlines() for number in numbers(line))
        if width == columns:
            assert all(cell_len(line) <= columns for line in told.splitlines())
    assert said[columns] == said[500]


@pytest.mark.parametrize("width", [40, 120])
def test_what_is_written_under_a_table_is_printed_below_its_last_columns(width: int) -> None:
    made = table("title", "name", *(f"year {number}" for number in range(1, 9)), right=1)
    made.add_row("a", *("12.5%" for _ in range(8)))
    made.caption = "what the years are"
    screen = Screen(file=io.StringIO(), width=width)
    screen.print(made)
    lines = [line.strip() for line in screen.file.getvalue().splitlines() if line.strip()]
    assert lines[0] == "title" and lines[-1] == "what the years are"
    assert sum("12.5%" in line for line in lines) == (1 if width == 120 else 2)
