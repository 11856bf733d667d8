"""What there is no memory for is refused before the first run, with what it needs and what there is."""

from __future__ import annotations

from pathlib import Path

import pytest
from experiments_worlds import SMALL, Idle, never
from tiny_study import TINY, write

import sim
from sim import size
from sim.errors import EstateError, ScenarioError, StudyError
from sim.experiments import extras, plan
from sim.experiments.plan import Axis, number_of_points, plan_study, points_of
from sim.experiments.study_file import Design
from sim.experiments.workplace import Workplace, engine_with_room, run_planned
from sim.mesa_city import City
from sim.results.engines import InProcess, planned_runs_of
from sim.results.pool_engine import PoolEngine
from sim.scenario import Scenario, load, with_overrides
from sim.studies.budget.budget import budget
from sim.studies.calibration.calibration import calibrate
from sim.studies.study.study import study
from sim.text import in_language

TERABYTE = 10**12


@pytest.fixture
def city() -> Scenario:
    return with_overrides(load("small_city"), {"months": 24})


def there_are(monkeypatch: pytest.MonkeyPatch, number: float) -> None:
    """Let the machine have so many bytes left."""
    monkeypatch.setattr(size, "bytes_available", lambda: int(number))


def test_a_run_is_thought_to_need_what_its_tables_take_and_not_many_times_that(city: Scenario) -> None:
    for scenario in (city, with_overrides(city, {"city.households": None, "months": 240})):
        with City(scenario) as made:
            assert made.outcomes is not None
            held = sum(column.nbytes for column in (*made.state.owners, *made.outcomes))
            held += sum(column.nbytes for column in made.state.buildings)
        assert held <= size.bytes_of_run(scenario) <= 3 * held
    assert size.bytes_of_run(with_overrides(city, {"city.households": 10**8})) > 5.7e9


def test_households_are_the_exact_total_or_what_is_expected(city: Scenario) -> None:
    assert size.households_of(city) == city.city.households == 30_000
    drawn = with_overrides(city, {"city.households": None, "types.commodity.households_mean": 500})
    expected = sum(
        number * drawn.types[name].households_mean for name, number in drawn.estates_by_type().items()
    )
    assert size.households_of(drawn) == round(expected) != 30_000


@pytest.mark.parametrize(("language", "words"), [("en", "GB that there are"), ("zh", "可用内存")])
def test_a_city_beyond_memory_is_refused_before_it_is_drawn(
    city: Scenario, monkeypatch: pytest.MonkeyPatch, language: str, words: str
) -> None:
    there_are(monkeypatch, size.bytes_of_run(city))
    size.check_run(city)
    there_are(monkeypatch, size.bytes_of_run(city) - 1)
    monkeypatch.setattr("sim.runner._simulate", never)
    with in_language(language):
        with pytest.raises(ScenarioError) as caught:
            sim.run(city)
        text = str(caught.value)
    assert "30,000" in text and "100" in text and words in text and "GB" in text


def test_a_series_of_runs_is_refused_if_the_largest_of_them_has_no_room(
    city: Scenario, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    large = with_overrides(city, {"months": 48})
    there_are(monkeypatch, size.bytes_of_run(city))
    planned_runs = [*planned_runs_of(city, [1]), *planned_runs_of(large, [1])]
    for engine in (None, InProcess(never), PoolEngine(1, never)):
        with pytest.raises(EstateError, match="48 months"):
            run_planned(planned_runs, Workplace(engine, tmp_path))


def test_as_many_workers_run_as_there_is_memory_for(city: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.results.pool_engine.cores", lambda: 8)
    there_are(monkeypatch, 2.5 * size.bytes_of_run(city))
    chosen = engine_with_room(None, city, 100)
    assert isinstance(chosen, PoolEngine) and chosen.workers == 2
    asked = PoolEngine(2)
    assert engine_with_room(asked, city, 100) is asked
    with pytest.raises(StudyError, match=r"--workers: found 3 workers.*at most 2"):
        engine_with_room(PoolEngine(3), city, 100)
    assert engine_with_room(PoolEngine(3), city, 2) is not None, "no more runs than that at once"


def test_a_study_of_more_runs_than_can_be_listed_is_refused_without_listing_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    huge = TINY.replace("replications = 3", "replications = 1000000").replace(
        'kind = "grid"\nsize = 2', 'kind = "latin_hypercube"\nsize = 10000000'
    )
    monkeypatch.setattr(plan, "points_of", never)
    with pytest.raises(StudyError) as caught:
        plan_study(write(tmp_path, huge))
    text = str(caught.value)
    assert text.startswith(f"{tmp_path / 'tiny.toml'}: design: found 10,000,000,000,000 runs")
    assert "10,000,000 points x 1,000,000 replications" in text and "5,000,000 GB" in text


@pytest.mark.parametrize("axes", [1, 3])
@pytest.mark.parametrize(
    "asked",
    [
        {"kind": "grid", "size": 4},
        {"kind": "latin_hypercube", "size": 7},
        {"kind": "sobol", "size": 8},
        {"kind": "sobol", "size": 8, "second_order": True},
        {"kind": "morris", "size": 3},
        {"kind": "list", "points": ({"a": 1}, {"a": 2})},
    ],
    ids=lambda asked: f"{asked['kind']}{'-second' if 'second_order' in asked else ''}",
)
def test_points_are_counted_without_being_made(asked: dict[str, object], axes: int) -> None:
    made = [Axis("a", 0, 2, whole=True), Axis("b", levels=(1, 2)), Axis("c", 0.0, 1.0)][:axes]
    wanted = Design(**asked)  # type: ignore[arg-type]
    assert number_of_points(wanted, made) == len(points_of(wanted, made))
    assert plan.math.prod(axis.count(5) for axis in made) == plan.math.prod(
        len(axis.spaced(5)) for axis in made
    )


def test_replications_beyond_all_memory_are_refused_before_they_are_counted_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    there_are(monkeypatch, 10**11)
    options = {"store": tmp_path, "engine": InProcess(never), "replications": 10**9}
    for question in (
        lambda: sim.compare("small_city", "small_city", **options),
        lambda: sim.ablate("small_city", **options),
        lambda: budget("small_city", 1e6, folder=tmp_path / "search", **options),
    ):
        with pytest.raises(
            StudyError, match=r"1,000,000,000 replications\), whose list needs about [\d,]+ GB"
        ):
            question()
    assert not (tmp_path / "search").exists()


def test_a_plan_knows_the_largest_run_among_its_points(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = TINY.replace('"companies.state_owned"\nlevels = [1, 2]', '"months"\nlevels = [12, 36, 24]')
    found = plan_study(write(tmp_path, text))
    assert found.biggest is not None and found.biggest.months == 36
    there_are(monkeypatch, size.bytes_of_run(found.biggest) - 1)
    with pytest.raises(EstateError, match="36 months"):
        study(found, engine=InProcess(never), store=tmp_path, progress=False)


def test_what_a_container_may_use_counts_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(size, "GROUP", tmp_path)
    of_machine = size.bytes_available()
    assert 0 < of_machine < 100 * TERABYTE
    for name, text in (("memory.current", "700\n"), ("memory.stat", "anon 400\ninactive_file 250\n")):
        (tmp_path / name).write_text(text, encoding="ascii")
    for most, left in (("1000", 550), ("100", 0)):
        (tmp_path / "memory.max").write_text(most, encoding="ascii")
        assert size.bytes_available() == left
    (tmp_path / "memory.max").write_text("max\n", encoding="ascii")
    assert size.bytes_available() > 550


@pytest.mark.parametrize("missing", ["optuna", "moocore", "sklearn"])
def test_a_library_that_a_search_needs_at_its_end_is_asked_for_at_its_beginning(
    missing: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def without(name: str) -> object:
        if name.split(".")[0] == missing:
            raise ModuleNotFoundError(name)
        return object()

    monkeypatch.setattr(extras, "import_module", without)
    with pytest.raises(
        StudyError, match=rf"{extras.CALLED.get(missing, missing)} is not installed.*\[search\]"
    ):
        budget(
            "small_city", 1e6, overrides=SMALL, folder=tmp_path / "a", store=tmp_path, engine=InProcess(never)
        )
    assert not (tmp_path / "a").exists()


def test_a_calibration_asks_for_its_libraries_and_sizes_first(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for options, said in (({"runs": 10**8}, "runs: found"), ({"members": 10**8}, "members: found")):
        with pytest.raises(StudyError, match=said):
            calibrate(store=tmp_path, engine=Idle(), **options)  # type: ignore[arg-type]

    def without(name: str) -> object:
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(extras, "import_module", without)
    with pytest.raises(StudyError, match="is not installed, and calibration needs it"):
        calibrate(store=tmp_path, engine=Idle())
