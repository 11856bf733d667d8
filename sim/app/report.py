"""The report of one run: one HTML page with figures, charts and the setting inside, to be read without this program."""

from __future__ import annotations

import base64
from html import escape
from typing import TYPE_CHECKING

from sim.app.words import say
from sim.outputs import CHARTS
from sim.outputs.charts import alt_text
from sim.outputs.index_page import STYLE
from sim.results.summary import cycle_by_type, key_changes, written
from sim.scenario import to_toml
from sim.units import NO_VALUE
from sim.words import COLUMN_WORDS

if TYPE_CHECKING:
    from sim.results import Run


def report_page(run: Run, lang: str, link: str) -> str:
    """The page as text. Every text in it is escaped."""
    scenario = run.scenario
    title = escape(scenario.title.in_language(lang))
    facts = say("run_facts", lang, seed=run.seed, months=run.months, estates=f"{len(run.estate_table):,}",
                households=f"{int(run.estate_table['households'].sum()):,}")  # fmt: skip
    parts = [
        f"<h1>{title}</h1><p>{escape(scenario.description.in_language(lang))}</p><p><small>{escape(facts)}</small></p>",
        f"<h2>{escape(say('measures', lang))}</h2>{_measures(run, lang)}",
        f"<h2>{escape(say('key_figures', lang))}</h2>{_changes(run, lang)}{_types(run, lang)}",
        *(_chart(run, name, lang) for name in CHARTS),
        f"<h2>{escape(say('again', lang))}</h2><p>{escape(say('again_help', lang))}</p><p><small>{escape(link)}</small></p>",
        f"<details><summary>{escape(say('toml', lang))}</summary><pre>{escape(to_toml(scenario))}</pre></details>",
    ]
    return (f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
            f"<title>{title}</title><style>{STYLE} img {{ max-width: 100%; }} pre {{ overflow-x: auto; }}</style></head>"
            f"<body>{''.join(parts)}</body></html>")  # fmt: skip


def _measures(run: Run, lang: str) -> str:
    from sim.interventions.describe import describe

    rows = []
    for programme in run.scenario.interventions:
        about = describe(programme.kind)
        months = say("from_to", lang, first=programme.start, last=programme.end or run.months)
        rows.append(f"<li><b>{escape(about.label.in_language(lang))}</b> ({escape(months)}): {escape(about.mechanism.in_language(lang))}</li>")
    return f"<ul>{''.join(rows)}</ul>" if rows else f"<p>{escape(say('no_measure', lang))}</p>"


def _changes(run: Run, lang: str) -> str:
    head = "".join(f"<th>{escape(say(key, lang))}</th>" for key in ("outcome", "at_start", "at_end"))
    rows = "".join(
        f"<tr><td>{escape(COLUMN_WORDS[c.column].in_language(lang))}</td><td>{escape(written(c.column, c.start, lang) or NO_VALUE)}</td>"
        f"<td>{escape(written(c.column, c.end, lang) or NO_VALUE)}</td></tr>"
        for c in key_changes(run)
    )
    return f"<div class=wide><table><tr>{head}</tr>{rows}</table></div>"


def _types(run: Run, lang: str) -> str:
    head = "".join(f"<th>{escape(say(key, lang))}</th>" for key in ("type", "estates", "entered", "collapsed_end", "left"))
    rows = "".join(
        f"<tr><td>{escape(run.scenario.types[row.type].title.in_language(lang))}</td>"
        + "".join(f"<td>{number:,}</td>" for number in row[1:]) + "</tr>"
        for row in cycle_by_type(run)
    )  # fmt: skip
    return f"<div class=wide><table><tr>{head}</tr>{rows}</table></div>"


def _chart(run: Run, name: str, lang: str) -> str:
    from sim.app.tasks import picture

    data = base64.b64encode(picture(run, name, lang)).decode("ascii")
    title, alt = escape(CHARTS[name].title.in_language(lang)), escape(alt_text(run, name, lang), quote=True)
    return f'<figure><figcaption>{title}</figcaption><img alt="{alt}" src="data:image/png;base64,{data}"></figure>'
