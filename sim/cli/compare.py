"""`estate compare`: run the arms, say what differs, write tables and charts."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sim.cli.analysis_words import say
from sim.cli.folders import folder_name, write_results
from sim.cli.place import Place
from sim.cli.summary import print_costs
from sim.cli.terminal import console, table
from sim.errors import StudyError
from sim.experiments.arms import prepare
from sim.experiments.compare import REPLICATIONS, Adaptive, arms_of_study, compare, compare_study
from sim.experiments.comparison import KIND, Comparison
from sim.experiments.comparison_tables import of_estates
from sim.experiments.intervals import Interval, Range
from sim.experiments.persistence import Persistence, check_persistence, persistence_test
from sim.experiments.rescue import COUNTED
from sim.experiments.withdrawal import Withdrawal, programmes_to_end, withdrawal_test
from sim.outputs.catalog import short_title
from sim.outputs.comparison_words import rescued_of
from sim.outputs.outcome_words import bounds_of, level_of, size_of
from sim.outputs.persistence_words import caption_of, columns_of, note_of, rows_of
from sim.outputs.public_money import cost_table
from sim.outputs.range_words import marked_rough, note_of_brackets, range_bounds, range_head, rough_mark
from sim.results.folder import check_place
from sim.results.outcomes import DEFAULT_OUTCOMES, OUTCOMES
from sim.scenario import parse_setting
from sim.text import in_language

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from sim.experiments.workplace import Workplace

RESULTS = Path("results")
# time in the cycle is what the command is about, so it comes first
DEFAULT_MAIN = DEFAULT_OUTCOMES


class Order(NamedTuple):
    """What was asked for on the command line."""

    scenarios: tuple[str, ...]
    study: str | None
    replications: int | None
    seed: int | None
    months: int | None
    settings: tuple[str, ...]
    outcomes: tuple[str, ...]
    width: float | None
    difference: float | None
    withdraw: int | None
    after: bool
    out: Path | None
    lang: str
    charts: bool
    place: Place

    def options(self) -> dict[str, Any]:
        """What `compare` is told besides scenarios and workplace; what was left out has its default."""
        found: dict[str, Any] = {}
        if self.outcomes:
            found["outcomes"] = self.outcomes
        if self.study is None:
            found["replications"] = REPLICATIONS
        if self.replications is not None:
            found["replications"] = self.replications
        if self.seed is not None:
            found["first_seed"] = self.seed
        if self.months is not None:
            found["months"] = self.months
        if self.settings:
            found["overrides"] = dict(parse_setting(text) for text in self.settings)
        if self.width is not None:
            found["adaptive"] = Adaptive(self.width)
        if self.difference is not None:
            main = (self.outcomes or DEFAULT_MAIN)[0]
            found["differences"] = {main: self.difference}
        return found


def carry_out(order: Order) -> None:
    """Do what `order` asks for; raises EstateError before anything is run if it cannot be done."""
    if (order.study is None) == (not order.scenarios):
        raise StudyError(say("which", order.lang))
    if order.width is not None and order.replications is not None:
        raise StudyError(
            "--width: found beside --replications, allowed one of them (the looks are 10, 20, 40 and 80)"
        )
    screen = console()
    begun = time.perf_counter()
    _check_what_follows(order)
    if order.out is not None:
        check_place(order.out, KIND)
    with order.place.opened(screen, order.lang) as workplace:
        found = _compare(order, workplace)
        withdrawn = _withdraw(order, found, workplace)
        after = persistence_test(found, workplace=workplace) if order.after else None
    runs = len(found.arms) * len(found.seeds)
    screen.print(
        say(
            "compared",
            order.lang,
            runs=f"{runs:,}",
            executed=f"{found.executed:,}",
            seconds=f"{time.perf_counter() - begun:.1f}",
        )
    )
    show(screen, found, order.lang)
    for one in withdrawn:
        screen.print()
        screen.print(say("withdrawal", order.lang, name=one.scenario.name), style="bold", markup=False)
        for line in one.sentences(order.lang):
            screen.print(line, markup=False)
    if after is not None:
        _show_after(screen, after, order.lang)
    _write(screen, found, _joined(withdrawn) | ({} if after is None else {"after": after.table}), order)


def _compare(order: Order, workplace: Workplace) -> Comparison:
    options = order.options() | {"workplace": workplace}
    if order.study is not None:
        return compare_study(order.study, **options)
    return compare(*order.scenarios, **({"outcomes": DEFAULT_MAIN} | options))


def _check_what_follows(order: Order) -> None:
    """EstateError for a month in which a programme cannot end, or what cannot be carried on, before an hour of runs, not after it."""
    if order.withdraw is None and not order.after:
        return
    named: Sequence[str | Path] = order.scenarios
    options = {"outcomes": DEFAULT_MAIN} | order.options()
    if order.study is not None:
        named, options = arms_of_study(order.study, order.options())
    arms = list(prepare(named, order.months, options.get("overrides") or {}).values())
    if order.withdraw is not None:
        for scenario in arms:
            if scenario.interventions:
                programmes_to_end(scenario, order.withdraw)
    if order.after:
        check_persistence(options["outcomes"], arms)


def _show_after(screen: Console, found: Persistence, lang: str) -> None:
    heads, rows = columns_of(found, lang), rows_of(found, {}, lang)
    screen.print()
    screen.print(caption_of(found, lang), style="bold", markup=False)
    for outcome in dict.fromkeys(
        row[1] for row in rows
    ):  # a table each: so many columns need all of the width
        made = table(outcome, heads[0], *heads[2:], right=1, wraps=True)
        for row in rows:
            if row[1] == outcome:
                made.add_row(row[0], *row[2:])
        screen.print(made)
    screen.print(note_of(lang), style="dim", markup=False)


def _withdraw(order: Order, found: Comparison, workplace: Workplace) -> list[Withdrawal]:
    """Withdrawal tests of every arm that has programmes, with the seeds of the comparison."""
    if order.withdraw is None:
        return []
    return [
        withdrawal_test(arm.scenario, order.withdraw, seeds=found.seeds, workplace=workplace)
        for arm in found.arms
        if arm.scenario.interventions
    ]


def show(screen: Console, found: Comparison, lang: str) -> None:
    """Print a sentence per arm, what to beware of, and the tables a reader wants first."""
    screen.print()
    for line in found.sentences(lang):
        screen.print(line, markup=False)
    for line in found.warnings(lang):
        screen.print(f"! {line}", style="yellow", markup=False)
    for outcome in found.outcomes:
        screen.print()
        unit, mean = OUTCOMES[outcome].unit, float(found.baseline.scalars[outcome].mean())
        words = say(
            "differences",
            lang,
            outcome=OUTCOMES[outcome].in_language(lang),
            base=found.baseline.name,
            mean=level_of(mean, unit, lang),
        )
        screen.print(words, style="bold", markup=False)
        screen.print(_differences(found, outcome, lang))
    screen.print(say("needed_note", lang), style="dim", markup=False)
    screen.print()
    for counted in COUNTED:
        screen.print(_rescues(found, counted, lang))
    held = found.rescued(found.others[0].name).rescued_range
    screen.print(note_of_brackets(held, lang), style="dim", markup=False)
    costs, ranges = found.public_cost, found.public_cost_ranges
    for arm in found.arms:
        own = ranges[ranges["arm"] == arm.name]
        screen.print()
        print_costs(screen, cost_table(costs[costs["arm"] == arm.name], lang, arm.name, own))


def _differences(found: Comparison, outcome: str, lang: str) -> Table:
    rows = found.differences[found.differences["outcome"] == outcome]
    unit = OUTCOMES[outcome].unit
    columns = ("arm", "arm_mean", "difference", "mean_interval", "needed")
    heads = [say(key, lang, level=f"{100 * found.interval_level:.3g}") for key in columns]
    heads.insert(4, range_head(found.range(rows["arm"].iloc[0], outcome), lang))
    made = table("", *heads, right=1)
    for _, row in rows.iterrows():
        needed = row["replications_needed"]
        made.add_row(
            row["arm"],
            level_of(row["arm_mean"], unit, lang),
            size_of(row["difference"], unit, lang, sign=True),
            _rough(bounds_of(row["low"], row["high"], unit, lang), row, lang),
            range_bounds(Range.of_row(row.to_dict()), unit, lang),
            "–" if needed != needed else f"{needed:,.0f}",
        )
    return made


def _rough(bounds: str, row: Any, lang: str) -> str:
    """The bounds of a row of differences, called rough under ten pairs."""
    with in_language(lang):
        return marked_rough(bounds, Interval(row["low"], row["high"]), int(row["replications"]))


def _rescues(found: Comparison, counted: str, lang: str) -> Table:
    columns = ("arm", "group", "at_risk", "rescued", "harmed", "neither", "share_rescued")
    made = table(say(f"rescues_{counted}", lang), *(say(key, lang) for key in columns), right=2, wraps=True)
    kinds = found.baseline.scenario.types
    for _, row in of_estates(found.rescues, counted).iterrows():
        whole = row["by"] == "all"
        if row["by"] == "type":
            group = short_title(kinds[row["group"]].title.in_language(lang))
        else:
            group = say("all" if whole else "district", lang, name=row["group"])
        share, interval = row["share_rescued"], Interval(row["share_rescued_low"], row["share_rescued_high"])
        sure = f" ({100 * interval.low:.0f}–{100 * interval.high:.0f}%" if interval.exists else ""
        made.add_row(
            row["arm"] if whole else "",
            group,
            f"{row['at_risk']:,.1f}",
            *(rescued_of(row.to_dict(), name, lang) for name in ("rescued", "harmed")),
            f"{row['neither']:,.1f}",
            "–"
            if share != share
            else f"{100 * share:.0f}%{sure}"
            + (rough_mark(interval, row["pairs"], lang) + ")" if sure else ""),
        )
    return made


def _write(screen: Console, found: Comparison, more: dict[str, Any], order: Order) -> None:
    folder = order.out or RESULTS / folder_name("compare", [arm.name for arm in found.arms], found.key)

    def write(part: Path) -> None:
        if order.charts:
            from sim.outputs.comparison import save_comparison_charts

            with screen.status(say("drawing", order.lang)):
                save_comparison_charts(found, part / "charts", order.lang)
        found.save(part, more)

    write_results(folder, KIND, found.key, write)
    screen.print()
    screen.print(say("written", order.lang, folder=folder), soft_wrap=True, markup=False)


def _joined(withdrawn: list[Withdrawal]) -> dict[str, Any]:
    """Withdrawal tests of all arms in one table."""
    if not withdrawn:
        return {}
    import pandas as pd

    frame = pd.concat([one.table.assign(scenario=one.scenario.name) for one in withdrawn], ignore_index=True)
    frame.attrs["units"] = withdrawn[0].table.attrs["units"]
    return {"withdrawal": frame}
