"""Options that several commands have."""

from __future__ import annotations

import os
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


def words(chosen: str | None) -> str:
    """The language of this command from here on: the one chosen, else that of the environment."""
    use_language(chosen if chosen is not None else language_of(os.environ))
    return language()
