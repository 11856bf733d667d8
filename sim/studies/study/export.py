"""A study as files for other programs: CSV tables, or one NetCDF file. Written run by run, so memory stays small."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.errors import ResultError, StudyError
from sim.results.columns import CITY_COLUMN_WORDS, ESTATE_COLUMN_WORDS
from sim.results.files import CsvFile, write_csv
from sim.results.folder import add
from sim.results.outcomes import OUTCOMES, SERIES
from sim.results.summary import ESTATE_COLUMNS, RunSummary
from sim.text import message
from sim.units import FEN_PER_YUAN

if TYPE_CHECKING:
    import pandas as pd

    from sim.studies.study.study import StudyResult

FORMATS = ("csv", "netcdf")


def export(result: StudyResult, kind: str, folder: Path) -> list[Path]:
    """Write a study in one of FORMATS into a folder, beside its own table and manifest; returns the files.

    Runs without result have a row that says so. StudyError if the format is unknown or a library for it is missing,
    ResultError if the folder holds another result or cannot be written.
    """
    if kind not in FORMATS:
        allowed = ", ".join(FORMATS)
        raise StudyError(message("problem.says", place="--format", found=repr(kind), allowed=allowed))
    result.save(folder)
    try:
        files = (
            _csv(result, folder) if kind == "csv" else [_netcdf(result, folder / f"{result.study.name}.nc")]
        )
    except OSError as error:
        why = error.strerror or error
        raise ResultError(message("folder.unwritable", folder=folder, error=why)) from None
    add(folder, files)
    return files


def _finished(result: StudyResult) -> Iterator[tuple[str, RunSummary]]:
    for cell, summary in result.results.available():
        yield cell.run_id, summary


def _csv(result: StudyResult, folder: Path) -> list[Path]:
    write_csv(result.table(list(OUTCOMES)), folder / "runs.csv")
    tables: dict[str, tuple[list[str], Callable[[RunSummary], pd.DataFrame]]] = {
        "monthly.csv": (["month", *SERIES], lambda summary: summary.series_frame().reset_index()),
        "estates.csv": (["estate", *ESTATE_COLUMNS], lambda summary: summary.estate_frame().reset_index()),
        "spending.csv": (["bearer", "programme", "month", "yuan"], _spending),
    }
    for name, (columns, table) in tables.items():
        with CsvFile(folder / name, ["run", *columns]) as file:
            for run, summary in _finished(result):
                file.add(table(summary).assign(run=run))
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
    """Dimensions run, month and estate; a run that is shorter, smaller or missing than the largest has NaN (or -1) there."""
    try:
        import h5netcdf
        import h5py
    except ImportError:
        raise StudyError(message("study.error.no_netcdf")) from None
    table = result.table(list(OUTCOMES))
    months = max(
        (base.months for base in map(result.plan.scenario_at, range(len(result.plan.points)))), default=0
    )
    estates = max(
        (result.plan.scenario_at(point).city.estates for point in range(len(result.plan.points))), default=0
    )
    part = path.with_name(f".{path.name}.part")
    with h5netcdf.File(part, "w") as file:
        file.dimensions = {"run": len(table), "month": months + 1, "estate": estates}
        file.attrs["title"] = result.study.title.in_language("en")
        file.attrs["study"] = result.plan.id
        _put(file, "month", ("month",), np.arange(months + 1, dtype="i4"), "month", "months since the start")
        for column in table.columns:
            _put_column(file, column, table[column], h5py.string_dtype())
        _put_runs(file, result, {run: row for row, run in enumerate(table["run"])})
    part.replace(path)
    return path


def _put(
    file: Any, name: str, dimensions: tuple[str, ...], data: Any, unit: str = "", meaning: str = ""
) -> None:
    made = file.create_variable(name, dimensions, data.dtype, data=data)
    made.attrs["units"] = unit or "1"
    if meaning:
        made.attrs["long_name"] = meaning


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
            word.in_language("en") if word else column,
        )
    else:
        _put(file, column, ("run",), np.array([str(value) for value in values], dtype=text), meaning=column)


def _put_runs(file: Any, result: StudyResult, rows: dict[str, int]) -> None:
    for name in SERIES:
        word = CITY_COLUMN_WORDS.get(name)
        made = file.create_variable(
            f"monthly_{name}", ("run", "month"), "f4", fillvalue=np.float32(np.nan), compression="gzip"
        )
        made.attrs["units"], made.attrs["long_name"] = (
            (word.unit or "1", word.in_language("en")) if word else ("1", name)
        )
    for name, kind in ESTATE_COLUMNS.items():
        empty = np.float32(np.nan) if kind == "f4" else np.array(-1, kind)[()]
        made = file.create_variable(
            f"estate_{name}", ("run", "estate"), kind, fillvalue=empty, compression="gzip"
        )
        word = ESTATE_COLUMN_WORDS.get(name)
        made.attrs["units"], made.attrs["long_name"] = (
            (word.unit or "1", word.in_language("en")) if word else ("1", name.replace("_", " "))
        )
    for run, summary in _finished(result):
        row = rows[run]
        for name in SERIES:
            file.variables[f"monthly_{name}"][row, : summary.months + 1] = summary.series[name]
        for name in ESTATE_COLUMNS:
            file.variables[f"estate_{name}"][row, : summary.estates[name].size] = summary.estates[name]
