"""The report of one run."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from sim.model.programmes.condition_words import seen_sentence
from sim.outputs.public_money import cost_table
from sim.outputs.report import common
from sim.outputs.report.model import Part, Picture, Table
from sim.results.reading import STATE_OWNED
from sim.scenario import to_toml
from sim.studies.draws.among import known_among
from sim.studies.draws.report import alone, fan_picture, over_draws, place_table
from sim.studies.run.measures import net_by_year
from sim.studies.run.plan_words import plans_of
from sim.studies.run.reactions import rows_of
from sim.studies.run.words import (
    account_name,
    cycle_by_type,
    first_month_note,
    key_changes,
    label_of,
    time_of,
    written,
)
from sim.text import language, say

if TYPE_CHECKING:
    from sim.results import Run


def part_of(run: Run) -> Part:
    """Everything that a reader is told about a run."""
    lang = language()
    scenario, title = run.scenario, run.scenario.title.in_language(lang)
    draw, among = say("draw.one", seed=run.seed), known_among(run)
    rows = [
        *common.size_rows(scenario),
        (say("report.seed"), str(run.seed)),
        (say("report.measures"), common.programmes_line(scenario)),
    ]
    commands, note, scenarios = _reproduce(run)
    return Part(
        f"{title} · {draw}",
        run.kind.title,
        say("run.question", title=title, time=time_of(run.months)),
        common.about(scenario),
        common.setting_table(rows),
        (*over_draws(among), *run.sentences(), say("run.one")),
        (
            *([] if among is None else [fan_picture(among, run)]),
            *(
                Picture(
                    say(f"chart.{name}"),
                    str(run.kind.get(chart.alt)(run)),
                    partial(run.plot, name, lang),
                )
                for name, chart in run.kind.charts.items()
                if not chart.needs
            ),
        ),
        _programmes(run),
        (
            *([] if among is None else [place_table(among, say("report.outcome"))]),
            _changes(run),
            _types(run),
            _net(run),
        ),
        (
            *alone(run, among),
            say("run.sure"),
            common.share_assumed(scenario),
            say("report.not_forecast"),
        ),
        common.assumptions([scenario]),
        commands,
        _traces(run),
        say("report.no_programme"),
        note,
        scenarios,
        about_scenarios=(scenario.name,),
    )


def fiscal_spending(run: Run) -> dict[str, float]:
    """Yuan that public budgets spent over the run by programme ("" outside any), net, in constant
    prices of the start year."""
    table = run.public_cost
    fiscal = table[(table["bearer"].astype(str) != STATE_OWNED).to_numpy()]
    by_programme = fiscal.groupby(fiscal["programme"].astype(str))["constant"].sum()
    return {str(name): float(yuan) for name, yuan in by_programme.items()}


def _programmes(run: Run) -> tuple[Table, ...]:
    spending, years = fiscal_spending(run), len(run.estate_table) * run.months / 12
    rows = []
    for programme in run.scenario.interventions:
        yuan = spending.pop(programme.name, 0.0)
        rows.append(
            (
                common.label_of(programme),
                common.dates_of(programme, run.months),
                common.yuan(yuan),
                common.yuan(yuan / years),
            )
        )
    rest = sum(spending.values())
    rows.append((say("run.other"), "", common.yuan(rest), common.yuan(rest / years)))
    columns = tuple(
        say(f"report.{key}") for key in ("programme", "when", "fiscal_spending", "per_estate_year")
    )
    programmes = Table(say("run.programmes"), columns, tuple(rows), say("run.not_price"))
    return (programmes, *_reactions(run), Table(*cost_table(run.public_cost, run.months)))


def _reactions(run: Run) -> tuple[Table, ...]:
    """What programmes with conditions did on them; () where there are none."""
    rows = rows_of(run)
    columns = (say("report.programme"), say("run.reacted_conditions"), say("run.reacted_did"))
    return (Table(say("reacts.title"), columns, rows, seen_sentence(run.scenario)),) if rows else ()


def _changes(run: Run) -> Table:
    rows = tuple(
        (
            label_of(one.column, run.months),
            written(one.column, one.start),
            written(one.column, one.end),
        )
        for one in key_changes(run)
    )
    return Table(
        say("run.changes_title"),
        tuple(say(f"report.{key}") for key in ("outcome", "start", "end")),
        rows,
        first_month_note(run.months),
    )


def _types(run: Run) -> Table:
    rows = tuple(
        (common.type_name(run.scenario, row.type), *(f"{number:,}" for number in row[1:]))
        for row in cycle_by_type(run)
    )
    return Table(
        say("run.in_cycle"),
        (
            *(say(f"report.{key}") for key in ("type", "estates")),
            say("run.entered"),
            say("run.collapsed"),
            say("run.left"),
        ),
        rows,
    )


def _net(run: Run) -> Table:
    net = net_by_year(run).sum().sort_values(ascending=False, kind="stable")
    shown = net[net.abs() > 0.005 * net.abs().max()]
    rows = tuple((account_name(str(name)), common.yuan(float(value))) for name, value in shown.items())
    return Table(say("run.net_title"), (say("run.account"), say("run.net")), rows)


def _reproduce(run: Run) -> tuple[tuple[str, ...], str, tuple[tuple[str, str], ...]]:
    scenario = run.scenario
    if run.edits:
        return (), say("run.edited_again"), ()
    if run.branch is not None:
        return _go_on(run)
    files = ((f"{scenario.name}.toml", to_toml(scenario)),)
    if common.shipped(scenario.name, scenario):
        return (
            (f"estate run {scenario.name} --seed {run.seed} --months {run.months}",),
            say("report.same_command"),
            files,
        )
    return (f"estate run {scenario.name}.toml",), say("report.own_file"), files


def _go_on(run: Run) -> tuple[tuple[str, ...], str, tuple[tuple[str, str], ...]]:
    """The commands that carry out one plan after the other, and the file of each plan."""
    plans = plans_of(run)
    commands, files = [], []
    for number, (plan, until) in enumerate(plans, 1):
        files.append((f"{plan.name}-{number}.toml", to_toml(plan)))
        keep = f" --keep-state {until}" if number < len(plans) else ""
        source = f" --from plan-{number - 1} --at {plans[number - 2][1]}" if number > 1 else ""
        length = f" --months {run.months}" if number == len(plans) else ""
        commands.append(f"estate run {files[-1][0]}{source}{length}{keep} --out plan-{number}")
    return tuple(commands), say("report.own_file"), tuple(files)


def _traces(run: Run) -> Table:
    manifest: dict[str, Any] = run.manifest
    rows = [
        (say("report.seed"), str(run.seed)),
        (say("report.content_hash"), manifest["content_hash"][: common.HASH]),
    ]
    if "outcomes_sha256" in manifest:
        rows.append((say("report.outcome_hash"), manifest["outcomes_sha256"][: common.HASH]))
    if "finished" in manifest:
        rows.append((say("report.finished"), str(manifest["finished"])))
    return common.traces_table([*rows, *common.version_rows(manifest)])
