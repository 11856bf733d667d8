"""The two months agree under the real programmes too: what policy did in one is repeated in the other."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.mesa_city import City
from sim.scenario import load_programmes
from sim.scenario.programme import read_programme

from .city import ReferenceCity
from .compare import differences, month_differences
from .policy import watch
from .worlds import random_scenario

MONTHS = 20
AT_A_TIME = 4


def packages() -> list[list[str]]:
    """Every kind of programme once, a few together, in an order that is always the same."""
    kinds = sorted(load_programmes())
    np.random.default_rng(1).shuffle(kinds)
    return [kinds[i : i + AT_A_TIME] for i in range(0, len(kinds), AT_A_TIME)]


def settings_of(kind: str, luck: np.random.Generator) -> dict[str, Any]:
    """Default settings of a kind, at random times and in a random order."""
    start = int(luck.integers(1, 4))
    settings: dict[str, Any] = {
        "kind": kind,
        "start": start,
        "lag": 1,
        "order": str(luck.choice(["worst_first", "random"])),
    }
    if luck.random() < 0.5:
        settings |= {
            "end": start + 10,
            "withdrawal": str(luck.choice(["sudden", "tapered"])),
            "taper_months": 4,
        }
    return settings


@pytest.mark.parametrize("number", range(len(packages())))
def test_fast_and_reference_month_agree_under_programmes(number: int) -> None:
    luck = np.random.default_rng(number)
    programmes = tuple(read_programme(settings_of(kind, luck)) for kind in packages()[number])
    scenario = random_scenario(1000 + number, MONTHS).model_copy(update={"interventions": programmes})
    with City(scenario, record=False) as fast:
        slow = ReferenceCity(scenario, scenario.seed)
        last_policy = watch(fast)
        acted = False
        while fast.month < MONTHS:
            fast.step()
            slow.step(last_policy())
            acted |= bool(last_policy().changes)
            assert differences(fast, slow) + month_differences(fast, slow) == []
        assert acted, "no programme did anything"
