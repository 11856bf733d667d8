"""A city of another size: to each estate the same is due."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

import sim
from sim.errors import EstateError
from sim.experiments.scaled import SHARED_OF_KIND
from sim.model.programmes.describe import kinds
from sim.scenario.programme import PROGRAMMES

PROGRAMMES_OF_ALL = (
    {"kind": "soe_fallback", "capacity": 3.0},
    {"kind": "operating_subsidy", "yearly_budget": 900_000.0},
    {"kind": "red_neighbour", "persons": 40},
    {"kind": "mediation", "centre": 80},
    {"kind": "self_management", "leaders": 200},
)


@pytest.fixture(scope="module")
def whole() -> sim.Scenario:
    return sim.with_programmes("vicious_cycle", *PROGRAMMES_OF_ALL)


def due(city: sim.Scenario) -> dict[str, float]:
    """What the whole city has of everything that its estates share."""
    bodies = {"city": 1, "district": city.city.districts}
    bodies["street"] = bodies["district"] * city.city.streets_per_district
    bodies["community"] = bodies["street"] * city.city.communities_per_street
    own = city.government
    held = {f"{tier}_money": getattr(own, f"{tier}_budget") * number for tier, number in bodies.items()}
    held |= {
        f"{tier}_staff": getattr(own, f"{tier}_staff") * bodies[tier] for tier in ("street", "community")
    }
    held["state_owned_companies"] = city.companies.state_owned * city.companies.capacity_state_owned
    for one in city.interventions:
        for key in ("capacity", "yearly_budget", "persons", "centre", "leaders"):
            if getattr(one, key, None):
                held[f"{one.kind}.{key}"] = float(getattr(one, key))
    return held


@pytest.mark.parametrize("estates", [60, 150, 600])
def test_everything_that_estates_share_is_scaled_with_them(whole: sim.Scenario, estates: int) -> None:
    made = sim.scaled(whole, estates)
    part = estates / 300
    assert made.city.estates == estates
    assert due(made).keys() == due(whole).keys() and len(due(whole)) >= 12
    for name, held in due(whole).items():
        assert due(made)[name] == pytest.approx(part * held, abs=0.5 if held * part > 1 else 0), name
    for name, count in whole.estates_by_type().items():
        assert abs(made.estates_by_type()[name] - part * count) < 1
    assert made.companies.private == round(whole.companies.private * part)
    assert made.types["commodity"].households_mean == whole.types["commodity"].households_mean
    assert math.isclose(sum(made.estates_by_type().values()), estates)


def test_a_stock_of_people_or_cases_that_a_kind_has_once_is_known_to_be_shared() -> None:
    """Persons and cases of one estate are parts of a person or a case; what is counted whole is shared."""
    counted = {
        (kind, name)
        for kind in kinds()
        for name, field in PROGRAMMES[kind].model_fields.items()
        if field.annotation is int
        and (field.json_schema_extra or {}).get("unit") in ("persons", "cases/month")
    }
    assert counted == {(kind, name) for kind, names in SHARED_OF_KIND.items() for name in names}


def test_a_table_keeps_rows_and_has_no_more_than_there_are(tmp_path: Path) -> None:
    rows = "".join(f"{number},{100 + number}\n" for number in range(1, 11))
    (tmp_path / "city.csv").write_text("number,households\n" + rows, encoding="utf-8")
    file = tmp_path / "mine.toml"
    file.write_text('extends = "small_city"\n[estates]\ntable = "city.csv"\n', encoding="utf-8")
    made = sim.scaled(file, 5)
    assert made.estates is not None
    assert made.estates.rows.households.tolist() == [101, 103, 105, 107, 109]
    assert made.city.households == 525
    assert "5" in made.title.en and "5" in made.title.zh
    for wrong in (0, -3, 2.5, "all", 11):
        with pytest.raises(EstateError, match="estates"):
            sim.scaled(file, wrong)
