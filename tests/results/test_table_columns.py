"""The columns that a saved run must have are those that a run writes."""

from __future__ import annotations

import math
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

import sim
from sim.errors import ResultError
from sim.results.columns import DOUBLE, OPTIONAL, SINGLE, TABLE_COLUMNS, kind_of_column
from sim.results.files import seal_of
from sim.results.folder import MANIFEST, json_text, read_manifest, sealed
from sim.results.tables import TABLES


@pytest.fixture(scope="module")
def run() -> sim.Run:
    return sim.run("small_city", months=2, overrides={"spin_up": 0})


def test_every_table_of_a_run_has_the_declared_columns_in_their_order(run: sim.Run) -> None:
    assert set(TABLE_COLUMNS) == set(TABLES)
    for name in TABLES:
        schema = run.table(name).schema
        assert {field.name: kind_of_column(field) for field in schema} == TABLE_COLUMNS[name]
        assert schema.names == list(TABLE_COLUMNS[name])
        optional = {field.name for field in schema if field.nullable}
        numbers = {column for column, kind in TABLE_COLUMNS[name].items() if kind in (SINGLE, DOUBLE)}
        assert optional == numbers | {column for table, column in OPTIONAL if table == name}


def test_a_table_that_a_program_wrote_anew_is_refused_by_column(run: sim.Run, tmp_path: Path) -> None:
    folder = run.save(tmp_path / "run")
    file = folder / "city.parquet"
    pq.write_table(run.table("city").drop_columns(["quality"]), file)
    manifest = read_manifest(folder)
    manifest["files"][file.name] |= seal_of(file)
    (folder / MANIFEST).write_text(json_text(sealed(manifest)), encoding="utf-8")
    with pytest.raises(ResultError, match=r"city\.parquet: quality: found nothing, allowed double"):
        _ = sim.load_run(folder).city


def test_a_run_saved_before_an_outcome_was_added_opens_with_it_empty(run: sim.Run, tmp_path: Path) -> None:
    folder = run.save(tmp_path / "run")
    manifest = read_manifest(folder)
    city, outcomes = run.table("city"), run.table("outcomes")
    older = outcomes.filter(pc.not_equal(outcomes["outcome"], "arrears_lapsed_last_year"))
    for name, table in (("city", city.drop_columns(["arrears_lapsed"])), ("outcomes", older)):
        file = folder / f"{name}.parquet"
        pq.write_table(table, file)
        manifest["files"][file.name] |= seal_of(file)
    (folder / MANIFEST).write_text(json_text(sealed(manifest)), encoding="utf-8")
    opened = sim.load_run(folder)
    assert opened.city["arrears_lapsed"].isna().all()
    assert opened.city["arrears"].equals(run.city["arrears"])
    assert math.isnan(opened.outcomes()["arrears_lapsed_last_year"])
    assert opened.outcomes()["arrears_end"] == run.outcomes()["arrears_end"]
