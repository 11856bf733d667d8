"""Units of the model: integer fen, shares, months."""

from __future__ import annotations

from typing import TYPE_CHECKING, overload

from sim.text import message

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
    """Whole fen (int, or an array of int64) nearest to an amount or an array of amounts in yuan;
    half a fen counts as one.

    The one place where yuan become fen. What is typed or worked out as half a fen counts as such, although
    the floating number may be a little less: 1.005 yuan are 101 fen, and so is 0.15 x 6.7. NaN or
    infinity is a ValueError.
    """
    import numpy as np  # late: the command's help needs no arrays

    size = np.abs(np.asarray(yuan, np.float64))
    if not np.isfinite(size).all():
        raise ValueError(message("declare.no_amount", found=yuan))
    near = np.floor(size * FEN_PER_YUAN)
    slack = np.minimum(
        4.0 * np.spacing(size), 0.1 / FEN_PER_YUAN
    )  # what a product of two or three factors is off
    up = (near + 0.5) / FEN_PER_YUAN <= size + slack
    whole = np.copysign(near + up, yuan).astype(np.int64)
    return whole if whole.ndim else int(whole)
