"""The pages in NiceGUI's own simulation of a participant; test_browser.py does it in a real browser."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from nicegui import ui
from nicegui.testing import User

from sim.app.core.affordable import offered
from sim.app.widgets.player import Player
from sim.scenario import load, to_toml
from sim.scenario.formats import FORMAT
from sim.text import languages
from tests.workshop.conftest import SMALL

pytestmark = pytest.mark.asyncio


async def finished(user: User, text: str = "months simulated") -> None:
    await user.should_see(text, retries=400)


async def test_a_page_runs_what_its_address_says(user: User) -> None:
    await user.open(f"/?{SMALL}")
    await finished(user, "12 months simulated")
    (key,) = user.shop.workers.store._results
    result = user.shop.workers.store.get(key)
    assert (result.run.months, len(result.run.estate_table)) == (12, 20)
    # which draw it is stands above the window too, where pages of several seeds are told apart
    assert user.client is not None and user.client.title.endswith(f"one draw, seed {result.run.seed}")
    answer = await user.http_client.get(f"/run/{key}")
    assert answer.status_code == 200 and answer.headers["content-encoding"] == "gzip"
    assert (await user.http_client.get("/run/" + "0" * 64)).status_code == 404
    assert (await user.http_client.get("/run/..%2F..%2Fetc%2Fpasswd")).status_code == 404


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A scenario of somebody's own that starts as it was drawn, so that a run of it may be short."""
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "fresh.toml").write_text(
        f'format = {FORMAT}\nextends = "small_city"\nname = "fresh"\nspin_up = 0\n', encoding="utf-8"
    )
    monkeypatch.chdir(tmp_path)
    offered.cache_clear()  # what can be afforded is found once
    yield "fresh"
    offered.cache_clear()


@pytest.mark.parametrize(
    ("months", "simulated", "lines"),
    [
        (5, ": 5 months simulated", "is of months 1 to 5 only"),
        (1, ": 1 month simulated", "is of month 1 only"),
    ],
)
async def test_a_run_of_under_a_year_says_of_which_months_its_yearly_lines_are(
    user: User, fresh: str, months: int, simulated: str, lines: str
) -> None:
    await user.open(f"/?scenario={fresh}&{SMALL.replace('months=12', f'months={months}')}")
    await finished(user, simulated)
    await user.should_see(lines)


async def test_a_measure_switched_on_is_simulated(user: User) -> None:
    await user.open(f"/?{SMALL}")
    await finished(user)
    user.find(marker="on-performance_award").click()
    for _ in range(400):
        if len(user.shop.workers.store) == 2:
            break
        await asyncio.sleep(0.05)
    runs = [result.run for result in user.shop.workers.store._results.values()]
    assert [[p.kind for p in run.scenario.interventions] for run in runs] == [[], ["performance_award"]]


async def test_the_language_switches_and_the_run_stays(user: User) -> None:
    await user.open(f"/?{SMALL}&lang=en")
    await finished(user)
    for _ in range(languages().index("en"), languages().index("zh")):  # the button leads to the next one
        user.find(marker="language").click()
        await user.should_see(marker="language")
    await user.should_see("12个月已模拟完毕")
    await user.should_see("为企业减负")
    assert len(user.shop.workers.store) == 1


async def test_an_estate_tells_its_life(user: User) -> None:
    await user.open(f"/?{SMALL}")
    await finished(user)
    user.find(Player).trigger("estate", 3)
    await user.should_see("The life of estate 3", retries=50)


async def test_a_hostile_address_is_named_and_shown_as_text_only(user: User) -> None:
    await user.open(f"/?{SMALL}&evil=%3Cscript%3E&scenario=../../etc/passwd&payment.norm_weight=1e999")
    await user.should_see("were left out")
    await user.should_see("payment.norm_weight: found '1e999'")
    await finished(user)


async def test_a_setting_that_cannot_be_run_says_why(user: User) -> None:
    await user.open(
        f"/?{SMALL}&on=disclosure&interventions.disclosure.start=9&interventions.disclosure.end=2"
    )
    await user.should_see("Could not run")
    await user.should_see("at least start (9)")


async def test_a_full_room_says_so_and_a_page_that_closes_makes_room(user: User) -> None:
    user.shop.seats.take("a")
    user.shop.seats.take("b")
    await user.open(f"/?{SMALL}")
    await user.should_see("The workshop is full (2 pages at most)")
    user.shop.seats.leave("a")
    await user.open(f"/share?{SMALL}")
    await user.should_see("Copy link")


async def test_share_hands_out_link_scenario_and_pictures(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    await user.open("/share?scenario=small_city&months=12")
    link = next(iter(user.find(ui.input).elements)).value
    assert link == "http://test/?scenario=small_city&months=12&lang=en"
    handed: list[tuple[bytes | str, str]] = []
    monkeypatch.setattr(ui.download, "content", lambda content, name, kind: handed.append((content, name)))
    user.find(marker="download_toml").click()
    await arrived(handed, 1)
    assert handed[0] == (to_toml(load("small_city").model_copy(update={"months": 12})), "small_city_1.toml")
    user.find(marker="png-cycle").click()
    await arrived(handed, 2)
    assert handed[1][0].startswith(b"\x89PNG") and handed[1][1] == "small_city_1_cycle.png"


async def arrived(handed: list, count: int) -> None:
    for _ in range(1200):
        if len(handed) >= count:
            return
        await asyncio.sleep(0.05)
    raise AssertionError("nothing to download")


async def test_policies_of_an_address_are_read_as_strictly_as_the_address(user: User) -> None:
    policy = "scenario%3D..%2Fx%26on%3Ddisclosure%26city.estates%3D20%26seed%3D1e9999"
    await user.open(f"/compare?{SMALL}&policy0={policy}&policy1=%3Cscript%3E")
    await user.should_see("A: disclosure")
    await user.should_see("B: No measure")
    await user.should_not_see("script")
