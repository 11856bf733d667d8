"""The next table of a city: estates keep their numbers, what changed is listed, the old table is kept whole,
and what was forecast of the year is held against what the table reports."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import sim
from sim.city.reading import read_table
from sim.city.scoring import score_forecast
from sim.city.updating import update_city
from sim.city.versions import versions_of
from sim.city.writing import write_city
from sim.cli.app import app
from sim.errors import EstateError
from sim.results.folder import read_manifest
from sim.scenario import load
from sim.scenario.estate_rows import read_rows
from sim.text import in_language, languages

HEAD = "小区编码,小区名称,区,物业公司,户数,物业费(元/㎡·月),2022年收缴率(%)"
FIRST = (
    "A1,听雨轩,霁明区,甲物业有限公司,61,1.6,82.5",
    "A2,石臼新村,霁明区,甲物业有限公司,48,1.2,64",
    "A3,澄波苑,霁明区,丙物业有限公司,75,0.9,41.5",
    "A4,丁苑,霁明区,丙物业有限公司,75,1.0,71.5",
)
NEXT_HEAD = f"{HEAD},2023年收缴率(%)"
NEXT = (
    "A9,己苑,霁明区,丁物业有限公司,90,1.3,,77",
    "A3,澄波苑,霁明区,丁物业有限公司,75,0.9,40.5,43",
    "A1,听雨轩,霁明区,甲物业有限公司,61,1.8,82.5,80",
    "A4,丁苑,霁明区,丙物业有限公司,75,,71.5,70",
)


def table(path: str, *lines: str) -> Path:
    Path(path).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return Path(path)


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def files_of(folder: Path) -> dict[str, bytes]:
    return {f"{path.relative_to(folder)}": path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A city of its first table and a run of it, in a working folder."""
    folder = tmp_path_factory.mktemp("office")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        write_city(read_table(table("a.csv", HEAD, *FIRST)), "mycity")
        sim.run("mycity", months=12).save("run1")
    yield folder


@pytest.fixture(autouse=True)
def working_folder(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    table("b.csv", NEXT_HEAD, *NEXT)


def changes() -> set[tuple[str, ...]]:
    names = ("id", "change", "column", "before", "after")
    return {tuple(row[name] for name in names) for row in rows_of(Path("mycity/changes.csv"))}


def test_estates_keep_their_numbers_and_what_changed_is_listed() -> None:
    updated = update_city("mycity", "b.csv")
    numbers = {row["id"]: row["number"] for row in rows_of(Path("mycity/key.csv"))}
    assert numbers == {"A1": "1", "A2": "2", "A3": "3", "A4": "4", "A9": "5"}
    assert changes() == {
        ("A1", "changed", "fee", "1.6", "1.8"),
        ("A2", "gone", "", "", ""),
        ("A3", "changed", "company", "丙物业有限公司", "丁物业有限公司"),
        ("A3", "revised", "collection_2022", "0.415", "0.405"),
        ("A4", "blanked", "fee", "1", ""),
        ("A9", "new", "", "", ""),
    }
    assert updated.counts() == {"new": 1, "gone": 1, "changed": 2, "blanked": 1, "revised": 1}
    listed = load("mycity").estates
    assert listed is not None and listed.rows.numbers.tolist() == [1, 3, 4, 5]
    assert load("mycity").city.start_year == 2024
    table("c.csv", NEXT_HEAD, *NEXT, "A2,石臼新村,霁明区,甲物业有限公司,48,1.2,64,66")
    update_city("mycity", "c.csv")
    assert changes() == {("A2", "back", "", "", "")}
    assert {row["id"]: row["number"] for row in rows_of(Path("mycity/key.csv"))} == numbers


def test_the_old_table_is_kept_whole_and_is_a_city_that_commands_take() -> None:
    scenario = Path("mycity/scenario.toml")
    scenario.write_text(scenario.read_text(encoding="utf-8") + "# mine\n", encoding="utf-8")
    before, old = files_of(Path("mycity")), load("mycity")
    updated = update_city("./mycity/", "b.csv")
    assert updated.made.kept and updated.made.begins == 2024
    assert files_of(Path("mycity/versions/1")) == before
    assert sim.Scenario.model_dump(load("mycity/versions/1")) == old.model_dump()
    update_city("mycity", table("c.csv", NEXT_HEAD, *NEXT[1:]))
    assert [path.name for path in versions_of(Path("mycity"))] == ["1", "2"]
    assert read_manifest(Path("mycity"))["version"] == 3


@pytest.mark.parametrize(
    "lines, word",
    [
        ((HEAD, *FIRST), "a.csv"),  # the table that it has
        (("街道,小区个数", "甲街道,20", "乙街道,30"), "b.csv"),
        ((NEXT_HEAD, "B1,远苑,霁明区,丁物业有限公司,90,1.3,,77"), "b.csv"),  # another city
        ((NEXT_HEAD.replace("户数", "层数"), *NEXT), "b.csv"),
    ],
)
def test_a_table_that_does_not_go_with_the_city_changes_nothing(lines: tuple[str, ...], word: str) -> None:
    before = files_of(Path("mycity"))
    table(word, *lines)
    with pytest.raises(EstateError) as caught:
        update_city("mycity", word)
    for lang in languages():
        with in_language(lang):
            assert word in str(caught.value)
    assert files_of(Path("mycity")) == before


def test_nothing_changes_where_the_new_table_cannot_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    before = files_of(Path("mycity"))

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sim.results.folder.put_all", full)
    with pytest.raises(EstateError):
        update_city("mycity", "b.csv")
    assert files_of(Path("mycity")) == before


def test_without_ids_an_estate_is_the_same_by_name_and_place_and_another_id_is_another_estate() -> None:
    update_city("mycity", table("b.csv", NEXT_HEAD, *(f",{line.split(',', 1)[1]}" for line in NEXT)))
    numbers = {
        row["name"]: row["number"] for row in rows_of(Path("mycity/key.csv")) if row["name"] != "石臼新村"
    }
    assert numbers == {"听雨轩": "1", "澄波苑": "3", "丁苑": "4", "己苑": "5"}
    renumbered = NEXT[2].replace("A1", "Z1")
    updated = update_city("mycity", table("c.csv", NEXT_HEAD, renumbered, *NEXT[:2]))
    assert not [one for one in updated.made.notes if one.code == "other_id"], "the key has no ids now"
    again = update_city("mycity", table("d.csv", NEXT_HEAD, NEXT[2], *NEXT[:2]))
    assert [one.found for one in again.made.notes if one.code == "other_id"] == ["A1"]
    assert ("A1", "new", "", "", "") in changes()


def test_what_the_mapping_said_of_words_and_headings_holds_for_the_next_table() -> None:
    mapping = Path("mycity/mapping.toml")
    text = mapping.read_text(encoding="utf-8")
    mapping.write_text(f'{text}\n[companies]\n"丁物业有限公司" = "soe"\n', encoding="utf-8")
    update_city("mycity", "b.csv")
    modes = {row["number"]: row["mode"] for row in rows_of(Path("mycity/estates.csv"))}
    assert modes == {"1": "market", "3": "soe", "4": "market", "5": "soe"}


# the forecast


def test_a_run_of_the_city_as_it_was_is_scored_against_persistence() -> None:
    updated = update_city("mycity", "b.csv")
    score = updated.score
    assert score is not None and score.numbers.tolist() == [1, 3, 4]
    assert score.reported.tolist() == [0.8, 0.43, 0.7]
    assert score.persistence.tolist() == [0.825, 0.415, 0.715]
    run = sim.load_run("run1")
    last = run.estates[run.estates["month"] == 12].set_index("estate")["collection_billing"]
    places = run.estate_table.set_index("number")["estate"]
    assert score.forecast == pytest.approx([last[places[number]] for number in (1, 3, 4)])
    weights = np.array([61, 75, 75])
    assert score.of_city("reported") == pytest.approx((weights @ [0.8, 0.43, 0.7]) / weights.sum())
    assert score.persistence_error == pytest.approx((0.025 + 0.015 + 0.015) / 3)
    assert score.verdict == "unclear", "three estates tell nothing"
    rows = rows_of(Path("mycity/forecast_score.csv"))
    assert [row["number"] for row in rows] == ["1", "3", "4"]


def test_what_is_no_forecast_of_that_year_is_said_and_not_scored() -> None:
    Path("run1").rename("elsewhere")
    Path("elsewhere/manifest.json").rename("elsewhere/manifest")
    updated = update_city("mycity", "b.csv")
    assert updated.score is None and not Path("mycity/forecast_score.csv").exists()
    for lang, word in (("en", "--forecast"), ("zh", "没有可评估的预测")):
        with in_language(lang):
            assert word in str(updated.unscored)
    later = tuple(f"{line},90" for line in NEXT)
    Path("elsewhere/manifest").rename("elsewhere/manifest.json")
    other = update_city("mycity", table("c.csv", f"{NEXT_HEAD},2024年收缴率(%)", *later))
    assert other.score is None, "a run of the first table is no forecast of the second"
    with pytest.raises(EstateError, match="elsewhere|estates"):
        update_city("mycity", table("d.csv", NEXT_HEAD, *NEXT[1:]), forecasts=[Path("elsewhere")])


def test_a_forecast_that_knew_beats_persistence_and_one_that_is_far_off_does_not() -> None:
    class Told:
        """A run that says what it is told of each estate."""

        months, seed = 12, 7

        def __init__(self, shares: np.ndarray) -> None:
            import pandas as pd
            import pyarrow as pa

            places = np.arange(shares.size)
            self.estate_table = pd.DataFrame({"estate": places, "number": places + 1})
            self._table = pa.table(
                {"month": np.full(shares.size, 12), "estate": places, "collection_billing": shares}
            )

        def table(self, _: str) -> object:
            return self._table

    wave = 0.5 + 0.3 * np.sin(np.arange(1, 41))
    now = wave + 0.05 * np.cos(3.0 * np.arange(1, 41))
    before = read_rows(
        "number,households,collection\n" + "".join(f"{n},50,{x:.6f}\n" for n, x in enumerate(wave, 1))
    )
    after = read_rows(
        "number,households,collection_2023\n" + "".join(f"{n},50,{x:.6f}\n" for n, x in enumerate(now, 1))
    )
    verdicts = []
    for shares in (now + 0.001, wave - 0.3):
        score, _ = score_forecast(before, 2022, after, 2023, [("told", Told(shares))])  # type: ignore[list-item]
        assert score is not None and score.gain.exists
        verdicts.append(score.verdict)
    assert verdicts == ["better", "worse"]
    assert score_forecast(before, None, after, 2023, [])[0] is None
    assert score_forecast(before, 2023, after, 2023, [])[0] is None


# the command


@pytest.mark.parametrize("lang, words", [("en", ("gone", "persistence")), ("zh", ("消失", "维持不变"))])
def test_the_command_says_what_changed_and_how_the_forecast_did(
    lang: str, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    reported: list[Path] = []
    monkeypatch.setattr("sim.cli.city._write_report", reported.append)  # which has tests of its own
    told = CliRunner().invoke(app, ["city", "update", "mycity", "b.csv", "--lang", lang])
    assert told.exit_code == 0, told.output
    for word in (*words, "A3 澄波苑", "run1", "versions/1"):
        assert word in told.output
    assert reported == [Path("mycity")]
    wrong = CliRunner().invoke(app, ["city", "update", "nowhere", "b.csv", "--lang", lang])
    assert wrong.exit_code == 2 and "nowhere" in wrong.output


def test_a_scenario_beside_a_city_extends_it_by_its_name() -> None:
    table("plan.toml", 'extends = "mycity"', 'name = "plan"', "format = 2", "months = 24")
    assert load("plan.toml").city.estates == 4 and load("plan.toml").months == 24


def test_a_city_stands_in_the_list_and_may_be_played_in_the_workshop(monkeypatch: pytest.MonkeyPatch) -> None:
    from sim.app.core.affordable import DEFAULT_LIMITS, offered

    for module in ("sim.cli.describe", "sim.app.core.affordable"):
        monkeypatch.setattr(f"{module}.list_scenarios", lambda: ["small_city"])
    told = CliRunner().invoke(app, ["list", "--lang", "en"])
    assert told.exit_code == 0 and "mycity" in told.output
    assert "run1" not in told.output
    assert list(offered.__wrapped__(DEFAULT_LIMITS)) == ["small_city", "mycity"]
