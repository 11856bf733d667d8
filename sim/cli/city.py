"""`estate city …`: the template of a city's table, and a city made of one."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.options import LanguageOption, ScenarioArgument, SeedOption, words
from sim.text import say

if TYPE_CHECKING:
    from sim.city.history import Added
    from sim.city.notes import Note
    from sim.city.reading import Reading
    from sim.city.updating import Updated
    from sim.city.writing import Made

city_app = typer.Typer(no_args_is_help=True)
TOLD = 12  # doubtful cells that the screen names; the file has all of them


@city_app.command("template")
def template_command(
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE")] = None,
    lang: LanguageOption = None,
) -> None:
    """Write a sheet to be filled in."""
    from sim.city.template import write_template
    from sim.cli.terminal import console

    words(lang)
    path = write_template(out or Path(say("city.template.file")))
    console().print(say("city.template.written", file=path), soft_wrap=True)


@city_app.command("new")
def new_command(
    table: Annotated[str, typer.Argument(metavar="TABLE")],
    name: Annotated[str, typer.Option("--name", metavar="NAME")],
    mapping: Annotated[Path | None, typer.Option("--mapping", metavar="FILE")] = None,
    sheet: Annotated[str | None, typer.Option("--sheet", metavar="SHEET")] = None,
    within: Annotated[str | None, typer.Option("--range", metavar="RANGE")] = None,
    base: Annotated[str, typer.Option("--base", metavar="SCENARIO")] = "vicious_cycle",
    lang: LanguageOption = None,
) -> None:
    """Make a city of a table with one row an estate."""
    from sim.city.reading import read_table
    from sim.city.writing import check_name, write_city

    words(lang)
    check_name(name)
    reading = read_table(table, sheet, within, mapping)
    made = write_city(reading, name, base)
    _show_columns(reading)
    _show_made(made)
    if made.unfit is None:
        _write_report(made.folder)


@city_app.command("add")
def add_command(
    city: Annotated[str, typer.Argument(metavar="CITY")],
    table: Annotated[str, typer.Argument(metavar="TABLE")],
    of: Annotated[str, typer.Option("--of", metavar="NAME")] = "",
    unit: Annotated[str, typer.Option("--unit", metavar="UNIT")] = "",
    sheet: Annotated[str | None, typer.Option("--sheet", metavar="SHEET")] = None,
    within: Annotated[str | None, typer.Option("--range", metavar="RANGE")] = None,
    replace: Annotated[bool, typer.Option("--replace")] = False,
    lang: LanguageOption = None,
) -> None:
    """Add a table of what was measured or of events to the history of a city."""
    from sim.city.history import add_to_city

    words(lang)
    added = add_to_city(city, table, of=of, unit=unit, sheet=sheet, within=within, replace=replace)
    _show_added(added)


@city_app.command("update")
def update_command(
    city: Annotated[str, typer.Argument(metavar="CITY")],
    table: Annotated[str, typer.Argument(metavar="TABLE")],
    mapping: Annotated[Path | None, typer.Option("--mapping", metavar="FILE")] = None,
    sheet: Annotated[str | None, typer.Option("--sheet", metavar="SHEET")] = None,
    within: Annotated[str | None, typer.Option("--range", metavar="RANGE")] = None,
    forecast: Annotated[list[Path] | None, typer.Option("--forecast", metavar="DIR")] = None,
    lang: LanguageOption = None,
) -> None:
    """Give a city its next table."""
    from sim.city.replaying import name_events
    from sim.city.updating import update_city
    from sim.city.writing import EVENTS_FILE

    words(lang)
    updated = update_city(
        city, table, sheet=sheet, within=within, mapping=mapping, forecasts=tuple(forecast or ())
    )
    _show_columns(updated.reading)
    _show_made(updated.made)
    _show_changes(updated)
    _show_score(updated)
    if (updated.made.folder / EVENTS_FILE).is_file() and updated.made.unfit is None:
        _show_fates(updated.made.folder, name_events(updated.made.folder))
    if updated.made.unfit is None:
        _write_report(updated.made.folder)


@city_app.command("report")
def report_command(
    city: Annotated[Path, typer.Argument(metavar="CITY")],
    names: Annotated[bool, typer.Option("--names")] = False,
    lang: LanguageOption = None,
) -> None:
    """Write what the data of a city hold and lack as one HTML page."""
    words(lang)
    _write_report(city, names)


@city_app.command("export")
def export_command(
    scenario: ScenarioArgument,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE")] = None,
    seed: SeedOption = None,
    lang: LanguageOption = None,
) -> None:
    """Write the estates that a scenario starts with as a table."""
    from sim.cli.terminal import console
    from sim.model.start.drawn_table import write_drawn_table

    words(lang)
    path, table = write_drawn_table(scenario, out or Path("estates.csv"), seed)
    console().print(say("city.export.written", file=path, count=table.size), soft_wrap=True)
    console().print(say("city.export.use", file=path), soft_wrap=True)


def _write_report(folder: Path, names: bool = False) -> None:
    from sim.city.data_report import write_data_report
    from sim.cli.terminal import console

    path = write_data_report(folder, names)
    console().print(say("data_report.written", file=path), soft_wrap=True)


def _show_columns(reading: Reading) -> None:
    """What each column was taken for, to be confirmed."""
    from sim.city.columns import name_of
    from sim.cli.terminal import console, table

    screen = console()
    screen.print(say("city.shown.read", place=reading.table.place), soft_wrap=True)
    heads = ("column", "heading", "means", "unit")
    shown = table(say("city.shown.columns"), *(say(f"city.head.{one}") for one in heads))
    for column in reading.columns:
        if not column.heading:
            continue
        means = str(name_of(column.means)) if column.used else say("city.shown.unused")
        if column.year is not None:
            means = say("city.shown.of_year", means=means, year=column.year)
        unit = reading.units.get(column.place, "") if column.used else ""
        shown.add_row(column.letter, column.heading, means, _unit_words(unit))
    screen.print(shown)


def _unit_words(unit: str) -> str:
    from sim.text.figures import unit_message

    if unit in ("percent", "share"):
        return say(f"city.figures.{unit}")
    return str(unit_message(unit)) if unit.startswith("yuan/") else unit


def _show_made(made: Made) -> None:
    """What was left out, left blank and doubtful, how much of it, and where all of it stands."""
    from sim.city.notes import counted
    from sim.cli.terminal import console

    screen = console()
    screen.print(say("city.shown.estates", count=made.estates), soft_wrap=True)
    for verdict, number in counted(made.notes).items():
        screen.print(say(f"city.shown.verdict.{verdict}", count=number), soft_wrap=True)
    _show_notes(made.notes, made.folder / "notes.csv")
    if made.kept:
        screen.print(say("city.shown.kept", file=made.folder / "scenario.toml"), soft_wrap=True)
        if made.begins is not None:
            screen.print(say("city.shown.old_start", year=made.latest, start=made.begins), soft_wrap=True)
    if made.unfit is not None:
        screen.print(say("city.shown.unfit", problems=made.unfit), soft_wrap=True)
    screen.print(say("city.shown.files", folder=made.folder), soft_wrap=True)
    screen.print(say("city.shown.private"), soft_wrap=True)
    screen.print(say("city.shown.next", folder=shlex.quote(str(made.folder))), soft_wrap=True)


def _show_notes(notes: Sequence[Note], file: Path, columns: bool = False) -> None:
    """The first of what was left out, left blank or is doubtful, and where the rest of it stands; with
    `columns` also of columns that are not used."""
    from sim.cli.terminal import console

    screen = console()
    told = ("left_out", "blank", "doubtful", "table", *(("not_used",) if columns else ()))
    doubted = [one for one in notes if one.verdict in told]
    for one in doubted[:TOLD]:
        found = say("city.shown.found", found=one.found) if one.found else ""
        line = (
            say("city.shown.note", place=one.place, found=found, why=one.why) if one.place else str(one.why)
        )
        screen.print(f"  {line}", soft_wrap=True)
    if len(doubted) > TOLD:
        more = say("city.shown.more", count=len(doubted) - TOLD, file=file)
        screen.print(f"  {more}", soft_wrap=True)


def _show_added(added: Added) -> None:
    """What a table added to the history, what it says otherwise, and what was left out of it."""
    from sim.city.history import FOLDER
    from sim.city.notes import counted
    from sim.cli.terminal import console

    screen = console()
    screen.print(say("city.shown.read", place=added.past.table.place), soft_wrap=True)
    if added.past.of_events:
        screen.print(say("city.shown.new_events", count=added.new), soft_wrap=True)
    else:
        screen.print(say("city.shown.new_figures", count=added.new), soft_wrap=True)
    if added.same:
        screen.print(say("city.shown.same_rows", count=added.same), soft_wrap=True)
    if added.conflicts and added.replaced:
        screen.print(say("city.shown.replaced", count=len(added.conflicts)), soft_wrap=True)
    elif added.conflicts:
        screen.print(say("city.shown.conflicts", count=len(added.conflicts)), soft_wrap=True)
    for verdict, number in counted(added.notes).items():
        screen.print(say(f"city.shown.verdict.{verdict}", count=number), soft_wrap=True)
    _show_notes(added.notes, added.folder / FOLDER / "notes.csv", columns=True)
    if added.named is not None:
        _show_fates(added.folder, added.named)
    place = added.folder / FOLDER
    screen.print(say("city.shown.past_file", folder=place, content=added.content), soft_wrap=True)


def _show_fates(folder: Path, named: bool) -> None:
    """What becomes of the events of a city's history when it spins up."""
    from sim.city.replaying import FATES, fates_of
    from sim.city.writing import EVENTS_FILE
    from sim.cli.terminal import console
    from sim.units import MONTHS_PER_YEAR

    screen = console()
    if not named:
        told = say("city.shown.not_named", file=folder / "scenario.toml", past=EVENTS_FILE)
        screen.print(told, soft_wrap=True)
        return
    events = fates_of(folder)
    for fate in FATES:
        if fate not in events:
            continue
        screen.print(say(f"city.shown.fate.{fate}", count=len(events[fate])), soft_wrap=True)
        if fate == "contradicts":  # which these are no file says
            for event in events[fate][:TOLD]:
                year, before = divmod(event.start - 1, MONTHS_PER_YEAR)
                line = say(
                    "city.shown.event",
                    number=event.number,
                    event=say(f"city.event.{event.kind}"),
                    month=f"{year:04d}-{before + 1:02d}",
                )
                screen.print(f"  {line}", soft_wrap=True)


def _show_changes(updated: Updated) -> None:
    """What is otherwise than in the earlier table: how much, the first of it, and where all of it stands."""
    from sim.city.updating import CHANGE_WORDS, CHANGES
    from sim.cli.terminal import console

    screen = console()
    screen.print(say("city.shown.version", folder=updated.version), soft_wrap=True)
    for kind, number in updated.counts().items():
        screen.print(say(f"city.shown.change.{kind}", count=number), soft_wrap=True)
    for one in updated.changes[:TOLD]:
        kind = CHANGE_WORDS[one.kind]
        estate = _estate_words(one.number, updated)
        if not one.column:
            screen.print("  " + say("city.shown.changed_row", kind=kind, estate=estate), soft_wrap=True)
            continue
        line = say(
            "city.shown.changed_cell",
            kind=kind,
            estate=estate,
            column=_column_words(one.column),
            before=_cell_words(one.column, one.before),
            after=_cell_words(one.column, one.after),
        )
        screen.print(f"  {line}", soft_wrap=True)
    if not updated.changes:
        screen.print(say("city.shown.no_change"), soft_wrap=True)
    else:
        screen.print(say("city.shown.changes", file=updated.made.folder / f"{CHANGES}.csv"), soft_wrap=True)


def _estate_words(number: int, updated: Updated) -> str:
    own = " ".join(word for word in updated.own.get(number, ()) if word)
    return say("city.shown.estate", number=number, own=say("city.shown.found", found=own) if own else "")


def _cell_words(column: str, text: str) -> str:
    """What a cell of the canonical table says to a reader."""
    from sim.words import MODE_WORDS

    if not text:
        return say("city.shown.no_cell")
    if column == "mode" and text in MODE_WORDS:
        return str(MODE_WORDS[text])
    return {"true": say("describe.yes"), "false": say("describe.no")}.get(text, text)


def _column_words(name: str) -> str:
    """What a column of the canonical table or of the key is called."""
    from sim.scenario.estate_table import column_of, heading_of_year

    found = column_of(name)
    if found is None or name in ("district", "street", "community", "company"):
        return say(f"city.means.{name}")
    column, year = found
    return str(column.heading if year is None else heading_of_year(column, year))


def _show_score(updated: Updated) -> None:
    """How last year's forecast did, or why that is not known."""
    from sim.city.updating import SCORE
    from sim.cli.terminal import console
    from sim.text import figures
    from sim.text.joins import listed

    screen, score = console(), updated.score
    if score is None:
        screen.print(str(updated.unscored), soft_wrap=True)
        return
    screen.print(say(f"city.score.title.{score.verdict}", year=score.year), soft_wrap=True)
    estates = figures.quantity(score.numbers.size, "estates")
    if len(score.runs) == 1:
        of = say(
            "city.score.one", estates=estates, seed=score.seeds[0], run=score.runs[0], before=score.before
        )
    else:
        of = say(
            "city.score.several",
            estates=estates,
            number=len(score.runs),
            seeds=listed(map(str, score.seeds)),
            runs=listed(score.runs),
            before=score.before,
        )
    screen.print(f"  {of}", soft_wrap=True)
    forecast, persistence = (
        figures.points(one, signed=False) for one in (score.error, score.persistence_error)
    )
    error = say("city.score.error", forecast=forecast, persistence=persistence)
    screen.print(f"  {error}", soft_wrap=True)
    gain = figures.points(score.persistence_error - score.error)
    if score.gain.exists:
        between = figures.interval(score.gain.low, score.gain.high, figures.POINTS)
        told = say("city.score.gain", gain=gain, interval=between, level=figures.level(score.gain.level))
    else:
        told = say("city.score.gain_few", gain=gain)
    screen.print(f"  {told}", soft_wrap=True)
    together = say(
        "city.score.city",
        reported=figures.share(score.of_city("reported")),
        forecast=figures.share(score.of_city("forecast")),
        persistence=figures.share(score.of_city("persistence")),
    )
    screen.print(f"  {together}", soft_wrap=True)
    screen.print("  " + say("city.score.file", file=updated.made.folder / f"{SCORE}.csv"), soft_wrap=True)
