"""The city's charts as ECharts options; the player fills in the lines month by month, in the browser."""

from __future__ import annotations

from typing import Any

from nicegui import ui

from sim.app.frames import LINES
from sim.outputs import style
from sim.results.columns import CITY_COLUMN_WORDS
from sim.text import say
from sim.text.figures import money_scale
from sim.words import STAGE_WORDS

DASHES = ("solid", "dashed", [12, 4, 2, 4], "dotted")
SYMBOLS = ("circle", "triangle", "rect", "diamond")
COLOURS = (style.BLUE, style.VERMILLION, style.GREEN, style.PURPLE)
# Patterns beside the colours of stacked areas, so that a grey print or colour blindness loses nothing.
DECALS: dict[str, dict[str, Any]] = {
    "healthy": {"symbol": "none"},
    "recovering": {
        "symbol": "circle",
        "symbolSize": 0.4,
        "color": "rgba(255,255,255,.7)",
        "dashArrayX": [[6, 6]],
        "dashArrayY": [6, 6],
    },
    "strained": {"symbol": "none"},
    "spiralling": {
        "symbol": "rect",
        "color": "rgba(255,255,255,.6)",
        "dashArrayX": [1, 0],
        "dashArrayY": [2, 5],
        "rotation": -0.785,
    },
    "collapsed": {
        "symbol": "rect",
        "color": "rgba(255,255,255,.45)",
        "dashArrayX": [1, 0],
        "dashArrayY": [2, 5],
        "rotation": 0.785,
    },
}
CHARTS = ("cycle", "stages", "ladder", "money")


def labels_of(name: str) -> list[str]:
    """Names of a chart's lines, in the order of `frames.LINES`."""
    if name == "money":
        return [say("app.spent"), say("app.arrears")]
    if name == "stages":
        return [str(STAGE_WORDS[column.removeprefix("stage_")]) for column in LINES[name]]
    return [str(CITY_COLUMN_WORDS[column]) for column in LINES[name]]


def _money_unit() -> tuple[float, str]:
    """Yuan in one unit of the chart of money, and what the unit is called."""
    return money_scale(1e6)


def _title(name: str) -> str:
    """What a chart is called, with the unit of its money."""
    return say("app.chart_money", unit=_money_unit()[1]) if name == "money" else say(f"app.chart_{name}")


def chart_options(name: str) -> dict[str, Any]:
    """The options of one chart, with empty lines."""
    money, size = name == "money", _money_unit()[0]
    return {
        "title": {"text": _title(name), "textStyle": {"fontSize": 15}, "left": 8, "top": 4},
        "textStyle": {"fontFamily": "system-ui, 'Estate Sans', sans-serif"},
        "aria": {"enabled": True},
        "animation": False,
        "legend": {"top": 28, "left": 8, "itemWidth": 34, "textStyle": {"fontSize": 13}},
        "grid": {"left": 52, "right": 18, "top": 84, "bottom": 40},
        "tooltip": {
            "trigger": "axis",
            "confine": True,
            ":valueFormatter": "value => value == null ? '–' : "
            + (_figure(size) if money else "(100 * value).toFixed(0) + '%'"),
        },
        "toolbox": {
            "right": 8,
            "feature": {"saveAsImage": {"name": f"estate_{name}", "pixelRatio": 2, "title": "PNG"}},
        },
        "xAxis": {
            "type": "value",
            "min": 0,
            "max": 120,
            "name": say("app.month"),
            "nameLocation": "middle",
            "nameGap": 24,
            "minInterval": 12,
            "interval": 12,
            "axisLabel": {"fontSize": 13, "hideOverlap": True},
        },
        "yAxis": {
            "type": "value",
            "min": 0,
            **({} if money else {"max": 1}),
            "axisLabel": {
                "fontSize": 13,
                ":formatter": f"value => {_figure(size)}"
                if money
                else "value => Math.round(100 * value) + '%'",
            },
        },
        "series": [_series(name, place, label) for place, label in enumerate(labels_of(name))],
    }


def _figure(size: float) -> str:
    """An amount in the browser, in units of `size` yuan."""
    return f"(value / {size:.0f}).toLocaleString('en', {{maximumSignificantDigits: 3}})"


def _series(name: str, place: int, label: str) -> dict[str, Any]:
    made: dict[str, Any] = {
        "type": "line",
        "id": f"{name}{place}",
        "name": label,
        "data": [],
        "showSymbol": False,
    }
    if name == "stages":
        stage = LINES[name][place].removeprefix("stage_")
        colour = style.STAGE_STYLE[stage][0]
        area = {"opacity": 0.95, "color": colour, "decal": DECALS[stage]}
        # the legend and the area take their pattern from the item
        return made | {
            "stack": "all",
            "areaStyle": area,
            "lineStyle": {"width": 0.5, "color": "#fff"},
            "itemStyle": {"color": colour, "decal": DECALS[stage]},
            "symbol": "roundRect",
        }
    return made | {
        "lineStyle": {"width": 3, "type": DASHES[place], "color": COLOURS[place]},
        "itemStyle": {"color": COLOURS[place]},
        "symbol": SYMBOLS[place],
        "symbolSize": 8,
    }


def city_charts() -> dict[str, int]:
    """Put the charts on the page; their element ids by name."""
    ids = {}
    with ui.element("div").classes("estate-charts"):
        for name in CHARTS:
            made = (
                ui.echart(chart_options(name))
                .classes("estate-chart")
                .props(f'role=img aria-label="{_title(name)}"')
            )
            ids[name] = made.id
    return ids
