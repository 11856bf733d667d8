"""What a figure of the evidence register is and where it was found, in the current language.

Titles, notes and quotations stay in the language in which their source or their reader wrote them: they are evidence.
"""

from __future__ import annotations

from sim.text.catalog import has_text, say
from sim.text.joins import phrases


def quantity_of(figure_id: str, written: str) -> str:
    """What a figure is, by its id (P004); as the register writes it where it has no text."""
    text_id = f"evidenced.{figure_id}"
    return say(f"evidenced.{figure_id}") if has_text(text_id) else written


def place_of(written: str) -> str:
    """The place that a figure or a source is of; as the register writes it where it has no text."""
    text_id = f"place.{written}"
    return say(f"place.{written}") if has_text(text_id) else written


def found_in(place: str, year: str, source: str) -> str:
    """Place, year and title of a figure's source in a row, those that there are."""
    return phrases(part for part in (place_of(place), year, source) if part)
