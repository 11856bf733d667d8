"""`estate batch`: what it writes, that it goes on where it stopped, and that one failure
does not stop the others."""

from __future__ import annotations

import json
import math
import re
from itertools import product
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import sim
import sim.runner
from sim.cli.app import app
from sim.errors import EngineError
from sim.experiments.intervals import mean_interval, range_of
from sim.kinds import load_result
from sim.outputs.catalog import bounds_of, size_of
from sim.results import load_run
from sim.results.engines import InProcess
from sim.results.outcomes import OUTCOMES
from sim.scenario import load
from sim.studies.batch.brief import COST, MAIN, WORST, brief_of
from sim.studies.batch.index_page import HEADLINES
from sim.studies.batch.pairing import Runs, pairs_of, standing_among
from sim.studies.batch.report import PAIRED
from sim.text import in_language, say
from sim.units import NO_VALUE

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


@pytest.fixture(scope="module")
def paired(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """What a batch of four scenarios, six runs each, prints and its folder: the third states a seed of its
    own, the fourth is another city."""
    folder = tmp_path_factory.mktemp("paired")
    (folder / "mine").mkdir()
    works, fallback = ('[[add_interventions]]\nkind = "retrofit"\n', 'kind = "soe_fallback"\n')
    for name, text in (
        ("z_base", SMALL),
        ("a_works", SMALL + works),
        ("b_own_seed", f"seed = 9\n{SMALL}[[add_interventions]]\n{fallback}"),
        ("c_elsewhere", SMALL.replace("estates = 20", "estates = 10").replace("= 600", "= 300") + works),
    ):
        (folder / "mine" / f"{name}.toml").write_text(text, encoding="utf-8")
    place = ("--replications", "6", "--seed", "3", "--out", str(folder / "out"))
    files = [str(folder / "mine" / "z_base.toml"), str(folder / "mine")]
    done = estate("batch", *files, "--no-charts", *place)
    assert done.exit_code == 0, done.output
    return done.output, folder


def kept(folder: Path, name: str) -> list[dict[str, float]]:
    """The outcomes of each run of a scenario, as they lie in its folder, by seed."""
    (own,) = (folder / "out").glob(f"{name}-*")
    whole = json.loads((own / "headline.json").read_text(encoding="utf-8"))
    briefs = [json.loads(file.read_text(encoding="utf-8")) for file in own.glob("replications/*.json")]
    seeds = [brief["seed"] for brief in briefs]
    assert sorted(seeds) == [4, 5, 6, 7, 8] and load_run(own).seed == 3
    return [whole["outcomes"], *(one["outcomes"] for one in sorted(briefs, key=lambda one: one["seed"]))]


def less(own: list[dict[str, float]], base: list[dict[str, float]], outcome: str) -> np.ndarray:
    """One scenario less the other in an outcome, run by run."""
    values = [(one[outcome], other[outcome]) for one, other in zip(own, base, strict=True)]
    return np.array([math.nan if None in pair else pair[0] - pair[1] for pair in values])


def test_scenarios_of_one_city_are_paired_with_the_first_on_the_same_seeds(paired: tuple[str, Path]) -> None:
    printed, folder = paired
    table = pd.read_csv(folder / "out" / "differences.csv").set_index(["scenario", "outcome"])
    assert set(table.index.get_level_values(0)) == {"a_works", "b_own_seed"}, "the fourth is another city"
    base = kept(folder, "z_base")
    for (name, outcome), row in table.iterrows():
        paired_values = less(kept(folder, name), base, outcome)
        interval, held = mean_interval(paired_values), range_of(paired_values)
        wanted = [paired_values.mean(), interval.low, interval.high, held.low, held.high, 6]
        columns = ["difference", "low", "high", "range_low", "range_high", "pairs"]
        assert row["against"] == "z_base"
        np.testing.assert_allclose(row[columns].astype(float), wanted, rtol=1e-12, atol=1e-12)
    flat = re.sub(r"\s+", " ", printed)
    assert "over 6 pairs of runs" in flat and "Only 6 replications" in flat
    assert "Not paired with any other" in flat and "c_elsewhere" in flat.split("Not paired")[1]


def test_a_batch_says_of_a_difference_what_a_comparison_of_the_same_seeds_says(
    paired: tuple[str, Path],
) -> None:
    _, folder = paired
    names = ("z_base", "b_own_seed")
    asked = ("cycle_share_last_year", "public_cost", "worst_decile_satisfaction", "professional_end")
    compared = sim.compare(
        *(folder / "mine" / f"{name}.toml" for name in names),
        replications=6,
        first_seed=3,
        outcomes=asked,
        engine=InProcess(),
        store=folder / "store",
        progress=False,
    ).differences.set_index("outcome")
    batch = pd.read_parquet(folder / "out" / "differences.parquet")
    batch = batch[batch["scenario"] == "b_own_seed"].set_index("outcome").fillna({"note": ""})
    same = ["difference", "baseline_mean", "low", "high", "note", "range_low", "range_high", "range_kind"]
    pd.testing.assert_frame_equal(batch.loc[list(asked), same], compared.loc[list(asked), same])


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_number_told_of_pairs_is_recomputed_from_the_runs(paired: tuple[str, Path], lang: str) -> None:
    """On the index page (in the language of the batch), in the report and in the brief."""
    _, folder = paired
    base = kept(folder, "z_base")
    batch = load_result(folder / "out")
    with in_language(lang):
        report, brief = batch.report(lang), brief_of(batch)
        (table,) = (one for one in report.gains + report.tables if one.columns[1] == say("batch.against"))
        for row, (name, outcome) in zip(table.rows, product(("a_works", "b_own_seed"), PAIRED), strict=True):
            values, unit = less(kept(folder, name), base, outcome), OUTCOMES[outcome].unit
            interval = mean_interval(values)
            assert row[3] == size_of(float(values.mean()), unit, sign=True)
            bounds = bounds_of(interval.low, interval.high, unit) if interval.exists else NO_VALUE
            assert row[4].split("（")[0].split(" (")[0] == bounds
            rough = "（粗略）" if lang == "zh" else "(rough)"
            assert (rough in row[4]) == interval.exists, "six pairs"
            assert row[5].startswith(bounds_of(values.min(), values.max(), unit)) and "6" in row[5]
        order = sorted(
            ("a_works", "b_own_seed"),
            key=lambda name: less(kept(folder, name), base, "cycle_share_last_year").mean(),
        )
        for row, name in zip(brief.rows, order, strict=True):
            assert name in row.name and "z_base" in row.name
            for cell, outcome in zip(row.cells, (MAIN, COST, WORST), strict=True):
                assert cell.mean == pytest.approx(less(kept(folder, name), base, outcome).mean(), rel=1e-12)
    page = (folder / "out" / "index.html").read_text(encoding="utf-8")
    (rows,) = re.findall(r"<h2>Differences.*?</table>", page, re.DOTALL)
    cells = [re.findall(r"<td>(.*?)</td>", row, re.DOTALL) for row in re.findall("<tr>.*?</tr>", rows)[1:]]
    for (_, _, number, *told), name in zip(cells, ("a_works", "b_own_seed"), strict=True):
        assert number == "6"
        for cell, outcome in zip(told, HEADLINES, strict=True):
            values = less(kept(folder, name), base, outcome)
            assert cell.split("<br>")[0] == size_of(float(values.mean()), OUTCOMES[outcome].unit, sign=True)


def test_runs_are_pairs_only_of_the_same_city_estates_seed_and_member() -> None:
    scenario = load("small_city")
    estates, outcomes = ("e1", "e2", "e3"), {"public_cost": [1.0, 2.0, 3.0]}
    first = Runs(scenario, (1, 2, 3), estates, outcomes)
    later = Runs(scenario, (2, 3, 4), ("e2", "e3", "e4"), {"public_cost": [5.0, 7.0, 9.0]})
    (pair,) = pairs_of([first, later])
    assert pair.seeds == (2, 3) and pair.differences("public_cost").tolist() == [3.0, 4.0]
    longer = scenario.model_copy(update={"months": scenario.months + 1})
    for other in (
        later._replace(scenario=longer),
        later._replace(estates=("x", "", "")),  # others, and some of which nobody knows which they are
        later._replace(seeds=(7, 8, 9)),
        later._replace(ensemble="of another"),
    ):
        assert pairs_of([first, other]) == []
    # over an ensemble the third seed has the third member in one and the second in the other
    assert pairs_of([one._replace(ensemble="same") for one in (first, later)]) == []


def test_which_scenarios_cannot_be_told_apart_goes_by_their_pairs() -> None:
    scenario = load("small_city")
    draws = np.random.default_rng(1).normal(0.4, 0.05, 20)  # luck is far larger than what scenarios do

    def runs(shift: float, noise: float) -> Runs:
        values = draws - shift + np.random.default_rng(int(1000 * shift)).normal(0, noise, 20)
        return Runs(scenario, range(1, 21), ["e"] * 20, {"cycle_share_last_year": values.tolist()})

    pairs = pairs_of([runs(0.0, 0.001), runs(0.02, 0.001), runs(0.0205, 0.005)])
    places, found = standing_among(pairs, 0, "cycle_share_last_year") or ([], None)
    assert places == [0, 1, 2] and found is not None
    assert not found.among[0] and found.among[1] and found.among[2]


def test_without_a_seed_all_run_with_that_of_the_first_and_it_is_said(counted: list[str]) -> None:
    Path("mine/b_works.toml").write_text(f"seed = 9\n{SMALL}", encoding="utf-8")
    done = batch("--no-charts")
    assert done.exit_code == 0 and counted == ["a_plain 1", "b_works 1", "c_drive 1"], done.output
    assert "with the seeds from 1 on" in re.sub(r"\s+", " ", done.output) and "(9)" in done.output
    alone = estate("batch", "mine/b_works.toml", "--out", "other", "--no-charts")
    assert alone.exit_code == 0 and counted[3:] == ["b_works 9"] and "seeds from" not in alone.output
