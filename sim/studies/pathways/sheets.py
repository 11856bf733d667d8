"""What a workbook of pathways says: its columns and codes in words."""

from __future__ import annotations

from sim.experiments.intervals import FEW, NO_VALUE
from sim.outputs.range_words import KIND, words_of_notes
from sim.outputs.workbook import table_titles
from sim.results.outcomes import SERIES
from sim.results.sheets import Sheets
from sim.studies.pathways.lasting import LEAST_MEDIAN
from sim.studies.pathways.pathways import Pathways
from sim.studies.pathways.signposts import ABOVE, BELOW, CALENDAR
from sim.studies.pathways.tables import STATES
from sim.studies.pathways.words import VERDICTS, path_title, plan_title
from sim.text import Family, say

TITLES = Family("pathways.sheet", ("sell_by", "switches", "signposts", "runs", "months"))
HEADINGS = Family(
    "pathways.head",
    (
        "plan",
        "path",
        "from",
        "to",
        "before",
        "switch",
        "tried",
        "draw",
        "open",
        "share",
        "share_low",
        "share_high",
        "runs",
        "ended",
        "never",
        "median",
        "median_low",
        "median_high",
        "range_low",
        "range_high",
        "simulated",
        "figure",
        "side",
        "alarm_level",
        "in_a_row",
        "hits",
        "failing",
        "hit_rate",
        "hit_rate_low",
        "hit_rate_high",
        "false_alarms",
        "false_rate",
        "false_rate_low",
        "false_rate_high",
        "warned",
        "worth_watching",
        "replication",
        "failed_before",
        "switched_after",
        "state",
        "sell_by",
        "good",
    ),
)
COSTS = Family("pathways.cost", ("public_cost", "fiscal_spending"))
PARTS = Family(
    "pathways.part", ("mean", "low", "high", "note", "range_low", "range_high", "range_kind", "pairs")
)
STATE_WORDS = Family("pathways.state", tuple(STATES.values()))
SIDES = Family("pathways.side", (BELOW, ABOVE))


def _cost_headings() -> dict[str, str]:
    """Headings of what a path costs, and of what more than staying."""
    found = {}
    for name, cost in dict(COSTS).items():
        found[f"runs.{name}"] = say("pathways.cost_run", cost=cost)
        for part, told in dict(PARTS).items():
            end = "" if part == "mean" else f"_{part}"
            found[f"{name}{end}"] = say("pathways.cost_of", cost=cost, part=told)
            found[f"{name}_more_than_staying{end}"] = say("pathways.cost_more", cost=cost, part=told)
    return found


def sheets_of(found: Pathways) -> Sheets:
    """Headings of its tables, and what plans, paths and codes are called."""
    plans = {name: plan_title(found, name) for name in found.plans}
    paths = {"+".join(path.plans): path_title(found, path) for path in found.paths}
    watched = {one.figure for one in found.signposts}
    notes = {FEW: say("pathways.no_precision", least=LEAST_MEDIAN), NO_VALUE: say("pathways.in_no_run")}
    codes: dict[str, dict[str, str]] = {}
    for name in COSTS:
        for cost in (name, f"{name}_more_than_staying"):
            codes |= {f"{cost}_note": words_of_notes(), f"{cost}_range_kind": dict(KIND)}
    series = {name: SERIES[name].name for name in sorted(watched - {CALENDAR})}
    return Sheets(
        headings=dict(HEADINGS) | _cost_headings() | table_titles(TITLES),
        words={
            "plan": plans,
            "from": plans,
            "to": plans,
            "path": paths,
            "switch": dict(VERDICTS),
            "state": dict(STATE_WORDS),
            "side": dict(SIDES),
            "figure": series | {CALENDAR: say("pathways.calendar")},
            "note": notes,
            **codes,
        },
    )
