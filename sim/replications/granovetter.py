"""Granovetter 1978: people act once enough others do; and the logit form of the same choice
(Brock and Durlauf 2001).

A norm weight without end turns this program's payment rule into Granovetter's threshold; thresholds without
spread turn it into Brock and Durlauf's choice. In between lies the ordinary estate.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.special import expit, ndtri

from sim.experiments.mean_field import MeanField
from sim.model.parameters import PARAMETERS
from sim.replications.checks import WITHIN, Check, Replication, around, close
from sim.replications.norm_world import SHARP, fold, norm_city, norm_map, settle, shares, start_at
from sim.text import Message, message
from sim.text.figures import decimal, significant

MEAN = 0.25  # of the thresholds in the paper
# Fixed point that is reached from nobody, by spread of thresholds.
LOWER = {
    0.08: 0.0009,
    0.10: 0.0077,
    0.11: 0.0171,
    0.12: 0.0402,
    0.122: 0.0548,
    0.1225: 1.0,
    0.15: 1.0,
    0.20: 0.9999,
    0.30: 0.9934,
    0.50: 0.9049,
}
FOLD = (0.12222, 0.0620)  # spread at which the lower state is lost, and where it stood
OF_HUNDRED = {0.122: 4, 0.125: 5, 0.13: 100}  # actors of 100 whose thresholds are the quantiles, by spread
FOLD_BY_WEIGHT = {15: 0.0347, 20: 0.0838, 30: 0.1065, 50: 0.1167, 100: 0.1209}
# Pure logit: (rate, field) of both folds, by weight.
LOGIT_FOLDS = {
    5: ((0.2764, -2.3444), (0.7236, -2.6556)),
    6: ((0.2113, -2.5849), (0.7887, -3.4151)),
    8: ((0.1464, -2.9343), (0.8536, -5.0657)),
    10: ((0.1127, -3.1905), (0.8873, -6.8095)),
}
WITHIN_REACH = (0.08, 0.10, 0.11, 0.15, 0.20, 0.30, 0.50)  # far enough from the fold for 20,000 owners
ESTATES, OWNERS = 20, 20_000
NODES = 41  # of the Gauss-Hermite rule that the mean-field map had before
# The defaults of what the norm's world has otherwise; everybody is conditional.
ORDINARY = {key: PARAMETERS[key].default for key in ("payment.base", "payment.duty_spread")}
USUAL_WEIGHT = PARAMETERS["payment.norm_weight"].default
ORDINARY_WEIGHTS = (USUAL_WEIGHT, 4.5, 6.0, 10.0, 12.0)

# The ordinary estate as the targets of this replication state it, whatever the defaults are now;
# and its fixed points there by norm weight, to three digits.
STATED = {
    "payment.base": 1.2,
    "payment.duty_spread": 1.0,
    "payment.threshold_mean": 0.55,
    "payment.threshold_spread": 0.15,
}
STATED_POINTS = {3.3: (0.861,), 4.5: (0.906,), 6.0: (0.944,), 10.0: (0.086, 0.297, 0.983)}


def threshold_map(spread: float, weight: float = SHARP) -> MeanField:
    """The norm-only map with normal thresholds around the paper's mean; `spread` share,
    `weight` logit per unit."""
    return norm_map(
        {
            "payment.norm_weight": weight,
            "payment.threshold_mean": MEAN,
            "payment.threshold_spread": spread,
        }
    )


def logit_map(field: float, weight: float) -> MeanField:
    """The norm-only map of owners who are all alike: logit(F) = field + weight r."""
    return norm_map(
        {
            "payment.base": field,
            "payment.norm_weight": weight,
            "payment.threshold_mean": 0.0,
            "payment.threshold_spread": 0.0,
        }
    )


def ordinary_map(weight: float) -> MeanField:
    """The default owners, all of them conditional, with the service loop off: what the norm alone can do."""
    return norm_map({**ORDINARY, "payment.norm_weight": weight})


def hermite(centre: float, spread: float, nodes: int = NODES) -> float:
    """The Gauss-Hermite rule for the mean over owners, to say from where on it is wrong."""
    places, weights = np.polynomial.hermite_e.hermegauss(nodes)
    return float(weights @ expit(centre + spread * places) / weights.sum())


def replicate(agents: bool = True) -> Replication:
    """All of it; `agents` also runs cities of owners (seconds)."""
    checks = [*_fixed_points(), *_folds(), *_logit(), *_stated(), *_ordinary()]
    if agents:
        checks += [*_agents(), *_hundred(), *_ordinary_agents()]
    return Replication(
        "granovetter",
        message("replication.granovetter.title"),
        message("replication.granovetter.source"),
        message("replication.granovetter.how"),
        checks,
        [*_quadrature(), message("replication.granovetter.hundred"), _stated_apart(), _one_equilibrium()],
    )


def _fixed_points() -> list[Check]:
    return [
        close(
            message("replication.fixed_point_of_spread", spread=decimal(spread, 4)),
            published,
            threshold_map(spread).fixed_points()[0][0],
        )
        for spread, published in LOWER.items()
    ]


def _folds() -> list[Check]:
    spread, rate = fold(threshold_map, 0.05, 0.2, (0.0, 0.3))
    checks = [
        close(message("replication.fold_spread"), FOLD[0], spread, digits=5),
        close(message("replication.fold_rate"), FOLD[1], rate),
    ]
    for weight, published in FOLD_BY_WEIGHT.items():
        ours, _ = fold(lambda value, weight=weight: threshold_map(value, weight), 0.02, 0.2, (0.0, 0.3))  # type: ignore[misc]
        checks.append(
            close(message("replication.fold_of_weight", weight=significant(weight)), published, ours)
        )
    return checks


def _logit() -> list[Check]:
    checks = []
    for weight, both in LOGIT_FOLDS.items():
        for upper, (rate, field) in enumerate(both):
            ends = (-float(weight), -weight / 2) if upper else (-weight / 2, 0.0)
            ours, at = fold(
                lambda value, weight=weight: logit_map(value, weight),  # type: ignore[misc]
                *ends,
                (0.5, 1.0) if upper else (0.0, 0.5),
                rising=bool(upper),
            )
            checks.append(close(message("replication.logit_rate", weight=significant(weight)), rate, at))
            checks.append(close(message("replication.logit_field", weight=significant(weight)), field, ours))
    return checks


def _by_quadrature(values: Mapping[str, float], weight: float) -> list[float]:
    """Fixed points of conditional payers of whom the norm alone decides, without any of this program's
    integrals; values: what is not at its default."""
    held = {key: values.get(key, PARAMETERS[key].default) for key in STATED}
    spread = math.hypot(held["payment.duty_spread"], weight * held["payment.threshold_spread"])

    def gap(r: float) -> float:
        centre = held["payment.base"] + weight * (r - held["payment.threshold_mean"])

        def density(z: float) -> float:
            return float(expit(centre + spread * z)) * math.exp(-z * z / 2) / math.sqrt(2 * math.pi)

        return float(quad(density, -10.0, 10.0, epsabs=1e-12)[0]) - r

    grid = np.linspace(0.0, 1.0, 51)
    gaps = [gap(float(r)) for r in grid]
    return [
        float(brentq(gap, float(grid[i]), float(grid[i + 1]))) for i in range(50) if gaps[i] * gaps[i + 1] < 0
    ]


def stated_map(weight: float) -> MeanField:
    """The norm-only map of the ordinary estate that the targets state."""
    return norm_map({**STATED, "payment.norm_weight": weight})


def _stated() -> list[Check]:
    """The targets' own figures, with half of their last digit beside what a fixed point may differ by."""
    checks = []
    for weight, points in STATED_POINTS.items():
        ours = [rate for rate, _ in stated_map(weight).fixed_points()]
        what = message("replication.stated_number", weight=significant(weight))
        checks.append(close(what, len(points), len(ours), within=0.0, digits=0))
        what = message("replication.stated_point", weight=significant(weight))
        checks += [
            close(what, one, other, within=WITHIN + 0.0005) for one, other in zip(points, ours, strict=False)
        ]
    return checks


def _stated_apart() -> Message:
    """By how much these figures of the targets are off, where the same map is solved by another integral."""
    exact = {weight: _by_quadrature(STATED, weight) for weight in STATED_POINTS}
    apart = [
        abs(one - other)
        for weight, points in STATED_POINTS.items()
        for one, other in zip(points, exact[weight], strict=True)
    ]
    return message(
        "replication.stated_apart",
        most=decimal(max(apart), 4),
        weight=significant(3.3),
        target=decimal(STATED_POINTS[3.3][0], 3),
        rate=decimal(exact[3.3][0], 4),
        slope=decimal(steepest(stated_map(3.3)), 3),
    )


def steepest(map_: MeanField) -> float:
    """The largest slope of a map between nobody and everybody."""
    return float(max((map_(r + 5e-4) - map_(r - 5e-4)) / 1e-3 for r in np.linspace(0.01, 0.99, 99)))


def _ordinary() -> list[Check]:
    checks = []
    for weight in ORDINARY_WEIGHTS:
        theirs, ours = (
            _by_quadrature(ORDINARY, weight),
            [rate for rate, _ in ordinary_map(weight).fixed_points()],
        )
        what = message("replication.ordinary_number", weight=significant(weight))
        checks.append(close(what, len(theirs), len(ours), within=0.0, digits=0))
        checks += [
            close(message("replication.ordinary_point", weight=significant(weight)), one, other, within=1e-6)
            for one, other in zip(theirs, ours, strict=False)
        ]
    return checks


def _agents() -> list[Check]:
    checks = []
    for number, spread in enumerate(WITHIN_REACH):
        luck = np.random.default_rng([1978, number])
        with norm_city(ESTATES, OWNERS, 1978 + number, {}) as city:
            owners = city.state.owners
            owners.threshold[:] = luck.normal(MEAN, spread, owners.threshold.size)
            owners.norm_sensitivity[:] = SHARP
            start_at(city, 0.0)
            values = settle(city, 300)
        what = message("replication.fixed_point_of_spread", spread=decimal(spread, 4))
        checks.append(around(what, LOWER[spread], values))
    return checks


def _hundred() -> list[Check]:
    checks = []
    for spread, published in OF_HUNDRED.items():
        with norm_city(1, 100, 1978, {}) as city:
            owners = city.state.owners
            owners.threshold[:] = MEAN + spread * ndtri((np.arange(100) + 0.5) / 100)
            owners.norm_sensitivity[:] = SHARP
            start_at(city, 0.0)
            ours = 100 * float(settle(city, 300)[0])
        what = message("replication.of_hundred", spread=decimal(spread, 3))
        checks.append(close(what, published, ours, by="agents", within=1e-9, digits=0))
    return checks


def _ordinary_agents() -> list[Check]:
    """Owners drawn as in any scenario, nothing set by hand: they meet at one rate from either side."""
    expected = _by_quadrature(ORDINARY, USUAL_WEIGHT)[0]
    checks = []
    for start in (0.05, 0.95):
        with norm_city(10, 2_000, 33, {**ORDINARY, "payment.norm_weight": USUAL_WEIGHT}) as city:
            start_at(city, start)
            settle(city, 40)
            values = []
            for _ in range(60):
                city.step()
                values.append(shares(city))
        what = message("replication.ordinary_from", weight=significant(USUAL_WEIGHT), start=decimal(start, 2))
        checks.append(around(what, expected, np.mean(values, axis=0)))
    return checks


def _quadrature() -> list[Message]:
    """Where the rule of 41 nodes parts from the exact mean, found rather than told."""

    def off(weight: float) -> float:
        """Largest error of the rule for F over the rates at which the lower state lives."""
        spread = 0.12 * weight
        return max(
            abs(
                hermite(weight * (r - MEAN), spread)
                - threshold_map(0.12, weight).paying_share(float(r), 0.6, 0.0)
            )
            for r in np.linspace(0.0, 0.4, 81)
        )

    weights = (10, 20, 30, 40, 50, 60, 80, 100, 200)
    errors = {weight: off(weight) for weight in weights}
    first = next(weight for weight in weights if errors[weight] > 0.001)
    told = message(
        "replication.quadrature",
        nodes=NODES,
        first=first,
        at_50=significant(errors[50], 2),
        at_100=significant(errors[100], 2),
        at_200=significant(errors[200], 2),
    )
    return [told]


def _one_equilibrium() -> Message:
    rate = ordinary_map(USUAL_WEIGHT).fixed_points()[0][0]
    return message(
        "replication.one_equilibrium",
        weight=significant(USUAL_WEIGHT),
        rate=decimal(rate, 4),
        slope=decimal(steepest(ordinary_map(USUAL_WEIGHT)), 3),
    )
