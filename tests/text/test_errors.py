"""What is wrong with an input is said in the reader's language: no error that a user reads
carries words of its own."""

from __future__ import annotations

import ast
import pickle
from pathlib import Path

import pytest

import sim
from sim import errors
from sim.errors import StudyError
from sim.experiments.ensemble import load_ensemble
from sim.text import in_language
from tests.sources import nodes_of

READ_BY_USERS = set(errors.__all__)


def with_own_words(source: str) -> list[int]:
    """Lines where an error for users is made with a text written in the code
    instead of one from the catalogs."""
    found = []
    for node in nodes_of(source):
        made = isinstance(node, ast.Call) and name_of(node.func) in READ_BY_USERS
        if made and any(is_text(argument) for argument in node.args):
            found.append(node.lineno)
    return found


def name_of(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def is_text(argument: ast.expr) -> bool:
    if isinstance(argument, ast.BinOp):
        return is_text(argument.left) or is_text(argument.right)
    if isinstance(argument, ast.Call):  # "…".join(…), "…".format(…), str("…")
        return is_text(getattr(argument.func, "value", argument.func)) or name_of(argument.func) == "join"
    return isinstance(argument, ast.JoinedStr) or (
        isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    )


def test_no_error_for_users_carries_a_text_of_its_own() -> None:
    root = Path(sim.__file__).parent
    found = {
        str(file.relative_to(root)): lines
        for file in sorted(root.rglob("*.py"))
        if (lines := with_own_words(file.read_text(encoding="utf-8")))
    }
    assert not found


def test_texts_in_the_code_are_seen_however_they_are_put_together() -> None:
    for words in ("'no'", "f'no {x}'", "'no ' + x", "'no {}'.format(x)", "', '.join(x)", "'no %s' % x"):
        assert with_own_words(f"raise StudyError({words}) from None"), words
        assert with_own_words(f"raise errors.ResultError({words})"), words
    assert not with_own_words("raise StudyError(message('study.error.none', found=', '.join(x)))")
    assert not with_own_words("raise ValueError('a defect of the program')")


def test_problems_of_a_file_are_said_in_the_language_in_which_they_are_read(tmp_path: Path) -> None:
    file = tmp_path / "members.csv"
    file.write_text("member,payment.norm_weight\nfirst,many\n", encoding="utf-8")
    with pytest.raises(StudyError) as caught:
        load_ensemble(file)
    for language, word in (("en", "allowed"), ("zh", "允许")):
        with in_language(language):
            assert word in str(caught.value)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)
