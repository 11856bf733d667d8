"""Pathways in sentences."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.experiments.ensemble import told as told_of
from sim.experiments.intervals import LEAST_PAIRS, ROUGH_PAIRS, Estimate, Interval, Range
from sim.outputs.catalog import scenario_title, titled
from sim.outputs.range_words import KIND, few_runs, how_sure
from sim.results.outcomes import LAST_YEAR, SERIES
from sim.studies.pathways.lasting import CLOSED, ENDED, LEAST_MEDIAN, NEVER, OPEN, UNSURE
from sim.studies.pathways.signposts import BELOW, CALENDAR, IN_A_ROW, SUMMED, TOO_FEW
from sim.studies.pathways.threshold import AT_LEAST, JUDGED, Threshold
from sim.text import Family, figures, language, say
from sim.text.catalog import DEFAULT_LANGUAGE
from sim.text.joins import clauses, listed, phrases, quoted, sentences
from sim.units import NO_VALUE

if TYPE_CHECKING:
    import pandas as pd

    from sim.studies.pathways.lasting import SellBy
    from sim.studies.pathways.pathways import Pathway, Pathways
    from sim.studies.pathways.signposts import Signpost

VERDICTS = Family("pathways.verdict", (OPEN, CLOSED, UNSURE))


def plan_title(found: Pathways, name: str) -> str:
    """A plan: in English, of which names are made, its name; else its title, if no other plan has it too.
    What was changed in all of them alike (`--set`) tells none from another and is left out."""
    if language() == DEFAULT_LANGUAGE:
        return name
    changed = say("scenario.overridden.title", title="", changes="")
    titles = {plan: titled(scenario.title, plan) for plan, scenario in found.plans.items()}
    if len({title.partition(changed)[2] for title in titles.values()}) == 1:
        titles = {plan: title.partition(changed)[0] for plan, title in titles.items()}
    return titles[name] if list(titles.values()).count(titles[name]) == 1 else name


def alike_to(found: Pathways, first: Pathway) -> list[Pathway]:
    """The other plans whose median month has an interval that reaches that of the first, so that these runs
    do not tell which is good enough longer; all, where the first has none."""
    own = found.sell_by(first).precision
    others = [path for path in found.firsts if path.plan != first.plan]
    if not own.exists:
        return others
    return [
        path
        for path in others
        if not (known := found.sell_by(path).precision).exists or known.high >= own.low
    ]


def plan_quoted(found: Pathways, name: str) -> str:
    """A plan in a sentence."""
    title = plan_title(found, name)
    return title if title == name else quoted(title)


def path_title(found: Pathways, path: Pathway) -> str:
    """A path: its plans in their order."""
    return " → ".join(plan_title(found, name) for name in path.plans)


def plans_line(found: Pathways) -> str:
    """The plans in a sentence."""
    return listed(plan_quoted(found, name) for name in found.plans)


def level_written(level: float, unit: str) -> str:
    """The level of a threshold or an alarm with its unit; a share as exact as it was written."""
    if unit == "share":
        return figures.share(level, next(digits for digits in range(7) if _exact(100 * level, digits)))
    return figures.quantity(level, unit)


def _exact(value: float, digits: int) -> bool:
    return digits == 6 or math.isclose(round(value, digits), value, abs_tol=1e-9)


def threshold_line(one: Threshold) -> str:
    """One threshold in words."""
    outcome = JUDGED[one.outcome]
    told: dict[str, Any] = {
        "name": SERIES[outcome.series].name,
        "level": level_written(one.level, outcome.unit),
    }
    if outcome.horizon != LAST_YEAR:  # its series is of twelve months already, and says so
        least = one.side == AT_LEAST
        return say("pathways.at_least_plain", **told) if least else say("pathways.at_most_plain", **told)
    return say("pathways.at_least", **told) if one.side == AT_LEAST else say("pathways.at_most", **told)


def rule_line(found: Pathways) -> str:
    """What is good enough."""
    return phrases(threshold_line(one) for one in found.thresholds)


def month_written(found: Pathways, value: float) -> str:
    """A sell-by month; halves between two runs go to the later month."""
    if math.isnan(value):
        return NO_VALUE
    if math.isinf(value):
        return say("pathways.not_within", months=found.months)
    return say("pathways.month", month=math.ceil(value))


def months_between(found: Pathways, low: float, high: float) -> str:
    """From one sell-by month to another."""
    if math.isinf(low) or low == high:
        return month_written(found, low)
    first = math.floor(low)
    if math.isinf(high):
        return say("pathways.between_open", low=first, months=found.months)
    return say("pathways.between", low=first, high=math.ceil(high))


def precision_written(found: Pathways, interval: Interval, runs: int) -> str:
    """The interval of the median, rough under ten runs; why there is none."""
    if not interval.exists:
        return say("pathways.no_precision", least=LEAST_MEDIAN)
    bounds = months_between(found, interval.low, interval.high)
    if runs < ROUGH_PAIRS:
        bounds = say("pathways.rough", bounds=bounds)
    return say("pathways.precision", level=figures.level(interval.level), bounds=bounds)


def range_written(found: Pathways, held: Range) -> str:
    """What may happen in a single run; a dash where runs do not say."""
    if not held.exists:
        return NO_VALUE
    bounds = months_between(found, held.low, held.high)
    return say("pathways.may_happen", bounds=bounds, kind=KIND[held.kind], runs=figures.count(held.pairs))


def _sure(found: Pathways, one: SellBy) -> str:
    told = [precision_written(found, one.precision, one.runs)]
    if one.held.exists:
        told.append(range_written(found, one.held))
    return clauses(told)


def sentences_of(found: Pathways) -> list[str]:
    """When each plan stops, which switches are then open and what they cost, and what to watch."""
    lines = []
    for path in found.firsts:
        lines.append(_stops(found, path))
        lines += _switches(found, path)
        lines += _watched(found, path)
    for path in found.switches:
        if path.before == 0:
            lines += _switches(found, path)
    return [*lines, *told_of(found.asked, found.runs)]


def is_told(found: Pathways, path: Pathway) -> bool:
    """Whether anything is said of a switch: where it can be judged in enough runs."""
    return found.verdict(path)[1].exists


def _switches(found: Pathways, path: Pathway) -> list[str]:
    """The switches from the last plan of a path; one sentence where it fails in too few runs."""
    tried = [one for one in found.switches if one.plans[:-1] == path.plans]
    told = [_switch(found, one) for one in tried if is_told(found, one)]
    judged = max((one.state.size for one in tried), default=0)
    if judged and not told:
        plan = " → ".join(plan_title(found, name) for name in path.plans)
        plan = plan_quoted(found, path.plan) if len(path.plans) == 1 else quoted(plan)
        return [say("pathways.few", plan=plan, judged=judged, least=LEAST_PAIRS)]
    return told


def _stops(found: Pathways, path: Pathway) -> str:
    one = found.sell_by(path)
    told: dict[str, Any] = {
        "plan": plan_quoted(found, path.plan),
        "runs": one.runs,
        "months": found.months,
        "ended": one.ended,
        "sure": _sure(found, one),
    }
    if one.ended == 0:
        return say("pathways.all_held", **told)
    if one.never == one.runs:
        return say("pathways.never", within=int(path.until.max()), **told)
    if math.isinf(one.median):
        line = say("pathways.stops_late", **told)
    else:
        line = say("pathways.stops", median=month_written(found, one.median), **told)
    if one.never:
        by = int(path.until[path.state == NEVER].max())
        never = say("pathways.of_these_never", never=one.never, month=say("pathways.month", month=by))
        return sentences([line, never])
    return line


def when_written(before: int) -> str:
    """When a switch comes."""
    return say("pathways.earlier", before=before) if before else say("pathways.at_sell_by")


def _switch(found: Pathways, path: Pathway) -> str:
    verdict, share = found.verdict(path)
    left = " → ".join(plan_title(found, name) for name in path.plans[:-1])
    one = len(path.plans) == 2
    told: dict[str, Any] = {
        "plan": plan_quoted(found, path.plans[0]) if one else quoted(left),
        "other": plan_quoted(found, path.plan),
        "when": when_written(path.before),
        "within": found.asked["within"],
        "lasting": found.asked["lasting"],
        "number": int(path.is_open.sum()),
        "judged": path.state.size,
        "level": figures.level(found.level),
        "bounds": share_bounds(share, path.state.size),
        "likely": figures.share(found.asked["likely"], 0),
    }
    if verdict == OPEN:
        return say("pathways.open", more=more_written(found.costs(path, "public_cost")[1]), **told)
    return say("pathways.closed", **told) if verdict == CLOSED else say("pathways.unsure", **told)


def share_bounds(share: Interval, runs: int) -> str:
    """The interval of a share of runs, rough under ten of them; a dash where there is none."""
    if not share.exists:
        return NO_VALUE
    bounds = figures.interval(share.low, share.high, "share")
    return say("pathways.rough", bounds=bounds) if runs < ROUGH_PAIRS else bounds


def more_written(more: Estimate | None) -> str:
    """What a switch costs more or less than staying."""
    assert more is not None
    told: dict[str, Any] = {
        "amount": figures.money(abs(more.mean)),
        "sure": how_sure(more.interval, more.range, "yuan"),
    }
    return say("pathways.less", **told) if more.mean < 0 else say("pathways.more", **told)


# signposts


def figure_written(one: Signpost) -> str:
    """What is watched."""
    if one.figure == CALENDAR:
        return say("pathways.calendar")
    name = SERIES[one.figure].name
    return say("pathways.in_year", name=name) if one.figure in SUMMED else name


def alarm_written(one: Signpost) -> str:
    """On which side of which level the alarm is given."""
    if one.figure == CALENDAR:
        return say("pathways.month", month=int(one.level) + IN_A_ROW - 1)
    unit = SERIES[one.figure].unit
    level = figures.quantity(one.level, unit.removesuffix("/month") if one.figure in SUMMED else unit)
    return say("pathways.below", level=level) if one.side == BELOW else say("pathways.from", level=level)


def _watched(found: Pathways, path: Pathway) -> list[str]:
    plan = plan_quoted(found, path.plan)
    ended = bool((path.state == ENDED).any())
    if not ended:
        return []
    if found.why_no_signpost(path.plan) == TOO_FEW:
        return [say("pathways.watch_few", plan=plan)]
    best = [one for one in found.signposts_for(path.plan) if one.worth][:2]
    warning = found.asked["before"]
    if not best:
        return [say("pathways.watch_nothing", plan=plan, warning=warning)]
    lines = []
    for one in best:
        hit, false = one.rates(found.level)
        lines.append(
            say(
                "pathways.watch",
                plan=plan,
                figure=figure_written(one),
                side=alarm_written(one),
                row=IN_A_ROW,
                warning=warning,
                hits=one.hits,
                failing=one.failing,
                level=figures.level(found.level),
                hit_bounds=share_bounds(hit, one.failing),
                false=one.false,
                runs=one.runs,
                false_bounds=share_bounds(false, one.runs),
            )
        )
    return lines


def warnings_of(found: Pathways) -> list[str]:
    """What to beware of."""
    lines = []
    if found.runs < ROUGH_PAIRS:
        lines.append(few_runs(found.runs))
    late = [(path.state == ENDED) & (path.until > found.latest) for path in found.firsts]
    unjudged = int(np.sum(late))
    if unjudged:
        number = figures.count(unjudged)
        lines.append(say("pathways.warning.unjudged", number=number, latest=found.latest))
    if found.signposts and not any(one.mechanisms.reporting for one in found.plans.values()):
        lines.append(say("pathways.warning.no_reports"))
    return lines


def shown(found: Pathways) -> tuple[str, str, pd.DataFrame]:
    """Title, facts and table for a notebook."""
    facts = say("pathways.facts", runs=found.runs, months=found.months)
    return scenario_title(found), facts, found.tables()["sell_by"]


# what charts show, in words


def alt_of_map(found: Pathways) -> str:
    """What the map says: each plan and each switch."""
    return sentences(
        [_stops(found, path) for path in found.firsts]
        + [_switch(found, path) for path in found.switches if is_told(found, path)]
    )


def alt_of_months(found: Pathways) -> str:
    """In which share of runs each plan is good enough, year by year."""
    told = []
    for month in range(12, found.months + 1, 12):
        each = clauses(
            say(
                "pathways.alt_share",
                plan=plan_quoted(found, path.plan),
                share=figures.share(float(np.mean(path.good[:, month])), 0),
            )
            for path in found.firsts
        )
        told.append(say("pathways.alt_month", month=month, each=each))
    return sentences(told)
