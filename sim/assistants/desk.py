"""What an assistant's question may cost and where its answer is kept, and the form of every answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import ResultError, StudyError
from sim.problems import is_folder
from sim.results.store import Store
from sim.scenario import Scenario
from sim.size import households_of
from sim.text import figures, message, say
from sim.text.joins import labelled

if TYPE_CHECKING:
    from sim.experiments.workplace import Workplace
    from sim.outputs.report.model import Part, Table

STORE = "store"
FEWER = 3  # significant digits of work


@dataclass(frozen=True)
class Limits:
    """What one answer may cost. work: household-months (households x months x runs).
    seconds: until it is given up."""

    work: float = 5e8
    seconds: float = 300.0


class Desk:
    """Where the work for an assistant is done: everything that is written is in `folder`."""

    def __init__(self, folder: Path, limits: Limits) -> None:
        """`folder` is made when the first thing is written."""
        self.folder, self.limits = folder, limits

    def workplace(self, ensemble: str | None = None, level: float | None = None) -> Workplace:
        """Where runs are carried out and kept, without a bar."""
        from sim.experiments.workplace import Workplace

        store = Store(self.folder / STORE)
        return Workplace(store=store, progress=False, ensemble=ensemble, level=level)

    def check_work(self, tool: str, runs: Iterable[tuple[Scenario, int]]) -> None:
        """StudyError, before anything is run, if runs (of which scenario, and how many) would be
        more work than is allowed."""
        self.check(tool, sum(households_of(scenario) * scenario.months * number for scenario, number in runs))

    def check(self, tool: str, work: float) -> None:
        """StudyError if so many household-months are more than is allowed."""
        if work > self.limits.work:
            found = message("assistant.work", work=figures.count(round(work)))
            allowed = message("assistant.work_allowed", work=figures.count(round(self.limits.work)))
            raise StudyError(message("problem.instead", place=tool, found=found, allowed=allowed))

    def place_for(self, name: str) -> Path:
        """The folder of a result to be."""
        return self.folder / name

    def result(self, tool: str, name: str) -> Path:
        """The folder of a result that was saved here, by its name. ResultError for another."""
        known = self.results()
        if name not in known:
            allowed = (
                message("allowed.one_of", names=", ".join(known)) if known else message("assistant.none_yet")
            )
            raise ResultError(message("problem.instead", place=tool, found=repr(name), allowed=allowed))
        return self.folder / name

    def results(self) -> list[str]:
        """The names of the results that are kept here, sorted."""
        from sim.results.folder import MANIFEST

        if not is_folder(self.folder):
            return []
        return sorted(
            file.parent.name for file in self.folder.glob(f"*/{MANIFEST}") if file.parent.name != STORE
        )


@dataclass(frozen=True)
class Answer:
    """What an assistant is told: findings with their intervals, tables, and what must be said with them.

    tables: caption, names of columns, rows of texts, note. limits: what bounds the findings; never empty.
    result: the name under which it is kept, "" where nothing is; files: paths that were
    written. reproduce: commands.
    """

    title: str
    findings: tuple[str, ...]
    limits: tuple[str, ...]
    question: str = ""
    tables: tuple[dict[str, Any], ...] = ()
    result: str = ""
    files: tuple[str, ...] = ()
    reproduce: tuple[str, ...] = ()
    identity: tuple[tuple[str, str], ...] = ()
    more: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.limits:
            raise ValueError("an answer without its limits")

    def data(self) -> dict[str, Any]:
        """As JSON takes it, without what is empty."""
        told = {
            "title": self.title,
            "question": self.question,
            "findings": list(self.findings),
            "tables": list(self.tables),
            "limits": list(self.limits),
            "result": self.result,
            "files": list(self.files),
            "reproduce": list(self.reproduce),
            "identity": dict(self.identity),
            **self.more,
        }
        return {key: value for key, value in told.items() if value}

    def text(self) -> str:
        """As a reader takes it, in the current language."""
        lines = [self.title, *([self.question] if self.question else []), "", *self.findings]
        for table in self.tables:
            lines += ["", table["caption"], " | ".join(table["columns"])]
            lines += [" | ".join(row) for row in table["rows"]]
            lines += [table["note"]] if table["note"] else []
        lines += ["", say("assistant.limits"), *(f"- {line}" for line in self.limits)]
        if self.result:
            lines += ["", labelled(say("assistant.kept_as"), self.result)]
        lines += self.files
        return "\n".join(lines)


def answer_of(part: Part, result: str, warnings: Sequence[str] = (), **more: Any) -> Answer:
    """What the report of a result says, as an answer: what was found, how sure it
    is, and what it rests on."""
    return Answer(
        title=part.title,
        question=part.question,
        findings=part.finding,
        tables=tuple(map(_table, (*part.tables, *part.gains, *part.programmes))),
        limits=tuple(dict.fromkeys((*warnings, *part.sure))),
        result=result,
        reproduce=part.commands,
        identity=tuple((row[0], row[1]) for row in part.traces.rows),
        **more,
    )


def _table(table: Table) -> dict[str, Any]:
    return {
        "caption": table.caption,
        "columns": list(table.columns),
        "rows": [list(row) for row in table.rows],
        "note": table.note,
    }
