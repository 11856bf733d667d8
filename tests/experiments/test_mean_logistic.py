"""The mean-field map's integral over owners is exact at any steepness, and its norm-only limits are known."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.special import expit, ndtr, ndtri

from sim.errors import StudyError
from sim.experiments.mean_field import (
    MeanField,
    Representative,
    mean_habitual,
    mean_logistic,
    mean_logistic_over,
)
from sim.words import PAYER_TYPES


def by_quadrature(centre: float, spread: float) -> float:
    """The same mean by adaptive quadrature, told where the choice turns."""

    def density(z: float) -> float:
        return float(expit(centre + spread * z)) * math.exp(-z * z / 2) / math.sqrt(2 * math.pi)

    turn = min(9.0, max(-9.0, -centre / spread))
    width = min(1.0, 40.0 / spread)
    breaks = sorted({-10.0, max(-10.0, turn - width), turn, min(10.0, turn + width), 10.0})
    parts = [
        quad(density, low, high, epsabs=1e-14, epsrel=1e-13, limit=500)[0]
        for low, high in zip(breaks[:-1], breaks[1:], strict=True)
    ]
    return math.fsum(parts)


@pytest.mark.parametrize("spread", [0.05, 0.5, 1.1, 2.0, 2.99, 3.01, 5.0, 7.5, 15.0, 60.0, 1000.0])
@pytest.mark.parametrize("centre", [-12.0, -2.5, 0.0, 0.4, 6.0])
def test_the_mean_over_owners_is_that_of_an_adaptive_quadrature(centre: float, spread: float) -> None:
    assert mean_logistic(centre, spread) == pytest.approx(by_quadrature(centre, spread), abs=2e-11)


@pytest.mark.parametrize("spread", [0.3, 1.5, 6.0])
def test_owners_with_habits_rest_where_their_record_and_their_choice_agree(spread: float) -> None:
    rest = float(mean_habitual(0.2, spread, 2.0, 0.6))
    # each owner's resting point by root finding, summed over the normal quantiles of owners
    shares = (np.arange(20_000) + 0.5) / 20_000
    owners = []
    for place in 0.2 + spread * ndtri(shares)[::40]:
        owners.append(
            brentq(lambda paid, here: expit(here + 2.0 * (paid - 0.6)) - paid, 0.0, 1.0, args=(place,))
        )
    assert rest == pytest.approx(np.mean(owners), abs=2e-3)
    assert mean_habitual(0.2, spread, 0.0, 0.6) == mean_logistic(0.2, spread)


def test_habit_draws_payers_and_refusers_apart_and_is_neutral_in_between() -> None:
    assert mean_habitual(2.0, 0.5, 2.0, 0.6) > mean_logistic(2.0, 0.5)
    assert mean_habitual(-2.0, 0.5, 2.0, 0.6) < mean_logistic(-2.0, 0.5)
    assert mean_habitual(0.0, 0.5, 2.0, 0.5) == pytest.approx(0.5)


def test_without_spread_every_owner_is_the_same() -> None:
    assert mean_logistic(0.7, 0.0) == pytest.approx(1 / (1 + math.exp(-0.7)), abs=1e-15)


def test_a_sharp_choice_is_the_distribution_of_thresholds_itself() -> None:
    """Granovetter's limit: with an endless norm weight an owner pays where more are
    seen to pay than the threshold."""
    weight, spread, mean = 1e7, 0.12, 0.25
    for seen in (0.0, 0.1, 0.3, 0.6):
        found = mean_logistic(weight * (seen - mean), weight * spread)
        assert found == pytest.approx(float(ndtr((seen - mean) / spread)), abs=1e-6)


@pytest.mark.parametrize("weight", [2.0, 30.0, 1e5])
def test_thresholds_given_as_a_distribution_are_those_of_the_parameters(weight: float) -> None:
    def normal(x: np.ndarray) -> np.ndarray:
        return np.asarray(ndtr((x - 0.55) / 0.15))

    for seen in (0.0, 0.4, 0.9):
        told = mean_logistic_over(normal, seen, 0.3, weight)
        assert told == pytest.approx(mean_logistic(0.3 + weight * (seen - 0.55), weight * 0.15), abs=1e-10)


def test_owners_of_a_negative_weight_pay_while_few_others_do() -> None:
    def even(x: np.ndarray) -> np.ndarray:
        return np.clip(x, 0.0, 1.0)

    assert mean_logistic_over(even, 0.2, 0.0, -1e6) == pytest.approx(0.8, abs=1e-5)
    assert mean_logistic_over(even, 0.2, 0.0, 1e6) == pytest.approx(0.2, abs=1e-5)
    assert mean_logistic_over(even, 0.2, 0.4, 0.0) == pytest.approx(1 / (1 + math.exp(-0.4)), abs=1e-15)


def test_thresholds_are_given_for_every_type_of_payer_and_without_a_spread_of_duty() -> None:
    with pytest.raises(StudyError, match=r"duty_spread: found 1, allowed 0"):
        MeanField(Representative(), None, dict.fromkeys(PAYER_TYPES, np.asarray))
    with pytest.raises(StudyError, match=r"found \['steady'\], allowed all of conditional"):
        MeanField(Representative(), {"payment.duty_spread": 0.0}, {"steady": np.asarray})


def test_a_fixed_point_at_full_payment_is_found() -> None:
    """Where everybody pays once everybody does, full payment is a resting point,
    though the map only touches it."""
    norm_only = Representative(
        satisfaction=0.6, grievance=0.0, burden=0.0, trust=0.5, vacancy=0.0, tenants=0.0
    )
    values = {
        "payment.base": 0.0,
        "payment.duty_spread": 0.0,
        "payment.threshold_mean": 0.5,
        "payment.norm_weight": 1e6,
        "payment.threshold_spread": 0.0,
        "payment.share_steady": 0.0,
        "payment.share_free_rider": 0.0,
        "payment.dimness": 0.0,
    }
    found = MeanField(norm_only, values).fixed_points(grid=51)
    assert found[-1] == (1.0, True)
