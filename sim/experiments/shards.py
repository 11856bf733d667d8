"""Shards: Parquet files of about a hundred runs each, a row a run, written whole and checked by their hash."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from sim.errors import ResultError
from sim.experiments.packing import summary_schema
from sim.results.files import PART
from sim.text import message

SHARD_RUNS = 100
SUFFIX = ".parquet"
FOLDER = "shards"
# What stands before the summary's columns in every row, besides the factors that the overrides name.
HEAD = ("key", "scenario", "overrides", "digest")


def shard_table(heads: list[tuple[str, ...]], batches: list[pa.RecordBatch]) -> pa.Table:
    """The table of a shard from one HEAD and one record batch for each run."""
    table = pa.Table.from_batches(batches, summary_schema()).combine_chunks()
    for position, name in enumerate(HEAD):
        table = table.add_column(position, name, pa.array([head[position] for head in heads], pa.string()))
    return table


def shard_name(version: str, keys: list[str]) -> str:
    """Path within the folder of shards: the version of model and summary, then a name made from the runs inside."""
    return f"{version}/runs-{hashlib.sha256(''.join(keys).encode()).hexdigest()[:16]}{SUFFIX}"


def write_shard(folder: Path, name: str, table: pa.Table) -> dict[str, int | str]:
    """Write a shard beside its place, flush it, move it there; returns its sha256, runs and bytes."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    # readers of a folder of Parquet files pass over names that begin with a dot
    part = path.with_name("." + path.name + PART)
    try:
        pq.write_table(
            table, part, compression="zstd", compression_level=1, use_dictionary=["scenario", "overrides"]
        )
        with open(part, "rb+") as file:
            os.fsync(file.fileno())
        sealed = seal(part)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
    return {"sha256": sealed, "runs": table.num_rows, "bytes": path.stat().st_size}


def seal(path: Path) -> str:
    """SHA-256 of a file, hexadecimal."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_shard(path: Path, columns: list[str] | None = None) -> pa.Table:
    """The table of a shard, or some of its columns. ResultError if it cannot be read; FileNotFoundError if it is gone."""
    try:
        # partitioning=None: a folder named `a=1` must not become a column
        return pq.read_table(path, columns=columns, partitioning=None)
    except FileNotFoundError:
        raise
    except (OSError, pa.ArrowException) as error:
        raise ResultError(message("folder.not_parquet", file=path, error=error)) from None
