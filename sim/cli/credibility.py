"""`estate evidence` and `estate reproduce`: the commands and their options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from sim.cli.options import LanguageOption, words
from sim.cli.place import Place, at_place


def add_credibility_commands(app: typer.Typer) -> None:
    """Put both commands into the app."""
    app.command("evidence")(evidence_command)
    app.command("reproduce")(reproduce_command)


def evidence_command(
    name: Annotated[
        Optional[str],  # noqa: UP045 - typer reads this at run time
        typer.Argument(
            metavar="ENTRY",
            help="A parameter, a figure (P066) or a source (D51); default: all parameters. / 参数、数据或资料编号。",
        ),
    ] = None,
    sensitivity: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(
            "--sensitivity",
            metavar="DIR",
            help="Folder of a sensitivity result: what share of it rests on assumptions. / 敏感性分析结果文件夹。",
        ),
    ] = None,
    lang: LanguageOption = None,
) -> None:
    """What the numbers of the model rest on. / 说明模型数值的依据。"""
    from sim.cli.evidence_work import show_all, show_entry, show_share

    if sensitivity is not None:
        show_share(sensitivity, words(lang))
    elif name is None:
        show_all(words(lang))
    else:
        show_entry(name, words(lang))


@at_place("workers", "in_process")
def reproduce_command(
    place: Place,
    folder: Annotated[
        Path, typer.Argument(metavar="RESULT", help="Folder of results: of a run or of many. / 结果文件夹。")
    ],
    threads: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(
            min=1,
            help="Threads of one run; the result does not depend on it. / 单次运行的线程数，不影响结果。",
        ),
    ] = None,
    lang: LanguageOption = None,
) -> None:
    """Carry out a saved result again and compare bit for bit. / 重做已保存的结果并逐位比对。"""
    from sim.cli.reproduce_work import carry_out

    carry_out(folder, threads, words(lang), place)
