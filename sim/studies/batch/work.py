"""`estate batch`: many scenarios into one folder with an index page; what is there already is not run again.
How far each is shows while they run; of each, the folder keeps the first run whole, further ones in brief,
and what the index page needs.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import typer
from rich.progress import (
    Progress,
    TaskID,
)

from sim.cli.describe import city_line
from sim.cli.terminal import bar_of, console, table
from sim.cli.workplace_options import warn_of
from sim.errors import EstateError, ResultError, ScenarioError
from sim.experiments.ensemble import Ensemble, doubt_line, with_member
from sim.fingerprint import model_source_hash
from sim.problems import Problem
from sim.results import load_run
from sim.results.files import replace_text, write_csv
from sim.results.folder import (
    CSV,
    MANIFEST,
    PARQUET,
    add,
    check_file,
    check_seal,
    json_text,
    put_in_place,
    read_manifest,
    sealed,
    staging,
    write,
)
from sim.results.provenance import here, scenario_key
from sim.results.tables import TABLES
from sim.scenario import Scenario, to_data
from sim.size import households_of
from sim.studies.batch.batch import BRIEF, ESTATES, HEADLINE, KIND, Batch, load_batch, months_of
from sim.studies.batch.index_page import Shown
from sim.studies.batch.pairing import Runs, digest_of
from sim.studies.run.words import first_month_note, key_changes, label_of, written
from sim.text import figures, language, message, say
from sim.text.joins import listed
from sim.text.system import reason_of

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

    from sim.results import Run
    from sim.results.summary import RunSummary


# What building, tables and charts take, in months of one household: the estimate weighs runs by it.
BUILDING, DRAWING = 2_000_000, 60_000_000


def work_of(scenario: Scenario, draws: bool) -> float:
    """How much a run has to do: its household-months, and what comes before and after them."""
    return float(households_of(scenario) * scenario.months + BUILDING + (DRAWING if draws else 0))


class Watch:
    """What is told of a batch while it runs."""

    def __init__(
        self,
        screen: Console,
        scenarios: Sequence[Scenario],
        draws: Sequence[bool],
        bar: Progress | None,
    ) -> None:
        """`draws` says for each run of `scenarios` whether it is drawn."""
        self.screen, self.bar = screen, bar
        self.all, self.index, self.done = len(scenarios), 0, 0
        self._works = [work_of(scenario, drawn) for scenario, drawn in zip(scenarios, draws, strict=True)]
        self._total, self._ended, self._begun = sum(self._works), 0.0, time.monotonic()
        self._task: TaskID | None = (
            bar.add_task("", total=self._total or None) if bar is not None and scenarios else None
        )

    def begin(self, scenario: Scenario) -> None:
        """The next run begins."""
        self._describe(say("batch.place", name=scenario.name, seed=scenario.seed))

    def months(self, done: int, months: int) -> None:
        """So many months of the present run are done."""
        if self.bar is not None and self._task is not None:
            part = (
                self._works[self.index] - DRAWING
                if self._works[self.index] > DRAWING
                else self._works[self.index]
            )
            self.bar.update(self._task, completed=self._ended + part * done / months)

    def drawing(self, scenario: Scenario) -> None:
        """Tables and charts of a run are being written."""
        self._describe(say("batch.drawing", name=scenario.name))

    def say(self, words: str) -> None:
        """A line that stays."""
        self.screen.print(words)

    def finished(self, scenario: Scenario, seconds: float) -> None:
        """The present run is finished."""
        self.done += 1
        self._next()
        passed = time.monotonic() - self._begun
        left = passed * (self._total - self._ended) / self._ended if self._ended else 0.0
        if self.bar is None:
            self.say(
                say(
                    "batch.done",
                    name=scenario.name,
                    seed=scenario.seed,
                    seconds=figures.decimal(seconds, 1),
                    place=self.index,
                    all=self.all,
                    left=round(left),
                )
            )

    def failed(self, scenario: Scenario, reason: str) -> None:
        """The present run, or the drawing of a finished one, failed."""
        self._next()
        self.screen.print(say("batch.failed", name=scenario.name, reason=reason), style="red")

    def skip(self, scenario: Scenario) -> None:
        """A run is left out because an earlier one of its scenario failed."""
        self._next()

    def _next(self) -> None:
        if self.index < self.all:
            self._ended += self._works[self.index]
            self.index += 1
        if self.bar is not None and self._task is not None:
            self.bar.update(self._task, completed=self._ended)

    def _describe(self, words: str) -> None:
        if self.bar is not None and self._task is not None:
            self.bar.update(self._task, description=words)


@contextmanager
def watching(screen: Console, scenarios: Sequence[Scenario], draws: Sequence[bool]) -> Iterator[Watch]:
    """A Watch of these runs, with a bar where the screen is a terminal."""
    if not screen.is_terminal:
        yield Watch(screen, scenarios, draws, None)
        return
    with bar_of(screen) as bar:
        yield Watch(screen, scenarios, draws, bar)


# what is kept

CHARTS = "charts.json"  # title and alt text of every chart, in a folder of charts
CITY = "city.csv"
INDEX = "index.html"
REPORTS = "report.*.html"
FRAMES = ("outcomes", "differences")  # tables of all runs, as Batch.tables has them


def is_there(folder: Path | None, scenario: Scenario | None, first: bool) -> bool:
    """True if this run (scenario with its seed, model source) was finished before."""
    if folder is None or scenario is None:
        return False
    try:
        if first:
            manifest = read_manifest(folder)
            check_file(folder, HEADLINE, manifest)
            return manifest.get("key") == scenario_key(scenario) and ESTATES in _read_json(folder / HEADLINE)
        brief = _brief(folder, scenario.seed)
        told = _read_json(brief)
        check_seal(told, brief)
        return ESTATES in told  # without it nobody knows what it is a pair of
    except ResultError:  # missing or damaged: it will be made again
        return False


def save_whole(
    folder: Path, run: Run, summary: RunSummary, drawn: bool, ensemble: dict[str, Any] | None = None
) -> None:
    """Put a run with tables, charts (where it is to be `drawn`) and headline into `folder`, all at once;
    `ensemble`: its facts, and the scenario without its members."""
    with staging(folder) as part:
        run.save(part)
        write_csv(run.table("city"), part / CITY)
        changes = [[change.column, change.start, change.end] for change in key_changes(run)]
        told: dict[str, Any] = {"outcomes": summary.scalars, "changes": changes, "ensemble": ensemble}
        told[ESTATES] = digest_of(summary.estates)
        _write_json(part / HEADLINE, told | {"series": months_of(summary.series)})
        if drawn:
            _draw(run, part)
        put_in_place(part, folder)


def save_brief(folder: Path, summary: RunSummary) -> None:
    """Keep the outcomes of a further run, and its way by month that a fan needs."""
    file = _brief(folder, summary.seed)
    file.parent.mkdir(parents=True, exist_ok=True)
    told = {"seed": summary.seed, "outcomes": summary.scalars, "series": months_of(summary.series)}
    told[ESTATES] = digest_of(summary.estates)
    _write_json(file, sealed(told))


def save_index(
    folder: Path, page: str, names: list[str], frames: Mapping[str, pd.DataFrame] | None = None
) -> None:
    """Write the index page, tables of all runs once they are there (`frames`) and, last, the manifest of the
    whole batch, which vouches for the pages about all scenarios.

    `names` of folders, in the order that scenarios were asked for in: the first of a city is what others are
    compared with. ResultError if the folder holds another kind of result, or if that fails.
    """
    # a batch grows: whatever scenarios are added, it is the same one
    told = {"scenarios": sorted(names), "order": names, "model_source_hash": model_source_hash(), **here()}
    if frames is None:  # those of before are no longer of all runs
        for file in (folder / f"{name}{ending}" for name in FRAMES for ending in (CSV, PARQUET)):
            file.unlink(missing_ok=True)
    write(folder, KIND, KIND, told, frames or {}, texts={INDEX: page})
    add(folder, folder.glob(REPORTS))


def has_charts(folder: Path | None) -> bool:
    """True if the run in `folder` was drawn, and reported on, in the current language."""
    return folder is not None and (_charts(folder) / CHARTS).is_file() and (folder / report_name()).is_file()


def report_name() -> str:
    """Name of the page about a scenario, or about all of them."""
    return REPORTS.replace("*", language())


def write_whole_report(folder: Path) -> str:
    """Write the page about all scenarios; "" or why it could not be."""
    from sim.outputs.report import write_report

    try:
        write_report([folder], folder / report_name())
    except ResultError as error:
        return str(error)
    return ""


def add_charts(folder: Path | None) -> None:
    """Draw a finished run in another language. ResultError if the run cannot be
    read or the charts not written."""
    assert folder is not None
    run = load_run(folder)
    with staging(folder) as part:
        _draw(run, part)
        put_in_place(part, folder)


def shown(
    name: str,
    plain: Scenario | None,
    scenario: Scenario | None,
    folder: Path | None,
    reason: str,
    order: Order,
) -> Shown:
    """What the index page says of a scenario now, `plain` without what an ensemble put into it."""
    lang = language()
    if scenario is None or plain is None or folder is None:
        return Shown(name, name, "failed", reason)
    done = is_there(folder, scenario, True)
    state = "failed" if reason else "done" if done else "waiting"
    labels = tuple(p.label().in_language(lang) for p in scenario.interventions)
    known = Shown(
        name,
        scenario.title.in_language(lang),
        state,
        reason,
        scenario.description.in_language(lang),
        city_line(scenario),
        tuple(dict.fromkeys(labels)),
        seed=scenario.seed,
        months=scenario.months,
    )
    if not done:
        return known
    headline = _read_json(folder / HEADLINE)
    briefs = [_brief(folder, (scenario.seed + number) % 2**63) for number in range(1, order.replications)]
    kept = [headline, *(_read_json(file) for file in briefs if file.is_file())]
    outcomes = {key: [_number(run["outcomes"].get(key)) for run in kept] for key in headline["outcomes"]}
    runs = Runs(
        plain,
        [scenario.seed, *(int(run["seed"]) for run in kept[1:])],
        [str(run.get(ESTATES) or "") for run in kept],
        outcomes,
        "" if order.ensemble is None else order.ensemble.digest,
    )
    changes = [
        (
            label_of(column, scenario.months),
            written(column, _number(start)),
            written(column, _number(end)),
        )
        for column, start, end in headline["changes"]
    ]
    charts, report = {}, ""
    if has_charts(folder):
        report = report_name()
        charts_folder = _charts(folder)
        charts = {
            f"{charts_folder.name}/{chart}.png": (words["title"], words["alt"])
            for chart, words in _read_json(charts_folder / CHARTS).items()
        }
    tables = [CITY, *(f"{table}.parquet" for table in TABLES), MANIFEST]
    return replace(
        known,
        folder=folder.name,
        outcomes=outcomes,
        runs=runs,
        changes=changes,
        note=first_month_note(scenario.months),
        charts=charts,
        tables=tables,
        report=report,
    )


def _draw(run: Run, folder: Path) -> None:
    """Report, and charts in the folder of their language; what says that they are complete comes last."""
    from sim import charts
    from sim.outputs.report import write_report

    charts_folder = _charts(folder)
    charts.save_all(run, charts_folder)
    write_report([run], folder / report_name())
    _write_json(charts_folder / CHARTS, charts.describe(run))


def _charts(folder: Path) -> Path:
    return folder / f"charts-{language()}"


def _brief(folder: Path, seed: int) -> Path:
    return folder / BRIEF / f"seed-{seed}.json"


def _write_json(file: Path, data: Any) -> None:
    try:
        replace_text(file, json_text(data))
    except OSError as error:
        raise ResultError(message("run.unwritable", file=file, error=reason_of(error))) from None


def _read_json(file: Path) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ResultError(message("result.error.unreadable", file=file, error=reason_of(error))) from None


def _number(value: float | None) -> float:
    return math.nan if value is None else value


# the work

HASH_LETTERS = 8
SHOWN = ("cycle_share_last_year", "public_cost")  # what is printed of pairs; pages and tables have more


class Order(NamedTuple):
    """What was asked for on the command line. seed: of the first run of every scenario; None for that of the
    first scenario."""

    paths: tuple[str, ...]
    replications: int
    out: Path
    months: int | None
    threads: int | None
    charts: bool
    ensemble: Ensemble | None = None
    seed: int | None = None


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

        `scenario` is that of the first run (with the first member of an ensemble), `plain` the one
        that members are put into.
        """
        self.name, self.scenario, self.folder, self.reason = name, scenario, folder, reason
        self.plain = plain or scenario


class Job(NamedTuple):
    """One run: the scenario with its seed; the first of an entry is kept whole, the others in brief."""

    entry: Entry
    scenario: Scenario
    first: bool


def carry_out(order: Order) -> None:
    """Do what `order` asks for. Exit code 1 if a scenario failed; raises EstateError if
    there is nothing to run."""
    from sim.results.folder import check_place

    check_place(order.out, KIND)

    entries, seeds = _entries(order)
    jobs = [job for entry in entries for job in _jobs(entry, order.replications, order.ensemble)]
    missing = [job for job in jobs if not is_there(job.entry.folder, job.scenario, job.first)]
    screen = console()
    screen.print(say("batch.line", scenarios=len(entries), runs=len(jobs), folder=order.out))
    if len(seeds) > 1:
        screen.print(
            say("batch.one_seed", first=seeds[0], others=listed(map(str, seeds[1:]))), style="yellow"
        )
    if order.replications > 1:
        screen.print(_doubt(order), style="dim")
    warn_of(screen, order.ensemble)
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
    batch = load_batch(order.out) if any(not entry.reason for entry in entries) else None
    _write_index(entries, order, batch)
    if batch is not None:
        _show_pairs(screen, batch)
    failed = sum(bool(entry.reason) for entry in entries)
    screen.print(say("batch.total", run=watch.done, there=len(jobs) - len(missing), failed=failed))
    screen.print(say("batch.index", page=order.out / INDEX), soft_wrap=True)
    if failed:
        raise typer.Exit(1)


def scenario_files(paths: tuple[str, ...]) -> list[Path]:
    """The TOML files of folders (sorted, without their subfolders), files and names, each once;
    ScenarioError if a place has none."""
    from sim.scenario.loading import SUFFIX, find

    files: list[Path] = []
    for path in paths:
        folder = Path(path)
        if not folder.is_dir():
            files.append(find(path))
            continue
        inside = sorted(folder.glob(f"*{SUFFIX}"))
        if not inside:
            raise ScenarioError(
                [
                    Problem(
                        path, "", message("batch.no_scenario"), message("batch.scenarios_in", ending=SUFFIX)
                    )
                ]
            )
        files += inside
    return list({file.resolve(): file for file in files}.values())


def _entries(order: Order) -> tuple[list[Entry], list[int]]:
    """The scenarios, all with the same first seed, so that those of one city are paired; and that seed,
    before those that scenarios state themselves where they are others and no seed was asked for."""
    from sim.runner import resolve

    read: list[tuple[str, Scenario | None, str]] = []
    for file in scenario_files(order.paths):
        try:
            scenario = resolve(file, seed=order.seed, months=order.months)
        except EstateError as error:
            read.append((file.stem, None, str(error)))
        else:
            read.append((scenario.name, scenario, ""))
    own = list(dict.fromkeys(scenario.seed for _, scenario, _ in read if scenario is not None))
    seed = order.seed if order.seed is not None else own[0] if own else 0
    entries = [_entry(name, scenario, reason, seed, order) for name, scenario, reason in read]
    return entries, [seed] if order.seed is not None else own


def _entry(name: str, stated: Scenario | None, reason: str, seed: int, order: Order) -> Entry:
    if stated is None:
        return Entry(name, None, None, reason)
    scenario = stated.model_copy(update={"seed": seed})
    first = _with_member(scenario, order.ensemble, 0)
    folder = f"{scenario.name}-seed{scenario.seed}-{scenario_key(first)[:HASH_LETTERS]}"
    if order.ensemble is not None:
        folder += f"-{order.ensemble.name}-{order.ensemble.digest[:HASH_LETTERS]}"
    return Entry(scenario.name, first, order.out / folder, plain=scenario)


def _with_member(scenario: Scenario, ensemble: Ensemble | None, number: int) -> Scenario:
    return scenario if ensemble is None else with_member(scenario, ensemble.member(number))


def _jobs(entry: Entry, replications: int, ensemble: Ensemble | None) -> Iterator[Job]:
    """The first seed, then the seeds that follow it, each with its member of an ensemble."""
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
            screen.print(say("batch.failed", name=entry.name, reason=entry.reason), style="red")


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

    summaries: list[RunSummary] = []
    watch.begin(job.scenario)
    run_of_job = run(
        job.scenario,
        threads=order.threads,
        progress=watch.months,
        notice=watch.say,
        probe=lambda city: summaries.append(summarise(city)),
    )
    assert job.entry.folder is not None
    if job.first:
        watch.drawing(job.scenario)
        held = order.ensemble
        facts = None if held is None else held.facts(len(held.members))
        if facts is not None and job.entry.plain is not None:
            facts["scenario"] = to_data(job.entry.plain)  # the run's has the first member put in
        save_whole(job.entry.folder, run_of_job, summaries[0], order.charts, facts)
    else:
        save_brief(job.entry.folder, summaries[0])


def _draw_missing(entries: list[Entry], order: Order, watch: Watch) -> None:
    """Charts in a language in which a finished run has none yet."""

    for entry in entries:
        if not order.charts or entry.scenario is None or entry.reason:
            continue
        if is_there(entry.folder, entry.scenario, True) and not has_charts(entry.folder):
            watch.drawing(entry.scenario)
            try:
                add_charts(entry.folder)
            except EstateError as error:
                entry.reason = str(error)
                watch.failed(entry.scenario, entry.reason)


def _report_on_all(screen: Console, entries: list[Entry], order: Order, anew: bool) -> None:
    """One page about all scenarios, where there are several and charts are wanted;
    again if something was run."""

    done = [entry for entry in entries if not entry.reason]
    if not order.charts or len(done) < 2 or not (anew or not (order.out / report_name()).is_file()):
        return
    with screen.status(say("batch.reporting")):
        why = write_whole_report(order.out)
    if why:
        screen.print(why, style="yellow")


def _show_pairs(screen: Console, batch: Batch) -> None:
    """Differences to the first scenario of a city, in what a batch is told by first, and in public cost."""
    from sim.studies.batch.pair_words import said_of_pairs, table_of_pairs

    for line in said_of_pairs(batch):
        screen.print(line)
    if batch.pairs:
        told = table_of_pairs(batch, SHOWN, by_name=True)
        shown = table(told.caption, *told.columns, right=3)
        for row in told.rows:
            shown.add_row(*row)
        screen.print(shown)


def _write_index(entries: list[Entry], order: Order, batch: Batch | None = None) -> None:
    from sim.studies.batch.index_page import index_page

    page = [
        shown(entry.name, entry.plain, entry.scenario, entry.folder, entry.reason, order) for entry in entries
    ]
    report = report_name() if (order.out / report_name()).is_file() else ""
    text = index_page(page, model_source_hash(), _doubt(order), report)
    names = [entry.folder.name for entry in entries if entry.folder is not None]
    save_index(order.out, text, names, None if batch is None else batch.tables())


def _doubt(order: Order) -> str:
    """Whether ranges contain the uncertainty of parameters."""
    return doubt_line(None if order.ensemble is None else order.ensemble.facts(order.replications))
