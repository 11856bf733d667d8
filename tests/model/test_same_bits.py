"""The same bits whatever the number of threads, what is recorded, who looks on, and which
instructions the processor has."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import llvmlite.binding as llvm
import pytest
from reference.worlds import random_policy, random_scenario

from sim.mesa_city import City
from sim.model.month.step import even_ranges

from .cities import digest, lively_scenario, run_digest

HERE = Path(__file__).parent
PROGRAM = f"""
import sys
sys.path[:0] = [{str(HERE.parent)!r}, {str(HERE.parent.parent)!r}]
from model.cities import lively_scenario, run_digest
print(run_digest(lively_scenario()))
"""


@pytest.fixture(scope="module")
def one_thread() -> str:
    return run_digest(lively_scenario(), threads=1)


@pytest.mark.parametrize("threads", [2, 3, 7])
def test_any_number_of_threads(one_thread: str, threads: int) -> None:
    assert run_digest(lively_scenario(), threads=threads) == one_thread


def test_recording_changes_nothing(one_thread: str) -> None:
    assert run_digest(lively_scenario(), record=False) == one_thread


def test_looking_through_mesa_changes_nothing(one_thread: str) -> None:
    with City(lively_scenario()) as city:
        while city.month < city.months:
            city.step()
            city.agents.get("unique_id")
            city.owners[:10].get("satisfaction")
            city.random.random()
        assert digest(city) == one_thread


def test_steps_one_by_one_and_in_parts_end_the_same(one_thread: str) -> None:
    with City(lively_scenario()) as city:
        city.run(5).run(4)
        city.step()
        assert digest(city.run()) == one_thread


def test_another_seed_is_another_city(one_thread: str) -> None:
    assert run_digest(lively_scenario(), seed=6) != one_thread


@pytest.mark.parametrize("number", range(5))
def test_random_worlds_under_random_policy_with_three_threads(number: int) -> None:
    found = set()
    for threads in (1, 3):
        with City(random_scenario(number, 18), threads=threads) as city:
            city.policy.act = random_policy(city, number)  # type: ignore[method-assign]
            found.add(digest(city.run()))
    assert len(found) == 1


def test_threads_share_all_estates_between_them() -> None:
    with City(lively_scenario()) as city:
        households = city.state.estates["households"]
    for parts in (1, 2, 3, 24, 100):
        ranges = even_ranges(households, parts)
        assert [e for first, last in ranges for e in range(first, last)] == list(range(households.size))


@pytest.mark.slow  # as the other processors: compiling for one takes most of a minute
def test_any_processor(one_thread: str) -> None:
    assert digest_on("generic") == one_thread


@pytest.mark.slow
def test_a_processor_with_avx2_and_without_avx512(one_thread: str) -> None:
    if not llvm.get_host_cpu_features().get("avx2"):
        pytest.skip("this processor has no AVX2")
    assert digest_on("haswell") == one_thread


@pytest.mark.slow
def test_aarch64_under_an_emulator_and_webassembly_come_to_the_same_state(tmp_path: Path) -> None:
    program = HERE.parents[1] / "benchmarks" / "other_processors.py"
    spec = importlib.util.spec_from_file_location("other_processors", program)
    assert spec is not None and spec.loader is not None
    processors = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(processors)
    if missing := [tool for tool in processors.ARM_TOOLS + processors.WASM_TOOLS if not shutil.which(tool)]:
        pytest.skip(f"not installed: {', '.join(missing)}")
    found = processors.digests(12, tmp_path)
    assert list(found) == ["x86-64, this one", "x86-64, any", "before month 1", "aarch64", "WebAssembly"]
    assert found.pop("before month 1") not in found.values(), "a year changes the state"
    assert len(set(found.values())) == 1, found


def digest_on(processor: str) -> str:
    """The digest of the same run by a process that compiles for another processor (kernels
    are cached by its name)."""
    environment = os.environ | {"NUMBA_CPU_NAME": processor, "NUMBA_CPU_FEATURES": ""}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
