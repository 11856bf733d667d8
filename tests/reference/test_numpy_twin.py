"""The compiled owner passes and their NumPy twin agree to the last bit on random states, reachable or not."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.model.month.owner_passes import owners_pass, payment_pass
from sim.model.parameters import PARAMETERS, to_record
from sim.model.state.estates import ESTATE_TYPE
from sim.model.state.owners import Buildings, Owners, new_owners
from sim.model.state.tables import WORLD_TYPE

from .numpy_twin import owners_twin, payment_twin

EDGES = (0.0, 0.5, 1.0)


class World(NamedTuple):
    """What the owner passes read and write."""

    bill_share: np.ndarray
    solved_share: np.ndarray
    prices: np.ndarray
    owners: Owners
    buildings: Buildings
    estates: np.ndarray
    world: np.ndarray
    parameters: np.ndarray

    def copy(self) -> World:
        """A copy that shares nothing."""
        owners = Owners(*(column.copy() for column in self.owners))
        buildings = Buildings(*(column.copy() for column in self.buildings))
        return self._replace(
            prices=self.prices.copy(),
            owners=owners,
            buildings=buildings,
            estates=self.estates.copy(),
            world=self.world.copy(),
        )

    def bits(self) -> dict[str, bytes]:
        """Every column as bytes."""
        found = {"prices": self.prices.tobytes()}
        found |= {f"owner {name}": getattr(self.owners, name).tobytes() for name in Owners._fields}
        found |= {f"building {name}": getattr(self.buildings, name).tobytes() for name in Buildings._fields}
        return found | {f"estate {name}": self.estates[name].tobytes() for name in ESTATE_TYPE.names}


def shares(luck: np.random.Generator, size: int) -> np.ndarray:
    """Random shares, some of them 0, a half or 1."""
    return np.where(luck.random(size) < 0.15, luck.choice(EDGES, size), luck.random(size))


def random_world(seed: int, households: list[int]) -> World:
    """A state of estates of these sizes with random columns, levers and parameters
    over their whole ranges."""
    luck = np.random.default_rng(seed)
    estates = np.zeros(len(households), ESTATE_TYPE)
    estates["households"] = households
    estates["buildings"] = [int(luck.integers(1, min(n, 6) + 1)) for n in households]
    estates["first_luck"] = estates["first_owner"] = np.cumsum(households) - households
    estates["first_building"] = np.cumsum(estates["buildings"]) - estates["buildings"]
    size = len(households)
    for name in (
        "paid_share",
        "paid_share_start",
        "trust",
        "quality",
        "quality_start",
        "condition",
        "condition_start",
        "legacy",
    ):
        estates[name] = shares(luck, size)
    for name, top in (
        ("disclosure", 1.3),
        ("sanction", 2),
        ("norm", 2),
        ("recovery", 0.5),
        ("deadline", 4),
        ("complaint_channel", 3),
        ("grievance", 1.2),
        ("hostility", 0.5),
    ):
        estates[f"lever_{name}"] = luck.uniform(0, top, size) * (luck.random(size) < 0.6)
    estates["price"] = luck.uniform(0, 600, size)
    estates["arrears"] = luck.integers(0, 10**9, size)
    starts = np.concatenate(
        [a + np.arange(k) * n // k for a, k, n in estates[["first_owner", "buildings", "households"]]]
        + [[sum(households)]]
    ).astype(np.int64)
    count = starts.size - 1
    buildings = Buildings(
        starts, shares(luck, count).astype(np.float32), shares(luck, count).astype(np.float32)
    )
    world = np.zeros(1, WORLD_TYPE)
    world["month"], world["key_0"], world["key_1"] = (
        luck.integers(1, 1200),
        luck.integers(2**32),
        luck.integers(2**31),
    )
    for loop in ("service", "norm", "decay", "exit", "grievance"):
        world[f"loop_{loop}"] = luck.random() < 0.7
    values = {p.key: float(luck.uniform(p.low, p.high)) for p in PARAMETERS.values() if luck.random() < 0.5}
    bill_share = np.where(luck.random(size) < 0.25, 0.0, shares(luck, size))
    owners = random_owners(luck, sum(households))
    prices = (luck.uniform(0, 600, (12, size)) * (luck.random((12, size)) < 0.8)).astype(np.float32)
    record = to_record(PARAMETERS, values)
    world["mechanism_repairs"] = luck.random() < 0.5
    if world["mechanism_repairs"][0]:
        if luck.random() < 0.7:  # else the patience of most worlds is beyond the months that are held
            record["complaints_patience"] = luck.integers(1, 40)
        taken = np.zeros(owners.area.size, np.uint32)
        for name in ("open_service", "open_condition", "open_legacy"):  # one complaint a month at most
            column = (luck.integers(0, 2**32, taken.size) & luck.integers(0, 2**32, taken.size)).astype(
                np.uint32
            )
            column *= luck.random(taken.size) < 0.4
            getattr(owners, name)[:] = column & ~taken
            taken |= column
        owners.answered[:] = luck.random(taken.size) < 0.3
        estates["complaints_solved"] = luck.integers(0, 9, size)
    return World(bill_share, shares(luck, size), prices, owners, buildings, estates, world, record)


def random_owners(luck: np.random.Generator, size: int) -> Owners:
    """Owners with any state that a column can hold."""
    owners = new_owners(size)
    for name in ("threshold", "activism", "satisfaction", "expectation", "grievance"):
        getattr(owners, name)[:] = shares(luck, size)
    owners.area[:] = luck.lognormal(4.4, 0.4, size)
    owners.income[:] = luck.lognormal(13.5, 0.6, size)
    owners.duty[:] = luck.normal(0, 3, size)
    owners.service_sensitivity[:] = luck.uniform(0, 12, size)
    owners.norm_sensitivity[:] = luck.uniform(0, 10, size)
    owners.arrears[:] = np.where(luck.random(size) < 0.4, 0, luck.integers(0, 10**8, size))
    owners.arrears_age[:] = np.where(owners.arrears == 0, 0, luck.choice([1, 2, 12, 249, 250], size))
    owners.missed[:] = luck.integers(0, 2**12, size) * (luck.random(size) < 0.7)
    owners.late[:] = luck.integers(0, 2**12, size) * (luck.random(size) < 0.7)
    # more than any bill, as what was late in several months is
    owners.unpaid_12[:] = np.where(owners.late > 0, luck.integers(10**7, 10**8, size), 0)
    owners.occupancy[:] = luck.integers(0, 3, size)
    owners.paid[:] = luck.integers(0, 2, size)
    owners.waiting[:] = luck.choice([0, 0, 1, 2, 3, 4, 249, 250], size)
    return owners


@settings(max_examples=120, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), households=st.lists(st.integers(1, 70), min_size=1, max_size=6))
def test_compiled_passes_and_their_twin_agree(seed: int, households: list[int]) -> None:
    fast = random_world(seed, households)
    slow = fast.copy()
    q = slow.parameters[0]
    for month in range(2):
        fast.world["month"] += 1
        slow.world["month"] += 1
        payment_pass(0, len(households), fast.bill_share, fast.prices, *fast[3:])
        payment_twin(slow.bill_share, slow.prices, *slow[3:7], q)
        assert_same(fast, slow, f"payment {month}")
        owners_pass(0, len(households), fast.bill_share, fast.solved_share, *fast[3:])
        owners_twin(slow.bill_share, slow.solved_share, *slow[3:7], q)
        assert_same(fast, slow, f"owners {month}")


def assert_same(fast: World, slow: World, when: str) -> None:
    """Name the columns that differ."""
    ours, theirs = fast.bits(), slow.bits()
    assert [name for name in ours if ours[name] != theirs[name]] == [], when
