"""The report of a batch of scenarios."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from sim.experiments.among import known_among
from sim.experiments.ensemble import doubt_line
from sim.experiments.intervals import estimate_of
from sim.outputs.catalog import capital
from sim.outputs.charts import CHARTS, chart
from sim.outputs.fan import fan, fan_alt
from sim.outputs.outcome_words import subject
from sim.outputs.range_words import written_mean
from sim.outputs.report import common
from sim.outputs.report.batch import Batch, Replicated
from sim.outputs.report.model import Part, Picture, Table
from sim.outputs.report.of_draws import fan_picture
from sim.outputs.report.words import say
from sim.results.outcomes import OUTCOMES
from sim.units import NO_VALUE

MAIN = (
    "cycle_share",
    "collection_last_year",
    "quality_last_year",
    "satisfaction_last_year",
    "professional_end",
)
WORST = ("worst_decile_satisfaction", "ever_collapsed", "inequality_last_year", "arrears_end")


def part_of_batch(found: Batch, lang: str) -> Part:
    """Everything that a reader is told about a batch."""
    scenarios = [one.run.scenario for one in found.scenarios]
    counts = sorted({len(next(iter(one.outcomes.values()))) for one in found.scenarios})
    sure = (
        say("other_cities", lang),
        say("sure_batch", lang, runs="–".join(f"{n}" for n in dict.fromkeys((counts[0], counts[-1])))),
        *_doubts(found, lang),
        say("sure_many", lang),
        common.share_assumed(scenarios[0], lang),
        say("not_forecast", lang),
    )
    setting = [(title_of(found, one, lang), _setting(one, lang)) for one in found.scenarios]
    return Part(
        say("title_batch", lang, n=len(scenarios), name=found.name),
        say("kind_batch", lang),
        say("question_batch", lang, n=len(scenarios)),
        "",
        Table(say("types_title", lang), (say("scenario", lang), say("value", lang)), tuple(setting)),
        _finding(found, lang),
        tuple(_picture(found, one, lang) for one in found.scenarios),
        (_costs(found, lang), _programmes(found, lang)),
        (
            _table(found, MAIN, say("overview", lang), lang),
            _table(found, WORST, say("worst_title", lang), lang),
        ),
        sure,
        common.assumptions(scenarios, lang),
        _commands(found, counts[-1]),
        _traces(found, lang),
        say("no_programme", lang),
        outcomes=MAIN,
        about_scenarios=tuple(one.name for one in scenarios),
    )


def _picture(found: Batch, one: Replicated, lang: str) -> Picture:
    """The fan over a scenario's runs, or over the draws that ship with it; one run where nothing is known of others."""
    title = title_of(found, one, lang)
    if one.draws is not None:
        return Picture(title, fan_alt(one.draws, lang), partial(fan, one.draws, lang=lang))
    known = known_among(one.run)
    if known is not None:
        return replace(fan_picture(known, one.run, lang), title=title)
    return Picture(title, CHARTS["cycle"].alt(one.run, lang), partial(chart, one.run, "cycle", lang))


def _doubts(found: Batch, lang: str) -> tuple[str, ...]:
    """Whether ranges contain the uncertainty of parameters; each sentence once."""
    lines = []
    for one in found.scenarios:
        runs = len(next(iter(one.outcomes.values())))
        held = None if one.ensemble is None else {**one.ensemble, "used": min(runs, one.ensemble["members"])}
        lines.append(doubt_line(held, lang))
    return tuple(dict.fromkeys(lines))


def title_of(found: Batch, one: Replicated, lang: str) -> str:
    """Title of a scenario, with its name where two have the same title."""
    titles = [each.run.scenario.title.in_language(lang) for each in found.scenarios]
    own = one.run.scenario.title.in_language(lang)
    return own if titles.count(own) == 1 else f"{own} ({one.run.scenario.name})"


def _setting(one: Replicated, lang: str) -> str:
    scenario = one.run.scenario
    colon = "：" if lang == "zh" else ": "
    parts = [
        f"{say(key, lang)}{colon}{value}"
        for key, value in (
            ("estates", f"{len(one.run.estate_table):,}"),
            ("months", str(one.run.months)),
            ("seed", str(one.run.seed)),
            ("runs", str(len(next(iter(one.outcomes.values()))))),
            ("measures", common.programmes_line(scenario, lang)),
        )
    ]
    return ("；" if lang == "zh" else "; ").join(parts)


def _finding(found: Batch, lang: str) -> tuple[str, ...]:
    lines = []
    for outcome in MAIN[:3]:
        means = [
            (estimate_of(one.outcomes[outcome]).mean, place)
            for place, one in enumerate(found.scenarios)
            if outcome in one.outcomes
        ]
        known = sorted(pair for pair in means if not math.isnan(pair[0]))
        if not known:
            continue
        low, high = (found.scenarios[place] for _, place in (known[0], known[-1]))
        words = [written_mean(outcome, list(one.outcomes[outcome]), lang) for one in (low, high)]
        name = capital(subject(outcome, lang))
        if len(known) == 1:
            lines.append(
                say("found_one", lang, outcome=name, name=title_of(found, low, lang), value=words[0])
            )
        else:
            lines.append(
                say(
                    "found_batch",
                    lang,
                    outcome=name,
                    low_name=title_of(found, low, lang),
                    low=words[0],
                    high_name=title_of(found, high, lang),
                    high=words[1],
                )
            )
    return tuple(lines)


def _table(found: Batch, outcomes: Sequence[str], caption: str, lang: str) -> Table:
    rows = tuple(
        (title_of(found, one, lang), *(_written(one, name, lang) for name in outcomes))
        for one in found.scenarios
    )
    return Table(
        caption,
        (say("scenario", lang), *(capital(OUTCOMES[name].in_language(lang)) for name in outcomes)),
        rows,
    )


def _written(one: Replicated, outcome: str, lang: str) -> str:
    values = [value for value in one.outcomes.get(outcome, ()) if not math.isnan(value)]
    return written_mean(outcome, values, lang) if values else NO_VALUE


def _costs(found: Batch, lang: str) -> Table:
    rows = []
    for one in found.scenarios:
        years = len(one.run.estate_table) * one.run.months / 12
        yearly = [value / years for value in one.outcomes.get("public_cost", ())]
        rows.append(
            (
                title_of(found, one, lang),
                common.programmes_line(one.run.scenario, lang),
                _written(one, "public_cost", lang),
                written_mean("public_cost", yearly, lang) if yearly else NO_VALUE,
            )
        )
    return Table(
        say("programmes", lang),
        tuple(say(key, lang) for key in ("scenario", "measures", "public_cost", "per_estate_year")),
        tuple(rows),
        say("not_price_batch", lang),
    )


def _programmes(found: Batch, lang: str) -> Table:
    rows = tuple(
        (title_of(found, one, lang), common.label_of(each, lang), common.dates_of(each, one.run.months, lang))
        for one in found.scenarios
        for each in one.run.scenario.interventions
    )
    return Table(
        say("measures", lang),
        tuple(say(key, lang) for key in ("scenario", "programme", "when")),
        rows,
        folded=len(rows) > 15,
    )


def _commands(found: Batch, runs: int) -> tuple[str, ...]:
    names = " ".join(one.run.scenario.name for one in found.scenarios)
    months = {one.run.months for one in found.scenarios}
    same = f" --months {next(iter(months))}" if len(months) == 1 else ""
    return (f"estate batch {names} --replications {runs}{same}",)


def _traces(found: Batch, lang: str) -> Table:
    rows = [
        (
            f"{one.run.scenario.name}, {say('seed', lang)} {one.run.seed}",
            f"{say('content_hash', lang)} {one.run.manifest['content_hash'][: common.HASH]}",
        )
        for one in found.scenarios
    ]
    return common.traces_table([*rows, *common.version_rows(found.scenarios[0].run.manifest, lang)], lang)
