"""The budget game: money, rounds, teams, and that the ledger never shows more than a team had."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from sim.app.game import work
from sim.app.game.game import (
    DECIDING,
    ENDED,
    JOINING,
    RUNNING,
    Game,
    Refused,
    Rules,
    Year,
    base_of,
    plan_of,
    told,
)
from sim.app.game.host import usual_measures
from sim.errors import EngineError
from sim.scenario import load
from sim.studies.budget.menu import Bought, own_money
from sim.text import in_language
from sim.text.figures import money

MEASURES = ("soe_fallback", "committee_drive", "legacy_remediation", "retrofit", "disclosure")
RULES = Rules("small_city", 3, 4, 1_000_000, MEASURES)


def year(**spent: int) -> Year:
    return Year(0.5, 0.2, tuple(spent.items()))


def begun(*names: str) -> Game:
    game = Game(RULES)
    for name in names:
        game.enter(name)
    game.begin()
    return game


def refusal(work, *given) -> str:
    with pytest.raises(Refused) as found:
        work(*given)
    (said,) = found.value.args
    assert said.in_language("en") != said.in_language("zh")
    return str(said.text_id).removeprefix("app.")


def test_money_is_the_budget_of_years_begun_less_what_the_ledger_shows() -> None:
    game = begun("a")
    (team,) = game.teams.values()
    assert game.left(team) == 1_000_000
    game.submit(team, {"soe_fallback": 600_000}, team.version)
    assert game.left(team) == 1_000_000  # nothing is spent before the year
    game.close()
    assert game.left(team) == 400_000  # held back while the year is simulated
    game.played(team, (year(soe_fallback=250_000),), "k")
    game.next_year()
    assert game.left(team) == 2_000_000 - 250_000


def test_what_a_team_has_not_it_cannot_spend() -> None:
    game = begun("a")
    (team,) = game.teams.values()
    assert refusal(game.submit, team, {"soe_fallback": 600_000, "retrofit": 400_001}, 0) == "game_too_dear"
    assert refusal(game.submit, team, {"soe_fallback": -1}, 0) == "game_no_such_measure"
    assert refusal(game.submit, team, {"mediation": 1}, 0) == "game_no_such_measure"
    assert team.chosen is None and team.version == 0


def test_two_browsers_of_a_team_decide_once() -> None:
    game = begun("a")
    (team,) = game.teams.values()
    seen_by_both = team.version
    game.submit(team, {"soe_fallback": 700_000}, seen_by_both)
    assert refusal(game.submit, team, {"retrofit": 700_000}, seen_by_both) == "game_other_browser"
    game.submit(
        team, {"retrofit": 800_000}, team.version
    )  # having looked again: in place of the first, not beside it
    game.close()
    assert team.decisions == [{"retrofit": 800_000}]
    assert refusal(game.submit, team, {}, team.version) == "game_not_now"


def test_who_does_not_submit_goes_on_as_far_as_the_money_goes() -> None:
    game = begun("a")
    (team,) = game.teams.values()
    game.submit(team, {"soe_fallback": 600_000, "committee_drive": 400_000}, 0)
    for number in range(2):
        game.close()
        # the ledger of the first year shows all of it, so that only the yearly million is there again
        game.played(team, tuple(year(**decision) for decision in team.decisions), str(number))
        game.next_year()
    assert team.decisions == [{"soe_fallback": 600_000, "committee_drive": 400_000}] * 2
    assert team.said[0].text_id == "app.game_as_before"
    game.submit(team, {"soe_fallback": 1_000_000}, team.version)
    team.decisions[-1] = {
        "soe_fallback": 900_000,
        "committee_drive": 500_000,
    }  # a last year that was dearer than a budget
    team.chosen = None
    game.close()
    assert team.decisions[-1] == {"soe_fallback": 900_000, "committee_drive": 100_000}
    assert [said.text_id.removeprefix("app.") for said in team.said] == ["game_as_before", "game_capped"]


def test_a_ledger_beyond_the_decision_is_an_error_not_a_debt() -> None:
    game = begun("a")
    (team,) = game.teams.values()
    game.submit(team, {"soe_fallback": 10}, 0)
    game.close()
    with pytest.raises(EngineError, match="than was decided"):
        game.played(team, (year(soe_fallback=11),), "k")


def test_teams_have_names_codes_and_a_limit() -> None:
    game = Game(RULES)
    team = game.enter("  <b>Reds\u202e  </b> ")
    assert team.name == "<b>Reds </b>"
    assert refusal(game.enter, " ") == "game_name_length"
    assert refusal(game.enter, "x" * 25) == "game_name_length"
    assert refusal(game.enter, "<B>reds </b>") == "game_name_taken"
    assert game.team_by_code(team.code) is team
    for number in range(29):
        game.enter(str(number))
    assert refusal(game.enter, "one more") == "game_full"
    assert len({one.code for one in game.teams.values()}) == 30
    wrong = next(
        code
        for code in (f"{n:04d}" for n in range(40))
        if code not in {one.code for one in game.teams.values()}
    )
    keys = {refusal(game.team_by_code, wrong) for _ in range(21)}
    assert keys == {"game_no_such_code", "too_many_tries"}


def test_a_team_that_comes_late_has_done_nothing_and_has_its_money() -> None:
    game = begun("a")
    game.close()
    late = game.enter("late")
    assert late.decisions == [{}] and game.left(late) == 1_000_000


def test_the_game_ends_after_its_years_or_when_the_teacher_says() -> None:
    game = begun("a")
    (team,) = game.teams.values()
    for number in range(RULES.years):
        assert (game.stage, game.year) == (DECIDING, number)
        game.close()
        assert game.stage == RUNNING
        game.played(team, (year(),) * (number + 1), "k")
        game.next_year()
    assert game.stage == ENDED and game.closed == 4 and game.left(team) == 4_000_000
    assert refusal(game.close) == "game_not_now"
    early = begun("a")
    early.end()
    assert (early.stage, early.closed) == (ENDED, 0)
    assert refusal(Game(RULES).close) == "game_no_teams" and Game(RULES).stage == JOINING


def test_the_board_ranks_by_estates_then_people_then_money() -> None:
    game = begun("a", "b", "c", "d")
    values = {"a": (0.5, 0.3, 10), "b": (0.6, 0.1, 10), "c": (0.5, 0.3, 5), "d": (0.5, 0.4, 900_000)}
    for team in game.teams.values():
        out, worst, cost = values[team.name]
        team.decisions, team.years = [{"retrofit": 1_000_000}], (Year(out, worst, (("retrofit", cost),)),)
    assert [line.name for line in game.board] == ["b", "d", "c", "a"]


@pytest.mark.parametrize(
    "rules", [(2, 1_000_000, MEASURES), (99, 1_000_000, MEASURES), (4, 0, MEASURES), (4, 1_000_000, ())]
)
def test_rules_have_bounds(rules: tuple) -> None:
    refusal(lambda: Rules("small_city", 1, *rules))


def test_rules_name_a_measure_that_there_is_not_and_those_there_are() -> None:
    with pytest.raises(Refused) as found:
        Rules("small_city", 1, 4, 1_000_000, ("retrofit", "free_lunch"))
    with in_language("en"):
        assert re.fullmatch(
            r"measures: 'free_lunch' found, allowed .*\bretrofit\b.*, soe_fallback\b.*", str(found.value)
        )
    with in_language("zh"):
        assert "'free_lunch'；" in str(found.value) and "、soe_fallback" in str(found.value)


def test_the_usual_measures_are_there() -> None:
    assert set(usual_measures()) > {"soe_fallback", "retrofit"}


# whose money it is

POOR = """
extends = "small_city"
[government]
city_budget = 0
district_budget = 100000
street_budget = 5000
"""
BOUGHT = ("operating_subsidy", "committee_drive")  # which districts pay for, and streets


@pytest.fixture
def poor(tmp_path: Path) -> str:
    """A city of two districts and of streets that have 100,000 and 5,000 yuan a year each."""
    file = tmp_path / "poor.toml"
    file.write_text(POOR, encoding="utf-8")
    return str(file)


def test_a_budget_that_the_payers_do_not_have_is_refused_before_the_game(poor: str) -> None:
    have = sum(own_money(load(poor), BOUGHT).values())
    assert have < 1_000_000
    assert refusal(lambda: Rules(poor, 1, 4, 1_000_000, BOUGHT)) == "game_no_such_money"
    with pytest.raises(Refused) as found, in_language("en"):
        Rules(poor, 1, 4, int(have) + 1, BOUGHT)
    assert money(have) in str(found.value) and "district 200,000 yuan" in str(found.value)
    assert Rules(poor, 1, 4, int(have), BOUGHT).yearly == int(have)


def test_a_grant_must_go_to_who_pays_and_is_there_in_the_city(poor: str) -> None:
    for payer in ("city", "state", "nobody"):
        assert refusal(lambda payer=payer: Rules(poor, 1, 4, 1_000_000, BOUGHT, payer)) == "game_payer"
    rules = Rules(poor, 1, 4, 1_000_000, BOUGHT, "district")
    granted = base_of(rules)
    assert granted.government.district_budget * granted.city.districts == 1_200_000
    with in_language("en"):
        assert "1 million yuan a year is granted to the tier “district”" in told(rules)
        assert "payers' own" in told(Rules(poor, 1, 4, 100_000, BOUGHT))


def test_savings_do_not_spend_what_lapsed(poor: str) -> None:
    """Two years of 150,000 are saved, but the districts have 200,000 a year, and the streets their own."""
    game = Game(Rules(poor, 1, 4, 150_000, BOUGHT))
    team = game.enter("a")
    game.begin()
    game.close()
    game.played(team, (Year(0.5, 0.2, ()),), "k")
    game.next_year()
    assert game.left(team) == 300_000
    assert refusal(game.submit, team, {"operating_subsidy": 200_001}, team.version) == "game_payers_short"
    street = int(own_money(load(poor), ["committee_drive"])["street"])
    short = {"committee_drive": street + 1}
    assert refusal(game.submit, team, short, team.version) == "game_payers_short"
    game.submit(team, {"operating_subsidy": 200_000, "committee_drive": street}, team.version)
    assert team.chosen == {"operating_subsidy": 200_000, "committee_drive": street}


def test_what_is_granted_is_really_spent_and_no_more_than_decided(poor: str) -> None:
    decision = {"operating_subsidy": 900_000}
    without = work.play(Rules(poor, 1, 3, 200_000, BOUGHT), plan_of([decision]))
    granted = work.play(Rules(poor, 1, 3, 1_000_000, BOUGHT, "district"), plan_of([decision]))
    assert without.years[0].cost <= 200_000 < granted.years[0].cost <= 900_000


# with the model


DECISIONS = [
    {"committee_drive": 300_000},
    {"committee_drive": 50_000, "legacy_remediation": 900_000},
    {},
    {"soe_fallback": 400_000, "committee_drive": 20_000},
]


@pytest.fixture(scope="module")
def whole() -> work.Played:
    return work.play(RULES, plan_of(DECISIONS))


def test_later_decisions_change_nothing_before_them(whole: work.Played) -> None:
    for years in (1, 2, 3):
        part = work.play(RULES, plan_of(DECISIONS[:years]))
        assert part.years == whole.years[:years]
        short, long = (one.result.run._source.record.outcomes for one in (part, whole))
        for a, b in zip(short, long, strict=True):
            assert np.array_equal(a, b[: 12 * years + 1], equal_nan=True)


def test_the_ledger_keeps_to_every_decision(whole: work.Played) -> None:
    assert len(whole.years) == 4
    for decision, done in zip(DECISIONS, whole.years, strict=True):
        assert all(0 <= yuan <= decision.get(kind, 0) for kind, yuan in done.spent)
    assert (
        whole.years[0].cost > 0
        and whole.years[2].cost == 0
        and dict(whole.years[3].spent)["committee_drive"] <= 20_000
    )


def test_what_is_never_bought_is_the_city_itself() -> None:
    from sim.app.core.runs import simulate

    nothing = work.play(RULES, ((),) * 3)
    alone = simulate(base_of(RULES).model_copy(update={"months": 36}))
    for a, b in zip(
        nothing.result.run._source.record.outcomes, alone.run._source.record.outcomes, strict=True
    ):
        assert np.array_equal(a, b, equal_nan=True)


def test_a_package_becomes_the_decisions_of_its_years() -> None:
    package = (Bought("soe_fallback", 1, 250_000.7), Bought("retrofit", 25, 700_000.0))
    assert (
        work.decisions_of(package, RULES)
        == ({"soe_fallback": 250_000},) * 2 + ({"soe_fallback": 250_000, "retrofit": 700_000},) * 2
    )


def test_the_search_goes_on_where_it_stopped(tmp_path: Path) -> None:
    pytest.importorskip("optuna")
    pytest.importorskip("moocore")
    rules = Rules("small_city", 3, 3, 1_000_000, ("soe_fallback", "committee_drive"))
    first = work.search(rules, 3, tmp_path)
    second = work.search(rules, 5, tmp_path)
    assert (first.tried, second.tried) == (3, 5)
    played = work.play(rules, plan_of(list(second.decisions)))
    assert all(one.cost <= rules.yearly for one in played.years)
