"""What the pages of the budget game have in common: amounts, figures, the leader board, the
chart of the teams' paths."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nicegui import ui

from sim.app.core.session import Session
from sim.app.core.setting import described
from sim.app.game.game import Game, Refused, Year
from sim.app.game.host import Host
from sim.app.widgets.look import CHART_FONT, COLOURS, DASHES, SYMBOLS, share_in_browser
from sim.model.programmes.treasury import PUBLIC
from sim.text import say
from sim.text.figures import money, points, share

UNIT = 10_000  # yuan of a field of the page
LOOK_SECONDS = 1.0
PATHS = ("out_of_cycle", "worst_decile")


def refused(session: Session, error: Refused) -> None:
    """Say on this page why something cannot be done."""
    with session.client:
        ui.notify(
            str(error),
            type="warning",
            multi_line=True,
            timeout=8000,
            close_button=say("app.close"),
        )


def costs_public(kind: str) -> bool:
    """Whether a measure can cost public money."""
    return any(payer in PUBLIC for payer in described(kind).payers)


def watch(host: Host, look: Callable[[], object]) -> ui.timer:
    """Call `look` on this page whenever the game has changed."""
    seen: list[Any] = [host.version]

    def check() -> None:
        if host.version != seen[0]:
            seen[0] = host.version
            look()

    return ui.timer(LOOK_SECONDS, check)


def figure(title: str, value: str, notes: Sequence[str]) -> None:
    """One large figure with small lines below."""
    with ui.element("div").classes("estate-figure"):
        ui.label(title).classes("estate-small")
        ui.label(value).classes("estate-figure-value")
        for note in notes:
            ui.label(note).classes("estate-small")


def change_words(years: Sequence[Year], name: str) -> list[str]:
    """The change of a share on the year before, if there is one."""
    if len(years) < 2:
        return []
    change = getattr(years[-1], name) - getattr(years[-2], name)
    return [say("app.game_since", change=points(change))]


def leader_board(host: Host, game: Game, final: bool = False) -> None:
    """The leader board; at the end with the city without measures and the best package, for comparison."""
    lines = game.board
    ui.label(say("app.game_board")).classes("text-lg font-bold")
    if not lines:
        ui.label(say("app.game_empty_board"))
        return
    rows = [
        {
            "rank": str(place),
            "team": line.name,
            "out": share(line.out_of_cycle, 0),
            "worst": share(line.worst_decile, 0),
            "left": money(line.left),
        }
        for place, line in enumerate(lines, 1)
    ]
    extra = (
        ((say("app.game_best_row"), host.best_years), (say("app.game_nobody"), host.nothing))
        if final
        else ((say("app.game_nobody"), host.nothing),)
    )
    for title, years in extra:
        done = min(len(years), game.closed if final else max(len(team.years) for team in game.teams.values()))
        if done:
            saved = game.rules.yearly * (game.year + 1) - sum(year.cost for year in years[:done])
            rows.append(
                {
                    "rank": "–",
                    "team": title,
                    "out": share(years[done - 1].out_of_cycle, 0),
                    "worst": share(years[done - 1].worst_decile, 0),
                    "left": money(saved),
                }
            )
    heads = {
        "rank": say("app.game_rank"),
        "team": say("app.game_team"),
        "out": say("app.game_out"),
        "worst": say("app.game_worst"),
        "left": say("app.game_left"),
    }
    columns: list[dict[str, Any]] = [
        {"name": name, "field": name, "label": label, "align": "left" if name == "team" else "right"}
        for name, label in heads.items()
    ]
    ui.table(rows=rows, columns=columns, row_key="team", pagination=0).props(
        "flat wrap-cells dense hide-pagination"
    ).classes("w-full estate-board")
    ui.label(say("app.game_board_rule")).classes("estate-small")


def paths_chart(name: str, paths: Mapping[str, Sequence[Year]], years: int) -> None:
    """One chart with the path of every team: a share at the end of each year."""
    title = say("app.game_out" if name == "out_of_cycle" else "app.game_worst")
    series = []
    for team_number, (team, path) in enumerate(paths.items()):
        colour, dash = COLOURS[team_number % len(COLOURS)], DASHES[team_number // len(COLOURS) % len(DASHES)]
        points = [[number, round(100 * getattr(year, name), 1)] for number, year in enumerate(path, 1)]
        series.append(
            {
                "type": "line",
                "name": team,
                "data": points,
                "symbol": SYMBOLS[team_number % len(SYMBOLS)],
                "symbolSize": 9,
                "lineStyle": {"width": 3, "type": dash, "color": colour},
                "itemStyle": {"color": colour},
            }
        )
    options = {
        "title": {
            "text": title,
            "textStyle": {"fontSize": 15, "fontFamily": CHART_FONT},
            "left": 8,
            "top": 4,
        },
        "textStyle": {"fontFamily": CHART_FONT},
        "aria": {"enabled": True},
        "animation": False,
        "series": series,
        "legend": {"type": "scroll", "top": 28, "left": 8, "itemWidth": 34, "textStyle": {"fontSize": 13}},
        "grid": {"left": 52, "right": 18, "top": 66, "bottom": 40},
        "tooltip": {"trigger": "axis", "confine": True},
        "toolbox": {
            "right": 8,
            "feature": {"saveAsImage": {"name": f"game_{name}", "pixelRatio": 2, "title": "PNG"}},
        },
        "xAxis": {
            "type": "value",
            "min": 1,
            "max": max(2, years),
            "interval": 1,
            "name": say("app.game_year"),
            "nameLocation": "middle",
            "nameGap": 24,
        },
        "yAxis": {
            "type": "value",
            "min": 0,
            "max": 100,
            "axisLabel": {":formatter": f"value => {share_in_browser('value')}", "fontSize": 13},
        },
    }
    ui.echart(options).classes("estate-chart").props(f'role=img aria-label="{title}"')
