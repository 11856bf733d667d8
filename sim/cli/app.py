"""The commands and their options. Whatever is heavy is imported inside a command,
so that help comes at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.models import CommandInfo

from sim.cli.city import city_app
from sim.cli.options import LanguageOption, ScenarioArgument, asks_for_help, speak, words, words_of
from sim.cli.storing import store_app
from sim.cli.usage import as_typed, say_wrong_call
from sim.cli.workplace_options import WorkplaceOptions, with_workplace_options
from sim.errors import EstateError, ResultError
from sim.kinds import kinds
from sim.text import figures, language, message, say

# As they are asked for; those that are not named, of kinds of result that were added, come after.
ORDER = (
    "run",
    "list",
    "describe",
    "interventions",
    "compare",
    "study",
    "batch",
    "sensitivity",
    "tipping",
    "ablate",
    "budget",
    "explain",
    "diff",
    "animate",
    "brief",
    "report",
    "export",
    "app",
    "mcp",
    "validate",
    "calibrate",
    "city",
    "store",
    "evidence",
    "replicate",
    "reproduce",
    "archive",
    "verify",
    "schema",
    "migrate",
)


# Options that name a folder or file.
PLACES = ("--out", "--from", "--city", "--store", "--sensitivity", "--menu", "--mapping")


def _refuse_empty(group: Any, args: Sequence[str]) -> None:
    """Exit with code 2 where a folder, a file or anything that is not an option is named by an empty text,
    as an unset variable of a shell gives it: it would be the current folder."""
    command, typed = group, ["estate"]
    for value in args:
        if value in getattr(command, "commands", {}):
            command = command.commands[value]
            typed.append(value)
    options = [param for param in command.params if param.param_type_name == "option" and not param.is_flag]
    takes_value = {name for param in options for name in param.opts}
    for before, given in zip(("", *args), args, strict=False):
        inline = given.removesuffix("=") if given.endswith("=") else ""  # --out=
        if given != "" and inline not in takes_value:
            continue
        option = inline or (before if before in takes_value else "")
        if not option or option in PLACES:
            empty = say("command.empty", name=option or " ".join(typed))
            typer.secho(empty, fg=typer.colors.RED, err=True)
            raise typer.Exit(2)


class Commands(TyperGroup):
    """The group of commands; turns what a user can cause into a message and an exit code."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The names of the commands in the order of ORDER."""
        names = super().list_commands(ctx)
        return sorted(names, key=lambda name: ORDER.index(name) if name in ORDER else len(ORDER))

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """The arguments taken in, in the language that they ask for; help is worded
        first where they ask for it."""
        words_of(args)
        if asks_for_help(self, args):
            speak(self, ctx, args)
        _refuse_empty(self, args)
        try:
            return super().parse_args(ctx, args)
        except Exception as error:
            say_wrong_call(error, ctx)
            raise

    def invoke(self, ctx: Any) -> Any:
        """Run the chosen command."""
        try:
            return super().invoke(ctx)
        except EstateError as error:
            typer.secho(
                as_typed(error, self.commands.get(ctx.invoked_subcommand)), fg=typer.colors.RED, err=True
            )
            raise typer.Exit(2) from None
        except KeyboardInterrupt:
            typer.secho(say("help.interrupted"), err=True)
            raise typer.Exit(130) from None
        except Exception as error:
            say_wrong_call(error, ctx)
            raise


@contextmanager
def spared(group: typer.Typer, args: Sequence[str]) -> Iterator[None]:
    """Meanwhile, every command that the arguments do not name is without its parameters: Typer
    builds all of them for any call.

    A command that is not named keeps its name, and nobody asks for more of it in this call; the
    next call has it whole again.
    """
    left = list(_not_named(group, args))
    whole = [command.callback for command in left]
    for command in left:
        command.callback = _not_called
    try:
        yield
    finally:
        for command, callback in zip(left, whole, strict=True):
            command.callback = callback


def _not_named(group: typer.Typer, args: Sequence[str]) -> Iterator[CommandInfo]:
    yield from (command for command in group.registered_commands if command.name not in args)
    for inner in group.registered_groups:
        if inner.typer_instance is not None:
            yield from _not_named(inner.typer_instance, args)


def _not_called() -> None:
    raise AssertionError("a command that the call does not name")


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for kind in kinds().values():
    if kind.commands:
        kind.get(kind.commands)(app)
app.add_typer(city_app, name="city")
app.add_typer(store_app, name="store")


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
    from sim.cli.describe import show_list

    words(lang)
    show_list()


@app.command("describe")
def describe_command(scenario: ScenarioArgument, lang: LanguageOption = None) -> None:
    """Show what a scenario assumes and where its figures come from."""
    from sim.cli.describe import show_scenario

    words(lang)
    show_scenario(scenario)


@app.command("brief")
def brief_command(
    folder: Annotated[Path, typer.Argument(metavar="RESULT")],
    form: Annotated[str | None, typer.Option("--format", metavar="FORMS")] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE")] = None,
    lang: LanguageOption = None,
) -> None:
    """Write a result as one page that decides."""
    from sim.cli.briefing import write_brief

    words(lang)
    write_brief(folder, form, out)


@app.command("report")
def report_command(
    folders: Annotated[
        list[Path],
        typer.Argument(
            metavar="RESULT…",
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE"),
    ] = None,
    lang: LanguageOption = None,
    pdf: Annotated[
        bool | None,
        typer.Option(
            "--pdf/--no-pdf",
        ),
    ] = None,
    names: Annotated[bool, typer.Option("--names")] = False,
    city: Annotated[Path | None, typer.Option("--city", metavar="FOLDER")] = None,
) -> None:
    """Write one self-contained page about results."""
    words(lang)
    _write_report(folders, out, pdf, names or city is not None, city)


@app.command("export")
def export_command(
    folder: Annotated[Path, typer.Argument(metavar="RESULT")],
    xlsx: Annotated[bool, typer.Option("--xlsx")] = False,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE")] = None,
    city: Annotated[Path | None, typer.Option("--city", metavar="FOLDER")] = None,
    lang: LanguageOption = None,
) -> None:
    """Write a result as a workbook."""
    from sim.cli.exporting import export, no_form

    words(lang)
    if not xlsx:
        raise no_form()
    export(folder, out, city)


def _write_report(
    folders: list[Path], out: Path | None, pdf: bool | None, names: bool, city: Path | None
) -> None:
    """Write the report of these folders; `pdf` None: if there is a browser. `names`: with the city's own, of
    the folder `city` or the one that is found. ResultError if it cannot be done."""
    from sim.city.naming import names_from
    from sim.cli.terminal import console
    from sim.outputs.report import browser, write_pdf, write_report

    program = None if pdf is False else browser()
    if pdf and program is None:
        found, allowed = message("written.no_program"), message("written.programs")
        raise ResultError(message("problem.instead", place="--pdf", found=found, allowed=allowed))
    screen = console()
    page = out or _report_place(folders)
    if page.suffix.lower() not in (".html", ".htm"):
        allowed = message("written.html")
        raise ResultError(message("problem.instead", place="--out", found=repr(page.name), allowed=allowed))
    with screen.status(_say("drawing")):
        named: list[str] = []
        write_report(folders, page, names_of=names_from(city, named) if names else None)
    screen.print(_say("written", page=page, size=_size(page)), soft_wrap=True)
    if names:
        told = say("export.named", file=page) if named else say("export.none_named")
        screen.print(told, soft_wrap=True)
    if program is not None:
        with screen.status(_say("printing")):
            pdf_file = write_pdf(page, page.with_suffix(".pdf"), program)
        screen.print(_say("written", page=pdf_file, size=_size(pdf_file)), soft_wrap=True)
    elif pdf is None:
        screen.print(_say("no_browser"))


def _report_place(folders: list[Path]) -> Path:
    """Inside the folder of results; for several in the folder named results."""
    return (
        folders[0] / f"report.{language()}.html"
        if len(folders) == 1
        else Path("results") / f"report.{language()}.html"
    )


def _size(path: Path) -> str:
    return f"{figures.decimal(path.stat().st_size / 1e6, 2)} MB"


def _say(key: str, **values: Any) -> str:
    return str(message(f"written.{key}", **values))


@app.command("interventions")
def interventions_command(
    name: Annotated[
        str | None,
        typer.Argument(metavar="NAME"),
    ] = None,
    lang: LanguageOption = None,
) -> None:
    """List the interventions, or explain one."""
    from sim.cli.describe import show_intervention, show_interventions

    words(lang)
    if name is None:
        show_interventions()
    else:
        show_intervention(name)


@app.command("app")
def app_command(
    host: str = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8080,
    code: Annotated[
        str | None,
        typer.Option(metavar="CODE"),
    ] = None,
    show: Annotated[bool, typer.Option("--show/--no-show")] = True,
    lang: LanguageOption = None,
) -> None:
    """Open the workshop in the browser."""
    spoken = words(lang)
    try:
        import nicegui  # noqa: F401
    except ImportError:
        raise EstateError(message("app.no_nicegui", package="nicegui>=3.18,<4")) from None
    from sim.app.server import serve

    serve(host, port, code, spoken, show=show)


@app.command("mcp")
def mcp_command(
    out: Annotated[Path, typer.Option("--out", metavar="DIR")] = Path("results") / "assistant",
    work: Annotated[float, typer.Option("--work", min=1)] = 5e8,
    seconds: Annotated[float, typer.Option("--seconds", min=1)] = 300.0,
    lang: LanguageOption = None,
) -> None:
    """Answer an assistant over the Model Context Protocol."""
    import sys

    import sim

    words(lang)
    try:
        import mcp.server.lowlevel  # noqa: F401
    except ImportError:
        command = "pip install 'estate-governance-simulator[mcp]'"
        raise EstateError(message("assistant.no_sdk", command=command)) from None
    from sim.assistants.desk import Limits
    from sim.assistants.server import serve
    from sim.results.folder import check_place

    check_place(out, "assistant")
    if sys.stdin.isatty():
        typer.echo(say("assistant.waiting", folder=out), err=True)
    serve(out, Limits(work, seconds), sim.__version__)


@app.command("schema")
def schema_command(
    kind: Annotated[str, typer.Argument(metavar="KIND")] = "scenario",
) -> None:
    """Print the JSON Schema of a kind of file (default: scenario)."""
    import json

    words(None)
    from sim.cli.schema import schema_of

    typer.echo(json.dumps(schema_of(kind), ensure_ascii=False, indent=2))


@app.command("migrate")
def migrate_command(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…")],
    check: Annotated[bool, typer.Option("--check")] = False,
    out: Annotated[Path | None, typer.Option("--out", metavar="PLACE")] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite")] = False,
    keep_world: Annotated[bool, typer.Option("--keep-world")] = False,
    lang: LanguageOption = None,
) -> None:
    """Rewrite files of an earlier format, and say what changed."""
    from sim.cli.migrating import migrate

    words(lang)
    if migrate(files, check, out, overwrite, keep_world) and check:
        raise typer.Exit(1)


@app.command("evidence")
def evidence_command(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="ENTRY",
        ),
    ] = None,
    sensitivity: Annotated[
        Path | None,
        typer.Option(
            "--sensitivity",
            metavar="DIR",
        ),
    ] = None,
    lang: LanguageOption = None,
) -> None:
    """What the numbers of the model rest on."""
    from sim.cli.credibility import show_entry, show_register, show_share

    words(lang)
    if sensitivity is not None:
        show_share(sensitivity)
    elif name is None:
        show_register()
    else:
        show_entry(name)


@app.command("reproduce")
@with_workplace_options("workers", "in_process")
def reproduce_command(
    workplace_options: WorkplaceOptions,
    folder: Annotated[Path, typer.Argument(metavar="RESULT")],
    threads: Annotated[
        int | None,
        typer.Option(
            min=1,
        ),
    ] = None,
    lang: LanguageOption = None,
) -> None:
    """Carry out a saved result again and compare bit for bit."""
    from sim.cli.credibility import show_reproduction

    words(lang)
    show_reproduction(folder, threads, workplace_options)


@app.command("archive")
def archive_command(
    folder: Annotated[Path, typer.Argument(metavar="RESULT")],
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE")] = None,
    lang: LanguageOption = None,
) -> None:
    """Pack a saved result into one file that can be cited."""
    from sim.cli.archiving import pack

    words(lang)
    pack(folder, out)


@app.command("verify")
def verify_command(
    place: Annotated[Path, typer.Argument(metavar="FILE_OR_FOLDER")],
    sha256: Annotated[str | None, typer.Option("--sha256", metavar="HEX")] = None,
    lang: LanguageOption = None,
) -> None:
    """Check that an archive or a saved result is as it was written; exit code 1 where it is not."""
    from sim.cli.archiving import show_verified

    words(lang)
    if not show_verified(place, sha256):
        raise typer.Exit(1)


@app.command("replicate")
def replicate_command(
    name: Annotated[
        str | None,
        typer.Argument(metavar="NAME"),
    ] = None,
    agents: Annotated[bool, typer.Option("--agents/--no-agents")] = True,
    lang: LanguageOption = None,
) -> None:
    """Reproduce published models with this engine, theirs beside ours; exit code 1 where one fails."""
    from sim.cli.credibility import show_replication, show_replications

    words(lang)
    if name is None:
        show_replications()
    elif not show_replication(name, agents):
        raise typer.Exit(1)
