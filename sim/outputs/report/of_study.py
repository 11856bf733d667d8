"""The report of a study, as computed or as read from its folder."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from matplotlib.figure import Figure

from sim.experiments.ensemble import doubt_line
from sim.experiments.intervals import LEVEL
from sim.experiments.plan import plan_study
from sim.experiments.sensitivity import Sensitivity
from sim.experiments.sensitivity_analysis import MORRIS, SOBOL, analyse
from sim.outputs.catalog import capital
from sim.outputs.outcome_words import subject
from sim.outputs.report import common
from sim.outputs.report.model import Part, Picture, Table
from sim.outputs.report.of_sensitivity import part_of_sensitivity
from sim.outputs.report.words import say
from sim.outputs.sensitivity_words import parameter_name
from sim.outputs.study import (
    STUDY_WORDS,
    factors_of,
    finished_runs,
    study_alt,
    study_outcome,
    study_sentences,
    written_mean,
)
from sim.outputs.style import owner
from sim.results.outcomes import OUTCOMES
from sim.scenario import Scenario, load, to_toml, with_overrides
from sim.units import NO_VALUE

MOST_POINTS = 30  # rows of a table that is read
WORSE = ("worst_decile_satisfaction", "inequality_last_year", "ever_collapsed")


def part_of_study(found: Any, lang: str) -> Part:
    """Everything that a reader is told about a study; of one with a design for sensitivity, that of its analysis."""
    study = found.study
    if study.design.kind in (MORRIS, SOBOL) and not found.missing:
        own = {
            "title": study.title.in_language(lang),
            "question": study.question.in_language(lang),
            "commands": _commands(found),
            "traces": _traces(found, lang),
            "reproduce_note": "",
        }
        return replace(part_of_sensitivity(_analysed(found), lang), **own)
    base = with_overrides(load(study.base), study.changes) if study.changes else load(study.base)
    arms = _scenarios(found, base)
    outcomes = list(study.outcomes)
    sure = [say("sure_study", lang), doubt_line(_manifest(found).get("ensemble"), lang)]
    sure += [say("missing_runs", lang, n=found.missing)] if found.missing else []
    return Part(
        study.title.in_language(lang),
        say("kind_study", lang),
        study.question.in_language(lang),
        common.about(base, lang),
        common.setting_table(_setting(found, base, lang), lang),
        tuple(study_sentences(found, lang)),
        tuple(
            Picture(
                f"{STUDY_WORDS['title'].in_language(lang)}{'：' if lang == 'zh' else ': '}{subject(name, lang)}",
                study_alt(found, lang, name),
                partial(_drawn, found, lang, name),
            )
            for name in outcomes
        ),
        (
            _points(
                found,
                [name for name in outcomes if OUTCOMES[name].unit == "yuan"] or outcomes[:1],
                say("effects", lang),
                lang,
            ),
            _measures(arms, lang),
        ),
        (
            _points(
                found,
                [name for name in outcomes if name in WORSE]
                or [name for name in outcomes if OUTCOMES[name].unit != "yuan"],
                say("gains", lang),
                lang,
            ),
        ),
        (*sure, common.share_assumed(base, lang), say("not_forecast", lang)),
        common.assumptions(arms, lang),
        _commands(found),
        _traces(found, lang),
        say("no_programme", lang),
        "",
        ((f"{base.name}.toml", to_toml(base)),),
        (),
        tuple(outcomes),
        (base.name,),
    )


def _analysed(found: Any) -> Sensitivity:
    """The sensitivity analysis of the runs of a finished study."""
    study, outcomes = found.study, list(found.study.outcomes)
    plan = plan_study(study)
    values = found.table(outcomes)[outcomes].to_numpy().tolist()
    analysis = analyse(
        study, plan.axes, plan.points, values, LEVEL, str(_manifest(found).get("digest") or "")
    )
    return Sensitivity(plan.bases[study.base], {study.design.kind: analysis})


def _drawn(found: Any, lang: str, outcome: str) -> Figure:
    return owner(study_outcome(found, lang=lang, outcome=outcome))


def _scenarios(found: Any, base: Scenario) -> list[Scenario]:
    """The base and, where scenarios are a factor, those."""
    names = [level for factor in found.study.factors if factor.key == "scenario" for level in factor.levels]
    return [base, *(load(str(name)) for name in names if name != base.name)]


def _setting(found: Any, base: Scenario, lang: str) -> list[tuple[str, str]]:
    study = found.study
    rows = [(say("base", lang), base.title.in_language(lang)), *common.size_rows(base, lang)]
    for factor in study.factors:
        shown = common.listed((str(level) for level in factor.levels), lang)
        if not shown and factor.low is not None:
            shown = say("range", lang, low=f"{factor.low:g}", high=f"{factor.high:g}")
        rows.append((f"{say('factor', lang)}: {parameter_name(factor.key, lang)}", shown or NO_VALUE))
    points = finished_runs(found)["point"].nunique()
    return [
        *rows,
        (say("points", lang), f"{points:,}"),
        (say("runs", lang), f"{len(found):,}"),
        (say("seed", lang), str(study.seed)),
        *common.ensemble_rows(_manifest(found).get("ensemble"), lang),
    ]


def _points(found: Any, outcomes: list[str], caption: str, lang: str) -> Table:
    """Combinations of factors in rows, means of outcomes with their intervals in columns."""
    runs, keys = finished_runs(found), factors_of(found)
    rows = []
    for _, group in runs.groupby("point"):
        first = group.iloc[0]
        words = common.listed(
            (
                f"{parameter_name(key, lang)} = {first[key] if isinstance(first[key], str) else format(first[key], '.4g')}"
                for key in keys
            ),
            lang,
        )
        rows.append(
            (
                words or say("base", lang),
                *(written_mean(name, group[name].tolist(), lang) for name in outcomes),
            )
        )
    columns = (say("combination", lang), *(capital(subject(name, lang)) for name in outcomes))
    return Table(caption, columns, tuple(rows), folded=len(rows) > MOST_POINTS)


def _measures(arms: list[Scenario], lang: str) -> Table:
    rows = tuple(
        (arm.title.in_language(lang), common.label_of(one, lang), common.dates_of(one, arm.months, lang))
        for arm in arms
        for one in arm.interventions
    )
    return Table(
        say("measures", lang),
        tuple(say(key, lang) for key in ("scenario", "programme", "when")),
        rows,
        "" if rows else say("no_programme", lang),
    )


def _manifest(found: Any) -> dict[str, Any]:
    saved = getattr(found, "saved_manifest", None)
    return dict(saved) if saved is not None else found.manifest()


def _commands(found: Any) -> tuple[str, ...]:
    return (f"estate study run {_manifest(found)['file'].rsplit('/', 1)[-1]}",)


def _traces(found: Any, lang: str) -> Table:
    manifest = _manifest(found)
    rows = [(say("key", lang), str(manifest["id"])), (say("seed", lang), str(found.study.seed))]
    rows += [(say("outcome_hash", lang), manifest["digest"][: common.HASH])] if manifest.get("digest") else []
    return common.traces_table(
        [*rows, *common.version_rows(manifest | {"model_source_hash": manifest["version"]}, lang)], lang
    )
