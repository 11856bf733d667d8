"""What a replication says: published figures beside ours, with the tolerance or the interval that decides;
and in words, as a table and a page, in the current language.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from sim.text import Family, Message, message, say
from sim.text.figures import decimal, level

WITHIN = 0.001  # a fixed point or fold of the mean field may differ by so much from the published one
LEVEL = 0.99  # of the Monte Carlo interval of agent runs
OURS = Family("replication.by", ("mean_field", "agents", "recomputed"))


@dataclass(frozen=True)
class Check:
    """One published figure beside ours.

    what: what is measured; published: figure of the paper or of its formula; ours: figure of this program;
    by: how ours was found ("mean_field", "agents", "recomputed"); low, high: bounds in
    which the published one must lie.
    """

    what: Message
    published: float
    ours: float
    by: str
    low: float
    high: float
    digits: int = 4

    @property
    def holds(self) -> bool:
        """Whether the published figure lies within the bounds; never where one of them is missing."""
        return bool(self.low <= self.published <= self.high)


@dataclass(frozen=True)
class Replication:
    """A published model run with the parts of this one. findings: what is to be said besides the figures."""

    name: str
    title: Message
    source: Message
    how: Message
    checks: Sequence[Check]
    findings: Sequence[Message]

    @property
    def holds(self) -> bool:
        """Whether every published figure is reproduced."""
        return all(check.holds for check in self.checks)


def close(
    what: Message,
    published: float,
    ours: float,
    by: str = "mean_field",
    within: float = WITHIN,
    digits: int = 4,
) -> Check:
    """A check of a figure that has no luck in it: the published one at most `within` away."""
    return Check(what, published, ours, by, ours - within, ours + within, digits)


def around(what: Message, published: float, values: np.ndarray, digits: int = 4) -> Check:
    """A check of agent runs: the published figure within the t interval of the mean of independent runs.

    values: one number a run. The rounding of the published figure (half of its last
    digit) is added on both sides.
    """
    numbers = np.asarray(values, np.float64)
    mean = float(numbers.mean())
    error = float(numbers.std(ddof=1)) / math.sqrt(numbers.size)
    half = float(stats.t.ppf(0.5 + LEVEL / 2, numbers.size - 1)) * error + 0.5 * 10.0**-digits
    return Check(what, published, mean, "agents", mean - half, mean + half, digits)


# in words


def about(name: str) -> tuple[Message, Message]:
    """Title and source of a published model, without computing anything."""
    return message(f"replication.{name}.title"), message(f"replication.{name}.source")


def heads() -> tuple[str, ...]:
    """Heads of the table, one for each column of `rows`."""
    return (
        say("replication.what"),
        say("replication.how_found"),
        say("replication.published"),
        say("replication.ours"),
        say("replication.bounds"),
        say("replication.agrees"),
    )


def rows(replication: Replication) -> list[tuple[str, ...]]:
    """What is measured, how ours was found, published, ours, bounds, whether they agree; one row a check."""
    return [
        (
            str(check.what),
            str(OURS[check.by]),
            decimal(check.published, check.digits),
            decimal(check.ours, check.digits),
            _bounds(check),
            say("replication.yes") if check.holds else say("replication.no"),
        )
        for check in replication.checks
    ]


def _bounds(check: Check) -> str:
    digits = check.digits if check.by == "agents" else check.digits + 1
    return f"{decimal(check.low, digits)} … {decimal(check.high, digits)}"


def verdict(replication: Replication) -> str:
    """How many figures are reproduced, and by which rule."""
    failed = sum(not check.holds for check in replication.checks)
    number = len(replication.checks)
    told = (
        say("replication.some_fail", failed=failed, number=number)
        if failed
        else say("replication.all_hold", number=number)
    )
    return f"{told} {say('replication.rule', within=decimal(WITHIN, 3), level=level(LEVEL))}"


def page(models: Sequence[Replication]) -> str:
    """The page of the documentation about these replications, as Markdown in the current language."""
    lines = [f"# {say('replication.page')}", "", say("replication.page_intro"), ""]
    for replication in models:
        lines += [
            f"## {replication.title}",
            "",
            f"`estate replicate {replication.name}`",
            "",
            str(replication.source),
            "",
        ]
        lines += [str(replication.how), ""]
        table = [heads(), ("---",) * len(heads()), *rows(replication)]
        lines += ["| " + " | ".join(cells) + " |" for cells in table]
        lines += ["", verdict(replication), "", *(f"- {finding}" for finding in replication.findings), ""]
    return "\n".join(lines)
