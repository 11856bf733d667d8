"""An experiment is told of its workplace in one way: as an object, by its fields as keywords, or
both, and passes nothing over."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pytest
from experiments_worlds import Idle
from pretend_runs import Pretend
from tiny_study import TINY, write

import sim
from sim.errors import StudyError
from sim.evidence.reproduce import reproduce_many
from sim.experiments.ensemble import Ensemble
from sim.experiments.plan import plan_study
from sim.experiments.progress import Progress, progress_bar
from sim.experiments.workplace import NAMES, Keywords, Workplace, workplace_of
from sim.results.engines import InProcess
from sim.text import in_language

EXPERIMENTS = (
    sim.compare,
    sim.repeat,
    sim.study,
    sim.sensitivity,
    sim.tipping,
    sim.ablate,
    sim.budget,
    sim.calibrate,
)
# What an experiment must be told first, where that is not a scenario alone.
FIRST: dict[object, tuple[object, ...]] = {sim.budget: ("small_city", 1e6), sim.calibrate: ()}
WIDE = Ensemble("wide", ({"payment.base": 0.5}, {"payment.base": 1.5}))


def test_the_keywords_are_the_fields() -> None:
    assert tuple(Keywords.__annotations__) == NAMES == tuple(field.name for field in fields(Workplace))


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda one: one.__name__)
def test_every_experiment_is_told_alike(experiment: Callable[..., object]) -> None:
    own = inspect.signature(experiment).parameters
    assert not set(NAMES) & set(own), "a field of the workplace is no option of its own"
    assert own["workplace"].kind is inspect.Parameter.KEYWORD_ONLY
    with pytest.raises(
        TypeError, match=rf"{experiment.__name__}\(\) got an unexpected keyword argument 'stoer'"
    ):
        experiment(*FIRST.get(experiment, ("small_city",)), stoer="here")


def test_a_keyword_wins_over_the_object_and_none_says_nothing() -> None:
    given = Workplace(store="there", timeout=5.0, level=0.9)
    found = workplace_of("compare", given, {"store": "here", "timeout": None, "progress": False})
    assert found == Workplace(store="here", timeout=5.0, level=0.9, progress=False)
    assert workplace_of("compare", None, {}) == Workplace()


def test_an_object_and_its_fields_give_the_same(tmp_path: Path) -> None:
    engine = InProcess(Pretend())
    told = {"engine": engine, "store": tmp_path / "store", "ensemble": WIDE, "level": 0.8}
    arms = ("vicious_cycle", "subsidy_only")
    one = sim.compare(*arms, replications=4, workplace=Workplace(**told))
    other = sim.compare(*arms, replications=4, **told)
    assert (one.executed, other.executed) == (8, 0) and one.digest == other.digest
    assert one.settings == other.settings and one.settings.level == 0.8 and one.settings.ensemble == WIDE


@pytest.mark.parametrize("level", [0.0, 1.0, 95.0])
def test_a_level_is_between_0_and_1(level: float) -> None:
    with pytest.raises(StudyError, match=f"level: found {level:g}, allowed between 0 and 1"):
        Workplace(level=level)


@pytest.mark.parametrize(
    ("experiment", "field", "value"),
    [
        (sim.tipping, "level", 0.9),
        (sim.budget, "level", 0.9),
        (sim.study, "level", 0.9),
        (sim.repeat, "level", 0.9),
        (sim.calibrate, "level", 0.9),
        (sim.calibrate, "ensemble", WIDE),
    ],
)
def test_what_an_experiment_has_no_use_for_is_refused_rather_than_passed_over(
    experiment: Callable[..., object], field: str, value: object, tmp_path: Path
) -> None:
    first = FIRST.get(experiment, ("small_city",))
    said = f"{experiment.__name__}: {field}: found {'wide' if value is WIDE else value}, allowed none"
    with pytest.raises(StudyError, match=said):
        experiment(*first, workplace=Workplace(Idle(), tmp_path / "store", **{field: value}))  # type: ignore[arg-type]
    with in_language("zh"), pytest.raises(StudyError, match=f"{field}：读到"):
        experiment(*first, engine=Idle(), store=tmp_path / "store", **{field: value})
    assert not list(tmp_path.iterdir())


def test_a_result_is_reproduced_with_its_own_ensemble_and_level(tmp_path: Path) -> None:
    for given in (Workplace(store=tmp_path), Workplace(ensemble=WIDE), Workplace(level=0.9)):
        with pytest.raises(StudyError, match="reproduce_many: .*allowed none"):
            reproduce_many(tmp_path, given)


def test_a_study_is_carried_out_over_the_ensemble_it_is_given(tmp_path: Path) -> None:
    file = write(tmp_path, TINY)
    place = Workplace(InProcess(Pretend()), tmp_path / "store", progress=False, ensemble=WIDE)
    found = sim.study(file, workplace=place)
    assert found.plan.ensemble == WIDE
    assert found.plan.id == plan_study(file, ensemble=WIDE).id != plan_study(file).id
    with pytest.raises(StudyError, match="study: ensemble: found wide"):  # a plan has its own
        sim.study(plan_study(file), workplace=place)


def test_the_progress_is_a_function_a_bar_or_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    told: list[Progress] = []
    with Workplace(progress=told.append).shown() as report:
        assert report is not None
        report(Progress(2, 0, 1, 0))
    assert told == [Progress(2, 0, 1, 0)]
    for none in (None, False):
        with Workplace(progress=none).shown() as report:
            assert report is None
    with progress_bar("zh") as bar, Workplace(progress=True).shown("zh") as report:
        assert report is not None and type(report) is type(bar)
