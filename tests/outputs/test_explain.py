"""The life of one estate: facts, turning points, events in words, and its chart."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from fake_run import FakeRun

from sim import charts
from sim.errors import ResultError
from sim.model.state.events import CAUSES as KNOWN_CAUSES
from sim.model.state.events import EVENT_KINDS
from sim.outputs.catalog import wrapped
from sim.studies.run.explain import (
    CAUSES,
    EVENTS,
    crossings,
    event_sentence,
    explain_text,
    life_of,
    phases,
    runs_of,
    turns,
)
from sim.studies.run.life import estate_life
from sim.text import figures, in_language, languages


def in_words(kind: str, cause: str, size: float, lang: str) -> str:
    with in_language(lang):
        return event_sentence(kind, cause, size)


def with_events(run: FakeRun, rows: list[tuple[int, int, int, str, str, float]]) -> FakeRun:
    events = pd.DataFrame(rows, columns=["month", "estate", "company", "kind", "cause", "size"])
    return replace(run, events=events.astype({"kind": "category", "cause": "category"}))


def test_every_kind_and_cause_of_the_model_has_words() -> None:
    assert set(EVENT_KINDS) == set(EVENTS)
    assert set(KNOWN_CAUSES) - {"none"} <= set(CAUSES)


@pytest.mark.parametrize("kind", [*EVENT_KINDS, "comet_seen"])
@pytest.mark.parametrize("size", [0.0, 0.3, 12.0, 250_000.0, float("nan")])
def test_every_event_makes_a_sentence(kind: str, size: float) -> None:
    for lang in languages():
        sentence = in_words(kind, "losses", size, lang)
        assert sentence and "{" not in sentence and not re.search(r"\bnan\b", sentence)
        assert ("亏损" if lang == "zh" else "losses") in sentence


@pytest.mark.parametrize(
    ("inquorate", "lost", "cause"),
    [
        ("price_vote_inquorate", "price_vote_failed", "quality"),
        ("dismissal_inquorate", "dismissal_rejected", "quality"),
        ("funds_inquorate", "funds_refused", "quorum_missed"),
        ("charging_refused", "charging_refused", "quorum_missed"),
    ],
)
def test_a_vote_that_failed_says_which_of_its_two_conditions_it_missed(
    inquorate: str, lost: str, cause: str
) -> None:
    few = in_words(inquorate, cause, 0.61, "en")
    assert "61% of owners took part" in few and "approved" not in few and "too few took part" in few
    if cause == "quality":  # why the vote was held is told beside what failed it
        assert few.index("too few took part") < few.index("quality")
    told = in_words(lost, "rejected", 0.41, "en")
    assert "41% of those taking part approved" in told and "owners took part" not in told
    few = in_words(inquorate, cause, 0.61, "zh")
    assert "参与业主占61%" in few and "参与人数不足" in few and "赞成" not in few


def test_older_results_are_not_told_to_know_who_stayed_away_from_a_vote_on_funds() -> None:
    """Version 0.1 kept there who approved, some of the development versions after it who took part."""
    for lang, reason in (("en", "too few took part"), ("zh", "参与人数不足")):
        told = in_words("funds_refused", "quorum_missed", 0.83, lang)
        assert reason in told and "83" not in told


def test_small_repairs_of_a_company_that_takes_over_are_no_retrofit() -> None:
    for lang, retrofitted in (("en", "retrofit"), ("zh", "改造")):
        assert retrofitted in in_words("retrofit", "policy", 0.1, lang)
        assert retrofitted not in in_words("small_repairs", "policy", 0.1, lang)


def test_unknown_kinds_and_causes_are_told_by_their_own_names() -> None:
    assert in_words("comet_seen", "star_dust", 3, "en") == "comet seen happened (cause: star dust; size 3)"
    assert in_words("comet_seen", "", float("nan"), "zh") == "发生“comet seen”"
    assert in_words("company_left", "none", 184_000, "zh") == "物业企业撤场（留下欠费18.4万元）"


@pytest.mark.parametrize("lang", languages())
def test_a_life_is_told_from_facts_to_end_with_every_event_once(run: FakeRun, lang: str) -> None:
    rows = [
        (4, 7, 2, "notice_given", "losses", 9.0),
        (7, 7, 2, "company_left", "losses", 5e4),
        (7, 8, 2, "abandoned", "no_bidder", 0.2),
    ]
    lines = explain_text(with_events(run, rows), 7, lang)
    told = "\n".join(lines)
    assert f"{run.estate_table.households[7]:,}" in lines[0] and "7" in lines[0]
    assert told.count(in_words("notice_given", "losses", 9.0, lang)) == 1
    assert told.count(in_words("company_left", "losses", 5e4, lang)) == 1
    assert in_words("abandoned", "no_bidder", 0.2, lang) not in told
    assert str(run.months) in lines[-1]
    assert told.index(in_words("notice_given", "losses", 9.0, lang)) < told.index(
        in_words("company_left", "losses", 5e4, lang)
    )


def test_repeated_events_are_told_together(run: FakeRun) -> None:
    rows = [(month, 7, -1, "problem_solved", "policy", 1.0) for month in range(1, run.months + 1)]
    calm = replace(
        run, estates=run.estates.assign(stage=pd.Categorical(["healthy"] * len(run.estates), ["healthy"]))
    )
    told = [line for line in explain_text(with_events(calm, rows), 7) if "problems" in line]
    assert told == [
        f"  - months 1–{run.months}: residents' problems were solved, {run.months} times (cause: a programme)."
    ]


def test_what_the_standard_service_needs_stands_behind_the_collection_that_it_is_a_share_of(
    run: FakeRun,
) -> None:
    estates = run.estates.assign(collection=np.where(run.estates["month"] < 12, np.nan, 0.6))
    told = explain_text(replace(run, estates=estates), 7)
    first, last = next(line for line in told if line.startswith("Month 1:")), told[-1]
    assert "quality" in first and "needs" not in first
    assert re.search(r"60%, where the standard service needs \d+%", last)
    moved = next(line for line in told if "→" in line and "Months" in line and "collection" in line)
    assert "fee collection 60% (month 12) → 60%" in moved or "Months 12" in moved, moved


def test_where_nobody_bills_no_collection_is_told_to_move(run: FakeRun) -> None:
    month = run.estates["month"]
    billing = run.estates.assign(
        billed=np.where(month <= 12, 1000.0, 0.0),
        collection=np.where(month < 12, 0.66, np.maximum(0.0, 0.66 - 0.05 * (month - 12))),
        stage=pd.Categorical(np.where(month <= 12, "strained", "collapsed"), ["strained", "collapsed"]),
    )
    told = explain_text(replace(run, estates=billing), 7)
    billed, unbilled = [line for line in told if line.startswith("Months")]
    assert "66%" in billed and "no fees billed" not in billed
    assert "no fees billed" in unbilled and "fee collection" not in unbilled
    assert "no fees billed" in told[-1] and "fee collection" not in told[-1]


def test_falling_under_what_service_needs_is_told_with_what_moved_before(run: FakeRun) -> None:
    ours = run.estates["estate"] == 7
    month = run.estates["month"].where(ours, 0)
    rate = np.where(month < 15, 0.95, 0.3)
    billed = 1000.0
    estates = run.estates.assign(
        billed=np.where(ours, billed, run.estates["billed"]),
        collected=np.where(ours, billed * rate, run.estates["collected"]),
        income=np.where(ours, billed * rate, run.estates["income"]),
        satisfaction=np.where(ours, np.where(month < 12, 0.8, 0.45), run.estates["satisfaction"]),
    )
    table = run.estate_table.assign(standard_cost=800.0)
    low = replace(run, estates=estates, estate_table=table)
    first = next(turn for turn in turns(life_of(low, 7)) if turn.measure == "collection_billing")
    assert first.falling and first.level == pytest.approx(0.8)
    # Twelve months at 95 % and then 30 %: the yearly rate passes 80 % in the third bad month.
    assert first.month == 17 and first.value == pytest.approx((9 * 0.95 + 3 * 0.3) / 12)
    assert any(
        "fell below the 80% that the standard service needs" in line
        and "owner satisfaction 80% → 45%" in line
        for line in explain_text(low, 7)
    )
    assert any("跌破维持标准服务所需的80%" in line for line in explain_text(low, 7, "zh"))


def test_phases_cover_all_months_and_swallow_flicker(run: FakeRun) -> None:
    for estate in range(20):
        spans = phases(life_of(run, estate))
        assert spans[0].first == 1 and spans[-1].last == run.months
        assert all(a.last + 1 == b.first for a, b in itertools.pairwise(spans))


def test_crossings_need_to_last() -> None:
    values = np.array([0.9, 0.9, 0.9, 0.4, 0.9, 0.9, 0.9, np.nan, 0.4, 0.4, 0.4, 0.8, 0.8, 0.8])
    assert crossings(values, np.full(len(values), 0.6)) == [(8, True), (11, False)]
    assert crossings(np.full(4, np.nan), np.full(4, 0.6)) == []


def test_runs_of() -> None:
    assert runs_of(["a", "a", "b", "a"]) == [(0, 1), (2, 2), (3, 3)]
    assert runs_of([]) == []


def test_an_estate_that_is_not_there_is_refused(run: FakeRun) -> None:
    with pytest.raises(ResultError, match="estate: found 600, allowed 0–59"):
        explain_text(run, 600)
    # a city's numbers, some of whose estates are gone
    gaps = replace(run, estate_table=run.estate_table.query("estate not in (1, 2, 30)"))
    with pytest.raises(ResultError, match="estate: found 30, allowed 0, 3–29, 31–59"):
        explain_text(gaps, 30)


@pytest.mark.parametrize("lang", languages())
def test_the_chart_of_a_life_marks_and_words_its_events(run: FakeRun, lang: str) -> None:
    rows = [(4, 7, 2, "notice_given", "losses", 9.0), (7, 7, 2, "company_left", "losses", 5e4)]
    figure = charts.estate_life(with_events(run, rows), estate=7, lang=lang).figure
    lines, _, _, key = figure.axes[0].child_axes
    assert [item.get_text() for item in lines.texts if item.get_gid() == "event"] == ["1", "2"]
    (words,) = (item.get_text() for item in key.texts)
    assert in_words("notice_given", "losses", 9.0, lang)[:5] in words.replace("\n", "")
    assert {"collection", "quality", "satisfaction", "condition", "needed"} <= {
        line.get_label() for line in lines.get_lines()
    }
    assert "7" in charts.alt_text(run, "estate_life", lang, estate=7)


def test_a_crowded_life_keeps_what_turned_it(run: FakeRun) -> None:
    rows = [(month, 7, -1, "suit", "losses", 3.0) for month in range(1, 29)] + [
        (29, 7, -1, "abandoned", "no_bidder", 0.2)
    ]
    *_, key = estate_life(with_events(run, rows), 7).axes[0].child_axes
    (words,) = (item.get_text() for item in key.texts)
    words = " ".join(words.split())
    assert "left without any manager" in words and "and 15 more events" in words


def test_a_life_without_events_says_so(run: FakeRun) -> None:
    *_, key = estate_life(replace(run, events=run.events.iloc[:0]), 7).axes[0].child_axes
    assert key.texts[0].get_text() == "no event was recorded"


def test_words_for_numbers() -> None:
    assert [figures.share(share, 0) for share in (0.0, 0.001, 0.5, float("nan"))] == ["0%", "<1%", "50%", "–"]


def test_wrapping_counts_chinese_double_and_keeps_numbers_whole() -> None:
    assert wrapped("留下欠费18.4万元。", 12) == "留下欠费18.4\n万元。"
    assert wrapped("the company gave notice", 12, indent="  ") == "the company\n  gave\n  notice"
