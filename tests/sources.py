"""The package's own code as tests read it."""

from __future__ import annotations

import ast
from functools import cache


@cache
def nodes_of(source: str) -> tuple[ast.AST, ...]:
    """All that a source holds, the outer before the inner: read once for all that ask, changed by none."""
    return tuple(ast.walk(ast.parse(source)))
