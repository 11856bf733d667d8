"""What a brief consists of, whatever result it is of: the answer, at most five rows, what is recommended,
what cannot be told apart from that, what would change it, and how far the model is to be believed."""

from __future__ import annotations

from dataclasses import dataclass

from sim.experiments.intervals import (
    CONSTANT,
    EXTREMES,
    LEAST_PAIRS,
    ROUGH_PAIRS,
    Estimate,
    Interval,
    Range,
)
from sim.outputs.catalog import places, unit_of_difference
from sim.outputs.range_words import KIND, doubted
from sim.text import Family, figures, say
from sim.text.joins import sentences
from sim.units import NO_VALUE

MOST_ROWS = 5
DENSE = 3300  # half-width places of all texts, from which on a page has smaller letters
PAIRS, RUNS = "pairs", "runs"
OF = Family("brief.of", (PAIRS, RUNS))


@dataclass(frozen=True)
class Measured:
    """A mean with what may happen and how precisely it is known, in the values that the tables have.

    of: what the range is over, PAIRS or RUNS. unit: as `figures.quantity` takes it, of the outcome itself.
    difference: told with its sign, of shares in points; as pairs are and runs are not, unless it says.
    rests_on: on how many runs, where there is no range that says it.
    """

    mean: float
    interval: Interval
    held: Range
    unit: str
    of: str = PAIRS
    difference: bool | None = None
    rests_on: int = 0

    @property
    def differs(self) -> bool:
        """Whether it is a difference."""
        return self.of == PAIRS if self.difference is None else self.difference

    @property
    def shown_unit(self) -> str:
        """The unit it is written in: percentage points for a difference between shares."""
        return unit_of_difference(self.unit) if self.differs else self.unit

    @property
    def basis(self) -> tuple[str, int, str] | None:
        """What the ends of its range are, of how many, and of what; None without a range."""
        return (self.held.kind, self.held.pairs, self.of) if self.held.exists else None

    @property
    def value(self) -> str:
        """The mean as it is written."""
        return figures.quantity(self.mean, self.shown_unit, self.differs)

    @property
    def always(self) -> bool:
        """Whether every pair or run gave the same, and they are enough to say so."""
        if not self.held.exists or self.held.low != self.held.high or self.held.pairs < LEAST_PAIRS:
            return False
        return self.held.kind == EXTREMES or self.interval.note == CONSTANT  # percentiles leave the ends out

    def lines(self, told_below: bool) -> tuple[str, ...]:
        """The mean, what may happen, and how precisely the mean is known. `told_below`: what the ends are is
        said under the table, for all cells alike."""
        if self.mean != self.mean:
            return (NO_VALUE,)
        if self.always:
            return self.value, say("brief.always")
        told = [self.value]
        if self.held.exists:
            bounds = figures.interval(self.held.low, self.held.high, self.shown_unit)
            more = "" if told_below else basis_words(*self.basis)  # type: ignore[misc]  # it exists
            told.append(say("brief.may_be_of", bounds=bounds, of=more) if more else _may_be(bounds))
        if self.interval.exists:
            bounds = figures.interval(self.interval.low, self.interval.high, self.shown_unit)
            rough = 0 < (self.held.pairs or self.rests_on) < ROUGH_PAIRS
            told.append(say("brief.known_rough" if rough else "brief.known", bounds=bounds))
        told += doubted(self.interval)
        return tuple(told)


def _may_be(bounds: str) -> str:
    return say("brief.may_be", bounds=bounds)


def basis_words(kind: str, number: int, of: str) -> str:
    """What the ends of a range are: 5th to 95th percentile of 40 pairs."""
    return say("brief.basis", kind=KIND[kind], number=figures.count(number), of=OF[of])


def measured(estimate: Estimate, unit: str, of: str = PAIRS) -> Measured:
    """A cell of an estimate."""
    return Measured(estimate.mean, estimate.interval, estimate.range, unit, of)


Cell = str | tuple[str, ...] | Measured


@dataclass(frozen=True)
class Row:
    """One of what there is to choose from, or one finding: its name, and a cell under each further head."""

    name: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Brief:
    """A brief. Every text is in the language that was current when it was made.

    title: the answer, a sentence. about: what it is of. heads: of the columns, the first of the names.
    recommendation: what is recommended by name, or that nothing is and what is shown instead. alike: what it
    cannot be told apart from, and what of that is cheaper. change: what would change it. note: what must be
    known to read the table, beside what ends are. agreement: how far the model agrees with what cities
    reported. model: hash of the model of the result, "" for the one that is here.

    ValueError for more than five rows, a row that does not fit the heads, and for a text that is empty.
    """

    title: str
    about: str
    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    recommendation: str
    alike: str
    change: str
    note: str = ""
    agreement: str = ""
    model: str = ""

    def __post_init__(self) -> None:
        if len(self.rows) > MOST_ROWS:
            raise ValueError(f"a brief has at most {MOST_ROWS} rows, not {len(self.rows)}")
        if any(len(row.cells) + 1 != len(self.heads) for row in self.rows):
            raise ValueError("a row of a brief has a cell under each head")
        if not all((self.title, self.about, self.recommendation, self.alike, self.change)):
            raise ValueError("a brief leaves nothing of what it must say empty")

    @property
    def dense(self) -> bool:
        """Whether it says so much that its page needs smaller letters."""
        cells = [line for row in self.rows for cell in (row.name, *row.cells) for line in self.lines_of(cell)]
        told = [self.title, self.about, self.how_read, *self.heads, *cells]
        return sum(map(places, (*told, *(text for point in self.points for text in point)))) > DENSE

    @property
    def head(self) -> str:
        """What such a page is called."""
        return say("brief.brief")

    @property
    def caption(self) -> str:
        """What its table is called."""
        return say("brief.table")

    @property
    def measured(self) -> tuple[Measured, ...]:
        """Its cells that hold a mean, row by row."""
        return tuple(cell for row in self.rows for cell in row.cells if isinstance(cell, Measured))

    @property
    def told_below(self) -> bool:
        """Whether all ranges have ends of one kind, so that one sentence says it of all."""
        return len({one.basis for one in self.measured if one.basis is not None}) == 1

    def is_number(self, column: int) -> bool:
        """Whether a column, from 0, holds measured cells: these stand at the right."""
        cells = [row.cells[column - 1] for row in self.rows] if column else []
        return any(isinstance(cell, Measured) for cell in cells)

    def lines_of(self, cell: Cell) -> tuple[str, ...]:
        """A cell in lines."""
        if isinstance(cell, Measured):
            return cell.lines(self.told_below)
        return (cell,) if isinstance(cell, str) else cell

    @property
    def how_read(self) -> str:
        """What stands under the table: what the ends are, and what else must be known."""
        told = []
        cells = self.measured
        if self.told_below:
            basis = next(one.basis for one in cells if one.basis is not None)
            told.append(say("brief.ends", basis=basis_words(*basis)))
        levels = {one.interval.level for one in cells if one.interval.exists and not one.always}
        if len(levels) == 1:
            told.append(say("brief.mean_known", level=figures.level(levels.pop())))
        return sentences([*told, self.note])

    @property
    def points(self) -> tuple[tuple[str, str], ...]:
        """Head and text of what stands under the table."""
        told = (
            (say("brief.recommendation"), self.recommendation),
            (say("brief.alike"), self.alike),
            (say("brief.change"), self.change),
            (say("brief.agreement"), self.agreement),
        )
        return tuple((head, text) for head, text in told if text)
