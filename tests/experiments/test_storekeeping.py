"""Stores kept in order: runs of other stores taken over, room won back, and what a store holds."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest
from pretend_runs import Pretend, planned_runs
from typer.testing import CliRunner, Result

from sim.cli.app import app
from sim.errors import StudyError
from sim.experiments.workplace import Workplace, run_planned
from sim.fingerprint import statistics_source_hash
from sim.results.claims import Claims
from sim.results.engines import Finished, InProcess, PlannedRun
from sim.results.store import Store
from sim.results.storekeeping import contents, merge, prune

OLDER = "0000000000000000-1111111111111111"


def carry_out(folder: Path, number: int, first: int = 0, version: str | None = None) -> tuple[int, str]:
    """How many runs of a series were carried out, and what they came to."""
    with Store(folder) as store:
        store.version = version or store.version
        found = run_planned(planned_runs(number, first), Workplace(InProcess(Pretend()), store))
        return found.executed, found.digest()


def files_of(folder: Path) -> dict[str, str]:
    """The shards of a store, and what is in them."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob("shards/*/*.parquet")
    }


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, str]:
    """Two stores of one series with runs in common, and what the whole series comes to."""
    places = [tmp_path_factory.mktemp(name) for name in ("first", "second", "whole")]
    carry_out(places[0], 110)
    carry_out(places[1], 110, first=90)
    return places[0], places[1], carry_out(places[2], 200)[1]


def test_a_series_of_two_machines_is_whole_where_their_stores_are_merged(
    parts: tuple[Path, Path, str], tmp_path: Path
) -> None:
    first, second, digest = parts
    before = files_of(first), files_of(second)
    with Store(tmp_path) as store:
        found = merge(store, [first, second])
        assert (found.taken, found.known, found.damaged) == (200, 0, ())
        again = merge(store, [second, first])
        assert (again.taken, again.known) == (0, 200), "what was taken is not taken again"
    assert carry_out(tmp_path, 200) == (0, digest)
    assert (files_of(first), files_of(second)) == before, "the others keep all they have"
    assert set(files_of(first).items()) <= set(files_of(tmp_path).items()), (
        "whole shards are copied as they are"
    )


def test_what_no_shard_has_yet_is_taken_too_and_so_is_what_was_set_aside_here(
    parts: tuple[Path, Path, str], tmp_path: Path
) -> None:
    killed = tmp_path / "killed"
    with Store(killed) as store:  # a driver that is killed leaves its last results in the ledger alone
        for finished in ended(planned_runs(3)):
            store.put(finished)
    with Store(tmp_path / "here") as store:
        for finished in ended(planned_runs(1), fails=True):
            store.put(finished)
        aside = store.inputs_file(planned_runs(1)[0].key)
        assert aside.exists()
        found = merge(store, [killed])
        assert (found.taken, found.known) == (3, 0)
        assert not aside.exists() and not store.failures([planned_runs(1)[0].key])
        assert [one.done for one in contents(store)] == [3]
    assert carry_out(tmp_path / "here", 3)[0] == 0


def ended(planned: list[PlannedRun], fails: bool = False) -> list[Finished]:
    """Runs as an engine gives them back."""
    found: list[Finished] = []
    InProcess(Pretend(raises=frozenset(one.seed for one in planned) if fails else frozenset())).run(
        planned, found.append, 60.0
    )
    return found


def test_two_results_of_one_run_are_refused_before_anything_is_taken(
    parts: tuple[Path, Path, str], tmp_path: Path
) -> None:
    first, _, _ = parts
    wrong = Path(shutil.copytree(first, tmp_path / "wrong"))
    key = planned_runs(1, 5)[0].key
    with Store(wrong) as store:
        store.ledger.ask("UPDATE runs SET digest = 'other' WHERE key = ?", key)
    carry_out(tmp_path / "here", 10)
    with Store(tmp_path / "here") as store:
        with pytest.raises(
            StudyError, match=f"run {key[:12]} has one result in .*here and another in .*wrong"
        ):
            merge(store, [parts[1], wrong])
        assert contents(store)[0].done == 10


def test_a_damaged_shard_is_named_and_left_out(parts: tuple[Path, Path, str], tmp_path: Path) -> None:
    other = Path(shutil.copytree(parts[0], tmp_path / "other"))
    shard = max(other.glob("shards/*/*.parquet"), key=lambda path: path.stat().st_size)
    shard.write_bytes(shard.read_bytes()[:-9] + b"x" * 9)
    with Store(tmp_path / "here") as store:
        found = merge(store, [other])
        assert found.damaged == (shard,) and 0 < found.taken < 110
    assert carry_out(tmp_path / "here", 110)[0] == 110 - found.taken, "the others are run"
    done = estate("merge", str(other), "--store", str(tmp_path / "another"))
    assert done.exit_code == 1 and f"{shard}: damaged" in done.output


def test_runs_of_another_version_are_removed_and_those_of_this_one_stay(tmp_path: Path) -> None:
    carry_out(tmp_path, 120, version=OLDER)
    with Store(tmp_path) as store:
        store.version = OLDER
        for finished in ended(planned_runs(1, 500), fails=True):
            store.put(finished)
        aside = store.inputs_file(planned_runs(1, 500)[0].key)
    # a run has one result, whatever version it is asked of: the runs of this version are other ones
    carry_out(tmp_path, 5, first=1000)
    with Store(tmp_path) as store:
        now, older = contents(store)
        assert now.is_current and (now.done, now.failed) == (5, 0)
        assert older.version == OLDER and (older.done, older.failed) == (120, 1) and older.bytes > now.bytes
        held = (tmp_path / "ledger.sqlite").stat().st_size
        assert prune(store) == [older] and aside.parent.exists() and not aside.exists()
        assert contents(store) == [now] and not (store.shards / OLDER).exists()
        assert (tmp_path / "ledger.sqlite").stat().st_size <= held
        assert prune(store) == []
    assert carry_out(tmp_path, 5, first=1000)[0] == 0


def test_figures_read_off_runs_go_along_and_go_with_their_version(tmp_path: Path) -> None:
    """`validate` and `calibrate` keep what they read off runs, and not the runs."""
    from sim.evidence.statistics_of_runs import Kept as Readings

    planned = planned_runs(2)
    with Store(tmp_path / "other") as other:
        kept = Readings(other)
        for one in planned:
            kept.put(one, {"share": 0.25})
        design = kept.remember("which sets?", lambda: [1, 2])
        rows = [{"key": f"{planned[0].key} {'0' * 16}", "name": "share", "value": 0.5}]
        other.ledger.insert("readings", rows)
    with Store(tmp_path / "here") as store:
        assert merge(store, [tmp_path / "other"]).read == 3
        assert Readings(store).remember("which sets?", lambda: [3]) == design
        held = {one.version: (one.done, one.is_current) for one in contents(store)[1:]}
        now = f"readings {statistics_source_hash()}"
        assert held == {f"readings {'0' * 16}": (1, False), now: (2, True)}
        assert [one.version for one in prune(store)] == [f"readings {'0' * 16}"]
        assert [one.version for one in contents(store)[1:]] == [now]


def test_nothing_is_removed_while_a_process_is_at_work(tmp_path: Path) -> None:
    carry_out(tmp_path, 2, version=OLDER)
    with Store(tmp_path) as store:
        with Claims(store) as claims:
            claims.take([planned_runs(1, 7)[0].key])
            with pytest.raises(StudyError, match="1 runs are under way in another process"):
                prune(store)
            assert contents(store)[1].done == 2
        assert [one.done for one in prune(store)] == [2]


def estate(*arguments: str, lang: str = "en") -> Result:
    return CliRunner().invoke(app, ["store", *arguments, "--lang", lang], env={"COLUMNS": "200"})


def test_the_command_says_what_is_there_and_what_would_go(tmp_path: Path) -> None:
    place = str(tmp_path / "kept")
    for command in (("list",), ("prune",)):
        nowhere = estate(*command, "--store", place)
        assert nowhere.exit_code == 2 and "found no store of runs" in nowhere.output
        assert not Path(place).exists(), "asking makes nothing"
    carry_out(Path(place), 3, version=OLDER)
    listed = estate("list", "--store", place).output
    assert OLDER in listed and "(this one)" in listed and "MB" in listed
    told = estate("prune", "--store", place)
    assert told.exit_code == 0 and "nothing is removed yet" in told.output and "3 runs" in told.output
    assert OLDER in estate("list", "--store", place).output
    removed = estate("prune", "--yes", "--store", place, lang="zh")
    assert removed.exit_code == 0 and "已删除3次运行" in removed.output
    assert OLDER not in estate("list", "--store", place).output
    wrong = estate("prune", "--version", "zzz", "--store", place)
    assert wrong.exit_code == 2 and "found 'zzz'" in wrong.output
    itself = estate("merge", place, "--store", place)
    assert itself.exit_code == 2 and "is the store that others are to be merged into" in itself.output
