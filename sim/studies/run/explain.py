"""The life of one estate told in words: how it began, its phases, what turned and why, each event, how it ended."""

from __future__ import annotations

from functools import reduce

import numpy as np

from sim.studies.run.event_words import because, event_sentence, what
from sim.studies.run.life_facts import MEASURES, Life, Phase, Turn, changes_before, life_of, phases, turns
from sim.studies.run.measures import RunLike
from sim.studies.run.words import MODE, STAGE, measure_name, type_title
from sim.text import figures, in_language, say
from sim.text.joins import bracketed, phrases
from sim.units import NO_VALUE

CAUSE_COLUMNS = ("satisfaction", "quality", "condition", "grievance", "trust", "legacy", "price")
REPEATED = 3  # events of one kind in one phase beyond this are told together


def explain_text(run: RunLike, estate: int, lang: str | None = None) -> list[str]:
    """The life of an estate as lines of text, events and turning points indented under the phase they fell in.

    Lines come in order of time, from `run.estates`, `run.events` and `run.estate_table` alone. ResultError if there is no
    such estate.
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
        dated += [(month, 1, line) for month, line in _events(life, phase)]
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
    measures = [
        say("run.life_level", name=measure_name(name), share=figures.share(float(now[name]), 0))
        for name in MEASURES
        if np.isfinite(now[name])
    ]
    if np.isfinite(life.needed[row]):
        measures.insert(1, say("run.life_needed", share=figures.share(float(life.needed[row]), 0)))
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
        known = rows[name].dropna()
        if len(known):
            ends = [figures.share(float(known.iloc[row]), 0) for row in (0, -1)]
            moves.append(say("run.life_move", name=measure_name(name), first=ends[0], last=ends[1]))
    return say(
        "run.life_phase",
        first=phase.first,
        last=phase.last,
        stage=STAGE[phase.stage],
        modes=reduce(lambda before, after: say("run.life_then", before=before, after=after), modes),
        moves=phrases(moves),
    )


def _turn(life: Life, turn: Turn) -> str:
    """A turning point, with what had moved in the year before it."""
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
        name=measure_name(turn.measure),
        level=level,
        value=figures.share(turn.value, 0),
    )
    return (
        say("run.life_after", turn=told, moved=phrases(moved)) if moved else say("run.sentence", words=told)
    )


def _plain(column: str, value: float) -> str:
    return figures.decimal(value, 2) if column == "price" else figures.share(value, 0)


def _events(life: Life, phase: Phase) -> list[tuple[int, str]]:
    """(month, line) of the events of a phase; what happened again and again is told in one line."""
    month = life.events["month"].to_numpy()
    events = life.events[(month >= phase.first) & (month <= phase.last)]
    events = events.astype({"kind": str, "cause": str})
    lines = []
    for (kind, cause), group in events.groupby(["kind", "cause"], sort=False):
        if len(group) > REPEATED:
            first, last = int(group["month"].iloc[0]), int(group["month"].iloc[-1])
            told = say("run.life_times", first=first, last=last, what=what(kind), times=len(group))
            lines.append((first, say("run.sentence", words=bracketed(told, because(cause)))))
            continue
        for event in group.itertuples():
            words = event_sentence(kind, cause, float(event.size))
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
    dated = (say("run.life_at", name=measure_name(name), month=month) for name, month in first.items())
    return say("run.life_order", order=" → ".join(dated))
