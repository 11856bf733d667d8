"""Renew constraints.txt: install the project without pins in a fresh environment of each Python, freeze, merge.

python3 .ci/renew_constraints.py PYTHON3.11 PYTHON3.12 PYTHON3.13 PYTHON3.14      (the four interpreters)
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
EXTRAS = ",".join(
    tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
)
# Needed on other systems only, so that a freeze here does not show them.
ELSEWHERE = (
    "colorama==0.4.6",
    "pywinpty==3.1.2",
    "appnope==1.0.0",
    "pythran==0.19.0",
    "gast==0.7.0",
    "beniget==0.5.0",
    "ply==3.11",
    'setuptools==59.8.0 ; sys_platform == "darwin" and python_version == "3.11"',
    'setuptools==84.2.1 ; sys_platform == "darwin" and python_version != "3.11"',
)
# Held back: newer ones need Python 3.11.5.
HELD = {"soupsieve": "2.10"}
HEAD = """\
# Exact versions with which the project is tested, for Python 3.11 to 3.14 on Linux, macOS and Windows.
# Use: pip install -c constraints.txt -e ".[dev]"  (go.py does it). Where a package has dropped an older Python, a marker
# says which version goes with which Python. Renewed by .ci/renew_constraints.py.
# Mesa 3.3 is the last for Python 3.11; 3.5 needs 3.12.
"""


def frozen(python: str) -> tuple[str, dict[str, str]]:
    """Version of an interpreter, and name: version of everything that the project installs with it."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([python, "-m", "venv", folder], check=True)
        own = str(Path(folder) / "bin" / "python")
        subprocess.run(
            [own, "-m", "pip", "install", "--quiet", "--editable", f"{ROOT}[{EXTRAS}]"], check=True
        )
        freeze = subprocess.run(
            [own, "-m", "pip", "freeze", "--exclude-editable"], check=True, capture_output=True, text=True
        )
        version = subprocess.run(
            [own, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
            check=True,
            capture_output=True,
            text=True,
        )
    pins = dict(line.split("==") for line in freeze.stdout.split() if "==" in line)
    return version.stdout.strip(), {re.sub(r"[-_.]+", "-", name).lower(): pin for name, pin in pins.items()}


def merged(by_python: dict[str, dict[str, str]]) -> list[str]:
    """The lines of the file: one a package, or one for each Python where they differ."""
    lines = list(ELSEWHERE)
    for name in {name for pins in by_python.values() for name in pins}:
        found = {python: pins[name] for python, pins in by_python.items() if name in pins}
        if name in HELD:
            lines.append(f"{name}=={HELD[name]}")
        elif len(set(found.values())) == 1 and len(found) == len(by_python):
            lines.append(f"{name}=={next(iter(found.values()))}")
        else:
            lines += [f'{name}=={pin} ; python_version == "{python}"' for python, pin in found.items()]
    return sorted(lines)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    text = HEAD + "\n".join(merged(dict(frozen(python) for python in sys.argv[1:]))) + "\n"
    (ROOT / "constraints.txt").write_text(text, encoding="utf-8", newline="\n")
