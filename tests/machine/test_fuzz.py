"""Whatever a file says, reading it ends well or in an error that says something: no
input ends in a traceback."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from fuzz import Fuzz, read_city, read_result

FEW = 300  # ten thousand: python3 go.py fuzz


@pytest.fixture(scope="module")
def fuzz(tmp_path_factory: pytest.TempPathFactory) -> Fuzz:
    return Fuzz(tmp_path_factory.mktemp("fuzz"))


def test_the_examples_are_good_files(fuzz: Fuzz, tmp_path: Path) -> None:
    for kind in fuzz.kinds:
        file = tmp_path / f"example{kind.suffix}"
        file.write_bytes(kind.example)
        kind.read(file)
    for folder in fuzz.results:
        read_result(folder)
    read_city(Path(shutil.copytree(fuzz.city, tmp_path / "fuzzed")))


def test_no_change_of_a_file_ends_in_a_traceback(fuzz: Fuzz) -> None:
    failed = [told for number in range(FEW) if (told := fuzz.tried(number))]
    assert not failed, "\n".join(failed)


def test_a_reader_that_lets_its_own_error_out_is_noticed(fuzz: Fuzz, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = [kind._replace(read=lambda path: path.read_bytes().decode("ascii")) for kind in fuzz.kinds]
    monkeypatch.setattr(fuzz, "kinds", broken)
    assert any("UnicodeDecodeError" in fuzz.tried(number) for number in range(20))
