"""A brief decides on one page: its figures are those of the result's tables, it says what cannot be told
apart, and it opens the report."""

from __future__ import annotations

import math
import re
import shutil
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import docx
import numpy as np
import pandas as pd
import pytest
from page_reader import Page
from pypdf import PdfReader
from report_commands import estate

import sim
from sim.evidence.patterns import CALIBRATION, CONSISTENCY, HELD_OUT, load_patterns
from sim.evidence.shipped_card import as_data, shipped_card
from sim.experiments.best_found import best_of
from sim.experiments.intervals import Interval, Range, estimate_of
from sim.kinds import kinds
from sim.outputs.brief import Brief, Measured, Row, brief_of, measured
from sim.outputs.brief.agreement import agreement
from sim.outputs.brief.write import write_briefs
from sim.outputs.report import browser, report_page, write_report
from sim.studies.draws.among import known_among
from sim.text import figures, in_language, say
from sim.text.catalog import languages

DOCS = Path(__file__).parents[2] / "docs"
# Of every kind of result that is kept in a folder, results that are small.
RESULTS = (
    *("run", "draws", "batch", "comparison", "arms", "study", "sensitivity", "variances"),
    *("tipping", "delays", "ablation", "budget", "information", "pathways", "robustness"),
)
pytestmark = pytest.mark.usefixtures("words_only")


@cache
def read(folder: Path) -> Any:
    return sim.load_result(folder)


@pytest.fixture(params=RESULTS)
def name_and_result(request) -> tuple[str, Any]:
    return request.param, read(request.getfixturevalue(f"{request.param}_folder"))


def figures_of(result: Any) -> list[float]:
    """Every number of the tables of a result, and what the runs of one group come to, for tables of runs."""
    found = []
    for name, table in result.tables().items():
        numbers = table.select_dtypes("number")
        found += numbers.to_numpy(np.float64).ravel().tolist()
        groups = {"outcomes": "scenario", "runs": "point"}.get(name, "")
        if result.kind.id in ("batch", "study") and groups in table:
            parts = [part for _, part in table.groupby(groups)]
        else:
            parts = [table] if result.kind.id == "draws" else []
        for part in parts:
            for column in part.select_dtypes("number"):
                found += of(part[column].to_numpy(np.float64))
    return [one for one in found if math.isfinite(one)]


def of(values: Any) -> list[float]:
    one = estimate_of(values)
    return [one.mean, one.interval.low, one.interval.high, one.range.low, one.range.high]


def numbers_in(cell: Measured) -> list[float]:
    ends = (cell.interval.low, cell.interval.high, cell.held.low, cell.held.high)
    return [one for one in (cell.mean, *ends) if math.isfinite(one)]


def strangers(brief: Brief, known: list[float]) -> list[float]:
    """Figures of the cells of a brief that are none of these."""
    held = np.sort(np.array(known))
    lost = []
    for number in (number for cell in brief.measured for number in numbers_in(cell)):
        place = np.searchsorted(held, number)
        near = held[max(0, place - 1) : place + 1]
        if not np.isclose(near, number, rtol=1e-9, atol=1e-12).any():
            lost.append(number)
    return lost


def test_every_measured_figure_is_a_cell_of_a_table_and_an_altered_one_is_none(name_and_result):
    name, result = name_and_result
    known = figures_of(result)
    if name == "run":
        among = known_among(result)
        known += [] if among is None else [end for one in among.draws.outcomes.values() for end in of(one)]
    brief = brief_of(result, "en")
    assert strangers(brief, known) == []
    for place, row in enumerate(brief.rows):
        for column, cell in enumerate(row.cells):
            if isinstance(cell, Measured) and cell.mean:
                other = replace(cell, mean=cell.mean * 1.0137)
                cells = (*row.cells[:column], other, *row.cells[column + 1 :])
                rows = (*brief.rows[:place], Row(row.name, cells), *brief.rows[place + 1 :])
                assert strangers(replace(brief, rows=rows), known) == [other.mean]
                return


def test_a_brief_has_at_most_five_rows_and_says_all_that_it_must_in_both_languages(name_and_result):
    name, result = name_and_result
    told = {lang: brief_of(result, lang) for lang in languages()}
    for lang, brief in told.items():
        assert len(brief.rows) <= 5 and len(brief.points) == 4, (name, lang)
        assert not re.search(r"\{\w+\}", " ".join(text for _, text in brief.points))
    english, chinese = told["en"], told["zh"]
    assert [one.mean for one in english.measured] == pytest.approx(
        [one.mean for one in chinese.measured], nan_ok=True
    )
    assert not re.search(r"[一-鿿]", " ".join((english.title, *(text for _, text in english.points))))


# What the title of each says, computed from its tables by other means.
Titles = dict[str, Callable[[Any], list[str]]]


def best_row(table: pd.DataFrame) -> pd.Series:
    return table[table["best"]].iloc[0]


def of_comparison(found: Any) -> list[str]:
    main = found.outcomes[0]
    standing = found.tables()["standing"]
    standing = standing[standing["outcome"] == main]
    if not standing["best"].any():
        return [str(len(found.seeds))]
    best = best_row(standing)["arm"]
    if best == found.baseline.name:
        return []
    if standing.set_index("arm")["in_set"][found.baseline.name]:  # no size of what may be none: both by name
        return [str(sim.load(name).title) for name in (best, found.baseline.name)]
    table = found.tables()["differences"]
    row = table[(table["arm"] == best) & (table["outcome"] == main)].iloc[0]
    return [figures.points(abs(row["difference"]), signed=False)]


def of_budget(found: Any) -> list[str]:
    table = found.tables()["robustness"].merge(found.tables()["front"], on="package")
    row = table.sort_values(["satisficing", "worst_regret"], ascending=[False, True], kind="stable").iloc[0]
    return [figures.points(row["gain"], signed=False), figures.money(row["public_cost"])]


def of_tipping(found: Any) -> list[str]:
    table = found.tables()["points"].query("source == 'agents'")
    first = table[table["lever"] == table["lever"].min()]
    unstable = first[~first["stable"]]
    if unstable.empty:
        return []
    shown = [figures.share(one, 0) for one in unstable["collection"]]
    return shown + [figures.share(one, 0) for one in first[first["stable"]]["collection"]]


def of_study(found: Any) -> list[str]:
    means = found.tables()["runs"].groupby("point")["cycle_share"].mean()
    return [figures.share(means.min()), str(means.size)]


def of_batch(found: Any) -> list[str]:
    means = found.tables()["outcomes"].groupby("scenario")["cycle_share_last_year"].mean()
    return [figures.share(means.min()), figures.share(means.max())]


def of_draws(found: Any) -> list[str]:
    values = found.table()["cycle_share_last_year"]
    return [figures.share(values.mean()), figures.interval(values.min(), values.max(), "share")]


def of_run(found: Any) -> list[str]:
    return [figures.share(found.city["cycle"].iloc[-12:].mean()), f"{found.seed}"]


def of_robustness(found: Any) -> list[str]:
    return [figures.share(found.tables()["plans"]["met"].max(), 0)]


def of_ablation(found: Any) -> list[str]:
    return [figures.share(found.tables()["ablation"].query("group == 'city'")["base"].iloc[0])]


def of_pathways(found: Any) -> list[str]:
    plans = found.tables()["sell_by"].fillna({"median": math.inf, "median_high": math.inf})
    plans = plans.sort_values("median", ascending=False, kind="stable")
    lowest, others = plans["median_low"].iloc[0], plans["median_high"].iloc[1:]
    if not lowest > others.max():
        return []  # which is good enough longest cannot be told, and no month stands for all
    months = found.tables()["sell_by"]["median"]
    if months.isna().any():  # not within those simulated
        return [f"{found.months}"]
    return [f"{math.ceil(months.max())}"]


TITLES: Titles = {
    "comparison": of_comparison,
    "arms": of_comparison,
    "budget": of_budget,
    "tipping": of_tipping,
    "study": of_study,
    "batch": of_batch,
    "draws": of_draws,
    "run": of_run,
    "robustness": of_robustness,
    "ablation": of_ablation,
    "pathways": of_pathways,
}


@pytest.mark.parametrize("name", TITLES)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_answer_in_the_title_is_that_of_the_tables(request, name, lang):
    result = read(request.getfixturevalue(f"{name}_folder"))
    title = brief_of(result, lang).title
    with in_language(lang):
        wanted = TITLES[name](result)
    for figure in wanted:
        assert re.search(rf"(?<![\d.,]){re.escape(figure)}(?![\d])", title), (figure, title)


def test_a_comparison_names_what_is_cheaper_and_who_loses(arms_folder):
    found = read(arms_folder)
    brief = brief_of(found, "en")
    rescues = found.tables()["rescues"].query("by == 'all' and counted == 'estates'").set_index("arm")
    costs = found.tables()["costs"].set_index("arm")
    titles = {
        arm.scenario.title.in_language("en").partition(", changed")[0]: arm.name for arm in found.others
    }
    for row in brief.rows:
        arm = titles[row.name]
        assert row.cells[1].mean == costs["cost"][arm]  # type: ignore[union-attr]
        harmed = rescues["harmed"][arm]
        assert (figures.decimal(harmed, 1) in row.cells[2]) if harmed else "No estate" in row.cells[2]  # type: ignore[operator]
    best = best_row(found.tables()["standing"].query("outcome == @found.outcomes[0]"))["arm"]
    losses = found.tables()["losses"].query("seen")
    assert set(losses["arm"]) <= {best}
    worse = next(row for row in brief.rows if titles[row.name] == best).cells[2]
    assert ("Worse:" in worse) == (not losses.empty)  # type: ignore[operator]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_is_cheaper_is_said_with_the_difference_of_the_costs(arms_folder, lang):
    """With every arm in the set, all but the dearest of them are cheaper than that."""
    found = sim.load_result(arms_folder)
    main, costs = found.outcomes[0], found.tables()["costs"].set_index("arm")["cost"]
    dearest = costs.idxmax()
    table = found.standing
    here = table["outcome"] == main
    found.__dict__["standing"] = table.assign(
        in_set=table["in_set"] | here, best=(table["arm"] == dearest) & here, second=False
    )
    told = brief_of(found, lang)
    with in_language(lang):
        others = [costs[dearest] - cost for arm, cost in costs.items() if arm != dearest]
        for saved in (*others, costs[dearest]):  # the baseline costs nothing more than itself
            assert figures.money(saved) in told.alike
    cheapest = found.standing.assign(best=(table["arm"] == found.baseline.name) & here)
    found.__dict__["standing"] = cheapest
    assert {"en": "None of them costs less", "zh": "其中没有更便宜的"}[lang] in brief_of(found, lang).alike


def test_of_plans_that_change_nothing_none_is_called_best(comparison_folder):
    found = sim.load_result(comparison_folder)
    nothing = "Nothing that was tried changes what was compared, or costs anything"
    changes = {
        "differences": found.differences.assign(difference=0.0, spread=0.0),
        "costs": found.costs.assign(cost=0.0, cost_range_low=0.0, cost_range_high=0.0),
        "rescues": found.rescues.assign(rescued=0.0, harmed=0.0),
    }
    assert found.costs["cost"].any()
    for name, table in changes.items():  # what costs is not nothing
        assert nothing not in brief_of(found, "en").title or name == "rescues"
        found.__dict__[name] = table
    same = brief_of(found, "en")
    assert nothing in same.title
    found.__dict__["rescues"] = changes["rescues"].assign(harmed=0.5)
    assert nothing not in brief_of(found, "en").title, "nor is what harms anybody"
    found.__dict__["rescues"] = changes["rescues"]
    assert same.recommendation.startswith("Nothing is recommended")


# few runs, and one


def cut_to(search: Any, seeds: int) -> Any:
    """A search as it is with fewer fresh seeds."""
    search.asked["fresh"] = seeds
    search.fresh = [
        replace(
            one,
            value=replace(one.value, values={name: each[:seeds] for name, each in one.value.values.items()}),
            gain=float(np.mean(one.gains[:seeds])),
            gain_interval=(told := estimate_of(one.gains[:seeds])).interval,
            gain_range=told.range,
            gains=one.gains[:seeds],
        )
        for one in search.fresh
    ]
    return search


def all_of(brief: Brief) -> str:
    cells = [line for row in brief.rows for cell in (row.name, *row.cells) for line in brief.lines_of(cell)]
    return " ".join((brief.title, brief.about, brief.how_read, *cells, *(text for _, text in brief.points)))


ONE_DRAW = {"en": "one draw, seed {}", "zh": "一次抽样，种子{}"}
LUCK = {"en": "ranges hold luck alone", "zh": "范围只含随机波动"}
NOTHING = {"en": "Nothing is recommended", "zh": "不作建议"}
NO_INTERVAL = {"en": "under 5 there is no interval", "zh": "少于5次时不给出"}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_budget_of_few_fresh_seeds_recommends_nothing_as_sure_and_says_why_it_has_no_interval(
    budget_folder, lang
):
    many, few, one = (brief_of(cut_to(sim.load_result(budget_folder), seeds), lang) for seeds in (5, 3, 1))
    cautious = {"en": "too few to decide", "zh": "不足以作决定"}[lang]
    for brief, is_few in ((many, False), (few, True), (one, True)):
        assert (cautious in brief.title) == is_few == (NOTHING[lang] in brief.recommendation)
        assert LUCK[lang] in all_of(brief) or brief is one
    assert NO_INTERVAL[lang] in few.note and NO_INTERVAL[lang] not in many.note + one.note
    draw = ONE_DRAW[lang].format(read(budget_folder).asked["seeds"][-1] + 1)
    assert draw in one.title and draw in one.about and draw in one.note and draw not in all_of(few)
    assert LUCK[lang] not in all_of(one)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_worst_off_of_a_package_have_an_interval_and_a_range_as_its_gain_has(budget_folder, lang):
    found = sim.load_result(budget_folder)
    luck = np.array([-0.02, 0.01, 0.0, 0.03, -0.01])
    found.fresh = [
        replace(
            one,
            value=replace(
                one.value,
                values={**one.value.values, "worst_decile_satisfaction": (0.3 + place / 10 + luck).tolist()},
            ),
        )
        for place, one in enumerate(found.fresh)
    ]
    brief = brief_of(found, lang)
    told = {f"#{one.value.number}": one.value.estimate("worst_decile_satisfaction") for one in found.fresh}
    with in_language(lang):
        for row in brief.rows:
            known = told[re.split("[:：]", row.name)[0]]
            cell = " ".join(row.cells[2])
            assert figures.interval(known.interval.low, known.interval.high, "share") in cell
            assert figures.interval(known.range.low, known.range.high, "share") in cell
            assert {"en": "rough", "zh": "粗略"}[lang] in cell, "five seeds"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_batch_of_single_runs_says_the_seed_of_each_and_nothing_of_ranges(batch_folder, lang):
    found = sim.load_result(batch_folder)
    twice = all_of(brief_of(found, lang))
    assert LUCK[lang] in twice and ONE_DRAW[lang].partition("{")[0] not in twice
    for one in found.scenarios:
        object.__setattr__(one, "outcomes", {name: each[:1] for name, each in one.outcomes.items()})
    brief = brief_of(found, lang)
    draws = [ONE_DRAW[lang].format(one.run.seed) for one in found.scenarios]
    assert all(any(draw in row.name for draw in draws) for row in brief.rows)
    assert all(draw in brief.title for draw in draws) and LUCK[lang] not in all_of(brief)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_tipping_map_of_one_draw_says_its_seed_and_which_values_are_left_out(tipping_folder, lang):
    found = sim.load_result(tipping_folder)
    (mapped,) = found.maps
    first = mapped.agents.first
    assert len(first) == 1, "the fixture"
    points = dict(mapped.agents.points)
    cautious = {"en": "had not come to rest", "zh": "仍未停下"}[lang]
    for moving in (True, False):
        drifting = {
            value: replace(
                point,
                trials={at: replace(one, drift=1.0 if moving else 0.0) for at, one in point.trials.items()},
            )
            for value, point in points.items()
        }
        mapped.agents.points = {value: one for value, one in drifting.items() if one.settled != moving}
        brief = brief_of(found, lang)
        assert (cautious in brief.note) == moving
        assert ONE_DRAW[lang].format(first[0]) in brief.about and LUCK[lang] not in all_of(brief)
    mapped.agents.first = (1, 2)
    assert ONE_DRAW[lang].partition("{")[0] not in all_of(two := brief_of(found, lang))
    assert LUCK[lang] in two.about


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_runs_of_worlds_that_have_unlike_numbers_of_them_are_counted_apart(robustness_folder, lang):
    found = sim.load_result(robustness_folder)
    told = brief_of(found, lang)
    assert {"en": "60 runs", "zh": "60次运行"}[lang] in told.about and NO_INTERVAL[lang] not in told.note
    found = sim.load_result(robustness_folder)
    found.asked["replications"] = 3
    for world in found.worlds[1:]:
        found.values[world.name] = {name: each[:, :3] for name, each in found.values[world.name].items()}
    few = brief_of(found, lang)
    assert {"en": "3 in each other world", "zh": "其余每种世界3次"}[lang] in few.about
    assert "60" in few.alike and "3" in few.alike
    assert {"en": "under 5 there is no interval", "zh": "少于5次时不给出"}[lang] in few.note
    assert not any(row.cells[0].interval.exists for row in few.rows)


def test_what_cannot_be_told_apart_from_the_best_found_is_what_luck_may_have_put_behind_it():
    luck = np.random.default_rng(3).normal(0, 0.05, (4, 12))
    shared = np.random.default_rng(4).normal(0, 0.3, 12)  # of the seed, the same for all
    values = {point: low + shared + luck[point] for point, low in enumerate((0.2, 0.201, 0.5, 0.9))}
    found = best_of(values, -1, paired=True)
    assert found is not None and set(found.order[:2]) == {0, 1} and found.order[2:] == (2, 3)
    assert {found.point, *found.alike} == {0, 1}
    assert len(best_of(values, -1, paired=False).alike) > len(found.alike), (
        "luck of the seeds is no longer shared"
    )
    assert best_of(values, 1, paired=True).point == 3
    few = {point: one[:4] for point, one in values.items()}
    assert len(best_of(few, -1, paired=True).alike) == 3, "four runs tell nothing"
    assert best_of(values, 0, paired=True) is None
    assert best_of(values | {4: np.array([math.nan])}, -1, paired=True) is None


def test_the_best_of_many_alike_is_told_apart_from_few_of_them_however_many_there_are():
    """The winner's curse: of forty points that are the same, none is rightly called worse."""
    rng = np.random.default_rng(5)
    wrong = sum(
        len(best_of({n: rng.normal(0, 1, 10) for n in range(40)}, 1, paired=False).alike) < 39
        for _ in range(20)
    )
    assert wrong <= 3


def test_the_form_refuses_what_is_no_brief():
    row = Row("a", ("b",))
    text = ("answer", "about", ("head", "head"))
    made = Brief(*text, (row,) * 5, "r", "a", "c")
    assert made.points[-1][1] == "c"
    for wrong in ({"rows": (row,) * 6}, {"rows": (Row("a", ("b", "c")),)}, {"alike": ""}, {"title": ""}):
        with pytest.raises(ValueError):
            replace(made, **wrong)


def test_what_the_ends_of_a_range_are_is_said_once_where_all_are_alike_and_in_each_cell_where_not():
    held = Range(0.1, 0.3, "lowest_highest", 6)
    one = Measured(0.2, Interval(0.15, 0.25), held, "share")
    with in_language("en"):
        alike = Brief("t", "a", ("h", "h", "h"), (Row("r", (one, one)),), "r", "a", "c")
        assert alike.lines_of(one) == (
            "+20.0 points",
            "may be 10.0 to 30.0 points",
            "mean: 15.0 to 25.0 points, rough",
        )
        assert "lowest to highest of 6 pairs" in alike.how_read
        other = replace(one, held=replace(held, pairs=12))
        mixed = replace(alike, rows=(Row("r", (one, other)),))
        assert "pairs" not in mixed.how_read
        assert mixed.lines_of(other)[1] == "may be 10.0 to 30.0 points (lowest to highest of 12 pairs)"
        assert mixed.lines_of(other)[2] == "mean: 15.0 to 25.0 points"
        same = replace(one, held=Range(0.2, 0.2, "lowest_highest", 6))
        assert alike.lines_of(same) == ("+20.0 points", "the same every time")
        few = replace(one, held=Range(0.2, 0.2, "lowest_highest", 4), interval=Interval(math.nan, math.nan))
        assert "the same every time" not in alike.lines_of(few), "four that agree are too few to say so"
        rare = measured(estimate_of([0.0] * 98 + [0.5, 0.4]), "share")
        assert (rare.held.kind, rare.held.low, rare.held.high) == ("p5_p95", 0.0, 0.0)
        assert "the same every time" not in alike.lines_of(rare)
        assert "not to be trusted" in alike.lines_of(rare)[-1]
        assert alike.lines_of(measured(estimate_of([0.2] * 50), "share"))[1] == "the same every time"
        level = Measured(0.2, Interval(math.nan, math.nan), held, "share", "runs")
        assert alike.lines_of(level) == ("20.0%", "may be 10.0 to 30.0%")


# the score card


def test_the_last_line_is_of_the_shipped_score_card_held_out_misses_by_name():
    card = shipped_card()
    page = (DOCS / "score-card.md").read_text(encoding="utf-8").partition("## With each loop off")[0]
    counts = re.search(r"(\d+) of (\d+) calibration patterns pass, and (\d+) of (\d+) held-out", page)
    assert counts is not None
    assert (*card.counts(CALIBRATION), *card.counts(HELD_OUT)) == tuple(map(int, counts.groups()))
    assert f"model {card.model}" in page and f"{card.replications} replications" in page
    assert card.counts(CONSISTENCY)[1] == sum(one.use == CONSISTENCY for one in load_patterns()[0])
    assert {one.pattern.name for one in card.verdicts} == {
        one.name for one in load_patterns()[0] if one.measurable
    }
    for lang in languages():
        with in_language(lang):
            told = agreement(card.model)
            assert all(one.pattern.title.in_language(lang) in told for one in card.held_out_misses)
            assert not any(
                one.pattern.title.in_language(lang) in told
                for one in card.verdicts
                if one.passed and one.pattern.use == HELD_OUT
            )
            assert all(re.search(rf"\b{number}\b|{number}项", told) for number in counts.groups())
            assert agreement("another") == f"{told}{' ' if lang == 'en' else ''}{say('brief.other_model')}"


def test_what_is_shipped_of_a_score_card_is_what_it_scored():
    class Scored:
        def __init__(self, pattern: Any, off: float, passed: bool) -> None:
            self.pattern, self.off, self.passed = pattern, off, passed

    first, second, *_ = load_patterns()[0]
    data = as_data([Scored(first, 0.12345678, False), Scored(second, math.nan, False)], (3, 4, 5), "m", "v")
    assert data["seeds"] == [3, 5] and data["verdicts"][first.name] == {"passed": False, "off": 0.1235}
    assert data["verdicts"][second.name]["off"] is None


# as files


def much() -> Brief:
    """Five rows with ranges and much to say, as a search among many packages has."""
    cell = Measured(1.2e5, Interval(1e5, 1.5e5), Range(9e4, 1.9e5, "lowest_highest", 6), "yuan")
    name = "#12: state-owned fallback, committee drive, retrofit, operating subsidy"
    text = "What is said of it, at some length. " * 14
    heads, rows = ("head " * 6,) * 4, (Row(name, (cell, cell, "words " * 15)),) * 5
    return Brief("Answer " * 24 + ".", "of what " * 30, heads, rows, text, text, text, agreement=text)


def plain(text: str) -> str:
    """A text without what a PDF puts in or writes otherwise: spaces, ligatures, and Chinese letters as their
    radicals."""
    return re.sub(r"\s|[^\x00-\x7f]", "", unicodedata.normalize("NFKC", text))


@pytest.mark.skipif(browser() is None, reason="no Chromium-like browser is installed")
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_brief_fits_one_a4_page(request, tmp_path, lang):
    found = [read(request.getfixturevalue(f"{name}_folder")) for name in RESULTS]
    with in_language(lang):
        briefs = [*(brief_of(result, lang) for result in found), much()]
        assert briefs[-1].dense and not briefs[0].dense
    assert {result.kind.id for result in found} == {
        name for name, kind in kinds().items() if kind.brief and not kind.apart
    }
    file = write_briefs(briefs, tmp_path / "all.pdf", browser(), lang)
    pages = PdfReader(file).pages
    assert len(pages) == len(briefs)
    for page, brief in zip(pages, briefs, strict=True):
        text = plain(page.extract_text())
        assert plain(brief.title) in text and plain(brief.points[-1][1])[-20:] in text
        width, height = float(page.mediabox.width), float(page.mediabox.height)
        assert (width * 25.4 / 72, height * 25.4 / 72) == pytest.approx((210, 297), abs=1)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_word_document_has_what_the_page_has(arms_folder, tmp_path, lang):
    out = tmp_path / "brief.docx"
    done = estate("brief", str(arms_folder), "--out", str(out), lang=lang)
    assert done.exit_code == 0 and str(out.name) in done.output.replace("\n", ""), done.output
    brief, document = brief_of(read(arms_folder), lang), docx.Document(str(out))
    told = [paragraph.text for paragraph in document.paragraphs]
    assert told[0] == brief.title
    for part in (brief.about, brief.how_read, *(text for point in brief.points for text in point)):
        assert part in told
    (table,) = document.tables
    assert [cell.text for cell in table.rows[0].cells] == list(brief.heads)
    for row, own in zip(table.rows[1:], brief.rows, strict=True):
        cells = [own.name, *("\n".join(brief.lines_of(cell)) for cell in own.cells)]
        assert [cell.text for cell in row.cells] == cells
    section = document.sections[0]
    assert (section.page_width.mm, section.page_height.mm) == pytest.approx((210, 297), abs=0.1)
    fonts = document.styles["Normal"].element.xpath("w:rPr/w:rFonts/@w:eastAsia")
    assert bool(fonts) == (lang == "zh")


def test_the_command_writes_what_is_asked_for_and_the_folder_is_still_a_result(ablation_folder, tmp_path):
    folder = shutil.copytree(ablation_folder, tmp_path / "own")
    done = estate("brief", str(folder), "--format", "html", lang="zh")
    assert done.exit_code == 0, done.output
    page = Page((folder / "brief.zh.html").read_text(encoding="utf-8"))
    assert page.problems == [] and brief_of(read(ablation_folder), "zh").title in page.words
    assert page.all("html")[0]["lang"] == "zh-CN" and page.headings.count(1) == 1
    assert sim.load_result(folder).key == read(ablation_folder).key
    for wrong, said in (
        (("--format", "odt"), "odt"),
        (("--out", str(tmp_path / "a.txt")), "a.txt"),
        (("--format", "html", "--out", str(tmp_path / "a.docx")), "a.docx"),
    ):
        refused = estate("brief", str(folder), *wrong)
        assert refused.exit_code == 2 and said in refused.output and "allowed" in refused.output
    assert not any(tmp_path.glob("a.*"))


def test_a_report_opens_with_the_brief(ablation_folder, tmp_path):
    words = Page(write_report([ablation_folder], tmp_path / "r.html", "en").read_text(encoding="utf-8")).words
    brief = brief_of(read(ablation_folder), "en")
    last = {one: place for place, one in enumerate(words)}  # the contents have the heads before
    assert last["Brief"] < words.index(brief.title) < words.index(brief.recommendation) < last["Question"]
    without = Page(report_page([read(ablation_folder).report("en")], "en"))
    assert brief.title not in without.words
