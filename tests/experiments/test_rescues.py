"""Estates rescued and harmed, on arms made by hand; what is said where rescues are too rare."""

from __future__ import annotations

import numpy as np
import pytest
from paired_arms import arm, comparison

from sim.errors import StudyError
from sim.experiments.rescue import HARMED, RESCUED, UNCHANGED, count_rescues, fates_of

SEEDS, ESTATES = 10, 40
ZERO = np.zeros(SEEDS)


def stuck(count: int) -> np.ndarray:
    """The first `count` estates in the cycle, in every seed."""
    return np.tile(np.arange(ESTATES) < count, (SEEDS, 1))


def varied(counts: list[int]) -> np.ndarray:
    """The first so many estates in the cycle, seed by seed."""
    return np.arange(ESTATES)[None, :] < np.array(counts)[:, None]


def test_fates_are_counted_estate_by_estate():
    before = stuck(10)
    after = before.copy()
    after[:, :4] = False
    after[:, 30] = True
    found = comparison(arm("base", before, ZERO, ZERO), arm("new", after, ZERO, ZERO))
    counted = found.rescued("new")
    assert (counted.rescued, counted.harmed, counted.unchanged, counted.at_risk) == (4, 1, 35, 10)
    assert counted.share_rescued == 0.4 and counted.net == pytest.approx(3 / 40)
    assert counted.share_interval.low < 0.4 < counted.share_interval.high
    assert counted.net_exact.low < counted.net < counted.net_exact.high and counted.trusted
    table = found.fates.groupby("fate", observed=True).size()
    assert (table["rescued"], table["harmed"], table["unchanged"]) == (40, 10, 350)
    groups = found.rescues.set_index("group")
    assert groups.loc[["commodity", "unit_built", "three_no", "resettlement"], "rescued"].sum() == 4
    assert groups.loc[["0", "1"], "harmed"].sum() == 1 and groups.loc["0", "estates"] == 20


def test_rule_months_counts_a_year_less():
    before, after = arm("base", stuck(10), ZERO, ZERO), arm("new", stuck(10), ZERO, ZERO)
    after.estates["cycle_months"] = before.estates["cycle_months"].copy()
    after.estates["cycle_months"][:, 0] -= 12
    after.estates["cycle_months"][:, 1] -= 11
    after.estates["cycle_months"][:, 20] += 12
    fates = fates_of(before, after, "months")
    assert fates[0, [0, 1, 20]].tolist() == [RESCUED, UNCHANGED, HARMED]
    assert (fates_of(before, after, "end") == UNCHANGED).all()
    with pytest.raises(StudyError, match="rule"):
        fates_of(before, after, "sometimes")


def test_rare_rescues_are_warned_of_and_common_ones_are_not():
    rare = varied([10] * 8 + [9, 8])
    common = varied([4, 6, 5, 3, 7, 5, 4, 6, 5, 5])
    found = comparison(
        arm("base", stuck(10), ZERO, ZERO), arm("rare", rare, ZERO, ZERO), arm("common", common, ZERO, ZERO)
    )
    assert not found.rescued("rare").trusted and found.rescued("common").trusted
    for lang, words in (("en", "too rare"), ("zh", "过于罕见")):
        said = [line for line in found.warnings(lang) if words in line]
        assert len(said) == 1 and said[0].startswith("rare")


def test_no_rescue_at_all_is_no_reason_to_warn():
    found = comparison(arm("base", stuck(10), ZERO, ZERO), arm("same", stuck(10), ZERO, ZERO))
    assert found.rescued("same").trusted and not any("rare" in line for line in found.warnings())
    assert found.rescued("same").share_interval.high < 0.05


def test_share_rescued_is_wider_where_seeds_differ():
    alike = np.full((SEEDS, ESTATES), UNCHANGED)
    alike[:, :5] = RESCUED
    apart = np.full((SEEDS, ESTATES), UNCHANGED)
    apart[::2, :10] = RESCUED
    risk = stuck(20)
    narrow, wide = count_rescues(alike, risk).share_interval, count_rescues(apart, risk).share_interval
    assert wide.width > 1.5 * narrow.width


def test_sentences_say_dominated_free_and_uncertain():
    generator = np.random.default_rng(1)
    base_years = generator.normal(50, 5, SEEDS)
    worse = arm(
        "worse", stuck(14), generator.normal(1e6, 1e4, SEEDS), base_years + generator.normal(10, 1, SEEDS)
    )
    free = arm("free", stuck(5), ZERO, base_years - generator.normal(10, 1, SEEDS))
    noise = generator.normal(0, 3, SEEDS)
    unclear = arm(
        "unclear", stuck(10), generator.normal(1e6, 1e4, SEEDS), base_years + noise - noise.mean() - 0.1
    )
    found = comparison(arm("base", stuck(10), ZERO, base_years), worse, free, unclear)
    said = dict(zip(("worse", "free", "unclear"), found.sentences(), strict=True))
    assert "raises" in said["worse"] and "dominated" in said["worse"] and "4 harmed of 40" in said["worse"]
    assert (
        "lowers" in said["free"]
        and "no additional public cost" in said["free"]
        and "5 estates rescued" in said["free"]
    )
    assert (
        "more than luck" in said["unclear"]
        and "no upper bound" in said["unclear"]
        and "replications would" in said["unclear"]
    )
    assert "不可取" in found.sentences("zh")[0]


def test_needed_replications_follow_the_difference_asked_about():
    generator = np.random.default_rng(2)
    years = generator.normal(50, 5, SEEDS)
    other = arm("other", stuck(8), ZERO, years + generator.normal(-2, 2, SEEDS))
    base = arm("base", stuck(10), ZERO, years)
    spread = float((other.scalars["cycle_share"] - base.scalars["cycle_share"]).std(ddof=1))
    asked = comparison(base, other, differences=(("cycle_share", spread / 2),))
    assert asked.differences.set_index("outcome").loc["cycle_share", "replications_needed"] == 34
    assert asked.replications_needed("other", "cycle_share", difference=spread) == 10
    assert asked.replications_needed("other", "cycle_share", difference=0.0) is None
    assert asked.replications_needed("other", "cycle_share", width=spread / 2) == 64
