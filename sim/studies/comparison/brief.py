"""The brief of a comparison: which arm, at what public cost, who loses, and how sure."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from sim.experiments.intervals import LEAST_PAIRS, Interval, Range
from sim.experiments.rescue import HOUSEHOLDS
from sim.outputs.brief import MOST_ROWS, Brief, Measured, Row
from sim.outputs.brief.about import about, doubt, other_parameters, replications, told_apart
from sim.outputs.catalog import capital, short_title, size_of, subject
from sim.outputs.report.common import programmes_line
from sim.results.outcomes import OUTCOMES
from sim.results.owner_kinds import OCCUPIED
from sim.studies.comparison import cost_effect as verdicts
from sim.studies.comparison.decision_words import chance, loss_of, standing_rows, why
from sim.studies.comparison.names import group_name, months_of
from sim.studies.comparison.names import title_of as whole_title_of
from sim.studies.comparison.tables import of_estates
from sim.text import figures, language, say
from sim.text.joins import bracketed, clauses, listed, quoted, sentences

if TYPE_CHECKING:
    import pandas as pd

    from sim.studies.comparison.comparison import Comparison

PUBLIC = ("public_cost", "state_owned_losses", "fiscal_spending")  # beginnings of the names of such outcomes
NAMED = 2  # losses that a cell names


def brief_of(comparison: Comparison) -> Brief:
    """The page that decides between the arms, by the main outcome."""
    outcome, months = comparison.outcomes[0], months_of(comparison)
    rows = standing_rows(comparison, outcome)
    known = rows if rows and not rows[0]["note"] else []
    if all(_same(comparison, arm.name) for arm in comparison.others):
        known = []  # which of equals leads says nothing
    base = _named(comparison, comparison.baseline.name)
    order = [row["arm"] for row in known] or [arm.name for arm in comparison.arms]
    others = [name for name in order if name != comparison.baseline.name]
    left = len(others) - MOST_ROWS
    return Brief(
        _title(comparison, known),
        about(
            comparison.kind.title,
            comparison.baseline.scenario,
            replications(len(comparison.seeds)),
            doubt(comparison.ensemble),
        ),
        (
            say("compared.brief.against", base=base),
            capital(subject(outcome, months)),
            say("compared.brief.cost", months=months),
            say("compared.brief.loses"),
        ),
        tuple(_row(comparison, name, outcome) for name in others[:MOST_ROWS]),
        _recommended(comparison, known),
        _alike(comparison, known),
        _change(comparison, known),
        say("compared.brief.more_arms", count=left) if left > 0 else "",
    )


def _titles(comparison: Comparison) -> dict[str, str]:
    """What arms are called, by name: without what was changed in all of them alike."""
    titles = told_apart(whole_title_of(comparison, arm) for arm in comparison.arms)
    return {arm.name: title for arm, title in zip(comparison.arms, titles, strict=True)}


def _named(comparison: Comparison, name: str) -> str:
    return quoted(_titles(comparison)[name])


def _same(comparison: Comparison, name: str) -> bool:
    """Whether an arm has the baseline's every outcome that was compared, its public cost, and nobody rescued
    or harmed, in each of enough replications."""
    if len(comparison.seeds) < LEAST_PAIRS:
        return False
    rows = comparison.differences[comparison.differences["arm"] == name]
    changed = comparison.rescues[comparison.rescues["arm"] == name]
    return bool(
        (rows["difference"] == 0).all()
        and (rows["spread"] == 0).all()
        and _cost(comparison, name).mean == 0
        and (changed[["rescued", "harmed"]] == 0).all(axis=None)
    )


def _row(comparison: Comparison, name: str, outcome: str) -> Row:
    return Row(
        _titles(comparison)[name],
        (
            _effect(comparison, name, outcome),
            _cost(comparison, name),
            _loses(comparison, name),
        ),
    )


def _effect(comparison: Comparison, name: str, outcome: str) -> Measured:
    table = comparison.differences
    row = table[(table["arm"] == name) & (table["outcome"] == outcome)].iloc[0].to_dict()
    interval = comparison.interval(name, outcome)
    return Measured(float(row["difference"]), interval, Range.of_row(row), OUTCOMES[outcome].unit)


def _cost(comparison: Comparison, name: str) -> Measured:
    row = comparison.costs[comparison.costs["arm"] == name].iloc[0].to_dict()
    interval = Interval(float(row["cost_low"]), float(row["cost_high"]), comparison.interval_level)
    ends = {f"range_{end}": row.get(f"cost_range_{end}", math.nan) for end in ("low", "high")}
    held = Range.of_row(row | ends) if "pairs" in row else Range()
    return Measured(float(row["cost"]), interval, held, "yuan")


def _loses(comparison: Comparison, name: str) -> str:
    """Estates and households that end in the cycle with the arm and would not without it, where most of
    them are, and what is worse with the arm that is best."""
    table = comparison.rescues
    of_arm = table[table["arm"] == name]
    whole = of_arm[of_arm["by"] == "all"]
    estates = float(of_estates(whole)["harmed"].iloc[0])
    told = [say("compared.brief.none_harmed")]
    if estates > 0:
        homes = float(of_estates(whole, HOUSEHOLDS)["harmed"].iloc[0])
        by_type = of_estates(of_arm[of_arm["by"] == "type"])
        worst = by_type.loc[by_type["harmed"].idxmax()]
        kinds = comparison.baseline.scenario.types
        told = [
            say(
                "compared.brief.harmed",
                estates=figures.decimal(estates, 1),
                homes=figures.count(homes),
                type=short_title(kinds[worst["group"]].title.in_language(language())),
                most=figures.decimal(float(worst["harmed"]), 1),
            ),
            *_owners_harmed(comparison, of_arm),
        ]
    losses = comparison.losses
    if "against_arm" in losses and len(losses) and losses["arm"].iloc[0] == name:
        seen = [row for row in losses.to_dict("records") if row["seen"] and not _is_public(row["figure"])]
        seen.sort(key=lambda row: row["by"] == "all")  # who, before what in the whole city
        if seen:
            worse = clauses(loss_of(comparison, row) for row in seen[:NAMED])
            more = len(seen) - NAMED
            if more > 0:
                worse = clauses([worse, say("compared.brief.losses_more", count=more)])
            told.append(say("compared.brief.worse", worse=worse))
    return sentences(told)


def _owners_harmed(comparison: Comparison, of_arm: pd.DataFrame) -> list[str]:
    """Who lives in the households harmed; nothing for a result that did not tell owners apart."""
    homes = of_estates(of_arm[of_arm["by"] == OCCUPIED], HOUSEHOLDS)
    if homes.empty:
        return []
    each = listed(
        bracketed(group_name(comparison, OCCUPIED, row["group"]), figures.count(row["harmed"]))
        for row in homes.to_dict("records")
    )
    return [say("compared.brief.owners_harmed", each=each)]


def _is_public(figure: str) -> bool:
    """Whether a figure is of the public cost, which has a column of its own."""
    return figure.startswith(PUBLIC)


def _title(comparison: Comparison, rows: list[dict[str, Any]]) -> str:
    outcome = comparison.outcomes[0]
    names: dict[str, Any] = {
        "subject": subject(outcome, months_of(comparison)),
        "base": _named(comparison, comparison.baseline.name),
    }
    if all(_same(comparison, arm.name) for arm in comparison.others):
        return say("compared.brief.title_same", base=names["base"], runs=len(comparison.seeds))
    if not rows:
        return say("compared.brief.title_unknown", **names, runs=len(comparison.seeds))
    best = rows[0]["arm"]
    alike = [row["arm"] for row in rows if row["in_set"] and row["arm"] != best]
    if best == comparison.baseline.name:
        return say("compared.brief.title_none_alike" if alike else "compared.brief.title_none", **names)
    effect = _effect(comparison, best, outcome)
    names |= {
        "arm": _named(comparison, best),
        "verb": say("comparison.raises" if effect.mean > 0 else "comparison.lowers"),
        "size": size_of(abs(effect.mean), effect.unit),
    }
    if comparison.baseline.name in alike:
        return say("compared.brief.title_unsure", **names)
    return say("compared.brief.title_alike" if alike else "compared.brief.title_best", **names)


def _recommended(comparison: Comparison, rows: list[dict[str, Any]]) -> str:
    if not rows:
        return say("brief.nothing_recommended", why=_why(comparison))
    best = rows[0]["arm"]
    arm = comparison.arm(best)
    what = bracketed(_named(comparison, best), programmes_line(arm.scenario))
    return say("compared.brief.recommended", what=what, chance=chance(rows[0]["chance_best"]))


def _why(comparison: Comparison) -> str:
    if all(_same(comparison, arm.name) for arm in comparison.others):
        return say("compared.brief.same")
    rows = standing_rows(comparison, comparison.outcomes[0])
    if rows:
        return capital(why(rows[0]["note"])) + say("brief.stop")
    return say("comparison.standing_none")


def _alike(comparison: Comparison, rows: list[dict[str, Any]]) -> str:
    if all(_same(comparison, arm.name) for arm in comparison.others):
        return say("compared.brief.alike_same")
    if not rows:
        few = len(comparison.seeds) < LEAST_PAIRS
        return say("compared.brief.alike_few" if few else "compared.brief.alike_unknown")
    best = rows[0]["arm"]
    alike = [row["arm"] for row in rows if row["in_set"] and row["arm"] != best]
    level = figures.level(comparison.settings.level)
    if not alike:
        return say("compared.brief.alike_none", level=level)
    told = [say("compared.brief.alike", arms=listed(_named(comparison, one) for one in alike))]
    own = _cost_of(comparison, best)
    cheaper = [name for name in alike if _cost_of(comparison, name) < own]
    if not cheaper:
        return sentences([*told, say("compared.brief.cheaper_none")])
    saved = clauses(
        say(
            "compared.brief.cheaper_one",
            arm=_named(comparison, name),
            saved=figures.money(own - _cost_of(comparison, name)),
        )
        for name in cheaper
    )
    return sentences([*told, say("compared.brief.cheaper", list=saved)])


def _cost_of(comparison: Comparison, name: str) -> float:
    """Mean public cost of an arm beyond the baseline's, yuan a run."""
    return 0.0 if name == comparison.baseline.name else _cost(comparison, name).mean


def _change(comparison: Comparison, rows: list[dict[str, Any]]) -> str:
    """More runs, another outcome, a price that is too high, and other parameters."""
    if all(_same(comparison, arm.name) for arm in comparison.others):
        return say("compared.brief.change_same")
    if not rows:
        needed = LEAST_PAIRS if len(comparison.seeds) < LEAST_PAIRS else 2 * len(comparison.seeds)
        return sentences(
            [say("compared.brief.more_runs", runs=needed), other_parameters(comparison.ensemble)]
        )
    best, told = rows[0]["arm"], []
    second = next((row for row in rows if row["second"] and row["in_set"]), None)
    if second is not None and not math.isnan(second["replications_more"]):
        told.append(
            say(
                "compared.brief.further",
                number=figures.count(second["replications_more"]),
                arm=_named(comparison, second["arm"]),
            )
        )
    told += _by_other_outcomes(comparison, best)
    if best != comparison.baseline.name:
        priced = comparison.cost_effect(best)
        if priced.verdict in (verdicts.COSTS, verdicts.COST_UNCERTAIN):
            told.append(say("compared.brief.price", price=figures.money(priced.ratio)))
    told.append(say("compared.brief.worth") if comparison.ensemble else other_parameters(comparison.ensemble))
    return sentences(told)


def _by_other_outcomes(comparison: Comparison, best: str) -> list[str]:
    """Outcomes by which another arm has the best mean."""
    told = []
    for outcome in comparison.outcomes[1:]:
        rows = standing_rows(comparison, outcome) if OUTCOMES[outcome].better else []
        if rows and not rows[0]["note"] and rows[0]["arm"] != best:
            name = subject(outcome, months_of(comparison))
            told.append(
                say("compared.brief.by_outcome", outcome=name, arm=_named(comparison, rows[0]["arm"]))
            )
    return [say("compared.brief.by_others", list=clauses(told[:NAMED]))] if told else []
