"""Consolidation (连片整合): small, old, scattered estates of a neighbourhood are merged into one managed
block."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from pydantic import Field

from sim.model.programmes.base import Intervention, Need, Rows, fen
from sim.model.state.events import Cause, Event
from sim.model.state.modes import UNIT
from sim.scenario import Targets, setting

if TYPE_CHECKING:
    from sim.model.programmes.policy import Policy


class Consolidation(Intervention, kind="consolidation"):
    """The street joins estates into blocks: one office, one account for service, one
    tender, one assembly of owners."""

    levers: ClassVar[tuple[str, ...]] = ("lever_block", "lever_fixed_cost", "lever_effort", "lever_condition")
    payers: ClassVar[tuple[str, ...]] = ("street",)
    evidence: ClassVar[tuple[str, ...]] = ("S010", "S014", "P003", "P004", "P005", "P047")
    needs: ClassVar[tuple[Need, ...]] = (Need("staff", "street", "staff"),)

    area: Literal["community", "street"] = setting("street", None, None, "")
    estates: int = setting(5, 2, 100, "estates")
    largest: int = setting(300, 1, 10_000, "households")
    saved: float = setting(
        0.8,
        0,
        1,
        "share",
    )
    pooling: float = setting(0.8, 0, 1, "share")
    gain: float = setting(
        0.05,
        0,
        1,
        "share",
    )
    cost: float = setting(150, 0, 1e5, "yuan/household")
    staff: float = setting(
        1.0,
        0,
        100,
        "persons",
    )
    targets: Targets = Field(
        default=Targets(old=True),
    )

    def suits(self, policy: Policy) -> np.ndarray:
        """Small estates; where an employer looks after the estate, it stays by itself."""
        estates = policy.estates
        return np.asarray((estates["households"] <= self.largest) & (estates["mode"] != UNIT))

    def act(self, policy: Policy, rows: Rows, strength: float) -> None:
        """Join what can be joined, and let the blocks share cost, service and votes."""
        block = self._block(policy, rows)
        joined = policy.array("joined", bool)
        if strength >= 1.0:
            self._join(policy, rows, block, joined)
        # an estate that another programme put into a block stays there
        member = joined[rows] & (policy.estates["lever_block"][rows] == 0)
        rows, block = rows[member], block[member]
        policy.move("lever_block", rows, block)
        company = policy.estates["company"][rows]
        _, group = np.unique(block * (policy.companies.size + 1) + company + 1, return_inverse=True)
        together = np.bincount(group)[group] if rows.size else np.zeros(0, np.int64)
        policy.move("lever_fixed_cost", rows, self.saved * (1.0 - 1.0 / np.maximum(1, together)) * strength)
        self._pool(policy, rows, group, strength)

    def _block(self, policy: Policy, rows: Rows) -> np.ndarray:
        """The number of each row's block: estates of an area fill one after the other, in
        the order in which they came."""
        area = policy.estates[self.area][rows].astype(np.int64)
        turn = rank_in_group(area)
        number = area * policy.estates.size + turn // self.estates
        return np.asarray(1 + number * len(policy.programme_states) + policy.acting.index)

    def _join(self, policy: Policy, rows: Rows, block: np.ndarray, joined: np.ndarray) -> None:
        """The works for estates that have somebody to be joined with, as far as hands and money go."""
        _, which, number = np.unique(block, return_inverse=True, return_counts=True)
        ready = ~joined[rows] & (number[which] > 1) if rows.size else np.zeros(0, bool)
        new, which = rows[ready], which[ready]
        met = policy.claim_staff("street", new, self.staff)
        new, which = new[met], which[met]
        paid = policy.spend("street", new, fen(self.cost * policy.estates["households"][new]))
        new, which = new[paid], which[paid]
        joined[new] = True
        policy.move("lever_condition", new, self.gain * (1.0 - policy.estates["condition"][new]))
        policy.events(new, Event.ESTATES_MERGED, Cause.POLICY, number[which].astype(np.float64))

    def _pool(self, policy: Policy, rows: Rows, group: np.ndarray, strength: float) -> None:
        """A company plans the effort that the whole block can pay for, not what each estate can."""
        run = policy.managed(rows)
        rows, group = rows[run], group[run]
        estates, firms = policy.estates, policy.companies
        # whole fen, so that the sums are the same on every machine
        income = np.maximum(0, np.rint(estates["income_smooth"][rows]).astype(np.int64))
        cost = np.maximum(1, np.rint(estates["standard_cost"][rows]).astype(np.int64))
        size = int(group.max(initial=-1)) + 1
        incomes, costs = np.zeros(size, np.int64), np.zeros(size, np.int64)
        np.add.at(incomes, group, income)
        np.add.at(costs, group, cost)
        left = 1.0 - firms["margin"][estates["company"][rows]] - policy.parameters["service_overhead"]
        own = np.minimum(1.0, left * income / cost)
        shared = np.minimum(1.0, left * incomes[group] / costs[group])
        policy.move("lever_effort", rows, self.pooling * (shared - own) * strength)


def rank_in_group(groups: np.ndarray) -> np.ndarray:
    """How many entries of the same group come before each entry."""
    order = np.argsort(groups, kind="stable")
    sorted_groups = groups[order]
    first = np.searchsorted(sorted_groups, sorted_groups, side="left")
    rank = np.empty(groups.size, np.int64)
    rank[order] = np.arange(groups.size) - first
    return rank
