"""The store: nothing is run twice, nothing that ended is lost, damage is found and made
good, memory stays flat."""

from __future__ import annotations

import json
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import tracemalloc
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from pretend_runs import Pretend, planned_runs, pretend
from test_engines import wait_until_gone

from sim.errors import ResultError, StudyError
from sim.experiments.progress import Progress
from sim.experiments.workplace import Workplace, run_planned
from sim.results.engines import InProcess
from sim.results.store import SHARD_RUNS, Store
from sim.results.summary import pack, unpack

HERE = Path(__file__).parent
NUMBER = 230


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> tuple[Path, str]:
    """The store of an uninterrupted series, and its digest."""
    folder = tmp_path_factory.mktemp("whole")
    results = run_planned(planned_runs(NUMBER), Workplace(InProcess(Pretend()), folder))
    digest = results.digest()
    results.store.close()
    return folder, digest


@pytest.fixture
def copy(whole, tmp_path) -> Path:
    """A store of its own for a test that damages it."""
    return Path(shutil.copytree(whole[0], tmp_path / "copy"))


def go_on(folder: Path, number: int = NUMBER, **options):
    with Store(folder, options.pop("notice", None)) as store:
        results = run_planned(planned_runs(number), Workplace(InProcess(Pretend()), store, **options))
        return results.executed, results.digest()


def one_shard(folder: Path) -> Path:
    return sorted(folder.glob("shards/*/*.parquet"))[0]


def test_a_summary_comes_back_bit_for_bit():
    for seed in (0, 1):
        before = pretend(seed)
        after = unpack(pack(before))
        assert after.digest() == before.digest()
        assert list(after.spending) == list(before.spending)
        assert np.isnan(after.scalars["collection_last_year"]) == (seed == 0)
    assert pretend(0).digest() != pretend(1).digest()


@pytest.mark.parametrize("part", ["scalars", "series", "by_type", "by_district", "estates", "spending"])
def test_the_digest_sees_every_part(part):
    changed = pretend(3)
    before = changed.digest()
    table = getattr(changed, part)
    name = list(table)[-1]
    if part == "scalars":
        table[name] += 1e-12
    else:
        table[name].flat[-1] += 1
    assert changed.digest() != before


def test_a_repeated_series_does_nothing_and_a_longer_one_only_the_rest(copy, whole):
    assert go_on(copy) == (0, whole[1])
    assert go_on(copy, NUMBER + 7)[0] == 7
    assert go_on(copy) == (0, whole[1])


def test_two_versions_of_the_model_share_nothing(copy, monkeypatch):
    monkeypatch.setattr("sim.results.engines.model_source_hash", lambda: "another")
    assert go_on(copy)[0] == NUMBER


def test_a_store_of_another_version_says_that_it_starts_anew_until_it_has_runs_of_this_one(copy, monkeypatch):
    told = []
    Store(copy, told.append).close()
    assert told == []
    for module in ("engines", "store"):
        monkeypatch.setattr(f"sim.results.{module}.model_source_hash", lambda: "another")
    assert go_on(copy, 3, notice=told.append)[0] == 3
    assert len(told) == 1 and f"{NUMBER} runs are of another version" in told[0]
    Store(copy, told.append).close()
    assert len(told) == 1


def test_shards_hold_every_run_once_and_read_in_one_line(copy):
    shards = sorted(copy.glob("shards/*/*.parquet"))
    assert len(shards) == -(-NUMBER // SHARD_RUNS)
    frame = pd.read_parquet(copy / "shards")
    assert sorted(frame["seed"]) == list(range(NUMBER)) and frame["key"].is_unique
    assert frame.set_index("seed")["cycle_share"][17] == pretend(17).scalars["cycle_share"]
    manifest = json.loads((copy / "manifest.json").read_text())
    assert set(manifest["shards"]) == {path.relative_to(copy / "shards").as_posix() for path in shards}
    assert sum(shard["runs"] for shard in manifest["shards"].values()) == manifest["done"] == NUMBER
    assert not [path for path in copy.rglob("*") if path.suffix in (".pkl", ".pickle", ".npy", ".npz")]


def test_shards_read_with_duckdb(copy):
    duckdb = pytest.importorskip("duckdb")
    found = duckdb.sql(f"select count(*), avg(cycle_share) from '{copy}/shards/*/*.parquet'").fetchall()[0]
    assert found[0] == NUMBER
    assert found[1] == pytest.approx(
        np.mean([pretend(seed).scalars["cycle_share"] for seed in range(NUMBER)])
    )


def test_results_come_in_the_order_of_the_cells_and_by_position(copy):
    with Store(copy) as store:
        results = run_planned(planned_runs(NUMBER)[::-1], Workplace(InProcess(Pretend()), store))
        assert [summary.seed for _, summary in results] == list(range(NUMBER))[::-1]
        assert results[0].digest() == pretend(NUMBER - 1).digest()
        columns = store.columns(results.keys, ["exits", "seed"])
        assert columns[results.keys[5]] == (pretend(NUMBER - 6).scalars["exits"], NUMBER - 6)


def test_small_shards_are_merged(tmp_path):
    for number in (5, 10, 15, 20):
        go_on(tmp_path, number)
    assert [pq.read_metadata(path).num_rows for path in tmp_path.glob("shards/*/*.parquet")] == [20]
    assert go_on(tmp_path, 20)[0] == 0


def flip_a_byte(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 0x40
    path.write_bytes(content)


DAMAGE = {
    "flipped": flip_a_byte,
    "cut": lambda path: path.write_bytes(path.read_bytes()[:-1000]),
    "gone": Path.unlink,
}


@pytest.mark.parametrize("how", DAMAGE)
def test_a_damaged_shard_is_found_and_its_runs_are_run_again(copy, whole, how):
    shard = one_shard(copy)
    runs = pq.read_metadata(shard).num_rows
    DAMAGE[how](shard)
    told: list[str] = []
    assert go_on(copy, notice=told.append) == (runs, whole[1])
    assert len(told) == 1 and shard.name in told[0] and str(runs) in told[0]
    assert go_on(copy, notice=told.append) == (0, whole[1])
    assert len(told) == 1


def test_a_damaged_ledger_is_made_again_from_the_shards(copy, whole):
    for path in copy.glob("ledger.sqlite*"):
        path.write_bytes(b"\x00garbage" * 4000)
    told: list[str] = []
    assert go_on(copy, notice=told.append) == (0, whole[1])
    assert "ledger" in told[0]


def test_a_lost_ledger_is_made_again_from_the_shards(copy, whole):
    for path in copy.glob("ledger.sqlite*"):
        path.unlink()
    assert go_on(copy) == (0, whole[1])


def test_a_ledger_of_another_format_is_refused(copy):
    with sqlite3.connect(copy / "ledger.sqlite") as connection:
        connection.execute("PRAGMA user_version=99")
    with pytest.raises(ResultError, match="found 99, allowed 1"):
        Store(copy)


def test_what_a_killed_driver_left_half_written_goes(copy, whole):
    shard = one_shard(copy)
    (shard.parent / ".runs-half.parquet.part").write_bytes(b"half")
    shutil.copy(shard, shard.parent / "runs-twice.parquet")
    assert go_on(copy) == (0, whole[1])
    assert not list(copy.glob("shards/*/.*")) and not (shard.parent / "runs-twice.parquet").exists()


def test_two_drivers_on_one_store(tmp_path):
    with Store(tmp_path) as one, Store(tmp_path) as other:
        run_planned(planned_runs(30), Workplace(InProcess(Pretend()), one))
        assert run_planned(planned_runs(40), Workplace(InProcess(Pretend()), other)).executed == 10
        again = run_planned(planned_runs(40), Workplace(InProcess(Pretend()), one))
        assert again.executed == 0 and len(list(again)) == 40


def test_progress_counts_what_was_there(tmp_path):
    go_on(tmp_path, 4)
    told: list[Progress] = []
    go_on(tmp_path, 6, progress=told.append)
    assert told == [Progress(6, 4, ended, 0) for ended in range(3)]


def test_memory_does_not_grow_with_the_number_of_runs(tmp_path):
    def peak(number: int, folder: Path) -> int:
        series = planned_runs(number)
        with Store(folder) as store:
            tracemalloc.start()
            results = run_planned(series, Workplace(InProcess(Pretend()), store))
            for _ in results:
                pass
            highest = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        return highest

    peak(10, tmp_path / "first")  # what is imported and cached once
    few, many = peak(60, tmp_path / "few"), peak(210, tmp_path / "many")
    assert many < few + 1_500_000  # a summary held for each of the 150 more would be over 2.7 MB


# drivers that are stopped in all sorts of ways


class Driver:
    """A process that runs a series of made-up runs of 20 ms on two workers."""

    def __init__(self, folder: Path, number: int = NUMBER, seconds: float = 0.02) -> None:
        self.store, self.marks = folder / "store", folder / "marks"
        self.marks.mkdir()
        command = [
            sys.executable,
            str(HERE / "pretend_runs.py"),
            str(self.store),
            str(self.marks),
            str(number),
            str(seconds),
        ]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)

    def wait_for(self, runs: int) -> None:
        """Until so many runs have begun; a busy machine may need minutes for what takes a second."""
        end = time.monotonic() + 300
        while len(list(self.marks.iterdir())) < runs:
            assert self.process.poll() is None, self.process.stderr.read()
            assert time.monotonic() < end, f"{len(list(self.marks.iterdir()))} of {runs} runs after 300 s"
            time.sleep(0.02)

    def workers(self) -> set[int]:
        return Pretend(self.marks).processes()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_a_driver_that_is_stopped_loses_only_what_was_in_flight(tmp_path, whole, how):
    driver = Driver(tmp_path)
    driver.wait_for(120)
    driver.process.send_signal(how)
    code = driver.process.wait(120)
    assert code == (130 if how == signal.SIGINT else -how), driver.process.stderr.read()
    assert not wait_until_gone(driver.workers(), 5)
    begun = len(list(driver.marks.iterdir()))
    executed, digest = go_on(driver.store)
    assert digest == whole[1]
    # each of the two workers was in a run, and one more may have been on its way to the ledger
    assert NUMBER - begun <= executed <= NUMBER - begun + 3
    assert 0 < executed < NUMBER


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 3 MB, and what makes it larger."""
    place = tmp_path / "disk"
    place.mkdir()

    def mount(*options: str) -> bool:
        try:
            return (
                subprocess.run(["mount", *options, str(place)], capture_output=True, check=False).returncode
                == 0
            )
        except OSError:
            return False

    if sys.platform != "linux" or not mount("-t", "tmpfs", "-o", "size=3m", "tmpfs"):
        pytest.skip("mounting a small file system is not allowed here")
    yield place, lambda: mount("-o", "remount,size=64m")
    subprocess.run(["umount", str(place)], check=False)


def test_a_full_disk_stops_the_series_and_leaves_a_store_that_goes_on(small_disk, whole):
    place, enlarge = small_disk
    with pytest.raises(StudyError, match=r"cannot be written .*free some space and resume"):
        go_on(place / "store")
    with Store(place / "store") as store:
        kept = sum(
            status == "done"
            for status in store.statuses([planned_run.key for planned_run in planned_runs(NUMBER)]).values()
        )
        assert 20 < kept < NUMBER
    with pytest.raises(StudyError, match="cannot be written"):
        go_on(place / "store")
    assert enlarge()
    executed, digest = go_on(place / "store")
    assert digest == whole[1]
    assert executed <= NUMBER - kept
