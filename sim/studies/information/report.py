"""The report of what is worth knowing."""

from __future__ import annotations

import math
import shlex
from functools import partial
from typing import TYPE_CHECKING, Any

from matplotlib.figure import Figure

from sim.outputs.range_words import range_head
from sim.outputs.report import common
from sim.outputs.report.model import Part, Picture, Table
from sim.outputs.style import owner
from sim.scenario import to_toml
from sim.studies.information.chart import worth_knowing
from sim.studies.information.information import EVERYTHING
from sim.studies.information.words import amount, arms_line, bounds, decided_on, gained, name_of
from sim.text import figures, say
from sim.units import NO_VALUE

if TYPE_CHECKING:
    from sim.studies.information.information import Information


def part_of(information: Information) -> Part:
    """Everything that a reader is told about what is worth knowing."""
    scenarios = list(information.asked["arms"].values())
    names: dict[str, Any] = {"arms": arms_line(information), "subject": decided_on(information)}
    sure = (
        say("information.sure_perfect"),
        say("information.sure_at_least"),
        say("information.sure_model"),
        *information.warnings(),
        common.share_assumed(information.scenario),
        say("report.not_forecast"),
    )
    seeds = information.asked["seeds"]
    rows = [
        *common.size_rows(information.scenario),
        (say("information.decided_on"), decided_on(information)),
        (say("report.seeds"), f"{seeds[0]}–{seeds[-1]} ({len(seeds)})"),
        *common.ensemble_rows(information.ensemble.facts(len(seeds))),
    ]
    command, note = _command(information)
    return Part(
        say("information.title", **names),
        information.kind.title,
        say("information.question", **names),
        common.about(information.scenario),
        common.setting_table(rows),
        tuple(information.sentences()),
        (Picture(say("chart.worth_knowing"), _alt(information), partial(_drawn, information)),),
        (),
        (),
        sure,
        common.assumptions(scenarios),
        (command,),
        common.found_traces(information),
        "",
        note,
        (
            *((f"{scenario.name}.toml", to_toml(scenario)) for scenario in scenarios),
            *common.ensemble_file(information.ensemble),
        ),
        (_table(information),),
        (information.outcome or "public_cost",),
        tuple(scenario.name for scenario in scenarios),
    )


def _alt(information: Information) -> str:
    return " ".join(information.sentences())


def _drawn(information: Information) -> Figure:
    return owner(worth_knowing(information))


def _table(information: Information) -> Table:
    rows, held = [], information.row(EVERYTHING).held
    for row in information.rows:
        known = math.isfinite(row.value)
        rows.append(
            (
                name_of(row),
                amount(information, row.value) if known else NO_VALUE,
                bounds(information, row) if known else NO_VALUE,
                *([gained(information, row)] if held.exists else []),
            )
        )
    columns = (
        say("information.known"),
        say("information.value"),
        say("information.interval", level=figures.level(information.level)),
        *([range_head(held, of_runs=True)] if held.exists else []),
    )
    return Table(say("chart.worth_knowing"), columns, tuple(rows), say("information.table_note"))


def _command(information: Information) -> tuple[str, str]:
    """The two commands that make it anew, the comparison first."""
    scenarios = information.asked["arms"]
    own = [name for name, scenario in scenarios.items() if not common.shipped(name, scenario)]
    files = " ".join(f"{name}.toml" if name in own else name for name in scenarios)
    seeds = information.asked["seeds"]
    outcomes = f" --outcome {information.outcome}" if information.outcome else ""
    compared = (
        f"estate compare {files} --replications {len(seeds)} --seed {seeds[0]} --months "
        f"{information.scenario.months}{outcomes}{common.ensemble_option(information.ensemble)} --out compared"
    )
    worth = f" --worth {information.worth:g}" if information.worth is not None else ""
    groups = (information.asked["groups"] or {}).items()
    for name, keys in groups:
        worth += " --group " + shlex.quote(f"{name}={','.join(keys)}")
    worth += " --columns" if information.asked.get("columns") else ""
    known = f"estate worth compared{worth}{outcomes} --level {information.level:g}"
    return f"{compared} && {known}", say("report.own_file" if own else "report.same_command")
