"""What a comparison found: paired differences with intervals, over time and by group,
rescues, and what it costs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.errors import StudyError
from sim.experiments.ensemble import Ensemble
from sim.experiments.intervals import (
    LEVEL,
    POWER,
    Interval,
    Range,
    mean_interval,
    range_of,
    replications_for_difference,
    replications_for_width,
)
from sim.experiments.rescue import COUNTED, ESTATES, HOUSEHOLDS, Rescues, count_rescues
from sim.results.folder import write
from sim.results.result import Result
from sim.studies.comparison import tables
from sim.studies.comparison.arms import Arm, at_risk_of, fates_of
from sim.studies.comparison.cost_effect import CostEffect, cost_effect
from sim.studies.comparison.decision import (
    Decision,
    losses_table,
    pairs_table,
    standing,
    standing_table,
)
from sim.text import message

if TYPE_CHECKING:
    import pandas as pd

    from sim.experiments.selection import Standing
    from sim.studies.comparison.withdrawal import Persistence, Withdrawal

KIND = "comparison"


@dataclass(frozen=True)
class Settings:
    """What is asked of the runs of a comparison; `taken` is the level after
    correction for looking more than once.

    ensemble: whose member r replication r had in every arm, None for the parameters of the scenarios.
    """

    outcomes: tuple[str, ...]
    level: float = LEVEL
    taken: float = LEVEL
    differences: tuple[tuple[str, float], ...] = ()
    ensemble: Ensemble | None = None


@dataclass(frozen=True)
class Look:
    """One look of adaptive replications: how many there were, how wide each arm's interval was, and
    whether that was enough."""

    replications: int
    outcome: str
    wanted: float
    widths: dict[str, float]
    enough: bool


class Comparison(Result):
    """Arms run with the same seeds, each compared with the first.

    Tables are pandas DataFrames with units in `attrs["units"]`. Intervals are pointwise and for one arm and
    outcome at a time: among many of them some miss by chance. `interval_level` is the level of each.
    """

    def __init__(
        self,
        arms: list[Arm],
        seeds: tuple[int, ...],
        settings: Settings,
        digest: str,
        executed: int,
        looks: tuple[Look, ...] = (),
        looks_planned: tuple[int, ...] = (),
        decision: Decision | None = None,
    ) -> None:
        """Made by `compare`."""
        self.arms, self.seeds, self.settings = arms, seeds, settings
        self.digest, self.executed = digest, executed
        self.looks, self.looks_planned = looks, looks_planned
        self.decision = decision
        self._standings: dict[str, Standing] = {}
        self._intervals: dict[tuple[str, str], Interval] = {}
        self._costs: dict[str, CostEffect] = {}
        self.withdrawn: list[Withdrawal] = []
        self.after: Persistence | None = None

    def with_looks(self, looks: tuple[Look, ...], planned: tuple[int, ...], executed: int) -> Comparison:
        """The same, knowing at which numbers of replications it was looked at."""
        return Comparison(
            self.arms, self.seeds, self.settings, self.digest, executed, looks, planned, self.decision
        )

    def with_more(self, withdrawn: Sequence[Withdrawal] = (), after: Persistence | None = None) -> Comparison:
        """The same, with the withdrawal tests of its arms and the levels that would
        persist, which are saved with it."""
        comparison = self.with_looks(self.looks, self.looks_planned, self.executed)
        comparison.withdrawn, comparison.after = list(withdrawn), after
        return comparison

    # parts

    @property
    def baseline(self) -> Arm:
        """The arm that the others are compared with."""
        return self.arms[0]

    @property
    def others(self) -> list[Arm]:
        """The arms that are compared with the baseline."""
        return self.arms[1:]

    @property
    def interval_level(self) -> float:
        """The level of every interval, after correction for looking more than once."""
        return self.settings.taken

    @property
    def ensemble(self) -> dict[str, Any] | None:
        """The ensemble that was run over, as manifests state it; None for the parameters of the scenarios."""
        held = self.settings.ensemble
        return held.facts(len(self.seeds)) if held is not None else None

    @property
    def outcomes(self) -> tuple[str, ...]:
        """Names of the outcomes compared, the main one first."""
        return self.settings.outcomes

    def arm(self, name: str) -> Arm:
        """The arm of this name. StudyError if there is none."""
        for arm in self.arms:
            if arm.name == name:
                return arm
        raise StudyError(
            message(
                "problem.instead",
                place="arm",
                found=repr(name),
                allowed=", ".join(arm.name for arm in self.arms),
            )
        )

    # statistics

    def paired(self, name: str, outcome: str) -> np.ndarray:
        """Arm less baseline, one difference for each seed."""
        arm = self.arm(name)
        if outcome not in arm.scalars:
            raise StudyError(
                message(
                    "problem.instead",
                    place="outcome",
                    found=repr(outcome),
                    allowed=", ".join(arm.scalars),
                )
            )
        return np.asarray(arm.scalars[outcome] - self.baseline.scalars[outcome])

    def interval(self, name: str, outcome: str) -> Interval:
        """How precisely the mean paired difference of an outcome is known: its bootstrap interval."""
        if (name, outcome) not in self._intervals:
            self._intervals[name, outcome] = mean_interval(self.paired(name, outcome), self.interval_level)
        return self._intervals[name, outcome]

    def range(self, name: str, outcome: str) -> Range:
        """What an arm may do to an outcome over members and luck: the range of its paired differences."""
        return range_of(self.paired(name, outcome))

    def replications_needed(
        self,
        name: str,
        outcome: str,
        difference: float | None = None,
        width: float | None = None,
        power: float = POWER,
    ) -> int | None:
        """How many replications show `difference` (default: the one found) with probability
        `power`, by its paired spread.

        With `width`: how many make the interval that narrow. None where no number does.
        """
        paired = self.paired(name, outcome)
        spread = float(paired.std(ddof=1))
        if width is not None:
            return replications_for_width(spread, width, self.interval_level)
        asked = (
            dict(self.settings.differences).get(outcome, float(paired.mean()))
            if difference is None
            else difference
        )
        return replications_for_difference(spread, asked, self.interval_level, power)

    def standing_in(self, outcome: str) -> Standing:
        """How the arms stand with one another in an outcome, which are in the order of `arms`.

        StudyError for one that is neither good nor bad.
        """
        if outcome not in self._standings:
            self._standings[outcome] = standing(self, outcome)
        return self._standings[outcome]

    def cost_effect(self, name: str) -> CostEffect:
        """Public cost per estate-year out of the cycle, against the baseline."""
        if name not in self._costs:
            effects = -self.paired(name, "cycle_estate_years")
            self._costs[name] = cost_effect(self.paired(name, "public_cost"), effects, self.interval_level)
        return self._costs[name]

    def same_in_everything(self, name: str) -> bool:
        """Whether an arm's runs have the baseline's every outcome, month by month and estate by estate."""
        arm, base = self.arm(name), self.baseline
        return all(
            np.array_equal(of_arm[one], of_base[one], equal_nan=of_arm[one].dtype.kind == "f")
            for of_arm, of_base in (
                (arm.scalars, base.scalars),
                (arm.series, base.series),
                (arm.estates, base.estates),
            )
            for one in of_arm
        )

    def fate_codes(self, name: str) -> np.ndarray:
        """What became of every estate of an arm (seeds, estates), as positions in `rescue.FATES`."""
        return fates_of(self.baseline, self.arm(name))

    @property
    def at_risk(self) -> np.ndarray:
        """Whether each estate (seeds, estates) is in the cycle in each of the last
        twelve months of the baseline."""
        return at_risk_of(self.baseline)

    def rescued(self, name: str, counted: str = ESTATES) -> Rescues:
        """How many estates an arm rescued and harmed, or how many "households".
        StudyError for anything else."""
        if counted not in COUNTED:
            allowed = message("allowed.one_of_two", one=ESTATES, other=HOUSEHOLDS)
            raise StudyError(
                message("problem.instead", place="counted", found=repr(counted), allowed=allowed)
            )
        households = self.baseline.estates["households"] if counted == HOUSEHOLDS else None
        return count_rescues(self.fate_codes(name), self.at_risk, self.interval_level, households=households)

    # tables

    @cached_property
    def differences(self) -> pd.DataFrame:
        """One row per arm and outcome: both means, the paired difference with its interval, its range over
        pairs, and the replications it needs."""
        return tables.differences(self)

    def by_month(self, series: tuple[str, ...] = tables.MONTHLY) -> pd.DataFrame:
        """One row per arm, series and month: paired difference with its pointwise interval."""
        return tables.by_month(self, series)

    @cached_property
    def by_type(self) -> pd.DataFrame:
        """One row per arm, estate type and measure: paired difference with its interval."""
        return tables.by_group(self, "type")

    @cached_property
    def by_district(self) -> pd.DataFrame:
        """One row per arm, district and measure: paired difference with its interval."""
        return tables.by_group(self, "district")

    @cached_property
    def by_owner(self) -> pd.DataFrame:
        """One row per arm, measure and group of households: all, of each estate type, by who lives in the
        flat and by how its owner decides to pay: paired difference with its interval and range.

        Kinds of owners are left out where the arm's owners are not of the same kinds as the baseline's.
        """
        return tables.by_owner(self)

    @cached_property
    def fates(self) -> pd.DataFrame:
        """One row per arm, seed and estate: what became of it with and without, and whether
        it was rescued or harmed."""
        return tables.fates(self)

    @cached_property
    def rescues(self) -> pd.DataFrame:
        """One row per arm, what is counted ("estates" or "households") and group
        (all, each type, each district; of households also by who lives in the flat and by how its owner
        decides to pay).

        How many were rescued, harmed and neither, a run.
        """
        return tables.rescues(self)

    @cached_property
    def costs(self) -> pd.DataFrame:
        """One row per arm: public cost, estate-years out of the cycle, and the
        price of one, with its verdict.

        `cost` is all public cost more than in the baseline; `state_owned` what of it is
        losses of state-owned companies.
        """
        return tables.costs(self)

    @cached_property
    def spending(self) -> pd.DataFrame:
        """One row per arm, bearer and programme: public money spent a run, and how much
        more than in the baseline.

        In constant prices of the start year. The bearer "state_owned" is what state-owned companies lost.
        """
        return tables.spending(self)

    @cached_property
    def public_cost(self) -> pd.DataFrame:
        """One row per arm, year and bearer: mean yuan of a run as paid, in constant prices and discounted,
        and how much more than in the baseline (columns ending in _more). The bearer "state_owned" is what
        state-owned companies lost."""
        return tables.public_cost(self)

    @cached_property
    def public_cost_ranges(self) -> pd.DataFrame:
        """One row per arm, span of years (each year, spans of several in a long run, the
        whole), bearer and price.

        Mean yuan of a run and how much more than in the baseline, each with the interval of the mean and the
        range over runs (pairs). Bearers that bore nothing are left out; "fiscal_spending" and
        "public_cost" are the sums over bearers.
        """
        return tables.public_cost_ranges(self)

    @cached_property
    def standing(self) -> pd.DataFrame:
        """One row per outcome of which more, or less, is better, and arm: the chance that the arm is best,
        its expected regret, and whether it is in the set that cannot be told apart.

        `shortfall`: by how much its mean is worse than the best one found; `regret`: by how much choosing it
        is expected to miss the best. `advantage_low` and `advantage_high`: its mean less the best of the
        others', larger is better, bounded for all arms together; `advantage_range_low` and
        `advantage_range_high`: by how much it is better in a single pair of runs than the other with the best
        mean. `replications_more`: how many more would
        separate it from the best. `note` says why there is no chance.
        """
        return standing_table(self)

    @cached_property
    def pairs(self) -> pd.DataFrame:
        """One row per outcome and pair of arms: the paired difference, with the interval and the range that
        every difference has, and bounds for all pairs together (`adjusted_low`, `adjusted_high`)."""
        return pairs_table(self)

    @cached_property
    def losses(self) -> pd.DataFrame:
        """One row per outcome of the city, and measure of a type, district or kind of owner, that is worse
        with the best arm.

        Worse than with the baseline; where the baseline is best, than with the second. `seen`: whether the
        mean is known well enough to say so.
        """
        return losses_table(self)

    @cached_property
    def plane(self) -> pd.DataFrame:
        """One row per arm and seed: cost and effect, the points of the cost-effectiveness plane."""
        return tables.plane(self)

    def acceptability(
        self, prices: np.ndarray | None = None, against: str = "all", over: str = tables.MEANS
    ) -> pd.DataFrame:
        """By willingness to pay for an estate-year out of the cycle (yuan): how often each arm is worth most.

        `over`: "means": the chance that it is worth most on average, which goes to 0 or 1 with replications
        (NaN under five); "pairs": in what share of pairs of member and seed it is, which does not. `against`:
        "all" arms and the baseline, which has a column too, or the "baseline" alone, one arm at a time.
        """
        return tables.acceptability_table(self, prices, against, over)

    # files

    @property
    def key(self) -> str:
        """Sixteen hex digits that name the runs and what was asked of them."""
        asked: list[Any] = [self.digest, list(self.seeds), repr(self.settings), self.looks_planned]
        if self.decision is not None:
            asked.append([self.decision.outcome, list(self.decision.planned)])
        text = json.dumps(asked)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @property
    def withdrawal(self) -> pd.DataFrame | None:
        """One row per scenario and programme that a withdrawal test was made of; None without one."""
        import pandas as pd

        if not self.withdrawn:
            return None
        parts = [one.table.assign(scenario=one.scenario.name) for one in self.withdrawn]
        frame = pd.concat(parts, ignore_index=True)
        frame.attrs["units"] = self.withdrawn[0].table.attrs["units"]
        return frame

    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table by name."""
        frames = {
            "differences": self.differences,
            "by_month": self.by_month(),
            "by_type": self.by_type,
            "by_district": self.by_district,
            "by_owner": self.by_owner,
            "rescues": self.rescues,
            "fates": self.fates,
            "costs": self.costs,
            "plane": self.plane,
            "spending": self.spending,
            "public_cost": self.public_cost,
            "public_cost_ranges": self.public_cost_ranges,
            "standing": self.standing,
            "pairs": self.pairs,
            "losses": self.losses,
            "acceptability": self.acceptability().reset_index(),
            "acceptability_pairs": self.acceptability(over=tables.PAIRS).reset_index(),
        }
        if self.withdrawal is not None:
            frames["withdrawal"] = self.withdrawal
        if self.after is not None:
            frames["after"] = self.after.table
        return frames

    def save(self, folder: Path | str) -> Path:
        """Write every table as Parquet and CSV, and `manifest.json` last; returns the folder.

        ResultError if it holds another result, or if that fails.
        """
        return write(Path(folder), KIND, self.key, tables.manifest(self), self.tables())
