"""What a workbook of a run says of each estate, and its codes in words."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sim.results.outcomes import BEARER_WORDS, window
from sim.results.run import Run
from sim.results.sheets import ByEstate, Sheets
from sim.studies.run.explain import CAUSES, EVENTS, WHAT
from sim.studies.run.measures import at_months
from sim.studies.run.words import ACCOUNTS, PURPOSES
from sim.text import Family, say
from sim.units import MONTHS_PER_YEAR
from sim.words import IN_CYCLE, MODE_WORDS, STAGE_WORDS, STAGES

LABELS = Family(
    "run.by_estate",
    (
        "final_stage",
        "final_mode",
        "committee_end",
        "collection_last_year",
        "satisfaction_last_year",
        "quality_last_year",
        "condition_end",
        "arrears_end",
        "price_end",
        "cycle_months_last_year",
        "cycle_months",
        "self_sustaining_end",
        "complaints_filed_last_year",
        "subsidy",
    ),
)
UNITS = {
    "collection_last_year": "share",
    "satisfaction_last_year": "share",
    "quality_last_year": "share",
    "condition_end": "share",
    "arrears_end": "yuan",
    "price_end": "yuan/m2/month",
    "cycle_months_last_year": "month",
    "cycle_months": "month",
    "complaints_filed_last_year": "complaints",
    "subsidy": "yuan",
}


def sheets_of(run: Run) -> Sheets:
    """What became of each estate: at the end, over the last twelve months (or those that there are) and over
    the whole run, as `sim.results.outcomes.estate_figures` defines it."""
    months = run.months
    every = list(range(1, months + 1))
    year = slice(max(0, months - MONTHS_PER_YEAR), months)

    def flags(column: str) -> np.ndarray:
        words = (say("city.word.no"), say("city.word.yes"))
        return np.array([words[int(one)] for one in at_months(run, column, [months])[0]], object)

    def words(column: str, said: Callable[[str], str]) -> np.ndarray:
        there = list(run.estates[column].cat.categories)
        codes = at_months(run, column, [months])[0]
        return np.array([said(there[code]) for code in codes], object)

    stages = at_months(run, "stage", every)
    inside = np.isin(
        stages, [list(run.estates["stage"].cat.categories).index(STAGES[one]) for one in IN_CYCLE]
    )
    values = {
        "final_stage": words("stage", lambda one: str(STAGE_WORDS[one])),
        "final_mode": words("mode", lambda one: str(MODE_WORDS[one])),
        "committee_end": flags("committee"),
        "collection_last_year": at_months(run, "collection", [months])[0],
        "satisfaction_last_year": at_months(run, "satisfaction", every[year]).mean(axis=0),
        "quality_last_year": at_months(run, "quality", every[year]).mean(axis=0),
        "condition_end": at_months(run, "condition", [months])[0],
        "arrears_end": at_months(run, "arrears", [months])[0],
        "price_end": at_months(run, "price", [months])[0],
        "cycle_months_last_year": inside[year].sum(axis=0),
        "cycle_months": inside.sum(axis=0),
        "self_sustaining_end": flags("self_sustaining"),
        "complaints_filed_last_year": at_months(run, "complaints_filed", every[year]).sum(axis=0).astype(int),
        "subsidy": at_months(run, "subsidy", every).sum(axis=0),
    }
    assert set(values) == set(LABELS)
    columns = tuple(
        ByEstate(name, say(f"run.by_estate.{name}", window=window(months)), UNITS.get(name, ""), one)
        for name, one in values.items()
    )
    numbers = tuple(int(number) for number in run.estate_table["number"])
    words_of = {
        "kind": {name: WHAT[name] for name in EVENTS},
        "cause": dict(CAUSES),
        "purpose": dict(PURPOSES),
        "payer_kind": dict(ACCOUNTS),
        "payee_kind": dict(ACCOUNTS),
        "bearer": dict(BEARER_WORDS),
    }
    return Sheets(columns, numbers, words=words_of)
