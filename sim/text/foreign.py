"""Sentences of libraries, which are English only, in the current language.

The catalog of the default language, which is English, holds them to the letter, with gaps; a sentence that
fits one is said with the same values.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from sim.text.catalog import DEFAULT_LANGUAGE, Family, Message, message, template

# What the parsers of TOML and CSV say; those whose gaps would hold others come last.
PARSERS = Family(
    "parser",
    (
        "statement",
        "after_statement",
        "character",
        "declared_twice",
        "overwritten",
        "end_of_table",
        "end_of_array_of_tables",
        "immutable",
        "namespace",
        "equals",
        "first_of_key",
        "array",
        "inline_key",
        "inline",
        "backslash",
        "hex",
        "scalar",
        "string",
        "illegal",
        "date",
        "value",
        "csv_quote",
        "csv_end",
        "csv_long",
        "expected",
    ),
)


def matched(family: Family, sentence: str) -> tuple[str, dict[str, str]] | None:
    """Which text of a family a sentence is, and what stands in its gaps; None if nobody wrote it down."""
    for key in family:
        match = _pattern(f"{family.prefix}.{key}").fullmatch(sentence)
        if match is not None:
            return key, match.groupdict()
    return None


@cache
def _pattern(text_id: str) -> re.Pattern[str]:
    """What the sentences look like, with a group for each gap."""
    parts = re.split(r"\{(\w+)\}", template(text_id, DEFAULT_LANGUAGE))
    return re.compile(
        "".join(f"(?P<{part}>.+)" if n % 2 else re.escape(part) for n, part in enumerate(parts))
    )


def parser_says(sentence: str) -> Message:
    """What a parser of TOML or CSV says is wrong."""
    said = matched(PARSERS, sentence)
    if said is None:
        return message("parser.other", said=sentence)
    key, gaps = said
    values: dict[str, Any] = {name: _dotted(text) for name, text in gaps.items()}
    return message(f"parser.{key}", **values)


def _dotted(text: str) -> str:
    """A key that Python writes as a tuple as TOML has it: ('city', 'name') is city.name;
    any other text as it is."""
    if not re.fullmatch(r"\(.*,.*\)", text, re.DOTALL):
        return text
    try:
        parts: Sequence[object] = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text
    return ".".join(map(str, parts))
