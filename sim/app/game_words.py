"""What the budget game says, in Chinese and English. Amounts in the gaps are written by the page."""

from sim.words import Word

GAME_SAID = {
    # refusals and what a team is told
    "game_none": Word(
        "还没有游戏。请等主持人开局。", "There is no game yet. Wait for your teacher to open one."
    ),
    "game_not_now": Word(
        "现在不能这样做：本轮已变，请看最新状态。",
        "Not now: the round has moved on. Look at the present state.",
    ),
    "game_years_range": Word("轮数须为{low}到{high}年。", "A game has {low} to {high} rounds."),
    "game_rules_empty": Word(
        "每年预算至少1万元，并且至少选一项措施。",
        "The yearly budget is at least 10,000 yuan, and there is at least one measure.",
    ),
    "game_name_length": Word("队名为1到{most}个字符。", "A team's name has 1 to {most} characters."),
    "game_name_taken": Word(
        "已有名为“{name}”的队。若是你的队，请用队号加入。",
        "There is a team “{name}” already. If it is yours, join it with its team code.",
    ),
    "game_full": Word(
        "已有{most}队，不能再加。请用队号加入一个队。",
        "There are {most} teams already. Join one of them with its code.",
    ),
    "game_over": Word("这局已结束。", "This game is over."),
    "game_no_such_code": Word("没有这个队号。", "No team has this code."),
    "game_other_browser": Word(
        "同队的另一个浏览器已改动方案，页面已更新；请看过后再提交。",
        "Another browser of your team has changed the choice. The page shows it now; look and submit again.",
    ),
    "game_no_such_measure": Word(
        "方案中有不可用的措施或金额。", "The choice has a measure or an amount that is not in this game."
    ),
    "game_too_dear": Word(
        "钱不够：方案共需{asked}，可用{left}。请减少{over}。",
        "Not enough money: this asks for {asked} and you have {left}. Take {over} off.",
    ),
    "game_no_teams": Word("还没有队加入。", "No team has joined yet."),
    "game_capped": Word(
        "{measure}：想用{asked}，只剩{got}，已按此封顶。",
        "{measure}: {asked} asked for, only {got} left; capped at that.",
    ),
    "game_as_before": Word(
        "你们没有提交，按去年的方案继续。", "You did not submit; last year's choice went on."
    ),
    "game_nothing_submitted": Word(
        "你们没有提交，这一年什么也没做。", "You did not submit; nothing was done this year."
    ),
    "game_unspent": Word(
        "{measure}：拨了{asked}，一分未花（没有符合条件的小区，金额不够办一个小区，或出资部门没钱）。",
        "{measure}: up to {asked}, nothing was spent (no estate qualified, it was too little for a single estate, or the body that pays had no money).",
    ),
    # joining
    "game_join": Word("加入游戏", "Join the game"),
    "game_new_team": Word("新建一队", "New team"),
    "game_team_name": Word("队名", "Name of your team"),
    "game_make_team": Word("建队", "Make the team"),
    "game_join_team": Word("加入已有的队", "Join a team that is there"),
    "game_team_code": Word("队号（四位数）", "Team code (four digits)"),
    "game_enter_team": Word("加入", "Join"),
    "game_waiting": Word("等主持人开始第一年……", "Waiting for the teacher to begin the first year …"),
    "game_your_team": Word("{name} · 队号 {code}", "{name} · team code {code}"),
    "game_leave": Word("换一个队", "Another team"),
    # deciding
    "game_year_of": Word("第{year}年 / 共{years}年", "Year {year} of {years}"),
    "game_money": Word(
        "可用：{left}（每年新增{yearly}，没花的留到明年）",
        "You have {left} ({yearly} a year; what is not spent is saved)",
    ),
    "game_decide": Word(
        "请为这一年选措施，并写明每项最多花多少。花了多少，以账本为准。",
        "Choose this year's measures and the most that each may spend. What it really spends is what the ledger says.",
    ),
    "game_yuan_unit": Word("万元", "× 10,000 yuan"),
    "game_no_public_cost": Word("不花公共资金", "no public money"),
    "game_last_year": Word("去年花了{yuan}", "spent {yuan} last year"),
    "game_asked": Word("方案共{asked}，剩余{rest}", "Asked for {asked}; {rest} left over"),
    "game_submit": Word("提交这一年", "Submit this year"),
    "game_submitted": Word(
        "已提交。本轮结束前可改后再交，以最后一次为准。",
        "Submitted. Until the round closes you may change it and submit again; the last one counts.",
    ),
    "game_not_submitted": Word("尚未提交", "not submitted yet"),
    "game_running": Word(
        "本轮已截止，正在模拟这一年……", "The round is closed; the year is being simulated …"
    ),
    "game_failed": Word(
        "你们这一年没有算成，主持人会再试；钱暂按最多花费扣住。",
        "Your year could not be simulated; the teacher will try again. The money is held back until then.",
    ),
    "game_not_computed": Word("没有算成", "not computed"),
    "game_ended": Word("游戏结束", "The game is over"),
    "game_to_debrief": Word("看总结", "To the debrief"),
    "game_your_city": Word("你们的城市", "Your city"),
    "game_no_years": Word(
        "第一年结束后，这里会出现你们的城市。", "After the first year your city appears here."
    ),
    # figures
    "game_out": Word("不在恶性循环中的小区", "Estates out of the cycle"),
    "game_worst": Word("最差十分之一住户的满意度", "Satisfaction of the worst tenth"),
    "game_left": Word("剩余资金", "Money left"),
    "game_since": Word("比上一年{change}", "{change} on the year before"),
    "game_if_nothing": Word("什么都不做：{value}", "if nothing were done: {value}"),
    # board
    "game_board": Word("排行榜", "Leader board"),
    "game_board_rule": Word(
        "依次比：不在恶性循环中的小区、最差十分之一住户的满意度、剩余资金。",
        "Ranked by estates out of the cycle, then the satisfaction of the worst tenth, then money left.",
    ),
    "game_team": Word("队", "Team"),
    "game_rank": Word("名次", "Rank"),
    "game_nobody": Word("（什么都不做）", "(nothing done)"),
    "game_best_row": Word("（搜索到的最佳组合）", "(best package found)"),
    "game_empty_board": Word("第一年结束后才有成绩。", "There are results after the first year."),
    # the teacher
    "game_teacher": Word("主持人页面", "Teacher's page"),
    "game_teacher_key": Word(
        "主持人口令（见启动窗口）", "Teacher's key (shown where the workshop was started)"
    ),
    "game_wrong_key": Word("口令不对。", "That is not the key."),
    "game_open_it": Word("打开", "Open"),
    "game_set_up": Word("开局", "Set up a game"),
    "game_set_up_help": Word(
        "各队面对同一座城市和同样的运气。每轮一年：各队先定措施和金额，再点“下一年”。",
        "All teams get the same city and the same luck. A round is a year: teams decide, then you press “Next year”.",
    ),
    "game_years": Word("轮数（年）", "Rounds (years)"),
    "game_yearly": Word("每队每年预算（万元）", "Yearly budget of a team (× 10,000 yuan)"),
    "game_measures": Word("可选措施", "Measures in the game"),
    "game_open_game": Word("开放加入", "Open the game"),
    "game_joining": Word("各队正在加入", "Teams are joining"),
    "game_begin": Word("开始第一年", "Begin the first year"),
    "game_next": Word("下一年", "Next year"),
    "game_again": Word("重试没算成的队", "Try the failed teams again"),
    "game_last": Word("结束最后一年", "Close the last year"),
    "game_end": Word("现在结束", "End now"),
    "game_shut": Word("收起这局，另开一局", "Put this game away and set up another"),
    "game_sure": Word("确定吗？各队的成绩会消失。", "Sure? The results of all teams are gone then."),
    "game_yes": Word("确定", "Yes"),
    "game_no": Word("取消", "No"),
    "game_how_to_join": Word(
        "参与者打开 {address}，选“预算游戏”。", "Participants open {address} and choose “Budget game”."
    ),
    "game_code_is": Word("进入号码：{code}", "Join code: {code}"),
    "game_count": Word("{submitted} / {teams} 队已提交", "{submitted} of {teams} teams have submitted"),
    "game_has": Word("已提交", "submitted"),
    "game_has_not": Word("未提交", "not yet"),
    "game_state": Word("状态", "State"),
    "game_code": Word("队号", "Code"),
    # debrief
    "game_debrief": Word("游戏总结", "Debrief"),
    "game_not_over": Word("游戏结束后可看总结。", "The debrief opens when the game is over."),
    "game_paths": Word("各队的路径", "The paths of the teams"),
    "game_year": Word("年", "year"),
    "game_spent": Word("累计花费", "Spent in all"),
    "game_decisions": Word(
        "各队做了什么（拨款上限 → 实际花费）", "What the teams did (most allowed → really spent)"
    ),
    "game_did_nothing": Word("没有措施", "no measure"),
    "game_best_title": Word("搜索到的最佳组合", "The best package found"),
    "game_best_how": Word(
        "搜索程序已试{tried}个组合（目标{total}个），每个用{seeds}个随机种子，同样的年度预算，但不能存钱。下面是第{years}年末平均成绩最好的一个，已用本局的运气重演。",
        "The search has tried {tried} packages (of {total}), each with {seeds} seeds and the same yearly budget, but without saving money. This is the best on average at the end of year {years}, played again with this game's luck.",
    ),
    "game_item": Word(
        "{measure}：第{year}年起，每年至多{yuan}", "{measure}: from year {year}, up to {yuan} a year"
    ),
    "game_item_free": Word(
        "{measure}：第{year}年起，不花公共资金", "{measure}: from year {year}, no public money"
    ),
    "game_only_here": Word(
        "现在只有本机能打开。要供全室使用，请用 estate app --host 0.0.0.0 启动。",
        "Only this machine can open it now. For a room, start it with: estate app --host 0.0.0.0",
    ),
    "game_best_none": Word("搜索还没有结果。", "The search has no result yet."),
    "game_search_failed": Word("搜索未能进行：{reason}", "The search could not run: {reason}"),
    "game_search_on": Word(
        "后台搜索最佳组合：{tried} / {total}",
        "Search for the best package in the background: {tried} of {total}",
    ),
    "game_one_luck": Word(
        "这是一座模拟城市、一个随机种子的结果，用来讨论，不是预测。名次接近的队可能只差运气。",
        "One simulated city and one seed: something to talk about, not a forecast. Teams close to each other may differ by luck only.",
    ),
    "game_csv": Word("下载各队决策与成绩（CSV）", "Decisions and results of all teams (CSV)"),
    "game_best_toml": Word("最佳组合的情景文件（TOML）", "The best package as a scenario file (TOML)"),
}
