"""Whom programmes treat and when, what they may not do, and how they share what is scarce."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np
import pytest
from small_city import assert_same, events_of, ran, small_scenario

from sim.mesa_city import City
from sim.model.programmes.base import Intervention
from sim.model.state.events import Cause, Event
from sim.scenario import PROGRAMMES, setting
from sim.text import languages
from sim.words import Word

Act = Callable[[Any, Any, np.ndarray, float], None]


class Probe(Intervention, kind="probe"):
    """Does what a test tells it to, and keeps what it was given."""

    label_en: ClassVar[str] = "probe"
    label_zh: ClassVar[str] = "探针"
    mechanism: ClassVar[Word] = Word(zh="测试", en="test")
    risk: ClassVar[Word] = Word(zh="无", en="none")
    levers: ClassVar[tuple[str, ...]] = (
        "lever_trust",
        "lever_company_income",
        "policy.lag",
        "policy.capacity",
        "policy.staff",
    )
    payers: ClassVar[tuple[str, ...]] = ("district", "state")
    deed: ClassVar[Act] = lambda self, policy, rows, strength: None
    seen: ClassVar[list[tuple[str, int, list[int], float]]] = []

    size: float = setting(1.0, 0, 100, "", en="a number", zh="数")

    def act(self, policy: Any, rows: np.ndarray, strength: float) -> None:
        Probe.seen.append((self.name, policy.month, rows.tolist(), strength))
        Probe.deed(self, policy, rows, strength)


PROGRAMMES.pop("probe")

EXACT: dict[str, Any] = {"mechanisms": {"reporting": False}}  # government knows estates as they are


@pytest.fixture(autouse=True)
def probe(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Probe]]:
    monkeypatch.setitem(PROGRAMMES, "probe", Probe)
    monkeypatch.setattr(Probe, "deed", lambda self, policy, rows, strength: None)
    monkeypatch.setattr(Probe, "seen", [])
    yield Probe


def seen(*programmes: dict[str, Any], **changes: Any) -> list[tuple[str, int, list[int], float]]:
    ran(*({"kind": "probe", **programme} for programme in programmes), **changes)
    return Probe.seen


def test_it_acts_from_start_to_end() -> None:
    assert [(month, strength) for _, month, _, strength in seen({"start": 3, "end": 5}, months=9)] == [
        (3, 1.0),
        (4, 1.0),
        (5, 1.0),
    ]


def test_a_tapered_withdrawal_falls_to_nothing() -> None:
    calls = seen({"start": 2, "end": 3, "withdrawal": "tapered", "taper_months": 4}, months=12)
    assert [(month, strength) for _, month, _, strength in calls] == [
        (2, 1.0),
        (3, 1.0),
        (4, 0.75),
        (5, 0.5),
        (6, 0.25),
    ]


def test_nobody_is_taken_in_while_it_is_withdrawn() -> None:
    calls = seen(
        {"start": 1, "end": 3, "withdrawal": "tapered", "taper_months": 9, "capacity": 2.0}, months=10
    )
    assert [len(rows) for _, _, rows, _ in calls] == [2, 4, 6] + [
        6
    ] * 7  # the last month of strength is month 11


def test_a_lag_passes_between_taking_in_and_feeling_it() -> None:
    calls = seen({"start": 2, "lag": 3, "capacity": 1.0}, months=8)
    assert [len(rows) for _, _, rows, _ in calls] == [0, 0, 0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("capacity", "expected"),
    [(0.5, [0, 1, 1, 2, 2, 3]), (2.5, [2, 5, 7, 10, 12, 15]), (0.1, [0] * 6), (100.0, [60] * 6)],
)
def test_capacity_counts_estates_a_month_and_keeps_fractions(capacity: float, expected: list[int]) -> None:
    assert [len(rows) for _, _, rows, _ in seen({"capacity": capacity}, months=6)] == expected


def test_tenths_add_up_to_a_whole_estate() -> None:
    assert len(seen({"capacity": 0.1}, months=10)[-1][2]) == 1


def test_places_that_nobody_needed_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Probe, "suits", lambda self, policy: np.full(policy.estates.size, policy.month >= 6))
    assert [len(rows) for _, _, rows, _ in seen({"capacity": 2.0}, months=7)] == [0] * 5 + [2, 4]


@pytest.mark.parametrize(("share", "number"), [(0.0, 0), (0.3, 18), (0.1, 6), (0.999, 59), (1.0, 60)])
def test_share_max_bounds_how_many_are_treated(share: float, number: int) -> None:
    assert {len(rows) for _, _, rows, _ in seen({"targets": {"share_max": share}}, months=3)} == {number}


def test_the_order_decides_who_comes_first() -> None:
    first = {
        order: set(seen({"capacity": 10.0, "order": order, "name": order}, months=1, **EXACT)[-1][2])
        for order in ("worst_first", "easiest_first", "random")
    }
    start = City(small_scenario(**EXACT)).state.estates
    ease = np.argsort(start["paid_share"] + start["quality"] + start["condition"], kind="stable")
    assert first["worst_first"] == set(ease[:10]) and first["easiest_first"] == set(ease[-10:])
    assert first["random"] not in (first["worst_first"], first["easiest_first"])


def test_the_random_order_is_the_programmes_own_luck() -> None:
    alone = seen({"order": "random", "capacity": 5.0}, months=2)[-1][2]
    beside = seen({"name": "other", "order": "random"}, {"order": "random", "capacity": 5.0}, months=2)[-1][2]
    other = seen({"name": "other", "order": "random", "capacity": 5.0}, months=2)[-1][2]
    assert alone == beside != other


@pytest.mark.parametrize(
    "targets",
    [
        {"types": ["three_no"]},
        {"modes": ["none", "cleaning"]},
        {"stages": ["healthy"]},
        {"districts": [1]},
        {"old": True},
        {"old": False},
        {"age_min": 20.0},
        {"age_max": 15.0},
        {"age_min": 10.0, "age_max": 30.0, "old": True},
    ],
)
def test_targets_choose_estates(targets: dict[str, Any]) -> None:
    city = City(small_scenario({"kind": "probe", "targets": targets}, **EXACT))
    estates = city.state.estates
    names = {
        "types": ["commodity", "unit_built", "three_no", "resettlement"],
        "modes": ["market", "soe", "unit", "self", "cleaning", "none"],
        "stages": ["healthy", "strained", "spiralling", "collapsed", "recovering"],
    }
    columns = {"types": "type", "modes": "mode", "stages": "stage"}
    expected = []
    for row in range(estates.size):
        age = city.scenario.city.start_year - estates["built_year"][row]
        good = all(names[key][estates[columns[key]][row]] in targets.get(key, names[key]) for key in names)
        good &= estates["district"][row] in targets.get("districts", range(9)) and estates["old"][
            row
        ] == targets.get("old", estates["old"][row])
        if good and targets.get("age_min", 0) <= age <= targets.get("age_max", 999):
            expected.append(row)
    city.step()
    assert 0 < len(expected) < 60 and sorted(Probe.seen[0][2]) == expected


def test_those_taken_in_first_stay_first() -> None:
    calls = seen({"capacity": 7.0}, months=4)
    for (_, _, before, _), (_, _, after, _) in pairwise(calls):
        assert after[: len(before)] == before


def test_undeclared_levers_and_payers_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    for deed, named in (
        (lambda self, policy, rows, strength: policy.move("lever_norm", rows, 1.0), "lever_norm"),
        (lambda self, policy, rows, strength: policy.assign("companies.list", 0, 1), "companies.list"),
        (lambda self, policy, rows, strength: policy.spend("city", rows, 1), "city"),
    ):
        monkeypatch.setattr(Probe, "deed", deed)
        with pytest.raises(PermissionError, match=f"probe does not declare {named}"):
            seen({}, months=1)


def test_what_a_programme_reads_it_cannot_write(monkeypatch: pytest.MonkeyPatch) -> None:
    for table in ("estates", "companies", "committees", "government", "world"):

        def deed(self: Any, policy: Any, rows: Any, strength: float, table: str = table) -> None:
            read = getattr(policy, table)
            read[read.dtype.names[0]][0] = 1

        monkeypatch.setattr(Probe, "deed", deed)
        with pytest.raises(ValueError, match="read-only"):
            seen({}, months=1)


def test_a_wrong_declaration_fails_when_the_class_is_made() -> None:
    good = {
        "label_en": "x",
        "mechanism": Word(en="x"),
        "risk": Word(en="x"),
        "levers": ("lever_trust",),
        "act": Probe.act,
    }
    for wrong, error, match in (
        ({"levers": ("lever_trsut",)}, KeyError, "lever_trsut"),
        ({"payers": ("mayor",)}, ValueError, "mayor"),
        ({"label_en": ""}, ValueError, ", ".join(f"label_{lang}" for lang in languages())),
        ({"act": Intervention.act}, ValueError, "act"),
    ):
        fields = good | wrong
        with pytest.raises(error, match=match):
            type(
                "Wrong",
                (Intervention,),
                fields | {"__annotations__": {"label_en": ClassVar[str]}, "__module__": __name__},
                kind="wrong",
            )
        PROGRAMMES.pop("wrong", None)


def test_a_programme_can_pay_a_company_only_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        Probe, "deed", lambda self, policy, rows, strength: policy.spend("district", rows, 1, "companies")
    )
    with pytest.raises(ValueError, match="without a company"):
        seen({}, months=1)


def test_a_budget_that_runs_out_stops_payments_with_one_event_a_year(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        Probe, "deed", lambda self, policy, rows, strength: policy.spend("district", rows, 100_00)
    )
    city = ran({"kind": "probe", "start": 1}, months=30, government={"district_budget": 5000.0})
    paid = {
        month: sum(line[5] for line in city.ledger_lines if line[0] == month and line[4])
        for month in range(1, 31)
    }
    # three districts can pay 50 x 100 yuan each a year, so 150 of the 60 x 12 that are wanted
    assert [sum(paid[month] for month in range(first, first + 12)) for first in (1, 13)] == [
        15_000_00,
        15_000_00,
    ]
    assert all(paid[month] == 0 for month in (5, 12, 17, 24))
    events = events_of(city, "budget_exhausted")
    assert len(events) == 3 and {(event[0] - 1) // 12 for event in events} == {0, 1, 2}
    programmes = np.concatenate(city.month_events)
    assert (programmes["programme"][programmes["kind"] == int(Event.BUDGET_EXHAUSTED)] == 0).all()


def test_a_programme_keeps_to_its_own_yearly_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        Probe,
        "deed",
        lambda self, policy, rows, strength: policy.spend_together({"district": 60_00, "state": 40_00}, rows),
    )
    city = ran({"kind": "probe", "yearly_budget": 2500.0}, months=24)
    for year in (0, 1):
        assert (
            sum(line[5] for line in city.ledger_lines if line[4] and (line[0] - 1) // 12 == year) == 2500_00
        )
    assert [event[0] for event in events_of(city, "budget_exhausted")] == [1, 13]


def test_earlier_programmes_leave_less_for_later_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    served: dict[str, int] = {}

    def deed(self: Any, policy: Any, rows: np.ndarray, strength: float) -> None:
        served[self.name] = int(np.count_nonzero(policy.claim_staff("street", rows, self.size)))

    monkeypatch.setattr(Probe, "deed", deed)
    first, second = {"name": "first", "size": 0.5}, {"name": "second", "size": 0.3}
    seen(first, months=1)
    alone = served["first"]
    seen(second, first, months=1)
    assert served["first"] < alone < 60 and served["second"] > 0
    together = small_scenario(*({"kind": "probe", **one} for one in (first, second)))
    city = City(together)
    city.step()
    free, staff = city.state.government["staff_free"], city.state.government["staff"]
    assert (
        served["first"] == alone
        and (free >= 0).all()
        and np.isclose((staff - free).sum(), 0.5 * served["first"] + 0.3 * served["second"])
    )
    assert len(events_of(city, "staff_exhausted")) == 2


def test_one_programme_can_ease_the_work_of_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    def deed(self: Any, policy: Any, rows: np.ndarray, strength: float) -> None:
        if self.name == "linkage" and policy.month >= 3:
            policy.grant_relief("policy.lag", 0.5)
            policy.grant_relief("policy.capacity", 1.0)

    monkeypatch.setattr(Probe, "deed", deed)
    for pair in (
        [{"name": "linkage"}, {"lag": 2, "capacity": 1.0}],
        [{"lag": 2, "capacity": 1.0}, {"name": "linkage"}],
    ):
        Probe.seen.clear()
        calls = [rows for name, _, rows, _ in seen(*pair, months=7) if name == "probe"]
        assert [len(rows) for rows in calls] == [0, 0, 1, 3, 5, 7, 9], "whatever the order in the scenario"


def test_events_of_programmes_leave_the_phases_their_space(monkeypatch: pytest.MonkeyPatch) -> None:
    def deed(self: Any, policy: Any, rows: np.ndarray, strength: float) -> None:
        for _ in range(40):
            policy.events(rows, Event.PROBLEM_SOLVED, Cause.POLICY, 1.0)

    plain = ran(months=4)
    monkeypatch.setattr(Probe, "deed", deed)
    city = ran({"kind": "probe"}, months=4)
    told = city.events()
    assert sum(event[3] == "problem_solved" for event in told) == 4 * 40 * 60
    assert [
        event for event in told if event[3] not in ("problem_solved", "programme_started")
    ] == plain.events()


def test_threads_do_not_matter_to_programmes() -> None:
    programmes = [
        {"kind": kind, "start": 2} for kind in ("soe_fallback", "red_black_list", "operating_subsidy")
    ]
    scenario = small_scenario(*programmes, months=14)
    assert_same(City(scenario, threads=2).run(), City(scenario, threads=1).run())
