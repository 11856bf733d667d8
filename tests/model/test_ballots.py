"""With ballots on, turnout follows the matter and who is reached, and a committee may be
founded at any satisfaction."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.mesa_city import City
from sim.model.month.votes import FIRST_FREE_MATTER, Matter, hold_votes, share_reached
from sim.model.state.contracts import OPEN, TERM
from sim.scenario import load

from .cities import first_lively, first_small, run_digest

ORDINARY, SPECIAL = 0.5, 0.75


def city(on: bool = True, **overrides: Any) -> City:
    """A city of middling estates with ballots; no luck in how many collect votes unless asked for."""
    settings = {"ballot__volunteers_spread": 0.0, "city__estates": 120, "companies__private": 30} | overrides
    return City(first_small(mechanisms__ballots=on, **settings))


def vote(made: City, matter: int, approval: float = 1.0, majority: float = ORDINARY) -> tuple[Any, Any]:
    """(passed, share that took part) of a vote on a matter in every estate of a city."""
    state = made.state
    size = state.estates.size
    passed, took_part, approved = np.zeros(size, bool), np.zeros(size), np.zeros(size)
    hold_votes(
        np.arange(size),
        matter,
        approval,
        0.0,
        majority,
        state.owners,
        state.estates,
        state.world,
        state.parameters,
        passed,
        took_part,
        approved,
    )
    return passed, took_part


def mean_turnout(made: City, matter: int) -> float:
    """Turnout over the owners of a city, as if the vote were held in each of ten months."""
    found = []
    for month in range(10):
        made.state.world["month"] = month
        _, took_part = vote(made, matter)
        found.append(np.average(took_part, weights=made.state.estates["households"]))
    return float(np.mean(found))


def kinds(made: City, *wanted: str) -> list[tuple[Any, ...]]:
    """Events of some kinds: (month, estate, company, kind, cause, size)."""
    return [event for event in made.events() if event[3] in wanted]


def test_founding_and_dismissing_draw_more_owners_than_renewing_and_using_common_money() -> None:
    made = city()
    turnout = {matter: mean_turnout(made, int(matter)) for matter in Matter}
    for lively in (Matter.FORMATION, Matter.DISMISSAL):
        for quiet in (Matter.RENEWAL, Matter.CONTRACT, Matter.FUNDS):
            assert turnout[lively] > turnout[quiet] + 0.01
    assert turnout[Matter.PRICE] > turnout[Matter.CONTRACT] > turnout[Matter.FUNDS]
    assert abs(turnout[Matter.PRICE] - turnout[Matter.CONTRACT_PRICE]) < 0.02, "a price is a price"
    programme = mean_turnout(made, int(Matter.FUNDS) + 5 * FIRST_FREE_MATTER)
    assert abs(turnout[Matter.FUNDS] - programme) < 0.02, "and common money common money, whoever asks"


def test_without_the_mechanism_turnout_knows_no_matter() -> None:
    made = city(on=False)
    turnout = [mean_turnout(made, int(matter)) for matter in Matter]
    assert max(turnout) - min(turnout) < 0.02


def test_turnout_of_a_matter_is_its_own_number() -> None:
    base, more = city(), city(ballot__turnout_contract=0.95)
    assert mean_turnout(more, int(Matter.CONTRACT)) > mean_turnout(base, int(Matter.CONTRACT)) + 0.05
    for other in set(Matter) - {Matter.CONTRACT}:
        assert mean_turnout(more, int(other)) == mean_turnout(base, int(other))


def test_a_vote_in_which_fewer_than_two_thirds_take_part_decides_nothing() -> None:
    passed, took_part = vote(city(ballot__volunteers_spread=0.6), int(Matter.FORMATION))
    assert (passed == (took_part >= 2 / 3)).all(), "all approve: the quorum alone decides"
    assert passed.any() and not passed.all()


def test_raising_funds_needs_three_quarters_of_those_taking_part_and_other_matters_half() -> None:
    made = city(ballot__turnout_funds=1.0, ballot__passive_reach=1.0, committee__vacant_participation=1.0)
    ordinary, _ = vote(made, int(Matter.FUNDS), 0.62, ORDINARY)
    special, _ = vote(made, int(Matter.FUNDS), 0.62, SPECIAL)
    assert ordinary.mean() > 0.7 and special.mean() < 0.2


@pytest.mark.parametrize("satisfaction", [0.2, 0.6, 0.95])
def test_a_committee_can_be_founded_at_any_satisfaction(satisfaction: float) -> None:
    founded = {}
    large = {f"types__{kind}__households_mean": 400.0 for kind in load("vicious_cycle").types}
    for on in (False, True):
        made = city(on=on, ballot__volunteers_spread=0.6, city__estates=40, **large)
        made.state.owners.satisfaction[:] = satisfaction
        founded[on] = vote(made, int(Matter.FORMATION))[0].mean()
    assert founded[True] > 0.1
    if satisfaction == 0.95:
        assert founded[False] == 0.0, "the first version's threshold, which nobody declared"


def test_owners_call_a_founding_ballot_as_their_initiative_is_declared() -> None:
    nobody = {"mechanisms__ballots": True, "ballot__initiative": 0.0, "ballot__street": 0.0, "months": 6}
    assert not kinds(City(first_small(**nobody)).run(), "committee_formed", "committee_vote_failed")
    made = City(first_small(**(nobody | {"ballot__initiative": 1.0})))
    made.state.owners.satisfaction[:] = 1.0
    made.state.estates["satisfaction"] = 1.0
    without = np.flatnonzero(made.state.committees["exists"] == 0)
    active = made.state.estates["mean_activism"][without] >= 0.4
    made.step()
    asked = {estate for _, estate, *_ in kinds(made, "committee_formed", "committee_vote_failed")}
    assert active.any() and set(without[active]) <= asked, "pleased as they are"


def test_the_street_calls_one_where_no_committee_is_and_waits_after_a_failed_one() -> None:
    made = City(
        first_small(
            mechanisms__ballots=True,
            ballot__initiative=0.0,
            ballot__street=1.0,
            ballot__passive_reach=0.0,
            ballot__volunteers=0.0,
            committee__cooldown=4.0,
            months=9,
        )
    )
    without = set(np.flatnonzero(made.state.committees["exists"] == 0))
    made.run()
    assert not kinds(made, "committee_formed"), "nobody is reached"
    failed = kinds(made, "committee_vote_failed")
    assert {month for month, estate, *_ in failed if estate in without} >= {1, 5, 9}
    months: dict[int, list[int]] = {}
    for month, estate, *_ in failed:
        months.setdefault(estate, []).append(month)
    assert all((np.diff(each) >= 4).all() for each in months.values())
    helped = City(first_small(mechanisms__ballots=True, ballot__initiative=0.0, ballot__street=1.0, months=3))
    causes = {cause for *_, cause, _ in kinds(helped.run(), "committee_formed")}
    assert causes == {"mobilised"}


def test_more_hands_and_months_reach_more_owners_and_more_households_take_longer() -> None:
    def reached(volunteers: float = 5.0, months: float = 2.0, households: float = 500.0) -> float:
        return float(share_reached(0.25, 60.0, volunteers, months, households))

    assert reached(volunteers=0.0) == 0.25 == reached(months=0.0)
    assert reached() == pytest.approx(1 - 0.75 * np.exp(-1.2))
    assert reached(volunteers=10.0) > reached() < reached(months=3.0)
    assert reached(households=1000.0) < reached() < reached(households=250.0)


def test_large_estates_reach_the_quorum_less_often() -> None:
    small = city(ballot__volunteers_spread=0.6)
    large = city(
        ballot__volunteers_spread=0.6, ballot__doors=4.0
    )  # fifteen times the doors for each pair of hands
    assert vote(small, int(Matter.FORMATION))[0].mean() > vote(large, int(Matter.FORMATION))[0].mean() + 0.1
    doors = city(ballot__doors=6.0)
    _, took_part = vote(doors, int(Matter.FORMATION))
    households = doors.state.estates["households"]
    middle = np.median(households)
    assert took_part[households > middle].mean() < took_part[households <= middle].mean() - 0.03


def test_each_ballot_has_volunteers_of_its_own() -> None:
    made = city(ballot__volunteers_spread=1.5, ballot__doors=3.0, ballot__turnout_price=0.82)
    founding, price = (vote(made, int(matter))[1] for matter in (Matter.FORMATION, Matter.PRICE))
    assert np.corrcoef(founding, price)[0, 1] < 0.8
    again = vote(made, int(Matter.FORMATION))[1]
    assert (founding == again).all(), "the same month, the same luck"


def test_numbers_of_ballots_mean_nothing_while_they_are_off() -> None:
    numbers = {"ballot__initiative": 0.9, "ballot__street": 0.5, "ballot__turnout_founding": 0.1}
    assert run_digest(first_lively(months=6)) == run_digest(first_lively(months=6, **numbers))
    on = {"mechanisms__ballots": True, "months": 6}
    assert run_digest(first_lively(**on)) != run_digest(first_lively(**on, **numbers))


def test_with_ballots_the_first_versions_participation_means_nothing() -> None:
    numbers = {"committee__participation": 0.1, "committee__attempt": 0.9, "vote__renewal_bonus": 0.9}
    on = {"mechanisms__ballots": True, "months": 10}
    made, other = (City(first_lively(**(on | more))).run() for more in ({}, numbers))
    assert made.events() == other.events() and kinds(made, "committee_renewed", "committee_dissolved")


def expiring(**overrides: Any) -> City:
    """A city whose early contracts end within a year, in which nobody has a committee and everybody votes."""
    settings: dict[str, Any] = {
        f"types__{kind}__committee_share": 0.0 for kind in load("vicious_cycle").types
    }
    settings |= {
        "mechanisms__contracts": True,
        "mechanisms__ballots": True,
        "contract__early_age": 50.0,
        "contract__early_term": 12.0,
        "ballot__initiative": 0.0,
        "ballot__street": 0.0,
        "ballot__passive_reach": 1.0,
        "ballot__at_expiry": 1.0,
        "committee__vacant_participation": 1.0,
        "vote__formation_base": 1.0,
        "vote__dismissal_base": 0.0,
        "vote__dismissal_slope": 0.0,
        "loops__exit": False,
        "months": 13,
    }
    for matter in ("founding", "contract", "price"):
        settings[f"ballot__turnout_{matter}"] = 1.0
        settings["ballot__turnout_least"] = 1.0
    return City(first_small(**(settings | overrides))).run()


def test_the_end_of_a_contract_is_the_occasion_to_found_a_committee_and_to_choose() -> None:
    made = expiring()
    founded = {(month, estate) for month, estate, _, _, cause, _ in kinds(made, "committee_formed")}
    assert founded and {cause for *_, cause, _ in kinds(made, "committee_formed")} == {"term_ended"}
    chosen = {(month, estate) for month, estate, *_ in kinds(made, "contract_renewed")}
    assert founded == chosen, "in the same month"
    assert not kinds(made, "contract_open")
    rows = [estate for _, estate in founded]
    assert (made.state.estates["contract"][rows] == TERM).all()
    committees = made.state.committees[rows]
    assert (committees["exists"] == 1).all() and (committees["strength"] > 0).all()


def test_where_nobody_takes_the_occasion_the_contract_goes_on() -> None:
    for refused in ({"ballot__at_expiry": 0.0}, {"mechanisms__ballots": False, "committee__attempt": 0.0}):
        made = expiring(**refused)
        assert not kinds(made, "committee_formed", "committee_vote_failed", "contract_renewed")
        ended = {estate for _, estate, *_ in kinds(made, "contract_open")}
        assert ended and (made.state.estates["contract"][list(ended)] == OPEN).all()


def test_a_founding_ballot_that_failed_leaves_the_contract_open() -> None:
    made = expiring(ballot__passive_reach=0.0, ballot__volunteers=0.0)
    failed = {(month, estate) for month, estate, *_ in kinds(made, "committee_vote_failed")}
    assert failed == {(month, estate) for month, estate, *_ in kinds(made, "contract_open")} != set()


def test_without_contracts_nothing_runs_out() -> None:
    assert not kinds(expiring(mechanisms__contracts=False), "committee_formed", "committee_vote_failed")
