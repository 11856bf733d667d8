"""The first run ever (compiling, and with the carried kernels), later starts, and `estate --help`.

With --kernels: which compiled functions the time goes to.
"""

from __future__ import annotations

import argparse
import sys
import tempfile

from common import estate, keep, measured, median, show

WARM_UP = "import sim; sim.warm_up()"
LISTEN = """
import sys, json
from numba.core import event
import sim
heard = event.RecordingListener()
event.register("numba:compile", heard)
sim.warm_up()
stack, rows = [], {}
for moment, what in heard.buffer:
    function = what.data["dispatcher"].py_func
    name = f"{function.__module__}.{function.__name__}"
    if what.is_start:
        stack.append([name, moment, 0.0])
        continue
    name, begun, inner = stack.pop()
    row = rows.setdefault(name, [0, 0.0])
    row[0] += 1
    row[1] += moment - begun - inner
    if stack:
        stack[-1][2] += moment - begun
print(f"{'seconds':>8} {'times':>6}  compiled function (without what it calls)")
for name, (times, seconds) in sorted(rows.items(), key=lambda item: -item[1][1])[:40]:
    print(f"{seconds:8.2f} {times:6d}  {name}")
print(f"{sum(row[1] for row in rows.values()):8.2f} {sum(row[0] for row in rows.values()):6d}  all")
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--repeats", type=int, default=5, help="repeats of what is quick")
    parser.add_argument(
        "--kernels", action="store_true", help="list what the compiling time goes to, and stop"
    )
    asked = parser.parse_args()
    if asked.kernels:
        import os
        import subprocess

        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(
                [sys.executable, "-c", LISTEN],
                check=True,
                env=os.environ | {"ESTATE_CACHE_DIR": folder, "ESTATE_COMPILE": "1"},
            )
        return
    with tempfile.TemporaryDirectory() as folder:
        place = {"ESTATE_CACHE_DIR": folder, "ESTATE_COMPILE": "1"}
        cold = measured([sys.executable, "-c", WARM_UP], place)
        warm = [measured([sys.executable, "-c", WARM_UP], place) for _ in range(asked.repeats)]
    with tempfile.TemporaryDirectory() as folder:
        carried = [
            measured([sys.executable, "-c", WARM_UP], {"ESTATE_CACHE_DIR": f"{folder}/{number}"})
            for number in range(asked.repeats)
        ]
    bare = [measured([sys.executable, "-c", "pass"]) for _ in range(asked.repeats)]
    helped = [measured(estate("--help")) for _ in range(asked.repeats)]
    rows = [("first run ever of a tiny city (compiles)", cold["wall"], cold["processor"])]
    others = [("the same later", warm), ("with the carried kernels, cache empty", carried)]
    for name, runs in (*others, ("estate --help", helped), ("python itself", bare)):
        rows.append((name, median([run["wall"] for run in runs]), median([run["processor"] for run in runs])))
    rows.append(("compiling alone (first less later)", rows[0][1] - rows[1][1], rows[0][2] - rows[1][2]))
    show("seconds", ("", "wall", "processor"), rows)
    keep("start_up", {name: {"wall": wall, "processor": processor} for name, wall, processor in rows})


if __name__ == "__main__":
    main()
