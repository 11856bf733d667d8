"""What a figure of the evidence register is, where it was found, what its reader noted and what is weak
about its source, in the current language.

Titles and quotations stay in the language in which their source wrote them: they are evidence.
"""

from __future__ import annotations

from sim.text.catalog import has_text, say
from sim.text.joins import phrases


def quantity_of(figure_id: str, written: str) -> str:
    """What a figure is, by its id (P004); as the register writes it where it has no text."""
    text_id = f"evidenced.{figure_id}"
    return say(f"evidenced.{figure_id}") if has_text(text_id) else written


def note_of(figure_id: str, written: str) -> str:
    """What the reader of a source noted beside a figure, by its id (P004); as the register writes
    it where it has no text."""
    text_id = f"reading_note.{figure_id}"
    return say(f"reading_note.{figure_id}") if has_text(text_id) else written


def weakness_of(source_id: str, written: str) -> str:
    """What is weak about a source, by its id (D01); as the register writes it where it has no text."""
    text_id = f"weakness.{source_id}"
    return say(f"weakness.{source_id}") if has_text(text_id) else written


def place_of(written: str) -> str:
    """The place that a figure or a source is of; as the register writes it where it has no text."""
    text_id = f"place.{written}"
    return say(f"place.{written}") if has_text(text_id) else written


def found_in(place: str, year: str, source: str) -> str:
    """Place, year and title of a figure's source in a row, those that there are."""
    return phrases(part for part in (place_of(place), year, source) if part)
