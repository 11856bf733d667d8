"""What the page on other tools shows does what it says, and both languages show the same."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path

from mesa.batchrunner import batch_run

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES = (DOCS / "other-tools.md", DOCS / "zh" / "other-tools.md")


def examples(page: Path) -> list[str]:
    return re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.S)


def test_both_languages_show_the_same_code() -> None:
    one, other = (examples(page) for page in PAGES)
    assert [ast.unparse(ast.parse(code)) for code in one] == [ast.unparse(ast.parse(code)) for code in other]
    assert one


def test_the_example_of_mesa_runs() -> None:
    code = examples(PAGES[0])[0]
    if "rng" not in inspect.signature(batch_run).parameters:  # Mesa 3.3
        code = re.sub(r"\},\s*rng=\[1, 2, 3\]\s*\)", ', "seed": [1, 2, 3]})', code)
    found: dict[str, object] = {}
    exec(code, found)
    assert found["city"].month == 24  # type: ignore[attr-defined]
