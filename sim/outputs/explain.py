"""The life of one estate told in words: how it began, its phases, what turned and why, each event, how it ended."""

from __future__ import annotations

import numpy as np

from sim.outputs.catalog import amount, measure_name, require_language, type_title
from sim.outputs.event_words import event_sentence, what, why
from sim.outputs.life_facts import MEASURES, Life, Phase, Turn, changes_before, life_of, phases, turns
from sim.outputs.measures import RunLike
from sim.text import figures
from sim.words import MODE_WORDS, STAGE_WORDS

CAUSE_COLUMNS = ("satisfaction", "quality", "condition", "grievance", "trust", "legacy", "price")
REPEATED = 3  # events of one kind in one phase beyond this are told together


def explain_text(run: RunLike, estate: int, lang: str = "en") -> list[str]:
    """The life of an estate as lines of text, events and turning points indented under the phase they fell in.

    Lines come in order of time, from `run.estates`, `run.events` and `run.estate_table` alone. ResultError if there is no
    such estate.
    """
    require_language(lang)
    life = life_of(run, estate)
    turned = turns(life)
    lines = [_facts(run, life, lang), _state(life, 0, lang)]
    for phase in phases(life):
        lines.append(_phase(life, phase, lang))
        dated = [
            (turn.month, 0, _turn(life, turn, lang))
            for turn in turned
            if phase.first <= turn.month <= phase.last
        ]
        dated += [(month, 1, line) for month, line in _events(life, phase, lang)]
        lines += ["  - " + line for _, _, line in sorted(dated, key=lambda item: item[:2])]
    order = _order_of_failure(turned, lang)
    return [*lines, *([order] if order else []), _state(life, len(life.months) - 1, lang)]


def _facts(run: RunLike, life: Life, lang: str) -> str:
    """Type, place, size, price and what the standard service costs against what full payment would bring."""
    facts = life.facts
    bill = float(facts["area"]) * float(facts["price0"])
    share = figures.share(float(facts["standard_cost"]) / bill, 0) if bill > 0 else "–"
    kind, cost = type_title(run, str(facts["type"]), lang), amount(float(facts["standard_cost"]), lang)
    if lang == "zh":
        return (
            f"小区 {life.estate}：{kind}，{facts['built_year']}年建成，位于城区{facts['district']}、街道{facts['street']}、"
            f"社区{facts['community']}；{facts['households']:,}户，{facts['buildings']}栋，{facts['area']:,.0f}㎡；"
            f"物业费每月{facts['price0']:.2f}元/㎡；标准服务每月成本{cost}，相当于足额收费的{share}。"
        )
    return (
        f"Estate {life.estate}: {kind}, built in {facts['built_year']}, in district {facts['district']}, street "
        f"{facts['street']}, community {facts['community']}; {facts['households']:,} households in {facts['buildings']} "
        f"buildings, {facts['area']:,.0f} m². Fee {facts['price0']:.2f} yuan/m² a month; the standard service costs "
        f"{cost} a month, {share} of what full payment would bring."
    )


def _state(life: Life, row: int, lang: str) -> str:
    """Mode, stage and measures in one month of the estate."""
    now = life.months.iloc[row]
    mode, stage = (
        table[str(now[column])].in_language(lang)
        for table, column in ((MODE_WORDS, "mode"), (STAGE_WORDS, "stage"))
    )
    gap = "" if lang == "zh" else " "
    measures = [
        f"{measure_name(name, lang)}{gap}{figures.share(float(now[name]), 0)}"
        for name in MEASURES
        if np.isfinite(now[name])
    ]
    debt, needed = amount(float(now["arrears"]), lang), life.needed[row]
    if np.isfinite(needed):
        share = figures.share(float(needed), 0)
        measures.insert(
            1, f"标准服务需要{share}" if lang == "zh" else f"where the standard service needs {share}"
        )
    if lang == "zh":
        return f"第{now['month']}月：{mode}，{stage}；" + "，".join(measures) + f"；欠费余额{debt}。"
    return f"Month {now['month']}: {mode}, {stage}; " + ", ".join(measures) + f"; arrears {debt}."


def _phase(life: Life, phase: Phase, lang: str) -> str:
    """Heading of a phase: months, stage, who managed, and how each measure went from its start to its end."""
    month = life.months["month"].to_numpy()
    rows = life.months[(month >= phase.first) & (month <= phase.last)]
    modes = [MODE_WORDS[str(mode)].in_language(lang) for mode in rows["mode"].astype(str).drop_duplicates()]
    moves = []
    for name in MEASURES:
        known = rows[name].dropna()
        if len(known):
            gap = "" if lang == "zh" else " "
            moves.append(
                f"{measure_name(name, lang)}{gap}{figures.share(float(known.iloc[0]), 0)} → {figures.share(float(known.iloc[-1]), 0)}"
            )
    stage = STAGE_WORDS[phase.stage].in_language(lang)
    if lang == "zh":
        return (
            f"【第{phase.first}–{phase.last}月】{stage}（{'，后'.join(modes)}）：" + "，".join(moves) + "。"
        )
    return f"Months {phase.first}–{phase.last}: {stage} ({', then '.join(modes)}); " + ", ".join(moves) + "."


def _turn(life: Life, turn: Turn, lang: str) -> str:
    """A turning point, with what had moved in the year before it."""
    name = measure_name(turn.measure, lang)
    before = changes_before(life, turn.month, tuple(c for c in CAUSE_COLUMNS if c != turn.measure))[:3]
    moved = [
        f"{measure_name(column, lang)} {_plain(column, old)} → {_plain(column, new)}"
        for column, old, new in before
    ]
    money = turn.measure == "collection_billing"
    if lang == "zh":
        level = f"维持标准服务所需的{figures.share(turn.level, 0)}" if money else figures.share(turn.level, 0)
        line = f"第{turn.month}月：{name}{'跌破' if turn.falling else '回升超过'}{level}（为{figures.share(turn.value, 0)}）"
        return line + ("；此前一年：" + "，".join(moved) if moved else "") + "。"
    level = (
        f"the {figures.share(turn.level, 0)} that the standard service needs"
        if money
        else figures.share(turn.level, 0)
    )
    line = f"month {turn.month}: {name} {'fell below' if turn.falling else 'rose above'} {level} (at {figures.share(turn.value, 0)})"
    return line + ("; in the year before, " + ", ".join(moved) if moved else "") + "."


def _plain(column: str, value: float) -> str:
    return f"{value:.2f}" if column == "price" else figures.share(value, 0)


def _events(life: Life, phase: Phase, lang: str) -> list[tuple[int, str]]:
    """(month, line) of the events of a phase; what happened again and again is told in one line."""
    month = life.events["month"].to_numpy()
    events = life.events[(month >= phase.first) & (month <= phase.last)]
    events = events.astype({"kind": str, "cause": str})
    lines = []
    for (kind, cause), group in events.groupby(["kind", "cause"], sort=False):
        if len(group) > REPEATED:
            first, last = int(group["month"].iloc[0]), int(group["month"].iloc[-1])
            reason = why(cause, lang)
            if lang == "zh":
                line = f"第{first}–{last}月：{what(kind, lang)}，共{len(group)}次" + (
                    f"（原因：{reason}）" if reason else ""
                )
            else:
                line = f"months {first}–{last}: {what(kind, lang)}, {len(group)} times" + (
                    f" (cause: {reason})" if reason else ""
                )
            lines.append((first, line + ("。" if lang == "zh" else ".")))
            continue
        for event in group.itertuples():
            start = f"第{event.month}月：" if lang == "zh" else f"month {event.month}: "
            end = "。" if lang == "zh" else "."
            lines.append(
                (int(event.month), start + event_sentence(kind, cause, float(event.size), lang) + end)
            )
    return lines


def _order_of_failure(turned: list[Turn], lang: str) -> str:
    """Which measure gave way first and which followed; "" unless at least two did."""
    first: dict[str, int] = {}
    for turn in turned:
        if turn.falling:
            first.setdefault(turn.measure, turn.month)
    if len(first) < 2:
        return ""
    if lang == "zh":
        return (
            "先后失守："
            + " → ".join(f"{measure_name(name, lang)}（第{month}月）" for name, month in first.items())
            + "。"
        )
    return (
        "What gave way, in order: "
        + " → ".join(f"{measure_name(name, lang)} (month {month})" for name, month in first.items())
        + "."
    )
