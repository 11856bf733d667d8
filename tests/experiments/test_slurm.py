"""SLURM: a job array over the same store gives the local study bit for bit, whatever becomes of its
tasks and of its driver."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from pretend_runs import Pretend
from stand_in_slurm import Slurm
from tiny_study import TINY, write
from typer.testing import CliRunner

from sim.cli.app import app
from sim.errors import EngineError
from sim.experiments.workplace import Workplace, run_planned
from sim.results import slurm_engine, slurm_task
from sim.results.engines import Finished, InProcess, execute_packed, planned_runs_of
from sim.results.slurm_engine import SlurmEngine
from sim.results.slurm_task import (
    Journal,
    Order,
    carry_out,
    journal_file,
    orders_file,
    orders_of,
    write_orders,
)
from sim.results.store import Store
from sim.scenario import list_scenarios, load, with_overrides
from sim.studies.study.study import study

CITY = with_overrides(
    load("small_city"),
    {"city.estates": 40, "city.households": 16_000, "companies.private": 6, "months": 60, "spin_up": 0},
)


@pytest.fixture
def slurm(tmp_path, monkeypatch) -> Slurm:
    made = Slurm(tmp_path / "slurm")
    monkeypatch.setenv("PATH", made.path)
    monkeypatch.setattr(slurm_engine, "GRACE_SECONDS", 0.3)
    return made


def engine_at(
    folder: Path, tasks: int | None = None, options: str = "", notice: Callable[[str], None] = len
) -> SlurmEngine:
    return SlurmEngine(folder / "arrays", tasks, options, notice, poll=0.05)


def finished_by(engine: SlurmEngine, planned_runs, timeout: float = 60.0) -> dict[int, Finished]:
    ended: list[Finished] = []
    engine.run(planned_runs, ended.append, timeout)
    by_seed = {one.planned_run.seed: one for one in ended}
    assert len(by_seed) == len(ended) == len(planned_runs)
    return by_seed


def test_a_task_that_is_killed_and_one_that_runs_out_of_time_change_no_bit(slurm, tmp_path):
    planned_runs = planned_runs_of(CITY, range(6))
    slurm.trouble(("kill", 1, "0001.runs", '"payload"', 1), ("time", 2, "0002.runs", '"payload"', 1))
    told: list[str] = []
    far = run_planned(
        planned_runs, Workplace(engine_at(tmp_path / "far", 2, notice=told.append), tmp_path / "far")
    )
    near = run_planned(planned_runs, Workplace(InProcess(), tmp_path / "near"))
    assert sorted(slurm.happened) == ["kill", "time"]
    assert far.missing == 0 and far.digest() == near.digest()
    # what had ended was kept: the second array was for what was lost alone
    (first, runs), (second, lost) = (re.findall(r"(\d+) tasks, (\d+) runs", line)[0] for line in told)
    assert (first, runs, second) == ("2", "6", "2") and 2 <= int(lost) <= 4
    assert [job["array"] for job in slurm.jobs] == ["1-2", "1-2"]
    assert far.executed == 6
    assert not list((tmp_path / "far" / "arrays").iterdir()), "files of arrays that are over stay behind"


def test_a_run_that_takes_its_task_with_it_each_time_is_set_aside_and_tried_again_when_asked(slurm, tmp_path):
    planned_runs, begun = planned_runs_of(CITY, [0]), '"begun"'
    slurm.trouble(("time", 1, "0001.runs", begun, 1), ("time", 1, "0001.runs", begun, 1))
    results = run_planned(planned_runs, Workplace(engine_at(tmp_path, 1), tmp_path))
    (failed,) = results.failures
    assert (failed.seed, failed.kind, failed.attempts) == (0, "timeout", 2)
    assert "DUE TO TIME LIMIT" in str(failed.message)
    assert results.missing == 1 and len(slurm.jobs) == 2
    mended = run_planned(planned_runs, Workplace(engine_at(tmp_path, 1), results.store), retry_failed=True)
    near = run_planned(planned_runs, Workplace(InProcess(), tmp_path / "near"))
    assert (mended.executed, mended.digest()) == (1, near.digest())


def estate(*arguments: str, folder: Path, slurm: Slurm) -> subprocess.Popen[str]:
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2]), "PATH": slurm.path}
    return subprocess.Popen(
        [sys.executable, "-m", "sim", "study", *arguments, "--lang", "en"],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_an_array_goes_on_without_its_driver_and_the_next_one_takes_up_what_it_finds(
    slurm, tmp_path, monkeypatch
):
    text = TINY.replace("months = 12", "months = 120").replace('"city.estates" = 10', '"city.estates" = 40')
    write(tmp_path, text.replace('"city.households" = 800', '"city.households" = 12000'))
    driver = estate("run", "tiny.toml", "--slurm", "--workers", "2", folder=tmp_path, slurm=slurm)
    end = time.monotonic() + 240
    while not list((tmp_path / "results" / "store" / "slurm").glob("*/0001.runs")):
        assert time.monotonic() < end and driver.poll() is None, driver.communicate()
        time.sleep(0.02)
    driver.send_signal(signal.SIGINT)
    told, errors = driver.communicate(timeout=30)
    assert "Traceback" not in errors
    assert "job array 1 submitted: 2 tasks, 12 runs" in errors and "squeue --name=estate-" in errors
    assert driver.returncode == 130
    assert "Go on with: estate study resume tiny.toml --slurm" in told and "the job array goes on" in told

    monkeypatch.chdir(tmp_path)
    resumed = CliRunner().invoke(app, ["study", "resume", "tiny.toml", "--slurm", "--lang", "en"])
    assert resumed.exit_code == 0, resumed.output
    told = resumed.output
    assert len(slurm.jobs) == 1, "what was under way was submitted again"
    near = study(tmp_path / "tiny.toml", engine=InProcess(), store=tmp_path / "near", progress=False)
    assert near.digest() in told.replace("\n", "")
    with Store(tmp_path / "results" / "store") as store:
        assert store.digests(near.plan.keys) == near.results.store.digests(near.plan.keys)


def test_what_an_array_finished_after_its_driver_was_gone_is_not_run_again(slurm, tmp_path):
    planned_runs = planned_runs_of(with_overrides(CITY, {"months": 6}), range(4))

    def stop(one: Finished) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        engine_at(tmp_path, 2).run(planned_runs, stop)
    slurm.wait()
    asked = planned_runs[:3]
    ended = finished_by(engine_at(tmp_path, 2), asked)
    assert {seed: one.packed for seed, one in ended.items()} == {
        planned_run.seed: execute_packed(planned_run) for planned_run in asked
    }
    assert len(slurm.jobs) == 1
    # seed 3 belongs to a study that may still be asked for
    assert len(list((tmp_path / "arrays").iterdir())) == 1
    finished_by(engine_at(tmp_path, 2), planned_runs)
    assert len(slurm.jobs) == 1 and not list((tmp_path / "arrays").iterdir())


def test_options_of_the_site_reach_sbatch_and_every_task_has_a_core(slurm, tmp_path, monkeypatch):
    monkeypatch.setattr(
        sys, "executable", "/nowhere/python"
    )  # what is asked for is seen before a task starts
    with pytest.raises(EngineError, match="/nowhere/python"):
        finished_by(
            engine_at(tmp_path, 5, "--partition=short --time 2:00:00"), planned_runs_of(CITY, range(3))
        )
    (job,) = slurm.jobs
    assert job["asked"][-3:] == ["--partition=short", "--time", "2:00:00"]
    assert (job["cpus-per-task"], job["array"]) == ("1", "1-3")  # never a task without a run


@pytest.mark.parametrize("option", ["--array=1-3", "-J mine", "--output /dev/null"])
def test_options_that_the_array_sets_itself_are_refused(tmp_path, option):
    with pytest.raises(EngineError, match=f"--sbatch: found {option.split('=')[0].split()[0]}"):
        SlurmEngine(tmp_path, options=option)


# what goes wrong with SLURM itself


def one_error(*arguments: str, folder: Path) -> str:
    before = os.getcwd()
    os.chdir(folder)
    try:
        result = CliRunner().invoke(app, ["study", *arguments, "--lang", "en"])
    finally:
        os.chdir(before)
    assert result.exit_code == 2 and "Traceback" not in result.output, result.output
    return result.output.strip().splitlines()[-1]


def test_without_slurm_there_is_one_error_and_nothing_is_written(tmp_path, monkeypatch):
    write(tmp_path, TINY)
    monkeypatch.setenv("PATH", str(tmp_path))
    told = one_error("run", "tiny.toml", "--slurm", folder=tmp_path)
    assert told.startswith("--slurm: found no command sbatch here, allowed a machine from which jobs")
    assert not (tmp_path / "results" / "store" / "slurm").exists()


def test_one_way_of_carrying_out_runs_is_asked_for(tmp_path):
    write(tmp_path, TINY)
    told = one_error("run", "tiny.toml", "--slurm", "--scheduler", "local", folder=tmp_path)
    assert told == "--slurm: found --scheduler, allowed one of --slurm, --scheduler and --in-process"
    told = one_error("run", "tiny.toml", "--sbatch", "--partition=short", folder=tmp_path)
    assert told == "--sbatch: found no --slurm, allowed --slurm"


def test_what_slurm_says_when_it_takes_no_job_is_told(slurm, tmp_path):
    slurm.refuse("sbatch: error: Batch job submission failed: Invalid account")
    with pytest.raises(EngineError, match="did not take the job array: .*Invalid account"):
        finished_by(engine_at(tmp_path), planned_runs_of(CITY, range(2)))
    assert not list((tmp_path / "arrays").iterdir())


def test_an_array_that_cannot_start_is_not_submitted_for_ever(slurm, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(
        EngineError, match=r"no task .* first run; the first one printed last: .*/nowhere/python"
    ):
        finished_by(engine_at(tmp_path), planned_runs_of(CITY, range(2)))
    assert len(slurm.jobs) == 1


def test_nodes_with_another_version_of_the_model_are_refused(slurm, tmp_path):
    slurm.before_tasks("""sed -i 's/"version": "/"version": "0/' 0001.json""")
    with pytest.raises(EngineError, match="install the same on all"):
        finished_by(engine_at(tmp_path), planned_runs_of(CITY, range(2)))


def test_only_the_work_of_studies_can_be_sent(tmp_path):
    with pytest.raises(EngineError, match="--slurm: found other work, allowed the runs of a study"):
        engine_at(tmp_path).for_work(lambda planned_run: execute_packed(planned_run))


# what a task writes


def task_of(folder: Path, number: int) -> Journal:
    planned_runs = planned_runs_of(with_overrides(CITY, {"months": 6}), range(number))
    write_orders(folder, 1, [Order(planned_run, 0) for planned_run in planned_runs], 60.0)
    return Journal(journal_file(folder, 1))


def test_a_task_that_slurm_starts_again_goes_on_behind_the_line_that_was_torn(tmp_path):
    journal = task_of(tmp_path, 3)
    assert carry_out(tmp_path, 1) == 0
    whole = journal.file.read_bytes().splitlines(keepends=True)
    results = [place for place, line in enumerate(whole) if b"payload" in line]
    # as a node leaves it that loses power while it writes the second result
    journal.file.write_bytes(b"".join(whole[: results[1]]) + whole[results[1]][:1000])
    assert [outcome.attempts for outcome in journal.news()] == [1]
    assert carry_out(tmp_path, 1) == 0
    again = journal.news()
    assert [outcome.attempts for outcome in again] == [2, 1] and journal.ended and not journal.unfinished()
    before = [json.loads(whole[place])["digest"] for place in results[1:]]
    assert [outcome.packed.digest for outcome in again] == before


def test_a_run_that_hangs_costs_itself_and_not_its_task(tmp_path, monkeypatch):
    # however fast or busy the machine: the one waits a minute, the other takes no time
    work = Pretend(hangs=frozenset({0}))
    monkeypatch.setattr(slurm_task, "execute_packed", work)
    hangs, ends = planned_runs_of(CITY, [0, 1])
    write_orders(tmp_path, 1, [Order(hangs, 0), Order(ends, 0)], 0.5)
    assert carry_out(tmp_path, 1) == 0
    hung, done = Journal(journal_file(tmp_path, 1)).news()
    assert (hung.key, hung.failure.kind, hung.attempts) == (hangs.key, "timeout", 2)
    assert (done.key, done.packed, done.attempts) == (ends.key, work(ends), 1)


def test_a_result_that_was_damaged_on_its_way_is_none(tmp_path):
    journal = task_of(tmp_path, 1)
    carry_out(tmp_path, 1)
    line = next(line for line in journal.file.read_text().splitlines() if "payload" in line)
    said = json.loads(line)
    said["payload"] = said["payload"][:-8] + (
        "AAAAAAA=" if said["payload"][-8:] != "AAAAAAA=" else "BBBBBBA="
    )
    journal.file.write_text(journal.file.read_text().replace(line, json.dumps(said)))
    assert journal.news() == [] and len(journal.unfinished()) == 1


def test_a_task_carries_out_no_scenario_but_the_one_that_was_meant(tmp_path):
    task_of(tmp_path, 1)
    file = orders_file(tmp_path, 1)
    told = json.loads(file.read_text())
    (scenario,) = told["scenarios"].values()
    scenario["months"] += 1
    file.write_text(json.dumps(told))
    with pytest.raises(ValueError, match="not the one that was written"):
        carry_out(tmp_path, 1)


def test_every_scenario_that_ships_can_be_written_down_for_a_task_without_a_change(tmp_path):
    """Scenarios go to the nodes as text: what comes out of it must be the run that was asked for."""
    for name in list_scenarios():
        (planned_run,) = planned_runs_of(load(name), [7])
        write_orders(tmp_path, 1, [Order(planned_run, 1)], 60.0)
        (read,) = orders_of(json.loads(orders_file(tmp_path, 1).read_text(encoding="utf-8")))
        assert (read.planned_run.key, read.tried) == (planned_run.key, 1), name
