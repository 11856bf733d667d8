"""Options that several commands have, and help in the reader's language.

What a command, an argument or an option is for stands in the catalogs, by its name: `help.run` says what
`estate run` does, `help.run.months` what its option is for, `help.option.store` what an option is for that
several commands have; only asking for help reads them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import wraps
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from sim.cli.usage import say_around, say_values
from sim.text import language, languages, say, use_language
from sim.text.catalog import has_text, language_of

LanguageOption = Annotated[
    str | None,
    typer.Option(
        "--lang",
        metavar=f"[{'|'.join(languages())}]",
    ),
]
SettingsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
    ),
]
MonthsOption = Annotated[int | None, typer.Option(min=1)]
SeedOption = Annotated[
    int | None,
    typer.Option("--seed", min=0),
]
OutcomesOption = Annotated[
    list[str] | None,
    typer.Option(
        "--outcome",
        metavar="NAME",
    ),
]
OutOption = Annotated[
    Path | None,
    typer.Option("--out", metavar="DIR"),
]
StudyOption = Annotated[
    str | None,
    typer.Option(
        "--study",
        metavar="FILE",
    ),
]
ChartsOption = Annotated[bool, typer.Option("--charts/--no-charts")]

ScenarioArgument = Annotated[
    str,
    typer.Argument(metavar="SCENARIO"),
]
# as MonthsOption, but refused by the rules of the scenario, with all else that is wrong with it
LengthOption = int | None
ThreadsOption = Annotated[
    int | None,
    typer.Option(min=1),
]
ScenarioOrStudyArgument = Annotated[
    str,
    typer.Argument(
        metavar="SCENARIO",
    ),
]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE"),
]


def words(chosen: str | None) -> str:
    """The language of this command from here on: the one chosen, else that of the environment."""
    use_language(language_of(os.environ))  # in which a chosen one is refused
    if chosen is not None:
        use_language(chosen)
    return language()


def words_of(args: Sequence[str]) -> None:
    """Speak the language that `--lang` among these arguments asks for, else that of the environment."""
    asked = [after for before, after in zip(args, args[1:], strict=False) if before == "--lang"]
    asked += [one.removeprefix("--lang=") for one in args if one.startswith("--lang=")]
    words(asked[-1] if asked and asked[-1] in languages() else None)


def bundled(
    argument: str, make: Callable[..., Any], options: Mapping[str, tuple[Any, Any]]
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command options after its own (type and default by name), and hand it what `make`
    makes of them as one argument."""

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def told(**said: Any) -> None:
            bundle = make(**{name: said.pop(name) for name in options})
            command(**{argument: bundle}, **said)

        own = [one for one in signature(command, eval_str=True).parameters.values() if one.name != argument]
        added = [
            Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=kind)
            for name, (kind, default) in options.items()
        ]
        # typer reads a command's options off its signature
        told.__signature__ = Signature([*own, *added])  # type: ignore[attr-defined]
        told.__annotations__ = {one.name: one.annotation for one in (*own, *added)}
        return told

    return decorate


class Asked(NamedTuple):
    """What the commands that ask runs of several points or arms are told alike, of
    scenarios or of the file of a study."""

    study: str | None
    seed: int | None
    months: int | None
    settings: Sequence[str] | None
    outcomes: Sequence[str] | None
    out: Path | None
    charts: bool

    def said(self, **more: Any) -> dict[str, Any]:
        """What the experiment is told: these options and `more`, in so far as they were said."""
        from sim.no_effect import settings_of

        told = {
            "first_seed": self.seed,
            "months": self.months,
            "overrides": settings_of(self.settings or ()),
            "outcomes": tuple(self.outcomes or ()),
        } | more
        return {name: value for name, value in told.items() if value not in (None, (), {})}


ASKED: dict[str, tuple[Any, Any]] = {
    "study": (StudyOption, None),
    "seed": (SeedOption, None),
    "months": (MonthsOption, None),
    "settings": (SettingsOption, None),
    "outcomes": (OutcomesOption, None),
    "out": (OutOption, None),
    "charts": (ChartsOption, True),
}


def asking(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of `Asked` after its own, and hand it what they
    say as its argument `asked`."""
    return bundled("asked", Asked, ASKED)(command)


# help

HELP = frozenset({"--help", "-h"})


def asks_for_help(group: Any, args: Sequence[str]) -> bool:
    """Whether the arguments of the command ask for help; none at all do too, and
    the name of a group alone."""
    return not args or not HELP.isdisjoint(args) or hasattr(group.commands.get(args[-1]), "commands")


def speak(group: Any, ctx: Any, args: Sequence[str]) -> None:
    """Give the commands of a group (of Typer, which has a Click of its own), and the options that are
    shown, their help and panel.

    In the current language. `ctx`: the group's context. `args`: those of the call; only the command that
    they name shows options.
    """
    from rich.markup import escape

    say_around(ctx)
    written = escape if group.rich_markup_mode == "rich" else str  # [[menu]] is no markup
    group.help = say("help.estate")
    _name_help(group, ctx)
    for param in group.params:
        if param.name != "help":
            param.help = say(f"help.option.{param.name}")
            say_values(param, ctx)
            param.rich_help_panel = say(f"help.panel.{param.param_type_name}")
    chosen = next((one for one in args if one in group.commands), "")
    for name, command in group.commands.items():
        command.help = command.short_help = written(say(f"help.{name}"))
        command.rich_help_panel = say("help.panel.command")
    for name, command, param in spoken(group.commands[chosen], chosen) if chosen else ():
        text = written(say(f"help.{name}"))
        if param is not None:
            param.help = text
            say_values(param, ctx)
            param.rich_help_panel = say(f"help.panel.{param.param_type_name}")
        else:
            command.help = command.short_help = text
            command.rich_help_panel = say("help.panel.command")
            _name_help(command, ctx)


def _name_help(command: Any, ctx: Any) -> None:
    """What `--help` itself is for; Click makes that option when it is first asked for."""
    option = command.get_help_option(ctx)
    if option is not None:
        option.help = say("help.option.help")
        say_values(option, ctx)
        option.rich_help_panel = say("help.panel.option")


def spoken(command: Any, id_prefix: str) -> Iterator[tuple[str, Any, Any]]:
    """What every help text of a command and of those in it is of.

    As its id names it after `help.`, with the command and the parameter (None for the command itself) that it
    is of. `id_prefix`: the command's own name there, "" for the root.
    """
    if id_prefix:
        yield id_prefix, command, None
        for param in command.params:
            if param.name == "help":
                continue
            own, shared = f"{id_prefix}.{param.name}", f"option.{param.name}"
            known = has_text(f"help.{own}") or not has_text(f"help.{shared}")
            yield own if known else shared, command, param
    for name, subcommand in getattr(command, "commands", {}).items():
        yield from spoken(subcommand, f"{id_prefix}.{name}" if id_prefix else name)
