"""A run in a few figures (where the key outcomes started and ended, who was in the cycle), in a few
sentences, and as a notebook shows it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.outputs.catalog import plain, scenario_title, titled
from sim.results.columns import COLUMN_WORDS
from sim.results.outcomes import SERIES, YEARLY, window
from sim.results.reading import in_cycle
from sim.studies.run.plan_words import branch_sentences
from sim.studies.run.reactions import reaction_sentences
from sim.text import Family, figures, language, say
from sim.text.joins import phrases, sentences
from sim.units import NO_VALUE
from sim.words import MODES, STAGES

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from sim.results import Run


KEY_OUTCOMES = (
    "collection",
    "collection_billing",
    "collected_per_household",
    "served_without_fee",
    "quality",
    "satisfaction",
    "condition",
    "arrears",
    "nominal",
    "charging",
    "professional",
    "break_even",
    "committees",
    "companies_active",
    "inequality",
    "complaints_open",
)


class Change(NamedTuple):
    """One key outcome: its first and its last known value, and the month of the first; a
    single value is no start."""

    column: str
    start: float
    end: float
    since: int


def key_changes(run: Run) -> list[Change]:
    """First and last known value of each key outcome of the city (collection is known from month 12 on)."""
    changes = []
    for column in KEY_OUTCOMES:
        known = run.city[column].dropna()
        if len(known):
            start = float(known.iloc[0]) if len(known) > 1 else np.nan
            changes.append(Change(column, start, float(known.iloc[-1]), int(known.index[0])))
        else:
            changes.append(Change(column, np.nan, np.nan, 0))
    return changes


def label_of(column: str, months: int) -> str:
    """What a key outcome of a run of so many months is called; one of the last twelve says of which
    where the run is shorter."""
    return SERIES[column].of_run(months)


def first_month_note(months: int) -> str:
    """Why what is of the last twelve months has no earlier start, or in a run of no
    more months none at all."""
    why = say("run.first_month_note") if months > YEARLY else say("run.no_start_note", window=window(months))
    return sentences((why, say("run.collection_note")))


def time_of(months: int) -> str:
    """How long a run is, in years where they are whole: "18 months", "a year"."""
    if months % YEARLY:
        return say("run.time_months", n=months)
    return say("run.time_year") if months == YEARLY else say("run.time_years", n=months // YEARLY)


def written(column: str, value: float) -> str:
    """A value of a city column as readers want it: shares as percentages, money in its
    unit, counts without decimals."""
    unit = COLUMN_WORDS[column].unit
    if np.isnan(value):
        return NO_VALUE
    if unit == "yuan":
        return figures.money(value)
    if column == "inequality":
        return figures.decimal(value, 3)
    if unit == "share":
        return figures.share(value)
    return figures.quantity(value, unit) if "/" in unit else figures.count(value)


class CycleOfType(NamedTuple):
    """How the estates of one type fared; `entered` counts those ever spiralling or
    collapsed, start included."""

    type: str
    estates: int
    entered: int
    collapsed: int  # at the end
    left: int  # entered, and neither spiralling nor collapsed at the end


def cycle_by_type(run: Run) -> list[CycleOfType]:
    """For each estate type in the scenario's order, who was in the cycle in months
    1 to the last, and who came out."""
    size = len(run.estate_table)
    stage = run.estates["stage"].cat.codes.to_numpy().reshape(run.months, size)
    inside = in_cycle(stage)
    entered, last = inside.any(axis=0), inside[-1]
    collapsed = stage[-1] == STAGES.index("collapsed")
    kind = run.estate_table["type"].cat.codes.to_numpy()
    names = list(run.estate_table["type"].cat.categories)
    groups = (np.ones(size, bool), entered, collapsed, entered & ~last)
    counts = [np.bincount(kind[group], minlength=len(names)) for group in groups]
    return [CycleOfType(name, *(int(count[code]) for count in counts)) for code, name in enumerate(names)]


def hard_case(run: Run) -> int:
    """The number of an estate worth a closer look: of those with most events among the ones
    that fell into the cycle."""
    size = len(run.estate_table)
    stage = run.estates["stage"].cat.codes.to_numpy().reshape(run.months, size)
    fell = (stage[0] != STAGES.index("collapsed")) & (stage == STAGES.index("collapsed")).any(axis=0)
    events = np.bincount(run.events["estate"].dropna().to_numpy(np.int64), minlength=size)
    return int(run.estate_table["number"].iloc[int(np.argmax(np.where(fell, events + 1, 0)))])


# sentences

MODE, STAGE = Family("mode", MODES), Family("stage", STAGES)
ACCOUNTS = Family(
    "run.account",
    (
        "owners",
        "companies",
        "employers",
        "estate_funds",
        "city",
        "district",
        "street",
        "community",
        "state",
        "developers",
        "donors",
        "courts",
        "suppliers",
        "advertisers",
        "insiders",
        "customers",
        "taxpayers",
        "shareholders",
        "banks",
        "maintenance_funds",
        "other",
        "other_paid",
        "other_received",
    ),
)
PURPOSES = Family(
    "run.purpose",
    (
        "fees",
        "fees_unit",
        "fees_self",
        "fees_cleaning",
        "arrears",
        "arrears_unit",
        "arrears_self",
        "arrears_cleaning",
        "arrears_former",
        "arrears_former_unit",
        "arrears_former_self",
        "arrears_former_cleaning",
        "service",
        "service_unit",
        "service_self",
        "cleaning",
        "collecting_cleaning",
        "fees_remuneration",
        "arrears_remuneration",
        "remuneration",
        "service_remuneration",
        "collecting_remuneration",
        "passed_on",
        "pursuing",
        "court_fees",
        "court_cases",
        "mediated_cases",
        "enforcement_fees",
        "repairs",
        "repairs_unit",
        "repairs_fund",
        "repairs_community",
        "repairs_district",
        "opening_maintenance",
        "maintenance_interest",
        "maintenance_works",
        "overhead",
        "public_revenue_fund",
        "public_revenue_company",
        "public_revenue_leak",
        "fund_repair",
        "retrofit",
        "subsidy",
        "award",
        "donation",
        "budget_city",
        "budget_district",
        "budget_street",
        "budget_community",
        "lapse_city",
        "lapse_district",
        "lapse_street",
        "lapse_community",
        "opening_cash",
        "opening_fund",
        "programme",  # the programme stands in a column of its own
    ),
)
# Inside a sentence or at the end of a line the label of a table column is too long.
SHORT = Family("run.short", ("collection", "collection_billing", "legacy"))


def measure_name(column: str, months: int = YEARLY) -> str:
    """A result column's name for use inside a sentence; `months`: how many lie behind its value, where
    that are fewer than twelve."""
    if column in ("collection", "collection_billing") and months < YEARLY:
        return say(f"run.of_window.{column}", window=window(months))
    return SHORT[column] if column in SHORT else str(COLUMN_WORDS[column])


def account_name(kind: str) -> str:
    """What a kind of account is called; one that has no words (a newer model, a plug-in) by its own name."""
    return ACCOUNTS[kind] if kind in ACCOUNTS else plain(kind)


def purpose_name(purpose: str) -> str:
    """What money is paid for; a purpose that has no words by its own name."""
    return PURPOSES[purpose] if purpose in PURPOSES else plain(purpose)


def type_title(run: Any, name: str) -> str:
    """Title of an estate type as the scenario words it, or its name."""
    kinds = getattr(run.scenario, "types", None) or {}
    kind = kinds.get(name) if isinstance(kinds, dict) else None
    return titled(getattr(kind, "title", None), plain(name))


def provenance(run: Any) -> str:
    """Which run a chart shows: scenario, seed, months and number of estates."""
    return say(
        "run.provenance",
        draw=say("draw.one", seed=run.seed),
        name=scenario_title(run),
        months=run.months,
        estates=figures.count(len(run.estate_table)),
    )


def change(name: str, values: np.ndarray) -> str:
    """How a share went from its first known to its last value, or what it was at the end where
    nothing is known before."""
    known = values[np.isfinite(values)]
    last = figures.share(float(values[-1]), 0)
    if known.size < 2:
        return say("run.change_one", name=name, last=last)
    return say("run.change", name=name, first=figures.share(float(known[0]), 0), last=last)


def sentences_of(run: Run) -> list[str]:
    """How many estates were in the cycle, what was collected, and how good service was, in one sentence;
    before it whether somebody changed the city by hand, and from which run it went on."""
    cycle = run.city["stage_spiralling"] + run.city["stage_collapsed"]
    last = run.city.iloc[-1]
    billing = last["collection_billing"]  # NaN where no estate bills any more
    rate = say(
        "run.found_rate",
        rate=figures.share(last["collection"], 0),
        low=figures.share(last["collection_p10"], 0),
        high=figures.share(last["collection_p90"], 0),
        billing=figures.share(billing, 0) if billing == billing else NO_VALUE,
        unbilled=figures.share(last["served_without_fee"], 0),
        window=window(run.months),
    )
    months = phrases(str(month) for month in sorted({edit.month for edit in run.edits}))
    by_hand = [say("run.edited", number=figures.count(len(run.edits)), months=months)] if run.edits else []
    return [
        *branch_sentences(run),
        *reaction_sentences(run),
        *by_hand,
        say(
            "run.found",
            months=run.months,
            start=figures.share(float(cycle.iloc[0]), 1),
            end=figures.share(float(cycle.iloc[-1]), 1),
            year=figures.share(float(cycle.iloc[1:].tail(12).mean()), 1),
            window=window(run.months),
            rate_part=rate,
            quality=figures.share(last["quality"], 0),
            low=figures.share(last["quality_p10"], 0),
            high=figures.share(last["quality_p90"], 0),
        ),
    ]


def shown(run: Run) -> tuple[str, str, pd.DataFrame]:
    """Title, facts and the key outcomes at start and end, for a notebook."""
    import pandas as pd

    facts = say(
        "run.facts",
        draw=say("draw.one", seed=run.seed),
        months=run.months,
        estates=figures.count(len(run.estate_table)),
        seconds=figures.decimal(run.wall_seconds, 1),
    )
    rows = [
        (
            label_of(one.column, run.months),
            written(one.column, one.start),
            written(one.column, one.end),
        )
        for one in key_changes(run)
    ]
    return (
        run.scenario.title.in_language(language()),
        facts,
        pd.DataFrame(rows, columns=["", say("run.start"), say("run.end")]),
    )
