"""What a budget may buy: a menu of interventions with settings, and packages of them as a scenario's programmes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError, model_validator

from sim.errors import EstateError, ScenarioError
from sim.given import path_of
from sim.problems import Problem, one_of
from sim.scenario import Scenario
from sim.scenario.adding import with_programmes
from sim.scenario.fields import Table, refuse, setting
from sim.scenario.loading import read_toml
from sim.scenario.merging import file_at, origins_of
from sim.scenario.messages import UNKNOWN_KEY, problems_of, programme_problems, strip
from sim.scenario.nearest import nearest
from sim.scenario.programme import load_programmes
from sim.text import Message, message

PREFIX = "bought_"  # of the names of bought programmes, so that they differ from those a scenario has
YEARS = (1, 13, 25, 37, 61)
DECIDED = frozenset({"start", "name", "kind", "yearly_budget"})  # of a bought programme: by the search
OTHERS = message("menu.others", names=", ".join(sorted(DECIDED)))


class Range(Table):
    """A setting that the search may choose, from low to high."""

    low: float = setting(..., None, None, "", "least value", "最小值")
    high: float = setting(..., None, None, "", "greatest value", "最大值")

    @model_validator(mode="after")
    def _in_order(self) -> Range:
        if not self.low < self.high:
            refuse([Problem("", "high", f"{self.high:g}", message("menu.above_low", low=f"{self.low:g}"))])
        return self


def _span(bounds: Range) -> Message:
    return message("menu.span", low=f"{bounds.low:g}", high=f"{bounds.high:g}")


class MenuItem(Table):
    """An intervention that may be bought: fixed settings, and settings with a range to search."""

    kind: str = Field(description="kind of intervention / 措施种类")
    settings: dict[str, Any] = Field(default_factory=dict, description="settings that are fixed / 固定设置")
    search: dict[str, Range] = Field(
        default_factory=dict, description="settings that are searched / 待搜索设置"
    )

    @model_validator(mode="after")
    def _known(self) -> MenuItem:
        known = load_programmes()
        if self.kind not in known:
            guess = nearest(self.kind, known)
            refuse([Problem("", "kind", repr(self.kind), one_of(sorted(known)), guess)])
        problems = [
            Problem("", f"{table}.{key}", message("menu.decided"), OTHERS)
            for table in ("settings", "search")
            for key in sorted(DECIDED & set(getattr(self, table)))
        ]
        problems += [
            Problem("", f"search.{key}", message("menu.fixed_too"), message("menu.either"))
            for key in sorted(set(self.settings) & set(self.search))
        ]
        problems += [
            Problem("", f"search.{key}", _span(bounds), message("menu.whole"))
            for key, bounds in self.search.items()
            if self.whole(key) and not (bounds.low.is_integer() and bounds.high.is_integer())
        ]
        refuse(problems + self._setting_problems())
        return self

    def whole(self, key: str) -> bool:
        """Whether a setting takes only whole numbers."""
        field = load_programmes()[self.kind].model_fields.get(key)
        return field is not None and bool(strip(field.annotation) is int)

    def at(self, end: str) -> dict[str, Any]:
        """All settings, with those that are searched at the "low" or "high" end of their ranges."""
        ends = {key: getattr(bounds, end) for key, bounds in self.search.items()}
        return self.settings | {key: int(value) if self.whole(key) else value for key, value in ends.items()}

    def _setting_problems(self) -> list[Problem]:
        """What is wrong with the settings by themselves: unknown ones, and values or ends of ranges out of bounds."""
        problems: list[Problem] = []
        own = sorted(set(load_programmes()[self.kind].model_fields) - DECIDED)
        for end in ("low", "high"):
            for part in programme_problems({"kind": self.kind} | self.at(end)):
                unknown = part.found == UNKNOWN_KEY and "." not in str(part.key)
                allowed = message("allowed.keys", names=", ".join(own)) if unknown else part.allowed
                where = self._place(str(part.key), end, unknown)
                problems.append(Problem("", where, part.found, allowed, part.nearest))
        return list(dict.fromkeys(problems))

    def _place(self, key: str, end: str, unknown: bool) -> str:
        """Where a file says what a programme has under a key."""
        if key in self.search:
            return f"search.{key}" if unknown else f"search.{key}.{end}"
        return f"settings.{key}".rstrip(".")


class Menu(Table):
    """A file of what a budget may buy."""

    menu: tuple[MenuItem, ...] = Field(
        min_length=1, strict=False, description="what may be bought / 措施菜单"
    )

    @model_validator(mode="after")
    def _every_kind_once(self) -> Menu:
        refuse(repeated(self.menu))
        return self


def repeated(menu: Sequence[MenuItem]) -> list[Problem]:
    """A problem for every item of a kind that an earlier one has: a package buys a kind once."""
    kinds = [item.kind for item in menu]
    return [
        Problem("", f"menu.{place}.kind", message("menu.second", kind=repr(kind)), message("menu.once"))
        for place, kind in enumerate(kinds)
        if kind in kinds[:place]
    ]


def menu_of(given: Sequence[MenuItem] | Path | str) -> tuple[MenuItem, ...]:
    """Items as they are, or those of a TOML file. EstateError for what is neither."""
    if isinstance(given, list | tuple) and all(isinstance(item, MenuItem) for item in given):
        return tuple(given)
    return load_menu(given)  # type: ignore[arg-type]  # refuses in words what is no path


def load_menu(file: Path | str) -> tuple[MenuItem, ...]:
    """The menu of a TOML file with `[[menu]]` tables. ScenarioError that lists every problem."""
    data = read_toml(path_of(file, "menu", EstateError))
    try:
        return Menu.model_validate(data).menu
    except ValidationError as error:
        origins = {(): str(file)} | origins_of(data, str(file))
        raise ScenarioError(problems_of(error, Menu, data, lambda place: file_at(origins, place))) from None


def check_menu(scenario: Scenario, menu: Sequence[MenuItem], starts: Sequence[int], file: str) -> None:
    """ScenarioError, under the name `file`, for items that the scenario cannot have in one of these first months.

    Each is tried at both ends of the ranges to be searched, so that no package fails after others were run.
    """
    problems = [
        Problem(file, f"menu.{place} ({item.kind}, {where}", part.found, part.allowed, part.nearest)
        for place, item in enumerate(menu)
        for where, part in _misfits(scenario, item, starts)
    ]
    if problems:
        raise ScenarioError(problems)


def _misfits(scenario: Scenario, item: MenuItem, starts: Sequence[int]) -> Iterator[tuple[str, Problem]]:
    """What keeps an item out of the scenario, with first month and key, in the first month in which anything does."""
    own = f"interventions.{PREFIX}{item.kind}."
    for start in starts:
        found: dict[Problem, None] = {}
        for end in ("low", "high"):
            try:
                with_package(scenario, (Bought(item.kind, start, 1.0, tuple(item.at(end).items())),))
            except ScenarioError as error:
                found |= dict.fromkeys(error.problems)
        if found:
            yield from ((f"from month {start}): {str(part.key).removeprefix(own)}", part) for part in found)
            return


def default_menu() -> tuple[MenuItem, ...]:
    """The generic menu: somebody in charge, owners organised, facilities, and money with and without conditions."""
    return (
        MenuItem(kind="soe_fallback"),
        MenuItem(kind="committee_drive"),
        MenuItem(kind="retrofit"),
        MenuItem(kind="operating_subsidy", search={"first_year": Range(low=0.05, high=0.6)}),
        MenuItem(kind="performance_award"),
    )


@dataclass(frozen=True, eq=False)
class Bought:
    """One programme of a package: kind, first month, most public money a year (yuan), and the settings chosen.

    Settings are what a scenario file may say, lists and tables too; two are the same where all of that is.
    """

    kind: str
    start: int
    yearly: float
    settings: tuple[tuple[str, Any], ...] = ()

    @cached_property
    def _said(self) -> str:
        return json.dumps([self.kind, self.start, self.yearly, dict(self.settings)], sort_keys=True)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Bought) and self._said == other._said

    def __hash__(self) -> int:
        return hash(self._said)


Package = tuple[Bought, ...]


def package_of(choice: Mapping[str, Any], menu: Sequence[MenuItem], yearly: float) -> Package:
    """The package that a choice means: by kind `<kind>.buy`, `.start`, `.weight` and `.<setting>`.

    The yearly budget is divided by weight between what is bought, so that all together can never spend more than it.
    """
    chosen = [item for item in menu if choice[f"{item.kind}.buy"]]
    total = sum(choice[f"{item.kind}.weight"] for item in chosen)
    return tuple(
        Bought(
            item.kind,
            int(choice[f"{item.kind}.start"]),
            yearly * choice[f"{item.kind}.weight"] / total,
            (*item.settings.items(), *((key, choice[f"{item.kind}.{key}"]) for key in item.search)),
        )
        for item in chosen
    )


def with_package(scenario: Scenario, package: Package) -> Scenario:
    """The scenario with a package's programmes after its own. ScenarioError where they do not fit it."""
    added = [
        {"kind": one.kind, "name": PREFIX + one.kind, "start": one.start, "yearly_budget": one.yearly}
        | dict(one.settings)
        for one in package
    ]
    return with_programmes(scenario, *added)


def in_words(package: Package, lang: str) -> str:
    """A package in one line: programmes in the order in which they start, with month and yearly money."""
    known = load_programmes()
    if not package:
        return "什么都不做" if lang == "zh" else "nothing"
    parts = []
    for one in sorted(package, key=lambda bought: bought.start):
        label = known[one.kind].label().in_language(lang)
        money = (
            f"每年至多{one.yearly / 1e4:,.0f}万元"
            if lang == "zh"
            else f"up to {one.yearly / 1e6:.2f} million yuan a year"
        )
        parts.append(
            f"第{one.start}月起{label}（{money}）"
            if lang == "zh"
            else f"{label} from month {one.start} ({money})"
        )
    return ("；" if lang == "zh" else "; ").join(parts)
