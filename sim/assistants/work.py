"""One question of an assistant in a process of its own: it can be given up in time, and takes nobody with it.

    python -m sim.assistants.work

reads what is asked as JSON from its input and writes the answer as JSON to its output; all else
that is printed goes to stderr.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from sim.errors import EstateError
from sim.text import use_language

WIDTH = "200"  # columns of tables that commands print: a reader who is no terminal needs no folded cells


def order(
    tool: str, arguments: dict[str, Any], folder: Path, limits: tuple[float, float], language: str
) -> bytes:
    """What this process reads."""
    told = {
        "tool": tool,
        "arguments": arguments,
        "folder": str(folder),
        "limits": limits,
        "language": language,
    }
    return json.dumps(told).encode("ascii")


def answered(said: bytes) -> dict[str, Any]:
    """The answer to what `order` makes: "answer" and "text", or "error"."""
    from sim.assistants.desk import Desk, Limits
    from sim.assistants.tools import answer

    told = json.loads(said)
    use_language(told["language"])
    try:
        answered_with, text = answer(
            told["tool"], told["arguments"], Desk(Path(told["folder"]), Limits(*told["limits"]))
        )
    except EstateError as error:
        return {"error": str(error)}
    return {"answer": answered_with.data(), "text": text}


def main() -> None:
    """Answer one question."""
    # whatever prints here, a library or a worker, must not get into the answer
    wire = os.dup(1)
    os.environ["COLUMNS"] = WIDTH
    os.dup2(2, 1)
    answer_data = answered(sys.stdin.buffer.read())
    with open(wire, "wb") as file:
        file.write(json.dumps(answer_data, default=str).encode("ascii"))


if __name__ == "__main__":
    main()
