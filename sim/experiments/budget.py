"""What to buy with a yearly budget, and in what order: the Pareto front of packages, and how it stands uncertainty."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.errors import StudyError
from sim.experiments.cell import Cell, cells_of, scenario_hash_of
from sim.experiments.engine import DEFAULT_TIMEOUT, Engine
from sim.experiments.menu import (
    PREFIX,
    YEARS,
    MenuItem,
    Package,
    default_menu,
    in_words,
    package_of,
    with_package,
)
from sim.experiments.running import Report, run_cells
from sim.experiments.store import Store, open_store
from sim.experiments.stress import Stress, stress_test
from sim.kernel import model_source_hash
from sim.scenario import Scenario, load, with_overrides
from sim.units import FEN_PER_YUAN, MONTHS_PER_YEAR

if TYPE_CHECKING:
    import pandas as pd

OBJECTIVES = ("cost", "out_of_cycle", "worst_decile_satisfaction")
MAXIMISE = (False, True, True)
TRIALS, REPLICATIONS, BATCH = 60, 3, 8
DATABASE = "search.db"


@dataclass(frozen=True)
class Valued:
    """A package and what it came to (means over seeds).

    cost: public money of the bought programmes, yuan a year; most_in_a_year: the most that any seed's run spent in a year;
    out_of_cycle: share of estates not in the cycle, last year; worst_decile_satisfaction: last year.
    """

    number: int
    package: Package
    cost: float
    out_of_cycle: float
    worst_decile_satisfaction: float
    most_in_a_year: float

    @property
    def objectives(self) -> tuple[float, float, float]:
        """Values of OBJECTIVES."""
        return self.cost, self.out_of_cycle, self.worst_decile_satisfaction


class BudgetSearch:
    """What `budget` found."""

    def __init__(self, scenario: Scenario, yearly: float, tried: Sequence[Valued], front: Sequence[Valued], stress: Stress | None,
                 executed: int, database: Path, asked: Mapping[str, Any] | None = None) -> None:  # fmt: skip
        """Made by `budget` (`asked`: with what options); the front is in order of cost."""
        self.scenario, self.yearly, self.tried, self.front, self.stress = scenario, yearly, list(tried), list(front), stress
        self.executed, self.database, self.asked = executed, database, dict(asked or {})

    @property
    def digest(self) -> str:
        """SHA-256 (64 hex digits) over every package tried and what it came to."""
        return hashlib.sha256(repr([(one.package, one.objectives) for one in self.tried]).encode()).hexdigest()

    @property
    def recommended(self) -> Valued | None:
        """The package of the front that does well enough most often under uncertainty (None without a stress test)."""
        return self.front[self.stress.best] if self.stress is not None else None

    @property
    def table(self) -> pd.DataFrame:
        """One row for each package tried."""
        import pandas as pd

        good = {one.number for one in self.front}
        rows = [{"package": one.number, "on_front": one.number in good, **dict(zip(OBJECTIVES, one.objectives, strict=True)),
                 "most_in_a_year": one.most_in_a_year, "what": in_words(one.package, "en")} for one in self.tried]  # fmt: skip
        frame = pd.DataFrame(rows)
        frame.attrs["units"] = {"cost": "yuan/year", "most_in_a_year": "yuan/year", "out_of_cycle": "share of estates",
                                "worst_decile_satisfaction": "share"}  # fmt: skip
        return frame

    def tables(self) -> dict[str, pd.DataFrame]:
        """All tables by name."""
        return {"packages": self.table} | (self.stress.tables([one.number for one in self.front]) if self.stress is not None else {})

    def sentences(self, lang: str = "en") -> list[str]:
        """What was found, in words."""
        from sim.outputs.budget import budget_sentences

        return budget_sentences(self, lang)

    def save(self, folder: Path | str) -> Path:
        """Write every table, the whole result, and `manifest.json` last; `sim.load_result` reads it. StudyError if that fails."""
        from sim.experiments.saved_found import save_found

        return save_found(self, folder)

    def _repr_html_(self) -> str:
        return "<div>" + "".join(f"<p>{line}</p>" for line in self.sentences()) + self.table.to_html(index=False) + "</div>"


def budget(scenario: Scenario | str | Path, yearly: float, *, menu: Sequence[MenuItem] | None = None, trials: int = TRIALS,
           replications: int = REPLICATIONS, months: int | None = None, sampler: str = "nsga2", stress: int = 24,
           overrides: Mapping[str, Any] | None = None, folder: Path | str | None = None, seed: int = 1, engine: Engine | None = None,
           store: Store | Path | str | None = None, timeout: float = DEFAULT_TIMEOUT, progress: Report | None = None) -> BudgetSearch:  # fmt: skip
    """Search packages of `menu` (which, from which month, with what part of the money) that cost at most `yearly` yuan a year.

    Optuna ("nsga2" or "tpe") looks for packages on the front of cost, estates out of the cycle and satisfaction of the worst
    tenth, `trials` packages in all. The search is kept in `folder`/search.db and goes on where it stopped; another budget,
    menu, scenario or version of the model is another search. `stress`: points of a Latin hypercube over unmeasured parameters
    on which the front is tried (0: none). The package's share of money is a cap that the model enforces; the scenario's own
    programmes are outside the budget. Raises EstateError, also where Optuna is not installed.
    """
    loaded = scenario if isinstance(scenario, Scenario) else load(scenario)
    changes = dict(overrides or {}) | ({"months": months} if months is not None else {})
    base = with_overrides(loaded, changes) if changes else loaded
    items = tuple(menu) if menu is not None else default_menu()
    if not yearly > 0 or not items or trials < 1 or replications < 1:
        raise StudyError(f"budget: found {yearly:g} yuan a year, {len(items)} items, {trials} trials, {replications} replications, allowed all above 0")
    if len({item.kind for item in items}) < len(items):
        raise StudyError("menu: found a kind twice, allowed every kind once")
    place = Path(folder) if folder is not None else Path("results") / f"budget-{base.name}"
    search = _Search(base, yearly, items, list(range(1, replications + 1)), place, sampler, seed)
    options: dict[str, Any] = {"engine": engine, "store": store if isinstance(store, Store) else open_store(store), "timeout": timeout, "progress": progress}
    search.go_on(trials, options)
    tried = search.tried()
    front = front_of(tried)
    tested = stress_test(base, [with_package(base, one.package) for one in front], stress, options, seed) if stress else None
    return BudgetSearch(base, yearly, tried, front, tested, search.executed + (tested.executed if tested else 0), search.database,
                        {"trials": trials, "seeds": search.seeds, "sampler": sampler, "stress": stress, "seed": seed,
                         "menu": [item.model_dump(mode="json") for item in items]})  # fmt: skip


def front_of(tried: Sequence[Valued]) -> list[Valued]:
    """The packages that no other beats in all of OBJECTIVES, each once, in order of cost."""
    moocore = _import("moocore")
    unique = list({one.package: one for one in tried}.values())
    keep = moocore.is_nondominated(np.array([one.objectives for one in unique]), maximise=list(MAXIMISE))
    return sorted((one for one, good in zip(unique, keep, strict=True) if good), key=lambda one: one.cost)


def _import(name: str) -> Any:
    from importlib import import_module

    try:
        return import_module(name)
    except ModuleNotFoundError:
        raise StudyError(f"{name} is not installed, and a search for packages needs it: pip install 'estate-governance-simulator[search]'") from None


class _Search:
    """The packages tried so far, in an Optuna study that outlives the process."""

    def __init__(self, base: Scenario, yearly: float, menu: tuple[MenuItem, ...], seeds: list[int], folder: Path, sampler: str, seed: int) -> None:
        optuna = _import("optuna")
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        self.optuna, self.base, self.yearly, self.menu, self.seeds = optuna, base, yearly, menu, seeds
        self.starts = [month for month in YEARS if month <= max(1, base.months - MONTHS_PER_YEAR)]
        self.executed = 0
        self.database = folder / DATABASE
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StudyError(f"{folder}: cannot be written ({error.strerror or error})") from None
        storage = optuna.storages.RDBStorage(f"sqlite:///{self.database.resolve()}")
        self.study = optuna.create_study(study_name=self._name(), storage=storage, load_if_exists=True,
                                         directions=["maximize" if up else "minimize" for up in MAXIMISE])  # fmt: skip
        for trial in self.study.get_trials(deepcopy=False, states=(optuna.trial.TrialState.RUNNING,)):
            self.study.tell(trial.number, state=optuna.trial.TrialState.FAIL)  # in flight when the last process ended
        done = len(self.study.get_trials(deepcopy=False))
        kinds = {"nsga2": lambda: optuna.samplers.NSGAIISampler(population_size=16, seed=seed + done),
                 "tpe": lambda: optuna.samplers.TPESampler(multivariate=False, seed=seed + done)}  # fmt: skip
        if sampler not in kinds:
            raise StudyError(f"sampler: found {sampler!r}, allowed {' or '.join(kinds)}")
        self.study.sampler = kinds[sampler]()
        if not done:
            self._first_guesses()

    def _name(self) -> str:
        """Another question is another study in the same file."""
        asked = [scenario_hash_of(self.base), self.yearly, [item.model_dump(mode="json") for item in self.menu], self.seeds, model_source_hash()]
        return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:16]

    def _first_guesses(self) -> None:
        """Nothing, everything at once, and each item alone: the search begins from what anybody would try."""
        kinds = [item.kind for item in self.menu]
        for wanted in ([], kinds, *([kind] for kind in kinds)):
            guess: dict[str, Any] = {f"{kind}.buy": kind in wanted for kind in kinds}
            guess |= {f"{kind}.{key}": value for kind in wanted for key, value in (("start", self.starts[0]), ("weight", 1.0))}
            self.study.enqueue_trial(guess)

    def go_on(self, trials: int, options: Mapping[str, Any]) -> None:
        """Try packages, a batch at a time, until there are `trials` with a value."""
        complete = (self.optuna.trial.TrialState.COMPLETE,)
        while (left := trials - len(self.study.get_trials(deepcopy=False, states=complete))) > 0:
            batch = [self.study.ask() for _ in range(min(BATCH, left))]
            packages = [package_of(self._choice(trial), self.menu, self.yearly) for trial in batch]
            cells: list[Cell] = []
            for package in packages:
                cells += cells_of(with_package(self.base, package), self.seeds, {"package": in_words(package, "en")})
            results = run_cells(cells, **options)
            self.executed += results.executed
            found = [summary for _, summary in results]
            count = len(self.seeds)
            for i, (trial, package) in enumerate(zip(batch, packages, strict=True)):
                self._tell(trial, package, found[i * count : (i + 1) * count])

    def _choice(self, trial: Any) -> dict[str, Any]:
        choice: dict[str, Any] = {}
        for item in self.menu:
            name = item.kind
            choice[f"{name}.buy"] = trial.suggest_categorical(f"{name}.buy", [False, True])
            if not choice[f"{name}.buy"]:
                continue
            choice[f"{name}.start"] = trial.suggest_categorical(f"{name}.start", self.starts)
            choice[f"{name}.weight"] = trial.suggest_float(f"{name}.weight", 0.1, 1.0)
            for key, bounds in item.search.items():
                choice[f"{name}.{key}"] = trial.suggest_float(f"{name}.{key}", bounds.low, bounds.high)
        trial.set_user_attr("choice", choice)
        return choice

    def _tell(self, trial: Any, package: Package, runs: Sequence[Any]) -> None:
        """Value a package; one that spent more than the budget in any year is refused (it cannot be, and it is checked)."""
        most = max(most_in_a_year(run) for run in runs)
        if most > self.yearly * (1 + 1e-9):
            raise StudyError(f"package {in_words(package, 'en')}: found {most:,.0f} yuan spent in a year, allowed {self.yearly:,.0f}")
        years = self.base.months / MONTHS_PER_YEAR
        cost = float(np.mean([bought_spending(run).sum() for run in runs])) / FEN_PER_YUAN / years
        out = 1.0 - float(np.mean([run.scalars["cycle_share_last_year"] for run in runs]))
        worst = float(np.mean([run.scalars["worst_decile_satisfaction"] for run in runs]))
        trial.set_user_attr("most_in_a_year", most)
        self.study.tell(trial, [cost, out, worst])

    def tried(self) -> list[Valued]:
        """Every package with a value, in the order tried."""
        found = []
        for trial in self.study.get_trials(deepcopy=False, states=(self.optuna.trial.TrialState.COMPLETE,)):
            package = package_of(trial.user_attrs["choice"], self.menu, self.yearly)
            cost, out, worst = trial.values
            found.append(Valued(trial.number, package, cost, out, worst, trial.user_attrs["most_in_a_year"]))
        return found


def bought_spending(summary: Any) -> np.ndarray:
    """Fen (int64) of public money that bought programmes spent, by month from 0."""
    spent = [fen for (_, programme), fen in summary.spending.items() if programme.startswith(PREFIX)]
    return np.asarray(np.sum([np.zeros(summary.months + 1, np.int64), *spent], axis=0))


def most_in_a_year(summary: Any) -> float:
    """Yuan that bought programmes spent in the dearest year of the run (years begin in months 1, 13 …)."""
    months = bought_spending(summary)[1:]
    padded = np.append(months, np.zeros(-months.size % MONTHS_PER_YEAR, np.int64))
    return int(padded.reshape(-1, MONTHS_PER_YEAR).sum(axis=1).max()) / FEN_PER_YUAN
