"""A path at which no file, or no folder, stands as it should: one error that names it, what
is there, and what to do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from sim.cli.app import app
from sim.errors import EstateError, ResultError
from sim.evidence.patterns import load_patterns
from sim.experiments.ensemble import load_ensemble
from sim.experiments.study_file import load_study
from sim.outputs.archive import verify
from sim.results.folder import check_place, read
from sim.results.store import Store
from sim.scenario import load
from sim.studies.budget.menu import menu_of
from sim.text import in_language

FILES: dict[str, tuple[Callable[[Path], Any], str]] = {
    "scenario": (load, ".toml"),
    "study": (load_study, ".toml"),
    "menu": (menu_of, ".toml"),
    "patterns": (load_patterns, ".toml"),
    "ensemble": (load_ensemble, ".csv"),
}
FOLDERS: dict[str, Callable[[Path], Any]] = {
    "result": lambda place: read(place, "run"),
    "archive": verify,
    "place of a result": lambda place: check_place(place, "run"),
    "store": Store,
}


def said(read: Callable[[Path], Any], path: Path, lang: str = "en") -> str:
    with in_language(lang):
        with pytest.raises(EstateError) as caught:
            read(path)
        told = str(caught.value)
    assert told.startswith(str(path)) and "\n" not in told
    return told


def at(folder: Path, what: str, suffix: str = "") -> Path:
    """A path at which something else stands than what is looked for."""
    path = folder / f"mine{suffix}"
    if what == "folder":
        path.mkdir()
    elif what == "links in a circle":
        path.symlink_to(path)
    elif what == "a file on the way":
        path.write_text("")
        path /= f"inside{suffix}"
    return path


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.parametrize(
    ("what", "en", "zh"),
    [
        ("folder", "folder, not a file", "文件夹，不是文件"),
        ("links in a circle", "too many links", "符号链接层数过多"),
        ("a file on the way", "part of the path is a file", "路径中有一段是文件"),
        ("nothing", "no such file", "没有这个文件"),
    ],
)
def test_what_stands_where_a_file_should_is_named(
    tmp_path: Path, kind: str, what: str, en: str, zh: str
) -> None:
    read, suffix = FILES[kind]
    path = at(tmp_path, what, suffix)
    assert en in said(read, path) and zh in said(read, path, "zh")


@pytest.mark.parametrize("kind", FOLDERS)
@pytest.mark.parametrize(
    ("what", "en", "zh"),
    [
        ("links in a circle", "too many links", "符号链接层数过多"),
        ("a file on the way", "part of the path is a file", "路径中有一段是文件"),
    ],
)
def test_what_stands_where_a_folder_should_is_named(
    tmp_path: Path, kind: str, what: str, en: str, zh: str
) -> None:
    path = at(tmp_path, what)
    assert en in said(FOLDERS[kind], path) and zh in said(FOLDERS[kind], path, "zh")


def test_a_file_given_for_a_folder_is_called_a_file_and_the_remedy_is_of_this_case(tmp_path: Path) -> None:
    file = tmp_path / "mine"
    file.write_text("no archive")
    assert "a file, not a folder of results" in said(FOLDERS["result"], file)
    assert "a file stands where" in said(FOLDERS["place of a result"], file)
    assert "no zip file" in said(verify, file) and "不是 zip 文件" in said(verify, file, "zh")
    told = said(Store, file)
    assert "--store" in told and "free some space" not in told
    assert file.read_text() == "no archive"


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        ("seed = 1\nmonths = 3\nseed = 2\n", 3, "seed"),
        ("[city]\nestates = 1\n# again\nestates = 2\n", 4, "city.estates"),
        ('[city]\nname = "x"\n[government]\n[city]\nestates = 2\n', 4, "city"),
        ("a = { b = 1, b = 2 }\n", 1, "a"),
        ("[[interventions]]\nkind = 'x'\nitems = [\n  1,\n]\nkind = 'y'\n", 6, "interventions.kind"),
        ("[[interventions]]\nitems = 'x'\nitems = [\n  1,\n]\n", 5, "interventions.items"),
        ('"types.commodity".x = 1\n"types.commodity".x = 2\n', 2, '"types.commodity".x'),
    ],
)
def test_what_a_file_says_twice_is_named_with_its_line_and_the_remedy(
    tmp_path: Path, text: str, line: int, key: str
) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(text)
    for kind in ("scenario", "study", "menu", "patterns"):
        told = said(FILES[kind][0], file)
        assert f"line {line}," in told and f"found {key} a second time" in told
        assert "each key and each table once" in told
        assert f"{key} 再次出现" in said(FILES[kind][0], file, "zh")


def test_results_that_can_be_written_nowhere_are_refused_before_the_run(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    order = [
        "run",
        "small_city",
        "--months",
        "12",
        "--lang",
        "en",
        "--out",
        str(tmp_path / "file" / "results"),
    ]
    told = CliRunner().invoke(app, order)
    assert told.exit_code == 2 and "part of the path is a file" in told.output
    assert "simulated" not in told.output and "A small city" not in told.output


@pytest.mark.parametrize(
    "command", ["verify", "archive", "reproduce", "explain", "report", "run", "describe"]
)
@pytest.mark.parametrize("name", ["x" * 300, "名" * 300, "x" * 5000])
def test_a_name_that_no_file_system_holds_is_refused_in_one_line(command: str, name: str) -> None:
    done = CliRunner().invoke(app, [command, name, "--lang", "zh"])
    assert done.exit_code == 2 and isinstance(done.exception, SystemExit), done.exception
    told = done.stderr.strip()
    assert told and len(told) < 1000 and "File name too long" not in told


def test_a_folder_of_which_nobody_may_list_a_part_is_no_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise PermissionError(13, "Permission denied", str(tmp_path / "inner"))

    monkeypatch.setattr(Path, "rglob", refused)
    with pytest.raises(ResultError, match=r"cannot be read \(permission denied\)"):
        verify(tmp_path)
