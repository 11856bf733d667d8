"""Phase 1, the part that is the same for every policy: levers go back to neutral before programmes act on them."""

from __future__ import annotations

import numpy as np

from sim.state.estates import LEVER_NAMES


def reset_levers(estates: np.ndarray, touched: set[str]) -> None:
    """Set the levers that a programme moved last month back to 0, and forget them."""
    for name in touched:
        estates[name] = 0
    touched.clear()


def check_lever(name: str) -> None:
    """Raise KeyError where `name` is not a lever."""
    if name not in LEVER_NAMES:
        raise KeyError(f"{name!r} is not a lever; levers are {', '.join(LEVER_NAMES)}")
