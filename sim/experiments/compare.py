"""Compare scenarios run with the same seeds: the first arm is the baseline, and every difference is paired seed by seed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.errors import StudyError
from sim.experiments.arms import gather, prepare, require_same_estates
from sim.experiments.comparison import Comparison, Look, Settings
from sim.experiments.engine import DEFAULT_TIMEOUT, Engine
from sim.experiments.ensemble import Ensemble, as_ensemble, cells_over
from sim.experiments.intervals import LEAST_PAIRS, LEVEL
from sim.experiments.running import CellResults, Report, run_cells
from sim.experiments.store import Store, open_store
from sim.experiments.study_file import SCENARIO_FACTOR, Study, load_study
from sim.results.outcomes import DEFAULT_OUTCOMES, OUTCOMES
from sim.scenario import Scenario
from sim.scenario.nearest import nearest
from sim.size import MADE, MADE_OF_MEMBER, check_list
from sim.text import message

REPLICATIONS = 20
LOOKS = (10, 20, 40, 80)


@dataclass(frozen=True)
class Adaptive:
    """Replicate until the interval of `outcome` is at most `width` wide (in its unit) in every arm, or the looks are used up.

    Only at the pre-set numbers of replications `looks` is anything looked at. `outcome` is the first one compared if empty.
    """

    width: float
    looks: tuple[int, ...] = LOOKS
    outcome: str = ""

    def check(self, outcomes: Sequence[str]) -> None:
        """StudyError for a width that is not above zero, looks that do not rise, or an outcome that is not compared."""
        if not self.width > 0:
            raise StudyError(f"width: found {self.width:g}, allowed above 0")
        rising = all(a < b for a, b in zip(self.looks, self.looks[1:], strict=False))
        if not self.looks or not rising or self.looks[0] < LEAST_PAIRS:
            raise StudyError(
                f"looks: found {list(self.looks)}, allowed rising numbers of replications from {LEAST_PAIRS} on"
            )
        if self.outcome and self.outcome not in outcomes:
            raise StudyError(f"adaptive outcome: found {self.outcome!r}, allowed {', '.join(outcomes)}")

    def level_at(self, level: float) -> float:
        """The level of every interval. Bonferroni: each of k looks gets 1/k of the error, so that all hold together at `level`."""
        return 1 - (1 - level) / len(self.looks)


def compare(
    *scenarios: Scenario | str | Path,
    replications: int = REPLICATIONS,
    seeds: Sequence[int] | None = None,
    first_seed: int = 1,
    months: int | None = None,
    overrides: Mapping[str, Any] | None = None,
    outcomes: Sequence[str] = DEFAULT_OUTCOMES,
    level: float = LEVEL,
    adaptive: Adaptive | None = None,
    differences: Mapping[str, float] | None = None,
    ensemble: Ensemble | str | Path | None = None,
    engine: Engine | None = None,
    store: Store | Path | str | None = None,
    timeout: float = DEFAULT_TIMEOUT,
    progress: Report | None = None,
) -> Comparison:
    """Run every scenario with the same seeds and compare it with the first.

    `seeds`: default `replications` of them from `first_seed` on; with `adaptive`, as many as it takes. `overrides` and `months`
    change all arms (a programme's setting: those that have the programme). `differences`: by outcome, the difference one wants
    to be able to see (default: the one found), for how many replications it takes. `ensemble` (itself, its name or file): replication r has its member r in every arm, so that intervals
    contain the uncertainty of parameters too; what an arm sets itself stays. `engine`, `store`, `timeout`, `progress`: see `run_cells`.

    Raises EstateError: an unknown outcome, arms of different cities, or a run without a result (nothing is computed over the
    others).
    """
    arms = prepare(scenarios, months, overrides or {})
    _check(outcomes, level, differences or {})
    members = as_ensemble(ensemble)
    place = store if isinstance(store, Store) else open_store(store)
    if adaptive is not None:
        adaptive.check(outcomes)
    number = adaptive.looks[-1] if adaptive is not None else replications if seeds is None else len(seeds)
    made_of = message("size.arms", arms=len(arms), replications=f"{number:,}")
    check_list("replications", len(arms) * number, MADE if members is None else MADE_OF_MEMBER, made_of)
    asked = list(seeds) if seeds is not None else list(range(first_seed, first_seed + number))
    if adaptive is not None and seeds is not None:
        raise StudyError("seeds: found a list beside adaptive replications, allowed one of them")
    if len(set(asked)) < max(len(asked), 2):
        raise StudyError(
            f"seeds: found {len(set(asked))} different of {len(asked)}, allowed two or more, all different"
        )
    taken = adaptive.level_at(level) if adaptive is not None else level

    def carry_out(number: int) -> Comparison:
        return _run(
            arms,
            asked[:number],
            place,
            engine,
            timeout,
            progress,
            Settings(tuple(outcomes), level, taken, tuple((differences or {}).items()), members),
        )

    return carry_out(len(asked)) if adaptive is None else _look(carry_out, adaptive)


def _check(outcomes: Sequence[str], level: float, differences: Mapping[str, float]) -> None:
    if not outcomes:
        raise StudyError("outcomes: found none, allowed at least one")
    for name in [*outcomes, *differences]:
        if name not in OUTCOMES:
            guess = nearest(name, OUTCOMES)
            raise StudyError(
                f"outcomes: found {name!r}, allowed one of {', '.join(OUTCOMES)}"
                + (f"; did you mean {guess!r}?" if guess else "")
            )
    if not 0 < level < 1:
        raise StudyError(f"level: found {level:g}, allowed between 0 and 1, such as 0.95")


def _run(
    arms: Mapping[str, Scenario],
    seeds: Sequence[int],
    store: Store,
    engine: Engine | None,
    timeout: float,
    progress: Report | None,
    settings: Settings,
) -> Comparison:
    """Carry out every arm with these seeds. All arms in one go, so that no worker waits between them."""
    cells = [cell for scenario in arms.values() for cell in cells_over(scenario, seeds, settings.ensemble)]
    results = run_cells(cells, engine=engine, store=store, timeout=timeout, progress=progress)
    results.require_complete()
    found = []
    for place, (name, scenario) in enumerate(arms.items()):
        part = slice(place * len(seeds), (place + 1) * len(seeds))
        found.append(gather(name, scenario, CellResults(cells[part], results.keys[part], store, 0)))
    require_same_estates(found)
    return Comparison(found, tuple(seeds), settings, results.digest(), results.executed)


def _look(carry_out: Any, adaptive: Adaptive) -> Comparison:
    """Look at the pre-set numbers of replications until every arm's interval is narrow enough."""
    looks: list[Look] = []
    executed = 0
    for number in adaptive.looks:
        found: Comparison = carry_out(number)
        executed += found.executed
        outcome = adaptive.outcome or found.settings.outcomes[0]
        widths = {arm.name: found.interval(arm.name, outcome).width for arm in found.others}
        # an arm that is the same as the baseline in every replication has no interval, and nothing to wait for
        wide = [
            name
            for name, width in widths.items()
            if not width <= adaptive.width and found.paired(name, outcome).any()
        ]
        looks.append(Look(number, outcome, adaptive.width, widths, not wide))
        if not wide:
            break
    return found.with_looks(tuple(looks), adaptive.looks, executed)


def compare_study(what: Study | str | Path, **options: Any) -> Comparison:
    """Compare the scenarios that a study file lists as levels of its factor `scenario`, with its seeds and outcomes.

    `options` go to `compare` and replace what the file says; `overrides` are made besides those of the file. StudyError if the study has other factors.
    """
    arms, known = arms_of_study(what, options)
    return compare(*arms, **known)


def arms_of_study(
    what: Study | str | Path, options: Mapping[str, Any]
) -> tuple[list[str | Path], dict[str, Any]]:
    """The scenarios that a study file compares, the baseline first, and the options of `compare`; see `compare_study`."""
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
        raise StudyError(
            f"study {study.name}: a comparison has one factor, `{SCENARIO_FACTOR}`, with two or more levels"
        )
    if study.seeds != "common":
        raise StudyError(
            f"study {study.name}: seeds: found {study.seeds!r}, allowed 'common': arms are paired by seed"
        )
    ordered = sorted(listed, key=lambda name: name != study.base)  # the base is the baseline
    beside = [_beside(name, file) for name in ordered]
    options = {**options, "overrides": study.changes | dict(options.get("overrides") or {})}
    known: dict[str, Any] = {
        "replications": study.replications,
        "first_seed": study.seed,
        "outcomes": study.outcomes,
        "timeout": study.timeout,
    }
    return beside, known | options


def _beside(name: str, file: Path | None) -> str | Path:
    from sim.scenario.loading import find

    return find(name, beside=file.parent) if file is not None else name
