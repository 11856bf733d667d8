"""docs/make_interventions_table.py: what is compared with what, doses within their ranges, which harm is
told, and that both pages say the same figures."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from sim.model.programmes.describe import kinds
from sim.results.outcomes import OUTCOMES
from sim.scenario import load, load_programmes
from sim.scenario.programme import read_programme

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def made() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "make_interventions_table", DOCS / "make_interventions_table.py"
    )
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def runs(made: ModuleType, arm: object, without: object, moved: dict[str, list[float]]) -> dict:
    """Outcomes of an arm that moved some of them by so much in each pair, and of the arm without it."""
    pairs = len(next(iter(moved.values())))
    plain = [{name: 10.0 * (1 + seed) for name in OUTCOMES} for seed in range(pairs)]
    changed = [
        one | {name: one[name] + by[seed] for name, by in moved.items()} for seed, one in enumerate(plain)
    ]
    return {without: plain, arm: changed}


def test_a_measure_is_compared_seed_by_seed_with_the_same_world_without_it(made: ModuleType) -> None:
    arm, plain = made.Arm("retrofit", 1.0, made.OVER), made.Arm("", 1.0, made.OVER)
    found = runs(made, arm, plain, {"cycle_share_last_year": [-0.1, -0.3]})
    assert made.difference(found, arm, "cycle_share_last_year", -100.0) == pytest.approx([10.0, 30.0])
    with pytest.raises(KeyError):
        made.difference(found, made.Arm("retrofit", 1.0, made.DEFAULTS), "cycle_share_last_year")


def test_every_dose_of_every_measure_is_one_and_only_its_amounts_differ(made: ModuleType) -> None:
    for kind in kinds():
        model = load_programmes()[kind]
        plain = read_programme(made.programme_of(model, 1.0)).model_dump()
        for dose in made.DOSES:
            other = read_programme(made.programme_of(model, dose)).model_dump()
            changed = {name for name in plain if plain[name] != other[name]}
            assert changed <= set(made.amounts_of(model)) and (not changed or dose != 1.0)
    subsidy = made.programme_of(load_programmes()["operating_subsidy"], 2.0)
    assert (
        subsidy["first_year"] == 2 * load_programmes()["operating_subsidy"].model_fields["first_year"].default
    )


def test_the_harm_that_is_told_is_the_surest_and_none_where_nothing_is_sure(made: ModuleType) -> None:
    arm, plain = made.Arm("disclosure", 1.0, made.DEFAULTS), made.Arm("", 1.0, made.DEFAULTS)
    moved = {
        "exits": [5.0, 6.0, 5.0, 6.0, 5.0, 6.0],
        "complaints_last_year": [90.0, 10.0, 50.0, 120.0, 30.0, 60.0],
        "state_owned_losses": [-9.0, -9.1, -9.0, -9.1, -9.0, -9.1],  # better, however surely
    }
    name, values = made.worst_of(runs(made, arm, plain, moved), arm)
    assert name == "exits" and values == pytest.approx(moved["exits"])
    unsure = {"exits": [5.0, -6.0, 5.0, -6.0, 1.0, 0.5]}
    assert made.worst_of(runs(made, arm, plain, unsure), arm) is None
    few = {"exits": [5.0, 6.0]}
    assert made.worst_of(runs(made, arm, plain, few), arm) is None, "two pairs show nothing"


def test_a_page_tells_every_dose_of_every_measure_that_has_amounts(made: ModuleType) -> None:
    luck = np.random.default_rng(1)
    found = {
        arm: [dict(zip(OUTCOMES, luck.random(len(OUTCOMES)), strict=True)) for _ in range(2)]
        for arm in made.arms_of(made.DOSES)
    }
    members = made.Ensemble("few", ({"payment.base": 1.0},))
    pages = [made.page(found, load(made.CITY), members, 2, made.DOSES, lang) for lang in ("en", "zh")]
    scaled = [kind for kind in kinds() if made.amounts_of(load_programmes()[kind])]
    assert len(scaled) > 25
    for text in pages:
        rows = [line for line in text.splitlines() if line.startswith("| ")]
        assert len(rows) == (2 + len(kinds())) + (2 + len(scaled))
    numbers = [re.findall(r"[-+]\d+\.\d", text) for text in pages]
    assert numbers[0] == numbers[1]


def test_one_that_does_nothing_says_which_rule_is_off(made: ModuleType) -> None:
    city = load(made.CITY)
    off = city.model_copy(update={"mechanisms": city.mechanisms.model_copy(update={"guided_prices": False})})
    with made.in_language("en"):
        assert "mechanisms.guided_prices" in made.way_of("guide_price_release", off, "en")
        assert "It did nothing here" not in made.way_of("retrofit", off, "en")
