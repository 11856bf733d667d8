"""Which loop is the trap, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.outputs.comparison_words import short_title
from sim.outputs.range_words import how_sure
from sim.text import figures, in_language, joins

if TYPE_CHECKING:
    from sim.experiments.ablate import Ablation

LOOPS = {
    "service": ("服务循环", "service"),
    "norm": ("规范循环", "norm"),
    "decay": ("失修循环", "decay"),
    "exit": ("撤场循环", "exit"),
    "grievance": ("积怨循环", "grievance"),
}
TRAP_PART = 1 / 3  # of the estates in the cycle that a loop must account for alone, to be called the trap
CITY_WORDS = ("全市", "the city")


def loop_name(loop: str, lang: str) -> str:
    """What a loop is called."""
    return LOOPS.get(loop, (loop, loop))[0 if lang == "zh" else 1]


def group_name(found: Ablation, group: str, lang: str) -> str:
    """What a group of estates is called: the city, or an estate type without what its title explains in brackets."""
    if group in found.scenario.types:
        return short_title(found.scenario.types[group].title.in_language(lang))
    return CITY_WORDS[0 if lang == "zh" else 1]


def ablation_sentences(found: Ablation, lang: str) -> list[str]:
    """One line for the city and each type, and one for all loops off."""
    lines = [line_of(found, group, lang) for group in found.groups]
    none_on = found.arm(*found.loops).mean("city")
    base = float(found.base["city"].mean())
    lines.append(
        f"全部循环关闭时，末年处于恶性循环的小区由{figures.share(base)}变为{figures.share(base + none_on)}。"
        if lang == "zh"
        else f"With all loops off, {figures.share(base + none_on)} of estates are in the cycle in the last year instead of {figures.share(base)}."
    )
    return lines


def line_of(found: Ablation, group: str, lang: str) -> str:
    """Which loop is the trap in a group, with the paired change and its interval."""
    name, base = group_name(found, group, lang), figures.share(float(found.base[group].mean()))
    loop = found.trap(group)
    if loop is None:
        return (
            f"{name}：末年{base}的小区处于循环；关闭任何单个循环都不能确定地减少。"
            if lang == "zh"
            else f"In {name}, {base} of estates are in the cycle in the last year; no single loop, taken away, lowers that beyond doubt."
        )
    change, interval = found.arm(loop).mean(group), found.interval((loop,), group)
    with in_language(lang):
        points = joins.bracketed(
            figures.points(change), how_sure(interval, found.range((loop,), group), "share", lang)
        )
    whole = -change >= TRAP_PART * float(found.base[group].mean())
    if lang == "zh":
        what = "陷阱主要是" if whole else "单个循环中影响最大、但不足以单独构成陷阱的是"
        return f"{name}：末年{base}的小区处于循环；{what}{loop_name(loop, lang)}，关闭它使占比变化{points}。"
    what = "is the trap" if whole else "matters most, and alone is not the trap"
    return f"In {name}, {base} of estates are in the cycle in the last year; the {loop_name(loop, lang)} loop {what}: without it {points}."
