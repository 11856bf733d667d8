"""A budget search in sentences, and its section of a report."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import tomli_w
from matplotlib.figure import Figure

from sim.experiments.ensemble import told
from sim.experiments.intervals import LEAST_PAIRS, NO_RANGE, ROUGH_PAIRS, range_of, wilson
from sim.model.parameters import PARAMETERS
from sim.outputs.range_words import KIND, bounds_in_brackets, range_of_pairs
from sim.outputs.report import common
from sim.outputs.report.model import Part, Picture, Table
from sim.outputs.style import owner
from sim.results.outcomes import window
from sim.scenario import to_toml
from sim.scenario.programme import load_programmes
from sim.studies.budget.chart import pareto
from sim.studies.budget.menu import (
    COST_STEP,
    default_menu,
    funding_words,
    in_words,
    money_in_unit,
    number_in_unit,
)
from sim.studies.budget.package_value import LOSSES
from sim.studies.budget.stress import GAIN
from sim.text import figures, joins, language, say
from sim.text.joins import listed, sentences
from sim.units import MONTHS_PER_YEAR, NO_VALUE

if TYPE_CHECKING:
    import pandas as pd

    from sim.studies.budget.budget import BudgetSearch
    from sim.studies.budget.package_value import Rescored, Valued
    from sim.studies.budget.stress import Failing


INDENT = "  "  # before the lines that are rows of the front


def sentences_of(found: BudgetSearch) -> list[str]:
    """How many packages were tried, the front as fresh seeds see it, the recommendation, where it
    fails, and the ensemble."""
    count = found.asked.get("fresh") or len(found.asked.get("seeds", ()))
    return [
        *_counted(found),
        *beforehand(found),
        _basis(found),
        *(INDENT + _package(found, one) for one in found.front),
        *_stress_lines(found),
        *told(found.asked, count),
    ]


def shown(found: BudgetSearch) -> tuple[str, str, pd.DataFrame]:
    """Title, facts and table for a notebook."""
    facts = say("budget.facts", tried=figures.count(len(found.tried)), yearly=figures.money(found.yearly))
    return found.scenario.title.in_language(language()), facts, found.front_table


def _counted(found: BudgetSearch) -> list[str]:
    tried, searched, kept = len(found.tried), len(found.searched), len(found.front)
    yearly = money_in_unit(found.yearly)
    lines = [say("budget.tried_so_many", tried=tried, front=searched, yearly=yearly)]
    if kept < searched:
        lines.append(say("budget.left_out", kept=kept, left_out=searched - kept))
    return lines


def beforehand(found: BudgetSearch) -> list[str]:
    """Whose money it is; nothing for results of the first version that do not say what the menu was."""
    kinds = [item["kind"] for item in found.asked.get("menu") or ()]
    return [funding_words(found.scenario, found.yearly, found.payer, kinds)] if kinds else []


def _basis(found: BudgetSearch) -> str:
    """On what seeds the figures are, what stands in brackets after them, and what the public cost is."""
    if found.fresh:
        seeds = say("budget.by_fresh_seeds", seeds=found.asked.get("fresh", 0))
    else:
        seeds = say("budget.by_searched_seeds")
    costs = say("budget.cost_holds" if all(one.values for one in found.front) else "budget.cost_held")
    return sentences((seeds, _note_of_brackets(found.front), costs))


def _note_of_brackets(packages: Sequence[Valued]) -> str:
    """What stands in brackets after the mean figures of packages; nothing where there are no ranges."""
    held = packages[0].estimate("public_cost").range if packages else NO_RANGE
    if not held.exists:
        return ""
    return say(
        "budget.in_brackets", kind=KIND[held.kind], number=figures.count(held.pairs), least=LEAST_PAIRS
    )


def money_a_year(cost: float) -> str:
    """Yuan a year as the front was told apart by: in whole steps of COST_STEP, the same in every language."""
    return money_in_unit(_stepped(cost))


def _stepped(yuan: float) -> float:
    return round(yuan / COST_STEP) * COST_STEP


def money_sure(one: Valued, name: str) -> str:
    """An amount a year as `money_a_year`, in brackets the interval of its mean and
    its range, then the unit."""
    return money_in_unit(_stepped(getattr(one, name)), _brackets(one, name, number_in_unit))


def _share_sure_of(one: Valued, name: str, digits: int) -> str:
    """A mean share, in brackets the interval of the mean and its range."""
    return figures.share(getattr(one, name), digits) + _brackets(
        one, name, lambda value: figures.share(value, digits)
    )


def _brackets(one: Valued, name: str, written: Callable[[float], str]) -> str:
    found = one.estimate(name)
    return bounds_in_brackets(found.interval, found.range, written, " – ")


def _package(found: BudgetSearch, one: Valued) -> str:
    """What a package of the front costs and reaches, by which seeds, and what it is."""
    values: dict[str, Any] = {
        "number": one.number,
        "cost": _cost_a_year(one),
        "out": _share_sure_of(one, "out_of_cycle", 0),
        "worst": _share_sure_of(one, "worst_decile_satisfaction", 0),
        "what": in_words(one.package),
    }
    if not found.fresh:
        return say("budget.package", **values)
    seen = next(old for old in found.searched if old.number == one.number)
    return say(
        "budget.package_searched",
        seen_cost=money_a_year(seen.public_cost),
        seen_out=figures.share(seen.out_of_cycle, 0),
        seen_worst=figures.share(seen.worst_decile_satisfaction, 0),
        **values,
    )


def _cost_a_year(one: Valued) -> str:
    """The public cost, and what of it is losses of state-owned companies where that is not
    nothing in its rounding."""
    cost = money_sure(one, "public_cost")
    if round(one.state_owned_losses / COST_STEP) == 0:
        return say("budget.cost", cost=cost)
    return say("budget.cost_lost", cost=cost, lost=money_sure(one, LOSSES))


def _stress_lines(found: BudgetSearch) -> list[str]:
    stress, best = found.stress, found.recommended
    if stress is None or best is None:
        return []
    place, (well, futures) = stress.best, stress.confirmed
    lines = [
        _recommended(found, best),
        say(
            "budget.stands",
            share=figures.share(well / futures, 0),
            futures=futures,
            span=_share_sure(well, futures),
            part=figures.share(GAIN, 0),
            chose=stress.nothing.size,
            chosen=figures.share(float(stress.satisficing[place]), 0),
            regret=figures.points(float(stress.regret[place].max()), signed=False),
        ),
    ]
    if stress.regions:
        return lines + [_region(one) for one in stress.regions]
    if stress.enough[place].all():
        return [*lines, say("budget.fails_nowhere")]
    if not stress.enough[place].any():
        return [*lines, say("budget.fails_everywhere")]
    return [*lines, say("budget.fails_anyhow")]


def _share_sure(well: int, futures: int) -> str:
    """How precisely a share of futures is known, in brackets: nothing under five futures, rough under ten."""
    if futures < LEAST_PAIRS:
        return ""
    interval = wilson(well, futures)
    return say(
        "budget.interval_of_share" if futures >= ROUGH_PAIRS else "budget.interval_of_share_rough",
        level=figures.level(interval.level),
        low=figures.share(interval.low, 0),
        high=figures.share(interval.high, 0),
    )


def _recommended(found: BudgetSearch, best: Valued) -> str:
    """The recommendation and, on fresh seeds, what it gains beyond doing nothing, with its interval."""
    again = next((one for one in found.fresh if one.value.number == best.number), None)
    if again is None:
        return say("budget.recommended", number=best.number)
    return say(
        "budget.recommended_over" if best.public_cost > found.yearly else "budget.recommended_gain",
        number=best.number,
        cost=money_sure(best, "public_cost"),
        gain=figures.points(again.gain, signed=False),
        span=sure_of(again),
    )


def sure_of(again: Rescored) -> str:
    """How precisely the mean gain is known (rough under ten fresh seeds, nothing under five), and
    what it may be in a pair."""
    interval, held = again.gain_interval, again.gain_range
    text = ""
    if interval.exists:
        bounds = figures.interval(interval.low, interval.high, figures.POINTS)
        text = say("budget.interval_of_gain", level=figures.level(interval.level), bounds=bounds)
    if held.exists and held.pairs < LEAST_PAIRS:
        text += say("budget.no_interval", seeds=held.pairs)
    elif held.exists and held.pairs < ROUGH_PAIRS:
        text += say("budget.rough_interval", seeds=held.pairs)
    if held.exists:
        text += say("budget.may_happen", range=range_of_pairs(held, "share"))
    return text


def _region(one: Failing) -> str:
    """Where the recommended package fails: bounds of parameters, and how many of the futures there do."""
    parts = []
    for key, low, high in one.bounds:
        name = str(PARAMETERS[key].label)
        if math.isfinite(low) and math.isfinite(high):
            parts.append(f"{name} ({key}) ∈ [{figures.significant(low)}, {figures.significant(high)}]")
        elif math.isfinite(low):
            parts.append(f"{name} ({key}) > {figures.significant(low)}")
        else:
            parts.append(f"{name} ({key}) ≤ {figures.significant(high)}")
    return say(
        "budget.fails_where",
        where=say("budget.and").join(parts),
        density=figures.share(one.density, 0),
        futures=one.futures,
        coverage=figures.share(one.coverage, 0),
    )


# the section of a report

MENU_FILE = "menu.toml"


def part_of(found: BudgetSearch) -> Part:
    """Everything that a reader is told about a budget search."""
    scenario, lang = found.scenario, language()
    title, money = scenario.title.in_language(lang), figures.money(found.yearly)
    told = found.sentences()
    brief = [line for line in told if not line.startswith(INDENT)]  # the front is a table here
    command, note = _command(found)
    runs = len(found.asked.get("seeds", [])) or "?"
    sure = (
        say("budget.sure_search", tried=len(found.tried), runs=runs),
        *_stressed(found),
        say("budget.sure_cap"),
        common.share_assumed(scenario),
        say("report.not_forecast"),
    )
    files = [(f"{scenario.name}.toml", to_toml(scenario)), *common.ensemble_file(found.asked.get("ensemble"))]
    if found.asked.get("menu"):
        files.append((MENU_FILE, tomli_w.dumps({"menu": _without_empty(found.asked["menu"])})))
    return Part(
        say("budget.title", title=title, money=money),
        found.kind.title,
        say("budget.question", title=title, money=money),
        common.about(scenario),
        common.setting_table(_setting(found)),
        tuple(line.strip() for line in (brief if found.stress is not None else told)),
        (
            Picture(
                say("chart.pareto"),
                sentences(
                    (
                        say("budget.pareto_alt", window=window(found.scenario.months)),
                        *(line.strip() for line in told),
                    )
                ),
                partial(_drawn, found),
            ),
        ),
        (_front(found), _tried(found)),
        (_outcomes(found),),
        sure,
        common.assumptions([scenario]),
        (command,),
        common.found_traces(found),
        say("report.no_programme"),
        note,
        tuple(files),
        tuple(_robust(found)),
        ("cycle_share_last_year",),
        (scenario.name,),
    )


def _drawn(found: BudgetSearch) -> Figure:
    return owner(pareto(found))


def _without_empty(menu: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{key: value for key, value in item.items() if value not in ({}, None)} for item in menu]


def _setting(found: BudgetSearch) -> list[tuple[str, str]]:
    known, asked, lang = load_programmes(), found.asked, language()
    rows = [
        *common.size_rows(found.scenario),
        (say("budget.yearly"), figures.money(found.yearly)),
    ]
    if found.payer:
        rows.append((say("funding.row"), say(f"bearer.{found.payer}")))
    if asked.get("menu"):
        labels = [known[item["kind"]].label().in_language(lang) for item in asked["menu"]]
        rows.append((say("budget.menu"), listed(labels)))
    rows += [
        (say("budget.already"), common.programmes_line(found.scenario)),
        (say("budget.tried"), figures.count(len(found.tried))),
        *common.ensemble_rows(common.facts_of(asked.get("ensemble"))),
    ]
    return rows + ([(say("report.seeds"), listed(map(str, asked["seeds"])))] if "seeds" in asked else [])


def _number(found: BudgetSearch, one: Valued) -> str:
    best = found.recommended is not None and found.recommended.number == one.number
    return f"#{one.number}" + (" ★" if best else "")


def _front(found: BudgetSearch) -> Table:
    years = found.scenario.months / MONTHS_PER_YEAR
    estates = found.scenario.city.estates
    again = {one.value.number: one for one in found.fresh}
    before = {one.number: one for one in found.searched}
    rows = []
    for one in found.front:
        price = _price(one, again[one.number], estates) if one.number in again else NO_VALUE
        cells = [
            money_sure(one, "public_cost"),
            money_a_year(before[one.number].public_cost),
            money_sure(one, LOSSES),
            money_a_year(one.fiscal_spending_dearest_year),
        ]
        rows.append((_number(found, one), in_words(one.package), *cells, price))
    columns = (
        say("budget.package_head"),
        say("budget.bought_head"),
        say("budget.cost_a_year"),
        say("budget.searched"),
        say("budget.state_owned"),
        say("budget.dearest_year"),
        say("budget.price_last_year"),
    )
    note = sentences(
        (
            say("budget.front_note", years=figures.significant(years), window=window(found.scenario.months)),
            _seeds_of(found),
            _note_of_brackets(found.front),
        )
    )
    return Table(say("budget.front"), columns, tuple(rows), note)


def _price(one: Valued, again: Rescored, estates: int) -> str:
    """Public cost for each estate more out of the cycle; in brackets what it may be in a pair,
    where each pair has one."""
    if not again.gain > 0:
        return NO_VALUE
    price = figures.money(one.public_cost / (again.gain * estates))
    gains = np.array(again.gains)
    if not gains.size or not (gains > 0).all():
        return price
    return joins.bracketed(
        price, range_of_pairs(range_of(np.array(one.values["public_cost"]) / (gains * estates)), "yuan")
    )


def _seeds_of(found: BudgetSearch) -> str:
    """On what seeds the figures are."""
    if found.fresh:
        return say("budget.front_fresh", seeds=found.asked.get("fresh", "?"))
    return say("budget.front_same")


def _outcomes(found: BudgetSearch) -> Table:
    again = {one.value.number: one for one in found.fresh}
    before = {one.number: one for one in found.searched}
    rows = []
    for one in found.front:
        gain = NO_VALUE
        if one.number in again:
            held = again[one.number]
            gain = figures.points(held.gain) + sure_of(held)
        seen = before[one.number]
        rows.append((_number(found, one), gain, *_shares(one), listed(_mean_shares(seen))))
    columns = (
        say("budget.package_head"),
        say("budget.gain"),
        say("budget.out_last_year", window=window(found.scenario.months)),
        say("budget.worst_tenth"),
        say("budget.searched"),
    )
    note = sentences((_seeds_of(found), _note_of_brackets(found.front)))
    return Table(say("budget.gains"), columns, tuple(rows), note)


def _shares(one: Valued) -> tuple[str, str]:
    """Estates out of the cycle, and satisfaction of the worst tenth."""
    return _share_sure_of(one, "out_of_cycle", 1), _share_sure_of(one, "worst_decile_satisfaction", 1)


def _mean_shares(one: Valued) -> tuple[str, str]:
    return figures.share(one.out_of_cycle), figures.share(one.worst_decile_satisfaction)


def _tried(found: BudgetSearch) -> Table:
    rows = tuple(
        (_number(found, one), in_words(one.package), money_sure(one, "public_cost"), *_shares(one))
        for one in found.tried
    )
    columns = (
        say("budget.package_head"),
        say("budget.bought_head"),
        say("budget.cost_a_year"),
        say("budget.out_last_year", window=window(found.scenario.months)),
        say("budget.worst_tenth"),
    )
    note = sentences((say("budget.tried_note"), _note_of_brackets(found.tried)))
    return Table(say("budget.all_tried"), columns, rows, note, folded=True)


def _stressed(found: BudgetSearch) -> tuple[str, ...]:
    if found.stress is None:
        return (say("budget.no_stress"),)
    well, futures = found.stress.confirmed
    tried = say("budget.sure_stress", futures=found.stress.nothing.size, parameters=len(found.stress.keys))
    return (tried, say("budget.confirmed", well=well, futures=futures)) if futures else (tried,)


def _robust(found: BudgetSearch) -> list[Table]:
    stress = found.stress
    if stress is None:
        return []
    rows = tuple(
        (
            _number(found, one),
            figures.share(float(enough), 0),
            figures.points(float(regret.max()), signed=False),
            figures.points(float(regret.mean()), signed=False),
        )
        for one, enough, regret in zip(found.front, stress.satisficing, stress.regret, strict=True)
    )
    columns = (
        say("budget.package_head"),
        say("budget.satisficing"),
        say("budget.worst_regret"),
        say("budget.mean_regret"),
    )
    return [Table(say("budget.robust"), columns, rows, say("budget.robust_note"))]


def _command(found: BudgetSearch) -> tuple[str, str]:
    scenario, asked = found.scenario, found.asked
    own = not common.shipped(scenario.name, scenario)
    parts = [
        "estate budget",
        f"{scenario.name}.toml" if own else scenario.name,
        "--yearly",
        f"{found.yearly:.10g}",
        "--trials",
        str(len(found.tried)),
    ]
    if found.payer:
        parts += ["--payer", found.payer]
    menu = asked.get("menu")
    if menu and menu != [item.model_dump(mode="json") for item in default_menu()]:
        parts += ["--menu", MENU_FILE]
        own = True
    if "seeds" in asked:
        seeds = f"--replications {len(asked['seeds'])}"
        parts += [seeds, f"--stress {asked['stress']}", f"--fresh {asked['fresh']}"]
    parts += ["--months", str(scenario.months)]
    option = common.ensemble_option(asked.get("ensemble"))
    return " ".join(parts) + option, say("report.own_file" if own else "report.same_command")
