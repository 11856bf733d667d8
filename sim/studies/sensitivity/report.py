"""The report of a sensitivity analysis, as computed or as read from its folder."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from matplotlib.figure import Figure

from sim.experiments.intervals import Range
from sim.experiments.unmeasured import unmeasured
from sim.outputs.catalog import capital, parameter_name, size_of, subject
from sim.outputs.range_words import range_of_pairs
from sim.outputs.report import common
from sim.outputs.report.model import Part, Picture, Table
from sim.outputs.report.weighed import shares_of, weighed_line, weighed_table
from sim.outputs.style import owner
from sim.scenario import to_toml
from sim.studies.sensitivity.analysis import MORRIS
from sim.studies.sensitivity.chart import heat_map, tornado
from sim.studies.sensitivity.sensitivity import SIZES
from sim.studies.sensitivity.words import METHOD, mean_effect_bounds, sentence_of, total_bounds
from sim.text import figures, language, say
from sim.text.joins import labelled, sentences
from sim.units import NO_VALUE

if TYPE_CHECKING:
    from sim.studies.sensitivity.analysis import Analysis
    from sim.studies.sensitivity.sensitivity import Sensitivity

LEADING = 10


def part_of(sensitivity: Sensitivity) -> Part:
    """Everything that a reader is told about a sensitivity analysis."""
    scenario, shares, lang = sensitivity.scenario, shares_of(sensitivity), language()
    title = scenario.title.in_language(lang)
    weighed = weighed_line(shares, sensitivity.outcomes, scenario.months)
    final = sensitivity.final
    sure = (
        *(
            say(f"sensitivity.sure.{name}", level=figures.level(one.level))
            for name, one in sensitivity.analyses.items()
        ),
        *sensitivity.warnings(),
        say("sensitivity.held_fixed"),
        say("report.not_forecast"),
    )
    command, note = _command(sensitivity)
    return Part(
        say("sensitivity.title", title=title),
        sensitivity.kind.title,
        say("sensitivity.question", title=title, factors=len(final.axes)),
        common.about(scenario),
        common.setting_table(_setting(sensitivity)),
        (*sensitivity.sentences(), *([weighed] if weighed else [])),
        tuple(_pictures(sensitivity)),
        (),
        (),
        sure,
        ((weighed_table(shares, scenario.months),) if shares else ()) + common.assumptions([scenario]),
        (command,),
        _traces(sensitivity),
        "",
        note,
        ((f"{scenario.name}.toml", to_toml(scenario)), *common.ensemble_file(sensitivity.ensemble)),
        tuple(
            _leading(one, outcome, scenario.months)
            for one in sensitivity.analyses.values()
            for outcome in sensitivity.outcomes
        ),
        sensitivity.outcomes,
        (scenario.name,),
    )


def _setting(sensitivity: Sensitivity) -> list[tuple[str, str]]:
    rows = common.size_rows(sensitivity.scenario)
    for name, analysis in sensitivity.analyses.items():
        text = say(
            "sensitivity.design",
            factors=len(analysis.axes),
            points=figures.count(len(analysis.points)),
            runs=analysis.study.replications,
            all=figures.count(len(analysis.points) * analysis.study.replications),
        )
        rows.append((METHOD[name], text))
    first = sensitivity.final.study
    return [
        *rows,
        (say("report.seeds"), f"{first.seed}–{first.seed + first.replications - 1}"),
        *(common.ensemble_rows(common.facts_of(sensitivity.ensemble)) or _named(first.ensemble)),
    ]


def _named(ensemble: str) -> list[tuple[str, str]]:
    """The row of an ensemble of which an earlier version saved the name alone."""
    return [(say("report.ensemble"), ensemble)] if ensemble else []


def _pictures(sensitivity: Sensitivity) -> list[Picture]:
    pictures, months = [], sensitivity.scenario.months
    for outcome in sensitivity.outcomes:
        title = labelled(say("chart.tornado"), subject(outcome, months))
        pictures.append(
            Picture(
                title,
                sentence_of(sensitivity.final, outcome, months),
                partial(_tornado, sensitivity, outcome),
            )
        )
    for name, one in sensitivity.analyses.items():
        title = f"{say('chart.heat_map')} · {METHOD[name]}"
        told = sentences(sentence_of(one, outcome, months) for outcome in sensitivity.outcomes)
        pictures.append(
            Picture(title, say("sensitivity.map_alt", told=told), partial(_heat_map, sensitivity, name))
        )
    return pictures


def _tornado(sensitivity: Sensitivity, outcome: str) -> Figure:
    return owner(tornado(sensitivity, outcome=outcome))


def _heat_map(sensitivity: Sensitivity, method: str) -> Figure:
    return owner(heat_map(sensitivity, method=method))


def _leading(analysis: Analysis, outcome: str, months: int) -> Table:
    rows = analysis.table[analysis.table["outcome"] == outcome].head(LEADING)
    cells = tuple(
        (
            capital(parameter_name(row["parameter"])),
            row["parameter"],
            f"{row['low']:g} – {row['high']:g} {row['parameter_unit']}".strip(),
            *_figures(analysis, row),
        )
        for row in rows.to_dict("records")
    )
    caption = f"{capital(subject(outcome, months))} · {METHOD[analysis.method]}"
    return Table(caption, _columns(analysis), cells, folded=outcome != analysis.study.outcomes[0])


def _columns(analysis: Analysis) -> tuple[str, ...]:
    level = figures.level(analysis.level)
    head = (say("report.parameter"), say("sensitivity.key"), say("report.values"))
    if analysis.method == MORRIS:
        return (
            *head,
            say("sensitivity.mean_effect"),
            say("sensitivity.mean_interval", level=level),
            say("report.may_happen"),
            say("sensitivity.mean_size"),
        )
    interval = say("sensitivity.interval", level=level)
    return *head, say("sensitivity.total_index"), interval, say("sensitivity.first_index")


def _figures(analysis: Analysis, row: dict[str, Any]) -> tuple[str, ...]:
    unit = row["unit"]
    if analysis.method == MORRIS:
        return (
            size_of(row["mean_effect"], unit, sign=True),
            mean_effect_bounds(analysis, row),
            range_of_pairs(Range.of_row(row), unit),
            size_of(row["mean_size"], unit),
        )
    if row["total"] != row["total"]:
        return NO_VALUE, NO_VALUE, NO_VALUE
    return figures.share(row["total"], 0), total_bounds(analysis, row), figures.share(row["first"], 0)


def _command(sensitivity: Sensitivity) -> tuple[str, str]:
    """The command that gives this again: what differs from its defaults is written out."""
    scenario, first = sensitivity.scenario, next(iter(sensitivity.analyses.values()))
    study, both = first.study, len(sensitivity.analyses) > 1
    own = not common.shipped(scenario.name, scenario)
    note = say("report.own_file" if own else "report.same_command")
    parts = [
        "estate sensitivity",
        f"{scenario.name}.toml" if own else scenario.name,
        "--method",
        "both" if both else first.method,
    ]
    sizes = {name: one.study.design.size for name, one in sensitivity.analyses.items()}
    if both:
        parts += [f"--size {name}={size}" for name, size in sizes.items() if size != SIZES[name]]
    else:
        parts += ["--size", str(study.design.size)]
    parts += ["--top", str(len(sensitivity.final.axes))] if both else []
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
    parts += [f"--outcome {name}" for name in sensitivity.outcomes]
    ranges = {axis.key: (axis.low, axis.high) for axis in first.axes}
    if ranges != unmeasured():
        parts += [f"--parameter {key}={low:g}:{high:g}" for key, (low, high) in ranges.items()]
    return " ".join(parts) + _over(sensitivity, study.ensemble), note


def _over(sensitivity: Sensitivity, named: str) -> str:
    """What the command says of the ensemble: the file that the page carries, or what was
    named where it carries none."""
    return common.ensemble_option(sensitivity.ensemble) or (f" --ensemble {named}" if named else "")


def _traces(sensitivity: Sensitivity) -> Table:
    manifest: dict[str, Any] = getattr(sensitivity, "saved_manifest", None) or sensitivity.manifest()
    rows = [
        (say("report.key"), sensitivity.key),
        (say("report.content_hash"), manifest["content_hash"][: common.HASH]),
    ]
    rows += [
        (labelled(say("report.outcome_hash"), METHOD[name]), one.digest[: common.HASH])
        for name, one in sensitivity.analyses.items()
    ]
    return common.traces_table([*rows, *common.version_rows(manifest)])
