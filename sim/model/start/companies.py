"""The starting companies, and which estates they run."""

from __future__ import annotations

import numpy as np

from sim.model.luck import Stream, lognormals, normals, uniforms
from sim.model.start.estates import in_random_order
from sim.model.state.modes import MARKET, SOE
from sim.model.state.tables import COMPANY_TYPE
from sim.scenario import Scenario


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
    companies["reputation"] = q["start_reputation"]
    companies["score"] = -1.0
    companies["active"] = 1
    return companies


def assign_estates(estates: np.ndarray, companies: np.ndarray, seed: int) -> None:
    """Give every company-run estate a company of the right kind, round the companies by draw: a scenario has enough of them."""
    for mode, owned in ((MARKET, 0), (SOE, 1)):
        rows = np.flatnonzero(estates["mode"] == mode)
        firms = np.flatnonzero(companies["state_owned"] == owned)
        if rows.size == 0:
            continue
        shuffled = in_random_order(seed, Stream.ESTATE_COMPANY, rows)
        firms = in_random_order(seed, Stream.COMPANY_TURN, firms)
        estates["company"][shuffled] = firms[np.arange(rows.size) % firms.size]
    companies["estates"] = np.bincount(estates["company"][estates["company"] >= 0], minlength=companies.size)
