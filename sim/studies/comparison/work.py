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
from sim.outputs.catalog import bounds_of, size_of
from sim.outputs.public_money import cost_table
from sim.outputs.range_words import marked_rough, note_of_brackets, range_bounds, range_head
from sim.results.folder import check_place
from sim.results.outcomes import DEFAULT_OUTCOMES, OUTCOMES, window
from sim.studies.comparison import decision_words
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
from sim.studies.comparison.decision import DECIDING_LOOKS, Decide
from sim.studies.comparison.gains_words import gains_tables
from sim.studies.comparison.names import group_name, months_of
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
from sim.studies.comparison.words import mean_count, rescued_of
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
    decide: str | None
    difference: float | None
    withdraw: int | None
    after: bool
    workplace_options: WorkplaceOptions

    def options(self) -> dict[str, Any]:
        """What `compare` is told besides scenarios and workplace; what was left out has its default."""
        default = REPLICATIONS if self.asked.study is None else None
        main = self.decide or (self.asked.outcomes or DEFAULT_OUTCOMES)[0]
        return self.asked.said(
            replications=default if self.replications is None else self.replications,
            adaptive=None if self.width is None else Adaptive(self.width),
            decide=None if self.decide is None else Decide(self.decide),
            differences=None if self.difference is None else {main: self.difference},
        )


def carry_out(order: Order) -> None:
    """Do what `order` asks for; raises EstateError before anything is run if it cannot be done."""
    if (order.asked.study is None) == (not order.scenarios):
        raise StudyError(message("comparison.which"))
    if order.width is not None and order.replications is not None:
        raise StudyError(message("comparison.error.width", looks=", ".join(map(str, LOOKS))))
    for option, given in (("--replications", order.replications), ("--width", order.width)):
        if order.decide is not None and given is not None:
            looks = ", ".join(map(str, DECIDING_LOOKS))
            raise StudyError(message("comparison.error.decide_option", option=option, looks=looks))
    screen = console()
    begun = time.perf_counter()
    _check_what_follows(order)
    if order.asked.out is not None:
        check_place(order.asked.out, KIND)
    with order.workplace_options.opened(screen) as workplace:
        comparison = _compare(order, workplace)
        comparison = comparison.with_more(
            withdrawal_tests(comparison, order.withdraw, workplace) if order.withdraw is not None else (),
            persistence_test(comparison, workplace=workplace) if order.after else None,
        )
    decision = comparison.decision
    runs = len(comparison.arms) * len(comparison.seeds) if decision is None else decision.all_runs
    say_done(screen, runs, comparison.executed, begun)
    show(screen, comparison)
    for withdrawn in comparison.withdrawn:
        screen.print()
        screen.print(say("comparison.withdrawal", name=withdrawn.scenario.name), style="bold")
        for line in withdrawn.sentences():
            screen.print(line)
    if comparison.after is not None:
        _show_after(screen, comparison.after, months_of(comparison))
    _write(screen, comparison, order)


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


def _show_after(screen: Console, persistence: Persistence, months: int) -> None:
    heads, rows = columns_of(persistence, months), rows_of(persistence, {}, months)
    screen.print()
    screen.print(caption_of(persistence), style="bold")
    for outcome in dict.fromkeys(row[1] for row in rows):  # a table each: so many columns need all the width
        levels = table(outcome, heads[0], *heads[2:], right=2)
        for row in rows:
            if row[1] == outcome:
                levels.add_row(row[0], *row[2:])
        screen.print(levels)
    screen.print(note_of(), style="dim")


def show(screen: Console, comparison: Comparison) -> None:
    """Print a sentence per arm, what to beware of, and the tables a reader wants first."""
    screen.print()
    for line in comparison.sentences():
        screen.print(line)
    for line in comparison.warnings():
        screen.print(f"! {line}", style="yellow")
    for outcome in comparison.outcomes:
        screen.print()
        mean = figures.quantity(float(comparison.baseline.scalars[outcome].mean()), OUTCOMES[outcome].unit)
        title = say(
            "comparison.of_outcome",
            outcome=OUTCOMES[outcome].of_run(months_of(comparison)),
            base=comparison.baseline.name,
            mean=mean,
        )
        screen.print(title, style="bold")
        screen.print(_differences(comparison, outcome))
    screen.print(say("comparison.needed_note"), style="dim")
    _show_standing(screen, comparison)
    screen.print()
    for counted in COUNTED:
        screen.print(_rescues(comparison, counted))
    held = comparison.rescued(comparison.others[0].name).rescued_range
    screen.print(note_of_brackets(held), style="dim")
    for told in gains_tables(comparison):
        gains = table(told.caption, *told.columns, right=2)
        for row in told.rows:
            gains.add_row(*row)
        screen.print()
        screen.print(gains)
        screen.print(told.note, style="dim")
    costs, ranges = comparison.public_cost, comparison.public_cost_ranges
    for arm in comparison.arms:
        own = ranges[ranges["arm"] == arm.name]
        screen.print()
        print_costs(screen, cost_table(costs[costs["arm"] == arm.name], months_of(comparison), arm.name, own))


def _show_standing(screen: Console, comparison: Comparison) -> None:
    """How the arms stand with one another in the main outcome, and what is worse under the choice."""
    rows = decision_words.standing_rows(comparison, comparison.outcomes[0])
    if not rows or not decision_words.told(comparison):
        return
    standing = table("", *decision_words.columns(comparison), right=1)
    for row in rows:
        standing.add_row(*decision_words.cells(row, row["arm"]))
    screen.print()
    screen.print(decision_words.head(comparison, comparison.outcomes[0]), style="bold")
    screen.print(standing)
    screen.print(decision_words.standing_note(), style="dim")
    worse = comparison.losses[comparison.losses["seen"].astype(bool)]
    if worse.empty:
        return
    losses = table("", *decision_words.loss_columns(), right=1)
    for row in worse.to_dict("records"):
        losses.add_row(*decision_words.loss_cells(comparison, row))
    screen.print()
    names = [decision_words.arm_of(comparison, worse[end].iloc[0]) for end in ("arm", "against_arm")]
    screen.print(say("comparison.losses_title", arm=names[0], against=names[1]), style="bold")
    screen.print(losses)


def _differences(comparison: Comparison, outcome: str) -> Table:
    rows = comparison.differences[comparison.differences["outcome"] == outcome]
    unit = OUTCOMES[outcome].unit
    differences = table(
        "",
        say("comparison.arm"),
        say("comparison.arm_mean"),
        say("comparison.difference"),
        say("comparison.mean_interval", level=figures.level(comparison.interval_level)),
        range_head(comparison.range(rows["arm"].iloc[0], outcome)),
        say("comparison.needed_head"),
        right=1,
    )
    for row in rows.to_dict("records"):
        bounds = bounds_of(row["low"], row["high"], unit)
        differences.add_row(
            row["arm"],
            figures.quantity(row["arm_mean"], unit),
            size_of(row["difference"], unit, sign=True),
            marked_rough(bounds, Interval(row["low"], row["high"]), int(row["replications"])),
            range_bounds(Range.of_row(row), unit),
            figures.count(row["replications_needed"]),
        )
    return differences


def _rescues(comparison: Comparison, counted: str) -> Table:
    rescues = table(
        say(f"comparison.rescues_{counted}", window=window(months_of(comparison))),
        say("comparison.arm"),
        say("comparison.group"),
        say("comparison.at_risk"),
        say("comparison.rescued"),
        say("comparison.harmed"),
        say("comparison.neither"),
        say("comparison.share_rescued"),
        right=2,
    )
    for row in of_estates(comparison.rescues, counted).to_dict("records"):
        whole, group = row["by"] == "all", group_name(comparison, row["by"], row["group"])
        rescues.add_row(
            row["arm"] if whole else "",
            group,
            mean_count(row, "at_risk"),
            rescued_of(row, "rescued"),
            rescued_of(row, "harmed"),
            mean_count(row, "neither"),
            _share_rescued(row),
        )
    return rescues


def _share_rescued(row: Mapping[str, Any]) -> str:
    """Of those at risk how many were rescued, in brackets the interval of this share, no range."""
    interval = Interval(row["share_rescued_low"], row["share_rescued_high"])
    bounds = "–".join(figures.share(end, 0) for end in (interval.low, interval.high))
    sure = marked_rough(bounds, interval, row["pairs"]) if interval.exists else ""
    return joins.bracketed(figures.share(row["share_rescued"], 0), sure)


def _write(screen: Console, comparison: Comparison, order: Order) -> None:
    folder = order.asked.out or RESULTS / folder_name(
        "compare", [arm.name for arm in comparison.arms], comparison.key
    )

    def write(part: Path) -> None:
        if order.asked.charts:
            from sim import charts

            with screen.status(say("command.drawing")):
                charts.save_all(comparison, part / "charts", language())
        comparison.save(part)

    write_results(folder, KIND, comparison.key, write)
    screen.print()
    screen.print(say("command.results", folder=folder), soft_wrap=True)
