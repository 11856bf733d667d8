"""Random small worlds: scenarios with random types, parameters and loops, and random policy that
moves levers every month."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np

from sim.mesa_city import City
from sim.model.parameters import PARAMETERS
from sim.model.start.drawn_table import drawn_table
from sim.model.state.estates import LEVERS
from sim.scenario import Scenario
from sim.scenario.estate_rows import rows_of
from sim.scenario.overrides import with_estates, with_overrides
from sim.scenario.tables import MechanismSettings
from sim.words import MODES

KEPT = ("number", "households", "luck")
MECHANISMS = tuple(MechanismSettings.model_fields)
TEXT = {"zh": "随机", "en": "random"}
# Small worlds in which a year's cases of a district are many.
QUARRELSOME = {
    "cases.remind_after": 1.0,
    "cases.remind_again": 3.0,
    "cases.reminders": 0.4,
    "cases.sue_after": 2.0,
    "cases.sue_least": 20.0,
    "cases.sue_rate": 500.0,
    "cases.exit_sue": 0.6,
    "cases.court_capacity": 400.0,
    "cases.mediators": 250.0,
    "cases.call": 0.5,
    "cases.enforce_months": 2.0,
}
# What makes rare paths common: parameters and company settings that push a world toward them.
TEMPERS: dict[str, dict[str, Any]] = {
    "ordinary": {},
    "losing": {
        "parameters": {
            "market.exit_hazard": 0.8,
            "market.retry": 2.0,
            "market.notice": 1.0,
            "market.bidders": 3.0,
            "market.self_activism": 0.3,
            "fund.since": 1900.0,
            "fund.urgent": 0.9,
            "fund.worn": 0.95,
            "fund.emergency": 0.2,
            "volunteers.willing": 0.5,
            "volunteers.tire": 0.3,
            "volunteers.join": 0.02,
            "arrears.limitation": 5.0,
            "arrears.reminded": 0.5,
        }
        | QUARRELSOME,
        "companies": {"tolerance_months_mean": 2.0, "tolerance_months_sd": 1.0},
        "price": 0.5,
    },
    "broke": {
        "parameters": {"market.insolvency": 0.5, "service.overhead": 0.2},
        "companies": {"cash_months": 0.0},
        "price": 0.4,
    },
    "voting": {
        "parameters": {
            "committee.attempt": 0.2,
            "committee.participation": 0.75,
            "committee.term": 7.0,
            "committee.review": 0.6,
            "committee.price_cooldown": 3.0,
            "committee.cooldown": 3.0,
            "committee.losing_months": 2.0,
            "committee.price_competence": 0.1,
            "vote.price_base": 0.7,
            "ballot.initiative": 0.1,
            "ballot.at_expiry": 0.9,
            "contract.early_age": 40.0,
            "contract.early_term": 12.0,
            "guide.float": 0.0,
            "charging.first_ask": 1.0,
            "charging.ask_again": 4.0,
            "basis.chosen": 0.9,
            "basis.able": 0.05,
            "fund.since": 1900.0,
            "fund.worn": 1.0,
            "fund.proposal": 0.5,
            "fund.proposal_alone": 0.2,
            "fund.consent": 0.6,
        },
        "companies": {},
        "price": 0.8,
    },
    "dismissing": {
        "parameters": {
            "committee.dismiss_below": 0.75,
            "committee.participation": 0.8,
            "committee.review": 0.7,
            "vote.dismissal_base": 0.6,
            "market.dismissal_time": 2.0,
            "committee.cut_quality": 0.8,
            "guide.float": 0.0,
            "charging.first_ask": 1.0,
            "charging.ask_again": 4.0,
            "ballot.at_expiry": 0.9,
            "ballot.passive_reach": 0.9,
            "contract.early_age": 40.0,
            "contract.early_term": 6.0,
        }
        | QUARRELSOME,
        "companies": {"private": 7},
        "price": 1.2,
    },
}


def luck_of(number: int, name: str) -> np.random.Generator:
    """The luck of one named thing of a world, so that a parameter or mechanism added to the model leaves what
    others drew as it was."""
    return np.random.default_rng([number, zlib.crc32(name.encode())])


def random_parameters(number: int) -> dict[str, float]:
    """About half of all parameters, each in its plausible range (or between half and twice its default)."""
    values = {}
    for key, parameter in PARAMETERS.items():
        luck = luck_of(number, key)
        if luck.random() < 0.5:
            low, high = parameter.plausible or sorted((parameter.default / 2, parameter.default * 2))
            values[key] = float(np.clip(luck.uniform(low, high), parameter.low, parameter.high))
    return values


def random_type(luck: np.random.Generator, count: int, price: float) -> dict[str, Any]:
    """One estate type of small estates."""
    modes = luck.dirichlet([1.5, 0.7, 0.7, 0.7, 0.7, 0.7])
    shares = dict(zip(MODES, (float(share) for share in modes / modes.sum()), strict=True))
    low = int(luck.integers(1970, 2010))
    vacancy = float(luck.uniform(0, 0.4))
    revenue, fees = (
        (float(luck.uniform(0, 500)), 1.0) if luck.random() < 0.85 else (0.0, float(luck.random() < 0.5))
    )
    return {
        "title": TEXT,
        "count": count,
        "old": bool(luck.random() < 0.4),
        "households_mean": float(luck.uniform(8, 20)),
        "households_min": 5,
        "flats_per_building": float(luck.uniform(4, 14)),
        "area_mean": float(luck.uniform(50, 110)),
        "fee_price": float(fees * price * luck.uniform(0.7, 2.0)),
        "cost_fixed": float(luck.uniform(0, 800)),
        "cost_per_area": float(luck.uniform(0.3, 1.2)),
        "public_revenue": revenue,
        "built_low": low,
        "built_high": low + 12,
        "condition_mean": float(luck.uniform(0.1, 0.9)),
        "condition_sd": 0.15,
        "legacy_mean": float(luck.uniform(0, 0.9)),
        "legacy_share": float(luck.uniform(0, 1)),
        "income_mean": float(luck.uniform(3000, 15000)),
        "vacancy": vacancy,
        "tenants": float(luck.uniform(0, 1 - vacancy)),
        "duty_shift": float(luck.normal(0, 0.5)),
        "modes": shares,
        "committee_share": float(luck.uniform(0, 0.8)),
        "start_collection": float(luck.uniform(0.1, 0.95)),
    }


def random_scenario(number: int, months: int = 30) -> Scenario:
    """World `number`: about 160 owners in a dozen estates of one to four types."""
    luck = np.random.default_rng(number)
    temper = TEMPERS[list(TEMPERS)[number % len(TEMPERS)]]
    private = int(temper.get("companies", {}).get("private", luck.integers(3, 7)))
    types = int(luck.integers(1, 5))
    counts = [int(count) for count in luck.multinomial(9, np.ones(types) / types) + 1]
    groups: dict[str, dict[str, float]] = {}
    for key, value in (random_parameters(number) | temper.get("parameters", {})).items():
        group, name = key.split(".", 1)
        groups.setdefault(group, {})[name] = value
    loops = {name: bool(luck.random() < 0.8) for name in ("service", "norm", "decay", "exit", "grievance")}
    data = {
        "name": f"random_{number}",
        "title": TEXT,
        "description": TEXT,
        "months": months,
        "seed": int(luck.integers(0, 2**62)),
        "city": {
            "name": TEXT,
            "estates": sum(counts),
            "districts": int(luck.integers(1, 4)),
            "streets_per_district": 2,
            "communities_per_street": 2,
            "start_year": int(luck.integers(2000, 2030)),
        },
        "types": {
            f"kind_{i}": random_type(luck, count, temper.get("price", 1.0)) for i, count in enumerate(counts)
        },
        "companies": {
            "private": private,
            "state_owned": int(luck.integers(1, 3)),
            "capacity_estates": 14,
            "tolerance_months_mean": float(luck.uniform(3, 24)),
            "cash_months": float(luck.uniform(0, 6)),
        }
        | temper.get("companies", {}),
        "government": {"community_budget": float(luck.uniform(0, 3000)), "street_budget": 5000.0},
        "loops": loops if number >= len(TEMPERS) else {},
        # every third world lives by the first version's rules alone
        "mechanisms": {}
        if number % 3 == 0
        else {name: bool(luck_of(number, name).random() < 0.7) for name in MECHANISMS},
        "parameters": groups,
    }
    return Scenario.model_validate(data)


def random_listed(number: int, months: int = 30) -> Scenario:
    """World `number` with a table of its estates: numbers of their own, half of what was drawn left open."""
    scenario = random_scenario(number, months)
    drawn = drawn_table(scenario)
    luck = luck_of(number, "table")
    numbers = luck.choice(60_000, drawn.size, replace=False)
    known = {name: luck.random(drawn.size) < 0.5 for name in drawn.cells if name not in KEPT}
    # what is counted within another column, or was drawn with it
    known["street"] &= known["district"]
    known["community"] &= known["street"]
    known["company"] &= known["mode"]
    known["tenants"] &= known["vacancy"]
    columns: dict[str, list[Any]] = {"number": [Decimal(int(one)) for one in numbers]}
    columns["households"] = list(drawn.cells["households"])
    for name, where in known.items():
        cells = drawn.cells[name]
        columns[name] = [cell if there else None for cell, there in zip(cells, where, strict=True)]
    return with_estates(scenario, rows_of(columns), "random.csv")


def random_spun(number: int, months: int) -> Scenario:
    """World `number` after one or two years of spinning up, every second one of a table."""
    world = random_listed if number % 4 > 1 else random_scenario
    return with_overrides(world(number, months), {"spin_up": 12 * (1 + number % 3 // 2)})


# Upper ends of random lever values where they are not one; the lower end is 0 (price and company revenue: the
# same below zero).
LEVER_TOPS = {
    "lever_company_income": 60_000,
    "lever_company_charge": 20_000,
    "lever_company_revenue": 0.8,
    "lever_value_added": 20_000,
    "lever_norm": 2.0,
    "lever_mobilisation": 0.5,
    "lever_condition": 0.05,
    "lever_legacy": 0.1,
    "lever_complaint_capacity": 4.0,
    "lever_deadline": 3.0,
    "lever_cases_community": 1.5,
    "lever_cases_district": 1.5,
    "lever_retry": 12.0,
    "lever_block": 4.0,
    "lever_grievance": 0.6,
    "lever_hostility": 0.1,
    "lever_recovery": 0.4,
    "lever_tender": 4.0,
    "lever_self_management": 0.2,
    "lever_offer": 60_000,
    "lever_effort": 0.2,
    "lever_dismissal": 1.1,
    "lever_price": 0.15,
    "lever_company_cost": 0.95,
    "lever_fixed_cost": 0.95,
    "lever_skill": 0.1,
    "lever_disclosure": 1.2,
    "lever_ranking": 1.2,
    "lever_focus": 1.2,
    "lever_remuneration": 0.3,
    "lever_participation": 0.4,
    "lever_suits": 6.0,
    "lever_mediation": 6.0,
    "lever_assessed_collection": 1.3,
    "lever_assessed_service": 1.3,
    "lever_assessed_satisfaction": 1.3,
}


def random_policy(city: City, number: int) -> Callable[[], None]:
    """Policy that moves random levers of random estates, lists companies, changes
    committees and pays, month by month."""
    luck = np.random.default_rng([number, 1])
    luck_of_lever = {lever.name: luck_of(number, lever.name) for lever in LEVERS}
    s = city.state
    size = s.estates.size

    def act() -> None:
        for lever in LEVERS:
            lucky = luck_of_lever[lever.name]
            if lucky.random() > 0.25:
                continue
            rows = np.flatnonzero(lucky.random(size) < 0.5)
            values = lucky.uniform(0.0, LEVER_TOPS.get(lever.name, 1.0), rows.size)
            if lever.name in ("lever_price", "lever_company_revenue"):
                values *= lucky.choice([-1.0, 1.0], rows.size)
            if lever.name == "lever_dismissal":
                values *= lucky.random(rows.size) < 0.2
            s.estates[lever.name][rows] += values.astype(lever.dtype)
            city.clockwork.touched_levers.add(lever.name)
        s.world["fallback_left"] = luck.integers(0, 4)
        if luck.random() < 0.2:
            company = luck.integers(s.companies.size)
            s.companies["list"][company] = luck.integers(-1, 2)
            s.companies["score"][company] = luck.random()
            s.companies["barred_until"][company] = city.month + luck.integers(0, 12)
            s.companies["skill"][company] = luck.uniform(0.4, 1.0)
        if luck.random() < 0.2:
            row = luck.integers(size)
            for column in ("integrity", "competence", "activity"):
                s.committees[column][row] = luck.random()
        if luck.random() < 0.3:
            rows = np.flatnonzero(s.estates["company"] >= 0)
            payees = s.companies["account"][s.estates["company"][rows]]
            payers = np.full(rows.size, s.books.account("taxpayers"))
            s.books.pay(
                "random", "taxpayers", "companies", payers, payees, luck.integers(0, 50_000, rows.size)
            )

    return act
