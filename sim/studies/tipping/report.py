"""The report of a tipping map."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.experiments.intervals import LEAST_PAIRS, ROUGH_PAIRS, Interval, Range
from sim.outputs.range_words import marked_rough, range_of_runs
from sim.outputs.report import common
from sim.outputs.report.model import Part, Picture, Table
from sim.outputs.style import owner
from sim.scenario import to_toml
from sim.studies.tipping.chart import bifurcation, hysteresis
from sim.studies.tipping.resting_states import AGENTS
from sim.studies.tipping.tipping import LONGEST_DELAY
from sim.studies.tipping.words import (
    SOURCES,
    lever_name,
    loop_line,
    no_return_line,
    width_line,
    width_range_of,
)
from sim.text import figures, language, say
from sim.text.joins import bracketed, labelled, listed, sentences
from sim.units import NO_VALUE

if TYPE_CHECKING:
    from sim.studies.tipping.resting_states import Width
    from sim.studies.tipping.tipping import Tipping, TypeMap

MOST_ROWS = 20


def part_of(tipping: Tipping) -> Part:
    """Everything that a reader is told about a tipping map."""
    scenario, lang = tipping.scenario, language()
    title, lever = scenario.title.in_language(lang), lever_name(tipping.maps[0].lever)
    command, note = _command(tipping)
    alike = tipping.asked.get("world") == "alike"
    sure = (
        say("tipping.sure_rest"),
        say("tipping.sure_seeds", seeds=len(tipping.asked.get("seeds", ())) or 1),
        say("tipping.sure_mean_field"),
        say("tipping.sure_alike" if alike else "tipping.sure_city"),
        common.share_assumed(scenario),
        say("report.not_forecast"),
    )
    return Part(
        say("tipping.title", title=title, lever=lever),
        tipping.kind.title,
        say("tipping.question", lever=lever),
        common.about(scenario),
        common.setting_table(_setting(tipping)),
        tuple(tipping.sentences()),
        tuple(_pictures(tipping)),
        (),
        (),
        sure,
        common.assumptions([scenario]),
        (command,),
        common.found_traces(tipping),
        "",
        note,
        ((f"{scenario.name}.toml", to_toml(scenario)), *common.ensemble_file(tipping.asked.get("ensemble"))),
        (_widths(tipping), _points(tipping), _trials(tipping), *_delays(tipping)),
        (),
        (scenario.name,),
    )


def _setting(tipping: Tipping) -> list[tuple[str, str]]:
    asked, first = tipping.asked, tipping.maps[0]
    tried = sorted(first.agents.points)
    span = say("report.range", low=f"{tried[0]:g}", high=f"{tried[-1]:g}")
    rows = [
        *common.size_rows(tipping.scenario, months=False),
        (say("tipping.the_lever"), lever_name(first.lever)),
        (say("report.values"), bracketed(span, str(len(tried)))),
        (say("tipping.settle_months"), str(first.agents.world.months)),
    ]
    if "world" in asked:
        world = (
            say("tipping.world_alike", estates=asked["estates"], households=asked["households"])
            if asked["world"] == "alike"
            else say("tipping.world_city")
        )
        rows.append((say("tipping.world"), world))
    return [
        *rows,
        (say("report.seeds"), listed(map(str, asked.get("seeds", first.agents.first)))),
        *common.ensemble_rows(common.facts_of(tipping.asked.get("ensemble"))),
    ]


def _pictures(tipping: Tipping) -> list[Picture]:
    pictures = []
    for type_map in tipping.maps:
        name = _type_name(tipping, type_map.type_name)
        told = [width_line(name, width, type_map) for width in type_map.widths]
        pictures.append(
            Picture(
                labelled(say("chart.bifurcation"), name),
                sentences((say("tipping.bifurcation_alt"), *told)),
                partial(_drawn, bifurcation, tipping, type_map),
            )
        )
        if type_map.loop is not None:
            pictures.append(
                Picture(
                    labelled(say("chart.hysteresis"), name),
                    sentences((say("tipping.hysteresis_alt"), loop_line(name, type_map))),
                    partial(_drawn, hysteresis, tipping, type_map),
                )
            )
    return pictures


def _drawn(draw: Callable[..., Axes], tipping: Tipping, type_map: TypeMap) -> Figure:
    return owner(draw(tipping, type_name=type_map.type_name))


def _type_name(tipping: Tipping, name: str) -> str:
    return common.type_name(tipping.scenario, name)


def _widths(tipping: Tipping) -> Table:
    rows = []
    for one in tipping.maps:
        for width in one.widths:
            name = (_type_name(tipping, one.type_name), SOURCES[width.source])
            if math.isnan(width.low):
                rows.append((*name, _no_trap(width, one), NO_VALUE, _may_happen(width, one), NO_VALUE))
                continue
            ends = [
                ("≤ " if width.low_open else "") + figures.significant(width.low),
                ("≥ " if width.high_open else "") + figures.significant(width.high),
            ]
            least = "≥ " if width.low_open or width.high_open else ""
            size = f"{least}{figures.significant(width.width)} ± {figures.significant(width.error, 2)}"
            held = _may_happen(width, one)
            rows.append((*name, " – ".join(ends), size, held, figures.significant(width.area)))
    columns = (
        say("report.type"),
        say("tipping.by_what"),
        say("tipping.two_states_between"),
        say("tipping.width"),
        say("report.may_happen"),
        say("tipping.area"),
    )
    return Table(say("tipping.widths"), columns, tuple(rows), say("tipping.widths_note"))


def _no_trap(width: Width, type_map: TypeMap) -> str:
    """Where there are no two states: that there are none, or that no value tried came to rest."""
    at_rest = width.source != AGENTS or any(one.settled for one in type_map.agents.points.values())
    return say("tipping.no_trap" if at_rest else "tipping.not_at_rest")


def _may_happen(width: Width, type_map: TypeMap) -> str:
    """What the width may be in a single draw; of one seed, which draw it is."""
    seeds = type_map.agents.first
    if width.source == AGENTS and len(seeds) == 1:
        return say("draw.one", seed=seeds[0])
    return width_range_of(width)


def _points(tipping: Tipping) -> Table:
    rows = []
    for row in tipping.points.to_dict("records"):
        rate = figures.share(row["collection"], 0)
        if row["low"] != row["high"]:
            rate = bracketed(rate, _span(row, "low", "high"))
        rows.append(
            (
                _type_name(tipping, row["type"]),
                figures.significant(row["lever"]),
                SOURCES[row["source"]],
                say("tipping.stable" if row["stable"] else "tipping.unstable"),
                rate,
            )
        )
    columns = (
        say("report.type"),
        say("tipping.the_lever"),
        say("tipping.by_what"),
        say("tipping.point_kind"),
        say("tipping.collection"),
    )
    return Table(say("tipping.points"), columns, tuple(rows), folded=len(rows) > MOST_ROWS)


def _span(row: dict[str, Any], low: str, high: str) -> str:
    """Two shares as bounds, both in whole per cent."""
    return f"{figures.share(row[low], 0)} – {figures.share(row[high], 0)}"


def _trials(tipping: Tipping) -> Table:
    rows = []
    for row in tipping.trials.to_dict("records"):
        rows.append(
            (
                _type_name(tipping, row["type"]),
                figures.significant(row["lever"]),
                figures.share(row["start"], 0),
                figures.count(row["estates"]),
                bracketed(figures.share(row["settled"], 0), _span(row, "settled_p10", "settled_p90")),
                range_of_runs(Range.of_row(row), "share"),
                chance_cell(row) if row["two_states"] else NO_VALUE,
                say("tipping.yes" if row["at_rest"] else "tipping.no"),
            )
        )
    columns = (
        say("report.type"),
        say("tipping.the_lever"),
        say("tipping.started"),
        say("report.estates"),
        say("tipping.settled"),
        say("report.may_happen"),
        say("tipping.chance_high"),
        say("tipping.at_rest"),
    )
    return Table(say("tipping.trials"), columns, tuple(rows), folded=len(rows) > MOST_ROWS)


def chance_cell(row: dict[str, Any]) -> str:
    """The chance of ending high, with Wilson's interval over estates: none of under
    five, rough of under ten."""
    shown, estates = figures.share(row["chance_high"], 0), row["estates"]
    known = Interval(row["chance_low_bound"], row["chance_high_bound"])
    if estates < LEAST_PAIRS or not known.exists:
        return shown
    bounds = _span(row, "chance_low_bound", "chance_high_bound")
    return bracketed(shown, marked_rough(bounds, known, estates))


def _mean(mean: str, interval: Interval, seeds: int) -> str:
    """A mean with its interval: none under five seeds, rough under ten."""
    if not interval.exists:
        return mean
    bounds = f"{figures.decimal(interval.low, 1)} – {figures.decimal(interval.high, 1)}"
    return bracketed(mean, say("tipping.rough", bounds=bounds) if seeds < ROUGH_PAIRS else bounds)


def _delays(tipping: Tipping) -> list[Table]:
    if tipping.no_return is None:
        return []
    rows = []
    for one in tipping.no_return.starts:
        rows.append(
            (
                str(one.delay) if one.delay else say("tipping.planned_start"),
                str(one.seeds),
                _mean(figures.decimal(one.rescued, 1), one.rescued_interval, one.seeds),
                range_of_runs(one.rescued_range, ""),
                *(
                    (
                        _mean(figures.signed(one.excess, 1), one.interval, one.seeds),
                        range_of_runs(one.excess_range, ""),
                        say(
                            "tipping.unclear"
                            if one.uncertain
                            else "tipping.yes"
                            if one.works
                            else "tipping.no"
                        ),
                    )
                    if one.delay
                    else (NO_VALUE,) * 3  # of half of itself there is nothing to say
                ),
            )
        )
    columns = (
        say("tipping.delay"),
        say("report.runs"),
        say("tipping.rescued_mean"),
        say("report.may_happen"),
        say("tipping.excess"),
        say("tipping.excess_range"),
        say("tipping.works"),
    )
    note = no_return_line(tipping.no_return, tipping.note)
    return [Table(say("tipping.delays"), columns, tuple(rows), note)]


def _command(tipping: Tipping) -> tuple[str, str]:
    scenario, asked = tipping.scenario, tipping.asked
    own = not common.shipped(scenario.name, scenario)
    parts = [
        "estate tipping",
        f"{scenario.name}.toml" if own else scenario.name,
        "--lever",
        tipping.maps[0].lever.key,
    ]
    parts += [f"--{key} {asked[key]:g}" for key in ("low", "high") if asked.get(key) is not None]
    parts += [f"--type {one.type_name}" for one in tipping.maps]
    parts += [f"--{key} {asked[key]}" for key in ("values", "world", "months") if key in asked]
    parts += [f"--seeds {len(asked['seeds'])}"] if "seeds" in asked else []
    parts += [] if asked.get("hysteresis", True) else ["--no-loop"]
    parts += [] if asked.get("no_return", True) else ["--no-point"]
    parts += (
        [f"--longest {asked['longest_delay']}"]
        if asked.get("longest_delay", LONGEST_DELAY) != LONGEST_DELAY
        else []
    )
    option = common.ensemble_option(tipping.asked.get("ensemble"))
    return " ".join(parts) + option, say("report.own_file" if own else "report.same_command")
