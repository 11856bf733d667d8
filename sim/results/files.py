"""How files are written: so that nobody ever sees half of one, with what tells whether it is still
that, and tables as CSV.

The one way in which tables become CSV, whoever writes them: UTF-8 with a byte-order mark (by which
spreadsheets know Chinese), fields separated by commas and quoted only where they must be, lines ended by a
line feed. A figure that does not exist is a blank; numbers have a point and as many digits as it takes to
read the same number back; truth values are true and false; dates are ISO 8601.
"""

from __future__ import annotations

import csv
import hashlib
import io
import math
import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    import pandas as pd


PART = ".part"


def replace(path: Path, write: Callable[[Path], object]) -> None:
    """Let `write` fill a temporary file beside `path`, flush it to disk and put it in place
    in one step. Raises OSError."""
    part = path.with_name(f".{path.name}.{os.getpid()}{PART}")
    try:
        write(part)
        with open(part, "rb+") as file:
            os.fsync(file.fileno())
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def put_all(moves: Sequence[tuple[Path, Path]]) -> None:
    """Move written files to their places, the last one last: all of them, or none.

    Every file that is to be replaced is set aside before the first new one is put in place, the last one
    first: where one is held open by another program (Windows lets nobody move it then), all are as
    they were. Raises OSError.
    """
    aside: list[tuple[Path, Path]] = []
    placed: list[Path] = []
    try:
        for part, target in reversed(moves):
            with open(part, "rb+") as file:
                os.fsync(file.fileno())
            target.parent.mkdir(parents=True, exist_ok=True)
            old = target.with_name(f".{target.name}.{os.getpid()}.old{PART}")
            with suppress(FileNotFoundError):
                os.replace(target, old)
                aside.append((old, target))
        for part, target in moves:
            os.replace(part, target)
            placed.append(target)
    except BaseException:
        for target in placed:
            target.unlink(missing_ok=True)
        for old, target in reversed(aside):
            os.replace(old, target)
        raise
    for old, _ in aside:
        old.unlink(missing_ok=True)


def replace_text(path: Path, text: str) -> None:
    """Write a text file (UTF-8, line ends as given) so. Raises OSError."""
    replace(path, lambda part: part.write_bytes(text.encode("utf-8")))


def seal_of(path: Path) -> dict[str, Any]:
    """Size in bytes and SHA-256 (hexadecimal) of a file. Raises OSError."""
    with open(path, "rb") as file:
        return {"bytes": path.stat().st_size, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}


# CSV

ENCODING = "utf-8-sig"
LINE_END = "\n"


def csv_text(table: pa.Table | pd.DataFrame) -> str:
    """A table as CSV, without the byte-order mark."""
    text, held = io.StringIO(), as_arrow(table)
    _lines(text).writerow(held.column_names)
    _lines(text).writerows(_rows(held))
    return text.getvalue()


def write_csv(table: pa.Table | pd.DataFrame, path: Path) -> None:
    """Write a table into a file. Raises OSError."""
    path.write_bytes(csv_text(table).encode(ENCODING))


class CsvFile:
    """A CSV file that grows table by table, for what is too large to be held at once; it is
    there when `with` is left."""

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        """Begin the file with the names of its columns. Raises OSError."""
        self._path, self._part = path, path.with_name(f".{path.name}.{os.getpid()}{PART}")
        self._file: IO[str] = open(self._part, "w", encoding=ENCODING, newline="")  # noqa: SIM115
        self._columns = list(columns)
        self._writer = _lines(self._file)
        self._writer.writerow(columns)

    def add(self, table: pa.Table | pd.DataFrame) -> None:
        """Add the rows of a table that has these columns."""
        self._writer.writerows(_rows(as_arrow(table).select(self._columns)))

    def __enter__(self) -> CsvFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._file.close()
            if kind is None:
                os.replace(self._part, self._path)
        finally:
            self._part.unlink(missing_ok=True)


def as_arrow(table: pa.Table | pd.DataFrame) -> pa.Table:
    """A table as Arrow, with nulls for what there is no value of: NaN, None and empty texts; a
    DataFrame's index is left out."""
    if isinstance(table, pa.Table):
        return table
    arrow = pa.Table.from_pandas(table, preserve_index=False)
    for number, field in enumerate(arrow.schema):
        if pa.types.is_string(field.type) or pa.types.is_large_string(field.type):
            column = arrow.column(number)
            filled = pc.if_else(pc.equal(column, ""), pa.scalar(None, field.type), column)
            arrow = arrow.set_column(number, field, filled)
    return arrow


def written(value: Any) -> str:
    """One value as a field of a CSV file."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return "" if math.isnan(value) else repr(float(value))
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _rows(table: pa.Table) -> Iterable[tuple[str, ...]]:
    return zip(*(_fields(column) for column in table.columns), strict=True)


def _fields(column: pa.ChunkedArray) -> list[str]:
    if pa.types.is_float32(column.type):
        # a float32 is written as the shortest number that is that float32, not with the digits of its double
        numbers = column.to_numpy(zero_copy_only=False)
        return ["" if number != number else str(number) for number in numbers]
    return [written(value) for value in column.to_pylist()]


def _lines(file: Any) -> Any:
    return csv.writer(file, lineterminator=LINE_END)
