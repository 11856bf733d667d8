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
from sim.experiments.intervals import (
    FEW,
    LEAST_PAIRS,
    LEVEL,
    NO_RANGE,
    ROUGH_PAIRS,
    Interval,
    wilson,
)
from sim.model.parameters import PARAMETERS
from sim.outputs.range_words import (
    KIND,
    OF_NOTE,
    WHY_NONE,
    bounds_in_brackets,
    doubted,
    how_sure,
    range_of_pairs,
)
from sim.outputs.report import common
from sim.outputs.report.model import Part, Picture, Table
from sim.outputs.style import owner
from sim.results.outcomes import window
from sim.scenario import to_toml
from sim.scenario.formats import FORMAT, KEY
from sim.scenario.programme import load_programmes
from sim.studies.budget.beside_words import alternatives_table, rival_tables, sentences_beside
from sim.studies.budget.chart import only_fresh_seed, pareto
from sim.studies.budget.menu import (
    COST_STEP,
    as_data,
    default_menu,
    funding_words,
    in_words,
    money_in_unit,
    number_in_unit,
    shared_purse,
)
from sim.studies.budget.package_value import LOSSES
from sim.studies.budget.stress import GAIN
from sim.studies.comparison.cost_effect import TOO_FEW, cost_effect
from sim.text import figures, joins, language, say
from sim.text.joins import listed, sentences
from sim.units import MONTHS_PER_YEAR, NO_VALUE

if TYPE_CHECKING:
    import pandas as pd

    from sim.studies.budget.budget import BudgetSearch
    from sim.studies.budget.package_value import Rescored, Valued
    from sim.studies.budget.stress import Failing


INDENT = "  "  # before the lines that are rows of the front


def sentences_of(search: BudgetSearch) -> list[str]:
    """How many packages were tried, the front as fresh seeds see it, the recommendation, where it
    fails, and the ensemble."""
    count = search.asked.get("fresh") or len(search.asked.get("seeds", ()))
    return [
        *_counted(search),
        *beforehand(search),
        _basis(search),
        *(INDENT + _package(search, one) for one in search.front),
        *_stress_lines(search),
        *sentences_beside(search),
        *told(search.asked, count),
    ]


def shown(search: BudgetSearch) -> tuple[str, str, pd.DataFrame]:
    """Title, facts and table for a notebook."""
    facts = say("budget.facts", tried=figures.count(len(search.tried)), yearly=figures.money(search.yearly))
    return search.scenario.title.in_language(language()), facts, search.front_table


def _counted(search: BudgetSearch) -> list[str]:
    tried, searched, kept = len(search.tried), len(search.searched), len(search.front)
    yearly = money_in_unit(search.yearly)
    lines = [say("budget.tried_so_many", tried=tried, front=searched, yearly=yearly)]
    if kept < searched:
        lines.append(say("budget.left_out", kept=kept, left_out=searched - kept))
    return lines


def beforehand(search: BudgetSearch) -> list[str]:
    """Whose money it is; nothing for results of the first version that do not say what the menu was."""
    kinds = [item["kind"] for item in search.asked.get("menu") or ()]
    if not kinds:
        return []
    said = [funding_words(search.scenario, search.yearly, search.payer, kinds)]
    shared = shared_purse(search.scenario, kinds, search.payer)
    return [*said, shared] if shared else said


def _basis(search: BudgetSearch) -> str:
    """On what seeds the figures are, what stands in brackets after them, and what the public cost is."""
    if (seed := only_fresh_seed(search)) is not None:
        seeds = say("budget.by_fresh_seed", seed=seed)
    elif search.fresh:
        seeds = say("budget.by_fresh_seeds", seeds=search.asked.get("fresh", 0))
    else:
        seeds = say("budget.by_searched_seeds")
    costs = say("budget.cost_holds" if all(one.values for one in search.front) else "budget.cost_held")
    return sentences((seeds, _note_of_brackets(search.front), costs))


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


def money_sure(valued: Valued, name: str) -> str:
    """An amount a year as `money_a_year`, in brackets the interval of its mean and
    its range, then the unit."""
    return money_in_unit(_stepped(getattr(valued, name)), _brackets(valued, name, number_in_unit))


def _share_sure_of(valued: Valued, name: str, digits: int) -> str:
    """A mean share, in brackets the interval of the mean and its range."""
    return figures.share(getattr(valued, name), digits) + _brackets(
        valued, name, lambda value: figures.share(value, digits)
    )


def _brackets(valued: Valued, name: str, written: Callable[[float], str]) -> str:
    estimate = valued.estimate(name)
    return bounds_in_brackets(estimate.interval, estimate.range, written, " – ")


def _package(search: BudgetSearch, valued: Valued) -> str:
    """What a package of the front costs and reaches, by which seeds, and what it is."""
    values: dict[str, Any] = {
        "number": valued.number,
        "cost": _cost_a_year(valued),
        "out": _share_sure_of(valued, "out_of_cycle", 0),
        "worst": _share_sure_of(valued, "worst_decile_satisfaction", 0),
        "what": in_words(valued.package),
    }
    if not search.fresh:
        return say("budget.package", **values)
    seen = next(old for old in search.searched if old.number == valued.number)
    return say(
        "budget.package_searched",
        seen_cost=money_a_year(seen.public_cost),
        seen_out=figures.share(seen.out_of_cycle, 0),
        seen_worst=figures.share(seen.worst_decile_satisfaction, 0),
        **values,
    )


def _cost_a_year(valued: Valued) -> str:
    """The public cost, and what of it is losses of state-owned companies where that is not
    nothing in its rounding."""
    cost = money_sure(valued, "public_cost")
    if round(valued.state_owned_losses / COST_STEP) == 0:
        return say("budget.cost", cost=cost)
    return say("budget.cost_lost", cost=cost, lost=money_sure(valued, LOSSES))


def _stress_lines(search: BudgetSearch) -> list[str]:
    stress, best = search.stress, search.recommended
    if stress is None or best is None:
        return []
    return [_recommended(search, best), *where_it_fails(search)]


def where_it_fails(search: BudgetSearch) -> list[str]:
    """In which share of futures the recommended package does well enough, and where it fails; [] without a
    stress test."""
    stress = search.stress
    if stress is None:
        return []
    number, (well, futures) = stress.best, stress.confirmed
    lines = [
        say(
            "budget.stands",
            share=figures.share(well / futures, 0),
            futures=futures,
            span=_share_sure(well, futures),
            part=figures.share(GAIN, 0),
            chose=stress.nothing.size,
            chosen=figures.share(float(stress.satisficing[number]), 0),
            regret=figures.points(float(stress.regret[number].max()), signed=False),
        ),
    ]
    if stress.regions:
        return lines + [_region(one) for one in stress.regions]
    if stress.enough[number].all():
        return [*lines, say("budget.fails_nowhere")]
    if not stress.enough[number].any():
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


def _recommended(search: BudgetSearch, best: Valued) -> str:
    """The recommendation and, on fresh seeds, what it gains beyond doing nothing, with its interval."""
    again = next((one for one in search.fresh if one.value.number == best.number), None)
    if again is None:
        return say("budget.recommended", number=best.number, what=in_words(best.package))
    price = _price(best, again, search.scenario.city.estates)
    return say(
        "budget.recommended_over" if best.public_cost > search.yearly else "budget.recommended_gain",
        number=best.number,
        what=in_words(best.package),
        cost=money_sure(best, "public_cost"),
        price=say("budget.costs_per_estate", price=price) if price != NO_VALUE else "",
        gain=figures.points(again.gain, signed=False),
        span=sure_of(again),
    )


def sure_of(again: Rescored) -> str:
    """How precisely the mean gain is known (rough under ten fresh seeds, nothing under five), and
    what it may be in a pair."""
    interval, held = again.gain_interval, again.gain_range
    if held.pairs == 1:
        return say("budget.no_interval_of_one")
    text = ""
    if interval.exists:
        bounds = figures.interval(interval.low, interval.high, figures.POINTS)
        text = say("budget.interval_of_gain", level=figures.level(interval.level), bounds=bounds)
    if held.exists and held.pairs < LEAST_PAIRS:
        text += say("budget.no_interval", seeds=held.pairs)
    elif interval.exists and held.pairs < ROUGH_PAIRS:
        text += say("budget.rough_interval", seeds=held.pairs)
    elif interval.note in OF_NOTE:
        text += joins.bracketed("", WHY_NONE[OF_NOTE[interval.note]])
    text += "".join(joins.bracketed("", told) for told in doubted(interval))
    if held.exists:
        text += say("budget.may_happen", range=range_of_pairs(held, "share"))
    return text


def _region(region: Failing) -> str:
    """Where the recommended package fails: bounds of parameters, and how many of the futures there do."""
    parts = []
    for key, low, high in region.bounds:
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
        density=figures.share(region.density, 0),
        futures=region.futures,
        coverage=figures.share(region.coverage, 0),
    )


# the section of a report

MENU_FILE = "menu.toml"


def part_of(search: BudgetSearch) -> Part:
    """Everything that a reader is told about a budget search."""
    scenario, lang = search.scenario, language()
    title, money = scenario.title.in_language(lang), figures.money(search.yearly)
    told = search.sentences()
    brief = [line for line in told if not line.startswith(INDENT)]  # the front is a table here
    command, note = _command(search)
    runs = len(search.asked.get("seeds", [])) or "?"
    sure = (
        say("budget.sure_search", tried=len(search.tried), runs=runs),
        *_stressed(search),
        say("budget.sure_cap"),
        common.share_assumed(scenario),
        say("report.not_forecast"),
    )
    files = [
        (f"{scenario.name}.toml", to_toml(scenario)),
        *common.ensemble_file(search.asked.get("ensemble")),
    ]
    if search.asked.get("menu"):
        order = {"order": search.asked["order"]} if "order" in search.asked else {}
        menu = {KEY: FORMAT} | order | {"menu": _without_empty(search.asked["menu"])}
        files.append((MENU_FILE, tomli_w.dumps(menu)))
    return Part(
        say("budget.title", title=title, money=money),
        search.kind.title,
        say("budget.question", title=title, money=money),
        common.about(scenario),
        common.setting_table(_setting(search)),
        tuple(line.strip() for line in (brief if search.stress is not None else told)),
        (
            Picture(
                say("chart.pareto"),
                sentences(
                    (
                        say("budget.pareto_alt", window=window(search.scenario.months)),
                        *(line.strip() for line in told),
                    )
                ),
                partial(_drawn, search),
            ),
        ),
        (_front(search), _tried(search)),
        (_outcomes(search), *alternatives_table(search), *rival_tables(search)),
        sure,
        common.assumptions([scenario]),
        (command,),
        common.found_traces(search),
        say("report.no_programme"),
        note,
        tuple(files),
        tuple(_robust(search)),
        ("cycle_share_last_year",),
        (scenario.name,),
    )


def _drawn(search: BudgetSearch) -> Figure:
    return owner(pareto(search))


def _without_empty(menu: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{key: value for key, value in item.items() if value not in ({}, None)} for item in menu]


def _setting(search: BudgetSearch) -> list[tuple[str, str]]:
    known, asked, lang = load_programmes(), search.asked, language()
    rows = [
        *common.size_rows(search.scenario),
        (say("budget.yearly"), figures.money(search.yearly)),
    ]
    if search.payer:
        rows.append((say("funding.row"), say(f"bearer.{search.payer}")))
    if asked.get("menu"):
        labels = [known[item["kind"]].label().in_language(lang) for item in asked["menu"]]
        rows.append((say("budget.menu"), listed(labels)))
    rows += [
        (say("budget.already"), common.programmes_line(search.scenario)),
        (say("budget.tried"), figures.count(len(search.tried))),
        *common.ensemble_rows(common.facts_of(asked.get("ensemble"))),
    ]
    return rows + ([(say("report.seeds"), listed(map(str, asked["seeds"])))] if "seeds" in asked else [])


def _number(search: BudgetSearch, valued: Valued) -> str:
    best = search.recommended is not None and search.recommended.number == valued.number
    return f"#{valued.number}" + (" ★" if best else "")


def _front(search: BudgetSearch) -> Table:
    years = search.scenario.months / MONTHS_PER_YEAR
    estates = search.scenario.city.estates
    again = {one.value.number: one for one in search.fresh}
    before = {one.number: one for one in search.searched}
    rows = []
    for valued in search.front:
        price = _price(valued, again[valued.number], estates) if valued.number in again else NO_VALUE
        cells = [
            money_sure(valued, "public_cost"),
            money_a_year(before[valued.number].public_cost),
            money_sure(valued, LOSSES),
            money_a_year(valued.fiscal_spending_dearest_year),
        ]
        rows.append((_number(search, valued), in_words(valued.package), *cells, price))
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
            say("budget.front_note", years=figures.significant(years), window=window(search.scenario.months)),
            _seeds_of(search),
            _note_of_brackets(search.front),
        )
    )
    return Table(say("budget.front"), columns, tuple(rows), note)


def _price(valued: Valued, again: Rescored, estates: int) -> str:
    """Public cost for each estate more out of the cycle; in brackets the interval of the ratio of means and
    what it may be in a pair, or in how many pairs there is a price at all."""
    if not again.gain > 0:
        return NO_VALUE
    price = figures.money(valued.public_cost / (again.gain * estates))
    gains = np.array(again.gains)
    if not gains.size:  # of before each pair's gain was kept
        return price
    found = cost_effect(np.array(valued.values["public_cost"]), gains * estates)
    few = FEW if found.verdict == TOO_FEW else ""
    sure = [how_sure(Interval(found.low, found.high, LEVEL, few), found.price_range, "yuan")]
    if gains.size > 1 and not found.price_range.exists:
        helped, pairs = figures.count(int((gains > 0).sum())), figures.count(gains.size)
        sure.append(say("budget.price_no_range", helped=helped, pairs=pairs))
    return joins.bracketed(price, joins.clauses([part for part in sure if part]))


def _seeds_of(search: BudgetSearch) -> str:
    """On what seeds the figures are."""
    if (seed := only_fresh_seed(search)) is not None:
        return say("budget.front_fresh_one", seed=seed)
    if search.fresh:
        return say("budget.front_fresh", seeds=search.asked.get("fresh", "?"))
    return say("budget.front_same")


def _outcomes(search: BudgetSearch) -> Table:
    again = {one.value.number: one for one in search.fresh}
    before = {one.number: one for one in search.searched}
    rows = []
    for valued in search.front:
        gain = NO_VALUE
        if valued.number in again:
            held = again[valued.number]
            gain = figures.points(held.gain) + sure_of(held)
        seen = before[valued.number]
        rows.append((_number(search, valued), gain, *_shares(valued), listed(_mean_shares(seen))))
    columns = (
        say("budget.package_head"),
        say("budget.gain"),
        say("budget.out_last_year", window=window(search.scenario.months)),
        say("budget.worst_tenth"),
        say("budget.searched"),
    )
    note = sentences((_seeds_of(search), _note_of_brackets(search.front)))
    return Table(say("budget.gains"), columns, tuple(rows), note)


def _shares(valued: Valued) -> tuple[str, str]:
    """Estates out of the cycle, and satisfaction of the worst tenth."""
    return _share_sure_of(valued, "out_of_cycle", 1), _share_sure_of(valued, "worst_decile_satisfaction", 1)


def _mean_shares(valued: Valued) -> tuple[str, str]:
    return figures.share(valued.out_of_cycle), figures.share(valued.worst_decile_satisfaction)


def _tried(search: BudgetSearch) -> Table:
    rows = tuple(
        (_number(search, one), in_words(one.package), money_sure(one, "public_cost"), *_shares(one))
        for one in search.tried
    )
    columns = (
        say("budget.package_head"),
        say("budget.bought_head"),
        say("budget.cost_a_year"),
        say("budget.out_last_year", window=window(search.scenario.months)),
        say("budget.worst_tenth"),
    )
    note = sentences((say("budget.tried_note"), _note_of_brackets(search.tried)))
    return Table(say("budget.all_tried"), columns, rows, note, folded=True)


def _stressed(search: BudgetSearch) -> tuple[str, ...]:
    if search.stress is None:
        return (say("budget.no_stress"),)
    well, futures = search.stress.confirmed
    tried = say("budget.sure_stress", futures=search.stress.nothing.size, parameters=len(search.stress.keys))
    return (tried, say("budget.confirmed", well=well, futures=futures)) if futures else (tried,)


def _robust(search: BudgetSearch) -> list[Table]:
    stress = search.stress
    if stress is None:
        return []
    rows = tuple(
        (
            _number(search, one),
            figures.share(float(enough), 0),
            figures.points(float(regret.max()), signed=False),
            figures.points(float(regret.mean()), signed=False),
        )
        for one, enough, regret in zip(search.front, stress.satisficing, stress.regret, strict=True)
    )
    columns = (
        say("budget.package_head"),
        say("budget.satisficing"),
        say("budget.worst_regret"),
        say("budget.mean_regret"),
    )
    return [Table(say("budget.robust"), columns, rows, say("budget.robust_note"))]


def _command(search: BudgetSearch) -> tuple[str, str]:
    scenario, asked = search.scenario, search.asked
    own = not common.shipped(scenario.name, scenario)
    parts = [
        "estate budget",
        f"{scenario.name}.toml" if own else scenario.name,
        "--yearly",
        f"{search.yearly:.10g}",
        "--trials",
        str(len(search.tried)),
    ]
    if search.payer:
        parts += ["--payer", search.payer]
    menu = asked.get("menu")
    if menu and (menu != [as_data(item) for item in default_menu()] or "order" in asked):
        parts += ["--menu", MENU_FILE]
        own = True
    if "seeds" in asked:
        seeds = f"--replications {len(asked['seeds'])}"
        parts += [seeds, f"--stress {asked['stress']}", f"--fresh {asked['fresh']}"]
        parts += [] if asked.get("rivals") or not asked["fresh"] else ["--no-rivals"]
    parts += ["--months", str(scenario.months)]
    option = common.ensemble_option(asked.get("ensemble"))
    return " ".join(parts) + option, say("report.own_file" if own else "report.same_command")
