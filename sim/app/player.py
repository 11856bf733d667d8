"""The player: the estate map, its controls, and the charts' lines, all moved in the browser so that no play waits for the server."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from nicegui import ui
from nicegui.events import GenericEventArguments

from sim.text import language, message

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
}


class Player(ui.element, component="player.js"):
    """Plays the message at an address (see `sim.app.frames`); calls back with the number of an estate that was chosen."""

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
        """Play what is found at an address of this server, from a month (default: the one that is shown now)."""
        self._props["source"] = source
        if begin is not None:
            self._props["begin"] = begin
        self.update()
