"""The brief of a batch: by how much its scenarios differ from the one they are paired with, or how those
of different cities lie by their own runs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from sim.experiments.intervals import LEVEL, Estimate, estimate_of
from sim.outputs.brief import MOST_ROWS, Brief, Row, measured
from sim.outputs.brief.about import BETWEEN, other_parameters
from sim.outputs.brief.model import PAIRS, RUNS
from sim.outputs.catalog import capital, subject
from sim.results.outcomes import OUTCOMES
from sim.studies.batch.pair_words import months_of, said_of_pairs, title_of, unpaired
from sim.studies.batch.pairing import standing_among
from sim.studies.batch.report import drawn_title, runs_of
from sim.text import figures, say
from sim.text.joins import bracketed, listed, quoted, sentences
from sim.units import NO_VALUE

if TYPE_CHECKING:
    from sim.studies.batch.batch import Batch, Replicated
    from sim.studies.batch.pairing import Paired

MAIN, COST, WORST = "cycle_share_last_year", "public_cost", "worst_decile_satisfaction"


def brief_of(batch: Batch) -> Brief:
    """The page that says how the scenarios of a batch lie, the lowest share of estates in the cycle first;
    where they are paired, by how much they differ from the one that they are compared with."""
    order = sorted(batch.scenarios, key=lambda one: _sorted_by(_estimate(one, MAIN)))
    counts = sorted({runs_of(one) for one in batch.scenarios})
    runs = f"{counts[0]}–{counts[-1]}" if len(counts) > 1 else str(counts[0])
    heads, rows = _differences(batch) if batch.pairs else _levels(batch, order)
    left = len(rows) - MOST_ROWS
    return Brief(
        _title(batch, order),
        BETWEEN.join(
            [
                batch.kind.title,
                say("batch.title", n=len(order), name=batch.name),
                say("batch.brief.one_run") if counts == [1] else say("batch.brief.runs", runs=runs),
            ]
        ),
        heads,
        tuple(rows[:MOST_ROWS]),
        say("brief.nothing_recommended", why=say("batch.brief.shows")),
        _alike(batch, order),
        sentences(
            [
                say("batch.brief.compare"),
                _other_parameters(order, counts == [1]),
            ]
        ),
        sentences(
            [
                *said_of_pairs(batch),
                say("batch.other_cities") if unpaired(batch) else "",
                say("batch.brief.single") if counts[0] == 1 else "",
                say("batch.brief.more", count=left) if left > 0 else "",
            ]
        ),
        model=str(batch.scenarios[0].run.manifest.get("model_source_hash", "")),
    )


def _levels(batch: Batch, order: list[Replicated]) -> tuple[tuple[str, ...], list[Row]]:
    """Heads and rows of scenarios by their own runs."""
    heads = (
        say("report.scenario"),
        capital(subject(MAIN, months_of(batch))),
        say("batch.brief.cost"),
        say("batch.brief.worst", name=OUTCOMES[WORST].of_run(months_of(batch))),
    )
    return heads, [_row(batch, one) for one in order]


def _differences(batch: Batch) -> tuple[tuple[str, ...], list[Row]]:
    """Heads and rows of the scenarios that are paired: differences from the first of their city, the one that
    lowers the share of estates in the cycle most first."""
    heads = (
        say("batch.brief.against"),
        capital(subject(MAIN, months_of(batch))),
        say("batch.brief.more_cost"),
        say("batch.brief.worst", name=OUTCOMES[WORST].of_run(months_of(batch))),
    )
    order = sorted(batch.pairs, key=lambda pair: _sorted_by(pair.estimate(MAIN)))
    rows = [
        Row(
            say("batch.brief.pair", name=_drawn(batch, pair), base=_named(batch, pair.against)),
            tuple(measured(pair.estimate(name), OUTCOMES[name].unit, PAIRS) for name in (MAIN, COST, WORST)),
        )
        for pair in order
    ]
    return heads, rows


def _drawn(batch: Batch, pair: Paired) -> str:
    """A scenario beside its differences: of a single pair they are one draw, and its seed is said."""
    title = title_of(batch, batch.scenarios[pair.place])
    return bracketed(title, say("draw.one", seed=pair.seeds[0])) if len(pair.seeds) == 1 else title


def _named(batch: Batch, place: int) -> str:
    return quoted(title_of(batch, batch.scenarios[place]))


def _other_parameters(order: list[Replicated], single: bool) -> str:
    """That other parameters may change it; nothing of ranges where every scenario ran once."""
    ensemble = next((one.ensemble for one in order if one.ensemble), None)
    if single and not ensemble:
        return say("brief.other_parameters_of_run")
    return other_parameters(ensemble)


def _estimate(replicated: Replicated, outcome: str) -> Estimate:
    return estimate_of(replicated.outcomes.get(outcome, ()))


def _sorted_by(estimate: Estimate) -> tuple[bool, float]:
    return math.isnan(estimate.mean), estimate.mean


def _row(batch: Batch, replicated: Replicated) -> Row:
    cells = tuple(
        measured(_estimate(replicated, name), OUTCOMES[name].unit, RUNS)
        if replicated.outcomes.get(name)
        else NO_VALUE
        for name in (MAIN, COST, WORST)
    )
    return Row(drawn_title(batch, replicated), cells)


def _title(batch: Batch, order: list[Replicated]) -> str:
    first, last = order[0], order[-1]
    low, high = _estimate(first, MAIN).mean, _estimate(last, MAIN).mean
    names: dict[str, Any] = {"subject": subject(MAIN, months_of(batch)), "low": figures.share(low)}
    if len(order) == 1 or math.isnan(high):
        if runs_of(first) == 1:
            names["low"] = bracketed(names["low"], say("draw.one", seed=first.run.seed))
        return say("batch.brief.title_one", **names)
    return say(
        "batch.brief.title",
        first=quoted(drawn_title(batch, first)),
        last=quoted(drawn_title(batch, last)),
        high=figures.share(high),
        **names,
    )


def _alike(batch: Batch, order: list[Replicated]) -> str:
    """The scenarios that cannot be told apart from the best of the city of the lowest, by paired differences,
    adjusted for their number; of scenarios without pairs, whose single runs overlap."""
    place = batch.scenarios.index(order[0])
    base = next((pair.against for pair in batch.pairs if place in (pair.place, pair.against)), None)
    if base is None:
        return _overlapping(batch, order) if not batch.pairs else say("batch.brief.alike_alone")
    places, found = standing_among(batch.pairs, base, MAIN) or ([], None)
    if found is None or found.note:
        return say("batch.brief.alike_few")
    best, level = _named(batch, places[found.best]), figures.level(LEVEL)
    alike = [
        _named(batch, one)
        for number, one in enumerate(places)
        if found.among[number] and number != found.best
    ]
    if not alike:
        return say("batch.brief.apart", name=best, level=level)
    return say(
        "batch.brief.not_apart", name=best, names=listed(alike[:MOST_ROWS]), count=len(alike), level=level
    )


def _overlapping(batch: Batch, order: list[Replicated]) -> str:
    """The scenarios whose single runs overlap with those of the lowest."""
    first = _estimate(order[0], MAIN).range
    if not first.exists:
        return say("batch.brief.alike_unknown")
    overlapping = [
        one for one in order[1:] if (held := _estimate(one, MAIN).range).exists and held.low <= first.high
    ]
    name = quoted(title_of(batch, order[0]))
    if not overlapping:
        return say("batch.brief.alike_none", name=name)
    names = listed(quoted(title_of(batch, one)) for one in overlapping[:MOST_ROWS])
    return say("batch.brief.alike", name=name, names=names, count=len(overlapping))
