"""What is written where a console cannot show a letter: the nearest that it can, so that no
sign of a figure is lost.

A console or file in GBK (code page 936), as of Chinese Windows, has no minus sign: "−0.5" with a mark in its
place would be read as some other number.
"""

from __future__ import annotations

import codecs
import unicodedata

NAME = "sim.nearest"
MARK = "?"  # for what has no likeness
LIKE = {
    "−": "-",
    "‑": "-",
    "–": "-",
    "—": "-",
    "×": "x",
    "≥": ">=",
    "≤": "<=",
    "≠": "!=",
    "≈": "~",
    "±": "+/-",
    "·": ".",
    "…": "...",
    "→": "->",
    "←": "<-",
    "▶": ">",
    "◀": "<",
    "▒": "+",
    "█": "#",
    "━": "-",
    "╸": "-",
    "╺": "-",
    "•": "*",
    "✓": "v",
    "✗": "x",
    "‘": "'",
    "’": "'",
    "“": '"',
    "”": '"',
    "¥": "CNY ",
    "€": "EUR ",
    "\N{NO-BREAK SPACE}": " ",
    "\N{NARROW NO-BREAK SPACE}": " ",
    "\N{THIN SPACE}": " ",
    "«": '"',
    "»": '"',
    "‹": "'",
    "›": "'",
    "„": '"',
    "œ": "oe",
    "Œ": "OE",
    "æ": "ae",
    "Æ": "AE",
    "ß": "ss",
    "ø": "o",
    "Ø": "O",
    "ł": "l",
    "Ł": "L",
}


def nearest(error: UnicodeError) -> tuple[str, int]:
    """What stands for the letters that an encoding lacks, and where it goes on: an
    error handler of `codecs`."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    return "".join(_stand_in(letter, error.encoding) for letter in lacking), error.end


def _stand_in(letter: str, encoding: str) -> str:
    # an accent goes, a raised 2 becomes 2
    bare = "".join(part for part in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(part))
    for likeness in (LIKE.get(letter, ""), bare):
        if likeness and _has(encoding, likeness):
            return likeness
    return MARK


def _has(encoding: str, text: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


codecs.register_error(NAME, nearest)
