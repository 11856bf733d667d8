"""`estate reproduce` on results of many runs: the same to the last bit, or what explains
it; no run comes from a store."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from page_reader import Page
from report_commands import LITTLE, SMALL, estate

import sim
from sim.errors import ResultError
from sim.evidence.reproduce import reproduce_many, same_table
from sim.experiments.ensemble import load_ensemble
from sim.experiments.workplace import Workplace
from sim.outputs.report import write_report
from sim.results.engines import InProcess
from sim.results.files import seal_of
from sim.results.folder import json_text, sealed

pytestmark = pytest.mark.usefixtures("words_only")

KINDS = ("comparison", "study", "sensitivity", "ablation", "tipping", "budget", "draws")


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_saved_comes_out_the_same(request, kind):
    ended = []
    found = reproduce_many(
        request.getfixturevalue(f"{kind}_folder"), Workplace(InProcess(), progress=ended.append)
    )
    assert found.same, (found.files, found.changes)
    assert (
        found.changes == ()
        and max(one.ended for one in ended) > 0
        and all(one.stored == 0 for one in ended[:1])
    )


def resealed(folder: Path, manifest: dict) -> None:
    """Write a manifest as if the result had been written so."""
    (folder / "manifest.json").write_text(json_text(sealed(manifest)), encoding="utf-8")


@pytest.fixture(scope="module")
def adaptive_folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("adaptive") / "compared"
    done = estate(
        "compare",
        "vicious_cycle",
        "subsidy_only",
        "--months",
        "24",
        "--width",
        "0.013",
        "--withdraw",
        "14",
        "--outcome",
        "cycle_share",
        "--no-charts",
        "--in-process",
        "--store",
        str(folder.parent / "store"),
        "--out",
        str(folder),
        *SMALL,
    )
    assert done.exit_code == 0, done.output
    return folder


def test_adaptive_looks_and_withdrawal_are_done_again(adaptive_folder, tmp_path):
    manifest = json.loads((adaptive_folder / "manifest.json").read_text(encoding="utf-8"))
    assert len(manifest["looks"]) > 1  # else it is no test of looking again
    done = estate("reproduce", str(adaptive_folder), "--in-process")
    assert done.exit_code == 0 and "same to the last bit" in done.output, done.output
    page = Page(write_report([adaptive_folder], tmp_path / "r.html", "en").read_text(encoding="utf-8"))
    (command,) = (words for words in page.words if words.startswith("estate compare"))
    assert "--width 0.013" in command and "--withdraw 14" in command and "--replications" not in command
    assert any("ended after month 14" in words for words in page.words)


def test_a_difference_is_found_and_explained(adaptive_folder, tmp_path):
    other = tmp_path / "other"
    shutil.copytree(adaptive_folder, other)
    table = pd.read_parquet(other / "withdrawal.parquet")
    table.assign(kept=table["kept"] + 1e-12).to_parquet(other / "withdrawal.parquet")
    done = estate("reproduce", str(other), "--in-process")
    assert done.exit_code == 2 and "withdrawal.parquet: damaged or changed since" in done.output
    # a change that hides itself: hash and seal are made anew
    csv = other / "differences.csv"
    csv.write_text(csv.read_text(encoding="utf-8").replace("0.", "0.9", 1), encoding="utf-8")
    manifest = json.loads((other / "manifest.json").read_text(encoding="utf-8"))
    manifest["sentences"]["en"][0] += " It is sure."
    files = ("withdrawal.parquet", "differences.csv")
    resealed(other, manifest | {"files": manifest["files"] | {name: seal_of(other / name) for name in files}})
    done = estate("reproduce", str(other), "--in-process")
    assert done.exit_code == 1 and "defect" not in done.output and "same to the last bit" in done.output
    assert all(name in done.output for name in (*files, "manifest.json (sentences, en)"))
    assert "differences.parquet" not in done.output
    manifest = json.loads((other / "manifest.json").read_text(encoding="utf-8"))
    resealed(other, manifest | {"model_source_hash": "abc", "digest": "0" * 64})
    done = estate("reproduce", str(other), "--in-process", lang="zh")
    assert done.exit_code == 1 and "模型源代码不同" in done.output


def test_an_unfinished_study_and_a_batch_are_refused(study_folder, batch_folder, tmp_path):
    other = tmp_path / "study"
    shutil.copytree(study_folder, other)
    place = other / "manifest.json"
    resealed(other, json.loads(place.read_text(encoding="utf-8")) | {"digest": None, "missing": 2})
    with pytest.raises(ResultError, match="finish it first"):
        reproduce_many(other, Workplace(InProcess()))
    done = estate("reproduce", str(batch_folder))
    assert done.exit_code == 2 and "one scenario" in done.output


def test_tables_are_the_same_to_the_last_bit():
    one = pd.DataFrame({"a": [0.1, float("nan")], "b": ["x", None], "c": [1, 2]})
    assert same_table(one, one.astype({"b": "category"}))
    for other in (
        one.assign(a=[0.1 + 1e-17, 0.0]),
        one.assign(b=["x", "y"]),
        one.rename(columns={"a": "d"}),
        one.head(1),
    ):
        assert not same_table(one, other)


def test_a_page_of_a_batch_over_an_ensemble_is_enough_to_run_it_again(tmp_path, monkeypatch):
    """Two scenarios of one name too; each with its own months, and the ensemble's second
    member in the second run."""
    monkeypatch.chdir(tmp_path)
    Path("mine.csv").write_text("payment.base\n-2.0\n2.0\n", encoding="utf-8")
    little = "[city]\nestates = 10\nhouseholds = 800\ndistricts = 2\n[companies]\nprivate = 3\n"
    for folder, months in (("one", 12), ("two", 13)):
        Path(folder).mkdir()
        Path(folder, "calm.toml").write_text(
            f'extends = "small_city"\nmonths = {months}\n{little}', encoding="utf-8"
        )
    asked = ("--replications", "2", "--ensemble", "mine.csv", "--no-charts", "--out", "first")
    done = estate("batch", "one", "two", *asked)
    assert done.exit_code == 0, done.output
    page = Page(write_report(["first"], "r.html", "en").read_text(encoding="utf-8"))
    Path("again").mkdir()
    monkeypatch.chdir(tmp_path / "again")
    names = [words.removeprefix("File: ") for words in page.words if words.startswith("File: ")]
    assert len(set(names)) == len(names) == 3 and "mine.csv" in names
    for name in names:
        Path(name).write_text(page.words[page.words.index(f"File: {name}") + 1], encoding="utf-8")
    commands = [words for words in page.words if words.startswith("estate batch")]
    assert len(commands) == 2, "as long, or not"
    for command in commands:
        assert estate(*command.split()[1:], "--no-charts", "--out", "again").exit_code == 0
    first, again = (
        sorted(path.read_text(encoding="utf-8") for path in folder.rglob("seed-2.json"))
        for folder in (tmp_path / "first", Path("again"))
    )
    assert len(first) == 2 and first == again
    draws = [one.draws for one in sim.load_result(tmp_path / "first").scenarios]
    draws[0].save("draws")
    assert reproduce_many("draws", Workplace(InProcess())).same, "its draws are known with their members"


def test_a_page_over_an_ensemble_is_enough_to_run_it_again(tmp_path, monkeypatch):
    """The page carries the ensemble too: its files, saved under their names, and its
    command give the same result."""
    monkeypatch.chdir(tmp_path)
    Path("mine.csv").write_text(
        "payment.base,payment.norm_weight\n1.0,3.0\n1.2,2.5\n1.4,3.5\n", encoding="utf-8"
    )
    done = estate(
        "ablate",
        "small_city",
        "--months",
        "12",
        "--replications",
        "5",
        "--no-pairs",
        "--ensemble",
        "mine.csv",
        "--level",
        "0.8",
        "--in-process",
        "--store",
        "store",
        "--out",
        "first",
        *LITTLE,
    )
    assert done.exit_code == 0, done.output
    page = Page(write_report(["first"], "r.html", "en").read_text(encoding="utf-8"))
    assert any("uncertainty of the parameters" in words and "ensemble mine" in words for words in page.words)
    Path("mine.csv").unlink()
    names = [words.removeprefix("File: ") for words in page.words if words.startswith("File: ")]
    assert set(names) == {"small_city.toml", "mine.csv"}
    for name in names:
        Path(name).write_text(page.words[page.words.index(f"File: {name}") + 1], encoding="utf-8")
    command = next(words for words in page.words if words.startswith("estate ablate"))
    done = estate(*command.split()[1:], "--in-process", "--store", "other", "--out", "again")
    assert done.exit_code == 0, done.output
    digests = [
        json.loads(Path(folder, "manifest.json").read_text(encoding="utf-8"))["digest"]
        for folder in ("first", "again")
    ]
    assert digests[0] == digests[1]
    assert Path("again", "ablation.csv").read_bytes() == Path("first", "ablation.csv").read_bytes(), (
        "intervals too"
    )
    assert reproduce_many(
        "first", Workplace(InProcess())
    ).same  # the ensemble is in the folder, its file need not be there


def test_a_page_of_a_sensitivity_analysis_carries_its_ensemble_and_is_enough_to_run_it_again(
    tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    Path("mine.csv").write_text("payment.base\n1.0\n1.4\n", encoding="utf-8")
    asked = "--months 3 --set spin_up=0 --size 2 --replications 2 --outcome cycle_share --parameter payment.norm_weight"
    more = (*asked.split(), "--ensemble", "mine.csv", "--no-charts", "--in-process")
    done = estate("sensitivity", "small_city", *more, "--store", "store", "--out", "first", *LITTLE)
    assert done.exit_code == 0, done.output
    held = load_ensemble("mine.csv")
    assert sim.load_result("first").ensemble == held
    page = Page(write_report(["first"], "r.html", "en").read_text(encoding="utf-8"))
    assert any("mine" in words and "2 members" in words and held.digest in words for words in page.words)
    Path("mine.csv").unlink()
    assert reproduce_many("first", Workplace(InProcess())).same, "its ensemble is in the folder"
    names = [words.removeprefix("File: ") for words in page.words if words.startswith("File: ")]
    assert set(names) == {"small_city.toml", "mine.csv"}
    for name in names:
        Path(name).write_text(page.words[page.words.index(f"File: {name}") + 1], encoding="utf-8")
    command = next(words for words in page.words if words.startswith("estate sensitivity"))
    done = estate(*command.split()[1:], "--no-charts", "--in-process", "--store", "other", "--out", "again")
    assert done.exit_code == 0, done.output
    for name in ("morris.csv", "morris_points.csv"):
        assert Path("again", name).read_bytes() == Path("first", name).read_bytes()
