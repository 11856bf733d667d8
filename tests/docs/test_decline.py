"""docs/make_decline.py: how a decline is shared out among its causes, what a spell without a manager is, and
that both pages say the same figures."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from sim.words import MODES

DOCS = Path(__file__).parents[2] / "docs"
MARKET, NONE, SELF = (MODES.index(name) for name in ("market", "none", "self"))


@pytest.fixture(scope="module")
def decline() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_decline", DOCS / "make_decline.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_causes_that_add_up_get_what_each_takes_away_and_one_that_needs_another_shares(
    decline: ModuleType,
) -> None:
    weights = {"spread": 3.0, "growth": 8.0, "loops": 20.0}

    def rises(of: dict[str, float]) -> dict[tuple[str, ...], float]:
        return {gone: 2.0 + sum(of[c] for c in of if c not in gone) for gone in decline.worlds()}

    assert decline.shapley(rises(weights)) == pytest.approx(weights | {"rest": 2.0})
    # growth that does harm through the loops alone is half of each
    joint = {gone: 10.0 * ("growth" not in gone and "loops" not in gone) for gone in decline.worlds()}
    parts = decline.shapley(joint)
    assert parts == pytest.approx({"spread": 0.0, "growth": 5.0, "loops": 5.0, "rest": 0.0})


def test_a_spell_ends_well_where_a_company_comes_within_three_years(decline: ModuleType) -> None:
    modes = np.full((decline.MONTHS + 1, 5), MARKET)
    companies = np.zeros((decline.MONTHS + 1, 5), np.int64)
    for column, (first, last) in enumerate(((10, 40), (10, 80), (10, 30), (230, 240))):
        modes[first:last, column], companies[first:last, column] = NONE, -1
    modes[30:, 2], companies[30:, 2] = SELF, -1  # owners manage themselves, and no company comes
    # of the fourth it cannot be known yet, and the fifth never lost its company
    assert list(decline.spell_ends(modes, companies)) == [True, False, False]


def test_a_world_without_a_cause_lacks_just_that(decline: ModuleType) -> None:
    worlds = decline.worlds()
    assert all(world.spin_up == decline.SPUN and world.months == decline.MONTHS for world in worlds.values())
    assert worlds[("growth",)].parameters["service"]["cost_growth"] == 0.0
    assert {kind.fee_price_spread for kind in worlds[("spread",)].types.values()} == {0.0}
    assert not any(worlds[("loops",)].loops.model_dump().values())
    assert [n for n, on in worlds[("exit",)].loops.model_dump().items() if not on] == ["exit"]


def test_both_pages_say_the_same_figures(decline: ModuleType) -> None:
    said = []
    for page in decline.PAGES.values():
        text = page.read_text(encoding="utf-8")
        tables = re.findall(r"<!-- (?:start|decline) -->\n(.*?)<!-- end -->", text, re.DOTALL)
        assert len(tables) == 2
        said.append([re.findall(r"-?\d+\.\d+", table) for table in tables])
    assert said[0] == said[1] and all(said[0])
