"""A programme whose every amount is 0 is said to be idle, and is: the city goes as it goes without it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from typer.testing import CliRunner

import sim
from sim import notices
from sim.cli.app import app
from sim.mesa_city import City
from sim.model.programmes.base import Intervention
from sim.model.programmes.describe import COMMON, kinds
from sim.no_effect import without_effect
from sim.scenario import PROGRAMMES, Scenario, load_programmes, setting
from sim.text import in_language
from sim.words import Word

MONTHS = 24
load_programmes()
GROUPS = [(kind, group) for kind in kinds() for group in PROGRAMMES[kind].idle_without] + [
    ("retrofit", ("condition_after", "cost_full"))
]
RULES = sorted({rule for kind in kinds() for rule in PROGRAMMES[kind].mechanisms})
ACTS_ALWAYS = sorted(set(kinds()) - {kind for kind, _ in GROUPS})


@pytest.fixture(autouse=True)
def nothing_told_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notices, "_told", set())


def small_city(*programmes: dict[str, Any]) -> Scenario:
    """The shipped small city for two years as it was drawn, modes by luck, with estates that could be treated
    by any kind and the rules that a kind acts through; guide prices leave no room."""
    on: dict[str, Any] = {f"mechanisms.{rule}": True for rule in RULES}
    on |= {"spin_up": 0, "parameters.start.modes_follow_worth": 0.0, "mechanisms.ballots": True}
    on |= {"parameters.guide.float": 0.0, "parameters.vote.price_base": 1.0}
    return sim.with_programmes(
        sim.with_overrides(sim.load("small_city"), {"months": MONTHS} | on), *programmes
    )


def beside(kind: str) -> tuple[dict[str, Any], ...]:
    """What a kind needs beside it: a guide price is felt where somebody asks for a higher one."""
    asking = {"kind": "fee_indexation", "name": "asking", "participation": 0.6}
    return (asking,) if kind == "guide_price_release" else ()


def of(kind: str, settings: dict[str, Any]) -> dict[str, Any]:
    """A programme of a kind that acts from the first month on whatever it suits."""
    return {"kind": kind, "name": "mine", "lag": 0, "targets": {}} | settings


def course(*programmes: dict[str, Any]) -> dict[str, np.ndarray]:
    """Every figure of every estate and month of the small city."""
    return figures(small_city(*programmes))


def figures(scenario: Scenario) -> dict[str, np.ndarray]:
    """Every figure of every estate and month."""
    city = City(scenario).run()
    assert city.outcomes is not None
    return {name: np.array(part) for name, part in city.outcomes._asdict().items()}


def same(one: dict[str, np.ndarray], other: dict[str, np.ndarray]) -> bool:
    return one.keys() == other.keys() and all(
        np.array_equal(part, other[name], equal_nan=part.dtype.kind == "f") for name, part in one.items()
    )


def told(*programmes: dict[str, Any]) -> list[str]:
    with in_language("en"):
        return [str(one) for one in without_effect(small_city(*programmes))]


@pytest.fixture(scope="module")
def alone() -> dict[str, np.ndarray]:
    return course()


@pytest.mark.parametrize("kind", sorted({kind for kind, _ in GROUPS}))
def test_with_its_amounts_at_0_a_programme_is_called_idle_and_changes_nothing(
    kind: str, alone: dict[str, np.ndarray]
) -> None:
    groups = [group for of_kind, group in GROUPS if of_kind == kind]
    nothing = [of(kind, dict.fromkeys(group, 0)) for group in groups]
    for group, programme in zip(groups, nothing, strict=True):
        (found,) = told(programme)
        assert "programme mine can have no effect" in found and all(f"{name} = 0" in found for name in group)
    together = [programme | {"name": f"mine_{place}"} for place, programme in enumerate(nothing)]
    assert same(course(*together), alone)


@pytest.mark.parametrize("kind", kinds())
def test_as_it_comes_no_programme_is_called_idle_and_each_changes_the_city(
    kind: str, alone: dict[str, np.ndarray]
) -> None:
    assert told(of(kind, {})) == []
    others = beside(kind)
    assert not same(course(*others, of(kind, {})), course(*others) if others else alone)


@pytest.mark.parametrize("kind", [kind for kind in kinds() if PROGRAMMES[kind].mechanisms])
def test_one_whose_rule_is_off_is_said_to_have_no_effect_and_has_none(kind: str) -> None:
    rules = PROGRAMMES[kind].mechanisms
    off = sim.with_overrides(small_city(of(kind, {})), {f"mechanisms.{rule}": False for rule in rules})
    with in_language("en"):
        (found,) = map(str, without_effect(off))
    assert all(f"mechanisms.{rule}" in found for rule in rules)
    without = off.model_copy(update={"interventions": ()})
    assert same(figures(off), figures(without))


@pytest.mark.parametrize("kind", ACTS_ALWAYS)
def test_what_declares_no_amounts_acts_with_every_setting_at_0(
    kind: str, alone: dict[str, np.ndarray]
) -> None:
    own = {name: field for name, field in PROGRAMMES[kind].model_fields.items() if name not in COMMON}
    zero = {
        name: 0
        for name, field in own.items()
        if isinstance(field.default, int | float)
        and all(getattr(rule, "ge", 0) <= 0 for rule in field.metadata)
    }
    assert zero and told(of(kind, zero)) == []
    others = beside(kind)
    assert not same(course(*others, of(kind, zero)), course(*others) if others else alone)


@pytest.mark.parametrize(
    "settings",
    [
        {"first_year": 0.0, "second_year": 0.2},  # no second year without a first one
        {"first_year": 0, "second_year": 0, "third_year": 0, "later": 0},
    ],
)
def test_a_subsidy_that_pays_nothing_in_its_first_year_is_idle(settings: dict[str, Any]) -> None:
    (found,) = told(of("operating_subsidy", settings))
    assert "with first_year = 0 there is nothing" in found
    assert told(of("operating_subsidy", settings | {"first_year": 0.01})) == []


def test_of_a_retrofit_the_amounts_are_those_of_what_is_renewed() -> None:
    gates = {"items": ["gates"], "gain_gates": 0, "cost_gates": 0}
    (found,) = told(of("retrofit", gates))
    assert "gain_gates = 0" in found and "cost_gates = 0" in found and "full" not in found
    assert told(of("retrofit", gates | {"items": ["gates", "drains"]})) == []
    assert told(of("retrofit", gates | {"items": ["full"]})) == []


def test_one_that_would_overwrite_what_another_sets_is_not_called_idle() -> None:
    nothing = dict.fromkeys(("stake", "pressure", "red_share", "black_share", "cost"), 0)
    idle = of("red_black_list", nothing)
    assert len(told(idle)) == 1
    assert told(idle, {"kind": "red_black_list", "name": "theirs"}) == [], "its empty list takes theirs down"
    assert len(told(idle, {"kind": "operating_subsidy", "name": "theirs"})) == 1


def test_the_commands_say_it_in_both_languages(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(
        'extends = "small_city"\nmonths = 1\nspin_up = 0\n[[interventions]]\nkind = "matchmaking"\nintroductions = 0\n',
        encoding="utf-8",
    )
    for command in (
        ["describe", str(own)],
        ["run", str(own), "--no-charts", "--out", str(tmp_path / "run")],
    ):
        for lang, words in (
            ("en", "programme matchmaking can have no effect: with introductions = 0"),
            ("zh", "措施 matchmaking 不会起作用：introductions = 0"),
        ):
            notices._told.clear()
            done = CliRunner().invoke(app, [*command, "--lang", lang])
            assert words in done.stderr, (command, lang, done.output)


def test_amounts_that_are_no_settings_or_cannot_be_0_are_refused_when_the_class_is_made() -> None:
    def made(amounts: Any) -> None:
        class Cleaning(Intervention, kind="cleaning_for_a_test_of_amounts"):
            label_en: ClassVar[str] = "cleaning"
            mechanism: ClassVar[Word] = Word(en="Clean.")
            risk: ClassVar[Word] = Word(en="None.")
            levers: ClassVar[tuple[str, ...]] = ("lever_condition",)
            idle_without: ClassVar[Any] = amounts

            period: int = setting(6, 1, 60, "month", en="months between")
            gain: float = setting(0.02, 0, 1, "share", en="gain")

            def act(self, policy: Any, rows: np.ndarray, strength: float) -> None:
                policy.move("lever_condition", rows, self.gain * strength)

    try:
        with in_language("en"):
            with pytest.raises(ValueError, match="idle_without names period, gian, which are no settings"):
                made((("gain", "period"), ("gian",)))
            with pytest.raises(ValueError, match="idle_without"):
                made(("gain",))
    finally:
        PROGRAMMES.pop("cleaning_for_a_test_of_amounts", None)
