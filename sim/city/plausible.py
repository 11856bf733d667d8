"""What a table of estates says against itself, and figures far from those of the others: to be looked at,
never changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.scenario.estate_rows import EstateRows
from sim.scenario.estate_table import COLUMNS
from sim.text import Family

FAR = 3.5  # of the modified z-score (Iglewicz and Hoaglin 1993, How to Detect and Handle Outliers, p. 11)
NORMAL_MAD = 0.6745  # median absolute deviation of a normal distribution of standard deviation 1
LEAST_ROWS = 12  # with a figure, for one to be far from the others
FEE_TIMES = 10.0  # below a tenth of the median fee or above ten times it
LEAST_FLAT, MOST_FLAT = 25.0, 350.0  # m2 a household on the mean of an estate; assumed
MOST_FLATS = 600.0  # households a building; assumed
JUMP = 0.30  # change of collection from one year to the next; assumed
LAST_OLD = 2000  # last year of completion of an old estate (State Council 2020, No. 23)
MANAGED = ("market", "soe")
NOBODY = "none"
CHECKS = (
    "committee_unmanaged",
    "company_unmanaged",
    "collection_unmanaged",
    "over_all",
    "fee_far",
    "flat_size",
    "building_size",
    "built_later",
    "old_but_new",
    "owed_too_much",
    "jump",
)
CHECK_WORDS = Family("data_report.check", CHECKS)
AMOUNTS = ("households", "fee", "fee_household", "standard_cost", "public_revenue", "area", "arrears")
SHARES = ("collection", "satisfaction", "condition", "vacancy", "tenants", "quality")


@dataclass(frozen=True)
class Finding:
    """An estate whose figures do not go together.

    number: of the estate. check: of CHECKS. figures: what stands there, by column of the canonical table or
    by the id of a derived figure; in the units of the table, words for modes.
    """

    number: int
    check: str
    figures: Mapping[str, float | str]


@dataclass(frozen=True)
class Outlier:
    """A figure far from the others of its column.

    score: the modified z-score. middle: the median of the column. value, middle: in the units of the table,
    amounts by household where `by_household`. of_type: the type among whose estates it is far; "" for all.
    """

    number: int
    column: str
    value: float
    middle: float
    score: float
    of_type: str = ""


def figures_of(table: EstateRows, name: str) -> np.ndarray:
    """A column in the units of the table, NaN where a cell is empty."""
    scale = float(COLUMNS[name.rpartition("_")[0] if name not in COLUMNS else name].scale)
    return np.asarray(table.values(name) / scale)


def findings(
    table: EstateRows, start_year: int, companies: Sequence[bool], over_all: Mapping[int, str]
) -> list[Finding]:
    """Every contradiction, check by check in the order of CHECKS and by the numbers of the estates.

    companies: whether the city's own table names a company, an estate. over_all: collections above 100 % as
    they were found, by number of the estate.
    """
    look = _Look(table, start_year)
    found: list[Finding] = []
    found += look.committee_unmanaged()
    found += look.company_unmanaged(companies)
    found += look.collection_unmanaged()
    found += [Finding(number, "over_all", {"collection": text}) for number, text in sorted(over_all.items())]
    found += look.fee_far()
    found += look.sizes()
    found += look.years()
    found += look.owed()
    found += look.jumps()
    return sorted(found, key=lambda one: (CHECKS.index(one.check), one.number))


class _Look:
    def __init__(self, table: EstateRows, start_year: int) -> None:
        self.table, self.start_year = table, start_year
        self.numbers = table.numbers
        self.modes = np.array(table.words("mode"))
        self.households = table.households.astype(float)

    def figures(self, name: str) -> np.ndarray:
        return figures_of(self.table, name)

    def each(self, mask: np.ndarray, check: str, **columns: np.ndarray) -> Iterator[Finding]:
        """A finding for every row of a mask, with these figures."""
        for row in np.flatnonzero(mask):
            shown = {
                name: str(values[row]) if values.dtype.kind == "U" else float(values[row])
                for name, values in columns.items()
            }
            yield Finding(int(self.numbers[row]), check, shown)

    def committee_unmanaged(self) -> Iterator[Finding]:
        """A committee where nobody manages."""
        mask = (self.figures("committee") == 1) & (self.modes == NOBODY)
        return self.each(mask, "committee_unmanaged", mode=self.modes)

    def company_unmanaged(self, companies: Sequence[bool]) -> Iterator[Finding]:
        """A company is named where owners, an employer, the community or nobody manage."""
        mask = np.array(companies, bool) & (self.modes != "") & ~np.isin(self.modes, MANAGED)
        return self.each(mask, "company_unmanaged", mode=self.modes)

    def collection_unmanaged(self) -> Iterator[Finding]:
        """Something is collected where nobody manages."""
        collection = self.figures("collection")
        mask = (collection > 0) & (self.modes == NOBODY)
        return self.each(mask, "collection_unmanaged", mode=self.modes, collection=collection)

    def fee_far(self) -> Iterator[Finding]:
        """A fee of another order than the city's."""
        for name in ("fee", "fee_high", "fee_low", "fee_household"):
            fee = self.figures(name)
            if np.isfinite(fee).sum() < LEAST_ROWS:
                continue
            middle = np.nanmedian(fee)
            mask = (fee < middle / FEE_TIMES) | (fee > middle * FEE_TIMES)
            yield from self.each(mask, "fee_far", **{name: fee, "median": np.full(fee.size, middle)})

    def sizes(self) -> Iterator[Finding]:
        """Households against floor area and buildings."""
        flat = self.figures("area") / self.households
        mask = (flat < LEAST_FLAT) | (flat > MOST_FLAT)
        yield from self.each(mask, "flat_size", households=self.households, flat_area=flat)
        buildings = self.figures("buildings")
        mask = self.households / buildings > MOST_FLATS
        yield from self.each(mask, "building_size", households=self.households, buildings=buildings)

    def years(self) -> Iterator[Finding]:
        """Built after the city begins, or called old though built late."""
        for name in ("built_year", "built_high"):
            built = self.figures(name)
            yield from self.each(built >= self.start_year + 1, "built_later", **{name: built})
        built = self.figures("built_year")
        yield from self.each((self.figures("old") == 1) & (built > LAST_OLD), "old_but_new", built_year=built)

    def owed(self) -> Iterator[Finding]:
        """More is owed than was ever billed."""
        arrears, area = self.figures("arrears"), self.figures("area")
        a_year = np.where(
            np.isnan(self.figures("fee_household")),
            self.figures("fee") * area,
            self.figures("fee_household") * self.households,
        )
        years = self.start_year - self.figures("built_year")
        billed = 12 * a_year * np.maximum(years, 1)
        yield from self.each(arrears > billed, "owed_too_much", arrears=arrears, billed=billed)

    def jumps(self) -> Iterator[Finding]:
        """Collection that changes by much from one year to the next."""
        years = sorted(int(name[-4:]) for name in self.table.cells if name.startswith("collection_2"))
        for before, after in zip(years, years[1:], strict=False):
            if after != before + 1:
                continue
            first, second = self.figures(f"collection_{before}"), self.figures(f"collection_{after}")
            mask = np.abs(second - first) > JUMP
            yield from self.each(
                mask, "jump", **{f"collection_{before}": first, f"collection_{after}": second}
            )


def outliers(table: EstateRows) -> list[Outlier]:
    """Figures whose modified z-score is above FAR, the farthest first: amounts by their logarithms, shares as
    they are; within their type where enough of its estates have the figure, else among all."""
    types = np.array(table.words("type"))
    found: list[Outlier] = []
    for name in (*AMOUNTS, *SHARES):
        figures = figures_of(table, name)
        if name in ("area", "arrears", "public_revenue"):
            figures = figures / table.households
        values = figures
        if name in AMOUNTS:
            with np.errstate(divide="ignore", invalid="ignore"):
                values = np.where(figures > 0, np.log(figures), np.nan)
        for group, members in _groups(types, np.isfinite(values)):
            middle, score = _scores(values[members])
            for row, one in zip(members, score, strict=True):
                if abs(one) > FAR:
                    shown = float(np.exp(middle)) if name in AMOUNTS else middle
                    found.append(
                        Outlier(int(table.numbers[row]), name, float(figures[row]), shown, float(one), group)
                    )
    return sorted(found, key=lambda one: (-abs(one.score), one.number))


def _groups(types: np.ndarray, known: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """Rows that are compared with one another, and of which type they are."""
    rest = known.copy()
    for name in sorted({str(one) for one in types} - {""}):
        members = np.flatnonzero(known & (types == name))
        if members.size >= LEAST_ROWS:
            rest[members] = False
            yield name, members
    others = np.flatnonzero(rest)
    if others.size >= LEAST_ROWS:
        yield "", others


def _scores(values: np.ndarray) -> tuple[float, np.ndarray]:
    middle = float(np.median(values))
    deviation = float(np.median(np.abs(values - middle)))
    if deviation == 0:  # more than half are alike, and nothing says how far is far
        return middle, np.zeros(values.size)
    return middle, NORMAL_MAD * (values - middle) / deviation
