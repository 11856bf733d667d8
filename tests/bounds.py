"""Install the lowest and the newest versions that pyproject.toml allows, and try both: python3
go.py bounds [PYTHON ...]

Each set goes into an environment of its own in a temporary folder: the lowest with the first Python that is
given (of the extras beside the newest of the rest), the newest with each of them (default: python3.11 to
python3.14 as far as they are found, else this one). Tried are the tests SMOKE: a city as a Mesa model,
agents, tables of cities, charts, scenarios, and digests of runs, which must be the same bits; and for every
extra of EXTRAS tests that need it and must not be skipped. Not part of .ci/run: it installs a few GB and
takes about ten minutes a set.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from itertools import chain
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PYTHONS = ("python3.11", "python3.12", "python3.13", "python3.14")
TESTERS = ("pytest", "hypothesis", "pytest-asyncio")
# What shows that an extra works.
EXTRAS = {
    "cluster": ("tests/experiments/test_engines.py::test_dask_survives_what_goes_wrong",),
    "search": (
        "tests/experiments/test_budget_money.py",  # optuna, moocore
        "tests/evidence/test_calibrate.py",  # scikit-learn, emcee
    ),
    "export": ("tests/experiments/test_study_command.py::test_netcdf_holds_runs_months_and_estates",),
    "app": ("tests/workshop/test_pages.py",),
    "mcp": ("tests/assistants/test_mcp.py",),
    "video": ("tests/outputs/test_public_charts.py::test_film_is_found_without_a_program_of_the_system",),
}
SMOKE = (
    "tests/model/test_mesa.py",
    "tests/model/test_mesa_sets.py",
    "tests/model/test_landed.py",
    "tests/results/test_table_columns.py",
    "tests/results/test_run_tables.py",
    "tests/city/test_messy_cells.py",
    "tests/outputs/test_notebook_picture.py",
    "tests/scenario/test_shipped.py",
    "tests/machine/test_fuzz.py",
)
NOT_THERE = re.compile("^SKIPPED.*(could not import|is not installed)", re.MULTILINE)


def requirements() -> tuple[list[str], list[str]]:
    """What the package and its smoke test need, and what its extras do, as declared."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    optional = project["optional-dependencies"]
    tests = [one for name in ("test", "dev") for one in optional[name] if one.startswith(TESTERS)]
    return [*project["dependencies"], *tests], [one for name in EXTRAS for one in optional[name]]


def lowest(requirement: str) -> str:
    """The requirement at its lower bound, whatever follows after it; itself where it has none."""
    wanted, semicolon, marker = requirement.partition(";")
    found = re.match(r"([A-Za-z0-9_.\[\]-]+)>=([0-9][0-9A-Za-z.]*)", wanted)
    return f"{found[1]}=={found[2]}{semicolon}{marker}" if found else requirement


def interpreters(asked: list[str]) -> list[str]:
    """The interpreters to try."""
    return asked or [found for name in PYTHONS if (found := shutil.which(name))] or [sys.executable]


def tried(python: str, wanted: list[str], tests: list[str], name: str) -> bool:
    """Whether tests pass with what is wanted, installed beside nothing else."""
    with tempfile.TemporaryDirectory(prefix="estate-bounds-") as folder:
        place = Path(folder)
        inside = place / "venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        pip = [str(inside), "-m", "pip", "--disable-pip-version-check"]
        environment = os.environ | {"PYTHONPATH": str(ROOT), "ESTATE_CACHE_DIR": str(place / "cache")}
        steps = {
            "environment": [python, "-m", "venv", str(place / "venv")],
            "installation": [*pip, "install", "--quiet", "--prefer-binary", *wanted],
            "tests": [
                str(inside),
                "-m",
                "pytest",
                "-q",
                "-rsfE",
                "--disable-warnings",  # or what failed is not in the last lines
                "-p",
                "no:cacheprovider",
                *tests,
            ],
        }
        for step, command in steps.items():
            done = subprocess.run(
                command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
            )
            if done.returncode or NOT_THERE.search(done.stdout):
                told = "\n".join((done.stdout + done.stderr).strip().splitlines()[-25:])
                print(f"{name}: {step} failed\n{told}", flush=True)
                return False
        listed = subprocess.run([*pip, "freeze"], capture_output=True, text=True, check=True).stdout
    names = {re.split(r"[=<>\[;]", one)[0].lower() for one in wanted}
    versions = [line for line in listed.splitlines() if line.partition("==")[0].lower() in names]
    print(f"{name}: passed with {', '.join(versions)}", flush=True)
    return True


def main() -> int:
    """Try every set; the exit code is 1 if one failed."""
    pythons = interpreters(sys.argv[1:])
    declared, extras = requirements()
    of_extras = list(chain(*EXTRAS.values()))
    # Extras need newer versions of what the package needs itself: their lowest are tried beside its newest.
    sets = [
        (pythons[0], [lowest(one) for one in declared], [*SMOKE], "lowest"),
        (pythons[0], [*declared, *(lowest(one) for one in extras)], of_extras, "lowest of the extras"),
    ]
    sets += [(python, [*declared, *extras], [*SMOKE, *of_extras], "newest") for python in pythons]
    passed = [
        tried(python, wanted, tests, f"{name}, {Path(python).name}") for python, wanted, tests, name in sets
    ]
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
