"""A run in a few sentences, and as a notebook shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.outputs.catalog import plain, scenario_title, titled
from sim.results.columns import COLUMN_WORDS
from sim.studies.run.summary import key_changes, written
from sim.text import Family, figures, language, say
from sim.units import NO_VALUE
from sim.words import MODES, STAGES

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from sim.results import Run


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
        "arrears",
        "arrears_unit",
        "arrears_self",
        "arrears_former",
        "arrears_former_unit",
        "arrears_former_self",
        "service",
        "service_unit",
        "service_self",
        "cleaning",
        "overhead",
        "public_revenue_fund",
        "public_revenue_company",
        "public_revenue_leak",
        "fund_repair",
        "retrofit",
        "subsidy",
        "award",
        "donation",
    ),
)
# Inside a sentence or at the end of a line the label of a table column is too long.
SHORT = Family("run.short", ("collection", "collection_billing", "legacy"))


def measure_name(column: str) -> str:
    """A result column's name for use inside a sentence."""
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
    return titled(getattr(kind, "title", None), language(), plain(name))


def provenance(run: Any) -> str:
    """Which run a chart shows: scenario, seed, months and number of estates."""
    return say(
        "run.provenance",
        draw=say("draw.one", seed=run.seed),
        name=scenario_title(run, language()),
        months=run.months,
        estates=f"{len(run.estate_table):,}",
    )


def change(name: str, values: np.ndarray) -> str:
    """How a share went from its first to its last value."""
    first, last = figures.share(float(values[0]), 0), figures.share(float(values[-1]), 0)
    return say("run.change", name=name, first=first, last=last)


def sentences_of(run: Run) -> list[str]:
    """How many estates were in the cycle, what was collected, and how good service was, in one sentence."""
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
    )
    return [
        say(
            "run.found",
            months=run.months,
            start=figures.share(float(cycle.iloc[0]), 1),
            end=figures.share(float(cycle.iloc[-1]), 1),
            year=figures.share(float(cycle.iloc[1:].tail(12).mean()), 1),
            rate_part=rate,
            quality=figures.share(last["quality"], 0),
            low=figures.share(last["quality_p10"], 0),
            high=figures.share(last["quality_p90"], 0),
        )
    ]


def shown(run: Run) -> tuple[str, str, pd.DataFrame]:
    """Title, facts and the key outcomes at start and end, for a notebook."""
    import pandas as pd

    facts = say(
        "run.facts",
        draw=say("draw.one", seed=run.seed),
        months=run.months,
        estates=f"{len(run.estate_table):,}",
        seconds=f"{run.wall_seconds:.1f}",
    )
    rows = [
        (
            str(COLUMN_WORDS[one.column]),
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
