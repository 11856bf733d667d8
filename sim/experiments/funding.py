"""Whose money a budget search spends: what the payers of a menu have in a year, and a sum that one of them is granted."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from sim.errors import StudyError
from sim.scenario import Scenario, with_overrides
from sim.scenario.programme import load_programmes
from sim.text import figures, message, say
from sim.words import TIERS

if TYPE_CHECKING:
    from sim.experiments.menu import MenuItem

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
    """Yuan a year that the payers of these kinds have in the scenario, all bodies of a tier together, by tier."""
    numbers = bodies(scenario)
    return {
        tier: numbers[tier] * float(getattr(scenario.government, f"{tier}_budget"))
        for tier in payers_of(kinds)
    }


def available(scenario: Scenario, kinds: Sequence[str]) -> float:
    """The most that these kinds of programme could spend in a year (yuan): their payers' own budgets together.

    The state pays beside a tier and only together with it, so it adds nothing, but for a kind that no tier pays for: then
    nothing in the scenario bounds the sum (infinity), as where no public body pays for anything.
    """
    known = load_programmes()
    if not payers_of(kinds) or any(STATE in known[kind].payers and not payers_of([kind]) for kind in kinds):
        return math.inf
    return sum(own_money(scenario, kinds).values())


def check_money(scenario: Scenario, yearly: float, menu: Sequence[MenuItem], payer: str | None) -> None:
    """StudyError for a sum that the payers of the menu do not have and nobody is granted, or a payer who pays for none of it."""
    kinds = [item.kind for item in menu]
    tiers = payers_of(kinds)
    if payer is not None:
        if payer not in tiers:
            names = ", ".join(tiers) or say("funding.nobody")
            raise StudyError(message("funding.payer", found=repr(payer), names=names))
        return
    most = available(scenario, kinds)
    if yearly > most * (1 + 1e-9):
        raise StudyError(
            message(
                "funding.short",
                found=figures.money(yearly),
                most=figures.money(most),
                each=_each(scenario, kinds),
                payer=tiers[0],
            )
        )


def granted(scenario: Scenario, yearly: float, payer: str | None) -> Scenario:
    """The scenario in which the bodies of a tier have `yearly` yuan a year more between them, in equal parts; as it is for None."""
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


def _each(scenario: Scenario, kinds: Sequence[str]) -> str:
    """What each payer has, in a row."""
    numbers = bodies(scenario)
    parts = [
        say(
            "funding.one",
            payer=say(f"bearer.{tier}"),
            money=figures.money(money),
            number=numbers[tier],
        )
        for tier, money in own_money(scenario, kinds).items()
    ]
    return say("funding.between").join(parts)
