"""A page of the workshop as a browser holds it, without drawing anything: its elements, clicks,
typing, and what comes back."""

from __future__ import annotations

import asyncio
import json
import re
import time
import uuid
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp
import socketio

PATIENCE = 240.0


class Page:
    """One open page; `elements` are kept up to date with what the server sends."""

    def __init__(self, base: str, http: aiohttp.ClientSession) -> None:
        self.base, self.http = base, http
        self.line = socketio.AsyncClient(reconnection=False)
        self.line.on("*", self._heard)
        self.elements: dict[str, Any] = {}
        self.runs: list[str] = []
        self.changed = asyncio.Event()

    async def open(self, path: str) -> None:
        """Get the page and connect its socket."""
        async with self.http.get(self.base + path) as answer:
            page = await answer.text()
        client = re.search(r"'client_id': '([0-9a-f-]+)'", page)
        found = re.search(r"parseElements\(String\.raw`(.*?)`\)", page, re.DOTALL)
        assert client is not None and found is not None, page[:500]
        self.client = client[1]
        text = (
            found[1]
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&#96;", "`")
            .replace("&#36;", "$")
            .replace("&amp;", "&")
        )
        self.elements = json.loads(text)
        query = {
            "client_id": self.client,
            "next_message_id": 0,
            "implicit_handshake": "true",
            "tab_id": str(uuid.uuid4()),
            "document_id": str(uuid.uuid4()),
        }
        await self.line.connect(
            f"{self.base}?{urlencode(query)}",
            socketio_path="/_nicegui_ws/socket.io",
            transports=["websocket"],
            wait_timeout=60,
        )

    async def close(self) -> None:
        """Go away."""
        await self.line.disconnect()

    async def _heard(self, kind: str, data: Any = None) -> None:
        if kind == "update" and isinstance(data, dict):
            for number, element in data.items():
                if element is None:
                    self.elements.pop(str(number), None)
                elif isinstance(element, dict):
                    self.elements[str(number)] = element
        self.runs += [
            run for run in re.findall(r"/run/[0-9a-f]{64}", json.dumps(data)) if run not in self.runs
        ]
        self.changed.set()

    async def _wait(self, holds: Any) -> Any:
        end = time.monotonic() + PATIENCE
        while not (found := holds()):
            self.changed.clear()
            left = end - time.monotonic()
            assert left > 0, [
                element.get("text") or element.get("props", {}).get("label")
                for element in self.elements.values()
            ]
            try:
                await asyncio.wait_for(self.changed.wait(), left)
            except TimeoutError:
                continue
        return found

    def _with(self, label: str, tag: str) -> tuple[str, Any] | None:
        """The newest element of a tag with a label."""
        for number, element in reversed(list(self.elements.items())):
            said = element.get("props", {}).get("label", "") or element.get("text", "") or ""
            if tag in element.get("tag", "") and said == label:
                return number, element
        return None

    async def _emit(self, number: str, element: Any, event: str, args: list[Any]) -> None:
        listener = next(one["listener_id"] for one in element["events"] if one["type"].startswith(event))
        await self.line.emit(
            "event",
            {
                "id": int(number),
                "client_id": self.client,
                "listener_id": listener,
                "args": [json.dumps(one) for one in args],
            },
        )

    async def press(self, label: str) -> None:
        """Click a button once it is there."""
        number, element = await self._wait(lambda: self._with(label, "q-btn"))
        await self._emit(number, element, "click", [{}])

    async def type(self, label: str, text: str) -> None:
        """Fill an input."""
        number, element = await self._wait(lambda: self._with(label, "input"))
        await self._emit(number, element, "update:", [text])

    async def tick(self, label: str) -> None:
        """Tick a box."""
        number, element = await self._wait(lambda: self._with(label, "q-checkbox"))
        await self._emit(number, element, "update:", [True])

    async def set_amount(self, value: float) -> None:
        """Fill the first field of an amount."""
        number, element = await self._wait(
            lambda: next(
                (one for one in self.elements.items() if "estate-amount" in one[1].get("class", [])), None
            )
        )
        await self._emit(number, element, "update:", [value])

    async def until(self, text: str) -> None:
        """Wait until the page says something."""
        await self._wait(
            lambda: any(
                text in (one.get("text") or "") or text == one.get("props", {}).get("label")
                for one in self.elements.values()
            )
        )

    async def new_run(self, had: int) -> None:
        """Wait for a message to play that was not there before, and fetch it."""
        await self._wait(lambda: len(self.runs) > had)
        async with self.http.get(self.base + self.runs[-1]) as answer:
            assert answer.status == 200
            await answer.read()


def memory(process: int) -> float:
    """Megabytes that a process holds."""
    text = Path(f"/proc/{process}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+)", text)
    assert found is not None
    return int(found[1]) / 1024
