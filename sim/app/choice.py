"""What a participant has set: a small immutable value, which an address can hold and a scenario can be made from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from sim.app.levers import Board, Lever, board, offered
from sim.app.limits import Limits, check_limits
from sim.scenario import Scenario, to_data, with_overrides
from sim.scenario.loading import check
from sim.text import Message, languages, message

DEFAULT = "small_city"
MOST_MEASURES = 20
SEED = Lever("seed", message("setting.scenario.seed"), "", "whole", 1, 0, 2**31 - 1)


def months_lever(base: Scenario, limits: Limits) -> Lever:
    """The lever of how many months are simulated."""
    return Lever("months", message("setting.scenario.months"), "", "whole", base.months, 1, limits.months)


@dataclass(frozen=True)
class Choice:
    """A scenario and what was changed about it; `values` by dotted key, only what differs from the scenario."""

    scenario: str
    seed: int
    months: int
    on: tuple[str, ...]
    values: tuple[tuple[str, Any], ...] = ()

    @classmethod
    def of(cls, name: str) -> Choice:
        """A scenario as it is."""
        made = board(name)
        return cls(name, made.scenario.seed, made.scenario.months, made.on)

    @property
    def board(self) -> Board:
        """The levers of the scenario."""
        return board(self.scenario)

    def value(self, lever: Lever) -> Any:
        """What a lever stands at."""
        return dict(self.values).get(lever.key, lever.start)

    def moved(self, lever: Lever, value: Any) -> Choice:
        """The choice with a lever moved; back at its start it is no change."""
        values = dict(self.values)
        values.pop(lever.key, None)
        if value != lever.start:
            values[lever.key] = value
        return replace(self, values=tuple(sorted(values.items())))

    def switched(self, name: str, on: bool) -> Choice:
        """The choice with a measure switched on (last) or off."""
        names = tuple(other for other in self.on if other != name)
        return replace(self, on=(*names, name) if on else names)


def scenario_of(choice: Choice, limits: Limits) -> Scenario:
    """The scenario that a choice stands for. ScenarioError lists what does not fit together or is too large."""
    made = choice.board
    data = to_data(made.scenario)
    own = {entry["name"]: entry for entry in data.get("interventions", [])}
    kind_of = {measure.name: measure.kind for measure in made.measures}
    data["interventions"] = [own.get(name, {"kind": kind_of[name], "name": name}) for name in choice.on]
    scenario = check(data, {(): choice.scenario}, choice.scenario)
    values = {key: value for key, value in choice.values if _applies(key, choice.on)}
    if "city.estates" in values or any(key.endswith(".households_mean") for key in values):
        values["city.households"] = None  # an exact total belongs to the sizes that it was given for
    values = {key: list(value) if isinstance(value, tuple) else value for key, value in values.items()}
    changed = with_overrides(scenario, {**values, "seed": choice.seed, "months": choice.months})
    return check_limits(changed, limits)


def _applies(key: str, on: tuple[str, ...]) -> bool:
    """Whether a value counts: those of a measure that is switched off wait until it is on again."""
    return not key.startswith("interventions.") or key.split(".")[1] in on


def address(choice: Choice, lang: str, more: Iterable[tuple[str, str]] = ()) -> str:
    """The query string ("?...") that holds a choice."""
    start = Choice.of(choice.scenario)
    parts = [("scenario", choice.scenario)]
    parts += [
        (key, str(getattr(choice, key)))
        for key in ("seed", "months")
        if getattr(choice, key) != getattr(start, key)
    ]
    if choice.on != start.on:
        parts.append(("on", ",".join(choice.on)))
    levers = choice.board.by_key
    parts += [(key, levers[key].written(value)) for key, value in choice.values]
    return "?" + urlencode([*parts, *more, ("lang", lang)], safe=",")


@dataclass(frozen=True)
class Reading:
    """What was read from an address, and what of it was left out and why (for the participant to see)."""

    choice: Choice
    lang: str
    ignored: tuple[Message, ...]


def read_address(
    pairs: Iterable[tuple[str, str]], limits: Limits, lang: str, other: Iterable[str] = ()
) -> Reading:
    """The choice of a query string. What is unknown or out of range is left out and named; nothing else is trusted."""
    given: dict[str, str] = {}
    ignored: list[Message] = []
    length, too_long = 0, False
    for key, text in pairs:
        length += len(key) + len(text) + 2
        if length > limits.query_length:
            too_long = True
            break
        given[key] = text
    lang = given.pop("lang", lang)
    lang = lang if lang in languages() else "en"
    if too_long:
        ignored.append(message("app.too_long", most=limits.query_length))
    name = given.pop("scenario", DEFAULT)
    if name not in offered(limits):
        known = ", ".join(offered(limits))
        ignored.append(message("app.out_of_range", key="scenario", found=_short(name), allowed=known))
        name = DEFAULT
    for key in other:
        given.pop(key, None)
    return Reading(_read_levers(Choice.of(name), given, limits, ignored), lang, tuple(ignored[:12]))


def _read_levers(choice: Choice, given: dict[str, str], limits: Limits, ignored: list[Message]) -> Choice:
    """Move what a query names; `ignored` gets what cannot be."""
    if "on" in given:
        names = tuple(dict.fromkeys(name for name in given.pop("on").split(",") if name))
        known = tuple(name for name in names if choice.board.measure(name) is not None)[:MOST_MEASURES]
        ignored += [message("app.unknown", key=_short(name)) for name in names if name not in known]
        choice = replace(choice, on=known)
    plain = {"seed": SEED, "months": months_lever(choice.board.scenario, limits)}
    for key, text in given.items():
        lever = plain.get(key) or choice.board.by_key.get(key)
        if lever is None:
            ignored.append(message("app.unknown", key=_short(key)))
            continue
        try:
            value = lever.read(text)
        except ValueError as error:
            ignored.append(message("app.out_of_range", key=key, found=_short(text), allowed=error.args[0]))
            continue
        choice = replace(choice, **{key: value}) if key in plain else choice.moved(lever, value)
    return choice


def _short(text: str) -> str:
    shown = "".join(letter if letter.isprintable() else "?" for letter in text[:40])
    return repr(shown + ("…" if len(text) > 40 else ""))
