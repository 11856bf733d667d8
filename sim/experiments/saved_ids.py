"""By what names the parts of saved results are known: ids that stay, wherever the classes move.

A file says `{"@of": "tipping.width", …}`. A class that moves or is renamed changes its line in CLASSES and no file; an id
that was written once is never taken away or given to another class.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module

from sim.errors import ResultError
from sim.kinds import kinds
from sim.text import message

CLASSES = {
    "ensemble": "sim.experiments.ensemble:Ensemble",
    "interval": "sim.experiments.intervals:Interval",
    "range": "sim.experiments.intervals:Range",
}
"""Where the class of each id is today; those of a kind of result that has a folder stand in its `kind.py`."""

OF_VERSION_0_1 = {
    "sim.experiments.ablate:Ablated": "ablation.arm",
    "sim.experiments.ablate:Ablation": "ablation",
    "sim.experiments.budget:BudgetSearch": "budget",
    "sim.experiments.ensemble:Ensemble": "ensemble",
    "sim.experiments.intervals:Interval": "interval",
    "sim.experiments.levers:Lever": "tipping.lever",
    "sim.experiments.menu:Bought": "budget.bought",
    "sim.experiments.no_return:Delayed": "tipping.delayed",
    "sim.experiments.no_return:NoReturn": "tipping.no_return",
    "sim.experiments.ramp:Loop": "tipping.loop",
    "sim.experiments.settling:Settled": "tipping.settled",
    "sim.experiments.settling:Settling": "tipping.settling",
    "sim.experiments.settling:Trial": "tipping.trial",
    "sim.experiments.stress:Failing": "budget.failing",
    "sim.experiments.stress:Stress": "budget.stress",
    "sim.experiments.tipping:Tipping": "tipping",
    "sim.experiments.tipping:TypeMap": "tipping.type",
    "sim.experiments.trap_width:Width": "tipping.width",
    "sim.experiments.valuing:Rescored": "budget.rescored",
    "sim.experiments.valuing:Valued": "budget.valued",
}
"""What version 0.1 wrote instead of an id; it will never write anything else, so this table never changes."""


def id_of(kind: type) -> str:
    """The id of a class. TypeError for one that is no part of a saved result."""
    found = _ids().get(f"{kind.__module__}:{kind.__qualname__}")
    if found is None:
        raise TypeError(f"{kind.__module__}.{kind.__qualname__} is not written into a result")
    return found


def class_of(written: str) -> type:
    """The class of an id, or of what version 0.1 wrote for it. ResultError for anything else."""
    place = classes().get(OF_VERSION_0_1.get(written, written))
    if place is None:
        found, allowed = message("folder.part", kind=repr(written)), ", ".join(classes())
        place_of = message("folder.saved_result")
        raise ResultError(message("problem.instead", place=place_of, found=found, allowed=allowed))
    module, _, name = place.partition(":")
    kind: type = getattr(import_module(module), name)
    return kind


@cache
def _ids() -> dict[str, str]:
    return {place: name for name, place in classes().items()}


@cache
def classes() -> dict[str, str]:
    """Where the class of every id is, those of kinds of result included."""
    found = dict(CLASSES)
    for kind in kinds().values():
        for name, where in kind.saved.items():
            found[name] = f"{kind.module_of(where)}:{where.partition(':')[2]}"
    return found
