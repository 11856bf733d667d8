"""A wrong call is explained in the reader's language, by the library's own sentences and ours alike."""

from __future__ import annotations

import errno
import os
import re
import sqlite3
import subprocess
import zipfile
from pathlib import Path

import pyarrow as pa
import pytest
from typer.testing import CliRunner

from sim.cli.app import app
from sim.cli.usage import in_own_words
from sim.text import in_language
from sim.text.system import REASONS, reason_of
from sim.text.system import told as kind_and_reason

# What the caller wrote and names of options, arguments and kinds are in no language.
OWN = re.compile(
    r"'[^']*'|--[\w-]+|<[^>]*>|\{[^}]*\}|[A-Z][A-Z_…]+|\[x[^]]*\]|\bestate( study)?( \w+)?|\b[xyz]\b"
)
WRONG = {
    "run": "缺少参数",
    "run x --nothing": "没有这个选项",
    "run x --mont 3": "相近的选项",
    "run x --months abc": "须为整数",
    "app --port 99999": "不得大于65535",
    "budget vicious_cycle --trials 0": "不得小于1",
    "budget vicious_cycle --yearly x": "须为数字",
    "runn x": "没有'runn'这个命令。是不是'run'？",
    "nothing_like_it": "没有'nothing_like_it'这个命令",
    "run x y z": "多余的参数：y z",
    "run x --months": "后须有一个值",
    "run x --charts=3": "不带值",
    "study nothing": "没有'nothing'这个命令",
}


def told(call: str, lang: str, width: int = 200) -> str:
    environment = {"LC_ALL": f"{lang}_XX.UTF-8", "COLUMNS": str(width), "TERMINAL_WIDTH": str(width)}
    return CliRunner().invoke(app, call.split(), env=environment, prog_name="estate").output


@pytest.mark.parametrize("call", WRONG)
def test_a_wrong_call_is_explained_in_chinese_without_english(call: str) -> None:
    said = told(call, "zh")
    assert WRONG[call] in said and "错误" in said
    assert re.findall("[A-Za-z]{2,}", OWN.sub("", said)) == []


@pytest.mark.parametrize("call", WRONG)
def test_in_english_it_is_what_the_library_says(call: str) -> None:
    said = told(call, "en")
    assert "Error" in said and not re.search("[\u4e00-\u9fff]", said)


def test_the_language_of_an_error_is_the_one_that_the_call_asks_for() -> None:
    assert "缺少参数" in told("run --lang zh", "en")
    assert "Missing argument" in told("run --lang=en", "zh")


def test_a_language_that_there_is_not_is_refused_in_that_of_the_environment() -> None:
    assert "允许" in told("list --lang xx", "zh") and "allowed" in told("list --lang xx", "en")


def test_a_sentence_that_nobody_wrote_down_stays_as_it_is() -> None:
    with in_language("zh"):
        assert in_own_words("Something new is wrong.") == "Something new is wrong."


@pytest.mark.parametrize("call", ["--help", "study", "budget --help", "study run --help", "compare --help"])
def test_help_is_in_chinese_around_our_own_words_too(call: str) -> None:
    said = told(call, "zh")
    assert "用法：estate" in said and "选项" in said
    for english in ("Usage", "[default", "[required]", "[OPTIONS]", "COMMAND [", "Arguments"):
        assert english not in said, english
    assert "用法：" not in told(call, "en") and "Usage: estate" in told(call, "en")


def test_no_help_text_is_cut_off_in_a_narrow_terminal() -> None:
    said = told("budget --help", "zh", 70)
    inside = "".join(line.strip("│ ")[-30:] for line in said.splitlines())
    assert "…" not in said.replace("SCENARIOS…", "") and "默认" in inside


@pytest.mark.parametrize(
    ("lang", "in_the_way", "damaged"),
    [
        ("zh", "路径中有一段是文件，不是文件夹", "第2行第1列起不是有效的JSON"),
        ("en", "part of the path is a file", "no JSON from line 2, column 1 on"),
    ],
)
def test_what_the_system_refuses_is_said_in_the_language(
    lang: str, in_the_way: str, damaged: str, tmp_path: Path
) -> None:
    manifest = tmp_path / "manifest.json"
    manifest.write_text("{\nnot json")
    assert in_the_way in told(f"study status --store {manifest}/store", lang)
    assert damaged in told(f"report {tmp_path}", lang)


@pytest.mark.parametrize("name", REASONS)
def test_every_reason_of_the_system_is_said_in_chinese_alone(name: str) -> None:
    error = OSError(getattr(errno, name), os.strerror(getattr(errno, name)), "a/file")
    with in_language("zh"):
        said = str(reason_of(error))
    assert said and not re.search("[A-Za-z]", said)


def test_what_nobody_wrote_down_is_what_the_error_says_itself() -> None:
    odd = OSError(errno.EDOM, "out of domain")
    assert reason_of(odd) == "out of domain" and kind_and_reason(odd) == "OSError: out of domain"
    assert reason_of(ValueError("seven")) == "seven"
    assert kind_and_reason(ArithmeticError("a")) == "ArithmeticError: a"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (KeyError("seed"), "'seed'"),
        (ValueError("could not convert string to float: 'x'"), "类型不对"),
        (pa.ArrowInvalid("Parquet magic bytes not found"), "Parquet"),
        (zipfile.BadZipFile("File is not a zip file"), "zip"),
        (sqlite3.DatabaseError("file is not a database"), "账本"),
        (subprocess.TimeoutExpired("chrome", 20.0), "20秒"),
    ],
)
def test_what_a_library_says_of_a_damaged_file_is_told_in_the_readers_words(
    error: Exception, said: str
) -> None:
    with in_language("zh"):
        told = str(kind_and_reason(error))
    assert said in told and re.search("[\u4e00-\u9fff]", told) and not re.search("[A-Za-z]+ [a-z]+", told)


@pytest.mark.parametrize(
    ("call", "typed"),
    [
        ("run small_city --months 5000", "--months"),
        ("ablate small_city --months 5000", "--months"),
        ("budget small_city --months 5000 --yearly 100000", "--months"),
        ("compare small_city small_city --months 5000", "--months"),
        ("ablate small_city --set months=5000", "--set：months"),
        ("budget small_city --yearly 100000 --payer mayor", "--payer"),
        ("compare package rankings_only --months 6000 --withdraw 3", "--months"),
    ],
)
def test_a_wrong_argument_is_called_as_it_was_typed(call: str, typed: str, tmp_path: Path) -> None:
    text = told(call if call.startswith("run") else f"{call} --store {tmp_path}", "zh")
    assert f"\n{typed}：" in f"\n{text}"
