"""From the outcomes of a design to sensitivity measures (SALib), refusing whatever SALib
would turn into silent zeros."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import stats

from sim.errors import StudyError
from sim.experiments.intervals import LEAST_PAIRS, Range, mean_interval, range_of
from sim.experiments.plan import Axis, problem_of, unit_points
from sim.experiments.study_file import SCENARIO_FACTOR, Study
from sim.model.parameters import PARAMETERS
from sim.results.outcomes import OUTCOMES
from sim.text import message

if TYPE_CHECKING:
    import pandas as pd

MORRIS, SOBOL = "morris", "sobol"
BOOTSTRAPS = 1000
CONSTANT = "outcome does not vary"


@dataclass(frozen=True, eq=False)
class Analysis:
    """One method over one design.

    points: the factor values of every point. values: by outcome, (points, replications) float64, none
    missing. rows: the measures, one per factor and outcome. noise: by outcome, the share of the variance
    between points that other seeds would replace (NaN with one replication). ranges: by outcome, that of
    all runs, for an analysis that has only the means of its points.
    """

    method: str
    study: Study
    axes: list[Axis]
    points: list[dict[str, Any]]
    values: dict[str, np.ndarray]
    rows: list[dict[str, Any]]
    noise: dict[str, float]
    level: float
    digest: str
    executed: int
    ranges: Mapping[str, Range] = field(default_factory=dict)

    @property
    def main(self) -> str:
        """The column by which parameters are ranked."""
        return "mean_size" if self.method == MORRIS else "total"

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row per parameter and outcome, largest first within an outcome.

        Morris: mean_effect is the mean change of the outcome over the parameter's whole range, signed;
        mean_size without its sign, so that ups and downs do not cancel; spread is how much the effect depends
        on the other parameters. Sobol: first is the share of variance that the parameter is answerable for
        alone, total with all it does together with others; direction is its rank correlation with the
        outcome. Bounds end in _low and _high; there are none under five trajectories or base points.
        range_low to range_high is the change in single pairs of runs that differ in the parameter alone.
        """
        import pandas as pd

        frame = pd.DataFrame(self.rows)
        order = {outcome: place for place, outcome in enumerate(self.study.outcomes)}
        ranked = frame.assign(_place=frame["outcome"].map(order)).sort_values(
            ["_place", self.main], ascending=[True, False], kind="stable"
        )
        frame = ranked.drop(columns="_place").reset_index(drop=True)
        unit = "unit of the outcome" if self.method == MORRIS else "share of variance"
        columns = [
            name
            for name in frame
            if str(name).startswith(("mean_", "first", "total", "spread", "range_l", "range_h"))
        ]
        frame.attrs["units"] = dict.fromkeys(columns, unit) | {
            "low": "unit of the parameter",
            "high": "unit of the parameter",
        }
        return frame

    @cached_property
    def point_table(self) -> pd.DataFrame:
        """One row per point: its factors and the mean of every outcome over the replications."""
        import pandas as pd

        frame = pd.DataFrame(self.points)
        for outcome, values in self.values.items():
            frame[outcome] = values.mean(axis=1)
        frame.attrs["units"] = {outcome: OUTCOMES[outcome].unit for outcome in self.values}
        return frame

    @cached_property
    def outcome_table(self) -> pd.DataFrame:
        """One row per outcome: between what ends its single runs lie, over all points of
        the design and all replications."""
        import pandas as pd

        rows = [
            {"outcome": outcome, "unit": OUTCOMES[outcome].unit} | self.range_of_runs(outcome).columns()
            for outcome in self.study.outcomes
        ]
        return pd.DataFrame(rows)

    def range_of_runs(self, outcome: str) -> Range:
        """Between what ends the single runs of all points lie; as saved where this was read
        from a folder that says it."""
        return self.ranges[outcome] if outcome in self.ranges else range_of(self.values[outcome])

    @property
    def tells_ranges(self) -> bool:
        """Whether it knows those ranges; one read from a folder of before they were saved does not."""
        return all(self.range_of_runs(outcome).pairs for outcome in self.study.outcomes)

    def foremost(self, number: int) -> list[str]:
        """The `number` parameters that move any outcome most, each outcome's
        largest effect counting as one."""
        table = self.table
        largest = table.groupby("outcome")[self.main].transform("max")
        relative = (table[self.main] / largest.where(largest > 0)).fillna(0.0)
        return list(
            relative.groupby(table["parameter"], sort=False)
            .max()
            .sort_values(ascending=False, kind="stable")
            .index[:number]
        )


def analyse(
    study: Study,
    axes: Sequence[Axis],
    points: list[dict[str, Any]],
    values: Sequence[Sequence[Any]],
    level: float,
    digest: str = "",
    executed: int = 0,
) -> Analysis:
    """Analyse the outcomes of a morris or sobol study: `values` has a row a run, a column an
    outcome, in the study's order.

    StudyError if an outcome has no value in some run, or a factor has steps (levels of
    names) rather than a range.
    """
    for axis in axes:
        if axis.key == SCENARIO_FACTOR or any(isinstance(one, str | bool) for one in axis.levels):
            levels, allowed = message("sensitivity.found.names"), message("sensitivity.allowed.range")
            raise StudyError(message("problem.instead", place=axis.key, found=levels, allowed=allowed))
    by_outcome = _complete(study, values, len(points))
    unit = unit_points(study.design, len(axes))
    measure = _morris if study.design.kind == MORRIS else _sobol
    rows = []
    for outcome, runs in by_outcome.items():
        analysis = measure(study, axes, unit, runs, level, OUTCOMES[outcome].unit == "share")
        rows += [_head(axis, outcome) | row for axis, row in zip(axes, analysis, strict=True)]
    noise = {outcome: noise_of(runs) for outcome, runs in by_outcome.items()}
    return Analysis(
        study.design.kind, study, list(axes), points, by_outcome, rows, noise, level, digest, executed
    )


def _complete(study: Study, values: Sequence[Sequence[Any]], points: int) -> dict[str, np.ndarray]:
    table = np.array([[math.nan if one is None else one for one in row] for row in values], np.float64)
    if table.shape != (points * study.replications, len(study.outcomes)):
        complete = message("sensitivity.found.runs", number=len(values))
        allowed = message("sensitivity.allowed.all_runs", runs=points * study.replications)
        where = message("sensitivity.place.study", name=study.name)
        raise StudyError(message("problem.instead", place=where, found=complete, allowed=allowed))
    for outcome, column in zip(study.outcomes, table.T, strict=True):
        missing = ~np.isfinite(column)
        if missing.any():
            first = int(missing.argmax()) // study.replications
            raise StudyError(
                message(
                    "sensitivity.error.no_value",
                    outcome=outcome,
                    number=int(missing.sum()),
                    runs=column.size,
                    point=first,
                )
            )
    return {
        outcome: column.reshape(points, study.replications)
        for outcome, column in zip(study.outcomes, table.T, strict=True)
    }


def _head(axis: Axis, outcome: str) -> dict[str, Any]:
    parameter = PARAMETERS.get(axis.key.removeprefix("parameters."))
    low, high = (axis.levels[0], axis.levels[-1]) if axis.levels else (axis.low, axis.high)
    unit = parameter.unit if parameter else ""
    return {
        "parameter": axis.key,
        "parameter_unit": unit,
        "low": float(low),
        "high": float(high),
        "outcome": outcome,
        "unit": OUTCOMES[outcome].unit,
    }


def _morris(
    study: Study, axes: Sequence[Axis], unit: np.ndarray, runs: np.ndarray, level: float, share: bool
) -> list[dict[str, Any]]:
    from SALib.analyze import morris

    indices = morris.analyze(
        problem_of(axes),
        unit,
        runs.mean(axis=1),
        num_resamples=BOOTSTRAPS,
        conf_level=level,
        num_levels=study.design.grid_levels,
        seed=study.design.seed,
    )
    mean, size, spread, margin = (
        np.asarray(indices[name], np.float64).tolist() for name in ("mu", "mu_star", "sigma", "mu_star_conf")
    )
    effects = elementary_effects(unit, runs)
    most = 1.0 if share else math.inf  # no share changes by more than all of it
    rows = []
    for number, (m, z, s, c) in enumerate(zip(mean, size, spread, margin, strict=True)):
        known = mean_interval(
            effects[:, number].mean(axis=1), level
        )  # trajectories are independent, seeds are not
        held = range_of(effects[:, number])
        c = c if effects.shape[0] >= LEAST_PAIRS else math.nan
        rows.append(
            {
                "mean_effect": m,
                "mean_effect_low": float(np.clip(known.low, -most, most)),
                "mean_effect_high": float(np.clip(known.high, -most, most)),
                "mean_size": z,
                "mean_size_low": float(np.clip(z - c, 0.0, most)),
                "mean_size_high": float(np.clip(z + c, 0.0, most)),
                "spread": s,
                **replace(
                    held,
                    low=float(np.clip(held.low, -most, most)),
                    high=float(np.clip(held.high, -most, most)),
                ).columns(),
                "note": known.note,
            }
        )
    return rows


def elementary_effects(unit: np.ndarray, runs: np.ndarray) -> np.ndarray:
    """Change of an outcome over a parameter's whole range (trajectories, parameters, replications), by
    every step of Morris' design.

    unit: points (trajectories x (parameters + 1), parameters) in 0..1; from one point of a trajectory to the
    next one parameter moves. runs: the outcome (points, replications).
    """
    width = unit.shape[1]
    steps = np.diff(unit.reshape(-1, width + 1, width), axis=1)
    changes = np.diff(runs.reshape(-1, width + 1, runs.shape[1]), axis=1)
    moved = np.abs(steps).argmax(axis=2)  # which parameter a step of a trajectory moves
    effects = np.empty_like(changes)
    for trajectory, places in enumerate(moved):
        sizes = steps[trajectory, np.arange(width), places]
        effects[trajectory, places] = changes[trajectory] / sizes[:, None]
    return effects


def _sobol(
    study: Study, axes: Sequence[Axis], unit: np.ndarray, runs: np.ndarray, level: float, share: bool
) -> list[dict[str, Any]]:
    from SALib.analyze import sobol

    del share  # indices are shares of variance whatever the outcome is
    means = runs.mean(axis=1)

    if bool((means == means[0]).all()):  # SALib divides by its standard deviation
        nothing = dict.fromkeys(
            ("first", "first_low", "first_high", "total", "total_low", "total_high", "direction"), math.nan
        )
        return [nothing | {"note": CONSTANT} for _ in axes]
    indices = sobol.analyze(
        problem_of(axes),
        means,
        calc_second_order=study.design.second_order,
        num_resamples=BOOTSTRAPS,
        conf_level=level,
        seed=study.design.seed,
    )
    rows = []
    for number in range(len(axes)):
        row: dict[str, Any] = {}
        for name, value, margin in (("first", "S1", "S1_conf"), ("total", "ST", "ST_conf")):
            middle = float(indices[value][number])
            half = float(indices[margin][number]) if study.design.size >= LEAST_PAIRS else math.nan
            low, high = np.clip([middle - half, middle + half], 0.0, 1.0).tolist()  # a share of variance
            row |= {name: middle, f"{name}_low": low, f"{name}_high": high}
        rows.append(row | {"direction": _direction(unit[:, number], means), "note": ""})
    return rows


def _direction(coordinate: np.ndarray, means: np.ndarray) -> float:
    """Rank correlation of a parameter with the outcome over all points."""
    return float(stats.spearmanr(coordinate, means).statistic)


def noise_of(runs: np.ndarray) -> float:
    """Share of the variance of the points' means (points x replications) that comes from the choice of seeds.

    What a seed adds at every point alike cancels between points; what is left, divided by the number of
    replications, is noise. NaN with one replication or where nothing varies; 1 where the points differ by no
    more than seeds explain, as an estimate of few replications may exceed the whole.
    """
    points, count = runs.shape
    means = runs.mean(axis=1)
    if count < 2 or bool(
        (means == means[0]).all()
    ):  # their variance would be rounding, and a share of it anything
        return math.nan
    between = float(means.var(ddof=1))
    rest = runs - runs.mean(axis=1, keepdims=True) - runs.mean(axis=0, keepdims=True) + runs.mean()
    return min(1.0, float((rest**2).sum() / ((points - 1) * (count - 1)) / count / between))
