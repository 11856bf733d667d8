"""With cases on, a dispute about arrears goes from reminder to mediators, court and enforcement, each with
its capacity and its cost; and owners may refuse together."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.mesa_city import City
from sim.model.state.disputes import Stage
from sim.model.state.modes import company_run
from sim.results.outcomes import run_outcomes
from sim.results.reading import Reading, public_spending, record_of
from sim.scenario import Scenario

from .cities import first_lively, first_small, run_digest

ON: dict[str, Any] = {"mechanisms__cases": True, "months": 36}
# many suits, and room for all of them
SUING: dict[str, Any] = ON | {
    "cases__reminders": 1.0,
    "cases__sue_after": 6.0,
    "cases__sue_rate": 300.0,
    "cases__sue_spread": 0.0,
    "cases__court_capacity": 1000.0,
    "cases__mediators": 0.0,
}
# every suit is judged for the company, and paid at once
JUDGED = {"cases__withdrawn": 0.0, "cases__settled": 0.0, "cases__won": 1.0, "cases__judged_pays": 1.0}
MEDIATED = {"cases__mediators": 1000.0, "cases__mediated": 1.0, "cases__settled_pays": 1.0}
QUIET = {"cases__call": 0.0}
COLUMNS = ("reminded", "heard", "sued", "settled", "withdrawn", "judged", "enforced", "joined")


def city(programme: dict[str, Any] | None = None, **overrides: Any) -> City:
    """The small city with cases on."""
    scenario = first_small(**(SUING | overrides))
    if programme is not None:
        scenario = Scenario.model_validate(scenario.model_dump() | {"interventions": [programme]})
    return City(scenario)


def counted(made: City, months: int) -> dict[str, int]:
    """How many owners each step of a dispute met in so many months."""
    found = dict.fromkeys(COLUMNS, 0)
    for _ in range(months):
        made.step()
        for name in COLUMNS:
            found[name] += int(made.state.estates[f"cases_{name}"].sum())
    return found


def of_owners(made: City, column: str) -> np.ndarray:
    """A column of the estates, for every owner."""
    return np.repeat(made.state.estates[column], made.state.estates["households"])


def paid(made: City, purpose: str) -> int:
    """Fen that moved for a purpose."""
    return sum(line[5] for line in made.ledger_lines if line[1] == purpose)


def test_without_the_mechanism_its_parameters_decide_nothing_and_nothing_is_counted() -> None:
    off = {"mechanisms__cases": False, "months": 12}
    assert run_digest(first_small(**off)) == run_digest(first_small(**(SUING | off)))
    made = City(first_small(**(SUING | off)))
    assert set(counted(made, 12).values()) == {0}
    assert not made.state.owners.dispute.any() and not made.state.companies["litigious"].any()


@pytest.mark.parametrize("rate", [1.0, 300.0])
def test_only_a_debt_that_is_old_large_and_demanded_in_vain_is_taken_to_court(rate: float) -> None:
    made = city(cases__time_given=2.0, cases__sue_least=500.0, cases__sue_rate=rate, **QUIET)
    owners, begun = made.state.owners, 0
    for _ in range(30):
        before = tuple(column.copy() for column in (owners.dispute, owners.dispute_months, owners.arrears))
        age, company = owners.arrears_age.copy(), of_owners(made, "company")
        made.step()
        stage, months, fen = before
        sued = (stage <= Stage.REMINDED) & (owners.dispute == Stage.SUIT)
        begun += int(sued.sum())
        assert (stage[sued] == Stage.REMINDED).all() and (months[sued] + 1 >= 2).all()
        assert (age[sued] >= 6).all() and (fen[sued] >= 50_000).all()
        assert (company[sued] >= 0).all(), "companies sue, nobody else"
    assert begun > 0


def test_who_was_reminded_is_not_reminded_again_before_the_time() -> None:
    made = city(cases__sue_rate=0.0, cases__remind_again=9.0, cases__remind_after=4.0, **QUIET)
    owners = made.state.owners
    reminders = 0
    for _ in range(30):
        stage, months, age = owners.dispute.copy(), owners.dispute_months.copy(), owners.arrears_age.copy()
        made.step()
        again = (stage == Stage.REMINDED) & (owners.dispute == Stage.REMINDED) & (owners.dispute_months == 0)
        first = (stage == Stage.NONE) & (owners.dispute == Stage.REMINDED)
        assert (months[again] + 1 >= 9).all() and (age[first] >= 4).all()
        reminders += int(again.sum())
    assert reminders > 0


def test_a_court_hears_what_a_year_has_room_for_and_who_waited_longest_first() -> None:
    made = city(cases__court_capacity=40.0, city__districts=2, **JUDGED, **QUIET)
    owners, estates = made.state.owners, made.state.estates
    district = np.repeat(estates["district"], estates["households"])
    heard = np.zeros(2)
    queued = 0
    for _ in range(36):
        stage, months = owners.dispute.copy(), owners.dispute_months + np.uint8(1)
        owed = owners.arrears > 0
        made.step()
        for d in range(2):
            waiting = (stage == Stage.SUIT) & owed & (district == d) & (months >= 2)
            still = waiting & (owners.dispute == Stage.SUIT) & (owners.dispute_months > 0)
            done = waiting & ~still
            heard[d] += done.sum()
            queued += int(still.sum())
            if done.any() and still.any():
                assert months[done].min() >= months[still].max()
    homes = np.bincount(district, minlength=2)
    assert queued > 0 and (heard > 0).all()
    assert (heard <= 3 * 40 * homes / 1000).all()
    assert (heard >= 3 * 40 * homes / 1000 - 15).all(), "a court with a queue does not rest for long"


def test_mediators_take_a_year_what_they_have_room_for_and_the_rest_goes_to_court() -> None:
    made = city(cases__mediators=30.0, **QUIET)
    found = counted(made, 36)
    homes = int(made.state.estates["households"].sum())
    assert 0 < found["heard"] <= 3 * 30 * homes / 1000
    assert found["sued"] > found["heard"]


def test_a_settlement_pays_a_part_and_forgives_no_bill_of_the_last_year() -> None:
    made = city(cases__settled_part=0.6, **MEDIATED, **QUIET)
    estates, owners = made.state.estates, made.state.owners
    months = {"paid": 0, "let": 0}
    for _ in range(24):
        stage = owners.dispute.copy()
        owed, window = owners.arrears.astype(np.int64), owners.unpaid_12.astype(np.int64)
        ready = (stage == Stage.MEDIATION) & (owed > 0)
        made.step()
        part = (0.6 * owed[ready]).astype(np.int64)
        rest = owed[ready] - part
        let = np.minimum(rest, np.maximum(0, rest - window[ready]))
        assert estates["case_paid"].sum() == part.sum()
        assert estates["case_given_up"].sum() == let.sum()
        months["paid"] += int(part.sum())
        months["let"] += int(let.sum())
    assert months["paid"] > 0 and months["let"] > 0


def test_judgments_refuse_more_where_service_was_worse() -> None:
    shares = {}
    for cut in (0.0, 1.0):
        made = city(cases__cut=cut, **JUDGED, **QUIET)
        good, bad = np.zeros(2), np.zeros(2)
        for _ in range(36):
            quality = made.state.estates["quality"].copy()
            made.step()
            e = made.state.estates
            for rows, sums in ((quality > 0.6, good), (quality <= 0.6, bad)):
                sums += e["case_given_up"][rows].sum(), e["case_paid"][rows].sum()
        shares[cut] = [sums[0] / sums.sum() for sums in (good, bad)]
    assert shares[0.0] == [0.0, 0.0]
    assert 0.0 < shares[1.0][0] < shares[1.0][1]


def test_what_a_judgment_does_not_bring_in_is_enforced_after_its_time() -> None:
    never_at_once = JUDGED | {"cases__judged_pays": 0.0, "cases__enforce_months": 4.0}
    made = city(cases__enforced=1.0, **never_at_once, **QUIET)
    owners = made.state.owners
    for _ in range(36):
        stage, months, owed = owners.dispute.copy(), owners.dispute_months.copy(), owners.arrears > 0
        made.step()
        ended = (stage == Stage.ENFORCEMENT) & owed & (owners.dispute != Stage.ENFORCEMENT)
        assert (months[ended] + 1 == 4).all()
    fees = paid(made, "enforcement_fees")
    assert fees > 0 and fees % 5000 == 0, "50 yuan each, which the debtor bears"
    none = city(cases__enforced=0.0, **never_at_once, **QUIET)
    assert counted(none, 36)["enforced"] == 0 and paid(none, "enforcement_fees") == 0


def test_courts_and_mediators_are_public_cost_and_suing_is_the_companies() -> None:
    made = city(cases__mediators=40.0, **QUIET)
    made.run()
    state = public_spending(made.pages)["state", ""].sum()
    came_in = paid(made, "court_fees") + paid(made, "enforcement_fees")
    assert paid(made, "court_cases") > 0 and paid(made, "mediated_cases") > 0
    assert state == paid(made, "court_cases") + paid(made, "mediated_cases") - came_in > 0
    found = run_outcomes(Reading(record_of(made)))
    assert found["fiscal_spending_state"] * 100 == pytest.approx(state)
    dear = run_outcomes(Reading(record_of(city_run(cases__court_cost=5000.0, **QUIET))))
    assert dear["public_cost"] > 2 * found["public_cost"] > 0
    assert paid(made, "pursuing") > 0 and paid(made, "court_fees") % 2500 == 0


def city_run(**overrides: Any) -> City:
    """The suing city at its end."""
    made = city(**overrides)
    made.run()
    return made


def test_what_suing_costs_counts_when_a_company_reckons() -> None:
    made = city(cases__lawyer=100_000.0, **JUDGED, **QUIET)
    estates = made.state.estates
    seen = 0
    for _ in range(24):
        before, company = estates["losing_months"].copy(), estates["company"].copy()
        made.step()
        rows = (estates["cases_sued"] > 0) & (estates["company"] == company)
        assert (estates["overhead"][rows] >= 10_000_000).all()
        assert (estates["losing_months"][rows] == before[rows] + 1).all(), "a month of such suits is a loss"
        seen += int(rows.sum())
    assert seen > 0


def test_a_company_that_leaves_sues_before_it_goes() -> None:
    leaving = SUING | {"cases__sue_rate": 0.0, "cases__exit_sue": 1.0, "cases__time_given": 1.0, "months": 30}
    made = City(first_lively(**(leaving | QUIET)))
    sued = 0
    for _ in range(30):
        process, left = (made.state.estates[name].copy() for name in ("process", "process_left"))
        made.step()
        rows = made.state.estates["cases_sued"] > 0
        sued += int(rows.sum())
        assert (process[rows] != 0).all() and (left[rows] == 1).all()
        left_now = {
            event[1] for event in made.events() if event[3] == "company_left" and event[0] == made.month
        }
        assert set(np.flatnonzero(rows).tolist()) <= left_now
    assert sued > 0
    assert {event[4] for event in made.events() if event[3] == "suit"} <= {
        "losses",
        "dismissal",
        "insolvency",
    }
    assert counted(City(first_lively(**(leaving | QUIET | {"cases__exit_sue": 0.0}))), 30)["sued"] == 0


def test_companies_differ_in_how_readily_they_sue() -> None:
    alike, apart = (city(cases__sue_spread=spread).state.companies["litigious"] for spread in (0.0, 1.5))
    assert (alike == 1.0).all() and apart.max() > 3 * apart.min() > 0


@pytest.mark.parametrize("reminded", [0.0, 1.0])
def test_debts_lapse_where_nobody_demanded_them_in_time(reminded: float) -> None:
    made = city(
        mechanisms__debt_age=True,
        arrears__limitation=14.0,
        arrears__reminded=0.0,
        cases__reminders=reminded,
        cases__remind_after=2.0,
        cases__remind_again=6.0,
        cases__sue_rate=0.0,
        **QUIET,
    )
    company, lapsed, owners = 0, 0, made.state.owners
    for _ in range(36):
        debt = owners.arrears.copy()
        made.step()
        run = company_run(made.state.estates["mode"])
        assert (made.state.estates["case_given_up"] <= made.state.estates["lapsed"]).all()
        company += int(made.state.estates["lapsed"][run].sum())
        lapsed += int(made.state.estates["lapsed"].sum())
        assert (owners.arrears[debt == 0] >= 0).all()
    if reminded:
        assert company == 0, "a debt that is demanded every half year does not lapse"
    else:
        assert company > 0
    assert lapsed > 0, "former managers remind nobody"


def test_the_dissatisfied_join_a_call_to_refuse_and_pay_less() -> None:
    calm = city(cases__sue_rate=0.0, cases__call=0.0, cases__deterrence=0.0)
    loud = city(
        cases__sue_rate=0.0,
        cases__call=1.0,
        cases__call_reach=1.0,
        cases__call_grievance=1.0,
        cases__deterrence=0.0,
    )
    collected = []
    for made in (calm, loud):
        joined = 0
        for month in range(24):
            happy = made.state.owners.satisfaction >= np.float32(0.6)
            grievance = made.state.owners.grievance.copy()
            made.step()
            joined += int(made.state.estates["cases_joined"].sum())
            if made is loud and month == 0:
                jumped = made.state.owners.grievance - grievance > 0.5
                assert jumped.any() and not (jumped & happy).any(), "only who is dissatisfied joins"
        collected.append(int(made.state.estates["collected_12"].sum()))
        assert (joined > 0) == (made is loud)
    assert collected[1] < collected[0]
    calls = [event for event in loud.events() if event[3] == "group_refusal"]
    assert calls and all(0 < event[5] <= 1 for event in calls)
    months: dict[int, list[int]] = {}
    for when, estate, *_ in calls:
        months.setdefault(estate, []).append(when)
    assert min(min(np.diff(when), default=99) for when in months.values()) >= 12


def test_suits_deter_the_neighbours_and_embitter_who_is_judged() -> None:
    figures = {}
    for deterrence, resentment in ((0.0, 0.0), (5.0, 0.0), (0.0, 0.6)):
        made = city(cases__deterrence=deterrence, cases__resentment=resentment, **JUDGED, **QUIET)
        made.run()
        e = made.state.estates
        run = company_run(e["mode"])
        figures[deterrence, resentment] = (
            e["payers"][run].sum() / e["households"][run].sum(),
            e["grievance"].mean(),
        )
    assert figures[5.0, 0.0][0] > figures[0.0, 0.0][0]
    assert figures[0.0, 0.6][1] > figures[0.0, 0.0][1]


def test_mediators_relieve_whom_they_reconcile() -> None:
    hurt = {"types__commodity__legacy_mean": 0.9, "types__commodity__legacy_share": 1.0}
    calm, relieved = (city(cases__relief=relief, **MEDIATED, **QUIET, **hurt) for relief in (0.0, 1.0))
    for made in (calm, relieved):
        made.run()
    assert relieved.state.estates["grievance"].mean() < calm.state.estates["grievance"].mean()


def test_legal_enforcement_has_companies_bring_more_suits_and_does_nothing_besides() -> None:
    programme = {"kind": "legal_enforcement", "start": 13, "period": 6, "sued": 0.5}
    with_it, without = (
        city(one, cases__sue_rate=0.0, cases__exit_sue=0.0, **QUIET) for one in (programme, None)
    )
    assert counted(with_it, 36)["sued"] > 0 and counted(without, 36)["sued"] == 0
    assert {event[4] for event in with_it.events() if event[3] == "suit"} == {"policy"}
    assert paid(with_it, "programme") == 0, "companies and courts pay as for any suit"
    assert paid(with_it, "court_cases") > 0 and not with_it.state.estates["lever_recovery"].any()


def test_a_mediation_programme_brings_disputes_to_mediators_whom_it_pays() -> None:
    programme = {"kind": "mediation", "start": 2, "centre": 1000, "cases_share": 0.5}
    rich = {"government__district_budget": 1e8}
    with_it, without = (city(one, cases__sue_rate=0.0, **QUIET, **rich) for one in (programme, None))
    many, none = counted(with_it, 24), counted(without, 24)
    assert many["heard"] > 0 and many["settled"] > 0 and none["heard"] == 0
    assert paid(with_it, "programme") > 0 and paid(with_it, "mediated_cases") == 0
    assert not with_it.state.estates["lever_recovery"].any()
