"""A building of the reference city."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from .owner import Owner


class Building:
    """A building and its owners; what neighbours see of each other."""

    def __init__(self, owners: list[Owner], paid_share: np.float32, refuser_share: np.float32) -> None:
        """Shares as in the starting state."""
        self.owners = owners
        self.paid_share = paid_share
        self.refuser_share = refuser_share
