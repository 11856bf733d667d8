"""Which plan is robust, not only best on average: every plan in every world with the same seeds, its regret
beside the best plan of the same world and seed, how often it does well enough, and where it fails."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from sim.arguments import (
    check_factors,
    numbers_by_name,
    seeds_from,
    settings_of,
    text,
    texts,
    whole,
)
from sim.errors import StudyError
from sim.experiments.discovery import Discovery, Tried, discover, tried
from sim.experiments.ensemble import Ensemble
from sim.experiments.intervals import (
    CONSTANT,
    FEW,
    LEAST_PAIRS,
    NO_VALUE,
    Estimate,
    Interval,
    clopper_pearson,
    estimate_of,
    expanded,
    mean_interval,
    wilson,
)
from sim.experiments.workplace import Keywords, Rounds, Workplace, workplace_of
from sim.problems import nearest
from sim.results.outcomes import OUTCOMES
from sim.results.result import Result
from sim.results.saved import key_of, save_found
from sim.scenario import Scenario, load
from sim.size import MADE, MADE_OF_MEMBER, check_list
from sim.studies.comparison.arms import prepare
from sim.studies.robustness.variants import Variant, settings_text, variants_of
from sim.studies.robustness.worlds import (
    AS_IT_IS,
    LOOPS,
    MECHANISMS,
    NONE,
    SWITCHES,
    World,
    factors_of,
    inputs_of,
    keys_of,
    planned,
    worlds_of,
)
from sim.text import languages, message

if TYPE_CHECKING:
    import pandas as pd

REPLICATIONS = 20  # of each world
FUTURES = 100  # of the scenarios as they are, where something varies between them besides luck
OUTCOME = "cycle_share_last_year"
RESAMPLES = 1999
DIGITS = 40  # binary ones of the largest value that a regret keeps
UNKNOWN = Interval(math.nan, math.nan)
TOO_FEW = Interval(math.nan, math.nan, note=FEW)


@dataclass(frozen=True)
class Rule:
    """Where a plan fails. arm: its name. found: the boxes, over the futures; a side's input is a place in
    `Robustness.keys`. fresh: how they do on fresh runs; None where there were none."""

    arm: str
    found: Discovery
    fresh: Tried | None = None

    @property
    def holds(self) -> bool:
        """Whether it is reported: found beyond chance and, where there were fresh runs, confirmed by them."""
        return bool(self.found.boxes) and (self.fresh is None or self.fresh.confirmed)


@dataclass(frozen=True)
class Standing:
    """How a plan stands over all worlds.

    mean: of the outcome that decides, as the scenarios are. worst, worst_world: its largest mean regret, and
    the world of that. worst_interval: of the largest. regret_among: whether no other has a largest mean
    regret that is smaller beyond doubt. met, met_interval: share of runs in which it does well enough, the
    mean over worlds, and how precisely that is known; NaN without thresholds. met_among: whether no other
    does well enough more often beyond doubt.
    """

    arm: str
    mean: Estimate
    worst: float
    worst_world: World
    worst_interval: Interval
    regret_among: bool
    met: float
    met_interval: Interval
    met_among: bool


class Robustness(Result):
    """What `robust` found."""

    def __init__(
        self,
        scenario: Scenario,
        worlds: Sequence[World],
        values: Mapping[str, Mapping[str, np.ndarray]],
        keys: Sequence[str],
        inputs: np.ndarray,
        rules: Sequence[Rule],
        digest: str,
        executed: int,
        asked: Mapping[str, Any],
    ) -> None:
        """Made by `robust`. scenario: of the first arm. values: by world and outcome, (arms, runs). keys,
        inputs: what varies between the runs of a world, (runs, keys), for all futures."""
        self.scenario, self.worlds, self.values = scenario, tuple(worlds), dict(values)
        self.keys, self.inputs, self.rules = tuple(keys), inputs, tuple(rules)
        self.digest, self.executed, self.asked = digest, executed, dict(asked)

    @property
    def arms(self) -> tuple[str, ...]:
        """The names of the plans."""
        return tuple(self.asked["arms"])

    @property
    def outcome(self) -> str:
        """The outcome whose regret is told."""
        return str(self.asked["outcome"])

    @property
    def unit(self) -> str:
        """The unit of that outcome."""
        return OUTCOMES[self.outcome].unit

    @property
    def thresholds(self) -> dict[str, float]:
        """By outcome the value that a plan must reach to do well enough; all of them."""
        return dict(self.asked["thresholds"])

    @property
    def ensemble(self) -> Ensemble | None:
        """The ensemble that was run over."""
        held: Ensemble | None = self.asked["ensemble"]
        return held

    @property
    def variants(self) -> dict[str, Variant]:
        """The structural variants among the worlds, by name."""
        return dict(self.asked.get("variants", {}))

    @property
    def level(self) -> float:
        """The level of the intervals."""
        return float(self.asked["level"])

    @property
    def futures(self) -> int:
        """How many runs each plan has with the scenarios as they are."""
        return int(self.asked["futures"])

    @property
    def replications(self) -> int:
        """How many runs each plan has in every other world."""
        return int(self.asked["replications"])

    @property
    def fewest_runs(self) -> int:
        """How many runs of each plan the world with fewest of them has."""
        return self.replications if len(self.worlds) > 1 else self.futures

    def outcomes_of(self, world: World) -> np.ndarray:
        """The outcome that decides in a world; (arms, runs)."""
        return np.asarray(self.values[world.name][self.outcome])

    def regret(self, world: World) -> np.ndarray:
        """By how much each plan misses the best one in the same world with the same seed; (arms, runs), zero
        or more, NaN in a run where some plan has no value."""
        gained = OUTCOMES[self.outcome].better * self.outcomes_of(world)
        missed = gained.max(axis=0) - gained
        known = np.abs(gained[np.isfinite(gained)])
        if not known.size:
            return np.asarray(missed)
        # what the last digits of a subtraction leave is no regret
        exponent = DIGITS - int(np.frexp(known.max())[1])
        return np.asarray(np.ldexp(np.rint(np.ldexp(missed, exponent)), -exponent))

    def met(self, world: World) -> np.ndarray:
        """Whether each plan reaches every threshold; (arms, runs) bool. An outcome without a value does
        not."""
        values = self.values[world.name]
        met = np.ones(values[self.outcome].shape, bool)
        for name, limit in self.thresholds.items():
            better = OUTCOMES[name].better
            met &= better * values[name] >= better * limit
        return met

    def rule(self, arm: str) -> Rule | None:
        """Where a plan fails, None where that was not asked."""
        return next((rule for rule in self.rules if rule.arm == arm), None)

    @cached_property
    def worlds_told(self) -> tuple[World, ...]:
        """The worlds in which every run has a value, so that the regret of all plans is known."""
        return tuple(world for world in self.worlds if np.isfinite(self.regret(world)).all())

    @cached_property
    def standings(self) -> tuple[Standing, ...]:
        """How every plan stands over all worlds, in their order. Worlds in which some run has no value have
        no regret and are left out of the largest."""
        told = self.worlds_told
        regrets = np.stack([self.regret(world).mean(axis=1) for world in told or self.worlds])
        shares = np.stack([self.met(world).mean(axis=1) for world in self.worlds])
        worst, met = regrets.max(axis=0), shares.mean(axis=0)
        least = int(worst.argmin())
        drawn_met = self._drawn([self.met(world) for world in self.worlds]).mean(axis=0)
        standings = []
        as_it_is = self.outcomes_of(self.worlds[0])
        for place, arm in enumerate(self.arms):
            asked = bool(self.thresholds)
            standings.append(
                Standing(
                    arm,
                    estimate_of(as_it_is[place], self.level),
                    float(worst[place]) if told else math.nan,
                    (told or self.worlds)[int(regrets[:, place].argmax()) if told else 0],
                    self._largest([self.regret(world)[place] for world in told]),
                    not told or not self._misses_more(told, place, least),
                    float(met[place]) if asked else math.nan,
                    self._share(float(met[place])) if asked else UNKNOWN,
                    not asked or self._among(drawn_met, int(met.argmax()), place, -1),
                )
            )
        return tuple(standings)

    def _largest(self, values: Sequence[np.ndarray]) -> Interval:
        """The interval of the largest of several means of what is never below zero, unknown under five runs:
        between the largest low and the largest high end of intervals that hold together (Bonferroni), since
        the largest mean that was found is one that luck raised. Those of worlds with at most two values,
        whose spread says little or nothing, are of a share, see `_by_share`; the others Student's. Of one
        mean it is that of any mean; none where all runs have the same value in every world."""
        if not values:
            return Interval(math.nan, math.nan, self.level, NO_VALUE)
        if self.fewest_runs < LEAST_PAIRS:
            return TOO_FEW
        if len(values) == 1:
            return mean_interval(values[0], self.level)
        if all(one.min() == one.max() for one in values):
            return Interval(math.nan, math.nan, self.level, CONSTANT)
        level, most = 1 - (1 - self.level) / len(values), float(max(one.max() for one in values))
        ends = [
            _by_share(one, level, most) if np.unique(one).size <= 2 else _student(one, level)
            for one in values
        ]
        low, high = max(low for low, _ in ends), max(high for _, high in ends)
        return Interval(max(0.0, low), high, self.level)

    def _misses_more(self, worlds: Sequence[World], place: int, leader: int) -> bool:
        """Whether the largest mean regret of a plan is larger than the leader's beyond doubt: in its world it
        misses more than the leader does in any, each by pairs of the same seed, for as many worlds and pairs
        of plans as there are (Bonferroni): which one leads is luck too."""
        if place == leader or self.fewest_runs < LEAST_PAIRS:
            return False
        regrets = [self.regret(world)[:, : self.fewest_runs] for world in worlds]
        mine = max((one[place] for one in regrets), key=np.mean)
        error = (1 - self.level) / (len(worlds) * len(self.arms) * (len(self.arms) - 1))
        return all(_student(mine - one[leader], 1 - 2 * error)[0] > 0 for one in regrets)

    def _share(self, met: float) -> Interval:
        """The interval of a mean share over worlds, unknown under five runs: Wilson's for as many runs as a
        world has, since those of one seed may go together in all worlds."""
        if self.fewest_runs < LEAST_PAIRS:
            return TOO_FEW
        worlds = len(self.worlds)
        total = worlds * self.fewest_runs
        return wilson(round(met * total), total, self.level, design_effect=worlds)

    def share_met(self, met: np.ndarray) -> Interval:
        """Wilson's interval of the share of the runs of one world that do well enough, unknown under five."""
        return TOO_FEW if met.size < LEAST_PAIRS else wilson(int(met.sum()), met.size, self.level)

    def _drawn(self, values: Sequence[np.ndarray]) -> np.ndarray:
        """Means over resampled seeds, the same for all plans and, where they have as many runs, for all
        worlds; (worlds, resamples, arms)."""
        places: dict[int, np.ndarray] = {}
        found = []
        for one in values:
            runs = one.shape[1]
            if runs not in places:
                places[runs] = np.random.default_rng(runs).integers(0, runs, (RESAMPLES, runs))
            found.append(np.stack([row[places[runs]].mean(axis=1) for row in one.astype(np.float64)], axis=1))
        return np.stack(found)

    def _among(self, drawn: np.ndarray, leader: int, place: int, sign: int) -> bool:
        """Whether a plan cannot be told apart from the leader: paired, with Bonferroni for every pair of
        plans, since which one leads is luck too."""
        if place == leader or self.fewest_runs < LEAST_PAIRS:
            return True
        error = (1 - expanded(self.level, self.fewest_runs)) / (len(self.arms) * (len(self.arms) - 1))
        return bool(np.quantile(sign * (drawn[:, place] - drawn[:, leader]), error) <= 0)

    @property
    def best_on_average(self) -> Standing:
        """The plan whose mean is best as the scenarios are."""
        better = OUTCOMES[self.outcome].better
        return max(self.standings, key=lambda one: better * _known(one.mean.mean, better))

    @property
    def most_robust(self) -> Standing:
        """The plan that does well enough most often over all worlds; without thresholds, and among equals,
        the one with the smallest largest mean regret."""
        met = [0.0 if math.isnan(one.met) else one.met for one in self.standings]
        regret = [math.inf if math.isnan(one.worst) else one.worst for one in self.standings]
        return self.standings[min(range(len(met)), key=lambda place: (-met[place], regret[place]))]

    def regret_of(self, arm: str, world: World) -> Estimate:
        """The regret of a plan in a world: its mean, how precisely that is known, and what single runs
        have."""
        return estimate_of_all(self.regret(world)[self.arms.index(arm)], self.level)

    @property
    def worlds_table(self) -> pd.DataFrame:
        """One row for each world and plan: mean of the outcome, its regret with the interval of the mean and
        the range over runs, share of runs in which no plan is better (`best`), and share in which it does
        well enough with its interval."""
        import pandas as pd

        rows = []
        for world in self.worlds:
            values, regret, met = self.outcomes_of(world), self.regret(world), self.met(world)
            for place, arm in enumerate(self.arms):
                known = estimate_of_all(regret[place], self.level)
                row = {"world": world.name, "on": world.on, "arm": arm, "mean": float(values[place].mean())}
                row |= {"regret": known.mean} | {k: v for k, v in known.columns().items() if k != "mean"}
                row["best"] = float((regret[place] == 0).mean())
                if self.thresholds:
                    share = self.share_met(met[place])
                    row |= {"met": float(met[place].mean()), "met_low": share.low, "met_high": share.high}
                    row["met_note"] = share.note
                rows.append(row)
        frame = pd.DataFrame(rows)
        frame.attrs["units"] = self._units("mean", "regret", "low", "high", "range_low", "range_high")
        return frame

    @property
    def arms_table(self) -> pd.DataFrame:
        """One row for each plan: the mean of the outcome as the scenarios are, its largest mean regret with
        the world of that, and share of runs in which it does well enough, over all worlds."""
        import pandas as pd

        rows = []
        for one in self.standings:
            row: dict[str, Any] = {"arm": one.arm, **one.mean.columns()}
            row |= {"worst_regret": one.worst, "worst_world": one.worst_world.name}
            row |= {"worst_low": one.worst_interval.low, "worst_high": one.worst_interval.high}
            row["worst_note"] = one.worst_interval.note
            held = self.regret_of(one.arm, one.worst_world).range.columns()
            row |= {f"worst_{name}": value for name, value in held.items()}
            row["regret_among"] = one.regret_among
            if self.thresholds:
                row |= {"met": one.met, "met_low": one.met_interval.low, "met_high": one.met_interval.high}
                row["met_note"] = one.met_interval.note
                row["met_among"] = one.met_among
            rows.append(row)
        frame = pd.DataFrame(rows)
        ends = ("mean", "low", "high", "range_low", "range_high", "worst_regret", "worst_low", "worst_high")
        frame.attrs["units"] = self._units(*ends, "worst_range_low", "worst_range_high")
        return frame

    @property
    def variants_table(self) -> pd.DataFrame:
        """One row for each structural variant: its settings, the ensemble that its runs are over (`fitted`:
        whether to the variant itself), and the weights that calibration gave it and the model as it is."""
        import pandas as pd

        rows = [
            {
                "variant": one.name,
                "settings": settings_text(one),
                "ensemble": one.ensemble.name if one.ensemble is not None else "",
                "fitted": one.own,
                "weight": one.weight,
                "weight_as_it_is": one.weight_as_it_is,
            }
            for one in self.variants.values()
        ]
        frame = pd.DataFrame(rows)
        frame.attrs["units"] = dict.fromkeys(("weight", "weight_as_it_is"), "share")
        return frame

    @property
    def rules_table(self) -> pd.DataFrame:
        """One row for each side of each box: between which values of what, the chance of as good a box in
        noise, what single sides may owe to chance, density and coverage over the futures and over fresh runs
        (of all boxes of the plan together), and whether it is reported."""
        import pandas as pd

        rows: list[dict[str, Any]] = []
        for rule in self.rules:
            inputs, fails = self.inputs, ~self.met(self.worlds[0])[self.arms.index(rule.arm)]
            seen = tried(rule.found, inputs, fails)
            for number, box in enumerate(rule.found.boxes, 1):
                for side in box.sides:
                    row = {
                        "arm": rule.arm,
                        "box": number,
                        "input": self.keys[side.input],
                        "from": side.low if math.isfinite(side.low) else None,
                        "to": side.high if math.isfinite(side.high) else None,
                        "chance": box.chance,
                        "quasi_p": side.quasi_p,
                        "repeated": side.repeated,
                        "box_runs": box.runs,
                        "box_failing": box.failing,
                        "density": seen.density.value,
                        "coverage": seen.coverage.value,
                    }
                    rows.append(row | _fresh_columns(rule.fresh, self.level) | {"reported": rule.holds})
        names = ["arm", "box", "input", "from", "to", "chance", "quasi_p", "repeated", "box_runs"]
        names += ["box_failing", "density", "coverage", *_fresh_columns(None, self.level), "reported"]
        frame = pd.DataFrame(rows, columns=names)
        frame.attrs["units"] = dict.fromkeys(("density", "coverage"), "share")
        return frame

    @property
    def futures_table(self) -> pd.DataFrame:
        """One row for each plan and run as the scenarios are: seed, every outcome asked for, regret, whether
        it does well enough, and what varied; for tools that search for rules themselves."""
        import pandas as pd

        world = self.worlds[0]
        regret, met = self.regret(world), self.met(world)
        frames = []
        for place, arm in enumerate(self.arms):
            columns: dict[str, Any] = {"arm": arm, "seed": self.asked["seeds"]}
            columns |= {name: values[place] for name, values in self.values[world.name].items()}
            columns["regret"] = regret[place]
            if self.thresholds:
                columns["met"] = met[place]
            columns |= dict(zip(self.keys, self.inputs.T, strict=True))
            frames.append(pd.DataFrame(columns))
        frame = pd.concat(frames, ignore_index=True)
        units = {name: OUTCOMES[name].unit for name in self.values[world.name]}
        frame.attrs["units"] = units | {"regret": self.unit}
        return frame

    def _units(self, *names: str) -> dict[str, str]:
        shares = dict.fromkeys(("best", "met", "met_low", "met_high"), "share")
        return dict.fromkeys(names, self.unit) | shares | {"pairs": "runs"}

    @property
    def table(self) -> pd.DataFrame:
        """How every plan stands over all worlds; see `arms_table`."""
        return self.arms_table

    @property
    def key(self) -> str:
        """Sixteen hex digits that name what was asked, of which model, and what the runs came to."""
        return key_of(self)

    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table by its name; `variants` where there are any, `rules` where it was asked where plans
        fail."""
        tables = {"plans": self.arms_table, "worlds": self.worlds_table, "futures": self.futures_table}
        tables |= {"variants": self.variants_table} if self.variants else {}
        return tables | ({"rules": self.rules_table} if any(rule.found.boxes for rule in self.rules) else {})

    def save(self, folder: Path | str) -> Path:
        """Write every table, the whole result, and `manifest.json` last; `sim.load_result` reads it.
        ResultError if that fails."""
        return save_found(self, folder)


def _student(values: np.ndarray, level: float) -> tuple[float, float]:
    """Ends of Student's interval of a mean."""
    from scipy import stats

    half = float(stats.t.ppf(0.5 + level / 2, values.size - 1) * values.std(ddof=1) / math.sqrt(values.size))
    return float(values.mean()) - half, float(values.mean()) + half


def _by_share(values: np.ndarray, level: float, most: float) -> tuple[float, float]:
    """Ends of the interval of a mean of runs that have two values or all the same one: between the two by
    the exact interval of the share that has the larger (Clopper and Pearson 1934, Biometrika 26, 404-413).

    Runs that all agree show only that few others differ: their low end is where those have zero, their high
    end where they have `most`. So it holds at least at its level for two values, of which a run has one or
    the other, and at the low end whatever the values are; that none is above `most`, the most that was found,
    is an assumption.
    """
    small, large = float(values.min()), float(values.max())
    if small == large:
        few = clopper_pearson(0, values.size, level)[1]
        return small * (1 - few), small + few * (most - small)
    low, high = clopper_pearson(int((values == large).sum()), values.size, level)
    return small + low * (large - small), small + high * (large - small)


def estimate_of_all(values: np.ndarray, level: float) -> Estimate:
    """As `estimate_of`, but without a mean where some run has no value: the best plan of that run is not
    known."""
    return estimate_of(values if np.isfinite(values).all() else np.full(values.shape, math.nan), level)


def _known(value: float, better: int) -> float:
    return -better * math.inf if math.isnan(value) else value


def _fresh_columns(fresh: Tried | None, level: float) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    for name in ("density", "coverage"):
        share = getattr(fresh, name) if fresh is not None else None
        known = share.interval(level) if share is not None else UNKNOWN
        columns |= {
            f"fresh_{name}": share.value if share is not None else math.nan,
            f"fresh_{name}_low": known.low,
            f"fresh_{name}_high": known.high,
        }
    return columns


def scenarios_of(robustness: Robustness) -> list[Scenario]:
    """The scenarios of the plans."""
    return list(robustness.asked["arms"].values())


def robust(
    *scenarios: Scenario | str | Path,
    thresholds: Mapping[str, float] | None = None,
    outcome: str | None = None,
    factors: Mapping[str, tuple[float, float]] | Sequence[str] | None = None,
    worlds: Sequence[str] = (LOOPS, MECHANISMS),
    variants: Mapping[str, Mapping[str, Any]] | None = None,
    replications: int = REPLICATIONS,
    futures: int | None = None,
    fresh: int | None = None,
    first_seed: int = 1,
    months: int | None = None,
    overrides: Mapping[str, Any] | None = None,
    workplace: Workplace | None = None,
    **at: Unpack[Keywords],
) -> Robustness:
    """How plans (scenarios of one city) stand in many worlds: as they are, with each loop off and at half its
    strength, with each rule that can be switched off the other way round (`worlds`; see `worlds_of`), and in
    structural variants, all with the same seeds.

    `outcome`: whose regret is told (default: that of the first threshold, else the share of estates in the
    cycle). `thresholds`: by outcome what a plan must reach to do well enough, at most or at least as the
    outcome is better low or high. `factors`: what varies between runs, over a range by key (`types.*.KEY`
    for all types alike) or parameters over their plausible range; the members of an ensemble vary too.
    `replications`: runs of each plan and world; `futures`: of the scenarios as they are, among which it is
    searched where plans fail (default 100 where something varies); `fresh`: further ones on which the rules
    found are tried (default as many; 0 for none). `variants`: settings by name, each a world of its own
    (`{"memoryless": {"mechanisms.persistence": False}}`); with an ensemble `mine`, a variant's runs are over
    `mine_memoryless` where calibration wrote that beside it, else over `mine`, which is then said.
    `workplace` and its fields as keywords: see Workplace.

    Raises EstateError: an outcome that is neither good nor bad, an unknown world or key, plans of different
    cities or rules, a run without a result.
    """
    workplace = workplace_of("robust", workplace, at)
    replications = whole("replications", replications)
    futures = None if futures is None else whole("futures", futures)
    fresh = None if fresh is None else whole("fresh", fresh)
    given = numbers_by_name("thresholds", thresholds)
    if outcome is not None:
        text("outcome", outcome)
    texts("worlds", worlds)
    if factors is not None:
        check_factors("factors", factors)
    if len(scenarios) < 2:
        raise StudyError(message("robust.error.plans", found=len(scenarios)))
    arms = prepare(scenarios, months, settings_of(overrides))
    thresholds = {name: float(limit) for name, limit in given.items()}
    outcome = outcome or next(iter(thresholds), OUTCOME)
    for place, name in [*(("threshold", name) for name in thresholds), ("outcome", outcome)]:
        _check_outcome(place, name)
    ranges = factors_of(factors or {}, arms)
    members = workplace.members()
    varies = members is not None or bool(ranges)
    number = futures if futures is not None else max(replications, FUTURES if varies else 0)
    fresh = fresh if fresh is not None else number
    _check_numbers(replications, number, fresh)
    seeds = seeds_from("first_seed", first_seed, number)
    made_of = message("size.arms", arms=len(arms), replications=f"{number:,}")
    check_list("futures", len(arms) * number, MADE, made_of)  # before they are listed
    taken = (AS_IT_IS, LOOPS, MECHANISMS, NONE, *SWITCHES)
    varied = keys_of(ranges, arms.values())
    others = variants_of(variants, taken, arms, varied, workplace.ensemble, members)
    asked = {
        "arms": arms,
        "titles": {name: _title(one) for name, one in zip(arms, scenarios, strict=True)},
        "worlds": tuple(worlds),
        "thresholds": thresholds,
        "outcome": outcome,
        "factors": ranges,
        "replications": replications,
        "futures": number,
        "fresh": fresh,
        "seeds": list(seeds),
        "ensemble": members,
        "variants": others,
        "level": workplace.interval_level,
    }
    return _of(asked, workplace)


def again(saved: Robustness, workplace: Workplace) -> Robustness:
    """A saved one carried out once more."""
    return _of(saved.asked, workplace)


def _title(scenario: Scenario | str | Path) -> dict[str, str]:
    """A scenario's own title by language, without what was changed for all plans."""
    title = (scenario if isinstance(scenario, Scenario) else load(scenario)).title
    return {name: title.in_language(name) for name in languages()}


def _check_outcome(place: str, name: str) -> None:
    judged = [key for key, one in OUTCOMES.items() if one.better]
    if name not in judged:
        guess = nearest(name, judged) if name not in OUTCOMES else ""
        allowed = message("allowed.one_of", names=", ".join(judged))
        wrong = message("problem.instead", place=place, found=repr(name), allowed=allowed)
        raise StudyError(message("problem.nearest", problem=wrong, nearest=repr(guess)) if guess else wrong)


def _check_numbers(replications: int, futures: int, fresh: int) -> None:
    for place, found, least in (
        ("replications", replications, 2),
        ("futures", futures, replications),
        ("fresh", fresh, 0),
    ):
        if found < least:
            allowed = message("robust.allowed.least", least=least)
            raise StudyError(message("problem.instead", place=place, found=found, allowed=allowed))


def _of(asked: Mapping[str, Any], workplace: Workplace) -> Robustness:
    arms: Mapping[str, Scenario] = asked["arms"]
    members, factors, seeds = asked["ensemble"], asked["factors"], list(asked["seeds"])
    variants: Mapping[str, Variant] = asked.get("variants", {})
    worlds = worlds_of(arms, asked["worlds"], variants)
    numbers = [asked["futures"] if world.name == AS_IT_IS else asked["replications"] for world in worlds]
    made_of = message("size.arms", arms=len(arms) * len(worlds), replications=f"{max(numbers):,}")
    each = MADE if members is None and not factors else MADE_OF_MEMBER
    check_list("replications", len(arms) * sum(numbers), each, made_of)
    rounds = Rounds(workplace.opened())
    runs = [
        run
        for world, number in zip(worlds, numbers, strict=True)
        for scenario in arms.values()
        for run in planned(
            world,
            world.of(scenario, variants),
            seeds[:number],
            variants[world.name].ensemble if world.variant else members,
            factors,
        )
    ]
    outcomes = tuple(dict.fromkeys((asked["outcome"], *asked["thresholds"])))
    scalars = [[summary.scalars[name] for name in outcomes] for _, summary in rounds(runs)]
    values: dict[str, dict[str, np.ndarray]] = {}
    place = 0
    for world, number in zip(worlds, numbers, strict=True):
        size = len(arms) * number
        part = np.array(scalars[place : place + size], np.float64).reshape(len(arms), number, len(outcomes))
        values[world.name] = {name: part[:, :, column] for column, name in enumerate(outcomes)}
        place += size
    varied = inputs_of(arms.values(), seeds, members, factors)
    keys = [key for key, held in varied.items() if np.ptp(held) > 0]
    inputs = np.stack([varied[key] for key in keys], axis=1) if keys else np.zeros((len(seeds), 0))
    found = Robustness(arms[next(iter(arms))], worlds, values, keys, inputs, (), "", 0, asked)
    rules = _rules(found, rounds) if asked["thresholds"] else ()
    return Robustness(
        found.scenario, worlds, values, keys, inputs, rules, rounds.digest(), rounds.executed, asked
    )


def _rules(found: Robustness, rounds: Rounds) -> tuple[Rule, ...]:
    """Where every plan fails as the scenarios are; what is found is tried on fresh seeds and members."""
    fails = ~found.met(found.worlds[0])
    rules = [Rule(arm, discover(found.inputs, fails[place])) for place, arm in enumerate(found.arms)]
    number, asked = int(found.asked["fresh"]), found.asked
    named = [rule.arm for rule in rules if rule.found.boxes]
    if not number or not named:
        return tuple(rules)
    last = asked["seeds"][-1]
    seeds = list(range(last + 1, last + 1 + number))
    first, members, factors = len(asked["seeds"]), asked["ensemble"], asked["factors"]
    varied = inputs_of(asked["arms"].values(), seeds, members, factors, first)
    inputs = np.stack([varied[key] for key in found.keys], axis=1)
    runs = [
        run
        for arm in named
        for run in planned(found.worlds[0], asked["arms"][arm], seeds, members, factors, first)
    ]
    scalars = [summary.scalars for _, summary in rounds(runs)]
    confirmed = {}
    for place, arm in enumerate(named):
        part = scalars[place * number : (place + 1) * number]
        met = np.ones(number, bool)
        for name, limit in found.thresholds.items():
            better = OUTCOMES[name].better
            met &= better * np.array([one[name] for one in part]) >= better * limit
        rule = next(rule for rule in rules if rule.arm == arm)
        confirmed[arm] = tried(rule.found, inputs, ~met)
    return tuple(Rule(rule.arm, rule.found, confirmed.get(rule.arm)) for rule in rules)
