"""Whose money the budget game spends: what the payers of its measures have in a year, or a sum that one of them is granted."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from itertools import combinations
from typing import TYPE_CHECKING

from sim.app.levers import DEFAULT_LIMITS, city
from sim.scenario import Scenario, with_overrides
from sim.studies.budget.menu import available, granted, own_money, payers_of
from sim.text import Later, Message, message, say
from sim.text.figures import money
from sim.text.joins import listed
from sim.units import MONTHS_PER_YEAR
from sim.words import TIERS

if TYPE_CHECKING:
    from sim.app.game import Rules

BETWEEN = 0.5  # yuan: sums of whole yuan are compared with budgets that need not be whole


@cache
def own_city(rules: Rules) -> Scenario:
    """The city of the game as it is, before anybody is granted anything."""
    changes = {"seed": rules.seed, "months": rules.years * MONTHS_PER_YEAR}
    return with_overrides(city(rules.scenario, DEFAULT_LIMITS), changes)


@cache
def base_of(rules: Rules) -> Scenario:
    """The city of the game, the same for all teams: with the yearly budget granted to the payer of the rules, where there is one."""
    return granted(own_city(rules), float(rules.yearly), rules.payer)


def refused_rules(rules: Rules) -> Message | None:
    """Why these rules promise money that is not there, or grant it to who pays for nothing; None if they do neither."""
    tiers = payers_of(rules.measures)
    if rules.payer is not None:
        if rules.payer in tiers:
            return None
        return message("app.game_payer", payer=_name(rules.payer), payers=Later(_names, tiers))
    most = available(own_city(rules), rules.measures)
    if rules.yearly <= most + BETWEEN:
        return None
    return message(
        "app.game_no_such_money",
        yearly=Later(money, float(rules.yearly)),
        most=Later(money, most),
        each=Later(_each, own_money(own_city(rules), rules.measures)),
    )


def refused_decision(rules: Rules, decision: Mapping[str, int]) -> Message | None:
    """Why the payers could not pay a year's decision even if a team has saved for it; None if they could.

    Budgets of public bodies lapse at the end of a year. What only some tiers pay for may ask no more than those have, whichever
    tiers are looked at together.
    """
    purse = own_money(base_of(rules), decision)
    for size in range(1, len(purse) + 1):
        for tiers in combinations(purse, size):
            theirs = [kind for kind in decision if (paid := payers_of([kind])) and set(paid) <= set(tiers)]
            asked, most = sum(decision[kind] for kind in theirs), sum(purse[tier] for tier in tiers)
            if asked > most + BETWEEN:
                return message(
                    "app.game_payers_short",
                    payers=Later(_names, tiers),
                    most=Later(money, most),
                    asked=Later(money, float(asked)),
                )
    return None


def cut_to_payers(rules: Rules, decision: Mapping[str, int]) -> dict[str, int]:
    """A decision in which no measure asks for more than its payers have left, first come first served."""
    made: dict[str, int] = {}
    for kind, yuan in decision.items():
        low, high = 0, yuan  # the most of it that can be paid beside what came before
        while low < high:
            middle = (low + high + 1) // 2
            if refused_decision(rules, made | {kind: middle}) is None:
                low = middle
            else:
                high = middle - 1
        made[kind] = low
    return made


def told(rules: Rules) -> str:
    """Where the money of the game comes from, as a sentence in the current language."""
    each = _each(own_money(own_city(rules), rules.measures))
    if rules.payer is not None:
        return say(
            "app.game_money_granted",
            yearly=money(float(rules.yearly)),
            payer=_names((rules.payer,)),
            each=each,
        )
    return say("app.game_money_own", each=each) if each else say("app.game_money_nobody")


def _each(purse: Mapping[str, float]) -> str:
    """What the tiers have in a year, in a row."""
    return listed(
        say("app.game_payer_has", payer=_names((tier,)), money=money(yuan)) for tier, yuan in purse.items()
    )


def _names(tiers: tuple[str, ...]) -> str:
    return listed(say(f"bearer.{tier}") for tier in tiers)


def _name(payer: str) -> Message | str:
    return message(f"bearer.{payer}") if payer in TIERS else payer
