"""`estate sensitivity`: run the design, say which parameters matter, write tables and charts."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sim.cli.analysis import folder_name, say_done, write_results
from sim.cli.options import Asked
from sim.cli.terminal import console, table
from sim.cli.workplace_options import WorkplaceOptions
from sim.errors import StudyError
from sim.experiments.intervals import Range
from sim.experiments.unmeasured import stated_ranges
from sim.outputs.catalog import capital, parameter_name, size_of
from sim.outputs.range_words import range_of_pairs
from sim.results.folder import check_place
from sim.results.outcomes import OUTCOMES
from sim.studies.sensitivity.analysis import MORRIS, Analysis
from sim.studies.sensitivity.chart import save_charts
from sim.studies.sensitivity.sensitivity import KIND, SIZES, Sensitivity, sensitivity, sensitivity_of_study
from sim.studies.sensitivity.words import mean_effect_bounds, total_bounds
from sim.text import figures, message, say
from sim.units import NO_VALUE

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from sim.experiments.workplace import Workplace

RESULTS = Path("results")
ROWS = 10
LEAST_SIZE = 2  # trajectories or base points


class Order(NamedTuple):
    """What was asked for on the command line; None and () where nothing was said."""

    scenario: str | None
    asked: Asked
    method: str | None
    sizes: tuple[str, ...]
    factors: tuple[str, ...]
    replications: int | None
    top: int | None
    workplace_options: WorkplaceOptions

    def options(self) -> dict[str, Any]:
        """What `sensitivity` is told besides its scenario and workplace, in so far as it was said."""
        return self.asked.said(
            method=self.method,
            size=stated_size(self.sizes),
            factors=stated_ranges(self.factors),
            replications=self.replications,
            top=self.top,
        )


def stated_size(texts: Sequence[str]) -> int | dict[str, int] | None:
    """The size of a design from `N`, or by method from `METHOD=N`; None for no texts.

    StudyError, naming the option, for anything else.
    """
    found: dict[str, int] = {}
    for text in texts:
        method, equals, written = text.rpartition("=")
        named = method in SIZES and method not in found if equals else len(texts) == 1
        if not named or not written.isdecimal() or int(written) < LEAST_SIZE:
            allowed = message("sensitivity.allowed.size", least=LEAST_SIZE)
            said = message("problem.instead", place="--size", found=repr(" ".join(texts)), allowed=allowed)
            raise StudyError(said)
        found[method] = int(written)
    return found.get("", found or None)


def carry_out(order: Order) -> None:
    """Do what `order` asks for; raises EstateError before anything is run if it cannot be done."""
    if (order.asked.study is None) == (order.scenario is None):
        raise StudyError(message("sensitivity.error.which_one"))
    if order.asked.out is not None:
        check_place(order.asked.out, KIND)
    screen = console()
    begun = time.perf_counter()
    with order.workplace_options.opened(screen) as workplace:
        sensitivity = _analyse(order, workplace)
    runs = sum(len(one.points) * one.study.replications for one in sensitivity.analyses.values())
    say_done(screen, runs, sensitivity.executed, begun)
    show(screen, sensitivity)
    folder = order.asked.out or RESULTS / folder_name(
        "sensitivity", [sensitivity.scenario.name, *sensitivity.analyses], sensitivity.key
    )
    write_results(folder, KIND, sensitivity.key, lambda part: _write(screen, sensitivity, part, order))
    screen.print()
    screen.print(say("command.results", folder=folder), soft_wrap=True)


def _analyse(order: Order, workplace: Workplace) -> Sensitivity:
    if order.asked.study is None:
        assert order.scenario is not None
        return sensitivity(order.scenario, **order.options(), workplace=workplace)
    beside = [*order.options(), *(("ensemble",) if workplace.ensemble is not None else ())]
    if beside:
        raise StudyError(message("sensitivity.error.beside_study", options=", ".join(beside)))
    return sensitivity_of_study(order.asked.study, workplace)


def show(screen: Console, sensitivity: Sensitivity) -> None:
    """Print a sentence per outcome, what to beware of, and the leading parameters of the main outcome."""
    screen.print()
    for line in sensitivity.sentences():
        screen.print(line)
    for line in sensitivity.warnings():
        screen.print(f"! {line}", style="yellow")
    for analysis in sensitivity.analyses.values():
        screen.print()
        outcome = capital(OUTCOMES[sensitivity.outcomes[0]].of_run(sensitivity.scenario.months))
        head = say(f"sensitivity.leading.{analysis.method}", outcome=outcome)
        screen.print(head, style="bold")
        screen.print(_leading(analysis, sensitivity.outcomes[0]))


def _leading(analysis: Analysis, outcome: str) -> Table:
    head = (say("sensitivity.parameter"), say("sensitivity.range"), *_columns(analysis))
    effects = table("", *head, right=1)
    for _, row in analysis.table[analysis.table["outcome"] == outcome].head(ROWS).iterrows():
        key, words = row["parameter"], parameter_name(row["parameter"])
        name = key if words == key else f"{words} [{key}]"
        effects.add_row(name, f"{row['low']:g} – {row['high']:g}", *_figures(analysis, row))
    return effects


def _columns(analysis: Analysis) -> list[str]:
    level = figures.level(analysis.level)
    if analysis.method == MORRIS:
        interval, may_happen = say("sensitivity.mean_interval", level=level), say("sensitivity.may_happen")
        return [say("sensitivity.mean_effect"), interval, may_happen, say("sensitivity.mean_size")]
    return [
        say("sensitivity.total"),
        say("sensitivity.interval", level=level),
        say("sensitivity.first_index"),
    ]


def _figures(analysis: Analysis, row: Any) -> list[str]:
    unit = row["unit"]
    if analysis.method == MORRIS:
        return [
            size_of(row["mean_effect"], unit, sign=True),
            mean_effect_bounds(analysis, row),
            range_of_pairs(Range.of_row(row.to_dict()), unit),
            size_of(row["mean_size"], unit),
        ]
    if row["total"] != row["total"]:
        return [NO_VALUE, NO_VALUE, NO_VALUE]
    return [figures.share(row["total"], 0), total_bounds(analysis, row), figures.share(row["first"], 0)]


def _write(screen: Console, sensitivity: Sensitivity, part: Path, order: Order) -> None:
    if order.asked.charts:
        with screen.status(say("command.drawing")):
            save_charts(sensitivity, part / "charts")
    sensitivity.save(part)
