"""What the experiments on the trap found, in sentences."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.experiments.levers import ADDED_INCOME, VIABILITY
from sim.experiments.no_return import NO_PROGRAMME, RESCUES_NOBODY
from sim.outputs.range_words import range_of_runs
from sim.parameters import PARAMETERS
from sim.text import figures

if TYPE_CHECKING:
    from sim.experiments.levers import Lever
    from sim.experiments.no_return import NoReturn
    from sim.experiments.tipping import Tipping, TypeMap
    from sim.experiments.trap_width import Width

_LEVERS = {
    ADDED_INCOME: (
        "企业获得的额外收入（占应收物业费）",
        "added income of the company (share of full billing)",
    ),
    VIABILITY: ("标准成本与应收物业费之比", "standard cost over full billing"),
}
NOT_ASKED = "not asked for"  # `note` of a map that no point of no return was wanted of
# Why there is no point of no return: `note` of a map.
NOTES = {
    NO_PROGRAMME: (
        "该情景没有措施：不可逆转点是一项政策的性质",
        "the scenario has no programme, and a point of no return is one of a policy",
    ),
    RESCUES_NOBODY: (
        "即使按计划开始，其措施也没有使任何小区脱困",
        "its programmes rescue no estate even when they begin as planned",
    ),
}
SOURCES = {"mean_field": ("平均场映射", "mean-field map"), "agents": ("主体模拟", "agent-based runs")}


def pick(pair: tuple[str, str], lang: str) -> str:
    """The Chinese or the English of a pair."""
    return pair[0 if lang == "zh" else 1]


def lever_name(lever: Lever, lang: str) -> str:
    """What a lever is called on axes and in sentences."""
    if lever.key in _LEVERS:
        return pick(_LEVERS[lever.key], lang)
    if lever.parameter:
        parameter = PARAMETERS[lever.parameter]
        return f"{parameter.label.in_language(lang)} ({parameter.unit})"
    return lever.key


def tipping_sentences(found: Tipping, lang: str) -> list[str]:
    """A line for each type and source, the loop, and the point of no return."""
    lines = []
    for one in found.maps:
        title = found.scenario.types[one.type_name].title.in_language(lang)
        lines += [width_line(title, width, lever_name(one.lever, lang), lang) for width in one.widths]
        lines += _caution(title, one, lang)
        if one.loop is not None:
            lines.append(loop_line(title, one, lang))
    lines += _without_fees(found, lang)
    if found.note != NOT_ASKED:
        lines.append(no_return_line(found.no_return, found.note, lang))
    return lines


def _without_fees(found: Tipping, lang: str) -> list[str]:
    """The types with estates that have no map because they charge no fee."""
    scenario = found.scenario
    mapped = {one.type_name for one in found.maps}
    return [
        f"{scenario.types[name].title.in_language(lang)}：不收物业费，没有收缴率可言，因此没有地图。"
        if lang == "zh"
        else f"{scenario.types[name].title.in_language(lang)}: charges no fee, so that there is no collection rate to map."
        for name, number in scenario.estates_by_type().items()
        if number and name not in mapped and scenario.types[name].fee_price == 0
    ]


def width_line(title: str, width: Width, lever: str, lang: str) -> str:
    """How wide the trap of a type is by one source, and how well the ends are known."""
    source = pick(SOURCES[width.source], lang)
    if math.isnan(width.low):
        return (
            f"{title}（{source}）：在所试范围内只有一个稳定状态，没有陷阱。"
            if lang == "zh"
            else f"{title} ({source}): one stable state over the range tried, no trap."
        )
    least = width.low_open or width.high_open
    if lang == "zh":
        return (
            f"{title}（{source}）：{lever}在{width.low:.3g}至{width.high:.3g}之间有两个稳定状态，"
            f"陷阱宽度{'至少' if least else ''}{width.width:.3g}（±{width.error:.2g}），面积{width.area:.3g}。"
        )
    return (
        f"{title} ({source}): two stable states where {lever} lies between {width.low:.3g} and {width.high:.3g}; "
        f"the trap is {'at least ' if least else ''}{width.width:.3g} (±{width.error:.2g}) wide, with an area of {width.area:.3g}."
    )


def _caution(title: str, one: TypeMap, lang: str) -> list[str]:
    """A warning where runs ended before estates had come to rest: what looks like two states may be one that is reached slowly."""
    points = one.agents.points.values()
    moving = sum(not point.settled for point in points)
    if not moving:
        return []
    total = len(points)
    months = one.agents.world.months
    return [
        f"{title}：注意，{total}个杠杆取值中有{moving}个在{months}个月后仍未停下，不计入范围；可增加月数。"
        if lang == "zh"
        else f"{title}: caution, at {moving} of {total} values of the lever runs had not come to rest after {months} months; these are left out of the range. Give more months."
    ]


def loop_line(title: str, one: TypeMap, lang: str) -> str:
    """How far the way back of a lever is from the way out."""
    loop = one.loop
    assert loop is not None
    way = f"{loop.values[0]:.3g} → {loop.values[-1]:.3g}"
    if lang == "zh":
        return (
            f"{title}：{way}再返回，每步{loop.hold}个月，同一水平下往返收缴率最多相差{figures.share(loop.width, 0)}"
            + ("。" if math.isnan(loop.lag) else f"，越过中点的位置相差{loop.lag:.3g}。")
        )
    return (
        f"{title}: from {way} and back, {loop.hold} months a step, collection on the two ways differs by up to "
        f"{figures.share(loop.width, 0)}"
        + ("." if math.isnan(loop.lag) else f"; they cross the middle {loop.lag:.3g} apart.")
    )


def no_return_line(found: NoReturn | None, note: str, lang: str) -> str:
    """The point of no return of a policy, or why there is none."""
    if found is None:
        why = pick(NOTES[note], lang) if note in NOTES else note
        return (
            f"不可逆转点：没有（{why}）。" if lang == "zh" else f"Point of no return: there is none ({why})."
        )
    return _no_return(found, lang) + _rescued_range(found, lang)


def _rescued_range(found: NoReturn, lang: str) -> str:
    """What a start at the latest delay tried in vain or in time may rescue in a single run; empty where nobody knows."""
    known = [one for one in found.trials if found.latest is None or one.delay == found.latest]
    one = max(known, key=lambda each: each.delay, default=None)
    if one is None or not one.rescued_range.exists:
        return ""
    shown = range_of_runs(one.rescued_range, "", lang)
    if lang == "zh":
        return f"推迟{one.delay}个月时，单次运行可能挽救的小区数：{shown}。"
    return f" What may happen with a delay of {one.delay} months, in estates rescued: {shown}."


def _no_return(found: NoReturn, lang: str) -> str:
    last = max(found.trials, key=lambda one: one.delay)
    if found.latest is None:
        doubt = (
            ""
            if not last.uncertain
            else "（但不能排除已不到一半）"
            if lang == "zh"
            else " (though less than half cannot be ruled out)"
        )
        return (
            f"不可逆转点：在所试范围内没有。即使推迟{last.delay}个月，这一政策每次运行仍使{last.rescued:.1f}个小区脱困，"
            f"按计划开始为{found.immediate:.1f}个{doubt}：对这一政策而言，衰败没有到不可挽回的地步。"
            if lang == "zh"
            else f"Point of no return: there is none in the range tried. Even begun {last.delay} months later the policy rescues {last.rescued:.1f} estates a run, "
            f"begun as planned {found.immediate:.1f}{doubt}: for this policy decay does not become irreversible."
        )
    if lang == "zh":
        sure = "" if found.sure is None else f"；推迟{found.sure}个月时确定有效"
        lost = "" if found.lost is None else f"，推迟{found.lost}个月时确定无效"
        return (
            f"不可逆转点：最迟在第{found.month}月（推迟{found.latest}个月）开始，仍可达到按计划开始时脱困小区"
            f"（每次{found.immediate:.1f}个）的一半{sure}{lost}。"
        )
    sure = "" if found.sure is None else f"; beyond doubt it works with a delay of {found.sure} months"
    lost = "" if found.lost is None else f" and no longer with one of {found.lost}"
    return (
        f"Point of no return: month {found.month} (a delay of {found.latest} months) is the latest start that rescues at least half "
        f"of the {found.immediate:.1f} estates a run that the planned start rescues{sure}{lost}."
    )
