"""What is no name, path or table at all is refused in words, wherever one is asked for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from sim.errors import EstateError

LONG = "x" * 300
NO_PATH = [
    "",
    LONG,
    f"{LONG}.toml",
    f"a/{LONG}",
    "a\0.toml",
    "\0",
    None,
    3,
    2.5,
    b"small_city",
    ["small_city"],
    object(),
    np.array([1, 2]),
    pd.DataFrame({"a": [1, 2]}),
    pd.Series([], dtype=float),
]
READERS: dict[str, Callable[[Any], object]] = {
    "load": sim.load,
    "run": sim.run,
    "load_run": sim.load_run,
    "load_result": sim.load_result,
    "load_ensemble": sim.load_ensemble,
    "study": sim.study,
    "compare": lambda given: sim.compare("small_city", given, replications=2),
    "baseline": lambda given: sim.compare(given, "small_city", replications=2),
    "with_programmes": sim.with_programmes,
    "a programme": lambda given: sim.with_programmes("small_city", given),
    "menu": lambda given: sim.budget("small_city", 1e6, menu=given) if given is not None else sim.load(None),
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("given", NO_PATH, ids=lambda given: f"{given!r:.12}")
def test_no_name_or_path_is_refused_in_words(
    reader: str, given: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(EstateError) as caught:
        READERS[reader](given)
    told = str(caught.value)
    why = ("allowed", "there are", "not found", "no such", "the name is too long")
    assert any(words in told for words in why), told
    assert len(told) < 1000, "a name of 300 letters is not repeated whole"


@pytest.mark.parametrize("months", [np.array([1, 2]), pd.Series([12, 13]), [12]])
def test_several_values_where_one_is_asked_for_are_refused_in_words(months: Any) -> None:
    with pytest.raises(EstateError, match="months"):
        sim.run("small_city", months=months)


def test_the_kind_of_what_was_given_is_named() -> None:
    with pytest.raises(
        EstateError, match=r"found 3 \(int\); allowed: a scenario, its name or the path of its file"
    ):
        sim.load(3)  # type: ignore[arg-type]
    with pytest.raises(
        EstateError, match=r"interventions: found 'retrofit' \(str\); allowed: a table with a kind"
    ):
        sim.with_programmes("small_city", "retrofit")  # type: ignore[arg-type]
    with pytest.raises(EstateError, match=r"found nothing; allowed: a scenario"):
        sim.compare("small_city", None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "ask",
    [
        lambda run: run.table("estate"),
        lambda run: run.table(None),
        lambda run: run.plot([]),
        lambda run: run.save(None),
        lambda run: run.save("a\0b"),
        lambda run: run.save(f"{LONG}"),
        lambda run: sim.run("small_city", threads="two"),
        lambda run: sim.run("small_city", overrides=3),
        lambda run: sim.with_overrides(run.scenario, {3: 1}),
        lambda run: sim.with_overrides("small_city", {"months": 3}),
        lambda run: sim.compare("small_city", "small_city", ensemble=3),
        lambda run: sim.compare("small_city", "small_city", outcomes=3),
        lambda run: sim.calibrate(3),
        lambda run: sim.budget("small_city", "much"),
    ],
)
def test_wrong_kinds_of_arguments_are_refused_in_words(
    ask: Callable[[sim.Run], object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = sim.run("small_city", months=1, overrides={"spin_up": 0})
    monkeypatch.chdir(tmp_path)
    with pytest.raises(EstateError, match="found|cannot be written"):
        ask(run)
    assert list(tmp_path.iterdir()) == []
