"""What to buy with a yearly budget, and in what order: the Pareto front of packages, and
how it stands uncertainty."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Unpack

import numpy as np
from pydantic import Field, model_validator

from sim.arguments import finite, settings_of, text, truth, whole
from sim.errors import ResultError, ScenarioError, StudyError
from sim.experiments.extras import extra
from sim.experiments.progress import Phases
from sim.experiments.study_file import TrapStudy
from sim.experiments.workplace import Keywords, Rounds, Workplace, workplace_of
from sim.no_effect import tell_no_effect
from sim.notices import tell
from sim.problems import path_of
from sim.results.result import Result
from sim.results.saved import key_from, save_found
from sim.scenario import Scenario, load
from sim.scenario.fields import refuse, setting
from sim.scenario.overrides import with_arguments
from sim.size import MADE_OF_MEMBER, check_list
from sim.studies.budget.alternatives import Alternative, adjusted, alternatives_to
from sim.studies.budget.menu import (
    AS_LISTED,
    COST_STEP,
    Menu,
    MenuItem,
    as_data,
    check_menu,
    check_money,
    default_menu,
    granted,
    idle_items,
    menu_of,
    repeated,
    with_package,
    written_out,
)
from sim.studies.budget.package_value import ESTIMATED, LOSSES, OBJECTIVES, Rescored, Valued, rescore, revalue
from sim.studies.budget.rivals import (
    NAMES,
    Advantage,
    Matched,
    Rival,
    advantage_over,
    columns_of,
    matched_with,
)
from sim.studies.budget.search import BATCH, DATABASE, MAXIMISE, SAMPLERS, SEARCH, Search, storage_in
from sim.studies.budget.stress import Stress, check_futures, stress_test
from sim.text import message

if TYPE_CHECKING:
    import pandas as pd

TRIALS, REPLICATIONS, FRESH = 60, 3, 10
FRONT = 8  # packages that a front is taken to have before it is known, where the runs to come are told
PHASES = {
    "search": message("budget.phase_search"),
    "rivals": message("budget.phase_rivals"),
    "fresh": message("budget.phase_fresh"),
    "futures": message("budget.phase_futures"),
}
PERCENT_DECIMALS = (1, 0)  # of shares: in tables of reports, in sentences
GOES_ON = ("trials", "sampler")  # options of a search that may be others when it goes on


class BudgetSearch(Result):
    """What `budget` found."""

    def __init__(
        self,
        scenario: Scenario,
        yearly: float,
        tried: Sequence[Valued],
        searched: Sequence[Valued],
        fresh: Sequence[Rescored],
        stress: Stress | None,
        executed: int,
        database: Path,
        asked: Mapping[str, Any] | None = None,
        kept: Sequence[int] | None = None,
        rivals: Sequence[Rival] = (),
    ) -> None:
        """Made by `budget` (`asked`: with what options).

        searched: the front by the seeds of the search, in order of cost; fresh: the same packages on seeds
        that the search never saw, in order of the cost found then (empty if none were asked for); kept: the
        numbers of those of them that no other beats on the figures shown, which the stress test was over
        (None in results that were saved before there was this); rivals: what the search is compared with.
        """
        self.scenario, self.yearly, self.tried, self.searched, self.fresh = (
            scenario,
            yearly,
            list(tried),
            list(searched),
            list(fresh),
        )
        self.stress, self.executed, self.database, self.asked = stress, executed, database, dict(asked or {})
        self.kept = None if kept is None else tuple(kept)
        self.rivals = list(rivals)

    def parts(self) -> dict[str, Any]:
        """What is saved of it; of where its search is kept the name only, since a result says no
        path of whoever made it."""
        names: tuple[str, ...] = (
            "scenario",
            "yearly",
            "tried",
            "searched",
            "fresh",
            "stress",
            "executed",
            "asked",
            "kept",
        )
        names += ("rivals",) if self.rivals else ()
        return {name: getattr(self, name) for name in names} | {"database": Path(self.database.name)}

    @property
    def rescored(self) -> list[Valued]:
        """The front of the search with what its packages came to on fresh seeds, where
        there were any; in order of cost."""
        return [one.value for one in self.fresh] or self.searched

    @property
    def front(self) -> list[Valued]:
        """The packages of `rescored` that no other beats on the figures shown, in order of cost."""
        return [one for one in self.rescored if self.kept is None or one.number in self.kept]

    @property
    def payer(self) -> str | None:
        """The tier of government that was granted the yearly sum for the search; None where the
        payers' own budgets bound it."""
        return self.asked.get("payer")

    @property
    def funded(self) -> Scenario:
        """The scenario as the packages were tried in it: with the sum granted to
        `payer`, where there is one."""
        return granted(self.scenario, self.yearly, self.payer)

    @property
    def digest(self) -> str:
        """SHA-256 (64 hex digits) over every package tried and what it came to, then and on fresh
        seeds, and the stress test."""
        told = [(one.package, one.objectives) for one in (*self.tried, *(one.value for one in self.fresh))]
        told += [
            (one.package, one.objectives)
            for rival in self.rivals
            for one in (*rival.tried, *(again.value for again in rival.fresh))
        ]
        futures = self.stress.in_cycle.tobytes() if self.stress is not None else b""
        return hashlib.sha256(repr(told).encode() + futures).hexdigest()

    @property
    def recommended(self) -> Valued | None:
        """The package of the front that does well enough most often under
        uncertainty (None without a stress test)."""
        return self.front[self.stress.best] if self.stress is not None else None

    @property
    def alternatives(self) -> list[Alternative]:
        """The other packages of the front beside the recommended one; [] without a recommendation or fresh
        seeds."""
        if self.stress is None or not all(one.value.values for one in self.fresh):
            return []
        numbers = {one.number for one in self.front}
        return alternatives_to(
            self.stress.best, [one for one in self.fresh if one.value.number in numbers], self.stress
        )

    @property
    def alternatives_table(self) -> pd.DataFrame:
        """One row for each other package of the front, see `Alternative`: what it has more than the
        recommended one, with the intervals of the means, their adjusted bounds and the ranges."""
        import pandas as pd

        rows = [
            {
                "package": one.number,
                "cheaper": one.cheaper,
                "told_apart": one.apart,
                **columns_of("cost_difference", one.cost),
                **columns_of("gain_difference", one.gain),
                **adjusted("gain_difference", one.gain_bounds),
                **columns_of("worst_tenth_difference", one.worst_tenth),
                **adjusted("worst_tenth_difference", one.worst_tenth_bounds),
                "enough_difference": one.enough,
                "enough_difference_exact_low": one.enough_exact.low,
                "enough_difference_exact_high": one.enough_exact.high,
                **adjusted("enough_difference", one.enough_bounds),
                "what": written_out(next(v.package for v in self.front if v.number == one.number)),
            }
            for one in self.alternatives
        ]
        frame = pd.DataFrame(rows)
        frame.attrs["units"] = DIFFERENCES
        return frame

    @property
    def advantages(self) -> list[Advantage]:
        """How the search fares beside each rival, averaged over all sums up to the yearly budget; [] without
        rivals."""
        return [advantage_over(rival, self.searched, self.fresh, self.yearly) for rival in self.rivals]

    @property
    def matches(self) -> list[Matched]:
        """Every package of the front beside what each rival would have bought for no more than its cost."""
        before = {one.number: one for one in self.searched}
        numbers = {one.number for one in self.front}
        return [
            matched_with(rival, one, before[one.value.number])
            for rival in self.rivals
            for one in self.fresh
            if one.value.number in numbers and one.value.package
        ]

    @property
    def advantages_table(self) -> pd.DataFrame:
        """One row a rival, see `Advantage`: `gain_difference` with the interval of its mean and its range."""
        import pandas as pd

        rows = [
            {
                "rival": one.rival,
                "packages": len(rival.tried),
                "most": one.most,
                "gain": one.gain,
                "gain_of_rival": one.of_rival,
                **columns_of("gain_difference", one.difference),
            }
            for rival, one in zip(self.rivals, self.advantages, strict=True)
        ]
        frame = pd.DataFrame(rows)
        shares = ("gain", "gain_of_rival", *_named("gain_difference"))
        frame.attrs["units"] = {"most": "yuan/year"} | dict.fromkeys(shares, "share of estates")
        return frame

    @property
    def matches_table(self) -> pd.DataFrame:
        """One row a rival and package of the front, see `Matched`: what the package has more than that of the
        rival, with the intervals of the means and the ranges."""
        import pandas as pd

        rows = [
            {
                "rival": one.rival,
                "package": one.number,
                "other": one.other.number,
                **columns_of("gain_difference", one.gain),
                **columns_of("cost_difference", one.cost),
                **columns_of("worst_tenth_difference", one.worst_tenth),
                "other_what": written_out(one.other.package),
            }
            for one in self.matches
        ]
        frame = pd.DataFrame(rows)
        frame.attrs["units"] = DIFFERENCES
        return frame

    @property
    def table(self) -> pd.DataFrame:
        """One row for each package tried, by the seeds of the search; see `front_table` for what to go by."""
        import pandas as pd

        good = {one.number for one in self.searched}
        rows = [
            {
                "package": one.number,
                "on_front": one.number in good,
                **_figures(one),
                "what": written_out(one.package),
            }
            for one in self.tried
        ]
        frame = pd.DataFrame(rows)
        frame.attrs["units"] = UNITS
        return frame

    @property
    def front_table(self) -> pd.DataFrame:
        """One row for each package of the front, on fresh seeds: `gain` is the share of estates it gets out
        of the cycle beyond doing nothing, with its interval and its range over pairs; `searched_…`
        what the search had seen."""
        return self._scores(self.front)

    @property
    def rescored_table(self) -> pd.DataFrame:
        """The same for every package that the search had on its front; `on_front`
        tells those that still are."""
        scores = self._scores(self.rescored)
        numbers = {one.number for one in self.front}
        scores.insert(1, "on_front", [number in numbers for number in scores["package"]])
        return scores

    def _scores(self, packages: Sequence[Valued]) -> pd.DataFrame:
        import pandas as pd

        before = {one.number: one for one in self.searched}
        more = {one.value.number: one for one in self.fresh}
        rows = []
        for valued in packages:
            row: dict[str, Any] = {"package": valued.number, **_figures(valued)}
            if valued.number in more:
                again = more[valued.number]
                row |= {
                    "gain": again.gain,
                    "gain_low": again.gain_interval.low,
                    "gain_high": again.gain_interval.high,
                } | {f"gain_{name}": value for name, value in again.gain_range.columns().items()}
            row |= {
                f"searched_{name}": value
                for name, value in zip(OBJECTIVES, before[valued.number].objectives, strict=True)
            }
            rows.append(row | {"what": written_out(valued.package)})
        frame = pd.DataFrame(rows)
        shares = dict.fromkeys(GAIN_COLUMNS, "share of estates") | {"gain_pairs": "pairs"}
        frame.attrs["units"] = UNITS | shares | {f"searched_{name}": UNITS[name] for name in OBJECTIVES}
        return frame

    def tables(self) -> dict[str, pd.DataFrame]:
        """All tables by name."""
        found = {"packages": self.table, "front": self.front_table, "rescored": self.rescored_table}
        if self.rivals:
            found |= {"advantages": self.advantages_table, "matches": self.matches_table}
        if self.stress is not None:
            found |= self.stress.tables([one.number for one in self.front])
            if self.alternatives:
                found["alternatives"] = self.alternatives_table
        return found

    @property
    def key(self) -> str:
        """Sixteen hex digits that name what was asked, of which model.

        A search that goes on is the same search: its key does not say how many packages
        were tried, nor what was found.
        """
        asked = {key: value for key, value in self.asked.items() if key not in GOES_ON}
        return key_from(self.scenario, asked, self.yearly)

    def save(self, folder: Path | str) -> Path:
        """Write every table, the whole result, and `manifest.json` last; `sim.load_result` reads it.
        ResultError if that fails."""
        return save_found(self, folder)


GAIN_COLUMNS = ("gain", "gain_low", "gain_high", "gain_range_low", "gain_range_high")
UNITS = {
    "public_cost": "yuan/year",
    LOSSES: "yuan/year",
    "fiscal_spending_dearest_year": "yuan/year",
    "out_of_cycle": "share of estates",
    "worst_decile_satisfaction": "share",
}
UNITS |= {
    f"{name}_{end}": UNITS[name] for name in ESTIMATED for end in ("low", "high", "range_low", "range_high")
} | {f"{name}_pairs": "pairs" for name in ESTIMATED}


def _named(name: str) -> tuple[str, ...]:
    """The columns of an estimate that have its unit."""
    return name, *(f"{name}_{end}" for end in ("low", "high", "range_low", "range_high"))


DIFFERENCES = {
    name: unit
    for head, unit in (
        ("gain_difference", "share of estates"),
        ("cost_difference", "yuan/year"),
        ("worst_tenth_difference", "share"),
        ("enough_difference", "share"),
    )
    for name in (*_named(head), f"{head}_adjusted_low", f"{head}_adjusted_high")
}


def _figures(valued: Valued) -> dict[str, Any]:
    """Each figure of a package and, of those that have one value a seed, the
    interval of the mean and the range."""
    row: dict[str, Any] = {}
    for name in ESTIMATED:
        estimate = valued.estimate(name)
        row |= {name: getattr(valued, name)} | {
            f"{name}_low": estimate.interval.low,
            f"{name}_high": estimate.interval.high,
        }
        row |= {f"{name}_{column}": value for column, value in estimate.range.columns().items()}
    return row | {"fiscal_spending_dearest_year": valued.fiscal_spending_dearest_year}


def budget(
    scenario: Scenario | str | Path,
    yearly: float,
    *,
    payer: str | None = None,
    menu: Menu | Sequence[MenuItem] | str | Path | None = None,
    trials: int = TRIALS,
    replications: int = REPLICATIONS,
    months: int | None = None,
    sampler: str = "nsga2",
    stress: int = 24,
    fresh: int = FRESH,
    rivals: bool = True,
    overrides: Mapping[str, Any] | None = None,
    folder: Path | str | None = None,
    seed: int = 1,
    workplace: Workplace | None = None,
    **at: Unpack[Keywords],
) -> BudgetSearch:
    """Search packages of `menu` (itself, its items, or its TOML file) that cost at most `yearly` yuan a year:
    which measures, from which month, with what part of the money, with which of the settings, targets and
    conditions that the menu leaves open, and in which order where it says so.

    Optuna ("nsga2" or "tpe") looks for packages on the front of public cost beyond doing nothing, estates out
    of the cycle and satisfaction of the worst tenth, `trials` packages in all. The search is kept in
    `folder`/search.db and goes on where it stopped; another budget, menu, scenario or version of the model is
    another search. `fresh`: seeds that the search never saw, on which the front is scored again, since the
    seeds that chose a package flatter it (0: none). `stress`: points of a Latin hypercube over unmeasured
    parameters on which the front is tried (0: none), with yet another seed. `rivals`: as many packages drawn
    at random, and as many single measures, are tried too and judged on the fresh seeds, which shows whether
    the search was worth it (without fresh seeds there is nothing to judge by, and none is tried). The
    package's share of money is a cap that the model enforces; the scenario's own programmes are outside
    the budget. `payer` ("city", "district", "street" or "community", and one who pays for something on
    the menu) is granted `yearly` for the search, in equal parts to the bodies of that tier and on top of
    their own budgets, in every run of it; without one the own budgets of the menu's payers bound the sum,
    and more is refused before the first run, since nobody could spend it. Nor can what is bought of the
    same payers spend more than these have (`within_payers`). What state-owned companies lose is outside
    it too, and counted in the public cost. `workplace` and its fields as keywords: see Workplace. With an
    ensemble the run with seed s (from 1) has its member s - 1, in the search and on fresh seeds; the
    stress test sets every unmeasured parameter
    itself. Raises EstateError, also where Optuna is not installed.
    """
    work = workplace_of("budget", workplace, at, ("level",))
    if folder is not None:
        path_of(folder, "folder", StudyError)
    trials, replications = whole("trials", trials), whole("replications", replications)
    fresh, stress, seed = whole("fresh", fresh), whole("stress", stress), whole("seed", seed, 0)
    loaded = scenario if isinstance(scenario, Scenario) else load(scenario)
    base = with_arguments(loaded, settings_of(overrides), months=months)
    tell_no_effect([base], [scenario])
    file = str(menu) if isinstance(menu, str | Path) else "menu"
    bill = menu_of(default_menu() if menu is None else menu)
    items = bill.menu
    finite("yearly", yearly)
    if not yearly > 0 or not items or trials < 1 or replications < 1 or fresh < 0:
        raise StudyError(
            message(
                "budget.error.numbers",
                yearly=f"{yearly:g}",
                items=len(items),
                trials=trials,
                replications=replications,
                fresh=fresh,
            )
        )
    rivals = truth("rivals", rivals)
    if payer is not None:
        text("payer", payer)
    if text("sampler", sampler) not in SAMPLERS:
        raise StudyError(message("budget.error.sampler", found=repr(sampler), allowed=", ".join(SAMPLERS)))
    check_futures(stress)
    # a batch of packages beside doing nothing; at least one package on fresh seeds and in every future
    for what, arms, runs in (
        ("replications", BATCH + 1, replications),
        ("fresh", 2, fresh),
        ("stress", 2, stress),
    ):
        made_of = message("size.arms", arms=arms, replications=f"{runs:,}")
        check_list(what, arms * runs, MADE_OF_MEMBER, made_of)
    for needed in ("optuna", "moocore", *(("sklearn",) if stress else ())):
        extra(needed, SEARCH)
    if twice := repeated(items):
        raise ScenarioError(replace(problem, file=file) for problem in twice)
    check_menu(base, items, file)
    check_money(base, yearly, items, payer)
    tell(idle_items(granted(base, yearly, payer), items, float(yearly), file))
    path = Path(folder) if folder is not None else Path("results") / f"budget-{base.name}"
    members = work.members()
    world, seeds = granted(base, yearly, payer), list(range(1, replications + 1))
    storage = storage_in(path)
    search, *others = (
        Search(world, yearly, bill, seeds, storage, way, seed, members)
        for way in (sampler, *(NAMES if rivals and fresh else ()))
    )
    work = work.opened()
    asked = {
        "trials": trials,
        "seeds": search.seeds,
        "sampler": sampler,
        "stress": stress,
        "fresh": fresh,
        "seed": seed,
        "menu": [as_data(item) for item in items],
        "ensemble": members,
        **({"payer": payer} if payer is not None else {}),
        **({"order": bill.order} if bill.order != AS_LISTED else {}),
        **({"rivals": True} if rivals and fresh else {}),
    }
    with work.shown() as report:
        left = [one.left(trials) for one in (search, *others)]
        phases = Phases(report, PHASES, _runs_of_phases(left[0], left[1:], asked)) if report else None
        run = Rounds(replace(work, progress=report), phases=phases)
        search.go_on(trials, run)
        if others:
            run.begin("rivals", _search_runs(left[1:], asked))
        for other in others:
            other.go_on(trials, run)
        tried, compared = search.tried(), {one.way: one.tried() for one in others}
        return conclude(base, yearly, tried, front_of(tried), asked, run, path / DATABASE, compared)


def _search_runs(packages: Sequence[int], asked: Mapping[str, Any]) -> int:
    """So many packages, and doing nothing beside each batch of them."""
    return sum(number + math.ceil(number / BATCH) for number in packages) * len(asked["seeds"])


def _runs_of_phases(packages: int, others: Sequence[int], asked: Mapping[str, Any]) -> dict[str, int]:
    """About how many runs each phase of a search takes that has so many packages left to try, and its rivals
    so many."""
    runs = {
        "search": _search_runs([packages], asked),
        "rivals": _search_runs(others, asked),
        "fresh": _fresh_runs(FRONT * (1 + len(others)), asked),
        "futures": _future_runs(FRONT, asked),
    }
    return {phase: number for phase, number in runs.items() if number or phase == "search"}


def _fresh_runs(front: int, asked: Mapping[str, Any]) -> int:
    """Every package of a front, and doing nothing."""
    return (front + 1) * int(asked["fresh"])


def _future_runs(front: int, asked: Mapping[str, Any]) -> int:
    """The same in every future, and the best package and doing nothing in as many more."""
    return (front + 3) * int(asked["stress"])


def conclude(
    base: Scenario,
    yearly: float,
    tried: Sequence[Valued],
    searched: Sequence[Valued],
    asked: Mapping[str, Any],
    run: Rounds,
    database: Path,
    compared: Mapping[str, Sequence[Valued]] | None = None,
    keep_all: bool = False,
) -> BudgetSearch:
    """What a search comes to when it has tried its packages: its front on fresh seeds, what of it
    is kept, and the stress test.

    `asked`: the options, as `BudgetSearch.asked` has them. `compared`: what each rival tried, by its name.
    `keep_all`: also what is beaten on fresh seeds, as
    results have it that were saved before it was left out.
    """
    members, first = asked.get("ensemble"), len(asked["seeds"]) + 1
    world = granted(base, yearly, asked.get("payer"))
    fronts = {name: front_of(others) for name, others in (compared or {}).items()}
    if asked["fresh"]:
        run.begin("fresh", _fresh_runs(sum(map(len, (searched, *fronts.values()))), asked))
    seeds = range(first, first + asked["fresh"])
    fresh, *others = (
        rescore(world, front, seeds, yearly, run, members) if seeds else []
        for front in (searched, *fronts.values())
    )
    rivals = [
        Rival(name, packages, scored)
        for (name, packages), scored in zip((compared or {}).items(), others, strict=True)
    ]
    rescored = [one.value for one in fresh] or list(searched)
    kept = None if keep_all else [one.number for one in unbeaten(rescored)]
    front = [one for one in rescored if kept is None or one.number in kept]
    if asked["stress"]:
        run.begin("futures", _future_runs(len(front), asked))
    tested = (
        stress_test(
            world,
            [with_package(world, one.package) for one in front],
            asked["stress"],
            run,
            asked["seed"],
            first + asked["fresh"],
        )
        if asked["stress"]
        else None
    )
    return BudgetSearch(
        base, yearly, tried, searched, fresh, tested, run.executed, database, asked, kept, rivals
    )


def again(saved: BudgetSearch, workplace: Workplace) -> BudgetSearch:
    """Every package of a saved one tried again, the front on fresh seeds and the stress test; which are
    tried is not searched for.

    ResultError for one whose cost was of the bought programmes alone, which is no outcome any more.
    """
    if any(not one.values for one in saved.tried):
        raise ResultError(message("budget.error.former"))
    run, asked = Rounds(workplace), saved.asked

    def tried_again(valued: Sequence[Valued]) -> list[Valued]:
        packages = [(one.number, one.package) for one in valued]
        return revalue(saved.funded, packages, asked["seeds"], saved.yearly, run, asked.get("ensemble"))

    tried = tried_again(saved.tried)
    compared = {rival.name: tried_again(rival.tried) for rival in saved.rivals}
    numbers = {one.number: one for one in tried}
    searched = [numbers[one.number] for one in saved.searched]
    keep_all = saved.kept is None
    return conclude(
        saved.scenario, saved.yearly, tried, searched, asked, run, saved.database, compared, keep_all
    )


class BudgetStudy(TrapStudy):
    """The question of a budget search as a file, see `budget`."""

    text_area: ClassVar[str] = "budget"

    command: Literal["budget"]
    yearly: float = setting(..., 1, 1e11, "yuan/year")
    payer: Literal["city", "district", "street", "community"] | None = None
    trials: int = setting(TRIALS, 1, 1_000_000, "")
    replications: int = setting(REPLICATIONS, 1, 10_000, "")
    stress: int = setting(24, 0, 100_000, "")
    fresh: int = setting(FRESH, 0, 10_000, "")
    rivals: bool = setting(True, None, None, "")
    sampler: Literal["nsga2", "tpe"] = "nsga2"
    order: Literal["as_listed", "searched"] = "as_listed"
    menu: tuple[MenuItem, ...] = Field(default=(), strict=False)

    @model_validator(mode="after")
    def _every_kind_once(self) -> BudgetStudy:
        refuse(repeated(self.menu))
        return self

    def options(self) -> dict[str, Any]:
        """Keyword arguments of `budget`."""
        return {
            "payer": self.payer,
            "trials": self.trials,
            "replications": self.replications,
            "stress": self.stress,
            "fresh": self.fresh,
            "rivals": self.rivals,
            "sampler": self.sampler,
            "menu": Menu(order=self.order, menu=self.menu or default_menu()),
        }

    def run(self, **options: Any) -> BudgetSearch:
        """Answer it; `options` replace what the file says."""
        return budget(self.scenario(), self.yearly, **(self.options() | options))


def front_of(tried: Sequence[Valued]) -> list[Valued]:
    """The packages that no other beats in all of OBJECTIVES, each once, in order of cost."""
    moocore = extra("moocore", SEARCH)
    unique = list({one.package: one for one in tried}.values())
    keep = moocore.is_nondominated(np.array([one.objectives for one in unique]), maximise=list(MAXIMISE))
    return sorted(
        (one for one, good in zip(unique, keep, strict=True) if good), key=lambda one: one.public_cost
    )


def unbeaten(packages: Sequence[Valued]) -> list[Valued]:
    """The packages of which no other is as good in every figure and better in one, neither exactly
    nor as figures are shown.

    A reader sees rounded figures: a package that costs more and shows the same shares would look like a
    mistake. The order stays.
    """
    moocore = extra("moocore", SEARCH)
    left = list(packages)
    for decimals in (None, *PERCENT_DECIMALS):
        figures = np.array([_as_shown(one, decimals) for one in left])
        keep = moocore.is_nondominated(figures, maximise=list(MAXIMISE), keep_weakly=True)
        left = [one for one, good in zip(left, keep, strict=True) if good]
    return left


def _as_shown(valued: Valued, decimals: int | None) -> tuple[float, ...]:
    """OBJECTIVES, rounded as they are written; exactly for None."""
    if decimals is None:
        return valued.objectives
    shares = (valued.out_of_cycle, valued.worst_decile_satisfaction)
    return round(valued.public_cost / COST_STEP), *(float(f"{100 * share:.{decimals}f}") for share in shares)
