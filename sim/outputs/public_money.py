"""Public cost as a table for readers: tiers down, years across, then the whole run as paid, in constant prices and discounted."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from sim.outputs.catalog import money_scale
from sim.results.outcomes import BEARER_WORDS
from sim.results.public_money import BEARERS, PRICES
from sim.results.reading import STATE_OWNED
from sim.text import in_language, say

if TYPE_CHECKING:
    import pandas as pd

MOST_COLUMNS = 10  # of years; a longer run is told in spans of several


class CostTable(NamedTuple):
    """A caption with the unit, the names of the columns, and rows of texts, the first cell a row's name."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str


def cost_table(table: pd.DataFrame, lang: str, scenario: str = "") -> CostTable:
    """What each tier and state-owned companies bore; `table` has the columns year, bearer and PRICES (yuan).

    `scenario`: of which the caption says it is, where there are several.
    """
    bearer = table["bearer"].astype(str)
    years = int(table["year"].max()) if len(table) else 1
    span = math.ceil(years / MOST_COLUMNS)
    chosen = {name: table[(bearer == name).to_numpy()] for name in BEARERS}
    fiscal = table[(bearer != STATE_OWNED).to_numpy()]
    shown = [(name, rows) for name, rows in chosen.items() if name != STATE_OWNED and rows[PRICES[0]].any()]
    shown += [("fiscal_spending", fiscal), (STATE_OWNED, chosen[STATE_OWNED]), ("public_cost", table)]
    size, unit = money_scale(max(abs(float(rows[PRICES[0]].sum())) for _, rows in shown), lang)

    def written(value: float) -> str:
        return f"{value / size:,.2f}".replace("-", "−")

    spans = [range(first, min(first + span, years + 1)) for first in range(1, years + 1, span)]
    with in_language(lang):
        rows = tuple(
            (
                BEARER_WORDS[name] if name in BEARERS else say(f"public_money.{name}"),
                *(written(float(part.loc[part["year"].isin(each), PRICES[0]].sum())) for each in spans),
                *(written(float(part[price].sum())) for price in PRICES),
            )
            for name, part in shown
        )
        ends = [str(each[0]) if len(each) == 1 else f"{each[0]}–{each[-1]}" for each in spans]
        columns = (
            say("public_money.bearer"),
            *(say("public_money.year", year=end) for end in ends),
            *(say(f"public_money.{price}") for price in PRICES),
        )
        caption = say("public_money.caption", unit=unit)
        if scenario:
            caption = say("public_money.caption_of", scenario=scenario, unit=unit)
        return CostTable(caption, columns, rows, say("public_money.note"))
