"""Digests of what every shipped scenario came to, so that a change of code that changes no rule can
be seen to change nothing.

`landed_digests.json` holds, for each scenario and outcome column, the digest of the version that landed.
Where a rule changes on purpose, write anew only what it changes, and say why in `CHANGED` of test_landed.py:

    PYTHONPATH=tests python3 tests/model/landed.py vicious_cycle wuhan             every column of two scenarios
    PYTHONPATH=tests python3 tests/model/landed.py --columns fund,arrears          two columns of every scenario
    PYTHONPATH=tests python3 tests/model/landed.py                                 everything (a new scenario, a new machine to compare)
"""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
from first_version import first_version

from sim.mesa_city import City
from sim.scenario import Scenario, list_scenarios, load, with_overrides
from sim.scenario.tables import apportion

FILE = Path(__file__).with_name("landed_digests.json")
Digests = dict[str, dict[str, str]]

# By name, so that a column that is added later needs no new digests. `stage` is left out: its definition is a
# matter of words ("collapsed", "spiralling"), and what it is called does not move anything but programmes
# that target stages.
COLUMNS = (
    "mode",
    "flags",
    "billed",
    "collected",
    "billed_12",
    "collected_12",
    "income",
    "spending",
    "overhead",
    "income_12",
    "spending_12",
    "overhead_12",
    "subsidy",
    "arrears",
    "fund",
    "filed",
    "solved",
    "open",
    "waiting",
    "satisfaction",
    "grievance",
    "quality",
    "condition",
    "legacy",
    "trust",
    "price",
    "company",
)
LEFT_OUT = {
    "subsidy_only": "its subsidy goes to estates in certain stages, so a new definition of the stages changes it",
    "subsidy_withdrawn": "its subsidy goes to estates in certain stages, so a new definition of the stages changes it",
}
# What is too big to run in a test: one in so many of its estates and companies, with all its programmes and
# months.
ONE_IN = {"wuhan": 20}


def covered() -> list[str]:
    """The shipped scenarios whose outcomes are held."""
    return [name for name in list_scenarios() if name not in LEFT_OUT]


def shipped(name: str) -> Scenario:
    """A shipped scenario in the world of the first version, whole or thinned out (see ONE_IN)."""
    scenario = first_version(load(name))
    return thinned(scenario, ONE_IN[name]) if name in ONE_IN else scenario


def thinned(scenario: Scenario, part: int) -> Scenario:
    """One in `part` of the estates of each type and mode, of the households and of the
    companies; government stays."""
    estates = scenario.city.estates // part
    counts = apportion(estates, scenario.estates_by_type())
    city, companies = scenario.city, scenario.companies
    settings: dict[str, Any] = {
        "city.estates": estates,
        "companies.private": companies.private // part,
        "companies.state_owned": max(1, companies.state_owned // part),
    }
    if city.households is not None:
        settings["city.households"] = city.households // part
    for name, count in counts.items():
        settings[f"types.{name}.count"] = count
        if scenario.types[name].mode_counts:
            settings[f"types.{name}.mode_counts"] = apportion(count, scenario.types[name].mode_counts)
    return with_overrides(scenario, settings)


def column_digest(values: np.ndarray) -> str:
    """SHA-256 of a column's type, shape and values in little-endian order (16 characters)."""
    plain = np.ascontiguousarray(values).astype(values.dtype.newbyteorder("<"))
    head = f"{plain.dtype.str}{plain.shape}".encode()
    return hashlib.sha256(head + plain.tobytes()).hexdigest()[:16]


def outcome_digests(name: str) -> dict[str, str]:
    """The digest of every held outcome column of a shipped scenario's own seed and months."""
    with City(shipped(name)) as city:
        outcomes = city.run().outcomes
    assert outcomes is not None
    return {column: column_digest(getattr(outcomes, column)) for column in COLUMNS}


def landed() -> Digests:
    """The digests of the version that landed, by scenario and column."""
    found: Digests = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def write(scenarios: list[str], columns: list[str]) -> None:
    """Write the digests of these scenarios and columns anew and leave all others as they are."""
    held = landed() if FILE.exists() else {}
    for name in scenarios:
        found = outcome_digests(name)
        held.setdefault(name, {}).update({column: found[column] for column in columns})
    text = json.dumps({name: held[name] for name in covered() if name in held}, indent=1)
    FILE.write_text(text + "\n", encoding="utf-8")


def main() -> None:
    """Write digests anew, as asked for on the command line."""
    parser = argparse.ArgumentParser(description="write the digests of scenarios and columns anew")
    parser.add_argument("scenarios", nargs="*", metavar="scenario")
    parser.add_argument("--columns", metavar="a,b", help="only these columns (default: all)")
    asked = parser.parse_args()
    columns = asked.columns.split(",") if asked.columns else list(COLUMNS)
    for kind, given, known in (("scenario", asked.scenarios, covered()), ("column", columns, COLUMNS)):
        for name in given:
            if name not in known:
                parser.error(f"no {kind} {name!r}; allowed: {', '.join(known)}")
    write(asked.scenarios or covered(), columns)


if __name__ == "__main__":
    main()
