"""Levers and bearers in Chinese and English. The English of a lever is its declaration in `sim.state.estates`."""

from __future__ import annotations

from sim.state.estates import LEVERS
from sim.words import Word

_ZH = {
    "lever_company_income": "发给管理者的公共资金",
    "lever_company_charge": "项目向管理者收取的费用",
    "lever_offer": "接管企业可指望的公共资金",
    "lever_effort": "企业为奖惩增减的投入",
    "lever_company_revenue": "额外划归企业的公共收益",
    "lever_company_cost": "标准成本减免",
    "lever_fixed_cost": "固定成本减免",
    "lever_monitoring": "检查带来的监督",
    "lever_disclosure": "价格、标准和公共收益的公开程度",
    "lever_sanction": "拒缴的预期惩戒",
    "lever_norm": "缴费规范的感召力",
    "lever_ranking": "公开排名涉及的声誉",
    "lever_focus": "优先应付计分项目的压力",
    "lever_fallback": "无人投标时国企兜底",
    "lever_mobilisation": "街道发起业委会表决的概率",
    "lever_participation": "动员增加的表决参与率",
    "lever_vetting": "候选人审核提高的廉洁与能力",
    "lever_oversight": "促使业委会尽职廉洁的监督",
    "lever_condition": "设施状况提升",
    "lever_legacy": "消除的开发遗留问题",
    "lever_complaint_channel": "增加的投诉渠道",
    "lever_complaint_capacity": "增加的投诉办理能力",
    "lever_deadline": "缩短的投诉办理期限",
    "lever_trust": "接触建立的信任",
    "lever_grievance": "对话化解的积怨",
    "lever_hostility": "被起诉、受委屈激起的积怨",
    "lever_recovery": "增加的欠费补缴概率",
    "lever_tender": "介绍来的投标企业",
    "lever_retry": "缩短的再次招标间隔",
    "lever_cleaning": "失管时由社区接手简单保洁",
    "lever_block": "并入的连片管理单元",
    "lever_belief": "对收缴率判断的纠正",
    "lever_self_management": "对自管的扶持",
    "lever_dismissal": "管理者被付诸表决或清退的概率",
    "lever_price": "提交表决的调价幅度",
    "lever_leak": "堵住的公共收益流失",
    "lever_skill": "提高的管理能力",
    "lever_value_added": "增值服务收入",
}
_OTHER = {
    "companies.score": Word("企业公布得分", "a company's published score"),
    "companies.list": Word("企业的红黑榜状态", "a company's place on the red or black list"),
    "companies.barred_until": Word("企业禁止投标的期限", "until when a company may not bid"),
    "companies.skill": Word("企业的管理能力", "a company's skill"),
    "committees.exists": Word("业委会的存续", "whether a committee exists"),
    "committees.integrity": Word("业委会的廉洁", "a committee's integrity"),
    "committees.competence": Word("业委会的能力", "a committee's competence"),
    "committees.activity": Word("业委会的活跃度", "a committee's activity"),
    "government.reported_nominal": Word("上报的覆盖率", "the coverage that a body reports"),
    "world.fallback_left": Word(
        "国企本月还可接管的小区数", "estates that state-owned fallback still takes this month"
    ),
    "policy.lag": Word("各项措施缩短的时滞", "share of every programme's lag that falls away"),
    "policy.capacity": Word("各项措施扩大的覆盖能力", "relative rise of every programme's capacity"),
    "policy.staff": Word("每件事节省的人手", "share of the staff time of every case that is saved"),
}
_EN = {field.name: field.meaning for field in LEVERS}

BEARER_WORDS = {
    "city": Word("市财政", "city"),
    "district": Word("区财政", "district"),
    "street": Word("街道", "street"),
    "community": Word("社区", "community"),
    "state": Word("中央和省级财政", "central and provincial state"),
    "companies": Word("物业企业（含国企）", "companies (state-owned ones included)"),
    "owners": Word("业主", "owners"),
    "estate_funds": Word("小区公共收益", "estate funds"),
    "developers": Word("开发商", "developers"),
    "donors": Word("捐助者", "donors"),
    "customers": Word("增值服务客户", "buyers of extra services"),
    "employers": Word("产权单位", "employers"),
    "courts": Word("法院", "courts"),
}


def lever_word(name: str) -> Word:
    """A lever, column or relief in words."""
    return _OTHER[name] if name in _OTHER else Word(_ZH[name], _EN[name])
