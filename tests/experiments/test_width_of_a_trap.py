"""How wide a trap may be in a single draw, from settled rates that are known; nothing is run."""

from __future__ import annotations

from collections.abc import Callable

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.axes import Axes

from sim.outputs.style import owner
from sim.results.saved import decode, encode
from sim.scenario import load
from sim.studies.tipping.chart import bifurcation, hysteresis
from sim.studies.tipping.levers import ADDED_INCOME, Lever
from sim.studies.tipping.report import _widths
from sim.studies.tipping.resting_states import Settled, Settling, Trial, agent_width
from sim.studies.tipping.tipping import NOT_ASKED, Loop, Tipping, TypeMap
from sim.studies.tipping.words import loop_line, width_line
from sim.text import in_language

VALUES = (0.0, 0.1, 0.2, 0.3, 0.4)
TRAPPED = {  # by seed: the values at which its estates end low and high
    1: (0.1, 0.2),
    2: (0.1, 0.2, 0.3),
    3: (0.1, 0.2),
}


def trial(start: float, high: tuple[bool, ...], kept: bool = True, drift: float = 0.0) -> Trial:
    rates = np.concatenate([np.full(4, 0.8 if one else 0.3) for one in high])
    return Trial(start, len(high), rates, drift, (drift,) * len(high) if kept else ())


def settling(
    seeds: tuple[int, ...] = (1, 2, 3), kept: bool = True, moving: tuple[float, ...] = ()
) -> Settling:
    """Estates that start low end low where their seed is trapped, and high elsewhere; at the values `moving`
    they are still on their way."""
    points = {}
    for value in VALUES:
        free = tuple(value not in TRAPPED[seed] for seed in seeds)
        every = (True,) * len(seeds)
        drift = 1.0 if value in moving else 0.0
        starts = {0.05: trial(0.05, free, kept, drift), 0.95: trial(0.95, every, kept, drift)}
        points[value] = Settled(value, starts)
    return Settling.of_parts(load("small_city"), Lever(ADDED_INCOME, "commodity"), seeds, points)


def type_map(found: Settling, seeds: int) -> TypeMap:
    out = np.full((seeds, 2), 0.3)
    back = out + np.linspace(0.4, 0.5, seeds)[:, None] * [0.0, 1.0]
    loop = Loop(found.lever, np.array([0.0, 0.4]), out, back, 60)
    return TypeMap("commodity", found.lever, {}, found, (agent_width(found),), loop)


def map_of(found: TypeMap) -> Tipping:
    return Tipping(load("small_city"), [found], None, NOT_ASKED, 0, "")


def test_the_range_reaches_from_the_values_inside_to_the_next_ones_tried() -> None:
    width = agent_width(settling())
    assert width.width == pytest.approx(0.2)  # of all seeds together
    assert (width.range.low, width.range.high) == pytest.approx((0.1, 0.4))  # of seeds 1 and 3; of seed 2
    assert (width.range.pairs, width.range_open) == (3, False)


def test_a_draw_whose_two_states_go_on_beyond_the_sweep_leaves_the_range_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(TRAPPED, 2, VALUES[1:])
    found = settling()
    width = agent_width(found)
    assert width.range_open and not width.high_open
    with in_language("en"):
        assert "0.1 to ≥ 0.4 (lowest to highest of 3 seeds)" in width_line("T", width, type_map(found, 3))


@pytest.mark.parametrize(
    ("lang", "wide", "apart"),
    [
        (
            "en",
            "0.1 to 0.4 (lowest to highest of 3 seeds)",
            "40.0 to 50.0 points (lowest to highest of 3 seeds)",
        ),
        ("zh", "0.1至0.4（3个种子的最低至最高）", "（3个种子的最低至最高）"),
    ],
)
def test_width_and_loop_say_what_they_may_be_in_a_single_draw(lang: str, wide: str, apart: str) -> None:
    found = type_map(settling(), 3)
    with in_language(lang):
        assert wide in width_line("T", found.widths[0], found)
        assert apart in loop_line("T", found)


@pytest.mark.parametrize(("lang", "draw"), [("en", "one draw, seed 2"), ("zh", "一次抽样，种子2")])
def test_of_one_seed_width_and_loop_are_one_draw(lang: str, draw: str) -> None:
    found = type_map(settling((2,)), 1)
    with in_language(lang):
        assert draw in width_line("T", found.widths[0], found)
        assert draw in loop_line("T", found)


@pytest.fixture
def in_no_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two of three seeds have a trap of their own, at values apart, so that no value has one in most."""
    for seed, trapped in ((1, (0.1,)), (2, (0.3,)), (3, ())):
        monkeypatch.setitem(TRAPPED, seed, trapped)


@pytest.mark.usefixtures("in_no_pool")
@pytest.mark.parametrize(
    ("lang", "alone", "wide"),
    [
        ("en", "2 of 3 have two states", "0 to 0.2 (lowest to highest of 3 seeds)"),
        ("zh", "3个中有2个", "0至0.2（3个种子的最低至最高）"),
    ],
)
def test_where_all_seeds_together_have_no_trap_single_draws_may(lang: str, alone: str, wide: str) -> None:
    found = type_map(settling(), 3)
    width = found.widths[0]
    assert np.isnan(width.low) and width.width == 0
    with in_language(lang):
        line = width_line("T", width, found)
        (row,) = _widths(map_of(found)).rows
    assert alone in line and wide in line
    assert wide in row


@pytest.mark.usefixtures("in_no_pool")
def test_without_a_trap_one_seed_is_still_one_draw() -> None:
    found = type_map(settling((3,)), 1)
    with in_language("en"):
        line = width_line("T", found.widths[0], found)
        (row,) = _widths(map_of(found)).rows
    assert "no trap" in line and "one draw, seed 3" in line
    assert "one draw, seed 3" in row


@pytest.mark.parametrize("draw", [bifurcation, hysteresis])
@pytest.mark.parametrize(("seeds", "one"), [((2,), True), ((1, 2, 3), False)])
def test_a_chart_of_one_seed_names_the_draw(
    draw: Callable[..., Axes], seeds: tuple[int, ...], one: bool
) -> None:
    with in_language("en"):
        ax = draw(map_of(type_map(settling(seeds), len(seeds))))
    (subtitle,) = (note.get_text() for note in ax.texts if note.get_gid() == "subtitle")
    plt.close(owner(ax))
    assert ("one draw, seed 2" in subtitle) == one
    if draw is hysteresis:
        assert ("mean of 3 draws" in subtitle) != one


def test_a_result_of_before_each_seeds_drift_was_kept_has_no_range() -> None:
    width = agent_width(settling(kept=False))
    assert width.width == pytest.approx(0.2) and not width.range.exists


@pytest.mark.parametrize(
    ("moving", "low", "high", "is_open"),
    [
        ((0.3,), 0.1, 0.4, False),  # of seeds 1 and 3 two states may go on to 0.3
        ((0.0, 0.4), 0.1, 0.4, True),  # nobody knows whether seed 2's end at 0.3
        ((0.1,), 0.0, 0.4, False),
        ((0.1, 0.2), 0.0, 0.4, False),  # what would have two states is moving: of seeds 1 and 3 none is sure
    ],
)
def test_a_value_at_which_estates_still_move_bounds_no_width(
    moving: tuple[float, ...], low: float, high: float, is_open: bool
) -> None:
    width = agent_width(settling(moving=moving))
    assert (width.range.low, width.range.high) == pytest.approx((low, high))
    assert width.range_open == is_open


def test_where_nothing_came_to_rest_no_width_is_said_not_even_none() -> None:
    found = type_map(settling(moving=VALUES), 3)
    width = found.widths[0]
    assert np.isnan([width.width, width.area]).all() and not width.range.exists
    with in_language("en"):
        line = width_line("T", width, found)
        (row,) = _widths(map_of(found)).rows
    assert "nothing is said of a trap" in line and "single draw" not in line
    assert not any(cell.startswith("0") for cell in row)


def test_the_range_is_saved_with_the_width() -> None:
    width = agent_width(settling())
    assert decode(encode(width)).range == width.range
