"""What the command says, in Chinese and English."""

from __future__ import annotations

from typing import Any

from sim.words import Word

SAID = {
    "city_line": Word(
        "{city}：{estates}个小区，{households}户，{companies}家物业企业；{months}个月，随机种子{seed}",
        "{city}: {estates} estates, {households} households, {companies} companies; {months} months, seed {seed}",
    ),
    "about": Word("约{number}", "about {number}"),
    "no_programme": Word("不采取任何措施", "no programme"),
    "programmes": Word("措施", "programmes"),
    "changed": Word("改动", "changed"),
    "loops_off": Word("关闭的循环", "loops switched off"),
    "results_in": Word("结果将写入 {folder}", "results will be written to {folder}"),
    "compiling": Word(
        "首次运行：正在编译模型，每个版本只需一次，约25秒",
        "First run: compiling the model, once per version, about 25 s",
    ),
    "building": Word("正在生成城市", "building the city"),
    "month_of": Word("第{month}月，共{months}月", "month {month} of {months}"),
    "type": Word("小区类型", "estate type"),
    "estates": Word("小区数", "estates"),
    "name": Word("名称", "name"),
    "title": Word("说明", "title"),
    "months": Word("月数", "months"),
    "measures": Word("措施", "programmes"),
    "cannot_load": Word("无法读取：{reason}", "cannot be used: {reason}"),
    "types_title": Word("小区类型", "Estate types"),
    "households_mean": Word("平均户数", "mean households"),
    "fee": Word("物业费（元/㎡·月）", "fee (yuan per m² a month)"),
    "cost": Word("标准成本（固定 + 每㎡，元/月）", "cost (fixed + per m², yuan a month)"),
    "collection": Word("起始收缴率", "starting collection"),
    "committee": Word("业委会", "committee"),
    "modes_title": Word("起始时由谁管理（小区数）", "Who manages them at the start (estates)"),
    "old": Word("老旧", "old"),
    "yes": Word("是", "yes"),
    "actors": Word(
        "{private}家民营、{state_owned}家国有物业企业；{districts}个区、{streets}个街道、{communities}个社区",
        "{private} private and {state_owned} state-owned companies; {districts} districts, {streets} streets, {communities} communities",
    ),
    "budgets": Word(
        "每年预算：市{city}，每区{district}，每街道{street}，每社区{community}",
        "budgets a year: city {city}, each district {district}, each street {street}, each community {community}",
    ),
    "parameters_changed": Word("与默认值不同的参数", "Parameters that differ from their defaults"),
    "parameter": Word("参数", "parameter"),
    "here": Word("本情景", "here"),
    "default": Word("默认", "default"),
    "timeline": Word("措施时间表（第1至{months}月）", "Programmes over time (months 1 to {months})"),
    "from_on": Word("自第{start}月起", "from month {start} on"),
    "from_to": Word("第{start}–{end}月", "months {start}–{end}"),
    "tapered": Word("，之后{months}个月逐步退出", ", then withdrawn over {months} months"),
    "never": Word("未实施", "never in force"),
    "figures_title": Word("数据出处", "Where the figures come from"),
    "figure": Word("项目", "figure"),
    "value": Word("数值", "value"),
    "known": Word("性质", "known"),
    "source": Word("来源", "source"),
    "note": Word("说明", "note"),
    "reported": Word("报道", "reported"),
    "derived": Word("推算", "derived"),
    "assumed": Word("假设", "assumed"),
    "no_figures": Word(
        "该情景没有说明数据出处：所有数值均为假设。",
        "This scenario states no sources: take every figure as assumed.",
    ),
    "unlisted": Word("未列出的数值为假设。", "What is not listed is assumed."),
}


def say(key: str, lang: str, **values: Any) -> str:
    """One of SAID in a language, with `values` put into its gaps."""
    text = SAID[key].in_language(lang)
    return text.format(**values) if values else text
