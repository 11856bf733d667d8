"""What a scenario switches is told wherever it is described, and a run needs no Mesa."""

from __future__ import annotations

import subprocess
import sys

import pytest

from sim.outputs.report.common import size_rows
from sim.scenario import load, with_overrides
from sim.scenario.schema import switched
from sim.text import in_language

SWITCHED = {
    "loops.exit": False,
    "mechanisms.persistence": False,
    "mechanisms.queue": False,
    "mechanisms.fund": True,
}


@pytest.mark.parametrize(
    ("language", "loop", "off", "on", "spun"),
    [
        ("en", "exit", "persistence (who pays lasts", "fund (", "60 months"),
        ("zh", "exit（撤场循环）", "persistence（缴费的持续性", "fund（", "60个月"),
    ],
)
def test_what_is_not_as_usual_is_told_by_name_and_meaning(
    language: str, loop: str, off: str, on: str, spun: str
) -> None:
    plain = with_overrides(load("small_city"), {"spin_up": 0})
    assert switched(plain) == []
    changed = with_overrides(plain, SWITCHED | {"spin_up": 60})
    with in_language(language):
        rows = [said for _, said in switched(changed)]
        told = [value for _, value in size_rows(changed)]
    loops, without, with_it, months = rows
    assert loops.startswith(loop) and without.startswith(off) and "queue" in without
    assert with_it.startswith(on) and "queue" not in with_it and months == spun
    assert set(rows) <= set(told)


def test_a_run_and_a_study_do_not_wait_for_mesa() -> None:
    code = (
        "import sys, sim\n"
        "import sim.results.processes as processes\n"
        "processes.import_all()\n"
        "sim.run('small_city', months=12, overrides={'spin_up': 12}, notice=lambda text: None)\n"
        "print('mesa' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False"]
