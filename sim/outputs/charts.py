"""The table of charts, and saving all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.errors import EstateError
from sim.outputs import style
from sim.outputs.catalog import CHART_WORDS, pick, require_language
from sim.outputs.measures import RunLike
from sim.outputs.money import money, money_alt
from sim.outputs.over_time import cycle, cycle_alt, ladder, ladder_alt, modes, modes_alt
from sim.outputs.overview import overview, overview_alt
from sim.outputs.stages import estate_map, estate_map_alt, stages, stages_alt
from sim.words import Word

FORMATS = ("png", "svg")


class Chart(NamedTuple):
    """One entry of CHARTS: `draw(run, ax=None, lang="en")`, its title, and `alt(run, lang)`, which says what happened.

    `draw` returns Axes; charts of several panels return the Figure (and draw into the place of `ax` if one is given).
    """

    draw: Callable[..., Axes | Figure]
    title: Word
    alt: Callable[..., str]


CHARTS: dict[str, Chart] = {
    "overview": Chart(overview, CHART_WORDS["overview"], overview_alt),
    "cycle": Chart(cycle, CHART_WORDS["cycle"], cycle_alt),
    "ladder": Chart(ladder, CHART_WORDS["ladder"], ladder_alt),
    "stages": Chart(stages, CHART_WORDS["stages"], stages_alt),
    "map": Chart(estate_map, CHART_WORDS["map"], estate_map_alt),
    "money": Chart(money, CHART_WORDS["money"], money_alt),
    "modes": Chart(modes, CHART_WORDS["modes"], modes_alt),
}


def chart(run: RunLike, name: str, lang: str = "en") -> Figure:
    """The Figure of one chart of CHARTS; EstateError for an unknown name or language."""
    entry = _entry(name)
    require_language(lang)
    drawn = entry.draw(run, lang=lang)
    return drawn if isinstance(drawn, Figure) else style.owner(drawn)


def alt_text(run: RunLike, name: str, lang: str = "en") -> str:
    """What one chart of CHARTS shows of this run, for readers who cannot see it."""
    return _entry(name).alt(run, require_language(lang))


def _entry(name: str) -> Chart:
    if not isinstance(name, str) or name not in CHARTS:
        raise EstateError(f"chart: {name!r} found, allowed {', '.join(CHARTS)}")
    return CHARTS[name]


def save_charts(
    run: RunLike, folder: str | Path, lang: str = "en", formats: Sequence[str] = FORMATS
) -> list[Path]:
    """Writes every chart as `<name>.<format>` into `folder` (made if need be); returns the paths.

    Title and alt text are stored inside the files. EstateError for an unknown language or format, before anything is drawn.
    """
    require_language(lang)
    for form in formats:
        if form not in FORMATS:
            raise EstateError(f"formats: {form!r} found, allowed {', '.join(FORMATS)}")
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    return [
        path
        for name in CHARTS
        for path in save_figure(
            chart(run, name, lang),
            target / name,
            formats,
            pick(CHARTS[name].title, lang),
            alt_text(run, name, lang),
        )
    ]


def save_figure(figure: Figure, stem: Path, formats: Sequence[str], title: str, alt: str) -> list[Path]:
    """Writes a figure as `stem` with each format as its ending, title and alt text inside; returns the paths."""
    return [style.write(figure, stem.with_name(f"{stem.name}.{form}"), title, alt) for form in formats]


def describe_charts(run: Any, lang: str = "en") -> dict[str, dict[str, str]]:
    """Title and alt text of every chart by name, for a report or a page."""
    return {
        name: {"title": pick(entry.title, lang), "alt": alt_text(run, name, lang)}
        for name, entry in CHARTS.items()
    }
