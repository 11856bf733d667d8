"""A city whose estates are those of a table: each with its own figures and, whatever other estates there are
and wherever it stands in the table, with the same owners and the same luck."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from typing import Any

import numpy as np
import pytest

from sim.model.engine import Engine
from sim.model.month.owner_passes import MOST_OWNERS
from sim.model.start.drawn_table import drawn_table
from sim.model.start.start import State, starting_state
from sim.model.state.estates import ESTATE_TYPE
from sim.model.state.owners import TENANT, VACANT, Owners
from sim.model.state.tables import COMMITTEE_TYPE
from sim.results.provenance import outcomes_digest
from sim.scenario import Scenario, load, with_overrides
from sim.scenario.estate_rows import BadTable, EstateRows, read_rows, rows_of
from sim.scenario.estate_table import COLUMNS, ESTATE_COLUMNS, MOST_HOUSEHOLDS, MOST_NUMBER, OWNERS_APART
from sim.scenario.overrides import with_estates, with_programmes
from sim.words import MODES
from tests.reference.worlds import random_scenario

Columns = dict[str, list[Any]]


@cache
def small() -> Scenario:
    return with_overrides(load("small_city"), {"months": 18})


def columns_of(table: EstateRows, *without: str) -> Columns:
    return {name: list(cells) for name, cells in table.cells.items() if name not in without}


def listed(columns: Columns, scenario: Scenario | None = None) -> Scenario:
    return with_estates(scenario or small(), rows_of(columns), "city.csv")


def owners_of(state: State, row: int) -> dict[str, np.ndarray]:
    first = int(state.estates["first_owner"][row])
    span = slice(first, first + int(state.estates["households"][row]))
    return {name: getattr(state.owners, name)[span] for name in Owners._fields}


def own_numbers(table: EstateRows, seed: int = 5) -> list[Decimal]:
    numbers = np.random.default_rng(seed).choice(MOST_NUMBER, table.size, replace=False)
    return [Decimal(int(number)) for number in numbers]


# the declaration


def test_every_column_says_what_the_model_has() -> None:
    known = set(ESTATE_TYPE.names or ())
    known |= {f"owners.{name}" for name in Owners._fields}
    known |= {f"committees.{name}" for name in COMMITTEE_TYPE.names or ()}
    assert {name for column in ESTATE_COLUMNS for name in column.sets} <= known
    assert MOST_OWNERS == MOST_HOUSEHOLDS
    # no two estates' owners can have one address
    assert MOST_NUMBER * OWNERS_APART + MOST_HOUSEHOLDS < 2**32 and OWNERS_APART > MOST_HOUSEHOLDS
    examples = {column.name: column.example for column in ESTATE_COLUMNS if column.example}
    assert rows_of({name: [read_example(name, text)] for name, text in examples.items()}).size == 1


def read_example(name: str, text: str) -> Decimal | str:
    return text if COLUMNS[name].kind == "word" else Decimal(text)


# a city that was drawn, read back


@pytest.mark.parametrize("number", [0, 1, 2, 4, 5, 7])
def test_the_table_of_a_city_that_was_drawn_is_that_city_to_the_last_bit(number: int) -> None:
    scenario = random_scenario(number, 20)
    again = with_estates(scenario, read_rows(drawn_table(scenario).text), "city.csv")
    first, second = Engine(scenario).run(), Engine(again).run()
    assert first.outcomes is not None and second.outcomes is not None
    assert outcomes_digest(first.outcomes) == outcomes_digest(second.outcomes)
    assert first.ledger_lines == second.ledger_lines and first.events() == second.events()


def test_a_shipped_city_with_its_programmes_read_back_is_the_same_run() -> None:
    kinds = ("red_black_list", "publicity", "mediation", "retrofit", "donations", "entry_standard")
    acting = ({"kind": kind, "start": 2, "order": "random", "capacity": 9} for kind in kinds)
    scenario = with_programmes(with_overrides(load("small_city"), {"months": 20}), *acting)
    again = with_estates(scenario, read_rows(drawn_table(scenario).text), "city.csv")
    first, second = Engine(scenario).run(), Engine(again).run()
    assert {programme for *_, programme, _ in first.ledger_lines} > {"red_black_list", "retrofit"}
    assert first.outcomes is not None and second.outcomes is not None
    assert outcomes_digest(first.outcomes) == outcomes_digest(second.outcomes)


def test_a_full_table_leaves_out_only_other_ways_to_say_the_same() -> None:
    full = drawn_table(small())
    other = {"built_low", "built_high", "fee_low", "fee_high", "fee_household", "standard_cost", "complaints"}
    # what nobody stated and settles while the city spins up: stated it would be held
    settles = {"quality", "satisfaction"}
    assert set(full.cells) == set(COLUMNS) - other - settles
    as_drawn = drawn_table(with_overrides(small(), {"spin_up": 0}))
    assert set(as_drawn.cells) == set(COLUMNS) - other
    for table in (full, as_drawn):  # but for the company of estates that have none, no estate lacks a figure
        assert {name for name, cells in table.cells.items() if None in cells} <= {"company"}


# figures of one's own


SHOWN = {  # column: what month 0 has of it, in the units of the model
    "households": lambda s: s.estates["households"],
    "old": lambda s: s.estates["old"],
    "built_year": lambda s: s.estates["built_year"],
    "district": lambda s: s.estates["district"],
    "buildings": lambda s: s.estates["buildings"],
    "area": lambda s: s.estates["area"],
    "fee": lambda s: s.estates["price"],
    "cost_fixed": lambda s: s.estates["cost_fixed"],
    "public_revenue": lambda s: s.estates["public_revenue"],
    "committee": lambda s: s.committees["exists"],
    "collection": lambda s: s.estates["paid_share"],
    "arrears": lambda s: s.estates["arrears"],
    "vacancy": lambda s: share_of(s, VACANT),
    "tenants": lambda s: share_of(s, TENANT),
    "satisfaction": lambda s: s.estates["satisfaction"],
    "condition": lambda s: s.estates["condition"],
    "quality": lambda s: s.estates["quality"],
    "legacy": lambda s: s.estates["legacy"],
}


def share_of(state: State, occupancy: int) -> np.ndarray:
    found = np.add.reduceat(state.owners.occupancy == occupancy, state.estates["first_owner"], dtype=np.int64)
    return np.asarray(found / state.estates["households"])


@pytest.mark.parametrize("seed", range(4))
def test_whatever_columns_a_table_has_month_0_has_them(seed: int) -> None:
    scenario = random_scenario(seed + 20)
    luck = np.random.default_rng(seed)
    full = drawn_table(scenario)
    needed = {"district": "street", "street": "community", "mode": "company", "vacancy": "tenants"}
    gone = {name for name in full.cells if luck.random() < 0.5} - {"number", "households"}
    gone |= {inner for outer, inner in needed.items() if outer in gone} | {"luck"}
    gone |= {"community"} if "street" in gone else set()
    columns = columns_of(full, *gone) | {"number": own_numbers(full)}
    state = starting_state(listed(columns, scenario), scenario.seed)
    table = rows_of(columns)
    assert state.estates["number"].tolist() == table.numbers.tolist()
    for name, shown in SHOWN.items():
        if name in table.cells:
            expected = table.values(name)
            if name == "fee" and scenario.mechanisms.guided_prices:
                expected = np.minimum(expected, shown(state))
            assert shown(state) == pytest.approx(expected, abs=1e-9), name
    for name, words in (("type", list(scenario.types)), ("mode", MODES)):
        if name in table.cells:
            assert [words[code] for code in state.estates[name]] == list(table.words(name))


def test_figures_of_the_city_s_own_hold_whatever_is_drawn_besides() -> None:
    full = drawn_table(small())
    luck = np.random.default_rng(3)
    size = full.size
    columns: Columns = {"number": own_numbers(full), "households": list(full.cells["households"])}

    def figures(low: float, high: float) -> list[Decimal]:
        return [Decimal(f"{value:.4f}") for value in luck.uniform(low, high, size)]

    columns |= {
        "mode": ["market"] * size,
        "area": [Decimal(int(n * 97)) for n in full.households],
        "fee": figures(0.5, 2.5),
        "collection": figures(0.05, 1.0),
        "arrears": [Decimal(int(value)) for value in luck.uniform(0, 900_000, size)],
        "satisfaction": figures(0.1, 0.95),
        "vacancy": figures(0, 0.4),
        "tenants": figures(0, 0.6),
    }
    columns["collection"][0], columns["satisfaction"][1] = Decimal(1), Decimal(0)
    scenario = listed(columns)
    state, table = starting_state(scenario, 4), rows_of(columns)
    households = table.households
    for name in ("area", "fee", "arrears", "satisfaction"):
        assert SHOWN[name](state) == pytest.approx(table.values(name), abs=1e-9), name
    for name in ("collection", "vacancy", "tenants"):
        assert np.all(np.abs(SHOWN[name](state) - table.values(name)) <= 0.5 / households + 1e-12), name
    # owners come to what their estates say
    first = state.estates["first_owner"]
    assert np.add.reduceat(state.owners.arrears.astype(np.int64), first).tolist() == (
        table.values("arrears").tolist()
    )
    assert np.add.reduceat(state.owners.area.astype(float), first) == pytest.approx(
        table.values("area"), rel=1e-4
    )
    contents = np.add.reduceat(state.owners.satisfaction.astype(float), first) / households
    assert contents == pytest.approx(table.values("satisfaction"), abs=1e-5)
    owing = state.owners.arrears > 0
    assert np.all((state.owners.arrears_age > 0) == owing) and np.all((state.owners.missed > 0) == owing)


def test_who_pays_is_who_would_have_paid_first() -> None:
    full = drawn_table(small())
    low, high = (
        columns_of(full, "arrears") | {"collection": [Decimal(c)] * full.size} for c in ("0.4", "0.7")
    )
    few, many = (starting_state(listed(columns), 1).owners.paid for columns in (low, high))
    assert few.sum() < many.sum() and np.all(many[few == 1] == 1)


def test_a_range_of_fees_stays_a_range_and_a_fee_a_household_becomes_one_by_area() -> None:
    full = drawn_table(small())
    ranged = columns_of(full, "fee") | {
        "fee_low": [Decimal("1.1")] * full.size,
        "fee_high": [Decimal("1.9")] * full.size,
    }
    price = starting_state(listed(ranged), 1).estates["price"]
    assert np.all((price >= 110) & (price <= 190)) and np.std(price) > 10  # no silent midpoint
    flat = columns_of(full, "fee") | {"fee_household": [Decimal(95)] * full.size}
    estates = starting_state(listed(flat), 1).estates
    assert estates["price"] * estates["area"] == pytest.approx(9500.0 * estates["households"])


def test_a_standard_cost_is_split_as_the_type_s_is() -> None:
    full = drawn_table(small())
    columns = columns_of(full, "cost_fixed", "cost_per_area") | {
        "standard_cost": [Decimal("1.7")] * full.size
    }
    scenario = listed(columns)
    estates = starting_state(scenario, 1).estates
    assert estates["cost_fixed"] + estates["cost_area"] == pytest.approx(170.0 * estates["area"])
    kinds = list(scenario.types.values())
    for e in range(full.size):
        kind = kinds[estates["type"][e]]
        assert estates["cost_fixed"][e] / (estates["cost_area"][e] / estates["area"][e]) == pytest.approx(
            kind.cost_fixed / kind.cost_per_area
        )


def test_what_is_open_is_drawn_from_the_type_as_its_shares_say() -> None:
    numbers = [Decimal(number) for number in range(4000)]
    kind = small().types[next(iter(small().types))]
    columns: Columns = {
        "number": numbers,
        "households": [Decimal(8)] * 4000,
        "type": [next(iter(small().types))] * 4000,
    }
    state = starting_state(listed(columns, with_overrides(small(), {"companies.private": 400})), 2)
    for name, share in kind.modes.items():
        found = np.mean(state.estates["mode"] == MODES.index(name))
        assert abs(found - share) < 4 * np.sqrt(share * (1 - share) / 4000) + 1e-9, name
    assert abs(np.mean(state.committees["exists"]) - kind.committee_share) < 0.03
    assert np.log(state.estates["price"] / 100).std() == pytest.approx(kind.fee_price_spread, rel=0.06)
    places = np.unique(state.estates["community"], return_counts=True)[1]
    city = small().city
    communities = city.districts * city.streets_per_district * city.communities_per_street
    assert places.size == communities and places.max() < 2 * 4000 / communities


# other rows


def reordered(table: EstateRows, order: Sequence[int]) -> str:
    lines = table.text.splitlines(keepends=True)
    return lines[0] + "".join(lines[1 + place] for place in order)


def test_the_order_of_a_table_is_nothing() -> None:
    full = drawn_table(small())
    order = np.random.default_rng(1).permutation(full.size)
    again = read_rows(reordered(full, order.tolist()))
    assert again.text == full.text
    # but what stood in which row of the file is known, for errors
    assert [again.lines[place] for place in order] == list(range(2, full.size + 2))


def test_yes_and_no_are_written_as_in_every_csv_and_read_as_sheets_write_them() -> None:
    heading = "number,households,old,committee\n"
    one_way = heading + "1,100,true,false\n2,90,false,true\n3,80,,true\n"
    assert read_rows(one_way).text == one_way
    # a spreadsheet program makes capitals of them; a person writes 0 and 1
    for other in (
        one_way.replace("true", "TRUE").replace("false", "FALSE"),
        heading + "1,100,1,0\n2,90,0,1\n3,80,,1\n",
    ):
        assert read_rows(other).text == one_way
    written = drawn_table(small()).text.splitlines()
    names = written[0].split(",")
    for name in ("old", "committee", "legacy_problems"):
        assert {line.split(",")[names.index(name)] for line in written[1:]} == {"true", "false"}, name
    with pytest.raises(BadTable) as bad:
        read_rows(heading + "1,100,old,0\n")
    (problem,) = bad.value.problems
    assert (problem.row, problem.column, problem.found) == (2, "old", "'old'")


def with_one_more(columns: Columns) -> Columns:
    """A row more, of a number between the others."""
    numbers = sorted(int(number) for number in columns["number"])
    gap = next(a + 1 for a, b in zip(numbers, numbers[1:], strict=False) if b > a + 1)
    row = {name: None for name in columns} | {"number": Decimal(gap), "households": Decimal(77)}
    return {name: [*cells, row[name]] for name, cells in columns.items()}


def blanked() -> Columns:
    full = drawn_table(small())
    kept = columns_of(
        full,
        "luck",
        "quality",
        "satisfaction",
        "company",
        "type",
        "mode",
        "committee",
        "street",
        "community",
        "collection_expected",
        "fee",
        "arrears",
    )
    return kept | {"number": own_numbers(full)}


def test_a_row_more_leaves_every_other_estate_its_owners_and_its_draws() -> None:
    columns = blanked()
    before, after = (Engine(listed(one)) for one in (columns, with_one_more(columns)))
    rows = np.searchsorted(after.state.estates["number"], before.state.estates["number"])
    assert after.state.estates.size == before.state.estates.size + 1
    unlike = {"first_owner", "first_building", "owners_account", "fund_account", "community_account"}
    unlike.add("maintenance_account")
    for name in set(ESTATE_TYPE.names or ()) - unlike:
        assert np.array_equal(after.state.estates[name][rows], before.state.estates[name]), name
    assert np.array_equal(after.state.committees[rows], before.state.committees)
    for e, row in enumerate(rows):
        for name, column in owners_of(before.state, e).items():
            assert np.array_equal(column, owners_of(after.state, int(row))[name]), name
    for _ in range(13):
        before.step()
        after.step()
    for e, row in enumerate(rows):
        for name in ("luck_complaint", "luck_persuasion", "luck_year"):
            mine = owners_of(before.state, e)[name]
            assert mine.any() or name == "luck_year"
            assert np.array_equal(mine, owners_of(after.state, int(row))[name]), name


def test_estates_that_share_no_company_go_their_way_whatever_others_there_are() -> None:
    # companies and the money of a community that cleans and mends are what one estate has to do with another
    # in a run without programmes
    columns = blanked() | {"mode": [MODES[2 + number % 4] for number in range(len(blanked()["number"]))]}
    none = {"companies.private": 0, "companies.state_owned": 0, "months": 30}
    none["government.community_budget"] = 10_000_000
    more = with_one_more(columns)
    more["mode"][-1] = "none"
    before, after = (Engine(with_overrides(listed(one), none)).run() for one in (columns, more))
    assert before.outcomes is not None and after.outcomes is not None
    rows = np.searchsorted(after.state.estates["number"], before.state.estates["number"])
    assert len(before.events()) > 0
    for name, column in zip(before.outcomes._fields, before.outcomes, strict=True):
        other = getattr(after.outcomes, name)
        assert column.shape[1] == rows.size and np.array_equal(column, other[:, rows]), name


def test_other_numbers_are_other_luck() -> None:
    columns = blanked()
    first = starting_state(listed(columns), 1)
    second = starting_state(listed(columns | {"number": own_numbers(drawn_table(small()), 6)}), 1)
    assert not np.array_equal(np.sort(first.owners.duty), np.sort(second.owners.duty))
