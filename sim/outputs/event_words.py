"""Events in words: what happened, why, and how large it was, in Chinese and English.

Kinds and causes are those of `sim.state.events`; one that has no words here (a newer model, a plug-in) is told in a general
sentence with its own name. `RANK` says which events a short list keeps: 3 turns a life, 2 matters, 1 is routine.
"""

from __future__ import annotations

import math

from sim.outputs.catalog import amount, pick, plain
from sim.text import figures
from sim.words import Word

# kind: (rank, what happened, how `size` is written, what it means)
_SHARE, _YUAN, _COUNT, _PRICE = "share", "yuan", "count", "price"
_TOOK_PART = (_SHARE, Word("参与业主占{size}", "{size} of owners took part"))
_APPROVED = (_SHARE, Word("参与者中{size}赞成", "{size} of those taking part approved"))
_BEFORE = (_SHARE, Word("此前收缴率{size}", "collection had been {size}"))
_SCORE = (_COUNT, Word("得分{size}", "score {size}"))
_MONTHLY = (_YUAN, Word("每月{size}", "{size} a month"))
_MONEY = (_YUAN, Word("{size}", "{size}"))
_LOOKED = (_COUNT, Word("{size}家企业看过项目", "{size} companies looked at it"))
EVENTS: dict[str, tuple[int, Word, tuple[str, Word]]] = {
    "notice_given": (
        3,
        Word("物业企业发出撤场通知", "the company gave notice to leave"),
        (_COUNT, Word("已连续亏损{size}个月", "after {size} losing months")),
    ),
    "company_left": (
        3,
        Word("物业企业撤场", "the company left"),
        (_YUAN, Word("留下欠费{size}", "arrears of {size} left behind")),
    ),
    "tender_opened": (1, Word("开始选聘物业企业", "a tender was opened"), _LOOKED),
    "tender_won": (
        3,
        Word("选聘成功，新企业进场", "a company won the tender and took over"),
        (_COUNT, Word("{size}家企业投标", "{size} companies bid")),
    ),
    "tender_failed": (2, Word("选聘流标", "the tender failed"), _LOOKED),
    "fallback_taken": (
        3,
        Word("国企兜底接管", "a state-owned company took it over as a fallback"),
        (_SHARE, Word("接管时收缴率{size}", "collection at takeover {size}")),
    ),
    "self_management": (
        3,
        Word("业主转为自管", "owners began to manage it themselves"),
        (_SHARE, Word("平均参与意愿{size}", "mean activism {size}")),
    ),
    "cleaning_started": (
        3,
        Word("转为社区代管，只做简单保洁", "the community took over, with cleaning only"),
        _BEFORE,
    ),
    "abandoned": (3, Word("小区失去管理", "the estate was left without any manager"), _BEFORE),
    "committee_formed": (2, Word("业主委员会成立", "an owners' committee was formed"), _TOOK_PART),
    "committee_vote_failed": (
        1,
        Word("业主委员会选举未成", "a vote to form an owners' committee failed"),
        _TOOK_PART,
    ),
    "committee_dissolved": (2, Word("业主委员会解散", "the owners' committee ended"), _TOOK_PART),
    "committee_renewed": (1, Word("业主委员会换届", "the owners' committee was renewed"), _TOOK_PART),
    "committee_replaced": (
        2,
        Word("业主委员会被改组", "the owners' committee was replaced"),
        (_SHARE, Word("此前公正程度{size}", "its integrity had been {size}")),
    ),
    "dismissal_voted": (3, Word("业主投票解聘物业企业", "owners voted to dismiss the company"), _APPROVED),
    "dismissal_rejected": (1, Word("解聘表决未通过", "a vote to dismiss the company failed"), _APPROVED),
    "price_raised": (
        2,
        Word("物业费上调", "the fee was raised"),
        (_PRICE, Word("至每月{size}元/㎡", "to {size} yuan/m² a month")),
    ),
    "price_cut": (
        2,
        Word("物业费下调", "the fee was cut"),
        (_PRICE, Word("至每月{size}元/㎡", "to {size} yuan/m² a month")),
    ),
    "price_vote_failed": (1, Word("调价表决未通过", "a vote on the fee failed"), _APPROVED),
    "funds_refused": (2, Word("业主表决未同意出资", "owners voted against paying their share"), _APPROVED),
    "company_bankrupt": (
        3,
        Word("物业企业破产", "the company went bankrupt"),
        (_YUAN, Word("负债{size}", "debt of {size}")),
    ),
    "company_removed": (3, Word("物业企业被政策清退", "the company was removed by policy"), _SCORE),
    "company_refused": (
        2,
        Word("物业企业未达准入标准", "the company was refused under the entry standard"),
        _SCORE,
    ),
    "retrofit": (
        3,
        Word("小区完成改造", "the estate was retrofitted"),
        (_SHARE, Word("设施状况提高{size}", "condition up by {size}")),
    ),
    "subsidy_started": (2, Word("开始获得运营补贴", "an operating subsidy started"), _MONTHLY),
    "subsidy_ended": (2, Word("运营补贴结束", "the operating subsidy ended"), _MONTHLY),
    "award_paid": (1, Word("获得以奖代补资金", "a performance award was paid"), _MONEY),
    "listed_red": (1, Word("企业列入红榜", "its company was put on the red list"), _SCORE),
    "listed_black": (2, Word("企业列入黑榜", "its company was put on the black list"), _SCORE),
    "list_left": (1, Word("企业移出红黑榜", "its company left the red/black list"), _SCORE),
    "budget_exhausted": (
        2,
        Word("项目资金用尽", "the budget was exhausted"),
        (_YUAN, Word("缺口{size}", "{size} short")),
    ),
    "staff_exhausted": (
        1,
        Word("人手用尽", "staff were exhausted"),
        (_COUNT, Word("缺{size}人", "{size} persons short")),
    ),
    "legacy_repaired": (
        2,
        Word("开发遗留问题得到整治", "developer-legacy defects were repaired"),
        (_SHARE, Word("遗留问题减少{size}", "legacy down by {size}")),
    ),
    "programme_started": (
        2,
        Word("政策措施开始实施", "a programme started"),
        (_COUNT, Word("涉及{size}个小区", "{size} estates treated")),
    ),
    "programme_ended": (
        2,
        Word("政策措施退出", "a programme ended"),
        (_COUNT, Word("涉及{size}个小区", "{size} estates treated")),
    ),
    "estates_merged": (
        2,
        Word("与邻近小区合并管理", "the estate was merged into one managed block"),
        (_COUNT, Word("共{size}个小区", "{size} estates in the block")),
    ),
    "donation": (1, Word("收到捐助", "a donation arrived"), _MONEY),
    "problem_solved": (
        1,
        Word("解决居民反映的问题", "residents' problems were solved"),
        (_COUNT, Word("{size}件", "{size} of them")),
    ),
    "secretary_sent": (
        1,
        Word("派驻红邻书记", "a secretary was sent to live in the estate"),
        (_SHARE, Word("能力{size}", "ability {size}")),
    ),
    "secretary_left": (
        1,
        Word("红邻书记离任", "the secretary left"),
        (_COUNT, Word("任职{size}个月", "after {size} months")),
    ),
    "services_opened": (
        1,
        Word("企业开办增值服务", "the company opened extra services"),
        (_YUAN, Word("投入{size}", "{size} to set up")),
    ),
    "services_closed": (
        1,
        Word("增值服务停办", "the company closed its extra services"),
        (_YUAN, Word("累计亏损{size}", "after losing {size}")),
    ),
    "coverage_reported": (
        2,
        Word("各街道上报覆盖率", "streets reported their coverage"),
        (_SHARE, Word("上报{size}", "{size} reported")),
    ),
    "suit": (
        1,
        Word("物业企业起诉欠费业主", "the company sued owners in arrears"),
        (_COUNT, Word("{size}户", "{size} owners")),
    ),
}
CAUSES = {
    "losses": Word("亏损", "losses"),
    "dismissal": Word("被解聘", "dismissal by the owners"),
    "no_bidder": Word("无企业投标", "no bidder"),
    "spontaneous": Word("业主自发", "owners' own initiative"),
    "mobilised": Word("街道动员", "mobilisation by the street"),
    "quorum_missed": Word("参与人数不足", "too few took part"),
    "rejected": Word("多数反对", "the majority was against"),
    "term_ended": Word("任期届满", "the term ended"),
    "insolvency": Word("资不抵债", "insolvency"),
    "vacancy": Word("无人管理", "nobody managed it"),
    "retry": Word("再次选聘", "another attempt"),
    "shortfall": Word("入不敷出", "income short of cost"),
    "quality": Word("服务质量", "quality of service"),
    "policy": Word("政策措施", "a programme"),
    "ranking": Word("考核排名", "ranking"),
    "taper": Word("补贴退坡", "the support being tapered off"),
    "budget": Word("预算", "the budget"),
    "capture": Word("业委会被把持", "capture of the committee"),
    "captured": Word("业委会被把持", "capture of the committee"),
    "not_eligible": Word("不符合条件", "not being eligible"),
}


def rank(kind: str) -> int:
    """How much an event of this kind turns the life of an estate: 3 most, 1 routine; unknown kinds 2."""
    return EVENTS[kind][0] if kind in EVENTS else 2


def what(kind: str, lang: str) -> str:
    """What happened, without cause and size."""
    if kind in EVENTS:
        return pick(EVENTS[kind][1], lang)
    return f"发生“{plain(kind)}”" if lang == "zh" else f"{plain(kind)} happened"


def why(cause: str, lang: str) -> str:
    """The cause as words, "" where none is recorded."""
    if not cause or cause in ("none", "nan"):
        return ""
    return pick(CAUSES[cause], lang) if cause in CAUSES else plain(cause)


def how_much(kind: str, size: float, lang: str) -> str:
    """The size of an event as words, "" where there is none (NaN, or nothing counted)."""
    if not math.isfinite(size):
        return ""
    if kind not in EVENTS:
        return (f"规模{size:g}" if lang == "zh" else f"size {size:g}") if size else ""
    form, word = EVENTS[kind][2]
    if size == 0 and form in (_YUAN, _PRICE) or size < 0:
        return ""
    if form == _COUNT and size == 0 and kind == "notice_given":
        return ""
    written = {
        _SHARE: lambda: figures.share(size, 0),
        _YUAN: lambda: amount(size, lang),
        _COUNT: lambda: f"{size:,.4g}",
        _PRICE: lambda: f"{size:.2f}",
    }[form]()
    return pick(word, lang, size=written)


def event_sentence(kind: str, cause: str, size: float, lang: str) -> str:
    """One event in words: what happened, why, how large; no full stop, so that it can stand in a list."""
    reason, amount = why(cause, lang), how_much(kind, size, lang)
    if lang == "zh":
        inside = "；".join(part for part in (f"原因：{reason}" if reason else "", amount) if part)
        return what(kind, lang) + (f"（{inside}）" if inside else "")
    inside = "; ".join(part for part in (f"cause: {reason}" if reason else "", amount) if part)
    return what(kind, lang) + (f" ({inside})" if inside else "")
