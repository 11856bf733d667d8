"""Questions about the trap as files: a tipping map or a budget search in TOML, beside the studies of many runs.

What a file of one command may say stands with its kind of result (`Kind.files` in `sim.kinds`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar, TypeVar

from pydantic import Field, ValidationError, model_validator

from sim.errors import ScenarioError, StudyError
from sim.experiments.study_file import COMMAND, find_study, refuse_empty_lists, study_folders
from sim.problems import Problem, one_of
from sim.scenario import Scenario, load, with_overrides
from sim.scenario.fields import Name, Table, Wording, refuse
from sim.scenario.loading import SUFFIX, find, read_toml
from sim.scenario.merging import file_at, origins_of
from sim.scenario.messages import problems_of, programme_problems
from sim.scenario.nearest import nearest
from sim.scenario.overrides import SOURCE
from sim.scenario.programme import load_programmes, read_programme
from sim.text import message

Found = TypeVar("Found", bound="TrapStudy")


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
        for place, one in enumerate(self.interventions):
            kind = one.get("kind")
            if not isinstance(kind, str) or kind not in known:
                found = message("found.nothing") if kind is None else repr(kind)
                where = f"interventions.{place}.kind"
                problems.append(Problem("", where, found, one_of(sorted(known)), nearest(kind, known)))
                continue
            problems += [
                Problem("", f"interventions.{place}.{part.key}", part.found, part.allowed, part.nearest)
                for part in programme_problems(one)
            ]
        refuse(problems)
        return self

    def scenario(self) -> Scenario:
        """The scenario that the question is about: the base with its changes and the programmes added. ScenarioError if it cannot be."""
        base = load(self.base)
        added = tuple(read_programme(one) for one in self.interventions)
        with_added = base.model_copy(update={"interventions": (*base.interventions, *added)})
        return with_overrides(with_added, {"name": self.name if added else base.name} | self.changes)


def load_trap_study(path_or_name: str | Path, kind: type[Found]) -> Found:
    """The checked file of one kind. ScenarioError that lists every problem, also where the file is of another kind."""
    file = find_study(path_or_name)
    data = read_toml(file)
    refuse_empty_lists(data, str(file))
    data.setdefault("name", file.stem)
    try:
        made = kind.model_validate(data)
    except ValidationError as error:
        origins = {(): str(file)} | origins_of(data, str(file))
        raise ScenarioError(problems_of(error, kind, data, lambda place: file_at(origins, place))) from None
    return _over_its_scenario(made, file)


def _over_its_scenario(made: Found, file: Path) -> Found:
    """The study with the file of its base (beside its own, else as for `load`). ScenarioError where its scenario cannot be."""
    missing: Problem | None = None
    for beside in (file.parent, None):
        try:
            made = made.model_copy(update={"base": str(find(made.base, beside=beside))})
            break
        except ScenarioError as error:
            missing = error.problems[0]
    else:
        assert missing is not None
        problem = Problem(str(file), "base", repr(made.base), missing.allowed, missing.nearest)
        raise ScenarioError([problem])
    load(made.base)  # what is wrong with the base is said under its own name
    try:
        made.scenario()
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
    return made


def is_trap_study(name: str, command: str) -> bool:
    """Whether a name or path is a file of this command, rather than a scenario. StudyError if it is one of another command."""
    try:
        found = read_toml(find_study(name)).get(COMMAND)
    except ScenarioError:
        return False
    if found is not None and found != command:
        raise StudyError(
            message("trap_study.other_command", name=name, found=found, key=COMMAND, command=command)
        )
    return bool(found == command)


def list_trap_studies() -> dict[str, str]:
    """The names of these files that can be given without a path, sorted, with the command of each."""
    files = (path for folder in study_folders() for path in folder.glob("*" + SUFFIX))
    found = {path.stem: read_toml(path).get(COMMAND) for path in files}
    return {name: str(command) for name, command in sorted(found.items()) if command is not None}
