"""A result of version 0.1, as it was saved: its own tables, sentences and outcome ids, and nothing that
this version would call them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import ResultError
from sim.problems import is_file
from sim.results.folder import (
    FIRST_DEFINITIONS,
    MANIFEST,
    MISSHAPEN,
    Saved,
    copy_result,
    definitions_of,
    kind_of,
    read,
    read_manifest,
)
from sim.results.result import Result
from sim.text import Message, language, message
from sim.text.catalog import among
from sim.text.system import reason_of

if TYPE_CHECKING:
    import pandas as pd

BATCH, HEADLINE, BRIEF = "batch", "headline.json", "replications"


class OldResult(Result):
    """What was saved by version 0.1. `was` (the kind that it was saved as), `folder`, `manifest` (of a
    batch, that of its first run).

    It can be read and reported on; it is compared with nothing, drawn and carried out again by nothing.
    """

    def __init__(
        self, was: str, folder: Path, manifest: dict[str, Any], frames: dict[str, pd.DataFrame]
    ) -> None:
        """Made by `load_old`."""
        self.was, self.folder, self.manifest, self._frames = was, folder, manifest, frames

    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table by name, columns and outcome ids as they were."""
        return dict(self._frames)

    @property
    def key(self) -> str:
        """The key that it was saved with; "" where it had none."""
        return str(self.manifest.get("key", ""))

    def save(self, folder: Path | str) -> Path:
        """Copy its folder as it is; returns the copy. ResultError if something is there."""
        return copy_result(self.folder, Path(folder))

    def title(self, lang: str | None = None) -> str:
        """What it is about."""
        if self.was == "comparison":
            return " · ".join(self.manifest["arms"])
        if self.was == BATCH:
            return self.folder.resolve().name
        told = self.manifest.get("study", self.manifest.get("scenario", ""))
        if not isinstance(told, dict):
            return str(told)
        return str(among(told["title"], lang or language()))

    @property
    def defined(self) -> Message:
        """The line that goes with every figure of it."""
        return message("result.defined_as_in_0_1")


def sentences_of(old_result: OldResult) -> list[str]:
    """The sentences as they were saved; none for a run, a study and a batch, which had none."""
    return _said(old_result, "sentences")


def warnings_of(old_result: OldResult) -> list[str]:
    """The warnings as they were saved."""
    return _said(old_result, "warnings")


def _said(old_result: OldResult, what: str) -> list[str]:
    """What was saved in the languages of its time, in the current one or one that there was."""
    saved = old_result.manifest.get(what)
    return list(among(saved, language())) if saved else []


def is_old(folder: Path) -> bool:
    """Whether a folder holds a result of version 0.1. ResultError if it holds none that can be read."""
    if is_file(folder / MANIFEST):
        return definitions_of(read_manifest(folder)) == FIRST_DEFINITIONS
    runs = _runs_of_batch(folder)
    old = [definitions_of(read_manifest(run)) == FIRST_DEFINITIONS for run in runs]
    if any(old) and not all(old):
        names = [run.name for run, one in zip(runs, old, strict=True) if one]
        raise ResultError(message("result.error.mixed_batch", place=folder, names=", ".join(names)))
    return bool(runs) and all(old)


def load_old(folder: Path) -> OldResult:
    """The result of version 0.1 in a folder. ResultError if it is damaged or of a kind that there was not."""
    runs = [] if is_file(folder / MANIFEST) else _runs_of_batch(folder)
    if runs:
        frames = {"outcomes": _outcomes(runs)}
        return OldResult(BATCH, folder, read(runs[0], "run", old=True).manifest, frames)
    saved = read(folder, old=True)
    names = sorted(path.stem for path in folder.glob("*.parquet"))
    if kind_of(saved.manifest) in ("tipping", "ablation", "budget"):
        _check_parts(saved)
    return OldResult(
        kind_of(saved.manifest),
        folder,
        saved.manifest,
        {name: saved.table(name).to_pandas() for name in names},
    )


def _runs_of_batch(folder: Path) -> list[Path]:
    return sorted(
        path.parent for path in folder.glob(f"*/{HEADLINE}") if not path.parent.name.startswith(".")
    )


def _outcomes(runs: list[Path]) -> pd.DataFrame:
    """One row a run of a batch: scenario, number of the replication, and every outcome by its id."""
    import pandas as pd

    rows = []
    for run in runs:
        name = read(run, "run", old=True).manifest["scenario"]["name"]
        for number, file in enumerate((run / HEADLINE, *sorted((run / BRIEF).glob("seed-*.json")))):
            try:
                told = json.loads(file.read_text(encoding="utf-8"))["outcomes"]
                rows.append({"scenario": name, "replication": number, **told})
            except (OSError, *MISSHAPEN) as error:
                raise ResultError(
                    message("result.error.unreadable", file=file, error=reason_of(error))
                ) from None
    return pd.DataFrame(rows)


def _check_parts(saved: Saved) -> None:
    """ResultError if the whole result beside the tables cannot be read, or is not the one
    that the manifest tells of."""
    from sim.results.saved import parts_of

    parts_of(saved)
