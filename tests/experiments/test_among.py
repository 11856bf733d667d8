"""One run is one draw: where it lies among draws with other seeds, and that
everything which shows it says so."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from experiments_worlds import SMALL
from matplotlib.text import Text
from typer.testing import CliRunner

import sim
from sim import charts
from sim.cli.app import app
from sim.errors import EstateError, ResultError, StudyError
from sim.experiments.ensemble import Ensemble
from sim.experiments.intervals import range_of
from sim.experiments.workplace import Workplace
from sim.results.engines import InProcess
from sim.results.folder import add_tables
from sim.results.outcomes import OUTCOMES
from sim.scenario import load, with_overrides
from sim.studies.draws.among import HEADLINES, Among, among, keep_draws, known_among, other_seeds
from sim.studies.draws.fan import fan, fan_alt
from sim.studies.draws.repeated import (
    FAN_SERIES,
    Repeated,
    bands_of,
    ends_of,
    monthly_frame,
    repeat,
    repeated_from,
)
from sim.text import figures, in_language

QUICK = [part for key, value in SMALL.items() if value is not None for part in ("--set", f"{key}={value}")]


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Repeated:
    """A small city of fourteen months with seeds 1 to 3."""
    store = tmp_path_factory.mktemp("store")
    return repeat("small_city", 3, months=14, overrides=SMALL, store=store, engine=InProcess())


def small_run(seed: int) -> sim.Run:
    return sim.run("small_city", seed=seed, months=14, overrides=SMALL)


def made_up(values: list[float], own: float, seed: int) -> Among:
    name = "collection_last_year"
    seeds = tuple(range(1, 1 + len(values)))
    return Among(Repeated(load("small_city"), seeds, {name: np.array(values)}, {}), seed, {name: own})


def test_the_seed_is_one_of_the_draws_and_no_seed_is_drawn_twice() -> None:
    assert other_seeds(3, 4) == (1, 2, 4)
    assert other_seeds(70, 4) == (1, 2, 3)


def test_the_rank_counts_from_the_lowest_and_a_run_that_is_no_draw_counts_itself() -> None:
    one_of_them = made_up([0.5, 0.4, 0.6, 0.5], 0.5, 1)
    assert (one_of_them.rank("collection_last_year"), one_of_them.number) == (2, 4)
    another = made_up([0.5, 0.4, 0.6, 0.5], 0.7, 9)
    assert (another.rank("collection_last_year"), another.number) == (5, 5)


def test_the_others_are_what_their_seeds_give_by_themselves(tmp_path: Path, three: Repeated) -> None:
    run = small_run(2)
    found = among(run, 3, Workplace(InProcess(), tmp_path))
    assert found.draws.seeds == (2, 1, 3) and three.seeds == (1, 2, 3)
    for place, seed in enumerate(found.draws.seeds):
        alone = small_run(seed).outcomes()
        for name in OUTCOMES:
            assert found.draws.outcomes[name][place] == pytest.approx(alone[name], rel=0, abs=0, nan_ok=True)
            there = three.outcomes[name][three.seeds.index(seed)]
            assert there == pytest.approx(alone[name], rel=0, abs=0, nan_ok=True)
    for series in ("cycle", "collection"):
        assert np.array_equal(found.draws.bands[series], three.bands[series], equal_nan=True)
    with in_language("en"):
        lines = found.sentences()
    assert len(lines) == 1 + len(HEADLINES) and "Seed 2 among 3 draws" in lines[0]
    cycle = np.sort(three.outcomes["cycle_share_last_year"])
    assert all(figures.share(float(value)) in lines[2] for value in cycle)
    with pytest.raises(StudyError, match="--among: found 1, allowed at least 2"):
        among(run, 1, Workplace(store=tmp_path))


def test_draws_by_month_and_by_type_are_quantiles_of_the_runs(three: Repeated) -> None:
    runs = [small_run(seed) for seed in three.seeds]
    for name in ("cycle", "collection", "quality"):
        values = np.array([run.city[name].to_numpy() for run in runs])
        assert np.allclose(
            three.monthly(name)["median"], np.median(values, axis=0), atol=1e-6, equal_nan=True
        )
        assert np.allclose(three.monthly(name)["highest"], values.max(axis=0), atol=1e-6, equal_nan=True)
    last = [run.estates[run.estates["month"] == 14] for run in runs]
    inside = [
        one["stage"].isin(["spiralling", "collapsed"]).groupby(one["type"], observed=True).mean()
        for one in last
    ]
    table = three.by_type("cycle", 14)
    for kind in table.index:
        shares = [float(one[kind]) for one in inside]
        assert table.loc[kind, ["lowest", "median", "highest"]].tolist() == pytest.approx(
            sorted(shares), abs=1e-6
        )
    satisfied = three.outcomes["satisfaction_last_year"]
    assert three.nearest_median("satisfaction_last_year") == 1 + int(np.argsort(satisfied)[1])
    for wrong in (
        lambda: three.monthly("pie"),
        lambda: three.by_type("nominal", 3),
        lambda: three.by_type("cycle", 15),
    ):
        with pytest.raises(StudyError, match="found"):
            wrong()
    with pytest.raises(StudyError, match="draws: found 1, allowed at least 2"):
        repeat("small_city", 1)


def test_the_fan_holds_every_draw_with_its_median_and_the_line_of_one_run(three: Repeated) -> None:
    run = small_run(2)
    ends = [float(value) for value in three.bands["cycle"][[0, 2, 4], -1]]
    for lang in ("zh", "en"):
        with in_language(lang):
            drawn, told = fan(three, run=run), fan_alt(three, run=run)
            said = " ".join(text.get_text() for text in drawn.findobj(Text))
            assert all(figures.share(value) in said and figures.share(value) in told for value in ends)
    panel = drawn.axes[0].child_axes[0]
    lines = {line.get_label(): line.get_ydata() for line in panel.lines}
    assert np.array_equal(lines["median"], three.bands["cycle"][2])
    assert np.array_equal(lines["own"], run.city["cycle"].to_numpy())


def test_the_fan_is_a_public_chart_of_draws_and_takes_any_series(three: Repeated, tmp_path: Path) -> None:
    assert charts.kind_of(three) == "draws" and list(charts.list_charts("draws")["name"]) == ["fan"]
    four = ("nominal", "charging", "professional", "collected_per_household")
    axes = charts.fan(three, series=four)
    panels = [panel for panel in axes.child_axes if panel.axison]
    assert len(panels) == 4
    assert charts.alt_text(three, "fan", series=four).count("median") == 4
    assert [path.suffix for path in charts.save_all(three, tmp_path)] == [".png", ".svg", ".csv"]
    with pytest.raises(EstateError, match="series: found pie"):
        charts.fan(three, series=("pie",))
    with pytest.raises(EstateError, match="months: found 3, allowed 14"):
        charts.fan(three, run=sim.run("small_city", months=3, overrides=SMALL))


@pytest.mark.usefixtures("words_only")
@pytest.mark.usefixtures("words_only")
def test_run_tells_the_draw_first_and_its_place_after_everything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for lang, title, place in (
        ("en", "one draw, seed 3", "Seed 3 among 2"),
        ("zh", "一次抽样，种子3", "2次抽样"),
    ):
        options = ["--seed", "3", "--months", "3", "--among", "2", "--lang", lang, "--out", lang]
        options += ["--no-charts"] if lang == "zh" else []
        told = CliRunner().invoke(app, ["run", "small_city", *options, *QUICK], env={"COLUMNS": "300"})
        assert told.exit_code == 0, told.output
        assert title in told.output.splitlines()[0]
        assert told.output.index(place) > told.output.index("estate explain")
        assert (tmp_path / lang / "charts" / "fan.png").is_file() == (lang == "en")
        kept = known_among(sim.load_run(tmp_path / lang))
        assert kept is not None and kept.draws.seeds == (3, 1)
        assert kept.own == pytest.approx(
            {name: kept.draws.outcomes[name][0] for name in OUTCOMES}, nan_ok=True
        )
    life = CliRunner().invoke(app, ["explain", "en", "--estate", "1", "--lang", "en"])
    assert life.exit_code == 0 and "one draw, seed 3" in life.output.splitlines()[0]
    (tmp_path / "en" / "draws.parquet").write_bytes(b"")
    with pytest.raises(EstateError, match="draws"):
        sim.load_run(tmp_path / "en")


def test_draws_stay_with_their_run(tmp_path: Path, three: Repeated) -> None:
    run = small_run(1)
    folder = run.save(tmp_path / "run")
    assert known_among(sim.load_run(folder)) is None
    keep_draws(Among(three, 1, run.outcomes()), folder)
    kept = known_among(sim.load_run(folder))
    assert kept is not None
    for series in ("cycle", "collection"):
        assert np.array_equal(kept.draws.bands[series], three.bands[series], equal_nan=True)
    assert sim.load_run(folder).beside("estates") is None, "that is a table of the run itself"
    for wrong in ({"draws": three.table()}, {"draws_by_month": three.monthly("cycle")}):
        add_tables(folder, wrong)
        with pytest.raises(ResultError, match="draws, draws_by_month"):
            known_among(sim.load_run(folder))
        keep_draws(Among(three, 1, run.outcomes()), folder)


def test_draws_over_an_ensemble_have_its_members_and_say_so(tmp_path: Path) -> None:
    low_and_high = Ensemble("wide", ({"payment.base": -2.0}, {"payment.base": 2.0}))
    at = Workplace(InProcess(), tmp_path, ensemble=low_and_high)
    found = repeat("small_city", 2, months=14, overrides=SMALL, workplace=at)
    for place, base in enumerate((-2.0, 2.0)):
        alone = sim.run("small_city", seed=1 + place, months=14, overrides=SMALL | {"payment.base": base})
        assert found.outcomes["collection_last_year"][place] == alone.outcomes()["collection_last_year"]
    for lang in ("en", "zh"):
        assert "wide" in " ".join(
            text.get_text() for text in charts.fan(found, lang=lang).figure.findobj(Text)
        )


@pytest.mark.parametrize(("count", "named"), [(39, "lowest to highest"), (40, "5th to 95th percentile")])
def test_ends_over_draws_are_those_of_a_range_and_are_named(count: int, named: str) -> None:
    luck = np.random.default_rng(4).permutation(np.arange(1, count + 1)) / 100
    months = [np.array([value, value / 2]) for value in luck]
    scenario = with_overrides(load("small_city"), {"months": 1, "spin_up": 0})
    draws = Repeated(
        scenario,
        tuple(range(count)),
        {name: luck for name in OUTCOMES},
        {name: bands_of(months) for name in FAN_SERIES},
        ends=ends_of(count),
    )
    held = range_of(luck)
    assert (held.low == 0.01) == (count < 40)  # of 40 the 5th percentile lies above the lowest
    for bands in draws.bands.values():
        assert bands[0] == pytest.approx([held.low, held.low / 2])
        assert bands[-1] == pytest.approx([held.high, held.high / 2])
    among = Among(draws, 0, {name: luck[0] for name in OUTCOMES})
    said = among.sentences()[1]
    assert f"{100 * held.low:.1f}% to {100 * held.high:.1f}%, {named}" in said
    page = draws.report("en")
    assert all(named in line for line in page.finding) and named in page.pictures[0].alt
    saved = repeated_from(scenario, draws.table().reset_index(), monthly_frame(draws))
    assert saved.ends == draws.ends and np.array_equal(saved.bands["cycle"], draws.bands["cycle"])
    ends = {"lowest", "highest"} if count < 40 else {"p5", "p95"}
    assert ends < set(draws.monthly("cycle").columns) and ends < set(draws.by_outcome.columns)
