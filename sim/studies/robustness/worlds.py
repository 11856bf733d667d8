"""The worlds that plans are tried in: as the scenarios are, each feedback loop off or at part of its
strength, each rule that can be switched off the other way round, and named structural variants; and what
varies between the runs of a world.

Replication r has the same seed, the same member of the ensemble and the same values of the factors in every
world and of every plan; in a variant that has an ensemble of its own, that one's member. A factor's value is
drawn by seed and key, evenly over its range, so that more runs or other factors leave those that there are as
they were.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sim.errors import ScenarioError, StudyError
from sim.experiments.ensemble import Ensemble, with_member
from sim.experiments.unmeasured import range_of
from sim.model.parameters import PARAMETERS
from sim.problems import nearest
from sim.results.engines import PlannedRun
from sim.scenario import Scenario, with_overrides
from sim.scenario.tables import LoopSettings, MechanismSettings
from sim.studies.robustness.variants import Variant
from sim.studies.robustness.weakened import CARRIERS, HALF, strength_of, weakened
from sim.text import message

AS_IT_IS = "as_it_is"
LOOPS, MECHANISMS, NONE = "loops", "mechanisms", "none"
SWITCHES = {name: LOOPS for name in LoopSettings.model_fields} | {
    name: MECHANISMS for name in MechanismSettings.model_fields
}
TYPES, EVERY = "types", "*"  # types.*.vacancy: the same in every type
FACTORS = 0x0FAC  # stream of the values of factors


@dataclass(frozen=True)
class World:
    """A world: what is set for all plans alike.

    name: of the loop or mechanism, AS_IT_IS, `norm=0.5` of a loop at part of its strength, or of a variant.
    on: how the switch is set. strength: of the loop, None where it is switched. variant: whether it is one.
    fitted: whether the ensemble of its runs was fitted to the variant; None without an ensemble.
    """

    name: str
    on: bool = False
    strength: float | None = None
    variant: bool = False
    fitted: bool | None = None

    @property
    def is_loop(self) -> bool:
        """Whether a feedback loop is off or weakened in it."""
        return not self.variant and SWITCHES.get(self.switch) == LOOPS

    @property
    def switch(self) -> str:
        """The loop or mechanism that it is about."""
        return self.name.partition("=")[0]

    def of(self, scenario: Scenario, variants: Mapping[str, Variant]) -> Scenario:
        """The scenario in this world, before a loop is weakened (see `weakened`)."""
        if self.variant:
            return variants[self.name].of(scenario)
        if self.name == AS_IT_IS or self.strength is not None:
            return scenario
        return with_overrides(scenario, {f"{SWITCHES[self.name]}.{self.name}": self.on})

    def weakened(self, scenario: Scenario) -> Scenario:
        """The scenario with the loop at this world's strength, of the parameters that hold in a run."""
        return scenario if self.strength is None else weakened(scenario, self.switch, self.strength)


def worlds_of(
    arms: Mapping[str, Scenario], names: Sequence[str], variants: Mapping[str, Variant] | None = None
) -> tuple[World, ...]:
    """The worlds of these names, the scenarios as they are first: a loop that is on (off, or `norm=0.5` at
    that strength), a mechanism, LOOPS (each off, and each at half its strength) and MECHANISMS for all of
    them, NONE; then the variants.

    StudyError for another name, a loop that is off already or cannot have that strength, or arms that do not
    have the same switches.
    """
    (first, base), *others = arms.items()
    for name, scenario in others:
        for part in (LOOPS, MECHANISMS):
            if getattr(scenario, part) != getattr(base, part):
                raise StudyError(message("robust.error.other_rules", name=name, part=part, first=first))
    on = base.loops.model_dump() | base.mechanisms.model_dump()
    allowed = (LOOPS, MECHANISMS, NONE, *(name for name in SWITCHES if _can_switch(name, on)))
    if isinstance(names, str):
        names = (names,)
    chosen: dict[World, None] = {}
    for name in names:
        loop, equals, written = name.partition("=")
        if equals:
            chosen[_at_strength(name, loop.strip(), written, on)] = None
            continue
        if name not in allowed:
            guess = nearest(name, allowed)
            told = message("allowed.one_of", names=", ".join(allowed))
            wrong = message("problem.instead", place="world", found=repr(name), allowed=told)
            raise StudyError(
                message("problem.nearest", problem=wrong, nearest=repr(guess)) if guess else wrong
            )
        group = [one for one, part in SWITCHES.items() if part == name and _can_switch(one, on)]
        for one in group or ([name] if name in SWITCHES else []):
            chosen[World(one, not on[one])] = None
            if name == LOOPS:
                chosen[_weak(one, HALF)] = None
    places = list(SWITCHES)
    ordered = sorted(chosen, key=lambda one: (places.index(one.switch), one.strength or 0.0))
    for world in ordered:
        for scenario in arms.values():
            world.weakened(scenario)  # says what it cannot be before anything is run
    named = [
        World(name, variant=True, fitted=one.own if one.ensemble is not None else None)
        for name, one in (variants or {}).items()
    ]
    return (World(AS_IT_IS), *ordered, *named)


def _weak(loop: str, strength: float) -> World:
    return World(f"{loop}={strength:g}", True, strength)


def _at_strength(name: str, loop: str, written: str, on: Mapping[str, bool]) -> World:
    """The world of a text such as `norm=0.5`; StudyError for a loop that is off or none, or no strength."""
    loops = [one for one in CARRIERS if on[one]]
    strength = strength_of(written)
    if loop not in loops or not strength > 0:
        allowed = message("robust.allowed.strength", names=", ".join(loops))
        raise StudyError(message("problem.instead", place="world", found=repr(name), allowed=allowed))
    return _weak(loop, strength)


def _can_switch(name: str, on: Mapping[str, bool]) -> bool:
    return SWITCHES[name] == MECHANISMS or on[name]


def factors_of(
    asked: Mapping[str, tuple[float, float]] | Sequence[str], arms: Mapping[str, Scenario]
) -> dict[str, tuple[float, float]]:
    """Ranges by key; a parameter that is named alone has its plausible one. A key `types.*.KEY` sets all
    types alike. StudyError for a key without a range, ScenarioError for an end that a scenario cannot have.
    """
    if isinstance(asked, Mapping):
        ranges = {
            key.removeprefix("parameters."): (float(low), float(high)) for key, (low, high) in asked.items()
        }
    else:
        ranges = {}
        for key in asked:
            parameter = PARAMETERS.get(key.removeprefix("parameters."))
            if parameter is None:
                allowed = message("sensitivity.allowed.factor")
                raise StudyError(message("problem.instead", place="factor", found=repr(key), allowed=allowed))
            ranges[parameter.key] = range_of(parameter)
    for key, (low, high) in ranges.items():
        if not low < high:
            allowed = message("study.above_low", low=f"{low:g}")
            raise StudyError(
                message("problem.instead", place=f"factor {key}", found=f"{high:g}", allowed=allowed)
            )
        for scenario in arms.values():
            for value in (low, high):
                _try(key, value, scenario)
    return ranges


def _try(key: str, value: float, scenario: Scenario) -> None:
    """ScenarioError, of the factor, for a value that a scenario cannot have."""
    try:
        with_overrides(scenario, _settings({key: value}, scenario))
    except ScenarioError as error:
        # of all types the same is wrong, which is said once
        raise ScenarioError([replace(error.problems[0], file=message("robust.factor"))]) from None


def _settings(values: Mapping[str, float], scenario: Scenario) -> dict[str, float]:
    """Values by keys of the scenario."""
    settings: dict[str, float] = {}
    for key, value in values.items():
        group, _, rest = key.partition(".")
        if group == TYPES and rest.startswith(f"{EVERY}."):
            settings |= {f"{TYPES}.{name}{rest.removeprefix(EVERY)}": value for name in scenario.types}
        else:
            settings[key] = value
    return settings


def keys_of(factors: Iterable[str], arms: Iterable[Scenario]) -> set[str]:
    """The keys that factors set, those of every type for a key of all types."""
    return {key for scenario in arms for key in _settings(dict.fromkeys(factors, 0.0), scenario)}


def drawn(factors: Mapping[str, tuple[float, float]], seed: int) -> dict[str, float]:
    """The values of factors in the runs of a seed."""
    values = {}
    for key, (low, high) in factors.items():
        share = np.random.default_rng([FACTORS, zlib.crc32(key.encode()), seed]).random()
        values[key] = low + (high - low) * float(share)
    return values


def planned(
    world: World,
    scenario: Scenario,
    seeds: Sequence[int],
    ensemble: Ensemble | None,
    factors: Mapping[str, tuple[float, float]],
    first: int = 0,
) -> list[PlannedRun]:
    """The runs of a plan (`scenario`: as `world.of` makes it) in a world: one for each seed, with the member
    of its place (counted from `first`) and the factors' values. A factor wins over the member, as what the
    scenario sets itself does; what a run then has of a loop is weakened."""
    runs = []
    # where its figures come from decides nothing, and would be said anew for every run
    scenario = scenario.model_copy(update={"figures": ()})
    for place, seed in enumerate(seeds, first):
        values = drawn(factors, seed)
        made = _with_values(scenario, values)
        member = ensemble.member(place) if ensemble is not None else {}
        run = world.weakened(with_member(made, member))
        runs.append(PlannedRun(run, seed, dict(member) | values))
    return runs


def _with_values(scenario: Scenario, values: Mapping[str, float]) -> Scenario:
    """A scenario with the values of factors; parameters between ends that were checked need no check."""
    if not set(values) <= set(PARAMETERS):
        return with_overrides(scenario, _settings(values, scenario))
    if not values:
        return scenario
    groups = {group: dict(held) for group, held in scenario.parameters.items()}
    for key, value in values.items():
        group, name = key.split(".", 1)
        groups.setdefault(group, {})[name] = value
    return scenario.model_copy(update={"parameters": groups})


def inputs_of(
    arms: Iterable[Scenario],
    seeds: Sequence[int],
    ensemble: Ensemble | None,
    factors: Mapping[str, tuple[float, float]],
    first: int = 0,
) -> dict[str, np.ndarray]:
    """What varies between the runs of a world, by key: the factors, and the parameters of the ensemble that
    are neither a factor nor set by every scenario itself; (runs,) each."""
    points = [drawn(factors, seed) for seed in seeds]
    inputs = {key: np.array([point[key] for point in points]) for key in factors}
    if ensemble is not None:
        own = [scenario.parameter_values() for scenario in arms]
        members = [ensemble.member(place) for place in range(first, first + len(seeds))]
        for key in ensemble.keys:
            held = np.array([member.get(key, np.nan) for member in members], np.float64)
            if key not in inputs and not all(key in one for one in own) and np.isfinite(held).all():
                inputs[key] = held
    return inputs


def settings_of_thresholds(texts: Iterable[str]) -> dict[str, float]:
    """Thresholds by outcome of `OUTCOME=VALUE`; StudyError for anything else."""
    found: dict[str, float] = {}
    for text in texts:
        name, equals, written = text.partition("=")
        try:
            if not equals:
                raise ValueError(text)
            found[name.strip()] = float(written)
        except ValueError:
            allowed: Any = message("robust.allowed.threshold")
            raise StudyError(
                message("problem.instead", place="--threshold", found=repr(text), allowed=allowed)
            ) from None
    return found
