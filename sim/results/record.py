"""What is kept of a city once it has been simulated: outcome columns, fixed facts, events and ledger, nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.month.observe import Outcomes
from sim.state.tables import EVENT_TYPE

if TYPE_CHECKING:
    from sim.city import City

FACTS = (
    "type",
    "old",
    "district",
    "street",
    "community",
    "built_year",
    "households",
    "buildings",
    "area",
    "cost_fixed",
    "cost_area",
)


class Record(NamedTuple):
    """The arrays that all tables of a run are made from; holds no reference to the city or its owners."""

    outcomes: Outcomes  # (months + 1) x estates
    facts: np.ndarray  # structured, one row an estate, fields FACTS
    events: np.ndarray  # structured, sim.state.tables.EVENT_TYPE, in order of time
    ledger: tuple[
        tuple[int, str, str, str, str, int], ...
    ]  # month, purpose, payer and payee kind, programme, fen
    types: tuple[str, ...]  # names of the estate types, in order of their codes
    programmes: tuple[str, ...]  # names of the programmes, in the order of the scenario
    first_street: int  # government row of the first street; the first community follows the last street
    first_community: int

    @property
    def months(self) -> int:
        """The last month recorded."""
        return int(self.outcomes.mode.shape[0]) - 1

    @property
    def estates(self) -> int:
        """The number of estates."""
        return int(self.facts.size)


def record_of(city: City) -> Record:
    """What a city has recorded up to its present month. ValueError if it was built with `record=False`."""
    if city.outcomes is None:
        raise ValueError("this city was built with record=False and kept no outcomes")
    table, settings = city.state.estates, city.scenario.city
    facts = np.empty(table.size, [(name, table.dtype[name]) for name in FACTS])
    for name in FACTS:
        facts[name] = table[name]
    outcomes = Outcomes(*(column[: city.month + 1] for column in city.outcomes))
    events = np.concatenate(city.month_events) if city.month_events else np.zeros(0, EVENT_TYPE)
    first_street = 1 + settings.districts
    first_community = first_street + settings.districts * settings.streets_per_district
    ledger = tuple(city.ledger_lines)
    programmes = tuple(programme.name for programme in city.scenario.interventions)
    return Record(
        outcomes, facts, events, ledger, tuple(city.scenario.types), programmes, first_street, first_community
    )
