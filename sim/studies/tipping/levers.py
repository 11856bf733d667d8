"""Levers of a tipping map: what one number changes in a scenario, in the mean-field
estate, and during a run."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sim.errors import ScenarioError, StudyError
from sim.experiments.mean_field import MeanField
from sim.experiments.representative import billed_part, mean_field_of, representative_of
from sim.experiments.unmeasured import range_of
from sim.model.parameters import PARAMETERS
from sim.problems import Problem, nearest
from sim.scenario import Scenario, with_overrides
from sim.scenario.overrides import place_of
from sim.scenario.programme import read_programme
from sim.scenario.writing import to_data
from sim.text import message

if TYPE_CHECKING:
    from sim.model.engine import Engine

ADDED_INCOME, VIABILITY = "added_income", "viability"
GRANT = "added_income"  # name of the programme that pays the added income
MOST_BUDGET = 1e11  # yuan a year: so that the purse is not what is looked at
_OWN = {ADDED_INCOME: (0.0, 0.5), VIABILITY: (0.5, 1.5)}
OWN_KEYS = ", ".join(_OWN)


@dataclass(frozen=True)
class Lever:
    """One number that is varied for the estates of a type.

    `key` is "added_income" (public money for the manager, as a share of full billing), "viability" (standard
    cost over full billing), or any dotted key of the scenario that holds a number.
    """

    key: str
    type_name: str

    @property
    def parameter(self) -> str:
        """The key among PARAMETERS, or empty if the lever is no parameter."""
        bare = self.key.removeprefix("parameters.")
        return bare if bare in PARAMETERS else ""

    @property
    def of_programme(self) -> bool:
        """Whether it is a setting of a programme, which the mean-field map knows nothing of."""
        return self.key.startswith("interventions.")

    @property
    def unit(self) -> str:
        """Unit of its values; empty where none is declared."""
        return (
            "share of full billing"
            if self.key in _OWN
            else PARAMETERS[self.parameter].unit
            if self.parameter
            else ""
        )

    def bounds(self) -> tuple[float, float]:
        """The range that it is swept over unless told; StudyError for a key that declares none."""
        if self.key in _OWN:
            return _OWN[self.key]
        if self.parameter:
            return range_of(PARAMETERS[self.parameter])
        raise StudyError(message("tipping.error.no_bounds", key=self.key))

    def prepare(self, scenario: Scenario) -> Scenario:
        """The scenario in which the lever can be set: for added income, one with a programme that pays it."""
        if self.key != ADDED_INCOME:
            return scenario
        others = [programme for programme in scenario.interventions if programme.name != GRANT]
        targets = {"types": [self.type_name]}
        grant = read_programme(
            {"kind": "operating_subsidy", "name": GRANT, "targets": targets} | self._rates(scenario, 0.0)
        )
        richer = with_overrides(scenario, {"government.district_budget": MOST_BUDGET})
        return richer.model_copy(update={"interventions": (*others, grant)})

    def apply(self, scenario: Scenario, value: float) -> Scenario:
        """The (prepared) scenario with the lever at a value from the start;
        ScenarioError for one that cannot be."""
        name = self.type_name
        if self.key == ADDED_INCOME:
            rates = self._rates(scenario, value)
            return with_overrides(
                scenario, {f"interventions.{GRANT}.{key}": rate for key, rate in rates.items()}
            )
        if self.key == VIABILITY:
            kind = scenario.types[name]
            factor = self._factor(scenario, value)
            return with_overrides(
                scenario,
                {
                    f"types.{name}.cost_fixed": kind.cost_fixed * factor,
                    f"types.{name}.cost_per_area": kind.cost_per_area * factor,
                },
            )
        return with_overrides(scenario, {self.key: value})

    def _factor(self, scenario: Scenario, value: float) -> float:
        return value / representative_of(scenario, self.type_name).viability

    def _rates(self, scenario: Scenario, value: float) -> dict[str, float]:
        """Yuan per m2 and month, the same in every year of payment."""
        rate = value * scenario.types[self.type_name].fee_price * billed_part(scenario, self.type_name)
        return dict.fromkeys(("first_year", "second_year", "third_year", "later"), rate)

    def mean_field(self, scenario: Scenario, value: float) -> MeanField | None:
        """The map with the lever at a value; None where the map has no counterpart of it."""
        if self.of_programme:
            return None
        if self.key != ADDED_INCOME:
            return mean_field_of(self.apply(scenario, value), self.type_name)
        mean_field = mean_field_of(scenario, self.type_name)
        return MeanField(
            replace(mean_field.estate, other_income=mean_field.estate.other_income + value), mean_field.p
        )

    def move(self, city: Engine, scenario: Scenario, start: float, value: float) -> None:
        """Set the lever in a running city that was built with `scenario` (prepared) at `start`; it
        takes effect next month.

        StudyError for what is fixed once a city is built.
        """
        state = city.state
        if self.key == VIABILITY:
            rows = state.estates["type"] == list(scenario.types).index(self.type_name)
            base = (
                self.apply(scenario, value).types[self.type_name],
                self.apply(scenario, start).types[self.type_name],
            )
            _rescale(
                state.estates,
                rows,
                base[0].cost_per_area / base[1].cost_per_area
                if base[1].cost_per_area
                else base[0].cost_fixed / base[1].cost_fixed,
                city,
            )
        elif self.parameter:
            state.parameters[PARAMETERS[self.parameter].field] = value
            state.parameters[PARAMETERS[self.parameter].field + "_32"] = value
        elif self.key == ADDED_INCOME or self.of_programme:
            name = GRANT if self.key == ADDED_INCOME else self.key.split(".")[1]
            wanted = {one.name: one for one in self.apply(scenario, value).interventions}[name]
            for in_run in city.policy.programme_states:
                if in_run.programme.name == name:
                    in_run.programme = wanted  # type: ignore[assignment]
        else:
            raise StudyError(message("tipping.error.fixed", key=self.key, own=OWN_KEYS))

    def can_move(self) -> bool:
        """Whether it can be moved while a city runs."""
        return self.key in _OWN or bool(self.parameter) or self.of_programme


def _rescale(estates: Any, rows: Any, factor: float, city: Engine) -> None:
    """Standard costs at `factor` times what they were when the city was built, kept beside the city so
    that steps do not add up."""
    kept = city.__dict__.setdefault(
        "_costs_at_start", (estates["cost_fixed"].copy(), estates["cost_area"].copy())
    )
    estates["cost_fixed"][rows] = kept[0][rows] * factor
    estates["cost_area"][rows] = kept[1][rows] * factor


def lever_of(key: str, scenario: Scenario, type_name: str) -> Lever:
    """The checked lever of a key for a type; StudyError for a key that holds no number here."""
    if key in ("subsidy", "income"):
        key = ADDED_INCOME
    lever = Lever(key, type_name)
    if key in _OWN or lever.parameter:
        return lever
    groups = {parameter.group for parameter in PARAMETERS.values()}
    if key.removeprefix("parameters.").split(".")[0] in groups - set(Scenario.model_fields):
        guess = nearest(key.removeprefix("parameters."), PARAMETERS)
        raise ScenarioError(
            [
                Problem(
                    "--lever",
                    key,
                    message("tipping.error.no_parameter"),
                    message("tipping.error.levers", own=OWN_KEYS),
                    guess,
                )
            ]
        )
    holder: Any = to_data(scenario)
    problem = place_of(key, holder)
    if isinstance(problem, Problem):
        raise ScenarioError(
            [
                Problem(
                    "--lever",
                    key,
                    problem.found,
                    message("tipping.error.levers", own=OWN_KEYS),
                    problem.nearest,
                )
            ]
        )
    parts = key.split(".")
    if parts[0] == "interventions" and len(parts) > 2:
        holder = {one["name"]: one for one in holder.get("interventions", [])}
        parts = parts[1:]
    for part in parts:
        holder = holder.get(part) if isinstance(holder, dict) else None
    # a setting left at its default is not in the data: trying it tells
    if isinstance(holder, bool) or not isinstance(holder, int | float | None):
        raise StudyError(message("tipping.error.no_number", key=key, found=repr(holder), own=OWN_KEYS))
    return lever
