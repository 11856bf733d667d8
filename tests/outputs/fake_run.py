"""A made-up run with the columns of `sim.Run`, so that charts can be built and tested
without simulating a city.

The paths are a few lines of invented dynamics (payment answers to service, service to income, condition to
service). They look like a run and obey its bounds; they are no result of the model.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace

import numpy as np
import pandas as pd

TYPES = ("commodity", "unit_built", "three_no", "resettlement")
MODES = ("market", "soe", "unit", "self", "cleaning", "none")
STAGES = ("healthy", "strained", "spiralling", "collapsed", "recovering")
TYPE_TITLES = {
    "commodity": {"en": "Commodity housing", "zh": "商品房小区"},
    "unit_built": {"en": "Work-unit housing", "zh": "单位自建小区"},
    "three_no": {"en": "Estates without owner unit, manager or fund", "zh": "三无小区"},
    "resettlement": {"en": "Resettlement housing", "zh": "安置小区"},
}
BANDED = ("collection", "quality", "satisfaction", "condition")


@dataclass
class FakeRun:
    """Carries the attributes that charts may read, and nothing else."""

    scenario: object
    seed: int
    months: int
    estates: pd.DataFrame
    estate_table: pd.DataFrame
    city: pd.DataFrame
    events: pd.DataFrame
    ledger: pd.DataFrame
    manifest: dict = field(default_factory=dict)
    wall_seconds: float = 0.0
    edits: tuple = ()
    branch: None = None


def fake_run(estates: int = 100, months: int = 60, seed: int = 1) -> FakeRun:
    """A made-up run of `estates` estates over `months` months; the same seed gives the same run."""
    random = np.random.default_rng(seed)
    table = _table(random, estates)
    paths = _paths(random, table, months)
    scenario = SimpleNamespace(
        name="made_up",
        title={"en": "Ordinary city, no programme", "zh": "普通城市，无政策"},
        types={name: SimpleNamespace(title=title) for name, title in TYPE_TITLES.items()},
    )
    return FakeRun(
        scenario=scenario,
        seed=seed,
        months=months,
        estates=_long(table, paths, months),
        estate_table=table,
        city=_city(table, paths, months),
        events=_events(random, paths, months),
        ledger=_ledger(table, paths, months),
    )


def _table(random: np.random.Generator, count: int) -> pd.DataFrame:
    kind = random.choice(4, count, p=(0.55, 0.2, 0.1, 0.15))
    district = random.integers(0, 13, count)
    households = np.maximum(20, random.lognormal(np.where(kind == 0, 6.0, 5.0), 0.5)).astype(np.int32)
    area = households * np.where(kind == 0, 95.0, 65.0)
    price = np.where(kind == 0, 1.6, 0.5)
    return pd.DataFrame(
        {
            "estate": np.arange(count, dtype=np.int32),
            "type": pd.Categorical.from_codes(kind, TYPES),
            "district": district.astype(np.int16),
            "street": (district * 8).astype(np.int16),
            "community": (district * 80).astype(np.int16),
            "built_year": random.integers(1985, 2018, count),
            "households": households,
            "buildings": np.maximum(1, households // 60),
            "area": area,
            "standard_cost": area * price * random.normal(0.8 + 0.25 * (kind > 0), 0.08),
            "price0": price,
        }
    )


def _paths(random: np.random.Generator, table: pd.DataFrame, months: int) -> dict[str, np.ndarray]:
    """Invented dynamics, months + 1 rows: month 0 is the start."""
    count = len(table)
    viability = (table.standard_cost / (table.area * table.price0)).to_numpy()
    r, q, k, s = (random.normal(m, 0.06, count).clip(0.2, 1) for m in (0.74, 0.75, 0.72, 0.68))
    mode = np.where(
        table["type"].cat.codes == 0, 0, random.choice(6, count, p=(0.15, 0.05, 0.35, 0.1, 0.2, 0.15))
    )
    legacy = random.uniform(0, 0.5, count) * (random.random(count) < 0.3)
    will = random.normal(0.1, 0.55, count)
    kept: dict[str, list[np.ndarray]] = {name: [] for name in ("r", "q", "k", "s", "mode", "stage")}
    losing = np.zeros(count, int)
    for _ in range(months + 1):
        past = kept["r"][-7] if len(kept["r"]) > 6 else r
        falling = (past - r > 0.015) & (q < 0.75)
        stage = np.select(
            [(mode >= 4) | (r < 0.3), falling, r - past > 0.03, (r < 0.72) | (q < 0.55)], [3, 2, 4, 1], 0
        )
        for name, value in zip(kept, (r, q, k, s, mode, stage), strict=True):
            kept[name].append(value.copy())
        losing = np.where(r < viability * 0.7, losing + 1, 0)
        mode = np.where(
            (losing > 24) & (mode < 3) & (random.random(count) < 0.05), random.choice([1, 4, 5], count), mode
        )
        q = q + 0.2 * (np.where(mode < 4, (r / viability).clip(0.3, 1) ** 0.8, 0.2) - q)
        k = (k + 0.02 * (q * 1.05 - k)).clip(0, 1)
        s = s + 0.15 * (0.6 * q + 0.4 * k - 0.25 * legacy - s)
        r = (
            r
            + 0.12 * (1 / (1 + np.exp(-(will + 5 * (s - 0.6) + 3 * (r - 0.6)))) - r)
            + random.normal(0, 0.01, count)
        )
        r = r.clip(0.05, 0.98)
    return {name: np.array(values) for name, values in kept.items()} | {"legacy": legacy}


def _long(table: pd.DataFrame, paths: dict[str, np.ndarray], months: int) -> pd.DataFrame:
    count = len(table)

    def flat(name: str) -> np.ndarray:
        return paths[name][1:].ravel()

    def each(column: str) -> np.ndarray:
        return np.tile(table[column].to_numpy(), months)

    mode, r, q = flat("mode"), flat("r"), flat("q")
    charging, billing = mode < 3, each("area") * each("price0")
    billed = np.where(charging, billing, 0.0)
    cost = each("standard_cost") * np.where(mode < 4, q, 0.2)
    frame = pd.DataFrame(
        {
            "month": np.repeat(np.arange(1, months + 1, dtype=np.int16), count),
            "estate": np.tile(table.estate.to_numpy(), months),
            "type": pd.Categorical.from_codes(np.tile(table["type"].cat.codes, months), TYPES),
            "district": each("district"),
            "mode": pd.Categorical.from_codes(mode, MODES),
            "stage": pd.Categorical.from_codes(flat("stage"), STAGES),
            "collection_rate": np.where(charging, r, np.nan),
            "collection": np.where(charging, r, 0.0),
            "collection_billing": np.where(charging, r, np.nan),
            "self_sustaining": charging & (flat("stage") % 2 == 0),
            "arrears": billed * 3,
            "satisfaction": flat("s"),
            "quality": q,
            "condition": flat("k"),
            "legacy": np.tile(paths["legacy"], months),
            "trust": flat("s") * 0.8,
            "grievance": 1 - flat("s"),
            "price": each("price0"),
            "billed": billed,
            "collected": billed * r,
            "income": billed * r * 1.05,
            "cost": cost,
            "overhead": 0.0,
            "subsidy": 0.0,
            "margin": np.where(charging, 0.05, np.nan),
            "complaints_filed": 2,
            "complaints_solved": 1,
            "complaints_open": 5,
            "waiting_days": 20.0,
            "committee": False,
            "fund": 1000.0,
            "households": each("households"),
            "nominal": mode < 5,
            "charging": charging,
            "professional": (mode < 2) & (q > 0.6),
            "break_even": charging & (billed * r * 1.05 >= cost),
        }
    )
    return frame


def _city(table: pd.DataFrame, paths: dict[str, np.ndarray], months: int) -> pd.DataFrame:
    weight = table.households.to_numpy() / table.households.sum()
    city = pd.DataFrame(index=pd.RangeIndex(months + 1, name="month"))
    charging = paths["mode"] < 3
    for name, key in zip(BANDED, ("r", "q", "s", "k"), strict=True):
        values = np.where(charging, paths[key], 0.0) if key == "r" else paths[key]
        city[name] = (values * weight).sum(axis=1)
        for share in (10, 50, 90):
            city[f"{name}_p{share}"] = np.percentile(values, share, axis=1)
    billing = (charging * weight).sum(axis=1)
    city["collection_billing"] = (np.where(charging, paths["r"], 0.0) * weight).sum(axis=1) / billing
    city["collection_rate"] = city["collection_billing"]
    of_a_year = [column for column in city.columns if column.startswith("collection")]
    city.loc[0, of_a_year] = np.nan
    of_a_year.remove("collection_rate")
    # of a year's bills, so not before there is a year of them
    city.loc[: min(12, months) - 1, of_a_year] = np.nan
    for code, name in enumerate(STAGES):
        city[f"stage_{name}"] = (paths["stage"] == code).mean(axis=1)
    city["cycle"] = city["stage_spiralling"] + city["stage_collapsed"]
    for code, name in enumerate(MODES):
        city[f"mode_{name}"] = (paths["mode"] == code).mean(axis=1)
    city["nominal"], city["charging"] = (paths["mode"] < 5).mean(axis=1), charging.mean(axis=1)
    city["professional"] = ((paths["mode"] < 2) & (paths["q"] > 0.6)).mean(axis=1)
    city["break_even"] = (charging & (paths["r"] > 0.75)).mean(axis=1)
    city.loc[: min(12, months) - 1, "break_even"] = np.nan  # of a year, too
    return city


def _events(random: np.random.Generator, paths: dict[str, np.ndarray], months: int) -> pd.DataFrame:
    """Mode changes become departures; a scatter of other events, one of an
    unheard-of kind, is laid over them."""
    month, estate = np.nonzero(np.diff(paths["mode"], axis=0))
    rows = [
        (m + offset, e, e % 30, kind, cause, size)
        for m, e in zip(month + 1, estate, strict=True)
        for offset, kind, cause, size in (
            (-3, "notice_given", "losses", 14.0),
            (0, "company_left", "losses", 183_512.0),
            (0, "tender_failed", "no_bidder", 0.0),
        )
    ]
    kinds = [
        ("committee_formed", "spontaneous", 0.7),
        ("committee_vote_failed", "quorum_missed", 0.5),
        ("price_raised", "none", 1.75),
        ("retrofit", "policy", 0.4),
        ("comet_seen", "", np.nan),
    ]
    for _ in range(paths["mode"].shape[1] // 2):
        kind, cause, size = kinds[random.integers(len(kinds))]
        rows.append(
            (random.integers(1, months + 1), random.integers(paths["mode"].shape[1]), -1, kind, cause, size)
        )
    frame = pd.DataFrame(rows, columns=["month", "estate", "company", "kind", "cause", "size"])
    frame["month"] = frame["month"].clip(1, months)
    return frame.sort_values(["month", "estate"], kind="stable", ignore_index=True).astype(
        {"kind": "category", "cause": "category"}
    )


def _ledger(table: pd.DataFrame, paths: dict[str, np.ndarray], months: int) -> pd.DataFrame:
    billing = (table.area * table.price0).to_numpy()
    fees = (np.where(paths["mode"][1:] < 3, paths["r"][1:], 0) * billing).sum(axis=1)
    shares = {
        ("fees", "owners", "companies", ""): 1.0,
        ("service", "companies", "suppliers", ""): 1.06,
        ("fees_unit", "owners", "employers", ""): 0.08,
        ("service_unit", "employers", "suppliers", ""): 0.12,
        ("public_revenue_fund", "advertisers", "estate_funds", ""): 0.06,
        ("fund_repair", "estate_funds", "suppliers", ""): 0.03,
        ("public_revenue_leak", "advertisers", "insiders", ""): 0.01,
        ("cleaning", "community", "suppliers", ""): 0.02,
        ("budget_district", "taxpayers", "district", ""): 0.06,
        ("retrofit", "district", "suppliers", "retrofit"): 0.02,
        ("subsidy", "district", "companies", "operating_subsidy"): 0.03,
        ("lapse_district", "district", "taxpayers", ""): 0.01,
        ("award", "city", "companies", "performance_award"): 0.005,
        ("drive_staff", "street", "suppliers", "drive"): 0.002,
    }
    parts = [
        pd.DataFrame(
            {
                "month": np.arange(1, months + 1),
                "purpose": purpose,
                "payer_kind": payer,
                "payee_kind": payee,
                "programme": programme,
                "yuan": fees * share,
            }
        )
        for (purpose, payer, payee, programme), share in shares.items()
    ]
    frame = pd.concat(parts, ignore_index=True).sort_values("month", kind="stable", ignore_index=True)
    return frame.astype({"purpose": "category", "payer_kind": "category", "payee_kind": "category"})
