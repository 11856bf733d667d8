"""What the parsers of TOML and CSV say of a file is said in the reader's language,
whatever is wrong with it."""

from __future__ import annotations

import csv
import io
import re
import tomllib
from pathlib import Path

import pytest

from sim.errors import EstateError
from sim.experiments.ensemble import load_ensemble
from sim.scenario import load
from sim.text import in_language
from sim.text.foreign import PARSERS, matched, parser_says

TOML = {
    "statement": "= 3",
    "after_statement": "a = 1 b",
    "character": "a = 1 # \x01",
    "declared_twice": "[a]\n[a]",
    "overwritten": "a = 1\na = 2",
    "end_of_table": "[a",
    "end_of_array_of_tables": "[[a]",
    "immutable": "a = {}\na.b = 1",
    "namespace": "[a.b.c]\nd = 1\n[a]\nb.c.d = 2",
    "equals": "a 3",
    "first_of_key": "a. = 3",
    "array": "a = [1 2]",
    "inline_key": "a = {b = 1, b = 2}",
    "inline": "a = {b = 1 c = 2}",
    "backslash": 'a = "C:\\data"',
    "hex": 'a = "\\uzzzz"',
    "scalar": 'a = "\\uD800"',
    "string": 'a = "b',
    "illegal": 'a = "b\n"',
    "date": "a = 2024-02-30",
    "value": "a = hello",
    "expected": "a = 'b",
}
CSV = {"csv_quote": 'a,"b"c', "csv_end": 'a,"b', "csv_long": "x" * 200_000}


def sentence(key: str) -> str:
    """What the library itself says of the text with this fault."""
    try:
        if key in TOML:
            tomllib.loads(TOML[key])
        else:
            list(csv.reader(io.StringIO(CSV[key], newline=""), strict=True))
    except (tomllib.TOMLDecodeError, csv.Error) as error:
        return str(error).partition(" (at ")[0]
    raise AssertionError(f"{key}: nothing is wrong")


@pytest.mark.parametrize("key", [*TOML, *CSV])
def test_each_sentence_is_the_librarys_own_and_has_its_translation(key: str) -> None:
    said = sentence(key)
    found = matched(PARSERS, said)
    assert found is not None, said
    with in_language("zh"):
        chinese = str(parser_says(said))
    assert re.search("[\u4e00-\u9fff]", chinese) and not re.search("[A-Za-z]{2} [a-z]", chinese)


def test_every_sentence_that_is_known_is_one_of_a_fault() -> None:
    met = {found[0] for key in (*TOML, *CSV) if (found := matched(PARSERS, sentence(key)))}
    assert set(PARSERS) == met


def test_a_table_declared_twice_is_called_as_the_file_calls_it() -> None:
    assert str(parser_says("Cannot declare ('city', 'name') twice")) == "Cannot declare city.name twice"


@pytest.mark.parametrize("text", [*TOML.values(), f"months = {'9' * 5000}"])
def test_a_scenario_that_is_no_toml_is_refused_in_chinese(tmp_path: Path, text: str) -> None:
    (tmp_path / "bad.toml").write_text(text, encoding="utf-8", newline="")
    with in_language("zh"), pytest.raises(EstateError) as caught:
        load(tmp_path / "bad.toml")
    with in_language("zh"):
        found = str(caught.value).split("读到：")[1].split("；允许：")[0]
    assert re.search("[\u4e00-\u9fff]", found)


def test_a_table_of_members_that_is_no_csv_is_refused_in_chinese(tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_text(CSV["csv_end"], encoding="utf-8")
    with in_language("zh"), pytest.raises(EstateError) as caught:
        load_ensemble(tmp_path / "bad.csv")
    with in_language("zh"):
        assert "引号未闭合" in str(caught.value)
