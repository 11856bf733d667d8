"""Fees indexed to cost (物业费与成本挂钩): owners agree once that the price follows the cost of service from
year to year, as long as the company stays."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from sim.model.programmes.base import Intervention, Rows, fen
from sim.model.programmes.purse import divided
from sim.model.state.contracts import NO_PROCESS
from sim.model.state.modes import MARKET
from sim.scenario import setting

if TYPE_CHECKING:
    from sim.model.programmes.policy import Policy


class FeeIndexation(Intervention, kind="fee_indexation"):
    """The clause is put to the vote with the first rise; where that passes, prices rise once a year by a part
    of what costs rose since, without another vote."""

    levers: ClassVar[tuple[str, ...]] = ("lever_price", "lever_participation", "estates.price")
    payers: ClassVar[tuple[str, ...]] = ("owners", "companies")
    evidence: ClassVar[tuple[str, ...]] = ("I013", "P035", "N085d", "P047", "P048")

    period: int = setting(12, 1, 120, "month")
    passed_on: float = setting(1.0, 0, 1, "share")
    most: float = setting(0.05, 0, 1, "share")
    first_rise: float = setting(0.03, 0.001, 1, "share")
    participation: float = setting(0.1, 0, 1, "share")
    cost: float = setting(3, 0, 1e4, "yuan/household")
    owner_share: float = setting(0.5, 0, 1, "share")

    def suits(self, policy: Policy) -> np.ndarray:
        """Where a company of the market is in charge."""
        return np.asarray(policy.estates["mode"] == MARKET)

    def act(self, policy: Policy, rows: Rows, strength: float) -> None:
        """See which votes passed, raise what owners agreed to raise, and once a period put the clause to the
        vote where it does not hold."""
        estates = policy.estates
        index = float(policy.world["cost_index"][0])
        party, asked = policy.array("party", np.int64), policy.array("asked")
        company, price = estates["company"].astype(np.int64) + 1, estates["price"]
        party[party != company] = 0  # who signed is gone, and the clause with it
        agreed = rows[(asked[rows] > 0.0) & (price[rows] > asked[rows]) & (company[rows] > 0)]
        party[agreed] = company[agreed]
        policy.array("index")[agreed], policy.array("since", np.int64)[agreed] = index, policy.month
        asked[rows] = 0.0
        self._raise(policy, rows[party[rows] > 0], index, strength)
        if not policy.due(self.period) and policy.elapsed > 0:
            return
        open_to_it = (party[rows] == 0) & (estates["mode"][rows] == MARKET)
        open_to_it &= (estates["process"][rows] == NO_PROCESS) & (estates["lever_price"][rows] == 0.0)
        put = rows[open_to_it & (policy.committees["price_wait"][rows] <= 1)]
        cost = fen(self.cost * estates["households"][put])
        policy.spend_together(
            divided(cost, {"owners": self.owner_share, "companies": 1.0 - self.owner_share}), put
        )
        asked[put] = price[put]
        policy.move("lever_price", put, self.first_rise * strength)
        policy.move("lever_participation", put, self.participation * strength)

    def _raise(self, policy: Policy, rows: Rows, index: float, strength: float) -> None:
        """What a period's growth of cost adds to the price, up to the guide price where one holds."""
        last, since = policy.array("index"), policy.array("since", np.int64)
        rows = rows[policy.month - since[rows] >= self.period]
        growth = np.minimum(self.most, self.passed_on * (index / last[rows] - 1.0)) * strength
        price = policy.estates["price"][rows]
        risen = np.minimum(price * (1.0 + growth), np.maximum(price, policy.most_price(rows)))
        policy.assign("estates.price", rows, risen)
        last[rows], since[rows] = index, policy.month
