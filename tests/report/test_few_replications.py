"""Whatever command prints an interval, in either language: none under five replications, and under ten it is
called rough. The range is always there."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
import tomli_w
from matplotlib.text import Text
from report_commands import LITTLE, STUDY, estate

from sim.evidence.patterns import load_patterns
from sim.experiments.workplace import Workplace
from sim.results.engines import InProcess
from sim.studies.score_card.score_card import validate
from sim.studies.tipping.report import chance_cell
from sim.text import in_language

pytestmark = pytest.mark.usefixtures("words_only")

# One command of each kind; {count} is what replications are in it (docs/intervals.md).
COMMANDS = {
    "compare": "vicious_cycle subsidy_only --months 24 --replications {count} --after --withdraw 18 --outcome cycle_share_last_year --outcome public_cost",
    "ablate": "small_city --months 24 --replications {count}",
    "study": "run {study}",
    "sensitivity": "small_city --months 12 --size {count} --outcome cycle_share --parameter payment.norm_weight --parameter payment.base",
    "budget": "small_city --yearly 50000 --trials 4 --replications 2 --months 24 --stress {count} --fresh {count}",
    "robust": "vicious_cycle subsidy_only --world norm --threshold cycle_share_last_year=0.3 --replications {count} --futures {count} --fresh 0 --months 24",
    "pathways": "vicious_cycle subsidy_only --while collection_last_year>=0.7 --within 12 --lasting 6 --before 6 --months 36 --replications {count}",
    "batch": "small_city subsidy_only --months 12 --replications {count}",
}
CHARTS = {"compare", "sensitivity", "batch"}  # that can leave them out
HERE = {"compare", "ablate", "sensitivity", "budget", "robust", "pathways"}  # that are told of a tiny city
# An interval in a sentence or a cell, of whatever it is, in both languages, with what follows it in the same
# brackets.
_OF = r"(?<![.\w])interval(?: (?:of|from|to) [a-z, ]+)?[:,]? *(?:month )?"
_OF_CHINESE = r"区间(?:，(?:[上下]限|不是单次运行的范围))?(?:（粗略）)?[：:]? *第?"
_BOUND = rf"(?:{_OF}|{_OF_CHINESE})−?\d"
SAID = re.compile(_BOUND + r"(?:(?!\. )[^;；。]){0,60}")
PRINTED = re.compile(_BOUND + "[^;；]*")  # where cells are wrapped beside one another
# Bounds in a table that are of something else: what a parameter may be, single pairs, and the exact interval
# of rare changes.
OTHER = re.compile(r"range_|^low$|^high$|net_exact")
TOTALS = {
    "differences",
    "by_month",
    "by_type",
    "by_district",
    "spending",
    "public_cost_ranges",
    "after",
    "ablation",
    "plans",
    "worlds",
}
HEADED = re.compile(r"\binterval\b|置信区间")  # a column whose cells need not say what their bounds are
ALL_OF_IT = re.compile(r"^\d+% interval of the \w+$|\d%置信区间$")  # and are nothing else than an interval
ENDS = re.compile(r"\d[^;；]*? (?:to|–) −?\d|\d[^;；]*?至−?\d")
ROUGH = re.compile("rough|粗略")


PATTERN = {
    "patterns": [
        {
            "name": "some",
            "title": {"zh": "某", "en": "some"},
            "kind": "level",
            "scenario": "small_city",
            "settings": {
                key: int(value) for key, value in (part.split("=") for part in LITTLE if "=" in part)
            },
            "use": "calibration",
            "sources": ["P007"],
            "measured": {
                "of_whom": {"zh": "全县", "en": "the county"},
                "counts": "unstated",
                "company_run": False,
                "region": "centre",
                "years": [2021, 2021],
            },
            "measure": {"statistic": "collection", "months": [1, 6]},
            "target": {"low": 0.3, "high": 0.9},
        }
    ]
}


Told = tuple[str, dict[str, pd.DataFrame], tuple[str, ...]]


@pytest.fixture(scope="module")
def known() -> dict[tuple[str, int], Told]:
    """What commands told that were carried out before, by their name and their replications."""
    return {}


@pytest.fixture
def told_by(known: dict[tuple[str, int], Told], tmp_path: Path) -> Callable[[str, int], Told]:
    """What a command of so many replications tells; each is carried out once for all tests."""

    def told(command: str, count: int) -> Told:
        if (command, count) not in known:
            known[command, count] = carried_out(command, count, tmp_path / str(count))
        return known[command, count]

    return told


def carried_out(command: str, count: int, folder: Path) -> Told:
    """What a command prints, its tables, and the pages that its folder is reported on, by language."""
    folder.mkdir()
    study = folder / "tiny.toml"
    study.write_text(STUDY.replace("replications = 3", f"replications = {count}"), encoding="utf-8")
    asked = COMMANDS[command].format(count=count, study=study).split()
    out = folder / "out"
    more = ["--store", str(folder / "store")] if command != "batch" else []
    place = [*more, *(["--in-process"] if command != "batch" else []), *(LITTLE if command in HERE else [])]
    bare = ["--no-charts"] if command in CHARTS else []
    put = [] if command == "study" else ["--out", str(out)]
    done = estate(command, *asked, *place, *bare, *put)
    assert done.exit_code == 0, done.output
    if command == "study":  # which keeps its result in the store
        out = next(folder.rglob("runs.parquet")).parent
    tables = {path.stem: pd.read_csv(path) for path in sorted(out.rglob("*.csv"))}
    pages = []
    for lang in ("en", "zh"):
        page = folder / f"page.{lang}.html"
        told = estate("report", str(out), "--no-pdf", "--out", str(page), lang=lang)
        assert told.exit_code == 0, told.output
        pages.append(page)
    pages += out.rglob("index.html")
    return done.output, tables, tuple(path.read_text(encoding="utf-8") for path in pages)


def words_of(page: str) -> str:
    return re.sub(r"<[^>]*>|\s+", " ", page)


def headed_intervals(page: str) -> list[str]:
    """The intervals, without what follows them, of columns whose heading names one."""
    found = []
    for table in re.findall(r"<table.*?</table>", page, re.DOTALL):
        rows = [
            [words_of(cell).strip() for cell in re.findall(r"<t[hd]\b[^>]*>(.*?)</t[hd]>", row, re.DOTALL)]
            for row in re.findall(r"<tr.*?</tr>", table, re.DOTALL)
        ]
        for place, head in enumerate(rows[0]):
            cells = [re.split("[;；]", row[place])[0] for row in rows[1:] if len(row) > place]
            held = re.compile(r"\d") if ALL_OF_IT.search(head) else ENDS
            found += [cell for cell in cells if HEADED.search(head) and held.search(cell)]
    return found


def bounds(name: str, table: pd.DataFrame) -> list[str]:
    """Columns of a table that bound a mean."""
    named = [
        column for column in table if re.search(r"(^|_)(low|high)$", column) and not OTHER.search(column)
    ]
    return named + ([end for end in ("low", "high") if end in table] if name in TOTALS else [])


@pytest.mark.parametrize("command", COMMANDS)
def test_three_replications_have_a_range_and_no_interval(
    command: str, told_by: Callable[[str, int], Told]
) -> None:
    printed, tables, pages = told_by(command, 3)
    for text in (flat(printed), *map(words_of, pages)):
        assert not SAID.search(text), SAID.search(text)
        assert "(rough)" not in text and "（粗略）" not in text
    assert not [one for page in pages for one in headed_intervals(page)]
    assert "lowest to highest of" in printed + pages[0] and "最低至最高" in pages[1]
    for name, table in tables.items():
        for column in bounds(name, table):
            assert table[column].isna().all(), (name, column)


@pytest.mark.parametrize("command", COMMANDS)
def test_six_replications_have_an_interval_that_is_called_rough(
    command: str, told_by: Callable[[str, int], Told]
) -> None:
    printed, tables, pages = told_by(command, 6)
    known = [table[column].notna().any() for name, table in tables.items() for column in bounds(name, table)]
    assert any(known) or command in ("study", "batch", "budget")  # whose tables hold single runs
    assert "rough" in pages[0] and "粗略" in pages[1]
    said = [found for page in pages for found in SAID.findall(words_of(page))]
    said += [found for page in pages for found in headed_intervals(page)]
    for found in PRINTED.findall(flat(printed)) + said:
        assert ROUGH.search(found), found


@pytest.mark.parametrize(
    "estates, shown", [(4, "50%"), (8, "50% (20% – 80% (rough))"), (40, "50% (20% – 80%)")]
)
def test_the_chance_of_a_tipping_map_goes_by_its_estates(estates: int, shown: str) -> None:
    row = {"chance_high": 0.5, "chance_low_bound": 0.2, "chance_high_bound": 0.8, "estates": estates}
    with in_language("en"):
        assert chance_cell(row) == shown


def test_an_ablation_of_few_replications_says_that_they_are_too_few_and_ranges_stand_beside(
    told_by: Callable[[str, int], Told],
) -> None:
    few, many = (told_by("ablate", count)[0] for count in (3, 6))
    assert "3 replications are too few to tell which loop is the trap" in flat(few)
    assert "beyond doubt" not in few and "too few to tell" not in many
    for told in (few, many):
        assert "what may happen" in flat(told).split("With all loops off")[1]


def flat(printed: str) -> str:
    return re.sub(r"\s+", " ", printed)


@pytest.mark.parametrize(("count", "interval"), [(3, False), (6, True)])
def test_a_score_card_of_few_replications_has_single_runs_and_no_sure_interval(
    count: int, interval: bool, tmp_path: Path
) -> None:
    (tmp_path / "mine.toml").write_text(tomli_w.dumps(PATTERN), encoding="utf-8")
    out = tmp_path / "out"
    asked = ("--replications", str(count), "--in-process", "--store", str(tmp_path / "store"))
    done = estate("validate", str(tmp_path / "mine.toml"), *asked, "--out", str(out))
    assert done.exit_code == 0, done.output
    (row,) = pd.read_csv(out / "score_card.csv").to_dict("records")
    assert row["run_kind"] == "lowest_highest" and row["run_low"] < row["mean"] < row["run_high"]
    assert (row["low"] == row["low"]) == interval and ("rough" in done.output) == interval
    card = validate(
        load_patterns(tmp_path / "mine.toml")[0],
        replications=count,
        workplace=Workplace(InProcess(), tmp_path / "store"),
    )
    said = " ".join(text.get_text() for text in card.plot(lang="en").findobj(Text))
    assert f"single runs, lowest to highest of {count}" in said


@pytest.mark.parametrize(("seeds", "rough"), [(1, True), (3, False)])
def test_a_tipping_map_of_few_seeds_names_its_ranges_and_calls_a_chance_over_few_estates_rough(
    seeds: int, rough: bool, tmp_path: Path
) -> None:
    asked = [
        "small_city",
        "--type",
        "commodity",
        "--world",
        "city",
        "--values",
        "3",
        "--months",
        "24",
        "--no-loop",
        "--no-point",
    ]
    place = ("--in-process", "--store", str(tmp_path / "store"), "--out", str(tmp_path / "out"))
    done = estate("tipping", *asked, "--seeds", str(seeds), *place, *LITTLE)
    assert done.exit_code == 0, done.output
    told = estate("report", str(tmp_path / "out"), "--no-pdf", "--out", str(tmp_path / "page.html"))
    assert told.exit_code == 0, told.output
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    trials = pd.read_csv(tmp_path / "out" / "trials.csv")
    assert trials["estates"].between(5, 9).any() == rough and (trials["estates"] >= 5).all()
    assert ("% (rough)" in page) == rough, "the chance, over estates of all seeds"
    assert (f"lowest to highest of {seeds} runs" in page) == (seeds > 1) and "percentile of" not in page
