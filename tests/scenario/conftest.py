"""A registry of known content, so that the tests of messages do not move with the model's own names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest

from sim.model.parameters import PARAMETERS, Parameter
from sim.scenario import PROGRAMMES, Programme, load_programmes, loading, setting
from sim.text import Message, message

HERE = Path(__file__).parent


class ExampleAward(Programme, kind="example_award"):
    """A programme that exists in these tests only."""

    label_en: ClassVar[str] = "example award"
    label_zh: ClassVar[str] = "示例奖补"

    amount: float = setting(1, 0, 10, "yuan/m2/month", en="amount of the award", zh="奖补标准", source="P028")
    graded: bool = setting(True, None, None, "", en="whether it is graded", zh="是否分级")


PROGRAMMES.pop("example_award")


class ExampleParameter(Parameter):
    """A parameter that exists in these tests only, and so has no text in the catalogs."""

    @property
    def label(self) -> Message:
        return message("join.label", name="example", value=self.key)


@pytest.fixture
def small_world(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """For one test: a single kind of programme, one group of two parameters, and two
    scenarios that have names."""
    load_programmes()
    kinds, parameters = dict(PROGRAMMES), dict(PARAMETERS)
    _hold(PROGRAMMES, {"example_award": ExampleAward})
    examples = {
        f"example.{name}": ExampleParameter(f"example.{name}", 0.5, low, high, "logit")
        for name, low, high in (("weight", 0.0, 3.0), ("width", 0.01, 1.0))
    }
    _hold(PARAMETERS, examples)
    monkeypatch.setattr(loading, "list_scenarios", lambda: ["vicious_cycle", "wuhan"])
    yield
    _hold(PROGRAMMES, kinds)
    _hold(PARAMETERS, parameters)


def _hold(registry: dict[str, Any], entries: dict[str, Any]) -> None:
    """Let a registry hold these entries in this order: that of the parameters is part of the types that
    kernels are compiled for, and another one would have all of them compiled anew."""
    registry.clear()
    registry.update(entries)


@pytest.fixture
def base() -> Path:
    """The file of the small complete scenario."""
    return HERE / "base.toml"
