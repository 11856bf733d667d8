"""One run is one draw: where it lies among draws with other seeds, and that everything which shows it says so."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from experiments_worlds import SMALL
from matplotlib.text import Text
from typer.testing import CliRunner

import sim
from sim.cli.app import app
from sim.errors import EstateError, StudyError
from sim.experiments.among import HEADLINES, Among, among, other_seeds
from sim.experiments.cell import cells_of
from sim.experiments.engine import InProcess
from sim.experiments.running import run_cells
from sim.experiments.workplace import Workplace
from sim.outputs.fan import fan, fan_alt, spread
from sim.scenario import load, with_overrides
from sim.text import figures, in_language

QUICK = [part for key, value in SMALL.items() if value is not None for part in ("--set", f"{key}={value}")]


def test_the_seed_is_one_of_the_draws_and_no_seed_is_drawn_twice() -> None:
    assert other_seeds(3, 4) == (1, 2, 4)
    assert other_seeds(70, 4) == (1, 2, 3)


def test_the_rank_counts_from_the_lowest() -> None:
    found = Among((1, 2, 3, 4), {"collection_last_year": np.array([0.5, 0.4, 0.6, 0.5])})
    assert found.rank("collection_last_year") == 2
    with in_language("en"):
        line = found.sentences()[1]
    assert "number 2 of 4" in line and "40" in line and "60" in line


def test_the_others_are_what_their_seeds_give_by_themselves(tmp_path: Path) -> None:
    run = sim.run("small_city", seed=2, months=14, overrides=SMALL)
    found = among(run, 3, Workplace(InProcess(), tmp_path))
    assert found.seeds == (2, 1, 3) and tuple(found.values) == HEADLINES
    for place, seed in enumerate(found.seeds):
        alone = sim.run("small_city", seed=seed, months=14, overrides=SMALL).outcomes()
        assert [found.values[name][place] for name in HEADLINES] == [alone[name] for name in HEADLINES]
    with pytest.raises(StudyError, match="at least 2"):
        among(run, 1, Workplace(store=tmp_path))


def test_the_fan_holds_every_draw_with_its_median(tmp_path: Path) -> None:
    found = run_cells(
        cells_of(with_overrides(load("small_city"), SMALL | {"months": 14}), (1, 2, 3)),
        Workplace(InProcess(), tmp_path),
    )
    runs = [summary for _, summary in found]
    ends = sorted(float(run.series["cycle"][-1]) for run in runs)
    assert [float(value) for value in spread(runs, "cycle")[[0, 2, 4], -1]] == pytest.approx(ends)
    for lang in ("zh", "en"):
        figure = fan(runs, "title", lang=lang)
        said = " ".join(text.get_text() for text in figure.findobj(Text))
        with in_language(lang):
            assert all(
                figures.share(value) in said and figures.share(value) in fan_alt(runs, lang) for value in ends
            )
    with pytest.raises(EstateError, match="at least 2"):
        fan(runs[:1], "title")


def test_run_tells_the_draw_first_and_its_place_after_everything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for lang, title, place in (
        ("en", "one draw, seed 3", "Seed 3 among 2"),
        ("zh", "一次抽样，种子3", "2次抽样"),
    ):
        options = [
            "--seed",
            "3",
            "--months",
            "3",
            "--among",
            "2",
            "--no-charts",
            "--lang",
            lang,
            "--out",
            lang,
        ]
        told = CliRunner().invoke(app, ["run", "small_city", *options, *QUICK], env={"COLUMNS": "300"})
        assert told.exit_code == 0, told.output
        assert title in told.output.splitlines()[0]
        assert told.output.index(place) > told.output.index("estate explain")
        assert (tmp_path / lang / "manifest.json").is_file()
    life = CliRunner().invoke(app, ["explain", "en", "--estate", "1", "--lang", "en"])
    assert life.exit_code == 0 and "one draw, seed 3" in life.output.splitlines()[0]
