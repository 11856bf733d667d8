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
    "drawing": Word("正在写出数据表和图", "writing tables and charts"),
    "simulated": Word("模拟用时{seconds}秒", "simulated in {seconds} s"),
    "outcome": Word("指标", "outcome"),
    "start": Word("起始", "start"),
    "end": Word("期末", "end"),
    "change": Word("变化", "change"),
    "first_month_note": Word(
        "收费指标的起始值为第1月，均为近12个月；实收率计全部小区，未收费的月份计0（有服务而不收费的小区占比另列，其实收率低不等于收不上费），收缴率只计收费的小区。",
        "Collection starts with month 1 and is of twelve months. The collected share counts all estates, a month without a bill as 0 "
        "(estates served without a fee stand beside it: there it is no failure to collect); the second one only estates that bill.",
    ),
    "outcomes_title": Word(
        "全市主要指标（均值按户数加权，覆盖率为小区占比）",
        "The city (means weighted by households; coverage as shares of estates)",
    ),
    "stages_title": Word("小区所处阶段", "Estates by stage"),
    "stage": Word("阶段", "stage"),
    "cycle_title": Word("哪些小区陷入过循环", "Who was in the cycle"),
    "type": Word("小区类型", "estate type"),
    "estates": Word("小区数", "estates"),
    "entered": Word("曾陷入", "ever in it"),
    "collapsed_end": Word("期末瓦解", "collapsed at the end"),
    "left": Word("已走出", "out of it again"),
    "cycle_note": Word(
        "陷入循环：某月处于恶性循环中或瓦解。", "In the cycle: spiralling or collapsed in some month."
    ),
    "all": Word("合计", "all"),
    "happened": Word("期间发生", "What happened"),
    "money_title": Word(
        "谁出钱、谁收钱（全程净额，不含政府预算拨款）",
        "Who bore the cost, who was paid (net, whole run, without budget grants)",
    ),
    "bore": Word("净支出", "paid, net"),
    "received": Word("净收入", "received, net"),
    "written_to": Word("结果：{folder}", "Results: {folder}"),
    "charts_in": Word("图：{folder}", "Charts: {folder}"),
    "member_alone": Word(
        "--member 须与 --ensemble 同用：它是参数集合中的第几组",
        "--member: found without --ensemble, allowed beside it: it is the number of a member",
    ),
    "which_member": Word(
        "一次运行只有一组参数：请加 --member 1 至 {members}；要看整个参数集合，用 estate batch {scenario} --replications 20 --ensemble {name}，或 estate compare",
        "--ensemble: a run has one set of parameters: say which with --member 1 to {members}; for the whole ensemble use "
        "estate batch {scenario} --replications 20 --ensemble {name}, or estate compare",
    ),
    "explain_hint": Word(
        "查看一个小区的经历：estate explain {folder} --estate {estate}",
        "Follow one estate: estate explain {folder} --estate {estate}",
    ),
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
    "batch_line": Word(
        "{scenarios}个情景，共{runs}次运行；结果写入 {folder}",
        "{scenarios} scenarios, {runs} runs; results go to {folder}",
    ),
    "batch_place": Word("{name} · 随机种子 {seed}", "{name} · seed {seed}"),
    "batch_done": Word(
        "{name}，随机种子 {seed}：{seconds}秒（{place}/{all}），剩余约{left}秒",
        "{name}, seed {seed}: {seconds} s ({place} of {all}), about {left} s left",
    ),
    "batch_failed": Word("{name}：未能完成：{reason}", "{name}: failed: {reason}"),
    "batch_total": Word(
        "运行{run}次，已有{there}次，未能完成{failed}次",
        "{run} runs carried out, {there} were there already, {failed} failed",
    ),
    "batch_stopped": Word(
        "已中断；已完成的保留，再次运行同一命令即可继续",
        "interrupted; what is finished is kept, the same command goes on",
    ),
    "batch_index": Word("目录页：{page}", "Index page: {page}"),
    "batch_reporting": Word("正在写全部情景的报告", "writing the report on all scenarios"),
    "batch_drawing": Word("{name}：绘图", "{name}: drawing"),
    "life_chart": Word("图：{file}", "Chart: {file}"),
}


def say(key: str, lang: str, **values: Any) -> str:
    """One of SAID in a language, with `values` put into its gaps."""
    text = SAID[key].in_language(lang)
    return text.format(**values) if values else text
