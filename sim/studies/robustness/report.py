"""The report of how robust plans are."""

from __future__ import annotations

import shlex
from functools import partial
from typing import TYPE_CHECKING, Any

from matplotlib.figure import Figure

from sim.experiments.discovery import tried
from sim.outputs.catalog import capital, level_of
from sim.outputs.range_words import sure_of_runs
from sim.outputs.report import common
from sim.outputs.report.model import Part, Picture, Table
from sim.outputs.style import owner
from sim.scenario import to_toml
from sim.studies.robustness.chart import failing_region, regret
from sim.studies.robustness.variants import settings_text
from sim.studies.robustness.words import (
    decided_on,
    enough,
    input_name,
    met_words,
    plan_name,
    plans,
    plans_note,
    region_alt,
    regret_alt,
    regret_words,
    share_bounds,
    share_words,
    side_words,
    weight_of,
    world_name,
    worst_words,
)
from sim.studies.robustness.worlds import LOOPS, MECHANISMS
from sim.text import figures, say
from sim.text.joins import bracketed, listed
from sim.units import NO_VALUE

if TYPE_CHECKING:
    from sim.studies.robustness.robust import Robustness


def part_of(found: Robustness) -> Part:
    """Everything that a reader is told about how robust plans are."""
    scenarios = list(found.asked["arms"].values())
    names: dict[str, Any] = {"plans": plans(found), "subject": decided_on(found)}
    sure = (
        say("robust.sure_regret"),
        say("robust.sure_worlds"),
        say("robust.sure_rule"),
        *found.warnings(),
        common.share_assumed(found.scenario),
        say("report.not_forecast"),
    )
    seeds = found.asked["seeds"]
    rows = [
        *common.size_rows(found.scenario),
        (say("robust.decided_on"), decided_on(found)),
        *([(say("robust.does_well"), enough(found))] if found.thresholds else []),
        (say("robust.worlds"), listed(world_name(world) for world in found.worlds)),
        (say("robust.runs_each"), say("robust.runs_line", runs=found.replications, all=found.futures)),
        *(
            (input_name(found, key), f"{low:g}–{high:g}")
            for key, (low, high) in found.asked["factors"].items()
        ),
        (say("report.seeds"), f"{seeds[0]}–{seeds[-1]} ({len(seeds)})"),
        *common.ensemble_rows(common.facts_of(found.ensemble)),
    ]
    command, note = _command(found)
    pictures = [Picture(say("chart.regret"), regret_alt(found), partial(_drawn_regret, found))]
    pictures += [
        Picture(
            f"{say('chart.failing_region')} · {plan_name(found, rule.arm)}",
            region_alt(found, rule.arm),
            partial(_drawn_region, found, rule.arm),
        )
        for rule in found.rules
        if rule.holds
    ]
    return Part(
        say("robust.title", **names),
        found.kind.title,
        say("robust.question", **names),
        common.about(found.scenario),
        common.setting_table(rows),
        tuple(found.sentences()),
        tuple(pictures),
        (),
        (),
        sure,
        common.assumptions(scenarios),
        (command,),
        common.found_traces(found),
        "",
        note,
        (
            *((f"{name}.toml", to_toml(one)) for name, one in found.asked["arms"].items()),
            *common.ensemble_file(found.ensemble),
            *(
                part
                for one in found.variants.values()
                if one.own
                for part in common.ensemble_file(one.ensemble)
            ),
        ),
        (_plans(found), _regrets(found), *_enough(found), *_variants(found), *_rules(found)),
        tuple(dict.fromkeys((found.outcome, *found.thresholds))),
        tuple(scenario.name for scenario in scenarios),
    )


def _drawn_regret(found: Robustness) -> Figure:
    return owner(regret(found))


def _drawn_region(found: Robustness, arm: str) -> Figure:
    return owner(failing_region(found, arm))


def _plans(found: Robustness) -> Table:
    """How every plan stands over all worlds."""
    rows = []
    for one in found.standings:
        mean = level_of(one.mean.mean, found.unit)
        told = sure_of_runs(one.mean.interval, one.mean.range, found.unit)
        row = [plan_name(found, one.arm), bracketed(mean, told) if told else mean, worst_words(found, one)]
        if found.thresholds:
            row.append(met_words(found, one))
        rows.append(tuple(row))
    columns = [say("robust.plan"), say("robust.mean_as_it_is"), say("robust.head.worst_regret")]
    columns += [say("robust.met_over_worlds")] if found.thresholds else []
    return Table(say("robust.plans_table"), tuple(columns), tuple(rows), plans_note(found))


def _regrets(found: Robustness) -> Table:
    rows = [
        (world_name(world), *(regret_words(found, arm, world) for arm in found.arms))
        for world in found.worlds
    ]
    columns = (say("robust.world"), *(plan_name(found, arm) for arm in found.arms))
    title = say("robust.regret_table", subject=decided_on(found))
    return Table(title, columns, tuple(rows), say("robust.sure_regret"), folded=True)


def _enough(found: Robustness) -> list[Table]:
    """How often plans do well enough, by world; no table without thresholds."""
    if not found.thresholds:
        return []
    rows = []
    for world in found.worlds:
        met = found.met(world)
        shares = [share_bounds(float(one.mean()), found.share_met(one), one.size) for one in met]
        rows.append((world_name(world), figures.count(met.shape[1]), *shares))
    columns = (say("robust.world"), say("robust.runs"), *(plan_name(found, arm) for arm in found.arms))
    return [Table(say("robust.enough_table", enough=enough(found)), columns, tuple(rows), folded=True)]


def _variants(found: Robustness) -> list[Table]:
    """Of every structural variant over what its runs are and its weight; no table where there are none."""
    rows = []
    for one in found.variants.values():
        held = one.ensemble.name if one.ensemble is not None else NO_VALUE
        if one.ensemble is not None:
            held = bracketed(held, say("robust.fitted") if one.own else say("robust.not_fitted"))
        rows.append((one.name, settings_text(one), held, weight_of(found, one.name) or NO_VALUE))
    heads = ("variant", "settings", "ensemble", "weight")
    columns = tuple(say(f"robust.head.{name}") for name in heads)
    return (
        [Table(say("robust.variants_table"), columns, tuple(rows), say("robust.variants_note"))]
        if rows
        else []
    )


def _rules(found: Robustness) -> list[Table]:
    """The boxes of every plan's rule; no table where there are none."""
    rows = []
    for rule in found.rules:
        if not rule.holds:
            continue
        fails = ~found.met(found.worlds[0])[found.arms.index(rule.arm)]
        seen = tried(rule.found, found.inputs, fails)
        shares = [seen.density, seen.coverage]
        fresh = [rule.fresh.density, rule.fresh.coverage] if rule.fresh is not None else []
        for number, box in enumerate(rule.found.boxes, 1):
            for side in box.sides:
                rows.append(
                    (
                        plan_name(found, rule.arm),
                        figures.count(number),
                        capital(side_words(found, side)),
                        figures.significant(side.quasi_p, 2),
                        figures.share(side.repeated, 0),
                        *(figures.share(share.value, 0) for share in shares),
                        *([share_words(found, share) for share in fresh] or [NO_VALUE, NO_VALUE]),
                    )
                )
    heads = ("box", "input", "quasi_p", "repeated", "density", "coverage", "fresh_density", "fresh_coverage")
    columns = (say("robust.plan"), *(say(f"robust.head.{name}") for name in heads))
    note = say("robust.rules_note")
    return [Table(say("robust.rules_table"), columns, tuple(rows), note)] if rows else []


def _command(found: Robustness) -> tuple[str, str]:
    asked = found.asked
    arms = asked["arms"]
    own = [name for name, scenario in arms.items() if not common.shipped(name, scenario)]
    names = " ".join(f"{name}.toml" if name in own else name for name in arms)
    parts = [
        f"estate robust {names}",
        *(f"--threshold {key}={limit:g}" for key, limit in found.thresholds.items()),
    ]
    parts.append(f"--outcome {found.outcome}")
    parts += [f"--factor '{key}={low:g}:{high:g}'" for key, (low, high) in asked["factors"].items()]
    if tuple(asked["worlds"]) != (LOOPS, MECHANISMS):
        parts += [f"--world {name}" for name in asked["worlds"] or ("none",)]
    parts += [
        f"--variant {shlex.quote(f'{one.name}:{settings_text(one)}')}" for one in found.variants.values()
    ]
    parts.append(f"--replications {found.replications} --futures {found.futures} --fresh {asked['fresh']}")
    parts.append(f"--seed {asked['seeds'][0]} --months {found.scenario.months} --level {found.level:g}")
    command = " ".join(parts) + common.ensemble_option(found.ensemble)
    return command, say("report.own_file" if own else "report.same_command")
