"""With repairs on, a solved complaint mends a part of what it was about, somebody pays for it, and an open
one keeps nobody from complaining again."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.mesa_city import City
from sim.model.state.contracts import REMUNERATION
from sim.model.state.modes import CLEANING, NONE, SELF, UNIT, company_run
from sim.scenario import Scenario

from .cities import first_small, run_digest
from .nudge import with_nudges

MATTERS = ("service", "condition", "legacy")
# every owner who lacks anything complains often, and hands are there for all
LOUD: dict[str, Any] = {"mechanisms__repairs": True, "complaints__base": 3.0, "months": 12}
HANDS = {"complaints__capacity": 1.0, "complaints__public_capacity": 1.0}
NO_HANDS = {"complaints__capacity": 0.0, "complaints__public_capacity": 0.0}
FREE = {f"repairs__{matter}_cost": 0.0 for matter in MATTERS}


def stepped(months: int, **overrides: Any) -> City:
    """The small city, loud and with repairs, after so many months."""
    made = City(first_small(**(LOUD | overrides)), threads=1)
    for _ in range(months):
        made.step()
    return made


def open_of(made: City) -> np.ndarray:
    """Open complaints of each owner."""
    columns = [getattr(made.state.owners, f"open_{matter}") for matter in MATTERS]
    return np.asarray(np.sum([np.bitwise_count(column).astype(int) for column in columns], 0))


def per_estate(made: City, values: np.ndarray) -> np.ndarray:
    """Sums over the owners of each estate."""
    return np.add.reduceat(values, made.state.estates["first_owner"])


def paid(made: City, purpose: str) -> int:
    """Fen that moved for a purpose."""
    return sum(line[5] for line in made.ledger_lines if line[1] == purpose)


def test_without_the_mechanism_its_parameters_decide_nothing_and_nothing_is_mended() -> None:
    off = LOUD | HANDS | {"mechanisms__repairs": False}
    other = {"repairs__service": 9.0, "repairs__condition": 9.0, "repairs__legacy": 9.0} | FREE
    assert run_digest(first_small(**off)) == run_digest(first_small(**(off | other)))
    made = stepped(6, **HANDS, mechanisms__repairs=False)
    assert made.state.estates["complaints_solved"].any(), "though complaints are solved"
    assert not open_of(made).any() and not made.state.owners.answered.any()
    for column in ("mended", "repair_cost", "solved_service", "unpaid_repairs"):
        assert not made.state.estates[column].any()
    assert sum(paid(made, name) for name in ("repairs", "repairs_community")) == 0


def test_an_open_complaint_keeps_nobody_from_the_next_and_each_is_counted() -> None:
    made = stepped(6, **NO_HANDS)
    count, estates = open_of(made), made.state.estates
    assert count.max() > 1
    assert np.array_equal(per_estate(made, count), estates["complaints_open"])
    before = count
    made.step()
    again = (before > 0) & (open_of(made) > before)
    assert again.sum() > 10
    assert estates["complaints_filed"].sum() == (open_of(made) - before).sum(), (
        "as nothing is solved or given up"
    )
    # and without the mechanism it does
    shy = stepped(7, **NO_HANDS, mechanisms__repairs=False).state
    assert shy.estates["complaints_open"].sum() == np.count_nonzero(shy.owners.waiting)


def test_what_waited_past_patience_is_given_up_and_waiting_is_of_the_oldest() -> None:
    made = stepped(8, **NO_HANDS, complaints__patience=3.0)
    owners = made.state.owners
    every = owners.open_service | owners.open_condition | owners.open_legacy
    assert every.any() and every.max() < 2**3
    oldest = np.where(every > 0, np.floor(np.log2(np.maximum(every, 1))) + 1, 0)
    assert np.array_equal(oldest, owners.waiting)
    waited = sum(age * (every >> np.uint32(age) & 1).sum() for age in range(3))
    assert made.state.estates["waiting_months"].sum() == waited


def test_owners_complain_of_what_is_lacking() -> None:
    made = stepped(5, **NO_HANDS)
    owners, estates = made.state.owners, made.state.estates
    defects = np.repeat(estates["legacy"] > 0, estates["households"])
    assert owners.open_legacy[defects].any() and not owners.open_legacy[~defects].any()
    lacks = (0.6 * (1 - estates["quality"]), 0.4 * (1 - estates["condition"]), 0.25 * estates["legacy"])
    count = per_estate(made, open_of(made))
    for lack, matter in zip(lacks, MATTERS, strict=True):
        about_it = per_estate(made, np.bitwise_count(getattr(owners, f"open_{matter}")).astype(int))
        expected = count * lack / sum(lacks)
        assert abs(about_it.sum() - expected.sum()) < 3.5 * np.sqrt(count.sum() / 4)
        many = count >= 60
        assert many.sum() > 5 and (np.abs(about_it - expected)[many] < 0.15 * count[many]).all()


@pytest.mark.parametrize("matter", MATTERS)
def test_a_solved_complaint_mends_what_it_was_about_and_nothing_else(matter: str) -> None:
    """Two cities that are the same until the first complaints are solved, which is in month 2: in one of them
    those of one matter mend something."""
    nothing = {f"repairs__{name}": 0.0 for name in MATTERS}
    few = {"complaints__base": 0.3} | HANDS | FREE | nothing
    a, b = (stepped(2, **(few | more)).state.estates for more in ({}, {f"repairs__{matter}": 5.0}))
    assert np.array_equal(a[f"solved_{matter}"], b[f"solved_{matter}"])
    some = a[f"solved_{matter}"] > 0
    assert some.any() and not some.all()
    better = {
        "service": b["quality"] - a["quality"],
        "condition": b["condition"] - a["condition"],
        "legacy": a["legacy"] - b["legacy"],
    }
    assert (better[matter][some] > 0).all()
    assert not better[matter][~some].any(), "no case, no repair"
    for other in set(MATTERS) - {matter}:
        assert not better[other].any()


def test_what_lacks_is_mended_by_the_share_of_households_whose_complaint_was_solved() -> None:
    before = stepped(1, **HANDS, **FREE).state.estates.copy()
    after = stepped(2, **HANDS, **FREE).state.estates
    assert np.allclose(after["mended"], 0.3 * after["solved_service"] / after["households"])
    gone = 0.2 * after["solved_legacy"] / after["households"]
    assert np.allclose(after["legacy"], before["legacy"] * (1.0 - gone)) and gone.any()


def test_what_was_mended_in_service_fades_where_nothing_more_is_solved() -> None:
    made = stepped(4, **HANDS, **FREE)
    estates = made.state.estates
    for name in ("complaints_capacity", "complaints_public_capacity"):
        made.state.parameters[name] = 0.0
    before = estates["mended"].copy()
    assert before.any()
    made.step()
    assert np.allclose(estates["mended"], 0.9 * before)


def test_each_solved_complaint_is_paid_for_by_whoever_looks_after_the_estate() -> None:
    made = City(
        first_small(**(LOUD | HANDS), mechanisms__price_basis=True, basis__start_share=0.5), threads=1
    )
    estates, costs = made.state.estates, {"service": 50, "condition": 300, "legacy": 500}
    seen = set()
    for _ in range(8):
        mode, remunerated = estates["mode"].copy(), estates["basis"] == REMUNERATION
        made.step()
        level = made.state.world["cost_index"][0]
        due = sum(estates[f"solved_{matter}"] * round(100 * costs[matter] * level) for matter in MATTERS)
        assert np.array_equal(estates["repair_cost"], due)
        firm = company_run(mode)
        payers = {
            "repairs": firm & ~remunerated,
            "repairs_fund": (mode == SELF) | (firm & remunerated),
            "repairs_unit": mode == UNIT,
            "repairs_community": (mode == CLEANING) | (mode == NONE),
        }
        page = {line[1]: line[5] for line in made.ledger_lines if line[0] == made.month}
        for purpose, where in payers.items():
            assert page.get(purpose, 0) == due[where].sum(), purpose
            seen |= {purpose} if due[where].any() else set()
        assert "repairs_district" not in page
        assert (estates["overhead"] >= np.where(firm & ~remunerated, due, 0)).all(), (
            "companies reckon with it"
        )
    assert seen == set(payers)


def test_an_empty_purse_solves_nothing_and_that_is_told_when_it_begins() -> None:
    made = stepped(0, **HANDS, government__community_budget=0.0)
    estates = made.state.estates
    alone = (estates["mode"] == CLEANING) | (estates["mode"] == NONE)
    for _ in range(6):
        made.step()
        alone &= (estates["mode"] == CLEANING) | (estates["mode"] == NONE)
        assert not estates["complaints_solved"][alone].any() and not estates["mended"][alone].any()
    assert (estates["unpaid_repairs"][alone] > 0).any()
    assert not paid(made, "repairs_community")
    told = {(event[0], event[1]) for event in made.events() if event[3] == "repairs_unpaid"}
    assert told and not any((month - 1, estate) in told for month, estate in told)


@pytest.mark.parametrize("body", ["community", "district"])
def test_what_government_solves_is_paid_for_by_that_body(body: str) -> None:
    nudges = [
        {"lever": "lever_complaint_capacity", "amount": 50.0, "start": 3},
        {"lever": f"lever_cases_{body}", "amount": 50.0, "start": 3},
    ]
    made = City(with_nudges(first_small(**(LOUD | NO_HANDS)), *nudges), threads=1)
    for _ in range(4):
        made.step()
    moved = {line[1] for line in made.ledger_lines if line[1].startswith("repairs")}
    assert moved == {f"repairs_{body}"} and made.state.estates["complaints_solved"].any()


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        ("complaint_app", {"deadline": 2.0, "staff": 10.0}),
        ("rectification_drive", {}),
        ("reception_day", {}),
        ("mediation", {}),
        ("red_neighbour", {}),
        ("four_tier_linkage", {"cases_saved": 5.0}),
    ],
)
def test_programmes_that_solve_complaints_have_more_mended(kind: str, settings: dict[str, Any]) -> None:
    """In the month in which they first act, since later ones differ in much else."""
    few_hands = LOUD | {"complaints__capacity": 0.001, "complaints__base": 1.0}
    scenario = first_small(**few_hands)
    programme = {"kind": kind, "start": 6} | settings
    treated = Scenario.model_validate(scenario.model_dump() | {"interventions": [programme]})
    with_it, without = (City(one, threads=1) for one in (treated, scenario))
    solved = []
    for made in (with_it, without):
        for _ in range(7):
            made.step()
        solved.append(made.state.estates["complaints_solved"].sum())
    assert solved[0] > solved[1]
    if kind in ("complaint_app", "rectification_drive"):
        assert paid(with_it, "repairs_district") > 0
