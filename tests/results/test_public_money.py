"""Public cost by year and bearer says the same in the run, its summary, its report and a comparison."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

import sim
from sim.outputs.public_money import cost_table
from sim.results import Run
from sim.results.engines import InProcess
from sim.results.tables import by_year, sums
from sim.studies.comparison.comparison import Comparison
from sim.studies.run.work import show_summary
from sim.text import in_language

SEEDS = (3, 4)
TOTALS = ("fiscal_spending", "state_owned_losses", "public_cost")
SIZE = {"city.estates": 40, "months": 30, "companies.private": 6, "companies.state_owned": 2} | {
    f"types.{name}.households_mean": 40 for name in ("commodity", "unit_built", "three_no", "resettlement")
}


@pytest.fixture(scope="module")
def runs() -> list[Run]:
    return [sim.run("fallback_only", seed=seed, overrides=SIZE) for seed in SEEDS]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    place = tmp_path_factory.mktemp("store")
    return sim.compare(
        "vicious_cycle", "fallback_only", seeds=SEEDS, overrides=SIZE, engine=InProcess(), store=place
    )


def test_run_and_comparison_spend_and_cost_the_same(runs: list[Run], found: Comparison) -> None:
    arm = found.arm("fallback_only")
    for name in TOTALS:
        for place, run in enumerate(runs):
            own = sums(run.public_cost)[name]["constant"]
            assert own == pytest.approx(run.outcomes()[name]) == pytest.approx(arm.scalars[name][place])
        mean = np.mean([sums(run.public_cost)[name]["constant"] for run in runs])
        table = found.public_cost[found.public_cost["arm"] == "fallback_only"]
        assert sums(table)[name]["constant"] == pytest.approx(mean)
    assert arm.scalars["state_owned_losses"].min() > 0  # or the two names would say the same
    discounted = sums(runs[0].public_cost)["public_cost"]["discounted"]
    assert discounted == pytest.approx(runs[0].outcomes()["public_cost_discounted"])
    assert discounted < sums(runs[0].public_cost)["public_cost"]["nominal"]
    spent = found.spending[found.spending["arm"] == "fallback_only"]["yuan"].sum()
    assert spent == pytest.approx(arm.scalars["public_cost"].mean())


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_summary_and_report_of_a_run_show_that_table(runs: list[Run], lang: str) -> None:
    run = runs[0]
    with in_language(lang):
        costs = cost_table(run.public_cost, run.months)
    assert [len(row) for row in costs.rows] == [len(costs.columns)] * len(costs.rows)
    assert len(costs.columns) == 1 + 3 + 3  # the bearer, three years, three ways to add them up
    words = io.StringIO()
    with in_language(lang):
        show_summary(Console(file=words, width=200), run)
    for row in costs.rows[-3:]:  # fiscal spending, the losses in a row of their own, public cost
        assert any(all(cell in line for cell in row) for line in words.getvalue().splitlines()), row
    assert any(table.rows == costs.rows for table in run.report(lang).programmes)


def test_the_report_of_a_comparison_shows_a_table_for_each_arm(found: Comparison) -> None:
    captions = [table.caption for table in found.report("en").programmes]
    assert sum("public cost by year and bearer" in caption for caption in captions) == 2


def test_prices_rise_from_the_second_year_on_and_what_comes_later_weighs_less() -> None:
    fen = np.full(31, 100, np.int64)  # a yuan a month from month 1
    table = by_year({("city", ""): fen}, 30, 0.25, 0.5)["city", ""]
    assert table[:, 0].tolist() == [12, 12, 6]  # the third year has six months
    assert table[:, 1] == pytest.approx([12, 12 / 1.25, 6 / 1.25**2])
    assert table[:, 2] == pytest.approx([12, 12 / 1.25 / 1.5, 6 / 1.25**2 / 1.5**2])


def test_constant_prices_are_of_the_start_year_in_run_and_comparison(tmp_path: Path) -> None:
    size = SIZE | {"parameters.accounts.inflation": 0.25, "city.estates": 20, "months": 14}
    run = sim.run("fallback_only", seed=3, overrides=size)
    total = sums(run.public_cost)["public_cost"]
    assert total["constant"] < total["nominal"]
    assert total["constant"] == pytest.approx(run.outcomes()["public_cost"])
    second = run.public_cost[run.public_cost["year"] == 2]
    assert second["constant"].tolist() == pytest.approx((second["nominal"] / 1.25).tolist())
    found = sim.compare(
        "fallback_only", "fallback_only", seeds=SEEDS, overrides=size, engine=InProcess(), store=tmp_path
    )
    mean = sums(found.public_cost[found.public_cost["arm"] == "fallback_only"])["public_cost"]
    assert mean["constant"] == pytest.approx(found.baseline.scalars["public_cost"].mean())
    assert mean["constant"] < mean["nominal"]


def test_long_runs_are_told_in_spans_of_years() -> None:
    table = pd.DataFrame(
        {"year": range(1, 26), "bearer": "city", "nominal": 1e4, "constant": 1e4, "discounted": 1e4}
    )
    costs = cost_table(table, 300)
    assert costs.columns[1:4] == ("year 1–3", "year 4–6", "year 7–9") and costs.columns[9] == "year 25"


def test_collection_leads_and_is_that_of_the_comparison(runs: list[Run], found: Comparison) -> None:
    run, arm = runs[0], found.arm("fallback_only")
    words = io.StringIO()
    with in_language("en"):
        show_summary(Console(file=words, width=200), run)
    lines = words.getvalue().splitlines()
    place = next(number for number, line in enumerate(lines) if "collected share" in line)
    share = arm.scalars["collection_last_year"][0]
    assert f"{100 * share:.1f}%" in lines[place]
    assert "billed" in lines[place + 1] or "bill" in lines[place + 1]
    assert any("without a fee" in line for line in lines[place : place + 5])
    (finding, _) = run.report("en").finding
    assert f"{100 * share:.0f}%" in finding.split("over all estates is ")[1][:4]
    assert f"{100 * arm.scalars['cycle_share_last_year'][0]:.1f}%" in finding
    from sim.studies.run.measures import paid_rates

    assert paid_rates(run)[0][-1] == pytest.approx(share)  # the line of the first chart
    zh = io.StringIO()
    with in_language("zh"):
        show_summary(Console(file=zh, width=200), run)
    assert "瓦解" in zh.getvalue()


def test_years_and_tiers_are_told_in_constant_prices_and_add_up_to_the_outcomes() -> None:
    rows = [
        {"year": 1, "bearer": "district", "nominal": 2e6, "constant": 2e6, "discounted": 1.9e6},
        {"year": 2, "bearer": "district", "nominal": 4e6, "constant": 3e6, "discounted": 2.5e6},
        {"year": 2, "bearer": "state_owned", "nominal": 2e6, "constant": 1e6, "discounted": 0.5e6},
    ]
    told = cost_table(pd.DataFrame(rows), 24)
    cells = {row[0]: [float(cell) for cell in row[1:]] for row in told.rows}
    assert told.columns[1:] == ("year 1", "year 2", *told.columns[3:]) and "as paid" in told.columns[-1]
    assert cells["district"] == [2.0, 3.0, 5.0, 4.4, 6.0]
    assert cells["fiscal spending"] == [2.0, 3.0, 5.0, 4.4, 6.0]
    assert cells["losses of state-owned companies"] == [0.0, 1.0, 1.0, 0.5, 2.0]
    assert all(sum(row[:2]) == pytest.approx(row[2]) for row in cells.values())
