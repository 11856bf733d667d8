"""The table of a city that a scenario draws: every figure of its estates that drawing makes, in full.

Read back it is that city again, to the last bit: what is drawn besides (owners, committees) has the same
luck, since numbers and addresses of luck stand in the table.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import numpy as np

from sim.errors import ScenarioError
from sim.model.parameters import PARAMETERS, to_record
from sim.model.start.estates import draw_estates
from sim.model.start.owners import type_traits
from sim.model.start.start import State, starting_state
from sim.model.state.modes import SOE
from sim.model.state.owners import TENANT, VACANT
from sim.problems import Problem, path_of
from sim.scenario import Scenario, load
from sim.scenario.draw import seed_of
from sim.scenario.estate_rows import EstateRows, in_table_units, rows_of
from sim.scenario.estate_table import COLUMNS
from sim.text import message
from sim.text.system import reason_of
from sim.words import MODES


def drawn_table(scenario: Scenario, seed: int | None = None) -> EstateRows:
    """The canonical table of the estates that a scenario starts with, drawn with a seed (default: its own).

    It states every column that drawing makes; how the same is said in other ways (a range of fees, a fee a
    household) stays empty, and where a city spins up so does what only settles then. Raises ScenarioError
    where the figures of the scenario cannot be met.
    """
    used = scenario.seed if seed is None else seed
    state = starting_state(scenario, used)
    # before costs are multiplied by areas
    estates = draw_estates(scenario, used, to_record(PARAMETERS, scenario.parameter_values())[0])
    figures = _figures(scenario, state, estates)
    columns: dict[str, Sequence[Decimal | str | None]] = {
        name: in_table_units(COLUMNS[name], np.asarray(values, np.float64))
        for name, values in figures.items()
    }
    kinds = list(scenario.types)
    columns["type"] = [kinds[code] for code in estates["type"]]
    columns["mode"] = [MODES[code] for code in estates["mode"]]
    return rows_of(columns)


def write_drawn_table(
    scenario: Scenario | str | Path, file: str | Path, seed: int | None = None
) -> tuple[Path, EstateRows]:
    """Write the `drawn_table` of a scenario (or of its name or file) as a CSV (UTF-8 with a byte-order
    mark); returns the file and the table.

    ScenarioError for a scenario that cannot be drawn, for what is no seed, and for a file that is there
    already or cannot be written.
    """
    loaded = scenario if isinstance(scenario, Scenario) else load(scenario)
    path = path_of(file, "file", ScenarioError)
    if path.exists():
        found, allowed = message("bad_table.taken"), message("bad_table.new_file")
        raise ScenarioError([Problem(str(path), "", found, allowed)])
    table = drawn_table(loaded, seed_of(loaded, seed))
    try:
        path.write_text(table.text, encoding="utf-8-sig", newline="\n")
    except OSError as error:
        raise ScenarioError(
            [Problem(str(path), "", reason_of(error), message("bad_table.new_file"))]
        ) from None
    return path, table


def _figures(scenario: Scenario, state: State, drawn: np.ndarray) -> dict[str, np.ndarray]:
    """Every column of numbers, in the units of the model."""
    city, now = scenario.city, state.estates
    traits = type_traits(scenario, now)
    streets = 1 + city.districts
    communities = streets + city.districts * city.streets_per_district
    first_state_owned = np.where(now["mode"] == SOE, scenario.companies.private, 0)
    figures = {name: drawn[name] for name in ("number", "households", "old", "built_year", "buildings")}
    figures |= {
        "luck": drawn["first_luck"],
        "district": drawn["district"],
        "street": (drawn["street"] - streets) % city.streets_per_district,
        "community": (drawn["community"] - communities) % city.communities_per_street,
        "area": now["area"],
        "flat_area": traits["area_mean"],
        "fee": now["price"],
        "cost_fixed": drawn["cost_fixed"],
        "cost_per_area": drawn["cost_area"],
        "public_revenue": drawn["public_revenue"],
        "company": np.where(now["company"] < 0, np.nan, now["company"] - first_state_owned),
        "committee": state.committees["exists"],
        "collection": now["paid_share"],
        "collection_expected": traits["expected_collection"],
        "arrears": now["arrears"],
        "vacancy": _share_of_owners(state, VACANT),
        "tenants": _share_of_owners(state, TENANT),
        "duty_shift": traits["duty_shift"],
        "satisfaction": now["satisfaction"],
        "condition": drawn["condition"],
        "quality": now["quality"],
        "legacy_problems": drawn["legacy"] > 0,
        "legacy": drawn["legacy"],
    }
    if scenario.spin_up:  # what nobody stated settles, and a table that stated it would hold it
        for name in ("quality", "satisfaction"):
            stated = np.nan if scenario.estates is None else scenario.estates.rows.values(name)
            figures[name] = np.where(np.isnan(stated), np.nan, figures[name])
    return figures


def _share_of_owners(state: State, occupancy: int) -> np.ndarray:
    counted = np.add.reduceat(
        state.owners.occupancy == occupancy, state.estates["first_owner"], dtype=np.int64
    )
    return np.asarray(counted / state.estates["households"])
