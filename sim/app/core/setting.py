"""The setting of a page: levers made from what scenarios, measures and parameters declare,
and what a participant has set.

Nothing is listed twice: a new parameter, setting or measure is there by itself. A `Choice` is a small
immutable value, which an address can hold and a scenario can be made from.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, get_args
from urllib.parse import urlencode

from sim.app.core.affordable import DEFAULT_LIMITS, Limits, check_limits, city, offered
from sim.model.parameters import PARAMETERS
from sim.model.programmes.describe import Description, Setting, describe, kinds, scenarios_by_kind
from sim.problems import one_of
from sim.scenario import Programme, Scenario, Targets, load_programmes, to_data, with_overrides
from sim.scenario.fields import Table
from sim.scenario.loading import check
from sim.text import Family, Later, Message, Spoken, languages, message
from sim.text.catalog import DEFAULT_LANGUAGE
from sim.text.joins import listed
from sim.words import MODE_WORDS, MODES, STAGE_WORDS, STAGES, Word

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
CHOICES: dict[object, Spoken] = {
    "sudden": message("choice.sudden"),
    "tapered": message("choice.tapered"),
    "worst_first": message("choice.worst_first"),
    "easiest_first": message("choice.easiest_first"),
    "random": message("choice.random"),
    "community": message("choice.community"),
    "street": message("choice.street"),
    "full": message("choice.full"),
    "gates": message("choice.gates"),
    "cameras": message("choice.cameras"),
    "drains": message("choice.drains"),
    "heating": message("choice.heating"),
    "roads": message("choice.roads"),
    True: message("choice.true"),
    False: message("choice.false"),
    None: message("choice.none"),
}
CHOICES.update(MODE_WORDS)
CHOICES.update(STAGE_WORDS)
GROUPS = Family("group", sorted({parameter.group for parameter in PARAMETERS.values()}))
DEFAULT = "small_city"
MOST_MEASURES = 20


@dataclass(frozen=True)
class Lever:
    """One thing that a participant may change. `kind` is number, whole, switch,
    choice or several (of `choices`).

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
            chosen = tuple(dict.fromkeys(known[part] for part in parts))
            return chosen if self.kind == "several" else chosen[0]
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
def board(name: str, limits: Limits = DEFAULT_LIMITS) -> Board:
    """The levers of a scenario of `offered`."""
    scenario = city(name, limits)
    starts = _starts(scenario)
    parameters: dict[str, tuple[Lever, ...]] = {}
    for key, parameter in PARAMETERS.items():
        value = scenario.parameter_values().get(key, parameter.default)
        lever = Lever(
            key,
            parameter.label,
            parameter.unit,
            "number",
            value,
            parameter.low,
            parameter.high,
            source=parameter.source,
        )
        parameters[parameter.group] = (*parameters.get(parameter.group, ()), lever)
    measures = _measures(scenario)
    of_measures = [group for measure in measures for group in (measure.levers, measure.targets)]
    every = [lever for group in (*starts.values(), *parameters.values(), *of_measures) for lever in group]
    return Board(scenario, starts, parameters, measures, {lever.key: lever for lever in every})


def _starts(scenario: Scenario) -> dict[str, tuple[Lever, ...]]:
    """The main starting conditions by heading key: city, each type, companies,
    government, loops, mechanisms."""
    shares = all(kind.share is not None and not kind.mode_counts for kind in scenario.types.values())
    groups = {"city": tuple(_of(scenario.city, "city", ("estates",)) if shares else ())}
    for name, kind in scenario.types.items():
        groups[f"types.{name}"] = tuple(_of(kind, f"types.{name}", OF_A_TYPE))
    groups["companies"] = tuple(_of(scenario.companies, "companies", OF_COMPANIES))
    groups["government"] = tuple(
        _of(scenario.government, "government", tuple(type(scenario.government).model_fields))
    )
    groups["loops"] = tuple(_of(scenario.loops, "loops", tuple(type(scenario.loops).model_fields)))
    groups["mechanisms"] = tuple(
        _of(scenario.mechanisms, "mechanisms", tuple(type(scenario.mechanisms).model_fields))
    )
    return {name: levers for name, levers in groups.items() if levers}


def _of(table: Table, prefix: str, keys: tuple[str, ...]) -> list[Lever]:
    """Levers of some fields of a table of the scenario."""
    levers = []
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
        levers.append(
            Lever(
                f"{prefix}.{key}",
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
    return levers


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
    measures = [_measure(scenario, programme.name, programme.kind, programme) for programme in own.values()]
    return (
        *measures,
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
    """Single values, and lists of fixed texts; which estates are aimed at has levers of its own, and
    conditions hold as the scenario has them."""
    if setting.key in ("when", "where"):
        return False
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
    prefix = f"interventions.{name}.targets"
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
            {key: Word(**{DEFAULT_LANGUAGE: str(key)}) for key in areas},
        ),
    )
    several = [
        Lever(
            f"{prefix}.{key}",
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
        f"{prefix}.old",
        message("choice.old_or_not"),
        "",
        "choice",
        aimed.old,
        choices=(None, True, False),
        names=tuple(CHOICES[choice] for choice in (None, True, False)),
    )
    return (*several, old, *_of(aimed, prefix, OF_TARGETS))


SEED = Lever("seed", message("setting.scenario.seed"), "", "whole", 1, 0, 2**31 - 1)


def months_lever(base: Scenario, limits: Limits) -> Lever:
    """The lever of how many months are simulated: a year or more where the city spins up before."""
    least, most = base.least_months, limits.months
    return Lever("months", message("setting.scenario.months"), "", "whole", base.months, least, most)


@dataclass(frozen=True)
class Choice:
    """A scenario and what was changed about it; `values` by dotted key, only what
    differs from the scenario."""

    scenario: str
    seed: int
    months: int
    on: tuple[str, ...]
    values: tuple[tuple[str, Any], ...] = ()

    @classmethod
    def of(cls, name: str) -> Choice:
        """A scenario as it is."""
        scenario_board = board(name)
        return cls(name, scenario_board.scenario.seed, scenario_board.scenario.months, scenario_board.on)

    @property
    def board(self) -> Board:
        """The levers of the scenario."""
        return board(self.scenario)

    def value(self, lever: Lever) -> Any:
        """What a lever stands at."""
        return dict(self.values).get(lever.key, lever.start)

    def moved(self, lever: Lever, value: Any) -> Choice:
        """The choice with a lever moved; back at its start it is no change."""
        values = dict(self.values)
        values.pop(lever.key, None)
        if value != lever.start:
            values[lever.key] = value
        return replace(self, values=tuple(sorted(values.items())))

    def switched(self, name: str, on: bool) -> Choice:
        """The choice with a measure switched on (last) or off."""
        names = tuple(other for other in self.on if other != name)
        return replace(self, on=(*names, name) if on else names)


def scenario_of(choice: Choice, limits: Limits) -> Scenario:
    """The scenario that a choice stands for. ScenarioError lists what does not fit
    together or is too large."""
    board = choice.board
    data = to_data(board.scenario)
    own = {entry["name"]: entry for entry in data.get("interventions", [])}
    kind_of = {measure.name: measure.kind for measure in board.measures}
    data["interventions"] = [own.get(name, {"kind": kind_of[name], "name": name}) for name in choice.on]
    scenario = check(data, {(): choice.scenario}, choice.scenario)
    values = {key: value for key, value in choice.values if _applies(key, choice.on)}
    if "city.estates" in values or any(key.endswith(".households_mean") for key in values):
        values["city.households"] = None  # an exact total belongs to the sizes that it was given for
    values = {key: list(value) if isinstance(value, tuple) else value for key, value in values.items()}
    changed = with_overrides(scenario, {**values, "seed": choice.seed, "months": choice.months})
    return check_limits(changed, limits)


def _applies(key: str, on: tuple[str, ...]) -> bool:
    """Whether a value counts: those of a measure that is switched off wait until it is on again."""
    return not key.startswith("interventions.") or key.split(".")[1] in on


def address(choice: Choice, lang: str, more: Iterable[tuple[str, str]] = ()) -> str:
    """The query string ("?...") that holds a choice."""
    start = Choice.of(choice.scenario)
    parts = [("scenario", choice.scenario)]
    parts += [
        (key, str(getattr(choice, key)))
        for key in ("seed", "months")
        if getattr(choice, key) != getattr(start, key)
    ]
    if choice.on != start.on:
        parts.append(("on", ",".join(choice.on)))
    levers = choice.board.by_key
    parts += [(key, levers[key].written(value)) for key, value in choice.values]
    return "?" + urlencode([*parts, *more, ("lang", lang)], safe=",")


@dataclass(frozen=True)
class Reading:
    """What was read from an address, and what of it was left out and why (for the participant to see)."""

    choice: Choice
    lang: str
    ignored: tuple[Message, ...]


def read_address(
    pairs: Iterable[tuple[str, str]], limits: Limits, lang: str, other: Iterable[str] = ()
) -> Reading:
    """The choice of a query string. What is unknown or out of range is left out and named;
    nothing else is trusted."""
    given: dict[str, str] = {}
    ignored: list[Message] = []
    length, too_long = 0, False
    for key, text in pairs:
        length += len(key) + len(text) + 2
        if length > limits.query_length:
            too_long = True
            break
        given[key] = text
    lang = given.pop("lang", lang)
    lang = lang if lang in languages() else DEFAULT_LANGUAGE
    if too_long:
        ignored.append(message("app.too_long", most=limits.query_length))
    name = given.pop("scenario", DEFAULT)
    if name not in offered(limits):
        known = Later(listed, tuple(offered(limits)))
        ignored.append(message("app.out_of_range", key="scenario", found=_short(name), allowed=known))
        name = DEFAULT
    for key in other:
        given.pop(key, None)
    return Reading(_read_levers(Choice.of(name), given, limits, ignored), lang, tuple(ignored[:12]))


def _read_levers(choice: Choice, given: dict[str, str], limits: Limits, ignored: list[Message]) -> Choice:
    """Move what a query names; `ignored` gets what cannot be."""
    if "on" in given:
        names = tuple(dict.fromkeys(name for name in given.pop("on").split(",") if name))
        known = tuple(name for name in names if choice.board.measure(name) is not None)[:MOST_MEASURES]
        ignored += [message("app.unknown", key=_short(name)) for name in names if name not in known]
        choice = replace(choice, on=known)
    plain = {"seed": SEED, "months": months_lever(choice.board.scenario, limits)}
    for key, text in given.items():
        lever = plain.get(key) or choice.board.by_key.get(key)
        if lever is None:
            ignored.append(message("app.unknown", key=_short(key)))
            continue
        try:
            value = lever.read(text)
        except ValueError as error:
            ignored.append(message("app.out_of_range", key=key, found=_short(text), allowed=error.args[0]))
            continue
        choice = replace(choice, **{key: value}) if key in plain else choice.moved(lever, value)
    return choice


def _short(text: str) -> str:
    shown = "".join(letter if letter.isprintable() else "?" for letter in text[:40])
    return repr(shown + ("…" if len(text) > 40 else ""))
