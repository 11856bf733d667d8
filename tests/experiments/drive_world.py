"""A city in which it is known by construction when a plan stops being good enough.

No rule of the second version holds. Nobody manages anything. A drive that begins in month START lets most
estates be cleaned without a fee from that month on; state-owned companies take all of them over within a few
months and bill. Good enough is that hardly any estate is served without a fee over twelve months, so that a
single month of the drive is too much.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from first_version import RULES_OFF

from sim.results.engines import InProcess
from sim.scenario import Scenario, load, with_overrides
from sim.scenario.overrides import with_programmes
from sim.studies.pathways.pathways import Pathways, pathways

START, MONTHS, SEEDS = 26, 49, 6
RULE = "served_without_fee_last_year <= 0.03"
TYPES = ("commodity", "unit_built", "three_no", "resettlement")
ASKED: dict[str, Any] = {"good_while": RULE, "within": 18, "lasting": 6, "before": 10}


@cache
def plans() -> tuple[Scenario, ...]:
    """Nothing is done; the drive; the takeover."""
    small: dict[str, Any] = {
        "city.estates": 8,
        "city.households": None,
        "companies.private": 1,
        "months": MONTHS,
        "government.street_staff": 1000.0,
        "government.street_budget": 1e9,
        "government.district_budget": 1e9,
        "committee.attempt": 0.0,
        "market.retry": 60,
        "types.three_no.modes": {"market": 0, "soe": 0, "unit": 0, "self": 0, "cleaning": 0, "none": 1.0},
        **{f"types.{name}.households_mean": 20 for name in TYPES},
        **{f"types.{name}.share": float(name == "three_no") for name in TYPES},
    }
    base = with_overrides(load("vicious_cycle"), RULES_OFF | small)
    drive = {"kind": "coverage_drive", "start": START, "primary": 3, "intermediate": 0, "advanced": 0}
    takeover = {"kind": "soe_fallback", "start": 1}
    made = {
        "nothing": base,
        "drive": with_programmes(base, drive),
        "takeover": with_programmes(base, takeover),
    }
    return tuple(one.model_copy(update={"name": name}) for name, one in made.items())


def found_in(store: Path, **more: Any) -> Pathways:
    """The pathways of these plans."""
    asked = ASKED | {"replications": SEEDS, "engine": InProcess()} | more
    return pathways(*plans(), store=store, **asked)
