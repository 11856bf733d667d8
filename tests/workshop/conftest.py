"""A workshop for each test of pages, and what tests of parts share.

The folder sorts after all others on purpose: NiceGUI's simulated user drops the package of every page from sys.modules,
which tests that replace names in modules would trip over.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from importlib.util import find_spec
from pathlib import Path

SMALL = "city.estates=20&months=12"

if find_spec("nicegui") is None or find_spec("pytest_asyncio") is None:
    collect_ignore_glob = ["test_*.py"]
else:
    import pytest_asyncio
    from nicegui.testing import User
    from nicegui.testing.user_simulation import user_simulation

    from sim.app.limits import Limits

    @pytest_asyncio.fixture
    async def user(tmp_path: Path) -> AsyncIterator[User]:
        """A participant of a room with two seats; `user.shop` is the workshop."""
        from sim.app.server import workshop

        async with user_simulation() as made:
            shop = workshop(Limits(sessions=2), workers=1)
            shop.host.folder = tmp_path
            shop.workers.start()
            made.shop = shop
            try:
                yield made
            finally:
                shop.workers.stop()
