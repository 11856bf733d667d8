"""A feedback loop at part of its strength: the declared parameters that carry it are scaled.

A loop that is off stays at its starting value in every estate, which no parameter can say; so a loop at a
small strength is near the loop off and not the same. What it turns about: satisfaction at the reference
(service), what owners see of payment at the start (norm: the base of payment makes up for what they see then,
so that the level stays), the condition at the start (decay: it changes more slowly), patience that lasts
longer (exit), no grievance (grievance: it builds up less).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from sim.errors import ScenarioError, StudyError
from sim.model.parameters import PARAMETERS
from sim.scenario import Scenario, with_overrides
from sim.scenario.schema import range_text
from sim.text import message

HALF = 0.5  # the strength of the worlds that `loops` stands for, beside those without the loop

TIMES, OVER = 1, -1  # multiplied by the strength, or divided by it
CARRIERS: Mapping[str, Mapping[str, int]] = MappingProxyType(
    {
        "service": {"payment.satisfaction_weight": TIMES},
        "norm": {"payment.norm_weight": TIMES},
        "decay": {
            "condition.wear": TIMES,
            "condition.restore": TIMES,
            "condition.fund_restore": TIMES,
            "repairs.condition": TIMES,
        },
        "exit": {
            "market.exit_hazard": TIMES,
            "market.insolvency": OVER,
            "start.tolerance_least": OVER,
            "companies.tolerance_months_mean": OVER,
            "companies.tolerance_months_sd": OVER,
        },
        "grievance": {
            "grievance.legacy": TIMES,
            "grievance.dissatisfaction": TIMES,
            "grievance.ignored": TIMES,
            "grievance.asked": TIMES,
            "cases.call": TIMES,
            "cases.call_grievance": TIMES,
            "cases.resentment": TIMES,
        },
    }
)
"""By loop what carries it: parameters, and settings of the scenario's companies."""
COMPANIES = "companies."
BASE = "payment.base"


def weakened(scenario: Scenario, loop: str, strength: float) -> Scenario:
    """The scenario with a loop at this strength (above 0; 1: as it is; above 1: stronger), of what holds in
    it: its own values, a member's, a factor's. StudyError where a parameter would leave its range."""
    held = {key: one.default for key, one in PARAMETERS.items()} | scenario.parameter_values()
    values = {
        key: held[key] * strength**way for key, way in CARRIERS[loop].items() if not key.startswith(COMPANIES)
    }
    if loop == "norm":
        values[BASE] = held[BASE] + (1 - strength) * _norm_at_start(scenario, held)
    groups = {group: dict(values) for group, values in scenario.parameters.items()}
    for key, value in values.items():
        parameter = PARAMETERS[key]
        if not parameter.low <= value <= parameter.high:
            found = message("robust.weakened_to", key=key, value=f"{value:.4g}")
            allowed = range_text(parameter)
            place = _place(loop, strength)
            raise StudyError(message("problem.instead", place=place, found=found, allowed=allowed))
        group, name = key.split(".", 1)
        groups.setdefault(group, {})[name] = value
    settings = {
        key: float(getattr(scenario.companies, key.removeprefix(COMPANIES))) * strength**way
        for key, way in CARRIERS[loop].items()
        if key.startswith(COMPANIES)
    }
    made = scenario.model_copy(update={"parameters": groups})
    if not settings:
        return made
    try:
        return with_overrides(made, settings)
    except ScenarioError as error:
        raise ScenarioError(
            [replace(problem, file=_place(loop, strength)) for problem in error.problems]
        ) from None


def _norm_at_start(scenario: Scenario, held: Mapping[str, float]) -> float:
    """What the norm adds to the log-odds of paying at the start, mean over payer types: its weight times what
    owners see of their neighbours' payment then, less the mean threshold."""
    kinds = list(scenario.types.values())
    sizes = [
        (one.count if one.count is not None else one.share or 0.0) * one.households_mean for one in kinds
    ]
    paid = math.fsum(n * one.start_collection for n, one in zip(sizes, kinds, strict=True)) / math.fsum(sizes)
    dim, own = held["payment.dimness"], held["payment.own_building_weight"]
    told = (1 - dim) * paid + dim * held["payment.dim_prior"]
    steady, rider = held["payment.share_steady"], held["payment.share_free_rider"]
    factor = 1 - steady - rider
    factor += steady * held["payment.steady_norm_factor"] + rider * held["payment.free_rider_norm_factor"]
    seen = own * paid + (1 - own) * told
    return held["payment.norm_weight"] * factor * (seen - held["payment.threshold_mean"])


def _place(loop: str, strength: float) -> str:
    return f"world {loop}={strength:g}"


def strength_of(written: str) -> float:
    """A strength as it was written; NaN for what is none."""
    try:
        value = float(written)
    except ValueError:
        return math.nan
    return value if 0 < value < math.inf else math.nan
