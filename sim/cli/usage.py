"""What the library of the command line itself says, in the reader's language: usage, defaults, and
what is wrong with a call.

Typer says its sentences in English only. The catalog of the default language, which is English, holds them
with gaps, as texts of `usage.*`; a sentence that fits one of them is said with the same values in the
current language, any other stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

from sim.errors import EstateError, ScenarioError
from sim.text import Family, Message, say
from sim.text.foreign import matched
from sim.text.joins import CUT, listed

# Those whose gaps hold other sentences come first.
SENTENCES = Family(
    "usage",
    (
        "meant",
        "possible",
        "invalid",
        "no_option",
        "no_command",
        "no_argument",
        "option_missing",
        "command_missing",
        "too_many",
        "without_value",
        "value_given",
        "no_integer",
        "no_number",
        "under",
        "over",
        "no_choice",
    ),
)


def in_own_words(sentence: str) -> str:
    """A sentence of the library in the current language; the sentence itself if nobody wrote it down."""
    # The library takes the full stop away from a sentence before it asks what was meant.
    said = matched(SENTENCES, sentence) or matched(SENTENCES, sentence + ".")
    if said is None:
        return sentence
    key, gaps = said
    values: dict[str, Any] = {gap: _value(gap, text) for gap, text in gaps.items()}
    return say(f"usage.{key}", **values)


def _value(gap: str, text: str) -> str:
    return listed(text.split(", ")) if gap == "names" else in_own_words(text)


def as_typed(error: EstateError, command: Any) -> str:
    """What an error of the package says, an argument called as it was typed where it is an option of the
    command: --months, not months."""
    typed = dict(_options(command))
    if isinstance(error, ScenarioError):
        return str(
            ScenarioError(
                problem if problem.key else replace(problem, file=typed.get(str(problem.file), problem.file))
                for problem in error.problems
            )
        )
    told = error.args[0] if error.args else ""
    if isinstance(told, Message) and told.values.get("place") in typed:
        option = typed[told.values["place"]]
        return str(Message(told.text_id, told.count, {**told.values, "place": option}))
    return str(error)


def _options(command: Any) -> Iterator[tuple[str, str]]:
    """The options of a command, and of those in it: what its function calls each, and what is typed."""
    for param in getattr(command, "params", ()):
        if param.param_type_name == "option":
            yield param.name, param.opts[0]
    for subcommand in getattr(command, "commands", {}).values():
        yield from _options(subcommand)


def say_wrong_call(error: Exception, ctx: Any) -> None:
    """Let an error of the library be shown in the current language; one of any
    other kind is left as it is."""
    if not hasattr(error, "format_message"):
        return
    inner = getattr(error, "ctx", None) or ctx
    for param in inner.command.params:
        say_values(param, inner)
    said = in_own_words(error.format_message())
    error.format_message = lambda: said
    say_around(ctx)


def say_around(ctx: Any) -> None:
    """Let what stands around usage, help and errors be said in the current language, and
    end its lines as `Screen` does.

    `ctx`: a context of the library. What it says is in constants of its module,
    which it reads when it prints.
    """
    from typer import rich_utils

    from sim.cli.screen import Screen

    command = "[blue]'{command_path} {help_option}'[/]"
    words = {
        "DEFAULT_STRING": say("usage.default", value="{}"),
        "REQUIRED_LONG_STRING": say("usage.required"),
        "ARGUMENTS_PANEL_TITLE": say("help.panel.argument"),
        "OPTIONS_PANEL_TITLE": say("help.panel.option"),
        "COMMANDS_PANEL_TITLE": say("help.panel.command"),
        "ERRORS_PANEL_TITLE": say("usage.error"),
        "ABORTED_TEXT": say("usage.aborted"),
        "RICH_HELP": say("usage.try", command=command),
    }
    for name, text in words.items():
        setattr(rich_utils, name, text)
    rich_utils.Console = Screen  # type: ignore[attr-defined]
    type(ctx).formatter_class = _formatter(type(ctx).formatter_class)
    for command_of in (ctx.find_root().command, ctx.command):
        _say_placeholders(command_of)


def _say_placeholders(command: Any) -> None:
    """What stands in the usage of a command, and of those under it, for its options and commands."""
    command.options_metavar = say("usage.options")
    for subcommand in getattr(command, "commands", {}).values():
        command.subcommand_metavar = say("usage.commands")
        _say_placeholders(subcommand)


# What the code calls the values that an option or an argument takes, and the types of Python by which the
# library calls the others.
PLACEHOLDERS = Family(
    "placeholder",
    (
        "ADDRESS",
        "BASELINE",
        "CODE",
        "DIR",
        "ENTRY",
        "FILE",
        "FILE_OR_FOLDER",
        "FORMS",
        "HEX",
        "HIGH",
        "ID",
        "KEY",
        "KIND",
        "LOW",
        "MONTH",
        "N",
        "NAME",
        "OPTIONS",
        "OTHER",
        "PATTERNS",
        "RANGE",
        "RESULT",
        "RUN",
        "SCENARIO",
        "SCENARIOS",
        "SHEET",
        "TABLE",
        "VALUE",
        "file",
        "float",
        "int",
        "path",
        "str",
    ),
)


def say_values(param: Any, ctx: Any) -> None:
    """Let help and errors call what a parameter takes by words of the current language: 文件夹, not
    DIR, and no type of Python."""
    if param.metavar is not None:
        param.metavar = re.sub("[A-Za-z_]+", lambda word: _placeholder(word[0]), param.metavar)
    elif getattr(param, "is_flag", False):
        param.metavar = ""  # --charts takes nothing
    elif param.param_type_name == "option":
        kind = param.display_type(ctx).strip("<>")
        placeholder = re.search(r"\b(file|float|int|path|str)\b", kind)
        # of several allowed values those are shown
        param.metavar = kind if placeholder is None or "|" in kind else _placeholder(placeholder[0])
    if param.param_type_name == "argument":
        param.display_type_rich = lambda ctx: None  # its name says it
    written = param._get_default_string
    param._get_default_string = lambda default_value, **more: (
        _default(param, default_value) or written(default_value=default_value, **more)
    )


def _placeholder(word: str) -> str:
    return PLACEHOLDERS[word] if word in PLACEHOLDERS.keys_in_order else word


def _default(param: Any, value: Any) -> str:
    """A default as it would be typed, where the library writes it as Python does."""
    if isinstance(value, bool) and param.secondary_opts:
        return str((param.opts if value else param.secondary_opts)[0])
    return f"{value:.12g}" if isinstance(value, float) else ""


@cache
def _formatter(base: Any) -> Any:
    """The library's way to write usage, with the word before it in the current language."""
    if hasattr(base, "says_usage"):
        return base

    class Worded(base):  # type: ignore[misc]
        says_usage = True

        def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
            before = say("usage.head", command=CUT).split(CUT)[0]
            super().write_usage(prog, args, before if prefix is None else prefix)

    return Worded
