"""`estate batch`: what it writes, that it goes on where it stopped, and that one failure
does not stop the others."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from typer.testing import CliRunner

import sim.runner
from sim.cli.app import app
from sim.errors import EngineError
from sim.results import load_run

SMALL = """extends = "small_city"
months = 3
spin_up = 0
[city]
estates = 20
households = 600
[types.commodity]
households_mean = 30
[types.unit_built]
households_mean = 30
[types.three_no]
households_mean = 30
[types.resettlement]
households_mean = 30
"""


def estate(*arguments: str):
    """Result of the command with these arguments."""
    return CliRunner().invoke(app, list(arguments), env={"LC_ALL": "C", "COLUMNS": "200"})


def batch(*arguments: str):
    """Result of a batch over ./mine into ./out."""
    return estate("batch", "mine", "--out", "out", *arguments)


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with three small scenarios, to which the test has moved."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine" / "below").mkdir(parents=True)
    (tmp_path / "mine" / "below" / "not_found.toml").write_text("months = 0\n")
    for name, more in (
        ("a_plain", ""),
        ("b_works", '[[add_interventions]]\nkind = "retrofit"\n'),
        ("c_drive", '[[add_interventions]]\nkind = "committee_drive"\n'),
    ):
        (tmp_path / "mine" / f"{name}.toml").write_text(SMALL + more, encoding="utf-8")
    return tmp_path


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The runs that are really carried out, as name and seed; the names in `fails` go wrong."""
    carried_out: list[str] = []
    real = sim.runner.run

    def run(scenario, *arguments, **keywords):
        carried_out.append(f"{scenario.name} {scenario.seed}")
        return real(scenario, *arguments, **keywords)

    monkeypatch.setattr(sim.runner, "run", run)
    return carried_out


def failing(monkeypatch: pytest.MonkeyPatch, name: str, error: BaseException) -> None:
    """Let the runs of one scenario end in `error`."""
    real = sim.runner.run

    def run(scenario, *arguments, **keywords):
        if scenario.name == name:
            raise error
        return real(scenario, *arguments, **keywords)

    monkeypatch.setattr(sim.runner, "run", run)


def folders() -> list[str]:
    return sorted(path.name.split("-seed")[0] for path in Path("out").iterdir() if path.is_dir())


def test_a_batch_writes_every_run_and_an_index_of_all(elsewhere: Path) -> None:
    result = batch("--no-charts", "--replications", "2")
    assert result.exit_code == 0, result.output
    assert (
        "3 scenarios, 6 runs" in result.output
        and "6 runs carried out, 0 were there already, 0 failed" in result.output
    )
    assert "left" in result.output and folders() == ["a_plain", "b_works", "c_drive"]
    page = Path("out/index.html").read_text(encoding="utf-8")
    for folder in (path for path in Path("out").iterdir() if path.is_dir()):
        assert load_run(folder).months == 3 and f'href="{folder.name}/city.csv"' in page
        assert (folder / "city.csv").read_text(encoding="utf-8").count("\n") == 5
        assert [path.name for path in (folder / "replications").iterdir()] == ["seed-2.json"]
    assert (
        all(f'id="{name}"' in page for name in folders())
        and "what may happen in a single run" in page
        and "<td>2</td>" in page
    )
    note = "Collection and break-even coverage are of months 1 to 3, all that was simulated"
    assert page.count(f"</table><p><small>{note}") == 3, "beside start and end of each"


def test_what_is_there_is_not_run_again(counted: list[str]) -> None:
    assert batch("--no-charts").exit_code == 0
    assert counted == ["a_plain 1", "b_works 1", "c_drive 1"]
    before = {path: path.read_bytes() for path in Path("out").rglob("*") if path.is_file()}
    again = batch("--no-charts")
    assert (
        again.exit_code == 0
        and len(counted) == 3
        and "0 runs carried out, 3 were there already" in again.output
    )
    assert before == {path: path.read_bytes() for path in Path("out").rglob("*") if path.is_file()}
    assert batch("--no-charts", "--replications", "2").exit_code == 0
    assert counted[3:] == ["a_plain 2", "b_works 2", "c_drive 2"]
    Path("mine/b_works.toml").write_text(SMALL.replace("months = 3", "months = 4"), encoding="utf-8")
    assert batch("--no-charts").exit_code == 0
    assert counted[6:] == ["b_works 1"], "only what changed"


def test_a_damaged_run_is_made_again(counted: list[str]) -> None:
    assert batch("--no-charts").exit_code == 0
    (folder,) = Path("out").glob("b_works-*")
    (folder / "headline.json").write_text("{", encoding="utf-8")
    assert batch("--no-charts").exit_code == 0 and counted[3:] == ["b_works 1"]
    assert json.loads((folder / "headline.json").read_text(encoding="utf-8"))["outcomes"]


@pytest.mark.usefixtures("words_only")
def test_charts_in_another_language_need_no_new_run(counted: list[str]) -> None:
    assert estate("batch", "mine/a_plain.toml", "--out", "out").exit_code == 0
    result = estate("batch", "mine/a_plain.toml", "--out", "out", "--lang", "zh")
    assert result.exit_code == 0 and counted == ["a_plain 1"], result.output
    (folder,) = Path("out").glob("a_plain-*")
    names = {
        lang: sorted(path.name for path in (folder / f"charts-{lang}").iterdir()) for lang in ("en", "zh")
    }
    assert names["en"] == names["zh"] and {"cycle.png", "map.svg"} <= set(names["zh"])
    page = Path("out/index.html").read_text(encoding="utf-8")
    assert f'href="{folder.name}/charts-zh/cycle.png"' in page and 'lang="zh-CN"' in page and "数据表" in page


def test_one_failing_scenario_does_not_stop_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    (Path("mine") / "broken.toml").write_text("months = 0\n")
    with monkeypatch.context() as patch:
        failing(patch, "b_works", EngineError("no luck"))
        result = batch("--no-charts", "--replications", "2")
    assert result.exit_code == 1 and "Traceback" not in result.output
    assert (
        "b_works: failed: no luck" in result.output
        and "broken: failed" in result.output
        and "4 runs carried out" in result.output
    )
    assert "2 failed" in result.output and folders() == ["a_plain", "c_drive"]
    page = Path("out/index.html").read_text(encoding="utf-8")
    assert "no luck" in page and 'id="broken"' in page and 'id="b_works"' in page
    Path("mine/broken.toml").unlink()
    assert batch("--no-charts", "--replications", "2").exit_code == 0
    assert "no luck" not in Path("out/index.html").read_text(encoding="utf-8")


def test_a_defect_in_one_scenario_is_reported_by_its_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, "a_plain", ZeroDivisionError("by zero"))
    result = batch("--no-charts")
    assert (
        result.exit_code == 1
        and "a_plain: failed: ZeroDivisionError: by zero" in result.output
        and folders() == ["b_works", "c_drive"]
    )


def test_interrupted_it_keeps_what_is_finished_and_goes_on(
    monkeypatch: pytest.MonkeyPatch, counted: list[str]
) -> None:
    with monkeypatch.context() as patch:
        failing(patch, "b_works", KeyboardInterrupt())
        result = batch("--no-charts")
    assert result.exit_code == 130 and "the same command goes on" in result.output
    assert folders() == ["a_plain"] and not list(Path("out").glob(".*"))
    assert "not run yet" in Path("out/index.html").read_text(encoding="utf-8")
    assert batch("--no-charts").exit_code == 0 and counted == ["a_plain 1", "b_works 1", "c_drive 1"]


def test_places_may_be_names_files_and_folders(elsewhere: Path) -> None:
    from sim.studies.batch.work import scenario_files

    files = scenario_files(("mine/a_plain.toml", "mine", "small_city"))
    assert [file.stem for file in files] == ["a_plain", "b_works", "c_drive", "small_city"]


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("absent.toml", "absent.toml: found no such file"),
        ("vicious_cycel", "did you mean 'vicious_cycle'"),
        ("empty", "empty: found no scenario"),
    ],
)
def test_a_place_without_scenarios_is_one_message(elsewhere: Path, place: str, message: str) -> None:
    (elsewhere / "empty").mkdir()
    result = estate("batch", place)
    assert result.exit_code == 2 and message in result.output and "Traceback" not in result.output
    assert not (elsewhere / "results").exists()


@pytest.mark.usefixtures("words_only")
def test_the_index_links_charts_tables_and_reports_that_are_there() -> None:
    """Every link of the page leads to a file, among them a report of each scenario and one of all,
    with the means of all runs."""
    two = ("mine/a_plain.toml", "mine/b_works.toml")
    done = estate("batch", *two, "--out", "out", "--replications", "2", "--lang", "zh")
    assert done.exit_code == 0, done.output
    out = Path("out")
    page = (out / "index.html").read_text(encoding="utf-8")
    links = [unquote(link) for link in re.findall(r'href="([^"#]+)"', page)]
    assert [link for link in links if not (out / link).is_file()] == []
    reports = [link for link in links if link.endswith("report.zh.html")]
    folders = [folder for folder in out.iterdir() if folder.is_dir()]
    assert len(reports) == len(folders) + 1 and len(folders) > 1
    assert "完整报告" in page and "全部情景的报告" in page
    whole = (out / "report.zh.html").read_text(encoding="utf-8")
    assert "每个情景运行2次" in whole and "只含随机性" in whole
