"""Jonsson and Jonsson 2025: a threshold public-good game with unconditional and conditional
cooperators and free riders.

Types answer others' mean contribution on a straight line. As owners: each of a person's 20 points is a bill
that is paid where more than a threshold of others' points are given, with thresholds spread so evenly that
the answer is that line; where the line falls, owners pay while fewer than the threshold do.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations_with_replacement
from math import factorial
from typing import NamedTuple

import numpy as np

from sim.experiments.mean_field import Cdf, MeanField
from sim.model.state.owners import CONDITIONAL, FREE_RIDER, STEADY, Owners
from sim.replications.checks import Check, Replication, around, close
from sim.replications.norm_world import SHARP, norm_city, norm_map, shares, start_at
from sim.text import Message, message
from sim.text.figures import decimal

ENDOWMENT = 20.0
TARGET = 60.0  # points of a group of four
PERSONS = 4
ROUNDS = 199  # that the archived programs run
CLOSE = 0.01  # points, the last digit of the table


class Line(NamedTuple):
    """What a type gives: intercept + slope x others' mean, in points; `first`: its
    contribution in round 1."""

    intercept: float
    slope: float
    first: float


def _mean(*lines: Line) -> Line:
    return Line(*(float(np.mean(column)) for column in zip(*lines, strict=True)))


# sim.py and fig6.py of the archive, by type: the treatments 10P, 40P, Level, Impact in turn.
THRESHOLD_GAME: Mapping[str, Line] = {
    "steady": _mean(
        Line(17.51459397, -0.065673995, 14.72727273),
        Line(16.78084913, 0.006177229, 14.2967033),
        Line(18.70653308, -0.020941855, 15.5375),
        Line(17.3972948, -0.02865642, 14.79746835),
    ),
    "conditional": _mean(
        Line(2.668407923, 0.769928283, 12.78333333),
        Line(1.984160769, 0.80767842, 12.04081633),
        Line(-2.658563959, 1.051772529, 12.11538462),
        Line(1.269983166, 0.832255046, 10.85185185),
    ),
    "free_rider": _mean(
        Line(4.562105652, 0.161445329, 9.666666667),
        Line(0.623097156, 0.333341747, 5.714285714),
        Line(4.182532558, 0.171781389, 15.0),
        Line(7.031233664, -0.129197627, 8.333333333),
    ),
}
CONTROL: Mapping[str, Line] = {
    "steady": Line(16.21719439, 0.039325507, 14.92105263),
    "conditional": Line(2.060553218, 0.827547183, 12.38541667),
    "free_rider": Line(1.408893192, 0.245394485, 7.111111111),
}
LETTERS = {"U": "steady", "C": "conditional", "F": "free_rider"}
CODES = {"steady": STEADY, "conditional": CONDITIONAL, "free_rider": FREE_RIDER}
TOTALS = {"UUUU": 68.53, "UUUC": 67.09, "UUCC": 64.48, "UUUF": 58.10, "UCCC": 58.25, "CCCC": 24.25}
# Chance that a group reaches the target, by share of unconditional cooperators; the rest split 10.2 : 1.
SUCCESS = {0.2: 0.152, 0.3: 0.296, 0.4: 0.452, 0.5: 0.601, 0.56: 0.682, 0.8: 0.910}
ARCHIVED = 0.098  # what the archived fig6.py gives at 0.56
# Mean contribution of the control treatment by shares (steady, conditional, free rider) and round; the last
# is at rest.
DECAY = {
    (0.15, 0.52, 0.33): {1: 11.03, 2: 9.67, 3: 8.97, 5: 8.42, 10: 8.23, 20: 8.22},
    (0.588, 0.376, 0.037): {1: 13.68, 20: 15.76},
    (0.0, 0.5, 0.5): {1: 9.75, 2: 6.96, 3: 5.47, 5: 4.24, 10: 3.76, 20: 3.74},
    (0.0, 0.911, 0.089): {1: 11.91, 20: 8.95},
}
AT_REST = 8.221  # of the first of these
ESTATES, OWNERS = 10, 20_000
GROUPS, POINTS = 400, 200  # groups of agents; owners that stand for one person's points
GROUP_SHARES = (0.3, 0.56, 0.8)


def response(line: Line) -> Cdf:
    """Distribution function of the thresholds of a type whose owners answer on the
    line; shares, not points."""

    def below(x: np.ndarray) -> np.ndarray:
        given = np.clip(line.intercept / ENDOWMENT + line.slope * np.asarray(x), 0.0, 1.0)
        return given if line.slope >= 0.0 else 1.0 - given

    return below


def public_good_map(lines: Mapping[str, Line], parts: Mapping[str, float]) -> MeanField:
    """The norm-only map of a population with these shares of "steady", "conditional" and "free_rider"."""

    def way(kind: str) -> float:
        return 1.0 if lines[kind].slope >= 0.0 else -1.0

    total = sum(parts.values())
    return norm_map(
        {
            "payment.norm_weight": SHARP * way("conditional"),
            "payment.share_steady": parts["steady"] / total,
            "payment.share_free_rider": parts["free_rider"] / total,
            "payment.steady_shift": 0.0,
            "payment.free_rider_shift": 0.0,
            "payment.steady_norm_factor": way("steady") * way("conditional"),
            "payment.free_rider_norm_factor": way("free_rider") * way("conditional"),
        },
        {kind: response(line) for kind, line in lines.items()},
    )


def _parts(kind: str) -> dict[str, float]:
    return {name: float(name == kind) for name in LETTERS.values()}


def group_total(group: str, own: bool = False, followed: str = "") -> float:
    """Points of a group of four ("UUCC") after the archived number of rounds.

    own: True answers one's own last contribution, as fig6.py does by mistake; followed: the group whose lines
    are used from round 2 on, where it differs.
    """
    answers = {letter: public_good_map(THRESHOLD_GAME, _parts(kind)) for letter, kind in LETTERS.items()}
    given = np.array([THRESHOLD_GAME[LETTERS[letter]].first / ENDOWMENT for letter in group])
    for _ in range(ROUNDS):
        seen = given if own else (given.sum() - given) / (PERSONS - 1)
        given_now = np.array(
            [answers[letter](float(other)) for letter, other in zip(followed or group, seen, strict=True)]
        )
        if np.abs(given_now - given).max() < 1e-13:
            break
        given = given_now
    return float(ENDOWMENT * given.sum())


def chance_of_success(unconditional: float, totals: Mapping[str, float]) -> float:
    """Chance that four people drawn from the population reach the target; `totals` by group
    (letters in the order UCF)."""
    rider = (1.0 - unconditional) / 11.2
    parts = {"U": unconditional, "C": 10.2 * rider, "F": rider}
    chance = 0.0
    for group, total in totals.items():
        if total >= TARGET:
            ways = factorial(PERSONS)
            for letter in parts:
                ways //= factorial(group.count(letter))
            chance += ways * float(np.prod([parts[letter] for letter in group]))
    return chance


def contributions(lines: Mapping[str, Line], parts: tuple[float, float, float], rounds: int) -> list[float]:
    """Mean contribution in points of rounds 1 … rounds in a large population; parts: steady,
    conditional, free rider."""
    named = dict(zip(("steady", "conditional", "free_rider"), parts, strict=True))
    map_ = public_good_map(lines, named)
    rate = sum(named[kind] * lines[kind].first for kind in named) / ENDOWMENT / sum(parts)
    rates = [rate]
    for _ in range(rounds - 1):
        rates.append(map_(rates[-1]))
    return [ENDOWMENT * one for one in rates]


def replicate(agents: bool = True) -> Replication:
    """All of it; `agents` also runs cities of owners (seconds)."""
    groups = ["".join(group) for group in combinations_with_replacement("UCF", PERSONS)]
    totals = {group: group_total(group) for group in groups}
    checks = [
        close(
            message("replication.group_total", group=group), published, totals[group], within=CLOSE, digits=2
        )
        for group, published in TOTALS.items()
    ]
    for share, published in SUCCESS.items():
        what = message("replication.success", share=decimal(share, 2))
        checks.append(close(what, published, chance_of_success(share, totals), digits=3))
    archived = chance_of_success(0.56, {group: group_total(group, own=True) for group in groups})
    checks.append(close(message("replication.archived"), ARCHIVED, archived, by="recomputed", digits=3))
    for parts, rounds in DECAY.items():
        path = contributions(CONTROL, parts, max(rounds))
        for number, published in rounds.items():
            checks.append(close(_round(parts, number), published, path[number - 1], within=CLOSE, digits=2))
    first = next(iter(DECAY))
    rest = ENDOWMENT * public_good_map(CONTROL, dict(zip(CONTROL, first, strict=True))).fixed_points()[0][0]
    what = message("replication.at_rest", parts=_shares(first))
    checks.append(close(what, AT_REST, rest, within=0.001, digits=3))
    if agents:
        checks += [*_agents(first), *_groups_of_agents()]
    return Replication(
        "jonsson",
        message("replication.jonsson.title"),
        message("replication.jonsson.source"),
        message("replication.jonsson.how"),
        checks,
        [
            message(
                "replication.jonsson.own",
                archived=decimal(archived, 3),
                right=decimal(chance_of_success(0.56, totals), 3),
                alone=decimal(group_total("UUUC", own=True), 2),
            ),
            message(
                "replication.jonsson.fourth",
                wrong=decimal(group_total("UUUF", followed="UUUU"), 2),
                right=decimal(totals["UUUF"], 2),
            ),
        ],
    )


def _shares(parts: tuple[float, float, float]) -> str:
    return " / ".join(decimal(part, 3) for part in parts)


def _round(parts: tuple[float, float, float], number: int) -> Message:
    return message("replication.round", parts=_shares(parts), number=number)


def _set_owners(owners: Owners, rows: np.ndarray | slice, line: Line, quantiles: np.ndarray) -> None:
    """Thresholds and norm weight of some owners of a city, so that together they answer on the line.

    quantiles: shares in (0, 1), evenly or by luck; an owner at a quantile pays where the line lies above it.
    """
    owners.threshold[rows] = (quantiles - line.intercept / ENDOWMENT) / line.slope
    owners.norm_sensitivity[rows] = SHARP if line.slope > 0.0 else -SHARP


def _agents(parts: tuple[float, float, float]) -> list[Check]:
    """Rounds of the control treatment played by owners of every type, in estates
    that know nothing of each other."""
    values = {
        "payment.share_steady": parts[0],
        "payment.share_free_rider": parts[2],
        "payment.steady_shift": 0.0,
        "payment.free_rider_shift": 0.0,
    }
    luck = np.random.default_rng(2025)
    path = []
    with norm_city(ESTATES, OWNERS, 2025, values) as city:
        o = city.state.owners
        gives = np.zeros(o.threshold.size)
        for kind, line in CONTROL.items():
            rows = np.flatnonzero(o.payer_type == CODES[kind])
            _set_owners(o, rows, line, luck.random(rows.size))
            gives[rows] = line.first / ENDOWMENT
        first = (luck.random(gives.size) < gives).reshape(ESTATES, OWNERS).mean(axis=1)
        start_at(city, first)
        path.append(first)
        for _ in range(max(DECAY[parts]) - 1):
            city.step()
            path.append(shares(city))
    return [
        around(_round(parts, number), published, ENDOWMENT * path[number - 1], digits=2)
        for number, published in DECAY[parts].items()
    ]


def _groups_of_agents() -> list[Check]:
    """Groups of four estates, each one person whose points are owners: did they reach the target?"""
    checks = []
    for number, share in enumerate(GROUP_SHARES):
        luck = np.random.default_rng([2025, number])
        rider = (1.0 - share) / 11.2
        kinds = luck.choice(3, size=(GROUPS, PERSONS), p=[share, 10.2 * rider, rider])
        names = list(LETTERS.values())
        with norm_city(GROUPS * PERSONS, POINTS, 2025 + number, {}) as city:
            o = city.state.owners
            quantiles = (np.arange(POINTS) + 0.5) / POINTS
            for person, kind in enumerate(kinds.ravel()):
                rows = slice(person * POINTS, (person + 1) * POINTS)
                o.payer_type[rows] = CODES[names[kind]]
                _set_owners(o, rows, THRESHOLD_GAME[names[kind]], quantiles)
            given = np.array([THRESHOLD_GAME[name].first for name in names])[kinds] / ENDOWMENT
            for _ in range(60):
                start_at(city, ((given.sum(axis=1, keepdims=True) - given) / (PERSONS - 1)).ravel())
                city.step()
                given = shares(city).reshape(GROUPS, PERSONS)
        reached = (ENDOWMENT * given.sum(axis=1) >= TARGET).astype(np.float64)
        what = message("replication.success", share=decimal(share, 2))
        checks.append(around(what, SUCCESS[share], reached, digits=3))
    return checks
