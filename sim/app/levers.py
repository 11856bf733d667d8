"""The levers of the page, made from what scenarios, measures and parameters declare: nothing is listed twice."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import Any, get_args

from sim.app.lever_words import CHOICES
from sim.app.limits import Limits, check_limits, fits
from sim.app.sample import sample_of
from sim.errors import ScenarioError
from sim.model.parameters import PARAMETERS
from sim.model.programmes.describe import Description, Setting, describe, kinds, scenarios_by_kind
from sim.problems import one_of
from sim.scenario import Programme, Scenario, Targets, list_scenarios, load, load_programmes
from sim.scenario.fields import Table
from sim.text import Spoken, message
from sim.words import MODES, STAGES, Word

OF_A_TYPE = (
    "start_collection",
    "fee_price",
    "cost_per_area",
    "public_revenue",
    "condition_mean",
    "legacy_share",
    "legacy_mean",
    "income_mean",
    "vacancy",
    "tenants",
    "committee_share",
    "households_mean",
)
OF_COMPANIES = (
    "private",
    "state_owned",
    "capacity_estates",
    "skill_mean",
    "margin_mean",
    "tolerance_months_mean",
    "cash_months",
)
OF_TARGETS = ("age_min", "age_max", "share_max")
NONE = "none"
DEFAULT_LIMITS = Limits()


@dataclass(frozen=True)
class Lever:
    """One thing that a participant may change. `kind` is number, whole, switch, choice or several (of `choices`).

    `optional`: a number may be absent (None), several may be none at all.
    """

    key: str
    label: Spoken
    unit: str
    kind: str
    start: Any
    low: float | None = None
    high: float | None = None
    choices: tuple[Any, ...] = ()
    names: tuple[Spoken, ...] = ()
    optional: bool = False
    source: str = ""

    def read(self, text: str) -> Any:
        """The value that a text of an address stands for; ValueError says what is allowed."""
        if self.optional and text == NONE and self.kind != "several":
            return None
        if self.kind == "switch":
            if text not in ("true", "false"):
                raise ValueError(message("allowed.truth"))
            return text == "true"
        if self.kind in ("choice", "several"):
            known = {self.written(choice): choice for choice in self.choices}
            parts = [text] if self.kind == "choice" else text.split(",") if text else []
            if any(part not in known for part in parts) or not (parts or self.optional):
                raise ValueError(one_of(known))
            found = tuple(dict.fromkeys(known[part] for part in parts))
            return found if self.kind == "several" else found[0]
        return self.bounded(_number(text))

    def bounded(self, value: float) -> float | int:
        """A number inside the allowed range; ValueError says which that is."""
        low, high = (
            (-math.inf if self.low is None else self.low),
            (math.inf if self.high is None else self.high),
        )
        whole = self.kind == "whole"
        if not math.isfinite(value) or not low <= value <= high or (whole and value != int(value)):
            kind = message("allowed.integer" if whole else "allowed.number")
            raise ValueError(message("allowed.range", what=kind, low=f"{low:,.10g}", high=f"{high:,.10g}"))
        return int(value) if whole else float(value)

    def written(self, value: Any) -> str:
        """A value as an address holds it; `read` gives it back."""
        if value is None:
            return NONE
        if isinstance(value, bool):
            return "true" if value else "false"
        return ",".join(map(str, value)) if isinstance(value, tuple | list) else str(value)

    def labels(self) -> dict[str, str]:
        """What can be chosen, as written, with its label."""
        return {
            self.written(choice): str(name) for choice, name in zip(self.choices, self.names, strict=True)
        }


def _number(text: str) -> float:
    if len(text) > 40:
        raise ValueError(message("allowed.number"))
    try:
        return float(text)
    except ValueError:
        raise ValueError(message("allowed.number")) from None


@dataclass(frozen=True)
class Measure:
    """One measure that can be switched on, by its name in the scenario."""

    name: str
    kind: str
    label: Spoken
    on: bool
    about: Description
    levers: tuple[Lever, ...]
    targets: tuple[Lever, ...]


@dataclass(frozen=True)
class Board:
    """Everything that can be changed about one scenario."""

    scenario: Scenario
    starts: dict[str, tuple[Lever, ...]]
    parameters: dict[str, tuple[Lever, ...]]
    measures: tuple[Measure, ...]
    by_key: dict[str, Lever]

    @property
    def on(self) -> tuple[str, ...]:
        """Names of the measures that the scenario itself carries out."""
        return tuple(measure.name for measure in self.measures if measure.on)

    def measure(self, name: str) -> Measure | None:
        """The measure of a name, if there is one."""
        return next((measure for measure in self.measures if measure.name == name), None)


@cache
def city(name: str, limits: Limits) -> Scenario:
    """The city of a scenario as a workshop can afford it: itself, or a sample where it is too large. ScenarioError if neither will do."""
    scenario = load(name)
    if fits(scenario, limits):
        return scenario
    return check_limits(sample_of(scenario)[0], limits)


@cache
def offered(limits: Limits) -> dict[str, Spoken]:
    """Names and titles of the scenarios that a workshop can afford, the small city first."""
    found: dict[str, Spoken] = {}
    for name in sorted(
        list_scenarios(), key=lambda name: (name != "small_city", name != "vicious_cycle", name)
    ):
        try:
            scenario = city(name, limits)
        except ScenarioError:
            continue
        found[name] = scenario.title
    return found


@cache
def board(name: str, limits: Limits = DEFAULT_LIMITS) -> Board:
    """The levers of a scenario of `offered`."""
    scenario = city(name, limits)
    starts = _starts(scenario)
    parameters: dict[str, tuple[Lever, ...]] = {}
    for key, parameter in PARAMETERS.items():
        value = scenario.parameter_values().get(key, parameter.default)
        made = Lever(
            key,
            parameter.label,
            parameter.unit,
            "number",
            value,
            parameter.low,
            parameter.high,
            source=parameter.source,
        )
        parameters[parameter.group] = (*parameters.get(parameter.group, ()), made)
    measures = _measures(scenario)
    of_measures = [group for measure in measures for group in (measure.levers, measure.targets)]
    every = [lever for group in (*starts.values(), *parameters.values(), *of_measures) for lever in group]
    return Board(scenario, starts, parameters, measures, {lever.key: lever for lever in every})


def _starts(scenario: Scenario) -> dict[str, tuple[Lever, ...]]:
    """The main starting conditions by heading key: city, each type, companies, government, loops."""
    shares = all(kind.share is not None and not kind.mode_counts for kind in scenario.types.values())
    groups = {"city": tuple(_of(scenario.city, "city", ("estates",)) if shares else ())}
    for name, kind in scenario.types.items():
        groups[f"types.{name}"] = tuple(_of(kind, f"types.{name}", OF_A_TYPE))
    groups["companies"] = tuple(_of(scenario.companies, "companies", OF_COMPANIES))
    groups["government"] = tuple(
        _of(scenario.government, "government", tuple(type(scenario.government).model_fields))
    )
    groups["loops"] = tuple(_of(scenario.loops, "loops", tuple(type(scenario.loops).model_fields)))
    return {name: levers for name, levers in groups.items() if levers}


def _of(table: Table, place: str, keys: tuple[str, ...]) -> list[Lever]:
    """Levers of some fields of a table of the scenario."""
    made = []
    for key in keys:
        field = type(table).model_fields[key]
        about = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
        bounds = {
            name: getattr(rule, name)
            for rule in field.metadata
            for name in ("ge", "le")
            if hasattr(rule, name)
        }
        parts = {type(None)} | set(get_args(field.annotation)) | {field.annotation}
        made.append(
            Lever(
                f"{place}.{key}",
                _told(type(table), key),
                str(about["unit"]),
                _kind(parts),
                getattr(table, key),
                bounds.get("ge"),
                bounds.get("le"),
                optional=type(None) in get_args(field.annotation),
                source=str(about.get("source", "")),
            )
        )
    return made


def _told(table: type[Table], key: str) -> Spoken:
    label = table.label_of(key)
    assert label is not None, f"{table.__name__}.{key} has no text"
    return label


def _kind(parts: set[Any]) -> str:
    return "switch" if bool in parts else "number" if float in parts else "whole"


def _measures(scenario: Scenario) -> tuple[Measure, ...]:
    """The scenario's own measures in its order, then every other kind."""
    own = {programme.name: programme for programme in scenario.interventions}
    present = {programme.kind for programme in own.values()}
    made = [_measure(scenario, programme.name, programme.kind, programme) for programme in own.values()]
    return (
        *made,
        *(
            _measure(scenario, kind, kind, None)
            for kind in kinds()
            if kind not in present and kind not in own
        ),
    )


@cache
def described(kind: str) -> Description:
    """What is declared about a kind of measure."""
    return describe(kind, _users())


@cache
def _users() -> dict[str, list[str]]:
    return scenarios_by_kind()


def _measure(scenario: Scenario, name: str, kind: str, programme: Programme | None) -> Measure:
    about = described(kind)
    levers = tuple(
        _setting(name, kind, setting, programme)
        for setting in (*about.settings, *about.common)
        if _usable(setting)
    )
    label: Spoken = about.label if name == kind else message("join.remark", words=about.label, remark=name)
    return Measure(
        name, kind, label, programme is not None, about, levers, _targets(scenario, name, kind, programme)
    )


def _usable(setting: Setting) -> bool:
    """Single values, and lists of fixed texts; which estates are aimed at has levers of its own."""
    simple = setting.default is None or isinstance(setting.default, bool | int | float)
    return simple or bool(setting.choices)


def _setting(name: str, kind: str, setting: Setting, programme: Programme | None) -> Lever:
    annotation = load_programmes()[kind].model_fields[setting.key].annotation
    parts = {annotation, *get_args(annotation)}
    value = setting.default if programme is None else getattr(programme, setting.key)
    form = _kind(parts)
    if setting.choices:
        form = "several" if isinstance(setting.default, tuple) else "choice"
    return Lever(
        f"interventions.{name}.{setting.key}",
        setting.label,
        setting.unit,
        form,
        value,
        setting.low,
        setting.high,
        setting.choices,
        tuple(CHOICES[choice] for choice in setting.choices),
        type(None) in parts,
        setting.source,
    )


def _targets(scenario: Scenario, name: str, kind: str, programme: Programme | None) -> tuple[Lever, ...]:
    """Levers of which estates a measure is aimed at; nothing chosen leaves that aspect open."""
    fields = load_programmes()[kind].model_fields
    aimed: Targets = fields["targets"].get_default() if programme is None else programme.targets
    place = f"interventions.{name}.targets"
    areas = tuple(range(scenario.city.districts))
    lists = (
        (
            "types",
            _told(Targets, "types"),
            {key: made.title for key, made in scenario.types.items()},
        ),
        ("stages", _told(Targets, "stages"), {key: CHOICES[key] for key in STAGES}),
        ("modes", _told(Targets, "modes"), {key: CHOICES[key] for key in MODES}),
        (
            "districts",
            message("setting.targets.districts"),
            {key: Word(str(key), str(key)) for key in areas},
        ),
    )
    several = [
        Lever(
            f"{place}.{key}",
            label,
            "",
            "several",
            getattr(aimed, key),
            choices=tuple(words),
            names=tuple(words.values()),
            optional=True,
        )
        for key, label, words in lists
    ]
    old = Lever(
        f"{place}.old",
        message("choice.old_or_not"),
        "",
        "choice",
        aimed.old,
        choices=(None, True, False),
        names=tuple(CHOICES[choice] for choice in (None, True, False)),
    )
    return (*several, old, *_of(aimed, place, OF_TARGETS))


def title(name: str, limits: Limits) -> str:
    """A scenario's title."""
    return str(offered(limits)[name])
