"""The tables of pathways; where a month is "not within those simulated", or there is nothing to say, is
null."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sim.experiments.intervals import Estimate, Interval
from sim.studies.pathways.lasting import ENDED, HELD, NEVER, SellBy, share_of
from sim.studies.pathways.signposts import IN_A_ROW

if TYPE_CHECKING:
    from sim.studies.pathways.pathways import Pathway, Pathways

STATES = {NEVER: "never", ENDED: "ended", HELD: "held"}
MORE = "more_than_staying"


def path_name(path: Pathway) -> str:
    """A path as tables name it."""
    return "+".join(path.plans)


def tables_of(found: Pathways) -> dict[str, pd.DataFrame]:
    """Every table by name."""
    return {
        "sell_by": _with_units(
            [_sell_by_row(found, path) for path in found.firsts],
            ("plan", *_SELL_BY, *_ends_of_costs("")),
            _MONTHS | _YUAN,
        ),
        "switches": _with_units(
            [_switch_row(found, path) for path in found.switches],
            (*_SWITCH, *_SELL_BY, *_ends_of_costs("", f"_{MORE}")),
            _MONTHS | {"share": "share", "share_low": "share", "share_high": "share"} | _YUAN,
        ),
        "signposts": _signposts(found),
        "runs": _runs(found),
        "months": _months(found),
    }


_MONTHS = dict.fromkeys(
    ("median", "median_low", "median_high", "range_low", "range_high", "simulated", "before"), "month"
) | {"pairs": "runs", "runs": "runs", "ended": "runs", "never": "runs", "tried": "runs", "open": "runs"}
_YUAN = {
    f"{name}{part}": "yuan"
    for name in ("public_cost", "fiscal_spending", f"public_cost_{MORE}", f"fiscal_spending_{MORE}")
    for part in ("", "_low", "_high", "_range_low", "_range_high")
}


_RANGE = ("range_low", "range_high", "range_kind", "pairs")
_SWITCH = (
    *("path", "from", "to", "before", "switch", "tried", "draw", "open"),
    *("share", "share_low", "share_high"),
)
_SELL_BY = (
    *("runs", "ended", "never", "median", "median_low", "median_high", "note"),
    *(*_RANGE, "simulated"),
)
_SIGNPOST = (
    *("plan", "figure", "side", "alarm_level", "in_a_row", "hits", "failing"),
    *("hit_rate", "hit_rate_low", "hit_rate_high", "false_alarms", "runs"),
    *("false_rate", "false_rate_low", "false_rate_high", "warned", "worth_watching"),
)


def _ends_of_costs(*what: str) -> tuple[str, ...]:
    """Columns of what runs paid; `what` it was is the end of their names."""
    return tuple(
        f"{name}{of}{end}"
        for name in ("public_cost", "fiscal_spending")
        for of in what
        for end in ("", "_low", "_high", "_note", *(f"_{one}" for one in _RANGE))
    )


def _with_units(rows: list[dict[str, Any]], names: tuple[str, ...], units: dict[str, str]) -> pd.DataFrame:
    """A table that has its columns even where it has no row."""
    frame = pd.DataFrame(rows, columns=list(names))
    if "draw" in frame:
        frame["draw"] = frame["draw"].astype("Int64")
    frame.attrs["units"] = {name: unit for name, unit in units.items() if name in frame}
    return frame


def _month(value: float) -> float:
    return value if math.isfinite(value) else math.nan


def _sell_by_columns(found: Pathways, one: SellBy) -> dict[str, Any]:
    columns = one.held.columns()
    return {
        "runs": one.runs,
        "ended": one.ended,
        "never": one.never,
        "median": _month(one.median),
        "median_low": _month(one.precision.low),
        "median_high": _month(one.precision.high),
        "note": one.precision.note,
        **columns,
        "range_low": _month(columns["range_low"]),
        "range_high": _month(columns["range_high"]),
        "simulated": found.months,
    }


def _cost_columns(name: str, estimate: Estimate | None) -> dict[str, Any]:
    if estimate is None:
        return {}
    return {
        name: estimate.mean,
        f"{name}_low": estimate.interval.low,
        f"{name}_high": estimate.interval.high,
        f"{name}_note": estimate.interval.note,
        **{f"{name}_{end}": value for end, value in estimate.range.columns().items()},
    }


def _costs(found: Pathways, path: Pathway) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    for name in ("public_cost", "fiscal_spending"):
        whole, more = found.costs(path, name)
        columns |= _cost_columns(name, whole) | _cost_columns(f"{name}_{MORE}", more)
    return columns


def _sell_by_row(found: Pathways, path: Pathway) -> dict[str, Any]:
    return {"plan": path.plan, **_sell_by_columns(found, found.sell_by(path)), **_costs(found, path)}


def _switch_row(found: Pathways, path: Pathway) -> dict[str, Any]:
    verdict, share = found.verdict(path)
    return {
        "path": path_name(path),
        "from": path.plans[-2],
        "to": path.plan,
        "before": path.before,
        "switch": verdict,
        "tried": path.state.size,
        "draw": found.draw_of(path),
        "open": int(path.is_open.sum()),
        "share": float(path.is_open.mean()),
        "share_low": share.low,
        "share_high": share.high,
        **_sell_by_columns(found, found.sell_by(path)),
        **_costs(found, path),
    }


def _signposts(found: Pathways) -> pd.DataFrame:
    rows = []
    for one in found.signposts:
        hit, false = one.rates(found.level)
        rows.append(
            {
                "plan": one.plan,
                "figure": one.figure,
                "side": one.side,
                "alarm_level": one.level,
                "in_a_row": IN_A_ROW,
                "hits": one.hits,
                "failing": one.failing,
                "hit_rate": one.hits / one.failing,
                **_bounds("hit_rate", hit),
                "false_alarms": one.false,
                "runs": one.runs,
                "false_rate": one.false / one.runs,
                **_bounds("false_rate", false),
                "warned": one.warned,
                "worth_watching": one.worth,
            }
        )
    names = ("hit_rate", "hit_rate_low", "hit_rate_high", "false_rate", "false_rate_low", "false_rate_high")
    units = dict.fromkeys(names, "share") | {"warned": "month", "in_a_row": "month"}
    return _with_units(
        rows, _SIGNPOST, units | dict.fromkeys(("hits", "failing", "false_alarms", "runs"), "runs")
    )


def _bounds(name: str, interval: Interval) -> dict[str, float]:
    return {f"{name}_low": interval.low, f"{name}_high": interval.high}


def _runs(found: Pathways) -> pd.DataFrame:
    rows = []
    for path in found.paths:
        for place, number in enumerate(path.number.tolist()):
            state = int(path.state[place])
            months = path.months[place]
            rows.append(
                {
                    "path": path_name(path),
                    "before": path.before,
                    "replication": number,
                    "seed": found.asked["seeds"][number],
                    "failed_before": int(path.failed[place]) or pd.NA,
                    "switched_after": int(months[-1]) if months.size else pd.NA,
                    "state": STATES[state],
                    "sell_by": int(path.until[place]) if state in (NEVER, ENDED) else pd.NA,
                    "public_cost": float(path.public_cost[place]),
                    "fiscal_spending": float(path.fiscal_spending[place]),
                }
            )
    frame = pd.DataFrame(rows)
    for name in ("failed_before", "switched_after", "sell_by"):
        frame[name] = frame[name].astype("Int32")
    frame.attrs["units"] = dict.fromkeys(
        ("failed_before", "switched_after", "sell_by", "before"), "month"
    ) | {
        "public_cost": "yuan",
        "fiscal_spending": "yuan",
    }
    return frame


def _months(found: Pathways) -> pd.DataFrame:
    """From month 12 on, the first that is judged."""
    from sim.units import MONTHS_PER_YEAR

    rows = []
    for path in found.firsts:
        good = path.good.sum(axis=0)
        for month in range(MONTHS_PER_YEAR, path.good.shape[1]):
            share = share_of(int(good[month]), path.state.size, found.level)
            rows.append(
                {
                    "plan": path.plan,
                    "month": month,
                    "good": int(good[month]),
                    "runs": path.state.size,
                    "share": int(good[month]) / path.state.size,
                    **_bounds("share", share),
                }
            )
    frame = pd.DataFrame(rows)
    frame.attrs["units"] = dict.fromkeys(("share", "share_low", "share_high"), "share") | {
        "good": "runs",
        "runs": "runs",
        "month": "month",
    }
    assert np.isfinite(frame["share"]).all()
    return frame
