"""Give the version that is being worked on its number and its day: python3 .ci/release.py 0.2.0 [2026-12-31]

Writes the number into pyproject.toml and CITATION.cff, and the day (default: today) into CITATION.cff and CHANGELOG.md. Nothing is built
or sent anywhere. Results, stores and ensembles do not depend on the number.
"""

from __future__ import annotations

import re
import sys
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WAITING = "(not released)"


def released(texts: dict[str, str], version: str, day: date) -> dict[str, str]:
    """The three files, by name, with the version and its day. ValueError, naming the file, where one is not ready for it."""
    if not re.fullmatch(r"\d+\.\d+\.\d+", version):
        raise ValueError(f"found the version {version!r}; allowed: three numbers, such as 0.2.0")
    heading = f"## {version} {WAITING}\n"
    if texts["CHANGELOG.md"].count(heading) != 1:
        raise ValueError(f"CHANGELOG.md: has no line {heading.strip()!r}")
    made = {"CHANGELOG.md": texts["CHANGELOG.md"].replace(heading, f"## {version} ({day.day} {day:%B %Y})\n")}
    made["pyproject.toml"] = _set(texts, "pyproject.toml", r'^version = ".*"$', f'version = "{version}"')
    cited = _set(
        texts, "CITATION.cff", r"^version: .*$", f"version: {version}\ndate-released: {day.isoformat()}"
    )
    made["CITATION.cff"] = cited
    return made


def _set(texts: dict[str, str], file: str, pattern: str, line: str) -> str:
    text = re.sub(r"^date-released: .*\n", "", texts[file], flags=re.MULTILINE)
    made, times = re.subn(pattern, line, text, flags=re.MULTILINE)
    if times != 1:
        raise ValueError(f"{file}: found {times} lines that say the version; allowed: one")
    return made


def main(arguments: list[str]) -> int:
    """Write the files; the exit code."""
    if len(arguments) not in (1, 2):
        print(__doc__)
        return 2
    try:
        day = date.fromisoformat(arguments[1]) if len(arguments) == 2 else date.today()
        files = ("pyproject.toml", "CITATION.cff", "CHANGELOG.md")
        made = released(
            {name: (ROOT / name).read_text(encoding="utf-8") for name in files}, arguments[0], day
        )
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    for name, text in made.items():
        (ROOT / name).write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
