"""Files of studies and ensembles are read whole: what is wrong anywhere in them is said
before the first run, all at once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from experiments_worlds import CASES, never
from tiny_study import TEXTS, TINY, write

from sim.errors import ScenarioError, StudyError
from sim.experiments.ensemble import load_ensemble
from sim.experiments.plan import plan_study
from sim.experiments.study_file import check_study, load_study, load_trap_study
from sim.results.engines import InProcess
from sim.scenario import load, with_overrides
from sim.studies.study.study import study
from sim.studies.tipping.tipping import TippingStudy
from sim.text import in_language


def keys_of(error: ScenarioError) -> list[str]:
    return [str(problem.key) for problem in error.problems]


def test_companies_that_cannot_run_the_estates_of_the_start_are_refused_when_a_scenario_is_read() -> None:
    with pytest.raises(ScenarioError) as caught:
        load(CASES / "cap.toml")
    (problem,) = caught.value.problems
    assert problem.key == "companies.private" and Path(problem.file).name == "cap.toml"
    assert str(problem.found) == "2 companies for 59 estates that they run at the start"
    assert "at least 59 (it is 30)" in str(problem.allowed)


def test_the_companies_of_the_start_are_counted_by_kind_and_to_the_estate() -> None:
    city = load("small_city")
    run = {
        mode: sum(
            kind.estates_by_mode(number).get(mode, 0)
            for number, kind in zip(city.estates_by_type().values(), city.types.values(), strict=True)
        )
        for mode in ("market", "soe")
    }
    assert run["market"] and run["soe"]
    enough = {"companies.private": run["market"], "companies.capacity_estates": 1}
    assert with_overrides(city, enough).companies.capacity_estates == 1
    for changes, key in (
        (enough | {"companies.private": run["market"] - 1}, "companies.private"),
        ({"companies.state_owned": 0}, "companies.state_owned"),
    ):
        with pytest.raises(ScenarioError) as caught:
            with_overrides(city, changes)
        assert keys_of(caught.value) == [key]


def test_an_impossible_level_of_a_study_is_refused_before_any_run(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError) as caught:
        study(CASES / "study_capacity.toml", engine=InProcess(never), store=tmp_path, progress=False)
    (problem,) = caught.value.problems
    assert problem.key == "factors.0 (companies.private)" and "59 estates" in str(problem.found)
    assert not any(tmp_path.iterdir()), "nothing half-written"


def test_an_impossible_combination_is_refused_although_each_level_is_possible(tmp_path: Path) -> None:
    text = TINY.replace(
        '"types.commodity.start_collection"\nlow = 0.4\nhigh = 0.9', '"city.estates"\nlevels = [10, 60]'
    )
    text = text.replace('"companies.state_owned"\nlevels = [1, 2]', '"companies.private"\nlevels = [1, 9]')
    text = text.replace('"city.households" = 800', '"city.households" = 3000').replace(
        'private" = 3', 'private" = 5'
    )
    with pytest.raises(ScenarioError) as caught:
        plan_study(write(tmp_path, text))
    assert keys_of(caught.value) == ["point 2 (city.estates=60, companies.private=1): companies.private"]


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        (r"levels = .*", "levels = []", "factors.1.levels"),
        (r"levels = .*", "levels = [1, 2, 1.0]", "factors.1.levels"),
        (
            '"companies.state_owned"',
            '"parameters.payment.base"\nlow=0\nhigh=1\n[[factors]]\nkey="payment.base"',
            "factors",
        ),
        (r"outcomes = .*", 'outcomes = ["cycle_share", "cycle_share"]', "outcomes"),
        (r"outcomes = .*", "outcomes = []", "outcomes"),
    ],
)
def test_what_says_nothing_or_the_same_twice_is_refused(tmp_path: Path, old: str, new: str, key: str) -> None:
    text, number = re.subn(old, new, TINY)
    assert number == 1
    with pytest.raises(ScenarioError) as caught:
        load_study(write(tmp_path, text))
    assert keys_of(caught.value) == [key]


def test_an_empty_list_of_levels_is_no_plausible_range() -> None:
    with pytest.raises(ScenarioError, match=r"factors\.0\.levels: found an empty list"):
        load_study(CASES / "study_levels_empty.toml")


def test_a_study_is_read_back_from_its_plain_data(tmp_path: Path) -> None:
    made = load_study(write(tmp_path, TINY))[0]
    assert check_study(made.model_dump(mode="json"), "saved") == made


def test_an_empty_list_may_be_put_into_a_scenario(tmp_path: Path) -> None:
    change = '[changes]\n"interventions.operating_subsidy.targets.stages" = []\n'
    text = 'command = "tipping"\nbase = "subsidy_only"\n' + TEXTS + change
    found = load_trap_study(write(tmp_path, text), TippingStudy).scenario()
    assert found.interventions[0].targets.stages == () != load("subsidy_only").interventions[0].targets.stages


def test_a_value_of_the_wrong_form_is_one_problem_and_not_one_for_each_form_allowed(tmp_path: Path) -> None:
    for value in ("[]", "[1, 2]", "{ a = 1 }"):
        with pytest.raises(ScenarioError) as caught:
            load_study(write(tmp_path, TINY.replace("months = 12", f"months = {value}")))
        assert keys_of(caught.value) == ["changes.months"]
        assert "a number, a text" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("payment.base,parameters.payment.base\n1,2\n", ["line 1: found a second column of payment.base"]),
        ("payment.base,payment.bse\n1,2\n", ["line 1: found 'payment.bse'"]),
        ("payment.base,\n1,2\n", ["line 1: found ''"]),
        (
            "payment.base\n1\n\n1,2\n9\n",
            ["line 4: found 2 values; allowed: 1 value", "line 5: payment.base: found '9'"],
        ),
        ('payment.base\n"1\n', ["line 2: found unexpected end"]),
        ("", ["found no member"]),
    ],
)
def test_an_ensemble_tells_everything_that_is_wrong_in_it(tmp_path: Path, text: str, said: list[str]) -> None:
    file = tmp_path / "mine.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(StudyError) as caught:
        load_ensemble(file)
    lines = str(caught.value).splitlines()
    assert len(lines) == len(said)
    assert all(line.startswith(f"{file}: {words}") for line, words in zip(lines, said, strict=True))


def test_an_ensemble_with_a_column_twice_is_refused_rather_than_half_used() -> None:
    with pytest.raises(StudyError, match="second column of payment.base"):
        load_ensemble(CASES / "ensemble_dup_column.csv")


def test_an_ensemble_may_carry_the_mark_and_line_ends_of_a_spreadsheet(tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_bytes("payment.base , parameters.payment.norm_weight\r\n0.5,1\r\n\r\n".encode("utf-8-sig"))
    assert load_ensemble(file).members == ({"payment.base": 0.5, "payment.norm_weight": 1.0},)


@pytest.mark.parametrize(
    ("language", "words"), [("en", ("GBK", "Save as", "UTF-8")), ("zh", ("GBK", "另存为", "UTF-8"))]
)
def test_a_file_in_another_encoding_is_refused_with_the_remedy(
    tmp_path: Path, language: str, words: tuple[str]
) -> None:
    ensemble, wide = tmp_path / "mine.csv", tmp_path / "wide.toml"
    ensemble.write_bytes("payment.base,说明\n1,甲乙\n".encode("gbk"))
    wide.write_bytes('name = "甲"\n'.encode("utf-16"))
    with in_language(language):
        for read, file in (
            (load, CASES / "gbk.toml"),
            (load_study, CASES / "gbk.toml"),
            (load_ensemble, ensemble),
        ):
            with pytest.raises((ScenarioError, StudyError)) as caught:
                read(file)
            assert all(word in str(caught.value) for word in (*words, file.name))
        with pytest.raises(ScenarioError, match="UTF-16"):
            load(wide)
