"""With contracts on, a company holds an estate for a term: the clock, the owners' choice and what
an open contract allows."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.mesa_city import City
from sim.model.state.contracts import EARLY, NO_CONTRACT, OPEN, TERM
from sim.model.state.modes import CLEANING, MARKET, NONE, SELF, SOE
from sim.scenario import load, with_overrides

from .cities import first_lively, first_small


def city(**overrides: Any) -> City:
    return City(first_small(mechanisms__contracts=True, **overrides))


def kinds(made: City, *wanted: str) -> list[tuple[Any, ...]]:
    """Events of some kinds: (month, estate, company, kind, cause, size)."""
    return [event for event in made.events() if event[3] in wanted]


def test_at_the_start_new_estates_have_the_developers_contract_and_the_others_a_term_or_none() -> None:
    young = {f"types.{kind}.{end}": 2025 for kind in ("commodity",) for end in ("built_low", "built_high")}
    scenario = with_overrides(first_small(mechanisms__contracts=True), young | {"city.start_year": 2026})
    made = City(scenario)
    estates, committees = made.state.estates, made.state.committees
    run = estates["mode"] == MARKET
    new = run & (estates["built_year"] == 2025)
    assert new.any() and (estates["contract"][new] == EARLY).all()
    chosen = run & ~new & (committees["exists"] == 1)
    assert (estates["contract"][chosen] == TERM).all()
    assert (estates["contract"][run & ~new & (committees["exists"] == 0)] == OPEN).all()
    assert (estates["contract"][estates["company"] < 0] == NO_CONTRACT).all()
    left = estates["contract_left"]
    assert (left[new | chosen] >= 1).all() and (left[new | chosen] <= 36).all()
    assert not left[estates["contract"] == OPEN].any()


def test_a_term_runs_out_and_without_a_committee_it_goes_on_for_an_open_one() -> None:
    settings = {f"types__{kind}__committee_share": 0.0 for kind in load("vicious_cycle").types}
    made = city(**settings, committee__attempt=0.0, contract__early_age=50.0, contract__early_term=12.0)
    first = made.state.estates["contract_left"].copy()
    begun = made.state.estates["contract"] == EARLY
    made.run(13)
    ended = {estate: month for month, estate, *_ in kinds(made, "contract_open")}
    stayed = begun & (made.state.estates["company"] >= 0)
    assert stayed.any()
    for row in np.flatnonzero(stayed):
        if row in ended:
            assert ended[row] == first[row], "in the month in which its time was over"
    assert (made.state.estates["contract"][stayed] == OPEN).all()
    assert not kinds(made, "contract_renewed", "contract_refused"), "nobody can choose without a committee"


def test_owners_who_found_a_committee_choose_at_once() -> None:
    made = City(
        first_lively(
            mechanisms__contracts=True,
            contract__early_age=50.0,
            contract__early_term=240.0,
            committee__attempt=0.5,
        )
    )
    chose = 0
    for _ in range(12):
        estates = made.state.estates
        early = (estates["contract"] == EARLY) & (estates["mode"] == MARKET)
        made.step()
        now = [event for event in made.events() if event[0] == made.month]
        founded = {estate for _, estate, _, kind, *_ in now if kind == "committee_formed"}
        # a company that is on its way out, by its own notice or by the vote of this month, is not asked about
        staying = {row for row in np.flatnonzero(early) if estates["process_cause"][row] == 0}
        decided = {estate for _, estate, _, kind, *_ in now if kind.startswith("contract_")}
        asked = founded & staying
        assert asked <= decided
        chose += len(asked)
    assert chose >= 3


def test_pleased_owners_renew_and_displeased_ones_have_the_estate_tendered() -> None:
    common = {
        "mechanisms__contracts": True,
        "contract__term": 6.0,
        "committee__participation": 1.0,
        "committee__review": 0.0,
        "loops__exit": False,
    }
    # whoever is asked approves, or nobody does, however the owners feel
    for base, slope, kind, other in (
        (0.0, 0.0, "contract_renewed", "contract_refused"),
        (1.0, 0.0, "contract_refused", "contract_renewed"),
    ):
        made = City(first_lively(**common, vote__dismissal_base=base, vote__dismissal_slope=slope)).run(8)
        assert kinds(made, kind) and not kinds(made, other)
        if kind == "contract_refused":
            assert kinds(made, "company_left", "tender_opened"), "what owners refuse is tendered"
        else:
            row = kinds(made, kind)[0][1]
            assert made.state.estates["contract"][row] == TERM


def test_renewal_is_the_occasion_to_change_the_price() -> None:
    common = {
        "mechanisms__contracts": True,
        "contract__term": 6.0,
        "committee__participation": 1.0,
        "committee__review": 0.0,
        "vote__dismissal_base": 0.0,
        "vote__dismissal_slope": 0.0,
        "committee__cut_quality": 1.0,
        "vote__price_cut": 0.0,
        "contract__price_cut": 0.2,
    }
    made = City(first_lively(**common))
    before = made.state.estates["price"].copy()
    made.run(6)
    cut = {estate for _, estate, *_ in kinds(made, "price_cut")}
    renewed = {estate for _, estate, *_ in kinds(made, "contract_renewed")}
    assert cut and cut == renewed
    first = min(cut)
    times = sum(estate == first for _, estate, *_ in kinds(made, "price_cut"))
    assert np.isclose(made.state.estates["price"][first], before[first] * 0.8**times)


def test_a_company_leaves_an_open_contract_sooner_than_a_term() -> None:
    def exits(kind: str) -> int:
        """Companies that left for their losses in two years, most estates being
        under one kind of contract."""
        early = 50.0 if kind == "term" else 0.0
        made = City(
            first_lively(
                mechanisms__contracts=True,
                contract__early_age=early,
                contract__early_term=240.0,
                committee__attempt=0.0,
                contract__exit_in_term=0.0,
                months=24,
            )
        ).run()
        return sum(cause == "losses" for *_, cause, _ in kinds(made, "notice_given"))

    assert exits("open") > exits("term")


def test_what_a_company_takes_over_it_holds_until_it_leaves() -> None:
    made = City(first_lively(mechanisms__contracts=True, months=36)).run()
    estates = made.state.estates
    assert (estates["contract"][estates["company"] < 0] == NO_CONTRACT).all()
    held = (estates["company"] >= 0) & (estates["mode"] == MARKET)
    settled = held & (estates["contract"] != NO_CONTRACT)
    assert settled.sum() >= held.sum() - 2, "all but those that came this month"
    assert (estates["contract_left"][estates["contract"] == OPEN] == 0).all()


def test_an_estate_in_line_for_a_state_owned_company_does_not_turn_to_itself() -> None:
    fallback = {"kind": "soe_fallback", "start": 1, "capacity": 0.05}
    easy = {"market__self_activism": 0.0, "market__self_households": 1000.0, "market__self_condition": 0.0}
    ended = []
    for waits in (False, True):
        scenario = first_lively(mechanisms__queue=waits, months=36, **easy)
        programmes = load_programme(fallback)
        made = City(scenario.model_copy(update={"interventions": programmes}))
        before = made.state.estates["mode"].copy()
        made.run()
        turned = (made.state.estates["mode"] == SELF) & (before != SELF)
        waiting = np.isin(made.state.estates["mode"], (NONE, CLEANING))
        ended.append((int(turned.sum()), int(waiting.sum()), int((made.state.estates["mode"] == SOE).sum())))
    (turned_before, *_), (turned, waiting, _) = ended
    assert turned_before > 0 and turned == 0
    assert waiting > 0


def load_programme(data: dict[str, Any]) -> tuple[Any, ...]:
    """A programme as a scenario file would give it."""
    from sim.scenario import load_programmes

    return (load_programmes()[data["kind"]].model_validate(data),)


def test_prices_that_follow_cost_leave_fewer_estates_under_water() -> None:
    def correlation(follows: float) -> float:
        estates = City(
            first_small(start__price_follows_cost=follows, city__estates=300, companies__private=40)
        ).state.estates
        one = estates["type"] == np.bincount(estates["type"]).argmax()
        fixed, price = estates["cost_fixed"][one], estates["price"][one]
        return float(np.corrcoef(np.log(fixed), np.log(price))[0, 1])

    assert abs(correlation(0.0)) < 0.25
    assert 0.6 < correlation(0.8) < 0.95
    assert correlation(1.0) > 0.999


def test_a_price_put_to_the_vote_at_renewal_has_luck_of_its_own() -> None:
    made = City(
        first_lively(
            mechanisms__contracts=True,
            contract__term=3.0,
            committee__review=1.0,
            committee__participation=1.0,
            committee__cut_quality=1.0,
            committee__dismiss_below=0.0,
            committee__price_cooldown=1.0,
            vote__dismissal_base=0.0,
            vote__dismissal_slope=0.0,
            vote__price_base=1.0,
            vote__price_cut=0.5,
            loops__exit=False,
        )
    ).run(12)
    votes: dict[tuple[int, int], list[float]] = {}
    for month, estate, _, kind, _, size in made.events():
        if kind == "price_vote_failed":
            votes.setdefault((month, estate), []).append(size)
    twice = [sizes for sizes in votes.values() if len(sizes) == 2]
    assert twice and any(first != second for first, second in twice)
