"""A named ensemble: many sets of parameters that the evidence cannot tell apart, so that ranges of what
may happen contain that doubt too.

One CSV file in `results/ensembles`: a column for each key (as for --set), a row for each member; beside it,
where `estate calibrate` made it, NAME.json says how. A first line `# format = 2` says its format.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

from sim.errors import ResultError, ScenarioError, StudyError
from sim.model.parameters import PARAMETERS
from sim.problems import Problem, is_file, is_folder, kind_of, nearest, path_of, shortened, why_no_file
from sim.results.engines import PlannedRun, planned_runs_of
from sim.results.folder import read_manifest
from sim.scenario import Scenario
from sim.scenario.formats import KEY, format_of
from sim.scenario.loading import text_of
from sim.scenario.schema import range_text
from sim.text import Later, in_language, message, say
from sim.text.foreign import parser_says
from sim.text.joins import lines

FOLDER = Path("results") / "ensembles"
SHIPPED = "ensembles"  # folder of the package with those that ship
_FORMAT_LINE = re.compile(rf"#\s*{KEY}\s*=[^\r\n]*")


@dataclass(frozen=True)
class Ensemble:
    """Members are parameter values by key; replication r (from 0) is run with member r,
    beginning again after the last.

    model_source_hash: of the model that it was calibrated with, "" where nobody says.
    """

    name: str
    members: tuple[dict[str, float], ...]
    model_source_hash: str = ""

    def member(self, replication: int) -> dict[str, float]:
        """The parameters of a replication."""
        return self.members[replication % len(self.members)]

    @property
    def keys(self) -> tuple[str, ...]:
        """The parameters that its members set."""
        return tuple(dict.fromkeys(key for member in self.members for key in member))

    @property
    def digest(self) -> str:
        """Sixteen hex digits that name its members and their order."""
        return hashlib.sha256(json.dumps(self.members).encode()).hexdigest()[:16]

    def warnings(self, lang: str | None = None) -> list[str]:
        """What a reader must know before using it with this version of the model."""
        from sim.fingerprint import model_source_hash

        now = model_source_hash()
        if self.model_source_hash in ("", now):
            return []
        then = self.model_source_hash[:8]
        with in_language(lang):
            return [say("ensemble.other_model", name=self.name, then=then, now=now[:8])]

    def _repr_html_(self) -> str:
        import pandas as pd

        from sim.results.result import shown_html

        table = (
            pd.DataFrame(list(self.members))
            .describe(percentiles=[0.05, 0.5, 0.95])
            .drop("count")
            .T.rename_axis("parameter")
            .reset_index()
        )
        return shown_html(
            say("ensemble.title", name=self.name),
            say("ensemble.facts", members=len(self.members), parameters=len(self.keys)),
            (),
            self.warnings(),
            table,
        )

    def facts(self, replications: int) -> dict[str, Any]:
        """What a manifest says of it."""
        return {
            "name": self.name,
            "members": len(self.members),
            "used": min(replications, len(self.members)),
            "digest": self.digest,
            "model_source_hash": self.model_source_hash,
            "parameters": [dict(member) for member in self.members],
        }

    @classmethod
    def of_facts(cls, facts: Mapping[str, Any] | None) -> Ensemble | None:
        """The ensemble that a manifest states (see `facts`); None for none."""
        return (
            None
            if not facts
            else cls(
                facts["name"], tuple(dict(one) for one in facts["parameters"]), facts["model_source_hash"]
            )
        )


def doubt_line(ensemble: Mapping[str, Any] | None) -> str:
    """Whether ranges of what may happen contain the uncertainty of parameters, from
    `Ensemble.facts` (None: no ensemble)."""
    if not ensemble:
        return say("ensemble.luck")
    held: dict[str, Any] = {key: ensemble[key] for key in ("name", "used", "members")}
    return say("ensemble.both", **held)


def with_member(scenario: Scenario, member: Mapping[str, float]) -> Scenario:
    """The scenario with the parameters of a member; what the scenario sets itself (its
    file, --set, a factor) stays."""
    groups = {group: dict(values) for group, values in scenario.parameters.items()}
    for key, value in member.items():
        group, name = key.split(".", 1)
        groups.setdefault(group, {}).setdefault(name, value)
    return scenario.model_copy(update={"parameters": groups})


def planned_runs_over(
    scenario: Scenario,
    seeds: Sequence[int],
    ensemble: Ensemble | None,
    overrides: Mapping[str, Any] | None = None,
    first: int = 0,
) -> list[PlannedRun]:
    """One run for each seed; with an ensemble, the r-th of them (counted from `first`) has its member r."""
    if ensemble is None:
        return planned_runs_of(scenario, seeds, overrides)
    planned_runs = []
    for replication, seed in enumerate(seeds, first):
        member = ensemble.member(replication)
        planned_runs.append(
            PlannedRun(with_member(scenario, member), seed, dict(member) | dict(overrides or {}))
        )
    return planned_runs


def told(asked: Mapping[str, Any], replications: int) -> list[str]:
    """What a result that was asked with `asked` says of the doubt in its ranges, and of its ensemble."""
    ensemble = asked.get("ensemble")
    if ensemble is None:
        return [doubt_line(None)]
    return [doubt_line(ensemble.facts(replications)), *ensemble.warnings()]


def as_ensemble(what: Ensemble | str | Path | None) -> Ensemble | None:
    """An ensemble given as itself, by name or by file; None for none."""
    if what is None or isinstance(what, Ensemble):
        return what
    if not isinstance(what, str | Path):
        allowed = message("allowed.ensemble")
        raise StudyError(message("problem.instead", place="ensemble", found=kind_of(what), allowed=allowed))
    return load_ensemble(what)


def load_ensemble(name: str | Path) -> Ensemble:
    """The ensemble of a name in `results/ensembles` or among those that ship, or of the path of a CSV file.

    StudyError for a missing file, or one that lists everything wrong in it: an unknown parameter or one that
    has two columns, a row of another length, a value that is no number or outside its range. ResultError for
    a calibrated one that was changed since.
    """
    path = file_of(name)
    try:
        text = text_of(path, message("ensemble.file"))
    except ScenarioError as error:
        raise StudyError(Later(lines, error.problems)) from None
    text = _without_format(text, path)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        rows = [(reader.line_num, row) for row in reader if row]
    except csv.Error as error:
        place = message("ensemble.line", line=reader.line_num)
        raise StudyError(
            Problem(str(path), place, parser_says(str(error)), message("ensemble.file"))
        ) from None
    head, *members = rows or [(1, list[str]())]
    keys, problems = _keys_of(path, *head)
    ensembles = []
    for line, row in members:
        ensembles.append(_member(path, line, keys, row, problems))
    if not ensembles:
        problems.append(Problem(str(path), "", message("ensemble.no_member"), message("ensemble.one_member")))
    if problems:
        raise StudyError(Later(lines, problems))
    return _calibrated(Ensemble(path.stem, tuple(ensembles)), path)


def format_line(text: str) -> str:
    """The first line of an ensemble's file where it says the format; else nothing."""
    stated = _FORMAT_LINE.match(text)
    return stated[0] if stated else ""


def _without_format(text: str, path: Path) -> str:
    """The text with a blank line for the one that says its format. StudyError for a format that cannot be."""
    if line := format_line(text):
        written = line.partition("=")[2].strip()
        try:
            format_of({KEY: int(written) if written.isdecimal() else written}, str(path))
        except ScenarioError as error:
            raise StudyError(Later(lines, error.problems)) from None
    return text.removeprefix(line)


def _keys_of(path: Path, line: int, head: Sequence[str]) -> tuple[list[str], list[Problem]]:
    """The parameter of every column, and what is wrong with the names of columns."""
    keys = [written.strip().removeprefix("parameters.") for written in head]
    problems: list[Problem] = []
    line_name = message("ensemble.line", line=line)
    for number, (key, written) in enumerate(zip(keys, head, strict=True)):
        if key not in PARAMETERS:
            allowed, guess = message("ensemble.parameter"), nearest(key, PARAMETERS)
            problems.append(Problem(str(path), line_name, repr(written), allowed, guess))
        elif key in keys[:number]:
            twice = message("ensemble.twice", key=key)
            problems.append(Problem(str(path), line_name, twice, message("ensemble.once")))
    return keys, problems


def folders() -> tuple[Path, ...]:
    """Where names of ensembles are looked up: what was calibrated here first, then what ships."""
    return FOLDER, Path(str(files("sim.evidence") / SHIPPED))


def list_ensembles() -> list[str]:
    """The names that `load_ensemble` knows, sorted."""
    return sorted({file.stem for folder in folders() if folder.is_dir() for file in folder.glob("*.csv")})


def file_of(name: str | Path) -> Path:
    """The CSV file of an ensemble that is given by name or by its path. StudyError where there is none."""
    path = path_of(name, "ensemble", StudyError)
    tried = [path] if path.suffix == ".csv" else [folder / f"{name}.csv" for folder in folders()]
    for one in tried:
        if is_file(one):
            return one
    known = list_ensembles()
    there = ", ".join(known) or message("found.none")
    if path.suffix == ".csv" or is_file(path) or is_folder(path):
        # a path, and no name of which another may have been meant
        found = message("ensemble.not_csv") if is_file(path) else why_no_file(path)
        raise StudyError(message("ensemble.no_file", file=shortened(path), found=found, known=there))
    guess = nearest(str(name), known)
    file = shortened(tried[0])
    if guess:
        raise StudyError(message("ensemble.absent_nearest", file=file, known=there, nearest=repr(guess)))
    raise StudyError(message("ensemble.absent", file=file, known=there))


def _calibrated(ensemble: Ensemble, path: Path) -> Ensemble:
    """The ensemble with what the manifest beside its file says; as it is where there is none.

    ResultError if the manifest was changed, or speaks of other members than the file holds.
    """
    name = f"{path.stem}.json"
    if not is_file(path.parent / name):
        return ensemble
    manifest = read_manifest(path.parent, name)
    if manifest.get("members_digest") != ensemble.digest:
        raise ResultError(message("ensemble.changed", file=path, name=name))
    return replace(ensemble, model_source_hash=str(manifest.get("model_source_hash", "")))


def _member(
    path: Path, line: int, keys: Sequence[str], row: Sequence[str], problems: list[Problem]
) -> dict[str, float]:
    """The parameters of a row; what is wrong with it is added to `problems`."""
    if len(row) != len(keys):
        line_name = message("ensemble.line", line=line)
        found = message("ensemble.values", count=len(row))
        problems.append(Problem(str(path), line_name, found, message("ensemble.columns", count=len(keys))))
        return {}
    values: dict[str, float] = {}
    for key, text in zip(keys, row, strict=True):
        parameter = PARAMETERS.get(key)
        if parameter is None:
            continue  # said of the column
        try:
            values[key] = float(text)
        except ValueError:
            values[key] = math.nan
        if not parameter.low <= values[key] <= parameter.high:
            line_name = message("ensemble.cell", line=line, key=key)
            problems.append(Problem(str(path), line_name, repr(text), range_text(parameter)))
    return values
