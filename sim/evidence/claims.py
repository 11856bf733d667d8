"""What a pattern may claim, given the figures it rests on: enforced on every file of patterns, the shipped one included.

A figure that was relayed is a sign or one bound and never a target. A figure read as an excerpt is a target only where place,
year and of whom stand in the excerpt, and its window has at least three points on either side. No figure is both what a
parameter leans on and what the model is tested on. What is held out is a whole city, or a whole series of surveys.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from sim.evidence.register import DOCUMENT, PAGE, Figure, register
from sim.evidence.statistics import MANAGED, STATISTICS, UNSTATED
from sim.evidence.uses import priors
from sim.problems import Problem
from sim.text import message
from sim.words import MODES

if TYPE_CHECKING:
    from sim.evidence.patterns import Pattern
    from sim.scenario import Scenario

HALF_WINDOW, HALF_WINDOW_UNSTATED = 0.03, 0.05  # shares, on either side of a reported value
COMPANY_MODES = {MODES[mode] for mode in MANAGED}
_YEAR = re.compile(r"\d{4}")


def problems_of_claims(patterns: Sequence[Pattern]) -> list[Problem]:
    """Everything that patterns claim and their figures do not allow."""
    problems = []
    leaned = priors()
    for place, pattern in enumerate(patterns):
        where = f"patterns.{place}"
        figures = [register().figures[name] for name in pattern.sources]
        problems += _same_measure(pattern, where)
        if pattern.use == "consistency":
            continue
        problems += _not_leaned_on(pattern, leaned, where)
        problems += _target_allowed(pattern, figures, where)
    return problems + _held_out_whole(patterns, leaned)


def _is_closed(pattern: Pattern) -> bool:
    return all(math.isfinite(bound) for bound in pattern.target.bounds)


def _target_allowed(pattern: Pattern, figures: Iterable[Figure], where: str) -> list[Problem]:
    """A closed target needs figures that are strong and complete, of the stated years, and room around them."""
    if not _is_closed(pattern):
        return []
    problems = []
    for figure in figures:
        key = f"{where}.target"
        if not figure.strong:
            found = message("pattern.claim.weak", figure=figure.id, grade=figure.source.grade)
            problems.append(Problem("", key, found, message("pattern.claim.one_sided")))
        elif not figure.complete:
            found = message("pattern.claim.incomplete", figure=figure.id)
            problems.append(Problem("", key, found, message("pattern.claim.one_sided")))
        year = _YEAR.search(figure.year)
        first, last = pattern.measured.years
        if year and not first <= int(year.group()) <= last:
            found = message("pattern.claim.years", figure=figure.id, year=figure.year)
            problems.append(Problem("", f"{where}.measured.years", str([first, last]), found))
    low, high = pattern.target.bounds
    unstated = pattern.measured.counts == UNSTATED
    second_hand = any(figure.read not in (DOCUMENT, PAGE) for figure in figures)
    least = 2 * (HALF_WINDOW_UNSTATED if unstated else HALF_WINDOW if second_hand else 0.0)
    if pattern.unit == "share" and pattern.measurable and high - low < least - 1e-9:
        found = message("pattern.claim.narrow", points=f"{100 * (high - low):.3g}")
        allowed = message("pattern.claim.window", points=f"{100 * least:g}")
        problems.append(Problem("", f"{where}.target", found, allowed))
    return problems


def _same_measure(pattern: Pattern, where: str) -> list[Problem]:
    """The statistic counts what was counted, among companies where only they were asked."""
    statistic, measured = STATISTICS[pattern.measure.statistic], pattern.measured
    if not pattern.measurable:
        return []
    problems = []
    if measured.counts not in (statistic.counts, UNSTATED):
        allowed = message("pattern.claim.counts", counts=statistic.counts, statistic=statistic.name)
        problems.append(Problem("", f"{where}.measured.counts", repr(measured.counts), allowed))
    among = set() if statistic.modes_counted else set(pattern.measure.modes)
    among_companies = statistic.companies or (bool(among) and among <= COMPANY_MODES)
    if measured.company_run != among_companies:
        key, found = f"{where}.measured.company_run", str(measured.company_run).lower()
        problems.append(Problem("", key, found, message("pattern.claim.companies")))
    return problems


def region_problem(pattern: Pattern, scenario: Scenario, where: str) -> list[Problem]:
    """A level that depends on prices and incomes holds for a city of its region; of a city that states no regions nobody knows."""
    regions = scenario.city.regions
    bound = pattern.measurable and pattern.compare is None and pattern.kind == "level"
    if not bound or not STATISTICS[pattern.measure.statistic].regional:
        return []
    if not regions or pattern.measured.region in regions:
        return []
    allowed = message("pattern.claim.region", regions=", ".join(regions), scenario=scenario.name)
    return [Problem("", f"{where}.measured.region", repr(pattern.measured.region), allowed)]


def _not_leaned_on(pattern: Pattern, leaned: dict[str, str], where: str) -> list[Problem]:
    """No figure is both what a number of the model leans on and what the model is tested on."""
    return [
        Problem(
            "",
            f"{where}.sources",
            message("pattern.claim.prior", figure=name, place=leaned[name]),
            message("pattern.claim.no_prior"),
        )
        for name in pattern.sources
        if name in leaned
    ]


def _held_out_whole(patterns: Sequence[Pattern], leaned: dict[str, str]) -> list[Problem]:
    """Nothing of a held-out city, survey or document is fitted to, leaned on, or told of as a check."""
    held = register().figures
    used: dict[str, list[str]] = defaultdict(list)  # who uses a group or a source
    for pattern in patterns:
        if pattern.use != "held_out":
            for name in pattern.sources:
                for key in (held[name].group, held[name].source.id):
                    used[key].append(f"{pattern.name} ({name})")
    for name, user in leaned.items():
        for key in (held[name].group, held[name].source.id):
            used[key].append(f"{user} ({name})")
    problems = []
    for place, pattern in enumerate(patterns):
        if pattern.use != "held_out":
            continue
        for name in pattern.sources:
            for key in (held[name].group, held[name].source.id):
                if used[key]:
                    found = message("pattern.claim.part", figure=name, whole=key, user=used[key][0])
                    allowed = message("pattern.claim.whole")
                    problems.append(Problem("", f"patterns.{place}.sources", found, allowed))
    return problems
