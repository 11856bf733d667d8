"""The bifurcation diagram with its handle: what the page on the trap hands to the browser, and what comes back."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from nicegui import ui
from nicegui.events import GenericEventArguments

from sim.app.trap_work import Curve, Point, Way
from sim.studies.tipping.chart import branches
from sim.text import message, say

# What the browser says; it fills the gaps itself.
WORDS = {
    "start": message("app.trap_start"),
    "again": message("app.trap_again"),
    "diagram": message("app.trap_diagram"),
    "handle": message("app.trap_handle"),
    "spoken": message("app.trap_spoken", start="{start}", at="{at}"),
    "collection": message("app.trap_collection"),
    "computing": message("app.trap_computing"),
    "stays": message("app.trap_stays", end="{end}"),
    "rises": message("app.trap_rises", start="{start}", end="{end}"),
    "falls": message("app.trap_falls", start="{start}", end="{end}"),
    "seen": message("app.trap_seen", month="{month}", end="{end}"),
    "seen_tipping": message(
        "app.trap_seen_tipping", month="{month}", end="{end}", estates="{estates}", above="{above}"
    ),
    "stable": message("app.trap_stable"),
    "tipping": message("app.trap_tipping"),
    "settle": message("app.trap_settle"),
    "tip": message("app.trap_tip"),
    "moving": message("app.trap_moving"),
    "mean": message("app.trap_mean"),
}

Moved = Callable[[float, float], Awaitable[None]]


class Diagram(ui.element, component="trap.js"):
    """Draws curve, agents and the city's way over the range of one lever; calls back when the handle has been moved."""

    def __init__(
        self, lever: str, bounds: tuple[float, float], at: float, start: float, moved: Moved
    ) -> None:
        """`lever` is what the lever is called; `bounds` its range; `at`, `start`: where the handle is."""
        super().__init__()
        self.classes("w-full")
        self.bounds = bounds
        words = {key: str(word) for key, word in WORDS.items()}
        self._props["words"] = words | {"lever": lever, "axis": lever, "month": say("app.month")}
        self._props["low"], self._props["high"] = bounds
        self._props["place"] = {"at": at, "start": start}
        self._props["curve"], self._props["lines"] = [], {"stable": [], "tipping": []}
        self._props["agents"], self._props["way"], self._props["turn"] = [], [], 0

        async def let_go(event: GenericEventArguments) -> None:
            found = event.args if isinstance(event.args, dict) else {}
            value, rate = (_number(found.get(key)) for key in ("at", "start"))
            if bounds[0] <= value <= bounds[1] and 0.0 <= rate <= 1.0:  # False for NaN, too
                await moved(value, rate)

        self.on("moved", let_go)

    def show_curve(self, found: Iterable[Curve]) -> None:
        """Draw the mean-field curve from its parts."""
        points = sorted(point for part in found for point in part.points)
        values = [value for value, _ in points]
        lines = {
            name: branches(
                [(value, rate) for value, rates in points for rate, stable in rates if stable == wanted],
                values,
            )
            for name, wanted in (("stable", True), ("tipping", False))
        }
        self._props["curve"], self._props["lines"] = points, lines
        self.update()

    def show_agents(self, found: Iterable[Point]) -> None:
        """Draw where agent-based runs settle."""
        self._props["agents"] = [point._asdict() for point in found]
        self.update()

    def show_way(self, found: Way, play: bool = True) -> None:
        """Let the browser play the way of the small city (or have it there without playing it)."""
        self._props["way"] = found.months
        self._props["turn"] += int(play)
        self.update()


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else math.nan
