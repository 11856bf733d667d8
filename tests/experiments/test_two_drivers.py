"""Two drivers on one store: what one has in hand the other waits for, and what one
leaves the other carries out."""

from __future__ import annotations

import signal
import threading
import time
from pathlib import Path

import pytest
from pretend_runs import Pretend, planned_runs
from test_store import Driver

from sim.experiments.workplace import Workplace, run_planned
from sim.results import claims
from sim.results.claims import Claims, drivers_at_work
from sim.results.claims import Driver as AtWork
from sim.results.engines import InProcess
from sim.results.store import Store
from sim.text import in_language


@pytest.fixture
def marks(tmp_path) -> Path:
    place = tmp_path / "marks"
    place.mkdir()
    return place


def carry_out(folder: Path, work: Pretend, number: int, first: int = 0, told: list[str] | None = None):
    """Carry out a series with a store of its own; returns how many runs were
    carried out here, and the digest."""
    with Store(folder, (told if told is not None else []).append) as store:
        results = run_planned(planned_runs(number, first), Workplace(InProcess(work), store))
        return results.executed, results.digest()


class Meanwhile(threading.Thread):
    """A driver at the same time."""

    def __init__(self, *order) -> None:
        super().__init__()
        self.order, self.told = order, list[str]()
        self.start()

    def run(self) -> None:
        self.found = carry_out(*self.order, told=self.told)


def until(happened, seconds: float = 120.0) -> None:
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.01)


def begun(marks: Path) -> int:
    return len(list(marks.iterdir()))


def test_a_second_driver_of_the_same_runs_waits_and_nothing_is_run_twice(tmp_path, marks):
    work = Pretend(marks, seconds=0.02)
    first = Meanwhile(tmp_path / "store", work, 40)
    until(lambda: begun(marks) >= 5)
    told: list[str] = []
    with in_language("en"):
        executed, digest = carry_out(tmp_path / "store", work, 40, told=told)
    first.join()
    assert (executed, digest) == (0, first.found[1]) and first.found[0] == 40
    assert [work.attempts(seed) for seed in range(40)] == [1] * 40
    (sentence,) = told  # it names who has the runs, where, and what can be done
    assert "in another process" in sentence and "Ctrl-C" in sentence and str(tmp_path / "store") in sentence


def test_of_two_series_that_share_runs_each_driver_carries_out_its_own_part_at_once(tmp_path, marks):
    work = Pretend(marks, seconds=0.02)
    first = Meanwhile(tmp_path / "store", work, 30)
    until(lambda: begun(marks) >= 3)
    executed, _ = carry_out(tmp_path / "store", work, 30, first=20)  # ten of them are the other's
    first.join()
    assert (first.found[0], executed) == (30, 20)
    assert [work.attempts(seed) for seed in range(50)] == [1] * 50


def test_two_series_without_a_run_in_common_do_not_wait_for_each_other(tmp_path, marks):
    first = Meanwhile(tmp_path / "store", Pretend(marks, seconds=0.05), 20)
    until(lambda: begun(marks) >= 2)
    told: list[str] = []
    assert carry_out(tmp_path / "store", Pretend(), 20, first=100, told=told)[0] == 20
    assert first.is_alive() and not told
    first.join()


def test_a_driver_that_is_killed_leaves_its_runs_to_the_one_that_waits(tmp_path, monkeypatch):
    driver = Driver(tmp_path, 60, 0.2)
    driver.wait_for(10)
    second = Meanwhile(driver.store, Pretend(driver.marks), 60)
    until(lambda: second.told)  # it has said for whom it waits
    assert str(driver.process.pid) in second.told[0]
    driver.process.send_signal(signal.SIGKILL)
    driver.process.wait(60)
    second.join(60)
    assert not second.is_alive() and 0 < second.found[0] < 60
    assert "has ended" in second.told[1] or "已结束" in second.told[1]


def test_a_driver_that_raises_or_is_interrupted_has_nothing_in_hand_afterwards(tmp_path):
    def interrupt(progress) -> None:
        if progress.ended == 3:
            raise KeyboardInterrupt

    with Store(tmp_path) as store:
        with pytest.raises(KeyboardInterrupt):
            run_planned(planned_runs(10), Workplace(InProcess(Pretend()), store, progress=interrupt))
        assert not drivers_at_work(store)
        assert run_planned(planned_runs(10), Workplace(InProcess(Pretend()), store)).executed == 7


def elsewhere(store: Store, keys: list[str], sign: str = "now") -> None:
    """A driver on another machine, of which nothing but its signs is known here, claims runs."""
    row = {
        "id": "far",
        "host": "node7",
        "space": "",
        "process": 1,
        "since": "2026-01-01T00:00:00+00:00",
        "sign": sign,
    }
    with store.writing():
        store.ledger.insert("drivers", [row])
        store.ledger.insert("claims", [{"key": key, "driver": "far"} for key in keys])


def test_a_driver_of_another_machine_is_waited_for_as_long_as_it_gives_signs_and_no_longer(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(claims, "SILENT_SECONDS", 0.4)
    monkeypatch.setattr(claims, "LOOK_SECONDS", 0.02)
    told: list[str] = []
    with Store(tmp_path, told.append) as store, Store(tmp_path) as far:
        elsewhere(store, [planned_run.key for planned_run in planned_runs(4)])
        second = Meanwhile(tmp_path, Pretend(), 4)
        for number in range(40):  # twice the time of silence
            with far.writing():
                far.ledger.ask("UPDATE drivers SET sign = ?", str(number))
            time.sleep(0.02)
        assert second.is_alive() and "node7" in second.told[0]
        second.join(60)  # no sign any more
        assert second.found[0] == 4 and len(second.told) == 2


def test_the_id_of_a_process_means_nothing_on_another_machine_or_in_another_container():
    here = claims._here()
    nobody = 2**22 + 1  # beyond what Linux gives
    at = ("one", *here, nobody, "2026-01-01T00:00:00+00:00", "")
    assert AtWork(*at).is_gone()
    assert not AtWork("one", "node7", here[1], *at[3:]).is_gone()
    assert not AtWork("one", here[0], "another space", *at[3:]).is_gone()


def test_a_driver_gives_signs_of_life_while_a_run_takes_long(tmp_path, monkeypatch):
    monkeypatch.setattr(claims, "SIGN_SECONDS", 0.02)
    with Store(tmp_path) as store, Claims(store) as mine:
        mine.take(["a"])

        def sign() -> str:
            ((said,),) = store.ledger.ask("SELECT sign FROM drivers")
            return str(said)

        before = sign()
        until(lambda: sign() != before)
        assert sum(drivers_at_work(store).values()) == 1
