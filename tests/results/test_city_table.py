"""The city table against the same figures computed row by row with pandas from the table of estates."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

from sim.results.reading import PUBLIC_BEARERS, gini, percentiles, whole
from sim.words import MODES, STAGES

MEASURES = ("collection", "satisfaction", "quality", "condition")
MEANS = ("collection_rate", "collection_billing", "trust", "grievance")


def slow_month(run, month: int) -> dict[str, float]:
    """All columns of one month, the long way round."""
    rows = run.estates[run.estates["month"] == month]
    found: dict[str, float] = {}
    for name in MEASURES:
        known = rows[rows[name].notna()]
        if known.empty:
            found |= dict.fromkeys((name, *(f"{name}_p{percent}" for percent in (10, 50, 90))), np.nan)
            continue
        found[name] = float(np.average(known[name].astype(float), weights=known["households"]))
        for percent in (10, 50, 90):
            found[f"{name}_p{percent}"] = float(np.percentile(known[name].astype(float), percent))
    for name in MEANS:
        known = rows[rows[name].notna()]
        weighted = not known.empty
        found[name] = (
            float(np.average(known[name].astype(float), weights=known["households"])) if weighted else np.nan
        )
    found["arrears"] = rows["arrears"].sum()
    in_cycle = rows["stage"].isin(["spiralling", "collapsed"])
    found["cycle"] = in_cycle.mean()
    found["self_sustaining"] = rows["self_sustaining"].mean() if month >= 12 else np.nan
    found["on_support"] = (~in_cycle & ~rows["self_sustaining"]).mean() if month >= 12 else np.nan
    found["served_without_fee"] = ((rows["mode"] != "none") & (rows["billed"] == 0)).mean()
    ledger = run.ledger[run.ledger["month"] == month]
    sides = [ledger[f"{side}_kind"].astype(str) for side in ("payer", "payee")]
    spent = ~(sides[0].eq("taxpayers") | sides[1].eq("taxpayers"))
    paid, back = (ledger.loc[spent & side.isin(PUBLIC_BEARERS), "yuan"].sum() for side in sides)
    found["fiscal_spending"] = paid - back
    for stage in STAGES:
        found[f"stage_{stage}"] = (rows["stage"] == stage).mean()
    for mode in MODES:
        found[f"mode_{mode}"] = (rows["mode"] == mode).mean()
    for name in ("nominal", "charging", "professional", "break_even"):
        found[name] = rows[name].mean()
    held = ~rows["mode"].isin(["cleaning", "none"])
    old = rows["type"].map(lambda kind: run.scenario.types[kind].old).astype(bool)
    found["charging_managed"] = rows["charging"][held].mean()
    found["charging_old"] = (rows["charging"] & held)[old].mean()
    found["break_even"] = found["break_even"] if month >= 12 else np.nan
    found["committees"] = rows["committee"].mean()
    events = run.events[run.events["month"] == month]["kind"]
    called = run.events[run.events["month"] == month]
    found["suits"] = called["size"][called["kind"] == "suit"].sum()
    found["group_refusals"] = (called["kind"] == "group_refusal").sum()
    found["exits"], found["tenders"] = (events == "company_left").sum(), (events == "tender_opened").sum()
    for name in ("complaints_filed", "complaints_solved", "complaints_open"):
        found[name] = rows[name].sum()
    waited = (rows["waiting_days"] * rows["complaints_open"]).sum()
    found["waiting_days"] = waited / rows["complaints_open"].sum()
    quality = rows["quality"].astype(float).to_numpy()
    found["inequality"] = np.abs(quality[:, None] - quality).mean() / (2 * quality.mean())
    return found


def paid_in_the_year_to(run, month: int) -> float:
    """Yuan that owners paid for fees and arrears in the twelve months up to this one, to
    whomever, as the books say."""
    rows = run.ledger[(run.ledger["month"] > month - 12) & (run.ledger["month"] <= month)]
    return float(rows.loc[rows["purpose"].astype(str).str.match("fees|arrears"), "yuan"].sum())


def test_every_column_of_every_month(run, city):
    for month in range(1, run.months + 1):
        expected = slow_month(run, month)
        company = city.outcomes.company[month]
        expected["companies_active"] = len(set(company[company >= 0]))
        households = run.estate_table["households"].sum()
        expected["collected_per_household"] = expected["old_debt_repaid"] = np.nan
        if month >= 12:
            of_these_bills = city.outcomes.paid_12[month].sum() / 100
            expected["collected_per_household"] = of_these_bills / households
            expected["old_debt_repaid"] = paid_in_the_year_to(run, month) - of_these_bills
        expected["arrears_lapsed"] = city.outcomes.lapsed[month].sum() / 100
        run_by_market = city.outcomes.mode[month] == MODES.index("market")
        served = run.estate_table["households"].to_numpy()[run_by_market].sum()
        expected["skimmed"] = expected["remuneration"] = np.nan
        if run_by_market.any():
            expected["skimmed"] = city.outcomes.skimmed[month].sum() / 100 / served
            expected["remuneration"] = (city.outcomes.flags[month] & 32 > 0)[run_by_market].mean()
        # without the mechanism what is reported is what is
        for name, true in (
            ("satisfaction", "satisfaction"),
            ("cycle", "cycle"),
            ("nominal", "nominal"),
            ("complaints_open", "complaints_open"),
            ("collection", "collection_billing"),
        ):
            expected[f"reported_{name}"] = expected[true]
        expected["reported_satisfaction_gap"] = 0.0
        expected["reported_collection_gap"] = 0.0 if month >= 12 else np.nan
        lost = 0
        if month % 12 == 0 or month == run.months:
            year = (month - 1) // 12 * 12
            before, after = city.state_owned_cash[year], city.state_owned_cash[month]
            lost = sum(max(0, int(b) - int(a)) for b, a in zip(before, after, strict=True))
        expected["public_cost"] = expected["fiscal_spending"] + lost / 100
        assert set(expected) == set(run.city.columns)
        for name, value in expected.items():
            assert run.city.loc[month, name] == pytest.approx(value, rel=1e-5, abs=1e-6, nan_ok=True), (
                month,
                name,
            )


def test_the_index_runs_from_the_starting_state(run):
    assert run.city.index.name == "month"
    assert run.city.index.tolist() == list(range(run.months + 1))


def test_month_0_is_a_state_and_not_a_month(run, city):
    start = run.city.loc[0]
    for name in (
        "collection",
        "collection_p50",
        "collection_billing",
        "self_sustaining",
        "exits",
        "tenders",
        "complaints_filed",
        "complaints_solved",
    ):
        assert np.isnan(start[name]), name
    households = run.estate_table["households"]
    assert start["quality"] == pytest.approx(
        np.average(city.outcomes.quality[0].astype(float), weights=households)
    )
    assert start["stage_healthy"] == pytest.approx((city.outcomes.stage[0] == 0).mean())


def test_shares_add_up_to_one(run):
    for group, names in (("stage", STAGES), ("mode", MODES)):
        np.testing.assert_allclose(run.city[[f"{group}_{name}" for name in names]].sum(axis=1), 1.0)


def test_percentiles_like_numpy_and_without_warnings():
    random = np.random.default_rng(3)
    values = random.random((40, 7))
    values[random.random(values.shape) < 0.4] = np.nan
    values[5] = np.nan
    values[6, 1:] = np.nan
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = percentiles(values)
    assert np.isnan(found[:, 5]).all()
    known = [row for row in range(40) if not np.isnan(values[row]).all()]
    np.testing.assert_allclose(found[:, known], np.nanpercentile(values[known], (10, 50, 90), axis=1))


def test_gini_of_known_cases():
    known = np.array([[1.0, 1.0, 1.0, 1.0], [0.0, 0.0, 0.0, 1.0]])
    np.testing.assert_allclose(gini(whole(known)), [0.0, 0.75])
    assert np.isnan(gini(np.zeros((1, 4), np.int64))[0])


def test_every_figure_is_a_float(run):
    assert set(map(str, run.city.dtypes)) == {"float64"}
    assert isinstance(run.city, pd.DataFrame)
