"""What worker processes do for the page. Each takes and returns plain values, and knows nothing of participants."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from sim.text import message

if TYPE_CHECKING:
    from sim.model.engine import Engine
    from sim.results import Run
    from sim.results.summary import RunSummary
    from sim.scenario import Scenario


class Result(NamedTuple):
    """A finished run with its message for the page, and roughly how much memory both take."""

    run: Run
    frames: bytes
    size: int


def prepare() -> None:
    """Import and compile what a run needs, once when a worker starts."""
    from sim.runner import warm_up

    warm_up()


def simulate(scenario: Scenario) -> Result:
    """Carry out one run on one thread."""
    from sim.model.engine import Engine

    with Engine(scenario, threads=1) as city:
        city.run()
        return packed(city)


def packed(city: Engine) -> Result:
    """A finished city as its run and the message for the page."""
    from sim.app.frames import frames_of
    from sim.results import Run
    from sim.results.run import Simulated

    made = Run.from_city(city)
    source = made._source
    assert isinstance(source, Simulated)
    frames = frames_of(source.record, made.scenario)
    size = len(frames) + source.record.events.nbytes + sum(column.nbytes for column in source.record.outcomes)
    return Result(made, frames, size + 200 * len(source.record.ledger))


def summarised(scenario: Scenario) -> RunSummary:
    """One run in brief, for comparisons."""
    from sim.results.engines import cells_of, execute

    return execute(cells_of(scenario, [scenario.seed])[0])


def picture(run: Run, chart: str, lang: str) -> bytes:
    """One chart of a run, by its name, as PNG."""
    return _png(run.plot(chart, lang))


def _png(figure: object) -> bytes:
    target = io.BytesIO()
    figure.savefig(target, format="png", dpi=130)  # type: ignore[attr-defined]
    return target.getvalue()


def tables(run: Run) -> bytes:
    """Every table of a run as CSV in one ZIP."""
    from sim.results.csv_table import ENCODING, csv_text
    from sim.results.tables import TABLES

    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as archive:
        for name in TABLES:
            archive.writestr(f"{name}.csv", csv_text(run.table(name)).encode(ENCODING))
    return target.getvalue()


def report(run: Run, lang: str, link: str) -> bytes:
    """The run as one HTML page that needs nothing else: the package's own report, with the link that opens the setting here."""
    from sim.outputs.report import report_page
    from sim.outputs.report.read import part_of

    part = part_of(run, lang)
    note = " ".join((part.reproduce_note, message("app.again_help").in_language(lang), link)).strip()
    return report_page([replace(part, reproduce_note=note)], lang).encode("utf-8")
