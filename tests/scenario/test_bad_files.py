"""One bad file per rule: each states in its comments, word for word, the problems
that loading it must report."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sim.errors import EstateError, ScenarioError
from sim.scenario import load
from sim.text import in_language, languages

BAD = Path(__file__).parent / "bad"
MARK = "# expect: "


def expected(file: Path) -> list[str]:
    lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    stated = [line.removeprefix(MARK) for line in lines if line.startswith(MARK)]
    # A text may be given in every language that has a catalog: the files do not say which these are.
    return [problem.replace("LANGUAGES", ", ".join(languages())) for problem in stated]


@pytest.mark.usefixtures("small_world")
@pytest.mark.parametrize("file", sorted(BAD.glob("*.toml")), ids=lambda file: file.stem)
def test_a_bad_file_is_refused_with_all_its_problems(file: Path) -> None:
    with pytest.raises(ScenarioError) as caught:
        load(file)
    problems = caught.value.problems
    assert [str(problem).removeprefix(f"{problem.file}: ") for problem in problems] == expected(file)
    # A circle is reported where it closes, which is the partner; everything else in the file itself.
    assert {Path(problem.file).parent for problem in problems} == {BAD}
    if "circle" not in file.stem:
        assert {Path(problem.file) for problem in problems} == {file}


@pytest.mark.usefixtures("small_world")
@pytest.mark.parametrize("file", sorted(BAD.glob("*.toml")), ids=lambda file: file.stem)
def test_in_chinese_every_problem_is_told_in_chinese(file: Path) -> None:
    with pytest.raises(ScenarioError) as caught:
        load(file)
    english = str(caught.value).splitlines()
    with in_language("zh"):
        chinese = str(caught.value).splitlines()
    assert len(chinese) == len(english)
    for line in chinese:
        told = line.replace(str(file.parent), "").split("：读到：")[1]
        found, allowed = told.split("；允许：")
        assert re.search("[\u4e00-\u9fff]", allowed) or re.fullmatch(r"'\w+'", allowed), line
        # What remains of Latin letters are names of keys, values and what Python's own parser says of TOML.
        assert "TOML" in allowed or not re.search(r"[a-z]+ [a-z]+", re.sub(r"'[^']*'", "", found)), line


def test_the_files_cover_every_field_of_the_message() -> None:
    assert all(expected(file) for file in BAD.glob("*.toml"))
    assert len(list(BAD.glob("*.toml"))) >= 60


@pytest.mark.usefixtures("small_world")
def test_a_problem_of_the_extended_file_is_reported_under_that_file(tmp_path: Path, base: Path) -> None:
    (tmp_path / "middle.toml").write_text(base.read_text(encoding="utf-8") + "colour = 3\n", encoding="utf-8")
    variant = tmp_path / "variant.toml"
    variant.write_text('extends = "middle"\nmonths = 0\n', encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load(variant)
    places = {(Path(problem.file).name, problem.key) for problem in caught.value.problems}
    assert places == {("middle.toml", "interventions.example_award.colour"), ("variant.toml", "months")}


FIGURE = 'key = "pilots"\nvalue = 3\nnote = {{ en = "of the city" }}\nstatus = "{status}"\n'
WRONG, RIGHT = FIGURE.format(status="reported"), FIGURE.format(status="assumed")  # reported by nobody


def told(folder: Path, **files: str) -> set[tuple[str, str]]:
    """(file, key) of every problem of the last of these files, each of which extends the
    one before and the first the base."""
    before = Path(__file__).parent / "base.toml"
    for name, text in files.items():
        file = folder / f"{name}.toml"
        file.write_text(f'extends = "{before}"\ninterventions = []\n{text}', encoding="utf-8")
        before = file
    with pytest.raises(ScenarioError) as caught:
        load(before)
    return {(Path(str(problem.file)).stem, str(problem.key)) for problem in caught.value.problems}


def test_a_wrong_figure_is_reported_under_the_file_that_states_it(tmp_path: Path) -> None:
    wrong, right = f"[[figures]]\n{WRONG}", f"[[figures]]\n{RIGHT}"
    assert told(tmp_path, city=right, mine=wrong) == {("mine", "figures.pilots.evidence")}
    assert told(tmp_path, city=wrong, mine="") == {("city", "figures.pilots.evidence")}
    assert told(tmp_path, city=wrong, mine=wrong) == {("mine", "figures.pilots.evidence")}
    added = f"[[add_figures]]\n{WRONG}"
    assert told(tmp_path, city=right, mine=added) == {("mine", "figures.pilots.evidence")}
    assert told(tmp_path, city=right, mine=added, yours="months = 12") == {
        ("mine", "figures.pilots.evidence")
    }


def test_a_figure_that_moved_is_still_of_the_file_that_states_it(tmp_path: Path) -> None:
    backed = RIGHT.replace("pilots", "types.old_town.vacancy")
    wrong = WRONG.replace("pilots", "city.estates").replace("3", "20")
    gone = 'without = ["types.old_town"]\ntypes.commodity.share = 1.0\n'
    city = f"[[figures]]\n{backed}[[figures]]\n{wrong}"
    assert told(tmp_path, city=city, mine=gone) == {("city", 'figures."city.estates".evidence')}


def test_what_a_variant_makes_wrong_is_to_be_mended_in_the_variant(tmp_path: Path) -> None:
    left_out = 'without = ["types.old_town"]'  # the shares that stay are in the base
    assert told(tmp_path, city=left_out) == {("city", "types")}
    assert told(tmp_path, city="", mine=left_out, yours="months = 12") == {("mine", "types")}


def test_a_missing_scenario_names_the_nearest_one() -> None:
    with pytest.raises(ScenarioError, match="did you mean 'vicious_cycle'"):
        load("vicious_cyle")
    with pytest.raises(EstateError, match=r"nowhere/at_all\.toml: found no such file"):
        load("nowhere/at_all.toml")


def test_a_folder_is_not_a_scenario(tmp_path: Path) -> None:
    (tmp_path / "folder.toml").mkdir()
    with pytest.raises(ScenarioError, match="a folder, not a file"):
        load(tmp_path / "folder.toml")


def test_nesting_beyond_the_stack_is_a_plain_error(tmp_path: Path) -> None:
    deep = tmp_path / "deep.toml"
    deep.write_text("a = " + "[" * 100_000, encoding="utf-8")
    with pytest.raises(ScenarioError, match="nested too deeply"):
        load(deep)
