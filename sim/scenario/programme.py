"""What every intervention shares in a scenario file, and the registry that finds
its own settings by `kind`."""

from __future__ import annotations

import importlib
import pkgutil
import re
from functools import cache
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, PydanticUserError, model_validator

from sim.problems import Problem, nearest, one_of
from sim.scenario.conditions import OWN_BUDGET, When, Where
from sim.scenario.declaring import check_settings, place_in, unknown_names
from sim.scenario.fields import NAME_PATTERN, Name, Table, refuse, setting
from sim.text import languages, message
from sim.words import MODES, STAGES, Label, Word

PROGRAMMES: dict[str, type[Programme]] = {}
"""Every kind of intervention that a scenario may name, with the table of its settings."""

ModeName = Literal["market", "soe", "unit", "self", "cleaning", "none"]
StageName = Literal["healthy", "strained", "spiralling", "collapsed", "recovering"]
assert ModeName.__args__ == MODES and StageName.__args__ == STAGES  # type: ignore[attr-defined]


class Targets(Table):
    """Which estates a programme may treat; an empty list or an absent bound leaves that aspect open."""

    text_area: ClassVar[str] = "targets"

    types: tuple[str, ...] = Field(
        default=(),
        strict=False,
    )
    modes: tuple[ModeName, ...] = Field(
        default=(),
        strict=False,
    )
    stages: tuple[StageName, ...] = Field(
        default=(),
        strict=False,
    )
    districts: tuple[Annotated[int, Field(ge=0)], ...] = Field(
        default=(),
        strict=False,
    )
    age_min: float | None = setting(None, 0, 200, "year")
    age_max: float | None = setting(None, 0, 200, "year")
    old: bool | None = setting(None, None, None, "")
    share_max: float = setting(1.0, 0, 1, "share")

    @model_validator(mode="after")
    def _ages_in_order(self) -> Targets:
        if self.age_min is not None and self.age_max is not None and self.age_max < self.age_min:
            allowed = message("allowed.not_below", name="age_min", value=f"{self.age_min:g}")
            refuse([Problem("", "age_max", f"{self.age_max:g}", allowed)])
        return self


class Programme(Table):
    """An intervention in a scenario: what kind, when, for which estates, in what order and how it ends.

    A subclass states its kind as a class keyword (`class Subsidy(Programme, kind="operating_subsidy")`),
    which registers it, declares its own settings with `setting(...)`, and fills the class variables below.
    What it is called and what its settings mean are texts of the catalogs (programme.KIND.label,
    setting.KIND.KEY), or stand in the class where it is not part of the package. A kind that is already
    registered by another class is a ValueError.
    """

    text_area: ClassVar[str] = "programme"
    programme_kind: ClassVar[str] = ""
    levers: ClassVar[tuple[str, ...]] = ()
    payers: ClassVar[tuple[str, ...]] = ()

    kind: str
    name: Name
    start: int = setting(1, 1, 1200, "month")
    end: int | None = setting(
        None,
        0,
        1200,
        "month",
    )
    withdrawal: Literal["sudden", "tapered"] = setting("sudden", None, None, "")
    taper_months: int = setting(12, 1, 240, "month")
    lag: int = setting(0, 0, 120, "month")
    capacity: float | None = setting(None, 0.001, 1e6, "estates/month")
    order: Literal["worst_first", "easiest_first", "random"] = setting("worst_first", None, None, "")
    targets: Targets = Field(
        default=Targets(),
    )
    when: When | None = Field(default=None)
    where: Where | None = Field(default=None)

    def __init_subclass__(cls, kind: str = "", **keywords: Any) -> None:
        super().__init_subclass__(**keywords)

    @classmethod
    def __pydantic_init_subclass__(cls, kind: str = "", **keywords: Any) -> None:
        super().__pydantic_init_subclass__(**keywords)
        if not kind:
            return
        if not isinstance(kind, str) or not re.fullmatch(NAME_PATTERN, kind):
            file, key = place_in(cls.__module__, cls.__qualname__, "kind")
            raise ValueError(Problem(file, key, repr(kind), message("allowed.name_pattern")))
        known = PROGRAMMES.get(kind)
        if known is not None and (known.__module__, known.__qualname__) != (cls.__module__, cls.__qualname__):
            raise ValueError(
                message(
                    "declare.kind_taken",
                    kind=repr(kind),
                    other=f"{known.__module__}.{known.__qualname__}",
                )
            )
        cls.programme_kind = cls.text_area = kind
        check_settings(cls)
        PROGRAMMES[kind] = cls

    @classmethod
    def own_label(cls) -> dict[str, str]:
        """What a class outside of the package says that it is called, by language: its class
        variables `label_LANGUAGE`."""
        found = {name: getattr(cls, f"label_{name}", "") for name in languages()}
        return {name: text for name, text in found.items() if text}

    @classmethod
    def label(cls) -> Label:
        """What the kind is called: the words that its class carries, else the text "programme.KIND.label"."""
        own = cls.own_label()
        if own:
            return Word(**own)
        return message(f"programme.{cls.programme_kind}.label")

    @model_validator(mode="before")
    @classmethod
    def _fill_kind_and_name(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        kind = data.get("kind", cls.programme_kind)
        return {"kind": kind, "name": kind, **data}

    @model_validator(mode="after")
    def _dates_in_order(self) -> Programme:
        problems = []
        if self.kind != self.programme_kind:
            problems.append(Problem("", "kind", repr(self.kind), repr(self.programme_kind)))
        if self.end is not None and 0 < self.end < self.start:
            allowed = message("scenario.programme.end", start=self.start)
            problems.append(Problem("", "end", str(self.end), allowed))
        refuse(problems + self._condition_problems())
        return self

    def _condition_problems(self) -> list[Problem]:
        """What grows must be there, and a budget of its own can only be left where it has one."""
        if self.when is None:
            return []
        problems = []
        yearly = getattr(self, "yearly_budget", None)
        for name, condition in self.when.conditions().items():
            if condition.measure == OWN_BUDGET and not yearly:
                place, found = f"when.{name}.measure", repr(OWN_BUDGET)
                problems.append(Problem("", place, found, message("condition.own_budget")))
        if self.when.grow is not None:
            what = self.when.grow.what
            there = {
                "capacity": self.capacity is not None,
                "share_max": self.targets.share_max < 1.0,
                "yearly_budget": yearly is not None,
            }
            if not there[what]:
                problems.append(Problem("", "when.grow.what", repr(what), message(f"condition.grow_{what}")))
        return problems


def load_programmes() -> dict[str, type[Programme]]:
    """The kinds of programme in the order of the alphabet, after importing every
    module of `sim.model.programmes`.

    Whatever was imported first, schema and lists have one order. An absent or empty package adds nothing.
    The import is late because interventions know about scenarios, and a scenario must not know about them.
    """
    _import_programmes()
    return dict(sorted(PROGRAMMES.items()))


@cache
def _import_programmes() -> None:
    """Import every module of `sim.model.programmes`, once: every programme of every
    scenario asks for the registry."""
    try:
        package = importlib.import_module("sim.model.programmes")
    except ModuleNotFoundError as error:
        if error.name != "sim.model.programmes":
            raise
        return
    for module in pkgutil.iter_modules(package.__path__):
        if not module.name.startswith("_"):
            importlib.import_module(f"sim.model.programmes.{module.name}")


def read_programme(data: Any) -> Programme:
    """The programme that a table with `kind` describes; an unknown kind is refused
    with the nearest known one."""
    if isinstance(data, Programme):
        return data
    if not isinstance(data, dict):
        refuse([Problem("", "", repr(data), message("scenario.programme.table"))])
    known = load_programmes()
    kind = data.get("kind")
    if not isinstance(kind, str) or kind not in known:
        allowed = one_of(sorted(known)) if known else message("scenario.programme.none_installed")
        found = message("found.nothing") if kind is None else repr(kind)
        refuse([Problem("", "kind", found, allowed, nearest(kind, known))])
    made = known[str(kind)]
    try:
        return made.model_validate(data)
    except PydanticUserError as error:  # a class whose annotations name what is nowhere
        refuse([Problem("", "kind", unknown_names(made, error), message("declare.known_types"))])
        raise
