"""Where runs fail, as boxes in the space of their inputs: scenario discovery by the patient rule induction
method (PRIM), with what it takes that none is found in noise.

A box is peeled: of all runs, the twentieth is cut off at that end of that input where it leaves most failures
for what it takes away, again and again (Friedman and Fisher 1999, Statistics and Computing 9, 123-143; cut by
what is gained for each run that is lost, Kwakkel and Jaxa-Rozen 2016, Environmental Modelling & Software 79,
311-321). Of the boxes on the way the one is taken that parts the runs best into two with shares of failures
of their own (the likelihood ratio of the table of within and without, failing and not), and its ends are
moved to where that is largest. Beside it a box is cut at any one place at a time, since luck may hide from
small cuts what large ones see; the better of the two is taken, and what it leaves is searched again.

Three things keep noise out. A box is found only where as good a one is rare if failures are dealt to the runs
at random (permutations; the whole search is repeated, so that its freedom counts). An end stays in a box
only where the box without it is too unlikely to hold as many failures by chance (quasi-p-values, Bryant and
Lempert 2010, Technological Forecasting and Social Change 77, 34-49; divided among the inputs), and only where
most resamples of the runs have it too (their reproducibility). What is found is then for the caller to
try on fresh runs (`tried`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from sim.experiments.intervals import CONSTANT, FEW, LEAST_PAIRS, LEVEL, Interval, wilson

PEELED = 0.05  # of the runs in a box that a cut takes away
LEAST_RUNS = 40  # fewer do not show a region
LEAST_EACH = 8  # runs that fail, and that do not
LEAST_BOX = 8  # runs in a box
BOXES = 3
PERMUTATIONS = 99
RARE = 0.01  # of the permutations that may find as good a box
QUASI_P = 0.05  # over all inputs together
RESAMPLES = 25
RESAMPLED = 0.8  # of the runs
REPEATED = 0.5  # of the resamples that must restrict an input too
ROUNDS = 20  # of moving ends
CONFIRMED = 0.05  # the error with which fresh runs confirm a box


@dataclass(frozen=True)
class Side:
    """One input of a box: between which ends it lies (infinite where open).

    input: its number. quasi_p: how likely the box without an end would hold as many failures by chance, of
    the likelier end. repeated: share of resamples of the runs whose first box has that end too, of the
    rarer one.
    """

    input: int
    low: float
    high: float
    quasi_p: float
    repeated: float


@dataclass(frozen=True)
class Box:
    """A region of the inputs, and what is in it. chance: share of permutations in which as good a box was
    found. runs, failing: that lie in it; of_runs, of_failing: among which it was searched (those that earlier
    boxes hold are not among them)."""

    sides: tuple[Side, ...]
    runs: int
    failing: int
    of_runs: int
    of_failing: int
    chance: float

    def holds(self, inputs: np.ndarray) -> np.ndarray:
        """Which runs lie in it; inputs (runs, inputs), result (runs,) bool."""
        inside = np.ones(len(inputs), bool)
        for side in self.sides:
            column = inputs[:, side.input]
            inside &= (column > side.low) & (column < side.high)
        return inside


@dataclass(frozen=True)
class Share:
    """A share of runs: so many of so many."""

    count: int
    total: int

    @property
    def value(self) -> float:
        """The share; NaN of none."""
        return self.count / self.total if self.total else math.nan

    def interval(self, level: float = LEVEL) -> Interval:
        """Wilson's interval, none under five runs."""
        if self.total < LEAST_PAIRS:
            return Interval(math.nan, math.nan, level, FEW)
        return wilson(self.count, self.total, level)


@dataclass(frozen=True)
class Discovery:
    """What was found. boxes: in the order found. runs, failing: among which was searched. note: why nothing
    is said; empty where a search was made."""

    boxes: tuple[Box, ...]
    runs: int
    failing: int
    note: str = ""

    def holds(self, inputs: np.ndarray) -> np.ndarray:
        """Which runs lie in some box; inputs (runs, inputs), result (runs,) bool."""
        inside = np.zeros(len(inputs), bool)
        for box in self.boxes:
            inside |= box.holds(inputs)
        return inside


@dataclass(frozen=True)
class Tried:
    """How a rule does on runs. density: of those that it holds, those that fail. coverage: of those that
    fail, those that it holds. base: of all, those that fail."""

    density: Share
    coverage: Share
    base: Share

    @property
    def confirmed(self) -> bool:
        """Whether more fail within than elsewhere, beyond chance: Fisher's exact test, one-sided."""
        from scipy import stats

        inside, failing = self.density.total, self.base.count
        outside = self.base.total - inside
        if not inside or not outside:
            return False
        hits = self.density.count
        table = [[hits, inside - hits], [failing - hits, outside - failing + hits]]
        return bool(stats.fisher_exact(table, alternative="greater").pvalue <= CONFIRMED)


def why_not(fails: np.ndarray, inputs: np.ndarray) -> str:
    """Why nothing can be said of where runs fail: FEW or CONSTANT; empty where something can. fails (runs,)
    bool, inputs (runs, inputs)."""
    if fails.size < LEAST_RUNS or inputs.shape[1] == 0:
        return FEW
    if fails.all() or not fails.any():
        return CONSTANT
    return FEW if min(fails.sum(), (~fails).sum()) < LEAST_EACH else ""


def discover(inputs: np.ndarray, fails: np.ndarray, seed: int = 0) -> Discovery:
    """Where runs fail. inputs: (runs, inputs) float64, finite. fails: (runs,) bool. seed: of permutations and
    resamples. No boxes where nothing beyond chance is found, or where nothing can be said (`note`)."""
    runs, failing = len(fails), int(fails.sum())
    note = why_not(fails, inputs)
    if note:
        return Discovery((), runs, failing, note)
    generator = np.random.default_rng(seed)
    boxes: list[Box] = []
    left = np.ones(runs, bool)
    for _ in range(BOXES):
        if why_not(fails[left], inputs[left]):
            break
        box = _box(inputs[left], fails[left], generator)
        if box is None:
            break
        boxes.append(box)
        left &= ~box.holds(inputs)
    return Discovery(tuple(boxes), runs, failing)


def tried(rule: Discovery, inputs: np.ndarray, fails: np.ndarray) -> Tried:
    """How a rule does on these runs, which had no part in finding it. inputs (runs, inputs), fails
    (runs,)."""
    inside, all_failing = rule.holds(inputs), int(fails.sum())
    hits = int((inside & fails).sum())
    return Tried(Share(hits, int(inside.sum())), Share(hits, all_failing), Share(all_failing, len(fails)))


def _box(inputs: np.ndarray, fails: np.ndarray, generator: np.random.Generator) -> Box | None:
    """The box that is found among runs; None where as good a one is found in noise, or where no input
    stays in it."""
    low, high = _best(inputs, fails)
    chance = _chance(inputs, fails, _quality(inputs, fails, low, high), generator)
    if chance > RARE:
        return None
    low, high = _settled(inputs, fails, low, high)
    repeated = _repeated(inputs, fails, generator)
    # ends that most resamples do not have are opened, then those that may be chance, the worst first
    low[repeated[0] < REPEATED], high[repeated[1] < REPEATED] = -np.inf, np.inf
    while True:
        low, high = _settled(inputs, fails, low, high)
        quasi = {
            (end, one): _quasi_p(inputs, fails, low, high, end, one)
            for end, limit in enumerate((low, high))
            for one in _restricted(low, high)
            if np.isfinite(limit[one])
        }
        worst = max(quasi, key=lambda one: quasi[one], default=None)
        if worst is None:
            return None
        if quasi[worst] <= QUASI_P / inputs.shape[1]:
            break
        end, one = worst
        (low, high)[end][one] = (-np.inf, np.inf)[end]
    inside = _inside(inputs, low, high)
    sides = tuple(
        Side(
            one,
            float(low[one]),
            float(high[one]),
            max(chance for (_, other), chance in quasi.items() if other == one),
            min(float(repeated[key]) for key in quasi if key[1] == one),
        )
        for one in _restricted(low, high)
    )
    return Box(sides, int(inside.sum()), int(fails[inside].sum()), len(fails), int(fails.sum()), chance)


def _restricted(low: np.ndarray, high: np.ndarray) -> list[int]:
    return [int(one) for one in np.nonzero(np.isfinite(low) | np.isfinite(high))[0]]


def _inside(inputs: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    return np.asarray(((inputs > low) & (inputs < high)).all(axis=1))


def _parted(hits: np.ndarray, sizes: np.ndarray, failing: int, runs: int) -> np.ndarray:
    """How much likelier the runs are with two shares of failures, within boxes (hits of sizes) and without,
    than with one: the logarithm of the ratio. Zero where no more fail within."""
    misses, outside = sizes - hits, runs - sizes
    missed = failing - hits
    table = (hits, misses, missed, outside - missed)
    found = sum(_times_log(cell) for cell in table) - _times_log(sizes) - _times_log(outside)
    one = _times_log(np.array([failing, runs - failing])).sum() - _times_log(np.array([runs]))[0]
    found = found - one
    return np.where(hits * runs > failing * sizes, found, 0.0)


def _times_log(counts: np.ndarray) -> np.ndarray:
    return np.asarray(counts * np.log(np.maximum(counts, 1)))


def _quality(inputs: np.ndarray, fails: np.ndarray, low: np.ndarray, high: np.ndarray) -> float:
    inside = _inside(inputs, low, high)
    hits, size = np.array([fails[inside].sum()]), np.array([inside.sum()])
    return float(_parted(hits, size, int(fails.sum()), len(fails))[0])


def _best(
    inputs: np.ndarray, fails: np.ndarray, order: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Ends (low, high; one value an input) of the better of the two boxes that are found by small cuts and by
    large ones: small ones see what inputs do together, large ones what luck hides from small ones. order:
    see `_order`, where it is known already."""
    order = _order(inputs) if order is None else order
    found = (_peeled(inputs, fails, order), _cut(inputs, fails, order))
    return max(found, key=lambda ends: _quality(inputs, fails, *ends))


def _order(inputs: np.ndarray) -> np.ndarray:
    """The runs in the order of each input; (inputs, runs)."""
    return np.ascontiguousarray(np.argsort(inputs, axis=0, kind="stable").T)


def _kept(order: np.ndarray, gone: np.ndarray, runs: int) -> np.ndarray:
    """The order of the runs that stay, without those that are gone."""
    stays = np.ones(runs, bool)
    stays[gone] = False
    return np.asarray(order[stays[order]].reshape(len(order), -1))


def _cut(inputs: np.ndarray, fails: np.ndarray, order: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Ends of the box that is cut, at any one place at a time, to where the runs are parted best."""
    runs, size = inputs.shape
    low, high = np.full(size, -np.inf), np.full(size, np.inf)
    marks, total, reached = fails.astype(np.int64), int(fails.sum()), 0.0
    rows = np.arange(size)[:, None]
    while order.shape[1] > LEAST_BOX:
        count = order.shape[1]
        ranked = inputs[order, rows]
        summed = np.cumsum(marks[order], axis=1)
        below = summed[:, :-1]
        hits = np.stack([summed[:, -1:] - below, below])  # kept above a cut, and below it
        sizes = np.arange(1, count)
        kept = np.broadcast_to(np.stack([count - sizes, sizes])[:, None, :], hits.shape)
        quality = _parted(hits, kept, total, runs)
        quality = np.where((kept >= LEAST_BOX) & (ranked[:, 1:] > ranked[:, :-1]), quality, -1.0)
        place = int(quality.argmax())
        if not quality.flat[place] > reached:
            break
        reached = float(quality.flat[place])
        end, one, row = (int(number) for number in np.unravel_index(place, quality.shape))
        (low, high)[end][one] = (ranked[one, row] + ranked[one, row + 1]) / 2
        order = _kept(order, order[one, : row + 1] if end == 0 else order[one, row + 1 :], runs)
    return low, high


def _peeled(inputs: np.ndarray, fails: np.ndarray, order: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Ends of the best box on the way of patient peeling."""
    runs, size = inputs.shape
    low, high = np.full(size, -np.inf), np.full(size, np.inf)
    steps: list[tuple[int, int, np.ndarray, np.ndarray]] = []
    marks, rows = fails.astype(np.int64), np.arange(size)[:, None]
    ranked = inputs[order, rows]
    alike = bool((ranked[:, 1:] == ranked[:, :-1]).any())
    failing = int(marks.sum())
    while order.shape[1] > LEAST_BOX and 0 < failing < order.shape[1]:
        count = order.shape[1]
        cut = max(1, int(PEELED * count))
        if alike:
            removed, lost = _alike(inputs[order, rows], marks[order], cut)
        else:
            removed = np.full((2, size), cut)
            lost = np.stack([marks[order[:, :cut]].sum(axis=1), marks[order[:, count - cut :]].sum(axis=1)])
        kept = count - removed
        density = (failing - lost) / np.maximum(kept, 1)
        gain = np.where(kept >= LEAST_BOX, (density - failing / count) / removed, -np.inf)
        end, one = divmod(int(gain.argmax()), size)
        if gain[end, one] == -np.inf:
            break
        away = int(removed[end, one])
        place = away if end == 0 else count - away
        middle = (inputs[order[one, place - 1], one] + inputs[order[one, place], one]) / 2
        (low, high)[end][one] = middle
        order = _kept(order, order[one, :away] if end == 0 else order[one, place:], runs)
        failing -= int(lost[end, one])
        steps.append((failing, order.shape[1], low.copy(), high.copy()))
    if not steps:
        return low, high
    hits, sizes = np.array([one[0] for one in steps]), np.array([one[1] for one in steps])
    best = int(_parted(hits, sizes, int(fails.sum()), runs).argmax())
    return steps[best][2], steps[best][3]


def _alike(ranked: np.ndarray, marks: np.ndarray, cut: int) -> tuple[np.ndarray, np.ndarray]:
    """How many runs a cut takes away at either end of each input, and how many of them fail, where equal
    values are cut off together; (2, inputs) each. ranked, marks: (inputs, runs), in each input's order."""
    count, rows = ranked.shape[1], np.arange(len(ranked))
    below = (ranked <= ranked[:, cut - 1 : cut]).sum(axis=1)
    above = (ranked >= ranked[:, count - cut : count - cut + 1]).sum(axis=1)
    summed = np.concatenate([np.zeros((len(ranked), 1), np.int64), np.cumsum(marks, axis=1)], axis=1)
    lost = np.stack([summed[rows, below], summed[:, -1] - summed[rows, count - above]])
    return np.stack([below, above]), lost


def _settled(
    inputs: np.ndarray, fails: np.ndarray, low: np.ndarray, high: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The box with each of its ends moved, in turn, to where it parts the runs best, until none moves (this
    pastes what was peeled too far); it gets no new ends."""
    low, high = low.copy(), high.copy()
    for _ in range(ROUNDS):
        before = (low.copy(), high.copy())
        for one in _restricted(low, high):
            for ends, sign in ((low, 1.0), (high, -1.0)):
                if np.isfinite(ends[one]):
                    ends[one] = sign * _end(inputs, fails, low, high, one, sign)
        if np.array_equal(low, before[0]) and np.array_equal(high, before[1]):
            break
    return low, high


def _end(
    inputs: np.ndarray, fails: np.ndarray, low: np.ndarray, high: np.ndarray, one: int, sign: float
) -> float:
    """Where the lower end of an input is best, all else as it is; for `sign` -1 the upper one, negative."""
    open_low, open_high = low.copy(), high.copy()
    (open_low if sign > 0 else open_high)[one] = -sign * np.inf
    held = _inside(inputs, open_low, open_high)
    column = sign * inputs[held, one]
    order = np.argsort(-column, kind="stable")  # from the far end inwards
    ranked, hits = column[order], np.cumsum(fails[held][order])
    sizes = np.arange(1, len(ranked) + 1)
    quality = _parted(hits, sizes, int(fails.sum()), len(fails))
    last = np.append(ranked[1:] < ranked[:-1], True)  # equal values stay together
    quality = np.where(last & (sizes >= min(LEAST_BOX, len(ranked))), quality, -1.0)
    place = int(quality.argmax())
    return -math.inf if place == len(ranked) - 1 else float((ranked[place] + ranked[place + 1]) / 2)


def _quasi_p(
    inputs: np.ndarray, fails: np.ndarray, low: np.ndarray, high: np.ndarray, end: int, one: int
) -> float:
    """How likely so many of the box's runs fail by chance, if as many do as in the box without this end of an
    input (0 the lower, 1 the upper)."""
    from scipy import stats

    inside = _inside(inputs, low, high)
    wide_low, wide_high = low.copy(), high.copy()
    (wide_low, wide_high)[end][one] = (-np.inf, np.inf)[end]
    wider = _inside(inputs, wide_low, wide_high)
    hits, runs = int(fails[inside].sum()), int(inside.sum())
    return float(stats.binom.sf(hits - 1, runs, float(fails[wider].mean())))


def _chance(inputs: np.ndarray, fails: np.ndarray, quality: float, generator: np.random.Generator) -> float:
    """Share of searches in dealt failures that find as good a box, this one counted. Once it is sure to be
    too large it stops (Besag and Clifford 1991, Biometrika 78, 301-304)."""
    as_good, order = 1, _order(inputs)
    for done in range(1, PERMUTATIONS + 1):
        dealt = generator.permutation(fails)
        as_good += _quality(inputs, dealt, *_best(inputs, dealt, order)) >= quality
        if as_good > RARE * (PERMUTATIONS + 1):
            return as_good / (done + 1)
    return as_good / (PERMUTATIONS + 1)


def _repeated(inputs: np.ndarray, fails: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Share of resamples (of four fifths of the runs) whose best box restricts each input; (2, inputs), at
    its lower and its upper end."""
    counts, runs = np.zeros((2, inputs.shape[1])), len(fails)
    for _ in range(RESAMPLES):
        drawn = generator.choice(runs, round(RESAMPLED * runs), replace=False)
        if fails[drawn].any():
            low, high = _best(inputs[drawn], fails[drawn])
            counts += np.isfinite(np.stack([low, high]))
    return counts / RESAMPLES
