"""The report of a budget search: what was tried, what is on the front, and how the recommended package stands uncertainty."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import tomli_w
from matplotlib.figure import Figure

from sim.outputs.report import common, words
from sim.outputs.report.model import Part, Picture, Table
from sim.outputs.style import owner
from sim.scenario import to_toml
from sim.scenario.programme import load_programmes
from sim.studies.budget.chart import pareto
from sim.studies.budget.menu import default_menu, in_words
from sim.studies.budget.words import INDENT, money_a_year, sure_of
from sim.text import figures, language, say
from sim.text.joins import listed, sentences
from sim.units import MONTHS_PER_YEAR, NO_VALUE

if TYPE_CHECKING:
    from sim.studies.budget.budget import BudgetSearch
    from sim.studies.budget.valuing import Valued

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
        common.share_assumed(scenario, lang),
        words.say("not_forecast", lang),
    )
    files = [(f"{scenario.name}.toml", to_toml(scenario)), *common.ensemble_file(found.asked.get("ensemble"))]
    if found.asked.get("menu"):
        files.append((MENU_FILE, tomli_w.dumps({"menu": _without_empty(found.asked["menu"])})))
    return Part(
        say("budget.title", title=title, money=money),
        found.kind.title,
        say("budget.question", title=title, money=money),
        common.about(scenario, lang),
        common.setting_table(_setting(found), lang),
        tuple(line.strip() for line in (brief if found.stress is not None else told)),
        (
            Picture(
                say("chart.pareto"),
                sentences((say("budget.pareto_alt"), *(line.strip() for line in told))),
                partial(_drawn, found),
            ),
        ),
        (_front(found), _tried(found)),
        (_outcomes(found),),
        sure,
        common.assumptions([scenario], lang),
        (command,),
        common.found_traces(found, lang),
        words.say("no_programme", lang),
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
        *common.size_rows(found.scenario, lang),
        (say("budget.yearly"), figures.money(found.yearly)),
    ]
    if found.payer:
        rows.append((say("funding.row"), say(f"bearer.{found.payer}")))
    if asked.get("menu"):
        labels = [known[item["kind"]].label().in_language(lang) for item in asked["menu"]]
        rows.append((say("budget.menu"), listed(labels)))
    rows += [
        (say("budget.already"), common.programmes_line(found.scenario, lang)),
        (say("budget.tried"), figures.count(len(found.tried))),
        *common.ensemble_rows(common.facts_of(asked.get("ensemble")), lang),
    ]
    return rows + ([(words.say("seeds", lang), listed(map(str, asked["seeds"])))] if "seeds" in asked else [])


def _number(found: BudgetSearch, one: Valued) -> str:
    best = found.recommended is not None and found.recommended.number == one.number
    return f"#{one.number}" + (" ★" if best else "")


def _front(found: BudgetSearch) -> Table:
    years = found.scenario.months / MONTHS_PER_YEAR
    estates = found.scenario.city.estates
    gains = {one.value.number: one.gain for one in found.fresh}
    before = {one.number: one for one in found.searched}
    rows = []
    for one in found.front:
        gain = gains.get(one.number, float("nan"))
        price = figures.money(one.cost / (gain * estates)) if gain > 0 else NO_VALUE
        cells = [
            money_a_year(value)
            for value in (one.cost, before[one.number].cost, one.state_owned, one.most_in_a_year)
        ]
        rows.append((_number(found, one), in_words(one.package), *cells, price))
    columns = (
        say("budget.package_head"),
        say("budget.bought_head"),
        say("budget.cost_a_year"),
        say("budget.searched"),
        say("budget.state_owned"),
        say("budget.most_in_a_year"),
        say("budget.price_last_year"),
    )
    note = sentences((say("budget.front_note", years=figures.significant(years)), _basis(found)))
    return Table(say("budget.front"), columns, tuple(rows), note)


def _basis(found: BudgetSearch) -> str:
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
        rows.append((_number(found, one), gain, *_shares(one), listed(_shares(seen))))
    columns = (
        say("budget.package_head"),
        say("budget.gain"),
        say("budget.out_last_year"),
        say("budget.worst_tenth"),
        say("budget.searched"),
    )
    return Table(say("budget.gains"), columns, tuple(rows), _basis(found))


def _shares(one: Valued) -> tuple[str, str]:
    """Estates out of the cycle, and satisfaction of the worst tenth."""
    return figures.share(one.out_of_cycle), figures.share(one.worst_decile_satisfaction)


def _tried(found: BudgetSearch) -> Table:
    rows = tuple(
        (_number(found, one), in_words(one.package), figures.money(one.cost), *_shares(one))
        for one in found.tried
    )
    columns = (
        say("budget.package_head"),
        say("budget.bought_head"),
        say("budget.cost_a_year"),
        say("budget.out_last_year"),
        say("budget.worst_tenth"),
    )
    return Table(say("budget.all_tried"), columns, rows, folded=True)


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
    return " ".join(parts) + option, words.say("own_file" if own else "same_command", language())
