"""`estate batch`: many scenarios into one folder with an index page; what is there already is not run again."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import typer

from sim.cli.place import warn_of
from sim.cli.terminal import console
from sim.cli.terminal import say as said
from sim.errors import EstateError, ScenarioError
from sim.experiments.ensemble import Ensemble, doubt_line, with_member
from sim.problems import Problem
from sim.scenario import Scenario
from sim.studies.batch.progress import Watch, watching
from sim.text import message, say

if TYPE_CHECKING:
    from rich.console import Console

    from sim.results.summary import RunSummary

HASH_LETTERS = 8


class Order(NamedTuple):
    """What was asked for on the command line."""

    places: tuple[str, ...]
    replications: int
    out: Path
    lang: str
    months: int | None
    threads: int | None
    charts: bool
    ensemble: Ensemble | None = None


class Entry:
    """One scenario of a batch: where its results go, or why it cannot be carried out."""

    def __init__(
        self,
        name: str,
        scenario: Scenario | None,
        folder: Path | None,
        reason: str = "",
        plain: Scenario | None = None,
    ) -> None:
        """A scenario that could be loaded has a folder, one that could not has a reason.

        `scenario` is that of the first run (with the first member of an ensemble), `plain` the one that members are put into.
        """
        self.name, self.scenario, self.folder, self.reason = name, scenario, folder, reason
        self.plain = plain or scenario


class Job(NamedTuple):
    """One run: the scenario with its seed; the first of an entry is kept whole, the others in brief."""

    entry: Entry
    scenario: Scenario
    first: bool


def carry_out(order: Order) -> None:
    """Do what `order` asks for. Exit code 1 if a scenario failed; raises EstateError if there is nothing to run."""
    from sim.results.folder import check_place
    from sim.studies.batch.batch import KIND
    from sim.studies.batch.store import INDEX, is_there

    check_place(order.out, KIND)

    entries = [_entry(file, order) for file in scenario_files(order.places)]
    jobs = [job for entry in entries for job in _jobs(entry, order.replications, order.ensemble)]
    missing = [job for job in jobs if not is_there(job.entry.folder, job.scenario, job.first)]
    screen = console()
    screen.print(say("batch.line", scenarios=len(entries), runs=len(jobs), folder=order.out), markup=False)
    if order.replications > 1:
        screen.print(_doubt(order), style="dim", markup=False)
    warn_of(screen, order.ensemble, order.lang)
    _show_unreadable(screen, entries)
    try:
        with watching(
            screen,
            [job.scenario for job in missing],
            [job.first and order.charts for job in missing],
        ) as watch:
            _run_all(missing, entries, order, watch)
            _draw_missing(entries, order, watch)
    except KeyboardInterrupt:
        _write_index(entries, order)
        screen.print(say("batch.stopped"))
        raise
    _report_on_all(screen, entries, order, bool(watch.done))
    _write_index(entries, order)
    failed = sum(bool(entry.reason) for entry in entries)
    screen.print(say("batch.total", run=watch.done, there=len(jobs) - len(missing), failed=failed))
    screen.print(say("batch.index", page=order.out / INDEX), soft_wrap=True, markup=False)
    if failed:
        raise typer.Exit(1)


def scenario_files(places: tuple[str, ...]) -> list[Path]:
    """The TOML files of folders (sorted, without their subfolders), files and names, each once; ScenarioError if a place has none."""
    from sim.scenario.loading import SUFFIX, find

    files: list[Path] = []
    for place in places:
        folder = Path(place)
        if not folder.is_dir():
            files.append(find(place))
            continue
        inside = sorted(folder.glob(f"*{SUFFIX}"))
        if not inside:
            raise ScenarioError(
                [
                    Problem(
                        place, "", message("batch.no_scenario"), message("batch.scenarios_in", ending=SUFFIX)
                    )
                ]
            )
        files += inside
    return list({file.resolve(): file for file in files}.values())


def _entry(file: Path, order: Order) -> Entry:
    from sim.results.provenance import scenario_key
    from sim.runner import resolve

    try:
        scenario = resolve(file, months=order.months)
    except EstateError as error:
        return Entry(file.stem, None, None, str(error))
    first = _with_member(scenario, order.ensemble, 0)
    folder = f"{scenario.name}-seed{scenario.seed}-{scenario_key(first)[:HASH_LETTERS]}"
    if order.ensemble is not None:
        folder += f"-{order.ensemble.name}-{order.ensemble.digest[:HASH_LETTERS]}"
    return Entry(scenario.name, first, order.out / folder, plain=scenario)


def _with_member(scenario: Scenario, ensemble: Ensemble | None, number: int) -> Scenario:
    return scenario if ensemble is None else with_member(scenario, ensemble.member(number))


def _jobs(entry: Entry, replications: int, ensemble: Ensemble | None) -> Iterator[Job]:
    """The scenario's own seed first, then the seeds that follow it, each with its member of an ensemble."""
    if entry.plain is None:
        return
    for number in range(replications):
        seed = (entry.plain.seed + number) % 2**63
        yield Job(
            entry, _with_member(entry.plain, ensemble, number).model_copy(update={"seed": seed}), number == 0
        )


def _show_unreadable(screen: Console, entries: list[Entry]) -> None:
    for entry in entries:
        if entry.reason:
            screen.print(say("batch.failed", name=entry.name, reason=entry.reason), markup=False, style="red")


def _run_all(jobs: list[Job], entries: list[Entry], order: Order, watch: Watch) -> None:
    """Carry out what is missing; a scenario that fails is left, and the others go on."""
    for job in jobs:
        if job.entry.reason:
            watch.skip(job.scenario)
            continue
        begun = time.perf_counter()
        try:
            _run(job, order, watch)
        except BrokenPipeError:
            raise
        except Exception as error:  # whatever went wrong in one scenario must not stop the others
            job.entry.reason = (
                str(error) if isinstance(error, EstateError) else f"{type(error).__name__}: {error}"
            )
            watch.failed(job.scenario, job.entry.reason)
        else:
            watch.finished(job.scenario, time.perf_counter() - begun)
        if job.first:
            _write_index(entries, order)


def _run(job: Job, order: Order, watch: Watch) -> None:
    from sim.results.summary import summarise
    from sim.runner import run
    from sim.studies.batch.store import save_brief, save_whole

    found: list[RunSummary] = []
    watch.begin(job.scenario)
    made = run(
        job.scenario,
        threads=order.threads,
        progress=watch.months,
        notice=lambda text: watch.say(said("compiling", order.lang)),
        probe=lambda city: found.append(summarise(city)),
    )
    assert job.entry.folder is not None
    if job.first:
        watch.drawing(job.scenario)
        held = order.ensemble
        facts = None if held is None else {"name": held.name, "members": len(held.members)}
        save_whole(job.entry.folder, made, found[0], order.lang if order.charts else "", facts)
    else:
        save_brief(job.entry.folder, found[0])


def _draw_missing(entries: list[Entry], order: Order, watch: Watch) -> None:
    """Charts in a language in which a finished run has none yet."""
    from sim.studies.batch.store import add_charts, has_charts, is_there

    for entry in entries:
        if not order.charts or entry.scenario is None or entry.reason:
            continue
        if is_there(entry.folder, entry.scenario, True) and not has_charts(entry.folder, order.lang):
            watch.drawing(entry.scenario)
            try:
                add_charts(entry.folder, order.lang)
            except EstateError as error:
                entry.reason = str(error)
                watch.failed(entry.scenario, entry.reason)


def _report_on_all(screen: Console, entries: list[Entry], order: Order, anew: bool) -> None:
    """One page about all scenarios, where there are several and charts are wanted; again if something was run."""
    from sim.studies.batch.store import report_name, write_whole_report

    done = [entry for entry in entries if not entry.reason]
    if not order.charts or len(done) < 2 or not (anew or not (order.out / report_name(order.lang)).is_file()):
        return
    with screen.status(say("batch.reporting")):
        why = write_whole_report(order.out, order.lang)
    if why:
        screen.print(why, style="yellow", markup=False)


def _write_index(entries: list[Entry], order: Order) -> None:
    from sim.fingerprint import model_source_hash
    from sim.studies.batch.index_page import index_page
    from sim.studies.batch.store import report_name, save_index, shown

    page = [
        shown(entry.name, entry.scenario, entry.folder, entry.reason, order.replications) for entry in entries
    ]
    report = report_name(order.lang) if (order.out / report_name(order.lang)).is_file() else ""
    text = index_page(page, model_source_hash(), _doubt(order), report)
    save_index(order.out, text, [entry.folder.name for entry in entries if entry.folder is not None])


def _doubt(order: Order) -> str:
    """Whether ranges contain the uncertainty of parameters."""
    return doubt_line(
        None if order.ensemble is None else order.ensemble.facts(order.replications), order.lang
    )
