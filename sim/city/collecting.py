"""Which missing figures of a city leave its estates' future most uncertain: what to collect next.

No weight is chosen. The city (or as many of its estates as `MOST_ESTATES`) is run under several seeds, in
each of which everything that its table does not give is drawn anew, and all that it gives stays. What an
estate's collection then varies by between seeds is what is not known about it, with its luck. How much of
that variance goes with one figure, among the estates that lack it, is the figure's correlation ratio (a
first-order index of variance, Saltelli et al. 2008, Global Sensitivity Analysis, ch. 1): by so much the
variance would fall on the mean if it were known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.city.missing import GIVEN, TOPICS
from sim.model.engine import Engine
from sim.model.start.drawn_table import drawn_table
from sim.results.outcomes import estate_figures
from sim.results.reading import Reading, record_of
from sim.scenario import Scenario
from sim.scenario.estate_rows import EstateRows
from sim.scenario.estate_table import COLUMNS
from sim.scenario.overrides import with_estates, with_overrides

MOST_ESTATES = 60  # that are run; of more, so many evenly by number
SEEDS = 16
MONTHS = 24
GROUPS = 5  # of equal size, into which the figures of a column are put
LEAST_ESTATES = 5  # that lack a figure, for an index of it
RESAMPLES = 400
SHUFFLES = 500  # of the seeds, each of which breaks what ties figures to outcomes
CHANCE = 0.01  # of the shuffles; strict, since some twenty figures are looked at
LEVEL = 0.95
TINY = 1e-12  # a sum of squares below it is none
OUTCOME = "collection_last_year"
SHOWN = {"standard_cost": "cost_per_area"}  # by which column of a drawn city a topic is told
INNER = ("district", "street", "community")  # where an estate lies is no figure that a column could lack


@dataclass(frozen=True)
class Worth:
    """What knowing one figure of the estates that lack it would be worth.

    missing: how many lack it. share: of the variance of all estates' outcome that goes with it, with the ends
    of its interval; explained: of the variance of those that lack it. told: whether shuffled seeds, which
    keep what a month brings to all estates, show as much in fewer than `CHANCE` of the cases.
    """

    topic: str
    missing: int
    share: float
    low: float
    high: float
    explained: float
    told: bool


@dataclass(frozen=True)
class Worths:
    """What was measured: worths from the largest on, with how it was.

    estates: that were run. spread: by how much (standard deviation, share) an estate's outcome varies between
    seeds on the mean.
    """

    rows: tuple[Worth, ...]
    estates: int
    seeds: int
    months: int
    spread: float


def worths(scenario: Scenario, marks: Mapping[str, Sequence[str]]) -> Worths:
    """Measure what every topic that some estates lack is worth. `marks`: as of `sim.city.missing.marks`."""
    table = scenario_rows(scenario)
    places = sample(table.size)
    small = with_estates(scenario, table.some(places, without=yearly_of(table)), "city.csv")
    small = with_overrides(small, {"months": min(MONTHS, scenario.months)})
    outcomes, columns = _runs(small)
    lacking = {
        name: np.array([marks[name][place] not in (GIVEN, "") for place in places]) for name in columns
    }
    centred = outcomes - outcomes.mean(axis=0)
    rows = [
        worth_of(name, columns[name], lacking[name], centred, _count(marks[name]))
        for name in columns
        if lacking[name].sum() >= LEAST_ESTATES
    ]
    ranked = sorted(rows, key=lambda one: (-one.share, list(TOPICS).index(one.topic)))
    spread = float(np.sqrt((centred**2).sum(axis=0) / (SEEDS - 1)).mean())
    return Worths(tuple(ranked), len(places), SEEDS, small.months, spread)


def scenario_rows(scenario: Scenario) -> EstateRows:
    """The estates of a city's scenario."""
    assert scenario.estates is not None
    return scenario.estates.rows


def yearly_of(table: EstateRows) -> list[str]:
    """Columns of single years, which set nothing."""
    return [name for name in table.cells if name not in COLUMNS]


def sample(size: int) -> list[int]:
    """Places of the estates that are run: all, or so many evenly."""
    number = min(size, MOST_ESTATES)
    return [place * size // number for place in range(number)]


def _count(line: Sequence[str]) -> int:
    return sum(mark not in (GIVEN, "") for mark in line)


def _runs(scenario: Scenario) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """The outcome of every estate, and its group by what month 0 has of each topic, both (seeds, estates)."""
    outcomes, tables = [], []
    for seed in range(1, SEEDS + 1):
        with Engine(scenario, seed) as engine:
            outcomes.append(estate_figures(Reading(record_of(engine.run())))[OUTCOME])
        tables.append(drawn_table(scenario, seed))
    columns = {name: _groups(name, SHOWN.get(name, name), tables) for name in TOPICS if name not in INNER}
    return np.array(outcomes), columns


def _groups(topic: str, column: str, tables: Sequence[EstateRows]) -> np.ndarray:
    """Numbers of groups of alike figures: a group a word or flag, else so many of equal size."""
    if COLUMNS[column].kind == "word":
        words = np.array([table.words(column) for table in tables])
        return np.asarray(np.unique(words, return_inverse=True)[1].reshape(words.shape))
    figures = np.array([table.values(column) for table in tables])
    if topic in ("area", "public_revenue"):
        figures = figures / np.array([table.households for table in tables])
    if topic == "arrears":
        figures = figures / np.array([table.values("area") for table in tables])
    figures = np.nan_to_num(figures, nan=-1.0)
    if np.unique(figures).size <= GROUPS:
        return np.asarray(np.unique(figures, return_inverse=True)[1].reshape(figures.shape))
    cuts = np.unique(np.quantile(figures, np.arange(1, GROUPS) / GROUPS))
    return np.asarray(np.searchsorted(cuts, figures, side="left"))


def worth_of(topic: str, groups: np.ndarray, lacking: np.ndarray, centred: np.ndarray, missing: int) -> Worth:
    """The correlation ratio of a topic within the estates that lack it, and its part of all estates' variance
    with a bootstrap interval over estates.

    groups: of the figures of each estate, (seeds, estates). lacking: of which estates. centred: their outcome
    less its mean over the seeds, (seeds, estates). missing: how many of the whole city lack it.
    """
    seeds, members = centred.shape[0], np.flatnonzero(lacking)
    free = members.size * (seeds - 1)
    flags = (groups[:, members, None] == np.arange(int(groups.max()) + 1)).astype(float)
    flags -= flags.mean(axis=0)  # seeds, estates, groups
    y = centred[:, members]
    # an estate's own part of the sums
    inner, outer = np.einsum("seg,seh->egh", flags, flags), np.einsum("seg,se->eg", flags, y)
    whole, rest = (y**2).sum(axis=0), (centred[:, ~lacking] ** 2).sum(axis=0)
    luck = np.random.default_rng(1)

    def shares(mine: np.ndarray, others: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Of the variance here and of all, for weights of the estates, (resamples, estates)."""
        total = mine @ whole
        here = _explained(np.tensordot(mine, inner, 1), mine @ outer, total, free)
        return here, here * total / np.maximum(total + others @ rest, TINY)

    explained, share = (float(one[0]) for one in shares(np.ones((1, members.size)), np.ones((1, rest.size))))
    drawn = shares(_resampled(luck, members.size), _resampled(luck, rest.size))[1]
    low, high = np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    # figures of one seed beside outcomes of another
    pairs = np.einsum("seg,te->stg", flags, y)
    orders = np.array([luck.permutation(seeds) for _ in range(SHUFFLES)])
    moments = pairs[orders, np.arange(seeds)].sum(axis=1)
    chance = _explained(inner.sum(axis=0)[None], moments, np.full(SHUFFLES, whole.sum()), free)
    told = explained > float(np.quantile(chance, 1 - CHANCE))
    ends = (max(float(low), 0.0), max(float(high), 0.0))
    return Worth(topic, missing, max(share, 0.0), *ends, max(explained, 0.0), told)


def _resampled(luck: np.random.Generator, size: int) -> np.ndarray:
    """How often each estate is drawn in each resample."""
    if size == 0:
        return np.zeros((RESAMPLES, 0))
    return luck.multinomial(size, np.full(size, 1 / size), RESAMPLES).astype(float)


def _explained(cross: np.ndarray, moments: np.ndarray, total: np.ndarray, free: int) -> np.ndarray:
    """Shares of the variance that go with groups, less what groups without meaning would take: of sums of
    squares `cross` (any, groups, groups), of products with the outcome and of the outcome's squares."""
    fitted = np.einsum(
        "nij,nj->ni", np.broadcast_to(np.linalg.pinv(cross), (len(moments), *cross.shape[1:])), moments
    )
    raw = np.einsum("ni,ni->n", moments, fitted) / np.maximum(total, TINY)
    rank = np.linalg.matrix_rank(cross)
    return np.asarray(np.where(total > TINY, 1 - (1 - raw) * free / (free - rank), 0.0))
