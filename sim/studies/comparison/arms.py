"""The arms of a comparison: one scenario each, all with the same seeds, and what is kept of their runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from sim.errors import StudyError
from sim.experiments.rescue import fates_by_months
from sim.experiments.workplace import RunResults
from sim.model.parameters import PARAMETERS
from sim.no_effect import tell_no_effect
from sim.results.outcomes import END, GROUP_SERIES, LAST_YEAR, OUTCOMES, SERIES, first_month
from sim.results.owner_kinds import (
    ARREARS,
    HOUSEHOLDS,
    KINDS,
    OWNER_COLUMNS,
    OWNER_SUMS,
    SATISFACTION,
    households_of,
)
from sim.results.reading import in_cycle, ratio
from sim.results.summary import RunSummary
from sim.results.tables import PRICES, by_year
from sim.scenario import Scenario, load
from sim.scenario.overrides import with_arguments
from sim.text import message
from sim.units import MONTHS_PER_YEAR

# What an arm keeps of its runs' estates.
ESTATES = (
    "type",
    "district",
    "households",
    "final_stage",
    "cycle_months",
    "cycle_months_last_year",
    "satisfaction_last_year",
    "quality_last_year",
    "collection_last_year",
    *OWNER_COLUMNS,
)
CYCLE = "cycle"  # the series of the share of estates that are spiralling or collapsed
# A comparison is of one city: what may differ between arms is what is done in it, and how it works.
SAME = ("city", "types")


def measure_of(series: str) -> str:
    """What tables call the value of a series of GROUP_SERIES that `Arm.group_means` gives: as the outcome is
    called that is the same of the city, where there is one. The window stands in the name, so that a table
    says by itself what it is of."""
    of_city = (
        name
        for name, outcome in OUTCOMES.items()
        if outcome.series == series and outcome.horizon in (LAST_YEAR, END)
    )
    return next(of_city, f"{series}_last_year")


# What is told of the households of each kind of owner, and whether more of it is better: the share of them
# in the cycle over the last year, their satisfaction and arrears (yuan each) in the last month.
OWNER_CYCLE, OWNER_SATISFACTION, OWNER_ARREARS = OWNER_MEASURES = (
    "cycle_households_share_last_year",
    "satisfaction_end",
    "arrears_per_household_end",
)
OWNER_BETTER = {OWNER_CYCLE: -1, OWNER_SATISFACTION: 1, OWNER_ARREARS: -1}
OWNER_UNITS = {OWNER_CYCLE: "share", OWNER_SATISFACTION: "share", OWNER_ARREARS: "yuan"}
OWNER_GROUPS = ("all", "type", *KINDS)  # what such households are told apart by

MEASURES = {measure_of(series): series for series in GROUP_SERIES}  # the series of each measure


@dataclass(frozen=True, eq=False)
class Arm:
    """One scenario over all seeds. First axis of every array: seeds, in the same order in every arm.

    scalars: OUTCOMES; series: SERIES and "cycle", (seeds, T + 1); by_type and by_district: GROUP_SERIES,
    (seeds, groups, T + 1); estates: the columns ESTATES, (seeds, estates); spending: yuan by (bearer,
    programme), (seeds, years, PRICES). owners: OWNER_SUMS, (seeds, types, OCCUPANCY, PAYER_TYPES).
    """

    name: str
    scenario: Scenario
    scalars: dict[str, np.ndarray]
    series: dict[str, np.ndarray]
    by_type: dict[str, np.ndarray]
    by_district: dict[str, np.ndarray]
    estates: dict[str, np.ndarray]
    spending: dict[tuple[str, str], np.ndarray]
    owners: dict[str, np.ndarray] = field(default_factory=dict)

    @property
    def in_cycle(self) -> np.ndarray:
        """Whether each estate is spiralling or collapsed in the last month (seeds, estates)."""
        return in_cycle(self.estates["final_stage"])

    def group_means(self, name: str, by: str) -> np.ndarray:
        """A series of GROUP_SERIES by "type" or "district" (seeds, groups), over the last year.

        One whose outcome is its value at the end is taken there; of a year the months count in
        which it means what it says.
        """
        table = self.by_type if by == "type" else self.by_district
        months = table[name].shape[2] - 1
        yearly = OUTCOMES.get(measure_of(name))
        if yearly is not None and yearly.horizon == END:
            first = months
        else:
            first = max(1, months - MONTHS_PER_YEAR + 1, first_month(name, months))
        return np.asarray(table[name][:, :, first:].mean(axis=2))

    def owner_means(self, measure: str, by: str) -> np.ndarray:
        """One of OWNER_MEASURES by one of OWNER_GROUPS (seeds, groups): the mean over households of each
        group, NaN where a city has none of it."""
        if measure == OWNER_CYCLE:
            months = min(self.scenario.months, MONTHS_PER_YEAR)
            share = self.estates["cycle_months_last_year"] / months
            people = self.households_by(by)
            return ratio((people * share[:, None]).sum(axis=2), people.sum(axis=2))
        apart: tuple[int, ...] = () if by == "all" else (OWNER_GROUPS.index(by),)
        together = tuple(axis for axis in (1, 2, 3) if axis not in apart)
        name = SATISFACTION if measure == OWNER_SATISFACTION else ARREARS
        seeds = len(self.owners[HOUSEHOLDS])
        summed, people = (
            self.owners[one].sum(axis=together).reshape(seeds, -1) for one in (name, HOUSEHOLDS)
        )
        return ratio(summed, people)

    def households_by(self, by: str) -> np.ndarray:
        """Households of each estate in each group of one of OWNER_GROUPS (seeds, groups, estates)."""
        people = self.estates["households"]
        if by == "all":
            return np.asarray(people[:, None])
        if by == "type":
            kinds = np.arange(len(self.scenario.types))[None, :, None]
            return np.asarray(people[:, None] * (self.estates["type"][:, None] == kinds))
        return np.stack([self.estates[households_of(kind)] for kind in KINDS[by]], axis=1)

    def owner_groups(self, by: str) -> tuple[str, ...]:
        """Names of the groups of one of OWNER_GROUPS."""
        return {"all": ("all",), "type": tuple(self.scenario.types), **KINDS}[by]


def gather(name: str, scenario: Scenario, results: RunResults) -> Arm:
    """The arm that the finished runs of a scenario make. StudyError if a run has no result."""
    pairs = list(results)
    summaries = [summary for _, summary in pairs]
    if len({summary.estates["type"].size for summary in summaries}) > 1:
        raise StudyError(message("comparison.error.estates_differ", name=name))
    keys = sorted({key for summary in summaries for key in summary.spending})
    paid = [_paid_by_year(planned_run.scenario, summary) for planned_run, summary in pairs]
    shape = (-(-scenario.months // MONTHS_PER_YEAR), len(PRICES))
    series = {one: np.stack([s.series[one] for s in summaries]).astype(np.float64) for one in SERIES}
    return Arm(
        name,
        scenario,
        {one: np.array([s.scalars[one] for s in summaries]) for one in OUTCOMES},
        series,
        {one: np.stack([s.by_type[one] for s in summaries]).astype(np.float64) for one in GROUP_SERIES},
        {one: np.stack([s.by_district[one] for s in summaries]).astype(np.float64) for one in GROUP_SERIES},
        {one: np.stack([s.estates[one] for s in summaries]) for one in ESTATES},
        {key: np.stack([one.get(key, np.zeros(shape)) for one in paid]) for key in keys},
        {one: np.stack([s.owners[one] for s in summaries]) for one in OWNER_SUMS},
    )


def _paid_by_year(scenario: Scenario, summary: RunSummary) -> dict[tuple[str, str], np.ndarray]:
    """Public money of a run by year, with the inflation and discount rate that it was run with."""
    changed = scenario.parameter_values()
    inflation, rate = (
        changed.get(key, PARAMETERS[key].default) for key in ("accounts.inflation", "accounts.discount_rate")
    )
    return by_year(summary.spending, summary.months, inflation, rate)


def prepare(
    scenarios: Sequence[Scenario | str | Path], months: int | None, overrides: Mapping[str, Any]
) -> dict[str, Scenario]:
    """The scenarios of a comparison by name, with the same changes made to all, checked to be of one city.

    A setting of a programme is changed in the arms that have the programme. A name that comes twice gets a
    number. StudyError with fewer than two scenarios, or where they are not of one city; ScenarioError for
    a change that cannot be.
    """
    if len(scenarios) < 2:
        raise StudyError(message("comparison.error.scenarios", found=len(scenarios)))
    loaded = [one if isinstance(one, Scenario) else load(one) for one in scenarios]
    unused = [key for key in overrides if not any(_applies(key, scenario) for scenario in loaded)]
    arms: dict[str, Scenario] = {}
    for scenario in loaded:
        # a programme that no arm has is tried on the baseline, whose error names those that exist
        own = {
            key: value
            for key, value in overrides.items()
            if _applies(key, scenario) or (key in unused and not arms)
        }
        arms[_free_name(scenario.name, arms)] = with_arguments(scenario, own, months=months)
    _require_one_city(arms)
    tell_no_effect(arms.values(), scenarios)
    return arms


def _applies(key: str, scenario: Scenario) -> bool:
    parts = key.split(".")
    return parts[0] != "interventions" or (
        len(parts) > 1 and parts[1] in {programme.name for programme in scenario.interventions}
    )


def _free_name(name: str, taken: Iterable[str]) -> str:
    names, number = set(taken), 2
    free = name
    while free in names:
        free, number = f"{name}-{number}", number + 1
    return free


def _require_one_city(arms: Mapping[str, Scenario]) -> None:
    (first, base), *others = arms.items()
    for name, scenario in others:
        if scenario.months != base.months:
            allowed = message("comparison.allowed.months", months=base.months, first=first)
            raise StudyError(
                message(
                    "problem.instead",
                    place=message("problem.at", file=name, key="months"),
                    found=scenario.months,
                    allowed=allowed,
                )
            )
        for part in SAME:
            if getattr(scenario, part) != getattr(base, part):
                raise StudyError(message("comparison.error.other_city", name=name, part=part, first=first))


def require_same_estates(arms: Sequence[Arm]) -> None:
    """StudyError if an arm's runs do not have the baseline's estates, seed by seed."""
    base = arms[0]
    for arm in arms[1:]:
        for column in ("type", "district", "households"):
            if not np.array_equal(arm.estates[column], base.estates[column]):
                raise StudyError(
                    message("comparison.error.not_paired", name=arm.name, base=base.name, column=column)
                )


def same_owners(one: Arm, other: Arm, by: str) -> bool:
    """Whether two arms have the same households of each group, seed by seed and estate by estate: arms may
    differ in what makes owners pay, and then nobody is a pair of himself."""
    if by in KINDS and not (one.owners and other.owners):
        return False
    return by not in KINDS or np.array_equal(one.households_by(by), other.households_by(by))


def fates_of(baseline: Arm, arm: Arm) -> np.ndarray:
    """FATES of every estate (seeds, estates), int8; see `fates_by_months`."""
    column = "cycle_months_last_year"
    return fates_by_months(baseline.estates[column], arm.estates[column], baseline.scenario.months)


def at_risk_of(baseline: Arm) -> np.ndarray:
    """Estates (seeds, estates) that a policy could rescue: in the cycle in each of the last
    twelve months without it."""
    year = min(baseline.scenario.months, MONTHS_PER_YEAR)
    return np.asarray(baseline.estates["cycle_months_last_year"] == year)
