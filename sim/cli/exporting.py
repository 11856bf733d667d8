"""The work of `estate export`: a result as a workbook, with the city's own sheet beside what became of each
estate."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.city.own_sheet import OwnSheet, check_city, city_folder, read_sheet
from sim.cli.terminal import console
from sim.kinds import Kind, kind_of_result, load_result
from sim.model.parameters import PARAMETERS
from sim.outputs.catalog import parameter_name, titled
from sim.outputs.range_words import KIND, words_of_notes
from sim.outputs.workbook import MOST_ROWS, Column, Sheet, check_out, of_table, write_workbook
from sim.results import Run
from sim.results.columns import CITY_COLUMN_WORDS, ESTATE_COLUMN_WORDS
from sim.results.folder import DEFINITIONS, read_manifest, require_current
from sim.results.outcomes import OUTCOMES, POPULATION_WORDS, SERIES, Figure
from sim.results.sheets import Sheets
from sim.scenario import Scenario, content_hash
from sim.text import Family, figures, language, message, say
from sim.text.catalog import has_text
from sim.text.joins import listed
from sim.words import MODE_WORDS, STAGE_WORDS

if TYPE_CHECKING:
    import pandas as pd

    from sim.results.result import Result

NUMBER = "number"
OF_ROW = ("unit of the outcome", "unit of the series")  # a column beside it says which
COLUMNS = Family(
    "sheet.column",
    (
        *(
            "seed",
            "run",
            "point",
            "replication",
            "status",
            "outcome",
            "series",
            "unit",
            "value",
            "over",
            "mean",
        ),
        *("low", "high", "note", "range_low", "range_high", "range_kind", "pairs", "spread"),
        *("replications", "seeds", "parameter", "parameter_unit"),
        *("lowest", "p5", "lower_quartile", "median", "upper_quartile", "p95", "highest"),
        *(
            "year",
            "bearer",
            "programme",
            "yuan",
            "nominal",
            "constant",
            "discounted",
            "kind",
            "cause",
            "size",
        ),
        *("company", "purpose", "payer_kind", "payee_kind", "scenario", "estates", "households"),
    ),
)
TITLES = Family(
    "sheet.table",
    (
        *("estates", "estate_table", "city", "events", "ledger", "outcomes", "public_cost"),
        *(
            "differences",
            "by_month",
            "by_type",
            "by_district",
            "by_owner",
            "rescues",
            "fates",
            "costs",
            "plane",
        ),
        *("spending", "public_cost_ranges", "standing", "pairs", "losses", "acceptability"),
        *("acceptability_pairs", "withdrawal", "after", "runs", "points"),
    ),
)
# What the ends of a column's name mean in every table: `low` and `high` bound a mean. A kind of result names
# by itself every column of its tables where they mean something else.
ENDS = Family("sheet.end", ("range_low", "range_high", "range_kind", "pairs", "low", "high", "note", "more"))
PRICES = Family("sheet.price", ("nominal", "constant", "discounted"))
# Words of these columns' own tables; in others the same name means something else.
OWN_WORDS = {"estates": ESTATE_COLUMN_WORDS, "estate_table": ESTATE_COLUMN_WORDS, "city": CITY_COLUMN_WORDS}


def export(folder: Path, out: Path | None, city: Path | None) -> Path:
    """Write the workbook of a result and say what it holds; returns its path.

    ResultError for what is no result of this version, or a file that is there; CityError for a folder of a
    city that is not the one of the result.
    """
    path = check_out(out or folder / f"tables.{language()}.xlsx")
    manifest = read_manifest(folder)
    require_current(manifest, folder)
    result = load_result(folder)
    kind = kind_of_result(result)
    assert kind is not None
    sheets, private = _sheets(result, kind, manifest, folder, city)
    write_workbook(sheets, path)
    size = figures.decimal(path.stat().st_size / 1e6, 2)
    screen = console()
    screen.print(say("sheet.written", file=path, sheets=len(sheets), size=size), soft_wrap=True)
    if private:
        screen.print(say("sheet.private", file=path), soft_wrap=True)
    return path


def _sheets(
    result: Result, kind: Kind, manifest: Mapping[str, Any], folder: Path, city: Path | None
) -> tuple[list[Sheet], bool]:
    """Every sheet of the workbook, and whether the city's own names stand in it."""
    told: Sheets = kind.get(kind.sheets)(result) if kind.sheets else Sheets()
    scenarios = _scenarios(result, kind)
    months = max((one.months for one in scenarios), default=0)
    sheets, columns, facts = [], [], []
    own, note = None, ""
    if told.estates:
        own, note = _own_sheet(scenarios[0], city, told)
        page, explained = _by_estate(told, own)
        sheets.append(page)
        columns += explained
    left = []
    for name, frame in result.tables().items():
        if len(frame) > MOST_ROWS:
            left.append(_title(name, told))
            continue
        page, explained = _table(name, _with_numbers(frame, told), told, own, scenarios, months)
        sheets.append(page)
        columns += explained
    facts += _facts(result, kind, manifest, scenarios)
    if note:
        facts.append(("city", note))
    if left:
        most = figures.count(MOST_ROWS)
        facts.append(("left_out", say("sheet.left_out", tables=listed(left), most=most, folder=folder)))
    facts.append(("shares", say("sheet.shares")))
    return [*sheets, *_about(facts, columns)], own is not None


def _scenarios(result: Any, kind: Kind) -> list[Scenario]:
    if kind.scenarios:
        return list(kind.get(kind.scenarios)(result))
    scenario = getattr(result, "scenario", None)
    return [scenario] if isinstance(scenario, Scenario) else []


# by estate

Explained = tuple[str, str, str, str, str, str]
"""Of one column: sheet, heading, unit, name in the files, over whom, where it comes from."""


def _own_sheet(scenario: Scenario, city: Path | None, told: Sheets) -> tuple[OwnSheet | None, str]:
    """The user's own sheet, where the scenario's estates are those of a table and its folder is there, and
    what is said of it."""
    if scenario.estates is None:
        return None, say("sheet.drawn_city")
    folder = city_folder(scenario, city)
    if folder is None:
        return None, say("sheet.no_city")
    check_city(folder, scenario)
    own = read_sheet(folder)
    here = sum(number in own.rows for number in told.numbers)
    return own, say("sheet.city_rows", rows=len(own.rows), folder=folder, with_results=here)


def _by_estate(told: Sheets, own: OwnSheet | None) -> tuple[Sheet, list[Explained]]:
    """The sheet of estates: the user's columns, the number, and what became of each."""
    title = say("sheet.by_estate")
    numbers = list(own.rows) if own is not None else list(told.numbers)
    place_of = {number: place for place, number in enumerate(told.numbers)}
    rows = [place_of.get(number) for number in numbers]
    columns, explained = [], []
    for place, heading in enumerate(own.headings if own is not None else ()):
        assert own is not None
        cells = [own.rows[number][place] for number in numbers]
        percent = any(cell.percent for cell in cells)
        columns.append(Column(heading, "", [cell.value for cell in cells], percent))
        explained.append((title, heading, "", "", "", say("sheet.from.own")))
    fixed = len(columns) + 1 if not columns else min(len(columns), 3)
    columns.append(Column(say("sheet.number"), "", numbers))
    explained.append((title, columns[-1].head, "", "number", "", say("sheet.from.key")))
    for one in told.estates:
        values = [None if row is None else one.values[row] for row in rows]
        columns.append(Column(one.label, one.unit, values))
        explained.append((title, columns[-1].head, _unit(one.unit), one.id, "", say("sheet.from.result")))
    return Sheet(title, columns, fixed), explained


# tables


def _table(
    name: str,
    frame: pd.DataFrame,
    told: Sheets,
    own: OwnSheet | None,
    scenarios: Sequence[Scenario],
    months: int,
) -> tuple[Sheet, list[Explained]]:
    """A table of the result, with its headings and codes in words, and with the city's own id and name beside
    the number of an estate."""
    import pandas as pd

    title, units = _title(name, told), frame.attrs.get("units", {})
    columns, explained = [], []
    words = _shared_words(scenarios) | dict(told.words)
    for column in frame.columns:
        values = frame[column]
        flag = values.dtype == bool
        unit = "" if flag else str(units.get(column, ""))
        unit = unit if unit and unit not in OF_ROW and _known(unit) else ""
        heading = heading_of(name, str(column), told, months)
        columns.append(Column(heading, unit, _cells(values, _words_of(str(column), words), flag)))
        figure = _figure(name, str(column))
        over = POPULATION_WORDS[figure.population] if figure is not None else ""
        explained.append((title, columns[-1].head, _unit(unit), str(column), over, say("sheet.from.result")))
        if column == NUMBER and own is not None:
            for head, names in (("id", own.ids), ("name", own.names)):
                if names:
                    cells = [None if pd.isna(number) else names.get(int(number)) for number in values]
                    columns.append(Column(say(f"sheet.own_{head}"), "", cells))
                    explained.append((title, columns[-1].head, "", "", "", say("sheet.from.own")))
    return Sheet(title, columns), explained


def _with_numbers(frame: pd.DataFrame, told: Sheets) -> pd.DataFrame:
    """A table with the numbers of estates, which they keep, instead of their places in the run."""
    import pandas as pd

    if not told.numbers or "estate" not in frame.columns:
        return frame
    made = frame.drop(columns=NUMBER, errors="ignore")
    at = list(made.columns).index("estate")
    held = [pd.NA if pd.isna(place) else told.numbers[int(place)] for place in made["estate"]]
    made = made.drop(columns="estate")
    made.insert(at, NUMBER, pd.array(held, dtype="Int64"))
    made.attrs.update(frame.attrs)
    return made


def _words_of(column: str, words: Mapping[str, Mapping[Any, str]]) -> Mapping[Any, str]:
    """Codes in words of a column, or of what the end of its name means in every table."""
    ends = ("range_kind", "note")
    own = next((end for end in ends if column.endswith(f"_{end}")), column)
    return words.get(column, words.get(own, {}))


def _cells(values: pd.Series, words: Mapping[Any, str], flag: bool) -> list[Any]:
    if flag:
        said = {True: say("city.word.yes"), False: say("city.word.no")}
        return [said[bool(one)] for one in values]
    if not words:
        return list(values.astype(object))
    return [words.get(one, one) if isinstance(one, str) else one for one in values.astype(object)]


def _shared_words(scenarios: Iterable[Scenario]) -> dict[str, Mapping[Any, str]]:
    """Codes in words, by column, that tables of any kind have."""
    types: dict[Any, str] = {}
    programmes: dict[Any, str] = {}
    names: dict[Any, str] = {}
    for scenario in scenarios:
        types |= {name: titled(getattr(one, "title", None), name) for name, one in scenario.types.items()}
        programmes |= {one.name: _programme(one) for one in scenario.interventions}
        names[scenario.name] = titled(scenario.title, scenario.name)
    notes = words_of_notes()
    outcomes = {name: one.name for name, one in OUTCOMES.items()}
    series = {name: one.name for name, one in SERIES.items()}
    units = {unit: _unit(unit) for unit in {one.unit for one in (*OUTCOMES.values(), *SERIES.values())}}
    parameters = {name: str(one.label) for name, one in PARAMETERS.items()}
    return {
        "type": types,
        "group": types | {"all": say("comparison.all")},
        "programme": programmes,
        "scenario": names,
        "outcome": outcomes,
        "series": series,
        "measure": series,
        "figure": outcomes | series,
        "unit": units,
        "parameter": parameters | {f"parameters.{name}": label for name, label in parameters.items()},
        "parameter_unit": {one.unit: _unit(one.unit) for one in PARAMETERS.values()},
        "over": dict(POPULATION_WORDS),
        "stage": {name: str(word) for name, word in STAGE_WORDS.items()},
        "mode": {name: str(word) for name, word in MODE_WORDS.items()},
        "price": dict(PRICES),
        "range_kind": dict(KIND),
        "note": notes,
        "more_note": notes,
    }


def _programme(programme: Any) -> str:
    label = getattr(type(programme), "label", None)
    word = label() if callable(label) else label
    return f"{word}" if word is not None else str(programme.name)


def _title(name: str, told: Sheets) -> str:
    return told.headings.get(of_table(name)) or (TITLES[name] if name in TITLES else name.replace("_", " "))


def _unit(unit: str) -> str:
    return figures.unit_name(unit) if unit else ""


def _known(unit: str) -> bool:
    return has_text(f"unit.{unit}")


def heading_of(table: str, column: str, told: Sheets, months: int) -> str:
    """What a column of a table is called: as its kind says it, as its own table does, as any table does."""
    for key in (f"{table}.{column}", column):
        if key in told.headings:
            return told.headings[key]
    if column == NUMBER and told.numbers:
        return say("sheet.number")
    if column in OWN_WORDS.get(table, {}):
        return str(OWN_WORDS[table][column])
    if column in COLUMNS:
        return COLUMNS[column]
    if column in OUTCOMES:
        return OUTCOMES[column].of_run(months)
    if column in ESTATE_COLUMN_WORDS:
        return str(ESTATE_COLUMN_WORDS[column])
    if column.removeprefix("parameters.") in PARAMETERS:
        return parameter_name(column)
    for end in ENDS:
        stem = column.removesuffix(f"_{end}")
        if stem != column:
            return say(f"sheet.end.{end}", name=heading_of(table, stem, told, months))
    return column


def _figure(table: str, column: str) -> Figure | None:
    """The entry of the registry that a column holds values of."""
    return SERIES.get(column) if table == "city" else OUTCOMES.get(column)


# explanations


def _facts(
    result: Result, kind: Kind, manifest: Mapping[str, Any], scenarios: Sequence[Scenario]
) -> list[tuple[str, str]]:
    """What the result is, of which scenario, seeds and model."""
    facts = [("draw", say("draw.one", seed=result.seed))] if isinstance(result, Run) else []
    facts += [("finding", line) for line in result.sentences()]
    facts += [("warning", line) for line in result.warnings()]
    facts.append(("kind", kind.title))
    for scenario in scenarios:
        title = titled(scenario.title, scenario.name)
        facts.append(("scenario", title if title == scenario.name else f"{title} ({scenario.name})"))
        facts.append(("scenario_hash", content_hash(scenario)))
    lengths = sorted({scenario.months for scenario in scenarios})
    if lengths:
        least, most = lengths[0], lengths[-1]
        both = say("sheet.months_differ", least=least, most=most)
        facts.append(("months", str(least) if least == most else both))
    seeds = manifest.get("seeds") or ([manifest["seed"]] if "seed" in manifest else [])
    if seeds:
        facts.append(("seeds", ", ".join(map(str, seeds))))
    facts.append(("key", str(manifest.get("key", ""))))
    facts.append(("model", str(manifest.get("model_source_hash", ""))))
    facts.append(("definitions", str(manifest.get(DEFINITIONS, ""))))
    facts.append(("version", str(manifest.get("versions", {}).get("sim", ""))))
    return facts


FACTS = Family(
    "sheet.fact",
    (
        *("kind", "scenario", "scenario_hash", "seeds", "months", "key", "model", "definitions", "version"),
        *("city", "left_out", "shares", "warning", "finding", "draw"),
    ),
)
HEADS = ("sheet", "heading", "unit", "id", "over", "meaning")


def _about(facts: Sequence[tuple[str, str]], columns: Sequence[Explained]) -> list[Sheet]:
    items = Column(say("sheet.item"), "", [FACTS[name] for name, _ in facts])
    said = Column(say("sheet.said"), "", [text for _, text in facts])
    parts = zip(*columns, strict=True) if columns else ((),) * len(HEADS)
    explained = [
        Column(say(f"sheet.head.{head}"), "", list(part)) for head, part in zip(HEADS, parts, strict=True)
    ]
    return [Sheet(say("sheet.about"), [items, said]), Sheet(say("sheet.about_column"), explained)]


def no_form() -> Exception:
    """The error for a call that names no form."""
    from sim.errors import ResultError

    return ResultError(
        message(
            "problem.instead",
            place="estate export",
            found=message("found.nothing"),
            allowed=message("sheet.form"),
        )
    )
