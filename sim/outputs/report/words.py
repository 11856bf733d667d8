"""The fixed words of a report in Chinese and English."""

from __future__ import annotations

from typing import Any

from sim.outputs.catalog import require_language
from sim.words import Word

WORDS = {
    "report": Word("研究报告", "Report"), "contents": Word("目录", "Contents"), "parts": Word("{n}项结果", "{n} results"),
    "question": Word("问题", "Question"), "setting": Word("设定", "Setting"), "finding": Word("发现", "Finding"), "charts": Word("图", "Charts"),
    "programmes": Word("措施与花费", "Interventions and what they cost"), "gains": Word("谁受益，谁受损", "Who gains and who loses"),
    "sure": Word("有多大把握", "How sure this is"), "assumed": Word("假设了什么", "What was assumed"),
    "reproduce": Word("如何重现", "How to reproduce it"), "scenario_file": Word("完整情景文件：{name}", "Complete scenario file: {name}"),
    "alt": Word("文字说明", "In words"), "made": Word("由小区治理模拟器 {version} 生成", "Made by the estate governance simulator {version}"),
    "not_forecast": Word("模型的结果是有条件的推演，不是对任何真实城市的预测。", "Results of a model are conditional: if these rules and figures hold. They are no forecast of any real city."),
    # kinds
    "kind_run": Word("一次运行", "One run"), "kind_comparison": Word("情景比较", "Comparison of scenarios"), "kind_study": Word("研究", "Study"),
    "kind_batch": Word("成批运行", "Batch of scenarios"),
    # questions and findings
    "question_run": Word("在“{title}”中，{years}年里小区会怎样：费收得上来吗，服务好不好，多少小区陷入循环？",
                         "What becomes of the estates of “{title}” over {years} years: are fees collected, is service good, how many are caught in the cycle?"),
    "question_comparison": Word("与“{base}”相比，{arms}能让多少小区脱离循环，花多少钱，谁受益、谁受损？",
                                "Compared with “{base}”, how many estates do {arms} get out of the cycle, at what cost, and who gains and loses?"),
    "question_batch": Word("这{n}个情景的结果有何不同？", "How do the results of these {n} scenarios differ?"),
    "found_run": Word("{months}个月内，处于恶性循环或失管的小区由{start}变为{end}；末月{rate_part}服务质量（户均）{quality}，中间80%的小区在{low}至{high}之间。",
                      "Over {months} months the share of estates in the cycle (spiralling or collapsed) goes from {start} to {end}; in the last month {rate_part}service quality averages {quality} of the standard, and the middle 80 % of estates lie between {low} and {high}."),
    "rate_part": Word("收缴率为{rate}（中间80%的小区在{low}至{high}之间），", "collection is {rate} (middle 80 % of estates {low} to {high}), "),
    "one_run": Word("这是一次运行：区间表示小区之间的差别，不是置信区间。", "This is one run: the intervals are between estates, and no confidence intervals."),
    "found_batch": Word("“{outcome}”：最低的是“{low_name}”（{low}），最高的是“{high_name}”（{high}）。", "{outcome}: lowest in “{low_name}” ({low}), highest in “{high_name}” ({high})."),
    "found_one": Word("“{name}”的{outcome}为{value}。", "{outcome} in “{name}”: {value}."),
    "title_batch": Word("{n}个情景（{name}）", "{n} scenarios ({name})"),
    # sure
    "other_cities": Word("情景可能属于不同的城市、时长也可能不同，差别不能都归于措施。", "Scenarios may be of different cities and lengths, so not every difference is due to interventions."),
    "sure_run": Word("只有一个随机种子，无法区分效果与运气；请用 estate compare 以多组相同种子与基准比较。", "One seed cannot tell an effect from luck; use estate compare with many common seeds to compare with a baseline."),
    "sure_luck": Word("区间只反映随机差异（{runs}组相同随机种子，{level}），不包括参数的不确定性；参数的影响请用 estate sensitivity 检验。",
                      "Intervals cover luck only ({runs} common seeds, {level}), not uncertain parameters; estate sensitivity tests those."),
    "sure_many": Word("每个区间单独成立；同时看许多区间时，总有一些因偶然而偏离。", "Each interval holds by itself; among many, some miss by chance."),
    "sure_batch": Word("每个情景运行{runs}次；多于一次的给出均值的95%置信区间（t分布），只反映随机差异。各情景之间未作成对比较。",
                       "{runs} runs of each scenario; where there are several, 95 % intervals of the mean (t), which cover luck only. Scenarios are not paired with each other here."),
    "sure_study": Word("区间为均值的95%置信区间（t分布），同时包含随机差异与其他因素的变动。", "Intervals are 95 % intervals of the mean (t) and cover luck and the other factors together."),
    "missing_runs": Word("有{n}次运行没有结果，未计入。", "{n} runs have no result and are left out."),
    "share_assumed": Word("模型的{all}个参数中，{assumed}个（{share}）是假设的；结果在多大程度上依赖它们，要用敏感性分析才知道。",
                          "Of the model's {all} parameters {assumed} ({share}) are assumed; how much a result rests on them takes a sensitivity analysis to tell."),
    # tables
    "item": Word("项目", "item"), "value": Word("数值", "value"), "city": Word("城市", "city"), "estates": Word("小区", "estates"),
    "households": Word("住户", "households"), "companies": Word("物业企业", "companies"), "months": Word("模拟月数", "months simulated"), "seed": Word("随机种子", "seed"),
    "seeds": Word("随机种子", "seeds"), "estates_of": Word("其中{type}", "of these: {type}"), "loops_off": Word("关闭的循环", "loops switched off"),
    "scenario": Word("情景", "scenario"), "baseline": Word("基准", "baseline"), "runs": Word("运行次数", "runs"), "measures": Word("措施", "interventions"),
    "no_programme": Word("不采取任何措施", "no intervention"), "points": Word("组合数", "combinations"), "factor": Word("因素", "factor"), "values": Word("取值", "values"),
    "range": Word("{low}至{high}", "{low} to {high}"), "base": Word("基础情景", "base scenario"), "changes": Word("改动", "changes"), "types_title": Word("规模与时间", "Size and time"),
    "programmes_run": Word("各项措施的公共支出（净额，全程）", "Public money spent on each intervention (net, whole run)"),
    "programme": Word("措施", "intervention"), "when": Word("时间", "when"), "public_cost": Word("公共支出", "public cost"), "per_estate_year": Word("每小区每年", "per estate and year"),
    "not_price": Word("一次运行没有可比的基准，因此没有“每个小区年脱离循环的花费”；这里的分母是全部小区年。“其他”是不属于任何措施的公共支出。",
                      "One run has nothing to be compared with, so there is no price of an estate-year out of the cycle; here cost is divided by all estate-years. “Other” is public spending outside any intervention."),
    "not_price_batch": Word("各情景未作成对比较，因此没有“每个小区年脱离循环的花费”；这里的分母是全部小区年。",
                            "Scenarios are not paired here, so there is no price of an estate-year out of the cycle; cost is divided by all estate-years."),
    "other": Word("其他", "other"), "from_on": Word("自第{start}月起", "from month {start}"), "from_to": Word("第{start}–{end}月", "months {start}–{end}"), "never": Word("未实施", "never in force"),
    "cost_title": Word("与基准相比的花费与效果（每次运行的均值与区间）", "Cost and effect against the baseline (means a run, with intervals)"),
    "more_cost": Word("多花的公共支出", "additional public cost"), "years_out": Word("多脱离循环的小区年", "estate-years out of the cycle, gained"),
    "price": Word("每个小区年的花费", "cost per estate-year"), "verdict": Word("结论", "in words"),
    "spending_title": Word("由谁出钱（公共支出，每次运行）", "Who pays (public spending a run)"), "bearer": Word("承担者", "bearer"), "more": Word("比基准多", "more than the baseline"),
    "services": Word("日常公共服务", "ordinary public services"),
    "fate_title": Word("各类小区：救回与受害（每次运行的小区数与区间）", "Estates rescued and harmed by type (estates a run, with intervals)"),
    "group": Word("小区", "estates"), "at_risk": Word("基准中陷入循环", "in the cycle in the baseline"), "rescued": Word("救回", "rescued"), "harmed": Word("受害", "harmed"), "all": Word("全部", "all"),
    "type_title": Word("各类小区的变化（百分点与区间）", "Change by type of estate (percentage points, with intervals)"),
    "cycle_title": Word("哪些小区陷入过循环", "Which estates were in the cycle"), "type": Word("小区类型", "type of estate"), "entered": Word("曾陷入", "ever in it"),
    "collapsed": Word("期末失管", "collapsed at the end"), "left": Word("已走出", "out of it again"),
    "net_title": Word("谁出钱，谁收钱（全程净额）", "Who paid and who was paid (net, whole run)"), "account": Word("账户", "account"), "net": Word("净支出（负数为净收入）", "net paid (negative: received)"),
    "worst_title": Word("处境最差的人与小区", "Those who are worst off"), "overview": Word("各情景的主要结果", "Main outcomes of each scenario"),
    "outcome": Word("指标", "outcome"), "changes_title": Word("起始与期末", "Start and end"), "start": Word("起始", "start"), "end": Word("期末", "end"),
    "differences_title": Word("与基准的差异", "Differences from the baseline"), "arm_mean": Word("均值", "mean"), "difference": Word("差异", "difference"),
    "interval": Word("{level}置信区间", "{level} interval"), "effects": Word("各组合的结果", "Outcomes by combination"), "combination": Word("组合", "combination"),
    # assumptions
    "standing_title": Word("参数的依据", "What the parameters rest on"), "status": Word("依据", "status"), "number": Word("个数", "number"), "share": Word("比例", "share"),
    "measured": Word("实测", "measured"), "calibrated": Word("校准", "calibrated"), "reported": Word("报道", "reported"), "derived": Word("推算", "derived"), "assumed_one": Word("假设", "assumed"),
    "parameters_title": Word("全部参数", "All parameters"), "parameter": Word("参数", "parameter"), "unit": Word("单位", "unit"), "source": Word("来源", "source"), "meaning": Word("含义", "meaning"),
    "set_here": Word("（情景设定）", " (set by the scenario)"), "judgement": Word("研究者判断", "judgement"),
    "figures_title": Word("情景中的数据及出处", "Figures of the scenario and their sources"), "note": Word("说明", "note"),
    "unlisted": Word("未列出的数值为假设。", "What is not listed is assumed."),
    "evidence_title": Word("措施所依据的证据", "Evidence that the interventions rest on"), "evidence": Word("证据", "evidence"), "none": Word("无", "none"),
    # reproduce
    "same_command": Word("下面的命令给出相同的结果（同一版本的模型源码）。", "This command gives the same result (with the same model source)."),
    "own_file": Word("该结果的情景与随程序提供的不同（或改过参数）：把下面的情景文件（见网页版）存为所示文件名，再运行此命令。", "The scenarios differ from the shipped ones (or settings were changed): save the scenario files below (in the HTML page) under the names shown, then run this."),
    "traces": Word("可核对的标识", "Marks to check"), "content_hash": Word("情景内容", "scenario content"), "model_hash": Word("模型源码", "model source"), "outcome_hash": Word("结果", "outcomes"),
    "git": Word("代码版本", "code version"), "dirty": Word("（有未提交的改动）", " (with uncommitted changes)"), "versions": Word("软件版本", "versions"), "key": Word("结果编号", "key of the result"),
    "finished": Word("完成时间", "finished"), "folder": Word("文件夹", "folder"),
}  # fmt: skip


def say(key: str, lang: str, **values: Any) -> str:
    """One of WORDS in a language, with `values` put into its gaps."""
    text = WORDS[key].in_language(require_language(lang))
    return text.format(**values) if values else text
