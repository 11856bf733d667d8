"""Sections that reports of every kind of result share: the setting, programmes in time, assumptions, traces."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sim.evidence.register import STATUSES, register
from sim.model.parameters import PARAMETERS
from sim.outputs.catalog import amount, capital, short_title
from sim.outputs.report.model import Table
from sim.outputs.report.words import say
from sim.results.files import csv_text
from sim.scenario import Scenario
from sim.scenario.switches import switched
from sim.text import figures, in_language, joins, message
from sim.units import NO_VALUE

if TYPE_CHECKING:
    from sim.experiments.ensemble import Ensemble
    from sim.scenario import Programme

HASH = 16  # hex digits of a hash that are shown


def listed(words: Iterable[str], lang: str) -> str:
    """Words in a row."""
    with in_language(lang):
        return joins.listed(words)


def yuan(value: float, lang: str) -> str:
    """An amount with a true minus; a dash where there is none."""
    return NO_VALUE if math.isnan(value) else amount(value, lang).replace("-", "−")


def type_name(scenario: Scenario, key: str, lang: str) -> str:
    """Title of an estate type without what it explains in brackets."""
    return short_title(scenario.types[key].title.in_language(lang)) if key in scenario.types else key


def size_rows(scenario: Scenario, lang: str) -> list[tuple[str, str]]:
    """City, estates by type, households and companies."""
    kinds = scenario.estates_by_type()
    rows = [
        (say("city", lang), scenario.city.name.in_language(lang)),
        (say("estates", lang), f"{scenario.city.estates:,}"),
    ]
    rows += [
        (say("estates_of", lang, type=type_name(scenario, key, lang)), f"{number:,}")
        for key, number in kinds.items()
    ]
    if scenario.city.households is not None:
        rows.append((say("households", lang), f"{scenario.city.households:,}"))
    rows += [
        (say("companies", lang), f"{scenario.companies.private + scenario.companies.state_owned:,}"),
        (say("months", lang), f"{scenario.months:,}"),
    ]
    return rows + [(what.in_language(lang), names) for what, names in switched(scenario)]


def setting_table(rows: Sequence[tuple[str, str]], lang: str) -> Table:
    """The table of a setting."""
    return Table(say("types_title", lang), (say("item", lang), say("value", lang)), tuple(rows))


def label_of(programme: Programme, lang: str) -> str:
    """What a programme is called."""
    return programme.label().in_language(lang)


def dates_of(programme: Programme, months: int, lang: str) -> str:
    """When a programme is in force."""
    if programme.start > months or (programme.end is not None and programme.end < programme.start):
        return say("never", lang)
    if programme.end is None:
        return say("from_on", lang, start=programme.start)
    return say("from_to", lang, start=programme.start, end=programme.end)


def programmes_line(scenario: Scenario, lang: str) -> str:
    """The programmes of a scenario in one line."""
    return listed(dict.fromkeys(label_of(one, lang) for one in scenario.interventions), lang) or say(
        "no_programme", lang
    )


def status_of(key: str, scenario: Scenario) -> str:
    """Status of a parameter here: a value that the scenario sets itself is assumed unless the scenario gives its source."""
    values = scenario.parameter_values()
    if key not in values or values[key] == PARAMETERS[key].default:
        return PARAMETERS[key].status
    known = {figure.key.removeprefix("parameters."): figure.status for figure in scenario.figures}
    return "assumed" if known.get(key, "assumed") == "assumed" else "measured"


def counts_of(scenario: Scenario) -> dict[str, int]:
    """How many parameters are measured, calibrated and assumed in a scenario."""
    found = [status_of(key, scenario) for key in PARAMETERS]
    return {status: found.count(status) for status in STATUSES}


def share_assumed(scenario: Scenario, lang: str) -> str:
    """A sentence about how many parameters are assumed."""
    counts = counts_of(scenario)
    return say(
        "share_assumed",
        lang,
        all=len(PARAMETERS),
        assumed=counts["assumed"],
        share=f"{100 * counts['assumed'] / len(PARAMETERS):.0f}%",
    )


def assumptions(scenarios: Sequence[Scenario], lang: str) -> tuple[Table, ...]:
    """Parameters by status, all parameters, sources of the scenarios' figures, evidence of their programmes. The first scenario speaks for parameters."""
    base = scenarios[0]
    made = [_standing(base, lang), _parameters(base, lang), *_figures(scenarios, lang)]
    evidence = _evidence(scenarios, lang)
    return tuple(made + ([evidence] if evidence.rows else []))


def _standing(scenario: Scenario, lang: str) -> Table:
    rows = tuple(
        (STATUSES[key].in_language(lang), f"{count:,}", f"{100 * count / len(PARAMETERS):.0f}%")
        for key, count in counts_of(scenario).items()
    )
    return Table(
        say("standing_title", lang), tuple(say(key, lang) for key in ("status", "number", "share")), rows
    )


def _parameters(scenario: Scenario, lang: str) -> Table:
    values, rows = scenario.parameter_values(), []
    for status in ("assumed", "calibrated", "measured"):
        for key, one in PARAMETERS.items():
            if status_of(key, scenario) != status:
                continue
            here = values.get(key, one.default)
            mark = say("set_here", lang) if here != one.default else ""
            rows.append(
                (
                    key,
                    f"{here:.6g}{mark}",
                    figures.unit_name(one.unit),
                    STATUSES[status].in_language(lang),
                    _source(one.source, lang) if here == one.default else _source_here(key, scenario, lang),
                    one.label.in_language(lang),
                )
            )
    return Table(
        say("parameters_title", lang),
        tuple(say(key, lang) for key in ("parameter", "value", "unit", "status", "source", "meaning")),
        tuple(rows),
        folded=True,
    )


def _source_here(key: str, scenario: Scenario, lang: str) -> str:
    """The source of a parameter that the scenario sets: that of its own figure; the declared one is of the default."""
    for figure in scenario.figures:
        if figure.key.removeprefix("parameters.") == key and figure.evidence:
            return figure.evidence
    return message("scenario.figure.set_here").in_language(lang)


def _source(key: str, lang: str) -> str:
    return say("judgement", lang) if key == "judgement" else key


def _figures(scenarios: Sequence[Scenario], lang: str) -> list[Table]:
    known = register().figures
    rows: dict[tuple[str, str], tuple[str, ...]] = {}
    words = {"reported": "reported", "derived": "derived", "assumed": "assumed_one"}
    for scenario in scenarios:
        for one in scenario.figures:
            value = one.value if isinstance(one.value, str) else f"{one.value:,.10g}"
            where = (
                f"{one.evidence}: {known[one.evidence].source.title}"
                if one.evidence in known
                else one.evidence or NO_VALUE
            )
            rows.setdefault(
                (one.key, value),
                (
                    one.key,
                    figures.in_unit(one.value, one.unit),
                    say(words[one.status], lang),
                    where,
                    one.note.in_language(lang),
                ),
            )
    columns = tuple(say(key, lang) for key in ("item", "value", "status", "source", "note"))
    return (
        [
            Table(
                say("figures_title", lang),
                columns,
                tuple(rows.values()),
                say("unlisted", lang),
                folded=len(rows) > 12,
            )
        ]
        if rows
        else []
    )


def _evidence(scenarios: Sequence[Scenario], lang: str) -> Table:
    from sim.model.programmes.describe import describe

    kinds = dict.fromkeys(programme.kind for scenario in scenarios for programme in scenario.interventions)
    rows = []
    for kind in kinds:
        about = describe(kind, {})
        for one in about.evidence:
            rows.append(
                (
                    capital(about.label.in_language(lang)),
                    f"{one.id}: {one.quantity} = {figures.in_unit(one.value, one.unit)}",
                    f"{one.place} {one.year}".strip(),
                    one.source,
                )
            )
    columns = (say("programme", lang), say("evidence", lang), f"{say('city', lang)}", say("source", lang))
    return Table(say("evidence_title", lang), columns, tuple(rows), folded=len(rows) > 12)


def version_rows(manifest: Mapping[str, Any], lang: str) -> list[tuple[str, str]]:
    """Model source, code version and versions of the libraries, as a manifest has them."""
    rows = (
        [(say("model_hash", lang), str(manifest["model_source_hash"]))]
        if "model_source_hash" in manifest
        else []
    )
    git = manifest.get("git")
    if git:
        rows.append((say("git", lang), git["commit"][:HASH] + (say("dirty", lang) if git["dirty"] else "")))
    if manifest.get("versions"):
        rows.append(
            (
                say("versions", lang),
                ", ".join(f"{name} {version}" for name, version in manifest["versions"].items()),
            )
        )
    return rows


def traces_table(rows: Sequence[tuple[str, str]], lang: str) -> Table:
    """The table of what identifies a result."""
    return Table(say("traces", lang), (say("item", lang), say("value", lang)), tuple(rows))


def ensemble_option(held: Ensemble | None) -> str:
    """What a command says to run over an ensemble again, as `ensemble_file` names it; nothing without one."""
    return f" --ensemble {held.name}.csv" if held is not None else ""


def ensemble_file(held: Ensemble | None) -> tuple[tuple[str, str], ...]:
    """Name and text of the file of an ensemble, so that the page is enough to run over it again; nothing without one."""
    if held is None:
        return ()
    import pandas as pd

    return ((f"{held.name}.csv", csv_text(pd.DataFrame(list(held.members), columns=list(held.keys)))),)


def ensemble_rows(facts: Mapping[str, Any] | None, lang: str) -> list[tuple[str, str]]:
    """The row of a setting about an ensemble (as a manifest states it); none without one."""
    return (
        [
            (
                say("ensemble", lang),
                say(
                    "ensemble_line",
                    lang,
                    name=facts["name"],
                    members=facts["members"],
                    digest=facts["digest"],
                ),
            )
        ]
        if facts
        else []
    )


def facts_of(held: Ensemble | None) -> dict[str, Any] | None:
    """What is said of the ensemble that a tipping map, an ablation or a budget search was run over."""
    return held.facts(len(held.members)) if held is not None else None


def found_traces(found: Any, lang: str) -> Table:
    """What identifies a tipping map, an ablation or a budget search."""
    from sim.results.saved import manifest_of

    manifest = getattr(found, "saved_manifest", None) or manifest_of(found)
    rows = [
        (say("key", lang), manifest["key"]),
        (say("content_hash", lang), manifest["content_hash"][:HASH]),
        (say("outcome_hash", lang), manifest["digest"][:HASH]),
    ]
    return traces_table([*rows, *version_rows(manifest, lang)], lang)


def shipped(name: str, scenario: Scenario) -> bool:
    """Whether the scenario of this name, as it can be loaded here, gives the same runs once seed and months are set."""
    from sim.errors import EstateError
    from sim.scenario import content_hash, load

    try:
        same = load(name).model_copy(update={"seed": scenario.seed, "months": scenario.months})
    except EstateError:
        return False
    return content_hash(same) == content_hash(scenario)


def about(scenario: Scenario, lang: str) -> str:
    """The scenario's description; nothing where its figures were changed, since the text would tell of others."""
    return scenario.description.in_language(lang) if shipped(scenario.name, scenario) else ""
