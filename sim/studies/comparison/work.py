"""`estate compare`: run the arms, say what differs, write tables and charts."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sim.cli.analysis import folder_name, say_done, write_results
from sim.cli.options import Asked
from sim.cli.terminal import console, print_costs, table
from sim.cli.workplace_options import WorkplaceOptions
from sim.errors import StudyError
from sim.experiments.intervals import Interval, Range
from sim.experiments.rescue import COUNTED
from sim.outputs.catalog import bounds_of, short_title, size_of
from sim.outputs.public_money import cost_table
from sim.outputs.range_words import marked_rough, note_of_brackets, range_bounds, range_head
from sim.results.folder import check_place
from sim.results.outcomes import DEFAULT_OUTCOMES, OUTCOMES, window
from sim.studies.comparison.arms import prepare
from sim.studies.comparison.compare import (
    LOOKS,
    REPLICATIONS,
    Adaptive,
    arms_of_study,
    compare,
    compare_study,
)
from sim.studies.comparison.comparison import KIND, Comparison
from sim.studies.comparison.tables import of_estates
from sim.studies.comparison.withdrawal import (
    Persistence,
    caption_of,
    check_persistence,
    columns_of,
    note_of,
    persistence_test,
    programmes_to_end,
    rows_of,
    withdrawal_tests,
)
from sim.studies.comparison.words import mean_count, months_of, rescued_of
from sim.text import figures, joins, language, message, say

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from sim.experiments.workplace import Workplace

RESULTS = Path("results")


class Order(NamedTuple):
    """What was asked for on the command line."""

    scenarios: tuple[str, ...]
    asked: Asked
    replications: int | None
    width: float | None
    difference: float | None
    withdraw: int | None
    after: bool
    place: WorkplaceOptions

    def options(self) -> dict[str, Any]:
        """What `compare` is told besides scenarios and workplace; what was left out has its default."""
        default = REPLICATIONS if self.asked.study is None else None
        main = (self.asked.outcomes or DEFAULT_OUTCOMES)[0]
        return self.asked.said(
            replications=default if self.replications is None else self.replications,
            adaptive=None if self.width is None else Adaptive(self.width),
            differences=None if self.difference is None else {main: self.difference},
        )


def carry_out(order: Order) -> None:
    """Do what `order` asks for; raises EstateError before anything is run if it cannot be done."""
    if (order.asked.study is None) == (not order.scenarios):
        raise StudyError(message("comparison.which"))
    if order.width is not None and order.replications is not None:
        raise StudyError(message("comparison.error.width", looks=", ".join(map(str, LOOKS))))
    screen = console()
    begun = time.perf_counter()
    _check_what_follows(order)
    if order.asked.out is not None:
        check_place(order.asked.out, KIND)
    with order.place.opened(screen) as workplace:
        found = _compare(order, workplace)
        found = found.with_more(
            withdrawal_tests(found, order.withdraw, workplace) if order.withdraw is not None else (),
            persistence_test(found, workplace=workplace) if order.after else None,
        )
    say_done(screen, len(found.arms) * len(found.seeds), found.executed, begun)
    show(screen, found)
    for one in found.withdrawn:
        screen.print()
        screen.print(say("comparison.withdrawal", name=one.scenario.name), style="bold")
        for line in one.sentences():
            screen.print(line)
    if found.after is not None:
        _show_after(screen, found.after, months_of(found))
    _write(screen, found, order)


def _compare(order: Order, workplace: Workplace) -> Comparison:
    options = order.options() | {"workplace": workplace}
    if order.asked.study is not None:
        return compare_study(order.asked.study, **options)
    return compare(*order.scenarios, **({"outcomes": DEFAULT_OUTCOMES} | options))


def _check_what_follows(order: Order) -> None:
    """EstateError for a month in which a programme cannot end, or what cannot be carried on, before an
    hour of runs, not after it."""
    if order.withdraw is None and not order.after:
        return
    named: Sequence[str | Path] = order.scenarios
    options = {"outcomes": DEFAULT_OUTCOMES} | order.options()
    if order.asked.study is not None:
        named, options = arms_of_study(order.asked.study, order.options())
    arms = list(prepare(named, order.asked.months, options.get("overrides") or {}).values())
    if order.withdraw is not None:
        for scenario in arms:
            if scenario.interventions:
                programmes_to_end(scenario, order.withdraw)
    if order.after:
        check_persistence(options["outcomes"], arms)


def _show_after(screen: Console, found: Persistence, months: int) -> None:
    heads, rows = columns_of(found, months), rows_of(found, {}, months)
    screen.print()
    screen.print(caption_of(found), style="bold")
    for outcome in dict.fromkeys(row[1] for row in rows):  # a table each: so many columns need all the width
        made = table(outcome, heads[0], *heads[2:], right=2)
        for row in rows:
            if row[1] == outcome:
                made.add_row(row[0], *row[2:])
        screen.print(made)
    screen.print(note_of(), style="dim")


def show(screen: Console, found: Comparison) -> None:
    """Print a sentence per arm, what to beware of, and the tables a reader wants first."""
    screen.print()
    for line in found.sentences():
        screen.print(line)
    for line in found.warnings():
        screen.print(f"! {line}", style="yellow")
    for outcome in found.outcomes:
        screen.print()
        mean = figures.quantity(float(found.baseline.scalars[outcome].mean()), OUTCOMES[outcome].unit)
        title = say(
            "comparison.of_outcome",
            outcome=OUTCOMES[outcome].of_run(months_of(found)),
            base=found.baseline.name,
            mean=mean,
        )
        screen.print(title, style="bold")
        screen.print(_differences(found, outcome))
    screen.print(say("comparison.needed_note"), style="dim")
    screen.print()
    for counted in COUNTED:
        screen.print(_rescues(found, counted))
    held = found.rescued(found.others[0].name).rescued_range
    screen.print(note_of_brackets(held), style="dim")
    costs, ranges = found.public_cost, found.public_cost_ranges
    for arm in found.arms:
        own = ranges[ranges["arm"] == arm.name]
        screen.print()
        print_costs(screen, cost_table(costs[costs["arm"] == arm.name], months_of(found), arm.name, own))


def _differences(found: Comparison, outcome: str) -> Table:
    rows = found.differences[found.differences["outcome"] == outcome]
    unit = OUTCOMES[outcome].unit
    made = table(
        "",
        say("comparison.arm"),
        say("comparison.arm_mean"),
        say("comparison.difference"),
        say("comparison.mean_interval", level=figures.level(found.interval_level)),
        range_head(found.range(rows["arm"].iloc[0], outcome)),
        say("comparison.needed_head"),
        right=1,
    )
    for row in rows.to_dict("records"):
        bounds = bounds_of(row["low"], row["high"], unit)
        made.add_row(
            row["arm"],
            figures.quantity(row["arm_mean"], unit),
            size_of(row["difference"], unit, sign=True),
            marked_rough(bounds, Interval(row["low"], row["high"]), int(row["replications"])),
            range_bounds(Range.of_row(row), unit),
            figures.count(row["replications_needed"]),
        )
    return made


def _rescues(found: Comparison, counted: str) -> Table:
    made = table(
        say(f"comparison.rescues_{counted}", window=window(months_of(found))),
        say("comparison.arm"),
        say("comparison.group"),
        say("comparison.at_risk"),
        say("comparison.rescued"),
        say("comparison.harmed"),
        say("comparison.neither"),
        say("comparison.share_rescued"),
        right=2,
    )
    kinds = found.baseline.scenario.types
    for row in of_estates(found.rescues, counted).to_dict("records"):
        whole = row["by"] == "all"
        if row["by"] == "type":
            group = short_title(kinds[row["group"]].title.in_language(language()))
        else:
            group = say("comparison.all") if whole else say("comparison.district", name=row["group"])
        made.add_row(
            row["arm"] if whole else "",
            group,
            mean_count(row, "at_risk"),
            rescued_of(row, "rescued"),
            rescued_of(row, "harmed"),
            mean_count(row, "neither"),
            _share_rescued(row),
        )
    return made


def _share_rescued(row: Mapping[str, Any]) -> str:
    """Of those at risk how many were rescued, in brackets the interval."""
    interval = Interval(row["share_rescued_low"], row["share_rescued_high"])
    bounds = "–".join(figures.share(end, 0) for end in (interval.low, interval.high))
    sure = marked_rough(bounds, interval, row["pairs"]) if interval.exists else ""
    return joins.bracketed(figures.share(row["share_rescued"], 0), sure)


def _write(screen: Console, found: Comparison, order: Order) -> None:
    folder = order.asked.out or RESULTS / folder_name("compare", [arm.name for arm in found.arms], found.key)

    def write(part: Path) -> None:
        if order.asked.charts:
            from sim import charts

            with screen.status(say("command.drawing")):
                charts.save_all(found, part / "charts", language())
        found.save(part)

    write_results(folder, KIND, found.key, write)
    screen.print()
    screen.print(say("command.results", folder=folder), soft_wrap=True)
