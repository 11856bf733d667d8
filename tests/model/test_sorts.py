"""Whoever stands equal stands in the order of the ids: no sort leaves it to the processor who comes first."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "sim"
# Sorts that tell where things were, or only part of them: with equal keys they may do so in any order, unless
# stable.
PLACES = ("argsort", "argpartition", "nlargest", "nsmallest")
TABLES = ("sort_values", "sort_index")


def unstable(source: str) -> list[str]:
    """The calls in a module that say in which order rows come and leave that of equal ones open."""
    found, tree = [], ast.parse(source)
    # the value at one place is the same in whatever order equal keys stand
    values = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Subscript) and not isinstance(node.slice, ast.Slice)
    }
    for node in ast.walk(tree):
        if (
            id(node) in values
            and ast.unparse(node.func if isinstance(node, ast.Call) else node) == "np.partition"
        ):
            continue
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        kinds = [keyword.value for keyword in node.keywords if keyword.arg == "kind"]
        is_stable = [ast.unparse(kind) for kind in kinds] == ["'stable'"]
        by_place = node.func.attr == "argsort" or node.func.attr in TABLES
        # a text that is parted at a sign is no part of a sort
        is_parted = ast.unparse(node.func) == "np.partition"
        if (by_place and not is_stable) or node.func.attr in set(PLACES) - {"argsort"} or is_parted:
            found.append(f"{node.lineno}: {ast.unparse(node)}")
    return found


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("np.argsort(key)", 1),
        ("key.argsort()", 1),
        ("np.argsort(key, kind='quicksort')", 1),
        ("np.argpartition(key, 3)[:3]", 1),
        ("np.argpartition(key, 3)[3]", 1),
        ("np.partition(key, 3)[:3]", 1),
        ("np.partition(key, 3)[3]", 0),
        ("frame.sort_values('a')", 1),
        ("np.argsort(-key, kind='stable')", 0),
        ("np.lexsort((a, b))", 0),
    ],
)
def test_what_is_found(source: str, count: int) -> None:
    assert len(unstable(source)) == count


def test_no_order_is_left_open_where_keys_are_equal() -> None:
    files = sorted(FOLDER.rglob("*.py"))
    sorting = [file for file in files if "argsort" in file.read_text(encoding="utf-8")]
    assert len([file for file in sorting if "model" in file.parts]) > 8, "the model sorts"
    left_open = {
        file.relative_to(FOLDER).as_posix(): found
        for file in files
        if (found := unstable(file.read_text(encoding="utf-8")))
    }
    assert left_open == {}
