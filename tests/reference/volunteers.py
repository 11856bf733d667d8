"""The reference rules of self-management: every willing owner of an estate is counted as working, tired, or
neither."""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING

from sim.model.luck import Stream

from .events import Cause, Event
from .words import SELF

if TYPE_CHECKING:
    from .city import ReferenceCity
    from .estate import Estate


class Volunteers:
    """All volunteers of one city."""

    def __init__(self, city: ReferenceCity) -> None:
        """Of one city."""
        self.city = city
        self.on = city.mechanisms.volunteers

    def call_at_doors(self) -> None:
        """Neighbours come for the fee where owners manage themselves."""
        if self.on:
            for estate in self.city.estates:
                if estate.mode == SELF:
                    estate.lever_norm += self.city.p.volunteers_calls * self.part_of_work(estate)

    def part_of_work(self, estate: Estate) -> float:
        """How much of the unpaid work there are hands for."""
        if not self.on:
            return 1.0
        return float(
            min(1.0, estate.volunteers / max(1.0, self.city.p.volunteers_needed * estate.households))
        )

    def willing(self, estate: Estate) -> int:
        """Owners who would ever do it."""
        p = self.city.p
        count = floor(
            p.volunteers_willing * estate.households * estate.mean_activism / p.committee_attempt_activism
            + 0.5
        )
        return int(max(int(p.volunteers_least), min(estate.households, count)))

    def run_month(self) -> None:
        """Some rest enough, some give up, some step in; all by what was at the end of last month."""
        if not self.on:
            return
        p = self.city.p
        for estate in self.city.estates:
            working, tired = estate.volunteers, estate.volunteers_tired
            untried = max(0, self.willing(estate) - working - tired)
            estate.volunteers_tired -= self.some(
                estate, tired, 1.0 / p.volunteers_rest, Stream.VOLUNTEERS_REST
            )
            if estate.mode != SELF:
                continue
            gone = self.some(estate, working, self.chance_to_tire(estate), Stream.VOLUNTEERS_TIRE)
            new = self.some(estate, untried, p.volunteers_join, Stream.VOLUNTEERS_JOIN)
            estate.volunteers += new - gone
            estate.volunteers_tired += gone

    def chance_to_tire(self, estate: Estate) -> float:
        """Of each volunteer this month."""
        p = self.city.p
        chance = p.volunteers_tire * max(
            1.0, max(0.0, p.volunteers_needed * estate.households) / max(1, estate.volunteers)
        )
        if estate.billed_12 > 0 and estate.collected_12 < p.volunteers_low_collection * estate.billed_12:
            chance *= p.volunteers_burden
        return float(min(1.0, chance * max(0.0, 1.0 - estate.lever_self_management)))

    def some(self, estate: Estate, people: int, chance: float, stream: Stream) -> int:
        """The expected number of people, rounded up with the chance of its fraction; never more than there
        are."""
        if people <= 0:
            return 0
        expected = (
            people / self.city.p.volunteers_rest if stream == Stream.VOLUNTEERS_REST else people * chance
        )
        return min(people, floor(expected + self.city.luck.share(estate.number, self.city.month, stream)))

    def too_few(self, estate: Estate) -> bool:
        """The group of a self-managed estate gives up."""
        return self.on and estate.mode == SELF and estate.volunteers < int(self.city.p.volunteers_least)

    def tell_of_the_end(self, estate: Estate) -> None:
        """The event, with the collection of twelve months."""
        rate = estate.collected_12 / estate.billed_12 if estate.billed_12 else 0.0
        self.city.tell(estate.row, -1, Event.SELF_MANAGEMENT_ENDED, Cause.NONE, rate)

    def group_for(self, estate: Estate) -> bool:
        """Whether there is a group, or a new one begins now."""
        p = self.city.p
        least = int(p.volunteers_least)
        if not self.on or (estate.mode == SELF and estate.volunteers >= least):
            return True
        fresh = self.willing(estate) - estate.volunteers_tired
        if fresh < least:
            return False
        estate.volunteers = min(fresh, max(least, floor(p.volunteers_founders * fresh + 0.5)))
        return True
