# %% [markdown] lang="en"
# # 09 Your own city from a table
#
# **Question: an office has a table with one row an estate, as messy as such tables are. How does it become a city, what was made of each cell, and
# what does the model then say of that city?**
#
# The table here is invented: no estate, street or company of it exists. Put your own file in its place.

# %% [markdown] lang="zh"
# # 09 由小区表生成自己的城市
#
# **问题：办公室里有一张每行一个小区的表，和这类表一样杂乱。它如何变成一座城市？每个单元格作了什么处理？模型对这座城市又说明什么？**
#
# 这里的表是虚构的：其中的小区、街道和公司都不存在。换成您自己的文件即可。

# %%
# %matplotlib inline
import random
import sys
import tempfile
from pathlib import Path

import pandas as pd

import sim

sim.use_language("en")


def say(en, zh):
    """One of two texts, in the language of this notebook."""
    return str(sim.Word(en=en, zh=zh))


LANG, PYTHON = say("en", "zh"), sys.executable
folder = Path(tempfile.mkdtemp())

# %% [markdown] lang="en"
# ## A table as it comes
#
# Forty estates in three streets, with headings in Chinese, numbers with commas, full-width digits, a rate written as a share among percents, words
# where a number belongs, a row of totals and a row that stands twice.

# %% [markdown] lang="zh"
# ## 拿到的表
#
# 三个街道的四十个小区：数字带千分号或用全角，百分数中混有小数，该填数字的地方写了文字，有一行合计，有一行重复。

# %%
draw = random.Random(9)
rows = [["街道", "小区名称", "类型", "建成年份", "户数", "物业费(元/㎡·月)", "2023年收缴率(%)", "业委会", "管理单位"]]
for number in range(40):
    kind = draw.choice(["商品房"] * 5 + ["老旧小区"] * 3 + ["安置房"] * 2)
    old = kind == "老旧小区"
    manager = draw.choice(["无", "社区代管", "原单位管理", "示例乙物业"] if old else ["示例甲物业", "示例乙物业", "示例丙国资物业"])
    households = draw.randrange(90, 300) if old else draw.randrange(300, 1400)
    fee = "未收费" if manager == "无" else f"{draw.uniform(0.4, 0.7) if old else draw.uniform(0.9, 2.4):.2f}"
    rate = "—" if manager == "无" else f"{draw.uniform(35, 75) if old else draw.uniform(55, 96):.1f}"
    rows.append([f"示例{'一二三'[number % 3]}街道", f"虚构{number + 1:02d}号院", kind, str(draw.randrange(1982, 2001) if old else draw.randrange(2001, 2019)),
                 str(households), fee, rate, draw.choice(["有", "无", "无"]), manager])
rows[3][4], rows[5][4], rows[8][4] = "1,286", "９６８", "432户"
rows[4][6], rows[9][6], rows[12][6], rows[15][6] = "0.62", "六成", "102.3", "约85"
rows[10][3], rows[14][5] = "80年代", "1.5-2.1"
rows += [rows[20], ["合计", "", "", "", "27500", "", "", "", ""]]
table = folder / "estates.csv"
table.write_text("\n".join(",".join(f'"{cell}"' if "," in cell else cell for cell in row) for row in rows), encoding="utf-8")
pd.read_csv(table).head(16)

# %% [markdown] lang="en"
# ## The command makes a city of it
#
# What each column was taken for is shown, to be confirmed. What cannot be read with certainty stays blank and is named; nothing is repaired by guess. The
# folder of the city then has a scenario, the estates by number, and a page that says what the data hold, lack and contradict.

# %% [markdown] lang="zh"
# ## 用命令生成城市
#
# 命令列出每一列被理解成什么，供您确认。不能确定的留空并指明位置；不凭猜测修补。城市文件夹中有情景、按编号排列的小区，以及一页数据报告，说明数据有什么、缺什么、哪里自相矛盾。

# %%
# !cd {folder} && {PYTHON} -m sim city new estates.csv --name mycity --lang {LANG}

# %% [markdown] lang="en"
# Every cell that is not plain, and what was made of it. Where that is wrong, change `mapping.toml` in the folder of the city and import the same file again with `--mapping`.

# %% [markdown] lang="zh"
# 每一个不规范的单元格，以及对它的处理。处理有误时，修改城市文件夹中的`mapping.toml`，再用`--mapping`重新导入同一文件。

# %%
notes = pd.read_csv(folder / "mycity" / "notes.csv")
notes.loc[notes["row"].notna(), ["row", "column", "found", "verdict", "made", "why"]].astype({"row": int}).drop_duplicates(["column", "found"]).fillna("").head(20)

# %% [markdown] lang="en"
# Three words of this table must be told: what *老旧小区* (old estates) are among the types of the scenario, what *社区代管* (looked after by the community) means, and which company is
# state-owned. And of the rate of 0.62 the office knows that it is a share. That is what `mapping.toml` is for.

# %% [markdown] lang="zh"
# 这张表有三个词需要说明：“老旧小区”对应情景中的哪一类型，“社区代管”做什么，哪家公司是国有的。另外，办公室知道0.62是按小数写的占比。`mapping.toml`就用于此。

# %%
mapping = folder / "mycity" / "mapping.toml"
told = mapping.read_text(encoding="utf-8").replace('misfits = ""', 'misfits = "share"')
written = mapping.write_text(told + """
[types]
"老旧小区" = "unit_built"

[modes]
"社区代管" = "cleaning"

[companies]
"示例丙国资物业" = "soe"
""", encoding="utf-8")

# %%
# !cd {folder} && {PYTHON} -m sim city new estates.csv --name mycity --mapping mycity/mapping.toml --lang {LANG}

# %% [markdown] lang="en"
# What is missing is drawn for each estate by its own luck, another with every seed. Of each cell it is kept whether it was given, imputed or drawn.

# %% [markdown] lang="zh"
# 缺少的数值按各小区自己的随机数抽取，每个种子各不相同。每个单元格是表中给出（given）、借助您的表推定（imputed）还是按基准抽取（drawn），都有记录。

# %%
marks = pd.read_csv(folder / "mycity" / "marks.csv")
marks.drop(columns="number").apply(lambda column: column.value_counts()).T.fillna(0).astype(int)

# %% [markdown] lang="en"
# ## What may happen there if nothing is done
#
# The city is a scenario like any other. Twenty draws: luck, and what the table does not say.

# %% [markdown] lang="zh"
# ## 什么也不做，那里可能怎样
#
# 这座城市与其他情景一样使用。抽样二十次：既有随机因素，也有表中没有的数值。

# %%
mine = sim.load(folder / "mycity" / "scenario.toml")
with sim.progress_bar() as progress:
    draws = sim.repeat(mine, 20, months=60, progress=progress)
sim.charts.fan(draws).figure

# %% [markdown] lang="en"
# ## A programme for it
#
# A programme of your own is a line; what a whole district would have is set for forty estates: half an estate a month at most.

# %% [markdown] lang="zh"
# ## 为它设计措施
#
# 加一项措施只需一行；承接能力按四十个小区设定：每月最多半个小区。

# %%
fallback = sim.with_programmes(mine, {"kind": "soe_fallback", "start": 13, "capacity": 0.5}, name="fallback")
with sim.progress_bar() as progress:
    found = sim.compare(mine, fallback, replications=12, months=60, progress=progress,
                        outcomes=["cycle_share_last_year", "collection_last_year", "satisfaction_last_year", "public_cost"])
found.differences[["arm", "outcome", "unit", "baseline_mean", "difference", "low", "high", "range_low", "range_high"]].round(3)

# %% [markdown] lang="en"
# ## What was learned

# %% [markdown] lang="zh"
# ## 小结

# %%
for sentence in found.sentences():
    print(sentence)
share = pd.Series(draws.outcomes["cycle_share_last_year"])
cells = marks.drop(columns="number")
print(say(f"Of {cells.notna().sum().sum()} figures that the model needs of these estates the table gives {cells.eq('given').sum().sum()}. With nothing done, {share.min():.0%} to {share.max():.0%} of the {mine.city.estates} "
          f"estates are in the cycle in the last year, median {share.median():.0%} ({len(draws)} draws).",
          f"模型所需的{cells.notna().sum().sum()}个数值中，表中给出{cells.eq('given').sum().sum()}个。什么也不做时，末年{mine.city.estates}个小区中处于循环的占{share.min():.0%}至{share.max():.0%}，"
          f"中位数{share.median():.0%}（抽样{len(draws)}次）。"))

# %% [markdown] lang="en"
# * The city is no better than its table: what is not in it is drawn as in an ordinary city, and the draws differ by that too. The page `data_report.html` in its folder says which missing
#   column is worth collecting first.
# * What a table reports may itself be wrong. Nothing here corrects a collection rate that was reported too high.
# * Names stay in `key.csv`, `sheet.json`, `notes.csv` and `mapping.toml`; everything else knows estates by number. `estate export RUN --xlsx` puts results back beside your own rows.
# * The measures of other scenarios are sized for other cities: a budget or a capacity of a city of 300 estates is not that of forty. Set your own, as above.
# * All of it in words: `docs/city-table.md`.

# %% [markdown] lang="zh"
# * 城市不会比表更好：表中没有的按普通城市抽取，各次抽样也因此不同。城市文件夹中的`data_report.html`说明缺少的各列中哪一列最值得先收集。
# * 表中报告的数字本身可能有误。偏高的收缴率在这里不会得到纠正。
# * 名称只在`key.csv`、`sheet.json`、`notes.csv`和`mapping.toml`中，其他文件只用编号。`estate export 运行 --xlsx`把结果放回您自己的各行旁边。
# * 其他情景的措施是按其他城市的规模设定的：300个小区的预算和承接能力不是四十个小区的。应像上面那样自行设定。
# * 全部说明见`docs/zh/city-table.md`。
