"""The mean-field map of one representative estate: collection rate r this month → F(r),
once service has followed r.

Owners are replaced by their distribution, slow variables by their resting point given r (or by values held
fixed). Stable fixed points are where an estate can rest; an unstable one between them is the tipping point.

Means of the logistic choice over owners who differ are exact to about 1e-12 at any steepness. A Gauss-Hermite
rule would replace the owners by a few dozen representatives; once the choice is steep (a norm weight above
some 50), it sees a staircase instead of their distribution. Both sums here are trapezoidal sums of an
analytic function over the whole line, whose error falls exponentially with the step (Trefethen and
Weideman 2014, SIAM Review 56:385).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit, ndtr

from sim.errors import StudyError
from sim.model.month.condition import maintenance_of, wear_of
from sim.model.month.decisions import (
    grievance_raised,
    habit_term,
    payment_logit,
    share_seen,
    value_for_money,
)
from sim.model.month.owner_passes import estate_term, seen_of_estate
from sim.model.month.satisfaction import level_of
from sim.model.month.service import affordable_effort, monitoring_of, service_quality, standard_cost
from sim.model.parameters import PARAMETERS
from sim.model.start.owners import occupancy_shift, payer_traits
from sim.model.state.owners import CONDITIONAL, FREE_RIDER, OCCUPIER, STEADY, TENANT, VACANT
from sim.text import message
from sim.words import PAYER_TYPES

# A distribution function: numbers to the share of owners at or below each.
Cdf = Callable[[np.ndarray], np.ndarray]

# Poles of logistic(centre + spread z) lie pi / spread off the real line: the step is fine enough up to this
# spread.
_STEEP = 3.0
_STEP, _REACH = 0.15, 8.7
_Z = _STEP * np.arange(-round(_REACH / _STEP), round(_REACH / _STEP) + 1)
_NORMAL = np.exp(-0.5 * _Z**2)
_NORMAL /= _NORMAL.sum()
# for owners with habits, whose choice is steeper than the logistic
_Z_FINE = _STEP / 20 * np.arange(-round(20 * _REACH / _STEP), round(20 * _REACH / _STEP) + 1)
_NORMAL_FINE = np.exp(-0.5 * _Z_FINE**2)
_NORMAL_FINE /= _NORMAL_FINE.sum()
_TURNS, _RESTED = 500, 1e-12


def _logistic_sum(step: float) -> tuple[np.ndarray, np.ndarray]:
    """Places and weights of the sum over a logistic number: density logistic'(x),
    poles pi off the real line."""
    places = step * np.arange(-round(40.0 / step), round(40.0 / step) + 1)
    weights = expit(places) * expit(-places)
    return places, weights / weights.sum()


_X, _LOGISTIC = _logistic_sum(0.4)
# Finer where the distribution function is anybody's, and may be steeper than that of luck.
_FINE_X, _FINE = _logistic_sum(0.05)


def mean_logistic(centre: float, spread: float) -> float:
    """Mean of 1 / (1 + exp(-(centre + spread Z))) over a standard normal Z.

    centre, spread (not below 0): logits. Where the choice is steep beside what luck adds, the sum goes over
    luck instead of over owners: an owner pays where centre + spread Z exceeds a logistic number, so the mean
    is that of a normal distribution function.
    """
    if spread == 0.0:
        return float(expit(centre))
    if spread <= _STEEP:
        return float(_NORMAL @ expit(centre + spread * _Z))
    return float(_LOGISTIC @ ndtr((centre - _X) / spread))


def mean_habitual(centre: float, spread: float, habit: float, neutral: float) -> float:
    """`mean_logistic` where an owner's own record speaks too: an owner's share of paid bills p rests at the
    logistic of centre + spread Z + habit (p - neutral).

    Where habit is strong enough (from 4 on) for two resting points, owners come to the one that they reach
    from having no record yet. habit 0 is `mean_logistic`.
    """
    return mean_habitual_of((centre,), (spread,), habit, neutral)[0]


def mean_habitual_of(
    centres: Sequence[float], spreads: Sequence[float], habit: float, neutral: float
) -> list[float]:
    """`mean_habitual` of several groups of owners, who come to rest side by side."""
    if habit == 0.0:
        return [mean_logistic(centre, spread) for centre, spread in zip(centres, spreads, strict=True)]
    middle, wide = np.array(centres)[:, None], np.array(spreads)[:, None]
    found = np.empty(len(middle))
    steep = wide[:, 0] > _STEEP
    for rows, places, weights in ((~steep, _Z, _NORMAL), (steep, _Z_FINE, _NORMAL_FINE)):
        if not rows.any():
            continue
        nodes = middle[rows] + wide[rows] * places
        paid = expit(nodes)
        for _ in range(_TURNS):
            before, paid = paid, expit(nodes + habit_term(habit, paid, neutral))
            if float(np.abs(paid - before).max()) < _RESTED:
                break
        found[rows] = paid @ weights
    return [float(share) for share in found]


def mean_logistic_over(thresholds: Cdf, seen: float, rest: float, weight: float) -> float:
    """Mean of 1 / (1 + exp(-(rest + weight (seen - threshold)))) over owners whose thresholds have
    a distribution function.

    thresholds: distribution function without jumps; seen: share; rest: logit; weight: logit per unit, below 0
    for owners who pay while few others do. Exact to about 1e-10 where the function takes more than 0.1 /
    weight to rise; a kink costs about 0.001 / weight.
    """
    if weight == 0.0:
        return float(expit(rest))
    below = float(_FINE @ thresholds(seen + (rest - _FINE_X) / weight))
    return below if weight > 0.0 else 1.0 - below


# the map


@dataclass(frozen=True)
class Representative:
    """One estate run by a company.

    viability: standard cost at perfect condition over full billing; other_income: public revenue, subsidy and
    the like over full billing; condition, satisfaction, grievance: None lets them come to rest, a number
    holds them (satisfaction and grievance held are an estate whose service loop is off: only the norm is
    left); legacy: defects; burden: fee over income; age: years; skill, committee strength, sanction, trust,
    norm_push (logit), vacancy, tenants, duty_shift as in the model; disclosure in [0, 1]; habit: weight of
    an owner's own record (0: none; a record is taken as long as one likes); skimming: the part of what it
    would spend that the company keeps back where nobody watches.
    """

    viability: float = 0.8
    other_income: float = 0.05
    condition: float | None = None
    satisfaction: float | None = None
    grievance: float | None = None
    legacy: float = 0.0
    burden: float = 0.015
    age: float = 15.0
    skill: float = 0.92
    margin: float = 0.05
    committee: float = 0.1
    sanction: float = 0.0
    trust: float = 0.45
    norm_push: float = 0.0
    vacancy: float = 0.12
    tenants: float = 0.2
    duty_shift: float = 0.0
    disclosure: float = 0.0
    habit: float = 0.0
    skimming: float = 0.0


class MeanField:
    """The map r → F(r) for a representative estate under given parameter values (by dotted key)."""

    def __init__(
        self,
        estate: Representative,
        values: Mapping[str, float] | None = None,
        thresholds: Mapping[str, Cdf] | None = None,
    ) -> None:
        """`values` override the declared defaults; an unknown key is a KeyError.

        `thresholds`: the distribution function of the share of payers from which the norm speaks for paying,
        for each of "conditional", "free_rider" and "steady"; None takes the normal one of the parameters.
        StudyError where they are given together with a spread of duty, or not for all three.
        """
        self.estate = estate
        self.thresholds = thresholds
        self.p = {key: parameter.default for key, parameter in PARAMETERS.items()}
        for key, value in (values or {}).items():
            if key not in self.p:
                raise KeyError(key)
            self.p[key] = value
        # as the rules take them, by name, but no record: NumPy looks up a field of one in ten times the time,
        # and a published model asks five million times
        self.q = SimpleNamespace(**{PARAMETERS[key].field: float(value) for key, value in self.p.items()})
        if thresholds is not None and set(thresholds) != set(PAYER_TYPES):
            allowed = message("allowed.all_of", names=", ".join(PAYER_TYPES))
            raise StudyError(
                message("problem.instead", place="thresholds", found=sorted(thresholds), allowed=allowed)
            )
        if thresholds is not None and estate.habit != 0.0:
            allowed = message("allowed.no_spread")
            raise StudyError(
                message("problem.instead", place="habit", found=f"{estate.habit:g}", allowed=allowed)
            )
        if thresholds is not None and self.p["payment.duty_spread"] != 0.0:
            key, allowed = "payment.duty_spread", message("allowed.no_spread")
            raise StudyError(message("problem.instead", place=key, found=f"{self.p[key]:g}", allowed=allowed))

    def effort(self, r: float, condition: float) -> float:
        """Effort that a company rests at when a share r of its bills is paid."""
        return self._effort(r, condition, self._watched())

    def _effort(self, r: float, condition: float, watched: float) -> float:
        p, estate = self.p, self.estate
        cost = standard_cost(0.0, estate.viability, 1.0, condition, p["service.condition_cost"], 0.0, 0.0)
        income = r + estate.other_income
        bought = affordable_effort(income, estate.margin, p["service.overhead"], cost)
        least = p["service.floor"]
        planned = min(p["service.ceiling"], max(least, bought + p["service.monitoring_push"] * watched))
        return float(max(least, planned * (1.0 - estate.skimming * (1.0 - watched))))

    def _watched(self) -> float:
        p, estate = self.p, self.estate
        return float(
            monitoring_of(
                p["service.monitoring_base"],
                p["committee.monitoring"],
                estate.committee,
                p["service.disclosure_monitoring"],
                estate.disclosure,
                0.0,
            )
        )

    def resting_condition(self, r: float) -> float:
        """Condition at which wear equals maintenance when a share r is paid for
        ever (or the value held fixed)."""
        p = self.p
        if self.estate.condition is not None:
            return self.estate.condition
        watched, age = self._watched(), self.estate.age
        start, gaming, restore = (
            p[key] for key in ("condition.maintenance_start", "service.gaming", "condition.restore")
        )
        wear, age_wear, deferred = (
            p[key] for key in ("condition.wear", "condition.age_wear", "condition.deferred")
        )

        def change(k: float) -> float:
            kept = maintenance_of(self._effort(r, k, watched), start, 0.0, gaming)
            return float(restore * kept * (1.0 - k) - wear_of(k, age, wear, age_wear, deferred))

        # from above: the resting point that a well-kept estate comes down to; what lies below it need not be
        # computed
        grid = np.linspace(1.0, 0.0, 201).tolist()  # Python's numbers: their sums take a third of the time
        above = change(grid[0])
        for upper, lower in pairwise(grid):
            below = change(lower)
            if above <= 0.0 < below:
                return float(brentq(change, lower, upper))
            above = below
        return 0.0

    def satisfaction(self, r: float) -> float:
        """Mean satisfaction at rest when a share r is paid (or the value held fixed)."""
        p, estate = self.p, self.estate
        if estate.satisfaction is not None:
            return estate.satisfaction
        condition = self.resting_condition(r)
        quality = service_quality(
            self.effort(r, condition),
            estate.skill,
            self._watched(),
            p["service.monitoring_gap"],
            0.0,
            p["service.gaming_gain"],
            p["service.returns"],
        )
        value = float(value_for_money(quality, estate.burden, p["satisfaction.burden_norm"]))
        level = level_of(
            quality,
            condition,
            estate.legacy,
            p["satisfaction.quality_weight"],
            p["satisfaction.condition_weight"],
            p["satisfaction.legacy_weight"],
        )
        return float(np.clip(level + p["satisfaction.value_weight"] * value, 0.0, 1.0))

    def grievance(self, satisfaction: float) -> float:
        """Grievance at rest, complaints and persuasion left aside (or the value held fixed)."""
        q = self.q
        if self.estate.grievance is not None:
            return self.estate.grievance
        defects, reference = q.grievance_legacy * self.estate.legacy, q.payment_satisfaction_reference
        fed = float(grievance_raised(defects, q.grievance_dissatisfaction, satisfaction, reference))
        return fed / (fed + float(q.grievance_decay))

    def paying_share(self, seen: float, satisfaction: float, grievance: float) -> float:
        """Share of owners who pay, given what they see of others' payment, their
        satisfaction and grievance."""
        q, estate = self.q, self.estate
        elsewhere = seen_of_estate(seen, estate.disclosure, q)
        norm = float(share_seen(q.payment_own_building_weight, seen, elsewhere))
        term = estate_term(estate.sanction, estate.trust, estate.norm_push, q)
        steady, rider = q.payment_share_steady, q.payment_share_free_rider
        kinds = ((CONDITIONAL, 1.0 - steady - rider), (FREE_RIDER, rider), (STEADY, steady))
        occupancies = (
            (OCCUPIER, 1.0 - estate.vacancy - estate.tenants),
            (VACANT, estate.vacancy),
            (TENANT, estate.tenants),
        )
        total = 0.0
        groups: list[tuple[float, float, float]] = []  # of whom: how many, centre and spread
        for kind, share in kinds:
            if share == 0.0:
                continue
            shift, service, social = payer_traits(kind, q)
            spread = float(np.hypot(q.payment_duty_spread, social * q.payment_threshold_spread))
            for occupancy, part in occupancies:
                if part == 0.0:
                    continue
                duty = q.payment_base + estate.duty_shift + shift + occupancy_shift(occupancy, q)
                # what an owner's own record adds depends on what comes out of it: see `mean_habitual`
                no_habit, record = 0.0, 0.0
                without_norm, centre = (
                    payment_logit(
                        duty,
                        service,
                        satisfaction,
                        q.payment_satisfaction_reference,
                        weight,
                        norm,
                        q.payment_threshold_mean,
                        term,
                        q.payment_grievance_weight,
                        grievance,
                        q.payment_burden_weight,
                        estate.burden,
                        no_habit,
                        record,
                        q.payment_habit_reference,
                    )
                    for weight in (0.0, social)
                )
                if self.thresholds is None:
                    groups.append((share * part, centre, spread))
                else:
                    of_kind = self.thresholds[PAYER_TYPES[kind]]
                    total += share * part * mean_logistic_over(of_kind, norm, without_norm, social)
        if groups:
            many, centres, spreads = zip(*groups, strict=True)
            chances = mean_habitual_of(centres, spreads, estate.habit, q.payment_habit_reference)
            total += sum(share * chance for share, chance in zip(many, chances, strict=True))
        return float(total)

    def __call__(self, r: float) -> float:
        """F(r): the share that pays once service, condition, satisfaction and grievance have followed r."""
        satisfaction = self.satisfaction(r)
        return self.paying_share(r, satisfaction, self.grievance(satisfaction))

    def fixed_points(self, grid: int = 200) -> list[tuple[float, bool]]:
        """All (r, stable) with F(r) = r in [0, 1], ascending; stable where F crosses the diagonal from above.

        Points closer together than 1 / grid may be missed.
        """
        points = np.linspace(0.0, 1.0, grid + 1).tolist()
        gaps = [self(r) - r for r in points]
        fixed = []
        for left, right, before, after in zip(points[:-1], points[1:], gaps[:-1], gaps[1:], strict=True):
            if before == 0.0 or before * after < 0.0:
                root = float(brentq(lambda r: self(r) - r, left, right)) if before else float(left)
                fixed.append((root, before > 0.0 >= after or (before == 0.0 and after < 0.0)))
        if gaps[-1] == 0.0 and (not fixed or fixed[-1][0] < 1.0):
            fixed.append((1.0, gaps[-2] > 0.0))
        return fixed
