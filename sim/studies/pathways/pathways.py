"""Pathways: when each of several plans stops being good enough, which switch to another is then still open,
at what cost, and what tells beforehand that it comes.

Dynamic adaptive policy pathways (Haasnoot, Kwakkel, Walker and ter Maat 2013, Global Environmental Change 23,
485-498): the sell-by month is their sell-by date, a switch their transfer station.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from sim.arguments import finite, how_many, refused, seeds_from, seeds_of, settings_of, several, whole
from sim.errors import StudyError
from sim.experiments.ensemble import Ensemble, planned_runs_over
from sim.experiments.intervals import Estimate, Interval, estimate_of
from sim.experiments.progress import Phases
from sim.experiments.workplace import Keywords, Rounds, Workplace, workplace_of
from sim.results.engines import PlannedRun
from sim.results.result import Result
from sim.results.resuming import state_file
from sim.results.saved import key_of, save_found
from sim.results.summary import RunSummary
from sim.scenario import Scenario
from sim.size import MADE, MADE_OF_MEMBER, check_list
from sim.studies.comparison.arms import prepare
from sim.studies.pathways.lasting import (
    ENDED,
    HELD,
    NEVER,
    Fate,
    SellBy,
    fate_of,
    fate_of_switch,
    latest_of,
    sell_by,
    verdict_of,
)
from sim.studies.pathways.signposts import Signpost, figures_of, signposts_of, why_none
from sim.studies.pathways.switching import check_switches, switched_run
from sim.studies.pathways.threshold import Threshold, good_enough, read_thresholds
from sim.text import message
from sim.units import MONTHS_PER_YEAR

if TYPE_CHECKING:
    import pandas as pd

REPLICATIONS = 20
WITHIN = 24  # months that a plan has to be good enough; assumed
LASTING = 24  # months in a row that are long enough; assumed
BEFORE = 12  # months of warning; assumed
LIKELY = 0.66  # of runs: "likely" of the IPCC's calibrated language (Mastrandrea et al. 2010)
PLANS, SWITCHES = "plans", "switches"  # phases
PHASES = {PLANS: message("pathways.phase.plans"), SWITCHES: message("pathways.phase.switches")}
COSTS = ("public_cost", "fiscal_spending")
STATES = "states"  # folder of the store


@dataclass(frozen=True, eq=False)
class Pathway:
    """A sequence of plans, and what became of the last of them in each run in which it was tried.

    plans: by name, the one that holds from month 1 on first. before: how many months before the sell-by month
    of the plan before the last switch came. Arrays have an entry a run: number (from 0, of the replication),
    months (the last month of every plan but the last; (runs, plans - 1)), failed (sell-by month of the plan
    before; 0 for a first plan), state (NEVER, ENDED or HELD) and until (its own sell-by month, see
    `Fate`), public_cost and fiscal_spending (yuan of the whole run); good: (runs, months + 1), 1 where it was
    good enough.
    """

    plans: tuple[str, ...]
    before: int
    number: np.ndarray
    months: np.ndarray
    failed: np.ndarray
    state: np.ndarray
    until: np.ndarray
    public_cost: np.ndarray
    fiscal_spending: np.ndarray
    good: np.ndarray

    @property
    def plan(self) -> str:
        """The last plan."""
        return self.plans[-1]

    @property
    def is_open(self) -> np.ndarray:
        """In which runs it was good enough: of a switch, again and for long enough."""
        return np.asarray((self.state == ENDED) | (self.state == HELD))

    def cost(self, name: str) -> np.ndarray:
        """One of COSTS in each run."""
        return np.asarray(getattr(self, name))


class Pathways(Result):
    """What `pathways` found."""

    def __init__(
        self,
        paths: Sequence[Pathway],
        signposts: Sequence[Signpost],
        digest: str,
        executed: int,
        asked: Mapping[str, Any],
    ) -> None:
        """Made by `pathways`; the paths of one plan come first, in the order of the plans."""
        self.paths, self.signposts = tuple(paths), tuple(signposts)
        self.digest, self.executed, self.asked = digest, executed, dict(asked)

    @property
    def scenario(self) -> Scenario:
        """The first plan."""
        return next(iter(self.plans.values()))

    @property
    def plans(self) -> dict[str, Scenario]:
        """The plans by name."""
        held: dict[str, Scenario] = self.asked["plans"]
        return held

    @property
    def thresholds(self) -> tuple[Threshold, ...]:
        """What is good enough: all of these."""
        held: tuple[Threshold, ...] = self.asked["thresholds"]
        return held

    @property
    def ensemble(self) -> Ensemble | None:
        """The ensemble that was run over."""
        held: Ensemble | None = self.asked["ensemble"]
        return held

    @property
    def months(self) -> int:
        """How many months every run has."""
        return self.scenario.months

    @property
    def runs(self) -> int:
        """Runs of each plan."""
        return len(self.asked["seeds"])

    @property
    def level(self) -> float:
        """The level of the intervals."""
        return float(self.asked["level"])

    @property
    def latest(self) -> int:
        """The last sell-by month after which a switch can be judged."""
        return latest_of(self.months, self.asked["within"], self.asked["lasting"])

    @property
    def firsts(self) -> tuple[Pathway, ...]:
        """The plans by themselves, from month 1 on."""
        return tuple(path for path in self.paths if len(path.plans) == 1)

    @property
    def switches(self) -> tuple[Pathway, ...]:
        """The paths that end with a switch."""
        return tuple(path for path in self.paths if len(path.plans) > 1)

    def path(self, *plans: str, before: int = 0) -> Pathway:
        """The path of these plans; KeyError if it was not tried."""
        for path in self.paths:
            if (path.plans, path.before) == (plans, before if len(plans) > 1 else 0):
                return path
        raise KeyError((plans, before))

    def sell_by(self, path: Pathway) -> SellBy:
        """When the last plan of a path stops being good enough: of a switch, over the runs in which it is
        open."""
        held = path.is_open if len(path.plans) > 1 else np.ones(path.state.size, bool)
        return sell_by(path.state[held], path.until[held], self.level)

    def verdict(self, path: Pathway) -> tuple[str, Interval]:
        """Whether a switch is open, and the interval of the share of runs in which it is; see
        `verdict_of`."""
        return verdict_of(path.state, float(self.asked["likely"]), self.level)

    def draw_of(self, path: Pathway) -> int | None:
        """The seed of the only run in which a switch was tried, whose figures are one draw and no means; None
        where there are more."""
        return int(self.asked["seeds"][int(path.number[0])]) if path.state.size == 1 else None

    def costs(self, path: Pathway, name: str) -> tuple[Estimate, Estimate | None]:
        """What a path costs in a run (one of COSTS, yuan over all months), and of a switch what it costs more
        than to stay, pair by pair."""
        if len(path.plans) == 1:
            return estimate_of(path.cost(name), self.level), None
        stayed = self.path(*path.plans[:-1])
        there = {int(number): place for place, number in enumerate(stayed.number)}
        rows = [there[int(number)] for number in path.number]
        more = path.cost(name) - stayed.cost(name)[rows]
        return estimate_of(path.cost(name), self.level), estimate_of(more, self.level)

    def signposts_for(self, plan: str) -> list[Signpost]:
        """The signposts of a plan, the best first."""
        return [one for one in self.signposts if one.plan == plan]

    def why_no_signpost(self, plan: str) -> str:
        """Why none could be measured; empty where some were."""
        return why_none(_failed(self.path(plan))[0])

    @property
    def key(self) -> str:
        """Sixteen hex digits that name what was asked, of which model, and what the runs came to."""
        return key_of(self)

    def tables(self) -> dict[str, pd.DataFrame]:
        """Sell-by months, switches, signposts, every run, and month by month in how many runs each plan is
        good enough."""
        from sim.studies.pathways.tables import tables_of

        return tables_of(self)

    def save(self, folder: Path | str) -> Path:
        """Write the tables, the whole result, and `manifest.json` last; `sim.load_result` reads it.
        ResultError if that fails."""
        return save_found(self, folder)


def scenarios_of(found: Pathways) -> list[Scenario]:
    """The scenarios of the plans."""
    return list(found.plans.values())


def pathways(
    *plans: Scenario | str | Path,
    good_while: str | Threshold | Sequence[str | Threshold],
    replications: int = REPLICATIONS,
    first_seed: int = 1,
    seeds: Sequence[int] | None = None,
    months: int | None = None,
    within: int = WITHIN,
    lasting: int = LASTING,
    before: int = BEFORE,
    likely: float = LIKELY,
    switches: int = 1,
    overrides: Mapping[str, Any] | None = None,
    workplace: Workplace | None = None,
    **at: Unpack[Keywords],
) -> Pathways:
    """When each plan stops being good enough, which switch to another is then open, and at what cost.

    `good_while`: what must hold in the twelve months behind, such as "cycle_share_last_year <= 0.1"; of
    several, all. Every plan is run with the same seeds (and members of the ensemble) for `months`. It has
    `within` months to be good enough; its sell-by month is the first from then on in which it is not. From
    the end of that month, and from `before` months earlier, the same run goes on under each other plan: the
    switch is open in that run if it is good enough again within `within` months after the sell-by month, for
    `lasting` in a row, and open altogether if the interval of the share of runs in which it is lies at
    `likely` or above. `switches`: how many in a row are tried, 1 to 3. `overrides`, `workplace` and its
    fields as in `compare`.

    Raises EstateError: a threshold that cannot be judged, plans of different cities, a run without a result.
    """
    workplace = workplace_of("pathways", workplace, at)
    replications = whole("replications", replications)
    count = replications if seeds is None else how_many(seeds)
    finite("likely", likely)
    if not isinstance(good_while, str | Threshold):
        rules = message("pathways.allowed.threshold")
        for one in several("good_while", good_while, rules):
            if not isinstance(one, str | Threshold):
                raise refused("good_while", one, rules)
    thresholds = read_thresholds(good_while)
    if len(plans) < 2:
        place, found = message("problem.at", file="pathways", key="plans"), len(plans)
        allowed = message("pathways.allowed.plans")
        raise StudyError(message("problem.instead", place=place, found=found, allowed=allowed))
    arms = prepare(plans, months, settings_of(overrides))
    members = workplace.members()
    _check_size(len(arms), count, members is not None)
    asked = {
        "plans": arms,
        "thresholds": thresholds,
        "seeds": seeds_of(seeds) if seeds is not None else list(seeds_from("first_seed", first_seed, count)),
        "ensemble": members,
        "level": workplace.interval_level,
        "within": within,
        "lasting": lasting,
        "before": before,
        "likely": likely,
        "switches": switches,
    }
    _check(asked)
    check_switches(arms)
    return _of(asked, workplace)


def again(saved: Pathways, workplace: Workplace) -> Pathways:
    """Saved pathways carried out once more."""
    return _of(saved.asked, workplace)


def _check(asked: Mapping[str, Any]) -> None:
    plans, seeds = asked["plans"], asked["seeds"]
    length = next(iter(plans.values())).months
    if len(set(seeds)) < len(seeds) or len(seeds) < 2:
        raise StudyError(message("comparison.error.seeds", found=len(set(seeds)), all=len(seeds)))
    longest = length - MONTHS_PER_YEAR
    for name, low, high in (
        ("within", 1, longest),
        ("lasting", 1, longest),
        ("before", 0, longest),
        ("switches", 1, 3),
    ):
        value = asked[name]
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            allowed = message("allowed.range", what=message("allowed.integer"), low=low, high=high)
            raise StudyError(message("problem.instead", place=f"--{name}", found=value, allowed=allowed))
    needed = MONTHS_PER_YEAR + asked["within"] + asked["lasting"]
    if length < needed:
        allowed = message("allowed.at_least", what=message("allowed.integer"), low=needed)
        raise StudyError(message("problem.instead", place="--months", found=length, allowed=allowed))
    if not 0.5 <= asked["likely"] <= 1:
        allowed = message("allowed.range", what=message("allowed.number"), low=0.5, high=1)
        raise StudyError(message("problem.instead", place="--likely", found=asked["likely"], allowed=allowed))


def _check_size(plans: int, seeds: int, members: bool) -> None:
    """StudyError for more runs than can be listed, before they are."""
    made_of = message("size.arms", arms=plans, replications=f"{seeds:,}")
    check_list("replications", plans * seeds, MADE_OF_MEMBER if members else MADE, made_of)


# carried out


def _of(asked: Mapping[str, Any], workplace: Workplace) -> Pathways:
    work = replace(workplace, ensemble=None).opened()
    plans, seeds = asked["plans"], asked["seeds"]
    states = work.open_store().folder / STATES
    with work.shown() as report:
        expected = {PLANS: len(plans) * len(seeds), SWITCHES: len(plans) * (len(plans) - 1) * len(seeds)}
        run = Rounds(
            replace(work, progress=report), phases=Phases(report, PHASES, expected) if report else None
        )
        firsts, signposts = _first_plans(asked, run)
        paths, wave, kept = list(firsts), list(firsts), set[Path]()
        for _ in range(asked["switches"]):
            planned = [one for path in wave if path.before == 0 for one in _switched(asked, path, states)]
            kept |= {state_file(states, one.legs, one.seed) for batch in planned for one in batch.runs}
            wave = _carried_out(asked, planned, run)
            paths += wave
        for file in sorted(kept):  # all that parted there is done
            with contextlib.suppress(OSError):
                file.unlink(missing_ok=True)
    return Pathways(paths, signposts, run.digest(), run.executed, asked)


def _first_plans(asked: Mapping[str, Any], run: Rounds) -> tuple[list[Pathway], list[Signpost]]:
    plans, seeds = asked["plans"], asked["seeds"]
    planned = [one for plan in plans.values() for one in planned_runs_over(plan, seeds, asked["ensemble"])]
    results = run(planned)
    results.require_complete()
    paths, signposts = [], list[Signpost]()
    numbers = np.arange(len(seeds))
    for place, name in enumerate(plans):
        summaries = [results[place * len(seeds) + number] for number in range(len(seeds))]
        good = [good_enough(asked["thresholds"], one.series) for one in summaries]
        fates = [fate_of(one, asked["within"]) for one in good]
        months = np.zeros((len(seeds), 0), np.int32)
        path = _pathway((name,), 0, numbers, months, np.zeros(len(seeds)), fates, summaries, good)
        paths.append(path)
        failed, counted = _failed(path)
        if not why_none(failed):
            figures = figures_of([one.series for one, kept in zip(summaries, counted, strict=True) if kept])
            signposts += signposts_of(name, failed, figures, asked["before"], asked["level"])
    return paths, signposts


def _failed(path: Pathway) -> tuple[np.ndarray, np.ndarray]:
    """Sell-by months of the runs in which a plan was good enough at first, infinity where it held; and which
    runs these are."""
    counted = path.state != NEVER
    months = np.where(path.state == HELD, np.inf, path.until.astype(np.float64))
    return months[counted], counted


@dataclass(frozen=True)
class _Batch:
    """The runs of a switch: its plans, how long before the sell-by month; of each run its place in the path
    before, and the last months of every plan but the last."""

    plans: tuple[str, ...]
    before: int
    path: Pathway
    places: list[int]
    months: list[list[int]]
    runs: list[PlannedRun]


def _switched(asked: Mapping[str, Any], path: Pathway, states: Path) -> Iterator[_Batch]:
    """Every switch from the last plan of a path, in the runs in which that fails early enough to judge it."""
    plans, first = asked["plans"], len(path.plans) == 1
    latest = latest_of(path.good.shape[1] - 1, asked["within"], asked["lasting"])
    fails = (path.state == ENDED) | ((path.state == NEVER) & first)
    failing = np.flatnonzero(fails & (path.until <= latest))
    for name, before in product(plans, dict.fromkeys((0, asked["before"]))):
        if name in path.plans:
            continue
        batch = _Batch((*path.plans, name), before, path, [], [], [])
        for place in failing.tolist():
            earlier, number = path.months[place].tolist(), int(path.number[place])
            month = int(path.until[place]) - before
            if month <= (earlier[-1] if earlier else 0):
                continue  # so much earlier there was another plan, or no month yet
            member = {} if asked["ensemble"] is None else asked["ensemble"].member(number)
            batch.places.append(place)
            batch.months.append([*earlier, month])
            batch.runs.append(
                switched_run(plans, batch.plans, batch.months[-1], asked["seeds"][number], member, states)
            )
        if batch.runs:
            yield batch


def _carried_out(asked: Mapping[str, Any], planned: Sequence[_Batch], run: Rounds) -> list[Pathway]:
    runs = [one for batch in planned for one in batch.runs]
    run.begin(SWITCHES, len(runs))
    if not runs:
        return []
    results = run(runs)
    results.require_complete()
    paths, place = [], 0
    for batch in planned:
        summaries = [results[place + number] for number in range(len(batch.runs))]
        place += len(batch.runs)
        failed = batch.path.until[batch.places]
        good = [good_enough(asked["thresholds"], one.series) for one in summaries]
        fates = [
            fate_of_switch(one, int(month), asked["within"], asked["lasting"])
            for one, month in zip(good, failed, strict=True)
        ]
        months = np.array(batch.months, np.int32)
        number = batch.path.number[batch.places]
        paths.append(_pathway(batch.plans, batch.before, number, months, failed, fates, summaries, good))
    return paths


def _pathway(
    plans: tuple[str, ...],
    before: int,
    number: np.ndarray,
    months: np.ndarray,
    failed: np.ndarray,
    fates: Sequence[Fate],
    summaries: Sequence[RunSummary],
    good: Sequence[np.ndarray],
) -> Pathway:
    return Pathway(
        plans,
        before,
        number.astype(np.int32),
        months,
        failed.astype(np.int32),
        np.array([fate.state for fate in fates], np.int8),
        np.array([fate.month for fate in fates], np.int32),
        np.array([one.scalars["public_cost"] for one in summaries]),
        np.array([one.scalars["fiscal_spending"] for one in summaries]),
        np.stack(good).astype(np.uint8),
    )
