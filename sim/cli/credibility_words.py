"""What `estate evidence` and `estate reproduce` say, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.text import figures
from sim.words import Word

SAID = {
    "assumed_line": Word(
        "结果的依据：{measured}个参数实测、{calibrated}个校准、{assumed}个假设（占{share}）。这是按个数计，不是按影响计：加权须有敏感性分析（estate evidence --sensitivity）。",
        "What this rests on: {measured} parameters measured, {calibrated} calibrated, {assumed} assumed ({share}). By count, not by influence: "
        "weighing needs a sensitivity result (estate evidence --sensitivity).",
    ),
    "parameter": Word("参数", "parameter"),
    "value": Word("数值", "value"),
    "range": Word("合理范围", "plausible range"),
    "allowed": Word("允许范围", "allowed range"),
    "unit": Word("单位", "unit"),
    "status": Word("性质", "status"),
    "source": Word("依据", "source"),
    "grade": Word("等级", "grade"),
    "meaning": Word("含义", "meaning"),
    "no_range": Word("未给出", "none given"),
    "judgement": Word("研究者判断", "judgement"),
    "quantity": Word("内容", "quantity"),
    "place": Word("地点", "place"),
    "year": Word("年份", "year"),
    "title": Word("题名", "title"),
    "where": Word("出处", "where"),
    "weakness": Word("弱点", "weakness"),
    "note": Word("说明", "note"),
    "figures": Word("其中的数据", "figures read in it"),
    "used_by": Word("用在何处", "What uses it"),
    "unused": Word("目前没有用到", "nothing uses it yet"),
    "scenarios": Word("另行设定它的情景", "scenarios that set it"),
    "default": Word("默认值", "default"),
    "all_title": Word("全部参数的依据", "What every parameter rests on"),
    "totals": Word(
        "{parameters}个参数：{counts}。{figures}条数据，来自{sources}份资料：{grades}。",
        "{parameters} parameters: {counts}. {figures} figures from {sources} sources: {grades}.",
    ),
    "look": Word(
        "查看一项：estate evidence payment.norm_weight，或 estate evidence P066、D51",
        "Look at one: estate evidence payment.norm_weight, or estate evidence P066, or D51",
    ),
    "use_parameter": Word("参数", "parameter"),
    "use_setting": Word("措施设置", "setting of an intervention"),
    "use_mechanism": Word("措施机制", "mechanism of an intervention"),
    "use_default": Word("情景默认值", "default of scenarios"),
    "use_figure": Word("情景数据", "figure of a scenario"),
    "use_pattern": Word("验证模式", "pattern"),
    "share_title": Word(
        "结果有多少取决于假设的参数（{method}）",
        "How much of the result rests on assumed parameters ({method})",
    ),
    "sobol": Word("Sobol总效应指数", "Sobol total indices"),
    "morris": Word("Morris平均效应", "Morris mean effects"),
    "outcome": Word("指标", "outcome"),
    "assumed": Word("假设", "assumed"),
    "calibrated": Word("校准", "calibrated"),
    "measured": Word("实测", "measured"),
    "scenario_part": Word("有出处的情景数据", "sourced scenario figures"),
    "largest": Word("影响最大的假设参数", "largest assumed ones"),
    "share_note": Word(
        "只计入研究中变动的因素；固定不动的参数不在其内。",
        "Of the factors that the study varied; what it held fixed is not in it.",
    ),
    "pattern": Word("模式", "pattern"),
    "use": Word("用途", "use"),
    "same": Word(
        "完全一致：所有结果和数据表逐位相同（{digest}）",
        "The same to the last bit: all outcomes and tables ({digest})",
    ),
    "batch": Word(
        "这是一批运行，请对其中每个情景的文件夹使用本命令", "a batch: name the folder of one scenario in it"
    ),
    "differs": Word(
        "不一致：保存时 {then}，现在 {now}", "It came out otherwise: {then} when saved, {now} now"
    ),
    "tables_same": Word("所有数据表仍逐位相同", "all tables are the same to the last bit, though"),
    "files_differ": Word("不同的文件：{names}", "files that differ: {names}"),
    "edited": Word(
        "运行结果逐位相同（{digest}），但以下文件与之不符：{names}。它们保存后被改动过，或由另一版本的分析程序算出。",
        "The runs are the same to the last bit ({digest}), but these files are not what they give: {names}. They were changed "
        "since, or computed by another version of the analysis.",
    ),
    "first": Word(
        "最早的不同：第{month}月，{estate}号小区，{column}",
        "first difference: month {month}, estate {estate}, {column}",
    ),
    "explained_by": Word("可以解释的原因：{kind}", "What can explain it: {kind}"),
    "unexplained": Word(
        "情景、模型、版本、机器都相同，没有任何解释：这是模型的缺陷，请报告。",
        "Scenario, model, versions and machine are the same, so nothing explains it: a defect of the model; please report it.",
    ),
    "also": Word("同样一致，尽管有以下不同：", "And that although these differ:"),
    "scenario": Word("情景内容不同", "another scenario content"),
    "model": Word("模型源代码不同", "another source of the model"),
    "version": Word("软件版本不同", "other versions"),
    "machine": Word("机器不同", "another machine"),
    "checkout": Word(
        "用当时的代码重做：git checkout {commit}", "To run it with the code of then: git checkout {commit}"
    ),
    "dirty": Word(
        "当时的代码有未提交的改动，因此无法找回。",
        "The code of then had changes that were not committed, so it cannot be had back.",
    ),
}


def say(key: str, lang: str, **values: Any) -> str:
    """One of SAID in a language, with `values` put into its gaps."""
    text = SAID[key].in_language(lang)
    return text.format(**values) if values else text


def assumed_line(manifest: Mapping[str, Any], lang: str) -> str:
    """What a run rests on, from its manifest; "" for one that an earlier version wrote without it."""
    held = manifest.get("evidence")
    if not held:
        return ""
    return say("assumed_line", lang, **held["parameters"], share=figures.share(held["share_assumed"], 0))
