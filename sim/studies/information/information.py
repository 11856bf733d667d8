"""What is worth knowing before choosing between the arms of a comparison: the expected value of perfect
information about parameters of its ensemble, from the runs that it already has."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from sim.arguments import finite, refused, texts, truth
from sim.errors import StudyError
from sim.experiments.ensemble import Ensemble
from sim.experiments.information import Worth, of_everything, of_inputs, why_not
from sim.experiments.intervals import CONSTANT, LEVEL, NO_RANGE, Range
from sim.experiments.workplace import Keywords, Workplace, workplace_of
from sim.kinds import load_result
from sim.problems import kind_of, path_of
from sim.results.folder import read_manifest, require_current
from sim.results.outcomes import OUTCOMES
from sim.results.result import Result
from sim.results.saved import key_of, save_found
from sim.scenario import Scenario
from sim.studies.comparison.compare import compare
from sim.studies.comparison.comparison import Comparison
from sim.studies.information.columns import FIGURES, TABLE, unknown_columns
from sim.text import message
from sim.units import MONTHS_PER_YEAR

if TYPE_CHECKING:
    import pandas as pd

# What is known beforehand: all that varies between runs, luck included; all parameters of the ensemble; all
# figures that a city's table lacks; those of one group; one parameter; the columns of one figure.
EVERYTHING, PARAMETERS, GROUP, PARAMETER = "everything", "parameters", "group", "parameter"
TABLE_COLUMNS, COLUMN = "columns", "column"
ORDER = (EVERYTHING, PARAMETERS, TABLE_COLUMNS, GROUP, PARAMETER, COLUMN)
PAID = ("public_cost", "cycle_estate_years")  # what a worth in yuan is made of
NUMBERS = ("value", "error", "low", "high", "range_low", "range_high")  # columns in the unit of the result


@dataclass(frozen=True)
class Known:
    """What knowing some parameters would be worth.

    what: one of ORDER. name: of the group, parameter or figure. keys: of the parameters, and `table.vacancy`
    of a figure of the city's table. value, error: see `sim.experiments.information.Worth`, in the unit of the
    result; NaN where nothing can be said (`note` says why). held: what it gains in a single run, of
    EVERYTHING alone.
    """

    what: str
    name: str
    keys: tuple[str, ...]
    value: float
    error: float
    note: str = ""
    held: Range = NO_RANGE


class Information(Result):
    """What `value_of_information` found."""

    def __init__(
        self,
        scenario: Scenario,
        rows: Sequence[Known],
        best: str,
        runs: int,
        note: str,
        digest: str,
        executed: int,
        asked: Mapping[str, Any],
    ) -> None:
        """Made by `value_of_information`. scenario: of the baseline. best: the arm that is chosen without
        further knowledge. runs: of each arm. note: why nothing is said, empty where something is."""
        self.scenario, self.rows, self.best, self.runs, self.note = scenario, tuple(rows), best, runs, note
        self.digest, self.executed, self.asked = digest, executed, dict(asked)

    @property
    def outcome(self) -> str:
        """The outcome decided on; empty where it is yuan a year."""
        return "" if self.worth is not None else str(self.asked["outcome"])

    @property
    def worth(self) -> float | None:
        """Yuan that an estate-year out of the cycle is worth; None where an outcome is decided on."""
        return None if self.asked["worth"] is None else float(self.asked["worth"])

    @property
    def unit(self) -> str:
        """The unit of every value."""
        return "yuan/year" if self.worth is not None else OUTCOMES[self.outcome].unit

    @property
    def arms(self) -> tuple[str, ...]:
        """The arms' names, the baseline first."""
        return tuple(self.asked["arms"])

    @property
    def ensemble(self) -> Ensemble:
        """The ensemble that was run over."""
        held: Ensemble = self.asked["ensemble"]
        return held

    @property
    def level(self) -> float:
        """The level of the intervals."""
        return float(self.asked["level"])

    def row(self, what: str, name: str = "") -> Known:
        """What knowing this is worth; KeyError if it was not asked."""
        for row in self.rows:
            if (row.what, row.name) == (what, name):
                return row
        raise KeyError((what, name))

    def bounds(self, row: Known) -> tuple[float, float]:
        """The interval of a value, within what it can be: not below nothing."""
        from scipy import stats

        half = float(stats.norm.ppf(0.5 + self.level / 2)) * row.error
        return max(0.0, row.value - half), row.value + half

    @property
    def table(self) -> pd.DataFrame:
        """One row for each piece of knowledge: value, its standard error and interval, in the unit of the
        outcome (or yuan a year), why there is none, and of everything the range of what single runs gain."""
        import pandas as pd

        rows = []
        for row in self.rows:
            low, high = self.bounds(row) if math.isfinite(row.value) else (math.nan, math.nan)
            rows.append(
                {
                    "known": row.what,
                    "name": row.name,
                    "parameters": "+".join(row.keys),
                    "unit": self.unit,
                    "value": row.value,
                    "error": row.error,
                    "low": low,
                    "high": high,
                    "note": row.note,
                    **row.held.columns(),
                }
            )
        frame = pd.DataFrame(rows)
        frame.attrs["units"] = dict.fromkeys(NUMBERS, self.unit) | {"pairs": "runs"}
        return frame

    @property
    def key(self) -> str:
        """Sixteen hex digits that name what was asked, of which model, and what the runs came to."""
        return key_of(self)

    def tables(self) -> dict[str, pd.DataFrame]:
        """The table by its name."""
        return {"information": self.table}

    def save(self, folder: Path | str) -> Path:
        """Write the table, the whole result, and `manifest.json` last; `sim.load_result` reads it.
        ResultError if that fails."""
        return save_found(self, folder)


def scenarios_of(information: Information) -> list[Scenario]:
    """The scenarios of the arms."""
    return list(information.asked["arms"].values())


def value_of_information(
    comparison: Comparison | str | Path,
    *,
    outcome: str | None = None,
    worth: float | None = None,
    groups: Mapping[str, Sequence[str]] | None = None,
    columns: bool = False,
    workplace: Workplace | None = None,
    **at: Unpack[Keywords],
) -> Information:
    """What is worth knowing before choosing between the arms of a comparison over an ensemble: the expected
    value of perfect information of everything, and of parameters, groups of them, and all of them.

    `comparison`: itself, or the folder that it was saved in. `outcome`: that decides (default: its first).
    `worth`: yuan that an estate-year out of the cycle is worth; then what decides is that worth less public
    cost, in yuan a year. `groups`: parameters that one measurement would tell together, by a name (default:
    those of one group of the model), and figures of the city's table (`table.vacancy`). `columns`: also of
    every figure that the city's table lacks, as its columns, and of all of them. Runs that are not at hand
    are looked for in the store of the workplace, and carried out where they are not there.

    StudyError for a comparison without an ensemble, an outcome that is neither good nor bad, a worth that is
    not above zero, a parameter that does not vary; the other errors of `compare`.
    """
    workplace = workplace_of("value_of_information", workplace, at, ("ensemble",))
    if worth is not None:
        finite("worth", worth)
    if groups is not None:
        _check_groups(groups)
    truth("columns", columns)
    if isinstance(comparison, Comparison):
        found: Any = comparison
    else:
        folder = path_of(comparison, "comparison", StudyError)
        require_current(read_manifest(folder), folder)
        found = load_result(comparison)
    if not isinstance(found, Comparison):
        allowed = message("information.allowed.comparison")
        raise StudyError(
            message("problem.instead", place="comparison", found=kind_of(found), allowed=allowed)
        )
    if outcome is None and worth is None:
        outcome = found.outcomes[0]
    _check(found, outcome, worth)
    ensemble = found.settings.ensemble
    assert ensemble is not None
    asked = {
        "arms": {arm.name: arm.scenario for arm in found.arms},
        "seeds": list(found.seeds),
        "ensemble": ensemble,
        "outcome": outcome,
        "worth": worth,
        "groups": None if groups is None else {name: tuple(keys) for name, keys in groups.items()},
        "columns": columns,
        "level": workplace.level or found.settings.level or LEVEL,
    }
    return _of(found, asked, workplace)


def _check_groups(groups: Any) -> None:
    """StudyError for what is no table of lists of parameters by name."""
    if not isinstance(groups, Mapping):
        raise refused("groups", groups, message("allowed.table"))
    for name, keys in groups.items():
        texts(f"groups {name}", keys)
        for key in keys:
            if key.startswith(f"{TABLE}.") and key.partition(".")[2] not in FIGURES:
                allowed = ", ".join(f"{TABLE}.{one}" for one in FIGURES)
                place = f"groups: {name}"
                raise StudyError(message("problem.instead", place=place, found=repr(key), allowed=allowed))


def again(saved: Information, workplace: Workplace) -> Information:
    """A saved one carried out once more."""
    return _of(None, saved.asked, workplace)


def _check(comparison: Comparison, outcome: str | None, worth: float | None) -> None:
    if comparison.settings.ensemble is None:
        found, allowed = message("information.no_ensemble"), message("information.allowed.ensemble")
        raise StudyError(message("problem.instead", place="comparison", found=found, allowed=allowed))
    if worth is not None and outcome is not None:
        found, allowed = message("information.both"), message("information.allowed.one")
        raise StudyError(message("problem.instead", place="worth", found=found, allowed=allowed))
    if worth is not None and not (worth > 0 and math.isfinite(worth)):
        allowed = message("information.allowed.above_0")
        raise StudyError(message("problem.instead", place="worth", found=f"{worth:g}", allowed=allowed))
    if outcome is not None and (outcome not in OUTCOMES or not OUTCOMES[outcome].better):
        judged = ", ".join(name for name, one in OUTCOMES.items() if one.better)
        allowed = message("allowed.one_of", names=judged)
        raise StudyError(message("problem.instead", place="outcome", found=repr(outcome), allowed=allowed))


def _of(comparison: Comparison | None, asked: Mapping[str, Any], workplace: Workplace) -> Information:
    needed = PAID if asked["worth"] is not None else (asked["outcome"],)
    executed = 0
    if comparison is None or any(name not in comparison.baseline.scalars for name in needed):
        workplace = replace(workplace, ensemble=asked["ensemble"])
        comparison = compare(
            *asked["arms"].values(), seeds=asked["seeds"], outcomes=needed, workplace=workplace
        )
        executed = comparison.executed
    values = _values(comparison, asked)
    names = list(asked["arms"])
    keys, inputs = _inputs(comparison, asked)
    note = why_not(values, inputs)
    held = {key: inputs[:, [place]] for place, key in enumerate(keys)}
    if _of_table(asked):
        with workplace.shown() as report:
            held |= unknown_columns(comparison.baseline.scenario, asked["seeds"], asked["ensemble"], report)
    groups = _groups(keys, list(held), asked["groups"])
    told = note in ("", CONSTANT)
    best = names[int(values.mean(axis=0).argmax())] if told else ""
    rows = _rows(values, held, groups, note, bool(asked.get("columns")))
    return Information(
        comparison.baseline.scenario,
        rows,
        best,
        len(values),
        note,
        comparison.digest,
        executed,
        asked,
    )


def _values(comparison: Comparison, asked: Mapping[str, Any]) -> np.ndarray:
    """What every arm comes to in every run more than the baseline, larger is better; (runs, arms).

    A saved comparison holds these differences, and so they are taken before anything is reckoned with them:
    else what a folder gives and what its runs give would part in the last bits.
    """
    columns = []
    for arm in comparison.arms:
        if asked["worth"] is None:
            columns.append(OUTCOMES[asked["outcome"]].better * comparison.paired(arm.name, asked["outcome"]))
        else:
            years = comparison.baseline.scenario.months / MONTHS_PER_YEAR
            cost, cycle = (comparison.paired(arm.name, name) for name in PAID)
            columns.append(-(asked["worth"] * cycle + cost) / years)
    return np.stack(columns, axis=1).astype(np.float64)


def _inputs(comparison: Comparison, asked: Mapping[str, Any]) -> tuple[list[str], np.ndarray]:
    """The parameters that differ between runs, and their values; (runs, parameters)."""
    ensemble: Ensemble = asked["ensemble"]
    members = [ensemble.member(replication) for replication in range(len(comparison.seeds))]
    keys = [key for key in ensemble.keys if not all(_sets(arm.scenario, key) for arm in comparison.arms)]
    inputs = np.array([[member.get(key, math.nan) for key in keys] for member in members])
    inputs = inputs.reshape(len(members), len(keys))
    varies = [place for place in range(len(keys)) if np.ptp(inputs[:, place]) > 0]
    return [keys[place] for place in varies], inputs[:, varies]


def _sets(scenario: Scenario, key: str) -> bool:
    """Whether a scenario sets a parameter itself, so that no member's value is used."""
    group, _, name = key.partition(".")
    return name in scenario.parameters.get(group, {})


def _of_table(asked: Mapping[str, Any]) -> bool:
    """Whether figures of the city's table are asked for."""
    named = [key for held in (asked["groups"] or {}).values() for key in held]
    return bool(asked.get("columns")) or any(key.startswith(f"{TABLE}.") for key in named)


def _groups(
    keys: Sequence[str], every: Sequence[str], asked: Mapping[str, Sequence[str]] | None
) -> dict[str, tuple[str, ...]]:
    """What is told together, by a name: parameters (`keys`), and of `every` where groups are asked for.
    StudyError for what does not vary."""
    if asked is not None:
        for name, held in asked.items():
            for key in held:
                if key not in every:
                    allowed = ", ".join(every)
                    place = f"groups: {name}"
                    raise StudyError(
                        message("problem.instead", place=place, found=repr(key), allowed=allowed)
                    )
        return {name: tuple(held) for name, held in asked.items()}
    names = dict.fromkeys(key.partition(".")[0] for key in keys)
    found = {name: tuple(key for key in keys if key.startswith(f"{name}.")) for name in names}
    return {name: held for name, held in found.items() if len(held) > 1}


def _rows(
    values: np.ndarray,
    inputs: Mapping[str, np.ndarray],
    groups: Mapping[str, tuple[str, ...]],
    note: str,
    columns: bool,
) -> list[Known]:
    """What each piece of knowledge is worth, what is worth most first among those of one kind. inputs: by
    key, (runs, one or more). columns: whether of each figure of the city's table."""
    keys = [key for key in inputs if not key.startswith(f"{TABLE}.")]
    figures = [key for key in inputs if key.startswith(f"{TABLE}.")] if columns else []
    asked = [(PARAMETERS, "", tuple(keys))] if len(keys) > 1 else []
    asked += [(TABLE_COLUMNS, "", tuple(figures))] if len(figures) > 1 else []
    asked += [(GROUP, name, held) for name, held in groups.items()]
    asked += [(PARAMETER, key, (key,)) for key in keys]
    asked += [(COLUMN, key.removeprefix(f"{TABLE}."), (key,)) for key in figures]
    if note:
        worth = Worth(0.0, 0.0, note) if note == CONSTANT else Worth(math.nan, math.nan, note)
        return [
            Known(what, name, held, worth.value, worth.error, note)
            for what, name, held in [(EVERYTHING, "", tuple(keys)), *asked]
        ]
    most = of_everything(values)
    found: dict[tuple[str, ...], Worth] = {}
    # those of few parameters first: who knows more can choose no worse
    for _, _, held in sorted(asked, key=lambda one: len(one[2])):
        told = np.concatenate([inputs[key] for key in held], axis=1)
        within = [worth for other, worth in found.items() if set(other) < set(held)]
        own = of_inputs(values, told)
        largest = max([own, *within], key=lambda worth: worth.value)
        found[held] = Worth(min(largest.value, most.value), largest.error)
    rows = [Known(what, name, held, found[held].value, found[held].error) for what, name, held in asked]
    order = {what: place for place, what in enumerate(ORDER)}
    rows.sort(key=lambda row: (order[row.what], -row.value))
    return [Known(EVERYTHING, "", tuple(keys), most.value, most.error, held=most.held), *rows]
