"""The report of a study, as computed or as read from its folder."""

from __future__ import annotations

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


def part_of(found: Studied) -> Part:
    """Everything that a reader is told about a study; of one with a design for
    sensitivity, that of its analysis."""
    study, lang = found.study, language()
    if study.design.kind in (MORRIS, SOBOL) and not found.missing:
        analysed: Part = _analysed(found).report()
        return replace(
            analysed,
            title=study.title.in_language(lang),
            question=study.question.in_language(lang),
            commands=_commands(found),
            traces=_traces(found),
            reproduce_note="",
        )
    arms = scenarios_of(found)
    base = arms[0]
    outcomes = list(study.outcomes)
    money = [name for name in outcomes if OUTCOMES[name].unit == "yuan"]
    worse = [name for name in outcomes if name in WORSE]
    sure = (
        say("study.sure", level=figures.level(LEVEL)),
        *found.warnings(),
        common.share_assumed(base),
        say("report.not_forecast"),
    )
    return Part(
        study.title.in_language(lang),
        found.kind.title,
        study.question.in_language(lang),
        common.about(base),
        common.setting_table(_setting(found, base)),
        tuple(found.sentences()),
        tuple(
            Picture(
                labelled(say("chart.study_outcome"), subject(name, months_of(found))),
                alt(found, name),
                partial(_drawn, found, name),
            )
            for name in outcomes
        ),
        (_points(found, money or outcomes[:1], say("study.effects")), _measures(arms)),
        (
            _points(
                found,
                worse or [name for name in outcomes if OUTCOMES[name].unit != "yuan"],
                say("report.gains"),
            ),
        ),
        sure,
        common.assumptions(arms),
        _commands(found),
        _traces(found),
        say("report.no_programme"),
        "",
        ((f"{base.name}.toml", to_toml(base)), *common.ensemble_file(Ensemble.of_facts(found.ensemble))),
        (),
        tuple(outcomes),
        (base.name,),
    )


def _analysed(found: Studied) -> Sensitivity:
    """The sensitivity analysis of the runs of a finished study."""
    study, outcomes = found.study, list(found.study.outcomes)
    held = Ensemble.of_facts(found.ensemble)
    plan = plan_study(study, ensemble=held, bases=found.scenarios)
    values = found.table(outcomes)[outcomes].to_numpy().tolist()
    analysis = analyse(study, plan.axes, plan.points, values, LEVEL, found.digest())
    return Sensitivity(plan.bases[study.base], {study.design.kind: analysis}, held)


def _drawn(found: Studied, outcome: str) -> Figure:
    return owner(study_outcome(found, outcome=outcome))


def _setting(found: Studied, base: Scenario) -> list[tuple[str, str]]:
    study, lang = found.study, language()
    rows = [(say("study.base"), base.title.in_language(lang)), *common.size_rows(base)]
    for factor in study.factors:
        shown = listed(str(level) for level in factor.levels)
        if not shown and factor.low is not None:
            shown = say("report.range", low=f"{factor.low:g}", high=f"{factor.high:g}")
        rows.append((say("study.factor", name=parameter_name(factor.key)), shown or NO_VALUE))
    points = finished_runs(found)["point"].nunique()
    return [
        *rows,
        (say("study.points"), figures.count(points)),
        (say("report.runs"), figures.count(len(found))),
        (say("report.seed"), str(study.seed)),
        *common.ensemble_rows(found.ensemble),
    ]


def _points(found: Studied, outcomes: list[str], caption: str) -> Table:
    """Combinations of factors in rows, means of outcomes with their intervals in columns."""
    runs, keys = finished_runs(found), factors_of(found)
    rows = []
    for _, group in runs.groupby("point"):
        name = point_name(group.iloc[0], keys, digits=4) or say("study.base")
        rows.append((name, *(written_mean(one, group[one].tolist()) for one in outcomes)))
    columns = (say("study.combination"), *(capital(subject(name, months_of(found))) for name in outcomes))
    return Table(caption, columns, tuple(rows), folded=len(rows) > MOST_POINTS)


def _measures(arms: list[Scenario]) -> Table:
    lang = language()
    rows = tuple(
        (arm.title.in_language(lang), common.label_of(one), common.dates_of(one, arm.months))
        for arm in arms
        for one in arm.interventions
    )
    return Table(
        say("report.measures"),
        tuple(say(f"report.{key}") for key in ("scenario", "programme", "when")),
        rows,
        "" if rows else say("report.no_programme"),
    )


def _commands(found: Studied) -> tuple[str, ...]:
    over = common.ensemble_option(Ensemble.of_facts(found.ensemble))
    return (f"estate study run {found.manifest()['file'].rsplit('/', 1)[-1]}{over}",)


def _traces(found: Studied) -> Table:
    manifest = found.manifest()
    rows = [(say("report.key"), str(manifest["id"])), (say("report.seed"), str(found.study.seed))]
    if manifest.get("digest"):
        rows.append((say("report.outcome_hash"), manifest["digest"][: common.HASH]))
    versions = common.version_rows(manifest | {"model_source_hash": manifest["version"]})
    return common.traces_table([*rows, *versions])
