"""The kinds and causes of events, and how the phases write them."""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from sim.model.kernel import part


class Event(IntEnum):
    """What can happen; the comment names the unit of `size`."""

    NOTICE_GIVEN = 0  # losing months so far
    COMPANY_LEFT = 1  # arrears left behind, yuan
    TENDER_OPENED = 2  # companies that looked
    TENDER_WON = 3  # companies that bid
    TENDER_FAILED = 4  # companies that looked
    FALLBACK_TAKEN = 5  # collection rate at takeover
    SELF_MANAGEMENT = 6  # mean activism
    CLEANING_STARTED = 7  # collection rate before
    ABANDONED = 8  # collection rate before
    COMMITTEE_FORMED = 9  # share of owners who took part
    COMMITTEE_VOTE_FAILED = 10  # share of owners who took part
    COMMITTEE_DISSOLVED = 11  # share of owners who took part
    COMMITTEE_RENEWED = 12  # share of owners who took part
    DISMISSAL_VOTED = 13  # share of participants who approved
    DISMISSAL_REJECTED = 14  # share of participants who approved
    PRICE_RAISED = 15  # new price, yuan/m2/month
    PRICE_CUT = 16  # new price, yuan/m2/month
    PRICE_VOTE_FAILED = 17  # share of participants who approved
    COMPANY_BANKRUPT = 18  # debt, yuan
    RETROFIT = 19  # condition gained
    SUBSIDY_STARTED = 20  # yuan a month
    SUBSIDY_ENDED = 21  # yuan a month
    AWARD_PAID = 22  # yuan
    LISTED_RED = 23  # score
    LISTED_BLACK = 24  # score
    LIST_LEFT = 25  # score
    BUDGET_EXHAUSTED = 26  # yuan asked for that was not there
    STAFF_EXHAUSTED = 27  # persons asked for that were not there
    LEGACY_REPAIRED = 28  # legacy removed
    PROGRAMME_STARTED = 29  # estates that it could treat then
    PROGRAMME_ENDED = 30  # estates treated
    COMPANY_REMOVED = 31  # score
    COMPANY_REFUSED = 32  # score under the entry standard
    ESTATES_MERGED = 33  # estates in the block
    DONATION = 34  # yuan
    PROBLEM_SOLVED = 35  # problems
    COMMITTEE_REPLACED = 36  # integrity before
    SUIT = 37  # owners sued
    SECRETARY_SENT = 38  # ability
    SECRETARY_LEFT = 39  # months of the posting
    SERVICES_OPENED = 40  # set-up cost, yuan
    SERVICES_CLOSED = 41  # loss since they were opened, yuan
    COVERAGE_REPORTED = 42  # coverage that streets report
    FUNDS_REFUSED = 43  # share of participants who approved
    CONTRACT_RENEWED = 44  # share of participants who approved
    CONTRACT_OPEN = 45  # share of owners who took part, -1 where no vote was held
    CONTRACT_REFUSED = 46  # share of participants who approved
    PRICE_HELD = 47  # guide price, yuan/m2/month
    SMALL_REPAIRS = 48  # condition gained
    CHARGING_AGREED = 49  # share of participants who approved
    CHARGING_REFUSED = 50  # share of participants who approved; of owners who took part where too few did
    CHARGING_FORGONE = 51  # receipts expected, yuan a month
    REMUNERATION_AGREED = 52  # part of what owners pay that the company gets
    REMUNERATION_ENDED = 53  # what the owners' account holds, yuan
    # Votes without a quorum are kinds of their own where the cause says why the vote was held.
    PRICE_VOTE_INQUORATE = 54  # share of owners who took part
    DISMISSAL_INQUORATE = 55  # share of owners who took part
    FUNDS_INQUORATE = 56  # share of owners who took part
    # What a programme did on a condition; an estate of -1 stands for the programme as a whole.
    PROGRAMME_PAUSED = 57  # figure of the condition as seen then, -1 where none was
    PROGRAMME_RESUMED = 58  # the same
    PROGRAMME_GREW = 59  # the same
    PROGRAMME_REACHED = 60  # the same: an estate that had to wait for its condition was taken in
    PROGRAMME_LEFT = 61  # the same: it is over in an estate that it treated
    GROUP_REFUSAL = 62  # share of owners who joined
    REPAIRS_UNPAID = (
        63  # complaints not solved for want of money; of months in a row that see some, the first
    )
    SELF_MANAGEMENT_ENDED = 64  # share of a year's bills paid when due
    SELF_MANAGEMENT_RENEWED = 65  # volunteers who begin
    FUND_AGREED = 66  # yuan of the maintenance fund
    FUND_URGENT = 67  # the same


class Cause(IntEnum):
    """Why it happened."""

    NONE = 0
    LOSSES = 1
    DISMISSAL = 2
    NO_BIDDER = 3
    SPONTANEOUS = 4
    MOBILISED = 5
    QUORUM_MISSED = 6
    REJECTED = 7
    TERM_ENDED = 8
    INSOLVENCY = 9
    VACANCY = 10
    RETRY = 11
    SHORTFALL = 12
    QUALITY = 13
    POLICY = 14
    RANKING = 15
    TAPER = 16
    BUDGET = 17
    CAPTURE = 18
    NOT_ELIGIBLE = 19
    CONDITION = 20


EVENT_KINDS = tuple(kind.name.lower() for kind in Event)
CAUSES = tuple(cause.name.lower() for cause in Cause)


@part
def write_event(
    events: np.ndarray, world: np.ndarray, estate: int, company: int, kind: int, cause: int, size: float
) -> None:
    """Append one event; silently impossible to overrun, since the buffer holds more than a month can
    write."""
    row = world[0].events
    event = events[row]
    event.month = world[0].month
    event.estate = estate
    event.company = company
    event.kind = kind
    event.cause = cause
    event.size = size
    event.programme = -1
    world[0].events = row + 1
