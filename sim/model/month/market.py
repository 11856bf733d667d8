"""Phase 7, the market: notice, exit, bankruptcy, tenders, bids, fallback and what
is left when nobody comes."""

from __future__ import annotations

import numpy as np

from sim.model.exact import normal_quantile
from sim.model.kernel import part
from sim.model.luck import Kind, Stream, block_of, philox, share_of
from sim.model.month.claims import keep_claim, manager_account, take_up_claim
from sim.model.month.condition import CONDITION_BINS, condition_bin, felt_condition
from sim.model.month.lots import block_range, in_lot, lot_terms
from sim.model.month.price_basis import perhaps_remunerate
from sim.model.month.service import away_cost, public_revenue_of, usual_revenue
from sim.model.month.volunteers import find_a_group, group_gives_up, tell_of_the_end
from sim.model.state.claims import Claims
from sim.model.state.contracts import DISMISSAL, EARLY, LUMP_SUM, NO_CONTRACT, NO_PROCESS, NOTICE, TERM
from sim.model.state.events import Cause, Event, write_event
from sim.model.state.modes import (
    AGREED,
    BY_MODE,
    CLEANING,
    FREE,
    MARKET,
    NONE,
    SELF,
    SOE,
    UNIT,
    billed_share_of_full_fee,
    company_run,
)
from sim.units import FEN_PER_YUAN

U64 = np.uint64
TENDER_BLOCK = block_of(Stream.TENDER_VISITOR, Stream.TENDER_BELIEF, Stream.TENDER_CHARM, Stream.LEFT_ALONE)
NOTICE_KIND, LEFT_KIND = int(Kind.NOTICE), int(Kind.LEFT_ALONE)
NOTICE_GIVEN, COMPANY_LEFT = int(Event.NOTICE_GIVEN), int(Event.COMPANY_LEFT)
TENDER_OPENED, TENDER_WON, TENDER_FAILED = (
    int(Event.TENDER_OPENED),
    int(Event.TENDER_WON),
    int(Event.TENDER_FAILED),
)
FALLBACK_TAKEN, SELF_MANAGEMENT = int(Event.FALLBACK_TAKEN), int(Event.SELF_MANAGEMENT)
RENEWED = int(Event.SELF_MANAGEMENT_RENEWED)
CLEANING_STARTED, ABANDONED = int(Event.CLEANING_STARTED), int(Event.ABANDONED)
BANKRUPT, REMOVED = int(Event.COMPANY_BANKRUPT), int(Event.COMPANY_REMOVED)
LOSSES, DISMISSED, INSOLVENCY = int(Cause.LOSSES), int(Cause.DISMISSAL), int(Cause.INSOLVENCY)
NO_BIDDER, VACANCY, RETRY, POLICY = (
    int(Cause.NO_BIDDER),
    int(Cause.VACANCY),
    int(Cause.RETRY),
    int(Cause.POLICY),
)


@part
def expected_margin(
    belief: float, full_fee: float, other_income: float, overhead: float, cost: float, plan_effort: float
) -> float:
    """Margin that a bidder expects: (income - overhead - planned cost) / income; -1
    where no income is expected."""
    income = belief * full_fee + other_income
    if income <= 0.0:
        return -1.0
    return 1.0 - overhead - plan_effort * cost / income


@part
def market_beliefs(estates: np.ndarray, world: np.ndarray, beliefs: np.ndarray) -> None:
    """Fill `beliefs` (types x condition bins): mean 12-month collection of company-run estates of
    that type and condition.

    Where there are none, the type's mean; where the type has none, the payment norm that
    owners are seen to follow.
    """
    types = beliefs.shape[0]
    paid = np.zeros((types, CONDITION_BINS))
    billed = np.zeros((types, CONDITION_BINS))
    norm = np.zeros(types)
    count = np.zeros(types)
    for e in range(estates.size):
        estate = estates[e]
        norm[estate.type] += estate.paid_share
        count[estate.type] += 1.0
        if company_run(estate.mode) and estate.billed_12 > 0:
            b = condition_bin(felt_condition(estate, world))
            paid[estate.type, b] += estate.collected_12
            billed[estate.type, b] += estate.billed_12
    for t in range(types):
        all_paid = 0.0
        all_billed = 0.0
        for b in range(CONDITION_BINS):
            all_paid += paid[t, b]
            all_billed += billed[t, b]
        fallback = all_paid / all_billed if all_billed > 0.0 else norm[t] / max(1.0, count[t])
        for b in range(CONDITION_BINS):
            beliefs[t, b] = paid[t, b] / billed[t, b] if billed[t, b] > 0.0 else fallback


@part
def update_companies(
    estates: np.ndarray,
    companies: np.ndarray,
    balances: np.ndarray,
    world: np.ndarray,
    events: np.ndarray,
    p: np.ndarray,
) -> None:
    """Reputation follows what a company's estates get; a private company too deep in debt gives up."""
    q = p[0]
    merit = np.zeros(companies.size)
    count = np.zeros(companies.size)
    for e in range(estates.size):
        estate = estates[e]
        if estate.company >= 0:
            merit[estate.company] += (
                q.market_reputation_quality * estate.quality
                + (1.0 - q.market_reputation_quality) * estate.satisfaction
            )
            count[estate.company] += 1.0
    for c in range(companies.size):
        company = companies[c]
        if count[c] > 0.0:
            company.reputation += q.market_reputation_speed * (merit[c] / count[c] - company.reputation)
        debt = -balances[company.account]
        ruined = company.state_owned == 0 and debt > q.market_insolvency * company.spending and debt > 0
        if company.active == 1 and ruined and company.estates > 0 and world[0].loop_exit != 0:
            company.active = 0
            write_event(events, world, -1, c, BANKRUPT, INSOLVENCY, debt / FEN_PER_YUAN)


@part
def take_over(
    e: int,
    c: int,
    mode: int,
    belief: float,
    companies: np.ndarray,
    estates: np.ndarray,
    claims: Claims,
    world: np.ndarray,
    p: np.ndarray,
) -> None:
    """Company c starts to run estate e; employers, owners or the community who ran it stay
    creditors of what is owed to them."""
    q = p[0]
    estate = estates[e]
    if estate.mode == UNIT or estate.mode == SELF or estate.mode == CLEANING:
        keep_claim(e, manager_account(estate, companies), estates, claims)
    take_up_claim(e, companies[c].account, estates, claims)
    estate.mode = mode
    estate.company = c
    if world[0].mechanism_charging != 0:
        # who is billed without a break goes on being billed; others are served first, and then asked
        estate.billing = AGREED if estate.billed > 0 else FREE
        estate.charge_wait = int(q.charging_first_ask)
    estate.contract = NO_CONTRACT
    estate.contract_left = 0
    estate.volunteers = 0
    estate.effort = max(estate.effort, q.service_start_effort)
    full_fee = estate.price * estate.billable_area * billed_share_of_full_fee(mode, q)
    revenue = public_revenue_of(
        estate.public_revenue, felt_condition(estate, world), False, q.revenue_condition, q.revenue_unmanaged
    )
    estate.income_smooth = (
        belief * full_fee + estate.lever_offer + usual_revenue(revenue, q.revenue_company_share, q)
    )
    estate.losing_months = 0
    estate.unmanaged_months = 0
    estate.process = NO_PROCESS
    companies[c].estates += 1


@part
def looked_before(c: int, looks: int, number: np.uint64, companies: int, world: np.ndarray) -> bool:
    """True if company c was among the first `looks` to look this month at the estate of this number (uint64):
    nobody bids twice in one tender."""
    for k in range(looks):
        who, _, _, _ = philox(
            number, U64(world[0].month), U64(TENDER_BLOCK), U64(k), U64(world[0].key_0), U64(world[0].key_1)
        )
        if int(share_of(who) * companies) == c:
            return True
    return False


@part
def best_bid(
    e: int,
    belief_mean: float,
    beliefs: np.ndarray,
    companies: np.ndarray,
    estates: np.ndarray,
    world: np.ndarray,
    p: np.ndarray,
) -> tuple[int, float, int, int]:
    """Let companies look at estate e and its lot; returns (winner or -1, winner's belief, companies
    that looked and that bid)."""
    q = p[0]
    estate = estates[e]
    looks = int(q.market_bidders + estate.lever_tender) if companies.size > 0 else 0
    members, full_fee, income, cost, believed, seen = lot_terms(e, belief_mean, beliefs, estates, world, p)
    number = U64(estate.number)
    winner = -1
    winning = -1e9
    winning_belief = 0.0
    bids = 0
    for k in range(looks):
        who, noise, luck, _ = philox(
            number, U64(world[0].month), U64(TENDER_BLOCK), U64(k), U64(world[0].key_0), U64(world[0].key_1)
        )
        c = int(share_of(who) * companies.size)
        company = companies[c]
        if k > 0 and looked_before(c, k, number, companies.size, world):
            continue
        if (
            company.active == 0
            or company.state_owned == 1
            or company.list < 0
            or company.barred_until > world[0].month
        ):
            continue
        if company.estates + members > company.capacity or c == estate.former_company:
            continue
        belief = believed + q.market_belief_noise * normal_quantile(share_of(noise))
        belief += estate.lever_belief * (seen - belief)
        belief = min(1.0, max(0.0, belief))
        margin = expected_margin(
            belief,
            full_fee,
            income,
            q.service_overhead,
            cost * company.cost_level * away_cost(company, estate, q),
            q.market_plan_effort,
        )
        if margin <= 0.0:
            continue
        bids += 1
        score = company.reputation + q.market_tender_luck * share_of(luck)
        if company.list > 0:
            score += q.market_red_bonus
        if score > winning:
            winner, winning, winning_belief = c, score, belief
    return winner, winning_belief, looks, bids


@part
def fallback_company(companies: np.ndarray) -> int:
    """The state-owned company with the most free capacity, -1 if none has any."""
    best = -1
    most = 0
    for c in range(companies.size):
        company = companies[c]
        if company.state_owned == 1 and company.active == 1:
            room = company.capacity - company.estates
            if room > most:
                best, most = c, room
    return best


@part
def start_cleaning(e: int, estates: np.ndarray, claims: Claims, world: np.ndarray, p: np.ndarray) -> None:
    """The community takes up simple cleaning; it bills nobody until owners agree to a fee, if ever."""
    estate = estates[e]
    estate.mode = CLEANING
    take_up_claim(e, estate.community_account, estates, claims)
    if world[0].mechanism_charging != 0:
        estate.billing = FREE
        estate.charge_wait = int(p[0].charging_first_ask)


@part
def left_alone(
    e: int,
    luck: float,
    estates: np.ndarray,
    claims: Claims,
    world: np.ndarray,
    events: np.ndarray,
    p: np.ndarray,
) -> None:
    """Nobody came: small active estates manage themselves unless they wait for a state-owned company or have
    nobody left to do the work, some get community cleaning, the others nothing."""
    q = p[0]
    estate = estates[e]
    seen = estate.paid_share
    will = estate.mean_activism + estate.lever_self_management
    waits = world[0].mechanism_queue != 0 and estate.lever_queue > 0.0
    ended = group_gives_up(estate, world, q)
    if (
        not waits
        and will >= q.market_self_activism
        and estate.households <= q.market_self_households
        and felt_condition(estate, world) > q.market_self_condition
        and find_a_group(estate, world, q)
    ):
        if ended:
            write_event(events, world, e, -1, RENEWED, NO_BIDDER, estate.volunteers)
        elif estate.mode != SELF:
            if estate.mode == CLEANING:
                keep_claim(e, estate.community_account, estates, claims)
            estate.mode = SELF
            estate.billing = BY_MODE
            take_up_claim(e, estate.fund_account, estates, claims)
            write_event(events, world, e, -1, SELF_MANAGEMENT, NO_BIDDER, estate.mean_activism)
        return
    if ended:
        keep_claim(e, estate.fund_account, estates, claims)
        estate.volunteers_tired += estate.volunteers
        estate.volunteers = 0
        estate.effort = 0.0
    elif not company_run(estate.mode):
        return  # nothing changes where nobody managed it before
    if luck < q.market_cleaning_chance:
        start_cleaning(e, estates, claims, world, p)
        write_event(events, world, e, -1, CLEANING_STARTED, NO_BIDDER, seen)
    else:
        estate.mode = NONE
        estate.billing = BY_MODE
        write_event(events, world, e, -1, ABANDONED, NO_BIDDER, seen)


@part
def hold_tender(
    e: int,
    cause: int,
    beliefs: np.ndarray,
    companies: np.ndarray,
    committees: np.ndarray,
    estates: np.ndarray,
    claims: Claims,
    world: np.ndarray,
    events: np.ndarray,
    p: np.ndarray,
) -> None:
    """Tender estate e: a company, else state-owned fallback where policy offers it, else what
    owners and community manage."""
    estate = estates[e]
    belief_mean = beliefs[estate.type, condition_bin(felt_condition(estate, world))]
    winner, belief, looks, bids = best_bid(e, belief_mean, beliefs, companies, estates, world, p)
    write_event(events, world, e, -1, TENDER_OPENED, cause, looks)
    if winner >= 0:
        first, last = block_range(e, estates)
        for m in range(first, last):
            if in_lot(e, m, estates):
                take_over(m, winner, MARKET, belief, companies, estates, claims, world, p)
                write_event(events, world, m, winner, TENDER_WON, cause, bids)
                perhaps_remunerate(m, cause, companies, committees, estates, claims, world, events, p)
        return
    write_event(events, world, e, -1, TENDER_FAILED, NO_BIDDER, looks)
    estate.unmanaged_months = 0
    if estate.lever_fallback > 0.0 and world[0].fallback_left > 0:
        c = fallback_company(companies)
        if c >= 0:
            take_over(e, c, SOE, belief_mean, companies, estates, claims, world, p)
            world[0].fallback_left -= 1
            write_event(events, world, e, c, FALLBACK_TAKEN, NO_BIDDER, estate.paid_share)
            return
    if estate.mode == UNIT:
        return
    _, _, _, luck = philox(
        U64(estate.number),
        U64(world[0].month),
        U64(TENDER_BLOCK),
        U64(LEFT_KIND),
        U64(world[0].key_0),
        U64(world[0].key_1),
    )
    left_alone(e, share_of(luck), estates, claims, world, events, p)


@part
def company_leaves(
    e: int, companies: np.ndarray, estates: np.ndarray, claims: Claims, world: np.ndarray, events: np.ndarray
) -> None:
    """The company of estate e hands over; what is owed to it stays owed to it."""
    estate = estates[e]
    c = estate.company
    companies[c].estates -= 1
    write_event(
        events,
        world,
        e,
        c,
        COMPANY_LEFT,
        estate.process_cause,
        (estate.arrears - estate.former_arrears) / FEN_PER_YUAN,
    )
    estate.former_company = c
    keep_claim(e, manager_account(estate, companies), estates, claims)
    estate.company = -1
    estate.contract = NO_CONTRACT
    estate.contract_left = 0
    estate.basis = LUMP_SUM
    estate.remuneration = 0.0
    estate.process = NO_PROCESS
    estate.effort = 0.0


@part
def notices(
    e: int, companies: np.ndarray, estates: np.ndarray, world: np.ndarray, events: np.ndarray, p: np.ndarray
) -> None:
    """Start what makes a company leave: removal by policy, bankruptcy, or its own
    notice after a run of losses."""
    q = p[0]
    estate = estates[e]
    company = companies[estate.company]
    if estate.lever_dismissal >= 1.0 and estate.mode == MARKET:
        estate.process, estate.process_left, estate.process_cause = (
            DISMISSAL,
            int(q.market_dismissal_time),
            POLICY,
        )
        write_event(events, world, e, estate.company, REMOVED, POLICY, company.score)
        return
    if world[0].loop_exit == 0 or estate.mode != MARKET:
        return
    if company.active == 0:
        estate.process, estate.process_left, estate.process_cause = NOTICE, 1, INSOLVENCY
        write_event(events, world, e, estate.company, NOTICE_GIVEN, INSOLVENCY, estate.losing_months)
        return
    if estate.losing_months < company.tolerance:
        return
    _, luck, _, _ = philox(
        U64(estate.number),
        U64(world[0].month),
        U64(TENDER_BLOCK),
        U64(NOTICE_KIND),
        U64(world[0].key_0),
        U64(world[0].key_1),
    )
    in_term = estate.contract == EARLY or estate.contract == TERM
    hazard = q.market_exit_hazard * q.contract_exit_in_term if in_term else q.market_exit_hazard
    if share_of(luck) < hazard:
        months = int(q.contract_notice) if in_term else int(q.market_notice)
        estate.process, estate.process_left, estate.process_cause = NOTICE, months, LOSSES
        write_event(events, world, e, estate.company, NOTICE_GIVEN, LOSSES, estate.losing_months)


@part
def market_month(
    estates: np.ndarray,
    companies: np.ndarray,
    committees: np.ndarray,
    claims: Claims,
    balances: np.ndarray,
    beliefs: np.ndarray,
    world: np.ndarray,
    events: np.ndarray,
    p: np.ndarray,
) -> None:
    """One month of the market in every estate, in order of estate number."""
    q = p[0]
    update_companies(estates, companies, balances, world, events, p)
    market_beliefs(estates, world, beliefs)
    for e in range(estates.size):
        estate = estates[e]
        if estate.company >= 0:
            if estate.process == NO_PROCESS:
                notices(e, companies, estates, world, events, p)
            else:
                estate.process_left -= 1
                if estate.process_left <= 0:
                    company_leaves(e, companies, estates, claims, world, events)
                    hold_tender(e, VACANCY, beliefs, companies, committees, estates, claims, world, events, p)
            continue
        offered = estate.lever_fallback > 0.0 and world[0].fallback_left > 0
        if estate.mode == UNIT and not offered:
            continue
        estate.unmanaged_months += 1
        if group_gives_up(estate, world, q):
            tell_of_the_end(e, estates, world, events)
            hold_tender(e, VACANCY, beliefs, companies, committees, estates, claims, world, events, p)
        elif offered:
            hold_tender(e, POLICY, beliefs, companies, committees, estates, claims, world, events, p)
        elif estate.unmanaged_months + estate.lever_retry >= q.market_retry:
            hold_tender(e, RETRY, beliefs, companies, committees, estates, claims, world, events, p)
        if estate.mode == NONE and estate.lever_cleaning > 0.0:
            start_cleaning(e, estates, claims, world, p)
            write_event(events, world, e, -1, CLEANING_STARTED, POLICY, estate.paid_share)
