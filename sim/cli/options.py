"""Options that several commands have."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Optional

import typer

from sim.text import language, languages, use_language
from sim.text.current import language_of

LanguageOption = Annotated[
    Optional[str],  # noqa: UP045 - typer reads this at run time
    typer.Option(
        "--lang",
        metavar=f"[{'|'.join(languages())}]",
        help="Language; default from the environment. / 语言，默认取自系统环境。",
    ),
]
SettingsOption = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="Change one value everywhere; may be repeated. / 修改一个参数，可重复。",
    ),
]
MonthsOption = Annotated[Optional[int], typer.Option(min=1, help="Months to simulate. / 模拟月数。")]  # noqa: UP045
SeedOption = Annotated[
    Optional[int],  # noqa: UP045
    typer.Option("--seed", min=0, help="Seed of the first replication (default 1). / 首个随机种子，默认1。"),
]
OutcomesOption = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Option(
        "--outcome",
        metavar="NAME",
        help="Outcome of interest, the main one first; may be repeated. / 关注指标，可重复。",
    ),
]
OutOption = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option("--out", metavar="DIR", help="Folder for the results. / 结果文件夹。"),
]
StudyOption = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option(
        "--study",
        metavar="FILE",
        help="Take everything from a study file, or its name. / 由研究文件给出全部设定。",
    ),
]
ChartsOption = Annotated[bool, typer.Option("--charts/--no-charts", help="Draw the charts. / 是否绘图。")]

ScenarioArgument = Annotated[
    str,
    typer.Argument(metavar="SCENARIO", help="Name (see `estate list`) or TOML file. / 情景名称或TOML文件。"),
]
# as MonthsOption, but refused by the rules of the scenario, with all else that is wrong with it
LengthOption = Annotated[Optional[int], typer.Option(help="Months to simulate. / 模拟月数。")]  # noqa: UP045
ThreadsOption = Annotated[
    Optional[int],  # noqa: UP045
    typer.Option(min=1, help="Threads; the result does not depend on it. / 线程数，不影响结果。"),
]
ScenarioOrStudyArgument = Annotated[
    str,
    typer.Argument(
        metavar="SCENARIO",
        help="Name or TOML file of a scenario, or of a trap study. / 情景（或陷阱研究）名称或文件。",
    ),
]
SetOption = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Option(
        "--set", metavar="KEY=VALUE", help="Change one value; may be repeated. / 修改一个参数，可重复。"
    ),
]


def words(chosen: str | None) -> str:
    """The language of this command from here on: the one chosen, else that of the environment."""
    use_language(chosen if chosen is not None else language_of(os.environ))
    return language()
