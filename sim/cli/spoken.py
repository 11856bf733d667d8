"""Help in the reader's language: what a command, an argument or an option is for stands in the catalogs, by its name.

`help.run` says what `estate run` does, `help.run.months` what its option is for, `help.option.store` what an option is for that
several commands have; only asking for help reads them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Any

from sim.text import say, use_language
from sim.text.catalog import has_text
from sim.text.current import language_of, languages

HELP = frozenset({"--help", "-h"})


def asks_for_help(group: Any, args: Sequence[str]) -> bool:
    """Whether the arguments of the command ask for help; none at all do too, and the name of a group alone."""
    return not args or not HELP.isdisjoint(args) or hasattr(group.commands.get(args[-1]), "commands")


def speak(group: Any, args: Sequence[str]) -> None:
    """Give every command and option of a group (of Typer, which has a Click of its own) its help.

    In the language that `--lang` among the arguments or the environment asks for.
    """
    asked = [after for before, after in zip(args, args[1:], strict=False) if before == "--lang"]
    asked += [one.removeprefix("--lang=") for one in args if one.startswith("--lang=")]
    use_language(asked[-1] if asked and asked[-1] in languages() else language_of(os.environ))
    group.help = say("help.estate")
    for param in group.params:
        if param.name != "help":
            param.help = say(f"help.option.{param.name}")
    for name, command, param in spoken(group):
        text = say(f"help.{name}")
        if param is not None:
            param.help = text
        else:
            command.help = command.short_help = text


def spoken(group: Any, path: str = "") -> Iterator[tuple[str, Any, Any]]:
    """What every help text is of, as its id names it after `help.`, with the command and the parameter (None for the command itself) that it is of."""
    for name, command in group.commands.items():
        place = f"{path}.{name}" if path else name
        yield place, command, None
        for param in command.params:
            if param.name == "help":
                continue
            own, shared = f"{place}.{param.name}", f"option.{param.name}"
            known = has_text(f"help.{own}") or not has_text(f"help.{shared}")
            yield own if known else shared, command, param
        if hasattr(command, "commands"):
            yield from spoken(command, place)
