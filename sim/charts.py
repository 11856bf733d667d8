"""Every chart as a function of a result, an optional matplotlib Axes and a language; each
returns the Axes it drew into.

    import sim
    sim.charts.list_charts()                      # names, what each is drawn from, titles
    sim.charts.cycle(run, lang="zh")
    sim.charts.plane(comparison, ax=my_axes)
    sim.charts.save(run, "stages", "out/stages")  # out/stages.png and out/stages.svg, alt text inside

A chart of several panels draws them inside the Axes that is returned; its Figure is `ax.figure`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.errors import EstateError
from sim.kinds import Chart, Kind, kind_of_result, kinds
from sim.outputs.style import FORMATS, owner, save_figure
from sim.text import Spoken, in_language, language, message
from sim.text.catalog import known_language
from sim.text.joins import sentences

if TYPE_CHECKING:
    import pandas as pd


class PublicChart:
    """One chart: what kind of result it is drawn from, its title, the function, and what says in words what
    it shows. What draws it is imported when it is first asked for."""

    def __init__(self, kind: Kind, name: str, chart: Chart) -> None:
        """`name`: of the chart, as in `list_charts`."""
        self._kind, self._name, self._chart = kind, name, chart

    @property
    def of(self) -> str:
        """The id of the kind of result."""
        return self._kind.id

    @property
    def title(self) -> Spoken:
        """What it is called."""
        return message(f"chart.{self._name}")

    @property
    def public(self) -> str:
        """The name of its function in this module."""
        return self._chart.public or self._name

    @functools.cached_property
    def draw(self) -> Callable[..., Axes]:
        """The function that draws it: (result, ax=None, lang=None, **options) -> Axes."""
        return _spoken(self._kind.get(self._chart.draw), self._name, self.public)

    @functools.cached_property
    def alt(self) -> Callable[..., str]:
        """The function that says what it shows: (result, lang=None, **options) -> text."""
        return _alt(self._kind, self._chart)


def _public(function: Callable[..., Axes | Figure], name: str) -> Callable[..., Axes]:
    """The chart function under its public name, returning the Axes also where several
    panels are drawn inside it."""

    @functools.wraps(function)
    def drawn(result: Any, *args: Any, **options: Any) -> Axes:
        ax = function(result, *args, **options)
        return ax if isinstance(ax, Axes) else options.get("ax") or ax.axes[0]

    drawn.__name__ = drawn.__qualname__ = name
    drawn.__module__ = __name__
    return drawn


CHARTS: dict[str, PublicChart] = {}


def _spoken(function: Callable[..., Axes | Figure], chart: str, name: str) -> Callable[..., Axes]:
    """The function of a chart under its public name: it takes the language too, and refuses
    a result of another kind."""
    public = _public(function, name)

    @functools.wraps(public)
    def drawn(result: Any, ax: Axes | None = None, lang: str | None = None, **options: Any) -> Axes:
        with in_language(lang):
            _entry(result, chart)
            return public(result, ax=ax, **options)

    return drawn


def _alt(kind: Kind, chart: Chart) -> Callable[..., str]:
    def alt(result: Any, lang: str | None = None, **options: Any) -> str:
        with in_language(lang):
            if chart.alt:
                return str(kind.get(chart.alt)(result, **options))
            return sentences(line.strip() for line in result.sentences())

    return alt


for _kind in kinds().values():
    for _name, _chart in _kind.charts.items():
        CHARTS[_name] = PublicChart(_kind, _name, _chart)
_PUBLIC = {entry.public: entry for entry in CHARTS.values()}
# What else a kind of result draws, under its own name: of which kind, and where it is.
_BESIDE = {"animate": ("run", "stages:animate")}
# Drawn only when asked for by name, since they need to be told what of the result is meant.
NEEDS_MORE = tuple(name for kind in kinds().values() for name, chart in kind.charts.items() if chart.needs)


def _language(lang: str | None) -> str:
    return language() if lang is None else known_language(lang)


def list_charts(of: str | None = None, lang: str | None = None) -> pd.DataFrame:
    """One row per chart: its name, what kind of result it is drawn from, its title;
    `of` keeps one kind only."""
    import pandas as pd

    kinds = list(dict.fromkeys(entry.of for entry in CHARTS.values()))
    if of is not None and of not in kinds:
        raise EstateError(message("problem.among", place="of", found=repr(of), allowed=", ".join(kinds)))
    rows = [
        (name, entry.of, entry.title.in_language(_language(lang)))
        for name, entry in CHARTS.items()
        if of in (None, entry.of)
    ]
    return pd.DataFrame(rows, columns=["name", "of", "title"])


def kind_of(result: Any) -> str:
    """What kind of result this is, as in `list_charts`; EstateError for something
    that no chart is drawn from."""
    registered = kind_of_result(result)
    if registered is not None:
        return registered.id
    if hasattr(result, "estate_table"):
        return "run"
    names = ", ".join(name for name, kind in kinds().items() if kind.charts)
    allowed = message("allowed.with_charts", names=names)
    raise EstateError(message("problem.among", place="result", found=type(result).__name__, allowed=allowed))


def _entry(result: Any, name: str) -> PublicChart:
    kind = kind_of(result)
    allowed = [key for key, entry in CHARTS.items() if entry.of == kind]
    if name not in allowed:
        drawn = message("allowed.charts_of", kind=kind, names=", ".join(allowed))
        raise EstateError(message("problem.among", place="chart", found=repr(name), allowed=drawn))
    return CHARTS[name]


def draw(result: Any, name: str, ax: Axes | None = None, lang: str | None = None, **options: Any) -> Axes:
    """One chart by its name; `options` as the chart's own function takes them. EstateError if the
    result has no such chart."""
    return _entry(result, name).draw(result, ax=ax, lang=lang, **options)


def alt_text(result: Any, name: str, lang: str | None = None, **options: Any) -> str:
    """What a chart shows of this result, for readers who cannot see it."""
    return _entry(result, name).alt(result, lang=lang, **options)


def save(
    result: Any,
    name: str,
    stem: str | Path,
    lang: str | None = None,
    formats: Sequence[str] = FORMATS,
    **options: Any,
) -> list[Path]:
    """Write one chart as `stem` with each format as its ending ("png", "svg"), title and alt text
    inside; returns the paths."""
    unknown = [form for form in formats if form not in FORMATS]
    if unknown:
        raise EstateError(
            message("problem.among", place="formats", found=repr(unknown[0]), allowed=", ".join(FORMATS))
        )
    figure = owner(draw(result, name, lang=lang, **options))
    path = Path(stem)
    path.parent.mkdir(parents=True, exist_ok=True)
    shown = message(f"chart.{name}.of", **options) if name in NEEDS_MORE else CHARTS[name].title
    title = shown.in_language(_language(lang))
    return save_figure(figure, path, formats, title, alt_text(result, name, lang, **options))


def save_all(
    result: Any, folder: str | Path, lang: str | None = None, formats: Sequence[str] = FORMATS
) -> list[Path]:
    """Write every chart of this kind of result that needs no further option into
    `folder`; returns the paths."""
    return [
        path
        for name in drawable(kind_of(result))
        for path in save(result, name, Path(folder) / name, lang, formats)
    ]


def describe(result: Any, lang: str | None = None) -> dict[str, dict[str, str]]:
    """Title and alt text of every chart that `save_all` draws, by name, for a page that shows them."""
    return {
        name: {"title": CHARTS[name].title.in_language(_language(lang)), "alt": alt_text(result, name, lang)}
        for name in drawable(kind_of(result))
    }


def drawable(of: str) -> list[str]:
    """Names of the charts of a kind of result that need no further option, in their order."""
    return [name for name, entry in CHARTS.items() if entry.of == of and name not in NEEDS_MORE]


__all__ = [
    "CHARTS",
    "FORMATS",
    "PublicChart",
    "alt_text",
    "describe",
    "draw",
    "drawable",
    "kind_of",
    "list_charts",
    "save",
    "save_all",
    *_PUBLIC,
    *_BESIDE,
]


def __getattr__(name: str) -> Any:
    """A chart by its public name, and what else a kind of result draws; imported when first asked for."""
    if name in _PUBLIC:
        value: Any = _PUBLIC[name].draw
    elif name in _BESIDE:
        kind, where = _BESIDE[name]
        value = kinds()[kind].get(where)
    else:
        raise AttributeError(f"module 'sim.charts' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(set(globals()) | set(__all__))
