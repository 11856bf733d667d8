"""A study of a dozen small runs, as a file."""

from __future__ import annotations

from pathlib import Path

from pretend_runs import Pretend

from sim.results.engines import InProcess
from sim.studies.study.study import StudyResult, study

TEXTS = 'title = { zh = "小", en = "tiny" }\nquestion = { zh = "怎样？", en = "how?" }\n'
TINY = (
    'base = "small_city"\nreplications = 3\nseed = 5\noutcomes = ["cycle_share", "public_cost", "collection_last_year"]\n'
    + TEXTS
    + """
[changes]
"city.estates" = 10
"city.households" = 800
"companies.private" = 3
months = 12
spin_up = 0

[design]
kind = "grid"
size = 2

[[factors]]
key = "types.commodity.start_collection"
low = 0.4
high = 0.9

[[factors]]
key = "companies.state_owned"
levels = [1, 2]
"""
)


def write(folder: Path, text: str, name: str = "tiny.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def pretended(path: Path, folder: Path, work: Pretend | None = None) -> StudyResult:
    """The study carried out with made-up runs."""
    return study(path, engine=InProcess(work or Pretend()), store=folder, progress=False)
