"""What levers are measured in, what can be chosen, and what groups of parameters are called, in Chinese and English."""

from __future__ import annotations

from sim.words import MODE_WORDS, STAGE_WORDS, Word

# The Chinese of every unit that a lever has; English units are what the declarations say.
UNITS_ZH = {
    "bills": "期账单",
    "cases per household per month": "件/户·月",
    "cases/month": "件/月",
    "communities": "个社区",
    "companies": "家",
    "condition per yearly billing": "状况/年应收",
    "day": "天",
    "districts": "个区",
    "estates": "个小区",
    "estates/month": "个小区/月",
    "examinations": "次考核",
    "exponent": "指数",
    "flats": "套",
    "grades": "级",
    "grievance": "积怨",
    "households": "户",
    "logit": "对数几率",
    "logit per unit": "对数几率/单位",
    "m2": "平方米",
    "month": "月",
    "months": "个月",
    "months of cost": "个月成本",
    "months of income": "个月收入",
    "per grading": "每次评级",
    "per month": "每月",
    "per month per unit": "每月每单位",
    "per request": "每次请求",
    "per unit": "每单位",
    "per year": "每年",
    "persons": "人",
    "problems": "个问题",
    "relative": "相对值",
    "score": "分",
    "sd of log": "对数标准差",
    "share": "比例",
    "share of cash per month": "现金比例/月",
    "share of cost": "占成本",
    "share of full billing": "占应收",
    "share of full fee": "占全额物业费",
    "share of income": "占收入",
    "share of sales": "占销售额",
    "share of standard cost": "占标准成本",
    "share per 10 years": "比例/10年",
    "share per month": "比例/月",
    "share per unit": "比例/单位",
    "share per year": "比例/年",
    "streets": "个街道",
    "year": "年",
    "yuan": "元",
    "yuan/audit": "元/次审计",
    "yuan/case": "元/件",
    "yuan/household": "元/户",
    "yuan/household/month": "元/户·月",
    "yuan/household/year": "元/户·年",
    "yuan/m2/month": "元/平方米·月",
    "yuan/month": "元/月",
    "yuan/project": "元/项目",
    "yuan/project/month": "元/项目·月",
    "yuan/session": "元/次",
    "yuan/suit": "元/案",
    "yuan/tender": "元/次招标",
    "yuan/year": "元/年",
}

CHOICES = (
    MODE_WORDS
    | STAGE_WORDS
    | {
        "sudden": Word("一次停止", "all at once"),
        "tapered": Word("逐步退出", "tapered"),
        "worst_first": Word("最差的先", "worst first"),
        "easiest_first": Word("最容易的先", "easiest first"),
        "random": Word("随机", "at random"),
        "community": Word("社区", "community"),
        "street": Word("街道", "street"),
        "full": Word("整体改造", "full works"),
        "gates": Word("出入口门禁", "gates"),
        "cameras": Word("监控", "cameras"),
        "drains": Word("管网", "drains"),
        "heating": Word("供暖", "heating"),
        "roads": Word("道路", "roads"),
        True: Word("仅老旧小区", "old estates only"),
        False: Word("仅非老旧小区", "other estates only"),
        None: Word("不限", "any"),
    }
)

GROUPS = {
    "arrears": Word("欠费", "arrears"),
    "committee": Word("业主委员会", "owners' committees"),
    "complaints": Word("投诉", "complaints"),
    "condition": Word("设施设备状况", "facility condition"),
    "fees": Word("物业费", "fees"),
    "grievance": Word("积怨", "grievance"),
    "market": Word("物业市场", "the market for management"),
    "payment": Word("缴费决定", "the decision to pay"),
    "revenue": Word("公共收益", "public revenue"),
    "satisfaction": Word("满意度", "satisfaction"),
    "service": Word("服务", "service"),
    "stage": Word("阶段划分", "stages of the cycle"),
    "trust": Word("信任", "trust"),
    "vote": Word("业主表决", "votes of owners"),
}


def unit_in(unit: str, lang: str) -> str:
    """A unit in a language."""
    return UNITS_ZH[unit] if lang == "zh" and unit else unit
