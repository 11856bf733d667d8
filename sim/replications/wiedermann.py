"""Wiedermann, Smith, Heitzig and Donges 2020: thresholds on a random network with certainly
and possibly active people.

The certainly active are steady payers, those who can never be won are free riders, all others pay where more
than a share of those whom they see do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
from scipy.stats import poisson

from sim.experiments.mean_field import MeanField
from sim.model.month.decisions import logistic_draw, payment_logit
from sim.model.state.owners import CONDITIONAL, FREE_RIDER, STEADY
from sim.replications.checks import Check, Replication, around, close
from sim.replications.norm_world import SHARP, fold, norm_city, norm_map
from sim.text import Message, message
from sim.text.figures import decimal

DEGREE = 10.0
CERTAIN = 1e3  # logit of a steady payer, and minus it of a free rider
JUST_ABOVE = 1e-4  # people act where more than a share of neighbours do, not where exactly so many do
_MOST = 45  # neighbours of one kind: more have a chance under 1e-14
F = np.float32


class Case(NamedTuple):
    """Threshold, possibly active, certainly active (shares)."""

    threshold: float
    possible: float
    certain: float


FIXED_POINTS = {
    Case(0.5, 1.0, 0.10): (0.1011, 0.5060, 1.0),
    Case(0.5, 1.0, 0.20): (0.2158, 0.4462, 1.0),
    Case(0.5, 1.0, 0.25): (0.3175, 0.3684, 1.0),
    Case(0.4, 1.0, 0.10): (0.1094, 0.2971, 1.0),
    Case(0.5, 0.56, 0.20): (0.2059,),
    Case(0.8, 1.0, 0.30): (0.3015, 0.9264, 1.0),
}
# Share of certainly active at which the lower state is lost, and the rates between which it is.
FOLDS = {
    (0.5, 1.0): (0.253, 0.65),
    (0.4, 1.0): (0.144, 0.5),
    (0.2, 0.56): (0.034, 0.3),
    (0.2, 1.0): (0.017, 0.3),
    (0.8, 1.0): (0.612, 0.95),
}
UPPER = {(0.2, 0.56): 0.547, (0.2, 1.0): 1.0}  # the state that is reached beyond the fold
NO_FOLD = (0.5, 0.56)
GRAPHS, OWNERS = 10, 20_000
ON_GRAPHS = (Case(0.5, 1.0, 0.10), Case(0.5, 1.0, 0.20), Case(0.4, 1.0, 0.10), Case(0.5, 0.56, 0.20))


class NetworkMap(MeanField):
    """The mean-field map of owners who each see a Poisson number of payers and of refusers.

    seen_by: None where those whom one sees do not see one back (the published macro map); 0 or 1 for what a
    neighbour sees who is seen back by an owner that does not pay, or pays: one more neighbour of that kind.
    """

    degree = DEGREE
    seen_by: int | None = None
    _answers: np.ndarray | None = None

    def _of_counts(self, satisfaction: float, grievance: float) -> np.ndarray:
        """Share who pay by numbers of payers (rows) and refusers (columns) in sight."""
        if self._answers is None:
            more, extra = (0, 0) if self.seen_by is None else (self.seen_by, 1)
            of: dict[float, float] = {}
            paying_shares = np.empty((_MOST + 1, _MOST + 1))
            for a in range(_MOST + 1):
                for b in range(_MOST + 1):
                    seen = (a + more) / max(a + b + extra, 1)
                    if seen not in of:
                        of[seen] = super().paying_share(seen, satisfaction, grievance)
                    paying_shares[a, b] = of[seen]
            self._answers = paying_shares
        return self._answers

    def paying_share(self, seen: float, satisfaction: float, grievance: float) -> float:
        """Mean over the neighbours that an owner may have where a share `seen` of all owners pays."""
        counts = np.arange(_MOST + 1)
        payers = poisson.pmf(counts, self.degree * seen)
        refusers = poisson.pmf(counts, self.degree * (1.0 - seen))
        return float(payers @ self._of_counts(satisfaction, grievance) @ refusers)


def shares_of(case: Case) -> Mapping[str, float]:
    """Parameters of the three owner types that stand for the case."""
    return {
        "payment.share_steady": case.certain,
        "payment.share_free_rider": 1.0 - case.possible,
        "payment.steady_shift": CERTAIN,
        "payment.steady_norm_factor": 0.0,
        "payment.free_rider_shift": -CERTAIN,
        "payment.free_rider_norm_factor": 0.0,
        "payment.norm_weight": SHARP,
        "payment.threshold_mean": case.threshold + JUST_ABOVE,
        "payment.threshold_spread": 0.0,
    }


def network_map(case: Case, seen_by: int | None = None) -> NetworkMap:
    """The macro map of a case, or with `seen_by` the recursion along the edges of a random graph."""
    plain = norm_map(shares_of(case))
    map_ = NetworkMap(plain.estate, plain.p)
    map_.seen_by = seen_by
    return map_


def on_the_graph(case: Case) -> float:
    """Share who pay at rest on a random graph, reached from below: exact for many owners, since the
    graph has no short loops.

    A neighbour is first asked what it does while the owner who looks at it does not pay; then the
    owner counts its neighbours.
    """
    among_neighbours = network_map(case, seen_by=0).fixed_points()[0][0]
    return network_map(case)(among_neighbours)


def replicate(agents: bool = True) -> Replication:
    """All of it; `agents` also runs owners on random graphs (seconds)."""
    checks = [*_fixed_points(), *_folds()]
    if agents:
        checks += _agents()
    return Replication(
        "wiedermann",
        message("replication.wiedermann.title"),
        message("replication.wiedermann.source"),
        message("replication.wiedermann.how"),
        checks,
        [_finding()],
    )


def _values(case: Case) -> dict[str, Any]:
    return {
        "threshold": decimal(case.threshold, 1),
        "possible": decimal(case.possible, 2),
        "certain": decimal(case.certain, 2),
    }


def _fixed_points() -> list[Check]:
    checks = []
    for case, published in FIXED_POINTS.items():
        ours = [rate for rate, _ in network_map(case).fixed_points()]
        values = _values(case)
        checks.append(
            close(
                message("replication.network_number", **values),
                len(published),
                len(ours),
                within=0.0,
                digits=0,
            )
        )
        checks += [
            close(message("replication.network_point", **values), one, other)
            for one, other in zip(published, ours, strict=False)
        ]
    return checks


def _folds() -> list[Check]:
    checks = []
    for (threshold, possible), (published, most) in FOLDS.items():
        values: dict[str, Any] = {"threshold": decimal(threshold, 1), "possible": decimal(possible, 2)}

        def at(certain: float, threshold: float = threshold, possible: float = possible) -> NetworkMap:
            return network_map(Case(threshold, possible, certain))

        ours, _ = fold(at, 1e-4, 0.95 * possible if threshold > 0.6 else 0.4, (0.0, most))
        checks.append(close(message("replication.network_fold", **values), published, ours, digits=3))
        if (threshold, possible) in UPPER:
            beyond = at(ours + 1e-4).fixed_points()[-1][0]
            what = message("replication.network_upper", **values)
            checks.append(close(what, UPPER[threshold, possible], beyond, digits=3))
    threshold, possible = NO_FOLD
    most_points = max(
        len(network_map(Case(threshold, possible, float(certain))).fixed_points())
        for certain in np.linspace(0.02, 0.54, 27)
    )
    values = {"threshold": decimal(threshold, 1), "possible": decimal(possible, 2)}
    what = message("replication.network_no_fold", **values)
    return [*checks, close(what, 1, most_points, within=0.0, digits=0)]


Edges = Callable[[np.random.Generator, int], tuple[np.ndarray, np.ndarray]]


def seen_only(luck: np.random.Generator, owners: int) -> tuple[np.ndarray, np.ndarray]:
    """Who looks at whom where nobody is looked back at: a Poisson number of others, anybody."""
    edges = luck.poisson(owners * DEGREE)
    return luck.integers(0, owners, edges), luck.integers(0, owners, edges)


def both_ways(luck: np.random.Generator, owners: int) -> tuple[np.ndarray, np.ndarray]:
    """Who looks at whom on an Erdős-Rényi graph: every edge is looked along from both ends."""
    edges = luck.poisson(owners * DEGREE / 2)
    start, other = luck.integers(0, owners, edges), luck.integers(0, owners, edges)
    return np.concatenate([start, other]), np.concatenate([other, start])


def settle_on_graph(case: Case, edges: Edges, seed: int, owners: int = OWNERS) -> float:
    """Share who pay at rest, from the certainly active alone, among owners of a city who
    see neighbours on a graph.

    The owners' columns and their decision are those of any month; what they see of
    others comes from the graph.
    """
    luck = np.random.default_rng([2020, seed])
    with norm_city(1, owners, seed, {}) as city:
        o, q = city.state.owners, city.state.parameters[0]
        order = luck.permutation(owners)
        o.payer_type[:] = CONDITIONAL
        o.payer_type[order[: round(case.certain * owners)]] = STEADY
        o.payer_type[order[round(case.possible * owners) :]] = FREE_RIDER
        o.duty[:] = np.select(
            [o.payer_type == STEADY, o.payer_type == FREE_RIDER], [F(CERTAIN), F(-CERTAIN)], F(0)
        )
        o.norm_sensitivity[:] = np.where(o.payer_type == CONDITIONAL, F(SHARP), F(0))
        o.threshold[:] = case.threshold + JUST_ABOVE
        looks, at = edges(luck, owners)
        in_sight = np.maximum(np.bincount(looks, minlength=owners), 1)
        o.paid[:] = o.payer_type == STEADY
        for _ in range(1000):
            seen = (np.bincount(looks, weights=o.paid[at], minlength=owners) / in_sight).astype(np.float32)
            logit = payment_logit(
                o.duty,
                o.service_sensitivity,
                o.satisfaction,
                F(q["payment_satisfaction_reference"]),
                o.norm_sensitivity,
                seen,
                o.threshold,
                F(0),
                F(0),
                o.grievance,
                F(0),
                F(0),
                F(0),
                F(1),
                F(1),
            )
            paid = logistic_draw(logit, luck.integers(0, 2**32, owners, np.uint32))
            if np.array_equal(paid, o.paid.astype(bool)):
                break
            o.paid[:] = paid
        return float(o.paid.mean())


def _agents() -> list[Check]:
    checks = []
    for number, case in enumerate(ON_GRAPHS):
        seeds = [100 * number + seed for seed in range(GRAPHS)]
        values = _values(case)
        one_way = np.array([settle_on_graph(case, seen_only, seed) for seed in seeds])
        graph = np.array([settle_on_graph(case, both_ways, seed) for seed in seeds])
        checks.append(
            around(message("replication.network_one_way", **values), FIXED_POINTS[case][0], one_way)
        )
        checks.append(around(message("replication.network_graph", **values), on_the_graph(case), graph))
    return checks


def _finding() -> Message:
    near, far = Case(0.5, 1.0, 0.25), Case(0.5, 1.0, 0.20)
    return message(
        "replication.wiedermann.finding",
        macro=decimal(FIXED_POINTS[far][0], 4),
        graph=decimal(on_the_graph(far), 4),
        macro_near=decimal(FIXED_POINTS[near][0], 4),
        graph_near=decimal(on_the_graph(near), 4),
    )
