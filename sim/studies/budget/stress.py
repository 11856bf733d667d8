"""How packages stand uncertain parameters: regret, satisficing share, and where the recommended one fails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.stats import qmc

from sim.errors import StudyError
from sim.experiments.extras import extra
from sim.experiments.unmeasured import unmeasured
from sim.results.engines import PlannedRun, planned_runs_of
from sim.scenario import Scenario, with_overrides
from sim.studies.budget.package_value import Runs
from sim.text import message

if TYPE_CHECKING:
    import pandas as pd

GAIN = 0.25  # part of the estates in the cycle that a package must get out of it, to do well enough
LEAVES = 4
LEAST_LEAF = 4  # futures


@dataclass(frozen=True)
class Failing:
    """A region of the futures in which a package fails: bounds by parameter (low, high; infinite where open).

    density: share of its futures that fail; coverage: share of all failing futures that lie in it;
    futures: how many it has.
    """

    bounds: tuple[tuple[str, float, float], ...]
    density: float
    coverage: float
    futures: int


@dataclass(frozen=True, eq=False)
class Stress:
    """Packages tried in the same futures. futures: (futures, parameters); in_cycle: (packages, futures);
    nothing: (futures,) the share of estates in the cycle in the last year without a package. confirmed: in
    how many of how many other futures, none of which had a part in choosing it, the best
    package does well enough.
    """

    keys: tuple[str, ...]
    futures: np.ndarray
    in_cycle: np.ndarray
    nothing: np.ndarray
    regions: tuple[Failing, ...]
    confirmed: tuple[int, int] = (0, 0)

    @property
    def regret(self) -> np.ndarray:
        """In-cycle share less that of the best package in the same future (packages, futures)."""
        return np.asarray(self.in_cycle - self.in_cycle.min(axis=0))

    @property
    def enough(self) -> np.ndarray:
        """Whether a package gets GAIN of the estates that would be in the cycle out
        of it (packages, futures)."""
        return np.asarray(self.in_cycle <= (1 - GAIN) * self.nothing)

    @property
    def satisficing(self) -> np.ndarray:
        """Share of futures in which each package does well enough."""
        return np.asarray(self.enough.mean(axis=1))

    @property
    def best(self) -> int:
        """The package that does well enough most often; among equals the one with the least worst
        regret, then the cheaper."""
        return _best(self.satisficing, self.regret)

    def tables(self, numbers: Sequence[int]) -> dict[str, pd.DataFrame]:
        """`robustness`: one row a package; `futures`: one row a future, with its parameters
        and the in-cycle shares."""
        import pandas as pd

        regret = self.regret
        robust = pd.DataFrame(
            {
                "package": list(numbers),
                "satisficing": self.satisficing,
                "worst_regret": regret.max(axis=1),
                "mean_regret": regret.mean(axis=1),
            }
        )
        futures = pd.DataFrame(self.futures, columns=list(self.keys)).assign(nothing=self.nothing)
        return {
            "robustness": robust,
            "futures": futures.assign(
                **{f"package_{n}": row for n, row in zip(numbers, self.in_cycle, strict=True)}
            ),
        }


def _best(satisficing: np.ndarray, regret: np.ndarray) -> int:
    return int(np.lexsort((regret.max(axis=1), -satisficing))[0])


def check_futures(futures: int) -> None:
    """StudyError for a stress test in so few futures that nothing could be told apart."""
    if futures < 0 or futures == 1:
        raise StudyError(message("budget.error.futures", found=futures))


def stress_test(
    base: Scenario, packages: Sequence[Scenario], futures: int, run: Runs, design_seed: int, seed: int
) -> Stress:
    """Run nothing and every package in `futures` points of a Latin hypercube over `unmeasured()`,
    all with the same `seed`.

    The best of them then meets as many other futures under another seed, since
    those that chose it flatter it.
    """
    keys = tuple(unmeasured())
    points = _futures(futures, design_seed)
    nothing, *others = _shares([base, *packages], points, seed, run)
    in_cycle = np.array(others)
    enough = in_cycle <= (1 - GAIN) * nothing
    best = _best(enough.mean(axis=1), in_cycle - in_cycle.min(axis=0))
    without, chosen = _shares([base, packages[best]], _futures(futures, design_seed + 1), seed + 1, run)
    confirmed = int((chosen <= (1 - GAIN) * without).sum()), futures
    return Stress(keys, points, in_cycle, nothing, failing_regions(keys, points, ~enough[best]), confirmed)


def _futures(number: int, seed: int) -> np.ndarray:
    """Points (futures x parameters) of a Latin hypercube over the plausible ranges
    of unmeasured parameters."""
    low, high = np.array(list(unmeasured().values())).T
    return np.asarray(
        low + (high - low) * qmc.LatinHypercube(d=low.size, rng=np.random.default_rng(seed)).random(number)
    )


def _shares(scenarios: Sequence[Scenario], points: np.ndarray, seed: int, run: Runs) -> list[np.ndarray]:
    """Share of estates in the cycle in the last year, one row a scenario, one value a future."""
    planned: list[PlannedRun] = []
    for scenario in scenarios:
        for point in points.tolist():
            changes = dict(zip(unmeasured(), point, strict=True))
            planned += planned_runs_of(with_overrides(scenario, changes), [seed], changes)
    cycle_shares = np.array([summary.scalars["cycle_share_last_year"] for _, summary in run(planned)])
    return list(cycle_shares.reshape(len(scenarios), -1))


def failing_regions(keys: Sequence[str], points: np.ndarray, fails: np.ndarray) -> tuple[Failing, ...]:
    """Where failures lie, as the leaves of a small decision tree in which most futures fail; none
    if all or no futures fail.

    A tree rather than PRIM: scikit-learn is maintained for our versions of NumPy and pandas, its leaves do
    not overlap, and a leaf is read as one sentence.
    """
    tree_module = extra("sklearn.tree", message("budget.discovery"))
    if fails.all() or not fails.any():
        return ()
    tree = tree_module.DecisionTreeClassifier(
        max_leaf_nodes=LEAVES, min_samples_leaf=LEAST_LEAF, class_weight="balanced", random_state=0
    )
    tree.fit(points, fails)
    leaves = tree.apply(points)
    regions = []
    for leaf, bounds in _leaf_bounds(tree.tree_):
        inside = leaves == leaf
        if fails[inside].mean() > 0.5 and bounds:
            sides = tuple((keys[feature], low, high) for feature, (low, high) in sorted(bounds.items()))
            regions.append(
                Failing(
                    sides,
                    float(fails[inside].mean()),
                    float(fails[inside].sum() / fails.sum()),
                    int(inside.sum()),
                )
            )
    return tuple(sorted(regions, key=lambda one: -one.coverage))


def _leaf_bounds(tree: Any) -> list[tuple[int, dict[int, tuple[float, float]]]]:
    """Every leaf of a fitted tree with the bounds on features that lead to it."""
    leaves: list[tuple[int, dict[int, tuple[float, float]]]] = []
    waiting: list[tuple[int, dict[int, tuple[float, float]]]] = [(0, {})]
    while waiting:
        node, bounds = waiting.pop()
        left, right = int(tree.children_left[node]), int(tree.children_right[node])
        if left == right:
            leaves.append((node, bounds))
            continue
        feature, limit = int(tree.feature[node]), float(tree.threshold[node])
        low, high = bounds.get(feature, (-np.inf, np.inf))
        waiting.append((left, bounds | {feature: (low, min(high, limit))}))
        waiting.append((right, bounds | {feature: (max(low, limit), high)}))
    return leaves
