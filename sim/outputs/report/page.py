"""The page: parts of a report put into the template, with all that it needs inside: charts as small
images, Chinese letters as a font."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from functools import cache, lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, Any, NamedTuple

from matplotlib import font_manager
from matplotlib.figure import Figure

from sim.outputs import style
from sim.outputs.catalog import html_language
from sim.outputs.plotted import plotted
from sim.outputs.report.model import Part, Table
from sim.results.files import ENCODING, csv_text
from sim.results.provenance import versions
from sim.text import in_language, message, say
from sim.units import NO_VALUE

if TYPE_CHECKING:
    from sim.outputs.brief import Brief

PUNCTUATION = (
    "“”‘’—…·"  # of the same width as Chinese letters only in a Chinese font; taken from it on Chinese pages
)
FIGURE = re.compile(r"[−+±<>≤≥]?\s?\d")
LONGEST_FIGURE = 32  # letters of a range with its unit; longer ones are sentences
NOT_NEEDED = {
    "GSUB",
    "GPOS",
    "GDEF",
}  # of the font: shapes and places in other contexts, none of which is kept
MOST_NUMBERS = 120_000  # bytes of the CSV of a chart that a page carries
COLOURS = 128  # charts have few; smooth edges of letters need the rest


class Shown(NamedTuple):
    """A chart on the page."""

    title: str
    alt: str
    address: str
    width: int
    height: int
    file: str  # name of the CSV file of its numbers
    data: str  # its address, "" where they are too many for a page


@cache
def _template(name: str = "report.html.j2") -> Any:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    loader = PackageLoader("sim.outputs.report", "templates")
    return Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    ).get_template(name)


def report_page(parts: Sequence[Part], lang: str, dots_per_inch: float = style.DOTS_PER_INCH) -> str:
    """The report as the text of one HTML page that loads nothing from anywhere."""
    with in_language(lang):  # charts are drawn in the language of the call
        title = parts[0].title if len(parts) == 1 else say("report.parts", n=len(parts))
        pictures = [[_shown(one, dots_per_inch) for one in part.pictures] for part in parts]
        held = {
            "parts": list(zip(parts, pictures, strict=True)),
            "number_columns": number_columns,
            "title": title,
        }
        return _rendered("report.html.j2", lang, held)


def brief_page(briefs: Sequence[Brief], lang: str) -> str:
    """Briefs, each for a page of its own when printed, as the text of one HTML page that loads nothing from
    anywhere."""
    with in_language(lang):
        return _rendered("brief.html.j2", lang, {"briefs": list(briefs)})


def _rendered(name: str, lang: str, held: dict[str, Any]) -> str:
    """A template with what every page needs beside its own: language, version and the letters that it has."""
    held = held | {
        "lang": html_language(lang),
        "say": say,
        "punctuation": style.needs_font(str(message("language.name"))),
        "version": versions()["sim"],
    }
    template = _template(name)
    letters = letters_needed(template.render(held, font=""))
    font = data_address(font_of(letters), "font/woff") if letters else ""
    return f"{template.render(held, font=font)}\n"


def number_columns(table: Table) -> frozenset[int]:
    """Places of the columns of a table that hold figures, with or without a unit, and nothing else: readers
    compare these by their ends, so they stand at the right."""
    columns = set()
    for column in range(1, len(table.columns)):
        cells = [row[column] for row in table.rows if row[column] not in ("", NO_VALUE)]
        if cells and all(FIGURE.match(cell) and len(cell) <= LONGEST_FIGURE for cell in cells):
            columns.add(column)
    return frozenset(columns)


def _shown(picture: Any, dots_per_inch: float) -> Shown:
    figure = picture.draw()
    width, height = figure.get_size_inches() * 96  # pixels of CSS
    numbers = csv_text(plotted(figure)).encode(ENCODING)
    return Shown(
        picture.title,
        picture.alt,
        data_address(png_of(figure, dots_per_inch)),
        round(width),
        round(height),
        f"{hashlib.sha256(numbers).hexdigest()[:12]}.csv",
        data_address(numbers, "text/csv") if len(numbers) <= MOST_NUMBERS else "",
    )


def letters_needed(page: str) -> str:
    """The Chinese letters of a page, sorted, each once; with the punctuation that goes with them."""
    letters = {letter for letter in set(page) if style.needs_font(letter)}  # a page is mostly its pictures
    return "".join(sorted(letters | set(PUNCTUATION))) if letters else ""


@lru_cache(maxsize=4)
def font_of(letters: str) -> bytes:
    """A WOFF font with these letters."""
    from fontTools import subset

    options = subset.Options(
        flavor="woff", layout_features=[], hinting=False, notdef_outline=True, name_IDs=[1, 2]
    )
    font = subset.load_font(font_manager.findfont(style.font_family()), options, lazy=True)
    for table in NOT_NEEDED & set(font.keys()):  # before they are read: that takes a third of the time
        del font[table]
    cutter = subset.Subsetter(options)
    cutter.populate(text=letters)
    cutter.subset(font)
    stream = BytesIO()
    subset.save_font(font, stream, options)
    return stream.getvalue()


def png_of(figure: Figure, dots_per_inch: float) -> bytes:
    """A figure as PNG with a palette: a third of the bytes of one with full
    colours, and no difference to the eye."""
    from PIL import Image

    full = BytesIO()
    with style.drawing():
        # not compressed: it is read again at once
        figure.savefig(full, format="png", dpi=dots_per_inch, pil_kwargs={"compress_level": 0})
    small = BytesIO()
    with Image.open(full) as image:
        # The best compression takes six times as long for a twelfth fewer bytes.
        image.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(small, "PNG")
    return small.getvalue()


def data_address(data: bytes, kind: str = "image/png") -> str:
    """A file as an address that carries its own data."""
    return f"data:{kind};base64," + base64.b64encode(data).decode("ascii")
