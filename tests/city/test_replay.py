"""What happened in a city before month 0 is gone through while it spins up: month 0 is what the table says,
and what owners remember has lived through it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from sim.city.history import add_to_city
from sim.city.reading import read_table
from sim.city.replaying import fates_of
from sim.city.updating import update_city
from sim.city.writing import write_city
from sim.cli.app import app
from sim.errors import EstateError
from sim.model.engine import Engine
from sim.model.start.replay import Replay
from sim.model.start.start import State
from sim.scenario import Scenario, content_hash, load, to_data, to_toml, with_overrides
from sim.text import in_language, languages

ROWS = (
    "小区编码,小区名称,区,物业公司,户数,物业费(元/㎡·月),2022年收缴率(%),业委会,设施完好率",
    "A1,听雨轩,霁明区,甲物业有限公司,61,1.6,82.5,有,0.9",
    "A2,石臼新村,霁明区,甲物业有限公司,48,1.2,64,无,0.8",
    "A3,澄波苑,霁明区,丙物业有限公司,75,0.9,41.5,无,0.8",
    "A4,丁苑,霁明区,丙物业有限公司,75,1.0,71.5,无,0.7",
)
HEAD = "小区编码,日期,事件,变动前,变动后,结束日期"
PAST = (
    "A1,2022-05-15,业委会成立,,,",
    "A1,2022-03,物业费调整,1.2,1.6,",
    "A2,2022-04,改造,45%,,",
    "A3,2022-06,更换物业公司,甲物业有限公司,丙物业有限公司,",
    "A4,2022-02,补贴,,0.4,2022-07",
)
HELD = ("mode", "company", "price", "condition", "legacy", "arrears", "paid_share", "billing")


def table(path: str, *lines: str) -> Path:
    Path(path).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return Path(path)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A city of a table that begins in 2023, and the same with a past."""
    folder = tmp_path_factory.mktemp("office")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        write_city(read_table(table("a.csv", *ROWS)), "plain")
        write_city(read_table("a.csv"), "mycity")
        add_to_city("mycity", table("events.csv", HEAD, *PAST))
    yield folder


@pytest.fixture(autouse=True)
def working_folder(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)


def city(name: str, months: int = 12) -> Scenario:
    """One whose past is a year long, the shortest that there is."""
    return with_overrides(load(name), {"spin_up": months, "months": 12})


def state_of(scenario: Scenario) -> State:
    with Engine(scenario, seed=3) as engine:
        return engine.state


def fates(name: str = "plain") -> dict[str, int]:
    """How many events of a city meet each fate."""
    return {fate: len(events) for fate, events in fates_of(Path(name)).items()}


@pytest.fixture(scope="module")
def states(made: Path) -> tuple[State, State]:
    """Month 0 without and with the past."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(made)
        return state_of(city("plain")), state_of(city("mycity"))


def test_month_0_is_what_the_table_says_and_what_settles_lived_through_the_past(
    states: tuple[State, State],
) -> None:
    without, past = states
    for name in HELD:
        assert np.array_equal(without.estates[name], past.estates[name]), name
    assert np.array_equal(without.committees["exists"], past.committees["exists"])
    assert np.array_equal(without.companies["estates"], past.companies["estates"])
    assert np.array_equal(without.owners.paid, past.owners.paid)
    # a committee of seven months has most of its term before it; one of the drawn ones had less
    assert past.committees["term_left"][0] == past.parameters["committee_term"][0] - 8
    assert past.estates["new_works"].tolist() == pytest.approx([0.0, 0.8 - 0.45, 0.0, 0.0])
    assert past.estates["delight_felt"][1] > without.estates["delight_felt"][1]
    assert past.estates["losing_months"][2] <= 7
    assert past.estates["income_12"][3] > without.estates["income_12"][3]
    assert past.estates["subsidy"][3] == 0, "it ended five months ago"


def test_every_month_before_an_event_is_as_it_was_then(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[int, tuple[float, ...]] = {}
    act = Replay.act

    def acted(self: Replay) -> None:
        act(self)
        estates = self.state.estates
        row = (estates["price"][0], self.state.committees["exists"][0], estates["condition"][1])
        row += (estates["company"][2], estates["lever_company_income"][3] / estates["area"][3])
        seen[int(self.state.world["month"][0])] = tuple(round(float(one), 2) for one in row)

    monkeypatch.setattr(Replay, "act", acted)
    state = state_of(city("mycity"))
    assert sorted(seen) == list(range(-11, 1))
    own, other = (float(state.estates["company"][row]) for row in (2, 0))
    assert own != other
    for month, (price, committee, condition, company, subsidy) in seen.items():
        of_2022 = month + 12
        assert price == (120 if of_2022 < 3 else 160)
        assert committee == (0 if of_2022 < 5 else 1)
        assert condition == (0.45 if of_2022 <= 4 else 0.8)  # the works end in April
        assert company == (other if of_2022 < 6 else own)
        assert subsidy == pytest.approx(40 if 2 <= of_2022 <= 7 else 0, abs=0.01)


def test_money_of_the_past_is_conserved_and_no_part_of_the_run(states: tuple[State, State]) -> None:
    _, past = states
    assert int(past.books.balances.sum()) == 0
    with Engine(city("mycity"), seed=3) as engine:
        engine.run(2)
        assert not [line for line in engine.ledger_lines if line[4]], "no programme paid anything"
        assert int(engine.state.books.balances.sum()) == 0


def test_what_is_of_no_month_of_the_past_or_against_the_table_changes_nothing(
    states: tuple[State, State],
) -> None:
    lines = (
        "A1,2021-12,物业费调整,1.2,1.6,",  # before the city spins up
        "A1,2023-05,物业费调整,1.6,1.9,",  # of the run
        "A2,2022-05,业委会成立,,,",  # but the table says that there is none
        "A3,2020-05,补贴,,0.3,2021-12",
        "A4,2022-05,改造,0.9,,",  # no worse than today
    )
    add_to_city("plain", table("other.csv", HEAD, *lines))
    scenario = city("plain")
    assert scenario.estates is not None and len(scenario.estates.past_events) == 5
    without, found = states[0], state_of(scenario)
    for name in without.estates.dtype.names:
        assert np.array_equal(without.estates[name], found.estates[name]), name
    assert np.array_equal(without.owners.grievance, found.owners.grievance)
    assert fates() == {"replayed": 3, "own_months": 1, "contradicts": 1}  # of 60 months
    for lang, word in (
        ("en", "number 2: committee founded, 2022-05"),
        ("zh", "2号小区：业委会成立，2022-05"),
    ):
        told = CliRunner().invoke(app, ["city", "add", "plain", "other.csv", "--lang", lang])
        assert word in told.output and told.output.count("2022-05") == 1, "which event, and no other"


def test_a_scenario_carries_its_past_and_one_without_is_what_it_was(tmp_path: Path) -> None:
    plain, past = load("plain"), load("mycity")
    assert set(to_data(plain)["estates"]) == {"table", "content"}
    assert content_hash(plain) != content_hash(past)
    table("elsewhere.toml", to_toml(past))
    shutil.rmtree("mycity")
    again = load("elsewhere.toml")
    assert again.estates == past.estates and content_hash(again) == content_hash(past)
    assert past.estates is not None
    other_name = past.estates.model_copy(update={"past": "other.csv"})
    assert content_hash(past.model_copy(update={"estates": other_name})) == content_hash(past)


@pytest.mark.parametrize(
    "old, new, word",
    [
        ("2022-03", "2022-13", "start"),
        ("committee_founded", "founded", "event"),
        (",1.2,", ",dear,", "before"),
    ],
)
def test_a_table_of_events_that_is_wrong_is_named_by_row_and_column(old: str, new: str, word: str) -> None:
    path = Path("mycity/history/events.csv")
    path.write_text(path.read_text(encoding="utf-8-sig").replace(old, new), encoding="utf-8")
    with pytest.raises(EstateError) as caught:
        load("mycity")
    for lang in languages():
        with in_language(lang):
            assert "events.csv" in str(caught.value) and word in str(caught.value)


def test_the_next_table_has_what_was_of_the_run_in_its_past() -> None:
    add_to_city("mycity", table("later.csv", HEAD, "A2,2023-05,物业费调整,1.0,1.2,"))
    assert fates("mycity") == {"replayed": 5, "own_months": 1}
    rows = [f"{row},{share}" for row, share in zip(ROWS, ("2023年收缴率(%)", 80, 60, 40, 70), strict=True)]
    update_city("mycity", table("b.csv", *rows))
    assert fates("mycity") == {"replayed": 6}
    assert load("mycity/versions/1").estates is not None, "the version has its events"


@pytest.mark.parametrize("lang, word", [("en", "past = "), ("zh", "保持不变")])
def test_a_scenario_that_was_changed_is_left_and_the_line_that_it_lacks_is_said(lang: str, word: str) -> None:
    scenario = Path("plain/scenario.toml")
    scenario.write_text(scenario.read_text(encoding="utf-8") + "# mine\n", encoding="utf-8")
    told = CliRunner().invoke(app, ["city", "add", "plain", "events.csv", "--lang", lang])
    assert told.exit_code == 0 and word in told.output, told.output
    assert load("plain").estates is not None and not load("plain").estates.past_events  # type: ignore[union-attr]
