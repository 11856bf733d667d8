"""The commands and their options. Whatever is heavy is imported inside a command, so that help comes at once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Optional

import typer
from typer.core import TyperGroup

from sim.cli.credibility import add_credibility_commands
from sim.cli.options import LanguageOption, ScenarioArgument, words
from sim.cli.replicate import replicate_command
from sim.errors import EstateError
from sim.results.kinds import kinds


class Commands(TyperGroup):
    """The group of commands; turns what a user can cause into a message and an exit code."""

    def invoke(self, ctx: Any) -> Any:
        """Run the chosen command."""
        try:
            return super().invoke(ctx)
        except EstateError as error:
            typer.secho(str(error), fg=typer.colors.RED, err=True)
            raise typer.Exit(2) from None
        except KeyboardInterrupt:
            typer.secho("interrupted / 已中断", err=True)
            raise typer.Exit(130) from None


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Simulate the governance of residential estates. / 模拟城市小区治理。",
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
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version. / 显示版本。"),
    ] = False,
) -> None:
    """Simulate the governance of residential estates. / 模拟城市小区治理。"""


@app.command("list")
def list_command(lang: LanguageOption = None) -> None:
    """List the scenarios. / 列出所有情景。"""
    from sim.cli.listing import show_list

    show_list(words(lang))


@app.command("describe")
def describe_command(scenario: ScenarioArgument, lang: LanguageOption = None) -> None:
    """Show what a scenario assumes and where its figures come from. / 说明一个情景及其数据出处。"""
    from sim.cli.describe import show_scenario

    show_scenario(scenario, words(lang))


@app.command("report")
def report_command(
    folders: Annotated[
        list[Path],
        typer.Argument(
            metavar="RESULT…",
            help="Folders of results: of a run, compare, study, batch, sensitivity, tipping, ablate, budget. / 结果文件夹，可多个。",
        ),
    ],
    out: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(
            "--out", metavar="FILE", help="The page to write (default RESULT/report.LANG.html). / 报告文件。"
        ),
    ] = None,
    lang: LanguageOption = None,
    pdf: Annotated[
        Optional[bool],  # noqa: UP045
        typer.Option(
            "--pdf/--no-pdf",
            help="Also a PDF (default: if a browser is installed). / 是否另存PDF，默认有浏览器时写出。",
        ),
    ] = None,
) -> None:
    """Write one self-contained page about results. / 把结果写成一份独立的网页报告。"""
    from sim.cli.report import write

    write(folders, out, words(lang), pdf)


@app.command("interventions")
def interventions_command(
    name: Annotated[
        Optional[str],  # noqa: UP045
        typer.Argument(
            metavar="NAME", help="Kind of intervention (default: list all). / 措施名称，默认列出全部。"
        ),
    ] = None,
    lang: LanguageOption = None,
) -> None:
    """List the interventions, or explain one. / 列出所有措施，或说明其中一项。"""
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
        typer.Option(
            help="Address to serve; 0.0.0.0 lets the room in, with a join code. / 服务地址，0.0.0.0供全室访问。"
        ),
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port. / 端口。")] = 8080,
    code: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            metavar="CODE", help="Join code (default: made up, where others can reach the page). / 进入号码。"
        ),
    ] = None,
    show: Annotated[
        bool, typer.Option("--show/--no-show", help="Open the browser. / 是否打开浏览器。")
    ] = True,
    lang: LanguageOption = None,
) -> None:
    """Open the workshop in the browser. / 在浏览器中打开工作坊。"""
    from sim.cli.workshop import serve_workshop

    serve_workshop(host, port, code, words(lang), show)


@app.command("schema")
def schema_command(
    kind: Annotated[
        str, typer.Argument(metavar="KIND", help="scenario, study, tipping, budget, menu, pattern, table")
    ] = "scenario",
) -> None:
    """Print the JSON Schema of a kind of file (default: scenario). / 输出某类文件的JSON Schema（默认：情景）。"""
    import json

    from sim.experiments.schemas import schema_of

    typer.echo(json.dumps(schema_of(kind), ensure_ascii=False, indent=2))
