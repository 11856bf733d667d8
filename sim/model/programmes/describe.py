"""What can be said of every intervention, as data and as text: for the command, the docs and the app."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, get_args, get_origin

from sim.errors import ScenarioError
from sim.model.programmes.base import Intervention
from sim.model.programmes.lever_words import BEARERS, LEVERS
from sim.problems import Problem, nearest, one_of
from sim.scenario import Programme, Targets, list_scenarios, load, load_programmes
from sim.scenario.sources import evidence_rows
from sim.text import say
from sim.text.evidence import found_in, quantity_of
from sim.text.figures import in_unit, unit_name
from sim.text.joins import clauses, labelled, listed
from sim.units import NO_VALUE
from sim.words import Label

COMMON = frozenset(Programme.model_fields) | {"yearly_budget"}


@dataclass(frozen=True)
class Setting:
    """One setting of an intervention; `source` is an evidence id or "judgement"."""

    key: str
    label: Label
    unit: str
    default: Any
    low: float | None
    high: float | None
    choices: tuple[str, ...]
    source: str


@dataclass(frozen=True)
class Evidence:
    """One row of the evidence register."""

    id: str
    quantity: str
    value: str
    unit: str
    place: str
    year: str
    source: str


@dataclass(frozen=True)
class Description:
    """Everything that is declared about one intervention."""

    kind: str
    label: Label
    mechanism: Label
    risk: Label
    levers: tuple[str, ...]
    payers: tuple[str, ...]
    settings: tuple[Setting, ...]
    common: tuple[Setting, ...]
    evidence: tuple[Evidence, ...]
    scenarios: tuple[str, ...]


def kinds() -> list[str]:
    """The kinds of intervention that act, sorted."""
    return sorted(kind for kind, made in load_programmes().items() if issubclass(made, Intervention))


def describe(kind: str, users: Mapping[str, list[str]] | None = None) -> Description:
    """What is declared about one kind; an unknown one is a ScenarioError that names the nearest.

    `users`: what `scenarios_by_kind` gives, for who describes many kinds and would not have
    every file read for each.
    """
    if kind not in kinds():
        guess = nearest(kind, kinds())
        raise ScenarioError([Problem("estate interventions", "", repr(kind), one_of(kinds()), guess)])
    made = load_programmes()[kind]
    assert issubclass(made, Intervention)
    settings = [_setting(made, key) for key in made.model_fields if key not in ("kind", "name")]
    ids = dict.fromkeys((*made.evidence, *(s.source for s in settings if s.source in register())))
    own = tuple(s for s in settings if s.key not in COMMON)
    common = tuple(s for s in settings if s.key in COMMON)
    return Description(
        kind,
        made.label(),
        made.how_it_works(),
        made.known_risk(),
        made.levers,
        made.payers,
        own,
        common,
        tuple(register()[key] for key in ids),
        tuple((scenarios_by_kind() if users is None else users).get(kind, ())),
    )


def _setting(made: type[Intervention], key: str) -> Setting:
    field = made.model_fields[key]
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    bounds = {
        name: getattr(rule, name) for rule in field.metadata for name in ("ge", "le") if hasattr(rule, name)
    }
    label = made.label_of(key)
    assert label is not None
    return Setting(
        key,
        label,
        str(extra.get("unit", "")),
        field.get_default(),
        bounds.get("ge"),
        bounds.get("le"),
        _choices(field.annotation),
        str(extra.get("source", "judgement")),
    )


def _choices(annotation: Any) -> tuple[str, ...]:
    """The texts that a field of fixed texts (or a list of them) allows, () for other fields."""
    if get_origin(annotation) is Literal:
        return tuple(part for part in get_args(annotation) if isinstance(part, str))
    return _choices(get_args(annotation)[0]) if get_origin(annotation) is tuple else ()


@cache
def register() -> dict[str, Evidence]:
    """The evidence register by id."""
    return {
        name: Evidence(
            name,
            row["quantity"],
            row["value"],
            row["unit"],
            row["place"],
            row["year"],
            row["source_title"],
        )
        for name, row in evidence_rows().items()
    }


def scenarios_by_kind() -> dict[str, list[str]]:
    """Names of the scenarios that can be loaded and use each kind, sorted."""
    users: dict[str, list[str]] = {}
    for name in list_scenarios():
        try:
            programmes = load(name).interventions
        except ScenarioError:
            continue  # a file of the user's that is not in order is no reason to say nothing
        for kind in dict.fromkeys(programme.kind for programme in programmes):
            users.setdefault(kind, []).append(name)
    return users


def shown(value: Any) -> str:
    """A default as a reader wants to see it."""
    if value is None:
        return NO_VALUE
    if isinstance(value, bool):
        return say("describe.yes") if value else say("describe.no")
    if isinstance(value, Targets):
        set_ones = {
            k: v for k, v in value.model_dump().items() if v is not None and v != () and k != "share_max"
        }
        return ", ".join(f"{k} = {shown(v)}" for k, v in set_ones.items()) or say("describe.all_estates")
    if isinstance(value, tuple):
        return ", ".join(str(part) for part in value)
    return f"{value:,.10g}" if isinstance(value, int | float) else str(value)


def range_of(setting: Setting) -> str:
    """The allowed range or choices, "" where there are none."""
    if setting.choices:
        return ", ".join(setting.choices)
    if setting.low is None and setting.high is None:
        return ""
    return say("describe.between", low=shown(setting.low), high=shown(setting.high))


def as_text(made: Description) -> str:
    """The whole description as Markdown."""
    risk, acts_on, who_pays = say("describe.risk"), say("describe.acts_on"), say("describe.who_pays")
    lines = [f"# {made.label} (`{made.kind}`)", "", str(made.mechanism), ""]
    lines += [labelled(f"**{risk}**", str(made.risk)), "", f"**{acts_on}**", ""]
    lines += [f"- {LEVERS[name]} (`{name}`)" for name in made.levers]
    lines += ["", labelled(f"**{who_pays}**", listed(BEARERS[name] for name in made.payers)), ""]
    head = (
        say("describe.setting"),
        say("describe.meaning"),
        say("describe.default"),
        say("describe.range"),
        say("describe.unit"),
        say("describe.source"),
    )
    lines += [f"| {' | '.join(head)} |", "|---|---|---|---|---|---|"]
    for setting in (*made.settings, *made.common):
        cells = (
            f"`{setting.key}`",
            str(setting.label),
            shown(setting.default),
            range_of(setting),
            unit_name(setting.unit),
            say("describe.judgement") if setting.source == "judgement" else setting.source,
        )
        lines.append(f"| {' | '.join(cells)} |")
    lines += ["", f"**{say('describe.evidence')}**", ""]
    lines += [
        f"- {labelled(f'{row.id} {quantity_of(row.id, row.quantity)}', _with_source(row))}"
        for row in made.evidence
    ]
    used = ", ".join(made.scenarios) or say("describe.none")
    return "\n".join([*lines, "", labelled(f"**{say('describe.scenarios')}**", used), ""])


def _with_source(row: Evidence) -> str:
    return clauses((in_unit(row.value, row.unit), found_in(row.place, row.year, row.source)))
