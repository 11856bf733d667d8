"""The kernels as machine code that comes with the package: loaded in a moment, without Numba or a compiler.

`python3 go.py kernels` compiles the model's loops for some levels of x86-64 and writes them to
`sim/kernels/`, with an index that says of which source they are, what each loop is called there and which
types it takes. Here they are loaded, by llvmlite, and called: an argument is flattened into 64-bit slots, as
Numba's own calling convention has it (an array: two empty references, its size, the size of an item, its
address, shape and strides), and one carried function reads the slots and calls the loop.

Nothing here decides a number: an argument whose type is not exactly one that the machine code was made for
is refused, and Numba compiles for it.
"""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import platform
import struct
import sys
import threading
import weakref
import zlib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from sim.fingerprint import COMPILED_SOURCE, raw_hash

FOLDER = Path(__file__).parents[1] / "kernels"
VARIABLE = "ESTATE_COMPILE"  # 1: compile here, whatever is carried
FORMAT = 1
# What the loops borrow from the C library, by its files (GNU).
BORROWED = {"libm.so.6": ("frexp", "ldexp"), "libc.so.6": ("malloc", "free")}
RESULT_SLOTS = 8  # for what a loop returns
# What a processor must be able to do for a level of x86-64, by LLVM's names, the highest level first (System
# V ABI, AMD64 supplement 1.0, table 3.1).
LEVELS: dict[str, tuple[str, ...]] = {
    "x86-64-v4": ("avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"),
    "x86-64-v3": ("avx", "avx2", "bmi", "bmi2", "f16c", "fma", "lzcnt", "movbe"),
    "x86-64-v2": ("cx16", "popcnt", "sahf", "sse3", "sse4.1", "sse4.2", "ssse3"),
}
SCALARS: Mapping[str, tuple[tuple[type, ...], struct.Struct]] = {
    "int64": ((int, np.int64), struct.Struct("<q")),
    "uint64": ((np.uint64,), struct.Struct("<Q")),
    "float64": ((float, np.float64), struct.Struct("<d")),
    "bool": ((bool, np.bool_), struct.Struct("<q")),
}


class ArrayKind(NamedTuple):
    """What machine code must know of an array."""

    dtype: str  # see `dtype_key`
    dimensions: int
    layout: str  # "C": without gaps, the last index moving fastest; else "A"
    writable: bool


Slot = ArrayKind | str  # of an array, or a name of SCALARS


class Variant(NamedTuple):
    """A loop as it was compiled for some types."""

    slots: tuple[Slot, ...]
    result: str  # "none", a name of SCALARS, or one with the number of them: "int64 2"
    function: Any  # takes the address of the slots, returns 0 if all went well

    def run(self, packed: bytes) -> Any:
        """Call the loop with packed arguments. Raises RuntimeError where it ended early."""
        place = ctypes.create_string_buffer(packed, len(packed) + 8 * RESULT_SLOTS)
        if self.function(place):
            raise RuntimeError("a carried kernel ended early")
        if self.result == "none":
            return None
        kind, *counts = self.result.split()
        count = int(counts[0]) if counts else 1
        values = SCALARS[kind][1].iter_unpack(place.raw[len(packed) : len(packed) + 8 * count])
        found = tuple(value for (value,) in values)
        return found if counts else found[0]


# arguments


class _Seen(NamedTuple):
    """An array that was packed before, as long as it lives."""

    kind: ArrayKind
    packed: bytes
    alive: weakref.ref[np.ndarray]


class _SeenTable(NamedTuple):
    """A table of arrays that was packed before, as long as all of them live."""

    kinds: tuple[Slot, ...]
    packed: bytes


# The columns of a city are packed once and called every month: by the array's id, and tables by those of all
# their arrays, whose own are told which tables end with them.
_seen: dict[int, _Seen] = {}
_seen_tables: dict[tuple[int, ...], _SeenTable] = {}
_tables_of: dict[int, list[tuple[int, ...]]] = {}
_kinds: dict[ArrayKind, ArrayKind] = {}  # one object of each: what is the same object is compared at once


def packed(arguments: Sequence[Any], variant: Variant) -> bytes | None:
    """The arguments in 64-bit slots; None if one of them is not of the variant's types."""
    pieces: list[bytes] = []
    end = _pack(arguments, variant.slots, 0, pieces)
    return b"".join(pieces) if end == len(variant.slots) else None


def _pack(values: Sequence[Any], slots: tuple[Slot, ...], place: int, pieces: list[bytes]) -> int:
    """Pack values into the slots from a place on; returns the place after them, -1 where one does not fit."""
    for value in values:
        if isinstance(value, tuple):
            table = _seen_tables.get(tuple(map(id, value))) or _look_at_table(value)
            if table is None:
                place = _pack(value, slots, place, pieces)
                if place < 0:
                    return -1
                continue
            end = place + len(table.kinds)
            if slots[place:end] != table.kinds:
                return -1
            pieces.append(table.packed)
            place = end
            continue
        if place == len(slots):
            return -1
        slot = slots[place]
        if type(value) is np.ndarray:
            seen = _seen.get(id(value)) or _look_at(value)
            if seen is None or seen.kind != slot:
                return -1
            pieces.append(seen.packed)
        elif isinstance(slot, str) and type(value) in SCALARS[slot][0]:
            pieces.append(SCALARS[slot][1].pack(value))
        else:
            return -1
        place += 1
    return place


def _look_at(array: np.ndarray) -> _Seen | None:
    """What is packed of an array, kept while it lives; None for one that no loop can take."""
    flags = array.flags
    if not flags.aligned:
        return None
    layout = "C" if flags.c_contiguous else "F" if flags.f_contiguous else "A"
    kind = _kept(ArrayKind(dtype_key(array.dtype), array.ndim, layout, flags.writeable))
    numbers = (0, 0, array.size, array.itemsize, array.ctypes.data, *array.shape, *array.strides)
    number = id(array)
    alive = weakref.ref(array, lambda _: _forget(number))
    seen = _seen[number] = _Seen(kind, struct.pack(f"<{len(numbers)}q", *numbers), alive)
    return seen


def _look_at_table(table: tuple[Any, ...]) -> _SeenTable | None:
    """What is packed of a table, kept while all its arrays live; None if not all of it are arrays."""
    if not all(type(value) is np.ndarray for value in table):
        return None
    looked = [_seen.get(id(value)) or _look_at(value) for value in table]
    kinds = tuple(one.kind for one in looked if one is not None)
    if len(kinds) < len(table):
        return None
    key = tuple(map(id, table))
    for number in key:
        _tables_of.setdefault(number, []).append(key)
    seen = _seen_tables[key] = _SeenTable(kinds, b"".join(one.packed for one in looked if one is not None))
    return seen


def _forget(number: int) -> None:
    """An array has ended; another one may get its id."""
    _seen.pop(number, None)
    for key in _tables_of.pop(number, ()):
        _seen_tables.pop(key, None)


def _kept(kind: ArrayKind) -> ArrayKind:
    """The one object that stands for all kinds equal to it: what is the same is compared at once."""
    return _kinds.setdefault(kind, kind)


@cache
def dtype_key(dtype: np.dtype) -> str:
    """A name of a type of items that says where each column of a row lies and what it holds."""
    if dtype.names is None or dtype.fields is None:
        return str(dtype.str)
    columns = [(name, *_column_key(dtype.fields[name][0]), dtype.fields[name][1]) for name in dtype.names]
    said = json.dumps([columns, dtype.itemsize])
    return "row " + hashlib.sha256(said.encode()).hexdigest()[:16]


def _column_key(dtype: np.dtype) -> tuple[str, list[int]]:
    return str(dtype.base.str), list(dtype.shape)


# machine code

_loading = threading.Lock()


@cache
def index() -> Mapping[str, Any] | None:
    """What `sim/kernels/index.json` says of the carried code; None if it is not of this source, or not asked
    for."""
    asked_otherwise = os.environ.get(VARIABLE, "0") not in ("", "0")
    if asked_otherwise or "NUMBA_CPU_NAME" in os.environ or "NUMBA_CPU_FEATURES" in os.environ:
        return None
    try:
        said = json.loads((FOLDER / "index.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    fits = said.get("format") == FORMAT and said["source"] == raw_hash(COMPILED_SOURCE)
    return said if fits and level() in said["levels"] else None


@cache
def level() -> str:
    """The highest level of x86-64 that this processor reaches; "" on others, and where objects of Linux
    cannot be loaded."""
    if sys.platform != "linux" or platform.machine() != "x86_64":
        return ""
    import llvmlite.binding as llvm

    try:
        can = llvm.get_host_cpu_features()
    except RuntimeError:  # LLVM cannot tell
        return ""
    reached = ""
    for name in reversed(LEVELS):
        if not all(can.get(feature, False) for feature in LEVELS[name]):
            break
        reached = name
    return reached


def fits_parameters() -> bool:
    """Whether the carried code is of this source and knows the parameters' record as it is."""
    said = index()
    if said is None:
        return False
    from sim.model.parameters import PARAMETERS, record_type

    return bool(said["parameters"] == dtype_key(record_type(PARAMETERS)))


def variants_of(name: str) -> tuple[Variant, ...]:
    """The carried machine code of a loop, by module and name."""
    said = index()
    if said is None or name not in said["kernels"]:
        return ()
    with _loading:  # a second engine would take the place of one whose functions are called
        engine = _loaded()
    if engine is None:
        return ()
    call = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)
    return tuple(
        Variant(
            tuple(slot if isinstance(slot, str) else _kept(ArrayKind(*slot)) for slot in one["slots"]),
            one["result"],
            call(engine.get_function_address(one["symbol"])),
        )
        for one in said["kernels"][name]
    )


@cache
def _loaded() -> Any:
    """The engine that holds the machine code; None if the file is not the one that the index names, or the
    C library is another."""
    import llvmlite.binding as llvm

    said = index()
    assert said is not None
    try:
        data = (FOLDER / f"{level()}.o.z").read_bytes()
    except OSError:
        return None
    if hashlib.sha256(data).hexdigest() != said["levels"][level()]:
        return None
    try:
        for library, names in BORROWED.items():
            place = ctypes.CDLL(library)
            for name in names:
                llvm.add_symbol(name, ctypes.cast(place[name], ctypes.c_void_p).value)
    except (OSError, AttributeError):  # another C library, which has them elsewhere
        return None
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    machine = llvm.Target.from_default_triple().create_target_machine(jit=True)
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)
    engine.add_object_file(llvm.ObjectFileRef.from_data(zlib.decompress(data)))
    engine.finalize_object()
    return engine
