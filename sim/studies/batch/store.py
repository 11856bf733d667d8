"""What a batch keeps of each scenario on disk: the first run whole, further ones in brief, and what the index page needs."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli.describe import city_line
from sim.errors import ResultError
from sim.results import load_run
from sim.results.columns import COLUMN_WORDS
from sim.results.files import replace_text, write_csv
from sim.results.folder import (
    MANIFEST,
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
from sim.results.provenance import scenario_key
from sim.results.tables import TABLES
from sim.scenario import Scenario
from sim.studies.batch.batch import BRIEF, HEADLINE, months_of
from sim.studies.batch.index_page import Shown
from sim.studies.run.words import key_changes, written
from sim.text import language, message
from sim.text.current import known_language

if TYPE_CHECKING:
    from sim.results import Run
    from sim.results.summary import RunSummary

CHARTS = "charts.json"  # title and alt text of every chart, in a folder of charts
CITY = "city.csv"
INDEX = "index.html"
REPORTS = "report.*.html"


def is_there(folder: Path | None, scenario: Scenario | None, first: bool) -> bool:
    """True if this run (scenario with its seed, model source) was finished before."""
    if folder is None or scenario is None:
        return False
    try:
        if first:
            manifest = read_manifest(folder)
            check_file(folder, HEADLINE, manifest)
            return manifest.get("key") == scenario_key(scenario)
        brief = _brief(folder, scenario.seed)
        check_seal(_read_json(brief), brief)
        return True
    except ResultError:  # missing or damaged: it will be made again
        return False


def save_whole(
    folder: Path, run: Run, summary: RunSummary, lang: str, ensemble: dict[str, Any] | None = None
) -> None:
    """Put a run with tables, charts (no `lang`: none) and headline into `folder`, all at once; `ensemble`: its name and number of members."""
    with staging(folder) as part:
        run.save(part)
        write_csv(run.table("city"), part / CITY)
        changes = [[change.column, change.start, change.end] for change in key_changes(run)]
        told = {"outcomes": summary.scalars, "changes": changes, "ensemble": ensemble}
        _write_json(part / HEADLINE, told | {"series": months_of(summary.series)})
        if lang:
            _draw(run, part, lang)
        put_in_place(part, folder)


def save_brief(folder: Path, summary: RunSummary) -> None:
    """Keep the outcomes of a further run, and its way by month that a fan needs."""
    place = _brief(folder, summary.seed)
    place.parent.mkdir(parents=True, exist_ok=True)
    told = {"seed": summary.seed, "outcomes": summary.scalars, "series": months_of(summary.series)}
    _write_json(place, sealed(told))


def save_index(folder: Path, page: str, names: list[str]) -> None:
    """Write the index page and, last, the manifest of the whole batch, which vouches for the pages about all scenarios.

    ResultError if the folder holds another kind of result, or if that fails.
    """
    from sim.studies.batch.batch import KIND

    # a batch grows: whatever scenarios are added, it is the same one
    write(folder, KIND, KIND, {"scenarios": sorted(names)}, {}, texts={INDEX: page})
    add(folder, folder.glob(REPORTS))


def has_charts(folder: Path | None, lang: str) -> bool:
    """True if the run in `folder` was drawn, and reported on, in this language."""
    return (
        folder is not None
        and (_charts(folder, lang) / CHARTS).is_file()
        and (folder / report_name(lang)).is_file()
    )


def report_name(lang: str) -> str:
    """Name of the page about a scenario, or about all of them."""
    return REPORTS.replace("*", lang)


def write_whole_report(folder: Path, lang: str) -> str:
    """Write the page about all scenarios; "" or why it could not be."""
    from sim.outputs.report import write_report

    try:
        write_report([folder], folder / report_name(lang), lang)
    except ResultError as error:
        return str(error)
    return ""


def add_charts(folder: Path | None, lang: str) -> None:
    """Draw a finished run in another language. ResultError if the run cannot be read or the charts not written."""
    assert folder is not None
    run = load_run(folder)
    with staging(folder) as part:
        _draw(run, part, lang)
        put_in_place(part, folder)


def shown(name: str, scenario: Scenario | None, folder: Path | None, reason: str, replications: int) -> Shown:
    """What the index page says of a scenario now."""
    lang = language()
    if scenario is None or folder is None:
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
        city_line(scenario, lang),
        tuple(dict.fromkeys(labels)),
        seed=scenario.seed,
    )
    if not done:
        return known
    headline = _read_json(folder / HEADLINE)
    briefs = [_brief(folder, (scenario.seed + number) % 2**63) for number in range(1, replications)]
    runs = [headline["outcomes"], *(_read_json(file)["outcomes"] for file in briefs if file.is_file())]
    outcomes = {key: [_number(run.get(key)) for run in runs] for key in runs[0]}
    changes = [
        (
            str(COLUMN_WORDS[column]),
            written(column, _number(start)),
            written(column, _number(end)),
        )
        for column, start, end in headline["changes"]
    ]
    charts, report = {}, ""
    if has_charts(folder, lang):
        report = report_name(lang)
        place = _charts(folder, lang)
        charts = {
            f"{place.name}/{chart}.png": (words["title"], words["alt"])
            for chart, words in _read_json(place / CHARTS).items()
        }
    tables = [CITY, *(f"{table}.parquet" for table in TABLES), MANIFEST]
    return replace(
        known,
        folder=folder.name,
        outcomes=outcomes,
        changes=changes,
        charts=charts,
        tables=tables,
        report=report,
    )


def _draw(run: Run, folder: Path, lang: str) -> None:
    """Report, and charts in the folder of their language; what says that they are complete comes last."""
    from sim import charts
    from sim.outputs.report import write_report

    place = _charts(folder, lang)
    charts.save_all(run, place, lang)
    write_report([run], folder / report_name(lang), lang)
    _write_json(place / CHARTS, charts.describe(run, lang))


def _charts(folder: Path, lang: str) -> Path:
    return folder / f"charts-{known_language(lang)}"


def _brief(folder: Path, seed: int) -> Path:
    return folder / BRIEF / f"seed-{seed}.json"


def _write_json(place: Path, data: Any) -> None:
    try:
        replace_text(place, json_text(data))
    except OSError as error:
        raise ResultError(message("run.unwritable", file=place, error=error.strerror or error)) from None


def _read_json(place: Path) -> Any:
    try:
        return json.loads(place.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ResultError(message("result.error.unreadable", file=place, error=error)) from None


def _number(value: float | None) -> float:
    return math.nan if value is None else value
