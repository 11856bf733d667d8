"""Which loop is the trap, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.experiments.ensemble import told
from sim.outputs.catalog import short_title
from sim.outputs.range_words import how_sure
from sim.scenario.tables import LoopSettings, MechanismSettings
from sim.studies.ablation.ablate import CITY
from sim.text import Family, figures, language, say
from sim.text.joins import bracketed

if TYPE_CHECKING:
    import pandas as pd

    from sim.studies.ablation.ablate import Ablation

# and the mechanisms, which are switched off in the same way
LOOPS = Family("loop", (*LoopSettings.model_fields, *MechanismSettings.model_fields))
TRAP_PART = 1 / 3  # of the estates in the cycle that a loop must account for alone, to be called the trap


def group_name(found: Ablation, group: str) -> str:
    """What a group of estates is called: the city, or an estate type without what its title explains in brackets."""
    if group in found.scenario.types:
        return short_title(found.scenario.types[group].title.in_language(language()))
    return say("ablation.the_city")


def sentences_of(found: Ablation) -> list[str]:
    """One line for the city and each type, one for all loops off, and what is said of the ensemble."""
    base = float(found.base[CITY].mean())
    none_on = base + found.arm(*found.loops).mean(CITY)
    return [
        *(line_of(found, group) for group in found.groups),
        say("ablation.all_off", share=figures.share(none_on), base=figures.share(base)),
        *told(found.asked, len(found.seeds), language()),
    ]


def line_of(found: Ablation, group: str) -> str:
    """Which loop is the trap in a group, with the paired change and its interval."""
    base = float(found.base[group].mean())
    named: dict[str, Any] = {"group": group_name(found, group), "base": figures.share(base)}
    loop = found.trap(group)
    if loop is None:
        return say("ablation.no_trap", **named)
    change, interval = found.arm(loop).mean(group), found.interval((loop,), group)
    size = bracketed(
        figures.points(change), how_sure(interval, found.range((loop,), group), "share", language())
    )
    whole = -change >= TRAP_PART * base
    return say("ablation.trap" if whole else "ablation.matters_most", loop=LOOPS[loop], size=size, **named)


def shown(found: Ablation) -> tuple[str, str, pd.DataFrame]:
    """Title, facts and table for a notebook."""
    facts = say(
        "ablation.facts_pairs" if found.asked.get("pairs") else "ablation.facts",
        loops=len(found.loops),
        seeds=len(found.seeds),
    )
    return found.scenario.title.in_language(language()), facts, found.table
