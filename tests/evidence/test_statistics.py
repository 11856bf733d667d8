"""What the statistics of patterns mean, on records made by hand: each truth fails
where its rule is inverted."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from sim.evidence.statistics import Choice, measure
from sim.model.month.observe import COMMITTEE, new_outcomes
from sim.model.state.events import Cause, Event
from sim.model.state.tables import EVENT_TYPE
from sim.results.reading import FACTS, Record
from sim.words import MODES

MARKET, SELF, NONE = MODES.index("market"), MODES.index("self"), MODES.index("none")


def made(
    months: int, estates: int, events: tuple[tuple[int, int, int, Event, Cause], ...] = (), **columns: Any
) -> Record:
    """A record of estates under one market company each, with columns ((months + 1) x estates) and events
    (month, estate, company, ...)."""
    outcomes = new_outcomes(months, estates)
    outcomes.mode[:] = MARKET
    outcomes.company[:] = np.arange(estates)
    for name, values in columns.items():
        getattr(outcomes, name)[:] = values
    facts = np.zeros(estates, [(name, np.float64) for name in FACTS])
    facts["households"], facts["area"] = 100, 50_000
    told = np.zeros(len(events), EVENT_TYPE)
    for row, (month, estate, company, kind, cause) in zip(told, events, strict=True):
        row["month"], row["estate"], row["company"] = month, estate, company
        row["kind"], row["cause"] = int(kind), int(cause)
    return Record(
        outcomes,
        facts,
        told,
        (),
        np.zeros((months + 1, 0), np.int64),
        ("commodity", "unit_built"),
        (),
        0,
        0,
        1,
        0.0,
        0.0,
    )


def rates(*by_estate: float) -> dict[str, Any]:
    """Estates that bill 100 a year and are paid these shares of it."""
    return {"billed_12": 100, "paid_12": np.round(100 * np.array(by_estate)).astype(np.int64)}


def test_money_counts_by_money_and_estates_count_once() -> None:
    record = made(12, 2, billed_12=[900, 100], paid_12=[900, 0])
    choice = Choice((1, 12))
    assert measure(record, "yearly_collection", choice) == pytest.approx(0.9)
    assert measure(record, "yearly_collection_of_estates", choice) == pytest.approx(0.5)


def test_a_year_is_read_at_its_end_and_what_was_paid_late_within_it_counts() -> None:
    record = made(24, 1, billed_12=100)
    record.outcomes.paid_12[12], record.outcomes.paid_12[24] = 60, 80
    record.outcomes.collected_12[:] = 0  # what came in when due: not what is read
    assert measure(record, "yearly_collection", Choice((1, 24))) == pytest.approx(0.7)
    assert measure(record, "yearly_collection", Choice((13, 24))) == pytest.approx(0.8)
    assert measure(record, "collection_change", Choice((1, 24))) == pytest.approx(0.2)
    assert math.isnan(measure(record, "collection_change", Choice((13, 24))))


def test_small_companies_are_those_with_no_more_estates_than_the_median_company() -> None:
    """Company 0 runs three estates that pay all, companies 1 and 2 one each that pay half."""
    record = made(12, 5, **rates(1, 1, 1, 0.5, 0.5), company=[0, 0, 0, 1, 2])
    assert measure(record, "small_company_collection", Choice((1, 12))) == pytest.approx(0.5)


def test_the_gap_is_that_of_the_first_type_over_the_second() -> None:
    record = made(12, 2, **rates(0.8, 0.6))
    record.facts["type"] = [0, 1]
    both = Choice((1, 12), ("commodity", "unit_built"))
    assert measure(record, "collection_gap", both) == pytest.approx(0.2)
    assert measure(record, "collection_gap", Choice((1, 12), ("unit_built", "commodity"))) == pytest.approx(
        -0.2
    )
    for others in ((), ("commodity",), ("commodity", "commodity"), ("commodity", "villa")):
        assert math.isnan(measure(record, "collection_gap", Choice((1, 12), others))), others


def test_estates_within_a_range_of_collection() -> None:
    record = made(12, 4, **rates(0.19, 0.2, 0.8, 1.0))
    assert measure(record, "estates_collecting", Choice((12, 12), collection=(0.0, 0.2))) == 0.25
    assert measure(record, "estates_collecting", Choice((12, 12), collection=(0.8, 1.0))) == 0.5


def test_a_recovery_is_from_under_a_half_to_much_within_four_years() -> None:
    record = made(84, 3, **rates(0.4, 0.4, 0.9))
    record.outcomes.paid_12[60:, 0] = 90  # four years after the first
    record.outcomes.paid_12[24:, 1] = 80  # not enough
    assert measure(record, "recoveries", Choice((1, 24))) == 0.0
    assert measure(record, "recoveries", Choice((1, 84))) > 0


def test_what_many_companies_left_is_read_apart() -> None:
    left = (Event.COMPANY_LEFT, Cause.LOSSES)
    record = made(24, 2, ((5, 0, 0, *left), (15, 0, 3, *left), (15, 1, 1, *left)), **rates(0.3, 0.9))
    assert measure(record, "collection_after_exits", Choice((24, 24))) == pytest.approx(0.3)
    assert math.isnan(measure(record, "collection_after_exits", Choice((10, 10))))


def test_concentration_is_the_share_of_those_with_most() -> None:
    arrears = made(12, 4, arrears=[0, 10, 30, 60])
    assert measure(arrears, "arrears_concentration", Choice((12, 12), percent=25)) == pytest.approx(0.6)
    assert measure(arrears, "arrears_concentration", Choice((12, 12), percent=37.5)) == pytest.approx(0.75)
    filed = made(12, 4, filed=[0, 0, 1, 3])
    assert measure(filed, "complaint_concentration", Choice((1, 12), percent=50)) == pytest.approx(0.75), (
        "half of the two estates that file any"
    )


def test_complaints_are_those_of_a_year_and_by_area() -> None:
    record = made(24, 2)
    record.outcomes.filed[1:13], record.outcomes.filed[13:25] = 1, 2
    assert measure(record, "complaints_per_area", Choice((1, 12))) == pytest.approx(24.0)
    assert measure(record, "complaints_growth", Choice((1, 24))) == pytest.approx(1.0)


def test_arrears_are_set_against_a_years_bills() -> None:
    assert measure(made(12, 2, arrears=[50, 0], billed_12=100), "arrears_of_billed", Choice((12, 12))) == 0.25


def test_the_best_estate_stands_over_the_mean() -> None:
    record = made(12, 2, satisfaction=[0.5, 0.9])
    assert measure(record, "best_satisfaction_over_mean", Choice((1, 12), percent=100)) == pytest.approx(0.2)


def test_committees_change_from_the_first_year_to_the_last() -> None:
    record = made(36, 2)
    record.outcomes.flags[25:, 0] = COMMITTEE
    assert measure(record, "committees_change", Choice((1, 36))) == pytest.approx(0.5)


def test_a_company_loses_over_all_its_estates_together() -> None:
    """Company 0 loses on one of its estates and wins more on the other; company 1 pays more
    overhead than it has left."""
    record = made(
        12, 3, company=[0, 0, 1], income_12=[100, 100, 100], spending_12=[150, 20, 95], overhead_12=[0, 0, 10]
    )
    assert measure(record, "losing_companies", Choice((1, 12))) == 0.5


def test_exits_from_small_estates_are_set_against_the_years_they_were_run() -> None:
    record = made(24, 2, ((10, 0, 0, Event.COMPANY_LEFT, Cause.LOSSES),))
    record.facts["area"] = [10_000, 50_000]
    assert measure(record, "small_estate_exits", Choice((1, 24))) == pytest.approx(0.5)
    record.facts["area"] = [50_000, 10_000]
    assert measure(record, "small_estate_exits", Choice((1, 24))) == pytest.approx(-0.5)


def test_tenure_counts_from_the_winning_of_the_same_company() -> None:
    record = made(
        60,
        1,
        (
            (2, 0, 7, Event.TENDER_WON, Cause.NONE),  # an earlier stay of the same company
            (3, 0, 5, Event.TENDER_WON, Cause.NONE),
            (10, 0, 7, Event.TENDER_WON, Cause.NONE),
            (43, 0, 7, Event.COMPANY_LEFT, Cause.LOSSES),
        ),
    )
    assert measure(record, "tenure_at_exit", Choice((1, 60))) == 33


def test_waiting_for_a_company_counts_also_where_it_has_not_ended() -> None:
    left = (Event.COMPANY_LEFT, Cause.LOSSES)
    record = made(30, 1, ((10, 0, 0, *left),))
    record.outcomes.mode[10:15] = NONE
    assert measure(record, "months_without_company", Choice((1, 30))) == 5
    record.outcomes.mode[10:] = NONE
    assert measure(record, "months_without_company", Choice((1, 30))) == 20


def test_self_management_is_read_over_its_spell() -> None:
    record = made(60, 2, billed_12=100, paid_12=90)
    record.outcomes.mode[5:45, 0] = SELF
    record.outcomes.paid_12[40:, 0] = 50
    assert measure(record, "self_managed_change", Choice((1, 60))) == pytest.approx(-0.4)
    assert measure(record, "self_managed_months", Choice((1, 60))) == 40
    record.outcomes.mode[20:, 0] = MARKET
    assert math.isnan(measure(record, "self_managed_change", Choice((1, 60)))), "too short a spell"


def test_a_cut_is_the_part_that_the_fee_fell_by() -> None:
    record = made(12, 1, ((6, 0, 0, Event.PRICE_CUT, Cause.NONE),), price=2.8)
    record.outcomes.price[6:] = 2.2
    assert measure(record, "price_cut", Choice((1, 12))) == pytest.approx(0.214, abs=0.001)
    assert math.isnan(measure(record, "price_cut", Choice((7, 12)))), "no cut, no size"


def test_a_takeover_gains_what_is_collected_in_the_year_after() -> None:
    record = made(30, 1, ((6, 0, 0, Event.FALLBACK_TAKEN, Cause.NO_BIDDER),), collected_12=10)
    record.outcomes.collected_12[18:] = 30
    assert measure(record, "takeover_gain", Choice((1, 30))) == pytest.approx(0.5)
