"""A programme for tests: it moves levers, and nothing else."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from sim.model.programmes.base import Intervention
from sim.model.programmes.policy import Policy
from sim.model.state.estates import LEVER_NAMES
from sim.scenario import PROGRAMMES, Scenario
from sim.words import Word


class Nudge(Intervention, kind="test_nudge"):
    """Moves one lever of every treated estate by one amount, every month."""

    label_en: ClassVar[str] = "nudge"
    label_zh: ClassVar[str] = "测试"
    mechanism: ClassVar[Word] = Word(zh="测试用", en="for tests")
    risk: ClassVar[Word] = Word(zh="无", en="none")
    levers: ClassVar[tuple[str, ...]] = LEVER_NAMES

    lever: str = "lever_norm"
    amount: float = 1.0

    def act(self, policy: Policy, rows: np.ndarray, strength: float) -> None:
        """Move the lever."""
        policy.move(self.lever, rows, policy.estates[self.lever].dtype.type(self.amount))


PROGRAMMES.pop("test_nudge")  # no other test should see it


def with_nudges(scenario: Scenario, *nudges: dict[str, Any]) -> Scenario:
    """The scenario with these nudges after its own programmes."""
    made = tuple(
        Nudge(**({"kind": "test_nudge", "name": f"nudge_{i}"} | nudge)) for i, nudge in enumerate(nudges)
    )
    return scenario.model_copy(update={"interventions": scenario.interventions + made})
