"""A figure backs one number: where a variant or `--set` changes the number, its source does not
stand beside the new one."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.cli.describe import show_scenario
from sim.errors import ScenarioError
from sim.model.parameters import PARAMETERS
from sim.outputs.report.common import assumptions
from sim.results.provenance import standing
from sim.scenario import Scenario, list_scenarios, load, to_data, with_overrides
from sim.scenario.overrides import with_programmes
from sim.scenario.sources import names_something
from sim.studies.comparison.arms import prepare
from sim.text import in_language

CASE = Path(__file__).resolve().parents[1] / "cases" / "mycity_stale_provenance.toml"
SIZE = "types.commodity.households_mean"
UNSTATED = {"en": "set by this scenario, no source given", "zh": "本情景自行设定，未注明来源"}


def variant(folder: Path, text: str) -> Scenario:
    """A variant of the ordinary city."""
    file = folder / "mine.toml"
    file.write_text('extends = "vicious_cycle"\n' + text, encoding="utf-8")
    return load(file)


def told(scenario: Scenario, key: str) -> tuple[object, str, str, str]:
    """What a scenario says of one figure: value, source, status and note in English."""
    (found,) = [figure for figure in scenario.figures if figure.key == key]
    return found.value, found.evidence, found.status, found.note.in_language("en")


def test_a_changed_number_loses_its_source_and_says_so() -> None:
    assert told(load("vicious_cycle"), SIZE)[:2] == (480, "P004")
    assert told(load(CASE), SIZE) == (545, "", "assumed", UNSTATED["en"])


def test_a_number_that_stays_keeps_its_source() -> None:
    key = "types.commodity.area_mean"
    assert told(load(CASE), key) == told(load("vicious_cycle"), key)


def test_a_derived_number_loses_its_source_with_what_it_was_derived_from(tmp_path: Path) -> None:
    key = "companies.private"
    assert told(load("vicious_cycle"), key)[:3] == (36, "S030", "derived")
    value, source, status, note = told(variant(tmp_path, "city.estates = 60"), key)
    assert (value, source, status) == (36, "", "assumed") and "derived from is another value" in note
    assert told(variant(tmp_path, "months = 12"), key)[1] == "S030"
    assert told(variant(tmp_path, "city.estates = 60\ncompanies.private = 8"), key) == (
        8,
        "",
        "assumed",
        UNSTATED["en"],
    )


def test_the_same_number_written_again_keeps_its_source(tmp_path: Path) -> None:
    assert told(variant(tmp_path, f"{SIZE} = 480"), SIZE)[:2] == (480, "P004")


def test_a_figure_of_the_users_own_stands(tmp_path: Path) -> None:
    own = (
        f'{SIZE} = 545\n[[add_figures]]\nkey = "{SIZE}"\nvalue = 545\n'
        'evidence = "P005"\nstatus = "reported"\nnote = { zh = "统计" }'
    )
    assert told(variant(tmp_path, own), SIZE) == (545, "P005", "reported", "统计")


def test_a_figure_that_states_another_number_than_the_scenario_is_refused(tmp_path: Path) -> None:
    own = f'[[add_figures]]\nkey = "{SIZE}"\nvalue = {{}}\nstatus = "assumed"\nnote.en = "counted"'
    with pytest.raises(ScenarioError) as refused:
        variant(tmp_path, f"{SIZE} = 545\n" + own.format(480))
    (problem,) = refused.value.problems
    assert str(problem.file).endswith("mine.toml") and SIZE in str(problem)
    assert "480, where this scenario has 545" in str(problem)
    assert told(variant(tmp_path, f"{SIZE} = 545\n" + own.format(545)), SIZE)[0] == 545
    assert told(variant(tmp_path, own.format(3).replace(SIZE, "types.*.modes")), "types.*.modes")[0] == 3


@pytest.mark.parametrize("key", ["payment.base", "parameters.payment.base"])
def test_a_figure_of_a_parameter_states_its_value_however_it_is_named(tmp_path: Path, key: str) -> None:
    own = f'[[add_figures]]\nkey = "{key}"\nvalue = {{}}\nstatus = "assumed"\nnote.en = "guessed"\n'
    default = PARAMETERS["payment.base"].default
    for change, stands in (("[parameters.payment]\nbase = 1.5\n", 1.5), ("", default)):
        with pytest.raises(ScenarioError, match=f"9, where this scenario has {stands:g}"):
            variant(tmp_path, own.format(9) + change)
        assert told(variant(tmp_path, own.format(stands) + change), key)[0] == stands


@pytest.mark.parametrize("key", ["payment.base", "parameters.payment.base"])
def test_a_changed_parameter_is_told_with_its_new_value_however_its_figure_names_it(
    tmp_path: Path, key: str
) -> None:
    figure = f'[[add_figures]]\nkey = "{key}"\nvalue = 1.5\nstatus = "assumed"\nnote.en = "guessed"\n'
    mine = variant(tmp_path, figure + "[parameters.payment]\nbase = 1.5\n")
    changed = with_overrides(mine, {"parameters.payment.base": 1.25})
    assert told(changed, key) == (1.25, "", "assumed", UNSTATED["en"])


def test_a_second_variant_keeps_what_the_first_stated_and_loses_it_where_it_differs(tmp_path: Path) -> None:
    variant(
        tmp_path,
        f'{SIZE} = 545\n[[add_figures]]\nkey = "{SIZE}"\nvalue = 545\nevidence = "P005"\nstatus = "reported"\nnote.zh = "统计"',
    )
    (tmp_path / "same.toml").write_text('extends = "mine"\nmonths = 24', encoding="utf-8")
    (tmp_path / "other.toml").write_text(f'extends = "mine"\n{SIZE} = 600', encoding="utf-8")
    assert told(load(tmp_path / "same.toml"), SIZE)[:2] == (545, "P005")
    assert told(load(tmp_path / "other.toml"), SIZE)[:3] == (600, "", "assumed")


def test_a_pattern_over_the_types_falls_with_any_of_them(tmp_path: Path) -> None:
    changed = variant(tmp_path, "types.commodity.modes = { market = 1.0 }")
    assert told(changed, "types.*.modes") == ("–", "", "assumed", UNSTATED["en"])
    assert told(variant(tmp_path, "months = 12"), "types.*.modes")[3] != UNSTATED["en"]


def test_what_is_set_on_the_command_line_has_no_source() -> None:
    changed = with_overrides(load("vicious_cycle"), {SIZE: 545})
    assert told(changed, SIZE) == (545, "", "assumed", UNSTATED["en"])
    assert (
        with_overrides(load("vicious_cycle"), {SIZE: 480, "months": 12}).figures
        == load("vicious_cycle").figures
    )


def test_figures_of_a_programme_go_with_it() -> None:
    full, bare = load("pingdingshan"), with_programmes("pingdingshan", keep=False)
    gone = {figure.key for figure in full.figures} - {figure.key for figure in bare.figures}
    assert "interventions.award_xinhua" in gone and all(key.startswith("interventions.") for key in gone)
    added = with_programmes(full, {"kind": "committee_drive", "start": 13})
    assert added.figures == full.figures


def test_standing_counts_a_changed_parameter_as_assumed() -> None:
    key = "parameters.payment.base"
    figure = {"key": key, "value": 0.5, "evidence": "P005", "status": "reported", "note": {"en": "a survey"}}
    data = with_overrides(load("vicious_cycle"), {key: 0.5}).model_dump(mode="json")
    sourced = Scenario.model_validate(data | {"figures": [figure]})
    before, after = standing(sourced), standing(with_overrides(sourced, {key: 0.6}))
    assert before["parameters"]["measured"] == after["parameters"]["measured"] + 1
    assert (before["figures"]["reported"], after["figures"]["reported"]) == (1, 0)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_describe_shows_no_old_source_title_or_city(lang: str, capsys: pytest.CaptureFixture[str]) -> None:
    with in_language(lang):
        show_scenario(str(CASE))
    lines = capsys.readouterr().out
    assert lines.startswith("我市：420个小区，不采取措施\n")
    assert "300" not in lines.split("\n\n")[0]  # the description of the base tells of its 300 estates
    assert "Example City" not in lines and "示例市" not in lines
    assert "P004 Gejiu" not in "\n".join(
        line for line in lines.splitlines() if line.startswith("types.commodity.househol")
    )


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_report_shows_no_old_source_for_figures_and_parameters(lang: str) -> None:
    changed = with_overrides(load(CASE), {"parameters.payment.base": 0.5})
    with in_language(lang):
        rows = {row[0]: row for table in assumptions([changed]) for row in table.rows}
    assert rows[SIZE][1].startswith("545") and rows[SIZE][-1] == UNSTATED[lang]
    assert UNSTATED[lang] in rows["payment.base"]


@pytest.mark.parametrize("key", ["title", "description"])
def test_a_text_set_in_one_language_serves_every_language(key: str) -> None:
    changed = with_overrides(load("vicious_cycle"), {f"{key}.zh": "我市"})
    assert getattr(changed, key).in_language("en") == "我市"


def test_a_variant_without_words_is_told_as_a_variant(tmp_path: Path) -> None:
    base, mine = load("vicious_cycle"), variant(tmp_path, "city.estates = 20")
    for lang in ("zh", "en"):
        title = base.title.in_language(lang)
        assert title in mine.title.in_language(lang) and "mine" in mine.title.in_language(lang)
        assert title in mine.description.in_language(lang)
        assert mine.description.in_language(lang) != base.description.in_language(lang)
    assert variant(tmp_path, 'name = "renamed"').title == base.title


def keys_of(scenario: Scenario) -> set[str]:
    return {figure.key for figure in scenario.figures}


def of_gaotang(folder: Path, text: str) -> Scenario:
    """A variant of a county whose figures have keys in free text too."""
    file = folder / "county.toml"
    file.write_text(f'extends = "gaotang"\n{text}', encoding="utf-8")
    return load(file)


COMPANIES = "all companies"  # 30: 26 private and 4 state-owned
OUTCOME = "reported outcome, month 24: estates with a committee"


def test_the_example_of_the_issue_has_no_source_of_gejiu_anywhere(capsys: pytest.CaptureFixture[str]) -> None:
    for lang in ("en", "zh"):
        with in_language(lang):
            show_scenario(str(CASE))
        (line,) = (line for line in capsys.readouterr().out.splitlines() if line.startswith(SIZE[:20]))
        assert "545" in line and "480" not in line and "P004" not in line
    rows = [row for table in assumptions([load(CASE)]) for row in table.rows if SIZE in row]
    assert rows and not any("P004" in cell or "Gejiu" in cell for row in rows for cell in row)


def test_a_free_figure_goes_where_a_value_that_it_is_about_changes(tmp_path: Path) -> None:
    assert COMPANIES in keys_of(load("gaotang"))
    assert COMPANIES not in keys_of(of_gaotang(tmp_path, "companies.private = 20"))
    assert COMPANIES in keys_of(of_gaotang(tmp_path, "companies.margin_mean = 0.04"))
    assert COMPANIES not in keys_of(with_overrides(load("gaotang"), {"companies.state_owned": 5}))


def test_what_was_reported_of_a_city_is_not_told_of_another(tmp_path: Path) -> None:
    other = of_gaotang(tmp_path, "types.commodity.vacancy = 0.3")
    assert OUTCOME not in keys_of(other)
    # another policy in the same city, another draw of it and a longer run are still that city
    assert OUTCOME in keys_of(with_programmes("gaotang", keep=False))
    assert keys_of(load("gaotang")) == keys_of(of_gaotang(tmp_path, "seed = 7\nmonths = 36"))


def test_a_free_figure_that_says_not_what_it_is_about_goes_with_any_change(tmp_path: Path) -> None:
    label = "estates with lifts"
    text = f'[[add_figures]]\nkey = "{label}"\nvalue = 12\nstatus = "assumed"\nnote.en = "counted"'
    of_gaotang(tmp_path, text)
    for change, stays in (("seed = 3", True), ("months = 12", True), ("government.city_budget = 1", False)):
        (tmp_path / "next.toml").write_text(f'extends = "county"\n{change}', encoding="utf-8")
        assert (label in keys_of(load(tmp_path / "next.toml"))) == stays


def test_a_key_into_a_table_goes_with_that_table_only(tmp_path: Path) -> None:
    start = "interventions.start"  # of all programmes: no key of its own
    assert start in keys_of(load("fallback_only"))
    for change, stays in (("interventions.soe_fallback.start", False), ("city.start_year", True)):
        changed = with_overrides(load("fallback_only"), {change: 20 if not stays else 2020})
        assert (start in keys_of(changed)) == stays


@pytest.mark.parametrize(
    "key, about, said",
    [
        ("pilots", "types.*.mode_count", "allowed: keys of this scenario"),
        ("city.estates", "city.districts", "'about' beside the key city.estates"),
    ],
)
def test_what_a_figure_is_about_must_be_there_and_be_needed(
    tmp_path: Path, key: str, about: str, said: str
) -> None:
    figure = (
        f'[[add_figures]]\nkey = "{key}"\nvalue = 3\nstatus = "assumed"\nnote.en = "."\nabout = ["{about}"]'
    )
    with pytest.raises(ScenarioError) as found:
        variant(tmp_path, figure)
    assert said in str(found.value) and "mine.toml" in str(found.value) and "about" in str(found.value)


def test_every_shipped_figure_in_free_text_says_what_it_is_about() -> None:
    for name in list_scenarios():
        scenario = load(name)
        data = to_data(scenario)
        for figure in scenario.figures:
            free = not names_something(figure.key, data)
            assert not free or figure.about or figure.key.split(".")[0] in data, (name, figure.key)


def test_a_file_with_figures_of_its_own_says_how_many_of_its_base_it_leaves_behind(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inherited = {figure.key for figure in load("vicious_cycle").figures}
    own = (
        '[[{}]]\nkey = "months"\nvalue = 120\nunit = "months"\nstatus = "assumed"\nnote = {{ en = "ours" }}\n'
    )
    said = f"{len(inherited - {'months'})} inherited figures"
    for text, told_of in ((own.format("figures"), True), (own.format("add_figures"), False)):
        variant(tmp_path, text)
        (tmp_path / "next.toml").write_text('extends = "mine.toml"\n', encoding="utf-8")
        for name in ("mine.toml", "next.toml"):  # what extends such a file lacks them too
            show_scenario(str(tmp_path / name))
            shown = " ".join(capsys.readouterr().out.split())
            assert (said in shown and "add_figures" in shown) == told_of
            # the file that is to be mended, not the one that was asked for
            assert ("mine.tomlstates[[figures]]" in shown.replace(" ", "")) == told_of
    (tmp_path / "mine.toml").write_text('extends = "small_city"\nmonths = 24\n', encoding="utf-8")
    show_scenario(str(tmp_path / "mine.toml"))
    assert "states [[figures]]" not in capsys.readouterr().out, "what is shipped is nobody's to mend"


@pytest.mark.parametrize("name", list_scenarios())
def test_a_shipped_scenario_asks_nobody_to_add_figures(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    for lang in ("en", "zh"):
        with in_language(lang):
            show_scenario(name)
        shown = " ".join(capsys.readouterr().out.split())
        assert shown and "add_figures" not in shown


def test_every_arm_of_a_comparison_says_what_was_changed_in_it() -> None:
    arms = prepare(["vicious_cycle", "subsidy_only"], None, {"city.estates": 40})
    assert all(arm.title.in_language("en").endswith("changed: city.estates = 40") for arm in arms.values())
