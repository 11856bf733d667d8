"""Running over an ensemble is the same as running its members by hand, every arm has the
same pair, and intervals widen."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from pretend_runs import Pretend
from tiny_study import TINY, write
from typer.testing import CliRunner

from sim.cli.app import app
from sim.errors import StudyError
from sim.experiments.ensemble import (
    Ensemble,
    as_ensemble,
    doubt_line,
    load_ensemble,
    planned_runs_over,
    with_member,
)
from sim.experiments.plan import plan_study
from sim.experiments.workplace import Workplace
from sim.results.engines import InProcess, execute, planned_runs_of
from sim.results.store import Store, open_store
from sim.scenario import load, with_overrides
from sim.studies.ablation.ablate import ablate
from sim.studies.comparison.compare import Adaptive, compare
from sim.studies.comparison.comparison import Comparison
from sim.studies.sensitivity.sensitivity import sensitivity
from sim.studies.tipping.tipping import tipping
from sim.text import in_language

SMALL = {"spin_up": 0, "city.estates": 20, "city.districts": 2, "companies.private": 4, "months": 24} | {
    f"types.{kind}.households_mean": 40 for kind in ("commodity", "unit_built", "three_no", "resettlement")
}
OUTCOME = "collection_billing_last_year"
WIDE = Ensemble("wide", tuple({"payment.base": value} for value in np.linspace(-0.5, 2.5, 8)))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory):
    with open_store(tmp_path_factory.mktemp("over") / "store") as opened:
        yield opened


def compared(store: Store, ensemble: Ensemble | None, **options: object) -> Comparison:
    given = {
        "replications": 8,
        "outcomes": (OUTCOME,),
        "overrides": SMALL,
        "engine": InProcess(),
        "store": store,
    } | options
    return compare("vicious_cycle", "subsidy_only", ensemble=ensemble, **given)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def over(store: Store) -> Comparison:
    return compared(store, WIDE)


def test_it_is_the_same_as_doing_the_members_by_hand(over: Comparison) -> None:
    for name in ("vicious_cycle", "subsidy_only"):
        for place in (0, 5):
            changed = with_overrides(load(name), SMALL | WIDE.members[place])
            by_hand = execute(planned_runs_of(changed, [1 + place])[0])
            assert by_hand.scalars[OUTCOME] == over.arm(name).scalars[OUTCOME][place]


def test_levels_vary_more_than_by_luck_alone_and_the_text_says_so(store: Store, over: Comparison) -> None:
    luck = compared(store, None)
    spread = [one.baseline.scalars[OUTCOME].std(ddof=1) for one in (over, luck)]
    assert spread[0] > 1.5 * spread[1]
    for lang, said in (("en", "luck only"), ("zh", "只含随机性")):
        assert any(said in line for line in luck.warnings(lang)) and not any(
            said in line for line in over.warnings(lang)
        )
    assert any("8 of the 8 members of the ensemble wide" in line for line in over.warnings())
    assert over.key != luck.key


def test_adaptive_looks_keep_their_pairs(store: Store, over: Comparison) -> None:
    looked = compared(store, WIDE, adaptive=Adaptive(1e-6, (6, 8)), replications=2)
    assert (
        np.array_equal(looked.baseline.scalars[OUTCOME], over.baseline.scalars[OUTCOME])
        and looked.executed == 0
    )


def test_a_saved_comparison_knows_its_ensemble_and_is_done_again_with_it(
    over: Comparison, tmp_path: Path
) -> None:
    from sim.evidence.reproduce import reproduce_many
    from sim.studies.comparison.saved import load_comparison

    over.save(tmp_path / "saved")
    assert (
        json.loads((tmp_path / "saved" / "manifest.json").read_text(encoding="utf-8"))["ensemble"]["used"]
        == 8
    )
    assert load_comparison(tmp_path / "saved").settings.ensemble == WIDE
    assert reproduce_many(tmp_path / "saved", Workplace(InProcess())).same


def test_what_a_scenario_sets_itself_stays(over: Comparison) -> None:
    own = with_overrides(load("small_city"), {"payment.base": 1.0})
    assert with_member(own, {"payment.base": 2.0, "payment.norm_weight": 3.0}).parameter_values() == {
        "payment.base": 1.0,
        "payment.norm_weight": 3.0,
    }
    assert own.parameter_values() == {"payment.base": 1.0}


def test_the_twentieth_seed_has_the_twentieth_member_wherever_it_is_asked_for() -> None:
    base = load("small_city")
    whole, (alone,) = (
        planned_runs_over(base, range(1, 21), WIDE),
        planned_runs_over(base, [20], WIDE, first=19),
    )
    assert alone.key == whole[19].key and whole[8].scenario.parameter_values() == WIDE.members[0], (
        "after the last member the first again"
    )


def test_a_study_runs_every_point_with_the_same_pairs(tmp_path: Path) -> None:
    file = write(tmp_path, TINY)
    (tmp_path / "wide.csv").write_text("payment.base\n0.5\n1.5\n", encoding="utf-8")
    plan = plan_study(file, ensemble=tmp_path / "wide.csv")
    assert len(plan.keys) == len(set(plan.keys)) == len(plan) and plan.id != plan_study(file).id
    values = [planned_run.scenario.parameter_values()["payment.base"] for planned_run in plan]
    assert values == [0.5, 1.5, 0.5] * 4
    named = write(tmp_path, f'ensemble = "{(tmp_path / "wide.csv").as_posix()}"\n' + TINY, "named.toml")
    assert [planned_run.key for planned_run in plan_study(named)] == plan.keys


def test_sensitivity_varies_what_the_ensemble_leaves(store: Store) -> None:
    options = {
        "overrides": SMALL | {"months": 6},
        "size": 2,
        "replications": 1,
        "engine": InProcess(Pretend()),
        "store": store,
        "outcomes": (OUTCOME,),
    }
    found = sensitivity("vicious_cycle", ensemble=WIDE, **options)  # type: ignore[arg-type]
    assert "follow the ensemble wide" in found.warnings()[0] and "参数集合wide" in found.warnings("zh")[0]
    assert "payment.base" not in set(found.table["parameter"]) and "payment.norm_weight" in set(
        found.table["parameter"]
    )
    with pytest.raises(StudyError, match="among the factors"):
        sensitivity("vicious_cycle", ensemble=WIDE, factors=["payment.base"], **options)  # type: ignore[arg-type]


def test_ablation_and_tipping_take_members(store: Store, tmp_path: Path) -> None:
    found = ablate(
        "vicious_cycle",
        replications=2,
        pairs=False,
        overrides=SMALL,
        ensemble=WIDE,
        engine=InProcess(),
        store=store,
    )
    luck = ablate(
        "vicious_cycle", replications=2, pairs=False, overrides=SMALL, engine=InProcess(), store=store
    )
    assert not np.array_equal(found.base["city"], luck.base["city"]) or found.digest != luck.digest
    assert "2 of the 8 members" in found.sentences()[-1] and "luck only" in luck.sentences()[-1]
    found.save(tmp_path / "ablation")
    from sim.results.saved import load_found

    assert load_found(tmp_path / "ablation").sentences() == found.sentences()
    with pytest.raises(StudyError, match="allowed 2 or more"):
        tipping("vicious_cycle", ensemble=WIDE, store=store)


def test_the_command_takes_a_name_a_file_or_says_what_there_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "results" / "ensembles"
    folder.mkdir(parents=True)
    (folder / "mine.csv").write_text("payment.base\n1\n2\n", encoding="utf-8")
    assert load_ensemble("mine") == load_ensemble(folder / "mine.csv") == as_ensemble("mine")
    order = [
        "compare",
        "small_city",
        "small_city",
        "--replications",
        "2",
        "--months",
        "3",
        "--no-charts",
        "--in-process",
        "--lang",
        "zh",
        *(part for key, value in SMALL.items() if key != "months" for part in ("--set", f"{key}={value}")),
    ]
    done = CliRunner().invoke(app, [*order, "--ensemble", "mine"])
    assert done.exit_code == 0 and "参数集合mine，用到2组" in done.output.replace("\n", "")
    wrong = CliRunner().invoke(app, [*order, "--ensemble", "mien"])
    assert wrong.exit_code == 2 and "是否指'mine'" in wrong.output


def test_an_unknown_doubt_is_never_left_out() -> None:
    assert "luck only" in doubt_line(None)
    with in_language("zh"):
        assert "只含随机性" in doubt_line({})


def test_a_batch_runs_members_and_a_single_run_asks_which(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.csv").write_text("payment.base\n-1\n3\n", encoding="utf-8")
    order = ["small_city", "--months", "12", "--no-charts", "--lang", "en", "--ensemble", "mine.csv"]
    assert CliRunner().invoke(app, ["batch", *order, "--replications", "2"]).exit_code == 0
    (folder,) = (one for one in (tmp_path / "results" / "batch").iterdir() if one.is_dir())
    first = json.loads((folder / "headline.json").read_text(encoding="utf-8"))["outcomes"]
    (second,) = (
        json.loads(file.read_text(encoding="utf-8"))["outcomes"]
        for file in (folder / "replications").iterdir()
    )
    assert first[OUTCOME] + 0.1 < second[OUTCOME], "the second member's owners are readier to pay"
    assert "2 of the 2 members" in (tmp_path / "results" / "batch" / "index.html").read_text(encoding="utf-8")
    refused = CliRunner().invoke(app, ["run", *order])
    assert (
        refused.exit_code == 2
        and "one set of parameters" in refused.output
        and not (tmp_path / "results" / "small_city").exists()
    )
    assert CliRunner().invoke(app, ["run", *order, "--member", "2", "--out", "one"]).exit_code == 0
    assert (
        json.loads((tmp_path / "one" / "manifest.json").read_text(encoding="utf-8"))["parameters"][
            "payment.base"
        ]
        == 3
    )
