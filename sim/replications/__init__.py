"""Published models run with this program's own owners, norm loop and mean-field map; theirs beside ours.

A module a model, each with `replicate(agents) -> Replication`. What a paper states and what was recomputed
from its formula stands in the module, as data.
"""

from __future__ import annotations

from importlib import import_module

from sim.arguments import truth
from sim.errors import StudyError
from sim.problems import one_of
from sim.replications.checks import LEVEL, OURS, WITHIN, Check, Replication
from sim.text import message

__all__ = ["LEVEL", "MODELS", "OURS", "WITHIN", "Check", "Replication", "replicate"]

MODELS = ("granovetter", "wiedermann", "jonsson")


def replicate(name: str, *, agents: bool = True) -> Replication:
    """Reproduce a published model: every figure of it beside ours, and whether they agree.

    name: one of `MODELS`; agents: whether owners are simulated as well as the mean-field map computed
    (seconds more). Raises StudyError for another name.
    """
    agents = truth("agents", agents)
    if not isinstance(name, str) or name not in MODELS:
        raise StudyError(
            message("problem.instead", place="replicate", found=repr(name), allowed=one_of(MODELS))
        )
    replication = import_module(f"sim.replications.{name}").replicate(agents)
    assert isinstance(replication, Replication)
    return replication
