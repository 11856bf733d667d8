"""Imports run one way: what is nearer to the world never knows what is nearer to the user, and
nothing goes in circles."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import sim
from tests.sources import nodes_of

Nodes = Sequence[ast.AST]
PACKAGE = Path(sim.__file__).parent
# From the bottom to the top; a module may import from its own layer and from those below. The longest name
# counts.
LAYERS = (
    ("cache",),
    ("fingerprint",),
    ("errors",),
    ("text.catalog", "text.absent", "text.__init__"),
    ("units",),
    ("text",),
    ("notices",),
    ("problems",),
    ("arguments",),
    ("words",),
    ("model.parameters",),
    ("scenario",),
    ("no_effect",),
    ("model.carried", "model.exact", "model.kernel", "model.luck"),
    ("model.state", "model.ledger"),
    ("model.month",),
    ("model.start",),
    ("model.programmes",),
    ("model.engine", "model.branch", "model.__init__"),
    ("agents",),
    ("mesa_city",),
    ("size",),
    ("results.files", "results.reading", "results.outcomes", "results.columns", "results.tables"),
    ("results", "runner", "kinds"),
    (
        "results.processes",
        "results.engines",
        "results.claims",
        "results.store",
        "results.storekeeping",
        "results.pool_engine",
        "results.dask_engine",
    ),
    ("results.slurm_task", "results.slurm_engine"),
    ("experiments",),
    ("evidence",),
    ("replications",),
    ("outputs",),
    ("charts",),
    ("city",),
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
# A city has a collector for Mesa's tools, made when one asks for it; by name, it would be as much of an
# import and harder to see.
COLLECTED = ("mesa_city", "results.collector")
# Registries that say by name where things are, and import none of them before it is asked for.
DISPATCH = {"kinds", "results.saved", "scenario.programme", "__init__"}
# Modules that import by a name which they make, or look for what is installed, and what they may load so. All
# else imports by statement, or by the whole name in one literal, which the test of the layers reads.
LOADS = {
    "__init__": "public names, imported when first used, from _HOMES, sim.kinds and sim.charts",
    "kinds": "the folders of sim.studies, and what their kind.py names",
    "results.saved": "the classes that CLASSES and the kinds of result name",
    "replications": "the modules of MODELS, of its own package",
    "scenario.programme": "the modules of sim.model.programmes, which fill the registry of scenarios: whoever reads a scenario wants them",
    "scenario.declaring": "the file in which a class stands that declares a programme, of a module that is loaded",
    "experiments.extras": "optional libraries, none of this package",
    "outputs.style": "where zhplot's font is, without importing it",
}
IMPORTING = {
    "import_module",
    "__import__",
    "find_spec",
    "iter_modules",
    "walk_packages",
    "entry_points",
    "run_module",
    "run_path",
    "resolve_name",
    "reload",
    "spec_from_file_location",
    "SourceFileLoader",
    "exec_module",
    "locate",
}
FOLDERS = ("files", "PackageLoader")  # called with a folder of data
RUNNING = {"exec", "eval", "compile"}  # code from text, which may import whatever it likes
# What a registry among the lower layers may name, by how its modules begin; "__init__" stands above all.
MAY_LOAD = {
    "kinds": ("studies.",),
    "results.saved": ("experiments.",),
    "scenario.programme": ("model.programmes.",),
}
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
    """The module that a dotted name is in: a module, a package or something inside one; "" for
    nothing of this package."""
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
    """Modules that a module imports when it runs or when one of its functions does (True),
    by statement or by name."""
    return imports_in(module, modules()[module].read_text(encoding="utf-8"))


def last_name(node: ast.AST) -> str:
    """What an expression ends with after its last dot: of a name or an attribute known without writing it."""
    if isinstance(node, ast.Name):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else ast.unparse(node).rpartition(".")[2]


@cache
def running(code: str) -> tuple[ast.AST, ...]:
    """All that code holds, without what only type checkers read."""
    unread: set[ast.AST] = set()
    for node in nodes_of(code):
        if node in unread:
            unread |= {*ast.iter_child_nodes(node)}
        elif isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING"):
            unread |= {*node.body}
    return tuple(node for node in nodes_of(code) if node not in unread)


def through_package(nodes: Nodes) -> set[str]:
    """What code asks of the name `sim` itself: `sim.compare`, `sim.units`; "" where the name stands alone,
    as in `getattr(sim, name)` or `vars(sim)`, and may be asked for anything."""
    asked = {
        id(node.value): node.attr
        for node in nodes
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }
    return {asked.get(id(node), "") for node in nodes if isinstance(node, ast.Name) and node.id == "sim"}


def loaded_modules(nodes: Nodes) -> list[ast.expr | None]:
    """By what code looks into `sys.modules`, where every module is that was imported; None where it takes
    the whole of it."""
    held: dict[int, ast.expr | None] = {}
    for node in nodes:
        if isinstance(node, ast.Subscript):
            held[id(node.value)] = node.slice
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            if node.func.attr in ("get", "pop", "setdefault", "__getitem__"):
                held[id(node.func.value)] = node.args[0]
        elif isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In | ast.NotIn):
            held[id(node.comparators[0])] = node.left
    own = {
        one.asname or one.name
        for node in nodes
        if isinstance(node, ast.ImportFrom) and node.module == "sys"
        for one in node.names
        if one.name == "modules"
    }
    return [
        held.get(id(node))
        for node in nodes
        if (isinstance(node, ast.Attribute) and node.attr == "modules" and ast.unparse(node) == "sys.modules")
        or (isinstance(node, ast.Name) and node.id in own)
    ]


def literal(node: ast.expr | None) -> str | None:
    """The text that a place in code is, if it is one."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


@cache
def imports_in(module: str, code: str) -> tuple[tuple[str, bool], ...]:
    """As `imports_of`, of a module of such code."""
    nodes = running(code)
    late: set[ast.AST] = set()
    for node in nodes:
        if node in late or isinstance(node, ast.FunctionDef):
            late |= {node, *ast.iter_child_nodes(node)}
    found: set[tuple[str, bool]] = set()
    data: set[int] = set()
    for looked in loaded_modules(nodes):
        if looked is not None and module_of(literal(looked) or "") not in ("", module):
            found.add((module_of(literal(looked) or ""), looked in late))
    for node in nodes:
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
            # `import sim.units` binds `sim`, whose public names load whatever they stand for
            names += [
                f"sim.{used}" for name in names if name.startswith("sim.") for used in through_package(nodes)
            ]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0 and node.module, f"{module}: imports are written out in full"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in data:
            # "sim.scenario" or "sim.scenario:load", as import_module and the registries take it
            where = node.value.partition(":")[0]
            names = [where] if where.startswith("sim.") and module_of(where) not in ("", "__init__") else []
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FOLDERS:
            data |= {id(argument) for argument in node.args}  # no import
        for name in names:
            if module_of(name) not in ("", module):
                found.add((module_of(name), node in late))
    return tuple(sorted(found))


@cache
def stated() -> frozenset[tuple[str, str]]:
    """What registries import by statement, or by a name that they may not: heights
    and circles hold for it."""
    texts = {module: modules()[module].read_text(encoding="utf-8") for module in DISPATCH}
    return frozenset((module, other) for module in DISPATCH for other in stated_in(module, texts[module]))


@cache
def stated_in(module: str, code: str) -> frozenset[str]:
    """What a registry of such code imports by a statement, wherever in it that stands, or
    names without being allowed to."""
    found = set()
    for node in running(code):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {module_of(f"{node.module}.{one.name}") for one in node.names}
        elif isinstance(node, ast.Import):
            found |= {module_of(one.name) for one in node.names}
    if module in MAY_LOAD:
        named = {other for other, _ in imports_in(module, code)}
        found |= {other for other in named if not other.startswith(MAY_LOAD[module])}
    return frozenset(found - {"", module})


SMUGGLED = (
    'import sys\nheld = sys.modules["sim.app.server"]',
    'import sys\n\ndef late():\n    return sys.modules.get("sim.app.server", None)',
    "def late():\n    from sim.app import server",
    "def late():\n    import sim.app.server",
    "if True:\n    from sim.app import server",
    "try:\n    import sim.app.server as held\nexcept ImportError:\n    pass",
    "with open(__file__):\n    from sim.app.server import serve",
    'class Late:\n    where = "sim.app.server"',
    'WHERE = "sim.app.server:serve"',
    'def late():\n    import_module("sim.app.server")',
)


@pytest.mark.parametrize(
    "code",
    [
        "import sim.units\n\ndef late():\n    return sim.compare",
        "import sim.units\n\ndef late(name):\n    return getattr(sim, name)",
        'import sim.units\n\ndef late():\n    return vars(sim)["compare"]',
        "import sim.units\nheld = sim",
        'import sys\n\ndef late():\n    return sys.modules["sim"].compare',
        'import sys\n\ndef late():\n    return sys.modules.get("sim").compare',
        'from sys import modules as held\n\ndef late():\n    return held.get("sim")',
    ],
)
def test_the_public_names_of_the_package_are_an_import_of_all(code: str) -> None:
    """`sim.compare` loads the studies when it is first asked for: an import of the top."""
    assert "__init__" in {other for other, _ in imports_in("words", code)}
    assert "__init__" not in {
        other for other, _ in imports_in("words", "import sim.units\nsim.units.MONTHS_PER_YEAR")
    }


@pytest.mark.parametrize("code", SMUGGLED)
@pytest.mark.parametrize("module", sorted(MAY_LOAD))
def test_a_registry_hides_no_import_of_what_is_above_it(module: str, code: str) -> None:
    honest = modules()[module].read_text(encoding="utf-8")
    assert "app.server" not in stated_in(module, honest)
    assert "app.server" in stated_in(module, f"{honest}\n\n{code}\n")


def test_what_only_type_checkers_read_is_no_import() -> None:
    code = "if TYPE_CHECKING:\n    from sim.app import server\nelse:\n    from sim import words\n"
    assert stated_in("kinds", code) == {"words"}


def made_names(nodes: Nodes) -> list[str]:
    """Where code imports by a name that is not one whole literal, or asks what can be
    imported, as it is written there."""
    known = IMPORTING | RUNNING
    called = set(known)
    for node in nodes:
        if isinstance(node, ast.ImportFrom):
            called |= {one.asname for one in node.names if one.name in called and one.asname}
    found = []
    heads = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
    for node in nodes:
        if isinstance(node, ast.Attribute) and node.attr == "compile" and ast.unparse(node) == "re.compile":
            continue  # of a pattern, no code
        held = isinstance(node, ast.Attribute | ast.Name) and id(node) not in heads
        if held and last_name(node) in called:
            found.append(ast.unparse(node))  # kept under another name, to be called out of sight
        if isinstance(node, ast.Constant) and node.value in known:
            found.append(repr(node.value))  # as getattr takes it
        if not isinstance(node, ast.Call) or last_name(node.func) not in called:
            continue
        if ast.unparse(node.func) == "re.compile":
            continue
        first = node.args[0] if len(node.args) == 1 and not node.keywords else None
        whole = (
            isinstance(first, ast.Constant) and isinstance(first.value, str) and "." in first.value.strip(".")
        )
        if not whole or last_name(node.func) not in ("import_module", "__import__"):
            found.append(ast.unparse(node))
    for looked in loaded_modules(nodes):
        if literal(looked) is None:
            found.append("sys.modules" if looked is None else ast.unparse(looked))
    return found


@pytest.mark.parametrize(
    "code",
    [
        'sys.modules["sim." + name]',
        "sys.modules.get(f'sim.{name}')",
        "held = sys.modules",
        "list(sys.modules.values())",
        "from sys import modules\nmodules[name]",
        'import_module(f"sim.{x}")',
        'import_module("sim." + "scenario")',
        'import_module("sim")',
        'import_module(".scenario", "sim")',
        "importlib.import_module(name)",
        '__import__("sim" + x)',
        "from importlib import import_module as load\nload(name)",
        "pkgutil.iter_modules(path)",
        'metadata.entry_points(group="sim")',
        'pkgutil.resolve_name("sim.charts")',
        'load = importlib.import_module\nload("sim.charts")',
        'getattr(importlib, "import_module")("sim.charts")',
        'exec("import sim.charts")',
        'builtins.exec("import sim.charts")',
        '__builtins__.eval("__import__")',
        "run = exec\nrun(text)",
        "run = builtins.eval",
        "from builtins import exec as run\nrun(text)",
        'spec_from_file_location("charts", path)',
        "spec.loader.exec_module(module)",
        'pydoc.locate("sim." + name)',
        'exec(compile(text, "", "exec"))',
        "compile(text, name, mode)",
        "map(eval, texts)",
    ],
)
def test_a_name_that_is_made_is_seen(code: str) -> None:
    assert made_names(nodes_of(code))


def test_only_registries_import_by_names_that_they_make() -> None:
    found = {
        module for module in modules() if made_names(nodes_of(modules()[module].read_text(encoding="utf-8")))
    }
    assert {module.removesuffix(".__init__") for module in found} <= set(LOADS)


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
            told = collects or (module in DISPATCH and (module, other) not in stated())
            if height_of(other) > height_of(module) and not told:
                wrong.append(f"sim.{module} imports sim.{other}")
    assert wrong == []


def test_nothing_goes_in_circles() -> None:
    graph = {
        module: {
            other for other, _ in imports_of(module) if module not in DISPATCH or (module, other) in stated()
        }
        for module in modules()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        raise AssertionError(" imports ".join(f"sim.{name}" for name in reversed(error.args[1]))) from None
