"""What the compiled loop sees for the conditions of plans is what its NumPy twin sees, to the last bit: every
figure, of every estate, of the city and of the targets, in force and at rest, with reports and without."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.mesa_city import City
from sim.model.programmes.policy import Policy
from sim.model.programmes.programme_state import ProgrammeState
from sim.model.programmes.reaction import Reaction
from sim.model.state.rules import MEASURES
from sim.scenario import load, with_overrides
from sim.scenario.conditions import BUDGETS, ESTATE_MEASURES
from sim.scenario.overrides import with_programmes

from .seen_twin import of_city, of_estates

TARGETS = {"old": True, "types": ["unit_built", "three_no"]}


def programmes() -> list[dict[str, Any]]:
    """Subsidies of which each sees one figure: of the city or the targets, and of the single estate where
    there is such a figure; each on both sides of a level."""
    made = []
    for number, measure in enumerate((*MEASURES, *ESTATE_MEASURES)):
        targets = number >= len(MEASURES)
        side, other = ("at_least", "below") if number % 2 else ("below", "at_least")
        one: dict[str, Any] = {"kind": "operating_subsidy", "name": f"p{number}", "start": 1}
        one |= {"yearly_budget": 3e4, "targets": TARGETS if targets else {}}
        seen = {"measure": measure, side: 0.4}
        one["when"] = {"pause": seen | ({"among": "targets"} if targets else {})}
        if measure not in BUDGETS:
            one["where"] = {"pause": {"measure": measure, other: 0.5}}
        made.append(one)
    return made


@pytest.mark.parametrize("reporting", [False, True])
def test_conditions_see_what_their_twin_sees(reporting: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    changes = {"city.estates": 24, "city.districts": 2, "mechanisms.reporting": reporting, "months": 20}
    scenario = with_programmes(with_overrides(load("small_city"), changes), *programmes())
    look, known, turned = Reaction.look, [], set()

    def checked(self: Reaction, policy: Policy, one: ProgrammeState) -> None:
        before = self.held.copy()
        look(self, policy, one)
        for row, rule in enumerate(self.rules):
            measure = MEASURES[rule["measure"]]
            if rule["single"]:
                expected = of_estates(policy, measure)
            else:
                expected = np.array([of_city(policy, measure, one, bool(rule["targets"]))])
            seen, held = self.last[row][: expected.size], self.held[row][: expected.size]
            assert np.array_equal(seen, expected, equal_nan=True), (policy.month, measure)
            met = expected < rule["level"] if rule["below"] else expected >= rule["level"]
            assert np.array_equal(held, np.where(met, before[row][: expected.size] + 1, 0)), measure
            known.append(np.isfinite(seen).any())
            turned.update((measure, bool(one)) for one in met)

    monkeypatch.setattr(Reaction, "look", checked)
    with City(scenario) as city:
        city.run()
    assert np.mean(known) > 0.9, "hardly anything was there to be seen"
    assert len(turned) > 1.5 * len(MEASURES), "most conditions were never met, or always"
