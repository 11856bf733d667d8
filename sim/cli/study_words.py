"""What `estate study` says, in Chinese and English."""

from __future__ import annotations

from typing import Any

from sim.words import Word

SAID = {
    "checking": Word("正在核对设计：{done}/{total}", "checking the design: {done}/{total}"),
    "plan": Word(
        "{points}个组合 × {count}次重复 = {runs}次运行；基准情景：{base}",
        "{points} points x {count} replications = {runs} runs; base scenario: {base}",
    ),
    "store": Word("结果存放于 {folder}", "runs are kept in {folder}"),
    "compiling": Word(
        "首次运行：正在编译模型，每个版本只需一次，约25秒",
        "First run: compiling the model, once per version, about 25 s",
    ),
    "not_begun": Word(
        "该研究在 {folder} 中尚未开始；请用 estate study run",
        "this study was not begun in {folder}; begin it with: estate study run",
    ),
    "stopped": Word(
        "已中断：{done}/{total} 次运行已保存。继续：estate study resume {file}",
        "stopped: {done} of {total} runs are kept. Go on with: estate study resume {file}",
    ),
    "finished": Word(
        "完成：新运行{executed}次，已有{found}次，用时{seconds}秒",
        "finished: {executed} runs carried out, {found} found in the store, {seconds} s",
    ),
    "set_aside": Word(
        "{failed}次运行失败，已搁置（各试{attempts}次）；研究的其余部分已完成",
        "{failed} runs failed and were set aside (each was tried {attempts} times); the rest of the study is complete",
    ),
    "again": Word("重做", "again"),
    "or": Word("或", "or"),
    "digest": Word("摘要", "digest"),
    "written": Word("结果表：{file}", "Table of runs: {file}"),
    "outcome": Word("指标", "outcome"),
    "mean": Word("平均", "mean"),
    "lowest": Word("最低组合", "lowest point"),
    "highest": Word("最高组合", "highest point"),
    "se": Word("标准误（组合内，中位数）", "standard error within a point (median)"),
    "missing_note": Word(
        "有运行缺失，因此不计算任何统计量。", "Runs are missing, so no statistic is computed over the others."
    ),
    "few": Word(
        "每个组合只有{count}次重复：不足五次，看不出均值有多准；括号内是单次运行可能的结果。",
        "{count} replications of each point: under five nothing says how precisely a mean is known; in brackets is what may happen in a single run.",
    ),
    "rough": Word(
        "每个组合只有{count}次重复：不足十次，标准误为粗略；括号内是单次运行可能的结果。",
        "{count} replications of each point: under ten the standard error is rough; in brackets is what may happen in a single run.",
    ),
    "no_value": Word("{number}次运行无此值", "no value in {number} runs"),
    "study": Word("研究", "study"),
    "id": Word("编号", "id"),
    "begun": Word("开始时间", "begun"),
    "runs": Word("运行", "runs"),
    "done": Word("完成", "done"),
    "failed": Word("搁置", "set aside"),
    "missing": Word("未运行", "missing"),
    "question": Word("问题", "question"),
    "answered_by": Word("命令", "command"),
    "no_studies": Word("{folder} 中没有研究。", "No study was begun in {folder}."),
    "run_line": Word("运行 {run}：随机种子{seed}，{changes}", "run {run}: seed {seed}, {changes}"),
    "base_only": Word("基准情景，无改动", "the base scenario, nothing changed"),
    "same": Word("与存储的结果逐位相同（{digest}）", "the same as the stored result, bit for bit ({digest})"),
    "differs": Word(
        "与存储的结果不同：存储 {stored}，现在 {found}",
        "differs from the stored result: stored {stored}, now {found}",
    ),
    "new": Word(
        "此前没有结果；现已保存（{digest}）", "there was no result before; it is kept now ({digest})"
    ),
    "raised": Word("再次失败：", "failed again:"),
    "exported": Word("已写入 {file}", "written: {file}"),
    "exported_missing": Word(
        "其中{missing}次运行没有结果（见 status 列）",
        "{missing} of the runs have no result (see the column status)",
    ),
}


def say(key: str, lang: str, **values: Any) -> str:
    """One of SAID in a language, with `values` put into its gaps."""
    text = SAID[key].in_language(lang)
    return text.format(**values) if values else text
