"""The city as a Mesa model: the engine, with agents that are handles onto its columns."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sim.agents.handles import OwnerList
from sim.agents.mesa_model import MesaModel
from sim.model.engine import Engine
from sim.scenario import Scenario, load
from sim.scenario.draw import seed_of


class City(Engine, MesaModel):
    """A simulated city of one scenario and seed; a Mesa model.

    `step()` simulates one month; after the last one `running` is False. `state` holds the columns (see sim.model.state);
    `agents` and `agents_by_type` hold Mesa handles onto estates, companies, committees and government bodies, made when first
    asked for; `owners[i]` is a handle onto one owner. Results do not depend on `threads` or on `record`.
    """

    def __init__(
        self,
        scenario: Scenario | str | Path,
        seed: int | None = None,
        months: int | None = None,
        threads: int | None = None,
        record: bool = True,
        *,
        rng: Any = None,
    ) -> None:
        """Build the starting state of a scenario (itself, its name, or the path of its file).

        `seed` (or Mesa's `rng`: a whole number, or what NumPy draws one from) and `months` default to the scenario's;
        `record` keeps monthly outcomes, which the data collector reads. Raises EstateError.
        """
        scenario = scenario if isinstance(scenario, Scenario) else load(scenario)
        seed = seed_of(scenario, seed, rng)
        MesaModel.__init__(self, scenario, seed)
        Engine.__init__(self, scenario, seed, months, threads, record)
        self.owners = OwnerList(self)

    def close(self) -> None:
        """End threads and let Mesa forget the model, so that a sweep does not keep every city it made."""
        super().close()
        self.forget()
