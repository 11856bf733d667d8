"""The report of a batch of scenarios."""

from __future__ import annotations

import math
import shlex
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from sim.experiments.ensemble import doubt_line
from sim.experiments.intervals import estimate_of
from sim.outputs.catalog import capital, subject
from sim.outputs.range_words import written_mean
from sim.outputs.report import common
from sim.outputs.report.model import Part, Picture, Table
from sim.results.outcomes import OUTCOMES, note_on_months
from sim.scenario import content_hash, to_toml
from sim.studies.batch.batch import Batch, Replicated
from sim.studies.batch.pair_words import months_of, said_of_pairs, table_of_pairs, title_of, unpaired
from sim.studies.draws.among import known_among
from sim.studies.draws.fan import fan, fan_alt
from sim.studies.draws.report import fan_picture
from sim.studies.run.chart import cycle_alt
from sim.text import language, say
from sim.text.joins import bracketed, clauses, labelled
from sim.units import NO_VALUE

if TYPE_CHECKING:
    import pandas as pd

MAIN = (
    "cycle_share_last_year",
    "collection_last_year",
    "quality_last_year",
    "satisfaction_last_year",
    "professional_end",
)
WORST = ("worst_decile_satisfaction", "ever_collapsed", "inequality_last_year", "arrears_end")
PAIRED = (*MAIN, "worst_decile_satisfaction", "public_cost")  # what pairs are told of
FEW_PAIRED = 4  # scenarios, of whose pairs a table is unfolded


def sentences_of(batch: Batch) -> list[str]:
    """Lowest and highest scenario by each of the first outcomes, and which scenarios are paired."""
    return [*_finding(batch), *said_of_pairs(batch)]


def shown(batch: Batch) -> tuple[str, str, pd.DataFrame]:
    """Title, facts and table for a notebook."""
    runs = sum(runs_of(one) for one in batch.scenarios)
    title = say("batch.title", n=len(batch.scenarios), name=batch.name)
    table = batch.tables()["outcomes"]
    return title, labelled(say("report.runs"), str(runs)), table[["scenario", "replication", *MAIN]]


def part_of(batch: Batch) -> Part:
    """Everything that a reader is told about a batch."""
    scenarios = [one.run.scenario for one in batch.scenarios]
    counts = sorted({runs_of(one) for one in batch.scenarios})
    alone = [say("batch.other_cities")] if unpaired(batch) else []
    sure = (
        *said_of_pairs(batch),
        *alone,
        say("batch.sure_single")
        if counts == [1]
        else say("batch.sure", runs="–".join(f"{n}" for n in dict.fromkeys((counts[0], counts[-1])))),
        *_shorter(batch),
        *_doubts(batch),
        say("report.sure_many"),
        common.share_assumed(scenarios[0]),
        say("report.not_forecast"),
    )
    setting = [(title_of(batch, one), _setting(one)) for one in batch.scenarios]
    return Part(
        say("batch.title", n=len(scenarios), name=batch.name),
        batch.kind.title,
        say("batch.question", n=len(scenarios)),
        "",
        Table(
            say("report.types_title"),
            (say("report.scenario"), say("report.value")),
            tuple(setting),
        ),
        _finding(batch),
        tuple(_picture(batch, one) for one in batch.scenarios),
        (_costs(batch), _programmes(batch)),
        (
            _table(batch, MAIN, say("batch.main")),
            *([table_of_pairs(batch, PAIRED, len(batch.pairs) > FEW_PAIRED)] if batch.pairs else []),
            _table(batch, WORST, say("batch.worst")),
        ),
        sure,
        common.assumptions(scenarios),
        _commands(batch),
        _traces(batch),
        say("report.no_programme"),
        say("report.own_file" if _files(batch) else "report.same_command"),
        files=_attached(batch),
        outcomes=MAIN,
        about_scenarios=tuple(one.name for one in scenarios),
    )


def _picture(batch: Batch, replicated: Replicated) -> Picture:
    """The fan over a scenario's runs, or over the draws that ship with it; one run where
    nothing is known of others."""
    title = title_of(batch, replicated)
    if replicated.draws is not None:
        return Picture(title, fan_alt(replicated.draws), partial(fan, replicated.draws))
    known = known_among(replicated.run)
    if known is not None:
        return replace(fan_picture(known, replicated.run), title=title)
    return Picture(title, cycle_alt(replicated.run), partial(replicated.run.plot, "cycle", language()))


def _doubts(batch: Batch) -> tuple[str, ...]:
    """Whether ranges contain the uncertainty of parameters; each sentence once."""
    lines = []
    for replicated in batch.scenarios:
        runs = runs_of(replicated)
        held = (
            None
            if replicated.ensemble is None
            else {**replicated.ensemble, "used": min(runs, replicated.ensemble["members"])}
        )
        lines.append(doubt_line(held))
    return tuple(dict.fromkeys(lines))


def drawn_title(batch: Batch, replicated: Replicated) -> str:
    """Title of a scenario beside its figures: of a single run they are one draw, and its seed is said."""
    title = title_of(batch, replicated)
    return bracketed(title, say("draw.one", seed=replicated.run.seed)) if runs_of(replicated) == 1 else title


def _shorter(batch: Batch) -> list[str]:
    """Which scenarios have shorter runs than others, and what their figures are of where that
    is no year."""
    short = [one for one in batch.scenarios if one.run.months < months_of(batch)]
    return [
        labelled(title_of(batch, one), *said)
        for one in short
        if (said := note_on_months(one.run.months, one.outcomes))
    ]


def runs_of(replicated: Replicated) -> int:
    """How many runs a scenario has."""
    return len(next(iter(replicated.outcomes.values())))


def _setting(replicated: Replicated) -> str:
    scenario = replicated.run.scenario
    parts = [
        labelled(say(f"report.{key}"), value)
        for key, value in (
            ("estates", f"{len(replicated.run.estate_table):,}"),
            ("months", str(replicated.run.months)),
            ("seed", str(replicated.run.seed)),
            ("runs", str(runs_of(replicated))),
            ("measures", common.programmes_line(scenario)),
        )
    ]
    return clauses(parts)


def _finding(batch: Batch) -> tuple[str, ...]:
    lines = []
    for outcome in MAIN[:3]:
        means = [
            (estimate_of(one.outcomes[outcome]).mean, number)
            for number, one in enumerate(batch.scenarios)
            if outcome in one.outcomes
        ]
        known = sorted(pair for pair in means if not math.isnan(pair[0]))
        if not known:
            continue
        low, high = (batch.scenarios[number] for _, number in (known[0], known[-1]))
        means_of = [written_mean(outcome, list(one.outcomes[outcome])) for one in (low, high)]
        name = capital(subject(outcome, months_of(batch)))
        if len(known) == 1:
            lines.append(
                say("batch.found_one", outcome=name, name=drawn_title(batch, low), value=means_of[0])
            )
        else:
            lines.append(
                say(
                    "batch.found",
                    outcome=name,
                    low_name=drawn_title(batch, low),
                    low=means_of[0],
                    high_name=drawn_title(batch, high),
                    high=means_of[1],
                )
            )
    return tuple(lines)


def _table(batch: Batch, outcomes: Sequence[str], caption: str) -> Table:
    rows = tuple(
        (drawn_title(batch, one), *(_written(one, name) for name in outcomes)) for one in batch.scenarios
    )
    return Table(
        caption,
        (
            say("report.scenario"),
            *(capital(OUTCOMES[name].of_run(months_of(batch))) for name in outcomes),
        ),
        rows,
    )


def _written(replicated: Replicated, outcome: str) -> str:
    values = [value for value in replicated.outcomes.get(outcome, ()) if not math.isnan(value)]
    return written_mean(outcome, values) if values else NO_VALUE


def _costs(batch: Batch) -> Table:
    rows = []
    for replicated in batch.scenarios:
        years = len(replicated.run.estate_table) * replicated.run.months / 12
        yearly = [value / years for value in replicated.outcomes.get("public_cost", ())]
        rows.append(
            (
                drawn_title(batch, replicated),
                common.programmes_line(replicated.run.scenario),
                _written(replicated, "public_cost"),
                written_mean("public_cost", yearly) if yearly else NO_VALUE,
            )
        )
    return Table(
        say("report.programmes"),
        tuple(say(f"report.{key}") for key in ("scenario", "measures", "public_cost", "per_estate_year")),
        tuple(rows),
        say("batch.not_price"),
    )


def _programmes(batch: Batch) -> Table:
    rows = tuple(
        (
            title_of(batch, one),
            common.label_of(each),
            common.dates_of(each, one.run.months),
        )
        for one in batch.scenarios
        for each in one.run.scenario.interventions
    )
    return Table(
        say("report.measures"),
        tuple(say(f"report.{key}") for key in ("scenario", "programme", "when")),
        rows,
        folded=len(rows) > 15,
    )


def _files(batch: Batch) -> dict[int, tuple[str, str]]:
    """Name and text of the file of every scenario that is not one of those shipped,
    by its place in the batch."""
    files: dict[int, tuple[str, str]] = {}
    for number, replicated in enumerate(batch.scenarios):
        scenario = replicated.asked or replicated.run.scenario
        if common.shipped(scenario.name, scenario):
            continue
        name = f"{scenario.name}.toml"
        if name in {taken for taken, _ in files.values()}:
            name = f"{scenario.name}-{content_hash(scenario)[: common.HASH]}.toml"
        files[number] = (name, to_toml(scenario))
    return files


def _commands(batch: Batch) -> tuple[str, ...]:
    """One command for the scenarios that were run as long, as often and over the same ensemble."""
    files, together = _files(batch), dict[str, list[str]]()
    for number, replicated in enumerate(batch.scenarios):
        name = files[number][0] if number in files else replicated.run.scenario.name
        runs = runs_of(replicated)
        options = f"--replications {runs} --months {replicated.run.months} --seed {replicated.run.seed}"
        if replicated.over is not None:
            options += common.ensemble_option(replicated.over)
        elif replicated.ensemble is not None:  # only its name is known
            options += f" --ensemble {shlex.quote(replicated.ensemble['name'])}"
        together.setdefault(options, []).append(name)
    return tuple(f"estate batch {' '.join(names)} {options}" for options, names in together.items())


def _attached(batch: Batch) -> tuple[tuple[str, str], ...]:
    """The files that the commands need: scenarios and ensembles."""
    ensembles = [file for one in batch.scenarios for file in common.ensemble_file(one.over)]
    return (*_files(batch).values(), *dict.fromkeys(ensembles))


def _traces(batch: Batch) -> Table:
    rows = [
        (
            f"{one.run.scenario.name}, {say('report.seed')} {one.run.seed}",
            f"{say('report.content_hash')} {one.run.manifest['content_hash'][: common.HASH]}",
        )
        for one in batch.scenarios
    ]
    return common.traces_table([*rows, *common.version_rows(batch.scenarios[0].run.manifest)])
