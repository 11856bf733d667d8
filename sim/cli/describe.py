"""The work of `estate list`, `describe` and `interventions`: what a scenario assumes, when its programmes act
and where its figures come from; and what is about to be simulated, in a few lines.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli.terminal import console, say, table
from sim.errors import ScenarioError
from sim.model.parameters import PARAMETERS
from sim.model.programmes import describe as programmes
from sim.model.programmes.condition_words import seen_sentence, sentences_of
from sim.model.programmes.lever_words import BEARERS
from sim.no_effect import tell_no_effect
from sim.scenario import Programme, Scenario, list_scenarios, load
from sim.scenario.loading import figures_left_behind, scenario_folders
from sim.scenario.schema import switched
from sim.size import households_of
from sim.text import figures, language, message
from sim.text.evidence import found_in
from sim.text.joins import bracketed, labelled, listed
from sim.units import NO_VALUE
from sim.words import MODE_WORDS, MODES

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table


def announce(screen: Console, scenario: Scenario, changes: Mapping[str, Any], folder: Path) -> None:
    """Print title, size, types, programmes, changed values and where the results will go."""
    draw = str(message("draw.one", seed=scenario.seed))
    screen.print(f"{scenario.title.in_language(language())} · {draw}", style="bold")
    screen.print(city_line(scenario))
    kinds = scenario.estates_by_type()
    screen.print(
        "  "
        + listed(
            _counted(number, scenario.types[name].title.in_language(language()))
            for name, number in kinds.items()
        )
    )
    screen.print("  " + _programmes(scenario))
    for what, names in switched(scenario):
        screen.print(f"  {labelled(what.in_language(language()), names)}")
    if changes:
        words = listed(f"{key} = {value}" for key, value in changes.items())
        screen.print(f"  {labelled(say('changed'), words)}")
    screen.print("  " + say("results_in", folder=folder), soft_wrap=True)


def city_line(scenario: Scenario) -> str:
    """The size of the city and of the run in one line."""
    companies = scenario.companies.private + scenario.companies.state_owned
    return say(
        "city_line",
        city=scenario.city.name.in_language(language()),
        estates=f"{scenario.city.estates:,}",
        households=_households(scenario),
        companies=f"{companies:,}",
        months=figures.quantity(scenario.months, "months"),
        seed=scenario.seed,
    )


def _households(scenario: Scenario) -> str:
    """The total that the city states; otherwise about as many as its types have on average,
    since they will be drawn."""
    if scenario.city.households is not None:
        return f"{scenario.city.households:,}"
    return say("about", number=f"{100 * max(1, round(households_of(scenario) / 100)):,}")


def _counted(number: int, title: str) -> str:
    return str(message("written.of_estates", number=f"{number:,}", type=title))


def _programmes(scenario: Scenario) -> str:
    if not scenario.interventions:
        return say("no_programme")
    return labelled(say("programmes"), listed(map(_called, scenario.interventions)))


def _called(programme: Programme) -> str:
    """A programme by its words; by its name too where that is one of its own, not that of its kind."""
    label = programme.label().in_language(language())
    return label if programme.name == programme.kind else bracketed(label, programme.name)


# a scenario

BAR = 48  # characters of a timeline; half as many in a terminal of less than WIDE columns
WIDE = 90
TAPERED, FULL, OUTSIDE, PERHAPS = "▒", "█", "·", "░"  # perhaps: as its conditions say


def show_scenario(name: str) -> None:
    """Print everything that matters about a scenario."""
    scenario = load(name)
    tell_no_effect([scenario], [name])
    screen = console()
    screen.print(scenario.title.in_language(language()), style="bold")
    screen.print(scenario.description.in_language(language()), overflow="fold")
    screen.print()
    screen.print(city_line(scenario))
    _actors(screen, scenario)
    screen.print()
    screen.print(_types(scenario))
    screen.print()
    screen.print(_modes(scenario))
    if scenario.parameters:
        screen.print()
        screen.print(_parameters(scenario))
    screen.print()
    if scenario.interventions:
        screen.print(_timeline(scenario, BAR if screen.width >= WIDE else BAR // 2))
        _conditions(screen, scenario)
    else:
        screen.print(say("no_programme"))
    screen.print()
    _figures(screen, scenario)
    warn_of_figures(screen, name)


def _actors(screen: Console, scenario: Scenario) -> None:
    city, companies, money = scenario.city, scenario.companies, scenario.government
    streets = city.districts * city.streets_per_district
    screen.print(
        say(
            "actors",
            private=f"{companies.private:,}",
            state_owned=companies.state_owned,
            districts=city.districts,
            streets=streets,
            communities=f"{streets * city.communities_per_street:,}",
        )
    )
    budgets = {
        tier: figures.money(getattr(money, f"{tier}_budget"))
        for tier in ("city", "district", "street", "community")
    }
    screen.print(say("budgets", **budgets))
    for what, names in switched(scenario):
        screen.print(labelled(what.in_language(language()), names))


def _types(scenario: Scenario) -> Table:
    keys = ("type", "estates", "old", "households_mean", "fee", "cost", "collection", "committee")
    types_table = table(say("types_title"), *(say(key) for key in keys))
    for column in (1, 3, 4, 5, 6, 7):
        types_table.columns[column].justify = "right"
    for name, number in scenario.estates_by_type().items():
        kind = scenario.types[name]
        types_table.add_row(
            f"{kind.title.in_language(language())} [{name}]",
            figures.count(number),
            say("yes") if kind.old else "–",
            figures.decimal(kind.households_mean, 0),
            f"{kind.fee_price:g}",
            f"{kind.cost_fixed:,.0f} + {kind.cost_per_area:g}",
            figures.share(kind.start_collection, 0),
            figures.share(kind.committee_share, 0),
        )
    return types_table


def _modes(scenario: Scenario) -> Table:
    """Estates of each type by who manages them at the start."""
    modes_table = table(say("modes_title"), say("type"), *(str(MODE_WORDS[mode]) for mode in MODES))
    for column in modes_table.columns[1:]:
        column.justify = "right"
    for name, number in scenario.estates_by_type().items():
        counts = scenario.types[name].estates_by_mode(number)
        title = scenario.types[name].title.in_language(language())
        modes_table.add_row(title, *(f"{counts[mode]:,}" if counts.get(mode) else "–" for mode in MODES))
    return modes_table


def _parameters(scenario: Scenario) -> Table:
    parameters_table = table(
        say("parameters_changed"), *(say(key) for key in ("parameter", "here", "default", "note"))
    )
    for key, value in scenario.parameter_values().items():
        parameter = PARAMETERS[key]
        words = parameter.label.in_language(language())
        parameters_table.add_row(
            key, f"{value:g}", f"{parameter.default:g}", bracketed(words, figures.unit_name(parameter.unit))
        )
    return parameters_table


def _timeline(scenario: Scenario, width: int) -> Table:
    timeline = table(say("timeline", months=scenario.months), "", "", "")
    timeline.show_header = False
    for programme in scenario.interventions:
        label = programme.label().in_language(language())
        words = f"{label} ({programme.name})"
        timeline.add_row(words, bar(programme, scenario.months, width), _dates(programme, scenario.months))
        timeline.columns[1].no_wrap = True
    return timeline


def _conditions(screen: Console, scenario: Scenario) -> None:
    """What programmes do on conditions, and how government sees the figures; nothing where none has any."""
    reacting = [one for one in scenario.interventions if one.when or one.where]
    if not reacting:
        return
    screen.print()
    screen.print(str(message("reacts.title")), style="bold")
    for programme in reacting:
        for sentence in sentences_of(programme):
            screen.print(labelled(programme.name, sentence), overflow="fold")
    screen.print(seen_sentence(scenario), style="dim", overflow="fold")


def bar(programme: Programme, months: int, width: int = BAR) -> str:
    """Months 1 to the last as `width` characters: in full force, being withdrawn, or not in force."""
    marks = []
    for position in range(width):
        month = 1 + position * months // width
        marks.append(_mark(programme, month))
    return "".join(marks)


def _mark(programme: Programme, month: int) -> str:
    end = programme.end
    if month < programme.start or (end is not None and end < programme.start):
        return OUTSIDE
    if end is None or month <= end:
        return PERHAPS if _reacts(programme) else FULL
    fading = programme.withdrawal == "tapered" and month < end + programme.taper_months
    return TAPERED if fading else OUTSIDE


def _reacts(programme: Programme) -> bool:
    """Whether conditions of the city decide if it is in force."""
    return programme.when is not None and bool({"start", "pause", "end"} & programme.when.conditions().keys())


def _dates(programme: Programme, months: int) -> str:
    if programme.start > months or (programme.end is not None and programme.end < programme.start):
        return say("never")
    on = say("on_conditions") if _reacts(programme) else ""
    if programme.end is None:
        return say("from_on", start=programme.start) + on
    tail = (
        say("tapered", months=figures.quantity(programme.taper_months, "months"))
        if programme.withdrawal == "tapered"
        else ""
    )
    return say("from_to", start=programme.start, end=programme.end) + tail + on


def _figures(screen: Console, scenario: Scenario) -> None:
    if not scenario.figures:
        screen.print(say("no_figures"))
        return
    figures_table = table(
        say("figures_title"),
        *(say(key) for key in ("figure", "value", "known", "source", "note")),
    )
    sources = _sources()
    for figure in scenario.figures:
        source = " ".join(part for part in (figure.evidence, sources.get(figure.evidence, "")) if part) or "–"
        figures_table.add_row(
            figure.called(),
            figures.in_unit(figure.stated(), figure.unit),
            say(figure.status),
            source,
            figure.note.in_language(language()),
        )
    screen.print(figures_table)
    screen.print(say("unlisted"), style="dim")


def warn_of_figures(screen: Console, name: str) -> None:
    """Say how many sourced figures of the scenario that a reader's own file extends are gone, if any are."""
    shipped = {folder.resolve() for folder in scenario_folders() if folder.is_absolute()}
    gone, file = figures_left_behind(name)
    if gone and file.resolve().parent not in shipped:
        screen.print(say("figures_left_behind", file=file, number=gone), style="yellow")


def _sources() -> dict[str, str]:
    """Place, year and title of every entry of the evidence register, by id."""
    from sim.scenario.sources import evidence_rows

    return {
        name: found_in(row["place"], row["year"], row["source_title"])
        for name, row in evidence_rows().items()
    }


# every scenario that can be named


def show_list() -> None:
    """Print name, title, estates, months and programmes of every scenario and of every city of one's own in
    the working folder; one that cannot be used says why."""
    from sim.city.versions import cities_here

    scenarios_table = table("", *(say(key) for key in ("name", "title", "estates", "months", "measures")))
    scenarios_table.columns[0].no_wrap = True
    for column in (2, 3):
        scenarios_table.columns[column].justify = "right"
    for name in dict.fromkeys((*list_scenarios(), *cities_here())):
        try:
            scenario = load(name)
        except ScenarioError as error:
            reason = str(error.problems[0]) if error.problems else str(error)
            scenarios_table.add_row(name, say("cannot_load", reason=reason), "", "", "")
            continue
        programmes = ", ".join(programme.name for programme in scenario.interventions) or "–"
        title = scenario.title.in_language(language())
        scenarios_table.add_row(name, title, f"{scenario.city.estates:,}", str(scenario.months), programmes)
    console().print(scenarios_table)


# all interventions, or one with everything that is declared about it


def show_interventions() -> None:
    """Print a line for every intervention: kind, label, who pays, and the scenarios that use it."""
    heads = [
        message("listed.kind"),
        message("listed.name"),
        message("listed.who_pays"),
        message("listed.scenarios"),
    ]
    programmes_table = table("", *map(str, heads))
    programmes_table.columns[0].no_wrap = True
    users = programmes.scenarios_by_kind()
    for kind in programmes.kinds():
        programme = programmes.describe(kind, users)
        payers = listed(BEARERS[payer] for payer in programme.payers)
        programmes_table.add_row(
            kind, str(programme.label), payers, ", ".join(programme.scenarios) or NO_VALUE
        )
    console().print(programmes_table)


def show_intervention(kind: str) -> None:
    """Print mechanism, known risk, levers, payers, settings, evidence and scenarios of one intervention."""
    from rich.markdown import Markdown

    console().print(Markdown(programmes.as_text(programmes.describe(kind))))
