"""The commands and their options. Whatever is heavy is imported inside a command, so that help comes at once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Optional

import typer
from typer.core import TyperGroup

from sim.cli.credibility import add_credibility_commands
from sim.cli.options import LanguageOption, ScenarioArgument, words
from sim.cli.replicate import replicate_command
from sim.cli.spoken import asks_for_help, speak
from sim.errors import EstateError
from sim.kinds import kinds
from sim.text import say

# As they are asked for; those that are not named, of kinds of result that were added, come after.
ORDER = (
    "run", "list", "describe", "interventions", "compare", "study", "batch", "sensitivity", "tipping", "ablate", "budget", "explain",
    "animate", "report", "app", "validate", "calibrate", "evidence", "replicate", "reproduce", "schema",
)  # fmt: skip


class Commands(TyperGroup):
    """The group of commands; turns what a user can cause into a message and an exit code."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The names of the commands in the order of ORDER."""
        names = super().list_commands(ctx)
        return sorted(names, key=lambda name: ORDER.index(name) if name in ORDER else len(ORDER))

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """The arguments taken in; help is worded first where they ask for it."""
        if asks_for_help(self, args):
            speak(self, args)
        return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Run the chosen command."""
        try:
            return super().invoke(ctx)
        except EstateError as error:
            typer.secho(str(error), fg=typer.colors.RED, err=True)
            raise typer.Exit(2) from None
        except KeyboardInterrupt:
            typer.secho(say("help.interrupted"), err=True)
            raise typer.Exit(130) from None


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
add_credibility_commands(app)
app.command("replicate")(replicate_command)
for kind in kinds().values():
    if kind.commands:
        kind.get(kind.commands)(app)


def _version(wanted: bool) -> None:
    if wanted:
        import sim

        typer.echo(sim.__version__)
        raise typer.Exit()


@app.callback()
def options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True),
    ] = False,
) -> None:
    """Simulate the governance of residential estates."""


@app.command("list")
def list_command(lang: LanguageOption = None) -> None:
    """List the scenarios."""
    from sim.cli.listing import show_list

    show_list(words(lang))


@app.command("describe")
def describe_command(scenario: ScenarioArgument, lang: LanguageOption = None) -> None:
    """Show what a scenario assumes and where its figures come from."""
    from sim.cli.describe import show_scenario

    show_scenario(scenario, words(lang))


@app.command("report")
def report_command(
    folders: Annotated[
        list[Path],
        typer.Argument(
            metavar="RESULT…",
        ),
    ],
    out: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--out", metavar="FILE"),
    ] = None,
    lang: LanguageOption = None,
    pdf: Annotated[
        Optional[bool],  # noqa: UP045
        typer.Option(
            "--pdf/--no-pdf",
        ),
    ] = None,
) -> None:
    """Write one self-contained page about results."""
    from sim.cli.report import write

    write(folders, out, words(lang), pdf)


@app.command("interventions")
def interventions_command(
    name: Annotated[
        Optional[str],  # noqa: UP045
        typer.Argument(metavar="NAME"),
    ] = None,
    lang: LanguageOption = None,
) -> None:
    """List the interventions, or explain one."""
    from sim.cli.interventions import show_all, show_one

    words(lang)
    if name is None:
        show_all()
    else:
        show_one(name)


@app.command("app")
def app_command(
    host: Annotated[
        str,
        typer.Option(),
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8080,
    code: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="CODE"),
    ] = None,
    show: Annotated[bool, typer.Option("--show/--no-show")] = True,
    lang: LanguageOption = None,
) -> None:
    """Open the workshop in the browser."""
    from sim.cli.workshop import serve_workshop

    serve_workshop(host, port, code, words(lang), show)


@app.command("schema")
def schema_command(
    kind: Annotated[str, typer.Argument(metavar="KIND")] = "scenario",
) -> None:
    """Print the JSON Schema of a kind of file (default: scenario)."""
    import json

    words(None)
    from sim.experiments.schemas import schema_of

    typer.echo(json.dumps(schema_of(kind), ensure_ascii=False, indent=2))
