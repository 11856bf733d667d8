"""The report of a result of version 0.1: its own sentences and tables, under its own ids,
and the line that says so."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sim.kinds import kinds
from sim.outputs.catalog import capital
from sim.outputs.report import common
from sim.outputs.report.model import Part, Table
from sim.results.folder import FIRST_VERSION, first_words
from sim.studies.old.old_result import OldResult
from sim.text import language, say
from sim.text.catalog import among
from sim.text.joins import bracketed, listed
from sim.units import NO_VALUE

if TYPE_CHECKING:
    import pandas as pd

MOST_ROWS = 40
IDS = ("outcome", "series", "measure")  # columns that hold ids of outcomes


def part_of(old_result: OldResult) -> Part:
    """Everything that a reader is told about a result of version 0.1."""
    line = capital(say("result.defined_as_in_0_1"))
    manifest = old_result.manifest
    commit = (manifest.get("git") or {}).get("commit", NO_VALUE)
    version = manifest.get("versions", {}).get("sim", FIRST_VERSION)
    return Part(
        bracketed(old_result.title(), say("result.defined_as_in_0_1")),
        _called(old_result.was),
        line,
        "",
        common.setting_table(_setting(manifest)),
        (say("result.defined_line"), *old_result.sentences()),
        (),
        (),
        (),
        (say("result.old_tables"), *old_result.warnings()),
        (),
        (),
        common.traces_table(common.version_rows(manifest)),
        "",
        say("result.old_reproduce", version=version, commit=str(commit)[: common.HASH]),
        (),
        tuple(_table(old_result, name, frame) for name, frame in old_result.tables().items()),
    )


def shown(old_result: OldResult) -> tuple[str, str, pd.DataFrame]:
    """Title, facts and table for a notebook."""
    facts = f"{_called(old_result.was)} · {say('result.defined_as_in_0_1')}"
    return old_result.title(), facts, next(iter(old_result.tables().values())).head(20)


def _called(kind: str) -> str:
    """What a kind of result is called today."""
    return kinds()[kind].title if kind in kinds() else kind


def _setting(manifest: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Seeds and hashes, as far as the manifest has them."""
    rows = [(say("report.months"), str(manifest["months"]))] if "months" in manifest else []
    seeds = manifest.get("seeds", [manifest["seed"]] if "seed" in manifest else [])
    if seeds:
        rows.append((say("report.seeds"), listed(str(seed) for seed in seeds)))
    if "content_hash" in manifest:
        rows.append((say("report.content_hash"), str(manifest["content_hash"])[: common.HASH]))
    return rows


def _table(old_result: OldResult, name: str, frame: pd.DataFrame) -> Table:
    """A saved table as it is; of a run's months the first and the last, side by side."""
    if old_result.was == "run" and name == "city":
        ends = frame.iloc[[0, -1]]
        heads = ("", say("result.at_start"), say("result.at_end", month=int(ends["month"].iloc[-1])))
        pairs = tuple(
            (str(column), *(_written(value) for value in ends[column]))
            for column in frame.columns
            if column != "month"
        )
        return Table(name, heads, pairs)
    shown = frame.head(MOST_ROWS)
    note = (
        say("result.first_rows", shown=len(shown), rows=len(frame), file=f"{name}.parquet")
        if len(frame) > len(shown)
        else ""
    )
    rows = tuple(
        tuple(
            _named(value) if column in IDS else _written(value)
            for column, value in zip(frame.columns, row, strict=True)
        )
        for row in shown.itertuples(index=False, name=None)
    )
    columns = tuple(_named(str(column)) for column in frame.columns)
    return Table(name, columns, rows, note, folded=len(shown) > MOST_ROWS // 2)


def _named(written: str) -> str:
    """An outcome's id with what version 0.1 called it; any other name as it is."""
    known = first_words().get(written)
    return f"{among(known, language())} [{written}]" if known else written


def _written(value: Any) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return NO_VALUE
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:,.4g}"
    return str(value)
