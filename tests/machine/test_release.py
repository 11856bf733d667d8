"""The number of a version stands where it is looked for, is set in one step, and decides nothing."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from scripts import script

import sim
from sim.results import folder, provenance, store
from sim.results.provenance import scenario_key, versions
from sim.scenario import formats, load
from sim.scenario.writing import SCHEMA_FORMAT

ROOT = Path(__file__).resolve().parents[2]
FILES = ("pyproject.toml", "CITATION.cff", "CHANGELOG.md")
# What a citation file of CFF 1.2.0 must have, and what else may stand in this one.
REQUIRED = {"cff-version", "message", "title", "authors"}
ALLOWED = REQUIRED | {"abstract", "type", "version", "date-released", "keywords"}


@pytest.fixture(scope="module")
def release() -> ModuleType:
    """.ci/release.py."""
    return script(".ci/release.py")


def texts() -> dict[str, str]:
    return {name: (ROOT / name).read_text(encoding="utf-8") for name in FILES}


def number(text: str) -> str:
    return str(tomllib.loads(text)["project"]["version"])


def test_package_citation_and_changes_say_the_same_version() -> None:
    found = texts()
    version = number(found["pyproject.toml"])
    cited = yaml.safe_load(found["CITATION.cff"])
    assert cited["version"] == version
    newest = re.search(r"(?m)^## (\S+) \((.+)\)$", found["CHANGELOG.md"])
    assert newest is not None and newest[1] == version.partition(".dev")[0]
    # only a released version has a day
    assert ("date-released" in cited) == (".dev" not in version) == (newest[2] != "not released")


def test_the_citation_has_what_its_format_requires_and_chooses_no_licence() -> None:
    cited = yaml.safe_load(texts()["CITATION.cff"])
    assert cited["cff-version"] == "1.2.0" and cited["type"] == "software"
    assert set(cited) >= REQUIRED
    assert set(cited) <= ALLOWED, "the licence is the owner's to choose"
    assert all(set(author) == {"name"} and author["name"] for author in cited["authors"])
    assert "license" not in tomllib.loads(texts()["pyproject.toml"])["project"]


def test_a_release_sets_number_and_day_everywhere(release: ModuleType) -> None:
    waiting = {
        "pyproject.toml": '[project]\nversion = "0.2.0.dev0"\nrequires = ["a>=1"]\n',
        "CITATION.cff": "title: T\nversion: 0.2.0.dev0\nkeywords: [a]\n",
        "CHANGELOG.md": "# Changes\n\n## 0.2.0 (not released)\n\n- a\n\n## 0.1.0 (1 May 2026)\n",
    }
    made = release.released(waiting, "0.2.0", date(2026, 12, 1))
    assert number(made["pyproject.toml"]) == "0.2.0"
    cited = yaml.safe_load(made["CITATION.cff"])
    assert (cited["version"], cited["date-released"]) == ("0.2.0", date(2026, 12, 1))
    assert "## 0.2.0 (1 December 2026)" in made["CHANGELOG.md"]
    assert "## 0.1.0 (1 May 2026)" in made["CHANGELOG.md"]
    with pytest.raises(ValueError, match=r"CHANGELOG\.md: has no line '## 0\.2\.0 \(not released\)'"):
        release.released(made, "0.2.0", date(2026, 12, 2))


@pytest.mark.parametrize("version", ["0.2", "0.2.0.dev1", "v0.2.0", ""])
def test_a_number_that_is_none_is_refused_and_writes_nothing(version: str) -> None:
    before = texts()
    done = subprocess.run(
        [sys.executable, str(ROOT / ".ci" / "release.py"), version],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2 and "allowed: three numbers" in done.stderr
    assert texts() == before


def test_a_run_is_known_by_what_decides_it_and_not_by_the_number_of_the_version(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    scenario = load("small_city")
    key, kept = scenario_key(scenario), store.Store(tmp_path / "store").version
    later: dict[str, Any] = versions() | {"sim": "9.9.9"}
    monkeypatch.setattr(provenance, "versions", lambda: later)
    assert provenance.here()["versions"]["sim"] == "9.9.9"
    assert scenario_key(scenario) == key
    assert store.Store(tmp_path / "store").version == kept


def test_the_numbers_of_the_formats_are_those_that_the_page_says() -> None:
    for page in (ROOT / "docs" / "formats.md", ROOT / "docs" / "zh" / "formats.md"):
        rows = [
            line.split(" | ")
            for line in page.read_text(encoding="utf-8").splitlines()
            if line.startswith("| ")
        ]
        said = [row[1] for row in rows if len(row) == 4 and row[1].isdigit()]
        numbers = [folder.OUTCOME_DEFINITIONS, folder.FORMAT, formats.FORMAT, store.FORMAT, SCHEMA_FORMAT]
        assert said == [str(one) for one in numbers], page


def test_the_version_that_the_package_says_is_the_one_it_was_installed_as() -> None:
    assert sim.__version__ == versions()["sim"]
