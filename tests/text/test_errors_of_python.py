"""What somebody reads who calls the package from Python or writes an intervention of their
own is said in their language."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np
import pytest
from matplotlib.axes import Axes
from pydantic import Field

import sim
from sim.cli import archiving
from sim.errors import ScenarioError
from sim.experiments.intervals import mean_interval
from sim.model.engine import Engine
from sim.model.programmes.base import Intervention
from sim.model.programmes.purse import whole_fen
from sim.outputs import style
from sim.results import Run
from sim.results.reading import record_of
from sim.scenario import PROGRAMMES, Programme, json_schema, load, load_programmes, setting, with_overrides
from sim.scenario.overrides import with_programmes
from sim.text import in_language, languages
from sim.units import yuan_to_fen
from sim.words import Word

CHINESE = re.compile("[\u4e00-\u9fff]")
SMALL = {"city.estates": 10, "city.households": 800, "companies.private": 3, "months": 2, "spin_up": 0}


HERE = re.escape(__file__)


def declared(kind: Any = "festival", **changes: Any) -> Any:
    """Declare a kind of intervention that lacks nothing, but for the changes."""
    good = {
        "label_en": "festival",
        "mechanism": Word(en="x"),
        "risk": Word(en="x"),
        "levers": ("lever_trust",),
        "act": lambda self, policy, rows, strength: None,
        "__annotations__": {"label_en": ClassVar[str]},
        "__module__": __name__,
    }
    try:
        return type("Festival", (Intervention,), good | changes, kind=kind)
    finally:
        PROGRAMMES.pop("festival", None)


def untyped(attribute: str, value: object) -> Callable[[], None]:
    """Declare an attribute of a kind without saying of what type it is, as a beginner writes it."""
    given = {"__annotations__": {} if attribute == "label_en" else {"label_en": ClassVar[str]}}
    return lambda: declared(**given | {attribute: value})


def declared_one(**values: Any) -> Any:
    return declared()(**values)


def frozen() -> None:
    scenario: Any = small()
    scenario.months = 12


def as_setting() -> None:
    declared(__annotations__={"label_en": str})


def of_type(kind: type) -> None:
    declared(
        __annotations__={"label_en": ClassVar[str], "weeks": kind}, weeks=setting(3, 0, 5, "week", en="x")
    )


def of_weeks(kind: Any, value: object, name: str = "weeks") -> dict[str, Any]:
    """What declares one setting."""
    return {"__annotations__": {"label_en": ClassVar[str], name: kind}, name: value}


def strange(value: Any) -> Any:
    """What is of another type than it says."""
    return value


def taken() -> None:
    load_programmes()

    class Other(Programme, kind="retrofit"):
        pass


def with_deed(deed: Callable[[Any, np.ndarray], Any]) -> None:
    """Simulate one month of a small city in which an intervention of one's own does something."""

    class Deed(Intervention, kind="deed"):
        label_en: ClassVar[str] = "deed"
        mechanism: ClassVar[Word] = Word(en="x")
        risk: ClassVar[Word] = Word(en="x")
        levers: ClassVar[tuple[str, ...]] = ("lever_trust",)
        payers: ClassVar[tuple[str, ...]] = ("district",)

        def act(self, policy: Any, rows: np.ndarray, strength: float) -> None:
            deed(policy, rows)

    try:
        scenario = with_programmes(small(), {"kind": "deed"}, keep=False)
        with Engine(scenario, threads=1) as city:
            city.step()
    finally:
        PROGRAMMES.pop("deed", None)


def small() -> sim.Scenario:
    return with_overrides(load("vicious_cycle"), SMALL)


def unrecorded() -> None:
    with Engine(small(), threads=1, record=False) as city:
        record_of(city)


def unsimulated() -> None:
    with Engine(small(), threads=1) as city:
        Run.from_city(city)


class Panel:
    """What an Axes of another kind stands on."""

    def get_figure(self, root: bool) -> object:
        return self


def on_no_figure() -> None:
    panel: Any = Panel()
    axes: Axes = panel
    style.owner(axes)


def without_font() -> None:
    with pytest.MonkeyPatch.context() as changed:
        changed.setattr(style, "FONT_FILE", "none.ttf")
        style.font_file()


old_word: Any = Word
old_setting: Any = setting
CASES: dict[str, tuple[type[Exception], str, Callable[[], object]]] = {
    "lever": (KeyError, "'lever_nope'", lambda: declared(levers=("lever_nope",))),
    "payer": (ValueError, "'mayor'", lambda: declared(payers=("mayor",))),
    "label": (ValueError, "label_en", lambda: declared(label_en="")),
    "mechanism": (ValueError, "mechanism", lambda: declared(mechanism=None)),
    "kind": (ValueError, "retrofit", taken),
    "label without a type": (
        ValueError,
        rf"{HERE}.*Festival\.label_en.*ClassVar\[str\]",
        untyped("label_en", "x"),
    ),
    "label as a setting": (ValueError, rf"{HERE}.*Festival\.label_en.*ClassVar\[str\]", as_setting),
    "label that is no text": (
        ValueError,
        r"Festival\.label_en.* 3;|Festival\.label_en.*3；",
        lambda: declared(label_en=3),
    ),
    "no act": (
        ValueError,
        r"Festival\.act.*None.*def act\(self, policy, rows, strength\)",
        untyped("act", None),
    ),
    "another method": (ValueError, r"Festival\.suits.*def suits\(self, policy\)", untyped("suits", 3)),
    "act of other arguments": (
        ValueError,
        r"Festival\.act.*def act\(self\).*def act\(self, policy, rows, strength\)",
        lambda: declared(act=lambda self: None),
    ),
    "constant without a type": (ValueError, r"Festival\.RATE.*RATE: ClassVar\[int\]", untyped("RATE", 3)),
    "setting without a type": (
        ValueError,
        r"Festival\.weeks.*weeks: int = setting",
        untyped("weeks", setting(3, 0, 5, "week", en="x")),
    ),
    "setting of its base without a type": (ValueError, r"Festival\.start.*start: int", untyped("start", 5)),
    "setting of its base of another type": (
        ValueError,
        r"Festival\.when.*when: int.*when: When \| None",
        lambda: declared(**of_weeks(int, 3, "when")),
    ),
    "label that is a class": (
        ValueError,
        r"Festival\.label_en.*<class 'int'>",
        lambda: declared(label_en=int),
    ),
    "name that pydantic keeps": (
        ValueError,
        r"Festival\.model_config.*= 3",
        lambda: declared(model_config=3),
    ),
    "setting of a strange type": (
        ValueError,
        r"Festival.*numpy\.ndarray.*float",
        lambda: of_type(np.ndarray),
    ),
    "default of another type": (
        ValueError,
        r"Festival\.weeks.*'x'",
        lambda: declared(**of_weeks(float, setting("x", None, None, "week", en="x"))),
    ),
    "bounds of what is no number": (
        ValueError,
        r"Festival\.weeks.*ge=0.*float",
        lambda: declared(**of_weeks(str, setting("x", 0, 5, "week", en="x"))),
    ),
    "bound that is no number": (ValueError, "'0'", lambda: setting(1, strange("0"), 5, "week", en="x")),
    "bound of pydantic's that is no number": (
        ValueError,
        r"Festival\.weeks.*'a'",
        lambda: declared(**of_weeks(float, Field(default=1.0, ge=strange("a")))),
    ),
    "setting that begins with a line": (
        ValueError,
        r"Festival\._weeks.*weeks: float = setting",
        lambda: declared(**of_weeks(float, setting(1.0, 0, 5, "week", en="x"), "_weeks")),
    ),
    "type that is nowhere": (
        ScenarioError,
        "Festival.*Nowhere",
        lambda: declared(**of_weeks("Nowhere", setting(1.0, 0, 5, "week", en="x")))(),
    ),
    "one lever as a text": (
        ValueError,
        r"Festival\.levers.*'lever_trust'",
        lambda: declared(levers="lever_trust"),
    ),
    "mechanism as a text": (ValueError, r"Festival\.mechanism.*Word\(", lambda: declared(mechanism="x")),
    "kind that is no name": (ValueError, r"kind.* 5;|kind.*5；", lambda: declared(kind=5)),
    "values": (
        ScenarioError,
        r"Festival.*start.*0.*1.*1200",
        lambda: declared_one(start=0),
    ),
    "unknown setting": (ScenarioError, r"Festival.*strat.*'start'", lambda: declared_one(strat=3)),
    "frozen": (ScenarioError, r"Scenario.*months.*with_overrides", frozen),
    "default": (ValueError, r"11.*0.*10", lambda: setting(11, 0, 10, "yuan", en="x")),
    "words of 0.1": (TypeError, r"0\.1.*Word\(en=\"…\", .*zh=\"…\"\)", lambda: old_word("甲", "a")),
    "setting of 0.1": (
        TypeError,
        r"0\.1.*setting\(.*source=…, en=\"…\", .*zh=\"…\"\)",
        lambda: old_setting(1, 0, 10, "yuan", "a", "甲", "S021"),
    ),
    "setting without a unit": (TypeError, r"setting.*None.*unit", lambda: setting(1, 0, 10)),
    "no words": (ValueError, "Word", Word),
    "language": (ValueError, "'xx'", lambda: Word(xx="x")),
    "money": (ValueError, "nan", lambda: yuan_to_fen(float("nan"))),
    "fen": (TypeError, "base.fen", lambda: whole_fen(0.5)),
    "moved": (
        PermissionError,
        "lever_norm",
        lambda: with_deed(lambda p, rows: p.move("lever_norm", rows, 1)),
    ),
    "charged": (PermissionError, "city", lambda: with_deed(lambda p, rows: p.spend("city", rows, 1))),
    "negative": (ValueError, "", lambda: with_deed(lambda p, rows: p.spend("district", rows, -1))),
    "level": (ValueError, "level.*1.5", lambda: mean_interval(np.arange(9.0), 1.5)),
    "no record": (ValueError, "record=False", unrecorded),
    "no month": (ValueError, "", unsimulated),
    "axes": (TypeError, "Panel", on_no_figure),
    "font": (OSError, "none.ttf", without_font),
}


@pytest.mark.parametrize("case", CASES)
def test_a_chinese_reader_gets_chinese_and_an_english_one_english(case: str) -> None:
    error, named, call = CASES[case]
    said = []
    for language in ("en", "zh"):
        with in_language(language), pytest.raises(error) as caught:
            call()
        with in_language(language):
            said.append(str(caught.value))
    english, chinese = said
    assert re.search(named, english) and re.search(named, chinese)
    assert CHINESE.search(chinese) and not CHINESE.search(english) and " " in english


def test_a_seed_or_a_month_that_cannot_be_is_named_as_the_argument_it_was() -> None:
    for call, place in (
        (lambda: sim.run("small_city", seed=-1), "seed: "),
        (lambda: sim.run("small_city", months=0), "months: "),
        (lambda: sim.run("small_city", seed=1, overrides={"months": 0}), "--set: months: "),
    ):
        with pytest.raises(ScenarioError) as caught:
            call()
        with in_language("en"):
            assert str(caught.value).startswith(place)
        with in_language("zh"):
            assert CHINESE.search(str(caught.value))


def test_the_schema_describes_the_keys_of_a_variant_in_every_language() -> None:
    keys = json_schema()["properties"]
    for name in ("extends", "without", "change_interventions"):
        told = keys[name]["description"]
        assert CHINESE.search(told) and len(told.split(" / ")) == len(languages()), name


@pytest.mark.parametrize("language", languages())
def test_a_result_without_a_key_is_said_to_have_none(language: str) -> None:
    with in_language(language):
        assert "0.1" in archiving.key_or_none("") and archiving.key_or_none("a1") == "a1"


def test_a_class_whose_types_are_nowhere_is_named_where_a_scenario_uses_it() -> None:
    try:
        PROGRAMMES["festival"] = declared(
            __annotations__={"label_en": ClassVar[str], "weeks": "Nowhere"},
            weeks=setting(3, 0, 5, "week", en="x"),
        )
        with in_language("zh"), pytest.raises(ScenarioError, match="Festival.*Nowhere.*允许"):
            with_programmes(small(), {"kind": "festival"})
    finally:
        PROGRAMMES.pop("festival", None)
