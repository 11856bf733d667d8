"""The door of the room: code, host names, seats."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from sim.app.core.rooms import MOST_TRIES, Room, Seats, new_code

REACHED = b"inside"


async def inside(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": REACHED})


def ask(
    room: Room,
    path: str = "/",
    method: str = "GET",
    body: bytes = b"",
    query: str = "",
    cookie: str = "",
    host: str = "room:8080",
    kind: str = "http",
) -> tuple[int, dict[str, str], bytes]:
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": body}

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"host", host.encode()), (b"cookie", cookie.encode())]
    scope = {"type": kind, "path": path, "method": method, "query_string": query.encode(), "headers": headers}
    asyncio.run(room(scope, receive, send))
    if kind == "websocket":
        return sent[0].get("code", 0), {}, b""
    return sent[0]["status"], {k.decode(): v.decode() for k, v in sent[0]["headers"]}, sent[1]["body"]


def room(code: str | None = "123456", local: bool = False) -> Room:
    return Room(inside, code, "en", local)


def test_without_the_code_nothing_is_served_but_the_form() -> None:
    door = room()
    status, headers, _ = ask(door, "/share", query="months=3")
    assert (status, headers["location"]) == (303, "/join?next=%2Fshare%3Fmonths%3D3")
    assert ask(door, "/run/" + "0" * 64)[0] == 303
    assert ask(door, "/_nicegui_ws/", kind="websocket")[0] == 1008
    assert b"Join code" in ask(door, "/join")[2]


def test_the_code_opens_the_door_and_leads_on() -> None:
    door = room()
    assert ask(door, "/join", "POST", b"code=000000")[0] == 403
    status, headers, _ = ask(door, "/join", "POST", b"code=123456", "next=%2Fshare%3Fmonths%3D3")
    assert (status, headers["location"]) == (303, "/share?months=3")
    cookie = headers["set-cookie"].split(";")[0]
    assert ask(door, cookie=cookie)[2] == REACHED
    assert ask(room(), cookie=cookie)[0] == 303  # another room's pass


@pytest.mark.parametrize(
    "to", ["//evil.example", "https://evil.example", "/\\evil.example", "/%0d%0aset-cookie:x"]
)
def test_the_code_leads_nowhere_else(to: str) -> None:
    location = ask(room(), "/join", "POST", b"code=123456", f"next={to}")[1]["location"]
    assert location == "/"


def test_guessing_is_slowed_down() -> None:
    door = room()
    for _ in range(MOST_TRIES):
        assert ask(door, "/join", "POST", b"code=1")[0] == 403
    assert ask(door, "/join", "POST", b"code=123456")[0] == 429


def test_strange_requests_do_no_harm() -> None:
    door = room()
    assert ask(door, "/join", "POST", b"\xff\xfe" * 3000)[0] == 403
    assert ask(door, cookie='estate_room="\x01;;==')[0] == 303
    assert ask(door, cookie="estate_room=é")[0] == 303


def test_a_local_workshop_answers_only_to_local_names() -> None:
    door = room(code=None, local=True)
    assert ask(door, host="localhost:8080")[2] == REACHED
    assert ask(door, host="[::1]:8080")[2] == REACHED
    assert ask(door, host="evil.example")[0] == 421


def test_seats_are_limited_and_come_back() -> None:
    seats = Seats(1)
    assert seats.take("a") and not seats.take("b")
    seats.leave("a")
    assert seats.take("b")


def test_codes_have_six_digits() -> None:
    assert len(new_code()) == 6 and new_code().isdigit()
