"""A workshop for each test of pages, and what tests of parts share.

The folder sorts after all others on purpose: NiceGUI's simulated user drops the package of every page from
sys.modules, which tests that replace names in modules would trip over.
"""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator, Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

SMALL = "city.estates=20&months=12"

if find_spec("nicegui") is None or find_spec("pytest_asyncio") is None:
    collect_ignore_glob = ["test_*.py"]
else:
    import pytest_asyncio
    from nicegui.testing import User
    from nicegui.testing.user_simulation import user_simulation
    from pebble import ProcessPool

    from sim.app.core.affordable import Limits
    from sim.app.core.workers import Workers

    @pytest.fixture(scope="session")
    def one_worker() -> Iterator[ProcessPool]:
        """A worker process of the workshop that many tests use one after the other:
        it takes seconds to start."""
        hands = Workers(Limits(), 1)
        hands.start()
        assert hands._pool is not None
        yield hands._pool
        hands.stop()

    @pytest.fixture
    def pool(one_worker: ProcessPool) -> ProcessPool | None:
        """The workers that a test's workshop begins with; None, where a module says so: it starts its own."""
        return one_worker

    @pytest_asyncio.fixture
    async def user(tmp_path: Path, pool: ProcessPool | None) -> AsyncIterator[User]:
        """A participant of a room with two seats; `user.shop` is the workshop."""
        from sim.app.server import workshop

        # NiceGUI collects what no longer lives, twice for each page; what was there before is none of it.
        gc.freeze()
        async with user_simulation() as made:
            shop = workshop(Limits(sessions=2), workers=1)
            shop.host.folder = tmp_path
            shop.workers._pool = pool
            shop.workers.start()
            made.shop = shop
            try:
                yield made
            finally:
                if pool is not None:  # which the next test uses
                    shop.workers._pool = None
                shop.workers.stop()


if find_spec("selenium") is not None:
    from tests.workshop.browser import CHROMIUM, DRIVER, Browser, Served

    @pytest.fixture(scope="session")
    def server() -> Iterator[Callable[..., Served]]:
        """Starts `estate app` with options."""
        running: list[Served] = []

        def start(*options: str) -> Served:
            running.append(Served(*options))
            return running[-1]

        yield start
        for served in running:
            served.stop()

    @pytest.fixture(scope="session")
    def local(server: Callable[..., Served]) -> str:
        """The address of a workshop that all tests share."""
        return server().address

    @pytest.fixture
    def browsers(tmp_path: Path) -> Iterator[Callable[..., Browser]]:
        """Opens browsers of a size; skips where there is no Chromium."""
        if not CHROMIUM or not DRIVER:
            pytest.skip("no chromium with chromedriver")
        opened: list[Browser] = []

        def new(*size: tuple[int, int]) -> Browser:
            folder = tmp_path / str(len(opened))
            folder.mkdir()
            opened.append(Browser(folder, *size))
            return opened[-1]

        yield new
        for one in opened:
            one.driver.quit()

    @pytest.fixture
    def browser(browsers: Callable[..., Browser]) -> Browser:
        """One browser with a large window."""
        return browsers()
