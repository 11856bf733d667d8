"""What `estate calibrate` says, in Chinese and English."""

from __future__ import annotations

from typing import Any

from sim.words import Word

SAID = {
    "plan": Word(
        "{patterns}项校准模式 · {free}个参数 · 每组参数运行{each}次 · 拟合约{runs}次运行；之后用{scored}组参数检验全部模式（含留作检验的）",
        "{patterns} calibration patterns · {free} parameters · {each} runs a set · about {runs} runs for the fit; afterwards {scored} members are "
        "scored on all patterns, the held-out ones included",
    ),
    "resumed": Word(
        "中断后再次执行同一命令即可继续；已有的运行不会重复。",
        "If this is interrupted, the same command goes on; runs that exist are not made again.",
    ),
    "stopped": Word(
        "已中断：读数已保存，再次执行同一命令即可继续。",
        "stopped: what was read is kept; the same command goes on.",
    ),
    "done": Word(
        "拟合用到{runs}次运行，其中新运行{executed}次，用时{seconds}秒",
        "The fit took {runs} runs, {executed} of them carried out now, {seconds} s",
    ),
    "parameters": Word("参数：校准前后", "Parameters before and after"),
    "parameter": Word("参数", "parameter"),
    "range": Word("范围", "range"),
    "default": Word("默认", "default"),
    "median": Word("中位数", "median"),
    "interval": Word("90%区间", "90% interval"),
    "narrower": Word("收窄", "narrower"),
    "inside": Word("50%／90%区间含真值", "truth inside 50% / 90%"),
    "patterns": Word(
        "校准模式：仿真均值在校准前后（90%区间）",
        "Calibration patterns: simulated means before and after (90% of them)",
    ),
    "pattern": Word("模式", "pattern"),
    "reported": Word("报道", "reported"),
    "before": Word("校准前", "before"),
    "after": Word("校准后", "after"),
    "no value": Word("无值", "no value"),
    "no change": Word("不随参数变化", "nothing moves it"),
    "scores": Word("用这一参数集合运行", "Run over this ensemble"),
    "written": Word(
        "参数集合：{file}\n使用：estate compare 基准 另一情景 --ensemble {name}",
        "Ensemble: {file}\nUse it: estate compare BASELINE OTHER --ensemble {name}",
    ),
}


def say(key: str, lang: str, **values: Any) -> str:
    """One of SAID in a language, with `values` put into its gaps."""
    text = SAID[key].in_language(lang)
    return text.format(**values) if values else text
