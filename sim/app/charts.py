"""The city's charts as ECharts options; the player fills in the lines month by month, in the browser."""

from __future__ import annotations

from typing import Any

from nicegui import ui

from sim.app.frames import LINES
from sim.app.words import say
from sim.outputs import style
from sim.results.columns import CITY_COLUMN_WORDS
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


def labels_of(name: str, lang: str) -> list[str]:
    """Names of a chart's lines, in the order of `frames.LINES`."""
    if name == "money":
        return [say("spent", lang), say("arrears", lang)]
    if name == "stages":
        return [STAGE_WORDS[column.removeprefix("stage_")].in_language(lang) for column in LINES[name]]
    return [CITY_COLUMN_WORDS[column].in_language(lang) for column in LINES[name]]


def chart_options(name: str, lang: str) -> dict[str, Any]:
    """The options of one chart, with empty lines."""
    money = name == "money"
    return {
        "title": {"text": say(f"chart_{name}", lang), "textStyle": {"fontSize": 15}, "left": 8, "top": 4},
        "textStyle": {"fontFamily": "system-ui, 'Estate Sans', sans-serif"},
        "aria": {"enabled": True},
        "animation": False,
        "legend": {"top": 28, "left": 8, "itemWidth": 34, "textStyle": {"fontSize": 13}},
        "grid": {"left": 52, "right": 18, "top": 84, "bottom": 40},
        "tooltip": {
            "trigger": "axis",
            "confine": True,
            ":valueFormatter": "value => value == null ? '–' : "
            + ("value.toFixed(2)" if money else "(100 * value).toFixed(0) + '%'"),
        },
        "toolbox": {
            "right": 8,
            "feature": {"saveAsImage": {"name": f"estate_{name}", "pixelRatio": 2, "title": "PNG"}},
        },
        "xAxis": {
            "type": "value",
            "min": 0,
            "max": 120,
            "name": say("month", lang),
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
                **({} if money else {":formatter": "value => Math.round(100 * value) + '%'"}),
            },
        },
        "series": [_series(name, place, label) for place, label in enumerate(labels_of(name, lang))],
    }


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


def city_charts(lang: str) -> dict[str, int]:
    """Put the charts on the page; their element ids by name."""
    ids = {}
    with ui.element("div").classes("estate-charts"):
        for name in CHARTS:
            made = (
                ui.echart(chart_options(name, lang))
                .classes("estate-chart")
                .props(f'role=img aria-label="{say(f"chart_{name}", lang)}"')
            )
            ids[name] = made.id
    return ids
