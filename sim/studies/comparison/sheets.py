"""What a workbook of a comparison says of each estate, and its columns in words."""

from __future__ import annotations

from sim.experiments.rescue import COUNTED, FATES, HARMED, RESCUED
from sim.results.columns import COLUMN_WORDS
from sim.results.outcomes import BEARER_WORDS, GROUP_SERIES, OUTCOMES, window
from sim.results.owner_kinds import KINDS, OWNER_COLUMNS
from sim.results.sheets import ByEstate, Sheets
from sim.results.tables import SUMS
from sim.studies.comparison import cost_effect as verdicts
from sim.studies.comparison.arms import MEASURES, OWNER_MEASURES
from sim.studies.comparison.comparison import Comparison
from sim.studies.comparison.names import OWNERS_BY, group_name, measure_name, months_of, title_of
from sim.studies.comparison.withdrawal import PROGRAMMES
from sim.text import Family, say
from sim.units import MONTHS_PER_YEAR

FATE_WORDS = Family("comparison.fate", FATES)
WORDED = (
    *(verdicts.COSTS, verdicts.COST_UNCERTAIN, verdicts.DOMINANT, verdicts.FREE, verdicts.DOMINATED),
    *(verdicts.SAVES_AND_HARMS, verdicts.HARM_COST_UNCERTAIN, verdicts.EFFECT_UNCERTAIN),
    *(verdicts.NO_EFFECT, verdicts.IDENTICAL, verdicts.TOO_FEW),
)
VERDICTS = Family("comparison.verdict_short", [name.replace(",", "").replace(" ", "_") for name in WORDED])
HEADINGS = Family(
    "comparison.head",
    (
        "arm",
        "baseline_mean",
        "arm_mean",
        "difference",
        "asked_difference",
        "replications_needed",
        "chance_better",
        "by",
        "group",
        "measure",
        "figure",
        "counted",
        "rescued",
        "harmed",
        "neither",
        "at_risk",
        "all_rescued",
        "all_harmed",
        "net",
        "share_rescued",
        "trusted",
        "baseline_cycle_months",
        "arm_cycle_months",
        "baseline_cycle_months_last_year",
        "arm_cycle_months_last_year",
        "baseline_in_cycle_end",
        "arm_in_cycle_end",
        "fate",
        "cost",
        "effect",
        "price",
        "price_low",
        "price_high",
        "public_cost_ranges.price",
        "state_owned",
        "verdict",
        "chance_helps",
        "chance_costs",
        "pairs_helped",
        "pairs_costing",
        "more_than_baseline",
        "more",
        "paid",
        "first_year",
        "last_year",
        "willingness_to_pay",
        "against",
        "against_arm",
        "losses.against",
        "chosen",
        "adjusted_low",
        "adjusted_high",
        "advantage_low",
        "advantage_high",
        "chance_best",
        "regret",
        "shortfall",
        "in_set",
        "best",
        "second",
        "seen",
        "replications_more",
        "kept",
        "ended",
        "lost",
        "remains",
        "remains_low",
        "remains_high",
        "after.after",
        "after.programmes",
        "before",
        "level",
        "drift",
        "still_moving",
        "advantage_range_low",
        "advantage_range_high",
        "share_rescued_low",
        "share_rescued_high",
        "net_exact_low",
        "net_exact_high",
        *OWNER_COLUMNS,
    ),
)


def sheets_of(comparison: Comparison) -> Sheets:
    """Of each estate over all runs: how often it is in the cycle in each of the last twelve months (or those
    that there are) without and with each arm, and how often that arm rescues and harms it.

    Only where the estates are those of a table: drawn ones are others with every seed.
    """
    arms = {arm.name: title_of(comparison, arm) for arm in comparison.arms}
    months = months_of(comparison)
    # those of series are in tables of before measures had their window in their names
    measures = {name: measure_name(name, months) for name in (*MEASURES, *GROUP_SERIES, *OWNER_MEASURES)}
    groups = {group: group_name(comparison, "type", group) for group in comparison.baseline.scenario.types}
    groups |= {group: group_name(comparison, by, group) for by, kinds in KINDS.items() for group in kinds}
    words: dict[str, dict[str, str]] = {
        "measure": measures,
        "figure": measures | {name: one.of_run(months) for name, one in OUTCOMES.items()},
        "fate": dict(FATE_WORDS),
        "programmes": dict(PROGRAMMES),
        "bearer": dict(BEARER_WORDS) | {name: OUTCOMES[name].name for name in SUMS},
        "counted": {name: say(f"sheet.column.{name}") for name in COUNTED},
        "by": {"all": say("comparison.all")}
        | {by: str(COLUMN_WORDS[by]) for by in ("type", "district")}
        | dict(OWNERS_BY),
        "group": groups | {"all": say("comparison.all")},
        "verdict": {name: VERDICTS[name.replace(",", "").replace(" ", "_")] for name in WORDED},
        **dict.fromkeys(("arm", "against", "against_arm"), arms),
    }
    headings = dict(HEADINGS) | {
        f"{table}.{arm}": title
        for table in ("acceptability", "acceptability_pairs")
        for arm, title in arms.items()
    }
    scenario = comparison.baseline.scenario
    if scenario.estates is None:
        return Sheets(headings=headings, words=words)
    told, least = window(months), min(months, MONTHS_PER_YEAR)

    def inside(arm: str) -> ByEstate:
        held = comparison.arm(arm).estates["cycle_months_last_year"] == least
        label = say("comparison.by_estate.chance", arm=arms[arm], window=told)
        return ByEstate(f"chance_{arm}", label, "share", held.mean(axis=0))

    columns = [inside(comparison.baseline.name)]
    for arm in comparison.others:
        fates, name = comparison.fate_codes(arm.name), arms[arm.name]
        columns.append(inside(arm.name))
        for id_, code in (("rescued", RESCUED), ("harmed", HARMED)):
            label = say(f"comparison.by_estate.{id_}", arm=name)
            columns.append(ByEstate(f"{id_}_{arm.name}", label, "share", (fates == code).mean(axis=0)))
        more = comparison.arm(arm.name).estates["cycle_months"] - comparison.baseline.estates["cycle_months"]
        label = say("comparison.by_estate.months", arm=name)
        columns.append(ByEstate(f"months_{arm.name}", label, "month", more.mean(axis=0)))
    numbers = tuple(scenario.estates.rows.numbers.tolist())
    return Sheets(tuple(columns), numbers, headings, words)
