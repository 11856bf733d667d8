"""The work of `estate archive` and `estate verify`: a result as one file that can be cited, and
whether it is still that."""

from __future__ import annotations

import shlex
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
    packed = archive(folder, out)
    size = figures.decimal(packed.path.stat().st_size / 1e6, 2)
    screen.print(
        say("written", file=packed.path, kind=packed.kind, key=key_or_none(packed.key), size=size),
        soft_wrap=True,
    )
    screen.print(f"SHA-256 {packed.sha256}", soft_wrap=True)
    screen.print(
        say("scenarios", names=listed(packed.scenarios)) if packed.scenarios else say("no_scenario"),
        soft_wrap=True,
    )
    if packed.left_out:
        screen.print(say("left_out", names=listed(packed.left_out)), soft_wrap=True)
    screen.print(say("check", file=shlex.quote(str(packed.path)), sha256=packed.sha256), soft_wrap=True)


def show_verified(path: Path, sha256: str | None) -> bool:
    """Print what differs, or that nothing does; whether all is as it was written, and the
    hash the one that was cited."""
    screen = console()
    verified = verify(path)
    if verified.sha256:
        screen.print(f"SHA-256 {verified.sha256}", soft_wrap=True)
    for fault in verified.faults:
        screen.print(f"✗ {fault}", soft_wrap=True)
    if verified.repacked:
        screen.print(say("repacked", file=verified.path), soft_wrap=True)
    if verified.others:
        screen.print(say("others", names=listed(verified.others)), soft_wrap=True)
    cited = sha256 is None or sha256.strip().lower() == verified.sha256
    if not cited:
        screen.print(
            say("not_cited", sha256=sha256, found=verified.sha256) if verified.sha256 else say("no_file"),
            soft_wrap=True,
        )
    if verified.whole and cited:
        screen.print(
            say(
                "whole",
                kind=verified.kind,
                key=key_or_none(verified.key),
                files=figures.count(verified.files),
            ),
            soft_wrap=True,
        )
    elif verified.faults:
        screen.print(say("remedy"), soft_wrap=True)
    return verified.whole and cited
