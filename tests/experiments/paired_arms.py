"""Arms of a comparison made by hand, so that the right answer is known."""

from __future__ import annotations

import numpy as np

from sim.results.outcomes import GROUP_SERIES, OUTCOMES, SERIES
from sim.scenario import Scenario, load, with_overrides
from sim.studies.comparison.arms import CYCLE, ESTATES, Arm
from sim.studies.comparison.comparison import Comparison, Settings
from sim.words import STAGES

HEALTHY, COLLAPSED = STAGES.index("healthy"), STAGES.index("collapsed")


def little_scenario(estates: int = 40, months: int = 24) -> Scenario:
    """A scenario that is never run, of two districts."""
    return with_overrides(
        load("vicious_cycle"), {"city.estates": estates, "city.districts": 2, "months": months}
    )


def arm(
    name: str, in_cycle: np.ndarray, cost: np.ndarray, years: np.ndarray, share: np.ndarray | None = None
) -> Arm:
    """An arm of given estates in the cycle at the end (seeds, estates), public cost and
    estate-years in it (one per seed)."""
    seeds, estates = in_cycle.shape
    scenario = little_scenario(estates)
    months = scenario.months
    kinds = len(scenario.types)
    scalars = {key: np.zeros(seeds) for key in OUTCOMES}
    scalars |= {"public_cost": cost.astype(float), "cycle_estate_years": years.astype(float)}
    scalars["cycle_share"] = years / (estates * months / 12) if share is None else share
    columns = {key: np.zeros((seeds, estates), np.int64) for key in ESTATES}
    columns["type"] = np.tile(np.arange(estates) % kinds, (seeds, 1))
    columns["district"] = np.tile(np.arange(estates) % 2, (seeds, 1))
    columns["final_stage"] = np.where(in_cycle, COLLAPSED, HEALTHY)
    columns["households"] = np.full((seeds, estates), 100, np.int64)
    columns["cycle_months"] = np.where(in_cycle, months, 0)
    columns["cycle_months_last_year"] = np.where(in_cycle, 12, 0)
    series = {key: np.zeros((seeds, months + 1)) for key in (*SERIES, CYCLE)}
    groups = {"by_type": kinds, "by_district": 2}
    tables = {
        key: {one: np.zeros((seeds, size, months + 1)) for one in GROUP_SERIES}
        for key, size in groups.items()
    }
    return Arm(name, scenario, scalars, series, tables["by_type"], tables["by_district"], columns, {})


def comparison(
    *arms: Arm, outcomes: tuple[str, ...] = ("cycle_share", "public_cost"), **settings: object
) -> Comparison:
    """A comparison of these arms."""
    seeds = tuple(range(1, 1 + arms[0].in_cycle.shape[0]))
    return Comparison(list(arms), seeds, Settings(outcomes, **settings), "digest", 0)  # type: ignore[arg-type]
