"""Which loop is the trap, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.experiments.ensemble import told
from sim.experiments.intervals import LEAST_PAIRS
from sim.outputs.catalog import short_title
from sim.outputs.range_words import how_sure
from sim.results.outcomes import window
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


def group_name(ablation: Ablation, group: str) -> str:
    """What a group of estates is called: the city, or an estate type without what
    its title explains in brackets."""
    if group in ablation.scenario.types:
        return short_title(ablation.scenario.types[group].title.in_language(language()))
    return say("ablation.the_city")


def sentences_of(ablation: Ablation) -> list[str]:
    """One line for the city and each type, one for all loops off, and what is said of the ensemble."""
    base = float(ablation.base[CITY].mean())
    none_on = base + ablation.arm(*ablation.loops).mean(CITY)
    change = _change(ablation, tuple(ablation.loops), CITY)
    return [
        *(line_of(ablation, group) for group in ablation.groups),
        say(
            "ablation.all_off",
            share=figures.share(none_on),
            base=figures.share(base),
            change=change,
            window=window(ablation.scenario.months),
        ),
        *told(ablation.asked, len(ablation.seeds)),
    ]


def line_of(ablation: Ablation, group: str) -> str:
    """Which loop is the trap in a group, with the paired change and its interval."""
    base = float(ablation.base[group].mean())
    named: dict[str, Any] = {
        "group": group_name(ablation, group),
        "base": figures.share(base),
        "window": window(ablation.scenario.months),
    }
    loop = ablation.trap(group)
    if loop is None:
        runs = len(ablation.seeds)
        if runs < LEAST_PAIRS:
            return say("ablation.too_few", **named, runs=runs, least=LEAST_PAIRS)
        return say("ablation.no_trap", **named)
    size = _change(ablation, (loop,), group)
    whole = -ablation.arm(loop).mean(group) >= TRAP_PART * base
    return say("ablation.trap" if whole else "ablation.matters_most", loop=LOOPS[loop], size=size, **named)


def _change(ablation: Ablation, off: tuple[str, ...], group: str) -> str:
    """How much the cycle share of a group changes without some loops, how precisely that is
    known, and what may happen."""
    sure = how_sure(ablation.interval(off, group), ablation.range(off, group), "share")
    return bracketed(figures.points(ablation.arm(*off).mean(group)), sure)


def shown(ablation: Ablation) -> tuple[str, str, pd.DataFrame]:
    """Title, facts and table for a notebook."""
    facts = say(
        "ablation.facts_pairs" if ablation.asked.get("pairs") else "ablation.facts",
        switches=len(ablation.switches),
        seeds=len(ablation.seeds),
    )
    return ablation.scenario.title.in_language(language()), facts, ablation.table
