"""How much of a result rests on assumptions, weighed by sensitivity indices where an analysis of
the same scenario is at hand."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sim.outputs.catalog import capital, parameter_name, subject
from sim.outputs.report.model import Part, Table
from sim.results.outcomes import OUTCOMES
from sim.text import figures, joins, language, say
from sim.units import NO_VALUE

if TYPE_CHECKING:
    from sim.evidence.assumed import ShareAssumed
    from sim.results.result import Result


def shares_of(result: Any) -> dict[str, ShareAssumed]:
    """The shares by outcome, those that exist."""
    from sim.evidence.assumed import share_assumed

    return {name: one for name, one in share_assumed(result).items() if not math.isnan(one.assumed)}


def weighed_line(shares: Mapping[str, ShareAssumed], outcomes: Sequence[str], months: int) -> str:
    """A sentence about the first of `outcomes` (else of those there are) that has a
    share; "" if there is none."""
    name = next((one for one in (*outcomes, *shares) if one in shares), None)
    if name is None:
        return ""
    share = shares[name]
    return say(
        "report.weighed",
        outcome=subject(name, months),
        assumed=figures.share(share.assumed, 0),
        calibrated=figures.share(share.calibrated, 0),
        measured=figures.share(share.measured + share.scenario, 0),
        method=say(f"report.by_{share.method}"),
        factors=share.factors,
    )


def weighed_table(shares: Mapping[str, ShareAssumed], months: int) -> Table:
    """Every outcome's shares, and the assumed parameters on which most of it rests."""
    rows = []
    for name, weight in shares.items():
        listed = joins.clauses(
            f"{parameter_name(key)} {figures.share(share, 0)}" for key, share in weight.largest
        )
        parts = [
            figures.share(share, 0)
            for share in (weight.assumed, weight.calibrated, weight.measured, weight.scenario)
        ]
        rows.append((capital(OUTCOMES[name].of_run(months)), *parts, listed or NO_VALUE))
    columns = tuple(
        say(f"report.{key}")
        for key in ("outcome", "assumed_one", "calibrated", "measured", "sourced", "largest_assumed")
    )
    return Table(say("report.weighed_title"), columns, tuple(rows), say("report.weighed_note"))


def with_weights(part: Part, analyses: Sequence[Result]) -> Part:
    """The part, with what an analysis of its scenario (one of `analyses`, by name)
    says about its assumptions.

    `analyses`: results of kinds that weigh assumptions (`Kind.weighs`).
    """
    from dataclasses import replace

    weighing: list[Any] = list(analyses)
    same = [one for one in weighing if one.scenario.name in part.about_scenarios]
    if not same:
        return part
    shares = same[0].kind.get(same[0].kind.weighs)(same[0])
    line = weighed_line(shares, part.outcomes, same[0].scenario.months)
    if not line:
        return part
    told = say("report.weighed_by", name=same[0].scenario.title.in_language(language()))
    return replace(
        part,
        sure=(*part.sure[:-1], told + line, part.sure[-1]),
        assumed=(weighed_table(shares, same[0].scenario.months), *part.assumed),
    )
