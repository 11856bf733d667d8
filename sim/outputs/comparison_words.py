"""A comparison in words, Chinese and English: a sentence per arm, warnings, and the page a notebook shows."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sim.experiments import cost_effect as verdicts
from sim.experiments.ensemble import doubt_line
from sim.experiments.intervals import CONSTANT, LEAST_PAIRS, NO_RANGE, RARE, ROUGH_PAIRS, Interval, Range
from sim.experiments.rescue import HOUSEHOLDS
from sim.outputs.catalog import require_language, scenario_title, titled
from sim.outputs.outcome_words import bounds_of, size_of, subject
from sim.outputs.range_words import bounds_in_brackets, few_runs, range_of_pairs, rough_mark
from sim.results.outcomes import OUTCOMES
from sim.results.shown import shown_html
from sim.text import figures
from sim.words import Word

if TYPE_CHECKING:
    from sim.experiments.arms import Arm
    from sim.experiments.comparison import Comparison

SAID = {
    "moves": Word(
        "与{base}相比，{arm}使{subject}{verb}{size}（均值的{level}置信区间{rough}：{interval}；可能的变化：{range}）",
        "Compared with {base}, {arm} {verb} {subject} by {size} ({level} interval of the mean {interval}{rough}; what may happen: a change of {range})",
    ),
    "unclear": Word(
        "与{base}相比，看不出{arm}是否改变了{subject}（平均差异{size}，均值的{level}置信区间{rough}：{interval}，{runs}次重复；{needed}；可能的变化：{range}）",
        "Compared with {base}, {arm} does not move {subject} by more than luck could (mean difference {size}, {level} interval of the mean {interval}{rough}, {runs} replications; {needed}; what may happen: a change of {range})",
    ),
    "no_interval": Word(
        "与{base}相比，{arm}使{subject}平均相差{size}（没有置信区间：{why}；可能的变化：{range}）",
        "Compared with {base}, {arm} changes {subject} by {size} on average (no interval: {why}; what may happen: a change of {range})",
    ),
    "identical": Word(
        "{arm}与{base}在所有{runs}次重复中完全相同",
        "{arm} is the same as {base} in each of {runs} replications",
    ),
    "needed": Word(
        "要以八成把握看出这样大小的差异约需{number}次重复",
        "about {number} replications would show a difference of this size four times in five",
    ),
    "needed_none": Word("再多重复也看不出这样的差异", "no number of replications would show it"),
    "rescued": Word(
        "平均每次运行{estates}个小区中脱困{rescued}个、转差{harmed}个、两者皆非{neither}个"
        "（住户{homes}户中分别为{homes_rescued}户、{homes_harmed}户、{homes_neither}户）",
        "on average {rescued} estates rescued, {harmed} harmed of {estates}, {neither} neither "
        "(of {homes} households {homes_rescued}, {homes_harmed} and {homes_neither})",
    ),
    "lowers": Word("下降", "lowers"),
    "raises": Word("上升", "raises"),
    # the price, by verdict
    verdicts.COSTS: Word(
        "每换得一个小区年脱离循环花费公共资金{price}（区间：{interval}）",
        "at {price} of public money per estate-year out of the cycle ({interval})",
    ),
    verdicts.COST_UNCERTAIN: Word(
        "公共成本增减不明：每换得一个小区年脱离循环{price}（区间：{interval}，负数为节省）",
        "at a public cost that may be more or less: {price} per estate-year out of the cycle ({interval}, negative saves)",
    ),
    verdicts.DOMINANT: Word(
        "同时节省公共资金{saved}（既有效又省钱）", "and saves {saved} of public money: better and cheaper"
    ),
    verdicts.FREE: Word("不增加公共成本", "at no additional public cost"),
    verdicts.DOMINATED: Word(
        "公共成本{more}，而小区处于循环的时间更长：既费钱又有害，不可取",
        "public cost {more} while estates spend more time in the cycle: dominated, worse for no less money",
    ),
    verdicts.SAVES_AND_HARMS: Word(
        "节省公共资金{saved}，但小区处于循环的时间更长：每多一个小区年省{price}",
        "it saves {saved} of public money but estates spend more time in the cycle: {price} saved for each estate-year more in it",
    ),
    verdicts.HARM_COST_UNCERTAIN: Word(
        "小区处于循环的时间更长，公共成本增减不明",
        "estates spend more time in the cycle, and public cost may be more or less",
    ),
    verdicts.EFFECT_UNCERTAIN: Word(
        "公共成本{more}，但不能排除对循环毫无作用，因此每个小区年的花费没有上限",
        "public cost {more}, and since no effect on the cycle cannot be ruled out, the price of an estate-year out of it has no upper bound",
    ),
    verdicts.NO_EFFECT: Word(
        "公共成本{more}，对小区处于循环的时间毫无作用",
        "public cost {more} with no effect at all on time in the cycle",
    ),
    verdicts.TOO_FEW: Word(
        "公共成本{more}；重复太少，不计算每个小区年的花费",
        "public cost {more}; too few replications for a price of an estate-year",
    ),
    "same_cost": Word("不变", "is the same"),
    "higher": Word("增加{size}", "is {size} higher"),
    "lower": Word("减少{size}", "is {size} lower"),
    "a_run": Word("每次运行公共成本{more}，其中", "public cost {more} a run, in it "),
    "more_lost": Word("国有物业企业亏损增加{size}", "losses of state-owned companies {size} higher"),
    "less_lost": Word("国有物业企业亏损减少{size}", "losses of state-owned companies {size} lower"),
    # warnings
    "rare": Word(
        "{arm}：全部{runs}次重复中只有{changed}个小区结局改变，过于罕见，置信区间不可信；请看精确区间（{exact}），并增加重复次数。",
        "{arm}: only {changed} estates changed fate in all {runs} replications; that is too rare for the bootstrap interval to be trusted. See the exact one ({exact}) and replicate more.",
    ),
    "few_changed": Word(
        "{arm}：{outcome}只在不到{least}次重复中有差异，其置信区间不可信。",
        "{arm}: {outcome} differs in fewer than {least} replications, so its interval is not to be trusted.",
    ),
    "missing": Word("{arm}：{outcome}没有置信区间（{why}）。", "{arm}: {outcome} has no interval ({why})."),
    "looks": Word(
        "共看了{taken}次结果（预定最多{planned}次：{at}次重复），每个区间按{level}计算，使全部查看合起来仍为{overall}。",
        "Looked at {taken} of {planned} pre-set numbers of replications ({at}); every interval is taken at {level}, so that all looks together hold at {overall}.",
    ),
    "not_reached": Word(
        "看完预定的全部次数后，区间仍宽于{width}。",
        "After all looks the interval is still wider than {width}.",
    ),
}
WHY = {
    "no value": Word("某些重复中该指标不存在", "it has no value in some replication"),
    "too few replications": Word(f"重复少于{LEAST_PAIRS}次", f"fewer than {LEAST_PAIRS} replications"),
    "no variation": Word("每次重复的差异完全相同", "every replication gave exactly this difference"),
    "degenerate": Word("自助法退化", "the bootstrap is degenerate"),
}


def _say(key: str, lang: str, **values: object) -> str:
    return SAID[key].in_language(require_language(lang)).format(**values)


def arm_title(found: Comparison, arm: Arm, lang: str) -> str:
    """Name of an arm in a sentence: the scenario's name in English, its title in Chinese (unless another arm has it too)."""
    if lang == "en":
        return arm.name
    titles = [titled(getattr(one.scenario, "title", None), lang, one.name) for one in found.arms]
    own = titles[found.arms.index(arm)]
    return f"“{own}”" if titles.count(own) == 1 else arm.name


def sentence_of(found: Comparison, name: str, lang: str = "en", outcome: str = "") -> str:
    """What an arm does to an outcome (default: the first), at what price, and how many estates it rescued and harmed."""
    arm, asked = found.arm(name), outcome or found.outcomes[0]
    names = {"arm": arm_title(found, arm, lang), "base": arm_title(found, found.baseline, lang)}
    counted, homes = found.rescued(name), found.rescued(name, HOUSEHOLDS)
    same = found.cost_effect(name).verdict == verdicts.IDENTICAL and not counted.changed_estates
    if same and not found.paired(name, asked).any():
        return _say("identical", lang, **names, runs=len(found.seeds)) + ("。" if lang == "zh" else ".")
    rescued = _say(
        "rescued",
        lang,
        rescued=_count(counted.rescued),
        harmed=_count(counted.harmed),
        neither=_count(counted.neither),
        estates=f"{counted.estates:,.0f}",
        homes=f"{homes.estates:,.0f}",
        homes_rescued=f"{homes.rescued:,.0f}",
        homes_harmed=f"{homes.harmed:,.0f}",
        homes_neither=f"{homes.neither:,.0f}",
    )
    marks = ("，", "；", "。") if lang == "zh" else (", ", "; ", ".")
    return (
        effect_clause(found, name, asked, lang)
        + marks[0]
        + price_clause(found, name, lang)
        + marks[1]
        + rescued
        + marks[2]
    )


def _count(number: float) -> str:
    return f"{number:,.0f}" if number >= 10 or number == round(number) else f"{number:.1f}"


def rescued_of(row: Mapping[str, Any], name: str, lang: str) -> str:
    """How many a row of `Comparison.rescues` says were "rescued" or "harmed"; in brackets the interval of the mean and the range."""
    ends = {f"range_{end}": row.get(f"{name}_range_{end}", math.nan) for end in ("low", "high")}
    interval = Interval(row[f"{name}_low"], row[f"{name}_high"])
    held = Range.of_row(dict(row) | ends) if "pairs" in row else NO_RANGE
    return f"{row[name]:,.1f}" + bounds_in_brackets(interval, held, lambda value: f"{value:,.1f}", "–", lang)


def effect_clause(found: Comparison, name: str, outcome: str, lang: str) -> str:
    """What an arm does to an outcome: the mean, how precisely it is known, and what may happen in a single pair."""
    interval, unit = found.interval(name, outcome), OUTCOMES[outcome].unit
    mean = float(found.paired(name, outcome).mean())
    values: dict[str, object] = {
        "arm": arm_title(found, found.arm(name), lang),
        "base": arm_title(found, found.baseline, lang),
        "subject": subject(outcome, lang),
        "level": figures.level(interval.level),
        "rough": rough_mark(interval, len(found.seeds), lang),
        "range": range_of_pairs(found.range(name, outcome), unit, lang),
    }
    if not interval.exists:
        return _say(
            "no_interval",
            lang,
            **values,
            size=size_of(mean, unit, lang, sign=True),
            why=WHY[interval.note].in_language(lang),
        )
    if not interval.excludes_zero:
        needed = found.replications_needed(name, outcome)
        words = _say("needed_none", lang) if needed is None else _say("needed", lang, number=f"{needed:,}")
        return _say(
            "unclear",
            lang,
            **values,
            size=size_of(mean, unit, lang, sign=True),
            runs=len(found.seeds),
            interval=bounds_of(interval.low, interval.high, unit, lang),
            needed=words,
        )
    low, high = sorted((abs(interval.low), abs(interval.high)))
    return _say(
        "moves",
        lang,
        **values,
        verb=_say("raises" if mean > 0 else "lowers", lang),
        size=size_of(abs(mean), unit, lang),
        interval=bounds_of(low, high, unit, lang),
    )


def price_clause(found: Comparison, name: str, lang: str) -> str:
    """What an estate-year out of the cycle costs, or why that has no number."""
    one = found.cost_effect(name)
    if one.verdict == verdicts.IDENTICAL:
        return _say(verdicts.FREE, lang)
    word = "same_cost" if one.cost == 0 else "higher" if one.cost > 0 else "lower"
    more = _say(word, lang, size=size_of(abs(one.cost), "yuan", lang))
    price = _say(
        one.verdict,
        lang,
        price=size_of(one.ratio, "yuan", lang),
        interval=bounds_of(one.low, one.high, "yuan", lang)
        + rough_mark(Interval(one.low, one.high), len(found.seeds), lang),
        saved=size_of(-one.cost, "yuan", lang),
        more=more,
    )
    lost = _lost_by_state_owned(found, name, lang)
    if lost and one.verdict in (verdicts.COSTS, verdicts.COST_UNCERTAIN):
        lost = _say("a_run", lang, more=more) + lost
    return price if not lost else f"{price}（{lost}）" if lang == "zh" else f"{price} ({lost})"


def _lost_by_state_owned(found: Comparison, name: str, lang: str) -> str:
    """How much more state-owned companies lose a run than in the baseline, which is part of the public cost; empty if the same."""
    table = found.costs
    part = float(table.loc[table["arm"] == name, "state_owned"].iloc[0]) if "state_owned" in table else 0.0
    return (
        ""
        if part == 0.0
        else _say("more_lost" if part > 0 else "less_lost", lang, size=size_of(abs(part), "yuan", lang))
    )


def warnings_of(found: Comparison, lang: str = "en") -> list[str]:
    """What a reader must know before trusting the intervals; see `Comparison.warnings`."""
    held = found.settings.ensemble
    said = [doubt_line(found.ensemble, lang), *(held.warnings(lang) if held is not None else ())]
    runs = len(found.seeds)
    if runs < ROUGH_PAIRS:
        said.append(few_runs(runs, lang))
    for arm in found.others:
        name = arm_title(found, arm, lang)
        counted = found.rescued(arm.name)
        if not counted.trusted and runs >= LEAST_PAIRS:  # with fewer no interval is printed at all
            exact = counted.net_exact
            said.append(
                _say(
                    "rare",
                    lang,
                    arm=name,
                    runs=runs,
                    changed=counted.changed_estates,
                    exact=bounds_of(exact.low, exact.high, "share", lang),
                )
            )
        for outcome in found.outcomes:
            said += _about(found.interval(arm.name, outcome), name, subject(outcome, lang), lang)
    return said + _looks(found, lang)


def _about(interval: Interval, arm: str, outcome: str, lang: str) -> list[str]:
    if interval.note == RARE:
        return [_say("few_changed", lang, arm=arm, outcome=outcome, least=LEAST_PAIRS)]
    if (
        not interval.exists and interval.note != CONSTANT
    ):  # that every replication agrees is no reason for doubt
        return [_say("missing", lang, arm=arm, outcome=outcome, why=WHY[interval.note].in_language(lang))]
    return []


def _looks(found: Comparison, lang: str) -> list[str]:
    if not found.looks:
        return []
    last = found.looks[-1]
    said = [
        _say(
            "looks",
            lang,
            taken=len(found.looks),
            planned=len(found.looks_planned),
            at=", ".join(map(str, found.looks_planned)),
            level=figures.level(found.settings.taken),
            overall=figures.level(found.settings.level),
        )
    ]
    if not last.enough:
        said.append(_say("not_reached", lang, width=size_of(last.wanted, OUTCOMES[last.outcome].unit, lang)))
    return said


def as_html(found: Comparison, lang: str = "en") -> str:
    """What a notebook shows: the arms, the sentences, the warnings, the table of differences."""
    title = " · ".join(f"{arm.name}: {scenario_title(arm, lang)}" for arm in found.arms)
    runs, level = len(found.seeds), figures.level(found.interval_level)
    facts = (
        f"{runs}组相同随机种子 · {level}置信区间"
        if lang == "zh"
        else f"{runs} common seeds · {level} intervals"
    )
    return shown_html(title, facts, found.sentences(lang), found.warnings(lang), found.differences)
