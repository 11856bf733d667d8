"""The report of one run."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from sim.experiments.among import known_among
from sim.outputs.catalog import ACCOUNT_WORDS, name_of
from sim.outputs.charts import CHARTS, chart
from sim.outputs.measures import net_by_year
from sim.outputs.public_money import cost_table
from sim.outputs.report import common
from sim.outputs.report.model import Part, Picture, Table
from sim.outputs.report.of_draws import alone, fan_picture, over_draws, place_table
from sim.outputs.report.words import say
from sim.results.columns import COLUMN_WORDS
from sim.results.reading import STATE_OWNED
from sim.results.summary import cycle_by_type, key_changes, written
from sim.scenario import to_toml
from sim.text import figures, message
from sim.units import NO_VALUE

if TYPE_CHECKING:
    from sim.results import Run


def part_of_run(run: Run, lang: str) -> Part:
    """Everything that a reader is told about a run."""
    scenario, title = run.scenario, run.scenario.title.in_language(lang)
    draw, found = message("draw.one", seed=run.seed).in_language(lang), known_among(run)
    rows = [
        *common.size_rows(scenario, lang),
        (say("seed", lang), str(run.seed)),
        (say("measures", lang), common.programmes_line(scenario, lang)),
    ]
    commands, note, scenarios = _reproduce(run, lang)
    return Part(
        f"{title} · {draw}",
        say("kind_run", lang),
        say("question_run", lang, title=title, years=f"{run.months / 12:.3g}"),
        common.about(scenario, lang),
        common.setting_table(rows, lang),
        (*over_draws(found, lang), _finding(run, lang), say("one_run", lang)),
        (
            *([] if found is None else [fan_picture(found, run, lang)]),
            *(
                Picture(entry.title.in_language(lang), entry.alt(run, lang), partial(chart, run, name, lang))
                for name, entry in CHARTS.items()
            ),
        ),
        _programmes(run, lang),
        (
            *([] if found is None else [place_table(found, say("outcome", lang), lang)]),
            _changes(run, lang),
            _types(run, lang),
            _net(run, lang),
        ),
        (
            *alone(run, found, lang),
            say("sure_run", lang),
            common.share_assumed(scenario, lang),
            say("not_forecast", lang),
        ),
        common.assumptions([scenario], lang),
        commands,
        _traces(run, lang),
        say("no_programme", lang),
        note,
        scenarios,
        about_scenarios=(scenario.name,),
    )


def _finding(run: Run, lang: str) -> str:
    cycle = run.city["stage_spiralling"] + run.city["stage_collapsed"]
    last = run.city.iloc[-1]
    billing = last["collection_billing"]  # NaN where no estate bills any more
    rate = say(
        "rate_part",
        lang,
        rate=figures.share(last["collection"], 0),
        low=figures.share(last["collection_p10"], 0),
        high=figures.share(last["collection_p90"], 0),
        billing=figures.share(billing, 0) if billing == billing else NO_VALUE,
        unbilled=figures.share(last["served_without_fee"], 0),
    )
    return say(
        "found_run",
        lang,
        months=run.months,
        start=figures.share(float(cycle.iloc[0]), 1),
        end=figures.share(float(cycle.iloc[-1]), 1),
        year=figures.share(float(cycle.iloc[1:].tail(12).mean()), 1),
        rate_part=rate,
        quality=figures.share(last["quality"], 0),
        low=figures.share(last["quality_p10"], 0),
        high=figures.share(last["quality_p90"], 0),
    )


def fiscal_spending(run: Run) -> dict[str, float]:
    """Yuan that public budgets spent over the run by programme ("" outside any), net, in constant prices of the start year."""
    table = run.public_cost
    fiscal = table[(table["bearer"].astype(str) != STATE_OWNED).to_numpy()]
    by_programme = fiscal.groupby(fiscal["programme"].astype(str))["constant"].sum()
    return {str(name): float(yuan) for name, yuan in by_programme.items()}


def _programmes(run: Run, lang: str) -> tuple[Table, ...]:
    spending, years = fiscal_spending(run), len(run.estate_table) * run.months / 12
    rows = []
    for one in run.scenario.interventions:
        yuan = spending.pop(one.name, 0.0)
        rows.append(
            (
                common.label_of(one, lang),
                common.dates_of(one, run.months, lang),
                common.yuan(yuan, lang),
                common.yuan(yuan / years, lang),
            )
        )
    rest = sum(spending.values())
    rows.append((say("other", lang), "", common.yuan(rest, lang), common.yuan(rest / years, lang)))
    columns = tuple(say(key, lang) for key in ("programme", "when", "fiscal_spending", "per_estate_year"))
    programmes = Table(say("programmes_run", lang), columns, tuple(rows), say("not_price", lang))
    return (programmes, Table(*cost_table(run.public_cost, lang)))


def _changes(run: Run, lang: str) -> Table:
    rows = tuple(
        (
            COLUMN_WORDS[one.column].in_language(lang),
            written(one.column, one.start, lang),
            written(one.column, one.end, lang),
        )
        for one in key_changes(run)
    )
    return Table(
        say("changes_title", lang), tuple(say(key, lang) for key in ("outcome", "start", "end")), rows
    )


def _types(run: Run, lang: str) -> Table:
    rows = tuple(
        (common.type_name(run.scenario, row.type, lang), *(f"{number:,}" for number in row[1:]))
        for row in cycle_by_type(run)
    )
    return Table(
        say("cycle_title", lang),
        tuple(say(key, lang) for key in ("type", "estates", "entered", "collapsed", "left")),
        rows,
    )


def _net(run: Run, lang: str) -> Table:
    net = net_by_year(run).sum().sort_values(ascending=False)
    shown = net[net.abs() > 0.005 * net.abs().max()]
    rows = tuple(
        (name_of(ACCOUNT_WORDS, str(name), lang), common.yuan(float(value), lang))
        for name, value in shown.items()
    )
    return Table(say("net_title", lang), (say("account", lang), say("net", lang)), rows)


def _reproduce(run: Run, lang: str) -> tuple[tuple[str, ...], str, tuple[tuple[str, str], ...]]:
    scenario = run.scenario
    files = ((f"{scenario.name}.toml", to_toml(scenario)),)
    if common.shipped(scenario.name, scenario):
        return (
            (f"estate run {scenario.name} --seed {run.seed} --months {run.months}",),
            say("same_command", lang),
            files,
        )
    return (f"estate run {scenario.name}.toml",), say("own_file", lang), files


def _traces(run: Run, lang: str) -> Table:
    manifest: dict[str, Any] = run.manifest
    rows = [
        (say("seed", lang), str(run.seed)),
        (say("content_hash", lang), manifest["content_hash"][: common.HASH]),
    ]
    if "outcomes_sha256" in manifest:
        rows.append((say("outcome_hash", lang), manifest["outcomes_sha256"][: common.HASH]))
    if "finished" in manifest:
        rows.append((say("finished", lang), str(manifest["finished"])))
    return common.traces_table([*rows, *common.version_rows(manifest, lang)], lang)
