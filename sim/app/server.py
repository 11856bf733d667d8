"""The workshop's server: pages, the messages that players fetch, limits, and how it is started."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from urllib.parse import parse_qsl

from fastapi import Request, Response
from nicegui import Client, app, ui

from sim.app.core.affordable import Limits
from sim.app.core.rooms import LOCAL, Room, Seats, new_code, seen_as
from sim.app.core.runs import Result
from sim.app.core.session import Session
from sim.app.core.setting import DEFAULT, Choice, board, read_address
from sim.app.core.workers import Workers
from sim.app.game.host import Host
from sim.app.game.work import Played
from sim.app.pages.compare import ARMS, ComparePage
from sim.app.pages.debrief import DebriefPage
from sim.app.pages.game import TEAM, GamePage
from sim.app.pages.play import PlayPage
from sim.app.pages.share import SharePage
from sim.app.pages.teacher import KEY, TeacherPage
from sim.app.pages.trap import KEYS, TrapPage
from sim.app.widgets.look import style as style_sheet
from sim.errors import EstateError
from sim.outputs import style
from sim.text import in_language, message, say
from sim.text.catalog import DEFAULT_LANGUAGE
from sim.text.joins import labelled
from sim.text.system import reason_of

RECONNECT_SECONDS = 60.0  # a page whose connection dropped keeps everything for so long
LINE_SECONDS = 20.0  # a busy server is silent for some seconds: browsers must not take that for a broken line
RUN = re.compile(r"[0-9a-f]{64}")


@dataclass
class Workshop:
    """What all pages share."""

    workers: Workers
    limits: Limits
    seats: Seats
    lang: str
    host: Host
    code: str | None


def workshop(
    limits: Limits | None = None,
    lang: str = DEFAULT_LANGUAGE,
    workers: int | None = None,
    code: str | None = None,
) -> Workshop:
    """Declare the pages; call once before the server starts. `code` is the join code that
    the teacher's page shows."""
    limits = limits or Limits()
    hands = Workers(limits, workers)
    opened = Workshop(hands, limits, Seats(limits.sessions), lang, Host(hands), code)

    @app.get("/run/{key}")
    def frames(key: str) -> Response:
        result = opened.workers.store.get(key) if RUN.fullmatch(key) else None
        if not isinstance(result, Result | Played):
            return Response(status_code=404)
        headers = {
            "Content-Encoding": "gzip",
            "Cache-Control": "private, max-age=3600",
            "X-Content-Type-Options": "nosniff",
        }
        return Response(result.frames, media_type="application/octet-stream", headers=headers)

    app.add_static_file(local_file=style.font_file(), url_path="/font.ttf", max_cache_age=86_400)
    style_sheet()
    board(DEFAULT)  # reads all scenarios and measures, once for all pages

    page = partial(ui.page, title=message("app.title").in_language(lang), reconnect_timeout=RECONNECT_SECONDS)
    _pages(opened, page)
    _game_pages(opened, page)
    return opened


def _pages(workshop: Workshop, page: Callable[[str], ui.page]) -> None:
    """The pages of one participant: play, compare, the trap, share."""

    @page("/")
    def play(request: Request, client: Client) -> None:
        session = enter(workshop, request, client, "/")
        if session is not None:
            PlayPage(session)

    @page("/compare")
    def compare(request: Request, client: Client) -> None:
        session = enter(workshop, request, client, "/compare", ARMS)
        if session is not None:
            ComparePage(session, policies_of(request, workshop.limits))

    @page("/trap")
    def trap(request: Request, client: Client) -> None:
        session = enter(workshop, request, client, "/trap", KEYS)
        if session is not None:
            TrapPage(session, {key: request.query_params[key] for key in KEYS if key in request.query_params})

    @page("/share")
    def share(request: Request, client: Client) -> None:
        session = enter(workshop, request, client, "/share")
        if session is not None:
            SharePage(session, _base(request))


def _game_pages(workshop: Workshop, page: Callable[[str], ui.page]) -> None:
    """The budget game: the teams' page, the teacher's, and the debrief."""

    @page("/game")
    def game(request: Request, client: Client) -> None:
        session = enter(workshop, request, client, "/game", (TEAM,))
        if session is not None:
            GamePage(session, workshop.host, request.query_params.get(TEAM, ""))

    @page("/teacher")
    def teacher(request: Request, client: Client) -> None:
        session = enter(workshop, request, client, "/teacher", (KEY,))
        if session is not None:
            address = (
                _base(request)
                if workshop.code is None
                else f"{request.url.scheme}://{seen_as()}:{request.url.port}"
            )
            TeacherPage(session, workshop.host, request.query_params.get(KEY, ""), address, workshop.code)

    @page("/debrief")
    def debrief(request: Request, client: Client) -> None:
        session = enter(workshop, request, client, "/debrief")
        if session is not None:
            DebriefPage(session, workshop.host)


def _base(request: Request) -> str:
    """The address of this server as the participant's browser knows it."""
    return str(request.base_url).rstrip("/")


def enter(
    workshop: Workshop, request: Request, client: Client, path: str, other: tuple[str, ...] = ()
) -> Session | None:
    """The session of a newly opened page with the setting of its address, or None after a
    message that the room is full."""
    if not workshop.seats.take(client.id):
        full = message("app.full", most=workshop.limits.sessions)
        ui.label(full.in_language(workshop.lang)).style(
            "font-size: 1.5rem; margin: 20vh auto; max-width: 40rem"
        ).props("role=alert")
        return None
    client.on_delete(lambda: workshop.seats.leave(client.id))
    ui.add_css(style_sheet())
    reading = read_address(request.query_params.multi_items(), workshop.limits, workshop.lang, other)
    session = Session(client, workshop.workers, workshop.limits, reading.choice, reading.lang, path)
    if reading.ignored:
        with (
            ui.element("div")
            .props("role=alert")
            .style("background: #fff3c4; padding: .6rem 1rem; width: 100%")
        ):
            ui.label(say("app.ignored")).classes("font-bold")
            for line in reading.ignored:
                ui.label(str(line))
    return session


def policies_of(request: Request, limits: Limits) -> list[Choice]:
    """The policies that an address of the compare page holds, each read as strictly as the address itself."""
    texts = [request.query_params[name] for name in ARMS if name in request.query_params]
    return [
        read_address(
            parse_qsl(text[: limits.query_length], keep_blank_values=True), limits, DEFAULT_LANGUAGE
        ).choice
        for text in texts
    ]


def _addresses(server: str, workshop: Workshop) -> list[str]:
    """What the host of a workshop must know: where it is, the code that lets the
    room in, and the teacher's page."""
    address = labelled(say("app.title"), f"{server}/")
    if workshop.code:
        address += "   " + labelled(say("app.join_code"), workshop.code)
    return [address, labelled(say("app.game_teacher"), f"{server}/teacher?{KEY}={workshop.host.key}")]


def require_free(host: str, port: int) -> None:
    """EstateError for an address that this machine cannot serve at: another's, or one that is taken. Asked
    before anything is printed."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind(address)
    except (OSError, UnicodeError) as error:
        raise EstateError(message("app.no_address", host=host, port=port, error=reason_of(error))) from None


def serve(
    host: str = "127.0.0.1",
    port: int = 8080,
    code: str | None = None,
    lang: str = DEFAULT_LANGUAGE,
    limits: Limits | None = None,
    show: bool = True,
    workers: int | None = None,
) -> None:
    """Serve until interrupted. On a host that others can reach a join code is asked for
    (made up if none is given)."""
    require_free(host, port)
    local = host in LOCAL
    if not local and code is None:
        code = new_code()
    opened = workshop(limits, lang, workers, code)
    app.on_startup(opened.workers.start)
    app.on_shutdown(opened.workers.stop)
    app.add_middleware(Room, code=code, lang=lang, local=local)
    name = "localhost" if local else seen_as(host)
    with in_language(lang):
        for line in _addresses(f"http://{name}:{port}", opened):
            print(line, flush=True)
    ui.run(
        host=host,
        port=port,
        title=message("app.title").in_language(lang),
        show=show,
        reload=False,
        show_welcome_message=False,
        reconnect_timeout=LINE_SECONDS,
        uvicorn_logging_level="warning",
    )
