"""A withdrawal test in words, Chinese and English."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.outputs.catalog import require_language
from sim.outputs.outcome_words import size_of, subject
from sim.outputs.range_words import how_sure, rough_mark
from sim.results.outcomes import OUTCOMES
from sim.text import figures, in_language, joins
from sim.words import Word

if TYPE_CHECKING:
    from sim.experiments.withdrawal import Withdrawal, Withdrawn

SAID = {
    "kept": Word(
        "{name}：与从未实施相比，一直实施使{subject}变化{kept}；第{month}月后停止，则变化{ended}",
        "{name}: kept, it changes {subject} by {kept}; ended after month {month}, by {ended}",
    ),
    "remains": Word(
        "，效果留下{share}（{level}置信区间：{low}至{high}{rough}）",
        ", so {share} of the effect remains ({level} interval {low} to {high}{rough})",
    ),
    "turned": Word(
        "：停止后的结果比从未实施还差，效果没有留下",
        ": it then ends worse than if it had never been, and nothing of the effect remains",
    ),
    "turned_better": Word(
        "：停止后的变化与一直实施时方向相反", ": ended, it does the opposite of what it does while kept"
    ),
    "gone": Word(
        "，看不出效果有所留下（估计{share}，{level}置信区间：{low}至{high}{rough}）",
        ", so nothing of the effect can be seen to remain (estimate {share}, {level} interval {low} to {high}{rough})",
    ),
    "none": Word("；效果太弱，说不清留下多少", "; the effect is too weak to say what share of it remains"),
}


def sentence_of(found: Withdrawal, one: Withdrawn, lang: str = "en") -> str:
    """What ending a programme does, and how much of its effect remains."""
    unit = OUTCOMES[one.outcome].unit
    labels = {each.name: each.label().in_language(lang) for each in found.scenario.interventions}
    values = {
        "name": labels.get(one.programme) or one.programme,
        "month": one.month,
        "subject": subject(one.outcome, lang),
    }
    with in_language(lang):
        written = {
            key: joins.bracketed(size_of(mean, unit, lang, sign=True), how_sure(interval, held, unit, lang))
            for key, mean, interval, held in (
                ("kept", one.kept, one.kept_interval, one.kept_range),
                ("ended", one.ended, one.ended_interval, one.ended_range),
            )
        }
    text = SAID["kept"].in_language(require_language(lang)).format(**values, **written)
    if math.isnan(one.remains):
        return text + SAID["none"].in_language(lang) + ("。" if lang == "zh" else ".")
    span = one.remains_interval
    if span.high < 0:  # a share of the effect below nothing is no share
        helped = one.kept * OUTCOMES[one.outcome].better > 0
        return (
            text
            + SAID["turned" if helped else "turned_better"].in_language(lang)
            + ("。" if lang == "zh" else ".")
        )
    share, low, high = (
        figures.share(part, 0).replace("-", "−")
        for part in (one.remains, one.remains_interval.low, one.remains_interval.high)
    )
    rough = rough_mark(span, one.kept_range.pairs, lang)
    tail = (
        SAID["remains" if span.low > 0 else "gone"]
        .in_language(lang)
        .format(share=share, level=figures.level(one.remains_interval.level), low=low, high=high, rough=rough)
    )
    return text + tail + ("。" if lang == "zh" else ".")
