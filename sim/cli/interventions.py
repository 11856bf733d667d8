"""`estate interventions`: all of them in a table, or one with everything that is declared about it."""

from __future__ import annotations

from sim.cli.terminal import console, table
from sim.model.programmes import describe as words
from sim.model.programmes.lever_words import BEARERS
from sim.text import say
from sim.text.joins import listed
from sim.units import NO_VALUE


def show_all() -> None:
    """Print a line for every intervention: kind, label, who pays, and the scenarios that use it."""
    heads = (say("listed.kind"), say("listed.name"), say("listed.who_pays"), say("listed.scenarios"))
    made = table("", *heads)
    made.columns[0].no_wrap = True
    users = words.scenarios_by_kind()
    for kind in words.kinds():
        one = words.describe(kind, users)
        payers = listed(BEARERS[payer] for payer in one.payers)
        made.add_row(kind, str(one.label), payers, ", ".join(one.scenarios) or NO_VALUE)
    console().print(made)


def show_one(kind: str) -> None:
    """Print mechanism, known risk, levers, payers, settings, evidence and scenarios of one intervention."""
    from rich.markdown import Markdown

    console().print(Markdown(words.as_text(words.describe(kind))))
