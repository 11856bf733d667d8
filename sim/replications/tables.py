"""A replication in words: heads and rows of its table, and whether all of it holds, in the current language."""

from __future__ import annotations

from collections.abc import Sequence

from sim.replications.checks import LEVEL, OURS, WITHIN, Check, Replication
from sim.text import Message, message, say
from sim.text.figures import decimal, level


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


def rows(found: Replication) -> list[tuple[str, ...]]:
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
        for check in found.checks
    ]


def _bounds(check: Check) -> str:
    digits = check.digits if check.by == "agents" else check.digits + 1
    return f"{decimal(check.low, digits)} … {decimal(check.high, digits)}"


def verdict(found: Replication) -> str:
    """How many figures are reproduced, and by which rule."""
    failed = sum(not check.holds for check in found.checks)
    number = len(found.checks)
    told = (
        say("replication.some_fail", failed=failed, number=number)
        if failed
        else say("replication.all_hold", number=number)
    )
    return f"{told} {say('replication.rule', within=decimal(WITHIN, 3), level=level(LEVEL))}"


def page(models: Sequence[Replication]) -> str:
    """The page of the documentation about these replications, as Markdown in the current language."""
    lines = [f"# {say('replication.page')}", "", say("replication.page_intro"), ""]
    for found in models:
        lines += [f"## {found.title}", "", f"`estate replicate {found.name}`", "", str(found.source), ""]
        lines += [str(found.how), ""]
        table = [heads(), ("---",) * len(heads()), *rows(found)]
        lines += ["| " + " | ".join(cells) + " |" for cells in table]
        lines += ["", verdict(found), "", *(f"- {finding}" for finding in found.findings), ""]
    return "\n".join(lines)
