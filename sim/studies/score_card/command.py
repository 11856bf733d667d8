"""`estate validate`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from sim.cli.options import ChartsOption, LanguageOption, words
from sim.cli.place import HERE, Place, at_place


@at_place(*HERE, "ensemble")
def validate_command(
    place: Place,
    file: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Argument(
            metavar="PATTERNS.toml",
            help="File of patterns (default: those that ship). / 模式文件，默认用自带的。",
        ),
    ] = None,
    replications: Annotated[
        int, typer.Option(min=1, max=100_000, help="Runs of each pattern. / 每项重复次数。")
    ] = 12,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the first run. / 首个随机种子。")] = 1,
    ablate: Annotated[
        bool, typer.Option("--ablate", help="Also with each loop off in turn. / 另逐个关闭循环。")
    ] = False,
    out: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--out", metavar="DIR", help="Folder (default results/validation/…). / 输出文件夹。"),
    ] = None,
    charts: ChartsOption = True,
    lang: LanguageOption = None,
) -> None:
    """Compare the model with what was reported; misses are shown as misses. / 与报道的情况对照，不符的照实列出。"""
    from sim.studies.score_card.work import Order, carry_out

    carry_out(Order(file, replications, seed, ablate, out, place, charts, words(lang)))


def add_commands(app: typer.Typer) -> None:
    """Make this command known to `estate`."""
    app.command("validate")(validate_command)
