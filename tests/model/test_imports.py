"""Imports run one way: what is nearer to the world never knows what is nearer to the user, and nothing goes in circles."""

from __future__ import annotations

import ast
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import sim

PACKAGE = Path(sim.__file__).parent
# From the bottom to the top; a module may import from its own layer and from those below. The longest name counts.
LAYERS = (
    ("cache",),
    ("fingerprint",),
    ("errors",),
    ("text.catalog", "text.__init__"),
    ("units",),
    ("text",),
    ("problems",),
    ("words",),
    ("model.parameters",),
    ("scenario",),
    ("no_effect",),
    ("model.exact", "model.kernel", "model.luck"),
    ("model.state", "model.ledger"),
    ("model.month",),
    ("model.start",),
    ("model.programmes",),
    ("model.engine", "model.__init__"),
    ("agents",),
    ("mesa_city",),
    ("size",),
    ("results.files", "results.reading", "results.outcomes", "results.columns", "results.tables"),
    ("results", "runner", "kinds"),
    ("results.processes", "results.engines", "results.store", "results.pool_engine", "results.dask_engine"),
    ("results.slurm_task", "results.slurm_engine"),
    ("experiments",),
    ("evidence",),
    ("replications",),
    ("outputs",),
    ("charts",),
    ("cli",),
    ("studies",),
    ("assistants",),
    ("app.__init__", "app.core"),
    ("app.widgets",),
    ("app.game",),
    ("app.pages",),
    ("app.server",),
    ("cli.app", "cli.__init__", "__main__", "__init__"),
)
# A city has a collector for Mesa's tools, made when one asks for it; by name, it would be as much of an import and harder to see.
COLLECTED = ("mesa_city", "results.collector")
# Registries that say by name where things are, and import none of them before it is asked for.
DISPATCH = {"kinds", "results.saved", "scenario.programme", "__init__"}
HEIGHT = {name: height for height, layer in enumerate(LAYERS) for name in layer}


@cache
def modules() -> dict[str, Path]:
    """Every module of the package by its name without `sim.`."""
    found = {}
    for file in sorted(PACKAGE.rglob("*.py")):
        parts = file.relative_to(PACKAGE).with_suffix("").parts
        found[".".join(parts)] = file
    return found


def module_of(name: str) -> str:
    """The module that a dotted name is in: a module, a package or something inside one; "" for nothing of this package."""
    parts = name.split(".")
    if parts[0] != "sim":
        return ""
    for end in range(len(parts), 1, -1):
        inside = ".".join(parts[1:end])
        for candidate in (inside, f"{inside}.__init__"):
            if candidate in modules():
                return candidate
    return "__init__"


@cache
def imports_of(module: str) -> tuple[tuple[str, bool], ...]:
    """Modules that a module imports when it runs or when one of its functions does (True), by statement or by name."""
    tree = ast.parse(modules()[module].read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING"):
            node.body = []
    late = {inner for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) for inner in ast.walk(node)}
    found: set[tuple[str, bool]] = set()
    data: set[int] = set()
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{module}: imports are written out in full"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in data:
            # "sim.scenario" or "sim.scenario:load", as import_module and the registries take it
            where = node.value.partition(":")[0]
            names = [where] if where.startswith("sim.") and module_of(where) not in ("", "__init__") else []
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("files", "PackageLoader"):
            data |= {id(argument) for argument in node.args}  # a folder of data, no import
        for name in names:
            if module_of(name) not in ("", module):
                found.add((module_of(name), node in late))
    return tuple(sorted(found))


def height_of(module: str) -> int:
    """The layer of a module: that of the longest name which it begins with."""
    parts = module.split(".")
    for end in range(len(parts), 0, -1):
        if ".".join(parts[:end]) in HEIGHT:
            return HEIGHT[".".join(parts[:end])]
    raise AssertionError(f"no layer for {module}")


def test_imports_run_one_way() -> None:
    wrong = []
    for module in modules():
        for other, late in imports_of(module):
            collects = late and (module, other) == COLLECTED
            told = collects or module in DISPATCH
            if height_of(other) > height_of(module) and not told:
                wrong.append(f"sim.{module} imports sim.{other}")
    assert wrong == []


def test_nothing_goes_in_circles() -> None:
    graph = {
        module: {other for other, _ in imports_of(module)} for module in modules() if module not in DISPATCH
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        raise AssertionError(" imports ".join(f"sim.{name}" for name in reversed(error.args[1]))) from None
