"""Who may come in: the join code, the host names answered to, and how many pages are open."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import socket
import time
from collections import deque
from collections.abc import Awaitable, Callable, MutableMapping
from html import escape
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs, quote

from sim.text import Message, in_language, message, say

COOKIE = "estate_room"
JOIN = "/join"
EVERYWHERE = ("0.0.0.0", "::", "")
LOCAL = ("localhost", "127.0.0.1", "::1", "test")
MOST_TRIES = 30  # wrong codes in a minute, of the whole room
LONGEST_FORM = 2_000

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

PAGE = """<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title><style>body {{ font-family: system-ui, sans-serif; max-width: 26rem; margin: 15vh auto; padding: 0 1rem; }}
input, button {{ font-size: 1.5rem; padding: .5rem; width: 100%; box-sizing: border-box; margin: .4rem 0; }} .no {{ color: #b30000; }}
</style></head><body><h1>{title}</h1><p>{help}</p><p class="no" role="alert">{wrong}</p>
<form method="post"><label>{label}<input name="code" inputmode="numeric" autocomplete="off" autofocus required maxlength="20"></label>
<button>{enter}</button></form></body></html>"""


def new_code() -> str:
    """A join code of six digits."""
    return f"{secrets.randbelow(1_000_000):06d}"


def seen_as(host: str = EVERYWHERE[0]) -> str:
    """The address by which other machines of the network know this one, where it
    serves on all of its addresses."""
    if host not in EVERYWHERE:
        return host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        try:
            line.connect(
                ("192.0.2.1", 9)
            )  # a documentation address; a datagram socket that connects sends nothing
            return str(line.getsockname()[0])
        except OSError:
            return "localhost"


class Room:
    """Middleware in front of every page, file and socket: without the code nothing is served but
    the form that asks for it."""

    def __init__(self, app: Any, code: str | None, lang: str, local: bool) -> None:
        """`code` None lets everybody in; `local` answers only requests addressed to this
        machine by a local name."""
        self.app, self.code, self.lang, self.local = app, code, lang, local
        self._proof = hmac.new(secrets.token_bytes(32), b"room", hashlib.sha256).hexdigest()
        self._wrong: deque[float] = deque(maxlen=MOST_TRIES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, ask for the code, or refuse."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = {key.decode("latin-1"): value.decode("latin-1") for key, value in scope.get("headers", [])}
        if self.local and _host(headers.get("host", "")) not in LOCAL:
            await self._refuse(scope, send, 421)  # a page elsewhere that had its own name point here
        elif self.code is None or self._let_in(headers):
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._refuse(scope, send, 403)
        elif scope["path"] == JOIN and scope["method"] == "POST":
            await self._judge(scope, receive, send)
        elif scope["path"] == JOIN:
            await self._form(scope, send, "")
        else:
            to = scope["path"] + (
                "?" + scope["query_string"].decode("latin-1") if scope.get("query_string") else ""
            )
            await _answer(send, 303, b"", [("location", f"{JOIN}?next={quote(to[:4000], safe='')}")])

    def _let_in(self, headers: dict[str, str]) -> bool:
        try:
            cookie = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
        except CookieError:
            return False
        return cookie is not None and hmac.compare_digest(cookie.value.encode(), self._proof.encode())

    async def _judge(self, scope: Scope, receive: Receive, send: Send) -> None:
        now = time.monotonic()
        if len(self._wrong) == MOST_TRIES and now - self._wrong[0] < 60:
            await self._form(scope, send, message("app.too_many_tries"), 429)
            return
        body, more = b"", True
        while more and len(body) < LONGEST_FORM:
            part = await receive()
            body, more = body + part.get("body", b""), part.get("more_body", False)
        given = parse_qs(body[:LONGEST_FORM].decode("latin-1")).get("code", [""])[0].strip()
        if not hmac.compare_digest(given.encode("utf-8"), str(self.code).encode("utf-8")):
            self._wrong.append(now)
            await self._form(scope, send, message("app.wrong_code"), 403)
            return
        to = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("next", ["/"])[0]
        to = (
            to
            if to.startswith("/") and not to.startswith(("//", "/\\")) and to.isprintable() and to.isascii()
            else "/"
        )
        cookie = f"{COOKIE}={self._proof}; Path=/; HttpOnly; SameSite=Lax"
        await _answer(send, 303, b"", [("location", to), ("set-cookie", cookie)])

    async def _form(self, scope: Scope, send: Send, wrong: str | Message, status: int = 200) -> None:
        with in_language(self.lang):
            texts = {
                "lang": say("language.html"),
                "title": say("app.title"),
                "help": say("app.join_help"),
                "label": say("app.join_code"),
                "enter": say("app.enter"),
                "wrong": str(wrong),
            }
        await _answer(
            send, status, PAGE.format(**{key: escape(text) for key, text in texts.items()}).encode("utf-8")
        )

    async def _refuse(self, scope: Scope, send: Send, status: int) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await _answer(send, status, b"refused")


async def _answer(send: Send, status: int, body: bytes, headers: list[tuple[str, str]] | None = None) -> None:
    given = [
        ("content-type", "text/html; charset=utf-8"),
        ("content-length", str(len(body))),
        *(headers or []),
    ]
    encoded = [(key.encode("latin-1"), value.encode("latin-1")) for key, value in given]
    await send({"type": "http.response.start", "status": status, "headers": encoded})
    await send({"type": "http.response.body", "body": body})


def _host(header: str) -> str:
    """The name in a Host header, without port and brackets."""
    if header.startswith("["):
        return header[1:].partition("]")[0]
    return header.partition(":")[0].lower()


class Seats:
    """How many pages are open; each holds one seat until it is gone for good."""

    def __init__(self, most: int) -> None:
        """`most`: pages at once."""
        self.most = most
        self.taken: set[str] = set()

    def take(self, page: str) -> bool:
        """A seat for a page, if there is one left."""
        if len(self.taken) >= self.most:
            return False
        self.taken.add(page)
        return True

    def leave(self, page: str) -> None:
        """Give the seat of a page back."""
        self.taken.discard(page)
