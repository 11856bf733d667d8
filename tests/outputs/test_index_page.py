"""The index page of a batch: everything is listed, escaped and linked, in both languages."""

from __future__ import annotations

import math
from html.parser import HTMLParser

import pytest

from sim.experiments.intervals import estimate_of
from sim.studies.batch.index_page import HEADLINES, Shown, figure, index_page
from sim.text import figures, in_language, say
from sim.units import NO_VALUE


class Read(HTMLParser):
    """The links and the text of a page, and whether every tag is closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.text = ""
        self.open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if tag == "a":
            self.links.append(values["href"])
        self.loaded += [value for key, value in attrs if key in ("src", "srcset", "data")]
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def done(name: str, values: list[float], **changes) -> Shown:
    outcomes = dict.fromkeys(HEADLINES, values)
    facts = {
        "description": "words",
        "facts": "300 estates",
        "folder": f"{name} folder",
        "outcomes": outcomes,
        "changes": [("quality", "50 %", "60 %")],
        "charts": {"charts-en/cycle.png": ("the cycle", "it falls")},
        "tables": ["city.csv"],
    }
    return Shown(name, f"<{name}> & co", "done", **(facts | changes))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_lists_everything_and_loads_nothing(lang: str) -> None:
    entries = [
        done("one", [0.5, 0.6]),
        Shown("two", "two", "failed", "no <such> key"),
        Shown("three", "three", "waiting", facts="200 estates"),
    ]
    with in_language(lang):
        page = index_page(entries, "abc")
        states = [say(f"batch.page_{key}") for key in ("done", "failed", "waiting")]
    read = Read(page)
    assert (
        not read.open
        and not read.loaded
        and "http" not in page
        and "@import" not in page
        and "<script" not in page
    )
    assert {
        "#one",
        "#two",
        "#three",
        "one%20folder/charts-en/cycle.png",
        "one%20folder/charts-en/cycle.svg",
        "one%20folder/city.csv",
    } == set(read.links)
    for words in (
        "<one> & co",
        "no <such> key",
        "it falls",
        "300 estates",
        "abc",
        *states,
    ):
        assert words in read.text, words
    assert ('lang="zh-CN"' in page) == (lang == "zh")


def test_one_run_has_no_range_and_several_have() -> None:
    single, several = (
        index_page([done("one", [0.5])], ""),
        index_page([done("one", [0.5, 0.7])], ""),
    )
    assert "One run" in single and "may happen" not in single and "50.0%" in single
    assert "may happen" in several and "60.0%" in several and "lowest to highest of 2 runs" in several


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_row_of_a_single_run_says_that_it_is_one_draw_and_of_which_seed(lang: str) -> None:
    with in_language(lang):
        page = index_page([done("one", [0.5], seed=77), done("two", [0.5, 0.7], seed=88)], "")
        draws = [say("draw.one", seed=seed) for seed in (77, 88)]
    rows = [row for row in page.split("</tr>") if 'href="#one"' in row or 'href="#two"' in row]
    assert len(rows) == 2 and draws[0] in rows[0] and not any(draw in rows[1] for draw in draws)


def test_a_figure_of_several_runs_says_how_precise_the_mean_is_and_what_may_happen() -> None:
    shares = [0.02, 0.05, 0.0, 0.9, 0.04, 0.03, 0.99, 0.01, 0.02, 0.5]
    text = figure("collection_last_year", shares)
    assert "0.0% to 99.0%" in text or "0.0 to 99.0%" in text
    assert "lowest to highest of 10 runs" in text
    bounds = estimate_of(shares).interval
    assert 0 <= bounds.low < 0.256 < bounds.high <= 1 and figures.share(bounds.low) in text
    with in_language("zh"):
        assert "10次运行的最低至最高" in figure("collection_last_year", shares)


def test_three_runs_have_a_range_and_no_interval_and_one_run_has_neither() -> None:
    text = figure("collection_last_year", [0.2, 0.9, math.nan, 0.4])
    assert text.startswith("50.0%<br>") and text.count("<br>") == 1 and "of 3 runs" in text
    assert figure("collection_last_year", [0.2]) == "20.0%"
    assert figure("collection_last_year", [math.nan]) == NO_VALUE
