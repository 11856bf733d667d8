"""The registry of outcomes: figures that mean one thing, recomputed by hand on runs of two estates."""

from __future__ import annotations

import numpy as np
import pytest

from sim.model.ledger import PURPOSES, Page
from sim.model.month.observe import CHARGING, Outcomes
from sim.model.state.modes import MARKET, NONE, SELF
from sim.model.state.tables import EVENT_TYPE
from sim.results.outcomes import (
    DEFAULT_OUTCOMES,
    GROUP_SERIES,
    OUTCOMES,
    SERIES,
    estate_figures,
    monthly_series,
    note_on_months,
    run_outcomes,
)
from sim.results.reading import FACTS, Reading, Record

MONTHS = 24


def reading(months: int = MONTHS, **columns) -> Reading:
    """Two estates over the months, of 300 and 100 households; columns as given, everything else zero."""
    kinds = {"quality": np.float32, "satisfaction": np.float32, "condition": np.float32}
    arrays = {name: np.zeros((months + 1, 2), kinds.get(name, np.int64)) for name in Outcomes._fields}
    for name, values in columns.items():
        arrays[name][:] = values
    facts = np.zeros(2, [(name, np.int64) for name in FACTS])
    facts["households"] = (300, 100)
    pages = tuple(Page(np.zeros(len(PURPOSES), np.int64), {}) for _ in range(months + 1))
    cash = np.zeros((months + 1, 0), np.int64)
    return Reading(
        Record(
            Outcomes(**arrays), facts, np.zeros(0, EVENT_TYPE), pages, cash, ("a",), (), 2, 3, 1, 0.0, 0.08
        )
    )


def test_an_estate_that_stops_billing_lowers_collection_and_raises_that_of_the_estates_that_bill():
    both = reading(billed_12=(1200, 1200), paid_12=(960, 360), billed_months=12, billed=100, mode=MARKET)
    one = reading(
        billed_12=(1200, 0), paid_12=(960, 0), billed_months=(12, 0), billed=(100, 0), mode=(MARKET, SELF)
    )
    before, after = run_outcomes(both), run_outcomes(one)
    assert before["collection_last_year"] == pytest.approx(0.75 * 0.8 + 0.25 * 0.3)
    assert before["collection_billing_last_year"] == before["collection_last_year"]
    assert after["collection_last_year"] == pytest.approx(0.75 * 0.8)
    assert after["collection_billing_last_year"] == pytest.approx(0.8)
    assert after["collected_per_household_last_year"] == pytest.approx(9.6 / 400)
    assert (before["served_without_fee_last_year"], after["served_without_fee_last_year"]) == (0.0, 0.5)


def test_months_without_a_bill_count_as_nothing_in_the_first_and_not_at_all_in_the_second():
    half = reading(billed_12=(600, 600), paid_12=(600, 600), billed_months=(6, 6))
    found = run_outcomes(half)
    assert found["collection_last_year"] == pytest.approx(0.5)
    assert found["collection_billing_last_year"] == pytest.approx(1.0)


def test_debt_repaid_within_a_year_is_older_debt_once_its_bill_is_out_of_the_year():
    # one estate bills 100 a month; the bills of months 11 and 20 are missed, and paid in months 15 (4 months
    # old) and 22
    billed, collected = np.zeros((MONTHS + 1, 2), np.int64), np.zeros((MONTHS + 1, 2), np.int64)
    billed[:, 0] = collected[:, 0] = 10_000
    collected[[11, 20], 0] = 0
    arrears = np.zeros((MONTHS + 1, 2), np.int64)
    arrears[11:15, 0] = arrears[20:22, 0] = 10_000
    found = run_outcomes(
        reading(
            billed=billed,
            collected=collected,
            arrears=arrears,
            billed_12=(120_000, 0),
            paid_12=(120_000, 0),
            billed_months=(12, 0),
        )
    )
    assert found["collection_billing_last_year"] == 1.0  # the bill of month 20 was paid, if late
    assert found["old_debt_repaid_last_year"] == 100.0  # that of month 11


def test_what_is_of_a_year_begins_with_the_first_that_has_a_year_behind_it():
    bills = {"billed_12": (1200, 1200), "paid_12": (960, 360)}
    reported = {f"reported_{name}": fen for name, fen in bills.items()}
    reported["reported_month"] = np.arange(MONTHS + 1)[:, None]
    monthly = monthly_series(reading(**bills, **reported, billed_months=12, billed=100, mode=MARKET))
    of_a_year = (
        *("reported_collection", "reported_collection_gap"),
        *("collection", "collection_billing", "collected_per_household", "old_debt_repaid"),
        *("self_sustaining", "on_support", "break_even"),
    )
    for name in of_a_year:
        assert np.isnan(monthly[name][:12]).all() and np.isfinite(monthly[name][12:]).all(), name
    assert {name for name, series in SERIES.items() if series.since == 12} == set(of_a_year)


def test_a_run_of_fewer_months_tells_of_those_alone_in_its_last_month():
    # half is paid when due; of the three months simulated one bill more came in late. The nine months before
    # the start, of which nothing can be known to be paid late, are left out
    billed, paid = (
        np.arange(4) * 100 + (12 - np.arange(4)) * 100,
        (12 - np.arange(4)) * 50 + [0, 50, 100, 200],
    )
    short = reading(
        months=3,
        billed=(100, 0),
        collected=(50, 0),
        billed_12=np.stack([billed, 0 * billed], axis=1),
        collected_12=(600, 0),
        paid_12=np.stack([paid, 0 * paid], axis=1),
        billed_months=(12, 0),
        mode=MARKET,
    )
    monthly, found = monthly_series(short), run_outcomes(short)
    assert np.isnan(monthly["collection"][:3]).all()
    assert monthly["collection_billing"][3] == pytest.approx(200 / 300)
    assert found["collection_last_year"] == pytest.approx(0.75 * 200 / 300)
    assert found["collected_per_household_last_year"] == pytest.approx(4 * 2.00 / 400)  # a year at that rate
    assert note_on_months(3, ("collection_last_year",)) and not note_on_months(12, ("collection_last_year",))


def test_a_city_that_bills_nobody_has_no_rate_among_those_that_bill():
    found = run_outcomes(reading(mode=NONE))
    assert found["collection_last_year"] == 0.0 and np.isnan(found["collection_billing_last_year"])
    assert found["served_without_fee_last_year"] == 0.0  # it is not served either


def test_the_last_year_is_the_last_twelve_months_and_starting_higher_does_not_change_it():
    stage = np.zeros((MONTHS + 1, 2), np.int64)
    stage[13:, 1] = 3
    late = run_outcomes(reading(stage=stage))
    stage[:13, 0] = 3
    early_too = run_outcomes(reading(stage=stage))
    assert late["cycle_share_last_year"] == early_too["cycle_share_last_year"] == 0.5
    assert late["cycle_households_share_last_year"] == 0.25
    assert early_too["cycle_share"] == 0.5 and late["cycle_share"] == 0.25
    figures = estate_figures(reading(stage=stage))
    assert figures["cycle_months_last_year"].tolist() == [0, 12] and figures["cycle_months"].tolist() == [
        12,
        12,
    ]


def test_out_of_the_cycle_is_either_self_sustaining_or_on_support():
    found = run_outcomes(
        reading(
            stage=(0, 1), own_income_12=(100, 100), spending_12=(90, 90), overhead_12=(10, 11), mode=MARKET
        )
    )
    assert found["self_sustaining_last_year"] == 0.5 and found["on_support_last_year"] == 0.5
    assert found["self_sustaining_households_last_year"] == 0.75
    trapped = run_outcomes(reading(stage=3, own_income_12=100, spending_12=1))
    assert trapped["self_sustaining_last_year"] == trapped["on_support_last_year"] == 0.0


def test_what_an_estate_lived_on_before_month_1_does_not_sustain_it():
    # both cost 10 a month; before month 1 each month brought 100, in the months simulated 8 and 12
    months = 3
    simulated = np.arange(months + 1)[:, None]
    before = (12 - simulated) * 100
    short = run_outcomes(
        reading(
            months=months,
            income=(8, 12),
            income_12=before + simulated * (8, 12),
            own_income_12=before + simulated * (8, 12),
            mode=MARKET,
            flags=CHARGING,
            spending=10,
            spending_12=120,
        )
    )
    assert short["self_sustaining_last_year"] == short["on_support_last_year"] == 0.5
    assert short["self_sustaining_households_last_year"] == 0.25  # the smaller one
    assert short["break_even_end"] == 0.5


def test_of_a_last_year_that_began_before_month_12_the_months_from_12_on_count():
    months = 14
    own = np.full((months + 1, 2), 200)
    own[13:] = 0  # they sustained themselves in month 12, and no longer in 13 and 14
    found = run_outcomes(reading(months=months, own_income_12=own, spending_12=100, mode=MARKET))
    assert found["self_sustaining_last_year"] == pytest.approx(1 / 3)
    assert found["self_sustaining_households_last_year"] == pytest.approx(1 / 3)
    assert found["on_support_last_year"] == pytest.approx(2 / 3)


def test_every_figure_says_what_it_is_over_whom_and_which_way_is_better():
    for name, figure in {**OUTCOMES, **SERIES}.items():
        assert figure.in_language("en") and figure.in_language("zh") and figure.better in (-1, 0, 1), name
        assert figure.population in ("households", "billed", "estates", "city", "managed", "old", "market"), (
            name
        )
    assert (
        len({one.in_language("en") for one in OUTCOMES.values()})
        == len({one.in_language("zh") for one in OUTCOMES.values()})
        == len(OUTCOMES)
    )
    assert set(DEFAULT_OUTCOMES) <= set(OUTCOMES) and DEFAULT_OUTCOMES[0] == "collection_last_year"
    assert all(SERIES[name].level is not None for name in GROUP_SERIES)
    for outcome in OUTCOMES.values():
        assert (outcome.compute is None) == bool(outcome.series and outcome.horizon)


def test_arrears_that_lapsed_are_those_of_the_last_year_over_all_estates_in_yuan():
    lapsed = np.zeros((MONTHS + 1, 2), np.int64)
    lapsed[3], lapsed[MONTHS - 11], lapsed[MONTHS] = (90_000, 0), (1_000, 250), (0, 75)
    assert run_outcomes(reading(lapsed=lapsed))["arrears_lapsed_last_year"] == 13.25
    monthly = monthly_series(reading(lapsed=lapsed))["arrears_lapsed"]
    assert np.isnan(monthly[0]) and monthly[3] == 900.0 and monthly[1:].sum() == 913.25
