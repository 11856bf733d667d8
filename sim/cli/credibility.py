"""The work of `estate evidence` (what the numbers of the model rest on), `estate reproduce` (a saved result
again, and what is to be said of it) and `estate replicate` (published models beside ours).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from sim.cli.terminal import console, month_bar, table
from sim.cli.workplace_options import WorkplaceOptions
from sim.errors import ResultError
from sim.evidence.register import (
    FIGURE,
    GRADES,
    JUDGEMENT,
    PARAMETER,
    READINGS,
    STATUSES,
    Figure,
    Source,
    find_entry,
    names_of,
    register,
    set_by_scenarios,
    uses_of,
)
from sim.evidence.reproduce import EDITED, MODEL, Change, Reproduction, reproduce, reproduce_many
from sim.kinds import kinds, recognised
from sim.model.parameters import PARAMETERS, Parameter
from sim.problems import is_file
from sim.results.folder import MANIFEST, kind_of, read_manifest
from sim.results.provenance import KIND
from sim.text import Family, Message, figures, language, message
from sim.text.evidence import note_of, place_of, quantity_of, weakness_of
from sim.text.joins import bracketed, clauses, listed, phrases

if TYPE_CHECKING:
    from rich.console import Console


def say(key: str, **values: Any) -> str:
    """The text "rests.KEY" in a language, with `values` put into its gaps."""
    return str(message(f"rests.{key}", **values))


# what the numbers rest on

READING_WORDS = Family("reading", READINGS)


def show_register() -> None:
    """Every parameter in a line: value, range, unit, status, source and its grade; then the totals."""
    screen = console()
    keys = ("parameter", "value", "range", "unit", "status", "source", "grade")
    entries = table(say("all_title"), *(say(key) for key in keys))
    entries.columns[0].no_wrap = True
    for parameter in PARAMETERS.values():
        entries.add_row(
            parameter.key,
            f"{parameter.default:g}",
            plausible(parameter),
            figures.unit_name(parameter.unit),
            str(STATUSES[parameter.status]),
            *_source_and_grade(parameter),
        )
    screen.print(entries)
    screen.print()
    held = register()
    counts = Counter(parameter.status for parameter in PARAMETERS.values())
    grades = Counter(source.grade for source in held.sources.values())
    screen.print(
        say(
            "totals",
            parameters=len(PARAMETERS),
            figures=len(held.figures),
            sources=len(held.sources),
            counts=listed(
                _counted(word.in_language(language()), counts[name]) for name, word in STATUSES.items()
            ),
            grades=listed(
                _counted(word.in_language(language()), grades[name])
                for name, word in GRADES.items()
                if grades[name]
            ),
        )
    )
    screen.print(say("look"), style="dim")


def _counted(word: str, number: int) -> str:
    return str(message("written.counted", word=word, number=number))


def _source_and_grade(parameter: Parameter) -> tuple[str, str]:
    if parameter.source == JUDGEMENT:
        return "–", str(GRADES[JUDGEMENT])
    return parameter.source, str(GRADES[register().figures[parameter.source].source.grade])


def plausible(parameter: Parameter) -> str:
    """The plausible range of a parameter, or that nobody can state one."""
    if parameter.plausible is None:
        return say("no_range")
    return f"{parameter.plausible[0]:g} – {parameter.plausible[1]:g}"


def show_entry(name: str) -> None:
    """One parameter, figure or source with everything that is known of it and what uses it."""
    screen = console()
    kind, entry = find_entry(name)
    if kind == PARAMETER:
        _parameter(screen, entry)
    elif kind == FIGURE:
        _figure(screen, entry)
        _uses(screen, entry.id)
    else:
        _source(screen, entry)
        _uses(screen, entry.id)


def _parameter(screen: Console, parameter: Parameter) -> None:
    pairs = [
        ("meaning", parameter.label.in_language(language())),
        ("default", f"{parameter.default:g}"),
        ("unit", figures.unit_name(parameter.unit)),
        ("range", plausible(parameter)),
        ("allowed", f"{parameter.low:g} – {parameter.high:g}"),
        ("status", str(STATUSES[parameter.status])),
        ("note", str(parameter.note)),
        ("source", say("judgement") if parameter.source == JUDGEMENT else parameter.source),
    ]
    setting = clauses(bracketed(name, f"{value:g}") for name, value in set_by_scenarios(parameter.key))
    _pairs(screen, parameter.key, [*pairs, ("scenarios", setting)])
    if parameter.source != JUDGEMENT:
        screen.print()
        _figure(screen, register().figures[parameter.source])


def _figure(screen: Console, figure: Figure) -> None:
    low, high = ("" if bound is None else f"{bound:g}" for bound in (figure.low, figure.high))
    span = f" ({low} – {high})" if low or high else ""
    _pairs(
        screen,
        figure.id,
        [
            ("quantity", quantity_of(figure.id, figure.quantity)),
            ("value", figure.value + span),
            ("unit", figures.unit_name(figure.unit)),
            ("place", place_of(figure.place)),
            ("year", figure.year),
            (message("evidence.of_whom"), figure.of_whom),
            (message("evidence.read"), str(READING_WORDS.messages()[figure.read])),
            (message("evidence.group"), figure.group),
            ("note", note_of(figure.id, figure.note)),
        ],
    )
    screen.print()
    _source(screen, figure.source, figures=False)


def _source(screen: Console, source: Source, figures: bool = True) -> None:
    pairs = [
        ("title", source.title),
        ("place", place_of(source.place)),
        ("year", source.year),
        ("grade", str(GRADES[source.grade])),
        ("where", source.where),
        ("weakness", weakness_of(source.id, source.weakness)),
    ]
    if figures:
        pairs.append(
            (
                "figures",
                clauses(
                    f"{one.id} {quantity_of(one.id, one.quantity)}" for one in register().of_source(source.id)
                ),
            )
        )
    _pairs(screen, source.id, pairs)


def _pairs(screen: Console, title: str, pairs: Sequence[tuple[str | Message, str]]) -> None:
    pairs_table = table(title, "", "")
    pairs_table.show_header = False
    pairs_table.columns[0].no_wrap = True
    for key, text in pairs:
        if text:
            head = key.in_language(language()) if isinstance(key, Message) else say(key)
            pairs_table.add_row(head, text)
    screen.print(pairs_table)


def _uses(screen: Console, entry: str) -> None:
    from sim.evidence.patterns import USE_WORDS, load_patterns

    uses, names = uses_of(entry), names_of(entry)
    screen.print()
    uses_table = table(say("used_by"), "", "", "")
    uses_table.show_header = False
    for use in uses:
        uses_table.add_row(say(f"use_{use.kind}"), use.place, _status(use.status))
    for pattern in load_patterns()[0]:
        if names & set(pattern.sources):
            uses_table.add_row(say("use_pattern"), pattern.name, str(USE_WORDS.messages()[pattern.use]))
    screen.print(uses_table if uses_table.row_count else say("unused"))


def _status(status: str) -> str:
    """The status of a parameter, or of a scenario's figure; "" where a use has none."""
    if status in STATUSES:
        return str(STATUSES[status])
    return str(message(f"shown.{status}")) if status else ""


def show_share(folder: Path) -> None:
    """What share of a sensitivity result rests on assumed parameters."""
    from sim.evidence.assumed import share_assumed
    from sim.kinds import load_result
    from sim.results.outcomes import OUTCOMES

    screen = console()
    shares = share_assumed(folder)
    months = load_result(folder).scenario.months
    method = next(iter(shares.values())).method
    keys = ("outcome", "assumed", "calibrated", "measured", "scenario_part", "largest")
    shares_table = table(say("share_title", method=say(method)), *(say(key) for key in keys))
    for name, share in shares.items():
        label = OUTCOMES[name].of_run(months) if name in OUTCOMES else name
        largest = phrases(f"{key} {figures.share(part, 0)}" for key, part in share.largest)
        shares_table.add_row(
            label,
            *(
                figures.share(part, 0)
                for part in (share.assumed, share.calibrated, share.measured, share.scenario)
            ),
            largest,
        )
    screen.print(shares_table)
    screen.print(say("share_note"), style="dim")


# a result again

DIGITS = 16


def show_reproduction(folder: Path, threads: int | None, workplace_options: WorkplaceOptions) -> None:
    """Reproduce the result in a folder; exit code 1 if it came out otherwise."""
    reproduction = _one_run(folder, threads) if _is_run(folder) else _many_runs(folder, workplace_options)
    tell(console(), reproduction)
    if not reproduction.same:
        raise typer.Exit(1)


def _is_run(folder: Path) -> bool:
    """Whether a folder holds one run. ResultError if it holds nothing that can be read."""
    return not _is_batch(folder) and kind_of(read_manifest(folder)) == KIND


def _is_batch(folder: Path) -> bool:
    """Whether a folder holds many scenarios; one that was interrupted, or is of version
    0.1, has no manifest of its own."""
    if is_file(folder / MANIFEST):
        return kind_of(read_manifest(folder)) == "batch"
    return recognised(folder) is not None


def _one_run(folder: Path, threads: int | None) -> Reproduction:
    screen = console()
    with month_bar(screen) as advance:
        return reproduce(
            folder,
            threads=threads,
            progress=advance,
            notice=screen.print,
        )


def _many_runs(folder: Path, workplace_options: WorkplaceOptions) -> Reproduction:
    from sim.experiments.progress import progress_bar
    from sim.experiments.workplace import Workplace

    if _is_batch(folder):
        raise ResultError(message("folder.in", place=folder, error=message("rests.batch")))
    _tell_beforehand(folder)
    with progress_bar() as report:
        return reproduce_many(folder, Workplace(workplace_options.engine(), progress=report))


def _tell_beforehand(folder: Path) -> None:
    """Print what its kind of result has to be said of it before it is carried out again, if anything."""
    kind = kinds().get(kind_of(read_manifest(folder)))
    if kind is not None and kind.beforehand:
        for line in kind.get(kind.beforehand)(kind.get(kind.load)(folder)):
            console().print(line)


def tell(screen: Console, reproduction: Reproduction) -> None:
    """Print what came of it and what explains it."""
    if reproduction.edited:
        screen.print(say("by_hand", months=phrases(str(month) for month in reproduction.edited)))
    if reproduction.same:
        screen.print(say("same", digest=reproduction.now[:DIGITS]))
        if reproduction.changes:
            screen.print(say("also"))
            _list(screen, reproduction.changes)
        return
    if reproduction.verdict == EDITED:
        screen.print(say("edited", digest=reproduction.now[:DIGITS], names=", ".join(reproduction.files)))
        return
    screen.print(
        say("differs", then=reproduction.then[:DIGITS] or "–", now=reproduction.now[:DIGITS]), style="bold"
    )
    if reproduction.files:
        screen.print("  " + say("files_differ", names=", ".join(reproduction.files)))
    else:
        screen.print("  " + say("tables_same"))
    if reproduction.first is not None:
        month, estate, column = reproduction.first
        screen.print("  " + say("first", month=month, estate=estate, column=column))
    if not reproduction.reasons:
        screen.print(say("unexplained"))
        return
    screen.print(say("explained_by", kind=say(reproduction.reasons[0].kind)))
    _list(screen, reproduction.changes)
    if reproduction.reasons[0].kind == MODEL and reproduction.commit:
        screen.print(say("checkout", commit=reproduction.commit) if reproduction.clean else say("dirty"))


def _list(screen: Console, changes: tuple[Change, ...]) -> None:
    for change in changes:
        screen.print(f"  {change.name}: {change.then} → {change.now}")


# published models


def show_replications() -> None:
    """Print a line for every published model: name, what it is, source."""
    from sim.replications import MODELS
    from sim.replications.checks import about

    models_table = table(
        "",
        str(message("replication.name")),
        str(message("replication.model")),
        str(message("replication.source")),
    )
    models_table.columns[0].no_wrap = True
    for name in MODELS:
        title, source = about(name)
        models_table.add_row(name, str(title), str(source))
    console().print(models_table)


def show_replication(name: str, agents: bool) -> bool:
    """Print every figure of a published model beside ours, and what there is to say;
    whether all of them agree."""
    from sim.replications import replicate
    from sim.replications.checks import heads, rows, verdict

    replication = replicate(name, agents=agents)
    screen = console()
    screen.print(str(replication.title), style="bold")
    screen.print(str(replication.source))
    screen.print(str(replication.how))
    checks_table = table("", *heads(), right=2)
    for row in rows(replication):
        checks_table.add_row(*row)
    screen.print(checks_table)
    for finding in replication.findings:
        screen.print(str(finding))
    screen.print(verdict(replication), style="bold")
    return replication.holds
