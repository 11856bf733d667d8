"""What is worth knowing, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.experiments.ensemble import told as told_of
from sim.experiments.information import LEAST_RUNS, ROUGH_RUNS
from sim.experiments.intervals import CONSTANT, FEW, NO_VALUE
from sim.model.parameters import PARAMETERS as OF_MODEL
from sim.outputs.brief.about import told_apart
from sim.outputs.catalog import bounds_of, parameter_name, scenario_title, size_of, subject, titled
from sim.outputs.range_words import KIND
from sim.scenario.estate_table import COLUMNS
from sim.studies.information.information import (
    COLUMN,
    EVERYTHING,
    GROUP,
    PARAMETER,
    PARAMETERS,
    TABLE_COLUMNS,
)
from sim.text import Family, figures, say
from sim.text.joins import bracketed, clauses, listed, quoted
from sim.units import NO_VALUE as NO_VALUE_SIGN

if TYPE_CHECKING:
    import pandas as pd

    from sim.studies.information.information import Information, Known

GROUPS = Family("group", sorted({parameter.group for parameter in OF_MODEL.values()}))
NAMED = 3  # parameters in a sentence


def name_of(row: Known) -> str:
    """What is known beforehand."""
    if row.what == PARAMETER:
        return parameter_name(row.name)
    if row.what == GROUP:
        return GROUPS[row.name] if row.name in GROUPS.keys_in_order else row.name
    if row.what == COLUMN:
        return bracketed(str(COLUMNS[row.name].heading), say("information.in_table"))
    return say(f"information.{row.what}")


def amount(information: Information, value: float) -> str:
    """A value of information with its unit."""
    if information.worth is not None:
        return say("information.a_year", amount=figures.money(value))
    return size_of(value, information.unit)


def bounds(information: Information, row: Known) -> str:
    """Between what a value of information is likely to lie."""
    low, high = information.bounds(row)
    if information.worth is not None:
        return say("information.a_year", amount=figures.interval(low, high, "yuan"))
    return bounds_of(low, high, information.unit)


def gained(information: Information, row: Known) -> str:
    """What knowing it gains in single runs; a dash where runs do not show that."""
    held = row.held
    if not held.exists:
        return NO_VALUE_SIGN
    if information.worth is not None:
        ends = say("information.a_year", amount=figures.interval(held.low, held.high, "yuan"))
    else:
        ends = bounds_of(held.low, held.high, information.unit)
    return say("range.of_runs", bounds=ends, kind=KIND[held.kind], number=figures.count(held.pairs))


def sure(information: Information, row: Known) -> str:
    """How precisely the mean is known and, where runs show it, what may happen in one."""
    level = figures.level(information.level)
    told = [say("range.of_mean", level=level, bounds=bounds(information, row))]
    if row.held.exists:
        told.append(say("range.may_happen", range=gained(information, row)))
    return clauses(told)


def decided_on(information: Information) -> str:
    """What the choice is made by."""
    if information.worth is not None:
        return say("information.net", worth=figures.money(information.worth))
    return subject(information.outcome, information.scenario.months)


def arm_title(information: Information, name: str) -> str:
    """An arm in a sentence: its title without what was changed in all of them alike, or its name where two
    have the same title."""
    arms = information.asked["arms"]
    titles = told_apart(titled(scenario.title, arm) for arm, scenario in arms.items())
    own = titles[list(arms).index(name)]
    return quoted(own if titles.count(own) == 1 else name)


def arms_line(information: Information) -> str:
    """The arms in a sentence."""
    return listed(arm_title(information, name) for name in information.arms)


def why(information: Information) -> str:
    """Why nothing is said."""
    reason = {FEW: "few", NO_VALUE: "no_value"}.get(information.note, "rare")
    return say(f"information.why.{reason}", least=LEAST_RUNS)


def seen(information: Information, row: Known) -> bool:
    """Whether knowing it is worth more than nothing beyond the error."""
    return information.bounds(row)[0] > 0


def sentences_of(information: Information) -> list[str]:
    """The choice without further knowledge, what all knowledge would be worth, and what is most worth
    knowing."""
    names: dict[str, Any] = {
        "arms": arms_line(information),
        "subject": decided_on(information),
        "runs": information.runs,
    }
    more = told_of(information.asked, information.runs)
    if information.note == CONSTANT:
        return [say("information.same", **names), *more]
    if information.note:
        return [say("information.unknown", **names, why=why(information)), *more]
    everything = information.row(EVERYTHING)
    lines = [
        say(
            "information.chosen",
            **names,
            best=arm_title(information, information.best),
            most=amount(information, everything.value),
            sure=sure(information, everything),
        )
    ]
    whole = [row for row in information.rows if row.what == PARAMETERS]
    if whole:
        lines.append(
            say(
                "information.whole",
                value=amount(information, whole[0].value),
                bounds=bounds(information, whole[0]),
            )
        )
    single = [row for row in information.rows if row.what == PARAMETER]
    leading = [row for row in single if seen(information, row)][:NAMED]
    if not leading:
        lines.append(say("information.none"))
    else:
        each = _each(information, leading)
        lines.append(say("information.leading", each=each, others=len(single) - len(leading)))
    columns = [row for row in information.rows if row.what in (COLUMN, TABLE_COLUMNS)]
    return [*lines, *(_of_columns(information, columns) if columns else ()), *more]


def _each(information: Information, rows: list[Known]) -> str:
    """What each of these is worth, with its bounds."""
    return clauses(
        say(
            "information.one",
            name=name_of(row),
            value=amount(information, row.value),
            bounds=bounds(information, row),
        )
        for row in rows
    )


def _of_columns(information: Information, columns: list[Known]) -> list[str]:
    """What the figures that the city's table lacks are worth."""
    lines = []
    for row in columns:
        if row.what == TABLE_COLUMNS:
            told: dict[str, Any] = {"value": amount(information, row.value)}
            lines.append(say("information.of_table", **told, bounds=bounds(information, row)))
    leading = [row for row in columns if row.what == COLUMN and seen(information, row)][:NAMED]
    each = _each(information, leading)
    lines.append(say("information.leading_columns", each=each) if leading else say("information.no_column"))
    return lines


def warnings_of(information: Information) -> list[str]:
    """What to beware of."""
    if information.note or information.runs >= ROUGH_RUNS:
        return []
    return [say("information.rough", runs=information.runs, enough=ROUGH_RUNS)]


def shown(information: Information) -> tuple[str, str, pd.DataFrame]:
    """Title, facts and table for a notebook."""
    facts = say("information.facts", runs=information.runs, name=information.ensemble.name)
    return scenario_title(information), facts, information.table
