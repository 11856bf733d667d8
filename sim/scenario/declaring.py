"""What is wrong with a class of tables as somebody declares it, or with values they make
one of, in the reader's language.

Pydantic says it in English and in its own terms.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from inspect import signature
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel, PydanticUserError, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined, SchemaError

from sim.errors import ScenarioError
from sim.problems import Problem
from sim.text import Message, message

if TYPE_CHECKING:
    from pydantic._internal._model_construction import ModelMetaclass
else:
    ModelMetaclass = type(BaseModel)


BOUNDS = ("ge", "gt", "le", "lt")


class Declared(ModelMetaclass):
    """The class of tables: a wrong declaration is a ValueError, wrong values are a ScenarioError, each
    with a Problem for a text.

    told_by: says what is wrong with values; `sim.scenario.messages` puts it here, since it knows all
    tables, and they this class.
    """

    told_by: Callable[..., Sequence[Problem]]

    def __new__(mcs, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **words: Any) -> type:
        """The class that these declarations make."""
        _leave_to_pydantic(name, namespace)
        try:
            return super().__new__(mcs, name, bases, namespace, **words)
        except (PydanticUserError, SchemaError) as error:
            raise ValueError(_problem_of(str(error), name, bases, namespace)) from None

    def __call__(cls, *args: Any, **values: Any) -> Any:
        """A table of these values."""
        try:
            return super().__call__(*args, **values)
        except ValidationError as error:
            raise ScenarioError(Declared.told_by(error, cls, values, lambda place: cls.__name__)) from None
        except PydanticUserError as error:
            found, allowed = unknown_names(cls, error), message("declare.known_types")
            raise ScenarioError([Problem(cls.__name__, "", found, allowed)]) from None


def unknown_names(cls: type, error: PydanticUserError) -> Message:
    """That the types of a class name what is nowhere: pydantic writes these names in marks, the class's own
    too."""
    names = ", ".join(dict.fromkeys(re.findall(r"define `(\w+)`", str(error))))
    return message("declare.unknown_names", made=cls.__qualname__, names=names)


def check_settings(cls: Any) -> None:
    """ValueError, with a Problem for its text, where a class gives bounds to what is no number, or a setting
    a default that is not of its type: said when the class is made, not when somebody first uses it."""
    if not cls.__pydantic_complete__:  # its types name what is nowhere, or not yet
        return
    own = {
        name: field
        for name, field in cls.model_fields.items()
        if name in vars(cls).get("__annotations__", {})
    }
    for name, field in own.items():
        _check_type(cls, name)
        bounds = [rule for rule in field.metadata if any(hasattr(rule, one) for one in BOUNDS)]
        kinds = [one for one in get_args(field.annotation) or (field.annotation,) if one is not type(None)]
        if bounds and not all(one in (int, float) for one in kinds):
            found = message("declare.bounds_of", bounds=", ".join(map(repr, bounds)), name=name)
            raise ValueError(Problem(*_of_setting(cls, name), found, message("declare.bounded")))
    given = {
        name: field.default
        for name, field in own.items()
        if field.default is not PydanticUndefined and field.default is not ...
    }
    try:
        cls.__pydantic_validator__.validate_python(dict(given))
    except ValidationError as error:
        for problem in Declared.told_by(error, cls, given, lambda place: ""):
            name = str(problem.key)
            if name in given:
                place = _of_setting(cls, name)
                raise ValueError(Problem(*place, problem.found, problem.allowed)) from None


def _leave_to_pydantic(name: str, namespace: dict[str, Any]) -> None:
    """ValueError, with a Problem for its text, where a class gives a name that pydantic keeps for itself to
    something of its own: it would fail inside of pydantic."""
    for attribute, value in namespace.items():
        is_kept = attribute.startswith("model_") and hasattr(BaseModel, attribute)
        if is_kept and not (attribute == "model_config" and isinstance(value, dict)):
            place = place_in(str(namespace.get("__module__", "")), name, attribute)
            allowed = message("declare.kept_name", name=attribute)
            raise ValueError(Problem(*place, f"{attribute} = {value!r:.60}", allowed))


def _check_type(cls: Any, name: str) -> None:
    """ValueError, with a Problem for its text, where a class declares a setting that it inherits as one of
    another type: whoever reads that setting of every programme could not read this one."""
    inherited = next(
        (base.model_fields[name] for base in cls.__mro__[1:] if name in getattr(base, "model_fields", {})),
        None,
    )
    written, wanted = (
        _as_written(one) for one in (cls.model_fields[name], inherited or cls.model_fields[name])
    )
    if written != wanted:
        raise ValueError(Problem(*_of_setting(cls, name), f"{name}: {written}", f"{name}: {wanted}"))


def _as_written(field: FieldInfo) -> str:
    kind = field.annotation
    return kind.__name__ if isinstance(kind, type) else re.sub(r"\b(?:\w+\.)+(?=\w)", "", str(kind))


def _of_setting(cls: type, name: str) -> tuple[str, str]:
    return place_in(cls.__module__, cls.__qualname__, name)


def place_in(module: str, name: str, attribute: str) -> tuple[str, str]:
    """The file of a class, or its module where it is in none, and how an error names an attribute of it."""
    return getattr(sys.modules.get(module), "__file__", None) or module, f"{name}.{attribute}".strip(".")


def a_method(like: Callable[..., Any]) -> Message:
    """That a method is allowed that takes what another takes."""
    return message("declare.method", written=f"def {like.__name__}({', '.join(signature(like).parameters)})")


def _problem_of(text: str, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> Problem:
    """What pydantic says of a class that it cannot make, as a problem of the attribute that it names."""
    found: str | Message
    named = (word for word in re.findall(r"[`'\"](\w+)", text) if word in namespace)
    attribute = next(named, "")
    file, key = place_in(str(namespace.get("__module__", "")), name, attribute)
    if not attribute:
        kind = re.search(r"<class '([^']+)'>", text)
        found = message("declare.unknown_type", kind=kind.group(1)) if kind else text.splitlines()[0]
        return Problem(file, key, found, message("declare.known_types"))
    value = namespace[attribute]
    written = f"{attribute} = " + ("setting(…)" if isinstance(value, FieldInfo) else f"{value!r:.60}")
    if attribute in namespace.get("__annotations__", {}) and isinstance(value, FieldInfo):
        if not attribute.startswith("_"):
            found = message("declare.bounds_of", bounds=", ".join(map(repr, value.metadata)), name=attribute)
            return Problem(file, key, found, message("declare.bounded"))
        return Problem(file, key, written, _typed(attribute.lstrip("_"), value, bases))
    found = message("declare.untyped", written=written)
    return Problem(file, key, found, _typed(attribute, value, bases))


def _typed(attribute: str, value: Any, bases: tuple[type, ...]) -> Message | str:
    """How an attribute that has no type is to be declared."""
    if isinstance(value, FieldInfo) or any(attribute in getattr(base, "model_fields", {}) for base in bases):
        return f"{attribute}: {_kind(value)} = setting(…)"
    inherited = next((getattr(base, attribute) for base in bases if hasattr(base, attribute)), None)
    if callable(inherited):
        return a_method(inherited)
    if attribute.startswith("label_"):
        return f'{attribute}: ClassVar[str] = "…"'
    return message(
        "declare.constant_or_setting",
        constant=f"{attribute}: ClassVar[{_kind(value)}] = …",
        setting=f"{attribute}: {_kind(value)} = setting(…)",
    )


def _kind(value: Any) -> str:
    default = value.default if isinstance(value, FieldInfo) else value
    return type(default).__name__ if isinstance(default, bool | int | float | str) else "float"
