"""The pages of the budget game in NiceGUI's simulation of a participant."""

from __future__ import annotations

import asyncio
import importlib

import pytest
from nicegui import ui
from nicegui.testing import User

from sim.app.game.game import DECIDING, ENDED, Rules

pytestmark = pytest.mark.asyncio
RULES = Rules("small_city", 1, 3, 2_000_000, ("soe_fallback", "committee_drive", "disclosure"))


@pytest.fixture
def pool() -> None:
    """Workers of its own for each game: its search for the best plan may still run
    when the game has ended."""


@pytest.fixture(autouse=True)
def a_short_search(monkeypatch: pytest.MonkeyPatch) -> None:
    """The search for the best plan, which no page here tells of, ends with its first batch: it takes what
    time there is, however long a test lasts."""
    # by its module: tests of pages take packages out of their parents, so that no path leads there
    monkeypatch.setattr(importlib.import_module("sim.app.game.host"), "TRIALS", 4)


async def until(holds) -> None:
    for _ in range(1200):
        if holds():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("waited in vain")


def only(user: User, marker: str):
    (found,) = user.find(marker=marker).elements
    return found


async def joined(user: User, name: str = "Reds"):
    """A game that has begun, with one team whose page is open."""
    game = user.shop.host.open(RULES)
    await user.open("/game?lang=en")
    user.find(marker="team-name").type(name)
    user.find(marker="make-team").click()
    await user.should_see("team code", retries=60)
    (team,) = game.teams.values()
    game.begin()
    await user.should_see("Year 1 of 3", retries=60)
    return game, team


async def test_the_teacher_opens_begins_and_ends_a_game(user: User) -> None:
    await user.open("/teacher?lang=en&key=wrong")
    await user.should_see("Teacher's key")
    user.find(marker="teacher-key").type("nonsense")
    user.find(marker="unlock").click()
    await user.should_see("That is not the key")
    await user.open(f"/teacher?lang=en&key={user.shop.host.key}")
    only(user, "years").value = 1
    user.find(marker="open-game").click()
    await user.should_see("A game has 3 to 15 rounds")
    only(user, "years").value = 4
    user.find(marker="open-game").click()
    await user.should_see("Teams are joining", retries=60)
    assert user.shop.host.game.rules.years == 4
    user.shop.host.enter("Reds")
    user.find(marker="begin").click()
    await user.should_see("0 of 1 teams have submitted", retries=60)
    user.find(marker="end").click()
    user.find(marker="yes").click()
    await user.should_see("The game is over", retries=60)
    assert user.shop.host.game.stage == ENDED


async def test_a_team_spends_what_it_has_and_sees_what_came_of_it(user: User) -> None:
    game, team = await joined(user)
    only(user, "buy-soe_fallback").value = True
    only(user, "yuan-soe_fallback").value = 201
    user.find(marker="submit").click()
    await user.should_see(
        "Not enough money: this asks for 2.01 million yuan and you have 2 million yuan. Take 10,000 yuan off."
    )
    assert team.chosen is None
    only(user, "yuan-soe_fallback").value = 50
    user.find(marker="submit").click()
    await user.should_see("Submitted.", retries=60)
    assert team.chosen == {"soe_fallback": 500_000}
    user.shop.host.next_round()
    await until(lambda: game.stage == DECIDING and game.year == 1)
    await user.should_see("Year 2 of 3", retries=60)
    assert 0 < game.spent(team) <= 500_000
    await user.should_see("spent")
    answer = await user.http_client.get(f"/run/{team.key}")
    assert answer.status_code == 200 and answer.headers["content-encoding"] == "gzip"


async def test_a_team_that_comes_back_is_the_same_team(user: User) -> None:
    game, team = await joined(user, "<script>x</script>")
    await user.open(f"/game?lang=zh&team={team.token}")
    await user.should_see("<script>x</script> · 队号 " + team.code)
    user.shop.seats.taken.clear()
    await user.open("/game?lang=en&team=0123")
    await user.should_see("Join the game")
    user.find(marker="team-code").type(team.code)
    user.find(marker="join-team").click()
    await user.should_see("team code " + team.code, retries=60)
    assert list(game.teams.values()) == [team]


async def test_a_choice_made_in_another_browser_is_shown_not_overwritten(user: User) -> None:
    game, team = await joined(user)
    only(user, "buy-committee_drive").value = True
    game.submit(team, {"soe_fallback": 1_500_000}, team.version)  # the other browser was faster
    user.find(marker="submit").click()
    await user.should_see("Another browser of your team has changed the choice")
    assert team.chosen == {"soe_fallback": 1_500_000}
    await until(lambda: only(user, "yuan-soe_fallback").value == 150)


async def test_the_debrief_waits_for_the_end_and_tells_all(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    game, team = await joined(user, "=1+1")
    await user.open("/debrief?lang=en")
    await user.should_see("The debrief opens when the game is over")
    game.submit(team, {"committee_drive": 300_000}, team.version)
    user.shop.host.next_round()
    await until(lambda: game.stage == DECIDING and game.year == 1 and user.shop.host.nothing)
    game.end()
    await user.should_see("Leader board", retries=60)
    await user.should_see("one seed: something to talk about")
    handed: list[bytes] = []
    monkeypatch.setattr(ui.download, "content", lambda content, name, kind: handed.append(content))
    user.find(marker="game-csv").click()
    await until(lambda: handed)
    lines = handed[0].decode("utf-8-sig").splitlines()
    assert lines[1].startswith(f"'=1+1,1,committee_drive,300000,{game.spent(team)},")


async def test_a_year_that_cannot_be_computed_holds_back_its_money_and_stops_nobody(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sim.errors import EngineError

    game, team = await joined(user)
    host = user.shop.host
    other = host.enter("Blues")
    game.submit(team, {"soe_fallback": 500_000}, team.version)
    real = host.play

    async def sometimes(rules, plan):
        if plan[0]:
            raise EngineError("the worker of this run ended")
        return await real(rules, plan)

    monkeypatch.setattr(host, "play", sometimes)
    host.next_round()
    await until(lambda: team.failed and other.years)
    assert game.left(team) == 1_500_000
    monkeypatch.setattr(host, "play", real)
    host.next_round()
    await until(lambda: game.stage == DECIDING and game.year == 1 and team.years)
    assert team.years and not team.failed
