"""A workshop for each test of pages, and what tests of parts share."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

pytest.importorskip("nicegui")

from nicegui.testing import User  # noqa: E402
from nicegui.testing.user_simulation import user_simulation  # noqa: E402

from sim.app.limits import Limits  # noqa: E402

SMALL = "city.estates=20&months=12"


@pytest_asyncio.fixture
async def user() -> AsyncIterator[User]:
    """A participant of a room with two seats."""
    from sim.app.server import workshop

    async with user_simulation() as made:
        shop = workshop(Limits(sessions=2), workers=1)
        shop.workers.start()
        made.shop = shop
        try:
            yield made
        finally:
            shop.workers.stop()


