"""A run read back from the folder that it was saved in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import ResultError, ScenarioError
from sim.results.folder import MANIFEST, OLD_FORMAT, PARQUET, Saved, read
from sim.results.provenance import KIND
from sim.results.run import Run
from sim.results.table_columns import check_columns
from sim.results.tables import TABLES
from sim.scenario.loading import check
from sim.text import Message, message

if TYPE_CHECKING:
    import pyarrow as pa

OF_VERSION_0_1 = ("estates", "estate_table", "city", "events", "ledger")
_NEEDED: dict[str, tuple[tuple[type, ...], Message]] = {
    "scenario": ((dict,), message("allowed.table")),
    "content_hash": ((str,), message("allowed.text")),
    "model_source_hash": ((str,), message("allowed.text")),
    "seed": ((int,), message("allowed.a_number")),
    "months": ((int,), message("allowed.a_number")),
    "wall_seconds": ((int, float), message("allowed.a_number")),
    "files": ((dict,), message("allowed.table")),
}


def load_run(folder: str | Path) -> Run:
    """The run saved in a folder. ResultError if the folder, its manifest or one of its files is missing, damaged or changed."""
    saved = read(folder, KIND)
    manifest, path = saved.manifest, saved.place / MANIFEST
    check_manifest(manifest, path)
    needed = OF_VERSION_0_1 if manifest.get("format") == OLD_FORMAT else tuple(TABLES)
    for name in needed:
        if not saved.has(name):
            raise ResultError(message("folder.silent", file=path, name=f"{name}.parquet"))
    try:
        scenario = check(manifest["scenario"], {}, str(path))
    except ScenarioError as error:
        raise ResultError(message("folder.scenario", folder=saved.place, error=error)) from None
    return Run(
        scenario, manifest["seed"], manifest["months"], float(manifest["wall_seconds"]), SavedTables(saved)
    )


class SavedTables:
    """The tables of a saved run, each checked to have the columns of its kind when it is read."""

    def __init__(self, saved: Saved) -> None:
        """What was read from a folder."""
        self.saved = saved

    @property
    def manifest(self) -> dict[str, Any]:
        """As it was saved."""
        return self.saved.manifest

    def beside(self, name: str) -> pa.Table | None:
        """A table that is none of TABLES, whatever its columns; None where there is none of this name."""
        return self.saved.table(name) if name not in TABLES and self.saved.has(name) else None

    def table(self, name: str) -> pa.Table:
        """One of TABLES. ResultError for a table without the columns that a run writes."""
        table = self.saved.table(name)
        if self.manifest.get("format") != OLD_FORMAT:
            check_columns(table, name, self.saved.place / f"{name}.{PARQUET}")
        return table


def check_manifest(manifest: dict[str, Any], path: Path) -> None:
    """ResultError if a key that the manifest of every run has is missing or of another type."""
    for key, (kinds, expected) in _NEEDED.items():
        value = manifest.get(key)
        if not isinstance(value, kinds) or isinstance(value, bool):
            place, found = f"{path}: {key}", f"{value!r:.80}"
            raise ResultError(message("problem.instead", place=place, found=found, allowed=expected))
