"""Installs what lies beside this file, without network, into a folder of its own: python install.py [FOLDER]

Started by install.cmd (Windows) or install.sh (Linux, macOS). Nothing outside of that folder and of this one is changed.
"""

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent
WORDS = tomllib.loads((HERE / "words.toml").read_text(encoding="utf-8"))


def say(key, **values):
    """Print a text in Chinese and in English."""
    for lang in ("zh", "en"):
        print(WORDS[lang][key].format(**values), flush=True)


def fits(facts):
    """Whether the bundle is for this system and this Python; says so where it is not."""
    found = "{}.{}".format(*sys.version_info[:2])
    if (found, sys.platform) == (facts["python"], facts["sys_platform"]):
        return True
    say("other", python=facts["python"], platform=facts["platform"], found=found, system=sys.platform)
    return False


def starter(place):
    """Write the file by which the command is started from this folder; returns it."""
    if os.name == "nt":
        made = HERE / "estate.cmd"
        # the path of a folder may hold any letter, and a batch file is read in the code page of the console: name none of them
        inside = os.path.relpath(place / "Scripts" / "estate.exe", HERE)
        made.write_text(f'@"%~dp0{inside}" %*\r\n', encoding="utf-8", newline="")
        return made
    made = HERE / "estate"
    inside = os.path.relpath(place / "bin" / "estate", HERE)
    made.write_text(f'#!/bin/sh\nexec "$(dirname "$0")/{inside}" "$@"\n', encoding="utf-8")
    made.chmod(0o755)
    return made


def main():
    """Install; the exit code is 0 if the command then answers."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")
    facts = json.loads((HERE / "bundle.json").read_text(encoding="utf-8"))
    if not fits(facts):
        return 2
    place = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else HERE / "installed"
    python = place / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    command = place / ("Scripts/estate.exe" if os.name == "nt" else "bin/estate")
    say("installing", place=place)
    steps = (
        [sys.executable, "-m", "venv", "--clear", str(place)],
        # every file is compared with its hash; an installation elsewhere and the settings of pip play no part
        [str(python), "-m", "pip", "--isolated", "--disable-pip-version-check", "install", "--quiet", "--no-index",
         "--find-links", str(HERE / "wheels"), "--require-hashes", "-r", str(HERE / "requirements.txt")],
        [str(command), "--version"],
    )  # fmt: skip
    around = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
    for step in steps:
        if subprocess.run(step, env=around, check=False).returncode:
            say("failed")
            return 1
    say("done", start=starter(place))
    return 0


if __name__ == "__main__":
    sys.exit(main())
