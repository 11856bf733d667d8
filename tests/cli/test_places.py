"""Where a command writes and serves: an empty name is no place, and an address that is taken is
told before anything else."""

from __future__ import annotations

import re
import shlex
import socket
from collections.abc import Iterator
from inspect import signature
from io import StringIO
from pathlib import Path
from typing import get_args

import pytest
import typer
from rich.console import Console
from typer.models import ArgumentInfo
from typer.testing import CliRunner

from sim.cli.app import PLACES, app
from sim.cli.workplace_options import WorkplaceOptions
from sim.errors import EstateError
from sim.experiments.workplace import run_planned
from sim.results.engines import planned_runs_of
from sim.results.store import FailedRun
from sim.scenario import load, with_overrides
from sim.text import in_language


@pytest.mark.parametrize(
    "arguments",
    [
        ("run", "small_city", "--out", ""),
        ("compare", "small_city", "subsidy_only", "--out="),
        ("study", "run", "any.toml", "--store", ""),
        ("verify", ""),
        ("archive", "", "--out", "result.zip"),
        ("archive", "--out=result.zip", ""),
        ("reproduce", "--in-process", ""),
        ("report", ""),
        ("explain", "", "--estate", "1"),
        ("animate", ""),
        ("run", ""),
        ("compare", "small_city", ""),
        ("budget", "small_city", "--menu", ""),
        ("study", "resume", ""),
        ("batch", ""),
    ],
)
def test_an_empty_name_is_refused_and_nothing_is_written(
    arguments: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, [*arguments, "--lang", "zh"])
    assert done.exit_code == 2 and "读到空文本" in done.output, done.output
    assert len([line for line in done.output.splitlines() if line.strip()]) == 1, "one line"
    assert list(tmp_path.iterdir()) == []


def test_the_dot_is_the_current_folder_and_other_empty_values_have_their_own_errors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["verify", ".", "--lang", "en"])
    assert done.exit_code == 2 and "no manifest.json in it" in done.output
    done = CliRunner().invoke(app, ["run", "small_city", "--set", "", "--lang", "en"])
    assert done.exit_code == 2 and "KEY=VALUE" in done.output.replace("key=value", "KEY=VALUE"), done.output


def test_every_option_that_is_a_path_is_refused_when_it_is_empty() -> None:
    def paths(group: typer.Typer) -> Iterator[str]:
        for command in group.registered_commands:
            assert command.callback is not None
            for parameter in signature(command.callback, eval_str=True).parameters.values():
                kind, *rest = get_args(parameter.annotation) or (parameter.annotation,)
                if kind in (Path, Path | None) and not isinstance(rest[0], ArgumentInfo):
                    # as the option declares it, for "from" can be no name in Python; else by its name
                    declared = (rest[0].default, *(rest[0].param_decls or ()))
                    named = [one for one in declared if isinstance(one, str) and one.startswith("--")]
                    yield (named or [f"--{parameter.name.replace('_', '-')}"])[0]
        for inner in group.registered_groups:
            assert inner.typer_instance is not None
            yield from paths(inner.typer_instance)

    assert set(paths(app)) == set(PLACES)


def test_an_address_that_is_taken_is_told_before_the_banner(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("nicegui")
    from sim.app.server import require_free, serve

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(EstateError, match=f"--port {port}"):
            serve("127.0.0.1", port, show=False)
        assert capsys.readouterr().out == ""
    require_free("127.0.0.1", port)
    with pytest.raises(EstateError, match=r"203\.0\.113\.7"):
        require_free("203.0.113.7", 8080)


@pytest.mark.parametrize(
    ("host", "words"),
    [
        ("203.0.113.7", {"en": "no address of this machine", "zh": "不是本机的地址"}),
        ("nowhere.invalid", {"en": "no such address", "zh": "查不到这个地址"}),
    ],
)
def test_why_an_address_cannot_be_served_at_is_said_in_the_language_of_the_reader(
    host: str, words: dict[str, str]
) -> None:
    pytest.importorskip("nicegui")
    from sim.app.server import require_free

    for lang, said in words.items():
        with in_language(lang):
            with pytest.raises(EstateError) as caught:
                require_free(host, 8080)
            assert said in str(caught.value)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("compare", "small_city", "nowhere"), "nowhere: found no scenario"),
        (("compare", "small_city", "small_city", "--ensemble", "here.toml"), "a folder, not a file"),
        (("compare", "small_city", "small_city", "--ensemble", "file.toml"), "does not end in .csv"),
        (("ablate", "small_city", "--ensemble", "calib"), "or give the path of a CSV file"),
        (("budget", "small_city", "--yearly", "1e6", "--menu", "nowhere.toml"), "nowhere.toml: found a file"),
    ],
)
def test_what_is_refused_is_refused_before_it_is_said_where_runs_are_kept(
    arguments: tuple[str, ...], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "here.toml").mkdir()
    (tmp_path / "file.toml").write_text("", encoding="utf-8")
    done = CliRunner().invoke(app, [*arguments, "--lang", "en"])
    assert done.exit_code == 2 and words in done.output, done.output
    assert len(done.output.strip().splitlines()) == 1, done.output


def test_where_runs_are_kept_is_said_once_before_the_first_of_them(tmp_path: Path) -> None:
    planned_runs = planned_runs_of(
        with_overrides(load("small_city"), {"months": 1, "spin_up": 0, "city.estates": 20}), (1,)
    )
    said = StringIO()
    options = WorkplaceOptions(store=tmp_path / "kept", in_process=True)
    with in_language("en"), options.opened(Console(file=said, width=200)) as workplace:
        assert said.getvalue() == ""
        run_planned(planned_runs, workplace)
        run_planned(planned_runs, workplace)  # found in the store
    assert said.getvalue().count(f"runs are kept in {tmp_path / 'kept'}") == 1


def pasted(text: str, command: str) -> list[str]:
    """What a shell makes of the command of this name that a text tells the reader to give."""
    (line,) = re.findall(rf"estate ({command} .*)", text)
    return shlex.split(line)


@pytest.mark.parametrize("name", ["中 文", "it's mine"])
def test_a_command_that_is_printed_can_be_pasted_whatever_the_path(name: str, tmp_path: Path) -> None:
    folder = str(tmp_path / name)
    little = ("--set", "spin_up=0", "--set", "city.estates=4", "--months", "1", "--no-charts", "--lang", "en")
    for asked, command in (
        (("run", "small_city", "--out", folder, *little), "explain"),
        (("archive", folder, "--lang", "en"), "verify"),
    ):
        done = CliRunner().invoke(app, asked)
        assert done.exit_code == 0, done.output
        again = CliRunner().invoke(app, pasted(done.output, command))
        assert again.exit_code == 0, again.output


def test_a_run_that_was_set_aside_is_named_so_that_it_can_be_tried_again(tmp_path: Path) -> None:
    file = tmp_path / "中 文" / "a b.toml"
    failed = FailedRun("0" * 64, 1, {}, "error", "", "", 1, file)
    assert pasted(failed.rerun_command, "run") == ["run", str(file)]
