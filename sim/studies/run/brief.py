"""The brief of one run: what became of one city, beside other draws of it, and that this is no effect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.experiments.intervals import estimate_of
from sim.outputs.brief import Brief, Row, measured
from sim.outputs.brief.about import about, without_changes
from sim.outputs.brief.model import RUNS
from sim.outputs.catalog import capital, subject
from sim.outputs.report import common
from sim.results.outcomes import OUTCOMES
from sim.studies.draws.among import Among, known_among
from sim.studies.run.words import cycle_by_type
from sim.text import figures, language, say
from sim.text.joins import clauses, labelled, sentences
from sim.units import NO_VALUE

if TYPE_CHECKING:
    from sim.results import Run

MAIN = "cycle_share_last_year"
SHOWN = (MAIN, "collection_last_year", "satisfaction_last_year", "public_cost")


def brief_of(run: Run) -> Brief:
    """The page about one draw."""
    among = known_among(run)
    programmes = common.programmes_line(run.scenario)
    return Brief(
        _title(run, among),
        about(run.kind.title, run.scenario, say("draw.one", seed=run.seed), programmes),
        (
            say("report.outcome"),
            say("draw.one", seed=run.seed),
            say("run.brief.draws", count=len(among.draws)) if among else say("run.brief.no_draws"),
        ),
        (*(_row(run, among, name) for name in SHOWN), _in_cycle(run)),
        say("brief.nothing_recommended", why=say("run.brief.shows")),
        _alike(run, among),
        sentences(
            [say("run.brief.seed"), say("run.brief.compare", name=run.scenario.name), _parameters(among)]
        ),
        "" if among else say("draw.alone", seed=run.seed),
    )


def _parameters(among: Among | None) -> str:
    return say("brief.other_parameters_of_run") if among is None or not among.draws.ensemble else ""


def _row(run: Run, among: Among | None, name: str) -> Row:
    own = figures.quantity(run.outcomes()[name], OUTCOMES[name].unit)
    known = among is not None and among.known(name)
    cell = measured(estimate_of(among.draws.outcomes[name]), OUTCOMES[name].unit, RUNS) if known else NO_VALUE  # type: ignore[union-attr]
    return Row(capital(subject(name, run.months)), (own, cell))


def _in_cycle(run: Run) -> Row:
    """How many estates of which type are in the cycle at the end: who loses, of this draw."""
    inside = [(one.type, one.entered - one.left, one.estates) for one in cycle_by_type(run)]
    told = clauses(
        labelled(
            common.type_name(run.scenario, name), say("run.brief.of_estates", number=number, estates=estates)
        )
        for name, number, estates in sorted(inside, key=lambda one: -one[1])
        if number
    )
    return Row(say("run.brief.in_cycle"), (told or say("brief.none"), NO_VALUE))


def _title(run: Run, among: Among | None) -> str:
    values: dict[str, Any] = {
        "title": without_changes(run.scenario.title.in_language(language()))[0],
        "seed": run.seed,
        "share": figures.share(run.outcomes()[MAIN]),
        "subject": subject(MAIN, run.months),
    }
    if among is None or not among.known(MAIN):
        return say("run.brief.title", **values)
    held = estimate_of(among.draws.outcomes[MAIN]).range
    bounds = figures.interval(held.low, held.high, "share")
    return say("run.brief.title_among", bounds=bounds, draws=len(among.draws), **values)


def _alike(run: Run, among: Among | None) -> str:
    if among is None or not among.known(MAIN):
        return say("run.brief.alike_unknown")
    return say(
        "run.brief.alike", rank=among.rank(MAIN), number=among.number, subject=subject(MAIN, run.months)
    )
