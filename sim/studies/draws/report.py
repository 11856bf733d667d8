"""What a report on one run says of the other draws of its scenario: the fan, and where the run lies."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from sim.outputs.catalog import capital
from sim.outputs.report.model import Picture, Table
from sim.results.outcomes import DEFAULT_OUTCOMES, OUTCOMES
from sim.studies.draws.among import Among
from sim.studies.draws.fan import fan, fan_alt
from sim.studies.draws.repeated import middle_and_ends
from sim.text import figures, say

if TYPE_CHECKING:
    from sim.results import Run


def fan_picture(found: Among, run: Run) -> Picture:
    """The fan of the draws of a scenario, with one run of it as a line."""
    return Picture(
        say("chart.fan"),
        fan_alt(found.draws, run=run),
        partial(fan, found.draws, run=run),
    )


def over_draws(found: Among | None) -> tuple[str, ...]:
    """What the draws say together, before anything is said of one of them."""
    if found is None:
        return ()
    cycle, paid = (_at_end(found, series) for series in ("cycle", "collection"))
    return (
        say(
            "draw.found",
            draws=len(found.draws),
            first=min(found.draws.seeds),
            last=max(found.draws.seeds),
            cycle=cycle,
            paid=paid,
            seed=found.seed,
        ),
    )


def _at_end(found: Among, series: str) -> str:
    """Median and ends of a share in the last month over the draws, in the current language."""
    low, _, median, _, high = (figures.share(float(one)) for one in found.draws.bands[series][:, -1])
    return say("draw.median_and_ends", median=median, low=low, high=high)


def place_table(found: Among, head: str) -> Table:
    """Where the run lies among the draws, outcome by outcome; `head` is that of the column of their names."""
    rows = []
    for name in DEFAULT_OUTCOMES:
        if not found.known(name):
            continue
        told = middle_and_ends(name, found.draws.outcomes[name])
        own = figures.quantity(float(found.own[name]), OUTCOMES[name].unit)
        place = say("draw.place", rank=found.rank(name), number=found.number)
        rows.append(
            (capital(OUTCOMES[name].name), own, place, *(told[key] for key in ("median", "low", "high")))
        )
    heads = [say(f"draw.head_{key}") for key in ("own", "place", "median", "lowest", "highest")]
    caption = say("draw.place_title", draws=len(found.draws))
    return Table(caption, (head, *heads), tuple(rows))


def alone(run: Run, found: Among | None) -> tuple[str, ...]:
    """That nothing is known of other draws, and how to know it."""
    return () if found is not None else (say("draw.alone", seed=run.seed),)
