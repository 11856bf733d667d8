"""The reference market: notice, exit, tenders, bids, fallback, and what is left when nobody comes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sim.model.exact import normal_quantile
from sim.model.luck import Kind, Stream

from .contract import EARLY, TERM
from .events import Cause, Event
from .words import CLEANING, MARKET, NONE, SELF, SOE, UNIT

if TYPE_CHECKING:
    from .books import Account
    from .city import ReferenceCity
    from .company import Company
    from .estate import Estate

NOTICE, DISMISSAL = 1, 2
BY_MODE, FREE, AGREED = range(3)
VISIT, OFFER, CHARM = Stream.TENDER_VISITOR, Stream.TENDER_BELIEF, Stream.TENDER_CHARM


class Bid(NamedTuple):
    """A company's bid: how it scores, and the collection rate it believes in."""

    score: float
    company: Company
    belief: float


class Market:
    """What happens between estates and companies in a month."""

    def __init__(self, city: ReferenceCity) -> None:
        """The market of one city."""
        self.city = city

    def run_month(self) -> None:
        """Estates in order of number; what companies believe about collection is formed before."""
        for company in self.city.companies:
            company.take_stock()
        self.beliefs = {
            (estate.type, condition_class(estate)): self.believed(estate.type, condition_class(estate))
            for estate in self.city.estates
        }
        for estate in self.city.estates:
            if estate.manager is None:
                self.perhaps_tender(estate)
            elif estate.process:
                self.go_on_leaving(estate)
            else:
                self.perhaps_give_notice(estate, estate.manager)

    def believed(self, kind: int, look: int) -> float:
        """Collection over twelve months in company-run estates of a type and condition;
        else of the type; else its norm."""
        of_type = [estate for estate in self.city.estates if estate.type == kind]
        run = [estate for estate in of_type if estate.manager is not None and estate.billed_12 > 0]
        alike = [estate for estate in run if condition_class(estate) == look]
        for group in (alike, run):
            if group:
                return float(sum(e.collected_12 for e in group)) / float(sum(e.billed_12 for e in group))
        norm = 0.0
        for estate in of_type:
            norm += estate.paid_share
        return norm / max(1.0, len(of_type))

    # leaving

    def perhaps_give_notice(self, estate: Estate, company: Company) -> None:
        """Removal by policy, bankruptcy, or the company's own decision after a run of losing months."""
        p = self.city.p
        if estate.mode != MARKET:
            return
        if estate.lever_dismissal >= 1.0:
            self.begin_leaving(estate, DISMISSAL, int(p.market_dismissal_time), Cause.POLICY)
            self.city.tell(estate.row, company.row, Event.COMPANY_REMOVED, Cause.POLICY, company.score)
            return
        if not self.city.loops.exit:
            return
        if not company.active:
            self.begin_leaving(estate, NOTICE, 1, Cause.INSOLVENCY)
            self.city.tell(
                estate.row, company.row, Event.NOTICE_GIVEN, Cause.INSOLVENCY, estate.losing_months
            )
            return
        wants_to_go = estate.losing_months >= company.tolerance
        bound = estate.contract in (EARLY, TERM)
        hazard = p.market_exit_hazard * p.contract_exit_in_term if bound else p.market_exit_hazard
        if wants_to_go and self.luck(estate, Stream.TENDER_BELIEF, Kind.NOTICE) < hazard:
            months = int(p.contract_notice if bound else p.market_notice)
            self.begin_leaving(estate, NOTICE, months, Cause.LOSSES)
            self.city.tell(estate.row, company.row, Event.NOTICE_GIVEN, Cause.LOSSES, estate.losing_months)

    def begin_leaving(self, estate: Estate, process: int, months: int, cause: Cause) -> None:
        """The company will go in so many months."""
        estate.process, estate.process_left, estate.process_cause = process, months, int(cause)

    def go_on_leaving(self, estate: Estate) -> None:
        """When the time is over the company hands over, owed what it is owed, and the estate is tendered."""
        estate.process_left -= 1
        if estate.process_left > 0:
            return
        company = self.city.companies[estate.company]
        company.estates -= 1
        self.city.tell(
            estate.row,
            company.row,
            Event.COMPANY_LEFT,
            Cause(estate.process_cause),
            (estate.arrears - estate.former_arrears) / 100.0,
        )
        self.stop_managing(estate, estate.payee)
        estate.basis, estate.remuneration = 0, 0.0
        estate.former_company = company.row
        estate.company, estate.process, estate.effort = -1, 0, 0.0
        estate.contract = estate.contract_left = 0
        self.tender(estate, Cause.VACANCY)

    # finding somebody

    def perhaps_tender(self, estate: Estate) -> None:
        """An estate without company is tendered where policy offers fallback, else every so many months."""
        offered = self.fallback_offered(estate)
        if estate.mode == UNIT and not offered:
            return
        estate.unmanaged_months += 1
        if self.city.volunteers.too_few(estate):
            self.city.volunteers.tell_of_the_end(estate)
            self.tender(estate, Cause.VACANCY)
        elif offered:
            self.tender(estate, Cause.POLICY)
        elif estate.unmanaged_months + estate.lever_retry >= self.city.p.market_retry:
            self.tender(estate, Cause.RETRY)
        if estate.mode == NONE and estate.lever_cleaning > 0.0:
            self.clean(estate)
            self.city.tell(estate.row, -1, Event.CLEANING_STARTED, Cause.POLICY, estate.paid_share)

    def fallback_offered(self, estate: Estate) -> bool:
        """Policy offers a state-owned company, and some are left this month."""
        return estate.lever_fallback > 0.0 and self.city.fallback_left > 0

    def tender(self, estate: Estate, cause: Cause) -> None:
        """The best bidder gets the estate; else fallback; else owners, community or nobody."""
        belief = self.beliefs[estate.type, condition_class(estate)]
        visitors, bids = self.collect_bids(estate, belief)
        self.city.tell(estate.row, -1, Event.TENDER_OPENED, cause, visitors)
        if bids:
            best = max(bids, key=lambda bid: bid.score)  # the first of equals
            for member in estate.lot:
                self.take_over(member, best.company, MARKET, best.belief)
                self.city.tell(member.row, best.company.row, Event.TENDER_WON, cause, len(bids))
                self.city.price_basis.sign(member, cause)
            return
        self.city.tell(estate.row, -1, Event.TENDER_FAILED, Cause.NO_BIDDER, visitors)
        estate.unmanaged_months = 0
        if self.fallback_offered(estate):
            company = self.fallback_company()
            if company is not None:
                self.take_over(estate, company, SOE, belief)
                self.city.fallback_left -= 1
                self.city.tell(
                    estate.row, company.row, Event.FALLBACK_TAKEN, Cause.NO_BIDDER, estate.paid_share
                )
                return
        if estate.mode != UNIT:
            self.leave_alone(estate)

    def collect_bids(self, estate: Estate, mean_belief: float) -> tuple[int, list[Bid]]:
        """Companies drawn by lot look at the estate; those that expect a margin bid.
        Returns (lookers, bids)."""
        p = self.city.p
        visitors = int(p.market_bidders + estate.lever_tender)
        lot = estate.lot
        revenue = (
            sum(one.public_revenue_now(unmanaged=False) for one in lot)
            * (1.0 - p.revenue_leak)
            * p.revenue_company_share
        )
        fees = cost_of_lot = 0.0
        for one in lot:
            fees += one.price * one.billable_area
            cost_of_lot += one.full_cost(one.felt_condition)
        other = revenue + sum(one.lever_offer for one in lot)
        if self.city.mechanisms.charging:
            other -= sum(one.cost_of_collecting() for one in lot)
        seen = estate.paid_share
        if len(lot) > 1 and fees > 0.0:
            mean_belief, seen = self.by_fees(lot, fees)
        bids: list[Bid] = []
        looked: set[int] = set()
        for visitor in range(visitors):
            number = int(self.luck(estate, VISIT, visitor) * len(self.city.companies))
            company = self.city.companies[number]
            again, looked = number in looked, looked | {number}
            if again or not self.may_bid(company, len(lot)) or company.row == estate.former_company:
                continue
            belief = mean_belief + p.market_belief_noise * normal_quantile(self.luck(estate, OFFER, visitor))
            belief += estate.lever_belief * (seen - belief)
            belief = min(1.0, max(0.0, belief))
            income = belief * fees + other
            if income <= 0.0:
                continue
            away = 1.0 if company.home_district == estate.district else 1.0 + p.service_away_cost
            cost = cost_of_lot * company.cost_level * away
            if 1.0 - p.service_overhead - p.market_plan_effort * cost / income <= 0.0:
                continue
            score = company.reputation + p.market_tender_luck * self.luck(estate, CHARM, visitor)
            if company.list > 0:
                score += p.market_red_bonus
            bids.append(Bid(score, company, belief))
        return visitors, bids

    def by_fees(self, lot: list[Estate], fees: float) -> tuple[float, float]:
        """Collection that is believed and collection that is seen in a lot, weighted by full fees."""
        believed = seen = 0.0
        for one in lot:
            fee = one.price * one.billable_area
            believed += fee * self.beliefs[one.type, condition_class(one)]
            seen += fee * one.paid_share
        return believed / fees, seen / fees

    def may_bid(self, company: Company, estates: int) -> bool:
        """Private, in the market, not barred or black-listed, with room for so many more estates."""
        barred = company.list < 0 or company.barred_until > self.city.month
        return (
            bool(company.active)
            and not company.state_owned
            and not barred
            and company.estates + estates <= company.capacity
        )

    def fallback_company(self) -> Company | None:
        """The state-owned company with most room, the first of equals; None if all are full."""
        open_to = [c for c in self.city.companies if c.state_owned and c.active and c.estates < c.capacity]
        return max(open_to, key=lambda company: company.capacity - company.estates) if open_to else None

    def take_over(self, estate: Estate, company: Company, mode: int, belief: float) -> None:
        """The company starts with a good month and what it believes to earn."""
        before = {UNIT: ("employers", 0), SELF: estate.fund, CLEANING: estate.community_purse}
        if estate.mode in before:
            self.stop_managing(estate, before[estate.mode])
        self.manage_again(estate, company.account)
        estate.mode, estate.company, estate.process = mode, company.row, 0
        estate.volunteers = 0
        estate.contract = estate.contract_left = 0
        if self.city.mechanisms.charging:
            estate.billing = AGREED if estate.billed > 0 else FREE
            estate.charge_wait = int(self.city.p.charging_first_ask)
        estate.effort = max(estate.effort, self.city.p.service_start_effort)
        full_fee = estate.price * estate.billable_area * estate.full_fee_share(mode)
        p = self.city.p
        rents = estate.public_revenue_now(unmanaged=False) * (1.0 - p.revenue_leak) * p.revenue_company_share
        estate.income_smooth = belief * full_fee + estate.lever_offer + rents
        estate.losing_months = estate.unmanaged_months = 0
        company.estates += 1

    def stop_managing(self, estate: Estate, creditor: Account) -> None:
        """Who managed the estate stays the creditor of what is owed to it."""
        if estate.arrears > estate.claims.total:
            estate.claim_months = 0
        estate.claims.keep(creditor, estate.arrears)
        estate.former_arrears = estate.claims.total

    def manage_again(self, estate: Estate, creditor: Account) -> None:
        """What a new manager is owed from before, if it was here before, is its own again."""
        estate.claims.take_up(creditor)
        estate.former_arrears = estate.claims.total

    def leave_alone(self, estate: Estate) -> None:
        """Small, active, sound estates manage themselves; where a company has left some are
        cleaned; else nothing changes."""
        p = self.city.p
        will = estate.mean_activism + estate.lever_self_management
        small = estate.households <= p.market_self_households
        waits = self.city.mechanisms.queue and estate.lever_queue > 0.0
        ended = self.city.volunteers.too_few(estate)
        if (
            not waits
            and will >= p.market_self_activism
            and small
            and estate.felt_condition > p.market_self_condition
            and self.city.volunteers.group_for(estate)
        ):
            if ended:
                self.city.tell(
                    estate.row, -1, Event.SELF_MANAGEMENT_RENEWED, Cause.NO_BIDDER, estate.volunteers
                )
            elif estate.mode != SELF:
                if estate.mode == CLEANING:
                    self.stop_managing(estate, estate.community_purse)
                estate.mode, estate.billing = SELF, BY_MODE
                self.manage_again(estate, estate.fund)
                self.city.tell(estate.row, -1, Event.SELF_MANAGEMENT, Cause.NO_BIDDER, estate.mean_activism)
        elif ended or estate.mode in (MARKET, SOE):
            if ended:
                self.stop_managing(estate, estate.fund)
                estate.volunteers_tired += estate.volunteers
                estate.volunteers, estate.effort = 0, 0.0
            cleaned = self.luck(estate, Stream.LEFT_ALONE, Kind.LEFT_ALONE) < p.market_cleaning_chance
            estate.mode, estate.billing = NONE, BY_MODE
            if cleaned:
                self.clean(estate)
            kind = Event.CLEANING_STARTED if cleaned else Event.ABANDONED
            self.city.tell(estate.row, -1, kind, Cause.NO_BIDDER, estate.paid_share)

    def clean(self, estate: Estate) -> None:
        """The community cleans from now on, at first without a fee."""
        estate.mode = CLEANING
        self.manage_again(estate, estate.community_purse)
        if self.city.mechanisms.charging:
            estate.billing, estate.charge_wait = FREE, int(self.city.p.charging_first_ask)

    def luck(self, estate: Estate, stream: Stream, kind: int) -> float:
        """This month's draw of the estate."""
        return self.city.luck.share(estate.number, self.city.month, stream, kind)


def condition_class(estate: Estate) -> int:
    """What a visitor sees of the facilities: 0 bad, 1 middling, 2 good."""
    return min(2, int(estate.felt_condition * 3))
