"""The kernels that come with the package are those of its source, run without Numba, and give its bits."""

from __future__ import annotations

import gc
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from sim.fingerprint import COMPILED_SOURCE, raw_hash
from sim.model import carried
from sim.model.carried import FOLDER, LEVELS, ArrayKind, Variant, dtype_key
from sim.model.kernel import KERNELS, compiled_before
from sim.model.luck import quantiles
from sim.model.parameters import PARAMETERS, record_type

HERE = Path(__file__).resolve()
INDEX = json.loads((FOLDER / "index.json").read_text(encoding="utf-8"))
PROGRAM = """
import sys
from sim.model import carried
level = {level!r}
if level:
    reached, carried.level = carried.level(), lambda: level
    assert list(carried.LEVELS).index(level) >= list(carried.LEVELS).index(reached)
from model.uncompiled import findings
print("\\n".join(findings()))
print("Numba was imported" if "numba" in sys.modules else "no Numba")
"""
here_only = pytest.mark.skipif(not carried.level(), reason="objects are carried for Linux on x86-64")


def findings(level: str, **environment: str) -> list[str]:
    """What `tests/model/uncompiled.py` finds in a process of its own, with a level's code or the one that is
    chosen."""
    places = os.pathsep.join([str(HERE.parents[1]), str(HERE.parents[2])])
    around = {key: value for key, value in os.environ.items() if not key.startswith("NUMBA_")}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(level=level)],
        env=around | {"PYTHONPATH": places} | environment,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split("\n")[:-1]


def test_the_carried_kernels_are_those_of_the_source() -> None:
    renew = "stale: python3 go.py kernels renews them"
    assert INDEX["source"] == raw_hash(COMPILED_SOURCE), renew
    assert INDEX["parameters"] == dtype_key(record_type(PARAMETERS)), renew
    assert set(INDEX["levels"]) == set(LEVELS)
    for level, sealed in INDEX["levels"].items():
        assert hashlib.sha256((FOLDER / f"{level}.o.z").read_bytes()).hexdigest() == sealed, renew
    assert sum(file.stat().st_size for file in FOLDER.iterdir()) < 2_000_000


def standing(name: str) -> object:
    """What a module has under a name."""
    module, _, function = name.rpartition(".")
    return getattr(sys.modules[module], function, None)


def test_every_kernel_is_carried() -> None:
    import sim.model.engine  # noqa: F401  (declares them)

    declared = {name for name, loop in KERNELS.items() if standing(name) is loop}  # and not by a test
    assert declared == set(INDEX["kernels"])


@here_only
def test_every_level_gives_the_same_bits_without_numba() -> None:
    chosen = findings("")
    assert chosen[-1] == "no Numba" and len(chosen) == 6
    levels = list(LEVELS)
    for level in levels[levels.index(carried.level()) :]:
        assert findings(level) == chosen


@here_only
@pytest.mark.slow  # compiles everything
def test_numba_gives_the_same_bits_on_this_machine(tmp_path: Path) -> None:
    compiled = findings("", ESTATE_COMPILE="1", ESTATE_CACHE_DIR=str(tmp_path))
    assert compiled.pop() == "Numba was imported"
    assert any("compiling" in line for line in compiled), "it is said"
    assert [line for line in compiled if " " not in line] == findings("")[:-1]


@here_only
def test_nothing_is_said_to_be_compiled_where_it_is_carried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.model.kernel.cache_folder", lambda: Path("nowhere"))
    assert compiled_before()
    monkeypatch.setattr(carried, "fits_parameters", lambda: False)
    assert not compiled_before()


@here_only
def test_an_object_that_was_changed_is_not_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    level = carried.level()
    (tmp_path / f"{level}.o.z").write_bytes((FOLDER / f"{level}.o.z").read_bytes()[:-1])
    monkeypatch.setattr(carried, "FOLDER", tmp_path)
    monkeypatch.setattr(carried, "index", lambda: INDEX)
    assert carried._loaded.__wrapped__() is None
    (tmp_path / f"{level}.o.z").unlink()
    assert carried._loaded.__wrapped__() is None


@here_only
def test_another_c_library_is_left_to_numba(monkeypatch: pytest.MonkeyPatch) -> None:
    for borrowed in ({"libnone.so.9": ("frexp",)}, {"libm.so.6": ("no_such_function",)}):
        monkeypatch.setattr(carried, "BORROWED", borrowed)
        assert carried._loaded.__wrapped__() is None


# packing

DOUBLES = ArrayKind("<f8", 1, "C", True)


def variant(*slots: carried.Slot) -> Variant:
    return Variant(slots, "none", None)


@pytest.mark.parametrize(
    "make",
    [
        lambda: np.zeros(4, np.float32),
        lambda: np.zeros((2, 2)),
        lambda: np.zeros(8)[::2],
        lambda: np.zeros(4).view(np.recarray),
        lambda: np.frombuffer(bytes(33), np.float64, 4, 1),
        lambda: 1.0,
        lambda: [1.0, 2.0],
    ],
)
def test_an_argument_of_another_type_is_refused(make: Callable[[], object]) -> None:
    assert carried.packed((np.zeros(4),), variant(DOUBLES)) is not None
    assert carried.packed((make(),), variant(DOUBLES)) is None


def test_an_array_that_must_not_be_written_is_refused() -> None:
    fixed = np.zeros(4)
    fixed.flags.writeable = False
    assert carried.packed((fixed,), variant(DOUBLES)) is None


@pytest.mark.parametrize(
    ("value", "kinds"),
    [(1, ["int64"]), (1.0, ["float64"]), (np.uint64(1), ["uint64"]), (True, ["bool"]), (np.int32(1), [])],
)
def test_a_number_is_taken_as_what_it_is_and_nothing_else(value: object, kinds: list[str]) -> None:
    taken = [kind for kind in carried.SCALARS if carried.packed((value,), variant(kind)) is not None]
    assert taken == kinds


def test_too_few_and_too_many_arguments_are_refused() -> None:
    two = variant("int64", "int64")
    assert carried.packed((1, (2,)), two) is not None, "what stands in a tuple follows in order"
    assert carried.packed((1,), two) is None
    assert carried.packed((1, 2, 3), two) is None


def test_an_array_in_the_place_of_one_that_is_gone_is_looked_at_anew() -> None:
    for number in range(200):  # the same address and identity come again sooner or later
        shares = np.full(1 + number % 3, (number + 1) / 202)
        assert (quantiles(shares) == quantiles(shares.copy())).all()
        assert quantiles(shares).size == shares.size
        del shares
    gc.collect()
    assert len(carried._seen) < 5000, "what is gone is forgotten"


def test_a_table_of_arrays_is_packed_as_its_arrays_one_by_one_and_forgotten_with_any_of_them() -> None:
    four = variant(*[DOUBLES] * 4)
    gc.collect()
    before = len(carried._seen_tables)
    for number in range(50):  # the same identities come again sooner or later
        table = tuple(np.full(1 + (number + place) % 3, 0.5) for place in range(3))
        alone = carried.packed((*table, table[0]), four)
        assert carried.packed((table, table[0]), four) == alone
        assert carried.packed((table, table[0]), four) == alone, "also the second time"
        assert carried.packed((table, np.zeros(1, np.int64)), four) is None
        del table
    assert carried.packed(((np.zeros(1), np.zeros(1, np.int64)),), variant(DOUBLES, DOUBLES)) is None
    assert carried.packed(((np.zeros(1), np.zeros(1)),), variant(DOUBLES)) is None
    assert len(carried._seen_tables) == before and not set(carried._tables_of) - set(carried._seen)


def test_what_is_not_carried_is_compiled_with_the_same_bits() -> None:
    places = np.linspace(0.01, 0.99, 50)
    strided = np.repeat(places, 2)[::2]
    assert not strided.flags.c_contiguous
    assert (quantiles(strided) == quantiles(places)).all()


def test_a_column_in_another_place_makes_another_key() -> None:
    aligned = np.dtype([("a", "i4"), ("b", "f8")], align=True)
    assert dtype_key(aligned) == dtype_key(np.dtype([("a", "i4"), ("b", "f8")], align=True))
    others = [[("a", "i4"), ("b", "f8")], [("b", "f8"), ("a", "i4")], [("a", "i4"), ("b", "i8")]]
    keys = {dtype_key(np.dtype(columns)) for columns in others}
    assert len(keys) == 3 and dtype_key(aligned) not in keys
