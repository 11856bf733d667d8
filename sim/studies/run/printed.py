"""The end of `estate run`: key outcomes, stages, who was in the cycle, and who bore the cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sim.cli.terminal import print_costs, table
from sim.outputs.public_money import cost_table
from sim.results.columns import COLUMN_WORDS
from sim.studies.run.summary import cycle_by_type, key_changes, written
from sim.text import figures, language, say
from sim.text.joins import clauses, labelled
from sim.units import NO_VALUE
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


def show_summary(screen: Console, run: Run) -> None:
    """Print what a reader wants to know first."""
    screen.print()
    screen.print(say("run.simulated", seconds=f"{run.wall_seconds:.1f}"))
    for part in (_outcomes(run), _stages(run), _cycle(run)):
        screen.print()
        screen.print(part)
    screen.print(say("run.cycle_note"), style="dim", markup=False)
    screen.print()
    screen.print(say("run.happened"), style="bold")
    screen.print("  " + _happened(run), markup=False)
    screen.print()
    screen.print(_money(run))
    screen.print()
    print_costs(screen, cost_table(run.public_cost, language()))
    screen.print()
    screen.print(_assumed(run.manifest), style="dim", markup=False)


def _assumed(manifest: Mapping[str, Any]) -> str:
    """What a run rests on, from its manifest; "" for one that an earlier version wrote without it."""
    held = manifest.get("evidence")
    if not held:
        return ""
    return say("rests.assumed_line", **held["parameters"], share=figures.share(held["share_assumed"], 0))


def _outcomes(run: Run) -> Table:
    made = table(
        say("run.outcomes"),
        say("run.outcome"),
        say("run.start"),
        say("run.end"),
        say("run.changed"),
        right=1,
    )
    for column, start, end, _ in key_changes(run):
        label = str(COLUMN_WORDS[column])
        made.add_row(
            label,
            written(column, start),
            written(column, end),
            _difference(column, start, end),
        )
    made.caption, made.caption_justify = say("run.first_month_note"), "left"
    return made


def _difference(column: str, start: float, end: float) -> str:
    """The change with its sign: percentage points for shares, else in the unit of the column."""
    change = end - start
    if change != change:  # NaN
        return ""
    if COLUMN_WORDS[column].unit == "share" and column != "inequality":
        return figures.points(change)
    sign = "+" if change >= 0 else "−"
    return sign + written(column, abs(change))


def _stages(run: Run) -> Table:
    made = table(say("run.stages"), say("run.stage"), say("run.start"), say("run.end"), right=1)
    size = len(run.estate_table)
    for stage in STAGES:
        shares = [float(run.city[f"stage_{stage}"].iloc[row]) for row in (0, -1)]
        made.add_row(
            str(STAGE_WORDS[stage]),
            *(f"{share * size:,.0f} ({figures.share(share)})" for share in shares),
        )
    return made


def _cycle(run: Run) -> Table:
    heads = (
        say("run.type"),
        say("run.estates_head"),
        say("run.entered"),
        say("run.collapsed"),
        say("run.left"),
    )
    made = table(say("run.in_cycle_of_types"), *heads, right=1)
    rows = cycle_by_type(run)
    for row in rows:
        title = run.scenario.types[row.type].title.in_language(language())
        made.add_row(title, *(f"{number:,}" for number in row[1:]))
    totals = [sum(numbers) for numbers in zip(*(row[1:] for row in rows), strict=True)]
    made.add_row(say("run.all"), *(f"{number:,}" for number in totals), style="bold")
    return made


def _happened(run: Run) -> str:
    """How often the telling events happened, in one sentence."""
    from sim.studies.run.event_words import what

    counts = Counter(run.events["kind"].astype(str))
    told = (labelled(what(kind), figures.count(counts[kind])) for kind in TOLD_EVENTS if counts[kind])
    return clauses(told) or NO_VALUE


def _money(run: Run) -> Table:
    """Kinds of account by what they paid or received in all, net, largest first."""
    from sim.studies.run.measures import net_by_year
    from sim.studies.run.words import account_name

    net = net_by_year(run).sum().sort_values(ascending=False)
    least = SMALL * float(net.abs().max()) if len(net) else 0.0
    sides = [net[net > least], -net[net < -least][::-1]]
    made = table(say("run.money_net"), say("run.net_paid"), "", "   " + say("run.net_received"), "")
    for column in (1, 3):
        made.columns[column].justify, made.columns[column].no_wrap = "right", True
    for place in range(max(len(side) for side in sides)):
        cells: list[str] = []
        for number, side in enumerate(sides):
            if place < len(side):
                name = ("   " if number else "") + account_name(str(side.index[place]))
                cells += [name, figures.money(float(side.iloc[place]))]
            else:
                cells += ["", ""]
        made.add_row(*cells)
    return made
