"""A comparison read back from the folder that it was saved in, its tables and sentences as they
were written; or made anew."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.errors import ResultError, ScenarioError, StudyError
from sim.experiments.ensemble import Ensemble
from sim.experiments.intervals import Interval, Range
from sim.experiments.rescue import FATES
from sim.experiments.workplace import Workplace
from sim.results.folder import MANIFEST, MISSHAPEN, read
from sim.results.owner_kinds import OWNER_COLUMNS
from sim.scenario import Scenario
from sim.scenario.loading import check
from sim.studies.comparison import tables
from sim.studies.comparison.arms import Arm
from sim.studies.comparison.compare import Adaptive, compare
from sim.studies.comparison.comparison import KIND, Comparison, Settings
from sim.studies.comparison.decision import Decide, Decision
from sim.studies.comparison.withdrawal import (
    persistence_test,
    read_persistence,
    read_withdrawals,
    withdrawal_tests,
)
from sim.text import in_language, language, message
from sim.text.catalog import DEFAULT_LANGUAGE, among
from sim.text.system import told as why
from sim.words import IN_CYCLE, STAGES

if TYPE_CHECKING:
    import pandas as pd

READ = (
    "differences",
    "by_month",
    "by_type",
    "by_district",
    "rescues",
    "fates",
    "costs",
    "plane",
    "spending",
    "public_cost",
)
MORE = ("withdrawal", "after")  # only where it was asked for
# What folders of before there were ranges, arms were compared with one another, or kinds of owners were told
# apart do not have.
SINCE = ("public_cost_ranges", "standing", "pairs", "losses", "by_owner")


class SavedComparison(Comparison):
    """As the comparison that was saved, for reading and drawing: what was not written (series of
    single seeds) is not there.

    Of the arms' scalars it has public cost and estate-years in the cycle, each less the baseline's own.
    """

    def __init__(
        self, manifest: dict[str, Any], frames: dict[str, pd.DataFrame], scenarios: dict[str, Scenario]
    ) -> None:
        """Made by `load_comparison`."""
        self.saved_manifest, self._frames = manifest, frames
        settings = Settings(
            tuple(manifest["outcomes"]),
            manifest["level"],
            manifest["interval_level"],
            tuple(manifest["asked_differences"].items()),
            Ensemble.of_facts(manifest.get("ensemble")),
        )
        arms = [_arm(name, scenario, frames, manifest["baseline"]) for name, scenario in scenarios.items()]
        super().__init__(
            arms,
            tuple(manifest["seeds"]),
            settings,
            manifest["digest"],
            0,
            (),
            tuple(manifest["looks_planned"]),
            Decision.of_facts(manifest.get("decide")),
        )
        if "after" in frames:
            self.after = read_persistence(frames["after"], manifest["interval_level"])
        if "withdrawal" in frames:
            self.withdrawn = read_withdrawals(frames["withdrawal"], scenarios, manifest["level"])
        # what is computed when first asked for otherwise stands in the folder
        self.__dict__ |= {name: frames[name] for name in READ if name != "by_month"}
        self.__dict__ |= {name: frames.get(name, frames["public_cost"].iloc[:0]) for name in SINCE}

    def fate_codes(self, name: str) -> np.ndarray:
        """What became of every estate, as it was saved."""
        rows = self.fates[self.fates["arm"] == self.arm(name).name]
        codes = rows["fate"].astype("category").cat.set_categories(list(FATES)).cat.codes
        return np.asarray(codes.to_numpy().reshape(rows["seed"].nunique(), -1))

    @property
    def withdrawal(self) -> pd.DataFrame | None:
        """The table as it was saved."""
        return self._frames.get("withdrawal")

    @property
    def key(self) -> str:
        """The key that the folder was saved under."""
        return str(self.saved_manifest["key"])

    def interval(self, name: str, outcome: str) -> Interval:
        """The interval as it was saved. StudyError for an arm or outcome that was not compared."""
        table = self.differences
        rows = table[(table["arm"] == self.arm(name).name) & (table["outcome"] == outcome)]
        if rows.empty:
            return super().interval(name, outcome)  # of the scalars that are there; StudyError for others
        row = rows.iloc[0]
        return Interval(
            float(row["low"]),
            float(row["high"]),
            self.interval_level,
            row["note"] if isinstance(row["note"], str) else "",
        )

    def range(self, name: str, outcome: str) -> Range:
        """The range as it was saved; without ends in a folder of before there were any.
        StudyError as `interval`."""
        table = self.differences
        rows = table[(table["arm"] == self.arm(name).name) & (table["outcome"] == outcome)]
        if rows.empty:
            return super().range(name, outcome)
        return Range.of_row(rows.iloc[0].to_dict())

    def by_month(self, series: tuple[str, ...] = tables.MONTHLY) -> pd.DataFrame:
        """The rows of these series. StudyError for a series that was not saved."""
        table = self._frames["by_month"]
        missing = [name for name in series if name not in set(table["series"])]
        if missing:
            allowed = ", ".join(table["series"].unique())
            raise StudyError(
                message("problem.instead", place="series", found=repr(missing[0]), allowed=allowed)
            )
        return table[table["series"].isin(series)]

    def sentences(self, lang: str | None = None) -> list[str]:
        """The sentences as they were saved."""
        return _said(self.saved_manifest["sentences"], lang)

    def warnings(self, lang: str | None = None) -> list[str]:
        """The warnings as they were saved."""
        return _said(self.saved_manifest["warnings"], lang)

    def save(self, folder: Path | str) -> Path:
        """StudyError: what was read from a folder is not written to another as if it had been
        computed; copy the folder."""
        raise StudyError(message("comparison.error.not_saved_again", folder=folder))


def _said(saved: dict[str, list[str]], lang: str | None) -> list[str]:
    """What was saved in a language, in the default one where it was not said in that one."""
    with in_language(lang):
        return list(among(saved, language()))


def scenarios_of(comparison: Comparison) -> list[Scenario]:
    """The scenarios of the arms."""
    return [arm.scenario for arm in comparison.arms]


def _arm(name: str, scenario: Scenario, frames: dict[str, pd.DataFrame], baseline: str) -> Arm:
    fates, plane = frames["fates"], frames["plane"]
    base = name == baseline
    rows = fates[fates["arm"] == (fates["arm"].iloc[0] if base else name)]
    seeds = rows["seed"].nunique()
    side = "baseline" if base else "arm"
    kept = ("district", "households", *(name for name in OWNER_COLUMNS if name in rows))
    columns = {key: rows[key].to_numpy().reshape(seeds, -1) for key in kept}
    columns["type"] = (
        rows["type"]
        .astype("category")
        .cat.set_categories(list(scenario.types))
        .cat.codes.to_numpy()
        .reshape(seeds, -1)
    )
    for months in ("cycle_months", "cycle_months_last_year"):
        columns[months] = rows[f"{side}_{months}"].to_numpy().reshape(seeds, -1)
    inside = rows[f"{side}_in_cycle_end"].to_numpy(dtype=bool).reshape(seeds, -1)
    columns["final_stage"] = np.where(
        inside, IN_CYCLE[0], STAGES.index("healthy")
    )  # in the cycle or not is all that was saved
    own = plane[plane["arm"] == name]
    scalars = {
        "public_cost": np.zeros(seeds) if base else own["cost"].to_numpy(),
        "cycle_estate_years": np.zeros(seeds) if base else -own["effect"].to_numpy(),
    }
    return Arm(name, scenario, scalars, {}, {}, {}, columns, {})


def load_comparison(folder: str | Path) -> SavedComparison:
    """The comparison saved in a folder. ResultError if something is missing, damaged, changed by
    hand or of another kind."""
    saved = read(folder, KIND)
    path, manifest = saved.folder, saved.manifest
    try:
        frames = {
            name: saved.frame(name)
            for name in (*READ, *(name for name in (*MORE, *SINCE) if saved.has(name)))
        }
        scenarios = {
            name: check(arm["scenario"], {}, str(path / MANIFEST)) for name, arm in manifest["arms"].items()
        }
        for told in (manifest["sentences"], manifest["warnings"]):
            if DEFAULT_LANGUAGE not in told or not all(
                isinstance(line, str) for lines in told.values() for line in lines
            ):
                raise TypeError("sentences that are no texts")
        return SavedComparison(manifest, frames, scenarios)
    except ScenarioError as error:
        raise ResultError(message("comparison.error.scenario_unreadable", folder=path, error=error)) from None
    except MISSHAPEN as error:
        raise ResultError(message("comparison.error.unreadable", folder=path, error=why(error))) from None


def again(saved: SavedComparison, workplace: Workplace) -> Comparison:
    """A saved one carried out once more, with the looks that were planned and the tests and
    further months saved with it."""
    settings, looks = saved.settings, saved.saved_manifest.get("looks") or []
    workplace = replace(workplace, level=settings.level, ensemble=settings.ensemble)
    options: dict[str, Any] = {
        "outcomes": settings.outcomes,
        "differences": dict(settings.differences),
        "workplace": workplace,
    }
    if saved.decision is not None:
        options["decide"] = Decide(saved.decision.outcome, saved.decision.planned)
        options["first_seed"] = saved.seeds[0]
    elif looks:
        planned = tuple(saved.saved_manifest["looks_planned"])
        options["adaptive"] = Adaptive(looks[0]["wanted_width"], planned, looks[0]["outcome"])
        options["first_seed"] = saved.seeds[0]
    else:
        options["seeds"] = saved.seeds
    comparison = compare(*(arm.scenario for arm in saved.arms), **options)
    withdrawn = (
        withdrawal_tests(comparison, saved.withdrawn[0].tests[0].month, workplace) if saved.withdrawn else []
    )
    after = persistence_test(comparison, saved.after.after, workplace) if saved.after is not None else None
    return comparison.with_more(withdrawn, after)
