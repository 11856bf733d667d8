"""Lines of titles: as many words as fit, and no more; whatever is written in them, and without measuring each
word anew."""

from __future__ import annotations

import re

import pytest

from sim.outputs.catalog import places, wrapped

TEXTS = (
    "Collection of 2,250 estates fell from 71.5% to 34.0% in Hongshan-District (one draw, seed 12) .",
    "国企兜底使公共成本增加12,345万元，收缴率变化−7.2个百分点（−15.1至−3.45），其余2,250个小区不变。",
    "  two  spaces, antidisestablishmentarianism-of-the-longest-word-that-fits-no-line and 一个长词。",
)
WORD = re.compile(r"[“（]*[!-~°²]+[，。；：、）”]*|[“（]?[^\s!-~][，。；：、）”]?")


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("width", [1, 2, 7, 12, 20, 33, 60, 200])
@pytest.mark.parametrize("indent", ["", "  "])
def test_a_line_has_as_many_words_as_fit(text: str, width: int, indent: str) -> None:
    lines = wrapped(text, width, indent).split("\n")
    assert "".join("".join(lines).split()) == "".join(text.split())
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        assert places(line) <= width or len(WORD.findall(line)) == 1, line
        if after:
            (word, *_) = WORD.findall(after)
            gap = " " if re.match(rf".*{re.escape(line.strip())}\s+{re.escape(word)}", text) else ""
            assert places(line + gap + word) > width, (line, word)


def test_letters_that_take_long_to_measure_are_measured_a_few_times() -> None:
    asked: list[str] = []

    def length(words: str) -> float:
        asked.append(words)
        return 9.5 * len(words)

    lines = wrapped("小" * 400, 950, length=length).split("\n")
    assert [len(line) for line in lines] == [100] * 4
    assert len(asked) < 60
