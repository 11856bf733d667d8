"""What the pages say of draws that are kept is what their commands do: the files of the folder, and
that they are read again."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

import sim
from sim.cli.app import app

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "studies.md").read_text(encoding="utf-8")
LITTLE = ["--set", "city.estates=10", "--set", "city.households=800", "--months", "12", "--no-charts"]


def ran(command: list[str]) -> str:
    done = CliRunner().invoke(app, [*command, "--lang", "en"], env={"COLUMNS": "200"})
    assert done.exit_code == 0, done.output
    return done.output


@pytest.mark.usefixtures("words_only")
@pytest.mark.usefixtures("words_only")
def test_the_command_of_the_page_keeps_the_draws_beside_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, report = (
        next(line for line in PAGE.splitlines() if line.strip().startswith(begun)).split("#")[0].split()[1:]
        for begun in ("estate run small_city --seed 3 --among", "estate report results/mine")
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ESTATE_STORE", str(tmp_path / "store"))
    run[run.index("20")] = "4"
    assert "Seed 3 among 4 draws" in ran([*run, *LITTLE])
    folder = Path("results/mine")
    for name in ("draws.parquet", "draws_by_month.parquet"):
        assert f"`{name}`" in PAGE and (folder / name).is_file()
    assert len(pd.read_parquet(folder / "draws.parquet")) == 4
    ran([*report, "--out", "page.html"])
    assert "among 4 draws" in Path("page.html").read_text(encoding="utf-8")


def test_draws_alone_are_saved_as_the_page_says_and_read_again(tmp_path: Path) -> None:
    assert 'sim.repeat("small_city", 20).save("results/draws")' in PAGE and "kind `draws`" in PAGE
    less = {"city.estates": 10, "city.households": 800}
    draws = sim.repeat(
        "small_city", 3, months=12, overrides=less, engine=sim.InProcess(), store=tmp_path / "store"
    )
    read = sim.load_result(draws.save(tmp_path / "draws"))
    assert read.kind.id == "draws" and read.sentences("zh") == draws.sentences("zh")


@pytest.mark.parametrize("page", ["README.md", "docs/index.md", "docs/zh/index.md"])
def test_the_first_pages_say_that_draws_are_kept(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    told = [
        part
        for part in text.split("\n\n")
        if "--among 20" in part and "studies.md#reading-results-again" in part
    ]
    assert told, page
