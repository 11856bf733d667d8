"""The reference rule of serving without a fee: when a manager asks owners to agree to one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .events import Cause, Event, Matter
from .market import condition_class
from .words import CLEANING

if TYPE_CHECKING:
    from .city import ReferenceCity
    from .estate import Estate

BY_MODE, FREE, AGREED = range(3)


class Charging:
    """What the managers of unbilled estates do in a month."""

    def __init__(self, city: ReferenceCity) -> None:
        """Of one city."""
        self.city = city

    def run_month(self) -> None:
        """Estates in order of number; those that a company is leaving are not asked."""
        for estate in self.city.estates:
            if estate.billing == FREE and not estate.process:
                self.perhaps_ask(estate)

    def perhaps_ask(self, estate: Estate) -> None:
        """When it is time: owners vote on a fee if more would come in than collecting takes."""
        p = self.city.p
        if estate.charge_wait > 0:
            estate.charge_wait -= 1
            return
        estate.charge_wait = int(p.charging_ask_again) - 1
        hoped = self.hoped_for(estate)
        if hoped <= estate.cost_of_collecting():
            estate.committee.tell(Event.CHARGING_FORGONE, Cause.SHORTFALL, hoped / 100.0, estate.company)
            return
        result = estate.committee.hold_vote(
            Matter.CHARGING, p.charging_consent, p.vote_price_slope, estate.lever_participation
        )
        if result.passed:
            estate.billing = AGREED
            estate.committee.tell(Event.CHARGING_AGREED, Cause.NONE, result.approved, estate.company)
        else:
            missed = result.took_part < p.committee_quorum
            why = Cause.QUORUM_MISSED if missed else Cause.REJECTED
            size = result.took_part if missed else result.approved
            estate.committee.tell(Event.CHARGING_REFUSED, why, size, estate.company)

    def hoped_for(self, estate: Estate) -> float:
        """Fen a month: bills times what is collected here, or in estates like this one."""
        p = self.city.p
        share = p.fees_cleaning_share if estate.mode == CLEANING else estate.full_fee_share(estate.mode)
        if estate.billed_12 > 0:
            rate = estate.collected_12 / estate.billed_12
        else:
            rate = self.city.market.beliefs[estate.type, condition_class(estate)]
        return float(rate * (estate.price * estate.billable_area * share))
