"""The charts of `estate run` are drawn beside the command: after the summary, the same however the process
was started, told where one fails, and without a process or half a file left."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from sim import charts, load_run, run
from sim.cli.app import app
from sim.errors import EngineError
from sim.studies.run.drawing import Painter

SMALL = ["run", "small_city", "--months", "3", "--set", "spin_up=0", "--lang", "en"]
WAYS = [way for way in ("fork", "spawn") if way in multiprocessing.get_all_start_methods()]
FORKED = pytest.mark.skipif("fork" not in WAYS, reason="only a forked process knows of what a test changed")


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    return run("small_city", months=3, overrides={"spin_up": 0}).save(
        tmp_path_factory.mktemp("run") / "saved"
    )


def carry_out(*more: str):
    return CliRunner().invoke(app, [*SMALL, *more])


@pytest.fixture(scope="module")
def here(saved, tmp_path_factory):
    """Charts that this process draws, by name."""
    folder = tmp_path_factory.mktemp("here")
    names = ("overview", "ladder", "money")
    return {name: charts.save(load_run(saved), name, folder / name, "zh", ["png"])[0] for name in names}


@pytest.mark.parametrize("way", WAYS)
def test_charts_are_the_same_whoever_draws_them(saved, here, tmp_path, way):
    with Painter("zh", way) as painter:
        painter.begin(saved, tmp_path / "there", list(here), ["png"])
        painter.finish()
    written = sorted(path.name for path in (tmp_path / "there").iterdir())
    assert written == sorted(path.name for path in here.values())
    for path in here.values():
        assert (tmp_path / "there" / path.name).read_bytes() == path.read_bytes()
    assert not multiprocessing.active_children()


@pytest.mark.parametrize("way", WAYS)
def test_a_process_that_ends_is_told_and_one_that_is_not_needed_is_gone(saved, tmp_path, way):
    with Painter("en", way) as painter:
        painter._process.kill()
        painter._process.join()
        painter.begin(saved, tmp_path, ["ladder"], ["png"])
        with pytest.raises(EngineError, match=r"its worker process ended \(exit code -9\)"):
            painter.finish()
    with Painter("en", way) as painter:
        number = painter._process.pid
    assert painter._process.exitcode is not None and not multiprocessing.active_children()
    with pytest.raises(ProcessLookupError):
        os.kill(number, signal.SIGCONT)


def check_written(folder, *forms):
    """The charts of a run are there in these forms, each with its numbers as CSV, and in no other."""
    written = {f"charts/{name}.{form}" for name in charts.drawable("run") for form in (*forms, "csv")}
    assert {file for file in load_run(folder).manifest["files"] if "charts" in file} == written
    assert all((folder / file).stat().st_size for file in written)


def test_svg_is_written_where_it_is_asked_for(tmp_path):
    done = carry_out("--out", str(tmp_path / "here"), "--svg")
    assert done.exit_code == 0, done.output
    check_written(tmp_path / "here", "png", "svg")


@pytest.mark.usefixtures("words_only")
def test_the_summary_is_read_while_charts_are_drawn(tmp_path, monkeypatch, capsys):
    seen = {}

    def finish(painter):
        seen["told"], seen["saved"] = capsys.readouterr().out, load_run(tmp_path / "here").months
        seen["charts"] = (tmp_path / "here" / "charts").exists()
        finished(painter)

    finished = Painter.finish
    monkeypatch.setattr(Painter, "finish", finish)
    app([*SMALL, "--out", str(tmp_path / "here")], standalone_mode=False)
    assert "Estates by stage" in seen["told"] and "Who bore the cost" in seen["told"]
    assert (seen["saved"], seen["charts"]) == (3, False)
    check_written(tmp_path / "here", "png")  # and no SVG, which was not asked for


@pytest.mark.skipif(sys.platform == "win32", reason="a pipe that nobody reads is told otherwise there")
def test_charts_are_drawn_also_where_nobody_reads_the_summary(tmp_path):
    """As with `estate run … | head`."""
    with subprocess.Popen(
        [sys.executable, "-m", "sim", *SMALL, "--out", "here"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        for line in process.stdout:
            if "results will be written" in line:
                break
        process.stdout.close()
        assert "Traceback" not in process.stderr.read()
    assert set(load_run(tmp_path / "here").manifest["files"]) >= {
        f"charts/{name}.png" for name in charts.drawable("run")
    }


class Broken:
    """A chart that cannot be drawn."""

    def __getattr__(self, name: str) -> object:
        return getattr(charts.CHARTS["stages"], name)

    def draw(self, *_: object, **__: object) -> object:
        raise ValueError("no room for a label")


@FORKED
@pytest.mark.usefixtures("words_only")
@pytest.mark.parametrize("name", ["overview", "cycle"])  # drawn by one half and by the other
def test_a_chart_that_fails_is_told_and_loses_nothing_else(tmp_path, monkeypatch, name):
    title = charts.CHARTS[name].title.in_language("en")
    monkeypatch.setitem(charts.CHARTS, name, Broken())
    done = carry_out("--out", str(tmp_path / "here"))
    assert done.exit_code == 2 and "Estates by stage" in done.output
    told = f"Some charts could not be drawn: {title}: ValueError: no room for a label"
    assert told in done.output.replace("\n", " ")
    kept = load_run(tmp_path / "here")
    assert f"charts/{name}.png" not in kept.manifest["files"] and kept.months == 3
    assert "charts/map.png" in kept.manifest["files"]
    assert [path.name for path in (tmp_path / "here").iterdir() if path.name.endswith(".part")] == []


@FORKED
def test_interrupted_while_charts_are_drawn(tmp_path, monkeypatch):
    def finish(painter):
        os.kill(os.getpid(), signal.SIGINT)
        finished(painter)

    finished = Painter.finish
    monkeypatch.setattr(Painter, "finish", finish)
    assert carry_out("--out", str(tmp_path / "here")).exit_code == 130
    assert load_run(tmp_path / "here").months == 3
    assert not any(path.name.endswith(".part") for path in (tmp_path / "here").iterdir())
    assert not multiprocessing.active_children()


@FORKED
@pytest.mark.parametrize("way", WAYS)
def test_the_terminal_tells_only_the_command_of_ctrl_c(saved, tmp_path, way):
    """It tells every process at once; those that draw go on until the command ends them."""
    with Painter("en", way) as painter:
        os.kill(painter._process.pid, signal.SIGINT)
        painter.begin(saved, tmp_path, ["ladder"], ["png"])
        painter.finish()
    assert (tmp_path / "ladder.png").is_file() and painter._process.exitcode == 0
