"""Charts of monthly differences with their intervals, as ECharts options."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.app.charts import COLOURS, DASHES
from sim.app.differences import Difference
from sim.results.columns import CITY_COLUMN_WORDS
from sim.text import say

FONT = "'Estate Sans', system-ui, sans-serif"


def difference_options(name: str, policies: list[str], found: list[Difference]) -> dict[str, Any]:
    """One series: the mean difference of each policy from the first, in percentage points, with two bands.

    Light: the range of single pairs; dark: the interval of the mean.
    """
    title = say("app.cycle_share") if name == "cycle" else str(CITY_COLUMN_WORDS[name])
    series: list[dict[str, Any]] = []
    for place, one in enumerate(found):
        monthly, colour = one.monthly[name], COLOURS[place % len(COLOURS)]
        # a band is a stack of its invisible lower edge and its width; ECharts stacks only what has one sign, so "all"
        hidden = {
            "type": "line",
            "stackStrategy": "all",
            "showSymbol": False,
            "silent": True,
            "lineStyle": {"opacity": 0},
            "itemStyle": {"color": colour},
            "tooltip": {"show": False},
        }
        bands = (
            ("range", monthly.range_low, monthly.range_high, 0.1),
            ("band", monthly.low, monthly.high, 0.3),
        )
        for kind, low, high, opacity in bands:
            stacked = hidden | {"stack": f"{kind}{place}"}
            series.append(stacked | {"data": _points(low)})
            area = {"color": colour, "opacity": opacity}
            series.append(stacked | {"data": _points(high - low), "areaStyle": area})
        series.append(
            {
                "type": "line",
                "name": policies[place],
                "data": _points(monthly.mean),
                "showSymbol": False,
                "lineStyle": {"color": colour, "width": 3, "type": DASHES[place % len(DASHES)]},
                "itemStyle": {"color": colour},
            }
        )
    series[-1]["markLine"] = {
        "silent": True,
        "symbol": "none",
        "label": {"show": False},
        "lineStyle": {"color": "#333", "type": "solid"},
        "data": [{"yAxis": 0}],
    }
    months = int(found[0].monthly[name].mean.size) - 1
    return {
        "title": {
            "text": say("app.difference_of", what=title),
            "textStyle": {"fontSize": 15, "fontFamily": FONT},
            "left": 8,
            "top": 4,
        },
        "textStyle": {"fontFamily": FONT},
        "aria": {"enabled": True},
        "animation": False,
        "series": series,
        "legend": {"top": 28, "left": 8, "type": "scroll", "data": policies, "textStyle": {"fontSize": 13}},
        "grid": {"left": 56, "right": 18, "top": 66, "bottom": 40},
        "tooltip": {
            "trigger": "axis",
            "confine": True,
            ":valueFormatter": "value => value == null ? '–' : value.toFixed(1)",
        },
        "toolbox": {
            "right": 8,
            "feature": {"saveAsImage": {"name": f"difference_{name}", "pixelRatio": 2, "title": "PNG"}},
        },
        "xAxis": {
            "type": "value",
            "min": 0,
            "max": months,
            "name": say("app.month"),
            "nameLocation": "middle",
            "nameGap": 24,
            "interval": 24 if months > 60 else 12,
        },
        "yAxis": {"type": "value", "axisLabel": {"fontSize": 13}},
    }


def _points(values: np.ndarray) -> list[list[float | None]]:
    """Month and percentage points; None where there is no figure."""
    return [
        [month, round(100 * float(value), 3) if np.isfinite(value) else None]
        for month, value in enumerate(values)
    ]
