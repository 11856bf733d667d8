"""What may happen stands beside how precisely the mean is known: levels that persist, withdrawals,
loops off, money, months."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import PolyCollection
from matplotlib.text import Text
from paired_arms import arm, comparison

from sim import charts
from sim.experiments.workplace import Workplace
from sim.outputs.public_money import cost_table
from sim.results.engines import InProcess
from sim.scenario import load, with_overrides
from sim.studies.ablation.ablate import Ablated, Ablation
from sim.studies.ablation.chart import ablation_matrix
from sim.studies.comparison.arms import Arm
from sim.studies.comparison.compare import compare
from sim.studies.comparison.comparison import Comparison
from sim.studies.comparison.saved import load_comparison
from sim.studies.comparison.withdrawal import (
    Withdrawal,
    columns_of,
    persistence_test,
    read_persistence,
    rows_of,
    withdrawal_test,
)
from sim.text import figures, in_language

TINY = {"spin_up": 0, "city.estates": 16, "city.districts": 2, "companies.private": 4, "months": 24} | {
    f"types.{kind}.households_mean": 40 for kind in ("commodity", "unit_built", "three_no", "resettlement")
}
OUTCOMES = ("cycle_share_last_year", "public_cost")
SEEDS = 6


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("what_may_happen")


@pytest.fixture(scope="module")
def compared(place: Path) -> Comparison:
    return compare(
        "vicious_cycle",
        "subsidy_only",
        replications=SEEDS,
        outcomes=OUTCOMES,
        overrides=TINY,
        engine=InProcess(),
        store=place / "store",
    )


@pytest.fixture(scope="module")
def withdrawn(place: Path) -> Withdrawal:
    return withdrawal_test(
        "subsidy_only",
        18,
        replications=SEEDS,
        overrides=TINY,
        engine=InProcess(),
        store=place / "store",
    )


def ends(values: np.ndarray) -> tuple[float, float]:
    return float(values.min()), float(values.max())


def test_a_level_that_persists_has_the_range_of_single_runs(compared: Comparison, place: Path) -> None:
    after = persistence_test(compared, 12, Workplace(engine=InProcess(), store=place / "store"))
    longer = compare(
        "vicious_cycle",
        "subsidy_only",
        replications=SEEDS,
        outcomes=("cycle_share_last_year",),
        overrides=TINY | {"months": 36},
        engine=InProcess(),
        store=place / "store",
    )
    (one,) = (
        one for one in after.levels if one.arm == "vicious_cycle" and one.outcome == "cycle_share_last_year"
    )
    values = longer.baseline.scalars["cycle_share_last_year"]
    assert (one.range.low, one.range.high) == ends(values) and one.range.pairs == SEEDS
    assert one.range.low < one.interval.low <= one.mean <= one.interval.high < one.range.high
    assert "what may happen: lowest to highest of 6 runs" in columns_of(after, 24)
    row = rows_of(after, {}, 24)[after.levels.index(one)]
    assert row[5].endswith("(rough)") and f"{100 * values.min():.1f}" in row[6]
    folder = compared.with_more(after=after).save(place / "kept")
    pd.testing.assert_frame_equal(load_comparison(folder).after.table, after.table)
    # of before there were ranges: no column of them rather than one of dashes
    old = after.table.drop(columns=["range_low", "range_high", "range_kind", "pairs"])

    assert len(columns_of(read_persistence(old, 0.95), 24)) == len(columns_of(after, 24)) - 1


def test_what_a_withdrawal_may_do_is_said_beside_its_mean(withdrawn: Withdrawal) -> None:
    (one,) = withdrawn.tests
    never, kept, ended = (each.scalars[one.outcome] for each in one.comparison.arms)
    assert (one.kept_range.low, one.kept_range.high) == ends(kept - never)
    assert (one.lost_range.low, one.lost_range.high) == ends(ended - kept)
    row = withdrawn.table.iloc[0]
    assert (row["ended_range_low"], row["ended_range_high"]) == ends(ended - never)
    assert row["pairs"] == SEEDS and row["range_kind"] == "lowest_highest"
    for lang, words in (("en", "what may happen: "), ("zh", "可能的变化：")):
        assert withdrawn.sentences(lang)[0].count(words) == 2
    assert "rough" in withdrawn.sentences("en")[0]


def test_a_withdrawal_is_read_back_as_it_was_saved(
    compared: Comparison, withdrawn: Withdrawal, place: Path
) -> None:
    saved = load_comparison(compared.with_more([withdrawn]).save(place / "withdrawn"))
    assert saved.withdrawn[0].sentences("en") == withdrawn.sentences("en")
    assert any("what may happen" in line for line in saved.report("en").finding)


def test_public_cost_by_year_and_bearer_has_the_range_of_runs_and_of_pairs(compared: Comparison) -> None:
    table = compared.public_cost_ranges
    named = table.set_index(["arm", "first_year", "last_year", "bearer", "price"])
    whole = named.loc[("subsidy_only", 1, 2, "public_cost", "constant")]
    paid, more = compared.arms[1].scalars["public_cost"], compared.paired("subsidy_only", "public_cost")
    assert (whole["range_low"], whole["range_high"]) == pytest.approx(ends(paid))
    assert (whole["more_range_low"], whole["more_range_high"]) == pytest.approx(ends(more))
    assert whole["low"] < whole["paid"] < whole["high"] and whole["pairs"] == SEEDS
    # the mean of each year and bearer is that of the table by year, and years and bearers add up to the whole
    by_year = compared.public_cost.set_index(["arm", "year", "bearer"])["nominal"]
    for year in (1, 2):
        for bearer in ("district", "state_owned"):
            one = named.loc[("subsidy_only", year, year, bearer, "nominal"), "paid"]
            assert one == pytest.approx(by_year["subsidy_only", year, bearer])
    assert named.loc[("subsidy_only", 1, 2, "public_cost", "nominal"), "paid"] == pytest.approx(
        by_year["subsidy_only"].sum()
    )
    assert not (table["bearer"] == "street").any()  # which bears nothing here


@pytest.mark.parametrize("seeds", [6, 44])
def test_beside_the_difference_of_public_cost_stands_the_range_of_its_pairs(seeds: int) -> None:
    luck = np.random.default_rng(seeds)
    before, after = luck.uniform(1e6, 2e6, seeds), luck.uniform(4e6, 9e6, seeds)
    in_cycle, years = luck.random((2, seeds, 8)) < 0.5, luck.uniform(3, 9, (2, seeds))
    found = comparison(
        arm("base", in_cycle[0], before, years[0]), arm("policy", in_cycle[1], after, years[1])
    )
    pairs = np.sort(after - before)
    if seeds == 6:
        low, high, kinds = (
            pairs[0],
            pairs[-1],
            ("lowest_highest", "lowest to highest of 6 pairs", "最低至最高"),
        )
    else:  # the places 0.05 (n + 1) and 0.95 (n + 1) among n pairs in order
        low = pairs[1] + 0.25 * (pairs[2] - pairs[1])
        high = pairs[41] + 0.75 * (pairs[42] - pairs[41])
        kinds = ("p5_p95", "5th to 95th percentile of 44 pairs", "第5至第95百分位")
    row = found.costs.iloc[0]
    assert (row["cost_range_low"], row["cost_range_high"]) == pytest.approx((low, high))
    assert (row["range_kind"], row["pairs"]) == (kinds[0], seeds)
    for lang, kind in (("en", kinds[1]), ("zh", kinds[2])):
        with in_language(lang):
            mean = figures.money(float(pairs.mean()))
            bounds = figures.interval(float(low), float(high), "yuan")
            (line,) = found.sentences()
        between, after_range = line.split(mean)[1].split(bounds)
        assert between in (" (", "（") and kind in after_range[:40], line


def test_the_money_table_for_readers_shows_ranges_under_each_bearer(compared: Comparison) -> None:
    costs, ranges = (
        table[table["arm"] == "subsidy_only"] for table in (compared.public_cost, compared.public_cost_ranges)
    )
    shown = cost_table(costs, 24, "subsidy_only", ranges)
    names = [row[0] for row in shown.rows]
    plain = [
        row for row in shown.rows if not row[0].startswith("·") and row[0] != "more than in the baseline"
    ]
    assert plain == list(cost_table(costs, 24, "subsidy_only").rows)
    assert names.count("· lowest of 6 runs") == len(plain) == names.count("· highest of 6 runs")
    assert names.count("· lowest of 6 pairs") == 1 and "· interval of the mean, from (rough)" in names
    first = names.index("· lowest of 6 runs")
    for low, mean, high in zip(
        *(shown.rows[place][1:] for place in (first, first - 1, first + 1)), strict=True
    ):
        assert float(low) <= float(mean) <= float(high)


def test_a_long_run_is_told_in_spans_that_have_ranges_of_their_own() -> None:
    months, seeds = 12 * 23, 6
    arms = [_paying(name, factor, seeds, months) for name, factor in (("base", 1.0), ("more", 3.0))]
    found = comparison(*arms)
    ranges = found.public_cost_ranges
    spans = set(zip(ranges["first_year"], ranges["last_year"], strict=True))
    assert {(1, 1), (23, 23), (1, 3), (22, 23), (1, 23)} <= spans
    own = ranges[ranges["arm"] == "more"]
    shown = cost_table(found.public_cost[found.public_cost["arm"] == "more"], months, "more", own)
    assert len(shown.columns) == 1 + 8 + 3 and all(len(row) == len(shown.columns) for row in shown.rows)


def _paying(name: str, factor: float, seeds: int, months: int) -> Arm:
    made = arm(name, np.zeros((seeds, 8), bool), np.ones(seeds), np.ones(seeds))

    made = Arm(name, with_overrides(made.scenario, {"months": months}), *list(made.__dict__.values())[2:])
    years = np.ones((1, months // 12, 3)) * np.arange(1.0, seeds + 1)[:, None, None] * 1e6 * factor
    return Arm(*list(made.__dict__.values())[:-1], {("district", "help"): years})


def ablation(changes: np.ndarray) -> Ablation:
    """Two loops whose absence changes the share in the cycle by known amounts, one a seed;
    with both off twice as much."""
    base = {"city": np.full(changes.size, 0.5)}
    off = [(("service",), 1.0), (("norm",), 0.5), (("service", "norm"), 2.0)]
    arms = [Ablated(loops, {"city": factor * changes}) for loops, factor in off]
    seeds = range(1, changes.size + 1)
    return Ablation(load("small_city"), ("service", "norm"), base, arms, seeds, 0.95, 0, "digest")


def test_loops_taken_away_have_the_range_of_pairs_in_table_sentence_report_and_chart() -> None:
    changes = np.linspace(-0.3, -0.1, 8)
    found = ablation(changes)
    row = found.table.iloc[0]
    assert (row["range_low"], row["range_high"], row["pairs"]) == (-0.3, -0.1, 8)
    assert "what may happen: −30.0 to −10.0 points, lowest to highest of 8 pairs" in found.sentences("en")[0]
    (table,) = found.report("en").tables
    assert "what may happen: lowest to highest of 8 pairs" in table.columns
    assert table.rows[0][3] == "−30.0 to −10.0 points" and table.rows[0][2].endswith("(rough))")
    assert any("−30.0 … −10.0" in text.get_text() for text in ablation_matrix(found).texts)


def test_few_pairs_make_no_loop_sure_in_the_chart() -> None:
    """Black and larger are the changes that are sure; of three pairs none is, even if they agree."""
    sizes = {
        count: [
            text.get_fontsize()
            for text in ablation_matrix(ablation(np.full(count, -0.2))).texts
            if text.get_text() == "−20.0"
        ]
        for count in (3, 6)
    }
    assert len(sizes[3]) == len(sizes[6]) == 1 and sizes[3] < sizes[6]


def test_the_matrix_has_the_interval_of_each_mean_and_only_the_half_of_the_scale_that_there_is() -> None:
    """Where taking away only lowers the share, no colour of a rise stands beside it."""
    found = ablation(np.linspace(-0.3, -0.1, 8))
    ax = ablation_matrix(found)
    interval = found.interval(found.arms[0].off, "city")
    written = [text.get_text() for text in ax.texts]
    assert f"[{figures.signed(100 * interval.low, 1)} … {figures.signed(100 * interval.high, 1)}]" in written
    (bar,) = ax.child_axes
    low, high = bar.get_ylim()
    assert low == pytest.approx(-40) and high == 0  # with both off it falls by twice as much


def by_month(found: Comparison, kind: str) -> list[tuple[np.ndarray, np.ndarray]]:
    """Lower and upper edge of each band of a kind ("band", "_range"), panel by panel."""
    figure = found.plot("differences")
    bands = figure.findobj(
        lambda item: isinstance(item, PolyCollection) and item.get_label().startswith(kind)
    )
    edges = []
    for band in bands:
        points = pd.DataFrame(band.get_paths()[0].vertices, columns=["x", "y"]).groupby("x")["y"]
        edges.append((points.min().to_numpy(), points.max().to_numpy()))
    return edges


def test_the_light_band_of_months_contains_the_dark_one(compared: Comparison) -> None:
    dark, light = by_month(compared, "band"), by_month(compared, "_range")
    assert len(dark) == len(light) == 4
    for inner, outer in zip(dark, light, strict=True):
        assert (outer[0] <= inner[0] + 1e-9).all() and (inner[1] <= outer[1] + 1e-9).all()
        assert (outer[1] - outer[0]).max() > (inner[1] - inner[0]).max()
    for lang, words in (
        (
            "en",
            (
                "dark band: 95% interval of the mean",
                "light band: what may happen, lowest to highest of 6 pairs",
            ),
        ),
        ("zh", ("深色带：逐月均值的95%置信区间", "浅色带：可能的变化，为6对运行的最低至最高")),
    ):
        alt = charts.alt_text(compared, "differences", lang)
        figure = compared.plot("differences", lang)
        between = " " if lang == "en" else ""  # where a line of the heading goes on in the next
        heading = " ".join(text.get_text().replace("\n", between) for text in figure.findobj(Text))
        assert all(one in alt.replace("\n", "") for one in words) and all(one in heading for one in words)


def test_of_three_pairs_there_is_no_dark_band(place: Path) -> None:
    few = compare(
        "vicious_cycle",
        "subsidy_only",
        replications=3,
        outcomes=OUTCOMES,
        overrides=TINY,
        engine=InProcess(),
        store=place / "store",
    )
    assert all(np.allclose(*edges) for edges in by_month(few, "band"))
    assert any((high > low).any() for low, high in by_month(few, "_range"))
    alt = charts.alt_text(few, "differences", "en")
    assert "light band" in alt and "dark band" not in alt


def test_rescued_estates_have_a_range_and_of_few_pairs_no_interval() -> None:
    def found(seeds: int) -> Comparison:
        inside = np.ones((seeds, 8), bool)
        out = inside.copy()
        for seed in range(seeds):
            out[seed, : 1 + seed % 4] = False
        cost = np.ones(seeds)
        return comparison(arm("base", inside, cost, cost), arm("policy", out, cost, cost))

    many, few = found(8), found(4)
    for one in (many, few):
        held = one.rescued("policy").rescued_range
        assert (held.low, held.high) == (1.0, 4.0)
    assert many.rescued("policy").share_interval.exists and not few.rescued("policy").share_interval.exists
    table = many.report("en").gains[0]
    assert "1.0–4.0" in table.rows[0][4] and "rough" in table.rows[0][4]
    assert "what may happen: lowest to highest of 8 pairs" in table.note
    assert math.isnan(few.rescues["share_rescued_low"].iloc[0])
