"""What a report consists of, before it is HTML: plain texts, tables and pictures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from matplotlib.figure import Figure

from sim.outputs.brief.model import Brief

SECTIONS = (
    "question",
    "finding",
    "setting",
    "charts",
    "tables",
    "programmes",
    "gains",
    "sure",
    "assumed",
    "reproduce",
)


@dataclass(frozen=True)
class Table:
    """A table: caption, names of columns, rows of texts (the first cell of a row is its
    header), and a note below."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    folded: bool = False  # long ones are unfolded by the reader


@dataclass(frozen=True)
class Picture:
    """A chart: title, what it shows in words, and the function that draws it."""

    title: str
    alt: str
    draw: Callable[[], Figure]


@dataclass(frozen=True)
class Part:
    """The report of one result."""

    title: str
    kind: str  # what kind of result this is, in words
    question: str
    about: str  # description of the scenario or study, "" for none
    setting: Table
    finding: tuple[str, ...]
    pictures: tuple[Picture, ...]
    programmes: tuple[Table, ...]
    gains: tuple[Table, ...]
    sure: tuple[str, ...]
    assumed: tuple[Table, ...]
    commands: tuple[str, ...]
    traces: Table  # seeds, hashes, versions
    no_programme: str = ""
    reproduce_note: str = ""
    files: tuple[tuple[str, str], ...] = field(
        default=()
    )  # names and texts of the files that the command needs
    tables: tuple[Table, ...] = ()  # figures that are neither cost nor gains
    outcomes: tuple[str, ...] = ()  # what the finding is about, the main one first
    about_scenarios: tuple[str, ...] = ()  # names of the scenarios it is about
    brief: Brief | None = None  # the page that opens it

    @property
    def sections(self) -> tuple[str, ...]:
        """Keys of the sections that there is something to say in, in order."""
        held = {
            "charts": self.pictures,
            "tables": self.tables,
            "programmes": self.programmes,
            "gains": self.gains,
            "assumed": self.assumed,
        }
        return tuple(key for key in SECTIONS if held.get(key, True))
