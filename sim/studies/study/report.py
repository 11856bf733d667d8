"""The report of a study, as computed or as read from its folder."""

from __future__ import annotations

import shlex
from dataclasses import replace
from functools import partial

from matplotlib.figure import Figure

from sim.experiments.ensemble import Ensemble
from sim.experiments.intervals import LEVEL
from sim.experiments.plan import plan_study
from sim.outputs.catalog import capital, parameter_name, subject
from sim.outputs.range_words import written_mean
from sim.outputs.report import common
from sim.outputs.report.model import Part, Picture, Table
from sim.outputs.style import owner
from sim.results.outcomes import OUTCOMES
from sim.scenario import Scenario, to_toml
from sim.studies.sensitivity.analysis import MORRIS, SOBOL, analyse
from sim.studies.sensitivity.sensitivity import Sensitivity
from sim.studies.study.chart import study_outcome
from sim.studies.study.study import Studied, scenarios_of
from sim.studies.study.words import alt, factors_of, finished_runs, months_of, point_name
from sim.text import figures, language, say
from sim.text.joins import labelled, listed
from sim.units import NO_VALUE

MOST_POINTS = 30  # rows of a table that is read
WORSE = ("worst_decile_satisfaction", "inequality_last_year", "ever_collapsed")


def part_of(studied: Studied) -> Part:
    """Everything that a reader is told about a study; of one with a design for
    sensitivity, that of its analysis."""
    study, lang = studied.study, language()
    if study.design.kind in (MORRIS, SOBOL) and not studied.missing:
        made: Part = analysed(studied).report()
        return replace(
            made,
            title=study.title.in_language(lang),
            question=study.question.in_language(lang),
            commands=_commands(studied),
            traces=_traces(studied),
            reproduce_note="",
        )
    arms = scenarios_of(studied)
    base = arms[0]
    outcomes = list(study.outcomes)
    money = [name for name in outcomes if OUTCOMES[name].unit == "yuan"]
    worse = [name for name in outcomes if name in WORSE]
    sure = (
        say("study.sure", level=figures.level(LEVEL)),
        *studied.warnings(),
        common.share_assumed(base),
        say("report.not_forecast"),
    )
    return Part(
        study.title.in_language(lang),
        studied.kind.title,
        study.question.in_language(lang),
        common.about(base),
        common.setting_table(_setting(studied, base)),
        tuple(studied.sentences()),
        tuple(
            Picture(
                labelled(say("chart.study_outcome"), subject(name, months_of(studied))),
                alt(studied, name),
                partial(_drawn, studied, name),
            )
            for name in outcomes
        ),
        (_points(studied, money or outcomes[:1], say("study.effects")), _measures(arms)),
        (
            _points(
                studied,
                worse or [name for name in outcomes if OUTCOMES[name].unit != "yuan"],
                say("report.gains"),
            ),
        ),
        sure,
        common.assumptions(arms),
        _commands(studied),
        _traces(studied),
        say("report.no_programme"),
        "",
        ((f"{base.name}.toml", to_toml(base)), *common.ensemble_file(Ensemble.of_facts(studied.ensemble))),
        (),
        tuple(outcomes),
        (base.name,),
    )


def analysed(studied: Studied) -> Sensitivity:
    """The sensitivity analysis of the runs of a finished study."""
    study, outcomes = studied.study, list(studied.study.outcomes)
    held = Ensemble.of_facts(studied.ensemble)
    plan = plan_study(study, ensemble=held, bases=studied.scenarios)
    values = studied.table(outcomes)[outcomes].to_numpy().tolist()
    analysis = analyse(study, plan.axes, plan.points, values, LEVEL, studied.digest())
    return Sensitivity(plan.bases[study.base], {study.design.kind: analysis}, held)


def _drawn(studied: Studied, outcome: str) -> Figure:
    return owner(study_outcome(studied, outcome=outcome))


def _setting(studied: Studied, base: Scenario) -> list[tuple[str, str]]:
    study, lang = studied.study, language()
    rows = [(say("study.base"), base.title.in_language(lang)), *common.size_rows(base)]
    for factor in study.factors:
        shown = listed(str(level) for level in factor.levels)
        if not shown and factor.low is not None:
            shown = say("report.range", low=f"{factor.low:g}", high=f"{factor.high:g}")
        rows.append((say("study.factor", name=parameter_name(factor.key)), shown or NO_VALUE))
    points = finished_runs(studied)["point"].nunique()
    return [
        *rows,
        (say("study.points"), figures.count(points)),
        (say("report.runs"), figures.count(len(studied))),
        (say("report.seed"), str(study.seed)),
        *common.ensemble_rows(studied.ensemble),
    ]


def _points(studied: Studied, outcomes: list[str], caption: str) -> Table:
    """Combinations of factors in rows, means of outcomes with their intervals in columns."""
    runs, keys = finished_runs(studied), factors_of(studied)
    rows = []
    for _, group in runs.groupby("point"):
        name = point_name(group.iloc[0], keys, digits=4) or say("study.base")
        rows.append((name, *(written_mean(one, group[one].tolist()) for one in outcomes)))
    columns = (say("study.combination"), *(capital(subject(name, months_of(studied))) for name in outcomes))
    return Table(caption, columns, tuple(rows), folded=len(rows) > MOST_POINTS)


def _measures(scenarios: list[Scenario]) -> Table:
    lang = language()
    rows = tuple(
        (arm.title.in_language(lang), common.label_of(one), common.dates_of(one, arm.months))
        for arm in scenarios
        for one in arm.interventions
    )
    return Table(
        say("report.measures"),
        tuple(say(f"report.{key}") for key in ("scenario", "programme", "when")),
        rows,
        "" if rows else say("report.no_programme"),
    )


def _commands(studied: Studied) -> tuple[str, ...]:
    over = common.ensemble_option(Ensemble.of_facts(studied.ensemble))
    file = shlex.quote(studied.manifest()["file"].rsplit("/", 1)[-1])
    return (f"estate study run {file}{over}",)


def _traces(studied: Studied) -> Table:
    manifest = studied.manifest()
    rows = [(say("report.key"), str(manifest["id"])), (say("report.seed"), str(studied.study.seed))]
    if manifest.get("digest"):
        rows.append((say("report.outcome_hash"), manifest["digest"][: common.HASH]))
    versions = common.version_rows(manifest | {"model_source_hash": manifest["version"]})
    return common.traces_table([*rows, *versions])
