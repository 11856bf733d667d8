"""Thirty participants of a workshop at once: how long a lever change takes, and what a
session weighs in memory.

Every participant has another seed, so that no run is shared: the worst that a room can do. Each opens the
page, waits for its first run, then all switch a measure on at the same time, and again one after another (a
calm room). A change counts until the message with the new run has arrived in full.

With `--game` the budget game instead: as many teams as sessions, each with decisions of its own. A submission
counts until the page says so, a round from the teacher's click until a team has the
message with its new year.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import socket
import subprocess
import sys
import time
import uuid
from typing import Any
from urllib.parse import urlencode

import aiohttp
import socketio
from common import keep, machine, median, show
from room_pages import Page, memory

MEASURE = "burden relief"


class Participant:
    """What a browser does over the network, without drawing anything."""

    def __init__(self, base: str, seed: int, http: aiohttp.ClientSession) -> None:
        self.base, self.seed, self.http = base, seed, http
        self.line = socketio.AsyncClient(reconnection=False)
        self.line.on("*", self._heard)
        self.sources: list[str] = []
        self.new = asyncio.Event()
        self.status = ""

    async def _heard(self, kind: str, data: Any = None) -> None:
        text = json.dumps(data)
        found = re.findall(r"/run/[0-9a-f]{64}", text)
        if found and found[-1] not in self.sources:
            self.sources.append(found[-1])
            self.new.set()
        if "Could not run" in text or "Too many runs" in text:
            self.status = text[:300]

    async def enter(self) -> float:
        """Open the page; seconds until the first run has arrived."""
        begun = time.perf_counter()
        async with self.http.get(f"{self.base}/?seed={self.seed}&lang=en") as answer:
            page = await answer.text()
        client = re.search(r"'client_id': '([0-9a-f-]+)'", page)
        box = re.search(
            r'"(\d+)":\{"tag":"q-checkbox","text":"' + MEASURE + r'".*?"listener_id":"([0-9a-f-]+)"', page
        )
        assert client is not None and box is not None, page[:500]
        self.client, self.element, self.listener = client[1], int(box[1]), box[2]
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
        await self._arrived()
        return time.perf_counter() - begun

    async def change(self) -> float:
        """Switch the measure on; seconds until the new run has arrived."""
        begun = time.perf_counter()
        self.new.clear()
        await self.line.emit(
            "event",
            {"id": self.element, "client_id": self.client, "listener_id": self.listener, "args": ["true"]},
        )
        await self._arrived()
        return time.perf_counter() - begun

    async def _arrived(self) -> None:
        await asyncio.wait_for(self.new.wait(), 180)
        async with self.http.get(self.base + self.sources[-1]) as answer:
            assert answer.status == 200
            await answer.read()


async def measure(base: str, process: int, count: int) -> dict[str, Any]:
    """All participants come, change something together, then one after another."""
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as http:
        first = Participant(base, 1_000, http)
        await first.enter()  # starts the workers
        before = memory(process)
        room = [Participant(base, seed, http) for seed in range(1, count + 1)]
        begun = time.perf_counter()
        entering = await asyncio.gather(*(one.enter() for one in room))
        entered = time.perf_counter() - begun
        after = memory(process)
        together = await asyncio.gather(*(one.change() for one in room))
        changed = memory(process)
        calm = [await _single(Participant(base, 2_000 + number, http)) for number in range(8)]
        statuses = [one.status for one in room if one.status]
        for one in [*room, first]:
            await one.line.disconnect()
    return {
        "sessions": count,
        "entering": entering,
        "entered_all": entered,
        "together": together,
        "calm": calm,
        "megabytes_before": before,
        "megabytes_entered": after,
        "megabytes_changed": changed,
        "problems": statuses,
    }


async def _single(one: Participant) -> float:
    await one.enter()
    seconds = await one.change()
    await one.line.disconnect()
    return seconds


async def measure_game(base: str, key: str, process: int, count: int) -> dict[str, Any]:
    """A game with `count` teams: everybody joins, submits and plays two years."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
        teacher = Page(base, http)
        await teacher.open(f"/teacher?key={key}&lang=en")
        await teacher.press("Open the game")
        await teacher.until("Begin the first year")
        before = memory(process)
        teams = [Page(base, http) for _ in range(count)]
        joining = await asyncio.gather(*(_join(team, number) for number, team in enumerate(teams)))
        await teacher.press("Begin the first year")
        await asyncio.gather(*(team.until("Submit this year") for team in teams))
        submitting, rounds = [], []
        for year in range(2):
            submitting += await asyncio.gather(
                *(_submit(team, number, year) for number, team in enumerate(teams))
            )
            sources = [len(team.runs) for team in teams]
            begun = time.perf_counter()
            await teacher.press("Next year")
            rounds += await asyncio.gather(
                *(_year(team, had, begun) for team, had in zip(teams, sources, strict=True))
            )
        after = memory(process)
        for one in [*teams, teacher]:
            await one.close()
    return {
        "teams": count,
        "joining": joining,
        "submitting": submitting,
        "rounds": rounds,
        "megabytes_before": before,
        "megabytes_after": after,
    }


async def _join(team: Page, number: int) -> float:
    begun = time.perf_counter()
    await team.open("/game?lang=en")
    await team.type("Name of your team", f"Team {number}")
    await team.press("Make the team")
    await team.until("team code")
    return time.perf_counter() - begun


async def _submit(team: Page, number: int, year: int) -> float:
    """Every team buys something else, so that no two years are the same run."""
    await team.tick(
        ("state-owned fallback", "committee drive", "legacy remediation", "burden relief")[
            (number + year) % 4
        ]
    )
    await team.set_amount(5 + number)
    begun = time.perf_counter()
    await team.press("Submit this year")
    await team.until("Submitted.")
    return time.perf_counter() - begun


async def _year(team: Page, had: int, begun: float) -> float:
    await team.new_run(had)
    return time.perf_counter() - begun


def show_game(found: dict[str, Any]) -> None:
    """Print what the game's rounds took."""
    names = (
        ("page opened and team made, all at once (s)", "joining"),
        ("submission, all at once (s)", "submitting"),
        ("a round: click to new year there (s)", "rounds"),
    )
    show(
        f"{found['teams']} teams, every year its own run",
        ("", "median", "worst"),
        [(name, median(found[key]), max(found[key])) for name, key in names],
    )
    each = (found["megabytes_after"] - found["megabytes_before"]) / found["teams"]
    show(
        "memory of the server",
        ("", "MB"),
        [
            ("before", found["megabytes_before"]),
            ("a team with two years", each),
            ("after", found["megabytes_after"]),
        ],
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--sessions", type=int, default=30)
    parser.add_argument("--game", action="store_true")
    asked = parser.parse_args()
    print("load:", machine()["load_average"])
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "sim", "app", "--no-show", "--lang", "en", "--port", str(port)],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout is not None
        printed = server.stdout.readline() + server.stdout.readline()
        base = f"http://127.0.0.1:{port}"
        for _ in range(300):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.2)
        if asked.game:
            key = re.search(r"key=(\S+)", printed)
            assert key is not None, printed
            found = asyncio.run(measure_game(base, key[1], server.pid, asked.sessions))
        else:
            found = asyncio.run(measure(base, server.pid, asked.sessions))
    finally:
        server.terminate()
        server.wait(30)
    if asked.game:
        show_game(found)
        keep("app_game", found)
        return
    rows = [
        (name, median(found[key]), max(found[key]))
        for name, key in (
            ("page opened, first run there, all at once (s)", "entering"),
            ("lever change, all at once (s)", "together"),
            ("lever change, calm room (s)", "calm"),
        )
    ]
    show(f"{asked.sessions} sessions, every run its own", ("", "median", "worst"), rows)
    growth = (found["megabytes_entered"] - found["megabytes_before"]) / asked.sessions
    show(
        "memory of the server",
        ("", "MB"),
        [
            ("before", found["megabytes_before"]),
            ("a session with its first result", growth),
            ("all, after the change", found["megabytes_changed"]),
        ],
    )
    print("problems:", found["problems"] or "none")
    keep("app_sessions", found)


if __name__ == "__main__":
    main()
