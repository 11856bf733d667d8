"""What a run says of the plans that held in it, where it went on from another, and what two plans have
otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sim.results.plans import Setting, settings_that_differ
from sim.scenario import Scenario, load_programmes
from sim.text import language, say
from sim.text.joins import listed
from sim.units import NO_VALUE

if TYPE_CHECKING:
    from sim.results import Run

TOLD = 6  # settings that a sentence names
ALONE = "interventions.{name}"


def plans_of(run: Run) -> list[tuple[Scenario, int]]:
    """The plans of a run, the oldest first, each with the last month in which it held."""
    before = () if run.branch is None else run.branch.legs
    return [*((leg.scenario, leg.until) for leg in before), (run.scenario, run.months)]


def scenarios_of(run: Run) -> list[Scenario]:
    """The scenarios that a run is about: that of its last plan first."""
    return [plan for plan, _ in reversed(plans_of(run))]


def branch_sentences(run: Run) -> list[str]:
    """From which run it went on, and what each later plan changed from when on; nothing for a run of one
    plan."""
    if run.branch is None:
        return []
    plans = plans_of(run)
    title = plans[0][0].title.in_language(language())
    told = [say("branch.until", month=run.branch.month, run=run.branch.run, title=title)]
    for (plan, until), (later, _) in zip(plans, plans[1:], strict=False):
        told.append(
            say("branch.from", month=until + 1, changes=changes_in(settings_that_differ(plan, later)))
        )
    return told


def changes_in(settings: Sequence[Setting]) -> str:
    """What a plan has otherwise than one before it, the first few settings."""
    if not settings:
        return say("branch.nothing")
    told = [_change(one) for one in settings[:TOLD]]
    if len(settings) > TOLD:
        told.append(say("branch.more", number=len(settings) - TOLD))
    return listed(told)


def _change(setting: Setting) -> str:
    if setting.key == ALONE.format(name=setting.programme) and None in (setting.one, setting.other):
        label = kind_label(setting.one or setting.other)
        if setting.one is None:
            return say("branch.added", name=setting.programme, kind=label)
        return say("branch.dropped", name=setting.programme, kind=label)
    return say("branch.changed", key=setting.key, was=value_of(setting.one), now=value_of(setting.other))


def kind_label(kind: str) -> str:
    """What a kind of programme is called."""
    return load_programmes()[kind].label().in_language(language())


def value_of(value: Any) -> str:
    """The value of a setting as a scenario file has it; a dash for none."""
    if value is None:
        return NO_VALUE
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.10g}" if isinstance(value, float) else f"{value!s:.80}"
