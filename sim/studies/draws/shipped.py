"""The draws that ship with the package: every shipped scenario with seeds 1 to 20, so that one run can be placed at once.

Three files in the folder `draws`: facts.json (model and summary by their hashes, scenarios by theirs), outcomes.csv (one row
a scenario and seed) and months.csv (the fan, one row a scenario and month). `docs/make_reference_runs.py` writes them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.fingerprint import model_source_hash, summary_source_hash
from sim.results.engines import scenario_hash_of
from sim.results.files import ENCODING, replace_text, write_csv
from sim.results.outcomes import DEFAULT_OUTCOMES
from sim.scenario import Scenario
from sim.studies.draws.repeated import Repeated, monthly_frame, repeated_from

if TYPE_CHECKING:
    import pandas as pd

FOLDER = Path(__file__).with_name("draws")
FACTS, OUTCOMES_FILE, MONTHS_FILE = "facts.json", "outcomes.csv", "months.csv"
SEEDS = tuple(range(1, 21))
DECIMALS = 4  # of the fan, whose values are shares; outcomes are written in full


def shipped_draws(scenario: Scenario, model: str, folder: Path = FOLDER) -> Repeated | None:
    """The draws of a scenario that ship, by what it says (its name and seed do not matter); None if it is none of those shipped.

    None, too, where they were made by another version than `model` (a hash of `sim.fingerprint`) or summarised otherwise than
    this version does.
    """
    facts = facts_of(folder)
    current = facts["model"] == model and facts["summary"] == summary_source_hash()
    name = _name_of(scenario, facts) if current else ""
    if not name:
        return None
    return kept_draws(scenario, name, folder)


def kept_draws(scenario: Scenario, name: str, folder: Path = FOLDER) -> Repeated:
    """The draws that ship under a name as those of a scenario, of whatever version they are; for who knows of which."""
    parts = (_table(folder / file) for file in (OUTCOMES_FILE, MONTHS_FILE))
    by_seed, by_month = (part[part["scenario"] == name].drop(columns="scenario") for part in parts)
    return repeated_from(scenario, by_seed, by_month)


def of_other_version(scenario: Scenario, model: str, folder: Path = FOLDER) -> bool:
    """Whether draws of just this scenario ship, but of another version of the model or of its outcomes."""
    facts = facts_of(folder)
    return bool(_name_of(scenario, facts)) and (facts["model"], facts["summary"]) != (
        model,
        summary_source_hash(),
    )


@cache
def facts_of(folder: Path = FOLDER) -> dict[str, Any]:
    """What the shipped draws are of: hashes of model and summary, seeds, and the hash of each scenario by its name."""
    found: dict[str, Any] = json.loads((folder / FACTS).read_text(encoding="utf-8"))
    return found


def write_draws(draws: Mapping[str, Repeated], folder: Path = FOLDER) -> None:
    """Write the draws of scenarios by name, the same bytes for the same draws. Raises OSError."""
    import pandas as pd

    by_seed = [_named(name, one.table()[list(DEFAULT_OUTCOMES)].reset_index()) for name, one in draws.items()]
    by_month = [_named(name, monthly_frame(one).round(DECIMALS)) for name, one in draws.items()]
    facts = {
        "model": model_source_hash(),
        "summary": summary_source_hash(),
        "seeds": [SEEDS[0], SEEDS[-1]],
        "scenarios": {name: scenario_hash_of(one.scenario) for name, one in draws.items()},
    }
    folder.mkdir(exist_ok=True)
    write_csv(pd.concat(by_seed, ignore_index=True), folder / OUTCOMES_FILE)
    write_csv(pd.concat(by_month, ignore_index=True), folder / MONTHS_FILE)
    replace_text(folder / FACTS, json.dumps(facts, indent=1) + "\n")
    facts_of.cache_clear()


def _named(name: str, table: pd.DataFrame) -> pd.DataFrame:
    table.insert(0, "scenario", name)
    return table


def _name_of(scenario: Scenario, facts: Mapping[str, Any]) -> str:
    """The name under which a scenario of this content ships; "" if none does."""
    own = scenario_hash_of(scenario)
    return next((name for name, shipped in facts["scenarios"].items() if shipped == own), "")


def _table(file: Path) -> pd.DataFrame:
    import pandas as pd

    # numbers by way of their text: the reader of pandas may miss the last bit
    table = pd.read_csv(file, dtype=str, encoding=ENCODING)
    return table.astype({name: np.float64 for name in table.columns[1:]})
