"""Running by name, with overrides, with progress; and `import sim`, which must stay light."""

from __future__ import annotations

import subprocess
import sys

import pytest

import sim
from sim import runner
from sim.errors import EstateError, ScenarioError
from sim.text import say


def test_a_run_of_a_scenario(scenario, run):
    again = sim.run(scenario)
    assert again.manifest["outcomes_sha256"] == run.manifest["outcomes_sha256"]
    assert again.wall_seconds > 0


def test_seed_months_and_overrides_are_in_the_scenario_of_the_run(scenario):
    changed = sim.run(scenario, seed=7, months=3, overrides={"payment.norm_weight": 1.25})
    assert (changed.seed, changed.months) == (7, 3)
    assert (changed.scenario.seed, changed.scenario.months) == (7, 3)
    assert changed.scenario.parameter_values()["payment.norm_weight"] == 1.25
    assert changed.manifest["parameters"]["payment.norm_weight"] == 1.25
    assert changed.estates["month"].max() == 3


def test_a_scenario_may_be_named():
    small = {"spin_up": 0, "city.estates": 20, "companies.private": 4, "months": 2}
    assert sim.run("vicious_cycle", overrides=small).scenario.name == "vicious_cycle"


def test_progress_is_told_after_every_month(scenario):
    told = []
    sim.run(scenario, months=4, progress=lambda done, months: told.append((done, months)))
    assert told == [(0, 4), (1, 4), (2, 4), (3, 4), (4, 4)]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"months": 0}, "months: found 0"),
        ({"seed": -1}, "seed: found -1"),
        ({"overrides": {"payment.norm_wieght": 1.0}}, "did you mean '.*norm_weight'"),
    ],
)
def test_bad_arguments(scenario, arguments, message):
    with pytest.raises(ScenarioError, match=message):
        sim.run(scenario, **arguments)


def test_threads_must_be_positive(scenario):
    with pytest.raises(EstateError, match="threads: found 0 .*, allowed a whole number from 1 to"):
        sim.run(scenario, threads=0)


def test_an_unknown_scenario_names_the_nearest():
    with pytest.raises(ScenarioError, match="did you mean 'vicious_cycle'"):
        sim.run("vicious_cycel")


def test_the_first_run_says_that_it_compiles(scenario, monkeypatch, capsys):
    marked, told = [], []
    monkeypatch.setattr(runner, "compiled_before", lambda: False)
    monkeypatch.setattr(runner, "mark_compiled", lambda: marked.append(True))
    sim.run(scenario, months=3, notice=told.append)
    assert marked == [True] and told == [say("shown.compiling")]
    sim.run(scenario, months=1)
    assert say("shown.compiling") in capsys.readouterr().err
    monkeypatch.setattr(runner, "compiled_before", lambda: True)
    sim.run(scenario, months=1)
    assert capsys.readouterr() == ("", "")


def test_warm_up():
    sim.warm_up()
    assert runner.compiled_before()


def test_public_names():
    for name in sim.__all__:
        assert getattr(sim, name) is not None
    assert set(sim.__all__) <= set(dir(sim))
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = sim.nonsense


def test_importing_sim_imports_nothing_heavy():
    code = "import sim, sys; print([name for name in ('numpy', 'pydantic', 'mesa', 'numba', 'matplotlib') if name in sys.modules])"
    assert (
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout.strip()
        == "[]"
    )
