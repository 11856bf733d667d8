"""How robust plans are, in sentences."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from sim.experiments.discovery import LEAST_EACH, LEAST_RUNS, Box, Share, Side
from sim.experiments.ensemble import told as told_of
from sim.experiments.intervals import CONSTANT, LEAST_PAIRS, ROUGH_PAIRS, Interval, Range
from sim.model.parameters import PARAMETERS
from sim.outputs.catalog import (
    capital,
    level_of,
    parameter_name,
    scenario_title,
    short_title,
    size_of,
    subject,
    titled,
)
from sim.outputs.range_words import (
    KIND,
    OF_NOTE,
    WHY_NONE,
    few_runs,
    how_sure,
    marked_rough,
    range_bounds,
    sure_of_runs,
)
from sim.results.outcomes import OUTCOMES
from sim.scenario.tables import EstateType, LoopSettings, MechanismSettings
from sim.studies.robustness.variants import settings_text
from sim.studies.robustness.worlds import AS_IT_IS, EVERY, TYPES, World
from sim.text import Family, figures, language, say
from sim.text.catalog import DEFAULT_LANGUAGE
from sim.text.joins import bracketed, clauses, listed, quoted, sentences
from sim.units import NO_VALUE

if TYPE_CHECKING:
    import pandas as pd

    from sim.studies.robustness.robust import Robustness, Rule, Standing

SURELY = 0.8  # of the runs in a region that must fail for a plan to be said to fail there
SWITCH = Family("loop", (*LoopSettings.model_fields, *MechanismSettings.model_fields))


def world_name(world: World) -> str:
    """What a world is called."""
    if world.name == AS_IT_IS:
        return say("robust.as_it_is")
    if world.variant:
        name = say("robust.variant_world", name=world.name)
        return bracketed(name, say("robust.not_fitted")) if world.fitted is False else name
    if world.strength is not None:
        strength = figures.share(world.strength, 0)
        return say("robust.loop_at", name=SWITCH[world.switch], strength=strength)
    if world.is_loop:
        return say("robust.loop_off", name=SWITCH[world.name])
    return say("robust.rule_on" if world.on else "robust.rule_off", name=SWITCH[world.name])


def plan_name(found: Robustness, arm: str) -> str:
    """A plan in English, of which names are made, by its name; else by its title without what was changed for
    all plans, if no other has it too."""
    if language() == DEFAULT_LANGUAGE:
        return arm
    titles = {name: titled(told, name) for name, told in found.asked["titles"].items()}
    return titles[arm] if list(titles.values()).count(titles[arm]) == 1 else arm


def plan(found: Robustness, arm: str) -> str:
    """A plan in a sentence."""
    name = plan_name(found, arm)
    return name if name == arm else quoted(name)


def plans(found: Robustness, arms: Any = None) -> str:
    """Plans in a sentence, all of them where none are named."""
    return listed(plan(found, arm) for arm in (found.arms if arms is None else arms))


def decided_on(found: Robustness) -> str:
    """The outcome whose regret is told."""
    return subject(found.outcome, found.scenario.months)


def enough(found: Robustness) -> str:
    """What it takes to do well enough."""
    return listed(
        say(
            "robust.at_most" if OUTCOMES[name].better < 0 else "robust.at_least",
            outcome=subject(name, found.scenario.months),
            value=level_of(limit, OUTCOMES[name].unit),
        )
        for name, limit in found.thresholds.items()
    )


def input_name(found: Robustness, key: str) -> str:
    """What varies between runs, in words; the key itself for what has none."""
    group, _, rest = key.partition(".")
    kind, _, field = rest.partition(".")
    if group == TYPES and field in EstateType.model_fields:
        label = EstateType.label_of(field)
        where = say("robust.every_type") if kind == EVERY else _type_name(found, kind)
        return bracketed(str(label), where) if label is not None else key
    return parameter_name(key)


def _type_name(found: Robustness, kind: str) -> str:
    types = found.scenario.types
    return short_title(types[kind].title.in_language(language())) if kind in types else kind


def input_unit(key: str) -> str:
    """The unit of what varies between runs; "" where it has none."""
    if key in PARAMETERS:
        return PARAMETERS[key].unit
    group, _, rest = key.partition(".")
    field = EstateType.model_fields.get(rest.partition(".")[2]) if group == TYPES else None
    extra = field.json_schema_extra if field is not None else None
    return str(extra.get("unit", "")) if isinstance(extra, dict) else ""


def side_words(found: Robustness, side: Side) -> str:
    """Between which values of what a box lies."""
    key = found.keys[side.input]
    name, unit = input_name(found, key), input_unit(key)
    if side.low == -float("inf"):
        return say("robust.under", name=name, value=figures.quantity(side.high, unit))
    if side.high == float("inf"):
        return say("robust.over", name=name, value=figures.quantity(side.low, unit))
    return say("robust.between", name=name, values=figures.interval(side.low, side.high, unit))


def box_words(found: Robustness, box: Box) -> str:
    """A box in words."""
    return say("robust.and").join(side_words(found, side) for side in box.sides)


def region_words(found: Robustness, rule: Rule) -> str:
    """All boxes of a rule in words."""
    return say("robust.or_where").join(box_words(found, box) for box in rule.found.boxes)


def share_bounds(value: float, known: Interval, runs: int) -> str:
    """A share of so many runs with the interval of it, which is rough under ten, or why there is none."""
    if not known.exists:
        return bracketed(figures.share(value), WHY_NONE[OF_NOTE[known.note]] if known.note else "")
    bounds = marked_rough(figures.interval(known.low, known.high, "share"), known, runs)
    return say(
        "robust.share_bounds", share=figures.share(value), level=figures.level(known.level), bounds=bounds
    )


def share_words(found: Robustness, share: Share) -> str:
    """So many of so many runs as a share with its interval."""
    return share_bounds(share.value, share.interval(found.level), share.total)


def met_words(found: Robustness, one: Standing) -> str:
    """The share of runs in which a plan does well enough, the mean over worlds."""
    return share_bounds(one.met, one.met_interval, found.fewest_runs)


def worst_words(found: Robustness, one: Standing) -> str:
    """The largest mean regret of a plan and where that is."""
    if one.worst != one.worst:
        return NO_VALUE
    known, held = one.worst_interval, found.regret_of(one.arm, one.worst_world).range
    sure = []
    if known.exists and known.low < known.high:
        rough = found.fewest_runs < ROUGH_PAIRS
        bounds = range_bounds(Range(known.low, known.high), found.unit)
        told: dict[str, Any] = {"level": figures.level(known.level), "bounds": bounds}
        if len(found.worlds_told) > 1:
            sure.append(say("robust.of_largest_rough", **told) if rough else say("robust.of_largest", **told))
        else:
            sure.append(say("range.of_mean_rough", **told) if rough else say("range.of_mean", **told))
    elif known.note in OF_NOTE:
        sure.append(WHY_NONE[OF_NOTE[known.note]])
    if held.exists:
        number = figures.count(held.pairs)
        runs = say(
            "range.of_runs", bounds=range_bounds(held, found.unit), kind=KIND[held.kind], number=number
        )
        sure.append(say("range.may_happen_in_run", range=runs))
    return bracketed(size_of(one.worst, found.unit), clauses([*sure, world_name(one.worst_world)]))


def sentences_of(found: Robustness) -> list[str]:
    """Which plan is best on average and which is robust, where each does worst, and where each fails."""
    average, robust = found.best_on_average, found.most_robust
    mean = level_of(average.mean.mean, found.unit)
    lines = [
        say(
            "robust.average",
            subject=capital(decided_on(found)),
            plan=plan(found, average.arm),
            mean=bracketed(mean, sure_of_runs(average.mean.interval, average.mean.range, found.unit)),
        )
    ]
    if found.thresholds:
        each = clauses(
            say("robust.one", plan=plan(found, one.arm), value=met_words(found, one))
            for one in sorted(found.standings, key=lambda one: -one.met)
        )
        told: dict[str, Any] = {"enough": enough(found), "each": each, "runs": found.fewest_runs}
        if len(found.worlds) > 1:
            lines.append(say("robust.enough", **told, worlds=len(found.worlds)))
        else:
            lines.append(say("robust.enough_in_one", **told))
        lines.append(_apart(found, [one.arm for one in found.standings if one.met_among], robust.arm))
        lines.append(_least(found, robust.arm))
    smallest = min(found.standings, key=lambda one: one.worst)
    if smallest.worst == smallest.worst:
        each = clauses(
            say("robust.one", plan=plan(found, one.arm), value=worst_words(found, one))
            for one in sorted(found.standings, key=lambda one: one.worst)
        )
        lines.append(say("robust.worst", subject=decided_on(found), each=each))
        if not found.thresholds:
            among = [one.arm for one in found.standings if one.regret_among]
            lines.append(_apart(found, among, robust.arm))
    if average.arm != robust.arm:
        lines.append(say("robust.other", average=plan(found, average.arm), robust=plan(found, robust.arm)))
    lines += where_lines(found)
    return [*lines, *doubt_lines(found)]


def variant_lines(found: Robustness) -> list[str]:
    """Of every structural variant: its settings, over what its runs are, and its weight if that is known."""
    lines = []
    for one in found.variants.values():
        told: dict[str, Any] = {"name": one.name, "settings": settings_text(one)}
        if one.ensemble is None:
            said = say("robust.variant_alone", **told)
        elif one.own:
            said = say("robust.variant_fitted", **told, ensemble=one.ensemble.name)
        else:
            said = say("robust.variant_not_fitted", **told, ensemble=one.ensemble.name)
        weight = weight_of(found, one.name)
        known = say("robust.variant_weight", weight=weight, as_it_is=_share(one.weight_as_it_is))
        lines.append(sentences([said, known] if weight else [said]))
    return lines


def weight_of(found: Robustness, name: str) -> str:
    """The weight that calibration gave a variant; "" where nobody says."""
    weight = found.variants[name].weight if name in found.variants else math.nan
    return "" if math.isnan(weight) else _share(weight)


def _share(weight: float) -> str:
    return NO_VALUE if math.isnan(weight) else figures.share(weight, 0)


def doubt_lines(found: Robustness) -> list[str]:
    """What the ranges contain: luck, the members of an ensemble, the factors; and what variants are."""
    return [*_doubt(found), *variant_lines(found)]


def _doubt(found: Robustness) -> list[str]:
    factors = found.asked["factors"]
    if not factors:
        return told_of(found.asked, found.futures)
    named = listed(input_name(found, key) for key in factors)
    held = told_of(found.asked, found.futures) if found.ensemble is not None else []
    return [say("robust.factors_too" if held else "robust.factors", factors=named), *held]


def _apart(found: Robustness, among: list[str], leader: str) -> str:
    others = [arm for arm in among if arm != leader]
    if found.fewest_runs < LEAST_PAIRS:
        return say("robust.too_few", runs=found.fewest_runs, least=LEAST_PAIRS)
    if others:
        return say("robust.alike", plan=plan(found, leader), others=plans(found, others))
    return say("robust.told_apart", plan=plan(found, leader))


def _least(found: Robustness, arm: str) -> str:
    """In which world a plan does well enough least often."""
    place = found.arms.index(arm)
    shares = {world: float(found.met(world)[place].mean()) for world in found.worlds}
    world = min(shares, key=lambda one: shares[one])
    if min(shares.values()) == max(shares.values()):
        return say("robust.everywhere", plan=plan(found, arm), share=figures.share(shares[world]))
    runs = found.met(world).shape[1]
    if world == found.worlds[0]:
        return say(
            "robust.least_as_it_is", plan=plan(found, arm), share=figures.share(shares[world]), runs=runs
        )
    return say(
        "robust.least",
        plan=plan(found, arm),
        world=world_name(world),
        share=figures.share(shares[world]),
        runs=runs,
        as_it_is=figures.share(shares[found.worlds[0]]),
    )


def where_lines(found: Robustness) -> list[str]:
    """Where every plan fails, or why that is not said."""
    if not found.thresholds:
        return [say("robust.no_threshold")]
    if not found.keys:
        return [say("robust.nothing_varies")]
    return [where(found, rule) for rule in found.rules]


def where(found: Robustness, rule: Rule) -> str:
    """Where a plan fails."""
    names: dict[str, Any] = {"plan": plan(found, rule.arm), "runs": rule.found.runs}
    if rule.found.note == CONSTANT:
        return say("robust.never_fails" if rule.found.failing == 0 else "robust.always_fails", **names)
    if rule.found.note:
        return say("robust.few", **names, failing=rule.found.failing, least=LEAST_RUNS, least_each=LEAST_EACH)
    if not rule.found.boxes:
        return say("robust.nowhere", **names, failing=rule.found.failing, inputs=len(found.keys))
    if not rule.holds:
        assert rule.fresh is not None
        return say("robust.not_confirmed", **names, fresh=rule.fresh.base.total)
    region = region_words(found, rule)
    if rule.fresh is None:
        inside = sum(box.runs for box in rule.found.boxes)
        failing = sum(box.failing for box in rule.found.boxes)
        return say(
            "robust.where_untried",
            **names,
            what=_fails(failing / inside, region),
            density=figures.share(failing / inside, 0),
            coverage=figures.share(failing / rule.found.failing, 0),
        )
    return say(
        "robust.where",
        **names,
        what=_fails(rule.fresh.density.value, region),
        fresh=rule.fresh.base.total,
        density=share_words(found, rule.fresh.density),
        coverage=share_words(found, rule.fresh.coverage),
        base=figures.share(rule.fresh.base.value),
    )


def _fails(density: float, region: str) -> str:
    """That a plan fails in a region, or only fails more often there."""
    return say("robust.fails_where" if density >= SURELY else "robust.fails_more_where", region=region)


def regret_words(found: Robustness, arm: str, world: World) -> str:
    """The mean regret of a plan in a world, how precisely that is known and what may happen."""
    known = found.regret_of(arm, world)
    told = how_sure(known.interval, known.range, found.unit)
    mean = size_of(known.mean, found.unit)
    return bracketed(mean, told) if told else mean


def warnings_of(found: Robustness) -> list[str]:
    """What to beware of."""
    lines = _few_runs(found)
    held = found.ensemble
    tried_on_fresh = any(rule.fresh is not None for rule in found.rules)
    if held is not None and tried_on_fresh and found.futures + found.asked["fresh"] > len(held.members):
        lines.append(say("robust.members_again", members=len(held.members), name=held.name))
    missing = [world for world in found.worlds if not found.regret(world).min() >= 0]
    if missing:
        names = listed(world_name(world) for world in missing)
        lines.append(say("robust.no_value", subject=decided_on(found), worlds=names))
    for variant in found.variants.values():
        if variant.own and variant.ensemble is not None:
            lines += variant.ensemble.warnings()
    return lines


def _few_runs(found: Robustness) -> list[str]:
    """That runs are few, and of which worlds where one has more of them."""
    runs, futures = found.fewest_runs, found.futures
    if runs >= ROUGH_PAIRS:
        return []
    if runs == futures:
        return [few_runs(runs)]
    told: dict[str, Any] = {"runs": figures.count(runs), "all": figures.count(futures)}
    if runs < LEAST_PAIRS:
        return [say("robust.few_in_each", **told, least=LEAST_PAIRS)]
    return [say("robust.rough_in_each", **told, least=ROUGH_PAIRS)]


def plans_note(found: Robustness) -> str:
    """What stands under the table of plans."""
    alike = say("robust.plans_note")
    return sentences([alike, say("robust.largest_note")]) if len(found.worlds_told) > 1 else alike


def regret_alt(found: Robustness) -> str:
    """What the chart of regrets shows, in words."""
    each = clauses(
        say("robust.one", plan=plan(found, one.arm), value=worst_words(found, one)) for one in found.standings
    )
    return say("robust.worst", subject=decided_on(found), each=each)


def region_alt(found: Robustness, arm: str = "") -> str:
    """What the chart of a failing region shows, in words."""
    chosen = found.rule(arm) if arm else shown_rule(found)
    return where(found, chosen) if chosen is not None else " ".join(where_lines(found))


def shown_rule(found: Robustness) -> Rule | None:
    """The rule that is drawn where none is named: that of the most robust plan if it has one, else the first
    that is reported; None for none."""
    reported = [rule for rule in found.rules if rule.holds]
    of_robust = [rule for rule in reported if rule.arm == found.most_robust.arm]
    return next(iter([*of_robust, *reported]), None)


def shown(found: Robustness) -> tuple[str, str, pd.DataFrame]:
    """Title, facts and table for a notebook."""
    facts = say(
        "robust.facts",
        plans=len(found.arms),
        worlds=len(found.worlds),
        runs=found.replications,
        all=found.futures,
    )
    return scenario_title(found), facts, found.table
