"""Estates rescued and harmed, on arms made by hand; what is said where rescues are too rare."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from paired_arms import arm, comparison

from sim.errors import StudyError
from sim.experiments.rescue import HARMED, NEITHER, RESCUED, count_rescues, fates_by_months
from sim.studies.comparison.arms import Arm, fates_of
from sim.studies.comparison.tables import of_estates
from sim.words import OCCUPANCY, PAYER_TYPES

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
    assert (counted.rescued, counted.harmed, counted.neither, counted.at_risk) == (4, 1, 35, 10)
    assert counted.share_rescued == 0.4 and counted.net == pytest.approx(3 / 40)
    assert counted.share_interval.low < 0.4 < counted.share_interval.high
    assert counted.net_exact.low < counted.net < counted.net_exact.high and counted.trusted
    table = found.fates.groupby("fate", observed=True).size()
    assert (table["rescued"], table["harmed"], table["neither"]) == (40, 10, 350)
    groups = of_estates(found.rescues).set_index("group")
    assert groups.loc[["commodity", "unit_built", "three_no", "resettlement"], "rescued"].sum() == 4
    assert groups.loc[["0", "1"], "harmed"].sum() == 1 and groups.loc["0", "estates"] == 20


def test_only_twelve_months_in_the_cycle_against_none_is_a_rescue_and_the_reverse_a_harm():
    before, after = arm("base", stuck(10), ZERO, ZERO), arm("new", stuck(10), ZERO, ZERO)
    months = after.estates["cycle_months_last_year"]
    months[:, 0], months[:, 1] = 0, 1  # of twelve without the policy
    months[:, 20], months[:, 21] = 12, 11  # of none without it
    fates = fates_of(before, after)
    assert fates[0, [0, 1, 20, 21]].tolist() == [RESCUED, NEITHER, HARMED, NEITHER]
    assert (fates[:, 2:20] == NEITHER).all()
    counted = comparison(before, after).rescued("new")
    assert (counted.rescued, counted.harmed, counted.neither) == (1, 1, 38)
    assert counted.at_risk == 10  # those that were in it all year, and no other


def test_an_estate_in_the_cycle_for_a_part_of_the_year_is_at_no_risk():
    before, after = arm("base", stuck(10), ZERO, ZERO), arm("new", stuck(0), ZERO, ZERO)
    before.estates["cycle_months_last_year"][:, 0] = 11
    counted = comparison(before, after).rescued("new")
    assert (counted.rescued, counted.at_risk, counted.neither) == (9, 9, 31)


def test_in_a_run_of_half_a_year_each_of_its_months_counts():
    without, within = np.array([6, 5, 0]), np.array([0, 0, 6])
    assert fates_by_months(without, within, 6).tolist() == [RESCUED, NEITHER, HARMED]
    assert fates_by_months(without, within, 30).tolist() == [NEITHER, NEITHER, NEITHER]


def test_households_go_with_their_estate():
    before, after = arm("base", stuck(10), ZERO, ZERO), arm("new", stuck(10), ZERO, ZERO)
    before.estates["households"][:, 0], before.estates["households"][:, 20] = 700, 30
    after.estates["cycle_months_last_year"][:, 0] = 0
    after.estates["cycle_months_last_year"][:, 20] = 12
    found = comparison(before, after)
    homes = found.rescued("new", "households")
    assert (homes.rescued, homes.harmed, homes.estates) == (700, 30, 38 * 100 + 730)
    assert homes.neither == 3800 and homes.at_risk == 900 + 700
    assert homes.trusted == found.rescued("new").trusted  # a large estate is still one estate
    table = of_estates(found.rescues, "households").set_index("group")
    kinds = ["commodity", "unit_built", "three_no", "resettlement"]
    for column in ("rescued", "harmed", "neither", "estates"):
        whole = table.loc["all", column]
        assert whole == table.loc[kinds, column].sum() == table.loc[["0", "1"], column].sum()
    with pytest.raises(StudyError, match="estates or households"):
        found.rescued("new", "owners")
    said = found.sentences()[0]
    assert (
        "1 estates rescued, 1 harmed of 40, 38 neither" in said
        and "4,530 households 700, 30 and 3,800" in said
    )
    assert "两者皆非38个" in found.sentences("zh")[0]


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
    alike = np.full((SEEDS, ESTATES), NEITHER)
    alike[:, :5] = RESCUED
    apart = np.full((SEEDS, ESTATES), NEITHER)
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
    said = dict(zip(("worse", "free", "unclear"), found.sentences()[:3], strict=True))
    assert "raises" in said["worse"] and "dominated" in said["worse"] and "4 harmed of 40" in said["worse"]
    assert (
        "lowers" in said["free"]
        and "no additional public cost" in said["free"]
        and "5 estates rescued" in said["free"]
    )
    assert (
        "cannot be told whether" in said["unclear"]
        and "luck" not in said["unclear"]
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


@pytest.mark.parametrize("fate", [NEITHER, RESCUED])
def test_households_that_share_a_fate_tell_no_more_than_their_estates(fate: int) -> None:
    fates = np.full((6, 7), fate)
    risk, homes = np.ones_like(fates, bool), np.full_like(fates, 300)
    estates, households = count_rescues(fates, risk), count_rescues(fates, risk, households=homes)
    assert (
        estates.share_interval.high - estates.share_interval.low > 0.05
    )  # 42 estates of one fate leave it open by some points
    assert (households.share_interval.low, households.share_interval.high) == pytest.approx(
        (estates.share_interval.low, estates.share_interval.high)
    )
    homes[:, 0] = 30_000  # one large estate weighs like few estates
    heavy = count_rescues(fates, risk, households=homes).share_interval
    assert heavy.high - heavy.low > 2 * (estates.share_interval.high - estates.share_interval.low)


def with_owners(one: Arm, tenants: int) -> Arm:
    """An arm whose estates of 100 households have so many tenants each, all else owner-occupiers, and all are
    conditional payers."""
    for kind, count in (("owner_occupier", 100 - tenants), ("tenant", tenants), ("conditional", 100)):
        one.estates[f"{kind}_households"] = np.full((SEEDS, ESTATES), count)
    homes = np.zeros((SEEDS, len(one.scenario.types), len(OCCUPANCY), len(PAYER_TYPES)))
    homes[:, :, 0, 0], homes[:, :, 1, 0] = 1000 - 10 * tenants, 10 * tenants
    return replace(one, owners={"households": homes, "satisfaction": homes / 2, "arrears": 3 * homes})


def test_kinds_of_owners_share_the_fate_of_their_estate_and_a_kind_that_nobody_is_of_has_no_row():
    before, after = with_owners(arm("base", stuck(10), ZERO, ZERO), 30), stuck(10)
    after[:, :4], after[:, 30] = False, True
    found = comparison(before, with_owners(arm("new", after, ZERO, ZERO), 30))
    table = found.rescues.query("by == 'occupancy' or by == 'payer'").set_index("group")
    assert sorted(table.index) == ["conditional", "owner_occupier", "tenant"]
    assert set(table["counted"]) == {"households"}, "owners are counted, not estates"
    assert table.loc["tenant", ["rescued", "harmed", "at_risk"]].tolist() == [4 * 30, 30, 10 * 30]
    assert table.loc["owner_occupier", ["rescued", "harmed"]].tolist() == [4 * 70, 70]
    changes = found.by_owner.set_index(["group", "measure"])
    share = changes.loc[("tenant", "cycle_households_share_last_year"), "difference"]
    assert share == pytest.approx(-3 / 40) and "vacant" not in changes.index


def test_arms_whose_owners_are_of_other_kinds_are_not_compared_by_kind():
    before, after = arm("base", stuck(10), ZERO, ZERO), arm("new", stuck(6), ZERO, ZERO)
    found = comparison(with_owners(before, 30), with_owners(after, 31))
    assert set(found.by_owner["by"]) == {"all", "type", "payer"}, "other people live in the flats"
    assert "occupancy" not in set(found.rescues["by"]) and "payer" in set(found.rescues["by"])
