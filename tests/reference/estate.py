"""The reference estate: fees come in, service is planned and paid for, facilities age, owners live there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mesa
import numpy as np

from sim.model.exact import power64
from sim.model.state.estates import ESTATE_FIELDS

from .building import Building
from .claims import ClaimList
from .owner import Owner
from .price_basis import REMUNERATION
from .words import CLEANING, MARKET, NONE, SELF, SOE, UNIT

if TYPE_CHECKING:
    from .books import Account
    from .city import ReferenceCity
    from .committee import Committee
    from .company import Company

F = np.float32
FREE, AGREED = 1, 2  # served without a fee as yet; owners agreed to one
PARTS = 2**15  # mean moods are sums of whole multiples of its inverse


def between(low: float, value: float, high: float) -> float:
    """`value`, bounded."""
    return min(high, max(low, value))


class Estate(mesa.Agent):
    """One estate with the columns of ESTATE_FIELDS as attributes, plain Python numbers."""

    model: ReferenceCity
    committee: Committee

    def __init__(self, city: ReferenceCity, row: int, table: np.ndarray) -> None:
        """Copy row `row` of the starting state."""
        super().__init__(city)
        self.row = row
        for field in ESTATE_FIELDS:
            setattr(self, field.name, table[field.name][row].item())
        self.houses: list[Building] = []
        self.account, self.fund = ("owners", row), ("estate_funds", row)  # of all owners, of the estate fund
        self.claims = ClaimList()
        self.goal = 0.0
        self.carried = 0  # fen in the owners' account from before this month

    @property
    def owners(self) -> list[Owner]:
        """All owners, building by building."""
        return [owner for building in self.houses for owner in building.owners]

    @property
    def block(self) -> list[Estate]:
        """The estates merged into one block with this one, by number; itself alone where it is in none."""
        if self.lever_block == 0:
            return [self]
        return [estate for estate in self.model.estates if estate.lever_block == self.lever_block]

    @property
    def lot(self) -> list[Estate]:
        """Itself and those of its block that neither a company nor an employer looks after:
        they are tendered together."""
        return [
            estate
            for estate in self.block
            if estate is self or (estate.manager is None and estate.mode != UNIT)
        ]

    @property
    def community_purse(self) -> Account:
        """The account of the community that it lies in."""
        return self.model.government[self.community].account

    @property
    def manager(self) -> Company | None:
        """The company that runs the estate."""
        return self.model.companies[self.company] if self.company >= 0 else None

    @property
    def payee(self) -> Account:
        """To whom owners pay their fees to the company that runs the estate: itself, or their own account."""
        return self.fund if self.basis == REMUNERATION else ("companies", self.company)

    @property
    def padding(self) -> float:
        """How much dearer the same work is where nobody gains by saving."""
        if self.basis != REMUNERATION or self.lever_remuneration > 0.0:
            return 1.0
        return float(1.0 + self.model.p.basis_padding * (1.0 - self.committee.strength))

    def full_fee_share(self, mode: int) -> float:
        """The part of the full fee that is billed under a mode."""
        p = self.model.p
        shares = {MARKET: 1.0, SOE: p.fees_soe_share, UNIT: p.fees_unit_share, SELF: p.fees_self_share}
        return shares.get(mode, 0.0)

    @property
    def billed_part(self) -> float:
        """The part of the full fee that is billed here now."""
        if self.billing == FREE:
            return 0.0
        if self.billing == AGREED and self.mode == CLEANING:
            return float(self.model.p.fees_cleaning_share)
        return self.full_fee_share(self.mode)

    def cost_of_collecting(self) -> float:
        """Fen that a month of billing and collecting would cost a company or the community."""
        return float(self.model.p.charging_collecting * 100.0 * self.households * self.model.cost_index)

    @property
    def collecting(self) -> float:
        """What of that a company or the community has, since it bills."""
        who = self.mode in (MARKET, SOE, CLEANING) and self.billed_part > 0.0
        return self.cost_of_collecting() if self.model.mechanisms.charging and who else 0.0

    # payment

    def bill_and_collect(self) -> None:
        """Owners get this month's bill, if anybody bills, and decide; the money
        goes to whoever it is owed to."""
        self.billed = self.collected = self.recovered = self.lapsed = self.payers = 0
        share = self.billed_part
        for owner in self.owners:
            owner.draw_luck()
        if share > 0.0:
            self.send_bills(share)
        else:
            for building in self.houses:
                building.paid_share = F(self.paid_share)
                for owner in building.owners:
                    self.lapsed += owner.get_no_bill()
        self.claim_months += 1
        self.open_12 = sum(owner.owed_of_the_year for owner in self.owners)
        self.arrears = sum(int(owner.arrears) for owner in self.owners)
        self.debtors = sum(1 for owner in self.owners if owner.arrears > 0)
        if self.billed <= 0:
            self.claims.drop(self.lapsed)
            self.former_arrears = self.claims.total
        if self.billed > 0:
            self.book_payments()
            self.income += self.case_income
            self.paid_share = self.payers / self.households
        else:
            p = self.model.p
            self.income = self.case_income
            self.paid_share += p.payment_norm_erosion * (
                min(self.paid_share, p.payment_norm_floor) - self.paid_share
            )
        self.count_cases()

    def count_cases(self) -> None:
        """What cases brought in and what was given up in them counts as repaid and lapsed."""
        self.recovered += self.case_paid
        self.lapsed += self.case_given_up

    def send_bills(self, share: float) -> None:
        """Every owner sees what neighbours did last month, gets a bill, pays or not, and
        settles old debts or not."""
        p, f = self.model.p, self.model.p.single
        frozen = not self.model.loops.norm
        alone = self.claim_months if self.claims.total else 255
        whole = self.paid_share_start if frozen else self.paid_share
        dim = 0.0 if self.lever_disclosure >= 1.0 else p.payment_dimness * (1.0 - self.lever_disclosure)
        whole_seen = (1.0 - dim) * whole + dim * p.payment_dim_prior
        standing = F(
            p.payment_sanction_weight * self.lever_sanction
            + p.payment_trust_weight * (self.trust - 0.5)
            + self.lever_norm
        )
        for building in self.houses:
            own = F(whole) if frozen else building.paid_share
            seen = f.payment_own_building_weight * own + (F(1) - f.payment_own_building_weight) * F(
                whole_seen
            )
            for owner in building.owners:
                owner.get_bill(F(self.price * share), seen, standing)
                paid, repaid, lapsed = owner.settle(F(self.lever_recovery), alone)
                self.billed += int(owner.bill)
                self.collected += paid
                self.recovered += repaid
                self.lapsed += lapsed
            payers = sum(int(owner.paid) for owner in building.owners)
            building.paid_share = F(payers) / F(len(building.owners))
            self.payers += payers

    def book_payments(self) -> None:
        """Fees go to the manager; repaid arrears to former managers and the present one in
        proportion to what is owed to each."""
        books = self.model.books
        own = self.recovered
        if self.claims.total > 0:
            owed = self.arrears - (self.billed - self.collected) + own + self.lapsed
            own = self.claims.repay(own, owed, self.account, books)
            self.claims.drop(self.lapsed)
            self.former_arrears = self.claims.total
        by_basis = "_remuneration" if self.basis == REMUNERATION else ""
        suffix, payee = {
            UNIT: ("_unit", ("employers", 0)),
            SELF: ("_self", self.fund),
            CLEANING: ("_cleaning", self.community_purse),
        }.get(self.mode, (by_basis, self.payee))
        books.move("fees" + suffix, self.account, payee, self.collected)
        books.move("arrears" + suffix, self.account, payee, own)
        self.income = self.collected + own

    # service

    def remunerate(self) -> None:
        """A remunerated company gets its part of what owners paid, and hands on what programmes paid it."""
        self.remunerated = 0
        if self.basis != REMUNERATION:
            return
        books, company = self.model.books, self.model.companies[self.company].account
        self.remunerated = int(self.remuneration * self.income)
        books.move("remuneration", self.fund, company, self.remunerated)
        handed_on = max(0, self.lever_company_income + self.lever_value_added)
        books.move("passed_on", company, self.fund, handed_on)

    def receive_public_revenue(self) -> None:
        """Rents of common space: part leaks, the company takes a share, the fund gets the rest."""
        p, books, payer = self.model.p, self.model.books, ("advertisers", 0)
        self.leaked = 0
        revenue = self.public_revenue_now(unmanaged=self.mode in (NONE, CLEANING))
        if revenue <= 0:
            return
        watched = min(1.0, self.committee.strength + self.lever_disclosure + self.lever_leak)
        leak = p.revenue_leak * (1.0 - watched)
        if self.committee.exists:
            leak = max(leak, p.revenue_leak * (1.0 - self.committee.integrity) * (1.0 - self.lever_leak))
        self.leaked = int(revenue * leak)
        books.move("public_revenue_leak", payer, ("insiders", 0), self.leaked)
        left = revenue - self.leaked
        if self.basis == REMUNERATION:
            self.income += left
        elif self.manager is not None:
            part = p.revenue_company_share * (1.0 - p.revenue_committee_claim * self.committee.strength)
            taken = int(left * between(0.0, part + self.lever_company_revenue, 1.0))
            books.move("public_revenue_company", payer, self.manager.account, taken)
            self.income += taken
            left -= taken
        elif self.mode == SELF:
            self.income += left
        books.move("public_revenue_fund", payer, self.fund, left)

    @property
    def felt_condition(self) -> float:
        """The condition that acts on people and money; as at the start where the decay loop is off."""
        return self.condition if self.model.loops.decay else self.condition_start

    def public_revenue_now(self, unmanaged: bool) -> int:
        """Fen this month, given condition."""
        p = self.model.p
        share = 1.0 - p.revenue_condition * (1.0 - self.felt_condition)
        return int(self.public_revenue * share * (p.revenue_unmanaged if unmanaged else 1.0))

    def full_cost(self, condition: float) -> float:
        """Fen a month for full service by an average company of the district."""
        p = self.model.p
        base = self.cost_fixed * (1.0 - min(p.service_relief_most, self.lever_fixed_cost)) + self.cost_area
        worn = 1.0 + p.service_condition_cost * (1.0 - condition)
        return (
            base * self.model.cost_index * worn * (1.0 - min(p.service_relief_most, self.lever_company_cost))
        )

    def affordable(self, margin: float, overhead: float) -> float:
        """Effort that smoothed income buys once collecting it is paid for."""
        means = self.income_smooth - self.collecting
        return min(1.0, max(0.0, means) * (1.0 - margin - overhead) / self.standard_cost)

    def plan_service(self) -> None:
        """Income is smoothed, the manager is watched, and decides how much effort it wants to make."""
        p = self.model.p
        handed_on = max(0, self.lever_company_income + self.lever_value_added)
        new = self.income - self.remunerated + handed_on
        self.carried = max(0, self.model.books.balances[self.fund] - new)
        self.subsidy = self.lever_company_income
        self.income += self.lever_company_income + self.lever_value_added
        self.income_smooth += p.service_income_smoothing * (self.income - self.income_smooth)
        self.standard_cost = self.full_cost(self.felt_condition)
        self.monitoring = min(
            1.0,
            p.service_monitoring_base
            + p.committee_monitoring * self.committee.strength
            + p.service_disclosure_monitoring * self.lever_disclosure
            + self.lever_monitoring,
        )
        self.focus = min(1.0, self.lever_focus)
        if self.manager is not None:
            self.manager.plan(self)
        elif self.mode == SELF:
            means = (
                self.affordable(0.0, 0.0)
                + p.service_volunteer_effort * self.model.volunteers.part_of_work(self)
                + p.service_self_support * self.lever_self_management
            )
            self.goal = min(p.service_self_ceiling, means)
        else:
            self.goal = {UNIT: p.service_unit_effort, CLEANING: p.service_cleaning_effort}.get(self.mode, 0.0)

    def serve(self) -> None:
        """Effort moves toward its goal and is paid for; residents get quality."""
        p = self.model.p
        self.overhead = self.skimmed = 0
        if self.mode == NONE:
            self.effort, self.quality, self.spending = 0.0, self.mended, 0
            return
        skill = p.service_amateur_skill  # of unit logistics, volunteers and street cleaners
        if self.manager is not None:
            skill = self.manager.skill + self.lever_skill
            self.manager.serve(self)
        else:
            self.effort += p.service_adjustment * (min(self.goal, p.service_ceiling) - self.effort)
            self.serve_without_company()
        efficiency = skill * (1.0 - p.service_monitoring_gap * (1.0 - self.monitoring))
        shown = efficiency * self.effort * (1.0 + p.service_gaming_gain * self.focus)
        self.quality = min(1.0, power64(shown, p.service_returns))
        self.quality = self.quality + self.mended * (1.0 - self.quality)

    def serve_without_company(self) -> None:
        """The employer pays, or the fund beyond what volunteers do, or the
        community while its budget lasts."""
        p, books, suppliers = self.model.p, self.model.books, ("suppliers", 0)
        if self.mode == UNIT:
            self.spending = int(self.effort * self.standard_cost)
            books.move("service_unit", ("employers", 0), suppliers, self.spending)
        elif self.mode == SELF:
            unpaid = min(
                self.effort,
                p.service_volunteer_effort * self.model.volunteers.part_of_work(self)
                + p.service_self_support * self.lever_self_management,
            )
            self.spending = min(books.cash(self.fund), int((self.effort - unpaid) * self.standard_cost))
            books.move("service_self", self.fund, suppliers, self.spending)
            self.effort = unpaid + self.spending / self.standard_cost
        else:
            community = self.community_purse
            self.spending = min(int(self.effort * self.standard_cost), books.cash(community))
            books.move("cleaning", community, suppliers, self.spending)
            self.effort = self.spending / self.standard_cost
            self.overhead = int(min(self.collecting, self.income))
            books.move("collecting_cleaning", community, suppliers, self.overhead)

    # facilities

    def age_and_repair(self) -> None:
        """Facilities wear, are maintained out of effort above minimum staff, and repaired out of the fund."""
        p = self.model.p
        years = max(0.0, self.model.start_year + (self.model.month - 1) / 12.0 - self.built_year)
        beyond_staff = between(
            0.0, (self.effort - p.condition_maintenance_start) / (1.0 - p.condition_maintenance_start), 1.0
        )
        gain = (
            p.condition_restore
            * (beyond_staff * (1.0 - p.service_gaming * self.focus))
            * (1.0 - self.condition)
        )
        if self.committee.exists:
            spent = int(
                self.model.books.cash(self.fund) * p.condition_fund_spending * self.committee.activity
            )
            self.model.books.move("fund_repair", self.fund, ("suppliers", 0), spent)
            year_of_fees = max(1.0, 12.0 * self.price * self.billable_area)
            gain += (
                p.condition_fund_restore
                * (spent / year_of_fees)
                * (1.0 - self.condition)
                * self.committee.integrity
            )
        neglect = 1.0 + p.condition_deferred * (1.0 - self.condition)
        lost = p.condition_wear * (1.0 + p.condition_age_wear * years / 10.0) * neglect * self.condition
        if self.model.mechanisms.works:
            self.live_with_works(gain, lost, beyond_staff * (1.0 - p.service_gaming * self.focus))
        else:
            self.condition = between(0.0, self.condition + gain - lost + self.lever_condition, 1.0)
        self.legacy = max(0.0, self.legacy - self.lever_legacy)

    def live_with_works(self, gain: float, lost: float, kept_up: float) -> None:
        """What works gave is lost where nobody keeps it up, and owners delight in what is new for a while."""
        p = self.model.p
        lost_of_works = p.works_neglect * (1.0 - kept_up) * self.new_works
        alone = self.condition + gain - (lost + lost_of_works)
        self.condition = between(0.0, alone + self.lever_condition, 1.0)
        new = max(0.0, self.condition - between(0.0, alone, 1.0))
        self.new_works = min(self.condition, self.new_works - lost_of_works + new)
        seen = new if self.model.loops.decay else 0.0
        joy = p.works_delight * p.satisfaction_condition_weight * seen
        self.delight = self.delight - p.works_fade * self.delight + joy
        self.delight_felt += p.satisfaction_speed * (self.delight - self.delight_felt)

    def thank_the_manager_less(self) -> None:
        """Delight in works speaks for paying the manager only as far as it is to its credit."""
        p = self.model.p
        if self.model.mechanisms.works:
            self.lever_norm -= (1.0 - p.works_credited) * p.payment_satisfaction_weight * self.delight_felt

    # owners

    def live(self) -> None:
        """Owners' month: mood, complaints, grievance; then what neighbours see of refusal, and trust."""
        p, loops = self.model.p, self.model.loops
        self.solved_share = self.share_of_complaints_solved()
        self.quality_felt = self.quality if loops.service else self.quality_start
        condition = self.felt_condition
        self.level = (
            p.satisfaction_quality_weight * self.quality_felt
            + p.satisfaction_condition_weight * condition
            - p.satisfaction_legacy_weight * self.legacy
        )
        self.level += self.delight
        self.complaints_filed = 0
        self.complaints_solved = self.complaints_solved if self.model.mechanisms.repairs else 0
        for building in self.houses:
            for owner in building.owners:
                filed, solved = owner.live_through(self, building)
                self.complaints_filed += filed
                self.complaints_solved += 0 if self.model.mechanisms.repairs else solved
        for building in self.houses:
            resentful = sum(owner.refuses_and_resents for owner in building.owners)
            building.refuser_share = F(resentful) / F(len(building.owners))
        owners = self.owners
        self.satisfaction = sum(int(o.satisfaction * F(PARTS)) for o in owners) / (self.households * PARTS)
        self.grievance = sum(int(o.grievance * F(PARTS)) for o in owners) / (self.households * PARTS)
        if self.model.mechanisms.repairs:
            ages = [self.model.month - one.filed for o in owners for one in o.complaints]
        else:
            ages = [int(o.waiting) - 1 for o in owners if o.waiting > 0]
        self.complaints_open, self.waiting_months = len(ages), sum(ages)
        self.build_trust()

    def share_of_complaints_solved(self) -> float:
        """Part of the open complaints that this month's capacity clears."""
        p = self.model.p
        if self.complaints_open == 0:
            return 0.0
        if self.mode in (CLEANING, NONE):
            cases = p.complaints_public_capacity * self.households
        else:
            cases = p.complaints_capacity * self.households * self.effort
        return min(1.0, (cases + self.lever_complaint_capacity) / self.complaints_open)

    def build_trust(self) -> None:
        """Trust moves toward what committee, disclosure, leaks and handled complaints deserve."""
        p = self.model.p
        cases = self.complaints_open + self.complaints_solved
        handled = self.complaints_solved / cases if cases else 1.0
        deserved = (
            p.trust_base
            + p.trust_committee * self.committee.strength
            + p.trust_disclosure * self.lever_disclosure
            - p.trust_leak * (self.leaked / max(1.0, self.public_revenue))
            + p.trust_complaints * (handled - 0.5)
            + self.lever_trust
        )
        self.trust += p.trust_speed * (between(0.0, deserved, 1.0) - self.trust)
