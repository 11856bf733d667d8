"""Public cost as a table for readers: tiers down, years across in constant prices, then the whole run so,
discounted, and as paid."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from sim.experiments.intervals import EXTREMES, PERCENTILES, ROUGH_PAIRS
from sim.results.outcomes import BEARER_WORDS
from sim.results.reading import STATE_OWNED
from sim.results.tables import BEARERS, SUMS, told_spans
from sim.text import Family, figures, say
from sim.text.joins import sentences
from sim.units import MONTHS_PER_YEAR, NO_VALUE

if TYPE_CHECKING:
    import pandas as pd


END = Family(
    "public_money.end", (f"{kind}_{end}" for kind in (PERCENTILES, EXTREMES) for end in ("low", "high"))
)


OF_YEAR = "constant"  # years are told in prices of the start year, so that they can be compared and add up to an outcome
OF_RUN = ("constant", "discounted", "nominal")  # the columns of the whole run


class CostTable(NamedTuple):
    """A caption with the unit, the names of the columns, and rows of texts, the first cell a row's name."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str


def cost_table(
    table: pd.DataFrame, months: int, scenario: str = "", ranges: pd.DataFrame | None = None
) -> CostTable:
    """What each tier and state-owned companies bore in a run of so many months.

    `table` has the columns year, bearer, nominal, constant and discounted (yuan).

    `scenario`: of which the caption says it is, where there are several. `ranges`: rows of
    `Comparison.public_cost_ranges` of this scenario; then under each bearer stands what may happen, and under
    the public cost how precisely its mean is known and how much more it is than in the baseline.
    """
    bearer = table["bearer"].astype(str)
    years = int(table["year"].max()) if len(table) else 1
    chosen = {name: table[(bearer == name).to_numpy()] for name in BEARERS}
    fiscal = table[(bearer != STATE_OWNED).to_numpy()]
    shown = [(name, rows) for name, rows in chosen.items() if name != STATE_OWNED and rows["nominal"].any()]
    shown += [("fiscal_spending", fiscal), (STATE_OWNED, chosen[STATE_OWNED]), ("public_cost", table)]
    size, unit = figures.money_scale(max(abs(float(rows["nominal"].sum())) for _, rows in shown))

    def written(value: float) -> str:
        return figures.decimal(value / size, 2)

    spans = told_spans(years)
    rows = []
    for name, part in shown:
        rows.append(
            (
                BEARER_WORDS[name] if name in BEARERS else say(f"public_money.{name}"),
                *(written(float(part.loc[part["year"].between(*each), OF_YEAR].sum())) for each in spans),
                *(written(float(part[price].sum())) for price in OF_RUN),
            )
        )
        if ranges is not None and len(ranges):
            rows += _ranges_of(ranges[(ranges["bearer"].astype(str) == name).to_numpy()], written)
    ends = [str(first) if first == last else f"{first}–{last}" for first, last in spans]
    columns = (
        say("public_money.bearer"),
        *(say("public_money.year", year=end) for end in ends),
        *(say(f"public_money.{price}") for price in OF_RUN),
    )
    caption = say("public_money.caption", unit=unit)
    if scenario:
        caption = say("public_money.caption_of", scenario=scenario, unit=unit)
    part = months % MONTHS_PER_YEAR
    note = (
        [say("public_money.part_year", months=figures.quantity(part, "months"), year=years)] if part else []
    )
    return CostTable(caption, columns, tuple(rows), sentences((*note, say("public_money.note"))))


def _ranges_of(rows: pd.DataFrame, written: Callable[[float], str]) -> list[tuple[str, ...]]:
    """The rows under a bearer's own: ends of the range; of the public cost also the interval, and
    both of what it is more."""
    if rows.empty:
        return []
    years = int(rows["last_year"].max())
    by_cell = {(row["first_year"], row["last_year"], row["price"]): row for row in rows.to_dict("records")}
    cells = [by_cell[*span, OF_YEAR] for span in told_spans(years)]
    cells += [by_cell[1, years, price] for price in OF_RUN]

    def line(text: str, column: str) -> tuple[str, ...]:
        return (text, *(NO_VALUE if math.isnan(one[column]) else written(one[column]) for one in cells))

    whole, range_rows = cells[-1], []
    number, kind = figures.count(whole["pairs"]), whole["range_kind"]
    summed = whole["bearer"] == SUMS[-1]
    for part, of in (("", "runs"), ("more_", "pairs")):
        if part and (not summed or not any(one["more"] or one["more_range_high"] for one in cells)):
            continue
        if part:
            range_rows.append(line(say("public_money.more"), "more"))
        if summed and any(not math.isnan(one[f"{part}low"]) for one in cells):
            rough = whole["pairs"] < ROUGH_PAIRS
            for end in ("low", "high"):
                text = say(f"public_money.mean_{end}")
                range_rows.append(line(say("range.rough", bounds=text) if rough else text, f"{part}{end}"))
        if whole["pairs"] > 1:
            for end in ("low", "high"):
                text = say(f"public_money.{end}_of_{of}", end=END[f"{kind}_{end}"], number=number)
                range_rows.append(line(text, f"{part}range_{end}"))
    return range_rows
