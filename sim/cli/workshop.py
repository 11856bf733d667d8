"""`estate app`: start the workshop."""

from __future__ import annotations

from sim.errors import EstateError
from sim.text import message


def serve_workshop(host: str, port: int, code: str | None, lang: str, show: bool) -> None:
    """Serve the workshop until it is interrupted. EstateError where its library is not installed."""
    try:
        import nicegui  # noqa: F401
    except ImportError:
        raise EstateError(message("app.no_nicegui", package="nicegui>=3.18,<4")) from None
    from sim.app.server import serve

    serve(host, port, code, lang, show=show)
