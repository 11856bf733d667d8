"""The brief of a value of information: what to find out before choosing, and what it could be worth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.experiments.information import ROUGH_RUNS
from sim.experiments.intervals import CONSTANT, Interval
from sim.outputs.brief import MOST_ROWS, Brief, Measured, Row
from sim.outputs.brief.about import about, doubt
from sim.outputs.brief.model import RUNS
from sim.outputs.catalog import capital
from sim.outputs.report import common
from sim.studies.information.information import COLUMN, EVERYTHING, PARAMETER, PARAMETERS, TABLE_COLUMNS
from sim.studies.information.words import amount, arm_title, decided_on, name_of, seen, why
from sim.text import say
from sim.text.joins import listed, sentences

if TYPE_CHECKING:
    from sim.studies.information.information import Information, Known


def brief_of(information: Information) -> Brief:
    """The page that says whether to choose now or to measure first."""
    single = [row for row in information.rows if row.what in (PARAMETER, COLUMN)]
    leading = [row for row in single if not information.note and seen(information, row)]
    leading.sort(key=lambda row: -row.value)
    whole = [row for row in information.rows if row.what in (EVERYTHING, PARAMETERS, TABLE_COLUMNS)]
    rest = sorted((row for row in single if row not in leading), key=lambda row: -row.value)
    shown = [] if information.note else [*whole, *leading, *rest][:MOST_ROWS]
    head = say("informed.brief.worth_a_year") if information.worth else say("informed.brief.worth")
    return Brief(
        _title(information, leading),
        about(
            information.kind.title,
            information.scenario,
            say("informed.brief.runs", count=information.runs),
            doubt(common.facts_of(information.ensemble)),
        ),
        (say("informed.brief.known"), head),
        tuple(_row(information, row) for row in shown),
        _recommended(information, leading),
        _alike(information, leading),
        sentences(
            [
                say("informed.brief.perfect"),
                say("informed.brief.more_runs", runs=ROUGH_RUNS)
                if information.runs < ROUGH_RUNS
                else say("informed.brief.rules"),
            ]
        ),
        say(
            "informed.brief.by",
            arms=listed(arm_title(information, name) for name in information.arms),
            subject=decided_on(information),
        ),
    )


def _row(information: Information, row: Known) -> Row:
    low, high = information.bounds(row)
    unit = "yuan" if information.worth is not None else information.unit
    known = Interval(low, high, information.level)
    return Row(capital(name_of(row)), (Measured(row.value, known, row.held, unit, RUNS, difference=True),))


def _title(information: Information, leading: list[Known]) -> str:
    if information.note == CONSTANT:
        return say("informed.brief.title_same")
    if information.note:
        return say("informed.brief.title_unknown")
    best = arm_title(information, information.best)
    if not leading:
        return say("informed.brief.title_none", best=best)
    return say(
        "informed.brief.title",
        best=best,
        name=name_of(leading[0]),
        value=amount(information, leading[0].value),
    )


def _recommended(information: Information, leading: list[Known]) -> str:
    if information.note == CONSTANT:
        return say("brief.nothing_recommended", why=say("informed.brief.same"))
    if information.note:
        return say("brief.nothing_recommended", why=why(information) + say("brief.stop"))
    best = arm_title(information, information.best)
    if not leading:
        return say("informed.brief.choose", best=best)
    return say("informed.brief.measure", best=best, name=name_of(leading[0]))


def _alike(information: Information, leading: list[Known]) -> str:
    """What may be worth as much to know, by the intervals."""
    if information.note or not leading:
        return say("informed.brief.alike_unknown")
    least = information.bounds(leading[0])[0]
    alike = [row for row in leading[1:] if information.bounds(row)[1] >= least]
    if not alike:
        return say("informed.brief.alike_none", name=name_of(leading[0]))
    return say("informed.brief.alike", names=listed(name_of(row) for row in alike[:MOST_ROWS]))
