"""Every kind of messy cell has a small file of its own in tests/cases/cells, and `expected.json` beside
them says what is made of it: the value, the row that is left out, or the message."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sim.city.reading import read_table
from sim.city.sheets import letter_of
from sim.errors import CityError
from sim.problems import Problem
from sim.text import in_language, languages

CELLS = Path(__file__).parents[1] / "cases/cells"
EXPECTED: dict[str, dict[str, Any]] = json.loads((CELLS / "expected.json").read_text(encoding="utf-8"))
GOOD = sorted(name for name, one in EXPECTED.items() if "error" not in one)
BAD = sorted(name for name, one in EXPECTED.items() if "error" in one)


def test_every_file_says_what_is_made_of_it() -> None:
    assert {path.name for path in CELLS.iterdir()} - {"expected.json"} == set(EXPECTED)
    assert len(EXPECTED) > 100


@pytest.mark.parametrize("name", GOOD)
def test_what_is_made_of_it(name: str) -> None:
    expected = EXPECTED[name]
    reading = read_table(CELLS / name)
    by_row = {one.row: one for one in reading.estates}
    for row, facts in expected.get("rows", {}).items():
        for key, value in facts.items():
            found = by_row[int(row)].get(key)
            assert (list(found) if isinstance(found, tuple) else found) == value, key
    assert not set(expected.get("left", ())) & set(by_row)
    for row in expected.get("left", ()):
        assert any(note.row == row and note.verdict == "left_out" for note in reading.notes), row
    found_notes = [
        (one.row, letter_of(one.column) if one.column else None, one.verdict, one.code)
        for one in reading.notes
    ]
    for note in expected.get("notes", ()):
        assert (note["row"], note["column"], note["verdict"], note["code"]) in found_notes, found_notes
    if "encoding_found" in expected:
        assert reading.table.book.encoding == expected["encoding_found"]
    if "estates" in expected:
        assert len(reading.estates) == expected["estates"]


@pytest.mark.parametrize("name", GOOD)
def test_all_that_is_said_of_it_can_be_said_in_every_language(name: str) -> None:
    for lang in languages():
        with in_language(lang):
            for note in read_table(CELLS / name).notes:
                assert str(note.why).strip() and str(note.place) is not None


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_table_is_refused_in_one_problem_that_names_the_file(name: str) -> None:
    with pytest.raises(CityError) as caught:
        read_table(CELLS / name)
    problem = caught.value.args[0]
    assert isinstance(problem, Problem)
    assert getattr(problem.found, "text_id", None) == EXPECTED[name]["error"]
    for lang in languages():
        with in_language(lang):
            assert name in str(caught.value) and "\n" not in str(caught.value)
