"""Files of an earlier format go on: names of then are read under the names of today and said, what cannot be
read is refused in one sentence, and `estate migrate` rewrites a file without losing anything else in it."""

from __future__ import annotations

import hashlib
import itertools
import tomllib
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import sim
from sim import notices
from sim.cli.app import app
from sim.cli.schema import schema_of
from sim.errors import ScenarioError, StudyError
from sim.experiments.ensemble import load_ensemble
from sim.experiments.migration import migrated
from sim.experiments.study_file import load_study
from sim.mesa_city import City
from sim.model.parameters import PARAMETERS
from sim.results.outcomes import OUTCOMES
from sim.scenario import formats, list_scenarios, load_programmes
from sim.scenario.formats import CHANGES, FORMAT, Change, of_today
from sim.scenario.loading import read_toml
from sim.scenario.tables import MechanismSettings
from sim.scenario.writing import to_toml
from sim.studies.budget.menu import load_menu
from sim.text import in_language, message

ROOT = Path(sim.__file__).parents[1]
RULES = tuple(MechanismSettings.model_fields)
VARIANT = """\
# A variant of ours.

extends = "small_city"  # shipped
name = "mine"

[companies]
private = 30  # fewer
"""
STUDY = """\
name = "old"
base = "small_city"
outcomes = [
  "cycle_share",
  "collection_rate_last_year",  # the first
  'public_cost_state_owned',
]

[title]
en = "Old"

[question]
en = "How many?"

[design]
kind = "list"
points = [{ seed = 1 }]
"""


@pytest.fixture(autouse=True)
def nothing_told_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notices, "_told", set())


@pytest.fixture
def rules_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where two rules of the second version hold unless a scenario says otherwise."""
    monkeypatch.setattr(formats, "new_rules", lambda: RULES[:2])


def put(folder: Path, text: str, name: str = "mine.toml") -> Path:
    file = folder / name
    file.write_bytes(text.encode())
    return file


def migrate(*arguments: object) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["migrate", *map(str, arguments), "--lang", "en"])
    return done.exit_code, done.output


def test_a_scenario_without_a_format_says_once_which_rules_hold_in_it(tmp_path, rules_on, capsys) -> None:
    file = put(tmp_path, VARIANT)
    sim.load(file)
    said = capsys.readouterr().err
    assert str(file) in said and f"({', '.join(RULES[:2])})" in said, said
    assert "--keep-world" in said and "[mechanisms]" in said, "and how to switch them off"
    sim.load(file)
    assert not capsys.readouterr().err


def test_nothing_is_said_where_the_format_or_every_rule_is_named(tmp_path, rules_on, capsys) -> None:
    sim.load(put(tmp_path, f"format = {FORMAT}\n{VARIANT}"))
    named = "".join(f"{name} = false\n" for name in RULES[:2])
    sim.load(put(tmp_path, f"{VARIANT}\n[mechanisms]\n{named}", "named.toml"))
    assert not capsys.readouterr().err
    sim.load(put(tmp_path, f"{VARIANT}\n[mechanisms]\n{RULES[0]} = false\n", "half.toml"))
    assert f"({RULES[1]})" in capsys.readouterr().err, "of a rule that is not named it is"


def test_a_file_that_extends_one_of_the_first_format_is_warned_of_that_one(
    tmp_path, rules_on, capsys
) -> None:
    old = put(tmp_path, VARIANT, "old.toml")
    sim.load(put(tmp_path, f'format = {FORMAT}\nextends = "old.toml"\nname = "further"\n', "new.toml"))
    assert capsys.readouterr().err.count(str(old)) > 0
    assert "new.toml" not in capsys.readouterr().err


def test_shipped_files_state_the_format_of_today_and_are_read_without_a_word(rules_on, capsys) -> None:
    files = [ROOT / "scenarios" / f"{name}.toml" for name in list_scenarios()]
    files += sorted((ROOT / "scenarios" / "studies").glob("*.toml"))
    assert {read_toml(file).get("format") for file in files} == {FORMAT}
    sim.load("package")
    assert not capsys.readouterr().err


def test_what_a_scenario_is_written_as_has_the_format_of_today(tmp_path, rules_on, capsys) -> None:
    whole = sim.load("small_city")
    again = sim.load(put(tmp_path, to_toml(whole)))
    assert again == whole
    assert not capsys.readouterr().err


@pytest.mark.parametrize("stated", ["3", '"2"', "true", "0", "1.5"])
def test_a_format_that_this_version_does_not_know_is_refused_before_all_else(tmp_path, stated) -> None:
    text = f"format = {stated}\nanother = 1\n{VARIANT}"
    with pytest.raises(ScenarioError) as refused, in_language("en"):
        sim.load(put(tmp_path, text))
    (problem,) = refused.value.problems
    assert (problem.file, problem.key) == (str(tmp_path / "mine.toml"), "format")
    assert ("later version" in str(problem)) is (stated == "3")
    assert migrate(tmp_path / "mine.toml")[0] == 2
    assert (tmp_path / "mine.toml").read_text() == text


def test_studies_menus_and_ensembles_are_held_to_the_format_too(tmp_path) -> None:
    with pytest.raises(ScenarioError, match="format"):
        load_study(put(tmp_path, f"format = 9\n{STUDY}", "study.toml"))
    menu = '[[menu]]\nkind = "disclosure"\n'
    assert load_menu(put(tmp_path, f"format = {FORMAT}\n{menu}", "menu.toml")).menu
    with pytest.raises(ScenarioError, match="format"):
        load_menu(put(tmp_path, f"format = 9\n{menu}", "menu.toml"))
    columns = "payment.base\n1.0\n1.1\n"
    plain = load_ensemble(put(tmp_path, columns, "plain.csv"))
    stated = load_ensemble(put(tmp_path, f"# format = {FORMAT}\n{columns}", "stated.csv"))
    assert stated.digest == plain.digest
    with pytest.raises(StudyError, match="format"):
        load_ensemble(put(tmp_path, f"# format = 9\n{columns}", "stated.csv"))


def test_outcomes_of_version_0_1_are_read_under_their_names_of_today_and_said(tmp_path, capsys) -> None:
    study, _ = load_study(put(tmp_path, STUDY))
    assert study.outcomes == ("cycle_share", "collection_last_year", "state_owned_losses")
    said = capsys.readouterr().err
    for old, new in (("collection_rate_last_year", "collection_last_year"),):
        assert old in said and new in said


def test_every_old_name_is_none_of_today_and_every_new_one_is() -> None:
    for change in CHANGES:
        assert change.place == "outcomes", "what is tried here are outcomes"
        assert change.old not in OUTCOMES and change.new in OUTCOMES
        assert 1 < change.since <= FORMAT


def test_a_name_without_an_equivalent_or_beside_its_own_of_today_is_refused(tmp_path) -> None:
    lost = Change("study", "outcomes", "luck_of_the_mayor", None, 2, message("formats.readable"))
    with pytest.raises(ScenarioError, match=r"outcomes\.luck_of_the_mayor"):
        of_today({"outcomes": ["luck_of_the_mayor"]}, "study", "a.toml", (lost,))
    both = {"outcomes": ["collection_rate_last_year", "collection_last_year"]}
    with pytest.raises(ScenarioError, match=r"outcomes\.collection_rate_last_year"):
        of_today(both, "study", "a.toml")


def test_a_key_of_a_table_changes_its_name_where_it_stands(tmp_path) -> None:
    change = Change("scenario", "parameters.payment", "ground", "base", 2, message("formats.readable"))
    text = VARIANT + "\n[parameters.payment]\nnorm_weight = 3.0\nground = 1.0  # ours\nbeta = 2\n"
    read = of_today(tomllib.loads(text), "scenario", "mine.toml", (change,))
    assert list(read["parameters"]["payment"]) == ["norm_weight", "base", "beta"]
    after = migrated(put(tmp_path, text), changes=(change,)).after
    assert "norm_weight = 3.0\nbase = 1.0  # ours\nbeta = 2\n" in after


def test_migrating_changes_what_it_says_and_nothing_else(tmp_path) -> None:
    file = put(tmp_path, STUDY)
    exit_code, said = migrate(file)
    assert exit_code == 0
    assert "line 1: + format = 2" in said and 'line 5: -   "collection_rate_last_year",  # the first' in said
    text = file.read_text()
    assert text == f"format = {FORMAT}\n" + STUDY.replace(
        "collection_rate_last_year", "collection_last_year"
    ).replace("'public_cost_state_owned'", '"state_owned_losses"')
    assert "nothing to change" in migrate(file)[1]
    assert file.read_text() == text


def test_keeping_the_world_states_what_the_file_left_to_the_first_format(tmp_path, rules_on, capsys) -> None:
    text = VARIANT + f"\n[mechanisms]  # some\n{RULES[1]} = true\n\n# of loops\n[loops]\nnorm = false\n"
    file = put(tmp_path, text)
    assert migrate("--keep-world", file)[0] == 0
    data = tomllib.loads(file.read_text())
    assert data["mechanisms"] == {name: name == RULES[1] for name in RULES}
    assert "false\n\n# of loops\n[loops]" in file.read_text(), "what is added stands in its table"
    assert "nothing to change" in migrate("--keep-world", file)[1]
    alone = put(tmp_path, VARIANT, "alone.toml")
    migrate("--keep-world", alone)
    kept = sim.load(alone)
    assert not any(kept.mechanisms.model_dump().values())
    assert sim.load("small_city").spin_up > 0 == kept.spin_up
    assert kept.parameter_values() == formats.other_parameters() | sim.load("small_city").parameter_values()
    assert not capsys.readouterr().err


def test_keeping_the_world_leaves_what_a_file_of_the_first_format_states(tmp_path, monkeypatch) -> None:
    monkeypatch.setitem(formats._first_defaults()["parameters"], "payment.base", 0.5)
    put(tmp_path, VARIANT + "\n[parameters.payment]\nbase = 0.7\n", "old.toml")
    further = put(tmp_path, 'extends = "old.toml"\nname = "further"\n', "further.toml")
    migrate("--keep-world", further)
    assert sim.load(further).parameters["payment"]["base"] == 0.7
    alone = put(tmp_path, VARIANT, "alone.toml")
    migrate("--keep-world", alone)
    assert sim.load(alone).parameters["payment"]["base"] == 0.5


def test_keeping_the_world_leaves_a_file_that_spins_up_by_its_own_word_or_not_at_all(tmp_path) -> None:
    own = put(tmp_path, VARIANT.replace("[", "spin_up = 24\n[", 1), "own.toml")
    none = put(tmp_path, own.read_text().replace("24", "0"), "none.toml")
    for file, months in ((own, 24), (none, 0)):
        migrate("--keep-world", file)
        assert sim.load(file).spin_up == months and file.read_text().count("spin_up") == 1


def test_keeping_the_world_keeps_the_programmes_of_the_file_as_they_were(tmp_path) -> None:
    drive = '\n[[add_interventions]]\nkind = "committee_drive"\nname = "a"  # first\nquarrels = 0.1\n'
    file = put(tmp_path, VARIANT + drive + drive.replace('"a"  # first', '"b"'))
    migrate("--keep-world", file)
    (one, other) = sim.load(file).interventions
    assert (one.in_name, one.quarrels, other.in_name) == (0.0, 0.1, 0.0)
    assert '"a"  # first\n' in file.read_text()


def test_a_file_of_the_first_format_whose_world_is_kept_runs_as_it_ran_then_to_the_last_bit(tmp_path) -> None:
    drive = '\n[[add_interventions]]\nkind = "committee_drive"\nname = "drive"\n'
    talks = '\n[[add_interventions]]\nkind = "mediation"\nname = "med"\n'
    text = 'extends = "small_city"\nname = "my"\nmonths = 24\n'
    file = put(tmp_path, text + drive + talks)
    migrate("--keep-world", file)
    found = City(sim.load(file)).run().outcomes
    # of the same file at commit f52f415, before the rules of the second version were on
    then = {"mode": "ea5e0883c0c6", "collected": "8f51048b03c2", "satisfaction": "2fc025cb6446"}
    for name, digest in then.items():
        assert hashlib.sha256(np.asarray(getattr(found, name)).tobytes()).hexdigest()[:12] == digest, name


def test_defaults_of_the_first_format_are_of_parameters_and_settings_that_there_are() -> None:
    then = formats._first_defaults()
    assert set(then["parameters"]) <= set(PARAMETERS)
    for kind, settings in then["programmes"].items():
        assert set(settings) <= set(load_programmes()[kind].model_fields), kind


def test_without_keeping_the_world_no_rule_is_written(tmp_path) -> None:
    file = put(tmp_path, VARIANT)
    migrate(file)
    assert file.read_text() == VARIANT.replace("extends", f"format = {FORMAT}\nextends")


@pytest.mark.parametrize(("mark", "end"), [*itertools.product(("", "\ufeff"), ("\n", "\r\n"))])
def test_line_ends_and_a_mark_at_the_beginning_stay(tmp_path, mark, end) -> None:
    file = put(tmp_path, mark + VARIANT.replace("\n", end))
    migrate("--keep-world", file)
    written = file.read_bytes().decode()
    assert written.startswith(mark + "# A variant")
    assert written.count("\n") == written.count(end) > len(RULES)
    sim.load(file)


def test_checking_writes_nothing_and_fails_where_something_would_change(tmp_path) -> None:
    file = put(tmp_path, VARIANT)
    assert migrate("--check", file)[0] == 1
    assert file.read_text() == VARIANT
    migrate(file)
    assert migrate("--check", file)[0] == 0


def test_a_place_that_another_file_has_is_left_alone_unless_told(tmp_path) -> None:
    file, place = put(tmp_path, VARIANT), tmp_path / "new" / "mine.toml"
    assert migrate(file, "--out", tmp_path / "new")[0] == 0
    assert file.read_text() == VARIANT and "format = 2" in place.read_text()
    assert migrate(file, "--out", tmp_path / "new")[0] == 0, "the same again is no loss"
    place.write_text("another")
    exit_code, said = migrate(file, "--out", tmp_path / "new")
    assert exit_code == 2 and "--overwrite" in said and place.read_text() == "another"
    assert migrate(file, "--out", tmp_path / "new", "--overwrite")[0] == 0
    assert "format = 2" in place.read_text()


def test_of_several_files_none_is_written_where_one_is_wrong(tmp_path) -> None:
    good, bad = put(tmp_path, VARIANT), put(tmp_path, "name = ", "bad.toml")
    other = put(tmp_path, "[patterns]\n", "other.toml")
    exit_code, said = migrate(good, bad, other, tmp_path / "none.toml")
    assert exit_code == 2
    assert all(name in said for name in ("bad.toml", "other.toml", "none.toml")), "each is told"
    assert good.read_text() == VARIANT
    assert sorted(one.name for one in tmp_path.iterdir()) == ["bad.toml", "mine.toml", "other.toml"]


def test_an_ensemble_gets_a_line_with_its_format_unless_a_manifest_says_it(tmp_path) -> None:
    file = put(tmp_path, "payment.base\n1.0\n", "doubt.csv")
    before = load_ensemble(file).digest
    assert migrate(file)[0] == 0
    assert file.read_text() == f"# format = {FORMAT}\npayment.base\n1.0\n"
    assert load_ensemble(file).digest == before
    put(tmp_path, "{}", "made.json")
    made = put(tmp_path, "payment.base\n1.0\n", "made.csv")
    assert "nothing to change" in migrate(made)[1]


def test_the_schemas_of_files_that_carry_a_format_have_the_key() -> None:
    for kind in ("scenario", "study", "budget", "menu", "tipping"):
        assert schema_of(kind)["properties"]["format"]["maximum"] == FORMAT
    assert "format" not in schema_of("pattern")["properties"]
