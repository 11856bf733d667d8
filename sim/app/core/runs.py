"""What worker processes do with a run, knowing nothing of participants: carry it out, pack it for the
page, draw it, write it.

The page plays back one compressed message with every estate's outcomes in a byte each, and the city's lines.
Its layout: length of the head (4 bytes, little-endian), the head (JSON, padded to 4 bytes), then each layer,
months + 1 times estates bytes. A byte is a code (stage, mode) or 0..254 between the layer's bounds; 255
stands for "no such figure".
"""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.model.month.observe import PROFESSIONAL
from sim.outputs import style
from sim.results.columns import COLUMN_WORDS
from sim.results.outcomes import where_known
from sim.results.reading import Reading, Record
from sim.results.tables import city_columns
from sim.scenario import Scenario
from sim.text import Spoken, in_language, message, say
from sim.text.catalog import by_language
from sim.text.joins import labelled, sentences
from sim.units import FEN_PER_YUAN
from sim.words import MODE_WORDS, MODES, STAGE_WORDS, STAGES

if TYPE_CHECKING:
    from sim.model.engine import Engine
    from sim.results import Run
    from sim.results.summary import RunSummary

ABSENT = 255
LINES = {
    "cycle": ("collection", "quality", "satisfaction", "condition"),
    "stages": tuple(
        f"stage_{name}" for name in ("healthy", "recovering", "strained", "spiralling", "collapsed")
    ),
    "ladder": ("nominal", "charging", "professional", "break_even"),
}
GOVERNMENT = ("city", "district", "street", "community", "state")
PATTERNS = {"": "plain", "///": "stripes", "xxx": "crosses", "...": "dots"}
SIGNS = {"recovering": "dots"}  # a sign for each stage that is not plain, as beside the colour


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
    from sim.results import Run
    from sim.results.run import Simulated

    run = Run.from_city(city)
    source = run._source
    assert isinstance(source, Simulated)
    frames = frames_of(source.record, run.scenario)
    size = len(frames) + source.record.events.nbytes + sum(column.nbytes for column in source.record.outcomes)
    return Result(run, frames, size + 200 * len(source.record.ledger))


def summarised(scenario: Scenario) -> RunSummary:
    """One run in brief, for comparisons."""
    from sim.results.engines import execute, planned_runs_of

    return execute(planned_runs_of(scenario, [scenario.seed])[0])


def picture(run: Run, chart: str, lang: str) -> bytes:
    """One chart of a run, by its name, as PNG."""
    return _png(run.plot(chart, lang))


def _png(figure: object) -> bytes:
    target = io.BytesIO()
    figure.savefig(target, format="png", dpi=130)  # type: ignore[attr-defined]
    return target.getvalue()


def tables(run: Run) -> bytes:
    """Every table of a run as CSV in one ZIP."""
    from sim.results.files import ENCODING, csv_text
    from sim.results.tables import TABLES

    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as archive:
        for name in TABLES:
            archive.writestr(f"{name}.csv", csv_text(run.table(name)).encode(ENCODING))
    return target.getvalue()


def report(run: Run, lang: str, link: str) -> bytes:
    """The run as one HTML page that needs nothing else: the package's own report, with the link
    that opens the setting here."""
    from sim.outputs.report import report_page
    from sim.outputs.report.write import part_of

    part = part_of(run, lang)
    with in_language(lang):
        note = sentences((part.reproduce_note, labelled(say("app.again_help"), link)))
    return report_page([replace(part, reproduce_note=note)], lang).encode("utf-8")


def frames_of(record: Record, scenario: Scenario) -> bytes:
    """The gzip-compressed message of one run."""
    layers = _layers(record)
    head: dict[str, Any] = {
        "months": record.months,
        "estates": record.estates,
        "numbers": record.facts["number"].tolist(),
        "draw": _told(message("draw.one", seed=scenario.seed)),
        "layers": [about for about, _ in layers],
        "lines": lines_of(record),
        "groups": _groups(record, scenario),
    }
    text = json.dumps(head, ensure_ascii=False, allow_nan=False).encode("utf-8")
    text += b" " * (-len(text) % 4)
    body = b"".join(np.ascontiguousarray(values, np.uint8).tobytes() for _, values in layers)
    return gzip.compress(len(text).to_bytes(4, "little") + text + body, compresslevel=4, mtime=0)


def _layers(record: Record) -> list[tuple[dict[str, Any], np.ndarray]]:
    """What the map can be coloured by."""
    out = record.outcomes
    homes = np.maximum(record.facts["households"].astype(np.float64), 1.0)
    debt = out.arrears / FEN_PER_YUAN / homes
    layers = [
        _coded("stage", out.stage, STAGES, STAGE_WORDS, style.STAGE_STYLE),
        _coded("mode", out.mode, MODES, MODE_WORDS, style.MODE_STYLE),
    ]
    for name, values in (
        ("collection_billing", where_known("collection_billing", Reading(record).collection_billing)),
        ("satisfaction", out.satisfaction),
        ("quality", out.quality),
        ("condition", out.condition),
        ("trust", out.trust),
        ("grievance", out.grievance),
        ("legacy", out.legacy),
    ):
        layers.append(_measured(name, COLUMN_WORDS[name], values, 0.0, 1.0, "share"))
    most = max(1.0, float(np.nanpercentile(debt, 99)))
    layers.append(_measured("arrears", message("app.arrears_per_household"), debt, 0.0, most, "yuan"))
    professional = (out.flags & PROFESSIONAL > 0).astype(np.float64)
    layers.append(_measured("professional", COLUMN_WORDS["professional"], professional, 0.0, 1.0, "share"))
    return layers


def _told(label: Spoken) -> dict[str, str]:
    """A label in every language: one message serves pages of all of them."""
    return by_language(label)


def _coded(
    name: str,
    codes: np.ndarray,
    names: tuple[str, ...],
    words: Mapping[str, Spoken],
    looks: dict[str, tuple[str, str]],
) -> tuple[dict[str, Any], np.ndarray]:
    entries = [
        {
            "label": _told(words[one]),
            "colour": looks[one][0],
            "pattern": SIGNS.get(one, PATTERNS[looks[one][1]]),
        }
        for one in names
    ]
    return {"name": name, "label": _told(COLUMN_WORDS[name]), "kind": "codes", "entries": entries}, codes


def _measured(
    name: str, word: Spoken, values: np.ndarray, low: float, high: float, unit: str
) -> tuple[dict[str, Any], np.ndarray]:
    scaled = np.clip((values - low) / (high - low), 0.0, 1.0) * 254.0
    bytes_ = np.where(np.isnan(scaled), ABSENT, np.floor(np.nan_to_num(scaled) + 0.5))
    return {
        "name": name,
        "label": _told(word),
        "kind": "measure",
        "low": low,
        "high": high,
        "unit": unit,
    }, bytes_


def _groups(record: Record, scenario: Scenario) -> list[dict[str, Any]]:
    """Estates by type, each in order of place (district, street, community), as lists of estate numbers."""
    facts = record.facts
    order = np.lexsort((np.arange(facts.size), facts["community"], facts["street"], facts["district"]))
    groups = []
    for code, name in enumerate(record.types):
        title = scenario.types[name].title
        members = [int(row) for row in order if facts["type"][row] == code]
        if members:
            groups.append({"label": _told(title), "estates": members})
    return groups


def lines_of(record: Record) -> dict[str, list[list[float | None]]]:
    """The lines of each chart of the city, month 0 to the last; None where there is no figure."""
    city = city_columns(record)
    lines = {chart: [_plain(city[column]) for column in columns] for chart, columns in LINES.items()}
    lines["money"] = [_plain(values) for values in public_money(record)]
    return lines


def public_money(record: Record) -> tuple[np.ndarray, np.ndarray]:
    """Spent in all by government bodies on others up to each month, and arrears of the city; yuan."""
    spent = np.zeros(record.months + 1)
    for month, _, payer, payee, _, fen in record.ledger:
        if payer in GOVERNMENT and payee not in (*GOVERNMENT, "taxpayers"):
            spent[month] += fen
        elif payee in GOVERNMENT and payer not in (*GOVERNMENT, "taxpayers"):
            spent[month] -= fen
    return np.cumsum(spent) / FEN_PER_YUAN, record.outcomes.arrears.sum(axis=1) / FEN_PER_YUAN


def _plain(values: np.ndarray) -> list[float | None]:
    return [round(float(value), 5) if np.isfinite(value) else None for value in values]
