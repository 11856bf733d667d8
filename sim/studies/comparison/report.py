"""The report of a comparison, as computed or as read from its folder."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any

from sim import charts
from sim.experiments.intervals import NO_RANGE, Interval, Range
from sim.experiments.rescue import COUNTED
from sim.outputs.catalog import bounds_of, capital, points, size_of
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
from sim.results.outcomes import BEARER_WORDS, OUTCOMES, window
from sim.results.reading import STATE_OWNED
from sim.scenario import to_toml
from sim.studies.comparison import decision_words as words
from sim.studies.comparison.arms import measure_of
from sim.studies.comparison.compare import LOOKS
from sim.studies.comparison.decision import DECIDING_LOOKS
from sim.studies.comparison.gains_words import gains_tables
from sim.studies.comparison.names import group_name, measure_name, months_of, title_of
from sim.studies.comparison.tables import manifest as manifest_of
from sim.studies.comparison.tables import of_estates
from sim.studies.comparison.withdrawal import AFTER, caption_of, columns_of, note_of, rows_of
from sim.studies.comparison.words import mean_count, price_clause, rescued_of
from sim.text import Family, figures, joins, language, say
from sim.units import NO_VALUE

if TYPE_CHECKING:
    import pandas as pd

    from sim.studies.comparison.comparison import Comparison

TOLD_TYPES = ("cycle", "satisfaction", "quality")
MEASURES = Family("comparison.measure", TOLD_TYPES)


def part_of(comparison: Comparison) -> Part:
    """Everything that a reader is told about a comparison."""
    base, others = (
        title_of(comparison, comparison.baseline),
        [title_of(comparison, arm) for arm in comparison.others],
    )
    arms = joins.listed(joins.quoted(title) for title in others)
    level = figures.level(comparison.interval_level)
    sure = (
        say("comparison.sure_seeds_level", runs=len(comparison.seeds), level=level),
        _word("sure_many"),
        *comparison.warnings(),
        common.share_assumed(comparison.baseline.scenario),
        _word("not_forecast"),
    )
    commands, note = _commands(comparison)
    return Part(
        f"{base} — {joins.listed(others)}",
        comparison.kind.title,
        say("comparison.question", base=base, arms=arms),
        common.about(comparison.baseline.scenario),
        common.setting_table(_setting(comparison)),
        (*comparison.sentences(), *_withdrawn(comparison)),
        tuple(_picture(comparison, name) for name in comparison.charts),
        (
            _costs(comparison),
            *_public_cost(comparison),
            _measures(comparison),
            *_spending(comparison),
        ),
        (
            *_standing(comparison),
            *_losses(comparison),
            *_after(comparison),
            *_fates(comparison),
            *gains_tables(comparison, by_title=True),
            _types(comparison),
            _differences(comparison),
            *_pairs(comparison),
        ),
        sure,
        common.assumptions([arm.scenario for arm in comparison.arms]),
        commands,
        _traces(comparison),
        _word("no_programme"),
        note,
        (
            *((f"{arm.name}.toml", to_toml(arm.scenario)) for arm in comparison.arms),
            *common.ensemble_file(comparison.settings.ensemble),
        ),
        (),
        comparison.outcomes,
        tuple(arm.name for arm in comparison.arms),
    )


def _word(key: str) -> str:
    """A word that reports of several kinds share."""
    return say(f"report.{key}")


def _picture(comparison: Comparison, name: str) -> Picture:
    lang = language()
    return Picture(
        say(f"chart.{name}"), charts.alt_text(comparison, name, lang), partial(comparison.plot, name, lang)
    )


def _setting(comparison: Comparison) -> list[tuple[str, str]]:
    rows = [(say("comparison.baseline"), title_of(comparison, comparison.baseline))]
    rows += [(title_of(comparison, arm), common.programmes_line(arm.scenario)) for arm in comparison.others]
    return [
        *rows,
        *common.size_rows(comparison.baseline.scenario),
        (_word("seeds"), _seeds(comparison)),
        *common.ensemble_rows(comparison.ensemble),
    ]


def _seeds(comparison: Comparison) -> str:
    first, last = comparison.seeds[0], comparison.seeds[-1]
    return (
        f"{first}–{last}"
        if list(comparison.seeds) == list(range(first, last + 1))
        else ", ".join(map(str, comparison.seeds))
    )


def _between(row: dict[str, Any], name: str, unit: str, level: float) -> str:
    """A figure of a row of costs with the interval of its mean and, where it has
    one, its range over pairs."""
    value, low, high = (row[f"{name}{end}"] for end in ("", "_low", "_high"))
    shown = size_of(value, unit)
    if math.isnan(value):
        return shown
    ends = {f"range_{end}": row.get(f"{name}_range_{end}", math.nan) for end in ("low", "high")}
    held = Range.of_row(row | ends) if "pairs" in row else NO_RANGE
    return joins.bracketed(shown, how_sure(Interval(low, high, level), held, unit))


def _costs(comparison: Comparison) -> Table:
    rows = []
    for row in comparison.costs.to_dict("records"):
        cells = [
            _between(row, name, unit, comparison.interval_level)
            for name, unit in (("cost", "yuan"), ("effect", ""), ("price", "yuan"))
        ]
        rows.append(
            (
                title_of(comparison, comparison.arm(row["arm"])),
                *cells,
                capital(price_clause(comparison, row["arm"])),
            )
        )
    columns = (
        _word("scenario"),
        say("comparison.more_cost"),
        say("comparison.years_out"),
        say("comparison.price_head"),
        say("comparison.verdict"),
    )
    return Table(say("comparison.cost_title"), columns, tuple(rows))


def _public_cost(comparison: Comparison) -> list[Table]:
    """Public cost by year and bearer, a table for each arm."""
    table, ranges = comparison.public_cost, comparison.public_cost_ranges
    tables = [
        cost_table(
            table[table["arm"] == arm.name],
            months_of(comparison),
            title_of(comparison, arm),
            ranges[ranges["arm"] == arm.name],
        )
        for arm in comparison.arms
    ]
    return [Table(*one) for one in tables]


def _measures(comparison: Comparison) -> Table:
    rows = tuple(
        (
            title_of(comparison, arm),
            common.label_of(one),
            common.dates_of(one, arm.scenario.months),
        )
        for arm in comparison.arms
        for one in arm.scenario.interventions
    )
    return Table(
        _word("measures"),
        tuple(_word(key) for key in ("scenario", "programme", "when")),
        rows,
        "" if rows else _word("no_programme"),
    )


def _spending(comparison: Comparison) -> list[Table]:
    rows = []
    names = {one.name: common.label_of(one) for arm in comparison.arms for one in arm.scenario.interventions}
    for row in comparison.spending.to_dict("records"):
        if not row["bearer"] or row["arm"] == comparison.baseline.name:
            continue
        bearer = BEARER_WORDS[row["bearer"]] if row["bearer"] in BEARER_WORDS else row["bearer"]
        programme = names.get(row["programme"], row["programme"]) or (
            NO_VALUE if row["bearer"] == STATE_OWNED else say("comparison.services")
        )
        rows.append(
            (
                title_of(comparison, comparison.arm(row["arm"])),
                bearer,
                programme,
                common.yuan(row["yuan"]),
                _more(row, comparison.interval_level),
            )
        )
    columns = tuple(_word(key) for key in ("scenario", "bearer", "programme", "public_cost", "more"))
    return [Table(say("comparison.spending_title"), columns, tuple(rows))] if rows else []


def _more(row: dict[str, Any], level: float) -> str:
    """What was paid more than in the baseline, and how sure that is."""
    shown = common.yuan(row["more_than_baseline"])
    if "pairs" not in row:  # of before there were ranges
        return shown
    interval = Interval(row["low"], row["high"], level)
    return joins.bracketed(shown, how_sure(interval, Range.of_row(row), "yuan"))


def _after(comparison: Comparison) -> list[Table]:
    """The level that would persist, where that was asked for."""
    after = comparison.after
    if after is None:
        return []
    titles = {arm.name: title_of(comparison, arm) for arm in comparison.arms}
    months = months_of(comparison)
    rows = tuple(rows_of(after, titles, months))
    return [Table(caption_of(after), columns_of(after, months), rows, note_of())]


def _fates(comparison: Comparison) -> list[Table]:
    """Who was rescued and harmed, in estates and, where that was counted, in households."""
    return [
        _fate_table(comparison, rows, counted)
        for counted in COUNTED
        if not (rows := of_estates(comparison.rescues, counted)).empty
    ]


def _fate_table(comparison: Comparison, table: pd.DataFrame, counted: str) -> Table:
    rows = []
    for row in table.to_dict("records"):
        if row["by"] == "type":
            group = common.type_name(comparison.baseline.scenario, row["group"])
        else:
            group = group_name(comparison, row["by"], row["group"])
        counts = [rescued_of(row, name) for name in ("rescued", "harmed")]
        rows.append(
            (
                title_of(comparison, comparison.arm(row["arm"])),
                group,
                mean_count(row, "estates"),
                mean_count(row, "at_risk"),
                *counts,
                mean_count(row, "neither"),
            )
        )
    return Table(
        say(f"comparison.fate_title_{counted}"),
        (
            _word("scenario"),
            say("comparison.group"),
            _word("number"),
            say("comparison.at_risk"),
            say("comparison.rescued"),
            say("comparison.harmed"),
            say("comparison.neither"),
        ),
        tuple(rows),
        joins.sentences((say("comparison.fate_rule", window=window(months_of(comparison))), _note_of(table))),
    )


def _note_of(table: pd.DataFrame) -> str:
    """What the figures in brackets of a table are, of which every row has a range of as many pairs."""
    if "pairs" not in table or table.empty:  # of before there were ranges
        return ""
    first = Range.of_row(table.iloc[0].to_dict() | {"range_low": 0.0, "range_high": 0.0})
    return note_of_brackets(first)


def _types(comparison: Comparison) -> Table:
    """Change of what owners of each type live with; an arm and type in a row, a measure in a column."""
    table = comparison.by_type.set_index(["arm", "type", "measure"])
    months = months_of(comparison)
    # Tables of before measures had their window in their names: those were not all of the same months.
    earlier = TOLD_TYPES[0] in table.index.get_level_values("measure")
    measures = TOLD_TYPES if earlier else tuple(measure_of(series) for series in TOLD_TYPES)
    rows = []
    for arm in comparison.others:
        for kind in comparison.baseline.scenario.types:
            cells = []
            for measure in measures:
                if (arm.name, kind, measure) not in table.index:
                    cells.append(NO_VALUE)
                    continue
                row = table.loc[(arm.name, kind, measure)]
                cells.append(
                    NO_VALUE
                    if math.isnan(row["difference"])
                    else figures.signed(100 * row["difference"], 1) + _in_brackets(row.to_dict())
                )
            rows.append(
                (title_of(comparison, arm), common.type_name(comparison.baseline.scenario, kind), *cells)
            )
    columns = (
        _word("scenario"),
        _word("type"),
        *(
            (capital(measure_name(measure, months)) for measure in measures)
            if earlier
            else (capital(word) for word in MEASURES.values())
        ),
    )
    title = (
        say("comparison.type_title_earlier")
        if earlier
        else say("comparison.type_title", window=window(months))
    )
    return Table(title, columns, tuple(rows), _note_of(comparison.by_type))


def _in_brackets(row: dict[str, Any]) -> str:
    """The interval of a mean in points, rough under ten pairs, and after it the ends of the range."""
    return bounds_in_brackets(Interval(row["low"], row["high"]), Range.of_row(row), points, " – ")


def _differences(comparison: Comparison) -> Table:
    rows = []
    for row in comparison.differences.to_dict("records"):
        unit = row["unit"]
        mean = figures.quantity(row["arm_mean"], unit)
        rows.append(
            (
                title_of(comparison, comparison.arm(row["arm"])),
                capital(OUTCOMES[row["outcome"]].of_run(months_of(comparison))),
                mean,
                size_of(row["difference"], unit, sign=True),
                _bounds(row),
                range_of_pairs(Range.of_row(row), unit),
            )
        )
    columns = (
        _word("scenario"),
        _word("outcome"),
        say("comparison.arm_mean"),
        say("comparison.difference"),
        say("comparison.mean_interval", level=figures.level(comparison.interval_level)),
        _word("may_happen"),
    )
    return Table(say("comparison.differences_title"), columns, tuple(rows))


def _standing(comparison: Comparison) -> list[Table]:
    """How three arms or more stand with one another, in each outcome that is good or bad."""
    tables = []
    for outcome in comparison.outcomes if words.told(comparison) else ():
        found = words.standing_rows(comparison, outcome)
        if found:
            rows = tuple(words.cells(row, title_of(comparison, comparison.arm(row["arm"]))) for row in found)
            why = found[0]["note"]
            note = say("comparison.chart.unknown", why=words.why(why)) if why else words.standing_note()
            tables.append(Table(words.head(comparison, outcome), words.columns(comparison), rows, note))
    return tables


def _losses(comparison: Comparison) -> list[Table]:
    """What is worse under the choice, in the city and its groups."""
    table = comparison.losses
    if not words.told(comparison) or "against_arm" not in table or table.empty:
        return []
    ordered = words.losses_by_arm(comparison).to_dict("records")
    arm, against = (title_of(comparison, comparison.arm(ordered[0][end])) for end in ("arm", "against_arm"))
    rows = tuple(words.loss_cells(comparison, row) for row in ordered)
    title = say("comparison.losses_title", arm=arm, against=against)
    return [Table(title, words.loss_columns(), rows)]


def _pairs(comparison: Comparison) -> list[Table]:
    """Every arm with every other, in the main outcome."""
    table = comparison.pairs
    if not words.told(comparison) or "adjusted_low" not in table:
        return []
    outcome = comparison.outcomes[0]
    unit = OUTCOMES[outcome].unit
    rows = tuple(
        (
            title_of(comparison, comparison.arm(row["arm"])),
            title_of(comparison, comparison.arm(row["against"])),
            size_of(row["difference"], unit, sign=True),
            bounds_of(row["adjusted_low"], row["adjusted_high"], unit),
            range_of_pairs(Range.of_row(row), unit),
        )
        for row in table[table["outcome"] == outcome].to_dict("records")
    )
    columns = (
        _word("scenario"),
        say("comparison.pair_less"),
        say("comparison.difference"),
        say("comparison.adjusted_interval", level=figures.level(comparison.settings.level)),
        _word("may_happen"),
    )
    title = say("comparison.pairs_title", subject=OUTCOMES[outcome].of_run(months_of(comparison)))
    return [Table(title, columns, rows)]


def _bounds(row: dict[str, Any]) -> str:
    """The interval of a row of differences, rough under ten pairs."""
    bounds = bounds_of(row["low"], row["high"], row["unit"])
    return marked_rough(bounds, Interval(row["low"], row["high"]), int(row["replications"]))


def _commands(comparison: Comparison) -> tuple[tuple[str, ...], str]:
    own = [arm.name for arm in comparison.arms if not common.shipped(arm.name, arm.scenario)]
    names = " ".join(f"{arm.name}.toml" if arm.name in own else arm.name for arm in comparison.arms)
    outcomes = "".join(f" --outcome {name}" for name in comparison.outcomes)
    asked = f"--replications {len(comparison.seeds)}"
    if comparison.looks_planned:
        if tuple(comparison.looks_planned) != LOOKS or _width(comparison) is None:
            rest = f"sim.Adaptive({_width(comparison)}, {tuple(comparison.looks_planned)})"  # the command line has looks of its own
            return (
                f"sim.compare({', '.join(repr(name) for name in names.split())}, adaptive={rest}, outcomes={comparison.outcomes}, first_seed={comparison.seeds[0]}, "
                f"months={comparison.baseline.scenario.months}, level={comparison.settings.level:g})",
            ), _word("own_file" if own else "same_command")
        asked = f"--width {_width(comparison):g}"
    decision = comparison.decision
    if decision is not None:
        if decision.planned != DECIDING_LOOKS:
            rest = f"sim.Decide({decision.outcome!r}, {decision.planned})"
            return (
                f"sim.compare({', '.join(repr(name) for name in names.split())}, decide={rest}, outcomes={comparison.outcomes}, first_seed={comparison.seeds[0]}, "
                f"months={comparison.baseline.scenario.months}, level={comparison.settings.level:g})",
            ), _word("own_file" if own else "same_command")
        asked = f"--decide {decision.outcome}"
    tests = comparison.withdrawn
    more = common.ensemble_option(comparison.settings.ensemble)
    more += f" --withdraw {tests[0].tests[0].month}" if tests else ""
    after = comparison.after
    more += " --after" if after is not None and after.after == AFTER else ""
    command = f"estate compare {names} {asked} --seed {comparison.seeds[0]} --months {comparison.baseline.scenario.months}{outcomes}{more} --level {comparison.settings.level:g}"
    return (command,), _word("own_file" if own else "same_command")


def _width(comparison: Comparison) -> float | None:
    """The width of interval that adaptive replications were to reach."""
    if comparison.looks:
        return comparison.looks[0].wanted
    looks = getattr(comparison, "saved_manifest", {}).get("looks")
    return float(looks[0]["wanted_width"]) if looks else None


def _withdrawn(comparison: Comparison) -> list[str]:
    """What withdrawal tests that were saved with it say."""
    return [
        joins.labelled(title_of(comparison, comparison.arm(test.scenario.name)), line)
        for test in comparison.withdrawn
        for line in test.sentences()
    ]


def _traces(comparison: Comparison) -> Table:
    manifest: dict[str, Any] = getattr(comparison, "saved_manifest", None) or manifest_of(comparison)
    rows = [
        (_word("key"), comparison.key),
        (_word("seeds"), _seeds(comparison)),
        (_word("outcome_hash"), manifest["digest"][: common.HASH]),
    ]
    rows += [
        (f"{_word('content_hash')}: {name}", arm["content_hash"][: common.HASH])
        for name, arm in manifest["arms"].items()
    ]
    return common.traces_table([*rows, *common.version_rows(manifest)])
