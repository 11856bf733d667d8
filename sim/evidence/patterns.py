"""What a credible model must reproduce, as data: patterns in TOML, checked like a scenario; and what a
pattern may claim, given the figures it rests on: enforced on every file of
patterns, the shipped one included.

A figure that was relayed is a sign or one bound and never a target. A figure read as an excerpt is a target
only where place, year and of whom stand in the excerpt, and its window has at least three points on either
side. No figure is both what a parameter leans on and what the model is tested on. What is held out is a
whole city, or a whole series of surveys.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, ClassVar, Literal, get_args

from pydantic import Field, ValidationError, field_validator, model_validator

from sim.errors import EstateError, ScenarioError
from sim.evidence.register import DOCUMENT, PAGE, Figure, priors, register
from sim.evidence.statistics import MANAGED, NOT_REPRESENTED, STATISTICS, UNSTATED, Choice, Counted
from sim.experiments.study_file import refuse_empty_lists
from sim.problems import Problem, is_file, nearest, one_of, path_of, shortened, why_no_file
from sim.runner import resolve
from sim.scenario import Scenario
from sim.scenario.fields import Name, Table, Wording, refuse, setting
from sim.scenario.loading import read_toml
from sim.scenario.merging import file_at, origins_of
from sim.scenario.messages import problems_of
from sim.scenario.overrides import with_programmes
from sim.scenario.programme import ModeName
from sim.scenario.tables import REGIONS, Region
from sim.scenario.writing import to_data
from sim.text import Family, message
from sim.words import MODES

# what a pattern may claim

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
    """A closed target needs figures that are strong and complete, of the stated
    years, and room around them."""
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
    """A level that depends on prices and incomes holds for a city of its region; of a city that
    states no regions nobody knows."""
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
    for number, pattern in enumerate(patterns):
        if pattern.use != "held_out":
            continue
        for name in pattern.sources:
            for key in (held[name].group, held[name].source.id):
                if used[key]:
                    found = message("pattern.claim.part", figure=name, whole=key, user=used[key][0])
                    allowed = message("pattern.claim.whole")
                    problems.append(Problem("", f"patterns.{number}.sources", found, allowed))
    return problems


# patterns

SHIPPED = "patterns.toml"
# Parameters are fitted to the first, never to the second; the third tests what went in, and counts as
# neither.
Use = Literal["calibration", "held_out", "consistency"]
CALIBRATION, HELD_OUT, CONSISTENCY = USES = get_args(Use)
USE_WORDS = Family("pattern_use", USES)
# What a pattern says of the world: how much, how unlike, how it moves, what it does when something is done.
Kind = Literal["level", "spread", "transition", "response"]
KINDS = get_args(Kind)
KIND_WORDS = Family("pattern_kind", KINDS)
REGION_WORDS = Family("region", REGIONS)
Sign = Literal["positive", "negative"]
SIGN_WORDS = Family("sign", get_args(Sign))
Value = int | float | bool | str
Programmes = tuple[dict[str, Any], ...]


class Measure(Table):
    """What is read off a run: a statistic (see `sim.evidence.statistics`) and the part of
    the run that it looks at."""

    text_area: ClassVar[str] = "measure"

    statistic: str = Field(min_length=1)
    months: tuple[int, ...] = Field(default=(), strict=False)
    types: tuple[str, ...] = Field(default=(), strict=False)
    modes: tuple[ModeName, ...] = Field(default=(), strict=False)
    old: bool | None = setting(None, None, None, "")
    percent: float = setting(50.0, 0, 100, "%")
    unit: Literal["share", "months"] = Field(default="share")
    collection: tuple[float, ...] = Field(default=(0.0, 1.0), strict=False)

    @field_validator("statistic")
    @classmethod
    def _known(cls, name: str) -> str:
        if name not in STATISTICS:
            refuse([Problem("", "", repr(name), one_of(STATISTICS), nearest(name, STATISTICS))])
        return name

    @model_validator(mode="after")
    def _pairs(self) -> Measure:
        problems = []
        if self.months and (len(self.months) != 2 or not 0 <= self.months[0] <= self.months[1]):
            problems.append(Problem("", "months", str(list(self.months)), message("pattern.months.allowed")))
        if len(self.collection) != 2 or not 0 <= self.collection[0] < self.collection[1] <= 1:
            problems.append(
                Problem("", "collection", str(list(self.collection)), message("pattern.shares.allowed"))
            )
        needed = STATISTICS[self.statistic].types_needed
        if needed and not needed == len(self.types) == len(set(self.types)):
            allowed = message("pattern.types.allowed", types=needed, statistic=self.statistic)
            problems.append(Problem("", "types", str(list(self.types)), allowed))
        refuse(problems)
        return self

    def choice(self, months: int) -> Choice:
        """The same for a run of so many months."""
        first, last = self.months or (1, months)
        return Choice(
            (first, last),
            self.types,
            self.modes,
            self.old,
            self.percent,
            (self.collection[0], self.collection[1]),
        )


class Target(Table):
    """What was reported: a range (one bound may be absent), a value with a tolerance, or only a sign."""

    text_area: ClassVar[str] = "target"

    low: float | None = Field(default=None)
    high: float | None = Field(default=None)
    value: float | None = Field(default=None)
    tolerance: float | None = Field(default=None, gt=0)
    sign: Sign | None = Field(default=None)

    @model_validator(mode="after")
    def _one_kind(self) -> Target:
        problems = []
        ranged = self.low is not None or self.high is not None
        valued = self.value is not None or self.tolerance is not None
        if ranged + valued + (self.sign is not None) != 1:
            problems.append(
                Problem(
                    "",
                    "",
                    message("pattern.target.kinds", number=ranged + valued + (self.sign is not None)),
                    message("pattern.target.allowed"),
                )
            )
        if valued and (self.value is None or self.tolerance is None):
            problems.append(
                Problem(
                    "", "tolerance", message("pattern.tolerance.half"), message("pattern.tolerance.allowed")
                )
            )
        if self.low is not None and self.high is not None and self.low > self.high:
            problems.append(
                Problem(
                    "",
                    "high",
                    f"{self.high:g}",
                    message("allowed.not_below", name="low", value=f"{self.low:g}"),
                )
            )
        refuse(problems)
        return self

    @property
    def bounds(self) -> tuple[float, float]:
        """Least and greatest value that agree (infinite where open)."""
        if self.value is not None and self.tolerance is not None:
            return self.value - self.tolerance, self.value + self.tolerance
        if self.sign is not None:
            return (0.0, math.inf) if self.sign == "positive" else (-math.inf, 0.0)
        return (-math.inf if self.low is None else self.low), (math.inf if self.high is None else self.high)


class Measured(Table):
    """What exactly was measured, in the world: the statistic of the pattern must do the same."""

    text_area: ClassVar[str] = "measured"

    of_whom: Wording
    counts: Counted = Field()
    company_run: bool = Field()
    region: Region = Field()
    years: tuple[int, int] = Field(strict=False)

    @model_validator(mode="after")
    def _ordered(self) -> Measured:
        if self.years[0] > self.years[1]:
            refuse([Problem("", "years", str(list(self.years)), message("pattern.years.allowed"))])
        return self


class Compare(Table):
    """The other arm of a comparison: the statistic under these settings and programmes is
    taken away, seed by seed."""

    text_area: ClassVar[str] = "compare"

    settings: dict[str, Value] = Field(default_factory=dict)
    programmes: Programmes = Field(default=(), strict=False)


class Pattern(Table):
    """One thing that was reported, and how it is looked for in the model."""

    text_area: ClassVar[str] = "pattern"

    name: Name
    title: Wording
    kind: Kind = Field()
    scenario: str = Field(min_length=1)
    settings: dict[str, Value] = Field(default_factory=dict)
    programmes: Programmes = Field(default=(), strict=False)
    measured: Measured
    measure: Measure
    compare: Compare | None = Field(default=None)
    target: Target
    sources: tuple[str, ...] = Field(min_length=1, strict=False)
    use: Use = Field()
    needs: Wording | None = Field(default=None)
    note: Wording | None = Field(default=None)

    @field_validator("sources")
    @classmethod
    def _registered(cls, ids: tuple[str, ...]) -> tuple[str, ...]:
        known = register().figures
        refuse(
            [
                Problem(
                    "", "", repr(one), message("evidence.an_id", file="evidence.csv"), nearest(one, known)
                )
                for one in ids
                if one not in known
            ]
        )
        return ids

    @property
    def unit(self) -> str:
        """The unit of its statistic; of one that cannot be measured yet, the unit of its target."""
        return STATISTICS[self.measure.statistic].unit if self.measurable else self.measure.unit

    @property
    def told_unit(self) -> str:
        """The unit that readers are told: as `unit`, but "points" for a difference of shares."""
        differs = self.compare is not None or (
            self.measurable and STATISTICS[self.measure.statistic].difference
        )
        return "points" if differs and self.unit == "share" else self.unit

    @property
    def measurable(self) -> bool:
        """Whether the model can show it at all today; what it cannot show is not counted."""
        return self.measure.statistic != NOT_REPRESENTED

    def arms(self) -> list[tuple[dict[str, Value], Programmes]]:
        """Settings and programmes of the arm looked at and, for a comparison, of
        the one it is compared with."""
        arms = [(self.settings, self.programmes)]
        if self.compare is not None:
            arms.append((self.settings | self.compare.settings, self.compare.programmes))
        return arms

    @model_validator(mode="after")
    def _whole(self) -> Pattern:
        problems = []
        if self.measurable == (self.needs is not None):
            found = message("pattern.needs.missing" if self.needs is None else "pattern.needs.measured")
            problems.append(Problem("", "needs", found, message("pattern.needs.allowed")))
        if self.measurable and "unit" in self.measure.model_fields_set:
            problems.append(
                Problem("", "measure.unit", repr(self.measure.unit), message("pattern.unit.allowed"))
            )
        if self.compare is not None and self.arms()[0] == self.arms()[1]:
            found, allowed = message("pattern.compare.same"), message("pattern.compare.allowed")
            problems.append(Problem("", "compare", found, allowed))
        if self.use == CONSISTENCY and self.note is None:
            problems.append(
                Problem("", "note", message("found.nothing"), message("pattern.claim.consistency_note"))
            )
        refuse(problems)
        return self


class Patterns(Table):
    """A file of patterns."""

    text_area: ClassVar[str] = "patterns"

    patterns: tuple[Pattern, ...] = Field(min_length=1, strict=False)

    @model_validator(mode="after")
    def _apart(self) -> Patterns:
        """Names occur once, and no pattern claims more than its figures allow (see
        `sim.evidence.patterns`)."""
        problems, names = [], [pattern.name for pattern in self.patterns]
        for number, name in enumerate(names):
            if name in names[:number]:
                problems.append(
                    Problem("", f"patterns.{number}.name", repr(name), message("pattern.name.allowed"))
                )
        refuse(problems + problems_of_claims(self.patterns))
        return self


def load_patterns(path: str | Path | None = None) -> tuple[tuple[Pattern, ...], str]:
    """The checked patterns of a TOML file (default: those that ship with the package), and the file's name.

    Raises a ScenarioError that lists every problem, those of the scenarios and settings
    that they name included.
    """
    given = path_of(path, "patterns", EstateError) if path is not None else None
    file = given or Path(str(files("sim") / "evidence" / SHIPPED))
    if not is_file(file):
        raise ScenarioError(
            [Problem(shortened(file), "", why_no_file(file), message("pattern.file.allowed"))]
        )
    name = str(file) if path is not None else SHIPPED
    data = read_toml(file)
    refuse_empty_lists(data, name)
    return check_patterns(data, name), name


def check_patterns(data: dict[str, Any], file: str) -> tuple[Pattern, ...]:
    """The patterns that plain data describe; problems are reported under the name `file`."""
    try:
        patterns = Patterns.model_validate(data).patterns
    except ValidationError as error:
        origins = {(): file} | origins_of(data, file)
        raise ScenarioError(
            problems_of(error, Patterns, data, lambda place: file_at(origins, place))
        ) from None
    problems: list[Problem] = []
    cache: dict[tuple[str, str], Scenario | None] = {}
    for number, pattern in enumerate(patterns):
        problems += _against_scenario(pattern, f"patterns.{number}", file, cache)
    if problems:
        raise ScenarioError(problems)
    return patterns


def _against_scenario(
    pattern: Pattern, place: str, file: str, cache: dict[tuple[str, str], Scenario | None]
) -> list[Problem]:
    """What does not fit the scenario of a pattern."""
    problems: list[Problem] = []
    for settings, programmes in pattern.arms():
        key = (pattern.scenario, told(settings, programmes))
        if key not in cache:
            try:
                cache[key] = resolved(pattern.scenario, settings, programmes)
            except ScenarioError as error:
                cache[key] = None
                problems += [
                    Problem(f"{file}: {place}: {one.file}", one.key, one.found, one.allowed, one.nearest)
                    for one in error.problems
                ]
        scenario = cache[key]
        if scenario is not None:
            problems += _unfit(pattern, scenario, place, file)
    return list(dict.fromkeys(problems))


def _unfit(pattern: Pattern, scenario: Scenario, place: str, file: str) -> list[Problem]:
    measure = pattern.measure
    problems = []
    if measure.months and measure.months[1] > scenario.months:
        problems.append(
            Problem(
                file,
                f"{place}.measure.months",
                str(measure.months[1]),
                message("pattern.months.at_most", months=scenario.months, scenario=scenario.name),
            )
        )
    for problem in region_problem(pattern, scenario, place):
        problems.append(Problem(file, problem.key, problem.found, problem.allowed))
    for name in measure.types:
        if name not in scenario.types:
            names = ", ".join(scenario.types)
            allowed = message("pattern.types.of_scenario", names=names, scenario=scenario.name)
            problems.append(
                Problem(file, f"{place}.measure.types", repr(name), allowed, nearest(name, scenario.types))
            )
    return problems


def resolved(
    scenario: str, settings: Mapping[str, Any], programmes: Sequence[Mapping[str, Any]] = ()
) -> Scenario:
    """A scenario by name or path with settings put in and programmes added. Raises a ScenarioError."""
    changed = resolve(scenario, overrides=settings)
    return with_programmes(changed, *programmes) if programmes else changed


def scenarios_of(patterns: Iterable[Pattern]) -> list[dict[str, Any]]:
    """The scenarios that patterns look at, each once, as plain data: what a manifest keeps, so that a file
    that changes loses nothing.

    Without the settings and programmes of the patterns, which stand in these. Raises a ScenarioError.
    """
    return [to_data(resolved(name, {})) for name in dict.fromkeys(one.scenario for one in patterns)]


def told(settings: Mapping[str, Any], programmes: Sequence[Mapping[str, Any]] = ()) -> str:
    """Settings and programmes as a text: the same text for the same arm."""
    return repr((sorted(settings.items()), [sorted(one.items()) for one in programmes]))
