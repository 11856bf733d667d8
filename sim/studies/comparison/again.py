"""A saved comparison carried out once more."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sim.experiments.workplace import Workplace
from sim.studies.comparison.compare import Adaptive, compare
from sim.studies.comparison.persistence import persistence_test
from sim.studies.comparison.withdrawal import withdrawal_tests

if TYPE_CHECKING:
    from sim.studies.comparison.comparison import Comparison
    from sim.studies.comparison.saved import SavedComparison


def again(saved: SavedComparison, workplace: Workplace) -> Comparison:
    """With the looks that were planned, if it was replicated adaptively, and with the tests and further months saved with it."""
    settings, looks = saved.settings, saved.saved_manifest.get("looks") or []
    place = replace(workplace, level=settings.level, ensemble=settings.ensemble)
    options: dict[str, Any] = {
        "outcomes": settings.outcomes,
        "differences": dict(settings.differences),
        "workplace": place,
    }
    if looks:
        planned = tuple(saved.saved_manifest["looks_planned"])
        options["adaptive"] = Adaptive(looks[0]["wanted_width"], planned, looks[0]["outcome"])
        options["first_seed"] = saved.seeds[0]
    else:
        options["seeds"] = saved.seeds
    found = compare(*(arm.scenario for arm in saved.arms), **options)
    withdrawn = withdrawal_tests(found, saved.withdrawn[0].tests[0].month, place) if saved.withdrawn else []
    after = persistence_test(found, saved.after.after, workplace) if saved.after is not None else None
    return found.with_more(withdrawn, after)
