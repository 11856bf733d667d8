"""Which parameters nobody has measured, and the ranges that they are varied over: one
meaning for every command."""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite

from sim.errors import StudyError
from sim.model.parameters import PARAMETERS
from sim.model.parameters.registry import Parameter
from sim.text import message


def unmeasured() -> dict[str, tuple[float, float]]:
    """Plausible range of every parameter that nobody has measured (assumed or calibrated)
    and for which there is one.

    Those without are left out: all that a scenario may set is no statement about the world, and some of them
    define the outcomes. See `left_out`.
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
    """The range of a parameter that is named without one: the plausible one, else
    all that a scenario may set."""
    return parameter.plausible or (parameter.low, parameter.high)


def stated_ranges(texts: Iterable[str], option: str = "--parameter") -> dict[str, tuple[float, float]] | None:
    """Ranges by key of `KEY` (a parameter over its plausible range) or `KEY=LOW:HIGH`; None for no texts.

    StudyError, naming the option, for anything else.
    """
    ranges: dict[str, tuple[float, float]] = {}
    for text in texts:
        key, equals, written = text.partition("=")
        parameter = PARAMETERS.get(key.removeprefix("parameters."))
        if not equals and parameter is not None:
            ranges[parameter.key] = range_of(parameter)
            continue
        try:
            low, high = (float(part) for part in written.split(":"))
            if not (key and isfinite(low) and isfinite(high)):
                raise ValueError(text)
        except ValueError:
            allowed = message("allowed.key_or_range")
            raise StudyError(
                message("problem.instead", place=option, found=repr(text), allowed=allowed)
            ) from None
        if not low < high:  # refused here, where it is known who said so
            place, allowed = f"{option} {text}", message("study.above_low", low=f"{low:g}")
            raise StudyError(message("problem.instead", place=place, found=f"{high:g}", allowed=allowed))
        ranges[key] = (low, high)
    return ranges or None
