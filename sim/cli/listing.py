"""`estate list`: every scenario that can be named, with what it is about."""

from __future__ import annotations

from sim.cli.terminal import console, table
from sim.cli.words import say
from sim.errors import ScenarioError
from sim.scenario import list_scenarios, load


def show_list(lang: str) -> None:
    """Print name, title, estates, months and programmes of every scenario; one that cannot be used says why."""
    made = table("", *(say(key, lang) for key in ("name", "title", "estates", "months", "measures")))
    made.columns[0].no_wrap = True
    for column in (2, 3):
        made.columns[column].justify = "right"
    for name in list_scenarios():
        try:
            scenario = load(name)
        except ScenarioError as error:
            reason = str(error.problems[0]) if error.problems else str(error)
            made.add_row(name, say("cannot_load", lang, reason=reason), "", "", "")
            continue
        programmes = ", ".join(programme.name for programme in scenario.interventions) or "–"
        title = scenario.title.in_language(lang)
        made.add_row(name, title, f"{scenario.city.estates:,}", str(scenario.months), programmes)
    console().print(made)
