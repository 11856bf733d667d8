"""Mesa agents as handles: each reads and writes one row of the columns that the
fast path uses, money in yuan.

What is written is checked first and kept in `city.edits`, so that a run of a city that was changed
by hand is known as such.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import mesa
import numpy as np

from sim.agents.edits import checked, edit_of, shown, unit_of
from sim.model.state.columns import Field
from sim.model.state.estates import ESTATE_FIELDS
from sim.model.state.owners import OWNER_FIELDS
from sim.model.state.tables import COMMITTEE_FIELDS, COMPANY_FIELDS, GOVERNMENT_FIELDS
from sim.text import message, say
from sim.units import FEN_PER_YUAN

if TYPE_CHECKING:
    from sim.mesa_city import City

OWN = ("model", "unique_id", "pos", "table", "row")  # what Mesa and the handles themselves keep
NEAR = 0.75  # how alike a name and a column's are, from 0 to 1, for it to be taken as a slip
COLUMNS = {
    kind: tuple(field.name for field in fields)
    for kind, fields in (
        ("Estate", ESTATE_FIELDS),
        ("Company", COMPANY_FIELDS),
        ("Committee", COMMITTEE_FIELDS),
        ("GovernmentBody", GOVERNMENT_FIELDS),
        ("Owner", OWNER_FIELDS),
    )
}


def _column(field: Field) -> property:
    """A property that reads and writes one column of the handle's row; fixed facts can only be read."""

    def read(self: Any) -> Any:
        return shown(field, self.table[field.name][self.row].item())

    def write(self: Any, value: Any) -> None:
        _write(self, field, self.table[field.name], value)

    return property(read, write, doc=f"{field.meaning} [{unit_of(field)}]")


def _write(handle: Any, field: Field, column: np.ndarray, value: Any) -> None:
    """Check a value, put it into a handle's row of a column, and keep that it was put there; a value that
    is there already changes nothing."""
    city: City = handle.model
    where = f"{type(handle).__name__} {handle.row}"
    now = checked(field, value, where, city.state.companies.size)
    was = column[handle.row].item()
    column[handle.row] = now
    now = column[handle.row].item()
    if now != was:
        city.edits.append(edit_of(city.month, handle.kept_in, handle.row, field.name, was, now))


class Handle(mesa.Agent):  # type: ignore[misc]  # Mesa has no types
    """An agent whose columns can be written; marks of one's own can be set on it, as on any Mesa agent."""

    row: int

    def __setattr__(self, name: str, value: Any) -> None:
        """Raises AttributeError for a name that is nearly a column's: such a mark would change nothing."""
        if not hasattr(type(self), name) and name not in self.__dict__ and name not in OWN:
            meant = get_close_matches(name, COLUMNS[type(self).__name__], n=3, cutoff=NEAR)
            if meant:
                where = f"{type(self).__name__} {self.row}"
                names = ", ".join(meant)
                raise AttributeError(message("handle.misspelt", where=where, name=name, names=names))
        super().__setattr__(name, value)


class RowAgent(Handle):
    """A registered Mesa agent that stands for one row of a table."""

    kept_in = ""  # the table of the city's state

    def __init__(self, model: City, table: np.ndarray, row: int, number: int) -> None:
        """Row `row` of `table`, in `model`; `number` becomes its unique id."""
        super().__init__(model)
        self.unique_id = number
        self.table = table
        self.row = row

    def remove(self) -> None:
        """Refused: the number of estates, companies, committees and government bodies is fixed."""
        raise TypeError(say("handle.fixed", kind=type(self).__name__))


class Estate(RowAgent):
    """A residential estate; attributes are the columns of `sim.model.state.estates`."""

    kept_in = "estates"

    @property
    def committee(self) -> Committee:
        """The handle of this estate's owners' committee (which may not exist yet)."""
        committee: Committee = self.model.committee_agents[self.row]
        return committee

    @property
    def owners(self) -> mesa.agent.AgentSet:
        """The estate's owners as an AgentSet of handles, made when asked for."""
        first = int(self.table["first_owner"][self.row])
        return self.model.owners[first : first + int(self.table["households"][self.row])]


class Company(RowAgent):
    """A property-management company; attributes are the columns of
    `sim.model.state.tables.COMPANY_FIELDS`."""

    kept_in = "companies"

    @property
    def cash(self) -> float:
        """Cash in yuan, negative for debt."""
        return float(self.model.state.books.balances[self.table["account"][self.row]] / FEN_PER_YUAN)


class Committee(RowAgent):
    """An owners' committee; row number is that of its estate."""

    kept_in = "committees"


class GovernmentBody(RowAgent):
    """The city, a district, a street or a community."""

    kept_in = "government"

    @property
    def budget_left(self) -> float:
        """What is left of this year's budget, yuan."""
        return float(self.model.state.books.balances[self.table["account"][self.row]] / FEN_PER_YUAN)


class Owner(Handle):
    """One owner (household), made when asked for and not registered: millions of them live in columns.

    `unique_id` is the row number, the permanent id that addresses the owner's draws.
    """

    kept_in = "owners"

    def __init__(self, model: City, row: int) -> None:
        """Owner `row` of `model`. Does not call Mesa's constructor, which would
        register the handle for good."""
        self.model = model
        self.row = self.unique_id = row
        self.pos = None

    @property
    def estate(self) -> Estate:
        """The handle of the estate the owner lives in."""
        last = np.searchsorted(self.model.state.estates["first_owner"], self.row, side="right")
        return self.model.estates[int(last) - 1]

    def remove(self) -> None:
        """Refused: the number of households is fixed."""
        raise TypeError(say("handle.fixed", kind=type(self).__name__))


def _owner_column(field: Field) -> property:
    def read(self: Owner) -> Any:
        return shown(field, getattr(self.model.state.owners, field.name)[self.row].item())

    def write(self: Owner, value: Any) -> None:
        _write(self, field, getattr(self.model.state.owners, field.name), value)

    return property(read, write, doc=f"{field.meaning} [{unit_of(field)}]")


for _class, _fields in (
    (Estate, ESTATE_FIELDS),
    (Company, COMPANY_FIELDS),
    (Committee, COMMITTEE_FIELDS),
    (GovernmentBody, GOVERNMENT_FIELDS),
):
    for _field in _fields:
        setattr(_class, _field.name, _column(_field))
for _field in OWNER_FIELDS:
    setattr(Owner, _field.name, _owner_column(_field))


class OwnerList:
    """The city's owners as a sequence of handles; an index gives an Owner, a slice an AgentSet.

    A handle is kept once it was asked for: Mesa's AgentSet holds its agents weakly, and a set of handles that
    nobody else holds would be empty at once. Ask for owners you need; the columns in
    `city.state.owners` are for all of them.
    """

    def __init__(self, city: City) -> None:
        """All owners of `city`."""
        self.city = city
        self._made: dict[int, Owner] = {}

    def __len__(self) -> int:
        return int(self.city.state.owners.area.size)

    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            rows = range(*index.indices(len(self)))
            return mesa.agent.AgentSet([self._handle(row) for row in rows], random=self.city.random)
        return self._handle(range(len(self))[index])

    def _handle(self, row: int) -> Owner:
        if row not in self._made:
            self._made[row] = Owner(self.city, row)
        return self._made[row]
