"""Estate by estate: what would have become of it without the policy, and whether
the policy rescued or harmed it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from sim.experiments.intervals import (
    FEW,
    LEAST_PAIRS,
    LEVEL,
    NO_RANGE,
    RESAMPLES,
    Interval,
    Range,
    design_effect,
    mean_intervals,
    paired_exact,
    range_of,
    wilson,
)
from sim.units import MONTHS_PER_YEAR

# What became of an estate, compared with the same estate under the same luck in the baseline. Codes are
# positions.
FATES = ("neither", "rescued", "harmed")
NEITHER, RESCUED, HARMED = range(3)
ESTATES, HOUSEHOLDS = "estates", "households"
COUNTED = (ESTATES, HOUSEHOLDS)
RARE_CHANGES = 20  # estates rescued or harmed, all seeds together
RARE_SEEDS = 5  # seeds in which any estate was


def fates_by_months(without: np.ndarray, within: np.ndarray, months: int) -> np.ndarray:
    """FATES (int8) of estates by how many of the last twelve months each was in the cycle,
    without and with a policy.

    Rescued: in the cycle in each of them without it and out of it in each with it; harmed: the reverse; all
    else is neither.
    `months`: of the run; where it is shorter than a year, each of its months counts.
    """
    year = min(months, MONTHS_PER_YEAR)
    rescued = (without == year) & (within == 0)
    harmed = (without == 0) & (within == year)
    return np.where(rescued, RESCUED, np.where(harmed, HARMED, NEITHER)).astype(np.int8)


@dataclass(frozen=True)
class Rescues:
    """How many estates, or the households in them, a policy rescued and harmed, a run
    (means over seeds) and in all.

    rescued, harmed, neither, estates: numbers a run, of households where those were counted.
    rescued_interval, harmed_interval: bootstrap over seeds; rescued_range, harmed_range: of single pairs.
    net: (rescued - harmed) / estates, with net_interval by bootstrap over seeds and net_exact the exact
    paired interval, which takes estates as independent (none for households, who share their estate's fate).
    at_risk: those a run that were in the cycle in each of the last twelve months in the baseline;
    share_rescued of them, with Wilson's interval widened by how much seeds differ, which under five seeds
    nobody knows (then it has none). all_rescued, all_harmed, changed_estates: over all seeds. trusted:
    False where changes are too rare for the bootstrap.
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
    changed_estates: int
    rescued_range: Range = NO_RANGE
    harmed_range: Range = NO_RANGE

    def of(self, estates: float) -> Rescues:
        """The same counts as shares of another number of estates a run."""
        factor = self.estates / estates
        net, exact = (
            Interval(one.low * factor, one.high * factor, one.level, one.note)
            for one in (self.net_interval, self.net_exact)
        )
        return replace(self, estates=estates, net_interval=net, net_exact=exact)

    @property
    def neither(self) -> float:
        """Those a run that were neither rescued nor harmed."""
        return self.estates - self.rescued - self.harmed

    @property
    def net(self) -> float:
        """Rescued less harmed, of all estates."""
        return (self.rescued - self.harmed) / self.estates

    @property
    def share_rescued(self) -> float:
        """Rescued, of those that were in the cycle in the baseline."""
        return self.rescued / self.at_risk if self.at_risk else math.nan

    @property
    def trusted(self) -> bool:
        """Whether enough estates in enough seeds changed for a bootstrap interval
        to mean something, or none did."""
        changed = self.changed_estates
        return changed == 0 or (changed >= RARE_CHANGES and self.changed_seeds >= min(RARE_SEEDS, self.seeds))


def count_rescues(
    fates: np.ndarray,
    at_risk: np.ndarray,
    level: float = LEVEL,
    resamples: int = RESAMPLES,
    households: np.ndarray | None = None,
) -> Rescues:
    """Count fates (seeds, estates) of some estates; `at_risk`: whether each was in the cycle in the baseline.

    `households` of each estate (seeds, estates): count those instead of estates.
    """
    seeds, estates = fates.shape
    weights = np.ones_like(fates, np.int64) if households is None else households.astype(np.int64)
    gained, hurt = fates == RESCUED, fates == HARMED
    rescued, harmed = ((mask * weights).sum(axis=1) for mask in (gained, hurt))
    risky, sizes = (at_risk * weights).sum(axis=1), weights.sum(axis=1)
    of_all = np.divide(rescued - harmed, sizes, out=np.full(seeds, math.nan), where=sizes > 0)
    columns = np.stack([rescued, harmed, of_all], axis=1).astype(np.float64)
    first, second, net = mean_intervals(columns, level, resamples)
    every, lost = int(rescued.sum()), int(harmed.sum())
    together = (design_effect(rescued, sizes), design_effect(harmed, sizes))
    exact = (
        paired_exact(every, lost, seeds * estates, level, together, seeds)
        if households is None
        else Interval(math.nan, math.nan, level, "")
    )
    # the households of an estate share its fate: so many of them tell no more than one (Kish 1965, unequal
    # weights)
    total = int(risky.sum())
    alike = (at_risk * weights**2).sum() / total if total else 1.0
    share = (
        wilson(every, total, level, max(design_effect(rescued, risky), alike))
        if seeds >= LEAST_PAIRS
        else Interval(math.nan, math.nan, level, FEW)
    )
    changed = gained | hurt
    return Rescues(
        every / seeds,
        lost / seeds,
        float(sizes.mean()),
        seeds,
        every,
        lost,
        float(risky.mean()),
        first,
        second,
        net,
        exact,
        share,
        int(changed.any(axis=1).sum()),
        int(changed.sum()),
        range_of(rescued),
        range_of(harmed),
    )
