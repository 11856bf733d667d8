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
    "mechanisms.persistence": True,
    "mechanisms.queue": True,
}


@pytest.mark.parametrize(
    ("language", "off", "on"),
    [("en", "exit", "persistence (who pays lasts"), ("zh", "exit（撤场循环）", "persistence（缴费的持续性")],
)
def test_what_is_not_as_usual_is_told_by_name_and_meaning(language: str, off: str, on: str) -> None:
    plain = load("small_city")
    changed = with_overrides(plain, SWITCHED)
    assert switched(plain) == []
    with in_language(language):
        (_, loops), (_, mechanisms) = switched(changed)
        assert loops.startswith(off) and mechanisms.startswith(on) and "queue" in mechanisms
        told = [value for _, value in size_rows(changed)]
    assert loops in told and mechanisms in told


def test_a_run_and_a_study_do_not_wait_for_mesa() -> None:
    code = (
        "import sys, sim\n"
        "import sim.results.processes as processes\n"
        "processes.import_all()\n"
        "sim.run('small_city', months=1, notice=lambda text: None)\n"
        "print('mesa' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False"]
