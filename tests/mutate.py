"""Change one thing at a time in the rules of the model and ask whether a test notices: python3 go.py
mutate [MODULE [RULE ...]]

Cosmic Ray makes the mutants of a module named in mutation.toml, in a copy of the project, and runs the
module's tests on each, uncompiled. A mutant counts as noticed where a test fails that is `about` the very
rule that was changed (or any of them, where the change is outside of all rules). What cannot be noticed
because it changes nothing is listed in mutation.toml, by rule and mutated line, with the reason; a line there
that no longer stands for a survivor is an error. It takes about ten minutes on two idle cores; with rules
named, after one of them was changed or added, less.
"""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
PLAN = Path(__file__).with_name("mutation.toml")
COPIED = ("sim", "tests", "scenarios", "pyproject.toml")
TIMEOUT = 60.0  # seconds, for a mutant that never ends


class Mutant(NamedTuple):
    """One changed place and who noticed it."""

    rule: str  # name of the changed function, "" outside of all
    line: str  # the changed line, stripped
    original: str  # what stood there
    number: int  # its line number
    failed: frozenset[str]  # names of the tests that failed


def rules_of(tests: Path) -> dict[str, str]:
    """Name of a test: the rule that its decorator says it is `about`."""
    found = {}
    for node in ast.parse(tests.read_text(encoding="utf-8")).body:
        for call in node.decorator_list if isinstance(node, ast.FunctionDef) else ():
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "about":
                found[node.name] = ast.unparse(call.args[0])
    return found


def settings(module: dict[str, Any], left_out: list[str]) -> str:
    """Cosmic Ray's own settings file."""
    options = "-q --tb=no -rfE -p no:cacheprovider -p no:randomly"
    command = f"{sys.executable} -m pytest {options} {module['tests']}"
    return (
        f"[cosmic-ray]\nmodule-path = {json.dumps(module['file'])}\ntimeout = {TIMEOUT}\nexcluded-modules = []\n"
        f'test-command = {json.dumps(command)}\n[cosmic-ray.distributor]\nname = "local"\n'
        f"[cosmic-ray.filters.operators-filter]\nexclude-operators = {json.dumps(left_out)}\n"
    )


def tried(module: dict[str, Any], left_out: list[str], rules: list[str]) -> list[Mutant]:
    """Every mutant of a module, or of these rules of it, after its tests ran on it."""
    from cosmic_ray.work_db import WorkDB, use_db
    from cosmic_ray.work_item import WorkerOutcome, WorkResult

    with tempfile.TemporaryDirectory() as folder:
        for name in COPIED:
            source = ROOT / name
            copy = shutil.copytree if source.is_dir() else shutil.copy
            copy(source, Path(folder) / name)
        (Path(folder) / "mutants.toml").write_text(settings(module, left_out), encoding="utf-8")
        environment = os.environ | {
            "NUMBA_DISABLE_JIT": "1",
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "PYTHONPATH": folder,
        }

        def cosmic_ray(*arguments: str) -> None:
            subprocess.run([sys.executable, "-m", *arguments], cwd=folder, env=environment, check=True)

        cosmic_ray(
            "cosmic_ray.cli", "baseline", "mutants.toml"
        )  # the tests must pass on the unchanged module
        cosmic_ray("cosmic_ray.cli", "init", "mutants.toml", "mutants.sqlite")
        cosmic_ray("cosmic_ray.tools.filters.operators_filter", "mutants.sqlite", "mutants.toml")
        with use_db(Path(folder) / "mutants.sqlite", WorkDB.Mode.open) as work:
            for item in work.pending_work_items if rules else ():
                if item.mutations[0].definition_name not in rules:
                    work.set_result(item.job_id, WorkResult(WorkerOutcome.SKIPPED, "another rule"))
            print(f"{module['file']}: {len(work.pending_work_items)} mutants ...", flush=True)
        cosmic_ray("cosmic_ray.cli", "exec", "mutants.toml", "mutants.sqlite")
        with use_db(Path(folder) / "mutants.sqlite", WorkDB.Mode.open) as work:
            return [
                mutant(item.mutations[0], result)
                for item, result in work.completed_work_items
                if result.worker_outcome == "normal"
            ]


def mutant(spec: Any, result: Any) -> Mutant:
    """What Cosmic Ray says about one mutant."""
    changed = result.diff.splitlines()
    line = next(text[1:].strip() for text in changed if re.match(r"\+(?!\+\+)", text))
    original = next(text[1:].strip() for text in changed if re.match(r"-(?!--)", text))
    failed = set(re.findall(r"^(?:FAILED|ERROR) \S+?::(\w+)", result.output, re.M))
    if result.is_killed and not failed:
        failed.add(result.output.strip().splitlines()[-1])  # it could not even be imported, or never ended
    return Mutant(spec.definition_name or "", line, original, spec.start_pos[0], frozenset(failed))


def judge(module: dict[str, Any], mutants: list[Mutant], rules: list[str]) -> tuple[float, list[str]]:
    """The share of a module's mutants that a truth of their own rule noticed, and what is
    to be said of the others."""
    about = rules_of(ROOT / module["tests"])
    listed = [entry for entry in module.get("equivalent", []) if not rules or entry["rule"] in rules]
    known = {(entry["rule"], entry["line"]): entry["reason"] for entry in listed}
    missed, counted, said = 0, 0, []
    alike: set[tuple[str, str]] = set()
    for found in sorted(mutants, key=lambda found: found.number):
        own = [name for name in found.failed if found.rule in ("", about.get(name))]
        if not found.failed and (found.rule, found.line) in known:
            alike.add((found.rule, found.line))
            continue
        counted += 1
        if not own:
            missed += 1
            others = f" (only by {', '.join(sorted(found.failed))})" if found.failed else ""
            said.append(
                f"line {found.number}, {found.rule}: not noticed{others}\n  - {found.original}\n  + {found.line}"
            )
    for rule, line in known.keys() - alike:
        said.append(f"{rule}: listed as no change, but no such mutant survives\n  + {line}")
    said.append(
        f"{module['file']}: {counted - missed} of {counted} mutants noticed by a truth of their own rule; "
        f"{len(mutants) - counted} more change nothing ({len(alike)} lines listed)"
    )
    return (counted - missed) / max(1, counted), said


def main(names: list[str]) -> int:
    """Mutate the module named (default: all of mutation.toml), or only rules of it; returns
    1 where too little is noticed."""
    plan = tomllib.loads(PLAN.read_text(encoding="utf-8"))
    modules, rules = names[:1] or list(plan["modules"]), names[1:]
    if modules[0] not in plan["modules"]:
        sys.exit(f"mutate: found {modules[0]}, allowed: {', '.join(plan['modules'])}")
    written = set(rules_of(ROOT / plan["modules"][modules[0]]["tests"]).values())
    for rule in rules:
        if rule not in written:
            sys.exit(f"mutate: found {rule}, allowed: {', '.join(sorted(written))}")
    failed = False
    for name in modules:
        module = plan["modules"][name]
        share, said = judge(module, tried(module, plan["left_out"], rules), rules)
        print("\n".join(said))
        stale = any("listed as no change" in line for line in said)
        failed |= stale or share < plan["least_noticed"]
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
