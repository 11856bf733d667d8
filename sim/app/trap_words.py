"""What the page on the trap says, in Chinese and English."""

from sim.words import Word

TRAP_SAID = {
    "trap_help": Word(
        "拖动黄色圆点：上下为起始收缴率，左右为杠杆。松手后，一座小城（24个同样的小区，每个200户）从那里出发运行10年。也可用方向键或输入数字。",
        "Drag the yellow handle: up and down for starting collection, left and right for the lever. When you let go, a small city (24 estates all alike, 200 households each) runs from there for ten years. Arrow keys and numbers do the same.",
    ),
    "trap_type": Word("小区类型", "Estate type"),
    "trap_lever": Word("杠杆", "Lever"),
    "trap_start": Word("起始收缴率", "Starting collection"),
    "trap_again": Word("再看一遍", "Watch again"),
    "trap_diagram": Word("分岔图与小城走势", "Bifurcation diagram, and the way of the small city"),
    "trap_handle": Word(
        "起点：上下键改起始收缴率，左右键改杠杆",
        "Starting point: up and down for collection, left and right for the lever",
    ),
    "trap_spoken": Word("起始收缴率{start}%，杠杆{at}", "starting collection {start} %, lever {at}"),
    "trap_collection": Word("收缴率", "collection rate"),
    "trap_computing": Word("正在计算平均场映射……", "Computing the mean-field map …"),
    "trap_stays": Word("平均场映射：停在约{end}%。", "Mean-field map: it stays at about {end} %."),
    "trap_rises": Word(
        "平均场映射：从{start}%升到约{end}%。", "Mean-field map: from {start} % it rises to about {end} %."
    ),
    "trap_falls": Word(
        "平均场映射：从{start}%滑到约{end}%。", "Mean-field map: from {start} % it slides to about {end} %."
    ),
    "trap_seen": Word(
        "小城运行{month}个月后：平均收缴率{end}%。",
        "The small city after {month} months: collection {end} % on average.",
    ),
    "trap_seen_tipping": Word(
        "小城运行{month}个月后：平均收缴率{end}%，{estates}个小区中有{above}个在临界点以上。",
        "The small city after {month} months: collection {end} % on average, {above} of {estates} estates above the tipping point.",
    ),
    "trap_stable": Word("平均场：能停留的水平", "mean field: where it can rest"),
    "trap_tipping": Word("平均场：临界点（以上升，以下滑）", "mean field: tipping point"),
    "trap_settle": Word("主体模拟：停留水平", "agents: where they settle"),
    "trap_tip": Word("主体模拟：临界点及所在区间", "agents: tipping point, with its bracket"),
    "trap_moving": Word("主体模拟：25年后仍在变化", "agents: still moving after 25 years"),
    "trap_mean": Word(
        "小城：各小区均值（细线、小点为单个小区）", "the small city: mean (thin lines, dots: single estates)"
    ),
    "trap_running": Word("小城正在运行……", "The small city is running …"),
    "trap_ready": Word("拖动圆点，看小城去向何方。", "Drag the handle and see where the city goes."),
    "trap_behind": Word(
        "后台主体模拟：{done} / {total} 个取值",
        "agent-based runs in the background: {done} of {total} values",
    ),
    "trap_shades": Word(
        "蓝底：收缴率上升；橙底：下滑。措施不计入本图；起始条件和模型参数计入。",
        "Blue ground: collection rises; orange: it slides. Measures are left out here; starting conditions and parameters count.",
    ),
}
