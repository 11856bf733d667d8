"""Plans that react: what conditions decide, what they see, and what a pause is for each kind of programme."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from first_version import first_version
from small_city import assert_same, columns, events_of, paid_by, ran, recorded, small_scenario

from sim.errors import ScenarioError
from sim.mesa_city import City
from sim.model import branch
from sim.model.engine import Engine
from sim.model.programmes import reaction
from sim.model.programmes.describe import kinds
from sim.model.state.estates import LEVER_NAMES
from sim.scenario import Scenario, to_data, with_overrides
from sim.scenario.overrides import with_programmes

START, MONTHS = 4, 16
ALWAYS: dict[str, Any] = {"measure": "quality", "at_least": 0.0}
NEVER: dict[str, Any] = {"measure": "quality", "below": 0.0}


def from_month(month: int) -> dict[str, Any]:
    """A condition that is met from a month on, whatever happens: months in a row are counted from month 1."""
    return ALWAYS | {"months": month}


def of_month(figure: Callable[[int], float]) -> Callable[..., None]:
    """What conditions see, where the figure of the city is one by the month."""

    def see(*arguments: Any) -> None:
        *_, world, seen = arguments
        seen[:, 0] = figure(int(world["month"][0]))

    return see


@pytest.fixture(scope="module")
def untouched() -> City:
    return ran(months=MONTHS)


def without_causes(city: City) -> list[Any]:
    """Events without what tells a condition from a date."""
    return [(*event[:4], event[5]) for event in city.events()]


def assert_same_but_for_causes(one: City, other: City) -> None:
    left, right = columns(one), columns(other)
    for name, part in left.items():
        assert np.array_equal(part, right[name], equal_nan=part.dtype.kind == "f"), name
    assert without_causes(one) == without_causes(other)
    assert one.ledger_lines == other.ledger_lines
    for name, part in recorded(one)[2].items():
        assert np.array_equal(part, recorded(other)[2][name], equal_nan=part.dtype.kind == "f"), name


# conditions that always or never hold, for every kind of programme


@pytest.mark.parametrize("kind", kinds())
def test_conditions_that_always_hold_are_as_if_they_were_not_there(kind: str) -> None:
    plain = ran({"kind": kind, "start": START}, months=MONTHS)
    conditions = {"start": ALWAYS, "pause": NEVER, "end": NEVER}
    assert_same(
        ran({"kind": kind, "start": START, "when": conditions, "where": conditions}, months=MONTHS), plain
    )


@pytest.mark.parametrize("kind", kinds())
@pytest.mark.parametrize(
    "conditions",
    [
        {"when": {"start": NEVER}},
        {"where": {"start": NEVER}},
        {"when": {"pause": ALWAYS}},
        {"where": {"end": ALWAYS}},
    ],
    ids=["starts never", "starts nowhere", "rests always", "over everywhere"],
)
def test_a_programme_whose_condition_never_lets_it_begin_changes_nothing(
    kind: str, conditions: dict[str, Any], untouched: City
) -> None:
    assert_same(ran({"kind": kind, "start": START, **conditions}, months=MONTHS), untouched)


@pytest.mark.parametrize("kind", kinds())
def test_a_condition_that_is_first_met_in_a_month_starts_the_programme_as_that_date_would(kind: str) -> None:
    by_date = ran({"kind": kind, "start": 7}, months=MONTHS)
    by_condition = ran({"kind": kind, "start": 2, "when": {"start": from_month(7)}}, months=MONTHS)
    assert_same_but_for_causes(by_condition, by_date)
    assert [event[4] for event in events_of(by_condition, "programme_started")] == ["condition"]


@pytest.mark.parametrize("kind", kinds())
@pytest.mark.parametrize("withdrawal", ["sudden", "tapered"])
def test_a_condition_ends_a_programme_as_a_date_would(kind: str, withdrawal: str) -> None:
    common = {"kind": kind, "start": 2, "withdrawal": withdrawal, "taper_months": 4}
    by_date = ran(common | {"end": 8}, months=MONTHS)
    by_condition = ran(common | {"when": {"end": from_month(9)}}, months=MONTHS)
    assert [event[4] for event in events_of(by_condition, "programme_ended")] == ["condition"]
    assert_same_but_for_causes(by_condition, by_date)


# what a pause is


@pytest.mark.parametrize("kind", kinds())
@pytest.mark.parametrize("part", ["when", "where"])
def test_where_a_programme_rests_nothing_is_moved_paid_or_claimed(kind: str, part: str) -> None:
    city = City(
        small_scenario({"kind": kind, "start": 2, part: {"pause": from_month(9)}}, months=MONTHS), seed=3
    )
    act, quiet = city.policy.act, []

    def watched() -> None:
        state = city.state
        before, staff = columns(city), state.government["staff_free"].copy()
        act()
        if city.policy.month < 9:
            return
        changed = {
            name
            for name, part in columns(city).items()
            if not np.array_equal(part, before[name], equal_nan=part.dtype.kind == "f")
        }
        assert changed <= {"world.events"}, changed
        assert not any(state.estates[name].any() for name in LEVER_NAMES)
        assert not state.books.programme_flows and not any(city.policy.granted.values())
        assert np.array_equal(staff, state.government["staff_free"])
        quiet.append(city.policy.month)

    city.policy.act = watched  # type: ignore[method-assign]
    city.run()
    assert quiet == list(range(9, MONTHS + 1))
    paused = events_of(city, "programme_paused")
    if part == "when":
        assert [event[:2] for event in paused] == [(9, -1)]
    elif paused:
        assert {event[0] for event in paused} == {9} and all(event[1] >= 0 for event in paused)


@pytest.mark.parametrize("kind", kinds())
def test_estates_in_which_it_rests_feel_nothing_while_it_works_in_others(kind: str) -> None:
    pause = {"measure": "satisfaction", "below": 0.5}
    programme: dict[str, Any] = {"kind": kind, "start": 2, "where": {"pause": pause}}
    if kind == "coverage_drive":  # what is covered on paper is moved every month after the first deadline
        programme |= {"primary": 4, "exaggeration": 1.0, "checked": 0.0}
    city = City(small_scenario(programme, months=30), seed=3)
    act = city.policy.act
    rested, worked = 0, 0

    def watched() -> None:
        nonlocal rested, worked
        act()
        one = city.policy.programme_states[0]
        assert one.reaction is not None
        rows = np.flatnonzero(one.reaction.stance == reaction.RESTS)
        estates = city.state.estates
        spilt = {"lever_norm"} if kind == "soe_fallback" else set()  # neighbours compare, treated or not
        moved = {name for name in LEVER_NAMES if estates[name][rows].any()} - spilt
        assert not moved, moved
        rested, worked = rested + rows.size, worked + one.rows(city.policy.month, 0.0).size

    city.policy.act = watched  # type: ignore[method-assign]
    city.run()
    if one_pauses := events_of(city, "programme_paused"):
        assert rested >= len(one_pauses) and all(event[1] >= 0 for event in one_pauses)
    if kind in ("disclosure", "coverage_drive", "publicity", "red_neighbour"):
        assert rested and worked  # the test looks at something


def paused_between(low: float, high: float) -> dict[str, Any]:
    """It rests when so little of its own yearly budget is left, until so much is there again."""
    left = {"measure": "own_budget_left"}
    return {"pause": left | {"below": low}, "resume": left | {"at_least": high}}


def test_a_programme_rests_when_its_money_runs_low_and_goes_on_in_the_next_year() -> None:
    programme = {
        "kind": "operating_subsidy",
        "start": 1,
        "yearly_budget": 2e5,
        "targets": {"share_max": 1.0},
        "when": paused_between(0.5, 0.9),
    }
    city = City(small_scenario(programme, months=36), seed=1)
    total = int(city.state.books.balances.sum())
    spent = []
    for _ in range(36):
        city.step()
        assert int(city.state.books.balances.sum()) == total  # no fen is made or lost, resting or not
        spent.append(sum(city.pages[-1].programme_flows.values()))
    paused = [event[0] for event in events_of(city, "programme_paused")]
    resumed = [event[0] for event in events_of(city, "programme_resumed")]
    assert resumed == [13, 25] and len(paused) == 3
    resting = {
        month for first, last in zip(paused, [*resumed, 37], strict=True) for month in range(first, last)
    }
    assert all((fen == 0) == (month in resting) for month, fen in enumerate(spent, 1))
    for year in range(3):  # rests with less than half left: what the budget promises is kept
        assert 1e7 < sum(spent[12 * year : 12 * year + 12]) <= 2e7
    started, ended = (events_of(city, f"subsidy_{name}") for name in ("started", "ended"))
    assert {event[0] for event in ended if event[4] == "condition"} == set(paused)
    assert {event[0] for event in started} >= {1, 13, 25}


def test_months_at_rest_do_not_count_as_months_in_force() -> None:
    plain = {"kind": "performance_award", "start": 1, "period": 6}
    series = {month: 1.0 if 4 <= month < 8 else 0.0 for month in range(1, 37)}
    awards = [event[0] for event in events_of(ran(plain, months=24), "award_paid")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reaction, "see_figures", of_month(lambda month: series[month]))
        rested = ran(plain | {"when": {"pause": {"measure": "quality", "at_least": 0.5}}}, months=24)
    assert sorted(set(awards)) == [7, 13, 19]
    assert sorted({event[0] for event in events_of(rested, "award_paid")}) == [11, 17, 23]


def test_preparation_stops_while_the_programme_rests_and_what_is_built_stays() -> None:
    common = {"kind": "retrofit", "start": 1, "lag": 5, "owner_share": 0.0, "district_share": 0.0}
    series = {month: 1.0 if 3 <= month < 9 else 0.0 for month in range(1, 37)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reaction, "see_figures", of_month(lambda month: series[month]))
        pause = {"pause": {"measure": "quality", "at_least": 0.5}}
        rested = ran(common | {"when": pause}, months=24)
    dates = lambda city: {event[1]: event[0] for event in events_of(city, "retrofit")}  # noqa: E731
    before, after = dates(ran(common, months=24)), dates(rested)
    first = [estate for estate, month in before.items() if month == 6]
    assert first and all(after[estate] == 6 + 6 for estate in first)
    assert len(events_of(rested, "retrofit")) == len(dates(rested))  # never twice


def test_secretaries_go_home_for_a_pause_and_others_come() -> None:
    series = {month: 1.0 if 5 <= month < 8 else 0.0 for month in range(1, 37)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reaction, "see_figures", of_month(lambda month: series[month]))
        city = ran(
            {"kind": "red_neighbour", "start": 1, "when": {"pause": {"measure": "quality", "at_least": 0.5}}},
            months=12,
        )
    sent, left = events_of(city, "secretary_sent"), events_of(city, "secretary_left")
    gone = [event for event in left if event[4] == "condition"]
    assert gone and {event[0] for event in gone} == {5}
    assert {event[0] for event in sent} >= {1, 8} and not {event[0] for event in sent} & {5, 6, 7}


# hysteresis


@pytest.mark.parametrize(("least_on", "least_off", "changes"), [(1, 1, 11), (1, 4, 3), (5, 1, 3)])
def test_a_figure_that_goes_up_and_down_turns_the_programme_as_often_as_least_times_allow(
    least_on: int, least_off: int, changes: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reaction, "see_figures", of_month(lambda month: float(month % 2 == 0)))
        when = {
            "pause": {"measure": "quality", "at_least": 0.5},
            "least_on": least_on,
            "least_off": least_off,
        }
        city = ran({"kind": "disclosure", "start": 1, "when": when}, months=12)
    turned = sorted(
        event[0] for kind in ("paused", "resumed") for event in events_of(city, f"programme_{kind}")
    )
    assert len(turned) == changes, turned
    for kind, least in (("paused", least_on), ("resumed", least_off)):
        for event in events_of(city, f"programme_{kind}"):
            before = max((month for month in turned if month < event[0]), default=1)
            assert event[0] - before >= least


def test_it_goes_on_only_when_the_figure_has_crossed_both_levels() -> None:
    values = [0.9, 0.9, 0.4, 0.55, 0.55, 0.75, 0.75, 0.55, 0.4, 0.4]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reaction, "see_figures", of_month(lambda month: values[month - 1]))
        when = {
            "pause": {"measure": "quality", "below": 0.5},
            "resume": {"measure": "quality", "at_least": 0.7},
        }
        city = ran({"kind": "disclosure", "start": 1, "when": when}, months=10)
    assert [event[0] for event in events_of(city, "programme_paused")] == [3, 9]
    assert [event[0] for event in events_of(city, "programme_resumed")] == [6]


# growth


def test_a_programme_grows_by_steps_in_what_it_takes_in() -> None:
    grow = from_month(5) | {"what": "capacity", "by": 1.0, "times": 2, "apart": 3}
    plain = {"kind": "disclosure", "start": 1, "capacity": 1.0}
    city = City(small_scenario(plain | {"when": {"grow": grow}}, months=12), seed=1)
    taken = []
    for _ in range(12):
        before = city.policy.programme_states[0].queue.size
        city.step()
        taken.append(city.policy.programme_states[0].queue.size - before)
    assert taken == [1, 1, 1, 1, 2, 2, 2, 4, 4, 4, 4, 4]
    assert [event[0] for event in events_of(city, "programme_grew")] == [5, 8]


def test_a_yearly_budget_and_a_greatest_share_grow_too() -> None:
    budget = {"kind": "operating_subsidy", "start": 1, "yearly_budget": 5e4}
    grow = {"grow": from_month(13) | {"what": "yearly_budget", "by": 1.0}}
    city = ran(budget | {"when": grow}, months=24)
    by_year = [0, 0]
    for month, _, _, _, programme, fen in city.ledger_lines:
        if programme:
            by_year[(month - 1) // 12] += fen
    assert 0 < by_year[0] <= 5e6 < by_year[1] <= 1e7
    share = {"kind": "disclosure", "start": 1, "targets": {"share_max": 0.2}}
    grow = {"grow": from_month(6) | {"what": "share_max", "by": 1.0}}
    few, more = (ran(share | extra, months=12) for extra in ({}, {"when": grow}))
    sizes = [one.policy.programme_states[0].queue.size for one in (few, more)]
    assert sizes[1] >= 2 * sizes[0] - 1 > 0


# the single estate


def test_only_estates_that_were_seen_to_be_bad_for_so_long_are_taken_in_and_left_when_they_are_better() -> (
    None
):
    where = {
        "start": {"measure": "collection", "below": 0.6, "months": 6},
        "end": {"measure": "collection", "at_least": 0.65},
    }
    city = City(small_scenario({"kind": "operating_subsidy", "start": 1, "where": where}, months=48), seed=2)
    seen, treated = [], []
    for _ in range(48):
        seen.append(city.state.estates["reported_rate"].copy())  # what is known when programmes act
        city.step()
        treated.append(np.sort(city.policy.programme_states[0].queue))
    rates = np.array(seen)
    reached = {event[1]: event[0] for event in events_of(city, "programme_reached")}
    left = {event[1]: event[0] for event in events_of(city, "programme_left")}
    since = city.policy.programme_states[0].since
    taken = np.flatnonzero(since)
    assert taken.size and left and set(reached) <= set(taken)
    for estate in taken:
        month = since[estate]
        assert month >= 6 and (rates[month - 6 : month, estate] < 0.6).all()
    for estate, month in left.items():
        assert rates[month - 1, estate] >= 0.65 and estate not in treated[month - 1]
        assert estate in treated[month - 2]
        assert all(estate not in rows for rows in treated[month:])  # over there for good
    never = np.setdiff1d(np.arange(rates.shape[1]), taken)
    runs = np.lib.stride_tricks.sliding_window_view(rates < 0.6, 6, axis=0).all(axis=-1)
    able = city.policy.estates["mode"] != 2  # an employer's estate is none of the subsidy's
    assert not (runs[:, never] & able[never]).any() or not able[never].all()


# what government sees


@pytest.mark.parametrize("lag", [0, 1, 4])
@pytest.mark.parametrize("part", ["when", "where"])
def test_what_is_not_yet_reported_changes_nothing(lag: int, part: str) -> None:
    quiet = {f"noise_{name}": 0.0 for name in ("collection", "service", "satisfaction")}
    changes = {
        "mechanisms": {"reporting": True},
        "parameters": {"reporting": {"interval": 1.0, "lag": float(lag)} | quiet},
    }
    condition = {"start": {"measure": "condition", "below": 0.05}}
    programme = {"kind": "disclosure", "start": 1, part: condition}
    # with the other rules companies leave ruins within these months, and that they are gone is seen at once
    scenario = small_scenario(programme, months=20, world=first_version, **changes)
    city, twin = City(scenario, seed=1), City(scenario, seed=1)
    city.run(6), twin.run(6)
    twin.state.estates["condition"][:] = (
        0.01  # everything falls into ruin after the report of month 6 was made
    )
    for month in range(7, 8 + lag + 1):
        city.step(), twin.step()
        mine, other = (one.policy.programme_states[0] for one in (city, twin))
        started = [event[0] for event in events_of(twin, "programme_started")]
        if (
            month <= 7 + lag
        ):  # the first report of it, of month 7, arrives at the end of this month at the latest
            assert not started and not paid_by(twin)
            for name, held in other.reaction.arrays().items():  # type: ignore[union-attr]
                assert np.array_equal(held, mine.reaction.arrays()[name]), name  # type: ignore[union-attr]
        else:
            assert started == [8 + lag]
    assert not events_of(city, "programme_started")


def test_without_reports_government_sees_the_end_of_last_month() -> None:
    programme = {"kind": "disclosure", "start": 1, "when": {"start": {"measure": "condition", "below": 0.05}}}
    changes = {"mechanisms": {"reporting": False}}
    city = City(small_scenario(programme, months=20, **changes), seed=1).run(6)
    city.state.estates["condition"][:] = 0.01
    city.step()
    assert [event[0] for event in events_of(city, "programme_started")] == [7]


# kept, and gone on with


def test_a_city_that_is_kept_while_programmes_react_goes_on_bit_for_bit() -> None:
    where = {
        "start": {"measure": "collection", "below": 0.7, "months": 3},
        "pause": {"measure": "quality", "below": 0.3},
    }
    programmes = (
        {
            "kind": "operating_subsidy",
            "start": 1,
            "yearly_budget": 3e5,
            "when": paused_between(0.5, 0.9),
            "where": where,
        },
        {"kind": "publicity", "start": 1, "when": {"start": from_month(5), "pause": from_month(9)}},
    )
    scenario = small_scenario(*programmes, months=30)
    whole = Engine(scenario, seed=5).run()
    for month in (3, 10, 20):
        half = Engine(scenario, seed=5).run(month)
        again = Engine(scenario, seed=5)
        assert branch.put_back(again, scenario, branch.keep(half))
        assert again.run(30 - month).events() == whole.events()
        assert branch.digest_of(again.state) == branch.digest_of(whole.state)


def test_a_plan_may_get_or_lose_conditions_on_the_way() -> None:
    plain = small_scenario({"kind": "disclosure", "start": 1}, months=20)
    pausing = small_scenario(
        {"kind": "disclosure", "start": 1, "when": {"pause": ALWAYS | {"months": 3}}}, months=20
    )
    for first, second, paused in ((plain, pausing, [13]), (pausing, plain, [3])):
        city = Engine(first, seed=1)
        for _ in branch.go(city, [(second, 11)]):
            pass
        assert [event[0] for event in city.events() if event[3] == "programme_paused"] == paused
        assert city.policy.programme_states[0].paused == (second is pausing)


# how a condition is written


def written(**programme: Any) -> Scenario:
    table = {"kind": "operating_subsidy", "name": "aid", "start": 1, **programme}
    return with_programmes(small_scenario(months=12), table)


@pytest.mark.parametrize(
    ("programme", "key", "told"),
    [
        ({"when": {"start": {"measure": "collection"}}}, "when.start", "at_least"),
        ({"when": {"start": ALWAYS | {"below": 0.5}}}, "when.start.at_least", "at_least and below together"),
        (
            {"when": {"start": {"measure": "colection", "below": 0.5}}},
            "when.start.measure",
            "did you mean 'collection'",
        ),
        ({"when": {"start": {"below": 0.5}}}, "when.start.measure", "nothing"),
        ({"when": {"start": {"measure": "quality", "below": 50}}}, "when.start.below", "0 to 1"),
        ({"when": {"begin": ALWAYS}}, "when.begin", "unknown key"),
        ({"when": {"start": ALWAYS | {"months": 0}}}, "when.start.months", "1 to 1200"),
        (
            {"where": {"start": {"measure": "city_budget_left", "below": 0.5}}},
            "where.start.measure",
            "collection",
        ),
        ({"where": {"grow": ALWAYS}}, "where.grow", "unknown key"),
        ({"when": {"resume": ALWAYS}}, "when.resume", "without a pause"),
        ({"when": {"grow": ALWAYS}}, "when.grow.what", "capacity"),
        (
            {"when": {"end": {"measure": "own_budget_left", "below": 0.1}}},
            "when.end.measure",
            "yearly_budget",
        ),
        (
            {"when": {"end": {"measure": "city_budget_left", "below": 0.1, "among": "targets"}}},
            "when.end.among",
            "not that of estates",
        ),
        ({"when": "collection < 0.5"}, "when", "table"),
    ],
)
def test_a_condition_that_cannot_be_is_refused_with_its_key(
    programme: dict[str, Any], key: str, told: str
) -> None:
    with pytest.raises(ScenarioError) as refused:
        written(**programme)
    assert any(
        f"interventions.aid.{key}" in str(one) or str(one.key).endswith(key) for one in refused.value.problems
    )
    assert told in str(refused.value), str(refused.value)


def test_a_level_is_a_setting_like_any_other() -> None:
    scenario = written(when={"start": {"measure": "collection", "below": 0.5, "months": 6}})
    changed = with_overrides(
        scenario,
        {
            "interventions.aid.when.start.at_least": 0.25,
            "interventions.aid.where.start.measure": "quality",
            "interventions.aid.where.start.below": 0.4,
        },
    ).interventions[0]
    assert changed.when is not None and changed.when.start is not None and changed.where is not None
    assert (changed.when.start.at_least, changed.when.start.below, changed.when.start.months) == (
        0.25,
        None,
        6,
    )
    assert changed.where.start is not None and changed.where.start.below == 0.4
    assert Scenario.model_validate(to_data(scenario)) == scenario
