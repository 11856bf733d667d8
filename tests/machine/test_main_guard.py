"""A script without a guard, where workers are spawned, ends at once and says what to write."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from sim.results.processes import is_guarded

HEAD = """
import sys
import sim
from sim.results.pool_engine import PoolEngine

print("imported as", __name__, flush=True)

def compare():
    tiny = sim.load({tiny!r})
    engine = PoolEngine({workers}, start_method="spawn")
    return sim.compare(tiny, sim.with_programmes(tiny, name="other"), replications=2, months=1, engine=engine, store="store")
"""
BARE = "found = compare()\nprint(found.seeds)\n"
GUARDED = 'if __name__ == "__main__":\n    found = compare()\n    print("seeds", len(found.seeds))\n'
TINY = Path(__file__).parent / "tiny_city.toml"


def script(folder: Path, rest: str, workers: int = 1) -> subprocess.CompletedProcess[str]:
    file = folder / "study.py"
    file.write_text(HEAD.format(tiny=str(TINY), workers=workers) + rest, encoding="utf-8")
    return subprocess.run(
        [sys.executable, str(file)],
        cwd=folder,
        env=os.environ | {"PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )


def test_a_script_without_a_guard_ends_before_a_worker_starts(tmp_path: Path) -> None:
    done = script(tmp_path, BARE)
    assert done.returncode != 0
    assert done.stdout.split("\n")[:-1] == ["imported as __main__"], "no worker ran the script again"
    last = done.stderr.strip().splitlines()[-1]
    line = (tmp_path / "study.py").read_text(encoding="utf-8").splitlines().index("found = compare()") + 1
    assert f"study.py:{line}" in last
    assert 'if __name__ == "__main__":' in last
    assert "bootstrapping" not in done.stderr


def test_a_script_with_a_guard_has_its_workers(tmp_path: Path) -> None:
    done = script(tmp_path, GUARDED)
    assert done.returncode == 0, done.stderr
    assert "seeds 2" in done.stdout
    assert "imported as __mp_main__" in done.stdout, "a worker imported the script"


@pytest.mark.parametrize(
    ("code", "line", "guarded"),
    [
        ("work()", 1, False),
        ("import logging\nlogging.getLogger(__name__)\nwork()", 3, False),
        ("if True:\n    work()", 2, False),
        ('if __name__ == "__main__":\n    work()', 2, True),
        ('def main():\n    work()\n\nif "__main__" == __name__:\n    main()', 5, True),
        ('work()\nif __name__ == "__main__":\n    more()', 1, False),
        ('import sys\nif __name__ != "__main__":\n    sys.exit()\nwork()', 4, True),
        ("import multiprocessing as m\nif m.parent_process() is None:\n    work()", 3, True),
        ("this is no Python", 1, True),
    ],
)
def test_a_guard_is_an_if_that_asks_which_process_this_is(
    tmp_path: Path, code: str, line: int, guarded: bool
) -> None:
    file = tmp_path / "script.py"
    file.write_text(textwrap.dedent(code), encoding="utf-8")
    assert is_guarded(str(file), line) is guarded
