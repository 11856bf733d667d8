"""A step of building the package: compile the catalogs, so that no start has to import Babel and do it."""

from __future__ import annotations

import sys
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CatalogHook(BuildHookInterface):
    """Puts every language, compiled, into `sim/text/compiled`."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by Hatch before it gathers the files of a wheel; for an installation in place too."""
        sys.path.insert(0, self.root)
        try:
            from sim.text.catalog import SHIPPED, ship

            ship(SHIPPED)
        finally:
            sys.path.remove(self.root)
