"""The data report of a city from a table: what its columns hold, what is far from the rest or says against
itself, from what the missing figures are drawn, and what to collect next; one HTML page.

It knows the estates by their numbers; names stand in it only where they are asked for.
"""

from __future__ import annotations

import csv
import math
import re
import shlex
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
from matplotlib.figure import Figure

from sim.city.collecting import LEVEL, Worth, Worths, worths
from sim.city.missing import (
    BASE_ROWS,
    DRAWN,
    GIVEN,
    IMPUTED,
    MARK_WORDS,
    MARKS,
    Estimate,
    estimates,
    marks,
)
from sim.city.plausible import (
    CHECK_WORDS,
    FAR,
    FEE_TIMES,
    JUMP,
    LAST_OLD,
    LEAST_FLAT,
    LEAST_ROWS,
    MOST_FLAT,
    MOST_FLATS,
    Finding,
    Outlier,
    findings,
    outliers,
)
from sim.city.vocabulary import plain
from sim.city.writing import KIND
from sim.errors import CityError
from sim.outputs import style
from sim.outputs.report import common, report_page
from sim.outputs.report.model import Part, Picture, Table
from sim.problems import Problem, is_file
from sim.results import folder as folders
from sim.results.files import replace_text
from sim.scenario import Scenario, content_hash, load
from sim.scenario.estate_rows import EstateRows
from sim.scenario.estate_table import column_of
from sim.scenario.loading import read_toml
from sim.text import figures, joins, language, message, say
from sim.text.system import reason_of
from sim.units import NO_VALUE
from sim.words import MODE_WORDS, MODES

FILE, NAMED_FILE = "data_report.html", "data_report_names.html"
CELLS = "marks"
MOST_ROWS = 100  # of a table of the page
WORST = 3  # columns that the first sentences name
OVER_ALL = "over_one"  # by this code the notes name collections above 100 %


@dataclass
class CityData:
    """What the folder of a city says of its data.

    names: of the estates by number, where the report may say them. companies: whether the city's own table
    names one, an estate. over_all: collections above 100 % as found, by number.
    """

    folder: Path
    scenario: Scenario
    base: Scenario
    table: EstateRows
    names: dict[int, str] = field(default_factory=dict)
    companies: list[bool] = field(default_factory=list)
    over_all: dict[int, str] = field(default_factory=dict)

    @property
    def marks(self) -> dict[str, tuple[str, ...]]:
        """Of every topic one mark an estate."""
        return marks(self.table, self.scenario, self.base)


def write_data_report(folder: str | Path, names: bool = False) -> Path:
    """Write the data report of a city into its folder, in the current language, and `marks.csv`, which says
    of every cell whether it is given, imputed or drawn; returns the page.

    `names`: whether it says ids and names of estates; it then has another name. CityError for a folder that
    is no city's, ScenarioError for a scenario that cannot be read.
    """
    data = city_data(folder, names)
    marked = data.marks
    page = report_page([part_of(data, worths(data.scenario, marked))], language())
    target = data.folder / (NAMED_FILE if names else FILE)
    try:
        replace_text(target, page)
    except OSError as error:
        raise CityError(message("folder.unwritable", folder=data.folder, error=reason_of(error))) from None
    folders.add(data.folder, [target])
    columns = {"number": [str(number) for number in data.table.numbers]} | {
        name: [mark or None for mark in line] for name, line in marked.items()
    }
    cells = pa.table({name: pa.array(line, pa.string()) for name, line in columns.items()})
    folders.add_tables(data.folder, {CELLS: cells}, (folders.CSV,))
    return target


def city_data(folder: str | Path, names: bool = False) -> CityData:
    """What the folder of a city holds; see `write_data_report` for what is raised."""
    place = Path(folder)
    place = place.parent if is_file(place) else place  # its scenario names a city too
    kind = folders.kind_of(folders.read_manifest(place))  # what its user changed is read as it is
    if kind != KIND:
        raise CityError(message("folder.kind", folder=place, found=repr(kind), allowed=KIND))
    path = place / "scenario.toml"
    scenario = load(path)
    if scenario.estates is None:
        found, allowed = message("found.nothing"), message("data_report.table_needed")
        raise CityError(Problem(str(path), "estates", found, allowed))
    base = load(str(read_toml(path).get("extends", path)))
    data = CityData(place, scenario, base, scenario.estates.rows)
    keys = {int(row["number"]): row for row in _rows(place / "key.csv")}
    here = [keys.get(int(number), {}) for number in data.table.numbers]
    data.companies = [bool(row.get("company")) for row in here]
    if names:
        data.names = {
            number: joins.labelled(row["id"], row["name"]) if row.get("id") else row.get("name", "")
            for number, row in keys.items()
        }
    data.over_all = {
        int(row["number"]): " ".join(re.findall(r"[\d.]+\s*%?", plain(row["found"])))  # no word of the cell
        for row in _rows(place / "notes.csv")
        if row.get("code") == OVER_ALL and row.get("number")
    }
    return data


def _rows(path: Path) -> list[dict[str, str]]:
    """A table of the folder; nothing where it has none."""
    if not is_file(path):
        return []
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))
    except (OSError, UnicodeError) as error:
        raise CityError(message("folder.unreadable", file=path, error=reason_of(error))) from None


# the page


def part_of(data: CityData, worth: Worths) -> Part:
    """Everything that the page says."""
    scenario, table = data.scenario, data.table
    marked = data.marks
    wrong = findings(table, scenario.city.start_year, data.companies, data.over_all)
    far = outliers(table)
    rows = [
        (say("report.estates"), figures.count(table.size)),
        (say("report.households"), figures.count(int(table.households.sum()))),
        (say("data_report.start"), str(scenario.city.start_year)),
        (say("data_report.base"), data.base.title.in_language(language())),
    ]
    traces = [(say("report.content_hash"), content_hash(scenario)[: common.HASH])]
    named = " --names" if data.names else ""
    return Part(
        say("data_report.title", name=scenario.name),
        say("data_report.kind"),
        say("data_report.question"),
        say("data_report.private_named" if data.names else "data_report.private"),
        common.setting_table(rows),
        _finding(data, marked, wrong, far, worth),
        _pictures(marked, worth),
        (),
        (),
        _sure(worth),
        (_rules(), _estimates(data)),
        (f"estate city report {shlex.quote(data.folder.as_posix())}{named} --lang {language()}",),
        common.traces_table(traces),
        tables=(_coverage(table, marked), _worths(worth), _wrong(data, wrong), _far(data, far)),
    )


def heading(name: str) -> str:
    """What a column of the canonical table, of a year too, or a derived figure is called."""
    if name in ("median", "billed"):
        return say(f"data_report.figure.{name}")
    found = column_of(name)
    assert found is not None
    column, year = found
    text = str(column.heading)
    return text if year is None else say("estate_table.of_year", heading=text, year=year)


def figure(name: str, value: float | str) -> str:
    """A figure of a column with its unit, a mode by its word."""
    if isinstance(value, str):
        return str(MODE_WORDS[value]) if value in MODES else value
    found = column_of(name)
    unit = "yuan" if name == "billed" else "" if found is None else found[0].unit
    if unit == "yes or no":
        unit = ""
    if unit == "year":
        return f"{value:.0f}"
    return figures.quantity(value, unit)


def _finding(
    data: CityData,
    marked: Mapping[str, Sequence[str]],
    wrong: Sequence[Finding],
    far: Sequence[Outlier],
    worth: Worths,
) -> tuple[str, ...]:
    counts = Counter(mark for line in marked.values() for mark in line)
    total = sum(counts[mark] for mark in MARKS)
    shares = {mark: figures.share(counts[mark] / total, 0) for mark in MARKS}
    lines = [
        say("data_report.finding.cells", given=shares[GIVEN], imputed=shares[IMPUTED], drawn=shares[DRAWN])
    ]
    told = [one for one in worth.rows if one.told][:WORST]
    if told:
        listed = joins.listed(joins.bracketed(heading(one.topic), _share_and_interval(one)) for one in told)
        lines.append(say("data_report.finding.collect", columns=listed, months=worth.months))
    else:
        lines.append(say("data_report.finding.collect_nothing", months=worth.months))
    estates = len({one.number for one in wrong})
    lines.append(
        say("data_report.finding.wrong", count=len(wrong), estates=estates)
        if wrong
        else say("data_report.finding.none_wrong")
    )
    lines.append(
        say("data_report.finding.far", count=len(far)) if far else say("data_report.finding.none_far")
    )
    return tuple(lines)


def _coverage(table: EstateRows, marked: Mapping[str, Sequence[str]]) -> Table:
    rows = []
    for name, line in marked.items():
        counts = Counter(line)
        size = len(line) - counts[""]
        cells = [
            say(
                "data_report.of_all",
                number=figures.count(counts[mark]),
                share=figures.share(counts[mark] / size, 0),
            )
            if size
            else NO_VALUE
            for mark in MARKS
        ]
        rows.append((heading(name), *cells))
    others = [
        joins.bracketed(heading(name), figures.count(sum(cell is not None for cell in cells)))
        for name, cells in table.cells.items()
        if _only_reported(name)
    ]
    note = say("data_report.coverage.note")
    if others:
        note = joins.sentences([note, say("data_report.coverage.reported", columns=joins.listed(others))])
    return Table(
        say("data_report.coverage.title"),
        (say("data_report.head.column"), *(str(MARK_WORDS[mark]) for mark in MARKS)),
        tuple(rows),
        note,
    )


def _share_and_interval(one: Worth) -> str:
    bounds = figures.interval(one.low, one.high, "share")
    return say("data_report.share_and_interval", share=figures.share(one.share), bounds=bounds)


def _only_reported(name: str) -> bool:
    found = column_of(name)
    return found is not None and (found[1] is not None or not found[0].sets)


def _worths(worth: Worths) -> Table:
    rows = tuple(
        (
            heading(one.topic),
            figures.count(one.missing),
            figures.share(one.explained),
            figures.share(one.share),
            figures.interval(one.low, one.high, "share"),
            say("data_report.worth.told" if one.told else "data_report.worth.not_told"),
        )
        for one in worth.rows
    )
    columns = ("column", "lacking", "explained", "share", "interval", "seen")
    return Table(
        say("data_report.worth.title"),
        tuple(say(f"data_report.head.{one}") for one in columns),
        rows,
        say(
            "data_report.worth.note",
            estates=figures.count(worth.estates),
            seeds=worth.seeds,
            months=worth.months,
            spread=figures.points(worth.spread, signed=False),
        ),
    )


def _estate(data: CityData, number: int) -> str:
    name = data.names.get(number, "")
    return joins.bracketed(str(number), name) if name else str(number)


def _shown(figures_of: Mapping[str, float | str]) -> str:
    return joins.listed(joins.labelled(heading(name), figure(name, one)) for name, one in figures_of.items())


def _wrong(data: CityData, wrong: Sequence[Finding]) -> Table:
    rows = tuple(
        (_estate(data, one.number), str(CHECK_WORDS[one.check]), _shown(one.figures))
        for one in wrong[:MOST_ROWS]
    )
    columns = tuple(say(f"data_report.head.{one}") for one in ("estate", "contradiction", "found"))
    return Table(say("data_report.wrong.title"), columns, rows, _note("wrong", len(wrong)), len(rows) > 30)


def _far(data: CityData, far: Sequence[Outlier]) -> Table:
    rows = tuple(
        (
            _estate(data, one.number),
            _far_column(one),
            common.type_name(data.scenario, one.of_type) if one.of_type else say("data_report.all_types"),
            _far_figure(one, one.value),
            _far_figure(one, one.middle),
            figures.signed(one.score, 1),
        )
        for one in far[:MOST_ROWS]
    )
    columns = tuple(
        say(f"data_report.head.{one}") for one in ("estate", "column", "among", "value", "middle", "score")
    )
    return Table(say("data_report.far.title"), columns, rows, _note("far", len(far)), len(rows) > 30)


def _far_column(one: Outlier) -> str:
    if one.column in ("area", "arrears", "public_revenue"):
        return say("data_report.a_household", column=heading(one.column))
    return heading(one.column)


def _far_figure(one: Outlier, value: float) -> str:
    return figure("arrears" if one.column == "public_revenue" else one.column, value)


def _note(kind: str, number: int) -> str:
    if not number:
        return say("data_report.wrong.none" if kind == "wrong" else "data_report.far.none")
    text = say("data_report.wrong.note") if kind == "wrong" else say("data_report.far.note", far=FAR)
    if number > MOST_ROWS:
        text = joins.sentences([text, say("data_report.more", count=number - MOST_ROWS)])
    return text


def _rules() -> Table:
    """The rules of the page, each with its reason."""
    values = {
        "missing": say("data_report.rule.missing", rows=f"{BASE_ROWS:g}"),
        "collect": say("data_report.rule.collect", level=figures.level(LEVEL)),
        "outlier": say("data_report.rule.outlier", far=FAR, rows=LEAST_ROWS),
        "fee": say("data_report.rule.fee", times=f"{FEE_TIMES:g}"),
        "flat": say("data_report.rule.flat", low=f"{LEAST_FLAT:g}", high=f"{MOST_FLAT:g}"),
        "building": say("data_report.rule.building", most=f"{MOST_FLATS:g}"),
        "old": say("data_report.rule.old", year=LAST_OLD),
        "owed": say("data_report.rule.owed"),
        "jump": say("data_report.rule.jump", points=figures.points(JUMP, signed=False)),
    }
    return Table(
        say("data_report.rules.title"),
        (say("data_report.about"), say("data_report.rule")),
        tuple((say(f"data_report.rule.of_{name}"), text) for name, text in values.items()),
    )


def _estimates(data: CityData) -> Table:
    """The settings of the types that the city's rows changed."""
    found = [one for one in estimates(data.table, data.base) if one.type in data.scenario.types]
    rows = tuple(
        (
            _setting(one),
            common.type_name(data.scenario, one.type),
            figures.significant(one.rows),
            _value(one, one.base),
            _value(one, one.given),
            _value(one, _states(data.scenario, one)),
        )
        for one in found
    )
    columns = ("setting", "type", "rows", "of_base", "of_rows", "stated")
    return Table(
        say("data_report.estimates.title"),
        tuple(say(f"data_report.estimates.{one}") for one in columns),
        rows,
        say("data_report.estimates.note"),
        folded=True,
    )


def _setting(one: Estimate) -> str:
    key, _, mode = one.setting.partition(".")
    text = say(f"setting.type.{key}")
    return joins.labelled(text, str(MODE_WORDS[mode])) if mode else text


def _states(scenario: Scenario, one: Estimate) -> float:
    kind = scenario.types[one.type]
    key, _, mode = one.setting.partition(".")
    if mode:
        shares = {str(name): float(share) for name, share in kind.modes.items()}
        return shares.get(mode, 0.0)
    value = getattr(kind, key)
    return math.nan if value is None else float(value)


def _value(one: Estimate, value: float) -> str:
    if one.setting.startswith("built_"):
        return f"{value:.0f}"
    shares = ("share", "committee_share", "start_collection", "vacancy", "tenants", "legacy_share", "modes")
    if one.setting.partition(".")[0] in shares:
        return figures.share(value)
    return figures.significant(value)


def _sure(worth: Worths) -> tuple[str, ...]:
    names = ("readings", "marks", "spread", "first_order", "looked_at")
    return tuple(say(f"data_report.sure.{one}") for one in names)


# charts


def _pictures(marked: Mapping[str, Sequence[str]], worth: Worths) -> tuple[Picture, ...]:
    alt = joins.listed(
        joins.bracketed(heading(name), figures.share(Counter(line)[GIVEN] / max(1, len(line)), 0))
        for name, line in marked.items()
    )
    pictures = [
        Picture(
            say("data_report.coverage.title"),
            say("data_report.coverage.alt", columns=alt),
            partial(coverage_chart, marked),
        )
    ]
    if worth.rows:
        shares = joins.listed(
            joins.bracketed(heading(one.topic), figures.share(one.share)) for one in worth.rows
        )
        pictures.append(
            Picture(
                say("data_report.worth.title"),
                say("data_report.worth.alt", columns=shares),
                partial(worth_chart, worth),
            )
        )
    return tuple(pictures)


COLOURS = {GIVEN: (style.BLUE, ""), IMPUTED: (style.SKY, "..."), DRAWN: ("#CFCFCF", "///")}


@style.styled
def coverage_chart(marked: Mapping[str, Sequence[str]]) -> Figure:
    """Bars of each column: which share of the estates has it given, imputed, drawn."""
    height = 1.5 + 0.3 * len(marked)
    ax = style.tidy(style.canvas(None, (10, height), (0.25, 0.6 / height, 0.7, 1 - 1.45 / height)))
    style.heading(ax, say("data_report.coverage.title"), say("data_report.coverage.subtitle"))
    left = np.zeros(len(marked))
    places = -np.arange(len(marked))
    for mark in MARKS:
        shares = np.array([_share_of(line, mark) for line in marked.values()])
        colour, hatch = COLOURS[mark]
        ax.barh(
            places,
            100 * shares,
            left=100 * left,
            color=colour,
            hatch=hatch,
            edgecolor="white",
            height=0.72,
            label=str(MARK_WORDS[mark]),
        )
        left += shares
    ax.set_yticks(places, [heading(name) for name in marked], fontsize=style.SMALL)
    ax.set_ylim(-len(marked) + 0.4, 0.6)
    ax.set_xlim(0, 100)
    ax.set_xlabel(say("data_report.share_of_estates"))
    ax.grid(axis="y", visible=False)
    ax.legend(loc="lower right", bbox_to_anchor=(1.0, 1.005), ncols=3, frameon=False, fontsize=style.SMALL)
    return style.owner(ax)


def _share_of(line: Sequence[str], mark: str) -> float:
    known = sum(one != "" for one in line)
    return sum(one == mark for one in line) / known if known else 0.0


@style.styled
def worth_chart(worth: Worths) -> Figure:
    """Bars of the share of the variance that goes with each missing figure, with intervals."""
    height = 1.45 + 0.32 * len(worth.rows)
    ax = style.tidy(style.canvas(None, (10, height), (0.25, 0.62 / height, 0.7, 1 - 1.4 / height)))
    subtitle = say(
        "data_report.worth.subtitle", estates=worth.estates, seeds=worth.seeds, months=worth.months
    )
    style.heading(ax, say("data_report.worth.title"), subtitle)
    places = -np.arange(len(worth.rows))
    for place, one in zip(places, worth.rows, strict=True):
        colour = style.BLUE if one.told else "#9A9A9A"
        ax.barh(place, 100 * one.share, color=colour, hatch="" if one.told else "///", edgecolor="white")
        ax.plot([100 * one.low, 100 * one.high], [place, place], color=style.BLACK, linewidth=1.1)
    ax.set_yticks(places, [heading(one.topic) for one in worth.rows], fontsize=style.SMALL)
    ax.set_ylim(-len(worth.rows) + 0.4, 0.6)
    ax.set_xlim(left=0)
    ax.set_xlabel(say("data_report.worth.axis"))
    ax.grid(axis="y", visible=False)
    ax.grid(axis="x", color=style.PALE, linewidth=0.8)
    return style.owner(ax)
