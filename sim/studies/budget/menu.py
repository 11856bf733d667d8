"""What a budget may buy and whose money it is: a menu of interventions, packages of them, and what
their payers have in a year."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, ValidationError, model_validator

from sim.errors import EstateError, ScenarioError, StudyError
from sim.no_effect import why_without_effect
from sim.problems import Problem, nearest, one_of, path_of
from sim.scenario import Scenario, with_overrides
from sim.scenario.fields import Table, refuse, setting
from sim.scenario.formats import of_today
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
from sim.studies.budget.chosen_words import PLACE, chosen_words
from sim.text import Message, figures, in_language, language, message, say
from sim.text.catalog import DEFAULT_LANGUAGE
from sim.text.joins import clauses, listed, phrases
from sim.units import MONTHS_PER_YEAR
from sim.words import TIERS

PREFIX = "bought_"  # of the names of bought programmes, so that they differ from those a scenario has
YEARS = (1, 13, 25, 37, 61)
AS_LISTED = "as_listed"  # the order of a menu whose measures act in the order in which it lists them
COST_STEP = 1e4  # yuan a year: to what costs are rounded where a reader sees them
DECIDED = frozenset({"start", "name", "kind", "yearly_budget"})  # of a bought programme: by the search
GROWN = ("when", "grow", "what")
MOST_VARIANTS = 1024  # of an item: ends of its ranges with its choices, each of which is tried before any run
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
    """An intervention that may be bought: fixed settings, settings with a range or with alternatives to
    search, and the first months that it may have (none: those of `starts_of`)."""

    text_area: ClassVar[str] = "menu_item"

    kind: str
    starts: tuple[int, ...] = Field(default=(), strict=False)
    settings: dict[str, Any] = Field(default_factory=dict)
    search: dict[str, Range] = Field(default_factory=dict)
    choices: dict[str, Annotated[tuple[Any, ...], Field(strict=False)]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _known(self) -> MenuItem:
        known = load_programmes()
        if self.kind not in known:
            guess = nearest(self.kind, known)
            refuse([Problem("", "kind", repr(self.kind), one_of(sorted(known)), guess)])
        problems = [
            Problem("", f"{table}.{key}", message("menu.decided"), OTHERS)
            for table in ("settings", "search", "choices")
            for key in sorted(DECIDED & set(getattr(self, table)))
        ]
        problems += [*self._stated_twice(), *self._start_problems(), *self._choice_problems()]
        problems += [
            Problem("", f"search.{key}", _span(bounds), message("menu.whole"))
            for key, bounds in self.search.items()
            if self.whole(key) and not (bounds.low.is_integer() and bounds.high.is_integer())
        ]
        refuse(problems + self._setting_problems())
        return self

    def _stated_twice(self) -> list[Problem]:
        """A key that is searched stands nowhere else, nor does a table that it lies in or that it is."""
        searched = [("search", key) for key in sorted(self.search)]
        searched += [("choices", key) for key in sorted(self.choices)]
        problems = [
            Problem("", f"{table}.{key}", message("menu.fixed_too"), message("menu.either"))
            for table, key in searched
            if value_at(self.settings, key.split(".")) is not None
        ]
        for number, (table, key) in enumerate(searched):
            for _, other in searched[:number]:
                if f"{key}.".startswith(f"{other}.") or f"{other}.".startswith(f"{key}."):
                    found = message("menu.searched_too", key=other)
                    problems.append(Problem("", f"{table}.{key}", found, message("menu.either")))
        return problems

    def _start_problems(self) -> list[Problem]:
        """First months are months, each once."""
        starts = self.starts
        problems = [
            Problem("", f"starts.{place}", str(month), message("menu.month"))
            for place, month in enumerate(starts)
            if month < 1
        ]
        return problems + [
            Problem(
                "", f"starts.{place}", message("menu.second", kind=str(month)), message("menu.month_once")
            )
            for place, month in enumerate(starts)
            if month in starts[:place]
        ]

    def _choice_problems(self) -> list[Problem]:
        """Of a setting with alternatives there are two at least, each once."""
        problems = []
        for key, values in self.choices.items():
            written = [json.dumps(value, sort_keys=True, default=str) for value in values]
            if len(values) < 2:
                problems.append(Problem("", f"choices.{key}", str(len(values)), message("menu.two_choices")))
            problems += [
                Problem(
                    "",
                    f"choices.{key}.{place}",
                    message("menu.second", kind=one),
                    message("menu.choice_once"),
                )
                for place, one in enumerate(written)
                if one in written[:place]
            ]
        return problems

    def whole(self, key: str) -> bool:
        """Whether a setting takes only whole numbers."""
        annotation, _ = at_location(load_programmes()[self.kind], key.split("."), {"kind": self.kind})
        return bool(strip(annotation) is int)

    def settings_of(self, chosen: Mapping[str, Any]) -> dict[str, Any]:
        """All settings as a table, where `chosen` says what each that is searched is: by its key a number in
        its range, or which of its alternatives (from 0)."""
        return laid_out((*self.settings.items(), *self.chosen(chosen)))

    def chosen(self, chosen: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
        """The settings that are searched, by key, as `settings_of`; an alternative without anything in it
        (`{}`: no condition, all estates) is as if the setting were not there."""
        ranges = [(key, chosen[key]) for key in self.search]
        picked = [(key, values[int(chosen[key])]) for key, values in self.choices.items()]
        return (*ranges, *((key, value) for key, value in picked if value != {}))

    def variants(self) -> list[dict[str, Any]]:
        """All settings as tables: with all ranges at their low ends, at their high ends, and with every
        alternative in its turn."""
        low, high = ({key: ends[at] for key, ends in self._ends().items()} for at in (0, 1))
        first = dict.fromkeys(self.choices, 0)
        picked = [low | first, high | first]
        picked += [
            low | first | {key: place}
            for key, values in self.choices.items()
            for place in range(1, len(values))
        ]
        return [self.settings_of(one) for one in picked]

    def _ends(self) -> dict[str, list[float]]:
        return {
            key: [int(end) if self.whole(key) else end for end in (bounds.low, bounds.high)]
            for key, bounds in self.search.items()
        }

    def _variants(self) -> Iterator[dict[str, Any]]:
        """Every end of the ranges with every alternative, all together."""
        places = [range(len(values)) for values in self.choices.values()]
        keys = (*self.search, *self.choices)
        picked = itertools.product(*self._ends().values(), *places)
        return (dict(zip(keys, one, strict=True)) for one in picked)

    def _setting_problems(self) -> list[Problem]:
        """What is wrong with the settings by themselves: unknown ones, and values, ends of ranges and
        alternatives out of bounds, also beside one another."""
        number = math.prod([2 ** len(self.search), *map(len, self.choices.values())])
        if number > MOST_VARIANTS:
            most = message("menu.most_variants", most=figures.count(MOST_VARIANTS))
            table = "choices" if self.choices else "search"
            return [Problem("", table, figures.count(number), most)]
        problems: list[Problem] = []
        own = sorted(set(load_programmes()[self.kind].model_fields) - DECIDED)
        for variant in self._variants():
            # the search gives it a yearly budget, which a condition may look at
            settings = self.settings_of(variant)
            if value_at(settings, GROWN) == "yearly_budget":
                where = self._place(".".join(GROWN), variant)
                problems.append(Problem("", where, "'yearly_budget'", message("menu.no_growth")))
            data = {"kind": self.kind, "yearly_budget": 1.0} | settings
            for part in programme_problems(data):
                unknown = part.found == UNKNOWN_KEY and "." not in str(part.key)
                allowed = message("allowed.keys", names=", ".join(own)) if unknown else part.allowed
                where = self._place(str(part.key), variant, unknown)
                problems.append(Problem("", where, part.found, allowed, part.nearest))
        return list(dict.fromkeys(problems))

    def _place(self, key: str, variant: Mapping[str, Any], unknown: bool = False) -> str:
        """Where a file says what a programme has under a key, in one of its variants."""
        if key in self.search:
            if unknown:
                return f"search.{key}"
            return f"search.{key}.{'low' if variant[key] == self.search[key].low else 'high'}"
        for name in self.choices:
            if f"{key}.".startswith(f"{name}."):
                return f"choices.{name}.{variant[name]}{key.removeprefix(name)}"
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


def as_data(item: MenuItem) -> dict[str, Any]:
    """An item as plain data that tells two apart; without what was added to menus later, where it says
    nothing, so that what was asked before is the same question still."""
    data = item.model_dump(mode="json")
    return {key: value for key, value in data.items() if value or key not in ("starts", "choices")}


class Menu(Table):
    """A file of what a budget may buy, and whether the search varies the order of what it buys."""

    text_area: ClassVar[str] = "menu"

    order: Literal["as_listed", "searched"] = "as_listed"
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


def menu_of(given: Menu | Sequence[MenuItem] | Path | str) -> Menu:
    """A menu as it is, one of these items, or that of a TOML file. EstateError for what is none of these."""
    if isinstance(given, Menu):
        return given
    if isinstance(given, list | tuple) and all(isinstance(item, MenuItem) for item in given):
        return Menu.model_construct(menu=tuple(given), order=AS_LISTED)
    return load_menu(given)  # type: ignore[arg-type]  # refuses in words what is no path


def load_menu(file: Path | str) -> Menu:
    """The menu of a TOML file with `[[menu]]` tables. ScenarioError that lists every problem."""
    data = of_today(read_toml(path_of(file, "menu", EstateError)), "menu", str(file))
    try:
        return Menu.model_validate(data)
    except ValidationError as error:
        origins = {(): str(file)} | origins_of(data, str(file))
        raise ScenarioError(problems_of(error, Menu, data, lambda place: file_at(origins, place))) from None


def starts_of(scenario: Scenario, item: MenuItem | None = None) -> list[int]:
    """The first months that a bought programme may have: those that its item names, else those of YEARS from
    which it acts for a year at least."""
    if item is not None and item.starts:
        return list(item.starts)
    return [month for month in YEARS if month <= max(1, scenario.months - MONTHS_PER_YEAR)]


def check_menu(scenario: Scenario, menu: Sequence[MenuItem], file: str) -> None:
    """ScenarioError, under the name `file`, for items that the scenario cannot have in one of their
    first months.

    Each is tried with every end of the ranges and every alternative to be searched, so that no package fails
    after others were run.
    """
    problems = [
        Problem(
            file, f"menu.{place}.starts.{number}", str(start), message("menu.within", months=scenario.months)
        )
        for place, item in enumerate(menu)
        for number, start in enumerate(item.starts)
        if start > scenario.months
    ]
    problems += [
        Problem(
            file,
            message("menu.item_from", place=place, kind=item.kind, month=start, key=key),
            part.found,
            part.allowed,
            part.nearest,
        )
        for place, item in enumerate(menu)
        for start, key, part in _misfits(scenario, item)
    ]
    if problems:
        raise ScenarioError(problems)


def _misfits(scenario: Scenario, item: MenuItem) -> Iterator[tuple[int, str, Problem]]:
    """What keeps an item out of the scenario, with first month and key, in the
    first month in which anything does."""
    own = f"interventions.{PREFIX}{item.kind}."
    for start in starts_of(scenario, item):
        problems: dict[Problem, None] = {}
        for settings in item.variants():
            try:
                with_package(scenario, (Bought(item.kind, start, 1.0, tuple(settings.items())),))
            except ScenarioError as error:
                problems |= dict.fromkeys(error.problems)
        if problems:
            yield from ((start, str(part.key).removeprefix(own), part) for part in problems)
            return


def idle_items(scenario: Scenario, menu: Sequence[MenuItem], yearly: float, file: str) -> list[Message]:
    """A sentence, under the name `file`, for every item that can have no effect from its earliest
    first month, whatever is chosen in its ranges and of its alternatives."""
    idle = []
    for number, item in enumerate(menu):
        reasons = set[Message | None]()
        start = min(starts_of(scenario, item))
        for settings in item.variants():
            world = with_package(scenario, (Bought(item.kind, start, yearly, tuple(settings.items())),))
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
    (yuan), and its settings.

    Settings are what a scenario file may say, lists and tables too; two are the same where all of that is.
    chosen: keys of the settings that the search decided, which name it beside the others.
    """

    kind: str
    start: int
    yearly: float
    settings: tuple[tuple[str, Any], ...] = ()
    chosen: tuple[str, ...] = field(default=(), repr=False)  # part of no digest

    def as_table(self) -> dict[str, Any]:
        """What a scenario file would say of it."""
        table = {"kind": self.kind, "name": PREFIX + self.kind, "start": self.start}
        return table | {"yearly_budget": self.yearly} | laid_out(self.settings)

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
    """The package that a choice means in a scenario: by kind `<kind>.buy`, `.start`, `.weight`,
    `.<setting>` and, where the order is searched, `.place`: the measure with the least comes first.

    The yearly budget is divided by weight between what is bought, so that all together can never spend more
    than it, and what is bought of the same payers can never spend more than these have.
    """
    chosen = [item for item in menu if choice[f"{item.kind}.buy"]]
    total = sum(choice[f"{item.kind}.weight"] for item in chosen)
    wanted = {item.kind: yearly * choice[f"{item.kind}.weight"] / total for item in chosen}
    parts = within_payers(scenario, wanted)
    # random keys (Bean 1994, ORSA Journal on Computing 6, 154-160): every choice is an order, so that none
    # need be refused
    chosen = sorted(chosen, key=lambda item: choice.get(f"{item.kind}.{PLACE}", 0.0))
    return tuple(
        Bought(
            item.kind,
            int(choice[f"{item.kind}.start"]),
            parts[item.kind],
            (*item.settings.items(), *searched),
            (*item.search, *item.choices, *([PLACE] if f"{item.kind}.{PLACE}" in choice else [])),
        )
        for item in chosen
        for searched in (_searched(item, choice),)
    )


def _searched(item: MenuItem, choice: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    return item.chosen({key: choice[f"{item.kind}.{key}"] for key in (*item.search, *item.choices)})


def with_package(scenario: Scenario, package: Package) -> Scenario:
    """The scenario with a package's programmes after its own. ScenarioError where they do not fit it."""
    return with_programmes(scenario, *(one.as_table() for one in package))


def in_words(package: Package) -> str:
    """A package in one line: programmes in the order in which they start, those of one month in the order in
    which they act, with month, yearly money and what was chosen."""
    known = load_programmes()
    if not package:
        return say("budget.nothing")
    labels = {one.kind: known[one.kind].label().in_language(language()) for one in package}
    told = [
        say(
            "budget.bought",
            label=labels[one.kind],
            month=one.start,
            what=phrases([say("budget.up_to", money=money_in_unit(one.yearly)), *chosen_words(one)]),
        )
        for one in sorted(package, key=lambda bought: bought.start)
    ]
    if len(package) > 1 and any(PLACE in one.chosen for one in package):
        told.append(say("budget.acting", labels=listed(labels.values())))
    return clauses(told)


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
