"""Whoever stands equal in what is shown or chosen stands in the order of names and ids, on any processor."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from fake_run import FakeRun, fake_run
from scipy.special import logit

from sim.studies.calibration import posterior
from sim.studies.calibration.posterior import LEAST_ACCEPTED, Reported, rejection
from sim.studies.run.measures import flows_by_purpose, fold_small, net_by_year

# More than an unstable sort puts in order by insertion, which would be stable by chance.
MANY = 60


@pytest.fixture(scope="module")
def run() -> FakeRun:
    return fake_run(estates=5, months=6)


def paid_by(run: FakeRun, amounts: dict[str, float]) -> Any:
    """The run with a ledger in which each account kind pays its amount to the company."""
    kinds = list(amounts)
    ledger = pd.DataFrame(
        {
            "month": 1,
            "payer_kind": kinds,
            "payee_kind": "company",
            "purpose": [f"purpose_{kind}" for kind in kinds],
            "yuan": list(amounts.values()),
        }
    )
    return replace(run, ledger=ledger)


def test_accounts_that_bore_the_same_stand_in_the_order_of_their_names(run: FakeRun) -> None:
    payers = [f"body_{number:02}" for number in range(MANY)]
    money = paid_by(run, {kind: 7.0 for kind in reversed(payers)} | {"state": 9.0})
    assert list(fold_small(net_by_year(money), share=0)) == ["state", *payers, "company"]


def test_flows_of_the_same_sum_stand_in_the_order_of_their_purposes(run: FakeRun) -> None:
    payers = [f"body_{number:02}" for number in range(MANY)]
    flows = flows_by_purpose(paid_by(run, dict.fromkeys(reversed(payers), 7.0)))
    assert list(flows["payer_kind"]) == payers


def test_points_equally_far_from_what_was_reported_are_accepted_as_they_were_tried() -> None:
    points = np.linspace(0.1, 0.9, 10 * LEAST_ACCEPTED)[:, None]
    reported = Reported(np.zeros(1), np.ones(1), np.ones(1))
    accepted = rejection(points, np.full(points.shape, 0.5), reported, number=500, seed=1)
    assert accepted.points.max() == pytest.approx(points[LEAST_ACCEPTED - 1, 0])
    assert accepted.points.min() == pytest.approx(points[0, 0])


def test_walkers_start_at_the_first_of_places_that_are_equally_impossible(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class StartedAt(Exception):
        pass

    def state(points: np.ndarray, random_state: object) -> None:
        raise StartedAt(points)

    tools = SimpleNamespace(
        State=state,
        EnsembleSampler=lambda *given, **named: None,
        moves=SimpleNamespace(DEMove=lambda **named: None),
    )
    monkeypatch.setattr(posterior, "extra", lambda name, what: tools)
    tried: list[np.ndarray] = []

    def nowhere(points: np.ndarray) -> np.ndarray:
        tried.append(points)
        return np.full(len(points), -np.inf)

    with pytest.raises(StartedAt) as started:
        posterior.chains(nowhere, dimensions=2, number=10, seed=1)
    walkers = started.value.args[0]  # as they walk: on the logit scale
    inside = np.clip(tried[0][: len(walkers)], posterior.EDGE, 1 - posterior.EDGE)
    assert np.array_equal(walkers, logit(inside))
