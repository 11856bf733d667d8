"""Set everything up and run it: needs only Python 3.11 to 3.14.

    python3 go.py run [SCENARIO] [options of `estate run`]    simulate (without a scenario: vicious_cycle)
    python3 go.py test [options of pytest]                    run the tests (without options: all, on up to four cores)
    python3 go.py mutate [MODULE [RULE ...]]                  change the rules one by one: does a test notice? (10 minutes)
    python3 go.py fuzz [NUMBER]                               change input files at random: does one end in a traceback? (half an hour)
    python3 go.py bounds [PYTHON ...]                         install the lowest and the newest versions allowed and try both
    python3 go.py kernels [--again]                           compile the model's loops ahead, after a rule was changed (6 minutes)
    python3 go.py bundle [--platform win_amd64] [--python 3.12]   a folder that installs on a computer without network
    python3 go.py estate ARGUMENTS                            any other command, such as `estate --help`

The first time, it makes the folder .venv beside this file and installs there what constraints.txt lists; nothing else on
the machine is changed. On Windows write `py` for `python3`.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
FOLDER = ROOT / ".venv"
BIN = FOLDER / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
INSTALLED = FOLDER / "installed.txt"
DEFAULT_SCENARIO = "vicious_cycle"
# All tests: file by file in their order, so that what the tests of a file share is made once.
ALL_TESTS = ["-n", str(min(4, os.cpu_count() or 1)), "--dist", "loadfile", "--no-loadscope-reorder"]


def check_python() -> None:
    """Stop with one line where this Python is too old or too new."""
    if not (3, 11) <= sys.version_info[:2] <= (3, 14):
        sys.exit(f"This needs Python 3.11 to 3.14; found {sys.version.split()[0]} ({sys.executable}).")


def wanted(extra: str) -> str:
    """What is installed once this has been set up: changes with Python, the constraints and the declared dependencies."""
    digest = hashlib.sha256(f"{sys.version_info[:2]} {ROOT}".encode())
    for name in ("constraints.txt", "pyproject.toml"):
        digest.update((ROOT / name).read_bytes())
    return f"{extra} {digest.hexdigest()}"


def is_installed(extra: str) -> bool:
    """True if a finished installation has everything; the tests' one also serves a run."""
    have = INSTALLED.read_text() if INSTALLED.exists() and PYTHON.exists() else ""
    return have in (wanted(extra), wanted("dev"))


def set_up(extra: str) -> None:
    """Make .venv and install the project into it, unless that has been done."""
    if is_installed(extra):
        return
    print(f"Setting up {FOLDER} (once; a few minutes and about 1 GB) ...", flush=True)
    # --clear: what an interrupted installation or another Python left must not be mixed with the new one
    if subprocess.run([sys.executable, "-m", "venv", "--clear", str(FOLDER)], check=False).returncode:
        sys.exit("Could not make a virtual environment. On Debian and Ubuntu: apt install python3-venv")
    project = f"{ROOT}[{extra}]" if extra else str(ROOT)
    command = [
        str(PYTHON),
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "-c",
        str(ROOT / "constraints.txt"),
        "--editable",
        project,
    ]
    if subprocess.run(command, check=False, cwd=ROOT).returncode:
        sys.exit("The installation failed; the lines above say why. It is tried again the next time.")
    INSTALLED.write_text(wanted(extra))


def main(arguments: list[str]) -> int:
    """Carry out one command line; returns the exit code."""
    if not arguments or arguments[0] not in (
        "run",
        "test",
        "mutate",
        "fuzz",
        "bounds",
        "kernels",
        "bundle",
        "estate",
    ):
        print(__doc__)
        return 0 if arguments in (["-h"], ["--help"]) else 2
    check_python()
    task, rest = arguments[0], arguments[1:]
    if task == "bounds":  # makes environments of its own
        return subprocess.run(
            [sys.executable, str(ROOT / "tests" / "bounds.py"), *rest], check=False
        ).returncode
    set_up("dev" if task in ("test", "mutate", "fuzz", "kernels") else "")
    if task == "test":
        command = [str(PYTHON), "-m", "pytest", *(rest or ALL_TESTS)]
    elif task in ("mutate", "fuzz"):
        command = [str(PYTHON), str(ROOT / "tests" / f"{task}.py"), *rest]
    elif task in ("bundle", "kernels"):
        command = [str(PYTHON), str(ROOT / "bundle" / f"{task}.py"), *rest]
    elif task == "run":
        # an option alone, such as --lang zh, still means the default scenario
        scenario = [] if rest and not rest[0].startswith("-") else [DEFAULT_SCENARIO]
        command = [str(PYTHON), "-m", "sim", "run", *scenario, *rest]
    else:
        command = [str(PYTHON), "-m", "sim", *rest]
    try:
        return subprocess.run(command, check=False, cwd=ROOT if task == "test" else None).returncode
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
