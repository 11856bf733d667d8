"""Where a line may end: numbers stay whole, closing marks begin no line, and nothing is lost."""

from __future__ import annotations

import pytest

from sim.text import in_language
from sim.text.breaks import line_starts, numbers, pieces


def cells(text: str) -> int:
    return sum(2 if "⺀" <= one <= "￠" else 1 for one in text)


def lines(text: str, width: int) -> list[str]:
    starts = [0, *line_starts(text, width, cells), len(text)]
    return [text[begin:end] for begin, end in zip(starts, starts[1:], strict=False)]


SENTENCES = {
    "zh": "“国企兜底”使公共成本（财政支出＋国企亏损）增加12,345万元，收缴率变化−7.2个百分点（−15.1至−3.45），"
    "占比47.8%。其余2,250个小区、1.9%的业主和0.95（元/平方米·月）不变；见results/compare-2026_12/table.csv。",
    "en": "With “fallback” the public cost rises by 12,345 yuan (−15.1 to −3.45 points, 95% interval 9.7–12.0%); "
    "the other 2,250 estates are as they were: see results/compare-2026_12/table.csv.",
}


@pytest.mark.parametrize("lang", SENTENCES)
@pytest.mark.parametrize("width", range(12, 100, 3))
def test_no_number_is_cut_and_no_line_begins_with_a_closing_mark(lang: str, width: int) -> None:
    with in_language(lang):
        made = lines(SENTENCES[lang], width)
        whole = numbers(SENTENCES[lang])
    assert "".join(made) == SENTENCES[lang]
    assert all(cells(line.rstrip()) <= width for line in made)
    assert [number for line in made for number in numbers(line)] == whole
    assert "−15.1" in whole and "12,345" in whole and "1.9%" in whole + ["1.9%"] * (lang == "en")
    assert not any(line[0] in "，。、；：）”%,.;)" for line in made)
    assert not any(line.rstrip()[-1] in "（“(" for line in made)


@pytest.mark.parametrize(
    ("lang", "figure"),
    [
        ("zh", "−7.2个百分点"),
        ("zh", "12,345 元"),
        ("zh", "1,550万元"),
        ("zh", "+0.9至1.8个百分点"),
        ("zh", "2,250个小区"),
        ("en", "−7.2 points"),
        ("en", "1.25 million yuan"),
        ("en", "15.1 to 18.4 points"),
        ("en", "9.7–12.0%"),
        ("en", "1 month"),
    ],
)
def test_a_number_stays_with_its_sign_and_unit_and_a_range_is_whole(lang: str, figure: str) -> None:
    before, after = ("收缴率为", "左右") if lang == "zh" else ("it is ", " or so")
    with in_language(lang):
        assert figure in [piece.strip() for piece in pieces(before + figure + after)]
        # where not even a whole line is enough, the number itself still is in one piece
        assert numbers(figure)[0] in "\n".join(lines(figure, cells(numbers(figure)[0])))


def test_a_name_that_is_longer_than_a_line_ends_after_its_marks_if_it_can() -> None:
    assert lines("types.resettlement.public_revenue", 20) == ["types.resettlement.", "public_revenue"]
    assert lines("写入/home/someone/results", 18) == ["写入/home/someone/", "results"]
