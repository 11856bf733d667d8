"""The draws that ship are those of the shipped scenarios by this model, and only a run of such a
scenario is placed among them."""

from __future__ import annotations

import importlib.util
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import sim
from sim.cli.app import app
from sim.fingerprint import model_source_hash, summary_source_hash
from sim.results.engines import scenario_hash_of
from sim.results.outcomes import DEFAULT_OUTCOMES
from sim.scenario import load, with_overrides
from sim.studies.draws.among import (
    FACTS,
    FOLDER,
    SEEDS,
    facts_of,
    known_among,
    of_other_version,
    shipped_draws,
    write_draws,
)

SCENARIOS, DOCS = (Path(__file__).parents[2] / folder for folder in ("scenarios", "docs"))
ANEW = "run python docs/make_reference_runs.py"
MOST_BYTES = 300_000


def test_shipped_draws_are_of_this_model_and_of_every_shipped_scenario() -> None:
    facts = facts_of()
    assert facts["model"] == model_source_hash(), ANEW
    assert facts["summary"] == summary_source_hash(), ANEW
    named = {file.stem: scenario_hash_of(load(file)) for file in SCENARIOS.glob("*.toml")}
    assert facts["scenarios"] == named, ANEW
    assert sum(file.stat().st_size for file in FOLDER.iterdir()) < MOST_BYTES


@pytest.mark.parametrize("name", sorted(file.stem for file in SCENARIOS.glob("*.toml")))
def test_fan_and_outcomes_tell_of_the_same_runs(name: str) -> None:
    draws = shipped_draws(load(SCENARIOS / f"{name}.toml"), facts_of()["model"])
    assert draws is not None and draws.seeds == SEEDS and tuple(draws.outcomes) == DEFAULT_OUTCOMES
    ends = np.quantile(draws.outcomes["collection_last_year"], [0, 0.25, 0.5, 0.75, 1])
    assert draws.bands["collection"][:, -1] == pytest.approx(ends, abs=1e-4)
    assert not np.isnan(draws.bands["cycle"]).any()
    # of the bills of a year, so not before there was a year of them
    assert np.isnan(draws.bands["collection"][:, :12]).all()
    assert not np.isnan(draws.bands["collection"][:, 12:]).any()
    assert (np.diff(draws.bands["cycle"], axis=0) >= 0).all()
    last_year = draws.outcomes["cycle_share_last_year"]
    assert last_year.min() >= draws.bands["cycle"][0, -12:].mean() - 1e-4
    assert last_year.max() <= draws.bands["cycle"][4, -12:].mean() + 1e-4


@pytest.mark.parametrize(("name", "seed"), [("small_city", 4), ("wuhan_hanyang", 17)])
def test_a_shipped_draw_is_what_the_model_gives(name: str, seed: int) -> None:
    run = sim.run(SCENARIOS / f"{name}.toml", seed=seed)
    draws = shipped_draws(run.scenario, model_source_hash())
    assert draws is not None, ANEW
    own = run.outcomes()
    for outcome in DEFAULT_OUTCOMES:
        assert draws.outcomes[outcome][SEEDS.index(seed)] == own[outcome], f"{outcome}: {ANEW}"
    for series in ("cycle", "collection"):
        values = run.city[series].to_numpy()
        inside = (draws.bands[series][0] - 1e-4 <= values) & (values <= draws.bands[series][4] + 1e-4)
        assert (inside | np.isnan(values)).all()
    found = known_among(run)
    assert found is not None and found.number == len(SEEDS)


def test_a_changed_scenario_and_another_model_have_no_shipped_draws(tmp_path: Path) -> None:
    scenario, model = load(SCENARIOS / "small_city.toml"), model_source_hash()
    renamed = scenario.model_copy(update={"name": "mine", "seed": 77})
    assert shipped_draws(renamed, model) is not None
    for changes in ({"payment.norm_weight": 2.0}, {"months": 60}):
        changed = with_overrides(scenario, changes)
        assert shipped_draws(changed, model) is None and not of_other_version(changed, model)
    assert shipped_draws(scenario, "0" * 16) is None and of_other_version(scenario, "0" * 16)
    folder = tmp_path / "draws"
    shutil.copytree(FOLDER, folder)
    facts = json.loads((folder / FACTS).read_text(encoding="utf-8")) | {"summary": "0" * 16}
    (folder / FACTS).write_text(json.dumps(facts), encoding="utf-8")
    assert shipped_draws(scenario, model, folder) is None and of_other_version(scenario, model, folder)


def test_what_is_written_is_read_again_to_the_last_bit(tmp_path: Path) -> None:
    model = facts_of()["model"]
    draws = {name: shipped_draws(load(SCENARIOS / f"{name}.toml"), model) for name in ("weihai", "gaotang")}
    assert all(draws.values())
    write_draws({name: one for name, one in draws.items() if one is not None}, tmp_path)
    for name, one in draws.items():
        again = shipped_draws(load(SCENARIOS / f"{name}.toml"), model_source_hash(), tmp_path)
        assert one is not None and again is not None
        for outcome in DEFAULT_OUTCOMES:
            assert np.array_equal(one.outcomes[outcome], again.outcomes[outcome], equal_nan=True)
        for series, bands in one.bands.items():
            assert np.array_equal(bands, again.bands[series], equal_nan=True)


def test_after_a_change_of_writing_only_one_seed_of_each_is_asked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ESTATE_STORE", str(tmp_path))
    spec = importlib.util.spec_from_file_location("make_reference_runs", DOCS / "make_reference_runs.py")
    assert spec is not None and spec.loader is not None
    command = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(command)
    scenarios = {"small_city": load(SCENARIOS / "small_city.toml")}
    same = command.unchanged(scenarios)
    assert same is not None and list(same) == ["small_city"] and same["small_city"].seeds == SEEDS
    other = with_overrides(scenarios["small_city"], {"payment.base": 0.7})
    assert command.unchanged({"small_city": other}) is None
    assert command.unchanged({"mine": other}) is None
    said = capsys.readouterr().err
    assert "small_city, seed 1: collection_last_year is" in said and "mine: ships no draws" in said


def test_the_command_places_an_unchanged_run_and_keeps_silent_about_a_changed_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    city = str(SCENARIOS / "small_city.toml")

    def told(*options: str) -> str:
        order = ["run", city, "--no-charts", "--lang", "en", *options]
        done = CliRunner().invoke(app, order, env={"COLUMNS": "300"})
        assert done.exit_code == 0, done.output
        return done.output

    unchanged = told("--seed", "4", "--out", "a")
    assert "Seed 4 among 20 draws of the same scenario" in unchanged and "median" in unchanged
    assert not (tmp_path / "results" / "store").exists(), "no further run"
    assert "Seed 21 beside 20 draws" in told("--seed", "21", "--out", "b")
    assert "draws" not in told(
        "--seed", "4", "--set", "payment.norm_weight=2", "--months", "12", "--out", "c"
    )
    with monkeypatch.context() as patch:
        patch.setitem(facts_of(FOLDER), "model", "0" * 16)
        other = told("--seed", "5", "--out", "d")
    assert "Seed 5" not in other and "another version of the model" in other
