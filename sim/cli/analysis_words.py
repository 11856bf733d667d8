"""What `estate compare` says, in Chinese and English."""

from __future__ import annotations

from typing import Any

from sim.words import Word

SAID = {
    "which": Word(
        "请给出两个以上情景，或用 --study 指定研究文件（二者取一）",
        "compare: name two or more scenarios, or a study with --study (one of the two)",
    ),
    "compared": Word(
        "共{runs}次运行，其中新运行{executed}次，用时{seconds}秒",
        "{runs} runs, {executed} of them carried out now, {seconds} s",
    ),
    "withdrawal": Word("退出检验：{name}", "Withdrawal test: {name}"),
    "differences": Word("{outcome}（{base}：{mean}）", "{outcome} ({base}: {mean})"),
    "arm": Word("情景", "scenario"),
    "arm_mean": Word("均值", "mean"),
    "difference": Word("与基准的成对差异", "paired difference"),
    "interval": Word("{level}%置信区间", "{level}% interval"),
    "may_happen": Word("可能的变化", "what may happen"),
    "mean_interval": Word("均值的{level}%置信区间", "{level}% interval of the mean"),
    "needed": Word("所需重复", "runs needed"),
    "needed_note": Word(
        "所需重复：以八成把握看出该差异（或 --difference 所给差异）的重复次数。",
        "runs needed: replications that show this difference (or that of --difference) four times in five.",
    ),
    "rescues_estates": Word(
        "小区逐一对照，每次运行平均小区数（脱困：最后12个月，基准中月月处于循环，该情景中月月不在循环；转差：相反）",
        "Estates, means of a run (rescued: in the cycle in each of the last twelve months of the baseline, out of it in each here; harmed: the reverse)",
    ),
    "rescues_households": Word("同上，按住户数", "The same in households"),
    "group": Word("小区", "estates"),
    "all": Word("全部", "all"),
    "district": Word("第{name}区", "district {name}"),
    "at_risk": Word("基准中月月处于循环", "in the cycle without"),
    "rescued": Word("脱困", "rescued"),
    "harmed": Word("转差", "harmed"),
    "neither": Word("两者皆非", "neither"),
    "share_rescued": Word("脱困比例（区间）", "share rescued (interval)"),
    "drawing": Word("正在绘图", "drawing charts"),
    "written": Word("结果：{folder}", "Results: {folder}"),
}


def say(key: str, lang: str, **values: Any) -> str:
    """One of SAID in a language, with `values` put into its gaps."""
    text = SAID[key].in_language(lang)
    return text.format(**values) if values else text
