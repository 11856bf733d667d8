"""Compiling the model's loops: one decorator, and a cache that can never be stale.

Numba's on-disk cache looks at the file of the compiled function only, so a change in a function that it calls
from another file would go unnoticed. Here the cache folder carries the hash of the
whole model source instead.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from functools import cache, wraps
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
import numpy as np
from numba.core import config as numba_config
from numba.extending import register_jitable

from sim.cache import cache_root
from sim.fingerprint import COMPILED_SOURCE, raw_hash

Function = TypeVar("Function", bound=Callable[..., Any])


@cache
def cache_folder() -> Path:
    """Where compiled kernels are kept: per user, per compiled source, per Numba,
    NumPy and instruction set."""
    versions = f"numba{numba.__version__}-numpy{np.__version__}"
    target = os.environ.get("NUMBA_CPU_NAME", "host") + os.environ.get("NUMBA_CPU_FEATURES", "")
    target_hash = hashlib.sha256(target.encode()).hexdigest()[:6]
    return cache_root() / "kernels" / f"{raw_hash(COMPILED_SOURCE)}-{versions}-{target_hash}"


def compiled_before() -> bool:
    """True if the kernels of this model source were compiled on this machine before, or are
    not to be compiled at all."""
    return bool(numba_config.DISABLE_JIT) or (cache_folder() / "complete").exists()


def mark_compiled() -> None:
    """Remember that every kernel has been compiled once (see `compiled_before`)."""
    cache_folder().mkdir(parents=True, exist_ok=True)
    (cache_folder() / "complete").touch()


def kernel(function: Function) -> Function:
    """Compile `function` without the interpreter lock and without fast-math, cached by model source.

    No fast-math: the same bits on every instruction set, and equal to the pure-NumPy twin. With
    NUMBA_DISABLE_JIT=1 the function runs as Python instead (see `uncompiled`), with the same bits,
    some hundred times slower.
    """
    if numba_config.DISABLE_JIT:
        return uncompiled(function)
    saved = numba_config.CACHE_DIR
    numba_config.CACHE_DIR = str(cache_folder())
    try:
        compiled = numba.njit(function, nogil=True, cache=True, error_model="numpy")
        return cast(Function, compiled)
    finally:
        numba_config.CACHE_DIR = saved


def part(function: Function) -> Function:
    """Let `function` be compiled into the kernels that call it: it has no compiled form of its own, and
    Python calls it as it is."""
    return cast(Function, register_jitable(function))


def inlined(function: Function) -> Function:
    """Like `part`, and always inlined, so that loops over it are vectorised."""
    return cast(Function, register_jitable(forceinline=True)(function))


def uncompiled(function: Function) -> Function:
    """`function` as Python runs it, on tables whose rows have their columns as attributes, as
    compiled code sees them.

    Division by zero gives infinity, as in the compiled kernels (error_model="numpy").
    """

    @wraps(function)
    def run(*arguments: Any) -> Any:
        with np.errstate(all="ignore"):
            return function(*(_with_attributes(argument) for argument in arguments))

    return cast(Function, run)


def _with_attributes(argument: Any) -> Any:
    """A view of a table whose rows read and write columns as attributes; anything else as it is."""
    if isinstance(argument, np.ndarray) and argument.dtype.names is not None:
        return argument.view(np.recarray)
    return argument
