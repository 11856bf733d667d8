"""How a result shows itself in a notebook: what it is, what it says, what to beware of, a table; the same for every kind."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


def shown_html(
    title: str, facts: str, sentences: Sequence[str], warnings: Sequence[str], table: pd.DataFrame
) -> str:
    """Title, facts in small print, sentences, warnings in bold and a table, as HTML; every text is escaped."""
    told = "".join(f"<p>{escape(line)}</p>" for line in sentences) + "".join(
        f"<p><b>{escape(line)}</b></p>" for line in warnings
    )
    rows = table.to_html(index=False, border=0, na_rep="–", float_format=lambda value: f"{value:,.4g}")
    return f"<div><strong>{escape(title)}</strong><br><small>{escape(facts)}</small>{told}{rows}</div>"
