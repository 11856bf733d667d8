"""The tipping map: where estates of a type can rest as a lever moves, by the mean-field map and by
agent-based runs; and the loop of a lever that moves there and back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Unpack

import numpy as np
from pydantic import Field, model_validator

from sim.arguments import finite, how_many, seeds_of, settings_of, text, texts, whole
from sim.errors import ScenarioError, StudyError
from sim.experiments.ensemble import Ensemble, with_member
from sim.experiments.intervals import Range, estimate_of, range_of
from sim.experiments.representative import ESTATES, HOUSEHOLDS, alike, started_at, type_of
from sim.experiments.study_file import TrapStudy
from sim.experiments.workplace import Keywords, Rounds, Workplace, workplace_of
from sim.no_effect import tell_no_effect
from sim.problems import Problem
from sim.results.result import Result
from sim.results.saved import key_of, save_found
from sim.scenario import Scenario, load, with_overrides
from sim.scenario.fields import refuse, setting
from sim.scenario.overrides import overridden
from sim.size import MADE_OF_MEMBER, check_list
from sim.studies.tipping.levers import ADDED_INCOME, Lever, lever_of
from sim.studies.tipping.no_return import NoPoint, NoReturn, delayed, point_of_no_return
from sim.studies.tipping.resting_states import (
    AGENTS,
    MEAN_FIELD,
    STARTS,
    Settling,
    Width,
    agent_width,
    fixed_points,
    mean_field_width,
)
from sim.text import message
from sim.units import MONTHS_PER_YEAR

if TYPE_CHECKING:
    import pandas as pd

    from sim.model.engine import Engine


HOLD = 36  # months at each step
STEPS = 13


@dataclass(frozen=True, eq=False)
class Loop:
    """A lever moved from one end to the other and back. values: (steps,) in the order out; out, back: (seeds,
    steps) median 12-month collection rate of the type's estates at the end of each step, `back` in
    the order of `values` too.
    """

    lever: Lever
    values: np.ndarray
    out: np.ndarray
    back: np.ndarray
    hold: int

    @property
    def ways(self) -> dict[str, np.ndarray]:
        """Collection on the way out, on the way back, and back less out, by name: (seeds, steps)."""
        return {"out": self.out, "back": self.back, "gap": self.back - self.out}

    @property
    def gap(self) -> np.ndarray:
        """Mean over seeds of back - out at each value."""
        return np.asarray((self.back - self.out).mean(axis=0))

    @property
    def width(self) -> float:
        """The greatest difference between the two ways, in shares of collection."""
        return float(np.abs(self.gap).max())

    @property
    def range(self) -> Range:
        """Of the greatest difference between the two ways in a single draw, in shares of collection."""
        return range_of(np.abs(self.back - self.out).max(axis=1))

    @property
    def area(self) -> float:
        """Area between the two ways, collection x lever."""
        return float(abs(np.trapezoid(self.gap, self.values)))

    @property
    def lag(self) -> float:
        """How far apart, on the lever, the two ways cross the middle of the loop;
        NaN where one of them does not."""
        ways = [self.out.mean(axis=0), self.back.mean(axis=0)]
        middle = (min(way.min() for way in ways) + max(way.max() for way in ways)) / 2
        crossings = [crossing(self.values, way, middle) for way in ways]
        return abs(crossings[0] - crossings[1])


def crossing(x: np.ndarray, y: np.ndarray, level: float) -> float:
    """Where a curve first crosses a level, on straight lines between its points; NaN if it does not."""
    side = y > level
    for i in np.flatnonzero(side[1:] != side[:-1]):
        return float(x[i] + (x[i + 1] - x[i]) * (level - y[i]) / (y[i + 1] - y[i]))
    return float("nan")


def check_hold(hold: int) -> None:
    """StudyError for a lever that is held for less than a year at each step."""
    if hold < MONTHS_PER_YEAR:
        raise StudyError(message("tipping.error.hold", found=hold, least=MONTHS_PER_YEAR))


def ramp(
    scenario: Scenario, lever: Lever, values: Sequence[float], *, hold: int = HOLD, seed: int = 1
) -> np.ndarray:
    """Run a city with a lever held at each of `values` for `hold` months in turn.

    `scenario` must be `lever.prepare`d. Returns the median 12-month collection rate of the type's estates at
    the end of each step (float64). StudyError if the lever cannot be moved in a running city, or it would
    be held for less than a year.
    """
    from sim.model.engine import Engine

    check_hold(hold)
    if not lever.can_move():
        lever.move(None, scenario, values[0], values[0])  # type: ignore[arg-type]  # raises: it says what could be moved
    rates = np.empty(len(values))
    started = lever.apply(scenario, values[0])
    with Engine(started, seed, months=hold * len(values), threads=1, record=False) as city:
        for step, value in enumerate(values):
            lever.move(city, scenario, values[0], value)
            city.run(hold)
            rates[step] = _median_rate(city, list(scenario.types).index(lever.type_name))
    return rates


def _median_rate(city: Engine, code: int) -> float:
    estates = city.state.estates[city.state.estates["type"] == code]
    billed = estates["billed_12"]
    rates = np.divide(estates["collected_12"], billed, out=np.zeros(billed.size), where=billed > 0)
    return float(np.median(rates))


def loop(
    scenario: Scenario,
    lever: Lever,
    values: Sequence[float],
    *,
    hold: int = HOLD,
    seeds: Sequence[int] = (1,),
    ensemble: Ensemble | None = None,
) -> Loop:
    """The lever moved through `values` and back again, once for each seed (the r-th with member r
    of an ensemble); see `ramp`."""
    path = [*values, *reversed(values)]
    cities = [
        scenario if ensemble is None else with_member(scenario, ensemble.member(place))
        for place in range(len(seeds))
    ]
    ways = np.stack(
        [ramp(city, lever, path, hold=hold, seed=seed) for city, seed in zip(cities, seeds, strict=True)]
    )
    count = len(values)
    return Loop(lever, np.asarray(values, np.float64), ways[:, :count], ways[:, : count - 1 : -1], hold)


# the map

ENDS_OF = ("low", "high", "range_low", "range_high")  # of an estimate, in the tables
LOOPS = (
    *("type", "lever"),
    *(column for way in ("out", "back", "gap") for column in (way, *(f"{way}_{end}" for end in ENDS_OF))),
    *("range_kind", "pairs"),
)
DELAYS = (
    *("delay", "seeds"),
    *(name for what in ("rescued", "excess") for name in (what, *(f"{what}_{end}" for end in ENDS_OF))),
    *("range_kind", "works", "uncertain"),
)
MONTHS = 300  # until estates have settled; condition is the slowest
VALUES = 9
LONGEST_DELAY = 120  # months
SMALL_ROUND = 8
WORLDS = ("alike", "city")
NOT_ASKED = "not asked for"  # `note` of a map that no point of no return was wanted of


@dataclass(frozen=True, eq=False)
class TypeMap:
    """The map of one type. mean_field: {value: [(rate, stable)]} (empty if the map has no
    counterpart of the lever)."""

    type_name: str
    lever: Lever
    mean_field: Mapping[float, Sequence[tuple[float, bool]]]
    agents: Settling
    widths: tuple[Width, ...]
    loop: Loop | None


class Tipping(Result):
    """What `tipping` found."""

    def __init__(
        self,
        scenario: Scenario,
        maps: Sequence[TypeMap],
        no_return: NoReturn | None,
        note: str,
        executed: int,
        digest: str,
        asked: Mapping[str, Any] | None = None,
    ) -> None:
        """Made by `tipping`; `note` says why there is no point of no return, `asked` with
        what options it was called."""
        self.scenario, self.maps, self.no_return, self.note = scenario, list(maps), no_return, note
        self.executed, self.digest, self.asked = executed, digest, dict(asked or {})

    @property
    def points(self) -> pd.DataFrame:
        """One row for each resting point: type, lever, source, stable, collection, low and high (the
        bracket of an unstable one)."""
        import pandas as pd

        rows: list[dict[str, Any]] = []
        for type_map in self.maps:
            for value, fixed in sorted(type_map.mean_field.items()):
                rows += [
                    _row(type_map, value, MEAN_FIELD, bool(stable), rate, rate, rate)
                    for rate, stable in fixed
                ]
            for value, point in sorted(type_map.agents.points.items()):
                if not point.settled:
                    continue  # not at rest: see `trials`
                rates = [point.low, point.high] if point.two_states else [(point.low + point.high) / 2]
                rows += [_row(type_map, value, AGENTS, True, rate, rate, rate) for rate in rates]
                if point.trapped:
                    rows.append(_row(type_map, value, AGENTS, False, point.unstable, *point.bracket))
        columns = ["type", "lever", "source", "stable", "collection", "low", "high"]
        frame = pd.DataFrame(rows, columns=columns)
        frame.attrs["units"] = {
            "lever": self.maps[0].lever.unit,
            "collection": "share",
            "low": "share",
            "high": "share",
        }
        return frame

    @property
    def trials(self) -> pd.DataFrame:
        """One row for each start tried in agent-based runs: median and middle 80 % of the estates, mean rate
        with its range over pairs of member and seed, and the chance of ending high with its interval."""
        import pandas as pd

        rows = []
        for type_map in self.maps:
            for value, point in sorted(type_map.agents.points.items()):
                for start, trial in sorted(point.trials.items()):
                    share, interval = point.chance(start)
                    low, high = np.quantile(trial.rates, [0.1, 0.9])
                    rows.append(
                        {
                            "type": type_map.type_name,
                            "lever": value,
                            "start": start,
                            "seeds": trial.seeds,
                            "estates": trial.rates.size,
                            "settled": trial.middle,
                            "settled_p10": low,
                            "settled_p90": high,
                            "mean": float(trial.means.mean()),
                            **range_of(trial.means).columns(),
                            "two_states": point.two_states,
                            "at_rest": point.settled,
                            "drift": trial.drift,
                            "chance_high": share,
                            "chance_low_bound": interval.low,
                            "chance_high_bound": interval.high,
                        }
                    )
        return pd.DataFrame(rows)

    @property
    def widths(self) -> pd.DataFrame:
        """Width of the trap, one row for each type and source."""
        import pandas as pd

        return pd.DataFrame(
            [{"type": one.type_name, **width.columns()} for one in self.maps for width in one.widths]
        )

    @property
    def loops(self) -> pd.DataFrame:
        """The hysteresis loop, one row for each type and value: collection on the way out, back, and back
        less out (`gap`), each as mean over seeds with its interval and the range over single draws."""
        import pandas as pd

        rows = []
        for one in self.maps:
            if one.loop is None:
                continue
            for step, value in enumerate(one.loop.values):
                row: dict[str, Any] = {"type": one.type_name, "lever": float(value)}
                for name, way in one.loop.ways.items():
                    estimate = estimate_of(way[:, step])
                    known, held = estimate.interval, estimate.range
                    row |= {name: estimate.mean, f"{name}_low": known.low, f"{name}_high": known.high}
                    row |= {f"{name}_range_low": held.low, f"{name}_range_high": held.high}
                    row |= {"range_kind": held.kind, "pairs": held.pairs}
                rows.append({key: row[key] for key in LOOPS})
        frame = pd.DataFrame(rows, columns=list(LOOPS))
        numbers = [name for name in LOOPS if name.startswith(("out", "back", "gap"))]
        frame.attrs["units"] = dict.fromkeys(numbers, "share")
        return frame

    @property
    def delays(self) -> pd.DataFrame:
        """The starts of the policy that were tried, the planned one first (where the result tells of it):
        estates rescued a run and what is beyond half of those of the planned start, as means with
        their intervals and the ranges over single runs."""
        import pandas as pd

        rows = []
        for one in self.no_return.starts if self.no_return is not None else ():
            of_rescued, of_excess = one.rescued_interval, one.interval
            row: dict[str, Any] = {"delay": one.delay, "seeds": one.seeds, "rescued": one.rescued}
            row |= {"rescued_low": of_rescued.low, "rescued_high": of_rescued.high}
            row |= {"rescued_range_low": one.rescued_range.low, "rescued_range_high": one.rescued_range.high}
            row |= {"excess": one.excess, "excess_low": of_excess.low, "excess_high": of_excess.high}
            row |= {"excess_range_low": one.excess_range.low, "excess_range_high": one.excess_range.high}
            row |= {"range_kind": one.rescued_range.kind, "works": one.works, "uncertain": one.uncertain}
            rows.append(row)
        return pd.DataFrame(rows, columns=list(DELAYS))

    def tables(self) -> dict[str, pd.DataFrame]:
        """All tables by name."""
        return {
            "points": self.points,
            "trials": self.trials,
            "widths": self.widths,
            "loops": self.loops,
            "delays": self.delays,
        }

    @property
    def key(self) -> str:
        """Sixteen hex digits that name what was asked, of which model, and what the runs came to."""
        return key_of(self)

    def save(self, folder: Path | str) -> Path:
        """Write every table, the whole result, and `manifest.json` last; `sim.load_result` reads it.
        ResultError if that fails."""
        return save_found(self, folder)


def _row(
    type_map: TypeMap, value: float, source: str, stable: bool, rate: float, low: float, high: float
) -> dict[str, Any]:
    return {
        "type": type_map.type_name,
        "lever": value,
        "source": source,
        "stable": stable,
        "collection": rate,
        "low": low,
        "high": high,
    }


def tipping(
    scenario: Scenario | str | Path,
    lever: str = ADDED_INCOME,
    *,
    low: float | None = None,
    high: float | None = None,
    values: int = VALUES,
    types: Sequence[str] | None = None,
    world: str = "alike",
    months: int = MONTHS,
    estates: int = ESTATES,
    households: int = HOUSEHOLDS,
    seeds: Sequence[int] = (1,),
    hysteresis: bool = True,
    hold: int = HOLD,
    no_return: bool = True,
    longest_delay: int = LONGEST_DELAY,
    overrides: Mapping[str, Any] | None = None,
    workplace: Workplace | None = None,
    **at: Unpack[Keywords],
) -> Tipping:
    """Sweep starting collection and one lever, and find where the estates of each type can rest.

    `lever`: "added_income", "viability" or a dotted key, from `low` to `high` in `values` steps (refined at
    the ends of the trap).
    `world`: "alike" (estates that are all like the mean estate of the type, see `representative.alike`) or
    "city" (the scenario's own city, programmes and all). `hysteresis`: run the lever there and back, `hold`
    months at each step.
    `types`: default those that have estates and charge a fee.
    `no_return`: if the scenario has programmes, find the latest month in which they may begin. `workplace`
    and its fields as keywords: see Workplace. With an ensemble the r-th seed has its member r in agent-based
    runs (so there must be two seeds or more); the mean-field map has the scenario's own parameters.

    Raises EstateError: an unknown key or type, a range that is none, or a run without a result.
    """
    work = workplace_of("tipping", workplace, at, ("level",))
    text("lever", lever)
    values, months, hold = whole("values", values), whole("months", months), whole("hold", hold)
    estates, households = whole("estates", estates), whole("households", households)
    longest_delay, count = whole("longest_delay", longest_delay), how_many(seeds)
    for argument, end in (("low", low), ("high", high)):
        if end is not None:
            finite(argument, end)
    if types is not None:
        texts("types", types)
    changes = settings_of(overrides)
    loaded = scenario if isinstance(scenario, Scenario) else load(scenario)
    base = overridden(loaded, changes) if changes else loaded
    tell_no_effect([base], [scenario])
    if world not in WORLDS:
        raise StudyError(message("tipping.error.world", found=repr(world), allowed=", ".join(WORLDS)))
    if values < 3 or not count:
        raise StudyError(message("tipping.error.values", values=values, seeds=count))
    made_of = message("size.arms", arms=values * len(STARTS), replications=f"{count:,}")
    check_list("values" if values > count else "seeds", values * len(STARTS) * count, MADE_OF_MEMBER, made_of)
    seeds = seeds_of(seeds)
    members = work.members()
    if members is not None and len(seeds) < 2:
        raise StudyError(message("tipping.error.members", found=len(seeds)))
    if hysteresis:
        check_hold(hold)
    if no_return and base.interventions:
        _check_delay(base, longest_delay)
    taken = list(dict.fromkeys(types)) if types else _types_with_fees(base)
    cities = []
    for name in taken:  # every type before the first run: a map takes minutes
        type_city = _TypeCity(base, lever, name, world, months, estates, households)
        cities.append((type_city, type_city.sweep(low, high, values)))
    runner = Rounds(work.opened(), SMALL_ROUND)
    maps = [
        _map_of(place, sweep, runner, tuple(seeds), hold if hysteresis else 0, members)
        for place, sweep in cities
    ]
    point, note = None, NOT_ASKED if not no_return else ""
    if no_return:
        try:
            point = point_of_no_return(base, runner, longest=longest_delay, ensemble=members)
        except NoPoint as error:
            note = error.why
    asked = {
        "lever": lever,
        "low": low,
        "high": high,
        "values": values,
        "types": taken,
        "world": world,
        "months": months,
        "estates": estates,
        "households": households,
        "seeds": list(seeds),
        "hysteresis": hysteresis,
        "hold": hold,
        "no_return": no_return,
        "longest_delay": longest_delay,
        "ensemble": members,
    }
    return Tipping(base, maps, point, note, runner.executed, runner.digest(), asked)


def _types_with_fees(scenario: Scenario) -> list[str]:
    """The types that have estates and charge a fee: where nobody is billed there is no collection to map."""
    present = [name for name, number in scenario.estates_by_type().items() if number]
    charged = [name for name in present if scenario.types[name].fee_price > 0]
    if not charged:
        raise StudyError(message("tipping.error.no_fee", name=scenario.name, types=", ".join(present)))
    return charged


def _check_delay(scenario: Scenario, longest: int) -> None:
    """StudyError where the scenario has no room for the longest delay that would be tried after all maps."""
    try:
        delayed(scenario, longest)
    except ScenarioError as error:
        raise StudyError(message("tipping.error.delay", found=longest, error=error)) from None


class _TypeCity:
    """The city in which the lever of one type is moved."""

    def __init__(
        self, base: Scenario, key: str, name: str, world: str, months: int, estates: int, households: int
    ) -> None:
        if key.startswith("interventions.") and world == "alike":
            raise StudyError(message("tipping.error.programme_alike", key=key))
        type_of(base, name)
        city = alike(base, name, estates, households) if world == "alike" else base
        self.lever = lever_of(key, city, name)
        self.world = self.lever.prepare(with_overrides(city, {"months": months}))

    def sweep(self, low: float | None, high: float | None, values: int) -> list[float]:
        own = self.lever.bounds() if low is None or high is None else (low, high)
        first, last = own[0] if low is None else low, own[1] if high is None else high
        if not first < last:
            raise StudyError(
                message("tipping.error.range", key=self.lever.key, low=f"{first:g}", high=f"{last:g}")
            )
        sweep = [round(float(value), 8) for value in np.linspace(first, last, values)]
        for value in (sweep[0], sweep[-1]):
            self.lever.apply(self.world, value)  # ScenarioError now rather than after half of the runs
            self.lever.mean_field(self.world, value)
        return sweep


def _map_of(
    type_city: _TypeCity,
    sweep: list[float],
    runner: Rounds,
    seeds: tuple[int, ...],
    hold: int,
    ensemble: Ensemble | None,
) -> TypeMap:
    lever, world = type_city.lever, type_city.world
    settling = Settling(world, lever, runner, seeds, ensemble)
    settling.at(sweep)
    tolerance = (sweep[-1] - sweep[0]) / (len(sweep) - 1) / 4
    settling.edges(tolerance)
    curve: dict[float, list[tuple[float, bool]]] = {}
    widths = [agent_width(settling)]
    if not lever.of_programme:
        curve = {value: fixed_points(lever, world, value) for value in sorted(settling.points)}
        widths.insert(0, mean_field_width(lever, world, curve))
    hysteresis = None
    if hold and lever.can_move():
        steps = np.linspace(sweep[0], sweep[-1], max(STEPS, len(sweep))).tolist()
        hysteresis = loop(
            _started_low(settling, sweep, steps),
            lever,
            _from_the_bad_end(settling, steps),
            hold=hold,
            seeds=seeds,
            ensemble=ensemble,
        )
    return TypeMap(lever.type_name, lever, curve, settling, tuple(widths), hysteresis)


def _from_the_bad_end(settling: Settling, steps: list[float]) -> list[float]:
    """Steps in the order out: away from the end of the lever where estates rest lower."""
    first, last = (settling.points[value] for value in (min(settling.points), max(settling.points)))
    return steps if first.low + first.high <= last.low + last.high else steps[::-1]


def _started_low(settling: Settling, sweep: list[float], steps: list[float]) -> Scenario:
    """The city with its estates started at the bottom, where the lever is at the
    end that the loop begins at."""
    name = settling.lever.type_name
    map_ = settling.lever.mean_field(settling.world, _from_the_bad_end(settling, steps)[0])
    start = min(settling.points[sweep[0]].trials)
    return started_at(settling.world, name, start, map_.resting_condition(start) if map_ else 0.3)


def again(saved: Tipping, workplace: Workplace) -> Tipping:
    """A saved one carried out once more."""
    return tipping(saved.scenario, **saved.asked, workplace=workplace)


class TippingStudy(TrapStudy):
    """The question of a tipping map as a file, see `tipping`."""

    text_area: ClassVar[str] = "tipping"

    command: Literal["tipping"]
    lever: str = ADDED_INCOME
    low: float | None = setting(None, None, None, "")
    high: float | None = setting(None, None, None, "")
    values: int = setting(VALUES, 3, 1000, "")
    types: tuple[str, ...] = Field(default=(), strict=False)
    world: Literal["alike", "city"] = "alike"
    months: int = setting(MONTHS, 24, 1200, "month")
    seeds: int = setting(1, 1, 1000, "")
    longest_delay: int = setting(LONGEST_DELAY, 12, 600, "month")

    @model_validator(mode="after")
    def _check_range(self) -> TippingStudy:
        if (self.low is None) != (self.high is None):
            missing = "low" if self.low is None else "high"
            refuse([Problem("", missing, message("found.nothing"), message("tipping.error.both_ends"))])
        return self

    def options(self) -> dict[str, Any]:
        """Keyword arguments of `tipping`."""
        return {
            "low": self.low,
            "high": self.high,
            "values": self.values,
            "types": self.types or None,
            "world": self.world,
            "months": self.months,
            "seeds": tuple(range(1, self.seeds + 1)),
            "longest_delay": self.longest_delay,
        }

    def run(self, **options: Any) -> Tipping:
        """Answer it; `options` replace what the file says."""
        return tipping(self.scenario(), self.lever, **(self.options() | options))
