"""The report of a sensitivity analysis, as computed or as read from its folder."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from matplotlib.figure import Figure

from sim.experiments.intervals import Range
from sim.outputs import sensitivity as charts
from sim.outputs.catalog import capital
from sim.outputs.outcome_words import size_of, subject
from sim.outputs.range_words import range_of_pairs
from sim.outputs.report import common
from sim.outputs.report.model import Part, Picture, Table
from sim.outputs.report.weighed import shares_of, weighed_line, weighed_table
from sim.outputs.report.words import say
from sim.outputs.sensitivity_words import mean_effect_bounds, parameter_name, sentence_of, total_bounds
from sim.outputs.style import owner
from sim.scenario import to_toml
from sim.text import figures
from sim.units import NO_VALUE

if TYPE_CHECKING:
    from sim.experiments.sensitivity import Sensitivity
from sim.experiments.sensitivity_analysis import Analysis

LEADING = 10


def part_of_sensitivity(found: Sensitivity, lang: str) -> Part:
    """Everything that a reader is told about a sensitivity analysis."""
    scenario, shares = found.scenario, shares_of(found)
    title = scenario.title.in_language(lang)
    weighed = weighed_line(shares, found.outcomes, lang)
    final = found.final
    sure = (
        *(say(f"sure_{name}", lang, level=figures.level(one.level)) for name, one in found.analyses.items()),
        *found.warnings(lang),
        say("held_fixed", lang),
        say("not_forecast", lang),
    )
    command, note = _command(found, lang)
    return Part(
        say("title_sensitivity", lang, title=title),
        say("kind_sensitivity", lang),
        say("question_sensitivity", lang, title=title, factors=len(final.axes)),
        common.about(scenario, lang),
        common.setting_table(_setting(found, lang), lang),
        (*found.sentences(lang), *([weighed] if weighed else [])),
        tuple(_pictures(found, lang)),
        (),
        (),
        sure,
        ((weighed_table(shares, lang),) if shares else ()) + common.assumptions([scenario], lang),
        (command,),
        _traces(found, lang),
        "",
        note,
        ((f"{scenario.name}.toml", to_toml(scenario)),),
        tuple(_leading(one, outcome, lang) for one in found.analyses.values() for outcome in found.outcomes),
        found.outcomes,
        (scenario.name,),
    )


def _setting(found: Sensitivity, lang: str) -> list[tuple[str, str]]:
    rows = common.size_rows(found.scenario, lang)
    for name, one in found.analyses.items():
        text = say(
            "design_line",
            lang,
            factors=len(one.axes),
            points=f"{len(one.points):,}",
            runs=one.study.replications,
            all=f"{len(one.points) * one.study.replications:,}",
        )
        rows.append((say(f"method_{name}", lang), text))
    first = found.final.study
    return [
        *rows,
        (say("seeds", lang), f"{first.seed}–{first.seed + first.replications - 1}"),
        *([(say("ensemble", lang), first.ensemble)] if first.ensemble else []),
    ]


def _pictures(found: Sensitivity, lang: str) -> list[Picture]:
    made = []
    for outcome in found.outcomes:
        title = f"{charts.WORDS['tornado'].in_language(lang)}{'：' if lang == 'zh' else ': '}{subject(outcome, lang)}"
        made.append(
            Picture(title, sentence_of(found.final, outcome, lang), partial(_tornado, found, lang, outcome))
        )
    for name, one in found.analyses.items():
        title = f"{charts.WORDS['heat_map'].in_language(lang)} · {say(f'method_{name}', lang)}"
        alt = say(
            "heat_map_alt", lang, told=" ".join(sentence_of(one, outcome, lang) for outcome in found.outcomes)
        )
        made.append(Picture(title, alt, partial(charts.sensitivity_chart, found, "heat_map", lang, name)))
    return made


def _tornado(found: Sensitivity, lang: str, outcome: str) -> Figure:
    return owner(charts.tornado(found, lang=lang, outcome=outcome))


def _leading(one: Analysis, outcome: str, lang: str) -> Table:
    rows = one.table[one.table["outcome"] == outcome].head(LEADING)
    cells = tuple(
        (
            capital(parameter_name(row["parameter"], lang)),
            row["parameter"],
            f"{row['low']:g} – {row['high']:g} {row['parameter_unit']}".strip(),
            *_figures(one, row, lang),
        )
        for row in rows.to_dict("records")
    )
    level = figures.level(one.level)
    measures = (
        ("mean_effect", "mean_interval", "may_happen", "mean_size")
        if one.method == "morris"
        else ("total_index", "interval", "first_index")
    )
    columns = (
        *(say(key, lang) for key in ("parameter", "key_column", "values")),
        *(say(key, lang, level=level) for key in measures),
    )
    caption = f"{capital(subject(outcome, lang))} · {say(f'method_{one.method}', lang)}"
    return Table(caption, columns, cells, folded=outcome != one.study.outcomes[0])


def _figures(one: Analysis, row: dict[str, Any], lang: str) -> tuple[str, ...]:
    if one.method == "morris":
        return (
            size_of(row["mean_effect"], row["unit"], lang, sign=True),
            mean_effect_bounds(one, row, lang),
            range_of_pairs(Range.of_row(row), row["unit"], lang),
            size_of(row["mean_size"], row["unit"], lang),
        )
    if row["total"] != row["total"]:
        return NO_VALUE, NO_VALUE, NO_VALUE
    return figures.share(row["total"], 0), total_bounds(one, row, lang), figures.share(row["first"], 0)


def _command(found: Sensitivity, lang: str) -> tuple[str, str]:
    """The command that gives this again: what differs from its defaults is written out."""
    from sim.experiments.sensitivity import SIZES
    from sim.experiments.unmeasured import unmeasured

    scenario, first = found.scenario, next(iter(found.analyses.values()))
    study, both = first.study, len(found.analyses) > 1
    own = not common.shipped(scenario.name, scenario)
    parts = [
        "estate sensitivity",
        f"{scenario.name}.toml" if own else scenario.name,
        "--method",
        "both" if both else first.method,
    ]
    sizes = {name: one.study.design.size for name, one in found.analyses.items()}
    if both and sizes != SIZES:  # the command line takes one number only
        return (
            f"sim.sensitivity({parts[1]!r}, 'both', {sizes}, outcomes={list(found.outcomes)}, replications={study.replications}, first_seed={study.seed}, "
            f"months={scenario.months}, top={len(found.final.axes)}, level={first.level:g})",
            say("own_file" if own else "same_command", lang),
        )
    parts += [] if both else ["--size", str(study.design.size)]
    parts += ["--top", str(len(found.final.axes))] if both else []
    parts += [
        "--replications",
        str(study.replications),
        "--seed",
        str(study.seed),
        "--months",
        str(scenario.months),
        "--level",
        f"{first.level:g}",
    ]
    parts += [f"--outcome {name}" for name in found.outcomes]
    ranges = {axis.key: (axis.low, axis.high) for axis in first.axes}
    if ranges != unmeasured():
        parts += [f"--parameter {key}={low:g}:{high:g}" for key, (low, high) in ranges.items()]
    return " ".join(parts) + (f" --ensemble {study.ensemble}" if study.ensemble else ""), say(
        "own_file" if own else "same_command", lang
    )


def _traces(found: Sensitivity, lang: str) -> Table:
    manifest: dict[str, Any] = getattr(found, "saved_manifest", None) or found.manifest()
    rows = [
        (say("key", lang), found.key),
        (say("content_hash", lang), manifest["content_hash"][: common.HASH]),
    ]
    rows += [
        (f"{say('outcome_hash', lang)}: {say(f'method_{name}', lang)}", one.digest[: common.HASH])
        for name, one in found.analyses.items()
    ]
    return common.traces_table([*rows, *common.version_rows(manifest, lang)], lang)
