"""A comparison in words: a sentence per arm, what ending a programme does,
warnings, and what a notebook shows."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from sim.experiments.ensemble import doubt_line
from sim.experiments.intervals import (
    CONSTANT,
    LEAST_CHANGED,
    LEAST_PAIRS,
    NO_RANGE,
    RARE,
    ROUGH_PAIRS,
    Interval,
    Range,
    range_of,
)
from sim.experiments.rescue import HOUSEHOLDS, Rescues
from sim.outputs.catalog import bounds_of, scenario_title, size_of, subject
from sim.outputs.range_words import (
    OF_NOTE,
    bounds_in_brackets,
    few_runs,
    how_sure,
    range_of_pairs,
    rough_mark,
)
from sim.results.outcomes import OUTCOMES, note_on_months, window
from sim.studies.comparison import cost_effect as verdicts
from sim.studies.comparison.decision_words import best_sentences
from sim.studies.comparison.names import arm_name, months_of
from sim.text import figures, joins, language, say

if TYPE_CHECKING:
    import pandas as pd

    from sim.studies.comparison.comparison import Comparison
    from sim.studies.comparison.withdrawal import Withdrawal, Withdrawn

# What a low rate of collection must be read beside, and the outcomes of which that is so.
UNBILLED = "served_without_fee_last_year"
COLLECTION = ("collection_last_year", "collection_billing_last_year", "collected_per_household_last_year")


def sentences_of(comparison: Comparison) -> list[str]:
    """One sentence per arm: effect, price, estates rescued and harmed; then who is served
    without a fee, beside collection; of three arms or more which is best, and who loses by it."""
    return [
        *(sentence_of(comparison, arm.name) for arm in comparison.others),
        *_unbilled(comparison),
        *best_sentences(comparison),
    ]


def _unbilled(comparison: Comparison) -> list[str]:
    """Estates served without a fee, where a low collection is no failure; none where
    collection is not compared."""
    if not set(comparison.outcomes) & set(COLLECTION) or UNBILLED not in comparison.baseline.scalars:
        return []
    unit = OUTCOMES[UNBILLED].unit
    arms = []
    for arm in comparison.others:
        paired = comparison.paired(arm.name, UNBILLED)
        change = size_of(float(paired.mean()), unit, sign=True)
        sure = how_sure(comparison.interval(arm.name, UNBILLED), comparison.range(arm.name, UNBILLED), unit)
        arms.append(
            say(
                "comparison.unbilled_arm",
                arm=arm_name(comparison, arm),
                share=figures.share(float(arm.scalars[UNBILLED].mean()), 1),
                sure=joins.clauses([change, sure] if paired.any() else [say("comparison.unbilled_same")]),
            )
        )
    share = figures.share(float(comparison.baseline.scalars[UNBILLED].mean()), 1)
    base = arm_name(comparison, comparison.baseline)
    return [
        say(
            "comparison.unbilled",
            base=base,
            share=share,
            arms=joins.clauses(arms),
            window=window(months_of(comparison)),
        )
    ]


def sentence_of(comparison: Comparison, name: str) -> str:
    """What an arm does to the main outcome, at what price, and how many estates it rescued and harmed."""
    arm, asked = comparison.arm(name), comparison.outcomes[0]
    counted, homes = comparison.rescued(name), comparison.rescued(name, HOUSEHOLDS)
    if comparison.same_in_everything(name):
        names: dict[str, Any] = {
            "arm": arm_name(comparison, arm),
            "base": arm_name(comparison, comparison.baseline),
        }
        return say("comparison.identical", **names, runs=len(comparison.seeds))
    counts = say(
        "comparison.counts",
        rescued=_count(counted.rescued),
        harmed=_count(counted.harmed),
        neither=_count(counted.neither),
        estates=figures.count(counted.estates),
        homes=figures.count(homes.estates),
        homes_rescued=figures.count(homes.rescued),
        homes_harmed=figures.count(homes.harmed),
        homes_neither=figures.count(homes.neither),
    )
    effect = effect_clause(comparison, name, asked)
    return say("comparison.sentence", effect=effect, price=price_clause(comparison, name), counts=counts)


def _count(number: float) -> str:
    return figures.decimal(number, 0 if number >= 10 or number == round(number) else 1)


def rescued_of(row: Mapping[str, Any], name: str) -> str:
    """How many a row of `Comparison.rescues` says were "rescued" or "harmed"; in brackets the
    interval of the mean and the range."""
    ends = {f"range_{end}": row.get(f"{name}_range_{end}", math.nan) for end in ("low", "high")}
    interval = Interval(row[f"{name}_low"], row[f"{name}_high"])
    held = Range.of_row(dict(row) | ends) if "pairs" in row else NO_RANGE
    return mean_count(row, name) + bounds_in_brackets(interval, held, _written(row), "–")


def mean_count(row: Mapping[str, Any], name: str) -> str:
    """A mean number a run that a row of `Comparison.rescues` has: of estates with one
    decimal, of households in whole."""
    return _written(row)(row[name])


def _written(row: Mapping[str, Any]) -> Callable[[float], str]:
    return figures.count if row["counted"] == HOUSEHOLDS else partial(figures.decimal, digits=1)


def effect_clause(comparison: Comparison, name: str, outcome: str) -> str:
    """What an arm does to an outcome: the mean, how precisely it is known, and what may
    happen in a single pair."""
    interval, unit = comparison.interval(name, outcome), OUTCOMES[outcome].unit
    mean = float(comparison.paired(name, outcome).mean())
    values: dict[str, Any] = {
        "arm": arm_name(comparison, comparison.arm(name)),
        "base": arm_name(comparison, comparison.baseline),
        "subject": subject(outcome, months_of(comparison)),
        "range": range_of_pairs(comparison.range(name, outcome), unit),
    }
    if not interval.exists:
        size = size_of(mean, unit, sign=True)
        return say("comparison.no_interval", **values, size=size, why=_why(interval))
    values |= {
        "level": figures.level(interval.level),
        "rough": rough_mark(interval, len(comparison.seeds)),
    }
    if not interval.excludes_zero:
        needed = comparison.replications_needed(name, outcome)
        return say(
            "comparison.unclear",
            **values,
            size=size_of(mean, unit, sign=True),
            runs=len(comparison.seeds),
            interval=bounds_of(interval.low, interval.high, unit),
            needed=say("comparison.needed_none")
            if needed is None
            else say("comparison.needed", number=figures.count(needed)),
        )
    low, high = sorted((abs(interval.low), abs(interval.high)))
    return say(
        "comparison.moves",
        **values,
        verb=say("comparison.raises" if mean > 0 else "comparison.lowers"),
        size=size_of(abs(mean), unit),
        interval=bounds_of(low, high, unit),
    )


def _why(interval: Interval) -> str:
    """Why there is no interval."""
    return say(f"comparison.why.{OF_NOTE[interval.note]}", least=LEAST_PAIRS)


def price_clause(comparison: Comparison, name: str) -> str:
    """What an estate-year out of the cycle costs, or why that has no number."""
    cost_effect = comparison.cost_effect(name)
    verdict = verdicts.FREE if cost_effect.verdict == verdicts.IDENTICAL else cost_effect.verdict
    word = "same_cost" if cost_effect.cost == 0 else "higher" if cost_effect.cost > 0 else "lower"
    size = figures.money(abs(cost_effect.cost))
    if cost_effect.cost != 0:  # the mean alone says nothing of what a single pair may come to
        size = joins.bracketed(size, range_of_pairs(range_of(cost_effect.cost_pairs), "yuan"))
    more = say(f"comparison.{word}", size=size)
    rough = rough_mark(Interval(cost_effect.low, cost_effect.high), len(comparison.seeds))
    price = say(
        f"comparison.price.{verdict.replace(',', '').replace(' ', '_')}",
        price=figures.money(cost_effect.ratio),
        interval=figures.interval(cost_effect.low, cost_effect.high, "yuan") + rough,
        level=figures.level(comparison.interval_level),
        range=_price_range(comparison, cost_effect),
        saved=figures.money(-cost_effect.cost),
        more=more,
    )
    if cost_effect.verdict == verdicts.IDENTICAL:
        return price
    lost = _lost_by_state_owned(comparison, name)
    if lost and cost_effect.verdict in (verdicts.COSTS, verdicts.COST_UNCERTAIN):
        lost = say("comparison.a_run", more=more, lost=lost)
    return joins.bracketed(price, lost)


def _price_range(comparison: Comparison, cost_effect: verdicts.CostEffect) -> str:
    """What the price may be in a single pair, or in how many pairs there is one."""
    if cost_effect.price_range.exists:
        return range_of_pairs(cost_effect.price_range, "yuan")
    helped = round(cost_effect.pairs_helped * len(cost_effect.effect_pairs))
    return say(
        "comparison.price.no_range",
        pairs=figures.count(len(cost_effect.effect_pairs)),
        helped=figures.count(helped),
    )


def _lost_by_state_owned(comparison: Comparison, name: str) -> str:
    """How much more state-owned companies lose a run than in the baseline, which is part of the public
    cost; empty if the same."""
    table = comparison.costs
    part = float(table.loc[table["arm"] == name, "state_owned"].iloc[0]) if "state_owned" in table else 0.0
    if part == 0.0:
        return ""
    size = figures.money(abs(part))
    return say("comparison.more_lost" if part > 0 else "comparison.less_lost", size=size)


def warnings_of(comparison: Comparison) -> list[str]:
    """What a reader must know before trusting the intervals."""
    lang, held, runs = language(), comparison.settings.ensemble, len(comparison.seeds)
    said = [*note_on_months(months_of(comparison), comparison.outcomes), doubt_line(comparison.ensemble)]
    said += held.warnings(lang) if held is not None else ()
    if runs < ROUGH_PAIRS:
        said.append(few_runs(runs))
    for arm in comparison.others:
        name = arm_name(comparison, arm)
        said += rare_rescues(comparison.rescued(arm.name), name, runs)
        for outcome in comparison.outcomes:
            said += _about(
                comparison.interval(arm.name, outcome), name, subject(outcome, months_of(comparison))
            )
    return said + _looks(comparison)


def rare_rescues(counted: Rescues, arm: str, runs: int) -> list[str]:
    """That too few estates changed fate for the interval of rescues to be trusted; nothing where enough did,
    or with fewer replications than any interval is printed of."""
    if counted.trusted or runs < LEAST_PAIRS:
        return []
    exact = figures.interval(counted.net_exact.low, counted.net_exact.high, figures.POINTS)
    changed = figures.count(counted.changed_estates)
    return [say("comparison.rare", arm=arm, runs=runs, changed=changed, exact=exact)]


def _about(interval: Interval, arm: str, outcome: str) -> list[str]:
    if interval.note == RARE:
        return [say("comparison.few_changed", arm=arm, outcome=outcome, least=LEAST_CHANGED)]
    # that every replication agrees is no reason for doubt
    if not interval.exists and interval.note != CONSTANT:
        return [say("comparison.missing", arm=arm, outcome=outcome, why=_why(interval))]
    return []


def _looks(comparison: Comparison) -> list[str]:
    if not comparison.looks:
        return []
    last = comparison.looks[-1]
    said = [
        say(
            "comparison.looks",
            taken=len(comparison.looks),
            planned=len(comparison.looks_planned),
            at=joins.listed(map(str, comparison.looks_planned)),
            level=figures.level(comparison.settings.taken),
            overall=figures.level(comparison.settings.level),
        )
    ]
    if not last.enough:
        width = size_of(last.wanted, OUTCOMES[last.outcome].unit)
        said.append(say("comparison.not_reached", width=width))
    return said


def shown(comparison: Comparison) -> tuple[str, str, pd.DataFrame]:
    """What a notebook shows: the arms, how many seeds at what level, and the table of differences."""
    title = " · ".join(joins.labelled(arm.name, scenario_title(arm)) for arm in comparison.arms)
    level = figures.level(comparison.interval_level)
    return title, say("comparison.facts", runs=len(comparison.seeds), level=level), comparison.differences


def ending_of(withdrawal: Withdrawal, withdrawn: Withdrawn) -> str:
    """What ending a programme does, and how much of its effect remains."""
    lang, unit = language(), OUTCOMES[withdrawn.outcome].unit
    labels = {each.name: each.label().in_language(lang) for each in withdrawal.scenario.interventions}
    written = {
        key: joins.bracketed(size_of(mean, unit, sign=True), how_sure(interval, held, unit))
        for key, mean, interval, held in (
            ("kept", withdrawn.kept, withdrawn.kept_interval, withdrawn.kept_range),
            ("ended", withdrawn.ended, withdrawn.ended_interval, withdrawn.ended_range),
        )
    }
    told = say(
        "withdrawal.told",
        name=labels.get(withdrawn.programme) or withdrawn.programme,
        month=withdrawn.month,
        subject=subject(withdrawn.outcome, withdrawal.scenario.months),
        kept=written["kept"],
        ended=written["ended"],
    )
    if math.isnan(withdrawn.remains):
        return say("withdrawal.none", told=told)
    span = withdrawn.remains_interval
    if span.high < 0:  # a share of the effect below nothing is no share
        helped = withdrawn.kept * OUTCOMES[withdrawn.outcome].better > 0
        return say("withdrawal.turned" if helped else "withdrawal.turned_better", told=told)
    return say(
        "withdrawal.remains" if span.low > 0 else "withdrawal.gone",
        told=told,
        share=figures.share(withdrawn.remains, 0),
        level=figures.level(span.level),
        low=figures.share(span.low, 0),
        high=figures.share(span.high, 0),
        rough=rough_mark(span, withdrawn.kept_range.pairs),
    )
