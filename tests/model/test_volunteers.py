"""With volunteers on, those who work unpaid where owners manage themselves are people of the estate: they
tire, rest, and are followed by others or by nobody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from sim.mesa_city import City
from sim.model.state.modes import CLEANING, NONE, SELF
from sim.scenario import Scenario

from .cities import first_small, run_digest

ON: dict[str, Any] = {"mechanisms__volunteers": True}
# every small estate is ready to manage itself, and no company looks
OWN = {"market__self_activism": 0.0, "market__bidders": 1.0, "market__plan_effort": 1.2, "market__retry": 3.0}
MANY = {"volunteers__willing": 0.3}
THEIR_OWN = {f"types__{kind}__modes": {"self": 0.7, "market": 0.3} for kind in ("commodity", "unit_built")}
TIRELESS = {"volunteers__tire": 0.0}


def owned(**overrides: Any) -> Scenario:
    """The small city, in which whoever has no company manages itself."""
    return first_small(**(ON | OWN | MANY | THEIR_OWN | overrides))


def months(scenario: Scenario, number: int) -> Iterator[City]:
    """The city at the end of each of so many months."""
    made = City(scenario, threads=1)
    for _ in range(number):
        made.step()
        yield made


def after(scenario: Scenario, number: int) -> City:
    """The city after so many months."""
    *_, made = months(scenario, number)
    return made


def told(made: City, kind: str) -> list[tuple[int, int]]:
    """Month and estate of each event of a kind."""
    return [(event[0], event[1]) for event in made.events() if event[3] == kind]


def self_managed(made: City) -> np.ndarray:
    """Which estates owners manage."""
    return np.asarray(made.state.estates["mode"] == SELF)


def test_without_the_mechanism_its_parameters_decide_nothing_and_nobody_is_counted() -> None:
    off = {**OWN, "mechanisms__volunteers": False}
    other = {"volunteers__tire": 0.9, "volunteers__calls": 4.0, "volunteers__needed": 1.0}
    assert run_digest(first_small(**off)) == run_digest(first_small(**off, **other))
    made = after(first_small(**off), 12)
    assert self_managed(made).any()
    assert not made.state.estates["volunteers"].any() and not made.state.estates["volunteers_tired"].any()


def test_nobody_works_who_is_not_there_and_who_tires_is_not_lost() -> None:
    """People who work and people who are tired change by those who give up, step in and rest: a month in
    which nobody rests takes nobody out of the two together but those who go home as a company comes."""
    made = City(owned(volunteers__rest=600.0, volunteers__tire=0.2), threads=1)
    estates = made.state.estates
    for _ in range(18):
        before, managed = estates["volunteers"] + estates["volunteers_tired"], self_managed(made)
        made.step()
        now = estates["volunteers"] + estates["volunteers_tired"]
        assert (estates["volunteers"] >= 0).all() and (estates["volunteers_tired"] >= 0).all()
        assert (now <= estates["households"]).all()
        stayed = managed & self_managed(made)
        assert (now[stayed] >= before[stayed] - 1).all(), "at most one rests in a month"
        assert not estates["volunteers"][~self_managed(made)].any()
    assert estates["volunteers_tired"].sum() > 20


def test_who_never_tires_goes_on_and_who_tires_at_once_gives_up() -> None:
    tireless, weary = (after(owned(volunteers__tire=tire), 12) for tire in (0.0, 1.0))
    assert self_managed(tireless).sum() > 5 and not told(tireless, "self_management_ended")
    assert len(told(weary, "self_management_ended")) > 5
    assert self_managed(weary).sum() < self_managed(tireless).sum()


def test_a_group_that_gave_up_is_followed_by_others_or_by_nobody_and_its_fund_is_still_owed() -> None:
    made = City(owned(volunteers__tire=0.5, volunteers__willing=0.15), threads=1)
    s, ended, owed = made.state, 0, 0
    followed: set[str] = set()
    for _ in range(18):
        made.step()
        for month, estate in told(made, "self_management_ended"):
            if month != made.month:
                continue
            ended += 1
            again = (month, estate) in told(made, "self_management_renewed")
            mode = int(s.estates["mode"][estate])
            followed.add("others" if again else {NONE: "nobody", CLEANING: "community"}.get(mode, "company"))
            assert again == (mode == SELF)
            if mode in (NONE, CLEANING):
                creditors = s.claims.account[estate][s.claims.fen[estate] > 0]
                assert s.estates["former_arrears"][estate] == s.estates["arrears"][estate]
                owed += int(s.estates["fund_account"][estate] in creditors)
    assert ended > 10 and {"others", "nobody", "community"} <= followed
    assert owed > 3


def test_few_are_tired_of_all_that_there_is_to_do_sooner_than_many() -> None:
    def ends(**overrides: float) -> int:
        return len(told(after(owned(volunteers__tire=0.05, **overrides), 18), "self_management_ended"))

    usual = ends()
    assert ends(volunteers__needed=1.0) > usual + 5, "where there is more to do"
    assert ends(volunteers__burden=20.0, volunteers__low_collection=1.0) > usual + 5, (
        "where fees are not paid"
    )
    assert ends(volunteers__burden=20.0, volunteers__low_collection=0.0) <= usual, "which is nowhere"


def test_who_rests_long_leaves_an_estate_without_anybody_for_long() -> None:
    quick, slow = (after(owned(volunteers__tire=0.3, volunteers__rest=rest), 18) for rest in (1.0, 600.0))
    assert self_managed(quick).sum() > self_managed(slow).sum() + 2


def test_what_there_are_no_hands_for_is_not_done() -> None:
    """In month 1, with hardly any fees to buy service with."""
    poor = TIRELESS | {"fees__self_share": 0.0, "volunteers__calls": 0.0}
    full, none = (after(owned(**poor, volunteers__needed=needed), 1) for needed in (0.0, 1.0))
    own = self_managed(full)
    assert own.any()
    less, more = none.state.estates["effort"][own], full.state.estates["effort"][own]
    assert (less < more).all()
    assert np.array_equal(none.state.estates["effort"][~own], full.state.estates["effort"][~own])


def test_neighbours_who_come_for_the_fee_are_paid_more_often() -> None:
    silent, calling = (after(owned(**TIRELESS, volunteers__calls=calls), 1) for calls in (0.0, 3.0))
    own = self_managed(silent)
    assert calling.state.estates["payers"][own].sum() > 1.1 * silent.state.estates["payers"][own].sum()
    assert np.array_equal(calling.state.estates["payers"][~own], silent.state.estates["payers"][~own])


@pytest.mark.parametrize("seed", (1, 2))
def test_spinning_up_leaves_volunteers_as_they_were_drawn(seed: int) -> None:
    drawn, spun = (City(owned(seed=seed, spin_up=months), threads=1) for months in (0, 12))
    assert drawn.state.estates["volunteers"].any()
    for column in ("volunteers", "volunteers_tired"):
        assert np.array_equal(drawn.state.estates[column], spun.state.estates[column])
