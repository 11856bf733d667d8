"""The tables of a run say what the city recorded, with NaN and never zero where a figure does not exist."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pandas as pd
import pytest

from sim.errors import ScenarioError
from sim.mesa_city import City
from sim.model.ledger import PURPOSES
from sim.results import Run, load_run
from sim.results.columns import CITY_COLUMN_WORDS, ESTATE_COLUMN_WORDS, units_of
from sim.results.outcomes import OUTCOMES
from sim.scenario import with_overrides
from sim.words import MODES, STAGES

ESTATES = [
    "month",
    "estate",
    "type",
    "district",
    "mode",
    "stage",
    "self_sustaining",
    "collection_rate",
    "collection",
    "collection_billing",
    "arrears",
    "satisfaction",
    "quality",
    "condition",
    "legacy",
    "trust",
    "grievance",
    "price",
    "billed",
    "collected",
    "income",
    "cost",
    "overhead",
    "subsidy",
    "margin",
    "complaints_filed",
    "complaints_solved",
    "complaints_open",
    "waiting_days",
    "committee",
    "fund",
    "households",
    "nominal",
    "charging",
    "professional",
    "break_even",
]
FACTS = [
    "estate",
    "number",
    "type",
    "district",
    "street",
    "community",
    "built_year",
    "households",
    "buildings",
    "area",
    "standard_cost",
    "price0",
]


def test_columns_are_the_documented_ones(run):
    assert list(run.estates.columns) == ESTATES
    assert list(run.estate_table.columns) == FACTS
    assert set(ESTATES) | set(FACTS) == set(ESTATE_COLUMN_WORDS)
    assert {"month", *run.city.columns} == set(CITY_COLUMN_WORDS)
    assert list(run.events.columns) == ["month", "estate", "company", "kind", "cause", "size", "programme"]
    assert list(run.ledger.columns) == ["month", "purpose", "payer_kind", "payee_kind", "programme", "yuan"]


def test_types_of_columns(run):
    kinds = run.estates.dtypes
    assert (kinds["month"], kinds["estate"], kinds["district"], kinds["households"]) == (
        "int16",
        "int32",
        "int16",
        "int32",
    )
    for name in ("committee", "nominal", "charging", "professional", "break_even"):
        assert kinds[name] == "bool"
    assert list(run.estates["mode"].cat.categories) == list(MODES)
    assert list(run.estates["stage"].cat.categories) == list(STAGES)
    assert list(run.estates["type"].cat.categories) == list(run.scenario.types)


def test_units_go_with_every_table(run):
    for frame in (run.estates, run.estate_table, run.events, run.ledger):
        assert frame.attrs["units"] == units_of(list(frame.columns))
    assert run.city.attrs["units"]["arrears"] == "yuan"


def test_rows_are_every_estate_in_every_month(run):
    size = run.scenario.city.estates
    assert len(run.estates) == size * run.months
    assert run.estates["month"].tolist() == np.repeat(range(1, run.months + 1), size).tolist()
    assert run.estates["estate"].tolist() == list(range(size)) * run.months


def test_values_are_those_the_city_recorded(run, city):
    out = city.outcomes
    random = np.random.default_rng(5)
    for month, estate in zip(
        random.integers(1, run.months + 1, 200), random.integers(0, 60, 200), strict=True
    ):
        row = run.estates.iloc[(month - 1) * 60 + estate]
        assert row["mode"] == MODES[out.mode[month, estate]]
        assert row["stage"] == STAGES[out.stage[month, estate]]
        for column, fen in (
            ("billed", out.billed),
            ("arrears", out.arrears),
            ("cost", out.spending),
            ("fund", out.fund),
        ):
            assert row[column] == fen[month, estate] / 100
        for column in ("quality", "condition", "satisfaction", "trust", "grievance", "legacy", "price"):
            assert row[column] == getattr(out, column)[month, estate]
        assert row["complaints_open"] == out.open[month, estate]
        assert row["professional"] == bool(out.flags[month, estate] & 4)
        assert row["committee"] == bool(out.flags[month, estate] & 16)


def test_collection_exists_exactly_where_something_is_billed(run, city):
    frame = run.estates
    billing = frame["billed"] > 0
    assert billing.any() and not billing.all()
    assert (frame["collection_rate"].notna() == billing).all()
    share = (frame["collected"] / frame["billed"])[billing]
    np.testing.assert_allclose(frame["collection_rate"][billing], share, rtol=1e-6)
    billed_12, paid_12 = (column[1:].ravel() for column in (city.outcomes.billed_12, city.outcomes.paid_12))
    full = (frame["month"] >= 12).to_numpy()
    known = (billed_12 > 0) & full
    assert (frame["collection_billing"].notna() == known).all() and (
        frame["collection"].notna() == full
    ).all()
    np.testing.assert_allclose(
        frame["collection_billing"][known],
        (paid_12 / np.maximum(billed_12, 1))[known],
        rtol=1e-6,
    )


def of_the_window(run, column: str) -> np.ndarray:
    """Yuan of the last twelve simulated months (fewer before month 12), one entry a
    row of the table of estates."""
    monthly = run.estates[column].to_numpy().reshape(run.months, -1)
    sums = [monthly[max(0, month - 12) : month].sum(axis=0) for month in range(1, run.months + 1)]
    return np.round(np.concatenate(sums), 2)


def test_an_estate_breaks_even_by_what_was_simulated_and_by_no_month_before(run, city):
    income, spending, overhead = (of_the_window(run, name) for name in ("income", "cost", "overhead"))
    covers = (income >= np.round(spending + overhead, 2)) & (spending > 0)
    early = (run.estates["month"] < 12).to_numpy()
    assert (run.estates["break_even"] == covers & run.estates["charging"]).all()
    # and it is another answer than with a year before the start that was like it
    recorded = (city.outcomes.flags[1:].ravel() & 8) > 0
    assert (run.estates["break_even"][~early] == recorded[~early]).all()
    assert (run.estates["break_even"][early] != recorded[early]).any()


def test_margin_needs_a_company(run, city):
    company = city.outcomes.company[1:].ravel()
    income, spending, overhead = (of_the_window(run, name) for name in ("income", "cost", "overhead"))
    known = (company >= 0) & (income > 0)
    assert (run.estates["margin"].notna() == known).all()
    np.testing.assert_allclose(
        run.estates["margin"][known], (income - spending - overhead)[known] / income[known], rtol=1e-6
    )


def test_a_city_that_spun_up_breaks_even_by_the_months_simulated_before(scenario):
    with City(with_overrides(scenario, {"spin_up": 12, "months": 12, "city.estates": 24})) as spun:
        for _ in range(11):
            spun.step()
        with pytest.raises(
            ScenarioError, match="months: found 11; allowed: at least 12 in a city that spins up"
        ):
            Run.from_city(spun)
        run, flags = Run.from_city(spun.run()), spun.outcomes.flags[1:].ravel()
    assert (run.estates["break_even"] == ((flags & 8) > 0)).all()
    income, spending, overhead = (of_the_window(run, name) for name in ("income", "cost", "overhead"))
    alone = (income >= np.round(spending + overhead, 2)) & (spending > 0) & run.estates["charging"]
    last = (run.estates["month"] == 12).to_numpy()  # the first of twelve months of the run alone
    assert (run.estates["break_even"][last] == alone[last]).all()
    assert (run.estates["break_even"][~last] != alone[~last]).any()


def test_waiting_needs_an_open_complaint(run):
    frame = run.estates
    assert (frame["waiting_days"].notna() == (frame["complaints_open"] > 0)).all()
    assert (frame["waiting_days"].dropna() >= 0).all()


def test_fixed_facts(run, city):
    table, city_settings = run.estate_table, run.scenario.city
    assert (table["street"] // city_settings.streets_per_district == table["district"]).all()
    assert (table["community"] // city_settings.communities_per_street == table["street"]).all()
    assert table["street"].min() >= 0 and table["community"].min() >= 0
    assert table["households"].sum() == city.state.owners.area.size
    assert table["area"].sum() == pytest.approx(
        float(city.state.owners.area.astype(np.float64).sum()), rel=1e-3
    )
    cost = (city.state.estates["cost_fixed"] + city.state.estates["cost_area"]) / 100
    np.testing.assert_array_equal(table["standard_cost"], cost)
    np.testing.assert_array_equal(table["price0"], city.outcomes.price[0])


def test_events_are_those_of_the_city(run, city):
    none = {"estate": -1, "company": -1}
    rows = list(run.events.drop(columns="programme").fillna(none).itertuples(index=False, name=None))
    assert rows == city.events()
    assert len(rows) > 50


def test_ledger_is_that_of_the_city(run, city):
    frame = run.ledger.assign(programme=run.ledger["programme"].astype(object).fillna(""))
    assert list(frame.itertuples(index=False, name=None)) == [
        (*line[:5], line[5] / 100) for line in city.ledger_lines
    ]
    assert set(run.ledger["purpose"].unique()) <= set(PURPOSES)


def test_fees_in_the_ledger_are_what_estates_collected(run):
    fees = (
        run.ledger[run.ledger["purpose"].astype(str).str.startswith("fees")]  # to whomever they go
        .groupby("month")["yuan"]
        .sum()
    )
    collected = run.estates.groupby("month")["collected"].sum()
    pd.testing.assert_series_equal(fees, collected, check_names=False, check_index_type=False)


def test_a_run_lets_go_of_its_city(scenario):
    with City(scenario, months=2) as city:
        city.run()
        short = Run.from_city(city)
        watched = weakref.ref(city)
    del city
    gc.collect()
    assert watched() is None
    assert (short.months, short.scenario.months) == (2, 2)
    assert len(short.city) == 3


def test_a_city_stopped_early_gives_the_months_it_has(scenario):
    with City(scenario) as city:
        city.run(5)
        assert Run.from_city(city).months == 5


def test_a_city_without_record_or_months_is_refused(scenario):
    with City(scenario, months=1, record=False) as city, pytest.raises(ValueError, match="record=False"):
        Run.from_city(city.run())
    with City(scenario) as city, pytest.raises(ValueError, match="no month"):
        Run.from_city(city)


def test_how_a_run_shows_itself(run):
    assert repr(run) == "Run(vicious_cycle, seed 1, 30 months, 60 estates)"
    page = run._repr_html_()
    assert "collected share" in page and "seed 1" in page and page.count("<tr>") >= 12
    from matplotlib.figure import Figure

    assert isinstance(run.plot(), Figure)
    assert isinstance(run.plot("stages", lang="zh"), Figure)


def test_a_run_tells_every_outcome_and_its_saved_folder_the_same(run, tmp_path):
    found = run.outcomes()
    assert list(found) == list(OUTCOMES)
    assert found["collection_last_year"] == pytest.approx(run.city["collection"].iloc[-1])
    last = run.city["cycle"].iloc[-12:]
    assert found["cycle_share_last_year"] == pytest.approx(last.mean())
    spent = run.city["fiscal_spending"].iloc[1:].sum()
    assert (
        found["fiscal_spending"] == pytest.approx(spent) and found["public_cost"] >= found["fiscal_spending"]
    )
    again = load_run(run.save(tmp_path / "run")).outcomes()
    assert {k: v for k, v in again.items() if v == v} == {k: v for k, v in found.items() if v == v}
    assert list(again) == list(found)
