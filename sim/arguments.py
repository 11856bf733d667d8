"""The kinds of what a public call is given, seen to at its entry: what is of another kind is refused in words
that name the argument, before anything is loaded, listed or run."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from numbers import Integral, Real
from typing import Any

import numpy as np

from sim.errors import EstateError, ScenarioError, StudyError
from sim.problems import Problem, kind_of
from sim.text import Message, message

MOST_THREADS = 1024
MOST = 2**63 - 1  # of a whole number: a seed is a word of 63 bits, and nothing is counted further


def refused(
    argument: str, given: object, allowed: Message | str, error: type[EstateError] = StudyError
) -> EstateError:
    """The error to raise for an argument of the wrong kind: its name, what was found, what is allowed."""
    return error(message("problem.instead", place=argument, found=kind_of(given), allowed=allowed))


def whole(
    argument: str,
    given: object,
    least: int | None = None,
    most: int = MOST,
    error: type[EstateError] = StudyError,
) -> int:
    """A whole number that was given as `argument`, from `least` to `most`; `error` for anything else.

    Without a `least`, what is too small is for the call to say, which knows why.
    """
    if isinstance(given, Integral) and not isinstance(given, bool):
        plain = int(given)
        if (least is None or plain >= least) and plain <= most:
            return plain
        what = message("allowed.integer")
        raise refused(argument, given, message("allowed.range", what=what, low=least or 0, high=most), error)
    raise refused(argument, given, message("allowed.integer"), error)


def finite(argument: str, given: Any, error: type[EstateError] = StudyError) -> float:
    """A finite number that was given as `argument`, as it is; `error` for anything else."""
    if isinstance(given, Real) and not isinstance(given, bool) and is_finite(given):
        return given  # type: ignore[return-value]  # a Real, which counts as a float
    raise refused(argument, given, message("allowed.number"), error)


def is_finite(given: Real) -> bool:
    """Whether a number is finite as a floating number; no for a whole one that none can hold."""
    try:
        return math.isfinite(given)
    except OverflowError:
        return False


def number_of_threads(given: Any) -> int | None:
    """The number of threads that was given, None for as many as suit; EstateError for anything else."""
    return None if given is None else whole("threads", given, 1, MOST_THREADS, EstateError)


def truth(argument: str, given: Any, error: type[EstateError] = StudyError) -> bool:
    """A truth value that was given as `argument`; `error` for anything else."""
    if isinstance(given, bool) or (isinstance(given, Integral | np.bool_) and given in (0, 1)):
        return bool(given)
    raise refused(argument, given, message("allowed.truth"), error)


def check_function(argument: str, given: Any) -> None:
    """EstateError for what is neither a function nor None."""
    if not (given is None or callable(given)):
        raise refused(argument, given, message("allowed.function"), EstateError)


def text(argument: str, given: Any) -> str:
    """A text that was given as `argument`; StudyError for anything else and for an empty one."""
    if isinstance(given, str) and given:
        return given
    raise refused(argument, given, message("allowed.text_not_empty"))


def several(argument: str, given: Any, allowed: Message | None = None) -> Collection[Any]:
    """A list, tuple, range or array that was given as `argument`; StudyError for a text, a table or a single
    value."""
    if isinstance(given, str | bytes | Mapping) or not (
        hasattr(given, "__len__") and hasattr(given, "__iter__")
    ):
        raise refused(argument, given, message("allowed.list") if allowed is None else allowed)
    return given  # type: ignore[no-any-return]  # what has a length and can be gone through


def texts(argument: str, given: Any) -> Collection[str]:
    """A list of texts that was given as `argument`; StudyError for anything else."""
    for one in several(argument, given):
        if not isinstance(one, str):
            raise refused(argument, one, message("allowed.list_of_names"))
    return given  # type: ignore[no-any-return]  # every one was seen to be a text


def how_many(seeds: Any) -> int:
    """The number of seeds that were given, before they are listed; StudyError for what is no list."""
    return len(several("seeds", seeds, message("allowed.seeds", high=MOST)))


def seeds_of(seeds: Any) -> list[int]:
    """The seeds that were given; StudyError for what is no list of seeds."""
    how_many(seeds)
    allowed = message("allowed.seeds", high=MOST)
    for seed in seeds:
        if not isinstance(seed, Integral) or isinstance(seed, bool) or not 0 <= int(seed) <= MOST:
            raise refused("seeds", seed, allowed)
    return [int(seed) for seed in seeds]


def seeds_from(argument: str, first: Any, count: int) -> range:
    """`count` seeds from `first` on, which was given as `argument`; StudyError for what is no seed."""
    begin = whole(argument, first, 0, MOST - max(0, count - 1))
    return range(begin, begin + count)


def settings_of(overrides: Any) -> Mapping[str, Any]:
    """The overrides that were given, none for None; ScenarioError for what is no table of keys and values."""
    if overrides is None:
        return {}
    wrong = (
        [overrides]
        if not isinstance(overrides, Mapping)
        else [k for k in overrides if not isinstance(k, str)]
    )
    if wrong:
        raise ScenarioError([Problem("overrides", "", kind_of(wrong[0]), message("allowed.settings"))])
    return overrides  # type: ignore[no-any-return]  # a table of texts


def numbers_by_name(argument: str, given: Any) -> Mapping[str, float]:
    """Numbers by name that were given as `argument`, none for None; StudyError for anything else."""
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise refused(argument, given, message("allowed.numbers_by_name"))
    for name, value in given.items():
        if not isinstance(name, str):
            raise refused(argument, name, message("allowed.numbers_by_name"))
        finite(f"{argument} {name}", value)
    return given


def check_factors(argument: str, given: Any) -> None:
    """StudyError for what is neither a list of keys nor a table of ranges, a low and a high number by key."""
    allowed = message("allowed.keys_or_ranges")
    if not isinstance(given, Mapping):
        for key in several(argument, given, allowed):
            if not isinstance(key, str):
                raise refused(argument, key, allowed)
        return
    for key, ends in given.items():
        if not isinstance(key, str):
            raise refused(argument, key, allowed)
        if isinstance(ends, str | Mapping) or not hasattr(ends, "__len__") or len(ends) != 2:
            raise refused(f"{argument} {key}", ends, allowed)
        for end in ends:
            finite(f"{argument} {key}", end)
