"""`estate study`: from the file to the exported tables, what it says when runs fail, and how it stops."""

from __future__ import annotations

import glob
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from pretend_runs import Pretend
from rich.cells import cell_len
from tiny_study import TINY, pretended, write
from typer.testing import CliRunner

from sim.cli.app import app
from sim.cli.terminal import console
from sim.errors import EstateError
from sim.experiments.study_file import is_trap_study, load_study
from sim.results.claims import Claims
from sim.results.outcomes import OUTCOMES
from sim.results.store import Store
from sim.studies.study.chart import study_outcome
from sim.studies.study.work import _show_outcomes, show_studies
from sim.text import figures, in_language, languages


@pytest.fixture
def tiny(tmp_path) -> Path:
    return write(tmp_path, TINY)


def estate(*arguments: str, folder: Path, code: int = 0) -> str:
    before = os.getcwd()
    os.chdir(folder)
    try:
        result = CliRunner().invoke(app, ["study", *arguments, "--lang", "en"])
    finally:
        os.chdir(before)
    assert result.exit_code == code, result.output
    return result.output


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("columns", [80, 110])
def test_every_outcome_has_its_name_in_the_table_on_a_narrow_terminal(
    tiny, monkeypatch, capsys, lang, columns
):
    monkeypatch.setenv("COLUMNS", str(columns))
    result = pretended(tiny, tiny.parent / "store")
    with in_language(lang):
        _show_outcomes(console(), result)
        names = [OUTCOMES[name].name for name in result.study.outcomes]
    lines = capsys.readouterr().out.splitlines()
    assert all(cell_len(line) <= columns for line in lines)
    for name in names:
        assert any(line.startswith(name.split()[0][:6]) for line in lines), name


def test_the_command_from_run_to_export(tiny, tmp_path):
    told = estate("run", "tiny.toml", folder=tmp_path)
    assert "4 points x 3 replications = 12 runs" in told and "12 runs carried out, 0 found" in told
    assert "0 runs carried out, 12 found" in estate("run", "tiny.toml", "--workers", "2", folder=tmp_path)
    assert "0 runs carried out" in estate("resume", "tiny.toml", "--in-process", folder=tmp_path)
    assert estate("status", folder=tmp_path).split()[-4:] == ["12", "12", "0", "0"]
    frame = pd.read_parquet(glob.glob(str(tmp_path / "results/studies/*/runs.parquet"))[0])
    run = frame["run"][7]
    assert "the same as the stored result, bit for bit" in estate(
        "rerun", "tiny.toml", "--run", run, folder=tmp_path
    )
    assert "allowed exactly one" in estate("rerun", "tiny.toml", "--run", "nothing", folder=tmp_path, code=2)
    estate("export", "tiny.toml", "--out", "out", folder=tmp_path)
    assert len(pd.read_csv(tmp_path / "out" / "monthly.csv")) == 12 * 13
    assert len(pd.read_csv(tmp_path / "out" / "estates.csv")) == 12 * 10
    runs = pd.read_csv(tmp_path / "out" / "runs.csv", dtype={"run": str})
    assert runs["run"].tolist() == frame["run"].tolist()
    spending = pd.read_csv(tmp_path / "out" / "spending.csv")
    assert spending["yuan"].sum() == pytest.approx(runs["public_cost"].sum())


def test_netcdf_holds_runs_months_and_estates(tmp_path):
    pytest.importorskip("h5netcdf")
    h5py = pytest.importorskip("h5py")
    from sim.studies.study.work import export

    sized = TINY.replace("months = 12", "months = 24").replace(
        '"city.estates" = 10', '"city.estates" = 7'
    )  # as made-up runs are
    found = pretended(write(tmp_path, sized), tmp_path / "store")
    (path,) = export(found, "netcdf", tmp_path)
    with h5py.File(path) as file:
        assert file["cycle_share"][()].tolist() == found.runs["cycle_share"].tolist()
        assert [text.decode() for text in file["run"][()]] == found.runs["run"].tolist()
        _, first = next(found.summaries())
        assert np.array_equal(file["monthly_quality"][0], first.series["quality"])
        assert np.array_equal(file["estate_cycle_months"][0], first.estates["cycle_months"])


def test_status_and_resume_of_a_study_that_was_never_begun(tiny, tmp_path):
    assert "was not begun" in estate("resume", "tiny.toml", folder=tmp_path, code=2)
    assert "was not begun" in estate("status", "tiny.toml", folder=tmp_path, code=2)
    told = " ".join(estate("resume", "tiny.toml", "--store", "elsewhere", folder=tmp_path, code=2).split())
    assert "estate study run tiny.toml --store elsewhere" in told
    assert "No study" in estate("status", folder=tmp_path) and "runs" not in estate("status", folder=tmp_path)


def test_after_a_lost_ledger_a_study_says_what_is_stored_and_goes_on_with_it(tiny, tmp_path):
    store = tmp_path / "results" / "store"
    found = pretended(tiny, store)
    digest = found.digest()
    found.results.store.close()
    for part in store.glob("ledger.sqlite*"):
        part.unlink()
    assert "12 runs of no study" in estate("status", folder=tmp_path)
    told = estate("status", "tiny.toml", folder=tmp_path)
    assert "12 of its 12 runs" in told and "estate study resume tiny.toml" in told and "not begun" not in told
    told = estate("resume", "tiny.toml", folder=tmp_path)
    assert "12 of its 12 runs" in told and "0 runs carried out, 12 found" in told and digest in told
    assert "no record" not in estate("status", "tiny.toml", folder=tmp_path)  # it is entered again


def test_a_store_with_runs_of_others_is_not_called_one_in_which_nothing_was_begun(tiny, tmp_path):
    pretended(tiny, tmp_path / "results" / "store").results.store.close()
    text = (tmp_path / "tiny.toml").read_text(encoding="utf-8")
    (tmp_path / "other.toml").write_text(text.replace("seed = 5", "seed = 95"), encoding="utf-8")
    told = " ".join(estate("resume", "other.toml", folder=tmp_path, code=2).split())
    assert "has 12 runs, but none of this study as it is now" in told and "study run other.toml" in told


def test_the_name_of_a_study_whose_file_lies_here_is_answered_with_its_file(tiny, tmp_path):
    told = " ".join(estate("resume", "tiny", folder=tmp_path, code=2).split())
    assert "found no study of this name" in told and "did you mean 'tiny.toml'" in told


def test_who_is_at_work_on_a_study_stands_in_its_state(tiny, tmp_path):
    found = pretended(tiny, tmp_path / "results" / "store")
    with Claims(found.results.store) as mine:
        mine.take(found.results.keys[:5])
        assert f"5 runs are under way: process {os.getpid()} on" in estate(
            "status", "tiny.toml", folder=tmp_path
        )
    assert "under way" not in estate("status", "tiny.toml", folder=tmp_path)


def test_failed_runs_are_told_with_the_command_that_tries_them_again(tiny, tmp_path):
    pretended(tiny, tmp_path / "results" / "store", Pretend(raises=frozenset({6})))
    told = estate("run", "tiny.toml", folder=tmp_path, code=1)
    assert "4 runs failed and were set aside" in told and "no statistic is computed" in told
    again = next(line for line in told.splitlines() if "estate study rerun tiny.toml --run" in line)
    run = again.split("--run ")[1].split()[0]
    assert "4 runs failed" in estate("status", "tiny.toml", folder=tmp_path)
    assert "it is kept now" in estate("rerun", "tiny.toml", "--run", run, folder=tmp_path)
    assert "3 runs failed" in estate("status", "tiny.toml", folder=tmp_path)
    # the made-up results of the others differ from what the model gives
    wrong = pd.read_parquet(glob.glob(str(tmp_path / "results/studies/*/runs.parquet"))[0])["run"][0]
    assert "differs from the stored result" in estate(
        "rerun", "tiny.toml", "--run", wrong, folder=tmp_path, code=1
    )


def test_ctrl_c_says_how_to_go_on(tmp_path):
    text = TINY.replace("replications = 3", "replications = 400").replace("months = 12", "months = 60")
    write(tmp_path, text)
    command = [sys.executable, "-m", "sim", "study", "run", "tiny.toml", "--lang", "en"]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    process = subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )
    wait_for_runs(process, tmp_path / "results" / "store", 20)
    process.send_signal(signal.SIGINT)
    told, errors = process.communicate(timeout=30)
    assert process.returncode == 130 and "Traceback" not in errors
    assert "of 1600 runs are kept. Go on with: estate study resume tiny.toml" in told


def wait_for_runs(process: subprocess.Popen[str], folder: Path, runs: int) -> None:
    end = time.monotonic() + 240  # the model may have to be compiled first
    while time.monotonic() < end and process.poll() is None:
        if (folder / "ledger.sqlite").exists():
            with Store(folder) as store:
                if store.ledger.ask("SELECT count(*) FROM runs")[0][0] >= runs:
                    return
        time.sleep(0.2)
    raise AssertionError(process.stderr.read())


def test_every_question_that_ships_is_listed_with_the_command_that_answers_it(capsys):
    show_studies()
    shown = capsys.readouterr().out
    for line in (
        "estate study run benchmark_rate",
        "estate compare --study compare_",
        "estate sensitivity --study sobol_unmeasured",
        "estate budget budget_search",
        "estate tipping no_return",
        "estate tipping tipping_map",
    ):
        assert line in shown


@pytest.mark.parametrize(
    "load, name, command", [(load_study, "budget_search", "budget"), (load_study, "tipping_map", "tipping")]
)
def test_a_question_of_another_command_gives_one_error_that_names_it(load, name, command):
    with pytest.raises(EstateError, match=f"estate {command} {name}") as caught:
        load(name)
    assert str(caught.value).count("\n") == 0
    other = {"budget": "tipping", "tipping": "budget"}[command]
    with pytest.raises(EstateError, match=f"estate {command}"):
        is_trap_study(name, other)
    assert is_trap_study(name, command) and not is_trap_study("small_city", command)


def test_options_that_a_tipping_file_states_itself_are_not_passed_over_silently(tmp_path):
    asked = [
        "tipping",
        "tipping_map",
        "--values",
        "3",
        "--lever",
        "viability",
        "--store",
        str(tmp_path),
        "--in-process",
        "--lang",
        "en",
    ]
    said = CliRunner().invoke(app, asked)
    assert said.exit_code != 0 and "lever, values" in f"{said.output}{said.exception}"


@pytest.mark.parametrize(("seeds", "taken"), [((), (1, 2)), (("--seeds", "3"), (1, 2, 3))])
def test_seeds_asked_for_beside_a_tipping_file_are_those_that_are_run(tmp_path, monkeypatch, seeds, taken):
    class Asked(Exception):
        pass

    def look(*_, seeds, **__):
        raise Asked(seeds)

    monkeypatch.setattr("sim.studies.tipping.tipping.tipping", look)
    file = tmp_path / "trap.toml"
    file.write_text(
        'command = "tipping"\nbase = "small_city"\nseeds = 2\n'
        + "".join(f'{key} = {{ zh = "问", en = "asked" }}\n' for key in ("title", "question")),
        encoding="utf-8",
    )
    place = ("--store", str(tmp_path / "store"), "--in-process", "--out", str(tmp_path / "map"))
    said = CliRunner().invoke(app, ["tipping", str(file), *seeds, *place])
    assert isinstance(said.exception, Asked) and said.exception.args == (taken,), said.output


@pytest.mark.parametrize(("replications", "intervals"), [(3, 0), (6, 2)])
def test_the_lowest_and_highest_point_have_the_interval_of_the_mean_and_the_range(
    tmp_path, monkeypatch, capsys, replications, intervals
):
    monkeypatch.setenv("COLUMNS", "600")
    more = TINY.replace("replications = 3", f"replications = {replications}")
    result = pretended(write(tmp_path, more.replace("size = 2", "size = 4")), tmp_path / "store")
    _show_outcomes(console(), result)
    row = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("public cost"))
    runs = result.runs.groupby("point")["public_cost"]
    assert row.count("interval of the mean") == row.count("rough") == intervals
    assert row.count(f"lowest to highest of {replications} runs") == 2
    lowest = runs.get_group(runs.mean().idxmin())
    assert figures.interval(lowest.min(), lowest.max(), "yuan") in row


@pytest.mark.parametrize(
    ("seeds", "said"), [("common", "one draw, seed 5"), ("independent", "a seed of its own")]
)
def test_where_each_combination_was_run_once_every_figure_is_said_to_be_a_draw(
    tmp_path, monkeypatch, capsys, seeds, said
):
    monkeypatch.setenv("COLUMNS", "600")
    once = TINY.replace("replications = 3", f'replications = 1\nseeds = "{seeds}"')
    result = pretended(write(tmp_path, once), tmp_path / "store")
    _show_outcomes(console(), result)
    shown = capsys.readouterr().out
    assert said in shown and "in brackets" not in shown
    assert any(said in line for line in result.report("en").sure)
    with in_language("en"):
        ax = study_outcome(result)
    (subtitle,) = (note.get_text() for note in ax.texts if note.get_gid() == "subtitle")
    plt.close(ax.figure)
    assert ("one draw, seed 5" in subtitle) == (seeds == "common")
