"""Engines: runs that raise, hang or kill their worker cost themselves and nothing
else; no process is left behind."""

from __future__ import annotations

import gc
import os
import signal
import time
from pathlib import Path

import pytest
from pretend_runs import Pretend, planned_runs, pretend

from sim.errors import EngineError, StudyError
from sim.experiments.workplace import Workplace, run_planned
from sim.results.engines import Finished, InProcess, Packed, execute_packed, planned_runs_of
from sim.results.pool_engine import PoolEngine
from sim.scenario import load, with_overrides
from sim.text import Later, in_language, message

SMALL = with_overrides(
    load("small_city"),
    {"city.estates": 10, "city.households": 800, "companies.private": 3, "months": 6, "spin_up": 0},
)
WRONG = Pretend(raises=frozenset({3}), kills=frozenset({5}), kills_once=frozenset({6}), hangs=frozenset({8}))


def finished_by(engine, number: int, timeout: float = 30.0) -> dict[int, Finished]:
    ended: list[Finished] = []
    engine.run(planned_runs(number), ended.append, timeout)
    by_seed = {one.planned_run.seed: one for one in ended}
    assert len(by_seed) == len(ended) == number
    return by_seed


def alive(process: int) -> bool:
    """Whether a process exists and is no zombie."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{process}/status").read_text()
    except OSError:
        return False


def wait_until_gone(processes: set[int], seconds: float) -> set[int]:
    end = time.monotonic() + seconds
    while time.monotonic() < end and any(map(alive, processes)):
        time.sleep(0.05)
    return {process for process in processes if alive(process)}


def check_what_went_wrong(ended: dict[int, Finished], work: Pretend) -> None:
    kinds = {seed: one.failure.kind for seed, one in ended.items() if one.failure is not None}
    assert kinds == {3: "raised", 5: "died", 8: "timeout"}
    assert "seed 3 is unlucky" in str(ended[3].failure.message)
    assert "Traceback" in ended[3].failure.traceback and "pretend_runs" in ended[3].failure.traceback
    assert all(ended[seed].attempts == 2 and work.attempts(seed) == 2 for seed in (3, 5, 8))
    assert ended[6].attempts == 2 and ended[6].packed.digest == pretend(6).digest()
    for seed in set(ended) - {3, 5, 6, 8}:
        assert (ended[seed].attempts, ended[seed].packed.digest) == (1, pretend(seed).digest())


def test_pool_survives_what_goes_wrong(tmp_path):
    work = Pretend(
        tmp_path, raises=WRONG.raises, kills=WRONG.kills, kills_once=WRONG.kills_once, hangs=WRONG.hangs
    )
    check_what_went_wrong(finished_by(PoolEngine(2, work), 24, timeout=2), work)
    assert not wait_until_gone(work.processes(), 5)


def test_pool_and_this_process_give_the_same():
    here, there = finished_by(InProcess(Pretend()), 12), finished_by(PoolEngine(2, Pretend()), 12)
    assert {seed: one.packed for seed, one in here.items()} == {
        seed: one.packed for seed, one in there.items()
    }


def test_in_process_tries_once_more_and_goes_on(tmp_path):
    work = Pretend(tmp_path, raises=frozenset({1}))
    ended = finished_by(InProcess(work), 3)
    assert (ended[1].failure.kind, work.attempts(1)) == ("raised", 2)
    assert ended[2].packed is not None


def test_a_study_with_failures_finishes_and_computes_nothing_over_the_rest(tmp_path):
    work = Pretend(tmp_path, raises=frozenset({3}))
    results = run_planned(planned_runs(6), Workplace(PoolEngine(2, work), tmp_path / "store"))
    assert (results.executed, results.missing) == (6, 1)
    failed = results.failures[0]
    assert (failed.seed, failed.kind) == (3, "raised")
    assert "unlucky" in failed.traceback
    assert failed.scenario_file.exists() and str(failed.scenario_file) in failed.rerun_command
    with pytest.raises(StudyError, match=r"1 of 6 runs have no result.*seed 3"):
        iter(results)
    with pytest.raises(StudyError):
        results.digest()
    assert [planned_run.seed for planned_run, _ in results.available()] == [0, 1, 2, 4, 5]


class Refusing:
    """The work of a run that the package itself refuses, with a reason in its own words."""

    def __call__(self, planned_run) -> Packed:
        raise StudyError(message("engine.worker_exit", code=Later(str, planned_run.seed)))


def reasons_of(results, language: str) -> list[str]:
    with in_language(language):
        return [failed.describe() for failed in results.failures]


def test_why_a_run_failed_is_said_in_the_language_of_who_reads_it(tmp_path):
    wrong = Pretend(kills=frozenset({0}), hangs=frozenset({1}), raises=frozenset({2}))
    with in_language("zh"):
        engine = PoolEngine(2, wrong)
        run_planned(planned_runs(3), Workplace(engine, tmp_path, timeout=0.6)).store.close()
        run_planned(planned_runs(1, first=3), Workplace(InProcess(Refusing()), tmp_path)).store.close()
    again = run_planned(planned_runs(4), Workplace(InProcess(), tmp_path))
    assert again.executed == 0 and again.missing == 4
    for language, killed, slow, refused in (
        (
            "en",
            "its worker process ended (exit code -9)",
            "took longer than 0.6 seconds",
            "StudyError: its wor",
        ),
        ("zh", "（退出码-9）", "用时超过0.6秒", "StudyError：其工作进程"),
    ):
        told = reasons_of(again, language)
        assert killed in told[0] and slow in told[1] and refused in told[3], told
        assert "seed 2 is unlucky" in told[2], "what Python says has one language"
    again.store.ledger.connection.execute("UPDATE runs SET message = '用时超过9秒' WHERE seed = 1")
    assert "用时超过9秒" in reasons_of(again, "en")[1], "as earlier versions wrote it"


def test_what_was_set_aside_is_tried_again_only_when_asked(tmp_path):
    broken = Pretend(raises=frozenset({3}))
    run_planned(planned_runs(5), Workplace(InProcess(broken), tmp_path)).store.close()
    left = run_planned(planned_runs(5), Workplace(InProcess(Pretend()), tmp_path))
    assert (left.executed, left.missing) == (0, 1)
    failed_file = left.failures[0].scenario_file
    mended = run_planned(planned_runs(5), Workplace(InProcess(Pretend()), left.store), retry_failed=True)
    assert (mended.executed, mended.missing, mended.failures) == (1, 0, [])
    assert not failed_file.exists()


def threads_in_use(planned_run) -> Packed:
    """Report the threads that libraries would use here, as if it were the result."""
    import pyarrow
    import threadpoolctl

    limits = [library["num_threads"] for library in threadpoolctl.threadpool_info()]
    environment = [os.environ[name] for name in ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")]
    return Packed(b"", f"{max(limits, default=1)} {pyarrow.cpu_count()} {' '.join(environment)}")


@pytest.mark.parametrize("start_method", ["fork", "spawn"])
def test_workers_have_one_thread(start_method):
    ended = finished_by(PoolEngine(1, threads_in_use, start_method), 1)
    assert {one.packed.digest for one in ended.values()} == {"1 1 1 1 1"}
    assert "NUMBA_NUM_THREADS" not in os.environ


def test_no_worker_outlives_an_error_of_the_driver(tmp_path):
    work = Pretend(tmp_path, seconds=0.2)

    def refuse(one: Finished) -> None:
        raise StudyError("no more")

    with pytest.raises(StudyError, match="no more"):
        PoolEngine(2, work).run(planned_runs(20), refuse, 30)
    assert work.processes() and not wait_until_gone(work.processes(), 5)


def test_a_worker_killed_from_outside_costs_nothing(tmp_path):
    work = Pretend(tmp_path, seconds=0.1)
    victims: list[int] = []

    def kill_one(one: Finished) -> None:
        if len(victims) < 2 and (others := work.processes() - {os.getpid(), *victims}):
            victims.append(min(others))
            os.kill(victims[-1], signal.SIGKILL)

    ended: list[Finished] = []
    PoolEngine(2, work).run(planned_runs(20), lambda one: (ended.append(one), kill_one(one)), 30)
    assert len(victims) == 2
    assert {one.planned_run.seed for one in ended if one.packed is not None} == set(range(20))


def test_dask_without_a_scheduler_says_so():
    pytest.importorskip("distributed")
    from sim.results.dask_engine import DaskEngine

    with pytest.raises(EngineError, match="no scheduler answers"):
        DaskEngine("nonsense://nowhere").run(planned_runs(1), print)


def test_dask_survives_what_goes_wrong(tmp_path):
    """On a cluster that is there already, reached by the address of its scheduler."""
    distributed = pytest.importorskip("distributed")
    from sim.results.dask_engine import DaskEngine

    work = Pretend(
        tmp_path, raises=WRONG.raises, kills=WRONG.kills, kills_once=WRONG.kills_once, hangs=WRONG.hangs
    )
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        engine = DaskEngine(cluster.scheduler_address, work=work)
        check_what_went_wrong(finished_by(engine, 24, timeout=1.0), work)
        assert not wait_until_gone(work.processes(), 8)  # and the cluster is still there
        assert len(cluster.scheduler.workers) == 2


@pytest.mark.slow
def test_dask_gives_the_same_bits_as_the_pool(tmp_path):
    pytest.importorskip("distributed")
    from sim.results.dask_engine import DaskEngine

    series = planned_runs_of(SMALL, range(12))
    engines = {"dask": DaskEngine("local", 2), "pool": PoolEngine(2)}
    digests = {
        name: run_planned(series, Workplace(engine, tmp_path / name)).digest()
        for name, engine in engines.items()
    }
    assert digests["dask"] == digests["pool"]


def cities_left(planned_run) -> Packed:
    """Carry out a run and report, as its digest, how many cities this process still holds."""
    from sim.mesa_city import City

    execute_packed(planned_run)
    return Packed(b"", str(sum(type(thing) is City for thing in gc.get_objects())))


def test_a_worker_keeps_no_city(tmp_path):
    ended: list[Finished] = []
    PoolEngine(1, cities_left).run(planned_runs_of(SMALL, range(20)), ended.append, 300)
    assert [one.packed.digest for one in ended] == ["0"] * 20
