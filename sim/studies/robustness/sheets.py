"""What a workbook of a robustness says: its columns and codes in words."""

from __future__ import annotations

from sim.outputs.range_words import words_of_notes
from sim.outputs.workbook import table_titles
from sim.results.sheets import Sheets
from sim.studies.robustness.robust import Robustness
from sim.studies.robustness.words import decided_on, input_name, plan_name, world_name
from sim.text import Family, say

TITLES = Family("robust.sheet", ("plans", "worlds", "variants", "rules", "futures"))
HEADINGS = Family(
    "robust.head",
    (
        *("arm", "world", "on", "mean", "regret", "low", "high", "range_low", "range_high", "pairs", "best"),
        *(
            "met",
            "met_low",
            "met_high",
            "met_among",
            "worst",
            "worst_regret",
            "worst_world",
            "worst_low",
            "worst_high",
        ),
        *("regret_among", "box", "input", "from", "to", "chance", "quasi_p", "repeated", "box_runs"),
        *("box_failing", "density", "coverage", "fresh_density", "fresh_density_low", "fresh_density_high"),
        *("variant", "settings", "ensemble", "fitted", "weight", "weight_as_it_is"),
        *("fresh_coverage", "fresh_coverage_low", "fresh_coverage_high", "reported"),
    ),
)


def sheets_of(found: Robustness) -> Sheets:
    """Headings of its tables, and what plans, worlds and inputs are called."""
    worlds = {world.name: world_name(world) for world in found.worlds}
    inputs = {key: input_name(found, key) for key in found.keys}
    mean = {"mean": say("robust.mean_of", outcome=decided_on(found))}
    return Sheets(
        headings=dict(HEADINGS) | mean | table_titles(TITLES) | inputs,
        words={
            "arm": {arm: plan_name(found, arm) for arm in found.arms},
            "world": worlds,
            "worst_world": worlds,
            "input": inputs,
            "worst_note": words_of_notes(),
            "met_note": words_of_notes(),
        },
    )
