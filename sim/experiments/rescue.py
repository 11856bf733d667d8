"""Estate by estate: what would have become of it without the policy, and whether the policy rescued or harmed it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from sim.errors import StudyError
from sim.experiments.arms import Arm
from sim.experiments.intervals import (
    LEVEL,
    RESAMPLES,
    Interval,
    design_effect,
    mean_intervals,
    paired_exact,
    wilson,
)
from sim.units import MONTHS_PER_YEAR

# What became of an estate, compared with the same estate under the same luck in the baseline. Codes are positions.
FATES = ("unchanged", "rescued", "harmed")
UNCHANGED, RESCUED, HARMED = range(3)
# "end": in the cycle (spiralling or collapsed) in the last month of one arm and not of the other.
# "months": at least a year fewer or more months in the cycle over the whole run.
RULES = ("end", "months")
RARE_CHANGES = 20  # estates rescued or harmed, all seeds together
RARE_SEEDS = 5  # seeds in which any estate was


def fates_of(baseline: Arm, arm: Arm, rule: str = "end") -> np.ndarray:
    """FATES of every estate (seeds, estates), int8. StudyError for an unknown rule."""
    if rule not in RULES:
        raise StudyError(f"rule: found {rule!r}, allowed {' or '.join(RULES)}")
    if rule == "end":
        before, after = baseline.in_cycle, arm.in_cycle
        rescued, harmed = before & ~after, after & ~before
    else:
        fewer = baseline.estates["cycle_months"].astype(np.int64) - arm.estates["cycle_months"]
        rescued, harmed = fewer >= MONTHS_PER_YEAR, fewer <= -MONTHS_PER_YEAR
    return np.where(rescued, RESCUED, np.where(harmed, HARMED, UNCHANGED)).astype(np.int8)


@dataclass(frozen=True)
class Rescues:
    """How many estates a policy rescued and harmed, a run (means over seeds) and in all.

    rescued, harmed, unchanged, estates: numbers of estates a run. rescued_interval, harmed_interval: bootstrap over seeds.
    net: (rescued - harmed) / estates, with net_interval by bootstrap over seeds and net_exact the exact paired interval, which
    takes estates as independent. at_risk: estates a run that were in the cycle in the baseline (under the rule "months": for a
    year or more); share_rescued of them, with Wilson's interval widened by how much seeds differ. trusted: False where changes
    are too rare for the bootstrap.
    """

    rescued: float
    harmed: float
    estates: float
    seeds: int
    all_rescued: int
    all_harmed: int
    at_risk: float
    rescued_interval: Interval
    harmed_interval: Interval
    net_interval: Interval
    net_exact: Interval
    share_interval: Interval
    changed_seeds: int

    def of(self, estates: float) -> Rescues:
        """The same counts as shares of another number of estates a run."""
        factor = self.estates / estates
        net, exact = (
            Interval(one.low * factor, one.high * factor, one.level, one.note)
            for one in (self.net_interval, self.net_exact)
        )
        return replace(self, estates=estates, net_interval=net, net_exact=exact)

    @property
    def unchanged(self) -> float:
        """Estates a run that fared the same."""
        return self.estates - self.rescued - self.harmed

    @property
    def net(self) -> float:
        """Rescued less harmed, of all estates."""
        return (self.rescued - self.harmed) / self.estates

    @property
    def share_rescued(self) -> float:
        """Rescued, of the estates that were in the cycle in the baseline."""
        return self.rescued / self.at_risk if self.at_risk else math.nan

    @property
    def trusted(self) -> bool:
        """Whether enough estates in enough seeds changed for a bootstrap interval to mean something, or none did."""
        changed = self.all_rescued + self.all_harmed
        return changed == 0 or (changed >= RARE_CHANGES and self.changed_seeds >= min(RARE_SEEDS, self.seeds))


def count_rescues(
    fates: np.ndarray, at_risk: np.ndarray, level: float = LEVEL, resamples: int = RESAMPLES
) -> Rescues:
    """Count fates (seeds, estates) of some estates; `at_risk`: whether each was in the cycle in the baseline."""
    seeds, estates = fates.shape
    rescued, harmed = (fates == RESCUED).sum(axis=1), (fates == HARMED).sum(axis=1)
    columns = np.stack([rescued, harmed, (rescued - harmed) / estates], axis=1).astype(np.float64)
    first, second, net = mean_intervals(columns, level, resamples)
    every, lost, risky = int(rescued.sum()), int(harmed.sum()), at_risk.sum(axis=1)
    spread = design_effect(rescued, risky)
    return Rescues(
        every / seeds,
        lost / seeds,
        estates,
        seeds,
        every,
        lost,
        float(risky.mean()),
        first,
        second,
        net,
        paired_exact(every, lost, seeds * estates, level),
        wilson(every, int(risky.sum()), level, spread),
        int(((rescued + harmed) > 0).sum()),
    )


def at_risk_of(baseline: Arm, rule: str) -> np.ndarray:
    """Estates (seeds, estates) that a policy could rescue under a rule."""
    if rule == "end":
        return baseline.in_cycle
    return np.asarray(baseline.estates["cycle_months"] >= MONTHS_PER_YEAR)
