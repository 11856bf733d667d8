"""Sections that reports of every kind of result share: the setting, programmes in
time, assumptions, traces."""

from __future__ import annotations

import math
import shlex
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sim.evidence.register import STATUSES, register
from sim.model.parameters import PARAMETERS
from sim.outputs.catalog import capital, short_title
from sim.outputs.report.model import Table
from sim.results.files import csv_text
from sim.scenario import Scenario
from sim.scenario.schema import switched
from sim.text import figures, joins, language, message, say
from sim.text.evidence import place_of, quantity_of
from sim.units import NO_VALUE

if TYPE_CHECKING:
    from sim.experiments.ensemble import Ensemble
    from sim.scenario import Programme

HASH = 16  # hex digits of a hash that are shown


def yuan(value: float) -> str:
    """An amount with a true minus; a dash where there is none."""
    return NO_VALUE if math.isnan(value) else figures.money(value).replace("-", "−")


def type_name(scenario: Scenario, key: str) -> str:
    """Title of an estate type without what it explains in brackets."""
    return short_title(scenario.types[key].title.in_language(language())) if key in scenario.types else key


def size_rows(scenario: Scenario, months: bool = True) -> list[tuple[str, str]]:
    """City, estates by type, households, companies and `months` simulated; without them where runs are of
    another length than the scenario's."""
    kinds = scenario.estates_by_type()
    rows = [
        (say("report.city"), scenario.city.name.in_language(language())),
        (say("report.estates"), figures.count(scenario.city.estates)),
    ]
    rows += [
        (say("report.estates_of", type=type_name(scenario, key)), figures.count(number))
        for key, number in kinds.items()
    ]
    if scenario.city.households is not None:
        rows.append((say("report.households"), figures.count(scenario.city.households)))
    rows += [
        (say("report.companies"), figures.count(scenario.companies.private + scenario.companies.state_owned)),
        *([(say("report.months"), figures.count(scenario.months))] if months else []),
    ]
    return rows + [(what.in_language(language()), names) for what, names in switched(scenario)]


def setting_table(rows: Sequence[tuple[str, str]]) -> Table:
    """The table of a setting."""
    return Table(say("report.types_title"), (say("report.item"), say("report.value")), tuple(rows))


def label_of(programme: Programme) -> str:
    """What a programme is called."""
    return programme.label().in_language(language())


def dates_of(programme: Programme, months: int) -> str:
    """When a programme is in force."""
    if programme.start > months or (programme.end is not None and programme.end < programme.start):
        return say("report.never")
    if programme.end is None:
        return say("report.from_on", start=programme.start)
    return say("report.from_to", start=programme.start, end=programme.end)


def programmes_line(scenario: Scenario) -> str:
    """The programmes of a scenario in one line."""
    return joins.listed(dict.fromkeys(label_of(one) for one in scenario.interventions)) or say(
        "report.no_programme"
    )


def status_of(key: str, scenario: Scenario) -> str:
    """Status of a parameter here: a value that the scenario sets itself is assumed unless the
    scenario gives its source."""
    values = scenario.parameter_values()
    if key not in values or values[key] == PARAMETERS[key].default:
        return PARAMETERS[key].status
    known = {figure.key.removeprefix("parameters."): figure.status for figure in scenario.figures}
    return "assumed" if known.get(key, "assumed") == "assumed" else "measured"


def counts_of(scenario: Scenario) -> dict[str, int]:
    """How many parameters are measured, calibrated and assumed in a scenario."""
    statuses = [status_of(key, scenario) for key in PARAMETERS]
    return {status: statuses.count(status) for status in STATUSES}


def share_assumed(scenario: Scenario) -> str:
    """A sentence about how many parameters are assumed."""
    counts = counts_of(scenario)
    return say(
        "report.share_assumed",
        all=len(PARAMETERS),
        assumed=counts["assumed"],
        share=figures.share(counts["assumed"] / len(PARAMETERS), 0),
    )


def assumptions(scenarios: Sequence[Scenario]) -> tuple[Table, ...]:
    """Parameters by status, all parameters, sources of the scenarios' figures, evidence of their
    programmes. The first scenario speaks for parameters."""
    base = scenarios[0]
    tables = [_standing(base), parameters_of(base), *sources_of(scenarios)]
    evidence = _evidence(scenarios)
    return tuple(tables + ([evidence] if evidence.rows else []))


def _standing(scenario: Scenario) -> Table:
    rows = tuple(
        (str(STATUSES[key]), figures.count(count), figures.share(count / len(PARAMETERS), 0))
        for key, count in counts_of(scenario).items()
    )
    return Table(
        say("report.standing_title"),
        tuple(say(f"report.{key}") for key in ("status", "number", "share")),
        rows,
    )


def parameters_of(scenario: Scenario) -> Table:
    """Every parameter with its value here, unit, status and source."""
    values, rows = scenario.parameter_values(), []
    for status in ("assumed", "calibrated", "measured"):
        for key, parameter in PARAMETERS.items():
            if status_of(key, scenario) != status:
                continue
            here = values.get(key, parameter.default)
            mark = say("report.set_here") if here != parameter.default else ""
            rows.append(
                (
                    key,
                    f"{here:.6g}{mark}",
                    figures.unit_name(parameter.unit),
                    str(STATUSES[status]),
                    _source(parameter.source) if here == parameter.default else _source_here(key, scenario),
                    parameter.label.in_language(language()),
                )
            )
    return Table(
        say("report.parameters_title"),
        tuple(say(f"report.{key}") for key in ("parameter", "value", "unit", "status", "source", "meaning")),
        tuple(rows),
        folded=True,
    )


def _source_here(key: str, scenario: Scenario) -> str:
    """The source of a parameter that the scenario sets: that of its own figure; the
    declared one is of the default."""
    for figure in scenario.figures:
        if figure.key.removeprefix("parameters.") == key and figure.evidence:
            return figure.evidence
    return str(message("scenario.figure.set_here"))


def _source(key: str) -> str:
    return say("report.judgement") if key == "judgement" else key


def sources_of(scenarios: Sequence[Scenario]) -> list[Table]:
    """The figures of scenarios with their sources; no table where they state none."""
    known = register().figures
    rows: dict[tuple[str, float | str], tuple[str, ...]] = {}
    words = {"reported": "reported", "derived": "derived", "assumed": "assumed_one"}
    for scenario in scenarios:
        for figure in scenario.figures:
            value = figure.stated()
            where = (
                joins.labelled(figure.evidence, known[figure.evidence].source.title)
                if figure.evidence in known
                else figure.evidence or NO_VALUE
            )
            rows.setdefault(
                (figure.key, value),
                (
                    figure.called(),
                    figures.in_unit(value, figure.unit),
                    say(f"report.{words[figure.status]}"),
                    where,
                    figure.note.in_language(language()),
                ),
            )
    columns = tuple(say(f"report.{key}") for key in ("item", "value", "status", "source", "note"))
    return (
        [
            Table(
                say("report.figures_title"),
                columns,
                tuple(rows.values()),
                say("report.unlisted"),
                folded=len(rows) > 12,
            )
        ]
        if rows
        else []
    )


def _evidence(scenarios: Sequence[Scenario]) -> Table:
    from sim.model.programmes.describe import describe

    kinds = dict.fromkeys(programme.kind for scenario in scenarios for programme in scenario.interventions)
    rows = []
    for kind in kinds:
        about = describe(kind, {})
        for figure in about.evidence:
            rows.append(
                (
                    capital(about.label.in_language(language())),
                    joins.labelled(
                        figure.id,
                        f"{quantity_of(figure.id, figure.quantity)} = {figures.in_unit(figure.value, figure.unit)}",
                    ),
                    f"{place_of(figure.place)} {figure.year}".strip(),
                    figure.source,
                )
            )
    columns = (say("report.programme"), say("report.evidence"), f"{say('report.city')}", say("report.source"))
    return Table(say("report.evidence_title"), columns, tuple(rows), folded=len(rows) > 12)


def version_rows(manifest: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Model source, code version and versions of the libraries, as a manifest has them."""
    rows = (
        [(say("report.model_hash"), str(manifest["model_source_hash"]))]
        if "model_source_hash" in manifest
        else []
    )
    git = manifest.get("git")
    if git:
        rows.append((say("report.git"), git["commit"][:HASH] + (say("report.dirty") if git["dirty"] else "")))
    if manifest.get("versions"):
        rows.append(
            (
                say("report.versions"),
                ", ".join(f"{name} {version}" for name, version in manifest["versions"].items()),
            )
        )
    return rows


def traces_table(rows: Sequence[tuple[str, str]]) -> Table:
    """The table of what identifies a result."""
    return Table(say("report.traces"), (say("report.item"), say("report.value")), tuple(rows))


def ensemble_option(held: Ensemble | None) -> str:
    """What a command says to run over an ensemble again, as `ensemble_file` names it; nothing without one."""
    return f" --ensemble {shlex.quote(held.name + '.csv')}" if held is not None else ""


def ensemble_file(held: Ensemble | None) -> tuple[tuple[str, str], ...]:
    """Name and text of the file of an ensemble, so that the page is enough to run over it
    again; nothing without one."""
    if held is None:
        return ()
    import pandas as pd

    return ((f"{held.name}.csv", csv_text(pd.DataFrame(list(held.members), columns=list(held.keys)))),)


def ensemble_rows(facts: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    """The row of a setting about an ensemble (as a manifest states it); none without one."""
    return (
        [
            (
                say("report.ensemble"),
                say(
                    "report.ensemble_line",
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


def found_traces(result: Any) -> Table:
    """What identifies a tipping map, an ablation or a budget search."""
    from sim.results.saved import manifest_of

    manifest = getattr(result, "saved_manifest", None) or manifest_of(result)
    rows = [
        (say("report.key"), manifest["key"]),
        (say("report.content_hash"), manifest["content_hash"][:HASH]),
        (say("report.outcome_hash"), manifest["digest"][:HASH]),
    ]
    return traces_table([*rows, *version_rows(manifest)])


def shipped(name: str, scenario: Scenario) -> bool:
    """Whether the scenario of this name, as it can be loaded here, gives the same runs once
    seed and months are set."""
    from sim.errors import EstateError
    from sim.scenario import content_hash, load

    try:
        same = load(name).model_copy(update={"seed": scenario.seed, "months": scenario.months})
    except EstateError:
        return False
    return content_hash(same) == content_hash(scenario)


def about(scenario: Scenario) -> str:
    """The scenario's description; nothing where its figures were changed, since the
    text would tell of others."""
    return scenario.description.in_language(language()) if shipped(scenario.name, scenario) else ""
