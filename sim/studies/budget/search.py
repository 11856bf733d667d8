"""The packages that a search has tried, in an Optuna study that outlives the process."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from sim.errors import StudyError
from sim.experiments.ensemble import Ensemble
from sim.experiments.extras import extra
from sim.experiments.workplace import Rounds
from sim.fingerprint import model_source_hash, summary_source_hash
from sim.results.engines import scenario_hash_of
from sim.scenario import Scenario
from sim.studies.budget.chosen_words import PLACE
from sim.studies.budget.menu import AS_LISTED, Menu, MenuItem, Package, as_data, package_of, starts_of
from sim.studies.budget.package_value import LOSSES, Valued, revalue
from sim.text import message
from sim.text.system import reason_of

MAXIMISE = (False, True, True)  # OBJECTIVES
BATCH = 8  # packages that are proposed together
POPULATION = 12
MUTATED = 0.15  # chance that a choice is drawn anew instead of taken over
MOST_ASKED = 4 * BATCH  # proposals for a batch, after which it may have packages that were tried before
SAMPLERS = ("nsga2", "tpe")
RANDOM, SINGLE = "random", "single"  # ways to propose packages with which a search is compared
DATABASE = "search.db"
# What the values of a search count, part of its name: public cost beyond doing nothing, by seed; of each
# payer no more than it has.
COUNTED = "public_cost_by_seed_within_payers_each_once_of_a_part"
ONLY = "only"  # of the choices of single measures: which is bought, "" for none
SEARCH = message("budget.search_for")
BESIDE = ("fiscal_spending_dearest_year", LOSSES, "values")  # what is kept of a package besides OBJECTIVES
LEAST_WEIGHT = 0.1  # of a measure, of the greatest
LEAST_PART = 0.05  # of the yearly sum that a package may be given to spend
PART = (
    "part"  # of the choices: that part, on a scale of ratios, since what little money buys is worth knowing
)


def storage_in(folder: Path) -> Any:
    """Where the searches of a folder are kept, made if need be. StudyError where that cannot be."""
    optuna = extra("optuna", SEARCH)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StudyError(message("folder.unwritable", folder=folder, error=reason_of(error))) from None
    return optuna.storages.RDBStorage(f"sqlite:///{(folder / DATABASE).resolve()}")


class Search:
    """The packages tried so far of one menu, by one way of proposing them: one of SAMPLERS, at random
    (RANDOM), or single measures at random (SINGLE)."""

    def __init__(
        self,
        base: Scenario,
        yearly: float,
        menu: Menu,
        seeds: list[int],
        storage: Any,
        way: str,
        seed: int,
        ensemble: Ensemble | None,
    ) -> None:
        """`storage`: see `storage_in`."""
        self.ensemble, self.way, self.seed = ensemble, way, seed
        self.optuna = optuna = extra("optuna", SEARCH)
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        self.base, self.yearly, self.menu, self.seeds = base, yearly, menu, seeds
        self.directions = ["maximize" if up else "minimize" for up in MAXIMISE]
        self.kept = optuna.create_study(
            study_name=self._name(), storage=storage, load_if_exists=True, directions=self.directions
        )
        complete = (optuna.trial.TrialState.COMPLETE,)
        self.trials = list(self.kept.get_trials(deepcopy=False, states=complete))
        self.packages = [self._package(trial.user_attrs["choice"]) for trial in self.trials]

    def _study(self) -> Any:
        """A study in memory of what was tried so far, to ask for the next batch.

        Asking writes a dozen times a package, and waits for the disk each time where the study is kept. And a
        sampler remembers more than the packages: made anew for each batch, it proposes the same whether or
        not the search was interrupted before.
        """
        study = self.optuna.create_study(directions=self.directions, sampler=self._sampler())
        study.add_trials(self.trials)
        for guess in self._first_guesses()[len(self.trials) :]:
            study.enqueue_trial(guess)
        return study

    def _sampler(self) -> Any:
        samplers, seed = self.optuna.samplers, self.seed + len(self.trials)
        if self.way == "nsga2":
            return samplers.NSGAIISampler(population_size=POPULATION, mutation_prob=MUTATED, seed=seed)
        if self.way == "tpe":
            return samplers.TPESampler(multivariate=False, seed=seed)
        # of its own: the first population of a search is drawn, too, from one seed the same packages
        own = int(np.random.SeedSequence([seed, 1]).generate_state(1)[0])
        return samplers.RandomSampler(seed=own)

    def _name(self) -> str:
        """Another question is another study in the same file."""
        asked = [
            scenario_hash_of(self.base),
            self.yearly,
            [as_data(item) for item in self.menu.menu],
            self.seeds,
            model_source_hash(),
            summary_source_hash(),
            COUNTED,
            *([self.ensemble.digest] if self.ensemble is not None else []),
            *([self.menu.order] if self.menu.order != AS_LISTED else []),
            *([] if self.way in SAMPLERS else [self.way]),
        ]
        return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:16]

    def _first_guesses(self) -> list[dict[str, Any]]:
        """Nothing, everything at once, and each item alone: the search begins from what anybody would try,
        and so does what it is compared with."""
        items = {item.kind: item for item in self.menu.menu}
        together = [] if self.way == SINGLE else [list(items)]
        guesses = []
        for wanted in ([], *together, *([kind] for kind in items)):
            guess: dict[str, Any] = {f"{kind}.buy": kind in wanted for kind in items}
            if self.way == SINGLE:
                guess = {ONLY: wanted[0] if wanted else ""}
            guess[PART] = 1.0
            for kind in wanted:
                first = min(starts_of(self.base, items[kind]))
                guess |= {f"{kind}.start": first, f"{kind}.weight": 1.0}
            guesses.append(guess)
        return guesses

    def left(self, trials: int) -> int:
        """How many packages are to be tried until there are `trials` with a value."""
        return max(0, trials - len(self.trials))

    def go_on(self, trials: int, run: Rounds) -> None:
        """Try packages, a batch at a time, until there are `trials` with a value."""
        while left := self.left(trials):
            study = self._study()
            batch = self._batch(study, min(BATCH, left))
            done = len(self.trials)
            numbered = [(done + place, package) for place, (_, package) in enumerate(batch)]
            valued = revalue(self.base, numbered, self.seeds, self.yearly, run, self.ensemble)
            for (trial, package), one in zip(batch, valued, strict=True):
                self._keep(study, trial, one)
                self.packages.append(package)

    def _batch(self, study: Any, size: int) -> list[tuple[Any, Package]]:
        """The next packages to try, with their trials. One that was tried is asked for again: nothing is
        learnt from it, and a way that proposes by the best would propose it ever more."""
        known = set(self.packages)
        batch: list[tuple[Any, Package]] = []
        asked = 0
        while len(batch) < size:
            trial = study.ask()
            package = self._package(self._choice(trial))
            asked += 1
            if package in known and asked < MOST_ASKED:
                study.tell(trial, state=self.optuna.trial.TrialState.FAIL)
                continue
            known.add(package)
            batch.append((trial, package))
        return batch

    def _package(self, choice: Mapping[str, Any]) -> Package:
        """What a choice buys, with its part of the yearly sum."""
        return package_of(choice, self.menu.menu, self.yearly * choice[PART], self.base)

    def _choice(self, trial: Any) -> dict[str, Any]:
        choice: dict[str, Any] = {PART: trial.suggest_float(PART, LEAST_PART, 1.0, log=True)}
        if self.way == SINGLE:
            kinds = [item.kind for item in self.menu.menu]
            choice[ONLY] = only = trial.suggest_categorical(ONLY, ["", *kinds])
            choice |= {f"{kind}.buy": kind == only for kind in kinds}
        for item in self.menu.menu:
            bought = f"{item.kind}.buy"
            if self.way != SINGLE:
                choice[bought] = trial.suggest_categorical(bought, [False, True])
            # also of what is not bought: a sampler passes on only what every package has
            choice |= self._choice_of(trial, item)
        # As they are when they are read again: what is passed on from two packages is a number of NumPy,
        # which is written otherwise where a result is vouched for.
        plain: dict[str, Any] = json.loads(json.dumps(choice))
        trial.set_user_attr("choice", plain)
        return plain

    def _choice_of(self, trial: Any, item: MenuItem) -> dict[str, Any]:
        """What is chosen of a measure, should it be bought."""
        name = item.kind
        choice: dict[str, Any] = {
            f"{name}.start": trial.suggest_categorical(f"{name}.start", starts_of(self.base, item)),
            f"{name}.weight": trial.suggest_float(f"{name}.weight", LEAST_WEIGHT, 1.0),
        }
        for key, bounds in item.search.items():
            suggested = f"{name}.{key}"
            choice[suggested] = (
                trial.suggest_int(suggested, int(bounds.low), int(bounds.high))
                if item.whole(key)
                else trial.suggest_float(suggested, bounds.low, bounds.high)
            )
        for key, values in item.choices.items():
            suggested = f"{name}.{key}"
            choice[suggested] = trial.suggest_categorical(suggested, list(range(len(values))))
        if self.menu.order != AS_LISTED:
            choice[f"{name}.{PLACE}"] = trial.suggest_float(f"{name}.{PLACE}", 0.0, 1.0)
        return choice

    def _keep(self, study: Any, trial: Any, valued: Valued) -> None:
        beside = {name: getattr(valued, name) for name in BESIDE}
        for name, value in json.loads(json.dumps(beside)).items():  # as they are when they are read again
            trial.set_user_attr(name, value)
        self.trials.append(study.tell(trial, list(valued.objectives)))
        self.kept.add_trial(self.trials[-1])

    def tried(self) -> list[Valued]:
        """Every package with a value, in the order tried; its number is its place, from 0."""
        trials = []
        for number, (trial, package) in enumerate(zip(self.trials, self.packages, strict=True)):
            trials.append(
                Valued(number, package, *trial.values, **{name: trial.user_attrs[name] for name in BESIDE})
            )
        return trials
