"""What is kept of a city once it has been simulated: outcome columns, fixed facts, events and ledger, nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.model.ledger import PURPOSES, Page, ledger_lines
from sim.model.month.observe import Outcomes
from sim.model.state.tables import EVENT_TYPE

if TYPE_CHECKING:
    from sim.model.engine import Engine

# Who pays out of public money; "state" stands for central and provincial programmes.
PUBLIC_BEARERS = ("city", "district", "street", "community", "state")

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
    events: np.ndarray  # structured, sim.model.state.tables.EVENT_TYPE, in order of time
    pages: tuple[Page, ...]  # of the ledger, one for every month from 0
    state_owned_cash: np.ndarray  # fen, (months + 1) x state-owned companies; negative where one is in debt
    types: tuple[str, ...]  # names of the estate types, in order of their codes
    programmes: tuple[str, ...]  # names of the programmes, in the order of the scenario
    first_street: int  # government row of the first street; the first community follows the last street
    first_community: int
    districts: int
    inflation: float  # per year, of all prices
    discount_rate: float  # per year

    @property
    def ledger(self) -> list[tuple[int, str, str, str, str, int]]:
        """What moved: (month, purpose, payer kind, payee kind, programme, fen), in the order of the months."""
        return ledger_lines(self.pages)

    @property
    def months(self) -> int:
        """The last month recorded."""
        return int(self.outcomes.mode.shape[0]) - 1

    @property
    def estates(self) -> int:
        """The number of estates."""
        return int(self.facts.size)


def record_of(city: Engine) -> Record:
    """What a city has recorded up to its present month. ValueError if it was built with `record=False`."""
    if city.outcomes is None:
        raise ValueError("this city was built with record=False and kept no outcomes")
    table, settings = city.state.estates, city.scenario.city
    facts = np.empty(table.size, [(name, table.dtype[name]) for name in FACTS])
    for name in FACTS:
        facts[name] = table[name]
    parameters = city.state.parameters[0]
    first_street = 1 + settings.districts
    return Record(
        outcomes=Outcomes(*(column[: city.month + 1] for column in city.outcomes)),
        facts=facts,
        events=np.concatenate(city.month_events) if city.month_events else np.zeros(0, EVENT_TYPE),
        pages=tuple(city.pages),
        state_owned_cash=np.array(city.state_owned_cash, np.int64),
        types=tuple(city.scenario.types),
        programmes=tuple(programme.name for programme in city.scenario.interventions),
        first_street=first_street,
        first_community=first_street + settings.districts * settings.streets_per_district,
        districts=settings.districts,
        inflation=float(parameters["accounts_inflation"]),
        discount_rate=float(parameters["accounts_discount_rate"]),
    )


def public_spending(pages: Sequence[Page]) -> dict[tuple[str, str], np.ndarray]:
    """Fen by month of each public bearer and programme, net of what came back, from the ledger's page of every month from 0.

    The programme is "" for what government does anyway. Budgets that come and lapse are left out, and so is what one public
    body gives another: a yuan counts where it leaves public hands. Sorted by name.
    """
    found: dict[tuple[str, str], np.ndarray] = {}

    def at(bearer: str, programme: str) -> np.ndarray:
        return found.setdefault((bearer, programme), np.zeros(len(pages), np.int64))

    for (payer, payee), column in zip(
        PURPOSES.values(), np.stack([page.flows for page in pages]).T, strict=True
    ):
        if "taxpayers" in (payer, payee):
            continue  # a body's yearly budget coming and going, not yet spent on anything
        for bearer, amounts in ((payer, column), (payee, -column)):
            if bearer in PUBLIC_BEARERS and column.any():
                at(bearer, "")[:] += amounts
    for month, page in enumerate(pages):
        for (programme, payer, payee), fen in page.programme_flows.items():
            for bearer, amount in ((payer, fen), (payee, -fen)):
                if bearer in PUBLIC_BEARERS and fen and "taxpayers" not in (payer, payee):
                    at(bearer, programme)[month] += amount
    return dict(sorted(found.items()))
