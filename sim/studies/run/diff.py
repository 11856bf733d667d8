"""Where two runs part, and why: both are simulated side by side, and compared column by column each month.

A run of another model, or of a city that was changed by hand, cannot be simulated here; two runs of which one
is such are compared by what their tables say, which know no owners and no single account.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from sim.arguments import check_function, number_of_threads
from sim.errors import EstateError, ResultError
from sim.fingerprint import model_source_hash
from sim.kinds import kinds, load_result
from sim.model.branch import columns_of, go
from sim.model.engine import Engine
from sim.model.ledger import KINDS, OUTSIDE, PURPOSES
from sim.model.state.columns import Field
from sim.model.state.estates import ESTATE_FIELDS
from sim.model.state.events import EVENT_KINDS
from sim.model.state.owners import OWNER_FIELDS
from sim.model.state.tables import (
    COMMITTEE_FIELDS,
    COMPANY_FIELDS,
    EVENT_TYPE,
    GOVERNMENT_FIELDS,
    WORLD_FIELDS,
)
from sim.problems import is_folder, path_of
from sim.results import Run
from sim.results.history import Branch
from sim.results.plans import Setting, settings_that_differ
from sim.results.resuming import set_up
from sim.runner import before_compiling, resolve
from sim.scenario import Scenario
from sim.size import check_run
from sim.text import in_language, message

FIELDS: dict[str, tuple[Field, ...]] = {
    "owners": OWNER_FIELDS,
    "estates": ESTATE_FIELDS,
    "companies": COMPANY_FIELDS,
    "committees": COMMITTEE_FIELDS,
    "government": GOVERNMENT_FIELDS,
    "world": WORLD_FIELDS,
}
UNITS = {f"{table}.{field.name}": field.unit for table, fields in FIELDS.items() for field in fields}
BALANCES = "balances"
# Settings of the plan as the city carries them, and draws, which say nothing where nothing else differs.
SET = frozenset(
    {"government.yearly_budget", "government.staff", "government.staff_free"}
    | {name for name in UNITS if name.startswith(("world.loop_", "world.mechanism_", "owners.luck_"))}
)
# In which order a month goes: what policy moves, who pays, what service that buys, what owners make of it,
# votes, companies; all else follows from these.
POLICY = "estates.lever_"
ORDER: tuple[frozenset[str], ...] = tuple(
    frozenset(names.split())
    for names in (
        "owners.paid owners.arrears owners.arrears_age owners.unpaid_12 owners.late owners.missed "
        "buildings.paid_share estates.billed estates.collected estates.recovered estates.lapsed estates.open_12 "
        "estates.arrears estates.debtors estates.payers estates.paid_share claims.account claims.fen",
        "estates.income estates.spending estates.overhead estates.remunerated estates.skimmed "
        "estates.income_smooth estates.subsidy estates.standard_cost estates.effort estates.quality "
        "estates.monitoring estates.focus estates.condition estates.legacy estates.leaked",
        "owners.satisfaction owners.expectation owners.grievance owners.waiting buildings.refuser_share "
        "estates.satisfaction estates.grievance estates.complaints_filed estates.complaints_solved "
        "estates.complaints_open estates.waiting_months estates.trust",
        " ".join(f"committees.{field.name}" for field in COMMITTEE_FIELDS),
        "estates.mode estates.company estates.former_company estates.former_arrears estates.claim_months "
        "estates.process estates.process_left estates.process_cause estates.contract estates.contract_left "
        "estates.basis estates.remuneration estates.billing estates.charge_wait estates.unmanaged_months "
        "estates.losing_months estates.price",
    )
)
LAST = len(ORDER) + 1


class Place(NamedTuple):
    """The first estate (row as in all tables) with another value in a column, in a month.

    programmes: those in force that move the column, where it is a lever. events: kinds of what happened to
    the estate that month in one of the two alone (0 or 1).
    """

    month: int
    estate: int
    column: str
    unit: str
    values: tuple[float, float]
    programmes: tuple[str, ...] = ()
    events: tuple[tuple[str, int], ...] = ()


class Group(NamedTuple):
    """The owners of an estate, by codes of payer type and occupancy, of whom `number` of `size` have another
    value in a column."""

    month: int
    estate: int
    payer: int
    occupancy: int
    number: int
    size: int
    column: str


class Account(NamedTuple):
    """The first account (row of its kind; -1: not known) with another balance (fen), and what moved otherwise
    that month: purpose, payer and payee kind, programme; fen."""

    month: int
    kind: str
    row: int
    balances: tuple[int, int]
    flow: tuple[str, str, str, str]
    fen: tuple[int, int]


@dataclass(frozen=True)
class Parting:
    """Where two runs part.

    names: what they are called. months: how many were compared; lengths: how many each has. seeds: of which
    draws they are. settings: those that differ in the month where they part (where they do not, in the last
    one). estate, owners, account: where each first differs, None if it never does. simulated: compared by
    simulating both; if not, by their tables, for `reason`.
    """

    names: tuple[str, str]
    months: int
    lengths: tuple[int, int]
    seeds: tuple[int, int]
    settings: tuple[Setting, ...]
    estate: Place | None
    owners: Group | None
    account: Account | None
    simulated: bool = True
    reason: str = ""

    @property
    def month(self) -> int | None:
        """The first month in which anything is otherwise; None where nothing is."""
        found = [one.month for one in (self.estate, self.owners, self.account) if one is not None]
        return min(found, default=0 if self.other_city else None)

    @property
    def other_city(self) -> bool:
        """Whether the cities cannot be laid side by side, since they have not the same estates."""
        return self.months == 0

    @property
    def same(self) -> bool:
        """Whether nothing is otherwise in any month, and they are equally long."""
        return self.month is None and self.lengths[0] == self.lengths[1]

    def sentences(self, lang: str | None = None) -> list[str]:
        """Where and why, in words."""
        with in_language(lang):
            return list(kinds()["run"].get("diff_words:sentences_of")(self))


class Side(NamedTuple):
    """One of the two: what it is called, the plans before its own and its own, and its run, if it was
    carried out."""

    name: str
    before: Branch | None
    scenario: Scenario
    run: Run | None = None

    @property
    def months(self) -> int:
        """How long it is."""
        return self.scenario.months

    def plan(self, month: int) -> Scenario:
        """The plan that holds in a month."""
        legs = () if self.before is None else self.before.legs
        return next((leg.scenario for leg in legs if month <= leg.until), self.scenario)

    @property
    def obstacle(self) -> str:
        """Why it cannot be simulated here; "" if it can."""
        if self.run is None:
            return ""
        if self.run.edits:
            return "edited"
        return "" if self.run.manifest["model_source_hash"] == model_source_hash() else "model"


def diff(
    one: Run | Scenario | str | Path,
    other: Run | Scenario | str | Path,
    *,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    notice: Callable[[str], None] | None = None,
) -> Parting:
    """Where two runs part: first month, estate, owner group and account, and what they have otherwise.

    Each is a Run, the folder of one, a scenario (its name, file or itself), or an arm of a saved comparison
    as FOLDER/ARM (with the comparison's first seed). `threads`, `progress` and `notice` as in `sim.run`.
    Raises EstateError for what is none of these.
    """
    number_of_threads(threads)
    for argument, function in (("progress", progress), ("notice", notice)):
        check_function(argument, function)
    sides = side_of(one, "one"), side_of(other, "other")
    for side in sides:
        if side.obstacle:
            return by_tables(*sides, side.obstacle)
    return by_simulation(*sides, threads, progress, notice)


def side_of(given: Run | Scenario | str | Path, argument: str) -> Side:
    """What was given as one of the two. EstateError for what is none."""
    if isinstance(given, Run):
        return Side(f"{given.scenario.name} {given.key[:8]}", given.branch, given.scenario, given)
    if isinstance(given, Scenario):
        return Side(given.name, None, given)
    path = path_of(given, argument, EstateError)
    if is_folder(path):
        found = load_result(path)
        if isinstance(found, Run):
            return Side(str(given), found.branch, found.scenario, found)
        raise ResultError(
            message("folder.kind", folder=path, found=repr(found.kind.id), allowed=message("diff.run_or_arm"))
        )
    if is_folder(path.parent) and (path.parent / "manifest.json").is_file() and path.suffix != ".toml":
        return _arm(path)
    return Side(str(given), None, resolve(given))


def _arm(path: Path) -> Side:
    result = load_result(path.parent)
    arms = {arm.name: arm for arm in getattr(result, "arms", ())}
    if path.name not in arms:
        allowed = ", ".join(arms) or message("diff.run_or_arm")
        raise ResultError(message("problem.instead", place=path, found=repr(path.name), allowed=allowed))
    scenario = arms[path.name].scenario.model_copy(update={"seed": result.seeds[0]})
    return Side(str(path), None, scenario)


# by simulating both


def by_simulation(
    one: Side,
    other: Side,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    notice: Callable[[str], None] | None = None,
) -> Parting:
    """Both side by side until estate, owners and account have parted, or to the last month of the shorter."""
    months = min(one.months, other.months)
    for side in (one, other):
        check_run(side.scenario)
    done = before_compiling(notice)
    with ExitStack() as closing:
        cities, courses = [], []
        for side in (one, other):
            city, plans = set_up(side.before, side.scenario, threads=threads)
            cities.append(closing.enter_context(city))
            courses.append(go(city, plans))
        look = Look(cities[0], cities[1], one, other)
        if not look.comparable:
            return look.parting(0)
        look.compare(0)
        for month in range(1, months + 1):
            if look.complete:
                break
            for course in courses:
                next(course)
            done()
            look.compare(month)
            if progress is not None:
                progress(month, months)
        return look.parting(months)


class Look:
    """What has been found so far in two cities that are simulated side by side."""

    def __init__(self, one: Engine, other: Engine, side: Side, other_side: Side) -> None:
        """Nothing found yet."""
        self.cities, self.sides = (one, other), (side, other_side)
        self.estate: Place | None = None
        self.owners: Group | None = None
        self.account: Account | None = None
        self.first_owner = one.state.estates["first_owner"]
        self.first_building = one.state.estates["first_building"]

    @property
    def comparable(self) -> bool:
        """Whether both cities have columns of the same shapes."""
        shapes = [[column.shape for _, column in columns_of(city.state)] for city in self.cities]
        return shapes[0] == shapes[1]

    @property
    def complete(self) -> bool:
        """Whether estate, owners and account have all parted."""
        return None not in (self.estate, self.owners, self.account)

    def compare(self, month: int) -> None:
        """Look at both cities at the end of a month."""
        states = [dict(columns_of(city.state)) for city in self.cities]
        rows = {
            name: np.flatnonzero(_unequal(column, states[1][name]))
            for name, column in states[0].items()
            if name not in SET
        }
        found = {name: where for name, where in rows.items() if where.size}
        if self.estate is None:
            self.estate = self._estate(month, found, states)
        if self.owners is None:
            self.owners = self._group(month, found, states)
        if self.account is None and BALANCES in found:
            self.account = self._account(month, found[BALANCES], states)

    def _estate(
        self, month: int, found: dict[str, np.ndarray], states: Sequence[dict[str, np.ndarray]]
    ) -> Place | None:
        at = {name: self._estates_of(name, rows) for name, rows in found.items()}
        # a column of an estate says more than those of its owners that it sums up
        named = [name for name, estates in at.items() if estates.size and name.startswith("estates.")]
        if not named:
            return None
        phase = min(phase_of(name) for name in named)
        first = [name for name in named if phase_of(name) == phase]
        estate = min(int(at[name].min()) for name in first)
        column = next(name for name in first if estate in at[name])
        values = [float(state[column][estate]) for state in states]
        moving, happened = self._moving(column, month), self._happened(month, estate)
        return Place(month, estate, column, UNITS[column], (values[0], values[1]), moving, happened)

    def _happened(self, month: int, estate: int) -> tuple[tuple[str, int], ...]:
        """Events of an estate in a month that only one of the two has."""
        kinds: list[list[str]] = []
        for city in self.cities:
            last = city.month_events[-1] if city.month_events else np.zeros(0, EVENT_TYPE)
            mine = last[(last["month"] == month) & (last["estate"] == estate)]
            kinds.append([EVENT_KINDS[kind] for kind in mine["kind"]])
        return tuple(
            (kind, side)
            for side in (0, 1)
            for kind in dict.fromkeys(kinds[side])
            if kind not in kinds[1 - side]
        )

    def _moving(self, column: str, month: int) -> tuple[str, ...]:
        """The programmes in force that declare a lever."""
        lever = column.removeprefix("estates.")
        if not column.startswith(POLICY):
            return ()
        names = (
            state.programme.name
            for city in self.cities
            for state in city.policy.programme_states
            if lever in state.programme.levers and state.strength(month) > 0.0
        )
        return tuple(dict.fromkeys(names))

    def _estates_of(self, name: str, rows: np.ndarray) -> np.ndarray:
        """The estates that rows of a column belong to; none for columns of other tables."""
        table = name.partition(".")[0]
        if table in ("estates", "committees"):
            return rows
        if table == "claims":
            return np.asarray(rows // self.cities[0].state.claims.fen.shape[1])
        first = {"owners": self.first_owner, "buildings": self.first_building}.get(table)
        if first is None or name == "buildings.start":
            return np.zeros(0, np.int64)
        return np.asarray(np.searchsorted(first, rows, side="right") - 1)

    def _group(
        self, month: int, found: dict[str, np.ndarray], states: Sequence[dict[str, np.ndarray]]
    ) -> Group | None:
        names = [name for name in found if name.startswith("owners.")]
        if not names:
            return None
        phase = min(phase_of(name) for name in names)
        first = [name for name in names if phase_of(name) == phase]
        estate = min(int(self._estates_of(name, found[name]).min()) for name in first)
        column = next(name for name in first if estate in self._estates_of(name, found[name]))
        begin = int(self.first_owner[estate])
        members = slice(begin, begin + int(self.cities[0].state.estates["households"][estate]))
        kinds = [
            states[0][f"owners.{name}"][members].astype(np.int64) for name in ("payer_type", "occupancy")
        ]
        group = kinds[0] * 10 + kinds[1]
        mine = found[column][self._estates_of(column, found[column]) == estate] - begin
        numbers = np.bincount(group[mine])
        largest = int(numbers.argmax())
        size = int(np.count_nonzero(group == largest))
        return Group(month, estate, largest // 10, largest % 10, int(numbers[largest]), size, column)

    def _account(self, month: int, rows: np.ndarray, states: Sequence[dict[str, np.ndarray]]) -> Account:
        books = self.cities[0].state.books
        flows = [_flows(city.pages[month].lines()) for city in self.cities]
        for flow in sorted(flows[0].keys() | flows[1].keys(), key=_turn):
            fen = flows[0].get(flow, 0), flows[1].get(flow, 0)
            if fen[0] == fen[1]:
                continue
            for kind in (flow[2], flow[1]):
                mine = [row for row in rows if 0 <= row - books.first[kind] < books.sizes[kind]]
                if kind not in OUTSIDE and mine:
                    return _account_of(month, kind, int(mine[0]), books.first[kind], states, flow, fen)
        row = int(next((row for row in rows if row >= len(OUTSIDE)), rows[0]))
        kind = next(kind for kind in reversed(KINDS) if books.first[kind] <= row)
        return _account_of(month, kind, row, books.first[kind], states, ("", "", "", ""), (0, 0))

    def parting(self, months: int) -> Parting:
        """What was found in so many months."""
        found = [one.month for one in (self.estate, self.owners, self.account) if one is not None]
        month = max(1, min(found, default=months))
        return Parting(
            (self.sides[0].name, self.sides[1].name),
            months,
            (self.sides[0].months, self.sides[1].months),
            (self.sides[0].scenario.seed, self.sides[1].scenario.seed),
            tuple(reasons(*self.sides, month)),
            self.estate,
            self.owners,
            self.account,
        )


def reasons(one: Side, other: Side, month: int) -> Iterator[Setting]:
    """The settings that differ between two plans in a month; not the length of the run, nor programmes that
    have begun in neither."""
    plans = one.plan(month), other.plan(month)
    begun = {programme.name for plan in plans for programme in plan.interventions if programme.start <= month}
    for setting in settings_that_differ(*plans):
        if setting.key == "months" or (setting.programme and setting.programme not in begun):
            continue
        yield setting


def phase_of(column: str) -> int:
    """When in a month a column is written: 0 policy, then in the order of ORDER."""
    if column.startswith(POLICY):
        return 0
    return next((place for place, names in enumerate(ORDER, 1) if column in names), LAST)


def _unequal(column: np.ndarray, other: np.ndarray) -> np.ndarray:
    unequal = column != other
    if column.dtype.kind == "f":
        unequal &= ~(np.isnan(column) & np.isnan(other))
    return np.asarray(unequal)


Flow = tuple[str, str, str, str]


def _flows(lines: Sequence[tuple[str, str, str, str, int]]) -> dict[Flow, int]:
    """Fen by (purpose, payer kind, payee kind, programme)."""
    return {line[:4]: line[4] for line in lines}


def _turn(flow: Flow) -> tuple[int, Flow]:
    """Programmes pay first in a month; then flows in the order in which purposes are declared."""
    names = tuple(PURPOSES)
    return (names.index(flow[0]) if flow[0] in PURPOSES else -1, flow)


def _account_of(
    month: int,
    kind: str,
    account: int,
    first: int,
    states: Sequence[dict[str, np.ndarray]],
    flow: Flow,
    fen: tuple[int, int],
) -> Account:
    held = [int(state[BALANCES][account]) for state in states]
    return Account(month, kind, account - first, (held[0], held[1]), flow, fen)


# by what their tables say


def by_tables(one: Side, other: Side, reason: str) -> Parting:
    """What the tables of two runs say. ResultError for a scenario beside a run that cannot be simulated."""
    from sim.evidence.reproduce import first_difference

    runs = [side.run for side in (one, other) if side.run is not None]
    if len(runs) < 2:
        raise ResultError(message("diff.needs_run", name=(one if one.run is None else other).name))
    months = min(one.months, other.months)
    estates = [run.estates[run.estates["month"] <= months] for run in runs]
    other_city = len(runs[0].estate_table) != len(runs[1].estate_table)
    found = None if other_city else first_difference(*estates)
    place = None
    if found is not None:
        month, estate, column = found
        at = [
            frame[(frame["month"] == month) & (frame["estate"] == estate)][column].iloc[0]
            for frame in estates
        ]
        values = [
            float(value) if isinstance(value, int | float | np.number) else float("nan") for value in at
        ]
        unit = str(estates[0].attrs.get("units", {}).get(column, ""))
        place = Place(month, estate, column, unit, (values[0], values[1]))
    account = None if other_city else _flow_in_tables(runs, months)
    firsts = [each.month for each in (place, account) if each is not None]
    return Parting(
        (one.name, other.name),
        0 if other_city else months,
        (one.months, other.months),
        (one.scenario.seed, other.scenario.seed),
        tuple(reasons(one, other, max(1, min(firsts, default=months)))),
        place,
        None,
        account,
        False,
        reason,
    )


def _flow_in_tables(runs: Sequence[Run], months: int) -> Account | None:
    """The first flow of the ledgers' tables that differs."""
    flows: list[dict[int, dict[Flow, int]]] = []
    for run in runs:
        by_month: dict[int, dict[Flow, int]] = {}
        columns = [run.table("ledger").column(name).to_pylist() for name in LEDGER]
        for month, purpose, payer, payee, programme, yuan in zip(*columns, strict=True):
            by_month.setdefault(month, {})[purpose, payer, payee, programme or ""] = round(100 * yuan)
        flows.append(by_month)
    for month in range(months + 1):
        now = [each.get(month, {}) for each in flows]
        for flow in sorted(now[0].keys() | now[1].keys(), key=_turn):
            fen = now[0].get(flow, 0), now[1].get(flow, 0)
            if fen[0] != fen[1]:
                kind = flow[2] if flow[2] not in OUTSIDE else flow[1]
                return Account(month, kind, -1, (0, 0), flow, fen)
    return None


LEDGER = ("month", "purpose", "payer_kind", "payee_kind", "programme", "yuan")
