"""Carry out a study, and what it found: one row a run, and no statistic over runs that are missing.
It is saved and read back."""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from sim.errors import ResultError, StudyError
from sim.experiments.ensemble import Ensemble
from sim.experiments.intervals import estimate_of
from sim.experiments.plan import Plan, plan_study
from sim.experiments.study_file import SCENARIO_FACTOR, Study
from sim.experiments.workplace import Keywords, RunResults, Workplace, run_planned, workplace_of
from sim.no_effect import tell_no_effect
from sim.results.engines import PlannedRun
from sim.results.folder import MISSHAPEN, PARQUET, read, write
from sim.results.outcomes import OUTCOMES
from sim.results.provenance import here
from sim.results.result import Result
from sim.results.store import FailedRun, Store
from sim.results.summary import RunSummary
from sim.scenario import Scenario, to_data
from sim.scenario.loading import check
from sim.text import kept, message, say
from sim.text.system import told as why
from sim.units import NO_VALUE

if TYPE_CHECKING:
    import pandas as pd

KIND = "study"
POINTS = "points"  # name of the table
KEYS = ("run", "point", "replication", "seed", "status")


def study(
    what: Study | Plan | str | Path,
    *,
    retry_failed: bool = False,
    lang: str | None = None,
    workplace: Workplace | None = None,
    **at: Unpack[Keywords],
) -> StudyResult:
    """Carry out a study (a Study, the path of its file, or its name) and return what it found.

    Runs that the store has are not carried out again, so that calling this after an interruption goes on
    where it stopped. `workplace` and its fields as keywords: see Workplace; `progress` is a bar (in the
    language given, else the current one) unless it is False or a function, a time limit wins over that of
    the study, and an ensemble over the one that it names. Raises EstateError.
    """
    workplace = workplace_of(
        "study", workplace, at, ("level", "ensemble") if isinstance(what, Plan) else ("level",)
    )
    plan = what if isinstance(what, Plan) else plan_study(what, ensemble=workplace.ensemble)
    tell_no_effect(plan.bases.values(), plan.bases)
    workplace = workplace.opened()
    register(workplace.open_store(), plan)
    if workplace.progress is None:
        workplace = replace(workplace, progress=True)
    with workplace.shown(lang) as report:
        workplace = replace(workplace, progress=report, timeout=workplace.timeout or plan.study.timeout)
        results = run_planned(
            plan, workplace, retry_failed=retry_failed, keys=plan.keys, biggest=plan.biggest
        )
    return StudyResult(plan, results)


def register(store: Store, plan: Plan) -> None:
    """Write into the ledger which runs a study consists of, so that its state can
    be told without its file."""
    if store.ledger.ask("SELECT 1 FROM studies WHERE id = ?", plan.id):
        return
    started = datetime.now(UTC).isoformat(timespec="seconds")
    with store.writing():
        store.ledger.insert(
            "study_runs", ({"study": plan.id, "position": i, "key": key} for i, key in enumerate(plan.keys))
        )
        row = {
            "id": plan.id,
            "name": plan.study.name,
            "file": str(plan.file),
            "total": len(set(plan.keys)),
            "started": started,
        }
        store.ledger.insert("studies", [row])


def registered(store: Store, plan: Plan) -> bool:
    """Whether this study, with exactly these runs, was begun in this store."""
    return bool(store.ledger.ask("SELECT 1 FROM studies WHERE id = ?", plan.id))


def study_states(store: Store) -> list[dict[str, Any]]:
    """Every study begun in a store: id, name, file, started, and how many of its runs are
    done, failed and missing."""
    question = """
        SELECT s.id, s.name, s.file, s.started, s.total,
               (SELECT count(DISTINCT r.key) FROM study_runs t JOIN runs r ON r.key = t.key WHERE t.study = s.id AND r.status = 'done'),
               (SELECT count(DISTINCT r.key) FROM study_runs t JOIN runs r ON r.key = t.key WHERE t.study = s.id AND r.status = 'failed')
        FROM studies s ORDER BY s.started, s.id"""
    names = ("id", "name", "file", "started", "total", "done", "failed")
    states = [dict(zip(names, row, strict=True)) for row in store.ledger.ask(question)]
    return [state | {"missing": state["total"] - state["done"] - state["failed"]} for state in states]


def state_without_record(store: Store, plan: Plan) -> dict[str, Any]:
    """The state of a study that a store has runs of and no record: its ledger was lost, or
    they are of other studies."""
    statuses = list(store.statuses(plan.keys).values())
    total, done = len(set(plan.keys)), statuses.count("done")
    told = {"id": plan.id, "name": plan.study.name, "file": str(plan.file), "started": NO_VALUE}
    return told | {
        "total": total,
        "done": done,
        "failed": len(statuses) - done,
        "missing": total - len(statuses),
    }


def runs_of_no_study(store: Store) -> int:
    """How many runs of this version a store has that belong to no study begun in it."""
    question = "SELECT count(*) FROM runs WHERE version = ? AND key NOT IN (SELECT key FROM study_runs)"
    return int(store.ledger.ask(question, store.version)[0][0])


class Studied(Result):
    """A study with one row a run, just carried out or read from its folder."""

    study: Study

    @property
    @abstractmethod
    def missing(self) -> int:
        """Runs without a result."""

    @property
    @abstractmethod
    def scenarios(self) -> Mapping[str, Scenario]:
        """Its scenarios by the names that it calls them by, the base first, with its changes in them."""

    @property
    @abstractmethod
    def ensemble(self) -> Mapping[str, Any] | None:
        """What is said of the ensemble that it was run over, None without one (see `Ensemble.facts`)."""

    @abstractmethod
    def __len__(self) -> int: ...

    @abstractmethod
    def table(self, outcomes: Sequence[str]) -> pd.DataFrame:
        """One row a run, those without result too (`status` says which; their outcomes are
        empty), with these outcomes."""

    @abstractmethod
    def digest(self) -> str:
        """SHA-256 over every run of the study in order; the same for a study that was
        interrupted and one that was not."""

    @abstractmethod
    def manifest(self) -> dict[str, Any]:
        """What the study is, what it came to, and the runs that are missing."""

    @property
    def key(self) -> str:
        """The hex digits that name what was asked and of which runs."""
        return str(self.manifest()["id"])

    @cached_property
    def points(self) -> pd.DataFrame:
        """One row a point of the design and outcome of the study, over the finished runs of the
        point that have a value.

        Its factors, the mean in the `unit` of the outcome, how precisely that is known (low, high, note) and
        what may happen in a single run (range_low, range_high, range_kind, and
        pairs: how many runs there were).
        """
        return point_table(self.table(self.study.outcomes), self.study.outcomes)


def point_table(runs: pd.DataFrame, outcomes: Sequence[str]) -> pd.DataFrame:
    """The table `Studied.points` from a table of runs with these outcomes."""
    import pandas as pd

    factors = [name for name in runs.columns if name not in (*KEYS, *OUTCOMES)]
    rows: list[dict[str, Any]] = []
    for point, group in runs.groupby("point", sort=False):
        row = {"point": point} | {name: group[name].iloc[0] for name in factors}
        done = group[group["status"] == "done"]
        for outcome in outcomes:
            estimate = estimate_of(done[outcome].to_numpy(np.float64))
            told = {"outcome": outcome, "unit": OUTCOMES[outcome].unit}
            rows.append(row | told | estimate.columns())
    return pd.DataFrame(rows)


class StudyResult(Studied):
    """What a study found. Tables are made from the store when asked for."""

    def __init__(self, plan: Plan, results: RunResults) -> None:
        """The plan and the results of its planned runs."""
        self.plan, self.results = plan, results
        self.study = plan.study

    def __len__(self) -> int:
        return len(self.plan)

    @property
    def key(self) -> str:
        """The hex digits that name what was asked and of which runs."""
        return self.plan.id

    @property
    def ensemble(self) -> Mapping[str, Any] | None:
        """What is said of the ensemble that it was run over, None without one."""
        held = self.plan.ensemble
        return None if held is None else held.facts(self.study.replications)

    @property
    def scenarios(self) -> Mapping[str, Scenario]:
        """Its scenarios by the names that it calls them by, the base first, with its changes in them."""
        return self.plan.bases

    @property
    def executed(self) -> int:
        """Runs carried out now rather than found in the store."""
        return self.results.executed

    @property
    def failures(self) -> list[FailedRun]:
        """Runs that were set aside."""
        return self.results.failures

    @property
    def missing(self) -> int:
        """Runs without a result."""
        return self.results.missing

    def digest(self) -> str:
        """SHA-256 over every run of the study in order; the same for a study that was
        interrupted and one that was not."""
        return self.results.digest()

    def summaries(self) -> Iterator[tuple[PlannedRun, RunSummary]]:
        """(planned run, summary) of every run in order; StudyError if any is missing."""
        return iter(self.results)

    @property
    def runs(self) -> pd.DataFrame:
        """One row a run: id, point, replication, seed, factors and the study's outcomes.
        StudyError if any is missing."""
        self.results.require_complete()
        return self.table(self.study.outcomes)

    def table(self, outcomes: Sequence[str]) -> pd.DataFrame:
        """One row a run, those without result too (`status` says which; their outcomes are
        empty), with these outcomes."""
        import pandas as pd

        plan, count = self.plan, self.study.replications
        status, values_of = (
            self.results.store.statuses(plan.keys),
            self.results.store.columns(plan.keys, outcomes),
        )
        factors = [self._factors(point) for point in range(len(plan.points))]
        empty = (None,) * len(outcomes)
        rows = [
            (
                key[:12],
                i // count,
                i % count,
                plan.seed_of(i),
                status.get(key, "missing"),
                *factors[i // count],
                *values_of.get(key, empty),
            )
            for i, key in enumerate(plan.keys)
        ]
        columns = ["run", "point", "replication", "seed", "status", *plan.factor_keys, *outcomes]
        frame = pd.DataFrame(rows, columns=columns)
        return frame.astype(dict.fromkeys(outcomes, "float64"))

    def _factors(self, point: int) -> tuple[Any, ...]:
        values = {SCENARIO_FACTOR: self.study.base} | self.plan.points[point]
        return tuple(values.get(key) for key in self.plan.factor_keys)

    def statistics(self, by: Sequence[str] = ("point",)) -> pd.DataFrame:
        """Mean, standard deviation, standard error and number of runs of every
        outcome, for each group of `by`.

        `by` names factors, or "point". StudyError if a run is missing, or an
        outcome has no value in some run.
        """
        runs, outcomes = self.runs, list(self.study.outcomes)
        empty = [name for name in outcomes if runs[name].isna().any()]
        if empty:
            number = int(runs[empty[0]].isna().sum())
            raise StudyError(message("study.error.no_value", outcome=empty[0], number=number, runs=len(runs)))
        unknown = [name for name in by if name not in ("point", *self.plan.factor_keys)]
        if unknown:
            allowed = ", ".join(("point", *self.plan.factor_keys))
            raise StudyError(message("problem.says", place="by", found=repr(unknown[0]), allowed=allowed))
        return runs.groupby(list(by), sort=False)[outcomes].agg(["mean", "std", "sem", "count"])

    @property
    def folder(self) -> Path:
        """Where `save` puts the study: beside the store."""
        return self.results.store.folder.parent / "studies" / f"{self.study.name}-{self.plan.id[:8]}"

    def save(self, folder: Path | str | None = None) -> Path:
        """Write `runs.parquet` (one row a run, every outcome), `points.parquet` (see `points`) and
        `manifest.json`; returns the folder.

        In one line: pandas.read_parquet(folder / "runs.parquet"). ResultError if the folder holds another
        result, or if that fails.
        """
        place = Path(folder) if folder is not None else self.folder
        return write(place, KIND, self.key, self.manifest(), self.tables(), formats=[PARQUET])

    def tables(self) -> dict[str, pd.DataFrame]:
        """The table of all runs with every outcome, and what the runs of each point come to, by name."""
        return {"runs": self.table(list(OUTCOMES)), POINTS: self.points}

    def manifest(self) -> dict[str, Any]:
        """What the study is, what it came to, and the runs that are missing."""
        return {
            "key": self.plan.id,
            "study": self.study.model_dump(mode="json"),
            "file": self.plan.file.name,
            "scenarios": {name: to_data(scenario) for name, scenario in self.scenarios.items()},
            "id": self.plan.id,
            "runs": len(self),
            "missing": self.missing,
            "digest": None if self.missing else self.digest(),
            "failed": [
                {"run": f.key, "seed": f.seed, "kind": f.kind, "message": kept.plain(f.message)}
                for f in self.failures
            ],
            "version": self.results.store.version,
            "model_source_hash": self.results.store.version.partition("-")[0],
            "ensemble": self.ensemble,
            **here(),
        }


class SavedStudy(Studied):
    """A study as saved: `study` (what was asked), `table` (its runs), `saved_manifest`."""

    def __init__(
        self, study: Study, runs: pd.DataFrame, manifest: dict[str, Any], points: pd.DataFrame | None = None
    ) -> None:
        """Made by `load_saved`; a folder of before there was a table of points has no `points`."""
        self.study, self._runs, self.saved_manifest = study, runs, manifest
        self._points = points

    def __len__(self) -> int:
        return len(self._runs)

    @property
    def missing(self) -> int:
        """Runs without a result."""
        return int((self._runs["status"] != "done").sum())

    @property
    def scenarios(self) -> Mapping[str, Scenario]:
        """Its scenarios as they were saved; those of a folder that has none (of before 0.2) are looked up
        by name. Raises a ScenarioError."""
        saved = self.saved_manifest.get("scenarios")
        if saved is None:
            return plan_study(self.study).bases
        return {name: check(data, {}, say("folder.saved_result")) for name, data in saved.items()}

    @property
    def ensemble(self) -> Mapping[str, Any] | None:
        """What is said of the ensemble that it was run over, None without one."""
        facts: Mapping[str, Any] | None = self.saved_manifest.get("ensemble")
        return facts

    def digest(self) -> str:
        """SHA-256 over every run of the study in order; "" where runs are missing."""
        return str(self.saved_manifest.get("digest") or "")

    def table(self, outcomes: Sequence[str]) -> pd.DataFrame:
        """One row a run: keys, status, factors and these outcomes."""
        factors = [name for name in self._runs.columns if name not in KEYS and name not in OUTCOMES]
        return self._runs[[*KEYS, *factors, *outcomes]]

    def tables(self) -> dict[str, pd.DataFrame]:
        """The tables as they were saved, by name."""
        return {"runs": self._runs} | ({} if self._points is None else {POINTS: self._points})

    def manifest(self) -> dict[str, Any]:
        """The manifest as it was saved."""
        return self.saved_manifest

    def save(self, folder: Path | str) -> Path:
        """StudyError: what was read from a folder is not written to another as if it had been
        computed; copy the folder."""
        raise StudyError(message("study.error.saved_again", folder=folder))


def load_saved(folder: str | Path) -> SavedStudy:
    """The study saved in a folder. ResultError if something is missing, damaged, changed by
    hand or of another kind."""
    saved = read(folder, KIND)
    try:
        # saved tables hold lists, and a checked study tuples; JSON text is what both come from
        runs = saved.table("runs").to_pandas()
        asked = json.dumps(saved.manifest["study"])
        study = Study.model_validate_json(asked, context={"outcomes": tuple(runs.columns)})
        points = saved.frame(POINTS) if saved.has(POINTS) else None
        return SavedStudy(study, runs, saved.manifest, points)
    except MISSHAPEN as error:
        raise ResultError(message("study.error.unreadable", folder=saved.folder, error=why(error))) from None


def scenarios_of(studied: Studied) -> list[Scenario]:
    """The base of a study, and the other scenarios that it compares."""
    return list(studied.scenarios.values())


def again(saved: SavedStudy, workplace: Workplace) -> StudyResult:
    """A saved one carried out once more. ResultError where runs were missing."""
    manifest = saved.saved_manifest
    if not manifest.get("digest"):
        missing = manifest.get("missing")
        raise ResultError(message("study.error.unfinished", name=saved.study.name, missing=missing))
    plan = plan_study(saved.study, ensemble=Ensemble.of_facts(saved.ensemble), bases=saved.scenarios)
    return study(plan, workplace=replace(workplace, progress=workplace.progress or False))
