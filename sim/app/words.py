"""What the page says, in Chinese and English."""

from __future__ import annotations

from typing import Any

from sim.app.game_words import GAME_SAID
from sim.app.trap_words import TRAP_SAID
from sim.words import Word

SAID = (
    TRAP_SAID
    | GAME_SAID
    | {
        "title": Word("小区治理工作坊", "Estate governance workshop"),
        "play": Word("试运行", "Play"),
        "share": Word("分享", "Share"),
        "compare": Word("对比", "Compare"),
        "game": Word("预算游戏", "Budget game"),
        "trap": Word("探索陷阱", "The trap"),
        "language": Word("English", "中文"),
        "scenario": Word("情景", "Scenario"),
        "run": Word("运行", "Run"),
        "automatic": Word("改动后自动运行", "run after every change"),
        "reset": Word("全部还原", "Undo all changes"),
        "starts": Word("起始条件", "Starting conditions"),
        "measures": Word("措施", "Measures"),
        "parameters": Word("模型参数（专家）", "Model parameters (experts)"),
        "city": Word("城市", "City"),
        "companies": Word("物业企业", "Companies"),
        "government": Word("政府", "Government"),
        "loops": Word("反馈循环", "Feedback loops"),
        "aimed_at": Word("对象（不选即不限）", "Which estates (nothing chosen: all)"),
        "how": Word("如何起作用", "How it works"),
        "risk": Word("已知风险", "Known risk"),
        "payers": Word("谁出钱", "Who pays"),
        "show_settings": Word("设置与说明", "Settings and explanation"),
        "range": Word("{low} 至 {high}", "{low} to {high}"),
        "empty": Word("不设", "not set"),
        "running": Word("正在运行……", "Running …"),
        "ready": Word("就绪", "Ready"),
        "starting": Word(
            "正在启动模型，首次约需半分钟……",
            "Starting the model; the first time this takes about half a minute …",
        ),
        "done": Word("{months}个月已模拟完毕，可以播放", "{months} months simulated: play them"),
        "failed": Word("未能运行：{reason}", "Could not run: {reason}"),
        "broken": Word(
            "出了差错，其他人不受影响。请再试一次。",
            "Something went wrong; nobody else is affected. Please try again.",
        ),
        "busy": Word(
            "现在运行的人太多，请稍等几秒再试。",
            "Too many runs are waiting. Please try again in a few seconds.",
        ),
        "full": Word(
            "本次工作坊已满（最多{most}个页面）。请关闭不用的页面，或稍后再试。",
            "The workshop is full ({most} pages at most). Close a page that nobody uses, or try again later.",
        ),
        "ignored": Word(
            "链接中有无法使用的内容，已忽略：", "Parts of the link could not be used and were left out:"
        ),
        "too_long": Word("超过{most}个字符的部分", "what is beyond {most} characters"),
        "unknown": Word("{key}：没有这一项", "{key}: there is no such thing"),
        "out_of_range": Word("{key}：为{found}，可用：{allowed}", "{key}: found {found}; allowed: {allowed}"),
        "join_help": Word("请输入主持人给出的号码。", "Enter the code that your host shows."),
        "join_code": Word("进入号码", "Join code"),
        "enter": Word("进入", "Enter"),
        "wrong_code": Word("号码不对。", "That is not the code."),
        "too_many_tries": Word(
            "错误次数太多，请一分钟后再试。", "Too many wrong codes; try again in a minute."
        ),
        "pause": Word("暂停", "Pause"),
        "start": Word("播放", "Play"),
        "back": Word("退一月", "Back one month"),
        "forward": Word("进一月", "Forward one month"),
        "rewind": Word("回到开头", "Rewind"),
        "end": Word("到最后", "To the end"),
        "month": Word("月份", "Month"),
        "speed": Word("每秒月数", "months a second"),
        "colour_by": Word("着色", "Colour by"),
        "estate": Word("小区编号", "Estate number"),
        "tell": Word("讲述它的经历", "Tell its life"),
        "no_figure": Word("无此数据", "no figure"),
        "map_label": Word(
            "小区图：每格一个小区。空格键播放或暂停，左右键逐月，Home/End 到头尾。",
            "Map of estates, one square each. Space plays or pauses, left and right step, Home and End jump.",
        ),
        "of": Word("第{month}月 / 共{months}月", "month {month} of {months}"),
        "life_of": Word("小区 {estate} 的经历", "The life of estate {estate}"),
        "close": Word("关闭", "Close"),
        "chart_cycle": Word("循环的四个环节（全市均值）", "The four links of the cycle (city means)"),
        "chart_stages": Word("小区所处阶段", "Estates by stage"),
        "chart_ladder": Word("覆盖的四个层次（小区占比）", "Four degrees of coverage (share of estates)"),
        "chart_money": Word(
            "公共支出累计与欠费余额（百万元）", "Public spending so far and arrears (million yuan)"
        ),
        "spent": Word("公共支出累计", "public spending so far"),
        "arrears": Word("欠费余额", "arrears"),
        "again_help": Word(
            "也可打开此链接，在工作坊中得到完全相同的数字：",
            "Or open this link, which gives exactly the same numbers in the workshop:",
        ),
        "no_measure": Word("不采取任何措施。", "No measure."),
        "share_help": Word(
            "链接和情景文件记录全部设置；别人打开后得到完全相同的城市和运气。",
            "The link and the scenario file hold every setting; whoever opens them gets the same city and the same luck.",
        ),
        "link": Word("链接", "Link"),
        "copy": Word("复制链接", "Copy link"),
        "copied": Word("已复制", "Copied"),
        "download_toml": Word("下载情景文件（TOML）", "Scenario file (TOML)"),
        "pictures": Word("图（PNG）", "Charts (PNG)"),
        "download_csv": Word("数据（CSV，ZIP压缩）", "Data (CSV in a ZIP)"),
        "download_report": Word("报告（HTML）", "Report (HTML)"),
        "what_is_shared": Word("当前设置", "The present setting"),
        "policy_help": Word(
            "在这里设置一项政策，再加入对比。第一项是基准。",
            "Set a policy here, then add it. The first one is the baseline.",
        ),
        "add_policy": Word("把当前设置加入对比", "Add the present setting"),
        "remove": Word("移除", "Remove"),
        "baseline": Word("（基准）", " (baseline)"),
        "replications": Word("重复次数", "Replications"),
        "do_compare": Word("开始对比", "Compare"),
        "against": Word("{policy}，相对于 {first}", "{policy}, against {first}"),
        "rescued": Word(
            "平均每次运行：脱困的小区{rescued}个（最后12个月，基准中月月处于循环，此处月月不在），转差的{harmed}个（相反），两者皆非的{neither}个。",
            "In a run on average: {rescued} estates rescued (in the cycle in each of the last twelve months under the baseline, out of it in each here), {harmed} harmed (the reverse), {neither} neither.",
        ),
        "rescued_households": Word(
            "按住户计：脱困{rescued}户，转差{harmed}户，两者皆非{neither}户。",
            "In households: {rescued} rescued, {harmed} harmed, {neither} neither.",
        ),
        "interval_note": Word(
            "每条线是{pairs}对同种子运行之差的均值；色带为95%置信区间（自助法），只反映随机差异；“–”表示各对运行之差全都相同，或无此数据。",
            "Lines: mean of {pairs} differences between runs of the same seed. Bands: 95 % intervals (bootstrap); they cover luck, not uncertain parameters. A dash: all pairs differ alike, or there is no figure.",
        ),
        "col_outcome": Word("指标", "outcome"),
        "col_first": Word("基准", "baseline"),
        "col_change": Word("差异（百分点或元）", "difference (points or yuan)"),
        "col_interval": Word("95%置信区间", "95 % interval"),
        "bounds": Word("{low} 至 {high}", "{low} to {high}"),
        "no_estate_differs": Word("第一次运行中没有小区不同。", "In the first run no estate differs."),
        "which_differ": Word(
            "哪些小区不同（种子{seed}；点击看两种政策下的经历）",
            "Which estates differ (seed {seed}; click for both lives)",
        ),
        "estate_moved": Word(
            "小区{estate}：循环中 {before} → {after} 个月",
            "estate {estate}: {before} → {after} months in the cycle",
        ),
        "most_policies": Word("最多{most}项政策", "{most} policies at most"),
        "already_there": Word("这项政策已在对比中", "This policy is there already"),
        "two_needed": Word("请至少加入两项政策。", "Add at least two policies."),
        "other_city": Word(
            "各项政策的城市、小区类型和月数必须相同",
            "policies must be of the same city, estate types and months",
        ),
        "replicating": Word("后台运行中：{done} / {total}", "running in the background: {done} of {total}"),
        "compared": Word("已对比{pairs}对运行", "{pairs} pairs of runs compared"),
        "cycle_share": Word("恶性循环中或瓦解的小区占比", "estates spiralling or collapsed"),
        "difference_of": Word("差异：{what}（百分点）", "Difference: {what} (points)"),
        "seed_word": Word("随机种子", "seed"),
        "seed_help": Word("同种子，同运气", "same seed, same luck"),
    }
)


def say(key: str, lang: str, /, **values: Any) -> str:
    """One text in a language, with its values filled in."""
    return SAID[key].in_language(lang).format(**values)
