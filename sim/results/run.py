"""A finished run: what was simulated, its tables as DataFrames, how it shows and saves
itself, and how it is read back."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

from sim.agents.edits import Edit, edits_in, plain
from sim.errors import ResultError, ScenarioError
from sim.problems import Problem, kind_of, one_of, path_of
from sim.results.columns import check_columns, units_of, with_newer_series, with_numbers
from sim.results.folder import MANIFEST, OLD_FORMAT, PARQUET, Saved, read, write
from sim.results.history import STATES, Branch, branch_in, kept_state, state_name, state_table
from sim.results.outcomes import OUTCOMES
from sim.results.provenance import EDITS, KIND, describe_run, run_key
from sim.results.reading import Record, record_of
from sim.results.result import Result
from sim.results.tables import PRICES, TABLES, arrow_table
from sim.scenario.loading import check
from sim.text import Message, message
from sim.text.system import told as why

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    from matplotlib.figure import Figure

    from sim.model.branch import Kept
    from sim.model.engine import Engine
    from sim.scenario import Scenario


class Source(Protocol):
    """Where a run's tables and manifest come from: the arrays of a simulation, or a folder."""

    def table(self, name: str) -> pa.Table:
        """One of TABLES."""

    def beside(self, name: str) -> pa.Table | None:
        """A table that stands beside TABLES; None where there is none of this name."""

    @property
    def manifest(self) -> dict[str, Any]:
        """What `Run.manifest` holds."""

    @property
    def edits(self) -> Sequence[Sequence[Any]]:
        """What was changed by hand, as `sim.agents.edits.plain` writes it."""

    @property
    def states(self) -> tuple[int, ...]:
        """The months whose states are kept, as tables beside TABLES."""


class Simulated:
    """Tables made from the record of a city."""

    def __init__(
        self,
        scenario: Scenario,
        record: Record,
        wall_seconds: float,
        edits: Sequence[Sequence[Any]] = (),
        branch: Branch | None = None,
        kept: Mapping[int, Kept] = MappingProxyType({}),
    ) -> None:
        """The record of a run of `scenario` (with the seed and months that were really used), what was
        changed by hand, the plans before its own, and states by month."""
        self.scenario, self.record, self.wall_seconds = scenario, record, wall_seconds
        self.edits, self._branch = edits, branch
        self._kept = dict(kept)  # a run goes between processes, and a proxy of a dict does not
        self.finished = datetime.now(UTC)

    def table(self, name: str) -> pa.Table:
        """One of TABLES, made anew."""
        return arrow_table(TABLES[name](self.record))

    def beside(self, name: str) -> pa.Table | None:
        """The state of a month that was kept; a simulation makes no other tables beside TABLES."""
        return next(
            (state_table(kept) for month, kept in self._kept.items() if state_name(month) == name), None
        )

    @property
    def states(self) -> tuple[int, ...]:
        """As they were asked for."""
        return tuple(sorted(self._kept))

    @property
    def manifest(self) -> dict[str, Any]:
        """Provenance of the run; takes the digest of all outcomes."""
        return describe_run(
            self.scenario,
            self.record.outcomes,
            self.wall_seconds,
            self.finished,
            self.edits,
            self._branch,
            self.states,
        )


class Run(Result):
    """A finished run. Tables are made (or read) when first asked for; units stand in
    `attrs["units"]` of each.

    Attributes: scenario (Scenario as resolved), seed (int), months (int), wall_seconds (of building and
    simulating; NaN where an archive left it out), branch (from which run it went on under the plan of
    `scenario`, and what held before; None for a run of one plan).
    """

    def __init__(
        self,
        scenario: Scenario,
        seed: int,
        months: int,
        wall_seconds: float,
        source: Source,
        branch: Branch | None = None,
    ) -> None:
        """A run whose tables `source` provides; see `Run.from_city`, `sim.run` and `sim.load_run`."""
        self.scenario = scenario
        self.seed = seed
        self.months = months
        self.wall_seconds = wall_seconds
        self.branch = branch
        self._source = source

    @classmethod
    def from_city(
        cls,
        city: Engine,
        wall_seconds: float = 0.0,
        branch: Branch | None = None,
        kept: Mapping[int, Kept] = MappingProxyType({}),
    ) -> Run:
        """The run of a city up to its present month; keeps its outcomes and lets go
        of the city and its owners. `branch`: what held before its plan; `kept`: states by month.

        ValueError if the city was built with `record=False` or not a single month was simulated.
        ScenarioError if a city that spun up has not had a year since: no scenario is of such a run.
        """
        record = record_of(city)
        if record.months < 1:
            raise ValueError(message("run.no_month"))
        if record.months < (least := city.scenario.least_months):
            allowed = message("scenario.spin_up.run", months=least)
            raise ScenarioError([Problem("months", "", str(record.months), allowed)])
        scenario = city.scenario.model_copy(update={"seed": city.seed, "months": record.months})
        edits = plain(getattr(city, "edits", ()))
        source = Simulated(scenario, record, wall_seconds, edits, branch, kept)
        return cls(scenario, city.seed, record.months, wall_seconds, source, branch)

    @property
    def edits(self) -> tuple[Edit, ...]:
        """What was changed by hand through handles, as these show it (money in yuan); none of a run of its
        scenario. ResultError where a manifest holds something else."""
        try:
            return edits_in(self._source.edits)
        except (TypeError, ValueError) as error:
            raise ResultError(
                message("folder.unreadable", file=f"{MANIFEST} ({EDITS})", error=why(error))
            ) from None

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """Scenario as resolved, seed, months, versions, git state, machine, wall
        time and digest of the outcomes."""
        return self._source.manifest

    @cached_property
    def estates(self) -> pd.DataFrame:
        """One row per estate and month 1 to the last, with the columns of `sim.results.columns.ESTATE_UNITS`.

        Money in yuan of the month (arrears and fund: balance), rates and indices as shares in [0, 1]. NaN,
        never zero, where a figure does not exist: collection_rate where nothing is billed, collection_billing
        where nothing was billed for a year, margin without a company, waiting_days without an open complaint.
        Before month 12 margin, self_sustaining and break_even are of the simulated months alone.
        """
        return self._frame("estates")

    @cached_property
    def estate_table(self) -> pd.DataFrame:
        """One row per estate: type, place (numbers from 0), age, size, fee price at the start
        (price0, yuan/m2/month).

        standard_cost is what full service costs a month at starting prices with facilities as new (yuan).
        """
        return self._frame("estate_table")

    @cached_property
    def city(self) -> pd.DataFrame:
        """One row per month from 0, the starting state; definitions in `sim.results.tables.city_columns`."""
        return self._frame("city").set_index("month")

    @cached_property
    def events(self) -> pd.DataFrame:
        """One row per event: month, estate and company (missing for none), kind, cause, size (unit: see
        sim.model.state.events) and the programme of the scenario that brought it about (missing for none)."""
        return self._frame("events")

    @cached_property
    def ledger(self) -> pd.DataFrame:
        """What moved each month (yuan) by purpose, kind of payer, kind of payee and
        programme (missing for none)."""
        return self._frame("ledger")

    @cached_property
    def public_cost(self) -> pd.DataFrame:
        """Public money (yuan) by year from 1, bearer and programme: columns nominal, constant (prices of
        the start year), discounted.

        The bearer "state_owned" is what state-owned companies lost. ResultError for a run of
        version 0.1, which kept none of it.
        """
        frame = self._frame("public_cost")
        frame.attrs["units"] = {"year": "year"} | dict.fromkeys(PRICES, "yuan")
        return frame

    @property
    def key(self) -> str:
        """Sixteen hex digits that name the scenario, the seed, the months and the model."""
        return run_key(self.manifest)

    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table by name, as they are saved: "estates", "estate_table", "city", "events", "ledger",
        "outcomes", "public_cost"."""
        named = {name: self._frame(name) for name in TABLES if name != "public_cost"}
        return named | {"public_cost": self.public_cost}

    def outcomes(self) -> dict[str, float]:
        """Every outcome of the registry (`sim.results.outcomes.OUTCOMES`) by id;
        NaN where one does not exist."""
        table = self._source.table("outcomes")
        values = table.column("value").to_numpy(zero_copy_only=False)
        kept = dict(zip(table.column("outcome").to_pylist(), map(float, values), strict=True))
        return (
            dict.fromkeys(OUTCOMES, math.nan) | kept
        )  # a run may have been saved before an outcome was added

    def beside(self, name: str) -> pa.Table | None:
        """A table that was put beside those of the run in its folder, such as other draws; None where
        there is none of this name."""
        return self._source.beside(name)

    @property
    def states(self) -> tuple[int, ...]:
        """The months at whose end the whole city was kept (`keep_states`), for `sim.branch`."""
        return self._source.states

    def state(self, month: int) -> Kept:
        """The city at the end of a month of `states`. ResultError for another month, or for a table that
        holds no state."""
        name = state_name(month)
        table = self._source.beside(name) if month in self.states else None
        if table is None:
            allowed = ", ".join(map(str, self.states)) or message("allowed.none")
            raise ResultError(message("problem.instead", place="month", found=month, allowed=allowed))
        return kept_state(table, name)

    def table(self, name: str) -> pa.Table:
        """A table as Arrow: "estates", "estate_table", "city", "events", "ledger", "outcomes" or
        "public_cost". ResultError for another name."""
        if not isinstance(name, str) or name not in TABLES:
            found, allowed = kind_of(name), one_of(TABLES)
            raise ResultError(message("problem.instead", place="table", found=found, allowed=allowed))
        return self._source.table(name)

    def _frame(self, name: str) -> pd.DataFrame:
        import pandas as pd
        import pyarrow as pa

        table = self._source.table(name)
        frame: pd.DataFrame = table.to_pandas()
        for field in table.schema:
            if (
                pa.types.is_integer(field.type) and field.nullable
            ):  # no float would do for the number of an estate
                column = table.column(field.name)
                frame[field.name] = pd.Series(column.to_pandas(integer_object_nulls=True), dtype="Int32")
            names = json.loads((field.metadata or {}).get(b"names", b"null"))
            if names is not None and list(frame[field.name].cat.categories) != names:
                frame[field.name] = frame[field.name].cat.set_categories(names)
        frame.attrs["units"] = units_of(table.column_names)
        return frame

    def save(self, folder: str | Path) -> Path:
        """Write all tables as Parquet and then manifest.json into `folder` (made if need
        be); returns the folder.

        ResultError if the folder holds another result.
        """
        tables = {name: self.table(name) for name in TABLES}
        tables |= {state_name(month): self.beside(state_name(month)) for month in self.states}
        place = path_of(folder, "folder", ResultError)
        return write(place, KIND, self.key, self.manifest, tables, formats=[PARQUET])

    def plot(self, name: str = "cycle", lang: str | None = None, **options: Any) -> Figure:
        """The figure of one chart of `charts`, `options` as the chart takes them; EstateError for an
        unknown name or language."""
        return super().plot(name, lang, **options)

    def __repr__(self) -> str:
        return f"Run({self.scenario.name}, seed {self.seed}, {self.months} months, {self.scenario.city.estates} estates)"


# read back from a folder

OF_VERSION_0_1 = ("estates", "estate_table", "city", "events", "ledger")
_NEEDED: dict[str, tuple[tuple[type, ...], Message]] = {
    "scenario": ((dict,), message("allowed.table")),
    "content_hash": ((str,), message("allowed.text")),
    "model_source_hash": ((str,), message("allowed.text")),
    "seed": ((int,), message("allowed.a_number")),
    "months": ((int,), message("allowed.a_number")),
    "files": ((dict,), message("allowed.table")),
}


def load_run(folder: str | Path) -> Run:
    """The run saved in a folder. ResultError if the folder, its manifest or one of its files is
    missing, damaged or changed."""
    saved = read(folder, KIND)
    manifest, path = saved.manifest, saved.folder / MANIFEST
    check_manifest(manifest, path)
    needed = OF_VERSION_0_1 if manifest.get("format") == OLD_FORMAT else tuple(TABLES)
    for name in needed:
        if not saved.has(name):
            raise ResultError(message("folder.silent", file=path, name=f"{name}.parquet"))
    try:
        scenario = check(manifest["scenario"], {}, str(path))
    except ScenarioError as error:
        raise ResultError(message("folder.scenario", folder=saved.folder, error=error)) from None
    told = manifest.get("wall_seconds")  # an archive leaves out how long it took
    seconds = float(told) if isinstance(told, int | float) else math.nan
    source, before = SavedTables(saved), branch_in(manifest, path)
    return Run(scenario, manifest["seed"], manifest["months"], seconds, source, before)


class SavedTables:
    """The tables of a saved run, each checked to have the columns of its kind when it is read."""

    def __init__(self, saved: Saved) -> None:
        """What was read from a folder."""
        self.saved = saved

    @property
    def manifest(self) -> dict[str, Any]:
        """As it was saved."""
        return self.saved.manifest

    @property
    def edits(self) -> Sequence[Sequence[Any]]:
        """As they were saved."""
        edits: Sequence[Sequence[Any]] = self.manifest.get(EDITS, [])
        return edits

    @property
    def states(self) -> tuple[int, ...]:
        """As they were saved."""
        states = self.manifest.get(STATES, [])
        return tuple(
            month for month in states if isinstance(month, int) and self.saved.has(state_name(month))
        )

    def beside(self, name: str) -> pa.Table | None:
        """A table that is none of TABLES, whatever its columns; None where there is none of this name."""
        return self.saved.table(name) if name not in TABLES and self.saved.has(name) else None

    def table(self, name: str) -> pa.Table:
        """One of TABLES. ResultError for a table without the columns that a run writes; series that are
        newer than the run are empty."""
        table = self.saved.table(name)
        if self.manifest.get("format") != OLD_FORMAT:
            if name == "city":
                table = with_newer_series(table)
            if name == "estate_table":
                table = with_numbers(table)
            check_columns(table, name, self.saved.folder / f"{name}.{PARQUET}")
        return table


def check_manifest(manifest: dict[str, Any], path: Path) -> None:
    """ResultError if a key that the manifest of every run has is missing or of another type."""
    for key, (kinds, expected) in _NEEDED.items():
        value = manifest.get(key)
        if not isinstance(value, kinds) or isinstance(value, bool):
            place, found = message("problem.at", file=path, key=key), f"{value!r:.80}"
            raise ResultError(message("problem.instead", place=place, found=found, allowed=expected))
