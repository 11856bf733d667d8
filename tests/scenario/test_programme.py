"""The registry of programmes and what all programmes share."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import EstateError, ScenarioError
from sim.problems import Problem
from sim.scenario import PROGRAMMES, Programme, Targets, setting
from sim.scenario.tables import apportion

pytestmark = pytest.mark.usefixtures("small_world")


def test_a_programme_knows_its_kind_and_is_named_after_it() -> None:
    award: Any = PROGRAMMES["example_award"]()  # type: ignore[call-arg]
    assert (award.kind, award.name, award.start, award.end, award.capacity) == ("example_award",) * 2 + (
        1,
        None,
        None,
    )
    assert award.targets == Targets()


def test_a_second_class_of_one_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="already declared"):

        class Impostor(Programme, kind="example_award"):
            """Takes a kind that exists."""

    assert PROGRAMMES["example_award"].__name__ == "ExampleAward"


def test_a_shared_base_without_kind_is_not_registered() -> None:
    before = set(PROGRAMMES)

    class Shared(Programme):
        """Settings that several programmes share."""

        rate: float = setting(0.5, 0, 1, "share", en="a rate", zh="比率")

    assert set(PROGRAMMES) == before


def test_a_default_outside_its_range_fails_when_declared() -> None:
    with pytest.raises(ValueError, match=r"default 3 outside \[0, 1\]"):
        setting(3, 0, 1, "share", en="a share", zh="占比")


def test_errors_survive_the_way_back_from_a_worker() -> None:
    error = ScenarioError([Problem("a.toml", "months", "0", "1 to 1200", "month")])
    copied = pickle.loads(pickle.dumps(error))
    assert (
        isinstance(copied, ScenarioError)
        and isinstance(copied, EstateError)
        and copied.problems == error.problems
        and str(copied) == str(error)
    )
    assert str(error) == "a.toml: months: found 0; allowed: 1 to 1200; did you mean 'month'?"


@given(
    total=st.integers(0, 10_000),
    shares=st.dictionaries(st.sampled_from("abcdef"), st.floats(0, 1), min_size=1).filter(
        lambda s: sum(s.values()) > 1e-3
    ),
)
def test_apportioned_numbers_sum_and_stay_within_one_of_their_share(
    total: int, shares: dict[str, float]
) -> None:
    numbers = apportion(total, shares)
    assert sum(numbers.values()) == total and list(numbers) == list(shares)
    for name, number in numbers.items():
        assert abs(number - total * shares[name] / sum(shares.values())) < 1 + 1e-6


def test_nothing_can_be_apportioned_by_nothing() -> None:
    with pytest.raises(ValueError, match="positive sum"):
        apportion(3, {"a": 0.0})
