"""The Chinese letters of a page, taken out of the shipped font, so that it reads alike on a machine that has no such font."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO

from matplotlib import font_manager

from sim.outputs.style import font_family

FIRST_CHINESE = 0x2E80  # from here on, fonts of a system without Chinese have no letters
PUNCTUATION = "“”‘’—…·"  # of the same width as Chinese letters only in a Chinese font


def letters_needed(page: str) -> str:
    """The Chinese letters of a page, sorted, each once; with the punctuation that goes with them."""
    found = {letter for letter in page if ord(letter) >= FIRST_CHINESE}
    return "".join(sorted(found | set(PUNCTUATION))) if found else ""


@lru_cache(maxsize=4)
def font_of(letters: str) -> bytes:
    """A WOFF font with these letters."""
    from fontTools import subset

    options = subset.Options(
        flavor="woff", layout_features=[], hinting=False, notdef_outline=True, name_IDs=[1, 2]
    )
    font = subset.load_font(font_manager.findfont(font_family()), options, lazy=True)
    cutter = subset.Subsetter(options)
    cutter.populate(text=letters)
    cutter.subset(font)
    made = BytesIO()
    subset.save_font(font, made, options)
    return made.getvalue()
