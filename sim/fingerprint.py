"""What decides a number, hashed by what it does: the model's definitions without their
words and without their place.

A result says by this hash which model made it, the store keeps runs by it, and an ensemble says by it what it
was calibrated with. So it must change when a number, a rule, a default or a column does, and must not when a
label is corrected, a comment written, a file renamed, split or laid out anew.
"""

from __future__ import annotations

import ast
import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from sim.cache import cache_root

PACKAGE = Path(__file__).parent

# What decides a run's numbers, all of it; what these borrow from elsewhere (the codes in `words`) counts
# where it is used.
MODEL_SOURCE = ("model", "scenario", "units.py")
# What decides the summary of a run, besides the run: likewise with all that it borrows outside of the model.
SUMMARY_SOURCE = (
    "results/summary.py",
    "results/owner_kinds.py",
    "results/outcomes.py",
    "results/reading.py",
)
# What decides the statistics that patterns are read by.
STATISTICS_SOURCE = ("evidence/statistics.py",)
# What is compiled. Defaults of parameters reach the kernels as values, their names through the argument
# types.
COMPILED_SOURCE = (
    "model/state",
    "model/month",
    "model/start",
    "model/kernel.py",
    "model/exact.py",
    "model/luck.py",
    "model/ledger.py",
)
# Sentences about scenarios and programmes, what goes wrong with them, and views of a city: none of it enters
# a run.
SPOKEN = (
    "errors.py",
    "problems.py",
    "text",
    "cache.py",
    "fingerprint.py",
    "agents",
    "model/programmes/condition_words.py",
    "model/programmes/describe.py",
    "model/programmes/lever_words.py",
    "scenario/messages.py",
)

# Arguments of a declaration that only readers see (ALL: every one of them), besides those that it takes by
# any name: these are its words by language.
ALL = "*"
LABELS: Mapping[str, frozenset[str]] = {
    "Word": frozenset({ALL}),
    "Problem": frozenset({ALL}),
    "say": frozenset({ALL}),
    "message": frozenset({ALL}),
    "Parameter": frozenset({"unit", "source", "status"}),
    "setting": frozenset({"unit", "source"}),
    "Field": frozenset({"unit", "meaning", "description"}),
    "Column": frozenset({"unit", "meaning"}),
    "EstateColumn": frozenset({"unit", "example"}),
}
# Attributes of a class that hold words or are read by what says them (which programme is idle), and how those
# begin that hold words in one language.
LABEL_ATTRIBUTES = frozenset({"mechanism", "risk", "evidence", "idle_without"})
LABEL_IN = "label_"
TEXT = "<text>"
ROUNDS = 4  # how far away a definition may lie whose change is seen in those that refer to it; its own hash always counts
FORMAT = 1

_Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def model_source_hash() -> str:
    """Sixteen hex digits of everything that decides a run's numbers, by what it does."""
    return fingerprint(MODEL_SOURCE, SPOKEN)


@cache
def summary_source_hash() -> str:
    """Sixteen hex digits of what makes summaries: a run summarised otherwise is another result."""
    return fingerprint(SUMMARY_SOURCE, (*SPOKEN, *MODEL_SOURCE))


@cache
def statistics_source_hash() -> str:
    """Sixteen hex digits of the statistics: what was read otherwise is another reading."""
    return fingerprint(STATISTICS_SOURCE, (*SPOKEN, *MODEL_SOURCE))


def raw_hash(names: Iterable[str], package: Path = PACKAGE) -> str:
    """Sixteen hex digits of the bytes of files and folders, whatever they say; line ends do not matter."""
    digest = hashlib.sha256()
    for file in _files(names, package):
        digest.update(file.relative_to(package).as_posix().encode())
        digest.update(_bytes(file))
    return digest.hexdigest()[:16]


def fingerprint(names: Iterable[str], leave_out: Iterable[str] = (), package: Path = PACKAGE) -> str:
    """Sixteen hex digits of the definitions in files and folders of a package, and of those that they
    refer to elsewhere in it.

    `leave_out` names files and folders whose definitions do not count. The result is kept in the cache folder
    by the bytes of the files that were read; without a cache that can be written it is computed anew.
    """
    names, leave_out = tuple(names), tuple(leave_out)
    asked = f"{FORMAT} {names} {leave_out} {raw_hash(names, package)}"
    kept = cache_root() / "fingerprints" / f"{hashlib.sha256(asked.encode()).hexdigest()[:32]}.json"
    digest = _kept(kept, package)
    if not digest:
        source = _Source(package, _files(names, package), set(_files(leave_out, package)))
        digest = source.hash()
        _keep(kept, digest, {file: _sealed(file) for file in source.modules}, package)
    return digest


def _kept(file: Path, package: Path) -> str:
    """The hash kept in a file, if every file that it was made from still has the same bytes; else ""."""
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        whole = all(_sealed(package / name) == seal for name, seal in data["files"].items())
        return str(data["hash"]) if whole else ""
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return ""


def _keep(target: Path, digest: str, files: Mapping[Path, str], package: Path) -> None:
    data = {
        "hash": digest,
        "files": {file.relative_to(package).as_posix(): seal for file, seal in files.items()},
    }
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(json.dumps(data), encoding="utf-8")
        os.replace(part, target)
    except OSError:
        return  # it costs a second of each process then, and nothing else


def _files(names: Iterable[str], package: Path) -> list[Path]:
    files: list[Path] = []
    for name in names:
        path = package / name
        files += [path] if path.is_file() else sorted(path.rglob("*.py"))
    return files


def _bytes(file: Path) -> bytes:
    return file.read_bytes().replace(b"\r\n", b"\n")


def _sealed(file: Path) -> str:
    return hashlib.sha256(_bytes(file)).hexdigest()[:32]


class _Definition(NamedTuple):
    """A name defined at the top of a module."""

    module: Path
    name: str


class _Module:
    """A module: its definitions by name, and where the names that it imports come from.

    sim: module and name by local name, for what comes from the package (name "" for a module itself). other:
    dotted name by local name, for what comes from a library.
    """

    def __init__(self, tree: ast.Module, package_name: str) -> None:
        self.definitions: dict[str, list[ast.stmt]] = {}
        self.sim: dict[str, tuple[str, str]] = {}
        self.other: dict[str, str] = {}
        for node in _running(tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    self.other[alias.asname or alias.name.split(".")[0]] = alias.name
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, "imports are written out in full"
                for alias in node.names:
                    local = alias.asname or alias.name
                    if node.module and node.module.split(".")[0] == package_name:
                        self.sim[local] = (node.module, alias.name)
                    else:
                        self.other[local] = f"{node.module}.{alias.name}"
        for number, statement in enumerate(_statements(tree.body)):
            for name in _bound(statement) or [f"statement {number}"]:
                self.definitions.setdefault(name, []).append(statement)


def _running(tree: ast.Module) -> Iterator[ast.AST]:
    """Every node but those that only a type checker sees."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        if not _for_checkers(node):
            waiting += ast.iter_child_nodes(node)


def _for_checkers(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING")


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a body that do something: no import, no text that stands for itself,
    nothing for type checkers."""
    for node in body:
        alone = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if alone or isinstance(node, ast.Import | ast.ImportFrom | ast.Pass) or _for_checkers(node):
            continue
        if _bound(node) != ["__all__"]:
            yield node


def _bound(node: ast.stmt) -> list[str]:
    """The names that a statement defines, [] for any other statement."""
    if isinstance(node, _Function | ast.ClassDef):
        return [node.name]
    targets = (
        node.targets
        if isinstance(node, ast.Assign)
        else [node.target]
        if isinstance(node, ast.AnnAssign)
        else []
    )
    return [name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)]


class _Source:
    """The definitions of some files and of what they refer to in their package."""

    def __init__(self, package: Path, files: Iterable[Path], leave_out: set[Path]) -> None:
        self.package, self.leave_out = package, leave_out
        self.modules: dict[Path, _Module] = {}
        self.references: dict[_Definition, dict[str, _Definition | str]] = {}
        self.plain: dict[_Definition, str] = {}
        waiting = [
            _Definition(file, name)
            for file in files
            if file not in leave_out
            for name in self.module(file).definitions
        ]
        while waiting:
            definition = waiting.pop()
            if definition in self.plain:
                continue
            writer = _Writer(self, definition.module)
            text = "\n".join(
                writer.statement(node) for node in self.module(definition.module).definitions[definition.name]
            )
            self.plain[definition], self.references[definition] = _hash(text), writer.references
            waiting += [
                referred for referred in writer.references.values() if isinstance(referred, _Definition)
            ]

    def module(self, file: Path) -> _Module:
        if file not in self.modules:
            self.modules[file] = _Module(ast.parse(_bytes(file)), self.package.name)
        return self.modules[file]

    def find(self, file: Path, name: str) -> _Definition | str | None:
        """Where a name of a module is defined: a place in the package, or the dotted name of a
        library; None where neither."""
        module = self.module(file)
        if name in module.definitions:
            return _Definition(file, name)
        if name in module.sim:
            source, original = module.sim[name]
            inner = self._file(f"{source}.{original}")
            if inner is not None:
                return None  # a module, whose parts are found where they are used
            outer = self._file(source)
            return None if outer is None else self.find(outer, original)
        return module.other.get(name)

    def within(self, file: Path, name: str, attribute: str) -> _Definition | str | None:
        """Where `name.attribute` is defined, if `name` is a module of the package."""
        source, original = self.module(file).sim.get(name, ("", ""))
        inner = self._file(f"{source}.{original}")
        return None if inner is None else self.find(inner, attribute)

    def _file(self, dotted: str) -> Path | None:
        path = self.package.joinpath(*dotted.split(".")[1:])
        for file in (path.with_suffix(".py"), path / "__init__.py"):
            if file.is_file():
                return file
        return None

    def counts(self, referred: _Definition | str | None) -> bool:
        """Whether what a name refers to is part of what is hashed."""
        return isinstance(referred, str) or (referred is not None and referred.module not in self.leave_out)

    def hash(self) -> str:
        """All definitions in any order, each with those that it refers to, so that two of
        one name are told apart."""
        hashes = dict(self.plain)
        for _ in range(ROUNDS):
            hashes = {definition: self._with_references(definition, hashes) for definition in hashes}
        return _hash("\n".join(sorted(hashes.values())))[:16]

    def _with_references(self, definition: _Definition, hashes: Mapping[_Definition, str]) -> str:
        told = [
            f"{name} {referred if isinstance(referred, str) else hashes[referred]}"
            for name, referred in self.references[definition].items()
        ]
        return _hash("\n".join([self.plain[definition], *sorted(told)]))


class _Writer:
    """Writes one definition as text, the same for every Python that can parse it,
    and notes what it refers to."""

    def __init__(self, source: _Source, file: Path) -> None:
        self.source, self.file = source, file
        self.references: dict[str, _Definition | str] = {}

    def statement(self, node: ast.stmt, in_class: bool = False) -> str:
        if isinstance(node, _Function):
            arguments = self._node(node.args)
            return self._call(
                "function", node.name, arguments, self._each(node.decorator_list), self._body(node.body)
            )
        if isinstance(node, ast.ClassDef):
            head = self._each([*node.bases, *node.keywords, *node.decorator_list])
            return self._call("class", node.name, head, self._body(node.body, in_class=True))
        if in_class and any(name in LABEL_ATTRIBUTES or name.startswith(LABEL_IN) for name in _bound(node)):
            return ""
        if isinstance(node, ast.AnnAssign):
            kind = self._node(node.annotation) if in_class else ""
            value = "" if node.value is None else self._node(node.value)
            return self._call("assign", self._node(node.target), kind, value)
        if isinstance(node, ast.Assign):
            return self._call("assign", self._each(node.targets), "", self._node(node.value))
        if isinstance(node, ast.Raise):
            return self._call("raise", self._raised(node.exc))
        if isinstance(node, ast.Assert):
            return self._call("assert", self._node(node.test))
        return self._node(node)

    def _body(self, body: list[ast.stmt], in_class: bool = False) -> str:
        written = [self.statement(node, in_class) for node in _statements(body)]
        return "\n".join(line for line in written if line)

    def _raised(self, node: ast.expr | None) -> str:
        """The kind of an error, not what it says."""
        call = node.func if isinstance(node, ast.Call) else node
        return "" if call is None else ast.unparse(call)

    def _node(self, node: ast.AST) -> str:
        if isinstance(node, ast.Constant):
            is_text = isinstance(node.value, str) and _is_text(node.value)
            return TEXT if is_text else f"{type(node.value).__name__} {node.value!r}"
        if isinstance(node, ast.JoinedStr) and any(
            isinstance(part, ast.Constant) and _is_text(str(part.value)) for part in node.values
        ):
            return TEXT
        if isinstance(node, ast.Name):
            self._refer(node.id, self.source.find(self.file, node.id))
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            referred = self.source.within(self.file, node.value.id, node.attr)
            self._refer(f"{node.value.id}.{node.attr}", referred)
        elif isinstance(node, ast.Call):
            return self._called(node)
        elif isinstance(node, ast.Compare):
            return self._call(
                "compare",
                *(self._key(part) for part in (node.left, *node.comparators)),
                *(type(operator).__name__ for operator in node.ops),
            )
        elif isinstance(node, ast.Dict):
            pairs = zip(node.keys, node.values, strict=True)
            return self._call("dict", *(f"{self._key(key)}: {self._node(value)}" for key, value in pairs))
        elif isinstance(node, ast.Subscript):
            return self._call("subscript", self._node(node.value), self._key(node.slice))
        elif isinstance(node, ast.arg):
            return node.arg
        return self._fields(node)

    def _fields(self, node: ast.AST) -> str:
        """Any other node: its kind and its fields; what is empty is left out, since Pythons
        differ in what they add."""
        written = [type(node).__name__]
        for name, value in ast.iter_fields(node):
            if name in ("ctx", "kind", "type_comment") or value is None or value == []:
                continue
            if isinstance(value, list):
                body = all(isinstance(one, ast.stmt) for one in value)
                told = self._body(value) if body else self._each(value)
            else:
                told = self._node(value) if isinstance(value, ast.AST) else repr(value)
            written.append(f"{name}={told}")
        return self._call(*written)

    def _called(self, node: ast.Call) -> str:
        """A call, without what a declaration says to readers."""
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        referred = self.source.find(self.file, name) if name else None
        called = referred.name if isinstance(referred, _Definition) else (referred or "").rpartition(".")[2]
        labels = LABELS.get(called, frozenset())
        if ALL in labels:
            return TEXT
        names = self._arguments(referred) if isinstance(referred, _Definition) else []
        positional = [
            value
            for number, value in enumerate(node.args)
            if number >= len(names) or names[number] not in labels
        ]
        keywords = [
            keyword
            for keyword in node.keywords
            if keyword.arg not in labels and not (labels and names and keyword.arg not in names)
        ]
        return self._call("call", self._node(node.func), self._each(positional), self._each(keywords))

    def _arguments(self, definition: _Definition) -> list[str]:
        """The names of what a function, or a class by its fields, takes."""
        node = self.source.module(definition.module).definitions[definition.name][-1]
        if isinstance(node, _Function):
            every = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
            return [argument.arg for argument in every]
        body = node.body if isinstance(node, ast.ClassDef) else []
        return [name for field in body if isinstance(field, ast.AnnAssign) for name in _bound(field)]

    def _key(self, node: ast.AST | None) -> str:
        """A text by which something is looked up or told apart decides, whatever it looks like."""
        if isinstance(node, ast.Constant):
            return f"{type(node.value).__name__} {node.value!r}"
        return "" if node is None else self._node(node)

    def _refer(self, name: str, referred: _Definition | str | None) -> None:
        if referred is not None and self.source.counts(referred):
            self.references[name] = referred

    def _each(self, nodes: Iterable[ast.AST]) -> str:
        return self._call(*(self._node(node) if isinstance(node, ast.AST) else repr(node) for node in nodes))

    @staticmethod
    def _call(*parts: str) -> str:
        return f"({', '.join(parts)})"


def _is_text(written: str) -> bool:
    """Whether a string is words for readers: a blank between letters, or a letter that is not
    ASCII. Names have neither."""
    return not written.isascii() or " " in written.strip()


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
