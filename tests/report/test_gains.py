"""Who gains and who loses: every number of the table, the picture, the brief and the page on it is recomputed
from the owners and the stages of the cities themselves."""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

import sim
from sim.experiments.intervals import mean_interval, range_of
from sim.kinds import load_result
from sim.model.engine import Engine
from sim.outputs.brief import brief_of
from sim.results.reading import in_cycle
from sim.studies.comparison.gains_words import gains_tables
from sim.text import figures, in_language
from sim.words import OCCUPANCY, PAYER_TYPES

pytestmark = pytest.mark.usefixtures("words_only")
MEASURES = ("cycle_households_share_last_year", "satisfaction_end", "arrears_per_household_end")


class Lived(NamedTuple):
    """A city at its end: of each owner the estate, kinds and what he has, and of each estate its type and the
    months of the last twelve in which it was in the cycle."""

    owners: pd.DataFrame
    months: np.ndarray
    satisfaction: float  # of the city's own table
    arrears: float


def lived(scenario, seed: int) -> Lived:
    with Engine(scenario, seed) as city:
        city.run()
        estates, owners = city.state.estates, city.state.owners
        whose = np.searchsorted(estates["first_owner"], np.arange(owners.area.size), side="right") - 1
        table = pd.DataFrame(
            {
                "estate": whose,
                "type": np.array(list(scenario.types))[estates["type"][whose]],
                "occupancy": np.array(OCCUPANCY)[owners.occupancy],
                "payer": np.array(PAYER_TYPES)[owners.payer_type],
                "satisfaction_end": owners.satisfaction.astype(float),
                "arrears_per_household_end": owners.arrears / 100,
            }
        )
        stages = city.outcomes.stage[-12:]
        weights = estates["households"] / estates["households"].sum()
        return Lived(
            table,
            in_cycle(stages).sum(axis=0),
            float((city.outcomes.satisfaction[-1] * weights).sum()),
            float(city.outcomes.arrears[-1].sum() / 100),
        )


@pytest.fixture(scope="module")
def found(comparison_folder):
    return load_result(comparison_folder)


@pytest.fixture(scope="module")
def cities(found) -> tuple[list[Lived], list[Lived]]:
    """The cities of the baseline and of the other arm, seed by seed, carried out once more."""
    first, second = ([lived(arm.scenario, seed) for seed in found.seeds] for arm in found.arms)
    return first, second


def groups(found) -> list[tuple[str, str]]:
    kinds = [("type", name) for name in found.baseline.scenario.types]
    kinds += [("occupancy", name) for name in OCCUPANCY] + [("payer", name) for name in PAYER_TYPES]
    return [("all", "all"), *kinds]


def members(city: Lived, by: str, group: str) -> pd.DataFrame:
    return city.owners if by == "all" else city.owners[city.owners[by] == group]


Told = dict[tuple[str, str, str], np.ndarray]


@pytest.fixture(scope="module")
def told(found, cities) -> Told:
    """The mean of each measure over the owners of each group, by group and measure: (arms, seeds)."""
    means: Told = {}
    for by, group in groups(found):
        own = [[members(city, by, group) for city in arm] for arm in cities]
        for measure in MEASURES[1:]:
            means[by, group, measure] = np.array([[one[measure].mean() for one in arm] for arm in own])
        inside = [
            [(city.months[one["estate"].to_numpy()] / 12).mean() for city, one in zip(arm, each, strict=True)]
            for arm, each in zip(cities, own, strict=True)
        ]
        means[by, group, MEASURES[0]] = np.array(inside)
    return means


def recomputed(values: np.ndarray | list[int]) -> list[float]:
    paired = np.array(values)
    interval, held = mean_interval(paired), range_of(paired)
    return [paired.mean(), interval.low, interval.high, held.low, held.high, held.pairs]


def test_owners_of_a_city_add_up_to_what_the_city_says(cities) -> None:
    for city in (*cities[0], *cities[1]):
        # the table's is taken before the month's last phases, which move some owners' a little
        assert city.owners["satisfaction_end"].mean() == pytest.approx(city.satisfaction, abs=1e-3)
        assert city.owners["arrears_per_household_end"].sum() == pytest.approx(city.arrears, rel=1e-9)


def test_changes_of_each_group_are_those_of_its_owners(found, cities, told) -> None:
    table = found.by_owner.set_index(["by", "group", "measure"])
    assert set(table.index.droplevel("measure")) == set(groups(found)), "each group, and no other"
    for (by, group, measure), row in table.iterrows():
        before, after = told[by, group, measure]
        wanted = recomputed(after - before)
        columns = ["difference", "low", "high", "range_low", "range_high", "pairs"]
        np.testing.assert_allclose(row[columns].astype(float), wanted, rtol=1e-7, atol=1e-9)
        homes = np.mean([len(members(city, by, group)) for city in cities[0]])
        assert row["households"] == pytest.approx(homes)
        assert row["baseline_mean"] == pytest.approx(np.mean(before), rel=1e-7)


def fates(cities, by: str, group: str) -> dict[str, list[int]]:
    """Households of a group that are rescued and harmed, seed by seed, owner by owner."""
    told: dict[str, list[int]] = {"rescued": [], "harmed": []}
    for without, within in zip(*cities, strict=True):
        estate = members(without, by, group)["estate"].to_numpy()
        for fate, one, other in (("rescued", without, within), ("harmed", within, without)):
            told[fate].append(int(((one.months[estate] == 12) & (other.months[estate] == 0)).sum()))
    return told


def test_households_rescued_and_harmed_are_counted_owner_by_owner(found, cities) -> None:
    table = found.rescues[found.rescues["counted"] == "households"].set_index(["by", "group"])
    for by, group in groups(found):
        for fate, counts in fates(cities, by, group).items():
            row = table.loc[(by, group)]
            ends = ("", "_low", "_high", "_range_low", "_range_high")
            own = [row[f"{fate}{end}"] for end in ends] + [row["pairs"]]
            np.testing.assert_allclose(np.array(own, float), recomputed(counts), rtol=1e-9, atol=1e-9)
    for by in ("type", "occupancy", "payer"):
        for column in ("rescued", "harmed", "neither", "estates", "at_risk"):
            assert table.loc[by, column].sum() == pytest.approx(table.loc[("all", "all"), column]), by


def without_unit(measure: str):
    if measure == "arrears_per_household_end":
        return lambda value: figures.decimal(value, 0)
    return lambda value: figures.decimal(100 * value, 1)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_table_of_a_report_writes_them_and_nothing_else(found, cities, told, lang: str) -> None:
    with in_language(lang):
        (table,) = gains_tables(found, by_title=True)
        part = found.report(lang) if lang == "en" else None
        assert part is None or table in (*part.gains, *part.tables)
        assert len(table.rows) == len(groups(found))
        for row, (by, group) in zip(table.rows, groups(found), strict=True):
            assert row[2] == figures.count(np.mean([len(members(one, by, group)) for one in cities[0]]))
            for cell, measure in zip(row[3:], MEASURES, strict=True):
                values = told[by, group, measure][1] - told[by, group, measure][0]
                written = without_unit(measure)
                mean, *ends, _ = recomputed(values)
                shown = written(mean)
                assert cell.startswith(f"+{shown}" if mean > 0 and shown.strip("0.") else shown)
                bounds = re.findall(r"−?[\d,.]*\d", cell)[1:]
                assert bounds[:4] == [written(one) for one in ends if one == one] or min(values) == max(
                    values
                )
                assert ("rough" in cell or "粗略" in cell) == (ends[0] == ends[0]), "six pairs"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_picture_shows_the_same_households(found, cities, told, lang: str) -> None:
    said = [text.get_text() for text in found.plot("gains", lang).findobj(Text)]
    alt = sim.charts.alt_text(found, "gains", lang)
    with in_language(lang):
        for by, group in groups(found):
            counts = fates(cities, by, group)
            homes = np.mean([len(members(one, by, group)) for one in cities[0]])
            for fate in ("rescued", "harmed"):
                mean = float(np.mean(counts[fate]))
                if mean:
                    words = figures.decimal(mean, 1 if mean < 10 else 0)
                    assert f"{words} ({figures.share(mean / homes, 0)})" in said
                assert figures.count(mean) in alt
            for measure in MEASURES[1:]:
                written = without_unit(measure)
                mean = (told[by, group, measure][1] - told[by, group, measure][0]).mean()
                shown = written(mean)
                shown = f"+{shown}" if mean > 0 and shown.strip("0.") else shown
                assert shown in said and shown in alt, (by, group, measure)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_who_loses_in_the_brief_are_the_households_of_the_table(found, cities, lang: str) -> None:
    rows = found.rescues
    harmed = rows.assign(harmed=np.where(rows["counted"] == "households", 7.0, 0.5))
    for table, some in ((rows, sum(fates(cities, "all", "all")["harmed"]) > 0), (harmed, True)):
        found.__dict__["rescues"] = table
        cell = brief_of(found, lang).rows[0].cells[2]
        homes = table[(table["counted"] == "households") & (table["by"] == "occupancy")].set_index("group")
        with in_language(lang):
            parts = [figures.count(homes.loc[name, "harmed"]) for name in OCCUPANCY]
        told = re.findall(r"[(（](\d[\d,]*)[)）]", str(cell))
        assert told[-3:] == parts if some else not told, cell
    found.__dict__["rescues"] = rows
