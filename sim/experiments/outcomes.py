"""Every outcome of a run that a study can ask for: its name, meaning, unit, and which direction is better."""

from __future__ import annotations

from dataclasses import dataclass

from sim.words import MODE_WORDS, STAGE_WORDS, TIER_WORDS, Word


@dataclass(frozen=True)
class OutcomeWord:
    """Meaning of an outcome in two languages, its unit, and 1 if more of it is better, -1 if less is, 0 if neither."""

    en: str
    zh: str
    unit: str
    better: int = 0

    def in_language(self, language: str) -> str:
        """The meaning in "zh" or, for any other language, in English."""
        return self.zh if language == "zh" else self.en


# Who pays out of public money; "state" stands for central and provincial programmes.
PUBLIC_BEARERS = ("city", "district", "street", "community", "state")
# What state-owned companies lose (less what they gain) is public money too, though no budget shows it.
STATE_OWNED = "state_owned"
BEARER_WORDS = {
    **TIER_WORDS,
    "state": Word("中央和省级", "central and provincial"),
    STATE_OWNED: Word("国有物业企业亏损", "losses of state-owned companies"),
}

_LAST_YEAR_AND_CYCLE = {
    "collection_rate_last_year": OutcomeWord(
        "collection rate, last year (households' mean over estates that bill)", "末年物业费收缴率", "share", 1
    ),
    "satisfaction_last_year": OutcomeWord(
        "owner satisfaction, last year (households' mean)", "末年业主满意度", "share", 1
    ),
    "quality_last_year": OutcomeWord(
        "service quality, last year (households' mean)", "末年服务质量", "share", 1
    ),
    "condition_last_year": OutcomeWord(
        "facility condition, last year (households' mean)", "末年设施设备状况", "share", 1
    ),
    "worst_decile_satisfaction": OutcomeWord(
        "satisfaction last year of the tenth of households in the least satisfied estates",
        "末年满意度最低十分之一住户的满意度",
        "share",
        1,
    ),
    "cycle_share": OutcomeWord(
        "estate-months spiralling or collapsed, of all", "处于恶性循环的小区月占比", "share", -1
    ),
    "cycle_share_last_year": OutcomeWord(
        "estate-months spiralling or collapsed, last year", "末年处于恶性循环的小区月占比", "share", -1
    ),
    "cycle_households_share": OutcomeWord(
        "household-months in estates spiralling or collapsed", "处于恶性循环的住户月占比", "share", -1
    ),
    "cycle_estate_years": OutcomeWord(
        "estate-years spiralling or collapsed", "处于恶性循环的小区年数", "estate-years", -1
    ),
    "ever_collapsed": OutcomeWord(
        "estates that were collapsed in some month", "曾经失管的小区占比", "share", -1
    ),
}
_COUNTS_AND_LADDER = {
    "nominal_end": OutcomeWord("nominal coverage at the end", "期末名义覆盖", "share", 1),
    "charging_end": OutcomeWord("charging coverage at the end", "期末收费覆盖", "share", 1),
    "professional_end": OutcomeWord("professional coverage at the end", "期末专业化覆盖", "share", 1),
    "break_even_end": OutcomeWord("break-even coverage at the end", "期末收支平衡", "share", 1),
    "committees_end": OutcomeWord(
        "estates with an owners' committee at the end", "期末业主委员会组建率", "share", 1
    ),
    "exits": OutcomeWord("estates left by a company", "物业企业撤场次数", "exits", -1),
    "tenders": OutcomeWord("tenders opened", "选聘招标次数", "tenders", 0),
    "companies_active_end": OutcomeWord(
        "companies that run an estate at the end", "期末在营物业企业", "companies", 0
    ),
    "complaints_last_year": OutcomeWord("complaints filed, last year", "末年投诉量", "complaints", -1),
    "inequality_last_year": OutcomeWord(
        "Gini coefficient of the estates' service quality, last year", "末年小区间服务质量基尼系数", "", -1
    ),
    "arrears_end": OutcomeWord("arrears at the end", "期末欠费余额", "yuan", -1),
    "state_owned_cash_end": OutcomeWord(
        "cash of state-owned companies at the end", "期末国有物业企业现金", "yuan", 0
    ),
    "public_cost": OutcomeWord(
        "public money spent, all tiers, and losses of state-owned companies, net",
        "公共支出合计（净额，含国有物业企业亏损）",
        "yuan",
        -1,
    ),
    "public_cost_last_year": OutcomeWord(
        "public money spent, and losses of state-owned companies, last year, net",
        "末年公共支出（净额，含国有物业企业亏损）",
        "yuan",
        -1,
    ),
}


def _outcomes() -> dict[str, OutcomeWord]:
    words = dict(_LAST_YEAR_AND_CYCLE)
    for stage, label in STAGE_WORDS.items():
        words[f"stage_{stage}_end"] = OutcomeWord(
            f"estates {label.en} at the end", f"期末{label.zh}小区占比", "share"
        )
        words[f"stage_{stage}_households_end"] = OutcomeWord(
            f"households in estates {label.en} at the end", f"期末{label.zh}小区住户占比", "share"
        )
    for mode, label in MODE_WORDS.items():
        words[f"mode_{mode}_end"] = OutcomeWord(
            f"estates under {label.en} at the end", f"期末{label.zh}小区占比", "share"
        )
    words |= _COUNTS_AND_LADDER
    for bearer in PUBLIC_BEARERS:
        label = BEARER_WORDS[bearer]
        words[f"public_cost_{bearer}"] = OutcomeWord(
            f"public money spent, net, {label.en}", f"{label.zh}财政支出（净额）", "yuan", -1
        )
    label = BEARER_WORDS[STATE_OWNED]
    words[f"public_cost_{STATE_OWNED}"] = OutcomeWord(
        f"{label.en}, less their gains", f"{label.zh}（扣除盈余）", "yuan", -1
    )
    return words


OUTCOMES: dict[str, OutcomeWord] = _outcomes()
DEFAULT_OUTCOMES = (
    "collection_rate_last_year",
    "satisfaction_last_year",
    "cycle_share",
    "worst_decile_satisfaction",
    "public_cost",
)

_PLAIN_SERIES = (
    "collection_rate",
    "satisfaction",
    "quality",
    "condition",
    "trust",
    "grievance",
    "arrears",
    "nominal",
    "charging",
    "professional",
    "break_even",
    "committees",
    "exits",
    "tenders",
    "complaints_filed",
    "inequality",
    "public_cost",
)
SERIES = (
    *_PLAIN_SERIES,
    *(f"stage_{stage}" for stage in STAGE_WORDS),
    *(f"mode_{mode}" for mode in MODE_WORDS),
)
# Monthly series that are also kept by estate type and by district.
GROUP_SERIES = ("collection_rate", "satisfaction", "quality", "condition", "cycle")
