"""The report of a budget search: what was tried, what is on the front, and how the recommended package stands uncertainty."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import tomli_w
from matplotlib.figure import Figure

from sim.experiments.menu import in_words
from sim.outputs.budget import money_a_year, pareto, sure_of
from sim.outputs.outcome_words import size_of
from sim.outputs.report import common
from sim.outputs.report.model import Part, Picture, Table
from sim.outputs.report.words import say
from sim.outputs.style import owner
from sim.scenario import to_toml
from sim.scenario.programme import load_programmes
from sim.text import figures, message
from sim.units import NO_VALUE

if TYPE_CHECKING:
    from sim.experiments.budget import BudgetSearch
    from sim.experiments.valuing import Valued

MENU_FILE = "menu.toml"


def part_of_budget(found: BudgetSearch, lang: str) -> Part:
    """Everything that a reader is told about a budget search."""
    scenario = found.scenario
    title, money = scenario.title.in_language(lang), common.yuan(found.yearly, lang)
    told = found.sentences(lang)
    brief = [line for line in told if not line.startswith(" ")]  # the front is a table here
    sentences = brief if found.stress is not None else told
    command, note = _command(found, lang)
    seeds = found.asked.get("seeds", [])
    sure = (
        say("sure_search", lang, tried=len(found.tried), runs=len(seeds) or "?"),
        *_stressed(found, lang),
        say("sure_cap", lang),
        common.share_assumed(scenario, lang),
        say("not_forecast", lang),
    )
    files = [(f"{scenario.name}.toml", to_toml(scenario)), *common.ensemble_file(found.asked.get("ensemble"))]
    if found.asked.get("menu"):
        files.append((MENU_FILE, tomli_w.dumps({"menu": _without_empty(found.asked["menu"])})))
    return Part(
        say("title_budget", lang, title=title, money=money),
        say("kind_budget", lang),
        say("question_budget", lang, title=title, money=money),
        common.about(scenario, lang),
        common.setting_table(_setting(found, lang), lang),
        tuple(line.strip() for line in sentences),
        (
            Picture(
                say("pareto_title", lang),
                say("pareto_alt", lang) + " ".join(line.strip() for line in told),
                partial(_drawn, found, lang),
            ),
        ),
        (_front(found, lang), _tried(found, lang)),
        (_outcomes(found, lang),),
        sure,
        common.assumptions([scenario], lang),
        (command,),
        common.found_traces(found, lang),
        say("no_programme", lang),
        note,
        tuple(files),
        (*_robust(found, lang),),
        ("cycle_share_last_year",),
        (scenario.name,),
    )


def _drawn(found: BudgetSearch, lang: str) -> Figure:
    return owner(pareto(found, lang=lang))


def _without_empty(menu: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{key: value for key, value in item.items() if value not in ({}, None)} for item in menu]


def _setting(found: BudgetSearch, lang: str) -> list[tuple[str, str]]:
    known, asked = load_programmes(), found.asked
    rows = [*common.size_rows(found.scenario, lang), (say("yearly", lang), common.yuan(found.yearly, lang))]
    if found.payer:
        rows.append(
            (
                message("funding.row").in_language(lang),
                message(f"bearer.{found.payer}").in_language(lang),
            )
        )
    if asked.get("menu"):
        labels = [known[item["kind"]].label().in_language(lang) for item in asked["menu"]]
        rows.append((say("menu", lang), common.listed(labels, lang)))
    rows.append((say("already", lang), common.programmes_line(found.scenario, lang)))
    rows += [
        (say("tried", lang), f"{len(found.tried):,}"),
        *common.ensemble_rows(common.facts_of(found.asked.get("ensemble")), lang),
    ]
    return rows + (
        [(say("seeds", lang), common.listed(map(str, asked["seeds"]), lang))] if "seeds" in asked else []
    )


def _number(found: BudgetSearch, one: Valued) -> str:
    best = found.recommended is not None and found.recommended.number == one.number
    return f"#{one.number}" + (" ★" if best else "")


def _front(found: BudgetSearch, lang: str) -> Table:
    years = found.scenario.months / 12
    estates = found.scenario.city.estates
    gains = {one.value.number: one.gain for one in found.fresh}
    before = {one.number: one for one in found.searched}
    rows = []
    for one in found.front:
        gain = gains.get(one.number, float("nan"))
        price = common.yuan(one.cost / (gain * estates), lang) if gain > 0 else NO_VALUE
        cells = [
            money_a_year(value, lang)
            for value in (one.cost, before[one.number].cost, one.state_owned, one.most_in_a_year)
        ]
        rows.append((_number(found, one), in_words(one.package, lang), *cells, price))
    columns = tuple(
        say(key, lang)
        for key in (
            "package",
            "bought",
            "cost_a_year",
            "searched",
            "state_owned",
            "most_in_a_year",
            "price_last_year",
        )
    )
    return Table(
        say("front_title", lang),
        columns,
        tuple(rows),
        say("front_note", lang, years=f"{years:.3g}") + _basis(found, lang),
    )


def _basis(found: BudgetSearch, lang: str) -> str:
    """On what seeds the figures are."""
    return ("" if lang == "zh" else " ") + (
        say("front_fresh", lang, count=found.asked.get("fresh", "?"))
        if found.fresh
        else say("front_same", lang)
    )


def _outcomes(found: BudgetSearch, lang: str) -> Table:
    again = {one.value.number: one for one in found.fresh}
    before = {one.number: one for one in found.searched}
    rows = []
    for one in found.front:
        gain = NO_VALUE
        if one.number in again:
            held = again[one.number]
            gain = size_of(held.gain, "share", lang, sign=True)
            gain += sure_of(held, lang)
        seen = f"{figures.share(before[one.number].out_of_cycle)}, {figures.share(before[one.number].worst_decile_satisfaction)}"
        rows.append(
            (
                _number(found, one),
                gain,
                figures.share(one.out_of_cycle),
                figures.share(one.worst_decile_satisfaction),
                seen,
            )
        )
    columns = tuple(say(key, lang) for key in ("package", "gain", "out_last_year", "worst_tenth", "searched"))
    return Table(say("front_gains", lang), columns, tuple(rows), _basis(found, lang).strip())


def _tried(found: BudgetSearch, lang: str) -> Table:
    rows = tuple(
        (
            _number(found, one),
            in_words(one.package, lang),
            common.yuan(one.cost, lang),
            figures.share(one.out_of_cycle),
            figures.share(one.worst_decile_satisfaction),
        )
        for one in found.tried
    )
    return Table(
        say("tried_title", lang),
        tuple(say(key, lang) for key in ("package", "bought", "cost_a_year", "out_last_year", "worst_tenth")),
        rows,
        folded=True,
    )


def _stressed(found: BudgetSearch, lang: str) -> tuple[str, ...]:
    if found.stress is None:
        return (say("no_stress", lang),)
    well, futures = found.stress.confirmed
    told = say("sure_stress", lang, futures=found.stress.nothing.size, parameters=len(found.stress.keys))
    return (told, say("confirmed", lang, well=well, futures=futures)) if futures else (told,)


def _robust(found: BudgetSearch, lang: str) -> list[Table]:
    stress = found.stress
    if stress is None:
        return []
    rows = tuple(
        (
            _number(found, one),
            figures.share(float(enough), 0),
            figures.share(float(regret.max())),
            figures.share(float(regret.mean())),
        )
        for one, enough, regret in zip(found.front, stress.satisficing, stress.regret, strict=True)
    )
    return [
        Table(
            say("robust_title", lang),
            tuple(say(key, lang) for key in ("package", "satisficing", "worst_regret", "mean_regret")),
            rows,
            say("robust_note", lang),
        )
    ]


def _command(found: BudgetSearch, lang: str) -> tuple[str, str]:
    from sim.experiments.menu import default_menu

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
    parts += (
        [f"--replications {len(asked['seeds'])}", f"--stress {asked['stress']}", f"--fresh {asked['fresh']}"]
        if "seeds" in asked
        else []
    )
    return " ".join([*parts, "--months", str(scenario.months)]) + common.ensemble_option(
        found.asked.get("ensemble")
    ), say("own_file" if own else "same_command", lang)
