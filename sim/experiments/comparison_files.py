"""Tables of an analysis in a folder: Parquet for programs, CSV for readers, a manifest that is written last."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import StudyError
from sim.experiments.files import replace_text

if TYPE_CHECKING:
    import pandas as pd

MANIFEST = "manifest.json"


def save_tables(folder: Path, tables: Mapping[str, pd.DataFrame], manifest: Mapping[str, Any]) -> Path:
    """Write tables and manifest into `folder`, made if need be. StudyError if something cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / MANIFEST).unlink(missing_ok=True)  # without it the folder is not a finished result
        for name, table in tables.items():
            for ending, write in (("parquet", _parquet), ("csv", _csv)):
                path = folder / f"{name}.{ending}"
                part = path.with_name(f".{path.name}.{os.getpid()}.part")
                try:
                    write(table, part)
                    os.replace(part, path)
                finally:
                    part.unlink(missing_ok=True)
        units = {name: table.attrs.get("units", {}) for name, table in tables.items()}
        replace_text(
            folder / MANIFEST,
            json.dumps(dict(manifest) | {"units": units}, ensure_ascii=False, indent=1) + "\n",
        )
    except OSError as error:
        raise StudyError(f"{folder}: cannot be written ({error.strerror or error})") from None
    return folder


def _parquet(table: pd.DataFrame, path: Path) -> None:
    table.to_parquet(path, index=False, compression="zstd")


def _csv(table: pd.DataFrame, path: Path) -> None:
    # the byte-order mark makes spreadsheets read Chinese as UTF-8
    table.to_csv(path, index=False, encoding="utf-8-sig")
