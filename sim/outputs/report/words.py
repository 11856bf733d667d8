"""The fixed words of a report in Chinese and English."""

from __future__ import annotations

from typing import Any

from sim.outputs.catalog import require_language
from sim.words import Word

WORDS = {
    "report": Word("研究报告", "Report"),
    "contents": Word("目录", "Contents"),
    "parts": Word("{n}项结果", "{n} results"),
    "question": Word("问题", "Question"),
    "setting": Word("设定", "Setting"),
    "finding": Word("发现", "Finding"),
    "charts": Word("图", "Charts"),
    "programmes": Word("措施与花费", "Interventions and what they cost"),
    "gains": Word("谁受益，谁受损", "Who gains and who loses"),
    "sure": Word("有多大把握", "How sure this is"),
    "assumed": Word("假设了什么", "What was assumed"),
    "reproduce": Word("如何重现", "How to reproduce it"),
    "file": Word("文件：{name}", "File: {name}"),
    "alt": Word("文字说明", "In words"),
    "made": Word("由小区治理模拟器 {version} 生成", "Made by the estate governance simulator {version}"),
    "not_forecast": Word(
        "模型的结果是有条件的推演，不是对任何真实城市的预测。",
        "Results of a model are conditional: if these rules and figures hold. They are no forecast of any real city.",
    ),
    # kinds
    "sure_many": Word(
        "每个区间单独成立；同时看许多区间时，总有一些因偶然而偏离。",
        "Each interval holds by itself; among many, some miss by chance.",
    ),
    "share_assumed": Word(
        "模型的{all}个参数中，{assumed}个（{share}）是假设的；结果在多大程度上依赖它们，要用敏感性分析才知道。",
        "Of the model's {all} parameters {assumed} ({share}) are assumed; how much a result rests on them takes a sensitivity analysis to tell.",
    ),
    # sensitivity
    "tables": Word("数据", "Figures"),
    "by_sobol": Word("Sobol总效应指数", "Sobol total indices"),
    "by_morris": Word("Morris平均效应", "Morris mean effects"),
    "weighed": Word(
        "按影响大小计（{method}，{factors}个因素），{outcome}对参数的敏感性中，{assumed}落在假设的参数上，{calibrated}落在校准的参数上，{measured}落在有出处的数值上。",
        "Weighed by influence ({method}, {factors} factors), {assumed} of the sensitivity of {outcome} falls on assumed parameters, {calibrated} on calibrated ones and {measured} on sourced figures.",
    ),
    "weighed_by": Word("根据对“{name}”的敏感性分析：", "By the sensitivity analysis of “{name}”: "),
    "weighed_title": Word(
        "结果在多大程度上依赖假设（按敏感性指数）", "How much rests on assumptions (by sensitivity index)"
    ),
    "weighed_note": Word(
        "只计分析中变动过的因素；保持不变的参数不在其内。",
        "Of the factors that the analysis varied; parameters held fixed are not in it.",
    ),
    "sourced": Word("情景中有出处的数值", "sourced figures of the scenario"),
    "largest_assumed": Word("影响最大的假设参数", "assumed ones with most influence"),
    # tables
    "item": Word("项目", "item"),
    "value": Word("数值", "value"),
    "city": Word("城市", "city"),
    "estates": Word("小区", "estates"),
    "households": Word("住户", "households"),
    "companies": Word("物业企业", "companies"),
    "months": Word("模拟月数", "months simulated"),
    "seed": Word("随机种子", "seed"),
    "seeds": Word("随机种子", "seeds"),
    "estates_of": Word("其中{type}", "of these: {type}"),
    "loops_off": Word("关闭的循环", "loops switched off"),
    "scenario": Word("情景", "scenario"),
    "runs": Word("运行次数", "runs"),
    "measures": Word("措施", "interventions"),
    "no_programme": Word("不采取任何措施", "no intervention"),
    "values": Word("取值", "values"),
    "range": Word("{low}至{high}", "{low} to {high}"),
    "ensemble": Word("参数集合", "ensemble of parameters"),
    "ensemble_line": Word("{name}：{members}组（{digest}）", "{name}: {members} members ({digest})"),
    "changes": Word("改动", "changes"),
    "types_title": Word("规模与时间", "Size and time"),
    "programme": Word("措施", "intervention"),
    "when": Word("时间", "when"),
    "public_cost": Word("公共成本", "public cost"),
    "fiscal_spending": Word("财政支出", "fiscal spending"),
    "per_estate_year": Word("每小区每年", "per estate and year"),
    "from_on": Word("自第{start}月起", "from month {start}"),
    "from_to": Word("第{start}–{end}月", "months {start}–{end}"),
    "never": Word("未实施", "never in force"),
    "bearer": Word("承担者", "bearer"),
    "more": Word("比基准多", "more than the baseline"),
    "group": Word("小区", "estates"),
    "rescued": Word("脱困", "rescued"),
    "type": Word("小区类型", "type of estate"),
    "outcome": Word("指标", "outcome"),
    "start": Word("起始", "start"),
    "end": Word("期末", "end"),
    "may_happen": Word("可能的结果", "what may happen"),
    # assumptions
    "standing_title": Word("参数的依据", "What the parameters rest on"),
    "status": Word("依据", "status"),
    "number": Word("个数", "number"),
    "share": Word("比例", "share"),
    "measured": Word("实测", "measured"),
    "calibrated": Word("校准", "calibrated"),
    "reported": Word("报道", "reported"),
    "derived": Word("推算", "derived"),
    "assumed_one": Word("假设", "assumed"),
    "parameters_title": Word("全部参数", "All parameters"),
    "parameter": Word("参数", "parameter"),
    "unit": Word("单位", "unit"),
    "source": Word("来源", "source"),
    "meaning": Word("含义", "meaning"),
    "set_here": Word("（情景设定）", " (set by the scenario)"),
    "judgement": Word("研究者判断", "judgement"),
    "figures_title": Word("情景中的数据及出处", "Figures of the scenario and their sources"),
    "note": Word("说明", "note"),
    "unlisted": Word("未列出的数值为假设。", "What is not listed is assumed."),
    "evidence_title": Word("措施所依据的证据", "Evidence that the interventions rest on"),
    "evidence": Word("证据", "evidence"),
    "none": Word("无", "none"),
    # reproduce
    "same_command": Word(
        "下面的命令给出相同的结果（同一版本的模型源码）。",
        "This command gives the same result (with the same model source).",
    ),
    "own_file": Word(
        "该结果的情景与随程序提供的不同（或改过参数）：把下面的文件（见网页版）存为所示文件名，再运行此命令。",
        "The scenarios differ from the shipped ones (or settings were changed): save the files below (in the HTML page) under the names shown, then run this.",
    ),
    "traces": Word("可核对的标识", "Marks to check"),
    "content_hash": Word("情景内容", "scenario content"),
    "model_hash": Word("模型源码", "model source"),
    "outcome_hash": Word("结果", "outcomes"),
    "git": Word("代码版本", "code version"),
    "dirty": Word("（有未提交的改动）", " (with uncommitted changes)"),
    "versions": Word("软件版本", "versions"),
    "key": Word("结果编号", "key of the result"),
    "finished": Word("完成时间", "finished"),
    "folder": Word("文件夹", "folder"),
}


def say(key: str, lang: str, **values: Any) -> str:
    """One of WORDS in a language, with `values` put into its gaps."""
    text = WORDS[key].in_language(require_language(lang))
    return text.format(**values) if values else text
