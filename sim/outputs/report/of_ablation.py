"""The report of an ablation: loops taken away one by one and in pairs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from matplotlib.figure import Figure

from sim.experiments.intervals import Interval, Range
from sim.outputs.ablation_words import group_name, line_of, loop_name
from sim.outputs.comparison_words import percent_level, points
from sim.outputs.range_words import beyond_head, marked_rough, range_bounds, range_head
from sim.outputs.report import common
from sim.outputs.report.model import Part, Picture, Table
from sim.outputs.report.words import say
from sim.outputs.style import owner
from sim.outputs.trap import ablation_matrix, word
from sim.scenario import to_toml
from sim.text import figures, in_language
from sim.units import NO_VALUE

if TYPE_CHECKING:
    from sim.experiments.ablate import Ablation


def part_of_ablation(found: Ablation, lang: str) -> Part:
    """Everything that a reader is told about an ablation."""
    scenario = found.scenario
    title = scenario.title.in_language(lang)
    command, note = _command(found, lang)
    level = percent_level(found.level)
    sure = (
        say("sure_seeds_level", lang, runs=len(found.seeds), level=level),
        say("sure_best", lang, loops=len(found.loops)),
        say("sure_loop_off", lang),
        common.share_assumed(scenario, lang),
        say("not_forecast", lang),
    )
    rows = [
        *common.size_rows(scenario, lang),
        (say("loops_on", lang), common.listed((loop_name(loop, lang) for loop in found.loops), lang)),
        (say("seeds", lang), f"{found.seeds[0]}–{found.seeds[-1]} ({len(found.seeds)})"),
        *common.ensemble_rows(common.facts_of(found.asked.get("ensemble")), lang),
    ]
    return Part(
        say("title_ablation", lang, title=title),
        say("kind_ablation", lang),
        say("question_ablation", lang, title=title),
        common.about(scenario, lang),
        common.setting_table(rows, lang),
        tuple(found.sentences(lang)),
        tuple(
            Picture(
                f"{word('matrix', lang)} · {group_name(found, group, lang)}",
                say("matrix_alt", lang) + line_of(found, group, lang),
                partial(_drawn, found, group, lang),
            )
            for group in found.groups
        ),
        (),
        (),
        sure,
        common.assumptions([scenario], lang),
        (command,),
        common.found_traces(found, lang),
        "",
        note,
        ((f"{scenario.name}.toml", to_toml(scenario)), *common.ensemble_file(found.asked.get("ensemble"))),
        tuple(_changes(found, group, lang) for group in found.groups),
        ("cycle_share_last_year", "cycle_share"),
        (scenario.name,),
    )


def _drawn(found: Ablation, group: str, lang: str) -> Figure:
    return owner(ablation_matrix(found, group, lang=lang))


def _changes(found: Ablation, group: str, lang: str) -> Table:
    table = found.table
    rows = []
    for row in table[table["group"] == group].to_dict("records"):
        off = common.listed((loop_name(loop, lang) for loop in row["off"].split("+")), lang)
        share = figures.share(row["base"] + row["change"])
        held = Range.of_row(row)
        rows.append(
            (
                off,
                share,
                _with_interval(row, "change", "", held.pairs, lang),
                range_bounds(held, "share", lang),
                _with_interval(row, "beyond_sum", "beyond_", held.pairs, lang),
                _range_beyond(row, held, lang),
            )
        )
    columns = (
        say("off", lang),
        say("in_cycle", lang),
        say("change_interval", lang, level=percent_level(found.level)),
        range_head(found.range(found.arms[0].off, group), lang),
        say("beyond", lang),
        beyond_head(lang),
    )
    base = say("all_on", lang, base=figures.share(float(found.base[group].mean())))
    return Table(
        f"{group_name(found, group, lang)} · {base}", columns, tuple(rows), folded=group != found.groups[0]
    )


def _with_interval(row: Mapping[str, Any], name: str, ends: str, pairs: int, lang: str) -> str:
    """Percentage points with both bounds of the interval of the mean, where there are any; rough under ten pairs."""
    value, low, high = (row.get(key, math.nan) for key in (name, f"{ends}low", f"{ends}high"))
    if math.isnan(value):
        return NO_VALUE
    shown, interval = ("+" if value > 0 else "") + points(value), Interval(low, high)
    if not interval.exists:
        return shown
    with in_language(lang):
        return f"{shown} ({marked_rough(f'{points(low)} – {points(high)}', interval, pairs)})"


def _range_beyond(row: Mapping[str, Any], held: Range, lang: str) -> str:
    """What may happen beyond the sum of two loops, of the same pairs as what may happen without them."""
    ends = {f"range_{end}": row.get(f"beyond_range_{end}", math.nan) for end in ("low", "high")}
    return range_bounds(Range.of_row(held.columns() | ends), "share", lang)


def _command(found: Ablation, lang: str) -> tuple[str, str]:
    scenario, seeds = found.scenario, list(found.seeds)
    own = not common.shipped(scenario.name, scenario)
    name = f"{scenario.name}.toml" if own else scenario.name
    pairs = any(len(one.off) == 2 for one in found.arms)
    if seeds != list(range(1, len(seeds) + 1)):  # the command line takes seeds from 1 on
        return f"sim.ablate({name!r}, seeds={seeds}, pairs={pairs}, level={found.level:g})", say(
            "own_file" if own else "same_command", lang
        )
    command = f"estate ablate {name} --replications {len(seeds)} --months {scenario.months}" + (
        "" if pairs or len(found.loops) == 2 else " --no-pairs"
    )
    command += common.ensemble_option(found.asked.get("ensemble"))
    return command, say("own_file" if own else "same_command", lang)
