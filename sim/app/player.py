"""The player: the estate map, its controls, and the charts' lines, all moved in the browser so that no play waits for the server."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from nicegui import ui
from nicegui.events import GenericEventArguments

from sim.app.words import SAID

WORDS = (
    "pause",
    "start",
    "back",
    "forward",
    "rewind",
    "end",
    "month",
    "speed",
    "colour_by",
    "estate",
    "tell",
    "no_figure",
    "map_label",
    "of",
)


class Player(ui.element, component="player.js"):
    """Plays the message at an address (see `sim.app.frames`); calls back with the number of an estate that was chosen."""

    def __init__(
        self, lang: str, charts: dict[str, int], on_estate: Callable[[int], Awaitable[None]]
    ) -> None:
        """`charts`: element ids of the city's charts by name."""
        super().__init__()
        self._props["lang"] = lang
        self._props["charts"] = charts
        self._props["words"] = {key: SAID[key].in_language(lang) for key in WORDS}
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
