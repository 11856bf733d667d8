"""Whether a script can have worker processes that are started by "spawn": each of them imports the script once more.

A script that begins runs outside of `if __name__ == "__main__":` would begin them in every worker again. Python notices only
in the worker, minutes later where the script computes something first, and the driver then sees workers die.
"""

from __future__ import annotations

import ast
import multiprocessing
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import FrameType

from sim.errors import EngineError
from sim.text import message

SPAWN = "spawn"
# What the test of a guard asks: the name that the module has, or which process this is.
ASKED = frozenset({"__name__", "current_process", "parent_process"})


def check_guard() -> None:
    """EngineError, with the remedy, where workers that are spawned now would run the script that starts them again."""
    if getattr(multiprocessing.current_process(), "_inheriting", False):
        # this is such a worker, importing the script
        raise EngineError(message("engine.no_guard", place=_main_file() or "__main__"))
    frame = _script_frame()
    if frame is None:
        return  # a notebook, a console, a thread: a worker imports no script
    file = frame.f_code.co_filename
    if not is_guarded(file, frame.f_lineno):
        raise EngineError(message("engine.no_guard", place=f"{Path(file).name}:{frame.f_lineno}"))


def _main_file() -> str:
    return str(getattr(sys.modules.get("__main__"), "__file__", None) or "")


def _script_frame() -> FrameType | None:
    """The frame of the script that is being run, if it is what a worker would import and this call comes from it."""
    frame: FrameType | None = sys._getframe()
    main = _main_file()
    while frame is not None:
        if frame.f_code.co_name == "<module>" and frame.f_globals.get("__name__") == "__main__":
            same = bool(main) and Path(frame.f_code.co_filename).resolve() == Path(main).resolve()
            return frame if same else None
        frame = frame.f_back
    return None


@cache
def is_guarded(file: str, line: int) -> bool:
    """Whether a line of a script is inside or after an `if` that asks which process it is in; yes for what cannot be read."""
    try:
        tree = ast.parse(Path(file).read_text(encoding="utf-8"))
    except (OSError, ValueError, SyntaxError):
        return True
    return any(node.lineno <= line for node in _questions(tree))


def _questions(tree: ast.Module) -> Iterator[ast.If]:
    """The guards of a script."""
    for node in ast.walk(tree):
        if isinstance(node, ast.If):
            names = {part.id for part in ast.walk(node.test) if isinstance(part, ast.Name)}
            names |= {part.attr for part in ast.walk(node.test) if isinstance(part, ast.Attribute)}
            if names & ASKED:
                yield node
