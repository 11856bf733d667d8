"""`estate migrate`: files of an earlier format, rewritten, and what changed in them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typer

from sim.errors import EstateError, ScenarioError
from sim.experiments.migration import Migrated, migrated
from sim.problems import Problem, is_file, is_folder, why_no_file
from sim.results.files import replace
from sim.scenario.formats import FORMAT
from sim.scenario.loading import OF_A_CITY
from sim.text import message, say
from sim.text.joins import listed
from sim.text.system import reason_of


def migrate(files: Sequence[Path], check: bool, out: Path | None, overwrite: bool, keep_world: bool) -> bool:
    """Rewrite files (in place, or into `out`) and say what changed; whether anything is other.

    All files are read and checked before one is written. With `check` nothing is. ScenarioError that lists
    what is wrong with any of them; EstateError for a file that is there already.
    """
    found: list[Migrated] = []
    problems: list[Problem] = []
    for file in files:
        try:
            found.append(migrated(_existing(file), keep_world))
        except ScenarioError as error:
            problems += error.problems
    if problems:
        raise ScenarioError(problems)
    places = [_place(one, out, len(found)) for one in found]
    if not check:
        _refuse_taken(found, places, overwrite)
    for one, place in zip(found, places, strict=True):
        changed = one.after != one.before
        if not check and (changed or place != one.file):
            _write(place, one)
        _say(one, place, written=not check)
    return any(one.after != one.before for one in found)


def _existing(file: Path) -> Path:
    path = file / OF_A_CITY if is_folder(file) else file
    if not is_file(path):
        raise ScenarioError([Problem(str(file), "", why_no_file(path), message("formats.readable"))])
    return path


def _place(one: Migrated, out: Path | None, number: int) -> Path:
    """Where a file is written: where it is, in the folder `out`, or, if it is the only one, as `out`."""
    if out is None:
        return one.file
    return out if number == 1 and out.suffix and not is_folder(out) else out / one.file.name


def _refuse_taken(found: Sequence[Migrated], places: Sequence[Path], overwrite: bool) -> None:
    """EstateError for two files with one place, and for a place that another file has, unless that is to be
    overwritten or says the same."""
    for number, (one, place) in enumerate(zip(found, places, strict=True)):
        if place in places[:number]:
            raise EstateError(message("formats.two_in_one", file=place))
        other = place != one.file and place.exists() and not overwrite
        if other and not (is_file(place) and place.read_bytes() == _bytes(one)):
            raise EstateError(message("formats.taken", file=place))


def _bytes(one: Migrated) -> bytes:
    """What is written: with a mark at its beginning and the line ends that the file had."""
    return (
        b"\xef\xbb\xbf" if one.file.read_bytes().startswith(b"\xef\xbb\xbf") else b""
    ) + one.after.encode()


def _write(place: Path, one: Migrated) -> None:
    content = _bytes(one)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        mode = one.file.stat().st_mode
        replace(place, lambda part: part.write_bytes(content))
        os.chmod(place, mode)
    except OSError as error:
        raise EstateError(message("formats.unwritten", file=place, reason=reason_of(error))) from None


def _say(one: Migrated, place: Path, written: bool) -> None:
    names: dict[str, Any] = {
        "file": place if written else one.file,
        "kind": say(f"formats.kind.{one.kind}"),
    }
    if one.after == one.before:
        typer.echo(say("formats.unchanged", **names))
        return
    said: dict[str, Any] = {"was": one.was, "now": FORMAT} | names
    typer.echo(say("formats.rewritten", **said) if written else say("formats.to_rewrite", **said))
    for mark, number, line in one.line_changes():
        typer.echo(say("formats.line", number=number, mark=mark, line=line))
    for change in one.renamed:
        typer.echo("  " + say("formats.renamed", old=change.old, new=change.new, why=change.why))
    if one.kept:
        typer.echo("  " + say("formats.kept", names=listed(one.kept)))
