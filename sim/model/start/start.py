"""The state of month 0: everybody drawn, placed, and set to what the scenario says the city starts from."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from sim.errors import ScenarioError
from sim.model.ledger import Books, Purpose
from sim.model.luck import Stream, lognormals, normals, seed_words, uniforms, words_of
from sim.model.month.committee import trait
from sim.model.month.condition import estate_age
from sim.model.month.owner_passes import MOST_OWNERS
from sim.model.month.satisfaction import level_of
from sim.model.parameters import PARAMETERS, to_record
from sim.model.start.estates import building_starts, draw_estates, given_in, in_random_order
from sim.model.start.first_service import first_month, first_service
from sim.model.start.known import (
    assign_listed,
    know_arrears,
    know_owners,
    know_service,
    know_sums,
    known_contents,
)
from sim.model.start.owners import draw_owners, sum_up_estates, type_traits
from sim.model.state.claims import Claims, new_claims
from sim.model.state.contracts import EARLY, OPEN, REMUNERATION, TERM
from sim.model.state.modes import AGREED, BY_MODE, CLEANING, FREE, MARKET, SELF, SOE
from sim.model.state.owners import Buildings, Owners, new_owners
from sim.model.state.reports import Reports, new_reports
from sim.model.state.tables import COMMITTEE_TYPE, COMPANY_TYPE, GOVERNMENT_TYPE, WORLD_TYPE
from sim.problems import Problem
from sim.scenario import Scenario
from sim.scenario.estate_rows import EstateRows
from sim.text import message
from sim.units import FEN_PER_YUAN, yuan_to_fen
from sim.words import TIERS


@dataclass
class State:
    """Every table of a city at one moment; see sim.model.state for the columns."""

    owners: Owners
    buildings: Buildings
    estates: np.ndarray
    companies: np.ndarray
    committees: np.ndarray
    government: np.ndarray
    world: np.ndarray
    parameters: np.ndarray
    books: Books
    claims: Claims
    reports: Reports


def starting_state(scenario: Scenario, seed: int) -> State:
    """Draw the whole city of a scenario for one seed. Raises ScenarioError where
    the figures cannot be met."""
    parameters = to_record(PARAMETERS, scenario.parameter_values())
    q = parameters[0]
    world = _world(scenario, seed)
    estates = draw_estates(scenario, seed, q)
    largest = int(estates["households"].max())
    if largest > MOST_OWNERS:
        found = message("start.households", count=largest, seed=seed)
        allowed = message("start.most_households", most=MOST_OWNERS)
        raise ScenarioError([Problem(scenario.name, "types", found, allowed)])
    companies = draw_companies(scenario, seed, q)
    table = None if scenario.estates is None else scenario.estates.rows
    if table is None:
        assign_estates(estates, companies, seed)
    else:
        assign_listed(estates, companies, table, seed)
    # tenders of unmanaged estates are spread over the waiting time, not all held in one month
    waited = uniforms(seed, Stream.ESTATE_WAITED, 0, estates["number"]) * parameters["market_retry"][0]
    estates["unmanaged_months"] = np.where(estates["company"] < 0, np.floor(waited), 0)
    committees = _committees(scenario, seed, estates, parameters)
    if scenario.mechanisms.contracts:
        _contracts(seed, estates, committees, world, q)
    if scenario.mechanisms.guided_prices:
        _guide_prices(scenario, estates, table, q)
    if scenario.mechanisms.price_basis:
        _price_bases(seed, estates, committees, q)
    government = _government(scenario)
    books = _accounts(estates, companies, government)
    if scenario.mechanisms.charging:
        _served_free(seed, estates, q)
    if scenario.mechanisms.volunteers:
        _volunteers(seed, estates, q)
    starts = building_starts(estates)
    buildings = Buildings(
        starts, np.zeros(starts.size - 1, np.float32), np.zeros(starts.size - 1, np.float32)
    )
    owners = new_owners(int(estates["households"].sum()))
    traits = type_traits(scenario, estates)
    if table is not None:
        know_owners(traits, table, estates, world, seed)
    first_service(estates, companies, committees, traits, world, parameters)
    if table is not None:
        know_service(table, estates)
    moods = np.clip(
        q["start_activism_mean"]
        + q["start_activism_between"] * normals(seed, Stream.ESTATE_MOOD, 0, estates["number"]),
        q["start_activism_least"],
        q["start_activism_most"],
    )
    levels = _levels(estates, parameters)
    contents = levels if table is None else known_contents(table, estates, levels, seed, q)
    draw_owners(0, estates.size, moods, levels, contents, traits, owners, estates, world, parameters)
    if table is not None:
        know_arrears(scenario.name, table, owners, estates, seed, q)
    sum_up_estates(owners, buildings, estates, parameters)
    if table is not None:
        know_sums(table, estates)
    estates["cost_area"] *= estates["area"]
    first_month(estates, companies, committees, world, parameters)
    _opening_money(scenario, estates, companies, committees, q["start_fund_months"], books)
    if scenario.mechanisms.fund:
        _maintenance_funds(estates, world, q, books)
    claims = new_claims(estates.size)
    reports = new_reports(estates.size, int(q["reporting_lag"]) if scenario.mechanisms.reporting else 0)
    return State(
        owners,
        buildings,
        estates,
        companies,
        committees,
        government,
        world,
        parameters,
        books,
        claims,
        reports,
    )


def _world(scenario: Scenario, seed: int) -> np.ndarray:
    world = np.zeros(1, WORLD_TYPE)
    world["key_0"], world["key_1"] = seed_words(seed)
    world["cost_index"] = world["guide_index"] = 1.0
    world["start_year"] = scenario.city.start_year
    for loop, on in scenario.loops.model_dump().items():
        world[f"loop_{loop}"] = int(on)
    for mechanism, on in scenario.mechanisms.model_dump().items():
        world[f"mechanism_{mechanism}"] = int(on)
    return world


def _committees(scenario: Scenario, seed: int, estates: np.ndarray, parameters: np.ndarray) -> np.ndarray:
    """Committees in exactly the share of estates that each type states, at a random point of their term."""
    q = parameters[0]
    committees = np.zeros(estates.size, COMMITTEE_TYPE)
    if scenario.estates is None:
        for code, kind in enumerate(scenario.types.values()):
            members = np.flatnonzero(estates["type"] == code)
            number = int(math.floor(kind.committee_share * members.size + 0.5))
            committees["exists"][in_random_order(seed, Stream.ESTATE_COMMITTEE, members)[:number]] = 1
    else:
        chance = np.array([kind.committee_share for kind in scenario.types.values()])[estates["type"]]
        drawn = uniforms(seed, Stream.ESTATE_COMMITTEE, 0, estates["number"]) < chance
        committees["exists"] = given_in(scenario.estates.rows, "committee", drawn)
    rows = np.flatnonzero(committees["exists"] == 1)
    numbers = estates["number"][rows]
    least = q["committee_trait_least"]
    for name, stream in (("integrity", Stream.ESTATE_INTEGRITY), ("competence", Stream.ESTATE_COMPETENCE)):
        words = words_of(seed, stream, 0, numbers)
        mean, spread = q[f"committee_{name}_mean"], q[f"committee_{name}_spread"]
        committees[name][rows] = [trait(mean, spread, word, 0.0, least) for word in words]
    age = uniforms(seed, Stream.ESTATE_COMMITTEE, 1, numbers)
    term = q["committee_term"]
    committees["term_left"][rows] = np.ceil(term * age)
    committees["activity"][rows] = (
        1.0 - (1.0 - q["committee_activity_floor"]) * (1.0 - age) * q["start_committee_tired"]
    )
    committees["strength"] = committees["competence"] * committees["integrity"] * committees["activity"]
    return committees


def draw_companies(scenario: Scenario, seed: int, q: np.void) -> np.ndarray:
    """The companies' table: private ones first, then state-owned; `q` is the one row of parameters."""
    settings = scenario.companies
    count = settings.private + settings.state_owned
    companies = np.zeros(count, COMPANY_TYPE)
    rows = np.arange(count)
    companies["state_owned"][settings.private :] = 1
    companies["home_district"] = np.floor(
        uniforms(seed, Stream.COMPANY_PLACE, 0, rows) * scenario.city.districts
    )
    companies["skill"] = np.clip(
        settings.skill_mean + settings.skill_sd * normals(seed, Stream.COMPANY_SKILL, 0, rows),
        q["start_skill_least"],
        1.0,
    )
    companies["cost_level"] = lognormals(1.0, settings.cost_spread, seed, Stream.COMPANY_COST, rows)
    companies["margin"] = settings.margin_mean + settings.margin_sd * normals(
        seed, Stream.COMPANY_MARGIN, 0, rows
    )
    tolerance = settings.tolerance_months_mean + settings.tolerance_months_sd * normals(
        seed, Stream.COMPANY_RISK, 0, rows
    )
    companies["tolerance"] = np.maximum(q["start_tolerance_least"], tolerance)
    companies["risk"] = uniforms(seed, Stream.COMPANY_SIZE, 0, rows)
    companies["capacity"] = np.where(
        companies["state_owned"] == 1, settings.capacity_state_owned, settings.capacity_estates
    )
    if scenario.mechanisms.price_basis:
        keen = q["basis_skim"] + q["basis_skim_spread"] * normals(seed, Stream.COMPANY_SKIMMING, 0, rows)
        companies["skimming"] = np.where(companies["state_owned"] == 1, 0.0, np.clip(keen, 0.0, 1.0))
    if scenario.mechanisms.cases:
        companies["litigious"] = lognormals(1.0, q["cases_sue_spread"], seed, Stream.COMPANY_SUING, rows)
    companies["reputation"] = q["start_reputation"]
    companies["score"] = -1.0
    companies["active"] = 1
    return companies


def assign_estates(estates: np.ndarray, companies: np.ndarray, seed: int) -> None:
    """Give every company-run estate a company of the right kind, round the companies by draw: a
    scenario has enough of them."""
    for mode, owned in ((MARKET, 0), (SOE, 1)):
        rows = np.flatnonzero(estates["mode"] == mode)
        firms = np.flatnonzero(companies["state_owned"] == owned)
        if rows.size == 0:
            continue
        shuffled = in_random_order(seed, Stream.ESTATE_COMPANY, rows)
        firms = in_random_order(seed, Stream.COMPANY_TURN, firms)
        estates["company"][shuffled] = firms[np.arange(rows.size) % firms.size]
    companies["estates"] = np.bincount(estates["company"][estates["company"] >= 0], minlength=companies.size)


def _contracts(seed: int, estates: np.ndarray, committees: np.ndarray, world: np.ndarray, q: np.void) -> None:
    """Contracts at the start: the developer's in new estates, a term where there is a committee, else
    open; at a random point."""
    run = np.flatnonzero(estates["mode"] == MARKET)
    age = estate_age(estates["built_year"][run], world["start_year"][0], 1)
    young = age < q["contract_early_age"]
    chosen = ~young & (committees["exists"][run] == 1)
    length = np.where(young, q["contract_early_term"], q["contract_term"])
    left = 1.0 + np.floor(uniforms(seed, Stream.ESTATE_CONTRACT, 0, estates["number"][run]) * length)
    estates["contract"][run] = np.where(young, EARLY, np.where(chosen, TERM, OPEN))
    estates["contract_left"][run] = np.where(young | chosen, left, 0)
    estates["contract"][estates["mode"] == SOE] = OPEN


def _price_bases(seed: int, estates: np.ndarray, committees: np.ndarray, q: np.void) -> None:
    """Which companies of the market are remunerated at the start: so many of the estates that they run, among
    those whose committee is able to hold them to an account."""
    run = np.flatnonzero(estates["mode"] == MARKET)
    able = (committees["exists"] == 1) & (
        committees["competence"] * committees["integrity"] >= q["basis_able"]
    )
    number = int(math.floor(q["basis_start_share"] * run.size + 0.5))
    fit = run[able[run]]
    drawn = uniforms(seed, Stream.ESTATE_BASIS, 0, estates["number"][fit])
    chosen = fit[np.argsort(drawn, kind="stable")][:number]
    estates["basis"][chosen] = REMUNERATION
    estates["remuneration"][chosen] = q["basis_remuneration"]


def _guide_prices(scenario: Scenario, estates: np.ndarray, table: EstateRows | None, q: np.void) -> None:
    """The guide price: what an estate's type charges on the mean, and the float; where it holds nobody
    charges more, but for estates whose table says that they do: their fee was agreed before, and is not
    raised."""
    typical = FEN_PER_YUAN * np.array([kind.fee_price for kind in scenario.types.values()])
    estates["guide_price"] = typical[estates["type"]] * (1.0 + q["guide_float"])
    held = (estates["old"] == 1) | (estates["contract"] == EARLY)
    if table is not None:
        fees = ("fee", "fee_low", "fee_household")
        held &= np.all([np.isnan(table.values(name)) for name in fees], axis=0)
    estates["price"] = np.where(held, np.minimum(estates["price"], estates["guide_price"]), estates["price"])


def _served_free(seed: int, estates: np.ndarray, q: np.void) -> None:
    """Who is under a company at the start is billed, as the scenario gives it; whom the community cleans is
    not, and is asked at a random point of the time between two occasions."""
    cleaned = estates["mode"] == CLEANING
    estates["billing"] = np.where(cleaned, FREE, np.where(estates["company"] >= 0, AGREED, BY_MODE))
    wait = np.floor(uniforms(seed, Stream.ESTATE_ASKED, 0, estates["number"]) * q["charging_ask_again"])
    estates["charge_wait"] = np.where(cleaned, wait, 0)


def _volunteers(seed: int, estates: np.ndarray, q: np.void) -> None:
    """Who works at the start where owners manage themselves, and who did and is tired: a group at a random
    point of its life, of as many as would do it in an estate of usual activism."""
    own = np.flatnonzero(estates["mode"] == SELF)
    numbers, households = estates["number"][own], estates["households"][own]
    least = int(q["volunteers_least"])
    willing = np.maximum(least, np.minimum(households, np.floor(q["volunteers_willing"] * households + 0.5)))
    most = np.maximum(least, np.floor(q["volunteers_founders"] * willing + 0.5))
    working, tired = (uniforms(seed, Stream.ESTATE_VOLUNTEERS, 0, numbers, kind) for kind in (0, 1))
    estates["volunteers"][own] = least + np.floor(working * (most - least + 1))
    left = np.maximum(0, willing - estates["volunteers"][own])
    estates["volunteers_tired"][own] = np.floor(tired * (left + 1))


def _government(scenario: Scenario) -> np.ndarray:
    """One row for the city, then districts, streets and communities, each with its
    yearly budget and staff."""
    city, settings = scenario.city, scenario.government
    streets = city.districts * city.streets_per_district
    numbers = (1, city.districts, streets, streets * city.communities_per_street)
    budgets = (
        settings.city_budget,
        settings.district_budget,
        settings.street_budget,
        settings.community_budget,
    )
    government = np.zeros(sum(numbers), GOVERNMENT_TYPE)
    tier = np.repeat(np.arange(len(TIERS)), numbers)
    government["tier"] = tier
    government["yearly_budget"] = np.array([yuan_to_fen(budget) for budget in budgets])[tier]
    government["staff"] = np.array([0.0, 0.0, settings.street_staff, settings.community_staff])[tier]
    first = np.cumsum(numbers) - numbers
    within = np.arange(government.size) - first[tier]
    below = np.array([1, city.districts, city.streets_per_district, city.communities_per_street])[tier]
    parent_first = np.array([-1, 0, 1, 1 + city.districts])[tier]
    government["parent"] = np.where(tier == 0, -1, parent_first + np.where(tier == 1, 0, within // below))
    return government


def _accounts(estates: np.ndarray, companies: np.ndarray, government: np.ndarray) -> Books:
    numbers = {tier: int(np.sum(government["tier"] == code)) for code, tier in enumerate(TIERS)}
    books = Books(estates.size, companies.size, numbers)
    rows = np.arange(estates.size)
    estates["owners_account"] = books.account("owners") + rows
    estates["fund_account"] = books.account("estate_funds") + rows
    estates["maintenance_account"] = books.account("maintenance_funds") + rows
    companies["account"] = books.account("companies") + np.arange(companies.size) if companies.size else 0
    # tiers follow each other in both the table and the accounts
    government["account"] = books.account("city") + np.arange(government.size)
    estates["community_account"] = government["account"][estates["community"]]
    return books


def _maintenance_funds(estates: np.ndarray, world: np.ndarray, q: np.void, books: Books) -> None:
    """What buyers paid into the maintenance fund of estates built late enough, and the interest on it
    since."""
    deposit = FEN_PER_YUAN * q["fund_deposit"] * estates["area"]
    estates["first_deposit"] = np.where(estates["built_year"] >= q["fund_since"], np.floor(deposit), 0)
    years = np.floor(estate_age(estates["built_year"], world["start_year"][0], 1)).astype(np.int64)
    growth = np.concatenate([[1.0], np.full(int(years.max()), 1.0 + q["fund_interest"])])
    held = np.floor(estates["first_deposit"] * np.cumprod(growth)[years]).astype(np.int64)
    givers = np.full(estates.size, books.account("banks"))
    books.move(Purpose.OPENING_MAINTENANCE, givers, estates["maintenance_account"], held)


def _levels(estates: np.ndarray, parameters: np.ndarray) -> np.ndarray:
    q = parameters[0]
    return np.asarray(
        level_of(
            estates["quality"],
            estates["condition"],
            estates["legacy"],
            q["satisfaction_quality_weight"],
            q["satisfaction_condition_weight"],
            q["satisfaction_legacy_weight"],
        )
    )


def _opening_money(
    scenario: Scenario,
    estates: np.ndarray,
    companies: np.ndarray,
    committees: np.ndarray,
    months: float,
    books: Books,
) -> None:
    """Companies start with some months of cost in cash, funds of estates with a committee
    with some months of revenue."""
    run = np.flatnonzero(estates["company"] >= 0)
    cost = np.zeros(companies.size)
    np.add.at(
        cost,
        estates["company"][run],
        (estates["cost_fixed"] + estates["cost_area"])[run] * estates["effort"][run],
    )
    cash = np.floor(scenario.companies.cash_months * cost).astype(np.int64)
    givers = np.full(companies.size, books.account("shareholders"))
    books.move(Purpose.OPENING_CASH, givers, companies["account"], cash)
    fund = np.floor(estates["public_revenue"] * months * committees["exists"]).astype(np.int64)
    books.move(
        Purpose.OPENING_FUND,
        np.full(estates.size, books.account("advertisers")),
        estates["fund_account"],
        fund,
    )
