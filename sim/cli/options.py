"""Options that several commands have."""

from __future__ import annotations

import os
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Optional

import typer


class Language(StrEnum):
    """Language of what is printed and drawn."""

    zh = "zh"
    en = "en"


LanguageOption = Annotated[
    Optional[Language],  # noqa: UP045 - typer reads this at run time
    typer.Option("--lang", help="Language; default from the environment. / 语言，默认取自系统环境。"),
]


def language_of(environment: Mapping[str, str]) -> str:
    """ "zh" if the locale variables of an environment say Chinese, else "en"; the first one that is set decides."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if environment.get(name):
            return "zh" if environment[name].lower().startswith("zh") else "en"
    return "en"


def words(chosen: Language | None) -> str:
    """The language to use: the one chosen, else that of the environment."""
    return chosen.value if chosen is not None else language_of(os.environ)
