"""The page that leads to the results of many scenarios: plain HTML in one file,
nothing loaded from anywhere."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from sim.experiments.intervals import estimate_of
from sim.outputs.catalog import bounds_of, html_language, size_of
from sim.outputs.range_words import doubted, marked_rough, range_of_pairs, range_of_runs
from sim.results.outcomes import OUTCOMES, YEARLY, note_on_months
from sim.studies.batch.pairing import Paired, Runs, pairs_of
from sim.text import figures, language, say
from sim.text.joins import clauses, labelled, listed
from sim.units import NO_VALUE

HEADLINES = (
    "collection_last_year",
    "satisfaction_last_year",
    "quality_last_year",
    "condition_last_year",
    "cycle_share_last_year",
    "professional_end",
    "charging_end",
    "committees_end",
    "public_cost",
)
STYLE = """
:root { color-scheme: light dark; }
body { font-family: "Noto Sans SC", "Microsoft YaHei", "PingFang SC", system-ui, sans-serif; max-width: 75rem; margin: 2rem auto;
  padding: 0 1rem; line-height: 1.5; }
table { border-collapse: collapse; margin: .5rem 0; } th, td { padding: .25rem .6rem; border-bottom: 1px solid #8886; text-align: right; }
th:first-child, td:first-child { text-align: left; min-width: 9em; } th, td { word-break: keep-all; } small { opacity: .75; } .failed { color: #d55e00; font-weight: bold; white-space: pre-line; }
.wide { overflow-x: auto; } article { margin-top: 2.5rem; border-top: 2px solid #8886; }
"""


@dataclass(frozen=True)
class Shown:
    """One scenario on the page. `folder` is relative to the page; `outcomes` holds one value for each run."""

    name: str
    title: str
    state: str  # "done", "failed" or "waiting"
    reason: str = ""
    description: str = ""
    facts: str = ""
    programmes: tuple[str, ...] = ()
    folder: str = ""
    outcomes: Mapping[str, Sequence[float]] = field(default_factory=dict)
    changes: Sequence[tuple[str, str, str]] = ()
    note: str = ""  # on the months that changes begin in
    charts: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # file: title, what it shows
    tables: Sequence[str] = ()
    report: str = ""  # page about this scenario alone
    seed: int = 1  # of the first run, which changes and charts are of
    months: int = YEARLY
    runs: Runs | None = None  # what its runs are pairs with


def index_page(shown: Sequence[Shown], model: str, doubt: str = "", report: str = "") -> str:
    """The page as HTML text: an overview of all scenarios, then each with its start
    and end, charts and tables.

    `doubt`: a sentence that says whether intervals contain the uncertainty of parameters, shown where there
    are intervals. `report`: page about all scenarios, beside this one ("" for none).
    """
    several = any(len(values) > 1 for entry in shown for values in entry.outcomes.values())
    parts = [
        f'<!DOCTYPE html>\n<html lang="{html_language(language())}">\n<head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{_say('title')}</title><style>{STYLE}</style></head>\n<body>",
        f"<h1>{_say('title')}</h1>",
        f"<p>{_say('several' if several else 'single')} <small>{_say('model', hash=model)}</small></p>",
        *([f"<p>{escape(doubt)}</p>"] if several and doubt else []),
        *([f'<p><a href="{quote(report)}">{_say("whole_report")}</a></p>'] if report else []),
        '<div class="wide">',
        _overview(shown),
        *_pairs(shown),
        "</div>",
        *(_article(entry) for entry in shown),
        "</body></html>",
    ]
    return "\n".join(parts) + "\n"


def _say(key: str, **values: Any) -> str:
    return escape(say(f"batch.page_{key}", **values))


def _overview(shown: Sequence[Shown]) -> str:
    heads = [_say("scenario"), _say("state"), _say("runs")]
    longest = max((entry.months for entry in shown), default=YEARLY)
    heads += [escape(OUTCOMES[name].of_run(longest)) for name in HEADLINES]
    lines = ["<table>", _row(heads, "th")]
    for entry in shown:
        runs = max((len(values) for values in entry.outcomes.values()), default=0)
        draw = f"<br><small>{escape(say('draw.one', seed=entry.seed))}</small>" if runs == 1 else ""
        shorter = note_on_months(entry.months, HEADLINES) if entry.months < longest else []
        cells = [
            f'<a href="#{escape(entry.name, quote=True)}">{escape(entry.title)}</a>'
            + "".join(f"<br><small>{escape(note)}</small>" for note in shorter),
            _state(entry),
            f"{runs or NO_VALUE}{draw}",
        ]
        cells += [figure(name, entry.outcomes.get(name, ())) for name in HEADLINES]
        lines.append(_row(cells))
    return "\n".join([*lines, "</table>"])


def _pairs(shown: Sequence[Shown]) -> Iterator[str]:
    """Differences to the first scenario of a city, over pairs of runs with the same seed."""
    done = [entry for entry in shown if entry.runs is not None]
    pairs = pairs_of([entry.runs for entry in done if entry.runs is not None])
    if not pairs:
        return
    yield f"<h2>{_say('pairs')}</h2><p>{_say('pairs_of')}</p><table>"
    longest = max(entry.months for entry in done)
    heads = [OUTCOMES[name].of_run(longest) for name in HEADLINES]
    yield _row(
        [_say("scenario"), *map(escape, (say("batch.against"), say("batch.page_pairs_number"), *heads))], "th"
    )
    for pair in pairs:
        own, base = done[pair.place], done[pair.against]
        draw = (
            f"<br><small>{escape(say('draw.one', seed=pair.seeds[0]))}</small>"
            if len(pair.seeds) == 1
            else ""
        )
        cells = [escape(own.title), escape(base.title), f"{len(pair.seeds)}{draw}"]
        yield _row([*cells, *(difference(pair, name) for name in HEADLINES)])
    yield "</table>"


def difference(pair: Paired, name: str) -> str:
    """A paired difference for readers: its mean, how precisely it is known, and what may happen
    in a single pair."""
    if name not in pair.own:
        return NO_VALUE
    estimate, unit = pair.estimate(name), OUTCOMES[name].unit
    lines = [size_of(estimate.mean, unit, sign=True)]
    if estimate.interval.exists:
        bounds = bounds_of(estimate.interval.low, estimate.interval.high, unit)
        rough = marked_rough(bounds, estimate.interval, estimate.range.pairs)
        lines.append(clauses([rough, *doubted(estimate.interval)]))
    if estimate.range.exists:
        lines.append(range_of_pairs(estimate.range, unit))
    return "<br>".join([escape(lines[0]), *(f"<small>{escape(one)}</small>" for one in lines[1:])])


def figure(name: str, values: Sequence[float]) -> str:
    """An outcome for readers: the value of one run; of several their mean, its interval,
    and the range of single runs."""
    estimate, unit = estimate_of(values), OUTCOMES[name].unit
    lines = [written(unit, estimate.mean)]
    if estimate.interval.exists:
        bounds = " – ".join(written(unit, end) for end in (estimate.interval.low, estimate.interval.high))
        lines.append(marked_rough(bounds, estimate.interval, estimate.range.pairs))
    if estimate.range.exists:
        lines.append(range_of_runs(estimate.range, unit))
    return "<br>".join([escape(lines[0]), *(f"<small>{escape(one)}</small>" for one in lines[1:])])


def written(unit: str, value: float) -> str:
    """A value in its unit: shares as percentages, money in yuan."""
    if math.isnan(value):
        return NO_VALUE
    if unit == "share":
        return figures.share(value)
    return figures.money(value) if unit == "yuan" else f"{value:,.3g}"


def _state(entry: Shown) -> str:
    words = _say(entry.state)
    return f'<span class="failed">{words}</span>' if entry.state == "failed" else words


def _row(cells: Sequence[str], tag: str = "td") -> str:
    return "<tr>" + "".join(f"<{tag}>{cell}</{tag}>" for cell in cells) + "</tr>"


def _article(entry: Shown) -> str:
    return "\n".join(_article_parts(entry))


def _article_parts(entry: Shown) -> Iterator[str]:
    """Everything about one scenario."""
    draw = escape(say("draw.one", seed=entry.seed))
    yield f'<article id="{escape(entry.name, quote=True)}"><h2>{escape(entry.title)} <small>{escape(entry.name)}</small></h2>'
    if entry.state == "failed":
        yield f'<p class="failed">{labelled(_say("failed"), escape(entry.reason))}</p>'
    if entry.facts:
        yield f"<p>{escape(entry.description)}</p><p><small>{escape(entry.facts)}</small></p>"
        yield f"<p>{labelled(_say('programmes'), escape(listed(entry.programmes)) or _say('none'))}</p>"
    if entry.changes:
        yield f"<h3>{_say('changes')} · {draw}</h3><table>"
        yield _row([_say(key) for key in ("outcome", "start", "end")], "th")
        yield from (_row([escape(cell) for cell in change]) for change in entry.changes)
        yield f"</table><p><small>{escape(entry.note)}</small></p>"
    if entry.report:
        yield f"<p>{_link(entry.folder, entry.report, say('batch.page_report'))}</p>"
    if entry.charts:
        yield f"<h3>{_say('charts')} · {draw}</h3><ul>"
        for file, (title, alt) in entry.charts.items():
            links = (
                _link(entry.folder, file, title)
                + " "
                + _link(entry.folder, str(PurePosixPath(file).with_suffix(".svg")), "SVG")
            )
            yield f"<li>{links}<br><small>{escape(alt)}</small></li>"
        yield "</ul>"
    if entry.tables:
        yield (
            f"<h3>{_say('tables')}</h3><p>"
            + " · ".join(_link(entry.folder, file, file) for file in entry.tables)
            + "</p>"
        )
    yield "</article>"


def _link(folder: str, file: str, words: str) -> str:
    return f'<a href="{quote(f"{folder}/{file}")}">{escape(words)}</a>'
