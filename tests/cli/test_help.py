"""Help: every command and option says what it is for, in the reader's language alone."""

from __future__ import annotations

import re
from typing import Any

import pytest
import typer
from typer.core import TyperGroup
from typer.testing import CliRunner

from sim.cli.app import app, spared
from sim.cli.options import spoken
from sim.text import in_language, languages, say
from sim.text.catalog import sources

ROOT: Any = typer.main.get_command(app)
CHINESE = re.compile("[\u4e00-\u9fff]")


@pytest.mark.parametrize("lang", languages())
def test_every_command_and_option_has_its_words_and_none_are_left_over(lang: str) -> None:
    with in_language(lang):
        names = {name for name, _, _ in spoken(ROOT, "")}
        assert all(say(f"help.{name}").strip() for name in names)
    written = set()
    for content in sources(lang).values():
        written |= set(re.findall(r'msgid "help\.([\w.-]+)"', content.decode()))
    of_root = {f"option.{param.name}" for param in ROOT.params if param.name != "help"}
    panels = {f"panel.{kind}" for kind in ("argument", "option", "command")}
    assert written == names | of_root | panels | {"estate", "interrupted", "option.help"}


@pytest.mark.parametrize("args", [["--help"], [], ["study"], ["run", "--help"], ["study", "run", "--help"]])
def test_it_is_said_in_one_language(args: list[str]) -> None:
    said = {}
    for lang in ("en", "zh"):
        told = CliRunner().invoke(app, args, env={"LC_ALL": f"{lang}_XX.UTF-8"}).output
        said[lang] = bool(CHINESE.search(told))
    assert said == {"en": False, "zh": True}


@pytest.mark.parametrize(
    "args", [["--help"], ["budget", "--help"], ["study", "--help"], ["study", "run", "--help"]]
)
def test_names_of_panels_and_of_help_itself_are_in_the_language_too(args: list[str]) -> None:
    told = CliRunner().invoke(app, args, env={"LC_ALL": "zh_CN.UTF-8"}).output
    assert "选项" in told and "显示本帮助并退出" in told
    for english in ("Options ", "Arguments ", "Commands ", "Show this"):
        assert english not in told


def test_square_brackets_in_a_help_text_are_printed() -> None:
    told = CliRunner().invoke(app, ["budget", "--help"], env={"LC_ALL": "en_US.UTF-8"}, terminal_width=140)
    assert "[[menu]]" in told.output


def test_an_option_may_ask_for_the_language_of_help() -> None:
    for lang in (["--lang", "zh"], ["--lang=zh"]):
        told = CliRunner().invoke(app, ["run", *lang, "--help"], env={"LC_ALL": "en_US.UTF-8"}).output
        assert "随机种子" in told


def test_what_is_asked_for_first_stands_first() -> None:
    told = CliRunner().invoke(app, ["--help"], env={"LC_ALL": "en_US.UTF-8"}).output
    assert told.index(" run ") < told.index(" compare ") < told.index(" schema ")


def test_a_call_builds_the_parameters_of_the_commands_that_it_names_and_of_no_other() -> None:
    outer, inner = typer.Typer(), typer.Typer()
    outer.add_typer(inner, name="study")
    for group, name in ((outer, "run"), (outer, "list"), (inner, "run"), (inner, "status")):

        @group.command(name)
        def command(months: int = 3) -> None:
            """Has one option."""

    def built() -> tuple[TyperGroup, TyperGroup]:
        whole = typer.main.get_command(outer)
        assert isinstance(whole, TyperGroup) and isinstance(whole.commands["study"], TyperGroup)
        return whole, whole.commands["study"]

    with spared(outer, ["study", "run", "--help"]):
        whole, study = built()
    assert set(whole.commands) == {"run", "list", "study"} and set(study.commands) == {"run", "status"}
    named = {name: [one.name for one in command.params] for name, command in study.commands.items()}
    assert named == {"run": ["months"], "status": []}
    assert [one.name for one in whole.commands["list"].params] == []

    whole, study = built()
    after = [whole.commands["list"], *study.commands.values()]
    assert all([one.name for one in command.params] == ["months"] for command in after), "the next call"


def calls_for_help(command: Any, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """What to type for the help of a command and of all in it."""
    inner = getattr(command, "commands", {})
    return [path, *(call for name, one in inner.items() for call in calls_for_help(one, (*path, name)))]


TYPE_OF_PYTHON = re.compile(r"<[a-z]|\b(bool|int|float|str|list\[|PosixPath|INTEGER|TEXT range|dynamic)\b")


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("call", calls_for_help(ROOT), ids=" ".join)
def test_help_says_what_is_to_be_given_in_words_and_no_type_of_python(
    call: tuple[str, ...], lang: str
) -> None:
    told = CliRunner().invoke(app, [*call, "--help"], env={"LC_ALL": f"{lang}_XX.UTF-8", "COLUMNS": "200"})
    said = re.sub(r"--[\w-]+|`[^`]*`", "", told.output)
    assert told.exit_code == 0 and TYPE_OF_PYTHON.search(said) is None
    if lang == "zh":
        assert re.search(r"\b(DIR|FILE|NAME|SCENARIO|VALUE|MONTH|RESULT|PATTERNS)\b", said) is None


def test_what_an_option_takes_and_what_it_is_without_it_is_written_as_it_is_typed() -> None:
    def told(*call: str) -> str:
        env = {"LC_ALL": "zh_CN.UTF-8", "COLUMNS": "200"}
        return " ".join(CliRunner().invoke(app, [*call, "--help"], env=env).output.split())

    assert "--seed 整数" in told("run") and "--out 文件夹" in told("run") and "--set 参数=值" in told("run")
    assert "[默认：--charts]" in told("run") and "[默认：300]" in told("mcp")
    assert "<情景>" not in told("describe") and "{情景}" in told("describe")


def test_an_error_calls_an_argument_as_help_does() -> None:
    told = CliRunner().invoke(app, ["run"], env={"LC_ALL": "zh_CN.UTF-8"}).output
    assert "缺少参数'情景'" in told and "{情景}" in told
