"""The life of one estate told in words: how it began, its phases, what turned and
why, each event, how it ended.

Kinds and causes of events are those of `sim.model.state.events`; one that has no words here (a newer model, a
plug-in) is told in a general sentence with its own name.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.errors import ResultError
from sim.outputs.catalog import plain
from sim.studies.run.measures import RunLike
from sim.studies.run.reactions import DECIDED_BY, seen_words
from sim.studies.run.words import MODE, STAGE, measure_name, type_title
from sim.text import Family, figures, in_language, message, say
from sim.text.joins import bracketed, clauses, labelled, phrases
from sim.units import NO_VALUE

if TYPE_CHECKING:
    import pandas as pd

    from sim.scenario import Scenario


SHARE, YUAN, COUNT, PRICE, SEEN = "share", "yuan", "count", "price", "seen"
QUORUM_MISSED = "quorum_missed"


class Event(NamedTuple):
    """A kind of event: which a short list keeps (3 turns a life, 2 matters, 1 is routine), how its size is
    written, what that means."""

    rank: int
    form: str
    size: str


EVENTS = {
    "notice_given": Event(3, "count", "notice_given"),
    "company_left": Event(3, "yuan", "company_left"),
    "tender_opened": Event(1, "count", "looked"),
    "tender_won": Event(3, "count", "tender_won"),
    "tender_failed": Event(2, "count", "looked"),
    "fallback_taken": Event(3, "share", "fallback_taken"),
    "self_management": Event(3, "share", "self_management"),
    "self_management_ended": Event(3, "share", "self_management_ended"),
    "self_management_renewed": Event(2, "count", "volunteers"),
    "cleaning_started": Event(3, "share", "before"),
    "abandoned": Event(3, "share", "before"),
    "committee_formed": Event(2, "share", "took_part"),
    "committee_vote_failed": Event(1, "share", "took_part"),
    "committee_dissolved": Event(2, "share", "took_part"),
    "committee_renewed": Event(1, "share", "took_part"),
    "committee_replaced": Event(2, "share", "committee_replaced"),
    "dismissal_voted": Event(3, "share", "approved"),
    "dismissal_rejected": Event(1, "share", "approved"),
    "dismissal_inquorate": Event(1, "share", "took_part"),
    "price_raised": Event(2, "price", "price_raised"),
    "price_cut": Event(2, "price", "price_raised"),
    "price_vote_failed": Event(1, "share", "approved"),
    "price_vote_inquorate": Event(1, "share", "took_part"),
    "price_held": Event(1, "price", "price_held"),
    "charging_agreed": Event(3, "share", "approved"),
    "charging_refused": Event(2, "share", "approved"),
    "charging_forgone": Event(1, "yuan", "charging_forgone"),
    "remuneration_agreed": Event(3, "share", "remuneration_agreed"),
    "remuneration_ended": Event(3, "yuan", "remuneration_ended"),
    "fund_agreed": Event(2, "yuan", "money"),
    "fund_urgent": Event(2, "yuan", "money"),
    "funds_refused": Event(2, "share", "approved"),
    "funds_inquorate": Event(2, "share", "took_part"),
    "contract_renewed": Event(2, "share", "approved"),
    "contract_open": Event(1, "share", "took_part"),
    "contract_refused": Event(3, "share", "approved"),
    "company_bankrupt": Event(3, "yuan", "company_bankrupt"),
    "company_removed": Event(3, "count", "score"),
    "company_refused": Event(2, "count", "score"),
    "retrofit": Event(3, "share", "retrofit"),
    "small_repairs": Event(2, "share", "retrofit"),
    "subsidy_started": Event(2, "yuan", "monthly"),
    "subsidy_ended": Event(2, "yuan", "monthly"),
    "award_paid": Event(1, "yuan", "money"),
    "listed_red": Event(1, "count", "score"),
    "listed_black": Event(2, "count", "score"),
    "list_left": Event(1, "count", "score"),
    "budget_exhausted": Event(2, "yuan", "budget_exhausted"),
    "staff_exhausted": Event(1, "count", "staff_exhausted"),
    "legacy_repaired": Event(2, "share", "legacy_repaired"),
    "programme_started": Event(2, "count", "programme_started"),
    "programme_ended": Event(2, "count", "programme_started"),
    "programme_paused": Event(2, "seen", "seen"),
    "programme_resumed": Event(2, "seen", "seen"),
    "programme_grew": Event(2, "seen", "seen"),
    "programme_reached": Event(2, "seen", "seen"),
    "programme_left": Event(2, "seen", "seen"),
    "estates_merged": Event(2, "count", "estates_merged"),
    "donation": Event(1, "yuan", "money"),
    "problem_solved": Event(1, "count", "problem_solved"),
    "secretary_sent": Event(1, "share", "secretary_sent"),
    "secretary_left": Event(1, "count", "secretary_left"),
    "services_opened": Event(1, "yuan", "services_opened"),
    "services_closed": Event(1, "yuan", "services_closed"),
    "coverage_reported": Event(2, "share", "coverage_reported"),
    "suit": Event(1, "count", "suit"),
    "group_refusal": Event(2, "share", "group_refusal"),
    "repairs_unpaid": Event(2, "count", "repairs_unpaid"),
}
WHAT = Family("run.event", EVENTS)
CAUSES = Family(
    "run.cause",
    (
        "losses",
        "dismissal",
        "no_bidder",
        "spontaneous",
        "mobilised",
        "quorum_missed",
        "rejected",
        "term_ended",
        "insolvency",
        "vacancy",
        "retry",
        "shortfall",
        "quality",
        "policy",
        "ranking",
        "taper",
        "budget",
        "capture",
        "captured",
        "not_eligible",
        "condition",
    ),
)


def rank(kind: str) -> int:
    """How much an event of this kind turns the life of an estate: 3 most, 1 routine; unknown kinds 2."""
    return EVENTS[kind].rank if kind in EVENTS else 2


def what(kind: str) -> str:
    """What happened, without cause and size."""
    return WHAT[kind] if kind in WHAT else say("run.event_other", kind=plain(kind))


def why(cause: str) -> str:
    """The cause as words, "" where none is recorded."""
    if not cause or cause in ("none", "nan"):
        return ""
    return CAUSES[cause] if cause in CAUSES else plain(cause)


def because(cause: str) -> str:
    """The cause as a remark, "" where none is recorded."""
    reason = why(cause)
    return say("run.because", reason=reason) if reason else ""


def how_much(kind: str, size: float, cause: str = "") -> str:
    """The size of an event as words, "" where there is none (NaN, or nothing counted).

    A vote without its quorum (`cause`) tells who took part, not who approved. Where owners refused their part
    for want of one, older results hold now the one share, now the other, and nothing that tells them apart.
    """
    if not math.isfinite(size) or (kind, cause) == ("funds_refused", QUORUM_MISSED):
        return ""
    if kind not in EVENTS:
        return say("run.size_other", size=f"{size:g}") if size else ""
    form = EVENTS[kind].form
    if size == 0 and form in (YUAN, PRICE) or size < 0:
        return ""
    if form == COUNT and size == 0 and kind == "notice_given":
        return ""
    meaning = EVENTS[kind].size
    if meaning == "approved" and cause == QUORUM_MISSED:
        meaning = "took_part"
    return say(f"run.size.{meaning}", size=_written(form, size))


def _written(form: str, size: float) -> str:
    if form in (SHARE, SEEN):
        return figures.share(size, 0)
    if form == YUAN:
        return figures.money(size)
    return figures.decimal(size, 2) if form == PRICE else figures.significant(size, 4)


def event_sentence(kind: str, cause: str, size: float) -> str:
    """One event in words: what happened, why, how large; no full stop, so that it can stand in a list."""
    return bracketed(
        what(kind), clauses(part for part in (because(cause), how_much(kind, size, cause)) if part)
    )


# one estate taken out of a run: its months, phases, turning points and events, for the chart and the told
# life

MEASURES = ("collection", "quality", "satisfaction", "condition")
# Under these a measure is told as having given way. They only word the story; nothing in the model uses them.
MOST_SPANS = 12  # of numbers that an error names
TOLD_LEVELS = {"quality": 0.6, "satisfaction": 0.5, "condition": 0.5}
HOLD = 3  # months a change must last to count as one
YEAR = 12


@dataclass(frozen=True)
class Phase:
    """Months `first` to `last` (inclusive) that an estate spent in one stage."""

    first: int
    last: int
    stage: str


@dataclass(frozen=True)
class Turn:
    """The month in which a measure fell under a level (or rose over it again), its
    value and the level then."""

    month: int
    measure: str
    falling: bool
    value: float
    level: float


@dataclass(frozen=True)
class Life:
    """What a run knows about one estate, by its number: `months` (one row a month), `facts` (fixed),
    `events`, `needed` collection."""

    estate: int
    facts: Any
    months: pd.DataFrame
    events: pd.DataFrame
    collected_12: np.ndarray
    needed: np.ndarray


def numbers_of(run: RunLike) -> np.ndarray:
    """The number of each estate by its place in the run: the one that a table of estates gives it, by which
    readers know it; that place itself in a drawn city."""
    table = run.estate_table
    return np.asarray((table["number"] if "number" in table.columns else table["estate"]).to_numpy())


def number_of(scenario: Scenario, place: int) -> int:
    """The number by which readers know the estate at a place of the runs of a scenario (see `numbers_of`)."""
    return place if scenario.estates is None else int(scenario.estates.rows.numbers[place])


def _spans(numbers: np.ndarray) -> str:
    """The numbers that there are, neighbours as from and to: a city's numbers have gaps where estates are
    gone."""
    sorted_ones = np.sort(numbers, kind="stable")
    parts = np.split(sorted_ones, np.flatnonzero(np.diff(sorted_ones) > 1) + 1)
    told = [f"{one[0]}–{one[-1]}" if one.size > 1 else f"{one[0]}" for one in parts]
    return ", ".join(told if len(told) <= MOST_SPANS else [*told[: MOST_SPANS - 1], "…", told[-1]])


def life_of(run: RunLike, estate: int) -> Life:
    """The estate of a run that has this number; ResultError if there is none."""
    ids = numbers_of(run)
    at = np.flatnonzero(ids == estate)
    if not len(at):
        raise ResultError(message("problem.instead", place="estate", found=estate, allowed=_spans(ids)))
    facts = run.estate_table.iloc[int(at[0])]
    place = int(facts["estate"])
    months = run.estates[run.estates["estate"].to_numpy() == place].sort_values(
        "month", kind="stable", ignore_index=True
    )
    events = run.events[(run.events["estate"] == place).fillna(False)].sort_values(
        "month", kind="stable", ignore_index=True
    )
    billed = _last_year(months["billed"].to_numpy(dtype=float))
    collected = _last_year(months["collected"].to_numpy(dtype=float))
    other = _last_year((months["income"] - months["collected"]).clip(lower=0).to_numpy(dtype=float))
    spell = np.minimum(np.arange(1, len(months) + 1), YEAR)
    bills = months["billed"].to_numpy(dtype=float) > 0
    with np.errstate(invalid="ignore", divide="ignore"):
        # What owners had to pay, out of what they were billed, for income to meet the cost of the full
        # standard.
        needed = np.where(bills, (float(facts["standard_cost"]) * spell - other) / billed, np.nan).clip(min=0)
        collected_12 = np.where(bills, collected / billed, np.nan)
    return Life(int(estate), facts, months, events, collected_12, needed)


def _last_year(values: np.ndarray) -> np.ndarray:
    """Sums over the last twelve months, over fewer at the start."""
    total = np.concatenate([[0.0], np.cumsum(np.nan_to_num(values))])
    end = np.arange(1, len(values) + 1)
    return np.asarray(total[end] - total[np.maximum(end - YEAR, 0)])


def runs_of(values: Any) -> list[tuple[int, int]]:
    """(first, last) positions of the stretches of equal neighbours."""
    codes = np.asarray(values)
    if not len(codes):
        return []
    cuts = np.flatnonzero(codes[1:] != codes[:-1]) + 1
    starts = np.concatenate([[0], cuts])
    return [(int(a), int(b)) for a, b in zip(starts, np.concatenate([cuts, [len(codes)]]) - 1, strict=True)]


def phases(life: Life) -> list[Phase]:
    """Stretches in one stage; one shorter than HOLD months is counted to its neighbour, or
    flicker would hide the story."""
    stage = life.months["stage"].astype(str).to_numpy().astype(object).copy()
    for first, last in runs_of(stage):
        if last - first + 1 < HOLD and len(stage) > HOLD:
            stage[first : last + 1] = stage[first - 1] if first else stage[last + 1]
    month = life.months["month"].to_numpy()
    return [Phase(int(month[first]), int(month[last]), str(stage[first])) for first, last in runs_of(stage)]


def crossings(values: np.ndarray, levels: np.ndarray, hold: int = HOLD) -> list[tuple[int, bool]]:
    """(position, falling) of each lasting change of side; a change must hold `hold` steps,
    and gaps (NaN) do not count."""
    known = np.flatnonzero(np.isfinite(values) & np.isfinite(levels))
    under = values[known] < levels[known]
    crossings: list[tuple[int, bool]] = []
    side: bool | None = None
    for first, last in runs_of(under):
        if last - first + 1 < hold:
            continue
        if side is not None and bool(under[first]) != side:
            crossings.append((int(known[first]), bool(under[first])))
        side = bool(under[first])
    return crossings


def turns(life: Life) -> list[Turn]:
    """Turning points in order of time: collection against what service needs, and the other
    measures against TOLD_LEVELS."""
    month = life.months["month"].to_numpy()
    turns = [
        Turn(
            int(month[at]),
            "collection_billing",
            falling,
            float(life.collected_12[at]),
            float(life.needed[at]),
        )
        for at, falling in crossings(life.collected_12, life.needed)
    ]
    for measure, level in TOLD_LEVELS.items():
        values = life.months[measure].to_numpy(dtype=float)
        turns += [
            Turn(int(month[at]), measure, falling, float(values[at]), level)
            for at, falling in crossings(values, np.full(len(values), level))
        ]
    return sorted(turns, key=lambda turn: turn.month)


def changes_before(
    life: Life, month: int, columns: tuple[str, ...], least: float = 0.04
) -> list[tuple[str, float, float]]:
    """(column, value a year earlier, value at `month`) of the columns that moved by `least` or
    more, largest move first."""
    now = int(np.searchsorted(life.months["month"].to_numpy(), month))
    before = max(0, now - YEAR)
    moved = []
    for column in columns:
        values = life.months[column].to_numpy(dtype=float)
        if abs(values[now] - values[before]) >= least:
            moved.append((column, float(values[before]), float(values[now])))
    return sorted(moved, key=lambda change: -abs(change[2] - change[1]))


# the told life

CAUSE_COLUMNS = ("satisfaction", "quality", "condition", "grievance", "trust", "legacy", "price")
REPEATED = 3  # events of one kind in one phase beyond this are told together


def explain_text(run: RunLike, estate: int, lang: str | None = None) -> list[str]:
    """The life of an estate as lines of text, events and turning points indented
    under the phase they fell in.

    Lines come in order of time, from `run.estates`, `run.events` and `run.estate_table` alone. ResultError if
    there is no such estate.
    """
    with in_language(lang):
        return _told(run, life_of(run, estate))


def _told(run: RunLike, life: Life) -> list[str]:
    turned = turns(life)
    lines = [_facts(run, life), _state(life, 0)]
    for phase in phases(life):
        lines.append(_phase(life, phase))
        dated = [
            (turn.month, 0, _turn(life, turn)) for turn in turned if phase.first <= turn.month <= phase.last
        ]
        dated += [(month, 1, line) for month, line in _events(run, life, phase)]
        lines += ["  - " + line for _, _, line in sorted(dated, key=lambda item: item[:2])]
    order = _order_of_failure(turned)
    return [*lines, *([order] if order else []), _state(life, len(life.months) - 1)]


def _facts(run: RunLike, life: Life) -> str:
    """Type, place, size, price and what the standard service costs against what full payment would bring."""
    facts = life.facts
    bill, cost = float(facts["area"]) * float(facts["price0"]), float(facts["standard_cost"])
    return say(
        "run.life_facts",
        estate=life.estate,
        kind=type_title(run, str(facts["type"])),
        built=facts["built_year"],
        district=facts["district"],
        street=facts["street"],
        community=facts["community"],
        households=figures.count(float(facts["households"])),
        buildings=facts["buildings"],
        area=figures.count(float(facts["area"])),
        price=figures.decimal(float(facts["price0"]), 2),
        cost=figures.money(cost),
        share=figures.share(cost / bill, 0) if bill > 0 else NO_VALUE,
    )


def _state(life: Life, row: int) -> str:
    """Mode, stage and measures in one month of the estate."""
    now = life.months.iloc[row]
    measures = []
    for name in MEASURES:
        if name == "collection" and not now["billed"] > 0:
            measures.append(say("run.life_no_bills"))
            continue
        if not np.isfinite(now[name]):
            continue
        called = measure_name(name, int(now["month"]))
        measures.append(say("run.life_level", name=called, share=figures.share(float(now[name]), 0)))
        if name == "collection" and np.isfinite(life.needed[row]):  # what is needed is a share to collect
            measures.append(say("run.life_needed", share=figures.share(float(life.needed[row]), 0)))
    return say(
        "run.life_state",
        month=now["month"],
        mode=MODE[str(now["mode"])],
        stage=STAGE[str(now["stage"])],
        measures=phrases(measures),
        debt=figures.money(float(now["arrears"])),
    )


def _phase(life: Life, phase: Phase) -> str:
    """Heading of a phase: months, stage, who managed, and how each measure went from its start to its end."""
    month = life.months["month"].to_numpy()
    rows = life.months[(month >= phase.first) & (month <= phase.last)]
    modes = [MODE[str(mode)] for mode in rows["mode"].astype(str).drop_duplicates()]
    moves = []
    for name in MEASURES:
        told = rows
        if name == "collection":  # where nothing is billed it sinks to 0 by its definition, by nobody's doing
            told = rows[rows["billed"] > 0]
            if told.empty:
                moves.append(say("run.life_no_bills"))
                continue
        known = told[name].dropna()
        called = measure_name(name, len(life.months))
        if len(known) == 1:  # it did not move from anywhere
            moves.append(say("run.life_level", name=called, share=figures.share(float(known.iloc[0]), 0)))
        elif len(known):
            ends = [figures.share(float(known.iloc[row]), 0) for row in (0, -1)]
            since = int(rows["month"].loc[known.index[0]])
            if since == rows["month"].iloc[0]:
                moves.append(say("run.life_move", name=called, first=ends[0], last=ends[1]))
            else:
                moves.append(
                    say("run.life_move_since", name=called, first=ends[0], last=ends[1], since=since)
                )
    return say(
        "run.life_phase",
        first=phase.first,
        last=phase.last,
        stage=STAGE[phase.stage],
        modes=reduce(lambda before, after: say("run.life_then", before=before, after=after), modes),
        moves=phrases(moves),
    )


def _turn(life: Life, turn: Turn) -> str:
    """A turning point, with what had moved in the year before it, or since month 1 where that is less."""
    before = changes_before(life, turn.month, tuple(c for c in CAUSE_COLUMNS if c != turn.measure))[:3]
    moved = [
        f"{measure_name(column)} {_plain(column, old)} → {_plain(column, new)}" for column, old, new in before
    ]
    level = figures.share(turn.level, 0)
    if turn.measure == "collection_billing":
        level = say("run.life_needed_share", share=level)
    told = say(
        "run.life_fell" if turn.falling else "run.life_rose",
        month=turn.month,
        name=measure_name(turn.measure, turn.month),
        level=level,
        value=figures.share(turn.value, 0),
    )
    if not moved:
        return say("run.sentence", words=told)
    of_a_year = turn.month > YEAR
    return say("run.life_after" if of_a_year else "run.life_since_start", turn=told, moved=phrases(moved))


def _plain(column: str, value: float) -> str:
    return figures.decimal(value, 2) if column == "price" else figures.share(value, 0)


def _events(run: RunLike, life: Life, phase: Phase) -> list[tuple[int, str]]:
    """(month, line) of the events of a phase; what happened again and again is told in one line."""
    month = life.events["month"].to_numpy()
    events = life.events[(month >= phase.first) & (month <= phase.last)]
    events = events.astype({"kind": str, "cause": str})
    # of what programmes do on conditions, each is told by itself and by name
    reacted = events["kind"].isin(DECIDED_BY)
    events["of"] = events["programme"].astype(str).where(reacted, "") if reacted.any() else ""
    plans = {one.name: one for one in run.scenario.interventions} if reacted.any() else {}
    lines = []
    for (kind, cause, name), group in events.groupby(["kind", "cause", "of"], sort=False):
        happened = labelled(name, what(kind)) if name else what(kind)
        if len(group) > REPEATED:
            first, last = int(group["month"].iloc[0]), int(group["month"].iloc[-1])
            told = say("run.life_times", first=first, last=last, what=happened, times=len(group))
            lines.append((first, say("run.sentence", words=bracketed(told, because(cause)))))
            continue
        for event in group.itertuples():
            words = event_sentence(kind, cause, float(event.size))
            if name:
                seen = seen_words(plans.get(name), kind, True, float(event.size))
                words = bracketed(happened, clauses(part for part in (because(cause), seen) if part))
            lines.append((int(event.month), say("run.life_dated", month=event.month, words=words)))
    return lines


def _order_of_failure(turned: list[Turn]) -> str:
    """Which measure gave way first and which followed; "" unless at least two did."""
    first: dict[str, int] = {}
    for turn in turned:
        if turn.falling:
            first.setdefault(turn.measure, turn.month)
    if len(first) < 2:
        return ""
    dated = (say("run.life_at", name=measure_name(name, month), month=month) for name, month in first.items())
    return say("run.life_order", order=" → ".join(dated))
