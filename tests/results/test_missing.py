"""What there is not is a null in every table that is written, so that every program counts the same rows."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import polars
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from sim.results import Run
from sim.results.folder import read, write
from sim.results.tables import TABLES


@pytest.fixture(scope="module")
def saved(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run.save(tmp_path_factory.mktemp("saved") / "run")


@pytest.mark.parametrize("name", TABLES)
def test_no_figure_is_nan_and_columns_without_nulls_say_so(saved: Path, name: str) -> None:
    table = pq.read_table(saved / f"{name}.parquet")
    for field in table.schema:
        column = table.column(field.name)
        if pa.types.is_floating(field.type):
            assert not pc.any(pc.is_nan(column)).as_py(), field.name
        assert field.nullable or column.null_count == 0, field.name
    key = next((name for name in ("month", "estate") if name in table.column_names), None)
    assert key is None or not table.schema.field(key).nullable


@pytest.mark.parametrize(
    ("name", "condition"),
    [
        ("estates", "collection_rate > 0.9"),
        ("estates", "waiting_days > 30"),
        ("estates", "margin < 0"),
        ("city", "collection_rate > 0.1"),
        ("events", "company >= 0"),
        ("events", "estate < 5"),
        ("ledger", "programme = 'none of these'"),
    ],
)
def test_every_program_finds_the_same_rows(saved: Path, name: str, condition: str) -> None:
    path = saved / f"{name}.parquet"
    by_pandas = len(pd.read_parquet(path).query(condition.replace(" = ", " == ")))
    by_duckdb = duckdb.sql(f"select count(*) from '{path}' where {condition}").fetchall()[0][0]
    frame = polars.read_parquet(path)
    by_polars = (
        polars.SQLContext(frame=frame).execute(f"select * from frame where {condition}", eager=True).height
    )
    assert by_pandas == by_duckdb == by_polars
    assert by_pandas > 0 or name == "ledger"


def test_means_are_the_same_everywhere(saved: Path) -> None:
    path = saved / "city.parquet"
    mean = pd.read_parquet(path)["collection_rate"].mean()
    assert np.isfinite(mean)
    assert duckdb.sql(f"select avg(collection_rate) from '{path}'").fetchall()[0][0] == pytest.approx(mean)
    assert polars.read_parquet(path)["collection_rate"].mean() == pytest.approx(mean)


def test_events_without_a_place_have_none(run: Run, saved: Path) -> None:
    events = run.events
    assert events["company"].isna().any() and (events["company"].dropna() >= 0).all()
    assert events["programme"].isna().any()
    assert (
        pq.read_table(saved / "events.parquet").column("company").null_count == events["company"].isna().sum()
    )


def test_texts_that_are_not_there_are_nulls_in_files_and_empty_for_the_program(tmp_path: Path) -> None:
    frame = pd.DataFrame({"note": ["", "rough"], "mean": [float("nan"), 1.5]})
    place = write(
        tmp_path / "a", "comparison", "key", {"width": float("nan"), "bounds": [float("inf")]}, {"t": frame}
    )
    table = pq.read_table(place / "t.parquet")
    assert table.to_pylist() == [{"note": None, "mean": None}, {"note": "rough", "mean": 1.5}]
    assert (place / "t.csv").read_text(encoding="utf-8-sig") == "note,mean\n,\nrough,1.5\n"
    back = read(place)
    assert list(back.frame("t")["note"]) == ["", "rough"]
    assert back.manifest["width"] is None and back.manifest["bounds"] == [None]
