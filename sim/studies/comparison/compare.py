"""Compare scenarios run with the same seeds: the first arm is the baseline, and every
difference is paired seed by seed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Unpack

import numpy as np

from sim.arguments import (
    finite,
    how_many,
    numbers_by_name,
    refused,
    seeds_from,
    seeds_of,
    settings_of,
    texts,
    whole,
)
from sim.errors import StudyError
from sim.experiments.ensemble import planned_runs_over
from sim.experiments.selection import spend
from sim.experiments.study_file import SCENARIO_FACTOR, Study, load_study
from sim.experiments.workplace import Keywords, RunResults, Workplace, run_planned, workplace_of
from sim.problems import kind_of, nearest
from sim.results.outcomes import DEFAULT_OUTCOMES, OUTCOMES
from sim.scenario import Scenario
from sim.size import MADE, MADE_OF_MEMBER, check_list
from sim.studies.comparison.arms import Arm, gather, prepare, require_same_estates
from sim.studies.comparison.comparison import Comparison, Look, Settings
from sim.studies.comparison.decision import Decide, Decision, check_looks, cut, looks_of
from sim.text import message

REPLICATIONS = 20
LOOKS = (10, 20, 40, 80)


@dataclass(frozen=True)
class Adaptive:
    """Replicate until the interval of `outcome` is at most `width` wide (in its unit) in every arm,
    or the looks are used up.

    Only at the pre-set numbers of replications `looks` is anything looked at. `outcome` is the
    first one compared if empty.
    """

    width: float
    looks: tuple[int, ...] = LOOKS
    outcome: str = ""

    def check(self, outcomes: Sequence[str]) -> None:
        """StudyError for a width that is not above zero, looks that do not rise, or an
        outcome that is not compared."""
        finite("width", self.width)
        if not self.width > 0:
            raise StudyError(
                message(
                    "problem.instead",
                    place="width",
                    found=f"{self.width:g}",
                    allowed=message("comparison.allowed.above_0"),
                )
            )
        check_looks(self.looks)
        if self.outcome and self.outcome not in outcomes:
            raise StudyError(
                message(
                    "problem.instead",
                    place="adaptive outcome",
                    found=repr(self.outcome),
                    allowed=", ".join(outcomes),
                )
            )


def level_at(level: float, looks: Sequence[int]) -> float:
    """The level of every interval. Bonferroni: each of k looks gets 1/k of the error, so that
    all hold together at `level`."""
    return 1 - (1 - level) / len(looks)


def compare(
    *scenarios: Scenario | str | Path,
    replications: int = REPLICATIONS,
    seeds: Sequence[int] | None = None,
    first_seed: int = 1,
    months: int | None = None,
    overrides: Mapping[str, Any] | None = None,
    outcomes: Sequence[str] = DEFAULT_OUTCOMES,
    adaptive: Adaptive | None = None,
    decide: Decide | str | None = None,
    differences: Mapping[str, float] | None = None,
    workplace: Workplace | None = None,
    **at: Unpack[Keywords],
) -> Comparison:
    """Run every scenario with the same seeds and compare it with the first.

    `seeds`: default `replications` of them from `first_seed` on; with `adaptive`, as many as it takes.
    `decide`: spend replications where they decide which arm is best in this outcome, which then leads the
    outcomes; all tables but those of arms with one another are of the replications that every arm has.
    `overrides` and `months` change all arms (a programme's setting: those that have the programme).
    `differences`: by outcome, the difference one wants to be able to see (default: the one found), for how
    many replications it takes. `workplace` and its fields as
    keywords: see Workplace (with an ensemble, replication r has its member r in every arm).

    Raises EstateError: an unknown outcome, arms of different cities, or a run without a result (nothing is
    computed over the others).
    """
    workplace = workplace_of("compare", workplace, at)
    replications = whole("replications", replications)
    given = None if seeds is None else how_many(seeds)
    first_seed = whole("first_seed", first_seed, 0)
    differences = numbers_by_name("differences", differences)
    if not (adaptive is None or isinstance(adaptive, Adaptive)):
        raise refused("adaptive", adaptive, message("allowed.object", name=Adaptive.__name__))
    if not (decide is None or isinstance(decide, Decide | str)):
        raise refused("decide", decide, message("allowed.object_or_outcome", name=Decide.__name__))
    _check(outcomes, differences)
    arms = prepare(scenarios, months, settings_of(overrides))
    if isinstance(decide, str):
        decide = Decide(decide)
    if decide is not None:
        decide.check()
        outcomes = (decide.outcome, *(name for name in outcomes if name != decide.outcome))
        if adaptive is not None or seeds is not None:
            raise StudyError(message("comparison.error.decide_alone"))
    members, level = workplace.members(), workplace.interval_level
    if adaptive is not None:
        adaptive.check(outcomes)
    looks = adaptive.looks if adaptive is not None else decide.looks if decide is not None else ()
    number = looks[-1] if looks else replications if given is None else given
    made_of = message("size.arms", arms=len(arms), replications=f"{number:,}")
    check_list("replications", len(arms) * number, MADE if members is None else MADE_OF_MEMBER, made_of)
    asked = list(seeds_from("first_seed", first_seed, number)) if seeds is None else seeds_of(seeds)
    if adaptive is not None and seeds is not None:
        raise StudyError(message("comparison.error.seeds_and_adaptive"))
    if len(set(asked)) < max(len(asked), 2):
        raise StudyError(message("comparison.error.seeds", found=len(set(asked)), all=len(asked)))
    workplace = workplace.opened()
    taken = level_at(level, looks) if looks else level
    settings = Settings(tuple(outcomes), level, taken, tuple(differences.items()), members)
    if decide is not None:
        return _decide(arms, asked, workplace, settings, decide)

    def carry_out(number: int) -> Comparison:
        return _run(arms, asked[:number], workplace, settings)

    return carry_out(len(asked)) if adaptive is None else _look(carry_out, adaptive)


def _check(outcomes: Sequence[str], differences: Mapping[str, float]) -> None:
    if not isinstance(outcomes, Sequence):
        allowed = message("allowed.list")
        raise StudyError(
            message("problem.instead", place="outcomes", found=kind_of(outcomes), allowed=allowed)
        )
    texts("outcomes", outcomes)
    if not outcomes:
        raise StudyError(message("comparison.error.no_outcome"))
    for name in [*outcomes, *differences]:
        if name not in OUTCOMES:
            guess = nearest(name, OUTCOMES)
            allowed = message("allowed.one_of", names=", ".join(OUTCOMES))
            wrong = message("problem.instead", place="outcomes", found=repr(name), allowed=allowed)
            raise StudyError(
                message("problem.nearest", problem=wrong, nearest=repr(guess)) if guess else wrong
            )


def _run(
    arms: Mapping[str, Scenario], seeds: Sequence[int], workplace: Workplace, settings: Settings
) -> Comparison:
    """Carry out every arm with these seeds."""
    gathered, results = _replicate(arms, seeds, [len(seeds)] * len(arms), workplace, settings)
    return Comparison(gathered, tuple(seeds), settings, results.digest(), results.executed)


def _replicate(
    arms: Mapping[str, Scenario],
    seeds: Sequence[int],
    numbers: Sequence[int],
    workplace: Workplace,
    settings: Settings,
) -> tuple[list[Arm], RunResults]:
    """Every arm with the first of these seeds, as many as `numbers` says of each. All arms in one go, so that
    no worker waits between them."""
    planned_runs = [
        planned_run
        for scenario, number in zip(arms.values(), numbers, strict=True)
        for planned_run in planned_runs_over(scenario, seeds[:number], settings.ensemble)
    ]
    results = run_planned(planned_runs, workplace)
    results.require_complete()
    gathered, place = [], 0
    for (name, scenario), number in zip(arms.items(), numbers, strict=True):
        part = slice(place, place + number)
        gathered.append(
            gather(name, scenario, RunResults(planned_runs[part], results.keys[part], results.store, 0))
        )
        place += number
    shared = min(numbers)
    require_same_estates(gathered if max(numbers) == shared else [cut(arm, shared) for arm in gathered])
    return gathered, results


def _decide(
    arms: Mapping[str, Scenario],
    seeds: Sequence[int],
    workplace: Workplace,
    settings: Settings,
    decide: Decide,
) -> Comparison:
    """Replicate where it decides; then the baseline as often as the choice, so that what the choice makes
    worse is known as precisely."""
    better, executed = OUTCOMES[decide.outcome].better, 0

    def replicate(numbers: Sequence[int]) -> list[np.ndarray]:
        nonlocal executed
        gathered, results = _replicate(arms, seeds, numbers, workplace, settings)
        executed += results.executed
        return [better * arm.scalars[decide.outcome] for arm in gathered]

    spent = spend(replicate, len(arms), decide.looks, settings.level)
    numbers = list(spent[-1].numbers)
    levelled = max(0, numbers[spent[-1].standing.best] - numbers[0])
    numbers[0] += levelled
    gathered, results = _replicate(arms, seeds, numbers, workplace, settings)
    looks = looks_of(spent, list(arms))
    decision = Decision(decide.outcome, decide.looks, looks, levelled, tuple(gathered))
    shared = min(numbers)
    return Comparison(
        [cut(arm, shared) for arm in gathered],
        tuple(seeds[:shared]),
        settings,
        results.digest(),
        executed + results.executed,
        decision=decision,
    )


def _look(carry_out: Any, adaptive: Adaptive) -> Comparison:
    """Look at the pre-set numbers of replications until every arm's interval is narrow enough."""
    looks: list[Look] = []
    executed = 0
    for number in adaptive.looks:
        comparison: Comparison = carry_out(number)
        executed += comparison.executed
        outcome = adaptive.outcome or comparison.settings.outcomes[0]
        widths = {arm.name: comparison.interval(arm.name, outcome).width for arm in comparison.others}
        # an arm that is the same as the baseline in every replication has no interval, and nothing to wait
        # for
        wide = [
            name
            for name, width in widths.items()
            if not width <= adaptive.width and comparison.paired(name, outcome).any()
        ]
        looks.append(Look(number, outcome, adaptive.width, widths, not wide))
        if not wide:
            break
    return comparison.with_looks(tuple(looks), adaptive.looks, executed)


def compare_study(what: Study | str | Path, **options: Any) -> Comparison:
    """Compare the scenarios that a study file lists as levels of its factor `scenario`,
    with its seeds and outcomes.

    `options` go to `compare` and replace what the file says; `overrides` are made besides those of the
    file. StudyError if the study has other factors.
    """
    arms, known = arms_of_study(what, options)
    return compare(*arms, **known)


def arms_of_study(
    what: Study | str | Path, options: Mapping[str, Any]
) -> tuple[list[str | Path], dict[str, Any]]:
    """The scenarios that a study file compares, the baseline first, and the options of
    `compare`; see `compare_study`."""
    workplace = options.get("workplace") or Workplace()
    study, file = (what, None) if isinstance(what, Study) else load_study(what)
    factors = [factor for factor in study.factors if factor.key == SCENARIO_FACTOR]
    listed = [str(level) for factor in factors for level in factor.levels]
    listed = listed or [
        str(point[SCENARIO_FACTOR]) for point in study.design.points if set(point) == {SCENARIO_FACTOR}
    ]
    if (
        len(listed) < 2
        or len(factors) < len(study.factors)
        or len(study.design.points) not in (0, len(listed))
    ):
        raise StudyError(message("comparison.error.one_factor", study=study.name, factor=SCENARIO_FACTOR))
    if study.seeds != "common":
        raise StudyError(message("comparison.error.common_seeds", study=study.name, found=repr(study.seeds)))
    ordered = sorted(listed, key=lambda name: name != study.base)  # the base is the baseline
    beside = [_beside(name, file) for name in ordered]
    options = {
        **options,
        "overrides": study.changes | dict(options.get("overrides") or {}),
        "workplace": workplace
        if workplace.timeout is not None
        else replace(workplace, timeout=study.timeout),
    }
    known: dict[str, Any] = {
        "replications": study.replications,
        "first_seed": study.seed,
        "outcomes": study.outcomes,
    }
    return beside, known | options


def _beside(name: str, file: Path | None) -> str | Path:
    from sim.scenario.loading import find

    return find(name, beside=file.parent) if file is not None else name
