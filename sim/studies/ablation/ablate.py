"""Which feedback loop is the trap: every loop off in turn and in pairs, with the
same seeds as all of them on.

Rules that a scenario has switched on (`mechanisms`) are taken away one by one too,
to see what they explain; not in pairs, of which there would be a hundred and more."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from sim.arguments import how_many, seeds_of, settings_of, truth, whole
from sim.errors import StudyError
from sim.experiments.ensemble import planned_runs_over
from sim.experiments.intervals import CONSTANT, Interval, Range, mean_interval, range_of
from sim.experiments.workplace import Keywords, Workplace, run_planned, workplace_of
from sim.no_effect import tell_no_effect
from sim.results.result import Result
from sim.results.saved import key_of, save_found
from sim.scenario import Scenario, load, with_overrides
from sim.scenario.overrides import with_arguments
from sim.size import MADE, MADE_OF_MEMBER, check_list
from sim.text import message
from sim.units import MONTHS_PER_YEAR

if TYPE_CHECKING:
    import pandas as pd

REPLICATIONS = 12
CITY = "city"  # the group of all estates


@dataclass(frozen=True, eq=False)
class Ablated:
    """Loops or mechanisms that are off together. change: cycle share of the last year less that with all
    loops on, by group, one a seed."""

    off: tuple[str, ...]
    change: Mapping[str, np.ndarray]

    def mean(self, group: str) -> float:
        """Mean change; negative where fewer estates are in the cycle."""
        return float(self.change[group].mean())


class Ablation(Result):
    """What `ablate` found."""

    def __init__(
        self,
        scenario: Scenario,
        loops: Sequence[str],
        base: Mapping[str, np.ndarray],
        arms: Sequence[Ablated],
        seeds: Sequence[int],
        level: float,
        executed: int,
        digest: str,
        asked: Mapping[str, Any] | None = None,
        mechanisms: Sequence[str] = (),
    ) -> None:
        """Made by `ablate` (`asked`: with what options); `base` is the cycle share with the scenario's
        loops on, by group, one a seed."""
        self.scenario, self.base, self.arms = scenario, dict(base), list(arms)
        self.loops, self.mechanisms = tuple(loops), tuple(mechanisms)
        self.seeds, self.level, self.executed, self.digest = tuple(seeds), level, executed, digest
        self.asked = dict(asked or {})
        self._of = {one.off: one for one in arms}

    @property
    def groups(self) -> list[str]:
        """ "city", then the estate types that have estates."""
        return list(self.base)

    @property
    def switches(self) -> tuple[str, ...]:
        """What was taken away: the loops, then the mechanisms."""
        return (*self.loops, *self.mechanisms)

    def arm(self, *off: str) -> Ablated:
        """The arm in which these loops and mechanisms are off; KeyError if there is none."""
        return self._of[tuple(name for name in self.switches if name in off)]

    def interval(self, off: tuple[str, ...], group: str = CITY) -> Interval:
        """Bootstrap interval of the mean paired change."""
        return mean_interval(self.arm(*off).change[group], self.level)

    def range(self, off: tuple[str, ...], group: str = CITY) -> Range:
        """What may happen over members and luck: the range of the paired changes."""
        return range_of(self.arm(*off).change[group])

    def beyond_sum(self, first: str, second: str, group: str = CITY) -> np.ndarray:
        """What taking both away does beyond the sum of what each does alone, one a seed
        (positive: they overlap)."""
        alone = self.arm(first).change[group] + self.arm(second).change[group]
        return np.asarray(self.arm(first, second).change[group] - alone)

    @property
    def table(self) -> pd.DataFrame:
        """One row for each arm and group: what is off and how many of loops and mechanisms that are
        (`switched_off`), cycle share with all on, its change, the paired interval and the range over pairs
        of runs, and of two off what that does beyond the sum of each alone."""
        import pandas as pd

        rows: list[dict[str, Any]] = []
        for group in self.groups:
            for arm in self.arms:
                interval = mean_interval(arm.change[group], self.level)
                row = {
                    "group": group,
                    "off": "+".join(arm.off),
                    "switched_off": len(arm.off),
                    "base": float(self.base[group].mean()),
                    "change": arm.mean(group),
                    "low": interval.low,
                    "high": interval.high,
                    "note": interval.note,
                    **self.range(arm.off, group).columns(),
                }
                if len(arm.off) == 2 and set(arm.off) != set(self.loops):
                    extra = self.beyond_sum(*arm.off, group=group)
                    interval_beyond, held = mean_interval(extra, self.level), range_of(extra)
                    row |= {
                        "beyond_sum": float(extra.mean()),
                        "beyond_low": interval_beyond.low,
                        "beyond_high": interval_beyond.high,
                        "beyond_range_low": held.low,
                        "beyond_range_high": held.high,
                    }
                rows.append(row)
        frame = pd.DataFrame(rows)
        ends = ("low", "high", "range_low", "range_high")
        numbers = ("base", "change", *ends, "beyond_sum", *(f"beyond_{end}" for end in ends))
        frame.attrs["units"] = {"pairs": "pairs"} | dict.fromkeys(numbers, "share of estates")
        return frame

    def trap(self, group: str = CITY) -> str | None:
        """The loop whose absence alone lowers the cycle share most; None where no single
        loop lowers it beyond doubt.

        Bonferroni: the best of k loops is judged at a k-th of the error, since it was
        chosen for being the best.
        """
        singles = [one for one in self.arms if len(one.off) == 1 and one.off[0] in self.loops]
        best = min(singles, key=lambda one: one.mean(group))
        interval = mean_interval(best.change[group], 1 - (1 - self.level) / len(singles))
        surely = interval.exists and interval.high < 0
        same_for_all = interval.note == CONSTANT and best.mean(group) < 0
        return best.off[0] if surely or same_for_all else None

    @property
    def key(self) -> str:
        """Sixteen hex digits that name what was asked, of which model, and what the runs came to."""
        return key_of(self)

    def tables(self) -> dict[str, pd.DataFrame]:
        """The table by its name."""
        return {"ablation": self.table}

    def save(self, folder: Path | str) -> Path:
        """Write every table, the whole result, and `manifest.json` last; `sim.load_result` reads it.
        ResultError if that fails."""
        return save_found(self, folder)


def ablate(
    scenario: Scenario | str | Path,
    *,
    replications: int = REPLICATIONS,
    seeds: Sequence[int] | None = None,
    months: int | None = None,
    pairs: bool = True,
    mechanisms: bool = True,
    overrides: Mapping[str, Any] | None = None,
    workplace: Workplace | None = None,
    **at: Unpack[Keywords],
) -> Ablation:
    """Run a scenario with every loop that it has on off in turn, in pairs (unless `pairs` is
    False), and with none on.

    A loop that is off stays at its starting value; mechanisms that the scenario has on are taken away one by
    one too (unless `mechanisms` is False).
    All arms have the same seeds, and changes of the cycle share (estates spiralling or collapsed, mean over
    the last year) are paired. `workplace` and its fields as
    keywords: see Workplace (with an ensemble, replication r has its member r in every arm). Raises
    EstateError: no loop on, fewer than two seeds, or a run without a result.
    """
    workplace = workplace_of("ablate", workplace, at)
    replications = whole("replications", replications)
    number = replications if seeds is None else how_many(seeds)
    pairs, mechanisms = truth("pairs", pairs), truth("mechanisms", mechanisms)
    loaded = scenario if isinstance(scenario, Scenario) else load(scenario)
    base = with_arguments(loaded, settings_of(overrides), months=months)
    tell_no_effect([base], [scenario])
    loops = [name for name, on in base.loops.model_dump().items() if on]
    rules = [name for name, on in base.mechanisms.model_dump().items() if on] if mechanisms else []
    ways = 2 + len(loops) + len(rules) + (math.comb(len(loops), 2) if pairs else 0)
    made_of = message("size.arms", arms=ways, replications=f"{number:,}")
    check_list("replications", ways * number, MADE if workplace.ensemble is None else MADE_OF_MEMBER, made_of)
    used = seeds_of(seeds) if seeds is not None else list(range(1, replications + 1))
    if not loops:
        none, needed = message("ablation.no_loop"), message("ablation.a_loop")
        raise StudyError(message("problem.instead", place=f"{base.name}: loops", found=none, allowed=needed))
    if len(set(used)) < max(2, len(used)):
        alike = message("ablation.seeds", different=len(set(used)), seeds=len(used))
        needed = message("ablation.different_seeds")
        raise StudyError(message("problem.instead", place="seeds", found=alike, allowed=needed))
    combos: list[tuple[str, ...]] = [(name,) for name in loops + rules]
    combos += combinations(loops, 2) if pairs else ()
    if tuple(loops) not in combos:
        combos.append(tuple(loops))
    members = workplace.members()
    planned_runs = planned_runs_over(base, used, members)
    for off in combos:
        keys = {f"{'loops' if name in loops else 'mechanisms'}.{name}": False for name in off}
        planned_runs += planned_runs_over(with_overrides(base, keys), used, members, keys)
    results = run_planned(planned_runs, workplace)
    cycle_shares = [_cycle_shares(summary) for _, summary in results]
    shares_by_arm = [
        {
            group: np.array([one[group] for one in cycle_shares[i : i + len(used)]])
            for group in cycle_shares[0]
        }
        for i in range(0, len(cycle_shares), len(used))
    ]
    kept = [group for group in shares_by_arm[0] if not np.isnan(shares_by_arm[0][group]).any()]
    ablated = [
        Ablated(off, {group: arm[group] - shares_by_arm[0][group] for group in kept})
        for off, arm in zip(combos, shares_by_arm[1:], strict=True)
    ]
    return Ablation(
        base,
        loops,
        {group: shares_by_arm[0][group] for group in kept},
        ablated,
        used,
        workplace.interval_level,
        results.executed,
        results.digest(),
        {
            "seeds": used,
            "pairs": pairs,
            "mechanisms": mechanisms,
            "level": workplace.interval_level,
            "ensemble": members,
        },
        rules,
    )


def _cycle_shares(summary: Any) -> dict[str, float]:
    """Share of estates in the cycle over the last year, of the city and each type (NaN for
    a type without estates)."""
    last = slice(max(1, summary.months - MONTHS_PER_YEAR + 1), summary.months + 1)
    by_type = summary.by_type["cycle"][:, last].astype(np.float64).mean(axis=1)
    shares = {
        name: float(value) if math.isfinite(value) else math.nan
        for name, value in zip(summary.types, by_type, strict=True)
    }
    return {CITY: float(summary.scalars["cycle_share_last_year"])} | shares


def again(saved: Ablation, workplace: Workplace) -> Ablation:
    """A saved one carried out once more."""
    return ablate(saved.scenario, **saved.asked, workplace=workplace)
