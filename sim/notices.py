"""What is said beside a result, once in a process: on stderr, in the chosen language."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from multiprocessing import parent_process

from sim.text import Message

_told: set[str] = set()


def tell(notices: Iterable[Message], notice: Callable[[str], None] | None = None) -> None:
    """Say each of these, unless it was said before (default: on stderr); a worker leaves it to its parent."""
    if parent_process() is not None:
        return
    for sentence in notices:
        text = str(sentence)
        if text not in _told:
            _told.add(text)
            (notice or _on_stderr)(text)


def _on_stderr(text: str) -> None:
    print(f"! {text}", file=sys.stderr, flush=True)
