"""A city at the end of a month as plain arrays, one set up from them again, and another plan from a month on.

What is kept is everything that later months read: the columns that change, balances, what the phases
remember from year to year and what every programme is at; and what was recorded so far. Columns of owners
that never change are drawn again, and a digest over all columns sees that everything is as it was. Draws are
addressed by seed, stream, entity and month, so that a city that goes on under another plan has the luck of
the first.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from sim.model.engine import Engine
from sim.model.ledger import Page
from sim.model.parameters import PARAMETERS, to_record
from sim.model.programmes.policy import Policy
from sim.model.programmes.programme_state import ProgrammeState
from sim.model.start.start import State
from sim.model.state.owners import OWNER_FIELDS
from sim.model.state.tables import EVENT_TYPE
from sim.scenario import Scenario
from sim.units import yuan_to_fen
from sim.words import TIERS

TABLES = ("estates", "companies", "committees", "government", "world")
REMEMBERED = ("bill_share", "solved_share", "target", "beliefs", "prices")  # arrays of the clockwork
FIXED = frozenset(f"owners.{field.name}" for field in OWNER_FIELDS if field.fixed) | {"buildings.start"}


class Kept(NamedTuple):
    """A city at the end of a month: its arrays by name, and what is no array as plain data of strict JSON."""

    arrays: dict[str, np.ndarray]
    facts: dict[str, Any]


def columns_of(state: State) -> Iterator[tuple[str, np.ndarray]]:
    """Every column of a city by name ("owners.arrears"), those that never change and balances among them."""
    for name, column in zip(state.owners._fields, state.owners, strict=True):
        yield f"owners.{name}", column
    for name, column in zip(state.buildings._fields, state.buildings, strict=True):
        yield f"buildings.{name}", column
    for table in TABLES:
        rows = getattr(state, table)
        for name in rows.dtype.names:
            yield f"{table}.{name}", rows[name]
    for name, column in zip(state.claims._fields, state.claims, strict=True):
        yield f"claims.{name}", column
    for name in state.reports.sent.dtype.names or ():
        yield f"reports.sent_{name}", state.reports.sent[name]
    yield "reports.rate", state.reports.rate
    yield "reports.quality", state.reports.quality
    yield "balances", state.books.balances


def digest_of(state: State) -> str:
    """SHA-256 (64 hex digits) over every column of a city."""
    digest = hashlib.sha256()
    for name, column in columns_of(state):
        plain = np.ascontiguousarray(column.astype(column.dtype.newbyteorder("<"), copy=False))
        digest.update(f"{name} {plain.dtype.str} {plain.shape}\n".encode("ascii"))
        digest.update(plain.data)
    return digest.hexdigest()


# a city as arrays, and back


def keep(city: Engine) -> Kept:
    """A city at the end of its present month, with what it recorded so far. It must keep a record."""
    assert city.outcomes is not None
    arrays = {name: column.copy() for name, column in columns_of(city.state) if name not in FIXED}
    for name in REMEMBERED:
        arrays[f"clockwork.{name}"] = getattr(city.clockwork, name).copy()
    for number, ring in enumerate(city.clockwork.rings):
        arrays[f"rings.{number}"] = ring.copy()
    programmes = {}
    for one in city.policy.programme_states:
        name = one.programme.name
        arrays |= {f"programme.{name}.since": one.since.copy(), f"programme.{name}.queue": one.queue.copy()}
        arrays |= {f"memory.{name}.{key}": value.copy() for key, value in one.memory.items()}
        if one.reaction is not None:
            kept = one.reaction.arrays().items()
            arrays |= {f"reaction.{name}.{key}": value.copy() for key, value in kept}
        programmes[name] = {
            "running": one.running,
            "year": int(one.year),
            "spent": int(one.spent),
            "warned": [[int(kind), int(year)] for kind, year in one.warned.items()],
            "places": float(one.places).hex(),
        }
    arrays |= {
        f"outcomes.{name}": column[: city.month + 1].copy()
        for name, column in zip(city.outcomes._fields, city.outcomes, strict=True)
    }
    events = np.concatenate(city.month_events) if city.month_events else np.zeros(0, EVENT_TYPE)
    arrays |= {f"events.{name}": events[name].copy() for name in EVENT_TYPE.names or ()}
    arrays["flows"] = np.array([page.flows for page in city.pages])
    arrays["state_owned_cash"] = np.array(city.state_owned_cash, np.int64)
    facts = {
        "month": city.month,
        "programmes": list(city.programme_names),
        "acting": programmes,
        "levers": sorted(city.clockwork.touched_levers),
        "relief": {name: float(amount).hex() for name, amount in city.policy.granted.items()},
        "programme_flows": [
            [month, *key, int(fen)]
            for month, page in enumerate(city.pages)
            for key, fen in page.programme_flows.items()
        ],
        "digest": digest_of(city.state),
    }
    return Kept(arrays, facts)


def put_back(city: Engine, scenario: Scenario, kept: Kept) -> bool:
    """Set a city that was just built up as it was when it was kept, under the plan of then; whether it is
    the same to the last bit.

    ValueError or KeyError for arrays that are not those of this city.
    """
    assert city.outcomes is not None
    arrays, facts = kept
    _plan(city, scenario)
    for name, column in columns_of(city.state):
        if name not in FIXED:
            column[...] = _like(arrays[name], column)
    for name in REMEMBERED:
        column = getattr(city.clockwork, name)
        column[...] = _like(arrays[f"clockwork.{name}"], column)
    for number, ring in enumerate(city.clockwork.rings):
        ring[...] = _like(arrays[f"rings.{number}"], ring)
    city.clockwork.touched_levers = set(facts["levers"])
    city.policy.granted = {name: float.fromhex(amount) for name, amount in facts["relief"].items()}
    for one in city.policy.programme_states:
        _resume(one, facts["acting"][one.programme.name], arrays)
    month = int(facts["month"])
    for name, column in zip(city.outcomes._fields, city.outcomes, strict=True):
        column[: month + 1] = arrays[f"outcomes.{name}"]
    events = np.zeros(arrays["events.month"].size, EVENT_TYPE)
    for name in EVENT_TYPE.names or ():
        events[name] = arrays[f"events.{name}"]
    city.month_events = [events] if events.size else []
    city.programme_names = tuple(facts["programmes"])
    city.pages = [Page(flows, {}) for flows in arrays["flows"]]
    for at, programme, payer, payee, fen in facts["programme_flows"]:
        city.pages[at].programme_flows[programme, payer, payee] = fen
    city.state_owned_cash = list(arrays["state_owned_cash"])
    city.running = city.month < city.months
    return digest_of(city.state) == str(facts["digest"])


def _like(given: np.ndarray, column: np.ndarray) -> np.ndarray:
    """`given`, if it has the type and shape of a column; else a ValueError."""
    if given.shape != column.shape or given.dtype != column.dtype:
        raise ValueError(f"{given.dtype} {given.shape} is not {column.dtype} {column.shape}")
    return given


def _resume(one: ProgrammeState, facts: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> None:
    name = one.programme.name
    one.since, one.queue = arrays[f"programme.{name}.since"].copy(), arrays[f"programme.{name}.queue"].copy()
    one.queue.flags.writeable = False
    prefix = f"memory.{name}."
    one.memory = {key.removeprefix(prefix): arrays[key].copy() for key in arrays if key.startswith(prefix)}
    one.running, one.year, one.spent = facts["running"], facts["year"], facts["spent"]
    one.warned = dict(facts["warned"])
    one.places = float.fromhex(facts["places"])
    if one.reaction is not None:
        for key, column in one.reaction.arrays().items():
            column[...] = _like(arrays[f"reaction.{name}.{key}"], column)


# another plan


def turn(city: Engine, scenario: Scenario) -> None:
    """Let a city go on under another plan of the same city from the next month on.

    A programme of the same name goes on with those it treats, what it spent and what it remembers, under
    its new settings; what its conditions counted goes on where they are the same but for the months. One that
    the plan lacks is withdrawn at once; a new one begins with nobody treated.
    """
    before = {one.programme.name: one for one in city.policy.programme_states}
    granted, names = city.policy.granted, city.programme_names
    _plan(city, scenario)
    city.policy.granted = granted
    for one in city.policy.programme_states:
        last = before.pop(one.programme.name, None)
        if last is not None:
            one.since, one.queue, one.memory = last.since, last.queue, last.memory
            one.running, one.year, one.spent, one.warned = last.running, last.year, last.spent, last.warned
            # without a limit there were places for all, and nothing is left over of them
            one.places = 0.0 if math.isinf(last.places) else last.places
            if one.reaction is not None:
                one.reaction.take_over(last.reaction, last.running, city.month)
    own = tuple(one.name for one in scenario.interventions)
    city.programme_names = (*own, *(name for name in names if name not in own))
    for last in before.values():
        if last.running:
            last.index = city.programme_names.index(last.programme.name)
            city.policy.leaving.append(last)
    place = np.array([city.programme_names.index(name) for name in names] + [-1], np.int32)
    for events in city.month_events:
        events["programme"] = place[events["programme"]]  # -1, for none, is the last place


def _plan(city: Engine, scenario: Scenario) -> None:
    """Put in force whatever of a scenario no estate, owner or company was made from."""
    state = city.state
    city.scenario = scenario
    state.parameters[...] = to_record(PARAMETERS, scenario.parameter_values())
    for loop, on in scenario.loops.model_dump().items():
        state.world[f"loop_{loop}"] = int(on)
    for code, tier in enumerate(TIERS):
        bodies = state.government["tier"] == code
        budget = yuan_to_fen(float(getattr(scenario.government, f"{tier}_budget")))
        state.government["yearly_budget"][bodies] = budget
        state.government["staff"][bodies] = getattr(scenario.government, f"{tier}_staff", 0.0)
    city.policy = Policy(scenario, state, city.clockwork)
    city.programme_names = tuple(one.name for one in scenario.interventions)


def go(city: Engine, plans: Sequence[tuple[Scenario, int]]) -> Iterator[int]:
    """Simulate month by month up to the last one, taking up each (plan, first month) when its month comes;
    gives each month when it is over."""
    waiting = list(plans)
    while city.month < city.months:
        if waiting and city.month + 1 >= waiting[0][1]:
            turn(city, waiting.pop(0)[0])
        city.step()
        yield city.month
