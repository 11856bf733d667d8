"""The work of `estate study …`: plan, carry out, say what came of it, and write it for other programs: CSV
tables, or one NetCDF file, run by run, so that memory stays small.
"""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import typer

from sim.cli.terminal import console, table
from sim.cli.workplace_options import WorkplaceOptions, warn_of
from sim.errors import StudyError
from sim.experiments.ensemble import doubt_line
from sim.experiments.intervals import LEAST_PAIRS, ROUGH_PAIRS
from sim.experiments.plan import Plan, plan_study
from sim.experiments.study_file import (
    SCENARIO_FACTOR,
    list_studies,
    list_trap_studies,
    load_study,
    load_trap_study,
)
from sim.experiments.workplace import RunResults, Workplace
from sim.kinds import kinds
from sim.model.kernel import compiled_before
from sim.outputs.catalog import level_of, size_of
from sim.outputs.range_words import written_mean
from sim.results.claims import drivers_at_work
from sim.results.columns import CITY_COLUMN_WORDS, ESTATE_COLUMN_WORDS
from sim.results.engines import ATTEMPTS, Finished, attempt, execute_packed
from sim.results.files import CsvFile, write_csv
from sim.results.folder import put_in_place, staging
from sim.results.outcomes import OUTCOMES, SERIES
from sim.results.store import Store, open_store
from sim.results.summary import ESTATE_COLUMNS, RunSummary
from sim.studies.study.study import (
    StudyResult,
    register,
    registered,
    runs_of_no_study,
    state_without_record,
    study,
    study_states,
)
from sim.studies.study.words import months_of, one_draw_each
from sim.text import figures, language, message, say
from sim.text.catalog import DEFAULT_LANGUAGE
from sim.text.joins import labelled, listed
from sim.units import FEN_PER_YUAN, NO_VALUE

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

    from sim.experiments.study_file import Study
    from sim.results.store import FailedRun
    from sim.studies.study.study import StudyResult


FORMATS = ("csv", "netcdf")


def export(result: StudyResult, kind: str, folder: Path) -> list[Path]:
    """Write a study in one of FORMATS into a folder, beside its own table and manifest; returns the files.

    Runs without result have a row that says so. StudyError if the format is unknown or a library for it is
    missing, ResultError if the folder holds another result or cannot be written.
    """
    if kind not in FORMATS:
        allowed = ", ".join(FORMATS)
        raise StudyError(message("problem.says", place="--format", found=repr(kind), allowed=allowed))
    result.save(folder)
    with staging(folder) as part:
        files = _csv(result, part) if kind == "csv" else [_netcdf(result, part / f"{result.study.name}.nc")]
        put_in_place(part, folder)
    return [folder / file.name for file in files]


def _finished(result: StudyResult) -> Iterator[tuple[str, RunSummary]]:
    for planned_run, summary in result.results.available():
        yield planned_run.run_id, summary


def _csv(result: StudyResult, folder: Path) -> list[Path]:
    write_csv(result.table(list(OUTCOMES)), folder / "runs.csv")
    tables: dict[str, tuple[list[str], Callable[[RunSummary], pd.DataFrame]]] = {
        "monthly.csv": (["month", *SERIES], lambda summary: summary.series_frame().reset_index()),
        "estates.csv": (["estate", *ESTATE_COLUMNS], lambda summary: summary.estate_frame().reset_index()),
        "spending.csv": (["bearer", "programme", "month", "yuan"], _spending),
    }
    for name, (columns, rows) in tables.items():
        with CsvFile(folder / name, ["run", *columns]) as file:
            for run, summary in _finished(result):
                file.add(rows(summary).assign(run=run))
    return [folder / name for name in ("runs.csv", *tables)]


def _spending(summary: RunSummary) -> pd.DataFrame:
    import pandas as pd

    rows = [
        (bearer, programme, month, int(fen[month]) / FEN_PER_YUAN)
        for (bearer, programme), fen in summary.spending.items()
        for month in np.flatnonzero(fen).tolist()
    ]
    return pd.DataFrame(rows, columns=["bearer", "programme", "month", "yuan"])


def _netcdf(result: StudyResult, path: Path) -> Path:
    """Dimensions run, month and estate; a run that is shorter, smaller or missing than the
    largest has NaN (or -1) there."""
    try:
        import h5netcdf
        import h5py
    except ImportError:
        raise StudyError(message("study.error.no_netcdf")) from None
    outcomes = result.table(list(OUTCOMES))
    months = max(
        (base.months for base in map(result.plan.scenario_at, range(len(result.plan.points)))), default=0
    )
    estates = max(
        (result.plan.scenario_at(point).city.estates for point in range(len(result.plan.points))), default=0
    )
    part = path.with_name(f".{path.name}.part")
    with h5netcdf.File(part, "w") as file:
        file.dimensions = {"run": len(outcomes), "month": months + 1, "estate": estates}
        file.attrs["title"] = result.study.title.in_language(DEFAULT_LANGUAGE)
        file.attrs["study"] = result.plan.id
        _put(file, "month", ("month",), np.arange(months + 1, dtype="i4"), "month", "months since the start")
        for column in outcomes.columns:
            _put_column(file, column, outcomes[column], h5py.string_dtype())
        _put_runs(file, result, {run: row for row, run in enumerate(outcomes["run"])})
    part.replace(path)
    return path


def _put(
    file: Any, name: str, dimensions: tuple[str, ...], data: Any, unit: str = "", meaning: str = ""
) -> None:
    variable = file.create_variable(name, dimensions, data.dtype, data=data)
    variable.attrs["units"] = unit or "1"
    if meaning:
        variable.attrs["long_name"] = meaning


def _put_column(file: Any, column: str, values: Any, text: Any) -> None:
    if values.dtype.kind in "biuf":
        data = values.to_numpy()
        data = data.astype("i1") if data.dtype.kind == "b" else data
        word = OUTCOMES.get(column)
        _put(
            file,
            column,
            ("run",),
            data,
            word.unit if word else "",
            word.in_language(DEFAULT_LANGUAGE) if word else column,
        )
    else:
        _put(file, column, ("run",), np.array([str(value) for value in values], dtype=text), meaning=column)


def _put_runs(file: Any, result: StudyResult, rows: dict[str, int]) -> None:
    for name in SERIES:
        word = CITY_COLUMN_WORDS.get(name)
        variable = file.create_variable(
            f"monthly_{name}", ("run", "month"), "f4", fillvalue=np.float32(np.nan), compression="gzip"
        )
        variable.attrs["units"], variable.attrs["long_name"] = (
            (word.unit or "1", word.in_language(DEFAULT_LANGUAGE)) if word else ("1", name)
        )
    for name, kind in ESTATE_COLUMNS.items():
        empty = np.float32(np.nan) if kind == "f4" else np.array(-1, kind)[()]
        variable = file.create_variable(
            f"estate_{name}", ("run", "estate"), kind, fillvalue=empty, compression="gzip"
        )
        word = ESTATE_COLUMN_WORDS.get(name)
        variable.attrs["units"], variable.attrs["long_name"] = (
            (word.unit or "1", word.in_language(DEFAULT_LANGUAGE)) if word else ("1", name.replace("_", " "))
        )
    for run, summary in _finished(result):
        row = rows[run]
        for name in SERIES:
            file.variables[f"monthly_{name}"][row, : summary.months + 1] = summary.series[name]
        for name in ESTATE_COLUMNS:
            file.variables[f"estate_{name}"][row, : summary.estates[name].size] = summary.estates[name]


# the commands

FAILURES_SHOWN = 10


class Order(NamedTuple):
    """What was asked for on the command line."""

    file: str
    workplace_options: WorkplaceOptions
    retry_failed: bool


def carry_out(order: Order, resume: bool) -> None:
    """Run a study, or go on with it (StudyError if it was never begun). Exit code 1
    if runs had to be set aside."""
    screen = console()
    plan = _plan(screen, order.file, order.workplace_options.ensemble)
    with open_store(order.workplace_options.store) as store:
        if resume and not registered(store, plan):
            _use_stored(screen, plan, store, order.file, order.workplace_options)
        _announce(screen, plan, store)
        begun = time.perf_counter()
        try:
            result = study(
                plan,
                workplace=Workplace(order.workplace_options.engine(), store),
                retry_failed=order.retry_failed,
            )
        except KeyboardInterrupt:
            done = sum(status == "done" for status in store.statuses(plan.keys).values())
            screen.print(
                say(
                    "study.stopped",
                    done=done,
                    total=len(set(plan.keys)),
                    file=_to_resume(order),
                ),
                soft_wrap=True,
            )
            if order.workplace_options.slurm:
                screen.print(say("study.slurm_goes_on"), soft_wrap=True)
            raise
        _conclude(screen, result, time.perf_counter() - begun, order)
        if result.missing:
            raise typer.Exit(1)


def _use_stored(
    screen: Console, plan: Plan, store: Store, file: str, workplace_options: WorkplaceOptions
) -> None:
    """Say what a store has of a study that it has no record of. StudyError if that is
    nothing: it was not begun there."""
    stored, total = len(store.statuses(plan.keys)), len(set(plan.keys))
    if not stored:
        others = int(store.ledger.ask("SELECT count(*) FROM runs")[0][0])
        asked: dict[str, Any] = {"folder": store.folder, "study": _asked(file, workplace_options)}
        if others:
            raise StudyError(message("study.error.not_of_these", runs=figures.count(others), **asked))
        raise StudyError(message("study.error.not_begun", **asked))
    counts: dict[str, Any] = {
        "stored": figures.count(stored),
        "total": figures.count(total),
        "folder": store.folder,
    }
    screen.print(say("study.no_record", **counts), style="yellow", soft_wrap=True)


def _plan(screen: Console, file: str, ensemble: str | None) -> Plan:
    with screen.status("") as status:
        return plan_study(
            file,
            lambda done, total: (
                status.update(say("study.checking", done=done, total=total)) if done % 50 == 0 else None
            ),
            ensemble,
        )


def _announce(screen: Console, plan: Plan, store: Store) -> None:
    screen.print(plan.study.title.in_language(language()), style="bold")
    screen.print(plan.study.question.in_language(language()))
    count = plan.study.replications
    screen.print(
        say(
            "study.plan",
            points=figures.count(len(plan.points)),
            replications=count,
            runs=figures.count(len(plan)),
            base=plan.study.base,
        )
    )
    held = None if plan.ensemble is None else plan.ensemble.facts(count)
    screen.print(doubt_line(held))
    warn_of(screen, plan.ensemble)
    screen.print(say("command.kept_in", folder=store.folder), soft_wrap=True)
    if not compiled_before():
        screen.print(say("command.compiling"))


def _conclude(screen: Console, result: StudyResult, seconds: float, order: Order) -> None:
    failures = result.failures
    reused = len(set(result.plan.keys)) - result.executed
    screen.print(
        say(
            "study.finished",
            executed=figures.count(result.executed),
            found=figures.count(reused),
            seconds=figures.decimal(seconds, 1),
        )
    )
    if failures:
        show_failures(screen, failures, _asked(order.file, order.workplace_options))
    screen.print()
    if result.missing:
        screen.print(say("study.missing_note"), style="yellow")
    else:
        _show_outcomes(screen, result)
        screen.print(labelled(say("study.digest"), result.digest()), soft_wrap=True)
    screen.print(say("study.written", file=result.save() / "runs.parquet"), soft_wrap=True)


def _show_outcomes(screen: Console, result: StudyResult) -> None:
    """Mean of every outcome over all runs, and of the lowest and highest point how precisely it is
    known and what may happen."""
    runs, count = result.runs, result.study.replications
    head = ("outcome", "mean", "lowest", "highest", "error")
    outcomes = table("", *(say(f"study.head.{key}") for key in head), right=1)
    for name in result.study.outcomes:
        label, unit = OUTCOMES[name].of_run(months_of(result)), OUTCOMES[name].unit
        empty = int(runs[name].isna().sum())
        if empty:
            outcomes.add_row(label, say("study.no_value", number=empty), "", "", "")
            continue
        points = runs.groupby("point")[name]
        means, errors = points.mean(), points.sem()
        shown = [level_of(runs[name].mean(), unit)]
        for point in (means.idxmin(), means.idxmax()):
            shown.append(written_mean(name, points.get_group(point).tolist()))
        outcomes.add_row(label, *shown, size_of(errors.median(), unit) if count >= LEAST_PAIRS else NO_VALUE)
    screen.print(outcomes)
    drawn = one_draw_each(result)
    if drawn:
        screen.print(*drawn, style="yellow")
    elif count < LEAST_PAIRS:
        screen.print(say("study.few", runs=count), style="yellow")
    elif count < ROUGH_PAIRS:
        screen.print(say("study.rough", runs=count), style="yellow")


def _asked(file: str, workplace_options: WorkplaceOptions) -> str:
    """What names a study and where its runs are kept, on the command line."""
    said = [file]
    if workplace_options.ensemble is not None:
        said += ["--ensemble", workplace_options.ensemble]
    if workplace_options.store is not None:
        said += ["--store", str(workplace_options.store)]
    return shlex.join(said)


def _to_resume(order: Order) -> str:
    """What goes on with a study in the same way, on the command line."""
    asked = _asked(order.file, order.workplace_options)
    if order.workplace_options.slurm:
        asked += " --slurm"
    return (
        asked
        if order.workplace_options.sbatch is None
        else f"{asked} --sbatch {shlex.quote(order.workplace_options.sbatch)}"
    )


def show_failures(screen: Console, failures: list[FailedRun], file: str) -> None:
    """The first runs that were set aside: seed, changes, why, and the commands that try them again."""
    screen.print(say("study.set_aside", failed=len(failures), attempts=ATTEMPTS), style="red")
    for failed in failures[:FAILURES_SHOWN]:
        screen.print("  " + failed.describe(), soft_wrap=True)
        commands = (f"estate study rerun {file} --run {failed.key[:12]}", failed.rerun_command)
        again = say("study.again", rerun=commands[0], run=commands[1])
        screen.print("    " + again, soft_wrap=True)
    if len(failures) > FAILURES_SHOWN:
        screen.print(f"  … {len(failures) - FAILURES_SHOWN}")


def show_status(file: str | None, workplace_options: WorkplaceOptions) -> None:
    """The state of all studies begun in a store, or of one with the runs that were set aside."""
    screen = console()
    with open_store(workplace_options.store) as store:
        plan = _plan(screen, file, workplace_options.ensemble) if file is not None else None
        states = [state for state in study_states(store) if plan is None or state["id"] == plan.id]
        if plan is not None and file is not None and not states:
            _use_stored(screen, plan, store, file, workplace_options)
            screen.print(say("study.go_on", study=_asked(file, workplace_options)), soft_wrap=True)
            states = [state_without_record(store, plan)]
        if not states:
            _show_none_begun(screen, store)
            return
        head = ("study", "id", "begun", "runs", "done", "failed", "missing")
        statuses = table("", *(say(f"study.head.{key}") for key in head), right=3)
        for state in states:
            numbers = [figures.count(state[key]) for key in ("total", "done", "failed", "missing")]
            statuses.add_row(state["name"], state["id"][:8], state["started"], *numbers)
        screen.print(statuses)
        _show_drivers(screen, store, None if plan is None else plan.keys)
        if plan is not None and file is not None and (failures := store.failures(plan.keys)):
            show_failures(screen, failures, _asked(file, workplace_options))


def _show_none_begun(screen: Console, store: Store) -> None:
    """That no study was begun in a store, and how many runs it has: of comparisons, or of studies
    of which it lost the record."""
    screen.print(say("study.none_begun", folder=store.folder), soft_wrap=True)
    if strays := runs_of_no_study(store):
        screen.print(say("study.strays", runs=figures.count(strays)), soft_wrap=True)


def _show_drivers(screen: Console, store: Store, keys: Sequence[str] | None) -> None:
    """Who carries out runs just now."""
    for driver, runs in drivers_at_work(store, keys).items():
        screen.print(say("study.at_work", runs=figures.count(runs), **driver.facts()), soft_wrap=True)


def rerun(file: str, run_id: str, workplace_options: WorkplaceOptions) -> None:
    """Carry out one run of a study here and compare its digest; a run without result is
    kept. Exit code 1 if it differs."""
    screen = console()
    plan = _plan(screen, file, workplace_options.ensemble)
    with open_store(workplace_options.store) as store:
        key = store.key_of(run_id, plan.keys)
        planned = plan[plan.keys.index(key)]
        changes = listed(f"{name}={value}" for name, value in planned.overrides.items()) or say(
            "study.base_only"
        )
        line = say("study.run_line", run=planned.run_id, seed=planned.seed, changes=changes)
        screen.print(line, soft_wrap=True)
        packed, failure, seconds = attempt(execute_packed, planned)
        if packed is None:
            screen.print(say("study.raised"), style="red")
            screen.print(failure.traceback if failure else "", soft_wrap=True)
            raise typer.Exit(1)
        stored = store.digests([key]).get(key)
        if stored is None:
            register(store, plan)
            store.put(Finished(planned, packed, None, 1, seconds))
            store.commit()
            screen.print(say("study.new", digest=packed.digest), soft_wrap=True)
        elif stored == packed.digest:
            screen.print(say("study.same", digest=packed.digest), soft_wrap=True)
        else:
            differs = say("study.differs", stored=stored, found=packed.digest)
            screen.print(differs, style="red", soft_wrap=True)
            raise typer.Exit(1)


def export_study(file: str, form: str, out: Path | None, workplace_options: WorkplaceOptions) -> None:
    """Write a study's runs for other programs."""
    screen = console()
    plan = _plan(screen, file, workplace_options.ensemble)
    with open_store(workplace_options.store) as store:
        if not registered(store, plan):
            _use_stored(screen, plan, store, file, workplace_options)
        store.check_shards(plan.keys)
        result = StudyResult(plan, RunResults(plan, plan.keys, store, 0))
        for path in export(result, form, out or result.folder):
            screen.print(say("study.exported", file=path), soft_wrap=True)
        if result.missing:
            screen.print(say("study.exported_missing", missing=result.missing), style="yellow")


def show_studies() -> None:
    """A line for every question that can be named: what it asks, and the command that answers it."""
    studies = table("", say("study.head.answered_by"), say("study.head.question"))
    studies.columns[0].no_wrap = True
    for name in list_studies():
        study = load_study(name)[0]
        studies.add_row(f"estate {_command_of(study)} {name}", study.title.in_language(language()))
    for name, command in list_trap_studies().items():
        kind = kinds()[command]
        title = load_trap_study(name, kind.get(kind.files[command])).title
        studies.add_row(f"estate {command} {name}", title.in_language(language()))
    console().print(studies)


def _command_of(study: Study) -> str:
    """The command that says most about a study: those of scenarios are compared, screens and
    variance designs analysed."""
    if {factor.key for factor in study.factors} == {SCENARIO_FACTOR}:
        return "compare --study"
    return "sensitivity --study" if study.design.kind in ("morris", "sobol") else "study run"
