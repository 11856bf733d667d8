"""What prints words and tables in a terminal: lines end where the language lets them, and
no figure is ever cut in two.

Rich ends a line at a blank, and text without blanks, such as Chinese, at any cell: after half a number too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, JustifyMethod, OverflowMethod, RenderableType, RenderResult
from rich.containers import Lines
from rich.padding import Padding
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from sim.text.breaks import line_starts, numbers, pieces
from sim.text.joins import labelled

TEXT = (
    12  # cells below which no column of texts is squeezed: three words a line, or six characters of Chinese
)
HEAD = 6  # the same for its head
WORD = 16  # cells of the longest word that a narrow column keeps whole; numbers are kept whole at any length
PREFERRED = 32  # the same while there is room


class Prose(Text):
    """A text whose lines end by the rules of `sim.text.breaks`."""

    @classmethod
    def of(cls, text: Text) -> Prose:
        """The same text with these rules."""
        return cls(
            text.plain,
            style=text.style,
            justify=text.justify,
            overflow=text.overflow,
            no_wrap=text.no_wrap,
            end=text.end,
            tab_size=text.tab_size,
            spans=text.spans,
        )

    def wrap(
        self,
        console: Console,
        width: int,
        *,
        justify: JustifyMethod | None = None,
        overflow: OverflowMethod | None = None,
        tab_size: int = 8,
        no_wrap: bool | None = None,
    ) -> Lines:
        """The text in lines of at most `width` cells."""
        unbroken = self.no_wrap if no_wrap is None else no_wrap
        if unbroken or "ignore" in (overflow, self.overflow):
            return super().wrap(
                console, width, justify=justify, overflow=overflow, tab_size=tab_size, no_wrap=no_wrap
            )
        wrapped = Lines()
        for line in self.split(allow_blank=True):
            line.expand_tabs(tab_size)
            for part in line.divide(line_starts(line.plain, width, cell_len)):
                part.rstrip_end(width)
                wrapped.append(part)
        chosen = justify or self.justify
        if chosen:
            wrapped.justify(console, width, justify=chosen, overflow="fold")
        return wrapped


class Screen(Console):
    """A console that prints every text, alone, in a table or in a panel, as `Prose`."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """What is printed, with the ends of its lines."""
        chosen = options or self.options
        if isinstance(renderable, str):
            renderable = self.render_str(renderable, highlight=chosen.highlight, markup=chosen.markup)
        if isinstance(renderable, Text) and not isinstance(renderable, Prose):
            renderable = Prose.of(renderable)
        return super().render(renderable, chosen)


class Sheet(Table):
    """A table whose columns are never narrower than their figures.

    Where the terminal is too narrow for all columns, those that do not fit follow below, beside the first
    column again; where the first leaves no room for another, each row is a paragraph.
    """

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The title, the columns in as many blocks as the width asks for, and the caption."""
        if self.title:
            yield Text(str(self.title), style=self.title_style or "")
        needs = [_Need(self, number) for number in range(len(self.columns))]
        blocks = list(_blocks(needs, options.max_width, self._gap()))
        if any(_least(block, self._gap()) > options.max_width for block in blocks if len(block) > 1):
            yield from self._paragraphs()
        else:
            for number, block in enumerate(blocks):
                if number:
                    yield Text()
                yield self._block(block, options.max_width)
        if self.caption:
            yield Text(str(self.caption), style=self.caption_style or "dim")

    def _gap(self) -> int:
        return self.padding[1] + self.padding[3]

    def _block(self, block: Sequence[_Need], width: int) -> Table:
        """A table of some of the columns, each as wide as there is room for."""
        block_table = Table(
            box=None,
            pad_edge=False,
            padding=self.padding,
            header_style=self.header_style,
            show_header=self.show_header,
        )
        for need, wide in zip(block, _widths(block, width - self._gap() * (len(block) - 1)), strict=True):
            block_table.add_column(
                need.column.header, justify=need.column.justify, width=max(wide, 1), overflow="fold"
            )
        cells = [list(need.column.cells) for need in block]
        for number, row in enumerate(self.rows):
            block_table.add_row(
                *(column[number] for column in cells), style=row.style, end_section=row.end_section
            )
        return block_table

    def _paragraphs(self) -> Iterator[RenderableType]:
        """Row by row: its first cell, and below it what the others say, each with the head of its column."""
        columns = [list(column.cells) for column in self.columns]
        for number, row in enumerate(self.rows):
            style = row.style or ""
            yield Text(str(columns[0][number]), style=style)
            for column, cells in zip(self.columns[1:], columns[1:], strict=True):
                cell, head = str(cells[number]), str(column.header)
                if cell:
                    alone = len(columns) == 2 or not self.show_header or not head
                    yield Padding(Text(cell if alone else labelled(head, cell), style=style), (0, 0, 0, 2))


class _Need:
    """How wide a column is by nature, how wide it should be to keep its words
    whole, and how wide at least."""

    def __init__(self, table: Sheet, number: int) -> None:
        self.column = table.columns[number]
        heads = [self.column.header] if table.show_header else []
        lines = [line for cell in (*heads, *self.column.cells) for line in str(cell).split("\n")]
        self.natural = _longest(lines)
        if self.column.no_wrap:
            self.preferred = self.least = self.natural
            return
        number_width = _longest(figure for line in lines for figure in numbers(line))
        whole = _longest(piece.rstrip() for line in lines for piece in pieces(line))
        word = _longest(piece.rstrip() for line in lines for piece in pieces(line, joined=False))
        head = _longest(line for cell in heads for line in str(cell).split("\n"))
        text = _longest(line for cell in self.column.cells for line in str(cell).split("\n"))
        self.least = max(number_width, min(word, WORD), min(head, HEAD), min(text, TEXT))
        self.preferred = max(self.least, min(whole, PREFERRED))


def _longest(texts: Iterable[str]) -> int:
    return max((cell_len(text) for text in texts), default=0)


def _blocks(needs: Sequence[_Need], width: int, gap: int) -> Iterator[list[_Need]]:
    """The columns in blocks that fit at their least widths, each after the first
    with the first column again."""
    if not needs:
        return
    block = [needs[0]]
    for need in needs[1:]:
        if len(block) > 1 and _least([*block, need], gap) > width:
            yield block
            block = [needs[0]]
        block.append(need)
    yield block


def _least(block: Sequence[_Need], gap: int) -> int:
    """How wide a block is at least."""
    return sum(need.least for need in block) + gap * (len(block) - 1)


def _widths(block: Sequence[_Need], room: int) -> list[int]:
    """As wide as by nature where all fit; else the widest give way first, but none below what it
    should have, or has at least."""
    natural = [one.natural for one in block]
    if sum(natural) <= room:
        return natural
    preferred = [one.preferred for one in block]
    least = preferred if sum(preferred) <= room else [one.least for one in block]

    def under(cap: int) -> list[int]:
        return [max(low, min(high, cap)) for low, high in zip(least, natural, strict=True)]

    cap = max((one for one in range(1, room + 1) if sum(under(one)) <= room), default=0)
    widths = under(cap)
    spare = room - sum(widths)
    for number, high in enumerate(natural):
        if spare > 0 and widths[number] < high and widths[number] <= cap:
            widths[number] += 1
            spare -= 1
    return widths
