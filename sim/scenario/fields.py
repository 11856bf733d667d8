"""What every table of a scenario has in common: strict checking, and settings that carry unit,
range, source and a text."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from sim.errors import ScenarioError
from sim.problems import Problem, nearest
from sim.scenario.declaring import Declared
from sim.text import in_every_language, language, languages, message
from sim.text.catalog import DEFAULT_LANGUAGE, among
from sim.words import Label, Word, by_language_to_be, check_texts

NAME_PATTERN = r"^[a-z][a-z0-9_]*$"

Name = Annotated[str, Field(pattern=NAME_PATTERN, max_length=60)]


def _tell_keys(schema: dict[str, Any], table: type[Table]) -> None:
    """Describe every key of a table's JSON Schema in every language."""
    for key, entry in schema.get("properties", {}).items():
        label = table.label_of(key)
        if label is not None:
            entry["description"] = in_every_language(label)


class Table(BaseModel, metaclass=Declared):
    """A frozen table: unknown keys, NaN, infinity and silent conversions are refused (an
    integer may stand for a float)."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        allow_inf_nan=False,
        validate_default=True,
        json_schema_extra=_tell_keys,
    )

    text_area: ClassVar[str] = ""
    """where the texts of its keys stand in the catalogs: setting.AREA.KEY ("" where the
    declarations carry them)"""

    if not TYPE_CHECKING:  # to a type checker the table is frozen, as pydantic declares it

        def __setattr__(self, name: str, value: Any) -> None:
            """Always a ScenarioError: a table is frozen."""
            raise ScenarioError(
                [
                    Problem(
                        type(self).__name__, name, message("declare.frozen"), message("declare.changed_copy")
                    )
                ]
            )

    @classmethod
    def keys(cls) -> tuple[str, ...]:
        """The keys that a file may write in it."""
        return tuple(cls.model_fields)

    @classmethod
    def label_of(cls, key: str) -> Label | None:
        """What a key means: the words that its declaration carries, else a text of the catalogs;
        None where there is neither."""
        field = cls.model_fields[key]
        extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
        words = extra.get("words")
        if isinstance(words, dict):
            return Word(**{name: str(text) for name, text in words.items()})
        if field.description:  # of a class of a user who declares with pydantic alone
            return Word(**{DEFAULT_LANGUAGE: field.description})
        home = next(made for made in cls.__mro__ if key in inspect.get_annotations(made))
        area = getattr(home, "text_area", "")
        return message(f"setting.{area}.{key}") if area else None


class Wording(Table):
    """A text in the languages that its author writes: one of them is enough, and stands in for the others."""

    model_config = ConfigDict(
        extra="allow", json_schema_extra=lambda schema: schema.update(_wording_schema())
    )
    __pydantic_extra__: dict[str, Any]

    @classmethod
    def keys(cls) -> tuple[str, ...]:
        """The languages that there are."""
        return languages()

    @model_validator(mode="after")
    def _check_languages(self) -> Wording:
        known, problems = ", ".join(languages()), []
        for name, text in self.__pydantic_extra__.items():
            if name not in languages():
                allowed = message("allowed.keys", names=known)
                guess = nearest(name, languages())
                problems.append(Problem("", name, message("found.unknown_key"), allowed, guess))
            elif not isinstance(text, str) or not text:
                problems.append(Problem("", name, repr(text), message("allowed.text_not_empty")))
        if not self.__pydantic_extra__:
            allowed = message("allowed.table_with_keys", names=known)
            problems.append(Problem("", "", message("found.empty_table"), allowed))
        refuse(problems)
        return self

    def in_language(self, name: str) -> str:
        """The text in a language, else in the default language, else in the first that it has."""
        return str(among(self.__pydantic_extra__, name))

    def __str__(self) -> str:
        return self.in_language(language())


def _wording_schema() -> dict[str, Any]:
    """Keys of a text in the JSON Schema."""
    text = {"type": "string", "minLength": 1}
    properties = {name: text for name in languages()}
    return {"properties": properties, "additionalProperties": False, "minProperties": 1}


def setting(
    default: Any,
    low: float | None,
    high: float | None,
    unit: str | None = None,
    *unnamed: object,
    source: str = "judgement",
    **words: str,
) -> Any:
    """A field that declares its default (`...` for none), allowed range, unit and source.

    What it means is a text of the catalogs ("setting.TABLE.KEY", for a kind of programme "setting.KIND.KEY");
    a class outside of the package gives it here by language (`en="months between two weeks"`), one of which
    is enough. `source` is an id of the evidence register or "judgement". Use None for a bound that does not
    apply (truth values, names). A default outside its own range is a ValueError, so that a wrong declaration
    fails at import; so are words in a language without a catalog. Words that do not say of which language
    they are, as version 0.1 took them, are a TypeError, and so is no unit: what has none says so with "".
    """
    if unnamed:
        call = f"setting(default, low, high, unit, source=…, {by_language_to_be()})"
        raise TypeError(message("declare.words_by_language", call=call))
    if not isinstance(unit, str):
        raise TypeError(
            message("problem.instead", place="setting", found=repr(unit), allowed=message("declare.no_unit"))
        )
    is_number = _is_number(default)
    for bound in (low, high):
        if bound is not None and not _is_number(bound):
            raise ValueError(
                message(
                    "problem.instead", place="setting", found=repr(bound), allowed=message("declare.bound")
                )
            )
    if is_number and ((low is not None and default < low) or (high is not None and default > high)):
        raise ValueError(message("declare.default", found=default, low=low, high=high))
    check_texts(words)
    described: dict[str, Any] = {"unit": unit, "source": source} | ({"words": words} if words else {})
    bounds: dict[str, Any] = {}
    if low is not None:
        bounds["ge"] = low
    if high is not None:
        bounds["le"] = high
    return Field(default, json_schema_extra=described, **bounds)


def _is_number(value: object) -> bool:
    """Whether a value is a number that can be compared: no truth value, and not NaN."""
    return isinstance(value, int | float) and not isinstance(value, bool) and value == value


def refuse(problems: list[Problem]) -> None:
    """Raise, from inside a validator, one error that carries all of `problems` (keys
    relative to the table checked)."""
    if problems:
        raise PydanticCustomError(
            "rules", "{text}", {"text": "; ".join(str(problem) for problem in problems), "problems": problems}
        )
