"""How last year's forecast of a city did: saved runs of the city as it was, against what its next table
reports, and against what one would have said without a model: that every estate stays where it was
(persistence)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.compute as pc

from sim.city.own_sheet import check_city
from sim.errors import CityError, EstateError
from sim.experiments.intervals import Interval, mean_interval
from sim.problems import is_file
from sim.results import folder as folders
from sim.results.run import Run, load_run
from sim.scenario import Scenario, content_hash, load
from sim.scenario.estate_rows import EstateRows
from sim.text import Message, message
from sim.text.system import reason_of
from sim.units import MONTHS_PER_YEAR

RUN = "run"
READING = "collection"
FORECAST = "collection_billing"  # what a run has of it: paid in the year out of what was billed in it


@dataclass(frozen=True)
class Score:
    """How a forecast of collection in a year did.

    year: that was forecast. before: of the reading that persistence says again. runs: folders of the runs,
    seeds: theirs; the forecast is their mean. numbers: of the estates that have all three figures (int64).
    households: weights of the city's figures. reported, forecast, persistence: shares (float64, one an
    estate). gain: by how much on the mean the forecast was nearer than persistence (points as shares; below 0
    it was farther), with its interval over estates.
    """

    year: int
    before: int
    runs: tuple[str, ...]
    seeds: tuple[int, ...]
    numbers: np.ndarray
    households: np.ndarray
    reported: np.ndarray
    forecast: np.ndarray
    persistence: np.ndarray
    gain: Interval

    @property
    def error(self) -> float:
        """Mean distance of forecast and reading over estates (share)."""
        return float(np.abs(self.forecast - self.reported).mean())

    @property
    def persistence_error(self) -> float:
        """The same of persistence."""
        return float(np.abs(self.persistence - self.reported).mean())

    def of_city(self, name: str) -> float:
        """The city's figure (share) of reported, forecast or persistence: over households."""
        return float(np.average(getattr(self, name), weights=self.households))

    @property
    def verdict(self) -> str:
        """Whether the forecast was better or worse than persistence; "unclear" where its interval holds 0,
        or where there are too few estates for one."""
        if not self.gain.excludes_zero:
            return "unclear"
        return "better" if self.gain.low > 0 else "worse"


def saved_forecasts(folder: Path, places: Sequence[Path], told: Sequence[Path] = ()) -> list[tuple[str, Run]]:
    """Runs of a city as its folder has it, with what their folders are called: those of `told`, else those in
    `places` (not in what lies below) of the very scenario, whatever their seed and months.

    CityError or ResultError for a folder that was told and is no run of the city's estates.
    """
    if told:
        runs = [(str(path), load_run(path)) for path in told]
        for path, run in runs:
            if run.scenario.estates is None:
                raise CityError(message("city.score.other_city", folder=path))
            check_city(folder, run.scenario)
        return runs
    try:
        scenario = load(folder / "scenario.toml")
    except EstateError:  # a scenario that its user changed and that no run can be of
        return []
    own, found = _hash(scenario), []
    for place in dict.fromkeys(path.resolve() for path in _folders_in(places)):
        try:
            manifest = folders.read_manifest(place)
            if folders.kind_of(manifest) != RUN or _name_in(manifest) != scenario.name:
                continue
            run = load_run(place)
        except EstateError:  # what somebody else left there, or a run of another release
            continue
        if _hash(run.scenario) == own:
            found.append((place.name, run))
    return found


def _folders_in(places: Sequence[Path]) -> list[Path]:
    try:
        children = [child for place in places if place.is_dir() for child in sorted(place.iterdir())]
        return [child for child in children if child.is_dir() and is_file(child / folders.MANIFEST)]
    except OSError as error:
        raise CityError(message("folder.unreadable", file=places[0], error=reason_of(error))) from None


def _name_in(manifest: Mapping[str, object]) -> object:
    scenario = manifest.get("scenario")
    return scenario.get("name") if isinstance(scenario, dict) else None


def _hash(scenario: Scenario) -> str:
    """What a scenario is but for its seed and how long it runs."""
    return content_hash(scenario.model_copy(update={"seed": 0, "months": 12}))


def score_forecast(
    before: EstateRows,
    latest_before: int | None,
    after: EstateRows,
    latest: int | None,
    runs: Sequence[tuple[str, Run]],
) -> tuple[Score | None, Message | None]:
    """How runs of a city's former table did, or why nothing can be scored.

    before, after: the former and the new table. latest_before, latest: the years of their last readings.
    """
    if latest_before is None or latest is None:
        return None, message("city.score.undated")
    if latest <= latest_before:
        return None, message("city.score.no_later_year", year=latest_before)
    if not runs:
        return None, message("city.score.no_run")
    month = (latest - latest_before) * MONTHS_PER_YEAR
    long = [(name, run) for name, run in runs if run.months >= month]
    if not long:
        return None, message("city.score.too_short", year=latest, months=month)
    forecast = _mean([_forecast(run, month) for _, run in long])
    reported = _readings(after, f"{READING}_{latest}")
    persistence = _readings(before, READING)
    households = dict(zip(after.numbers.tolist(), after.households.tolist(), strict=True))
    numbers = sorted(set(reported) & set(persistence) & set(forecast))
    if not numbers:
        return None, message("city.score.no_estate", year=latest)

    def each(figures: Mapping[int, float]) -> np.ndarray:
        return np.array([figures[number] for number in numbers], np.float64)

    said, was, will = each(reported), each(persistence), each(forecast)
    nearer = np.abs(was - said) - np.abs(will - said)
    return Score(
        latest,
        latest_before,
        tuple(name for name, _ in long),
        tuple(run.seed for _, run in long),
        np.array(numbers, np.int64),
        each(households),
        said,
        will,
        was,
        mean_interval(nearer),
    ), None


def _readings(table: EstateRows, column: str) -> dict[int, float]:
    values = table.values(column)
    known = zip(table.numbers.tolist(), values.tolist(), strict=True)
    return {number: value for number, value in known if value == value}


def _forecast(run: Run, month: int) -> dict[int, float]:
    """Collection of each estate, by its number, in the twelve months up to one of a run; none where nothing
    was billed."""
    table = run.table("estates").select(["month", "estate", FORECAST])
    rows = table.filter(pc.equal(table["month"], month))
    numbers = dict(zip(run.estate_table["estate"].tolist(), run.estate_table["number"].tolist(), strict=True))
    values = rows[FORECAST].to_numpy(zero_copy_only=False).astype(np.float64)
    pairs = zip(rows["estate"].to_pylist(), values.tolist(), strict=True)
    return {int(numbers[estate]): value for estate, value in pairs if value == value}


def _mean(runs: Sequence[Mapping[int, float]]) -> dict[int, float]:
    """The mean over runs, of estates that all of them have a figure of."""
    common = set.intersection(*(set(run) for run in runs))
    return {number: float(np.mean([run[number] for run in runs])) for number in common}
