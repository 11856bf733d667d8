"""Assistants: over the protocol's own client an answer is that of the library, with its intervals
and limits, within bounds."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import sim
from sim.assistants.desk import Answer, Desk, Limits
from sim.assistants.tools import TOOLS, answer
from sim.assistants.work import answered, order
from sim.cli.app import app
from sim.errors import EstateError
from sim.experiments.workplace import Workplace
from sim.text import in_language, languages

anyio = pytest.importorskip("anyio")
pytest.importorskip("mcp.server.lowlevel")

ROOT = Path(sim.__file__).parents[1]
TINY = {"city.estates": 10, "city.households": 800, "companies.private": 3}
SUBSIDY = """
extends = "small_city"
name = "subsidy"

[[interventions]]
kind = "operating_subsidy"
name = "operating_subsidy"
start = 1
"""


def environment() -> dict[str, str]:
    """That of this process, with this checkout before all else."""
    return dict(os.environ) | {"PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}


def talk(
    folder: Path, calls: Sequence[tuple[str, dict[str, Any]]], *options: str
) -> tuple[Any, list[Any], list[Any]]:
    """What the server says of itself, its tools, and its answers to these calls, over
    standard input and output."""
    from mcp import ClientSession, StdioServerParameters, stdio_client

    arguments = ["-m", "sim", "mcp", "--out", "kept", *options]
    server = StdioServerParameters(command=sys.executable, args=arguments, cwd=folder, env=environment())

    async def session() -> tuple[Any, list[Any], list[Any]]:
        async with stdio_client(server) as (reading, writing), ClientSession(reading, writing) as client:
            about = await client.initialize()
            tools = (await client.list_tools()).tools
            answers: list[Any] = []
            for name, told in calls:
                answers.append(await client.call_tool(name, told))
            return about, tools, answers

    return anyio.run(session)


def said(result: Any) -> str:
    return "\n".join(part.text for part in result.content)


@dataclass(frozen=True)
class Told:
    """What a tool answered: its data and its text."""

    data: dict[str, Any]
    text: str


Dots = Callable[[], AbstractContextManager[None]]
WIRED = ("compare", "list")  # asked over the wire; the others as the server's own workers are asked


@pytest.fixture(scope="module")
def conversation(tmp_path_factory: pytest.TempPathFactory, dots: Dots) -> tuple[Path, dict[str, Told]]:
    """A working folder, and the answers of one conversation by tool."""
    folder = tmp_path_factory.mktemp("assistant")
    (folder / "subsidy.toml").write_text(SUBSIDY, encoding="utf-8")
    run_asked = {"scenario": "small_city", "months": 12, "draws": 3, "settings": TINY, "seed": 2}
    known = {"run": at_work(folder, "run", run_asked)}

    two = ["small_city", str(folder / "subsidy.toml")]
    calls = [
        ("compare", {"scenarios": two, "months": 12, "runs": 6, "settings": TINY}),
        ("list", {"what": "results"}),
    ]
    _, _, answers = talk(folder, calls, "--lang", "en")
    for name, one in zip(WIRED, answers, strict=True):
        assert not one.is_error, (name, said(one))
        known[name] = Told(one.structured_content, said(one))
    (run,) = (line.split(":")[0] for line in known["list"].data["findings"] if line.startswith("run-"))
    map_asked = {
        "scenario": "small_city", "settings": TINY, "values": 3, "types": ["commodity"], "settle": 24,
        "high": 0.1,  # all of it within the trap, whose ends are not looked for
    }  # fmt: skip
    plan_asked = {
        "scenario": "small_city", "settings": TINY, "months": 12, "yearly": 50_000.0, "packages": 3,
        "runs": 2, "fresh": 2,
    }  # fmt: skip
    for name, asked in (
        ("describe", {"name": "small_city"}),
        ("tipping", map_asked),
        ("decide", plan_asked),
        ("evidence", {"entry": "payment.norm_weight"}),
        ("explain", {"run": known["run"].data["result"]}),
        ("report", {"results": [run], "language": "zh"}),
    ):
        with dots():
            known[name] = at_work(folder, name, asked)
    return folder, known


def at_work(folder: Path, tool: str, asked: dict[str, Any]) -> Told:
    """What the process that a question is given to writes, said in this one, with its runs."""
    limits, workplace = Limits(), Desk.workplace

    def here(desk: Desk, *options: Any) -> Workplace:
        return replace(workplace(desk, *options), engine=sim.InProcess())

    told = order(tool, asked, folder / "kept", (limits.work, limits.seconds), "en")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Desk, "workplace", here)
        found = json.loads(json.dumps(answered(told), default=str))
    assert set(found) == {"answer", "text"}, (tool, found)
    return Told(found["answer"], found["text"])


def test_every_tool_answers_with_findings_and_limits(conversation):
    _, found = conversation
    assert set(found) == set(TOOLS)
    for name, one in found.items():
        assert one.data["findings"] and one.data["limits"], name
        for line in (*one.data["findings"], *one.data["limits"]):
            assert line in one.text, name


def test_figures_of_many_runs_carry_their_interval(conversation):
    """A reader finds two ends beside every figure: in the sentence of an effect,
    and in the table of a run's place."""
    _, found = conversation
    (place, *_) = found["run"].data["tables"]
    assert place["columns"][-3:] == ["median", "lowest", "highest"] and len(place["rows"]) > 5
    assert re.search(r"median; .+ to ", found["run"].data["findings"][0])
    effects = " ".join(found["compare"].data["findings"])
    assert re.search(r"95% interval of the mean −?[\d.]+ to −?[\d.]+ points", effects)
    assert re.search(r"what may happen: a change of −?[\d.]+ to −?[\d.]+ points", effects)
    (gains, *_) = found["decide"].data["tables"]
    assert all(re.search(r"what may happen: .*lowest to highest of 2 pairs", row[1]) for row in gains["rows"])
    assert re.search(r"lies between 0 and [\d.]+; the trap is at least", found["tipping"].text)


def test_an_answer_is_what_the_library_finds(conversation, tmp_path):
    folder, found = conversation
    here = sim.compare(
        "small_city",
        folder / "subsidy.toml",
        replications=6,
        months=12,
        overrides=TINY,
        store=tmp_path,
        engine=sim.InProcess(),
        progress=False,
    )
    with in_language("en"):
        part = here.report()
    told = found["compare"].data
    assert told["findings"] == list(part.finding)
    assert set(part.sure) <= set(told["limits"]) and set(here.warnings("en")) <= set(told["limits"])
    kept = sim.load_result(folder / "kept" / told["result"])
    assert kept.key == here.key


def test_one_run_is_told_as_one_draw(conversation):
    _, found = conversation
    for name in ("run", "explain"):
        assert "one draw, seed 2" in found[name].text
    assert "has no interval" in " ".join(found["explain"].data["limits"])


def test_decide_says_that_it_is_the_budget_search(conversation):
    _, found = conversation
    assert "This is the budget search" in found["decide"].data["limits"][0]


def test_the_language_is_that_of_the_question(conversation):
    folder, found = conversation
    told = found["report"].data
    assert re.search("[\u4e00-\u9fff]", told["title"]) and re.search("[\u4e00-\u9fff]", told["limits"][0])
    (page,) = map(Path, told["files"])
    assert page.parent == folder / "kept" and '<html lang="zh' in page.read_text(encoding="utf-8")


def test_nothing_is_written_outside_of_the_folder_of_results(conversation):
    folder, _ = conversation
    assert {path.name for path in folder.iterdir()} == {"kept", "subsidy.toml"}
    assert (folder / "subsidy.toml").read_text(encoding="utf-8") == SUBSIDY


def test_tools_say_what_they_take_and_whether_they_write(tmp_path):
    about, tools, (unknown, wrong) = talk(
        tmp_path,
        [("delete", {}), ("list", {"colour": 1, "language": "zh"})],
        "--lang",
        "zh",
        "--work",
        "1000",
    )
    assert [tool.name for tool in tools] == list(TOOLS)
    for tool in tools:
        assert re.search("[\u4e00-\u9fff]", tool.description), tool.name
        assert all(entry["description"] for entry in tool.input_schema["properties"].values()), tool.name
        assert tool.annotations.read_only_hint is not TOOLS[tool.name].writes
    assert about.server_info.version == sim.__version__
    assert "1,000" in about.instructions and str(tmp_path / "kept") in about.instructions
    assert unknown.is_error and "'delete'" in said(unknown) and "tipping" in said(unknown)
    assert wrong.is_error and "colour" in said(wrong)
    assert not (tmp_path / "kept").exists()


def test_bad_input_gives_the_error_of_the_command(tmp_path):
    command = [sys.executable, "-m", "sim", "run", "smal_city", "--lang", "en"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env=environment())
    with pytest.raises(EstateError) as caught:
        answer("run", {"scenario": "smal_city"}, Desk(tmp_path / "kept", Limits()))
    assert done.returncode == 2 and str(caught.value) == done.stderr.strip()


@pytest.mark.parametrize(
    ("tool", "arguments", "named"),
    [
        ("run", {"scenario": "small_city", "draws": "4"}, "run: draws: found '4'; allowed: a whole number"),
        ("run", {}, "run: scenario: found nothing"),
        ("compare", {"scenarios": ["small_city"]}, "compare: scenarios"),
        ("compare", {"scenarios": ["small_city", "package"], "level": 1.0}, "compare: level: found 1.0"),
        ("decide", {"scenario": "small_city", "yearly": -1}, "decide: yearly: found -1"),
        ("explain", {"run": "../elsewhere"}, "explain: run: found '../elsewhere'"),
        ("report", {"results": ["/etc"]}, "report: results: found '/etc'"),
        ("describe", {"name": "/etc/passwd"}, "describe: name: found '/etc/passwd'"),
        ("list", {"language": "xx"}, f"list: language: found 'xx'; allowed: one of {', '.join(languages())}"),
    ],
)  # fmt: skip
def test_every_wrong_argument_is_named(tmp_path, tool, arguments, named):
    with pytest.raises(EstateError, match=re.escape(named)):
        answer(tool, arguments, Desk(tmp_path / "kept", Limits()))
    assert not (tmp_path / "kept").exists()


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("run", {"scenario": "wuhan", "months": 600, "draws": 1000}),
        ("compare", {"scenarios": ["vicious_cycle", "package"], "runs": 10_000}),
        ("decide", {"scenario": "vicious_cycle", "yearly": 1e6, "packages": 100_000}),
        ("tipping", {"scenario": "vicious_cycle", "values": 1000, "seeds": 1000}),
    ],
)
def test_more_work_than_is_allowed_is_refused_before_the_first_run(tmp_path, tool, arguments):
    with pytest.raises(
        EstateError, match=f"{tool}: found work of [0-9,]+ household-months .*at most 500,000,000"
    ):
        answer(tool, arguments, Desk(tmp_path / "kept", Limits()))
    assert not list(tmp_path.glob("kept/store/shards/*"))


def test_an_answer_that_takes_too_long_is_given_up_and_the_next_is_answered(tmp_path):
    calls = [
        ("run", {"scenario": "vicious_cycle", "months": 600, "draws": 10_000}),  # hours on any machine
        ("list", {"language": "xx"}),
    ]
    _, _, (slow, quick) = talk(tmp_path, calls, "--seconds", "1", "--work", "1e12", "--lang", "en")
    assert slow.is_error and "took longer than 1 seconds" in said(slow)
    assert quick.is_error
    assert not still_at_work(tmp_path)


def still_at_work(folder: Path) -> list[str]:
    """Processes that answer questions about this folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").resolve() == folder.resolve():
                found.append((process / "cmdline").read_text())
        except OSError:
            continue
    return found


def test_no_answer_is_without_limits():
    with pytest.raises(ValueError, match="limits"):
        Answer("title", ("12 %",), ())


# the command


def test_without_the_sdk_the_command_says_how_to_install_it(tmp_path):
    code = "import sys; sys.modules['mcp'] = None; sys.argv = ['estate', 'mcp', '--lang', 'en']; from sim.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env=environment(),
    )
    assert done.returncode == 2 and "Traceback" not in done.stderr
    assert done.stderr.strip().endswith("pip install 'estate-governance-simulator[mcp]'")


def test_a_file_where_the_folder_should_be_is_refused_before_anything_is_answered(tmp_path):
    (tmp_path / "notes").write_text("mine", encoding="utf-8")
    done = CliRunner().invoke(app, ["mcp", "--out", str(tmp_path / "notes"), "--lang", "en"])
    assert done.exit_code == 2 and "a file stands where the folder of results should be" in done.stderr
    assert (tmp_path / "notes").read_text(encoding="utf-8") == "mine"


def test_help_waits_for_no_assistant(tmp_path):
    code = (
        "import sys\nsys.argv = ['estate', '--help']\nfrom sim.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "sys.stderr.write(repr([name for name in sys.modules if name.split('.')[0] in ('mcp', 'anyio') or 'assistants' in name]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env=environment(),
    )
    assert done.stderr == "[]" and "mcp" in done.stdout
