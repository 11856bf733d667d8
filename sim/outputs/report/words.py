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
    # sensitivity, tipping, ablation, budget
    "tables": Word("数据", "Figures"),
    "kind_tipping": Word("临界点与滞后", "Tipping points and hysteresis"),
    "kind_budget": Word("预算内的措施组合", "Search for a package within a budget"),
    "title_tipping": Word(
        "{title}：改变“{lever}”时小区停留在哪里", "{title}: where estates come to rest as {lever} changes"
    ),
    "title_budget": Word("{title}：每年{money}该买什么", "{title}: what to buy with {money} a year"),
    "question_tipping": Word(
        "“{lever}”在什么范围内，同样的小区既可能停在高收缴率，也可能停在低收缴率？起始收缴率低于多少就会滑下去？撤走支持后会不会退回原处？",
        "Over what range of {lever} can the same estate rest at high or at low collection? Below which starting rate does it slide? And does it fall back once support is withdrawn?",
    ),
    "question_budget": Word(
        "在“{title}”中，每年至多花{money}公共资金，买哪些措施、从何时开始，能使最多的小区脱离循环，并使最不满意的十分之一住户境况最好？",
        "With at most {money} of public money a year in “{title}”, which measures, begun when, get most estates out of the cycle and leave the least satisfied tenth best off?",
    ),
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
    "lever": Word("杠杆", "lever"),
    "settle_months": Word("每次运行的月数", "months of each run"),
    "world": Word("所用城市", "city used"),
    "world_alike": Word(
        "{estates}个完全相同的代表性小区，每个{households}户",
        "{estates} representative estates that are all alike, {households} households each",
    ),
    "world_city": Word("情景自身的城市，含其措施", "the scenario's own city with its interventions"),
    "bifurcation_alt": Word(
        "横轴为杠杆，纵轴为收缴率；实线为稳定点，虚线为临界点，圆圈为主体模拟停留处。",
        "Lever across, collection up; solid line: stable points, dashed: tipping points, circles: where agent-based runs settle. ",
    ),
    "hysteresis_alt": Word(
        "同一杠杆逐步推高再退回，两条线之间的面积即滞后。",
        "The lever is moved out and back in steps; the area between the two lines is the hysteresis. ",
    ),
    "widths_title": Word("陷阱有多宽", "How wide the trap is"),
    "by_what": Word("依据", "by"),
    "two_states": Word("两种状态并存的范围", "two states between"),
    "trap_width": Word("宽度（±端点误差）", "width (± of the ends)"),
    "trap_area": Word("面积", "area"),
    "no_trap": Word("所试范围内没有", "none over the range tried"),
    "widths_note": Word(
        "≤、≥表示范围延伸到所试区间之外。面积是范围内高低两种收缴率之差的积分。",
        "≤ and ≥: the range goes on beyond what was tried. Area: gap between high and low collection, summed over the range.",
    ),
    "points_title": Word("停留点与临界点", "Resting and tipping points"),
    "point_kind": Word("性质", "kind"),
    "stable": Word("稳定", "stable"),
    "unstable": Word("临界", "tipping"),
    "collection": Word("收缴率", "collection"),
    "trials_title": Word("主体模拟：从不同起始收缴率出发", "Agent-based runs from different starts"),
    "started": Word("起始收缴率", "start"),
    "settled": Word("停留处（中间80%）", "settled at (middle 80 %)"),
    "chance_high": Word("停在高处的概率（区间）", "chance to end high (interval)"),
    "at_rest": Word("是否已停下", "at rest"),
    "yes": Word("是", "yes"),
    "no": Word("否", "no"),
    "unclear": Word("未定", "open"),
    "delays_title": Word("推迟开始还来得及吗", "How late is too late"),
    "delay": Word("推迟月数", "months later"),
    "excess": Word("超过一半脱困数（区间）", "beyond half of the rescues (interval)"),
    "works": Word("有效", "works"),
    "sure_tipping": Word(
        "“停留”指末三年平均收缴率变化不超过3个百分点；概率区间（Wilson）把小区视为相互独立，同城小区并不完全独立，区间偏窄。",
        "“At rest” means that mean collection moved by at most 3 points over the last three years. Intervals of chances (Wilson) take estates as independent, which those of one city are not quite: they are somewhat narrow.",
    ),
    "sure_seeds": Word(
        "每个起点用{seeds}组随机种子；起点在两种结局之间难分时加多。",
        "{seeds} seed(s) of each start, more where a start lies between two ends.",
    ),
    "sure_mean_field": Word(
        "平均场映射忽略小区之间的差别和运气，只作对照；两者不一致时以主体模拟为准。",
        "The mean-field map leaves out differences between estates and luck; it is a check. Where the two differ, go by the agent-based runs.",
    ),
    "sure_alike": Word(
        "小区被设成完全相同，以便看清陷阱；真实城市的小区各不相同，临界点会成片散开。",
        "Estates were made alike so that the trap can be seen; those of a real city differ, and their tipping points are spread.",
    ),
    "sure_city": Word(
        "在情景自身的城市中求得，包含小区之间的差别。",
        "Found in the scenario's own city, differences between estates included.",
    ),
    "off": Word("关闭的循环", "loops off"),
    "all_on": Word("全部开启时{base}", "with all on {base}"),
    "yearly": Word("每年预算", "budget a year"),
    "menu": Word("可选措施", "what may be bought"),
    "already": Word("情景自带的措施（不占预算）", "the scenario's own (outside the budget)"),
    "tried": Word("试过的组合", "packages tried"),
    "package": Word("组合", "package"),
    "bought": Word("买什么，从何时起", "what is bought, and when"),
    "cost_a_year": Word("年均公共成本", "public cost a year"),
    "most_in_a_year": Word("最多的一年", "dearest year"),
    "price_last_year": Word(
        "每多一个脱离循环的小区，每年花费", "a year for each estate more out of the cycle"
    ),
    "front_title": Word(
        "不被其他组合全面超过的组合（★为推荐）", "Packages that no other beats in everything (★ recommended)"
    ),
    "front_note": Word(
        "支出为{years}年的年均值；最后一列与“什么都不做”相比，按末年计。",
        "Cost is the mean over {years} years; the last column is against doing nothing, by the last year.",
    ),
    "front_gains": Word("多少小区与最不满意的住户受益", "How many estates gain, and the least satisfied"),
    "out_last_year": Word("末年不在循环中的小区", "estates out of the cycle, last year"),
    "worst_tenth": Word("最不满意的十分之一住户的满意度", "satisfaction of the worst tenth"),
    "tried_title": Word("试过的全部组合", "All packages tried"),
    "robust_title": Word("参数不同时，组合还管用吗", "How packages stand other parameters"),
    "satisficing": Word("足够有效的情形占比", "does well enough in"),
    "worst_regret": Word("最大后悔值", "worst regret"),
    "mean_regret": Word("平均后悔值", "mean regret"),
    "robust_note": Word(
        "“足够有效”：循环中的小区至少减少四分之一。后悔值：比同一情形下最好的组合多出的循环小区占比。",
        "Well enough: at least a quarter of the estates in the cycle get out. Regret: share of estates in the cycle beyond that of the best package of the same future.",
    ),
    "pareto_title": Word("同样的钱，能救出多少小区", "What the money buys"),
    "pareto_alt": Word(
        "散点图：横轴为每年公共成本，纵轴为末年不在循环中的小区占比，前沿以折线相连。",
        "Scatter: public cost a year across, estates out of the cycle up, the front joined by a line. ",
    ),
    "sure_search": Word(
        "试了{tried}个组合，每个{runs}次重复；没有试过的组合可能更好。挑选与评分用同一批随机种子时，入选者的成绩偏于乐观。",
        "{tried} packages were tried with {runs} replication(s) each; one that was not tried may be better. Where the same seeds choose and score, those chosen look better than they are.",
    ),
    "sure_stress": Word(
        "压力测试：{parameters}个未经实测的参数在合理范围内的{futures}种取值，每种一次运行。",
        "Stress test: {futures} points over the plausible ranges of {parameters} parameters that were not measured, one run each.",
    ),
    "confirmed": Word(
        "推荐的组合在{futures}种新的情形下有{well}种足够有效。",
        "In {well} of {futures} other futures, which had no part in choosing it, the recommended package does well enough.",
    ),
    "gain": Word(
        "比什么都不做多脱离循环的小区（区间）", "estates out of the cycle beyond doing nothing (interval)"
    ),
    "searched": Word("搜索时（偏乐观）", "in the search (flattering)"),
    "state_owned": Word("其中国有企业多亏损", "of it losses of state-owned companies"),
    "front_fresh": Word(
        "除标明外，数字来自搜索从未见过的{count}个随机种子。",
        "Figures are by {count} seeds that the search never saw, except where marked.",
    ),
    "front_same": Word(
        "数字来自搜索所用的随机种子，偏乐观。", "Figures are by the seeds of the search, which flatter."
    ),
    "no_stress": Word(
        "没有做压力测试：参数若与假设不同，推荐可能改变。",
        "There was no stress test: with other parameters the recommendation may differ.",
    ),
    "sure_cap": Word(
        "预算上限由模型逐年执行，任何一年都没有超支。",
        "The model enforces the budget: in no year of any run was more spent.",
    ),
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
