"""An office's computer: a console in GBK, workers that are spawned, paths with Chinese and blanks, and
tables that are held open."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sim.cli.nearest import MARK, NAME
from sim.errors import ResultError
from sim.results import folder
from sim.results.files import replace_text
from sim.results.folder import MANIFEST, add_tables, put_in_place, read, staging, write
from sim.text import in_language
from sim.text.system import reason_of

ROOT = Path(__file__).resolve().parents[2]
TINY = Path(__file__).with_name("tiny_city.toml")

PROGRAM = """
import sys, warnings
from pathlib import Path
# Windows reads a file of which nobody says the encoding in the code page: nobody may leave that out
warnings.filterwarnings("error", category=EncodingWarning, module=r"sim(\\..*)?$")
from sim.cli import main
from sim.results.pool_engine import PoolEngine

made = PoolEngine.__init__

def spawning(self, *arguments, **more):
    made(self, *arguments, **more)
    self.start_method = "spawn"

if __name__ == "__main__":
    PoolEngine.__init__ = spawning
    for line in Path("命令.txt").read_text(encoding="utf-8").splitlines():
        sys.argv = ["estate", *line.split("|")]
        try:
            main()
        except SystemExit as ended:
            if ended.code:
                raise
"""
COMMANDS = """\
list|--lang|zh
describe|我的 城市.toml|--lang|zh
interventions|retrofit|--lang|en
compare|我的 城市.toml|另一 城市.toml|--replications|2|--months|2|--out|结果 1/比较|--lang|zh
run|我的 城市.toml|--months|2|--out|结果 1/运行|--no-charts|--lang|zh
explain|结果 1/运行|--estate|1|--lang|zh
report|结果 1/比较|--no-pdf|--out|结果 1/报告.html|--lang|zh
"""


def test_commands_in_a_gbk_console_with_spawned_workers_in_a_folder_with_chinese_and_blanks(
    tmp_path: Path,
) -> None:
    place = tmp_path / "小区 治理"
    place.mkdir()
    tiny = TINY.read_text(encoding="utf-8")
    (place / "我的 城市.toml").write_text(
        f'name = "mine"\ntitle = {{ zh = "小区", en = "Estates" }}\n{tiny}', encoding="utf-8"
    )
    other = tiny.replace("base = 1.1", "base = 1.3")
    (place / "另一 城市.toml").write_text(f'name = "other"\n{other}', encoding="utf-8")
    (place / "命令.txt").write_text(COMMANDS, encoding="utf-8")
    program = place / "程序 一.py"
    program.write_text(PROGRAM, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-X", "warn_default_encoding", str(program)],
        cwd=place,
        env=os.environ | {"PYTHONIOENCODING": "gbk", "PYTHONUTF8": "0", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        timeout=600,
        check=False,
    )
    said = done.stdout.decode("gbk")  # every byte of it is GBK, or this fails
    assert done.returncode == 0, said[-2000:] + done.stderr.decode("gbk", "replace")[-3000:]
    assert "Traceback" not in said
    for result in ("比较", "运行"):
        read(place / "结果 1" / result)
        assert re.search(rf"结果 1/{result}", said), f"told where {result} is"
    assert "小区" in (place / "结果 1" / "报告.html").read_text(encoding="utf-8")


def spoken() -> str:
    """All texts of the catalogs and of the shipped scenarios."""
    files = [*(ROOT / "sim").rglob("*.po"), *(ROOT / "scenarios").rglob("*.toml")]
    return "".join(sorted(set("".join(file.read_text(encoding="utf-8") for file in files))))


@pytest.mark.parametrize("encoding", ["gbk", "cp936", "gb18030"])
def test_everything_that_is_said_can_be_written_in_a_chinese_console(encoding: str) -> None:
    letters = [letter for letter in spoken() + "−≥≤×·–—…→▒█━╸²" if letter != MARK]
    assert len(letters) > 1000
    lost = [letter for letter in letters if letter.encode(encoding, NAME) == MARK.encode()]
    assert lost == []


@pytest.mark.parametrize(
    ("encoding", "text", "written"),
    [
        ("gbk", "−0.5 ≥ 2 m²", "-0.5 ≥ 2 m2"),
        ("ascii", "−0.5 ≥ 2…", "-0.5 >= 2..."),
        ("cp1252", "−0.5 × 2", "-0.5 × 2"),
        ("ascii", "Erdős 小", "Erdos ?"),
        ("gbk", "« œuvre », Straße", '" oeuvre ", Strasse'),
        ("gb18030", "−0.5 m²", "−0.5 m²"),
    ],
)
def test_a_console_without_a_letter_gets_the_nearest_and_keeps_the_sign_of_a_number(
    encoding: str, text: str, written: str
) -> None:
    assert text.encode(encoding, NAME).decode(encoding) == written


# tables that a spreadsheet program holds open: Windows lets nobody replace, move or write them then

TABLES = {"firm": pd.DataFrame({"a": [1, 2]}), "wide": pd.DataFrame({"b": [3.5, 4.5]})}
CHANGED = {"firm": pd.DataFrame({"a": [10, 20]}), "wide": pd.DataFrame({"b": [30.5, 40.5]})}


def made(place: Path, tables: dict[str, pd.DataFrame] = TABLES) -> Path:
    return write(place, "batch", "0123", {"said": "小区"}, tables)


def contents(place: Path) -> dict[str, bytes]:
    return {
        file.relative_to(place).as_posix(): file.read_bytes() for file in place.rglob("*") if file.is_file()
    }


def hold_open(monkeypatch: pytest.MonkeyPatch, held: Path) -> None:
    """Let the system refuse what Windows refuses for a file that another program has open."""
    genuine = os.replace

    def refusing(source: Any, target: Any) -> None:
        for one in (source, target):
            if Path(one) == held and held.exists():
                raise PermissionError(13, "The process cannot access the file", str(source), 32, str(target))
        genuine(source, target)

    monkeypatch.setattr(os, "replace", refusing)


@pytest.mark.parametrize("file", ["firm.csv", "wide.csv", "firm.parquet", MANIFEST])
def test_a_result_with_a_table_held_open_stays_as_it_was_and_the_table_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    place = made(tmp_path / "结果 1")
    before = contents(place)
    hold_open(monkeypatch, place / file)
    with pytest.raises(ResultError) as raised:
        made(place, CHANGED)
    said = str(raised.value)
    assert "\n" not in said
    assert file in said
    assert "close it there" in said
    assert contents(place) == before
    read(place)
    with in_language("zh"):
        assert f"{file} 正被其他程序打开：请先在电子表格或查看软件中关闭它" in str(raised.value)


def test_once_it_is_closed_the_same_call_succeeds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = made(tmp_path / "result")
    with monkeypatch.context() as holding:
        hold_open(holding, place / "wide.csv")
        with pytest.raises(ResultError):
            made(place, CHANGED)
    made(place, CHANGED)
    assert read(place).table("wide").column("b").to_pylist() == [30.5, 40.5]
    assert sorted(contents(place)) == ["firm.csv", "firm.parquet", MANIFEST, "wide.csv", "wide.parquet"]


def test_tables_that_are_added_are_all_there_or_none_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = add_place = made(tmp_path / "result")
    add_tables(add_place, {"more": TABLES["firm"], "most": TABLES["firm"]}, ("csv",))
    before = contents(place)
    hold_open(monkeypatch, place / "more.csv")
    with pytest.raises(ResultError, match=r"more\.csv is held open"):
        add_tables(place, {"more": CHANGED["firm"], "most": CHANGED["firm"]}, ("csv",))
    assert contents(place) == before


@pytest.mark.parametrize("whole", [True, False])
def test_a_folder_that_is_put_in_place_is_so_as_a_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, whole: bool
) -> None:
    place = made(tmp_path / "result")
    before = contents(place)
    hold_open(monkeypatch, place / "wide.csv")
    with pytest.raises(ResultError, match=r"wide\.csv is held open"), staging(place) as part:
        if whole:
            made(part, CHANGED)
        else:
            (part / "wide.csv").write_text("b\n1\n", encoding="utf-8")
        (part / "charts").mkdir()
        (part / "charts" / "new.png").write_bytes(b"picture")
        put_in_place(part, place)
    assert contents(place) == before
    read(place)


def test_what_is_put_beside_a_result_is_vouched_for(tmp_path: Path) -> None:
    place = made(tmp_path / "result")
    with staging(place) as part:
        (part / "charts").mkdir()
        (part / "charts" / "new.png").write_bytes(b"picture")
        put_in_place(part, place)
    assert "charts/new.png" in read(place).manifest["files"]
    (place / "charts" / "new.png").write_bytes(b"another")
    with pytest.raises(ResultError, match="new.png"):
        read(place)


def test_a_page_that_is_held_open_stays_and_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "报告 1.html"
    page.write_text("the old page", encoding="utf-8")
    hold_open(monkeypatch, page)
    with pytest.raises(PermissionError) as raised:
        replace_text(page, "the new page")
    assert str(reason_of(raised.value)).startswith(
        "报告 1.html is held open by another program: close it there"
    )
    assert page.read_text(encoding="utf-8") == "the old page"


def test_a_folder_that_nobody_may_write_is_not_called_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: Any, **__: Any) -> None:
        raise PermissionError(13, "Permission denied", str(tmp_path / "result" / ".firm.parquet.1.part"))

    monkeypatch.setattr(folder.pq, "write_table", refused)
    with pytest.raises(ResultError, match="permission denied"):
        made(tmp_path / "result")
