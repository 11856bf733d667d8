"""A scenario over several seeds: any single run of it is one draw, and what it says
on the whole is said by many."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from sim.arguments import seeds_from, whole
from sim.errors import ResultError, StudyError
from sim.experiments.ensemble import Ensemble, planned_runs_over
from sim.experiments.intervals import ENDS, EXTREMES, PERCENTILE_PAIRS, PERCENTILES, range_of
from sim.experiments.workplace import Keywords, Workplace, run_planned, workplace_of
from sim.outputs.range_words import KIND
from sim.results.outcomes import DEFAULT_OUTCOMES, OUTCOMES, SERIES, note_on_months
from sim.results.result import Result
from sim.results.saved import key_of, save_found
from sim.results.summary import RunSummary
from sim.runner import resolve
from sim.scenario import Scenario
from sim.size import MADE, MADE_OF_MEMBER, check_list
from sim.text import figures, language, message, say

if TYPE_CHECKING:
    import pandas as pd

DRAWS = 20
QUANTILES = {"lowest": 0.0, "lower_quartile": 0.25, "median": 0.5, "upper_quartile": 0.75, "highest": 1.0}
"""What is kept of a month over the draws, in the order of the rows of `Repeated.bands`,
where there are under 40 of them."""
OUTER = {PERCENTILES: ("p5", "p95"), EXTREMES: ("lowest", "highest")}
"""What the first and the last of them are, by the kind of range that so many draws
have (`intervals.range_of`)."""
FAN_SERIES = ("cycle", "collection")
"""The series whose fans are kept: the share of estates in the cycle, and what is collected."""


@dataclass(eq=False)
class Repeated(Result):
    """Runs of one scenario that differ by their seed, and over an ensemble by its member too.

    scenario: as it was run, whatever seed it states. seeds: one a run. outcomes: by id of `OUTCOMES` one
    value a seed (float64, NaN where a run has none). bands: by id of `SERIES` the `quantiles` over the runs,
    (5, months + 1) float64, NaN in a month in which some run has no value. ensemble: its name, "" for the
    scenario's own parameters. type_bands: the same by estate type for the series that are kept by type,
    (types, 5, months + 1). over: the ensemble itself, whose member r the r-th run has; None without one, and
    for runs that were kept without it. ends: what the outer rows of the bands are, EXTREMES or
    (from 40 draws on) PERCENTILES.
    """

    scenario: Scenario
    seeds: tuple[int, ...]
    outcomes: Mapping[str, np.ndarray]
    bands: Mapping[str, np.ndarray]
    ensemble: str = ""
    types: tuple[str, ...] = ()
    type_bands: Mapping[str, np.ndarray] = field(default_factory=dict)
    over: Ensemble | None = None
    ends: str = EXTREMES

    def __len__(self) -> int:
        return len(self.seeds)

    @property
    def quantiles(self) -> list[str]:
        """The names of the rows of the bands, lowest first."""
        return names_of(self.ends)

    @property
    def months(self) -> int:
        """How long the runs are."""
        return self.scenario.months

    def table(self) -> pd.DataFrame:
        """One row a seed, one column an outcome; units in `attrs["units"]`."""
        import pandas as pd

        frame = pd.DataFrame(dict(self.outcomes), index=pd.Index(self.seeds, name="seed"))
        frame.attrs["units"] = {name: OUTCOMES[name].unit for name in self.outcomes}
        return frame

    def monthly(self, series: str) -> pd.DataFrame:
        """A series over the draws: one row a month from 0, a column for each of `quantiles`.
        StudyError if it was not kept."""
        import pandas as pd

        if series not in self.bands:
            raise StudyError(
                message("problem.instead", place="series", found=series, allowed=", ".join(self.bands))
            )
        return pd.DataFrame(
            self.bands[series].T,
            columns=self.quantiles,
            index=pd.RangeIndex(self.months + 1, name="month"),
        )

    def by_type(self, series: str, month: int) -> pd.DataFrame:
        """A series over the draws in a month: one row an estate type, a column for each of `quantiles`.
        StudyError if it was not kept."""
        import pandas as pd

        if series not in self.type_bands:
            raise StudyError(
                message("problem.instead", place="series", found=series, allowed=", ".join(self.type_bands))
            )
        if not 0 <= month <= self.months:
            raise StudyError(
                message("problem.instead", place="month", found=month, allowed=f"0–{self.months}")
            )
        return pd.DataFrame(
            self.type_bands[series][:, :, month],
            columns=self.quantiles,
            index=pd.Index(self.types, name="type"),
        )

    def nearest_median(self, outcome: str) -> int:
        """The seed whose outcome lies nearest to the median of the draws, the first of several: a
        run to look at more closely."""
        values = self.outcomes[outcome]
        return self.seeds[int(np.nanargmin(np.abs(values - np.nanmedian(values))))]

    @property
    def by_outcome(self) -> pd.DataFrame:
        """One row an outcome that every draw has: its unit, and a column for each of the
        quantiles over the draws."""
        import pandas as pd

        known = [name for name, values in self.outcomes.items() if not np.isnan(values).any()]
        spread = [_spread(self.outcomes[name]) for name in known]
        columns = names_of(ends_of(len(self)))
        frame = pd.DataFrame(np.reshape(spread, (-1, len(columns))), columns=columns)
        frame.insert(0, "outcome", known)
        frame.insert(1, "unit", [OUTCOMES[name].unit for name in known])
        return frame

    def tables(self) -> dict[str, pd.DataFrame]:
        """ "draws": one row a seed; "outcomes": one an outcome; "by_month" and "by_type": one a
        series, (type) and month."""
        import pandas as pd

        tables = {"draws": self.table().reset_index(), "outcomes": self.by_outcome}
        months = np.arange(self.months + 1)
        named = self.quantiles
        parts = [_quantile_rows(name, bands, named, month=months) for name, bands in self.bands.items()]
        tables["by_month"] = pd.concat(parts, ignore_index=True)
        parts = [
            _quantile_rows(name, bands, named, type=[kind] * len(months), month=months)
            for name, by_type in self.type_bands.items()
            for kind, bands in zip(self.types, by_type, strict=True)
        ]
        return tables | ({"by_type": pd.concat(parts, ignore_index=True)} if parts else {})

    @property
    def asked(self) -> dict[str, Any]:
        """With what seeds, and over what ensemble."""
        return {
            "seeds": self.seeds,
            "ensemble": self.over if self.over is not None else self.ensemble or None,
        }

    @property
    def digest(self) -> str:
        """SHA-256 over the outcomes of all runs and the quantiles of all series."""
        digest = sha256(repr(self.seeds).encode())
        for held in (self.outcomes, self.bands, self.type_bands):
            for name in sorted(held):
                digest.update(name.encode() + np.ascontiguousarray(held[name], np.float64).tobytes())
        return digest.hexdigest()

    @property
    def key(self) -> str:
        """Sixteen hex digits that name what was asked, of which model, and what the runs came to."""
        return key_of(self)

    def save(self, folder: Path | str) -> Path:
        """Write every table as Parquet and CSV, `result.json`, and `manifest.json` last; returns the folder.

        ResultError if it holds another result, or if that fails.
        """
        return save_found(self, folder)


def sentences_of(draws: Repeated) -> list[str]:
    """Median and ends of each default outcome, in the current language."""
    return [
        say(
            "draw.median_of",
            name=OUTCOMES[name].of_run(draws.months),
            **middle_and_ends(name, draws.outcomes[name]),
        )
        for name in DEFAULT_OUTCOMES
        if name in draws.outcomes and not np.isnan(draws.outcomes[name]).any()
    ]


def warnings_of(draws: Repeated) -> list[str]:
    """Which months of short runs figures are of, and that the ensemble was calibrated with another
    version of the model, where so."""
    return note_on_months(draws.months, draws.outcomes) + (
        [] if draws.over is None else draws.over.warnings()
    )


def shown(draws: Repeated) -> tuple[str, str, pd.DataFrame]:
    """Title, facts and table for a notebook."""
    facts = say("draw.facts", draws=len(draws), first=min(draws.seeds), last=max(draws.seeds))
    facts += say("draw.members", ensemble=draws.ensemble) if draws.ensemble else ""
    table = draws.by_outcome
    return (
        draws.scenario.title.in_language(language()),
        facts,
        table[table["outcome"].isin(DEFAULT_OUTCOMES)],
    )


def middle_and_ends(outcome: str, values: np.ndarray) -> dict[str, Any]:
    """Median and ends of the range of an outcome as the current language writes them, and
    what `kind` of range it is."""
    unit, held = OUTCOMES[outcome].unit, range_of(values)
    ends = {"median": np.median(values), "low": held.low, "high": held.high}
    told: dict[str, Any] = {name: figures.quantity(float(value), unit) for name, value in ends.items()}
    return told | {"kind": KIND[held.kind]}


def repeat(
    scenario: Scenario | str | Path,
    draws: int = DRAWS,
    *,
    first: int = 1,
    months: int | None = None,
    overrides: Mapping[str, Any] | None = None,
    workplace: Workplace | None = None,
    **at: Unpack[Keywords],
) -> Repeated:
    """Run a scenario (a name, the path of a TOML file, or a Scenario) with `draws` seeds from `first` on.

    Runs that the store has are not carried out again. `workplace`, or its fields as keywords: where they are
    carried out (see `Workplace`). StudyError for fewer than two draws, and where a run fails;
    ScenarioError as `sim.run`.
    """
    workplace = workplace_of("repeat", workplace, at, ("level",))
    draws = whole("draws", draws)
    if draws < 2:
        raise StudyError(message("problem.instead", place="draws", found=draws, allowed=message("draw.two")))
    seeds = seeds_from("first", first, draws)
    resolved = resolve(scenario, None, months, overrides)
    members = workplace.members()
    each = MADE if members is None else MADE_OF_MEMBER
    check_list("draws", draws, each, message("size.draws", draws=f"{draws:,}"))
    results = run_planned(planned_runs_over(resolved, seeds, members), workplace)
    runs = [summary for _, summary in results]
    return repeated_of(resolved, runs, members)


def again(saved: Repeated, workplace: Workplace) -> Repeated:
    """A saved one carried out once more. ResultError where the members of its ensemble were not kept."""
    if saved.ensemble and saved.over is None:
        raise ResultError(message("draw.error.members", ensemble=saved.ensemble))
    results = run_planned(planned_runs_over(saved.scenario, saved.seeds, saved.over), workplace)
    return _like(saved, repeated_of(saved.scenario, [summary for _, summary in results], saved.over))


def _like(saved: Repeated, repeated: Repeated) -> Repeated:
    """Only the outcomes and series that the saved one holds."""
    return replace(
        repeated,
        outcomes={name: repeated.outcomes[name] for name in saved.outcomes},
        bands={name: repeated.bands[name] for name in saved.bands},
        ends=repeated.ends,
        types=saved.types,
        type_bands={name: repeated.type_bands[name] for name in saved.type_bands},
    )


def repeated_of(scenario: Scenario, runs: Sequence[RunSummary], over: Ensemble | None = None) -> Repeated:
    """The draws that these summaries of a scenario's runs are; `over`: the ensemble
    whose members they have."""
    first = runs[0]
    return Repeated(
        scenario,
        tuple(run.seed for run in runs),
        {name: np.array([run.scalars[name] for run in runs], np.float64) for name in OUTCOMES},
        {name: bands_of(run.series[name] for run in runs) for name in SERIES},
        "" if over is None else over.name,
        first.types,
        {name: np.moveaxis(bands_of(run.by_type[name] for run in runs), 0, 1) for name in first.by_type},
        over,
        ends_of(len(runs)),
    )


def ends_of(draws: int) -> str:
    """What the ends of a range over so many draws are, as `intervals.range_of` has it."""
    return PERCENTILES if draws >= PERCENTILE_PAIRS else EXTREMES


def names_of(ends: str) -> list[str]:
    """The names of the quantiles over draws, lowest first, where the outer ones are `ends`."""
    low, high = OUTER[ends]
    return [low, *list(QUANTILES)[1:-1], high]


def bands_of(values: Iterable[np.ndarray]) -> np.ndarray:
    """The quantiles over the runs of what each has by month: (5, …) float64; the outer ones are
    `ends_of` the number of runs."""
    return _spread(np.array([np.asarray(one, np.float32) for one in values], np.float64))


def _spread(values: np.ndarray) -> np.ndarray:
    """The quantiles over the first axis."""
    quantiles = np.asarray(np.quantile(values, list(QUANTILES.values()), axis=0))
    if ends_of(len(values)) == PERCENTILES:
        quantiles[[0, -1]] = np.quantile(values, ENDS, axis=0, method="weibull")
    return quantiles


def _quantile_rows(series: str, bands: np.ndarray, names: Sequence[str], **index: Any) -> pd.DataFrame:
    """One row a month: the series, its unit, where the row is from, and a column
    for each of the quantiles."""
    import pandas as pd

    columns = dict(zip(names, bands, strict=True))
    return pd.DataFrame({"series": series, "unit": SERIES[series].unit, **index, **columns})


def monthly_frame(draws: Repeated) -> pd.DataFrame:
    """One row a month from 0: the month, and for each of FAN_SERIES its quantiles as
    columns `series_quantile`."""
    import pandas as pd

    columns = {
        f"{series}_{name}": row
        for series in FAN_SERIES
        for name, row in zip(draws.quantiles, draws.bands[series], strict=True)
    }
    return pd.DataFrame({"month": np.arange(draws.months + 1), **columns})


def repeated_from(scenario: Scenario, by_seed: pd.DataFrame, by_month: pd.DataFrame) -> Repeated:
    """The draws that the two tables hold: `by_seed` with a column `seed` and one an outcome,
    `by_month` as `monthly_frame`.

    KeyError, ValueError or TypeError for tables that are not.
    """
    if by_month["month"].tolist() != list(range(scenario.months + 1)):
        raise ValueError(f"months: {len(by_month)}")
    outcomes = [name for name in by_seed.columns if name != "seed"]
    # tables of before there were percentiles have the extremes of any number of draws
    ends = PERCENTILES if f"{FAN_SERIES[0]}_{OUTER[PERCENTILES][0]}" in by_month.columns else EXTREMES
    return Repeated(
        scenario,
        tuple(int(seed) for seed in by_seed["seed"]),
        {name: by_seed[name].to_numpy(np.float64) for name in (*DEFAULT_OUTCOMES, *outcomes)},
        {
            series: np.array([by_month[f"{series}_{name}"] for name in names_of(ends)], np.float64)
            for series in FAN_SERIES
        },
        ends=ends,
    )
