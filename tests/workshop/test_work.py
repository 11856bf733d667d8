"""What workers make: the player's message, told lives, pictures, tables, reports;
and the bounds around them."""

from __future__ import annotations

import asyncio
import gc
import gzip
import io
import json
import os
import subprocess
import sys
import time
import zipfile
from html import unescape

import numpy as np
import pytest

from sim.app.core.affordable import Limits
from sim.app.core.runs import Result, picture, report, simulate, tables
from sim.app.core.workers import Busy, Store, Workers
from sim.app.widgets.player import story
from sim.charts import drawable
from sim.errors import EngineError, ResultError
from sim.results.tables import TABLES
from sim.runner import resolve
from sim.scenario import load, to_toml
from sim.studies.run.explain import explain_text
from sim.text import languages
from sim.words import STAGES


@pytest.fixture(scope="module")
def result() -> Result:
    return simulate(resolve(load("package"), overrides={"city.estates": 20, "months": 18}))


def opened(frames: bytes) -> tuple[dict, np.ndarray]:
    data = gzip.decompress(frames)
    size = int.from_bytes(data[:4], "little")
    head = json.loads(data[4 : 4 + size])
    return head, np.frombuffer(data[4 + size :], np.uint8).reshape(
        len(head["layers"]), head["months"] + 1, head["estates"]
    )


def test_the_message_says_what_the_run_says(result: Result) -> None:
    head, layers = opened(result.frames)
    run = result.run
    assert set(head["draw"]) == set(languages())
    assert head["draw"]["en"] == f"one draw, seed {run.seed}"
    assert head["draw"]["zh"] == f"一次抽样，种子{run.seed}"
    names = [layer["name"] for layer in head["layers"]]
    stage = run.estates["stage"].cat.codes.to_numpy().reshape(18, 20)
    assert list(run.estates["stage"].cat.categories) == list(STAGES)
    assert np.array_equal(layers[names.index("stage"), 1:], stage)
    quality = run.estates["quality"].to_numpy().reshape(18, 20)
    assert np.abs(layers[names.index("quality"), 1:] / 254 - quality).max() < 1 / 254
    rate = run.estates["collection_billing"].to_numpy().reshape(18, 20)
    assert np.array_equal(layers[names.index("collection_billing"), 1:] == 255, np.isnan(rate))
    assert sorted(estate for group in head["groups"] for estate in group["estates"]) == list(range(20))
    assert head["lines"]["cycle"][1][-1] == pytest.approx(run.city["quality"].iloc[-1], abs=1e-5)
    assert head["lines"]["cycle"][0][0] is None  # nobody was billed before the first month
    assert all(len(line) == 19 for lines in head["lines"].values() for line in lines)


def test_a_life_told_from_one_estate_is_the_life_told_from_all(result: Result) -> None:
    for estate in (0, 7, 19):
        for lang in ("zh", "en"):
            assert story(result.run, estate, lang) == explain_text(result.run, estate, lang)
    with pytest.raises(ResultError, match="allowed 0 to 19"):
        story(result.run, 20, "en")


def test_pictures_tables_and_report(result: Result) -> None:
    assert picture(result.run, "cycle", "zh").startswith(b"\x89PNG")
    with zipfile.ZipFile(io.BytesIO(tables(result.run))) as archive:
        assert archive.namelist() == [f"{name}.csv" for name in TABLES]
        assert archive.read("city.csv").decode("utf-8-sig").startswith("month,")
        assert len(archive.read("estates.csv").splitlines()) == 18 * 20 + 1
    page = report(result.run, "zh", "http://x/?a=<b>&c=1").decode("utf-8")
    assert page.count("data:image/png;base64,") == len(drawable("run"))
    assert "<b>&c" not in page and "&lt;b&gt;&amp;c=1" in page
    assert 'src="http' not in page and to_toml(result.run.scenario) in unescape(page)


def test_the_store_forgets_what_was_unused_for_longest(result: Result) -> None:
    store = Store(250)
    for key in "ab":
        store.put(key, result._replace(size=100))
    assert store.get("a") is not None
    store.put("c", result._replace(size=100))
    assert (store.get("b"), store.bytes, len(store)) == (None, 200, 2)
    store.put("d", result._replace(size=1000))
    assert len(store) == 1 and store.get("d") is not None


def test_a_worker_need_not_load_what_serves_pages() -> None:
    work = "sim.app.core.runs, sim.app.game.work, sim.app.pages.trap_work"
    code = f"import sys, {work}; print(sorted({{'nicegui', 'fastapi'}} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def _die() -> None:
    os._exit(3)


def _sleep() -> None:
    time.sleep(60)


def test_workers_survive_what_goes_wrong_in_one() -> None:
    async def room() -> None:
        workers = Workers(Limits(run_seconds=60, waiting=2), 1)
        scenario = resolve(
            load("small_city"),
            overrides={"city.estates": 5, "city.households": None, "months": 2, "spin_up": 0},
        )
        try:
            first, second = await asyncio.gather(workers.run(scenario), workers.run(scenario))
            assert first[1] is second[1]  # one run for both
            with pytest.raises(EngineError, match="worker of this run ended"):
                await workers.call(_die)
            with pytest.raises(EngineError, match="at most 0.5 s"):
                await workers.call(_sleep, seconds=0.5)
            assert await workers.call(max, 1, 2) == 2
            both = [asyncio.ensure_future(workers.call(time.sleep, 0.2)) for _ in range(2)]
            await asyncio.sleep(0)
            with pytest.raises(Busy):
                await workers.call(max, 1, 2)
            await asyncio.gather(*both)
            assert workers.waiting == 0
        finally:
            workers.stop()

    asyncio.run(room())


def test_a_worker_that_ends_when_nobody_waits_any_more_is_no_complaint() -> None:
    """As when the workshop is interrupted under work: who asked for the run has gone already."""
    complaints: list[str] = []

    async def room() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, about: complaints.append(about["message"]))
        workers = Workers(Limits(run_seconds=60, waiting=2), 1)
        try:
            asked = asyncio.ensure_future(workers.once("a", _die))
            await asyncio.sleep(0)
            (work,) = workers._running.values()
            asked.cancel()
            await asyncio.wait([work], timeout=60)
            assert work.done() and not workers._running
        finally:
            workers.stop()
        del work
        gc.collect()

    asyncio.run(room())
    assert complaints == []
