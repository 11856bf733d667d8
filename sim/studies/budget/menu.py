"""What a budget may buy and whose money it is: a menu of interventions, packages of them, and what
their payers have in a year."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

from pydantic import Field, ValidationError, model_validator

from sim.errors import EstateError, ScenarioError, StudyError
from sim.no_effect import why_without_effect
from sim.problems import Problem, nearest, one_of, path_of
from sim.scenario import Scenario, with_overrides
from sim.scenario.fields import Table, refuse, setting
from sim.scenario.loading import read_toml
from sim.scenario.merging import file_at, merge, origins_of
from sim.scenario.messages import (
    UNKNOWN_KEY,
    at_location,
    problems_of,
    programme_problems,
    strip,
    value_at,
)
from sim.scenario.overrides import with_programmes
from sim.scenario.programme import load_programmes
from sim.text import Message, figures, in_language, language, message, say
from sim.text.catalog import DEFAULT_LANGUAGE
from sim.text.joins import clauses
from sim.words import TIERS

PREFIX = "bought_"  # of the names of bought programmes, so that they differ from those a scenario has
YEARS = (1, 13, 25, 37, 61)
COST_STEP = 1e4  # yuan a year: to what costs are rounded where a reader sees them
DECIDED = frozenset({"start", "name", "kind", "yearly_budget"})  # of a bought programme: by the search
OTHERS = message("menu.others", names=", ".join(sorted(DECIDED)))


class Range(Table):
    """A setting that the search may choose, from low to high."""

    text_area: ClassVar[str] = "span"

    low: float = setting(..., None, None, "")
    high: float = setting(..., None, None, "")

    @model_validator(mode="after")
    def _in_order(self) -> Range:
        if not self.low < self.high:
            refuse([Problem("", "high", f"{self.high:g}", message("menu.above_low", low=f"{self.low:g}"))])
        return self


def _span(bounds: Range) -> Message:
    return message("menu.span", low=f"{bounds.low:g}", high=f"{bounds.high:g}")


class MenuItem(Table):
    """An intervention that may be bought: fixed settings, and settings with a range to search."""

    text_area: ClassVar[str] = "menu_item"

    kind: str
    settings: dict[str, Any] = Field(default_factory=dict)
    search: dict[str, Range] = Field(default_factory=dict)

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
            for key in sorted(self.search)
            if value_at(self.settings, key.split(".")) is not None
        ]
        if value_at(self.settings, ("when", "grow", "what")) == "yearly_budget":
            problems.append(
                Problem("", "settings.when.grow.what", "'yearly_budget'", message("menu.no_growth"))
            )
        problems += [
            Problem("", f"search.{key}", _span(bounds), message("menu.whole"))
            for key, bounds in self.search.items()
            if self.whole(key) and not (bounds.low.is_integer() and bounds.high.is_integer())
        ]
        refuse(problems + self._setting_problems())
        return self

    def whole(self, key: str) -> bool:
        """Whether a setting takes only whole numbers."""
        annotation, _ = at_location(load_programmes()[self.kind], key.split("."), {"kind": self.kind})
        return bool(strip(annotation) is int)

    def at(self, end: str) -> dict[str, Any]:
        """All settings, with those that are searched at the "low" or "high" end of their ranges."""
        ends = {key: getattr(bounds, end) for key, bounds in self.search.items()}
        chosen = {key: int(value) if self.whole(key) else value for key, value in ends.items()}
        return laid_out((*self.settings.items(), *chosen.items()))

    def _setting_problems(self) -> list[Problem]:
        """What is wrong with the settings by themselves: unknown ones, and values or ends
        of ranges out of bounds."""
        problems: list[Problem] = []
        own = sorted(set(load_programmes()[self.kind].model_fields) - DECIDED)
        for end in ("low", "high"):
            # the search gives it a yearly budget, which a condition may look at
            for part in programme_problems({"kind": self.kind, "yearly_budget": 1.0} | self.at(end)):
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


def laid_out(settings: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Settings by key as a table: a dotted key (`when.start.below`) lies in the tables that it names."""
    table: dict[str, Any] = {}
    for key, value in settings:
        whole: Any = value
        for part in reversed(key.split(".")):
            whole = {part: whole}
        table = merge(table, whole)
    return table


class Menu(Table):
    """A file of what a budget may buy."""

    text_area: ClassVar[str] = "menu"

    menu: tuple[MenuItem, ...] = Field(min_length=1, strict=False)

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
    """ScenarioError, under the name `file`, for items that the scenario cannot have
    in one of these first months.

    Each is tried at both ends of the ranges to be searched, so that no package fails after others were run.
    """
    problems = [
        Problem(
            file,
            message("menu.item_from", place=place, kind=item.kind, month=start, key=key),
            part.found,
            part.allowed,
            part.nearest,
        )
        for place, item in enumerate(menu)
        for start, key, part in _misfits(scenario, item, starts)
    ]
    if problems:
        raise ScenarioError(problems)


def _misfits(scenario: Scenario, item: MenuItem, starts: Sequence[int]) -> Iterator[tuple[int, str, Problem]]:
    """What keeps an item out of the scenario, with first month and key, in the
    first month in which anything does."""
    own = f"interventions.{PREFIX}{item.kind}."
    for start in starts:
        problems: dict[Problem, None] = {}
        for end in ("low", "high"):
            try:
                with_package(scenario, (Bought(item.kind, start, 1.0, tuple(item.at(end).items())),))
            except ScenarioError as error:
                problems |= dict.fromkeys(error.problems)
        if problems:
            yield from ((start, str(part.key).removeprefix(own), part) for part in problems)
            return


def idle_items(
    scenario: Scenario, menu: Sequence[MenuItem], start: int, yearly: float, file: str
) -> list[Message]:
    """A sentence, under the name `file`, for every item that can have no effect from the month `start`,
    whatever is chosen in its ranges."""
    idle = []
    for number, item in enumerate(menu):
        reasons = set[Message | None]()
        for end in ("low", "high"):
            world = with_package(scenario, (Bought(item.kind, start, yearly, tuple(item.at(end).items())),))
            reasons.add(why_without_effect(world.interventions[-1], world))
        if None not in reasons:
            why = min(reasons, key=str)
            idle.append(message("menu.no_effect", file=file, place=number, kind=item.kind, why=why))
    return idle


def default_menu() -> tuple[MenuItem, ...]:
    """The generic menu: somebody in charge, owners organised, facilities, and money
    with and without conditions."""
    return (
        MenuItem(kind="soe_fallback"),
        MenuItem(kind="committee_drive"),
        MenuItem(kind="retrofit"),
        MenuItem(kind="operating_subsidy", search={"first_year": Range(low=0.05, high=0.6)}),
        MenuItem(kind="performance_award"),
    )


@dataclass(frozen=True, eq=False)
class Bought:
    """One programme of a package: kind, first month, most public money a year
    (yuan), and the settings chosen.

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


def package_of(
    choice: Mapping[str, Any], menu: Sequence[MenuItem], yearly: float, scenario: Scenario
) -> Package:
    """The package that a choice means in a scenario: by kind `<kind>.buy`, `.start`,
    `.weight` and `.<setting>`.

    The yearly budget is divided by weight between what is bought, so that all together can never spend more
    than it, and what is bought of the same payers can never spend more than these have.
    """
    chosen = [item for item in menu if choice[f"{item.kind}.buy"]]
    total = sum(choice[f"{item.kind}.weight"] for item in chosen)
    wanted = {item.kind: yearly * choice[f"{item.kind}.weight"] / total for item in chosen}
    parts = within_payers(scenario, wanted)
    return tuple(
        Bought(
            item.kind,
            int(choice[f"{item.kind}.start"]),
            parts[item.kind],
            (*item.settings.items(), *((key, choice[f"{item.kind}.{key}"]) for key in item.search)),
        )
        for item in chosen
    )


def with_package(scenario: Scenario, package: Package) -> Scenario:
    """The scenario with a package's programmes after its own. ScenarioError where they do not fit it."""
    added = [
        {"kind": one.kind, "name": PREFIX + one.kind, "start": one.start, "yearly_budget": one.yearly}
        | laid_out(one.settings)
        for one in package
    ]
    return with_programmes(scenario, *added)


def in_words(package: Package) -> str:
    """A package in one line: programmes in the order in which they start, with month and yearly money."""
    known = load_programmes()
    if not package:
        return say("budget.nothing")
    return clauses(
        say(
            "budget.bought",
            label=known[one.kind].label().in_language(language()),
            month=one.start,
            money=money_in_unit(one.yearly),
        )
        for one in sorted(package, key=lambda bought: bought.start)
    )


def written_out(package: Package) -> str:
    """A package as tables and labels of runs have it, in every language the same: in the default one."""
    with in_language(DEFAULT_LANGUAGE):
        return in_words(package)


def money_unit() -> tuple[float, str]:
    """The one unit that amounts of a search are written in, so that they can be compared:
    yuan in it, and its name."""
    size, _, words = say("budget.money_unit", amount="{amount}").partition(":")
    return float(size), words.format(amount="").strip()


def money_in_unit(yuan: float, brackets: str = "") -> str:
    """An amount to whole steps of COST_STEP, in the one unit of the language; `brackets`:
    what stands before the unit."""
    words = say("budget.money_unit", amount="{amount}").partition(":")[2]
    return words.format(amount=number_in_unit(yuan) + brackets)


def number_in_unit(yuan: float) -> str:
    """The number of `money_in_unit` without the unit."""
    size = money_unit()[0]
    return figures.decimal(yuan / size, round(math.log10(size / COST_STEP)))


STATE = "state"  # pays its share of a programme from outside of the city, and has no budget in it


def bodies(scenario: Scenario) -> dict[str, int]:
    """How many bodies each tier of government has, each of them with the budget that the scenario states."""
    city = scenario.city
    streets = city.districts * city.streets_per_district
    numbers = (1, city.districts, streets, streets * city.communities_per_street)
    return dict(zip(TIERS, numbers, strict=True))


def payers_of(kinds: Iterable[str]) -> tuple[str, ...]:
    """The tiers that pay for any of these kinds of programme, highest first."""
    known = load_programmes()
    paying = {payer for kind in kinds for payer in known[kind].payers}
    return tuple(tier for tier in TIERS if tier in paying)


def own_money(scenario: Scenario, kinds: Iterable[str]) -> dict[str, float]:
    """Yuan a year that the payers of these kinds have in the scenario, all bodies
    of a tier together, by tier."""
    numbers = bodies(scenario)
    return {
        tier: numbers[tier] * float(getattr(scenario.government, f"{tier}_budget"))
        for tier in payers_of(kinds)
    }


def available(scenario: Scenario, kinds: Sequence[str]) -> float:
    """The most that these kinds of programme could spend in a year (yuan): their
    payers' own budgets together.

    The state pays beside a tier and only together with it, so it adds nothing, but for a kind that no tier
    pays for: then nothing in the scenario bounds the sum (infinity), as where no
    public body pays for anything.
    """
    known = load_programmes()
    if not payers_of(kinds) or any(STATE in known[kind].payers and not payers_of([kind]) for kind in kinds):
        return math.inf
    return sum(own_money(scenario, kinds).values())


def within_payers(scenario: Scenario, wanted: Mapping[str, float]) -> dict[str, float]:
    """Yuan a year by kind of programme, as wanted where the payers have it, else
    less of it in equal proportion.

    For every group of tiers, what only these tiers pay for comes to no more than they have together: so there
    is a way of paying for all of it. Kinds without a public payer, or with none in the
    city, are left as wanted.
    """
    parts = dict(wanted)
    for size in range(1, len(TIERS) + 1):
        for tiers in itertools.combinations(TIERS, size):
            theirs = [kind for kind in parts if (paying := set(payers_of([kind]))) and paying <= set(tiers)]
            asked = sum(parts[kind] for kind in theirs)
            if asked > (most := available(scenario, theirs)):
                parts |= {kind: parts[kind] * most / asked for kind in theirs}
    return parts


def check_money(scenario: Scenario, yearly: float, menu: Sequence[MenuItem], payer: str | None) -> None:
    """StudyError for a sum that the payers of the menu do not have and nobody is granted, or a
    payer who pays for none of it."""
    kinds = [item.kind for item in menu]
    tiers = payers_of(kinds)
    if payer is not None:
        if payer not in tiers:
            names = ", ".join(tiers) or say("funding.nobody")
            raise StudyError(message("funding.payer", place="payer", found=repr(payer), names=names))
        return
    most = available(scenario, kinds)
    if yearly > most * (1 + 1e-9):
        raise StudyError(
            message(
                "funding.short",
                place="yearly",
                found=figures.exact_money(yearly),
                most=figures.exact_money(most),
                each=_each(scenario, kinds, figures.exact_money),
                payer=tiers[0],
            )
        )


def granted(scenario: Scenario, yearly: float, payer: str | None) -> Scenario:
    """The scenario in which the bodies of a tier have `yearly` yuan a year more between them, in equal
    parts; as it is for None."""
    if payer is None:
        return scenario
    own = float(getattr(scenario.government, f"{payer}_budget"))
    return with_overrides(scenario, {f"government.{payer}_budget": own + yearly / bodies(scenario)[payer]})


def funding_words(scenario: Scenario, yearly: float, payer: str | None, kinds: Sequence[str]) -> str:
    """Where the money of a search comes from, as a sentence in the current language."""
    if payer is None:
        if not payers_of(kinds):
            return say("funding.unpaid")
        less = yearly > available(scenario, kinds) * (1 + 1e-9)
        return say("funding.less" if less else "funding.own", each=_each(scenario, kinds))
    number = bodies(scenario)[payer]
    return say(
        "funding.granted",
        sum=figures.money(yearly),
        payer=say(f"bearer.{payer}"),
        number=number,
        each=figures.money(yearly / number),
        own=figures.money(number * float(getattr(scenario.government, f"{payer}_budget"))),
    )


def shared_purse(scenario: Scenario, kinds: Sequence[str], payer: str | None) -> str:
    """That measures of the scenario itself spend from accounts which the search counts on, in the current
    language; empty where none does.

    They are outside of the yearly sum, and go on in every arm, "nothing" included: what they spend of a grant
    is in both of what is compared.
    """
    tiers = {*payers_of(kinds)} if payer is None else {payer}
    own = [type(one) for one in scenario.interventions if tiers & {*payers_of([one.kind])}]
    if not own:
        return ""
    names = clauses([one.label().in_language(language()) for one in dict.fromkeys(own)])
    return say("funding.shared" if payer is None else "funding.shared_grant", names=names)


def _each(scenario: Scenario, kinds: Sequence[str], written: Callable[[float], str] = figures.money) -> str:
    """What each payer has, in a row."""
    numbers = bodies(scenario)
    parts = [
        say(
            "funding.one",
            payer=say(f"bearer.{tier}"),
            money=written(money),
            number=numbers[tier],
        )
        for tier, money in own_money(scenario, kinds).items()
    ]
    return say("funding.between").join(parts)
