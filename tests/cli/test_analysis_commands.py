"""`estate compare` and `estate sensitivity` from end to end on a tiny city."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from sim.cli.app import app

KINDS = ("commodity", "unit_built", "three_no", "resettlement")
TINY = {"spin_up": 0, "city.estates": 20, "city.districts": 2, "companies.private": 4} | {
    f"types.{kind}.households_mean": 40 for kind in KINDS
}
SMALL = [part for key, value in TINY.items() for part in ("--set", f"{key}={value}")]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every test runs in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> str:
    """One store for all tests here."""
    return str(tmp_path_factory.mktemp("analysis") / "store")


def estate(*arguments: str, lang: str = "en"):
    """Result of the command with these arguments."""
    return CliRunner().invoke(app, [*arguments, "--lang", lang], env={"LC_ALL": "C", "COLUMNS": "200"})


def compare(store: str, *arguments: str, lang: str = "en"):
    """Result of `estate compare` in the tiny city."""
    return estate(
        "compare",
        "vicious_cycle",
        "subsidy_only",
        "--months",
        "24",
        "--in-process",
        "--store",
        store,
        *SMALL,
        *arguments,
        lang=lang,
    )


@pytest.mark.usefixtures("words_only")
def test_compare_says_and_writes_what_it_found(elsewhere, store):
    result = compare(store, "--replications", "6", "--withdraw", "18", "--after")
    assert result.exit_code == 0, result.output
    for words in (
        "estates rescued",
        "harmed of 20",
        "95% interval",
        "runs needed",
        "Only 6 replications",
        "Withdrawal test: subsidy_only",
        "in the cycle without",
        "The same in households",
        "60 months on",
        "losses of state-owned",
        "Results: results",
    ):
        assert words in result.output, words
    (folder,) = (elsewhere / "results").glob("compare-*")
    charts = {path.name for path in (folder / "charts").iterdir()}
    assert {"differences.png", "rescues.svg", "plane.png", "acceptability.png"} <= charts
    table = pd.read_parquet(folder / "differences.parquet")
    told = {  # by whether the interval of the first outcome's mean leaves out that nothing changes
        False: "Compared with vicious_cycle, it cannot be told whether subsidy_only moves",
        True: "Compared with vicious_cycle, subsidy_only changes",
    }
    changes = bool(table["low"].iloc[0] * table["high"].iloc[0] > 0)
    assert told[changes] in result.output and told[not changes] not in result.output
    assert (
        table["outcome"].iloc[0] == "collection_last_year"
        and len(pd.read_csv(folder / "withdrawal.csv")) == 1
        and set(pd.read_csv(folder / "after.csv")["programmes"]) == {"never", "kept", "ended"}
    )
    assert (
        json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["arms"]["subsidy_only"][
            "scenario"
        ]["months"]
        == 24
    )

    again = compare(store, "--replications", "6", "--no-charts", lang="zh")
    assert again.exit_code == 0 and "新运行0次" in again.output and "与“恶性循环" in again.output
    assert len(list((elsewhere / "results").glob("compare-*"))) == 1


def test_compare_until_narrow_enough(store):
    result = compare(store, "--width", "2", "--no-charts", "--outcome", "cycle_share", "--difference", "0.1")
    assert result.exit_code == 0, result.output
    assert "Looked at 1 of 4" in result.output and "98.8% interval of the mean" in result.output


def test_another_result_is_not_overwritten(elsewhere, store):
    assert compare(store, "--replications", "6", "--no-charts", "--out", "here").exit_code == 0
    result = compare(store, "--replications", "7", "--no-charts", "--out", "here")
    assert result.exit_code == 2 and "holds another result" in result.output
    (elsewhere / "file").write_text("x")
    result = compare(store, "--replications", "6", "--no-charts", "--out", "file")
    assert result.exit_code == 2 and "a file stands" in result.output


def test_sensitivity_says_and_writes_what_it_found(elsewhere, store):
    options = [
        "--size",
        "2",
        "--replications",
        "2",
        "--outcome",
        "cycle_share",
        "--outcome",
        "satisfaction_last_year",
        "--months",
        "24",
    ]
    factors = ["--parameter", "payment.base", "--parameter", "types.commodity.start_collection=0.5:0.9"]
    result = estate(
        "sensitivity", "vicious_cycle", *options, *factors, "--in-process", "--store", store, *SMALL
    )
    assert result.exit_code == 0, result.output
    for words in (
        "12 runs, 12 of them",
        "What moves the share of estate-years in the cycle most",
        "payment.base",
        "types.commodity.start_collection",
        "0.5 – 0.9",
        "Morris",
    ):
        assert words in result.output, words
    (folder,) = (elsewhere / "results").glob("sensitivity-vicious_cycle-morris-*")
    assert {"tornado_morris.png", "heat_map_morris.svg"} <= {
        path.name for path in (folder / "charts").iterdir()
    }
    assert len(pd.read_csv(folder / "morris.csv")) == 4


def test_both_methods_take_the_sizes_that_the_command_advises_and_the_report_repeats_them(elsewhere, store):
    asked = ["--size", "morris=2", "--size", "sobol=4", "--top", "2", "--replications", "1"]
    asked += ["--outcome", "cycle_share", "--months", "6", "--no-charts"]
    asked += ["--parameter", "payment.base", "--parameter", "payment.norm_weight"]
    result = estate(
        "sensitivity", "vicious_cycle", "--method", "both", *asked, "--in-process", "--store", store, *SMALL
    )
    assert result.exit_code == 0, result.output
    (folder,) = (elsewhere / "results").glob("sensitivity-vicious_cycle-morris-sobol-*")
    page = estate("report", str(folder), "--out", "page.html")
    assert page.exit_code == 0, page.output
    again = (elsewhere / "page.html").read_text(encoding="utf-8")
    assert "--method both --size morris=2 --size sobol=4" in again


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["compare"], "name two or more scenarios"),
        (["compare", "vicious_cycle"], "two or more"),
        (["compare", "vicious_cycle", "subsidy_only", "--study", "benchmark_rate"], "one of the two"),
        (["compare", "--study", "benchmark_rate"], "one factor"),
        (
            ["compare", "vicious_cycle", "subsidy_only", "--width", "1", "--replications", "9"],
            "allowed one of them",
        ),
        (
            ["compare", "vicious_cycle", "subsidy_only", "--withdraw", "5"],
            "withdrawal month: found 5, allowed 13 to 119",
        ),
        (
            ["compare", "--study", "compare_subsidy_fallback_rankings", "--withdraw", "5"],
            "withdrawal month: found 5, allowed 13 to 119",
        ),
        (["compare", "vicious_cycle", "subsidy_onyl"], "subsidy_only"),
        (["sensitivity"], "name a scenario"),
        (["sensitivity", "vicious_cycle", "--parameter", "payment.base=low:high"], "KEY=LOW:HIGH"),
        (["sensitivity", "vicious_cycle", "--parameter", "payment.bas=1:2"], "unknown key"),
        (["sensitivity", "vicious_cycle", "--parameter", "payment.base=1:1e400"], "KEY=LOW:HIGH"),
        (["sensitivity", "vicious_cycle", "--parameter", "payment.base=nan:1"], "KEY=LOW:HIGH"),
        (["sensitivity", "vicious_cycle", "--parameter", "=1:2"], "KEY=LOW:HIGH"),
        (
            ["sensitivity", "small_city", "--parameter", "payment.trust_weight=5:1"],
            "--parameter payment.trust_weight=5:1: found 1, allowed more than low (5)",
        ),
        (
            ["calibrate", "--free", "payment.trust_weight=2:2"],
            "--free payment.trust_weight=2:2: found 2, allowed more than low (2)",
        ),
        (["sensitivity", "vicious_cycle", "--method", "sobol", "--size", "10"], "power of two"),
        (["sensitivity", "vicious_cycle", "--method", "both", "--size", "10"], "morris=10, sobol=64"),
        (["sensitivity", "vicious_cycle", "--size", "sobl=8"], "--size: found 'sobl=8'"),
        (["sensitivity", "vicious_cycle", "--size", "1"], "--size: found '1'"),
        (["sensitivity", "vicious_cycle", "--size", "4", "--size", "8"], "--size: found '4 8'"),
        (["sensitivity", "--study", "benchmark_rate", "--size", "4"], "allowed alone"),
        (["sensitivity", "--study", "benchmark_rate"], "latin_hypercube"),
    ],
)
def test_bad_arguments_are_one_clear_error(elsewhere, arguments, words):
    result = estate(*arguments, "--store", "store")
    assert result.exit_code == 2 and words in result.output, result.output
    assert "Traceback" not in result.output and not (elsewhere / "results").exists()


def test_shipped_comparison_is_what_it_says():
    from sim.experiments.plan import plan_study

    plan = plan_study("compare_subsidy_fallback_rankings")
    assert plan.study.factors[0].levels[0] == plan.study.base and len(plan) == 4 * 20
