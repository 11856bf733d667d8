"""Units of the model (integer fen, shares, months) and how they are written for readers."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, overload

if TYPE_CHECKING:
    import numpy as np

FEN_PER_YUAN = 100
MONTHS_PER_YEAR = 12
NO_VALUE = "–"


@overload
def yuan_to_fen(yuan: float) -> int: ...
@overload
def yuan_to_fen(yuan: np.ndarray) -> np.ndarray: ...
def yuan_to_fen(yuan: float | np.ndarray) -> int | np.ndarray:
    """Whole fen (int, or an array of int64) nearest to an amount or an array of amounts in yuan; half a fen counts as one.

    The one place where yuan become fen. What is typed or worked out as half a fen counts as such, although the floating number
    may be a little less: 1.005 yuan are 101 fen, and so is 0.15 x 6.7. NaN or infinity is a ValueError.
    """
    import numpy as np  # late: the command's help needs no arrays

    size = np.abs(np.asarray(yuan, np.float64))
    if not np.isfinite(size).all():
        raise ValueError(f"{yuan} is not an amount of money")
    near = np.floor(size * FEN_PER_YUAN)
    slack = np.minimum(
        4.0 * np.spacing(size), 0.1 / FEN_PER_YUAN
    )  # what a product of two or three factors is off
    up = (near + 0.5) / FEN_PER_YUAN <= size + slack
    whole = np.copysign(near + up, yuan).astype(np.int64)
    return whole if whole.ndim else int(whole)


def fen_to_yuan(fen: int) -> float:
    """Yuan of an amount in integer fen."""
    return int(fen) / FEN_PER_YUAN


def format_yuan(fen: int, lang: str = "en") -> str:
    """An amount for readers: 元, 万元 and 亿元 in "zh"; thousand separators, million and billion in "en"."""
    amount = Decimal(int(fen)) / FEN_PER_YUAN
    steps = (
        ((1, "元"), (10**4, "万元"), (10**8, "亿元"))
        if lang == "zh"
        else ((1, " yuan"), (10**6, " million yuan"), (10**9, " billion yuan"))
    )
    # The next unit is used when the rounded figure, not the exact one, reaches it: never "10,000.00万元".
    for index, (size, word) in enumerate(steps):
        rounded = (amount / size).quantize(Decimal("0.01"), ROUND_HALF_UP)
        last = index == len(steps) - 1
        if last or abs(rounded) * size < steps[index + 1][0]:
            return f"{rounded:,}{word}"
    raise AssertionError("the last unit always returns")


def format_share(share: float, digits: int = 1) -> str:
    """A share in [0, 1] as a percentage with `digits` decimals; a dash where there is no value."""
    return NO_VALUE if math.isnan(share) else f"{100 * share:.{digits}f}%"


def month_label(month: int, lang: str = "en", start_year: int | None = None) -> str:
    """The name of a simulated month (0 is the starting state); with `start_year` the calendar month it stands for."""
    if month < 0:
        raise ValueError(f"month {month} is before the start")
    if month == 0:
        return "起始" if lang == "zh" else "start"
    year, within = divmod(month - 1, MONTHS_PER_YEAR)
    if start_year is not None:
        year, within = start_year + year, within + 1
        return f"{year}年{within}月" if lang == "zh" else f"{year}-{within:02d}"
    return f"第{year + 1}年第{within + 1}月" if lang == "zh" else f"year {year + 1}, month {within + 1}"
