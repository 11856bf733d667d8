"""From a scenario to one estate: the mean-field representative of a type, and a city of
estates that are all like it."""

from __future__ import annotations

from typing import Any

from sim.errors import ScenarioError
from sim.experiments.mean_field import MeanField, Representative
from sim.model.month.condition import estate_age
from sim.model.month.service import company_part, earning_share
from sim.model.parameters import PARAMETERS
from sim.problems import Problem, nearest, one_of
from sim.scenario import EstateType, Scenario, with_overrides
from sim.text import message
from sim.units import MONTHS_PER_YEAR

ESTATES, HOUSEHOLDS = 24, 200
# What differs between the estates of a city, and what moves them besides the feedback of payment, service and
# condition.
_NO_SPREAD: dict[str, Any] = {
    "city.households": None,
    "city.districts": 1,
    "companies.skill_sd": 0.0,
    "companies.cost_spread": 0.0,
    "companies.margin_sd": 0.0,
    "loops.exit": False,
    # without them no company's term ends and no vote is called
    "mechanisms.contracts": False,
    "mechanisms.ballots": False,
    # what is paid for this month is of this month's bill, as the map's rate is: with old debts first, last
    # year's bills stay open where nine in ten owners pay
    "mechanisms.debt_age": False,
    "parameters.basis.skim_spread": 0.0,
    "parameters.basis.start_share": 0.0,
    "parameters.committee.attempt": 0.0,
    "parameters.service.cost_growth": 0.0,
    "parameters.service.cross_subsidy": 0.0,
}
_NO_TYPE_SPREAD: dict[str, Any] = {
    "households_spread": 0.0,
    "area_spread": 0.0,
    "fee_price_spread": 0.0,
    "cost_spread": 0.0,
    "income_spread": 0.0,
    "condition_sd": 0.0,
    "modes": {"market": 1.0},
    "committee_share": 0.0,
}


def type_of(scenario: Scenario, name: str) -> EstateType:
    """An estate type by name; a ScenarioError that names those there are."""
    if name not in scenario.types:
        raise ScenarioError(
            [
                Problem(
                    scenario.name,
                    "type",
                    repr(name),
                    one_of(scenario.types),
                    nearest(name, scenario.types),
                )
            ]
        )
    return scenario.types[name]


def value_of(scenario: Scenario, key: str) -> float:
    """A model parameter of a scenario by dotted key: what it sets, else the default."""
    return scenario.parameter_values().get(key, PARAMETERS[key].default)


def billed_part(scenario: Scenario, name: str) -> float:
    """Full billing over price x floor area: flats that stand empty owe a part of the fee only."""
    return 1.0 - scenario.types[name].vacancy * (1.0 - value_of(scenario, "payment.vacant_bill_share"))


def age_of(scenario: Scenario, name: str) -> float:
    """Years since the mean estate of a type was built."""
    kind = scenario.types[name]
    return float(estate_age((kind.built_low + kind.built_high) / 2, scenario.city.start_year, 1))


def representative_of(scenario: Scenario, name: str) -> Representative:
    """The mean estate of a type, run by a private company, as the mean-field map takes it.

    Means stand for distributions. Public revenue is that of facilities at their starting condition, and
    programmes are left out. ScenarioError for an unknown type or one that bills nothing.
    """
    kind = type_of(scenario, name)
    part = billed_part(scenario, name)
    billing = kind.fee_price * kind.area_mean * kind.households_mean * part
    if billing <= 0:
        raise ScenarioError(
            [
                Problem(
                    scenario.name,
                    f"types.{name}.fee_price",
                    f"{kind.fee_price:g}",
                    message("allowed.fee_price"),
                )
            ]
        )
    q = {key: value_of(scenario, key) for key in PARAMETERS}
    away = 1.0 + q["service.away_cost"] * (1.0 - 1.0 / scenario.city.districts)
    cost = (kind.cost_fixed + kind.cost_per_area * kind.area_mean * kind.households_mean) * away
    # activity at a random point of the term, see sim.model.start.start
    activity = 1.0 - (1.0 - q["committee.activity_floor"]) / 4
    strength = (
        kind.committee_share * q["committee.integrity_mean"] * q["committee.competence_mean"] * activity
    )
    potential = kind.public_revenue / MONTHS_PER_YEAR * kind.households_mean
    kept = (1.0 - q["revenue.leak"] * (1.0 - strength)) * company_part(
        q["revenue.company_share"], q["revenue.committee_claim"], strength
    )
    revenue = potential * earning_share(kind.condition_mean, q["revenue.condition"]) * kept
    return Representative(
        viability=cost / billing,
        other_income=revenue / billing,
        legacy=kind.legacy_mean * kind.legacy_share,
        burden=kind.fee_price * kind.area_mean * part / kind.income_mean,
        age=age_of(scenario, name),
        skill=scenario.companies.skill_mean,
        margin=scenario.companies.margin_mean,
        committee=strength,
        vacancy=kind.vacancy,
        tenants=kind.tenants,
        duty_shift=kind.duty_shift,
        habit=q["payment.habit_weight"] if scenario.mechanisms.persistence else 0.0,
        skimming=q["basis.skim"] if scenario.mechanisms.price_basis else 0.0,
    )


def mean_field_of(scenario: Scenario, name: str) -> MeanField:
    """The mean-field map of the mean estate of a type under the scenario's parameters."""
    return MeanField(representative_of(scenario, name), scenario.parameter_values())


def only(scenario: Scenario, name: str, estates: int | None = None) -> dict[str, Any]:
    """Overrides that leave only estates of one type in a city (`estates` of them), as shares of
    modes rather than counts."""
    type_of(scenario, name)
    changes: dict[str, Any] = {f"types.{other}.share": float(other == name) for other in scenario.types}
    if scenario.estates is not None:  # which estates there are is no longer said by a table
        changes |= {"estates": None, "city.households": None}
    for other, kind in scenario.types.items():
        total = sum(kind.mode_counts.values())
        if total:  # counts belong to the number of estates that the type had
            changes[f"types.{other}.modes"] = {
                mode: number / total for mode, number in kind.mode_counts.items()
            }
        elif kind.mode_counts:
            changes[f"types.{other}.modes"] = {"market": 1.0}
    return changes | ({"city.estates": estates} if estates is not None else {})


def alike(scenario: Scenario, name: str, estates: int = ESTATES, households: int = HOUSEHOLDS) -> Scenario:
    """A city of estates that are all like the mean estate of a type, each run by a company that stays.

    Spread between estates and companies, leaving companies, contracts that end, old debts paid first,
    new committees, wage growth, ageing and programmes are taken away; payment, service, condition, grievance
    and complaints act on each other as they do in the scenario. What age adds to wear is kept at the present
    age.
    """
    kind = type_of(scenario, name)
    wear = value_of(scenario, "condition.wear")
    aged = wear * (1.0 + value_of(scenario, "condition.age_wear") * age_of(scenario, name) / 10.0)
    built = round((kind.built_low + kind.built_high) / 2)
    own: dict[str, Any] = _NO_TYPE_SPREAD | {
        "households_mean": households,
        "households_min": min(kind.households_min, households),
        "cost_fixed": kind.cost_fixed * households / kind.households_mean,
        "built_low": built,
        "built_high": built,
    }
    if kind.legacy_share > 0:
        own |= {"legacy_share": 1.0, "legacy_mean": kind.legacy_mean * kind.legacy_share}
    firms = max(1, -(-estates // scenario.companies.capacity_estates))
    still: dict[str, Any] = {
        "parameters.condition.wear": min(aged, PARAMETERS["condition.wear"].high),
        "parameters.condition.age_wear": 0.0,
        "companies.private": max(firms, 2),
    }
    changes = only(scenario, name, estates) | _NO_SPREAD | still
    # the sources of the city's figures speak of a city that this is not, and it starts as its diagram says
    bare = scenario.model_copy(update={"interventions": (), "figures": (), "spin_up": 0})
    return with_overrides(bare, changes | {f"types.{name}.{key}": value for key, value in own.items()})


def started_at(scenario: Scenario, name: str, collection: float, condition: float) -> Scenario:
    """The same city with the type's estates started at a collection rate (service follows
    from it) and a condition."""
    changes = {f"types.{name}.start_collection": collection, f"types.{name}.condition_mean": condition}
    return with_overrides(
        scenario, {key: round(min(1.0, max(0.0, value)), 6) for key, value in changes.items()}
    )
