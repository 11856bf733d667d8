"""Write docs/glossary.md: terms of the field, and the words that the code shows, in Chinese and English.

python docs/make_glossary.py            write it
python docs/make_glossary.py --check    exit 1 if it is not up to date
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from sim.model.parameters import PARAMETERS
from sim.results.columns import COLUMN_WORDS
from sim.words import (
    MODE_WORDS,
    MODES,
    OCCUPANCY,
    OCCUPANCY_WORDS,
    PAYER_TYPES,
    PAYER_WORDS,
    STAGE_WORDS,
    STAGES,
    TIER_WORDS,
    TIERS,
)

TARGET = Path(__file__).with_name("glossary.md")

FIELD_TERMS = (
    ("小区", "residential estate", "the unit of property management: buildings with shared facilities"),
    ("业主", "owner", "here one household; may live there, let the flat or leave it empty"),
    ("物业费", "property fee", "monthly fee per m² of floor area"),
    ("物业服务企业", "property-management company", ""),
    ("收缴率", "collection rate", "paid of what was billed"),
    ("欠费", "arrears", "unpaid fees"),
    ("拒缴", "refusal to pay", "not paying although able to"),
    ("业主委员会（业委会）", "owners' committee", "elected by the owners"),
    (
        "业主大会表决",
        "owners' vote",
        "two thirds by head and area take part; more than half of those approve",
    ),
    ("公共收益", "public revenue", "income of shared space: parking, advertising, rents"),
    (
        "公共收益账户",
        "public-revenue fund",
        "the account that an estate's public revenue goes to; not the next one",
    ),
    ("设施设备状况", "facility condition", ""),
    ("开发遗留问题", "developer-legacy defects", "faults that the developer never repaired"),
    ("老旧小区", "old estate", ""),
    ("商品房", "commodity housing", "estate type `commodity`"),
    ("单位自建房", "employer-built housing", "estate type `unit_built`"),
    (
        "三无小区",
        "three-no estate",
        "here no manager, no maintenance fund, nobody in charge (cities mean different things by it; S002 gives no definition); type `three_no`",
    ),
    ("安置小区", "resettlement housing", "estate type `resettlement`"),
    ("撤场", "withdrawal of the company", "with 60 days' notice"),
    ("招投标", "tender", ""),
    ("国企兜底", "state-owned fallback", "a state-owned company takes what nobody bids for"),
    ("以奖代补", "performance award", "paid after assessment"),
    ("红黑榜", "red and black lists", ""),
    ("质价相符", "price matching quality", ""),
    ("物业服务全覆盖", "full coverage", "reported as a ladder: nominal, charging, professional, break-even"),
    ("名义覆盖", "nominal coverage", "any management at all"),
    ("收费覆盖", "charging coverage", "fees are billed and collected"),
    ("专业化达标覆盖", "professional coverage", "a company at or above the quality floor"),
    ("收支平衡", "break-even", "income covered cost over twelve months"),
    ("街道 / 社区", "street / community", "the two lowest bodies of urban government"),
    ("恶性循环", "vicious cycle", "unpaid fees, poor service, refusal, decay"),
    ("滞后效应（迟滞）", "hysteresis", "the way out is not the way in"),
    ("惩戒预期", "expected sanction", ""),
    ("扶持退出", "withdrawal of support", "sudden or tapered"),
)


MODELLED, NOT_MODELLED = "modelled as 建模为", "not modelled 未建模"
# Words of law and trade that an expert looks for: Chinese, English, whether the model has it, and how (or
# what stands nearest), in both languages.
EXPECTED_TERMS = (
    (
        "包干制",
        "lump-sum contract",
        MODELLED,
        "how every company is paid (unless `trust_based_service` signs another contract); with "
        "`mechanisms.price_basis` it keeps back what nobody sees",
        "默认的收费方式：盈余归企业、亏损由企业承担；实行 `trust_based_service` 的小区除外；开启 `mechanisms.price_basis` 时，企业克扣无人监督的部分",
    ),
    (
        "酬金制",
        "remuneration (cost-plus) contract",
        MODELLED,
        "with `mechanisms.price_basis`, owners pay out of their own account; without it only the programme "
        "`trust_based_service` (a trust contract whose fee is a remuneration)",
        "开启 `mechanisms.price_basis` 时业主从自己的账户支付；不开启时只有措施 `trust_based_service`（信托制物业，按酬金计费）",
    ),
    (
        "前期物业",
        "service under the developer's contract",
        MODELLED,
        "with `mechanisms.contracts`, an early contract of young estates (`contract.early_age`, "
        "`contract.early_term`) until owners choose; otherwise not told apart from market service",
        "开启 `mechanisms.contracts` 时为新小区的前期合同（`contract.early_age`、`contract.early_term`），至业主选聘为止；"
        "不开启时与市场化物业服务不作区分",
    ),
    (
        "政府指导价",
        "guide price",
        MODELLED,
        "with `mechanisms.guided_prices`, the most that old estates and early contracts may charge",
        "开启 `mechanisms.guided_prices` 时，老旧小区和前期合同收费的上限",
    ),
    (
        "物业管理委员会（物管会）",
        "interim committee",
        MODELLED,
        "the programme `interim_committee`: formed by the street without a quorum, calls founding votes, may not sign "
        "or set a price; no committee of owners. Reported shares that count interim ones are not compared with the model",
        "措施 `interim_committee`：由街道组建，不受法定参与率限制，发起组建表决，不能签约、定价；不算业委会。"
        "把物管会计入的报告比例不与模型比较",
    ),
    (
        "住宅专项维修资金",
        "special maintenance fund",
        NOT_MODELLED,
        "no account of it exists: the public-revenue fund is another. Owners' votes on paying for works, with its "
        "majority, exist in `retrofit`",
        "没有这一账户，公共收益账户并非维修资金；`retrofit` 中业主出资须经表决，适用同样的比例",
    ),
    (
        "承接查验",
        "inspection at take-over",
        NOT_MODELLED,
        "what it would have found is there as developer-legacy defects (`legacy_remediation` treats them)",
        "没有这一程序；本应查出的问题以开发遗留问题计入，由措施 `legacy_remediation` 处理",
    ),
)


MEANT = {
    "小区": "物业管理的单位：若干楼栋及共用设施",
    "业主": "本模型中一户为一位业主；可自住、出租或空置",
    "物业费": "按建筑面积逐月计收的费用",
    "物业服务企业": "承接小区、提供服务并收取物业费的企业",
    "收缴率": "已收占应收的比例",
    "欠费": "未缴的物业费",
    "拒缴": "有能力而不缴",
    "业主委员会（业委会）": "由业主选举产生",
    "业主大会表决": "按人数和面积均有三分之二参加，参加者过半数同意",
    "公共收益": "共用部位的收入：停车、广告、租金",
    "公共收益账户": "小区公共收益所入的账户；不是住宅专项维修资金",
    "设施设备状况": "0（报废）至1（如新）",
    "开发遗留问题": "开发商始终未修复的缺陷",
    "老旧小区": "情景中类型的 `old`，或表中所列",
    "商品房": "小区类型 `commodity`",
    "单位自建房": "小区类型 `unit_built`",
    "三无小区": "本模型取无管理者、无维修资金、无人负责（各地口径不一；S002未载定义）；类型 `three_no`",
    "安置小区": "小区类型 `resettlement`",
    "撤场": "提前60日通知后离开",
    "招投标": "选聘物业服务企业的方式",
    "国企兜底": "无人投标的由国有企业承接",
    "以奖代补": "考核之后支付",
    "红黑榜": "按评分公布的好坏两榜",
    "质价相符": "价格与服务质量相称",
    "物业服务全覆盖": "按阶梯报告：名义、收费、专业化达标、收支平衡",
    "名义覆盖": "只要有人管理",
    "收费覆盖": "计收物业费",
    "专业化达标覆盖": "由企业管理且服务达到质量下限",
    "收支平衡": "十二个月内收入覆盖成本",
    "街道 / 社区": "城市政府最基层的两级",
    "恶性循环": "欠费、服务差、拒缴、失修",
    "滞后效应（迟滞）": "出来的路不是进去的路",
    "惩戒预期": "业主预期不缴会受到的处理",
    "扶持退出": "突然停止或逐步退坡",
}
"""What each term of the field means here, in Chinese."""


def rows_of(header: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    """Lines of one Markdown table."""
    lines = [header, tuple("---" for _ in header), *rows]
    return ["| " + " | ".join(cell.replace("|", "/") for cell in line) + " |" for line in lines]


def glossary() -> str:
    """The whole page."""
    codes = [
        (f"`{name}`", words[name].in_language("zh"), words[name].in_language("en"))
        for names, words in (
            (MODES, MODE_WORDS),
            (STAGES, STAGE_WORDS),
            (PAYER_TYPES, PAYER_WORDS),
            (OCCUPANCY, OCCUPANCY_WORDS),
            (TIERS, TIER_WORDS),
        )
        for name in names
    ]
    columns = [
        (f"`{name}`", word.in_language("zh"), word.in_language("en"), word.unit)
        for name, word in COLUMN_WORDS.items()
    ]
    parameters = [
        (f"`{p.key}`", p.label.in_language("zh"), p.label.in_language("en"), p.unit)
        for p in PARAMETERS.values()
    ]
    lines = [
        "# 词汇表 Glossary",
        "",
        "Written by `docs/make_glossary.py`; do not edit by hand. 由程序生成，中英对照。",
        "",
    ]
    lines += [
        "## 术语 Terms of the field",
        "",
        *rows_of(
            ("中文", "English", "meaning here", "本模型中"), [(*term, MEANT[term[0]]) for term in FIELD_TERMS]
        ),
        "",
    ]
    lines += [
        "## 业内用语与模型 Words of law and trade, and what the model has of them",
        "",
        *rows_of(("中文", "English", "in the model 模型中", "how", "如何"), list(EXPECTED_TERMS)),
        "",
    ]
    lines += ["## 代码 Codes", "", *rows_of(("code", "中文", "English"), codes), ""]
    lines += [
        "## 结果列 Columns of results",
        "",
        *rows_of(("column", "中文", "English", "unit"), columns),
        "",
    ]
    lines += ["## 参数 Parameters", "", *rows_of(("key", "中文", "English", "unit"), parameters)]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write or check the page."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--check", action="store_true", help="only tell whether the page is up to date")
    if not parser.parse_args().check:
        TARGET.write_text(glossary(), encoding="utf-8", newline="\n")
        return 0
    if TARGET.exists() and TARGET.read_text(encoding="utf-8") == glossary():
        return 0
    print("docs/glossary.md is out of date: run python docs/make_glossary.py", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
