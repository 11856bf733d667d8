"""What a workbook of a budget search says: its columns in words."""

from __future__ import annotations

from sim.outputs.range_words import words_of_notes
from sim.outputs.workbook import table_titles
from sim.results.sheets import Sheets
from sim.studies.budget.budget import BudgetSearch
from sim.studies.budget.menu import in_words, written_out
from sim.studies.budget.package_value import Valued
from sim.text import Family, say

TITLES = Family(
    "budget.sheet",
    (
        "packages",
        "front",
        "rescored",
        "alternatives",
        "advantages",
        "matches",
        "robustness",
        "futures",
    ),
)
HEADINGS = Family(
    "budget.head",
    (
        "package",
        "on_front",
        "public_cost",
        "out_of_cycle",
        "worst_decile_satisfaction",
        "state_owned_losses",
        "fiscal_spending_dearest_year",
        "gain",
        "gain_low",
        "gain_high",
        "searched_public_cost",
        "searched_out_of_cycle",
        "searched_worst_decile_satisfaction",
        "what",
        "satisficing",
        "worst_regret",
        "mean_regret",
        "nothing",
        "rival",
        "packages",
        "most",
        "gain_of_rival",
        "other",
        "gain_difference",
        "cost_difference",
        "worst_tenth_difference",
        "enough_difference",
        "gain_difference_adjusted",
        "worst_tenth_difference_adjusted",
        "enough_difference_adjusted",
        "enough_difference_exact_low",
        "enough_difference_exact_high",
        "other_what",
        "cheaper",
        "told_apart",
    ),
)


def _packages(search: BudgetSearch) -> list[Valued]:
    """Every package that a table names."""
    return [*search.tried, *search.front, *(one for rival in search.rivals for one in rival.tried)]


def sheets_of(search: BudgetSearch) -> Sheets:
    """Headings of its tables, and packages in the language of the reader; in the futures each package of the
    front has a column of its own."""
    packages = {
        f"package_{one.number}": say("budget.in_cycle_with", number=str(one.number)) for one in search.front
    }
    written = {written_out(one.package): in_words(one.package) for one in _packages(search)}
    notes = {f"{name}_difference_note": words_of_notes() for name in ("cost", "gain", "worst_tenth")}
    return Sheets(
        headings=dict(HEADINGS) | packages | table_titles(TITLES),
        words={"what": written, "other_what": written, **notes},
    )
