"""The report of pathways."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

from sim.experiments.intervals import Estimate
from sim.outputs.range_words import KIND, OF_NOTE, WHY_NONE, marked_rough, range_of_pairs, range_of_runs
from sim.outputs.report import common
from sim.outputs.report.model import Part, Picture, Table
from sim.outputs.style import owner
from sim.results.outcomes import OUTCOMES
from sim.scenario import to_toml
from sim.studies.pathways.chart import good_enough, metro_map
from sim.studies.pathways.lasting import CLOSED
from sim.studies.pathways.signposts import WINDOW
from sim.studies.pathways.words import (
    VERDICTS,
    alarm_written,
    alt_of_map,
    alt_of_months,
    figure_written,
    month_written,
    months_between,
    path_title,
    plan_title,
    plans_line,
    rule_line,
    share_bounds,
    when_written,
)
from sim.text import figures, say
from sim.text.joins import bracketed, clauses
from sim.units import NO_VALUE

if TYPE_CHECKING:
    from sim.studies.pathways.pathways import Pathway, Pathways


def part_of(found: Pathways) -> Part:
    """Everything that a reader is told about pathways."""
    scenarios = list(found.plans.values())
    asked = found.asked
    sure = (
        say("pathways.sure_found"),
        say("pathways.sure_rule"),
        say("pathways.sure_dates"),
        *found.warnings(),
        common.share_assumed(found.scenario),
        say("report.not_forecast"),
    )
    rule = say(
        "pathways.rule_row",
        within=asked["within"],
        lasting=asked["lasting"],
        likely=figures.share(asked["likely"], 0),
    )
    seeds = asked["seeds"]
    rows = [
        *common.size_rows(found.scenario),
        (say("pathways.rule"), clauses((rule_line(found), rule))),
        (say("report.seeds"), f"{seeds[0]}–{seeds[-1]} ({len(seeds)})"),
        *common.ensemble_rows(None if found.ensemble is None else found.ensemble.facts(len(seeds))),
    ]
    command, note = _command(found)
    tables = [_sell_by_table(found)]
    if found.switches:
        tables.append(_switch_table(found))
    if found.signposts:
        tables.append(_signpost_table(found))
    return Part(
        say("pathways.title", plans=plans_line(found)),
        found.kind.title,
        say("pathways.question", plans=plans_line(found), rule=rule_line(found)),
        common.about(found.scenario),
        common.setting_table(rows),
        tuple(found.sentences()),
        (
            Picture(say("chart.metro_map"), alt_of_map(found), lambda: owner(metro_map(found))),
            Picture(say("chart.good_enough"), alt_of_months(found), lambda: owner(good_enough(found))),
        ),
        tuple(map(partial(_programmes, found), found.plans)),
        (),
        sure,
        common.assumptions(scenarios),
        (command,),
        common.found_traces(found),
        "",
        note,
        (
            *((f"{name}.toml", to_toml(scenario)) for name, scenario in found.plans.items()),
            *common.ensemble_file(found.ensemble),
        ),
        tuple(tables),
        (found.thresholds[0].outcome, "public_cost"),
        tuple(scenario.name for scenario in scenarios),
    )


def _programmes(found: Pathways, name: str) -> Table:
    """What a plan does, and when."""
    scenario = found.plans[name]
    rows = tuple(
        (common.label_of(one), common.dates_of(one, found.months)) for one in scenario.interventions
    ) or ((say("report.no_programme"), NO_VALUE),)
    return Table(plan_title(found, name), (say("report.programme"), say("pathways.col.when")), rows)


def _cost(estimate: Estimate, interval: bool) -> str:
    """A mean cost with its ranges in brackets."""
    told = []
    if interval and estimate.interval.exists:
        bounds = figures.interval(estimate.interval.low, estimate.interval.high, "yuan")
        told.append(marked_rough(bounds, estimate.interval, estimate.range.pairs))
    elif interval and estimate.interval.note in OF_NOTE:
        told.append(WHY_NONE[OF_NOTE[estimate.interval.note]])
    if estimate.range.exists:
        of = range_of_pairs if interval else range_of_runs
        told.append(of(estimate.range, "yuan"))
    return NO_VALUE if math.isnan(estimate.mean) else bracketed(common.yuan(estimate.mean), clauses(told))


def _sell_by_cells(found: Pathways, path: Pathway) -> tuple[str, str, str]:
    """Median, its interval, and what may happen."""
    one = found.sell_by(path)
    precision = NO_VALUE
    if one.precision.exists:
        bounds = months_between(found, one.precision.low, one.precision.high)
        precision = marked_rough(bounds, one.precision, one.runs)
    held = months_between(found, one.held.low, one.held.high) if one.held.exists else NO_VALUE
    return month_written(found, one.median), precision, held


def _sell_by_table(found: Pathways) -> Table:
    rows = []
    for path in found.firsts:
        one = found.sell_by(path)
        rows.append(
            (
                plan_title(found, path.plan),
                *_sell_by_cells(found, path),
                say("pathways.of_runs", number=one.ended, runs=one.runs),
                _cost(found.costs(path, "public_cost")[0], interval=False),
            )
        )
    columns = (
        say("pathways.col.plan"),
        say("pathways.col.median"),
        say("pathways.col.precision", level=figures.level(found.level)),
        say("pathways.col.range", kind=KIND[found.sell_by(found.firsts[0]).held.kind]),
        say("pathways.col.ended"),
        say("pathways.col.cost", name=OUTCOMES["public_cost"].name),
    )
    return Table(say("pathways.table.sell_by"), columns, tuple(rows), say("pathways.sell_by_note"))


def _switch_table(found: Pathways) -> Table:
    rows = []
    for path in found.switches:
        verdict, share = found.verdict(path)
        more = [found.costs(path, name)[1] for name in ("public_cost", "fiscal_spending")]
        counted = say(
            "pathways.of_runs_sure",
            number=int(path.is_open.sum()),
            runs=path.state.size,
            bounds=share_bounds(share, path.state.size),
        )
        if (seed := found.draw_of(path)) is not None:
            counted = clauses([counted, say("draw.one", seed=seed)])
        rows.append(
            (
                path_title(found, path),
                when_written(path.before),
                VERDICTS[verdict],
                counted,
                NO_VALUE if verdict == CLOSED else month_written(found, found.sell_by(path).median),
                *(NO_VALUE if one is None else _cost(one, interval=True) for one in more),
            )
        )
    level = figures.level(found.level)
    columns = (
        say("pathways.col.path"),
        say("pathways.col.when"),
        say("pathways.col.verdict"),
        say("pathways.col.share", level=level),
        say("pathways.col.lasts"),
        say("pathways.col.more", name=OUTCOMES["public_cost"].name, level=level),
        say("pathways.col.more", name=OUTCOMES["fiscal_spending"].name, level=level),
    )
    note = say(
        "pathways.switches_note",
        within=found.asked["within"],
        lasting=found.asked["lasting"],
        months=found.months,
    )
    return Table(say("pathways.table.switches"), columns, tuple(rows), note)


def _signpost_table(found: Pathways) -> Table:
    rows = []
    for one in found.signposts:
        hit, false = one.rates(found.level)
        rows.append(
            (
                plan_title(found, one.plan),
                figure_written(one),
                alarm_written(one),
                say(
                    "pathways.of_runs_sure",
                    number=one.hits,
                    runs=one.failing,
                    bounds=share_bounds(hit, one.failing),
                ),
                say(
                    "pathways.of_runs_sure",
                    number=one.false,
                    runs=one.runs,
                    bounds=share_bounds(false, one.runs),
                ),
                NO_VALUE if math.isnan(one.warned) else figures.decimal(one.warned, 0),
                say("pathways.yes") if one.worth else say("pathways.no"),
            )
        )
    level = figures.level(found.level)
    columns = (
        say("pathways.col.plan"),
        say("pathways.col.figure"),
        say("pathways.col.alarm"),
        say("pathways.col.hits", level=level),
        say("pathways.col.false", level=level),
        say("pathways.col.warned"),
        say("pathways.col.worth"),
    )
    note = say("pathways.signposts_note", warning=found.asked["before"], window=WINDOW)
    return Table(say("pathways.table.signposts"), columns, tuple(rows), note, folded=len(rows) > 12)


def _command(found: Pathways) -> tuple[str, str]:
    """The command that makes it anew."""
    asked = found.asked
    own = [name for name, scenario in found.plans.items() if not common.shipped(name, scenario)]
    files = " ".join(f"{name}.toml" if name in own else name for name in found.plans)
    rules = " ".join(f'--while "{one.written}"' for one in found.thresholds)
    seeds = asked["seeds"]
    options = " ".join(
        f"--{name} {asked[name]:g}" for name in ("within", "lasting", "before", "likely", "switches")
    )
    command = (
        f"estate pathways {files} {rules} --replications {len(seeds)} --seed {seeds[0]} --months {found.months} "
        f"{options} --level {found.level:g}{common.ensemble_option(found.ensemble)}"
    )
    return command, say("report.own_file" if own else "report.same_command")
