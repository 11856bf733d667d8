"""Which arm is best, in words: the choice with its chance and regret, what cannot be told apart from it, what
would, and who loses by it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from sim.experiments.intervals import LEAST_PAIRS, RARE, Interval, Range
from sim.outputs.catalog import bounds_of, size_of, subject
from sim.outputs.range_words import OF_NOTE, how_sure, range_of_pairs
from sim.results.outcomes import OUTCOMES
from sim.studies.comparison.names import arm_name, group_name, measure_name, months_of
from sim.text import figures, joins, say
from sim.units import NO_VALUE

if TYPE_CHECKING:
    import pandas as pd

    from sim.studies.comparison.comparison import Comparison

SURE = 0.995  # from here on a chance is written as above 99 %, since it is never certain
NAMED = 6  # losses that a sentence names; the table has all


def chance(value: float) -> str:
    """A chance for readers: never 0 or 100 %, a dash where nothing can be said."""
    if math.isnan(value):
        return NO_VALUE
    if value >= SURE:
        return say("comparison.over", share=figures.share(0.99, 0))
    if value <= 1 - SURE:
        return say("comparison.under", share=figures.share(0.01, 0))
    return figures.share(value, 0)


def standing_rows(comparison: Comparison, outcome: str) -> list[dict[str, Any]]:
    """The rows of `Comparison.standing` of an outcome, the best first; none where there are none (an outcome
    that is neither good nor bad, or a result of before arms were compared with one another)."""
    table = comparison.standing
    if "chance_best" not in table:
        return []
    rows = table[table["outcome"] == outcome].to_dict("records")
    for row in rows:
        row["note"] = row["note"] if isinstance(row["note"], str) else ""  # null in a file
    return sorted(rows, key=lambda row: (not row["best"], -_known(row["chance_best"]), row["shortfall"]))


def _known(value: float) -> float:
    return -1.0 if math.isnan(value) else value


def head(comparison: Comparison, outcome: str) -> str:
    """What a table of how arms stand is called."""
    return say("comparison.standing_title", subject=OUTCOMES[outcome].of_run(months_of(comparison)))


def columns(comparison: Comparison) -> tuple[str, ...]:
    """The heads of a table of how arms stand."""
    level = figures.level(comparison.settings.level)
    return (
        say("comparison.arm"),
        say("comparison.replications"),
        say("comparison.chance_best"),
        say("comparison.regret"),
        say("comparison.advantage", level=level),
        *([say("comparison.advantage_range")] if "advantage_range_low" in comparison.standing else []),
        say("comparison.in_set"),
        say("comparison.replications_more"),
    )


def cells(row: dict[str, Any], name: str) -> tuple[str, ...]:
    """A row of a table of how arms stand."""
    more = row["replications_more"]
    unit = row["unit"]
    bounds = bounds_of(row["advantage_low"], row["advantage_high"], unit)
    return (
        name,
        figures.count(row["replications"]),
        chance(row["chance_best"]),
        NO_VALUE if math.isnan(row["regret"]) else size_of(row["regret"], unit),
        NO_VALUE if math.isnan(row["advantage_low"]) or math.isnan(row["advantage_high"]) else bounds,
        *([_may_be_better(row)] if "advantage_range_low" in row else []),
        say("comparison.yes" if row["in_set"] else "comparison.no"),
        NO_VALUE if row["best"] or math.isnan(more) else figures.count(more),
    )


def _may_be_better(row: dict[str, Any]) -> str:
    """By how much an arm is better in a single pair of runs than the best of the others, with what the ends
    are."""
    ends = {"range_low": row["advantage_range_low"], "range_high": row["advantage_range_high"]}
    return range_of_pairs(Range.of_row(row | ends), row["unit"])


def standing_note() -> str:
    """How a table of how arms stand is read."""
    return say("comparison.standing_note")


def told(comparison: Comparison) -> bool:
    """Whether the sentences say which arm is best: of three or more, or where that was asked."""
    return len(comparison.arms) > 2 or comparison.decision is not None


def best_sentences(comparison: Comparison) -> list[str]:
    """Which arm is best for the main outcome, how sure, what would tell more, and who loses by it."""
    outcome = comparison.outcomes[0]
    rows = standing_rows(comparison, outcome) if told(comparison) else []
    if not rows:
        return []
    names: dict[str, Any] = {
        "scenarios": len(rows),
        "subject": subject(outcome, months_of(comparison)),
        "level": figures.level(comparison.settings.level),
    }
    if rows[0]["note"]:
        return [say("comparison.best_unknown", **names, why=why(rows[0]["note"]))] + _spent(comparison)
    best, unit = rows[0], rows[0]["unit"]
    inside = [row for row in rows if row["in_set"]]
    names |= {
        "arm": arm_of(comparison, best["arm"]),
        "chance": chance(best["chance_best"]),
        "regret": size_of(best["regret"], unit),
    }
    said = [say("comparison.best", **names), _set_of(comparison, inside, names)]
    second = next((row for row in rows if row["second"]), None)
    said += _single_pairs(comparison, best, second) if second is not None else []
    if second is not None and len(inside) > 1 and second["in_set"]:
        said.append(_further(comparison, best, second))
    return [joins.sentences(said), *_spent(comparison), *loss_sentences(comparison)]


def _set_of(comparison: Comparison, inside: list[dict[str, Any]], names: dict[str, Any]) -> str:
    looks = (
        len(comparison.decision.planned) if comparison.decision is not None else len(comparison.looks_planned)
    )
    adjusted = (
        say("comparison.adjusted_looks", **names, looks=looks)
        if looks
        else say("comparison.adjusted", **names)
    )
    if len(inside) == 1:
        return say("comparison.set_alone", **names, adjusted=adjusted)
    listed = joins.listed(arm_of(comparison, row["arm"]) for row in inside)
    return say("comparison.set", **names, adjusted=adjusted, arms=listed)


def _single_pairs(comparison: Comparison, best: dict[str, Any], second: dict[str, Any]) -> list[str]:
    """What may happen between the two best means in one pair, which their chances do not say."""
    table = comparison.pairs
    if "range_low" not in table:
        return []
    for row in table[table["outcome"] == best["outcome"]].to_dict("records"):
        held = Range.of_row(row)
        if {row["arm"], row["against"]} == {best["arm"], second["arm"]} and held.exists:
            arm, against = (arm_of(comparison, row[end]) for end in ("arm", "against"))
            bounds = range_of_pairs(held, best["unit"])
            return [say("comparison.single_pairs", arm=arm, against=against, range=bounds)]
    return []


def _further(comparison: Comparison, best: dict[str, Any], second: dict[str, Any]) -> str:
    names: dict[str, Any] = {
        "arm": arm_of(comparison, best["arm"]),
        "second": arm_of(comparison, second["arm"]),
    }
    more = second["replications_more"]
    if math.isnan(more):
        return say("comparison.further_none", **names)
    return say("comparison.further", **names, number=figures.count(more))


def _spent(comparison: Comparison) -> list[str]:
    """How many runs were spent on deciding, and of how many replications the other tables are."""
    decision = comparison.decision
    if decision is None:
        return []
    last = decision.looks[-1]
    arms = len(last.replications)
    said = say(
        "comparison.spent",
        runs=figures.count(decision.runs),
        equal=figures.count(arms * max(last.replications.values())),
        each=joins.clauses(
            say("comparison.spent_arm", arm=arm_of(comparison, name), number=figures.count(number))
            for name, number in last.replications.items()
        ),
        shared=figures.count(len(comparison.seeds)),
    )
    more = [] if last.settled else [say("comparison.not_settled")]
    if decision.levelled:
        more.append(
            say(
                "comparison.levelled",
                base=arm_of(comparison, comparison.baseline.name),
                arm=arm_of(comparison, last.best),
                more=figures.count(decision.levelled),
                all=figures.count(decision.all_runs),
            )
        )
    return [joins.sentences([said, *more])]


def loss_sentences(comparison: Comparison) -> list[str]:
    """Which outcomes of the city, and what in which group, is worse under the choice."""
    table = comparison.losses
    if "against_arm" not in table:
        return []
    if table.empty:
        return [say("comparison.losses_none")] if not _unknown(comparison) else []
    rows = table.to_dict("records")
    seen = [row for row in rows if row["seen"]]
    names: dict[str, Any] = {
        "arm": arm_of(comparison, rows[0]["arm"]),
        "against": arm_of(comparison, rows[0]["against_arm"]),
        "others": figures.count(len(rows) - len(seen)),
    }
    if not seen:
        return [say("comparison.losses_unseen", **names)]
    listed = [loss_of(comparison, row) for row in seen[:NAMED]]
    if len(seen) > NAMED:
        listed.append(say("comparison.losses_more", number=figures.count(len(seen) - NAMED)))
    told = [
        say("comparison.losses", arm=names["arm"], against=names["against"], listed=joins.clauses(listed))
    ]
    if len(rows) > len(seen):
        told.append(say("comparison.losses_others", others=names["others"]))
    return told


def _unknown(comparison: Comparison) -> bool:
    rows = standing_rows(comparison, comparison.outcomes[0])
    return not rows or bool(rows[0]["note"])


def loss_of(comparison: Comparison, row: dict[str, Any]) -> str:
    """What is worse, in which group, and by how much."""
    return joins.labelled(loss_name(comparison, row), size_of(row["difference"], row["unit"], sign=True))


def loss_name(comparison: Comparison, row: dict[str, Any]) -> str:
    """What is worse, and in which group."""
    months, by = months_of(comparison), row["by"]
    if by == "all":
        return subject(row["figure"], months)
    return joins.bracketed(measure_name(row["figure"], months), group_name(comparison, by, row["group"]))


def loss_cells(comparison: Comparison, row: dict[str, Any]) -> tuple[str, ...]:
    """A row of the table of what is worse under the choice."""
    note = row["note"] if isinstance(row["note"], str) else ""
    interval = Interval(row["low"], row["high"], comparison.interval_level, note)
    unit = row["unit"]
    return (
        loss_name(comparison, row),
        figures.quantity(row["chosen"], unit),
        size_of(row["difference"], unit, sign=True),
        how_sure(interval, Range.of_row(row), unit),
        say("comparison.yes" if row["seen"] else "comparison.no"),
    )


def loss_columns() -> tuple[str, ...]:
    """The heads of the table of what is worse under the choice."""
    return (
        say("comparison.worse"),
        say("comparison.arm_mean"),
        say("comparison.difference"),
        say("comparison.loss_sure"),
        say("comparison.loss_seen"),
    )


def why(note: str) -> str:
    """Why nothing can be said of which arm is best."""
    if note == RARE:
        return say("comparison.why.rare")
    return say(f"comparison.why.{OF_NOTE[note]}", least=LEAST_PAIRS)


def arm_of(comparison: Comparison, name: str) -> str:
    """An arm in a sentence."""
    return arm_name(comparison, comparison.arm(name))


def shown_standing(comparison: Comparison) -> str:
    """What the chart of how arms stand shows."""
    outcome = comparison.outcomes[0]
    rows = standing_rows(comparison, outcome)
    if not rows:
        return say("comparison.standing_none")
    if rows[0]["note"]:
        return say(
            "comparison.best_unknown",
            scenarios=len(rows),
            subject=subject(outcome, months_of(comparison)),
            why=why(rows[0]["note"]),
        )
    inside = joins.listed(arm_of(comparison, row["arm"]) for row in rows if row["in_set"])
    each = joins.clauses(
        say(
            "comparison.standing_arm",
            arm=arm_of(comparison, row["arm"]),
            chance=chance(row["chance_best"]),
            regret=size_of(row["regret"], row["unit"]),
        )
        for row in rows
    )
    return joins.sentences(
        [head(comparison, outcome) + ".", say("comparison.standing_alt", each=each, arms=inside)]
    )


def losses_by_arm(comparison: Comparison) -> pd.DataFrame:
    """The table of what is worse, what is seen first."""
    return comparison.losses.sort_values("seen", ascending=False, kind="stable")
