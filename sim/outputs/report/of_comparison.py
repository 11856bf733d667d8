"""The report of a comparison, as computed or as read from its folder."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any

from sim.experiments.compare import LOOKS
from sim.experiments.comparison_tables import manifest as manifest_of
from sim.experiments.comparison_tables import of_estates
from sim.experiments.intervals import NO_RANGE, Interval, Range
from sim.experiments.persistence import AFTER
from sim.experiments.rescue import COUNTED
from sim.outputs.catalog import capital, scenario_title
from sim.outputs.comparison import COMPARISON_CHARTS, comparison_chart
from sim.outputs.comparison_words import price_clause, rescued_of
from sim.outputs.outcome_words import bounds_of, points, size_of
from sim.outputs.persistence_words import caption_of, columns_of, note_of, rows_of
from sim.outputs.public_money import cost_table
from sim.outputs.range_words import (
    bounds_in_brackets,
    how_sure,
    marked_rough,
    note_of_brackets,
    range_of_pairs,
)
from sim.outputs.report import common
from sim.outputs.report.model import Part, Picture, Table
from sim.outputs.report.words import say
from sim.results.outcomes import BEARER_WORDS, OUTCOMES
from sim.results.reading import STATE_OWNED
from sim.scenario import to_toml
from sim.text import figures, in_language, joins
from sim.units import NO_VALUE
from sim.words import Word

if TYPE_CHECKING:
    import pandas as pd

    from sim.experiments.arms import Arm
    from sim.experiments.comparison import Comparison

TOLD_TYPES = ("cycle", "satisfaction", "quality")
MEASURE_WORDS = {
    "cycle": Word("处于循环的月份", "months in the cycle"),
    "satisfaction": Word("业主满意度", "owner satisfaction"),
    "quality": Word("服务质量", "service quality"),
}


def part_of_comparison(found: Comparison, lang: str) -> Part:
    """Everything that a reader is told about a comparison."""
    base, others = title_of(found, found.baseline, lang), [title_of(found, arm, lang) for arm in found.others]
    arms = common.listed((f"“{title}”" for title in others), lang)
    level = figures.level(found.interval_level)
    sure = (
        say("sure_seeds_level", lang, runs=len(found.seeds), level=level),
        say("sure_many", lang),
        *found.warnings(lang),
        common.share_assumed(found.baseline.scenario, lang),
        say("not_forecast", lang),
    )
    commands, note = _commands(found, lang)
    return Part(
        f"{base} — {common.listed(others, lang)}",
        say("kind_comparison", lang),
        say("question_comparison", lang, base=base, arms=arms),
        common.about(found.baseline.scenario, lang),
        common.setting_table(_setting(found, lang), lang),
        (*found.sentences(lang), *_withdrawn(found, lang)),
        tuple(
            Picture(
                entry.title.in_language(lang),
                entry.alt(found, lang),
                partial(comparison_chart, found, name, lang),
            )
            for name, entry in COMPARISON_CHARTS.items()
        ),
        (
            _costs(found, lang),
            *_public_cost(found, lang),
            _measures(found, lang),
            *_spending(found, lang),
        ),
        (*_after(found, lang), *_fates(found, lang), _types(found, lang), _differences(found, lang)),
        sure,
        common.assumptions([arm.scenario for arm in found.arms], lang),
        commands,
        _traces(found, lang),
        say("no_programme", lang),
        note,
        (
            *((f"{arm.name}.toml", to_toml(arm.scenario)) for arm in found.arms),
            *common.ensemble_file(found.settings.ensemble),
        ),
        (),
        found.outcomes,
        tuple(arm.name for arm in found.arms),
    )


def title_of(found: Comparison, arm: Arm, lang: str) -> str:
    """Title of an arm, or its name where two arms have the same title."""
    titles = [scenario_title(one, lang) for one in found.arms]
    own = titles[found.arms.index(arm)]
    return own if titles.count(own) == 1 else arm.name


def _setting(found: Comparison, lang: str) -> list[tuple[str, str]]:
    rows = [(say("baseline", lang), title_of(found, found.baseline, lang))]
    rows += [(title_of(found, arm, lang), common.programmes_line(arm.scenario, lang)) for arm in found.others]
    return [
        *rows,
        *common.size_rows(found.baseline.scenario, lang),
        (say("seeds", lang), _seeds(found)),
        *common.ensemble_rows(found.ensemble, lang),
    ]


def _seeds(found: Comparison) -> str:
    first, last = found.seeds[0], found.seeds[-1]
    return (
        f"{first}–{last}"
        if list(found.seeds) == list(range(first, last + 1))
        else ", ".join(map(str, found.seeds))
    )


def _between(row: dict[str, Any], name: str, unit: str, level: float, lang: str) -> str:
    """A figure of a row of costs with the interval of its mean and, where it has one, its range over pairs."""
    value, low, high = (row[f"{name}{end}"] for end in ("", "_low", "_high"))
    shown = size_of(value, unit, lang)
    if math.isnan(value):
        return shown
    ends = {f"range_{end}": row.get(f"{name}_range_{end}", math.nan) for end in ("low", "high")}
    held = Range.of_row(row | ends) if "pairs" in row else NO_RANGE
    with in_language(lang):
        return joins.bracketed(shown, how_sure(Interval(low, high, level), held, unit, lang))


def _costs(found: Comparison, lang: str) -> Table:
    rows = []
    for row in found.costs.to_dict("records"):
        cells = [
            _between(row, name, unit, found.interval_level, lang)
            for name, unit in (("cost", "yuan"), ("effect", ""), ("price", "yuan"))
        ]
        rows.append(
            (
                title_of(found, found.arm(row["arm"]), lang),
                *cells,
                capital(price_clause(found, row["arm"], lang)),
            )
        )
    columns = tuple(say(key, lang) for key in ("scenario", "more_cost", "years_out", "price", "verdict"))
    return Table(say("cost_title", lang), columns, tuple(rows))


def _public_cost(found: Comparison, lang: str) -> list[Table]:
    """Public cost by year and bearer, a table for each arm."""
    table, ranges = found.public_cost, found.public_cost_ranges
    made = [
        cost_table(
            table[table["arm"] == arm.name],
            lang,
            title_of(found, arm, lang),
            ranges[ranges["arm"] == arm.name],
        )
        for arm in found.arms
    ]
    return [Table(*one) for one in made]


def _measures(found: Comparison, lang: str) -> Table:
    rows = tuple(
        (
            title_of(found, arm, lang),
            common.label_of(one, lang),
            common.dates_of(one, arm.scenario.months, lang),
        )
        for arm in found.arms
        for one in arm.scenario.interventions
    )
    return Table(
        say("measures", lang),
        tuple(say(key, lang) for key in ("scenario", "programme", "when")),
        rows,
        "" if rows else say("no_programme", lang),
    )


def _spending(found: Comparison, lang: str) -> list[Table]:
    rows = []
    names = {one.name: common.label_of(one, lang) for arm in found.arms for one in arm.scenario.interventions}
    for row in found.spending.to_dict("records"):
        if not row["bearer"] or row["arm"] == found.baseline.name:
            continue
        bearer = _bearer(row["bearer"], lang) if row["bearer"] in BEARER_WORDS else row["bearer"]
        programme = names.get(row["programme"], row["programme"]) or (
            NO_VALUE if row["bearer"] == STATE_OWNED else say("services", lang)
        )
        rows.append(
            (
                title_of(found, found.arm(row["arm"]), lang),
                bearer,
                programme,
                common.yuan(row["yuan"], lang),
                _more(row, found.interval_level, lang),
            )
        )
    columns = tuple(say(key, lang) for key in ("scenario", "bearer", "programme", "public_cost", "more"))
    return [Table(say("spending_title", lang), columns, tuple(rows))] if rows else []


def _more(row: dict[str, Any], level: float, lang: str) -> str:
    """What was paid more than in the baseline, and how sure that is."""
    shown = common.yuan(row["more_than_baseline"], lang)
    if "pairs" not in row:  # of before there were ranges
        return shown
    interval = Interval(row["low"], row["high"], level)
    with in_language(lang):
        return joins.bracketed(shown, how_sure(interval, Range.of_row(row), "yuan", lang))


def _after(found: Comparison, lang: str) -> list[Table]:
    """The level that would persist, where that was asked for."""
    after = getattr(found, "after", None)
    if after is None:
        return []
    titles = {arm.name: title_of(found, arm, lang) for arm in found.arms}
    rows = tuple(rows_of(after, titles, lang))
    return [Table(caption_of(after, lang), columns_of(after, lang), rows, note_of(lang))]


def _fates(found: Comparison, lang: str) -> list[Table]:
    """Who was rescued and harmed, in estates and, where that was counted, in households."""
    return [
        _fate_table(found, rows, counted, lang)
        for counted in COUNTED
        if not (rows := of_estates(found.rescues, counted)).empty
    ]


def _fate_table(found: Comparison, table: pd.DataFrame, counted: str, lang: str) -> Table:
    rows = []
    for row in table.to_dict("records"):
        if row["by"] == "type":
            group = common.type_name(found.baseline.scenario, row["group"], lang)
        else:
            group = say("all", lang) if row["by"] == "all" else say("district", lang, name=row["group"])
        counts = [rescued_of(row, name, lang) for name in ("rescued", "harmed")]
        rows.append(
            (
                title_of(found, found.arm(row["arm"]), lang),
                group,
                f"{row['estates']:,.1f}",
                f"{row['at_risk']:,.1f}",
                *counts,
                f"{row['neither']:,.1f}",
            )
        )
    return Table(
        say(f"fate_title_{counted}", lang),
        (
            say("scenario", lang),
            say("group", lang),
            say("number", lang),
            *(say(key, lang) for key in ("at_risk", "rescued", "harmed", "neither")),
        ),
        tuple(rows),
        _joined(say("fate_rule_last_year", lang), _note_of(table, lang), lang),
    )


def _note_of(table: pd.DataFrame, lang: str) -> str:
    """What the figures in brackets of a table are, of which every row has a range of as many pairs."""
    held = [Range.of_row(row | {"range_low": 0.0, "range_high": 0.0}) for row in table.to_dict("records")]
    return note_of_brackets(held[0], lang) if held and "pairs" in table else ""


def _joined(first: str, second: str, lang: str) -> str:
    with in_language(lang):
        return joins.sentences((first, second))


def _types(found: Comparison, lang: str) -> Table:
    """Change of what owners of each type live with; an arm and type in a row, a measure in a column."""
    table = found.by_type.set_index(["arm", "type", "measure"])
    rows = []
    for arm in found.others:
        for kind in found.baseline.scenario.types:
            cells = []
            for measure in TOLD_TYPES:
                if (arm.name, kind, measure) not in table.index:
                    cells.append(NO_VALUE)
                    continue
                row = table.loc[(arm.name, kind, measure)]
                sign = "+" if row["difference"] > 0 else ""
                cells.append(
                    NO_VALUE
                    if math.isnan(row["difference"])
                    else sign + points(row["difference"]) + _in_brackets(row.to_dict(), lang)
                )
            rows.append(
                (title_of(found, arm, lang), common.type_name(found.baseline.scenario, kind, lang), *cells)
            )
    columns = (
        say("scenario", lang),
        say("type", lang),
        *(capital(MEASURE_WORDS[name].in_language(lang)) for name in TOLD_TYPES),
    )
    return Table(say("type_title", lang), columns, tuple(rows), _note_of(found.by_type, lang))


def _in_brackets(row: dict[str, Any], lang: str) -> str:
    """The interval of a mean in points, rough under ten pairs, and after it the ends of the range."""
    return bounds_in_brackets(Interval(row["low"], row["high"]), Range.of_row(row), points, " – ", lang)


def _differences(found: Comparison, lang: str) -> Table:
    rows = []
    for row in found.differences.to_dict("records"):
        unit = row["unit"]
        mean = f"{100 * row['arm_mean']:.1f}%" if unit == "share" else size_of(row["arm_mean"], unit, lang)
        rows.append(
            (
                title_of(found, found.arm(row["arm"]), lang),
                capital(OUTCOMES[row["outcome"]].in_language(lang)),
                mean,
                size_of(row["difference"], unit, lang, sign=True),
                _bounds(row, lang),
                range_of_pairs(Range.of_row(row), unit, lang),
            )
        )
    columns = (
        *(say(key, lang) for key in ("scenario", "outcome", "arm_mean", "difference")),
        say("mean_interval", lang, level=figures.level(found.interval_level)),
        say("may_happen", lang),
    )
    return Table(say("differences_title", lang), columns, tuple(rows))


def _bounds(row: dict[str, Any], lang: str) -> str:
    """The interval of a row of differences, rough under ten pairs."""
    bounds = bounds_of(row["low"], row["high"], row["unit"], lang)
    with in_language(lang):
        return marked_rough(bounds, Interval(row["low"], row["high"]), int(row["replications"]))


def _commands(found: Comparison, lang: str) -> tuple[tuple[str, ...], str]:
    own = [arm.name for arm in found.arms if not common.shipped(arm.name, arm.scenario)]
    names = " ".join(f"{arm.name}.toml" if arm.name in own else arm.name for arm in found.arms)
    outcomes = "".join(f" --outcome {name}" for name in found.outcomes)
    asked = f"--replications {len(found.seeds)}"
    if found.looks_planned:
        if tuple(found.looks_planned) != LOOKS or _width(found) is None:
            rest = f"sim.Adaptive({_width(found)}, {tuple(found.looks_planned)})"  # the command line has looks of its own
            return (
                f"sim.compare({', '.join(repr(name) for name in names.split())}, adaptive={rest}, outcomes={found.outcomes}, first_seed={found.seeds[0]}, "
                f"months={found.baseline.scenario.months}, level={found.settings.level:g})",
            ), say("own_file" if own else "same_command", lang)
        asked = f"--width {_width(found):g}"
    tests = getattr(found, "withdrawn", [])
    more = common.ensemble_option(found.settings.ensemble)
    more += f" --withdraw {tests[0].tests[0].month}" if tests else ""
    after = getattr(found, "after", None)
    more += " --after" if after is not None and after.after == AFTER else ""
    command = f"estate compare {names} {asked} --seed {found.seeds[0]} --months {found.baseline.scenario.months}{outcomes}{more} --level {found.settings.level:g}"
    return (command,), say("own_file" if own else "same_command", lang)


def _width(found: Comparison) -> float | None:
    """The width of interval that adaptive replications were to reach."""
    if found.looks:
        return found.looks[0].wanted
    looks = getattr(found, "saved_manifest", {}).get("looks")
    return float(looks[0]["wanted_width"]) if looks else None


def _withdrawn(found: Comparison, lang: str) -> list[str]:
    """What withdrawal tests that were saved with it say."""
    dash = "：" if lang == "zh" else ": "
    return [
        title_of(found, found.arm(test.scenario.name), lang) + dash + line
        for test in getattr(found, "withdrawn", [])
        for line in test.sentences(lang)
    ]


def _traces(found: Comparison, lang: str) -> Table:
    manifest: dict[str, Any] = getattr(found, "saved_manifest", None) or manifest_of(found)
    rows = [
        (say("key", lang), found.key),
        (say("seeds", lang), _seeds(found)),
        (say("outcome_hash", lang), manifest["digest"][: common.HASH]),
    ]
    rows += [
        (f"{say('content_hash', lang)}: {name}", arm["content_hash"][: common.HASH])
        for name, arm in manifest["arms"].items()
    ]
    return common.traces_table([*rows, *common.version_rows(manifest, lang)], lang)


def _bearer(name: str, lang: str) -> str:
    with in_language(lang):
        return BEARER_WORDS[name]
