"""The brief of a result of version 0.1: it decides nothing here, since its figures meant something else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.kinds import kinds
from sim.outputs.brief import Brief
from sim.outputs.brief.about import BETWEEN
from sim.outputs.catalog import capital
from sim.text import say

if TYPE_CHECKING:
    from sim.studies.old.old_result import OldResult


def brief_of(old_result: OldResult) -> Brief:
    """The page that says why there is no answer."""
    was = kinds()[old_result.was].title if old_result.was in kinds() else old_result.was
    manifest = old_result.manifest
    return Brief(
        say("result.brief.title"),
        BETWEEN.join([was, old_result.title(), say("result.defined_as_in_0_1")]),
        (say("report.item"), say("report.value")),
        (),
        say("brief.nothing_recommended", why=say("result.brief.shows")),
        say("result.brief.alike"),
        say("result.brief.again"),
        capital(say("result.defined_line")),
        model=str(manifest.get("model_source_hash", "0.1")),
    )
