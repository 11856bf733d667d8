"""One open page: its language, its setting, its result, and errors that stay its own."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from weakref import WeakKeyDictionary

from nicegui import Client, context, ui

from sim.app.core.affordable import Limits
from sim.app.core.runs import Result
from sim.app.core.setting import Choice, address, scenario_of
from sim.app.core.workers import Busy, Workers
from sim.errors import EstateError
from sim.text import say
from sim.text.catalog import follow, next_language

log = logging.getLogger("sim.app")


_OF_PAGE: WeakKeyDictionary[Client, Session] = WeakKeyDictionary()


def _reader() -> str | None:
    """The language of the page for which something is being done; None where it is
    done for nobody, as in a worker."""
    try:
        session = _OF_PAGE.get(context.client)
    except RuntimeError:
        return None
    return session.lang if session is not None else None


follow(_reader)


class Session:
    """What one browser page holds; nothing of it is shared but workers and results."""

    def __init__(
        self, client: Client, workers: Workers, limits: Limits, choice: Choice, lang: str, path: str
    ) -> None:
        """`path` is the page's own, to which its address belongs."""
        self.client, self.workers, self.limits = client, workers, limits
        self.choice, self.lang, self.path = choice, lang, path
        self.more: dict[str, str] = {}
        self.key = ""
        self._asked = 0
        _OF_PAGE[client] = self

    def change_language(self) -> None:
        """Speak the next language from now on."""
        self.lang = next_language()

    def address(self, path: str = "") -> str:
        """The address that opens the present setting on a page (default: this one)."""
        return (path or self.path) + address(
            self.choice, self.lang, self.more.items() if not path or path == self.path else ()
        )

    def keep_address(self) -> None:
        """Put the setting into the browser's address, so that a reload or a copied link loses nothing."""
        ui.navigate.history.replace(self.address())

    async def result(self) -> Result | None:
        """The result of the present setting; None where a later change has overtaken it.
        EstateError as `Workers.run`."""
        self._asked += 1
        asked = self._asked
        key, result = await self.workers.run(scenario_of(self.choice, self.limits))
        if asked != self._asked:
            return None
        self.key = key
        return result

    def tell(self, error: BaseException) -> str:
        """An error in the participant's words; one that is nobody's input is logged for the host."""
        if isinstance(error, Busy):
            return str(error)
        if isinstance(error, EstateError):
            return say("app.failed", reason=str(error))
        log.error("a page failed", exc_info=error)
        return say("app.broken")

    async def guarded(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do something for this page; whatever goes wrong is told on this page and nowhere else."""
        try:
            await work()
        except asyncio.CancelledError:
            raise
        except Exception as error:
            text = self.tell(error)
            if not self.client._deleted:
                with self.client:
                    ui.notify(
                        text, type="negative", multi_line=True, timeout=8000, close_button=say("app.close")
                    )
