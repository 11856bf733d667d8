"""The command in this process: what it prints, writes and refuses."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from sim.cli.app import app
from sim.cli.describe import FULL, OUTSIDE, PERHAPS, TAPERED, bar
from sim.results import load_run
from sim.scenario.conditions import When

SMALL = [
    "--set",
    "city.estates=40",
    "--set",
    "companies.private=8",
    "--set",
    "types.commodity.households_mean=60",
    "--set",
    "spin_up=0",
]


def estate(*arguments: str, **environment: str):
    """Result of the command with these arguments."""
    return CliRunner().invoke(app, list(arguments), env={"LC_ALL": "C", "COLUMNS": "200"} | environment)


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every test runs in a folder of its own, so that ./results and ./scenarios are its own."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small run without charts."""
    folder = tmp_path_factory.mktemp("finished") / "small"
    result = estate("run", "vicious_cycle", "--months", "14", "--no-charts", "--out", str(folder), *SMALL)
    assert result.exit_code == 0, result.output
    return folder


@pytest.mark.usefixtures("words_only")
@pytest.mark.usefixtures("words_only")
def test_run_writes_a_folder_named_after_scenario_seed_and_content(elsewhere):
    result = estate("run", "vicious_cycle", "--months", "13", "--seed", "5", *SMALL)
    assert result.exit_code == 0, result.output
    (folder,) = (elsewhere / "results").iterdir()
    assert (
        folder.name.startswith("vicious_cycle-seed5-") and str(Path("results") / folder.name) in result.output
    )
    run = load_run(folder)
    assert (run.seed, run.months, run.scenario.city.estates) == (5, 13, 40)
    charts = sorted(path.name for path in (folder / "charts").iterdir())
    assert {"cycle.png", "ladder.png", "stages.png", "map.png", "money.png"} <= set(charts)


def test_what_run_prints(elsewhere):
    result = estate("run", "vicious_cycle", "--months", "13", "--no-charts", *SMALL)
    for words in (
        "40 estates",
        "13 months, seed 1",
        "changed: city.estates = 40",
        "no programme",
        "collected share",
        "points",
        "Estates by stage",
        "whatever the stage: unmanaged",
        "whatever the stage: community cleaning only",
        "yuan/year",
        "Who was in the cycle",
        "staff and suppliers",
        "Results: results",
    ):
        assert words in result.output, words
    assert "\x1b" not in result.output and "\r" not in result.output
    assert "Charts:" not in result.output


def test_what_run_prints_in_chinese(elsewhere):
    result = estate("run", "vicious_cycle", "--months", "2", "--no-charts", *SMALL, LC_ALL="zh_CN.UTF-8")
    for words in ("40个小区", "不采取任何措施", "物业费收缴率", "小区所处阶段", "谁出钱", "结果："):
        assert words in result.output, words


def test_the_same_run_again_is_the_same_folder(elsewhere):
    for _ in range(2):
        assert estate("run", "vicious_cycle", "--months", "2", "--no-charts", *SMALL).exit_code == 0
    assert len(list((elsewhere / "results").iterdir())) == 1
    estate("run", "vicious_cycle", "--months", "3", "--no-charts", *SMALL)
    assert len(list((elsewhere / "results").iterdir())) == 2


def test_another_run_is_not_overwritten(finished):
    before = (finished / "manifest.json").read_bytes()
    result = estate("run", "vicious_cycle", "--months", "2", "--out", str(finished), *SMALL)
    assert result.exit_code == 2 and "holds another result" in result.output
    assert (finished / "manifest.json").read_bytes() == before


def test_files_of_others_in_the_folder_stay(elsewhere):
    (elsewhere / "mine").mkdir()
    (elsewhere / "mine" / "notes.txt").write_text("notes")
    result = estate("run", "vicious_cycle", "--months", "2", "--no-charts", "--out", "mine", *SMALL)
    assert result.exit_code == 0, result.output
    assert (elsewhere / "mine" / "notes.txt").read_text() == "notes"
    assert load_run(elsewhere / "mine").months == 2
    assert sorted(path.name for path in elsewhere.iterdir()) == ["mine"]


def test_square_brackets_in_a_name_are_no_markup(elsewhere):
    folder = "results[red]/a[/red]"
    result = estate("run", "vicious_cycle", "--months", "2", "--no-charts", "--out", folder, *SMALL)
    assert result.exit_code == 0 and f"Results: {folder}\n" in result.output, result.output


def test_a_place_that_cannot_be_written(elsewhere):
    (elsewhere / "file").write_text("")
    for out in ("file", "file/below"):
        result = estate("run", "vicious_cycle", "--months", "2", "--no-charts", "--out", out, *SMALL)
        assert result.exit_code == 2, result.output
        assert "file" in result.output and "Traceback" not in result.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "vicious_cycel"], "did you mean 'vicious_cycle'"),
        (["run", "absent.toml"], "absent.toml: found no such file"),
        (["run", "vicious_cycle", "--set", "payment.norm_wieght=1"], "norm_weight'?"),
        (["run", "vicious_cycle", "--set", "citty.estates=1"], "did you mean 'city'"),
        (["run", "vicious_cycle", "--set", "city.estates=many"], "city.estates: found 'many'"),
        (["run", "vicious_cycle", "--set", "nonsense"], "key=value, for example city.estates=200"),
        (
            ["run", "vicious_cycle", "--months", "0"],
            "months: found 0; allowed: a whole number from 1 to 1200",
        ),
        (["describe", "vicious_cycel"], "did you mean 'vicious_cycle'"),
        (["explain", "nowhere", "--estate", "1"], "nowhere: no such folder of results"),
    ],
)
def test_errors_are_one_message_and_exit_code_2(elsewhere, arguments, message):
    result = estate(*arguments)
    assert result.exit_code == 2
    assert message in result.output
    assert "Traceback" not in result.output and result.output.count("\n") == 1
    assert not list(elsewhere.iterdir())


def test_what_is_wrong_is_said_in_the_language_that_was_asked_for(elsewhere):
    result = estate("describe", "vicious_cyle", "--lang", "zh")
    assert result.exit_code == 2
    assert "vicious_cyle：读到：没有这个名称的情景；允许：TOML 文件的路径，或下列之一：" in result.output
    assert result.output.strip().endswith("；是不是 'vicious_cycle'？")
    refused = estate("run", "vicious_cycle", "--set", "city.estates=0", LC_ALL="zh_CN.UTF-8")
    assert refused.exit_code == 2
    assert "city.estates：读到：0；允许：1 至 1000000 的整数（个小区）" in refused.output


@pytest.mark.parametrize(
    "arguments",
    [
        ["run"],
        ["run", "vicious_cycle", "--months", "x"],
        ["run", "vicious_cycle", "--threads", "0"],
        ["run", "vicious_cycle", "--lang", "xx"],
        ["explain", "somewhere"],
        ["dance"],
    ],
)
def test_wrong_usage_is_exit_code_2(arguments):
    result = estate(*arguments)
    assert result.exit_code == 2 and "Traceback" not in result.output


def test_list(elsewhere):
    (elsewhere / "scenarios").mkdir()
    (elsewhere / "scenarios" / "broken.toml").write_text("months = 0", encoding="utf-8")
    (elsewhere / "scenarios" / "mine.toml").write_text(
        'extends = "vicious_cycle"\nmonths = 7\nspin_up = 0\nseed = 3\n', encoding="utf-8"
    )
    result = estate("list")
    assert result.exit_code == 0
    rows = {line.split()[0]: line for line in result.output.splitlines() if line.strip()}
    assert "5,695" in rows["wuhan"] and "300" in rows["vicious_cycle"]
    assert " 7 " in rows["mine"] and "cannot be used" in rows["broken"]


def test_describe():
    result = estate("describe", "wuhan")
    assert result.exit_code == 0
    for words in (
        "5,695 estates",
        "4,082,533 households",
        "employer-built housing",
        "reported",
        "derived",
        "assumed",
        "S060",
        "4,082,533",
    ):
        assert words in result.output, words
    chinese = estate("describe", "wuhan", "--lang", "zh").output
    for words in ("5,695个小区", "单位自建小区", "报道", "推算", "假设", "…"):
        assert (words in chinese) == (words != "…"), words


def test_describe_shows_changed_parameters(elsewhere):
    text = 'extends = "vicious_cycle"\n[parameters.payment]\nnorm_weight = 1.75\n[loops]\nexit = false\n'
    (elsewhere / "mine.toml").write_text(text, encoding="utf-8")
    output = estate("describe", "mine.toml").output
    assert "payment.norm_weight" in output and "1.75" in output and "loops switched off: exit" in output


def test_timeline():
    def programme(**changes):
        return SimpleNamespace(
            **({"start": 1, "end": None, "withdrawal": "sudden", "taper_months": 12, "when": None} | changes)
        )

    assert bar(programme(), 12, 12) == FULL * 12
    assert bar(programme(start=4), 12, 12) == OUTSIDE * 3 + FULL * 9
    assert bar(programme(start=2, end=5), 12, 12) == OUTSIDE + FULL * 4 + OUTSIDE * 7
    assert (
        bar(programme(end=4, withdrawal="tapered", taper_months=5), 12, 12)
        == FULL * 4 + TAPERED * 4 + OUTSIDE * 4
    )
    assert bar(programme(end=0), 12, 12) == OUTSIDE * 12
    assert bar(programme(start=61), 120, 48) == OUTSIDE * 24 + FULL * 24
    waits = When(start={"measure": "quality", "below": 0.5})
    grows = When(grow={"measure": "quality", "below": 0.5})
    assert bar(programme(start=4, when=waits), 12, 12) == OUTSIDE * 3 + PERHAPS * 9
    assert bar(programme(start=4, when=grows), 12, 12) == OUTSIDE * 3 + FULL * 9


def test_explain(finished, elsewhere):
    result = estate("explain", str(finished), "--estate", "3")
    assert result.exit_code == 0, result.output
    assert "Estate 3" in result.output and "Month 14" in result.output
    assert (finished / "charts" / "estate-3.png").stat().st_size > 10_000
    chinese = estate("explain", str(finished), "--estate", "3", "--lang", "zh", "--out", "elsewhere")
    assert "小区 3" in chinese.output and (elsewhere / "elsewhere" / "estate-3.png").is_file()
    beyond = estate("explain", str(finished), "--estate", "40")
    assert beyond.exit_code == 2 and "found 40, allowed 0–39" in beyond.output


def test_interventions():
    listed = estate("interventions")
    assert listed.exit_code == 0 and "operating_subsidy" in listed.output
    one = estate("interventions", "retrofit", "--lang", "zh")
    assert one.exit_code == 0 and "retrofit" in one.output and "已知风险" in one.output
    wrong = estate("interventions", "retrofitt")
    assert wrong.exit_code == 2 and "did you mean 'retrofit'" in wrong.output


def test_describe_shows_programmes_on_a_timeline(elsewhere):
    text = 'extends = "vicious_cycle"\n[[add_interventions]]\nkind = "retrofit"\nstart = 13\nend = 60\n'
    (elsewhere / "mine.toml").write_text(text, encoding="utf-8")
    output = estate("describe", "mine.toml").output
    assert "(retrofit)" in output and "months 13–60" in output and FULL * 5 in output


def test_schema():
    schema = json.loads(estate("schema").output)
    assert schema["properties"]["months"]["maximum"] == 1200


def test_version():
    import sim

    assert estate("--version").output.strip() == sim.__version__
