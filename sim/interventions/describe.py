"""What can be said of every intervention, as data and as text in Chinese and English: for the command, the docs and the app."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal, get_args, get_origin

from sim.errors import ScenarioError
from sim.interventions.base import Intervention
from sim.interventions.lever_words import BEARER_WORDS, lever_word
from sim.problems import Problem
from sim.scenario import Programme, Targets, list_scenarios, load, load_programmes
from sim.scenario.nearest import nearest
from sim.words import Word

COMMON = frozenset(Programme.model_fields) | {"yearly_budget"}
JUDGEMENT = Word("研究者判断", "judgement")


@dataclass(frozen=True)
class Setting:
    """One setting of an intervention; `source` is an evidence id or "judgement"."""

    key: str
    label: Word
    unit: str
    default: Any
    low: float | None
    high: float | None
    choices: tuple[str, ...]
    source: str

    @property
    def is_money(self) -> bool:
        """True where the setting is an amount of yuan."""
        return self.unit.startswith("yuan")


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
    label: Word
    mechanism: Word
    risk: Word
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

    `users`: what `scenarios_by_kind` gives, for who describes many kinds and would not have every file read for each.
    """
    if kind not in kinds():
        allowed = "one of " + ", ".join(kinds())
        raise ScenarioError(
            [Problem("estate interventions", "", repr(kind), allowed, nearest(kind, kinds()))]
        )
    made = load_programmes()[kind]
    assert issubclass(made, Intervention)
    settings = [_setting(made, key) for key in made.model_fields if key not in ("kind", "name")]
    ids = dict.fromkeys((*made.evidence, *(s.source for s in settings if s.source in register())))
    own = tuple(s for s in settings if s.key not in COMMON)
    common = tuple(s for s in settings if s.key in COMMON)
    return Description(
        kind,
        Word(made.label_zh, made.label_en),
        made.mechanism,
        made.risk,
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
    english, _, chinese = (field.description or key).rpartition(" / ")
    label = Word(str(extra.get("zh", chinese)), str(extra.get("en", english)))
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
    text = (files("sim") / "evidence" / "evidence.csv").read_text(encoding="utf-8")
    return {
        row["id"]: Evidence(
            row["id"],
            row["quantity"],
            row["value"],
            row["unit"],
            row["place"],
            row["year"],
            row["source_title"],
        )
        for row in csv.DictReader(text.splitlines())
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


def shown(value: Any, lang: str) -> str:
    """A default as a reader wants to see it."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return ({True: "是", False: "否"} if lang == "zh" else {True: "yes", False: "no"})[value]
    if isinstance(value, Targets):
        set_ones = {
            k: v for k, v in value.model_dump().items() if v is not None and v != () and k != "share_max"
        }
        everything = "全部小区" if lang == "zh" else "all estates"
        return ", ".join(f"{k} = {shown(v, lang)}" for k, v in set_ones.items()) or everything
    if isinstance(value, tuple):
        return ", ".join(str(part) for part in value)
    return f"{value:,.10g}" if isinstance(value, int | float) else str(value)


def range_of(setting: Setting) -> str:
    """The allowed range or choices, "" where there are none."""
    if setting.choices:
        return ", ".join(setting.choices)
    if setting.low is None and setting.high is None:
        return ""
    return f"{shown(setting.low, 'en')} – {shown(setting.high, 'en')}"


def bearer(payer: str, lang: str) -> str:
    """Who pays, in words."""
    return BEARER_WORDS[payer].in_language(lang)


def as_text(made: Description, lang: str) -> str:
    """The whole description as Markdown."""
    zh = lang == "zh"
    lines = [f"# {made.label.in_language(lang)} (`{made.kind}`)", "", made.mechanism.in_language(lang), ""]
    lines += [f"**{'已知风险' if zh else 'Known risk'}**: {made.risk.in_language(lang)}", ""]
    lines += [f"**{'作用于' if zh else 'Acts on'}**", ""]
    lines += [f"- {lever_word(name).in_language(lang)} (`{name}`)" for name in made.levers]
    payers = ("、" if zh else ", ").join(bearer(name, lang) for name in made.payers)
    lines += ["", f"**{'谁出钱' if zh else 'Who pays'}**: {payers}", ""]
    head = (
        ("设置", "含义", "默认", "范围", "单位", "依据")
        if zh
        else ("setting", "meaning", "default", "range", "unit", "source")
    )
    lines += [f"| {' | '.join(head)} |", "|---|---|---|---|---|---|"]
    for setting in (*made.settings, *made.common):
        source = JUDGEMENT.in_language(lang) if setting.source == "judgement" else setting.source
        cells = (
            f"`{setting.key}`",
            setting.label.in_language(lang),
            shown(setting.default, lang),
            range_of(setting),
            setting.unit,
            source,
        )
        lines.append(f"| {' | '.join(cells)} |")
    lines += ["", f"**{'依据' if zh else 'Evidence'}**", ""]
    lines += [
        f"- {row.id}: {row.quantity}: {row.value} {row.unit} ({', '.join(p for p in (row.place, row.year, row.source) if p)})"
        for row in made.evidence
    ]
    used = ", ".join(made.scenarios) or ("无" if zh else "none")
    return "\n".join([*lines, "", f"**{'使用它的情景' if zh else 'Scenarios that use it'}**: {used}", ""])
