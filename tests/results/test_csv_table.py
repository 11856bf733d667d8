"""CSV has one form, whoever writes it: blanks for what is missing, digits that read back the same,
marks that spreadsheets know."""

from __future__ import annotations

import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from sim.results.files import CsvFile, csv_text, write_csv

TABLE = pa.table(
    {
        "estate": pa.array([3, None], pa.int32()),
        "rate": pa.array([0.1 + 0.2, None]),
        "quality": pa.array(np.array([0.1, 0.7], np.float32)),
        "sure": pa.array([True, None]),
        "day": pa.array([datetime.date(2026, 1, 31), None]),
        "type": pa.array(["商品房, 新", None]).dictionary_encode(),
    }
)
TEXT = 'estate,rate,quality,sure,day,type\n3,0.30000000000000004,0.1,true,2026-01-31,"商品房, 新"\n,,0.7,,,\n'


def test_the_form_of_every_kind_of_value() -> None:
    assert csv_text(TABLE) == TEXT


def test_a_data_frame_gives_the_same_as_its_arrow_table() -> None:
    frame = pd.DataFrame(
        {"rate": [1.5, float("nan")], "note": ["", None], "count": pd.array([1, None], "Int64")}
    )
    assert csv_text(frame) == "rate,note,count\n1.5,,1\n,,\n" == csv_text(pa.Table.from_pandas(frame))


def test_numbers_come_back_to_the_last_bit(tmp_path: Path) -> None:
    values = np.random.default_rng(1).normal(size=200) * 10.0 ** np.arange(-100, 100)
    write_csv(
        pd.DataFrame({"value": values, "single": values.clip(-1e30, 1e30).astype(np.float32)}),
        tmp_path / "a.csv",
    )
    assert (tmp_path / "a.csv").read_bytes().startswith("\ufeffvalue,".encode())
    lines = (tmp_path / "a.csv").read_text(encoding="utf-8-sig").splitlines()[1:]
    read = np.array([[float(field) for field in line.split(",")] for line in lines])
    assert (read[:, 0] == values).all()
    assert (read[:, 1].astype(np.float32) == values.clip(-1e30, 1e30).astype(np.float32)).all()


def test_a_file_that_grows_is_there_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "grown.csv"
    with CsvFile(path, TABLE.column_names) as file:
        file.add(TABLE.slice(0, 1))
        assert not path.exists()
        file.add(TABLE.slice(1))
    assert path.read_text(encoding="utf-8-sig") == TEXT
    with pytest.raises(KeyError), CsvFile(tmp_path / "other.csv", ["estate", "nowhere"]) as file:
        file.add(TABLE)
    assert list(tmp_path.iterdir()) == [path]
