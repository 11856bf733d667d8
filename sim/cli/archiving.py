"""The work of `estate archive` and `estate verify`: a result as one file that can be cited, and
whether it is still that."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sim.cli.terminal import console
from sim.outputs.archive import archive, verify
from sim.text import figures, message
from sim.text.joins import listed


def say(key: str, /, **values: Any) -> str:
    """The text "archive.KEY" in the current language."""
    return str(message(f"archive.{key}", **values))


def key_or_none(key: str) -> str:
    """The key of a result, or that it has none: version 0.1 gave none."""
    return key or say("no_key")


def pack(folder: Path, out: Path | None) -> None:
    """Write the archive and print its hash, what it is of, and what was left out of it."""
    screen = console()
    made = archive(folder, out)
    size = figures.decimal(made.path.stat().st_size / 1e6, 2)
    screen.print(
        say("written", file=made.path, kind=made.kind, key=key_or_none(made.key), size=size), soft_wrap=True
    )
    screen.print(f"SHA-256 {made.sha256}", soft_wrap=True)
    screen.print(
        say("scenarios", names=listed(made.scenarios)) if made.scenarios else say("no_scenario"),
        soft_wrap=True,
    )
    if made.left_out:
        screen.print(say("left_out", names=listed(made.left_out)), soft_wrap=True)
    screen.print(say("check", file=made.path, sha256=made.sha256), soft_wrap=True)


def show_verified(place: Path, sha256: str | None) -> bool:
    """Print what differs, or that nothing does; whether all is as it was written, and the
    hash the one that was cited."""
    screen = console()
    found = verify(place)
    if found.sha256:
        screen.print(f"SHA-256 {found.sha256}", soft_wrap=True)
    for fault in found.faults:
        screen.print(f"✗ {fault}", soft_wrap=True)
    if found.repacked:
        screen.print(say("repacked", file=found.place), soft_wrap=True)
    if found.others:
        screen.print(say("others", names=listed(found.others)), soft_wrap=True)
    cited = sha256 is None or sha256.strip().lower() == found.sha256
    if not cited:
        screen.print(
            say("not_cited", sha256=sha256, found=found.sha256) if found.sha256 else say("no_file"),
            soft_wrap=True,
        )
    if found.whole and cited:
        screen.print(
            say("whole", kind=found.kind, key=key_or_none(found.key), files=figures.count(found.files)),
            soft_wrap=True,
        )
    elif found.faults:
        screen.print(say("remedy"), soft_wrap=True)
    return found.whole and cited
