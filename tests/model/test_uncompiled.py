"""The kernels are plain Python too: with Numba's compiler off, the same cities come to the same bits."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from sim.mesa_city import City
from sim.model.programmes.describe import kinds

from .uncompiled import WORLDS, every_programme, findings

TESTS = Path(__file__).parent.parent
OFF = """
import numba
from sim.model.kernel import kernel
assert kernel(abs).__wrapped__ is abs and numba.config.DISABLE_JIT
from model.uncompiled import findings
print("\\n".join(findings()))
"""


def test_cities_come_to_the_same_bits_without_the_compiler_and_nothing_is_said_to_be_compiled() -> None:
    environment = os.environ | {
        "NUMBA_DISABLE_JIT": "1",
        "PYTHONPATH": os.pathsep.join([str(TESTS), str(TESTS.parent)]),
    }
    done = subprocess.run(
        [sys.executable, "-W", "error::RuntimeWarning", "-c", OFF],
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    digests = done.stdout.split("\n")[:-1]
    assert digests == [line for line in findings() if " " not in line]
    assert len(digests) == 1 + len(WORLDS) + 1


def test_every_kind_of_programme_acts_in_it() -> None:
    with City(every_programme()) as city:
        started = [event for event in city.run().events() if event[3] == "programme_started"]
    assert len(started) == len(kinds())
