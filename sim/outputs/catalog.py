"""The words of charts and of told lives, Chinese and English: titles, axes, accounts, kinds of events and their causes."""

from __future__ import annotations

import re
from typing import Any

from sim.parameters import PARAMETERS
from sim.results.columns import COLUMN_WORDS
from sim.text import Spoken, figures, in_language, language, message
from sim.text.current import known_language
from sim.words import Word

CHART_WORDS = {
    "overview": Word(
        "多少小区陷入恶性循环，物业费还收上来多少",
        "How many estates are in the vicious cycle, and how much of the fee is still paid",
    ),
    "cycle": Word(
        "收缴率、服务质量、满意度与设施状况：逐月变化",
        "Fee collection, service quality, satisfaction and facility condition over time",
    ),
    "ladder": Word(
        "物业覆盖阶梯：从名义覆盖到收支平衡",
        "Coverage ladder: from a manager in name to a service that pays for itself",
    ),
    "stages": Word("小区在各阶段之间的流动", "How estates move between stages of the cycle"),
    "map": Word(
        "每一个小区所处的阶段（一格一个小区，位置不变）",
        "The stage of every estate (one square is one estate and keeps its place)",
    ),
    "money": Word("谁出钱，谁收钱，钱用在哪里", "Who bore the cost, who was paid, and for what"),
    "modes": Word("小区由谁管理", "Who manages the estates"),
    "estate_life": Word(
        "小区 {estate}：四项指标与经历的事件", "Estate {estate}: four measures and what happened to it"
    ),
}
TEXT = {
    "month": Word("模拟月份", "month of the run"),
    "year": Word("模拟年份", "year of the run"),
    "year_n": Word("第{n}年", "year {n}"),
    "month_n": Word("第{n}月", "month {n}"),
    "share_of_estates": Word("占全部小区的比例", "share of all estates"),
    "provenance": Word(
        "{draw} · 情景：{name} · {months}个月 · {estates}个小区",
        "{draw} · scenario: {name} · {months} months · {estates} estates",
    ),
    "overview_title": Word(
        "{time}间，陷入恶性循环或瓦解的小区由{start}变为{end}",
        "In {time}, the share of estates in the vicious cycle (spiralling or collapsed) goes from {start} to {end}",
    ),
    "time_months": Word("{n}个月", "{n} months"),
    "time_year": Word("1年", "a year"),
    "time_years": Word("{n}年", "{n} years"),
    "panel_stages": Word("{n}个小区各处于什么阶段", "The {n} estates by stage"),
    "panel_paid": Word("物业费收上来多少", "How much of the fee is paid"),
    "all_estates": Word("全部小区\n（不收费的计为0）", "all estates\n(0 where\nnobody bills)"),
    "those_that_bill": Word("只看有收费的", "only those\nthat bill"),
    "overview_alt": Word(
        "{title}。左图：各阶段小区占比随月份变化的堆叠面积图，期末为{shares}。右图：全部小区（不收费的计为0）的物业费收缴率由{first}变为{last}；只看有收费的小区，由{first_billing}变为{last_billing}。",
        "{title}. Left: stacked areas of the share of estates in each stage by month; at the end {shares}. Right: fee collection over all estates (0 where nobody bills) goes from {first} to {last}; over those that bill, from {first_billing} to {last_billing}.",
    ),
    "panel_collection": Word("物业费收缴率（不收费的小区计为0）", "Fee collection (0 where nobody bills)"),
    "still_billing": Word("有收费的", "billing"),
    "panel_quality": Word("服务质量（100% 为达标服务）", "Service quality (100% = full standard)"),
    "panel_satisfaction": Word("业主满意度", "Owner satisfaction"),
    "panel_condition": Word("设施设备状况（100% 为完好）", "Facility condition (100% = as new)"),
    "mean": Word("均值", "mean"),
    "band": Word("中间80%的小区", "middle 80% of estates"),
    "band_note": Word(
        "线：按户数加权的均值；带：第10至第90百分位小区",
        "line: household-weighted mean; band: 10th to 90th percentile of estates",
    ),
    "ribbon_note": Word(
        "柱：各阶段小区占比；带：换了阶段的小区，颜色表示去向",
        "bars: share of estates in each stage; ribbons: estates that move, coloured by where they go",
    ),
    "map_note": Word(
        "每组之内，陷入困境越久的小区越靠前", "within each group, estates in trouble longest come first"
    ),
    "estates_n": Word("{n}个小区", "{n} estates"),
    "bore": Word("净支出（谁出钱）", "paid, net"),
    "received": Word("净收入（谁收钱）", "received, net"),
    "net_by_year": Word(
        "每年净支出（0 线以上）与净收入（0 线以下），{unit}",
        "Net paid (above zero) and received (below), each year, {unit}",
    ),
    "net_note": Word(
        "净额：支出减收入，经手的钱不重复计；政府年度预算拨款不计入",
        "net: paid minus received, so money passed on is not counted twice; yearly budget grants are left out",
    ),
    "largest_flows": Word(
        "全程最大的资金流向（对数刻度），{unit}", "Largest flows, whole run (log scale), {unit}"
    ),
    "from_to": Word("{payer} → {payee}", "{payer} → {payee}"),
    "other_flows": Word("其他{n}项", "{n} other flows"),
    "needed": Word("维持标准服务所需收缴率", "needed for full service"),
    "stage": Word("阶段", "stage"),
    "mode": Word("管理", "manager"),
    "events": Word("事件", "Events"),
    "until_month": Word("{label}\n（第{n}月）", "{label}\n(month {n})"),
    "more_events": Word("另有{n}个次要事件", "and {n} more events"),
    "no_events": Word("未记录任何事件", "no event was recorded"),
}
ACCOUNT_WORDS = {
    "owners": Word("业主", "owners"),
    "companies": Word("物业企业", "companies"),
    "employers": Word("产权单位", "employers"),
    "estate_funds": Word("公共收益账户", "estate funds"),
    "city": Word("市级政府", "city government"),
    "district": Word("区级政府", "districts"),
    "street": Word("街道", "streets"),
    "community": Word("社区", "communities"),
    "state": Word("中央和省级", "central and provincial state"),
    "developers": Word("开发商", "developers"),
    "donors": Word("捐助者", "donors"),
    "courts": Word("法院", "courts"),
    "suppliers": Word("员工与供应商", "staff and suppliers"),
    "advertisers": Word("停车、广告和租户", "parkers and advertisers"),
    "insiders": Word("侵占公共收益者", "insiders (leaks)"),
    "customers": Word("增值服务客户", "buyers of extra services"),
    "taxpayers": Word("纳税人", "taxpayers"),
    "other": Word("其他", "others"),
    "other_paid": Word("其他", "others"),
    "other_received": Word("其他", "others"),
}
PURPOSE_WORDS = {
    "fees": Word("物业费", "fees"),
    "fees_unit": Word("单位小区收费", "fees, work-unit estates"),
    "fees_self": Word("自管小区收费", "fees, self-managed estates"),
    "arrears": Word("追回欠费", "arrears recovered"),
    "arrears_unit": Word("单位小区追回欠费", "arrears, work-unit estates"),
    "arrears_self": Word("自管小区追回欠费", "arrears, self-managed estates"),
    "arrears_former": Word("前任企业追回欠费", "arrears, former companies"),
    "arrears_former_unit": Word("前任产权单位追回欠费", "arrears, former employers"),
    "arrears_former_self": Word("原自管小区追回欠费", "arrears, from former self-management"),
    "service": Word("物业服务", "service"),
    "service_unit": Word("单位后勤服务", "service, work-unit estates"),
    "service_self": Word("自管服务", "service, self-managed estates"),
    "cleaning": Word("社区保洁", "community cleaning"),
    "overhead": Word("企业管理费", "company overhead"),
    "public_revenue_fund": Word("公共收益入账", "public revenue, to the fund"),
    "public_revenue_company": Word("公共收益归企业", "public revenue, to companies"),
    "public_revenue_leak": Word("公共收益流失", "public revenue, leaked"),
    "fund_repair": Word("公共收益用于维修", "repairs from the fund"),
    "retrofit": Word("老旧小区改造", "retrofit"),
    "subsidy": Word("运营补贴", "operating subsidy"),
    "award": Word("以奖代补", "performance award"),
    "donation": Word("捐助", "donation"),
}

# Inside a sentence or at the end of a line the label of a table column is too long.
SHORT_WORDS = {
    "collection": Word("实收率", "fee collection"),
    "collection_billing": Word("近12个月收缴率", "fee collection over 12 months"),
    "legacy": Word("开发遗留问题", "legacy defects"),
}


def measure_name(column: str, lang: str) -> str:
    """A result column's name for use inside a sentence."""
    return pick(SHORT_WORDS.get(column) or COLUMN_WORDS[column], lang)


def require_language(lang: str) -> str:
    """The language if it is known, else an EstateError that names the ones allowed."""
    return known_language(lang)


def pick(word: Spoken, lang: str, **values: Any) -> str:
    """The word in a language, with `values` put into its gaps."""
    text = word.in_language(require_language(lang))
    return text.format(**values) if values else text


def text(key: str, lang: str, **values: Any) -> str:
    """A chart word by its key, with `values` put into its gaps."""
    return pick(TEXT[key], lang, **values)


def name_of(table: dict[str, Word], key: str, lang: str) -> str:
    """The word for a key, or the key itself with spaces where the table does not have it (a newer model, a plug-in)."""
    return pick(table[key], lang) if key in table else plain(key)


def plain(key: str) -> str:
    """A key of the model as words: underscores become spaces."""
    return str(key).replace("_", " ")


def titled(value: Any, lang: str, otherwise: str) -> str:
    """A {zh, en} title of a scenario part, given as a mapping, an object with these attributes, or plain text."""
    if isinstance(value, dict):
        value = value.get(lang)
    elif hasattr(value, lang):
        value = getattr(value, lang)
    return str(value) if value else otherwise


def scenario_title(run: Any, lang: str) -> str:
    """Title of the run's scenario in a language, or its name."""
    scenario = run.scenario
    return titled(getattr(scenario, "title", None), lang, plain(getattr(scenario, "name", "")) or "?")


def type_title(run: Any, name: str, lang: str) -> str:
    """Title of an estate type as the scenario words it, or its name."""
    kinds = getattr(run.scenario, "types", None) or {}
    kind = kinds.get(name) if isinstance(kinds, dict) else None
    return titled(getattr(kind, "title", None), lang, plain(name))


def short_title(title: str) -> str:
    """A title without what it explains in brackets."""
    return re.split(r" ?[（(]", title)[0]


def wrapped(words: str, width: int, indent: str = "") -> str:
    """Text broken into lines of at most `width` half-width places; a Chinese character takes two, numbers stay whole."""
    lines, line = [], ""
    for token in re.findall(r"[!-~°²]+|\s+|.[，。；：、）”]?", words):
        if line.strip() and _places(line + token.rstrip()) > width:
            lines.append(line.rstrip())
            line, token = indent, token.lstrip()
        line += token
    return "\n".join([*lines, line.rstrip()])


def _places(words: str) -> int:
    return sum(2 if ord(letter) > 0x2E80 else 1 for letter in words)


def parameter_name(key: str, lang: str | None = None) -> str:
    """What a parameter means, in the current language unless one is named; the key itself for what is no parameter."""
    parameter = PARAMETERS.get(key.removeprefix("parameters."))
    return key if parameter is None else parameter.label.in_language(lang or language())


def capital(words: str) -> str:
    """The words with their first letter as a capital, for the start of a label or sentence."""
    return words[:1].upper() + words[1:]


def provenance(run: Any, lang: str) -> str:
    """Which run a chart shows: scenario, seed, months and number of estates."""
    return text(
        "provenance",
        lang,
        draw=message("draw.one", seed=run.seed).in_language(lang),
        name=scenario_title(run, lang),
        months=run.months,
        estates=f"{len(run.estate_table):,}",
    )


def amount(yuan: float, lang: str) -> str:
    """An amount of `figures.money` in a language."""
    with in_language(lang):
        return figures.money(yuan)


def money_scale(largest: float, lang: str) -> tuple[float, str]:
    """How to write yuan of this size on an axis, as `figures.money_scale`, in a language."""
    with in_language(lang):
        return figures.money_scale(largest)
