"""A public call that is given the wrong kind of value says so in one error that names the argument, before
anything is run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

import sim
from sim.arguments import finite, seeds_of, whole
from sim.cli.app import app
from sim.errors import EstateError, ScenarioError, StudyError

HUGE = 10**400  # a whole number that no floating number holds
LONGEST = 10**5000  # one of more digits than Python writes


def two(call: Callable[..., Any], **always: Any) -> Callable[..., Any]:
    return lambda **given: call("vicious_cycle", "fallback_only", **always | given)


def one(name: str, call: Callable[..., Any], **always: Any) -> Callable[..., Any]:
    return lambda **given: call(name, **always | given)


CALLS: dict[str, Callable[..., Any]] = {
    "compare": two(sim.compare),
    "adaptive": lambda **given: two(sim.compare)(adaptive=sim.Adaptive(**{"width": 1.0} | given)),
    "decide": lambda **given: two(sim.compare)(
        decide=sim.Decide(**{"outcome": "cycle_share_last_year"} | given)
    ),
    "pathways": two(sim.pathways, good_while="cycle_share_last_year <= 0.1"),
    "robust": two(sim.robust),
    "repeat": one("small_city", sim.repeat),
    "ablate": one("small_city", sim.ablate),
    "sensitivity": one("small_city", sim.sensitivity),
    "tipping": one("small_city", sim.tipping),
    "budget": one("small_city", sim.budget, yearly=1e6),
    "run": one("small_city", sim.run),
    "withdrawal_test": one("fallback_only", sim.withdrawal_test, month=60),
    "calibrate": sim.calibrate,
    "value_of_information": lambda **given: sim.value_of_information(**{"comparison": "none"} | given),
    "study": lambda **given: sim.study("none", **given),
    "diff": lambda **given: sim.diff(**{"one": "small_city", "other": "small_city"} | given),
    "branch": lambda **given: sim.branch(**{"run": "none", "month": 1} | given),
    "city": one("small_city", sim.City),
    "replicate": one("granovetter", sim.replicate),
    "with_programmes": one("small_city", sim.with_programmes),
    "use_language": lambda **given: sim.use_language(**given),
}
WHOLE = ("x", 2.5, True, HUGE, LONGEST)
SEEDS = (5, "12", [1, "x"], [1, 2.5], [1, -1], [1, HUGE], {1: 2})
OVERRIDES = (7, 0, "x", [1], {7: 1})
FACTORS = (7, [7], {"fee": "x"}, {"fee": (1, "x")}, {7: (1, 2)})
# What is refused where it is needed, by the name that it has there.
ELSEWHERE: dict[tuple[str, str, str], tuple[Any, ...]] = {
    ("city", "threads", "threads"): WHOLE,
    ("city", "months", "small_city: months"): (*WHOLE, 10**9),
    ("city", "record", "record"): ("x", 7, np.array([1, 2])),
    ("branch", "run", "result"): (7, None),
    ("with_programmes", "name", "small_city: name"): (7, np.array(["a", "b"])),
    ("use_language", "name", "lang"): (7, np.array(["zh", "en"])),
}
WRONG: dict[tuple[str, str], tuple[Any, ...]] = {
    ("compare", "replications"): (*WHOLE, None, 10**10),
    ("compare", "seeds"): SEEDS,
    ("compare", "first_seed"): (*WHOLE, -1),
    ("compare", "months"): ("x", 2.5),
    ("compare", "overrides"): OVERRIDES,
    ("compare", "outcomes"): (7, [7], [[1]]),
    ("compare", "adaptive"): (7,),
    ("compare", "decide"): (7,),
    ("compare", "differences"): (7, {7: 1}, {"cycle_share_last_year": "x"}),
    ("compare", "level"): ("x", HUGE),
    ("compare", "timeout"): ("x",),
    ("compare", "store"): (7, "a\0b"),
    ("compare", "progress"): (7,),
    ("compare", "engine"): (7,),
    ("compare", "ensemble"): (7,),
    ("compare", "workplace"): (7,),
    ("adaptive", "width"): ("x", HUGE),
    ("adaptive", "looks"): (5, ("x", "y")),
    ("decide", "outcome"): (7, [1]),
    ("decide", "looks"): (5, ("x", "y")),
    ("repeat", "draws"): (*WHOLE, 10**10),
    ("repeat", "first"): (*WHOLE, -1),
    ("repeat", "overrides"): OVERRIDES,
    ("ablate", "replications"): (*WHOLE, 10**10),
    ("ablate", "seeds"): SEEDS,
    ("ablate", "overrides"): OVERRIDES,
    ("sensitivity", "size"): (*WHOLE, {"morris": "x"}),
    ("sensitivity", "replications"): WHOLE,
    ("sensitivity", "first_seed"): (*WHOLE, -1),
    ("sensitivity", "design_seed"): WHOLE,
    ("sensitivity", "top"): WHOLE,
    ("sensitivity", "outcomes"): (7, [7]),
    ("sensitivity", "factors"): FACTORS,
    ("sensitivity", "overrides"): OVERRIDES,
    ("tipping", "values"): (*WHOLE, 10**10),
    ("tipping", "seeds"): SEEDS,
    ("tipping", "low"): ("x", HUGE),
    ("tipping", "high"): ("x", HUGE),
    ("tipping", "months"): WHOLE,
    ("tipping", "estates"): WHOLE,
    ("tipping", "households"): WHOLE,
    ("tipping", "hold"): WHOLE,
    ("tipping", "longest_delay"): WHOLE,
    ("tipping", "types"): (7, [7]),
    ("tipping", "lever"): (7, None),
    ("tipping", "overrides"): OVERRIDES,
    ("budget", "yearly"): ("x", None, HUGE),
    ("budget", "trials"): WHOLE,
    ("budget", "replications"): WHOLE,
    ("budget", "fresh"): WHOLE,
    ("budget", "stress"): WHOLE,
    ("budget", "seed"): WHOLE,
    ("budget", "folder"): (7, "a\0b"),
    ("budget", "sampler"): (7, np.array(["nsga2", "tpe"])),
    ("budget", "payer"): (7, np.array(["city", "street"])),
    ("budget", "rivals"): ("x", np.array([1, 2])),
    ("ablate", "pairs"): ("x", np.array([1, 2])),
    ("sensitivity", "method"): (7, np.array(["morris", "sobol"])),
    ("budget", "overrides"): OVERRIDES,
    ("pathways", "good_while"): (7, [7]),
    ("pathways", "replications"): (*WHOLE, 10**10),
    ("pathways", "seeds"): SEEDS,
    ("pathways", "first_seed"): (*WHOLE, -1),
    ("pathways", "likely"): ("x", HUGE),
    ("pathways", "overrides"): OVERRIDES,
    ("robust", "thresholds"): (7, {7: 1}, {"cycle_share_last_year": "x"}),
    ("robust", "outcome"): (7, [1]),
    ("robust", "factors"): FACTORS,
    ("robust", "worlds"): (7, [7]),
    ("robust", "variants"): (7, [7], {7: {"months": 12}}, {"one": 7}, {"one": {7: 1}}),
    ("robust", "replications"): WHOLE,
    ("robust", "futures"): (*WHOLE, 10**10),
    ("robust", "fresh"): WHOLE,
    ("robust", "first_seed"): (*WHOLE, -1),
    ("robust", "overrides"): OVERRIDES,
    ("run", "threads"): (*WHOLE, 0),
    ("run", "progress"): (7, "x"),
    ("run", "notice"): (7, "x"),
    ("run", "probe"): (7, "x"),
    ("diff", "one"): (7, None, [1], "a\0b"),
    ("diff", "other"): (7, None, [1]),
    ("diff", "threads"): WHOLE,
    ("diff", "progress"): (7, "x"),
    ("branch", "threads"): WHOLE,
    ("branch", "notice"): (7, "x"),
    ("replicate", "agents"): ("x", np.array([1, 2])),
    ("with_programmes", "keep"): ("x", np.array([1, 2])),
    ("run", "keep_states"): (7, ["x"]),
    ("run", "seed"): ("x", 2.5),
    ("run", "months"): ("x", 2.5),
    ("run", "overrides"): OVERRIDES,
    ("withdrawal_test", "month"): WHOLE,
    ("withdrawal_test", "programmes"): (7, [7]),
    ("withdrawal_test", "replications"): WHOLE,
    ("withdrawal_test", "overrides"): OVERRIDES,
    ("calibrate", "runs"): WHOLE,
    ("calibrate", "members"): WHOLE,
    ("calibrate", "seed"): WHOLE,
    ("calibrate", "truths"): WHOLE,
    ("calibrate", "scored"): WHOLE,
    ("calibrate", "discrepancy"): ("x", HUGE),
    ("calibrate", "free"): (7, [7], {"payment.base": 2}, {1: 2}),
    ("calibrate", "name"): (7,),
    ("value_of_information", "comparison"): (7,),
    ("value_of_information", "worth"): ("x", HUGE),
    ("value_of_information", "groups"): (7, {"a": 7}),
    ("value_of_information", "columns"): ("x", np.array([1, 2])),
    ("study", "level"): ("x",),
}


def nothing_runs(*args: Any, **named: Any) -> None:
    pytest.fail("a run was carried out")


@pytest.mark.parametrize(("call", "argument"), WRONG, ids=str)
def test_a_wrong_kind_is_refused_by_the_name_of_the_argument(
    call: str, argument: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sim.results.store.Store.__init__", nothing_runs)
    monkeypatch.setattr("sim.model.engine.Engine.__init__", nothing_runs)
    for value in WRONG[call, argument]:
        with pytest.raises(EstateError) as said:
            CALLS[call](**{argument: value})
        assert str(said.value).startswith(argument), (call, argument, str(said.value))
        promised = ScenarioError if argument in ("overrides", "months") else EstateError
        assert isinstance(said.value, promised if call != "tipping" else EstateError)


@pytest.mark.parametrize(("call", "argument", "called"), ELSEWHERE, ids=str)
def test_a_wrong_kind_is_refused_by_the_name_that_it_has_there(
    call: str, argument: str, called: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.model.engine.starting_state", nothing_runs)
    for value in ELSEWHERE[call, argument, called]:
        with pytest.raises(EstateError) as said:
            CALLS[call](**{argument: value})
        assert str(said.value).startswith(f"{called}: "), (call, argument, str(said.value))


def test_what_is_found_and_what_is_allowed_is_said() -> None:
    with pytest.raises(StudyError, match=r"^draws: found 'x' \(str\), allowed a whole number$"):
        sim.repeat("small_city", "x")  # type: ignore[arg-type]  # that is the point
    with pytest.raises(
        StudyError, match=r"^seeds: found 'x' \(str\), allowed a list of whole numbers from 0 to"
    ):
        sim.compare("vicious_cycle", "fallback_only", seeds=[1, "x"])  # type: ignore[list-item]  # as above


def test_numbers_of_numpy_are_numbers() -> None:
    assert type(whole("n", np.int64(3))) is int
    assert finite("x", np.float32(0.5)) == 0.5
    assert seeds_of(np.arange(1, 4)) == seeds_of(range(1, 4)) == seeds_of((1, 2, 3)) == [1, 2, 3]


def test_a_name_that_is_no_utf_8_is_refused_before_anything_is_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("sim.model.engine.starting_state", nothing_runs)
    asked = ["run", "small_city", "--months", "12", "--lang", "en", "--out", str(tmp_path / "b\udcff")]
    done = CliRunner().invoke(app, asked)
    assert done.exit_code == 2 and "a name that no file can have" in done.stderr, done.output
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("given", [HUGE, -HUGE, LONGEST], ids=["huge", "below", "longest"])
def test_an_amount_that_no_column_holds_is_refused(given: int) -> None:
    overrides = {"city.estates": 12, "city.households": None, "months": 2, "spin_up": 0}
    scenario = sim.with_overrides(sim.load("small_city"), overrides)
    with sim.City(scenario) as city, pytest.raises(EstateError, match="price"):
        city.estates[0].price = given
