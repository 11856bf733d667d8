"""The compiled month and the reference month agree bit for bit: every owner, estate, company,
committee, account and event."""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from sim.mesa_city import City
from sim.model.ledger import PURPOSES
from sim.model.state.events import Cause, Event
from sim.scenario import Scenario

from .city import ReferenceCity
from .compare import differences, month_differences
from .policy import watch
from .worlds import random_listed, random_policy, random_scenario, random_spun

WORLDS = 30
MONTHS = 28
# What the phases themselves write; programmes write the other kinds.
KINDS_OF_THE_PHASES = {
    Event.NOTICE_GIVEN,
    Event.COMPANY_LEFT,
    Event.TENDER_OPENED,
    Event.TENDER_WON,
    Event.TENDER_FAILED,
    Event.FALLBACK_TAKEN,
    Event.SELF_MANAGEMENT,
    Event.SELF_MANAGEMENT_ENDED,
    Event.SELF_MANAGEMENT_RENEWED,
    Event.CLEANING_STARTED,
    Event.ABANDONED,
    Event.COMMITTEE_FORMED,
    Event.COMMITTEE_VOTE_FAILED,
    Event.COMMITTEE_DISSOLVED,
    Event.COMMITTEE_RENEWED,
    Event.DISMISSAL_VOTED,
    Event.DISMISSAL_REJECTED,
    Event.DISMISSAL_INQUORATE,
    Event.PRICE_RAISED,
    Event.PRICE_CUT,
    Event.PRICE_VOTE_FAILED,
    Event.PRICE_VOTE_INQUORATE,
    Event.PRICE_HELD,
    Event.COMPANY_BANKRUPT,
    Event.COMPANY_REMOVED,
    Event.CONTRACT_RENEWED,
    Event.CONTRACT_OPEN,
    Event.CONTRACT_REFUSED,
    Event.CHARGING_AGREED,
    Event.CHARGING_REFUSED,
    Event.CHARGING_FORGONE,
    Event.REMUNERATION_AGREED,
    Event.REMUNERATION_ENDED,
    Event.SUIT,
    Event.GROUP_REFUSAL,
    Event.REPAIRS_UNPAID,
    Event.FUND_AGREED,
    Event.FUND_URGENT,
    Event.FUNDS_REFUSED,
    Event.FUNDS_INQUORATE,
}
CAUSES_OF_THE_PHASES = {
    Cause.LOSSES,
    Cause.DISMISSAL,
    Cause.NO_BIDDER,
    Cause.SPONTANEOUS,
    Cause.MOBILISED,
    Cause.QUORUM_MISSED,
    Cause.REJECTED,
    Cause.TERM_ENDED,
    Cause.INSOLVENCY,
    Cause.VACANCY,
    Cause.RETRY,
    Cause.BUDGET,
    Cause.QUALITY,
    Cause.POLICY,
}


@cache
def run_both(
    number: int, months: int = MONTHS, world: Callable[[int, int], Scenario] = random_scenario
) -> tuple[list[str], frozenset[tuple[int, int]], frozenset[int], frozenset[str], int]:
    """Step both cities until they differ: (differences, kinds and causes of events, modes that
    occurred, purposes for which money moved, fen that lapsed).

    Every second world has a policy that moves random levers.
    """
    scenario = world(number, months)
    fast = City(scenario, record=False)
    slow = ReferenceCity(scenario, scenario.seed)
    if number % 2:
        fast.policy.act = random_policy(fast, number)  # type: ignore[method-assign]
    last_policy = watch(fast)
    found = differences(fast, slow)
    kinds: set[tuple[int, int]] = set()
    modes: set[int] = set()
    purposes: set[str] = set()
    lapsed = 0
    while not found and fast.month < months:
        fast.step()
        slow.step(last_policy())
        found = differences(fast, slow) + month_differences(fast, slow)
        kinds |= {(event[3], event[4]) for event in slow.events}
        purposes |= {line[1] for line in fast.ledger_lines if line[0] == fast.month}
        modes |= {estate.mode for estate in slow.estates}
        lapsed += sum(estate.lapsed for estate in slow.estates)
    fast.close()
    slow.remove_all_agents()
    return found, frozenset(kinds), frozenset(modes), frozenset(purposes), lapsed


@pytest.mark.parametrize("number", range(WORLDS))
def test_fast_and_reference_month_agree(number: int) -> None:
    found, *_ = run_both(number)
    assert not found, "\n".join(found[:10])


@pytest.mark.parametrize("number", range(1, 9))
def test_they_agree_on_a_city_of_a_table(number: int) -> None:
    found, *_ = run_both(number, 16, random_listed)
    assert not found, "\n".join(found[:10])


@pytest.mark.parametrize("number", (2,))
def test_they_agree_on_a_city_that_spun_up(number: int) -> None:
    found, *_ = run_both(number, 12, random_spun)
    assert not found, "\n".join(found[:10])


def test_the_random_worlds_reach_every_path() -> None:
    runs = [run_both(number) for number in range(WORLDS)]
    kinds = {kind for _, events, *_ in runs for kind, _ in events}
    causes = {cause for _, events, *_ in runs for _, cause in events}
    modes = {mode for _, _, seen, *_ in runs for mode in seen}
    purposes = {purpose for *_, moved, _ in runs for purpose in moved}
    assert {Event(kind).name for kind in KINDS_OF_THE_PHASES - kinds} == set()
    assert {Cause(cause).name for cause in CAUSES_OF_THE_PHASES - causes} == set()
    assert modes == set(range(6))
    assert set(PURPOSES) - purposes == {"opening_cash", "opening_fund", "opening_maintenance"}, (
        "which are of month 0"
    )
    founded = {(int(Event.COMMITTEE_FORMED), int(cause)) for cause in (Cause.MOBILISED, Cause.TERM_ENDED)}
    assert founded <= {path for _, events, *_ in runs for path in events}
    assert sum(lapsed > 0 for *_, lapsed in runs) >= 2


def test_the_comparison_notices_one_bit() -> None:
    scenario = random_scenario(0)
    fast = City(scenario, record=False)
    slow = ReferenceCity(scenario, scenario.seed)
    assert not differences(fast, slow)
    for column in (
        fast.state.owners.grievance,
        fast.state.estates["income_smooth"],
        fast.state.books.balances,
    ):
        column[3:4].view(np.uint8)[0] ^= 1
        (found,) = differences(fast, slow)
        assert "reference" in found
        column[3:4].view(np.uint8)[0] ^= 1
    assert not differences(fast, slow)


@pytest.mark.slow
@pytest.mark.parametrize("number", (1, *range(3, 63)))
def test_more_cities_that_spun_up_agree(number: int) -> None:
    found, *_ = run_both(number, 12, random_spun)
    assert not found, "\n".join(found[:10])


@pytest.mark.slow
@pytest.mark.parametrize("number", range(WORLDS, WORLDS + 200))
def test_more_worlds_agree_for_longer(number: int) -> None:
    found, *_ = run_both(number, 60)
    assert not found, "\n".join(found[:10])


def test_the_reference_imports_no_rule_that_it_checks() -> None:
    """An error in a shared formula would be in both and never found; shared are the start,
    exact arithmetic and names."""
    for file in Path(__file__).parent.glob("*.py"):
        if file.name.startswith("test_"):
            continue  # they run the one against the other
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = (
                {alias.name for alias in node.names}
                if isinstance(node, ast.ImportFrom | ast.Import)
                else set()
            )
            source = node.module or "" if isinstance(node, ast.ImportFrom) else ""
            assert not any(name.startswith("sim.model.month") for name in names), file.name
            if source.startswith("sim.model.month"):
                assert (source, names) == ("sim.model.month.votes", {"Matter"}), f"{file.name}: {source}"
