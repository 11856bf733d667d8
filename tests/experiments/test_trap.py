"""Tipping maps, loops taken away and budget searches: agreement of both methods,
pairing, limits and resuming."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from experiments_worlds import CASES, SMALL, alike_world, never
from first_version import RULES_OFF
from matplotlib.text import Text

import sim
from sim.errors import EstateError
from sim.experiments.representative import alike, representative_of
from sim.experiments.study_file import load_trap_study
from sim.experiments.workplace import Workplace, run_planned
from sim.results.engines import InProcess, planned_runs_of
from sim.results.files import seal_of
from sim.results.folder import MANIFEST, json_text, read_manifest, sealed
from sim.scenario import list_scenarios, load, with_overrides
from sim.studies.ablation.ablate import Ablated, Ablation, ablate
from sim.studies.ablation.brief import brief_of
from sim.studies.ablation.chart import ablation_matrix, ablation_rows, charts_of
from sim.studies.ablation.report import part_of
from sim.studies.ablation.words import LOOPS, shown
from sim.studies.budget.budget import BudgetSearch, BudgetStudy, budget, front_of, unbeaten
from sim.studies.budget.menu import with_package
from sim.studies.budget.stress import failing_regions
from sim.studies.tipping.no_return import NO_PROGRAMME, delayed, point_of_no_return
from sim.studies.tipping.tipping import Tipping, TippingStudy, tipping
from sim.text import in_language, languages
from sim.words import IN_CYCLE


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("store")


@pytest.fixture(scope="module")
def viability_map(store: Path) -> Tipping:
    return tipping(
        alike_world(),
        "viability",
        low=0.5,
        high=1.1,
        values=4,
        types=["commodity"],
        months=240,
        estates=12,
        households=150,
        store=store,
        engine=InProcess(),
    )


@pytest.fixture(scope="module")
def ablation(store: Path) -> Ablation:
    return ablate(
        "small_city",
        seeds=[1, 2, 3],
        months=60,
        pairs=False,
        overrides=SMALL | RULES_OFF,
        store=store,
        engine=InProcess(),
    )


def test_agents_agree_with_the_mean_field_well_inside_the_trap(viability_map: Tipping) -> None:
    (one,) = viability_map.maps
    point, expected = one.agents.points[0.7], one.mean_field[0.7]
    assert [stable for _, stable in expected] == [True, False, True]
    assert point.two_states
    for found, (rate, _) in zip((point.low, point.unstable, point.high), expected, strict=True):
        assert found == pytest.approx(rate, abs=0.06)


def test_the_trap_is_wide_near_viability_and_its_ends_are_bracketed(viability_map: Tipping) -> None:
    widths = viability_map.widths.set_index("source")
    assert (widths["width"] > 0.05).all() and (widths["area"] > 0).all()
    for width in viability_map.maps[0].widths:
        assert width.low <= 0.7 <= width.high


def test_the_loop_is_open_near_viability(viability_map: Tipping) -> None:
    loop = viability_map.maps[0].loop
    assert loop is not None
    assert loop.values[0] > loop.values[-1], "the way out begins at the bad end"
    assert loop.width > 0.2


def test_without_feedback_from_service_and_neighbours_there_is_no_trap(store: Path) -> None:
    weak = with_overrides(alike_world(), {"payment.satisfaction_weight": 0.5, "payment.norm_weight": 0.3})
    found = tipping(
        weak,
        "viability",
        low=0.5,
        high=1.1,
        values=3,
        types=["commodity"],
        months=120,
        estates=12,
        households=150,
        store=store,
        engine=InProcess(),
    )
    assert (found.widths["width"] == 0).all()
    loop = found.maps[0].loop
    assert loop is not None and loop.width < 0.06


def test_every_type_has_a_representative_and_unknown_keys_are_refused(store: Path) -> None:
    scenario = load("vicious_cycle")
    for name in scenario.types:
        assert 0 < representative_of(scenario, name).viability < 5
    for lever, options in (
        ("payment.norm_weigth", {}),
        ("viability", {"types": ["comodity"]}),
        ("viability", {"low": 1.0, "high": 0.5}),
    ):
        with pytest.raises(EstateError):
            tipping(scenario, lever, store=store, engine=InProcess(), **options)


@pytest.mark.parametrize("name", list_scenarios())
def test_every_shipped_city_has_a_world_of_each_of_its_types(name: str) -> None:
    scenario = load(name)
    for kind in scenario.types:
        world = alike(scenario, kind, 12, 60)
        estates = world.estates_by_type()
        assert estates[kind] == 12 == sum(estates.values())
        assert world.types[kind].estates_by_mode(12) == {"market": 12}


def test_a_city_of_ones_own_gives_the_map_of_the_type_that_was_chosen(store: Path) -> None:
    found = tipping(
        CASES / "my_subsidy.toml",
        high=0.1,
        values=3,
        types=["unit_built"],
        months=24,
        estates=4,
        households=20,
        hysteresis=False,
        no_return=False,
        store=store,
        engine=InProcess(),
    )
    (one,) = found.maps
    assert one.type_name == "unit_built" and {0.0, 0.05, 0.1} <= set(one.agents.points)
    assert "employer-built housing" in found.sentences("en")[0]


def test_what_cannot_be_mapped_is_said_before_the_first_run(store: Path) -> None:
    free = with_overrides(load("small_city"), {"types.commodity.fee_price": 0.0})
    for scenario, options, said in (
        ("small_city", {"types": ["commodity", "comodity"]}, "did you mean 'commodity'"),
        ("small_city", {"hold": 6}, "hold: found 6 months"),
        ("subsidy_only", {"months": 24, "longest_delay": 1150}, "longest_delay: found 1150 months"),
        (free, {"types": ["unit_built", "commodity"]}, "without bills there is no collection rate"),
    ):
        with pytest.raises(EstateError, match=said):
            tipping(scenario, store=store, engine=InProcess(never), **options)


def test_a_type_without_a_fee_is_left_out_of_a_map_of_all_types_and_named(store: Path) -> None:
    free = with_overrides(
        load("small_city"),
        {f"types.{name}.fee_price": 0.0 for name in ("commodity", "unit_built", "three_no")},
    )
    found = tipping(
        free,
        high=0.1,
        values=3,
        months=24,
        estates=4,
        households=20,
        hysteresis=False,
        no_return=False,
        store=store,
        engine=InProcess(),
    )
    assert [one.type_name for one in found.maps] == ["resettlement"]
    assert sum("charges no fee" in line for line in found.sentences("en")) == 3
    assert sum("不收物业费" in line for line in found.sentences("zh")) == 3
    nobody = with_overrides(free, {"types.resettlement.fee_price": 0.0})
    with pytest.raises(EstateError, match="found no fee in any of"):
        tipping(nobody, store=store, engine=InProcess(never))


def test_all_loops_off_removes_the_slide(ablation: Ablation) -> None:
    everything = ablation.arm(*ablation.loops)
    singles = [one for one in ablation.arms if len(one.off) == 1]
    assert (everything.change["city"] < 0).all()
    assert everything.mean("city") < min(one.mean("city") for one in singles)


def test_what_a_mechanism_explains_is_seen_by_taking_it_away_and_it_is_no_loop(store: Path) -> None:
    off = RULES_OFF | {f"loops.{loop}": False for loop in ("service", "decay", "grievance")}
    on = {"mechanisms.persistence": True, "payment.habit_weight": 3.0}
    found = ablate(
        "small_city", seeds=[1, 2], months=24, overrides=SMALL | off | on, store=store, engine=InProcess()
    )
    assert found.switches == ("norm", "exit", "persistence")
    # pairs of loops only: a city of today has 18 switches, and 153 pairs of them
    assert [one.off for one in found.arms] == [("norm",), ("exit",), ("persistence",), ("norm", "exit")]
    assert found.arm("persistence").change["city"].any()
    assert found.trap() in (None, "exit", "norm")
    city = found.table[found.table["group"] == "city"]
    assert city["switched_off"].tolist() == [1, 1, 1, 2], "mechanisms count like loops"
    with in_language("en"):
        assert "3 loops and mechanisms" in shown(found)[1]
        words = [text.get_text() for text in ablation_rows(found).findobj(Text)]
        assert any("without a loop or mechanism" in one for one in words)
        assert any("lasting payment" in one for one in words)
        assert not any("small:" in one for one in words), "the rows have thin lines and no small print"
        drawn = {name: draw.__name__ for name, (draw, group) in charts_of(found).items() if group == "city"}
        assert drawn == {"ablation_city": "ablation_rows", "ablation_pairs": "ablation_matrix"}
    # found with both, done again without pairs: the printed command is the run that was made
    assert "--no-pairs" not in part_of(found).commands[0]
    alone = ablate(
        "small_city",
        seeds=[1, 2],
        months=24,
        pairs=False,
        mechanisms=False,
        overrides=SMALL | off | on,
        store=store,
        engine=InProcess(),
    )
    assert alone.switches == ("norm", "exit") and not alone.executed, "both were run before"
    assert "--no-pairs --no-mechanisms" in part_of(alone).commands[0]


@pytest.mark.parametrize("lang", languages())
def test_a_brief_names_every_loop_and_a_picture_without_pairs_speaks_of_none(
    ablation: Ablation, lang: str
) -> None:
    with in_language(lang):
        brief = brief_of(ablation)
        rows = [str(row.name) for row in brief.rows]
        for loop in ablation.loops:  # one has no row: the page has five
            assert str(LOOPS[loop]) in rows or str(LOOPS[loop]) in brief.note, loop
        ax = ablation_matrix(ablation)
        words = " ".join(text.get_text() for text in ax.get_figure().findobj(Text))
        assert "两项都关" not in words and "both off" not in words
        assert ax.child_axes, "a scale of colours"
        nothing = [Ablated(one.off, {"city": np.zeros(3)}) for one in ablation.arms]
        still = Ablation(
            ablation.scenario, ablation.loops, {"city": np.zeros(3)}, nothing, [1, 2, 3], 0.95, 0, ""
        )
        assert not ablation_matrix(still).child_axes, "none where nothing changes"


def test_a_loop_is_called_the_trap_only_beyond_doubt_and_for_a_good_part_of_the_cycle() -> None:
    def found(changes: list[float], base: float = 0.6) -> Ablation:
        arms = [
            Ablated((loop,), {"city": np.array(changes) * size})
            for loop, size in (("exit", 1.0), ("norm", 0.1))
        ]
        both = Ablated(("exit", "norm"), {"city": np.array(changes)})
        return Ablation(
            load("small_city"),
            ["exit", "norm"],
            {"city": np.full(len(changes), base)},
            [*arms, both],
            range(1, len(changes) + 1),
            0.95,
            0,
            "",
        )

    clear = [-0.3, -0.29, -0.31, -0.3, -0.28, -0.32, -0.3, -0.31]
    assert found(clear).trap() == "exit" and "exit loop is the trap" in found(clear).sentences("en")[0]
    assert found(clear[:4]).trap() is None, "four seeds that agree prove little"
    assert found([-0.3] * 6).trap() == "exit" and found([0.0] * 6).trap() is None
    small = found([change / 10 for change in clear])
    assert (
        small.trap() == "exit"
        and "alone is not the trap" in small.sentences("en")[0]
        and "不足以单独构成陷阱" in small.sentences("zh")[0]
    )


def test_an_ablation_saved_when_its_column_was_called_loops_off_opens_under_the_new_name(
    ablation: Ablation, tmp_path: Path
) -> None:
    folder = ablation.save(tmp_path / "older")
    file = folder / "ablation.parquet"
    table = pq.read_table(file)
    pq.write_table(
        table.rename_columns([{"switched_off": "loops_off"}.get(name, name) for name in table.schema.names]),
        file,
    )
    manifest = read_manifest(folder)
    manifest["files"][file.name] |= seal_of(file)
    (folder / MANIFEST).write_text(json_text(sealed(manifest)), encoding="utf-8")
    opened = sim.load_result(folder)
    assert isinstance(opened, Ablation)
    assert opened.table["switched_off"].tolist() == ablation.table["switched_off"].tolist()
    assert opened.key == ablation.key


def test_ablation_is_paired_and_complete(ablation: Ablation, store: Path) -> None:
    assert len(ablation.arms) == len(ablation.loops) + 1
    again = ablate(
        "small_city",
        seeds=[3, 1, 2],
        months=60,
        pairs=False,
        overrides=SMALL | RULES_OFF,
        store=store,
        engine=InProcess(),
    )
    assert again.executed == 0
    for one, other in zip(ablation.arms, again.arms, strict=True):
        assert np.array_equal(one.change["city"], other.change["city"][[1, 2, 0]])
    with pytest.raises(EstateError, match="loops"):
        ablate(
            "small_city",
            overrides=RULES_OFF | {f"loops.{loop}": False for loop in ablation.loops},
            store=store,
        )


def test_a_policy_that_never_helps_has_no_point_of_no_return(store: Path) -> None:
    def run(planned_runs: list) -> object:
        return run_planned(planned_runs, Workplace(InProcess(), store))

    small = with_overrides(
        load("package"), {"city.estates": 16, "companies.private": 4, "months": 36} | SMALL_TYPES
    )
    assert delayed(small, 24).months == 60
    assert [p.start for p in delayed(small, 24).interventions] == [p.start + 24 for p in small.interventions]
    never = with_overrides(small, {f"interventions.{p.name}.end": 0 for p in small.interventions})
    with pytest.raises(EstateError, match="rescue no estate"):
        point_of_no_return(never, run, seeds=[1, 2])  # type: ignore[arg-type]


def test_a_map_says_plainly_that_there_is_no_point_of_no_return(viability_map: Tipping) -> None:
    assert viability_map.no_return is None and viability_map.note == NO_PROGRAMME
    assert any(
        "there is none (the scenario has no programme" in line for line in viability_map.sentences("en")
    )
    assert any("没有措施" in line for line in viability_map.sentences("zh"))


def test_support_for_estates_that_are_still_served_comes_too_late_in_the_end(store: Path) -> None:
    study = load_trap_study("no_return", TippingStudy)
    small = with_overrides(
        study.scenario(),
        {"city.estates": 100, "companies.private": 12, "government.district_budget": 1e9} | SMALL_TYPES,
    )
    assert (
        [one.kind for one in small.interventions] == ["operating_subsidy"]
        and small.name == "no_return"
        and small.months == 72
    )
    seeds = [1, 2, 3]

    def rescued(delay: int) -> int:
        later = delayed(small, delay)
        planned_runs = [
            *planned_runs_of(later.model_copy(update={"interventions": ()}), seeds),
            *planned_runs_of(later, seeds),
        ]
        out = [
            np.isin(summary.estates["final_stage"], IN_CYCLE)
            for _, summary in run_planned(planned_runs, Workplace(InProcess(), store))
        ]
        return sum(int((before & ~after).sum()) for before, after in zip(out[:3], out[3:], strict=True))

    assert rescued(0) > rescued(108)


SMALL_TYPES = {key: value for key, value in SMALL.items() if key.startswith("types.")}


def test_budget_is_never_exceeded_and_the_search_resumes(store: Path, tmp_path: Path) -> None:
    optuna = pytest.importorskip("optuna")
    options = {
        "replications": 1,
        "months": 36,
        "overrides": SMALL,
        "store": store,
        "engine": InProcess(),
        "folder": tmp_path,
    }
    first = budget("small_city", 1e5, trials=8, stress=0, fresh=0, **options)
    assert len(first.tried) == 8 and first.executed > 0
    assert (
        first.front == unbeaten(first.searched)
        and first.recommended is None
        and any("flattering" in line for line in first.sentences("en"))
    )
    storage = f"sqlite:///{tmp_path / 'search.db'}"
    (name,) = optuna.get_all_study_names(storage)
    optuna.load_study(study_name=name, storage=storage).ask()  # in flight when a process was killed
    more = budget("small_city", 1e5, trials=11, stress=6, fresh=5, rivals=False, **options)
    assert more.tried[:8] == first.tried and len(more.tried) == 11
    assert max(one.fiscal_spending_dearest_year for one in more.tried) <= 1e5
    assert max(one.fiscal_spending_dearest_year for one in more.tried) > 0
    assert all(sum(bought.yearly for bought in one.package) <= 1e5 * (1 + 1e-9) for one in more.tried)
    assert budget("small_city", 1e5, trials=11, stress=6, fresh=5, rivals=False, **options).executed == 0
    for one in more.searched:
        assert not any(
            all(a >= b for a, b in zip(_gains(other), _gains(one), strict=True))
            and _gains(other) != _gains(one)
            for other in more.tried
        )
    assert more.stress is not None and (more.stress.regret >= 0).all()
    assert more.recommended in more.front and front_of(more.searched) == more.searched
    assert more.stress.confirmed[1] == 6 and 0 <= more.stress.confirmed[0] <= 6
    _fresh_figures_are_of_other_seeds(more, store)


def _fresh_figures_are_of_other_seeds(found: BudgetSearch, store: Path) -> None:
    """The front again by hand: seeds 2 to 6 (the search had seed 1), paired with nothing,
    companies' losses in the cost."""
    assert sorted(one.value.number for one in found.fresh) == sorted(one.number for one in found.searched)
    assert set(found.front) == set(unbeaten([one.value for one in found.fresh])), (
        "what fresh seeds beat is left out"
    )
    again = next(one for one in found.fresh if one.value.package)
    planned_runs = [
        *planned_runs_of(found.scenario, range(2, 7)),
        *planned_runs_of(with_package(found.scenario, again.value.package), range(2, 7)),
    ]
    done = run_planned(planned_runs, Workplace(InProcess(), store))
    assert done.executed == 0, "the search has run them"
    runs = [summary for _, summary in done]
    out = [1 - run.scalars["cycle_share_last_year"] for run in runs]
    assert again.gain == pytest.approx(np.mean(out[5:]) - np.mean(out[:5]))
    pairs = np.subtract(out[5:], out[:5])
    assert (again.gain_range.low, again.gain_range.high) == pytest.approx((pairs.min(), pairs.max()))
    row = found.rescored_table.set_index("package").loc[again.value.number]
    assert (row["gain_range_kind"], row["gain_pairs"]) == ("lowest_highest", 5)
    assert any("lowest to highest of 5 pairs" in line for line in found.sentences("en"))
    more = np.array([run.public_cost() for run in runs[5:]]) - [run.public_cost() for run in runs[:5]]
    lost = np.array([run.public_cost("state_owned") for run in runs[5:]]) - [
        run.public_cost("state_owned") for run in runs[:5]
    ]
    assert again.value.public_cost == pytest.approx(more.mean() / 3), "as a comparison has it, a year"
    assert again.value.state_owned_losses == pytest.approx(lost.mean() / 3)
    for name, pairs in (
        ("public_cost", more / 3),
        ("state_owned_losses", lost / 3),
        ("out_of_cycle", np.array(out[5:])),
    ):
        held = again.value.estimate(name).range
        assert (held.low, held.high) == pytest.approx((pairs.min(), pairs.max())), name
        assert row[[f"{name}_range_low", f"{name}_range_high"]].tolist() == pytest.approx(
            [pairs.min(), pairs.max()]
        )


def _gains(one: Any) -> tuple[float, float, float]:
    return -one.public_cost, one.out_of_cycle, one.worst_decile_satisfaction


def test_failures_are_found_where_they_were_put() -> None:
    pytest.importorskip("sklearn")
    points = np.random.default_rng(1).random((200, 3))
    (region,) = failing_regions(("a", "b", "c"), points, (points[:, 1] > 0.7) & (points[:, 2] < 0.5))
    assert region.density > 0.9 and region.coverage > 0.9
    bounds = {key: (low, high) for key, low, high in region.bounds}
    assert bounds["b"][0] == pytest.approx(0.7, abs=0.05) and bounds["c"][1] == pytest.approx(0.5, abs=0.05)
    assert failing_regions(("a",), points[:, :1], np.zeros(200, bool)) == ()


def test_shipped_files_are_read_and_are_no_studies() -> None:
    from sim.experiments.study_file import list_studies

    assert load_trap_study("tipping_map", TippingStudy).types == ("commodity", "resettlement")
    assert load_trap_study("budget_search", BudgetStudy).menu[3].search["first_year"].high == 0.6
    assert not {"tipping_map", "budget_search", "no_return"} & set(list_studies())
    with pytest.raises(EstateError, match="command"):
        load_trap_study("tipping_map", BudgetStudy)
    assert sim.tipping is tipping and sim.ablate is ablate and sim.budget is budget


@pytest.mark.parametrize("last", [7, 41, 90, 200])
def test_the_point_of_no_return_is_found_where_it_was_put(last: int) -> None:
    class Stages:
        def __init__(self, saved: int) -> None:
            self.months = 36
            self.estates = {"cycle_months_last_year": np.array([0] * saved + [12] * (40 - saved))}

    def run(planned_runs: list) -> list:
        def saved(planned_run: Any) -> int:
            if not planned_run.overrides["policy"]:
                return 0
            return (20 if planned_run.overrides["delay"] <= last else 6) + planned_run.seed % 3

        return [(planned_run, Stages(saved(planned_run))) for planned_run in planned_runs]

    small = with_overrides(load("package"), {"months": 36})
    found = point_of_no_return(small, run, longest=120)  # type: ignore[arg-type]
    if last > 120:
        assert found.latest is None and found.month is None
        return
    assert found.latest is not None and last - 3 <= found.latest <= last
    for one in [
        trial for trial in found.trials if trial.delay == found.latest
    ]:  # a seed rescues 20 to 22 estates
        assert (one.rescued_range.low, one.rescued_range.high) == (20.0, 22.0)
        assert one.rescued_range.pairs == one.seeds
    assert found.lost is not None and last < found.lost <= last + 3
    assert found.month == min(p.start for p in small.interventions) + found.latest
    assert found.latest == 0 or found.sure == found.latest
