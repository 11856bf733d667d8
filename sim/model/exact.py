"""Elementary functions with the same bits everywhere.

NumPy's and the C library's exp, log and pow differ between versions and instruction sets; one flipped last
bit can flip a decision. These use only + - * / and comparisons, each exactly rounded by IEEE 754, so plain
Python, NumPy arrays and compiled loops agree to the last bit. Functions that take float32
keep float32 throughout.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from sim.model.kernel import inlined, part, twin

F = np.float32

_ONE = F(1.0)
_EXP_LIMIT = F(20.0)
_EXP_STEP = F(1.0 / 128.0)
_C1 = F(1.0)
_C2 = F(1.0 / 2.0)
_C3 = F(1.0 / 6.0)
_C4 = F(1.0 / 24.0)
_C5 = F(1.0 / 120.0)


def where(condition: Any, this: Any, other: Any) -> Any:
    """`this` where the condition holds, else `other`; for scalars, arrays and compiled loops alike."""
    return np.where(condition, this, other)


def _where_compiled(condition: Any, this: Any, other: Any) -> Any:
    # Numba asks that both say the same of what they take
    def chosen(condition: Any, this: Any, other: Any) -> Any:
        return this if condition else other

    return chosen


twin(where, _where_compiled)


@inlined
def clip(x: Any, low: Any, high: Any) -> Any:
    """x bounded to [low, high]; scalars, arrays and compiled loops alike."""
    return where(x < low, low, where(x > high, high, x))


@inlined
def exp32(x: Any) -> Any:
    """e to the x in float32 for x in [-20, 20] (bounded to it); relative error under 2e-5.

    A Taylor polynomial at x / 128, squared seven times: branch-free, so compiled loops vectorise it.
    """
    y = clip(x, -_EXP_LIMIT, _EXP_LIMIT) * _EXP_STEP
    z = _C1 + y * (_C1 + y * (_C2 + y * (_C3 + y * (_C4 + y * _C5))))
    z = z * z
    z = z * z
    z = z * z
    z = z * z
    z = z * z
    z = z * z
    return z * z


# 1 / 13! … 1 / 0!: the Taylor polynomial of exp, for Horner's scheme
_INVERSE_FACTORIALS = tuple(1.0 / math.factorial(k) for k in range(13, -1, -1))
_ODD_INVERSES = tuple(1.0 / k for k in range(19, 0, -2))


@part
def exp64(x: float) -> float:
    """e to the x for one float64 in [-700, 700] (bounded to it); relative error about 1e-15."""
    x = min(max(x, -700.0), 700.0)
    halvings = math.floor(x * 1.4426950408889634 + 0.5)
    r = (x - halvings * 0.693145751953125) - halvings * 1.4286068203094173e-06
    total = _INVERSE_FACTORIALS[0]
    for inverse in _INVERSE_FACTORIALS[1:]:
        total = total * r + inverse
    return math.ldexp(total, int(halvings))


@part
def log64(x: float) -> float:
    """Natural logarithm of one positive float64; absolute error about 1e-15 for x near 1."""
    mantissa, exponent = math.frexp(x)
    if mantissa < 0.7071067811865476:
        mantissa = mantissa * 2.0
        exponent = exponent - 1
    z = (mantissa - 1.0) / (mantissa + 1.0)
    square = z * z
    total = 0.0
    for inverse in _ODD_INVERSES:
        total = total * square + inverse
    return 2.0 * z * total + exponent * 0.6931471805599453


@part
def power64(base: float, exponent: float) -> float:
    """base to the exponent for one non-negative base; 0 for base 0."""
    if base <= 0.0:
        return 0.0
    return exp64(exponent * log64(base))


@part
def normal_quantile(u: float) -> float:
    """The standard normal value below which a share u of the mass lies; u in (0, 1).

    Acklam's rational approximation: relative error 1.15e-9, so an absolute error
    under 1e-8 for any 32-bit word.
    """
    if u < 0.02425 or u > 0.97575:
        tail = u if u < 0.5 else 1.0 - u
        q = math.sqrt(-2.0 * log64(tail))
        top = (
            (
                ((-7.784894002430293e-03 * q - 3.223964580411365e-01) * q - 2.400758277161838e00) * q
                - 2.549732539343734e00
            )
            * q
            + 4.374664141464968e00
        ) * q + 2.938163982698783e00
        bottom = (
            ((7.784695709041462e-03 * q + 3.224671290700398e-01) * q + 2.445134137142996e00) * q
            + 3.754408661907416e00
        ) * q + 1.0
        value = top / bottom
        return value if u < 0.5 else -value
    q = u - 0.5
    r = q * q
    top = (
        (
            (
                ((-3.969683028665376e01 * r + 2.209460984245205e02) * r - 2.759285104469687e02) * r
                + 1.383577518672690e02
            )
            * r
            - 3.066479806614716e01
        )
        * r
        + 2.506628277459239e00
    ) * q
    bottom = (
        (
            ((-5.447609879822406e01 * r + 1.615858368580409e02) * r - 1.556989798598866e02) * r
            + 6.680131188771972e01
        )
        * r
        - 1.328068155288572e01
    ) * r + 1.0
    return top / bottom
