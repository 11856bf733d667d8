"""How tables and progress look in a terminal, and in a file that stands in for one; and
what is said there, by its id."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from sim.cli.screen import Screen, Sheet
from sim.text import message

if TYPE_CHECKING:
    from rich.console import Console

    from sim.outputs.public_money import CostTable


def say(key: str, **values: Any) -> str:
    """The text "shown.KEY" in a language, with `values` put into its gaps."""
    return str(message(f"shown.{key}", **values))


PLAIN_WIDTH = 110  # columns where the output is no terminal and COLUMNS does not say


def console() -> Screen:
    """A screen on stdout that reads no markup in what is said; without control characters
    where that is not a terminal."""
    screen = Screen(highlight=False, markup=False, emoji=False)
    if screen.is_terminal:
        return screen
    width = None if os.environ.get("COLUMNS", "").isdigit() else PLAIN_WIDTH
    return Screen(highlight=False, markup=False, emoji=False, width=width, no_color=True)


def table(title: str, *columns: str, right: int | None = None) -> Sheet:
    """An empty table; columns from number `right` on hold figures."""
    sheet = Sheet(
        title=title, title_justify="left", title_style="bold", header_style="bold", box=None, pad_edge=False
    )
    for number, name in enumerate(columns):
        figures = right is not None and number >= right
        sheet.add_column(name, justify="right" if figures else "left")
    return sheet


def bar_of(screen: Console) -> Progress:
    """A bar that is gone when it ends: what is done, elapsed and remaining time."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TimeElapsedColumn(),
        TextColumn("/"),
        TimeRemainingColumn(),
        console=screen,
        transient=True,
    )


@contextmanager
def month_bar(screen: Console) -> Iterator[Callable[[int, int], None]]:
    """A progress bar with elapsed and remaining time; yields what to call after each month.
    Nothing where no terminal is."""
    if not screen.is_terminal:
        yield lambda done, months: None
        return
    with bar_of(screen) as progress:
        task = progress.add_task(say("building"), total=None)

        def advance(done: int, months: int) -> None:
            words = say("month_of", month=done, months=months)
            progress.update(task, total=months, completed=done, description=words)

        yield advance


def print_costs(screen: Console, costs: CostTable) -> None:
    """Print public cost by year and bearer, and what it counts."""
    costs_table = table(costs.caption, *costs.columns, right=1)
    for row in costs.rows:
        costs_table.add_row(*row)
    screen.print(costs_table)
    screen.print(costs.note, style="dim")
