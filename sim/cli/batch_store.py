"""What a batch keeps of each scenario on disk: the first run whole, further ones in brief, and what the index page needs."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli.announce import city_line
from sim.cli.run import put_in_place, staging
from sim.errors import ResultError
from sim.experiments.files import replace_text
from sim.outputs.index_page import Shown
from sim.results.columns import COLUMN_WORDS
from sim.results.folder import MANIFEST, load_run, read_manifest
from sim.results.provenance import run_key, scenario_key
from sim.results.summary import key_changes, written
from sim.results.tables import TABLES
from sim.scenario import Scenario
from sim.words import LANGUAGES

if TYPE_CHECKING:
    from sim.results import Run

HEADLINE = "headline.json"  # outcomes of the first run, its start and end; written before the manifest
CHARTS = "charts.json"  # title and alt text of every chart, in a folder of charts
CITY = "city.csv"
BRIEF = "replications"


def is_there(folder: Path | None, scenario: Scenario | None, first: bool) -> bool:
    """True if this run (scenario with its seed, model source) was finished before."""
    if folder is None or scenario is None:
        return False
    try:
        if first:
            return run_key(read_manifest(folder)) == scenario_key(scenario) and "outcomes" in _read_json(
                folder / HEADLINE
            )
        return "outcomes" in _read_json(_brief(folder, scenario.seed))
    except ResultError:  # missing or damaged: it will be made again
        return False


def save_whole(
    folder: Path, run: Run, outcomes: dict[str, float], lang: str, ensemble: dict[str, Any] | None = None
) -> None:
    """Put a run with tables, charts (no `lang`: none) and headline into `folder`, all at once; `ensemble`: its name and number of members."""
    with staging(folder) as part:
        run.save(part)
        run.city.to_csv(part / CITY, lineterminator="\n")
        changes = [[change.column, _plain(change.start), _plain(change.end)] for change in key_changes(run)]
        _write_json(
            part / HEADLINE, {"outcomes": _plain_outcomes(outcomes), "changes": changes, "ensemble": ensemble}
        )
        if lang:
            _draw(run, part, lang)
        put_in_place(part, folder)


def save_brief(folder: Path, seed: int, outcomes: dict[str, float]) -> None:
    """Keep the outcomes of a further run."""
    place = _brief(folder, seed)
    place.parent.mkdir(parents=True, exist_ok=True)
    _write_json(place, {"outcomes": _plain_outcomes(outcomes)})


def has_charts(folder: Path | None, lang: str) -> bool:
    """True if the run in `folder` was drawn, and reported on, in this language."""
    return (
        folder is not None
        and (_charts(folder, lang) / CHARTS).is_file()
        and (folder / report_name(lang)).is_file()
    )


def report_name(lang: str) -> str:
    """Name of the page about a scenario, or about all of them."""
    return f"report.{lang}.html"


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


def shown(
    name: str, scenario: Scenario | None, folder: Path | None, reason: str, replications: int, lang: str
) -> Shown:
    """What the index page says of a scenario now."""
    if scenario is None or folder is None:
        return Shown(name, name, "failed", reason)
    done = is_there(folder, scenario, True)
    state = "failed" if reason else "done" if done else "waiting"
    labels = tuple((p.label_zh if lang == "zh" else p.label_en) or p.kind for p in scenario.interventions)
    known = Shown(
        name,
        scenario.title.in_language(lang),
        state,
        reason,
        scenario.description.in_language(lang),
        city_line(scenario, lang),
        tuple(dict.fromkeys(labels)),
    )
    if not done:
        return known
    headline = _read_json(folder / HEADLINE)
    briefs = [_brief(folder, (scenario.seed + number) % 2**63) for number in range(1, replications)]
    runs = [headline["outcomes"], *(_read_json(file)["outcomes"] for file in briefs if file.is_file())]
    outcomes = {key: [_number(run.get(key)) for run in runs] for key in runs[0]}
    changes = [
        (
            COLUMN_WORDS[column].in_language(lang),
            written(column, _number(start), lang),
            written(column, _number(end), lang),
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
    from sim.outputs import describe_charts, save_charts
    from sim.outputs.report import write_report

    place = _charts(folder, lang)
    save_charts(run, place, lang)
    write_report([run], folder / report_name(lang), lang)
    _write_json(place / CHARTS, describe_charts(run, lang))


def _charts(folder: Path, lang: str) -> Path:
    assert lang in LANGUAGES
    return folder / f"charts-{lang}"


def _brief(folder: Path, seed: int) -> Path:
    return folder / BRIEF / f"seed-{seed}.json"


def _write_json(place: Path, data: Any) -> None:
    try:
        replace_text(place, json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False) + "\n")
    except OSError as error:
        raise ResultError(f"{place}: cannot be written ({error.strerror or error})") from None


def _read_json(place: Path) -> Any:
    try:
        return json.loads(place.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ResultError(f"{place}: cannot be read ({error})") from None


def _plain(value: float) -> float | None:
    """JSON has no NaN: a figure that does not exist is null."""
    return None if math.isnan(value) else value


def _plain_outcomes(outcomes: dict[str, float]) -> dict[str, float | None]:
    return {key: _plain(value) for key, value in outcomes.items()}


def _number(value: float | None) -> float:
    return math.nan if value is None else value
