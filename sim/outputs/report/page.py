"""The page: parts of a report put into the template."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

from sim.outputs.catalog import html_language, require_language
from sim.outputs.report.font import font_of, letters_needed
from sim.outputs.report.images import data_address, png_of
from sim.outputs.report.model import Part
from sim.outputs.report.words import say
from sim.outputs.style import DOTS_PER_INCH
from sim.results.provenance import versions
from sim.text import in_language


class Shown(NamedTuple):
    """A chart on the page."""

    title: str
    alt: str
    address: str
    width: int
    height: int


@cache
def _template() -> Any:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    loader = PackageLoader("sim.outputs.report", "templates")
    return Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    ).get_template("report.html.j2")


def report_page(parts: Sequence[Part], lang: str, dots_per_inch: float = DOTS_PER_INCH) -> str:
    """The report as the text of one HTML page that loads nothing from anywhere."""
    require_language(lang)
    title = parts[0].title if len(parts) == 1 else say("parts", lang, n=len(parts))
    with in_language(lang):  # charts are drawn in the language of the call
        pictures = [[_shown(one, dots_per_inch) for one in part.pictures] for part in parts]

    def word(key: str, **values: Any) -> str:
        return say(key, lang, **values)

    def page(font: str) -> str:
        return (
            str(
                _template().render(
                    parts=list(zip(parts, pictures, strict=True)),
                    lang=html_language(lang),
                    say=word,
                    title=title,
                    version=versions()["sim"],
                    font=font,
                )
            )
            + "\n"
        )

    letters = letters_needed(page(""))
    return page(data_address(font_of(letters), "font/woff") if letters else "")


def _shown(one: Any, dots_per_inch: float) -> Shown:
    figure = one.draw()
    width, height = figure.get_size_inches() * 96  # pixels of CSS
    return Shown(one.title, one.alt, data_address(png_of(figure, dots_per_inch)), round(width), round(height))
