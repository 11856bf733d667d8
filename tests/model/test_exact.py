"""Elementary functions: as accurate as they say, and the same bits for scalars, arrays and compiled loops."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import cast

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtri

from sim.model.exact import clip, exp32, exp64, log64, normal_quantile, power64, where
from sim.model.luck import quantiles

F = np.float32
LOUD = settings(max_examples=300, deadline=None)


def compiled(function: Callable[..., float]) -> Callable[..., None]:
    """A compiled loop over a function of one float64."""

    @numba.njit(error_model="numpy")
    def loop(values: np.ndarray, out: np.ndarray) -> None:
        for i in range(values.size):
            out[i] = function(values[i])

    return cast(Callable[..., None], loop)


FAST = {f: compiled(f) for f in (exp64, log64, normal_quantile)}


@numba.njit(error_model="numpy")
def compiled_exp32(values: np.ndarray, out: np.ndarray) -> None:
    """exp32 in a compiled loop."""
    for i in range(values.size):
        out[i] = exp32(values[i])


@numba.njit(error_model="numpy")
def compiled_power(base: float, exponent: float) -> float:
    """power64 compiled."""
    return power64(base, exponent)


def test_exp32_is_within_its_error() -> None:
    x = np.linspace(-20, 20, 400_001).astype(F)
    exact = np.exp(x.astype(np.float64))
    assert np.max(np.abs(exp32(x) / exact - 1)) < 2e-5
    assert exp32(F(-1e9)) == exp32(F(-20)) and exp32(F(1e9)) == exp32(F(20)), "bounded, never 0 or infinite"


def test_exp64_is_within_its_error() -> None:
    for x in np.concatenate((np.linspace(-700, 700, 20_001), np.linspace(-1, 1, 20_001))):
        assert exp64(float(x)) == pytest.approx(math.exp(x), rel=2e-15)
    assert exp64(0.0) == 1.0
    assert exp64(1e6) == exp64(700.0)


def test_log64_is_within_its_error() -> None:
    for x in np.concatenate((np.linspace(0.5, 2, 20_001), np.geomspace(1e-300, 1e300, 20_001))):
        assert log64(float(x)) == pytest.approx(math.log(x), rel=1e-15, abs=1e-15)
    assert log64(1.0) == 0.0


def test_power64_is_within_its_error() -> None:
    for base in np.linspace(0, 1.5, 301):
        for exponent in (0.2, 0.65, 0.8, 1.0, 1.5):
            assert power64(float(base), exponent) == pytest.approx(base**exponent, rel=1e-14)
    assert power64(0.0, 0.8) == 0.0 and power64(-1.0, 0.8) == 0.0
    assert power64(1.0, 0.8) == 1.0, "full effort of full skill is full quality"


def test_normal_quantile_is_within_its_error() -> None:
    tails = np.geomspace(2.0**-33, 0.03, 20_001)
    u = np.concatenate((np.linspace(0.0001, 0.9999, 40_001), tails, 1 - tails))
    assert np.max(np.abs(quantiles(u) - ndtri(u))) < 1e-8
    assert normal_quantile(0.5) == 0.0


@LOUD
@given(st.lists(st.floats(-30, 30, width=32), min_size=1, max_size=20))
def test_exp32_has_the_same_bits_everywhere(values: list[float]) -> None:
    x = np.array(values, F)
    out = np.empty_like(x)
    compiled_exp32(x, out)
    scalars = [exp32(F(value)) for value in values]
    assert all(scalar.dtype == np.float32 for scalar in scalars)
    assert exp32(x).tobytes() == out.tobytes() == np.array(scalars, F).tobytes()


@LOUD
@given(st.lists(st.floats(1e-300, 700), min_size=1, max_size=20))
def test_exp_and_log_have_the_same_bits_compiled(values: list[float]) -> None:
    same_bits(exp64, values)
    same_bits(exp64, [-value for value in values])
    same_bits(log64, values)


@LOUD
@given(st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=20))
def test_quantiles_have_the_same_bits_compiled(words: list[int]) -> None:
    same_bits(normal_quantile, [(word + 0.5) / 2**32 for word in words])


@LOUD
@given(st.floats(0, 3), st.floats(0.2, 1.5))
def test_powers_have_the_same_bits_compiled(base: float, exponent: float) -> None:
    assert (
        np.float64(power64(base, exponent)).tobytes() == np.float64(compiled_power(base, exponent)).tobytes()
    )


@given(st.floats(-2, 2, width=32), st.floats(-1, 0, width=32), st.floats(0, 1, width=32))
def test_clip_and_where_mean_what_they_say(x: float, low: float, high: float) -> None:
    assert clip(F(x), F(low), F(high)) == min(max(F(x), F(low)), F(high))
    assert where(F(x) > F(0), F(low), F(high)) == (F(low) if x > 0 else F(high))


def same_bits(function: Callable[..., float], values: list[float]) -> None:
    """Plain Python and a compiled loop give the same bits."""
    array = np.array(values)
    out = np.empty_like(array)
    FAST[function](array, out)
    plain = np.array([function(value) for value in values])
    assert plain.tobytes() == out.tobytes()
