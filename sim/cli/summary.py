"""The end of `estate run`: key outcomes, stages, who was in the cycle, and who bore the cost."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from sim.cli.credibility_words import assumed_line
from sim.cli.terminal import table
from sim.cli.words import say
from sim.outputs.public_money import CostTable, cost_table
from sim.results.columns import COLUMN_WORDS
from sim.results.summary import cycle_by_type, key_changes, written
from sim.text import figures
from sim.words import STAGE_WORDS, STAGES

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from sim.results import Run

# in the order of the story: leaving, replacement, what follows without one, owners
TOLD_EVENTS = (
    "company_left",
    "company_bankrupt",
    "tender_won",
    "fallback_taken",
    "self_management",
    "cleaning_started",
    "abandoned",
    "committee_formed",
    "committee_dissolved",
    "price_raised",
    "retrofit",
    "budget_exhausted",
    "staff_exhausted",
)
SMALL = 0.005  # of the largest sum, under which a bearer is not listed


def show_summary(screen: Console, run: Run, lang: str) -> None:
    """Print what a reader wants to know first."""
    screen.print()
    screen.print(say("simulated", lang, seconds=f"{run.wall_seconds:.1f}"))
    for part in (_outcomes(run, lang), _stages(run, lang), _cycle(run, lang)):
        screen.print()
        screen.print(part)
    screen.print(say("cycle_note", lang), style="dim", markup=False)
    screen.print()
    screen.print(say("happened", lang), style="bold")
    screen.print("  " + _happened(run, lang), markup=False)
    screen.print()
    screen.print(_money(run, lang))
    screen.print()
    print_costs(screen, cost_table(run.public_cost, lang))
    screen.print()
    screen.print(assumed_line(run.manifest, lang), style="dim", markup=False)


def print_costs(screen: Console, costs: CostTable) -> None:
    """Print public cost by year and bearer, and what it counts."""
    made = table(costs.caption, *costs.columns, right=1, wraps=True)
    for row in costs.rows:
        made.add_row(*row)
    screen.print(made)
    screen.print(costs.note, style="dim", markup=False)


def _outcomes(run: Run, lang: str) -> Table:
    made = table(
        say("outcomes_title", lang),
        *(say(key, lang) for key in ("outcome", "start", "end", "change")),
        right=1,
    )
    for column, start, end, _ in key_changes(run):
        label = COLUMN_WORDS[column].in_language(lang)
        made.add_row(
            label,
            written(column, start, lang),
            written(column, end, lang),
            _difference(column, start, end, lang),
        )
    made.caption, made.caption_justify = say("first_month_note", lang), "left"
    return made


def _difference(column: str, start: float, end: float, lang: str) -> str:
    """The change with its sign: percentage points for shares, else in the unit of the column."""
    change = end - start
    if change != change:  # NaN
        return ""
    if COLUMN_WORDS[column].unit == "share" and column != "inequality":
        return f"{100 * change:+.1f}" + ("个百分点" if lang == "zh" else " points")
    sign = "+" if change >= 0 else "−"
    return sign + written(column, abs(change), lang)


def _stages(run: Run, lang: str) -> Table:
    made = table(say("stages_title", lang), *(say(key, lang) for key in ("stage", "start", "end")), right=1)
    size = len(run.estate_table)
    for stage in STAGES:
        shares = [float(run.city[f"stage_{stage}"].iloc[row]) for row in (0, -1)]
        made.add_row(
            STAGE_WORDS[stage].in_language(lang),
            *(f"{share * size:,.0f} ({figures.share(share)})" for share in shares),
        )
    return made


def _cycle(run: Run, lang: str) -> Table:
    keys = ("type", "estates", "entered", "collapsed_end", "left")
    made = table(say("cycle_title", lang), *(say(key, lang) for key in keys), right=1)
    rows = cycle_by_type(run)
    for row in rows:
        title = run.scenario.types[row.type].title.in_language(lang)
        made.add_row(title, *(f"{number:,}" for number in row[1:]))
    totals = [sum(numbers) for numbers in zip(*(row[1:] for row in rows), strict=True)]
    made.add_row(say("all", lang), *(f"{number:,}" for number in totals), style="bold")
    return made


def _happened(run: Run, lang: str) -> str:
    """How often the telling events happened, in one sentence."""
    from sim.outputs.event_words import what

    counts = Counter(run.events["kind"].astype(str))
    colon, mark = ("：", "；") if lang == "zh" else (": ", "; ")
    return (
        mark.join(f"{what(kind, lang)}{colon}{counts[kind]:,}" for kind in TOLD_EVENTS if counts[kind]) or "–"
    )


def _money(run: Run, lang: str) -> Table:
    """Kinds of account by what they paid or received in all, net, largest first."""
    from sim.outputs.catalog import ACCOUNT_WORDS, name_of
    from sim.outputs.measures import net_by_year

    net = net_by_year(run).sum().sort_values(ascending=False)
    least = SMALL * float(net.abs().max()) if len(net) else 0.0
    sides = [net[net > least], -net[net < -least][::-1]]
    made = table(say("money_title", lang), say("bore", lang), "", "   " + say("received", lang), "")
    for column in (1, 3):
        made.columns[column].justify, made.columns[column].no_wrap = "right", True
    for place in range(max(len(side) for side in sides)):
        cells: list[str] = []
        for number, side in enumerate(sides):
            if place < len(side):
                name = ("   " if number else "") + name_of(ACCOUNT_WORDS, str(side.index[place]), lang)
                cells += [name, figures.money(float(side.iloc[place]))]
            else:
                cells += ["", ""]
        made.add_row(*cells)
    return made
