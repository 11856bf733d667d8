"""What Mesa's tools find under `datacollector`: the series of a city, read from the record
that the city keeps anyway."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import mesa

from sim.results.outcomes import SERIES
from sim.results.reading import record_of
from sim.results.tables import city_columns

if TYPE_CHECKING:
    from sim.mesa_city import City

MONTH = "month"
BATCHES_COUNT_STEPS = tuple(int(part) for part in mesa.__version__.split(".")[:2]) >= (3, 5)


class CityCollector(mesa.DataCollector):  # type: ignore[misc]  # Mesa has no types
    """Every series of the registry by name, and the month: one value for every month simulated, from 1 on.

    Nothing has to be collected and nothing is collected twice; for figures of one's own put another collector
    into `city.datacollector`. EstateError, when it is read, for a city that keeps no record.
    """

    def __init__(self, city: City) -> None:
        """The collector of a city."""
        self.city = city
        self._read: tuple[int, dict[str, list[float]]] = (-1, {})
        super().__init__()
        self.model_reporters = {name: partial(latest, name) for name in (MONTH, *SERIES)}

    def collect(self, model: Any) -> None:
        """Nothing: the city has recorded the month already."""

    @property
    def model_vars(self) -> dict[str, list[float]]:
        """The values of every series by name, months one after another."""
        month = self.city.month
        if self._read[0] != month:
            columns = city_columns(record_of(self.city)) if month else {}
            series = {name: columns[name][1:].tolist() if month else [] for name in (MONTH, *SERIES)}
            self._read = (month, series)
        return self._read[1]

    @model_vars.setter
    def model_vars(self, emptied: dict[str, Any]) -> None:
        """Mesa's own collector begins with an empty one."""

    @property
    def _collection_steps(self) -> list[float]:
        """When Mesa takes the values to have been collected; its batches of 3.4 count from
        0, those of 3.5 the steps."""
        first = 1 if BATCHES_COUNT_STEPS else 0
        return [float(first + place) for place in range(len(self.model_vars[MONTH]))]

    @_collection_steps.setter
    def _collection_steps(self, emptied: list[float]) -> None:
        """Mesa's own collector begins with an empty one."""


def latest(name: str, city: City) -> float:
    """The value of a series in the last simulated month; IndexError before the first."""
    return CityCollector(city).model_vars[name][-1]
