"""The model's loops as machine code: carried with the package, else compiled by Numba at the first call.

Whoever declares a loop (`kernel`), or a function that is compiled into loops (`part`, `inlined`, `twin`),
needs no Numba for it: it is imported where something has to be compiled. That is so where the carried code
(`sim.model.carried`) is of another version of the source or for another processor, and for arguments of
types that it does not know.

Numba's on-disk cache looks at the file of the compiled function only, so a change in a function that it calls
from another file would go unnoticed. Here the cache folder carries the hash of the
whole model source instead.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from functools import cache, cached_property, update_wrapper, wraps
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np

from sim.cache import cache_root
from sim.fingerprint import COMPILED_SOURCE, raw_hash
from sim.model import carried

Function = TypeVar("Function", bound=Callable[..., Any])

KERNELS: dict[str, Kernel] = {}  # by module and name: every loop that was declared so far
_parts: list[Callable[[], None]] = []  # what tells Numba of a function that is compiled into loops
_told = 0  # how many of them it was told of


@cache
def cache_folder() -> Path:
    """Where compiled kernels are kept: per user, per compiled source, per Numba,
    NumPy and instruction set."""
    import numba

    versions = f"numba{numba.__version__}-numpy{np.__version__}"
    target = os.environ.get("NUMBA_CPU_NAME", "host") + os.environ.get("NUMBA_CPU_FEATURES", "")
    target_hash = hashlib.sha256(target.encode()).hexdigest()[:6]
    return cache_root() / "kernels" / f"{raw_hash(COMPILED_SOURCE)}-{versions}-{target_hash}"


def uncompiled_asked() -> bool:
    """Whether NUMBA_DISABLE_JIT asks for kernels that run as Python."""
    return os.environ.get("NUMBA_DISABLE_JIT", "0").strip() not in ("", "0")


def compiled_before() -> bool:
    """True if the kernels of this model source are carried, were compiled on this machine before, or are
    not to be compiled at all."""
    return uncompiled_asked() or carried.fits_parameters() or (cache_folder() / "complete").exists()


def mark_compiled() -> None:
    """Remember that every kernel has been compiled once (see `compiled_before`)."""
    cache_folder().mkdir(parents=True, exist_ok=True)
    (cache_folder() / "complete").touch()


class Kernel:
    """A loop of the model: called, it runs as machine code, without the interpreter lock.

    No fast-math: the same bits on every instruction set, and equal to the pure-NumPy twin.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        """Declare `function`; nothing is loaded or compiled before the first call."""
        update_wrapper(self, function)
        self.function = function
        self.name = f"{function.__module__}.{function.__qualname__}"
        KERNELS[self.name] = self

    def __call__(self, *arguments: Any) -> Any:
        """Run the loop."""
        for variant in self.variants:
            packed = carried.packed(arguments, variant)
            if packed is not None:
                return variant.run(packed)
        return self.dispatcher(*arguments)

    @cached_property
    def variants(self) -> tuple[carried.Variant, ...]:
        """The carried machine code, one for each set of types; none if it is not for this source or
        processor."""
        return carried.variants_of(self.name)

    @cached_property
    def dispatcher(self) -> Any:
        """The loop as Numba compiles it, cached by model source."""
        import numba
        from numba.core import config

        _tell_of_parts()
        saved = config.CACHE_DIR
        config.CACHE_DIR = str(cache_folder())
        try:
            return numba.njit(self.function, nogil=True, cache=True, error_model="numpy")
        finally:
            config.CACHE_DIR = saved

    @property
    def _numba_type_(self) -> Any:
        # what Numba asks of an object that another loop calls
        return self.dispatcher._numba_type_


def kernel(function: Function) -> Function:
    """Declare a loop of the model (see `Kernel`).

    With NUMBA_DISABLE_JIT=1 the function runs as Python instead (see `uncompiled`), with the same bits,
    some hundred times slower.
    """
    return cast(Function, uncompiled(function) if uncompiled_asked() else Kernel(function))


def part(function: Function) -> Function:
    """Let `function` be compiled into the kernels that call it: it has no compiled form of its own, and
    Python calls it as it is."""
    return _jitable(function)


def inlined(function: Function) -> Function:
    """Like `part`, and always inlined, so that loops over it are vectorised."""
    return _jitable(function, forceinline=True)


def twin(function: Callable[..., Any], compiled: Callable[..., Any]) -> None:
    """Let kernels that call `function` get what `compiled` returns for its arguments' types, inlined;
    Python calls `function` as it is."""

    def tell() -> None:
        from numba.extending import overload

        overload(function, jit_options={"forceinline": True})(compiled)

    _parts.append(tell)


def _jitable(function: Function, **options: bool) -> Function:
    def tell() -> None:
        from numba.extending import register_jitable

        (register_jitable(**options) if options else register_jitable)(function)

    _parts.append(tell)
    return function


def _tell_of_parts() -> None:
    """Tell Numba of the functions that are compiled into loops, those that were declared since the last
    time."""
    global _told
    while _told < len(_parts):
        _told += 1
        _parts[_told - 1]()


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
