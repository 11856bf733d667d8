"""The ODD protocol (overview, design concepts, details) of one scenario, as Markdown: what was simulated,
so that it can be built again.

Written from the scenario and the declarations that it was checked by (tables, parameters, programmes), in the
current language; what is the same of every scenario stands in docs/odd.md and is repeated in short, so that
the text stands alone. Source of the
form: Grimm et al. 2020, JASSS 23(2) 7, the second update of the protocol.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sim.model.parameters import PARAMETERS
from sim.model.state.estates import ESTATE_FIELDS
from sim.model.state.owners import OWNER_FIELDS
from sim.model.state.tables import COMMITTEE_FIELDS, COMPANY_FIELDS, GOVERNMENT_FIELDS
from sim.outputs.report import common
from sim.results.outcomes import OUTCOMES
from sim.scenario import Programme, Scenario, Table, Wording
from sim.scenario.schema import switched
from sim.text import figures, language, say
from sim.text.joins import clauses, labelled, listed
from sim.units import NO_VALUE
from sim.words import MODE_WORDS, STAGE_WORDS

if TYPE_CHECKING:
    from sim.outputs.report.model import Table as Shown

PHASES = ("policy", "payment", "company", "estate", "owners", "committee", "market", "record")
CONCEPTS = (
    "basic",
    "emergence",
    "adaptation",
    "objectives",
    "learning",
    "prediction",
    "sensing",
    "interaction",
    "stochasticity",
    "collectives",
    "heterogeneity",
    "observation",
)
NAMED = (MODE_WORDS, STAGE_WORDS)


def odd_of(
    scenario: Scenario, seeds: Sequence[int] = (), marks: Mapping[str, Any] | None = None, asked: str = ""
) -> str:
    """The protocol of a scenario as Markdown.

    `seeds`: of the runs it was made for (none: its own); `marks`: a manifest, whose versions and hashes are
    named; `asked`: what the result asks, in a sentence.
    """
    parts = (
        [f"# {say('odd.title', title=_in(scenario.title))}", say("odd.protocol")],
        _purpose(scenario, asked),
        _entities(scenario),
        _process(scenario),
        _concepts(scenario, seeds or (scenario.seed,)),
        _initial(scenario),
        _inputs(scenario),
        _submodels(scenario),
        _marks(marks or {}),
    )
    return "\n\n".join(text for part in parts for text in part if text) + "\n"


def _purpose(scenario: Scenario, asked: str) -> list[str]:
    names = listed(outcome.name for outcome in OUTCOMES.values())
    return [
        f"## 1. {say('odd.purpose')}",
        say("odd.purpose_text"),
        _in(scenario.description),
        asked,
        say("odd.patterns", outcomes=names),
    ]


def _entities(scenario: Scenario) -> list[str]:
    city, companies = scenario.city, scenario.companies
    streets = city.districts * city.streets_per_district
    bodies = 1 + city.districts + streets * (1 + city.communities_per_street)
    drawn = say("odd.drawn") if city.households is None else figures.count(city.households)
    rows = [
        (say("odd.owner"), drawn, _columns(OWNER_FIELDS)),
        (say("odd.estate"), figures.count(city.estates), _columns(ESTATE_FIELDS)),
        (
            say("odd.company"),
            figures.count(companies.private + companies.state_owned),
            _columns(COMPANY_FIELDS),
        ),
        (say("odd.committee"), say("odd.one_each"), _columns(COMMITTEE_FIELDS)),
        (say("odd.body"), figures.count(bodies), _columns(GOVERNMENT_FIELDS)),
    ]
    kinds = [(common.type_name(scenario, name), figures.count(n)) for name, n in _by_type(scenario).items()]
    return [
        f"## 2. {say('odd.entities')}",
        _table((say("odd.entity"), say("report.number"), say("odd.variables")), rows),
        _table((say("report.type"), say("report.estates")), kinds),
        say(
            "odd.scales",
            months=figures.quantity(scenario.months, "months"),
            year=city.start_year,
            districts=city.districts,
            streets=streets,
        ),
    ]


def _process(scenario: Scenario) -> list[str]:
    steps = [f"{number}. {say(f'odd.phase.{name}')}" for number, name in enumerate(PHASES, 1)]
    return [f"## 3. {say('odd.process')}", say("odd.process_text"), "\n".join(steps), *_switches(scenario)]


def _switches(scenario: Scenario) -> list[str]:
    lines = [f"- {labelled(what.in_language(language()), names)}" for what, names in switched(scenario)]
    return ["\n".join(lines) if lines else say("odd.nothing_switched")]


def _concepts(scenario: Scenario, seeds: Sequence[int]) -> list[str]:
    lines = [f"**{say(f'odd.concept.{name}')}** {say(f'odd.concept.{name}_text')}" for name in CONCEPTS]
    told = say("odd.seeds", seeds=_numbers(seeds))
    return [f"## 4. {say('odd.concepts')}", *lines, told]


def _initial(scenario: Scenario) -> list[str]:
    kinds = {name: scenario.types[name] for name in _by_type(scenario)}
    heads = (say("odd.setting"), *(common.type_name(scenario, name) for name in kinds), say("report.unit"))
    first = next(iter(kinds.values()))
    rows = []
    for key in type(first).model_fields:
        if key in ("title", "share"):
            continue
        values = [_value(getattr(kind, key)) for kind in kinds.values()]
        rows.append((_label(first, key), *values, _unit(first, key)))
    settings = [
        row for one in (scenario.city, scenario.companies, scenario.government) for row in _settings(one, ())
    ]
    return [
        f"## 5. {say('odd.initial')}",
        say("odd.initial_text"),
        _table(heads, rows),
        _table((say("odd.setting"), say("report.value"), say("report.unit")), settings),
    ]


def _inputs(scenario: Scenario) -> list[str]:
    return [f"## 6. {say('odd.inputs')}", say("odd.inputs_text"), *map(_shown, common.sources_of([scenario]))]


def _submodels(scenario: Scenario) -> list[str]:
    told = [f"## 7. {say('odd.submodels')}", say("odd.submodels_text")]
    if not scenario.interventions:
        told.append(say("report.no_programme"))
    for number, programme in enumerate(scenario.interventions, 1):
        told += _programme(number, programme, scenario.months)
    values = scenario.parameter_values()
    own = [
        (f"`{key}`", str(PARAMETERS[key].label), f"{value:.10g}", f"{PARAMETERS[key].default:.10g}", unit)
        for key, value in values.items()
        if value != PARAMETERS[key].default
        for unit in (figures.unit_name(PARAMETERS[key].unit),)
    ]
    heads = (
        say("report.parameter"),
        say("report.meaning"),
        say("odd.here"),
        say("odd.default"),
        say("report.unit"),
    )
    told.append(f"### {say('odd.changed')}")
    told.append(_table(heads, own) if own else say("odd.none_changed", number=len(PARAMETERS)))
    return [*told, f"### {say('report.parameters_title')}", _shown(common.parameters_of(scenario))]


def _programme(number: int, programme: Programme, months: int) -> list[str]:
    from sim.model.programmes.condition_words import sentences_of
    from sim.model.programmes.describe import describe

    about = describe(programme.kind, {})
    left_out = ("kind", "name", "targets", "when", "where")
    rows = _settings(programme, left_out) + _settings(programme.targets, ())
    conditions = clauses(sentences_of(programme))
    return [
        f"### {say('odd.programme', number=number, label=common.label_of(programme), name=programme.name)}",
        _in(about.mechanism),
        labelled(say("report.when"), common.dates_of(programme, months)),
        *([labelled(say("reacts.title"), conditions)] if conditions else []),
        _table((say("odd.setting"), say("report.value"), say("report.unit"), say("odd.default")), rows),
    ]


def _marks(manifest: Mapping[str, Any]) -> list[str]:
    rows = [(say("report.key"), str(manifest["key"]))] if "key" in manifest else []
    rows += common.version_rows(manifest)
    return [f"## {say('report.traces')}", _shown(common.traces_table(rows))] if rows else []


# tables


def _settings(table: Table, left_out: Iterable[str]) -> list[tuple[str, ...]]:
    """(what it means, value, unit, default where it is another) of every setting of a table."""
    rows: list[tuple[str, ...]] = []
    for key, field in type(table).model_fields.items():
        value = getattr(table, key)
        if key in left_out or isinstance(value, Wording):
            continue
        default = field.get_default()
        same = field.is_required() or value == default
        rows.append((_label(table, key), _value(value), _unit(table, key), "" if same else _value(default)))
    return rows


def _label(table: Table, key: str) -> str:
    label = type(table).label_of(key)
    return f"{label} (`{key}`)" if label is not None else f"`{key}`"


def _unit(table: Table, key: str) -> str:
    extra = type(table).model_fields[key].json_schema_extra
    unit = extra.get("unit") if isinstance(extra, dict) else None
    return figures.unit_name(str(unit)) if unit else ""


def _value(value: Any) -> str:
    if value is None or value == () or value == {}:
        return NO_VALUE
    if isinstance(value, bool):
        return say("odd.yes") if value else say("odd.no")
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, tuple):
        return listed(_value(one) for one in value)
    if isinstance(value, Mapping):
        return listed(f"{_value(name)} {_value(one)}" for name, one in value.items())
    if isinstance(value, str):
        return next((str(words[value]) for words in NAMED if value in words), value)
    return str(value)


def _columns(fields: Iterable[Any]) -> str:
    return ", ".join(f"`{field.name}`" for field in fields if not field.name.startswith("lever_"))


def _by_type(scenario: Scenario) -> dict[str, int]:
    return {name: number for name, number in scenario.estates_by_type().items() if number}


def _numbers(seeds: Sequence[int]) -> str:
    """Seeds in a row; those without a gap as first to last."""
    if len(seeds) > 2 and list(seeds) == list(range(seeds[0], seeds[-1] + 1)):
        return say("report.range", low=seeds[0], high=seeds[-1])
    return listed(str(seed) for seed in seeds)


def _in(words: Any) -> str:
    return str(words.in_language(language()))


def _shown(table: Shown) -> str:
    caption = f"*{table.caption}*\n\n" if table.caption else ""
    return caption + _table(table.columns, table.rows) + (f"\n\n{table.note}" if table.note else "")


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *(row[: len(heads)] for row in rows)]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)


def _cell(text: str) -> str:
    return str(text).replace("|", "\\|").replace("\n", " ")
