"""The brief of the draws of a scenario: what may become of it, and that nothing is compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.experiments.intervals import estimate_of
from sim.outputs.brief import Brief, Row, measured
from sim.outputs.brief.about import about, doubt, other_parameters, without_changes
from sim.outputs.brief.model import RUNS
from sim.outputs.catalog import capital, subject
from sim.outputs.report import common
from sim.results.outcomes import OUTCOMES
from sim.text import figures, language, say
from sim.text.joins import sentences
from sim.units import NO_VALUE

if TYPE_CHECKING:
    from sim.studies.draws.repeated import Repeated

MAIN = "cycle_share_last_year"
SHOWN = (MAIN, "collection_last_year", "satisfaction_last_year", "worst_decile_satisfaction", "public_cost")


def brief_of(draws: Repeated) -> Brief:
    """The page about what may happen in a scenario."""
    facts = common.facts_of(draws.over)
    return Brief(
        _title(draws),
        about(
            draws.kind.title,
            draws.scenario,
            say("draw.brief.draws", count=len(draws)),
            doubt(facts) if facts or not draws.ensemble else draws.ensemble,
        ),
        (say("draw.head_outcome"), say("draw.brief.mean")),
        tuple(_row(draws, name) for name in SHOWN if name in draws.outcomes),
        say("brief.nothing_recommended", why=say("draw.brief.shows")),
        say("draw.brief.alike"),
        sentences(
            [
                say("draw.brief.compare", name=draws.scenario.name),
                "" if draws.ensemble else other_parameters(facts),
            ]
        ),
        say("draw.brief.measures", measures=common.programmes_line(draws.scenario)),
    )


def _row(draws: Repeated, name: str) -> Row:
    estimate = estimate_of(draws.outcomes[name])
    cell = measured(estimate, OUTCOMES[name].unit, RUNS) if estimate.mean == estimate.mean else NO_VALUE
    return Row(capital(subject(name, draws.months)), (cell,))


def _title(draws: Repeated) -> str:
    estimate = estimate_of(draws.outcomes[MAIN])
    values: dict[str, Any] = {
        "title": without_changes(draws.scenario.title.in_language(language()))[0],
        "subject": subject(MAIN, draws.months),
        "mean": figures.share(estimate.mean),
        "draws": len(draws),
    }
    if not estimate.range.exists:
        return say("draw.brief.title_mean", **values)
    bounds = figures.interval(estimate.range.low, estimate.range.high, "share")
    return say("draw.brief.title", bounds=bounds, **values)
