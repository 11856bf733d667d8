"""Which parameters nobody has measured, and the ranges that they are varied over: one meaning for every command."""

from __future__ import annotations

from sim.parameters import PARAMETERS
from sim.parameters.registry import Parameter


def unmeasured() -> dict[str, tuple[float, float]]:
    """Plausible range of every parameter that nobody has measured (assumed or calibrated) and for which there is one.

    Those without are left out: all that a scenario may set is no statement about the world, and some of them define the
    outcomes. See `left_out`.
    """
    return {
        key: p.plausible
        for key, p in PARAMETERS.items()
        if p.status != "measured" and p.plausible and p.plausible[0] < p.plausible[1]
    }


def left_out() -> list[str]:
    """Parameters that nobody has measured and whose range nobody can state: they are held at their values."""
    varied = unmeasured()
    return [key for key, p in PARAMETERS.items() if p.status != "measured" and key not in varied]


def range_of(parameter: Parameter) -> tuple[float, float]:
    """The range of a parameter that is named without one: the plausible one, else all that a scenario may set."""
    return parameter.plausible or (parameter.low, parameter.high)
