"""Imports run one way: what is nearer to the world never knows what is nearer to the user."""

from __future__ import annotations

import ast
from pathlib import Path

import sim

PACKAGE = Path(sim.__file__).parent
# From the bottom to the top; a module may import from its own layer and from those below.
LAYERS = (
    ("cache",),
    ("units", "fingerprint"),
    ("errors",),
    ("text",),
    ("problems", "notice", "given"),
    ("words",),
    ("parameters",),
    ("scenario",),
    ("exact", "kernel", "draws"),
    ("state", "ledger"),
    ("month",),
    ("population",),
    ("agents",),
    ("interventions",),
    ("city",),
    ("size",),
    ("results", "runner"),
    ("experiments", "evidence"),
    ("replications",),
    ("outputs",),
    ("charts",),
    ("app", "cli", "__main__"),
)
# A run, a comparison, a study or a score card draws and words itself when asked to: the one import upward, made inside that method.
PRESENTED = {"results", "experiments", "evidence"}
HEIGHT = {name: height for height, layer in enumerate(LAYERS) for name in layer}


def imports_of(file: Path) -> set[str]:
    """Parts of the package that a file imports when it runs (imports for type checking only are left out)."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING"):
            node.body = []
    late = {inner for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) for inner in ast.walk(node)}
    found: set[str] = set()
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{file}: imports are written out in full"
            names = [node.module] if node.module != "sim" else [f"sim.{alias.name}" for alias in node.names]
        parts = {name.split(".")[1] for name in names if name.startswith("sim.")}
        found |= parts - ({"outputs"} if node in late and part_of(file) in PRESENTED else set())
    return found


def part_of(file: Path) -> str:
    """The part of the package that a file belongs to."""
    return file.relative_to(PACKAGE).parts[0].removesuffix(".py")


def test_every_part_has_its_layer() -> None:
    parts = {part_of(file) for file in PACKAGE.rglob("*.py")} - {"__init__"}
    assert parts <= set(HEIGHT), f"no layer for {sorted(parts - set(HEIGHT))}"


def test_imports_run_one_way() -> None:
    wrong = []
    for file in sorted(PACKAGE.rglob("*.py")):
        part = part_of(file)
        if part in HEIGHT:
            upward = [name for name in imports_of(file) if name in HEIGHT and HEIGHT[name] > HEIGHT[part]]
            wrong += [f"{file.relative_to(PACKAGE)} imports sim.{name}" for name in sorted(upward)]
    assert wrong == []
