"""What a budget may buy: a menu of interventions with settings, and packages of them as a scenario's programmes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError, model_validator

from sim.errors import ScenarioError
from sim.problems import Problem
from sim.scenario import Scenario, with_overrides
from sim.scenario.fields import Table, refuse, setting
from sim.scenario.loading import read_toml
from sim.scenario.merging import file_at, origins_of
from sim.scenario.messages import problems_of
from sim.scenario.nearest import nearest
from sim.scenario.programme import load_programmes, read_programme

PREFIX = "bought_"  # of the names of bought programmes, so that they differ from those a scenario has
YEARS = (1, 13, 25, 37, 61)


class Range(Table):
    """A setting that the search may choose, from low to high."""

    low: float = setting(..., None, None, "", "least value", "最小值")
    high: float = setting(..., None, None, "", "greatest value", "最大值")

    @model_validator(mode="after")
    def _in_order(self) -> Range:
        if not self.low < self.high:
            refuse([Problem("", "high", f"{self.high:g}", f"more than low ({self.low:g})")])
        return self


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
            refuse(
                [
                    Problem(
                        "",
                        "kind",
                        repr(self.kind),
                        "one of " + ", ".join(sorted(known)),
                        nearest(self.kind, known),
                    )
                ]
            )
        taken = {"start", "name", "kind", "yearly_budget"}
        both = (set(self.settings) | set(self.search)) & taken
        if both:
            refuse(
                [
                    Problem(
                        "",
                        sorted(both)[0],
                        "a setting that the search decides",
                        "settings other than " + ", ".join(sorted(taken)),
                    )
                ]
            )
        for end in ("low", "high"):  # an unknown setting or a range outside its bounds is refused now
            read_programme(
                {"kind": self.kind} | self.settings | {key: getattr(r, end) for key, r in self.search.items()}
            )
        return self


class _Menu(Table):
    menu: tuple[MenuItem, ...] = Field(
        min_length=1, strict=False, description="what may be bought / 措施菜单"
    )


def load_menu(file: Path) -> tuple[MenuItem, ...]:
    """The menu of a TOML file with `[[menu]]` tables. ScenarioError that lists every problem."""
    data = read_toml(file)
    try:
        return _Menu.model_validate(data).menu
    except ValidationError as error:
        origins = {(): str(file)} | origins_of(data, str(file))
        raise ScenarioError(problems_of(error, _Menu, data, lambda place: file_at(origins, place))) from None


def default_menu() -> tuple[MenuItem, ...]:
    """The generic menu: somebody in charge, owners organised, facilities, and money with and without conditions."""
    return (
        MenuItem(kind="soe_fallback"),
        MenuItem(kind="committee_drive"),
        MenuItem(kind="retrofit"),
        MenuItem(kind="operating_subsidy", search={"first_year": Range(low=0.05, high=0.6)}),
        MenuItem(kind="performance_award"),
    )


@dataclass(frozen=True)
class Bought:
    """One programme of a package: kind, first month, most public money a year (yuan), and the settings chosen."""

    kind: str
    start: int
    yearly: float
    settings: tuple[tuple[str, Any], ...] = ()


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
        read_programme(
            {"kind": one.kind, "name": PREFIX + one.kind, "start": one.start, "yearly_budget": one.yearly}
            | dict(one.settings)
        )
        for one in package
    ]
    both = scenario.model_copy(update={"interventions": (*scenario.interventions, *added)})
    return with_overrides(both, {"name": scenario.name})  # checks the whole


def in_words(package: Package, lang: str) -> str:
    """A package in one line: programmes in the order in which they start, with month and yearly money."""
    known = load_programmes()
    if not package:
        return "什么都不做" if lang == "zh" else "nothing"
    parts = []
    for one in sorted(package, key=lambda bought: bought.start):
        label = known[one.kind].label_zh if lang == "zh" else known[one.kind].label_en
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
