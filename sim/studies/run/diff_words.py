"""Where two runs part, in words."""

from __future__ import annotations

import math

from sim.model.programmes.lever_words import LEVERS
from sim.results.columns import COLUMN_WORDS
from sim.results.plans import Setting
from sim.studies.run.diff import Account, Group, Parting, Place
from sim.studies.run.explain import what
from sim.studies.run.plan_words import ALONE, TOLD, kind_label, value_of
from sim.studies.run.words import account_name, purpose_name
from sim.text import figures, say
from sim.text.joins import bracketed, listed
from sim.units import FEN_PER_YUAN, NO_VALUE
from sim.words import (
    MODE_WORDS,
    MODES,
    OCCUPANCY,
    OCCUPANCY_WORDS,
    PAYER_TYPES,
    PAYER_WORDS,
    STAGE_WORDS,
    STAGES,
)

CODES = {"estates.mode": (MODES, MODE_WORDS), "estates.stage": (STAGES, STAGE_WORDS)}


def sentences_of(parting: Parting) -> list[str]:
    """Whether they are the same; else in which month they part, what they have otherwise, and the first
    estate, owners and account."""
    by_tables = [] if parting.simulated else [say(f"diff.by_tables_{parting.reason}")]
    one, other = parting.names
    if parting.other_city:
        return [*by_tables, say("diff.other_city", settings=_settings(parting))]
    if parting.month is None:
        told = [say("diff.same" if parting.simulated else "diff.same_tables", months=parting.months)]
        if not parting.same:
            first, second = parting.lengths
            told.append(say("diff.lengths", one=one, other=other, first=first, second=second))
        return [*by_tables, *told]
    parts = say("diff.parts", one=one, other=other, month=parting.month)
    why = say("diff.why", settings=_settings(parting)) if parting.settings else say("diff.no_setting")
    told = [
        parts,
        why,
        _account(parting.account) if parting.account else say("diff.no_account"),
        _estate(parting.estate, parting.names) if parting.estate else say("diff.no_estate"),
    ]
    if parting.simulated:
        told.append(_owners(parting.owners) if parting.owners else say("diff.no_owners"))
    return [*by_tables, *told]


def _settings(parting: Parting) -> str:
    told = [_setting(one, parting.names) for one in parting.settings[:TOLD]]
    if len(parting.settings) > TOLD:
        told.append(say("branch.more", number=len(parting.settings) - TOLD))
    return listed(told)


def _setting(setting: Setting, names: tuple[str, str]) -> str:
    if setting.key == ALONE.format(name=setting.programme) and None in (setting.one, setting.other):
        where = names[0] if setting.other is None else names[1]
        label = kind_label(setting.one or setting.other)
        return say("diff.programme", name=setting.programme, kind=label, where=where)
    return say("diff.setting", key=setting.key, one=value_of(setting.one), other=value_of(setting.other))


def _estate(place: Place, names: tuple[str, str]) -> str:
    values = _values(place.column, place.unit, place.values)
    told = say(
        "diff.estate",
        estate=place.estate,
        month=place.month,
        column=column_name(place.column),
        one=values[0],
        other=values[1],
    )
    moved = say("diff.moved_by", names=listed(place.programmes)) if place.programmes else ""
    happened = [say("diff.event", event=what(kind), where=names[side]) for kind, side in place.events]
    return say("diff.whole", sentence=told + moved + "".join(happened))


def _owners(group: Group) -> str:
    payer = PAYER_WORDS[PAYER_TYPES[group.payer]]
    occupancy = OCCUPANCY_WORDS[OCCUPANCY[group.occupancy]]
    return say(
        "diff.owners",
        estate=group.estate,
        month=group.month,
        group=bracketed(str(payer), str(occupancy)),
        number=group.number,
        size=group.size,
        column=column_name(group.column),
    )


def _account(account: Account) -> str:
    purpose, programme = account.flow[0], account.flow[3]
    fen = [_yuan(value) for value in account.fen]
    cause = ""
    if programme:
        cause = say("diff.paid_by_programme", name=programme, one=fen[0], other=fen[1])
    elif purpose:
        cause = say("diff.paid_for", purpose=purpose_name(purpose), one=fen[0], other=fen[1])
    if account.row < 0:
        return say("diff.kind", kind=account_name(account.kind), month=account.month, cause=cause)
    held = [_yuan(value) for value in account.balances]
    return say(
        "diff.account",
        kind=account_name(account.kind),
        row=account.row,
        month=account.month,
        one=held[0],
        other=held[1],
        cause=cause,
    )


def column_name(column: str) -> str:
    """What a column is called, with its own name behind; the name alone where it has no words."""
    own = column.partition(".")[2] or column
    if own in LEVERS:
        return bracketed(str(LEVERS[own]), column)
    return bracketed(str(COLUMN_WORDS[own]), column) if own in COLUMN_WORDS else column


def _values(column: str, unit: str, values: tuple[float, float]) -> tuple[str, str]:
    """Both values as they are read; to the last digit where fewer would make them look alike."""
    if all(math.isnan(value) for value in values):
        return NO_VALUE, NO_VALUE
    if column in CODES:
        codes, words = CODES[column]
        return str(words[codes[int(values[0])]]), str(words[codes[int(values[1])]])
    if unit.startswith("fen") and "/m2" not in unit and all(value == int(value) for value in values):
        return _yuan(values[0]), _yuan(values[1])
    one, other = (f"{value:.6g}" for value in values)
    return (one, other) if one != other else (repr(values[0]), repr(values[1]))


def _yuan(fen: float) -> str:
    """An amount to the fen."""
    return say("diff.yuan", amount=figures.decimal(fen / FEN_PER_YUAN, 2))
