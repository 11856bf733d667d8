"""A run on a page: the map of estates with its controls, the city's charts, and the life of
an estate that is clicked.

Map and charts are moved in the browser, month by month, so that no play waits for the server.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from nicegui import run, ui
from nicegui.events import GenericEventArguments

from sim.app.core.runs import LINES
from sim.app.core.session import Session
from sim.app.widgets.look import COLOURS, DASHES, SYMBOLS, number_in_browser, share_in_browser
from sim.errors import ResultError
from sim.outputs import style
from sim.results.columns import CITY_COLUMN_WORDS
from sim.results.run import Run, Simulated
from sim.studies.run.explain import explain_text, number_of
from sim.text import language, message, say
from sim.text.figures import money_scale
from sim.text.joins import bracketed
from sim.words import STAGE_WORDS

if TYPE_CHECKING:
    import pandas as pd

WORDS = {
    "pause": message("app.pause"),
    "start": message("app.start"),
    "back": message("app.back"),
    "forward": message("app.forward"),
    "rewind": message("app.rewind"),
    "end": message("app.end"),
    "month": message("app.month"),
    "speed": message("app.speed"),
    "colour_by": message("app.colour_by"),
    "estate": message("app.estate"),
    "tell": message("app.tell"),
    "no_figure": message("app.no_figure"),
    "map_label": message("app.map_label"),
    "of": message("app.of", month="{month}", months="{months}"),
    "hover": message("app.hover", estate="{estate}", what="{what}", value="{value}"),
}
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


class Player(ui.element, component="player.js"):
    """Plays the message at an address (see `sim.app.core.runs`); calls back with the number
    of an estate that was chosen."""

    def __init__(self, charts: dict[str, int], on_estate: Callable[[int], Awaitable[None]]) -> None:
        """`charts`: element ids of the city's charts by name."""
        super().__init__()
        self._props["lang"] = language()
        self._props["charts"] = charts
        self._props["words"] = {key: str(word) for key, word in WORDS.items()}
        self._props["source"] = ""

        async def chosen(event: GenericEventArguments) -> None:
            if isinstance(event.args, int) and not isinstance(event.args, bool):
                await on_estate(event.args)

        self.on("estate", chosen)

    def show(self, source: str, begin: int | None = None) -> None:
        """Play what is found at an address of this server, from a month (default:
        the one that is shown now)."""
        self._props["source"] = source
        if begin is not None:
            self._props["begin"] = begin
        self.update()


def labels_of(name: str) -> list[str]:
    """Names of a chart's lines, in the order of `LINES`."""
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
        "title": {
            "text": _title(name),
            "textStyle": {"fontSize": 15},
            "subtextStyle": {"fontSize": 13, "color": style.GREY},
            "itemGap": 8,
            "left": 8,
            "top": 4,
        },
        "textStyle": {"fontFamily": "system-ui, 'Estate Sans', sans-serif"},
        "aria": {"enabled": True},
        "animation": False,
        "legend": {
            "top": 48,
            "left": 8,
            "itemWidth": 34,
            "textStyle": {"fontSize": 13, "lineHeight": 15},
            # a chart is narrow: over which estates a line is stands below its name
            ":formatter": "name => name.replace(/ ?(?=[(\uff08])/, '\\n')",
        },
        "grid": {"left": 52, "right": 18, "top": 136 if name == "cycle" else 116, "bottom": 40},
        "tooltip": {
            "trigger": "axis",
            "confine": True,
            ":valueFormatter": "value => value == null ? '–' : "
            + (_figure(size) if money else share_in_browser("(100 * value).toFixed(0)")),
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
                else f"value => {share_in_browser('Math.round(100 * value)')}",
            },
        },
        "series": [_series(name, place, label) for place, label in enumerate(labels_of(name))],
    }


def _figure(size: float) -> str:
    """An amount in the browser, in units of `size` yuan."""
    return number_in_browser(f"value / {size:.0f}", "{maximumSignificantDigits: 3}")


def _series(name: str, number: int, label: str) -> dict[str, Any]:
    series: dict[str, Any] = {
        "type": "line",
        "id": f"{name}{number}",
        "name": label,
        "data": [],
        "showSymbol": False,
    }
    if name == "stages":
        stage = LINES[name][number].removeprefix("stage_")
        colour = style.STAGE_STYLE[stage][0]
        area = {"opacity": 0.95, "color": colour, "decal": DECALS[stage]}
        # the legend and the area take their pattern from the item
        return series | {
            "stack": "all",
            "areaStyle": area,
            "lineStyle": {"width": 0.5, "color": "#fff"},
            "itemStyle": {"color": colour, "decal": DECALS[stage]},
            "symbol": "roundRect",
        }
    return series | {
        "lineStyle": {"width": 3, "type": DASHES[number], "color": COLOURS[number]},
        "itemStyle": {"color": COLOURS[number]},
        "symbol": SYMBOLS[number],
        "symbolSize": 8,
    }


def city_charts() -> dict[str, int]:
    """Put the charts on the page; their element ids by name."""
    ids = {}
    with ui.element("div").classes("estate-charts"):
        for name in CHARTS:
            chart = (
                ui.echart(chart_options(name))
                .classes("estate-chart")
                .props(f'role=img aria-label="{_title(name)}"')
            )
            ids[name] = chart.id
    return ids


class OneEstate:
    """What `explain_text` reads of a run, for a single estate."""

    def __init__(self, run: Run, estate: int) -> None:
        """Estate `estate` of a run that is in memory; ResultError if there is no such estate."""
        source = run._source
        assert isinstance(source, Simulated)
        record = source.record
        if not 0 <= estate < record.estates:
            allowed = message("run.estates", last=record.estates - 1)
            raise ResultError(message("problem.among", place="estate", found=estate, allowed=allowed))
        events = record.events[record.events["estate"] == estate].copy()
        events["estate"] = 0
        outcomes = type(record.outcomes)(
            *(np.ascontiguousarray(column[:, estate : estate + 1]) for column in record.outcomes)
        )
        small = record._replace(
            outcomes=outcomes, facts=record.facts[estate : estate + 1], events=events, pages=()
        )
        self._run = Run(run.scenario, run.seed, run.months, 0.0, Simulated(run.scenario, small, 0.0))
        self.scenario, self.seed, self.months, self._estate = run.scenario, run.seed, run.months, estate

    def _named(self, frame: pd.DataFrame) -> pd.DataFrame:
        return frame.assign(estate=np.full(len(frame), self._estate, np.int32))

    @property
    def estates(self) -> pd.DataFrame:
        """Its months."""
        return self._named(self._run.estates)

    @property
    def estate_table(self) -> pd.DataFrame:
        """Its fixed facts, one row."""
        return self._named(self._run.estate_table)

    @property
    def events(self) -> pd.DataFrame:
        """What happened in it."""
        return self._named(self._run.events)

    @property
    def city(self) -> Any:
        """Not known from one estate."""
        raise ResultError(message("run.one_estate_city"))

    @property
    def ledger(self) -> Any:
        """Not known from one estate."""
        raise ResultError(message("run.one_estate_ledger"))


def story(run: Run, estate: int, lang: str) -> list[str]:
    """The life of the estate at a place of a run as lines of text, the same as `explain_text` of the whole
    run gives."""
    return explain_text(OneEstate(run, estate), number_of(run.scenario, estate), lang)


async def show_story(session: Session, simulated_run: Run, estate: int) -> None:
    """Open the life of an estate on a page."""
    lines = await run.io_bound(story, simulated_run, estate, language())
    with (
        session.client,
        ui.dialog(value=True) as dialog,
        ui.card().classes("estate-story").style("max-width: min(60rem, 96vw); width: 100%"),
    ):
        ui.label(
            bracketed(
                say("app.life_of", estate=number_of(simulated_run.scenario, estate)),
                say("draw.one", seed=simulated_run.seed),
            )
        ).classes("text-xl font-bold")
        for line in lines or ():
            ui.label(line).style("padding-left: 1.5rem" if line.startswith("  ") else "font-weight: 600")
        ui.button(say("app.close"), on_click=dialog.close).props("no-caps autofocus")
        dialog.on("hide", dialog.delete)
