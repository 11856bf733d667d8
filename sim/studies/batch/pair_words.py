"""What pairs of a batch come to, in sentences and as a table for the screen and the report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.experiments.intervals import LEVEL, ROUGH_PAIRS, Estimate
from sim.outputs.catalog import bounds_of, capital, size_of
from sim.outputs.range_words import doubted, few_runs, marked_rough, range_of_pairs
from sim.outputs.report.model import Table
from sim.results.outcomes import OUTCOMES
from sim.text import figures, language, say
from sim.text.joins import bracketed, clauses, listed, quoted
from sim.units import NO_VALUE

if TYPE_CHECKING:
    from sim.studies.batch.batch import Batch, Replicated
    from sim.studies.batch.pairing import Paired


def title_of(batch: Batch, replicated: Replicated) -> str:
    """Title of a scenario, with its name where two have the same title."""
    titles = [each.run.scenario.title.in_language(language()) for each in batch.scenarios]
    own = replicated.run.scenario.title.in_language(language())
    return own if titles.count(own) == 1 else bracketed(own, replicated.run.scenario.name)


def months_of(batch: Batch) -> int:
    """How many months its runs have, the longest of them where scenarios differ."""
    return max(one.run.months for one in batch.scenarios)


def said_of_pairs(batch: Batch) -> list[str]:
    """Which scenarios are paired, with which, over how many pairs, and which with none."""
    if len(batch.scenarios) < 2:
        return []
    told = []
    for base in dict.fromkeys(pair.against for pair in batch.pairs):
        own = [pair for pair in batch.pairs if pair.against == base]
        told.append(
            say(
                "batch.paired",
                base=quoted(title_of(batch, batch.scenarios[base])),
                count=len(own),
                pairs=_number_of_pairs(own),
            )
        )
    alone = unpaired(batch)
    if alone:
        names = listed(quoted(title_of(batch, batch.scenarios[place])) for place in alone)
        told.append(say("batch.unpaired", names=names))
    counts = [len(pair.seeds) for pair in batch.pairs]
    if counts and min(counts) < ROUGH_PAIRS:
        told.append(few_runs(min(counts)))
    return told


def unpaired(batch: Batch) -> list[int]:
    """Places of the scenarios that have no pair with any other."""
    held = {place for pair in batch.pairs for place in (pair.place, pair.against)}
    return [place for place in range(len(batch.scenarios)) if place not in held]


def _number_of_pairs(pairs: Sequence[Paired]) -> str:
    counts = sorted({len(pair.seeds) for pair in pairs})
    if counts == [1]:
        return say("batch.one_pair", seed=pairs[0].seeds[0])
    return say("batch.pairs", number="–".join(map(figures.count, dict.fromkeys((counts[0], counts[-1])))))


def interval_of(estimate: Estimate, unit: str) -> str:
    """The interval of a mean difference, rough under ten pairs, or why it is not to be trusted; a
    dash where there is none."""
    if not estimate.interval.exists:
        return NO_VALUE
    bounds = bounds_of(estimate.interval.low, estimate.interval.high, unit)
    rough = marked_rough(bounds, estimate.interval, estimate.range.pairs)
    return clauses([rough, *doubted(estimate.interval)])


def table_of_pairs(
    batch: Batch, outcomes: Sequence[str], folded: bool = False, by_name: bool = False
) -> Table:
    """Paired differences: a row for each scenario that has pairs and each of these outcomes; scenarios by
    title, or by their shorter name."""
    rows = []
    for pair in batch.pairs:
        both = [batch.scenarios[place] for place in (pair.place, pair.against)]
        own, base = (one.run.scenario.name if by_name else title_of(batch, one) for one in both)
        for outcome in outcomes:
            estimate, unit = pair.estimate(outcome), OUTCOMES[outcome].unit
            rows.append(
                (
                    own,
                    base,
                    capital(OUTCOMES[outcome].of_run(batch.scenarios[pair.place].run.months)),
                    size_of(estimate.mean, unit, sign=True),
                    interval_of(estimate, unit),
                    range_of_pairs(estimate.range, unit),
                )
            )
    columns = (
        say("report.scenario"),
        say("batch.against"),
        say("report.outcome"),
        say("comparison.difference"),
        say("comparison.mean_interval", level=figures.level(LEVEL)),
        say("report.may_happen"),
    )
    return Table(say("batch.differences"), columns, tuple(rows), folded=folded)
