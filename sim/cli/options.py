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
    ),
]
SettingsOption = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
    ),
]
MonthsOption = Annotated[Optional[int], typer.Option(min=1)]  # noqa: UP045
SeedOption = Annotated[
    Optional[int],  # noqa: UP045
    typer.Option("--seed", min=0),
]
OutcomesOption = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Option(
        "--outcome",
        metavar="NAME",
    ),
]
OutOption = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option("--out", metavar="DIR"),
]
StudyOption = Annotated[
    Optional[str],  # noqa: UP045
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
LengthOption = Annotated[Optional[int], typer.Option()]  # noqa: UP045
ThreadsOption = Annotated[
    Optional[int],  # noqa: UP045
    typer.Option(min=1),
]
ScenarioOrStudyArgument = Annotated[
    str,
    typer.Argument(
        metavar="SCENARIO",
    ),
]
SetOption = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Option("--set", metavar="KEY=VALUE"),
]


def words(chosen: str | None) -> str:
    """The language of this command from here on: the one chosen, else that of the environment."""
    use_language(chosen if chosen is not None else language_of(os.environ))
    return language()
