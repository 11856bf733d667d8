"""What every table of a scenario has in common: strict checking, and settings that carry unit, range and source."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from sim.problems import Problem

NAME_PATTERN = r"^[a-z][a-z0-9_]*$"

Name = Annotated[str, Field(pattern=NAME_PATTERN, max_length=60)]


class Table(BaseModel):
    """A frozen table: unknown keys, NaN, infinity and silent conversions are refused (an integer may stand for a float)."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        allow_inf_nan=False,
        validate_default=True,
        use_attribute_docstrings=True,
    )


class Bilingual(Table):
    """A text in Chinese and English."""

    zh: str = Field(min_length=1)
    """the text in Chinese"""
    en: str = Field(min_length=1)
    """the text in English"""

    def in_language(self, language: str) -> str:
        """The text in "zh" or, for any other language, in English."""
        return self.zh if language == "zh" else self.en


def setting(
    default: Any,
    low: float | None,
    high: float | None,
    unit: str,
    en: str,
    zh: str,
    source: str = "judgement",
) -> Any:
    """A field that declares its default (`...` for none), allowed range, unit, label in two languages and source.

    `source` is an id of the evidence register or "judgement". Use None for a bound that does not apply (truth values,
    names). A default outside its own range is a ValueError, so that a wrong declaration fails at import.
    """
    is_number = isinstance(default, int | float) and not isinstance(default, bool)
    if is_number and ((low is not None and default < low) or (high is not None and default > high)):
        raise ValueError(f"{en}: default {default} outside [{low}, {high}]")
    described: dict[str, Any] = {"unit": unit, "en": en, "zh": zh, "source": source}
    bounds: dict[str, Any] = {}
    if low is not None:
        bounds["ge"] = low
    if high is not None:
        bounds["le"] = high
    return Field(default, description=f"{en} / {zh}", json_schema_extra=described, **bounds)


def refuse(problems: list[Problem]) -> None:
    """Raise, from inside a validator, one error that carries all of `problems` (keys relative to the table checked)."""
    if problems:
        raise PydanticCustomError(
            "rules", "{text}", {"text": "; ".join(str(problem) for problem in problems), "problems": problems}
        )
