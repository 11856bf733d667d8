"""The tables of a comparison, made from its arms."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.errors import StudyError
from sim.experiments.intervals import (
    LEAST_PAIRS,
    NO_RANGE,
    Interval,
    mean_interval,
    mean_intervals,
    range_of,
)
from sim.experiments.rescue import COUNTED, ESTATES, FATES, HOUSEHOLDS, NEITHER, Rescues, count_rescues
from sim.results.columns import CITY_COLUMN_WORDS
from sim.results.outcomes import GROUP_SERIES, OUTCOMES
from sim.results.owner_kinds import KINDS, OWNER_COLUMNS
from sim.results.tables import BEARERS, PRICES, SUMS, spans_of, with_sums
from sim.studies.comparison.arms import (
    CYCLE,
    OWNER_GROUPS,
    OWNER_MEASURES,
    OWNER_UNITS,
    Arm,
    measure_of,
    same_owners,
)
from sim.studies.comparison.cost_effect import PRICED, acceptability, price_range
from sim.text import languages, message
from sim.units import MONTHS_PER_YEAR

if TYPE_CHECKING:
    import pandas as pd

    from sim.studies.comparison.comparison import Comparison

MONTHLY = (CYCLE, "collection", "satisfaction", "quality", "public_cost")
MONTH_RESAMPLES = 1999  # of each month; ends of a ribbon need fewer than a figure in print
OF_OUTCOME = "unit of the outcome"
RANGE = ("range_low", "range_high")
MEANS, PAIRS = "means", "pairs"  # what acceptability is over
SERIES_UNITS = {CYCLE: "share", "public_cost": "yuan/month", "trust": "share", "grievance": "share"}


def differences(comparison: Comparison) -> pd.DataFrame:
    """See `Comparison.differences`."""
    asked = dict(comparison.settings.differences)
    rows = []
    for arm in comparison.others:
        for outcome in comparison.outcomes:
            paired, interval = comparison.paired(arm.name, outcome), comparison.interval(arm.name, outcome)
            needed = comparison.replications_needed(arm.name, outcome)
            rows.append(
                {
                    "arm": arm.name,
                    "outcome": outcome,
                    "unit": OUTCOMES[outcome].unit,
                    "baseline_mean": float(comparison.baseline.scalars[outcome].mean()),
                    "arm_mean": float(arm.scalars[outcome].mean()),
                    "difference": float(paired.mean()),
                    **_bounds(interval),
                    **comparison.range(arm.name, outcome).columns(),
                    "spread": float(paired.std(ddof=1)),
                    "replications": len(comparison.seeds),
                    "asked_difference": asked.get(outcome, float(paired.mean())),
                    "replications_needed": math.nan if needed is None else float(needed),
                }
            )
    columns = ("baseline_mean", "arm_mean", "difference", "low", "high", *RANGE, "spread", "asked_difference")
    return _frame(
        rows,
        dict.fromkeys(columns, OF_OUTCOME)
        | {"pairs": "pairs", "replications": "runs", "replications_needed": "runs"},
    )


def by_month(comparison: Comparison, series: Sequence[str]) -> pd.DataFrame:
    """See `Comparison.by_month`."""
    rows = []
    for arm in comparison.others:
        for name in series:
            if name not in arm.series:
                known = ", ".join(arm.series)
                raise StudyError(message("problem.instead", place="series", found=repr(name), allowed=known))
            paired = arm.series[name] - comparison.baseline.series[name]
            intervals = mean_intervals(paired, comparison.interval_level, MONTH_RESAMPLES)
            for month, (mean, interval) in enumerate(
                zip(paired.mean(axis=0).tolist(), intervals, strict=True)
            ):
                rows.append(
                    {
                        "arm": arm.name,
                        "series": name,
                        "unit": unit_of_series(name),
                        "month": month,
                        "difference": mean,
                    }
                    | _bounds(interval)
                    | range_of(paired[:, month]).columns()
                )
    numbers = ("difference", "low", "high", *RANGE)
    return _frame(rows, {"month": "month", "pairs": "pairs"} | dict.fromkeys(numbers, "unit of the series"))


def unit_of_series(name: str) -> str:
    """Unit of a monthly series of a run's summary."""
    word = CITY_COLUMN_WORDS.get(name)
    return SERIES_UNITS.get(name, word.unit if word is not None else "")


def by_group(comparison: Comparison, by: str) -> pd.DataFrame:
    """See `Comparison.by_type`; `by` is "type" or "district"."""
    names: list[Any] = (
        list(comparison.baseline.scenario.types)
        if by == "type"
        else list(range(comparison.baseline.scenario.city.districts))
    )
    rows = []
    for arm in comparison.others:
        for series in GROUP_SERIES:
            before, after = comparison.baseline.group_means(series, by), arm.group_means(series, by)
            intervals = mean_intervals(after - before, comparison.interval_level)
            for number, (name, interval) in enumerate(zip(names, intervals, strict=True)):
                low, high = before[:, number].mean(), after[:, number].mean()
                rows.append(
                    {
                        "arm": arm.name,
                        by: name,
                        "measure": measure_of(series),
                        "baseline_mean": low,
                        "arm_mean": high,
                        "difference": high - low,
                    }
                    | _bounds(interval)
                    | range_of(after[:, number] - before[:, number]).columns()
                )
    numbers = ("baseline_mean", "arm_mean", "difference", "low", "high", *RANGE)
    return _frame(rows, {"pairs": "pairs"} | dict.fromkeys(numbers, "share"))


def by_owner(comparison: Comparison) -> pd.DataFrame:
    """See `Comparison.by_owner`."""
    base, rows = comparison.baseline, []
    for arm in comparison.others:
        for by in OWNER_GROUPS:
            if not (base.owners and arm.owners and same_owners(base, arm, by)):
                continue
            people = base.households_by(by).sum(axis=2)
            for measure in OWNER_MEASURES:
                before, after = base.owner_means(measure, by), arm.owner_means(measure, by)
                intervals = mean_intervals(after - before, comparison.interval_level)
                for number, (name, interval) in enumerate(zip(base.owner_groups(by), intervals, strict=True)):
                    if not people[:, number].any():
                        continue
                    rows.append(
                        {
                            "arm": arm.name,
                            "by": by,
                            "group": name,
                            "households": float(people[:, number].mean()),
                            "measure": measure,
                            "unit": OWNER_UNITS[measure],
                            "baseline_mean": float(before[:, number].mean()),
                            "arm_mean": float(after[:, number].mean()),
                            "difference": float((after[:, number] - before[:, number]).mean()),
                        }
                        | _bounds(interval)
                        | range_of(after[:, number] - before[:, number]).columns()
                    )
    numbers = ("baseline_mean", "arm_mean", "difference", "low", "high", *RANGE)
    units = {"pairs": "pairs", "households": "households"} | dict.fromkeys(numbers, "unit of the measure")
    return _frame(rows, units)


def fates(comparison: Comparison) -> pd.DataFrame:
    """See `Comparison.fates`."""
    import pandas as pd

    base, seeds = comparison.baseline, np.array(comparison.seeds)
    count = base.estates["type"].shape[1]
    parts = []
    for arm in comparison.others:
        codes = comparison.fate_codes(arm.name).ravel()
        parts.append(
            pd.DataFrame(
                {
                    "arm": arm.name,
                    "seed": np.repeat(seeds, count),
                    "estate": np.tile(np.arange(count), len(seeds)),
                    "type": pd.Categorical.from_codes(
                        base.estates["type"].ravel(), list(base.scenario.types)
                    ),
                    "district": base.estates["district"].ravel(),
                    "households": base.estates["households"].ravel(),
                    **{name: base.estates[name].ravel() for name in OWNER_COLUMNS if name in base.estates},
                    "baseline_cycle_months": base.estates["cycle_months"].ravel(),
                    "arm_cycle_months": arm.estates["cycle_months"].ravel(),
                    "baseline_cycle_months_last_year": base.estates["cycle_months_last_year"].ravel(),
                    "arm_cycle_months_last_year": arm.estates["cycle_months_last_year"].ravel(),
                    "baseline_in_cycle_end": base.in_cycle.ravel(),
                    "arm_in_cycle_end": arm.in_cycle.ravel(),
                    "fate": pd.Categorical.from_codes(codes, list(FATES)),
                }
            )
        )
    frame = pd.concat(parts, ignore_index=True)
    months = [f"{side}_cycle_months{part}" for side in ("baseline", "arm") for part in ("", "_last_year")]
    people = dict.fromkeys(("households", *OWNER_COLUMNS), "households")
    frame.attrs["units"] = people | dict.fromkeys(months, "month")
    return frame


def rescues(comparison: Comparison) -> pd.DataFrame:
    """See `Comparison.rescues`."""
    base, risk, people = comparison.baseline, comparison.at_risk, comparison.baseline.estates["households"]
    rows = []
    for arm in comparison.others:
        codes = comparison.fate_codes(arm.name)
        for counted in COUNTED:
            households = people if counted == HOUSEHOLDS else None
            for by, name, member in _groups(base):
                one = _counted(codes, risk, member, comparison.interval_level, households)
                if one is not None:
                    row = {"arm": arm.name, "counted": counted, "by": by, "group": name}
                    rows.append(row | _rescue_row(one))
        for by in KINDS:
            if not same_owners(base, arm, by):
                continue
            for name, of_kind in zip(KINDS[by], np.moveaxis(base.households_by(by), 1, 0), strict=True):
                if of_kind.any():
                    one = count_rescues(codes, risk, comparison.interval_level, households=of_kind)
                    row = {"arm": arm.name, "counted": HOUSEHOLDS, "by": by, "group": name}
                    rows.append(row | _rescue_row(one))
    numbers = (
        "estates",
        "at_risk",
        "rescued",
        "rescued_low",
        "rescued_high",
        "rescued_range_low",
        "rescued_range_high",
        "harmed",
        "harmed_low",
        "harmed_high",
        "harmed_range_low",
        "harmed_range_high",
        "neither",
    )
    shares = (
        "share_rescued",
        "share_rescued_low",
        "share_rescued_high",
        "net",
        "net_low",
        "net_high",
        "net_exact_low",
        "net_exact_high",
    )
    units = dict.fromkeys(numbers, "estates or households/run") | dict.fromkeys(shares, "share")
    return _frame(rows, units | {"pairs": "pairs"})


def _groups(base: Arm) -> list[tuple[str, str, np.ndarray]]:
    """(kind, name, membership of every seed's estates) of the whole city, each type and each district."""
    groups = [("all", "all", np.ones_like(base.estates["type"], bool))]
    groups += [("type", name, base.estates["type"] == code) for code, name in enumerate(base.scenario.types)]
    groups += [
        ("district", str(code), base.estates["district"] == code)
        for code in range(base.scenario.city.districts)
    ]
    return groups


def _counted(
    codes: np.ndarray, risk: np.ndarray, member: np.ndarray, level: float, households: np.ndarray | None
) -> Rescues | None:
    """Rescues among a group; None if no seed has an estate of it. Group sizes may differ between seeds:
    estates outside are neither."""
    if not member.any():
        return None
    rescues = count_rescues(np.where(member, codes, NEITHER), risk & member, level, households=households)
    if member.all():
        return rescues
    sizes = member if households is None else member * households
    return rescues.of(float(sizes.sum(axis=1).mean()))


def of_estates(rescues: pd.DataFrame, counted: str = ESTATES) -> pd.DataFrame:
    """The rows of a table of rescues that count estates, or households."""
    return rescues[rescues["counted"] == counted]


def _rescue_row(rescues: Rescues) -> dict[str, Any]:
    row: dict[str, Any] = {"estates": rescues.estates, "at_risk": rescues.at_risk}
    for name, value, interval in (
        ("rescued", rescues.rescued, rescues.rescued_interval),
        ("harmed", rescues.harmed, rescues.harmed_interval),
        ("share_rescued", rescues.share_rescued, rescues.share_interval),
        ("net", rescues.net, rescues.net_interval),
    ):
        row |= {name: value, f"{name}_low": interval.low, f"{name}_high": interval.high}
    for name, held in (("rescued", rescues.rescued_range), ("harmed", rescues.harmed_range)):
        row |= {f"{name}_range_low": held.low, f"{name}_range_high": held.high}
    row |= {"range_kind": rescues.rescued_range.kind, "pairs": rescues.rescued_range.pairs}
    row |= {
        "net_exact_low": rescues.net_exact.low,
        "net_exact_high": rescues.net_exact.high,
        "neither": rescues.neither,
    }
    return row | {
        "all_rescued": rescues.all_rescued,
        "all_harmed": rescues.all_harmed,
        "trusted": rescues.trusted,
    }


def costs(comparison: Comparison) -> pd.DataFrame:
    """See `Comparison.costs`."""
    rows = []
    for arm in comparison.others:
        cost_effect = comparison.cost_effect(arm.name)
        cost, effect = (
            comparison.interval(arm.name, "public_cost"),
            comparison.interval(arm.name, "cycle_estate_years"),
        )
        spent, gained = (
            comparison.range(arm.name, "public_cost"),
            comparison.range(arm.name, "cycle_estate_years"),
        )
        priced = cost_effect.price_range if cost_effect.verdict in PRICED else NO_RANGE
        rows.append(
            {
                "arm": arm.name,
                "verdict": cost_effect.verdict,
                "cost": cost_effect.cost,
                "cost_low": cost.low,
                "cost_high": cost.high,
                "cost_range_low": spent.low,
                "cost_range_high": spent.high,
                "state_owned": float(comparison.paired(arm.name, "state_owned_losses").mean()),
                "effect": cost_effect.effect,
                "effect_low": -effect.high,
                "effect_high": -effect.low,
                "effect_range_low": -gained.high,
                "effect_range_high": -gained.low,
                "range_kind": spent.kind,
                "pairs": spent.pairs,
                "price": cost_effect.ratio,
                "price_low": cost_effect.low,
                "price_high": cost_effect.high,
                "price_range_low": priced.low,
                "price_range_high": priced.high,
                "chance_helps": cost_effect.helps,
                "chance_costs": cost_effect.costs,
                "pairs_helped": cost_effect.pairs_helped,
                "pairs_costing": cost_effect.pairs_costing,
            }
        )
    ends = ("", "_low", "_high", "_range_low", "_range_high")
    units = dict.fromkeys((*(f"cost{end}" for end in ends), "state_owned"), "yuan") | {"pairs": "pairs"}
    units |= dict.fromkeys((f"effect{end}" for end in ends), "estate-years")
    units |= dict.fromkeys((f"price{end}" for end in ends), "yuan/estate-year") | dict.fromkeys(
        ("chance_helps", "chance_costs", "pairs_helped", "pairs_costing"), "share"
    )
    return _frame(rows, units)


def spending(comparison: Comparison) -> pd.DataFrame:
    """See `Comparison.spending`."""
    constant, base = PRICES.index("constant"), comparison.baseline.spending
    rows = []
    for arm in comparison.arms:
        for key in sorted({*arm.spending, *base}):
            bearer, programme = key
            paid, before = (
                one[key][:, :, constant].sum(axis=1) if key in one else np.zeros(len(comparison.seeds))
                for one in (arm.spending, base)
            )
            named = {"arm": arm.name, "bearer": bearer, "programme": programme}
            rows.append(named | {"yuan": float(paid.mean())} | _more_than(paid - before, comparison))
    if not rows:
        zero = np.zeros(len(comparison.seeds))
        rows = [
            {"arm": arm.name, "bearer": "", "programme": "", "yuan": 0.0} | _more_than(zero, comparison)
            for arm in comparison.arms
        ]
    numbers = ("yuan", "more_than_baseline", "low", "high", *RANGE)
    return _frame(rows, {"pairs": "pairs"} | dict.fromkeys(numbers, "yuan/run"))


def _more_than(more: np.ndarray, comparison: Comparison) -> dict[str, Any]:
    """What is paid more than in the baseline (yuan, one a seed): its mean, how precisely that is
    known, and what may happen."""
    mean = {"more_than_baseline": float(more.mean())}
    return mean | _bounds(mean_interval(more, comparison.interval_level)) | range_of(more).columns()


def public_cost(comparison: Comparison) -> pd.DataFrame:
    """See `Comparison.public_cost`."""
    none = np.zeros(
        (len(comparison.seeds), -(-comparison.baseline.scenario.months // MONTHS_PER_YEAR), len(PRICES))
    )
    base = _by_bearer(comparison.baseline, none)
    rows = []
    for arm in comparison.arms:
        own = _by_bearer(arm, none)
        for bearer in BEARERS:
            paid, more = own[bearer].mean(axis=0), (own[bearer] - base[bearer]).mean(axis=0)
            rows += [
                {"arm": arm.name, "year": year + 1, "bearer": bearer}
                | dict(zip(PRICES, paid[year].tolist(), strict=True))
                | {f"{price}_more": float(more[year, place]) for place, price in enumerate(PRICES)}
                for year in range(paid.shape[0])
            ]
    money = [f"{price}{end}" for price in PRICES for end in ("", "_more")]
    return _frame(rows, {"year": "year"} | dict.fromkeys(money, "yuan/run"))


class _Cost(NamedTuple):
    """A row of `public_cost_ranges` in the making; `paid` and `more` (than in the
    baseline) are yuan, one a seed."""

    arm: str
    span: tuple[int, int]
    bearer: str
    price: str
    paid: np.ndarray
    more: np.ndarray


def public_cost_ranges(comparison: Comparison) -> pd.DataFrame:
    """See `Comparison.public_cost_ranges`."""
    years = -(-comparison.baseline.scenario.months // MONTHS_PER_YEAR)
    none = np.zeros((len(comparison.seeds), years, len(PRICES)))
    base = with_sums(_by_bearer(comparison.baseline, none))
    parts: list[_Cost] = []
    for arm in comparison.arms:
        own = with_sums(_by_bearer(arm, none))
        for bearer in own:
            if bearer not in SUMS and not (own[bearer].any() or base[bearer].any()):
                continue
            for first, last in spans_of(years):
                paid, before = (one[bearer][:, first - 1 : last].sum(axis=1) for one in (own, base))
                parts += [
                    _Cost(arm.name, (first, last), bearer, price, paid[:, place], (paid - before)[:, place])
                    for place, price in enumerate(PRICES)
                ]
    every = np.stack([values for part in parts for values in (part.paid, part.more)], axis=1)
    # as many resamples as for the outcomes: the total of all years is one of them, and has one interval
    intervals = mean_intervals(every, comparison.interval_level)
    rows = []
    for part, of_paid, of_more in zip(parts, intervals[::2], intervals[1::2], strict=True):
        held, further = range_of(part.paid), range_of(part.more)
        row = {"arm": part.arm, "first_year": part.span[0], "last_year": part.span[1]}
        row |= {"bearer": part.bearer, "price": part.price, "paid": float(part.paid.mean())}
        row |= _bounds(of_paid) | held.columns() | {"more": float(part.more.mean())}
        row |= {f"more_{name}": value for name, value in _bounds(of_more).items()}
        rows.append(row | {"more_range_low": further.low, "more_range_high": further.high})
    numbers = ("low", "high", *RANGE)
    money = ("paid", "more", *numbers, *(f"more_{name}" for name in numbers))
    units = {"first_year": "year", "last_year": "year", "pairs": "pairs"}
    return _frame(rows, units | dict.fromkeys(money, "yuan/run"))


def _by_bearer(arm: Arm, none: np.ndarray) -> dict[str, np.ndarray]:
    """Yuan (seeds, years, PRICES) of each bearer, over all programmes."""
    return {
        bearer: sum((paid for (who, _), paid in arm.spending.items() if who == bearer), none)
        for bearer in BEARERS
    }


def plane(comparison: Comparison) -> pd.DataFrame:
    """See `Comparison.plane`."""
    import pandas as pd

    parts = [
        pd.DataFrame(
            {
                "arm": arm.name,
                "seed": comparison.seeds,
                "cost": comparison.paired(arm.name, "public_cost"),
                "effect": -comparison.paired(arm.name, "cycle_estate_years"),
            }
        )
        for arm in comparison.others
    ]
    frame = pd.concat(parts, ignore_index=True)
    frame.attrs["units"] = {"cost": "yuan", "effect": "estate-years"}
    return frame


def acceptability_table(
    comparison: Comparison, prices: np.ndarray | None, against: str, over: str = MEANS
) -> pd.DataFrame:
    """See `Comparison.acceptability`."""
    import pandas as pd

    if against not in ("all", "baseline"):
        allowed = message("allowed.one_of_two", one="'all'", other="'baseline'")
        raise StudyError(message("problem.instead", place="against", found=repr(against), allowed=allowed))
    if over not in (MEANS, PAIRS):
        allowed = message("allowed.one_of_two", one=repr(MEANS), other=repr(PAIRS))
        raise StudyError(message("problem.instead", place="over", found=repr(over), allowed=allowed))
    judged = {arm.name: comparison.cost_effect(arm.name) for arm in comparison.others}
    asked = price_range(list(judged.values())) if prices is None else np.asarray(prices, np.float64)
    options = {
        name: (one.cost_draws, one.effect_draws) if over == MEANS else (one.cost_pairs, one.effect_pairs)
        for name, one in judged.items()
    }
    nothing = np.zeros_like(next(iter(options.values()))[0])
    base = {comparison.baseline.name: (nothing, nothing)}
    if against == "all":
        shares = acceptability(base | options, asked.tolist())
    else:
        shares = {
            name: acceptability(base | {name: option}, asked.tolist())[name]
            for name, option in options.items()
        }
    if (
        over == MEANS and len(comparison.seeds) < LEAST_PAIRS
    ):  # as few as have no interval have no chance either
        shares = {name: np.full(len(asked), math.nan) for name in shares}
    frame = pd.DataFrame(shares, index=pd.Index(asked, name="willingness_to_pay"))
    frame.attrs["units"] = {"willingness_to_pay": "yuan/estate-year"} | dict.fromkeys(shares, "share")
    return frame


def _bounds(interval: Interval) -> dict[str, Any]:
    return {"low": interval.low, "high": interval.high, "note": interval.note}


def _frame(rows: list[dict[str, Any]], units: dict[str, str]) -> pd.DataFrame:
    import pandas as pd

    frame = pd.DataFrame(rows)
    frame.attrs["units"] = units
    return frame


def manifest(comparison: Comparison) -> dict[str, Any]:
    """What was compared and how, in plain data."""
    from sim.fingerprint import model_source_hash, summary_source_hash
    from sim.results.provenance import here
    from sim.scenario import content_hash, to_data

    settings = comparison.settings
    return {
        "key": comparison.key,
        "baseline": comparison.baseline.name,
        "arms": {
            arm.name: {"content_hash": content_hash(arm.scenario), "scenario": to_data(arm.scenario)}
            for arm in comparison.arms
        },
        "seeds": list(comparison.seeds),
        "outcomes": list(settings.outcomes),
        "level": settings.level,
        "interval_level": settings.taken,
        "asked_differences": dict(settings.differences),
        "looks_planned": list(comparison.looks_planned),
        "decide": comparison.decision.facts() if comparison.decision is not None else None,
        "ensemble": comparison.ensemble,
        "looks": [
            {
                "replications": look.replications,
                "outcome": look.outcome,
                "wanted_width": look.wanted,
                "widths": {
                    name: width if math.isfinite(width) else None for name, width in look.widths.items()
                },
                "enough": look.enough,
            }
            for look in comparison.looks
        ],
        # how both are worked out, by name: sim/experiments/intervals.py (mean_intervals, range_of) says it
        "intervals": "bca_bootstrap_over_seeds_expanded",
        "ranges": "range_kind_over_pairs",
        # sim/experiments/selection.py says which procedure each is
        "set": "bonferroni_paired_t_comparisons_with_the_best",
        "chance_best": "posterior_t_common_random_numbers",
        "digest": comparison.digest,
        "model_source_hash": model_source_hash(),
        "summary_source_hash": summary_source_hash(),
        **here(),
        "sentences": {lang: comparison.sentences(lang) for lang in languages()},
        "warnings": {lang: comparison.warnings(lang) for lang in languages()},
    }
