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
    ("住宅专项维修资金", "special maintenance fund", "paid in by owners when they buy; not in the model"),
    (
        "前期物业",
        "service before the first owners' assembly",
        "not told apart: the developer's company is a market company",
    ),
    (
        "包干制",
        "lump-sum contract",
        "how market service is paid by default; cost-plus (酬金制): `trust_based_service`",
    ),
    (
        "物业管理委员会（物管会）",
        "interim committee",
        "set up by the street where owners elect none; not in the model",
    ),
    ("承接查验", "inspection at take-over", "not in the model; what it would have found is `legacy`"),
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
    ("专业化覆盖", "professional coverage", "a company at or above the quality floor"),
    ("收支平衡", "break-even", "income covered cost over twelve months"),
    ("街道 / 社区", "street / community", "the two lowest bodies of urban government"),
    ("恶性循环", "vicious cycle", "unpaid fees, poor service, refusal, decay"),
    ("滞后效应（迟滞）", "hysteresis", "the way out is not the way in"),
    ("惩戒预期", "expected sanction", ""),
    ("扶持退出", "withdrawal of support", "sudden or tapered"),
)


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
    lines = ["# 词汇表 Glossary", "", "Written by `docs/make_glossary.py`; do not edit by hand.", ""]
    lines += [
        "## 术语 Terms of the field",
        "",
        *rows_of(("中文", "English", "meaning here"), list(FIELD_TERMS)),
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
