"""The scenario: everything that a user decides about a city and what is done in it, checked and frozen."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field, SerializeAsAny, field_validator, model_validator

from sim.model.parameters import PARAMETERS, Parameter
from sim.problems import Problem, nearest, one_of
from sim.scenario.estate_rows import MOST_TOLD
from sim.scenario.estate_settings import EstateSettings
from sim.scenario.fields import Name, Table, Wording, refuse, setting
from sim.scenario.programme import Programme, read_programme
from sim.scenario.sources import names_something
from sim.scenario.tables import (
    CitySettings,
    CompanySettings,
    EstateType,
    Figure,
    GovernmentSettings,
    LoopSettings,
    MechanismSettings,
    apportion,
    shares_add_up,
)
from sim.text import Message, message, say
from sim.text.figures import quantity, unit_message
from sim.text.joins import bracketed, listed
from sim.units import MONTHS_PER_YEAR


def range_text(parameter: Parameter) -> Message:
    """What a parameter accepts, in words."""
    low, high = f"{parameter.low:g}", f"{parameter.high:g}"
    text = message("allowed.range", what=message("allowed.number"), low=low, high=high)
    return (
        message("allowed.in_unit", what=text, unit=unit_message(parameter.unit)) if parameter.unit else text
    )


def parameter_problems(groups: Mapping[str, Mapping[str, float]]) -> list[Problem]:
    """Every setting in `groups` that is not a declared parameter or lies outside its range
    (keys from the group on)."""
    problems = []
    for group, names in groups.items():
        if not any(f"{group}.{name}" in PARAMETERS for name in names) and group not in (
            known_groups := sorted({parameter.group for parameter in PARAMETERS.values()})
        ):
            allowed = message("allowed.groups", names=", ".join(known_groups))
            found = message("found.unknown_group")
            problems.append(Problem("", group, found, allowed, nearest(group, known_groups)))
            continue
        for name, value in names.items():
            parameter = PARAMETERS.get(f"{group}.{name}")
            if parameter is None:
                known = sorted(p.key.split(".", 1)[1] for p in PARAMETERS.values() if p.group == group)
                allowed = message("allowed.keys", names=", ".join(known))
                found = message("found.unknown_key")
                problems.append(Problem("", f"{group}.{name}", found, allowed, nearest(name, known)))
            elif not parameter.low <= value <= parameter.high:
                problems.append(Problem("", f"{group}.{name}", f"{value:g}", range_text(parameter)))
    return problems


AnyProgramme = Annotated[SerializeAsAny[Programme], BeforeValidator(read_programme)]


class Scenario(Table):
    """A city, its estates, its actors, the parameters it changes and the programmes carried out in it."""

    text_area: ClassVar[str] = "scenario"
    # One value: batch tools try a parameter that can be iterated over entry by entry.
    __iter__: ClassVar[None] = None  # type: ignore[assignment]

    name: Name
    title: Wording
    description: Wording
    months: int = setting(120, 1, 1200, "month")
    seed: int = setting(1, 0, 2**63 - 1, "")
    spin_up: int = setting(0, 0, 600, "month")
    city: CitySettings
    estates: EstateSettings | None = Field(default=None)
    types: dict[Name, EstateType] = Field(
        min_length=1,
    )
    companies: CompanySettings = Field(default_factory=CompanySettings)
    government: GovernmentSettings = Field(default_factory=GovernmentSettings)
    loops: LoopSettings = Field(default_factory=LoopSettings)
    mechanisms: MechanismSettings = Field(default_factory=MechanismSettings)
    parameters: dict[str, dict[str, float]] = Field(
        default_factory=dict,
    )
    interventions: tuple[AnyProgramme, ...] = Field(
        default=(),
        strict=False,
    )
    figures: tuple[Figure, ...] = Field(
        default=(),
        strict=False,
    )

    @field_validator("parameters", mode="before")
    @classmethod
    def _check_quotation(cls, groups: Any) -> Any:
        names = groups if isinstance(groups, Mapping) else ()
        found = message("found.quoted_key")
        dotted = [name for name in names if "." in str(name)]
        refuse(
            [Problem("", f'"{name}"', found, message("allowed.unquoted_key", key=name)) for name in dotted]
        )
        return groups

    @field_validator("parameters")
    @classmethod
    def _check_parameters(cls, groups: dict[str, dict[str, float]]) -> dict[str, dict[str, float]]:
        refuse(parameter_problems(groups))
        return groups

    @model_validator(mode="after")
    def _check_rules(self) -> Scenario:
        refuse(
            _spin_up_problems(self)
            + _type_problems(self)
            + _size_problems(self)
            + _capacity_problems(self)
            + _programme_problems(self)
            + _table_problems(self)
        )
        refuse(_figure_problems(self))
        return self

    @property
    def least_months(self) -> int:
        """The fewest months that a run of it may have: a year where the city spins up before, so that a
        figure of the last year is of months of the run alone."""
        return MONTHS_PER_YEAR if self.spin_up else 1

    def parameter_values(self) -> dict[str, float]:
        """The parameters that this scenario sets, by dotted key, for `sim.model.parameters.to_record`."""
        return {
            f"{group}.{name}": value
            for group, names in self.parameters.items()
            for name, value in names.items()
        }

    def estates_by_type(self) -> dict[str, int]:
        """How many estates each type has: its count, or its share of the city's
        estates by largest remainder.

        Of a city with a table, the estates that it gives the type and the share of those without one.
        """
        if self.estates is not None:
            return _listed_by_type(self.estates.rows.words("type"), self.types)
        return _estates_by_type(self.city.estates, self.types)

    def type_weights(self) -> dict[str, float]:
        """The chance of each type for an estate of a table that states none: by shares, or by counts."""
        weights = {
            name: float(kind.count or 0) if kind.share is None else kind.share
            for name, kind in self.types.items()
        }
        total = math.fsum(weights.values())
        return {name: weight / total if total else 1 / len(weights) for name, weight in weights.items()}


def _spin_up_problems(scenario: Scenario) -> list[Problem]:
    """Spinning up takes whole years, so that month 1 is the first of a year."""
    problems = []
    if scenario.spin_up % MONTHS_PER_YEAR:
        allowed = message("scenario.spin_up.years", months=MONTHS_PER_YEAR)
        problems.append(Problem("", "spin_up", str(scenario.spin_up), allowed))
    if scenario.months < scenario.least_months:
        allowed = message("scenario.spin_up.run", months=scenario.least_months)
        problems.append(Problem("", "months", str(scenario.months), allowed))
    return problems


def _estates_by_type(estates: int, types: Mapping[str, EstateType]) -> dict[str, int]:
    shares = {name: kind.share for name, kind in types.items() if kind.share is not None}
    if shares:
        return apportion(estates, shares)
    return {name: kind.count or 0 for name, kind in types.items()}


def _listed_by_type(listed: Sequence[str], types: Mapping[str, EstateType]) -> dict[str, int]:
    given = Counter(listed)
    shares = {
        name: float(kind.count or 0) if kind.share is None else kind.share for name, kind in types.items()
    }
    if not any(shares.values()):
        shares = dict.fromkeys(shares, 1.0)
    drawn = apportion(given.pop("", 0), shares)
    return {name: given[name] + number for name, number in drawn.items()}


def _type_problems(scenario: Scenario) -> list[Problem]:
    """Counts must add up to the city's estates, or shares to one; a city does not mix the two."""
    counts = {name: kind.count for name, kind in scenario.types.items() if kind.count is not None}
    shares = {name: kind.share for name, kind in scenario.types.items() if kind.share is not None}
    if counts and shares:
        found = message("scenario.types.mixed", counted=", ".join(counts), shared=", ".join(shares))
        return [Problem("", "types", found, message("scenario.types.not_mixed"))]
    if scenario.estates is not None:  # which estates there are the table says
        return []
    if counts and sum(counts.values()) != scenario.city.estates:
        allowed = message("scenario.types.sum_of_city", sum=scenario.city.estates)
        return [Problem("", "types", message("found.counts", sum=sum(counts.values())), allowed)]
    if shares and not shares_add_up(shares.values()):
        found = message("found.shares", sum=f"{math.fsum(shares.values()):.6g}")
        return [Problem("", "types", found, message("allowed.sum_of_one"))]
    problems = []
    for name, estates in _estates_by_type(scenario.city.estates, scenario.types).items():
        counted = sum(scenario.types[name].mode_counts.values())
        if scenario.types[name].mode_counts and counted != estates:
            allowed = message("scenario.types.sum_of_type", sum=estates)
            found = message("found.sum", sum=counted)
            problems.append(Problem("", f"types.{name}.mode_counts", found, allowed))
    return problems


def _size_problems(scenario: Scenario) -> list[Problem]:
    """An exact total of households must leave every estate at least its least size."""
    if scenario.city.households is None or scenario.estates is not None or _type_problems(scenario):
        return []
    numbers = scenario.estates_by_type()
    least = sum(numbers[name] * kind.households_min for name, kind in scenario.types.items())
    if scenario.city.households >= least:
        return []
    allowed = message("scenario.city.least_households", least=least)
    return [Problem("", "city.households", str(scenario.city.households), allowed)]


def _capacity_problems(scenario: Scenario) -> list[Problem]:
    """The companies of each kind must be able to run all the estates that they run at the start."""
    if _type_problems(scenario):
        return []
    started = Counter[str]()
    if scenario.estates is not None:
        started.update(scenario.estates.rows.words("mode"))
    else:
        for name, number in scenario.estates_by_type().items():
            started.update(scenario.types[name].estates_by_mode(number))
    companies = scenario.companies
    kinds = (
        ("market", "private", companies.private, "capacity_estates", companies.capacity_estates),
        ("soe", "state_owned", companies.state_owned, "capacity_state_owned", companies.capacity_state_owned),
    )
    return [
        Problem(
            "",
            f"companies.{key}",
            message("scenario.companies.too_few", companies=firms, estates=started[mode]),
            message("scenario.companies.capacity", limit=limit, least=started[mode], capacity=firms * each),
        )
        for mode, key, firms, limit, each in kinds
        if started[mode] > firms * each
    ]


def _table_problems(scenario: Scenario) -> list[Problem]:
    """A city with a table has exactly its estates, and the table names types, places and companies that the
    scenario has."""
    if scenario.estates is None:
        return []
    rows, city, companies = scenario.estates.rows, scenario.city, scenario.companies
    problems = []
    for key, found, number in (
        ("estates", city.estates, rows.size),
        ("households", city.households, int(rows.households.sum())),
    ):
        if found is not None and found != number:
            allowed = message("bad_table.as_many", number=number)
            problems.append(Problem("", f"city.{key}", str(found), allowed))
    for number, name in zip(rows.numbers, rows.words("type"), strict=True):
        if name and name not in scenario.types:
            place, allowed = f"estates.{number}.type", one_of(scenario.types)
            problems.append(Problem("", place, repr(name), allowed, nearest(name, scenario.types)))
    modes = rows.words("mode")
    for name, numbers in (
        ("district", [city.districts] * rows.size),
        ("street", [city.streets_per_district] * rows.size),
        ("community", [city.communities_per_street] * rows.size),
        ("company", [companies.state_owned if mode == "soe" else companies.private for mode in modes]),
    ):
        for number, value, size in zip(rows.numbers, rows.values(name), numbers, strict=True):
            if value >= size:
                allowed = message("bad_table.counted", last=size - 1, size=size)
                problems.append(Problem("", f"estates.{number}.{name}", f"{value:.0f}", allowed))
    for event in scenario.estates.past_events:
        if event.company >= companies.private:
            allowed = message("bad_table.counted", last=companies.private - 1, size=companies.private)
            problems.append(Problem("", "estates.past", f"company {event.company}", allowed))
    return problems[:MOST_TOLD]


def _figure_problems(scenario: Scenario) -> list[Problem]:
    """What a figure is about are keys of the scenario, stated by figures with a free key and by derived
    ones (of what they were derived); a name of its own has a figure with a free key alone."""
    if not any(figure.about or figure.name for figure in scenario.figures):
        return []
    data = scenario.model_dump(mode="json", exclude={"figures"})
    problems = []
    for index, figure in enumerate(scenario.figures):
        if figure.name is not None and names_something(figure.key, data):
            found = message("scenario.figure.key_and_name", key=figure.key)
            allowed = message("scenario.figure.name_of_free_key")
            problems.append(Problem("", f"figures.{index}.name", found, allowed))
        place = f"figures.{index}.about"
        if figure.about and figure.status != "derived" and names_something(figure.key, data):
            found = message("scenario.figure.key_and_about", key=figure.key)
            problems.append(Problem("", place, found, message("scenario.figure.about_of_free_key")))
        for key in figure.about:
            if not names_something(key, data):
                problems.append(Problem("", place, repr(key), message("scenario.figure.about")))
    return problems


def _programme_problems(scenario: Scenario) -> list[Problem]:
    """Programme names are unique, and their targets name types and districts that this city has."""
    problems = []
    seen: set[str] = set()
    for index, programme in enumerate(scenario.interventions):
        place = f"interventions.{index}"
        if programme.name in seen:
            second = message("scenario.programme.second", name=repr(programme.name))
            problems.append(Problem("", f"{place}.name", second, message("scenario.programme.once")))
        seen.add(programme.name)
        for name in programme.targets.types:
            if name not in scenario.types:
                guess = nearest(name, scenario.types)
                allowed = one_of(scenario.types)
                problems.append(Problem("", f"{place}.targets.types", repr(name), allowed, guess))
        for district in programme.targets.districts:
            if district >= scenario.city.districts:
                number = scenario.city.districts
                allowed = message("scenario.programme.districts", last=number - 1, districts=number)
                problems.append(Problem("", f"{place}.targets.districts", str(district), allowed))
    return problems


def switched(scenario: Scenario) -> list[tuple[Message, str]]:
    """(what, the names of the switches, or for how long it spins up) for whatever is not as in a scenario
    that says nothing of it; empty where nothing is."""
    off = [name for name, on in scenario.loops.model_dump().items() if not on]
    usual = MechanismSettings().model_dump()
    changed = [(name, on) for name, on in scenario.mechanisms.model_dump().items() if on != usual[name]]
    rows = (
        ("loops", message("shown.loops_off"), off),
        ("mechanisms", message("shown.mechanisms_off"), [name for name, on in changed if not on]),
        ("mechanisms", message("shown.mechanisms_on"), [name for name, on in changed if on]),
    )
    shown = [
        (what, listed(bracketed(name, say(f"setting.{table}.{name}")) for name in names))
        for table, what, names in rows
        if names
    ]
    if scenario.spin_up:
        shown.append((message("shown.spun_up"), quantity(scenario.spin_up, "months")))
    return shown
