"""The report of a tipping map."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any

from matplotlib.figure import Figure

from sim.experiments.intervals import LEAST_PAIRS, ROUGH_PAIRS, Interval, Range
from sim.experiments.tipping import LONGEST_DELAY
from sim.outputs.range_words import marked_rough, range_of_runs
from sim.outputs.report import common
from sim.outputs.report.model import Part, Picture, Table
from sim.outputs.report.words import say
from sim.outputs.style import owner
from sim.outputs.trap import bifurcation, hysteresis, word
from sim.outputs.trap_words import (
    SOURCES,
    lever_name,
    loop_line,
    no_return_line,
    pick,
    width_line,
)
from sim.scenario import to_toml
from sim.text import figures, in_language
from sim.units import NO_VALUE
from sim.words import Word

if TYPE_CHECKING:
    from sim.experiments.no_return import Delayed
    from sim.experiments.tipping import Tipping, TypeMap

MOST_ROWS = 20
ROUGH = Word("，粗略", ", rough")


def part_of_tipping(found: Tipping, lang: str) -> Part:
    """Everything that a reader is told about a tipping map."""
    scenario = found.scenario
    title, lever = scenario.title.in_language(lang), lever_name(found.maps[0].lever, lang)
    command, note = _command(found, lang)
    sure = (
        say("sure_tipping", lang),
        say("sure_seeds", lang, seeds=len(found.asked.get("seeds", ())) or 1),
        say("sure_mean_field", lang),
        say("sure_alike" if found.asked.get("world") == "alike" else "sure_city", lang),
        common.share_assumed(scenario, lang),
        say("not_forecast", lang),
    )
    return Part(
        say("title_tipping", lang, title=title, lever=lever),
        say("kind_tipping", lang),
        say("question_tipping", lang, lever=lever),
        common.about(scenario, lang),
        common.setting_table(_setting(found, lang), lang),
        tuple(found.sentences(lang)),
        tuple(_pictures(found, lang)),
        (),
        (),
        sure,
        common.assumptions([scenario], lang),
        (command,),
        _traces(found, lang),
        "",
        note,
        ((f"{scenario.name}.toml", to_toml(scenario)), *common.ensemble_file(found.asked.get("ensemble"))),
        (_widths(found, lang), _points(found, lang), _trials(found, lang), *_delays(found, lang)),
        (),
        (scenario.name,),
    )


def _setting(found: Tipping, lang: str) -> list[tuple[str, str]]:
    asked, first = found.asked, found.maps[0]
    tried = sorted(first.agents.points)
    rows = [
        *common.size_rows(found.scenario, lang),
        (say("lever", lang), lever_name(first.lever, lang)),
        (
            say("values", lang),
            say("range", lang, low=f"{tried[0]:g}", high=f"{tried[-1]:g}") + f" ({len(tried)})",
        ),
        (say("settle_months", lang), str(first.agents.world.months)),
    ]
    if "world" in asked:
        rows.append(
            (
                say("world", lang),
                say(
                    f"world_{asked['world']}", lang, estates=asked["estates"], households=asked["households"]
                ),
            )
        )
    return [
        *rows,
        (
            say("seeds", lang),
            common.listed((str(seed) for seed in asked.get("seeds", first.agents.first)), lang),
        ),
        *common.ensemble_rows(common.facts_of(found.asked.get("ensemble")), lang),
    ]


def _pictures(found: Tipping, lang: str) -> list[Picture]:
    made = []
    for one in found.maps:
        name, dash = common.type_name(found.scenario, one.type_name, lang), "：" if lang == "zh" else ": "
        told = " ".join(width_line(name, width, lever_name(one.lever, lang), lang) for width in one.widths)
        made.append(
            Picture(
                word("bifurcation", lang) + dash + name,
                say("bifurcation_alt", lang) + told,
                partial(_drawn, bifurcation, found, one, lang),
            )
        )
        if one.loop is not None:
            made.append(
                Picture(
                    word("loop", lang) + dash + name,
                    say("hysteresis_alt", lang) + loop_line(name, one, lang),
                    partial(_drawn, hysteresis, found, one, lang),
                )
            )
    return made


def _drawn(draw: object, found: Tipping, one: TypeMap, lang: str) -> Figure:
    return owner(draw(found, one.type_name, lang=lang))  # type: ignore[operator]


def _widths(found: Tipping, lang: str) -> Table:
    rows = []
    for one in found.maps:
        for width in one.widths:
            name = (common.type_name(found.scenario, one.type_name, lang), pick(SOURCES[width.source], lang))
            if math.isnan(width.low):
                rows.append((*name, say("no_trap", lang), NO_VALUE, NO_VALUE))
                continue
            ends = [
                ("≤ " if width.low_open else "") + f"{width.low:.3g}",
                ("≥ " if width.high_open else "") + f"{width.high:.3g}",
            ]
            least = "≥ " if width.low_open or width.high_open else ""
            rows.append(
                (
                    *name,
                    " – ".join(ends),
                    f"{least}{width.width:.3g} ± {width.error:.2g}",
                    f"{width.area:.3g}",
                )
            )
    columns = tuple(say(key, lang) for key in ("type", "by_what", "two_states", "trap_width", "trap_area"))
    return Table(say("widths_title", lang), columns, tuple(rows), say("widths_note", lang))


def _points(found: Tipping, lang: str) -> Table:
    rows = []
    for row in found.points.to_dict("records"):
        kind = say("stable" if row["stable"] else "unstable", lang)
        between = (
            ""
            if row["low"] == row["high"]
            else f" ({figures.share(row['low'], 0)} – {figures.share(row['high'], 0)})"
        )
        rows.append(
            (
                common.type_name(found.scenario, row["type"], lang),
                f"{row['lever']:.3g}",
                pick(SOURCES[row["source"]], lang),
                kind,
                figures.share(row["collection"], 0) + between,
            )
        )
    columns = tuple(say(key, lang) for key in ("type", "lever", "by_what", "point_kind", "collection"))
    return Table(say("points_title", lang), columns, tuple(rows), folded=len(rows) > MOST_ROWS)


def _trials(found: Tipping, lang: str) -> Table:
    rows = []
    for row in found.trials.to_dict("records"):
        chance = chance_cell(row, lang)
        settled = f"{figures.share(row['settled'], 0)} ({figures.share(row['settled_p10'], 0)} – {figures.share(row['settled_p90'], 0)})"
        rows.append(
            (
                common.type_name(found.scenario, row["type"], lang),
                f"{row['lever']:.3g}",
                figures.share(row["start"], 0),
                f"{row['estates']:,}",
                settled,
                range_of_runs(Range.of_row(row), "share", lang),
                chance if row["two_states"] else NO_VALUE,
                say("yes" if row["at_rest"] else "no", lang),
            )
        )
    columns = tuple(
        say(key, lang)
        for key in ("type", "lever", "started", "estates", "settled", "may_happen", "chance_high", "at_rest")
    )
    return Table(say("trials_title", lang), columns, tuple(rows), folded=len(rows) > MOST_ROWS)


def chance_cell(row: dict[str, Any], lang: str) -> str:
    """The chance of ending high, with Wilson's interval over estates: none of under five, rough of under ten."""
    shown, estates = figures.share(row["chance_high"], 0), row["estates"]
    known = Interval(row["chance_low_bound"], row["chance_high_bound"])
    if estates < LEAST_PAIRS or not known.exists:
        return shown
    with in_language(lang):
        bounds = f"{figures.share(known.low, 0)} – {figures.share(known.high, 0)}"
        return f"{shown} ({marked_rough(bounds, known, estates)})"


def _excess(one: Delayed, lang: str) -> str:
    """Rescues beyond half of the planned start's, with the interval of the mean: none under five seeds, rough under ten."""
    text = f"{one.excess:+.1f}"
    if one.interval.exists:
        rough = ROUGH.in_language(lang) if one.seeds < ROUGH_PAIRS else ""
        text += f" ({one.interval.low:.1f} – {one.interval.high:.1f}{rough})"
    return text.replace("-", "−")


def _delays(found: Tipping, lang: str) -> list[Table]:
    if found.no_return is None:
        return []
    rows = tuple(
        (
            str(one.delay),
            str(one.seeds),
            f"{one.rescued:.1f}",
            range_of_runs(one.rescued_range, "", lang),
            _excess(one, lang),
            say("unclear" if one.uncertain else "yes" if one.works else "no", lang),
        )
        for one in found.no_return.trials
    )
    columns = tuple(say(key, lang) for key in ("delay", "runs", "rescued", "may_happen", "excess", "works"))
    return [
        Table(say("delays_title", lang), columns, rows, no_return_line(found.no_return, found.note, lang))
    ]


def _command(found: Tipping, lang: str) -> tuple[str, str]:
    scenario, asked = found.scenario, found.asked
    own = not common.shipped(scenario.name, scenario)
    parts = [
        "estate tipping",
        f"{scenario.name}.toml" if own else scenario.name,
        "--lever",
        found.maps[0].lever.key,
    ]
    parts += [f"--{key} {asked[key]:g}" for key in ("low", "high") if asked.get(key) is not None]
    parts += [f"--type {one.type_name}" for one in found.maps]
    parts += [f"--{key} {asked[key]}" for key in ("values", "world", "months") if key in asked]
    parts += [f"--seeds {len(asked['seeds'])}"] if "seeds" in asked else []
    parts += [] if asked.get("hysteresis", True) else ["--no-loop"]
    parts += [] if asked.get("no_return", True) else ["--no-point"]
    parts += (
        [f"--longest {asked['longest_delay']}"]
        if asked.get("longest_delay", LONGEST_DELAY) != LONGEST_DELAY
        else []
    )
    option = common.ensemble_option(found.asked.get("ensemble"))
    return " ".join(parts) + option, say("own_file" if own else "same_command", lang)


def _traces(found: Tipping, lang: str) -> Table:
    return common.found_traces(found, lang)
