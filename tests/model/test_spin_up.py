"""Spinning up: a city starts as the rules leave it, but for what a scenario or a table says of month 0."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import numpy as np
import pytest

from sim.errors import ScenarioError
from sim.model.branch import digest_of, go, keep, put_back
from sim.model.engine import Engine
from sim.model.ledger import PURPOSES
from sim.model.luck import Stream, words_of
from sim.model.month.observe import COMMITTEE, NOMINAL, PROFESSIONAL
from sim.model.start.drawn_table import drawn_table
from sim.model.start.spin_up import SpinUp
from sim.model.start.start import State, starting_state
from sim.model.state.contracts import EARLY
from sim.model.state.modes import SELF
from sim.model.state.spun_up import RULES, Spun
from sim.results.provenance import outcomes_digest
from sim.results.reading import Reading, record_of
from sim.scenario import Scenario, load, with_overrides
from sim.scenario.estate_rows import EstateRows, rows_of
from sim.scenario.overrides import with_estates, with_programmes
from sim.scenario.tables import MechanismSettings
from sim.studies.run.diff import FIELDS
from sim.words import IN_CYCLE, STAGES
from tests.reference.worlds import QUARRELSOME

from .cities import first_small, small_scenario

SPIRALLING = STAGES.index("spiralling")
ALL_MECHANISMS = {f"mechanisms__{name}": True for name in MechanismSettings.model_fields}
LIVELY = {
    "city__estates": 72,
    "companies__private": 15,
    # companies run estates that are worth little to them, so that they leave, and leaving takes a while
    "start__modes_follow_worth": 0.0,
    "companies__tolerance_months_mean": 4.0,
    "market__exit_hazard": 0.6,
    "market__notice": 12.0,
    "committee__term": 11.0,
    "market__retry": 7.0,
    "committee__participation": 0.75,
    "committee__review": 0.6,
    "committee__price_cooldown": 3.0,
    "committee__cut_quality": 0.95,
    "committee__dismiss_below": 0.1,
    "complaints__base": 0.3,
    "complaints__capacity": 0.5,
    "ballot__passive_reach": 0.9,
    "contract__early_age": 22.0,
    "contract__term": 10.0,
    "basis__able": 0.05,
} | {key.replace(".", "__"): value for key, value in QUARRELSOME.items()}


SETTLING = 7  # of the figures of `shares`: the others follow from modes and committees, which are held


def shares(city: Engine) -> np.ndarray:
    """What residents of a city have, month by month: (figures, months), means over estates."""
    out = city.run().outcomes
    assert out is not None
    figures = [out.satisfaction, out.quality, out.condition, out.grievance, out.trust]
    figures += [np.isin(out.stage, IN_CYCLE), out.stage == SPIRALLING]
    figures += [out.flags & flag > 0 for flag in (NOMINAL, PROFESSIONAL, COMMITTEE)]
    return np.array([figure.mean(1) for figure in figures])


@cache
def first_courses(spin_up: int) -> np.ndarray:
    """`shares` of 600 small estates by the rules of the first version, over seeds 1 to 4."""
    many = {"city__estates": 600, "companies__private": 100, "months": 15, "spin_up": spin_up}
    runs = [shares(Engine(first_small(**many), seed, threads=1)) for seed in (1, 2, 3, 4)]
    return np.asarray(np.mean(runs, axis=0))


@cache
def courses_of_today(spin_up: int) -> np.ndarray:
    """`shares` of the default city as it is shipped, but for how long it spins up, over seeds 1 to 8."""
    city = with_overrides(load("vicious_cycle"), {"spin_up": spin_up, "months": 36})
    runs = [shares(Engine(city, seed, threads=2)) for seed in range(1, 9)]
    return np.asarray(np.mean(runs, axis=0))


def step(course: np.ndarray, first: int) -> float:
    """The mean step over figures from a month to three months later."""
    return float(np.mean(np.abs(course[:, first + 3] - course[:, first])))


def test_the_first_quarter_is_no_rougher_than_the_one_a_year_later() -> None:
    assert step(first_courses(60), 0) <= step(first_courses(60), 12)
    plain = first_courses(0)
    assert step(plain, 0) > 2 * step(plain, 12)  # without spinning up what was drawn comes to rest first


def test_in_the_default_city_the_first_quarter_is_no_rougher_than_those_of_later_years() -> None:
    later = range(12, 34, 3)
    spun, plain = (courses_of_today(spin_up)[:SETTLING] for spin_up in (load("vicious_cycle").spin_up, 0))
    assert step(spun, 0) <= np.mean([step(spun, month) for month in later])
    assert step(plain, 0) > 2 * np.mean([step(plain, month) for month in later])


def test_where_what_is_held_is_no_rest_spinning_up_takes_most_of_the_roughness() -> None:
    """By the rules of today committees spread and unmanaged estates come to run themselves, more of them than
    a scenario states for month 0: that begins when month 0 no longer holds them."""
    spun, plain = (courses_of_today(spin_up) for spin_up in (load("vicious_cycle").spin_up, 0))
    assert 2 * step(spun, 0) < step(plain, 0)
    assert step(plain, 0) > 2 * step(plain, 12)


def test_companies_leave_from_the_first_year_on() -> None:
    def left(spin_up: int) -> np.ndarray:
        many = {"city__estates": 300, "companies__private": 50, "months": 48, "spin_up": spin_up}
        city = Engine(first_small(**many), 1, threads=1, record=False).run()
        months = [month for month, _, _, kind, *_ in city.events() if kind == "company_left"]
        return np.bincount((np.array(months) - 1) // 12, minlength=4)

    spun, plain = left(60), left(0)
    assert spun[0] >= spun[1:].mean() / 2
    assert plain[0] < plain[1:].mean() / 5


# what is held, and what settles


def with_everything(**settings: Any) -> Scenario:
    return small_scenario(**(ALL_MECHANISMS | LIVELY | {"months": 12} | settings))


@cache
def both() -> tuple[State, State, set[str]]:
    """A city as it was drawn, and after two years of spinning up with every mechanism; and what of its
    estates and committees was otherwise in a month before it was put back."""
    scenario, moved = with_everything(spin_up=24), set()

    def look(spinning: SpinUp) -> None:
        for table in ("estates", "committees"):
            now, drawn = getattr(spinning.state, table), getattr(spinning, table)
            moved.update(name for name in now.dtype.names if not np.array_equal(now[name], drawn[name]))

    with pytest.MonkeyPatch.context() as patch:
        for name, what in (("served", SpinUp.served), ("closed", SpinUp.closed)):

            def first_look(spinning: SpinUp, what: Callable[[SpinUp], None] = what) -> None:
                look(spinning)
                what(spinning)

            patch.setattr(SpinUp, name, first_look)
        spun = Engine(scenario, 5, threads=1).state
    return starting_state(scenario, 5), spun, moved


def bits(state: State, table: str, name: str) -> np.ndarray:
    rows = getattr(state, table)
    return np.ascontiguousarray(rows[name] if isinstance(rows, np.ndarray) else getattr(rows, name))


def told(*fates: Spun) -> Iterable[tuple[str, str]]:
    tables = ("owners", "buildings", "estates", "companies", "committees", "government", "claims")
    for rule in RULES:
        if rule.spun in fates and rule.table in tables:
            yield from ((rule.table, name) for name in rule.columns)


def test_every_column_that_may_change_is_said_to_be_held_or_to_settle_once() -> None:
    said = [(rule.table, name) for rule in RULES for name in rule.columns]
    assert len(said) == len(set(said))
    for table, fields in FIELDS.items():
        changing = {field.name for field in fields if not field.fixed}
        assert {name for of, name in said if of == table} == changing, table
    assert all(rule.why for rule in RULES)


def test_what_is_held_has_in_month_0_the_bits_that_were_drawn() -> None:
    drawn, spun, moved = both()
    assert {"mode", "company", "price", "condition", "legacy", "paid_share", "arrears", "exists"} <= moved
    for table, name in told(Spun.HELD):
        assert np.array_equal(bits(drawn, table, name), bits(spun, table, name)), f"{table}.{name}"


def test_what_settles_does_not_stay_as_it_was_drawn() -> None:
    drawn, spun, _ = both()
    moved = {
        (table, name)
        for table, name in told(Spun.SETTLES, Spun.SUM, Spun.GIVEN)
        if not np.array_equal(bits(drawn, table, name), bits(spun, table, name))
    }
    names = {
        "losing_months",
        "process",
        "quality",
        "satisfaction",
        "trust",
        "income_smooth",
        "complaints_open",
        "contract_left",
        "unmanaged_months",
        "cases_open",
        "lowest_rate",
        "reported_quality",
    }
    assert {("estates", name) for name in names} <= moved
    assert {("owners", name) for name in ("arrears", "arrears_age", "missed", "expectation")} <= moved
    assert {("companies", "reputation"), ("committees", "term_left")} <= moved


def test_an_estate_owes_as_much_as_was_drawn_and_nobody_owes_less_than_nothing() -> None:
    drawn, spun, _ = both()
    owed = np.add.reduceat(spun.owners.arrears.astype(np.int64), spun.estates["first_owner"])
    assert np.array_equal(owed, drawn.estates["arrears"]) and spun.owners.arrears.min() >= 0
    assert np.array_equal(spun.owners.arrears > 0, spun.owners.arrears_age > 0)


def test_the_lowest_that_an_estate_had_been_like_is_of_the_last_year() -> None:
    city = Engine(with_everything(spin_up=36), 5, threads=1)
    courses = {"lowest_rate": city.clockwork.rings[6], "lowest_quality": city.clockwork.rings[7]}
    courses |= {f"reported_{name}": getattr(city.state.reports, name[7:]) for name in tuple(courses)}
    for name, course in courses.items():  # of months -11 to -6, which stand in rows 1 to 6
        assert np.array_equal(city.state.estates[name], course[1:7].min(0)), name


def test_a_developers_contract_is_held_and_other_terms_run() -> None:
    drawn, spun, _ = both()
    early = drawn.estates["contract"] == EARLY
    assert 0 < early.sum() < early.size
    for name in ("contract", "contract_left"):
        assert np.array_equal(drawn.estates[name][early], spun.estates[name][early])
        assert not np.array_equal(drawn.estates[name][~early], spun.estates[name][~early])


def reduced(table: EstateRows, rows: list[int], without: tuple[str, ...] = ()) -> EstateRows:
    return rows_of(
        {name: [cells[row] for row in rows] for name, cells in table.cells.items() if name not in without}
    )


def test_what_a_table_states_is_held_and_what_it_leaves_empty_settles() -> None:
    plain = with_everything()
    scenario = with_estates(with_everything(spin_up=12), drawn_table(plain), "city.csv")
    drawn, spun = starting_state(scenario, 5), Engine(scenario, 5, threads=1).state
    for name in ("quality", "satisfaction", "arrears", "paid_share", "price", "mode", "condition"):
        assert np.array_equal(drawn.estates[name], spun.estates[name]), name
    mean = np.add.reduceat(spun.owners.satisfaction.astype(float), spun.estates["first_owner"])
    assert np.allclose(mean / spun.estates["households"], spun.estates["satisfaction"], atol=1e-6)
    assert not np.array_equal(drawn.owners.satisfaction, spun.owners.satisfaction)
    table = drawn_table(plain)
    open_table = reduced(table, list(range(table.size)), ("quality", "satisfaction"))
    opened = Engine(with_estates(with_everything(spin_up=12), open_table, "city.csv"), 5, threads=1).state
    assert not np.array_equal(opened.estates["quality"], drawn.estates["quality"])
    assert np.array_equal(opened.estates["paid_share"], drawn.estates["paid_share"])


def test_a_table_of_a_city_that_spins_up_is_that_city_in_any_order_of_its_rows() -> None:
    scenario = with_everything(spin_up=12)
    table = drawn_table(scenario, 5)
    backwards = reduced(table, list(reversed(range(table.size))))
    first, second = (
        Engine(one, 5, threads=1).run() for one in (scenario, with_estates(scenario, backwards, "city.csv"))
    )
    assert first.outcomes is not None and second.outcomes is not None
    assert outcomes_digest(first.outcomes) == outcomes_digest(second.outcomes)
    assert first.ledger_lines == second.ledger_lines and first.events() == second.events()


# luck, programmes, money


def test_no_month_before_the_first_has_the_luck_of_another() -> None:
    numbers = np.arange(50)
    before = [words_of(7, Stream.PAY, 2**32 - ago, numbers) for ago in (1, 12, 599)]
    run = [words_of(7, Stream.PAY, month, numbers) for month in (1, 12, 599)]
    assert len({words.tobytes() for words in (*before, *run)}) == 6
    # months below 0, as the loops address them, are counted modulo 2**32
    assert np.array_equal(words_of(7, Stream.PAY, 2**64 - 12, numbers), before[1])


def test_no_programme_acts_before_month_1_and_nothing_of_before_is_shown() -> None:
    scenario = with_everything(spin_up=12)
    acting = with_programmes(
        scenario, {"kind": "publicity", "start": 1}, {"kind": "red_black_list", "start": 1}
    )
    plain, city = (Engine(one, 5, threads=1) for one in (scenario, acting))
    assert digest_of(plain.state) == digest_of(city.state)
    assert city.month == 0 and city.events() == [] and len(city.pages) == 1
    city.run()
    assert min(event[0] for event in city.events()) == 1
    assert {line[0] for line in city.ledger_lines if line[4]} <= set(range(1, 13))


def test_money_is_conserved_while_spinning_up_and_the_run_opens_with_what_is_held(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sums, close = [], SpinUp.closed

    def closed(spinning: SpinUp) -> None:
        close(spinning)
        sums.append(int(spinning.state.books.balances.sum()))

    monkeypatch.setattr(SpinUp, "closed", closed)
    scenario = with_everything(spin_up=24)
    city = Engine(scenario, 5, threads=1)
    assert sums == [0] * 24
    balances, companies = city.state.books.balances, city.state.companies["account"]
    drawn = starting_state(scenario, 5)
    assert np.array_equal(balances[companies], drawn.books.balances[companies])
    assert balances.sum() == 0 and not balances[city.state.government["account"]].any()
    opened = {purpose: fen for _, purpose, _, _, _, fen in city.ledger_lines}
    assert opened == {
        "opening_cash": int(balances[companies].sum()),
        "opening_fund": int(balances[city.state.estates["fund_account"]].sum()),
        "opening_maintenance": int(balances[city.state.estates["maintenance_account"]].sum()),
    }
    assert set(opened) <= set(PURPOSES)
    idle = city.state.committees["exists"] == 0
    idle &= (city.state.estates["basis"] == 0) & (city.state.estates["mode"] != SELF)
    assert idle.any() and not balances[city.state.estates["fund_account"][idle]].any()
    city.run()
    assert city.state.books.balances.sum() == 0


# with the rest


def test_a_city_that_spun_up_goes_on_from_a_month_as_if_it_had_not_stopped() -> None:
    scenario = with_everything(spin_up=12)
    whole = Engine(scenario, 5, threads=1)
    whole.run(3)
    kept = keep(whole)
    whole.run(9)
    again = Engine(scenario, 5, threads=1)
    assert put_back(again, scenario, kept)
    assert list(go(again, [])) == list(range(4, 13))
    assert digest_of(again.state) == digest_of(whole.state)


def test_a_figure_of_a_year_counts_the_months_that_were_simulated_before_the_run() -> None:
    city = Engine(small_scenario(months=14, spin_up=12), 3, threads=1).run()
    reading = Reading(record_of(city))
    out = reading.out
    assert (reading.window == 12).all()
    assert (reading.paid_year[1:12] <= reading.billed_year[1:12]).all()
    # eleven months of the window lie before the run, and are not as month 0 was: each month one of them goes
    gone = out.billed_12[:-1] + out.billed[1:] - out.billed_12[1:]
    assert (gone[1:11] >= 0).all() and (reading.billed_year == out.billed_12).all()
    assert (reading.billed_year[12] == out.billed[1:13].sum(0)).all()
    assert (reading.old_debt_repaid >= 0).all()
    assert (reading.old_debt_repaid[:12] == 0).all() and reading.old_debt_repaid[12:].any()


def test_years_that_are_not_whole_are_refused_by_name() -> None:
    with pytest.raises(ScenarioError) as told_of:
        small_scenario(spin_up=7)
    assert "spin_up" in str(told_of.value) and "12" in str(told_of.value)
