"""The public words of the model in Chinese and English: enumerations, and every column of a result with its unit."""

from __future__ import annotations

from dataclasses import dataclass

from sim.text import Message, language


@dataclass(frozen=True)
class Word:
    """A label in two languages and, for a column, the unit of its values ("" for a plain number or a truth value)."""

    zh: str
    en: str
    unit: str = ""

    def in_language(self, name: str) -> str:
        """The label in "zh" or, for any other language, in English."""
        return self.zh if name == "zh" else self.en

    def __str__(self) -> str:
        return self.in_language(language())


Label = Word | Message
"""Words for readers: a text of the catalogs, or one that a class outside of the package carries itself."""

LANGUAGES = ("zh", "en")

# The position of a word in these tuples is its code in the columns of the state.
MODES = ("market", "soe", "unit", "self", "cleaning", "none")
STAGES = ("healthy", "strained", "spiralling", "collapsed", "recovering")
PAYER_TYPES = ("conditional", "free_rider", "steady")
OCCUPANCY = ("owner_occupier", "tenant", "vacant")
TIERS = ("city", "district", "street", "community")

MODE_WORDS = {
    "market": Word("市场化物业服务", "market company"),
    "soe": Word("国企兜底", "state-owned fallback"),
    "unit": Word("单位后勤管理", "employer's own logistics"),
    "self": Word("业主自管", "self-managed by owners"),
    "cleaning": Word("社区代管（简单保洁）", "community cleaning only"),
    "none": Word("失管（无人管理）", "unmanaged"),
}
STAGE_WORDS = {
    "healthy": Word("良性运转", "healthy"),
    "strained": Word("承压", "strained"),
    "spiralling": Word("恶性循环中", "spiralling"),
    "collapsed": Word("瓦解", "collapsed"),
    "recovering": Word("恢复中", "recovering"),
}
PAYER_WORDS = {
    "conditional": Word("看人缴费者", "conditional payer"),
    "free_rider": Word("搭便车者", "free rider"),
    "steady": Word("稳定缴费者", "steady payer"),
}
OCCUPANCY_WORDS = {
    "owner_occupier": Word("业主自住", "owner-occupier"),
    "tenant": Word("出租", "tenant"),
    "vacant": Word("空置", "vacant"),
}
TIER_WORDS = {
    "city": Word("市级", "city"),
    "district": Word("区级", "district"),
    "street": Word("街道", "street"),
    "community": Word("社区", "community"),
}

_SHARE = "share"
_COLUMNS_OF_BOTH = {
    "month": Word("月份", "month", "month"),
    "collection_rate": Word("当月到期即缴率", "paid when due of this month's bills", _SHARE),
    "satisfaction": Word("业主满意度", "owner satisfaction", _SHARE),
    "quality": Word("服务质量", "service quality", _SHARE),
    "condition": Word("设施设备状况", "facility condition", _SHARE),
    "arrears": Word("欠费余额", "arrears", "yuan"),
    "nominal": Word("名义覆盖", "nominal coverage", _SHARE),
    "charging": Word("收费覆盖", "charging coverage", _SHARE),
    "professional": Word("专业化覆盖", "professional coverage", _SHARE),
    "break_even": Word("收支平衡", "break-even coverage", _SHARE),
    "complaints_filed": Word("投诉受理量", "complaints filed", "complaints/month"),
    "complaints_solved": Word("投诉办结量", "complaints solved", "complaints/month"),
    "complaints_open": Word("未办结投诉", "complaints open", "complaints"),
}
ESTATE_COLUMN_WORDS = _COLUMNS_OF_BOTH | {
    "estate": Word("小区编号", "estate"),
    "type": Word("小区类型", "estate type"),
    "district": Word("城区", "district"),
    "street": Word("街道", "street"),
    "community": Word("社区", "community"),
    "mode": Word("管理模式", "management mode"),
    "stage": Word("循环阶段", "stage of the cycle"),
    "collection": Word(
        "物业费实收率（近12个月，未收费的月份计0）",
        "collected share of the last 12 months' bills (0 where nobody bills)",
        _SHARE,
    ),
    "collection_billing": Word(
        "物业费收缴率（近12个月，仅计收费的月份）",
        "collected share of the last 12 months' bills, months that were billed",
        _SHARE,
    ),
    "self_sustaining": Word("走出循环且自我维持", "out of the cycle and covering its cost itself"),
    "legacy": Word("开发遗留问题", "developer-legacy defects", _SHARE),
    "trust": Word("信任度", "trust", _SHARE),
    "grievance": Word("积怨程度", "grievance", _SHARE),
    "price": Word("物业费标准", "fee price", "yuan/m2/month"),
    "billed": Word("应收物业费", "fees billed", "yuan/month"),
    "collected": Word("实收物业费", "fees collected", "yuan/month"),
    "income": Word("物业企业收入", "income", "yuan/month"),
    "cost": Word("服务支出", "spent on service", "yuan/month"),
    "overhead": Word("管理费、税费与其他支出", "overhead, taxes and charges", "yuan/month"),
    "subsidy": Word("财政补贴", "subsidy", "yuan/month"),
    "margin": Word("利润率（近12个月）", "margin, last 12 months", _SHARE),
    "waiting_days": Word("投诉平均办理时长", "waiting time of complaints", "day"),
    "committee": Word("已成立业主委员会", "owners' committee present"),
    "fund": Word("公共收益账户余额", "public-revenue fund", "yuan"),
    "households": Word("户数", "households", "households"),
    "built_year": Word("建成年份", "year built", "year"),
    "buildings": Word("楼栋数", "buildings", "buildings"),
    "area": Word("建筑面积", "floor area", "m2"),
    "standard_cost": Word("标准服务成本", "standard cost", "yuan/month"),
    "price0": Word("初始物业费标准", "fee price at the start", "yuan/m2/month"),
}
