"""What the tests of the catalogs read: the PO files as dicts, and the ids that the code says."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Formatter

from babel.messages.pofile import read_po

import sim
from sim.text.catalog import CATALOGS, KINDS
from tests.sources import nodes_of

PACKAGE = Path(sim.__file__).parent
# A translator may ask for two digits ({month:02d}), nothing else.
SPECIFICATIONS = {"", "02d"}


compiled = cache(re.compile)  # there are more patterns than `re` itself remembers


@cache
def catalog(language: str) -> dict[str, tuple[str, ...]]:
    """All texts of a language by id; one form for a plain text, all its plural forms for a counted one."""
    found: dict[str, tuple[str, ...]] = {}
    for path in (*sorted((CATALOGS / language).glob("*.po")), *sorted(KINDS.glob(f"*/{language}.po"))):
        with path.open("rb") as stream:
            for one in read_po(stream, locale=language, abort_invalid=True):
                if not one.id:
                    continue
                plural = isinstance(one.id, tuple)
                key = one.id[0] if plural else one.id
                assert key not in found, f"{path}: {key} stands twice"
                assert not one.fuzzy, f"{path}: {key} is marked fuzzy, and would not be read"
                found[key] = ("", *one.string) if plural else (one.string,)
    return found


def is_counted(forms: tuple[str, ...]) -> bool:
    """Whether a text has plural forms (its first entry is then a mark, and no form)."""
    return len(forms) > 1


def gaps(forms: tuple[str, ...]) -> set[str]:
    """Names of the gaps in a text, in any of its forms, the count left out: "one
    estate" may do without it."""
    found = set()
    for form in forms:
        for _, name, specification, conversion in Formatter().parse(form):
            if name is None:
                continue
            assert re.fullmatch(r"[a-z_][a-z0-9_]*", name), f"{form!r}: {name!r} is no name of a gap"
            assert specification in SPECIFICATIONS and conversion is None, f"{form!r}: only plain gaps"
            found.add(name)
    return found - ({"count"} if is_counted(forms) else set())


@dataclass(frozen=True)
class Said:
    """One place where the code says something: the id (a pattern where a part of it is
    computed) and its values."""

    place: str
    pattern: str
    is_pattern: bool
    counted: bool | None
    values: frozenset[str] | None

    @property
    def text_id(self) -> str:
        """The id where it is written out."""
        assert not self.is_pattern
        return re.sub(r"\\(.)", r"\1", self.pattern)

    def means(self, text_id: str) -> bool:
        """Whether an id can be what is said here."""
        return compiled(self.pattern).fullmatch(text_id) is not None


@cache
def said() -> tuple[Said, ...]:
    """Every `say`, `message` and `Family` in the package, in files that import them from `sim.text`."""
    found: list[Said] = []
    for file in sorted(PACKAGE.rglob("*.py")):
        nodes = nodes_of(file.read_text(encoding="utf-8"))
        names = _imported(nodes, file)
        for node in nodes:
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
                place = f"{file.relative_to(PACKAGE)}:{node.lineno}"
                assert node.args, f"{place}: nothing is said"
                for pattern, computed in _ids(node.args[0], place):
                    found.append(_said(node, place, pattern, computed))
    return tuple(found)


def _imported(nodes: Iterable[ast.AST], file: Path) -> set[str]:
    """Which of the speaking names a file has from the text package (other modules may still
    have a `say` of their own)."""
    names: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and node.module in ("sim.text", "sim.text.catalog"):
            for alias in node.names:
                assert alias.asname is None, (
                    f"{file}: {alias.name} keeps its name, so that its ids can be found"
                )
            names |= {alias.name for alias in node.names} & {"say", "message", "Family"}
    return names


def _ids(node: ast.expr, place: str) -> list[tuple[str, bool]]:
    """The ids that an expression can be, as regular expressions."""
    if isinstance(node, ast.Constant):
        return [(re.escape(str(node.value)), False)]
    if isinstance(node, ast.JoinedStr):
        parts = [re.escape(part.value) if isinstance(part, ast.Constant) else ".+" for part in node.values]
        first = node.values[0]
        assert isinstance(first, ast.Constant) and "." in first.value, f"{place}: an id begins with its area"
        return [("".join(parts), True)]
    if isinstance(node, ast.IfExp):
        return _ids(node.body, place) + _ids(node.orelse, place)
    raise AssertionError(f"{place}: an id is written out, or as an f-string that begins with its area")


def _said(node: ast.Call, place: str, pattern: str, computed: bool) -> Said:
    if isinstance(node.func, ast.Name) and node.func.id == "Family":
        counted = any(keyword.arg == "counted" for keyword in node.keywords)
        return Said(place, pattern + r"\..+", True, counted, None)
    open_ended = any(keyword.arg is None for keyword in node.keywords)
    values = frozenset(keyword.arg for keyword in node.keywords if keyword.arg) - {"count"}
    counted = len(node.args) > 1 or any(keyword.arg == "count" for keyword in node.keywords)
    return Said(place, pattern, computed, counted, None if open_ended else values)
