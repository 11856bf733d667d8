"""A question as a file. TOML in; out a checked `Study`, one question asked of many runs in the words of a
scenario, or a question about the trap (`TrapStudy`): a tipping map or a budget search.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, TypeVar

from pydantic import Field, ValidationError, ValidationInfo, field_validator, model_validator

from sim.errors import ScenarioError, StudyError
from sim.problems import Problem, is_file, is_path, kind_of, nearest, one_of, shortened
from sim.results.outcomes import DEFAULT_OUTCOMES, OUTCOMES
from sim.scenario import Scenario, load, with_overrides
from sim.scenario.fields import Name, Table, Wording, refuse, setting
from sim.scenario.formats import of_today
from sim.scenario.loading import SUFFIX, find, read_toml, scenario_folders
from sim.scenario.merging import file_at, origins_of
from sim.scenario.messages import problems_of, programme_problems
from sim.scenario.overrides import SOURCE
from sim.scenario.programme import load_programmes, read_programme
from sim.text import message

STUDIES = "studies"  # folder inside those of the scenarios
SCENARIO_FACTOR = "scenario"
COMMAND = "command"  # the key of a file that is a question of another command, see sim.experiments.study_file
INTO_SCENARIOS = (
    "changes",
    "interventions",
    "settings",
)  # tables in which an empty list is a value like others
Value = int | float | bool | str


class Factor(Table):
    """Something that differs between runs: a dotted key of the base scenario, with
    a range or a list of levels.

    The key `scenario` takes names of scenarios as levels. A parameter without range or
    levels has its plausible range.
    """

    text_area: ClassVar[str] = "factor"

    key: str = Field(min_length=1)
    low: float | None = Field(default=None)
    high: float | None = Field(default=None)
    levels: tuple[Value, ...] = Field(default=(), strict=False)
    scale: Literal["linear", "log"] = Field(default="linear")

    @model_validator(mode="after")
    def _check_rules(self) -> Factor:
        problems = []
        if (self.low is None) != (self.high is None):
            key = "low" if self.low is None else "high"
            problems.append(Problem("", key, message("found.nothing"), message("study.both_ends")))
        elif self.low is not None and self.levels:
            found, allowed = message("study.levels_and_range"), message("study.levels_or_range")
            problems.append(Problem("", "levels", found, allowed))
        elif self.low is not None and self.high is not None and self.low >= self.high:
            allowed = message("study.above_low", low=f"{self.low:g}")
            problems.append(Problem("", "high", f"{self.high:g}", allowed))
        if self.scale == "log" and (self.low is None or self.low <= 0):
            problems.append(Problem("", "scale", repr("log"), message("study.log_above_zero")))
        if len({(isinstance(level, bool), level) for level in self.levels}) < len(self.levels):
            problems.append(
                Problem("", "levels", message("study.level_twice"), message("study.levels_differ"))
            )
        if self.key == SCENARIO_FACTOR and not all(isinstance(level, str) for level in (self.levels or (0,))):
            found, allowed = message("study.no_scenario_names"), message("study.scenario_names")
            problems.append(Problem("", "levels", found, allowed))
        refuse(problems)
        return self


class Design(Table):
    """Which combinations of factors are run.

    grid: every combination of levels (a range counts as `size` evenly spaced levels). latin_hypercube: `size`
    points.
    sobol: a Saltelli sample for Sobol indices from a base of `size` points (a power of two), which makes size
    x (factors + 2) points, or size x (2 factors + 2) with `second_order`. morris: `size` trajectories of
    factors + 1 points each on a grid of `grid_levels`. list: the `points` as given.
    """

    text_area: ClassVar[str] = "design"

    kind: Literal["grid", "latin_hypercube", "sobol", "morris", "list"] = Field()
    size: int = setting(1, 1, 10_000_000, "")
    seed: int = setting(1, 0, 2**32 - 1, "")
    second_order: bool = setting(False, None, None, "")
    grid_levels: int = setting(4, 2, 64, "")
    points: tuple[dict[str, Value], ...] = Field(default=(), strict=False)

    @model_validator(mode="after")
    def _check_rules(self) -> Design:
        problems = []
        if (self.kind == "list") != bool(self.points):
            found = message("study.number_of_points", number=len(self.points))
            problems.append(Problem("", "points", found, message("study.points_of_list")))
        if self.kind == "sobol" and self.size & (self.size - 1):
            near = 2 ** round(math.log2(self.size))
            problems.append(Problem("", "size", str(self.size), message("study.power_of_two", near=near)))
        if self.grid_levels % 2:
            problems.append(Problem("", "grid_levels", str(self.grid_levels), message("study.even")))
        refuse(problems)
        return self


class Study(Table):
    """A base scenario, what differs between runs, how often each is repeated, and what is to be looked at."""

    text_area: ClassVar[str] = "study"

    name: Name
    title: Wording
    question: Wording
    base: str = Field(min_length=1)
    changes: dict[str, Value] = Field(default_factory=dict)
    factors: tuple[Factor, ...] = Field(default=(), strict=False)
    unmeasured: bool = setting(
        False,
        None,
        None,
        "",
    )
    design: Design
    replications: Annotated[int, Field(ge=1, le=1_000_000)] = Field(default=1)
    seed: int = setting(1, 0, 2**62, "")
    seeds: Literal["common", "independent"] = Field(default="common")
    outcomes: tuple[str, ...] = Field(default=DEFAULT_OUTCOMES, min_length=1, strict=False)
    ensemble: str = Field(default="")
    timeout: float = setting(600.0, 0.01, 1e6, "s")

    @field_validator("outcomes")
    @classmethod
    def _known(cls, names: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        # a study saved by an earlier version has the outcomes of its time, which its own table holds
        known = (info.context or {}).get("outcomes", OUTCOMES)
        unknown = [name for name in names if name not in known]
        refuse(
            [Problem("", "", repr(name), one_of(OUTCOMES), nearest(name, OUTCOMES)) for name in unknown]
            + [
                Problem("", "", message("study.twice", name=repr(name)), message("study.outcome_once"))
                for name in sorted({name for name in names if names.count(name) > 1})
            ]
        )
        return names

    @model_validator(mode="after")
    def _check_rules(self) -> Study:
        problems = []
        keys = [factor.key.removeprefix("parameters.") for factor in self.factors]
        problems += [
            Problem("", "factors", message("study.twice", name=repr(key)), message("study.key_once"))
            for key in sorted({k for k in keys if keys.count(k) > 1})
        ]
        if self.design.kind == "list" and (self.factors or self.unmeasured):
            found, allowed = message("study.factors_and_points"), message("study.no_factors")
            problems.append(Problem("", "factors", found, allowed))
        if self.design.kind != "list" and not self.factors and not self.unmeasured:
            problems.append(Problem("", "factors", message("found.nothing"), message("study.one_factor")))
        refuse(problems)
        return self


def load_study(path_or_name: str | Path) -> tuple[Study, Path]:
    """The checked study of a TOML file, or of a name looked up in the `studies` folders, and its file.

    Only the file itself is checked; see `sim.experiments.plan` for what its keys must be in the base
    scenario. Raises a ScenarioError that lists every problem.
    """
    file = find_study(path_or_name)
    data = read_toml(file)
    if COMMAND in data:
        allowed = message("study.other_command", command=data[COMMAND], file=path_or_name)
        raise ScenarioError([Problem(str(file), COMMAND, repr(data[COMMAND]), allowed)])
    data = of_today(data, "study", str(file))
    refuse_empty_lists(data, str(file))
    data.setdefault("name", file.stem)
    return check_study(data, str(file)), file


def refuse_empty_lists(data: dict[str, Any], file: str) -> None:
    """ScenarioError for every empty list of a file of studies or patterns but those
    that it puts into scenarios.

    An absent list stands for a default (a plausible range, every type, a generic menu); an empty
    one was meant to say something.
    """
    empty = sorted(_empty_lists(data))
    if empty:
        raise ScenarioError(
            Problem(file, key, message("found.empty_list"), message("study.entry_or_none")) for key in empty
        )


def _empty_lists(data: Any, place: str = "") -> Iterator[str]:
    """The dotted keys of all empty lists in plain data, settings of programmes left aside."""
    if isinstance(data, dict):
        for key, value in data.items():
            if key not in INTO_SCENARIOS:
                yield from _empty_lists(value, f"{place}.{key}" if place else key)
    elif isinstance(data, list):
        if not data:
            yield place
        for number, value in enumerate(data):
            yield from _empty_lists(value, f"{place}.{number}")


def check_study(data: dict[str, Any], file: str) -> Study:
    """The study that plain data describe; problems are reported under the name `file`."""
    try:
        return Study.model_validate(data)
    except ValidationError as error:
        origins = {(): file} | origins_of(data, file)
        raise ScenarioError(problems_of(error, Study, data, lambda place: file_at(origins, place))) from None


def study_folders() -> list[Path]:
    """Where names of studies are looked up."""
    return [folder / STUDIES for folder in scenario_folders() if (folder / STUDIES).is_dir()]


def list_studies() -> list[str]:
    """The names that `load_study` knows, sorted."""
    files = (path for folder in study_folders() for path in folder.glob("*" + SUFFIX))
    return sorted({path.stem for path in files if COMMAND not in read_toml(path)})


def find_study(path_or_name: str | Path) -> Path:
    """The file of a path or of a study's name. ScenarioError if there is none."""
    if not is_path(path_or_name):
        raise ScenarioError([Problem("", "", kind_of(path_or_name), message("allowed.path"))])
    text = str(path_or_name)
    if text.endswith(SUFFIX) or "/" in text or "\\" in text:
        return find(text)
    for folder in study_folders():
        if is_file(folder / (text + SUFFIX)):
            return folder / (text + SUFFIX)
    known = list_studies()
    allowed = message("study.path_or_name", names=", ".join(known) or message("study.none_here"))
    found = message("study.no_such_name")
    beside = text + SUFFIX  # `estate study status` shows a study by its name, which is no path of its file
    guess = beside if is_file(Path(beside)) else nearest(text, known)
    raise ScenarioError([Problem(shortened(text), "", found, allowed, guess)])


# questions about the trap; what a file of one command may say stands with its kind of result (`Kind.files` in
# `sim.kinds`)

TrapStudyKind = TypeVar("TrapStudyKind", bound="TrapStudy")


class TrapStudy(Table):
    """What every such file says: a name, the question, the scenario and the values changed in it."""

    text_area: ClassVar[str] = "trap_study"

    name: Name
    title: Wording
    question: Wording
    base: str = Field(min_length=1)
    changes: dict[str, Any] = Field(default_factory=dict)
    interventions: tuple[dict[str, Any], ...] = Field(default=(), strict=False)

    @model_validator(mode="after")
    def _check_programmes(self) -> TrapStudy:
        known, problems = load_programmes(), []
        for number, programme in enumerate(self.interventions):
            kind = programme.get("kind")
            if not isinstance(kind, str) or kind not in known:
                found = message("found.nothing") if kind is None else repr(kind)
                where = f"interventions.{number}.kind"
                problems.append(Problem("", where, found, one_of(sorted(known)), nearest(kind, known)))
                continue
            problems += [
                Problem("", f"interventions.{number}.{part.key}", part.found, part.allowed, part.nearest)
                for part in programme_problems(programme)
            ]
        refuse(problems)
        return self

    def scenario(self) -> Scenario:
        """The scenario that the question is about: the base with its changes and the programmes added.
        ScenarioError if it cannot be."""
        base = load(self.base)
        added = tuple(read_programme(one) for one in self.interventions)
        with_added = base.model_copy(update={"interventions": (*base.interventions, *added)})
        return with_overrides(with_added, {"name": self.name if added else base.name} | self.changes)


def load_trap_study(path_or_name: str | Path, kind: type[TrapStudyKind]) -> TrapStudyKind:
    """The checked file of one kind. ScenarioError that lists every problem, also where the
    file is of another kind."""
    file = find_study(path_or_name)
    data = of_today(read_toml(file), "question", str(file))
    refuse_empty_lists(data, str(file))
    data.setdefault("name", file.stem)
    try:
        study = kind.model_validate(data)
    except ValidationError as error:
        origins = {(): str(file)} | origins_of(data, str(file))
        raise ScenarioError(problems_of(error, kind, data, lambda place: file_at(origins, place))) from None
    return _over_its_scenario(study, file)


def _over_its_scenario(study: TrapStudyKind, file: Path) -> TrapStudyKind:
    """The study with the file of its base (beside its own, else as for `load`).
    ScenarioError where its scenario cannot be."""
    missing: Problem | None = None
    for beside in (file.parent, None):
        try:
            study = study.model_copy(update={"base": str(find(study.base, beside=beside))})
            break
        except ScenarioError as error:
            missing = error.problems[0]
    else:
        assert missing is not None
        problem = Problem(str(file), "base", repr(study.base), missing.allowed, missing.nearest)
        raise ScenarioError([problem])
    load(study.base)  # what is wrong with the base is said under its own name
    try:
        study.scenario()
    except ScenarioError as error:
        raise ScenarioError(
            Problem(
                str(file),
                f"changes.{one.key}" if one.file == SOURCE else one.key,
                one.found,
                one.allowed,
                one.nearest,
            )
            for one in error.problems
        ) from None
    return study


def is_trap_study(name: str, command: str) -> bool:
    """Whether a name or path is a file of this command, rather than a scenario. StudyError
    if it is one of another command."""
    try:
        command_of_file = read_toml(find_study(name)).get(COMMAND)
    except ScenarioError:
        return False
    if command_of_file is not None and command_of_file != command:
        raise StudyError(
            message(
                "trap_study.other_command", name=name, found=command_of_file, key=COMMAND, command=command
            )
        )
    return bool(command_of_file == command)


def list_trap_studies() -> dict[str, str]:
    """The names of these files that can be given without a path, sorted, with the command of each."""
    files = (path for folder in study_folders() for path in folder.glob("*" + SUFFIX))
    commands = {path.stem: read_toml(path).get(COMMAND) for path in files}
    return {name: str(command) for name, command in sorted(commands.items()) if command is not None}
