"""What the figures in the cells of a column are, a column at a time: percents or shares, in what unit, and
for each cell that is not plain what was made of it. Words are `sim.city.meanings`."""

from __future__ import annotations

import datetime as dt
import re
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from sim.city.columns import Column
from sim.city.meanings import committees, companies, coordinates, flags, meant, texts
from sim.city.notes import Verdict
from sim.city.numbers import DOUBTFUL, Number, has_decimal_comma, number_of
from sim.city.read import Cells, Options, Read, blank_note, numbers_in, way_note, written
from sim.city.sheets import Cell
from sim.city.vocabulary import blank_word, longest_first, pattern, plain, vocabulary, words
from sim.scenario.estate_table import COLUMNS, FIRST_YEAR, LAST_YEAR
from sim.text import Message, message
from sim.text.figures import unit_message

PERCENT, SHARE = "percent", "share"
CLEAR = 0.8  # of the bare figures of a column, how many must agree for it to be settled
DEAREST = 15.0  # yuan a m2 a month: a column without a unit whose middle fee is above it is in another unit
WIDE = 10.0  # a fee range whose upper end is as many times the lower one is doubtful
EPOCH = dt.date(1899, 12, 30)  # of the day numbers of spreadsheets
FIRST_DAY, LAST_DAY = 18_000, 60_000  # 1949 to 2064
MOST_PRICES = 4  # in one cell


def read_column(column: Column, cells: Cells, options: Options) -> Read:
    """The values of a column, by what it means. A column whose unit cannot be settled is refused: all blank,
    and said."""
    return READERS.get(column.means, texts)(column, cells, options)


# counts


def _counts(column: Column, cells: Cells, options: Options) -> Read:
    """Whole numbers that are not negative."""
    read = Read(column)
    units = vocabulary()["units"].get(column.means, {})
    for row, cell, number, value in numbers_in(read, cells, units):
        if value < 0 or not float(value).is_integer() or number.percent:
            read.note(row, cell, "blank", message("city.blank.not_whole"))
        else:
            read.values[row] = int(value)
            way_note(read, row, cell, number, int(value))
    return read


# shares and percents


def _shares(column: Column, cells: Cells, options: Options) -> Read:
    """Shares from 0 to 1, settled for the whole column to stand there as shares or as percents."""
    read = Read(column)
    numbers = list(numbers_in(read, cells, vocabulary()["units"]["score"]))
    bare = [value for _, _, number, value in numbers if not number.percent]
    signed = sum(number.percent and isinstance(cell.value, str) for _, cell, number, _ in numbers)
    shown = sum(number.percent and not isinstance(cell.value, str) for _, cell, number, _ in numbers)
    settled, how = settle(column, bare, signed, shown, options)
    if not settled:
        return read.refuse(how)
    read.unit = settled
    if bare:
        read.note(None, None, "table", how)
    for row, cell, number, value in numbers:
        share = value
        if not number.percent:
            if misfit(value, settled):
                told = options.misfits
                if told not in (PERCENT, SHARE):
                    read.misfits.add(row)
                    why = message(f"city.misfit.{settled}", found=cell.text)
                    read.note(row, cell, "blank", why, "", "misfit")
                    continue
                share = value / 100 if told == PERCENT else value
                read.note(row, cell, "doubtful", message("city.misfit.told"), written(share), "misfit_told")
            elif settled == PERCENT:
                share = value / 100
        share = float(f"{share:.12g}")
        if share < 0:
            read.note(row, cell, "blank", message("city.blank.negative"))
        elif share > 1:
            why = message("city.blank.over_one" if column.means == "collection" else "city.blank.above_one")
            read.note(row, cell, "blank", why, "", "over_one")
        elif number.percent and 0 < share < 0.01 and isinstance(cell.value, str):
            read.note(row, cell, "blank", message("city.misfit.percent", found=cell.text), "", "misfit")
            read.misfits.add(row)
        else:
            read.values[row] = share
            if number.percent and isinstance(cell.value, str):
                read.note(
                    row, cell, _way_verdict(number), _percent_way(number), written(share), "way_percent"
                )
            else:
                way_note(read, row, cell, number, share)
    return read


def _way_verdict(number: Number) -> Verdict:
    return "doubtful" if any(one in DOUBTFUL for one in number.ways) else "read"


def _percent_way(number: Number) -> Message:
    way = next((one for one in number.ways if one in DOUBTFUL), "percent")
    return message(f"city.way.{way}")


def misfit(value: float, settled: str) -> bool:
    """Whether a bare figure does not look like the others: a share among percents, or a percent among
    shares."""
    return 0 < value <= 1 if settled == PERCENT else value > 1.5


def settle(
    column: Column, bare: Sequence[float], signed: int, shown: int, options: Options
) -> tuple[str, Message]:
    """Whether bare figures of a column are percents or shares, by the mapping, the heading and the majority;
    "" and why not, where these do not agree.

    signed: how many cells have a sign of percent written out: whoever filled them in wrote percents. shown:
    how many are shares that their sheet shows as percentages.
    """
    if options.unit in (PERCENT, SHARE):
        return options.unit, message(f"city.settled.{options.unit}_told")
    if "‰" in column.unit:
        return "", message("city.settled.per_mille")
    said = "%" in column.unit or "%" in column.heading
    shares = sum(0 < value <= 1 for value in bare)
    percents = sum(value > 1.5 for value in bare)
    if shares + percents == 0:
        return (PERCENT if said else SHARE), message("city.settled.none")
    if column.means != "collection" and not (said or signed or shown) and percents and max(bare) <= 10:
        return "", message("city.settled.scale", most=f"{max(bare):g}")
    shares, percents = shares + (0 if said else shown), percents + signed
    counts = {"shares": shares, "percents": percents}
    if percents >= CLEAR * (shares + percents):
        return PERCENT, message(
            "city.settled.percent_heading" if said else "city.settled.percent_majority", **counts
        )
    if said:
        return "", message("city.settled.against_heading", **counts)
    if shares >= CLEAR * (shares + percents):
        return SHARE, message("city.settled.share_majority", **counts)
    return "", message("city.settled.neither", **counts)


# amounts of money


def _money(column: Column, cells: Cells, options: Options) -> Read:
    """Amounts in yuan; arrears may be a share of what was billed instead. Without a unit the column is
    refused."""
    read = Read(column)
    if column.means == "arrears" and (
        "%" in column.unit or "%" in column.heading or options.unit in (PERCENT, SHARE)
    ):
        return _arrears_share(column, cells, options)
    if column.means == "arrears" and _percents(cells):
        return _arrears_share(column, cells, options)
    units = vocabulary()["units"]["money"]
    factor = _unit_of_money(options.unit or column.unit)
    numbers = list(numbers_in(read, cells, units))
    bare = [one for _, _, one, _ in numbers if one.factor == 1 and "unit" not in one.ways]
    if factor is None and bare:
        return read.refuse(message("city.unit.money"))
    read.unit = options.unit or column.unit
    for row, cell, number, value in numbers:
        if value < 0 or number.percent:
            read.note(row, cell, "blank", message("city.blank.negative"))
        else:
            own = number.factor != 1 or "unit" in number.ways
            read.values[row] = float(f"{value if own else value * (factor or 1.0):.15g}")
            way_note(read, row, cell, number, read.values[row])
    return read


def _arrears_share(column: Column, cells: Cells, options: Options) -> Read:
    read = _shares(column, cells, options)
    if not read.refused:
        read.note(None, None, "not_used", message("city.unused.arrears_share"))
    return read


def _percents(cells: Cells) -> bool:
    return any(
        cell.percent or (isinstance(cell.value, str) and cell.value.strip().endswith("%"))
        for _, cell in cells
    )


def _unit_of_money(unit: str) -> float | None:
    for part in sorted(re.split(r"[/·,; ]", plain(unit)), key=len, reverse=True):
        known = {plain(name): factor for name, factor in vocabulary()["units"]["money"].items()}
        if part in known:
            return float(known[part])
    return None


# floor area


def _areas(column: Column, cells: Cells, options: Options) -> Read:
    """Floor areas in m2, by the unit of the heading, the mapping or the cell; without one they are bare and
    settled by `sim.city.checks`."""
    read = Read(column)
    units = vocabulary()["units"]["floor_area"]
    unit = plain(options.unit or column.unit)
    known = {plain(name): float(factor) for name, factor in units.items()}
    factor = known.get(unit)
    if unit and not factor:
        factor = next((known[part] for part in re.split(r"[/·,; ]", unit) if known.get(part)), None)
        if factor is None:
            return read.refuse(message("city.unit.area", unit=options.unit or column.unit))
    read.unit = unit
    for row, cell, number, value in numbers_in(read, cells, units):
        if value <= 0 or number.percent:
            read.note(row, cell, "blank", message("city.blank.not_positive"))
        else:
            own = number.factor != 1 or "unit" in number.ways
            read.values[row] = float(f"{value if own else value * (factor or 1.0):.12g}")
            way_note(read, row, cell, number, read.values[row])
    return read


# fees


@dataclass(frozen=True)
class FeeUnit:
    """In what a price is: per area or household, by month, quarter or year, in yuan or another money; ""
    where unsaid."""

    per: str = ""
    period: str = ""
    money: str = ""


MONTHS = {"month": 1, "quarter": 3, "year": 12}


@cache
def _says(name: str) -> tuple[re.Pattern[str], re.Pattern[str] | None]:
    """How a unit of a price is said: after a stroke or "per", or as a word of its own."""
    listed = longest_first("fee", name)
    before = "|".join(re.escape(word) for area in ("yuan", "each") for word in longest_first("fee", area))
    alternatives = "|".join(re.escape(word) for word in listed)
    latin = "|".join(re.escape(word) for word in listed if word.isascii() and len(word) > 1)
    after = re.compile(rf"(?:[/·.*]|\bper\b|\ba\b|{before})\s*(?:{alternatives})")
    return after, re.compile(rf"\b(?:{latin})(?:ly)?\b") if latin else None


@lru_cache(maxsize=1 << 16)
def fee_unit(text: str) -> FeeUnit:
    """The unit that a text says a price to be in."""
    said = plain(text)

    def says(name: str) -> bool:
        after, alone = _says(name)
        return after.search(said) is not None or (alone is not None and alone.search(said) is not None)

    per = "area" if says("per_area") else "household" if says("per_household") else ""
    period = next((name for name in ("month", "quarter", "year") if says(name)), "")
    other = any(word in said for word in words("fee", "other_money"))
    yuan = any(word in said for word in words("fee", "yuan"))
    return FeeUnit(per, period, "other" if other else "yuan" if yuan else "")


def _fees(column: Column, cells: Cells, options: Options) -> Read:
    """Fees as (low, high) in yuan a month per m2 or per household, both the same for one price; False where
    none is charged. No range becomes its middle."""
    read = Read(column)
    per = "household" if column.means == "fee_household" else "area"
    unit = fee_unit(f"{column.heading} {column.unit} {options.unit}")
    spoken = [(row, cell, fee_unit(cell.text)) for row, cell in cells if isinstance(cell.value, str)]
    filled = sum(not cell.blank for _, cell in cells)
    if unit.money == "other" or sum(one.money == "other" for _, _, one in spoken) * 2 > filled:
        shown = next((cell.text for _, cell, one in spoken if one.money == "other"), column.heading)
        for row, cell, one in spoken:
            if one.period and unit.period and one.period != unit.period:
                why = message("city.blank.other_period", unit=column.heading)
                read.note(row, cell, "blank", why, "", "other_period")
        return read.refuse(
            message("city.unit.other_money", found=shown, unit=unit_message(_fee_unit_of(per)))
        )
    if unit.per and unit.per != per:
        return read.refuse(message("city.unit.fee", unit=unit_message(_fee_unit_of(per))))
    months = MONTHS[unit.period or "month"]
    commas = any(has_decimal_comma(cell) for _, cell in cells)
    bare: list[float] = []
    for row, cell in cells:
        found = _fee(cell, per, commas)
        blank_note(read, row, cell, found.why)
        if found.charged is False:
            read.values[row] = False
            read.note(row, cell, "doubtful", message(f"city.fee.{found.way}"), "", f"way_{found.way}")
        if found.price is None:
            continue
        low, high = (float(f"{one / (1 if found.period else months):.12g}") for one in found.price)
        if not found.period and not found.per:
            bare.append(high)
        most = COLUMNS["fee_household" if per == "household" else "fee"].high or 0
        if high > most or low <= 0:
            why = message("city.blank.fee_bounds", most=f"{most:g}", unit=unit_message(_fee_unit_of(per)))
            read.note(row, cell, "blank", why, "", "fee_bounds")
            continue
        read.values[row] = (low, high)
        if high > WIDE * low:
            read.note(
                row,
                cell,
                "doubtful",
                message("city.fee.wide", times=f"{high / low:.0f}"),
                written((low, high)),
            )
        elif found.way:
            verdict: Verdict = "doubtful" if found.way in ("prices", *DOUBTFUL) else "read"
            read.note(
                row,
                cell,
                verdict,
                message(f"city.way.{found.way}"),
                written((low, high)),
                f"way_{found.way}",
            )
    if bare and not unit.per and not options.unit:
        middle = statistics.median(bare)
        if per == "area" and middle > DEAREST:
            return read.refuse(
                message("city.unit.fee_unsaid", middle=f"{middle:g}", unit=unit_message(_fee_unit_of(per)))
            )
        read.note(
            None,
            None,
            "table",
            message("city.unit.fee_taken", middle=f"{middle:g}", unit=unit_message(_fee_unit_of(per))),
        )
    if unit.period in ("year", "quarter"):
        read.note(None, None, "table", message(f"city.unit.fee_{unit.period}"))
    read.unit = _fee_unit_of(per)
    return read


def _fee_unit_of(per: str) -> str:
    return "yuan/household/month" if per == "household" else "yuan/m2/month"


@dataclass(frozen=True)
class _Fee:
    price: tuple[float, float] | None = None
    why: str = ""
    way: str = ""
    charged: bool = True
    per: str = ""
    period: str = ""


def _fee(cell: Cell, per: str, commas: bool) -> _Fee:
    """What one cell says of a fee."""
    if not isinstance(cell.value, str):
        number = number_of(cell)
        if number.value is None:
            return _Fee(why=number.why)
        if number.value == 0:
            return _Fee(way="zero", charged=False)
        return _Fee((number.value, number.value), "negative" if number.value < 0 else "")
    text = plain(cell.value)
    reason = blank_word(text)
    if reason == "not_charged":
        return _Fee(way="not_charged", charged=False)
    plain_number = number_of(cell, {}, commas)
    if plain_number.value is not None and not plain_number.percent:
        if plain_number.value == 0:
            return _Fee(way="zero", charged=False)
        if plain_number.value < 0:
            return _Fee(why="negative")
        way = next(iter(sorted(plain_number.ways, key=lambda one: one not in DOUBTFUL)), "")
        if not way and cell.typed:
            way = "text_number"
        return _Fee((plain_number.value, plain_number.value), way=way)
    if plain_number.why in (
        "not_known",
        "not_applicable",
        "error",
        "formula",
        "in_words",
        "ratio",
        "either_separator",
        "date",
    ):
        return _Fee(why=plain_number.why)
    unit = fee_unit(text)
    if unit.money == "other":
        return _Fee(why="other_money")
    if unit.per and unit.per != per:
        return _Fee(why="per_household" if unit.per == "household" else "per_area")
    if unit.period in ("year", "quarter"):
        return _Fee(why="per_year" if unit.period == "year" else "per_quarter")
    if text.startswith(("-", "−")) or "%" in text:
        return _Fee(why="word")
    prices, way = _prices(text)
    if not prices:
        return _Fee(why="word")
    low, high = min(prices), max(prices)
    if high == 0:
        return _Fee(way="zero", charged=False)
    return _Fee((low, high), "" if low > 0 else "word", way, True, unit.per, unit.period)


def _without(text: str, *names: str) -> str:
    """A text without words of the vocabulary of fees."""
    listed = {word for name in names for word in words("fee", name)}
    for word in sorted(listed, key=lambda one: (-len(one), one)):
        if word.isascii() and word.isalpha():
            text = re.sub(rf"\b{re.escape(word)}\b", " ", text)
        else:
            text = text.replace(word, " ")
    return text


@lru_cache(maxsize=1 << 16)
def _prices(text: str) -> tuple[tuple[float, ...], str]:
    """All prices in a text in which nothing else stands but units, building kinds and what joins them."""
    had_kind = any(word in text for word in words("fee", "building_kinds"))
    rest = _without(text, "per_area", "per_household", "month", "yuan", "building_kinds")
    prices = tuple(float(one) for one in re.findall(r"\d+(?:\.\d+)?", rest))
    rest = _without(re.sub(r"\d+(?:\.\d+)?", " ", rest), "joins")
    if rest.replace("·", " ").strip() or len(prices) > MOST_PRICES:
        return (), ""
    return prices, "prices" if had_kind else "range" if len(prices) > 1 else "unit"


# years


def _years(column: Column, cells: Cells, options: Options) -> Read:
    """Years as (low, high), both the same for one year."""
    read = Read(column)
    for row, cell in cells:
        value, way, why = year_of(cell)
        blank_note(read, row, cell, why)
        if value is None:
            continue
        if not FIRST_YEAR <= value[0] <= value[1] <= LAST_YEAR:
            read.note(row, cell, "blank", message("city.blank.year_bounds", low=FIRST_YEAR, high=LAST_YEAR))
            continue
        read.values[row] = value
        if way and column.means != "period":
            verdict: Verdict = (
                "doubtful" if way in ("years", "decade", "no_such_day", "day_number") else "read"
            )
            read.note(row, cell, verdict, message(f"city.way.{way}"), written(value), f"way_{way}")
    return read


def year_of(cell: Cell) -> tuple[tuple[int, int] | None, str, str]:
    """The first and last year that a cell may mean, how that was read, and why there is none."""
    value = cell.value
    if cell.blank:
        return None, "", ""
    if isinstance(value, dt.date):
        return (value.year, value.year), "", ""
    if isinstance(value, bool) or value is None:
        return None, "", "word" if value is not None else "formula"
    if isinstance(value, int | float):
        if float(value).is_integer() and FIRST_YEAR <= value <= LAST_YEAR:
            return (int(value), int(value)), "", ""
        if FIRST_DAY <= value <= LAST_DAY:
            year = (EPOCH + dt.timedelta(days=int(value))).year
            return (year, year), "day_number", ""
        compact = pattern("built", "compact").match(str(int(value)))
        return _of_date(compact) if compact and len(str(int(value))) >= 6 else (None, "", "no_year")
    text = plain(value)
    if value.strip().upper() in ERRORS_OF_SHEETS:
        return None, "", "error"
    if blank_word(text) or pattern("built", "unknown").match(text):
        return None, "", "not_known"
    if found := pattern("built", "year").match(text):
        year = int(found.group("year"))
        return (year, year), "" if text.isdigit() and value == text else "year_text", ""
    if found := pattern("built", "range").match(text):
        low, high = int(found.group("low")), int(found.group("high"))
        return ((low, high), "years", "") if low <= high else (None, "", "no_year")
    if found := pattern("built", "date").match(text) or pattern("built", "compact").match(text):
        return _of_date(found)
    if found := pattern("built", "decade").match(text):
        decade = int(found.group("decade"))
        century = 1900 if decade >= 3 else 2000
        if text[:2] in ("19", "20"):
            century = int(text[:2]) * 100
        low = century + 10 * decade
        return (low, low + 9), "decade", ""
    return None, "", "no_year"


def _of_date(found: re.Match[str]) -> tuple[tuple[int, int] | None, str, str]:
    year, month = int(found.group("year")), int(found.group("month"))
    day = found.group("day")
    try:
        dt.date(year, month, int(day or 1))
    except ValueError:
        if not 1 <= month <= 12:
            return None, "", "no_year"
        return (year, year), "no_such_day", ""
    return (year, year), "date_text", ""


def _degrees(column: Column, cells: Cells, options: Options) -> Read:
    read = Read(column)
    most = 180 if column.means == "longitude" else 90
    for row, cell, _, value in numbers_in(read, cells, {"°": 1}):
        if abs(value) > most:
            read.note(row, cell, "blank", message("city.blank.coordinates"))
        else:
            read.values[row] = value
    return read


def _legacy(column: Column, cells: Cells, options: Options) -> Read:
    """Legacy problems: yes or no, or how bad they are as a share."""
    said = [plain(cell.text) for _, cell in cells if isinstance(cell.value, str)]
    if any(text in words("yes_no", "yes") | words("yes_no", "no") and not text.isdigit() for text in said):
        return flags(column, cells, options)
    return _shares(column, cells, options)


def _plain_numbers(column: Column, cells: Cells, options: Options) -> Read:
    """A figure of a column of the canonical table, within the bounds that it declares."""
    read, declared = Read(column), COLUMNS[column.means]
    for row, cell, number, value in numbers_in(read, cells, {}):
        low, high = declared.low, declared.high
        outside = (low is not None and value < low) or (high is not None and value > high)
        if outside or (declared.kind == "whole" and not value.is_integer()):
            read.note(row, cell, "blank", message("city.blank.bounds", low=f"{low:g}", high=f"{high:g}"))
        else:
            read.values[row] = int(value) if declared.kind == "whole" else value
            way_note(read, row, cell, number, value)
    return read


ERRORS_OF_SHEETS = frozenset({"#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!"})
READERS: dict[str, Callable[[Column, Cells, Options], Read]] = {
    "households": _counts,
    "buildings": _counts,
    "parking": _counts,
    "complaints": _counts,
    "built": _years,
    "period": _years,
    "old": flags,
    "floor_area": _areas,
    "fee": _fees,
    "fee_household": _fees,
    "cost": _fees,
    "billed": _money,
    "received": _money,
    "arrears": _money,
    "public_revenue": _money,
    "collection": _shares,
    "condition": _shares,
    "service": _shares,
    "satisfaction": _shares,
    "vacancy": _shares,
    "tenants": _shares,
    "legacy": _legacy,
    "mode": meant("mode"),
    "type": meant("type"),
    "company": companies,
    "committee": committees,
    "coordinates": coordinates,
    "longitude": _degrees,
    "latitude": _degrees,
} | {
    name: _plain_numbers
    for name in (
        "flat_area",
        "fee_low",
        "fee_high",
        "cost_fixed",
        "cost_per_area",
        "collection_expected",
        "duty_shift",
        "built_low",
        "built_high",
        "legacy_problems",
    )
}
