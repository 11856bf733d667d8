"""A saved run is the run; a damaged, foreign or half-written folder is refused with one clear message."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.errors import ResultError
from sim.mesa_city import City
from sim.results import Run, load_run
from sim.results import folder as folder_module
from sim.results.folder import json_text, sealed
from sim.results.provenance import git_state, outcomes_digest, run_key, scenario_key
from sim.results.tables import TABLES
from sim.scenario import content_hash
from sim.text import in_language


@pytest.fixture(scope="module")
def saved(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small run in a folder."""
    return run.save(tmp_path_factory.mktemp("saved") / "a=1")


@pytest.fixture
def copy(saved: Path, tmp_path: Path) -> Path:
    """A copy of that folder which a test may spoil."""
    return Path(shutil.copytree(saved, tmp_path / "copy"))


def test_round_trip(run, saved):
    loaded = load_run(saved)
    assert (loaded.seed, loaded.months, loaded.wall_seconds) == (run.seed, run.months, run.wall_seconds)
    assert loaded.scenario == run.scenario
    assert set(TABLES) == {"estates", "estate_table", "city", "events", "ledger", "outcomes", "public_cost"}
    pd.testing.assert_series_equal(pd.Series(loaded.outcomes()), pd.Series(run.outcomes()))
    for name in ("estates", "estate_table", "city", "events", "ledger"):
        pd.testing.assert_frame_equal(getattr(loaded, name), getattr(run, name))
        assert getattr(loaded, name).attrs == getattr(run, name).attrs
    added = ("format", "outcome_definitions", "units", "files", "seal")
    assert {key: value for key, value in loaded.manifest.items() if key not in added} == run.manifest


def test_a_loaded_run_can_be_saved_again(saved, tmp_path):
    again = load_run(load_run(saved).save(tmp_path / "again"))
    pd.testing.assert_frame_equal(again.estates, load_run(saved).estates)
    assert again.manifest["outcomes_sha256"] == load_run(saved).manifest["outcomes_sha256"]


def test_a_run_without_events_keeps_its_categories(scenario, tmp_path):
    with City(scenario, months=1) as city:
        city.run()
        city.month_events.clear()
        quiet = Run.from_city(city)
    loaded = load_run(quiet.save(tmp_path / "quiet"))
    assert loaded.events.empty
    pd.testing.assert_frame_equal(loaded.events, quiet.events)


def test_what_the_manifest_says(run, saved):
    manifest = json.loads((saved / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["content_hash"] == content_hash(run.scenario)
    assert manifest["scenario"]["city"]["estates"] == 60
    assert (manifest["seed"], manifest["months"], manifest["wall_seconds"]) == (1, 30, 1.25)
    assert {"python", "numpy", "numba", "mesa", "sim"} <= set(manifest["versions"])
    assert manifest["parameters"]["payment.norm_weight"] == run.scenario.parameter_values().get(
        "payment.norm_weight", manifest["parameters"]["payment.norm_weight"]
    )
    assert len(manifest["model_source_hash"]) == 16 and len(manifest["outcomes_sha256"]) == 64
    assert set(manifest["files"]) == {f"{name}.parquet" for name in TABLES}
    assert manifest["files"]["estates.parquet"]["rows"] == 60 * 30
    assert scenario_key(run.scenario) == run_key(manifest)


def test_columns_in_the_file_carry_their_units(saved):
    import pyarrow.parquet as pq

    schema = pq.read_schema(saved / "estates.parquet")
    assert schema.field("arrears").metadata[b"unit"] == b"yuan"
    assert schema.field("quality").metadata[b"zh"].decode() == "服务质量"
    assert b"pandas" not in (schema.metadata or {})


def test_nothing_else_is_left_behind(saved):
    assert sorted(path.name for path in saved.iterdir()) == sorted(
        [*(f"{name}.parquet" for name in TABLES), "manifest.json"]
    )


def test_digest_names_the_outcomes(scenario, run):
    digests = set()
    for threads in (1, 2):
        with City(scenario, threads=threads) as city:
            digests.add(outcomes_digest(city.run().outcomes))
    assert digests == {run.manifest["outcomes_sha256"]}
    with City(scenario, seed=2) as city:
        other = city.run().outcomes
    assert outcomes_digest(other) not in digests
    changed = other._replace(quality=other.quality.copy())
    changed.quality[3, 7] = np.nextafter(changed.quality[3, 7], np.float32(2))
    assert outcomes_digest(changed) != outcomes_digest(other)


def test_the_same_content_may_be_saved_over_itself(run, copy):
    (copy / "notes.txt").write_text("mine")
    run.save(copy)
    assert load_run(copy).seed == run.seed
    assert (copy / "notes.txt").read_text() == "mine"


def test_another_run_is_never_overwritten(scenario, copy):
    with City(scenario, seed=2, months=2) as city:
        city.run()
        other = Run.from_city(city)
    before = (copy / "manifest.json").read_bytes()
    with pytest.raises(ResultError, match="holds another result"):
        other.save(copy)
    assert (copy / "manifest.json").read_bytes() == before
    load_run(copy)


def test_a_file_in_the_place_of_the_folder(run, tmp_path):
    (tmp_path / "taken").write_text("")
    with pytest.raises(ResultError, match="a file stands where"):
        run.save(tmp_path / "taken")


def test_an_interrupted_save_is_not_a_run(run, tmp_path, monkeypatch):
    write = folder_module.pq.write_table

    def fail_at_events(table, path, **options):
        if "events" in path.name:
            path.write_bytes(b"half")
            raise KeyboardInterrupt
        write(table, path, **options)

    monkeypatch.setattr(folder_module.pq, "write_table", fail_at_events)
    with pytest.raises(KeyboardInterrupt):
        run.save(tmp_path / "half")
    assert not [path for path in (tmp_path / "half").iterdir() if path.name.endswith(".part")]
    with pytest.raises(ResultError, match="interrupted"):
        load_run(tmp_path / "half")
    monkeypatch.undo()
    assert load_run(run.save(tmp_path / "half")).seed == run.seed


def spoil_json(change, seal=sealed):
    """Change the manifest, and seal it anew so that it is read as if it had been written so."""

    def spoil(place: Path) -> None:
        manifest = json.loads((place / "manifest.json").read_text(encoding="utf-8"))
        change(manifest)
        (place / "manifest.json").write_text(json_text(seal(manifest)), encoding="utf-8")

    return spoil


DAMAGE = {
    "no manifest": (lambda place: (place / "manifest.json").unlink(), "no manifest.json in it"),
    "no JSON": (lambda place: (place / "manifest.json").write_text("{"), "cannot be read as JSON"),
    "not text": (lambda place: (place / "manifest.json").write_bytes(b"\xff\xfe"), "cannot be read as JSON"),
    "a list": (
        lambda place: (place / "manifest.json").write_text("[]"),
        "found list, allowed a table of JSON",
    ),
    "NaN": (lambda place: (place / "manifest.json").write_text('{"format": NaN}'), "NaN is not a number"),
    "nested": (lambda place: (place / "manifest.json").write_text("[" * 100_000), "cannot be read as JSON"),
    "other format": (spoil_json(lambda m: m.update(format=99)), "format: found 99, allowed 1 or 2"),
    "by hand": (spoil_json(lambda m: m.update(wall_seconds=2), seal=dict), "manifest.json: changed since"),
    "no seal": (spoil_json(lambda m: m.pop("seal"), seal=dict), "manifest.json: changed since"),
    "seed as text": (spoil_json(lambda m: m.update(seed="1")), "seed: found '1', allowed a number"),
    "months true": (spoil_json(lambda m: m.update(months=True)), "months: found True, allowed a number"),
    "no files": (spoil_json(lambda m: m.pop("files")), "files: found None, allowed a table"),
    "file not named": (
        spoil_json(lambda m: m["files"].pop("city.parquet")),
        "says nothing about city.parquet",
    ),
    "bad scenario": (
        spoil_json(lambda m: m["scenario"]["city"].update(estates=-1)),
        "its scenario cannot be read by this version",
    ),
    "missing file": (lambda place: (place / "ledger.parquet").unlink(), "ledger.parquet: missing"),
    "truncated": (lambda place: (place / "estates.parquet").write_bytes(b"PAR1"), "estates.parquet: damaged"),
    "one byte": (
        lambda place: (place / "city.parquet").write_bytes((place / "city.parquet").read_bytes()[:-1] + b"X"),
        "city.parquet: damaged",
    ),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_found(copy, name):
    spoil, message = DAMAGE[name]
    spoil(copy)
    with pytest.raises(ResultError, match=message.replace("(", r"\(").replace("[", r"\[")):
        load_run(copy)


def test_no_folder(tmp_path):
    with pytest.raises(ResultError, match="no such folder of results"):
        load_run(tmp_path / "nowhere")


def test_a_file_that_goes_bad_after_loading(copy):
    loaded = load_run(copy)
    (copy / "events.parquet").write_bytes(b"no longer")
    with pytest.raises(ResultError, match="cannot be read as Parquet"):
        _ = loaded.events


def test_git_state_without_git(monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert git_state.__wrapped__() is None


def test_what_is_wrong_with_a_folder_is_said_in_the_readers_language(tmp_path: Path) -> None:
    with pytest.raises(ResultError) as found:
        load_run(tmp_path / "nowhere")
    assert str(found.value).endswith("nowhere: no such folder of results")
    with in_language("zh"):
        assert str(found.value).endswith("nowhere：没有这个结果文件夹")
