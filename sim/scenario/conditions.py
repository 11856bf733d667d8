"""Conditions by which a programme starts, pauses, goes on, grows or ends: of the city (`when`) or of the
single estate (`where`). They are data; nothing in them is evaluated as text."""

from __future__ import annotations

from typing import ClassVar, Literal, get_args

from pydantic import Field, model_validator

from sim.problems import Problem
from sim.scenario.fields import Table, refuse, setting
from sim.text import message

EstateMeasure = Literal[
    "collection",
    "quality",
    "condition",
    "satisfaction",
    "open_complaints",
    "unmanaged",
    "professional",
    "in_cycle",
]
Budget = Literal[
    "city_budget_left",
    "district_budget_left",
    "street_budget_left",
    "community_budget_left",
    "own_budget_left",
]
CityMeasure = Literal[EstateMeasure, Budget]
ESTATE_MEASURES: tuple[str, ...] = get_args(EstateMeasure)
BUDGETS: tuple[str, ...] = get_args(Budget)
OWN_BUDGET = "own_budget_left"
PER_HOUSEHOLD = "open_complaints"
"""the one measure that is no share and may be above 1"""
SIDES = ("at_least", "below")


class Condition(Table):
    """What must have been seen for so many months in a row: a figure at or above a level, or below it."""

    text_area: ClassVar[str] = "condition"

    at_least: float | None = setting(None, 0, 100, "")
    below: float | None = setting(None, 0, 100, "")
    months: int = setting(1, 1, 1200, "month")

    @model_validator(mode="after")
    def _one_side(self) -> Condition:
        given = [side for side in SIDES if getattr(self, side) is not None]
        if len(given) != 1:
            found = message("condition.both_sides") if given else message("found.nothing")
            refuse([Problem("", given[0] if given else "", found, message("condition.one_side"))])
        if self.called != PER_HOUSEHOLD and self.level > 1.0:
            refuse([Problem("", given[0], f"{self.level:g}", message("condition.share"))])
        return self

    @property
    def called(self) -> str:
        """The figure that is looked at."""
        return str(getattr(self, "measure", ""))

    @property
    def level(self) -> float:
        """The level on whose one side the figure must lie."""
        return float(self.below if self.at_least is None else self.at_least)  # type: ignore[arg-type]

    @property
    def never(self) -> bool:
        """Whether no figure that there can be meets it."""
        return self.below == 0.0


class CityCondition(Condition):
    """A condition of the whole city, or of the estates that the programme aims at."""

    measure: CityMeasure
    among: Literal["city", "targets"] = setting("city", None, None, "")

    @model_validator(mode="after")
    def _whose(self) -> CityCondition:
        if self.among == "targets" and self.measure in BUDGETS:
            refuse([Problem("", "among", "'targets'", message("condition.no_targets"))])
        return self


class EstateCondition(Condition):
    """A condition of the single estate."""

    measure: EstateMeasure


class Growth(CityCondition):
    """On what condition a programme grows, by how much, and how often."""

    text_area: ClassVar[str] = "growth"

    what: Literal["capacity", "share_max", "yearly_budget"] = setting("capacity", None, None, "")
    by: float = setting(0.5, 0.01, 100, "relative")
    times: int = setting(1, 1, 100, "")
    apart: int = setting(12, 1, 1200, "month")


def _check_resume(pause: Condition | None, resume: Condition | None) -> None:
    if resume is not None and pause is None:
        refuse([Problem("", "resume", message("found.table"), message("condition.resume"))])


class When(Table):
    """What the programme as a whole does on conditions of the city."""

    text_area: ClassVar[str] = "when"

    start: CityCondition | None = Field(default=None)
    pause: CityCondition | None = Field(default=None)
    resume: CityCondition | None = Field(default=None)
    grow: Growth | None = Field(default=None)
    end: CityCondition | None = Field(default=None)
    least_on: int = setting(1, 1, 1200, "month")
    least_off: int = setting(1, 1, 1200, "month")

    @model_validator(mode="after")
    def _resumes_what_pauses(self) -> When:
        _check_resume(self.pause, self.resume)
        return self

    def conditions(self) -> dict[str, CityCondition]:
        """The conditions that it states, by what they decide."""
        return {
            name: one for name in ("start", "pause", "resume", "grow", "end") if (one := getattr(self, name))
        }


class Where(Table):
    """What the programme does in a single estate on conditions of that estate."""

    text_area: ClassVar[str] = "where"

    start: EstateCondition | None = Field(default=None)
    pause: EstateCondition | None = Field(default=None)
    resume: EstateCondition | None = Field(default=None)
    end: EstateCondition | None = Field(default=None)
    least_on: int = setting(1, 1, 1200, "month")
    least_off: int = setting(1, 1, 1200, "month")

    @model_validator(mode="after")
    def _resumes_what_pauses(self) -> Where:
        _check_resume(self.pause, self.resume)
        return self

    def conditions(self) -> dict[str, EstateCondition]:
        """The conditions that it states, by what they decide."""
        return {name: one for name in ("start", "pause", "resume", "end") if (one := getattr(self, name))}
