"""The index page of a batch: everything is listed, escaped and linked, in both languages."""

from __future__ import annotations

import math
from html.parser import HTMLParser

import pytest

from sim.outputs.index_page import HEADLINES, WORDS, Shown, index_page, mean_and_interval


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
    page = index_page(entries, lang, "abc")
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
        *(WORDS[key].in_language(lang) for key in ("done", "failed", "waiting")),
    ):
        assert words in read.text, words
    assert ('lang="zh-CN"' in page) == (lang == "zh")


def test_one_run_has_no_interval_and_several_have() -> None:
    single, several = (
        index_page([done("one", [0.5])], "en", ""),
        index_page([done("one", [0.5, 0.7])], "en", ""),
    )
    assert "One run" in single and "confidence interval" not in single and "50.0%" in single
    assert "confidence interval" in several and "60.0%" in several


def test_mean_and_interval() -> None:
    mean, low, high = mean_and_interval([1.0, 2.0, 3.0, math.nan])
    # t(0.975, 2) = 4.302653; standard error of 1, 2, 3 is 1 / sqrt(3)
    assert (
        mean == 2.0
        and high - mean == pytest.approx(4.302653 / math.sqrt(3), rel=1e-6)
        and mean - low == pytest.approx(high - mean)
    )
    assert mean_and_interval([4.0])[0] == 4.0 and math.isnan(mean_and_interval([4.0])[1])
    assert all(math.isnan(value) for value in mean_and_interval([math.nan]))
