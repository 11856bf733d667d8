"""`estate run wuhan`: 4.08 million owners, 120 months, building and writing
included. Wall time and peak memory."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from common import estate, keep, measured, median, show


def main() -> None:
    """Run the command in processes of its own and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenario", default="wuhan")
    parser.add_argument("--months", type=int, default=120)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument(
        "--first", action="store_true", help="count the first run too (it may have to compile)"
    )
    asked = parser.parse_args()
    figures = []
    for repeat in range(asked.repeats + (0 if asked.first else 1)):
        with tempfile.TemporaryDirectory() as folder:
            out = str(Path(folder) / "run")
            command = estate("run", asked.scenario, "--months", str(asked.months), "--out", out)
            if repeat == 0 and not asked.first:
                measured(estate("run", asked.scenario, "--months", "2", "--out", out))  # compiles
                continue
            figures.append(measured(command))
    names = ("wall", "processor", "peak_mib")
    rows = [(f"run {number + 1}", *(figure[name] for name in names)) for number, figure in enumerate(figures)]
    rows.append(("median", *(median([figure[name] for figure in figures]) for name in names)))
    show(
        f"estate run {asked.scenario} --months {asked.months}",
        ("", "wall s", "processor s", "peak MiB"),
        rows,
    )
    keep("wuhan", {"runs": figures})


if __name__ == "__main__":
    main()
