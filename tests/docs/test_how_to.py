"""The page on adding an intervention, followed by the letter: one file in the
folder, and every command knows it."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "how-to-add-an-intervention.md"
PROGRAM = """
import json, sys
from typer.testing import CliRunner
from sim.cli.app import app
ended = [CliRunner().invoke(app, command.split()) for command in sys.argv[1:]]
print(json.dumps([[one.exit_code, one.output] for one in ended]))
"""


def test_a_file_in_the_folder_is_all_it_takes(tmp_path):
    shutil.copytree(
        ROOT / "sim", tmp_path / "sim", ignore=shutil.ignore_patterns("__pycache__", "*.nbi", "*.nbc")
    )
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    code = re.search(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert code is not None
    lines = [line for line in code[1].splitlines() if line.strip()]
    assert len(lines) <= 30
    (tmp_path / "sim" / "model" / "programmes" / "clean_up_week.py").write_text(code[1], encoding="utf-8")
    (tmp_path / "mine.toml").write_text(
        'extends = "small_city"\nname = "mine"\n[[interventions]]\nkind = "clean_up_week"\nstart = 3\nperiod = 2\n',
        encoding="utf-8",
    )

    def estate(*commands: str) -> list[str]:
        """What these commands print, all carried out by one new process."""
        environment = os.environ | {"PYTHONPATH": str(tmp_path), "COLUMNS": "200", "PYTHONUTF8": "1"}
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, *commands],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        ended = json.loads(done.stdout)
        assert [code for code, _ in ended] == [0] * len(commands), ended
        return [printed for _, printed in ended]

    listed, told, schema, described = estate(
        "interventions --lang zh",
        "interventions clean_up_week --lang en",
        "schema",
        "describe mine.toml --lang zh",
    )
    assert "清洁周" in listed
    assert "A burst: without upkeep" in told and "lever_condition" in told and "period" in told
    assert "clean_up_week" in schema
    assert "清洁周" in described
