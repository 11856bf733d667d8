"""The report of an ablation: loops taken away one by one and in pairs."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.experiments.intervals import Interval, Range
from sim.outputs.range_words import beyond_head, marked_rough, range_bounds, range_head
from sim.outputs.report import common
from sim.outputs.report.model import Part, Picture, Table
from sim.outputs.style import owner
from sim.results.outcomes import window
from sim.scenario import to_toml
from sim.studies.ablation.chart import ablation_matrix, charts_of
from sim.studies.ablation.words import LOOPS, group_name, line_of
from sim.text import figures, language, say
from sim.text.joins import bracketed, listed

if TYPE_CHECKING:
    from sim.studies.ablation.ablate import Ablation


def part_of(ablation: Ablation) -> Part:
    """Everything that a reader is told about an ablation."""
    scenario, lang = ablation.scenario, language()
    title = scenario.title.in_language(lang)
    command, note = _command(ablation)
    level = figures.share(ablation.level, 0)
    sure = (
        say("ablation.sure_seeds_level", runs=len(ablation.seeds), level=level),
        say("ablation.sure_best", loops=len(ablation.loops)),
        say("ablation.sure_loop_off"),
        common.share_assumed(scenario),
        say("report.not_forecast"),
    )
    rows = [
        *common.size_rows(scenario),
        (say("ablation.loops_on"), listed(LOOPS[loop] for loop in ablation.loops)),
        *_mechanism_rows(ablation),
        (say("report.seeds"), f"{ablation.seeds[0]}–{ablation.seeds[-1]} ({len(ablation.seeds)})"),
        *common.ensemble_rows(common.facts_of(ablation.asked.get("ensemble"))),
    ]
    return Part(
        say("ablation.title", title=title),
        ablation.kind.title,
        say("ablation.question", title=title),
        common.about(scenario),
        common.setting_table(rows),
        tuple(ablation.sentences()),
        tuple(
            Picture(
                f"{say('chart.ablation_matrix')} · {group_name(ablation, group)}",
                _alt(ablation, draw) + line_of(ablation, group),
                partial(_drawn, draw, ablation, group),
            )
            for draw, group in charts_of(ablation).values()
        ),
        (),
        (),
        sure,
        common.assumptions([scenario]),
        (command,),
        common.found_traces(ablation),
        "",
        note,
        ((f"{scenario.name}.toml", to_toml(scenario)), *common.ensemble_file(ablation.asked.get("ensemble"))),
        tuple(_changes(ablation, group) for group in ablation.groups),
        ("cycle_share_last_year", "cycle_share"),
        (scenario.name,),
    )


def _mechanism_rows(ablation: Ablation) -> list[tuple[str, str]]:
    """The mechanisms that are on, where there are any."""
    names = listed(LOOPS[name] for name in ablation.mechanisms)
    return [(say("ablation.mechanisms_on"), names)] if names else []


def _alt(ablation: Ablation, draw: Callable[..., Axes]) -> str:
    """What such a chart shows, in words."""
    if draw is not ablation_matrix:
        return say("ablation.rows_alt")
    pairs = any(len(one.off) == 2 for one in ablation.arms)
    return say("ablation.matrix_alt" if pairs else "ablation.diagonal_alt")


def _drawn(draw: Callable[..., Axes], ablation: Ablation, group: str) -> Figure:
    return owner(draw(ablation, group))


def _changes(ablation: Ablation, group: str) -> Table:
    table = ablation.table
    rows = []
    for row in table[table["group"] == group].to_dict("records"):
        off = listed(LOOPS[loop] for loop in row["off"].split("+"))
        share = figures.share(row["base"] + row["change"])
        held = Range.of_row(row)
        rows.append(
            (
                off,
                share,
                _with_interval(row, "change", "", held.pairs),
                range_bounds(held, "share"),
                _with_interval(row, "beyond_sum", "beyond_", held.pairs),
                _range_beyond(row, held),
            )
        )
    columns = (
        say("ablation.off"),
        say("ablation.in_cycle", window=window(ablation.scenario.months)),
        say("ablation.change_interval", level=figures.share(ablation.level, 0)),
        range_head(ablation.range(ablation.arms[0].off, group)),
        say("ablation.beyond"),
        beyond_head(),
    )
    base = say("ablation.all_on", base=figures.share(float(ablation.base[group].mean())))
    return Table(
        f"{group_name(ablation, group)} · {base}", columns, tuple(rows), folded=group != ablation.groups[0]
    )


def _with_interval(row: Mapping[str, Any], name: str, ends: str, pairs: int) -> str:
    """Percentage points with both bounds of the interval of the mean, where there
    are any; rough under ten pairs."""
    value, low, high = (row.get(key, math.nan) for key in (name, f"{ends}low", f"{ends}high"))
    shown, interval = figures.points(value), Interval(low, high)
    if not interval.exists:
        return shown
    return bracketed(shown, marked_rough(figures.interval(low, high, figures.POINTS), interval, pairs))


def _range_beyond(row: Mapping[str, Any], held: Range) -> str:
    """What may happen beyond the sum of two loops, of the same pairs as what may happen without them."""
    ends = {f"range_{end}": row.get(f"beyond_range_{end}", math.nan) for end in ("low", "high")}
    return range_bounds(Range.of_row(held.columns() | ends), "share")


def _command(ablation: Ablation) -> tuple[str, str]:
    scenario, seeds = ablation.scenario, list(ablation.seeds)
    own = not common.shipped(scenario.name, scenario)
    name = f"{scenario.name}.toml" if own else scenario.name
    note = say("report.own_file" if own else "report.same_command")
    pairs = bool(ablation.asked.get("pairs", any(len(one.off) == 2 for one in ablation.arms)))
    rules = bool(ablation.asked.get("mechanisms", True))
    held = ablation.asked.get("ensemble")
    if seeds != list(range(1, len(seeds) + 1)):  # the command line takes seeds from 1 on
        over = "" if held is None else f", ensemble={held.name + '.csv'!r}"
        asked = f"{name!r}, seeds={seeds}, months={scenario.months}, pairs={pairs}, mechanisms={rules}"
        return f"sim.ablate({asked}, level={ablation.level:g}{over})", note
    left = ("" if pairs else " --no-pairs") + ("" if rules else " --no-mechanisms")
    command = f"estate ablate {name} --replications {len(seeds)} --months {scenario.months}{left}"
    return f"{command}{common.ensemble_option(held)} --level {ablation.level:g}", note
