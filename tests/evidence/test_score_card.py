"""Scores, statistics and the card: what passes passes, misses stay misses, and the same
runs give the same card."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text
from pattern_files import file_of

import sim
from sim.errors import EstateError, ResultError, StudyError
from sim.evidence.patterns import check_patterns
from sim.evidence.statistics import STATISTICS, Choice, measure
from sim.experiments.ensemble import Ensemble, load_ensemble
from sim.experiments.intervals import median_interval
from sim.experiments.workplace import Workplace
from sim.fingerprint import model_source_hash
from sim.mesa_city import City
from sim.results.engines import InProcess
from sim.results.reading import record_of
from sim.runner import resolve
from sim.studies.score_card.score_card import Score, ScoreCard, effect, turned_surely, validate
from sim.studies.score_card.words import amount, between, in_a_run, row_of, simulated
from sim.text import figures, in_language
from sim.units import NO_VALUE

SMALL = {"city.estates": 40, "companies.private": 8, "spin_up": 0}
MONTHS = 8
DIFFERENCES = (
    "collection_gap",
    "collection_change",
    "best_satisfaction_over_mean",
    "committees_change",
    "small_estate_exits",
    "self_managed_change",
    "takeover_gain",
    "complaints_growth",
)
UNBOUNDED = ("service_effort", "arrears_of_billed", "complaints_growth")


def pattern_of(**changes: Any) -> Any:
    (pattern,) = check_patterns(
        file_of(**({"settings": SMALL, "measure__months": [1, MONTHS]} | changes)), "mine.toml"
    )
    return pattern


def score_of(values: list[float], target: dict[str, Any]) -> Score:
    return Score(pattern_of(target=target), np.array(values), 0.95)


@pytest.fixture(scope="module")
def city():
    with City(resolve("small_city", 3, MONTHS, SMALL), threads=1) as made:
        yield made.run()


def test_a_mean_inside_passes_and_outside_misses_by_so_much() -> None:
    values = [0.61, 0.62, 0.63, 0.64, 0.65]
    inside, below, above = (
        score_of(values, {"low": low, "high": high}) for low, high in ((0.6, 0.7), (0.7, 0.8), (0.4, 0.5))
    )
    assert (inside.verdict, inside.off, inside.sure) == ("pass", 0.0, True)
    assert below.verdict == "miss" and below.off == pytest.approx(-0.07)
    assert above.verdict == "miss" and above.off == pytest.approx(0.13)
    assert not score_of(values, {"low": 0.63}).sure


def test_beside_the_mean_stands_what_a_single_run_may_be() -> None:
    values = np.linspace(0.1, 0.9, 30).tolist()  # under 40 runs: from the lowest to the highest
    spread = score_of(values, {"low": 0.5})
    with in_language("en"):
        assert in_a_run(spread) == row_of(spread)[4] == "10.0%–90.0%"
        assert simulated(spread).startswith("50.0% (4"), "the mean is known far better than a run is"
        assert in_a_run(score_of([0.6, math.nan, 0.6, 0.6, 0.6], {"low": 0.5})) == NO_VALUE


def test_no_value_is_a_miss_that_says_so() -> None:
    score = score_of([0.6, math.nan, 0.6], {"low": 0.5})
    assert score.verdict == "no value" and not score.passed and score.missing == 1 and math.isnan(score.off)


def test_a_sign_must_be_beyond_doubt() -> None:
    assert score_of([0.1, 0.2, 0.1, 0.3, 0.2, 0.1], {"sign": "positive"}).passed
    assert not score_of([0.1, -0.2, 0.1, 0.3, -0.2, 0.1], {"sign": "positive"}).passed
    assert not score_of([0.1, 0.2, 0.1, 0.3, 0.2, 0.1], {"sign": "negative"}).passed


def over_members(values: list[float], **target: Any) -> Score:
    return Score(pattern_of(target=target), np.array(values), 0.95, members=True)


def test_over_an_ensemble_the_median_decides_and_a_range_over_twice_the_target_says_nothing() -> None:
    near = over_members([0.60, 0.62, 0.64, 0.66, 0.95], low=0.6, high=0.8)
    assert near.mean == pytest.approx(0.64), "one member far off does not move it"
    assert near.verdict == "pass" and over_members([0.5] * 3 + [0.7] * 2, low=0.6, high=0.8).verdict == "miss"
    wide = over_members(np.linspace(0.4, 0.9, 11).tolist(), low=0.6, high=0.7)
    assert wide.off == 0 and wide.verdict == "too wide" and not wide.passed
    assert over_members(np.linspace(0.56, 0.75, 11).tolist(), low=0.6, high=0.7).passed
    assert score_of(np.linspace(0.4, 0.9, 11).tolist(), {"low": 0.6, "high": 0.7}).passed, (
        "one set is no doubt"
    )
    assert over_members(np.linspace(0.1, 0.9, 11).tolist(), low=0.4).passed, "one bound has no width"
    with in_language("en"):
        assert "5.0 times as wide as reported" in in_a_run(wide) and "twice" in row_of(wide)[5]


def test_what_does_not_occur_under_some_members_is_judged_where_it_occurs() -> None:
    nan = math.nan
    assert over_members([0.6, 0.65, 0.62, nan, nan], low=0.5).passed
    assert over_members([0.6, 0.65, nan, nan, nan], low=0.5).verdict == "no value"


def test_the_interval_of_a_median_holds_it_as_often_as_it_says() -> None:
    """Twenty draws each of a skewed quantity whose median is known."""
    rng = np.random.default_rng(4)
    held = [median_interval(sample) for sample in rng.lognormal(size=(400, 20))]
    inside = np.mean([one.low <= 1.0 <= one.high for one in held])
    assert 0.94 <= inside <= 0.99, "ranks cannot do better than 95.9 %"
    assert not median_interval(np.arange(5.0)).exists and median_interval(np.arange(6.0)).exists


def test_what_taking_a_loop_away_does() -> None:
    good, bad = score_of([0.6] * 5, {"low": 0.5}), score_of([0.4] * 5, {"low": 0.5})
    assert [effect(a, b) for a in (good, bad) for b in (good, bad)] == [
        "still passes",
        "breaks",
        "mends",
        "still misses",
    ]
    close = score_of([0.3, 0.6, 0.4, 0.6, 0.5, 0.4], {"low": 0.5})
    assert turned_surely(good, bad) and not turned_surely(good, close)
    assert turned_surely(good, score_of([math.nan] * 5, {"low": 0.5}))


@pytest.mark.parametrize("name", STATISTICS)
def test_every_statistic_gives_a_number_in_its_range_or_none(city, name: str) -> None:
    types = ("commodity", "unit_built") if name == "collection_gap" else ()
    value = measure(record_of(city), name, Choice((0, MONTHS), types, ("market",)))
    assert math.isnan(value) or value >= (-1 if name in DIFFERENCES else 0)
    if STATISTICS[name].unit == "share" and name not in UNBOUNDED:
        assert math.isnan(value) or value <= 1


def test_statistics_agree_with_the_tables_of_the_run(city) -> None:
    from sim.results import Run

    run, record = Run.from_city(city), record_of(city)
    months = run.city.loc[1:MONTHS]
    assert measure(record, "committees", Choice((1, MONTHS))) == pytest.approx(months["committees"].mean())
    assert measure(record, "charging", Choice((MONTHS, MONTHS))) == pytest.approx(months["charging"].iloc[-1])
    assert measure(record, "collection", Choice((3, 3))) == pytest.approx(months["collection_rate"].loc[3])
    rows = run.estates[
        (run.estates["month"] == MONTHS)
        & (run.estates["type"] == "commodity")
        & (run.estates["mode"] == "market")
    ]
    expected = np.average(rows["satisfaction"], weights=rows["households"])
    assert measure(
        record, "satisfaction", Choice((MONTHS, MONTHS), ("commodity",), ("market",))
    ) == pytest.approx(expected)
    assert measure(
        record, "estates_under_modes", Choice((MONTHS, MONTHS), ("commodity",), ("market",))
    ) == len(rows)


def test_the_same_card_twice_and_files_that_can_be_read(tmp_path) -> None:
    patterns = check_patterns(
        {
            "patterns": [
                file_of(settings=SMALL, measure__months=[1, MONTHS])["patterns"][0],
                file_of(
                    name="compared",
                    settings=SMALL,
                    measure__months=[1, MONTHS],
                    target={"sign": "positive"},
                    compare={"settings": {"payment.base": 0.0}},
                )["patterns"][0],
            ]
        },
        "mine.toml",
    )
    one, two = (validate(patterns, replications=2, workplace=Workplace(InProcess())) for _ in range(2))
    assert one.digest() == two.digest() and one.seeds == (1, 2)
    assert (one.scores[1].values > 0).all(), "owners who are readier to pay pay more"
    one.save(tmp_path)
    held = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    assert [row["pattern"] for row in held["scores"]] == ["some", "compared"]
    assert held["versions"]["sim"] == sim.__version__ and held["model_source_hash"] == model_source_hash()
    assert len(pd.read_csv(tmp_path / "score_card.csv")) == 2
    packed = sim.archive(tmp_path, tmp_path / "cited.zip")
    assert packed.scenarios == ("small_city",) and sim.verify(packed.path).whole


def test_an_ensemble_changes_the_runs_and_a_setting_of_the_pattern_wins() -> None:
    ensemble = Ensemble("two", ({"payment.base": 0.0}, {"payment.base": 2.0}))
    free = (
        validate((pattern_of(),), replications=2, workplace=Workplace(InProcess(), ensemble=ensemble))
        .scores[0]
        .values
    )
    plain = validate((pattern_of(),), replications=2, workplace=Workplace(InProcess())).scores[0].values
    assert free[0] < plain[0] and free[1] > plain[1]
    held = pattern_of(settings=SMALL | {"payment.base": 1.0})
    values = [
        validate((held,), replications=2, workplace=Workplace(InProcess(), ensemble=one)).scores[0].values
        for one in (ensemble, None)
    ]
    assert np.array_equal(*values)


def test_loops_off_are_scored_beside_the_card() -> None:
    card = validate((pattern_of(),), replications=1, ablate=True, workplace=Workplace(InProcess()))
    table = card.ablation
    assert table is not None and set(table["loop"]) == {"service", "norm", "decay", "exit", "grievance"}
    assert list(table["change"]) == pytest.approx(list(table["mean_off"] - table["mean"]))
    assert set(table["effect"]) <= {"breaks", "mends", "still passes", "still misses"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("payment.bse\n1\n", "did you mean"),
        ("payment.base\nx\n", "from -3 to 3"),
        ("payment.base\n9\n", "from -3 to 3"),
        ("payment.base\n", "no member"),
    ],
)
def test_wrong_ensembles_are_refused(tmp_path, text: str, said: str) -> None:
    (tmp_path / "mine.csv").write_text(text, encoding="utf-8")
    with pytest.raises(StudyError, match=said):
        load_ensemble(tmp_path / "mine.csv")


def test_uses_are_told_apart_and_what_cannot_be_measured_does_not_count() -> None:
    def of(name: str, values: list[float], **changes: Any) -> Score:
        return Score(pattern_of(name=name, **changes), np.array(values), 0.95)

    inside, outside = [0.6] * 5, [0.4] * 5
    held = {"use": "held_out", "sources": ["N020a"], "measured__years": [2016, 2016]}
    check = {"use": "consistency", "sources": ["P006"], "note": {"en": "what went in"}}
    absent = {"measure__statistic": "not_represented", "needs": {"zh": "纠纷", "en": "disputes as cases"}}
    scores = (
        of("one", inside),
        of("two", outside, kind="spread"),
        of("three", inside, **held),
        of("four", outside, **check),
        of("five", [math.nan] * 5, **absent),
    )
    card = ScoreCard(scores, (1, 2, 3, 4, 5), 0.95)
    assert card.counts() == {"calibration": (1, 2), "held_out": (1, 1), "consistency": (0, 1)}
    assert card.counts_by_kind("calibration") == {
        "level": (1, 1),
        "spread": (0, 1),
        "transition": (0, 0),
        "response": (0, 0),
    }
    assert [one.pattern.name for one in card.counted] == ["one", "two", "three"]
    assert [one.pattern.name for one in card.not_measurable] == ["five"]
    for lang, said in (
        (
            "en",
            (
                "2 of 3 patterns",
                "calibration: 1 of 2",
                "held out: 1 of 1",
                "neither calibration nor held out",
            ),
        ),
        ("zh", ("2项通过，共3项", "校准：1/2", "留作检验：1/1", "一致性检查")),
    ):
        text = _printed(card, lang)
        assert [one for one in said if one not in text] == [], text
    assert "disputes as cases" in _printed(card, "en") and "Not yet measurable" in _printed(card, "en")


def _printed(card: Any, lang: str) -> str:
    from sim.cli.terminal import console
    from sim.studies.score_card.work import show

    screen = console()
    with in_language(lang), screen.capture() as caught:
        show(screen, card)
    return " ".join(caught.get().split())


def test_a_card_is_drawn_in_both_languages(tmp_path) -> None:
    from sim.studies.score_card.chart import save_score_card

    absent = pattern_of(measure__statistic="not_represented", needs={"en": "disputes"}, target={"low": 0.5})
    scores = (
        Score(absent, np.full(5, math.nan), 0.95),
        score_of([0.6, 0.61, 0.6, 0.62, 0.6], {"low": 0.5}),
        score_of([math.nan] * 5, {"low": 0.5}),
        score_of([0.1] * 5, {"high": 0.05}),
    )
    card = ScoreCard(scores, (1, 2, 3, 4, 5), 0.95)
    for lang in ("zh", "en"):
        with in_language(lang):
            assert save_score_card(card, tmp_path).stat().st_size > 10_000
    assert {path.name for path in tmp_path.iterdir()} == {"score_card.png", "score_card.zh.png"}
    words = [text.get_text() for text in card.plot(lang="zh").findobj(Text)]
    assert any("1项通过，2项不符" in one for one in words)


def test_a_card_is_a_result_whose_folder_is_not_all_of_it(tmp_path) -> None:
    """It says and draws itself as any result; what it saved is refused with what can be
    read, as is a report of it."""
    card = ScoreCard((score_of([0.6, 0.61, 0.6, 0.62, 0.6], {"low": 0.5}),), (1, 2, 3, 4, 5), 0.95)
    assert card.sentences("en")[0] == "Validation: 1 of 1 patterns pass (5 replications)"
    assert "Validation score card" in card._repr_html_()
    card.save(tmp_path)
    with pytest.raises(ResultError, match="'score card', allowed .*comparison"):
        sim.load_result(tmp_path)
    with pytest.raises(EstateError, match="score card found"):
        card.report()


def test_few_replications_are_never_sure_and_have_a_rough_interval_or_none() -> None:
    few, some, many = (score_of([0.6 + 0.01 * n for n in range(count)], {"low": 0.5}) for count in (3, 6, 12))
    assert not few.sure and some.sure and not score_of([0.6] * 3, {"low": 0.5}).sure
    assert score_of(
        [0.6] * 6, {"low": 0.5}
    ).sure  # that every run agrees is something to go by, if they are enough
    assert (simulated(few).count("("), "rough" in simulated(some)) == (0, True)
    assert "–" in simulated(many) and "rough" not in simulated(many)
    assert (few.run_range.low, few.run_range.high) == pytest.approx(
        (0.6, 0.62)
    )  # under forty runs the lowest and the highest


@pytest.mark.parametrize(
    "lang, whole, part, both, mixed",
    [
        ("en", "300 estates", "50.2 estates", "55–67 estates", "18.0–39.3 months"),
        ("zh", "300个小区", "50.2个小区", "55–67个小区", "18.0–39.3个月"),
    ],
)
def test_counts_have_no_empty_decimals_and_a_range_has_its_unit_once(
    lang: str, whole: str, part: str, both: str, mixed: str
) -> None:
    with in_language(lang):
        assert amount(300.0, "estates") == whole and amount(50.2, "estates") == part
        assert between(55.0, 67.0, "estates") == both
        assert between(18.0, 39.3, "months") == mixed
        assert between(0.1, 0.3, "share") == "10.0%–30.0%"
        assert amount(0.1, "points") == figures.points(0.1)
